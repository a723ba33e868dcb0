//! Numbers moved to mean 0 and scaled to variance 1.

use crate::numpy::{self, Over, promotion::inexact};
use raxla_ir::Tracer;

/// What [`standardize_with`](super::standardize_with) may be given.
#[derive(Clone, Debug)]
pub struct Standardize {
    /// The mean, if it is known.
    pub mean: Option<Tracer>,
    /// The variance, if it is known.
    pub variance: Option<Tracer>,
    /// Added to the variance.
    pub epsilon: f64,
    /// Whether the variance is that of the distances from the mean, which takes one more pass, rather than the mean square less the squared
    /// mean, which cancels where the mean is large.
    pub stable: bool,
}
impl Default for Standardize {
    fn default() -> Standardize {
        Standardize { mean: None, variance: None, epsilon: 1e-5, stable: false }
    }
}
/// `(x - mean) / sqrt(variance + 1e-5)`, with mean and variance over one axis or several, and over what a mask holds for.
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(|x: Tracer| nn::standardize(x, -1))(Array::from(vec![-2.0f32, 2.0]));
/// assert!((y.to_vec::<f32>()?[1] - 1.0).abs() < 1e-5);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn standardize(x: Tracer, over: impl Into<Over>) -> Tracer {
    standardize_with(x, over, Standardize::default())
}
/// [`standardize`] with all options.
///
/// ```
/// # use raxla::{constant, nn, show};
/// let got = show(|| nn::standardize_with(constant(vec![1.0f32, 3.0]), -1, nn::Standardize { epsilon: 0.0, ..nn::Standardize::default() }));
/// assert_eq!(got, "[-1.0, 1.0]");
/// ```
#[track_caller]
pub fn standardize_with(x: Tracer, over: impl Into<Over>, options: Standardize) -> Tracer {
    let Standardize { mean, variance, epsilon, stable } = options;
    let (x, over) = (inexact("standardize", x), over.into().keepdims());
    let mean = mean.unwrap_or_else(|| numpy::mean(x, over.clone()));
    let centered = x - mean;
    let variance = variance.unwrap_or_else(|| match stable {
        true => numpy::mean(centered.square(), over),
        false => (numpy::mean(x.square(), over) - mean.square()).maximum(0),
    });
    centered * (variance + epsilon).rsqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { nn_standardize:
        "jax.nn.standardize(a)", "f32(3, 4)" => fn(a) standardize(a, -1);
        "jax.nn.standardize(a, axis=(0, 2), algorithm='stable')", "f32(2, 3, 4)"
            => fn(a) standardize_with(a, [0, 2], Standardize { stable: true, ..Standardize::default() });
        "jax.nn.standardize(a, where=b, epsilon=0.1)", "f32(3, 4), boolean(3, 4)", values
            => fn(a, b) standardize_with(a, Over::axis(-1).where_(b), Standardize { epsilon: 0.1, ..Standardize::default() });
        "jax.nn.standardize(a, mean=b, variance=c)", "f32(3, 4), f32(4), f32(4, low=0)"
            => fn(a, b, c) standardize_with(a, -1, Standardize { mean: Some(b), variance: Some(c), ..Standardize::default() });
        // The mean of squares less the squared mean cancels, in 16 bits.
        "jax.nn.standardize(a)", "bf16(3, 4)", values => fn(a) standardize(a, -1);
    }
}
