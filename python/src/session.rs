//! Sessions: what runs from the outermost call of the package to its end. Operations inside are traced into one program, whose
//! inputs are the arrays that they meet; at the end it is compiled, or found in the cache, and runs.
//!
//! Outside of `jit` an array's value is known although it is being traced. Where Python asks for it (`if x > 0`), the part of the
//! program that makes it runs at once ([`concrete`]). So `grad` of a function with Python's control flow works, and still is one program.

use crate::{
    array::{Array, Value},
    border::{exception, guarded, of_error, of_runtime, or_raise, user_source},
    config, keys,
};
use pyo3::prelude::*;
use raxla::{
    DType, Program, ShapedArray, Tracer,
    ir::trace::{Traced, input, slice_of, trace_open, with_source},
    pipeline::pipeline::{self, Flags, Stages},
    runtime,
};
use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc};

/// What a value depends on that has none while it is traced: an argument, and the function that is traced.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// The transform that traces: `jit`, `vmap`.
    pub transform: &'static str,
    /// The function's name and place.
    pub function: Rc<str>,
    /// The argument, by name and path; none for what no argument is.
    pub argument: Option<String>,
}
#[derive(Default)]
struct Session {
    /// Whether it is one operation, which runs at once.
    eager: bool,
    /// The arrays for the program's inputs, each once. An object of Python stays alive while its address is a key.
    arrays: Vec<runtime::Array>,
    inputs: HashMap<usize, (Tracer, Py<Array>)>,
    /// The value of each input whose value is known.
    values: HashMap<Tracer, runtime::Array>,
    /// Inputs of inner programs that stand for values of outer ones.
    bound: HashMap<Tracer, Tracer>,
    unknown: HashMap<Tracer, Unknown>,
    /// Flags of XLA's for the program.
    flags: Flags,
}
thread_local! { static SESSIONS: RefCell<Vec<Session>> = RefCell::default(); }

/// Whether a session is under way on this thread.
pub fn active() -> bool {
    SESSIONS.with_borrow(|s| !s.is_empty())
}
/// Whether the session runs one operation at once, whose numbers are better inputs: so one program serves all numbers.
pub fn outermost() -> bool {
    SESSIONS.with_borrow(|s| s.last().is_some_and(|s| s.eager))
}
fn inside<R>(f: impl FnOnce(&mut Session) -> R) -> R {
    SESSIONS.with_borrow_mut(|s| match s.last_mut() {
        Some(session) => f(session),
        None => f(&mut Session::default()),
    })
}
/// Runs `f` in a session of its own; gives the program, the arrays for its inputs, and flags for XLA.
fn open(eager: bool, f: impl FnOnce() -> Vec<Tracer>) -> (Program, Vec<runtime::Array>, Flags) {
    struct Close(Option<Session>);
    impl Drop for Close {
        fn drop(&mut self) {
            self.0 = SESSIONS.with_borrow_mut(Vec::pop);
        }
    }
    SESSIONS.with_borrow_mut(|s| s.push(Session { eager, ..Session::default() }));
    let mut guard = Close(None);
    let Traced { program, .. } = trace_open(f);
    let (arrays, flags) = inside(|s| (std::mem::take(&mut s.arrays), std::mem::take(&mut s.flags)));
    guard.0 = None;
    (program, arrays, flags)
}
/// Suspends the session: what `f` does runs at once, as if nothing was traced.
pub fn suspended<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(Vec<Session>);
    impl Drop for Restore {
        fn drop(&mut self) {
            SESSIONS.with_borrow_mut(|s| *s = std::mem::take(&mut self.0));
        }
    }
    let _restore = Restore(SESSIONS.take());
    f()
}

/// With `with`: what is computed is computed at once, as if nothing was traced.
#[pyclass(unsendable, name = "CompileTime", module = "raxla._raxla")]
#[derive(Default)]
pub struct CompileTime(Vec<Vec<Session>>);
#[pymethods]
impl CompileTime {
    #[new]
    fn new() -> CompileTime {
        CompileTime::default()
    }
    fn __enter__(&mut self) {
        self.0.push(SESSIONS.take());
    }
    #[pyo3(signature = (*_args))]
    fn __exit__(&mut self, _args: &Bound<pyo3::types::PyTuple>) {
        if let Some(sessions) = self.0.pop() {
            SESSIONS.set(sessions);
        }
    }
}

/// Begins a scope of names for parts of programs; gives what [`leave_scope`] ends it by.
#[pyfunction]
pub fn enter_scope(name: &str) -> usize {
    raxla::ir::trace::enter_scope(name)
}
/// Ends a scope.
#[pyfunction]
pub fn leave_scope(before: usize) {
    raxla::ir::trace::leave_scope(before)
}

/// The tracer that stands for an array in this session; for keys, that of their first words ([`keys::met`]).
pub fn lift(array: &Bound<Array>) -> Tracer {
    let tracer = lift_words(array);
    match array.get().keys {
        None => tracer,
        Some(of) => keys::met(tracer, of),
    }
}
/// [`lift`], with keys as all of their words.
pub fn lift_words(array: &Bound<Array>) -> Tracer {
    match &array.get().value {
        Value::Traced(t) => attached(array.py(), *t),
        Value::Array(data) => {
            let key = array.as_ptr() as usize;
            if let Some(known) = inside(|s| s.inputs.get(&key).map(|i| i.0)) {
                return known;
            }
            let tracer = lift_data(data);
            inside(|s| s.inputs.insert(key, (tracer, array.clone().unbind())));
            tracer
        }
    }
}
/// The value of an input of the session, if it is known.
pub fn value_of(py: Python, t: Tracer) -> PyResult<Option<raxla::Literal>> {
    let data = inside(|s| s.values.get(&t).cloned());
    data.map(|data| py.detach(|| data.to_literal()).map_err(|e| of_runtime(py, e))).transpose()
}
/// The tracer of data that no object of Python stands for.
pub fn lift_data(data: &runtime::Array) -> Tracer {
    let tracer = input(data.aval().clone());
    inside(|s| {
        s.arrays.push(data.clone());
        s.values.insert(tracer, data.clone());
    });
    tracer
}
/// Compiles the program of this session with these flags of XLA's; of two of one name the later holds.
pub fn compile_with(flags: &Flags) {
    if !flags.is_empty() {
        inside(|s| s.flags.extend_from_slice(flags));
    }
}
/// Says why a tracer has no value.
pub fn mark_unknown(tracer: Tracer, unknown: Unknown) {
    inside(|s| s.unknown.insert(tracer, unknown));
}
/// Says that inputs of an inner program stand for these values.
pub fn bind_inputs(inner: &[Tracer], outer: &[Tracer]) {
    inside(|s| s.bound.extend(inner.iter().copied().zip(outer.iter().copied())));
}
/// What is known of a traced value.
pub enum Nature {
    /// Its value.
    Value,
    /// That it is an input, and that it has no value while it is traced.
    Unknown,
    /// That it is an input, and what it stands for.
    Input(Tracer),
    /// Nothing: it is computed.
    Computed,
}
/// What is known of it.
pub fn nature(t: Tracer) -> Nature {
    inside(|s| match (s.unknown.contains_key(&t), s.bound.get(&t)) {
        (true, _) => Nature::Unknown,
        (_, Some(outer)) => Nature::Input(*outer),
        _ if s.values.contains_key(&t) => Nature::Value,
        _ => Nature::Computed,
    })
}
/// The tracer; an exception on another thread than its own.
pub fn attached(py: Python, t: raxla::ir::trace::Detached) -> Tracer {
    let other = || {
        exception(py, "UnexpectedTracerError", "a traced value was used on another thread than the one that traces it")
    };
    or_raise(t.attach().ok_or_else(other))
}

/// Runs a program on arrays; gives it compiled, and its outputs.
pub fn execute(
    py: Python,
    program: &Program,
    arrays: &[runtime::Array],
    name: &str,
    flags: &Flags,
) -> PyResult<(Arc<Stages>, runtime::Outputs)> {
    let run = || -> raxla::Result<_> {
        let device = match arrays.first() {
            Some(array) => array.device(),
            None => config::default_device()?,
        };
        let stages = pipeline::compile(program, name, &[], &device, flags)?;
        let outs = stages.run(arrays)?;
        Ok((stages, outs))
    };
    crate::process::usable(py)?;
    let (stages, outs) = py.detach(run).map_err(|e| of_error(py, e))?;
    config::check(py, name, program, arrays, &outs)?;
    Ok((stages, outs))
}

/// The arrays that one operation computes, and what else it says of them. Outside of a session it runs at once.
pub fn run<K>(py: Python, name: &str, f: impl FnOnce() -> PyResult<(Vec<Tracer>, K)>) -> PyResult<(Vec<Py<Array>>, K)> {
    run_in(py, name, true, f)
}
/// [`run`], for what calls functions of the user's: outside of a session this is one, and all that is traced in it runs as one program.
pub fn run_traced<K>(
    py: Python,
    name: &str,
    f: impl FnOnce() -> PyResult<(Vec<Tracer>, K)>,
) -> PyResult<(Vec<Py<Array>>, K)> {
    run_in(py, name, false, f)
}
fn run_in<K>(
    py: Python,
    name: &str,
    eager: bool,
    f: impl FnOnce() -> PyResult<(Vec<Tracer>, K)>,
) -> PyResult<(Vec<Py<Array>>, K)> {
    if active() {
        let at = user_source(py);
        let (outs, (kind, marks)) = guarded(py, || with_source(at, || keys::watched(name, f)))?;
        let values = outs.into_iter().map(|t| Value::Traced(t.detach()));
        return Ok((arrays_of(py, values, &marks)?, kind));
    }
    let (program, arrays, flags, (kind, marks)) = traced(py, eager, || keys::watched(name, f))?;
    let values = execute(py, &program, &arrays, name, &flags)?.1.into_iter().map(Value::Array);
    Ok((arrays_of(py, values, &marks)?, kind))
}
fn arrays_of(py: Python, values: impl Iterator<Item = Value>, marks: &[keys::Keys]) -> PyResult<Vec<Py<Array>>> {
    let array = |(i, value)| Py::new(py, Array { value, keys: marks.get(i).copied().flatten() });
    values.enumerate().map(array).collect()
}
/// Traces `f` into a program of its own: the program, and the arrays for its inputs.
pub fn standalone<K>(
    py: Python,
    f: impl FnOnce() -> PyResult<(Vec<Tracer>, K)>,
) -> PyResult<(Program, Vec<runtime::Array>, K)> {
    let (program, arrays, _, kind) = traced(py, false, f)?;
    Ok((program, arrays, kind))
}
/// [`standalone`] of one operation, which runs at once.
pub fn standalone_eager<K>(
    py: Python,
    f: impl FnOnce() -> PyResult<(Vec<Tracer>, K)>,
) -> PyResult<(Program, Vec<runtime::Array>, K)> {
    let (program, arrays, _, kind) = traced(py, true, f)?;
    Ok((program, arrays, kind))
}
fn traced<K>(
    py: Python,
    eager: bool,
    f: impl FnOnce() -> PyResult<(Vec<Tracer>, K)>,
) -> PyResult<(Program, Vec<runtime::Array>, Flags, K)> {
    let mut kind = None;
    let at = user_source(py);
    let (program, arrays, flags) = guarded(py, || {
        Ok(open(eager, || {
            let (outs, k) = or_raise(with_source(at, f));
            kind = Some(k);
            outs
        }))
    })?;
    match kind {
        Some(kind) => Ok((program, arrays, flags, kind)),
        None => Err(exception(py, "TraceError", "the function was not traced")),
    }
}

/// Why a value is asked for, in JAX's words: the class of the error, and its first sentence.
#[derive(Clone, Copy)]
pub struct Want(pub &'static str, pub &'static str);
impl Want {
    /// `bool(x)`.
    pub const BOOL: Want = Want("TracerBoolConversionError", "Attempted boolean conversion of traced array with shape");
    /// `int(x)`, `x.__index__()`.
    pub const INTEGER: Want =
        Want("TracerIntegerConversionError", "The __index__() method was called on traced array with shape");
    /// `np.asarray(x)`.
    pub const ARRAY: Want = Want(
        "TracerArrayConversionError",
        "The numpy.ndarray conversion method __array__() was called on traced array with shape",
    );
    /// `float(x)`, and all else.
    pub const VALUE: Want = Want(
        "ConcretizationTypeError",
        "Abstract tracer value encountered where concrete value is expected: traced array with shape",
    );
}

/// The data of a traced value, computed now from what is known.
pub fn concrete(py: Python, t: Tracer, want: Want) -> PyResult<runtime::Array> {
    let mut unknowns = vec![];
    if let Some(value) = evaluate(py, t, &mut unknowns)? {
        return Ok(value);
    }
    let aval = guarded(py, || Ok(t.aval()))?;
    let mut message = format!("{} {aval}.", want.1);
    if let Some(first) = unknowns.first() {
        message +=
            &format!("\nThe error occurred while tracing the function {} for {}.", first.function, first.transform);
        let mut arguments: Vec<&str> = unknowns.iter().filter_map(|u| u.argument.as_deref()).collect();
        arguments.sort_unstable();
        arguments.dedup();
        message += &match arguments[..] {
            [] => " Its value depends on what is only known when the program runs.".to_string(),
            [one] => format!(
                " This concrete value was not available in Python because it depends on the value of the argument {one}."
            ),
            _ => format!(
                " This concrete value was not available in Python because it depends on the values of the arguments {}.",
                arguments.join(", ")
            ),
        };
    }
    let at = user_source(py);
    if at.is_known() {
        message += &format!("\n  --> {}:{}", at.file, at.line);
    }
    message += "\nSee `lax.cond`, `lax.while_loop` and `jnp.where` for control flow on traced values, or make the argument static.";
    Err(exception(py, want.0, message))
}
fn evaluate(py: Python, t: Tracer, unknowns: &mut Vec<Unknown>) -> PyResult<Option<runtime::Array>> {
    if let Some(value) = inside(|s| s.values.get(&t).cloned()) {
        return Ok(Some(value));
    }
    if let Some(unknown) = inside(|s| s.unknown.get(&t).cloned()) {
        unknowns.push(unknown);
        return Ok(None);
    }
    let value = if let Some(outer) = inside(|s| s.bound.get(&t).copied()) {
        evaluate(py, outer, unknowns)?
    } else {
        let slice = slice_of(t, |v| inside(|s| s.values.contains_key(&v) || s.bound.contains_key(&v)));
        let Some(Traced { program, captured }) = slice else {
            return Err(exception(
                py,
                "UnexpectedTracerError",
                "leaked tracer: a value was used after its trace had ended",
            ));
        };
        if captured.contains(&t) {
            return Ok(None);
        }
        let mut ins = vec![];
        let mut all = true;
        for leaf in captured {
            match evaluate(py, leaf, unknowns)? {
                Some(value) => ins.push(value),
                None => all = false,
            }
        }
        let flags = inside(|s| s.flags.clone());
        if all { Some(suspended(|| execute(py, &program, &ins, "value", &flags))?.1.remove(0)) } else { None }
    };
    if let Some(value) = &value {
        inside(|s| s.values.insert(t, value.clone()));
    }
    Ok(value)
}
/// The data of an array, whether it is traced or not.
pub fn data_of(py: Python, array: &Array, want: Want) -> PyResult<runtime::Array> {
    match &array.value {
        Value::Array(data) => Ok(data.clone()),
        Value::Traced(t) => {
            let t = guarded(py, || Ok(attached(py, *t)))?;
            concrete(py, t, want)
        }
    }
}
/// The literal of an array, waited for.
pub fn literal_of(py: Python, array: &Array, want: Want) -> PyResult<raxla::Literal> {
    let data = data_of(py, array, want)?;
    py.detach(|| data.to_literal()).map_err(|e| of_runtime(py, e))
}
/// A scalar on the device, weak.
pub fn weak_scalar(py: Python, literal: &raxla::Literal) -> PyResult<runtime::Array> {
    crate::process::usable(py)?;
    let make = || runtime::Array::from_literal(literal, &config::default_device()?);
    make().map_err(|e| of_runtime(py, e))
}
/// The type that weak numbers of a kind have.
pub fn weak(dtype: DType) -> ShapedArray {
    ShapedArray { weak: true, ..ShapedArray::new(&[], dtype) }
}
