//! Counts of events, by methods that draw until all samples are accepted.

use super::{
    key::Key,
    parameters::{check_float, check_integer, float_of, parameter},
    split,
    uniform::unit,
};
use raxla_ir::{
    DType, Literal, Operand, ShapedArray, Tracer,
    aval::Dims,
    literal::int_range,
    trace::{constant, fail},
};
use raxla_transforms::{scan, while_loop};

/// Repeats `step` of a key and some arrays while `going` holds of some element, at most `limit` times.
fn until_done<const N: usize>(
    key: Key,
    init: [Tracer; N],
    limit: i32,
    going: impl Fn([Tracer; N]) -> Tracer,
    step: impl Fn(Key, [Tracer; N]) -> (Key, [Tracer; N]),
) -> [Tracer; N] {
    let some = |(i, _, state): (Tracer, Key, [Tracer; N])| {
        let going = going(state);
        let axes: Vec<isize> = (0..going.rank() as isize).collect();
        going.any_axes(&axes[..]).bitwise_and(i.less(limit))
    };
    let next = |(i, key, state): (Tracer, Key, [Tracer; N])| {
        let (key, state) = step(key, state);
        (i + 1, key, state)
    };
    while_loop(some, next, (constant(0i32), key, init)).2
}

/// Counts of events of which `lam` are expected; as `jax.random.poisson`. They are -1 where `lam` is NaN or negative.
///
/// Below 10, by the method of Knuth; from there on, by that of Hörmann, *The transformed rejection method for generating Poisson random
/// variables* (1993). Both compute in `f32`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::poisson(key, 3.0, &[5], DType::I32))(Key::new(0));
/// assert!(x.to_vec::<i32>()?.iter().all(|x| *x >= 0));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn poisson(key: Key, lam: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_integer("poisson", dtype);
    let lam = parameter("poisson", lam, shape, DType::F32);
    let limit = int_range(dtype).1.min(i32::MAX.into()) as i32;
    let few = lam.not_equal(lam).bitwise_or(lam.less(10.0));
    let by_knuth = poisson_knuth(key, few.select(lam, 0.0), shape, dtype, limit);
    let by_rejection = poisson_rejection(key, few.select(1e5, lam), shape, dtype, limit);
    let zero = by_knuth.full_like(0.0);
    lam.equal(0.0).select(zero, few.select(by_knuth, by_rejection))
}
/// How many uniform numbers have a product above `exp(-lam)`.
fn poisson_knuth(key: Key, lam: Tracer, shape: &[usize], dtype: DType, limit: i32) -> Tracer {
    let zero = constant(Literal::full(ShapedArray::new(&[], dtype), 0.0)).broadcast_to(shape);
    let going = |log_product: Tracer| log_product.greater(-lam);
    let step = |key: Key, [k, log_product]: [Tracer; 2]| {
        let [key, now] = split(key, 2).unpack();
        let k = going(log_product).select(k + 1, k);
        (key, [k, log_product + unit(now, shape, DType::F32).log()])
    };
    let [k, _] = until_done(key, [zero, lam.full_like(0.0)], limit, |[_, log_product]| going(log_product), step);
    k - 1
}
fn poisson_rejection(key: Key, lam: Tracer, shape: &[usize], dtype: DType, limit: i32) -> Tracer {
    let log_lam = lam.log();
    let b = lam.sqrt() * 2.53 + 0.931;
    let a = b * 0.02483 - 0.059;
    let inverse_alpha = 1.1239f64 + 1.1328f64 / (b - 3.4);
    let v_r = 0.9277f64 - 3.6224f64 / (b - 2.0);
    let step = |key: Key, [counts, accepted]: [Tracer; 2]| {
        let [key, first, second] = split(key, 3).unpack();
        let (u, v) = (unit(first, shape, DType::F32) - 0.5, unit(second, shape, DType::F32));
        let us = 0.5f64 - u.abs();
        let k = ((a * 2.0 / us + b) * u + lam + 0.43).floor();
        let s = (v * inverse_alpha / (a / (us * us) + b)).log();
        let bound = -lam + k * log_lam - (k + 1.0).lgamma();
        let at_once = us.greater_equal(0.07).bitwise_and(v.less_equal(v_r));
        let never = k.less(0.0).bitwise_or(us.less(0.013).bitwise_and(v.greater(us)));
        let accept = at_once.bitwise_or((!never).bitwise_and(s.less_equal(bound)));
        (key, [accept.select(k, counts), accepted.bitwise_or(accept)])
    };
    let none = lam.not_equal(lam).bitwise_and(false);
    let [counts, _] = until_done(key, [lam.full_like(-1.0), none], limit, |[_, accepted]| !accepted, step);
    counts.astype(dtype)
}

/// Numbers of successes in `n` trials, each a success with probability `p`; as `jax.random.binomial`. They are NaN where `n` is negative, or
/// either is NaN or `p` negative.
///
/// Where fewer than 10 successes or failures are expected, by sums of geometric numbers; else by the method of Hörmann, *The generation
/// of binomial random variates* (1993). Both compute in the dtype of `p`, or in `f32` if that is a number.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::binomial(key, 100, 0.4, &[5], DType::F32))(Key::new(0));
/// assert!(x.to_vec::<f32>()?.iter().all(|x| (0.0..=100.0).contains(x)));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn binomial(key: Key, n: impl Operand, p: impl Operand, shape: &[usize], dtype: DType) -> Tracer {
    check_float("binomial", dtype);
    let float = float_of("binomial", &p);
    let (n, p) = (parameter("binomial", n, shape, float), parameter("binomial", p, shape, float));
    let is_nan = |x: Tracer| x.not_equal(x);
    let (rare, wrong_n, endless) = (p.less(0.5), is_nan(n).bitwise_or(n.less(0.0)), n.equal(f64::INFINITY));
    // Successes, or failures if they are fewer.
    let q = rare.select(p, 1f64 - p);
    let wrong_p = is_nan(q).bitwise_or(q.less(0.0));
    let (invalid, unchanged) =
        (wrong_p.bitwise_or(wrong_n), rare.bitwise_or(wrong_n).bitwise_or(is_nan(q)).bitwise_or(endless));
    let q = wrong_p.select(0.01, q);
    // Infinite numbers of trials have their result in the end; here they are kept from never being accepted.
    let few = wrong_n.bitwise_or(endless).bitwise_or((n * q).less_equal(10.0));
    let n = n.floor();
    let finite = endless.select(0.0, n);
    let by_inversion = binomial_inversion(key, few.select(finite, 0.0), q, shape).astype(dtype);
    let by_rejection = binomial_rejection(key, few.select(1e4, n), few.select(0.5, q), shape).astype(dtype);
    let counts = few.select(by_inversion, by_rejection);
    let counts = invalid.select(f64::NAN, counts);
    let counts = endless.bitwise_and(!invalid).select(f64::INFINITY, counts);
    unchanged.select(counts, n.astype(dtype) - counts)
}
/// How many geometric numbers have a sum of at most `n`.
fn binomial_inversion(key: Key, n: Tracer, q: Tracer, shape: &[usize]) -> Tracer {
    let (log_failure, zero) = ((-q).log1p(), q.full_like(0.0));
    let step = |key: Key, [count, sum]: [Tracer; 2]| {
        let [now, key] = split(key, 2).unpack();
        let count = sum.less_equal(n).select(count + 1.0, count);
        (key, [count, sum + (unit(now, shape, q.dtype()).log() / log_failure).ceil()])
    };
    let [count, _] = until_done(key, [zero, zero], i32::MAX, |[_, sum]| sum.less_equal(n), step);
    count - 1.0
}
fn binomial_rejection(key: Key, n: Tracer, q: Tracer, shape: &[usize]) -> Tracer {
    let deviation = (n * q * (1f64 - q)).sqrt();
    let b = deviation * 2.53 + 1.15;
    let a = b * 0.0248 - 0.0873 + q * 0.01;
    let c = n * q + 0.5;
    let v_r = 0.92f64 - 4.2f64 / b;
    let r = q / (1f64 - q);
    let alpha = (2.83f64 + 5.1f64 / b) * deviation;
    let m = ((n + 1.0) * q).floor();
    let step = |key: Key, [counts, accepted]: [Tracer; 2]| {
        let [key, first, second] = split(key, 3).unpack();
        let (u, v) = (unit(first, shape, q.dtype()) - 0.5, unit(second, shape, q.dtype()));
        let us = 0.5f64 - u.abs();
        let at_once = us.greater_equal(0.07).bitwise_and(v.less_equal(v_r));
        let k = ((a * 2.0 / us + b) * u + c).floor();
        let never = k.less(0.0).bitwise_or(k.greater(n));
        let v = (v * alpha / (a / (us * us) + b)).log();
        let bound = (m + 0.5) * ((m + 1.0) / (r * (n - m + 1.0))).log()
            + (n + 1.0) * ((n - m + 1.0) / (n - k + 1.0)).log()
            + (k + 0.5) * (r * (n - k + 1.0) / (k + 1.0)).log()
            + stirling_tail(m)
            + stirling_tail(n - m)
            - stirling_tail(k)
            - stirling_tail(n - k);
        let accept = at_once.bitwise_or((!never).bitwise_and(v.less_equal(bound)));
        (key, [accept.select(k, counts), accepted.bitwise_or(accept)])
    };
    let none = q.not_equal(q).bitwise_and(false);
    until_done(key, [q.full_like(-1.0), none], i32::MAX, |[_, accepted]| !accepted, step)[0]
}
/// What Stirling's approximation of `log k!` lacks: from a table up to 9, from there on by its series.
fn stirling_tail(k: Tracer) -> Tracer {
    const UP_TO_9: [f64; 10] = [
        0.0810614667953272,
        0.0413406959554092,
        0.0276779256849983,
        0.02079067210376509,
        0.0166446911898211,
        0.0138761288230707,
        0.0118967099458917,
        0.010411265261972,
        0.00925546218271273,
        0.00833056343336287,
    ];
    let small = k.less_equal(9.0);
    let k = k.maximum(0.0).minimum(9.0);
    let square = (k + 1.0) * (k + 1.0);
    let series = (1f64 / 12.0 - (1f64 / 360.0 - 1f64 / 1260.0 / square) / square) / (k + 1.0);
    let table = constant(Literal::from_floats(ShapedArray::new(&[10], k.dtype()), UP_TO_9));
    small.select(table.take(k.floor().astype(DType::I32), 0), series)
}
/// Vectors of the numbers of `n` draws that fall into each of several classes of probability `p`; as `jax.random.multinomial`.
///
/// The classes run along the last axis of `p` and of the shape.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let f = jit(|key: Key, p: Tracer| random::multinomial(key, 100, p, &[4, 3], DType::F32).sum_axes(-1));
/// let x = f(Key::new(0), Array::from(vec![0.2f32, 0.5, 0.3]));
/// assert_eq!(x.to_vec::<f32>()?, [100.0; 4]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn multinomial(key: Key, n: impl Operand, p: Tracer, shape: &[usize], dtype: DType) -> Tracer {
    let Some((classes, draws)) = shape.split_last() else {
        fail(format!("multinomial: the shape needs an axis for the classes, got {}", Dims(shape)))
    };
    let float = float_of("multinomial", &p);
    let n = parameter("multinomial", n, draws, float);
    let p = parameter("multinomial", p, shape, float).moveaxis(-1, 0);
    let remaining = p.cumulative(raxla_ir::primitives::cumulative::CumulativeKind::Sum, 0, true);
    let ratios = (p / remaining.equal(0.0).select(1.0, remaining)).maximum(0.0).minimum(1.0);
    let step = |rest: Tracer, (ratio, key): (Tracer, Key)| {
        let count = binomial(key, rest, ratio, draws, float);
        (rest - count, count)
    };
    let (_, counts) = scan(step, n, (ratios, split(key, *classes)));
    counts.moveaxis(0, -1).astype(dtype)
}
