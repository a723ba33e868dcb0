//! Elements read from, and written to, places that the program computes.

use super::squeeze;
use raxla_ir::{
    Tracer,
    aval::resolve_axis,
    indexing::Index,
    primitives::{
        Scatter,
        gather::{GatherDims, GatherMode},
        scatter::ScatterKind,
    },
    trace::{bind_at, fail, or_fail},
};
use std::panic::Location;

/// [`Tracer::dynamic_slice`]: the part of these sizes from computed places, moved inside if need be. Unlike JAX's, negative places count
/// as 0.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::dynamic_slice(constant(vec![1.0f32, 2.0, 3.0, 4.0]), &[constant(1)], &[2])), "[2.0, 3.0]");
/// ```
#[track_caller]
pub fn dynamic_slice(x: Tracer, starts: &[Tracer], sizes: &[usize]) -> Tracer {
    x.dynamic_slice(starts, sizes)
}
/// [`Tracer::dynamic_update_slice`]: the array with a part, from computed places, replaced.
///
/// ```
/// # use raxla::{constant, lax, show};
/// let got = show(|| lax::dynamic_update_slice(constant(vec![1.0f32, 2.0, 3.0, 4.0]), constant(vec![9.0f32, 9.0]), &[constant(1)]));
/// assert_eq!(got, "[1.0, 9.0, 9.0, 4.0]");
/// ```
#[track_caller]
pub fn dynamic_update_slice(x: Tracer, update: Tracer, starts: &[Tracer]) -> Tracer {
    x.dynamic_update_slice(update, starts)
}
/// The places for a window that moves along one axis only.
#[track_caller]
fn starts_along(name: &str, x: Tracer, start: Tracer, axis: isize) -> (usize, Vec<Tracer>) {
    let axis = or_fail(name, resolve_axis(axis, x.rank()));
    let zero = start.full_like(0.0);
    (axis, (0..x.rank()).map(|i| if i == axis { start } else { zero }).collect())
}
/// [`dynamic_slice`] along one axis.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::dynamic_slice_in_dim(constant(vec![1.0f32, 2.0, 3.0, 4.0]), constant(1), 2, 0)), "[2.0, 3.0]");
/// ```
#[track_caller]
pub fn dynamic_slice_in_dim(x: Tracer, start: Tracer, size: usize, axis: isize) -> Tracer {
    let (axis, starts) = starts_along("dynamic_slice_in_dim", x, start, axis);
    let mut sizes = x.shape();
    sizes[axis] = size;
    x.dynamic_slice(&starts, &sizes)
}
/// The elements at one computed place of an axis, which stays only if `keepdims`.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::dynamic_index_in_dim(constant(vec![1.0f32, 2.0, 3.0, 4.0]), constant(1), 0, false)), "2.0");
/// ```
#[track_caller]
pub fn dynamic_index_in_dim(x: Tracer, index: Tracer, axis: isize, keepdims: bool) -> Tracer {
    let one = dynamic_slice_in_dim(x, index, 1, axis);
    if keepdims { one } else { squeeze(one, &[axis]) }
}
/// [`dynamic_update_slice`] along one axis.
///
/// ```
/// # use raxla::{constant, lax, show};
/// let got = show(|| lax::dynamic_update_slice_in_dim(constant(vec![1.0f32, 2.0, 3.0, 4.0]), constant(vec![9.0f32, 9.0]), constant(1), 0));
/// assert_eq!(got, "[1.0, 9.0, 9.0, 4.0]");
/// ```
#[track_caller]
pub fn dynamic_update_slice_in_dim(x: Tracer, update: Tracer, start: Tracer, axis: isize) -> Tracer {
    let (_, starts) = starts_along("dynamic_update_slice_in_dim", x, start, axis);
    x.dynamic_update_slice(update, &starts)
}
/// The array with the elements at one computed place of an axis replaced.
///
/// ```
/// # use raxla::{Literal, constant, lax, show};
/// let got = show(|| lax::dynamic_update_index_in_dim(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![9.0f32, 9.0]), constant(1), 0));
/// assert_eq!(got, "[[1.0, 2.0], [9.0, 9.0]]");
/// ```
#[track_caller]
pub fn dynamic_update_index_in_dim(x: Tracer, update: Tracer, index: Tracer, axis: isize) -> Tracer {
    let update = if update.rank() + 1 == x.rank() { update.expand_dims(axis) } else { update };
    dynamic_update_slice_in_dim(x, update, index, axis)
}
/// [`Tracer::gather`]: windows at computed places.
///
/// ```
/// # use raxla::{GatherDims, GatherMode, Literal, constant, lax, show};
/// let got = show(|| lax::gather(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(Literal::new(&[3, 1], &[1, 0, 1])), GatherDims { offset_dims: [1].into_iter().collect(), collapsed_slice_dims: [0].into_iter().collect(), start_index_map: [0].into_iter().collect(), ..GatherDims::default() }, &[1, 2], GatherMode::Clip));
/// assert_eq!(got, "[[3.0, 4.0], [1.0, 2.0], [3.0, 4.0]]");
/// ```
#[track_caller]
pub fn gather(x: Tracer, indices: Tracer, dims: GatherDims, slice_sizes: &[usize], mode: GatherMode) -> Tracer {
    x.gather(indices, dims, slice_sizes, mode)
}
macro_rules! scatters { ($($name:ident $Kind:ident;)*) => { $(
    #[doc = concat!("[`ScatterKind::", stringify!($Kind), "`] of windows at computed places with updates.")]
    #[track_caller]
    pub fn $name(x: Tracer, indices: Tracer, updates: Tracer, dims: GatherDims, mode: GatherMode) -> Tracer {
        let op = Scatter { kind: ScatterKind::$Kind, dims, mode, indices_are_sorted: false, unique_indices: false };
        bind_at(op.into(), &[x, indices, updates], Location::caller().into())[0]
    }
)* } }
scatters! { scatter Set; scatter_add Add; scatter_sub Sub; scatter_mul Mul; scatter_min Min; scatter_max Max; }
/// The elements that index arrays name along axes, as NumPy's `x[…, i, …]` with the others whole in between.
///
/// ```
/// # use raxla::{Literal, constant, lax, show};
/// let got = show(|| lax::index_take(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), &[constant(vec![1, 0])], &[0]));
/// assert_eq!(got, "[[3.0, 4.0], [1.0, 2.0]]");
/// ```
#[track_caller]
pub fn index_take(x: Tracer, indices: &[Tracer], axes: &[usize]) -> Tracer {
    let mut items: Vec<Index> = vec![(..).into(); x.rank()];
    for (index, axis) in indices.iter().zip(axes) {
        match items.get_mut(*axis) {
            Some(item) => *item = (*index).into(),
            None => fail(format!("index_take: axis {axis} is out of bounds for {}", x.aval())),
        }
    }
    x.index(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole rows of a matrix, each named by one number.
    fn rows() -> GatherDims {
        GatherDims {
            offset_dims: [1].into_iter().collect(),
            collapsed_slice_dims: [0].into_iter().collect(),
            start_index_map: [0].into_iter().collect(),
            ..GatherDims::default()
        }
    }
    crate::oracle::rows! { lax_places:
        "lax.dynamic_slice_in_dim(a, b, 2, 1)", "f32(2, 4), values(1, 'i4')" => fn(a, b) dynamic_slice_in_dim(a, b, 2, 1);
        "lax.dynamic_index_in_dim(a, b, 0, keepdims=False)", "f32(3, 2), values(2, 'i4')" => fn(a, b) dynamic_index_in_dim(a, b, 0, false);
        "lax.dynamic_update_slice_in_dim(a, b, c, 0)", "f32(4, 2), f32(2, 2), values(1, 'i4')" => fn(a, b, c) dynamic_update_slice_in_dim(a, b, c, 0);
        "lax.dynamic_update_index_in_dim(a, b, c, 0)", "f32(4, 2), f32(2), values(1, 'i4')" => fn(a, b, c) dynamic_update_index_in_dim(a, b, c, 0);
        "lax.dynamic_index_in_dim(a, b, 1)", "f32(3, 2), values(1, 'i4')" => fn(a, b) dynamic_index_in_dim(a, b, 1, true);
        "lax.dynamic_slice(a, (b, c), (2, 2))", "f32(3, 4), values(2, 'i4'), values(1, 'i4')" => fn(a, b, c) dynamic_slice(a, &[b, c], &[2, 2]);
        "lax.dynamic_update_slice(a, b, (c, c))", "f32(3, 4), f32(2, 2), values(1, 'i4')" => fn(a, b, c) dynamic_update_slice(a, b, &[c, c]);
        "lax.gather(a, b, lax.GatherDimensionNumbers((1,), (0,), (0,)), (1, 2), mode='clip')", "f32(4, 2), values([[3], [0], [9]], 'i4')" => fn(a, b) gather(a, b, rows(), &[1, 2], GatherMode::Clip);
        "lax.scatter(a, b, c, lax.ScatterDimensionNumbers((1,), (0,), (0,)), unique_indices=True)", "f32(4, 2), values([[3], [0]], 'i4'), f32(2, 2)" => fn(a, b, c) scatter(a, b, c, rows(), GatherMode::FillOrDrop);
        "[f(a, b, c, lax.ScatterDimensionNumbers((1,), (0,), (0,))) for f in (lax.scatter_add, lax.scatter_sub, lax.scatter_min, lax.scatter_max)]", "f32(4, 2), values([[3], [0], [7]], 'i4'), f32(3, 2)" => fn(a, b, c) {
            [scatter_add, scatter_sub, scatter_min, scatter_max].map(|f| f(a, b, c, rows(), GatherMode::FillOrDrop)).to_vec()
        };
        // There is a derivative for unique indices only, which this cannot promise.
        "lax.scatter_mul(a, b, c, lax.ScatterDimensionNumbers((1,), (0,), (0,)))", "f32(4, 2), values([[3], [0], [3]], 'i4'), f32(3, 2)", values => fn(a, b, c) scatter_mul(a, b, c, rows(), GatherMode::FillOrDrop);
        "lax.index_take(a, (b, c), axes=(0, 2))", "f32(3, 2, 4), values([2, 0], 'i4'), values([1, 3], 'i4')" => fn(a, b, c) index_take(a, &[b, c], &[0, 2]);
    }
}
