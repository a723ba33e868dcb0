//! [`enum@Error`]: why a call of a jitted function failed.

use raxla_ir::trace::TraceError;

/// Why a call of a jitted function failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The program is wrong: shapes, dtypes, axes. The message names the operation and the user's line.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// The world is wrong: plugins, devices, compiling, running, arguments of another type than was compiled for.
    #[error(transparent)]
    Runtime(#[from] raxla_runtime::Error),
}

/// A result whose error is an [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;
