//! `checkpoint`: what the backward pass keeps, and what it computes again.

use crate::{
    border::or_raise,
    function::{Inputs, traced},
    session::run_traced,
    transforms::rebuild,
    tree::{Tree, lift_tree},
};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyTuple};
use raxla::{
    CheckpointPolicy, ShapedArray, Tracer,
    ir::{Op, Primitive, function::Function},
};

type Object<'py> = Bound<'py, PyAny>;

/// The policy of a name of `jax.checkpoint_policies`, with names where it takes them.
fn named_policy(kind: &str, names: &[String]) -> PyResult<CheckpointPolicy<'static>> {
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
/// The policy that an object stands for: one of the above, two of which either holds, or a function of an operation, the types of its
/// operands and its parameters by name, which says whether its results are kept.
fn policy<'py>(object: Object<'py>) -> PyResult<CheckpointPolicy<'py>> {
    let py = object.py();
    if let Ok((kind, names)) = object.getattr("_policy").and_then(|p| p.extract::<(String, Vec<String>)>()) {
        return named_policy(&kind, &names);
    }
    if let Ok((a, b)) = object.getattr("_either").and_then(|p| p.extract::<(Object<'py>, Object<'py>)>()) {
        return Ok(CheckpointPolicy::save_from_both_policies(policy(a)?, policy(b)?));
    }
    Ok(CheckpointPolicy::custom(move |op: &Op, avals: &[ShapedArray]| {
        let ask = || -> PyResult<bool> {
            let name = match op {
                Op::Name(name) => Some(name.name.as_str()),
                _ => None,
            };
            let types = avals.iter().map(|a| Ok((a.shape.to_vec(), crate::dtype::to_numpy(py, a.dtype)?, a.weak)));
            let ask = py.import("raxla._checkpoint")?.getattr("_ask")?;
            ask.call1((&object, op.name(), types.collect::<PyResult<Vec<_>>>()?, name))?.is_truthy()
        };
        or_raise(ask())
    }))
}
/// A function that is computed again in the backward pass, at a tuple of arguments.
#[pyfunction]
pub fn checkpoint_call<'py>(
    fun: &Object<'py>,
    args: &Bound<'py, PyTuple>,
    policy: Object<'py>,
) -> PyResult<Object<'py>> {
    let py = fun.py();
    let (arrays, structure) = run_traced(py, "checkpoint", || {
        let args = lift_tree(args.as_any(), "argument ")?;
        let inputs = Inputs::Values(args.leaves.clone());
        let f =
            raxla::checkpoint_with(|args: Tree<Tracer>| traced(fun, &inputs, &args, "output"), self::policy(policy)?);
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
