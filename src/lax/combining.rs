//! Results of many elements: reductions, scans, orders, products and transforms.

use super::{Approximation, ConvGeneralDilated, sort};
use raxla_ir::{
    DType, Tracer,
    primitives::{DotGeneral, dot_general::Precision, fft::FftKind, reduce::ReduceKind, reduce_window::Window},
    trace::bind_at,
};
use std::panic::Location;

macro_rules! reductions { ($($name:ident $Kind:ident;)*) => { $(
    #[doc = concat!("[`ReduceKind::", stringify!($Kind), "`] over axes, which disappear.")]
    #[track_caller]
    pub fn $name(x: Tracer, axes: &[usize]) -> Tracer {
        let op = raxla_ir::primitives::Reduce { kind: ReduceKind::$Kind, axes: axes.into() };
        bind_at(op.into(), &[x], Location::caller().into())[0]
    }
)* } }
reductions! {
    reduce_sum Sum; reduce_prod Prod; reduce_max Max; reduce_min Min; reduce_and And; reduce_or Or; reduce_xor Xor;
}
macro_rules! cumulative { ($($name:ident $Kind:ident;)*) => { $(
    #[doc = concat!("[`crate::CumulativeKind::", stringify!($Kind), "`] of each element and all before it along an axis (`reverse`: after it).")]
    #[track_caller]
    pub fn $name(x: Tracer, axis: isize, reverse: bool) -> Tracer { x.cumulative(crate::CumulativeKind::$Kind, axis, reverse) }
)* } }
cumulative! { cumsum Sum; cumprod Prod; cummax Max; cummin Min; cumlogsumexp LogSumExp; }

/// [`Tracer::argmax`].
///
/// ```
/// # use raxla::{DType, constant, lax, show};
/// assert_eq!(show(|| lax::argmax(constant(vec![1.0f32, 3.0, 2.0]), 0, DType::I32)), "1");
/// ```
#[track_caller]
pub fn argmax(x: Tracer, axis: isize, dtype: DType) -> Tracer {
    x.argmax(axis).astype(dtype)
}
/// [`Tracer::argmin`].
///
/// ```
/// # use raxla::{DType, constant, lax, show};
/// assert_eq!(show(|| lax::argmin(constant(vec![1.0f32, 3.0, 2.0]), 0, DType::I32)), "0");
/// ```
#[track_caller]
pub fn argmin(x: Tracer, axis: isize, dtype: DType) -> Tracer {
    x.argmin(axis).astype(dtype)
}
/// [`Tracer::top_k`].
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::top_k(constant(vec![1.0f32, 3.0, 2.0]), 2, -1)), "[3.0, 2.0], [1, 2]");
/// ```
#[track_caller]
pub fn top_k(x: Tracer, k: usize, axis: isize) -> (Tracer, Tracer) {
    x.top_k(k, axis)
}
/// [`Tracer::approx_max_k`].
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::approx_max_k(constant(vec![1.0f32, 3.0, 2.0]), 2, -1, lax::Approximation::default())), "[3.0, 2.0], [1, 2]");
/// ```
#[track_caller]
pub fn approx_max_k(x: Tracer, k: usize, axis: isize, how: Approximation) -> (Tracer, Tracer) {
    x.approx_max_k(k, axis, how)
}
/// [`Tracer::approx_min_k`].
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::approx_min_k(constant(vec![1.0f32, 3.0, 2.0]), 2, -1, lax::Approximation::default())), "[1.0, 2.0], [0, 2]");
/// ```
#[track_caller]
pub fn approx_min_k(x: Tracer, k: usize, axis: isize, how: Approximation) -> (Tracer, Tracer) {
    x.approx_min_k(k, axis, how)
}
/// Keys sorted along an axis, and values in the order of the keys.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::sort_key_val(constant(vec![3, 1, 2]), constant(vec![0.3f32, 0.1, 0.2]), -1)), "[1, 2, 3], [0.1, 0.2, 0.3]");
/// ```
#[track_caller]
pub fn sort_key_val(keys: Tracer, values: Tracer, axis: isize) -> (Tracer, Tracer) {
    let sorted = sort(&[keys, values], axis, 1);
    (sorted[0], sorted[1])
}
/// Products summed over pairs of axes: `contract` of the first and second operand, and `batch` axes that go in step.
///
/// ```
/// # use raxla::{Literal, Precision, constant, lax, show};
/// let got = show(|| lax::dot_general(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(Literal::new(&[2, 2], &[1.0f32, 0.0, 0.0, 1.0])), (&[1], &[0]), (&[], &[]), Precision::Default, None));
/// assert_eq!(got, "[[1.0, 2.0], [3.0, 4.0]]");
/// ```
#[track_caller]
pub fn dot_general(
    x: Tracer,
    y: Tracer,
    contract: (&[usize], &[usize]),
    batch: (&[usize], &[usize]),
    precision: Precision,
    preferred_element_type: Option<DType>,
) -> Tracer {
    let op = DotGeneral {
        lhs_contract: contract.0.into(),
        rhs_contract: contract.1.into(),
        lhs_batch: batch.0.into(),
        rhs_batch: batch.1.into(),
        precision,
        dtype: preferred_element_type.unwrap_or(x.dtype()),
    };
    bind_at(op.into(), &[x, y], Location::caller().into())[0]
}
/// [`Tracer::convolve`]: a convolution of any rank, with strides, padding, dilation and groups.
///
/// ```
/// # use raxla::{DType, constant, lax, show};
/// let got = show(|| lax::conv_general_dilated(constant(vec![1.0f32, 2.0, 3.0, 4.0]).reshape(&[1, 1, 4]), constant(vec![1.0f32, 1.0]).reshape(&[1, 1, 2]), lax::ConvGeneralDilated::new(1, DType::F32)));
/// assert_eq!(got, "[[[3.0, 5.0, 7.0]]]");
/// ```
#[track_caller]
pub fn conv_general_dilated(x: Tracer, kernel: Tracer, op: ConvGeneralDilated) -> Tracer {
    x.convolve(kernel, op)
}
/// [`Tracer::reduce_window`]: a sum or extremum of each window.
///
/// ```
/// # use raxla::{ReduceKind, Window, constant, lax, show};
/// let got = show(|| lax::reduce_window_of(constant(vec![1.0f32, 2.0, 3.0, 4.0]), ReduceKind::Sum, Window::new(&[2], &[1])));
/// assert_eq!(got, "[3.0, 5.0, 7.0]");
/// ```
#[track_caller]
pub fn reduce_window_of(x: Tracer, kind: ReduceKind, window: Window) -> Tracer {
    x.reduce_window(kind, window)
}
/// [`Tracer::ragged_dot`]: rows, in groups of these sizes, times the matrix of their group.
///
/// ```
/// # use raxla::{Literal, constant, lax, show};
/// let got = show(|| lax::ragged_dot(constant(Literal::new(&[3, 1], &[1.0f32, 2.0, 3.0])), constant(vec![10.0f32, 100.0]).reshape(&[2, 1, 1]), constant(vec![2, 1])));
/// assert_eq!(got, "[[10.0], [20.0], [300.0]]");
/// ```
#[track_caller]
pub fn ragged_dot(x: Tracer, matrices: Tracer, group_sizes: Tracer) -> Tracer {
    x.ragged_dot(matrices, group_sizes)
}
/// [`Tracer::fft`]: a Fourier transform over the last axes.
///
/// ```
/// # use raxla::{DType, constant, ir::primitives::fft::FftKind, lax, show};
/// let got = show(|| lax::fft(constant(vec![1.0f32, 2.0, 3.0, 4.0]).astype(DType::C64), FftKind::Fft, &[4]));
/// assert_eq!(got, "[10.0+0.0i, -2.0+2.0i, -2.0+0.0i, -2.0-2.0i]");
/// ```
#[track_caller]
pub fn fft(x: Tracer, kind: FftKind, lengths: &[usize]) -> Tracer {
    x.fft(kind, lengths)
}

#[cfg(test)]
mod tests {
    use super::super::{batch_matmul, dot};
    use super::*;
    crate::oracle::rows! { lax_combining:
        "lax.sort_key_val(a, b)", "i32(5), f32(5)" => fn(a, b) sort_key_val(a, b, -1);
        "lax.reduce_xor(a, (0,))", "i32(4, 2)" => fn(a) reduce_xor(a, &[0]);
        "lax.cumlogsumexp(a, 0, True)", "f32(4)" => fn(a) cumlogsumexp(a, 0, true);
        "lax.dot_general(a, b, (((1,), (1,)), ((0,), (0,))))", "f32(3, 4), f32(3, 4)" => fn(a, b) dot_general(a, b, (&[1], &[1]), (&[0], &[0]), Precision::Default, None);
        "(lax.reduce_sum(a, (0,)), lax.reduce_prod(a, (1,)), lax.reduce_max(a, (0, 1)), lax.reduce_min(a, (0,)))", "f32(3, 4)" => fn(a) vec![reduce_sum(a, &[0]), reduce_prod(a, &[1]), reduce_max(a, &[0, 1]), reduce_min(a, &[0])];
        "(lax.reduce_and(a, (0,)), lax.reduce_or(a, (1,)))", "boolean(3, 4)" => fn(a) (reduce_and(a, &[0]), reduce_or(a, &[1]));
        "(lax.cumsum(a, 1), lax.cumprod(a, 0), lax.cummax(a, 1, True), lax.cummin(a, 0))", "f32(3, 4)" => fn(a) vec![cumsum(a, 1, false), cumprod(a, 0, false), cummax(a, 1, true), cummin(a, 0, false)];
        "(lax.argmax(a, 1, 'int32'), lax.argmin(a, 0, 'int32'))", "f32(3, 4)" => fn(a) (argmax(a, 1, DType::I32), argmin(a, 0, DType::I32));
        "(lax.top_k(a, 2), lax.approx_max_k(a, 2), lax.approx_min_k(a, 3))", "f32(3, 8)" => fn(a) (top_k(a, 2, -1), approx_max_k(a, 2, -1, Approximation::default()), approx_min_k(a, 3, -1, Approximation::default()));
        "(lax.dot(a, b), lax.batch_matmul(c, c))", "f32(2, 3), f32(3, 4), f32(2, 3, 3)" => fn(a, b, c) (dot(a, b), batch_matmul(c, c));
        "lax.conv_general_dilated(a, b, (2,), ((1, 0),))", "f32(2, 3, 7), f32(4, 3, 3)" => fn(a, b) {
            conv_general_dilated(a, b, ConvGeneralDilated { strides: [2].into_iter().collect(), low: [1].into_iter().collect(), ..ConvGeneralDilated::new(1, DType::F32) })
        };
        "(lax.reduce_window(a, 0.0, lax.add, (2, 3), (1, 2), 'VALID'), lax.reduce_window(a, -jnp.inf, lax.max, (2, 3), (1, 2), 'VALID'))", "f32(4, 7)" => fn(a) {
            let window = || Window::new(&[2, 3], &[1, 2]);
            (reduce_window_of(a, ReduceKind::Sum, window()), reduce_window_of(a, ReduceKind::Max, window()))
        };
        "lax.ragged_dot(a, b, c)", "f32(5, 3), f32(2, 3, 4), values([2, 3], 'i4')" => fn(a, b, c) ragged_dot(a, b, c);
        "(lax.fft(a, lax.FftType.FFT, (4,)), lax.fft(b, lax.FftType.RFFT, (2, 6)))", "c64(2, 4), f32(2, 6)" => fn(a, b) (fft(a, FftKind::Fft, &[4]), fft(b, FftKind::Rfft, &[2, 6]));
    }
}
