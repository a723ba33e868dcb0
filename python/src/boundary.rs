//! [`Boundary`]: a public function of the package, whose exceptions show the user's lines and none of the package's own.

use crate::border::is_users;
use pyo3::{
    prelude::*,
    types::{PyDict, PyString, PyTraceback, PyTuple},
};
use std::sync::atomic::{AtomicBool, Ordering};

static FILTERS: AtomicBool = AtomicBool::new(true);
/// Sets whether lines of the package are left out of tracebacks.
#[pyfunction]
pub fn filter_tracebacks(on: bool) {
    FILTERS.store(on, Ordering::Relaxed);
}

/// A function written in Python. Being a callable of Rust's it has no frame of its own.
#[pyclass(frozen, dict, weakref, name = "function", module = "raxla")]
pub struct Boundary(Py<PyAny>);

#[pymethods]
impl Boundary {
    #[new]
    fn new(function: Py<PyAny>) -> Boundary {
        Boundary(function)
    }
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.0.bind(py).call(args, kwargs).map_err(|error| filtered(py, error))
    }
    fn __get__<'py>(
        slf: &Bound<'py, Boundary>,
        object: &Bound<'py, PyAny>,
        class: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = class;
        crate::method::bound(slf.as_any(), object)
    }
    fn __repr__(slf: &Bound<Boundary>) -> PyResult<String> {
        slf.get().0.bind(slf.py()).repr().map(|text| text.to_string())
    }
    fn __reduce__<'py>(
        slf: &Bound<'py, Boundary>,
    ) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyAny>, Bound<'py, PyAny>))> {
        let load = slf.py().import("raxla._boundary")?.getattr("load")?;
        Ok((load, (slf.getattr("__module__")?, slf.getattr("__qualname__")?)))
    }
}

/// The exception, with the user's lines only.
pub fn filtered(py: Python, error: PyErr) -> PyErr {
    if !FILTERS.load(Ordering::Relaxed) {
        return error;
    }
    let Some(first) = error.traceback(py) else { return error };
    let value = error.value(py).clone();
    match kept(&first) {
        Ok(kept) if value.setattr("__traceback__", &kept).is_ok() => PyErr::from_value(value.into_any()),
        _ => error,
    }
}
/// The lines of a traceback that are the user's.
fn kept<'py>(first: &Bound<'py, PyTraceback>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = first.py();
    let (mut all, mut next) = (vec![], Some(first.clone().into_any()));
    while let Some(here) = next {
        let name = here.getattr("tb_frame")?.getattr("f_code")?.getattr("co_filename")?.cast_into::<PyString>()?;
        let after = here.getattr("tb_next")?;
        if is_users(py, name.to_str()?)? {
            all.push(here);
        }
        next = (!after.is_none()).then_some(after);
    }
    for (i, here) in all.iter().enumerate() {
        here.setattr("tb_next", all.get(i + 1))?;
    }
    Ok(all.into_iter().next())
}
