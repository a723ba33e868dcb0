//! The process as a whole: Ctrl-C while something is waited for, and children that `os.fork` makes.

use crate::border::exception;
use pyo3::prelude::*;
use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// What a signal's handler raised while a thread waited without the interpreter.
static RAISED: Mutex<Option<PyErr>> = Mutex::new(None);
static CLIENT_STARTED: AtomicBool = AtomicBool::new(false);
static FORKED: AtomicBool = AtomicBool::new(false);

/// Has long waits ask Python for signals.
pub fn install() {
    raxla::runtime::set_interrupt(|| {
        Python::attach(|py| match py.check_signals() {
            Ok(()) => false,
            Err(error) => {
                *RAISED.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                true
            }
        })
    });
}
/// The exception that ended a wait.
pub fn raised() -> PyErr {
    let raised = RAISED.lock().unwrap_or_else(PoisonError::into_inner).take();
    raised.unwrap_or_else(|| pyo3::exceptions::PyKeyboardInterrupt::new_err(()))
}
/// Says that this process is the child of one that may have used XLA.
#[pyfunction]
pub fn after_fork_in_child() {
    if CLIENT_STARTED.load(Ordering::Relaxed) {
        FORKED.store(true, Ordering::Relaxed);
    }
}
/// An exception in a child whose parent had started XLA: of its threads none live here, so that it would wait for ever.
pub fn usable(py: Python) -> PyResult<()> {
    if FORKED.load(Ordering::Relaxed) {
        return Err(exception(
            py,
            "JaxRuntimeError",
            "raxla was used before os.fork(), and XLA's threads do not live on in the child process. Start processes with multiprocessing's \
             method \"spawn\" or \"forkserver\", or fork before the first use of raxla.",
        ));
    }
    CLIENT_STARTED.store(true, Ordering::Relaxed);
    Ok(())
}
/// Says where this Python's packages are: accelerators' plugins may be among them.
#[pyfunction]
pub fn set_packages(folders: Vec<std::path::PathBuf>) {
    raxla::runtime::plugin::set_packages(folders);
}
