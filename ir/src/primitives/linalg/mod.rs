//! Linear algebra: decompositions of matrices and solutions of structured systems, over stacks of matrices in the last two axes.
//!
//! Where a decomposition is not unique, this is what fixes it:
//! * reflections are LAPACK's (`I − τ v vᴴ`, `v₀ = 1`, β real, of the sign opposite to that of `x₀`), so the diagonal of R is real and has
//!   those signs; pivots are those of partial pivoting by `|re| + |im|`;
//! * eigenvalues of Hermitian matrices ascend, singular values descend, other eigenvalues ascend by their real, then their imaginary parts;
//! * an eigenvector has norm 1, and its first element of at least 0.9 times the greatest size is positive. Of a pair of singular vectors
//!   this holds for the right one. LAPACK leaves signs to chance; so derivatives of phases, too, are defined here.
//!
//! A matrix that has no such decomposition, or is not finite, gives NaN.
#![allow(clippy::needless_range_loop, clippy::manual_is_multiple_of, clippy::assign_op_pattern)] // loops over rows and columns, as the algorithms are written

mod cholesky;
mod eig;
mod eigh;
mod hessenberg;
mod householder;
mod householder_product;
mod lu;
mod matrix;
mod qr;
mod schur;
mod schur_form;
mod svd;
mod triangular_solve;
mod tridiagonal;
mod tridiagonal_solve;

pub use {
    cholesky::Cholesky,
    eig::Eig,
    eigh::Eigh,
    hessenberg::Hessenberg,
    householder_product::HouseholderProduct,
    lu::{Lu, solve},
    qr::{ColumnPivots, Geqrf, Qr},
    schur::Schur,
    svd::Svd,
    triangular_solve::TriangularSolve,
    tridiagonal::Tridiagonal,
    tridiagonal_solve::{TridiagonalSolve, tridiagonal_solve},
};

use super::*;
use crate::{
    primitives::dot_general::Precision,
    stablehlo::{Attribute, Platform},
};

/// The shape of a stack of matrices: the leading axes, rows, columns. Only the four dtypes that LAPACK knows are accepted.
fn matrices(a: &ShapedArray) -> Result<(&[usize], usize, usize), String> {
    check_dtype(a)?;
    match &a.shape[..] {
        [batch @ .., m, n] => Ok((batch, *m, *n)),
        _ => Err(format!("takes matrices in the last two axes, got {a}")),
    }
}
/// [`matrices`], square.
fn squares(a: &ShapedArray) -> Result<(&[usize], usize), String> {
    let (batch, m, n) = matrices(a)?;
    if m == n { Ok((batch, n)) } else { Err(format!("takes square matrices, got {a}")) }
}
fn check_dtype(a: &ShapedArray) -> Result<(), String> {
    match a.dtype {
        DType::F32 | DType::F64 | DType::C64 | DType::C128 => Ok(()),
        _ => Err(format!("takes f32, f64, c64 or c128, got {a}")),
    }
}
/// An output of a decomposition: the leading axes of the operand, then `core`.
fn like(a: &ShapedArray, batch: &[usize], core: &[usize]) -> ShapedArray {
    a.with_shape(&[batch, core].concat()).strong()
}
/// The call of the kernel that computes a primitive on the CPU; elsewhere there is nothing to compute it with.
fn kernel(
    module: &mut Module,
    name: &str,
    ins: &[Value],
    parameters: &[(&str, bool)],
    outs: &[ShapedArray],
) -> Vec<Value> {
    match module.platform() {
        Platform::Cpu => {
            let parameters: Vec<_> = parameters.iter().map(|(key, value)| (*key, Attribute::Bool(*value))).collect();
            module.kernel(name, ins, &parameters, false, outs)
        }
        other => module.fail(format!("{name}: XLA cannot compute it on {other:?}, and raxla only on CPUs")),
    }
}
/// Rows and columns of the matrices of a tracer.
fn dims(x: Tracer) -> (usize, usize) {
    let shape = x.shape();
    (shape[shape.len() - 2], shape[shape.len() - 1])
}
/// `x yᵀ…`: the product of stacks of matrices, in full precision on every device.
fn product(x: Tracer, y: Tracer) -> Tracer {
    let n = x.rank();
    let batch: Axes = (0..n - 2).collect();
    let op = DotGeneral {
        lhs_contract: smallvec![n - 1],
        rhs_contract: smallvec![n - 2],
        lhs_batch: batch.clone(),
        rhs_batch: batch,
        precision: Precision::Highest,
        dtype: x.dtype(),
    };
    bind1(op, &[x, y])
}
/// The transposes of a stack of matrices.
fn transposed(x: Tracer) -> Tracer {
    let mut order: Axes = (0..x.rank()).collect();
    let n = order.len();
    order.swap(n - 2, n - 1);
    x.transpose_axes(&order)
}
fn conjugate(x: Tracer) -> Tracer {
    if x.dtype().is_complex() { x.conj() } else { x }
}
/// The conjugate transposes.
fn adjoint(x: Tracer) -> Tracer {
    conjugate(transposed(x))
}
/// The real parts, in the dtype of `x`.
fn real_part(x: Tracer) -> Tracer {
    if x.dtype().is_complex() { x.real().astype(x.dtype()) } else { x }
}
/// Where `column - row ≥ k`, as bools of a shape.
fn above(shape: &[usize], k: isize) -> Tracer {
    let n = shape.len();
    let (row, column) = (iota::iota(DType::I32, shape, n - 2), iota::iota(DType::I32, shape, n - 1));
    column.greater_equal(row + k as i32)
}
/// The elements with `column - row ≥ k`; zeros elsewhere.
fn upper(x: Tracer, k: isize) -> Tracer {
    above(&x.shape(), k).select(x, x.full_like(0.0))
}
/// The elements with `column - row ≤ k`; zeros elsewhere.
fn lower(x: Tracer, k: isize) -> Tracer {
    above(&x.shape(), k + 1).select(x.full_like(0.0), x)
}
/// Ones on the diagonal of a shape.
fn eye(shape: &[usize], dtype: DType) -> Tracer {
    let n = shape.len();
    iota::iota(DType::I32, shape, n - 2).equal(iota::iota(DType::I32, shape, n - 1)).astype(dtype)
}
/// The diagonals.
fn diagonal(x: Tracer) -> Tracer {
    (x * eye(&x.shape(), x.dtype())).sum_axes(-1)
}
/// A stack of vectors as rows of matrices that repeat them: element `[.., i, j]` is `v[.., j]`.
fn along_rows(v: Tracer, rows: usize) -> Tracer {
    let (shape, n) = (v.shape(), v.rank());
    let dims: Vec<usize> = (0..n - 1).chain([n]).collect();
    v.broadcast(&[&shape[..n - 1], &[rows, shape[n - 1]]].concat(), &dims)
}
/// Element `[.., i, j]` is `v[.., i]`.
fn along_columns(v: Tracer, columns: usize) -> Tracer {
    let (shape, n) = (v.shape(), v.rank());
    v.broadcast(&[&shape[..], &[columns]].concat(), &(0..n).collect::<Vec<_>>())
}
/// The Hermitian matrices of which one triangle is given, as decompositions read them: the imaginary part of the diagonal counts as 0.
fn hermitian(x: Tracer, from_lower: bool) -> Tracer {
    let strict = if from_lower { lower(x, -1) } else { upper(x, 1) };
    strict + adjoint(strict) + real_part(x * eye(&x.shape(), x.dtype()))
}
/// `(x + xᴴ) / 2`.
fn symmetrized(x: Tracer) -> Tracer {
    (x + adjoint(x)) * 0.5
}
/// Which element of each column of `v` is positive: the first of at least 0.9 times the greatest size.
fn pivots(v: Tracer) -> Tracer {
    let (n, size) = (dims(v).0, v.abs());
    let near = size.greater_equal(along_rows(size.max_axes(-2) * 0.9, n)).astype(DType::I32);
    iota::iota(DType::I32, &v.shape(), v.rank() - 2).equal(along_rows(near.argmax(-2), n))
}
/// What the phases of the columns of `v` say about their tangents: the element that is positive stays real. With `dv` up to a multiple of
/// `v`, that is `c = −Re(vᴴ dv) − i Im(dv_k) / v_k` in `dv + c v`; `normal` says that `vᴴ dv` is 0 already.
fn gauge(v: Tracer, dv: Tracer, normal: bool) -> Option<Tracer> {
    if !v.dtype().is_complex() || v.size() == 0 {
        return None;
    }
    let chosen = pivots(v);
    let pick = |x: Tracer| chosen.select(x, x.full_like(0.0)).sum_axes(-2);
    let turn = -(pick(dv).imag() / pick(v).real());
    let stretch = if normal { turn.full_like(0.0) } else { -(v.conj() * dv).real().sum_axes(-2) };
    Some(stretch.complex(turn))
}
/// Numbers of a shape for samples: no two rows alike, nothing near a tie.
fn sample(shape: &[usize], dtype: DType, seed: usize) -> Literal {
    let number = |i: usize| ((i * 37 + seed * 11 + 5) % 29) as f64 / 7.0 - 2.0 + (i * i % 7) as f64 / 5.0;
    let aval = ShapedArray::new(shape, dtype);
    let n = aval.size();
    Literal::from_complexes(aval, (0..n).map(|i| num_complex::Complex64::new(number(i), number(i + 17) / 2.0)))
}
/// A sample of Hermitian matrices; positive definite if `shift` is large.
fn hermitian_sample(shape: &[usize], dtype: DType, seed: usize, shift: f64) -> Literal {
    let x = sample(shape, dtype, seed);
    let (n, z) = (shape[shape.len() - 1], x.complexes());
    let element = |at: usize| {
        let (b, i, j) = (at / (n * n) * n * n, at / n % n, at % n);
        let sum = (z[b + i * n + j] + z[b + j * n + i].conj()) / 2.0;
        if i == j { sum + shift + i as f64 } else { sum }
    };
    let count = z.len();
    Literal::from_complexes(x.aval().clone(), (0..count).map(element))
}
/// The dtypes of linear algebra.
const DTYPES: [DType; 4] = [DType::F32, DType::F64, DType::C64, DType::C128];
