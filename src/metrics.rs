//! Metrics: how good predictions are, under scikit-learn's names.
//!
//! Labels are integers `[N]`, below a number of classes that is stated, since shapes cannot depend on data. Quotients of nothing are 0.
//!
//! ```
//! use raxla::{metrics, prelude::*};
//! let f = jit(|t: Tracer, p: Tracer| metrics::f1_score(t, p, 2, metrics::Average::Binary));
//! let y = f(Array::from(vec![0i32, 1, 1]), Array::from(vec![0i32, 1, 0]));
//! assert!((y.item::<f32>()? - 2.0 / 3.0).abs() < 1e-6);
//! # Ok::<(), raxla::Error>(())
//! ```

use crate::{
    nn::one_hot,
    numpy::{self, Over, promotion::inexact},
};
use raxla_ir::{
    DType, Tracer,
    primitives::{
        cumulative::CumulativeKind,
        iota::{arange, iota},
        sort::sort,
    },
    trace::fail,
};

/// Checks that labels and predictions are integers of one shape.
#[track_caller]
fn labels(name: &str, y_true: Tracer, y_pred: Tracer) {
    let fits = y_true.dtype().is_integer() && y_pred.dtype().is_integer() && y_true.shape() == y_pred.shape();
    if !fits || y_true.rank() != 1 {
        fail(format!("{name}: takes integers [N] and [N], got {} and {}", y_true.aval(), y_pred.aval()));
    }
}
/// `a / b`, and 0 where `b` is.
#[track_caller]
fn share(a: Tracer, b: Tracer) -> Tracer {
    let none = b.equal(0);
    none.select(a.full_like(0.0), a / none.select(b.full_like(1.0), b))
}

/// The share of predictions that are right.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::accuracy_score(constant(vec![0, 1, 1, 0]), constant(vec![0, 1, 0, 0]))), "0.75");
/// ```
#[track_caller]
pub fn accuracy_score(y_true: Tracer, y_pred: Tracer) -> Tracer {
    labels("accuracy_score", y_true, y_pred);
    numpy::mean(y_true.equal(y_pred), ())
}
/// The share of examples whose class is among the `k` with the greatest scores; `y_score` is `[N, classes]`. Of equal scores the classes with
/// lower numbers are taken.
///
/// ```
/// # use raxla::{Literal, constant, metrics, show};
/// let got = show(|| metrics::top_k_accuracy_score(constant(vec![0, 1]), constant(Literal::new(&[2, 3], &[0.2f32, 0.5, 0.3, 0.1, 0.2, 0.7])), 2));
/// assert_eq!(got, "0.5");
/// ```
#[track_caller]
pub fn top_k_accuracy_score(y_true: Tracer, y_score: Tracer, k: usize) -> Tracer {
    let (of_labels, of_scores) = (y_true.shape(), y_score.shape());
    let (&[n], &[rows, classes]) = (&of_labels[..], &of_scores[..]) else {
        fail(format!("top_k_accuracy_score: takes [N] and [N, classes], got {} and {}", y_true.aval(), y_score.aval()))
    };
    if n != rows || k > classes {
        let avals = format!("{} and {}", y_true.aval(), y_score.aval());
        fail(format!("top_k_accuracy_score: takes [N] and [N, classes] with at least k = {k} classes, got {avals}"));
    }
    let (_, best) = y_score.top_k(k, -1);
    numpy::mean(best.equal(y_true.astype(DType::I32).expand_dims(-1)).any_axes(-1), ())
}
/// How often each class (rows) was taken for each (columns), `i32[classes, classes]`.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::confusion_matrix(constant(vec![0, 1, 1]), constant(vec![0, 1, 0]), 2)), "[[1, 0], [1, 1]]");
/// ```
#[track_caller]
pub fn confusion_matrix(y_true: Tracer, y_pred: Tracer, classes: usize) -> Tracer {
    labels("confusion_matrix", y_true, y_pred);
    let (truth, predictions) = (one_hot(y_true, classes, DType::I32), one_hot(y_pred, classes, DType::I32));
    truth.contract(predictions, &[0], &[0], &[], &[])
}

/// How the scores of several classes become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// They do not: one score for each class.
    None,
    /// The score of class 1.
    Binary,
    /// The mean of all classes.
    Macro,
    /// The mean, weighted by how often classes occur.
    Weighted,
    /// The score of all examples together.
    Micro,
}
/// Of each class, or of all together: how often it was rightly predicted, was predicted, and occurs.
struct Counts {
    right: Tracer,
    predicted: Tracer,
    occurring: Tracer,
}
#[track_caller]
fn counts(name: &str, y_true: Tracer, y_pred: Tracer, classes: usize, average: Average) -> Counts {
    labels(name, y_true, y_pred);
    if average == Average::Binary && classes != 2 {
        fail(format!("{name}: Average::Binary is for 2 classes, got {classes}"));
    }
    let matrix = confusion_matrix(y_true, y_pred, classes).astype(DType::default_float());
    let diagonal = iota(DType::I32, &[classes, classes], 0).equal(iota(DType::I32, &[classes, classes], 1));
    let right = diagonal.select(matrix, matrix.full_like(0.0)).sum_axes(0);
    let each = Counts { right, predicted: matrix.sum_axes(0), occurring: matrix.sum_axes(1) };
    match average {
        Average::Micro => {
            Counts { right: each.right.sum(), predicted: each.predicted.sum(), occurring: each.occurring.sum() }
        }
        _ => each,
    }
}
#[track_caller]
fn averaged(score: Tracer, occurring: Tracer, average: Average) -> Tracer {
    match average {
        Average::None | Average::Micro => score,
        Average::Binary => score.slice_axis(0, 1, 2).reshape(&[]),
        Average::Macro => score.mean(),
        Average::Weighted => share((score * occurring).sum(), occurring.sum()),
    }
}
/// Of the predictions of a class, the share that is right.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// let got = show(|| metrics::precision_score(constant(vec![0, 1, 1]), constant(vec![0, 1, 0]), 2, metrics::Average::None));
/// assert_eq!(got, "[0.5, 1.0]");
/// ```
#[track_caller]
pub fn precision_score(y_true: Tracer, y_pred: Tracer, classes: usize, average: Average) -> Tracer {
    let c = counts("precision_score", y_true, y_pred, classes, average);
    averaged(share(c.right, c.predicted), c.occurring, average)
}
/// Of the examples of a class, the share that was found.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::recall_score(constant(vec![0, 1, 1]), constant(vec![0, 1, 0]), 2, metrics::Average::None)), "[1.0, 0.5]");
/// ```
#[track_caller]
pub fn recall_score(y_true: Tracer, y_pred: Tracer, classes: usize, average: Average) -> Tracer {
    let c = counts("recall_score", y_true, y_pred, classes, average);
    averaged(share(c.right, c.occurring), c.occurring, average)
}
/// The harmonic mean of precision and recall.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::f1_score(constant(vec![0, 1, 1]), constant(vec![0, 1, 0]), 2, metrics::Average::Macro)), "0.6667");
/// ```
#[track_caller]
pub fn f1_score(y_true: Tracer, y_pred: Tracer, classes: usize, average: Average) -> Tracer {
    let c = counts("f1_score", y_true, y_pred, classes, average);
    averaged(share(c.right * 2, c.predicted + c.occurring), c.occurring, average)
}
/// The mean recall of the classes that occur.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::balanced_accuracy_score(constant(vec![0, 1, 1]), constant(vec![0, 1, 0]), 2)), "0.75");
/// ```
#[track_caller]
pub fn balanced_accuracy_score(y_true: Tracer, y_pred: Tracer, classes: usize) -> Tracer {
    let c = counts("balanced_accuracy_score", y_true, y_pred, classes, Average::None);
    share(share(c.right, c.occurring).sum(), c.occurring.greater(0).astype(c.right.dtype()).sum())
}
/// The probability that a positive example (label 1, among 0 and 1) scores higher than a negative one, ties counting half: the area under the
/// curve of the receiver operating characteristic. NaN if there are only examples of one kind.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::roc_auc_score(constant(vec![0, 1, 1]), constant(vec![0.2f32, 0.9, 0.1]))), "0.5");
/// ```
#[track_caller]
pub fn roc_auc_score(y_true: Tracer, y_score: Tracer) -> Tracer {
    if y_true.rank() != 1 || y_true.shape() != y_score.shape() || !y_true.dtype().is_integer() {
        fail(format!("roc_auc_score: takes integers [N] and scores [N], got {} and {}", y_true.aval(), y_score.aval()));
    }
    let n = y_true.size();
    let dtype = DType::default_float();
    if n == 0 {
        return numpy::full(&[], f64::NAN, dtype);
    }
    let sorted = sort(&[y_score, y_true], 0, 1);
    let (scores, truth) = (sorted[0], sorted[1].astype(dtype));
    // Equal scores share the mean of their ranks: of the first and the last of each run.
    let place = arange(n, DType::I32);
    let starts = scores.slice_axis(0, 1, n).not_equal(scores.slice_axis(0, 0, n - 1));
    let begins = starts.pad(true, &[1], &[0], &[0]);
    let ends = starts.pad(true, &[0], &[1], &[0]);
    let first = begins.select(place, place.full_like(0.0)).cummax(0);
    let last = ends.select(place, place.full_like(n as f64 - 1.0)).cumulative(CumulativeKind::Min, 0, true);
    let ranks = (first + last).astype(dtype) * 0.5 + 1;
    let positive = truth.sum();
    let negative = -positive + n;
    ((ranks * truth).sum() - positive * (positive + 1) * 0.5) / (positive * negative)
}
/// The mean negative logarithm of the probabilities `[N, classes]` of the right classes, each kept from 0 and 1 by the dtype's precision.
///
/// ```
/// # use raxla::{Literal, constant, metrics, show};
/// assert_eq!(show(|| metrics::log_loss(constant(vec![0, 1]), constant(Literal::new(&[2, 2], &[0.9f32, 0.1, 0.2, 0.8])))), "0.1643");
/// ```
#[track_caller]
pub fn log_loss(y_true: Tracer, y_prob: Tracer) -> Tracer {
    let y_prob = inexact("log_loss", y_prob);
    let (&[n], &[rows, classes]) = (&y_true.shape()[..], &y_prob.shape()[..]) else {
        fail(format!(
            "log_loss: takes labels [N] and probabilities [N, classes], got {} and {}",
            y_true.aval(),
            y_prob.aval()
        ))
    };
    if n != rows {
        fail(format!(
            "log_loss: takes labels [N] and probabilities [N, classes], got {} and {}",
            y_true.aval(),
            y_prob.aval()
        ));
    }
    let epsilon = match y_prob.dtype() {
        DType::F64 => f64::EPSILON,
        DType::F32 => f64::from(f32::EPSILON),
        DType::F16 => 2f64.powi(-10),
        _ => 2f64.powi(-7),
    };
    let logs = y_prob.clamp(epsilon, 1.0 - epsilon).log();
    -numpy::mean(numpy::sum(logs * one_hot(y_true, classes, logs.dtype()), -1), ())
}
/// `exp` of the mean of losses in natural units, such as cross entropies of tokens; over those that a mask holds for.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::perplexity(constant(vec![1.0f32, 2.0]), ())), "4.482");
/// ```
#[track_caller]
pub fn perplexity(losses: Tracer, over: impl Into<Over>) -> Tracer {
    numpy::mean(losses, over).exp()
}

/// What is wrong, in floats.
#[track_caller]
fn errors(name: &str, y_true: Tracer, y_pred: Tracer) -> Tracer {
    if y_true.shape() != y_pred.shape() {
        fail(format!("{name}: operands must have one shape, got {} and {}", y_true.aval(), y_pred.aval()));
    }
    let [y_true, y_pred] = numpy::promotion::promote_dtypes_inexact(name, [y_true.into(), y_pred.into()]);
    y_true - y_pred
}
/// The mean of the squared errors.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::mean_squared_error(constant(vec![1.0f32, 2.0]), constant(vec![1.0f32, 4.0]))), "2.0");
/// ```
#[track_caller]
pub fn mean_squared_error(y_true: Tracer, y_pred: Tracer) -> Tracer {
    numpy::mean(errors("mean_squared_error", y_true, y_pred).square(), ())
}
/// The root of [`mean_squared_error`].
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::root_mean_squared_error(constant(vec![1.0f32, 2.0]), constant(vec![1.0f32, 4.0]))), "1.414");
/// ```
#[track_caller]
pub fn root_mean_squared_error(y_true: Tracer, y_pred: Tracer) -> Tracer {
    mean_squared_error(y_true, y_pred).sqrt()
}
/// The mean of the errors' magnitudes.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::mean_absolute_error(constant(vec![1.0f32, 2.0]), constant(vec![1.0f32, 4.0]))), "1.0");
/// ```
#[track_caller]
pub fn mean_absolute_error(y_true: Tracer, y_pred: Tracer) -> Tracer {
    numpy::mean(errors("mean_absolute_error", y_true, y_pred).abs(), ())
}
/// The greatest of the errors' magnitudes.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::max_error(constant(vec![1.0f32, 2.0]), constant(vec![1.0f32, 4.0]))), "2.0");
/// ```
#[track_caller]
pub fn max_error(y_true: Tracer, y_pred: Tracer) -> Tracer {
    numpy::max(errors("max_error", y_true, y_pred).abs(), ())
}
/// The share of the variance of `y_true` that is explained: 1 less the squared errors over the squared distances from the mean.
///
/// ```
/// # use raxla::{constant, metrics, show};
/// assert_eq!(show(|| metrics::r2_score(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![1.0f32, 2.0, 4.0]))), "0.5");
/// ```
#[track_caller]
pub fn r2_score(y_true: Tracer, y_pred: Tracer) -> Tracer {
    let error = errors("r2_score", y_true, y_pred);
    let y_true = inexact("r2_score", y_true);
    let distance = y_true - numpy::mean(y_true, ());
    1.0 - numpy::sum(error.square(), ()) / numpy::sum(distance.square(), ())
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expressions are the definitions.
    crate::oracle::rows! { metrics:
        "jnp.mean(a == b)", "i32(9, low=0, high=3), i32(9, low=0, high=3)" => fn(a, b) accuracy_score(a, b);
        "jnp.mean(jnp.any(jax.lax.top_k(b, 2)[1] == a[:, None], axis=1))", "i32(6, low=0, high=4), f32(6, 4)", values => fn(a, b) top_k_accuracy_score(a, b, 2);
        "jnp.zeros((3, 3), int).at[a, b].add(1)", "i32(9, low=0, high=3), i32(9, low=0, high=3)" => fn(a, b) confusion_matrix(a, b, 3);
        "jnp.stack([jnp.sum((a == k) & (b == k)) / jnp.sum(b == k) for k in range(3)])", "values([0, 1, 2, 2, 1], 'i4'), values([0, 2, 2, 1, 1], 'i4')"
            => fn(a, b) precision_score(a, b, 3, Average::None);
        "jnp.stack([jnp.sum((a == k) & (b == k)) / jnp.sum(a == k) for k in range(3)]).mean()", "values([0, 1, 2, 2, 1], 'i4'), values([0, 2, 2, 1, 1], 'i4')"
            => fn(a, b) recall_score(a, b, 3, Average::Macro);
        "jnp.sum((a == 1) & (b == 1)) * 2 / (jnp.sum(a == 1) + jnp.sum(b == 1))", "i32(9, low=0, high=2), i32(9, low=0, high=2)"
            => fn(a, b) f1_score(a, b, 2, Average::Binary);
        "sum(jnp.sum((a == k) & (b == k)) for k in range(3)) / sum(jnp.sum(b == k) for k in range(3))", "i32(8, low=0, high=3), i32(8, low=0, high=3)"
            => fn(a, b) f1_score(a, b, 3, Average::Micro);
        "jnp.sum(jnp.stack([jnp.sum((a == k) & (b == k)) / jnp.sum(b == k) * jnp.sum(a == k) for k in range(3)])) / 5", "values([0, 1, 2, 2, 1], 'i4'), values([0, 2, 2, 1, 1], 'i4')"
            => fn(a, b) precision_score(a, b, 3, Average::Weighted);
        // A class that is neither predicted nor occurs has 0 for its share.
        "jnp.stack([jnp.sum((a == k) & (b == k)) / jnp.maximum(jnp.sum(b == k), 1) for k in range(3)])", "values([0, 2], 'i4'), values([0, 0], 'i4')"
            => fn(a, b) precision_score(a, b, 3, Average::None);
        "jnp.stack([jnp.sum((a == k) & (b == k)) / jnp.sum(a == k) for k in range(2)]).mean()", "values([0, 1, 0, 0, 1], 'i4'), values([0, 1, 1, 0, 0], 'i4')"
            => fn(a, b) balanced_accuracy_score(a, b, 3);
        // All pairs of a positive and a negative example, one by one. Comparisons have no derivative.
        "sum((a[i] == 1) * (a[j] == 0) * (1.0 * (b[i] > b[j]) + 0.5 * (b[i] == b[j])) for i in range(6) for j in range(6)) / (jnp.sum(a == 1) * jnp.sum(a == 0))",
            "values([0, 1, 1, 0, 1, 0], 'i4'), values([0.1, 0.4, 0.4, 0.4, 0.9, 0.2], 'f4')", values => fn(a, b) roc_auc_score(a, b);
        "-jnp.mean(jnp.log(jnp.take_along_axis(b, a[:, None], 1)))", "i32(4, low=0, high=3), f32(4, 3, low=0.1, high=0.9)" => fn(a, b) log_loss(a, b);
        "jnp.exp(jnp.mean(a, where=b))", "f32(6), values([1, 0, 1, 1, 0, 1], 'bool')" => fn(a, b) perplexity(a, Over::all().where_(b));
        "jnp.mean((a - b)**2)", "f32(6), f32(6)" => fn(a, b) mean_squared_error(a, b);
        "jnp.sqrt(jnp.mean((a - b)**2))", "f32(6), i32(6)" => fn(a, b) root_mean_squared_error(a, b);
        "jnp.mean(jnp.abs(a - b))", "i32(6), i32(6)" => fn(a, b) mean_absolute_error(a, b);
        "jnp.max(jnp.abs(a - b))", "f32(6), f32(6)" => fn(a, b) max_error(a, b);
        "1 - jnp.sum((a - b)**2) / jnp.sum((a - a.mean())**2)", "f32(6), f32(6)" => fn(a, b) r2_score(a, b);
    }
}
