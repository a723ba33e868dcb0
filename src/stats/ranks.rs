//! Statistics of samples: the most frequent element, ranks, the error of the mean.

use crate::numpy::{self as np, Arg, Over};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::resolve_axis,
    primitives::{cumulative::CumulativeKind, gather::GatherMode, iota::iota, sort::sort},
    trace::{constant, or_fail},
};

/// Which of the neighbours along the last axis of a sorted array begin another value: the first does, and NaNs are all alike.
#[track_caller]
fn beginnings(sorted: Tracer) -> Tracer {
    let n = sorted.shape().last().copied().unwrap_or(1);
    let (before, here) = (sorted.slice_axis(-1, 0, n - 1), sorted.slice_axis(-1, 1, n));
    let other = here.not_equal(before);
    let other =
        if sorted.dtype().is_inexact() { other & (np::isnan(here) & np::isnan(before)).logical_not() } else { other };
    let mut low = vec![0; sorted.rank()];
    low[sorted.rank() - 1] = 1;
    other.pad(true, &low, &vec![0; sorted.rank()], &vec![0; sorted.rank()])
}
/// The places `0, 1, …` along the last axis, and where the run of equal elements begins in which each is.
#[track_caller]
fn runs(sorted: Tracer) -> (Tracer, Tracer, Tracer) {
    let first = beginnings(sorted);
    let places = iota(DType::I32, &sorted.shape(), sorted.rank() - 1);
    let begins = first.select(places, 0).cumulative(CumulativeKind::Max, -1, false);
    (first, places, begins)
}
/// The elements along an axis on a last one, those of all axes for `None`.
#[track_caller]
fn along(name: &str, a: Arg, axis: Option<isize>) -> Tracer {
    let a = a.tracer();
    match axis {
        None => a.ravel(),
        Some(_) if a.rank() == 0 => a.reshape(&[1]),
        Some(axis) => a.moveaxis(or_fail(name, resolve_axis(axis, a.rank())) as isize, -1),
    }
}
/// The most frequent element along an axis, of several the least, and how often it is there. NaNs count as one value. Of no elements both
/// are floats, NaN and 0, as JAX's.
///
/// ```
/// use raxla::{prelude::*, stats};
/// let (mode, count) = jit(|x: Tracer| stats::mode(x, 0, false))(Array::from(vec![3, 1, 3, 1, 2]));
/// assert_eq!((mode.item::<i32>()?, count.item::<i32>()?), (1, 2));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn mode(a: impl Into<Arg>, axis: impl Into<Option<isize>>, keepdims: bool) -> (Tracer, Tracer) {
    let (a, axis) = (a.into(), axis.into());
    let shape = a.aval().shape.to_vec();
    let x = along("mode", a, axis);
    let all = x.shape();
    let rest = &all[..x.rank() - 1];
    let left = match axis {
        _ if !keepdims => rest.to_vec(),
        None => vec![1; shape.len()],
        Some(axis) if !shape.is_empty() => {
            let axis = or_fail("mode", resolve_axis(axis, shape.len()));
            shape.iter().enumerate().map(|(i, n)| if i == axis { 1 } else { *n }).collect()
        }
        Some(_) => vec![],
    };
    if x.shape().last() == Some(&0) {
        let of = |value: f64| constant(Literal::full(ShapedArray::new(&left, DType::default_float()), value));
        return (of(f64::NAN), of(0.0));
    }
    let sorted = x.sort(-1);
    let (_, places, begins) = runs(sorted);
    let so_far = places - begins;
    let last = so_far.argmax(-1).expand_dims(-1);
    let value = sorted.take_along_axis(last, -1, GatherMode::PromiseInBounds);
    (value.reshape(&left), (so_far.max_axes(-1) + 1).reshape(&left))
}
/// What rank equal elements have: [`rankdata`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ties {
    /// The mean of the ranks that they take.
    #[default]
    Average,
    /// The least of the ranks that they take.
    Min,
    /// The greatest of the ranks that they take.
    Max,
    /// One more than the values below.
    Dense,
    /// One each, in order.
    Ordinal,
}
/// The ranks of the elements, from 1, along an axis or among all (`None`, on one axis), in the default float dtype. NaN where there is one.
///
/// ```
/// use raxla::{prelude::*, stats::{self, Ties}};
/// let y = jit(|x: Tracer| stats::rankdata(x, Ties::Average, None))(Array::from(vec![0.5f32, 2.0, 0.5, 9.0]));
/// assert_eq!(y.to_vec::<f32>()?, [1.5, 3.0, 1.5, 4.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn rankdata(a: impl Into<Arg>, method: Ties, axis: impl Into<Option<isize>>) -> Tracer {
    let (a, axis) = (a.into(), axis.into());
    let x = along("rankdata", a, axis);
    let float = DType::default_float();
    let back = |ranks: Tracer| axis.map_or(ranks, |axis| ranks.moveaxis(-1, axis));
    if x.size() == 0 {
        return back(constant(Literal::zeros(x.aval().with_dtype(float))));
    }
    let places = iota(DType::I32, &x.shape(), x.rank() - 1);
    let ordered = sort(&[x, places], -1, 1);
    let (sorted, order) = (ordered[0], ordered[1]);
    let (first, places, begins) = runs(sorted);
    let least = begins + 1;
    let greatest = || {
        let n = places.shape()[places.rank() - 1];
        let mut high = vec![0; places.rank()];
        high[places.rank() - 1] = 1;
        let last = first.slice_axis(-1, 1, n).pad(true, &vec![0; places.rank()], &high, &vec![0; places.rank()]);
        last.select(places, n as i32).cumulative(CumulativeKind::Min, -1, true) + 1
    };
    let rank = match method {
        Ties::Ordinal => places + 1,
        Ties::Dense => first.astype(DType::I32).cumulative(CumulativeKind::Sum, -1, false),
        Ties::Min => least,
        Ties::Max => greatest(),
        Ties::Average => least + greatest(),
    };
    let rank = sort(&[order, rank], -1, 1)[1].astype(float);
    let rank = if method == Ties::Average { rank * 0.5 } else { rank };
    let rank = match x.dtype().is_inexact() {
        true => np::any(np::isnan(x), Over::axis(-1).keepdims()).select(rank.full_like(f64::NAN), rank),
        false => rank,
    };
    back(rank)
}
/// What becomes of NaNs: [`sem`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NanPolicy {
    /// They make the result NaN.
    #[default]
    Propagate,
    /// They are left out.
    Omit,
}
/// The standard error of the mean over axes: the standard deviation, with `ddof` (SciPy: 1) degrees of freedom taken off, over the root of
/// the number of elements.
///
/// ```
/// # use raxla::{constant, show, stats};
/// assert_eq!(show(|| stats::sem(constant(vec![1.0f32, 2.0, 3.0]), (), 1.0, stats::NanPolicy::Propagate)), "0.5774");
/// ```
#[track_caller]
pub fn sem(a: impl Into<Arg>, over: impl Into<Over>, ddof: f64, nan_policy: NanPolicy) -> Tracer {
    let (x, over) = (np::promotion::inexact("sem", a), over.into());
    match nan_policy {
        NanPolicy::Propagate => {
            let deviation = np::std_with(x, over, ddof);
            deviation / (x.size() as f64 / deviation.size().max(1) as f64).sqrt()
        }
        NanPolicy::Omit => {
            let count = np::sum(np::isnan(x).logical_not(), over.clone().dtype(DType::I32));
            let deviation = np::nanstd_with(x, over, ddof);
            deviation / count.astype(deviation.dtype()).sqrt()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { stats_ranks:
        "jsp.stats.mode(a)", "i32(7, 3, low=0, high=4)" => fn(a) mode(a, 0, false);
        "jsp.stats.mode(a, axis=1, keepdims=True)", "i32(3, 7, low=0, high=3)" => fn(a) mode(a, 1, true);
        "jsp.stats.mode(a, axis=None)", "values([[2.0, 1.0, 2.0], [nan, nan, nan]], 'f4')", values => fn(a) mode(a, None, false);
        "jsp.stats.mode(a, axis=None, keepdims=True)", "boolean(3, 4)" => fn(a) mode(a, None, true);
        "jsp.stats.mode(a)", "f32(0, 2)", values => fn(a) mode(a, 0, false);
        "jsp.stats.mode(a)", "i32()" => fn(a) mode(a, 0, false);
        "jsp.stats.rankdata(a)", "i32(3, 4, low=0, high=5)" => fn(a) rankdata(a, Ties::Average, None);
        "jsp.stats.rankdata(a, 'min')", "i32(9, low=0, high=5)" => fn(a) rankdata(a, Ties::Min, None);
        "jsp.stats.rankdata(a, 'max', axis=0)", "i32(9, 2, low=0, high=5)" => fn(a) rankdata(a, Ties::Max, 0);
        "jsp.stats.rankdata(a, 'dense', axis=1)", "i32(2, 9, low=0, high=5)" => fn(a) rankdata(a, Ties::Dense, 1);
        "jsp.stats.rankdata(a, 'ordinal')", "i32(9, low=0, high=5)" => fn(a) rankdata(a, Ties::Ordinal, None);
        "jsp.stats.rankdata(a, axis=1)", "values([[1.0, nan, 0.0], [2.0, 2.0, -1.0]], 'f4')", values => fn(a) rankdata(a, Ties::Average, 1);
        "jsp.stats.rankdata(a, axis=0)", "f32(0, 2, 3)", values => fn(a) rankdata(a, Ties::Average, 0);
        "jsp.stats.sem(a)", "f32(5, 3)" => fn(a) sem(a, 0, 1.0, NanPolicy::Propagate);
        "jsp.stats.sem(a, axis=None, ddof=0)", "i32(5, 3)" => fn(a) sem(a, (), 0.0, NanPolicy::Propagate);
        "jsp.stats.sem(a, axis=1, keepdims=True)", "bf16(5, 3)" => fn(a) sem(a, Over::axis(1).keepdims(), 1.0, NanPolicy::Propagate);
        // JAX's gradient is NaN at the NaN.
        "jsp.stats.sem(a, nan_policy='omit')", "values([[1.0, nan], [2.0, 3.0], [4.0, 7.0]], 'f4')", values => fn(a) sem(a, 0, 1.0, NanPolicy::Omit);
    }
}
