//! Products of vectors, matrices and tensors.

use crate::{
    array::ArrayLike,
    dtype::Dtype,
    table::{Arrays, Axes, functions},
    tree::type_error,
};
use pyo3::{Borrowed, FromPyObject, PyAny, PyErr, PyResult, types::PyAnyMethods};
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

functions! { register;
    /// The product of matrices, vectors, or batches of them, as the operator `@`.
    fn matmul(a: ArrayLike, b: ArrayLike, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [a, b, *, precision = None, preferred_element_type = None] |py| {
        np::matmul_with(a.arg(py), b.arg(py), how(precision, preferred_element_type))
    };
    /// The product of matrices and vectors; of higher ranks over the last axis and the last but one.
    fn dot(a: ArrayLike, b: ArrayLike, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [a, b, *, precision = None, preferred_element_type = None] |py| {
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
    fn vecdot(x1: ArrayLike, x2: ArrayLike, axis: isize) [x1, x2, /, *, axis = -1] |py| np::vecdot(x1.arg(py), x2.arg(py), axis);
    /// All products of an element of one and one of the other.
    fn outer(a: ArrayLike, b: ArrayLike) [a, b] |py| np::outer(a.arg(py), b.arg(py));
    /// The product over chosen axes.
    fn tensordot(a: ArrayLike, b: ArrayLike, axes: Option<Contracted>, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [a, b, axes = None, *, precision = None, preferred_element_type = None] |py| {
        let axes = axes.map_or(np::TensordotAxes::Last(2), |a| a.0);
        np::tensordot_with(a.arg(py), b.arg(py), axes, how(precision, preferred_element_type))
    };
    /// Kronecker's product.
    fn kron(a: ArrayLike, b: ArrayLike) [a, b] |py| np::kron(a.arg(py), b.arg(py));
    /// The cross product of vectors along the last axis.
    fn _cross(a: ArrayLike, b: ArrayLike, axis: isize) [a, b, axis] |py| np::cross(a.arg(py), b.arg(py), axis);
    /// Einstein's sums.
    fn _einsum(subscripts: &str, operands: Arrays, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [subscripts, operands, precision = None, preferred_element_type = None] |py| {
        np::einsum_with(subscripts, &operands.tracers(py), &np::Path::default(), how(precision, preferred_element_type))
    };
}
