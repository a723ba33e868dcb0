//! The gamma function of complex numbers.

use crate::numpy as np;
use raxla_ir::{Literal, ShapedArray, Tracer, trace::constant};
use std::f64::consts::{PI, TAU};

/// The factors of the recurrence that carry an argument on to where Stirling's series is exact.
const SHIFT: usize = 9;

/// `ln Γ(z)` where the real part is at least ½: `ln Γ(z + n) - Σ ln(z + k)` over `k` below `n`, the former by Stirling's series.
#[track_caller]
fn right(z: Tracer) -> Tracer {
    let aval = ShapedArray::new(&[SHIFT], z.dtype());
    let steps = constant(Literal::from_floats(aval, (0..SHIFT).map(|k| k as f64)));
    let product = (z.expand_dims(-1) + steps).log().sum_axes(-1);
    let number = |x: f64| z.full_like(x);
    let far = z + number(SHIFT as f64);
    let square = number(1.0) / (far * far);
    // B₂ₖ / (2k (2k - 1)), from the highest.
    let terms = [1.0 / 156.0, -691.0 / 360360.0, 1.0 / 1188.0, -1.0 / 1680.0, 1.0 / 1260.0, -1.0 / 360.0, 1.0 / 12.0];
    let series = super::polynomial::polynomial(square, &terms) / far;
    (far - number(0.5)) * far.log() - far + number(0.5 * TAU.ln()) + series - product
}
/// Left of ½ by reflection, `ln Γ(z) = ln π - ln sin(πz) - ln Γ(1 - z)`, where above the real axis `ln sin(πz)` is
/// `-ln 2 + iπ (½ - z) + ln(1 - exp(2πiz))`; below it of the conjugate.
#[track_caller]
pub(super) fn loggamma(z: Tracer) -> Tracer {
    let (re, im) = (z.real(), z.imag());
    // A pole, or NaN.
    let bad = im.equal(0.0) & re.equal(re.minimum(0.0).floor()) | np::isnan(z);
    let below = im.less(0.0);
    let nan = re.full_like(f64::NAN);
    let w = bad.select(z.full_like(1.0), below.select(z.conj(), z));
    let left = w.real().less(0.5);
    let one = w.full_like(1.0);
    let log = right(left.select(one - w, w));
    let safe = left.select(w, w.full_like(0.25));
    // The phase, less whole turns of the exponential.
    let (re, im) = (safe.real(), safe.imag());
    let turn = (im * -TAU).complex((re - re.round()) * TAU);
    let half = (im * PI).complex((0.5f64 - re) * PI);
    let log = left.select(w.full_like(TAU.ln()) - half - (-turn.expm1()).log() - log, log);
    bad.select(nan.complex(nan), below.select(log.conj(), log))
}
/// The exponential of the logarithm.
#[track_caller]
pub(super) fn gamma(z: Tracer) -> Tracer {
    loggamma(z).exp()
}

#[cfg(test)]
mod tests {
    use super::super::*;

    crate::oracle::rows! { special_complex_gamma:
        // JAX's Lanczos approximation is good to 1e-5 in c64.
        "jsp.special.gamma(a)", "c64(8, low=-3, high=3)", within(20.0) => fn(a) gamma(a);
        "jsp.special.gamma(a)", "c128(8, low=-4, high=4)", x64, within(20.0) => fn(a) gamma(a);
        "jsp.special.gamma(a)", "values([-1, 0, 2, 0.5, -0.5, 1j, -1j, nan], 'c8')", values => fn(a) gamma(a);
        "jsp.special.loggamma(a)", "c64(8, low=-3, high=3)", within(20.0) => fn(a) loggamma(a);
        "jsp.special.loggamma(a)", "c128(8, low=-9, high=9)", x64, within(20.0) => fn(a) loggamma(a);
        "jsp.special.loggamma(a)", "values([-1, 0, 2, 0.5, -0.5, 1j, -1j, 30 + 40j], 'c8')", values, within(20.0) => fn(a) loggamma(a);
    }
}
