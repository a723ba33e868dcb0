//! `raxla.lax.linalg`: decompositions as they are, of floats and complex numbers.

use crate::{
    array::ArrayLike,
    lax::{Absent, Kinds, one, several},
    table::{Out, functions},
};
use pyo3::prelude::*;
use raxla::{
    Tracer,
    ir::{
        primitives::{TriangularSolve, linalg::tridiagonal_solve as solve_tridiagonal},
        trace::fail,
    },
    numpy as np,
};

/// Matrices, of floats or complex numbers.
fn matrices(py: Python, name: &str, x: &ArrayLike) -> Tracer {
    let x = one(py, name, x, Kinds::INEXACT);
    if x.rank() < 2 {
        fail(format!("{name}: takes matrices, got {}", x.aval()));
    }
    x
}
fn adjoint(x: Tracer) -> Tracer {
    np::matrix_transpose(np::conj(x))
}
functions! { register;
    /// Cholesky's factor, the lower one.
    fn cholesky(x: ArrayLike, symmetrize_input: bool) [x, *, symmetrize_input = true] |py| matrices(py, "cholesky", &x).cholesky(symmetrize_input);
    /// The upper factor of Cholesky's of `Rᵀ R + w wᵀ`.
    fn cholesky_update(r_matrix: ArrayLike, w_vector: ArrayLike) [r_matrix, w_vector] |py| {
        let (r, w) = (matrices(py, "cholesky_update", &r_matrix), one(py, "cholesky_update", &w_vector, Kinds::FLOAT));
        let sum = np::matmul(np::matrix_transpose(r), r) + np::outer(w, w);
        np::matrix_transpose(sum.cholesky(true))
    };
    /// Eigenvalues and eigenvectors, the left ones and the right ones.
    fn _eig(x: ArrayLike, left: bool, right: bool) [x, left, right] |py| {
        let x = matrices(py, "eig", &x);
        if !left && !right {
            return Ok(Out::Tuple(vec![x.eigenvalues()]));
        }
        let (w, v) = x.eig();
        let mut outs = vec![w];
        if left {
            // Left eigenvectors are the rows of the inverse, of length 1.
            let vl = adjoint(np::linalg::inv(v));
            outs.push(vl / np::linalg::norm(vl, (), np::Over::axis(-2).keepdims()).astype(vl.dtype()));
        }
        if right {
            outs.push(v);
        }
        Out::Tuple(outs)
    };
    /// Eigenvectors and eigenvalues of Hermitian matrices, in this order.
    fn _eigh(x: ArrayLike, lower: bool, symmetrize_input: bool) [x, lower, symmetrize_input] |py| {
        let (v, w) = matrices(py, "eigh", &x).eigh(lower, symmetrize_input);
        Out::Tuple(vec![v, w])
    };
    /// Hessenberg's form, with the reflections below it, and their factors.
    fn hessenberg(a: ArrayLike) [a] |py| matrices(py, "hessenberg", &a).hessenberg();
    /// The product of reflections.
    fn householder_product(a: ArrayLike, taus: ArrayLike) [a, taus] |py| matrices(py, "householder_product", &a).householder_product(taus.tracer(py));
    /// Both factors of the LU decomposition in one, the exchanges and the permutation.
    fn lu(x: ArrayLike) [x] |py| matrices(py, "lu", &x).lu();
    /// The permutation that exchanges make.
    fn lu_pivots_to_permutation(pivots: ArrayLike, permutation_size: usize) [pivots, permutation_size] |py| {
        let pivots = one(py, "lu_pivots_to_permutation", &pivots, Kinds::INTEGER);
        if pivots.rank() == 0 {
            fail(format!("lu_pivots_to_permutation: takes vectors, got {}", pivots.aval()));
        }
        raxla::linalg::permutation_of(pivots, permutation_size)
    };
    /// A matrix times the product of reflections, from the left or from the right.
    fn ormqr(a: ArrayLike, taus: ArrayLike, c: ArrayLike, left: bool, transpose: bool) [a, taus, c, *, left = true, transpose = false] |py| {
        let (a, taus, c) = (matrices(py, "ormqr", &a), taus.tracer(py), matrices(py, "ormqr", &c));
        let (m, k) = (a.shape()[a.rank() - 2], a.shape()[a.rank() - 1]);
        // The square matrix of the reflections: those that are not there are the identity.
        let wide = |x: Tracer, n: usize| {
            let high: Vec<isize> = (0..x.rank()).map(|i| if i + 1 == x.rank() { n as isize } else { 0 }).collect();
            let none = vec![0; x.rank()];
            x.pad(0.0, &none, &high, &vec![0; x.rank()])
        };
        let q = if k < m { wide(a, m - k) } else { a }.householder_product(wide(taus, (m.min(k) - taus.shape()[taus.rank() - 1]) + m.saturating_sub(k)));
        let q = if transpose { adjoint(q) } else { q };
        if left { np::matmul(q, c) } else { np::matmul(c, q) }
    };
    /// The QR decomposition.
    fn _qr(x: ArrayLike, full_matrices: bool) [x, full_matrices] |py| matrices(py, "qr", &x).qr(full_matrices);
    /// The QR decomposition with pivoting.
    fn _qr_pivoted(x: ArrayLike, full_matrices: bool) [x, full_matrices] |py| matrices(py, "qr", &x).qr_pivoted(full_matrices);
    /// Schur's form, and its vectors.
    fn _schur(x: ArrayLike, vectors: bool) [x, vectors] |py| {
        let (t, v) = matrices(py, "schur", &x).schur();
        Out::Tuple(if vectors { vec![t, v] } else { vec![t] })
    };
    /// The singular value decomposition.
    fn _svd(x: ArrayLike, full_matrices: bool) [x, full_matrices] |py| matrices(py, "svd", &x).svd(full_matrices);
    /// The singular values.
    fn _singular_values(x: ArrayLike) [x] |py| matrices(py, "svd", &x).singular_values();
    /// `α A Aᵀ + β C`.
    fn symmetric_product(a_matrix: ArrayLike, c_matrix: ArrayLike, alpha: f64, beta: f64, symmetrize_output: bool) [a_matrix, c_matrix, *, alpha = 1.0, beta = 0.0, symmetrize_output = false] |py| {
        let _ = symmetrize_output; // both triangles are computed
        let (a, c) = (matrices(py, "symmetric_product", &a_matrix), matrices(py, "symmetric_product", &c_matrix));
        np::matmul(a, np::matrix_transpose(a)) * alpha + c * beta
    };
    /// The solution of equations with triangular matrices.
    fn triangular_solve(a: ArrayLike, b: ArrayLike, left_side: bool, lower: bool, transpose_a: bool, conjugate_a: bool, unit_diagonal: bool) [a, b, *, left_side = false, lower = false, transpose_a = false, conjugate_a = false, unit_diagonal = false] |py| {
        let (a, b) = (matrices(py, "triangular_solve", &a), one(py, "triangular_solve", &b, Kinds::INEXACT));
        let conjugate_a = conjugate_a && a.dtype().is_complex();
        let vector = b.rank() + 1 == a.rank();
        let column = if vector { b.expand_dims(if left_side { -1 } else { -2 }) } else { b };
        // The primitive conjugates what it transposes.
        let a = if conjugate_a && !transpose_a { np::conj(a) } else { a };
        let op = TriangularSolve { left_side, lower, transpose_a, conjugate_a: conjugate_a && transpose_a, unit_diagonal };
        let x = a.triangular_solve(column, op);
        if vector { x.reshape(&b.shape()) } else { x }
    };
    /// The tridiagonal form of Hermitian matrices, with the reflections beside it: matrix, diagonal, numbers beside it, factors.
    fn tridiagonal(a: ArrayLike, lower: bool) [a, *, lower = true] |py| {
        let (a, d, e, taus) = matrices(py, "tridiagonal", &a).tridiagonal(lower);
        Out::Tuple(vec![a, d, e, taus])
    };
    /// The solution of equations with tridiagonal matrices.
    fn tridiagonal_solve(dl: ArrayLike, d: ArrayLike, du: ArrayLike, b: ArrayLike, perturb_singular: Option<Flag>) [dl, d, du, b, *, perturb_singular = None] |py| {
        let _ = perturb_singular;
        let [dl, d, du] = several(py, "tridiagonal_solve", [&dl, &d, &du], Kinds::INEXACT);
        solve_tridiagonal(dl, d, du, matrices(py, "tridiagonal_solve", &b))
    };
}
/// An option that can only be off.
pub struct Flag;
impl<'a, 'py> pyo3::FromPyObject<'a, 'py> for Flag {
    type Error = PyErr;
    fn extract(object: pyo3::Borrowed<'a, 'py, PyAny>) -> PyResult<Flag> {
        if object.extract::<bool>().is_ok_and(|on| !on) {
            return Ok(Flag);
        }
        Absent::extract(object).map(|_| Flag)
    }
}
