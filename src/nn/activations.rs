//! Activations: functions of each number by itself. Floats of any shape; integers become floats, except in [`relu`] and its like.

use crate::numpy::{logaddexp, promotion::inexact};
use raxla_ir::{
    Operand, Tracer,
    aval::resolve_axis,
    trace::{fail, or_fail},
};

/// `max(x, 0)`, with the derivative 0 at 0. Floats and integers of any shape.
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(nn::relu)(Array::from(vec![-1.0f32, 0.0, 2.0]));
/// assert_eq!(y.to_vec::<f32>()?, [0.0, 0.0, 2.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn relu(x: Tracer) -> Tracer {
    x.less_equal(0).select(x.full_like(0.0), x)
}
/// `min(max(x, 0), 6)`, with the derivative 0 at 0 and 6.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::relu6(constant(vec![-1.0f32, 3.0, 8.0]))), "[0.0, 3.0, 6.0]");
/// ```
#[track_caller]
pub fn relu6(x: Tracer) -> Tracer {
    relu(x.greater_equal(6).select(x.full_like(6.0), x))
}
/// The number itself.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::identity(constant(vec![-1.0f32, 3.0]))), "[-1.0, 3.0]");
/// ```
pub fn identity(x: Tracer) -> Tracer {
    x
}
/// `1 / (1 + exp(-x))`.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::sigmoid(constant(vec![0.0f32, 1.0]))), "[0.5, 0.7311]");
/// ```
#[track_caller]
pub fn sigmoid(x: Tracer) -> Tracer {
    inexact("sigmoid", x).logistic()
}
/// `log(1 + exp(x))`, without overflow.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::softplus(constant(vec![0.0f32, 1.0]))), "[0.693, 1.313]");
/// ```
#[track_caller]
pub fn softplus(x: Tracer) -> Tracer {
    logaddexp(inexact("softplus", x), 0.0)
}
/// `log(sigmoid(x))`, without underflow.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::log_sigmoid(constant(vec![0.0f32, -2.0]))), "[-0.693, -2.127]");
/// ```
#[track_caller]
pub fn log_sigmoid(x: Tracer) -> Tracer {
    -softplus(-inexact("log_sigmoid", x))
}
/// `x / (1 + |x|)`.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::soft_sign(constant(vec![1.0f32, -3.0]))), "[0.5, -0.75]");
/// ```
#[track_caller]
pub fn soft_sign(x: Tracer) -> Tracer {
    let x = inexact("soft_sign", x);
    x / (x.abs() + 1)
}
/// `x * sigmoid(x)` (Elfwing, Uchibe and Doya 2017).
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::silu(constant(vec![0.0f32, 1.0]))), "[0.0, 0.7311]");
/// ```
#[track_caller]
pub fn silu(x: Tracer) -> Tracer {
    let x = inexact("silu", x);
    x * x.logistic()
}
/// [`silu`].
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::swish(constant(vec![0.0f32, 1.0]))), "[0.0, 0.7311]");
/// ```
#[track_caller]
pub fn swish(x: Tracer) -> Tracer {
    silu(x)
}
/// `x * tanh(softplus(x))` (Misra 2019).
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::mish(constant(vec![0.0f32, 1.0]))), "[0.0, 0.8651]");
/// ```
#[track_caller]
pub fn mish(x: Tracer) -> Tracer {
    let x = inexact("mish", x);
    x * softplus(x).tanh()
}
/// `x`, and `negative_slope * x` (JAX: 0.01) below 0.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::leaky_relu(constant(vec![-1.0f32, 2.0]), 0.01)), "[-0.01, 2.0]");
/// ```
#[track_caller]
pub fn leaky_relu(x: Tracer, negative_slope: impl Operand) -> Tracer {
    let x = inexact("leaky_relu", x);
    x.greater_equal(0).select(x, x * negative_slope)
}
/// `x` between -1 and 1.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::hard_tanh(constant(vec![-2.0f32, 0.5, 2.0]))), "[-1.0, 0.5, 1.0]");
/// ```
#[track_caller]
pub fn hard_tanh(x: Tracer) -> Tracer {
    x.greater(1).select(x.full_like(1.0), x.less(-1).select(x.full_like(-1.0), x))
}
/// `relu6(x + 3) / 6`.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::hard_sigmoid(constant(vec![-4.0f32, 0.0, 4.0]))), "[0.0, 0.5, 1.0]");
/// ```
#[track_caller]
pub fn hard_sigmoid(x: Tracer) -> Tracer {
    relu6(inexact("hard_sigmoid", x) + 3) / 6
}
/// `x * hard_sigmoid(x)` (Howard et al. 2019).
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::hard_silu(constant(vec![-4.0f32, 1.0, 4.0]))), "[0.0, 0.667, 4.0]");
/// ```
#[track_caller]
pub fn hard_silu(x: Tracer) -> Tracer {
    let x = inexact("hard_silu", x);
    x * hard_sigmoid(x)
}
/// [`hard_silu`].
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::hard_swish(constant(vec![-4.0f32, 1.0, 4.0]))), "[0.0, 0.667, 4.0]");
/// ```
#[track_caller]
pub fn hard_swish(x: Tracer) -> Tracer {
    hard_silu(x)
}
/// `x`, and `alpha * (exp(x) - 1)` (JAX: 1) up to 0 (Clevert, Unterthiner and Hochreiter 2015).
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::elu(constant(vec![-1.0f32, 2.0]), 1.0)), "[-0.632, 2.0]");
/// ```
#[track_caller]
pub fn elu(x: Tracer, alpha: impl Operand) -> Tracer {
    let x = inexact("elu", x);
    let above = x.greater(0);
    // The power that is not taken must not overflow, or its derivative would be NaN.
    above.select(x, above.select(x.full_like(0.0), x).expm1() * alpha)
}
/// `max(x, 0) + alpha * (exp(min(x, 0) / alpha) - 1)` (JAX: 1) (Barron 2017).
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::celu(constant(vec![-1.0f32, 2.0]), 2.0)), "[-0.787, 2.0]");
/// ```
#[track_caller]
pub fn celu(x: Tracer, alpha: impl Operand + Copy) -> Tracer {
    let x = inexact("celu", x);
    x.maximum(0) + (x.minimum(0) / alpha).expm1() * alpha
}
/// [`elu`] scaled so that layers keep mean 0 and variance 1 (Klambauer et al. 2017).
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::selu(constant(vec![-1.0f32, 2.0]))), "[-1.111, 2.101]");
/// ```
#[track_caller]
pub fn selu(x: Tracer) -> Tracer {
    elu(x, 1.6732632423543772) * 1.0507009873554805
}
/// `x` times the normal distribution's probability below `x` (Hendrycks and Gimpel 2016); approximately by `tanh`, or exactly.
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(|x: Tracer| nn::gelu(x, false))(Array::from(1.0f32));
/// assert!((y.item::<f32>()? - 0.8413447).abs() < 1e-6);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn gelu(x: Tracer, approximate: bool) -> Tracer {
    let x = inexact("gelu", x);
    let x = x.strong();
    match approximate {
        true => x * (((x + x * x.square() * 0.044715) * (2.0 / std::f64::consts::PI).sqrt()).tanh() + 1) * 0.5,
        false => x * (x * -std::f64::consts::FRAC_1_SQRT_2).erfc() * 0.5,
    }
}
/// The first half of an axis times the [`sigmoid`] of the second (Dauphin et al. 2016).
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::glu(constant(vec![1.0f32, 2.0, 0.0, 0.0]), -1)), "[0.5, 1.0]");
/// ```
///
/// # Panics
/// Inside the trace, if the axis has an odd size.
#[track_caller]
pub fn glu(x: Tracer, axis: isize) -> Tracer {
    let x = inexact("glu", x);
    let size = x.shape()[or_fail("glu", resolve_axis(axis, x.rank()))];
    if !size.is_multiple_of(2) {
        fail(format!("glu: axis {axis} must have an even size, got {}", x.aval()));
    }
    x.slice_axis(axis, 0, size / 2) * x.slice_axis(axis, size / 2, size).logistic()
}
/// `(x + sqrt(x² + b)) / 2` (JAX: 4) (Barron 2021).
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::squareplus(constant(vec![0.0f32, 3.0]), 4.0)), "[1.0, 3.303]");
/// ```
#[track_caller]
pub fn squareplus(x: Tracer, b: impl Operand) -> Tracer {
    let x = inexact("squareplus", x);
    (x + (x.square() + b).sqrt()) / 2
}
/// 0 up to -1, `x` from 1, and a parabola between: the sparse counterpart of [`softplus`] (Blondel, Martins and Niculae 2020).
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::sparse_plus(constant(vec![-2.0f32, 0.0, 2.0]))), "[0.0, 0.25, 2.0]");
/// ```
#[track_caller]
pub fn sparse_plus(x: Tracer) -> Tracer {
    let x = inexact("sparse_plus", x);
    let curve = (x + 1).square() / 4;
    x.less_equal(-1).select(x.full_like(0.0), x.greater_equal(1).select(x, curve))
}
/// `(x + 1) / 2` between 0 and 1: the derivative of [`sparse_plus`].
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::sparse_sigmoid(constant(vec![-2.0f32, 0.0, 2.0]))), "[0.0, 0.5, 1.0]");
/// ```
#[track_caller]
pub fn sparse_sigmoid(x: Tracer) -> Tracer {
    (inexact("sparse_sigmoid", x) + 1).clamp(0, 2) * 0.5
}
/// `log(1 - exp(-x))`, for `x` above 0, without cancellation (Mächler 2012).
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::log1mexp(constant(vec![0.5f32, 1.0]))), "[-0.9328, -0.4587]");
/// ```
#[track_caller]
pub fn log1mexp(x: Tracer) -> Tracer {
    let x = inexact("log1mexp", x);
    let value = |x: Tracer| {
        let small = x.less(std::f64::consts::LN_2);
        small.select((-(-x).expm1()).log(), (-(-x).exp()).log1p())
    };
    raxla_transforms::custom_jvp(value, move |(x,): (Tracer,), (t,): (Tracer,)| (value(x), t / x.expm1()))(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use raxla_ir::{Literal, eval::eval, trace::trace};
    use raxla_transforms::grad;

    crate::oracle::rows! { nn_activations:
        "jax.nn.relu(a)", "values([-2, -0.0, 0, 3, inf, -inf], 'f4')" => fn(a) relu(a);
        "jax.nn.relu(a)", "i32(5)" => fn(a) relu(a);
        "jax.nn.relu(a)", "values([nan], 'f4')", values => fn(a) relu(a);
        "jax.nn.relu6(a)", "values([-2, 0, 3, 6, 8, inf], 'f4')" => fn(a) relu6(a);
        "jax.nn.identity(a)", "f32(3)" => fn(a) identity(a);
        "jax.nn.sigmoid(a)", "f32(5)" => fn(a) sigmoid(a);
        "jax.nn.softplus(a)", "values([-1000, -1, 0, 2, 1000], 'f4')" => fn(a) softplus(a);
        "jax.nn.softplus(a)", "bf16(5)" => fn(a) softplus(a);
        "jax.nn.log_sigmoid(a)", "values([-1000, -1, 0, 2, 1000], 'f4')" => fn(a) log_sigmoid(a);
        "jax.nn.soft_sign(a)", "f32(5)" => fn(a) soft_sign(a);
        "jax.nn.silu(a)", "f32(5)" => fn(a) silu(a);
        "jax.nn.swish(a)", "f32(5)" => fn(a) swish(a);
        "jax.nn.mish(a)", "f32(5)" => fn(a) mish(a);
        "jax.nn.leaky_relu(a)", "values([-2, 0, 3], 'f4')" => fn(a) leaky_relu(a, 0.01);
        "jax.nn.hard_tanh(a)", "values([-2, -1, 0, 1, 3], 'f4')" => fn(a) hard_tanh(a);
        "jax.nn.hard_sigmoid(a)", "f32(5, low=-5, high=5)" => fn(a) hard_sigmoid(a);
        "jax.nn.hard_silu(a)", "f32(5, low=-5, high=5)" => fn(a) hard_silu(a);
        "jax.nn.hard_swish(a)", "f32(5, low=-5, high=5)" => fn(a) hard_swish(a);
        "jax.nn.elu(a)", "values([-200, -1, 0, 2, 1000], 'f4')" => fn(a) elu(a, 1.0);
        "jax.nn.elu(a, 0.5)", "f32(5)" => fn(a) elu(a, 0.5);
        "jax.nn.celu(a, 0.5)", "values([-2, -1, 0, 2, 1000], 'f4')" => fn(a) celu(a, 0.5);
        "jax.nn.selu(a)", "f32(5)" => fn(a) selu(a);
        "jax.nn.gelu(a)", "f32(5)" => fn(a) gelu(a, true);
        "jax.nn.gelu(a)", "bf16(5)" => fn(a) gelu(a, true);
        "jax.nn.gelu(a, approximate=False)", "f32(5)" => fn(a) gelu(a, false);
        "jax.nn.gelu(a, approximate=False)", "i32(5)" => fn(a) gelu(a, false);
        "jax.nn.glu(a)", "f32(2, 4)" => fn(a) glu(a, -1);
        "jax.nn.glu(a, axis=0)", "f32(2, 3)" => fn(a) glu(a, 0);
        "jax.nn.squareplus(a)", "f32(5)" => fn(a) squareplus(a, 4.0);
        "jax.nn.squareplus(a, 0.5)", "f32(5)" => fn(a) squareplus(a, 0.5);
        "jax.nn.sparse_plus(a)", "values([-2, -0.5, 0, 0.5, 3], 'f4')" => fn(a) sparse_plus(a);
        "jax.nn.sparse_sigmoid(a)", "values([-2, -0.5, 0, 0.5, 3], 'f4')" => fn(a) sparse_sigmoid(a);
        "jax.nn.log1mexp(a)", "values([1e-6, 0.1, 0.5, 1, 20], 'f4')" => fn(a) log1mexp(a);
    }

    #[test]
    fn relu_of_nan_is_nan_and_its_derivative_at_zero_is_zero() {
        let x = Literal::from(vec![0.0f32, -0.0]);
        let program = trace(&[x.aval().clone()], |a| vec![grad(|x: Tracer| relu(x).sum())(a[0])]).program;
        assert_eq!(eval(&program, &[x]), Ok(vec![Literal::from(vec![0.0f32, 0.0])]));
    }
}
