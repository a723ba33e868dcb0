"""`raxla.lax.linalg`: decompositions as they are.

>>> from raxla import lax, numpy as jnp
>>> lax.linalg.cholesky(jnp.array([[4.0, 0.0], [0.0, 9.0]]))
Array([[2., 0.],
       [0., 3.]], dtype=float32)
"""

import enum

from raxla import _raxla

_rust = _raxla.linalg.lax
globals().update({name: getattr(_rust, name) for name in dir(_rust) if not name.startswith("_")})


class SvdAlgorithm(enum.Enum):
    """How singular values are found. There is one way; the others are names for it."""

    DEFAULT = "default"
    QR = "QR"
    JACOBI = "Jacobi"
    POLAR = "polar"
    DIVIDE_AND_CONQUER = "divide_and_conquer"


class EigImplementation(enum.Enum):
    """Where eigenvalues are found: on CPUs."""

    CUSOLVER = "cusolver"
    MAGMA = "magma"
    LAPACK = "lapack"


class EighImplementation(enum.Enum):
    """How eigenvalues of Hermitian matrices are found. There is one way; the others are names for it."""

    QR = "QR"
    JACOBI = "Jacobi"
    QDWH = "QDWH"


def eig(x, *, compute_left_eigenvectors=True, compute_right_eigenvectors=True, enable_eigvec_derivs=False, implementation=None, use_magma=None):
    """The eigenvalues; then the left and the right eigenvectors, in columns."""
    del enable_eigvec_derivs, implementation, use_magma
    return list(_rust._eig(x, compute_left_eigenvectors, compute_right_eigenvectors))


def eigh(x, *, lower=True, symmetrize_input=True, sort_eigenvalues=True, subset_by_index=None, implementation=None):
    """The eigenvectors, in columns, and the eigenvalues, ascending, of Hermitian matrices."""
    del sort_eigenvalues, implementation
    if subset_by_index is not None and tuple(subset_by_index) != (0, x.shape[-1]):
        raise NotImplementedError("eigh: subset_by_index is not implemented")
    return _rust._eigh(x, lower, symmetrize_input)


def hessenberg(a):
    """Hessenberg's form, with the reflections below it; and their factors."""
    return list(_rust.hessenberg(a))


def lu(x):
    """Both factors of the LU decomposition in one, the exchanges of rows, and the permutation that they make."""
    return list(_rust.lu(x))


def tridiagonal(a, *, lower=True):
    """The tridiagonal form of Hermitian matrices, with the reflections beside it; diagonal, numbers beside it, factors."""
    return list(_rust.tridiagonal(a, lower=lower))


def qr(x, *, pivoting=False, full_matrices=True, use_magma=None):
    """The QR decomposition; with pivoting that of the columns in an order, which is given too, in which R's diagonal descends in size."""
    del use_magma
    if pivoting:
        return _rust._qr_pivoted(x, full_matrices)
    return _rust._qr(x, full_matrices)


def schur(x, *, compute_schur_vectors=True, sort_eig_vals=False, select_callable=None):
    """Schur's form, and its vectors."""
    if sort_eig_vals or select_callable is not None:
        raise NotImplementedError("The function to sort the eigenvalues is not implemented yet.")
    return list(_rust._schur(x, compute_schur_vectors))


def svd(x, *, full_matrices=True, compute_uv=True, subset_by_index=None, algorithm=None):
    """The singular value decomposition; the singular values alone without `compute_uv`."""
    del algorithm
    if subset_by_index is not None:
        raise NotImplementedError("svd: subset_by_index is not implemented")
    return _rust._svd(x, full_matrices) if compute_uv else _rust._singular_values(x)
