//! Integers as vectors of zeros with a one.

use raxla_ir::{
    DType, ShapedArray, Tracer,
    aval::resolve_axis,
    primitives::iota::iota,
    trace::{fail, or_fail},
};

/// For each integer `i` of `x`, `n` numbers of `dtype` on a new last axis: 1 at `i`, else 0 (all 0 if `i` is out of range).
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(|x: Tracer| nn::one_hot(x, 3, DType::F32))(Array::from(vec![2i32, 0]));
/// assert_eq!(y.to_vec::<f32>()?, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn one_hot(x: Tracer, n: usize, dtype: impl Into<Option<DType>>) -> Tracer {
    one_hot_along(x, n, -1, dtype)
}
/// [`one_hot`] on a new `axis` of the result; the default dtype is the default float.
///
/// ```
/// # use raxla::{constant, nn, show};
/// assert_eq!(show(|| nn::one_hot_along(constant(vec![1, 0]), 3, 0, None)), "[[0.0, 1.0], [1.0, 0.0], [0.0, 0.0]]");
/// ```
#[track_caller]
pub fn one_hot_along(x: Tracer, n: usize, axis: isize, dtype: impl Into<Option<DType>>) -> Tracer {
    let ShapedArray { shape, dtype: index, .. } = x.aval();
    if index == DType::Bool {
        fail(format!("one_hot: takes numbers, got {}", x.aval()));
    }
    let axis = or_fail("one_hot", resolve_axis(axis, shape.len() + 1));
    let mut wide = shape.to_vec();
    wide.insert(axis, n);
    let dtype = dtype.into().unwrap_or_else(DType::default_float);
    let dims: Vec<usize> = (0..wide.len()).filter(|a| *a != axis).collect();
    x.broadcast(&wide, &dims).equal(iota(index, &wide, axis)).astype(dtype)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { nn_one_hot:
        "jax.nn.one_hot(a, 3)", "i32(2, 2, low=-1, high=4)" => fn(a) one_hot(a, 3, None);
        "jax.nn.one_hot(a, 3, dtype='bfloat16', axis=0)", "u8(4, low=0, high=4)" => fn(a) one_hot_along(a, 3, 0, DType::BF16);
        "jax.nn.one_hot(a, 2, axis=-2)", "i32(3, low=0, high=2)", x64 => fn(a) one_hot_along(a, 2, -2, None);
        "jax.nn.one_hot(a, 2)", "i32(low=1, high=2)" => fn(a) one_hot(a, 2, None);
    }
}
