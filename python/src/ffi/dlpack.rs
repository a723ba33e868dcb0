//! DLPack: arrays to and from other libraries, without copying. The structs are those of DLPack 1.1, <https://dmlc.github.io/dlpack/latest/c_api.html>.

use crate::{
    array::{Array, Value},
    border::of_runtime,
    config,
};
use pyo3::{
    exceptions::{PyBufferError, PyTypeError, PyValueError},
    ffi,
    prelude::*,
    types::PyCapsule,
};
use raxla::{
    DType, ShapedArray,
    runtime::{self, HostMemory},
};
use std::ffi::{CStr, c_void};

#[repr(C)]
#[derive(Clone, Copy)]
struct Device {
    kind: i32,
    id: i32,
}
#[repr(C)]
#[derive(Clone, Copy)]
struct Type {
    code: u8,
    bits: u8,
    lanes: u16,
}
#[repr(C)]
struct Tensor {
    data: *mut c_void,
    device: Device,
    ndim: i32,
    dtype: Type,
    shape: *mut i64,
    strides: *mut i64,
    byte_offset: u64,
}
/// A tensor and who frees it, before version 1.0.
#[repr(C)]
struct Managed {
    tensor: Tensor,
    owner: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Managed)>,
}
/// The same since version 1.0.
#[repr(C)]
struct Versioned {
    major: u32,
    minor: u32,
    owner: *mut c_void,
    deleter: Option<unsafe extern "C" fn(*mut Versioned)>,
    flags: u64,
    tensor: Tensor,
}
const CPU: i32 = 1;
const READ_ONLY: u64 = 1;
const OLD: &CStr = c"dltensor";
const NEW: &CStr = c"dltensor_versioned";
const USED_OLD: &CStr = c"used_dltensor";
const USED_NEW: &CStr = c"used_dltensor_versioned";

/// DLPack's codes of kinds, and the bits of dtypes.
const DTYPES: [(DType, u8, u8); 19] = [
    (DType::I8, 0, 8),
    (DType::I16, 0, 16),
    (DType::I32, 0, 32),
    (DType::I64, 0, 64),
    (DType::U8, 1, 8),
    (DType::U16, 1, 16),
    (DType::U32, 1, 32),
    (DType::U64, 1, 64),
    (DType::F16, 2, 16),
    (DType::F32, 2, 32),
    (DType::F64, 2, 64),
    (DType::BF16, 4, 16),
    (DType::C64, 5, 64),
    (DType::C128, 5, 128),
    (DType::Bool, 6, 8),
    (DType::F8E4M3FN, 10, 8),
    (DType::F8E4M3FNUZ, 11, 8),
    (DType::F8E5M2, 12, 8),
    (DType::F8E5M2FNUZ, 13, 8),
];

/// What an exported tensor points to.
struct Owner {
    _lent: runtime::Lent,
    shape: Vec<i64>,
    strides: Vec<i64>,
}
fn tensor(lent: runtime::Lent) -> PyResult<(Tensor, *mut c_void)> {
    let aval = lent.array().aval().clone();
    let Some((_, code, bits)) = DTYPES.into_iter().find(|row| row.0 == aval.dtype) else {
        return Err(PyBufferError::new_err(format!("DLPack has no dtype {}", aval.dtype)));
    };
    let shape: Vec<i64> = aval.shape.iter().map(|n| *n as i64).collect();
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    let data = lent.address() as *mut c_void;
    let owner = Box::into_raw(Box::new(Owner { _lent: lent, shape, strides }));
    // SAFETY: the box was just leaked, and nobody else knows of it.
    let (shape, strides, ndim) =
        unsafe { ((*owner).shape.as_mut_ptr(), (*owner).strides.as_mut_ptr(), (*owner).shape.len()) };
    let tensor = Tensor {
        data,
        device: Device { kind: CPU, id: 0 },
        ndim: ndim as i32,
        dtype: Type { code, bits, lanes: 1 },
        shape,
        strides,
        byte_offset: 0,
    };
    Ok((tensor, owner.cast()))
}
unsafe extern "C" fn delete_old(managed: *mut Managed) {
    // SAFETY: whoever took the tensor calls this once; both boxes were leaked by `dlpack_export`.
    unsafe {
        let managed = Box::from_raw(managed);
        drop(Box::from_raw(managed.owner.cast::<Owner>()));
    }
}
unsafe extern "C" fn delete_new(managed: *mut Versioned) {
    // SAFETY: as in `delete_old`.
    unsafe {
        let managed = Box::from_raw(managed);
        drop(Box::from_raw(managed.owner.cast::<Owner>()));
    }
}
/// Frees a tensor that nobody took out of its capsule.
unsafe extern "C" fn unused(capsule: *mut ffi::PyObject) {
    // SAFETY: Python calls this with the capsule that dies, and the interpreter attached. A capsule that was used has another name.
    unsafe {
        if ffi::PyCapsule_IsValid(capsule, OLD.as_ptr()) == 1 {
            delete_old(ffi::PyCapsule_GetPointer(capsule, OLD.as_ptr()).cast());
        } else if ffi::PyCapsule_IsValid(capsule, NEW.as_ptr()) == 1 {
            delete_new(ffi::PyCapsule_GetPointer(capsule, NEW.as_ptr()).cast());
        }
    }
}
/// A capsule of an array's memory.
#[pyfunction]
pub fn dlpack_export<'py>(array: &Bound<'py, Array>, versioned: bool) -> PyResult<Bound<'py, PyAny>> {
    let py = array.py();
    let Value::Array(data) = &array.get().value else {
        return Err(PyTypeError::new_err("the array is being traced, so that it has no memory"));
    };
    let Some(lent) = super::lend(py, data)? else {
        return Err(PyBufferError::new_err(
            "DLPack: only arrays of at least 8 bits an element on the CPU can be shared",
        ));
    };
    let (tensor, owner) = tensor(lent)?;
    let (pointer, name): (*mut c_void, &CStr) = if versioned {
        let managed = Versioned { major: 1, minor: 0, owner, deleter: Some(delete_new), flags: READ_ONLY, tensor };
        (Box::into_raw(Box::new(managed)).cast(), NEW)
    } else {
        (Box::into_raw(Box::new(Managed { tensor, owner, deleter: Some(delete_old) })).cast(), OLD)
    };
    // SAFETY: the pointer is not null; the name lives for ever; a new reference or null with an exception comes back.
    unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyCapsule_New(pointer, name.as_ptr(), Some(unused))) }
}

/// A tensor taken from somebody.
enum Taken {
    Old(*mut Managed),
    New(*mut Versioned),
}
impl Drop for Taken {
    fn drop(&mut self) {
        // Deleters may belong to Python's objects, and this may be one of XLA's threads.
        Python::attach(|_| {
            // SAFETY: the tensor is ours since its capsule was renamed, and is deleted once.
            unsafe {
                match *self {
                    Taken::Old(managed) => (*managed).deleter.into_iter().for_each(|delete| delete(managed)),
                    Taken::New(managed) => (*managed).deleter.into_iter().for_each(|delete| delete(managed)),
                }
            }
        })
    }
}
struct Borrowed {
    _taken: Taken,
    address: usize,
    bytes: usize,
}
// SAFETY: the deleter is called with the interpreter attached, and nothing else is done with the pointer.
unsafe impl Send for Borrowed {}
// SAFETY: DLPack's exporter keeps the memory until the deleter is called. That nobody writes into it is the exporter's promise to whoever
// shares it, as with JAX.
unsafe impl HostMemory for Borrowed {
    fn address(&self) -> usize {
        self.address
    }
    fn bytes(&self) -> usize {
        self.bytes
    }
}
/// The array in a capsule; `None` if it does not lie row by row, so that it has to be copied first. XLA copies memory that does not begin at a
/// multiple of 64 bytes, which is an error if it must be shared.
#[pyfunction]
pub fn dlpack_import(py: Python, capsule: &Bound<PyCapsule>, share: bool) -> PyResult<Option<Py<Array>>> {
    crate::process::usable(py)?;
    let new = capsule.is_valid_checked(Some(NEW));
    let name = if new { NEW } else { OLD };
    let pointer = capsule.pointer_checked(Some(name)).map_err(|_| {
        PyValueError::new_err("from_dlpack: the capsule holds no tensor, or one that was taken out already")
    })?;
    // SAFETY: a valid capsule of this name holds a pointer to this struct.
    let (tensor, compatible) = unsafe {
        match new {
            true => {
                let managed = pointer.cast::<Versioned>().as_ref();
                (&managed.tensor, managed.major == 1)
            }
            false => (&pointer.cast::<Managed>().as_ref().tensor, true),
        }
    };
    if !compatible {
        return Err(PyBufferError::new_err("from_dlpack: a newer major version of DLPack"));
    }
    if tensor.device.kind != CPU {
        return Err(PyBufferError::new_err("from_dlpack: only tensors on the CPU can be shared"));
    }
    let Type { code, bits, lanes } = tensor.dtype;
    let Some((dtype, ..)) = DTYPES.into_iter().find(|row| (row.1, row.2, 1) == (code, bits, lanes)) else {
        return Err(PyTypeError::new_err(format!(
            "from_dlpack: a dtype of code {code} with {bits} bits and {lanes} lanes"
        )));
    };
    let rank = tensor.ndim.max(0) as usize;
    // SAFETY: the tensor has as many sizes, and strides if there are any, as axes.
    let (shape, strides) = unsafe {
        let list = |at: *mut i64| (!at.is_null() && rank > 0).then(|| std::slice::from_raw_parts(at, rank).to_vec());
        (list(tensor.shape).unwrap_or_default(), list(tensor.strides))
    };
    let shape: Vec<usize> = shape.iter().map(|n| *n as usize).collect();
    let mut expected = 1;
    for (axis, size) in shape.iter().enumerate().rev() {
        let fits = strides.as_ref().is_none_or(|s| *size <= 1 || s[axis] == expected);
        if !fits && !shape.contains(&0) {
            return Ok(None);
        }
        expected *= *size as i64;
    }
    let aval = ShapedArray::new(&shape, dtype);
    let bytes = aval.size() * dtype.size();
    let address = tensor.data as usize + tensor.byte_offset as usize;
    if share && bytes > 0 && !address.is_multiple_of(64) {
        return Err(PyValueError::new_err(
            "from_dlpack: the memory is not aligned to 64 bytes, so that it has to be copied, but copy=False",
        ));
    }
    let used = if new { USED_NEW } else { USED_OLD };
    // SAFETY: the capsule is alive, and the name lives for ever. By it the tensor is ours to delete.
    if unsafe { ffi::PyCapsule_SetName(capsule.as_ptr(), used.as_ptr()) } != 0 {
        return Err(PyErr::fetch(py));
    }
    let taken = if new { Taken::New(pointer.cast().as_ptr()) } else { Taken::Old(pointer.cast().as_ptr()) };
    let memory = Borrowed { _taken: taken, address, bytes };
    let device = config::default_device().map_err(|e| of_runtime(py, e))?;
    let data = py.detach(|| runtime::Array::from_memory(aval, memory, &device)).map_err(|e| of_runtime(py, e))?;
    Py::new(py, Array::of(data)).map(Some)
}
