//! Integrals of exponentials, sines, cosines and logarithms.

use super::{gamma::bernoulli_number, of_floats, polynomial::series, widened};
use crate::numpy::{self as np, Arg};
use raxla_ir::{DType, Tracer};
use raxla_transforms::{custom_jvp, fori_loop};
use std::f64::consts::{FRAC_PI_2, PI};

const EULER: f64 = 0.577_215_664_901_532_9;

of_floats! {
    /// `∫ e⁻ᵗ/t dt` from `x` to infinity, of positive `x`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::exp1(constant(vec![1.0f32]))), "[0.2194]");
    /// ```
    exp1 = |x| widened([x], |[x]| exponential(x.full_like(1.0), x));
    /// The principal value of `∫ eᵗ/t dt` from minus infinity to `x`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::expi(constant(vec![1.0f32]))), "[1.895]");
    /// ```
    expi = |x| widened([x], |[x]| exponential_from_below(x));
    /// Spence's function, `∫ log t / (1 - t) dt` from 1 to `x`: the dilogarithm of `1 - x`. NaN of negative numbers.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::spence(constant(vec![0.0f32, 1.0, 2.0]))), "[1.645, 0.0, -0.822]");
    /// ```
    spence = |x| widened([x], |[x]| dilogarithm(x));
    /// The generalized exponential integral `∫ e⁻ˣᵗ / tⁿ dt` from 1 to infinity, of whole `n` from 0 on. No derivative in `n`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::expn(2.0, constant(vec![0.0f32, 1.0]))), "[1.0, 0.148]");
    /// ```
    expn = |n, x| widened([n, x], |[n, x]| exponential(n.stop_gradient(), x));
}
fn factorial(n: usize) -> f64 {
    (1..=n).map(|k| k as f64).product()
}
/// `e^x Eₙ(x)` by `depth` steps of the continued fraction `1/(x + n - 1·n/(x + n + 2 - 2(n + 1)/(x + n + 4 - …)))`, from within.
#[track_caller]
fn fraction(n: Tracer, x: Tracer, depth: usize) -> Tracer {
    let base = x + n.astype(x.dtype());
    let one = x.full_like(1.0);
    let step = move |i: Tracer, d: Tracer| {
        let k = one * (depth as i32 - i).astype(d.dtype());
        base + (k - one) * k.full_like(2.0) - k * (n.astype(d.dtype()) + k - one) / d
    };
    one / fori_loop(0, depth as i64, step, base + x.full_like(2.0 * depth as f64))
}
/// Up to 1 by the power series, whose term of order `n - 1` has a logarithm; beyond, and of large `n`, by the continued
/// fraction.
#[track_caller]
fn exponential(n: Tracer, x: Tracer) -> Tracer {
    let value = |n: Tracer, x: Tracer| {
        let wide = x.dtype() == DType::F64;
        let one = x.full_like(1.0);
        let small = x.less_equal(1.0) & n.less(if wide { 20.0 } else { 10.0 });
        let near = (x.greater(0.0) & small).select(x, one);
        // Those n for which it is not taken could overflow.
        let order = (small & n.greater_equal(1.0)).select(n, one);
        let step = move |i: Tracer, (sum, power): (Tracer, Tracer)| {
            let m = one * i.astype(x.dtype());
            let d = m - order + 1.0;
            let pole = d.equal(0.0);
            let term = pole.select(m.full_like(0.0), power / pole.select(one, d));
            (sum - term, power * -near / (m + 1.0))
        };
        let (sum, _) = fori_loop(0, if wide { 24 } else { 14 }, step, (x.full_like(0.0), one));
        let odd = order.remainder(2.0).equal(0.0).select(-one, one);
        let power = odd * near.pow(order - 1.0) / order.lgamma().exp();
        let below = power * (order.digamma() - near.log()) + sum;
        let far = small.select(one, x.greater(0.0).select(x, one));
        let above = fraction(n, far, if wide { 90 } else { 24 }) * (-far).exp();
        let y = small.select(below, above);
        let y = n.equal(0.0).select((-x).exp() / x, y);
        let at_zero = n.greater(1.0).select(1f64 / n.greater(1.0).select(n - 1.0, one), x.full_like(f64::INFINITY));
        let y = x.equal(0.0).select(at_zero, y);
        let y = x.equal(f64::INFINITY).select(x.full_like(0.0), y);
        (n.less(0.0) | x.less(0.0) | np::isnan(x)).select(x.full_like(f64::NAN), y)
    };
    // The derivative of E₀ = e⁻ˣ/x is -e⁻ˣ (x + 1) / x².
    let rule = move |(n, x): (Tracer, Tracer), (_, t): (Tracer, Tracer)| {
        let zero = n.equal(0.0);
        let first = (-x).exp() * (x + 1.0) / (x * x);
        let slope = zero.select(first, value(zero.select(n, n - 1.0), x));
        (value(n, x), -(t * slope))
    };
    custom_jvp(value, rule)(n, x)
}
/// `γ + log x + Σ xᵏ/(k k!)` up to a bound, beyond `eˣ/x Σ k!/xᵏ`; of negative numbers `-E₁(-x)`.
#[track_caller]
fn exponential_from_below(x: Tracer) -> Tracer {
    let value = |x: Tracer| {
        let (bound, degree, terms) = if x.dtype() == DType::F64 { (40.0, 130, 38) } else { (20.0, 60, 18) };
        let one = x.full_like(1.0);
        let (negative, near) = (x.less(0.0), x.less(bound));
        let small = (near & x.greater(0.0)).select(x, one);
        // In x over the bound, lest the coefficients underflow.
        let coefficient = |k: usize| (1..=k).map(|j| bound / j as f64).product::<f64>() / k.max(1) as f64;
        let sum = series(small / bound, degree, |k| if k == 0 { 0.0 } else { coefficient(k) });
        let positive = small.log() + EULER + sum;
        let large = near.select(one.full_like(bound), x);
        let tail = series(bound / large, terms, |k| factorial(k) / f64::powi(bound, k as i32));
        let far = large.exp() / large * tail;
        let far = x.equal(f64::INFINITY).select(x, far);
        let below = -exponential(one, negative.select(-x, one));
        let y = negative.select(below, near.select(positive, far));
        let y = x.equal(0.0).select(x.full_like(f64::NEG_INFINITY), y);
        np::isnan(x).select(x, y)
    };
    custom_jvp(value, move |(x,): (Tracer,), (t,): (Tracer,)| (value(x), t * (x.exp() / x)))(x)
}
/// `Σ Bₖ uᵏ⁺¹/(k + 1)!` in `u = -log x` where `x` is between ½ and 3/2, to which the relations of `x`, `1 - x` and `1 / x` lead.
#[track_caller]
fn dilogarithm(x: Tracer) -> Tracer {
    let value = |x: Tracer| {
        let (one, zeta) = (x.full_like(1.0), x.full_like(PI * PI / 6.0));
        let inverted = x.greater(1.5);
        let y = inverted.select(1f64 / x, x);
        let low = y.less(0.5);
        let w = low.select(1f64 - y, y);
        let u = -w.log();
        let even = series(u * u, 14, |k| bernoulli_number(2 * k) / factorial(2 * k + 1));
        let near = u * even - u * u * 0.25;
        let inner = (low & y.greater(0.0)).select(y, one.full_like(0.25));
        let reflected = zeta - inner.log() * (-inner).log1p() - near;
        let near = low.select(y.equal(0.0).select(zeta, reflected), near);
        let log = inverted.select(x, one).log();
        let y = inverted.select(log * log * -0.5 - near, near);
        x.less(0.0).select(x.full_like(f64::NAN), y)
    };
    let rule = move |(x,): (Tracer,), (t,): (Tracer,)| {
        let pole = x.equal(1.0);
        let slope = x.log() / (1f64 - pole.select(x.full_like(0.0), x));
        (value(x), t * pole.select(x.full_like(-1.0), slope))
    };
    custom_jvp(value, rule)(x)
}
/// The sine and cosine integrals: `∫ sin t / t dt` from 0 to `x`, and `γ + log x + ∫ (cos t - 1) / t dt`.
///
/// The latter is that of `|x|`; `-∞` at 0, NaN at minus infinity.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::sici(constant(vec![0.5f32]))), "[0.4931], [-0.1778]");
/// ```
#[track_caller]
pub fn sici(x: impl Into<Arg>) -> (Tracer, Tracer) {
    let [x] = super::floats("sici", [x.into()]);
    let dtype = x.dtype();
    let (si, ci) = sine_and_cosine(if dtype.bits() < 32 { x.astype(DType::F32) } else { x });
    (si.astype(dtype), ci.astype(dtype))
}
/// Up to 4 by power series, beyond by `E₁(ix) = -Ci(x) + i (Si(x) - π/2)`.
#[track_caller]
fn sine_and_cosine(x: Tracer) -> (Tracer, Tracer) {
    let value = |x: Tracer| {
        let (a, zero) = (x.abs(), x.full_like(0.0));
        let near = a.less_equal(4.0);
        let small = near.select(a, zero);
        let square = small * small * (1.0 / 16.0);
        let degree = if x.dtype() == DType::F64 { 16 } else { 10 };
        let signed =
            |k: usize, n: usize| (1..=n).map(|j| 4.0 / j as f64).product::<f64>() / n as f64 * [1.0, -1.0][k % 2];
        let sine = small * series(square, degree, |k| signed(k, 2 * k + 1) / 4.0);
        let cosine = square * series(square, degree, |k| -signed(k, 2 * k + 2)) + small.log() + EULER;
        let finite = a.less(f64::INFINITY);
        let far = (finite & near.logical_not()).select(a, x.full_like(8.0));
        let imaginary = zero.complex(far);
        let depth = if x.dtype() == DType::F64 { 110 } else { 40 };
        let integral = fraction(zero + 1.0, imaginary, depth) * far.cos().complex(-far.sin());
        let sine = near.select(sine, finite.select(integral.imag(), zero) + FRAC_PI_2) * x.sign();
        let cosine = near.select(cosine, finite.select(-integral.real(), zero));
        let cosine = x.equal(f64::NEG_INFINITY).select(x.full_like(f64::NAN), cosine);
        let nan = np::isnan(x);
        (nan.select(x, sine), nan.select(x, cosine))
    };
    let rule = move |(x,): (Tracer,), (t,): (Tracer,)| (value(x), (t * np::sinc(x / PI), t * (x.cos() / x)));
    custom_jvp(value, rule)(x)
}
/// Fresnel's integrals `S` and `C`: of `sin(πt²/2)` and of `cos(πt²/2)` from 0 to `x`.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::fresnel(constant(vec![0.5f32]))), "[0.06473], [0.4923]");
/// ```
#[track_caller]
pub fn fresnel(x: impl Into<Arg>) -> (Tracer, Tracer) {
    let [x] = super::floats("fresnel", [x.into()]);
    let dtype = x.dtype();
    let (s, c) = sine_and_cosine_of_squares(if dtype.bits() < 32 { x.astype(DType::F32) } else { x });
    (s.astype(dtype), c.astype(dtype))
}
/// Up to 1.6 by power series, beyond by `C + iS = (1 + i)/2 (1 - exp(iπx²/2) w(√π/2 (1 + i) x))`.
#[track_caller]
fn sine_and_cosine_of_squares(x: Tracer) -> (Tracer, Tracer) {
    let value = |x: Tracer| {
        let (a, zero) = (x.abs(), x.full_like(0.0));
        let near = a.less(1.6);
        let small = near.select(a, zero);
        let fourth = (small * small) * (small * small);
        let term = |k: usize, n: usize| {
            [1.0, -1.0][k % 2] * (1..=n).map(|j| FRAC_PI_2 / j as f64).product::<f64>() / (2 * n + 1) as f64
        };
        let sine = small * small * small * series(fourth, 14, |k| term(k, 2 * k + 1));
        let cosine = small * series(fourth, 14, |k| term(k, 2 * k));
        let finite = a.less(f64::INFINITY);
        let far = (finite & near.logical_not()).select(a, x.full_like(2.0));
        let side = far * (0.5 * PI.sqrt());
        let phase = quarter_turns(far) * FRAC_PI_2;
        let w = phase.cos().complex(phase.sin()) * super::error_function::wofz(side.complex(side));
        // (1 + i)/2 (1 - w)
        let (re, im) = (1f64 - w.real(), -w.imag());
        let limit = |value: Tracer| finite.select(value * 0.5, x.full_like(0.5));
        let sign = x.sign();
        let pick = |small: Tracer, large: Tracer| np::isnan(x).select(x, near.select(small, limit(large)) * sign);
        (pick(sine, re + im), pick(cosine, re - im))
    };
    let rule = move |(x,): (Tracer,), (t,): (Tracer,)| {
        let phase = quarter_turns(x) * FRAC_PI_2;
        (value(x), (t * phase.sin(), t * phase.cos()))
    };
    custom_jvp(value, rule)(x)
}
/// `x²` less the multiple of 4 in it, for phases of which 4 is the period.
#[track_caller]
fn quarter_turns(x: Tracer) -> Tracer {
    x.square().remainder(4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { special_integrals:
        "jsp.special.exp1(a)", "f32(6, low=0.05, high=6)" => fn(a) exp1(a);
        "jsp.special.exp1(a)", "f64(6, low=0.05, high=6)", x64 => fn(a) exp1(a);
        "jsp.special.exp1(a)", "values([0.0, -1.0, 1.0, 60.0], 'f4')", values => fn(a) exp1(a);
        "jsp.special.expn(2, a)", "f32(6, low=0.05, high=6)" => fn(a) expn(2, a);
        "jsp.special.expn(5, a)", "f32(6, low=0.05, high=6)" => fn(a) expn(5, a);
        "jsp.special.expn(a, b)", "i32(8, low=0, high=12), f32(8, low=0.05, high=2)", values => fn(a, b) expn(a, b);
        // At 0, JAX's is 1/n for n from 2 on; it is 1/(n - 1).
        "jsp.special.expn(a, b)", "values([0, 1, 30, 30, -1], 'i4'), values([0.0, 0.0, 0.5, 7.0, 1.0], 'f4')", values => fn(a, b) expn(a, b);
        "jsp.special.expi(a)", "f32(8, low=-4, high=60)" => fn(a) expi(a);
        "jsp.special.expi(a)", "f64(8, low=-4, high=60)", x64 => fn(a) expi(a);
        // JAX's of minus infinity is NaN; it is 0.
        "jsp.special.expi(a)", "values([nan, 2.0], 'f4')", values => fn(a) expi(a);
        // JAX's derivative is NaN between 1 and 3/2.
        "jsp.special.spence(a)", "f32(8, low=0.05, high=4)", values => fn(a) spence(a);
        "jsp.special.spence(a)", "f64(8, low=0.05, high=4)", x64, values => fn(a) spence(a);
        "jsp.special.spence(a)", "values([0.0, 1.0, -1.0, 100.0], 'f4')", values => fn(a) spence(a);
        "jsp.special.sici(a)", "f32(8, low=-3, high=30)" => fn(a) sici(a);
        "jsp.special.sici(a)", "f64(8, low=0, high=30)", x64 => fn(a) sici(a);
        "jsp.special.sici(a)", "values([0.0, inf, -inf, nan, 4.0], 'f4')", values => fn(a) sici(a);
        "jsp.special.fresnel(a)", "f32(8, low=-3, high=3)" => fn(a) fresnel(a);
        "jsp.special.fresnel(a)", "f64(8, low=-3, high=3)", x64 => fn(a) fresnel(a);
        "jsp.special.fresnel(a)", "values([0.0, inf, -inf, nan], 'f4')", values => fn(a) fresnel(a);
    }
}
