//! Losses of classes: cross entropies, divergences, margins.

use super::floats;
use crate::{
    nn::{self, log_sigmoid, log_softmax, logsumexp, one_hot},
    numpy::{self, Over},
};
use raxla_ir::{
    DType, Tracer,
    aval::resolve_axis,
    primitives::{concatenate::concatenate, gather::GatherMode},
    trace::{fail, or_fail},
};

/// `-y log(p) - (1 - y) log(1 - p)` for `p = sigmoid(logits)`: yes or no, for labels `y` from 0 to 1.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::sigmoid_binary_cross_entropy(constant(vec![0.0f32, 2.0]), constant(vec![1.0f32, 0.0]))), "[0.693, 2.127]");
/// ```
#[track_caller]
pub fn sigmoid_binary_cross_entropy(logits: Tracer, labels: Tracer) -> Tracer {
    floats("sigmoid_binary_cross_entropy", [logits]);
    let labels = labels.astype(logits.dtype());
    -labels * log_sigmoid(logits) - (1.0 - labels) * log_sigmoid(-logits)
}
/// [`sigmoid_binary_cross_entropy`] with less weight where predictions are right, by the power `gamma` (Optax: 2); with `alpha`, the weight
/// of positives (Lin et al. 2017).
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::sigmoid_focal_loss(constant(vec![0.0f32, 2.0]), constant(vec![1.0f32, 0.0]), None, 2.0)), "[0.173, 1.65]");
/// ```
#[track_caller]
pub fn sigmoid_focal_loss(logits: Tracer, labels: Tracer, alpha: impl Into<Option<f64>>, gamma: f64) -> Tracer {
    floats("sigmoid_focal_loss", [logits]);
    let labels = labels.astype(logits.dtype());
    let entropy = sigmoid_binary_cross_entropy(logits, labels);
    // The probability of the other class, p (1 - y) + (1 - p) y, by its logarithm.
    let pair = |a: Tracer, b: Tracer| concatenate(&[a.expand_dims(-1), b.expand_dims(-1)], -1);
    let (logs, weights) = (pair(log_sigmoid(logits), log_sigmoid(-logits)), pair(1.0 - labels, labels));
    let wrong = nn::logsumexp_with(logs, weights, -1).0;
    let loss = entropy * (wrong * gamma).exp();
    match alpha.into() {
        None => loss,
        Some(alpha) => (labels * alpha + (1.0 - labels) * (1.0 - alpha)) * loss,
    }
}
/// The cross entropy of labels, which are probabilities, and `softmax(logits)`, over an axis (Optax: -1) or several.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::softmax_cross_entropy(constant(vec![0.0f32, 0.0, 1.0]), constant(vec![0.0f32, 0.0, 1.0]), -1)), "0.5514");
/// ```
#[track_caller]
pub fn softmax_cross_entropy(logits: Tracer, labels: Tracer, over: impl Into<Over>) -> Tracer {
    floats("softmax_cross_entropy", [logits]);
    let over = over.into();
    let logs = log_softmax(logits, over.clone());
    // Where the mask does not hold the logarithm is infinite, and so would its product with 0 be NaN.
    let logs = over.mask.map_or(logs, |mask| mask.select(logs, logs.full_like(0.0)));
    -numpy::sum(labels * logs, over)
}
/// The cross entropy of labels that are the numbers of classes, along an axis of `logits` (Optax: -1) that `labels` do not have. A number out
/// of range gives NaN. With a mask, 0 where no class is left.
///
/// ```
/// # use raxla::{Literal, constant, losses, show};
/// let got = show(|| losses::softmax_cross_entropy_with_integer_labels(constant(Literal::new(&[2, 3], &[0.0f32, 0.0, 1.0, 2.0, 0.0, 0.0])), constant(vec![2, 0]), -1));
/// assert_eq!(got, "[0.5514, 0.2395]");
/// ```
#[track_caller]
pub fn softmax_cross_entropy_with_integer_labels(logits: Tracer, labels: Tracer, over: impl Into<Over>) -> Tracer {
    let name = "softmax_cross_entropy_with_integer_labels";
    floats(name, [logits]);
    let over = over.into();
    let Some(&[axis]) = over.axes.as_deref() else { fail(format!("{name}: takes one axis, got {:?}", over.axes)) };
    if !labels.dtype().is_integer() {
        fail(format!("{name}: labels must be integers, got {}", labels.aval()));
    }
    let axis = or_fail(name, resolve_axis(axis, logits.rank())) as isize;
    let chosen = logits.take_along_axis(labels.expand_dims(axis), axis, GatherMode::FillOrDrop);
    let loss = logsumexp(logits, over.clone()) - chosen.reshape(&labels.shape());
    let left = over.mask.map(|mask| numpy::any(mask.broadcast_to(&logits.shape()), axis));
    left.map_or(loss, |left| left.select(loss, loss.full_like(0.0)))
}
/// [`softmax_cross_entropy`] along the last axis, with 0 for classes of probability 0 even where the logarithm is infinite.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::safe_softmax_cross_entropy(constant(vec![0.0f32, 0.0, 1.0]), constant(vec![0.0f32, 0.0, 1.0]))), "0.5514");
/// ```
#[track_caller]
pub fn safe_softmax_cross_entropy(logits: Tracer, labels: Tracer) -> Tracer {
    floats("safe_softmax_cross_entropy", [logits]);
    let logs = log_softmax(logits, -1);
    let there = labels.not_equal(0);
    -numpy::sum(labels * there.select(logs, logs.full_like(0.0)), -1)
}
/// [`softmax_cross_entropy`] and `epsilon` (Optax: 2) times the probability of the wrong classes (Leng et al. 2022).
///
/// ```
/// # use raxla::{constant, losses, show};
/// let got = show(|| losses::poly_loss_cross_entropy(constant(vec![0.0f32, 0.0, 1.0]), constant(vec![0.0f32, 0.0, 1.0]), 2.0, -1));
/// assert_eq!(got, "1.399");
/// ```
#[track_caller]
pub fn poly_loss_cross_entropy(logits: Tracer, labels: Tracer, epsilon: f64, over: impl Into<Over>) -> Tracer {
    let over = over.into();
    let wrong = numpy::sum(labels * (1.0 - nn::softmax(logits, over.clone())), over.clone());
    softmax_cross_entropy(logits, labels, over) + wrong * epsilon
}
/// `Σ targets (log(targets) - log_predictions)`, over an axis (Optax: -1) or several (Kullback and Leibler 1951). Targets of 0 add nothing.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::kl_divergence(constant(vec![0.5f32, 0.5]).log(), constant(vec![0.25f32, 0.75]), -1)), "0.1308");
/// ```
#[track_caller]
pub fn kl_divergence(log_predictions: Tracer, targets: Tracer, over: impl Into<Over>) -> Tracer {
    floats("kl_divergence", [log_predictions, targets]);
    // The derivative of `t log t` at 0 is that of 0, as in Optax's values.
    let zero = targets.equal(0);
    let logs = zero.select(targets.full_like(0.0), zero.select(targets.full_like(1.0), targets).log());
    numpy::sum(targets * (logs - log_predictions), over)
}
/// [`kl_divergence`] of targets given by their logarithms.
///
/// ```
/// # use raxla::{constant, losses, show};
/// let got = show(|| losses::kl_divergence_with_log_targets(constant(vec![0.5f32, 0.5]).log(), constant(vec![0.25f32, 0.75]).log(), -1));
/// assert_eq!(got, "0.1308");
/// ```
#[track_caller]
pub fn kl_divergence_with_log_targets(log_predictions: Tracer, log_targets: Tracer, over: impl Into<Over>) -> Tracer {
    floats("kl_divergence_with_log_targets", [log_predictions, log_targets]);
    numpy::sum(log_targets.exp() * (log_targets - log_predictions), over)
}
/// [`kl_divergence`] and `Σ exp(log_predictions) - targets`, so that it is least at the targets even among numbers that do not sum to 1.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::generalized_kl_divergence(constant(vec![0.5f32, 0.5]).log(), constant(vec![0.25f32, 0.25]), -1)), "0.1534");
/// ```
#[track_caller]
pub fn generalized_kl_divergence(log_predictions: Tracer, targets: Tracer, over: impl Into<Over>) -> Tracer {
    let over = over.into();
    let excess = numpy::sum(log_predictions.exp() - targets, over.clone());
    kl_divergence(log_predictions, targets, over) + excess
}
/// [`generalized_kl_divergence`], by Optax's older name.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::convex_kl_divergence(constant(vec![0.5f32, 0.5]).log(), constant(vec![0.25f32, 0.25]), -1)), "0.1534");
/// ```
#[track_caller]
pub fn convex_kl_divergence(log_predictions: Tracer, targets: Tracer, over: impl Into<Over>) -> Tracer {
    generalized_kl_divergence(log_predictions, targets, over)
}
/// `max(0, 1 - outputs * targets)`, for targets -1 and 1.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::hinge_loss(constant(vec![0.5f32, 2.0]), constant(vec![1.0f32, -1.0]))), "[0.5, 3.0]");
/// ```
#[track_caller]
pub fn hinge_loss(predictor_outputs: Tracer, targets: Tracer) -> Tracer {
    (-predictor_outputs * targets + 1).maximum(0)
}
/// `max(0, -outputs * targets)`, for targets -1 and 1 (Rosenblatt 1958).
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::perceptron_loss(constant(vec![0.5f32, 2.0]), constant(vec![1.0f32, -1.0]))), "[0.0, 2.0]");
/// ```
#[track_caller]
pub fn perceptron_loss(predictor_outputs: Tracer, targets: Tracer) -> Tracer {
    (-predictor_outputs * targets).maximum(0)
}
/// The sparse counterpart of [`sigmoid_binary_cross_entropy`], for labels 0 and 1 (Blondel, Martins and Niculae 2020).
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::sparsemax_loss(constant(vec![0.5f32, 2.0]), constant(vec![1, 0]))), "[0.063, 2.0]");
/// ```
#[track_caller]
pub fn sparsemax_loss(logits: Tracer, labels: Tracer) -> Tracer {
    nn::sparse_plus(labels.astype(DType::Bool).select(-logits, logits))
}
/// The greatest score of a wrong class plus 1, less that of the right one, and at least 0; scores `[…, classes]`, labels integers (Crammer
/// and Singer 2001).
///
/// ```
/// # use raxla::{Literal, constant, losses, show};
/// assert_eq!(show(|| losses::multiclass_hinge_loss(constant(Literal::new(&[1, 3], &[1.0f32, 3.0, 0.0])), constant(vec![0]))), "[3.0]");
/// ```
#[track_caller]
pub fn multiclass_hinge_loss(scores: Tracer, labels: Tracer) -> Tracer {
    margin("multiclass_hinge_loss", scores, labels, true)
}
/// The greatest score less that of the right class; scores `[…, classes]`, labels integers.
///
/// ```
/// # use raxla::{Literal, constant, losses, show};
/// let got = show(|| losses::multiclass_perceptron_loss(constant(Literal::new(&[1, 3], &[1.0f32, 3.0, 0.0])), constant(vec![0])));
/// assert_eq!(got, "[2.0]");
/// ```
#[track_caller]
pub fn multiclass_perceptron_loss(scores: Tracer, labels: Tracer) -> Tracer {
    margin("multiclass_perceptron_loss", scores, labels, false)
}
#[track_caller]
fn margin(name: &str, scores: Tracer, labels: Tracer, hinge: bool) -> Tracer {
    floats(name, [scores]);
    let Some(&classes) = scores.shape().last() else {
        fail(format!("{name}: takes scores of rank 1 or more, got {}", scores.aval()))
    };
    let right = one_hot(labels, classes, scores.dtype());
    let wanted = if hinge { scores + 1.0 - right } else { scores };
    wanted.max_axes(-1) - numpy::sum(scores * right, -1)
}
/// `(1 - alpha) * labels + alpha / classes`: probabilities less sure of themselves (Szegedy et al. 2016), along an axis (Optax: -1).
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::smooth_labels(constant(vec![0.0f32, 1.0]), 0.2, -1)), "[0.1, 0.9]");
/// ```
#[track_caller]
pub fn smooth_labels(labels: Tracer, alpha: f64, axis: isize) -> Tracer {
    floats("smooth_labels", [labels]);
    let classes = labels.shape()[or_fail("smooth_labels", resolve_axis(axis, labels.rank()))];
    labels * (1.0 - alpha) + alpha / classes as f64
}
/// The cross entropy of lists of relevances and `softmax(logits)` along the last axis, of each list (Xia et al. 2008). Where a mask does not
/// hold, an item counts for nothing; `weights` multiply the relevances. Optax averages it over the lists.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::ranking_softmax_loss(constant(vec![2.0f32, 1.0]), constant(vec![1.0f32, 0.0]), None, None)), "0.3133");
/// ```
#[track_caller]
pub fn ranking_softmax_loss(
    logits: Tracer,
    labels: Tracer,
    mask: impl Into<Option<Tracer>>,
    weights: impl Into<Option<Tracer>>,
) -> Tracer {
    floats("ranking_softmax_loss", [logits]);
    let mut labels = labels.astype(logits.dtype());
    let over = match mask.into() {
        None => Over::axis(-1),
        Some(mask) => Over::axis(-1).where_(mask),
    };
    if let Some(mask) = over.mask {
        labels = mask.select(labels, labels.full_like(0.0));
    }
    if let Some(weights) = weights.into() {
        labels = labels * weights;
    }
    softmax_cross_entropy(logits, labels, over)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of probabilities for each of two examples.
    fn shares(x: Tracer) -> Tracer {
        nn::softmax(x, -1)
    }

    crate::oracle::rows! { losses_classification:
        "optax.sigmoid_binary_cross_entropy(a, b)", "values([-100, -1, 0, 2, 100], 'f4'), f32(5, low=0, high=1)" => fn(a, b) sigmoid_binary_cross_entropy(a, b);
        "optax.sigmoid_binary_cross_entropy(a, b)", "f32(4), i32(4, low=0, high=2)" => fn(a, b) sigmoid_binary_cross_entropy(a, b);
        "optax.sigmoid_focal_loss(a, b)", "f32(4), f32(4, low=0.1, high=0.9)" => fn(a, b) sigmoid_focal_loss(a, b, None, 2.0);
        "optax.sigmoid_focal_loss(a, b, alpha=0.3, gamma=1.5)", "f32(4), i32(4, low=0, high=2)" => fn(a, b) sigmoid_focal_loss(a, b, 0.3, 1.5);
        "optax.softmax_cross_entropy(a, jax.nn.softmax(b))", "f32(2, 3), f32(2, 3)" => fn(a, b) softmax_cross_entropy(a, shares(b), -1);
        "optax.softmax_cross_entropy(a, b, axis=0)", "bf16(3, 2), bf16(3, 2)" => fn(a, b) softmax_cross_entropy(a, b, 0);
        // JAX's derivative is NaN where the mask does not hold.
        "optax.softmax_cross_entropy(a, b, where=c)", "f32(2, 3), f32(2, 3), values([[1, 0, 1], [0, 1, 1]], 'bool')", values
            => fn(a, b, c) softmax_cross_entropy(a, b, Over::axis(-1).where_(c));
        "optax.softmax_cross_entropy_with_integer_labels(a, b)", "f32(2, 3), i32(2, low=0, high=3)" => fn(a, b) softmax_cross_entropy_with_integer_labels(a, b, -1);
        "optax.softmax_cross_entropy_with_integer_labels(a, b, axis=1)", "f32(2, 3, 2), i32(2, 2, low=0, high=3)" => fn(a, b) softmax_cross_entropy_with_integer_labels(a, b, 1);
        "optax.softmax_cross_entropy_with_integer_labels(a, b, where=c)", "f32(2, 3), values([2, 1], 'i4'), values([[1, 0, 1], [0, 0, 0]], 'bool')", values
            => fn(a, b, c) softmax_cross_entropy_with_integer_labels(a, b, Over::axis(-1).where_(c));
        "optax.safe_softmax_cross_entropy(a, b)", "values([[-inf, 1, 2], [0, 1, 2]], 'f4'), values([[0, 0.5, 0.5], [1, 0, 0]], 'f4')", values => fn(a, b) safe_softmax_cross_entropy(a, b);
        "optax.safe_softmax_cross_entropy(a, b)", "f32(2, 3), f32(2, 3, low=0.1)" => fn(a, b) safe_softmax_cross_entropy(a, b);
        "optax.losses.poly_loss_cross_entropy(a, b)", "f32(2, 3), f32(2, 3)" => fn(a, b) poly_loss_cross_entropy(a, b, 2.0, -1);
        "optax.kl_divergence(jax.nn.log_softmax(a), jax.nn.softmax(b))", "f32(2, 3), f32(2, 3)" => fn(a, b) kl_divergence(log_softmax(a, -1), shares(b), -1);
        "optax.kl_divergence(a, b)", "f32(3), values([0, 0.5, 0.5], 'f4')", values => fn(a, b) kl_divergence(a, b, -1);
        "optax.losses.kl_divergence_with_log_targets(a, b, axis=0)", "f32(2, 3), f32(2, 3)" => fn(a, b) kl_divergence_with_log_targets(a, b, 0);
        "optax.losses.generalized_kl_divergence(a, b)", "f32(2, 3), f32(2, 3, low=0.1)" => fn(a, b) generalized_kl_divergence(a, b, -1);
        "optax.losses.generalized_kl_divergence(a, b)", "f32(2, 2), f32(2, 2, low=0.1)" => fn(a, b) convex_kl_divergence(a, b, -1);
        "optax.hinge_loss(a, b)", "f32(5), f32(5)" => fn(a, b) hinge_loss(a, b);
        "optax.losses.perceptron_loss(a, b)", "f32(5), f32(5)" => fn(a, b) perceptron_loss(a, b);
        "optax.losses.sparsemax_loss(a, b)", "f32(5), i32(5, low=0, high=2)" => fn(a, b) sparsemax_loss(a, b);
        "optax.losses.multiclass_hinge_loss(a, b)", "f32(4, 3), i32(4, low=0, high=3)" => fn(a, b) multiclass_hinge_loss(a, b);
        "optax.losses.multiclass_perceptron_loss(a, b)", "f32(4, 3), i32(4, low=0, high=3)" => fn(a, b) multiclass_perceptron_loss(a, b);
        "optax.smooth_labels(a, 0.1)", "f32(2, 3)" => fn(a) smooth_labels(a, 0.1, -1);
        "optax.losses.ranking_softmax_loss(a, b, reduce_fn=None)", "f32(2, 3), i32(2, 3, low=0, high=4)" => fn(a, b) ranking_softmax_loss(a, b, None, None);
        "optax.losses.ranking_softmax_loss(a, b, where=c, weights=d, reduce_fn=None)", "f32(2, 3), i32(2, 3, low=0, high=4), values([[1, 0, 1], [1, 1, 1]], 'bool'), f32(2, 3)", values
            => fn(a, b, c, d) ranking_softmax_loss(a, b, c, d);
    }
}
