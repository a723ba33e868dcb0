//! Tables of functions: how a function of the Rust library becomes one of Python in one row.

use crate::{
    array::{Array, ArrayLike, literal},
    device::Device,
    dtype::Dtype,
    session::{Want, data_of, run},
    tree::type_error,
};
use pyo3::{
    prelude::*,
    types::{PyInt, PyList, PyTuple},
};
use raxla::{
    DType, Literal, Tracer,
    numpy::{Arg, Over},
};

/// Arrays that a function gives, and how they stand together.
pub enum Out {
    /// One array.
    One(Tracer),
    /// A tuple.
    Tuple(Vec<Tracer>),
    /// A list.
    List(Vec<Tracer>),
    /// One array, on a device if one is asked for.
    On(Option<Device>, Tracer),
}
impl From<Tracer> for Out {
    fn from(x: Tracer) -> Out {
        Out::One(x)
    }
}
impl From<(Tracer, Tracer)> for Out {
    fn from(x: (Tracer, Tracer)) -> Out {
        Out::Tuple(vec![x.0, x.1])
    }
}
impl From<(Tracer, Tracer, Tracer)> for Out {
    fn from(x: (Tracer, Tracer, Tracer)) -> Out {
        Out::Tuple(vec![x.0, x.1, x.2])
    }
}
impl<const N: usize> From<[Tracer; N]> for Out {
    fn from(x: [Tracer; N]) -> Out {
        Out::Tuple(x.to_vec())
    }
}
impl From<Vec<Tracer>> for Out {
    fn from(x: Vec<Tracer>) -> Out {
        Out::List(x)
    }
}

/// Runs a row of a table. (Behind a pointer: there are hundreds of rows, and this is compiled once.)
pub fn call(py: Python, name: &str, f: &mut dyn FnMut() -> PyResult<Out>) -> PyResult<Py<PyAny>> {
    let mut device = None;
    let (mut arrays, kind) = run(py, name, || {
        Ok(match f()? {
            Out::One(x) => (vec![x], 0),
            Out::Tuple(xs) => (xs, 1),
            Out::List(xs) => (xs, 2),
            Out::On(on, x) => {
                device = on;
                (vec![x], 0)
            }
        })
    })?;
    if let Some(device) = device {
        return Ok(crate::device::copy_to_device(py, arrays.remove(0).bind(py), &device)?.into_any());
    }
    Ok(match kind {
        0 => arrays.remove(0).into_any(),
        1 => PyTuple::new(py, arrays)?.into_any().unbind(),
        _ => PyList::new(py, arrays)?.into_any().unbind(),
    })
}

/// `axis`: one, several, or `None` for all.
#[derive(Clone, Debug, Default)]
pub struct Axes(pub Option<Vec<isize>>);
impl<'a, 'py> FromPyObject<'a, 'py> for Axes {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Axes> {
        if object.is_none() {
            return Ok(Axes(None));
        }
        if let Ok(axis) = object.extract::<isize>() {
            return Ok(Axes(Some(vec![axis])));
        }
        object
            .extract()
            .map(|axes| Axes(Some(axes)))
            .map_err(|_| type_error(format!("axis must be an integer or a tuple of integers, got {}", &*object)))
    }
}
impl Axes {
    /// What a reduction goes over.
    pub fn over(self, keepdims: bool) -> Over {
        let over = match self.0 {
            Some(axes) => Over::axes(&axes),
            None => Over::all(),
        };
        if keepdims { over.keepdims() } else { over }
    }
    /// The same with a mask, a value to begin with, and a dtype.
    pub fn reduction(
        self,
        py: Python,
        keepdims: bool,
        mask: &Option<ArrayLike>,
        initial: &Option<ArrayLike>,
        dtype: Option<Dtype>,
    ) -> Over {
        let mut over = self.over(keepdims);
        if let Some(mask) = mask {
            let mask = mask.tracer(py);
            if mask.dtype() != DType::Bool {
                let message = format!("where must be None or a boolean array, got {}", mask.aval());
                crate::border::raise(pyo3::exceptions::PyValueError::new_err(message));
            }
            over = over.where_(mask);
        }
        if let Some(initial) = initial {
            over = over.initial(initial.arg(py));
        }
        match dtype {
            Some(dtype) => over.dtype(dtype.0),
            None => over,
        }
    }
}
/// A shape: one size or several.
#[derive(Clone, Debug)]
pub struct Sizes(pub Vec<isize>);
impl<'a, 'py> FromPyObject<'a, 'py> for Sizes {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Sizes> {
        if let Ok(one) = object.extract::<isize>() {
            return Ok(Sizes(vec![one]));
        }
        object.extract().map(Sizes).map_err(|_| {
            type_error(format!("Shapes must be 1D sequences of concrete values of integer type, got {}.", &*object))
        })
    }
}
impl Sizes {
    /// The sizes, none of them negative.
    pub fn shape(&self) -> PyResult<Vec<usize>> {
        let size = |n: &isize| {
            usize::try_from(*n).map_err(|_| {
                pyo3::exceptions::PyValueError::new_err(format!("shape must have no negative sizes, got {:?}", self.0))
            })
        };
        self.0.iter().map(size).collect()
    }
}
/// Anything that `jnp.asarray` makes an array of: lists too.
pub struct Converted(pub ArrayLike);
impl<'a, 'py> FromPyObject<'a, 'py> for Converted {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Converted> {
        if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
            let made = object.py().import("raxla.numpy")?.getattr("asarray")?.call1((object,))?;
            return made.extract().map(Converted);
        }
        object.extract().map(Converted)
    }
}
/// A value to fill an array with; integers may be wider than their own dtype where another one is stated.
pub enum Filling {
    /// One of Python's integers.
    Int(i64),
    /// Any other.
    Other(ArrayLike),
}
impl<'a, 'py> FromPyObject<'a, 'py> for Filling {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Filling> {
        match object.is_exact_instance_of::<PyInt>().then(|| object.extract()) {
            Some(Ok(int)) => Ok(Filling::Int(int)),
            _ => object.extract().map(Filling::Other),
        }
    }
}
impl Filling {
    /// The value, for an array of a dtype if one is stated.
    pub fn within(&self, py: Python, dtype: Option<DType>) -> PyResult<Arg> {
        match self {
            Filling::Other(value) => Ok(value.input(py)),
            Filling::Int(int)
                if dtype.is_none() && DType::default_int() == DType::I32 && i32::try_from(*int).is_err() =>
            {
                let message = format!("Python int {int} too large to convert to int32; state a dtype");
                Err(pyo3::exceptions::PyOverflowError::new_err(message))
            }
            Filling::Int(int) => Ok(Arg::Int(*int)),
        }
    }
}
/// A sequence of arrays; or one array, whose rows they are.
pub struct Arrays(pub Vec<ArrayLike>);
impl<'a, 'py> FromPyObject<'a, 'py> for Arrays {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Arrays> {
        if object.cast::<Array>().is_err() && object.hasattr("__array__")? {
            return Arrays::extract(
                crate::array::leaf(&object)?
                    .ok_or_else(|| type_error("takes a sequence of arrays"))?
                    .bind(object.py())
                    .as_any()
                    .as_borrowed(),
            );
        }
        let items = object.try_iter()?.map(|item| item?.extract()).collect::<PyResult<Vec<ArrayLike>>>()?;
        Ok(Arrays(items))
    }
}
impl Arrays {
    /// As arguments.
    pub fn args(&self, py: Python) -> Vec<raxla::numpy::Arg> {
        self.0.iter().map(|a| a.arg(py)).collect()
    }
    /// As tracers.
    pub fn tracers(&self, py: Python) -> Vec<Tracer> {
        self.0.iter().map(|a| a.tracer(py)).collect()
    }
}
/// A dtype, if one is given.
pub fn dtype(d: Option<Dtype>) -> Option<DType> {
    d.map(|d| d.0)
}
/// What `out=` must be: there are no arrays to write into.
pub fn no_out(name: &str, out: Option<Py<PyAny>>) -> PyResult<()> {
    match out {
        None => Ok(()),
        Some(_) => Err(pyo3::exceptions::PyNotImplementedError::new_err(format!(
            "The 'out' argument to jnp.{name} is not supported."
        ))),
    }
}

/// What `out_sharding=` must be.
pub fn no_sharding(sharding: Option<Py<PyAny>>) -> PyResult<()> {
    match sharding {
        None => Ok(()),
        Some(_) => Err(pyo3::exceptions::PyNotImplementedError::new_err("shardings are not there yet")),
    }
}
/// The values of an argument, where they are known, as those of arrays are that do not depend on what `jit` or `vmap` trace.
pub fn known(py: Python, a: &ArrayLike) -> Option<Literal> {
    let data = match a {
        ArrayLike::Array(array) => data_of(py, array.get(), Want::VALUE).ok()?,
        ArrayLike::Data(data) => data.clone(),
        ArrayLike::Number(number) => return literal(number).ok(),
    };
    py.detach(|| data.to_literal()).ok()
}
/// The argument, as a constant where its values are known.
pub fn known_arg(py: Python, a: &ArrayLike) -> raxla::numpy::Arg {
    known(py, a).map_or_else(|| a.arg(py), Into::into)
}
/// A string that names one of a few things.
pub fn choice<T: Copy>(what: &str, name: &str, choices: &[(&str, T)]) -> PyResult<T> {
    let found = choices.iter().find(|c| c.0 == name).map(|c| c.1);
    found.ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|c| c.0).collect();
        pyo3::exceptions::PyValueError::new_err(format!("{what} must be one of {names:?}, got '{name}'"))
    })
}

/// What a row is called with: there is one call.
pub fn once<T>(arguments: &mut Option<T>) -> PyResult<T> {
    arguments.take().ok_or_else(|| type_error("called twice"))
}

/// An argument. Of numbers that are no sizes the error is a TypeError and a ValueError, as JAX has one or the other; pyo3 notes the argument's name.
pub fn extract<'a, 'py, T: FromPyObject<'a, 'py>>(object: &'a Bound<'py, PyAny>) -> PyResult<T> {
    object.extract().map_err(|error: T::Error| {
        let error: PyErr = error.into();
        match error.is_instance_of::<pyo3::exceptions::PyOverflowError>(object.py()) {
            true => {
                let message = format!("a size must be an integer of at least 0 that fits 64 bits, got {object}");
                crate::border::exception(object.py(), "TraceError", message)
            }
            false => error,
        }
    })
}
/// Functions with signatures of Python's: `fn name(types) [signature] |py| body;`.
macro_rules! functions { ($register:ident; $($(#[$doc:meta])* fn $name:ident($($arg:ident: $T:ty),* $(,)?) [$($signature:tt)*] |$py:ident| $body:expr;)*) => {
    $(#[pyo3::pyfunction]
    $(#[$doc])*
    #[pyo3(signature = ($($signature)*))]
    #[allow(clippy::too_many_arguments, non_snake_case)] // N and M are NumPy's
    fn $name($py: pyo3::Python<'_>, $(#[pyo3(from_py_with = $crate::table::extract)] $arg: $T),*) -> pyo3::PyResult<pyo3::Py<pyo3::PyAny>> {
        let mut arguments = Some(($($arg,)*));
        $crate::table::call($py, stringify!($name), &mut || {
            let ($($arg,)*) = $crate::table::once(&mut arguments)?;
            Ok($crate::table::Out::from($body))
        })
    })*
    /// Adds the functions to a module.
    pub fn $register(module: &pyo3::Bound<pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        use pyo3::types::PyModuleMethods;
        $(module.add_function(pyo3::wrap_pyfunction!($name, module)?)?;)*
        Ok(())
    }
} }
pub(crate) use functions;
