//! The lowering of the incomplete gamma functions: the series below `a`, the continued fraction above (DLMF 8.11.4 and 8.9.2).

use super::{
    converge::{Lentz, epsilon, iterate},
    *,
};

/// What is wanted of `P(a, x)`.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Wanted {
    Lower,
    Upper,
    /// The derivative of the lower one in `a`.
    Slope,
    /// That over minus the density.
    Sample,
}
/// `ln (xᵃ e⁻ˣ / Γ(a))`; from 10 on by Stirling's series, with the great terms cancelled by hand.
fn log_weight(a: Tracer, x: Tracer) -> Tracer {
    let great = a.greater_equal(10.0);
    let small = a * x.log() - x - a.lgamma();
    let a = great.select(a, a.full_like(10.0));
    let r: Tracer = 1.0 / (a * a);
    let series = [1.0 / 1260.0, -1.0 / 360.0, 1.0 / 12.0];
    let start = r.full_like(-1.0 / 1680.0) + r * (1.0 / 1188.0 - r * (691.0 / 360360.0));
    let stirling = series.into_iter().fold(start, |sum, c| sum * r + c) / a;
    let mu = (x - a) / a;
    let near = mu.abs().less(0.5);
    let log_ratio = near.select(near.select(mu, mu.full_like(0.0)).log1p(), (x / a).log());
    great.select((a * (0.5 / std::f64::consts::PI)).log() * 0.5 - stirling + a * (log_ratio - mu), small)
}
/// The density of the gamma distribution, `xᵃ⁻¹ e⁻ˣ / Γ(a)`: the derivative of the incomplete gamma function in `x`.
pub(super) fn density(a: Tracer, x: Tracer) -> Tracer {
    // x⁰ is 1 at 0, too.
    let base = (a.equal(1.0) & x.equal(0.0)).select(x.full_like(1.0), x);
    ((a - 1.0) * base.log() - x - a.lgamma()).exp()
}
/// `∑ xⁿ / ((a+1) … (a+n))` and, if wanted, its derivative in `a`.
fn series(a: Tracer, x: Tracer, going: Tracer, slopes: bool) -> [Tracer; 2] {
    let (zero, one) = (a.full_like(0.0), a.full_like(1.0));
    let e = epsilon(a.dtype());
    // a + n, the term, the sum; minus the derivative of the term's logarithm, the sum of the derivatives.
    let carries = [a, one, one, zero, zero];
    let carries = if slopes { &carries[..] } else { &carries[..3] };
    let out = iterate(going, &[x], carries, 100_000, |captures, carries| {
        let r = carries[0] + 1.0;
        let term = carries[1] * (captures[0] / r);
        let sum = carries[2] + term;
        let on = term.greater(sum * e);
        if !slopes {
            return (on, vec![r, term, sum]);
        }
        let log_slope = carries[3] + 1.0 / r;
        let step = term * log_slope;
        let slope = carries[4] - step;
        (on | step.greater(slope.abs() * e), vec![r, term, sum, log_slope, slope])
    });
    [out[2], if slopes { out[4] } else { zero }]
}
/// `1/(x+1-a- 1(1-a)/(x+3-a- 2(2-a)/(x+5-a- …)))` and, if wanted, the derivative of its logarithm in `a`.
fn fraction(a: Tracer, x: Tracer, going: Tracer, slopes: bool) -> [Tracer; 2] {
    let (zero, minus) = (a.full_like(0.0), a.full_like(-1.0));
    let b = x + 1.0 - a;
    let d: Tracer = 1.0 / b;
    let start = Lentz { value: [a.full_like(1e30), d, d], slope: slopes.then(|| [zero, d * d, d]) };
    let carries = [vec![zero, b], start.carries()].concat();
    let out = iterate(going, &[a, minus], &carries, 100_000, |captures, carries| {
        let (n, b) = (carries[0] + 1.0, carries[1] + 2.0);
        let before = Lentz::of(&carries[2..]);
        let after = before.step([n * (captures[0] - n), n], [b, captures[1]]);
        (after.moved(&before), [vec![n, b], after.carries()].concat())
    });
    Lentz::of(&out[2..]).result()
}
/// The wanted function of `a` and `x`, both f32 or both f64.
pub(super) fn lowered(a: Tracer, x: Tracer, wanted: Wanted) -> Tracer {
    let infinity = f64::INFINITY;
    let slope = matches!(wanted, Wanted::Slope | Wanted::Sample);
    let ordered = a.greater_equal(0.0) & x.greater_equal(0.0);
    let (a_is_zero, x_is_zero) = (a.equal(0.0), x.equal(0.0));
    let (a_is_infinite, x_is_infinite) = (a.equal(infinity), x.equal(infinity));
    let undefined = !ordered | (a_is_zero & x_is_zero) | (a_is_infinite & x_is_infinite);
    let inside = !(undefined | a_is_zero | x_is_zero | a_is_infinite | x_is_infinite);
    // Outside, the loops see tame numbers.
    let (a, x) = (inside.select(a, a.full_like(1.0)), inside.select(x, x.full_like(1.0)));
    let above = x.greater_equal(1.0) & x.greater(a);
    let (a_below, x_below) = (above.select(a.full_like(1.0), a), above.select(x.full_like(1.0), x));
    let (a_above, x_above) = (above.select(a, a.full_like(1.0)), above.select(x, x.full_like(2.0)));
    let [sum, sum_slope] = series(a_below, x_below, inside & !above, slope);
    let [h, h_slope] = fraction(a_above, x_above, inside & above, slope);
    let weight = log_weight(a, x).exp();
    let value = match wanted {
        Wanted::Lower => above.select(1.0 - weight * h, weight * sum / a),
        Wanted::Upper => above.select(weight * h, 1.0 - weight * sum / a),
        _ => {
            // P = w S / a with w = xᵃ e⁻ˣ / Γ(a), and 1 - P = w h.
            let below = (sum * (x.log() - (a + 1.0).digamma()) + sum_slope) / a;
            let beyond = -h * (x.log() - a.digamma() + h_slope);
            let scaled = above.select(beyond, below);
            if wanted == Wanted::Slope { weight * scaled } else { -x * scaled }
        }
    };
    let number = |value: f64| a.full_like(value);
    let edge = match wanted {
        Wanted::Lower => (a_is_zero | x_is_infinite).select(number(1.0), number(0.0)),
        Wanted::Upper => (a_is_zero | x_is_infinite).select(number(0.0), number(1.0)),
        Wanted::Slope => number(0.0),
        Wanted::Sample => x_is_zero.select(number(0.0), number(f64::NAN)),
    };
    let undefined = if slope { undefined | a_is_zero } else { undefined };
    undefined.select(number(f64::NAN), inside.select(value, edge))
}
