//! Connectionist temporal classification: sequences of labels without their places in time.

use super::floats;
use crate::{
    nn::{log_softmax, one_hot},
    numpy::{self, logaddexp},
};
use raxla_ir::{DType, Tracer, primitives::concatenate::concatenate, trace::fail};
use raxla_transforms::scan;

/// What [`ctc_loss_with`](super::ctc_loss_with()) may be given.
#[derive(Clone, Debug)]
pub struct Ctc {
    /// The class that stands for no label.
    pub blank_id: usize,
    /// The logarithm of a probability that stands for 0.
    pub log_epsilon: f64,
}
impl Default for Ctc {
    fn default() -> Ctc {
        Ctc { blank_id: 0, log_epsilon: -1e5 }
    }
}
/// The negative logarithm of the probability of each sequence of labels, over all ways to spread them over time with blanks between (Graves
/// et al. 2006).
///
/// `logits` are `[B, T, K]`, `labels` integers `[B, N]`. The paddings, `[B, T]` and `[B, N]`, hold 1 where a sequence has ended, else 0.
///
/// ```
/// # use raxla::{DType, Literal, constant, losses, numpy as np, show};
/// let got = show(|| losses::ctc_loss(np::zeros(&[1, 2, 2], DType::F32), np::zeros(&[1, 2], DType::F32), constant(Literal::new(&[1, 1], &[1])), np::zeros(&[1, 1], DType::F32)));
/// assert_eq!(got, "[0.2877]");
/// ```
#[track_caller]
pub fn ctc_loss(logits: Tracer, logit_paddings: Tracer, labels: Tracer, label_paddings: Tracer) -> Tracer {
    ctc_loss_with(logits, logit_paddings, labels, label_paddings, Ctc::default())
}
/// [`ctc_loss`] with all options.
///
/// ```
/// # use raxla::{DType, Literal, constant, losses, losses::Ctc, numpy as np, show};
/// let got = show(|| losses::ctc_loss_with(np::zeros(&[1, 2, 2], DType::F32), np::zeros(&[1, 2], DType::F32), constant(Literal::new(&[1, 1], &[0])), np::zeros(&[1, 1], DType::F32), Ctc { blank_id: 1, ..Ctc::default() }));
/// assert_eq!(got, "[0.2877]");
/// ```
#[track_caller]
pub fn ctc_loss_with(
    logits: Tracer,
    logit_paddings: Tracer,
    labels: Tracer,
    label_paddings: Tracer,
    options: Ctc,
) -> Tracer {
    let Ctc { blank_id, log_epsilon } = options;
    floats("ctc_loss", [logits]);
    let (shape, of_labels) = (logits.shape(), labels.shape());
    let (&[b, t, k], &[b2, n]) = (&shape[..], &of_labels[..]) else {
        fail(format!("ctc_loss: takes logits [B, T, K] and labels [B, N], got {} and {}", logits.aval(), labels.aval()))
    };
    if b != b2 || logit_paddings.shape()[..] != [b, t] || label_paddings.shape()[..] != [b, n] || blank_id >= k {
        let avals = [logits, logit_paddings, labels, label_paddings].map(|x| x.aval().to_string());
        fail(format!(
            "ctc_loss: takes [B, T, K], [B, T], [B, N] and [B, N] and a blank below K, got {}",
            avals.join(", ")
        ));
    }
    let dtype = logits.dtype();
    let logs = log_softmax(logits, -1);
    // Time in front: of the blank [T, B, 1], of each label [T, B, N].
    let of_blank = logs.slice_axis(2, blank_id, blank_id + 1).transpose_axes(&[1, 0, 2]);
    let of_label = logs.contract(one_hot(labels, k, dtype), &[2], &[2], &[0], &[0]).transpose_axes(&[1, 0, 2]);
    let padded = logit_paddings.astype(dtype).t().reshape(&[t, b, 1]);
    // A label that is followed by itself needs a blank between: there, `repeat` is 1.
    let repeat = match n {
        0 | 1 => of_label.slice_axis(0, 0, 0).sum_axes(0),
        _ => {
            let same = labels.slice_axis(1, 0, n - 1).equal(labels.slice_axis(1, 1, n)).astype(dtype);
            same.pad(0, &[0, 0], &[0, 1], &[0, 0])
        }
    };
    // The forward variables: of having passed so many labels and last a blank [B, N + 1], and of standing on a label [B, N].
    let passed = |blank: Tracer, arriving: Tracer| {
        concatenate(&[blank.slice_axis(1, 0, 1), logaddexp(blank.slice_axis(1, 1, n + 1), arriving)], 1)
    };
    let low = numpy::full(&[b, n], log_epsilon, dtype);
    let start = concatenate(&[numpy::zeros(&[b, 1], dtype), low], 1);
    let step = |(blank, label): (Tracer, Tracer), (of_label, of_blank, padded): (Tracer, Tracer, Tracer)| {
        let ready = passed(blank, label + repeat * log_epsilon);
        let next_label = logaddexp(ready.slice_axis(1, 0, n), label) + of_label;
        let next_blank = passed(ready + of_blank, label + of_blank + (1.0 - repeat) * log_epsilon);
        let hold = |old: Tracer, new: Tracer| padded * old + (1.0 - padded) * new;
        ((hold(blank, next_blank), hold(label, next_label)), None::<Tracer>)
    };
    let ((blank, label), _) = scan(step, (start, low), (of_label, of_blank, padded));
    let lengths = -numpy::sum(label_paddings, 1).astype(DType::I32) + n;
    -numpy::sum(passed(blank, label) * one_hot(lengths, n + 1, dtype), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { losses_ctc:
        "optax.ctc_loss(a, b, c, d)", "f32(2, 5, 4), values([[0] * 5, [0, 0, 0, 1, 1]], 'f4'), values([[1, 2, 2], [3, 1, 0]], 'i4'), values([[0, 0, 0], [0, 0, 1]], 'f4')"
            => fn(a, b, c, d) ctc_loss(a, b, c, d);
        "optax.ctc_loss(a, b, c, d, blank_id=2)", "f32(1, 4, 3), values([[0] * 4], 'f4'), values([[1, 1]], 'i4'), values([[0, 0]], 'f4')"
            => fn(a, b, c, d) ctc_loss_with(a, b, c, d, Ctc { blank_id: 2, ..Ctc::default() });
        "optax.ctc_loss(a, b, c, d)", "f32(1, 3, 3), values([[0] * 3], 'f4'), values([[1]], 'i4'), values([[0]], 'f4')"
            => fn(a, b, c, d) ctc_loss(a, b, c, d);
    }
}
