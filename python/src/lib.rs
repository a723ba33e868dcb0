//! `raxla._raxla`: the part of the Python package that is made of Rust. What users import stands in `python/raxla`.

mod array;
mod batch;
mod batching;
mod border;
mod boundary;
mod callback;
mod checkpoint;
mod config;
mod control;
mod custom;
mod device;
mod dtype;
mod eager;
mod ffi;
mod fft;
mod flags;
mod function;
mod host;
mod image;
mod index;
mod iterations;
mod jit;
mod keys;
mod lax;
mod linalg;
mod linear;
mod method;
mod nn;
mod number;
mod numpy;
mod operators;
mod process;
mod random;
mod rows;
mod session;
mod signal;
mod special;
mod stages;
mod stats;
mod table;
mod transforms;
mod tree;

use pyo3::prelude::*;

/// Calls of many arguments free and make many small objects, and the C library's allocator then goes through all its lists.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

/// Sets whether defaults have 64 bits, on all threads.
#[pyfunction]
fn set_x64(on: bool) {
    raxla::ir::dtype::set_x64(on);
}
/// Sets it for this thread, `None` for what holds on all; gives what was set before.
#[pyfunction]
fn x64_here(on: Option<bool>) -> Option<bool> {
    raxla::ir::dtype::x64_here(on)
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
    process::install();
    m.add_class::<boundary::Boundary>()?;
    m.add_class::<device::Device>()?;
    m.add_class::<stages::Staged>()?;
    m.add_class::<stages::Compiled>()?;
    m.add_class::<session::CompileTime>()?;
    m.add_class::<array::Array>()?;
    m.add_class::<method::Method>()?;
    m.add_class::<index::AtHelper>()?;
    m.add_class::<index::IndexUpdate>()?;
    m.add_class::<jit::Jit>()?;
    m.add_class::<linear::Linear>()?;
    m.add_class::<custom::Closed>()?;
    m.add_class::<batching::VmapRule>()?;
    m.add_class::<tree::TreeDef>()?;
    functions! { m;
        set_x64, x64_here, x64, suspended, session::enter_scope, session::leave_scope, dtype::result_type, boundary::filter_tracebacks, config::configure, config::unconfigure_here, config::log_compiles,
        callback::pure_callback_call, callback::io_callback_call, callback::debug_callback_call, callback::effects_barrier, eager::clear_eager,
        device::devices, device::default_backend, device::copy_to_device, process::after_fork_in_child, process::set_packages, stages::stage, ffi::dlpack_export, ffi::dlpack_import,
        transforms::value_and_grad_call, linear::linearize_call, linear::jvp_call, linear::transpose_call, batch::vmap_call, checkpoint::checkpoint_call,
        checkpoint::checkpoint_name, custom::custom_jvp_call, custom::custom_vjp_call, custom::linear_call, custom::close_call, custom::derivatives_ahead,
        batching::custom_vmap_call,
        transforms::eval_shape_call,
        control::cond_call, control::switch_call, control::while_loop, control::fori_loop, control::scan_call,
        tree::functions::tree_flatten, tree::functions::tree_map, tree::functions::register_pytree_node, tree::functions::treedef_tuple,
        tree::paths::tree_flatten_with_path, tree::paths::one_level, tree::paths::is_tree_node,
    }
    submodule(m, "lax", lax::register)?;
    submodule(m, "fft", fft::register)?;
    submodule(m, "scipy_fft", fft::register_scipy)?;
    submodule(m, "linalg", linalg::register)?;
    submodule(m, "special", special::register)?;
    submodule(m, "stats", stats::register)?;
    submodule(m, "signal", signal::register)?;
    submodule(m, "iterations", iterations::register)?;
    submodule(m, "image", image::register)?;
    submodule(m, "ndimage", image::register_ndimage)?;
    submodule(m, "scipy_points", image::register_scipy)?;
    submodule(m, "nn", nn::register)?;
    submodule(m, "random", random::register)?;
    submodule(m, "numpy", numpy::register)
}
