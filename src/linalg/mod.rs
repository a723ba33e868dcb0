//! More linear algebra: the functions of `jax.scipy.linalg`.
//!
//! Those that `numpy.linalg` has too are [those](crate::numpy::linalg); SciPy's `mode="economic"` of [`qr`] is [`QrMode::Reduced`], `"full"` is
//! [`QrMode::Complete`]. All take stacks of matrices in the last two axes, as JAX's do but for a few.
//!
//! ```
//! use raxla::{linalg, prelude::*};
//! let f = jit(|a: Tracer| linalg::expm(a));
//! let turn = f(Array::new(&[2, 2], &[0.0f32, -1.0, 1.0, 0.0])).to_vec::<f32>()?;
//! assert!((turn[0] - 1f32.cos()).abs() < 1e-6 && (turn[2] - 1f32.sin()).abs() < 1e-6);
//! # Ok::<(), raxla::Error>(())
//! ```

mod factors;
mod functions;
mod known;
mod schur_forms;
mod structured;

pub use crate::numpy::linalg::{QrMode, Transposition, Triangle, det, eigh, inv, qr, svd};
pub use {factors::*, functions::*, known::*, schur_forms::*, structured::*};
