"""`raxla.numpy.linalg`: linear algebra, as NumPy has it.

>>> from raxla import numpy as jnp
>>> jnp.linalg.solve(jnp.array([[2.0, 0.0], [0.0, 4.0]]), jnp.array([2.0, 2.0]))
Array([1. , 0.5], dtype=float32)
"""

import typing

from raxla import _raxla

_rust = _raxla.linalg.numpy
globals().update({name: getattr(_rust, name) for name in dir(_rust) if not name.startswith("_")})


def _named(name, *fields):
    return typing.NamedTuple(name, [(f, _raxla.Array) for f in fields])


EigResult = _named("EigResult", "eigenvalues", "eigenvectors")
EighResult = _named("EighResult", "eigenvalues", "eigenvectors")
QRResult = _named("QRResult", "Q", "R")
SlogdetResult = _named("SlogdetResult", "sign", "logabsdet")
SVDResult = _named("SVDResult", "U", "S", "Vh")


def eig(a):
    """The eigenvalues and the eigenvectors, in columns."""
    return EigResult(*_rust._eig(a))


def eigh(a, UPLO=None, symmetrize_input=True):
    """The eigenvalues, ascending, and the eigenvectors, in columns, of Hermitian matrices."""
    return EighResult(*_rust._eigh(a, UPLO, symmetrize_input))


def lstsq(a, b, rcond=None, *, numpy_resid=False):
    """The nearest solution by least squares: the solution, the squared distances, the rank, the singular values."""
    x, resid, rank, s = _rust._lstsq(a, b, rcond)
    if numpy_resid:
        # NumPy gives distances only where the columns are independent and fewer than the rows.
        rows, columns = a.shape
        if int(rank) < columns or rows <= columns:
            resid = resid[:0]
    return x, resid, rank, s


def matrix_rank(M, rtol=None, *, hermitian=False, tol=None):
    """How many singular values are not as good as 0."""
    if rtol is not None and tol is not None:
        raise ValueError("matrix_rank: only one of tol or rtol may be specified.")
    return _rust._matrix_rank(M, tol if rtol is None else rtol, hermitian)


def pinv(a, rtol=None, hermitian=False, *, rcond=None):
    """Moore and Penrose's pseudoinverse."""
    if rcond is not None:
        if rtol is not None:
            raise ValueError("pinv: only one of rtol and rcond may be specified.")
        rtol = rcond
    return _rust._pinv(a, rtol, hermitian)


def qr(a, mode="reduced"):
    """The QR decomposition; of the mode `r` the second factor alone."""
    q, r = _rust._qr(a, mode)
    return r if mode == "r" else QRResult(q, r)


def slogdet(a, *, method=None):
    """The sign and the logarithm of the absolute value of the determinant."""
    if method not in (None, "lu", "qr"):
        raise ValueError(f"Unknown slogdet method '{method}'. Supported methods are 'lu' (`None`), and 'qr'.")
    return SlogdetResult(*_rust._slogdet(a))


def svd(a, full_matrices=True, compute_uv=True, hermitian=False, subset_by_index=None):
    """The singular value decomposition; the singular values alone without `compute_uv`."""
    if subset_by_index is not None:
        raise NotImplementedError("svd: subset_by_index is not implemented")
    return SVDResult(*_rust._svd(a, full_matrices, hermitian)) if compute_uv else _rust._svdvals(a, hermitian)


def tensordot(x1, x2, /, *, axes=2, precision=None, preferred_element_type=None, out_sharding=None):
    """The product over chosen axes."""
    if out_sharding is not None:
        raise NotImplementedError("tensordot: shardings are not there yet")
    from raxla import numpy as jnp

    return jnp.tensordot(x1, x2, axes=axes, precision=precision, preferred_element_type=preferred_element_type)
