//! The modified Bessel functions `I₀` and `I₁` times `exp(-|x|)`: their values, and Chebyshev's polynomials for the lowering.

use super::*;
use std::f64::consts::{PI, TAU};

/// `exp(-|x|) Iᵥ(x)` for `v` 0 or 1: the power series, and from 50 on the asymptotic one.
fn scaled(order: u32, x: f64) -> f64 {
    let (v, a) = (f64::from(order), x.abs());
    let sign = if order == 1 { x.signum() } else { 1.0 };
    if a.is_infinite() {
        return 0.0 * sign;
    }
    let mut term = 1.0;
    let mut sum = 1.0;
    if a < 50.0 {
        for k in (1..).map(f64::from) {
            term *= a * a / 4.0 / (k * (k + v));
            sum += term;
            if term <= 1e-18 * sum || term.is_nan() {
                break;
            }
        }
        return sign * (-a).exp() * sum * if order == 1 { a / 2.0 } else { 1.0 };
    }
    for k in (1..30).map(f64::from) {
        term *= ((2.0 * k - 1.0).powi(2) - 4.0 * v * v) / (8.0 * k * a);
        sum += term;
    }
    sign * sum / (TAU * a).sqrt()
}
pub(super) fn bessel_i0e(x: f64) -> f64 {
    scaled(0, x)
}
pub(super) fn bessel_i1e(x: f64) -> f64 {
    scaled(1, x)
}

/// The coefficients of Chebyshev's polynomials, from the lowest, in the series of a function on -1 … 1, by interpolation at the zeros
/// of the polynomial of the given degree; those that f64 does not notice are left out.
fn chebyshev(degree: usize, f: impl Fn(f64) -> f64) -> Vec<f64> {
    let n = degree as f64;
    // cos(π m / 2n), with the whole turns taken off before anything is rounded.
    let cosine = |m: usize| (PI * (m % (4 * degree)) as f64 / (2.0 * n)).cos();
    let values: Vec<f64> = (0..degree).map(|k| f(cosine(2 * k + 1))).collect();
    let coefficient = |j: usize| {
        let sum: f64 = values.iter().enumerate().map(|(k, value)| value * cosine(j * (2 * k + 1))).sum();
        sum * if j == 0 { 1.0 } else { 2.0 } / n
    };
    let all: Vec<f64> = (0..degree).map(coefficient).collect();
    let kept = all.iter().rposition(|c| c.abs() > 1e-17).map_or(1, |last| last + 1);
    all[..kept].to_vec()
}
/// The series at `x`, by Clenshaw's recurrence.
fn clenshaw(x: Tracer, coefficients: &[f64]) -> Tracer {
    let (mut next, mut after) = (x.full_like(0.0), x.full_like(0.0));
    for c in coefficients[1..].iter().rev() {
        (next, after) = (x * 2.0 * next - after + *c, next);
    }
    x * next - after + coefficients[0]
}
/// `exp(-|x|) Iᵥ(x)`, of f32 and f64. On 0 … 8 as a series in `x / 4 - 1`, beyond as `1/√x` times one in `16 / x - 1`, the intervals
/// of Clenshaw's tables (*Chebyshev series for mathematical functions*, 1962).
pub(super) fn lowered(x: Tracer, order: u32) -> Tracer {
    let near = chebyshev(32, |u| {
        let x = 4.0 * (u + 1.0);
        if order == 0 { scaled(0, x) } else { scaled(1, x) / x }
    });
    let far = chebyshev(32, |u| {
        let x = 16.0 / (u + 1.0);
        x.sqrt() * scaled(order, x)
    });
    let a = x.abs();
    let factor = if order == 1 { x } else { x.full_like(1.0) };
    let sign = if order == 1 { x.sign() } else { x.full_like(1.0) };
    let near = factor * clenshaw(a * 0.25 - 1.0, &near);
    // The root of the reciprocal, which is 0 at infinity.
    let inverse: Tracer = 1.0 / a.maximum(8.0);
    let far = sign * inverse.sqrt() * clenshaw(inverse * 16.0 - 1.0, &far);
    a.less_equal(8.0).select(near, bind1(Select, &[x.equal(x), far, x]))
}
/// The tangent of `y = exp(-|x|) I₁(x)`: `exp(-|x|) I₀(x) - y (sign x + 1/x)`, whose limit at 0 is a half.
pub(super) fn i1e_tangent(x: Tracer, y: Tracer, t: Tracer) -> Tracer {
    let least = if x.dtype() == DType::F64 { f64::EPSILON } else { f64::from(f32::EPSILON) };
    let near = x.abs().less_equal(least);
    let safe = near.select(x.full_like(1.0), x);
    t * near.select(x.full_like(0.5), safe.bessel_i0e() - y * (safe.sign() + 1.0 / safe))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Iᵥ(x) = 1/π ∫ exp(x cos θ) cos vθ dθ`, by the trapezoidal rule, which is exact for so smooth a periodic function.
    #[test]
    fn values_are_bessels_integral() {
        for x in [0.1, 1.0, 7.9, 8.1, 49.0, 51.0, 300.0] {
            for order in [0, 1] {
                let n = 400;
                let angle = |k: i32| PI * (f64::from(k) + 0.5) / f64::from(n);
                let term =
                    |k: i32| (-2.0 * x * (angle(k) / 2.0).sin().powi(2)).exp() * (f64::from(order) * angle(k)).cos();
                let want = (0..n).map(term).sum::<f64>() / f64::from(n);
                let got = scaled(order as u32, x);
                assert!((got - want).abs() < 1e-14, "order {order} at {x}: got {got}, want {want}");
            }
        }
    }
}
