//! Arrays with elements taken out, put in or changed, and indices of places in them.

use crate::{
    array::ArrayLike,
    dtype::Dtype,
    index::item,
    numpy::shape::{Mode, order_of},
    table::{Arrays, Out, Sizes, choice, functions, known},
    tree::type_error,
};
use pyo3::{Py, PyAny, PyResult, Python, types::PyAnyMethods};
use raxla::{Index, IndexMode, numpy as np};

/// What `delete` and `insert` take for places: known ones, unless they depend on what is traced.
fn places(py: Python, object: &Py<PyAny>) -> PyResult<Index> {
    let object = object.bind(py);
    if object.hasattr("__array__")? {
        let array: ArrayLike = object.extract()?;
        return Ok(match known(py, &array) {
            Some(literal) if literal.shape().is_empty() && literal.dtype().is_integer() => {
                Index::Integer(literal.ints()[0])
            }
            Some(literal) => Index::Array(literal),
            None => Index::Tracer(array.tracer(py)),
        });
    }
    match item(object, false) {
        Ok(index @ (Index::Integer(_) | Index::Slice(_))) => Ok(index),
        Ok(_) => Err(type_error("takes an integer, a slice, or an array of integers or bools")),
        Err(error) => Err(error),
    }
}
/// What there is no way to do: to change an array.
fn not_in_place(name: &str, inplace: bool) -> PyResult<()> {
    match inplace {
        false => Ok(()),
        true => Err(pyo3::exceptions::PyValueError::new_err(format!(
            "jnp.{name} cannot modify arrays in-place, because arrays are immutable. Pass inplace=False to instead return an updated array."
        ))),
    }
}
const EITHER: [(&str, IndexMode); 2] = [("clip", IndexMode::Clip), ("wrap", IndexMode::Wrap)];

functions! { register;
    /// The array without the elements at places along an axis.
    fn delete(arr: ArrayLike, obj: Py<PyAny>, axis: Option<isize>, assume_unique_indices: bool) [arr, obj, axis = None, *, assume_unique_indices = false] |py| {
        let index = places(py, &obj)?;
        if matches!(index, Index::Tracer(_)) && !assume_unique_indices {
            return Err(crate::border::exception(py, "ConcretizationTypeError", "delete: the places are not known; pass assume_unique_indices=True if they are integers that all differ"));
        }
        np::delete(arr.arg(py), index, axis)
    };
    /// The array with values before the elements at places along an axis.
    fn insert(arr: ArrayLike, obj: Py<PyAny>, values: ArrayLike, axis: Option<isize>) [arr, obj, values, axis = None] |py| {
        np::insert(arr.arg(py), places(py, &obj)?, values.arg(py), axis)
    };
    /// The elements in a shape of another size: over and over, or cut off.
    fn resize(a: ArrayLike, new_shape: Sizes) [a, new_shape] |py| np::resize(a.arg(py), &new_shape.shape()?);
    /// The array with values on its main diagonal.
    fn fill_diagonal(a: ArrayLike, val: ArrayLike, wrap: bool, inplace: bool) [a, val, wrap = false, *, inplace = true] |py| {
        if inplace {
            return Err(pyo3::exceptions::PyNotImplementedError::new_err("JAX arrays are immutable, must use inplace=False"));
        }
        np::fill_diagonal(a.arg(py), val.arg(py), wrap)
    };
    /// The array with values where a mask holds, the first at the first place, over and over.
    fn place(arr: ArrayLike, mask: ArrayLike, vals: ArrayLike, inplace: bool) [arr, mask, vals, *, inplace = true] |py| {
        not_in_place("place", inplace)?;
        np::place(arr.arg(py), mask.arg(py), vals.arg(py))
    };
    /// The array with values at places of the array flattened.
    fn put(a: ArrayLike, ind: ArrayLike, v: ArrayLike, mode: Option<&str>, inplace: bool) [a, ind, v, mode = None, *, inplace = true] |py| {
        not_in_place("put", inplace)?;
        let mode = mode.map(|m| choice("put: mode", m, &EITHER)).transpose()?;
        np::put(a.arg(py), ind.arg(py), v.arg(py), mode)
    };
    /// The array with values at places along an axis, each in its own line.
    fn put_along_axis(arr: ArrayLike, indices: ArrayLike, values: ArrayLike, axis: Option<isize>, inplace: bool, mode: Option<Mode>) [arr, indices, values, axis, inplace = true, *, mode = None] |py| {
        not_in_place("put_along_axis", inplace)?;
        np::put_along_axis(arr.arg(py), indices.arg(py), values.arg(py), axis, Mode::of(mode))
    };
    /// At each place the element of the array that the index there names.
    fn _choose(a: ArrayLike, choices: Arrays, mode: &str) [a, choices, mode] |py| {
        np::choose(a.arg(py), choices.args(py), choice("choose: mode", mode, &EITHER)?)
    };
    /// The slices along an axis where conditions hold, as many as the size.
    fn _compress(condition: ArrayLike, a: ArrayLike, axis: Option<isize>, size: Option<usize>, fill_value: ArrayLike) [condition, a, axis, size, fill_value] |py| {
        let condition = if size.is_none() { crate::table::known_arg(py, &condition) } else { condition.arg(py) };
        np::compress(condition, a.arg(py), axis, size, fill_value.arg(py))
    };
    /// The elements where conditions hold, as many as the size.
    fn _extract(condition: ArrayLike, arr: ArrayLike, size: Option<usize>, fill_value: ArrayLike) [condition, arr, size, fill_value] |py| {
        let condition = if size.is_none() { crate::table::known_arg(py, &condition) } else { condition.arg(py) };
        np::extract(condition, arr.arg(py), size, fill_value.arg(py))
    };
    /// Vectors of indices, each along an axis of its own.
    fn _ix(args: Arrays) [args] |py| Out::Tuple(np::ix_(&args.tracers(py)));
    /// Indices of an array flattened as indices along axes.
    fn unravel_index(indices: ArrayLike, shape: Sizes) [indices, shape] |py| Out::Tuple(np::unravel_index(indices.arg(py), &shape.shape()?));
    /// Indices along axes as indices of the array flattened.
    fn _ravel_multi_index(multi_index: Arrays, dims: Sizes, mode: &str, order: &str, dtype: Option<Dtype>) [multi_index, dims, mode, order, dtype] |py| {
        let mode = choice("ravel_multi_index: mode", mode, &[("raise", IndexMode::PromiseInBounds), EITHER[0], EITHER[1]])?;
        let places = np::ravel_multi_index(&multi_index.tracers(py), &dims.shape()?, mode, order_of(order)?);
        match dtype {
            Some(dtype) => np::astype(places, dtype.0),
            None => places,
        }
    };
    /// The indices of the main diagonal of an array of so many axes, of one size.
    fn diag_indices(n: usize, ndim: usize) [n, ndim = 2] |py| {
        let _ = py;
        Out::Tuple(np::diag_indices(n, ndim))
    };
    /// The indices of the main diagonal of an array whose axes have one size.
    fn diag_indices_from(arr: ArrayLike) [arr] |py| Out::Tuple(np::diag_indices_from(arr.arg(py)));
    /// The indices of the lower triangle of a matrix.
    fn tril_indices_from(arr: ArrayLike, k: isize) [arr, k = 0] |py| np::tril_indices_from(arr.arg(py), k);
    /// The indices of the upper triangle of a matrix.
    fn triu_indices_from(arr: ArrayLike, k: isize) [arr, k = 0] |py| np::triu_indices_from(arr.arg(py), k);
    /// Blocks of one list, beside one another along an axis counted from the end.
    fn _block(arrays: Blocks) [arrays] |py| np::block(arrays.of(py));
    /// Eight integers or bools each as the bits of a byte.
    fn packbits(a: ArrayLike, axis: Option<isize>, bitorder: &str) [a, axis = None, bitorder = "big"] |py| {
        np::packbits(a.arg(py), axis, choice("packbits: bitorder", bitorder, &BITS)?)
    };
    /// The bits of bytes.
    fn unpackbits(a: ArrayLike, axis: Option<isize>, count: Option<isize>, bitorder: &str) [a, axis = None, count = None, bitorder = "big"] |py| {
        np::unpackbits(a.arg(py), np::Unpackbits { axis, count, order: choice("unpackbits: bitorder", bitorder, &BITS)? })
    };
    /// The elements with the one at a place where sorting would put it, lesser ones before it.
    #[pyo3(text_signature = "(a, kth, axis=-1)")]
    fn partition(a: ArrayLike, kth: isize, axis: isize) [a, kth, axis = -1] |py| np::partition(a.arg(py), kth, axis);
    /// The indices of the elements as `partition` orders them.
    #[pyo3(text_signature = "(a, kth, axis=-1)")]
    fn argpartition(a: ArrayLike, kth: isize, axis: isize) [a, kth, axis = -1] |py| np::argpartition(a.arg(py), kth, axis);
    /// The indices that sort by the last key, where it is equal by the one before.
    #[pyo3(text_signature = "(keys, axis=-1)")]
    fn lexsort(keys: Arrays, axis: isize) [keys, axis = -1] |py| {
        let keys: Vec<raxla::Tracer> = np::broadcast_arrays(&keys.tracers(py));
        np::lexsort(&keys, axis)
    };
    /// The elements sorted, as complex numbers.
    fn sort_complex(a: ArrayLike) [a] |py| np::sort_complex(a.arg(py));
}
const BITS: [(&str, np::BitOrder); 2] = [("big", np::BitOrder::Big), ("little", np::BitOrder::Little)];

/// Arrays in nested lists.
pub enum Blocks {
    /// An array.
    Array(ArrayLike),
    /// Blocks beside one another.
    List(Vec<Blocks>),
}
impl<'a, 'py> pyo3::FromPyObject<'a, 'py> for Blocks {
    type Error = pyo3::PyErr;
    fn extract(object: pyo3::Borrowed<'a, 'py, PyAny>) -> PyResult<Blocks> {
        if object.is_instance_of::<pyo3::types::PyTuple>() {
            return Err(type_error("block: takes lists of arrays, got a tuple"));
        }
        if object.is_instance_of::<pyo3::types::PyList>() {
            let items = object.try_iter()?.map(|item| item?.extract()).collect::<PyResult<Vec<Blocks>>>()?;
            return if items.is_empty() {
                Err(pyo3::exceptions::PyValueError::new_err("block: a list is empty"))
            } else {
                Ok(Blocks::List(items))
            };
        }
        object.extract().map(Blocks::Array)
    }
}
impl Blocks {
    fn of(&self, py: Python) -> np::Block {
        match self {
            Blocks::Array(array) => np::Block::Array(array.arg(py)),
            Blocks::List(items) => np::Block::List(items.iter().map(|i| i.of(py)).collect()),
        }
    }
}
