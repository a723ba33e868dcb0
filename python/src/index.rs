//! Indexing: `x[…]` and `x.at[…]`.

use crate::{
    array::{Array, ArrayLike, operation},
    session::{Want, data_of, lift},
    tree::type_error,
};
use pyo3::{
    exceptions::PyValueError,
    prelude::*,
    types::{PyBool, PyEllipsis, PyInt, PyList, PySlice, PyTuple},
};
use raxla::{DType, Index, IndexMode, Literal, NewAxis, ShapedArray, Slice, Tracer, constant, numpy as np};

type Object<'py> = Bound<'py, PyAny>;

fn bound(object: &Object) -> PyResult<Option<isize>> {
    if object.is_none() { Ok(None) } else { Ok(Some(object.call_method0("__index__")?.extract()?)) }
}
/// One item of an index. In a session, arrays are tracers of it.
pub fn item(object: &Object, reading: bool) -> PyResult<Index> {
    let py = object.py();
    if object.is_none() {
        return Ok(NewAxis.into());
    }
    if object.is_instance_of::<PyEllipsis>() {
        return Ok(Index::Ellipsis);
    }
    if object.is_instance_of::<PyBool>() {
        return Ok(object.extract::<bool>()?.into());
    }
    if object.is_instance_of::<PyInt>() {
        return Ok(Index::Integer(object.extract::<i64>()?.into()));
    }
    if let Ok(slice) = object.cast::<PySlice>() {
        let part = |name: &str| bound(&slice.getattr(name)?);
        let step = part("step")?.unwrap_or(1);
        if step == 0 {
            return Err(PyValueError::new_err("slice step cannot be zero"));
        }
        return Ok(Index::Slice(Slice { start: part("start")?, stop: part("stop")?, step }));
    }
    if object.is_instance_of::<PyList>() {
        let message = "Using a non-tuple sequence for multidimensional indexing is not allowed; use `arr[array(seq)]` instead of `arr[seq]`";
        return Err(type_error(message));
    }
    match ArrayLike::of(object)? {
        Some(ArrayLike::Array(array)) => {
            let aval = array.get().aval(py)?;
            if (!aval.dtype.is_integer() && aval.dtype != DType::Bool) || array.get().keys.is_some() {
                let dtype = array.bind(py).getattr("dtype")?;
                return Err(type_error(format!(
                    "Indexer must have integer or boolean type, got indexer with type {dtype}"
                )));
            }
            if aval.dtype == DType::Bool {
                // How many elements a mask chooses must be known, for reading.
                let mask = data_of(
                    py,
                    array.get(),
                    Want("NonConcreteBooleanIndexError", "Array boolean indices must be concrete; got"),
                );
                return match mask {
                    Ok(data) => {
                        Ok(Index::Array(py.detach(|| data.to_literal()).map_err(|e| crate::border::of_runtime(py, e))?))
                    }
                    Err(error) if reading => Err(error),
                    Err(_) => Ok(Index::Tracer(lift(array.bind(py)))),
                };
            }
            Ok(Index::Tracer(lift(array.bind(py))))
        }
        Some(ArrayLike::Data(data)) => {
            Ok(Index::Array(py.detach(|| data.to_literal()).map_err(|e| crate::border::of_runtime(py, e))?))
        }
        _ => Err(type_error(format!("JAX does not support indexing with {object}"))),
    }
}
/// An item of a tuple; of a list the array.
fn sequence<'py>(object: Object<'py>) -> PyResult<Object<'py>> {
    if !object.is_instance_of::<PyList>() && !object.is_instance_of::<PyTuple>() {
        return Ok(object);
    }
    let py = object.py();
    if object.len()? == 0 {
        return py.import("numpy")?.call_method1("zeros", (0, "int32"));
    }
    py.import("raxla.numpy")?.call_method1("asarray", (object,))
}
/// The items of an index.
pub fn items(index: &Object, reading: bool) -> PyResult<Vec<Index>> {
    match index.cast::<PyTuple>() {
        Ok(tuple) => tuple.iter().map(|i| item(&sequence(i)?, reading)).collect(),
        Err(_) => Ok(vec![item(index, reading)?]),
    }
}

#[pymethods]
impl Array {
    fn __getitem__<'py>(slf: &Bound<'py, Array>, index: &Object<'py>) -> PyResult<Py<Array>> {
        operation(slf.py(), "getitem", || {
            let x = lift(slf);
            Ok(x.index(modal(items(index, true)?, &x.shape())))
        })
    }
    fn __setitem__(slf: &Bound<Array>, index: &Object, value: &Object) -> PyResult<()> {
        let _ = (slf, index, value);
        Err(type_error(
            "JAX arrays are immutable and do not support in-place item assignment. Instead of x[idx] = y, use x = x.at[idx].set(y) or another .at[] method: https://docs.jax.dev/en/latest/_autosummary/jax.numpy.ndarray.at.html",
        ))
    }
    /// Functional updates: `x.at[index].set(value)`.
    #[getter]
    fn at(slf: Bound<Array>) -> AtHelper {
        AtHelper(slf.unbind())
    }
}
/// What `x.at` gives.
#[pyclass(frozen, module = "raxla")]
pub struct AtHelper(Py<Array>);
#[pymethods]
impl AtHelper {
    fn __getitem__<'py>(&self, py: Python<'py>, index: Py<PyAny>) -> IndexUpdate {
        IndexUpdate { array: self.0.clone_ref(py), index }
    }
}
/// What `x.at[index]` gives.
#[pyclass(frozen, module = "raxla")]
pub struct IndexUpdate {
    array: Py<Array>,
    index: Py<PyAny>,
}
/// The items with integers that are out of bounds as arrays, for which the mode says what happens.
fn modal(mut items: Vec<Index>, shape: &[usize]) -> Vec<Index> {
    let axes = |item: &Index| match item {
        Index::NewAxis | Index::Ellipsis => 0,
        Index::Array(a) if a.dtype() == DType::Bool => a.shape().len(),
        Index::Tracer(t) if t.dtype() == DType::Bool => t.rank(),
        _ => 1,
    };
    let named: usize = items.iter().map(axes).sum();
    let mut axis = 0;
    for item in &mut items {
        let next = match &*item {
            Index::Ellipsis => axis + shape.len().saturating_sub(named),
            other => axis + axes(other),
        };
        if let (Index::Integer(i), Some(size)) = (&*item, shape.get(axis)) {
            let (i, size) = (*i, *size as i128);
            if i < -size || i >= size {
                let aval = ShapedArray::new(&[], DType::default_int());
                *item = Index::Tracer(constant(Literal::from_ints(aval, [i])));
            }
        }
        axis = next;
    }
    items
}
/// The options that all updates take.
struct Options<'a> {
    sorted: bool,
    unique: bool,
    mode: Option<&'a str>,
    wrap: bool,
}
impl IndexUpdate {
    fn at(&self, py: Python, options: &Options) -> PyResult<(Tracer, raxla::At)> {
        let x = lift(self.array.bind(py));
        let places = modal(items(self.index.bind(py), false)?, &x.shape());
        let mut at = x.at(places).indices_are_sorted(options.sorted).unique_indices(options.unique);
        if let Some(mode) = options.mode {
            let mode: IndexMode = mode.parse().map_err(PyValueError::new_err)?;
            at = at.mode(mode);
        }
        if !options.wrap {
            at = at.wrap_negative_indices(false);
        }
        Ok((x, at))
    }
    fn update(
        &self,
        py: Python,
        name: &str,
        value: ArrayLike,
        options: Options,
        f: impl FnOnce(raxla::At, Tracer) -> Tracer,
    ) -> PyResult<Py<Array>> {
        let is_key = matches!(&value, ArrayLike::Array(value) if value.get().keys.is_some());
        if is_key != self.array.get().keys.is_some() {
            return Err(type_error(format!("{name}: keys can be set to keys, and other arrays to other values")));
        }
        operation(py, name, || {
            let (x, at) = self.at(py, &options)?;
            let value = value.input(py).tracer();
            // As in JAX the array keeps its dtype, whatever the value's.
            let value = if value.dtype() == x.dtype() { value } else { np::astype(value, x.dtype()) };
            Ok(f(at, value))
        })
    }
}
macro_rules! updates { ($($(#[$doc:meta])* $name:ident $method:ident;)*) => {
    #[pymethods]
    impl IndexUpdate { $(
        $(#[$doc])*
        #[pyo3(signature = (values, *, indices_are_sorted = false, unique_indices = false, mode = None, wrap_negative_indices = true))]
        fn $name(&self, py: Python, values: ArrayLike, indices_are_sorted: bool, unique_indices: bool, mode: Option<&str>, wrap_negative_indices: bool) -> PyResult<Py<Array>> {
            let options = Options { sorted: indices_are_sorted, unique: unique_indices, mode, wrap: wrap_negative_indices };
            self.update(py, concat!("at.", stringify!($name)), values, options, |at, value| at.$method(value))
        }
    )* }
} }
updates! {
    /// The array with other values there.
    set set;
    /// The array with values added there.
    add add;
    /// The array with values subtracted there.
    subtract subtract;
    /// The array with elements there multiplied.
    multiply multiply;
    /// `multiply` by its short name.
    mul multiply;
    /// The array with elements there divided.
    divide divide;
    /// The array with elements there to a power.
    power power;
    /// The lesser of elements and values there.
    min min;
    /// The greater of elements and values there.
    max max;
}
#[pymethods]
impl IndexUpdate {
    /// The elements there.
    #[pyo3(signature = (*, indices_are_sorted = false, unique_indices = false, mode = None, fill_value = None, wrap_negative_indices = true))]
    #[allow(clippy::too_many_arguments)]
    fn get(
        &self,
        py: Python,
        indices_are_sorted: bool,
        unique_indices: bool,
        mode: Option<&str>,
        fill_value: Option<f64>,

        wrap_negative_indices: bool,
    ) -> PyResult<Py<Array>> {
        let options = Options { sorted: indices_are_sorted, unique: unique_indices, mode, wrap: wrap_negative_indices };
        operation(py, "at.get", || {
            let (x, mut at) = self.at(py, &options)?;
            if let Some(value) = fill_value {
                at = at.fill_value(raxla::Literal::full(raxla::ShapedArray::new(&[], x.dtype()), value));
            }
            Ok(at.get())
        })
    }
    /// The array with a function applied to the elements there.
    #[pyo3(signature = (func, *, indices_are_sorted = false, unique_indices = false, mode = None))]
    fn apply(
        &self,
        py: Python,
        func: &Bound<PyAny>,
        indices_are_sorted: bool,
        unique_indices: bool,
        mode: Option<&str>,
    ) -> PyResult<Py<Array>> {
        let options = Options { sorted: indices_are_sorted, unique: unique_indices, mode, wrap: true };
        let (arrays, ()) = crate::session::run_traced(py, "at", || {
            let (_, at) = self.at(py, &options)?;
            let f = |x: Tracer| {
                let out = crate::border::or_raise(Bound::new(py, Array::traced(x)).and_then(|x| func.call1((x,))));
                let out = crate::border::or_raise(crate::array::leaf(&out));
                lift(
                    crate::border::or_raise(out.ok_or_else(|| type_error("at.apply: the function must give an array")))
                        .bind(py),
                )
            };
            Ok((vec![at.apply(f)], ()))
        })?;
        arrays.into_iter().next().ok_or_else(|| type_error("at.apply gave nothing"))
    }
}
