//! Dtypes on both sides: raxla's, and NumPy's objects with `ml_dtypes`' additions.

use pyo3::{
    exceptions::PyTypeError,
    prelude::*,
    sync::PyOnceLock,
    types::{PyBool, PyComplex, PyFloat, PyInt, PyString, PyType},
};
use raxla::{DType, ShapedArray, ir::dtype::x64, numpy::promotion::meet};
use std::collections::HashMap;

/// NumPy's module.
pub fn numpy(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    static NUMPY: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    Ok(NUMPY.get_or_try_init(py, || py.import("numpy").map(Bound::unbind))?.bind(py))
}
/// The object of `numpy.dtype`.
pub fn to_numpy(py: Python<'_>, dtype: DType) -> PyResult<Bound<'_, PyAny>> {
    static OBJECTS: PyOnceLock<HashMap<DType, Py<PyAny>>> = PyOnceLock::new();
    let objects = OBJECTS.get_or_try_init(py, || {
        let (make, extra) = (numpy(py)?.getattr("dtype")?, py.import("ml_dtypes")?);
        let object = |d: &DType| {
            let name = d.numpy_name();
            let scalar = extra.getattr(name).or_else(|_| Ok::<_, PyErr>(PyString::new(py, name).into_any()));
            Ok((*d, make.call1((scalar?,))?.unbind()))
        };
        DType::ALL.iter().map(object).collect::<PyResult<_>>()
    })?;
    Ok(objects[&dtype].bind(py).clone())
}
fn named(name: &str) -> Option<DType> {
    DType::ALL.iter().copied().find(|d| d.numpy_name() == name)
}
/// The dtype that a dtype of 64 bits becomes where there are none.
pub fn canonical(dtype: DType) -> DType {
    match dtype {
        _ if x64() => dtype,
        DType::I64 => DType::I32,
        DType::U64 => DType::U32,
        DType::F64 => DType::F32,
        DType::C128 => DType::C64,
        other => other,
    }
}
/// The dtype that an object of `numpy.dtype` stands for, whatever the defaults.
pub fn exact(object: &Bound<PyAny>) -> PyResult<DType> {
    let name: String = object.getattr("name")?.extract()?;
    named(&name).ok_or_else(|| PyTypeError::new_err(format!("dtype {name} is not one that raxla's arrays have")))
}

/// An argument that names a dtype: NumPy's objects, scalar types, strings, Python's number types, and `jax.numpy`'s own.
#[derive(Clone, Copy, Debug)]
pub struct Dtype(pub DType);
impl<'a, 'py> FromPyObject<'a, 'py> for Dtype {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Dtype> {
        let py = object.py();
        if let Ok(class) = object.cast::<PyType>() {
            let of = |is: bool, dtype: fn() -> DType| is.then(dtype);
            let found = of(class.is(py.get_type::<PyBool>()), || DType::Bool)
                .or(of(class.is(py.get_type::<PyInt>()), DType::default_int))
                .or(of(class.is(py.get_type::<PyFloat>()), DType::default_float))
                .or(of(class.is(py.get_type::<PyComplex>()), DType::default_complex));
            if let Some(dtype) = found {
                return Ok(Dtype(dtype));
            }
        }
        let object = match object.getattr("dtype") {
            Ok(inner) if inner.hasattr("name")? => inner,
            _ => match object.extract::<String>().ok().and_then(|name| named(&name)) {
                Some(dtype) => return Ok(Dtype(canonical(dtype))),
                None => numpy(py)?.getattr("dtype")?.call1((object,))?,
            },
        };
        Ok(Dtype(canonical(exact(&object)?)))
    }
}

/// The dtype at which dtypes, Python's number types, and pairs of a dtype and whether it is weak meet; `wide`, as if defaults
/// had 64 bits.
#[pyfunction]
pub fn result_type<'py>(py: Python<'py>, args: Vec<Bound<'py, PyAny>>, wide: bool) -> PyResult<Bound<'py, PyAny>> {
    let was = raxla::ir::dtype::x64_here(None);
    raxla::ir::dtype::x64_here(if wide { Some(true) } else { was });
    let met = args.iter().map(aval).collect::<PyResult<Vec<_>>>().map(|avals| meet(&avals));
    raxla::ir::dtype::x64_here(was);
    to_numpy(py, met?.map_err(|message| crate::border::exception(py, "TraceError", message))?.0)
}
fn aval(object: &Bound<PyAny>) -> PyResult<ShapedArray> {
    let (dtype, weak) = match object.cast::<PyType>() {
        Ok(_) => {
            let dtype = object.extract::<Dtype>()?.0;
            (dtype, dtype != DType::Bool)
        }
        Err(_) => match object.extract::<(Bound<PyAny>, bool)>() {
            Ok((dtype, weak)) => (exact(&dtype)?, weak),
            Err(_) => (exact(object)?, false),
        },
    };
    Ok(ShapedArray { weak, ..ShapedArray::new(&[], dtype) })
}
