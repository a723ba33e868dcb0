//! Reductions, cumulative sums, sorting, and what is found by them.

use crate::{
    array::ArrayLike,
    dtype::Dtype,
    table::{Axes, Out, choice, functions, no_out},
};
use pyo3::{Py, PyAny, PyResult};
use raxla::numpy as np;

type Object = Option<Py<PyAny>>;

/// What is taken from the number of elements: `ddof`, or the array API's word for it.
fn freedom(ddof: f64, correction: Option<f64>) -> PyResult<f64> {
    match correction {
        Some(_) if ddof != 0.0 => {
            Err(pyo3::exceptions::PyValueError::new_err("ddof and correction can't be provided simultaneously."))
        }
        Some(correction) => Ok(correction),
        None => Ok(ddof),
    }
}
/// What `kind=` and `order=` must be: there is one way to sort.
fn unordered(name: &str, kind: Object, order: Object) -> PyResult<()> {
    match kind.is_none() && order.is_none() {
        true => Ok(()),
        false => Err(crate::tree::type_error(format!(
            "'kind' and 'order' arguments to {name} are not supported; see 'stable' and 'descending'."
        ))),
    }
}
/// How `searchsorted` and `digitize` search, by JAX's names.
pub const METHODS: [(&str, np::SearchMethod); 4] = [
    ("scan", np::SearchMethod::Scan),
    ("scan_unrolled", np::SearchMethod::ScanUnrolled),
    ("sort", np::SearchMethod::Sort),
    ("compare_all", np::SearchMethod::CompareAll),
];

functions! { register;
    /// The sum of the elements. Small integers and bools are summed in the default integer, 16-bit floats in `f32`.
    fn sum(a: ArrayLike, axis: Option<Axes>, dtype: Option<Dtype>, out: Object, keepdims: bool, initial: Option<ArrayLike>, r#where: Option<ArrayLike>, promote_integers: bool) [a, axis = None, dtype = None, out = None, keepdims = false, initial = None, r#where = None, promote_integers = true] |py| {
        no_out("sum", out)?;
        let a = a.arg(py);
        let own = if promote_integers || a.aval().dtype.is_inexact() { None } else { Some(Dtype(a.aval().dtype)) };
        np::sum(a, axis.unwrap_or_default().reduction(py, keepdims, &r#where, &initial, dtype.or(own)))
    };
    /// The product of the elements; dtypes as for `sum`.
    fn prod(a: ArrayLike, axis: Option<Axes>, dtype: Option<Dtype>, out: Object, keepdims: bool, initial: Option<ArrayLike>, r#where: Option<ArrayLike>, promote_integers: bool) [a, axis = None, dtype = None, out = None, keepdims = false, initial = None, r#where = None, promote_integers = true] |py| {
        no_out("prod", out)?;
        let a = a.arg(py);
        let own = if promote_integers || a.aval().dtype.is_inexact() { None } else { Some(Dtype(a.aval().dtype)) };
        np::prod(a, axis.unwrap_or_default().reduction(py, keepdims, &r#where, &initial, dtype.or(own)))
    };
    /// The greatest element; NaN if any is.
    fn max(a: ArrayLike, axis: Option<Axes>, out: Object, keepdims: bool, initial: Option<ArrayLike>, r#where: Option<ArrayLike>) [a, axis = None, out = None, keepdims = false, initial = None, r#where = None] |py| {
        no_out("max", out)?;
        np::max(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &initial, None))
    };
    /// The least element; NaN if any is.
    fn min(a: ArrayLike, axis: Option<Axes>, out: Object, keepdims: bool, initial: Option<ArrayLike>, r#where: Option<ArrayLike>) [a, axis = None, out = None, keepdims = false, initial = None, r#where = None] |py| {
        no_out("min", out)?;
        np::min(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &initial, None))
    };
    /// `max` by its other name.
    fn amax(a: ArrayLike, axis: Option<Axes>, out: Object, keepdims: bool, initial: Option<ArrayLike>, r#where: Option<ArrayLike>) [a, axis = None, out = None, keepdims = false, initial = None, r#where = None] |py| {
        no_out("amax", out)?;
        np::max(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &initial, None))
    };
    /// `min` by its other name.
    fn amin(a: ArrayLike, axis: Option<Axes>, out: Object, keepdims: bool, initial: Option<ArrayLike>, r#where: Option<ArrayLike>) [a, axis = None, out = None, keepdims = false, initial = None, r#where = None] |py| {
        no_out("amin", out)?;
        np::min(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &initial, None))
    };
    /// The sum of the elements that are not NaN; of none it is 0. Dtypes as for `sum`.
    fn nansum(a: ArrayLike, axis: Option<Axes>, dtype: Option<Dtype>, out: Object, keepdims: bool, initial: Option<ArrayLike>, r#where: Option<ArrayLike>) [a, axis = None, dtype = None, out = None, keepdims = false, initial = None, r#where = None] |py| {
        no_out("nansum", out)?;
        np::nansum(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &initial, dtype))
    };
    /// The product of the elements that are not NaN; of none it is 1. Dtypes as for `prod`.
    fn nanprod(a: ArrayLike, axis: Option<Axes>, dtype: Option<Dtype>, out: Object, keepdims: bool, initial: Option<ArrayLike>, r#where: Option<ArrayLike>) [a, axis = None, dtype = None, out = None, keepdims = false, initial = None, r#where = None] |py| {
        no_out("nanprod", out)?;
        np::nanprod(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &initial, dtype))
    };
    /// The greatest element that is not NaN; NaN where all are.
    fn nanmax(a: ArrayLike, axis: Option<Axes>, out: Object, keepdims: bool, initial: Option<ArrayLike>, r#where: Option<ArrayLike>) [a, axis = None, out = None, keepdims = false, initial = None, r#where = None] |py| {
        no_out("nanmax", out)?;
        np::nanmax(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &initial, None))
    };
    /// The least element that is not NaN; NaN where all are.
    fn nanmin(a: ArrayLike, axis: Option<Axes>, out: Object, keepdims: bool, initial: Option<ArrayLike>, r#where: Option<ArrayLike>) [a, axis = None, out = None, keepdims = false, initial = None, r#where = None] |py| {
        no_out("nanmin", out)?;
        np::nanmin(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &initial, None))
    };
    /// All axes.
    fn all(a: ArrayLike, axis: Option<Axes>, out: Object, keepdims: bool, r#where: Option<ArrayLike>) [a, axis = None, out = None, keepdims = false, *, r#where = None] |py| {
        no_out("all", out)?;
        np::all(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &None, None))
    };
    /// Whether any element is true, or not zero.
    fn any(a: ArrayLike, axis: Option<Axes>, out: Object, keepdims: bool, r#where: Option<ArrayLike>) [a, axis = None, out = None, keepdims = false, *, r#where = None] |py| {
        no_out("any", out)?;
        np::any(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &None, None))
    };
    /// The arithmetic mean. Integers give floats; 16-bit floats are averaged in `f32`. Of no elements it is NaN.
    fn mean(a: ArrayLike, axis: Option<Axes>, dtype: Option<Dtype>, out: Object, keepdims: bool, r#where: Option<ArrayLike>) [a, axis = None, dtype = None, out = None, keepdims = false, *, r#where = None] |py| {
        no_out("mean", out)?;
        np::mean(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &None, dtype))
    };
    /// The arithmetic mean of the elements that are not NaN; of none it is NaN. Dtypes as for `mean`.
    fn nanmean(a: ArrayLike, axis: Option<Axes>, dtype: Option<Dtype>, out: Object, keepdims: bool, r#where: Option<ArrayLike>) [a, axis = None, dtype = None, out = None, keepdims = false, r#where = None] |py| {
        no_out("nanmean", out)?;
        np::nanmean(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &None, dtype))
    };
    /// The variance: the mean of the squared distances from the mean.
    #[pyo3(text_signature = "(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None)")]
    fn var(a: ArrayLike, axis: Option<Axes>, dtype: Option<Dtype>, out: Object, ddof: f64, keepdims: bool, r#where: Option<ArrayLike>, mean: Option<ArrayLike>, correction: Option<f64>) [a, axis = None, dtype = None, out = None, ddof = 0.0, keepdims = false, *, r#where = None, mean = None, correction = None] |py| {
        no_out("var", out)?;
        let spread = np::Spread { ddof: freedom(ddof, correction)?, mean: mean.map(|m| m.arg(py)) };
        np::var_with(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &None, dtype), spread)
    };
    /// The standard deviation: the square root of `var`.
    #[pyo3(text_signature = "(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, where=None, mean=None, correction=None)")]
    fn _std(a: ArrayLike, axis: Option<Axes>, dtype: Option<Dtype>, out: Object, ddof: f64, keepdims: bool, r#where: Option<ArrayLike>, mean: Option<ArrayLike>, correction: Option<f64>) [a, axis = None, dtype = None, out = None, ddof = 0.0, keepdims = false, *, r#where = None, mean = None, correction = None] |py| {
        no_out("std", out)?;
        let spread = np::Spread { ddof: freedom(ddof, correction)?, mean: mean.map(|m| m.arg(py)) };
        np::std_with(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &None, dtype), spread)
    };
    /// The variance of the elements that are not NaN.
    #[pyo3(text_signature = "(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=None, mean=None)")]
    fn nanvar(a: ArrayLike, axis: Option<Axes>, dtype: Option<Dtype>, out: Object, ddof: f64, keepdims: bool, r#where: Option<ArrayLike>, mean: Option<ArrayLike>) [a, axis = None, dtype = None, out = None, ddof = 0.0, keepdims = false, r#where = None, mean = None] |py| {
        no_out("nanvar", out)?;
        let spread = np::Spread { ddof, mean: mean.map(|m| m.arg(py)) };
        np::nanvar_with(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &None, dtype), spread)
    };
    /// The standard deviation of the elements that are not NaN: the square root of `nanvar`.
    #[pyo3(text_signature = "(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, where=None, mean=None)")]
    fn nanstd(a: ArrayLike, axis: Option<Axes>, dtype: Option<Dtype>, out: Object, ddof: f64, keepdims: bool, r#where: Option<ArrayLike>, mean: Option<ArrayLike>) [a, axis = None, dtype = None, out = None, ddof = 0.0, keepdims = false, r#where = None, mean = None] |py| {
        no_out("nanstd", out)?;
        let spread = np::Spread { ddof, mean: mean.map(|m| m.arg(py)) };
        np::nanstd_with(a.arg(py), axis.unwrap_or_default().reduction(py, keepdims, &r#where, &None, dtype), spread)
    };
    /// The index of the extreme element.
    fn argmax(a: ArrayLike, axis: Option<isize>, out: Object, keepdims: Option<bool>) [a, axis = None, out = None, keepdims = None] |py| {
        no_out("argmax", out)?;
        np::argmax(a.arg(py), axis, keepdims.unwrap_or(false))
    };
    /// The index of the extreme element.
    fn argmin(a: ArrayLike, axis: Option<isize>, out: Object, keepdims: Option<bool>) [a, axis = None, out = None, keepdims = None] |py| {
        no_out("argmin", out)?;
        np::argmin(a.arg(py), axis, keepdims.unwrap_or(false))
    };
    /// The index of the extreme element.
    fn nanargmax(a: ArrayLike, axis: Option<isize>, out: Object, keepdims: Option<bool>) [a, axis = None, out = None, keepdims = None] |py| {
        no_out("nanargmax", out)?;
        np::nanargmax(a.arg(py), axis, keepdims.unwrap_or(false))
    };
    /// The index of the extreme element.
    fn nanargmin(a: ArrayLike, axis: Option<isize>, out: Object, keepdims: Option<bool>) [a, axis = None, out = None, keepdims = None] |py| {
        no_out("nanargmin", out)?;
        np::nanargmin(a.arg(py), axis, keepdims.unwrap_or(false))
    };
    /// Each element plus all before it along an axis; without one, of the array flattened. Bools are counted in the default integer.
    fn cumsum(a: ArrayLike, axis: Option<isize>, dtype: Option<Dtype>, out: Object) [a, axis = None, dtype = None, out = None] |py| {
        no_out("cumsum", out)?;
        np::cumsum(a.arg(py), axis, crate::table::dtype(dtype))
    };
    /// Each element times all before it along an axis; without one, of the array flattened.
    fn cumprod(a: ArrayLike, axis: Option<isize>, dtype: Option<Dtype>, out: Object) [a, axis = None, dtype = None, out = None] |py| {
        no_out("cumprod", out)?;
        np::cumprod(a.arg(py), axis, crate::table::dtype(dtype))
    };
    /// `cumsum` with NaN as 0.
    fn nancumsum(a: ArrayLike, axis: Option<isize>, dtype: Option<Dtype>, out: Object) [a, axis = None, dtype = None, out = None] |py| {
        no_out("nancumsum", out)?;
        np::nancumsum(a.arg(py), axis, crate::table::dtype(dtype))
    };
    /// `cumprod` with NaN as 1.
    fn nancumprod(a: ArrayLike, axis: Option<isize>, dtype: Option<Dtype>, out: Object) [a, axis = None, dtype = None, out = None] |py| {
        no_out("nancumprod", out)?;
        np::nancumprod(a.arg(py), axis, crate::table::dtype(dtype))
    };
    /// `cumsum` of the array API standard: small integers are summed in the default integer, and the axis of a vector alone may be left out.
    fn cumulative_sum(x: ArrayLike, axis: Option<isize>, dtype: Option<Dtype>, include_initial: bool) [x, /, *, axis = None, dtype = None, include_initial = false] |py| {
        np::cumulative_sum(x.arg(py), axis, np::Cumulative { dtype: crate::table::dtype(dtype), include_initial })
    };
    /// `cumprod` of the array API standard: the axis of a vector alone may be left out.
    fn cumulative_prod(x: ArrayLike, axis: Option<isize>, dtype: Option<Dtype>, include_initial: bool) [x, /, *, axis = None, dtype = None, include_initial = false] |py| {
        np::cumulative_prod(x.arg(py), axis, np::Cumulative { dtype: crate::table::dtype(dtype), include_initial })
    };
    /// The elements in ascending order along an axis; without one, of the array flattened. NaN comes last; complex numbers go by their real
    #[pyo3(text_signature = "(a, axis=-1, *, kind=None, order=None, stable=True, descending=False)")]
    fn sort(a: ArrayLike, axis: Option<isize>, kind: Object, order: Object, stable: bool, descending: bool) [a, axis = Some(-1), *, kind = None, order = None, stable = true, descending = false] |py| {
        unordered("sort", kind, order)?;
        np::sort(a.arg(py), axis, np::Sort { stable, descending })
    };
    /// The indices that sort the array along an axis; without one, the array flattened.
    #[pyo3(text_signature = "(a, axis=-1, *, kind=None, order=None, stable=True, descending=False, dtype=None)")]
    fn argsort(a: ArrayLike, axis: Option<isize>, kind: Object, order: Object, stable: bool, descending: bool, dtype: Option<Dtype>) [a, axis = Some(-1), *, kind = None, order = None, stable = true, descending = false, dtype = None] |py| {
        unordered("argsort", kind, order)?;
        let places = np::argsort(a.arg(py), axis, np::Sort { stable, descending });
        match dtype {
            Some(dtype) => np::astype(places, dtype.0),
            None => places,
        }
    };
    /// The number of elements that are not 0.
    fn count_nonzero(a: ArrayLike, axis: Option<Axes>, keepdims: bool) [a, axis = None, keepdims = false] |py| np::count_nonzero(a.arg(py), axis.unwrap_or_default().over(keepdims));
    /// The greatest minus the least.
    fn ptp(a: ArrayLike, axis: Option<Axes>, out: Object, keepdims: bool) [a, axis = None, out = None, keepdims = false] |py| {
        no_out("ptp", out)?;
        np::ptp(a.arg(py), axis.unwrap_or_default().over(keepdims))
    };
    /// The middle of the sorted elements.
    fn median(a: ArrayLike, axis: Option<Axes>, out: Object, overwrite_input: bool, keepdims: bool) [a, axis = None, out = None, overwrite_input = false, keepdims = false] |py| {
        let _ = overwrite_input;
        no_out("median", out)?;
        np::median(a.arg(py), axis.unwrap_or_default().over(keepdims))
    };
    /// `median` without NaN.
    fn nanmedian(a: ArrayLike, axis: Option<Axes>, out: Object, overwrite_input: bool, keepdims: bool) [a, axis = None, out = None, overwrite_input = false, keepdims = false] |py| {
        let _ = overwrite_input;
        no_out("nanmedian", out)?;
        np::nanmedian(a.arg(py), axis.unwrap_or_default().over(keepdims))
    };
    /// Where elements would be inserted into a sorted array.
    fn searchsorted(a: ArrayLike, v: ArrayLike, side: &str, sorter: Option<ArrayLike>, method: &str) [a, v, side = "left", sorter = None, *, method = "scan"] |py| {
        let side = choice("searchsorted: side", side, &[("left", np::Side::Left), ("right", np::Side::Right)])?;
        let method = choice("searchsorted: method", method, &METHODS)?;
        np::searchsorted(a.arg(py), v.arg(py), np::SearchSorted { side, sorter: sorter.map(|s| s.tracer(py)), method })
    };
    /// Differences of neighbours.
    #[pyo3(text_signature = "(a, n=1, axis=-1, prepend=None, append=None)")]
    fn diff(a: ArrayLike, n: usize, axis: isize, prepend: Option<ArrayLike>, append: Option<ArrayLike>) [a, n = 1, axis = -1, prepend = None, append = None] |py| {
        np::diff(a.arg(py), np::Diff { n, axis, prepend: prepend.map(|p| p.arg(py)), append: append.map(|p| p.arg(py)) })
    };
    /// The mean with weights.
    fn average(a: ArrayLike, axis: Option<Axes>, weights: Option<ArrayLike>, returned: bool, keepdims: bool) [a, axis = None, weights = None, returned = false, keepdims = false] |py| {
        let weights = weights.map(|w| w.arg(py));
        match returned {
            true => Out::from(np::average_and_weight(a.arg(py), axis.unwrap_or_default().over(keepdims), weights)),
            false => Out::One(np::average(a.arg(py), axis.unwrap_or_default().over(keepdims), weights)),
        }
    };
    /// Covariances of rows.
    fn cov(m: ArrayLike, y: Option<ArrayLike>, rowvar: bool, bias: bool, ddof: Option<i64>, fweights: Option<ArrayLike>, aweights: Option<ArrayLike>, dtype: Option<Dtype>) [m, y = None, rowvar = true, bias = false, ddof = None, fweights = None, aweights = None, dtype = None] |py| {
        let of = |a: Option<ArrayLike>| a.map(|a| a.arg(py));
        np::cov(m.arg(py), np::Cov { y: of(y), rowvar, bias, ddof, fweights: of(fweights), aweights: of(aweights), dtype: crate::table::dtype(dtype) })
    };
    /// The integral by the trapezoidal rule.
    #[pyo3(text_signature = "(y, x=None, dx=1.0, axis=-1)")]
    fn trapezoid(y: ArrayLike, x: Option<ArrayLike>, dx: Option<ArrayLike>, axis: isize) [y, x = None, dx = None, axis = -1] |py| {
        np::trapezoid(y.arg(py), np::Trapezoid { x: x.map(|x| x.arg(py)), dx: dx.map_or(1.0.into(), |dx| dx.arg(py)), axis })
    };
    /// Indices that are not 0, as many as `size`.
    fn _nonzero(a: ArrayLike, size: usize, fill_value: Option<Vec<i64>>) [a, size, fill_value = None] |py| {
        Out::Tuple(match fill_value {
            Some(values) => np::nonzero_filled(a.arg(py), size, &values),
            None => np::nonzero(a.arg(py), size, None),
        })
    };
}
