//! `raxla.scipy.linalg`. Python drops the options that only say what may be overwritten or need not be checked.

use crate::{
    array::ArrayLike, dtype::Dtype, session::run_traced, table::functions, transforms::rebuild, tree::TreeDef,
};
use pyo3::{Borrowed, exceptions::PyValueError, prelude::*};
use raxla::{
    Tracer,
    linalg::{self, Assume, DftScale, Expm, Pascal, Side, Transposition, Triangle},
    numpy as np,
};

/// `trans`: whether a matrix is transposed, or conjugated too.
pub struct Turned(Transposition);
impl<'a, 'py> FromPyObject<'a, 'py> for Turned {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Turned> {
        let word = object.str()?.to_string();
        Ok(Turned(match word.as_str() {
            "0" | "N" => Transposition::None,
            "1" | "T" => Transposition::Transposed,
            "2" | "C" => Transposition::Adjoint,
            other => return Err(PyValueError::new_err(format!("Invalid 'trans' value {other}"))),
        }))
    }
}
fn side(name: &str) -> PyResult<Side> {
    match name {
        "right" => Ok(Side::Right),
        "left" => Ok(Side::Left),
        other => Err(PyValueError::new_err(format!("side must be 'right' or 'left', got {other}"))),
    }
}
fn symmetry(kind: Option<&str>) -> PyResult<Pascal> {
    match kind {
        None | Some("symmetric") => Ok(Pascal::Symmetric),
        Some("lower") => Ok(Pascal::Lower),
        Some("upper") => Ok(Pascal::Upper),
        Some(other) => {
            Err(PyValueError::new_err(format!("Expected kind to be on of: 'symmetric', 'lower', 'upper'; got {other}")))
        }
    }
}
functions! { register_functions;
    /// Matrices as blocks on a diagonal.
    fn block_diag(arrs: Vec<ArrayLike>) [*arrs] |py| linalg::block_diag(&arrs.iter().map(|a| np::atleast_2d(a.arg(py))).collect::<Vec<_>>());
    /// The matrix whose rows are one vector, each turned by one more place.
    fn circulant(c: ArrayLike) [c] |py| linalg::circulant(c.arg(py));
    /// The matrix whose eigenvalues are a polynomial's roots.
    fn companion(a: ArrayLike) [a] |py| linalg::companion(a.arg(py));
    /// The matrix that convolves.
    fn convolution_matrix(a: ArrayLike, n: usize, mode: Option<&str>) [a, n, mode = Some("full")] |py| linalg::convolution_matrix(a.arg(py), n, crate::signal::mode(mode.unwrap_or("full"))?);
    /// The matrix of Fourier's transform.
    fn dft(n: usize, scale: Option<&str>, dtype: Option<Dtype>) [n, scale = None, *, dtype = None] |py| {
        let _ = py;
        let scale = match scale {
            None => DftScale::None,
            Some("sqrtn") => DftScale::Root,
            Some("n") => DftScale::Size,
            Some(other) => return Err(PyValueError::new_err(format!("scale must be None, 'sqrtn', or 'n'; {other:?} is not valid."))),
        };
        linalg::dft(n, scale, crate::table::dtype(dtype))
    };
    /// The matrix of distances between numbers.
    fn fiedler(a: ArrayLike) [a] |py| linalg::fiedler(a.arg(py));
    /// Fiedler's companion matrix of a polynomial.
    fn fiedler_companion(a: ArrayLike) [a] |py| linalg::fiedler_companion(a.arg(py));
    /// Hadamard's matrix.
    fn hadamard(n: usize, dtype: Option<Dtype>) [n, dtype = None] |py| {
        let _ = py;
        linalg::hadamard(n, dtype.map_or_else(raxla::DType::default_int, |d| d.0))
    };
    /// The matrix that is constant along the other diagonals.
    fn hankel(c: ArrayLike, r: Option<ArrayLike>) [c, r = None] |py| linalg::hankel(c.arg(py), r.map(|r| r.arg(py)));
    /// Helmert's matrix.
    fn helmert(n: usize, full: bool) [n, full = false] |py| {
        let _ = py;
        linalg::helmert(n, full)
    };
    /// Hilbert's matrix.
    fn hilbert(n: usize) [n] |py| {
        let _ = py;
        linalg::hilbert(n)
    };
    /// The inverse of Hilbert's matrix.
    fn invhilbert(n: usize) [n] |py| {
        let _ = py;
        linalg::invhilbert(n)
    };
    /// The inverse of Pascal's matrix.
    fn invpascal(n: usize, kind: Option<&str>) [n, kind = None] |py| {
        let _ = py;
        linalg::invpascal(n, symmetry(kind)?)
    };
    /// Pascal's matrix.
    fn pascal(n: usize, kind: Option<&str>) [n, kind = None] |py| {
        let _ = py;
        linalg::pascal(n, symmetry(kind)?)
    };
    /// Leslie's matrix of fertilities and chances to survive.
    fn leslie(f: ArrayLike, s: ArrayLike) [f, s] |py| linalg::leslie(f.arg(py), s.arg(py));
    /// The matrix that is constant along the diagonals.
    fn toeplitz(c: ArrayLike, r: Option<ArrayLike>) [c, r = None] |py| linalg::toeplitz(c.arg(py), r.map(|r| r.arg(py)));
    /// Cholesky's factor.
    fn _cholesky(a: ArrayLike, lower: bool) [a, lower] |py| linalg::cholesky(a.arg(py), lower);
    /// Cholesky's factor, with what it was made of in the other triangle.
    fn _cho_factor(a: ArrayLike, lower: bool) [a, lower] |py| linalg::cho_factor(a.arg(py), lower).0;
    /// The solution of equations by Cholesky's factor.
    fn _cho_solve(c: ArrayLike, lower: bool, b: ArrayLike) [c, lower, b] |py| linalg::cho_solve((c.arg(py), lower), b.arg(py));
    /// Eigenvalues and eigenvectors of tridiagonal Hermitian matrices.
    fn _eigh_tridiagonal(d: ArrayLike, e: ArrayLike, range: Option<(usize, usize)>) [d, e, range] |py| linalg::eigh_tridiagonal(d.arg(py), e.arg(py), range);
    /// The exponential of matrices.
    fn expm(A: ArrayLike, upper_triangular: bool, max_squarings: usize) [A, *, upper_triangular = false, max_squarings = 16] |py| linalg::expm_with(A.arg(py), Expm { upper_triangular, max_squarings });
    /// The exponential of matrices, and its derivative in a direction.
    fn _expm_frechet(a: ArrayLike, e: ArrayLike) [a, e] |py| linalg::expm_frechet(a.arg(py), e.arg(py));
    /// Hessenberg's form, and what brings a matrix there.
    fn _hessenberg(a: ArrayLike) [a] |py| linalg::hessenberg(a.arg(py));
    /// The LU decomposition: permutation, lower and upper factor.
    fn _lu(a: ArrayLike) [a] |py| linalg::lu(a.arg(py));
    /// The LU decomposition, with the lower factor's rows where they belong.
    fn _lu_permuted(a: ArrayLike) [a] |py| linalg::lu_permuted(a.arg(py));
    /// Both factors in one, and the exchanges.
    fn _lu_factor(a: ArrayLike) [a] |py| linalg::lu_factor(a.arg(py));
    /// The solution of equations by the LU decomposition.
    fn _lu_solve(lu: ArrayLike, pivots: ArrayLike, b: ArrayLike, trans: Turned) [lu, pivots, b, trans] |py| linalg::lu_solve((lu.tracer(py), pivots.tracer(py)), b.arg(py), trans.0);
    /// The polar decomposition.
    fn _polar(a: ArrayLike, side: &str) [a, side] |py| linalg::polar(a.arg(py), self::side(side)?);
    /// The QR decomposition with pivoting.
    fn _qr_pivoted_of(a: ArrayLike, full: bool) [a, full] |py| linalg::qr_pivoted(a.arg(py), full);
    /// A matrix times the orthogonal factor of another, and the triangular one.
    fn _qr_multiply(a: ArrayLike, c: ArrayLike, mode: &str, conjugate: bool) [a, c, mode, conjugate] |py| linalg::qr_multiply(a.arg(py), c.arg(py), side(mode)?, conjugate);
    /// The same with pivoting, and the order of the columns.
    fn _qr_multiply_pivoted(a: ArrayLike, c: ArrayLike, mode: &str, conjugate: bool) [a, c, mode, conjugate] |py| linalg::qr_multiply_pivoted(a.arg(py), c.arg(py), side(mode)?, conjugate);
    /// Schur's complex form of his real one.
    fn _rsf2csf(t: ArrayLike, z: ArrayLike) [t, z] |py| linalg::rsf2csf(t.arg(py), z.arg(py));
    /// Schur's form.
    fn schur(a: ArrayLike, output: &str) [a, output = "real"] |py| {
        let complex = match output {
            "real" | "r" => false,
            "complex" | "c" => true,
            other => return Err(PyValueError::new_err(format!("Expected 'output' to be either 'real' or 'complex', got output={other}."))),
        };
        linalg::schur(a.arg(py), complex)
    };
    /// The solution of equations, of positive definite matrices too.
    fn _solve(a: ArrayLike, b: ArrayLike, lower: bool, assume_a: &str) [a, b, lower, assume_a] |py| {
        let assume = match assume_a {
            "gen" | "sym" | "her" => Assume::General,
            "pos" => Assume::Positive(if lower { Triangle::Lower } else { Triangle::Upper }),
            other => return Err(PyValueError::new_err(format!("Expected assume_a to be one of ['gen', 'sym', 'her', 'pos']; got {other:?}"))),
        };
        linalg::solve(a.arg(py), b.arg(py), assume)
    };
    /// The solution X of `A X + X B = C`.
    fn _solve_sylvester(a: ArrayLike, b: ArrayLike, c: ArrayLike, tol: f64) [a, b, c, tol] |py| linalg::solve_sylvester(a.arg(py), b.arg(py), c.arg(py), tol);
    /// The solution of equations with triangular matrices.
    fn _solve_triangular(a: ArrayLike, b: ArrayLike, trans: Turned, lower: bool, unit_diagonal: bool) [a, b, trans, lower, unit_diagonal] |py| linalg::solve_triangular(a.arg(py), b.arg(py), trans.0, lower, unit_diagonal);
    /// The square root of matrices.
    fn sqrtm(A: ArrayLike, blocksize: usize) [A, blocksize = 1] |py| {
        if blocksize > 1 {
            return Err(pyo3::exceptions::PyNotImplementedError::new_err("Blocked version is not implemented yet."));
        }
        linalg::sqrtm(A.arg(py))
    };
}
/// A function of numbers as one of matrices.
#[pyfunction]
fn _funm<'py>(a: ArrayLike, func: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = func.py();
    let (arrays, structure) = run_traced(py, "funm", || {
        let single = |t: Tracer| crate::tree::Tree { leaves: vec![t], structure: TreeDef::leaf() };
        let f = |x: Tracer| match &crate::control::call(&func, "funm", &[&single(x)]).leaves[..] {
            [one] => *one,
            _ => raxla::ir::trace::fail("funm: the function must give one array"),
        };
        Ok((vec![linalg::funm(a.arg(py), f)], TreeDef::leaf()))
    })?;
    rebuild(py, &structure, &mut arrays.into_iter())
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_funm, module)?)?;
    register_functions(module)
}
