//! Keys made from seeds and from keys, and their words.

use super::{check_words, implementation, invalid, key_of, keys_of, made};
use crate::{
    array::{Array, ArrayLike},
    border::of_runtime,
    keys::{self, named},
    session::lift_words,
    table::{Filling, Sizes, functions},
    tree::type_error,
};
use pyo3::{exceptions::PyOverflowError, prelude::*};
use raxla::{
    DType,
    numpy::{self as np, Arg},
    random,
};

functions! { register_functions;
    /// So many keys of one.
    fn split(key: ArrayLike, num: Sizes) [key, num = Sizes(vec![2])] |py| {
        let (key, typed) = key_of(py, "split", &key)?;
        made(random::split(key, &num.shape()?[..]), typed)
    };
    /// A key of a key and a number.
    fn fold_in(key: ArrayLike, data: Filling) [key, data] |py| {
        let (key, typed) = key_of(py, "fold_in", &key)?;
        if let Filling::Int(n) = &data && u32::try_from(*n).is_err() {
            return Err(PyOverflowError::new_err(format!("Python integer {n} out of bounds for uint32")));
        }
        let data = match data.within(py, Some(DType::U32))? {
            number @ Arg::Int(_) => number.in_dtype(DType::U32, false).into(),
            other => other,
        };
        let shape = data.aval().shape;
        if !shape.is_empty() {
            let message = format!("fold_in accepts a scalar, but was given an array of shape {:?} != (). Use jax.vmap for batching.", &shape[..]);
            return Err(type_error(message));
        }
        made(random::fold_in(key, np::astype(data, DType::U32)), typed)
    };
    /// The words of keys.
    fn key_data(keys: ArrayLike) [keys] |py| random::key_data(keys_of(py, &keys)?.0);
    /// The keys of a seed that is an array, typed or not.
    fn _key_of_array(seed: ArrayLike, implementation: &str, typed: bool) [seed, implementation, typed] |py| {
        made(random::key_of(seed.tracer(py), named(implementation)?), typed)
    };
    /// The keys of words.
    fn _wrap(words: ArrayLike, implementation: &str) [words, implementation] |py| {
        let (words, of) = (words.tracer(py), named(implementation)?);
        check_words(py, &words.aval(), of)?;
        made(random::wrap_key_data(words, of), true)
    };
}
/// The key of a seed, typed or not.
#[pyfunction]
fn _key_of_number(py: Python, seed: i64, implementation: &str, typed: bool) -> PyResult<Py<Array>> {
    let of = named(implementation)?;
    let wide = u32::from(crate::dtype::canonical(DType::I64) == DType::I64);
    let words = [(seed as u64 >> 32) as u32 * wide, seed as u32].repeat(keys::words(of) / 2);
    let literal = raxla::Literal::new(&[words.len()], &words);
    let place = || raxla::Array::from_literal(&literal, &raxla::Client::global()?.devices()[0]);
    let data = place().map_err(|e| of_runtime(py, e))?;
    Py::new(py, Array { keys: typed.then_some(of), ..Array::of(data) })
}
/// The name of the implementation of keys.
#[pyfunction]
fn _implementation(py: Python, keys: ArrayLike) -> PyResult<&'static str> {
    let (aval, of) = match &keys {
        ArrayLike::Array(array) => (array.get().aval(py)?, array.get().keys),
        ArrayLike::Data(data) => (data.aval().clone(), None),
        ArrayLike::Number(_) => {
            return Err(invalid("expected key_data to have ndim, shape, and dtype attributes. Got a number"));
        }
    };
    let of = implementation(py, of)?;
    check_words(py, &aval, of)?;
    Ok(keys::name(of))
}
/// The same values, as others.
#[pyfunction]
fn clone(key: &Bound<PyAny>) -> PyResult<Py<Array>> {
    let py = key.py();
    let Some(array) = crate::array::leaf(key)? else { return Err(type_error(format!("clone: no array: {key}"))) };
    if crate::session::active() {
        return crate::array::operation(py, "clone", || Ok(keys::made(lift_words(array.bind(py)), array.get().keys)));
    }
    Py::new(py, array.get().marked(array.get().keys))
}
/// Checks the name of an implementation.
#[pyfunction]
fn _check_implementation(name: &str) -> PyResult<usize> {
    named(name).map(keys::words)
}
/// Adds the functions to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_key_of_number, module)?)?;
    module.add_function(wrap_pyfunction!(_implementation, module)?)?;
    module.add_function(wrap_pyfunction!(_check_implementation, module)?)?;
    module.add_function(wrap_pyfunction!(clone, module)?)?;
    register_functions(module)
}
