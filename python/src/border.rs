//! The border between two worlds of errors: panics of tracing and exceptions of Python, each carried through the other.

use pyo3::{
    PyErr, PyResult, Python,
    exceptions::{PyNameError, PyRuntimeError},
    intern,
    prelude::*,
    sync::PyOnceLock,
    types::PyString,
};
use raxla::{Error, TraceError, ir::Source};
use std::{
    cell::RefCell,
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
};

/// Runs what may trace; an error of the trace comes back as an exception, and an exception that [`raise`] threw as itself.
pub fn guarded<R>(py: Python, f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
    match catch_unwind(AssertUnwindSafe(|| raxla::ir::trace::catch(f))) {
        Ok(Ok(result)) => result,
        Ok(Err(error)) => Err(of_trace(py, &error)),
        Err(payload) => match payload.downcast::<PyErr>() {
            Ok(error) => Err(*error),
            Err(other) => resume_unwind(other),
        },
    }
}
/// Leaves a function that must return tracers with an exception, for [`guarded`] to return.
pub fn raise(error: PyErr) -> ! {
    resume_unwind(Box::new(error))
}
/// The value; or the exception, thrown by [`raise`].
pub fn or_raise<T>(result: PyResult<T>) -> T {
    result.unwrap_or_else(|error| raise(error))
}

/// A class of `raxla.errors`, by name.
fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    static ERRORS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let module = ERRORS.get_or_try_init(py, || py.import("raxla.errors").map(Bound::unbind))?;
    module.bind(py).getattr(name)
}
/// An exception of `raxla.errors`.
pub fn exception(py: Python, name: &str, message: impl Into<String>) -> PyErr {
    let message = message.into();
    match class(py, name).and_then(|class| class.call1((&message,))) {
        Ok(error) => PyErr::from_value(error),
        Err(_) => PyRuntimeError::new_err(message),
    }
}
/// Messages that have one of these are errors of indices.
const OF_INDICES: [&str; 5] =
    ["out of bounds", "too many indices", "has no elements to take", "at: the mask", "at: axis"];
/// Messages that have one of these are errors of dtypes that do not go together.
const OF_PROMOTION: [&str; 2] = ["there is no dtype at which", "operands must have one dtype, got"];
/// The exception for a wrong program.
pub fn of_trace(py: Python, error: &TraceError) -> PyErr {
    if error.message.contains("is not mapped here") {
        return PyNameError::new_err(error.to_string());
    }
    let (message, known) = (&error.message, error.at.is_known() && error.at.file.ends_with(".py"));
    let class = match message {
        m if m.starts_with("leaked tracer") || m.contains("in a value that it captured") => "UnexpectedTracerError",
        m if m.contains("since the size must be known") => "ConcretizationTypeError",
        m if OF_INDICES.iter().any(|part| m.contains(part)) => "JAXIndexError",
        m if OF_PROMOTION.iter().any(|part| m.contains(part)) => "TypePromotionError",
        _ => "TraceError",
    };
    let place = if known { format!("\n  --> {}:{}", error.at.file, error.at.line) } else { String::new() };
    exception(py, class, format!("{message}{place}"))
}
/// The exception for what went wrong between program and result.
pub fn of_error(py: Python, error: Error) -> PyErr {
    match error {
        Error::Trace(error) => of_trace(py, &error),
        Error::Runtime(error) => of_runtime(py, error),
        other => PyRuntimeError::new_err(other.to_string()),
    }
}
/// The exception for what went wrong in compiling, running or moving data.
pub fn of_runtime(py: Python, error: raxla::runtime::Error) -> PyErr {
    match error {
        raxla::runtime::Error::Donated { .. } => {
            exception(py, "DeletedError", format!("Array has been deleted: {error}"))
        }
        raxla::runtime::Error::Interrupted { .. } => crate::process::raised(),
        other => exception(py, "JaxRuntimeError", other.to_string()),
    }
}

thread_local! { static FILES: RefCell<HashMap<String, Option<&'static str>>> = RefCell::default(); }

/// The innermost line of Python that is the user's, not the package's.
pub fn user_source(py: Python) -> Source {
    innermost(py).ok().flatten().unwrap_or(Source::UNKNOWN)
}
fn innermost(py: Python) -> PyResult<Option<Source>> {
    static GET_FRAME: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let get = GET_FRAME.get_or_try_init(py, || py.import("sys")?.getattr("_getframe").map(Bound::unbind))?;
    let mut frame = get.bind(py).call0()?;
    loop {
        let name =
            frame.getattr(intern!(py, "f_code"))?.getattr(intern!(py, "co_filename"))?.cast_into::<PyString>()?;
        let name = name.to_str()?;
        let known = FILES.with_borrow(|files| files.get(name).copied());
        let file = match known {
            Some(file) => file,
            None => {
                let file = users(py, name)?;
                FILES.with_borrow_mut(|files| files.insert(name.to_owned(), file));
                file
            }
        };
        if let Some(file) = file {
            let line: Option<u32> = frame.getattr(intern!(py, "f_lineno"))?.extract()?;
            return Ok(Some(Source { file, line: line.unwrap_or(0), column: 1, ..Source::UNKNOWN }));
        }
        frame = frame.getattr(intern!(py, "f_back"))?;
        if frame.is_none() {
            return Ok(None);
        }
    }
}
/// The name for good, if the file is the user's. There are as many as the user has files, so that they may stay.
fn users(py: Python, name: &str) -> PyResult<Option<&'static str>> {
    Ok(is_users(py, name)?.then(|| &*Box::leak(name.to_owned().into_boxed_str())))
}
/// Whether a file is the user's, and not one of the package.
pub fn is_users(py: Python, name: &str) -> PyResult<bool> {
    static OWN: PyOnceLock<String> = PyOnceLock::new();
    let own = OWN.get_or_try_init(py, || {
        let file: String = py.import("raxla")?.getattr("__file__")?.extract()?;
        Ok::<_, PyErr>(file.trim_end_matches("__init__.py").to_owned())
    })?;
    Ok(!name.starts_with(own.as_str()) && !name.ends_with("/functools.py"))
}
