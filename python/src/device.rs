//! [`Device`]: a processor that holds arrays, and where arrays are.

use crate::{
    array::{Array, Value},
    border::of_runtime,
    config,
    session::{Want, data_of},
};
use pyo3::{exceptions::PyRuntimeError, prelude::*};
use raxla::{Client, runtime};

/// A processor with memory that holds arrays and runs programs.
#[pyclass(frozen, from_py_object, eq, hash, name = "Device", module = "raxla")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Device(pub raxla::Device);

/// A platform in JAX's words.
fn jax_name(platform: &str) -> &str {
    if platform == "cuda" || platform == "rocm" { "gpu" } else { platform }
}

#[pymethods]
impl Device {
    /// The number of the device.
    #[getter]
    fn id(&self) -> i32 {
        self.0.id()
    }
    /// `cpu`, `gpu` or `tpu`.
    #[getter]
    fn platform(&self) -> &str {
        jax_name(self.0.platform())
    }
    /// The make of the device.
    #[getter]
    fn device_kind(&self) -> &str {
        self.0.kind()
    }
    /// The process that the device belongs to.
    #[getter]
    fn process_index(&self) -> i32 {
        self.0.process_index()
    }
    /// The number of the device in its host.
    #[getter]
    fn local_hardware_id(&self) -> i32 {
        self.0.id()
    }
    /// How much memory is in use, where the platform says so.
    fn memory_stats(&self) -> Option<std::collections::HashMap<&'static str, i64>> {
        let stats = self.0.memory_stats()?;
        let known = [
            ("bytes_in_use", Some(stats.bytes_in_use)),
            ("peak_bytes_in_use", stats.peak_bytes_in_use),
            ("bytes_limit", stats.bytes_limit),
        ];
        Some(known.into_iter().filter_map(|(name, n)| Some((name, n?))).collect())
    }
    fn __repr__(&self) -> String {
        let name = match self.0.platform() {
            "cpu" => "Cpu",
            "cuda" => "Cuda",
            "tpu" => "Tpu",
            other => return format!("{other}:{}", self.0.id()),
        };
        format!("{name}Device(id={})", self.0.id())
    }
    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

fn client(py: Python) -> PyResult<Client> {
    crate::process::usable(py)?;
    py.detach(Client::global).map_err(|e| of_runtime(py, e))
}
/// The devices of a platform, or of the one that is used.
#[pyfunction]
#[pyo3(signature = (backend = None))]
pub fn devices(py: Python, backend: Option<&str>) -> PyResult<Vec<Device>> {
    let client = client(py)?;
    let is = jax_name(client.platform());
    match backend {
        Some(wanted) if jax_name(wanted) != is => {
            Err(PyRuntimeError::new_err(format!("Unknown backend: '{wanted}' requested, but this process uses {is}")))
        }
        _ => Ok(client.devices().iter().cloned().map(Device).collect()),
    }
}
/// The platform that is used: `cpu`, `gpu` or `tpu`.
#[pyfunction]
pub fn default_backend(py: Python) -> PyResult<String> {
    Ok(jax_name(client(py)?.platform()).to_owned())
}
/// The array on a device; itself if it is there already.
#[pyfunction]
pub fn copy_to_device(py: Python, array: &Bound<Array>, device: &Device) -> PyResult<Py<Array>> {
    match &array.get().value {
        // Where a value will be is the program's business.
        Value::Traced(_) => Ok(array.clone().unbind()),
        Value::Array(data) if data.is_on(&device.0) => Ok(array.clone().unbind()),
        Value::Array(data) => {
            let copy = py.detach(|| data.copy_to(&device.0)).map_err(|e| of_runtime(py, e))?;
            Py::new(py, Array::of(copy))
        }
    }
}
/// The device that holds an array.
pub fn device_of(py: Python, array: &Bound<Array>) -> PyResult<Device> {
    Ok(Device(match &array.get().value {
        Value::Array(data) => data.device(),
        Value::Traced(_) => match data_of(py, array.get(), Want::VALUE) {
            Ok(data) => data.device(),
            Err(_) => config::default_device().map_err(|e: runtime::Error| of_runtime(py, e))?,
        },
    }))
}
