//! Hypergeometric functions: sums of the powers of `x` by rising factorials of the parameters.

use super::{gamma::gamma, of_floats, widened};
use crate::numpy as np;
use raxla_ir::{DType, Tracer};
use raxla_transforms::{custom_jvp, fori_loop, jvp, while_loop};

of_floats! {
    /// Kummer's function `₁F₁(a; b; x)`, `Σ (a)ₖ/(b)ₖ xᵏ/k!`; `∞` where `b` is 0.
    ///
    /// Of negative `x` by Kummer's transformation, where JAX sums terms that cancel; its derivatives in `a` and `b` hold for large `x`, too.
    hyp1f1 = |a, b, x| widened([a, b, x], |[a, b, x]| confluent(a, b, x));
    /// Gauss' function `₂F₁(a, b; c; x)`, `Σ (a)ₖ(b)ₖ/(c)ₖ xᵏ/k!` for `x` up to 1, and of polynomials (`a` or `b` a whole number from 0
    /// downwards) for all; elsewhere, and where `c` is such a number, `∞`.
    ///
    /// Below 0 by Pfaff's transformation, where JAX sums terms that cancel or diverge. Close to 1 the sum is long, unless `c - a - b` is
    /// whole.
    hyp2f1 = |a, b, c, x| widened([a, b, c, x], |[a, b, c, x]| gauss(a, b, c, x));
}
/// The sum of terms from 1 on, each the product of the one before with `ratio(k)`, until they no longer matter in any element; at most
/// `limit`. `slack` is what the terms after the last matter, as a multiple of it.
#[track_caller]
fn sum_of_products(like: Tracer, limit: i32, slack: Tracer, ratio: impl Fn(Tracer) -> Tracer) -> Tracer {
    let precision = slack.stop_gradient() * if like.dtype() == DType::F64 { f64::EPSILON } else { f32::EPSILON.into() };
    let one = like.full_like(1.0);
    // Ahead of the sum is a term at least; a term of 0 is the last.
    let goes_on = |(k, sum, term, previous): (Tracer, Tracer, Tracer, Tracer)| {
        let matters = term.abs().greater(precision * sum.abs());
        let rising = term.abs().greater(previous.abs()) & term.is_finite();
        np::any(matters | rising, ()) & k.less(limit)
    };
    let step = |(k, sum, term, _): (Tracer, Tracer, Tracer, Tracer)| {
        (k + 1, sum + term, term * ratio(k.astype(like.dtype()).broadcast_to(&like.shape())), term)
    };
    let first = ratio(one.full_like(0.0));
    let init = (np::full(&[], 1, DType::I32), one, first, first);
    while_loop(goes_on, step, init).1
}
/// The slopes in the parameters by forward differentiation of the loops; that in `x` is a function of the same kind.
#[track_caller]
fn confluent(a: Tracer, b: Tracer, x: Tracer) -> Tracer {
    let rule = |(a, b, x): (Tracer, Tracer, Tracer), (da, db, dx): (Tracer, Tracer, Tracer)| {
        let (one, none) = (x.full_like(1.0), x.full_like(0.0));
        let slope = |ta: Tracer, tb: Tracer| jvp(plain_confluent, (a, b, x), (ta, tb, none)).1;
        let (by_a, by_b) = (slope(one, none), slope(none, one));
        let by_x = a / b * plain_confluent(a + 1.0, b + 1.0, x);
        (plain_confluent(a, b, x), da * by_a + db * by_b + dx * by_x)
    };
    custom_jvp(plain_confluent, rule)(a, b, x)
}
/// Of negative `x`, `eˣ ₁F₁(b - a; b; -x)`. Beyond 80 by the asymptotic series
/// `Γ(b)/Γ(a) eˣ xᵃ⁻ᵇ Σ (b - a)ₖ (1 - a)ₖ / (k! xᵏ)`, without the exponential where that cancels.
fn plain_confluent(a: Tracer, b: Tracer, x: Tracer) -> Tracer {
    let one = x.full_like(1.0);
    let turned = x.less(0.0) & a.not_equal(0.0);
    let (p, y) = (turned.select(b - a, a), turned.select(-x, x));
    let far = y.greater(80.0);
    let near = far.select(one, y);
    let series = sum_of_products(x, 1000, one, |k| (p + k) / (b + k) * near / (k + 1.0));
    let series = turned.select((-near).exp() * series, series);
    let large = far.select(y, x.full_like(100.0));
    let tail = sum_of_products(x, 60, one, |k| (b - p + k) * (1f64 - p + k) / ((k + 1.0) * large));
    let power = large.pow(p - b) * tail * gamma(b) / gamma(p);
    let power = turned.select(power, power * large.exp());
    let y = far.select(power, series);
    b.equal(0.0).select(a.equal(0.0).select(one, x.full_like(f64::INFINITY)), y)
}
/// As [`confluent`].
#[track_caller]
fn gauss(a: Tracer, b: Tracer, c: Tracer, x: Tracer) -> Tracer {
    type Four = (Tracer, Tracer, Tracer, Tracer);
    let rule = |(a, b, c, x): Four, (da, db, dc, dx): Four| {
        let (one, none) = (x.full_like(1.0), x.full_like(0.0));
        let slope = |ta: Tracer, tb: Tracer, tc: Tracer| jvp(summed, (a, b, c, x), (ta, tb, tc, none)).1;
        let (by_a, by_b, by_c) = (slope(one, none, none), slope(none, one, none), slope(none, none, one));
        let by_x = a * b / c * plain_gauss(a + 1.0, b + 1.0, c + 1.0, x);
        (plain_gauss(a, b, c, x), da * by_a + db * by_b + dc * by_c + dx * by_x)
    };
    custom_jvp(plain_gauss, rule)(a, b, c, x)
}
/// Whether it is a whole number from 0 downwards.
fn ends(a: Tracer) -> Tracer {
    a.less_equal(0.0) & a.equal(a.floor())
}
/// By the series, after Pfaff's transformation `(1 - x)⁻ᵃ ₂F₁(a, c - b; c; x/(x - 1))` below 0, or Euler's,
/// `(1 - x)ᶜ⁻ᵃ⁻ᵇ ₂F₁(c - a, c - b; c; x)`, where the terms would fall slower than without.
fn summed(a: Tracer, b: Tracer, c: Tracer, x: Tracer) -> Tracer {
    let one = x.full_like(1.0);
    let polynomial = ends(a) | ends(b);
    let outside = x.greater_equal(1.0) & polynomial.logical_not();
    let x = outside.select(one * 0.5, x);
    let below = x.less(0.0) & polynomial.logical_not();
    let slow = x.greater(0.5) & (c - a - b).less(0.0) & polynomial.logical_not();
    let p = slow.select(c - a, a);
    let q = (below | slow).select(c - b, b);
    let y = below.select(x / (x - 1.0), x);
    let slack = polynomial.select(one, 1f64 - y.minimum(0.9999));
    let sum = sum_of_products(x, 100_000, slack, |k| (p + k) * (q + k) / (c + k) * y / (k + 1.0));
    let base = polynomial.select(one, 1f64 - x);
    sum * base.pow(below.select(-a, slow.select(c - a - b, one * 0.0)))
}
/// Between 0.9 and 1, where `c - a - b` is whole, by powers of `1 - x`; at 1 by Gauss' formula `Γ(c)Γ(c - a - b)/(Γ(c - a)Γ(c - b))`.
fn plain_gauss(a: Tracer, b: Tracer, c: Tracer, x: Tracer) -> Tracer {
    let infinity = x.full_like(f64::INFINITY);
    let (polynomial, difference) = (ends(a) | ends(b), c - a - b);
    let turned = ends(c - a) | ends(c - b);
    let order = difference.round();
    let whole = (difference - order).abs().less(if x.dtype() == DType::F64 { 1e-14 } else { 5e-6 });
    let close = x.greater(0.9) & x.less(1.0) & whole & (polynomial | turned).logical_not();
    let sum = summed(a, b, c, close.select(x.full_like(0.0), x));
    let value = close.select(logarithmic([a, b, c], order, close.select(1f64 - x, x.full_like(0.05))), sum);
    let at_one = difference.greater(0.0).select(gamma(c) * gamma(difference) / (gamma(c - a) * gamma(c - b)), infinity);
    let value = (x.equal(1.0) & polynomial.logical_not()).select(at_one, value);
    let value = (x.greater(1.0) & polynomial.logical_not()).select(infinity, value);
    // A denominator of 0 that the numerators do not end before.
    let early = (ends(a) & a.greater(c)) | (ends(b) & b.greater(c));
    let value = (ends(c) & early.logical_not()).select(infinity, value);
    (x.equal(0.0) | a.equal(0.0) | b.equal(0.0)).select(x.full_like(1.0), value)
}
/// By powers of `s = 1 - x`, where `c - a - b` is the whole number `m`, from 0 on after Euler's transformation:
/// `Γ(m)Γ(c)/(Γ(a + m)Γ(b + m)) Σ (a)ₙ(b)ₙ/(n!(1 - m)ₙ) sⁿ` over `n` below `m`, less `(-s)ᵐ Γ(c)/(Γ(a)Γ(b)) Σ (a + m)ₙ(b + m)ₙ/(n!(n + m)!) sⁿ`
/// times `ln s - ψ(n + 1) - ψ(n + m + 1) + ψ(a + n + m) + ψ(b + n + m)` (Abramowitz and Stegun, 15.3.10 and 15.3.11).
#[track_caller]
fn logarithmic([a, b, c]: [Tracer; 3], order: Tracer, s: Tracer) -> Tracer {
    let (one, none) = (s.full_like(1.0), s.full_like(0.0));
    let turned = order.less(0.0);
    let (a, b, m) = (turned.select(c - a, a), turned.select(c - b, b), order.abs());
    let (above_a, above_b) = (a + m, b + m);
    let some = m.greater(0.0);
    let positive = some.select(m, one);
    let finite = sum_of_products(s, 1000, one, |k| {
        let within = (k + 1.0).less(positive);
        within.select((a + k) * (b + k) * s / ((k + 1.0) * within.select(1f64 - m + k, one)), none)
    });
    let finite = some.select(finite * gamma(positive) / (gamma(above_a) * gamma(above_b)), none);
    let step = |k: Tracer, (sum, term, logs): (Tracer, Tracer, Tracer)| {
        let k = one * k.astype(s.dtype());
        let (n, far) = (k + 1.0, m + k + 1.0);
        let next = term * (above_a + k) * (above_b + k) * s / (n * far);
        (sum + term * logs, next, logs - 1f64 / n - 1f64 / far + 1f64 / (above_a + k) + 1f64 / (above_b + k))
    };
    let logs = s.log() - one.digamma() - (m + 1.0).digamma() + above_a.digamma() + above_b.digamma();
    let (sum, ..) = fori_loop(0, 40, step, (none, 1f64 / gamma(m + 1.0), logs));
    let odd = m.remainder(2.0).not_equal(0.0);
    let power = odd.select(-s.pow(m), s.pow(m));
    let value = gamma(c) * (finite - power * sum / (gamma(a) * gamma(b)));
    turned.select(s.pow(-m) * value, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { special_hypergeometric:
        "jsp.special.hyp1f1(a, b, c)", "f32(8, low=0.3, high=3), f32(8, low=0.3, high=3), f32(8, low=0.1, high=6)" => fn(a, b, c) hyp1f1(a, b, c);
        "jsp.special.hyp1f1(a, b, c)", "f64(8, low=-2.5, high=3), f64(8, low=0.3, high=3), f64(8, low=-2, high=9)", x64, within(10.0) => fn(a, b, c) hyp1f1(a, b, c);
        "jsp.special.hyp1f1(a, b, c)", "values([0.0, 2.0, 1.0, 0.0, -2.0], 'f4'), values([1.5, 2.0, 0.0, 0.0, 1.5], 'f4'), values([3.0, 1.5, 2.0, 1.0, 2.0], 'f4')", values => fn(a, b, c) hyp1f1(a, b, c);
        // JAX's derivatives in a and b are those of the power series.
        "jsp.special.hyp1f1(a, b, c)", "values([1.2, 0.7], 'f8'), values([1.5, 2.5], 'f8'), values([120.0, 150.0], 'f8')", x64, values, within(10.0) => fn(a, b, c) hyp1f1(a, b, c);
        "jsp.special.hyp2f1(a, b, c, d)", "f32(8, low=0.3, high=2), f32(8, low=0.3, high=2), f32(8, low=2, high=5), f32(8, low=0.05, high=0.7)" => fn(a, b, c, d) hyp2f1(a, b, c, d);
        "jsp.special.hyp2f1(a, b, c, d)", "f64(8, low=0.3, high=2), f64(8, low=0.3, high=2), f64(8, low=1, high=5), f64(8, low=-0.5, high=0.8)", x64, within(10.0) => fn(a, b, c, d) hyp2f1(a, b, c, d);
        // c - a - b whole, close to 1.
        "jsp.special.hyp2f1(a, b, c, d)", "values([0.5, 0.5, 1.5, 0.75], 'f8'), values([0.5, 1.5, 1.25, 1.5], 'f8'), values([1.0, 4.0, 1.75, 1.25], 'f8'), values([0.95, 0.93, 0.97, 0.99], 'f8')", x64, values, within(30.0) => fn(a, b, c, d) hyp2f1(a, b, c, d);
        "jsp.special.hyp2f1(a, b, c, d)", "values([-2.0, 0.0, 1.0, 0.5, 1.0, 1.0], 'f4'), values([1.5, 2.0, 1.0, 0.5, 2.0, 1.5], 'f4'), values([1.5, 2.0, 3.0, 2.0, -1.0, 1.5], 'f4'), values([0.5, 0.3, 1.0, 1.0, 0.5, 0.25], 'f4')", values => fn(a, b, c, d) hyp2f1(a, b, c, d);
    }
    /// Against figures that Gauss' and Kummer's functions have in closed form, where JAX's are wrong.
    #[test]
    fn negative_and_large_arguments_are_accurate() {
        use raxla_ir::{Literal, eval::eval, trace::trace};
        let at = |f: fn(f64) -> Tracer| {
            let program = trace(&[], |_| vec![f(0.0)]).program;
            eval(&program, &[] as &[Literal]).unwrap()[0].floats()[0]
        };
        let close = |got: f64, want: f64| assert!((got - want).abs() < 1e-12 * want.abs(), "{got} {want}");
        raxla_ir::dtype::with_x64(true, || {
            close(at(|_| hyp1f1(1.0, 2.0, -40.0)), -(-40f64).exp_m1() / 40.0);
            close(at(|_| hyp1f1(1.0, 2.0, -1000.0)), 1e-3);
            close(at(|_| hyp2f1(1.0, 1.0, 2.0, -30.0)), 31f64.ln() / 30.0);
            close(at(|_| hyp2f1(1.0, 1.0, 2.0, 0.9999)), 1e4f64.ln() / 0.9999);
            close(at(|_| hyp2f1(0.5, 1.0, 1.5, 0.9604)), (0.98f64).atanh() / 0.98);
            close(at(|_| hyp2f1(-2.0, 3.0, 1.5, 4.0)), 1.0 - 16.0 + 2.0 * 12.0 / (1.5 * 2.5 * 2.0) * 16.0);
        });
    }
}
