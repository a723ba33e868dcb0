//! A function on its way from Python to machine code, stage by stage: traced, lowered, compiled.

use crate::{
    array::{Array, leaf},
    border::{of_error, of_runtime},
    flags::Flag,
    jit::{Called, Entry, Jit, Traced},
    keys::{self, Keys},
    tree::{TreeDef, type_error},
};
use pyo3::{
    prelude::*,
    types::{PyDict, PyTuple},
};
use raxla::{Program, ShapedArray, pipeline::pipeline, runtime};
use std::sync::Arc;

/// A function, traced at given types.
#[pyclass(frozen, name = "Traced", module = "raxla._raxla")]
pub struct Staged {
    jit: Py<Jit>,
    traced: Arc<Traced>,
    donated: Vec<bool>,
}
/// Shapes, dtypes and whether they are weak, for `ShapeDtypeStruct`.
type Types<'py> = Vec<(Vec<usize>, Bound<'py, PyAny>, bool)>;
fn types<'py>(py: Python<'py>, avals: &[ShapedArray]) -> PyResult<Types<'py>> {
    avals.iter().map(|a| Ok((a.shape.to_vec(), crate::dtype::to_numpy(py, a.dtype)?, a.weak))).collect()
}

/// Traces the function at the types of these arguments, which may be types themselves.
#[pyfunction]
#[pyo3(signature = (jit, args, kwargs))]
pub fn stage<'py>(
    py: Python<'py>,
    jit: &Bound<'py, Jit>,
    args: &Bound<'py, PyTuple>,
    kwargs: &Bound<'py, PyDict>,
) -> PyResult<Staged> {
    let this = jit.get();
    let mut called = this.called(py, args, Some(kwargs))?;
    let types = called.leaves.iter().map(|object| aval_of(py, object)).collect::<PyResult<Vec<_>>>()?;
    let (avals, keys): (Vec<ShapedArray>, Vec<Keys>) = types.into_iter().unzip();
    called.tree = called.tree.with_keys(keys);
    let donated = this.donated(&called);
    Ok(Staged { jit: jit.clone().unbind(), traced: Arc::new(this.traced(py, &called, avals)?), donated })
}
impl Staged {
    fn program(&self) -> &Program {
        &self.traced.program
    }
}
#[pymethods]
impl Staged {
    /// The program, as text that reads back.
    fn text(&self) -> String {
        self.program().to_string()
    }
    /// The types of the results, and their structure.
    fn out_info<'py>(&self, py: Python<'py>) -> PyResult<(Types<'py>, TreeDef)> {
        Ok((types(py, &self.program().out_avals())?, self.traced.out.clone()))
    }
    /// The types of the arguments, and the structure `(args, kwargs)`.
    fn in_info<'py>(&self, py: Python<'py>) -> PyResult<(Types<'py>, TreeDef)> {
        Ok((types(py, &self.traced.kind.avals)?, self.traced.kind.tree.clone()))
    }
    /// The StableHLO.
    fn stablehlo(&self, py: Python) -> PyResult<String> {
        let platform = runtime::plugin::Platform::chosen().map_err(|e| of_error(py, e.into()))?.target();
        let name = &self.jit.get().name;
        let lowered = pipeline::lower(self.program(), name, &self.donated, platform);
        Ok(lowered.map_err(|e| of_error(py, e))?.2)
    }
    /// The function compiled, with these flags of XLA's beside its own.
    fn compile(&self, py: Python, flags: Vec<Flag>) -> PyResult<Compiled> {
        let flags: Vec<_> = flags.into_iter().map(|f| f.0).collect();
        let entry = self.jit.get().compiled(py, self.traced.clone(), &self.donated, None, &flags)?;
        Ok(Compiled { jit: self.jit.clone_ref(py), entry })
    }
}

/// A compiled function, for arguments of the types that it was compiled for, without those that are static.
#[pyclass(frozen, name = "Executable", module = "raxla._raxla")]
pub struct Compiled {
    jit: Py<Jit>,
    entry: Entry,
}
#[pymethods]
impl Compiled {
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let jit = self.jit.get();
        let kind = &self.entry.traced.kind;
        let mut called = Called::dynamic(args, kwargs)?;
        let handles: Vec<Py<Array>> = jit.arrays(py, &called)?;
        called.mark(&handles);
        if called.tree != kind.tree {
            return Err(type_error(format!(
                "Function compiled with input pytree does not match the input pytree it was called with: compiled for {:?}, called with {:?}",
                kind.tree, called.tree
            )));
        }
        let arrays = jit.at_hand(py, &handles)?;
        let wrong: Vec<String> = (kind.avals.iter().zip(&arrays))
            .filter(|(want, array)| want.shape != array.aval().shape || want.dtype != array.dtype())
            .map(|(want, array)| format!("compiled for {want}, called with {}", array.aval()))
            .collect();
        if !wrong.is_empty() {
            return Err(type_error(format!(
                "Argument types differ from the types for which this computation was compiled: {}",
                wrong.join("; ")
            )));
        }
        jit.launch(py, &self.entry, &arrays)
    }
    /// The least seconds of so many bare executions by PJRT, which no call can be faster than. For benchmarks.
    fn _floor(&self, py: Python, args: &Bound<PyTuple>, times: usize) -> PyResult<f64> {
        let jit = self.jit.get();
        let called = Called::dynamic(args, None)?;
        let handles = jit.arrays(py, &called)?;
        let arrays = jit.at_hand(py, &handles)?;
        let mut run = self.entry.stages.executable.raw_execute_for_bench(&arrays).map_err(|e| of_runtime(py, e))?;
        let once = |_| {
            let start = std::time::Instant::now();
            run();
            start.elapsed().as_secs_f64()
        };
        Ok((0..times).map(once).fold(f64::INFINITY, f64::min))
    }
    /// Bytes of code, arguments, outputs, aliased arguments and temporaries; `None` where XLA does not say.
    fn memory(&self) -> Option<[i64; 5]> {
        let stats = self.entry.stages.executable.memory_stats()?;
        Some([stats.generated_code, stats.arguments, stats.outputs, stats.aliased, stats.temporaries])
    }
    /// The program after the optimiser.
    fn optimized(&self) -> String {
        self.entry.stages.optimized.to_string()
    }
}

/// The type of an array, or of what has a shape and a dtype; of keys, that of their words, and what they are of.
pub fn aval_of(py: Python, object: &Bound<PyAny>) -> PyResult<(ShapedArray, Keys)> {
    if let Ok(array) = object.cast::<Array>() {
        return Ok((array.get().aval(py)?, array.get().keys));
    }
    if object.hasattr("shape")? && object.hasattr("dtype")? {
        let shape: Vec<usize> = object.getattr("shape")?.extract()?;
        let dtype = object.getattr("dtype")?;
        if let Some(of) = keys::of_dtype(&dtype)? {
            return Ok((ShapedArray::new(&keys::shape(&shape, Some(of)), raxla::DType::U32), Some(of)));
        }
        let dtype: crate::dtype::Dtype = dtype.extract()?;
        let weak = object.getattr("weak_type").and_then(|w| w.extract()).unwrap_or(false);
        return Ok((ShapedArray { weak, ..ShapedArray::new(&shape, dtype.0) }, None));
    }
    match leaf(object)? {
        Some(array) => Ok((array.get().aval(py)?, None)),
        None => Err(crate::tree::not_an_array(py, "argument", "", object)),
    }
}
