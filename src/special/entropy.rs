//! Functions of information: products with logarithms, entropies, odds, transforms of powers, and the sums of exponentials.

use super::{of_floats, polynomial::series};
use crate::{
    nn,
    numpy::{
        Arg, Over,
        promotion::{inexact, promote_inexact},
    },
};
use raxla_ir::Tracer;
use raxla_transforms::custom_jvp;

of_floats! {
    /// `-x log x`, and 0 at 0, where the derivative is `∞`; `-∞` of negative numbers, where the derivative is 0.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::entr(constant(vec![0.0f32, 0.5, 1.0]))), "[0.0, 0.3466, 0.0]");
    /// ```
    entr = |x| {
        let negative = x.less(0.0);
        negative.select(x.full_like(f64::NEG_INFINITY), -product_with_own_log(negative.select(x.full_like(1.0), x)))
    };
    /// `p log(p / q)`, the term of the relative entropy; 0 where `p` is 0 and `q` not negative, else `∞` unless both are positive.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::rel_entr(constant(vec![0.5f32, 1.0]), constant(vec![1.0f32, 1.0]))), "[-0.3466, 0.0]");
    /// ```
    rel_entr = |p, q| relative_entropy(p, q);
    /// `p log(p / q) - p + q`, the term of the divergence of Kullback and Leibler; edges as in [`rel_entr`].
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::kl_div(constant(vec![0.5f32, 1.0]), constant(vec![1.0f32, 1.0]))), "[0.1534, 0.0]");
    /// ```
    kl_div = |p, q| relative_entropy(p, q) - p + q;
    /// The transform of Box and Cox, `(xˡ - 1) / l`, and `log x` where `l` is 0. Unlike JAX's it has a derivative in `l` there.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::boxcox(constant(vec![1.0f32, 3.0]), 2.0)), "[0.0, 4.0]");
    /// ```
    boxcox = |x, lmbda| box_cox(x.log(), lmbda);
    /// [`boxcox`] of `1 + x`, accurate near 0.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::boxcox1p(constant(vec![0.0f32, 2.0]), 2.0)), "[0.0, 4.0]");
    /// ```
    boxcox1p = |x, lmbda| box_cox(x.log1p(), lmbda);
}
/// `log(p / (1 - p))`, the logarithm of the odds.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::logit(constant(vec![0.5f32, 0.75]))), "[0.0, 1.099]");
/// ```
#[track_caller]
pub fn logit(p: impl Into<Arg>) -> Tracer {
    let value = |p: Tracer| (p / (p.full_like(1.0) - p)).log();
    let rule = move |(p,): (Tracer,), (t,): (Tracer,)| (value(p), t / (p * (p.full_like(1.0) - p)));
    custom_jvp(value, rule)(inexact("logit", p))
}
/// `1 / (1 + e⁻ˣ)`, the inverse of [`logit`].
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::expit(constant(vec![0.0f32, 1.0]))), "[0.5, 0.7311]");
/// ```
#[track_caller]
pub fn expit(x: impl Into<Arg>) -> Tracer {
    inexact("expit", x).logistic()
}
/// `x log y`, and 0 where `x` is 0, unless `y` is NaN. Its derivative in `y` is 0 there, where JAX's may be NaN.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::xlogy(constant(vec![0.0f32, 2.0]), constant(vec![0.0f32, 1.0]))), "[0.0, 0.0]");
/// ```
#[track_caller]
pub fn xlogy(x: impl Into<Arg>, y: impl Into<Arg>) -> Tracer {
    let [x, y] = promote_inexact("xlogy", [x.into(), y.into()]);
    product_with_log(x, y, Tracer::log, |y| y)
}
/// `x log(1 + y)`, and 0 where `x` is 0, unless `y` is NaN. Its derivative in `y` is 0 there, where JAX's may be NaN.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::xlog1py(constant(vec![0.0f32, 2.0]), constant(vec![-1.0f32, 1.0]))), "[0.0, 1.386]");
/// ```
#[track_caller]
pub fn xlog1py(x: impl Into<Arg>, y: impl Into<Arg>) -> Tracer {
    let [x, y] = promote_inexact("xlog1py", [x.into(), y.into()]);
    product_with_log(x, y, Tracer::log1p, |y| y + 1.0)
}
/// `x log(inner(y))`, where `inner` has the derivative 1.
#[track_caller]
fn product_with_log(x: Tracer, y: Tracer, log: fn(Tracer) -> Tracer, inner: fn(Tracer) -> Tracer) -> Tracer {
    let value = move |x: Tracer, y: Tracer| {
        // Only where the product would be NaN: elsewhere it has derivatives of its own.
        let product = x * log(y);
        let zero = x.equal(x.full_like(0.0)) & y.equal(y) & product.not_equal(product);
        zero.select(x.full_like(0.0), product)
    };
    let rule = move |(x, y): (Tracer, Tracer), (dx, dy): (Tracer, Tracer)| {
        let zero = x.equal(x.full_like(0.0)) & inner(y).equal(y.full_like(0.0));
        let slope = zero.select(x.full_like(0.0), x / inner(y));
        (value(x, y), dx * log(y) + dy * slope)
    };
    custom_jvp(value, rule)(x, y)
}
/// `x log x`, whose derivative is `log x + 1`.
#[track_caller]
fn product_with_own_log(x: Tracer) -> Tracer {
    let value = |x: Tracer| x.equal(0.0).select(x, x * x.log());
    let rule = move |(x,): (Tracer,), (t,): (Tracer,)| (value(x), t * (x.log() + 1.0));
    custom_jvp(value, rule)(x)
}
#[track_caller]
fn relative_entropy(p: Tracer, q: Tracer) -> Tracer {
    let positive = p.greater(0.0) & q.greater(0.0);
    let zero = p.equal(0.0) & q.greater_equal(0.0);
    let one = p.full_like(1.0);
    let (x, y) = (positive.select(p, one), positive.select(q, one));
    let edge = zero.select(p.full_like(0.0), p.full_like(f64::INFINITY));
    positive.select(x * x.log() - x * y.log(), edge)
}
/// `(eᵘ - 1) / l` where `u = l log`. Its derivative in `l` is `(u eᵘ - eᵘ + 1) / l²`, near 0 `log² Σ uᵏ/(k! (k + 2))`.
#[track_caller]
fn box_cox(log: Tracer, l: Tracer) -> Tracer {
    let value = |log: Tracer, l: Tracer| {
        let none = l.equal(0.0);
        none.select(log, (l * log).expm1() / none.select(l.full_like(1.0), l))
    };
    let rule = move |(log, l): (Tracer, Tracer), (dlog, dl): (Tracer, Tracer)| {
        let none = l.equal(0.0);
        let u = none.select(l, l * log);
        let small = u.abs().less(0.5);
        let term = |k: usize| 1.0 / ((1..=k).map(|j| j as f64).product::<f64>() * (k + 2) as f64);
        let near = log * log * series(small.select(u, u.full_like(0.0)), 13, term);
        // A logarithm of -∞ leaves but the last term.
        let exp = u.exp();
        let far = (u.maximum(-1e4) * exp - u.expm1()) / none.select(l.full_like(1.0), l * l);
        (value(log, l), dlog * exp + dl * small.select(near, far))
    };
    custom_jvp(value, rule)(log, l)
}

/// `log(Σ eˣ)`, without overflow, over axes: as [`np::sum`](crate::numpy::sum) takes them. `-∞` of nothing.
///
/// ```
/// use raxla::{numpy::Over, prelude::*, special};
/// let y = jit(|x: Tracer| special::logsumexp(x, Over::axis(0)))(Array::from(vec![1000.0f32, 1000.0]));
/// assert_eq!(y.item::<f32>()?, 1000.0 + 2f32.ln());
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn logsumexp(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    nn::logsumexp(inexact("logsumexp", x), over)
}
/// `log |Σ b eˣ|`, without overflow, and the sign of the sum: 1, 0 or -1. SciPy's `logsumexp` with `b` and `return_sign`.
///
/// Where a factor is 0, its exponential does not matter, be it infinite.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::logsumexp_with(constant(vec![0.0f32, 0.0]), constant(vec![1.0f32, -3.0]), ())), "0.6931, -1.0");
/// ```
#[track_caller]
pub fn logsumexp_with(x: impl Into<Arg>, b: impl Into<Arg>, over: impl Into<Over>) -> (Tracer, Tracer) {
    let [x, b] = promote_inexact("logsumexp", [x.into(), b.into()]);
    nn::logsumexp_with(x, b, over)
}
/// `eˣ` over its sum over axes, all of them for `()`; without overflow.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::softmax(constant(vec![0.0f32, 0.0]), -1)), "[0.5, 0.5]");
/// ```
#[track_caller]
pub fn softmax(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    nn::softmax(inexact("softmax", x), over)
}
/// The logarithm of [`softmax`]; without overflow.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::log_softmax(constant(vec![0.0f32, 0.0]), -1)), "[-0.6931, -0.6931]");
/// ```
#[track_caller]
pub fn log_softmax(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    nn::log_softmax(inexact("log_softmax", x), over)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { special_entropy:
        "jsp.special.xlogy(a, b)", "f32(3, 1), f32(4, low=0.1)" => fn(a, b) xlogy(a, b);
        "jsp.special.xlogy(a, b)", "i32(4), f32(4, low=0.1)" => fn(a, b) xlogy(a, b);
        "jsp.special.xlogy(a, b)", "c64(4), c64(4)" => fn(a, b) xlogy(a, b);
        // JAX's derivative in b is NaN at the second; here it is 0.
        "jsp.special.xlogy(a, b)", "values([0.0, 0.0, 0.0, 1.0], 'f4'), values([2.0, 0.0, nan, 0.0], 'f4')", values => fn(a, b) xlogy(a, b);
        "jsp.special.xlogy(a, b)", "values([0.0, 1.0], 'f4'), values([2.0, 3.0], 'f4')" => fn(a, b) xlogy(a, b);
        "jsp.special.xlog1py(a, b)", "f32(4), f32(4, low=-0.9)" => fn(a, b) xlog1py(a, b);
        "jsp.special.xlog1py(a, b)", "values([0.0, 0.0, 0.0], 'f4'), values([2.0, -1.0, nan], 'f4')", values => fn(a, b) xlog1py(a, b);
        "jsp.special.entr(a)", "values([0.0, 0.3, 2.0], 'f4')" => fn(a) entr(a);
        // JAX's derivative of negative numbers is NaN.
        "jsp.special.entr(a)", "values([0.0, -1.0, nan, inf], 'f4')", values => fn(a) entr(a);
        "jsp.special.entr(a)", "bf16(4, low=0.1)" => fn(a) entr(a);
        "jsp.special.rel_entr(a, b)", "values([0.5, 0.0, 0.0, 1.0, -1.0, 2.0], 'f4'), values([0.25, 0.0, 1.0, 0.0, 1.0, -1.0], 'f4')" => fn(a, b) rel_entr(a, b);
        "jsp.special.kl_div(a, b)", "values([0.5, 0.0, 0.0, 1.0, -1.0], 'f4'), values([0.25, 0.0, 1.0, 0.0, 1.0], 'f4')" => fn(a, b) kl_div(a, b);
        "jsp.special.logit(a)", "f32(5, low=0.05, high=0.95)" => fn(a) logit(a);
        "jsp.special.logit(a)", "values([0.0, 1.0, -1.0, nan], 'f4')" => fn(a) logit(a);
        "jsp.special.logit(a)", "c64(5)" => fn(a) logit(a);
        "jsp.special.expit(a)", "f32(5)" => fn(a) expit(a);
        "jsp.special.expit(a)", "c64(5)" => fn(a) expit(a);
        "jsp.special.boxcox(a, b)", "f32(5, low=0.1), f32(5)" => fn(a, b) boxcox(a, b);
        // JAX's derivative in the exponent is 0 where that is 0.
        "jsp.special.boxcox(a, b)", "values([0.0, 0.0, 2.0, 2.0], 'f4'), values([0.0, 2.0, 0.0, 1e-5], 'f4')", values => fn(a, b) boxcox(a, b);
        "jsp.special.boxcox1p(a, b)", "f32(5, low=-0.9), f32(5)" => fn(a, b) boxcox1p(a, b);
        "jsp.special.logsumexp(a)", "f32(3, 4)" => fn(a) logsumexp(a, ());
        "jsp.special.logsumexp(a, axis=1, keepdims=True)", "f32(3, 4)" => fn(a) logsumexp(a, Over::axis(1).keepdims());
        "jsp.special.logsumexp(a, axis=0, where=b)", "f32(3, 4), boolean(3, 4)" => fn(a, b) logsumexp(a, Over::axis(0).where_(b));
        "jsp.special.logsumexp(a)", "values([-inf, -inf], 'f4')", values => fn(a) logsumexp(a, ());
        "jsp.special.logsumexp(a)", "values([inf, 1.0], 'f4')", values => fn(a) logsumexp(a, ());
        "jsp.special.logsumexp(a, axis=0, b=b, return_sign=True)", "f32(3, 4), f32(3, 4)" => fn(a, b) logsumexp_with(a, b, 0);
        "jsp.special.softmax(a)", "f32(3, 4)" => fn(a) softmax(a, ());
        "jsp.special.softmax(a, axis=0)", "f32(3, 4)" => fn(a) softmax(a, 0);
        "jsp.special.log_softmax(a, axis=-1)", "f32(3, 4)" => fn(a) log_softmax(a, -1);
    }
    #[test]
    fn derivatives_are_right_at_edges() {
        use raxla_ir::{Literal, eval::eval, trace::trace};
        let at = |x: f32, y: f32, f: fn(Tracer, Tracer) -> Tracer| {
            let ins = [Literal::scalar(x), Literal::scalar(y)];
            let program = trace(&ins.each_ref().map(|l| l.aval().clone()), |a| {
                let (x, y) = raxla_transforms::grad_all(f)(a[0], a[1]);
                vec![x, y]
            });
            eval(&program.program, &ins).unwrap().iter().map(|l| l.floats()[0]).collect::<Vec<_>>()
        };
        assert_eq!(at(0.0, 0.0, |x, y| xlogy(x, y))[1], 0.0);
        assert_eq!(at(0.0, -1.0, |x, y| xlog1py(x, y))[1], 0.0);
        assert_eq!(at(-1.0, 0.0, |x, y| entr(x) + y)[0], 0.0);
        let half_square = 0.5 * 2f64.ln().powi(2);
        assert!((at(2.0, 0.0, |x, y| boxcox(x, y))[1] - half_square).abs() < 1e-6);
    }
}
