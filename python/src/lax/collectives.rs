//! What the members of a mapped axis know of each other: sums, gathers, exchanges. The axis has its name from `vmap`.

use crate::{array::ArrayLike, table::functions};
use pyo3::prelude::*;
use raxla::lax;

functions! { register_functions;
    /// The sum over all members.
    fn _psum(x: ArrayLike, name: &str) [x, name] |py| lax::psum(x.tracer(py), name);
    /// The greatest of all members.
    fn _pmax(x: ArrayLike, name: &str) [x, name] |py| lax::pmax(x.tracer(py), name);
    /// The least of all members.
    fn _pmin(x: ArrayLike, name: &str) [x, name] |py| lax::pmin(x.tracer(py), name);
    /// This member's number.
    fn _axis_index(name: &str) [name] |py| {
        let _ = py;
        lax::axis_index(name)
    };
    /// The arrays of all members along a new axis 0.
    fn _all_gather(x: ArrayLike, name: &str) [x, name] |py| lax::all_gather(x.tracer(py), name);
    /// The array of another member, by pairs of sources and destinations.
    fn _ppermute(x: ArrayLike, name: &str, pairs: Vec<(usize, usize)>) [x, name, pairs] |py| lax::ppermute(x.tracer(py), name, &pairs);
    /// What all members have for this one.
    fn _all_to_all(x: ArrayLike, name: &str, split: usize, concat: usize) [x, name, split, concat] |py| lax::all_to_all(x.tracer(py), name, split, concat);
    /// This member's part of the sum over all.
    fn _psum_scatter(x: ArrayLike, name: &str, along: usize) [x, name, along] |py| lax::psum_scatter(x.tracer(py), name, along);
}
/// How many members an axis has.
#[pyfunction]
fn _axis_size(py: Python, name: &str) -> PyResult<usize> {
    crate::border::guarded(py, || match raxla::ir::trace::axis_size(name) {
        Some(size) => Ok(size),
        None => Err(pyo3::exceptions::PyNameError::new_err(format!(
            "Found an unbound axis name: {name}. To fix this, please call the function under vmap with that axis_name"
        ))),
    })
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_axis_size, module)?)?;
    register_functions(module)
}
