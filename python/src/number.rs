//! Python's numbers of arrays: `float(x)`, `x.item()`.

use crate::{
    array::Array,
    keys,
    session::{Want, literal_of},
};
use num_complex::Complex64;
use pyo3::{
    IntoPyObjectExt,
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
};
use raxla::DType;

/// The only element of an array.
pub fn scalar_of<'py>(x: &Bound<'py, Array>, want: Want) -> PyResult<Bound<'py, PyAny>> {
    let py = x.py();
    keys::refuse(x.get().keys, "key arrays cannot be converted to Python scalars")?;
    let aval = x.get().aval(py)?;
    if aval.size() != 1 {
        let message = format!("can only convert an array of size 1 to a Python scalar, got {aval}");
        return Err(PyValueError::new_err(message));
    }
    let literal = literal_of(py, x.get(), want)?;
    match literal.dtype() {
        DType::Bool => (literal.ints()[0] != 0).into_bound_py_any(py),
        dtype if dtype.is_integer() => literal.ints()[0].into_bound_py_any(py),
        dtype if dtype.is_complex() => {
            let z: Complex64 = literal.complexes()[0];
            z.into_bound_py_any(py)
        }
        _ => literal.floats()[0].into_bound_py_any(py),
    }
}
/// The number that an array without axes is.
pub fn number_of<'py>(x: &Bound<'py, Array>) -> PyResult<Bound<'py, PyAny>> {
    let aval = x.get().aval(x.py())?;
    if aval.rank() != 0 {
        let message = format!("Only scalar arrays can be converted to Python scalars; got {aval}");
        return Err(PyTypeError::new_err(message));
    }
    scalar_of(x, Want::VALUE)
}
