//! The error function and its kin: scaled, of complex numbers, the distribution of the normal numbers and its inverse.

use super::{
    of_floats,
    polynomial::{polynomial, series},
    widened,
};
use crate::numpy::{self as np, Arg};
use raxla_ir::{DType, Tracer};
use raxla_transforms::custom_jvp;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI, SQRT_2, TAU};

of_floats! {
    /// The error function, `2/√π ∫₀ˣ exp(-t²) dt`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::erf(constant(vec![0.0f32, 1.0]))), "[0.0, 0.8427]");
    /// ```
    erf = |x| x.erf();
    /// One minus [`erf`], accurate where that is small.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::erfc(constant(vec![0.0f32, 1.0]))), "[1.0, 0.157]");
    /// ```
    erfc = |x| x.erfc();
    /// The inverse of [`erf`].
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::erfinv(constant(vec![0.0f32, 0.5]))), "[0.0, 0.4769]");
    /// ```
    erfinv = |x| x.erf_inv();
    /// Dawson's integral, `exp(-x²) ∫₀ˣ exp(t²) dt`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::dawsn(constant(vec![0.0f32, 1.0]))), "[0.0, 0.5381]");
    /// ```
    dawsn = |x| widened([x], |[x]| dawson(x));
    /// The probability of a standard normal number to be less than `x`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::ndtr(constant(vec![0.0f32, 1.96]))), "[0.5, 0.975]");
    /// ```
    ndtr = |x| (x * -FRAC_1_SQRT_2).erfc() * 0.5;
    /// The logarithm of [`ndtr`], accurate for all `x`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::log_ndtr(constant(vec![0.0f32, -20.0]))), "[-0.7, -203.9]");
    /// ```
    log_ndtr = |x| widened([x], |[x]| log_normal(x));
    /// The inverse of [`ndtr`]; NaN beyond 0 and 1.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::ndtri(constant(vec![0.5f32, 0.975]))), "[0.0, 1.96]");
    /// ```
    ndtri = |p| widened([p], |[p]| normal_quantile(p));
    /// Owen's function, `1/2π ∫₀ᵃ exp(-h² (1 + t²) / 2) / (1 + t²) dt`.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::owens_t(constant(vec![0.0f32, 1.0]), 1.0)), "[0.125, 0.0667]");
    /// ```
    owens_t = |h, a| widened([h, a], |[h, a]| owen(h, a));
}

/// The length `L` and the coefficients, from the highest, of the approximation by `n` terms in `(L + iz) / (L - iz)` of Weideman,
/// *Computation of the complex error function* (1994).
fn weideman(n: usize) -> (f64, Vec<f64>) {
    let length = (n as f64 / SQRT_2).sqrt();
    let m = 2 * n as i64;
    let samples: Vec<(f64, f64)> = (1 - m..m)
        .map(|k| {
            let angle = k as f64 * PI / m as f64;
            let t = length * (angle / 2.0).tan();
            (angle, (-t * t).exp() * (length * length + t * t))
        })
        .collect();
    let coefficient =
        |j: usize| samples.iter().map(|(angle, f)| f * (j as f64 * angle).cos()).sum::<f64>() / (2 * m) as f64;
    (length, (1..=n).rev().map(coefficient).collect())
}
/// How many terms a dtype needs.
fn terms(dtype: DType) -> usize {
    if dtype.real() == DType::F64 { 40 } else { 24 }
}
/// `w(z) = exp(-z²) erfc(-iz)` where the imaginary part of `z` is not negative, of `iz`: real numbers or complex ones.
#[track_caller]
fn faddeeva_above(iz: Tracer) -> Tracer {
    let (length, coefficients) = weideman(terms(iz.dtype()));
    let below = iz.full_like(length) - iz;
    let ratio = below.full_like(2.0 * length) / below - below.full_like(1.0);
    let inverse = below.full_like(1.0) / below;
    inverse * (inverse * polynomial(ratio, &coefficients) * inverse.full_like(2.0) + inverse.full_like(1.0 / PI.sqrt()))
}
/// `i z`.
#[track_caller]
fn rotated(z: Tracer) -> Tracer {
    (-z.imag()).complex(z.real())
}
#[track_caller]
fn faddeeva(z: Tracer) -> Tracer {
    let value = |z: Tracer| {
        let above = z.imag().greater_equal(0.0);
        let w = faddeeva_above(rotated(above.select(z, -z)));
        // Below, w(z) = 2 exp(-z²) - w(-z).
        above.select(w, (-(z * z)).exp() * z.full_like(2.0) - w)
    };
    let rule = move |(z,): (Tracer,), (t,): (Tracer,)| {
        let (w, two) = (value(z), z.full_like(2.0));
        (w, t * (rotated(z.full_like(FRAC_2_SQRT_PI)) - two * z * w))
    };
    custom_jvp(value, rule)(z)
}
/// Faddeeva's function `w(z) = exp(-z²) erfc(-iz)`, of complex numbers, to which others are converted.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::wofz(constant(vec![0.0f32, 1.0]))), "[1.0+0.0i, 0.3679+0.6072i]");
/// ```
#[track_caller]
pub fn wofz(z: impl Into<Arg>) -> Tracer {
    let z = np::promotion::inexact("wofz", z);
    let complex = if z.dtype() == DType::F64 { DType::C128 } else { DType::C64 };
    faddeeva(if z.dtype().is_complex() { z } else { z.astype(complex) })
}
/// `exp(x²) erfc(x)`, which falls slowly where [`erfc`] falls to nothing. Of complex numbers, too.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::erfcx(constant(vec![0.0f32, 100.0]))), "[1.0, 0.0056]");
/// ```
#[track_caller]
pub fn erfcx(x: impl Into<Arg>) -> Tracer {
    let x = np::promotion::inexact("erfcx", x);
    if x.dtype().is_complex() { faddeeva(rotated(x)) } else { widened([x], |[x]| scaled(x)) }
}
#[track_caller]
fn scaled(x: Tracer) -> Tracer {
    let rule = |(x,): (Tracer,), (t,): (Tracer,)| {
        let y = plain_scaled(x);
        (y, t * (x * y * 2.0 - FRAC_2_SQRT_PI))
    };
    custom_jvp(plain_scaled, rule)(x)
}
fn plain_scaled(x: Tracer) -> Tracer {
    let w = faddeeva_above(-x.abs());
    x.less(0.0).select((x * x).exp() * 2.0 - w, w)
}
/// Near 0 by the series `Σ (-2x²)ᵏ x / (2k + 1)!!`, elsewhere as the imaginary part of `w(x)`.
#[track_caller]
fn dawson(x: Tracer) -> Tracer {
    let value = |x: Tracer| {
        let near = x.abs().less(1.0);
        let small = near.select(x, x.full_like(0.0));
        let odd = |k: usize| (1..=k).map(|j| -2.0 / (2 * j + 1) as f64).product::<f64>();
        let far = faddeeva_above(x.full_like(0.0).complex(x)).imag() * (0.5 * PI.sqrt());
        near.select(small * series(small * small, 20, odd), far)
    };
    let rule = move |(x,): (Tracer,), (t,): (Tracer,)| {
        let y = value(x);
        (y, t * (1f64 - x * y * 2.0))
    };
    custom_jvp(value, rule)(x)
}
/// Below -1 by the scaled error function. The derivative, density over probability, is `√(2/π) / erfcx(-x/√2)`.
#[track_caller]
fn log_normal(x: Tracer) -> Tracer {
    let value = |x: Tracer| {
        let low = x.less(-1.0);
        let one = x.full_like(1.0);
        let tail = low.select(x, -one);
        let below = (faddeeva_above(tail * FRAC_1_SQRT_2) * 0.5).log() - tail * tail * 0.5;
        low.select(below, ((x * FRAC_1_SQRT_2).erfc() * -0.5).log1p())
    };
    let rule =
        move |(x,): (Tracer,), (t,): (Tracer,)| (value(x), t * ((2.0 / PI).sqrt() / plain_scaled(x * -FRAC_1_SQRT_2)));
    custom_jvp(value, rule)(x)
}
// The figures of the rational approximations are those of Moshier's Cephes library (1989), from the highest powers.
const CENTER: [&[f64]; 2] = [
    &[-59.96335010141079, 98.00107541859997, -56.67628574690703, 13.931260938727968, -1.2391658386738125],
    &[
        1.0,
        1.9544885833814176,
        4.676279128988815,
        86.36024213908905,
        -225.46268785411937,
        200.26021238006066,
        -82.03722561683334,
        15.90562251262117,
        -1.1833162112133,
    ],
];
const MIDDLE: [&[f64]; 2] = [
    &[
        4.0554489230596245,
        31.525109459989388,
        57.16281922464213,
        44.08050738932008,
        14.684956192885803,
        2.1866330685079025,
        -0.1402560791713545,
        -0.03504246268278482,
        -0.0008574567851546854,
    ],
    &[
        1.0,
        15.779988325646675,
        45.39076351288792,
        41.3172038254672,
        15.04253856929075,
        2.504649462083094,
        -0.14218292285478779,
        -0.03808064076915783,
        -0.0009332594808954574,
    ],
];
const TAIL: [&[f64]; 2] = [
    &[
        3.2377489177694603,
        6.915228890689842,
        3.9388102529247444,
        1.3330346081580755,
        0.20148538954917908,
        0.012371663481782003,
        0.00030158155350823543,
        2.6580697468673755e-06,
        6.239745391849833e-09,
    ],
    &[
        1.0,
        6.02427039364742,
        3.6798356385616087,
        1.3770209948908132,
        0.21623699359449663,
        0.013420400608854318,
        0.00032801446468212774,
        2.8924786474538068e-06,
        6.790194080099813e-09,
    ],
];
/// Moshier's three rational approximations: between `e⁻²` and its complement, in `z = √(-2 log p)` up to 8, and beyond.
#[track_caller]
fn normal_quantile(p: Tracer) -> Tracer {
    let value = |p: Tracer| {
        let high = p.greater(1.0 - (-2f64).exp());
        let low = high.select(1f64 - p, p);
        let safe = low.less_equal(0.0).select(low.full_like(0.5), low);
        let ratio = |x: Tracer, [above, below]: [&[f64]; 2]| polynomial(x, above) / polynomial(x, below);
        let w = safe - 0.5;
        let square = w * w;
        let center = (w + w * square * ratio(square, CENTER)) * -TAU.sqrt();
        let z = (safe.log() * -2.0).sqrt();
        let inverse = 1f64 / z;
        let correction = z.less(8.0).select(ratio(inverse, MIDDLE), ratio(inverse, TAIL));
        let tail = z - z.log() * inverse - correction * inverse;
        let x = safe.greater((-2f64).exp()).select(center, tail);
        let x = high.select(x, -x);
        let infinity = |sign: f64| p.full_like(sign * f64::INFINITY);
        let x = p.equal(0.0).select(infinity(-1.0), p.equal(1.0).select(infinity(1.0), x));
        (p.greater_equal(0.0) & p.less_equal(1.0)).select(x, p.full_like(f64::NAN))
    };
    let rule = move |(p,): (Tracer,), (t,): (Tracer,)| {
        let x = value(p);
        (x, t * ((x * x * 0.5).exp() * TAU.sqrt()))
    };
    custom_jvp(value, rule)(p)
}
/// The nodes and weights of Gauss' quadrature on 0 … 1: Newton's method on Legendre's polynomial.
fn gauss(n: usize) -> Vec<(f64, f64)> {
    let legendre = |x: f64| {
        let (mut before, mut here) = (1.0, x);
        for k in 2..=n {
            let k = k as f64;
            (before, here) = (here, ((2.0 * k - 1.0) * x * here - (k - 1.0) * before) / k);
        }
        (here, n as f64 * (x * here - before) / (x * x - 1.0))
    };
    let node = |j: usize| {
        let mut x = (PI * (j as f64 + 0.75) / (n as f64 + 0.5)).cos();
        for _ in 0..8 {
            let (value, slope) = legendre(x);
            x -= value / slope;
        }
        ((x + 1.0) / 2.0, 1.0 / ((1.0 - x * x) * legendre(x).1.powi(2)))
    };
    (0..n).map(node).collect()
}
/// By quadrature for `|a|` up to 1; beyond, of `1 / a` by Owen's relation of both.
#[track_caller]
fn owen(h: Tracer, a: Tracer) -> Tracer {
    let value = |h: Tracer, a: Tracer| {
        let (x, slope) = (h.abs(), a.abs());
        let steep = slope.greater(1.0);
        let y = steep.select(slope * x, x);
        // Where the slope is infinite and h is 0.
        let y = np::isnan(y).select(h, y);
        let b = steep.select(1f64 / slope, slope);
        let points = gauss(20);
        let column = |values: Vec<f64>| {
            let aval = raxla_ir::ShapedArray::new(&[values.len()], h.dtype());
            raxla_ir::trace::constant(raxla_ir::Literal::from_floats(aval, values))
        };
        let nodes = column(points.iter().map(|p| p.0 * p.0).collect());
        let weights = column(points.iter().map(|p| p.1 / TAU).collect());
        let growth = (b * b).expand_dims(-1) * nodes + 1.0;
        let integrand = ((y * y).expand_dims(-1) * growth * -0.5).exp() / growth;
        let near = b * (integrand * weights).sum_axes(-1);
        let (p, q) = ((x * FRAC_1_SQRT_2).erfc(), (slope * x * FRAC_1_SQRT_2).erfc());
        let q = np::isnan(q).select(x.full_like(1.0), q);
        let value = steep.select((p + q - p * q) * 0.25 - near, near) * a.sign();
        (np::isnan(h) | np::isnan(a)).select(h.full_like(f64::NAN), value)
    };
    let rule = move |(h, a): (Tracer, Tracer), (dh, da): (Tracer, Tracer)| {
        let (square, growth) = (h * h * -0.5, a * a + 1.0);
        let by_h = square.exp() * (a * h * FRAC_1_SQRT_2).erf() * (-0.5 / TAU.sqrt());
        (value(h, a), dh * by_h + da * ((square * growth).exp() / (growth * TAU)))
    };
    custom_jvp(value, rule)(h, a)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { special_error_function:
        "jsp.special.erf(a)", "f32(5)" => fn(a) erf(a);
        "jsp.special.erf(a)", "i32(5)" => fn(a) erf(a);
        "jsp.special.erfc(a)", "f32(5)" => fn(a) erfc(a);
        "jsp.special.erfinv(a)", "f32(5, low=-0.9, high=0.9)" => fn(a) erfinv(a);
        "jsp.special.erfcx(a)", "f32(6, low=-2, high=4)" => fn(a) erfcx(a);
        "jsp.special.erfcx(a)", "f64(6, low=-2, high=4)", x64 => fn(a) erfcx(a);
        "jsp.special.erfcx(a)", "values([12.0, 1e4, inf, -inf, nan, 0.0], 'f4')", values => fn(a) erfcx(a);
        "jsp.special.erfcx(a)", "bf16(6, low=-2, high=2)" => fn(a) erfcx(a);
        "jsp.special.wofz(a)", "c64(6)" => fn(a) wofz(a);
        "jsp.special.wofz(a)", "c128(6)", x64 => fn(a) wofz(a);
        "jsp.special.dawsn(a)", "f32(8, low=-9, high=9)" => fn(a) dawsn(a);
        "jsp.special.dawsn(a)", "f64(8, low=-2, high=2)", x64 => fn(a) dawsn(a);
        "jsp.special.ndtr(a)", "f32(8, low=-5, high=5)" => fn(a) ndtr(a);
        "jsp.special.log_ndtr(a)", "f32(8, low=-9, high=6)" => fn(a) log_ndtr(a);
        "jsp.special.log_ndtr(a)", "values([-inf, inf, nan, -1.0, 0.0], 'f4')", values => fn(a) log_ndtr(a);
        "jsp.special.ndtri(a)", "f32(8, low=0.02, high=0.98)" => fn(a) ndtri(a);
        "jsp.special.ndtri(a)", "f64(8, low=0, high=1)", x64 => fn(a) ndtri(a);
        "jsp.special.ndtri(a)", "values([0.0, 1.0, 0.5, 1e-30, 1e-5, nan, -0.5, 2.0], 'f4')", values => fn(a) ndtri(a);
        "jsp.special.owens_t(a, b)", "f32(8, low=-3, high=3), f32(8, low=-3, high=3)" => fn(a, b) owens_t(a, b);
        "jsp.special.owens_t(a, b)", "values([0.0, 1.0, 0.0, nan], 'f4'), values([1.0, 1.0, 3.0, 1.0], 'f4')", values => fn(a, b) owens_t(a, b);
    }
    #[test]
    fn the_logarithm_of_the_tail_is_accurate_in_f64() {
        use raxla_ir::{Literal, eval::eval, trace::trace};
        // The figure: log Φ(-40) = -804.608442013754…
        let x = Literal::scalar(-40f64);
        let program = trace(&[x.aval().clone()], |a| vec![log_ndtr(a[0])]).program;
        let got = eval(&program, &[x]).unwrap()[0].floats()[0];
        assert!((got + 804.608442013754).abs() < 1e-9, "{got}");
    }
}
