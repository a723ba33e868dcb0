//! [`Array`]: the class of all arrays, those on devices and those that are being traced.

use crate::{
    border::{guarded, of_runtime, or_raise},
    dtype::{Dtype, canonical, numpy, to_numpy},
    host::{from_numpy, to_numpy_array},
    keys::{self, Keys},
    number::{number_of, scalar_of},
    rows::Rows,
    session::{self, Want, attached, data_of, lift, lift_data, literal_of, run, weak, weak_scalar},
};
use pyo3::{
    IntoPyObjectExt,
    exceptions::{PyOverflowError, PyTypeError},
    prelude::*,
    sync::PyOnceLock,
    types::{PyBool, PyComplex, PyFloat, PyInt, PyTuple, PyType},
};
use raxla::{
    DType, Literal, ShapedArray, Tracer,
    ir::trace::Detached,
    numpy::{self as np, Arg},
    runtime,
};

/// What an array is: data, or a place in a program that is being traced.
pub enum Value {
    /// Data on devices.
    Array(runtime::Array),
    /// A value of a trace.
    Traced(Detached),
}

/// An array of numbers on a device, or one that is being traced. Never changes.
#[pyclass(frozen, sequence, subclass, weakref, name = "Array", module = "raxla")]
pub struct Array {
    /// What it is.
    pub value: Value,
    /// Of what its elements are keys, if they are: then it holds their words.
    pub keys: Keys,
}
impl Array {
    /// An array of data.
    pub fn of(data: runtime::Array) -> Array {
        Array { value: Value::Array(data), keys: None }
    }
    /// One that is being traced.
    pub fn traced(tracer: Tracer) -> Array {
        Array { value: Value::Traced(tracer.detach()), keys: None }
    }
    /// The same value, said to be keys or not.
    pub fn marked(&self, keys: Keys) -> Array {
        let value = match &self.value {
            Value::Array(data) => Value::Array(data.clone()),
            Value::Traced(t) => Value::Traced(*t),
        };
        Array { value, keys }
    }
    /// Its shape; that of keys is without their words.
    pub fn seen(&self, py: Python) -> PyResult<Vec<usize>> {
        Ok(keys::seen(&self.aval(py)?.shape, self.keys).to_vec())
    }
    /// Its type; of keys, that of their words.
    pub fn aval(&self, py: Python) -> PyResult<ShapedArray> {
        match &self.value {
            Value::Array(data) => Ok(data.aval().clone()),
            Value::Traced(t) => guarded(py, || Ok(attached(py, *t).aval())),
        }
    }
}

/// What functions take for an array: arrays, NumPy's arrays and scalars, Python's numbers.
pub enum ArrayLike {
    /// An array.
    Array(Py<Array>),
    /// Data that came from elsewhere, NumPy for one.
    Data(runtime::Array),
    /// One of Python's numbers.
    Number(Arg),
}
impl<'a, 'py> FromPyObject<'a, 'py> for ArrayLike {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<ArrayLike> {
        ArrayLike::of(&object)?.ok_or_else(|| {
            let class = object.get_type().name().map(|n| n.to_string()).unwrap_or_default();
            PyTypeError::new_err(format!(
                "requires ndarray or scalar arguments, got {class}; make an array of it by `jnp.array`"
            ))
        })
    }
}
impl ArrayLike {
    /// The argument; `None` if it is none.
    pub fn of(object: &Bound<PyAny>) -> PyResult<Option<ArrayLike>> {
        let py = object.py();
        if let Ok(array) = object.cast::<Array>() {
            return Ok(Some(ArrayLike::Array(array.clone().unbind())));
        }
        if let Some(number) = number(object)? {
            return Ok(Some(ArrayLike::Number(number)));
        }
        if object.hasattr("__jax_array__")? {
            let inner = object.call_method0("__jax_array__")?;
            return ArrayLike::of(&inner);
        }
        if object.is_instance_of::<PyType>() || !object.hasattr("__array__")? {
            return Ok(None);
        }
        Ok(Some(ArrayLike::Data(from_numpy(py, object, None)?)))
    }
    /// The argument, with numbers as constants of the program.
    pub fn arg(&self, py: Python) -> Arg {
        match self {
            ArrayLike::Array(array) => lift(array.bind(py)).into(),
            ArrayLike::Data(data) => lift_data(data).into(),
            ArrayLike::Number(number) => number.clone(),
        }
    }
    /// The argument, with numbers as inputs where the program runs at once: so one program serves all numbers.
    pub fn input(&self, py: Python) -> Arg {
        match self {
            ArrayLike::Number(number) if session::outermost() => {
                lift_data(&or_raise(crate::eager::number(py, number))).into()
            }
            other => other.arg(py),
        }
    }
    /// The argument as a tracer.
    pub fn tracer(&self, py: Python) -> Tracer {
        self.arg(py).tracer()
    }
}
/// One of Python's numbers.
fn number(object: &Bound<PyAny>) -> PyResult<Option<Arg>> {
    if object.is_instance_of::<PyBool>() {
        return Ok(Some(Arg::Bool(object.extract()?)));
    }
    // Subclasses are others' business: NumPy's float64 is a `float`, but has a dtype.
    if object.is_exact_instance_of::<PyInt>() {
        let int: i64 = object
            .extract()
            .map_err(|_| PyOverflowError::new_err(format!("Python int {object} too large to convert to an array")))?;
        if canonical(DType::I64) == DType::I32 && i32::try_from(int).is_err() {
            let message =
                format!("Python int {int} too large to convert to int32; set jax_enable_x64, or state a dtype");
            return Err(PyOverflowError::new_err(message));
        }
        return Ok(Some(Arg::Int(int)));
    }
    if object.is_exact_instance_of::<PyFloat>() {
        return Ok(Some(Arg::Float(object.extract()?)));
    }
    if object.is_exact_instance_of::<PyComplex>() {
        return Ok(Some(Arg::Complex(object.extract()?)));
    }
    Ok(None)
}
/// The value of one of Python's numbers, weak in its default dtype.
pub fn literal(number: &Arg) -> PyResult<Literal> {
    Ok(match number {
        Arg::Bool(b) => Literal::scalar(*b),
        Arg::Int(i) => Literal::from_ints(weak(DType::default_int()), [*i as i128]),
        Arg::Float(f) => Literal::from_floats(weak(DType::default_float()), [*f]),
        Arg::Complex(z) => Literal::from_complexes(weak(DType::default_complex()), [*z]),
        other => return Err(PyTypeError::new_err(format!("not a number: {other:?}"))),
    })
}
/// The leaf of a tree as an array on the device; `None` if it is none.
pub fn leaf(object: &Bound<PyAny>) -> PyResult<Option<Py<Array>>> {
    let py = object.py();
    Ok(match ArrayLike::of(object)? {
        None => None,
        Some(ArrayLike::Array(array)) => Some(array),
        Some(ArrayLike::Data(data)) => Some(Py::new(py, Array::of(data))?),
        Some(ArrayLike::Number(number)) => Some(Py::new(py, Array::of(weak_scalar(py, &literal(&number)?)?))?),
    })
}

/// An operation of arrays that gives one array.
pub fn operation(py: Python, name: &str, f: impl FnOnce() -> PyResult<Tracer>) -> PyResult<Py<Array>> {
    let mut f = Some(f);
    boxed(py, name, &mut || crate::table::once(&mut f)?())
}
/// (Behind a pointer, so that it is compiled once.)
fn boxed(py: Python, name: &str, f: &mut dyn FnMut() -> PyResult<Tracer>) -> PyResult<Py<Array>> {
    Ok(run(py, name, || Ok((vec![f()?], ())))?.0.remove(0))
}
/// An operation of one array. `name` must mean the same function each time.
pub fn unary(x: &Bound<Array>, name: &'static str, f: impl Fn(Arg) -> Tracer) -> PyResult<Py<Array>> {
    crate::eager::operation(x.py(), name, &[ArrayLike::Array(x.clone().unbind())], &mut |args| f(args[0].clone()))
}

#[pymethods]
impl Array {
    #[pyo3(signature = (ndigits = None))]
    fn __round__<'py>(slf: &Bound<'py, Array>, ndigits: Option<i32>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match ndigits {
            Some(decimals) => operation(py, "round", || Ok(np::round(lift(slf), decimals)))?.into_bound_py_any(py),
            None => operation(py, "round", || Ok(np::round(lift(slf), 0).astype(DType::default_int())))?
                .into_bound_py_any(py),
        }
    }
    fn __bool__(slf: &Bound<Array>) -> PyResult<bool> {
        keys::refuse(slf.get().keys, "key array cannot be converted to boolean.")?;
        let aval = slf.get().aval(slf.py())?;
        if aval.size() != 1 {
            let message = format!(
                "The truth value of an array with {} elements is ambiguous. Use a.any() or a.all()",
                aval.size()
            );
            return Err(pyo3::exceptions::PyValueError::new_err(message));
        }
        scalar_of(slf, Want::BOOL)?.is_truthy()
    }
    fn __float__(slf: &Bound<Array>) -> PyResult<f64> {
        number_of(slf)?.call_method0("__float__")?.extract()
    }
    fn __int__<'py>(slf: &Bound<'py, Array>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        py.get_type::<PyInt>().call1((number_of(slf)?,))
    }
    fn __complex__<'py>(slf: &Bound<'py, Array>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        py.get_type::<PyComplex>().call1((number_of(slf)?,))
    }
    fn __index__<'py>(slf: &Bound<'py, Array>) -> PyResult<Bound<'py, PyAny>> {
        let aval = slf.get().aval(slf.py())?;
        if !aval.dtype.is_integer() || aval.rank() != 0 || slf.get().keys.is_some() {
            return Err(PyTypeError::new_err(format!(
                "only integer scalar arrays can be converted to a scalar index, got {aval}"
            )));
        }
        scalar_of(slf, Want::INTEGER)
    }
    fn __hash__(slf: &Bound<Array>) -> PyResult<isize> {
        Err(PyTypeError::new_err(format!("unhashable type: '{}'", slf.get_type().name()?)))
    }
    fn __len__(&self, py: Python) -> PyResult<usize> {
        self.seen(py)?.first().copied().ok_or_else(|| PyTypeError::new_err("len() of unsized object"))
    }
    fn __iter__(slf: &Bound<Array>) -> PyResult<Rows> {
        match slf.get().seen(slf.py())?.first() {
            Some(n) => Ok(Rows::of(slf, *n)),
            None => {
                let what = if slf.get().keys.is_some() { "key array" } else { "array" };
                Err(PyTypeError::new_err(format!("iteration over a 0-d {what}")))
            }
        }
    }
    fn __format__<'py>(slf: &Bound<'py, Array>, spec: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if slf.get().seen(py)?.is_empty() && slf.get().keys.is_none() && !matches!(slf.get().value, Value::Traced(_)) {
            return scalar_of(slf, Want::VALUE)?.call_method1("__format__", (spec,));
        }
        slf.str()?.into_any().call_method1("__format__", (spec,))
    }
    fn __repr__<'py>(slf: &Bound<'py, Array>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match &slf.get().value {
            Value::Traced(t) => match (t.attach(), slf.get().keys) {
                (Some(t), None) => format!("{t:?}").into_bound_py_any(py),
                (Some(_), Some(of)) => {
                    let shape: Vec<String> = slf.get().seen(py)?.iter().map(usize::to_string).collect();
                    format!("Tracer({}[{}])", keys::dtype_name(of), shape.join(",")).into_bound_py_any(py)
                }
                (None, _) => "Tracer(of another thread)".into_bound_py_any(py),
            },
            Value::Array(data) if data.is_donated() => {
                format!("<deleted Array: {}>", data.aval()).into_bound_py_any(py)
            }
            Value::Array(_) => {
                static SHOW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                let show = SHOW.get_or_try_init(py, || py.import("raxla._show")?.getattr("show").map(Bound::unbind))?;
                show.bind(py).call1((slf,))
            }
        }
    }
    fn __str__<'py>(slf: &Bound<'py, Array>) -> PyResult<Bound<'py, PyAny>> {
        match &slf.get().value {
            Value::Traced(_) => Array::__repr__(slf),
            Value::Array(_) if slf.get().keys.is_some() => Array::__repr__(slf),
            Value::Array(_) => Ok(Array::__array__(slf, None, None)?.str()?.into_any()),
        }
    }
    #[pyo3(signature = (dtype = None, copy = None))]
    fn __array__<'py>(
        slf: &Bound<'py, Array>,
        dtype: Option<&Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        keys::refuse(
            slf.get().keys,
            "JAX array with PRNGKey dtype cannot be converted to a NumPy array. Use jax.random.key_data(arr) if you wish to extract the \
             underlying integer array.",
        )?;
        let data = data_of(py, slf.get(), Want::ARRAY)?;
        let array = match crate::ffi::Memory::of(py, &data)? {
            Some(memory) => {
                let flat = numpy(py)?.call_method1("frombuffer", (memory, to_numpy(py, data.dtype())?))?;
                flat.call_method1("reshape", (PyTuple::new(py, data.shape())?,))?
            }
            None => to_numpy_array(py, &literal_of(py, slf.get(), Want::ARRAY)?)?,
        };
        match dtype {
            Some(dtype) => array.call_method1("astype", (dtype,)),
            None if copy == Some(true) => array.call_method0("copy"),
            None => Ok(array),
        }
    }
    #[classattr]
    #[allow(non_upper_case_globals)]
    const __array_priority__: i32 = 100;
    fn __reduce__<'py>(slf: &Bound<'py, Array>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let weak_type = slf.get().aval(py)?.weak;
        let values = to_numpy_array(py, &literal_of(py, slf.get(), Want::ARRAY)?)?;
        let rebuild = py.import("raxla._show")?.getattr("rebuild")?;
        (rebuild, (values, weak_type, slf.get().keys.map(keys::name))).into_pyobject(py)
    }
    fn __copy__(slf: Bound<Array>) -> Bound<Array> {
        slf
    }
    fn __deepcopy__<'py>(slf: Bound<'py, Array>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Array> {
        slf
    }

    /// The sizes of the axes.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, keys::seen(&self.aval(py)?.shape, self.keys))
    }
    /// The element type, an object of `numpy.dtype`.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.keys {
            None => to_numpy(py, self.aval(py)?.dtype),
            Some(of) => keys::dtype(py, of),
        }
    }
    /// The number of axes.
    #[getter]
    fn ndim(&self, py: Python) -> PyResult<usize> {
        Ok(self.seen(py)?.len())
    }
    /// The number of elements.
    #[getter]
    fn size(&self, py: Python) -> PyResult<usize> {
        Ok(self.seen(py)?.iter().product())
    }
    /// The bytes of an element.
    #[getter]
    fn itemsize(&self, py: Python) -> PyResult<usize> {
        Ok(self.aval(py)?.dtype.size() * self.keys.map_or(1, keys::words))
    }
    /// The bytes of all elements.
    #[getter]
    fn nbytes(&self, py: Python) -> PyResult<usize> {
        let aval = self.aval(py)?;
        Ok(aval.size() * aval.dtype.size())
    }
    /// Whether the dtype gives way to that of other arrays.
    #[getter]
    fn weak_type(&self, py: Python) -> PyResult<bool> {
        Ok(self.aval(py)?.weak)
    }
    /// The type, in the words of programs.
    #[getter]
    fn aval_text(&self, py: Python) -> PyResult<String> {
        Ok(self.aval(py)?.to_string())
    }
    /// The name of the implementation that its elements are keys of, if they are.
    #[getter]
    fn _keys(&self) -> Option<&'static str> {
        self.keys.map(keys::name)
    }
    /// Whether it is being traced.
    #[getter]
    fn _is_tracer(&self) -> bool {
        matches!(self.value, Value::Traced(_))
    }
    /// The axes in reverse.
    #[getter]
    #[allow(non_snake_case)]
    fn T(slf: &Bound<Array>) -> PyResult<Py<Array>> {
        unary(slf, "transpose", |x| np::transpose(x, None))
    }
    /// The last two axes exchanged.
    #[getter]
    #[allow(non_snake_case)]
    fn mT(slf: &Bound<Array>) -> PyResult<Py<Array>> {
        unary(slf, "matrix_transpose", |x| np::matrix_transpose(x))
    }
    /// The real part.
    #[getter]
    fn real(slf: &Bound<Array>) -> PyResult<Py<Array>> {
        unary(slf, "real", |x| np::real(x))
    }
    /// The imaginary part.
    #[getter]
    fn imag(slf: &Bound<Array>) -> PyResult<Py<Array>> {
        unary(slf, "imag", |x| np::imag(x))
    }
    /// The element of an array that has one, or the one at a place.
    #[pyo3(signature = (*args))]
    fn item<'py>(slf: &Bound<'py, Array>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        if args.is_empty() {
            return scalar_of(slf, Want::VALUE);
        }
        Array::__array__(slf, None, None)?.call_method1("item", args)
    }
    /// The elements as nested lists.
    fn tolist<'py>(slf: &Bound<'py, Array>) -> PyResult<Bound<'py, PyAny>> {
        Array::__array__(slf, None, None)?.call_method0("tolist")
    }
    /// Waits until the data are there.
    fn block_until_ready<'py>(slf: &Bound<'py, Array>) -> PyResult<Bound<'py, Array>> {
        let py = slf.py();
        if let Value::Array(data) = &slf.get().value {
            py.detach(|| data.block_until_ready()).map_err(|e| of_runtime(py, e))?;
        }
        Ok(slf.clone())
    }
    /// Whether the data are there.
    fn is_ready(&self, py: Python) -> PyResult<bool> {
        match &self.value {
            Value::Array(data) => data.is_ready().map_err(|e| of_runtime(py, e)),
            Value::Traced(_) => Ok(true),
        }
    }
    /// The bytes of the data on its devices.
    fn on_device_size_in_bytes(&self, py: Python) -> PyResult<usize> {
        self.nbytes(py)
    }
    /// The address of the data, in the host's memory. It says nothing any more once the array is donated, deleted or forgotten.
    fn unsafe_buffer_pointer(&self, py: Python) -> PyResult<usize> {
        let lent = match &self.value {
            Value::Array(data) => crate::ffi::lend(py, data)?,
            Value::Traced(_) => None,
        };
        lent.map(|l| l.address())
            .ok_or_else(|| pyo3::exceptions::PyValueError::new_err("the array has no address in the host's memory"))
    }
    /// Frees the data now.
    fn delete(&self, py: Python) -> PyResult<()> {
        match &self.value {
            Value::Array(data) => data.delete().map_err(|e| of_runtime(py, e)),
            Value::Traced(_) => Ok(()),
        }
    }
    /// Whether the data are gone.
    fn is_deleted(&self) -> bool {
        matches!(&self.value, Value::Array(data) if data.is_donated())
    }
    /// The array in another dtype.
    #[pyo3(signature = (dtype, copy = false))]
    fn astype(slf: &Bound<Array>, dtype: Dtype, copy: bool) -> PyResult<Py<Array>> {
        let _ = copy;
        operation(slf.py(), "astype", || Ok(np::astype(lift(slf), dtype.0)))
    }
    /// The device that holds it.
    #[getter]
    fn device(slf: &Bound<Array>) -> PyResult<crate::device::Device> {
        crate::device::device_of(slf.py(), slf)
    }
    /// The devices that hold it.
    fn devices(slf: &Bound<Array>) -> PyResult<std::collections::HashSet<crate::device::Device>> {
        Ok([crate::device::device_of(slf.py(), slf)?].into())
    }
}
