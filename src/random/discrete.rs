//! Distributions of whole numbers and truth values that take a fixed number of random bits each.

use super::{
    bits, gumbel,
    key::Key,
    parameters::{check_float, check_integer, float_of, fraction_bits, parameter},
    split,
    uniform::unit,
};
use raxla_ir::{
    DType, Kind, Literal, Operand, ShapedArray, Tracer,
    aval::{Dims, resolve_axis},
    literal::int_range,
    operand::broadcast_shapes,
    trace::{constant, fail, or_fail},
};

/// `true` with probability `p`; as `jax.random.bernoulli`. The uniform numbers have the dtype of `p`, or `f32` if that is a number.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::bernoulli(key, 0.5, &[4]))(Key::new(42));
/// assert_eq!(x.to_vec::<bool>()?, [true, false, false, false]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn bernoulli(key: Key, p: impl Operand, shape: &[usize]) -> Tracer {
    let dtype = float_of("bernoulli", &p);
    unit(key, shape, dtype).less(parameter("bernoulli", p, shape, dtype))
}
/// [`bernoulli`] with twice as many bits, for small probabilities; as `jax.random.bernoulli` in its mode `high`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::bernoulli_high(key, 1.0, &[2]))(Key::new(42));
/// assert_eq!(x.to_vec::<bool>()?, [true, true]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn bernoulli_high(key: Key, p: impl Operand, shape: &[usize]) -> Tracer {
    let dtype = float_of("bernoulli_high", &p);
    let both = unit(key, &[&[2], shape].concat(), dtype);
    let [coarse, fine] = [0, 1].map(|i| both.slice_axis(0, i, i + 1).reshape(shape));
    (fine * 0.5f64.powi(fraction_bits(dtype))).less(parameter("bernoulli_high", p, shape, dtype) - coarse)
}
/// -1 or 1, with equal probability; as `jax.random.rademacher`. Any dtype of numbers with a sign.
///
/// The uniform numbers that decide are `f32`, those of 64-bit dtypes `f64`: JAX has these in its 64-bit mode only.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::rademacher(key, &[4], DType::I8))(Key::new(42));
/// assert_eq!(x.to_vec::<i8>()?, [1, -1, -1, -1]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn rademacher(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    if matches!(dtype.kind(), Kind::Bool | Kind::Unsigned) {
        fail(format!("rademacher: samples are numbers with a sign, not {dtype}"));
    }
    let one = constant(Literal::full(ShapedArray::new(&[], dtype), 1.0));
    let float = if dtype.real().bits() == 64 { DType::F64 } else { DType::F32 };
    unit(key, shape, float).less(0.5).select(one, -one)
}

/// An integer parameter: a tracer of any integer dtype, or a number, which is an `i64`; within the least and greatest of another dtype.
#[track_caller]
fn integers(name: &str, value: impl Operand, shape: &[usize]) -> Tracer {
    let dtype = value.known_dtype().unwrap_or(DType::I64);
    if !dtype.is_integer() {
        fail(format!("{name}: the bounds are integers, got {dtype}"));
    }
    parameter(name, value, shape, dtype)
}
fn whole(x: Tracer, number: i128) -> Tracer {
    constant(Literal::from_ints(ShapedArray::new(&[], x.dtype()), [number]))
}
/// The nearest number of a dtype, in that dtype.
fn clipped(x: Tracer, dtype: DType) -> Tracer {
    let ((low, high), (least, greatest)) = (int_range(dtype), int_range(x.dtype()));
    x.maximum(whole(x, low.max(least))).minimum(whole(x, high.min(greatest))).astype(dtype)
}
/// Integers from `minval` up to but not including `maxval`, uniformly distributed; as `jax.random.randint`.
///
/// Where `maxval` is not above `minval`, the number is `minval`. A bound beyond the dtype is its least or greatest number; a `maxval` beyond it
/// makes the greatest one possible, so `randint(key, 0, 256, &[], DType::U8)` is any `u8`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::randint(key, 1, 7, &[5], DType::I32))(Key::new(0));
/// assert!(x.to_vec::<i32>()?.iter().all(|x| (1..7).contains(x)));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn randint(key: Key, minval: impl Operand, maxval: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_integer("randint", dtype);
    let (low, high) = (integers("randint", minval, shape), integers("randint", maxval, shape));
    if dtype.bits() < 32 {
        // Drawn as `i32`, where one more than the greatest number is one, too.
        let (least, greatest) = int_range(dtype);
        let within = |x: Tracer, greatest: i128| {
            let x = clipped(x, DType::I32);
            x.maximum(whole(x, least)).minimum(whole(x, greatest))
        };
        return randint(key, within(low, greatest), within(high, greatest + 1), shape, DType::I32).astype(dtype);
    }
    let greatest = int_range(dtype).1.min(int_range(high.dtype()).1);
    let beyond = high.greater(whole(high, greatest));
    let (low, high) = (clipped(low, dtype), clipped(high, dtype));
    let unsigned = if dtype.bits() == 64 { DType::U64 } else { DType::U32 };
    let [upper, lower] = split(key, 2).unpack().map(|key| bits(key, shape, unsigned));
    let span = high.less_equal(low).select(1, (high - low).astype(unsigned));
    let span = beyond.bitwise_and(high.greater(low)).select(span + 1, span);
    // Twice as many bits as the number has, modulo the span; that of 2 to the power of their half is squared, so as not to overflow.
    let half = whole(span, 1 << (unsigned.bits() / 2)).broadcast_to(shape).remainder(span);
    let factor = (half * half).remainder(span);
    let offset = (upper.remainder(span) * factor + lower.remainder(span)).remainder(span);
    low + offset.astype(dtype)
}
/// The number of trials, each a success with probability `p`, up to the first success; as `jax.random.geometric`.
///
/// The uniform numbers have the dtype of `p`, or `f32` if that is a number.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::geometric(key, 0.3, &[5], DType::I32))(Key::new(0));
/// assert!(x.to_vec::<i32>()?.iter().all(|x| *x >= 1));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn geometric(key: Key, p: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_integer("geometric", dtype);
    let float = float_of("geometric", &p);
    let (p, u) = (parameter("geometric", p, shape, float), unit(key, shape, float));
    let u = u.equal(0.0).select(1.0, u);
    ((u.log() / (-p).log1p()).floor() + 1.0).astype(dtype)
}
/// Positions along an axis of `logits` (negative: from the end), each with a probability proportional to the exponential of the logit
/// there; as `jax.random.categorical`.
///
/// The other axes of the logits are the last ones of `shape`, or broadcast to them. Without `replace`, the axes of `shape` before them
/// run through different positions, and the logits do not broadcast.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let f = jit(|key: Key, x: Tracer| random::categorical(key, x, -1, false, &[3], DType::I32));
/// let mut x = f(Key::new(0), Array::from(vec![0.0f32; 3])).to_vec::<i32>()?;
/// x.sort();
/// assert_eq!(x, [0, 1, 2]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn categorical(key: Key, logits: Tracer, axis: isize, replace: bool, shape: &[usize], dtype: DType) -> Tracer {
    categorical_by(gumbel, key, logits, axis, replace, shape, dtype)
}
/// [`categorical`] by Gumbel numbers of one's choice: those of [`gumbel`], [`gumbel_high`](super::gumbel_high) or
/// [`gumbel_highest`](super::gumbel_highest), the modes of JAX.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let f = jit(|key: Key, x: Tracer| random::categorical_by(random::gumbel_high, key, x, -1, false, &[3], DType::I32));
/// let mut x = f(Key::new(0), Array::from(vec![0.0f32; 3])).to_vec::<i32>()?;
/// x.sort();
/// assert_eq!(x, [0, 1, 2]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn categorical_by(
    gumbel: impl Fn(Key, &[usize], DType) -> Tracer,
    key: Key,
    logits: Tracer,
    axis: isize,
    replace: bool,
    shape: &[usize],
    dtype: DType,
) -> Tracer {
    let (aval, name) = (logits.aval(), "categorical");
    check_float(name, aval.dtype);
    check_integer(name, dtype);
    let axis = or_fail(name, resolve_axis(axis, aval.rank()));
    let n = aval.shape[axis];
    let mut batch = aval.shape.clone();
    batch.remove(axis);
    let wrong = !broadcast_shapes(&batch, shape).is_ok_and(|s| s[..] == *shape);
    if wrong || (!replace && !shape.ends_with(&batch)) {
        fail(format!(
            "{name}: the shape must end with that of the logits without axis {axis}, got {} for {aval}",
            Dims(shape)
        ));
    }
    let (several, same) = shape.split_at(shape.len() - batch.len());
    if replace {
        let axis = several.len() + axis;
        let wide = [several, &same[..axis - several.len()], &[n], &same[axis - several.len()..]].concat();
        return (gumbel(key, &wide, aval.dtype) + logits).argmax(axis as isize).astype(dtype);
    }
    let k = several.iter().product::<usize>();
    if k > n {
        fail(format!("{name}: there are no {k} different positions along axis {axis} of {aval}"));
    }
    let (_, places) = (logits + gumbel(key, &aval.shape, aval.dtype)).moveaxis(axis as isize, -1).top_k(k, -1);
    places.moveaxis(-1, 0).reshape(shape).astype(dtype)
}
