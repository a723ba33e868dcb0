//! `raxla.numpy`: the Rust library's `numpy`, with NumPy's signatures.

mod creation;
mod edits;
mod elementwise;
mod polynomials;
pub mod products;
mod reductions;
mod samples;
mod sets;
mod shape;
mod ufuncs;

pub use products::{Accuracy, how};

use pyo3::prelude::*;

/// Adds all functions to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    elementwise::register(module)?;
    reductions::register(module)?;
    shape::register(module)?;
    products::register(module)?;
    creation::register(module)?;
    edits::register(module)?;
    samples::register(module)?;
    polynomials::register(module)?;
    sets::register(module)?;
    ufuncs::register(module)
}
