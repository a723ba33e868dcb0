//! Arrays joined to one, one divided into several, and arrays repeated.

use super::{
    atleast_1d, atleast_2d, atleast_3d,
    editing::along_axis,
    promotion::{Arg, meet},
};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::{Axes, Shape, resolve_axis},
    indexing::IndexMode,
    primitives::{concatenate::concatenate as join, iota::iota},
    trace::{constant, fail, or_fail},
};

/// The arrays in the dtype at which they meet, or in the one given.
#[track_caller]
fn in_one_dtype(name: &str, parts: Vec<Arg>, dtype: Option<DType>) -> Vec<Tracer> {
    let avals: Vec<ShapedArray> = parts.iter().map(Arg::aval).collect();
    let (dtype, weak) = match dtype {
        Some(dtype) if !avals.is_empty() => (dtype, false),
        _ => or_fail(name, meet(&avals)),
    };
    parts.into_iter().map(|p| p.in_dtype(dtype, weak)).collect()
}
fn args(parts: impl IntoIterator<Item: Into<Arg>>) -> Vec<Arg> {
    parts.into_iter().map(Into::into).collect()
}
/// The arrays one after the other along an axis, which is there already.
#[track_caller]
fn joined(name: &str, parts: Vec<Tracer>, axis: isize) -> Tracer {
    let avals: Vec<ShapedArray> = parts.iter().map(|p| p.aval()).collect();
    let along = or_fail(name, resolve_axis(axis, avals[0].rank()));
    let rest = |a: &ShapedArray| (0..a.rank()).map(|i| if i == along { 0 } else { a.shape[i] }).collect::<Shape>();
    if let Some(other) = avals.iter().find(|a| a.rank() != avals[0].rank() || rest(a) != rest(&avals[0])) {
        fail(format!("{name}: arrays must have one shape but for axis {along}, got {} and {other}", avals[0]));
    }
    if let [one] = parts[..] { one } else { join(&parts, axis) }
}
/// Arrays one after the other along an axis; without an axis, flattened. Dtypes meet by promotion, unless one is given.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::concatenate([x, np::append(x, 9, None)], 0, None));
/// assert_eq!(f(Array::from(vec![1i32, 2])).to_vec::<i32>()?, [1, 2, 1, 2, 9]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn concatenate(
    arrays: impl IntoIterator<Item: Into<Arg>>,
    axis: impl Into<Option<isize>>,
    dtype: impl Into<Option<DType>>,
) -> Tracer {
    concatenated("concatenate", args(arrays), axis.into(), dtype.into())
}
#[track_caller]
fn concatenated(name: &str, arrays: Vec<Arg>, axis: Option<isize>, dtype: Option<DType>) -> Tracer {
    let parts = in_one_dtype(name, arrays, dtype);
    match axis {
        Some(axis) => joined(name, parts, axis),
        None => joined(name, parts.into_iter().map(Tracer::ravel).collect(), 0),
    }
}
/// [`concatenate`], as the array API standard calls it.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::concat([constant(vec![1.0f32, 2.0]), constant(vec![3.0f32])], 0)), "[1.0, 2.0, 3.0]");
/// ```
#[track_caller]
pub fn concat(arrays: impl IntoIterator<Item: Into<Arg>>, axis: impl Into<Option<isize>>) -> Tracer {
    concatenated("concat", args(arrays), axis.into(), None)
}
/// Arrays of one shape along a new axis.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::stack([constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0])], 1, None)), "[[1.0, 3.0], [2.0, 4.0]]");
/// ```
#[track_caller]
pub fn stack(arrays: impl IntoIterator<Item: Into<Arg>>, axis: isize, dtype: impl Into<Option<DType>>) -> Tracer {
    stacked(args(arrays), axis, dtype.into())
}
#[track_caller]
fn stacked(arrays: Vec<Arg>, axis: isize, dtype: Option<DType>) -> Tracer {
    let parts = in_one_dtype("stack", arrays, dtype);
    let avals: Vec<ShapedArray> = parts.iter().map(|p| p.aval()).collect();
    if let Some(other) = avals.iter().find(|a| a.shape != avals[0].shape) {
        fail(format!("stack: arrays must have one shape, got {} and {other}", avals[0]));
    }
    let at = or_fail("stack", resolve_axis(axis, avals[0].rank() + 1)) as isize;
    joined("stack", parts.into_iter().map(|p| p.expand_dims(at)).collect(), at)
}
/// The elements along an axis, each an array.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::unstack(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[1.0, 2.0], [3.0, 4.0]");
/// ```
#[track_caller]
pub fn unstack(x: impl Into<Arg>, axis: isize) -> Vec<Tracer> {
    let x = x.into().tracer();
    let at = or_fail("unstack", resolve_axis(axis, x.rank()));
    let mut rest = x.shape();
    let n = rest.remove(at);
    (0..n).map(|i| x.slice_axis(at as isize, i, i + 1).reshape(&rest)).collect()
}
/// Arrays below one another: along axis 0, vectors as rows.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::vstack([constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0])], None)), "[[1.0, 2.0], [3.0, 4.0]]");
/// ```
#[track_caller]
pub fn vstack(arrays: impl IntoIterator<Item: Into<Arg>>, dtype: impl Into<Option<DType>>) -> Tracer {
    let parts = in_one_dtype("vstack", args(arrays), dtype.into());
    joined("vstack", parts.into_iter().map(atleast_2d).collect(), 0)
}
/// Arrays beside one another: along axis 1, vectors along axis 0.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::hstack([constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0])], None)), "[1.0, 2.0, 3.0, 4.0]");
/// ```
#[track_caller]
pub fn hstack(arrays: impl IntoIterator<Item: Into<Arg>>, dtype: impl Into<Option<DType>>) -> Tracer {
    let parts: Vec<Tracer> = in_one_dtype("hstack", args(arrays), dtype.into()).into_iter().map(atleast_1d).collect();
    let axis = if parts[0].rank() == 1 { 0 } else { 1 };
    joined("hstack", parts, axis)
}
/// Arrays behind one another: along axis 2, of arrays of [three axes](atleast_3d).
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::dstack([constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0])], None)), "[[[1.0, 3.0], [2.0, 4.0]]]");
/// ```
#[track_caller]
pub fn dstack(arrays: impl IntoIterator<Item: Into<Arg>>, dtype: impl Into<Option<DType>>) -> Tracer {
    let parts = in_one_dtype("dstack", args(arrays), dtype.into());
    joined("dstack", parts.into_iter().map(atleast_3d).collect(), 2)
}
/// Vectors as the columns of a matrix, beside those of matrices.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::column_stack([constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0])])), "[[1.0, 3.0], [2.0, 4.0]]");
/// ```
#[track_caller]
pub fn column_stack(arrays: impl IntoIterator<Item: Into<Arg>>) -> Tracer {
    let column = |x: Tracer| if x.rank() < 2 { x.reshape(&[x.size(), 1]) } else { x };
    let parts = in_one_dtype("column_stack", args(arrays), None);
    joined("column_stack", parts.into_iter().map(column).collect(), 1)
}
/// The values after those of the array, along an axis; without one, both flattened.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::append(constant(vec![1.0f32, 2.0]), 3.0, None)), "[1.0, 2.0, 3.0]");
/// ```
#[track_caller]
pub fn append(x: impl Into<Arg>, values: impl Into<Arg>, axis: impl Into<Option<isize>>) -> Tracer {
    concatenated("append", vec![x.into(), values.into()], axis.into(), None)
}

/// Arrays in nested lists, for [`block`].
#[derive(Clone, Debug)]
pub enum Block {
    /// An array.
    Array(Arg),
    /// Blocks beside one another.
    List(Vec<Block>),
}
impl From<Tracer> for Block {
    fn from(x: Tracer) -> Block {
        Block::Array(x.into())
    }
}
impl From<Arg> for Block {
    fn from(x: Arg) -> Block {
        Block::Array(x)
    }
}
impl<T: Into<Block>> From<Vec<T>> for Block {
    fn from(blocks: Vec<T>) -> Block {
        Block::List(blocks.into_iter().map(Into::into).collect())
    }
}
impl<T: Into<Block>, const N: usize> From<[T; N]> for Block {
    fn from(blocks: [T; N]) -> Block {
        Block::List(blocks.into_iter().map(Into::into).collect())
    }
}
/// An array put together from blocks: those of the innermost lists stand along the last axis, their lists along the one before, and so on.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::block([[constant(Literal::new(&[1, 1], &[1.0f32])), constant(Literal::new(&[1, 1], &[2.0f32]))], [constant(Literal::new(&[1, 1], &[3.0f32])), constant(Literal::new(&[1, 1], &[4.0f32]))]]));
/// assert_eq!(got, "[[1.0, 2.0], [3.0, 4.0]]");
/// ```
#[track_caller]
pub fn block(arrays: impl Into<Block>) -> Tracer {
    assembled(arrays.into()).0.tracer()
}
/// The array, and the depth of its lists.
#[track_caller]
fn assembled(block: Block) -> (Arg, isize) {
    let parts = match block {
        Block::Array(x) => return (x, 0),
        Block::List(parts) => parts,
    };
    let (mut arrays, mut depths) = (vec![], vec![]);
    for part in parts {
        let (array, depth) = assembled(part);
        arrays.push(array);
        depths.push(depth);
    }
    if depths.windows(2).any(|d| d[0] != d[1]) {
        fail("block: the lists must be nested to one depth");
    }
    let parts = in_one_dtype("block", arrays, None);
    let depth = depths[0] + 1;
    let rank = parts.iter().map(|p| p.rank()).fold(depth as usize, usize::max);
    let of_rank = |x: Tracer| {
        let shape = x.shape();
        x.reshape(&[&vec![1; rank - shape.len()], &shape[..]].concat())
    };
    (joined("block", parts.into_iter().map(of_rank).collect(), -depth).into(), depth)
}

/// Where [`split`] divides: into so many parts, or before these elements.
#[derive(Clone, Debug)]
pub enum Sections {
    /// So many parts.
    Parts(usize),
    /// A part ends before each of these; a negative one counts from the end.
    Before(Vec<isize>),
}
impl From<usize> for Sections {
    fn from(n: usize) -> Sections {
        Sections::Parts(n)
    }
}
impl<const N: usize> From<[isize; N]> for Sections {
    fn from(places: [isize; N]) -> Sections {
        Sections::Before(places.to_vec())
    }
}
impl From<&[isize]> for Sections {
    fn from(places: &[isize]) -> Sections {
        Sections::Before(places.to_vec())
    }
}
/// The array divided along an axis: into parts of one size, or before the elements named.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::split(constant(vec![1.0f32, 2.0, 3.0, 4.0]), 2, 0)), "[1.0, 2.0], [3.0, 4.0]");
/// ```
#[track_caller]
pub fn split(x: impl Into<Arg>, sections: impl Into<Sections>, axis: isize) -> Vec<Tracer> {
    divided("split", x.into().tracer(), sections.into(), axis)
}
/// [`split`]; where a number of parts does not divide the size, the first ones have one element more.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::array_split(constant(vec![1.0f32, 2.0, 3.0]), 2, 0)), "[1.0, 2.0], [3.0]");
/// ```
#[track_caller]
pub fn array_split(x: impl Into<Arg>, sections: impl Into<Sections>, axis: isize) -> Vec<Tracer> {
    divided("array_split", x.into().tracer(), sections.into(), axis)
}
/// [`split`] along axis 1, of vectors along axis 0.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::hsplit(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 2)), "[[1.0], [3.0]], [[2.0], [4.0]]");
/// ```
#[track_caller]
pub fn hsplit(x: impl Into<Arg>, sections: impl Into<Sections>) -> Vec<Tracer> {
    let x = x.into().tracer();
    divided("hsplit", x, sections.into(), if x.rank() == 1 { 0 } else { 1 })
}
/// [`split`] along axis 0.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::vsplit(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), [1])), "[[1.0, 2.0]], [[3.0, 4.0]]");
/// ```
#[track_caller]
pub fn vsplit(x: impl Into<Arg>, sections: impl Into<Sections>) -> Vec<Tracer> {
    divided("vsplit", x.into().tracer(), sections.into(), 0)
}
/// [`split`] along axis 2.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::dsplit(np::ones(&[1, 1, 2], None), 2)), "[[[1.0]]], [[[1.0]]]");
/// ```
#[track_caller]
pub fn dsplit(x: impl Into<Arg>, sections: impl Into<Sections>) -> Vec<Tracer> {
    divided("dsplit", x.into().tracer(), sections.into(), 2)
}
#[track_caller]
fn divided(name: &str, x: Tracer, sections: Sections, axis: isize) -> Vec<Tracer> {
    let at = or_fail(name, resolve_axis(axis, x.rank()));
    let size = x.shape()[at];
    let mut ends: Vec<usize> = match sections {
        Sections::Before(places) => {
            let place = |i: isize| if i < 0 { i + size as isize } else { i };
            places.into_iter().map(|i| place(i).clamp(0, size as isize) as usize).collect()
        }
        Sections::Parts(n) => {
            if n == 0 || (!size.is_multiple_of(n) && name != "array_split") {
                fail(format!("{name}: axis {at} of {} does not divide into {n} equal parts", x.aval()));
            }
            (1..n).map(|i| i * (size / n) + i.min(size % n)).collect()
        }
    };
    ends.push(size);
    let mut start = 0;
    let part = |end: usize| {
        let part = x.slice_axis(at as isize, start, end.max(start));
        start = end;
        part
    };
    ends.into_iter().map(part).collect()
}

/// The array side by side with itself, so many times along each axis; missing numbers in front are 1, missing axes of size 1.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::tile(constant(vec![1.0f32, 2.0]), &[2])), "[1.0, 2.0, 1.0, 2.0]");
/// ```
#[track_caller]
pub fn tile(x: impl Into<Arg>, reps: &[usize]) -> Tracer {
    let x = x.into().tracer();
    let rank = x.rank().max(reps.len());
    let shape: Shape = vec![1; rank - x.rank()].into_iter().chain(x.shape()).collect();
    let reps: Shape = vec![1; rank - reps.len()].into_iter().chain(reps.iter().copied()).collect();
    let whole: Shape = shape.iter().zip(&reps).map(|(n, r)| n * r).collect();
    // An axis for the repetition goes before each that is repeated.
    let (mut sizes, mut dims) = (Shape::new(), Axes::new());
    for (i, (n, r)) in shape.iter().zip(&reps).enumerate() {
        if *r != 1 {
            sizes.push(*r);
        }
        if i + x.rank() >= rank {
            dims.push(sizes.len());
            sizes.push(*n);
        }
    }
    x.broadcast(&sizes, &dims).reshape(&whole)
}
/// Each element repeated, along an axis or in the array flattened: all as often as a number says, or each as often as its place in a vector.
///
/// Of a vector of counts that the program computes the total must be given. The result has that size: of more repetitions the rest is
/// left out, of fewer the last element fills it.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer, n: Tracer| np::repeat(x, n, 0, 5));
/// let y = f(Array::from(vec![7i32, 8, 9]), Array::from(vec![2i32, 0, 2]));
/// assert_eq!(y.to_vec::<i32>()?, [7, 7, 9, 9, 9]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn repeat(
    x: impl Into<Arg>,
    repeats: impl Into<Arg>,
    axis: impl Into<Option<isize>>,
    total_repeat_length: impl Into<Option<usize>>,
) -> Tracer {
    repeated(x.into().tracer(), repeats.into(), axis.into(), total_repeat_length.into())
}
#[track_caller]
fn repeated(x: Tracer, repeats: Arg, axis: Option<isize>, total: Option<usize>) -> Tracer {
    let Some(axis) = axis else { return repeated(x.ravel(), repeats, Some(0), total) };
    let at = or_fail("repeat", resolve_axis(axis, x.rank()));
    let (n, counts) = (x.shape()[at], repeats.aval());
    if !counts.dtype.is_integer() || counts.rank() > 1 || !(counts.size() == 1 || counts.size() == n) {
        fail(format!("repeat: axis {at} of {} needs 1 or {n} integers, got {counts}", x.aval()));
    }
    let known: Option<Vec<i128>> = match &repeats {
        Arg::Int(i) => Some(vec![i128::from(*i)]),
        Arg::Literal(l) => Some(l.ints()),
        _ => None,
    };
    if let Some(negative) = known.iter().flatten().find(|c| **c < 0) {
        fail(format!("repeat: counts must not be negative, got {negative}"));
    }
    match (known, total) {
        (Some(counts), None) if counts.len() == 1 => repeated_alike(x, at, counts[0] as usize),
        (Some(counts), total) => {
            let each = |i: usize| counts[if counts.len() == 1 { 0 } else { i }] as usize;
            let mut places: Vec<i64> = (0..n).flat_map(|i| vec![i as i64; each(i)]).collect();
            if let Some(total) = total {
                places.resize(total, n as i64 - 1);
            }
            if n == 0 && !places.is_empty() {
                fail(format!("repeat: axis {at} of {} has no elements", x.aval()));
            }
            x.index(along_axis(at, Literal::from(places)))
        }
        (None, None) => fail("repeat: counts that the program computes need a `total_repeat_length`"),
        (None, Some(total)) => repeated_by_tracer(x, at, repeats.tracer(), total),
    }
}
#[track_caller]
pub(super) fn repeated_alike(x: Tracer, axis: usize, count: usize) -> Tracer {
    let mut shape = x.shape();
    let dims: Axes = (0..shape.len()).map(|a| a + usize::from(a > axis)).collect();
    shape.insert(axis + 1, count);
    let apart = x.broadcast(&shape, &dims);
    shape.remove(axis + 1);
    shape[axis] *= count;
    apart.reshape(&shape)
}
/// The element at a place of the result is the one with as many ends of repetitions before it.
#[track_caller]
fn repeated_by_tracer(x: Tracer, axis: usize, counts: Tracer, total: usize) -> Tracer {
    let n = x.shape()[axis];
    if n == 0 || total == 0 {
        if n < total {
            fail(format!("repeat: axis {axis} of {} has no elements", x.aval()));
        }
        return x.slice_axis(axis as isize, 0, 0);
    }
    let int = DType::default_int();
    let ends = counts.astype(int).broadcast_to(&[n]).cumsum(0).slice_axis(0, 0, n - 1);
    let zeros = constant(Literal::zeros(ShapedArray::new(&[], int))).broadcast(&[total], &[]);
    let place = if n == 1 { zeros } else { zeros.at(ends).wrap_negative_indices(false).add(1).cumsum(0) };
    let at = x.at(along_axis(axis, place)).wrap_negative_indices(false).mode(IndexMode::PromiseInBounds);
    at.indices_are_sorted(true).get()
}
/// The numbers from 0 on, as indices.
#[track_caller]
pub(super) fn counting(n: usize) -> Tracer {
    iota(DType::default_int(), &[n], 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vmap;

    fn counts() -> Literal {
        Literal::from(vec![2, 0, 1])
    }
    crate::oracle::rows! { numpy_joining:
        "jnp.concatenate([a, b])", "f32(2, 3), f32(1, 3)" => fn(a, b) concatenate([a, b], 0, None);
        "jnp.concatenate([a, b], axis=None)", "f32(2, 3), i32(2)" => fn(a, b) concatenate([a, b], None, None);
        "jnp.concatenate([a, b], axis=-1, dtype='bfloat16')", "f32(2, 3), i8(2, 1)" => fn(a, b) concatenate([a, b], -1, DType::BF16);
        "jnp.concatenate([a])", "f32(2)" => fn(a) concatenate([a], 0, None);
        "jnp.concat([a, b], axis=1)", "boolean(2, 2), i32(2, 1)" => fn(a, b) concat([a, b], 1);
        "jnp.stack([a, b])", "f32(3), f32(3)" => fn(a, b) stack([a, b], 0, None);
        "jnp.stack([a, b], axis=-1)", "f32(3, 2), c64(3, 2)" => fn(a, b) stack([a, b], -1, None);
        "jnp.stack([a, 1])", "f32()" => fn(a) stack([Arg::from(a), 1.into()], 0, None);
        "jnp.unstack(a, axis=1)", "f32(3, 2)" => fn(a) unstack(a, 1);
        "jnp.vstack([a, b])", "f32(3), f32(2, 3)" => fn(a, b) vstack([a, b], None);
        "jnp.hstack([a, b])", "f32(3), f32(2)" => fn(a, b) hstack([a, b], None);
        "jnp.hstack([a, b])", "f32(2, 3), f32(2, 1)" => fn(a, b) hstack([a, b], None);
        "jnp.hstack([a, 2])", "f32()" => fn(a) hstack([Arg::from(a), 2.into()], None);
        "jnp.dstack([a, b])", "f32(3), f32(3)" => fn(a, b) dstack([a, b], None);
        "jnp.dstack([a, b], dtype='float32')", "i32(2, 3), i32(2, 3)" => fn(a, b) dstack([a, b], DType::F32);
        "jnp.column_stack([a, b])", "f32(3), f32(3, 2)" => fn(a, b) column_stack([a, b]);
        "jnp.append(a, b)", "f32(2, 2), f32(3)" => fn(a, b) append(a, b, None);
        "jnp.append(a, b, axis=1)", "f32(2, 2), f32(2, 1)" => fn(a, b) append(a, b, 1);
        "jnp.block([[a, b], [c, jnp.zeros((1, 1))]])", "f32(2, 2), f32(2, 1), f32(1, 2)" => fn(a, b, c) block([[a, b], [c, super::super::zeros(&[1, 1], None)]]);
        "jnp.block([a, b])", "f32(2), i32()" => fn(a, b) block([a, b]);
        "jnp.block([[a], [b]])", "f32(2), f32(2)" => fn(a, b) block([[a], [b]]);
        "jnp.block(a)", "f32(2)" => fn(a) block(a);
        "jnp.split(a, 3)", "f32(6)" => fn(a) split(a, 3, 0);
        "jnp.split(a, [1, 3], axis=1)", "f32(2, 4)" => fn(a) split(a, [1, 3], 1);
        "np.split(a, [1, 9])", "f32(4)", values => fn(a) split(a, [1, 9], 0);
        "jnp.array_split(a, 3)", "f32(7)" => fn(a) array_split(a, 3, 0);
        "jnp.array_split(a, 3, axis=-1)", "i32(2, 2)" => fn(a) array_split(a, 3, -1);
        "jnp.hsplit(a, 2)", "f32(4)" => fn(a) hsplit(a, 2);
        "jnp.hsplit(a, 2)", "f32(2, 4)" => fn(a) hsplit(a, 2);
        "jnp.vsplit(a, [1])", "f32(3, 2)" => fn(a) vsplit(a, [1]);
        "jnp.dsplit(a, 2)", "f32(1, 2, 4)" => fn(a) dsplit(a, 2);
        "jnp.tile(a, 2)", "f32(2, 3)" => fn(a) tile(a, &[2]);
        "jnp.tile(a, (2, 1, 3))", "f32(2, 3)" => fn(a) tile(a, &[2, 1, 3]);
        "jnp.tile(a, (0, 2))", "i32(2, 3)" => fn(a) tile(a, &[0, 2]);
        "jnp.tile(a, (2, 2))", "f32()" => fn(a) tile(a, &[2, 2]);
        "jnp.repeat(a, 2)", "f32(2, 2)" => fn(a) repeat(a, 2, None, None);
        "jnp.repeat(a, 3, axis=1)", "f32(2, 2)" => fn(a) repeat(a, 3, 1, None);
        "jnp.repeat(a, 0, axis=0)", "f32(2, 2)" => fn(a) repeat(a, 0, 0, None);
        "jnp.repeat(a, np.array([2, 0, 1]), axis=1)", "f32(2, 3)" => fn(a) repeat(a, counts(), 1, None);
        "jnp.repeat(a, np.array([2, 0, 1]), total_repeat_length=5)", "f32(3)" => fn(a) repeat(a, counts(), None, 5);
        "jnp.repeat(a, np.array([2, 0, 1]), total_repeat_length=2)", "bf16(3)" => fn(a) repeat(a, counts(), None, 2);
        "jnp.repeat(a, b, axis=1, total_repeat_length=6)", "f32(2, 3), i32(3, low=0, high=4)" => fn(a, b) repeat(a, b, 1, 6);
        "jax.vmap(lambda a, b: jnp.repeat(a, b, total_repeat_length=4))(a, b)", "f32(2, 3), i32(2, 3, low=0, high=3)" => fn(a, b) vmap(|a: Tracer, b: Tracer| repeat(a, b, None, 4), 0)(a, b);
        "jnp.repeat(a, b, total_repeat_length=2)", "f32(3), values([1, 0, 4], 'i4')" => fn(a, b) repeat(a, b, None, 2);
        "jnp.repeat(a, b, axis=0, total_repeat_length=4)", "i32(2, 2), values([2], 'i4')" => fn(a, b) repeat(a, b, 0, 4);
        "jnp.repeat(a, b, axis=0, total_repeat_length=4)", "f32(1, 2), values([2], 'i4')" => fn(a, b) repeat(a, b, 0, 4);
    }
}
