//! Losses, as Optax has them: how far predictions are from what they should be, number by number or example by example.
//!
//! They are not averaged: `losses::l2_loss(y, t).mean()`. Those over classes take one axis or several and a mask as
//! [`Over`](crate::numpy::Over).
//!
//! ```
//! use raxla::{losses, prelude::*};
//! let f = jit(|logits: Tracer, labels: Tracer| losses::softmax_cross_entropy_with_integer_labels(logits, labels, -1));
//! let y = f(Array::new(&[1, 2], &[0.0f32, 0.0]), Array::from(vec![1i32]));
//! assert_eq!(y.to_vec::<f32>()?, [2f32.ln()]);
//! # Ok::<(), raxla::Error>(())
//! ```

mod classification;
mod ctc;
mod regression;
mod similarity;

pub use {classification::*, ctc::*, regression::*, similarity::*};

use raxla_ir::{Tracer, trace::fail};

/// Checks that predictions are floats.
#[track_caller]
fn floats<const N: usize>(name: &str, xs: [Tracer; N]) {
    if let Some(x) = xs.iter().find(|x| !x.dtype().is_float()) {
        fail(format!("{name}: takes floats, got {}", x.aval()));
    }
}
