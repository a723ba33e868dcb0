//! `raxla.nn`: activations, softmax and its kin, one-hot vectors, attention, and numbers for weights to begin with.

use crate::{
    array::ArrayLike,
    dtype::Dtype,
    table::{Axes, Converted, Out, Sizes, functions},
};
use pyo3::{Borrowed, FromPyObject, exceptions::PyValueError, prelude::*};
use raxla::{
    DType, Tracer,
    nn::{
        self, Attention, Standardize,
        initializers::{Distribution, Fan, VarianceScaling},
    },
    numpy::{self as np, Over},
    special,
};

/// The argument as floats.
fn floats(py: Python, x: &ArrayLike) -> Tracer {
    np::promotion::inexact("nn", x.input(py))
}
/// The argument as floats, and a parameter in the dtype at which both meet.
fn together(py: Python, x: &ArrayLike, parameter: &ArrayLike) -> [Tracer; 2] {
    np::promotion::promote_inexact("nn", [x.input(py), parameter.input(py)])
}
/// The argument as an array, but for bools.
fn numbers(py: Python, name: &str, x: &ArrayLike) -> Tracer {
    let x = x.input(py).tracer();
    if x.dtype() == DType::Bool {
        raxla::ir::trace::fail(format!("{name}: takes numbers, got {}", x.aval()));
    }
    x
}
macro_rules! activations { ($($(#[$doc:meta])* $name:ident;)*) => { functions! { register_activations; $(
    $(#[$doc])*
    fn $name(x: ArrayLike) [x] |py| nn::$name(floats(py, &x));
)* } } }
activations! {
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
    /// relu6(x + 3) / 6.
    hard_sigmoid;
    /// x times its hard sigmoid.
    hard_silu;
    /// x times its hard sigmoid.
    hard_swish;
    /// The scaled exponential linear unit.
    selu;
    /// 0 up to -1, x from 1, and a parabola between.
    sparse_plus;
    /// (x + 1) / 2 between 0 and 1.
    sparse_sigmoid;
    /// log(1 - exp(-x)), of x above 0.
    log1mexp;
}
/// `local_window_size`: places before and after; one number is both.
pub struct Around(usize, usize);
impl<'a, 'py> FromPyObject<'a, 'py> for Around {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Around> {
        match object.extract::<usize>() {
            Ok(n) => Ok(Around(n, n)),
            Err(_) => object.extract().map(|(before, after)| Around(before, after)),
        }
    }
}
/// `logsumexp` of this module and of `scipy.special`.
#[track_caller]
pub fn log_of_sum(py: Python, a: &ArrayLike, b: Option<&ArrayLike>, over: Over, return_sign: bool) -> Out {
    let one = || np::promotion::inexact("logsumexp", a.arg(py));
    let (log, sign) = match b {
        Some(b) => special::logsumexp_with(a.arg(py), b.arg(py), over),
        None if return_sign => nn::logsumexp_with(one(), None, over),
        None => return nn::logsumexp(one(), over).into(),
    };
    match sign.dtype().is_complex() {
        _ if return_sign => (log, sign).into(),
        true => log.complex(np::angle(sign)).into(),
        false => sign.less(0.0).select(log.full_like(f64::NAN), log).into(),
    }
}

functions! { register_functions;
    /// 0 at least.
    fn relu(x: ArrayLike) [x] |py| nn::relu(numbers(py, "relu", &x));
    /// 6 at most, 0 at least.
    fn relu6(x: ArrayLike) [x] |py| nn::relu6(floats(py, &x));
    /// Between -1 and 1.
    fn hard_tanh(x: ArrayLike) [x] |py| nn::hard_tanh(numbers(py, "hard_tanh", &x));
    /// The argument.
    fn identity(x: ArrayLike) [x] |py| x.input(py).tracer();
    /// The hyperbolic tangent.
    fn tanh(x: ArrayLike) [x, /] |py| np::tanh(x.input(py));
    /// `relu` with a slope below 0.
    fn leaky_relu(x: ArrayLike, negative_slope: ArrayLike) [x, negative_slope = ArrayLike::Number(np::Arg::Float(0.01))] |py| {
        let [x, slope] = together(py, &x, &negative_slope);
        nn::leaky_relu(x, slope)
    };
    /// The exponential linear unit.
    fn elu(x: ArrayLike, alpha: ArrayLike) [x, alpha = ArrayLike::Number(np::Arg::Float(1.0))] |py| {
        let [x, alpha] = together(py, &x, &alpha);
        nn::elu(x, alpha)
    };
    /// The continuous exponential linear unit.
    fn celu(x: ArrayLike, alpha: ArrayLike) [x, alpha = ArrayLike::Number(np::Arg::Float(1.0))] |py| {
        let [x, alpha] = together(py, &x, &alpha);
        nn::celu(x, alpha)
    };
    /// (x + √(x² + b)) / 2.
    fn squareplus(x: ArrayLike, b: ArrayLike) [x, b = ArrayLike::Number(np::Arg::Int(4))] |py| {
        let [x, b] = together(py, &x, &b);
        nn::squareplus(x, b)
    };
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
    /// The logarithm of the sum of exponentials, and the sign of that sum if `return_sign`.
    fn logsumexp(a: ArrayLike, axis: Axes, b: Option<ArrayLike>, keepdims: bool, return_sign: bool, r#where: Option<ArrayLike>) [a, axis = Axes(None), b = None, keepdims = false, return_sign = false, r#where = None] |py| {
        log_of_sum(py, &a, b.as_ref(), axis.reduction(py, keepdims, &r#where, &None, None), return_sign)
    };
    /// The logarithm of the mean of exponentials.
    fn logmeanexp(x: ArrayLike, axis: Axes, r#where: Option<ArrayLike>, keepdims: bool) [x, axis = Axes(None), r#where = None, keepdims = false] |py| {
        nn::logmeanexp(floats(py, &x), axis.reduction(py, keepdims, &r#where, &None, None))
    };
    /// 1 at the index, 0 elsewhere.
    fn one_hot(x: Converted, num_classes: usize, dtype: Option<Dtype>, axis: isize) [x, num_classes, *, dtype = None, axis = -1] |py| {
        nn::one_hot_along(x.0.tracer(py), num_classes, axis, dtype.map_or_else(DType::default_float, |d| d.0))
    };
    /// The distance from the mean in standard deviations.
    fn standardize(x: ArrayLike, axis: Axes, mean: Option<ArrayLike>, variance: Option<ArrayLike>, epsilon: f64, r#where: Option<ArrayLike>, algorithm: String) [x, axis = Axes(Some(vec![-1])), mean = None, variance = None, epsilon = 1e-5, r#where = None, *, algorithm = "fast".to_string()] |py| {
        if !["fast", "stable"].contains(&algorithm.as_str()) {
            return Err(PyValueError::new_err(format!("Unknown algorithm '{algorithm}'. Expected 'fast' or 'stable'.")));
        }
        let known = |x: Option<ArrayLike>| x.map(|x| x.tracer(py));
        let options = Standardize { mean: known(mean), variance: known(variance), epsilon, stable: algorithm == "stable" };
        nn::standardize_with(floats(py, &x), axis.reduction(py, true, &r#where, &None, None), options)
    };
    /// Means of values, weighted by how well their keys fit the queries.
    fn dot_product_attention(query: ArrayLike, key: ArrayLike, value: ArrayLike, bias: Option<ArrayLike>, mask: Option<ArrayLike>, scale: Option<f64>, is_causal: bool, query_seq_lengths: Option<ArrayLike>, key_value_seq_lengths: Option<ArrayLike>, local_window_size: Option<Around>, implementation: Option<String>, return_residual: bool) [query, key, value, bias = None, mask = None, *, scale = None, is_causal = false, query_seq_lengths = None, key_value_seq_lengths = None, local_window_size = None, implementation = None, return_residual = false] |py| {
        match implementation.as_deref() {
            None | Some("xla") => {}
            Some("cudnn") => return Err(pyo3::exceptions::PyNotImplementedError::new_err("dot_product_attention: there is no cuDNN; XLA computes it everywhere")),
            Some(other) => return Err(PyValueError::new_err(format!("Unsupported implementation option: {other}"))),
        }
        let given = |x: Option<ArrayLike>| x.map(|x| x.tracer(py));
        let options = Attention {
            bias: given(bias),
            mask: given(mask),
            scale,
            is_causal,
            query_seq_lengths: given(query_seq_lengths),
            key_value_seq_lengths: given(key_value_seq_lengths),
            local_window_size: local_window_size.map(|w| (w.0, w.1)),
        };
        let [query, key, value] = [query, key, value].map(|x| x.tracer(py));
        if return_residual {
            Out::from(nn::dot_product_attention_with_residual(query, key, value, options))
        } else {
            Out::from(nn::dot_product_attention(query, key, value, options))
        }
    };
}

fn key(py: Python, key: &ArrayLike) -> PyResult<raxla::random::Key> {
    crate::random::key_of(py, "initializer", key).map(|(key, _)| key)
}
fn float(dtype: Option<Dtype>) -> DType {
    dtype.map_or_else(DType::default_float, |d| d.0)
}
fn signed(axes: Axes) -> Vec<isize> {
    axes.0.unwrap_or_default()
}
fn scaled(py: Python, parameter: &ArrayLike, dtype: DType) -> Tracer {
    np::astype(parameter.input(py), dtype)
}
functions! { register_initializers;
    /// Numbers evenly distributed from 0 to `scale`.
    fn _uniform(key: ArrayLike, shape: Sizes, dtype: Option<Dtype>, scale: ArrayLike) [key, shape, dtype, scale] |py| {
        let dtype = float(dtype);
        nn::initializers::uniform(scaled(py, &scale, dtype))(self::key(py, &key)?, &shape.shape()?, dtype)
    };
    /// Normal numbers of a standard deviation.
    fn _normal(key: ArrayLike, shape: Sizes, dtype: Option<Dtype>, stddev: ArrayLike) [key, shape, dtype, stddev] |py| {
        let dtype = float(dtype);
        nn::initializers::normal(scaled(py, &stddev, dtype))(self::key(py, &key)?, &shape.shape()?, dtype)
    };
    /// Normal numbers between two others, times a standard deviation.
    fn _truncated_normal(key: ArrayLike, shape: Sizes, dtype: Option<Dtype>, stddev: ArrayLike, lower: f64, upper: f64) [key, shape, dtype, stddev, lower, upper] |py| {
        let dtype = float(dtype);
        nn::initializers::truncated_normal(scaled(py, &stddev, dtype), lower, upper)(self::key(py, &key)?, &shape.shape()?, dtype)
    };
    /// Numbers whose variance falls with the number of inputs or outputs.
    fn _variance_scaling(key: ArrayLike, shape: Sizes, dtype: Option<Dtype>, scale: f64, mode: &str, distribution: &str, in_axis: Axes, out_axis: Axes, batch_axis: Axes) [key, shape, dtype, scale, mode, distribution, in_axis, out_axis, batch_axis] |py| {
        let mode = match mode {
            "fan_in" => Fan::In,
            "fan_out" => Fan::Out,
            "fan_avg" => Fan::Average,
            "fan_geo_avg" => Fan::GeometricAverage,
            other => return Err(PyValueError::new_err(format!("invalid mode for variance scaling initializer: {other}"))),
        };
        let distribution = match distribution {
            "truncated_normal" => Distribution::TruncatedNormal,
            "normal" => Distribution::Normal,
            "uniform" => Distribution::Uniform,
            other => return Err(PyValueError::new_err(format!("invalid distribution for variance scaling initializer: {other}"))),
        };
        let (in_axis, out_axis, batch_axis) = (signed(in_axis), signed(out_axis), signed(batch_axis));
        let options = VarianceScaling { scale, mode, distribution, in_axis, out_axis, batch_axis };
        nn::initializers::variance_scaling(options)(self::key(py, &key)?, &shape.shape()?, float(dtype))
    };
    /// Orthogonal matrices times a number.
    fn _orthogonal(key: ArrayLike, shape: Sizes, dtype: Option<Dtype>, scale: f64, column_axis: isize) [key, shape, dtype, scale, column_axis] |py| {
        nn::initializers::orthogonal(scale, column_axis)(self::key(py, &key)?, &shape.shape()?, float(dtype))
    };
    /// Kernels of convolutions that are orthogonal matrices at their middle.
    fn _delta_orthogonal(key: ArrayLike, shape: Sizes, dtype: Option<Dtype>, scale: f64, column_axis: isize) [key, shape, dtype, scale, column_axis] |py| {
        let shape = shape.shape()?;
        match shape[..] {
            [.., inputs, outputs] if (3..=5).contains(&shape.len()) && inputs <= outputs => {
                nn::initializers::delta_orthogonal(scale, column_axis)(self::key(py, &key)?, &shape, float(dtype))
            }
            _ => return Err(PyValueError::new_err(format!("Delta orthogonal initializer requires a 3D, 4D or 5D shape whose last entry is not less than the one before, got {shape:?}"))),
        }
    };
}
/// Adds all functions to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    register_activations(module)?;
    register_functions(module)?;
    register_initializers(module)
}
