//! Python's buffer protocol: `memoryview(x)` and `numpy.asarray(x)` without copying.

use crate::array::{Array, Value};
use pyo3::{exceptions::PyBufferError, ffi, prelude::*};
use raxla::{DType, runtime};
use std::{
    ffi::{CString, c_int, c_void},
    ptr::null_mut,
};

/// The bytes of an array, for others to read as long as this object lives.
#[pyclass(frozen, name = "Memory", module = "raxla._raxla")]
pub struct Memory(runtime::Lent);
impl Memory {
    /// The memory of an array; `None` if it is elsewhere, or lies otherwise.
    pub fn of(py: Python, data: &runtime::Array) -> PyResult<Option<Memory>> {
        Ok(super::lend(py, data)?.map(Memory))
    }
}

/// What a view owns: the format, shape and strides that it points to.
struct Description {
    format: CString,
    shape: Vec<isize>,
    strides: Vec<isize>,
}
/// The letter of a dtype in the words of `struct`; `None` if there is none.
fn letter(dtype: DType) -> Option<&'static str> {
    Some(match dtype {
        DType::Bool => "?",
        DType::I8 => "b",
        DType::I16 => "h",
        DType::I32 => "i",
        DType::I64 => "q",
        DType::U8 => "B",
        DType::U16 => "H",
        DType::U32 => "I",
        DType::U64 => "Q",
        DType::F16 => "e",
        DType::F32 => "f",
        DType::F64 => "d",
        DType::C64 => "Zf",
        DType::C128 => "Zd",
        _ => return None,
    })
}

/// Fills a view of borrowed memory, which `owner` keeps.
///
/// # Safety
/// `view` must be null or a view that nothing else uses.
unsafe fn fill(
    owner: Bound<'_, PyAny>,
    lent: &runtime::Lent,
    typed: bool,
    view: *mut ffi::Py_buffer,
    flags: c_int,
) -> PyResult<()> {
    if view.is_null() {
        return Err(PyBufferError::new_err("the view is null"));
    }
    if flags & ffi::PyBUF_WRITABLE == ffi::PyBUF_WRITABLE {
        return Err(PyBufferError::new_err("arrays of raxla never change: their memory is not writable"));
    }
    let aval = lent.array().aval();
    let (format, item) = match letter(aval.dtype) {
        Some(letter) if typed => (letter, aval.dtype.size()),
        None if typed => {
            return Err(PyBufferError::new_err(format!("the buffer protocol has no dtype {}", aval.dtype)));
        }
        _ => ("B", 1),
    };
    let shape: Vec<isize> = match typed {
        true => aval.shape.iter().map(|n| *n as isize).collect(),
        false => vec![lent.bytes() as isize],
    };
    let mut strides = vec![item as isize; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    let description = Box::new(Description { format: CString::new(format)?, shape, strides });
    let description = Box::into_raw(description);
    // SAFETY: the view is the caller's to fill. What it points to is owned by the box, which `release` frees, and by `owner`, to which
    // the view holds a reference: the memory is lent as long as that lives.
    unsafe {
        let of = &mut *description;
        (*view).buf = lent.address() as *mut c_void;
        (*view).len = lent.bytes() as isize;
        (*view).itemsize = item as isize;
        (*view).readonly = 1;
        (*view).ndim = of.shape.len() as c_int;
        (*view).format =
            if flags & ffi::PyBUF_FORMAT == ffi::PyBUF_FORMAT { of.format.as_ptr().cast_mut() } else { null_mut() };
        (*view).shape = if flags & ffi::PyBUF_ND == ffi::PyBUF_ND { of.shape.as_mut_ptr() } else { null_mut() };
        (*view).strides =
            if flags & ffi::PyBUF_STRIDES == ffi::PyBUF_STRIDES { of.strides.as_mut_ptr() } else { null_mut() };
        (*view).suboffsets = null_mut();
        (*view).internal = description.cast();
        (*view).obj = owner.into_ptr();
    }
    Ok(())
}
/// Frees what [`fill`] made.
///
/// # Safety
/// `view` must be one that [`fill`] filled, and that is released once.
unsafe fn release(view: *mut ffi::Py_buffer) {
    // SAFETY: `internal` is the box that `fill` leaked.
    drop(unsafe { Box::from_raw((*view).internal.cast::<Description>()) });
}

#[pymethods]
impl Memory {
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        // SAFETY: Python passes a view to fill.
        unsafe { fill(slf.clone().into_any(), &slf.get().0, false, view, flags) }
    }
    unsafe fn __releasebuffer__(&self, view: *mut ffi::Py_buffer) {
        // SAFETY: Python passes what it got from `__getbuffer__`, once.
        unsafe { release(view) }
    }
}

/// A view of a whole array, which outlives the array's object.
#[pyclass(frozen, name = "TypedMemory", module = "raxla._raxla")]
struct TypedMemory(runtime::Lent);
#[pymethods]
impl TypedMemory {
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        // SAFETY: Python passes a view to fill.
        unsafe { fill(slf.clone().into_any(), &slf.get().0, true, view, flags) }
    }
    unsafe fn __releasebuffer__(&self, view: *mut ffi::Py_buffer) {
        // SAFETY: Python passes what it got from `__getbuffer__`, once.
        unsafe { release(view) }
    }
}

#[pymethods]
impl Array {
    unsafe fn __getbuffer__(slf: Bound<'_, Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let py = slf.py();
        let array = slf.get();
        let Value::Array(data) = &array.value else {
            return Err(PyBufferError::new_err("the array is being traced, so that it has no memory"));
        };
        if array.keys.is_some() {
            return Err(PyBufferError::new_err("the buffer protocol has no random keys; see random.key_data"));
        }
        let Some(lent) = super::lend(py, data)? else {
            return Err(PyBufferError::new_err("the array's memory is not the host's"));
        };
        let owner = Bound::new(py, TypedMemory(lent))?;
        // SAFETY: Python passes a view to fill.
        unsafe { fill(owner.clone().into_any(), &owner.get().0, true, view, flags) }
    }
    unsafe fn __releasebuffer__(&self, view: *mut ffi::Py_buffer) {
        // SAFETY: Python passes what it got from `__getbuffer__`, once.
        unsafe { release(view) }
    }
}
