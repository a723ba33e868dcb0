//! Quantiles: the elements, or points between two, below which given parts of all elements lie. The median is the middle one.

use super::{
    isnan,
    promotion::{Arg, inexact, promote_dtypes_inexact, promote_types},
    reductions::Over,
};
use raxla_ir::{
    DType, Literal, Tracer, primitives::gather::GatherMode, primitives::sort::sort, trace::constant, trace::fail,
};

/// What a quantile is where it falls between two elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QuantileMethod {
    /// Their mean, weighted by how near each is.
    #[default]
    Linear,
    /// The lesser.
    Lower,
    /// The greater.
    Higher,
    /// Half of their sum.
    Midpoint,
    /// The nearer; in the middle the lesser.
    Nearest,
    /// The least element up to which at least that part of all elements, or of all weights, lies.
    InvertedCdf,
}
/// Options of [`quantile_with`] and its kin.
#[derive(Clone, Debug, Default)]
pub struct Quantile {
    /// What it is between two elements.
    pub method: QuantileMethod,
    /// The elements' weights, of the array's shape or that of the axes reduced, in ascending order; with [`QuantileMethod::InvertedCdf`]
    /// only. Where one is negative or NaN, the quantile is NaN.
    pub weights: Option<Arg>,
}
/// How quantiles treat NaN.
#[derive(Clone, Copy, PartialEq)]
enum Nan {
    /// Where an element is NaN the quantile is.
    Spreads,
    /// Elements that are NaN do not count.
    Skipped,
}
/// The array with the axes reduced as one, and where that stands: where it stood if it is one already, else last.
#[track_caller]
fn joined(x: Tracer, axes: &[usize]) -> (Tracer, usize) {
    if let [axis] = axes {
        return (x, *axis);
    }
    let shape = x.shape();
    let rest: Vec<usize> = (0..shape.len()).filter(|a| !axes.contains(a)).collect();
    let mut order = rest.clone();
    order.extend((0..shape.len()).filter(|a| axes.contains(a)));
    let mut flat: Vec<usize> = rest.iter().map(|a| shape[*a]).collect();
    flat.push(axes.iter().map(|a| shape[*a]).product());
    (x.transpose_axes(&order).reshape(&flat), rest.len())
}
/// The weights in the array's shape.
#[track_caller]
fn spread(name: &str, weights: Tracer, x: Tracer, axes: &[usize]) -> Tracer {
    let shape = x.shape();
    if weights.shape() == shape {
        return weights;
    }
    if weights.shape()[..] != axes.iter().map(|a| shape[*a]).collect::<Vec<_>>() {
        fail(format!(
            "{name}: the weights {} must have the shape of {} or of its axes {axes:?}",
            weights.aval(),
            x.aval()
        ));
    }
    weights.broadcast(&shape, axes)
}
#[track_caller]
fn quantiles(name: &str, x: Arg, q: Tracer, over: Over, how: Quantile, nan: Nan) -> Tracer {
    let over = over.of_axes_only(name);
    let (x, weights) = match how.weights {
        None => (inexact(name, x), None),
        Some(w) if how.method == QuantileMethod::InvertedCdf => {
            let [x, w] = promote_dtypes_inexact(name, [x, w]);
            (x, Some(w))
        }
        Some(w) => fail(format!("{name}: the weights {} need the method InvertedCdf, got {:?}", w.aval(), how.method)),
    };
    let dtype = x.dtype();
    if dtype.is_complex() || q.dtype().is_complex() || q.rank() > 1 {
        fail(format!(
            "{name}: takes real numbers and a number or vector of quantiles, got {} and {}",
            x.aval(),
            q.aval()
        ));
    }
    let shape = x.shape();
    let axes = over.resolve(name, x.rank());
    let weights = weights.map(|w| joined(spread(name, w, x, &axes), &axes).0);
    let (x, axis) = joined(x, &axes);
    // Along the axis reduced the quantiles stand side by side, to the end.
    let mut along = vec![1; x.rank()];
    along[axis] = q.size();
    let (vector, q) = (q.rank() == 1, q.astype(promote_types(dtype, q.dtype())).reshape(&along));
    let out = match x.shape()[axis] {
        0 => {
            let mut empty = x.shape();
            empty[axis] = q.size();
            constant(Literal::full(x.aval().with_shape(&[]), f64::NAN)).broadcast_to(&empty)
        }
        _ => along_axis(x, weights, q, axis, how.method, nan).with_dtype(dtype, false),
    };
    let mut left: Vec<usize> = (0..shape.len()).map(|a| if axes.contains(&a) { 1 } else { shape[a] }).collect();
    if !over.keepdims {
        left = (0..shape.len()).filter(|a| !axes.contains(a)).map(|a| shape[a]).collect();
    }
    if vector {
        left.insert(0, out.shape()[axis]);
        return out.moveaxis(axis as isize, 0).reshape(&left);
    }
    out.reshape(&left)
}
/// The quantiles along one axis, which `q` lies along too.
#[track_caller]
fn along_axis(x: Tracer, weights: Option<Tracer>, q: Tracer, axis: usize, method: QuantileMethod, nan: Nan) -> Tracer {
    let (n, at, compute) = (x.shape()[axis], axis as isize, q.dtype());
    let sorted = match weights {
        None => vec![x.sort(at)],
        Some(w) => sort(&[x, w], at, 1),
    };
    let x = sorted[0];
    // NaN comes last.
    let last = x.slice_axis(at, n - 1, n);
    let skip = nan == Nan::Skipped;
    let count = || {
        let numbers = isnan(x).logical_not().astype(compute).sum_axes([at]);
        numbers.expand_dims(at)
    };
    // The element at an index that is the same for all, or not.
    let element = |index: Tracer| {
        let index = index.astype(DType::I32);
        let shared = index.size() == index.shape()[axis];
        let value =
            if shared { x.take(index.ravel(), at) } else { x.take_along_axis(index, at, GatherMode::FillOrDrop) };
        value.astype(compute)
    };
    let numbers = if skip { Some(count()) } else { None };
    let greatest =
        numbers.map_or_else(|| constant(Literal::full(q.aval().with_shape(&[]), n as f64 - 1.0)), |c| c - 1.0);
    // Where the quantile is NaN, no element has a derivative.
    let mut bad = if skip { greatest.less(0.0) } else { isnan(last) };
    let inside = |index: Tracer| index.minimum(greatest).maximum(0.0);
    let out = if method == QuantileMethod::InvertedCdf {
        match sorted.get(1) {
            None => element(inside((q * (greatest + 1.0)).ceil() - 1.0)),
            Some(w) => {
                let wrong = w.less(0.0) | isnan(*w);
                let ignored = if skip { wrong | isnan(x) } else { wrong };
                let sums = ignored.select(w.full_like(0.0), *w).cumsum(at);
                let target = sums.slice_axis(at, n - 1, n).expand_dims(at) * q.expand_dims(at);
                let below = sums.expand_dims(at + 1).less(target);
                let any_wrong = wrong.any_axes([at]).expand_dims(at);
                bad = bad | any_wrong;
                element(inside(below.astype(compute).sum_axes([at])))
            }
        }
    } else {
        let place = q * greatest;
        let low = place.floor();
        let part = place - low;
        let (below, above) = (|| element(inside(low)), || element(inside(place.ceil())));
        match method {
            QuantileMethod::Lower => below(),
            QuantileMethod::Higher => above(),
            QuantileMethod::Midpoint => (below() + above()) * 0.5,
            QuantileMethod::Nearest => {
                let (below, above) = (below(), above());
                part.less_equal(0.5).broadcast_to(&below.shape()).select(below, above)
            }
            _ => below() * (1.0 - part) + above() * part,
        }
    };
    bad.broadcast_to(&out.shape()).select(out.full_like(f64::NAN), out)
}
macro_rules! of_quantiles { ($($(#[$doc:meta])* $name:ident $with:ident $nan:ident $scale:literal;)*) => { $(
    $(#[$doc])*
    #[track_caller]
    pub fn $name(x: impl Into<Arg>, q: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
        $with(x, q, over, Quantile::default())
    }
    #[doc = concat!("[`", stringify!($name), "`] by a method, or of elements with weights.")]
    #[track_caller]
    pub fn $with(x: impl Into<Arg>, q: impl Into<Arg>, over: impl Into<Over>, how: Quantile) -> Tracer {
        let q = inexact(stringify!($name), q);
        let q = if $scale == 1.0 { q } else { q / $scale };
        quantiles(stringify!($name), x.into(), q, over.into(), how, Nan::$nan)
    }
)* } }
of_quantiles! {
    /// The quantile below which the part `q`, from 0 to 1, of the elements lies; NaN where an element is. Of a vector `q` there is one for each
    /// of its elements, along a new axis in front. Between two elements it is interpolated; integers give floats.
    ///
    /// ```
    /// use raxla::{Literal, numpy as np, prelude::*};
    /// let f = jit(|x: Tracer| np::quantile(x, Literal::from(vec![0.0f32, 0.5, 0.9]), ()));
    /// assert_eq!(f(Array::from(vec![3.0f32, 0.0, 1.0])).to_vec::<f32>()?, [0.0, 1.0, 2.6]);
    /// # Ok::<(), raxla::Error>(())
    /// ```
    ///
    /// # Panics
    /// Of complex numbers, if `q` has more than one axis, or if weights do not fit the array or the method.
    quantile quantile_with Spreads 1.0;
    /// [`quantile`] in percent: `q` goes from 0 to 100.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::percentile(constant(vec![0.0f32, 1.0, 2.0]), 25.0, ())), "0.5");
    /// ```
    percentile percentile_with Spreads 100.0;
    /// [`quantile`] of the elements that are not NaN; NaN where all are.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::nanquantile(constant(vec![0.0f32, f32::NAN, 2.0]), 0.5, ())), "1.0");
    /// ```
    nanquantile nanquantile_with Skipped 1.0;
    /// [`percentile`] of the elements that are not NaN; NaN where all are.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::nanpercentile(constant(vec![0.0f32, f32::NAN, 2.0]), 25.0, ())), "0.5");
    /// ```
    nanpercentile nanpercentile_with Skipped 100.0;
}
fn midpoint() -> Quantile {
    Quantile { method: QuantileMethod::Midpoint, weights: None }
}
/// The median: the element in the middle, or half of the sum of the two there; NaN where an element is.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::median(constant(vec![3.0f32, 1.0, 2.0]), ())), "2.0");
/// ```
#[track_caller]
pub fn median(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    quantile_with(x, 0.5, over, midpoint())
}
/// [`median`] of the elements that are not NaN; NaN where all are.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nanmedian(constant(vec![3.0f32, f32::NAN, 2.0]), ())), "2.5");
/// ```
#[track_caller]
pub fn nanmedian(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    nanquantile_with(x, 0.5, over, midpoint())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(method: QuantileMethod) -> Quantile {
        Quantile { method, weights: None }
    }
    fn weighted(weights: Tracer) -> Quantile {
        Quantile { method: QuantileMethod::InvertedCdf, weights: Some(weights.into()) }
    }
    crate::oracle::rows! { numpy_quantiles:
        "jnp.quantile(a, 0.3)", "f32(3, 4)" => fn(a) quantile(a, 0.3, ());
        "jnp.quantile(a, b, axis=1)", "f32(3, 4), values([0.1, 0.5, 1.0], 'f4')" => fn(a, b) quantile(a, b, 1);
        "jnp.quantile(a, b, axis=(0, 2), keepdims=True)", "f32(2, 3, 4), values([0.25, 0.9], 'f4')" => fn(a, b) quantile(a, b, Over::axes(&[0, 2]).keepdims());
        "jnp.quantile(a, 0.3, axis=(2, 0))", "f32(2, 3, 4)" => fn(a) quantile(a, 0.3, [2, 0]);
        "jnp.quantile(a, 0.3, keepdims=True)", "f32(3, 4)" => fn(a) quantile(a, 0.3, Over::all().keepdims());
        "jnp.quantile(a, b, axis=0, method='lower')", "f32(5, 2), values([0.3, 0.6], 'f4')" => fn(a, b) quantile_with(a, b, 0, by(QuantileMethod::Lower));
        "jnp.quantile(a, 0.3, axis=0, method='higher')", "f32(5, 2)" => fn(a) quantile_with(a, 0.3, 0, by(QuantileMethod::Higher));
        "jnp.quantile(a, 0.3, axis=0, method='midpoint')", "f32(5, 2)" => fn(a) quantile_with(a, 0.3, 0, by(QuantileMethod::Midpoint));
        "jnp.quantile(a, b, method='nearest')", "f32(5), values([0.1, 0.125, 0.2], 'f4')" => fn(a, b) quantile_with(a, b, (), by(QuantileMethod::Nearest));
        "jnp.quantile(a, b, axis=1, method='inverted_cdf')", "f32(2, 5), values([0, 0.2, 0.5, 0.7, 1], 'f4')" => fn(a, b) quantile_with(a, b, 1, by(QuantileMethod::InvertedCdf));
        "jnp.quantile(a, c, axis=1, method='inverted_cdf', weights=b)", "f32(2, 5), f32(2, 5, low=0), values([0.2, 0.5, 0.7], 'f4')" => fn(a, b, c) quantile_with(a, c, 1, weighted(b));
        "jnp.quantile(a, 0.4, axis=0, method='inverted_cdf', weights=b, keepdims=True)", "f32(5, 2), f32(5, low=0)" => fn(a, b) quantile_with(a, 0.4, Over::axis(0).keepdims(), weighted(b));
        "jnp.quantile(a, 0.4, axis=1, method='inverted_cdf', weights=b)", "f32(3, 4), values([[1, 2, 3, 4], [1, -1, 3, 2], [1, nan, 2, 2]], 'f4')", values => fn(a, b) quantile_with(a, 0.4, 1, weighted(b));
        "jnp.quantile(a, 0.5, axis=1)", "values([[1, nan, 3], [3, -inf, 2], [inf, 1, inf]], 'f4')" => fn(a) quantile(a, 0.5, 1);
        "jnp.quantile(a, 0.3)", "i32(6)" => fn(a) quantile(a, 0.3, ());
        "jnp.quantile(a, 0.3)", "bf16(7)" => fn(a) quantile(a, 0.3, ());
        "jnp.quantile(a, 0.3)", "f32()" => fn(a) quantile(a, 0.3, ());
        "jnp.quantile(a, 0.3)", "f64(6)", x64 => fn(a) quantile(a, 0.3, ());
        "jnp.percentile(a, b, axis=1)", "f32(3, 4), values([10, 50], 'f4')" => fn(a, b) percentile(a, b, 1);
        "jnp.percentile(a, 30)", "i32(6)" => fn(a) percentile(a, 30, ());
        "jnp.nanquantile(a, b, axis=1)", "values([[1, nan, 3, 8], [3, 0, 2, 7], [nan, nan, nan, nan]], 'f4'), values([0.1, 0.5], 'f4')" => fn(a, b) nanquantile(a, b, 1);
        "jnp.nanquantile(a, 0.7, axis=0, keepdims=True, method='lower')", "values([[1, nan, 3, 8], [3, 0, 2, nan], [nan, 5, 7, nan]], 'f4')" => fn(a) nanquantile_with(a, 0.7, Over::axis(0).keepdims(), by(QuantileMethod::Lower));
        "jnp.nanquantile(a, 0.4, axis=1, method='inverted_cdf', weights=b)", "values([[1, nan, 3, 8], [3, 0, 2, nan], [nan, nan, nan, nan]], 'f4'), f32(3, 4, low=0)" => fn(a, b) nanquantile_with(a, 0.4, 1, weighted(b));
        "jnp.nanquantile(a, b, axis=1, method='inverted_cdf')", "values([[1, nan, 3, 8], [3, 0, 2, 5]], 'f4'), values([0.3, 0.5], 'f4')" => fn(a, b) nanquantile_with(a, b, 1, by(QuantileMethod::InvertedCdf));
        "jnp.nanpercentile(a, 40)", "values([[1, nan, 3, 8], [3, 0, 2, nan]], 'f4')" => fn(a) nanpercentile(a, 40, ());
        "jnp.median(a, axis=0)", "f32(4, 3)" => fn(a) median(a, 0);
        "jnp.median(a)", "i8(5)" => fn(a) median(a, ());
        "jnp.median(a, axis=1)", "values([[1, nan, 3], [3, 1, 2]], 'f2')" => fn(a) median(a, 1);
        "jnp.nanmedian(a, axis=1, keepdims=True)", "values([[1, nan, 3], [3, 1, 2]], 'f4')" => fn(a) nanmedian(a, Over::axis(1).keepdims());
    }
}
