"""`raxla.scipy.linalg`: linear algebra, as SciPy has it.

>>> from raxla import numpy as jnp, scipy
>>> scipy.linalg.expm(jnp.zeros((2, 2)))
Array([[1., 0.],
       [0., 1.]], dtype=float32)

Options that allow to overwrite an argument, or not to check it, change nothing.
"""

from raxla import _raxla
from raxla.numpy import linalg as _numpy

_rust = _raxla.linalg.scipy
globals().update({name: getattr(_rust, name) for name in dir(_rust) if not name.startswith("_")})


def cholesky(a, lower=False, overwrite_a=False, check_finite=True):
    """Cholesky's factor of positive definite matrices."""
    del overwrite_a, check_finite
    return _rust._cholesky(a, lower)


def cho_factor(a, lower=False, overwrite_a=False, check_finite=True):
    """Cholesky's factor, and which triangle it is, for `cho_solve`."""
    del overwrite_a, check_finite
    return _rust._cho_factor(a, lower), lower


def cho_solve(c_and_lower, b, overwrite_b=False, check_finite=True):
    """The solution of equations by Cholesky's factor."""
    del overwrite_b, check_finite
    c, lower = c_and_lower
    return _rust._cho_solve(c, bool(lower), b)


def det(a, overwrite_a=False, check_finite=True):
    """The determinant."""
    del overwrite_a, check_finite
    return _numpy.det(a)


def eigh(a, b=None, lower=True, eigvals_only=False, overwrite_a=False, overwrite_b=False, turbo=True, eigvals=None, type=1, check_finite=True):
    """The eigenvalues, ascending, and the eigenvectors of Hermitian matrices."""
    del overwrite_a, overwrite_b, turbo, check_finite
    if b is not None:
        raise NotImplementedError("Only the b=None case of eigh is implemented")
    if type != 1:
        raise NotImplementedError("Only the type=1 case of eigh is implemented.")
    if eigvals is not None:
        raise NotImplementedError("Only the eigvals=None case of eigh is implemented.")
    w, v = _numpy.eigh(a, "L" if lower else "U", symmetrize_input=False)
    return w if eigvals_only else (w, v)


def eigh_tridiagonal(d, e, *, eigvals_only=False, select="a", select_range=None, tol=None, key=None):
    """The eigenvalues, ascending, and the eigenvectors of tridiagonal Hermitian matrices."""
    del tol, key
    if select not in ("a", "i"):
        raise NotImplementedError(f"eigh_tridiagonal: select must be 'a' or 'i', got {select!r}")
    if select == "i" and select_range is None:
        raise ValueError("for select=i, select_range must be specified.")
    w, v = _rust._eigh_tridiagonal(d, e, tuple(map(int, select_range)) if select == "i" else None)
    return w if eigvals_only else (w, v)


def expm_frechet(A, E, *, method=None, compute_expm=True):
    """The exponential of a matrix, and its derivative in a direction."""
    del method
    value, derivative = _rust._expm_frechet(A, E)
    return (value, derivative) if compute_expm else derivative


def funm(A, func, disp=True):
    """A function of numbers as one of matrices; without `disp` how far it is off, too."""
    value = _rust._funm(A, func)
    if disp:
        return value
    from raxla import numpy as jnp

    error = jnp.maximum(jnp.finfo(jnp.real(value).dtype).eps, 0.0)
    return value, error


def hessenberg(a, *, calc_q=False, overwrite_a=False, check_finite=True):
    """Hessenberg's form; with `calc_q` what brings the matrix there, too."""
    del overwrite_a, check_finite
    h, q = _rust._hessenberg(a)
    return (h, q) if calc_q else h


def inv(a, overwrite_a=False, check_finite=True):
    """The inverse."""
    del overwrite_a, check_finite
    return _numpy.inv(a)


def lu(a, permute_l=False, overwrite_a=False, check_finite=True):
    """The LU decomposition: permutation, lower and upper factor; or the product of the first two, and the third."""
    del overwrite_a, check_finite
    return _rust._lu_permuted(a) if permute_l else _rust._lu(a)


def lu_factor(a, overwrite_a=False, check_finite=True):
    """Both factors of the LU decomposition in one, and the exchanges of rows."""
    del overwrite_a, check_finite
    return _rust._lu_factor(a)


def lu_solve(lu_and_piv, b, trans=0, overwrite_b=False, check_finite=True):
    """The solution of equations by the LU decomposition."""
    del overwrite_b, check_finite
    return _rust._lu_solve(*lu_and_piv, b, trans)


def polar(a, side="right", *, method="qdwh", eps=None, max_iterations=None):
    """The polar decomposition."""
    del eps, max_iterations
    if method not in ("qdwh", "svd"):
        raise ValueError(f"Unknown polar decomposition method {method}.")
    return _rust._polar(a, side)


def qr(a, overwrite_a=False, lwork=None, mode="full", pivoting=False, check_finite=True):
    """The QR decomposition; of the mode `r` the second factor alone. With pivoting also the order of the columns.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.scipy.linalg.qr(jnp.array([[3.0, -4.0]]), mode="r", pivoting=True)
    (Array([[-4.,  3.]], dtype=float32), Array([1, 0], dtype=int32))
    """
    del overwrite_a, lwork, check_finite
    if mode not in ("full", "r", "economic"):
        raise ValueError(f"Unsupported QR decomposition mode '{mode}'")
    if pivoting:
        q, r, columns = _rust._qr_pivoted_of(a, mode != "economic")
        return (r, columns) if mode == "r" else (q, r, columns)
    q, r = _numpy.qr(a, "reduced" if mode == "economic" else "complete")
    return (r,) if mode == "r" else (q, r)


def qr_multiply(a, c, mode="right", pivoting=False, conjugate=False, overwrite_a=False, overwrite_c=False):
    """A matrix times the orthogonal factor of another; and the triangular one. With pivoting also the order of the columns."""
    del overwrite_a, overwrite_c
    return (_rust._qr_multiply_pivoted if pivoting else _rust._qr_multiply)(a, c, mode, conjugate)


def rsf2csf(T, Z, check_finite=True):
    """Schur's complex form of his real one."""
    del check_finite
    return _rust._rsf2csf(T, Z)


def solve(a, b, lower=False, overwrite_a=False, overwrite_b=False, debug=False, check_finite=True, assume_a="gen"):
    """The solution of linear equations."""
    del overwrite_a, overwrite_b, debug, check_finite
    return _rust._solve(a, b, lower, assume_a)


def solve_sylvester(A, B, C, *, method="schur", tol=1e-8):
    """The solution X of `A X + X B = C`."""
    if method not in ("schur", "eigen"):
        raise ValueError(f"Unrecognized method {method}. The two valid methods are either \"schur\" or \"eigen\".")
    return _rust._solve_sylvester(A, B, C, tol)


def solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False, overwrite_b=False, debug=None, check_finite=True):
    """The solution of equations with triangular matrices."""
    del overwrite_b, debug, check_finite
    return _rust._solve_triangular(a, b, trans, lower, unit_diagonal)


def svd(a, full_matrices=True, compute_uv=True, overwrite_a=False, check_finite=True, lapack_driver="gesdd"):
    """The singular value decomposition; the singular values alone without `compute_uv`."""
    del overwrite_a, check_finite, lapack_driver
    out = _numpy.svd(a, full_matrices, compute_uv)
    return tuple(out) if compute_uv else out
