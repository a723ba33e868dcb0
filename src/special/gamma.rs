//! The gamma and beta functions, their logarithms, derivatives and incomplete forms, and what counts with them.

use super::{complex_gamma, of_floats, polynomial::polynomial};
use crate::numpy::{self as np, Arg};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    primitives::{concatenate::concatenate, regularized_incomplete_beta},
    trace::{constant, fail},
};
use raxla_transforms::{custom_jvp, jvp, scan};
use std::f64::consts::{PI, TAU};

of_floats! {
    /// The logarithm of `|Γ(x)|`; `∞` at the poles.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::gammaln(constant(vec![0.5f32, 4.0]))), "[0.572, 1.792]");
    /// ```
    gammaln = |x| x.lgamma();
    /// The sign of `Γ(x)`, 1 or -1; that of -0 is -1. NaN at the negative whole numbers.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::gammasgn(constant(vec![-0.5f32, 4.0]))), "[-1.0, 1.0]");
    /// ```
    gammasgn = |x| sign(x);
    /// The logarithm of `|B(a, b)|`, accurate where one of `a` and `b`, or both, are large.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::betaln(constant(vec![1.0f32, 2.0]), 3.0)), "[-1.099, -2.485]");
    /// ```
    betaln = |a, b| log_beta(a, b);
    /// The beta function `Γ(a) Γ(b) / Γ(a + b)`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::beta(constant(vec![1.0f32, 2.0]), 3.0)), "[0.3333, 0.0833]");
    /// ```
    beta = |a, b| sign(a) * sign(b) * sign(a + b) * log_beta(a, b).exp();
    /// The regularized incomplete beta function, `∫₀ˣ tᵃ⁻¹ (1 - t)ᵇ⁻¹ dt / B(a, b)`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::betainc(1.0, 2.0, constant(vec![0.25f32]))), "[0.4375]");
    /// ```
    betainc = |a, b, x| regularized_incomplete_beta::betainc(a, b, x);
    /// The derivative of [`gammaln`].
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::digamma(constant(vec![1.0f32, 2.0]))), "[-0.5772, 0.4228]");
    /// ```
    digamma = |x| x.digamma();
    /// The regularized lower incomplete gamma function, `∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt / Γ(a)`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::gammainc(1.0, constant(vec![0.0f32, 1.0]))), "[0.0, 0.6321]");
    /// ```
    gammainc = |a, x| a.igamma(x);
    /// The regularized upper incomplete gamma function, one minus [`gammainc`].
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::gammaincc(1.0, constant(vec![0.0f32, 1.0]))), "[1.0, 0.368]");
    /// ```
    gammaincc = |a, x| a.igammac(x);
    /// `n! = Γ(n + 1)`; 0 of negative numbers.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::factorial(constant(vec![0, 5]))), "[1.0, 120.0]");
    /// ```
    factorial = |n| {
        let negative = n.less(0.0);
        negative.select(n.full_like(0.0), (negative.select(n.full_like(0.0), n) + 1.0).lgamma().exp())
    };
    /// The rising factorial `Γ(z + m) / Γ(z)`; 1 where `m` is 0.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::poch(constant(vec![1.0f32, 2.0]), 3.0)), "[6.0, 24.0]");
    /// ```
    poch = |z, m| {
        // Where m is 0, the quotient is 1 of itself, and has the derivative Ψ(z) in m, unless z is a pole.
        let pole = z.less_equal(0.0) & z.equal(z.floor());
        let value = sign(z + m) * sign(z) * ((z + m).lgamma() - z.lgamma()).exp();
        (m.equal(0.0) & pole).select(z.full_like(1.0), value)
    };
    /// Hurwitz' zeta function, `Σ (q + k)⁻ˣ` over `k` from 0.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::zeta(constant(vec![2.0f32, 4.0]), 1.0)), "[1.645, 1.082]");
    /// ```
    zeta = |x, q| hurwitz(x, q);
}
/// `Γ(x)`, of real and complex numbers; NaN at the poles, but `∞` with the sign of a zero.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::gamma(constant(vec![0.5f32, 4.0]))), "[1.772, 6.0]");
/// ```
#[track_caller]
pub fn gamma(x: impl Into<Arg>) -> Tracer {
    let x = np::promotion::inexact("gamma", x);
    if x.dtype().is_complex() { complex_gamma::gamma(x) } else { sign(x) * x.lgamma().exp() }
}
/// The logarithm of `Γ(x)` for positive `x`, NaN for other real numbers. Of complex numbers it is the branch that is real there, cut
/// along the negative real axis, and NaN at the poles.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::loggamma(constant(vec![0.5f32, 4.0]))), "[0.572, 1.792]");
/// ```
#[track_caller]
pub fn loggamma(x: impl Into<Arg>) -> Tracer {
    let x = np::promotion::inexact("loggamma", x);
    if x.dtype().is_complex() {
        return complex_gamma::loggamma(x);
    }
    let positive = x.greater(0.0);
    positive.select(positive.select(x, x.full_like(1.0)).lgamma(), x.full_like(f64::NAN))
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
/// `Δ(z) = ln Γ(z) - (z - ½) ln z + z - ½ ln 2π`, the remainder of Stirling's formula, of `z` and of `log = ln Γ(z)`: by its series in
/// `1/z²` from 10 on.
#[track_caller]
fn stirling_remainder(z: Tracer, log: Tracer) -> Tracer {
    let far = z.greater_equal(10.0);
    let y = far.select(z, z.full_like(10.0));
    let terms = [-691.0 / 360360.0, 1.0 / 1188.0, -1.0 / 1680.0, 1.0 / 1260.0, -1.0 / 360.0, 1.0 / 12.0];
    let series = polynomial(1f64 / (y * y), &terms) / y;
    far.select(series, log - (z - 0.5) * z.log() + z - 0.5 * TAU.ln())
}
/// The sum of the logarithms `ln Γ(a) + ln Γ(b) - ln Γ(a + b)`. Where one is large and they nearly cancel, Stirling's formula takes them
/// apart, with `p < q` for `a` and `b`: `Δ(p) + Δ(q) - Δ(p + q) + (p - ½) ln(p/(p + q)) - q ln(1 + p/q) - ½ ln q + ½ ln 2π`.
#[track_caller]
fn log_beta(a: Tracer, b: Tracer) -> Tracer {
    super::widened([a, b], |[a, b]| {
        let (low, high) = (a.minimum(b), a.maximum(b));
        let large = low.greater(0.0) & high.greater_equal(10.0);
        let three = concatenate(&[low, high, low + high].map(|x| x.expand_dims(0)), 0);
        let shape = [&[3][..], &vec![1; a.rank()]].concat();
        let signs = Literal::from_floats(ShapedArray::new(&shape, a.dtype()), [1.0, 1.0, -1.0]);
        let total = |x: Tracer| (x * constant(signs.clone())).sum_axes(0);
        let logs = three.lgamma();
        let (p, q) = (large.select(low, low.full_like(1.0)), large.select(high, high.full_like(10.0)));
        let safe = large.expand_dims(0).select(three, three.full_like(1.0));
        let apart = total(stirling_remainder(safe, logs)) + 0.5 * TAU.ln();
        let apart = apart + (p - 0.5) * (p / (p + q)).log() - q * (p / q).log1p() - q.log() * 0.5;
        large.select(apart, total(logs))
    })
}
/// The primitive, and its derivative in `s`: that of the sum of Euler and Maclaurin, `Σₖ (q + k)⁻ˢ` over `k` below N,
/// `+ a¹⁻ˢ/(s - 1) + a⁻ˢ (½ + Σₘ B₂ₘ/(2m)! s (s + 1) … (s + 2m - 2) a¹⁻²ᵐ)` where `a` is `q + N`.
#[track_caller]
fn hurwitz(s: Tracer, q: Tracer) -> Tracer {
    let sum = |s: Tracer, q: Tracer| {
        let n = if s.dtype() == DType::F64 { 16 } else { 8 };
        let numbers =
            |values: Vec<f64>| constant(Literal::from_floats(ShapedArray::new(&[values.len()], s.dtype()), values));
        let terms = (q.expand_dims(-1) + numbers((0..n).map(|k| k as f64).collect())).pow(-s.expand_dims(-1));
        let a = q + n as f64;
        let (inverse, zero) = (1f64 / a, s.full_like(0.0));
        let orders = (1..=n).rev().map(|m| 2.0 * m as f64);
        let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
        let weights = (1..=n).rev().map(|m| bernoulli_number(2 * m) / factorial(2 * m));
        let (orders, weights) = (numbers(orders.collect()), numbers(weights.collect()));
        let step = |rest: Tracer, (k, weight): (Tracer, Tracer)| {
            ((s + k - 1.0) * (s + k) * inverse * inverse * rest + weight, None::<Tracer>)
        };
        let (tail, _) = scan(step, zero, (orders, weights));
        terms.sum_axes(-1) + a.pow(1f64 - s) / (s - 1.0) + a.pow(-s) * (s * inverse * tail + 0.5)
    };
    let rule = move |(s, q): (Tracer, Tracer), (ds, dq): (Tracer, Tracer)| {
        let slope = jvp(|s: Tracer| sum(s, q), (s,), (s.full_like(1.0),)).1;
        (s.zeta(q), ds * slope - dq * (s * sum(s + 1.0, q)))
    };
    custom_jvp(|s: Tracer, q: Tracer| s.zeta(q), rule)(s, q)
}
/// The number of ways to choose `k` of `n` things, with `repetition` or without; 0 where there is none.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::comb(constant(vec![5.0f32, 10.0]), 2, false)), "[10.0, 45.0]");
/// ```
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
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::multigammaln(constant(vec![3.0f32]), 2)), "[1.55]");
/// ```
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
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::polygamma(1, constant(vec![1.0f32]))), "[1.645]");
/// ```
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
/// Bernoulli's numbers from `B₀` to `Bₙ`, in the default float dtype, with `B₁ = -½`. Exact in `f64`, too, where JAX's `B₄` is off by 8e-8.
///
/// ```
/// # use raxla::{show, special};
/// assert_eq!(show(|| special::bernoulli(4)), "[1.0, -0.5, 0.167, 0.0, -0.033]");
/// ```
#[track_caller]
pub fn bernoulli(n: usize) -> Tracer {
    let aval = ShapedArray::new(&[n + 1], DType::default_float());
    constant(Literal::from_floats(aval, (0..=n).map(bernoulli_number)))
}
/// `B₂ₖ = (-1)ᵏ⁺¹ 2 (2k)! ζ(2k) / (2π)²ᵏ`, the first, whose `ζ` is a long sum, as fractions.
pub(super) fn bernoulli_number(n: usize) -> f64 {
    match n {
        0 => 1.0,
        1 => -0.5,
        n if n % 2 == 1 => 0.0,
        n if n <= 14 => {
            [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0][n / 2 - 1]
        }
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
        "jsp.special.zeta(a, b)", "f32(5, low=1.5, high=5), f32(5, low=0.5, high=3)" => fn(a, b) zeta(a, b);
        "jsp.special.zeta(a, b)", "f64(5, low=1.5, high=5), f64(5, low=0.5, high=3)", x64 => fn(a, b) zeta(a, b);
        "jsp.special.comb(a, b)", "i32(8, low=0, high=7), i32(8, low=-1, high=6)" => fn(a, b) comb(a, b, false);
        "jsp.special.comb(a, b, repetition=True)", "f32(5, low=2, high=7), i32(5, low=0, high=4)" => fn(a, b) comb(a, b, true);
        "jsp.special.multigammaln(a, 3)", "f32(2, 3, low=1.5, high=7)" => fn(a) multigammaln(a, 3);
        "jsp.special.polygamma(2, a)", "f32(5, low=0.5, high=4)" => fn(a) polygamma(2, a);
        "jsp.special.polygamma(a, b)", "i32(5, low=0, high=4), f32(5, low=0.5, high=4)", values => fn(a, b) polygamma(a, b);
        "jsp.special.bernoulli(12)", "" => fn() bernoulli(12);
        "jsp.special.bernoulli(1)", "" => fn() bernoulli(1);
    }
}
