//! `raxla.random`: random numbers, JAX's for the same keys. Keys are arrays of two words, `u32[…, 2]`.

use crate::{
    array::{Array, ArrayLike},
    border::of_runtime,
    dtype::Dtype,
    table::{Sizes, functions},
};
use pyo3::{exceptions::PyValueError, prelude::*};
use raxla::{
    DType, Tracer,
    numpy::{self as np, Arg},
    random::{self, Implementation, Key},
};

/// The key that an array is.
fn key(py: Python, data: &ArrayLike) -> PyResult<Key> {
    let data = data.tracer(py);
    let aval = data.aval();
    if aval.dtype != DType::U32 || aval.shape.last() != Some(&2) {
        return Err(PyValueError::new_err(format!("random: a key must be u32[2], got {aval}")));
    }
    Ok(random::wrap_key_data(data, Implementation::Threefry2x32))
}
/// The shape that is asked for; that of the parameters together if none is.
fn shape_of(shape: Option<Sizes>, parameters: &[Tracer]) -> PyResult<Vec<usize>> {
    match shape {
        Some(shape) => shape.shape(),
        None => {
            let shapes: Vec<Vec<usize>> = parameters.iter().map(|p| p.shape().to_vec()).collect();
            Ok(np::broadcast_shapes(&shapes.iter().map(Vec::as_slice).collect::<Vec<_>>()))
        }
    }
}
fn float(dtype: Option<Dtype>) -> DType {
    dtype.map_or_else(DType::default_float, |d| d.0)
}
fn int(dtype: Option<Dtype>) -> DType {
    dtype.map_or_else(DType::default_int, |d| d.0)
}
/// A parameter in a dtype; a default if it is not given.
fn parameter(py: Python, x: Option<ArrayLike>, default: f64, dtype: DType) -> Tracer {
    np::astype(x.map_or(Arg::Float(default), |x| x.input(py)), dtype)
}
/// A distribution of no parameters.
macro_rules! standard { ($($(#[$doc:meta])* $name:ident $default:ident;)*) => { functions! { register_standard; $(
    $(#[$doc])*
    fn $name(key: ArrayLike, shape: Option<Sizes>, dtype: Option<Dtype>) [key, shape = None, dtype = None] |py| {
        random::$name(self::key(py, &key)?, &shape_of(shape, &[])?, $default(dtype))
    };
)* } } }
standard! {
    /// Normal numbers.
    normal float;
    /// Numbers of the exponential distribution.
    exponential float;
    /// Numbers of Laplace's distribution.
    laplace float;
    /// Numbers of the logistic distribution.
    logistic float;
    /// Numbers of Cauchy's distribution.
    cauchy float;
    /// Lengths of normal vectors of three components.
    maxwell float;
    /// -1 or 1.
    rademacher int;
}
functions! { register_functions;
    /// Numbers of Gumbel's distribution.
    fn gumbel(key: ArrayLike, shape: Option<Sizes>, dtype: Option<Dtype>) [key, shape = None, dtype = None] |py| {
        random::gumbel(self::key(py, &key)?, &shape_of(shape, &[])?, float(dtype))
    };
    /// So many keys of one.
    fn split(key: ArrayLike, num: Sizes) [key, num = Sizes(vec![2])] |py| {
        random::key_data(random::split(self::key(py, &key)?, &num.shape()?[..]))
    };
    /// A key of a key and a number.
    fn fold_in(key: ArrayLike, data: ArrayLike) [key, data] |py| {
        random::key_data(random::fold_in(self::key(py, &key)?, np::astype(data.input(py), DType::U32)))
    };
    /// Random bits.
    fn bits(key: ArrayLike, shape: Option<Sizes>, dtype: Option<Dtype>) [key, shape = None, dtype = None] |py| {
        random::bits(self::key(py, &key)?, &shape_of(shape, &[])?, dtype.map_or(DType::U32, |d| d.0))
    };
    /// Numbers between two others.
    fn uniform(key: ArrayLike, shape: Option<Sizes>, dtype: Option<Dtype>, minval: Option<ArrayLike>, maxval: Option<ArrayLike>) [key, shape = None, dtype = None, minval = None, maxval = None] |py| {
        let dtype = float(dtype);
        let (low, high) = (parameter(py, minval, 0.0, dtype), parameter(py, maxval, 1.0, dtype));
        let key = self::key(py, &key)?;
        random::uniform(key, low, high, &shape_of(shape, &[low, high])?, dtype)
    };
    /// Normal numbers between two others.
    fn truncated_normal(key: ArrayLike, lower: ArrayLike, upper: ArrayLike, shape: Option<Sizes>, dtype: Option<Dtype>) [key, lower, upper, shape = None, dtype = None] |py| {
        let dtype = float(dtype);
        let (low, high) = (parameter(py, Some(lower), 0.0, dtype), parameter(py, Some(upper), 0.0, dtype));
        let key = self::key(py, &key)?;
        random::truncated_normal(key, low, high, &shape_of(shape, &[low, high])?, dtype)
    };
    /// Integers from one number to another, which is left out.
    fn randint(key: ArrayLike, shape: Sizes, minval: ArrayLike, maxval: ArrayLike, dtype: Option<Dtype>) [key, shape, minval, maxval, dtype = None] |py| {
        let dtype = int(dtype);
        let (low, high) = (np::astype(minval.input(py), dtype), np::astype(maxval.input(py), dtype));
        random::randint(self::key(py, &key)?, low, high, &shape.shape()?, dtype)
    };
    /// True with a probability.
    fn bernoulli(key: ArrayLike, p: Option<ArrayLike>, shape: Option<Sizes>) [key, p = None, shape = None] |py| {
        let p = p.map_or(Arg::Float(0.5), |p| p.input(py)).tracer();
        let key = self::key(py, &key)?;
        random::bernoulli(key, p, &shape_of(shape, &[p])?)
    };
    /// Categories with probabilities in proportion to the exponentials of logits.
    fn categorical(key: ArrayLike, logits: ArrayLike, axis: isize, shape: Option<Sizes>, replace: bool) [key, logits, axis = -1, shape = None, replace = true] |py| {
        let (key, logits) = (self::key(py, &key)?, logits.tracer(py));
        let shape = match shape {
            Some(shape) => shape.shape()?,
            None => {
                let rank = logits.rank() as isize;
                let left = (axis + if axis < 0 { rank } else { 0 }) as usize;
                logits.shape().iter().enumerate().filter(|(i, _)| *i != left).map(|(_, n)| *n).collect()
            }
        };
        random::categorical(key, logits, axis, replace, &shape, DType::default_int())
    };
    /// Rows in another order.
    fn _permutation(key: ArrayLike, x: ArrayLike, axis: isize, independent: bool) [key, x, axis, independent] |py| {
        random::permutation(self::key(py, &key)?, x.tracer(py), axis, independent)
    };
    /// Rows by chance.
    fn _choice(key: ArrayLike, a: ArrayLike, shape: Sizes, replace: bool, p: Option<ArrayLike>, axis: isize) [key, a, shape, replace, p, axis] |py| {
        random::choice(self::key(py, &key)?, a.tracer(py), replace, p.map(|p| p.tracer(py)), axis, &shape.shape()?)
    };
    /// Numbers of the gamma distribution.
    fn gamma(key: ArrayLike, a: ArrayLike, shape: Option<Sizes>, dtype: Option<Dtype>) [key, a, shape = None, dtype = None] |py| {
        let dtype = float(dtype);
        let (key, a) = (self::key(py, &key)?, parameter(py, Some(a), 0.0, dtype));
        random::gamma(key, a, &shape_of(shape, &[a])?, dtype)
    };
    /// Numbers of the beta distribution.
    fn beta(key: ArrayLike, a: ArrayLike, b: ArrayLike, shape: Option<Sizes>, dtype: Option<Dtype>) [key, a, b, shape = None, dtype = None] |py| {
        let dtype = float(dtype);
        let (key, a, b) = (self::key(py, &key)?, parameter(py, Some(a), 0.0, dtype), parameter(py, Some(b), 0.0, dtype));
        random::beta(key, a, b, &shape_of(shape, &[a, b])?, dtype)
    };
    /// Numbers of events.
    fn poisson(key: ArrayLike, lam: ArrayLike, shape: Option<Sizes>, dtype: Option<Dtype>) [key, lam, shape = None, dtype = None] |py| {
        let (key, lam) = (self::key(py, &key)?, np::astype(lam.input(py), DType::default_float()));
        random::poisson(key, lam, &shape_of(shape, &[lam])?, int(dtype))
    };
}
/// The key of a seed.
#[pyfunction]
#[pyo3(name = "_key_of_number")]
fn key_of_number(py: Python, seed: i128) -> PyResult<Py<Array>> {
    let literal = raxla::Literal::new(
        &[2],
        &[(seed as u64 >> 32) as u32 * u32::from(crate::dtype::canonical(DType::I64) == DType::I64), seed as u32],
    );
    let place = || raxla::Array::from_literal(&literal, &raxla::Client::global()?.devices()[0]);
    Py::new(py, Array::of(place().map_err(|e| of_runtime(py, e))?))
}
/// Adds all functions to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(key_of_number, module)?)?;
    register_standard(module)?;
    register_functions(module)
}
