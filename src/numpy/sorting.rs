//! Order: sorting, partitions, the places of extrema, and places in sorted arrays.

use super::{
    all, isnan,
    promotion::{Arg, promote_dtypes},
};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::resolve_axis,
    indexing::IndexMode,
    primitives::{Sort as SortOp, arg_extremum::ArgExtremum, concatenate::concatenate as join, iota::iota},
    trace::{bind, bind1, constant, fail, or_fail},
};
use raxla_transforms::scan;

/// How [`sort`] and [`argsort`] order.
#[derive(Clone, Copy, Debug)]
pub struct Sort {
    /// Whether equal elements keep their order.
    pub stable: bool,
    /// Whether the greatest comes first, and NaN before it.
    pub descending: bool,
}
impl Default for Sort {
    fn default() -> Sort {
        Sort { stable: true, descending: false }
    }
}
impl Sort {
    /// The greatest first.
    pub fn descending() -> Sort {
        Sort { descending: true, ..Sort::default() }
    }
}
/// The array and the axis to go along: one, or that of the array flattened.
#[track_caller]
fn along(name: &str, x: Tracer, axis: Option<isize>) -> (Tracer, usize) {
    match axis {
        None => (x.ravel(), 0),
        Some(axis) => (x, or_fail(name, resolve_axis(axis, x.rank()))),
    }
}
/// The positions along an axis.
#[track_caller]
fn positions(x: Tracer, axis: usize) -> Tracer {
    iota(DType::default_int(), &x.shape(), axis)
}
/// The elements in ascending order along an axis; without one, of the array flattened. NaN comes last; complex numbers go by their real
/// parts, then their imaginary parts.
///
/// ```
/// use raxla::{numpy::{self as np, Sort}, prelude::*};
/// let f = jit(|x: Tracer| (np::sort(x, -1, Sort::default()), np::argsort(x, 0, Sort::descending())));
/// let (y, order) = f(Array::from(vec![3.0f32, 1.0, 2.0]));
/// assert_eq!((y.to_vec::<f32>()?, order.to_vec::<i32>()?), (vec![1.0, 2.0, 3.0], vec![0, 2, 1]));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn sort(x: impl Into<Arg>, axis: impl Into<Option<isize>>, how: Sort) -> Tracer {
    let (x, axis) = along("sort", x.into().tracer(), axis.into());
    let sorted = bind1(SortOp { axis, num_keys: 1, stable: how.stable }, &[x]);
    if how.descending { sorted.reverse(axis as isize) } else { sorted }
}
/// The indices that sort the array along an axis; without one, the array flattened.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::argsort(constant(vec![3.0f32, 1.0, 2.0]), -1, np::Sort::default())), "[1, 2, 0]");
/// ```
#[track_caller]
pub fn argsort(x: impl Into<Arg>, axis: impl Into<Option<isize>>, how: Sort) -> Tracer {
    let (x, axis) = along("argsort", x.into().tracer(), axis.into());
    let backwards = |t: Tracer, really: bool| if really { t.reverse(axis as isize) } else { t };
    // Twice backwards, equal elements keep their order.
    let before = how.descending && how.stable;
    let pair = [backwards(x, before), backwards(positions(x, axis), before)];
    let order = bind(SortOp { axis, num_keys: 1, stable: how.stable }.into(), &pair)[1];
    backwards(order, how.descending)
}
/// The indices that sort by the last key, where it is equal by the one before, and so on.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::lexsort(&[constant(vec![1, 0, 0]), constant(vec![2, 1, 2])], -1)), "[1, 2, 0]");
/// ```
///
/// # Panics
/// Unless the keys have one shape, and there is one.
#[track_caller]
pub fn lexsort(keys: &[Tracer], axis: isize) -> Tracer {
    let Some(last) = keys.last() else { fail("lexsort: needs a key") };
    if last.rank() == 0 {
        return constant(Literal::zeros(ShapedArray::new(&[], DType::default_int())));
    }
    let axis = or_fail("lexsort", resolve_axis(axis, last.rank()));
    let operands: Vec<Tracer> = keys.iter().rev().copied().chain([positions(*last, axis)]).collect();
    bind(SortOp { axis, num_keys: keys.len(), stable: true }.into(), &operands)[keys.len()]
}
/// The place of `kth` in an axis of so many elements.
#[track_caller]
fn place_of(name: &str, x: Tracer, kth: isize, axis: isize) -> (usize, usize, usize) {
    let axis = or_fail(name, resolve_axis(axis, x.rank()));
    let n = x.shape()[axis];
    let k = if kth < 0 { kth + n as isize } else { kth };
    if !(0..n as isize).contains(&k) || x.dtype().is_complex() {
        fail(format!("{name}: takes real numbers and a place in axis {axis}, got {} and {kth}", x.aval()));
    }
    (axis, k as usize, n)
}
/// The array with the element that sorting along the axis would put at `kth` there, none after it that is less, and none before it that is
/// greater; NaN comes last. Those before it ascend, those after it descend.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::partition(constant(vec![3.0f32, 1.0, 2.0]), 1, -1)), "[1.0, 2.0, 3.0]");
/// ```
#[track_caller]
pub fn partition(x: impl Into<Arg>, kth: isize, axis: isize) -> Tracer {
    let x = x.into().tracer();
    let (axis, k, n) = place_of("partition", x, kth, axis);
    let along = axis as isize;
    let sorted = x.sort(along);
    join(&[sorted.slice_axis(along, 0, k + 1), sorted.slice_axis(along, k + 1, n).reverse(along)], along)
}
/// Indices of the elements as [`partition`] divides them: those up to `kth` sorted by their elements, the others ascending.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::argpartition(constant(vec![3.0f32, 1.0, 2.0]), 1, -1)), "[1, 2, 0]");
/// ```
#[track_caller]
pub fn argpartition(x: impl Into<Arg>, kth: isize, axis: isize) -> Tracer {
    let x = x.into().tracer();
    let (axis, k, n) = place_of("argpartition", x, kth, axis);
    let along = axis as isize;
    let order = argsort(x, along, Sort::default());
    join(&[order.slice_axis(along, 0, k + 1), order.slice_axis(along, k + 1, n).sort(along)], along)
}
/// The elements in ascending order along the last axis, as complex numbers.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::sort_complex(constant(vec![3.0f32, 1.0]))), "[1.0+0.0i, 3.0+0.0i]");
/// ```
#[track_caller]
pub fn sort_complex(x: impl Into<Arg>) -> Tracer {
    let sorted = sort(x, -1, Sort::default());
    let wide = sorted.dtype().real().bits() == 64;
    sorted.astype(if wide { DType::C128 } else { DType::C64 })
}

macro_rules! extrema { ($($(#[$doc:meta])* $name:ident $nan_name:ident $(#[$nan_doc:meta])* $greatest:literal $worst:expr;)*) => { $(
    $(#[$doc])*
    ///
    /// # Panics
    /// If there are no elements.
    #[track_caller]
    pub fn $name(x: impl Into<Arg>, axis: impl Into<Option<isize>>, keepdims: bool) -> Tracer {
        extremum(stringify!($name), x.into().tracer(), axis.into(), keepdims, $greatest)
    }
    $(#[$nan_doc])*
    ///
    /// # Panics
    /// If there are no elements.
    #[track_caller]
    pub fn $nan_name(x: impl Into<Arg>, axis: impl Into<Option<isize>>, keepdims: bool) -> Tracer {
        extremum_of_numbers(stringify!($nan_name), x.into().tracer(), axis.into(), keepdims, $greatest, $worst)
    }
)* } }
extrema! {
    /// The index of the greatest element along an axis, the first of several, or of the first NaN; without an axis, in the array flattened.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// let got = show(|| (np::argmax(constant(vec![1.0f32, 3.0, 2.0]), None, false), np::nanargmax(constant(vec![1.0f32, f32::NAN, 2.0]), None, false)));
    /// assert_eq!(got, "1, 2");
    /// ```
    argmax nanargmax
    /// [`argmax`] of the elements that are not NaN; -1 if there are none.
    true f64::NEG_INFINITY;
    /// The index of the least element along an axis, the first of several, or of the first NaN; without an axis, in the array flattened.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// let got = show(|| (np::argmin(constant(vec![1.0f32, 3.0, 2.0]), None, false), np::nanargmin(constant(vec![1.0f32, f32::NAN, 2.0]), None, false)));
    /// assert_eq!(got, "0, 0");
    /// ```
    argmin nanargmin
    /// [`argmin`] of the elements that are not NaN; -1 if there are none.
    false f64::INFINITY;
}
#[track_caller]
fn extremum(name: &str, x: Tracer, axis: Option<isize>, keepdims: bool, greatest: bool) -> Tracer {
    let (flat, at) = along(name, x, axis);
    if flat.shape()[at] == 0 {
        fail(format!("{name}: axis {at} of {} has no elements", flat.aval()));
    }
    let place = bind1(ArgExtremum { greatest, axis: at, dtype: DType::default_int() }, &[flat]);
    match axis {
        _ if !keepdims => place,
        None => place.reshape(&vec![1; x.rank()]),
        Some(_) => place.expand_dims(at as isize),
    }
}
#[track_caller]
fn extremum_of_numbers(
    name: &str,
    x: Tracer,
    axis: Option<isize>,
    keepdims: bool,
    greatest: bool,
    worst: f64,
) -> Tracer {
    if !x.dtype().is_inexact() {
        return extremum(name, x, axis, keepdims, greatest);
    }
    let nan = isnan(x);
    let place = extremum(name, nan.select(x.full_like(worst), x), axis, keepdims, greatest);
    let over = super::Over::from(axis);
    all(nan, if keepdims { over.keepdims() } else { over }).select(place.full_like(-1.0), place)
}

/// On which side of equal elements [`searchsorted`] finds a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Before the first.
    #[default]
    Left,
    /// After the last.
    Right,
}
/// How [`searchsorted`] searches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchMethod {
    /// By bisection, in a loop.
    #[default]
    Scan,
    /// By bisection, without a loop.
    ScanUnrolled,
    /// By sorting both together: good for many values on accelerators.
    Sort,
    /// By comparing all with all: good for small arrays.
    CompareAll,
}
/// The options of [`searchsorted`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchSorted {
    /// On which side of equal elements.
    pub side: Side,
    /// Indices that sort the array, if it is not sorted.
    pub sorter: Option<Tracer>,
    /// How to search; the results are the same.
    pub method: SearchMethod,
}
/// Where in a sorted vector values would go, so that it stayed sorted: an index (`i32`) for each. NaN is sorted last.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::searchsorted(constant(vec![1.0f32, 2.0, 4.0]), constant(vec![2.0f32, 3.0]), np::SearchSorted::default()));
/// assert_eq!(got, "[1, 2]");
/// ```
#[track_caller]
pub fn searchsorted(a: impl Into<Arg>, v: impl Into<Arg>, how: SearchSorted) -> Tracer {
    let [a, v] = promote_dtypes("searchsorted", [a.into(), v.into()]);
    if a.rank() != 1 {
        fail(format!("searchsorted: the sorted array must be a vector, got {}", a.aval()));
    }
    let a = match how.sorter {
        Some(order) => a.index(order),
        None => a,
    };
    searched(a, v, how.side, how.method)
}
#[track_caller]
pub(super) fn searched(a: Tracer, v: Tracer, side: Side, method: SearchMethod) -> Tracer {
    let (n, shape) = (a.size(), v.shape());
    let zeros = constant(Literal::zeros(ShapedArray::new(&[], DType::I32))).broadcast(&shape, &[]);
    if n == 0 {
        return zeros;
    }
    let goes_before = |element: Tracer, value: Tracer| match side {
        Side::Left => sorted_before(element, value),
        Side::Right => !sorted_before(value, element),
    };
    // The place is the sum of the powers of two by which it can still go on.
    let step = |place: Tracer, by: Tracer| {
        let next = place + by;
        let element = a.at(next - 1).mode(IndexMode::PromiseInBounds).wrap_negative_indices(false).get();
        (next.less_equal(n) & goes_before(element, v)).select(next, place)
    };
    let powers: Vec<i32> = (0..usize::BITS - n.leading_zeros()).rev().map(|p| 1 << p).collect();
    match method {
        SearchMethod::Scan => {
            scan(|place: Tracer, by: Tracer| (step(place, by), None::<Tracer>), zeros, constant(powers)).0
        }
        SearchMethod::ScanUnrolled => powers.into_iter().fold(zeros, |place, by| step(place, constant(by))),
        SearchMethod::CompareAll => {
            let all: Vec<usize> = shape.iter().copied().chain([n]).collect();
            let before = goes_before(a.broadcast_to(&all), v.expand_dims(-1).broadcast_to(&all));
            before.astype(DType::I32).sum_axes(-1)
        }
        SearchMethod::Sort => {
            let (left, m) = (side == Side::Left, v.size());
            // Of equal elements those come first that stand first.
            let both = if left { [v.ravel(), a] } else { [a, v.ravel()] };
            let places = iota(DType::I32, &[n + m], 0);
            let order = raxla_ir::primitives::sort::sort(&[join(&both, 0), places], 0, 1)[1];
            let of_a = if left { order.greater_equal(m) } else { order.less(n) };
            let counts = of_a.astype(DType::I32).cumsum(0);
            let at = places.full_like(0.0).at(order).mode(IndexMode::PromiseInBounds).wrap_negative_indices(false);
            let counts = at.unique_indices(true).set(counts);
            counts.slice_axis(0, if left { 0 } else { n }, if left { m } else { n + m }).reshape(&shape)
        }
    }
}
/// Whether one element stands before another in a sorted array.
#[track_caller]
fn sorted_before(a: Tracer, b: Tracer) -> Tracer {
    if a.dtype().is_complex() {
        let (re, im) = ((a.real(), b.real()), (a.imag(), b.imag()));
        let tie = !(sorted_before(re.0, re.1) | sorted_before(re.1, re.0));
        return sorted_before(re.0, re.1) | (tie & sorted_before(im.0, im.1));
    }
    let less = a.less(b);
    if a.dtype().is_float() { less | (a.equal(a) & b.not_equal(b)) } else { less }
}
/// In which of the bins that an ascending or descending vector divides the numbers into each element is: bin `i` begins with `bins[i - 1]`
/// and ends before `bins[i]`; with `right` it begins after the one and ends with the other.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::digitize(constant(vec![0.5f32, 2.0]), constant(vec![1.0f32, 2.0, 4.0]), false, None)), "[0, 2]");
/// ```
#[track_caller]
pub fn digitize(
    x: impl Into<Arg>,
    bins: impl Into<Arg>,
    right: bool,
    method: impl Into<Option<SearchMethod>>,
) -> Tracer {
    let [x, bins] = promote_dtypes("digitize", [x.into(), bins.into()]);
    if bins.rank() != 1 {
        fail(format!("digitize: the bins must be a vector, got {}", bins.aval()));
    }
    let (n, side) = (bins.size(), if right { Side::Left } else { Side::Right });
    if n == 0 {
        return constant(Literal::zeros(ShapedArray::new(&[], DType::I32))).broadcast(&x.shape(), &[]);
    }
    let ascending = bins.slice_axis(0, n - 1, n).greater_equal(bins.slice_axis(0, 0, 1)).reshape(&[]);
    let place = searched(
        ascending.broadcast_to(&[n]).select(bins, bins.reverse(0)),
        x,
        side,
        method.into().unwrap_or_default(),
    );
    ascending.broadcast_to(&place.shape()).select(place, n as i64 - place)
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::vmap;

    const ORDER: Sort = Sort { stable: true, descending: false };
    const UNSTABLE: Sort = Sort { stable: false, descending: true };
    const FIND: SearchSorted = SearchSorted { side: Side::Left, sorter: None, method: SearchMethod::Scan };
    fn by(method: SearchMethod) -> SearchSorted {
        SearchSorted { method, ..FIND }
    }
    crate::oracle::rows! { numpy_sorting:
        "jnp.sort(a)", "f32(3, 4)" => fn(a) sort(a, -1, ORDER);
        "jnp.sort(a, axis=0, descending=True)", "values([[3, nan], [1, 2], [nan, -inf]], 'f4')" => fn(a) sort(a, 0, Sort::descending());
        "jnp.sort(a, axis=None)", "i32(2, 3)" => fn(a) sort(a, None, ORDER);
        "jnp.sort(a, stable=False, descending=True)", "f32(5)" => fn(a) sort(a, -1, UNSTABLE);
        "jnp.sort(a)", "values([1+2j, 1-2j, 0, -1+5j], 'c8')" => fn(a) sort(a, -1, ORDER);
        "jnp.sort(a)", "bf16(5)" => fn(a) sort(a, -1, ORDER);
        "jnp.sort(a)", "boolean(5)" => fn(a) sort(a, -1, ORDER);
        "jnp.sort(a)", "f32(0)" => fn(a) sort(a, -1, ORDER);
        "jnp.argsort(a)", "f32(3, 4)" => fn(a) argsort(a, -1, ORDER);
        "jnp.argsort(a, axis=0, descending=True)", "i32(5, 2, low=0, high=3)" => fn(a) argsort(a, 0, Sort::descending());
        "jnp.argsort(a, axis=None)", "f32(2, 3)", x64 => fn(a) argsort(a, None, ORDER);
        "jnp.lexsort((a, b))", "i32(6), i32(6, low=0, high=2)" => fn(a, b) lexsort(&[a, b], -1);
        "jnp.lexsort((a, b), axis=0)", "f32(3, 2), i32(3, 2, low=0, high=2)" => fn(a, b) lexsort(&[a, b], 0);
        "jnp.lexsort((a,))", "f32()" => fn(a) lexsort(&[a], -1);
        "jnp.partition(a, 2)", "f32(3, 5)" => fn(a) partition(a, 2, -1);
        "jnp.partition(a, -2, axis=0)", "i32(5, 2)" => fn(a) partition(a, -2, 0);
        "jnp.partition(a, 1)", "u8(5)" => fn(a) partition(a, 1, -1);
        "jnp.argpartition(a, 2)", "f32(3, 5)" => fn(a) argpartition(a, 2, -1);
        "jnp.argpartition(a, 1, axis=0)", "i32(5, 2, low=0, high=3)" => fn(a) argpartition(a, 1, 0);
        "jnp.sort_complex(a)", "f32(2, 3)" => fn(a) sort_complex(a);
        "jnp.sort_complex(a)", "i32(3)" => fn(a) sort_complex(a);
        "jnp.argmax(a, axis=1)", "f32(3, 4)" => fn(a) argmax(a, 1, false);
        "jnp.argmax(a)", "values([[1, 5], [5, 0]], 'i4')" => fn(a) argmax(a, None, false);
        "jnp.argmax(a, keepdims=True)", "f32(3, 4)" => fn(a) argmax(a, None, true);
        "jnp.argmin(a, axis=-2, keepdims=True)", "f32(3, 4)" => fn(a) argmin(a, -2, true);
        "jnp.argmin(a)", "values([2, nan, 1, nan], 'f4')" => fn(a) argmin(a, None, false);
        "jnp.argmax(a)", "boolean(5)", x64 => fn(a) argmax(a, None, false);
        "jnp.nanargmax(a, axis=1)", "values([[nan, 1, 2], [nan, nan, nan], [3, nan, 1]], 'f4')" => fn(a) nanargmax(a, 1, false);
        "jnp.nanargmin(a, axis=0, keepdims=True)", "values([[nan, 1, 2], [nan, nan, nan], [3, nan, 1]], 'f4')" => fn(a) nanargmin(a, 0, true);
        "jnp.nanargmin(a)", "i32(5)" => fn(a) nanargmin(a, None, false);
        "jnp.searchsorted(a, b)", "values([-inf, -1, 0, 0, 2, nan], 'f4'), values([[-0.0, nan], [-5, 7], [2, 1]], 'f4')" => fn(a, b) searchsorted(a, b, FIND);
        "jnp.searchsorted(a, b, side='right')", "values([-inf, -1, 0, 0, 2, nan], 'f4'), values([[-0.0, nan], [-5, 7], [2, 1]], 'f4')" => fn(a, b) searchsorted(a, b, SearchSorted { side: Side::Right, ..FIND });
        "jnp.searchsorted(a, b, method='scan_unrolled')", "values([1, 3, 3, 9, 9, 9, 12], 'i4'), i32(5, low=0, high=14)" => fn(a, b) searchsorted(a, b, by(SearchMethod::ScanUnrolled));
        "jnp.searchsorted(a, b, method='sort')", "values([1, 3, 3, 9, 9, 9, 12], 'i4'), i32(2, 4, low=0, high=14)" => fn(a, b) searchsorted(a, b, by(SearchMethod::Sort));
        "jnp.searchsorted(a, b, side='right', method='sort')", "values([1, 3, 3, 9, 9, nan], 'f4'), values([3, 9, 0, nan], 'f4')" => fn(a, b) searchsorted(a, b, SearchSorted { side: Side::Right, ..by(SearchMethod::Sort) });
        "jnp.searchsorted(a, b, method='compare_all')", "values([1, 3, 3, 9, 9, nan], 'f4'), values([3, 9, 0, nan], 'f4')" => fn(a, b) searchsorted(a, b, by(SearchMethod::CompareAll));
        "jnp.searchsorted(a, b, sorter=c)", "values([5, 1, 3], 'f4'), f32(4, low=0, high=6), values([1, 2, 0], 'i4')" => fn(a, b, c) searchsorted(a, b, SearchSorted { sorter: Some(c), ..FIND });
        "a * jnp.searchsorted(b, a) + b[1]", "f32(4), values([-1, 0, 1], 'f4')" => fn(a, b) a * searchsorted(b, a, FIND).astype(DType::F32) + b.index(1);
        "jax.vmap(lambda a, b: jnp.searchsorted(a, b))(a, b)", "values([[1, 2, 3], [0, 1, 9]], 'f4'), f32(2, 3, low=0, high=4)" => fn(a, b) vmap(|a: Tracer, b: Tracer| searchsorted(a, b, FIND), 0)(a, b);
        "jnp.searchsorted(a, b)", "values([1+1j, 1+2j, 2], 'c8'), values([1+2j, 0, 1+3j], 'c8')" => fn(a, b) searchsorted(a, b, FIND);
        "jnp.searchsorted(a, 2.5)", "values([1, 2, 3], 'i4')" => fn(a) searchsorted(a, 2.5, FIND);
        "jnp.searchsorted(a, b)", "f32(0), f32(2)" => fn(a, b) searchsorted(a, b, FIND);
        "jnp.digitize(a, b)", "f32(2, 3), values([-1, 0, 1], 'f4')" => fn(a, b) digitize(a, b, false, None);
        "jnp.digitize(a, b, right=True)", "values([3, 1, 2, 0, 9], 'i4'), values([3, 1, 0], 'i4')" => fn(a, b) digitize(a, b, true, None);
        "jnp.digitize(a, b)", "values([3, 1, 2, 0, 9], 'i4'), values([3, 1, 0], 'i4')" => fn(a, b) digitize(a, b, false, SearchMethod::CompareAll);
    }
}
