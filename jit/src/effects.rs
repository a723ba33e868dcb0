//! Runs that have effects, while they are under way.

use crate::{error::Result, pipeline::Stages};
use raxla_ir::{Source, callback, trace::TraceError};
use raxla_runtime::{Completion, Error as RuntimeError};
use std::{
    mem::take,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// When the effects of a program happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effects {
    /// There are none.
    None,
    /// At any time.
    Free,
    /// After those of earlier runs that are ordered too.
    Ordered,
}
struct Run {
    completion: Completion,
    effects: Effects,
    /// The functions that the run calls live as long as this.
    _stages: Arc<Stages>,
}
struct UnderWay {
    runs: Vec<Arc<Run>>,
    /// The first that went wrong since somebody asked.
    failed: Option<RuntimeError>,
}
static UNDER_WAY: Mutex<UnderWay> = Mutex::new(UnderWay { runs: Vec::new(), failed: None });

fn lock() -> MutexGuard<'static, UnderWay> {
    // The list is never left half-changed.
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}
/// Waits, before a run whose effects are ordered, for those before it.
pub(crate) fn wait_for_turn(effects: Effects) {
    // A function that a program calls cannot wait for the end of that program.
    if effects != Effects::Ordered || callback::inside() {
        return;
    }
    let before: Vec<Arc<Run>> = lock().runs.iter().filter(|run| run.effects == Effects::Ordered).cloned().collect();
    before.iter().for_each(|run| drop(run.completion.wait()));
}
/// Notes that a run began.
pub(crate) fn began(completion: Completion, effects: Effects, stages: &Arc<Stages>) {
    // What is over is dropped outside of the lock, since it may hold values of the user's.
    let mut over = vec![];
    let mut under_way = lock();
    for run in take(&mut under_way.runs) {
        if run.completion.is_over() { over.push(run) } else { under_way.runs.push(run) }
    }
    under_way.runs.push(Arc::new(Run { completion, effects, _stages: stages.clone() }));
    for run in &over {
        if let Err(error) = run.completion.wait() {
            under_way.failed.get_or_insert(error);
        }
    }
    drop(under_way);
}

/// Waits until all effects of the calls made so far, of `debug_print` and callbacks, have happened.
///
/// # Errors
/// What the first function that failed said, since the last time that this was asked; or if it is called by a callback, which cannot wait
/// for the program that calls it.
///
/// ```
/// use raxla_ir::{Literal, Tracer};
/// use raxla_jit::{effects_barrier, jit};
/// use raxla_runtime::Array;
/// use raxla_transforms::debug_callback;
/// use std::sync::{Arc, Mutex};
///
/// let seen = Arc::new(Mutex::new(vec![]));
/// let shared = seen.clone();
/// let show = move |x: &[Literal]| {
///     shared.lock().unwrap().push(x[0].floats()[0]);
///     Ok(())
/// };
/// let f = jit(move |x: Tracer| {
///     debug_callback(show.clone(), &[x]);
///     x
/// });
/// f(Array::from(2.0f32));
/// effects_barrier()?;
/// assert_eq!(*seen.lock().unwrap(), [2.0]);
/// # Ok::<(), raxla_jit::Error>(())
/// ```
pub fn effects_barrier() -> Result<()> {
    if callback::inside() {
        let message = "effects_barrier: a callback cannot wait for the program that calls it".to_owned();
        return Err(TraceError { message, at: Source::UNKNOWN }.into());
    }
    let (runs, mut failed) = {
        let mut under_way = lock();
        (take(&mut under_way.runs), under_way.failed.take())
    };
    for run in runs {
        if let Err(error) = run.completion.wait() {
            failed.get_or_insert(error);
        }
    }
    failed.map_or(Ok(()), |error| Err(error.into()))
}
