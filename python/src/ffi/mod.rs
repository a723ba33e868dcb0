//! Memory shared with other libraries, by Python's buffer protocol and by DLPack: the unsafe code of the Python package.

mod buffer;
mod dlpack;

use crate::border::of_runtime;
use pyo3::prelude::*;
use raxla::runtime;

pub use buffer::Memory;
pub use dlpack::{dlpack_export, dlpack_import};

/// The memory of an array, once its data are there; `None` if it is elsewhere, or lies otherwise.
pub fn lend(py: Python, data: &runtime::Array) -> PyResult<Option<runtime::Lent>> {
    py.detach(|| data.lend()).map_err(|e| of_runtime(py, e))
}
