//! The same elements in another shape or order; and arrays made of nothing but a shape.

use super::{Absent, Axis, Naturals, alike, axes};
use crate::{
    array::ArrayLike,
    border::exception,
    dtype::Dtype,
    table::{Arrays, Filling, Out, Sizes, functions},
};
use raxla::{
    DType, Tracer,
    ir::{
        aval::resolve_axis,
        trace::{fail, or_fail},
    },
    lax,
    numpy::{self as np, Arg},
};

/// A place along an axis of `n` elements, counted from the end if it is negative, moved inside.
fn place(at: Option<isize>, n: usize, default: usize) -> usize {
    let n = n as isize;
    at.map_or(default, |at| (if at < 0 { at + n } else { at }).clamp(0, n) as usize)
}
/// An array filled with a number: of the number's dtype, weak if that is, or of another.
fn filled(shape: &[usize], value: np::Arg, dtype: Option<DType>) -> Tracer {
    let value = match dtype {
        Some(dtype) => np::astype(value, dtype),
        None => value.tracer(),
    };
    if value.rank() > 0 {
        fail(format!("full: the value must be a scalar, got {}", value.aval()));
    }
    value.broadcast(shape, &[])
}
fn ranked(name: &str, x: Tracer, numbers: &[usize]) {
    if numbers.len() != x.rank() {
        fail(format!("{name}: takes a number for each axis of {}, got {}", x.aval(), numbers.len()));
    }
}
functions! { register;
    /// New axes of these sizes in front of the array's.
    fn broadcast(operand: ArrayLike, sizes: Naturals, out_sharding: Option<Absent>) [operand, sizes, *, out_sharding = None] |py| {
        let _ = out_sharding;
        lax::broadcast(operand.tracer(py), &sizes.0)
    };
    /// The array in a shape; its axis `i` becomes axis `broadcast_dimensions[i]`.
    fn broadcast_in_dim(operand: ArrayLike, shape: Naturals, broadcast_dimensions: Vec<Axis>, out_sharding: Option<Absent>) [operand, shape, broadcast_dimensions, *, out_sharding = None] |py| {
        let _ = out_sharding;
        let (mut x, mut numbers) = (operand.tracer(py), axes(&broadcast_dimensions));
        if !numbers.is_sorted() && numbers.len() == x.rank() {
            let mut order: Vec<usize> = (0..numbers.len()).collect();
            order.sort_by_key(|i| numbers[*i]);
            numbers.sort();
            x = x.transpose_axes(&order);
        }
        lax::broadcast_in_dim(x, &shape.0, &numbers)
    };
    /// The array with axes of size 1 in front, up to a rank.
    fn broadcast_to_rank(x: ArrayLike, rank: usize) [x, rank] |py| lax::broadcast_to_rank(x.tracer(py), rank);
    /// The array in another's shape.
    fn broadcast_like(arr: ArrayLike, like_arr: ArrayLike) [arr, like_arr] |py| arr.tracer(py).broadcast_to(&like_arr.tracer(py).shape());
    /// Numbers that count along an axis.
    fn broadcasted_iota(dtype: Dtype, shape: Naturals, dimension: Axis, out_sharding: Option<Absent>) [dtype, shape, dimension, *, out_sharding = None] |py| {
        let _ = (py, out_sharding);
        lax::broadcasted_iota(dtype.0, &shape.0, dimension.0)
    };
    /// The numbers 0, 1, …
    fn iota(dtype: Dtype, size: usize) [dtype, size] |py| {
        let _ = py;
        lax::iota(dtype.0, size)
    };
    /// An array filled with a number.
    fn full(shape: Sizes, fill_value: Filling, dtype: Option<Dtype>, sharding: Option<Absent>) [shape, fill_value, dtype = None, *, sharding = None] |py| {
        let _ = sharding;
        let dtype = dtype.map(|d| d.0);
        filled(&shape.shape()?, fill_value.within(py, dtype)?, dtype)
    };
    /// An array of another's shape and dtype, filled with a number.
    fn full_like(x: ArrayLike, fill_value: Filling, dtype: Option<Dtype>, shape: Option<Sizes>, sharding: Option<Absent>) [x, fill_value, dtype = None, shape = None, sharding = None] |py| {
        let _ = sharding;
        let aval = x.arg(py).aval();
        let shape = match shape {
            Some(shape) => shape.shape()?,
            None => aval.shape.to_vec(),
        };
        let wanted = Some(dtype.map_or(aval.dtype, |d| d.0));
        let out = filled(&shape, fill_value.within(py, wanted)?, wanted);
        out.with_dtype(out.dtype(), aval.weak && dtype.is_none())
    };
    /// Zeros, since arrays always have values.
    fn empty(shape: Sizes, dtype: Dtype, out_sharding: Option<Absent>) [shape, dtype, *, out_sharding = None] |py| {
        let _ = (py, out_sharding);
        np::zeros(&shape.shape()?, Some(dtype.0))
    };
    /// The sizes of a shape as an array.
    fn shape_as_value(shape: Sizes) [shape] |py| {
        let _ = py;
        let sizes: Vec<i128> = shape.shape()?.into_iter().map(|n| n as i128).collect();
        raxla::constant(raxla::Literal::from_ints(raxla::ShapedArray::new(&[sizes.len()], DType::default_int()), sizes))
    };
    /// The elements in another shape, taken in the order of these axes if they are given.
    fn reshape(operand: ArrayLike, new_sizes: Naturals, dimensions: Option<Vec<Axis>>, out_sharding: Option<Absent>) [operand, new_sizes, dimensions = None, *, out_sharding = None] |py| {
        let _ = out_sharding;
        let x = operand.tracer(py);
        let x = dimensions.map_or(x, |d| lax::transpose(x, &axes(&d)));
        lax::reshape(x, &new_sizes.0)
    };
    /// The axes from one up to, without, another made one.
    fn collapse(operand: ArrayLike, start_dimension: isize, stop_dimension: Option<isize>) [operand, start_dimension, stop_dimension = None] |py| {
        let x = operand.tracer(py);
        let rank = x.rank();
        lax::collapse(x, place(Some(start_dimension), rank, 0), place(stop_dimension, rank, rank))
    };
    /// The array without these axes, all of size 1.
    fn squeeze(array: ArrayLike, dimensions: Vec<isize>) [array, dimensions] |py| lax::squeeze(array.tracer(py), &dimensions);
    /// New axes of size 1 at these places of the result.
    fn expand_dims(array: ArrayLike, dimensions: Vec<isize>) [array, dimensions] |py| {
        if dimensions.is_empty() { array.tracer(py) } else { lax::expand_dims(array.tracer(py), &dimensions) }
    };
    /// The axes in another order.
    fn transpose(operand: ArrayLike, permutation: Vec<Axis>) [operand, permutation] |py| lax::transpose(operand.tracer(py), &axes(&permutation));
    /// The elements in the opposite order along axes.
    fn rev(operand: ArrayLike, dimensions: Vec<Axis>) [operand, dimensions] |py| {
        let dimensions: Vec<isize> = dimensions.iter().map(|a| a.0 as isize).collect();
        lax::rev(operand.tracer(py), &dimensions)
    };
    /// The part between two places.
    fn slice(operand: ArrayLike, start_indices: Naturals, limit_indices: Naturals, strides: Option<Naturals>) [operand, start_indices, limit_indices, strides = None] |py| {
        let x = operand.tracer(py);
        ranked("slice", x, &start_indices.0);
        ranked("slice", x, &limit_indices.0);
        strides.iter().for_each(|s| ranked("slice", x, &s.0));
        lax::slice(x, &start_indices.0, &limit_indices.0, strides.as_ref().map(|s| &s.0[..]))
    };
    /// A range of one axis.
    fn slice_in_dim(operand: ArrayLike, start_index: Option<isize>, limit_index: Option<isize>, stride: usize, axis: isize) [operand, start_index, limit_index, stride = 1, axis = 0] |py| {
        let x = operand.tracer(py);
        let along = or_fail("slice_in_dim", resolve_axis(axis, x.rank()));
        let (mut start, mut limit, mut strides) = (vec![0; x.rank()], x.shape().to_vec(), vec![1; x.rank()]);
        let n = limit[along];
        (start[along], limit[along], strides[along]) = (place(start_index, n, 0), place(limit_index, n, n), stride);
        lax::slice(x, &start, &limit, Some(&strides))
    };
    /// The elements at one place of an axis, which stays only if `keepdims`.
    fn index_in_dim(operand: ArrayLike, index: isize, axis: isize, keepdims: bool) [operand, index, axis = 0, keepdims = true] |py| {
        let x = operand.tracer(py);
        let along = or_fail("index_in_dim", resolve_axis(axis, x.rank()));
        let n = x.shape()[along] as isize;
        if index >= n || index < -n {
            return Err(exception(py, "JAXIndexError", format!("index_in_dim: index {index} is out of bounds for axis {along} of {}", x.aval())));
        }
        let one = lax::index_in_dim(x, index, axis);
        if keepdims { one.expand_dims(along as isize) } else { one }
    };
    /// The array with more of a value around, and between, its elements; negative numbers at the ends cut away.
    fn pad(operand: ArrayLike, padding_value: ArrayLike, padding_config: Vec<(isize, isize, usize)>) [operand, padding_value, padding_config] |py| {
        let (x, value) = (operand.tracer(py), padding_value.tracer(py));
        if padding_config.len() != x.rank() || value.rank() > 0 || value.dtype() != x.dtype() {
            fail(format!("pad: takes a scalar of the array's dtype and three numbers for each axis, got {}, {} and {}", x.aval(), value.aval(), padding_config.len()));
        }
        lax::pad(x, value, &padding_config)
    };
    /// The array repeated so many times along each axis.
    fn tile(operand: ArrayLike, reps: Naturals) [operand, reps] |py| lax::tile(operand.tracer(py), &reps.0);
    /// Parts of these sizes along an axis.
    fn split(operand: ArrayLike, sizes: Naturals, axis: isize) [operand, sizes, axis = 0] |py| Out::List(lax::split(operand.tracer(py), &sizes.0, axis));
    /// Arrays behind each other along an axis.
    fn concatenate(operands: Arrays, dimension: Axis) [operands, dimension] |py| {
        let xs = operands.tracers(py);
        alike("concatenate", &xs);
        lax::concatenate(&xs, dimension.0 as isize)
    };
    /// Arrays of one shape side by side along a new axis.
    fn stack(operands: Arrays, axis: isize) [operands, axis = 0] |py| {
        let xs = operands.tracers(py);
        alike("stack", &xs);
        lax::stack(&xs, axis)
    };
    /// The parts of an array along an axis, which disappears.
    fn unstack(x: ArrayLike, axis: isize) [x, axis = 0] |py| Out::Tuple(lax::unstack(x.tracer(py), axis));
    /// The value itself.
    fn stage(x: ArrayLike) [x, /] |py| Arg::tracer(&x.input(py));
}
