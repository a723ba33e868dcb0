//! [`Error`]: what can go wrong outside of programs, with files, devices, compiling and running.

use raxla_ir::{DType, ShapedArray};
use std::path::PathBuf;

/// What can go wrong with files, plugins, devices, compiling and running.
#[derive(thiserror::Error, Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// No plugin could be found, fetched, loaded or started. The message says what to do.
    #[error("no XLA compiler: {message}")]
    Plugin {
        /// What happened and what to do.
        message: String,
    },
    /// XLA reported an error.
    #[error("{operation}: {code}: {message}")]
    Xla {
        /// The call that failed, as PJRT names it.
        operation: &'static str,
        /// The class of the error.
        code: Code,
        /// XLA's own words.
        message: String,
    },
    /// Waiting was ended by [`set_interrupt`](crate::set_interrupt)'s function.
    #[error("{operation}: interrupted")]
    Interrupted {
        /// What was waited for.
        operation: &'static str,
    },
    /// The plugin is too old for a call.
    #[error("{operation}: this plugin does not have it (its PJRT C API is {version})")]
    Unsupported {
        /// The call, as PJRT names it.
        operation: &'static str,
        /// The plugin's version of the PJRT C API.
        version: String,
    },
    /// The text of a module, or an option, that would bring down the process.
    #[error("compile: refused: {reason}")]
    Refused {
        /// What is wrong with it.
        reason: String,
    },
    /// An argument is of another type, or on another device, than is wanted.
    #[error("{what}: expected {expected}, got {got}")]
    Mismatch {
        /// What is mismatched: `run: argument 1`.
        what: String,
        /// What is wanted.
        expected: String,
        /// What there is.
        got: String,
    },
    /// The data of this array were given to an earlier call to reuse, or deleted.
    #[error(
        "{what}: the data of this {aval} are gone: an earlier call took them over (they were donated), or they were \
         deleted. Use that call's result, or copy the array before donating it"
    )]
    Donated {
        /// Where the array was used: `run: argument 1`.
        what: String,
        /// The type of the array.
        aval: ShapedArray,
    },
    /// A file could not be read or written.
    #[error("{}: {message}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What happened.
        message: String,
    },
    /// A file format cannot hold arrays of this dtype.
    #[error("{format}: cannot hold {dtype}; convert the array first")]
    Format {
        /// The file format.
        format: &'static str,
        /// The dtype in question.
        dtype: DType,
    },
}

/// A result whose error is an [`enum@Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn plugin(message: impl Into<String>) -> Error {
        Error::Plugin { message: message.into() }
    }
    pub(crate) fn refused(reason: impl Into<String>) -> Error {
        Error::Refused { reason: reason.into() }
    }
    pub(crate) fn mismatch(what: impl Into<String>, expected: impl ToString, got: impl ToString) -> Error {
        Error::Mismatch { what: what.into(), expected: expected.to_string(), got: got.to_string() }
    }
    pub(crate) fn io(path: impl Into<PathBuf>, error: impl ToString) -> Error {
        Error::Io { path: path.into(), message: error.to_string() }
    }
}

macro_rules! codes { ($($Name:ident = $number:literal $text:literal,)*) => {
    /// The class of an error that XLA reports, as Abseil numbers them.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum Code { $(#[doc = $text] $Name = $number,)* }
    impl Code {
        pub(crate) fn from_number(number: u32) -> Code {
            match number { $($number => Code::$Name,)* _ => Code::Unknown }
        }
    }
    impl std::fmt::Display for Code {
        fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str(match self { $(Code::$Name => $text,)* })
        }
    }
} }
codes! {
    Cancelled = 1 "cancelled",
    Unknown = 2 "unknown",
    InvalidArgument = 3 "invalid argument",
    DeadlineExceeded = 4 "deadline exceeded",
    NotFound = 5 "not found",
    AlreadyExists = 6 "already exists",
    PermissionDenied = 7 "permission denied",
    ResourceExhausted = 8 "resource exhausted",
    FailedPrecondition = 9 "failed precondition",
    Aborted = 10 "aborted",
    OutOfRange = 11 "out of range",
    Unimplemented = 12 "unimplemented",
    Internal = 13 "internal",
    Unavailable = 14 "unavailable",
    DataLoss = 15 "data loss",
    Unauthenticated = 16 "unauthenticated",
}
