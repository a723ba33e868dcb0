//! Hypergeometric functions: sums of the powers of `x` by rising factorials of the parameters.

use super::{gamma::gamma, of_floats, widened};
use crate::numpy as np;
use raxla_ir::{DType, Tracer};
use raxla_transforms::{custom_jvp, fori_loop, jvp, while_loop};
use std::f64::consts::PI;

of_floats! {
    /// Kummer's function `₁F₁(a; b; x)`, `Σ (a)ₖ/(b)ₖ xᵏ/k!`; `∞` where `b` is 0.
    ///
    /// Of negative `x` by Kummer's transformation, where JAX sums terms that cancel; its derivatives in `a` and `b` hold for large `x`, too.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::hyp1f1(1.0, 2.0, constant(vec![0.0f32, 1.0]))), "[1.0, 1.718]");
    /// ```
    hyp1f1 = |a, b, x| widened([a, b, x], |[a, b, x]| confluent(a, b, x));
    /// Gauss' function `₂F₁(a, b; c; x)`, `Σ (a)ₖ(b)ₖ/(c)ₖ xᵏ/k!` for `x` up to 1, and of polynomials (`a` or `b` a whole number from 0
    /// downwards) for all; elsewhere, and where `c` is such a number, `∞`.
    ///
    /// Below 0 by Pfaff's transformation, where JAX sums terms that cancel or diverge. Close to 1 the sum is long, unless `c - a - b` is
    /// whole.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::hyp2f1(1.0, 1.0, 2.0, constant(vec![0.0f32, 0.5]))), "[1.0, 1.386]");
    /// ```
    hyp2f1 = |a, b, c, x| widened([a, b, c, x], |[a, b, c, x]| gauss(a, b, c, x));
}
/// The sum of terms from 1 on, each the product of the one before with `ratio(k)` and `p + k` of each of the `rising` `p`, until they no
/// longer matter in any element; at most `limit`. `slack` is what the terms after the last matter, as a multiple of it.
///
/// With `sloped` the sum goes on for the slopes in the `p`, too: where `p + k` is 0 the terms end, but their slopes do not, since
/// `(p)ₖ′ = (p)ₖ Σ 1/(p + i)`, of which one term makes up for the factor 0. What matters is then measured by terms without factors below ½.
#[track_caller]
fn sum_of_products(
    rising: &[Tracer],
    limit: i32,
    slack: Tracer,
    sloped: bool,
    ratio: impl Fn(Tracer) -> Tracer,
) -> Tracer {
    let (dtype, shape, one) = (slack.dtype(), slack.shape(), slack.full_like(1.0));
    let precision = slack.stop_gradient() * if dtype == DType::F64 { f64::EPSILON } else { f32::EPSILON.into() };
    type State = (Tracer, Tracer, Tracer, Tracer, Tracer);
    // Ahead of the sum is a term at least; a term of 0 is the last.
    let goes_on = |(k, sum, term, size, before): State| {
        let matters = size.greater(precision * sum.abs());
        let rising = size.greater(before) & term.is_finite();
        np::any(matters | rising, ()) & k.less(limit)
    };
    let following = |k: Tracer, term: Tracer, size: Tracer| {
        let ratio = ratio(k);
        let next = rising.iter().fold(term * ratio, |term, p| term * (*p + k));
        let bound = || rising.iter().fold(size * ratio.abs(), |size, p| size * (*p + k).abs().maximum(0.5));
        (next, if sloped { bound().stop_gradient() } else { next.abs() })
    };
    let step = |(k, sum, term, size, _): State| {
        let (next, bound) = following(k.astype(dtype).broadcast_to(&shape), term, size);
        (k + 1, sum + term, next, bound, size)
    };
    let (first, size) = following(one.full_like(0.0), one, one);
    while_loop(goes_on, step, (np::full(&[], 1, DType::I32), one, first, size, size)).1
}
/// `1/Γ(p)`, of which the slope holds where it is 0, too: at whole numbers from 0 downwards.
fn reciprocal_gamma(p: Tracer) -> Tracer {
    // By reflection, `sin(πp) Γ(1 - p)/π`, with the sine of what is left beside a whole number.
    let left = p.less(0.5);
    let (order, q) = (p.round(), left.select(p, p.full_like(0.0)));
    let odd = order.remainder(2.0).not_equal(0.0);
    let sine = ((p - order) * PI).sin();
    let reflected = odd.select(-sine, sine) * gamma(1f64 - q) / PI;
    left.select(reflected, 1f64 / gamma(left.select(p.full_like(1.0), p)))
}
/// The slopes in the parameters by forward differentiation of the loops; that in `x` is a function of the same kind.
#[track_caller]
fn confluent(a: Tracer, b: Tracer, x: Tracer) -> Tracer {
    let rule = |(a, b, x): (Tracer, Tracer, Tracer), (da, db, dx): (Tracer, Tracer, Tracer)| {
        let (one, none) = (x.full_like(1.0), x.full_like(0.0));
        let slope = |ta: Tracer, tb: Tracer| {
            jvp(|a: Tracer, b: Tracer, x: Tracer| kummer(a, b, x, true), (a, b, x), (ta, tb, none)).1
        };
        let (by_a, by_b) = (slope(one, none), slope(none, one));
        let by_x = a / b * plain_confluent(a + 1.0, b + 1.0, x);
        (plain_confluent(a, b, x), da * by_a + db * by_b + dx * by_x)
    };
    custom_jvp(plain_confluent, rule)(a, b, x)
}
fn plain_confluent(a: Tracer, b: Tracer, x: Tracer) -> Tracer {
    let value = b.equal(0.0).select(x.full_like(f64::INFINITY), kummer(a, b, x, false));
    a.equal(0.0).select(x.full_like(1.0), value)
}
/// Of negative `x`, `eˣ ₁F₁(b - a; b; -x)`. Beyond 80, but of polynomials, by the asymptotic series
/// `Γ(b)/Γ(a) eˣ xᵃ⁻ᵇ Σ (b - a)ₖ (1 - a)ₖ / (k! xᵏ)`, without the exponential where that cancels. With `sloped` the slopes in `a` and `b`
/// hold, too, where a sum ends.
#[track_caller]
fn kummer(a: Tracer, b: Tracer, x: Tracer, sloped: bool) -> Tracer {
    let one = x.full_like(1.0);
    let turned = x.less(0.0);
    let (p, y) = (turned.select(b - a, a), turned.select(-x, x));
    let (far, polynomial) = (y.greater(80.0), ends(p));
    let near = (far & polynomial.logical_not()).select(one, y);
    // The slope of a polynomial in its degree is of the size of the exponential: far away the asymptotic series has it.
    let degree = if sloped { far.select(p.stop_gradient(), p) } else { p };
    let series = sum_of_products(&[degree], 2000, one, sloped, |k| near / ((b + k) * (k + 1.0)));
    let series = turned.select((-near).exp() * series, series);
    let large = far.select(y, x.full_like(100.0));
    let tail = sum_of_products(&[b - p, 1f64 - p], 60, one, sloped, |k| 1f64 / ((k + 1.0) * large));
    let over_gamma = if sloped { reciprocal_gamma(p) } else { 1f64 / gamma(p) };
    let power = large.pow(p - b) * tail * gamma(b) * over_gamma;
    let power = turned.select(power, power * large.exp());
    let power = polynomial.select(if sloped { power + series } else { series }, power);
    far.select(power, series)
}
/// As [`confluent`].
#[track_caller]
fn gauss(a: Tracer, b: Tracer, c: Tracer, x: Tracer) -> Tracer {
    type Four = (Tracer, Tracer, Tracer, Tracer);
    let rule = |(a, b, c, x): Four, (da, db, dc, dx): Four| {
        let one = x.full_like(1.0);
        let in_first = |a: Tracer, b: Tracer| jvp(|a: Tracer| sloped(a, b, c, x), (a,), (one,)).1;
        let (by_a, by_b) = (in_first(a, b), in_first(b, a));
        let by_c = jvp(|c: Tracer| summed([a, b, c], x, ends(a) | ends(b), false), (c,), (one,)).1;
        let by_x = a * b / c * plain_gauss(a + 1.0, b + 1.0, c + 1.0, x);
        (plain_gauss(a, b, c, x), da * by_a + db * by_b + dc * by_c + dx * by_x)
    };
    custom_jvp(plain_gauss, rule)(a, b, c, x)
}
/// Whether it is a whole number from 0 downwards.
fn ends(a: Tracer) -> Tracer {
    a.less_equal(0.0) & a.equal(a.floor())
}
/// Gauss' function for its slope in `a`, which a polynomial in `x` by the parameter `a` has no more than others: NaN above 1, unless `b` ends
/// the sum.
fn sloped(a: Tracer, b: Tracer, c: Tracer, x: Tracer) -> Tracer {
    let (polynomial, difference) = (ends(b), c - a - b);
    let sum = summed([a, b, c], x, polynomial, true);
    let known = x.equal(1.0) & difference.greater(0.0);
    let at_one = gamma(c) * gamma(known.select(difference, x.full_like(1.0))) / (gamma(c - a) * gamma(c - b));
    let outside = known.select(at_one, at_one * f64::NAN);
    (x.greater_equal(1.0) & polynomial.logical_not()).select(outside, sum)
}
/// By the series, after Pfaff's transformation `(1 - x)⁻ᵃ ₂F₁(a, c - b; c; x/(x - 1))` below 0, or Euler's,
/// `(1 - x)ᶜ⁻ᵃ⁻ᵇ ₂F₁(c - a, c - b; c; x)`, where the terms would fall slower than without; neither of what is summed as a polynomial. With
/// `sloped` the slope in `a` holds, too, where that ends the sum.
fn summed([a, b, c]: [Tracer; 3], x: Tracer, polynomial: Tracer, sloped: bool) -> Tracer {
    let one = x.full_like(1.0);
    let outside = x.greater_equal(1.0) & polynomial.logical_not();
    let x = outside.select(one * 0.5, x);
    let below = x.less(0.0) & polynomial.logical_not();
    let slow = x.greater(0.5) & (c - a - b).less(0.0) & polynomial.logical_not();
    let p = slow.select(c - a, a);
    let q = (below | slow).select(c - b, b);
    let y = below.select(x / (x - 1.0), x);
    let slack = polynomial.select(one, 1f64 - y.minimum(0.9999));
    let sum = sum_of_products(&[p], 100_000, slack, sloped, |k| (q + k) / (c + k) * y / (k + 1.0));
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
    let sum = summed([a, b, c], close.select(x.full_like(0.0), x), polynomial, false);
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
    let finite = sum_of_products(&[a], 1000, one, false, |k| {
        let within = (k + 1.0).less(positive);
        within.select((b + k) * s / ((k + 1.0) * within.select(1f64 - m + k, one)), none)
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
    /// Against sums of 60 digits.
    #[test]
    fn slopes_in_a_parameter_that_ends_the_sum_have_all_terms() {
        use raxla_ir::{Literal, eval::eval, trace::trace};
        let at = |f: &dyn Fn(Tracer) -> Tracer, p: f64| {
            let program =
                trace(&[], |_| vec![jvp(|p: Tracer| f(p), (np::full(&[], p, None),), (np::full(&[], 1.0, None),)).1])
                    .program;
            eval(&program, &[] as &[Literal]).unwrap()[0].floats()[0]
        };
        let close = |got: f64, want: f64| assert!((got - want).abs() < 3e-12 * want.abs(), "{got} {want}");
        raxla_ir::dtype::with_x64(true, || {
            close(at(&|a| hyp1f1(a, 1.0, 2.0), 0.0), 3.683871510540412);
            close(at(&|a| hyp1f1(a, 1.5, -3.0), -2.0), -6.1916853425144005);
            close(at(&|a| hyp1f1(a, 1.0, -9.0), 0.0), -2.7744526895919304);
            close(at(&|a| hyp1f1(a, 2.5, 30.0), -1.0), -125238803.98896925);
            close(at(&|a| hyp1f1(a, 1.5, 120.0), -2.0), 1.3367100358540146e+45);
            close(at(&|a| hyp1f1(a, 1.5, 120.0), 2.0), 5.565065893839884e+53);
            close(at(&|b| hyp1f1(-2.0, b, 120.0), 1.5), -3989.3333333333335);
            close(at(&|a| hyp1f1(a, 1.5, -120.0), 2.5), 5.863004154877153e-06);
            close(at(&|a| hyp1f1(a, 1.5, -120.0), -2.0), -14887.592800658973);
            close(at(&|a| hyp2f1(a, 1.5, 2.5, 0.25), -2.0), 0.11165476341210381);
            close(at(&|b| hyp2f1(1.5, b, 2.5, 0.25), 0.0), 0.16545042977357005);
            close(at(&|a| hyp2f1(a, -3.0, 2.5, 0.75), -1.0), -1.082142857142857);
            close(at(&|a| hyp2f1(a, -3.0, 2.5, 4.0), -1.0), -8.66031746031746);
            close(at(&|a| hyp2f1(a, 1.25, 1.25, -3.0), -2.0), -22.18070977791825);
            close(at(&|a| hyp2f1(a, 2.5, 1.25, 0.75), -1.0), -0.04906976394439992);
        });
    }
}
