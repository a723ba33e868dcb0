//! Long waits that somebody may end: Python's Ctrl-C, for one.

use crate::error::{Error, Result};
use std::{
    sync::{
        OnceLock,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

type Check = Box<dyn Fn() -> bool + Send + Sync>;
static CHECK: OnceLock<Check> = OnceLock::new();

/// Has a function asked from time to time, by threads that wait for a compile or for data, whether they are to wait no longer; they then
/// return [`Error::Interrupted`]. What they waited for goes on. The first function counts, others are ignored.
pub fn set_interrupt(check: impl Fn() -> bool + Send + Sync + 'static) {
    let _ = CHECK.set(Box::new(check));
}
/// What comes through a channel; `None` if its other end is dropped.
pub(crate) fn receive<T>(operation: &'static str, from: &Receiver<T>) -> Result<Option<T>> {
    let Some(check) = CHECK.get() else { return Ok(from.recv().ok()) };
    loop {
        match from.recv_timeout(Duration::from_millis(50)) {
            Ok(value) => return Ok(Some(value)),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) if check() => return Err(Error::Interrupted { operation }),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
/// Whether anybody may interrupt.
pub(crate) fn possible() -> bool {
    CHECK.get().is_some()
}
