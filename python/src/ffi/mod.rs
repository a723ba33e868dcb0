//! Memory shared with other libraries, by Python's buffer protocol and by DLPack: the unsafe code of the Python package.

mod buffer;
mod dlpack;

pub use buffer::Memory;
pub use dlpack::{dlpack_export, dlpack_import};
