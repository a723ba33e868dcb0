//! Reductions that pass over NaN: each is the plain one, with NaN counted as if the element were not there.

use super::{
    all, cumprod, cumsum, isnan, max, mean, min, prod,
    promotion::{Arg, inexact},
    reductions::{Over, Spread, accumulator},
    sum,
};
use raxla_ir::{DType, Tracer};

/// The array with a number in the place of NaN.
#[track_caller]
fn filled(x: impl Into<Arg>, value: f64) -> Tracer {
    let x = x.into().tracer();
    if x.dtype().is_inexact() { isnan(x).select(x.full_like(value), x) } else { x }
}
/// The sum of the elements that are not NaN; of none it is 0. Dtypes as for [`sum`].
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| (np::nansum(x, ()), np::nanmean(x, ()), np::nanmax(x, ())));
/// let (sum, mean, max) = f(Array::from(vec![1.0f32, f32::NAN, 3.0]));
/// assert_eq!((sum.item::<f32>()?, mean.item::<f32>()?, max.item::<f32>()?), (4.0, 2.0, 3.0));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn nansum(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    sum(filled(x, 0.0), over)
}
/// The product of the elements that are not NaN; of none it is 1. Dtypes as for [`prod`].
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nanprod(constant(vec![1.0f32, f32::NAN, 3.0]), ())), "3.0");
/// ```
#[track_caller]
pub fn nanprod(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    prod(filled(x, 1.0), over)
}
/// An extremum of what is not NaN; where everything is, NaN, unless there is a value to begin with.
#[track_caller]
fn extremum(x: Tracer, over: Over, fill: f64, plain: fn(Tracer, Over) -> Tracer) -> Tracer {
    if !x.dtype().is_inexact() {
        return plain(x, over);
    }
    let nan = isnan(x);
    let out = plain(nan.select(x.full_like(fill), x), over.clone());
    if over.initial.is_some() {
        return out;
    }
    all(nan, over).select(out.full_like(f64::NAN), out)
}
/// The greatest element that is not NaN; NaN where all are.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nanmax(constant(vec![1.0f32, f32::NAN, 3.0]), ())), "3.0");
/// ```
///
/// # Panics
/// As [`max`]: if there are no elements, or `where_` is given, without `initial`.
#[track_caller]
pub fn nanmax(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    extremum(x.into().tracer(), over.into(), f64::NEG_INFINITY, max)
}
/// The least element that is not NaN; NaN where all are.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nanmin(constant(vec![1.0f32, f32::NAN, 3.0]), ())), "1.0");
/// ```
///
/// # Panics
/// As [`min`]: if there are no elements, or `where_` is given, without `initial`.
#[track_caller]
pub fn nanmin(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    extremum(x.into().tracer(), over.into(), f64::INFINITY, min)
}
/// How many elements are not NaN, in a dtype.
#[track_caller]
fn count(x: Tracer, over: &Over, dtype: DType) -> Tracer {
    sum(isnan(x).logical_not(), Over { initial: None, dtype: Some(dtype), ..over.clone() })
}
/// The arithmetic mean of the elements that are not NaN; of none it is NaN. Dtypes as for [`mean`].
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nanmean(constant(vec![1.0f32, f32::NAN, 3.0]), ())), "2.0");
/// ```
#[track_caller]
pub fn nanmean(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    let (x, over) = (x.into().tracer(), over.into());
    if !x.dtype().is_inexact() {
        return mean(x, over);
    }
    let dtype = over.dtype.unwrap_or(x.dtype());
    let compute = accumulator(dtype);
    let total = nansum(x, Over { dtype: Some(compute), ..over.clone() });
    (total / count(x, &over, compute)).astype(dtype)
}
/// The variance of the elements that are not NaN.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nanvar(constant(vec![1.0f32, f32::NAN, 3.0]), ())), "1.0");
/// ```
#[track_caller]
pub fn nanvar(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    nanvar_with(x, over, 0.0)
}
/// [`nanvar`] with NumPy's `ddof` and `mean`, as in [`super::var_with`].
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nanvar_with(constant(vec![1.0f32, f32::NAN, 3.0]), (), 1.0)), "2.0");
/// ```
#[track_caller]
pub fn nanvar_with(x: impl Into<Arg>, over: impl Into<Over>, how: impl Into<Spread>) -> Tracer {
    let (over, Spread { ddof, mean: center }) = (over.into(), how.into());
    let x = inexact("nanvar", x);
    let dtype = over.dtype.unwrap_or_else(|| x.dtype().real());
    let compute = accumulator(if x.dtype().is_complex() { x.dtype() } else { dtype });
    let x = x.astype(compute);
    let center = match center {
        Some(mean) => mean.in_dtype(compute, false).broadcast_to(&x.shape()),
        None => nanmean(x, Over { keepdims: true, dtype: Some(compute), initial: None, ..over.clone() }),
    };
    let distance = isnan(x).select(x.full_like(0.0), x - center);
    let squares = if compute.is_complex() { (distance * distance.conj()).real() } else { distance.square() };
    let total = sum(squares, Over { dtype: Some(compute.real()), ..over.clone() });
    let n = count(x, &over, compute.real());
    let n = if ddof == 0.0 { n } else { n - ddof };
    let n = n.greater(0.0).select(n, n.full_like(f64::NAN));
    (total / n).astype(dtype)
}
/// The standard deviation of the elements that are not NaN: the square root of [`nanvar`].
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nanstd(constant(vec![1.0f32, f32::NAN, 3.0]), ())), "1.0");
/// ```
#[track_caller]
pub fn nanstd(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    nanstd_with(x, over, 0.0)
}
/// [`nanstd`] with NumPy's `ddof` and `mean`, as in [`super::var_with`].
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nanstd_with(constant(vec![1.0f32, f32::NAN, 3.0]), (), 1.0)), "1.414");
/// ```
#[track_caller]
pub fn nanstd_with(x: impl Into<Arg>, over: impl Into<Over>, how: impl Into<Spread>) -> Tracer {
    nanvar_with(x, over, how).sqrt()
}
/// [`cumsum`] with NaN as 0.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nancumsum(constant(vec![1.0f32, f32::NAN, 3.0]), 0, None)), "[1.0, 1.0, 4.0]");
/// ```
#[track_caller]
pub fn nancumsum(x: impl Into<Arg>, axis: impl Into<Option<isize>>, dtype: impl Into<Option<DType>>) -> Tracer {
    cumsum(filled(x, 0.0), axis, dtype)
}
/// [`cumprod`] with NaN as 1.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nancumprod(constant(vec![1.0f32, f32::NAN, 3.0]), 0, None)), "[1.0, 1.0, 3.0]");
/// ```
#[track_caller]
pub fn nancumprod(x: impl Into<Arg>, axis: impl Into<Option<isize>>, dtype: impl Into<Option<DType>>) -> Tracer {
    cumprod(filled(x, 1.0), axis, dtype)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_nan_reductions:
        "jnp.nansum(a, axis=1)", "values([[1, nan, 2], [nan, nan, nan]], 'f4')" => fn(a) nansum(a, 1);
        "jnp.nansum(a, where=b, initial=2.0, keepdims=True)", "values([[1, nan, 2], [4, 5, nan]], 'f4'), boolean(2, 3)" => fn(a, b) nansum(a, Over::all().where_(b).initial(2.0).keepdims());
        "jnp.nansum(a)", "i8(5)" => fn(a) nansum(a, ());
        "jnp.nansum(a, dtype='float32')", "bf16(5)" => fn(a) nansum(a, Over::all().dtype(DType::F32));
        "jnp.nansum(a)", "values([1+2j, complex(nan, 1)], 'c8')" => fn(a) nansum(a, ());
        "jnp.nanprod(a, axis=1)", "values([[1, nan, 2], [nan, nan, nan]], 'f4')" => fn(a) nanprod(a, 1);
        "jnp.nanprod(a)", "f32(0)" => fn(a) nanprod(a, ());
        "jnp.nanmax(a, axis=1)", "values([[1, nan, 2], [nan, nan, nan], [3, 3, -inf]], 'f4')" => fn(a) nanmax(a, 1);
        "jnp.nanmax(a, axis=0, initial=1.5, keepdims=True)", "values([[1, nan, 2], [nan, nan, 3]], 'f4')" => fn(a) nanmax(a, Over::axis(0).initial(1.5).keepdims());
        "jnp.nanmax(a)", "i32(6)" => fn(a) nanmax(a, ());
        "jnp.nanmin(a, axis=1, keepdims=True)", "values([[1, nan, 2], [nan, nan, nan]], 'f4')" => fn(a) nanmin(a, Over::axis(1).keepdims());
        "jnp.nanmin(a, where=b, initial=0.5)", "values([[1, nan, 2], [4, 5, nan]], 'f4'), boolean(2, 3)" => fn(a, b) nanmin(a, Over::all().where_(b).initial(0.5));
        "jnp.nanmin(a)", "values([1, nan, -2], 'f2')" => fn(a) nanmin(a, ());
        "jnp.nanmean(a, axis=0)", "values([[1, nan, 2], [nan, nan, 4]], 'f4')" => fn(a) nanmean(a, 0);
        "jnp.nanmean(a, where=b)", "values([[1, nan, 2], [4, 5, nan]], 'f4'), boolean(2, 3)" => fn(a, b) nanmean(a, Over::all().where_(b));
        "jnp.nanmean(a)", "i32(6)" => fn(a) nanmean(a, ());
        "jnp.nanmean(a)", "bf16(12)" => fn(a) nanmean(a, ());
        "jnp.nanvar(a, axis=1)", "values([[1, nan, 2, 7], [nan, 5, nan, nan]], 'f4')" => fn(a) nanvar(a, 1);
        "jnp.nanvar(a, axis=1, ddof=1, keepdims=True)", "values([[1, nan, 2, 7], [3, nan, nan, -1]], 'f4')" => fn(a) nanvar_with(a, Over::axis(1).keepdims(), 1.0);
        // Of one element less 1 JAX's gradient is 0, as if the variance were a number.
        "jnp.nanvar(a, axis=1, ddof=1)", "values([[1, nan, 2, 7], [nan, 5, nan, nan]], 'f4')", values => fn(a) nanvar_with(a, 1, 1.0);
        "jnp.nanvar(a)", "c64(4)" => fn(a) nanvar(a, ());
        "jnp.nanvar(a)", "i32(6)" => fn(a) nanvar(a, ());
        "jnp.nanstd(a, axis=0)", "values([[1, nan, 2], [3, 8, 4], [5, 6, nan]], 'f4')" => fn(a) nanstd(a, 0);
        "jnp.nanstd(a, ddof=1)", "values([1, nan, 2, 7], 'f4')" => fn(a) nanstd_with(a, (), 1.0);
        "jnp.nancumsum(a, axis=1)", "values([[1, nan, 2], [nan, 3, 4]], 'f4')" => fn(a) nancumsum(a, 1, None);
        "jnp.nancumprod(a)", "values([[1, nan, 2], [nan, 3, 4]], 'f4')" => fn(a) nancumprod(a, None, None);
    }
}
