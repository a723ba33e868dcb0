//! Derivative rules of the user's own.

use crate::{
    array::Array,
    border::or_raise,
    function::{Inputs, at_order, maybe_perturbed, order, pair, traced},
    session::{lift, lift_words, run_traced},
    transforms::rebuild,
    tree::{Tree, TreeDef, broadcast_prefix, flatten, lift_tree, type_error},
};
use pyo3::{prelude::*, types::PyTuple};
use raxla::{
    Program, ShapedArray, Tracer,
    ir::{
        function::Function,
        rewrite::jvp::zeros,
        trace::{Traced, inline, trace},
    },
};

type Object<'py> = Bound<'py, PyAny>;

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
        let apply_rule = |primals: (Tree<Tracer>,), tangents: (Tree<Tracer>,)| {
            Inputs::Unknown("custom_jvp").tell(rule, &tangents.0.leaves, None);
            inputs.tell(rule, &primals.0.leaves, None);
            let tangents = or_raise(symbolic(py, &tangents.0, &perturbed, zero.as_ref()));
            let out = or_raise(at_order(left, &[], || rule.call1((primals.0.to_python(py), tangents))));
            let (out, tangent) = or_raise(pair(&out, "custom_jvp: the rule"));
            let out = or_raise(lift_tree(&out, "output"));
            let tangent = or_raise(tangents_of(py, &tangent, &out));
            (out, tangent)
        };
        let f = |args: Tree<Tracer>| at_order(left, &[], || traced(fun, &inputs, &args, "output"));
        let out =
            raxla::custom_jvp::<(Tree<Tracer>,), _, _>(f, |p: (Tree<Tracer>,), t: (Tree<Tracer>,)| apply_rule(p, t))
                .apply((args,));
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// A function with a reverse-mode rule of the user's: `forward(*args)` gives outputs and residuals, `backward(residuals, cotangents)` a tuple
/// of cotangents, `None` for zeros. With `primal`, `forward` takes `primal(argument, whether it may be perturbed)` instead of arguments.
#[pyfunction]
#[pyo3(signature = (fun, forward, backward, args, primal = None))]
pub fn custom_vjp_call<'py>(
    fun: &Object<'py>,
    forward: &Object<'py>,
    backward: &Object<'py>,
    args: &Bound<'py, PyTuple>,
    primal: Option<Object<'py>>,
) -> PyResult<Object<'py>> {
    let py = fun.py();
    let (arrays, structure) = run_traced(py, "custom_vjp", || {
        let args = lift_tree(args.as_any(), "argument ")?;
        let Some(left) = order().checked_sub(1) else {
            let out = call(fun, &args)?;
            return Ok((out.leaves, out.structure));
        };
        let (in_tree, avals) = (args.structure.clone(), args.leaves.iter().map(|t| t.aval()).collect::<Vec<_>>());
        let perturbed: Vec<bool> = args.leaves.iter().map(|t| primal.is_some() && maybe_perturbed(*t)).collect();
        let inputs = Inputs::Values(args.leaves.clone());
        let f = |args: Tree<Tracer>| at_order(left, &[], || traced(fun, &inputs, &args, "output"));
        let with_perturbed = |args: Object<'py>| -> PyResult<Object<'py>> {
            let Some(primal) = &primal else { return Ok(args) };
            let (leaves, structure) = flatten(&args, None)?;
            let each = leaves.into_iter().zip(&perturbed).map(|(leaf, perturbed)| primal.call1((leaf, *perturbed)));
            TreeDef::unflatten(&structure, py, each.collect::<PyResult<Vec<_>>>()?)
        };
        let run_forward = |args: Tree<Tracer>| {
            inputs.tell(forward, &args.leaves, None);
            let args = or_raise(with_perturbed(args.to_python(py)));
            let out = or_raise(at_order(left, &[], || forward.call1(args.cast::<PyTuple>()?)));
            let (out, residuals) = or_raise(pair(&out, "custom_vjp: the forward function"));
            (or_raise(lift_tree(&out, "output")), or_raise(lift_tree(&residuals, "residual")))
        };
        let run_backward = |residuals: Tree<Tracer>, cts: Tree<Tracer>| {
            let unknown = Inputs::Unknown("custom_vjp");
            unknown.tell(backward, &residuals.leaves, None);
            unknown.tell(backward, &cts.leaves, None);
            let found = at_order(left, &[], || backward.call1((residuals.to_python(py), cts.to_python(py))));
            (or_raise(cotangents(py, &or_raise(found), &in_tree, &avals)),)
        };
        let out = raxla::custom_vjp::<(Tree<Tracer>,), _, _, _, _>(f, run_forward, run_backward).apply((args,));
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
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
