//! Arrays out of nothing: zeros, ranges, identities; and out of what NumPy understands.

use crate::{
    array::{Array, ArrayLike, leaf},
    device::Device,
    dtype::Dtype,
    host::from_numpy,
    session::lift_data,
    table::{Filling, Out, Sizes, dtype, functions, no_sharding},
};
use pyo3::{prelude::*, types::PyModule};
use raxla::numpy::{self as np, Arg};

type Place = Option<Py<PyAny>>;
fn linear(endpoint: bool, dtype: Option<Dtype>, axis: isize) -> np::Linspace {
    np::Linspace { endpoint, dtype: dtype.map(|d| d.0), axis }
}

functions! { register_functions;
    /// Zeros.
    fn zeros(shape: Sizes, dtype: Option<Dtype>, device: Option<Device>, out_sharding: Place) [shape, dtype = None, *, device = None, out_sharding = None] |py| {
        let _ = py;
        no_sharding(out_sharding)?;
        Out::On(device, np::zeros(&shape.shape()?, crate::table::dtype(dtype)))
    };
    /// Ones.
    fn ones(shape: Sizes, dtype: Option<Dtype>, device: Option<Device>, out_sharding: Place) [shape, dtype = None, *, device = None, out_sharding = None] |py| {
        let _ = py;
        no_sharding(out_sharding)?;
        Out::On(device, np::ones(&shape.shape()?, crate::table::dtype(dtype)))
    };
    /// Zeros, since arrays always have values.
    fn empty(shape: Sizes, dtype: Option<Dtype>, device: Option<Device>, out_sharding: Place) [shape, dtype = None, *, device = None, out_sharding = None] |py| {
        let _ = py;
        no_sharding(out_sharding)?;
        Out::On(device, np::zeros(&shape.shape()?, crate::table::dtype(dtype)))
    };
    /// One value everywhere.
    fn full(shape: Sizes, fill_value: Filling, dtype: Option<Dtype>, device: Option<Device>, out_sharding: Place) [shape, fill_value, dtype = None, *, device = None, out_sharding = None] |py| {
        no_sharding(out_sharding)?;
        Out::On(device, np::full(&shape.shape()?, fill_value.within(py, crate::table::dtype(dtype))?, crate::table::dtype(dtype)))
    };
    /// Zeros of an array's shape and dtype.
    fn zeros_like(a: ArrayLike, dtype: Option<Dtype>, shape: Option<Sizes>, device: Option<Device>, out_sharding: Place) [a, dtype = None, shape = None, *, device = None, out_sharding = None] |py| {
        no_sharding(out_sharding)?;
        Out::On(device, like(a.arg(py), np::Arg::Int(0), dtype, shape)?)
    };
    /// Ones of an array's shape and dtype.
    fn ones_like(a: ArrayLike, dtype: Option<Dtype>, shape: Option<Sizes>, device: Option<Device>, out_sharding: Place) [a, dtype = None, shape = None, *, device = None, out_sharding = None] |py| {
        no_sharding(out_sharding)?;
        Out::On(device, like(a.arg(py), np::Arg::Int(1), dtype, shape)?)
    };
    /// Zeros of an array's shape and dtype.
    fn empty_like(prototype: ArrayLike, dtype: Option<Dtype>, shape: Option<Sizes>, device: Option<Device>) [prototype, dtype = None, shape = None, *, device = None] |py| {
        Out::On(device, like(prototype.arg(py), np::Arg::Int(0), dtype, shape)?)
    };
    /// One value in an array's shape and dtype.
    fn full_like(a: ArrayLike, fill_value: Filling, dtype: Option<Dtype>, shape: Option<Sizes>, device: Option<Device>, out_sharding: Place) [a, fill_value, dtype = None, shape = None, *, device = None, out_sharding = None] |py| {
        no_sharding(out_sharding)?;
        let a = a.arg(py);
        let value = fill_value.within(py, Some(dtype.map_or(a.aval().dtype, |d| d.0)))?;
        Out::On(device, like(a, value, dtype, shape)?)
    };
    /// Numbers from a start to a stop, which is left out, in steps.
    fn _arange(start: ArrayLike, stop: ArrayLike, step: ArrayLike, dtype: Option<Dtype>) [start, stop, step, dtype = None] |py| {
        np::arange(start.arg(py), stop.arg(py), step.arg(py), crate::table::dtype(dtype))
    };
    /// So many numbers at equal distances, and the distance.
    fn _linspace(start: ArrayLike, stop: ArrayLike, num: usize, endpoint: bool, dtype: Option<Dtype>, axis: isize) [start, stop, num, endpoint, dtype, axis] |py| {
        np::linspace_step(start.arg(py), stop.arg(py), num, linear(endpoint, dtype, axis))
    };
    /// So many powers of a base whose exponents are at equal distances.
    #[pyo3(text_signature = "(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0)")]
    fn logspace(start: ArrayLike, stop: ArrayLike, num: usize, endpoint: bool, base: ArrayLike, dtype: Option<Dtype>, axis: isize) [start, stop, num = 50, endpoint = true, base = ArrayLike::Number(np::Arg::Float(10.0)), dtype = None, axis = 0] |py| {
        np::logspace(start.arg(py), stop.arg(py), num, base.arg(py), linear(endpoint, dtype, axis))
    };
    /// So many numbers in geometric progression.
    fn geomspace(start: ArrayLike, stop: ArrayLike, num: usize, endpoint: bool, dtype: Option<Dtype>, axis: isize) [start, stop, num = 50, endpoint = true, dtype = None, axis = 0] |py| {
        np::geomspace(start.arg(py), stop.arg(py), num, linear(endpoint, dtype, axis))
    };
    /// Ones on a diagonal.
    #[pyo3(text_signature = "(N, M=None, k=0, dtype=None, *, device=None)")]
    fn eye(N: usize, M: Option<usize>, k: ArrayLike, dtype: Option<Dtype>, device: Option<Device>) [N, M = None, k = ArrayLike::Number(Arg::Int(0)), dtype = None, *, device = None] |py| {
        Out::On(device, np::eye(N, M, k.arg(py), crate::table::dtype(dtype)))
    };
    /// The identity matrix.
    fn identity(n: usize, dtype: Option<Dtype>) [n, dtype = None] |py| {
        let _ = py;
        np::identity(n, crate::table::dtype(dtype))
    };
    /// Ones on and below a diagonal.
    #[pyo3(text_signature = "(N, M=None, k=0, dtype=None)")]
    fn tri(N: usize, M: Option<usize>, k: ArrayLike, dtype: Option<Dtype>) [N, M = None, k = ArrayLike::Number(Arg::Int(0)), dtype = None] |py| {
        np::tri(N, M, k.arg(py), crate::table::dtype(dtype))
    };
    /// The indices of a lower triangle.
    fn tril_indices(n: usize, k: isize, m: Option<usize>) [n, k = 0, m = None] |py| {
        let _ = py;
        np::tril_indices(n, k, m)
    };
    /// The indices of an upper triangle.
    fn triu_indices(n: usize, k: isize, m: Option<usize>) [n, k = 0, m = None] |py| {
        let _ = py;
        np::triu_indices(n, k, m)
    };
    /// The number of each element along each axis.
    fn _indices(dimensions: Sizes, dtype: Option<Dtype>) [dimensions, dtype = None] |py| {
        let _ = py;
        np::indices(&dimensions.shape()?, crate::table::dtype(dtype))
    };
}
fn like(a: np::Arg, value: np::Arg, dtype: Option<Dtype>, shape: Option<Sizes>) -> PyResult<raxla::Tracer> {
    let aval = a.aval();
    let shape = match shape {
        Some(shape) => shape.shape()?,
        None => aval.shape.to_vec(),
    };
    let weak = dtype.is_none() && aval.weak;
    Ok(value.in_dtype(dtype.map_or(aval.dtype, |d| d.0), weak).broadcast_to(&shape))
}
/// An array of anything that is one, or that NumPy makes one of: nested lists of numbers and arrays.
#[pyfunction]
#[pyo3(signature = (object, dtype = None))]
fn _array<'py>(object: &Bound<'py, PyAny>, dtype: Option<Dtype>) -> PyResult<Py<Array>> {
    let py = object.py();
    let dtype = self::dtype(dtype);
    // 64 bits go to the dtype at once, not through the 32 that arrays have.
    let code = || object.getattr("dtype")?.getattr("str")?.extract::<String>();
    let wide = dtype.is_some()
        && !object.is_instance_of::<Array>()
        && code().is_ok_and(|code| code.ends_with("i8") || code.ends_with("u8"));
    let known = if wide { None } else { leaf(object)? };
    match (known, dtype) {
        (Some(array), None) => Ok(array),
        (Some(array), Some(dtype)) if array.get().aval(py)?.dtype == dtype && !array.get().aval(py)?.weak => Ok(array),
        (Some(array), Some(dtype)) => {
            crate::array::operation(py, "array", || Ok(np::astype(crate::session::lift(array.bind(py)), dtype)))
        }
        (None, dtype) => {
            let data = from_numpy(py, object, dtype)?;
            match crate::session::active() {
                true => crate::array::operation(py, "array", || Ok(lift_data(&data))),
                false => Py::new(py, Array::of(data)),
            }
        }
    }
}
/// The array, whose dtype gives way to that of others.
#[pyfunction]
fn _weak(x: &Bound<Array>) -> PyResult<Py<Array>> {
    crate::array::operation(x.py(), "weak", || {
        let x = crate::session::lift(x);
        Ok(x.with_dtype(x.dtype(), true))
    })
}
/// An error, if the values of an array are not known.
#[pyfunction]
fn _known(py: Python, x: &Bound<Array>) -> PyResult<()> {
    crate::session::data_of(py, x.get(), crate::session::Want::VALUE).map(|_| ())
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_array, module)?)?;
    module.add_function(wrap_pyfunction!(_known, module)?)?;
    module.add_function(wrap_pyfunction!(_weak, module)?)?;
    register_functions(module)
}
