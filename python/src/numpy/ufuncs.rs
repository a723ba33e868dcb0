//! What calls functions of the user's with arrays: ufuncs, `vectorize`, `piecewise`, `pad`.

use crate::{
    array::{Array, ArrayLike, leaf},
    border::or_raise,
    dtype::Dtype,
    index::items,
    session::{lift, run_traced},
    table::{Arrays, Axes},
    tree::type_error,
};
use pyo3::{
    prelude::*,
    types::{PyModule, PyTuple},
};
use raxla::{
    Tracer,
    numpy::{self as np, Ufunc},
};
use std::cell::Cell;

/// An array of Python's for a tracer.
fn wrapped(py: Python, x: Tracer) -> Py<Array> {
    or_raise(Py::new(py, Array::traced(x)))
}
/// The tracer of what a function gave.
fn unwrapped(name: &str, out: &Bound<PyAny>) -> Tracer {
    let wrong = || type_error(format!("{name}: the function must give an array, got {out}"));
    lift(or_raise(or_raise(leaf(out)).ok_or_else(wrong)).bind(out.py()))
}
/// Traces what gives one array and may call functions of the user's.
fn traced(py: Python, name: &str, f: impl FnOnce() -> PyResult<Tracer>) -> PyResult<Py<Array>> {
    Ok(run_traced(py, name, || Ok((vec![f()?], ())))?.0.remove(0))
}
fn named(name: &str) -> Option<Ufunc<'static>> {
    let ufuncs = [
        ("add", np::ADD),
        ("bitwise_and", np::BITWISE_AND),
        ("bitwise_or", np::BITWISE_OR),
        ("bitwise_xor", np::BITWISE_XOR),
        ("logaddexp", np::LOGADDEXP),
        ("logaddexp2", np::LOGADDEXP2),
        ("logical_and", np::LOGICAL_AND),
        ("logical_or", np::LOGICAL_OR),
        ("logical_xor", np::LOGICAL_XOR),
        ("maximum", np::MAXIMUM),
        ("minimum", np::MINIMUM),
        ("multiply", np::MULTIPLY),
        ("subtract", np::SUBTRACT),
    ];
    ufuncs.into_iter().find(|u| u.0 == name).map(|u| u.1)
}
/// Traces with the ufunc of a name, or of a function of Python's and its identity.
fn with(
    function: &Bound<PyAny>,
    identity: Option<f64>,
    name: &str,
    f: impl FnOnce(Ufunc) -> PyResult<Tracer>,
) -> PyResult<Py<Array>> {
    let py = function.py();
    traced(py, name, || {
        if let Some(ufunc) = function.extract::<&str>().ok().and_then(named) {
            return f(ufunc);
        }
        let call = |x: Tracer, y: Tracer| {
            let out = or_raise(function.call1((wrapped(py, x), wrapped(py, y))));
            unwrapped(name, &out)
        };
        f(np::frompyfunc(&call, identity))
    })
}
/// `ufunc.reduce`.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
#[pyo3(signature = (function, identity, a, axis, dtype, keepdims, initial, mask))]
fn _ufunc_reduce(
    function: &Bound<PyAny>,
    identity: Option<f64>,
    a: ArrayLike,
    axis: Axes,
    dtype: Option<Dtype>,
    keepdims: bool,
    initial: Option<ArrayLike>,
    mask: Option<ArrayLike>,
) -> PyResult<Py<Array>> {
    let py = function.py();
    with(
        function,
        identity,
        "reduce",
        |u| Ok(u.reduce(a.arg(py), axis.reduction(py, keepdims, &mask, &initial, dtype))),
    )
}
/// `ufunc.accumulate`.
#[pyfunction]
#[pyo3(signature = (function, a, axis, dtype))]
fn _ufunc_accumulate(function: &Bound<PyAny>, a: ArrayLike, axis: isize, dtype: Option<Dtype>) -> PyResult<Py<Array>> {
    let py = function.py();
    with(function, None, "accumulate", |u| Ok(u.accumulate(a.arg(py), axis, dtype.map(|d| d.0))))
}
/// `ufunc.outer`.
#[pyfunction]
fn _ufunc_outer(function: &Bound<PyAny>, a: ArrayLike, b: ArrayLike) -> PyResult<Py<Array>> {
    let py = function.py();
    with(function, None, "outer", |u| Ok(u.outer(a.arg(py), b.arg(py))))
}
/// `ufunc.at`.
#[pyfunction]
fn _ufunc_at(function: &Bound<PyAny>, a: ArrayLike, indices: &Bound<PyAny>, b: ArrayLike) -> PyResult<Py<Array>> {
    let py = function.py();
    with(function, None, "at", |u| Ok(u.at(a.arg(py), items(indices, false)?, b.arg(py))))
}
/// `ufunc.reduceat`.
#[pyfunction]
#[pyo3(signature = (function, a, indices, axis, dtype))]
fn _ufunc_reduceat(
    function: &Bound<PyAny>,
    a: ArrayLike,
    indices: ArrayLike,
    axis: isize,
    dtype: Option<Dtype>,
) -> PyResult<Py<Array>> {
    let py = function.py();
    with(function, None, "reduceat", |u| Ok(u.reduceat(a.arg(py), indices.arg(py), axis, dtype.map(|d| d.0))))
}
/// `vectorize` of a function of arrays alone, on arrays.
#[pyfunction]
#[pyo3(signature = (function, signature, args))]
fn _vectorized(function: &Bound<PyAny>, signature: Option<&str>, args: Arrays) -> PyResult<Py<PyAny>> {
    let py = function.py();
    let single = Cell::new(true);
    let (outs, ()) = run_traced(py, "vectorize", || {
        let call = |args: &[Tracer]| {
            let args: Vec<Py<Array>> = args.iter().map(|x| wrapped(py, *x)).collect();
            let out = or_raise(function.call1(or_raise(PyTuple::new(py, args))));
            single.set(!out.is_instance_of::<PyTuple>());
            match out.cast::<PyTuple>() {
                Ok(several) => several.iter().map(|x| unwrapped("vectorize", &x)).collect(),
                Err(_) => vec![unwrapped("vectorize", &out)],
            }
        };
        Ok((np::vectorize(call, signature)(&args.tracers(py)), ()))
    })?;
    match (single.get(), &outs[..]) {
        (true, [one]) => Ok(one.clone_ref(py).into_any()),
        _ => Ok(PyTuple::new(py, outs)?.into_any().unbind()),
    }
}
/// `piecewise`, of functions of one array.
#[pyfunction]
fn _piecewise(x: ArrayLike, conditions: Arrays, functions: Vec<Bound<PyAny>>, py: Python) -> PyResult<Py<Array>> {
    traced(py, "piecewise", || {
        let calls: Vec<_> = functions
            .iter()
            .map(|f| move |x: Tracer| unwrapped("piecewise", &or_raise(f.call1((wrapped(py, x),)))))
            .collect();
        let functions: Vec<&dyn Fn(Tracer) -> Tracer> = calls.iter().map(|f| f as _).collect();
        Ok(np::piecewise(x.arg(py), &conditions.tracers(py), &functions))
    })
}
/// `pad` whose mode is a function of a padded vector, of the widths, the axis and options.
#[pyfunction]
fn _pad_function(
    array: ArrayLike,
    pad_width: Vec<(usize, usize)>,
    function: &Bound<PyAny>,
    options: &Bound<PyAny>,
) -> PyResult<Py<Array>> {
    let py = function.py();
    traced(py, "pad", || {
        let call = |x: Tracer, widths: (usize, usize), axis: usize| {
            unwrapped("pad", &or_raise(function.call1((wrapped(py, x), widths, axis, options))))
        };
        Ok(np::pad(array.arg(py), &pad_width[..], np::Pad::Function(&call)))
    })
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_ufunc_reduce, module)?)?;
    module.add_function(wrap_pyfunction!(_ufunc_accumulate, module)?)?;
    module.add_function(wrap_pyfunction!(_ufunc_outer, module)?)?;
    module.add_function(wrap_pyfunction!(_ufunc_at, module)?)?;
    module.add_function(wrap_pyfunction!(_ufunc_reduceat, module)?)?;
    module.add_function(wrap_pyfunction!(_vectorized, module)?)?;
    module.add_function(wrap_pyfunction!(_piecewise, module)?)?;
    module.add_function(wrap_pyfunction!(_pad_function, module)?)
}
