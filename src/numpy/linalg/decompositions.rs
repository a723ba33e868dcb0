//! Decompositions of matrices: Cholesky's, by eigenvalues, by singular values, and QR.

use super::{super::promotion::Arg, matrices, squares};
use crate::numpy::{Take, conj, matrix_transpose, take_along_axis};
use raxla_ir::{
    DType, Tracer,
    indexing::IndexMode,
    primitives::{iota::iota, sort::sort},
};

/// Which triangle of Hermitian matrices is read: NumPy's `UPLO`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Triangle {
    /// The lower one, with the diagonal: `"L"`.
    #[default]
    Lower,
    /// The upper one, with the diagonal: `"U"`.
    Upper,
}

/// Cholesky's factor of Hermitian positive definite matrices `[…, n, n]`: the lower triangular L with `L Lᴴ = a`, or, with `upper`, `Lᴴ`.
/// NaN where a matrix is not positive definite.
///
/// With `symmetrize_input` (NumPy: always) the matrix is replaced by `(a + aᴴ) / 2` first, so that its gradient is Hermitian.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::linalg::cholesky(constant(Literal::new(&[2, 2], &[4.0f32, 2.0, 2.0, 5.0])), false, true));
/// assert_eq!(got, "[[2.0, 0.0], [1.0, 2.0]]");
/// ```
#[track_caller]
pub fn cholesky(a: impl Into<Arg>, upper: bool, symmetrize_input: bool) -> Tracer {
    let l = squares("cholesky", a).cholesky(symmetrize_input);
    if upper { conj(matrix_transpose(l)) } else { l }
}
/// The eigenvalues `[…, n]` and right eigenvectors `[…, n, n]`, in columns, of square matrices; both complex. The eigenvalues ascend by their
/// real, then their imaginary parts.
///
/// Vectors have norm 1 and the phase that makes their greatest element positive; so their gradients, too, are defined where eigenvalues
/// differ.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::eig(constant(Literal::new(&[2, 2], &[2.0f32, 0.0, 0.0, 3.0]))).0), "[2.0+0.0i, 3.0+0.0i]");
/// ```
#[track_caller]
pub fn eig(a: impl Into<Arg>) -> (Tracer, Tracer) {
    squares("eig", a).eig()
}
/// The eigenvalues of [`eig`] alone.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::eigvals(constant(Literal::new(&[2, 2], &[0.0f32, 1.0, -1.0, 0.0])))), "[0.0-1.0i, 0.0+1.0i]");
/// ```
#[track_caller]
pub fn eigvals(a: impl Into<Arg>) -> Tracer {
    squares("eigvals", a).eigenvalues()
}
/// The eigenvalues `[…, n]`, real and ascending, and the eigenvectors `[…, n, n]`, in columns, of Hermitian matrices, of which one triangle is
/// read; the lower one if none is named. With `symmetrize_input` (NumPy: never) the matrix is replaced by `(a + aᴴ) / 2` first.
///
/// ```
/// use raxla::{numpy::linalg, prelude::*};
/// let w = jit(|a: Tracer| linalg::eigh(a, None, true).0)(Array::new(&[2, 2], &[2.0f32, 1.0, 1.0, 2.0]));
/// assert!((w.to_vec::<f32>()?[1] - 3.0).abs() < 1e-6);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn eigh(a: impl Into<Arg>, uplo: impl Into<Option<Triangle>>, symmetrize_input: bool) -> (Tracer, Tracer) {
    let lower = uplo.into().unwrap_or_default() == Triangle::Lower;
    let (v, w) = squares("eigh", a).eigh(lower, symmetrize_input);
    (w, v)
}
/// The eigenvalues of [`eigh`] alone.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::eigvalsh(constant(Literal::new(&[2, 2], &[2.0f32, 1.0, 1.0, 2.0])), None, true)), "[1.0, 3.0]");
/// ```
#[track_caller]
pub fn eigvalsh(a: impl Into<Arg>, uplo: impl Into<Option<Triangle>>, symmetrize_input: bool) -> Tracer {
    let lower = uplo.into().unwrap_or_default() == Triangle::Lower;
    squares("eigvalsh", a).eigh(lower, symmetrize_input).1
}
/// The singular value decomposition `a = u diag(s) vh` of matrices `[…, m, n]`, with singular values in descending order: `(u, s, vh)`.
///
/// With `full_matrices` (NumPy's default) u and vh are square; else they have `min(m, n)` columns and rows. [`svdvals`] is NumPy's
/// `compute_uv=False`. With `hermitian` the matrices are taken to be Hermitian, and decomposed by their eigenvalues, which is faster.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::svd(constant(Literal::new(&[2, 2], &[3.0f32, 0.0, 0.0, 4.0])), false, false).1), "[4.0, 3.0]");
/// ```
#[track_caller]
pub fn svd(a: impl Into<Arg>, full_matrices: bool, hermitian: bool) -> (Tracer, Tracer, Tracer) {
    if !hermitian {
        return matrices("svd", a).svd(full_matrices);
    }
    let (v, w) = squares("svd", a).eigh(true, true);
    let size = w.abs();
    let order = iota(DType::I32, &size.shape(), size.rank() - 1);
    let sorted = sort(&[size, order, w.sign()], -1, 1);
    let [s, order, sign] = [0, 1, 2].map(|i| sorted[i].reverse(-1));
    let how = Take { mode: Some(IndexMode::PromiseInBounds), unique_indices: true, ..Take::default() };
    let u = take_along_axis(v, order.expand_dims(-2), -1, how);
    (u, s, conj(matrix_transpose(u * sign.expand_dims(-2).astype(u.dtype()))))
}
/// The singular values `[…, min(m, n)]` of matrices `[…, m, n]`, in descending order.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::svdvals(constant(Literal::new(&[2, 2], &[3.0f32, 0.0, 0.0, 4.0])))), "[4.0, 3.0]");
/// ```
#[track_caller]
pub fn svdvals(a: impl Into<Arg>) -> Tracer {
    matrices("svdvals", a).singular_values()
}
/// [`svdvals`], of Hermitian matrices by their eigenvalues.
#[track_caller]
pub(super) fn singular_values(a: Tracer, hermitian: bool) -> Tracer {
    if hermitian { a.eigh(true, true).1.abs().sort(-1).reverse(-1) } else { a.singular_values() }
}
/// What [`qr`] gives: NumPy's `mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QrMode {
    /// Q with `min(m, n)` columns, and R with as many rows. NumPy's `"r"` is the second of the two.
    #[default]
    Reduced,
    /// Q square, and R with `m` rows.
    Complete,
    /// LAPACK's reflections, transposed, and their factors, which have no gradients.
    Raw,
}
/// The QR decomposition of matrices `[…, m, n]`: `(Q, R)` with `a = Q R`, Q of orthonormal columns and R upper triangular. The diagonal of R is
/// real, and of the signs that LAPACK gives it.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::linalg::qr(constant(Literal::new(&[2, 2], &[3.0f32, 1.0, 4.0, 2.0])), np::linalg::QrMode::Reduced).1.abs());
/// assert_eq!(got, "[[5.0, 2.2], [0.0, 0.4]]");
/// ```
#[track_caller]
pub fn qr(a: impl Into<Arg>, mode: QrMode) -> (Tracer, Tracer) {
    let a = matrices("qr", a);
    match mode {
        QrMode::Raw => {
            let (packed, taus) = a.geqrf();
            (matrix_transpose(packed), taus)
        }
        _ => a.qr(mode == QrMode::Complete),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(a: Tracer, b: Tracer) -> Tracer {
        crate::numpy::matmul(a, b)
    }
    // Vectors are compared by what does not depend on their phases; eigenvalues in raxla's order.
    crate::oracle::rows! { numpy_linalg_decompositions:
        "jnp.linalg.cholesky(a @ a.T + jnp.eye(3))", "f32(3, 3)" => fn(a) cholesky(product(a, a.t()) + crate::numpy::identity(3, None), false, true);
        "jnp.linalg.cholesky(a @ a.mT + 2 * jnp.eye(2), upper=True)", "f32(2, 2, 2)"
            => fn(a) cholesky(product(a, matrix_transpose(a)) + crate::numpy::identity(2, None) * 2.0, true, true);
        "jnp.linalg.cholesky(a @ a.mT.conj() + 2 * jnp.eye(2), upper=True, symmetrize_input=False)", "c64(2, 2)"
            => fn(a) cholesky(product(a, matrix_transpose(a).conj()) + crate::numpy::identity(2, DType::C64) * 2.0, true, false);
        "jnp.linalg.cholesky(a)", "values([[4, 2], [2, 5]], 'i4')" => fn(a) cholesky(a, false, true);
        "jnp.linalg.cholesky(a)", "values([[1, 2], [2, 1]], 'f4')", values => fn(a) cholesky(a, false, true);
        "jnp.linalg.cholesky(a)", "f32(0, 0)" => fn(a) cholesky(a, false, true);
        "(lambda w, v: (jnp.sort(w), jnp.abs(v[:, jnp.lexsort((w.imag, w.real))])))(*jnp.linalg.eig(a))", "f32(3, 3)"
            => fn(a) { let (w, v) = eig(a); (w, v.abs()) };
        "(lambda w, v: (jnp.sort(w), jnp.abs(v[:, jnp.lexsort((w.imag, w.real))])))(*jnp.linalg.eig(a))", "c64(3, 3)"
            => fn(a) { let (w, v) = eig(a); (w, v.abs()) };
        "jnp.sort(jnp.linalg.eigvals(a))", "f32(4, 4)" => fn(a) eigvals(a);
        "jnp.sort(jnp.linalg.eigvals(a))", "c64(2, 3, 3)" => fn(a) eigvals(a);
        "jnp.sort(jnp.linalg.eigvals(a))", "values([[1, 2], [3, 4]], 'i4')" => fn(a) eigvals(a);
        "jnp.linalg.eigvals(a)", "f32(0, 0)" => fn(a) eigvals(a);
        "(lambda w, v: (w, jnp.abs(v)))(*jnp.linalg.eigh(a))", "f32(4, 4)" => fn(a) { let (w, v) = eigh(a, None, true); (w, v.abs()) };
        // JAX reads both triangles' gradients.
        "(lambda w, v: (w, jnp.abs(v)))(*jnp.linalg.eigh(a, UPLO='U', symmetrize_input=False))", "f32(2, 3, 3)", values
            => fn(a) { let (w, v) = eigh(a, Triangle::Upper, false); (w, v.abs()) };
        "(lambda w, v: (w, jnp.abs(v)))(*jnp.linalg.eigh(a))", "c64(3, 3)" => fn(a) { let (w, v) = eigh(a, None, true); (w, v.abs()) };
        "jnp.linalg.eigvalsh(a)", "f32(3, 3)" => fn(a) eigvalsh(a, Triangle::Lower, true);
        "jnp.linalg.eigvalsh(a, 'U')", "c64(3, 3)" => fn(a) eigvalsh(a, Triangle::Upper, true);
        "jnp.linalg.eigvalsh(a)", "f32(3, 3)", x64 => fn(a) eigvalsh(a, None, true);
        "(lambda u, s, v: (jnp.abs(u), s, jnp.abs(v)))(*jnp.linalg.svd(a, full_matrices=False))", "f32(4, 3)"
            => fn(a) { let (u, s, v) = svd(a, false, false); (u.abs(), s, v.abs()) };
        "(lambda u, s, v: (jnp.abs(u), s, jnp.abs(v)))(*jnp.linalg.svd(a, full_matrices=False))", "c64(2, 3)"
            => fn(a) { let (u, s, v) = svd(a, false, false); (u.abs(), s, v.abs()) };
        // JAX has no gradient of full matrices.
        "(lambda u, s, v: (jnp.abs(u[:, :2]), s, jnp.abs(v), u.shape[1]))(*jnp.linalg.svd(a))", "f32(4, 2)", values
            => fn(a) { let (u, s, v) = svd(a, true, false); (u.slice_axis(1, 0, 2).abs(), s, v.abs(), raxla_ir::trace::constant(u.shape()[1] as i32)) };
        "(lambda u, s, v: (jnp.abs(u), s, u @ (s[:, None] * v)))(*jnp.linalg.svd(a, hermitian=True))", "f32(3, 3)"
            => fn(a) { let (u, s, v) = svd(a, true, true); (u.abs(), s, product(u, s.expand_dims(1) * v)) };
        "jnp.linalg.svd(a, compute_uv=False)", "f32(2, 3, 2)" => fn(a) svdvals(a);
        "jnp.linalg.svdvals(a)", "c64(3, 2)" => fn(a) svdvals(a);
        "jnp.linalg.svdvals(a)", "i32(3, 2)" => fn(a) svdvals(a);
        "jnp.linalg.svdvals(a)", "f32(0, 2)" => fn(a) svdvals(a);
        "jnp.linalg.qr(a)", "f32(4, 3)" => fn(a) qr(a, QrMode::Reduced);
        // Q is that of the first three columns, of the condition number 251 in one matrix: against f64 the gradient in f32 is off by 1.4
        // tolerances here, and by 1.1 in JAX.
        "jnp.linalg.qr(a)", "f32(2, 3, 4)", within(2.0) => fn(a) qr(a, QrMode::Reduced);
        "jnp.linalg.qr(a)", "c64(3, 3)" => fn(a) qr(a, QrMode::Reduced);
        "jnp.linalg.qr(a, mode='r')", "f32(3, 3)" => fn(a) qr(a, QrMode::Reduced).1;
        // JAX has no gradient of it.
        "jnp.linalg.qr(a, mode='complete')", "f32(4, 2)", values
            => fn(a) qr(a, QrMode::Complete);
        "jnp.linalg.qr(a, mode='raw')", "f32(4, 3)" => fn(a) qr(a, QrMode::Raw);
        "jnp.linalg.qr(a)", "f32(0, 3)" => fn(a) qr(a, QrMode::Reduced);
    }
}
