//! `raxla.nn`: activations, softmax, one-hot vectors.

use crate::{
    array::ArrayLike,
    dtype::Dtype,
    table::{Axes, functions},
};
use raxla::{DType, Tracer, nn, numpy as np};

/// The argument as floats.
fn floats(py: pyo3::Python, x: &ArrayLike) -> Tracer {
    np::promotion::inexact("nn", x.arg(py))
}
macro_rules! activations { ($($(#[$doc:meta])* $name:ident;)*) => { functions! { register_activations; $(
    $(#[$doc])*
    fn $name(x: ArrayLike) [x] |py| nn::$name(floats(py, &x));
)* } } }
activations! {
    /// 6 at most, 0 at least.
    relu6;
    /// 1 / (1 + exp(-x)).
    sigmoid;
    /// log(1 + exp(x)).
    softplus;
    /// The logarithm of the sigmoid.
    log_sigmoid;
    /// x / (1 + |x|).
    soft_sign;
    /// x times its sigmoid.
    silu;
    /// x times its sigmoid.
    swish;
    /// x tanh(softplus(x)).
    mish;
    /// Between -1 and 1.
    hard_tanh;
    /// relu6(x + 3) / 6.
    hard_sigmoid;
    /// x times its hard sigmoid.
    hard_silu;
    /// x times its hard sigmoid.
    hard_swish;
    /// The scaled exponential linear unit.
    selu;
}
functions! { register_functions;
    /// 0 at least.
    fn relu(x: ArrayLike) [x] |py| nn::relu(x.tracer(py));
    /// `relu` with a slope below 0.
    fn leaky_relu(x: ArrayLike, negative_slope: f64) [x, negative_slope = 0.01] |py| nn::leaky_relu(floats(py, &x), negative_slope);
    /// The exponential linear unit.
    fn elu(x: ArrayLike, alpha: f64) [x, alpha = 1.0] |py| nn::elu(floats(py, &x), alpha);
    /// The continuous exponential linear unit.
    fn celu(x: ArrayLike, alpha: f64) [x, alpha = 1.0] |py| nn::celu(floats(py, &x), alpha);
    /// x times the normal distribution's function.
    fn gelu(x: ArrayLike, approximate: bool) [x, approximate = true] |py| nn::gelu(floats(py, &x), approximate);
    /// One half times the sigmoid of the other.
    fn glu(x: ArrayLike, axis: isize) [x, axis = -1] |py| nn::glu(floats(py, &x), axis);
    /// Exponentials in proportion to their sum.
    fn softmax(x: ArrayLike, axis: Axes, r#where: Option<ArrayLike>) [x, axis = Axes(Some(vec![-1])), r#where = None] |py| {
        nn::softmax(floats(py, &x), axis.reduction(py, false, &r#where, &None, None))
    };
    /// The logarithm of `softmax`.
    fn log_softmax(x: ArrayLike, axis: Axes, r#where: Option<ArrayLike>) [x, axis = Axes(Some(vec![-1])), r#where = None] |py| {
        nn::log_softmax(floats(py, &x), axis.reduction(py, false, &r#where, &None, None))
    };
    /// The logarithm of the sum of exponentials.
    fn logsumexp(a: ArrayLike, axis: Axes, b: Option<ArrayLike>, keepdims: bool, r#where: Option<ArrayLike>) [a, axis = Axes(None), b = None, keepdims = false, *, r#where = None] |py| {
        let over = axis.reduction(py, keepdims, &r#where, &None, None);
        match b {
            Some(b) => {
                let x = floats(py, &a);
                nn::logsumexp_with(x, np::astype(b.arg(py), x.dtype()), over).0
            }
            None => nn::logsumexp(floats(py, &a), over),
        }
    };
    /// 1 at the index, 0 elsewhere.
    fn one_hot(x: ArrayLike, num_classes: usize, dtype: Option<Dtype>, axis: isize) [x, num_classes, *, dtype = None, axis = -1] |py| {
        nn::one_hot_along(x.tracer(py), num_classes, axis, dtype.map_or_else(DType::default_float, |d| d.0))
    };
}
/// Adds all functions to a module.
pub fn register(module: &pyo3::Bound<pyo3::types::PyModule>) -> pyo3::PyResult<()> {
    register_activations(module)?;
    register_functions(module)
}
