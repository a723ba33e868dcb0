//! `raxla.random`: random numbers, JAX's for the same keys.

mod distributions;
mod keys;

use crate::{
    array::ArrayLike,
    dtype::{Dtype, to_numpy},
    keys::words,
    session::{lift_data, lift_words},
    table::Sizes,
    tree::type_error,
};
use pyo3::{
    exceptions::{PyNotImplementedError, PyValueError},
    prelude::*,
    sync::PyOnceLock,
};
use raxla::{
    DType, ShapedArray, Tracer,
    numpy::{self as np, Arg},
    random::{self, Implementation, Key},
};

/// Says that the data of a key are wrong.
fn invalid(what: &str) -> PyErr {
    type_error(format!("JAX encountered invalid PRNG key data: {what}"))
}
/// Fails unless a type is that of the words of keys.
fn check_words(py: Python, aval: &ShapedArray, of: Implementation) -> PyResult<()> {
    let words = words(of);
    match aval.shape.last() {
        None => Err(invalid(&format!("expected key_data.ndim >= 1; got ndim={}", aval.rank()))),
        Some(last) if *last != words => Err(invalid(&format!(
            "expected key_data.shape to end with ({words},); got shape=({}) for impl={}",
            aval.shape.iter().map(|n| format!("{n},")).collect::<String>(),
            crate::keys::name(of)
        ))),
        Some(_) if aval.dtype != DType::U32 => Err(invalid(&format!(
            "expected key_data.dtype = uint32; got dtype={}",
            to_numpy(py, aval.dtype)?.getattr("name")?
        ))),
        Some(_) => Ok(()),
    }
}
/// The implementation of keys; of those that say none, an option of the package.
fn implementation(py: Python, of: crate::keys::Keys) -> PyResult<Implementation> {
    if let Some(of) = of {
        return Ok(of);
    }
    static CONFIG: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let config = CONFIG.get_or_try_init(py, || py.import("raxla._config")?.getattr("config").map(Bound::unbind))?;
    let name = config.bind(py).call_method1("read", ("jax_default_prng_impl",))?;
    crate::keys::named(name.extract()?)
}
/// The keys that an array is, and whether they are typed. Arrays that are no keys are the words of the usual implementation's.
fn keys_of(py: Python, array: &ArrayLike) -> PyResult<(Key, bool)> {
    let (words, of) = match array {
        ArrayLike::Array(array) => (lift_words(array.bind(py)), array.get().keys),
        ArrayLike::Data(data) => (lift_data(data), None),
        ArrayLike::Number(_) => {
            return Err(invalid("expected key_data to have ndim, shape, and dtype attributes. Got a number"));
        }
    };
    let implementation = implementation(py, of)?;
    check_words(py, &words.aval(), implementation)?;
    Ok((random::wrap_key_data(words, implementation), of.is_some()))
}
/// The one key that an array is, for the function of this name, and whether it is typed.
pub fn key_of(py: Python, name: &str, array: &ArrayLike) -> PyResult<(Key, bool)> {
    let (key, typed) = keys_of(py, array)?;
    let shape = key.shape();
    if !shape.is_empty() {
        let shape = pyo3::types::PyTuple::new(py, shape)?;
        return Err(PyValueError::new_err(format!(
            "{name} accepts a single key, but was given a key array of shape {shape} != (). Use jax.vmap for batching."
        )));
    }
    Ok((key, typed))
}
/// New keys, typed as those that they are made from.
fn made(key: Key, typed: bool) -> Tracer {
    let of = typed.then(|| key.implementation());
    crate::keys::made(random::key_data(key), of)
}

/// A shape: one size or several.
#[derive(Clone, Default)]
struct Shape(Vec<usize>);
impl<'a, 'py> FromPyObject<'a, 'py> for Shape {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Shape> {
        object.extract::<Sizes>()?.shape().map(Shape)
    }
}
/// `out_sharding`, which must not be given: arrays are on one device.
struct Sharding;
impl<'a, 'py> FromPyObject<'a, 'py> for Sharding {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Sharding> {
        // The sharding of what lies whole on one device says nothing.
        match object.is_none() || object.getattr("_whole").and_then(|w| w.is_truthy()).unwrap_or(false) {
            true => Ok(Sharding),
            false => Err(PyNotImplementedError::new_err("random: `out_sharding` is not there yet")),
        }
    }
}
/// A dtype of floats, the default one if none is given.
fn float(name: &str, dtype: Option<Dtype>) -> PyResult<DType> {
    let dtype = dtype.map_or_else(DType::default_float, |d| d.0);
    match dtype.is_float() {
        true => Ok(dtype),
        false => Err(wrong_dtype(name, "a float", dtype)),
    }
}
/// A dtype of floats or complex numbers.
fn inexact(name: &str, dtype: Option<Dtype>) -> PyResult<DType> {
    let dtype = dtype.map_or_else(DType::default_float, |d| d.0);
    match dtype.is_inexact() {
        true => Ok(dtype),
        false => Err(wrong_dtype(name, "a float or complex", dtype)),
    }
}
fn wrong_dtype(name: &str, kind: &str, dtype: DType) -> PyErr {
    PyValueError::new_err(format!("dtype argument to `{name}` must be {kind} dtype, got {}", dtype.numpy_name()))
}
/// A dtype of integers, the default one if none is given.
fn int(dtype: Option<Dtype>) -> DType {
    dtype.map_or_else(DType::default_int, |d| d.0)
}
/// A parameter in a dtype, which must be able to hold it.
fn parameter(py: Python, name: &str, x: ArrayLike, dtype: DType) -> PyResult<Tracer> {
    let x = x.input(py);
    let aval = x.aval();
    let (is, wide) = (aval.dtype, aval.dtype.is_float() && !aval.weak && aval.dtype.bits() > dtype.bits());
    if wide || (is.is_complex() && !dtype.is_complex()) {
        let (is, dtype) = (is.numpy_name(), dtype.numpy_name());
        let message = format!("In arguments to {name}, cannot safely cast argument of type {is} to {dtype}");
        return Err(PyValueError::new_err(message));
    }
    Ok(np::astype(x, dtype))
}
/// A parameter in its own dtype if that is a float, else in the default one of floats.
fn promoted(py: Python, x: ArrayLike) -> Tracer {
    let x = x.input(py);
    let dtype = x.aval().dtype;
    if dtype.is_inexact() { x.tracer() } else { np::astype(x, DType::default_float()) }
}
/// An integer parameter; others are rounded to integers.
fn whole(py: Python, x: ArrayLike) -> Tracer {
    let x = x.input(py);
    let dtype = x.aval().dtype;
    if dtype.is_integer() { x.tracer() } else { np::astype(x, DType::default_int()) }
}
/// The shape that is asked for; that of the parameters together if none is.
fn shape_of(shape: Option<Shape>, parameters: &[Tracer]) -> Vec<usize> {
    match shape {
        Some(shape) => shape.0,
        None => {
            let shapes: Vec<Vec<usize>> = parameters.iter().map(|p| p.shape().to_vec()).collect();
            np::broadcast_shapes(&shapes.iter().map(Vec::as_slice).collect::<Vec<_>>())
        }
    }
}
/// A number of Rust's as an argument.
fn number(x: f64) -> ArrayLike {
    ArrayLike::Number(Arg::Float(x))
}

/// Adds all functions to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    keys::register(module)?;
    distributions::register(module)
}
