//! Transformations that bound updates.

use super::{GradientTransformation, Leaves, State, abs_sq, norm_squared};
use crate::numpy::{self, Over};
use raxla_ir::{
    DType, Literal, Tracer,
    trace::{constant, fail},
};

/// Every number of the updates between `-max_delta` and `max_delta`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::clip(0.7))), "[0.7, -0.7]");
/// ```
pub fn clip(max_delta: f64) -> GradientTransformation {
    GradientTransformation::stateless("clip", move |updates, _| updates.map(|g| g.clamp(-max_delta, max_delta)))
}
/// The updates of each leaf divided so that their root mean square is at most `threshold`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::clip_by_block_rms(0.5))), "[0.3162, -0.6325]");
/// ```
pub fn clip_by_block_rms(threshold: f64) -> GradientTransformation {
    GradientTransformation::stateless("clip_by_block_rms", move |updates, _| {
        updates.map(|g| {
            let rms = numpy::mean(abs_sq(g), ()).sqrt();
            g / (rms / threshold).maximum(1.0).astype(g.dtype())
        })
    })
}
/// All updates divided so that their norm together is at most `max_norm` (Pascanu et al. 2012).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::clip_by_global_norm(1.0))), "[0.4472, -0.8944]");
/// ```
pub fn clip_by_global_norm(max_norm: f64) -> GradientTransformation {
    GradientTransformation::stateless("clip_by_global_norm", move |updates, _| {
        let norm = norm_squared(updates).sqrt();
        let within = norm.less(max_norm);
        updates.map(|g| within.select(g, g / norm.astype(g.dtype()) * max_norm))
    })
}
/// The Euclidean norm of each unit's weights: over all but the last axis of kernels, over all of vectors; with size 1 where reduced.
#[track_caller]
fn unitwise_norm(x: Tracer) -> Tracer {
    let over = match x.shape().iter().filter(|n| **n != 1).count() {
        0 | 1 => Over::all(),
        _ => match x.rank() {
            2 | 3 => Over::axis(0),
            4 => Over::axes(&[0, 1, 2]),
            5 => Over::axes(&[0, 1, 2, 3]),
            _ => fail(format!("adaptive_grad_clip: takes leaves of rank 0 to 5, got {}", x.aval())),
        },
    };
    numpy::sum(abs_sq(x), over.keepdims()).sqrt()
}
/// The updates of each unit divided so that their norm is at most `clipping` times that of the unit's weights, which counts as at least
/// `eps` (Optax: `1e-3`) (Brock et al. 2021).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adaptive_grad_clip(0.1, 1e-3))), "[0.05, -0.1]");
/// ```
pub fn adaptive_grad_clip(clipping: f64, eps: f64) -> GradientTransformation {
    GradientTransformation::stateless("adaptive_grad_clip", move |updates, params| {
        updates.zip(params, |g, p| {
            let (norm, most) = (unitwise_norm(g), unitwise_norm(p).maximum(eps) * clipping);
            let clipped = g * (most / norm.maximum(1e-6)).astype(g.dtype());
            norm.less(most).broadcast_to(&g.shape()).select(g, clipped)
        })
    })
}
/// Updates with zeros for NaNs; the state's `found_nan` says of each leaf whether there were any.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::zero_nans())), "[1.0, -2.0]");
/// ```
pub fn zero_nans() -> GradientTransformation {
    let name = "zero_nans";
    GradientTransformation::new(
        move |params| State::new(name, [("found_nan", params.map(|_| constant(Literal::scalar(false))))]),
        move |updates, state, _| {
            let [_] = state.slots(name);
            let found: Leaves = updates.map(|g| g.not_equal(g).any());
            (updates.map(|g| g.not_equal(g).select(g.full_like(0.0), g)), State::new(name, [("found_nan", found)]))
        },
    )
}
/// Whether all numbers of all leaves are finite.
#[track_caller]
pub(super) fn all_finite(leaves: &Leaves) -> Tracer {
    let each = leaves.iter().filter(|x| x.dtype().is_inexact()).map(|x| match x.dtype() {
        d if d.is_complex() => (x.real().is_finite() & x.imag().is_finite()).all(),
        _ => x.is_finite().all(),
    });
    each.reduce(|a, b| a & b)
        .unwrap_or_else(|| constant(Literal::full(raxla_ir::ShapedArray::new(&[], DType::Bool), 1.0)))
}

#[cfg(test)]
mod tests {
    use super::super::{tests::descend, *};

    crate::oracle::rows! { optim_clipping:
        "descend(optax.chain(optax.clip(0.7), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([clip(0.7), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.clip_by_block_rms(0.5), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([clip_by_block_rms(0.5), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.clip_by_global_norm(0.5), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([clip_by_global_norm(0.5), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.clip_by_global_norm(50.0), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([clip_by_global_norm(50.0), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.adaptive_grad_clip(0.1), optax.scale(-0.1)), (a, b, c))", "f32(3), f32(2, 3), f32(1, 2, 2, 2)"
            => fn(a, b, c) descend(chain([adaptive_grad_clip(0.1, 1e-3), scale(-0.1)]), (a, b, c));
        // The derivative of a NaN is NaN, or 0: not compared.
        "descend(optax.chain(optax.zero_nans(), optax.scale(-0.1)), (a, b))", "f32(3), values([nan, 1, 2], 'f4')", values
            => fn(a, b) descend(chain([zero_nans(), scale(-0.1)]), (a, b));
        "optax.zero_nans().update((a, b), None)", "f32(3), values([nan, 1, 2], 'f4')", values
            => fn(a, b) { let o = zero_nans(); let (u, s) = o.update((a, b), o.init(&(a, b)), &(a, b)); (u, s) };
    }
}
