//! raxla: a functional array compiler. Pure functions on arrays, their derivatives and batched forms, compiled by XLA.
//!
//! A function of [`Tracer`]s is traced into a [`Program`]; transforms ([`grad`], [`vmap`], [`jvp`], …) rewrite programs and compose in any
//! order; [`jit`] compiles the result with XLA and runs it on [`Array`]s, data on devices.
//!
//! ```
//! use raxla::prelude::*;
//!
//! #[derive(Pytree, Clone)]
//! struct Affine<T = Tracer> { w: T, b: T }
//!
//! fn loss(p: Affine, x: Tracer, y: Tracer) -> Tracer {
//!     let e = x.dot(p.w) + p.b - y;
//!     (e * e).mean()
//! }
//!
//! let per_example = jit(vmap(grad(loss), (None, 0, 0)));
//! let params = Affine { w: Array::from(vec![1.0f32, 2.0]), b: Array::from(0.5f32) };
//! let (xs, ys) = (Array::new(&[3, 2], &[1.0f32, 0.0, 0.0, 1.0, 1.0, 1.0]), Array::from(vec![1.0f32, 2.0, 3.0]));
//! let grads: Affine<Array> = per_example(params, xs, ys);
//! assert_eq!(grads.b.to_vec::<f32>()?, [1.0, 1.0, 1.0]);
//! # Ok::<(), raxla::Error>(())
//! ```
//!
//! # Where to look
//!
//! * [`Tracer`]: the operations of arrays. Operators broadcast as NumPy's; Rust numbers take the array's dtype.
//! * [`transforms`]: `jvp`, `linearize`, `vjp`, `grad`, `jacfwd`, `jacrev`, `hessian`, `vmap`, custom derivatives, `checkpoint` and its
//!   policies, `linear_call`; solutions of equations: `custom_linear_solve`, `custom_root`; control flow: `cond`, `switch`, `scan`,
//!   `map`, `fori_loop`, `while_loop`.
//! * [`Jit`]: `try_call`, `lower`, `compile`, `donate`, `program`.
//! * [`Pytree`]: structs, tuples and vectors of arrays as arguments and results.
//! * [`mod@fft`]: Fourier transforms.
//! * [`lax`]: the primitives under JAX's names.
//! * [`numpy`]: NumPy's functions, as `jax.numpy` has them; [`linalg`], [`special`], [`stats`]: SciPy's of matrices, special functions and
//!   distributions.
//! * [`debug_print`], [`debug_callback`], [`pure_callback`], [`io_callback`]: what programs do besides computing.
//! * [`custom`]: primitives of your own.
//! * [`random`]: random numbers, those of JAX.
//! * [`nn`]: what neural networks are made of. [`losses`], [`metrics`]: how good they are. [`optim`]: optimizers and schedules.
//! * [`sparse`]: linear systems known by products alone. [`optimize`]: minima. [`ode`]: ordinary differential equations.
//! * [`signal`]: convolutions and spectra. [`image`]: images of other sizes. [`ndimage`]: arrays between their elements.
//! * [`interpolate`]: functions between the points of a grid. [`cluster`]: what is near what.
//! * [`io`]: weights in files, as `safetensors` and NumPy's `.npz`.
//! * [`ir`], [`pipeline`] and [`runtime`]: programs and their rules; the way from functions to executables; clients, devices, executables.
//!
//! # Errors
//!
//! A wrong program (shapes, dtypes, axes) panics at the user's line with a message that names the operation, the shapes and the place;
//! [`Jit::try_call`] returns it as an [`enum@Error`]. Wrong worlds (plugins, devices, files) are always `Result`s below [`jit`].
//!
//! # Environment
//!
//! | variable | meaning |
//! |---|---|
//! | `RAXLA_PJRT_PLUGIN` | path of the PJRT plugin to use |
//! | `RAXLA_PLATFORM` | `cpu` (the default), `cuda` or `tpu` |
//! | `RAXLA_CPU_DEVICES` | how many devices the CPU is divided into (default 1) |
//! | `RAXLA_CACHE` | where plugins are kept (default `~/.cache/raxla`) |
//! | `RAXLA_DUMP` | a directory that gets every stage of every compile, as text |
//! | `RAXLA_LOG` | `compile`: a line for each compile, and why a function compiles again |

// The code that `#[derive(Pytree)]` makes names the crate as its users do.
extern crate self as raxla;

pub mod cluster;
pub mod custom;
pub mod fft;
pub mod image;
pub mod interpolate;
pub mod io;
pub mod lax;
pub mod linalg;
pub mod losses;
pub mod metrics;
pub mod ndimage;
pub mod nn;
pub mod numpy;
pub mod ode;
pub mod optim;
pub mod optimize;
#[cfg(test)]
mod oracle;
pub mod random;
mod show;
pub mod signal;
pub mod sparse;
pub mod special;
pub mod stats;

pub use show::show;
pub use {
    raxla_ir::{
        self as ir, DType, Element, Literal, Operand, Program, ShapedArray, Tracer,
        indexing::{self, At, Ellipsis, Index, IndexList, IndexMode, NewAxis, Slice, Step},
        primitives::{
            collective::{axis_index, pmax, pmean, pmin, psum},
            concatenate::concatenate,
            conv_general_dilated::ConvGeneralDilated,
            cumulative::CumulativeKind,
            dot_general::Precision,
            gather::{GatherDims, GatherMode},
            general_reduce::reduce,
            general_reduce_window::reduce_window,
            iota::{arange, iota},
            reduce::ReduceKind,
            reduce_window::Window,
            sort::sort,
        },
        pytree::{self, Leaf, Pytree},
        trace::{TraceError, constant, named_scope},
    },
    raxla_jit::{self as pipeline, Compiled, Error, Jit, Lowered, Result, effects_barrier, jit},
    raxla_runtime::{self as runtime, Array, Client, Device},
    raxla_transforms::{
        self as transforms, CheckpointPolicy, Scan, Vmap, VmapMethod, associative_scan, checkpoint, checkpoint_name,
        checkpoint_with, cond, custom_jvp, custom_linear_solve, custom_linear_solve_aux, custom_root, custom_root_aux,
        custom_vjp, custom_vmap, debug_callback, debug_callback_ordered, debug_print, debug_print_ordered, fori_loop,
        grad, grad_all, grad_aux, hessian, io_callback, jacfwd, jacrev, jvp, linear_call, linearize, map, per_leaf,
        pure_callback, scan, sequential_vmap, switch, value_and_grad, value_and_grad_aux, vjp, vmap, while_loop,
    },
};

/// What most programs need: `use raxla::prelude::*;`.
pub mod prelude {
    pub use crate::{
        Array, DType, Ellipsis, Literal, NewAxis, Operand, Pytree, Step, Tracer, arange, checkpoint, concatenate, cond,
        constant, custom_jvp, custom_vjp, debug_print, fori_loop, grad, grad_all, hessian, iota, jacfwd, jacrev, jit,
        jvp, linearize, nn, psum, pytree, random, scan, switch, value_and_grad, vjp, vmap, while_loop,
    };
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
