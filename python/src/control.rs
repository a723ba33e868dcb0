//! Control flow of `lax`: `cond`, `switch`, `while_loop`, `fori_loop`, `scan`, `map`.

use crate::{
    array::ArrayLike,
    border::or_raise,
    dtype::{canonical, exact},
    function::{Inputs, pair},
    session::run_traced,
    transforms::rebuild,
    tree::{Tree, TreeDef, lift_tree, type_error},
};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyBool, PyInt, PyTuple},
};
use raxla::{
    DType, Literal, Scan, ShapedArray, Tracer, constant,
    ir::{
        pytree::Pytree,
        trace::{Traced, inline, trace},
    },
};
use std::{cell::RefCell, rc::Rc};

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
///
/// `given` says which operands are numbers of no dtype of their own, `weak` keeps which outputs are, in all branches.
fn branch<'py>(
    f: Object<'py>,
    name: &'static str,
    (given, weak): (&[bool], &Rc<RefCell<Option<Vec<bool>>>>),
) -> impl Fn(Tree<Tracer>) -> Tree<Tracer> + use<'py> {
    let (given, weak) = (given.to_vec(), weak.clone());
    move |mut operands: Tree<Tracer>| {
        let py = f.py();
        weakened(&mut operands.leaves, &given);
        Inputs::Unknown(name).tell(&f, &operands.leaves, None);
        let args = operands.to_python(py);
        let out = or_raise(args.cast::<PyTuple>().map_err(PyErr::from).and_then(|args| f.call1(args)));
        let out = or_raise(lift_tree(&out, "output"));
        let mut weak = weak.borrow_mut();
        let here = out.leaves.iter().map(|t| t.aval().weak);
        *weak = Some(match weak.take() {
            Some(before) => before.into_iter().zip(here).map(|(a, b)| a && b).collect(),
            None => here.collect(),
        });
        out
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
        let (given, weak) = (weak_of(&operands), Rc::default());
        let mut out = raxla::cond(
            pred,
            branch(true_fun, "cond", (&given, &weak)),
            branch(false_fun, "cond", (&given, &weak)),
            (operands,),
        );
        weakened(&mut out.leaves, &weak.take().unwrap_or_default());
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
        let (given, weak) = (weak_of(&operands), Rc::default());
        let branches: Vec<_> = branches.into_iter().map(|f| branch(f, "switch", (&given, &weak))).collect();
        let all: Vec<&dyn raxla::ir::function::Function<(Tree<Tracer>,), Out = Tree<Tracer>>> =
            branches.iter().map(|f| f as &dyn raxla::ir::function::Function<_, Out = _>).collect();
        let mut out = raxla::switch(index.tracer(py), &all, (operands,));
        weakened(&mut out.leaves, &weak.take().unwrap_or_default());
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// The body of a loop, traced before the loop is: where its initial values are numbers of no dtype of their own, the dtypes that the body
/// gives decide on theirs.
struct Body<'py> {
    traced: Option<(Traced, Vec<TreeDef>)>,
    run: Box<dyn Fn(Vec<Tree<Tracer>>) -> Vec<Tree<Tracer>> + 'py>,
    /// Which values that the loop gives stay such numbers.
    weak: RefCell<Vec<bool>>,
}
impl<'py> Body<'py> {
    /// The body, and the initial values as they have to be. `run` takes the carry and what else there is of the types `more`, and gives the
    /// next carry first.
    fn new(
        init: Tree<Tracer>,
        more: &[(TreeDef, Vec<ShapedArray>)],
        run: impl Fn(Vec<Tree<Tracer>>) -> Vec<Tree<Tracer>> + 'py,
    ) -> (Body<'py>, Tree<Tracer>) {
        let run = Box::new(run);
        let avals: Vec<ShapedArray> = init.leaves.iter().map(|t| t.aval()).collect();
        let weak: Vec<bool> = avals.iter().map(|a| a.weak).collect();
        if !weak.contains(&true) {
            return (Body { traced: None, run, weak: weak.into() }, init);
        }
        let mut trees = vec![];
        let all: Vec<ShapedArray> = avals.iter().chain(more.iter().flat_map(|m| &m.1)).cloned().collect();
        let made = trace(&all, |inner| {
            let (carry, mut rest) = inner.split_at(avals.len());
            let mut given = vec![Tree { leaves: carry.to_vec(), structure: init.structure.clone() }];
            for (structure, avals) in more {
                let (here, after) = rest.split_at(avals.len());
                given.push(Tree { leaves: here.to_vec(), structure: structure.clone() });
                rest = after;
            }
            let outs = run(given);
            trees = outs.iter().map(|t| t.structure.clone()).collect();
            outs.into_iter().flat_map(|t| t.leaves).collect()
        });
        let outs = made.program.out_avals();
        let fitting = |(i, t): (usize, &Tracer)| match outs.get(i) {
            Some(out) if weak[i] && out.dtype != t.dtype() => t.astype(out.dtype),
            _ => *t,
        };
        let leaves: Vec<Tracer> = init.leaves.iter().enumerate().map(fitting).collect();
        // What has been traced serves the loop, unless the types have changed: side effects of the body happen once.
        let same = leaves.iter().zip(&avals).all(|(t, a)| t.dtype() == a.dtype);
        let stay: Vec<bool> =
            outs.iter().enumerate().map(|(i, out)| out.weak && weak.get(i).is_none_or(|w| *w)).collect();
        let body = Body { traced: same.then_some((made, trees)), run, weak: stay.into() };
        (body, Tree { leaves, structure: init.structure })
    }
    fn call(&self, given: Vec<Tree<Tracer>>) -> Vec<Tree<Tracer>> {
        let Some((made, trees)) = &self.traced else {
            let outs = (self.run)(given);
            let (mut weak, all) = (self.weak.borrow_mut(), outs.iter().flat_map(weak_of).collect::<Vec<bool>>());
            let known = weak.len();
            weak.extend(all.into_iter().skip(known));
            return outs;
        };
        let ins: Vec<Tracer> = given.into_iter().flat_map(|t| t.leaves).chain(made.captured.iter().copied()).collect();
        let mut outs = inline(&made.program, &ins).into_iter();
        let tree = |t: &TreeDef| Tree { leaves: outs.by_ref().take(t.leaves()).collect(), structure: t.clone() };
        trees.iter().map(tree).collect()
    }
}
/// The values with those that stay numbers of no dtype of their own marked as such.
fn weakened(out: &mut [Tracer], weak: &[bool]) {
    out.iter_mut().zip(weak).filter(|o| *o.1).for_each(|(t, _)| *t = t.with_dtype(t.dtype(), true));
}
fn weak_of(tree: &Tree<Tracer>) -> Vec<bool> {
    tree.leaves.iter().map(|t| t.aval().weak).collect()
}
fn only(mut trees: Vec<Tree<Tracer>>) -> Tree<Tracer> {
    trees.swap_remove(0)
}
fn type_of(tree: &Tree<Tracer>, of: impl Fn(&Tracer) -> ShapedArray) -> (TreeDef, Vec<ShapedArray>) {
    (tree.structure.clone(), tree.leaves.iter().map(of).collect())
}
/// A loop while a condition holds.
#[pyfunction]
pub fn while_loop<'py>(cond_fun: Object<'py>, body_fun: Object<'py>, init_val: Object<'py>) -> PyResult<Object<'py>> {
    let py = init_val.py();
    let (arrays, structure) = run_traced(py, "while_loop", || {
        let run = |given: Vec<Tree<Tracer>>| vec![call(&body_fun, "while_loop", &given.iter().collect::<Vec<_>>())];
        let (body, init) = Body::new(lift_tree(&init_val, "init_val")?, &[], run);
        let holds = |carry: Tree<Tracer>| match &call(&cond_fun, "while_loop", &[&carry]).leaves[..] {
            [one] => *one,
            _ => or_raise(Err(type_error("while_loop: cond_fun must return a boolean scalar"))),
        };
        let mut out = raxla::while_loop(holds, |carry: Tree<Tracer>| only(body.call(vec![carry])), init);
        weakened(&mut out.leaves, &body.weak.borrow());
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
    let unroll: Option<usize> = match unroll {
        Some(unroll) if unroll.is_instance_of::<PyBool>() => unroll.is_truthy()?.then_some(usize::MAX),
        Some(unroll) => Some(unroll.extract()?),
        None => None,
    };
    let (arrays, structure) = run_traced(py, "fori_loop", || {
        let init = lift_tree(&init_val, "init_val")?;
        let run = |given: Vec<Tree<Tracer>>| vec![call(&body_fun, "fori_loop", &[&given[1], &given[0]])];
        // Arrays of known values would convert to integers too; but their trip count must not become part of the program.
        let integer = crate::dtype::numpy(py)?.getattr("integer")?;
        let known = |o: &Object| -> PyResult<Option<(i64, Option<DType>)>> {
            Ok(match () {
                () if o.is_instance_of::<PyInt>() => o.extract().ok().map(|i| (i, None)),
                () if o.is_instance(&integer)? => Some((o.extract()?, Some(exact(&o.getattr("dtype")?)?))),
                () => None,
            })
        };
        let number = |aval: ShapedArray| (TreeDef::leaf(), vec![aval]);
        let (mut out, weak) = match (known(&lower)?, known(&upper)?) {
            (Some((lower, first)), Some((upper, second))) if first.is_none() || second.is_none() || first == second => {
                let kind = match first.or(second).map(canonical).filter(|d| *d != DType::default_int()) {
                    Some(dtype) => ShapedArray::new(&[], dtype),
                    None => crate::session::weak(DType::default_int()),
                };
                let (body, init) = Body::new(init, &[number(kind.clone())], run);
                let step = |i: Tracer, carry: Tree<Tracer>| only(body.call(vec![carry, single(i.astype(kind.dtype))]));
                let out = match unroll {
                    None => raxla::fori_loop(lower, upper, step, init),
                    Some(unroll) => {
                        let length = usize::try_from(upper - lower).unwrap_or(0);
                        let scan = Scan::new().length(length).unroll(unroll.clamp(1, length.max(1)));
                        let next = |(i, carry): (Tracer, Tree<Tracer>), _: Option<Tracer>| {
                            ((i + constant(Literal::full(i.aval(), 1.0)), step(i, carry)), None::<Tracer>)
                        };
                        let first = constant(Literal::from_ints(kind.clone(), [lower.into()]));
                        scan.run(next, (first, init), None::<Tracer>).0.1
                    }
                };
                (out, body.weak.borrow().clone())
            }
            _ if unroll.is_some() => {
                return Err(PyValueError::new_err(
                    "Can only use `unroll` in `fori_loop` if the loop bounds are statically known.",
                ));
            }
            _ => {
                let bound = |o: &Object| -> PyResult<Tracer> {
                    match ArrayLike::of(o)? {
                        Some(a) => Ok(a.tracer(py)),
                        None => Err(type_error("fori_loop: bounds must be integers")),
                    }
                };
                let (lower, upper) = (bound(&lower)?, bound(&upper)?);
                // A number of Python's has the other bound's dtype.
                let to = |x: Tracer, other: Tracer| if x.aval().weak { x.astype(other.dtype()) } else { x };
                let (lower, upper) = (to(lower, upper), to(upper, lower));
                let (body, init) = Body::new(init, &[number(lower.aval())], run);
                let step = |i: Tracer, carry: Tree<Tracer>| only(body.call(vec![carry, single(i)]));
                (raxla::fori_loop(lower, upper, step, init), body.weak.borrow().clone())
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
        let run = |given: Vec<Tree<Tracer>>| {
            let out = call_raw(&f, "scan", &[&given[0], &given[1]]);
            let (carry, y) = or_raise(pair(&out, "scan: the body"));
            vec![or_raise(lift_tree(&carry, "carry")), or_raise(lift_tree(&y, "output"))]
        };
        let row = |x: &Tracer| {
            let aval = x.aval();
            aval.with_shape(aval.shape.get(1..).unwrap_or_default())
        };
        let (body, init) = Body::new(init, &[type_of(&xs, row)], run);
        let step = |carry: Tree<Tracer>, x: Tree<Tracer>| {
            let mut out = body.call(vec![carry, x]).into_iter();
            match (out.next(), out.next()) {
                (Some(carry), Some(y)) => (carry, y),
                _ => or_raise(Err(type_error("scan: the body must return a pair"))),
            }
        };
        let mut scan = Scan::new().unroll(unroll.max(1));
        if let Some(length) = length {
            scan = scan.length(length);
        }
        if reverse {
            scan = scan.reverse();
        }
        let (carry, ys) = scan.run(step, init, xs);
        let mut leaves = vec![];
        let trees = (carry.flatten(&mut leaves), ys.flatten(&mut leaves));
        weakened(&mut leaves, &body.weak.borrow());
        Ok((leaves, trees))
    })?;
    let mut arrays = arrays.into_iter();
    Ok((rebuild(py, &carry_tree, &mut arrays)?, rebuild(py, &y_tree, &mut arrays)?))
}
