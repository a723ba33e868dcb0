//! Losses of numbers: squared, absolute and between.

use super::floats;
use crate::numpy::logaddexp;
use raxla_ir::{Tracer, trace::fail};

/// What is wrong with predictions; the predictions themselves where there are no targets.
#[track_caller]
fn errors(name: &str, predictions: Tracer, targets: Option<Tracer>) -> Tracer {
    floats(name, [predictions]);
    match targets {
        None => predictions,
        Some(targets) if targets.shape() == predictions.shape() => predictions - targets,
        Some(targets) => fail(format!(
            "{name}: predictions and targets must have one shape, got {} and {}",
            predictions.aval(),
            targets.aval()
        )),
    }
}
/// `(predictions - targets)²`; without targets, `predictions²`.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::squared_error(constant(vec![1.0f32, 2.0]), constant(vec![0.0f32, 5.0]))), "[1.0, 9.0]");
/// ```
#[track_caller]
pub fn squared_error(predictions: Tracer, targets: impl Into<Option<Tracer>>) -> Tracer {
    errors("squared_error", predictions, targets.into()).square()
}
/// Half of [`squared_error`], whose derivative is the error.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::l2_loss(constant(vec![1.0f32, 2.0]), constant(vec![0.0f32, 5.0]))), "[0.5, 4.5]");
/// ```
#[track_caller]
pub fn l2_loss(predictions: Tracer, targets: impl Into<Option<Tracer>>) -> Tracer {
    errors("l2_loss", predictions, targets.into()).square() * 0.5
}
/// `|predictions - targets|`.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::absolute_error(constant(vec![1.0f32, 2.0]), constant(vec![0.0f32, 5.0]))), "[1.0, 3.0]");
/// ```
#[track_caller]
pub fn absolute_error(predictions: Tracer, targets: impl Into<Option<Tracer>>) -> Tracer {
    errors("absolute_error", predictions, targets.into()).abs()
}
/// Quadratic up to an error of `delta` (Optax: 1), linear from there (Huber 1964).
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::huber_loss(constant(vec![1.0f32, 2.0]), constant(vec![0.5f32, 5.0]), 1.0)), "[0.125, 2.5]");
/// ```
#[track_caller]
pub fn huber_loss(predictions: Tracer, targets: impl Into<Option<Tracer>>, delta: f64) -> Tracer {
    let size = errors("huber_loss", predictions, targets.into()).abs();
    let quadratic = size.minimum(delta);
    quadratic.square() * 0.5 + (size - quadratic) * delta
}
/// `log(cosh(predictions - targets))`, without overflow.
///
/// ```
/// # use raxla::{constant, losses, show};
/// assert_eq!(show(|| losses::log_cosh(constant(vec![1.0f32, 2.0]), constant(vec![1.0f32, 5.0]))), "[0.0, 2.309]");
/// ```
#[track_caller]
pub fn log_cosh(predictions: Tracer, targets: impl Into<Option<Tracer>>) -> Tracer {
    let error = errors("log_cosh", predictions, targets.into());
    logaddexp(error, -error) - std::f64::consts::LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { losses_regression:
        "optax.squared_error(a, b)", "f32(2, 3), f32(2, 3)" => fn(a, b) squared_error(a, b);
        "optax.squared_error(a)", "bf16(3)" => fn(a) squared_error(a, None);
        "optax.l2_loss(a, b)", "f32(3), f32(3)" => fn(a, b) l2_loss(a, b);
        "jnp.abs(a - b)", "f32(3), f32(3)" => fn(a, b) absolute_error(a, b);
        "optax.huber_loss(a, b)", "f32(6), f32(6)" => fn(a, b) huber_loss(a, b, 1.0);
        "optax.huber_loss(a, delta=0.4)", "f32(6)" => fn(a) huber_loss(a, None, 0.4);
        "optax.log_cosh(a, b)", "values([0.3, -500, 0], 'f4'), values([0.1, 20, 0], 'f4')" => fn(a, b) log_cosh(a, b);
    }
}
