//! Elements read from, and written to, places that the program computes.

use super::{Naturals, Word, alike, axes};
use crate::{
    array::ArrayLike,
    table::{Arrays, functions},
    tree::type_error,
};
use pyo3::{Borrowed, prelude::*};
use raxla::{
    DType, GatherDims, GatherMode, Literal, Tracer,
    ir::{
        aval::resolve_axis,
        primitives::{Gather, Scatter, scatter::ScatterKind},
        trace::{bind, fail, or_fail},
    },
    lax, numpy as np,
};

/// What stands for places in every axis: whether negative ones count from the end, for all or for each.
pub struct Negatives(Vec<bool>);
impl<'a, 'py> FromPyObject<'a, 'py> for Negatives {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Negatives> {
        match object.extract::<bool>() {
            Ok(all) => Ok(Negatives(vec![all])),
            Err(_) => object.extract().map(Negatives),
        }
    }
}
/// A place along an axis; a negative one counts from the end, if it may.
fn place(py: Python, name: &str, index: &ArrayLike, n: usize, negative: bool) -> Tracer {
    let index = index.input(py).tracer();
    if !index.dtype().is_integer() || index.rank() > 0 {
        fail(format!("{name}: places must be integer scalars, got {}", index.aval()));
    }
    let index = if index.dtype().bits() < 32 { index.astype(DType::I32) } else { index };
    if negative && index.dtype().kind() == raxla::ir::dtype::Kind::Signed {
        index.less(0).select(index + n as i64, index)
    } else {
        index
    }
}
fn places(py: Python, name: &str, x: Tracer, indices: &Arrays, negative: &Negatives) -> Vec<Tracer> {
    if indices.0.len() != x.rank() {
        fail(format!("{name}: takes a place for each axis of {}, got {}", x.aval(), indices.0.len()));
    }
    let may = |i: usize| negative.0.get(if negative.0.len() == 1 { 0 } else { i }).copied().unwrap_or(true);
    let each = indices.0.iter().zip(x.shape()).enumerate();
    let made: Vec<Tracer> = each.map(|(i, (index, n))| place(py, name, index, n, may(i))).collect();
    alike(name, &made);
    made
}
/// An axis, counted from the end if negative, and its size.
fn along(name: &str, x: Tracer, axis: isize) -> (isize, usize) {
    let axis = or_fail(name, resolve_axis(axis, x.rank()));
    (axis as isize, x.shape()[axis])
}
fn inside(name: &str, x: Tracer, update: Tracer) {
    alike(name, &[x, update]);
    if x.rank() != update.rank() {
        fail(format!("{name}: the update must have as many axes as the array, got {} and {}", update.aval(), x.aval()));
    }
}
/// `mode`: what happens out of bounds.
pub struct Mode(GatherMode);
impl<'a, 'py> FromPyObject<'a, 'py> for Mode {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Mode> {
        let word: Word = object.extract()?;
        Ok(Mode(match word.0.as_str() {
            "clip" => GatherMode::Clip,
            "fill" | "drop" | "fill_or_drop" => GatherMode::FillOrDrop,
            "promise_in_bounds" => GatherMode::PromiseInBounds,
            other => return Err(pyo3::exceptions::PyValueError::new_err(format!("unknown gather mode {other}"))),
        }))
    }
}
/// Dimension numbers: those of a gather, or of a scatter, whose fields have other names.
pub struct Dims(GatherDims);
impl<'a, 'py> FromPyObject<'a, 'py> for Dims {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Dims> {
        // Both tuples have these fields in this order.
        let fields: Vec<Vec<super::Axis>> =
            object.try_iter().and_then(|items| items.map(|item| item?.extract()).collect()).map_err(|e| {
                type_error(format!("takes GatherDimensionNumbers or ScatterDimensionNumbers, got {}: {e}", &*object))
            })?;
        match &fields[..] {
            [window, dropped, map, batching, indices_batching] => Ok(Dims(GatherDims {
                offset_dims: axes(window).into(),
                collapsed_slice_dims: axes(dropped).into(),
                operand_batching_dims: axes(batching).into(),
                start_indices_batching_dims: axes(indices_batching).into(),
                start_index_map: axes(map).into(),
            })),
            _ => Err(type_error(format!("takes five lists of axes, got {}", &*object))),
        }
    }
}
/// The promises of a scatter and what it does out of bounds.
struct Promises {
    sorted: bool,
    unique: bool,
    mode: Option<Mode>,
}
fn scattered(
    py: Python,
    kind: ScatterKind,
    (x, indices, updates): (&ArrayLike, &ArrayLike, &ArrayLike),
    dims: Dims,
    promises: Promises,
) -> Tracer {
    let (x, updates) = (x.tracer(py), updates.tracer(py));
    if x.dtype() != updates.dtype() {
        fail(format!("scatter: updates must have the array's dtype, got {} and {}", x.aval(), updates.aval()));
    }
    let op = Scatter {
        kind,
        dims: dims.0,
        mode: promises.mode.map_or(GatherMode::FillOrDrop, |m| m.0),
        indices_are_sorted: promises.sorted,
        unique_indices: promises.unique,
    };
    bind(op.into(), &[x, indices.tracer(py), updates])[0]
}
macro_rules! scatters { ($($(#[$doc:meta])* $name:ident $Kind:ident;)*) => { functions! { register_scatters; $(
    $(#[$doc])*
    fn $name(operand: ArrayLike, scatter_indices: ArrayLike, updates: ArrayLike, dimension_numbers: Dims, indices_are_sorted: bool, unique_indices: bool, mode: Option<Mode>) [operand, scatter_indices, updates, dimension_numbers, *, indices_are_sorted = false, unique_indices = false, mode = None] |py| {
        let promises = Promises { sorted: indices_are_sorted, unique: unique_indices, mode };
        scattered(py, ScatterKind::$Kind, (&operand, &scatter_indices, &updates), dimension_numbers, promises)
    };
)* } } }
scatters! {
    /// The array with windows at computed places replaced.
    scatter Set;
    /// The array with updates added to windows at computed places.
    scatter_add Add;
    /// The array with updates subtracted from windows at computed places.
    scatter_sub Sub;
    /// The array with windows at computed places multiplied.
    scatter_mul Mul;
    /// The array with the lesser of each element and its updates.
    scatter_min Min;
    /// The array with the greater of each element and its updates.
    scatter_max Max;
}
functions! { register_functions;
    /// The part of these sizes from computed places, moved inside if need be.
    fn dynamic_slice(operand: ArrayLike, start_indices: Arrays, slice_sizes: Naturals, allow_negative_indices: Negatives) [operand, start_indices, slice_sizes, *, allow_negative_indices = Negatives(vec![true])] |py| {
        let x = operand.tracer(py);
        let starts = places(py, "dynamic_slice", x, &start_indices, &allow_negative_indices);
        lax::dynamic_slice(x, &starts, &slice_sizes.0)
    };
    /// `dynamic_slice` along one axis.
    fn dynamic_slice_in_dim(operand: ArrayLike, start_index: ArrayLike, slice_size: usize, axis: isize, allow_negative_indices: bool) [operand, start_index, slice_size, axis = 0, *, allow_negative_indices = true] |py| {
        let x = operand.tracer(py);
        let (axis, n) = along("dynamic_slice_in_dim", x, axis);
        lax::dynamic_slice_in_dim(x, place(py, "dynamic_slice_in_dim", &start_index, n, allow_negative_indices), slice_size, axis)
    };
    /// The elements at one computed place of an axis, which stays only if `keepdims`.
    fn dynamic_index_in_dim(operand: ArrayLike, index: ArrayLike, axis: isize, keepdims: bool, allow_negative_indices: bool) [operand, index, axis = 0, keepdims = true, *, allow_negative_indices = true] |py| {
        let x = operand.tracer(py);
        let (axis, n) = along("dynamic_index_in_dim", x, axis);
        lax::dynamic_index_in_dim(x, place(py, "dynamic_index_in_dim", &index, n, allow_negative_indices), axis, keepdims)
    };
    /// The array with a part, from computed places, replaced.
    fn dynamic_update_slice(operand: ArrayLike, update: ArrayLike, start_indices: Arrays, allow_negative_indices: Negatives) [operand, update, start_indices, *, allow_negative_indices = Negatives(vec![true])] |py| {
        let (x, update) = (operand.tracer(py), update.tracer(py));
        inside("dynamic_update_slice", x, update);
        let starts = places(py, "dynamic_update_slice", x, &start_indices, &allow_negative_indices);
        lax::dynamic_update_slice(x, update, &starts)
    };
    /// `dynamic_update_slice` along one axis.
    fn dynamic_update_slice_in_dim(operand: ArrayLike, update: ArrayLike, start_index: ArrayLike, axis: isize, allow_negative_indices: bool) [operand, update, start_index, axis, *, allow_negative_indices = true] |py| {
        let (x, update) = (operand.tracer(py), update.tracer(py));
        inside("dynamic_update_slice_in_dim", x, update);
        let (axis, n) = along("dynamic_update_slice_in_dim", x, axis);
        lax::dynamic_update_slice_in_dim(x, update, place(py, "dynamic_update_slice_in_dim", &start_index, n, allow_negative_indices), axis)
    };
    /// The array with the elements at one computed place of an axis replaced.
    fn dynamic_update_index_in_dim(operand: ArrayLike, update: ArrayLike, index: ArrayLike, axis: isize, allow_negative_indices: bool) [operand, update, index, axis, *, allow_negative_indices = true] |py| {
        let (x, update) = (operand.tracer(py), update.tracer(py));
        let (axis, n) = along("dynamic_update_index_in_dim", x, axis);
        let update = if update.rank() + 1 == x.rank() { update.expand_dims(axis) } else { update };
        inside("dynamic_update_index_in_dim", x, update);
        lax::dynamic_update_index_in_dim(x, update, place(py, "dynamic_update_index_in_dim", &index, n, allow_negative_indices), axis)
    };
    /// Windows at computed places.
    fn gather(operand: ArrayLike, start_indices: ArrayLike, dimension_numbers: Dims, slice_sizes: Naturals, unique_indices: bool, indices_are_sorted: bool, mode: Option<Mode>, fill_value: Option<Bound<'_, PyAny>>) [operand, start_indices, dimension_numbers, slice_sizes, *, unique_indices = false, indices_are_sorted = false, mode = None, fill_value = None] |py| {
        let x = operand.tracer(py);
        let fill = match fill_value {
            None => None,
            Some(value) => Some(scalar(&value, x.dtype())?),
        };
        let op = Gather {
            dims: dimension_numbers.0,
            slice_sizes: slice_sizes.0.into(),
            mode: mode.map_or(GatherMode::PromiseInBounds, |m| m.0),
            fill,
            indices_are_sorted,
            unique_indices,
        };
        bind(op.into(), &[x, start_indices.tracer(py)])[0]
    };
    /// The elements that index arrays name along axes.
    fn index_take(src: ArrayLike, idxs: Arrays, axes: Vec<super::Axis>) [src, idxs, axes] |py| {
        let indices: Vec<Tracer> = np::broadcast_arrays(&idxs.tracers(py));
        lax::index_take(src.tracer(py), &indices, &super::axes(&axes))
    };
}
/// A number of Python's as a literal.
fn scalar(value: &Bound<PyAny>, dtype: DType) -> PyResult<Literal> {
    let aval = raxla::ShapedArray::new(&[], dtype);
    Ok(match dtype {
        DType::Bool => Literal::from_ints(aval, [i128::from(value.is_truthy()?)]),
        d if d.is_complex() => Literal::from_complexes(
            aval,
            [value.call_method0("__complex__").and_then(|z| z.extract()).or_else(|_| value.extract())?],
        ),
        d if d.is_float() => Literal::from_floats(aval, [value.call_method0("__float__")?.extract()?]),
        _ => Literal::from_ints(aval, [value.call_method0("__int__")?.extract()?]),
    })
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    register_scatters(module)?;
    register_functions(module)
}
