//! `raxla.numpy.linalg`.

use crate::{
    array::ArrayLike,
    dtype::Dtype,
    numpy::products::Accuracy,
    table::{Arrays, Axes, Out, functions},
};
use pyo3::{Borrowed, exceptions::PyValueError, prelude::*};
use raxla::{
    Tracer,
    numpy::{
        self as np,
        linalg::{self, NormOrder, QrMode, Triangle},
    },
};

/// `UPLO`: which triangle counts, or `None` for both.
pub struct Half(Triangle);
impl<'a, 'py> FromPyObject<'a, 'py> for Half {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Half> {
        match object.extract::<String>().unwrap_or_default().as_str() {
            "L" => Ok(Half(Triangle::Lower)),
            "U" => Ok(Half(Triangle::Upper)),
            other => Err(PyValueError::new_err(format!("UPLO must be one of None, 'L', or 'U', got {other}"))),
        }
    }
}
/// `ord`: a number, `fro` or `nuc`.
pub struct Order(NormOrder);
impl<'a, 'py> FromPyObject<'a, 'py> for Order {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Order> {
        if let Ok(word) = object.extract::<String>() {
            return match word.as_str() {
                "fro" => Ok(Order(NormOrder::Frobenius)),
                "nuc" => Ok(Order(NormOrder::Nuclear)),
                _ => Err(PyValueError::new_err(format!("Invalid order '{word}' for a norm."))),
            };
        }
        object.extract().map(|p| Order(NormOrder::P(p)))
    }
}
fn order(ord: Option<Order>) -> NormOrder {
    ord.map_or(NormOrder::Euclidean, |o| o.0)
}
fn how(precision: Option<Accuracy>, dtype: Option<Dtype>) -> np::Product {
    np::Product { precision: precision.map_or(raxla::Precision::Default, |p| p.0), dtype: dtype.map(|d| d.0) }
}
functions! { register;
    /// Cholesky's factor of positive definite matrices.
    fn cholesky(a: ArrayLike, upper: bool, symmetrize_input: bool) [a, *, upper = false, symmetrize_input = true] |py| linalg::cholesky(a.arg(py), upper, symmetrize_input);
    /// The condition number.
    fn cond(x: ArrayLike, p: Option<Order>) [x, p = None] |py| linalg::cond(x.arg(py), order(p));
    /// The cross product of vectors of three components.
    fn cross(x1: ArrayLike, x2: ArrayLike, axis: isize) [x1, x2, /, *, axis = -1] |py| linalg::cross(x1.arg(py), x2.arg(py), axis);
    /// The determinant.
    fn det(a: ArrayLike) [a] |py| linalg::det(a.arg(py));
    /// The diagonal.
    fn diagonal(x: ArrayLike, offset: isize) [x, /, *, offset = 0] |py| linalg::diagonal(x.arg(py), offset);
    /// Eigenvalues and eigenvectors.
    fn _eig(a: ArrayLike) [a] |py| linalg::eig(a.arg(py));
    /// Eigenvalues and eigenvectors of Hermitian matrices.
    fn _eigh(a: ArrayLike, uplo: Option<Half>, symmetrize_input: bool) [a, uplo, symmetrize_input] |py| linalg::eigh(a.arg(py), uplo.map(|u| u.0), symmetrize_input);
    /// Eigenvalues.
    fn eigvals(a: ArrayLike) [a] |py| linalg::eigvals(a.arg(py));
    /// Eigenvalues of Hermitian matrices.
    fn eigvalsh(a: ArrayLike, UPLO: Option<Half>, symmetrize_input: bool) [a, UPLO = Some(Half(Triangle::Lower)), *, symmetrize_input = true] |py| linalg::eigvalsh(a.arg(py), UPLO.map(|u| u.0), symmetrize_input);
    /// The inverse.
    fn inv(a: ArrayLike) [a] |py| linalg::inv(a.arg(py));
    /// The nearest solution by least squares: solution, squared distances, rank, singular values.
    fn _lstsq(a: ArrayLike, b: ArrayLike, rcond: Option<f64>) [a, b, rcond] |py| {
        let (x, resid, rank, s) = linalg::lstsq(a.arg(py), b.arg(py), rcond);
        Out::Tuple(vec![x, resid, rank, s])
    };
    /// The product of matrices.
    fn matmul(x1: ArrayLike, x2: ArrayLike, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [x1, x2, /, *, precision = None, preferred_element_type = None] |py| np::matmul_with(x1.arg(py), x2.arg(py), how(precision, preferred_element_type));
    /// The norm of matrices.
    fn matrix_norm(x: ArrayLike, keepdims: bool, ord: Option<Order>) [x, /, *, keepdims = false, ord = Some(Order(NormOrder::Frobenius))] |py| linalg::matrix_norm(x.arg(py), keepdims, order(ord));
    /// A whole power of matrices.
    fn matrix_power(a: ArrayLike, n: i32) [a, n] |py| linalg::matrix_power(a.arg(py), n);
    /// The rank.
    fn _matrix_rank(a: ArrayLike, tol: Option<ArrayLike>, hermitian: bool) [a, tol, hermitian] |py| linalg::matrix_rank(a.arg(py), tol.map(|t| t.arg(py)), hermitian);
    /// Matrices with their rows as columns.
    fn matrix_transpose(x: ArrayLike) [x, /] |py| np::matrix_transpose(x.arg(py));
    /// The product of several matrices.
    fn multi_dot(arrays: Arrays, precision: Option<Accuracy>) [arrays, *, precision = None] |py| {
        let _ = precision; // the factors' order is chosen, and each product is of the default precision
        linalg::multi_dot(&arrays.tracers(py))
    };
    /// The norm of vectors or matrices.
    fn norm(x: ArrayLike, ord: Option<Order>, axis: Axes, keepdims: bool) [x, ord = None, axis = Axes(None), keepdims = false] |py| linalg::norm(x.arg(py), order(ord), axis.over(keepdims));
    /// All products of an element of one vector and one of another.
    fn outer(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| linalg::outer(x1.arg(py), x2.arg(py));
    /// Moore and Penrose's pseudoinverse.
    fn _pinv(a: ArrayLike, rtol: Option<ArrayLike>, hermitian: bool) [a, rtol, hermitian] |py| linalg::pinv(a.arg(py), rtol.map(|t| t.arg(py)), hermitian);
    /// The QR decomposition.
    fn _qr(a: ArrayLike, mode: &str) [a, mode] |py| {
        let mode = match mode {
            "reduced" | "r" => QrMode::Reduced,
            "complete" => QrMode::Complete,
            "raw" => QrMode::Raw,
            other => return Err(PyValueError::new_err(format!("Unsupported QR decomposition mode '{other}'"))),
        };
        linalg::qr(a.arg(py), mode)
    };
    /// The sign and the logarithm of the determinant.
    fn _slogdet(a: ArrayLike) [a] |py| linalg::slogdet(a.arg(py));
    /// The solution of linear equations.
    fn solve(a: ArrayLike, b: ArrayLike) [a, b] |py| linalg::solve(a.arg(py), b.arg(py));
    /// The singular value decomposition.
    fn _svd(a: ArrayLike, full_matrices: bool, hermitian: bool) [a, full_matrices, hermitian] |py| linalg::svd(a.arg(py), full_matrices, hermitian);
    /// The singular values of Hermitian matrices.
    fn _svdvals(a: ArrayLike, hermitian: bool) [a, hermitian] |py| {
        let a: Tracer = np::promotion::inexact("svd", a.arg(py));
        if hermitian { linalg::svd(a, false, true).1 } else { linalg::svdvals(a) }
    };
    /// The singular values.
    fn svdvals(x: ArrayLike) [x, /] |py| linalg::svdvals(x.arg(py));
    /// The inverse of tensors as maps.
    fn tensorinv(a: ArrayLike, ind: usize) [a, ind = 2] |py| {
        if ind == 0 {
            return Err(PyValueError::new_err("ind must be a positive integer; got ind=0"));
        }
        linalg::tensorinv(a.arg(py), ind)
    };
    /// The solution of linear equations of tensors.
    fn tensorsolve(a: ArrayLike, b: ArrayLike, axes: Axes) [a, b, axes = Axes(None)] |py| linalg::tensorsolve(a.arg(py), b.arg(py), axes.0.as_deref());
    /// The sum of the diagonal.
    fn trace(x: ArrayLike, offset: isize, dtype: Option<Dtype>) [x, /, *, offset = 0, dtype = None] |py| linalg::trace(x.arg(py), offset, crate::table::dtype(dtype));
    /// Products of vectors along an axis, the first conjugated.
    fn vecdot(x1: ArrayLike, x2: ArrayLike, axis: isize, precision: Option<Accuracy>, preferred_element_type: Option<Dtype>) [x1, x2, /, *, axis = -1, precision = None, preferred_element_type = None] |py| np::vecdot_with(x1.arg(py), x2.arg(py), axis, how(precision, preferred_element_type));
    /// The norm of vectors.
    fn vector_norm(x: ArrayLike, axis: Axes, keepdims: bool, ord: Option<Order>) [x, /, *, axis = Axes(None), keepdims = false, ord = Some(Order(NormOrder::P(2.0)))] |py| linalg::vector_norm(x.arg(py), axis.over(keepdims), order(ord));
}
