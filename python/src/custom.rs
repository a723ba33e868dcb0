//! Derivative rules of the user's own.

use crate::{
    array::Array,
    border::{or_raise, user_source},
    function::{Inputs, at_order, maybe_perturbed, name_of, order, pair, traced},
    session::{lift, lift_words, run_traced},
    transforms::rebuild,
    tree::{Tree, TreeDef, broadcast_prefix, flatten, lift_tree, type_error},
};
use pyo3::{prelude::*, types::PyTuple};
use raxla::{
    Program, ShapedArray, Tracer,
    ir::{
        primitives::{
            custom_jvp::custom_jvp_at,
            custom_vjp::{Sparing, custom_vjp_at},
        },
        rewrite::jvp::{fill, zeros},
        trace::{Traced, inline, trace},
    },
};

use std::{cell::RefCell, sync::Arc};

type Object<'py> = Bound<'py, PyAny>;

fn avals(leaves: &[Tracer]) -> Vec<ShapedArray> {
    leaves.iter().map(|t| t.aval()).collect()
}

/// Calls a function of the user's on arguments, as a part of what is being traced.
pub fn call<'py>(f: &Object<'py>, args: &Tree<Tracer>) -> PyResult<Tree<Tracer>> {
    let args = args.to_python(f.py());
    lift_tree(&f.call1(args.cast::<PyTuple>()?)?, "output")
}
/// How many derivatives will be taken of what is being traced.
#[pyfunction]
pub fn derivatives_ahead() -> usize {
    order()
}
/// Tangents as a rule takes them; those that are zero for certain as `zero(shape, dtype)`, if that is given.
fn symbolic<'py>(
    py: Python<'py>,
    tangents: &Tree<Tracer>,
    perturbed: &[bool],
    zero: Option<&Object<'py>>,
) -> PyResult<Object<'py>> {
    let Some(zero) = zero else { return Ok(tangents.to_python(py)) };
    let (leaves, structure) = flatten(&tangents.to_python(py), None)?;
    let each = leaves
        .into_iter()
        .zip(perturbed)
        .map(|(leaf, perturbed)| if *perturbed { Ok(leaf) } else { zero.call1((leaf,)) });
    TreeDef::unflatten(&structure, py, each.collect::<PyResult<Vec<_>>>()?)
}
/// A function with a derivative rule of the user's: `rule(primals, tangents)` gives outputs and their tangents. Tangents that are zero for
/// certain become `zero` of them, if that is given.
#[pyfunction]
#[pyo3(signature = (fun, rule, args, zero = None))]
pub fn custom_jvp_call<'py>(
    fun: &Object<'py>,
    rule: &Object<'py>,
    args: &Bound<'py, PyTuple>,
    zero: Option<Object<'py>>,
) -> PyResult<Object<'py>> {
    let py = fun.py();
    let (arrays, structure) = run_traced(py, "custom_jvp", || {
        let args = lift_tree(args.as_any(), "argument ")?;
        let Some(left) = order().checked_sub(1) else {
            let out = call(fun, &args)?;
            return Ok((out.leaves, out.structure));
        };
        let perturbed: Vec<bool> = args.leaves.iter().map(|t| zero.is_none() || maybe_perturbed(*t)).collect();
        let inputs = Inputs::Values(args.leaves.clone());
        let tree = |leaves: &[Tracer]| Tree { leaves: leaves.to_vec(), structure: args.structure.clone() };
        let out_tree = RefCell::new(None);
        let f = |args: &[Tracer]| {
            let out = at_order(left, &[], || traced(fun, &inputs, &tree(args), "output"));
            *out_tree.borrow_mut() = Some(out.structure);
            out.leaves
        };
        let apply_rule = |primals: &[Tracer], tangents: &[Tracer]| {
            let tangents = tree(&fill(&avals(primals), tangents.iter().copied().map(Some)));
            Inputs::Unknown("custom_jvp").tell(rule, &tangents.leaves, None);
            inputs.tell(rule, primals, None);
            let tangents = or_raise(symbolic(py, &tangents, &perturbed, zero.as_ref()));
            let out = or_raise(at_order(left, &[], || rule.call1((tree(primals).to_python(py), tangents))));
            let (out, tangent) = or_raise(pair(&out, "custom_jvp: the rule"));
            let mut out = or_raise(lift_tree(&out, "output"));
            let tangent = or_raise(tangents_of(py, &tangent, &out)).leaves;
            out.leaves.extend(tangent.into_iter().filter(|t| t.dtype().is_inexact()));
            out.leaves
        };
        let outs = custom_jvp_at(&name_of(fun), &args.leaves, f, apply_rule, user_source(py));
        let structure = out_tree.into_inner().ok_or_else(|| type_error("custom_jvp: the function was not traced"))?;
        Ok((outs, structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// A function with a reverse-mode rule of the user's: `forward(*args)` gives outputs and residuals, `backward(residuals, cotangents)` a tuple
/// of cotangents, `None` for zeros. With `symbolic`, a pair, `forward` takes `symbolic[0](argument, whether it may be perturbed)` instead of
/// arguments, and `backward` `symbolic[1](cotangent)` of those that are zero for certain.
#[pyfunction]
#[pyo3(signature = (fun, forward, backward, args, symbolic = None))]
pub fn custom_vjp_call<'py>(
    fun: &Object<'py>,
    forward: &Object<'py>,
    backward: &Object<'py>,
    args: &Bound<'py, PyTuple>,
    symbolic: Option<(Object<'py>, Object<'py>)>,
) -> PyResult<Object<'py>> {
    let py = fun.py();
    let (arrays, structure) = run_traced(py, "custom_vjp", || {
        let args = lift_tree(args.as_any(), "argument ")?;
        let Some(left) = order().checked_sub(1) else {
            let out = call(fun, &args)?;
            return Ok((out.leaves, out.structure));
        };
        let perturbed: Vec<bool> = args.leaves.iter().map(|t| symbolic.is_some() && maybe_perturbed(*t)).collect();
        let (in_tree, in_avals) = (&args.structure, avals(&args.leaves));
        let inputs = Inputs::Values(args.leaves.clone());
        let tree = |leaves: &[Tracer]| Tree { leaves: leaves.to_vec(), structure: in_tree.clone() };
        let f = |args: &[Tracer]| at_order(left, &[], || traced(fun, &inputs, &tree(args), "output")).leaves;
        let with_perturbed = |args: Object<'py>| -> PyResult<Object<'py>> {
            let Some((primal, _)) = &symbolic else { return Ok(args) };
            let (leaves, structure) = flatten(&args, None)?;
            let each = leaves.into_iter().zip(&perturbed).map(|(leaf, perturbed)| primal.call1((leaf, *perturbed)));
            TreeDef::unflatten(&structure, py, each.collect::<PyResult<Vec<_>>>()?)
        };
        let known: RefCell<Option<Arc<Backward>>> = RefCell::new(None);
        let run_forward = |args: &[Tracer]| {
            inputs.tell(forward, args, None);
            let args = or_raise(with_perturbed(tree(args).to_python(py)));
            let out = or_raise(at_order(left, &[], || forward.call1(args.cast::<PyTuple>()?)));
            let (out, residuals) = or_raise(pair(&out, "custom_vjp: the forward function"));
            let mut out = or_raise(lift_tree(&out, "output"));
            let residuals = or_raise(lift_tree(&residuals, "residual"));
            *known.borrow_mut() = Some(Arc::new(Backward {
                function: backward.clone().unbind(),
                zero: symbolic.as_ref().map(|(_, zero)| zero.clone().unbind()),
                order: left,
                residuals: (avals(&residuals.leaves), residuals.structure),
                outs: (avals(&out.leaves), out.structure),
                args: (in_avals.clone(), in_tree.clone()),
            }));
            out.leaves.extend(residuals.leaves);
            out.leaves
        };
        let rule =
            || known.borrow().clone().ok_or_else(|| type_error("custom_vjp: the forward function was not traced"));
        let run_backward = |residuals: &[Tracer], cts: &[Tracer]| {
            let rule = or_raise(rule());
            let present = vec![true; cts.len()];
            or_raise(rule.call(py, residuals, cts, &present))
        };
        let sparing = || match or_raise(rule()) {
            rule if rule.zero.is_some() => Sparing::new(move |present| Some(rule.at(present))),
            _ => Sparing::default(),
        };
        let name = name_of(fun);
        let outs = custom_vjp_at(&name, &args.leaves, f, run_forward, run_backward, sparing, user_source(py));
        Ok((outs, rule()?.outs.1.clone()))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// The backward function of a call, and what it takes and gives: types, and structures.
struct Backward {
    function: Py<PyAny>,
    zero: Option<Py<PyAny>>,
    order: usize,
    residuals: (Vec<ShapedArray>, TreeDef),
    outs: (Vec<ShapedArray>, TreeDef),
    args: (Vec<ShapedArray>, TreeDef),
}
impl Backward {
    /// The cotangents of the float arguments, given those of the float outputs that are present.
    fn call(&self, py: Python, residuals: &[Tracer], cts: &[Tracer], present: &[bool]) -> PyResult<Vec<Tracer>> {
        let function = self.function.bind(py);
        let (mut floats, mut cts) = (present.iter(), cts.iter().copied());
        let leaves = fill(&self.outs.0, present.iter().map(|present| if *present { cts.next() } else { None }));
        let is_there = |aval: &ShapedArray| aval.dtype.is_inexact() && floats.next() == Some(&true);
        let nonzero: Vec<bool> = match self.zero {
            Some(_) => self.outs.0.iter().map(is_there).collect(),
            None => vec![true; leaves.len()],
        };
        let unknown = Inputs::Unknown("custom_vjp");
        unknown.tell(function, residuals, None);
        unknown.tell(function, &leaves, None);
        let cts = Tree { leaves, structure: self.outs.1.clone() };
        let cts = symbolic(py, &cts, &nonzero, self.zero.as_ref().map(|zero| zero.bind(py)))?;
        let residuals = Tree { leaves: residuals.to_vec(), structure: self.residuals.1.clone() }.to_python(py);
        let found = at_order(self.order, &[], || function.call1((residuals, cts)))?;
        let all = cotangents(py, &found, &self.args.1, &self.args.0)?.leaves;
        Ok(all.into_iter().filter(|t| t.dtype().is_inexact()).collect())
    }
    /// The program for these cotangents.
    fn at(&self, present: &[bool]) -> Traced {
        let floats = self.outs.0.iter().filter(|a| a.dtype.is_inexact()).zip(present).filter(|(_, present)| **present);
        let ins: Vec<ShapedArray> =
            self.residuals.0.iter().chain(floats.map(|(a, _)| a)).map(ShapedArray::strong).collect();
        trace(&ins, |ins| {
            let (residuals, cts) = ins.split_at(self.residuals.0.len());
            Python::attach(|py| or_raise(self.call(py, residuals, cts, present)))
        })
    }
}
/// A function of residuals and what it is linear in, with a transpose of the user's.
#[pyfunction]
pub fn linear_call<'py>(
    fun: &Object<'py>,
    fun_transpose: &Object<'py>,
    residual_args: &Object<'py>,
    linear_args: &Object<'py>,
) -> PyResult<Object<'py>> {
    let py = fun.py();
    let (arrays, structure) = run_traced(py, "linear_call", || {
        let (residuals, linear) = (lift_tree(residual_args, "residual ")?, lift_tree(linear_args, "argument ")?);
        let apply = |f: &Object<'py>, residuals: Tree<Tracer>, values: Tree<Tracer>| {
            let unknown = Inputs::Unknown("linear_call");
            unknown.tell(f, &residuals.leaves, None);
            unknown.tell(f, &values.leaves, None);
            let out = or_raise(f.call1((residuals.to_python(py), values.to_python(py))));
            or_raise(lift_tree(&out, "output"))
        };
        let out = raxla::linear_call(|r, x| apply(fun, r, x), |r, ct| apply(fun_transpose, r, ct), residuals, linear);
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}

/// A function that was traced: its program, for arguments of one kind. Called with a tuple of what it captured, and then the arguments.
#[pyclass(frozen, module = "raxla")]
pub struct Closed {
    program: Program,
    /// The captured values that were not given out, each with its place among all of them.
    kept: Vec<(usize, Py<Array>)>,
    ins: TreeDef,
    outs: TreeDef,
}
#[pymethods]
impl Closed {
    #[pyo3(signature = (captured, *args))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        captured: Vec<Object<'py>>,
        args: &Bound<'py, PyTuple>,
    ) -> PyResult<Object<'py>> {
        let (arrays, ()) = run_traced(py, "closure_convert", || {
            let given = lift_tree(args.as_any(), "argument ")?;
            if given.structure != self.ins {
                return Err(type_error(format!(
                    "closure_convert: the function was converted for arguments of the structure {:?}, got {:?}",
                    self.ins, given.structure
                )));
            }
            let mut captured = captured.iter();
            let count = self.program.ins.len() - given.leaves.len();
            let mut ins = given.leaves;
            for i in 0..count {
                let kept = self.kept.iter().find(|k| k.0 == i).map(|k| k.1.bind(py).clone());
                let array = match kept {
                    Some(array) => array,
                    None => {
                        let object =
                            captured.next().ok_or_else(|| type_error("closure_convert: too few captured values"))?;
                        crate::array::leaf(object)?
                            .ok_or_else(|| crate::tree::not_an_array(py, "captured value ", "", object))?
                            .into_bound(py)
                    }
                };
                ins.push(lift_words(&array));
            }
            Ok((inline(&self.program, &ins), ()))
        })?;
        rebuild(py, &self.outs, &mut arrays.into_iter())
    }
    fn __repr__(&self) -> String {
        self.program.to_string()
    }
}
/// A function at arguments, traced; and the values that it captured: those that may be differentiated in, or all.
#[pyfunction]
pub fn close_call<'py>(
    fun: &Object<'py>,
    args: &Bound<'py, PyTuple>,
    all: bool,
) -> PyResult<(Closed, Bound<'py, PyTuple>)> {
    let py = fun.py();
    let (arrays, (program, ins, outs, out)) = run_traced(py, "closure_convert", || {
        let args = lift_tree(args.as_any(), "argument ")?;
        let avals: Vec<ShapedArray> = args.leaves.iter().map(|t| t.aval()).collect();
        let inputs = Inputs::Values(args.leaves.clone());
        let mut outs = None;
        let Traced { program, captured } = trace(&avals, |inner| {
            let made =
                traced(fun, &inputs, &Tree { leaves: inner.to_vec(), structure: args.structure.clone() }, "output");
            outs = Some(made.structure);
            made.leaves
        });
        let out: Vec<bool> = captured.iter().map(|t| all || (t.dtype().is_inexact() && maybe_perturbed(*t))).collect();
        Ok((captured, (program, args.structure, outs.unwrap_or_else(TreeDef::leaf), out)))
    })?;
    let (mut kept, mut given) = (vec![], vec![]);
    for (i, (array, out)) in arrays.into_iter().zip(out).enumerate() {
        if out { given.push(array) } else { kept.push((i, array)) }
    }
    Ok((Closed { program, kept, ins, outs }, PyTuple::new(py, given)?))
}

/// Tangents like the outputs; `None`, `float0` and symbolic zeros are zeros.
fn tangents_of<'py>(py: Python<'py>, tangents: &Object<'py>, outs: &Tree<Tracer>) -> PyResult<Tree<Tracer>> {
    let (leaves, structure) = flatten(tangents, None)?;
    if !structure.same_shape(&outs.structure) {
        return Err(type_error(format!(
            "custom_jvp: the rule's outputs and tangents must have one structure, got {:?} and {structure:?}",
            outs.structure
        )));
    }
    let one = |(object, out): (Object<'py>, &Tracer)| cotangent(py, &object, &out.aval(), false);
    Ok(Tree { leaves: leaves.into_iter().zip(&outs.leaves).map(one).collect::<PyResult<_>>()?, structure })
}
/// A tangent or cotangent of a type that a rule gave.
fn cotangent<'py>(py: Python<'py>, object: &Object<'py>, aval: &ShapedArray, round: bool) -> PyResult<Tracer> {
    if object.is_none() || !aval.dtype.is_inexact() || object.hasattr("_symbolic_zero")? {
        return Ok(zeros(aval));
    }
    let Some(array) = crate::array::leaf(object)? else {
        return Err(crate::tree::not_an_array(py, "cotangent", "", object));
    };
    let tracer = lift(array.bind(py));
    // JAX lets cotangents of another precision through; here they get the one that they belong to.
    let fits = tracer.dtype() == aval.dtype || round && tracer.dtype().is_complex() <= aval.dtype.is_complex();
    Ok(if fits { tracer.with_dtype(aval.dtype, false) } else { tracer })
}
/// Cotangents in the structure of the arguments; `None` and `float0` are zeros.
fn cotangents<'py>(
    py: Python<'py>,
    found: &Object<'py>,
    structure: &TreeDef,
    avals: &[ShapedArray],
) -> PyResult<Tree<Tracer>> {
    let wrong = |e: PyErr| {
        type_error(format!(
            "custom_vjp: the backward function must give a tuple like the arguments, {structure:?}, got {found}: {e}"
        ))
    };
    let found = match found.cast::<PyTuple>() {
        Ok(tuple) => tuple.as_any().clone(),
        Err(_) => PyTuple::new(py, found.try_iter().map_err(wrong)?.collect::<PyResult<Vec<_>>>()?)?.into_any(),
    };
    let each = broadcast_prefix(&found, structure, None).map_err(wrong)?;
    let one = |(object, aval): (Object<'py>, &ShapedArray)| cotangent(py, &object, aval, true);
    Ok(Tree { leaves: each.into_iter().zip(avals).map(one).collect::<PyResult<_>>()?, structure: structure.clone() })
}
