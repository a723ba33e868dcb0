//! `checkpoint`, and derivative rules of the user's own.

use crate::{
    border::or_raise,
    function::{Inputs, pair, traced},
    session::{lift, run_traced},
    transforms::rebuild,
    tree::{Tree, TreeDef, broadcast_prefix, lift_tree, type_error},
};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyTuple};
use raxla::{
    CheckpointPolicy, ShapedArray, Tracer,
    ir::{function::Function, rewrite::jvp::zeros},
};

type Object<'py> = Bound<'py, PyAny>;

/// The policy of a name of `jax.checkpoint_policies`, with names where it takes them.
fn policy(kind: &str, names: &[String]) -> PyResult<CheckpointPolicy<'static>> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(match kind {
        "nothing_saveable" => CheckpointPolicy::nothing_saveable(),
        "everything_saveable" => CheckpointPolicy::everything_saveable(),
        "dots_saveable" | "checkpoint_dots" => CheckpointPolicy::dots_saveable(),
        "dots_with_no_batch_dims_saveable" | "checkpoint_dots_with_no_batch_dims" => {
            CheckpointPolicy::dots_with_no_batch_dims_saveable()
        }
        "save_only_these_names" => CheckpointPolicy::save_only_these_names(&names),
        "save_any_names_but_these" => CheckpointPolicy::save_any_names_but_these(&names),
        "save_anything_except_these_names" => CheckpointPolicy::save_anything_except_these_names(&names),
        other => return Err(PyValueError::new_err(format!("checkpoint: unknown policy {other}"))),
    })
}
/// A function that is computed again in the backward pass, at a tuple of arguments.
#[pyfunction]
pub fn checkpoint_call<'py>(
    fun: &Object<'py>,
    args: &Bound<'py, PyTuple>,
    kind: &str,
    names: Vec<String>,
) -> PyResult<Object<'py>> {
    let py = fun.py();
    let (arrays, structure) = run_traced(py, "checkpoint", || {
        let args = lift_tree(args.as_any(), "argument ")?;
        let inputs = Inputs::Values(args.leaves.clone());
        let f =
            raxla::checkpoint_with(|args: Tree<Tracer>| traced(fun, &inputs, &args, "output"), policy(kind, &names)?);
        let out = f.apply((args,));
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// A name for a value, for policies of `checkpoint`.
#[pyfunction]
pub fn checkpoint_name<'py>(x: &Object<'py>, name: &str) -> PyResult<Object<'py>> {
    let py = x.py();
    let (arrays, structure) = run_traced(py, "checkpoint_name", || {
        let out = raxla::checkpoint_name(lift_tree(x, "value")?, name);
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}

/// A function with a derivative rule of the user's: `rule(primals, tangents)` gives outputs and their tangents.
#[pyfunction]
pub fn custom_jvp_call<'py>(
    fun: &Object<'py>,
    rule: &Object<'py>,
    args: &Bound<'py, PyTuple>,
) -> PyResult<Object<'py>> {
    let py = fun.py();
    let (arrays, structure) = run_traced(py, "custom_jvp", || {
        let args = lift_tree(args.as_any(), "argument ")?;
        let inputs = Inputs::Values(args.leaves.clone());
        let apply_rule = |primals: (Tree<Tracer>,), tangents: (Tree<Tracer>,)| {
            Inputs::Unknown("custom_jvp").tell(rule, &tangents.0.leaves, None);
            inputs.tell(rule, &primals.0.leaves, None);
            let out = or_raise(rule.call1((primals.0.to_python(py), tangents.0.to_python(py))));
            let (out, tangent) = or_raise(pair(&out, "custom_jvp: the rule"));
            let (out, tangent) = (or_raise(lift_tree(&out, "output")), or_raise(lift_tree(&tangent, "tangent")));
            (out, tangent)
        };
        let f = |args: Tree<Tracer>| traced(fun, &inputs, &args, "output");
        let out =
            raxla::custom_jvp::<(Tree<Tracer>,), _, _>(f, |p: (Tree<Tracer>,), t: (Tree<Tracer>,)| apply_rule(p, t))
                .apply((args,));
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// A function with a reverse-mode rule of the user's: `forward(*args)` gives outputs and residuals, `backward(residuals, cotangents)` a tuple
/// of cotangents, `None` for zeros.
#[pyfunction]
pub fn custom_vjp_call<'py>(
    fun: &Object<'py>,
    forward: &Object<'py>,
    backward: &Object<'py>,
    args: &Bound<'py, PyTuple>,
) -> PyResult<Object<'py>> {
    let py = fun.py();
    let (arrays, structure) = run_traced(py, "custom_vjp", || {
        let args = lift_tree(args.as_any(), "argument ")?;
        let (in_tree, avals) = (args.structure.clone(), args.leaves.iter().map(|t| t.aval()).collect::<Vec<_>>());
        let inputs = Inputs::Values(args.leaves.clone());
        let f = |args: Tree<Tracer>| traced(fun, &inputs, &args, "output");
        let run_forward = |args: Tree<Tracer>| {
            inputs.tell(forward, &args.leaves, None);
            let args = args.to_python(py);
            let out = or_raise(args.cast::<PyTuple>().map_err(PyErr::from).and_then(|args| forward.call1(args)));
            let (out, residuals) = or_raise(pair(&out, "custom_vjp: the forward function"));
            (or_raise(lift_tree(&out, "output")), or_raise(lift_tree(&residuals, "residual")))
        };
        let run_backward = |residuals: Tree<Tracer>, cts: Tree<Tracer>| {
            let unknown = Inputs::Unknown("custom_vjp");
            unknown.tell(backward, &residuals.leaves, None);
            unknown.tell(backward, &cts.leaves, None);
            let found = or_raise(backward.call1((residuals.to_python(py), cts.to_python(py))));
            (or_raise(cotangents(py, &found, &in_tree, &avals)),)
        };
        let out = raxla::custom_vjp::<(Tree<Tracer>,), _, _, _, _>(f, run_forward, run_backward).apply((args,));
        Ok((out.leaves, out.structure))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
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
    let one = |(object, aval): (Object<'py>, &ShapedArray)| {
        if object.is_none() || !aval.dtype.is_inexact() {
            return Ok(zeros(aval));
        }
        let Some(array) = crate::array::leaf(&object)? else {
            return Err(crate::tree::not_an_array(py, "cotangent", "", &object));
        };
        Ok(lift(array.bind(py)))
    };
    Ok(Tree { leaves: each.into_iter().zip(avals).map(one).collect::<PyResult<_>>()?, structure: structure.clone() })
}
