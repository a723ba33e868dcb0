//! The primitives under the names that `jax.lax` gives them.
//!
//! These are strict: operands have one dtype and, but for scalars, one shape; nothing is promoted (see [`crate::numpy`] for that). Each stands for
//! the method or function that its documentation names, where the rules are said. Control flow, reductions by a function and solutions of
//! equations are here too.
//!
//! ```
//! use raxla::{lax, prelude::*};
//! let f = jit(|x: Tracer| lax::dynamic_slice_in_dim(lax::rsqrt(x), lax::full(&[], 1, DType::I32), 2, 0));
//! assert_eq!(f(Array::from(vec![1.0f32, 4.0, 16.0])).to_vec::<f32>()?, [0.5, 0.25]);
//! # Ok::<(), raxla::Error>(())
//! ```

use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::{Axes, resolve_axis},
    indexing::Index,
    operand::broadcast_shapes as shapes_together,
    primitives::{
        DotGeneral, Pad, Scatter,
        dot_general::Precision,
        fft::FftKind,
        gather::{GatherDims, GatherMode},
        reduce::ReduceKind,
        reduce_window::Window,
        scatter::ScatterKind,
    },
    trace::{bind_at, constant, fail, or_fail},
};
use std::panic::Location;

pub use raxla_ir::primitives::{
    approx_top_k::Approximation, collective::axis_index, collective::pmax, collective::pmean, collective::pmin,
    collective::psum, concatenate::concatenate, conv_general_dilated::ConvGeneralDilated, general_reduce::reduce,
    general_reduce_window::reduce_window, ragged_dot::RaggedDims, regularized_incomplete_beta::betainc,
    rng_bit_generator::RngAlgorithm, rng_bit_generator::rng_bit_generator, sort::sort,
};
pub use raxla_transforms::{
    associative_scan, cond, custom_linear_solve, custom_root, fori_loop, map, scan, switch, while_loop,
};

macro_rules! unary { ($($name:ident = $method:ident;)*) => { $(
    #[doc = concat!("[`Tracer::", stringify!($method), "`].")]
    #[track_caller]
    pub fn $name(x: Tracer) -> Tracer { x.$method() }
)* } }
unary! {
    abs = abs; acos = acos; acosh = acosh; asin = asin; asinh = asinh; atan = atan; atanh = atanh; bessel_i0e = bessel_i0e; bessel_i1e = bessel_i1e;
    bitwise_not = logical_not; cbrt = cbrt; ceil = ceil; clz = count_leading_zeros; conj = conj; cos = cos; cosh = cosh; digamma = digamma; erf = erf;
    erf_inv = erf_inv; erfc = erfc; exp = exp; exp2 = exp2; expm1 = expm1; floor = floor; imag = imag; is_finite = is_finite; lgamma = lgamma; log = log;
    log1p = log1p; logistic = logistic; neg = negative; population_count = population_count; real = real; rsqrt = rsqrt; sign = sign; sin = sin;
    sinh = sinh; sqrt = sqrt; square = square; stop_gradient = stop_gradient; tan = tan; tanh = tanh;
}
macro_rules! binary { ($($name:ident = $method:ident;)*) => { $(
    #[doc = concat!("[`Tracer::", stringify!($method), "`].")]
    #[track_caller]
    pub fn $name(x: Tracer, y: Tracer) -> Tracer { x.$method(y) }
)* } }
binary! {
    add = add_to; atan2 = atan2; bitwise_and = bitwise_and; bitwise_or = bitwise_or; bitwise_xor = bitwise_xor; complex = complex; div = divide; eq = equal;
    ge = greater_equal; gt = greater; igamma = igamma; igamma_grad_a = igamma_grad_a; igammac = igammac; le = less_equal; lt = less; max = maximum;
    min = minimum; mul = multiply; ne = not_equal; nextafter = nextafter; polygamma = polygamma; pow = pow; random_gamma_grad = random_gamma_grad;
    rem = remainder; shift_left = shift_left; shift_right_arithmetic = shift_right_arithmetic; shift_right_logical = shift_right_logical; sub = subtract;
    zeta = zeta; dot = dot; batch_matmul = matmul;
}
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

/// [`Tracer::clamp`]: `x` brought between two bounds.
#[track_caller]
pub fn clamp(min: Tracer, x: Tracer, max: Tracer) -> Tracer {
    x.clamp(min, max)
}
/// [`Tracer::select`]: the elements of one array where the condition holds, and those of the other elsewhere.
#[track_caller]
pub fn select(pred: Tracer, on_true: Tracer, on_false: Tracer) -> Tracer {
    pred.select(on_true, on_false)
}
/// The elements of the case that `which` (bools, or integers from 0) names at each place.
#[track_caller]
pub fn select_n(which: Tracer, cases: &[Tracer]) -> Tracer {
    let Some((last, rest)) = cases.split_last() else { fail("select_n: takes at least 1 case, got none") };
    if which.dtype() == DType::Bool {
        return match cases {
            [off, on] => which.select(*on, *off),
            _ => fail(format!("select_n: bools choose between 2 cases, got {}", cases.len())),
        };
    }
    // Indices out of range count as the nearest, as in JAX.
    let numbered = rest.iter().enumerate().rev();
    numbered.fold(*last, |out, (i, case)| which.less_equal(i as i64).select(*case, out))
}
/// [`Tracer::astype`]: the same numbers in another dtype.
#[track_caller]
pub fn convert_element_type(x: Tracer, dtype: DType) -> Tracer {
    x.astype(dtype)
}
/// [`Tracer::bitcast_convert`]: the same bits in another dtype.
#[track_caller]
pub fn bitcast_convert_type(x: Tracer, dtype: DType) -> Tracer {
    x.bitcast_convert(dtype)
}
/// [`Tracer::reduce_precision`]: rounded to fewer bits, in the same dtype.
#[track_caller]
pub fn reduce_precision(x: Tracer, exponent_bits: u32, mantissa_bits: u32) -> Tracer {
    x.reduce_precision(exponent_bits, mantissa_bits)
}
/// [`Tracer::powi`]: the power with a known whole exponent.
#[track_caller]
pub fn integer_pow(x: Tracer, y: i32) -> Tracer {
    x.powi(y)
}
/// `1 / x`.
#[track_caller]
pub fn reciprocal(x: Tracer) -> Tracer {
    x.powi(-1)
}
/// How [`round`] treats halves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoundingMethod {
    /// Away from zero.
    #[default]
    AwayFromZero,
    /// To the even neighbour.
    ToNearestEven,
}
/// The nearest integer, as a float.
#[track_caller]
pub fn round(x: Tracer, method: RoundingMethod) -> Tracer {
    match method {
        RoundingMethod::AwayFromZero => x.round_half_away(),
        RoundingMethod::ToNearestEven => x.round(),
    }
}
/// New axes of these sizes in front of the array's.
#[track_caller]
pub fn broadcast(x: Tracer, sizes: &[usize]) -> Tracer {
    let shape = [sizes, &x.shape()].concat();
    x.broadcast_to(&shape)
}
/// [`Tracer::broadcast`]: axis `i` of the array becomes axis `dims[i]` of `shape`.
#[track_caller]
pub fn broadcast_in_dim(x: Tracer, shape: &[usize], dims: &[usize]) -> Tracer {
    x.broadcast(shape, dims)
}
/// The array with axes of size 1 in front, up to a rank.
#[track_caller]
pub fn broadcast_to_rank(x: Tracer, rank: usize) -> Tracer {
    let Some(more) = rank.checked_sub(x.rank()) else {
        fail(format!("broadcast_to_rank: {} has more than {rank} axes", x.aval()))
    };
    x.reshape(&[vec![1; more], x.shape().to_vec()].concat())
}
/// The shape to which arrays of these shapes broadcast.
#[track_caller]
pub fn broadcast_shapes(shapes: &[&[usize]]) -> Vec<usize> {
    let all = shapes.iter().try_fold(Default::default(), |all: raxla_ir::aval::Shape, s| shapes_together(&all, s));
    or_fail("broadcast_shapes", all).to_vec()
}
/// An array whose elements count from 0 along an axis.
#[track_caller]
pub fn broadcasted_iota(dtype: DType, shape: &[usize], axis: usize) -> Tracer {
    raxla_ir::primitives::iota::iota(dtype, shape, axis)
}
/// The numbers 0, 1, …, `n - 1`.
#[track_caller]
pub fn iota(dtype: DType, n: usize) -> Tracer {
    broadcasted_iota(dtype, &[n], 0)
}
/// An array filled with a number.
#[track_caller]
pub fn full(shape: &[usize], value: impl Into<f64>, dtype: DType) -> Tracer {
    constant(Literal::full(ShapedArray::new(&[], dtype), value.into())).broadcast_to(shape)
}
/// An array of another's shape and dtype, filled with a number.
#[track_caller]
pub fn full_like(x: Tracer, value: impl Into<f64>) -> Tracer {
    x.full_like(value.into())
}
/// [`Tracer::reshape`].
#[track_caller]
pub fn reshape(x: Tracer, shape: &[usize]) -> Tracer {
    x.reshape(shape)
}
/// The axes from `start` up to, without, `stop` made one.
#[track_caller]
pub fn collapse(x: Tracer, start: usize, stop: usize) -> Tracer {
    let shape = x.shape();
    if start > stop || stop > shape.len() {
        fail(format!("collapse: the axes {start}..{stop} are not axes of {}", x.aval()));
    }
    x.reshape(&[&shape[..start], &[shape[start..stop].iter().product()], &shape[stop..]].concat())
}
/// The array without these axes, all of size 1.
#[track_caller]
pub fn squeeze(x: Tracer, axes: &[isize]) -> Tracer {
    let gone: Axes = axes.iter().map(|a| or_fail("squeeze", resolve_axis(*a, x.rank()))).collect();
    let shape = x.shape();
    if let Some(axis) = gone.iter().find(|a| shape[**a] != 1) {
        fail(format!("squeeze: axis {axis} of {} has not the size 1", x.aval()));
    }
    let left: Vec<usize> = (0..shape.len()).filter(|i| !gone.contains(i)).map(|i| shape[i]).collect();
    x.reshape(&left)
}
/// New axes of size 1 at these places of the result.
#[track_caller]
pub fn expand_dims(x: Tracer, axes: &[isize]) -> Tracer {
    let rank = x.rank() + axes.len();
    let places: Axes = axes.iter().map(|a| or_fail("expand_dims", resolve_axis(*a, rank))).collect();
    let shape = x.shape();
    let mut sizes = shape.iter().copied();
    let wide: Vec<usize> = (0..rank).map(|i| if places.contains(&i) { 1 } else { sizes.next().unwrap_or(1) }).collect();
    x.reshape(&wide)
}
/// [`Tracer::transpose_axes`].
#[track_caller]
pub fn transpose(x: Tracer, permutation: &[usize]) -> Tracer {
    x.transpose_axes(permutation)
}
/// [`Tracer::reverse`]: the elements in the opposite order along axes.
#[track_caller]
pub fn rev(x: Tracer, axes: &[isize]) -> Tracer {
    x.reverse(axes)
}
/// [`Tracer::slice`], with strides of 1 if none are given.
#[track_caller]
pub fn slice(x: Tracer, start: &[usize], limit: &[usize], strides: Option<&[usize]>) -> Tracer {
    x.slice(start, limit, strides.unwrap_or(&vec![1; start.len()]))
}
/// [`Tracer::slice_axis`]: a range of one axis.
#[track_caller]
pub fn slice_in_dim(x: Tracer, start: usize, limit: usize, axis: isize) -> Tracer {
    x.slice_axis(axis, start, limit)
}
/// The elements at one place of an axis, which disappears.
#[track_caller]
pub fn index_in_dim(x: Tracer, index: isize, axis: isize) -> Tracer {
    let axis = or_fail("index_in_dim", resolve_axis(axis, x.rank()));
    let mut items: Vec<Index> = vec![(..).into(); axis];
    items.push(index.into());
    x.index(items)
}
/// `low`, `high` and `interior` numbers of padding for each axis; negative ones at the ends cut away.
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
#[track_caller]
pub fn tile(x: Tracer, repetitions: &[usize]) -> Tracer {
    if repetitions.len() != x.rank() {
        fail(format!("tile: {} repetitions for {}", repetitions.len(), x.aval()));
    }
    let shape = x.shape();
    let wide: Vec<usize> = repetitions.iter().zip(&shape).flat_map(|(r, n)| [*r, *n]).collect();
    let dims: Vec<usize> = (0..shape.len()).map(|i| 2 * i + 1).collect();
    x.broadcast(&wide, &dims).reshape(&repetitions.iter().zip(&shape).map(|(r, n)| r * n).collect::<Vec<_>>())
}
/// Parts of an array along an axis, of these sizes.
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
#[track_caller]
pub fn stack(xs: &[Tracer], axis: isize) -> Tracer {
    concatenate(&xs.iter().map(|x| x.expand_dims(axis)).collect::<Vec<_>>(), axis)
}
/// The parts of an array along an axis, which disappears.
#[track_caller]
pub fn unstack(x: Tracer, axis: isize) -> Vec<Tracer> {
    let n = x.shape()[or_fail("unstack", resolve_axis(axis, x.rank()))];
    (0..n as isize).map(|i| index_in_dim(x, i, axis)).collect()
}
/// [`Tracer::dynamic_slice`]: the part of these sizes from computed places, moved inside if need be. Unlike JAX's, negative places count
/// as 0.
#[track_caller]
pub fn dynamic_slice(x: Tracer, starts: &[Tracer], sizes: &[usize]) -> Tracer {
    x.dynamic_slice(starts, sizes)
}
/// [`Tracer::dynamic_update_slice`]: the array with a part, from computed places, replaced.
#[track_caller]
pub fn dynamic_update_slice(x: Tracer, update: Tracer, starts: &[Tracer]) -> Tracer {
    x.dynamic_update_slice(update, starts)
}
/// The places for a window that moves along one axis only.
#[track_caller]
fn starts_along(name: &str, x: Tracer, start: Tracer, axis: isize) -> (usize, Vec<Tracer>) {
    let axis = or_fail(name, resolve_axis(axis, x.rank()));
    let zero = start.full_like(0.0);
    (axis, (0..x.rank()).map(|i| if i == axis { start } else { zero }).collect())
}
/// [`dynamic_slice`] along one axis.
#[track_caller]
pub fn dynamic_slice_in_dim(x: Tracer, start: Tracer, size: usize, axis: isize) -> Tracer {
    let (axis, starts) = starts_along("dynamic_slice_in_dim", x, start, axis);
    let mut sizes = x.shape();
    sizes[axis] = size;
    x.dynamic_slice(&starts, &sizes)
}
/// The elements at one computed place of an axis, which stays only if `keepdims`.
#[track_caller]
pub fn dynamic_index_in_dim(x: Tracer, index: Tracer, axis: isize, keepdims: bool) -> Tracer {
    let one = dynamic_slice_in_dim(x, index, 1, axis);
    if keepdims { one } else { squeeze(one, &[axis]) }
}
/// [`dynamic_update_slice`] along one axis.
#[track_caller]
pub fn dynamic_update_slice_in_dim(x: Tracer, update: Tracer, start: Tracer, axis: isize) -> Tracer {
    let (_, starts) = starts_along("dynamic_update_slice_in_dim", x, start, axis);
    x.dynamic_update_slice(update, &starts)
}
/// The array with the elements at one computed place of an axis replaced.
#[track_caller]
pub fn dynamic_update_index_in_dim(x: Tracer, update: Tracer, index: Tracer, axis: isize) -> Tracer {
    let update = if update.rank() + 1 == x.rank() { update.expand_dims(axis) } else { update };
    dynamic_update_slice_in_dim(x, update, index, axis)
}
/// [`Tracer::gather`]: windows at computed places.
#[track_caller]
pub fn gather(x: Tracer, indices: Tracer, dims: GatherDims, slice_sizes: &[usize], mode: GatherMode) -> Tracer {
    x.gather(indices, dims, slice_sizes, mode)
}
macro_rules! scatters { ($($name:ident $Kind:ident;)*) => { $(
    #[doc = concat!("[`ScatterKind::", stringify!($Kind), "`] of windows at computed places with updates.")]
    #[track_caller]
    pub fn $name(x: Tracer, indices: Tracer, updates: Tracer, dims: GatherDims, mode: GatherMode) -> Tracer {
        let op = Scatter { kind: ScatterKind::$Kind, dims, mode, indices_are_sorted: false, unique_indices: false };
        bind_at(op.into(), &[x, indices, updates], Location::caller().into())[0]
    }
)* } }
scatters! { scatter Set; scatter_add Add; scatter_sub Sub; scatter_mul Mul; scatter_min Min; scatter_max Max; }
/// [`Tracer::argmax`].
#[track_caller]
pub fn argmax(x: Tracer, axis: isize, dtype: DType) -> Tracer {
    x.argmax(axis).astype(dtype)
}
/// [`Tracer::argmin`].
#[track_caller]
pub fn argmin(x: Tracer, axis: isize, dtype: DType) -> Tracer {
    x.argmin(axis).astype(dtype)
}
/// [`Tracer::top_k`].
#[track_caller]
pub fn top_k(x: Tracer, k: usize, axis: isize) -> (Tracer, Tracer) {
    x.top_k(k, axis)
}
/// [`Tracer::approx_max_k`].
#[track_caller]
pub fn approx_max_k(x: Tracer, k: usize, axis: isize, how: Approximation) -> (Tracer, Tracer) {
    x.approx_max_k(k, axis, how)
}
/// [`Tracer::approx_min_k`].
#[track_caller]
pub fn approx_min_k(x: Tracer, k: usize, axis: isize, how: Approximation) -> (Tracer, Tracer) {
    x.approx_min_k(k, axis, how)
}
/// Keys sorted along an axis, and values in the order of the keys.
#[track_caller]
pub fn sort_key_val(keys: Tracer, values: Tracer, axis: isize) -> (Tracer, Tracer) {
    let sorted = sort(&[keys, values], axis, 1);
    (sorted[0], sorted[1])
}
/// Products summed over pairs of axes: `contract` of the first and second operand, and `batch` axes that go in step.
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
#[track_caller]
pub fn conv_general_dilated(x: Tracer, kernel: Tracer, op: ConvGeneralDilated) -> Tracer {
    x.convolve(kernel, op)
}
/// [`Tracer::reduce_window`]: a sum or extremum of each window.
#[track_caller]
pub fn reduce_window_of(x: Tracer, kind: ReduceKind, window: Window) -> Tracer {
    x.reduce_window(kind, window)
}
/// [`Tracer::ragged_dot`]: rows, in groups of these sizes, times the matrix of their group.
#[track_caller]
pub fn ragged_dot(x: Tracer, matrices: Tracer, group_sizes: Tracer) -> Tracer {
    x.ragged_dot(matrices, group_sizes)
}
/// [`Tracer::fft`]: a Fourier transform over the last axes.
#[track_caller]
pub fn fft(x: Tracer, kind: FftKind, lengths: &[usize]) -> Tracer {
    x.fft(kind, lengths)
}
/// The product of two integers' upper halves: the bits that the product in their dtype loses.
#[track_caller]
pub fn mulhi(x: Tracer, y: Tracer) -> Tracer {
    let (wide, bits) = match x.dtype() {
        DType::I8 => (DType::I16, 8),
        DType::I16 => (DType::I32, 16),
        DType::I32 => (DType::I64, 32),
        DType::U8 => (DType::U16, 8),
        DType::U16 => (DType::U32, 16),
        DType::U32 => (DType::U64, 32),
        _ => fail(format!("mulhi: takes integers of 8 to 32 bits, got {}", x.aval())),
    };
    let product = x.astype(wide) * y.astype(wide);
    product.shift_right_arithmetic(bits).astype(x.dtype())
}
/// The elements that index arrays name along axes, as NumPy's `x[…, i, …]` with the others whole in between.
#[track_caller]
pub fn index_take(x: Tracer, indices: &[Tracer], axes: &[usize]) -> Tracer {
    let mut items: Vec<Index> = vec![(..).into(); x.rank()];
    for (index, axis) in indices.iter().zip(axes) {
        match items.get_mut(*axis) {
            Some(item) => *item = (*index).into(),
            None => fail(format!("index_take: axis {axis} is out of bounds for {}", x.aval())),
        }
    }
    x.index(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { lax:
        "lax.select_n(a, b, c)", "boolean(4), f32(4), f32(4)" => fn(a, b, c) select_n(a, &[b, c]);
        "lax.select_n(a, b, c, -b)", "i32(4, low=0, high=3), f32(4), f32(4)" => fn(a, b, c) select_n(a, &[b, c, -b]);
        "lax.reciprocal(a)", "f32(4, low=0.5)" => fn(a) reciprocal(a);
        "lax.round(a)", "values([0.5, 1.5, -0.5], 'f4')" => fn(a) round(a, RoundingMethod::AwayFromZero);
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
        "lax.dynamic_slice_in_dim(a, b, 2, 1)", "f32(2, 4), values(1, 'i4')" => fn(a, b) dynamic_slice_in_dim(a, b, 2, 1);
        "lax.dynamic_index_in_dim(a, b, 0, keepdims=False)", "f32(3, 2), values(2, 'i4')" => fn(a, b) dynamic_index_in_dim(a, b, 0, false);
        "lax.dynamic_update_slice_in_dim(a, b, c, 0)", "f32(4, 2), f32(2, 2), values(1, 'i4')" => fn(a, b, c) dynamic_update_slice_in_dim(a, b, c, 0);
        "lax.dynamic_update_index_in_dim(a, b, c, 0)", "f32(4, 2), f32(2), values(1, 'i4')" => fn(a, b, c) dynamic_update_index_in_dim(a, b, c, 0);
        "lax.sort_key_val(a, b)", "i32(5), f32(5)" => fn(a, b) sort_key_val(a, b, -1);
        "lax.reduce_xor(a, (0,))", "i32(4, 2)" => fn(a) reduce_xor(a, &[0]);
        "lax.cumlogsumexp(a, 0, True)", "f32(4)" => fn(a) cumlogsumexp(a, 0, true);
        "lax.dot_general(a, b, (((1,), (1,)), ((0,), (0,))))", "f32(3, 4), f32(3, 4)" => fn(a, b) dot_general(a, b, (&[1], &[1]), (&[0], &[0]), Precision::Default, None);
    }
}
