//! Distributions that are a function of one or two uniform numbers each.

use super::{
    bits,
    key::Key,
    normal,
    parameters::{check_float, epsilon, fraction_bits, least_normal, parameter},
    split, uniform,
    uniform::unit,
};
use raxla_ir::{DType, Operand, Tracer, trace::constant};

/// Exponentially distributed numbers of mean 1; as `jax.random.exponential`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::exponential(key, &[], DType::F32))(Key::new(0));
/// assert!((x.item::<f32>()? + (1.0 - 0.947667f32).ln()).abs() < 1e-5);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn exponential(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    check_float("exponential", dtype);
    -(-unit(key, shape, dtype)).log1p()
}
/// Numbers of the Gumbel distribution, `-log(-log u)`; as `jax.random.gumbel`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::gumbel(key, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?[0].is_finite());
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn gumbel(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    check_float("gumbel", dtype);
    -(-uniform(key, least_normal(dtype), 1.0, shape, dtype).log()).log()
}
/// [`gumbel`] with twice as many bits, so that great numbers occur as often as they should; as `jax.random.gumbel` in its mode `high`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::gumbel_high(key, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?[0].is_finite());
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn gumbel_high(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    check_float("gumbel_high", dtype);
    let both = unit(key, &[&[2], shape].concat(), dtype);
    let [high, low] = [0, 1].map(|i| both.slice_axis(0, i, i + 1).reshape(shape));
    let fine = high + low * 0.5f64.powi(fraction_bits(dtype)) + least_normal(dtype);
    let u = high.greater_equal(0.5).select(high, fine);
    -(-(-u).log1p()).log()
}
/// [`gumbel`] of uniform numbers as fine as two words allow, near 0 as near 1; as `jax.random.gumbel` in its mode `highest`. Dtypes other than
/// `f32` have the numbers of [`gumbel_high`], as in JAX.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::gumbel_highest(key, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?[0].is_finite());
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn gumbel_highest(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    if dtype != DType::F32 {
        return gumbel_high(key, shape, dtype);
    }
    let both = bits(key, &[&[2], shape].concat(), DType::U32);
    let [high, low] = [0, 1].map(|i| both.slice_axis(0, i, i + 1).reshape(shape).astype(DType::U64));
    // A fraction of 64 bits; from one half on its distance to 1, so that both ends of the unit interval are fine.
    let fraction = high.shift_left(32).bitwise_or(low);
    let small = high.less(1i64 << 31);
    let fraction = small.select(fraction, -fraction);
    // As a float: the leading bit is its exponent, those behind it are its fraction.
    let zeros = fraction.count_leading_zeros();
    let digits = fraction.shift_left(zeros).shift_right_logical(40).astype(DType::U32).bitwise_and(0x7f_ffff);
    let exponent = (constant(126u32) - zeros.astype(DType::U32)).shift_left(23);
    let x = exponent.bitwise_or(digits).bitcast_convert(DType::F32);
    -small.select(-(-x).log1p(), -x.log()).log()
}
/// Numbers of the Laplace distribution with mean 0 and scale 1; as `jax.random.laplace`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::laplace(key, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?[0].is_finite());
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn laplace(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    check_float("laplace", dtype);
    let u = uniform(key, epsilon(dtype) / 2.0 - 1.0, 1.0, shape, dtype);
    u.sign() * (-u.abs()).log1p()
}
/// Numbers of the logistic distribution, `log(u / (1 - u))`; as `jax.random.logistic`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::logistic(key, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?[0].is_finite());
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn logistic(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    check_float("logistic", dtype);
    let u = uniform(key, least_normal(dtype), 1.0, shape, dtype);
    u.log() - (-u).log1p()
}
/// Numbers of the Cauchy distribution; as `jax.random.cauchy`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::cauchy(key, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?[0].is_finite());
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn cauchy(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    check_float("cauchy", dtype);
    let u = uniform(key, epsilon(dtype), 1.0, shape, dtype);
    ((u - 0.5) * std::f64::consts::PI).tan()
}
/// Numbers of the Pareto distribution of index `b`, from 1 up; as `jax.random.pareto`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::pareto(key, 3.0, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?[0] >= 1.0);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn pareto(key: Key, b: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("pareto", dtype);
    (exponential(key, shape, dtype) / parameter("pareto", b, shape, dtype)).exp()
}
/// Numbers of the Rayleigh distribution, `scale √(-2 log u)`; as `jax.random.rayleigh`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::rayleigh(key, 2.0, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?[0] > 0.0);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn rayleigh(key: Key, scale: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("rayleigh", dtype);
    parameter("rayleigh", scale, shape, dtype) * (unit(key, shape, dtype).log() * -2.0).sqrt()
}
/// Numbers of the Weibull distribution, for minima, of this scale and concentration; as `jax.random.weibull_min`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::weibull_min(key, 1.0, 3.0, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?[0] > 0.0);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn weibull_min(
    key: Key,
    scale: impl Operand,
    concentration: impl Operand,
    shape: &[usize],
    dtype: DType,
) -> Tracer {
    check_float("weibull_min", dtype);
    let scale = parameter("weibull_min", scale, shape, dtype);
    let power = 1f64 / parameter("weibull_min", concentration, shape, dtype);
    exponential(key, shape, dtype).pow(power) * scale
}
/// Numbers between `left` and `right` whose density rises to `mode` and then falls, both linearly; as `jax.random.triangular`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::triangular(key, -1.0, 0.5, 1.0, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| (-1.0..=1.0).contains(x)));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn triangular(
    key: Key,
    left: impl Operand,
    mode: impl Operand,
    right: impl Operand,
    shape: &[usize],
    dtype: DType,
) -> Tracer {
    check_float("triangular", dtype);
    let left = parameter("triangular", left, shape, dtype);
    let mode = parameter("triangular", mode, shape, dtype);
    let right = parameter("triangular", right, shape, dtype);
    let u = unit(key, shape, dtype);
    let rising = left + (u * (right - left) * (mode - left)).sqrt();
    let falling = right - ((1f64 - u) * (right - left) * (right - mode)).sqrt();
    u.less((mode - left) / (right - left)).select(rising, falling)
}
/// Numbers of Wald's distribution, the inverse Gaussian one, of this mean and scale 1; as `jax.random.wald`.
///
/// The method is that of Michael, Schucany and Haas, *Generating random variates using transformations with multiple roots* (1976).
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::wald(key, 2.0, &[2], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?[0] > 0.0);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn wald(key: Key, mean: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("wald", dtype);
    let mean = parameter("wald", mean, shape, dtype);
    let [normals, uniforms] = split(key, 2).unpack();
    let (y, z) = (normal(normals, shape, dtype).square(), unit(uniforms, shape, dtype));
    let root = (mean * y * 4.0 + mean.square() * y.square()).sqrt();
    let x = mean + mean.square() * y / 2.0 - mean / 2.0 * root;
    z.less_equal(mean / (mean + x)).select(x, mean.square() / x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Implementation, bernoulli_high, categorical_by, choice_by, wrap_key_data};
    use raxla_ir::primitives::iota::arange;

    fn key(words: Tracer) -> Key {
        wrap_key_data(words, Implementation::Threefry2x32)
    }
    crate::oracle::rows! { random_modes:
        "jax.random.gumbel(a, (300,), mode='highest')", "values([0, 7], 'u4')" => fn(a) gumbel_highest(key(a), &[300], DType::F32);
        "jax.random.gumbel(a, (3,), 'bfloat16', mode='highest')", "values([0, 7], 'u4')" => fn(a) gumbel_highest(key(a), &[3], DType::BF16);
        "jax.random.bernoulli(a, b, (3, 50), mode='high')", "values([1, 7], 'u4'), values([[0.1], [0.5], [0.9]], 'f4')"
            => fn(a, b) bernoulli_high(key(a), b, &[3, 50]);
        "jax.random.categorical(a, b, shape=(9, 4), mode='high')", "values([2, 7], 'u4'), f32(4, 5)", values
            => fn(a, b) categorical_by(gumbel_high, key(a), b, -1, true, &[9, 4], DType::I32);
        "jax.random.choice(a, 6, (4,), False, b, mode='high')", "values([3, 7], 'u4'), f32(6, low=0.1, high=1.0)", values
            => fn(a, b) choice_by(gumbel_high, key(a), arange(6, DType::I32), false, Some(b), 0, &[4]);
    }
}
