//! Settings that users change: those that Rust must know. Python's side, with all names, is `raxla/_config.py`.

use pyo3::prelude::*;
use raxla::{
    Literal, Precision,
    ir::Primitive,
    numpy::promotion::{Promotion, promotion, promotion_here, set_promotion},
    runtime,
};
use std::{
    cell::Cell,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// What holds on all threads, or on one.
#[derive(Clone, Copy)]
pub struct Settings {
    /// Whether results that are NaN are errors.
    pub debug_nans: bool,
    /// Whether results that are infinite are errors.
    pub debug_infs: bool,
    /// Whether `jit` calls its function as it is.
    pub disable_jit: bool,
    /// The precision of products that state none.
    pub matmul_precision: Precision,
    /// The number of the device that new arrays are on.
    pub default_device: usize,
}
const USUAL: Settings = Settings {
    debug_nans: false,
    debug_infs: false,
    disable_jit: false,
    matmul_precision: Precision::Default,
    default_device: 0,
};
static EVERYWHERE: RwLock<Settings> = RwLock::new(USUAL);
thread_local! { static HERE: Cell<Option<Settings>> = const { Cell::new(None) }; }

/// Whether anything but the usual holds anywhere: what every call asks first, since it is cheap to.
static CHANGED: AtomicBool = AtomicBool::new(false);
/// How often settings were changed.
static GENERATION: AtomicUsize = AtomicUsize::new(0);
/// A number that is another one after each change of settings: what was remembered before may not hold.
pub fn generation() -> usize {
    GENERATION.load(Ordering::Relaxed)
}
/// Whether results are checked.
pub fn checks_results() -> bool {
    let set = settings();
    set.debug_nans || set.debug_infs
}
/// What holds on this thread.
pub fn settings() -> Settings {
    if !CHANGED.load(Ordering::Relaxed) {
        return USUAL;
    }
    HERE.get().unwrap_or_else(|| *EVERYWHERE.read().unwrap_or_else(PoisonError::into_inner))
}
/// Settings that a traced program depends on.
#[derive(Clone, Copy, PartialEq)]
pub struct Mode {
    x64: bool,
    precision: Precision,
    promotion: Promotion,
}
impl Mode {
    /// Those of here and now.
    pub fn now() -> Mode {
        let x64 = raxla::ir::dtype::x64();
        if !CHANGED.load(Ordering::Relaxed) {
            return Mode { x64, precision: USUAL.matmul_precision, promotion: Promotion::default() };
        }
        Mode { x64, precision: settings().matmul_precision, promotion: promotion() }
    }
}
/// The device that new arrays are on.
pub fn default_device() -> runtime::Result<raxla::Device> {
    let client = raxla::Client::global()?;
    let devices = client.devices();
    Ok(devices.get(settings().default_device).unwrap_or(&devices[0]).clone())
}

/// Sets everything, for this thread or for all that have nothing of their own.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
pub fn configure(
    here: bool,
    debug_nans: bool,
    debug_infs: bool,
    disable_jit: bool,
    matmul_precision: crate::numpy::Accuracy,
    default_device: usize,
    one_dtype: bool,
    one_rank: bool,
) {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    CHANGED.store(true, Ordering::Relaxed);
    let promotion = Promotion { one_dtype, one_rank };
    let matmul_precision = matmul_precision.0;
    let new = Settings { debug_nans, debug_infs, disable_jit, matmul_precision, default_device };
    match here {
        true => {
            HERE.set(Some(new));
            promotion_here(Some(promotion));
        }
        false => {
            *EVERYWHERE.write().unwrap_or_else(PoisonError::into_inner) = new;
            set_promotion(promotion);
        }
    }
}
/// Lets what holds on all threads hold on this one again.
#[pyfunction]
pub fn unconfigure_here() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    HERE.set(None);
    promotion_here(None);
}

/// Sets whether each compile is told.
#[pyfunction]
pub fn log_compiles(on: bool) {
    raxla::pipeline::log_compiles(on);
}
/// Whether an element is NaN or infinite, as far as that is to be an error: what it is.
fn fault(value: &Literal, settings: Settings) -> Option<&'static str> {
    let judge = |x: f64| match () {
        () if settings.debug_nans && x.is_nan() => Some("nan"),
        () if settings.debug_infs && x.is_infinite() => Some("inf"),
        () => None,
    };
    match value.dtype() {
        d if d.is_complex() => value.complexes().iter().find_map(|z| judge(z.re).or_else(|| judge(z.im))),
        d if d.is_inexact() => value.floats().iter().find_map(|x| judge(*x)),
        _ => None,
    }
}
/// What the first result that is NaN or infinite is, as far as that is to be an error.
fn first_fault(outs: &[runtime::Array], settings: Settings) -> runtime::Result<Option<&'static str>> {
    for out in outs.iter().filter(|out| out.dtype().is_inexact()) {
        if let Some(what) = fault(&out.to_literal()?, settings) {
            return Ok(Some(what));
        }
    }
    Ok(None)
}
/// [`check`] for a call whose program takes constants behind the arguments.
pub fn check_call(
    py: Python,
    name: &str,
    program: &raxla::Program,
    ins: &[&runtime::Array],
    constants: &[runtime::Array],
    outs: &[runtime::Array],
) -> PyResult<()> {
    if !checks_results() {
        return Ok(());
    }
    let ins: Vec<runtime::Array> = ins.iter().copied().chain(constants).cloned().collect();
    check(py, name, program, &ins, outs)
}
/// The exception for a result that is NaN or infinite, if there is one: it names the first operation that made it, found by the interpreter.
pub fn check(
    py: Python,
    name: &str,
    program: &raxla::Program,
    ins: &[runtime::Array],
    outs: &[runtime::Array],
) -> PyResult<()> {
    if !checks_results() {
        return Ok(());
    }
    let set = settings();
    let found = py.detach(|| first_fault(outs, set)).map_err(|e| crate::border::of_runtime(py, e))?;
    let Some(what) = found else { return Ok(()) };
    let culprit = py.detach(|| {
        let ins: Vec<Literal> = ins.iter().map(|a| a.to_literal().ok()).collect::<Option<_>>()?;
        let mut culprit = None;
        // The walk ends at the first equation that is at fault.
        let _ = raxla::ir::rewrite::walk(program, ins, Literal::clone, |eqn, ins: &[Literal]| {
            let outs = eqn.op.eval(&ins.iter().collect::<Vec<_>>())?;
            if outs.iter().any(|out| fault(out, set).is_some()) {
                culprit = Some((eqn.op.name(), eqn.source));
                return Err(String::new());
            }
            Ok(outs)
        });
        culprit
    });
    let message = match culprit {
        Some((op, at)) if at.is_known() => {
            format!("invalid value ({what}) encountered in {op}\n  --> {}:{}", at.file, at.line)
        }
        Some((op, _)) => format!("invalid value ({what}) encountered in {op}"),
        None => format!("invalid value ({what}) encountered in {name}"),
    };
    Err(pyo3::exceptions::PyFloatingPointError::new_err(message))
}
