//! Operations on arrays at hand, which run at once: programs are looked up by the operation's name and its operands' types, instead of
//! tracing them to look them up by structure.

use crate::{
    array::{Array, ArrayLike, Value, literal},
    config,
    session::{self, weak_scalar},
};
use pyo3::prelude::*;
use raxla::{Precision, ShapedArray, Tracer, ir::dtype::x64, numpy::Arg, pipeline::pipeline::Stages, runtime};
use smallvec::SmallVec;
use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

/// How many programs are known by their operations, and how many numbers stay on the device. All are forgotten at once where there are more.
const CAPACITY: usize = 4096;

/// What the program of an operation depends on.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    name: &'static str,
    operands: SmallVec<[ShapedArray; 2]>,
    /// Whether both operands are one array, so that the program has one input.
    same: bool,
    x64: bool,
    precision: Precision,
    settings: usize,
}
static PROGRAMS: LazyLock<Mutex<HashMap<Key, Arc<Stages>>>> = LazyLock::new(Mutex::default);

/// A number as it is told from others: its kind, its bits, and whether its default dtype has 64 bits.
type NumberKey = (u8, u64, u64, bool, usize);
thread_local! { static NUMBERS: RefCell<HashMap<NumberKey, runtime::Array>> = RefCell::default(); }

/// One of Python's numbers as a scalar on the device, which is kept for its next use.
pub fn number(py: Python, number: &Arg) -> PyResult<runtime::Array> {
    let (kind, bits, more) = match number {
        Arg::Bool(b) => (0, u64::from(*b), 0),
        Arg::Int(i) => (1, *i as u64, 0),
        Arg::Float(x) => (2, x.to_bits(), 0),
        Arg::Complex(z) => (3, z.re.to_bits(), z.im.to_bits()),
        _ => return weak_scalar(py, &literal(number)?),
    };
    let key = (kind, bits, more, x64(), config::settings().default_device);
    if let Some(known) = NUMBERS.with_borrow(|numbers| numbers.get(&key).cloned())
        && !known.is_donated()
    {
        return Ok(known);
    }
    let made = weak_scalar(py, &literal(number)?)?;
    NUMBERS.with_borrow_mut(|numbers| {
        if numbers.len() >= CAPACITY {
            numbers.clear();
        }
        numbers.insert(key, made.clone());
    });
    Ok(made)
}
/// The operand on the device; `None` if it is being traced, or is one of keys.
fn data(py: Python, operand: &ArrayLike) -> PyResult<Option<runtime::Array>> {
    Ok(match operand {
        ArrayLike::Array(array) => match &array.get().value {
            Value::Array(data) if array.get().keys.is_none() => Some(data.clone()),
            _ => None,
        },
        ArrayLike::Data(data) => Some(data.clone()),
        ArrayLike::Number(arg) => Some(number(py, arg)?),
    })
}

/// An operation of one or two operands. `name` must mean the same function each time.
pub fn operation(
    py: Python,
    name: &'static str,
    operands: &[ArrayLike],
    f: &mut dyn FnMut(&[Arg]) -> Tracer,
) -> PyResult<Py<Array>> {
    let trace =
        |f: &mut dyn FnMut(&[Arg]) -> Tracer| f(&operands.iter().map(|x| x.input(py)).collect::<SmallVec<[Arg; 2]>>());
    let mut all: SmallVec<[runtime::Array; 2]> = SmallVec::new();
    if !session::active() {
        for operand in operands {
            all.extend(data(py, operand)?);
        }
    }
    if all.len() < operands.len() {
        return Ok(session::run(py, name, || Ok((vec![trace(f)], ())))?.0.remove(0));
    }
    let same = matches!(operands, [ArrayLike::Array(a), ArrayLike::Array(b)] if a.is(b));
    all.truncate(if same { 1 } else { 2 });
    let key = Key {
        name,
        operands: all.iter().map(|a| a.aval().clone()).collect(),
        same,
        x64: x64(),
        precision: config::settings().matmul_precision,
        settings: config::generation(),
    };
    let known = PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    let device = all[0].device();
    let on_one_device = all.iter().all(|a| a.is_on(&device));
    if let (Some(stages), true) = (known, on_one_device) {
        crate::process::usable(py)?;
        let outs = py.detach(|| stages.run(&all)).map_err(|e| crate::border::of_runtime(py, e))?;
        return first(py, outs);
    }
    let (program, arrays, ()) = session::standalone_eager(py, || Ok((vec![trace(f)], ())))?;
    let (stages, outs) = session::execute(py, &program, &arrays, name, &vec![])?;
    // Only if the program's inputs are the operands as they come.
    let straight = arrays.len() == all.len() && arrays.iter().zip(&all).all(|(a, b)| a.is_same(b));
    if straight && !config::checks_results() {
        let mut programs = PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner);
        if programs.len() >= CAPACITY {
            programs.clear();
        }
        programs.insert(key, stages);
    }
    first(py, outs)
}
fn first(py: Python, mut outs: runtime::Outputs) -> PyResult<Py<Array>> {
    Py::new(py, Array::of(outs.remove(0)))
}
/// Forgets all programs.
#[pyfunction]
pub fn clear_eager() {
    PROGRAMS.lock().unwrap_or_else(PoisonError::into_inner).clear();
}
