//! Values of arrays between their elements, as `jax.scipy.ndimage` has them: [`map_coordinates`].

use crate::numpy::{Arg, multiply, remainder};
use raxla_ir::{
    DType, Tracer,
    indexing::{Index, IndexMode},
    trace::fail,
};

/// What lies outside an array `a b c d`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Boundary {
    /// This number; 0 by default. (SciPy's `grid-constant`, as in JAX.)
    Constant(f64),
    /// `a a | a b c d | d d`.
    Nearest,
    /// `c b | a b c d | c b`.
    Mirror,
    /// `b a | a b c d | d c`.
    Reflect,
    /// `c d | a b c d | a b`. (SciPy's `grid-wrap`, as in JAX.)
    Wrap,
}
impl Default for Boundary {
    fn default() -> Self {
        Boundary::Constant(0.0)
    }
}
/// The order of an interpolation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The nearest element.
    Nearest,
    /// Linear between elements.
    #[default]
    Linear,
}
impl Boundary {
    /// The index of an element of an axis that stands for one at any index.
    fn inside(self, index: Tracer, size: usize) -> Tracer {
        let mirrored = |index: Tracer, size: usize| {
            if size == 1 {
                return index.full_like(0.0);
            }
            let half = size as i64 - 1;
            (remainder(index + half, 2 * half) - half).abs()
        };
        match self {
            Boundary::Constant(_) => index,
            Boundary::Nearest => index.maximum(0).minimum(size - 1),
            Boundary::Wrap => remainder(index, size),
            Boundary::Mirror => mirrored(index, size),
            Boundary::Reflect => (mirrored(index * 2 + 1, 2 * size + 1) - 1).shift_right_arithmetic(1),
        }
    }
}

/// The values of `input` at points given by a coordinate for each of its axes, arrays that broadcast together; the element `i` of an axis is
/// at the coordinate `i`. As `jax.scipy.ndimage.map_coordinates`.
///
/// The result has the dtype of `input`; of integers it is rounded.
///
/// # Panics
/// Inside the trace, if there are not as many coordinates as `input` has axes, or they are complex.
///
/// ```
/// use raxla::{ndimage::{Boundary, Order, map_coordinates}, prelude::*};
/// let at = jit(|x: Tracer, t: Tracer| map_coordinates(x, &[t], Order::Linear, Boundary::Nearest));
/// let y = at(Array::from(vec![0.0f32, 2.0, 4.0]), Array::from(vec![0.25f32, 1.5, 9.0]));
/// assert_eq!(y.to_vec::<f32>()?, [0.5, 3.0, 4.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn map_coordinates(input: impl Into<Arg>, coordinates: &[Tracer], order: Order, boundary: Boundary) -> Tracer {
    let input = input.into().tracer();
    let aval = input.aval();
    if coordinates.len() != aval.rank() || coordinates.is_empty() {
        fail(format!("map_coordinates: takes a coordinate for each axis of {aval}, got {}", coordinates.len()));
    }
    if let Some(c) = coordinates.iter().find(|c| c.dtype().is_complex()) {
        fail(format!("map_coordinates: takes real coordinates, got {}", c.aval()));
    }
    // For each axis the indices around a point, which of them are in the array, and their weights.
    type Node = (Tracer, Option<Tracer>, Option<Tracer>);
    let node = |index: Tracer, weight: Option<Tracer>, size: usize| -> Node {
        let index = index.astype(DType::I32);
        let constant = matches!(boundary, Boundary::Constant(_));
        let valid = constant.then(|| index.greater_equal(0) & index.less(size));
        (boundary.inside(index, size), valid, weight)
    };
    let nodes: Vec<Vec<Node>> = coordinates
        .iter()
        .zip(&aval.shape)
        .map(|(c, size)| match order {
            Order::Nearest if !c.dtype().is_float() => vec![node(*c, None, *size)],
            Order::Nearest => vec![node(c.round_half_away(), None, *size)],
            Order::Linear => {
                let c = if c.dtype().is_float() { *c } else { c.astype(DType::default_float()) };
                let lower = c.floor();
                let upper = c - lower;
                vec![node(lower, Some(1.0f64 - upper), *size), node(lower + 1.0, Some(upper), *size)]
            }
        })
        .collect();
    let corners = nodes.iter().fold(vec![vec![]], |corners: Vec<Vec<Node>>, axis| {
        corners.iter().flat_map(|c| axis.iter().map(|n| [&c[..], &[*n]].concat())).collect()
    });
    let parts = corners.into_iter().map(|corner| {
        let index: Vec<Index> = corner.iter().map(|n| n.0.into()).collect();
        let value = input.at(index).mode(IndexMode::Clip).wrap_negative_indices(false).get();
        let valid = corner.iter().filter_map(|n| n.1).reduce(|a, b| a & b);
        let value = match (valid, boundary) {
            (Some(valid), Boundary::Constant(outside)) => {
                valid.select(value, input.full_like(outside).ravel().index(0))
            }
            _ => value,
        };
        let weight = corner.iter().filter_map(|n| n.2).reduce(|a, b| a * b);
        weight.map_or(value, |weight| multiply(weight, value))
    });
    let sum = parts.reduce(|a, b| a + b).unwrap_or(input);
    let whole = aval.dtype.is_integer() && sum.dtype().is_float();
    let sum = if whole { sum.round_half_away() } else { sum };
    sum.astype(aval.dtype)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { ndimage_map_coordinates:
        "jsp.ndimage.map_coordinates(a, [b, c], 1)", "f32(3, 4), f32(2, 3, low=-1, high=4), f32(2, 3, low=-1, high=5)" => fn(a, b, c) map_coordinates(a, &[b, c], Order::Linear, Boundary::Constant(0.0));
        "jsp.ndimage.map_coordinates(a, [b, c], 0, cval=7.5)", "f32(3, 4), f32(6, low=-2, high=5), f32(6, low=-2, high=5)" => fn(a, b, c) map_coordinates(a, &[b, c], Order::Nearest, Boundary::Constant(7.5));
        "jsp.ndimage.map_coordinates(a, [b], 1, mode='nearest')", "f32(5), f32(9, low=-8, high=12)" => fn(a, b) map_coordinates(a, &[b], Order::Linear, Boundary::Nearest);
        "jsp.ndimage.map_coordinates(a, [b], 1, mode='mirror')", "f32(5), f32(9, low=-8, high=12)" => fn(a, b) map_coordinates(a, &[b], Order::Linear, Boundary::Mirror);
        "jsp.ndimage.map_coordinates(a, [b], 1, mode='reflect')", "f32(5), f32(9, low=-8, high=12)" => fn(a, b) map_coordinates(a, &[b], Order::Linear, Boundary::Reflect);
        "jsp.ndimage.map_coordinates(a, [b], 1, mode='wrap')", "f32(5), f32(9, low=-8, high=12)" => fn(a, b) map_coordinates(a, &[b], Order::Linear, Boundary::Wrap);
        "jsp.ndimage.map_coordinates(a, [b], 0, mode='wrap')", "f32(5), f32(9, low=-8, high=12)" => fn(a, b) map_coordinates(a, &[b], Order::Nearest, Boundary::Wrap);
        "jsp.ndimage.map_coordinates(a, [b], 1, mode='nearest')", "i32(5), f32(6, low=-1, high=6)" => fn(a, b) map_coordinates(a, &[b], Order::Linear, Boundary::Nearest);
        "jsp.ndimage.map_coordinates(a, [b], 0, mode='mirror')", "f32(5), i32(6)" => fn(a, b) map_coordinates(a, &[b], Order::Nearest, Boundary::Mirror);
        "jsp.ndimage.map_coordinates(a, [b, c, b], 1, mode='reflect')", "c64(2, 3, 2), f32(4, low=-1, high=4), f32(4, low=-1, high=4)" => fn(a, b, c) map_coordinates(a, &[b, c, b], Order::Linear, Boundary::Reflect);
    }
}
