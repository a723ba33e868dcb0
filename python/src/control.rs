//! Control flow of `lax`: `cond`, `switch`, `while_loop`, `fori_loop`, `scan`, `map`.

use crate::{
    array::ArrayLike,
    border::or_raise,
    function::{Inputs, pair},
    session::run_traced,
    transforms::rebuild,
    tree::{Tree, TreeDef, lift_tree, type_error},
};
use pyo3::{
    prelude::*,
    types::{PyInt, PyTuple},
};
use raxla::{DType, Scan, Tracer, ir::pytree::Pytree};

type Object<'py> = Bound<'py, PyAny>;

/// What a function of trees gives, in a trace of the transform `name`.
pub fn call(f: &Object, name: &'static str, args: &[&Tree<Tracer>]) -> Tree<Tracer> {
    or_raise(lift_tree(&call_raw(f, name, args), "output"))
}
/// The same as what Python gave.
pub fn call_raw<'py>(f: &Object<'py>, name: &'static str, args: &[&Tree<Tracer>]) -> Object<'py> {
    let py = f.py();
    args.iter().for_each(|tree| Inputs::Unknown(name).tell(f, &tree.leaves, None));
    let args = args.iter().map(|tree| tree.to_python(py)).collect::<Vec<_>>();
    or_raise(PyTuple::new(py, args).and_then(|args| f.call1(args)))
}
fn single(t: Tracer) -> Tree<Tracer> {
    Tree { leaves: vec![t], structure: TreeDef::leaf() }
}
/// The operands of branches: a tuple of trees, spread as arguments.
fn branch<'py>(f: Object<'py>, name: &'static str) -> impl Fn(Tree<Tracer>) -> Tree<Tracer> + 'py {
    move |operands: Tree<Tracer>| {
        let py = f.py();
        Inputs::Unknown(name).tell(&f, &operands.leaves, None);
        let args = operands.to_python(py);
        let out = or_raise(args.cast::<PyTuple>().map_err(PyErr::from).and_then(|args| f.call1(args)));
        or_raise(lift_tree(&out, "output"))
    }
}

/// One of two functions of the operands.
#[pyfunction]
pub fn cond_call<'py>(
    pred: ArrayLike,
    true_fun: Object<'py>,
    false_fun: Object<'py>,
    operands: &Bound<'py, PyTuple>,
) -> PyResult<Object<'py>> {
    let py = operands.py();
    let (arrays, structure) = run_traced(py, "cond", || {
        let pred = pred.tracer(py);
        let pred = if pred.dtype() == DType::Bool { pred } else { pred.not_equal(0) };
        let operands = lift_tree(operands.as_any(), "operand ")?;
        let out = raxla::cond(pred, branch(true_fun, "cond"), branch(false_fun, "cond"), (operands,));
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// One of several functions of the operands.
#[pyfunction]
pub fn switch_call<'py>(
    index: ArrayLike,
    branches: Vec<Object<'py>>,
    operands: &Bound<'py, PyTuple>,
) -> PyResult<Object<'py>> {
    let py = operands.py();
    let (arrays, structure) = run_traced(py, "switch", || {
        let operands = lift_tree(operands.as_any(), "operand ")?;
        let branches: Vec<_> = branches.into_iter().map(|f| branch(f, "switch")).collect();
        let all: Vec<&dyn raxla::ir::function::Function<(Tree<Tracer>,), Out = Tree<Tracer>>> =
            branches.iter().map(|f| f as &dyn raxla::ir::function::Function<_, Out = _>).collect();
        let out = raxla::switch(index.tracer(py), &all, (operands,));
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// The initial values of a loop in the dtypes that the body gives, where they are numbers of no dtype of their own; and which of the
/// values that the loop gives stay such numbers.
fn promoted(init: Tree<Tracer>, body: impl Fn(&Tree<Tracer>) -> Vec<Tracer>) -> (Tree<Tracer>, Vec<bool>) {
    let weak: Vec<bool> = init.leaves.iter().map(|t| t.aval().weak).collect();
    if !weak.contains(&true) {
        return (init, weak);
    }
    let avals: Vec<_> = init.leaves.iter().map(|t| t.aval()).collect();
    let mut outs = vec![];
    raxla::ir::trace::trace(&avals, |inner| {
        let out = body(&Tree { leaves: inner.to_vec(), structure: init.structure.clone() });
        outs = out.iter().map(|t| t.aval()).collect();
        out
    });
    let each = |(i, t): (usize, &Tracer)| match outs.get(i) {
        Some(out) if weak[i] && out.dtype != t.dtype() => t.astype(out.dtype),
        _ => *t,
    };
    let leaves = init.leaves.iter().enumerate().map(each).collect();
    let stay = outs.iter().enumerate().map(|(i, out)| out.weak && weak.get(i).is_none_or(|w| *w)).collect();
    (Tree { leaves, structure: init.structure }, stay)
}
/// The values with those that stay numbers of no dtype of their own marked as such.
fn weakened(out: &mut [Tracer], weak: &[bool]) {
    out.iter_mut().zip(weak).filter(|o| *o.1).for_each(|(t, _)| *t = t.with_dtype(t.dtype(), true));
}
fn copied(tree: &Tree<Tracer>) -> Tree<Tracer> {
    Tree { leaves: tree.leaves.clone(), structure: tree.structure.clone() }
}
/// A loop while a condition holds.
#[pyfunction]
pub fn while_loop<'py>(cond_fun: Object<'py>, body_fun: Object<'py>, init_val: Object<'py>) -> PyResult<Object<'py>> {
    let py = init_val.py();
    let (arrays, structure) = run_traced(py, "while_loop", || {
        let (init, weak) = promoted(lift_tree(&init_val, "init_val")?, |c| call(&body_fun, "while_loop", &[c]).leaves);
        let holds = |carry: Tree<Tracer>| match &call(&cond_fun, "while_loop", &[&carry]).leaves[..] {
            [one] => *one,
            _ => or_raise(Err(type_error("while_loop: cond_fun must return a boolean scalar"))),
        };
        let mut out = raxla::while_loop(holds, |carry: Tree<Tracer>| call(&body_fun, "while_loop", &[&carry]), init);
        weakened(&mut out.leaves, &weak);
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// A loop over numbers.
#[pyfunction]
#[pyo3(signature = (lower, upper, body_fun, init_val, *, unroll = None))]
pub fn fori_loop<'py>(
    lower: Object<'py>,
    upper: Object<'py>,
    body_fun: Object<'py>,
    init_val: Object<'py>,
    unroll: Option<Object<'py>>,
) -> PyResult<Object<'py>> {
    let py = init_val.py();
    let _ = unroll;
    let (arrays, structure) = run_traced(py, "fori_loop", || {
        let init = lift_tree(&init_val, "init_val")?;
        let body = |i: Tracer, carry: Tree<Tracer>| call(&body_fun, "fori_loop", &[&single(i), &carry]);
        // Arrays of known values would convert to integers too; but their trip count must not become part of the program.
        let known = |o: &Object| if o.is_instance_of::<PyInt>() { o.extract::<i64>().ok() } else { None };
        let (mut out, weak) = match (known(&lower), known(&upper)) {
            (Some(lower), Some(upper)) => {
                let number = || {
                    raxla::constant(raxla::Literal::from_ints(
                        crate::session::weak(DType::default_int()),
                        [lower.into()],
                    ))
                };
                let (init, weak) = promoted(init, |c| body(number(), copied(c)).leaves);
                (raxla::fori_loop(lower, upper, body, init), weak)
            }
            _ => {
                let bound = |o: &Object| -> PyResult<Tracer> {
                    match ArrayLike::of(o)? {
                        Some(a) => Ok(a.tracer(py)),
                        None => Err(type_error("fori_loop: bounds must be integers")),
                    }
                };
                let (lower, upper) = (bound(&lower)?, bound(&upper)?);
                let (init, weak) = promoted(init, |c| body(lower, copied(c)).leaves);
                (raxla::fori_loop(lower, upper, body, init), weak)
            }
        };
        weakened(&mut out.leaves, &weak);
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// A loop over the rows of trees, which carries values along and gathers outputs.
#[pyfunction]
#[pyo3(signature = (f, init, xs = None, length = None, reverse = false, unroll = 1))]
pub fn scan_call<'py>(
    f: Object<'py>,
    init: Object<'py>,
    xs: Option<Object<'py>>,
    length: Option<usize>,
    reverse: bool,
    unroll: usize,
) -> PyResult<(Object<'py>, Object<'py>)> {
    let py = f.py();
    let xs = xs.unwrap_or_else(|| py.None().into_bound(py));
    let (arrays, (carry_tree, y_tree)) = run_traced(py, "scan", || {
        let (init, xs) = (lift_tree(&init, "init")?, lift_tree(&xs, "xs")?);
        let body = |carry: &Tree<Tracer>, x: &Tree<Tracer>| {
            let out = call_raw(&f, "scan", &[carry, x]);
            let (carry, y) = or_raise(pair(&out, "scan: the body"));
            (or_raise(lift_tree(&carry, "carry")), or_raise(lift_tree(&y, "output")))
        };
        let rows = |xs: &Tree<Tracer>| Tree {
            leaves: xs.leaves.iter().map(|x| x.index(0)).collect(),
            structure: xs.structure.clone(),
        };
        let (init, weak) = promoted(init, |c| {
            let empty = xs.leaves.iter().any(|x| x.shape().first().is_none_or(|n| *n == 0));
            if empty {
                return c.leaves.clone();
            }
            let (carry, y) = body(c, &rows(&xs));
            [carry.leaves, y.leaves].concat()
        });
        let mut scan = Scan::new().unroll(unroll.max(1));
        if let Some(length) = length {
            scan = scan.length(length);
        }
        if reverse {
            scan = scan.reverse();
        }
        let (carry, ys) = scan.run(|carry: Tree<Tracer>, x: Tree<Tracer>| body(&carry, &x), init, xs);
        let mut leaves = vec![];
        let trees = (carry.flatten(&mut leaves), ys.flatten(&mut leaves));
        weakened(&mut leaves, &weak);
        Ok((leaves, trees))
    })?;
    let mut arrays = arrays.into_iter();
    Ok((rebuild(py, &carry_tree, &mut arrays)?, rebuild(py, &y_tree, &mut arrays)?))
}
