//! Histograms: how many samples, or how much weight, fall into each of a row of bins.

use super::{
    Linspace, linspace, max, min,
    promotion::{Arg, inexact, promote_dtypes_inexact},
    reductions::accumulator,
    sorting::{SearchMethod, Side, searched},
    sum,
};
use raxla_ir::{
    DType, Tracer,
    dtype::Kind,
    indexing::{At, IndexMode},
    trace::fail,
};

/// The bins of a histogram.
#[derive(Clone, Debug)]
pub enum Bins {
    /// So many, of equal width.
    Count(usize),
    /// Those between these edges, which ascend.
    Edges(Arg),
}
impl From<usize> for Bins {
    fn from(count: usize) -> Bins {
        Bins::Count(count)
    }
}
impl From<Tracer> for Bins {
    fn from(edges: Tracer) -> Bins {
        Bins::Edges(edges.into())
    }
}
impl From<raxla_ir::Literal> for Bins {
    fn from(edges: raxla_ir::Literal) -> Bins {
        Bins::Edges(edges.into())
    }
}
/// Options of [`histogram`].
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    /// The least and greatest edge; by default the least and greatest sample.
    pub range: Option<(Arg, Arg)>,
    /// How much each sample counts: an array of the samples' shape.
    pub weights: Option<Arg>,
    /// Whether the counts are divided by the bins' widths and the sum of all, so that the integral is 1.
    pub density: bool,
}
/// Options of [`histogram2d`] and [`histogramdd`].
#[derive(Clone, Debug, Default)]
pub struct HistogramDd {
    /// As [`Histogram::range`] for each dimension; none for all by default.
    pub ranges: Vec<Option<(Arg, Arg)>>,
    /// How much each sample counts: a vector.
    pub weights: Option<Arg>,
    /// Whether the counts are divided by the bins' sizes and the sum of all, so that the integral is 1.
    pub density: bool,
}

#[track_caller]
fn bin_edges(name: &str, x: Tracer, bins: &Bins, range: &Option<(Arg, Arg)>) -> Tracer {
    let n = match bins {
        Bins::Edges(edges) => {
            let edges = edges.in_dtype(x.dtype(), false);
            if edges.rank() != 1 || edges.size() == 0 {
                fail(format!("{name}: the edges of bins must be a vector of 1 element and more, got {}", edges.aval()));
            }
            return edges;
        }
        Bins::Count(n) => *n,
    };
    let (low, high) = match range {
        // Bins of no width are moved apart.
        Some((Arg::Float(low), Arg::Float(high))) if low == high => (Arg::Float(low - 0.5), Arg::Float(high + 0.5)),
        Some((low @ (Arg::Float(_) | Arg::Int(_)), high @ (Arg::Float(_) | Arg::Int(_)))) => {
            (low.clone(), high.clone())
        }
        other => {
            let (low, high) = match other {
                Some((low, high)) => (low.in_dtype(x.dtype(), false), high.in_dtype(x.dtype(), false)),
                None => (min(x, ()), max(x, ())),
            };
            let flat = low.equal(high);
            (flat.select(low - 0.5, low).into(), flat.select(high + 0.5, high).into())
        }
    };
    let edge = |end: Arg| end.in_dtype(x.dtype(), false);
    linspace(edge(low), edge(high), n + 1, Linspace::default())
}
/// The edges of the bins that [`histogram`] would have.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::histogram_bin_edges(constant(vec![0.0f32, 1.0, 4.0]), 2, None)), "[0.0, 2.0, 4.0]");
/// ```
#[track_caller]
pub fn histogram_bin_edges(x: impl Into<Arg>, bins: impl Into<Bins>, range: Option<(Arg, Arg)>) -> Tracer {
    bin_edges("histogram_bin_edges", inexact("histogram_bin_edges", x), &bins.into(), &range)
}
/// How many samples, or how much weight, each bin holds, in the samples' float dtype; and the edges of the bins. An edge belongs to the bin
/// above, the last one to that below; samples outside all bins and NaN do not count.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::histogram(x, 2, np::Histogram { range: Some((0.0.into(), 4.0.into())), ..Default::default() }));
/// let (counts, edges) = f(Array::from(vec![1.0f32, 2.0, 4.0, 5.0]));
/// assert_eq!((counts.to_vec::<f32>()?, edges.to_vec::<f32>()?), (vec![1.0, 2.0], vec![0.0, 2.0, 4.0]));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn histogram(x: impl Into<Arg>, bins: impl Into<Bins>, how: Histogram) -> (Tracer, Tracer) {
    let x = x.into();
    let (x, weights) = match how.weights {
        None => (inexact("histogram", x), None),
        Some(w) => {
            let [x, w] = promote_dtypes_inexact("histogram", [x, w]);
            if x.shape() != w.shape() {
                fail(format!("histogram: the weights {} must have the shape of {}", w.aval(), x.aval()));
            }
            (x, Some(w))
        }
    };
    let dtype = x.dtype();
    let edges = bin_edges("histogram", x, &bins.into(), &how.range);
    let n = edges.size();
    let last = edges.slice_axis(0, n - 1, n).reshape(&[]);
    let index = searched(edges, x, Side::Right, SearchMethod::Scan);
    let index = x.equal(last).select(index.full_like(n as f64 - 1.0), index);
    // What lies below all bins is counted before the first, what lies above is dropped.
    let counts = super::zeros(&[n], accumulator(dtype));
    let into: At = counts.at(index).mode(IndexMode::FillOrDrop);
    let counts = match weights {
        None => into.add(1.0),
        Some(w) => into.add(w.astype(counts.dtype())),
    };
    let counts = counts.slice_axis(0, 1, n).astype(dtype);
    if !how.density {
        return (counts, edges);
    }
    let widths = edges.slice_axis(0, 1, n) - edges.slice_axis(0, 0, n - 1);
    (counts / widths / sum(counts, ()), edges)
}
/// [`histogram`] of pairs: counts, the edges of `x`, and those of `y`. There is one item of `bins` for both, or one for each.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::histogram2d(constant(vec![0.0f32, 1.0, 1.0]), constant(vec![0.0f32, 0.0, 1.0]), &[2.into()], np::HistogramDd::default()).0);
/// assert_eq!(got, "[[1, 0], [1, 1]]");
/// ```
#[track_caller]
pub fn histogram2d(x: impl Into<Arg>, y: impl Into<Arg>, bins: &[Bins], how: HistogramDd) -> (Tracer, Tracer, Tracer) {
    let [x, y] = promote_dtypes_inexact("histogram2d", [x.into(), y.into()]);
    if x.rank() != 1 || x.shape() != y.shape() {
        fail(format!("histogram2d: takes two vectors of one size, got {} and {}", x.aval(), y.aval()));
    }
    let sample = raxla_ir::primitives::concatenate::concatenate(&[x.expand_dims(1), y.expand_dims(1)], 1);
    let (counts, edges) = histogramdd(sample, bins, how);
    (counts, edges[0], edges[1])
}
/// [`histogram`] of points, each a row of `sample`: counts, as `i32` where there are no weights, and the edges along each dimension. There is
/// one item of `bins` for all dimensions, or one for each.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::histogramdd(constant(Literal::new(&[3, 2], &[0.0f32, 0.0, 1.0, 0.0, 1.0, 1.0])), &[2.into()], np::HistogramDd::default()).0);
/// assert_eq!(got, "[[1, 0], [1, 1]]");
/// ```
#[track_caller]
pub fn histogramdd(sample: impl Into<Arg>, bins: &[Bins], how: HistogramDd) -> (Tracer, Vec<Tracer>) {
    let sample = sample.into();
    let (x, weights) = match how.weights {
        None => (inexact("histogramdd", sample), None),
        Some(w) => {
            let [x, w] = promote_dtypes_inexact("histogramdd", [sample, w]);
            (x, Some(w))
        }
    };
    let [n, d] = x.shape()[..] else {
        fail(format!("histogramdd: takes a matrix with a point in each row, got {}", x.aval()))
    };
    if bins.len() != 1 && bins.len() != d || !how.ranges.is_empty() && how.ranges.len() != d {
        let (b, r) = (bins.len(), how.ranges.len());
        fail(format!("histogramdd: takes bins and ranges for all or each of {d} dimensions, got {b} and {r}"));
    }
    if let Some(w) = weights.filter(|w| w.shape()[..] != [n]) {
        fail(format!("histogramdd: takes one weight for each of {n} points, got {}", w.aval()));
    }
    let (mut all_edges, mut place, mut sizes) = (vec![], None, vec![]);
    for i in 0..d {
        let x = x.slice_axis(1, i, i + 1).reshape(&[n]);
        let range = how.ranges.get(i).cloned().flatten();
        let edges = bin_edges("histogramdd", x, &bins[if bins.len() == 1 { 0 } else { i }], &range);
        let count = edges.size();
        let index = searched(edges, x, Side::Right, SearchMethod::Scan);
        let index = x.equal(edges.slice_axis(0, count - 1, count)).select(index - 1, index);
        // What lies outside goes into bins before the first and behind the last, which are cut away.
        place = Some(place.map_or(index, |p: Tracer| p * (count + 1) as i32 + index));
        sizes.push(count + 1);
        all_edges.push(edges);
    }
    let place = place.unwrap_or_else(|| fail(format!("histogramdd: the points of {} have no coordinates", x.aval())));
    let size = sizes.iter().product();
    let counts = bincount(place, Bincount { weights: weights.map(Arg::from), length: Some(size), minlength: 0 });
    let inner: Vec<usize> = sizes.iter().map(|s| s - 1).collect();
    let mut counts = counts.reshape(&sizes).slice(&vec![1; d], &inner, &vec![1; d]);
    if how.density {
        counts = counts.astype(x.dtype());
        counts = counts / sum(counts, ());
        for (i, edges) in all_edges.iter().enumerate() {
            let mut along = vec![1; d];
            along[i] = edges.size() - 1;
            let widths = edges.slice_axis(0, 1, edges.size()) - edges.slice_axis(0, 0, edges.size() - 1);
            counts = counts / widths.reshape(&along);
        }
    }
    (counts, all_edges)
}
/// Options of [`bincount`].
#[derive(Clone, Debug, Default)]
pub struct Bincount {
    /// How much each element counts: a vector of the same size.
    pub weights: Option<Arg>,
    /// The least size of the result.
    pub minlength: usize,
    /// The size of the result; greater elements do not count. It may be left out only of a [`Literal`](raxla_ir::Literal), whose greatest
    /// element is known.
    pub length: Option<usize>,
}
/// How often, or with how much weight, each of 0, 1, 2, … is among the integers; negative ones count as 0.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::bincount(x, np::Bincount { length: Some(3), ..Default::default() }));
/// assert_eq!(f(Array::from(vec![2i32, 0, 2, 5])).to_vec::<i32>()?, [1, 0, 2]);
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If `x` is not a vector of integers or bools, if there is no `length` and `x` is no literal, or if the weights are not as many.
#[track_caller]
pub fn bincount(x: impl Into<Arg>, how: Bincount) -> Tracer {
    let x = x.into();
    let aval = x.aval();
    if aval.rank() != 1 || !matches!(aval.dtype.kind(), Kind::Bool | Kind::Signed | Kind::Unsigned) {
        fail(format!("bincount: takes a vector of integers, got {aval}"));
    }
    let length = match (how.length, &x) {
        (Some(length), _) => length,
        (None, Arg::Literal(l)) => {
            how.minlength.max(l.ints().iter().map(|i| (*i).max(0) as usize + 1).max().unwrap_or(0))
        }
        (None, _) => fail(format!("bincount: the `length` must be given, since the elements of {aval} are not known")),
    };
    let x = if aval.dtype == DType::Bool { x.tracer().astype(DType::I32) } else { x.tracer() };
    let x = if x.dtype().kind() == Kind::Signed { x.maximum(0) } else { x };
    let weights = how.weights.map(|w| w.tracer());
    if let Some(w) = weights.filter(|w| w.shape() != x.shape()) {
        fail(format!("bincount: the weights {} must be as many as {}", w.aval(), x.aval()));
    }
    let dtype = weights.map_or_else(DType::default_int, |w| w.dtype());
    let counts = super::zeros(&[length], dtype).at(x).mode(IndexMode::FillOrDrop);
    match weights {
        None => counts.add(1),
        Some(w) => counts.add(w),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raxla_ir::Literal;

    fn plain() -> Histogram {
        Histogram::default()
    }
    fn several() -> HistogramDd {
        HistogramDd::default()
    }
    crate::oracle::rows! { numpy_histograms:
        "jnp.histogram_bin_edges(a, 4)", "f32(6)" => fn(a) histogram_bin_edges(a, 4, None);
        "jnp.histogram_bin_edges(a, 4)", "values([2, 2], 'i4')" => fn(a) histogram_bin_edges(a, 4, None);
        "jnp.histogram_bin_edges(a, 4, range=(0, 2))", "f32(6)" => fn(a) histogram_bin_edges(a, 4, Some((0.into(), 2.into())));
        "jnp.histogram_bin_edges(a, b)", "f32(6), i32(3)" => fn(a, b) histogram_bin_edges(a, b, None);
        // The derivative that JAX gives of the counts is that of the weights, which are none here.
        "jnp.histogram(a)[0]", "f32(20)" => fn(a) histogram(a, 10, plain()).0;
        "jnp.histogram(a, 5)", "f32(3, 7)" => fn(a) histogram(a, 5, plain());
        "jnp.histogram(a, 4, range=(-1.0, 1.0), density=True)", "f32(20)" => fn(a) histogram(a, 4, Histogram { range: Some(((-1.0).into(), 1.0.into())), density: true, ..plain() });
        "jnp.histogram(a, b, weights=c)", "f32(20), values([-1, 0, 0.5, 2], 'f4'), f32(20)" => fn(a, b, c) histogram(a, b, Histogram { weights: Some(c.into()), ..plain() });
        "jnp.histogram(a, b)", "values([0, 1, 2, 3, 3, 4, 5, -1, nan], 'f4'), values([0, 1, 3, 4], 'f4')" => fn(a, b) histogram(a, b, plain());
        "jnp.histogram(a, 3)", "i32(12)" => fn(a) histogram(a, 3, plain());
        "jnp.histogram2d(a, b, bins=3)", "f32(12), f32(12)" => fn(a, b) histogram2d(a, b, &[3.into()], several());
        "jnp.histogram2d(a, b, bins=[2, c], weights=d, density=True)", "f32(12), f32(12), values([-1.5, 0, 0.5, 1.5], 'f4'), f32(12, low=0)" => fn(a, b, c, d) histogram2d(a, b, &[2.into(), c.into()], HistogramDd { weights: Some(d.into()), density: true, ..several() });
        "jnp.histogramdd(a, bins=2)", "f32(12, 3)" => fn(a) histogramdd(a, &[2.into()], several());
        "jnp.histogramdd(a, bins=[2, 3], range=[None, (-1.0, 1.0)])", "f32(12, 2)" => fn(a) histogramdd(a, &[2.into(), 3.into()], HistogramDd { ranges: vec![None, Some(((-1.0).into(), 1.0.into()))], ..several() });
        "jnp.bincount(a, length=5)", "i32(12)" => fn(a) bincount(a, Bincount { length: Some(5), ..Bincount::default() });
        "jnp.bincount(a, b, length=5)", "i32(12, low=0), f32(12)" => fn(a, b) bincount(a, Bincount { weights: Some(b.into()), length: Some(5), ..Bincount::default() });
        "jnp.bincount(a, length=3)", "boolean(5)" => fn(a) bincount(a, Bincount { length: Some(3), ..Bincount::default() });
        "jnp.bincount(jnp.array([1, 4, 1]), minlength=2) + a", "i32(5)" => fn(a) bincount(Literal::from(vec![1, 4, 1]), Bincount { minlength: 2, ..Bincount::default() }) + a;
    }
}
