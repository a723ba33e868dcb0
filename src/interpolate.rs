//! Interpolation on grids, as `jax.scipy.interpolate` has it: [`regular_grid`].

use crate::{
    ndimage::Order,
    numpy::{
        Arg, SearchSorted, divide, greater, less, logical_or, multiply,
        promotion::{inexact, promote_dtypes},
        searchsorted, where_,
    },
};
use raxla_ir::{
    Tracer,
    indexing::{Index, IndexMode},
    trace::fail,
};

/// The values of a function at points of any places, given what it is on a grid: `grid` has the coordinates of each axis, increasing, and
/// `values` the function's at all their combinations; it may have more axes, which the result has last. The last axis of `points` has the
/// coordinates of a point. Points outside of the grid have the value `outside`; with `None`, that of the line through the outermost points.
/// As `jax.scipy.interpolate.RegularGridInterpolator`.
///
/// # Panics
/// Inside the trace, if `values` has fewer axes than `grid`, or points have another number of coordinates.
///
/// ```
/// use raxla::{Literal, constant, interpolate::regular_grid, ndimage::Order, show};
/// let got = show(|| {
///     let grid = [constant(vec![0.0f32, 1.0, 3.0]), constant(vec![0.0f32, 10.0])];
///     let values = constant(Literal::new(&[3, 2], &[0.0f32, 1.0, 2.0, 3.0, 4.0, 5.0]));
///     regular_grid(&grid, values, constant(vec![2.0f32, 5.0]), Order::Linear, None)
/// });
/// assert_eq!(got, "3.5");
/// ```
#[track_caller]
pub fn regular_grid(
    grid: &[Tracer],
    values: impl Into<Arg>,
    points: impl Into<Arg>,
    order: Order,
    outside: Option<Arg>,
) -> Tracer {
    let (values, points) = (inexact("regular_grid", values), points.into().tracer());
    let known = || format!("a grid of {} axes, values {} and points {}", grid.len(), values.aval(), points.aval());
    if grid.is_empty() || grid.len() > values.rank() || grid.iter().any(|axis| axis.rank() != 1 || axis.size() == 0) {
        fail(format!(
            "regular_grid: takes a vector for each axis of the grid, and values on all of it; got {}",
            known()
        ));
    }
    if points.shape().last() != Some(&grid.len()) {
        fail(format!("regular_grid: a point has as many coordinates as the grid has axes; got {}", known()));
    }
    let at = |x: Tracer, index: Tracer| x.at(index).mode(IndexMode::Clip).get();
    // For each axis the index below a point, and how far on the way to the next one it is.
    let (mut places, mut beyond): (Vec<(Tracer, Tracer)>, Option<Tracer>) = (vec![], None);
    for (i, axis) in grid.iter().enumerate() {
        let last = axis.size() as i64 - 1;
        let x = points.moveaxis(-1, 0).index(i as isize);
        let below = (searchsorted(*axis, x, SearchSorted::default()) - 1).maximum(0).minimum((last - 1).max(0));
        let (low, high) = (at(*axis, below), at(*axis, below + 1));
        let [x, low] = promote_dtypes("regular_grid", [x.into(), low.into()]);
        places.push((below, divide(x - low, high - at(*axis, below))));
        let out = logical_or(less(x, axis.index(0)), greater(x, axis.index(-1)));
        beyond = Some(beyond.map_or(out, |b| b | out));
    }
    let value = |index: Vec<Tracer>| {
        let index: Vec<Index> = index.into_iter().map(Index::from).collect();
        values.at(index).mode(IndexMode::Clip).wrap_negative_indices(false).get()
    };
    // What belongs to points, beside the further axes of the values.
    let wide = |x: Tracer| (grid.len()..values.rank()).fold(x, |x, _| x.expand_dims(-1));
    let result = match order {
        Order::Nearest => value(places.iter().map(|(i, part)| part.less_equal(0.5).select(*i, *i + 1)).collect()),
        Order::Linear => {
            let corners =
                places.iter().fold(vec![(vec![], None)], |corners: Vec<(Vec<Tracer>, Option<Tracer>)>, (i, part)| {
                    let both = [(*i, 1.0f64 - *part), (*i + 1, *part)];
                    let with = |(index, weight): &(Vec<Tracer>, Option<Tracer>)| {
                        both.map(|(i, w)| ([&index[..], &[i]].concat(), Some(weight.map_or(w, |all| multiply(all, w)))))
                    };
                    corners.iter().flat_map(with).collect()
                });
            let parts = corners.into_iter().map(|(index, weight)| match weight {
                Some(weight) => multiply(value(index), wide(weight)),
                None => value(index),
            });
            parts.reduce(|a, b| a + b).unwrap_or(values)
        }
    };
    match (outside, beyond) {
        (Some(outside), Some(beyond)) => where_(wide(beyond), outside, result),
        _ => result,
    }
}
