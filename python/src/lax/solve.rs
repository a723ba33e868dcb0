//! Solutions of equations, whose derivatives follow from the equations, not from how they were solved.

use crate::{
    border::or_raise,
    control::{call, call_raw},
    function::pair,
    session::{attached, run_traced},
    transforms::rebuild,
    tree::{Tree, TreeDef, lift_tree, type_error},
};
use pyo3::{
    prelude::*,
    types::{PyCFunction, PyDict, PyTuple},
};
use raxla::{
    Program, ShapedArray, Tracer,
    ir::trace::{Detached, inline, trace},
};

type Object<'py> = Bound<'py, PyAny>;
type Map<'a> = &'a dyn Fn(Tree<Tracer>) -> Tree<Tracer>;

/// A function of the trace as a function of Python: its program, and what that captured.
struct Lent {
    program: Program,
    captured: Vec<Detached>,
    ins: TreeDef,
    outs: TreeDef,
}
impl Lent {
    /// The function at the types of an argument.
    fn new(f: Map, like: &Tree<Tracer>) -> Lent {
        let avals: Vec<ShapedArray> = like.leaves.iter().map(|t| t.aval().strong()).collect();
        let mut outs = like.structure.clone();
        let traced = trace(&avals, |args| {
            let out = f(Tree { leaves: args.to_vec(), structure: like.structure.clone() });
            outs = out.structure;
            out.leaves
        });
        let captured = traced.captured.into_iter().map(Tracer::detach).collect();
        Lent { program: traced.program, captured, ins: like.structure.clone(), outs }
    }
    fn call<'py>(&self, x: &Object<'py>) -> PyResult<Object<'py>> {
        let py = x.py();
        let (arrays, structure) = run_traced(py, "matvec", || {
            let x = lift_tree(x, "argument")?;
            if x.structure != self.ins {
                return Err(type_error(format!("the function takes {:?}, got {:?}", self.ins, x.structure)));
            }
            let types = self.program.in_avals();
            let fits = |(x, aval): (&Tracer, &ShapedArray)| {
                if x.shape()[..] != aval.shape[..] {
                    raxla::ir::trace::fail(format!("the function takes {aval}, got {}", x.aval()));
                }
                x.with_dtype(aval.dtype, false)
            };
            let mut args: Vec<Tracer> = x.leaves.iter().zip(&types).map(fits).collect();
            args.extend(self.captured.iter().map(|t| attached(py, *t)));
            Ok((inline(&self.program, &args), self.outs.clone()))
        })?;
        rebuild(py, &structure, &mut arrays.into_iter())
    }
    fn into_python(self, py: Python) -> PyResult<Bound<PyCFunction>> {
        PyCFunction::new_closure(py, None, None, move |args: &Bound<PyTuple>, _: Option<&Bound<PyDict>>| {
            self.call(&args.get_item(0)?).map(Bound::unbind)
        })
    }
}
/// What a solver of Python's, `solve(f, x)`, gives: the solution, and something besides if it says so.
fn solved(name: &'static str, solve: &Object, f: Map, x: Tree<Tracer>, has_aux: bool) -> (Tree<Tracer>, Tree<Tracer>) {
    let py = solve.py();
    let lent = or_raise(Lent::new(f, &x).into_python(py));
    let bound = or_raise(py.import("functools").and_then(|m| m.getattr("partial")?.call1((solve, lent))));
    let out = call_raw(&bound, name, &[&x]);
    let (out, aux) = if has_aux { or_raise(pair(&out, "solve")) } else { (out, py.None().into_bound(py)) };
    (or_raise(lift_tree(&out, "solution")), or_raise(lift_tree(&aux, "aux")))
}
fn answer(has_aux: bool, out: (Tree<Tracer>, Tree<Tracer>)) -> (Vec<Tracer>, (TreeDef, Option<TreeDef>)) {
    let (x, aux) = out;
    ([x.leaves, aux.leaves].concat(), (x.structure, has_aux.then_some(aux.structure)))
}
fn given<'py>(
    py: Python<'py>,
    arrays: Vec<Py<crate::array::Array>>,
    (x, aux): (TreeDef, Option<TreeDef>),
) -> PyResult<Object<'py>> {
    let mut arrays = arrays.into_iter();
    let x = rebuild(py, &x, &mut arrays)?;
    match aux {
        Some(aux) => Ok((x, rebuild(py, &aux, &mut arrays)?).into_pyobject(py)?.into_any()),
        None => Ok(x),
    }
}
/// The solution of `matvec(x) = b`, with derivatives that solve such an equation, too.
#[pyfunction]
#[pyo3(signature = (matvec, b, solve, transpose_solve = None, symmetric = false, has_aux = false))]
fn custom_linear_solve<'py>(
    matvec: Object<'py>,
    b: Object<'py>,
    solve: Object<'py>,
    transpose_solve: Option<Object<'py>>,
    symmetric: bool,
    has_aux: bool,
) -> PyResult<Object<'py>> {
    const NAME: &str = "custom_linear_solve";
    let py = b.py();
    let (arrays, trees) = run_traced(py, NAME, || {
        let transposed = |f: Map, x: Tree<Tracer>| match &transpose_solve {
            Some(solve) => solved(NAME, solve, f, x, has_aux).0,
            None => or_raise(Err(type_error("custom_linear_solve: there is no transpose_solve"))),
        };
        let out = raxla::custom_linear_solve_aux(
            |x: Tree<Tracer>| call(&matvec, NAME, &[&x]),
            lift_tree(&b, "b")?,
            |f: Map, b: Tree<Tracer>| solved(NAME, &solve, f, b, has_aux),
            transpose_solve.as_ref().map(|_| &transposed as &dyn Fn(Map, Tree<Tracer>) -> Tree<Tracer>),
            symmetric,
        );
        Ok(answer(has_aux, out))
    })?;
    given(py, arrays, trees)
}
/// A root of `f`, with the derivatives of implicit functions.
#[pyfunction]
#[pyo3(signature = (f, initial_guess, solve, tangent_solve, has_aux = false))]
fn custom_root<'py>(
    f: Object<'py>,
    initial_guess: Object<'py>,
    solve: Object<'py>,
    tangent_solve: Object<'py>,
    has_aux: bool,
) -> PyResult<Object<'py>> {
    const NAME: &str = "custom_root";
    let py = f.py();
    let (arrays, trees) = run_traced(py, NAME, || {
        let out = raxla::custom_root_aux(
            |x: Tree<Tracer>| call(&f, NAME, &[&x]),
            lift_tree(&initial_guess, "initial_guess")?,
            |f: Map, guess: Tree<Tracer>| solved(NAME, &solve, f, guess, has_aux),
            |g: Map, y: Tree<Tracer>| solved(NAME, &tangent_solve, g, y, false).0,
        );
        Ok(answer(has_aux, out))
    })?;
    given(py, arrays, trees)
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(custom_linear_solve, module)?)?;
    module.add_function(wrap_pyfunction!(custom_root, module)?)
}
