//! Products of vectors, matrices and tensors.

use crate::{
    array::ArrayLike,
    dtype::Dtype,
    table::{Arrays, Axes, choice, functions, no_out, no_sharding},
    tree::type_error,
};
use pyo3::{prelude::*, types::PyModule};
use raxla::{Precision, numpy as np};

/// `precision`: a name, an enum of `lax.Precision`, or `None`.
pub struct Accuracy(pub Precision);
impl<'a, 'py> FromPyObject<'a, 'py> for Accuracy {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Accuracy> {
        if object.is_none() {
            return Ok(Accuracy(crate::config::settings().matmul_precision));
        }
        // One for each operand: both are the stricter one.
        if let Ok(pair) = object.cast::<pyo3::types::PyTuple>() {
            let both = pair.try_iter()?.map(|p| p?.extract::<Accuracy>()).collect::<PyResult<Vec<_>>>()?;
            return Ok(Accuracy(both.into_iter().map(|p| p.0).max().unwrap_or(Precision::Default)));
        }
        let name: String = match object.getattr("name") {
            Ok(name) => name.extract()?,
            Err(_) => object.str()?.extract()?,
        };
        Ok(Accuracy(match name.to_lowercase().as_str() {
            "default" | "bfloat16" | "fastest" => Precision::Default,
            "high" | "tensorfloat32" => Precision::High,
            "highest" | "float32" => Precision::Highest,
            other => return Err(type_error(format!("precision must be default, high or highest, got {other}"))),
        }))
    }
}
/// How a product is computed.
pub fn how(precision: Option<Accuracy>, dtype: Option<Dtype>) -> np::Product {
    let precision = precision.map_or_else(|| crate::config::settings().matmul_precision, |p| p.0);
    np::Product { precision, dtype: dtype.map(|d| d.0) }
}
/// `axes` of `tensordot`.
pub struct Contracted(np::TensordotAxes);
impl<'a, 'py> FromPyObject<'a, 'py> for Contracted {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Contracted> {
        if let Ok(n) = object.extract::<usize>() {
            return Ok(Contracted(np::TensordotAxes::Last(n)));
        }
        let sides = object.try_iter()?.map(|side| side?.extract::<Axes>()).collect::<PyResult<Vec<_>>>()?;
        match &sides[..] {
            [Axes(Some(a)), Axes(Some(b))] => Ok(Contracted(np::TensordotAxes::Pairs(a.clone(), b.clone()))),
            _ => Err(type_error("tensordot: axes must be an integer or a pair of sequences of integers")),
        }
    }
}

functions! { register_functions;
    /// The product of matrices, vectors, or batches of them, as the operator `@`.
    fn matmul(a: ArrayLike, b: ArrayLike, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>, out_sharding: Option<Py<PyAny>>) [a, b, *, precision = None, preferred_element_type = None, out_sharding = None] |py| {
        no_sharding(out_sharding)?;
        np::matmul_with(a.arg(py), b.arg(py), how(precision, preferred_element_type))
    };
    /// The product of matrices and vectors; of higher ranks over the last axis and the last but one.
    fn dot(a: ArrayLike, b: ArrayLike, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>, out_sharding: Option<Py<PyAny>>) [a, b, *, precision = None, preferred_element_type = None, out_sharding = None] |py| {
        no_sharding(out_sharding)?;
        np::dot_with(a.arg(py), b.arg(py), how(precision, preferred_element_type))
    };
    /// The product over the last axes.
    fn inner(a: ArrayLike, b: ArrayLike, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [a, b, *, precision = None, preferred_element_type = None] |py| {
        np::inner_with(a.arg(py), b.arg(py), how(precision, preferred_element_type))
    };
    /// The product of all elements, the first conjugated.
    fn vdot(a: ArrayLike, b: ArrayLike, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [a, b, *, precision = None, preferred_element_type = None] |py| {
        np::vdot_with(a.arg(py), b.arg(py), how(precision, preferred_element_type))
    };
    /// Matrices times vectors.
    fn matvec(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::matvec_with(x1.arg(py), x2.arg(py), how(None, None));
    /// Vectors, conjugated, times matrices.
    fn vecmat(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::vecmat_with(x1.arg(py), x2.arg(py), how(None, None));
    /// Products of vectors along an axis, the first conjugated.
    #[pyo3(text_signature = "(x1, x2, /, *, axis=-1, precision=None, preferred_element_type=None)")]
    fn vecdot(x1: ArrayLike, x2: ArrayLike, axis: isize, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [x1, x2, /, *, axis = -1, precision = None, preferred_element_type = None] |py| {
        np::vecdot_with(x1.arg(py), x2.arg(py), axis, how(precision, preferred_element_type))
    };
    /// All products of an element of one and one of the other.
    fn outer(a: ArrayLike, b: ArrayLike, out: Option<Py<PyAny>>) [a, b, out = None] |py| {
        no_out("outer", out)?;
        np::outer(a.arg(py), b.arg(py))
    };
    /// The product over chosen axes.
    #[pyo3(text_signature = "(a, b, axes=2, *, precision=None, preferred_element_type=None, out_sharding=None)")]
    fn tensordot(a: ArrayLike, b: ArrayLike, axes: Option<Contracted>, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>, out_sharding: Option<Py<PyAny>>) [a, b, axes = None, *, precision = None, preferred_element_type = None, out_sharding = None] |py| {
        no_sharding(out_sharding)?;
        let axes = axes.map_or(np::TensordotAxes::Last(2), |a| a.0);
        np::tensordot_with(a.arg(py), b.arg(py), axes, how(precision, preferred_element_type))
    };
    /// Kronecker's product.
    fn kron(a: ArrayLike, b: ArrayLike) [a, b] |py| np::kron(a.arg(py), b.arg(py));
    /// The cross product of vectors along the last axis.
    fn _cross(a: ArrayLike, b: ArrayLike, axis: isize) [a, b, axis] |py| np::cross(a.arg(py), b.arg(py), axis);
    /// Einstein's sums.
    fn _einsum(subscripts: &str, operands: Arrays, optimize: Order, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [subscripts, operands, optimize, precision, preferred_element_type] |py| {
        np::einsum_with(subscripts, &operands.tracers(py), &optimize.0, how(precision, preferred_element_type))
    };
    /// The convolution of two vectors: the coefficients of the product of the polynomials that have these.
    fn convolve(a: ArrayLike, v: ArrayLike, mode: &str, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [a, v, mode = "full", *, precision = None, preferred_element_type = None] |py| {
        np::convolve_with(a.arg(py), v.arg(py), choice("convolve: mode", mode, &MODES)?, how(precision, preferred_element_type))
    };
    /// The sums of products of one vector with another, conjugated, moved along it.
    fn correlate(a: ArrayLike, v: ArrayLike, mode: &str, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [a, v, mode = "valid", *, precision = None, preferred_element_type = None] |py| {
        np::correlate_with(a.arg(py), v.arg(py), choice("correlate: mode", mode, &MODES)?, how(precision, preferred_element_type))
    };
}
const MODES: [(&str, np::ConvolveMode); 3] =
    [("full", np::ConvolveMode::Full), ("same", np::ConvolveMode::Same), ("valid", np::ConvolveMode::Valid)];

/// `optimize` of `einsum`: a name, whether to, or the pairs of operands to multiply in turn.
pub struct Order(np::Path);
impl<'a, 'py> FromPyObject<'a, 'py> for Order {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Order> {
        if let Ok(on) = object.extract::<bool>() {
            return Ok(Order(if on { np::Path::Optimal } else { np::Path::LeftToRight }));
        }
        if let Ok(name) = object.extract::<&str>() {
            let names = [
                ("auto", 0),
                ("auto-hq", 0),
                ("optimal", 0),
                ("dp", 0),
                ("branch-all", 0),
                ("branch-2", 0),
                ("branch-1", 0),
                ("greedy", 1),
                ("eager", 1),
                ("opportunistic", 1),
            ];
            return Ok(Order(if choice("einsum: optimize", name, &names)? == 0 {
                np::Path::Optimal
            } else {
                np::Path::Greedy
            }));
        }
        Ok(Order(np::Path::Stated(object.extract()?)))
    }
}
/// The order in which [`_einsum`] multiplies operands of these shapes.
#[pyfunction]
fn _einsum_path(
    py: Python,
    subscripts: &str,
    shapes: Vec<Vec<usize>>,
    optimize: Order,
) -> PyResult<Vec<(usize, usize)>> {
    let shapes: Vec<&[usize]> = shapes.iter().map(|s| &s[..]).collect();
    crate::border::guarded(py, || Ok(np::einsum_path(subscripts, &shapes, &optimize.0)))
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_einsum_path, module)?)?;
    register_functions(module)
}
