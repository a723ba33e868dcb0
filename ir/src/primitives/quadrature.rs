//! The incomplete gamma and beta functions of the reference interpreter, by quadrature of their integrals, to about 1e-13.
//!
//! With the density `f` of the distribution, the derivative in a parameter `a` is `∫₀ˣ f(t) w(t) dt`, where `w = ∂ ln f/∂a` changes sign
//! once and `∫₀^∞ f w = 0`. So the integral over that side of `x` on which `w` keeps its sign has terms of one sign only.

use super::special::{digamma, lgamma};
use std::f64::consts::{FRAC_PI_2, TAU};

/// `∫₀^∞ f(s) ds` of a smooth function that may be singular at 0: the trapezoidal rule after `s = exp(π/2 sinh u)` (Takahasi and
/// Mori, *Double exponential formulas for numerical integration*, 1974).
fn integral(f: impl Fn(f64) -> f64) -> f64 {
    const STEP: f64 = 1.0 / 64.0;
    let term = |k: i32| {
        let u = f64::from(k) * STEP;
        let s = (FRAC_PI_2 * u.sinh()).exp();
        let value = f(s);
        // The integrand is 0 long before its factors overflow.
        if value == 0.0 { 0.0 } else { value * s * (FRAC_PI_2 * u.cosh() * STEP) }
    };
    (-435..=435).map(term).sum()
}
/// `ln (tᵃ e⁻ᵗ / Γ(a))`, given `ln t` and `t - a` too. From 15 on by Stirling's series, with the great terms cancelled by hand.
fn log_gamma_weight(a: f64, t: f64, ln_t: f64, difference: f64) -> f64 {
    if a < 15.0 {
        return a * ln_t - t - lgamma(a);
    }
    let r = 1.0 / (a * a);
    let stirling = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360360.0];
    let stirling = stirling.iter().rev().fold(0.0, |sum, c| sum * r + c) / a;
    let mu = difference / a;
    let log_ratio = if mu.abs() < 0.5 { mu.ln_1p() } else { ln_t - a.ln() };
    0.5 * (a / TAU).ln() - stirling + a * (log_ratio - mu)
}
/// `∫ tᵃ⁻¹ e⁻ᵗ⁻ˢʰⁱᶠᵗ w(ln t) dt / Γ(a)` over `0 … x`, where `t = x e⁻ˢ`; or over `x … ∞`, where `t = x + s` from 1 on. Below 1 the
/// integrand may stretch over many orders of magnitude, so that `ln t` is the variable there, cut to `0 … ∞` by `ln x s / (1 + s)`.
fn gamma_integral(a: f64, x: f64, upper: bool, shift: f64, weight: impl Fn(f64) -> f64) -> f64 {
    let per_log = |t: f64, ln_t: f64, difference: f64| {
        let density = (log_gamma_weight(a, t, ln_t, difference) - shift).exp();
        if density == 0.0 { 0.0 } else { density * weight(ln_t) }
    };
    if !upper {
        return integral(|s| per_log(x * (-s).exp(), x.ln() - s, (x - a) + x * (-s).exp_m1()));
    }
    let start = x.max(1.0);
    let far = integral(|s| per_log(start + s, (start + s).ln(), (start - a) + s) / (start + s));
    let near = |s: f64| {
        let ln_t = x.ln() / (1.0 + 1.0 / s);
        per_log(ln_t.exp(), ln_t, ln_t.exp() - a) * -x.ln() / (1.0 + s) / (1.0 + s)
    };
    if x < 1.0 { integral(near) + far } else { far }
}
/// The regularized lower incomplete gamma function and its complement.
fn gamma_pair(a: f64, x: f64) -> (f64, f64) {
    if !(a >= 0.0 && x >= 0.0) || (a == 0.0 && x == 0.0) || (a.is_infinite() && x.is_infinite()) {
        (f64::NAN, f64::NAN)
    } else if a == 0.0 || x.is_infinite() {
        (1.0, 0.0)
    } else if x == 0.0 || a.is_infinite() {
        (0.0, 1.0)
    } else if x.ln() < digamma(a) {
        let lower = gamma_integral(a, x, false, 0.0, |_| 1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = gamma_integral(a, x, true, 0.0, |_| 1.0);
        (1.0 - upper, upper)
    }
}
pub(super) fn igamma(a: f64, x: f64) -> f64 {
    gamma_pair(a, x).0
}
pub(super) fn igammac(a: f64, x: f64) -> f64 {
    gamma_pair(a, x).1
}
/// The derivative of [`igamma`] in `a`, over `exp(shift)`.
fn gamma_slope(a: f64, x: f64, shift: f64) -> f64 {
    let middle = digamma(a);
    if x.ln() < middle {
        gamma_integral(a, x, false, shift, |ln_t| ln_t - middle)
    } else {
        -gamma_integral(a, x, true, shift, |ln_t| ln_t - middle)
    }
}
pub(super) fn igamma_grad_a(a: f64, x: f64) -> f64 {
    if !(a > 0.0 && x >= 0.0) || (a.is_infinite() && x.is_infinite()) {
        f64::NAN
    } else if x == 0.0 || x.is_infinite() || a.is_infinite() {
        0.0
    } else {
        gamma_slope(a, x, 0.0)
    }
}
/// The derivative of a sample of the gamma distribution in its parameter: minus that of the distribution function over its density.
pub(super) fn random_gamma_grad(a: f64, x: f64) -> f64 {
    if a > 0.0 && x == 0.0 {
        0.0
    } else if !(a > 0.0 && x >= 0.0) || a.is_infinite() || x.is_infinite() {
        f64::NAN
    } else {
        -x * gamma_slope(a, x, log_gamma_weight(a, x, x.ln(), x - a))
    }
}

/// `∫₀ˣ tᵃ⁻¹ (1-t)ᵇ⁻¹ w(ln t) dt / B(a, b)`, where `t = x e⁻ˢ`; `y` is `1 - x`.
fn beta_integral(a: f64, b: f64, x: f64, y: f64, weight: impl Fn(f64, f64) -> f64) -> f64 {
    let scale = lgamma(a + b) - lgamma(b) - lgamma(a);
    integral(|s| {
        let (ln_t, ln_rest) = (x.ln() - s, (y - x * (-s).exp_m1()).ln());
        let density = (scale + a * ln_t + (b - 1.0) * ln_rest).exp();
        if density == 0.0 { 0.0 } else { density * weight(ln_t, ln_rest) }
    })
}
/// The regularized incomplete beta function.
pub(super) fn betainc(a: f64, b: f64, x: f64) -> f64 {
    let (a_vanishes, b_vanishes) = (a == 0.0 || b.is_infinite(), b == 0.0 || a.is_infinite());
    if !(a >= 0.0 && b >= 0.0 && (0.0..=1.0).contains(&x)) || (a_vanishes && b_vanishes) {
        f64::NAN
    } else if x == 0.0 || (b_vanishes && x < 1.0) {
        0.0
    } else if x == 1.0 || a_vanishes {
        1.0
    } else if x.ln() < digamma(a) - digamma(a + b) {
        beta_integral(a, b, x, 1.0 - x, |_, _| 1.0)
    } else {
        1.0 - beta_integral(b, a, 1.0 - x, x, |_, _| 1.0)
    }
}
/// The derivative of [`betainc`] in `a`; `y` is `1 - x`.
fn beta_slope(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if !(a > 0.0 && b > 0.0 && x >= 0.0 && y >= 0.0) || a.is_infinite() || b.is_infinite() {
        f64::NAN
    } else if x == 0.0 || y == 0.0 {
        0.0
    } else {
        let middle = digamma(a) - digamma(a + b);
        if x.ln() < middle {
            beta_integral(a, b, x, y, |ln_t, _| ln_t - middle)
        } else {
            -beta_integral(b, a, y, x, |_, ln_t| ln_t - middle)
        }
    }
}
pub(super) fn betainc_grad_a(a: f64, b: f64, x: f64) -> f64 {
    beta_slope(a, b, x, 1.0 - x)
}
pub(super) fn betainc_grad_b(a: f64, b: f64, x: f64) -> f64 {
    -beta_slope(b, a, 1.0 - x, x)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed forms: of whole and half parameters.
    #[test]
    fn known_values() {
        let close = |got: f64, want: f64| assert!((got - want).abs() <= 2e-14 * want.abs(), "got {got}, want {want}");
        for x in [1e-5f64, 0.3, 1.0, 4.0, 30.0] {
            close(igamma(1.0, x), -(-x).exp_m1());
            close(igammac(1.0, x), (-x).exp());
            close(igamma(0.5, x), libm::erf(x.sqrt()));
            close(igammac(0.5, x), libm::erfc(x.sqrt()));
            close(igammac(3.0, x), (-x).exp() * (1.0 + x + x * x / 2.0));
        }
        for x in [1e-5f64, 0.3, 0.5, 0.99] {
            close(betainc(1.0, 3.0, x), -(3.0 * (-x).ln_1p()).exp_m1());
            close(betainc(2.5, 1.0, x), x.powf(2.5));
            close(betainc(0.5, 0.5, x), 2.0 / std::f64::consts::PI * x.sqrt().asin());
            // ∂/∂a xᵃ and ∂/∂b (1 - (1-x)ᵇ).
            close(betainc_grad_a(2.5, 1.0, x), x.powf(2.5) * x.ln());
            close(betainc_grad_b(1.0, 3.0, x), -(3.0 * (-x).ln_1p()).exp() * (-x).ln_1p());
        }
        // Of great parameters: P(a, a) is a half and 1 / (3 √(2πa)).
        let a = 1e6;
        assert!((igamma(a, a) - 0.5 - 1.0 / (3.0 * (TAU * a).sqrt())).abs() < 1e-9);
        // Small samples are like (u Γ(a + 1))^(1/a).
        let want = (digamma(1.001) - 1e-200f64.ln()) / 1e-3;
        close(random_gamma_grad(1e-3, 1e-200), 1e-200 * want);
    }
}
