//! Functions of Python that programs call while they run: `pure_callback`, `io_callback`, `debug.callback`.

use crate::{
    array::Array,
    border::user_source,
    dtype::Dtype,
    function::name_of,
    host::from_numpy,
    session::run_traced,
    transforms::rebuild,
    tree::{Tree, TreeDef, flatten, lift_tree, type_error},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyTuple},
};
use raxla::{
    Literal, ShapedArray,
    ir::{
        callback::Callback,
        primitives::callback::{DebugCallback, IoCallback, Order, PureCallback, VmapMethod},
        trace::bind_at,
    },
    pipeline, runtime,
};

type Object<'py> = Bound<'py, PyAny>;

/// A function of Python as one of literals: its arguments are the leaves of `(args, kwargs)`, its results those of `out`.
fn callback(function: &Object, args: TreeDef, outs: Vec<ShapedArray>, out: TreeDef) -> Callback {
    let name = name_of(function);
    let function = function.clone().unbind();
    Callback::new(&name, move |ins: &[Literal]| {
        Python::attach(|py| {
            let done = call(function.bind(py), &args, &outs, &out, ins);
            done.map_err(|error| described(py, &error))
        })
    })
}
/// What an exception says, and where it came from.
fn described(py: Python, error: &PyErr) -> String {
    let whole = || -> PyResult<String> {
        let parts = (error.get_type(py), error.value(py), error.traceback(py));
        let lines = py.import("traceback")?.call_method1("format_exception", parts)?;
        lines.try_iter()?.map(|line| line?.extract::<String>()).collect()
    };
    whole().unwrap_or_else(|_| error.to_string())
}
fn call(
    function: &Object,
    args: &TreeDef,
    outs: &[ShapedArray],
    out: &TreeDef,
    ins: &[Literal],
) -> PyResult<Vec<Literal>> {
    let py = function.py();
    let device = crate::config::default_device().map_err(|e| crate::border::of_runtime(py, e))?;
    let array = |value: &Literal| {
        let data = runtime::Array::from_literal(value, &device).map_err(|e| crate::border::of_runtime(py, e))?;
        Ok(Bound::new(py, Array::of(data))?.into_any())
    };
    let both = TreeDef::unflatten(args, py, ins.iter().map(array).collect::<PyResult<Vec<_>>>()?)?;
    let (positional, named): (Bound<PyTuple>, Bound<PyDict>) = both.extract()?;
    let result = function.call(positional, Some(&named))?;
    if outs.is_empty() && out.leaves() == 0 {
        return Ok(vec![]);
    }
    let (leaves, structure) = flatten(&result, None)?;
    if structure != *out {
        return Err(type_error(format!(
            "the callback returned a tree of structure {structure:?}, result_shape_dtypes has {out:?}"
        )));
    }
    let literal = |(leaf, aval): (&Object, &ShapedArray)| {
        let data = from_numpy(py, leaf, Some(aval.dtype))?;
        // Under vmap there may be axes in front.
        if !data.shape().ends_with(&aval.shape) {
            return Err(type_error(format!("the callback returned {}, result_shape_dtypes has {aval}", data.aval())));
        }
        py.detach(|| data.to_literal()).map_err(|e| crate::border::of_runtime(py, e))
    };
    leaves.iter().zip(outs).map(literal).collect()
}
/// The types that `result_shape_dtypes` names.
fn types(outs: &Object) -> PyResult<(Vec<ShapedArray>, TreeDef)> {
    let (leaves, structure) = flatten(outs, None)?;
    let aval = |leaf: &Object| {
        let dtype: Dtype = leaf.getattr("dtype")?.extract()?;
        let shape: Vec<usize> = leaf.getattr("shape")?.extract()?;
        Ok(ShapedArray::new(&shape, dtype.0))
    };
    Ok((leaves.iter().map(aval).collect::<PyResult<_>>()?, structure))
}
fn bound<'py>(
    name: &str,
    function: &Object<'py>,
    outs: &Object<'py>,
    args: &Object<'py>,
    op: impl FnOnce(Callback, Vec<ShapedArray>) -> raxla::ir::Op,
) -> PyResult<Object<'py>> {
    let py = function.py();
    let (avals, structure) = types(outs)?;
    let (arrays, ()) = run_traced(py, name, || {
        let Tree { leaves, structure: args } = lift_tree(args, "argument ")?;
        let callback = callback(function, args, avals.clone(), structure.clone());
        Ok((bind_at(op(callback, avals), &leaves, user_source(py)).to_vec(), ()))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}

/// Calls a function that has no effects.
#[pyfunction]
pub fn pure_callback_call<'py>(
    function: &Object<'py>,
    outs: &Object<'py>,
    args: &Object<'py>,
    vmap_method: Option<&str>,
) -> PyResult<Object<'py>> {
    let vmap_method = match vmap_method {
        None => VmapMethod::Refuse,
        Some("sequential" | "sequential_unrolled") => VmapMethod::Sequential,
        Some("expand_dims") => VmapMethod::ExpandDims,
        Some("broadcast_all") => VmapMethod::BroadcastAll,
        Some(other) => {
            return Err(pyo3::exceptions::PyValueError::new_err(format!(
                "vmap_method must be None, sequential, sequential_unrolled, expand_dims or broadcast_all, got {other}"
            )));
        }
    };
    bound("pure_callback", function, outs, args, |callback, outs| PureCallback { callback, outs, vmap_method }.into())
}
/// Calls a function that may do anything.
#[pyfunction]
pub fn io_callback_call<'py>(
    function: &Object<'py>,
    outs: &Object<'py>,
    args: &Object<'py>,
    ordered: bool,
) -> PyResult<Object<'py>> {
    bound("io_callback", function, outs, args, |callback, outs| {
        IoCallback { callback, outs, order: order(ordered) }.into()
    })
}
/// Shows values to a function.
#[pyfunction]
pub fn debug_callback_call<'py>(function: &Object<'py>, args: &Object<'py>, ordered: bool) -> PyResult<()> {
    let none = PyTuple::empty(function.py());
    let op = |callback, _| DebugCallback { callback, order: order(ordered) }.into();
    bound("debug_callback", function, none.as_any(), args, op).map(drop)
}
fn order(ordered: bool) -> Order {
    if ordered { Order::Ordered } else { Order::Free }
}
/// Waits until all effects of the calls made so far have happened.
#[pyfunction]
pub fn effects_barrier(py: Python) -> PyResult<()> {
    py.detach(pipeline::effects_barrier).map_err(|e| crate::border::of_error(py, e))
}
