//! The exponential of matrices, and the polar decomposition.

use crate::numpy::{
    identity, ldexp,
    linalg::{self, adjoint, dimensions, matrices, norm, product, squares},
    promotion::Arg,
};
use raxla_ir::{DType, Tracer, primitives::iota::iota};
use raxla_transforms::{cond, custom_jvp, jvp, scan};

use super::{Side, Transposition, solve_triangular};
use std::f64::consts::LN_2;

/// What [`expm_with`] may be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expm {
    /// Whether the matrix is upper triangular.
    pub upper_triangular: bool,
    /// How often the matrix is halved at most; of one that is still too large the exponential is NaN.
    pub max_squarings: usize,
}
impl Default for Expm {
    fn default() -> Expm {
        Expm { upper_triangular: false, max_squarings: 16 }
    }
}
/// The exponential `1 + a + a²/2 + …` of square matrices `[…, n, n]`.
///
/// By the method of Higham, *The scaling and squaring method for the matrix exponential revisited* (2005): the matrix is halved until its 1-norm is
/// small, and the quotient of two polynomials, of degree 13, or 7 in 32 bits, is squared as often.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// assert_eq!(show(|| linalg::expm(constant(Literal::new(&[2, 2], &[0.0f32, 1.0, 0.0, 0.0])))), "[[1.0, 1.0], [0.0, 1.0]]");
/// ```
#[track_caller]
pub fn expm(a: impl Into<Arg>) -> Tracer {
    expm_with(a, Expm::default())
}
/// [`expm`] with options.
///
/// ```
/// # use raxla::{Literal, constant, linalg, linalg::Expm, show};
/// let got = show(|| linalg::expm_with(constant(Literal::new(&[2, 2], &[0.0f32, 1.0, 0.0, 0.0])), Expm { max_squarings: 3, ..Expm::default() }));
/// assert_eq!(got, "[[1.0, 1.0], [0.0, 1.0]]");
/// ```
#[track_caller]
pub fn expm_with(a: impl Into<Arg>, how: Expm) -> Tracer {
    let a = squares("expm", a);
    let wide = a.dtype().real() == DType::F64;
    let bound = if wide { 5.371920351148152 } else { 3.92572478313866 };
    // Constants of differentiation, for they change in steps.
    let size = norm(a, 1, [-2, -1]).stop_gradient();
    let halvings = ((size / bound).log() / LN_2).ceil().maximum(0.0);
    let scaled = a * ldexp(halvings.full_like(1.0), -halvings.astype(DType::I32))
        .expand_dims(-1)
        .expand_dims(-1)
        .astype(a.dtype());
    let (odd, even) = if wide { degree_13(scaled) } else { degree_7(scaled) };
    let (numerator, denominator) = (even + odd, even - odd);
    let quotient = match how.upper_triangular {
        true => solve_triangular(denominator, numerator, Transposition::None, false, false),
        false => linalg::solve(denominator, numerator),
    };
    let single = a.rank() == 2;
    let square = |r: Tracer, i: Tracer| {
        let more = i.less(halvings);
        let squared = |r: Tracer| {
            let s = product(r, r);
            if single { s } else { more.expand_dims(-1).expand_dims(-1).select(s, r) }
        };
        (cond(more.any(), squared, |r: Tracer| r, (r,)), Vec::<Tracer>::new())
    };
    let steps = iota(halvings.dtype(), &[how.max_squarings], 0);
    let result = scan(square, quotient, steps).0;
    let bounded = halvings.less_equal(how.max_squarings as f64).expand_dims(-1).expand_dims(-1);
    bounded.select(result, result.full_like(f64::NAN))
}
/// The odd and the even part of Padé's numerator of degree 7.
#[track_caller]
fn degree_7(a: Tracer) -> (Tracer, Tracer) {
    let powers = even_powers(a);
    let even = combined(powers, [17297280.0, 1995840.0, 25200.0, 56.0]);
    (product(a, combined(powers, [8648640.0, 277200.0, 1512.0, 1.0])), even)
}
/// The same of degree 13.
#[track_caller]
fn degree_13(a: Tracer) -> (Tracer, Tracer) {
    let powers = even_powers(a);
    let high = |factors: [f64; 3]| {
        let [_, second, fourth, sixth] = powers;
        product(sixth, sixth * factors[2] + fourth * factors[1] + second * factors[0])
    };
    let even = high([1323241920.0, 960960.0, 182.0])
        + combined(powers, [64764752532480000.0, 7771770303897600.0, 129060195264000.0, 670442572800.0]);
    let odd = high([40840800.0, 16380.0, 1.0])
        + combined(powers, [32382376266240000.0, 1187353796428800.0, 10559470521600.0, 33522128640.0]);
    (product(a, odd), even)
}
/// `1`, `a²`, `a⁴` and `a⁶`.
#[track_caller]
fn even_powers(a: Tracer) -> [Tracer; 4] {
    let second = product(a, a);
    let fourth = product(second, second);
    [identity(dimensions(a).0, a.dtype()), second, fourth, product(fourth, second)]
}
#[track_caller]
fn combined([one, second, fourth, sixth]: [Tracer; 4], by: [f64; 4]) -> Tracer {
    sixth * by[3] + fourth * by[2] + second * by[1] + one * by[0]
}
/// [`expm`] of `a` and its derivative in the direction `e`, of the same shape.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// let got = show(|| linalg::expm_frechet(constant(Literal::new(&[2, 2], &[0.0f32, 0.0, 0.0, 0.0])), constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0]))));
/// assert_eq!(got, "[[1.0, 0.0], [0.0, 1.0]], [[1.0, 2.0], [3.0, 4.0]]");
/// ```
#[track_caller]
pub fn expm_frechet(a: impl Into<Arg>, e: impl Into<Arg>) -> (Tracer, Tracer) {
    let [a, e] = crate::numpy::promotion::promote_inexact("expm_frechet", [a.into(), e.into()]);
    jvp(|a: Tracer| expm(a), (a,), (e,))
}
/// The polar decomposition of matrices `[…, m, n]`: a matrix U of orthonormal columns or rows, the nearest to `a`, and a positive semidefinite P with
/// `a = U P` (`Right`) or `a = P U`.
///
/// By singular values; the derivative does not need them to be distinct, only none of them to be 0.
///
/// ```
/// # use raxla::{Literal, constant, linalg, linalg::Side, show};
/// let got = show(|| linalg::polar(constant(Literal::new(&[2, 2], &[2.0f32, 0.0, 0.0, -3.0])), Side::Right));
/// assert_eq!(got, "[[1.0, 0.0], [0.0, -1.0]], [[2.0, 0.0], [0.0, 3.0]]");
/// ```
#[track_caller]
pub fn polar(a: impl Into<Arg>, side: Side) -> (Tracer, Tracer) {
    let a = matrices("polar", a);
    let (m, n) = dimensions(a);
    let u = if m >= n { nearest(a) } else { adjoint(nearest(adjoint(a))) };
    (u, if side == Side::Right { product(adjoint(u), a) } else { product(a, adjoint(u)) })
}
/// The matrix of orthonormal columns that is nearest to one of no more columns than rows. With `a = w diag(s) vᴴ` and `K = wᴴ da v` its tangent is
/// `w Ω vᴴ + (da v − w K) diag(1 / s) vᴴ`, where `Ω_ij = (K − Kᴴ)_ij / (s_i + s_j)`.
#[track_caller]
fn nearest(a: Tracer) -> Tracer {
    let value = |a: Tracer| {
        let (w, _, vh) = a.svd(false);
        product(w, vh)
    };
    custom_jvp(value, |(a,): (Tracer,), (t,): (Tracer,)| {
        let (w, s, vh) = a.svd(false);
        let moved = product(t, adjoint(vh));
        let k = product(adjoint(w), moved);
        let sums = (s.expand_dims(-1) + s.expand_dims(-2)).astype(a.dtype());
        let beyond = (moved - product(w, k)) / s.astype(a.dtype()).expand_dims(-2);
        (product(w, vh), product(product(w, (k - adjoint(k)) / sums) + beyond, vh))
    })(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { linalg_functions:
        "jsp.linalg.expm(a)", "f32(3, 3, low=-0.3, high=0.3)" => fn(a) expm(a);
        "jsp.linalg.expm(a)", "f32(3, 3)" => fn(a) expm(a);
        "jsp.linalg.expm(4 * a)", "f32(3, 3)", within(20.0) => fn(a) expm(a * 4.0); // squared thrice
        "jsp.linalg.expm(a)", "f32(2, 3, 3)" => fn(a) expm(a);
        "jsp.linalg.expm(a)", "c64(3, 3)" => fn(a) expm(a);
        "jsp.linalg.expm(10 * a)", "f64(3, 3)", x64, within(20.0) => fn(a) expm(a * 10.0);
        "jsp.linalg.expm(a)", "i32(2, 2, low=0, high=2)" => fn(a) expm(a);
        "jsp.linalg.expm(jnp.triu(a), upper_triangular=True)", "f32(3, 3)"
            => fn(a) expm_with(crate::numpy::triu(a, 0), Expm { upper_triangular: true, ..Expm::default() });
        "jsp.linalg.expm(100 * a, max_squarings=3)", "f32(2, 2, low=1)", values => fn(a) expm_with(a * 100.0, Expm { max_squarings: 3, ..Expm::default() });
        "jsp.linalg.expm(0 * a)", "f32(2, 2)", values => fn(a) expm(a * 0.0);
        "jsp.linalg.expm_frechet(a, b)", "f32(3, 3), f32(3, 3)", within(3.0) => fn(a, b) expm_frechet(a, b); // derivatives of derivatives
        "jsp.linalg.polar(a)", "f32(4, 3)", within(4.0) => fn(a) polar(a, Side::Right); // JAX iterates
        "jsp.linalg.polar(a, method='svd')", "f32(3, 3)" => fn(a) polar(a, Side::Right);
        "jsp.linalg.polar(a, side='left', method='svd')", "c64(2, 3)" => fn(a) polar(a, Side::Left);
        "jsp.linalg.polar(a, side='right', method='svd')", "f32(2, 3)" => fn(a) polar(a, Side::Right);
    }
}
