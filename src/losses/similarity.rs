//! Losses of embeddings: angles, triplets, contrasts.

use super::floats;
use crate::{
    nn::logsumexp,
    numpy::{self, Over},
};
use raxla_ir::{DType, Tracer, trace::fail};

/// The cosine of the angle between vectors, along an axis (Optax: -1) or several. `epsilon` (Optax: 0) bounds the squared norms from below.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::cosine_similarity(constant(vec![1.0f32, 0.0]), constant(vec![1.0f32, 1.0]), 0.0, -1)), "0.7071");
/// ```
#[track_caller]
pub fn cosine_similarity(predictions: Tracer, targets: Tracer, epsilon: f64, over: impl Into<Over>) -> Tracer {
    floats("cosine_similarity", [predictions, targets]);
    let over = over.into();
    let unit = |x: Tracer| {
        let square = numpy::sum(x.square(), over.clone().keepdims());
        x / square.maximum(epsilon).sqrt()
    };
    numpy::sum(unit(predictions) * unit(targets), over)
}
/// `1 - cosine_similarity`.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::cosine_distance(constant(vec![1.0f32, 0.0]), constant(vec![1.0f32, 1.0]), 0.0, -1)), "0.2929");
/// ```
#[track_caller]
pub fn cosine_distance(predictions: Tracer, targets: Tracer, epsilon: f64, over: impl Into<Over>) -> Tracer {
    1.0 - cosine_similarity(predictions, targets, epsilon, over)
}
/// What [`triplet_margin_loss`](super::triplet_margin_loss()) may be given.
#[derive(Clone, Debug)]
pub struct TripletMargin {
    /// The axis of the vectors.
    pub axis: isize,
    /// The degree of the norm.
    pub norm_degree: f64,
    /// By how much negatives must be farther than positives.
    pub margin: f64,
    /// Added under the root.
    pub eps: f64,
}
impl Default for TripletMargin {
    fn default() -> TripletMargin {
        TripletMargin { axis: -1, norm_degree: 2.0, margin: 1.0, eps: 1e-6 }
    }
}
/// How much farther than the positives the negatives are not (Schroff, Kalenichenko and Philbin 2015).
///
/// ```
/// # use raxla::{constant, losses, losses::TripletMargin, show};
/// let got = show(|| losses::triplet_margin_loss(constant(vec![0.0f32, 0.0]), constant(vec![1.0f32, 0.0]), constant(vec![0.0f32, 1.5]), TripletMargin::default()));
/// assert_eq!(got, "0.5");
/// ```
#[track_caller]
pub fn triplet_margin_loss(anchors: Tracer, positives: Tracer, negatives: Tracer, options: TripletMargin) -> Tracer {
    let TripletMargin { axis, norm_degree, margin, eps } = options;
    floats("triplet_margin_loss", [anchors, positives, negatives]);
    let distance = |other: Tracer| {
        let difference = anchors - other;
        match norm_degree {
            2.0 => (numpy::sum(difference.square(), axis) + eps).sqrt(),
            degree => (numpy::sum(difference.pow(degree), axis) + eps).pow(1.0 / degree),
        }
    };
    (distance(positives) - distance(negatives) + margin).maximum(0)
}
/// The contrast of embeddings `[N, D]` of one label with those of others, at a temperature (Optax: 0.07), averaged over all pairs
/// (Chen et al. 2020). `labels` are integers `[N]`; embeddings of one label attract each other.
///
/// ```
/// # use raxla::{Literal, constant, losses, show};
/// let got = show(|| losses::ntxent(constant(Literal::new(&[4, 2], &[1.0f32, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0])), constant(vec![0, 0, 1, 1]), 0.5));
/// assert_eq!(got, "0.2395");
/// ```
#[track_caller]
pub fn ntxent(embeddings: Tracer, labels: Tracer, temperature: f64) -> Tracer {
    floats("ntxent", [embeddings]);
    let (shape, of_labels) = (embeddings.shape(), labels.shape());
    let (&[n, d], &[m]) = (&shape[..], &of_labels[..]) else {
        fail(format!("ntxent: takes embeddings [N, D] and labels [N], got {} and {}", embeddings.aval(), labels.aval()))
    };
    if n != m {
        fail(format!(
            "ntxent: there must be one label for each embedding, got {} and {}",
            embeddings.aval(),
            labels.aval()
        ));
    }
    let epsilon = if embeddings.dtype() == DType::F64 { f64::EPSILON } else { f32::EPSILON as f64 };
    let (rows, columns) = (embeddings.reshape(&[1, n, d]), embeddings.reshape(&[n, 1, d]));
    let close = cosine_similarity(rows, columns, epsilon, -1) / temperature;
    let same = labels.reshape(&[n, 1]).equal(labels.reshape(&[1, n]));
    let matches = same & numpy::eye(n, None, 0, DType::Bool).logical_not();
    // The denominator of each pair: all others, and the pair itself.
    let lowest = close.full_like(f64::NEG_INFINITY);
    let others = logsumexp(same.select(lowest, close), Over::axis(1).keepdims());
    let log = close - numpy::logaddexp(others, close);
    -matches.select(log, log.full_like(0.0)).sum() / matches.astype(log.dtype()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { losses_similarity:
        "optax.cosine_similarity(a, b)", "f32(2, 3), f32(2, 3)" => fn(a, b) cosine_similarity(a, b, 0.0, -1);
        "optax.cosine_similarity(a, b, epsilon=3.0, axis=0)", "f32(2, 3), f32(2, 3)" => fn(a, b) cosine_similarity(a, b, 3.0, 0);
        "optax.cosine_distance(a, b, where=c)", "f32(2, 3), f32(2, 3), values([[1, 0, 1], [0, 1, 1]], 'bool')"
            => fn(a, b, c) cosine_distance(a, b, 0.0, Over::axis(-1).where_(c));
        "optax.losses.triplet_margin_loss(a, b, c)", "f32(4, 3), f32(4, 3), f32(4, 3)" => fn(a, b, c) triplet_margin_loss(a, b, c, TripletMargin::default());
        "optax.losses.triplet_margin_loss(a, b, c, axis=0, margin=0.3, norm_degree=4)", "f32(4, 3), f32(4, 3), f32(4, 3)"
            => fn(a, b, c) triplet_margin_loss(a, b, c, TripletMargin { axis: 0, norm_degree: 4.0, margin: 0.3, ..TripletMargin::default() });
        "optax.ntxent(a, b)", "f32(6, 3), values([0, 1, 0, 2, 2, 1], 'i4')" => fn(a, b) ntxent(a, b, 0.07);
        "optax.ntxent(a, b, 0.5)", "f32(5, 2), values([0, 1, 0, 0, 1], 'i4')" => fn(a, b) ntxent(a, b, 0.5);
    }
}
