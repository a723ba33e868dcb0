//! What iterates functions of the user's: `raxla.scipy.optimize`, `raxla.scipy.sparse.linalg`, `raxla.experimental.ode`.

use crate::{
    array::{Array, ArrayLike},
    control::call,
    function::order,
    session::run_traced,
    transforms::rebuild,
    tree::{Tree, TreeDef, lift_tree, type_error},
};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyTuple};
use raxla::{
    Tracer, ode,
    optimize::{self, Method, Minimize},
    sparse::{self, Gmres, Iterations, SolveMethod},
};

type Object<'py> = Bound<'py, PyAny>;

fn single(t: Tracer) -> Tree<Tracer> {
    Tree { leaves: vec![t], structure: TreeDef::leaf() }
}
fn only(name: &str, tree: Tree<Tracer>) -> Tracer {
    match tree.leaves[..] {
        [one] => one,
        _ => raxla::ir::trace::fail(format!("{name}: the function must give one array, got {:?}", tree.structure)),
    }
}
/// A place where a function is least: the fields of `OptimizeResults`, without `hess_inv` for L-BFGS.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
fn minimize(
    fun: Object,
    x0: ArrayLike,
    method: &str,
    maxiter: Option<usize>,
    norm: f64,
    gtol: f64,
    ftol: f64,
    maxcor: usize,
    limits: [Option<usize>; 3],
) -> PyResult<Vec<Py<Array>>> {
    let py = fun.py();
    let method = match method {
        "bfgs" => Method::Bfgs,
        "l-bfgs-experimental-do-not-rely-on-this" => Method::Lbfgs,
        other => return Err(PyValueError::new_err(format!("Method {other} not recognized"))),
    };
    let [maxfun, maxgrad, maxls] = limits;
    let (arrays, ()) = run_traced(py, "minimize", || {
        let how = Minimize { method, maxiter, gtol, norm, ftol, maxcor, maxfun, maxgrad, maxls };
        let x0 = raxla::numpy::promotion::inexact("minimize", x0.arg(py));
        let found = optimize::minimize(|x| only("minimize", call(&fun, "minimize", &[&single(x)])), x0, how);
        let mut all = vec![found.x, found.success, found.status, found.fun, found.jac];
        all.extend(found.hess_inv);
        all.extend([found.nfev, found.njev, found.nit]);
        Ok((all, ()))
    })?;
    Ok(arrays)
}
/// A function, a square matrix, or what has `@`, as a function of trees.
fn operator<'py>(a: &Object<'py>, name: &'static str) -> PyResult<Box<dyn Fn(Tree<Tracer>) -> Tree<Tracer> + 'py>> {
    let (py, a) = (a.py(), a.clone());
    if a.is_callable() {
        return Ok(Box::new(move |x| call(&a, name, &[&x])));
    }
    if let Some(matrix) = ArrayLike::of(&a)? {
        let matrix = matrix.tracer(py);
        return Ok(Box::new(move |x| {
            let structure = x.structure.clone();
            Tree { leaves: vec![sparse::LinearOperator::product(&matrix, only(name, x))], structure }
        }));
    }
    match a.getattr_opt("__matmul__")? {
        Some(product) => Ok(Box::new(move |x| call(&product, name, &[&x]))),
        None => Err(type_error(format!("{name} must be either a function or ndarray: {a}"))),
    }
}
/// The solution of `A x = b`, by a method of this name; and of GMRES a number that says how it ended.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
fn solve<'py>(
    name: &str,
    a: Object<'py>,
    b: Object<'py>,
    x0: Option<Object<'py>>,
    tol: f64,
    atol: f64,
    maxiter: Option<usize>,
    m: Option<Object<'py>>,
    restart: usize,
    incremental: bool,
) -> PyResult<(Object<'py>, Option<Py<Array>>)> {
    let py = b.py();
    let (arrays, structure) = run_traced(py, "solve", || {
        let b = lift_tree(&b, "b")?;
        let x0 = x0.map(|x0| lift_tree(&x0, "x0")).transpose()?;
        let a = operator(&a, "linear operator")?;
        let m = m.map(|m| operator(&m, "preconditioner")).transpose()?;
        let m = m.as_ref().map(|m| m as &dyn Fn(Tree<Tracer>) -> Tree<Tracer>);
        let (x, info) = match name {
            "cg" => (sparse::cg(a, b, Iterations { x0, tol, atol, maxiter, m }), None),
            "bicgstab" => (sparse::bicgstab(a, b, Iterations { x0, tol, atol, maxiter, m }), None),
            _ => {
                let solve_method = if incremental { SolveMethod::Incremental } else { SolveMethod::Batched };
                let (x, info) = sparse::gmres(a, b, Gmres { x0, tol, atol, restart, maxiter, m, solve_method });
                (x, Some(info))
            }
        };
        let structure = x.structure;
        Ok((x.leaves.into_iter().chain(info).collect(), structure))
    })?;
    let mut arrays = arrays.into_iter();
    let x = rebuild(py, &structure, &mut arrays)?;
    Ok((x, arrays.next()))
}
/// The solution of an ordinary differential equation at times.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
fn odeint<'py>(
    func: Object<'py>,
    y0: Object<'py>,
    t: ArrayLike,
    args: Bound<'py, PyTuple>,
    rtol: f64,
    atol: f64,
    mxstep: Option<usize>,
    hmax: f64,
) -> PyResult<Object<'py>> {
    let py = func.py();
    let (arrays, structure) = run_traced(py, "odeint", || {
        let (y0, args) = (lift_tree(&y0, "y0")?, lift_tree(args.as_any(), "argument ")?);
        let derivatives = order().max(1);
        let f = |y: Tree<Tracer>, t: Tracer, args: Tree<Tracer>| call(&func, "odeint", &[&y, &single(t), &args]);
        let out = ode::odeint(f, y0, t.tracer(py), args, ode::Odeint { rtol, atol, mxstep, hmax, derivatives });
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(minimize, module)?)?;
    module.add_function(wrap_pyfunction!(solve, module)?)?;
    module.add_function(wrap_pyfunction!(odeint, module)?)
}
