//! Functions of samples and of polynomials: histograms, quantiles, derivatives and fits, windows; and sets.

use crate::{
    array::ArrayLike,
    dtype::Dtype,
    numpy::reductions::METHODS,
    table::{Axes, Out, choice, functions, known_arg, no_out},
};
use pyo3::{Borrowed, FromPyObject, Py, PyAny, PyErr, PyResult, Python};
use raxla::numpy as np;

type Object = Option<Py<PyAny>>;
type Range = Option<(ArrayLike, ArrayLike)>;

/// `bins`: how many, or their edges.
pub enum Bins {
    /// So many.
    Count(usize),
    /// Between these.
    Edges(ArrayLike),
}
impl<'a, 'py> FromPyObject<'a, 'py> for Bins {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Bins> {
        if object.extract::<&str>().is_ok() {
            return Err(pyo3::exceptions::PyNotImplementedError::new_err("string values for `bins` not implemented."));
        }
        match object.extract::<usize>() {
            Ok(n) => Ok(Bins::Count(n)),
            Err(_) => object.extract().map(Bins::Edges),
        }
    }
}
impl Bins {
    fn of(&self, py: Python) -> np::Bins {
        match self {
            Bins::Count(n) => np::Bins::Count(*n),
            Bins::Edges(edges) => np::Bins::Edges(edges.arg(py)),
        }
    }
}
fn ends(py: Python, range: Range) -> Option<(np::Arg, np::Arg)> {
    range.map(|(low, high)| (low.arg(py), high.arg(py)))
}
fn given(py: Python, x: Option<ArrayLike>) -> Option<np::Arg> {
    x.map(|x| x.arg(py))
}
/// What a quantile is between two elements.
fn quantile_of(py: Python, method: &str, weights: Option<ArrayLike>) -> PyResult<np::Quantile> {
    use np::QuantileMethod::*;
    let methods = [
        ("linear", Linear),
        ("lower", Lower),
        ("higher", Higher),
        ("midpoint", Midpoint),
        ("nearest", Nearest),
        ("inverted_cdf", InvertedCdf),
    ];
    Ok(np::Quantile { method: choice("quantile: method", method, &methods)?, weights: given(py, weights) })
}
fn uniques(made: np::Uniques) -> Out {
    Out::Tuple(vec![made.values, made.indices, made.inverse_indices, made.counts])
}

functions! { register;
    /// How many samples each bin holds, and the edges of the bins.
    #[pyo3(text_signature = "(a, bins=10, range=None, weights=None, density=None)")]
    fn histogram(a: ArrayLike, bins: Option<Bins>, range: Range, weights: Option<ArrayLike>, density: Option<bool>) [a, bins = None, range = None, weights = None, density = None] |py| {
        let how = np::Histogram { range: ends(py, range), weights: given(py, weights), density: density.unwrap_or(false) };
        np::histogram(a.arg(py), bins.unwrap_or(Bins::Count(10)).of(py), how)
    };
    /// The edges of the bins that `histogram` would have.
    #[pyo3(text_signature = "(a, bins=10, range=None, weights=None)")]
    fn histogram_bin_edges(a: ArrayLike, bins: Option<Bins>, range: Range, weights: Object) [a, bins = None, range = None, weights = None] |py| {
        let _ = weights;
        np::histogram_bin_edges(a.arg(py), bins.unwrap_or(Bins::Count(10)).of(py), ends(py, range))
    };
    /// How many points, each a row, each bin holds, and the edges along each axis.
    fn _histogramdd(sample: ArrayLike, bins: Vec<Bins>, ranges: Vec<Range>, weights: Option<ArrayLike>, density: Option<bool>) [sample, bins, ranges, weights, density] |py| {
        let bins: Vec<np::Bins> = bins.iter().map(|b| b.of(py)).collect();
        let ranges = ranges.into_iter().map(|r| ends(py, r)).collect();
        let (counts, edges) = np::histogramdd(sample.arg(py), &bins, np::HistogramDd { ranges, weights: given(py, weights), density: density.unwrap_or(false) });
        Out::Tuple([vec![counts], edges].concat())
    };
    /// How many samples of each integer there are, or their weights.
    fn bincount(x: ArrayLike, weights: Option<ArrayLike>, minlength: usize, length: Option<usize>, out_sharding: Object) [x, weights = None, minlength = 0, *, length = None, out_sharding = None] |py| {
        crate::table::no_place(&[&out_sharding])?;
        let x = if length.is_none() { needed(py, &x, "bincount: the `length` must be given where the elements are traced")? } else { x.arg(py) };
        np::bincount(x, np::Bincount { weights: given(py, weights), minlength, length })
    };
    /// In which bin each element is.
    fn digitize(x: ArrayLike, bins: ArrayLike, right: bool, method: Option<&str>) [x, bins, right = false, *, method = None] |py| {
        let method = method.map(|m| choice("digitize: method", m, &METHODS)).transpose()?;
        np::digitize(x.arg(py), bins.arg(py), right, method)
    };
    /// The elements below which parts of all elements lie.
    fn quantile(a: ArrayLike, q: ArrayLike, axis: Option<Axes>, out: Object, overwrite_input: bool, method: &str, keepdims: bool, weights: Option<ArrayLike>) [a, q, axis = None, out = None, overwrite_input = false, method = "linear", keepdims = false, *, weights = None] |py| {
        let _ = overwrite_input;
        no_out("quantile", out)?;
        np::quantile_with(a.arg(py), q.arg(py), axis.unwrap_or_default().over(keepdims), quantile_of(py, method, weights)?)
    };
    /// `quantile` without NaN.
    fn nanquantile(a: ArrayLike, q: ArrayLike, axis: Option<Axes>, out: Object, overwrite_input: bool, method: &str, keepdims: bool, weights: Option<ArrayLike>) [a, q, axis = None, out = None, overwrite_input = false, method = "linear", keepdims = false, *, weights = None] |py| {
        let _ = overwrite_input;
        no_out("nanquantile", out)?;
        np::nanquantile_with(a.arg(py), q.arg(py), axis.unwrap_or_default().over(keepdims), quantile_of(py, method, weights)?)
    };
    /// `quantile` of hundredths.
    fn percentile(a: ArrayLike, q: ArrayLike, axis: Option<Axes>, out: Object, overwrite_input: bool, method: &str, keepdims: bool, weights: Option<ArrayLike>, out_sharding: Object) [a, q, axis = None, out = None, overwrite_input = false, method = "linear", keepdims = false, *, weights = None, out_sharding = None] |py| {
        let _ = overwrite_input;
        no_out("percentile", out)?;
        crate::table::no_place(&[&out_sharding])?;
        np::percentile_with(a.arg(py), q.arg(py), axis.unwrap_or_default().over(keepdims), quantile_of(py, method, weights)?)
    };
    /// `percentile` without NaN.
    fn nanpercentile(a: ArrayLike, q: ArrayLike, axis: Option<Axes>, out: Object, overwrite_input: bool, method: &str, keepdims: bool, weights: Option<ArrayLike>) [a, q, axis = None, out = None, overwrite_input = false, method = "linear", keepdims = false, *, weights = None] |py| {
        let _ = overwrite_input;
        no_out("nanpercentile", out)?;
        np::nanpercentile_with(a.arg(py), q.arg(py), axis.unwrap_or_default().over(keepdims), quantile_of(py, method, weights)?)
    };
    /// The correlations of variables, each a row.
    fn corrcoef(x: ArrayLike, y: Option<ArrayLike>, rowvar: bool, dtype: Option<Dtype>) [x, y = None, rowvar = true, dtype = None] |py| {
        np::corrcoef(x.arg(py), np::Corrcoef { y: given(py, y), rowvar, dtype: crate::table::dtype(dtype) })
    };
    /// The differences of neighbours of the array flattened, with numbers before and behind.
    fn ediff1d(ary: ArrayLike, to_end: Option<ArrayLike>, to_begin: Option<ArrayLike>) [ary, to_end = None, to_begin = None] |py| {
        np::ediff1d(ary.arg(py), given(py, to_end), given(py, to_begin))
    };
    /// The derivatives of samples along axes.
    fn _gradient(f: ArrayLike, spacing: Vec<ArrayLike>, axes: Option<Axes>, edge_order: usize) [f, spacing, axes, edge_order] |py| {
        np::gradient(f.arg(py), np::Gradient { spacing: spacing.iter().map(|s| s.arg(py)).collect(), axes: axes.and_then(|a| a.0), edge_order })
    };
    /// Phases moved by whole periods, so that neighbours are near.
    #[pyo3(text_signature = "(p, discont=None, axis=-1, period=6.283185307179586)")]
    fn unwrap(p: ArrayLike, discont: Option<ArrayLike>, axis: isize, period: Option<ArrayLike>) [p, discont = None, axis = -1, period = None] |py| {
        let period = given(py, period).unwrap_or(np::Arg::Float(2.0 * std::f64::consts::PI));
        np::unwrap(p.arg(py), np::Unwrap { discont: given(py, discont), axis, period })
    };
    /// Bartlett's window: a triangle.
    fn bartlett(M: usize) [M] |py| { let _ = py; np::bartlett(M) };
    /// Blackman's window, of two cosines.
    fn blackman(M: usize) [M] |py| { let _ = py; np::blackman(M) };
    /// Hamming's window, a raised cosine.
    fn hamming(M: usize) [M] |py| { let _ = py; np::hamming(M) };
    /// Hann's window, a cosine that is 0 at its ends.
    fn hanning(M: usize) [M] |py| { let _ = py; np::hanning(M) };
    /// Kaiser's window of a shape `beta`.
    fn kaiser(M: usize, beta: ArrayLike) [M, beta] |py| np::kaiser(M, beta.arg(py));

    /// A polynomial at places; the coefficient of the highest power comes first.
    fn polyval(p: ArrayLike, x: ArrayLike, unroll: usize) [p, x, *, unroll = 16] |py| {
        let _ = unroll;
        np::polyval(p.arg(py), x.arg(py))
    };
    /// The sum of polynomials.
    fn polyadd(a1: ArrayLike, a2: ArrayLike) [a1, a2] |py| np::polyadd(a1.arg(py), a2.arg(py));
    /// The difference of polynomials.
    fn polysub(a1: ArrayLike, a2: ArrayLike) [a1, a2] |py| np::polysub(a1.arg(py), a2.arg(py));
    /// The product of polynomials.
    fn _polymul(a1: ArrayLike, a2: ArrayLike) [a1, a2] |py| np::polymul(a1.arg(py), a2.arg(py));
    /// The quotient and the rest of polynomials.
    fn _polydiv(u: ArrayLike, v: ArrayLike) [u, v] |py| np::polydiv(u.arg(py), v.arg(py));
    /// The derivative of a polynomial, so many times over.
    fn polyder(p: ArrayLike, m: usize) [p, m = 1] |py| np::polyder(p.arg(py), m);
    /// The integral of a polynomial, so many times over.
    fn polyint(p: ArrayLike, m: usize, k: Option<ArrayLike>) [p, m = 1, k = None] |py| np::polyint(p.arg(py), m, given(py, k).unwrap_or(np::Arg::Int(0)));
    /// The polynomial with these roots.
    fn _poly(roots: ArrayLike) [roots] |py| np::poly(roots.arg(py));
    /// The roots of a polynomial.
    fn _roots(p: ArrayLike) [p] |py| np::roots(p.arg(py));
    /// The polynomial of a degree nearest to points.
    fn _polyfit(x: ArrayLike, y: ArrayLike, deg: usize, rcond: Option<f64>, w: Option<ArrayLike>, what: &str) [x, y, deg, rcond, w, what] |py| {
        let how = np::Polyfit { rcond, weights: w.map(|w| w.tracer(py)) };
        let (x, y) = (x.arg(py), y.arg(py));
        match what {
            "full" => {
                let (c, residuals, rank, values, rcond) = np::polyfit_full(x, y, deg, how);
                Out::Tuple(vec![c, residuals, rank, values, rcond])
            }
            "cov" | "unscaled" => Out::from(np::polyfit_covariance(x, y, deg, how, what == "unscaled")),
            _ => Out::One(np::polyfit(x, y, deg, how)),
        }
    };

    /// The elements that differ, where each stands first, the place of each element among them, and counts.
    fn _unique(ar: ArrayLike, size: usize, axis: Option<isize>, equal_nan: bool, fill_value: Option<ArrayLike>) [ar, size, axis, equal_nan, fill_value] |py| {
        uniques(np::unique_with(ar.arg(py), size, np::Unique { axis, equal_nan, fill_value: given(py, fill_value) }))
    };
    /// Whether each element is among others.
    fn isin(element: ArrayLike, test_elements: ArrayLike, assume_unique: bool, invert: bool, method: &str) [element, test_elements, assume_unique = false, invert = false, *, method = "auto"] |py| {
        let _ = assume_unique;
        let methods = [("auto", None), ("compare_all", Some(np::IsIn::CompareAll)), ("binary_search", Some(np::IsIn::BinarySearch)), ("sort", Some(np::IsIn::BinarySearch))];
        np::isin(element.arg(py), test_elements.arg(py), invert, choice("isin: method", method, &methods)?)
    };
    /// The elements of either array, so many.
    fn _union1d(ar1: ArrayLike, ar2: ArrayLike, size: usize, fill_value: Option<ArrayLike>) [ar1, ar2, size, fill_value] |py| {
        np::union1d(ar1.arg(py), ar2.arg(py), size, given(py, fill_value))
    };
    /// The elements of the first array alone, so many.
    fn _setdiff1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: bool, size: usize, fill_value: Option<ArrayLike>) [ar1, ar2, assume_unique, size, fill_value] |py| {
        np::setdiff1d(ar1.arg(py), ar2.arg(py), assume_unique, size, given(py, fill_value))
    };
    /// The elements of one of the arrays alone, so many.
    fn _setxor1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: bool, size: usize, fill_value: Option<ArrayLike>) [ar1, ar2, assume_unique, size, fill_value] |py| {
        np::setxor1d(ar1.arg(py), ar2.arg(py), assume_unique, size, given(py, fill_value))
    };
    /// The elements of both arrays, so many, and where they stand.
    fn _intersect1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: bool, size: usize, fill_value: Option<ArrayLike>) [ar1, ar2, assume_unique, size, fill_value] |py| {
        np::intersect1d_indices(ar1.arg(py), ar2.arg(py), assume_unique, size, given(py, fill_value))
    };
}
/// The argument, whose values must be known.
fn needed(py: Python, x: &ArrayLike, message: &str) -> PyResult<np::Arg> {
    match known_arg(py, x) {
        np::Arg::Array(_) => Err(crate::border::exception(py, "ConcretizationTypeError", message)),
        known => Ok(known),
    }
}
