//! Where XLA comes from.

use crate::error::{Error, Result};
use std::path::PathBuf;

/// A kind of processor that there is a plugin for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Platform {
    /// The CPU.
    Cpu,
}
impl Platform {
    /// The one.
    pub fn chosen() -> Result<Platform> {
        Ok(Platform::Cpu)
    }
}
/// The path of a plugin.
pub fn find(_platform: Platform) -> Result<PathBuf> {
    std::env::var_os("RAXLA_PJRT_PLUGIN").map(PathBuf::from).ok_or_else(|| Error::plugin("set RAXLA_PJRT_PLUGIN"))
}
