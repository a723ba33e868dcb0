//! The gamma and beta functions, their logarithms, derivatives and incomplete forms, and what counts with them.

use super::of_floats;
use crate::numpy::{self as np, Arg};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer, primitives::regularized_incomplete_beta, trace::constant, trace::fail,
};
use std::f64::consts::{PI, TAU};

of_floats! {
    /// The logarithm of `|Γ(x)|`; `∞` at the poles.
    gammaln = |x| x.lgamma();
    /// The sign of `Γ(x)`, 1 or -1; that of -0 is -1. NaN at the negative whole numbers.
    gammasgn = |x| sign(x);
    /// The logarithm of `Γ(x)` for positive `x`; NaN for others.
    loggamma = |x| {
        let positive = x.greater(0.0);
        positive.select(positive.select(x, x.full_like(1.0)).lgamma(), x.full_like(f64::NAN))
    };
    /// `Γ(x)`; NaN at the negative whole numbers.
    gamma = |x| sign(x) * x.lgamma().exp();
    /// The logarithm of `|B(a, b)|`, accurate where one of `a` and `b`, or both, are large.
    betaln = |a, b| log_beta(a, b);
    /// The beta function `Γ(a) Γ(b) / Γ(a + b)`.
    beta = |a, b| sign(a) * sign(b) * sign(a + b) * log_beta(a, b).exp();
    /// The regularized incomplete beta function, `∫₀ˣ tᵃ⁻¹ (1 - t)ᵇ⁻¹ dt / B(a, b)`.
    betainc = |a, b, x| regularized_incomplete_beta::betainc(a, b, x);
    /// The derivative of [`gammaln`].
    digamma = |x| x.digamma();
    /// The regularized lower incomplete gamma function, `∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt / Γ(a)`.
    gammainc = |a, x| a.igamma(x);
    /// The regularized upper incomplete gamma function, one minus [`gammainc`].
    gammaincc = |a, x| a.igammac(x);
    /// `n! = Γ(n + 1)`; 0 of negative numbers.
    factorial = |n| {
        let negative = n.less(0.0);
        negative.select(n.full_like(0.0), (negative.select(n.full_like(0.0), n) + 1.0).lgamma().exp())
    };
    /// The rising factorial `Γ(z + m) / Γ(z)`; 1 where `m` is 0.
    poch = |z, m| {
        // Where m is 0, the quotient is 1 of itself, and has the derivative Ψ(z) in m, unless z is a pole.
        let pole = z.less_equal(0.0) & z.equal(z.floor());
        let value = sign(z + m) * sign(z) * ((z + m).lgamma() - z.lgamma()).exp();
        (m.equal(0.0) & pole).select(z.full_like(1.0), value)
    };
    /// Hurwitz' zeta function, `Σ (q + k)⁻ˣ` over `k` from 0. It has no derivative in `x`.
    zeta = |x, q| x.zeta(q);
}
/// The sign of `Γ(x)`.
#[track_caller]
fn sign(x: Tracer) -> Tracer {
    let (negative, floor) = (x.less(0.0), x.floor());
    let undefined = negative & x.equal(floor) | np::isnan(x);
    let below_zero = x.equal(0.0) & x.full_like(1.0).divide(x).less(0.0);
    let turned = negative & floor.remainder(2.0).not_equal(0.0) | below_zero;
    let one = turned.select(x.full_like(-1.0), x.full_like(1.0));
    undefined.select(x.full_like(f64::NAN), one)
}
/// `Δ(z) = ln Γ(z) - (z - ½) ln z + z - ½ ln 2π`, the remainder of Stirling's formula, for `z` from 10 on.
#[track_caller]
fn stirling_remainder(z: Tracer) -> Tracer {
    let terms = [-691.0 / 360360.0, 1.0 / 1188.0, -1.0 / 1680.0, 1.0 / 1260.0, -1.0 / 360.0, 1.0 / 12.0];
    super::polynomial::polynomial((z * z).full_like(1.0) / (z * z), &terms) / z
}
/// The sum of logarithms, which for large arguments nearly cancel, is by Stirling's formula taken apart first.
#[track_caller]
fn log_beta(a: Tracer, b: Tracer) -> Tracer {
    super::widened([a, b], |[a, b]| {
        let (low, high) = (a.minimum(b), a.maximum(b));
        let large = low.greater(0.0) & high.greater_equal(10.0);
        let plain = low.lgamma() + (high.lgamma() - (low + high).lgamma());
        let q = large.select(high, high.full_like(10.0));
        let p = large.select(low, low.full_like(1.0));
        let both = p.greater_equal(10.0);
        let sum = p + q;
        let apart = stirling_remainder(q) - stirling_remainder(sum);
        let one = p.lgamma() - (q - 0.5) * (p / q).log1p() - p * sum.log() + p + apart;
        let wide = both.select(p, p.full_like(10.0));
        let two = (p - 0.5) * (p / sum).log() - q * (p / q).log1p() - q.log() * 0.5
            + (stirling_remainder(wide) + apart)
            + 0.5 * TAU.ln();
        large.select(both.select(two, one), plain)
    })
}
/// The number of ways to choose `k` of `n` things, with `repetition` or without; 0 where there is none.
#[track_caller]
pub fn comb(n: impl Into<Arg>, k: impl Into<Arg>, repetition: bool) -> Tracer {
    let [n, k] = super::floats("comb", [n.into(), k.into()]);
    let one = n.full_like(1.0);
    let choose = |n: Tracer, k: Tracer| {
        let possible = k.less_equal(n) & n.greater_equal(0.0) & k.greater_equal(0.0);
        let (n, k) = (possible.select(n, n.full_like(0.0)), possible.select(k, k.full_like(0.0)));
        let log = (n + 1.0).lgamma() - (k + 1.0).lgamma() - (n + 1.0 - k).lgamma();
        possible.select(log.exp(), n.full_like(0.0))
    };
    if repetition {
        return (k.equal(0.0) & n.greater_equal(0.0)).select(one, choose(n + k - 1.0, k));
    }
    choose(n, k)
}
/// The logarithm of the multivariate gamma function of dimension `d`, `π^(d(d-1)/4) ∏ Γ(a - j/2)` over `j` from 0 to `d - 1`.
#[track_caller]
pub fn multigammaln(a: impl Into<Arg>, d: usize) -> Tracer {
    let [a] = super::floats("multigammaln", [a.into()]);
    let halves = (0..d).map(|j| j as f64 / 2.0);
    let halves = constant(Literal::from_floats(ShapedArray::new(&[d], a.dtype()), halves));
    let n = d as f64;
    (a.expand_dims(-1) - halves).lgamma().sum_axes(-1) + 0.25 * n * (n - 1.0) * PI.ln()
}
/// The derivative of order `n` of [`digamma`].
///
/// # Panics
/// If `n` holds no integers.
#[track_caller]
pub fn polygamma(n: impl Into<Arg>, x: impl Into<Arg>) -> Tracer {
    let n = n.into();
    if !n.aval().dtype.is_integer() {
        fail(format!("polygamma: the order must be integers, got {}", n.aval()));
    }
    let [n, x] = super::floats("polygamma", [n, x.into()]);
    n.polygamma(x)
}
/// Bernoulli's numbers from `B₀` to `Bₙ`, in the default float dtype, with `B₁ = -½`.
#[track_caller]
pub fn bernoulli(n: usize) -> Tracer {
    let aval = ShapedArray::new(&[n + 1], DType::default_float());
    constant(Literal::from_floats(aval, (0..=n).map(bernoulli_number)))
}
/// `B₂ₖ = (-1)ᵏ⁺¹ 2 (2k)! ζ(2k) / (2π)²ᵏ`.
pub(super) fn bernoulli_number(n: usize) -> f64 {
    match n {
        0 => 1.0,
        1 => -0.5,
        2 => 1.0 / 6.0,
        n if n % 2 == 1 => 0.0,
        n => {
            let zeta: f64 = 1.0 + (2..50).rev().map(|k| f64::from(k).powi(-(n as i32))).sum::<f64>();
            let size = (1..=n).map(|k| k as f64 / TAU).product::<f64>() * 2.0 * zeta;
            if n % 4 == 0 { -size } else { size }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { special_gamma:
        "jsp.special.gammaln(a)", "f32(6, low=0.1, high=9)" => fn(a) gammaln(a);
        "jsp.special.gammaln(a)", "i32(6, low=1)" => fn(a) gammaln(a);
        "jsp.special.gammaln(a)", "bf16(6, low=0.1, high=9)" => fn(a) gammaln(a);
        "jsp.special.gammasgn(a)", "values([-2.5, -1.5, -2.0, -0.0, 0.0, 3.0, nan, inf, -inf], 'f4')", values => fn(a) gammasgn(a);
        "jsp.special.loggamma(a)", "f32(6, low=0.1, high=9)" => fn(a) loggamma(a);
        "jsp.special.gamma(a)", "f32(6, low=-2.9, high=5)" => fn(a) gamma(a);
        "jsp.special.gamma(a)", "values([-1.0, 0.0, -0.0, inf, nan, 1.0], 'f4')", values => fn(a) gamma(a);
        "jsp.special.betaln(a, b)", "f32(3, 1, low=0.1, high=30), f32(4, low=0.1, high=30)" => fn(a, b) betaln(a, b);
        "jsp.special.betaln(a, b)", "f32(5, low=0.1, high=30), f32(5, low=10, high=300)", x64 => fn(a, b) betaln(a, b);
        "jsp.special.beta(a, b)", "f32(5, low=0.1, high=3), f32(5, low=0.1, high=3)" => fn(a, b) beta(a, b);
        "jsp.special.betainc(a, b, c)", "f32(5, low=0.3, high=3), f32(5, low=0.3, high=3), f32(5, low=0, high=1)" => fn(a, b, c) betainc(a, b, c);
        "jsp.special.digamma(a)", "f32(5, low=0.3, high=4)" => fn(a) digamma(a);
        "jsp.special.gammainc(a, b)", "f32(5, low=0.3, high=3), f32(5, low=0.1, high=4)" => fn(a, b) gammainc(a, b);
        "jsp.special.gammaincc(a, b)", "f32(5, low=0.3, high=3), f32(5, low=0.1, high=4)" => fn(a, b) gammaincc(a, b);
        "jsp.special.factorial(a)", "i32(5, low=-2, high=6)" => fn(a) factorial(a);
        "jsp.special.factorial(a)", "f32(5, low=0, high=5)" => fn(a) factorial(a);
        "jsp.special.poch(a, b)", "f32(5, low=0.5, high=3), f32(5, low=0.3, high=3)" => fn(a, b) poch(a, b);
        // The primitive has no derivative in x.
        "jsp.special.zeta(a, b)", "f32(5, low=1.5, high=5), f32(5, low=0.5, high=3)", values => fn(a, b) zeta(a, b);
        "jsp.special.comb(a, b)", "i32(8, low=0, high=7), i32(8, low=-1, high=6)" => fn(a, b) comb(a, b, false);
        "jsp.special.comb(a, b, repetition=True)", "f32(5, low=2, high=7), i32(5, low=0, high=4)" => fn(a, b) comb(a, b, true);
        "jsp.special.multigammaln(a, 3)", "f32(2, 3, low=1.5, high=7)" => fn(a) multigammaln(a, 3);
        "jsp.special.polygamma(2, a)", "f32(5, low=0.5, high=4)" => fn(a) polygamma(2, a);
        "jsp.special.polygamma(a, b)", "i32(5, low=0, high=4), f32(5, low=0.5, high=4)", values => fn(a, b) polygamma(a, b);
        "jsp.special.bernoulli(12)", "" => fn() bernoulli(12);
        "jsp.special.bernoulli(1)", "" => fn() bernoulli(1);
    }
}
