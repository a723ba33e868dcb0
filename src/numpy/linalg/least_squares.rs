//! Pseudoinverses, ranks, and solutions by least squares, all by singular values.

use super::{
    super::promotion::{Arg, inexact, promote_dtypes_inexact},
    adjoint, dimensions, matrices, product, squares, svd,
};
use crate::numpy::{finfo, where_, zeros};
use raxla_ir::{DType, Tracer, trace::constant, trace::fail};
use raxla_transforms::custom_jvp;

/// Moore and Penrose's pseudoinverses `[…, n, m]` of matrices `[…, m, n]`. Singular values up to `rtol` (a number, or one for each matrix) times the
/// greatest count as 0; by default it is 10 times the greater dimension times the distance from 1 to the next float. With `hermitian` the
/// matrices are taken to be Hermitian, and decomposed by their eigenvalues.
///
/// Derivatives are those of Golub and Pereyra, *The differentiation of pseudo-inverses and nonlinear least squares problems whose variables
/// separate* (1973), to the second order; they hold while the rank stays, and need no distinct singular values.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::linalg::pinv(constant(Literal::new(&[3, 2], &[2.0f32, 0.0, 0.0, 4.0, 0.0, 0.0])), None, false));
/// assert_eq!(got, "[[0.5, 0.0, 0.0], [0.0, 0.25, 0.0]]");
/// ```
#[track_caller]
pub fn pinv(a: impl Into<Arg>, rtol: Option<Arg>, hermitian: bool) -> Tracer {
    let a = if hermitian { squares("pinv", a) } else { matrices("pinv", a) };
    let ((m, n), shape, real) = (dimensions(a), a.shape(), a.dtype().real());
    if m * n == 0 {
        return zeros(&[&shape[..shape.len() - 2], &[n, m]].concat(), a.dtype());
    }
    let standard = 10.0 * m.max(n) as f64 * finfo(real).eps;
    let rtol = rtol.unwrap_or(Arg::Float(standard)).in_dtype(real, false).stop_gradient();
    pseudoinverse(a, rtol, hermitian, 2)
}
/// The pseudoinverse, whose derivatives up to the order `orders` are those of its equation, and further ones those of its decomposition.
#[track_caller]
fn pseudoinverse(a: Tracer, rtol: Tracer, hermitian: bool, orders: usize) -> Tracer {
    let plain = move |a: Tracer| by_singular_values(a, rtol, hermitian);
    if orders == 0 {
        return plain(a);
    }
    custom_jvp(plain, move |(a,): (Tracer,), (t,): (Tracer,)| {
        let p = pseudoinverse(a, rtol, hermitian, orders - 1);
        let symmetrized = |x: Tracer| if hermitian { (x + adjoint(x)) * 0.5 } else { x };
        let (a, t) = (symmetrized(a), symmetrized(t));
        // dP = −P dA P + P Pᴴ dAᴴ (1 − A P) + (1 − P A) dAᴴ Pᴴ P, with the products of least size first.
        let (ph, th) = (adjoint(p), adjoint(t));
        let (m, n) = dimensions(a);
        let (from_left, from_right, through) = match m >= n {
            true => (product(product(p, ph), th), product(product(th, ph), p), product(product(p, t), p)),
            false => (product(p, product(ph, th)), product(th, product(ph, p)), product(p, product(t, p))),
        };
        let change = match m >= n {
            true => -product(product(from_left, a), p) - product(product(p, a), from_right),
            false => -product(from_left, product(a, p)) - product(p, product(a, from_right)),
        };
        (p, change + from_left + from_right - through)
    })(a)
}
#[track_caller]
fn by_singular_values(a: Tracer, rtol: Tracer, hermitian: bool) -> Tracer {
    let (u, s, vh) = svd(a, false, hermitian);
    let rtol = if rtol.rank() == 0 { rtol } else { rtol.expand_dims(-1) };
    let least = rtol * s.slice_axis(-1, 0, 1);
    let s = s.greater(least).select(s, s.full_like(f64::INFINITY)).astype(u.dtype());
    product(adjoint(vh), adjoint(u) / s.expand_dims(-1))
}
/// How many singular values of each matrix are greater than `tol`; by default that is the greatest of them times the greater dimension times the
/// distance from 1 to the next float. Of arrays of rank below 2 whether any element is not 0. With `hermitian` singular values come of eigenvalues.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::matrix_rank(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 2.0, 4.0])), None, false)), "1");
/// ```
#[track_caller]
pub fn matrix_rank(a: impl Into<Arg>, tol: Option<Arg>, hermitian: bool) -> Tracer {
    let a = inexact("matrix_rank", a);
    if a.rank() < 2 {
        return a.not_equal(0.0).any().astype(DType::I32);
    }
    let (m, n) = dimensions(a);
    let s = super::decompositions::singular_values(if hermitian { squares("matrix_rank", a) } else { a }, hermitian);
    let tol = match tol {
        Some(tol) => {
            let tol = tol.in_dtype(s.dtype(), false);
            if tol.rank() == 0 { tol } else { tol.expand_dims(-1) }
        }
        // The first is the greatest.
        None => s.slice_axis(-1, 0, m.min(n).min(1)) * (m.max(n) as f64 * finfo(s.dtype()).eps),
    };
    crate::numpy::sum(s.greater(tol), -1)
}
/// X of the least norm that makes the norm of `b - a X` least, for a matrix `a` of `m × n` and a vector `b` of `m` or a matrix of `m` rows. Singular
/// values below `rcond` times the greatest count as 0; by default that is the greater dimension times the distance from 1 to the next float,
/// which is also what a negative one means (times 1).
///
/// Returns `(x, residuals, rank, s)`: the squared norms of the columns of `b - a X`, of any rank (NumPy's are empty for some), the rank of `a`,
/// and its singular values. Derivatives are those of [`pinv`].
///
/// ```
/// use raxla::{numpy::linalg, prelude::*};
/// let f = jit(|a: Tracer, b: Tracer| linalg::lstsq(a, b, None).0);
/// let x = f(Array::new(&[3, 1], &[1.0f32, 1.0, 1.0]), Array::from(vec![1.0f32, 2.0, 6.0]));
/// assert!((x.item::<f32>()? - 3.0).abs() < 1e-5);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn lstsq(a: impl Into<Arg>, b: impl Into<Arg>, rcond: impl Into<Option<f64>>) -> (Tracer, Tracer, Tracer, Tracer) {
    let [a, b] = promote_dtypes_inexact("lstsq", [a.into(), b.into()]);
    least_squares(a, b, rcond.into())
}
#[track_caller]
fn least_squares(a: Tracer, b: Tracer, rcond: Option<f64>) -> (Tracer, Tracer, Tracer, Tracer) {
    let fits = a.rank() == 2 && (1..=2).contains(&b.rank()) && a.shape()[0] == b.shape()[0];
    if !fits {
        fail(format!(
            "lstsq: takes a matrix and a vector or matrix of as many rows, got {} and {}",
            a.aval(),
            b.aval()
        ));
    }
    let ((m, n), real) = (dimensions(a), a.dtype().real());
    let columns = if b.rank() == 1 { b.expand_dims(1) } else { b };
    let eps = finfo(real).eps;
    let rcond = rcond.map_or(eps * m.max(n) as f64, |r| if r < 0.0 { eps } else { r });
    let (x, s) = match m * n {
        0 => (zeros(&[n, columns.shape()[1]], a.dtype()), zeros(&[0], real)),
        _ => custom_jvp(
            move |a: Tracer, b: Tracer| solution(a, b, rcond),
            move |(a, b): (Tracer, Tracer), (da, db): (Tracer, Tracer)| derivative([a, b], [da, db], rcond),
        )(a, columns),
    };
    let rank = match m * n {
        0 => constant(0i32).astype(DType::default_int()),
        _ => crate::numpy::sum(counted(s, rcond), ()),
    };
    let rest = columns - product(a, x);
    let squares = if rest.dtype().is_complex() { (rest * rest.conj()).real() } else { rest.square() };
    (if b.rank() == 1 { x.ravel() } else { x }, squares.sum_axes(0), rank, s)
}
/// Which singular values count.
#[track_caller]
fn counted(s: Tracer, rcond: f64) -> Tracer {
    s.greater(0.0) & s.greater_equal(s.slice_axis(0, 0, 1) * rcond)
}
#[track_caller]
fn solution(a: Tracer, b: Tracer, rcond: f64) -> (Tracer, Tracer) {
    let (u, s, vh) = a.svd(false);
    let counts = counted(s, rcond);
    let inverse = where_(counts, s.full_like(1.0) / counts.select(s, 1.0), 0.0).astype(a.dtype());
    (product(adjoint(vh), inverse.expand_dims(1) * product(adjoint(u), b)), s)
}
/// Of `X = P b` with the pseudoinverse P: `P (db − dA X) + P Pᴴ dAᴴ (b − A X) + (1 − P A) dAᴴ Pᴴ X`; and of the singular values
/// `Re diag(uᴴ dA v)`.
#[track_caller]
fn derivative([a, b]: [Tracer; 2], [da, db]: [Tracer; 2], rcond: f64) -> ((Tracer, Tracer), (Tracer, Tracer)) {
    let p = pseudoinverse(a, Arg::Float(rcond).in_dtype(a.dtype().real(), false), false, 1);
    let (u, s, vh) = a.svd(false);
    let (x, ph, dah) = (product(p, b), adjoint(p), adjoint(da));
    let beyond = product(dah, product(ph, x));
    let change = product(p, db - product(da, x) + product(ph, product(dah, b - product(a, x))));
    let ds = crate::numpy::real(crate::numpy::conj(u) * product(da, adjoint(vh))).sum_axes(0);
    // Of independent columns nothing lies beyond. Then what rounding leaves of the projection is a few units times the condition number; what it
    // leaves of that, times its square.
    let outside = |t: Tracer| t - product(p, product(a, t));
    ((x, s), (change + outside(outside(beyond)), ds))
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_linalg_least_squares:
        "jnp.linalg.pinv(a)", "f32(4, 3)" => fn(a) pinv(a, None, false);
        "jnp.linalg.pinv(a)", "f32(2, 2, 4)" => fn(a) pinv(a, None, false);
        "jnp.linalg.pinv(a)", "c64(3, 2)" => fn(a) pinv(a, None, false);
        "jnp.linalg.pinv(a)", "i32(3, 2)" => fn(a) pinv(a, None, false);
        "jnp.linalg.pinv(a, rtol=0.5)", "f32(3, 3)" => fn(a) pinv(a, Some(0.5.into()), false);
        "jnp.linalg.pinv(a, rtol=jnp.array([0.5, 0.01]))", "f32(2, 3, 3)"
            => fn(a) pinv(a, Some(raxla_ir::Literal::from(vec![0.5f32, 0.01]).into()), false);
        "jnp.linalg.pinv(a, hermitian=True)", "f32(3, 3)" => fn(a) pinv(a, None, true);
        "jnp.linalg.pinv(jnp.eye(3)[:, :2] + 0 * a)", "f32(3, 2)" => fn(a) pinv(crate::numpy::eye(3, 2, 0, None) + a * 0.0, None, false);
        "jnp.linalg.pinv(a)", "f32(0, 3)" => fn(a) pinv(a, None, false);
        "jnp.linalg.matrix_rank(a)", "f32(4, 3)" => fn(a) matrix_rank(a, None, false);
        "jnp.linalg.matrix_rank(a)", "values([[1, 2], [2, 4]], 'f4')" => fn(a) matrix_rank(a, None, false);
        "jnp.linalg.matrix_rank(a, 1.5)", "c64(2, 4, 3)" => fn(a) matrix_rank(a, Some(1.5.into()), false);
        "jnp.linalg.matrix_rank(a, hermitian=True)", "f32(3, 3)" => fn(a) matrix_rank(a, None, true);
        "jnp.linalg.matrix_rank(a)", "i32(3)" => fn(a) matrix_rank(a, None, false);
        "jnp.linalg.lstsq(a, b)", "f32(4, 3), f32(4)" => fn(a, b) lstsq(a, b, None);
        "jnp.linalg.lstsq(a, b)", "f32(4, 3), f32(4, 2)" => fn(a, b) lstsq(a, b, None);
        // JAX's gradient of a residual that is 0 but for rounding is noise.
        "jnp.linalg.lstsq(a, b)[0]", "f32(3, 4), f32(3, 2)" => fn(a, b) lstsq(a, b, None).0;
        "jnp.linalg.lstsq(a, b)", "c64(4, 2), c64(4)" => fn(a, b) lstsq(a, b, None);
        "jnp.linalg.lstsq(a, b, rcond=0.6)", "f32(4, 3), f32(4)", values => fn(a, b) lstsq(a, b, 0.6);
        "jnp.linalg.lstsq(a, b, rcond=-1.0)", "f32(4, 3), i32(4)" => fn(a, b) lstsq(a, b, -1.0);
        "jnp.linalg.lstsq(a, b)", "f32(3, 0), f32(3, 2)" => fn(a, b) lstsq(a, b, None);
        // JAX's own lstsq has gradients that are NaN where singular values are equal, and none of what a lower rank leaves out.
        "jnp.linalg.pinv(jnp.eye(3)[:, :2] + 0 * a) @ b", "f32(3, 2), f32(3)" => fn(a, b) lstsq(crate::numpy::eye(3, 2, 0, None) + a * 0.0, b, None).0;
    }
    #[test]
    fn the_second_derivative_of_the_pseudoinverse_needs_no_distinct_singular_values() {
        use raxla_ir::{Literal, eval::eval, trace::trace};
        // The pseudoinverse of 2·1 + x e₁e₂ᵀ has −x/4 in one corner; of 2·1 + x·1, 1/(2 + x).
        let f = |direction: [f64; 4], x: f64| {
            let x = Literal::scalar(x);
            let program = trace(&[x.aval().clone()], |x| {
                let entry = move |x: Tracer| {
                    let along = constant(Literal::new(&[2, 2], &direction));
                    let a = crate::numpy::identity(2, DType::F64) * 2.0 + along * x;
                    (pinv(a, None, false) * along).sum()
                };
                vec![entry(x[0]), crate::grad(entry)(x[0]), crate::grad(crate::grad(entry))(x[0])]
            });
            eval(&program.program, &[x]).expect("derivatives").iter().map(|l| l.floats()[0]).collect::<Vec<_>>()
        };
        let near =
            |got: Vec<f64>, want: [f64; 3]| assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-9), "{got:?}");
        near(f([1.0, 0.0, 0.0, 1.0], 0.0), [1.0, -0.5, 0.5]);
        near(f([1.0, 0.0, 0.0, -1.0], 0.0), [0.0, -0.5, 0.0]);
        near(f([0.0, 1.0, 1.0, 0.0], 0.0), [0.0, -0.5, 0.0]);
        near(f([0.0, 1.0, 0.0, 0.0], 0.0), [0.0, -0.25, 0.0]);
    }
}
