//! The pipeline: trace, optimise, lower, compile, run.
//!
//! [`jit`] makes a function of tracers a function of arrays. Its first call with arguments of new types runs through all stages;
//! later calls run the executable at once. [`pipeline`] is the whole way on one screen.

mod cache;
mod dump;
mod effects;
mod error;
mod jit;
pub mod pipeline;

pub use {
    dump::log_compiles,
    effects::effects_barrier,
    error::{Error, Result},
    jit::{Compiled, Jit, Lowered, jit},
};
