//! Functions of samples: histograms, quantiles, derivatives, windows.

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
/// An argument, if it is given.
pub fn given(py: Python, x: Option<ArrayLike>) -> Option<np::Arg> {
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
        crate::table::no_sharding(out_sharding)?;
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
        crate::table::no_sharding(out_sharding)?;
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
}
/// The argument, whose values must be known.
fn needed(py: Python, x: &ArrayLike, message: &str) -> PyResult<np::Arg> {
    match known_arg(py, x) {
        np::Arg::Array(_) => Err(crate::border::exception(py, "ConcretizationTypeError", message)),
        known => Ok(known),
    }
}
