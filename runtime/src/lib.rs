//! Data on devices over the PJRT C API: plugins, clients, devices, arrays, executables.
//!
//! XLA comes as a *plugin*, a shared library that [`plugin`] finds or fetches. A [`Client`] is a plugin at work; it has
//! [`Device`]s, compiles StableHLO text to [`Executable`]s and holds [`Array`]s. Everything here is `Send + Sync` and cheap to
//! clone. Running is asynchronous: results are returned before they exist, and what goes wrong while they are computed is reported by
//! whoever waits for them ([`Array::block_until_ready`], [`Array::to_literal`]).
//!
//! ```
//! use raxla_runtime::{Array, Client, CompileOptions};
//! use raxla_ir::{DType, ShapedArray};
//!
//! let module = "
//!     func.func public @main(%x: tensor<3xf32>) -> tensor<3xf32> {
//!       %y = stablehlo.add %x, %x : tensor<3xf32>
//!       return %y : tensor<3xf32>
//!     }";
//! let aval = ShapedArray::new(&[3], DType::F32);
//! let client = Client::global()?;
//! let double = client.compile(module, &CompileOptions::default(), &[aval.clone()], &[aval])?;
//! let x = Array::from(vec![1.0f32, 2.0, 3.0]);
//! assert_eq!(double.run(&[&x])?[0].to_vec::<f32>()?, [2.0, 4.0, 6.0]);
//! # Ok::<(), raxla_runtime::Error>(())
//! ```
//!
//! All `unsafe` of raxla lives in this crate's module `ffi`, and nothing that is known to crash or hang XLA can be reached through
//! the functions of this crate.

mod array;
mod beside;
mod client;
mod compile_options;
mod device;
mod envelope;
mod error;
mod executable;
mod ffi;
mod interrupt;
pub mod kernel;
mod kernels;
mod placement;
pub mod plugin;
mod verify;

pub use {
    array::{Array, Lent, npy},
    client::{Client, ClientOptions},
    compile_options::CompileOptions,
    device::Device,
    error::{Code, Error, Result},
    executable::{Completion, Executable, Outputs},
    ffi::HostMemory,
    ffi::{CompiledMemoryStats, MemoryStats, OptionValue},
    interrupt::set_interrupt,
    placement::{Placement, Shard},
};
