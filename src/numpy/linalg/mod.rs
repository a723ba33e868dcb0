//! Linear algebra: the functions of `jax.numpy.linalg`, on stacks of matrices in the last two axes.
//!
//! Decompositions and systems take floats and complex numbers of 32 or 64 bits; integers are converted to floats. Where a decomposition is
//! not unique, [`raxla_ir::primitives::linalg`](crate::ir::primitives::linalg) says what fixes it: signs and orders are the same on every
//! device, and not always those of JAX, where LAPACK leaves them to chance.
//!
//! ```
//! use raxla::{numpy::linalg, prelude::*};
//! let f = jit(|a: Tracer, b: Tracer| (linalg::solve(a, b), linalg::det(a)));
//! let (x, det) = f(Array::new(&[2, 2], &[2.0f32, 0.0, 1.0, 4.0]), Array::from(vec![2.0f32, 9.0]));
//! assert_eq!((x.to_vec::<f32>()?, det.item::<f32>()?), (vec![1.0, 2.0], 8.0));
//! # Ok::<(), raxla::Error>(())
//! ```

mod decompositions;
mod determinants;
mod least_squares;
mod norms;
mod products;
mod systems;

pub use decompositions::*;
pub use determinants::*;
pub use least_squares::*;
pub use norms::*;
pub use products::*;
pub use systems::{Transposition, inv, solve, tensorinv, tensorsolve};

pub(crate) use systems::lu_solved;

use super::promotion::{Arg, inexact};
use raxla_ir::{DType, Tracer, primitives::dot_general::Precision, trace::fail};

/// A stack of matrices of floats or complex numbers.
#[track_caller]
pub(crate) fn matrices(name: &str, a: impl Into<Arg>) -> Tracer {
    let a = inexact(name, a);
    if a.rank() < 2 {
        fail(format!("{name}: takes matrices in the last two axes, got {}", a.aval()));
    }
    a
}
/// [`matrices`] that are square.
#[track_caller]
pub(crate) fn squares(name: &str, a: impl Into<Arg>) -> Tracer {
    let a = matrices(name, a);
    let (m, n) = dimensions(a);
    if m != n {
        fail(format!("{name}: takes square matrices, got {}", a.aval()));
    }
    a
}
/// How many rows and columns the matrices have.
#[track_caller]
pub(crate) fn dimensions(a: Tracer) -> (usize, usize) {
    let shape = a.shape();
    (shape[shape.len() - 2], shape[shape.len() - 1])
}
/// The product of stacks of matrices, in full precision on every device.
#[track_caller]
pub(crate) fn product(a: Tracer, b: Tracer) -> Tracer {
    matmul_with(a, b, super::Product { precision: Precision::Highest, dtype: None })
}
/// The conjugate transposes.
#[track_caller]
pub(crate) fn adjoint(a: Tracer) -> Tracer {
    super::conj(matrix_transpose(a))
}
/// The identity in a shape of square matrices.
#[track_caller]
pub(crate) fn identities(shape: &[usize], dtype: DType) -> Tracer {
    super::identity(shape[shape.len() - 1], dtype).broadcast_to(shape)
}
