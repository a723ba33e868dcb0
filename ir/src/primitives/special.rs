//! Special functions that the reference interpreter needs and `libm` lacks, to about 1e-15.

use std::f64::consts::PI;

/// The logarithm of `|Γ(x)|`; infinite at the poles.
pub(super) fn lgamma(x: f64) -> f64 {
    if x <= 0.0 && x == x.floor() { f64::INFINITY } else { libm::lgamma(x) }
}
/// Newton's method on `erf`, from Giles' approximation (*Approximating the erfinv function*, 2012).
pub(super) fn erf_inv(x: f64) -> f64 {
    if !(-1.0..=1.0).contains(&x) || x.abs() == 1.0 {
        return if x.abs() == 1.0 { x * f64::INFINITY } else { f64::NAN };
    }
    let w = -((1.0 - x) * (1.0 + x)).ln();
    let mut y =
        x * if w < 5.0 { 1.50140941 + 0.24664072 * (w - 2.5) } else { 2.83297682 + 1.00167406 * (w.sqrt() - 3.0) };
    for _ in 0..60 {
        // In the tails the difference is taken between the complements, which keep their digits.
        let error = if y.abs() > 0.5 { x.signum() * ((1.0 - x.abs()) - libm::erfc(y.abs())) } else { libm::erf(y) - x };
        let step = error / (2.0 / PI.sqrt() * (-y * y).exp());
        y -= step.clamp(-0.5, 0.5);
        if step.abs() <= 1e-16 * y.abs() {
            break;
        }
    }
    y
}
/// Recurrence up to 10, then the asymptotic series; reflection for negative numbers. NaN at the poles.
pub(super) fn digamma(x: f64) -> f64 {
    if x <= 0.0 {
        // The tangent of what is left of x beyond a pole keeps the digits of x.
        return if x == x.floor() { f64::NAN } else { digamma(1.0 - x) - PI / (PI * (x - x.round())).tan() };
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < 10.0 {
        sum -= 1.0 / x;
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0, -691.0 / 32760.0, 1.0 / 12.0];
    sum + x.ln() - 0.5 / x - series.iter().rev().fold(0.0, |s, c| (s + c) * r)
}
/// Hurwitz' zeta function by the Euler–Maclaurin formula, for `s > 1`.
pub(super) fn zeta(s: f64, q: f64) -> f64 {
    if s == 1.0 {
        return f64::INFINITY;
    }
    if s < 1.0 || (q <= 0.0 && s != s.floor()) {
        return f64::NAN;
    }
    if q <= 0.0 && q == q.floor() {
        // Of odd powers the sign would depend on the side.
        return if s % 2.0 == 0.0 { f64::INFINITY } else { f64::NAN };
    }
    let head: f64 = (0..12).map(|k| (q + k as f64).powf(-s)).sum();
    let a = q + 12.0;
    // Bernoulli numbers B₂ₖ over (2k)!.
    let bernoulli = [
        1.0 / 12.0,
        -1.0 / 720.0,
        1.0 / 30240.0,
        -1.0 / 1209600.0,
        1.0 / 47900160.0,
        -691.0 / 1307674368000.0,
        1.0 / 74724249600.0,
    ];
    let (mut tail, mut term) = (a.powf(1.0 - s) / (s - 1.0) + 0.5 * a.powf(-s), s * a.powf(-s - 1.0));
    for (k, b) in bernoulli.iter().enumerate() {
        tail += b * term;
        let n = s + 2.0 * k as f64;
        term *= (n + 1.0) * (n + 2.0) / (a * a);
    }
    head + tail
}
/// The derivative of order `m` of [`digamma`], a whole number.
pub(super) fn polygamma(m: f64, x: f64) -> f64 {
    if m == 0.0 {
        return digamma(x);
    }
    if m < 0.0 || m != m.floor() {
        return f64::NAN;
    }
    let sign = if m % 2.0 == 0.0 { -1.0 } else { 1.0 };
    sign * libm::tgamma(m + 1.0) * zeta(m + 1.0, x)
}
