//! Where elements are: the places of those that are not zero, and places as indices of several axes or of one.

use super::{
    joining::counting,
    promotion::{Arg, meet},
    remainder, stack, tril_indices, triu_indices,
};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::Shape,
    dtype::Kind,
    eval::eval,
    indexing::IndexMode,
    literal::{int_range, strides},
    trace::{constant, fail, or_fail, trace},
};

/// The indices of the elements that are not zero, in order: a vector of `size` for each axis. NumPy's `where` of one argument.
///
/// What is left over is `fill_value`, by default 0.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::nonzero(x, 3, -1)[0]);
/// assert_eq!(f(Array::from(vec![0.0f32, 5.0, 0.0, 2.0])).to_vec::<i32>()?, [1, 3, -1]);
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If the array has no axes.
#[track_caller]
pub fn nonzero(x: impl Into<Arg>, size: usize, fill_value: impl Into<Option<i64>>) -> Vec<Tracer> {
    let x = x.into().tracer();
    let fills = fill_value.into().map(|f| vec![f; x.rank()]);
    found("nonzero", x, size, fills)
}
/// [`nonzero`], with a fill value for each axis.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nonzero_filled(constant(vec![0.0f32, 3.0, 4.0]), 3, &[-1])), "[1, 2, -1]");
/// ```
#[track_caller]
pub fn nonzero_filled(x: impl Into<Arg>, size: usize, fill_values: &[i64]) -> Vec<Tracer> {
    let x = x.into().tracer();
    if fill_values.len() != x.rank() {
        fail(format!("nonzero: needs a fill value for each axis of {}, got {fill_values:?}", x.aval()));
    }
    found("nonzero", x, size, Some(fill_values.to_vec()))
}
#[track_caller]
pub(super) fn found(name: &str, x: Tracer, size: usize, fills: Option<Vec<i64>>) -> Vec<Tracer> {
    let (shape, int) = (x.shape(), DType::default_int());
    if shape.is_empty() {
        fail(format!("{name}: takes arrays with axes, got {}; of scalars use `atleast_1d`", x.aval()));
    }
    let fills = fills.unwrap_or_else(|| vec![0; shape.len()]);
    let full =
        |value: i64| constant(Literal::from_ints(ShapedArray::new(&[], int), [value.into()])).broadcast(&[size], &[]);
    if x.size() == 0 || size == 0 {
        return fills.into_iter().map(full).collect();
    }
    let mask = if x.dtype() == DType::Bool { x } else { x.not_equal(x.full_like(0.0)) }.ravel();
    let counts = mask.astype(int).cumsum(0);
    // Each found place goes where its rank says; the others go beyond the end and are dropped.
    let rank = mask.select(counts - 1, size as i64);
    let fill = if let [fill] = fills[..] { fill } else { 0 };
    let flat = full(fill).at(rank).wrap_negative_indices(false).set(counting(x.size()));
    if shape.len() == 1 {
        return vec![flat];
    }
    let each = flat_to_each(flat, &shape);
    if fills.iter().all(|f| *f == 0) {
        return each;
    }
    let left = counting(size).greater_equal(counts.slice_axis(0, x.size() - 1, x.size()));
    each.into_iter().zip(fills).map(|(axis, fill)| left.select(full(fill), axis)).collect()
}
/// Indices of an array flattened as indices along its axes. They are in bounds.
#[track_caller]
fn flat_to_each(flat: Tracer, shape: &[usize]) -> Vec<Tracer> {
    let one = |(axis, (size, step)): (usize, (&usize, usize))| {
        let quotient = if step == 1 { flat } else { flat / step as i64 };
        if axis == 0 { quotient } else { quotient.remainder((*size).max(1) as i64) }
    };
    shape.iter().zip(strides(shape)).enumerate().map(one).collect()
}
/// The indices of the elements that are not zero, in order: a row for each of `size`. What is left over is `fill_value`, by default 0.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::argwhere(constant(Literal::new(&[2, 2], &[0.0f32, 1.0, 2.0, 0.0])), 2, None)), "[[0, 1], [1, 0]]");
/// ```
#[track_caller]
pub fn argwhere(x: impl Into<Arg>, size: usize, fill_value: impl Into<Option<i64>>) -> Tracer {
    let x = x.into().tracer();
    if x.rank() == 0 {
        return constant(Literal::zeros(ShapedArray::new(&[size, 0], DType::default_int())));
    }
    let fills = fill_value.into().map(|f| vec![f; x.rank()]);
    stack(found("argwhere", x, size, fills), 1, None)
}
/// The indices of the elements that are not zero in the array flattened: `size` of them, as [`nonzero`] has it.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::flatnonzero(constant(Literal::new(&[2, 2], &[0.0f32, 1.0, 2.0, 0.0])), 2, None)), "[1, 2]");
/// ```
#[track_caller]
pub fn flatnonzero(x: impl Into<Arg>, size: usize, fill_value: impl Into<Option<i64>>) -> Tracer {
    found("flatnonzero", x.into().tracer().ravel(), size, fill_value.into().map(|f| vec![f]))[0]
}
/// Vectors of indices, each along an axis of its own, so that as an index they name all combinations.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::ix_(&[constant(vec![0, 1]), constant(vec![2, 3])])), "[[0], [1]], [[2, 3]]");
/// ```
#[track_caller]
pub fn ix_(xs: &[Tracer]) -> Vec<Tracer> {
    let one = |(axis, x): (usize, &Tracer)| {
        if x.rank() != 1 || x.dtype() == DType::Bool {
            fail(format!("ix_: takes vectors of indices, got {}; of a mask take the indices by `nonzero`", x.aval()));
        }
        let mut shape = Shape::from_elem(1, xs.len());
        shape[axis] = x.size();
        x.reshape(&shape)
    };
    xs.iter().enumerate().map(one).collect()
}
/// Indices of an array flattened as indices along the axes of its shape.
///
/// Negative ones count from the end; those out of bounds are moved inside.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::unravel_index(constant(vec![1, 5]), &[2, 3])), "[0, 1], [1, 2]");
/// ```
#[track_caller]
pub fn unravel_index(indices: impl Into<Arg>, shape: &[usize]) -> Vec<Tracer> {
    let indices = indices.into().tracer();
    if !indices.dtype().is_integer() {
        fail(format!("unravel_index: takes integers, got {}", indices.aval()));
    }
    let weak = indices.aval().weak;
    let (total, dtype) = (shape.iter().product::<usize>() as i64, indices.dtype());
    let wide = if total > i64::from(i32::MAX) { DType::I64 } else { DType::I32 };
    let indices = if i128::from(total) > int_range(dtype).1 { indices.astype(wide) } else { indices };
    let counted = match indices.dtype().kind() {
        Kind::Unsigned => indices,
        _ => indices.less(0).select(indices + total, indices),
    };
    let inside = counted.clamp(0, (total - 1).max(0));
    flat_to_each(inside, shape).into_iter().map(|x| x.with_dtype(x.dtype(), weak)).collect()
}
/// Indices along the axes of a shape as indices of the array flattened.
///
/// Those out of bounds are moved inside or taken modulo the sizes, as the mode says; with [`IndexMode::PromiseInBounds`] they count as
/// they are. With `Order::F` the first axis runs fastest.
///
/// ```
/// # use raxla::{IndexMode, constant, numpy as np, show};
/// assert_eq!(show(|| np::ravel_multi_index(&[constant(vec![0, 1]), constant(vec![1, 2])], &[2, 3], IndexMode::Clip, None)), "[1, 5]");
/// ```
#[track_caller]
pub fn ravel_multi_index(
    multi_index: &[Tracer],
    dims: &[usize],
    mode: IndexMode,
    order: impl Into<Option<super::Order>>,
) -> Tracer {
    raveled(multi_index, dims, mode, order.into().unwrap_or_default())
}
#[track_caller]
fn raveled(multi_index: &[Tracer], dims: &[usize], mode: IndexMode, order: super::Order) -> Tracer {
    if multi_index.len() != dims.len() || mode == IndexMode::FillOrDrop {
        let n = multi_index.len();
        fail(format!(
            "ravel_multi_index: needs an array for each axis of {dims:?}, and a mode that is not to drop, got {n}"
        ));
    }
    if let Some(x) = multi_index.iter().find(|x| !x.dtype().is_integer()) {
        fail(format!("ravel_multi_index: takes integers, got {}", x.aval()));
    }
    let avals: Vec<ShapedArray> = multi_index.iter().map(|x| x.aval()).chain([Arg::Int(0).aval()]).collect();
    let (dtype, _) = or_fail("ravel_multi_index", meet(&avals));
    let steps: Vec<usize> = match order {
        super::Order::C => strides(dims).to_vec(),
        super::Order::F => dims.iter().scan(1, |step, n| Some(std::mem::replace(step, *step * n))).collect(),
    };
    let terms = multi_index.iter().zip(dims).zip(steps).map(|((index, n), step)| {
        let inside = match mode {
            IndexMode::Clip => index.clamp(0, *n as i64 - 1),
            IndexMode::Wrap => remainder(*index, *n),
            _ => *index,
        };
        let inside = inside.astype(dtype);
        if step == 1 { inside } else { inside * step as i64 }
    });
    let all = terms.reduce(|a, b| a + b);
    all.unwrap_or_else(|| constant(Literal::zeros(ShapedArray::new(&[], dtype))))
}
/// The indices of the main diagonal of an array whose axes have one size.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::diag_indices_from(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])))), "[0, 1], [0, 1]");
/// ```
#[track_caller]
pub fn diag_indices_from(x: impl Into<Arg>) -> Vec<Tracer> {
    let aval = x.into().aval();
    if aval.rank() < 2 || aval.shape.iter().any(|n| *n != aval.shape[0]) {
        fail(format!("diag_indices_from: takes arrays of two and more axes of one size, got {aval}"));
    }
    super::diag_indices(aval.shape[0], aval.rank())
}
/// Rows and columns of the lower triangle of a matrix, up to `k` places right of the main diagonal.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::tril_indices_from(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[0, 1, 1], [0, 0, 1]");
/// ```
#[track_caller]
pub fn tril_indices_from(x: impl Into<Arg>, k: isize) -> (Tracer, Tracer) {
    let (n, m) = matrix("tril_indices_from", x.into());
    tril_indices(n, k, m)
}
/// Rows and columns of the upper triangle of a matrix, from `k` places right of the main diagonal.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::triu_indices_from(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[0, 0, 1], [0, 1, 1]");
/// ```
#[track_caller]
pub fn triu_indices_from(x: impl Into<Arg>, k: isize) -> (Tracer, Tracer) {
    let (n, m) = matrix("triu_indices_from", x.into());
    triu_indices(n, k, m)
}
#[track_caller]
fn matrix(name: &str, x: Arg) -> (usize, usize) {
    let aval = x.aval();
    match aval.shape[..] {
        [n, m] => (n, m),
        _ => fail(format!("{name}: takes a matrix, got {aval}")),
    }
}
/// Rows and columns of the elements of an `n × n` matrix that `mask_function`, such as [`super::triu`], leaves when it gets one of ones and
/// `k`. It must depend on nothing else that the program computes.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::mask_indices(2, |x, k| np::triu(x, k), 0)), "[0, 0, 1], [0, 1, 1]");
/// ```
#[track_caller]
pub fn mask_indices(n: usize, mask_function: impl Fn(Tracer, isize) -> Tracer, k: isize) -> (Tracer, Tracer) {
    masked(n, &|x| mask_function(x, k))
}
#[track_caller]
fn masked(n: usize, mask_function: &dyn Fn(Tracer) -> Tracer) -> (Tracer, Tracer) {
    let ones = Literal::full(ShapedArray::new(&[n, n], DType::default_float()), 1.0);
    let traced = trace(&[ones.aval().clone()], |x| vec![mask_function(x[0]).astype(DType::Bool)]);
    if !traced.captured.is_empty() {
        fail("mask_indices: the function must depend on its arguments alone");
    }
    let mask = or_fail("mask_indices", eval(&traced.program, &[ones])).remove(0);
    if mask.shape() != [n, n] {
        fail(format!("mask_indices: the function must keep the shape of the matrix, got {}", mask.aval()));
    }
    let held: Vec<i128> = mask.ints().iter().zip(0..).filter(|m| *m.0 != 0).map(|m| m.1).collect();
    let side = |f: &dyn Fn(i128) -> i128| {
        let aval = ShapedArray::new(&[held.len()], DType::default_int());
        constant(Literal::from_ints(aval, held.iter().map(|i| f(*i))))
    };
    let n = n.max(1) as i128;
    (side(&|i| i / n), side(&|i| i % n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        numpy::{Order, triu},
        vmap,
    };

    crate::oracle::rows! { numpy_locating:
        "jnp.nonzero(a, size=4)", "i32(6, low=0, high=2)" => fn(a) nonzero(a, 4, None);
        "jnp.nonzero(a, size=4, fill_value=-1)", "values([[0, 1.5], [nan, 0]], 'f4')" => fn(a) nonzero(a, 4, -1);
        "jnp.nonzero(a, size=3, fill_value=(7, 8))", "boolean(2, 1)" => fn(a) nonzero_filled(a, 3, &[7, 8]);
        "jnp.nonzero(a, size=2)", "values([1, 1, 0, 1], '?')" => fn(a) nonzero(a, 2, None);
        "jnp.nonzero(a, size=2)", "f32(0, 3)" => fn(a) nonzero(a, 2, None);
        "jnp.nonzero(a, size=5)", "values([1, -0.0, 2j], 'c8')" => fn(a) nonzero(a, 5, None);
        "jnp.where(a, size=5, fill_value=9)", "boolean(2, 2, 2)" => fn(a) nonzero(a, 5, 9);
        "jnp.argwhere(a, size=3, fill_value=5)", "boolean(2, 2)" => fn(a) argwhere(a, 3, 5);
        "jnp.argwhere(a, size=2)", "i32(5, low=0, high=2)", x64 => fn(a) argwhere(a, 2, None);
        "jnp.flatnonzero(a, size=3)", "i32(2, 3, low=0, high=2)" => fn(a) flatnonzero(a, 3, None);
        "jnp.ix_(a, b)", "i32(2), i32(3)" => fn(a, b) ix_(&[a, b]);
        "jnp.unravel_index(a, (2, 3, 4))", "values([0, 5, -1, 23, 99, -99], 'i4')" => fn(a) unravel_index(a, &[2, 3, 4]);
        "tuple(i.astype('int32') for i in jnp.unravel_index(a.astype('int32'), (20, 10)))", "values([7, 127, -1], 'i1')" => fn(a) unravel_index(a, &[20, 10]);
        "jax.vmap(lambda a: jnp.nonzero(a, size=3, fill_value=-1))(a)", "i32(2, 2, 3, low=0, high=2)" => fn(a) vmap(|a: Tracer| nonzero(a, 3, -1), 0)(a);
        "jnp.unravel_index(a, (5,))", "values([[0, 4], [200, 3]], 'u1')" => fn(a) unravel_index(a, &[5]);
        "jnp.ravel_multi_index((a, b), (3, 4), mode='clip')", "values([0, 2, 9], 'i4'), values([3, -1, 1], 'i4')" => fn(a, b) ravel_multi_index(&[a, b], &[3, 4], IndexMode::Clip, None);
        "jnp.ravel_multi_index((a, b), (3, 4), mode='wrap', order='F')", "values([0, 2, 9], 'i4'), values([3, -1, 1], 'i4')" => fn(a, b) ravel_multi_index(&[a, b], &[3, 4], IndexMode::Wrap, Order::F);
        "jnp.ravel_multi_index((a, b), (3, 4), mode='ignore')", "i8(3), u8(3)" => fn(a, b) ravel_multi_index(&[a, b], &[3, 4], IndexMode::PromiseInBounds, None);
        "jnp.diag_indices_from(a)", "f32(3, 3)" => fn(a) diag_indices_from(a);
        "jnp.tril_indices_from(a, -1)", "f32(3, 4)" => fn(a) tril_indices_from(a, -1);
        "jnp.triu_indices_from(a, 1)", "f32(3, 3)" => fn(a) triu_indices_from(a, 1);
        "jnp.mask_indices(3, jnp.triu, 1)", "f32(1)" => fn(_a) mask_indices(3, triu, 1);
    }
}
