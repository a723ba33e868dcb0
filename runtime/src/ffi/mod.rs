//! The PJRT C API, and everything of raxla that the compiler cannot check.
//!
//! `pjrt.rs` and `xla_ffi.rs` are C headers in Rust, made by `cargo xtask bindgen`. The other files wrap them in owned handles whose functions
//! are safe: each handle keeps alive what it depends on (buffers and executables their client, the client its library, which
//! is never unloaded) and destroys itself exactly once. The C API is thread-safe, so all handles are `Send + Sync`.

#![expect(non_upper_case_globals, reason = "PJRT's constants keep their names")]

mod api;
mod buffer;
mod client;
mod custom_call;
mod event;
mod executable;
mod float_environment;
mod host_memory;
mod process;
#[cfg(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod slots;
mod small_blocks;
#[allow(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    dead_code,
    rustdoc::all,
    clippy::all
)]
#[rustfmt::skip]
mod pjrt;
#[allow(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    dead_code,
    rustdoc::all,
    clippy::all
)]
#[rustfmt::skip]
mod xla_ffi;

pub(crate) use {
    api::{Api, preload},
    buffer::RawBuffer,
    client::{RawClient, RawDevice},
    event::RawEvent,
    executable::RawExecutable,
    process::{forget_start_of, prepare_for_cpu},
};
pub use {
    client::{MemoryStats, OptionValue},
    executable::CompiledMemoryStats,
    host_memory::HostMemory,
};
