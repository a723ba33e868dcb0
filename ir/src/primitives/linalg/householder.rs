//! Householder reflections, in LAPACK's convention: `H = I − τ v vᴴ` with `v₀ = 1`.

use super::matrix::{Matrix, norm};
use num_complex::Complex64;

/// `(β, τ)` with `Hᴴ x = β e₀`, β real; `x` becomes `v`. As LAPACK's `larfg`: β has the sign opposite to that of `x₀`, and τ is 0 where
/// `x` is already of that form.
pub(super) fn reflector(x: &mut [Complex64]) -> (Complex64, Complex64) {
    let Some(&alpha) = x.first() else { return (Complex64::ZERO, Complex64::ZERO) };
    if norm(&x[1..]) == 0.0 && alpha.im == 0.0 {
        x[0] = Complex64::ONE;
        return (alpha, Complex64::ZERO);
    }
    let beta = -norm(x).copysign(alpha.re);
    for z in &mut x[1..] {
        *z /= alpha - beta;
    }
    x[0] = Complex64::ONE;
    (beta.into(), (Complex64::from(beta) - alpha) / beta)
}
/// `a ← (I − τ v vᴴ) a`, on the rows from `row` and the columns from `column` on.
pub(super) fn apply_left(a: &mut Matrix, v: &[Complex64], tau: Complex64, row: usize, column: usize) {
    for j in column..a.columns {
        let dot = v.iter().enumerate().fold(Complex64::ZERO, |s, (i, v)| s + v.conj() * a[(row + i, j)]);
        for (i, v) in v.iter().enumerate() {
            a[(row + i, j)] -= tau * v * dot;
        }
    }
}
/// `a ← a (I − τ v vᴴ)`, on the columns from `column` on.
pub(super) fn apply_right(a: &mut Matrix, v: &[Complex64], tau: Complex64, column: usize) {
    for i in 0..a.rows {
        let dot = v.iter().enumerate().fold(Complex64::ZERO, |s, (j, v)| s + a[(i, column + j)] * v);
        for (j, v) in v.iter().enumerate() {
            a[(i, column + j)] -= tau * dot * v.conj();
        }
    }
}
/// The QR decomposition as LAPACK's `geqrf` leaves it: R in the upper triangle, the `v`s below, and the τs.
pub(super) fn factor(a: &Matrix) -> (Matrix, Vec<Complex64>) {
    let (mut a, mut taus) = (a.clone(), vec![]);
    for k in 0..a.rows.min(a.columns) {
        let mut v = a.below(k, k);
        let (beta, tau) = reflector(&mut v);
        apply_left(&mut a, &v, tau.conj(), k, k + 1);
        store(&mut a, k, k, beta, &v);
        taus.push(tau);
    }
    (a, taus)
}
/// The order in which LAPACK's `geqp3` takes columns: each time the longest of what the reflections so far leave of them.
pub(super) fn column_pivots(a: &Matrix) -> Vec<usize> {
    let (mut a, mut order) = (a.clone(), (0..a.columns).collect::<Vec<_>>());
    for k in 0..a.rows.min(a.columns) {
        let length = |a: &Matrix, j: usize| norm(&a.below(k, j));
        let longest = (k + 1..a.columns).fold(k, |best, j| if length(&a, j) > length(&a, best) { j } else { best });
        for i in 0..a.rows {
            a.items.swap(i * a.columns + k, i * a.columns + longest);
        }
        order.swap(k, longest);
        let mut v = a.below(k, k);
        let (_, tau) = reflector(&mut v);
        apply_left(&mut a, &v, tau.conj(), k, k + 1);
    }
    order
}
/// Writes β and the rest of `v` into a column.
pub(super) fn store(a: &mut Matrix, row: usize, column: usize, beta: Complex64, v: &[Complex64]) {
    if let Some((_, rest)) = v.split_first() {
        a[(row, column)] = beta;
        for (i, z) in rest.iter().enumerate() {
            a[(row + 1 + i, column)] = *z;
        }
    }
}
/// The first columns of `H₀ H₁ …`, whose `v`s stand below the diagonal of `a`: LAPACK's `orgqr`.
pub(super) fn product(a: &Matrix, taus: &[Complex64], columns: usize) -> Matrix {
    let mut q = Matrix::from_fn(a.rows, columns, |i, j| Complex64::from(f64::from(u8::from(i == j))));
    for (k, tau) in taus.iter().enumerate().rev() {
        let mut v = a.below(k, k);
        v[0] = Complex64::ONE;
        apply_left(&mut q, &v, *tau, k, 0);
    }
    q
}
/// The Hessenberg form as LAPACK's `gehrd` leaves it: `Qᴴ A Q` in the upper triangle and the diagonal below, the `v`s below that, and
/// the τs.
pub(super) fn hessenberg(a: &Matrix) -> (Matrix, Vec<Complex64>) {
    let (mut a, mut taus) = (a.clone(), vec![]);
    for k in 0..a.rows.saturating_sub(1) {
        let mut v = a.below(k + 1, k);
        let (beta, tau) = reflector(&mut v);
        apply_right(&mut a, &v, tau, k + 1);
        apply_left(&mut a, &v, tau.conj(), k + 1, k + 1);
        store(&mut a, k + 1, k, beta, &v);
        taus.push(tau);
    }
    (a, taus)
}
/// The unitary matrix of [`hessenberg`].
pub(super) fn hessenberg_vectors(a: &Matrix, taus: &[Complex64]) -> Matrix {
    let mut q = Matrix::identity(a.rows);
    for (k, tau) in taus.iter().enumerate().rev() {
        let mut v = a.below(k + 1, k);
        v[0] = Complex64::ONE;
        apply_left(&mut q, &v, *tau, k + 1, 0);
    }
    q
}
