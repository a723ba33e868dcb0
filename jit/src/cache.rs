//! The process-wide cache of executables, keyed by the structure of programs.

use crate::pipeline::Stages;
use raxla_ir::Program;
use raxla_runtime::Device;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

/// How many executables are kept, by the process and by each function for itself; beyond it the one used longest ago goes.
pub(crate) const CAPACITY: usize = 1024;

/// What an executable depends on.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) program: Program,
    pub(crate) donated: Vec<bool>,
    pub(crate) device: Device,
    /// XLA's flags, as text, since numbers among them have no equality of their own.
    pub(crate) flags: String,
}
#[derive(Default)]
struct Cache {
    entries: HashMap<Key, (Arc<Stages>, u64)>,
    clock: u64,
}
static CACHE: LazyLock<Mutex<Cache>> = LazyLock::new(Mutex::default);

/// The executable of this key, made by `make` if there is none. Two threads that miss at once both make one; the later stays.
pub(crate) fn get_or_make<E>(key: Key, make: impl FnOnce(&Key) -> Result<Stages, E>) -> Result<Arc<Stages>, E> {
    // The map is never left half-changed, so a poisoned lock is as good as a clean one.
    let lock = || CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    {
        let mut cache = lock();
        cache.clock += 1;
        let now = cache.clock;
        if let Some((found, used)) = cache.entries.get_mut(&key) {
            *used = now;
            return Ok(found.clone());
        }
    }
    let made = Arc::new(make(&key)?);
    let mut cache = lock();
    if cache.entries.len() >= CAPACITY
        && let Some(oldest) = cache.entries.iter().min_by_key(|e| e.1.1).map(|e| e.0.clone())
    {
        cache.entries.remove(&oldest);
    }
    let now = cache.clock;
    cache.entries.insert(key, (made.clone(), now));
    Ok(made)
}
