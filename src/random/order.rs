//! Arrays in random order, and random elements of arrays.

use super::{bits, gumbel, key::Key, parameters::check_float, randint, split, uniform::unit};
use raxla_ir::{
    DType, Literal, Tracer,
    aval::resolve_axis,
    primitives::{iota::arange, sort::sort},
    trace::{constant, fail, or_fail},
};
use raxla_transforms::fori_loop;

/// An array in random order along an axis (negative: from the end); as `jax.random.permutation`.
///
/// Slices stay together, unless they are `independent`: then each line along the axis has an order of its own.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let x = jit(|key: Key| random::permutation(key, arange(8, DType::I32), 0, false))(Key::new(0));
/// let mut x = x.to_vec::<i32>()?;
/// x.sort();
/// assert_eq!(x, [0, 1, 2, 3, 4, 5, 6, 7]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn permutation(key: Key, x: Tracer, axis: isize, independent: bool) -> Tracer {
    let shape = x.shape();
    let axis = or_fail("permutation", resolve_axis(axis, shape.len()));
    if independent || shape.len() == 1 {
        return shuffled(key, x, axis);
    }
    x.take(shuffled(key, arange(shape[axis], DType::I32), 0), axis as isize)
}
/// Each line along the axis sorted by random numbers, so often that ties, which keep the order, hardly matter: with `n` elements in all,
/// until there have been `n³` numbers to sort by.
fn shuffled(key: Key, mut x: Tracer, axis: usize) -> Tracer {
    let rounds = (3.0 * (x.size().max(1) as f64).ln() / f64::from(u32::MAX).ln()).ceil() as usize;
    let mut key = key;
    for _ in 0..rounds {
        let [next, now] = split(key, 2).unpack();
        x = sort(&[bits(now, &x.shape(), DType::U32), x], axis as isize, 1)[1];
        key = next;
    }
    x
}
/// Elements or slices of an array along an axis (negative: from the end), with equal probability or those of `p`; as `jax.random.choice`.
///
/// `shape` stands in the place of the axis. Without `replace`, no place is taken twice.
///
/// # Panics
/// Inside the trace, if there is nothing to choose from, or without `replace` not enough; or `p` is no vector of as many floats.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let f = jit(|key: Key, p: Tracer| random::choice(key, arange(3, DType::I32), true, Some(p), 0, &[4]));
/// let x = f(Key::new(0), Array::from(vec![0.0f32, 1.0, 0.0]));
/// assert_eq!(x.to_vec::<i32>()?, [1; 4]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn choice(key: Key, a: Tracer, replace: bool, p: Option<Tracer>, axis: isize, shape: &[usize]) -> Tracer {
    choice_by(gumbel, key, a, replace, p, axis, shape)
}
/// [`choice`] by Gumbel numbers of one's choice, as [`categorical_by`](super::categorical_by): they matter where there is `p` and no `replace`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let f = jit(|key: Key, p: Tracer| random::choice_by(random::gumbel_high, key, arange(3, DType::I32), false, Some(p), 0, &[3]));
/// let mut x = f(Key::new(0), Array::from(vec![0.2f32, 0.5, 0.3])).to_vec::<i32>()?;
/// x.sort();
/// assert_eq!(x, [0, 1, 2]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn choice_by(
    gumbel: impl Fn(Key, &[usize], DType) -> Tracer,
    key: Key,
    a: Tracer,
    replace: bool,
    p: Option<Tracer>,
    axis: isize,
    shape: &[usize],
) -> Tracer {
    let aval = a.aval();
    let axis = or_fail("choice", resolve_axis(axis, aval.rank()));
    let (n, draws) = (aval.shape[axis], shape.iter().product::<usize>());
    let out = [&aval.shape[..axis], shape, &aval.shape[axis + 1..]].concat();
    if draws == 0 {
        return constant(Literal::zeros(aval.with_shape(&out)));
    }
    if n == 0 || (!replace && draws > n) {
        let twice = if replace { "" } else { " without taking one twice" };
        fail(format!("choice: there are no {draws} to choose along axis {axis} of {aval}{twice}"));
    }
    if let Some(p) = p {
        let p = p.aval();
        check_float("choice", p.dtype);
        if p.shape[..] != [n] {
            fail(format!("choice: the probabilities must have the shape [{n}] of axis {axis} of {aval}, got {p}"));
        }
    }
    let places = match p {
        None if replace => randint(key, 0, n as i64, shape, DType::I32),
        None => return permutation(key, a, axis as isize, false).slice_axis(axis as isize, 0, draws).reshape(&out),
        Some(p) if replace => {
            let sums = p.cumsum(0);
            let total = sums.slice_axis(0, n - 1, n).reshape(&[]);
            first_not_below(sums, total * (1f64 - unit(key, shape, p.dtype())))
        }
        Some(p) => (gumbel(key, &[n], p.dtype()) + p.log()).top_k(draws, 0).1,
    };
    a.take(places, axis as isize).reshape(&out)
}
/// For each number, the first place in an ascending vector whose element is not below it.
fn first_not_below(sorted: Tracer, x: Tracer) -> Tracer {
    let n = sorted.size();
    let zero = x.full_like(0.0).astype(DType::I32);
    let steps = (n + 1).next_power_of_two().ilog2();
    let halve = |_: Tracer, (low, high): (Tracer, Tracer)| {
        let middle = low + (high - low) / 2;
        let below = sorted.take(middle, 0).less(x).bitwise_and(low.less(high));
        (below.select(middle + 1, low), below.select(high, middle))
    };
    fori_loop(0, steps as i32, halve, (zero, zero + n as i64)).0
}
