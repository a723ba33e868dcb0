//! Shapes: arrays in other shapes, joined, split, repeated and indexed.

use crate::{
    array::ArrayLike,
    dtype::Dtype,
    table::{Arrays, Axes, Converted, Out, Sizes, choice, functions, known, known_arg, no_out, no_sharding},
    tree::type_error,
};
use pyo3::{Py, PyAny, PyResult, Python};
use raxla::{IndexMode, numpy as np};

type Object = Option<Py<PyAny>>;

fn along(axes: Option<Axes>) -> np::Along {
    match axes {
        Some(Axes(Some(axes))) => axes[..].into(),
        _ => ().into(),
    }
}
fn listed(axes: Axes) -> PyResult<Vec<isize>> {
    axes.0.ok_or_else(|| type_error("axis must be an integer or a tuple of integers, got None"))
}
/// `order=`.
pub fn order_of(order: &str) -> PyResult<np::Order> {
    match order {
        "C" | "A" | "K" => Ok(np::Order::C),
        "F" => Ok(np::Order::F),
        other => {
            Err(pyo3::exceptions::PyValueError::new_err(format!("Unexpected value for 'order' argument: {other}.")))
        }
    }
}
/// `indices_or_sections`: a number of parts, or the places between them.
fn sections(sizes: Sizes, single: bool) -> PyResult<np::Sections> {
    match sizes.0[..] {
        [n] if single => usize::try_from(n)
            .map(np::Sections::Parts)
            .map_err(|_| pyo3::exceptions::PyValueError::new_err(format!("cannot split into {n} parts"))),
        _ => Ok(np::Sections::Before(sizes.0)),
    }
}
/// A number of parts or places, and which of both.
pub struct Parts(np::Sections);
impl<'a, 'py> pyo3::FromPyObject<'a, 'py> for Parts {
    type Error = pyo3::PyErr;
    fn extract(object: pyo3::Borrowed<'a, 'py, PyAny>) -> PyResult<Parts> {
        use pyo3::types::PyAnyMethods;
        let single = object.extract::<isize>().is_ok();
        let sizes = match object.call_method0("tolist") {
            Ok(list) if !single => list.extract::<Sizes>()?,
            _ => object.extract::<Sizes>()?,
        };
        sections(sizes, single).map(Parts)
    }
}

/// What `mode=` says of indices out of bounds.
pub struct Mode(pub IndexMode);
impl<'a, 'py> pyo3::FromPyObject<'a, 'py> for Mode {
    type Error = pyo3::PyErr;
    fn extract(object: pyo3::Borrowed<'a, 'py, PyAny>) -> PyResult<Mode> {
        use pyo3::types::PyAnyMethods;
        let name: String = match object.getattr("name") {
            Ok(name) => name.extract::<String>()?.to_lowercase(),
            Err(_) => object.extract()?,
        };
        name.replace("fill_or_drop", "fill").parse().map(Mode).map_err(pyo3::exceptions::PyValueError::new_err)
    }
}
impl Mode {
    /// The mode, if there is one.
    pub fn of(mode: Option<Mode>) -> Option<IndexMode> {
        mode.map(|m| m.0)
    }
}
/// The mode of `take_along_axis`.
enum Along {
    Mode(Mode),
    /// A product with zeros and ones; here only what it means for indices out of bounds, which give 0.
    OneHot,
}
impl<'a, 'py> pyo3::FromPyObject<'a, 'py> for Along {
    type Error = pyo3::PyErr;
    fn extract(object: pyo3::Borrowed<'a, 'py, PyAny>) -> PyResult<Along> {
        match object.extract::<&str>() {
            Ok("one_hot") => Ok(Along::OneHot),
            _ => object.extract().map(Along::Mode),
        }
    }
}
/// A number that must be known.
fn value(py: Python, x: Option<ArrayLike>) -> PyResult<Option<raxla::Literal>> {
    let wrong = || pyo3::exceptions::PyValueError::new_err("fill_value must be a known number, got a traced array");
    x.map(|x| known(py, &x).ok_or_else(wrong)).transpose()
}

functions! { register;
    /// The elements in another shape; one size may be -1.
    fn reshape(a: ArrayLike, shape: Sizes, order: &str, copy: Option<bool>, out_sharding: Object) [a, shape, order = "C", *, copy = None, out_sharding = None] |py| {
        let _ = copy;
        no_sharding(out_sharding)?;
        np::reshape(a.arg(py), &shape.0, order_of(order)?)
    };
    /// The elements in one row.
    fn ravel(a: ArrayLike, order: &str, out_sharding: Object) [a, order = "C", *, out_sharding = None] |py| {
        no_sharding(out_sharding)?;
        np::ravel(a.arg(py), order_of(order)?)
    };
    /// The axes in another order: reversed if none is given.
    fn transpose(a: ArrayLike, axes: Option<Axes>) [a, axes = None] |py| np::transpose(a.arg(py), along(axes));
    /// The axes in another order.
    fn permute_dims(a: ArrayLike, axes: Axes) [a, /, axes] |py| np::permute_dims(a.arg(py), &listed(axes)?);
    /// The last two axes exchanged.
    fn matrix_transpose(x: ArrayLike) [x, /] |py| np::matrix_transpose(x.arg(py));
    /// Axes moved to other places.
    fn moveaxis(a: ArrayLike, source: Axes, destination: Axes) [a, source, destination] |py| {
        np::moveaxis(a.arg(py), &listed(source)?[..], &listed(destination)?[..])
    };
    /// Two axes exchanged.
    fn swapaxes(a: ArrayLike, axis1: isize, axis2: isize) [a, axis1, axis2] |py| np::swapaxes(a.arg(py), axis1, axis2);
    /// An axis moved before another.
    fn rollaxis(a: ArrayLike, axis: isize, start: isize) [a, axis, start = 0] |py| np::rollaxis(a.arg(py), axis, start);
    /// New axes of size 1.
    fn expand_dims(a: ArrayLike, axis: Axes) [a, axis] |py| np::expand_dims(a.arg(py), &listed(axis)?[..]);
    /// Axes of size 1 left out.
    fn squeeze(a: ArrayLike, axis: Option<Axes>) [a, axis = None] |py| np::squeeze(a.arg(py), along(axis));
    /// The array in a larger shape, its elements repeated.
    fn broadcast_to(array: ArrayLike, shape: Sizes, out_sharding: Object) [array, shape, *, out_sharding = None] |py| {
        no_sharding(out_sharding)?;
        np::broadcast_to(array.arg(py), &shape.shape()?)
    };
    /// Arrays in one shape.
    fn _broadcast_arrays(args: Arrays) [args] |py| np::broadcast_arrays(&args.tracers(py));
    /// Axes in reverse order.
    fn flip(m: ArrayLike, axis: Option<Axes>) [m, axis = None] |py| np::flip(m.arg(py), along(axis));
    /// Columns in reverse order.
    fn fliplr(m: ArrayLike) [m] |py| np::fliplr(m.arg(py));
    /// Rows in reverse order.
    fn flipud(m: ArrayLike) [m] |py| np::flipud(m.arg(py));
    /// Turned by right angles.
    #[pyo3(text_signature = "(m, k=1, axes=(0, 1))")]
    fn rot90(m: ArrayLike, k: isize, axes: (isize, isize)) [m, k = 1, axes = (0, 1)] |py| np::rot90(m.arg(py), k, axes);
    /// Elements moved along axes, round the end.
    fn roll(a: ArrayLike, shift: Converted, axis: Option<Axes>) [a, shift, axis = None] |py| np::roll(a.arg(py), shift.0.arg(py), along(axis));
    /// Joined along an axis.
    #[pyo3(text_signature = "(arrays, axis=0, dtype=None)")]
    fn concatenate(arrays: Arrays, axis: Option<isize>, dtype: Option<Dtype>) [arrays, axis = Some(0), dtype = None] |py| {
        np::concatenate(arrays.args(py), axis, crate::table::dtype(dtype))
    };
    /// `concatenate` by its other name.
    #[pyo3(text_signature = "(arrays, /, *, axis=0)")]
    fn concat(arrays: Arrays, axis: Option<isize>) [arrays, /, *, axis = Some(0)] |py| np::concatenate(arrays.args(py), axis, None);
    /// Joined along a new axis.
    fn stack(arrays: Arrays, axis: isize, out: Object, dtype: Option<Dtype>) [arrays, axis = 0, out = None, dtype = None] |py| {
        no_out("stack", out)?;
        np::stack(arrays.args(py), axis, crate::table::dtype(dtype))
    };
    /// The arrays along an axis.
    fn unstack(x: ArrayLike, axis: isize) [x, /, *, axis = 0] |py| Out::Tuple(np::unstack(x.arg(py), axis));
    /// Joined along the first axis.
    fn vstack(tup: Arrays, dtype: Option<Dtype>) [tup, dtype = None] |py| np::vstack(tup.args(py), crate::table::dtype(dtype));
    /// Joined along the second axis.
    fn hstack(tup: Arrays, dtype: Option<Dtype>) [tup, dtype = None] |py| np::hstack(tup.args(py), crate::table::dtype(dtype));
    /// Joined along the third axis.
    fn dstack(tup: Arrays, dtype: Option<Dtype>) [tup, dtype = None] |py| np::dstack(tup.args(py), crate::table::dtype(dtype));
    /// Columns side by side.
    fn column_stack(tup: Arrays) [tup] |py| np::column_stack(tup.args(py));
    /// Values after the others.
    fn append(arr: ArrayLike, values: ArrayLike, axis: Option<isize>) [arr, values, axis = None] |py| np::append(arr.arg(py), values.arg(py), axis);
    /// Cut along an axis, in equal parts or at places.
    fn split(ary: ArrayLike, indices_or_sections: Parts, axis: isize) [ary, indices_or_sections, axis = 0] |py| {
        np::split(ary.arg(py), indices_or_sections.0, axis)
    };
    /// `split`, also in parts that are not equal.
    fn array_split(ary: ArrayLike, indices_or_sections: Parts, axis: isize) [ary, indices_or_sections, axis = 0] |py| {
        np::array_split(ary.arg(py), indices_or_sections.0, axis)
    };
    /// `split` along the first axis.
    fn vsplit(ary: ArrayLike, indices_or_sections: Parts) [ary, indices_or_sections] |py| np::vsplit(ary.arg(py), indices_or_sections.0);
    /// `split` along the second axis.
    fn hsplit(ary: ArrayLike, indices_or_sections: Parts) [ary, indices_or_sections] |py| np::hsplit(ary.arg(py), indices_or_sections.0);
    /// `split` along the third axis.
    fn dsplit(ary: ArrayLike, indices_or_sections: Parts) [ary, indices_or_sections] |py| np::dsplit(ary.arg(py), indices_or_sections.0);
    /// The array many times, side by side.
    fn tile(A: ArrayLike, reps: Sizes) [A, reps] |py| np::tile(A.arg(py), &reps.shape()?);
    /// Each element many times.
    fn repeat(a: ArrayLike, repeats: ArrayLike, axis: Option<isize>, total_repeat_length: Option<usize>, out_sharding: Object) [a, repeats, axis = None, *, total_repeat_length = None, out_sharding = None] |py| {
        no_sharding(out_sharding)?;
        let repeats = if total_repeat_length.is_none() { known_arg(py, &repeats) } else { repeats.arg(py) };
        np::repeat(a.arg(py), repeats, axis, total_repeat_length)
    };
    /// Elements by their numbers.
    fn take(a: ArrayLike, indices: ArrayLike, axis: Option<isize>, out: Object, mode: Option<Mode>, unique_indices: bool, indices_are_sorted: bool, fill_value: Option<ArrayLike>) [a, indices, axis = None, out = None, mode = None, unique_indices = false, indices_are_sorted = false, fill_value = None] |py| {
        no_out("take", out)?;
        np::take(a.arg(py), indices.arg(py), axis, np::Take { mode: Mode::of(mode), fill_value: value(py, fill_value)?, unique_indices, indices_are_sorted, ..Default::default() })
    };
    /// Elements along an axis, by their numbers there.
    #[pyo3(text_signature = "(arr, indices, axis=-1, mode=None, fill_value=None, *, wrap_negative_indices=None)")]
    fn take_along_axis(arr: ArrayLike, indices: ArrayLike, axis: Option<isize>, mode: Option<Along>, fill_value: Option<ArrayLike>, wrap_negative_indices: Option<bool>) [arr, indices, axis = Some(-1), mode = None, fill_value = None, *, wrap_negative_indices = None] |py| {
        let (mode, fill_value) = match mode {
            Some(Along::OneHot) => (Some(IndexMode::FillOrDrop), Some(raxla::Literal::from(0))),
            Some(Along::Mode(mode)) => (Some(mode.0), value(py, fill_value)?),
            None => (None, value(py, fill_value)?),
        };
        np::take_along_axis(arr.arg(py), indices.arg(py), axis, np::Take { mode, fill_value, wrap_negative_indices, ..Default::default() })
    };
    /// The first choice whose condition holds.
    #[pyo3(text_signature = "(condlist, choicelist, default=0)")]
    fn select(condlist: Arrays, choicelist: Arrays, default: Option<ArrayLike>) [condlist, choicelist, default = None] |py| {
        let default = default.map_or(raxla::numpy::Arg::Int(0), |d| d.arg(py));
        np::select(&condlist.tracers(py), &choicelist.tracers(py), default)
    };
    /// The lower triangle.
    fn tril(m: ArrayLike, k: isize) [m, k = 0] |py| np::tril(m.arg(py), k);
    /// The upper triangle.
    fn triu(m: ArrayLike, k: isize) [m, k = 0] |py| np::triu(m.arg(py), k);
    /// A diagonal of each matrix.
    fn diagonal(a: ArrayLike, offset: isize, axis1: isize, axis2: isize) [a, offset = 0, axis1 = 0, axis2 = 1] |py| np::diagonal(a.arg(py), offset, axis1, axis2);
    /// A matrix of its diagonal, or the diagonal of a matrix.
    fn diag(v: ArrayLike, k: isize) [v, k = 0] |py| np::diag(v.arg(py), k);
    /// A matrix of its diagonal.
    fn diagflat(v: ArrayLike, k: isize) [v, k = 0] |py| np::diagflat(v.arg(py), k);
    /// The sum of a diagonal.
    fn trace(a: ArrayLike, offset: isize, axis1: isize, axis2: isize, dtype: Option<Dtype>, out: Object) [a, offset = 0, axis1 = 0, axis2 = 1, dtype = None, out = None] |py| {
        no_out("trace", out)?;
        let sum = np::trace(a.arg(py), offset, axis1, axis2);
        match dtype {
            Some(dtype) => np::astype(sum, dtype.0),
            None => sum,
        }
    };
    /// Powers of the elements, side by side.
    fn vander(x: ArrayLike, N: Option<usize>, increasing: bool) [x, N = None, increasing = false] |py| np::vander(x.arg(py), N, increasing);
    /// Padded with values, with the edges, or with what statistics say of them.
    fn _pad(array: ArrayLike, pad_width: Vec<(usize, usize)>, mode: &str, values: Vec<(ArrayLike, ArrayLike)>, stat_length: Option<Vec<(usize, usize)>>, odd: bool) [array, pad_width, mode, values, stat_length, odd] |py| {
        let values = || np::PadValues::from(values.iter().map(|(a, b)| (a.arg(py), b.arg(py))).collect::<Vec<_>>());
        let near = stat_length.as_ref().map(|s| np::PadWidths::from(&s[..]));
        let mode = match mode {
            "constant" => np::Pad::Constant(values()),
            "linear_ramp" => np::Pad::LinearRamp(values()),
            _ => choice("pad: mode", mode, &[
                ("edge", 0), ("reflect", 1), ("symmetric", 2), ("wrap", 3), ("empty", 4), ("maximum", 5), ("minimum", 6), ("mean", 7), ("median", 8),
            ]).map(|which| match which {
                0 => np::Pad::Edge,
                1 => np::Pad::Reflect { odd },
                2 => np::Pad::Symmetric { odd },
                3 => np::Pad::Wrap,
                4 => np::Pad::Empty,
                5 => np::Pad::Maximum(near),
                6 => np::Pad::Minimum(near),
                7 => np::Pad::Mean(near),
                _ => np::Pad::Median(near),
            })?,
        };
        np::pad(array.arg(py), &pad_width[..], mode)
    };
    /// Arrays as axes of a grid.
    fn _meshgrid(xs: Arrays, matrix: bool, sparse: bool) [xs, matrix, sparse] |py| np::meshgrid(&xs.tracers(py), matrix, sparse);
    /// At least one axis.
    fn _atleast_1d(x: ArrayLike) [x] |py| np::atleast_1d(x.arg(py));
    /// At least two axes.
    fn _atleast_2d(x: ArrayLike) [x] |py| np::atleast_2d(x.arg(py));
    /// At least three axes.
    fn _atleast_3d(x: ArrayLike) [x] |py| np::atleast_3d(x.arg(py));
    /// The array in another dtype.
    fn astype(x: ArrayLike, dtype: Option<Dtype>, copy: bool, device: Option<crate::device::Device>) [x, dtype, /, *, copy = false, device = None] |py| {
        let _ = copy;
        Out::On(device, np::astype(x.arg(py), dtype.map_or_else(raxla::DType::default_float, |d| d.0)))
    };
    /// The array.
    fn copy(a: ArrayLike, order: Option<&str>) [a, order = None] |py| {
        let _ = order;
        np::copy(a.arg(py))
    };
    /// The bits in another dtype; where it is narrower or wider, the last axis is longer or shorter.
    fn _view(x: ArrayLike, dtype: Dtype) [x, dtype] |py| np::view(x.arg(py), dtype.0);
}
