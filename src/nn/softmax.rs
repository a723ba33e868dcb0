//! The softmax family: `softmax`, `log_softmax`, `logsumexp`, `logmeanexp`.
//!
//! All take one axis or several, as [`Over`] says, and a mask of the elements that count.

use crate::numpy::{self, Over, promotion::inexact};
use raxla_ir::{
    Tracer,
    aval::resolve_axes,
    trace::{fail, or_fail},
};

/// `x` with `-inf` where the mask does not hold; and what it is reduced over, axes kept.
#[track_caller]
fn masked(name: &str, x: Tracer, over: &Over) -> (Tracer, Over) {
    let x = inexact(name, x);
    match over.mask {
        None => (x, over.clone().keepdims()),
        Some(mask) if mask.dtype() != raxla_ir::DType::Bool => {
            fail(format!("{name}: `where_` must hold bools, got {}", mask.aval()))
        }
        Some(mask) => (mask.select(x, x.full_like(f64::NEG_INFINITY)), Over { mask: None, ..over.clone() }.keepdims()),
    }
}
/// The greatest element, as a constant of differentiation, with the axes kept; `-inf` of none.
#[track_caller]
fn greatest(name: &str, x: Tracer, over: &Over) -> Tracer {
    let axes = match &over.axes {
        None => (0..x.rank()).collect(),
        Some(axes) => or_fail(name, resolve_axes(axes, x.rank())),
    };
    let signed: Vec<isize> = axes.iter().map(|a| *a as isize).collect();
    let mut shape = x.shape();
    axes.iter().for_each(|a| shape[*a] = 1);
    x.stop_gradient().max_axes(signed).reshape(&shape)
}
/// `log(sum(exp(x)))` over one axis or several, which disappear unless kept; without overflow.
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(|x: Tracer| nn::logsumexp(x, -1))(Array::from(vec![1000.0f32, 1000.0]));
/// assert_eq!(y.item::<f32>()?, 1000.0 + 2f32.ln());
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn logsumexp(x: Tracer, over: impl Into<Over>) -> Tracer {
    let (log, sum) = scaled("logsumexp", x, None, &over.into());
    if sum.dtype().is_complex() { log.complex(numpy::angle(sum)) } else { log }
}
/// `log(|sum(b * exp(x))|)`, and the sign of that sum; `b` broadcasts to `x`.
///
/// ```
/// use raxla::prelude::*;
/// let f = jit(|x: Tracer, b: Tracer| nn::logsumexp_with(x, b, 0));
/// let (log, sign) = f(Array::from(vec![0.0f32, 2f32.ln()]), Array::from(vec![1.0f32, -1.0]));
/// assert_eq!((log.item::<f32>()?, sign.item::<f32>()?), (0.0, -1.0));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn logsumexp_with(x: Tracer, b: impl Into<Option<Tracer>>, over: impl Into<Over>) -> (Tracer, Tracer) {
    let (log, sum) = scaled("logsumexp", x, b.into(), &over.into());
    (log, sum.sign())
}
/// `log(|sum(b * exp(x))|)`, and that sum over the greatest power.
#[track_caller]
fn scaled(name: &str, x: Tracer, b: Option<Tracer>, over: &Over) -> (Tracer, Tracer) {
    let (mut x, kept) = masked(name, x, over);
    let mut b = b;
    if let Some(factor) = b {
        let [wide, factor] = numpy::promotion::promote_inexact(name, [x.into(), factor.into()]);
        // A factor of 0 hides even an infinite power.
        (x, b) = (factor.equal(0.0).select(wide.full_like(f64::NEG_INFINITY), wide), Some(factor));
    }
    let complex = x.dtype().is_complex();
    let most = greatest(name, if complex { x.real() } else { x }, &kept);
    let offset = most.is_finite().select(most, most.full_like(0.0));
    let powers = (x - offset.astype(x.dtype())).exp();
    let sum = numpy::sum(b.map_or(powers, |b| b * powers), Over { keepdims: over.keepdims, ..kept });
    let offset = if over.keepdims { offset } else { offset.reshape(&sum.shape()) };
    (if b.is_some() || complex { sum.abs() } else { sum }.log() + offset, sum)
}
/// `log(mean(exp(x)))` over one axis or several, which disappear unless kept; without overflow.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::logmeanexp(constant(vec![2.0f32, 2.0]), ())), "2.0");
/// ```
#[track_caller]
pub fn logmeanexp(x: Tracer, over: impl Into<Over>) -> Tracer {
    let over = over.into();
    let log = logsumexp(x, over.clone());
    let count = match over.mask {
        None => return log - (x.size() as f64 / log.size().max(1) as f64).ln(),
        Some(mask) => numpy::sum(mask.broadcast_to(&x.shape()), Over { mask: None, ..over }.dtype(log.dtype())),
    };
    log - count.log()
}
/// `log(softmax(x))` over one axis or several; without overflow. Where a mask does not hold it is `-inf`.
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(|x: Tracer| nn::log_softmax(x, -1))(Array::from(vec![3.0f32, 3.0]));
/// assert_eq!(y.to_vec::<f32>()?, [-2f32.ln(); 2]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn log_softmax(x: Tracer, over: impl Into<Over>) -> Tracer {
    let over = over.into();
    let (x, kept) = masked("log_softmax", x, &over);
    let shifted = x - greatest("log_softmax", x, &kept);
    let log = shifted - numpy::sum(shifted.exp(), kept).log();
    over.mask.map_or(log, |mask| mask.select(log, log.full_like(f64::NEG_INFINITY)))
}
/// `exp(x)` over its sum over one axis or several; without overflow. Where a mask does not hold it is 0.
///
/// ```
/// use raxla::{numpy::Over, prelude::*};
/// let y = jit(|x: Tracer| nn::softmax(x, 0))(Array::from(vec![5.0f32; 4]));
/// assert_eq!(y.to_vec::<f32>()?, [0.25; 4]);
/// let first = jit(|x: Tracer| nn::softmax(x, Over::axis(0).where_(x.less(9.0))))(Array::from(vec![5.0f32, 9.0]));
/// assert_eq!(first.to_vec::<f32>()?, [1.0, 0.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn softmax(x: Tracer, over: impl Into<Over>) -> Tracer {
    let over = over.into();
    let (x, kept) = masked("softmax", x, &over);
    let powers = (x - greatest("softmax", x, &kept)).exp();
    let shares = powers / numpy::sum(powers, kept);
    over.mask.map_or(shares, |mask| mask.select(shares, shares.full_like(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { nn_softmax:
        "jax.nn.softmax(a)", "f32(3, 4)" => fn(a) softmax(a, -1);
        "jax.nn.softmax(a, axis=(0, 2))", "f32(2, 3, 2)" => fn(a) softmax(a, [0, 2]);
        "jax.nn.softmax(a, where=b)", "f32(3, 4), values([[1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 1, 1]], 'bool')" => fn(a, b) softmax(a, Over::axis(-1).where_(b));
        "jax.nn.softmax(a)", "bf16(3, 4)" => fn(a) softmax(a, -1);
        "jax.nn.softmax(a)", "values([1000, -1000, 999], 'f4')" => fn(a) softmax(a, -1);
        "jax.nn.softmax(a)", "values([-inf, 1, 2], 'f4')" => fn(a) softmax(a, -1);
        "jax.nn.log_softmax(a)", "f32(3, 4)" => fn(a) log_softmax(a, -1);
        "jax.nn.log_softmax(a, axis=0)", "f32(3, 4)" => fn(a) log_softmax(a, 0);
        // JAX's derivative is NaN where the mask does not hold.
        "jax.nn.log_softmax(a, where=b)", "f32(3, 4), values([[1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 1, 1]], 'bool')", values
            => fn(a, b) log_softmax(a, Over::axis(-1).where_(b));
        "jax.nn.log_softmax(a)", "f32(0)" => fn(a) log_softmax(a, -1);
        "jax.nn.logsumexp(a)", "f32(3, 4)" => fn(a) logsumexp(a, ());
        "jax.nn.logsumexp(a)", "i32(3)" => fn(a) logsumexp(a, ());
        "jax.nn.logsumexp(a, axis=1, keepdims=True)", "f32(3, 4)" => fn(a) logsumexp(a, Over::axis(1).keepdims());
        "jax.nn.logsumexp(a, axis=(0, 1))", "f32(2, 3, 2)" => fn(a) logsumexp(a, [0, 1]);
        "jax.nn.logsumexp(a, axis=1, b=b)", "f32(3, 4), f32(4, low=0)" => fn(a, b) logsumexp_with(a, b, 1).0;
        "jax.nn.logsumexp(a, axis=1, b=b, return_sign=True)", "f32(3, 4), f32(3, 4)" => fn(a, b) logsumexp_with(a, b, 1);
        "jax.nn.logsumexp(a, axis=1, where=b)", "f32(3, 4), values([[1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 1, 1]], 'bool')"
            => fn(a, b) logsumexp(a, Over::axis(1).where_(b));
        "jax.nn.logsumexp(a)", "values([-inf, -inf], 'f4')", values => fn(a) logsumexp(a, ());
        "jax.nn.logsumexp(a)", "values([inf, 1], 'f4')", values => fn(a) logsumexp(a, ());
        "jax.nn.logsumexp(a)", "f32(0)" => fn(a) logsumexp(a, ());
        "jax.nn.logmeanexp(a, axis=1)", "f32(3, 4)" => fn(a) logmeanexp(a, 1);
        "jax.nn.logmeanexp(a, axis=1, where=b)", "f32(3, 4), values([[1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 1, 1]], 'bool')"
            => fn(a, b) logmeanexp(a, Over::axis(1).where_(b));
    }
}
