//! Linear algebra: `raxla.numpy.linalg`, `raxla.scipy.linalg`, `raxla.lax.linalg`.

mod matrices;
mod primitives;
mod scipy;

use crate::submodule;
use pyo3::prelude::*;

/// Adds a module for each of the three.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    submodule(module, "numpy", matrices::register)?;
    submodule(module, "scipy", scipy::register)?;
    submodule(module, "lax", primitives::register)
}
