//! Functions of Python as functions of tracers: what transforms of the Rust library take.

use crate::{
    border::or_raise,
    session::{Unknown, bind_inputs, mark_unknown},
    tree::{Tree, lift_tree},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyTuple},
};
use raxla::Tracer;
use std::rc::Rc;

/// The arguments of a call, of which some are arrays to be traced, and the others are passed on as they are.
pub struct Arguments<'py> {
    args: Vec<Bound<'py, PyAny>>,
    kwargs: Option<Bound<'py, PyDict>>,
}
impl<'py> Arguments<'py> {
    /// Of a call's tuple and dict.
    pub fn new(args: &Bound<'py, PyTuple>, kwargs: Option<&Bound<'py, PyDict>>) -> Arguments<'py> {
        Arguments { args: args.iter().collect(), kwargs: kwargs.cloned() }
    }
    /// Some positional arguments as one tuple.
    pub fn chosen(&self, py: Python<'py>, numbers: &[usize]) -> PyResult<Bound<'py, PyTuple>> {
        let missing = |i: &usize| {
            crate::tree::type_error(format!(
                "argnums names argument {i}, but the call has {} positional arguments",
                self.args.len()
            ))
        };
        let items = numbers.iter().map(|i| self.args.get(*i).cloned().ok_or_else(|| missing(i)));
        PyTuple::new(py, items.collect::<PyResult<Vec<_>>>()?)
    }
    /// Calls `f` with some positional arguments exchanged.
    pub fn call_with(
        &self,
        f: &Bound<'py, PyAny>,
        numbers: &[usize],
        items: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut args = self.args.clone();
        for (i, item) in numbers.iter().zip(items.try_iter()?) {
            args[*i] = item?;
        }
        f.call(PyTuple::new(f.py(), args)?, self.kwargs.as_ref())
    }
}

/// What the inputs of a function are known by while it is traced.
pub enum Inputs {
    /// They stand for these values.
    Values(Vec<Tracer>),
    /// They have no values: the transform's name.
    Unknown(&'static str),
}
impl Inputs {
    /// Says it of the tracers that a function is called with.
    pub fn tell(&self, function: &Bound<PyAny>, tracers: &[Tracer], names: Option<&[String]>) {
        match self {
            Inputs::Values(values) => bind_inputs(tracers, values),
            Inputs::Unknown(transform) => {
                let function: Rc<str> = describe(function).into();
                for (i, t) in tracers.iter().enumerate() {
                    let argument = names.and_then(|n| n.get(i).cloned());
                    mark_unknown(*t, Unknown { transform, function: function.clone(), argument });
                }
            }
        }
    }
}
/// A function's name and place: `loss at train.py:12`.
pub fn describe(function: &Bound<PyAny>) -> String {
    let name: String = function.getattr("__name__").and_then(|n| n.extract()).unwrap_or_else(|_| "<unnamed>".into());
    let code =
        function.getattr("__wrapped__").and_then(|w| w.getattr("__code__")).or_else(|_| function.getattr("__code__"));
    let place = code.and_then(|c| {
        let (file, line): (String, u32) =
            (c.getattr("co_filename")?.extract()?, c.getattr("co_firstlineno")?.extract()?);
        Ok(format!(" at {file}:{line}"))
    });
    name + &place.unwrap_or_default()
}
/// Calls a function of one tree, which is spread as its arguments, in a trace.
pub fn traced<'py>(f: &Bound<'py, PyAny>, inputs: &Inputs, args: &Tree<Tracer>, what: &str) -> Tree<Tracer> {
    let py = f.py();
    inputs.tell(f, &args.leaves, None);
    let args = args.to_python(py);
    let out = or_raise(args.cast::<PyTuple>().map_err(PyErr::from).and_then(|args| f.call1(args)));
    or_raise(lift_tree(&out, what))
}
/// Both parts of a pair that a function gave.
pub fn pair<'py>(object: &Bound<'py, PyAny>, what: &str) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    object.extract().map_err(|_| crate::tree::type_error(format!("{what} must return a pair, got {object}")))
}
