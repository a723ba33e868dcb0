//! The gamma distribution, by rejection, and the distributions that are functions of it.

use super::{
    exponential,
    key::Key,
    normal,
    parameters::{check_float, least_normal, parameter},
    rademacher, split,
    uniform::unit,
};
use raxla_ir::{DType, Operand, Tracer, trace::fail};
use raxla_transforms::{custom_jvp, vmap, while_loop};

/// One number of the gamma distribution of parameter `alpha`, or its logarithm.
///
/// The method is that of Marsaglia and Tsang, *A simple method for generating gamma variables* (2000); below 1, a number for `alpha + 1`
/// is multiplied by a uniform one to the power of `1 / alpha`.
fn one(key: Key, alpha: Tracer, logarithm: bool) -> Tracer {
    let dtype = alpha.dtype();
    let [zero, one, two] = [0.0, 1.0, 2.0].map(|x| alpha.full_like(x));
    let boosted = alpha.less(1.0);
    let d = boosted.select(alpha + 1.0, alpha) - 1.0 / 3.0;
    let c = alpha.full_like(1.0 / 3.0) / d.sqrt();
    let [key, last] = split(key, 2).unpack();
    let going = |(_, x, v, u): (Key, Tracer, Tracer, Tracer)| {
        let slow = u.log().greater_equal(x * 0.5 + d * (1f64 - v + v.log()));
        u.greater_equal(1f64 - x * x * 0.0331).bitwise_and(slow)
    };
    let step = |(key, ..): (Key, Tracer, Tracer, Tracer)| {
        let [key, normals, uniforms] = split(key, 3).unpack();
        let next = |(key, ..): (Key, Tracer, Tracer)| {
            let [key, now] = split(key, 2).unpack();
            let x = normal(now, &[], dtype);
            (key, x, x * c + 1.0)
        };
        let (_, x, v) = while_loop(|(_, _, v): (Key, Tracer, Tracer)| v.less_equal(0.0), next, (normals, zero, -one));
        (key, x * x, v * v * v, unit(uniforms, &[], dtype))
    };
    let (_, _, v, _) = while_loop(going, step, (key, zero, one, two));
    if logarithm {
        let log_u = -exponential(last, &[], dtype);
        let boost = boosted.bitwise_and(log_u.not_equal(0.0)).select(log_u * (1f64 / alpha), zero);
        d.log() + v.log() + boost
    } else {
        let u = 1f64 - unit(last, &[], dtype);
        d * v * boosted.select(u.pow(1f64 / alpha), one)
    }
}
/// A number for each element of a vector of parameters.
fn each(key: Key, a: Tracer, logarithm: bool) -> Tracer {
    vmap(move |key: Key, alpha: Tracer| one(key, alpha, logarithm), 0)(split(key, a.size()), a)
}
/// [`each`], in a shape, with a derivative: that of the number with a given probability to lie above it. Which numbers were rejected on
/// the way to it depends on the parameter, too, but in steps, so that the derivative of the method itself would be wrong.
#[track_caller]
fn samples(name: &str, key: Key, a: impl Operand, shape: &[usize], dtype: DType, logarithm: bool) -> Tracer {
    check_float(name, dtype);
    let a = parameter(name, a, shape, dtype).ravel();
    let rule = move |(key, a): (Key, Tracer), (_, tangent): (Key, Tracer)| {
        let x = each(key, a, logarithm);
        if !logarithm {
            return (x, tangent * a.random_gamma_grad(x));
        }
        let number = x.exp().maximum(least_normal(dtype));
        (x, tangent * (a.random_gamma_grad(number) / number))
    };
    custom_jvp(move |key: Key, a: Tracer| each(key, a, logarithm), rule)(key, a).reshape(shape)
}

/// Numbers of the gamma distribution of parameter `a` and scale 1; as `jax.random.gamma`. They have a derivative in `a`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::gamma(key, 2.5, &[3], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| *x > 0.0));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn gamma(key: Key, a: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    samples("gamma", key, a, shape, dtype, false)
}
/// Logarithms of numbers of the gamma distribution of parameter `a`, exact where the numbers would underflow; as `jax.random.loggamma`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::loggamma(key, 1e-3, &[3], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| x.is_finite()));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn loggamma(key: Key, a: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    samples("loggamma", key, a, shape, dtype, true)
}
/// Numbers of the beta distribution, between 0 and 1; as `jax.random.beta`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::beta(key, 0.5, 2.0, &[3], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| (0.0..=1.0).contains(x)));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn beta(key: Key, a: impl Operand, b: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("beta", dtype);
    let (a, b) = (parameter("beta", a, shape, dtype), parameter("beta", b, shape, dtype));
    let [key_a, key_b] = split(key, 2).unpack();
    let (a, b) = (loggamma(key_a, a, shape, dtype), loggamma(key_b, b, shape, dtype));
    let greater = a.maximum(b);
    let (a, b) = ((a - greater).exp(), (b - greater).exp());
    a / (a + b)
}
/// Vectors of the Dirichlet distribution, of sum 1, along a new last axis; as `jax.random.dirichlet`.
///
/// The last axis of `alpha` runs through the elements of a vector; the others broadcast to `shape`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let f = jit(|key: Key, alpha: Tracer| random::dirichlet(key, alpha, &[5], DType::F32));
/// let x = f(Key::new(0), Array::from(vec![1.0f32, 2.0, 3.0]));
/// assert_eq!(x.shape(), [5, 3]);
/// ```
#[track_caller]
pub fn dirichlet(key: Key, alpha: Tracer, shape: &[usize], dtype: DType) -> Tracer {
    let Some(n) = alpha.shape().last().copied() else {
        fail(format!("dirichlet: the parameter needs an axis for the elements of a vector, got {}", alpha.aval()))
    };
    crate::nn::softmax(loggamma(key, alpha, &[shape, &[n]].concat(), dtype), -1)
}
/// Numbers of the chi-square distribution of `df` degrees of freedom; as `jax.random.chisquare`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::chisquare(key, 3.0, &[3], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| *x > 0.0));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn chisquare(key: Key, df: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("chisquare", dtype);
    loggamma(key, parameter("chisquare", df, shape, dtype) / 2.0, shape, dtype).exp() * 2.0
}
/// Numbers of Snedecor's F distribution of `dfnum` and `dfden` degrees of freedom; as `jax.random.f`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::f(key, 3.0, 4.0, &[3], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| *x > 0.0));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn f(key: Key, dfnum: impl Operand, dfden: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("f", dtype);
    let (dfnum, dfden) = (parameter("f", dfnum, shape, dtype), parameter("f", dfden, shape, dtype));
    let [below, above] = split(key, 2).unpack();
    chisquare(above, dfnum, shape, dtype) / dfnum / (chisquare(below, dfden, shape, dtype) / dfden)
}
/// Numbers of Student's t distribution of `df` degrees of freedom; as `jax.random.t`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::t(key, 3.0, &[3], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| x.is_finite()));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn t(key: Key, df: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("t", dtype);
    let half = parameter("t", df, shape, dtype) / 2.0;
    let [normals, gammas] = split(key, 2).unpack();
    normal(normals, shape, dtype) * (half / gamma(gammas, half, shape, dtype)).sqrt()
}
/// Numbers whose density is proportional to `exp(-|x|ᵖ)`; as `jax.random.generalized_normal`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::generalized_normal(key, 1.5, &[3], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| x.is_finite()));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn generalized_normal(key: Key, p: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("generalized_normal", dtype);
    let inverse = 1f64 / parameter("generalized_normal", p, shape, dtype);
    let [gammas, signs] = split(key, 2).unpack();
    rademacher(signs, shape, dtype) * gamma(gammas, inverse, shape, dtype).pow(inverse)
}
/// Points uniformly distributed in the unit ball of `d` dimensions with the norm `(∑ |xᵢ|ᵖ)^(1/p)`, along a new last axis; as
/// `jax.random.ball`.
///
/// The method is that of Barthe, Guédon, Mendelson and Naor, *A probabilistic approach to the geometry of the ℓₚⁿ-ball* (2005).
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::ball(key, 3, 2.0, &[10], DType::F32).square().sum_axes(-1))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|norm| *norm <= 1.0));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn ball(key: Key, d: usize, p: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("ball", dtype);
    let p = parameter("ball", p, shape, dtype).expand_dims(-1);
    let [normals, exponentials] = split(key, 2).unpack();
    let x = generalized_normal(normals, p, &[shape, &[d]].concat(), dtype);
    let sum = x.abs().pow(p).sum_axes(-1) + exponential(exponentials, shape, dtype);
    x / sum.expand_dims(-1).pow(1f64 / p)
}
