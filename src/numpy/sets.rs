//! Arrays as sets: the elements that differ, membership, union, intersection and differences.
//!
//! How many there are depends on the data: functions take the `size` of the result, fill up what is left over with a value, and leave out
//! what does not fit. NaN is equal to NaN where elements of one array are compared, unless said otherwise; between two arrays it is not.

use super::{
    any, isnan,
    joining::counting,
    locating::found,
    promotion::{Arg, promote_dtypes},
    sorting::{SearchMethod, Side, searched},
};
use raxla_ir::{
    DType, Literal, Pytree, ShapedArray, Tracer,
    aval::resolve_axis,
    indexing::IndexMode,
    primitives::{concatenate::concatenate as join, sort::sort},
    trace::{constant, fail, or_fail},
};

/// The options of [`unique`].
#[derive(Clone, Debug)]
pub struct Unique {
    /// The axis whose slices are the elements; without one, those of the array flattened.
    pub axis: Option<isize>,
    /// Whether NaN is equal to NaN.
    pub equal_nan: bool,
    /// What fills up the values, by default the least one.
    pub fill_value: Option<Arg>,
}
impl Default for Unique {
    fn default() -> Unique {
        Unique { axis: None, equal_nan: true, fill_value: None }
    }
}
/// The elements that differ, and where they are, as [`unique_with`] gives them.
#[derive(Pytree, Clone, Debug)]
pub struct Uniques<T = Tracer> {
    /// The elements, ascending, each once.
    pub values: T,
    /// Where each stands first.
    pub indices: T,
    /// For each element of the array its place among the values.
    pub inverse_indices: T,
    /// How often each occurs.
    pub counts: T,
}
/// The elements that differ, ascending, `size` of them.
///
/// ```
/// use raxla::{numpy::{self as np, Unique}, prelude::*};
/// let f = jit(|x: Tracer| np::unique(x, 4, Unique { fill_value: Some((-1).into()), ..Unique::default() }));
/// assert_eq!(f(Array::from(vec![3i32, 1, 3, 2])).to_vec::<i32>()?, [1, 2, 3, -1]);
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If there are no elements, but a size, and no fill value.
#[track_caller]
pub fn unique(x: impl Into<Arg>, size: usize, how: Unique) -> Tracer {
    let runs = Runs::new("unique", x.into().tracer(), &how, size);
    runs.values(runs.starts(size, 0), size, how.fill_value)
}
/// [`unique`], with the indices of the values in the array, of the array's elements in the values, and the counts. What is left over of
/// the indices is the first one, of the counts 0.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::unique_with(constant(vec![3.0f32, 1.0, 3.0]), 2, np::Unique::default()).counts), "[1, 2]");
/// ```
#[track_caller]
pub fn unique_with(x: impl Into<Arg>, size: usize, how: Unique) -> Uniques {
    let runs = Runs::new("unique", x.into().tracer(), &how, size);
    let (starts, counts) = runs.starts_and_counts(size);
    let (indices, inverse_indices) = (runs.indices(starts), runs.inverse());
    Uniques { values: runs.values(starts, size, how.fill_value), indices, inverse_indices, counts }
}
/// How the functions of the array API standard, in which NaN differs from NaN, call [`unique`].
fn standard(fill_value: Option<Arg>) -> Unique {
    Unique { equal_nan: false, fill_value, ..Unique::default() }
}
/// [`unique_with`] of the array flattened; every NaN is one value.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::unique_all(constant(vec![3.0f32, 1.0, 3.0]), 2, None).values), "[1.0, 3.0]");
/// ```
#[track_caller]
pub fn unique_all(x: impl Into<Arg>, size: usize, fill_value: Option<Arg>) -> Uniques {
    unique_with(x, size, standard(fill_value))
}
/// The values of [`unique_all`] and their counts.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::unique_counts(constant(vec![3.0f32, 1.0, 3.0]), 2, None)), "[1.0, 3.0], [1, 2]");
/// ```
#[track_caller]
pub fn unique_counts(x: impl Into<Arg>, size: usize, fill_value: Option<Arg>) -> (Tracer, Tracer) {
    let runs = Runs::new("unique_counts", x.into().tracer(), &standard(None), size);
    let (starts, counts) = runs.starts_and_counts(size);
    (runs.values(starts, size, fill_value), counts)
}
/// The values of [`unique_all`], and for each element of the array its place among them.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::unique_inverse(constant(vec![3.0f32, 1.0, 3.0]), 2, None)), "[1.0, 3.0], [1, 0, 1]");
/// ```
#[track_caller]
pub fn unique_inverse(x: impl Into<Arg>, size: usize, fill_value: Option<Arg>) -> (Tracer, Tracer) {
    let runs = Runs::new("unique_inverse", x.into().tracer(), &standard(None), size);
    (runs.values(runs.starts(size, 0), size, fill_value), runs.inverse())
}
/// The values of [`unique_all`].
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::unique_values(constant(vec![3.0f32, 1.0, 3.0]), 2, None)), "[1.0, 3.0]");
/// ```
#[track_caller]
pub fn unique_values(x: impl Into<Arg>, size: usize, fill_value: Option<Arg>) -> Tracer {
    unique(x, size, standard(fill_value))
}

/// An array whose slices are sorted, and which of them begin runs of equal ones.
struct Runs {
    /// The slices in order, along axis 0.
    sorted: Tracer,
    /// Where they come from.
    order: Tracer,
    /// Whether each is the first of its run.
    first: Tracer,
    /// The axis that they were along.
    axis: usize,
    /// The shape of the array if it was flattened.
    flattened: Option<Vec<usize>>,
}
impl Runs {
    #[track_caller]
    fn new(name: &str, x: Tracer, how: &Unique, size: usize) -> Runs {
        let flattened = how.axis.is_none().then(|| x.shape().to_vec());
        let axis = how.axis.map_or(0, |a| or_fail(name, resolve_axis(a, x.rank())));
        let rows = if how.axis.is_none() { x.ravel() } else { x.moveaxis(axis as isize, 0) };
        let n = rows.shape()[0];
        if n == 0 && size > 0 && how.fill_value.is_none() {
            fail(format!("{name}: {} has no elements for {size} values; needs a fill value", x.aval()));
        }
        let (sorted, order) = sorted_rows(one_nan(rows));
        Runs { sorted, order, first: begins(sorted, how.equal_nan), axis, flattened }
    }
    /// The places where runs begin, and `fill`.
    #[track_caller]
    fn starts(&self, size: usize, fill: usize) -> Tracer {
        found("unique", self.first, size, Some(vec![fill as i64]))[0]
    }
    #[track_caller]
    fn starts_and_counts(&self, size: usize) -> (Tracer, Tracer) {
        let n = self.first.size();
        let ends = self.starts(size + 1, n);
        let (starts, next) = (ends.slice_axis(0, 0, size), ends.slice_axis(0, 1, size + 1));
        (starts.less(n).select(starts, 0), next - starts)
    }
    #[track_caller]
    fn values(&self, starts: Tracer, size: usize, fill: Option<Arg>) -> Tracer {
        let shape: Vec<usize> = [size].into_iter().chain(self.sorted.shape().into_iter().skip(1)).collect();
        let fill = fill.map(|f| f.in_dtype(self.sorted.dtype(), false).broadcast_to(&shape));
        let values = match fill {
            Some(fill) if self.first.size() == 0 => fill,
            _ if self.first.size() == 0 => self.sorted,
            None => at(self.sorted, starts),
            Some(fill) => {
                let count = self.first.astype(DType::default_int()).sum();
                let held = counting(size).less(count).broadcast(&shape, &[0]);
                held.select(at(self.sorted, starts), fill)
            }
        };
        values.moveaxis(0, self.axis as isize)
    }
    #[track_caller]
    fn indices(&self, starts: Tracer) -> Tracer {
        if self.first.size() == 0 { self.order } else { at(self.order, starts) }
    }
    #[track_caller]
    fn inverse(&self) -> Tracer {
        let run = self.first.astype(DType::default_int()).cumsum(0) - 1;
        let places =
            self.order.full_like(0.0).at(self.order).mode(IndexMode::PromiseInBounds).wrap_negative_indices(false);
        let inverse = places.unique_indices(true).set(run);
        self.flattened.as_ref().map_or(inverse, |shape| inverse.reshape(shape))
    }
}
/// The slices at places in bounds.
#[track_caller]
fn at(x: Tracer, places: Tracer) -> Tracer {
    x.at(places).mode(IndexMode::PromiseInBounds).wrap_negative_indices(false).get()
}
/// Complex numbers that are NaN in either part all alike, so that they stand together.
#[track_caller]
fn one_nan(x: Tracer) -> Tracer {
    if x.dtype().is_complex() { isnan(x).select(x.full_like(f64::NAN), x) } else { x }
}
/// The rows in lexicographic order, and where they come from.
#[track_caller]
fn sorted_rows(rows: Tracer) -> (Tracer, Tracer) {
    let n = rows.shape()[0];
    if rows.rank() == 1 {
        let both = sort(&[rows, counting(n)], 0, 1);
        return (both[0], both[1]);
    }
    let width = rows.size() / n.max(1);
    if width == 0 {
        return (rows, counting(n));
    }
    let flat = rows.reshape(&[n, width]);
    let columns = (0..width).map(|i| flat.slice_axis(1, i, i + 1).reshape(&[n]));
    let order = sort(&columns.chain([counting(n)]).collect::<Vec<_>>(), 0, width)[width];
    (at(rows, order), order)
}
/// Whether each row differs from the one before it; the first does.
#[track_caller]
fn begins(sorted: Tracer, equal_nan: bool) -> Tracer {
    let n = sorted.shape()[0];
    let differ = differs(sorted, equal_nan && sorted.dtype().is_inexact());
    let rest: Vec<isize> = (1..sorted.rank() as isize).collect();
    let differ = if rest.is_empty() { differ } else { any(differ, &rest[..]) };
    if n == 0 { differ } else { join(&[all_true(1), differ], 0) }
}
/// Whether neighbors along axis 0 differ.
#[track_caller]
fn differs(sorted: Tracer, equal_nan: bool) -> Tracer {
    let n = sorted.shape()[0];
    let (before, after) = (sorted.slice_axis(0, 0, n.saturating_sub(1)), sorted.slice_axis(0, 1.min(n), n));
    let differ = after.not_equal(before);
    if equal_nan { differ & !(isnan(after) & isnan(before)) } else { differ }
}
#[track_caller]
fn all_true(n: usize) -> Tracer {
    constant(true).broadcast(&[n], &[])
}

/// How [`isin`] searches; the results are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsIn {
    /// By comparing all with all.
    CompareAll,
    /// By bisection of the sorted test elements.
    BinarySearch,
}
/// Whether each element is among the test elements; with `invert`, whether it is not. Without a method, few test elements are all compared.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::isin(constant(vec![1, 2, 3]), constant(vec![2, 3]), false, None)), "[false, true, true]");
/// ```
#[track_caller]
pub fn isin(
    element: impl Into<Arg>,
    test_elements: impl Into<Arg>,
    invert: bool,
    method: impl Into<Option<IsIn>>,
) -> Tracer {
    let [x, test] = promote_dtypes("isin", [element.into(), test_elements.into()]);
    is_in(x, test.ravel(), invert, method.into())
}
#[track_caller]
fn is_in(x: Tracer, test: Tracer, invert: bool, method: Option<IsIn>) -> Tracer {
    let (shape, n) = (x.shape(), test.size());
    if x.size() == 0 || n == 0 {
        return constant(invert).broadcast(&shape, &[]);
    }
    match method.unwrap_or(if n <= 64 { IsIn::CompareAll } else { IsIn::BinarySearch }) {
        IsIn::CompareAll => {
            let all: Vec<usize> = shape.iter().copied().chain([n]).collect();
            let (x, test) = (x.expand_dims(-1).broadcast_to(&all), test.broadcast_to(&all));
            if invert { x.not_equal(test).all_axes(-1) } else { x.equal(test).any_axes(-1) }
        }
        IsIn::BinarySearch => {
            let sorted = test.sort(0);
            let place = searched(sorted, x, Side::Left, SearchMethod::Scan);
            let nearest = at(sorted, place.minimum(n as i64 - 1));
            if invert { x.not_equal(nearest) } else { x.equal(nearest) }
        }
    }
}
/// The elements of either array, ascending, each once: `size` of them. What is left over is `fill_value`, by default the least one.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::union1d(constant(vec![1, 2]), constant(vec![2, 3]), 3, None)), "[1, 2, 3]");
/// ```
#[track_caller]
pub fn union1d(x1: impl Into<Arg>, x2: impl Into<Arg>, size: usize, fill_value: Option<Arg>) -> Tracer {
    let [a, b] = promote_dtypes("union1d", [x1.into(), x2.into()]).map(Tracer::ravel);
    unique(join(&[a, b], 0), size, Unique { fill_value, ..Unique::default() })
}
/// The elements of the first array that are not in the second, ascending, each once: `size` of them. What is left over is `fill_value`, by
/// default 0.
///
/// With `assume_unique`, the elements differ already, and keep their order.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::setdiff1d(constant(vec![1, 2, 3]), constant(vec![2]), false, 2, None)), "[1, 3]");
/// ```
#[track_caller]
pub fn setdiff1d(
    x1: impl Into<Arg>,
    x2: impl Into<Arg>,
    assume_unique: bool,
    size: usize,
    fill_value: Option<Arg>,
) -> Tracer {
    let a = x1.into().tracer().ravel();
    let [wide, b] = promote_dtypes("setdiff1d", [a.into(), x2.into()]).map(Tracer::ravel);
    let fill = fill_value.unwrap_or(Arg::Int(0));
    if assume_unique {
        return held(a, is_in(wide, b, true, None), size, Some(fill));
    }
    let (sorted, _) = sorted_rows(one_nan(a));
    let outside = is_in(sorted.astype(wide.dtype()), b, true, None);
    held(sorted, begins(sorted, true) & outside, size, Some(fill))
}
/// The elements where a mask holds, `size` of them; what is left over is the fill value, by default the first one, or 0 if there is none.
#[track_caller]
fn held(x: Tracer, mask: Tracer, size: usize, fill: Option<Arg>) -> Tracer {
    let places = found("sets", mask, size, Some(vec![x.size() as i64]))[0];
    at_or(x, places, fill)
}
/// The elements at places, where those beyond the end give the fill value.
#[track_caller]
fn at_or(x: Tracer, places: Tracer, fill: Option<Arg>) -> Tracer {
    let (n, size) = (x.size(), places.size());
    let zero = || constant(Literal::zeros(ShapedArray::new(&[], x.dtype()))).broadcast(&[size], &[]);
    let fill = fill.map(|f| f.in_dtype(x.dtype(), false).broadcast_to(&[size]));
    if n == 0 || size == 0 {
        return fill.unwrap_or_else(zero);
    }
    let inside = x.at(places).mode(IndexMode::FillOrDrop).wrap_negative_indices(false).fill_value(false_of(x)).get();
    let fill = fill.unwrap_or_else(|| inside.slice_axis(0, 0, 1).broadcast_to(&[size]));
    places.less(n).select(inside, fill)
}
/// The number 0, or `false`, which every dtype has.
#[track_caller]
fn false_of(x: Tracer) -> Literal {
    Literal::zeros(ShapedArray::new(&[], x.dtype()))
}
/// What both arrays have, sorted together: the elements, whether each is one of those that count, and where it stood in its array.
struct Merged {
    sorted: Tracer,
    counts: Tracer,
    order: Tracer,
}
/// Of each array, unless all differ already, only the first of equal elements counts; those that do not come last. Of equal elements that
/// of the first array comes first.
#[track_caller]
fn merged(a: Tracer, b: Tracer, assume_unique: bool) -> Merged {
    if assume_unique {
        let order = join(&[counting(a.size()), counting(b.size())], 0);
        let both = sort(&[join(&[a, b], 0), order], 0, 1);
        return Merged { sorted: both[0], counts: all_true(order.size()), order: both[1] };
    }
    let [(a, i), (b, j)] = [a, b].map(|x| sorted_rows(one_nan(x)));
    let repeats = !join(&[begins(a, true), begins(b, true)], 0);
    let three = sort(&[repeats, join(&[a, b], 0), join(&[i, j], 0)], 0, 2);
    Merged { sorted: three[1], counts: !three[0], order: three[2] }
}
/// Both arrays flattened, in one dtype, sorted together, and where an element that counts is equal to the one before it, which it then is
/// of the other array.
#[track_caller]
fn common(name: &str, x1: Arg, x2: Arg, assume_unique: bool) -> (Merged, Tracer) {
    let [a, b] = promote_dtypes(name, [x1, x2]).map(Tracer::ravel);
    let both = merged(a, b, assume_unique);
    let n = both.sorted.size();
    let equal = !differs(both.sorted, false) & both.counts.slice_axis(0, 1.min(n), n);
    (both, equal)
}
/// Both arrays sorted together, where in that an element of both stands first, and these elements.
#[track_caller]
fn intersection(
    x1: Arg,
    x2: Arg,
    assume_unique: bool,
    size: usize,
    fill_value: Option<Arg>,
) -> (Merged, Tracer, Tracer) {
    let (both, equal) = common("intersect1d", x1, x2, assume_unique);
    let places = found("intersect1d", equal, size, Some(vec![both.sorted.size() as i64]))[0];
    let values = at_or(both.sorted, places, fill_value);
    (both, places, values)
}
/// The elements of both arrays, ascending, each once: `size` of them. What is left over is `fill_value`, by default the least one.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::intersect1d(constant(vec![1, 2, 3]), constant(vec![3, 2]), false, 2, None)), "[2, 3]");
/// ```
#[track_caller]
pub fn intersect1d(
    x1: impl Into<Arg>,
    x2: impl Into<Arg>,
    assume_unique: bool,
    size: usize,
    fill_value: Option<Arg>,
) -> Tracer {
    intersection(x1.into(), x2.into(), assume_unique, size, fill_value).2
}
/// [`intersect1d`], and where in the two arrays, flattened, each of the elements stands first. What is left over of the indices is the size
/// of the array.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::intersect1d_indices(constant(vec![1, 2, 3]), constant(vec![3, 2]), true, 2, None)), "[2, 3], [1, 2], [1, 0]");
/// ```
#[track_caller]
pub fn intersect1d_indices(
    x1: impl Into<Arg>,
    x2: impl Into<Arg>,
    assume_unique: bool,
    size: usize,
    fill_value: Option<Arg>,
) -> (Tracer, Tracer, Tracer) {
    let (x1, x2) = (x1.into(), x2.into());
    let sizes = [x1.aval().size() as i64, x2.aval().size() as i64];
    let (both, first, values) = intersection(x1, x2, assume_unique, size, fill_value);
    let second = first + 1;
    (values, at_or(both.order, first, Some(sizes[0].into())), at_or(both.order, second, Some(sizes[1].into())))
}
/// The elements of one of the arrays alone, ascending, each once: `size` of them. What is left over is `fill_value`, by default the least
/// one.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::setxor1d(constant(vec![1, 2]), constant(vec![2, 3]), false, 2, None)), "[1, 3]");
/// ```
#[track_caller]
pub fn setxor1d(
    x1: impl Into<Arg>,
    x2: impl Into<Arg>,
    assume_unique: bool,
    size: usize,
    fill_value: Option<Arg>,
) -> Tracer {
    let (both, equal) = common("setxor1d", x1.into(), x2.into(), assume_unique);
    let none = || !all_true(1);
    if both.sorted.size() == 0 {
        return at_or(both.sorted, counting(size), fill_value);
    }
    let twin = join(&[none(), equal], 0) | join(&[equal, none()], 0);
    held(both.sorted, both.counts & !twin, size, fill_value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vmap;

    fn filled(value: impl Into<Arg>) -> Unique {
        Unique { fill_value: Some(value.into()), ..Unique::default() }
    }
    fn along(axis: isize) -> Unique {
        Unique { axis: Some(axis), ..Unique::default() }
    }
    fn some(value: impl Into<Arg>) -> Option<Arg> {
        Some(value.into())
    }
    crate::oracle::rows! { numpy_sets:
        "jnp.unique(a, size=4)", "values([3, 1, 3, 2], 'i4')" => fn(a) unique(a, 4, Unique::default());
        "jnp.unique(a, size=3)", "values([[3, 1], [5, 2]], 'f4')" => fn(a) unique(a, 3, Unique::default());
        "jnp.unique(a, size=5, fill_value=-7)", "values([nan, 1, 3, nan], 'f4')" => fn(a) unique(a, 5, filled(-7));
        "jnp.unique(a, size=4, equal_nan=False)", "values([nan, 1, 1, nan], 'f4')" => fn(a) unique(a, 4, Unique { equal_nan: false, ..Unique::default() });
        "jnp.unique(a, size=3)", "values([1+1j, complex(nan, 1), 1+1j, complex(0, nan)], 'c8')" => fn(a) unique(a, 3, Unique::default());
        "jnp.unique(a, size=2, fill_value=4)", "f32(0)" => fn(a) unique(a, 2, filled(4));
        "jnp.unique(a, size=2)", "boolean(5)" => fn(a) unique(a, 2, Unique::default());
        "jnp.unique(a, size=3, axis=0)", "values([[1, 2], [0, 5], [1, 2], [0, 4]], 'f4')" => fn(a) unique(a, 3, along(0));
        "jnp.unique(a, size=4, axis=1, fill_value=9)", "values([[1, 0, 1], [2, 5, 2]], 'i4')" => fn(a) unique(a, 4, Unique { fill_value: some(9), ..along(1) });
        "jnp.unique(a, size=4, return_index=True, return_inverse=True, return_counts=True)", "i32(2, 4, low=0, high=4)" => fn(a) unique_with(a, 4, Unique::default());
        "jnp.unique(a, size=3, axis=-1, return_index=True, return_inverse=True, return_counts=True)", "i32(2, 4, low=0, high=2)" => fn(a) unique_with(a, 3, along(-1));
        "jnp.unique(a, size=1, axis=0, return_index=True, return_inverse=True, return_counts=True)", "f32(3, 0)" => fn(a) unique_with(a, 1, along(0));
        "jax.vmap(lambda a: jnp.unique(a, size=3))(a)", "i32(2, 4, low=0, high=4)" => fn(a) vmap(|a: Tracer| unique(a, 3, Unique::default()), 0)(a);
        "jnp.unique_all(a, size=4, fill_value=0)", "values([nan, 1, 1, nan], 'f4')" => fn(a) unique_all(a, 4, some(0));
        "jnp.unique_counts(a, size=5)", "i32(6, low=0, high=4)" => fn(a) unique_counts(a, 5, None);
        "jnp.unique_inverse(a, size=3)", "i32(2, 3, low=0, high=3)" => fn(a) unique_inverse(a, 3, None);
        "jnp.unique_values(a, size=4, fill_value=1)", "u8(5, low=0, high=3)" => fn(a) unique_values(a, 4, some(1));
        "jnp.isin(a, b)", "i32(2, 3, low=0, high=4), i32(3, low=0, high=4)" => fn(a, b) isin(a, b, false, None);
        "jnp.isin(a, b, invert=True)", "f32(3), values([nan, 1], 'f4')" => fn(a, b) isin(a, b, true, None);
        "jnp.isin(a, b, method='binary_search')", "values([1, 5, nan, 9, -3], 'f4'), values([5, nan, -3], 'f4')" => fn(a, b) isin(a, b, false, IsIn::BinarySearch);
        "jnp.isin(a, b, method='binary_search', invert=True)", "i32(6, low=0, high=9), i32(70, low=2, high=5)" => fn(a, b) isin(a, b, true, None);
        "jnp.isin(a, b)", "i32(3), i32(0)" => fn(a, b) isin(a, b, false, None);
        "jnp.union1d(a, b, size=6)", "i32(4, low=0, high=5), i32(3, low=0, high=5)" => fn(a, b) union1d(a, b, 6, None);
        "jnp.union1d(a, b, size=3, fill_value=-1)", "values([2, 2], 'f4'), values([3], 'i4')" => fn(a, b) union1d(a, b, 3, some(-1));
        "jnp.setdiff1d(a, b, size=4)", "i32(6, low=0, high=5), i32(2, low=0, high=5)" => fn(a, b) setdiff1d(a, b, false, 4, None);
        "jnp.setdiff1d(a, b, size=4, assume_unique=True, fill_value=7)", "values([5, 3, 4, 1], 'f4'), values([3, 8], 'f4')" => fn(a, b) setdiff1d(a, b, true, 4, some(7));
        "jnp.setdiff1d(a, b, size=3)", "values([2, 1, 2], 'i4'), values([1.5, 1], 'f4')" => fn(a, b) setdiff1d(a, b, false, 3, None);
        "jnp.intersect1d(a, b, size=4)", "i32(6, low=0, high=5), i32(5, low=0, high=5)" => fn(a, b) intersect1d(a, b, false, 4, None);
        "jnp.intersect1d(a, b, size=3, fill_value=-5)", "values([2, 2, nan, 8], 'f4'), values([2, nan, 8, 2], 'f4')" => fn(a, b) intersect1d(a, b, false, 3, some(-5));
        "jnp.intersect1d(a, b, size=3, assume_unique=True)", "values([5, 3, 4], 'i4'), values([3, 8, 5], 'i4')" => fn(a, b) intersect1d(a, b, true, 3, None);
        "jnp.intersect1d(a, b, size=2)", "values([5, 3, 4], 'i4'), values([9], 'i4')" => fn(a, b) intersect1d(a, b, false, 2, None);
        "jnp.intersect1d(a, b, size=3, return_indices=True)", "values([5, 5, 2, 4], 'i4'), values([3, 4, 5, 4], 'i4')" => fn(a, b) intersect1d_indices(a, b, false, 3, None);
        "jnp.intersect1d(a, b, size=2, return_indices=True, assume_unique=True)", "values([5, 2, 4], 'i4'), values([3, 4, 5], 'i4')" => fn(a, b) intersect1d_indices(a, b, true, 2, None);
        "jnp.setxor1d(a, b, size=5)", "i32(6, low=0, high=5), i32(3, low=2, high=7)" => fn(a, b) setxor1d(a, b, false, 5, None);
        "jnp.setxor1d(a, b, size=4, fill_value=-1)", "values([2, 2, nan], 'f4'), values([2, 5, 5], 'f4')" => fn(a, b) setxor1d(a, b, false, 4, some(-1));
        "jnp.setxor1d(a, b, size=4, assume_unique=True)", "values([5, 3, 4], 'i4'), values([3, 8, 5], 'i4')" => fn(a, b) setxor1d(a, b, true, 4, None);
    }
}
