//! The uniform distribution, and the normal one with its kin, which is the inverse error function of it.

use super::{
    bits,
    key::Key,
    parameters::{check_float, epsilon, fraction_bits, parameter},
    rademacher, split,
};
use raxla_ir::{DType, Operand, Tracer};

/// Floats from `minval` up to but not including `maxval`, uniformly distributed; as `jax.random.uniform`.
///
/// Where rounding makes it so, `maxval` itself can occur.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::uniform(key, -1.0, 1.0, &[2], DType::F32))(Key::new(0));
/// assert!((x.to_vec::<f32>()?[0] - 0.895334).abs() < 1e-6);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn uniform(key: Key, minval: impl Operand, maxval: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("uniform", dtype);
    let (low, high) = (parameter("uniform", minval, shape, dtype), parameter("uniform", maxval, shape, dtype));
    unit(key, shape, dtype).multiply(high - low).add_to(low).maximum(low)
}
/// Floats from 0 up to but not including 1, multiples of 2 to the power of minus the bits of a fraction.
#[track_caller]
pub(super) fn unit(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    let fraction = fraction_bits(dtype);
    // As many bits as the float has; of bf16, whose fraction is short, 8. As signed numbers, which processors convert faster.
    let (unsigned, signed) = match dtype {
        DType::BF16 => (DType::U8, DType::I8),
        DType::F16 => (DType::U16, DType::I16),
        DType::F32 => (DType::U32, DType::I32),
        _ => (DType::U64, DType::I64),
    };
    let bits = bits(key, shape, unsigned).shift_right_logical(unsigned.bits() as i32 - fraction);
    bits.astype(signed).astype(dtype) * 0.5f64.powi(fraction)
}
/// Normally distributed numbers of mean 0 and variance 1; as `jax.random.normal`. Of `c64` and `c128`, both parts have the variance ½.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::normal(key, &[2], DType::F32))(Key::new(0));
/// assert!((x.to_vec::<f32>()?[0] - 1.6226422).abs() < 1e-6);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn normal(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    if dtype.is_complex() {
        let [re, im] = split(key, 2).unpack().map(|key| normal(key, shape, dtype.real()));
        return re.complex(im) / std::f64::consts::SQRT_2;
    }
    check_float("normal", dtype);
    // Not -1 itself, where the inverse error function is infinite.
    uniform(key, epsilon(dtype) / 2.0 - 1.0, 1.0, shape, dtype).erf_inv() * std::f64::consts::SQRT_2
}
/// Normally distributed numbers of mean 0 and variance 1 that lie between `lower` and `upper`; as `jax.random.truncated_normal`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::truncated_normal(key, 0.0, 0.5, &[100], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| (0.0..0.5).contains(x)));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn truncated_normal(key: Key, lower: impl Operand, upper: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("truncated_normal", dtype);
    let lower = parameter("truncated_normal", lower, shape, dtype);
    let upper = parameter("truncated_normal", upper, shape, dtype);
    let sqrt2 = std::f64::consts::SQRT_2;
    let u = uniform(key, (lower / sqrt2).erf(), (upper / sqrt2).erf(), shape, dtype);
    let (first, last) = (lower.stop_gradient(), upper.stop_gradient());
    let (first, last) = (first.nextafter(f64::INFINITY), last.nextafter(f64::NEG_INFINITY));
    (u.erf_inv() * sqrt2).maximum(first).minimum(last)
}
/// Numbers whose logarithm is normally distributed, with mean 0 and standard deviation `sigma`; as `jax.random.lognormal`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::lognormal(key, 0.5, &[2], DType::F32))(Key::new(0));
/// assert!((x.to_vec::<f32>()?[0] - (0.5f32 * 1.6226422).exp()).abs() < 1e-5);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn lognormal(key: Key, sigma: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    (normal(key, shape, dtype) * parameter("lognormal", sigma, shape, dtype)).exp()
}
/// Lengths of vectors of three normally distributed numbers; as `jax.random.maxwell`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::maxwell(key, &[100], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| *x > 0.0));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn maxwell(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    check_float("maxwell", dtype);
    normal(key, &[shape, &[3]].concat(), dtype).square().sum_axes(-1).sqrt()
}
/// `loc` plus or minus `scale` times the length of a vector of three normally distributed numbers; as `jax.random.double_sided_maxwell`.
///
/// The shape is that of the samples; JAX's argument lacks the axes of the parameters, which it appends.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::double_sided_maxwell(key, 1.0, 2.0, &[3], DType::F32))(Key::new(0));
/// assert_eq!(x.shape(), [3]);
/// ```
#[track_caller]
pub fn double_sided_maxwell(key: Key, loc: impl Operand, scale: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    let name = "double_sided_maxwell";
    let (loc, scale) = (parameter(name, loc, shape, dtype), parameter(name, scale, shape, dtype));
    let [lengths, signs] = split(key, 2).unpack();
    rademacher(signs, shape, dtype) * maxwell(lengths, shape, dtype) * scale + loc
}
