//! Data on the host: from NumPy's arrays, and to them.

use crate::{
    border::of_runtime,
    dtype::{canonical, exact, numpy, to_numpy},
};
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::{PyBytes, PyTuple},
};
use raxla::{DType, Literal, ShapedArray, runtime};

/// The data of anything that NumPy makes an array of, in a dtype, or its own as far as there are 64 bits.
pub fn from_numpy(py: Python, object: &Bound<PyAny>, dtype: Option<DType>) -> PyResult<runtime::Array> {
    if object.hasattr("_mask")? && object.is_instance(&numpy(py)?.getattr("ma")?.getattr("MaskedArray")?)? {
        let message = "numpy masked arrays are not supported as direct inputs; `arr.filled()` makes an array of one";
        return Err(PyValueError::new_err(message));
    }
    let mut array = numpy(py)?.call_method1("asarray", (object,))?;
    let is = exact(&array.getattr("dtype")?)?;
    let wanted = dtype.unwrap_or(canonical(is));
    if wanted != is {
        array = array.call_method1("astype", (to_numpy(py, wanted)?,))?;
    }
    let shape: Vec<usize> = array.getattr("shape")?.extract()?;
    let bytes = array.call_method0("tobytes")?;
    let bytes = bytes.cast::<PyBytes>()?.as_bytes();
    let literal = Literal::from_bytes(ShapedArray::new(&shape, wanted), bytes)
        .ok_or_else(|| PyTypeError::new_err("bytes that are no numbers of their dtype"))?;
    crate::process::usable(py)?;
    py.detach(|| runtime::Array::from_literal(&literal, &crate::config::default_device()?))
        .map_err(|e| of_runtime(py, e))
}
/// NumPy's array of a literal.
pub fn to_numpy_array<'py>(py: Python<'py>, literal: &Literal) -> PyResult<Bound<'py, PyAny>> {
    let bytes = PyBytes::new(py, literal.bytes());
    let flat = numpy(py)?.call_method1("frombuffer", (bytes, to_numpy(py, literal.dtype())?))?;
    flat.call_method1("reshape", (PyTuple::new(py, literal.shape())?,))
}
