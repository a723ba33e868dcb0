//! What neural networks are made of: activations and the softmax family.

use raxla_ir::{DType, ShapedArray, Tracer, aval::resolve_axis, primitives::iota::iota, trace::fail};

/// `max(x, 0)`, with the derivative 0 at 0. Floats and integers of any shape.
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(nn::relu)(Array::from(vec![-1.0f32, 0.0, 2.0]));
/// assert_eq!(y.to_vec::<f32>()?, [0.0, 0.0, 2.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn relu(x: Tracer) -> Tracer {
    x.greater(0).select(x, x.full_like(0.0))
}

/// `x` with the reduced `axis` back as an axis of size 1.
#[track_caller]
fn along(name: &str, x: Tracer, axis: isize, reduce: impl Fn(Tracer, isize) -> Tracer) -> Tracer {
    let axis = resolve_axis(axis, x.rank()).unwrap_or_else(|e| fail(format!("{name}: {e}, {}", x.aval()))) as isize;
    reduce(x, axis).expand_dims(axis)
}
/// The greatest element along an axis, as a constant of differentiation, and 0 where it is infinite.
#[track_caller]
fn offset(name: &str, x: Tracer, axis: isize) -> Tracer {
    let max = along(name, x, axis, |x, axis| x.max_axes(axis)).stop_gradient();
    max.is_finite().select(max, max.full_like(0.0))
}
/// `log(sum(exp(x)))` along an axis (negative: from the end), which disappears; without overflow.
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(|x: Tracer| nn::logsumexp(x, -1))(Array::from(vec![1000.0f32, 1000.0]));
/// assert_eq!(y.item::<f32>()?, 1000.0 + 2f32.ln());
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn logsumexp(x: Tracer, axis: isize) -> Tracer {
    let offset = offset("logsumexp", x, axis);
    let sum = (x - offset).exp().sum_axes(axis);
    sum.log() + offset.reshape(&sum.shape())
}
/// `log(softmax(x))` along an axis (negative: from the end); without overflow.
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(|x: Tracer| nn::log_softmax(x, -1))(Array::from(vec![3.0f32, 3.0]));
/// assert_eq!(y.to_vec::<f32>()?, [-2f32.ln(); 2]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn log_softmax(x: Tracer, axis: isize) -> Tracer {
    let shifted = x - offset("log_softmax", x, axis);
    shifted - along("log_softmax", shifted.exp(), axis, |e, axis| e.sum_axes(axis)).log()
}
/// `exp(x)` over its sum along an axis (negative: from the end); without overflow.
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(|x: Tracer| nn::softmax(x, 0))(Array::from(vec![5.0f32; 4]));
/// assert_eq!(y.to_vec::<f32>()?, [0.25; 4]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn softmax(x: Tracer, axis: isize) -> Tracer {
    let e = (x - offset("softmax", x, axis)).exp();
    e / along("softmax", e, axis, |e, axis| e.sum_axes(axis))
}
/// For each integer `i` of `x`, `n` numbers of `dtype` on a new last axis: 1 at `i`, else 0 (all 0 if `i` is out of range).
///
/// ```
/// use raxla::prelude::*;
/// let y = jit(|x: Tracer| nn::one_hot(x, 3, DType::F32))(Array::from(vec![2i32, 0]));
/// assert_eq!(y.to_vec::<f32>()?, [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn one_hot(x: Tracer, n: usize, dtype: DType) -> Tracer {
    let ShapedArray { shape, dtype: index, .. } = x.aval();
    if !index.is_integer() {
        fail(format!("one_hot: takes integers, got {}", x.aval()));
    }
    let wide: Vec<usize> = shape.iter().copied().chain([n]).collect();
    x.expand_dims(-1).equal(iota(index, &wide, shape.len())).astype(dtype)
}
