//! [`Method`]: a function that becomes a method of arrays.

use pyo3::{prelude::*, sync::PyOnceLock};

/// A function that becomes a method of [`Array`]: functions of Rust are no descriptors of Python's.
#[pyclass(frozen, module = "raxla")]
pub struct Method(Py<PyAny>);
#[pymethods]
impl Method {
    #[new]
    fn new(function: Py<PyAny>) -> Method {
        Method(function)
    }
    fn __get__<'py>(
        &self,
        py: Python<'py>,
        object: &Bound<'py, PyAny>,
        class: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = class;
        bound(self.0.bind(py), object)
    }
}
/// What a descriptor gives for a callable: itself for the class, a method for an object.
pub fn bound<'py>(function: &Bound<'py, PyAny>, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if object.is_none() {
        return Ok(function.clone());
    }
    let py = function.py();
    static BIND: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let bind = BIND.get_or_try_init(py, || py.import("types")?.getattr("MethodType").map(Bound::unbind))?;
    bind.bind(py).call1((function, object))
}
