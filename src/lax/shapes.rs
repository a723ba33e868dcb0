//! The same elements in another shape or order; and arrays made of nothing but a shape.

use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::resolve_axis,
    indexing::Index,
    operand::broadcast_shapes as shapes_together,
    primitives::{Pad, concatenate::concatenate},
    trace::{bind_at, constant, fail, or_fail},
};
use std::panic::Location;

/// New axes of these sizes in front of the array's.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::broadcast(constant(vec![1.0f32, 2.0]), &[2])), "[[1.0, 2.0], [1.0, 2.0]]");
/// ```
#[track_caller]
pub fn broadcast(x: Tracer, sizes: &[usize]) -> Tracer {
    let shape = [sizes, &x.shape()].concat();
    x.broadcast_to(&shape)
}
/// [`Tracer::broadcast`]: axis `i` of the array becomes axis `dims[i]` of `shape`.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::broadcast_in_dim(constant(vec![1.0f32, 2.0]), &[2, 2], &[0])), "[[1.0, 1.0], [2.0, 2.0]]");
/// ```
#[track_caller]
pub fn broadcast_in_dim(x: Tracer, shape: &[usize], dims: &[usize]) -> Tracer {
    x.broadcast(shape, dims)
}
/// The array with axes of size 1 in front, up to a rank.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::broadcast_to_rank(constant(vec![1.0f32, 2.0]), 3)), "[[[1.0, 2.0]]]");
/// ```
#[track_caller]
pub fn broadcast_to_rank(x: Tracer, rank: usize) -> Tracer {
    let Some(more) = rank.checked_sub(x.rank()) else {
        fail(format!("broadcast_to_rank: {} has more than {rank} axes", x.aval()))
    };
    x.reshape(&[vec![1; more], x.shape().to_vec()].concat())
}
/// The shape to which arrays of these shapes broadcast.
///
/// ```
/// # use raxla::{lax};
/// assert_eq!(lax::broadcast_shapes(&[&[2, 1], &[3]]), [2, 3]);
/// ```
#[track_caller]
pub fn broadcast_shapes(shapes: &[&[usize]]) -> Vec<usize> {
    let all = shapes.iter().try_fold(Default::default(), |all: raxla_ir::aval::Shape, s| shapes_together(&all, s));
    or_fail("broadcast_shapes", all).to_vec()
}
/// An array whose elements count from 0 along an axis.
///
/// ```
/// # use raxla::{DType, lax, show};
/// assert_eq!(show(|| lax::broadcasted_iota(DType::I32, &[2, 2], 1)), "[[0, 1], [0, 1]]");
/// ```
#[track_caller]
pub fn broadcasted_iota(dtype: DType, shape: &[usize], axis: usize) -> Tracer {
    raxla_ir::primitives::iota::iota(dtype, shape, axis)
}
/// The numbers 0, 1, …, `n - 1`.
///
/// ```
/// # use raxla::{DType, lax, show};
/// assert_eq!(show(|| lax::iota(DType::I32, 3)), "[0, 1, 2]");
/// ```
#[track_caller]
pub fn iota(dtype: DType, n: usize) -> Tracer {
    broadcasted_iota(dtype, &[n], 0)
}
/// An array filled with a number.
///
/// ```
/// # use raxla::{DType, lax, show};
/// assert_eq!(show(|| lax::full(&[2], 7, DType::I32)), "[7, 7]");
/// ```
#[track_caller]
pub fn full(shape: &[usize], value: impl Into<f64>, dtype: DType) -> Tracer {
    constant(Literal::full(ShapedArray::new(&[], dtype), value.into())).broadcast_to(shape)
}
/// An array of another's shape and dtype, filled with a number.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::full_like(constant(vec![1.0f32, 2.0]), 0.5)), "[0.5, 0.5]");
/// ```
#[track_caller]
pub fn full_like(x: Tracer, value: impl Into<f64>) -> Tracer {
    x.full_like(value.into())
}
/// [`Tracer::reshape`].
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::reshape(constant(vec![1.0f32, 2.0, 3.0, 4.0]), &[2, 2])), "[[1.0, 2.0], [3.0, 4.0]]");
/// ```
#[track_caller]
pub fn reshape(x: Tracer, shape: &[usize]) -> Tracer {
    x.reshape(shape)
}
/// The axes from `start` up to, without, `stop` made one.
///
/// ```
/// # use raxla::{Literal, constant, lax, show};
/// assert_eq!(show(|| lax::collapse(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0, 2)), "[1.0, 2.0, 3.0, 4.0]");
/// ```
#[track_caller]
pub fn collapse(x: Tracer, start: usize, stop: usize) -> Tracer {
    let shape = x.shape();
    if start > stop || stop > shape.len() {
        fail(format!("collapse: the axes {start}..{stop} are not axes of {}", x.aval()));
    }
    x.reshape(&[&shape[..start], &[shape[start..stop].iter().product()], &shape[stop..]].concat())
}
/// The array without these axes, all of size 1.
///
/// ```
/// # use raxla::{Literal, constant, lax, show};
/// assert_eq!(show(|| lax::squeeze(constant(Literal::new(&[1, 2], &[1.0f32, 2.0])), &[0])), "[1.0, 2.0]");
/// ```
#[track_caller]
pub fn squeeze(x: Tracer, axes: &[isize]) -> Tracer {
    crate::numpy::squeeze(x, axes)
}
/// New axes of size 1 at these places of the result.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::expand_dims(constant(vec![1.0f32, 2.0]), &[1])), "[[1.0], [2.0]]");
/// ```
#[track_caller]
pub fn expand_dims(x: Tracer, axes: &[isize]) -> Tracer {
    crate::numpy::expand_dims(x, axes)
}
/// [`Tracer::transpose_axes`].
///
/// ```
/// # use raxla::{Literal, constant, lax, show};
/// assert_eq!(show(|| lax::transpose(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), &[1, 0])), "[[1.0, 3.0], [2.0, 4.0]]");
/// ```
#[track_caller]
pub fn transpose(x: Tracer, permutation: &[usize]) -> Tracer {
    x.transpose_axes(permutation)
}
/// [`Tracer::reverse`]: the elements in the opposite order along axes.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::rev(constant(vec![1.0f32, 2.0, 3.0]), &[0])), "[3.0, 2.0, 1.0]");
/// ```
#[track_caller]
pub fn rev(x: Tracer, axes: &[isize]) -> Tracer {
    x.reverse(axes)
}
/// [`Tracer::slice`], with strides of 1 if none are given.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::slice(constant(vec![1.0f32, 2.0, 3.0, 4.0]), &[1], &[4], Some(&[2]))), "[2.0, 4.0]");
/// ```
#[track_caller]
pub fn slice(x: Tracer, start: &[usize], limit: &[usize], strides: Option<&[usize]>) -> Tracer {
    x.slice(start, limit, strides.unwrap_or(&vec![1; start.len()]))
}
/// [`Tracer::slice_axis`]: a range of one axis.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::slice_in_dim(constant(vec![1.0f32, 2.0, 3.0, 4.0]), 1, 3, 0)), "[2.0, 3.0]");
/// ```
#[track_caller]
pub fn slice_in_dim(x: Tracer, start: usize, limit: usize, axis: isize) -> Tracer {
    x.slice_axis(axis, start, limit)
}
/// The elements at one place of an axis, which disappears.
///
/// ```
/// # use raxla::{Literal, constant, lax, show};
/// assert_eq!(show(|| lax::index_in_dim(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), -1, 0)), "[3.0, 4.0]");
/// ```
#[track_caller]
pub fn index_in_dim(x: Tracer, index: isize, axis: isize) -> Tracer {
    let axis = or_fail("index_in_dim", resolve_axis(axis, x.rank()));
    let mut items: Vec<Index> = vec![(..).into(); axis];
    items.push(index.into());
    x.index(items)
}
/// `low`, `high` and `interior` numbers of padding for each axis; negative ones at the ends cut away.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::pad(constant(vec![1.0f32, 2.0]), constant(0.0f32), &[(1, 2, 1)])), "[0.0, 1.0, 0.0, 2.0, 0.0, 0.0]");
/// ```
#[track_caller]
pub fn pad(x: Tracer, value: Tracer, config: &[(isize, isize, usize)]) -> Tracer {
    let op = Pad {
        low: config.iter().map(|c| c.0).collect(),
        high: config.iter().map(|c| c.1).collect(),
        interior: config.iter().map(|c| c.2).collect(),
    };
    bind_at(op.into(), &[x, value], Location::caller().into())[0]
}
/// The array repeated so many times along each axis.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::tile(constant(vec![1.0f32, 2.0]), &[2])), "[1.0, 2.0, 1.0, 2.0]");
/// ```
#[track_caller]
pub fn tile(x: Tracer, repetitions: &[usize]) -> Tracer {
    if repetitions.len() != x.rank() {
        fail(format!("tile: {} repetitions for {}", repetitions.len(), x.aval()));
    }
    crate::numpy::tile(x, repetitions)
}
/// Parts of an array along an axis, of these sizes.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::split(constant(vec![1.0f32, 2.0, 3.0]), &[1, 2], 0)), "[1.0], [2.0, 3.0]");
/// ```
#[track_caller]
pub fn split(x: Tracer, sizes: &[usize], axis: isize) -> Vec<Tracer> {
    let n = x.shape()[or_fail("split", resolve_axis(axis, x.rank()))];
    if sizes.iter().sum::<usize>() != n {
        fail(format!("split: the sizes {sizes:?} do not add up to axis {axis} of {}", x.aval()));
    }
    let ends = sizes.iter().scan(0, |end, n| {
        *end += n;
        Some(*end)
    });
    ends.zip(sizes).map(|(end, n)| x.slice_axis(axis, end - n, end)).collect()
}
/// Arrays of one shape side by side along a new axis.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::stack(&[constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0])], 0)), "[[1.0, 2.0], [3.0, 4.0]]");
/// ```
#[track_caller]
pub fn stack(xs: &[Tracer], axis: isize) -> Tracer {
    concatenate(&xs.iter().map(|x| x.expand_dims(axis)).collect::<Vec<_>>(), axis)
}
/// The parts of an array along an axis, which disappears.
///
/// ```
/// # use raxla::{Literal, constant, lax, show};
/// assert_eq!(show(|| lax::unstack(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[1.0, 2.0], [3.0, 4.0]");
/// ```
#[track_caller]
pub fn unstack(x: Tracer, axis: isize) -> Vec<Tracer> {
    crate::numpy::unstack(x, axis)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { lax_shapes:
        "lax.broadcast(a, (2, 3))", "f32(4)" => fn(a) broadcast(a, &[2, 3]);
        "lax.broadcast_to_rank(a, 3)", "f32(4)" => fn(a) broadcast_to_rank(a, 3);
        "lax.collapse(a, 0, 2)", "f32(2, 3, 4)" => fn(a) collapse(a, 0, 2);
        "lax.squeeze(a, (0, -1))", "f32(1, 3, 1)" => fn(a) squeeze(a, &[0, -1]);
        "lax.expand_dims(a, (0, 2))", "f32(2, 3)" => fn(a) expand_dims(a, &[0, 2]);
        "lax.rev(a, (0,))", "f32(3, 2)" => fn(a) rev(a, &[0]);
        "lax.slice(a, (1, 0), (3, 2))", "f32(3, 2)" => fn(a) slice(a, &[1, 0], &[3, 2], None);
        "lax.index_in_dim(a, -1, 1, keepdims=False)", "f32(3, 2)" => fn(a) index_in_dim(a, -1, 1);
        "lax.pad(a, b, ((1, -1, 1),))", "f32(4), f32()" => fn(a, b) pad(a, b, &[(1, -1, 1)]);
        "lax.tile(a, (2, 3))", "f32(2, 2)" => fn(a) tile(a, &[2, 3]);
        "lax.split(a, (1, 3), axis=1)", "f32(2, 4)" => fn(a) split(a, &[1, 3], 1);
        "lax.broadcast_in_dim(a, (2, 3, 4), (0, 2))", "f32(2, 1)" => fn(a) broadcast_in_dim(a, &[2, 3, 4], &[0, 2]);
        "(lax.broadcasted_iota('int32', (2, 3), 1), lax.iota('float32', 4), lax.full((2,), 1.5, 'float32'), lax.full_like(a, 2), jnp.zeros(lax.broadcast_shapes((3, 1), (1, 2))))", "bf16(2)" => fn(a) {
            let shape = broadcast_shapes(&[&[3, 1], &[1, 2]]);
            (broadcasted_iota(DType::I32, &[2, 3], 1), iota(DType::F32, 4), full(&[2], 1.5, DType::F32), full_like(a, 2), full(&shape, 0, DType::F32))
        };
        "(lax.reshape(a, (4, 3)), lax.transpose(a, (1, 0)), lax.slice_in_dim(a, 1, 3, axis=1))", "f32(3, 4)" => fn(a) (reshape(a, &[4, 3]), transpose(a, &[1, 0]), slice_in_dim(a, 1, 3, 1));
        "(lax.full((2, 3), 7, 'int32'), lax.full((4,), 2.5, 'bfloat16'), lax.full((1, 2), -1, 'int8'), lax.full((0, 2), 3, 'float16'), lax.full_like(a, -0.5))", "f32(3)"
            => fn(a) (full(&[2, 3], 7, DType::I32), full(&[4], 2.5, DType::BF16), full(&[1, 2], -1, DType::I8), full(&[0, 2], 3, DType::F16), full_like(a, -0.5));
        "lax.slice(a, (1, 0), (3, 4), (1, 2))", "f32(3, 4)" => fn(a) slice(a, &[1, 0], &[3, 4], Some(&[1, 2]));
        "(lax.stack((a, b), axis=1), lax.unstack(a, axis=-1))", "f32(3, 2), f32(3, 2)" => fn(a, b) (stack(&[a, b], 1), unstack(a, -1));
    }
}
