//! `raxla._raxla`: the part of the Python package that is made of Rust. What users import stands in `python/raxla`.

mod array;
mod batch;
mod border;
mod control;
mod custom;
mod dtype;
mod function;
mod index;
mod jit;
mod nn;
mod numpy;
mod operators;
mod random;
mod session;
mod table;
mod transforms;
mod tree;

use pyo3::prelude::*;

/// Adds a module in another.
fn submodule(
    parent: &Bound<PyModule>,
    name: &str,
    fill: impl FnOnce(&Bound<PyModule>) -> PyResult<()>,
) -> PyResult<()> {
    let module = PyModule::new(parent.py(), name)?;
    fill(&module)?;
    parent.add(name, module)
}
macro_rules! functions { ($into:expr; $($path:path),* $(,)?) => { $($into.add_function(wrap_pyfunction!($path, $into)?)?;)* } }

/// Runs `f` with 64-bit defaults or without them.
#[pyfunction]
fn with_x64<'py>(on: bool, f: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    raxla::ir::dtype::with_x64(on, || f.call0())
}
/// Whether defaults have 64 bits on this thread.
#[pyfunction]
fn x64() -> bool {
    raxla::ir::dtype::x64()
}
/// Runs `f` outside of every trace: what it computes is computed at once.
#[pyfunction]
fn suspended<'py>(f: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    session::suspended(|| f.call0())
}

#[pymodule]
fn _raxla(m: &Bound<PyModule>) -> PyResult<()> {
    m.add_class::<array::Array>()?;
    m.add_class::<array::Method>()?;
    m.add_class::<index::AtHelper>()?;
    m.add_class::<index::IndexUpdate>()?;
    m.add_class::<jit::Jit>()?;
    m.add_class::<transforms::Linear>()?;
    m.add_class::<tree::TreeDef>()?;
    functions! { m;
        with_x64, x64, suspended,
        transforms::value_and_grad_call, transforms::linearize_call, transforms::jvp_call, batch::vmap_call, custom::checkpoint_call,
        custom::checkpoint_name, custom::custom_jvp_call, custom::custom_vjp_call, transforms::eval_shape_call,
        control::cond_call, control::switch_call, control::while_loop, control::fori_loop, control::scan_call,
        tree::functions::tree_flatten, tree::functions::tree_map, tree::functions::register_pytree_node, tree::functions::node_keys, tree::functions::treedef_tuple,
    }
    submodule(m, "nn", nn::register)?;
    submodule(m, "random", random::register)?;
    submodule(m, "numpy", numpy::register)
}
