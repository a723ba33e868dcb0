//! Flags of XLA's for one compiled function: `compiler_options`.

use crate::session::compile_with;
use pyo3::{
    exceptions::{PyTypeError, PyValueError},
    prelude::*,
    types::PyBool,
};
use raxla::{pipeline::pipeline::Flags, runtime::OptionValue};
use std::cell::Cell;

thread_local! { static BODIES: Cell<usize> = const { Cell::new(0) }; }
/// Runs the body of a compiled function, which other functions can ask whether they are called in one.
pub fn in_body<R>(f: impl FnOnce() -> R) -> R {
    struct Leave(usize);
    impl Drop for Leave {
        fn drop(&mut self) {
            BODIES.set(self.0);
        }
    }
    let _leave = Leave(BODIES.replace(BODIES.get() + 1));
    f()
}
/// A flag of XLA's: its name and value.
pub struct Flag(pub (String, OptionValue));
impl<'a, 'py> FromPyObject<'a, 'py> for Flag {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Flag> {
        let (name, value): (Bound<PyAny>, Bound<PyAny>) = object.extract()?;
        let wrong = || {
            let class = |o: &Bound<PyAny>| o.get_type().name().map(|n| n.to_string()).unwrap_or_default();
            PyTypeError::new_err(format!(
                "compiler_options: a flag is a str, and its value a str, bool, int or float; got {} ({}) for {}",
                value,
                class(&value),
                name
            ))
        };
        let known: String = name.extract().map_err(|_| wrong())?;
        let value = if value.is_instance_of::<PyBool>() {
            OptionValue::Bool(value.extract()?)
        } else if let Ok(text) = value.extract::<String>() {
            OptionValue::String(text)
        } else if let Ok(number) = value.extract::<i64>() {
            OptionValue::Int(number)
        } else if let Ok(number) = value.extract::<f32>() {
            OptionValue::Float(number)
        } else {
            return Err(wrong());
        };
        Ok(Flag((known, value)))
    }
}
/// Takes a function's flags for the program that is being traced; an exception within another compiled function.
pub fn use_nested(name: &str, flags: &Flags) -> PyResult<()> {
    if !flags.is_empty() && BODIES.get() > 0 {
        let names: Vec<&str> = flags.iter().map(|flag| &*flag.0).collect();
        return Err(PyValueError::new_err(format!(
            "`compiler_options` can only be passed to top-level `jax.jit`. Got {} specified on a nested jit with name: {name}",
            names.join(", ")
        )));
    }
    compile_with(flags);
    Ok(())
}
