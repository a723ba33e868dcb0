"""`raxla.scipy.sparse.linalg`: solutions of `A x = b` for an `A` that is a function, or a square matrix.

>>> from raxla import numpy as jnp, scipy
>>> x, _ = scipy.sparse.linalg.cg(lambda x: 2.0 * x, jnp.array([2.0, 4.0]))
>>> x
Array([1., 2.], dtype=float32)
"""

from raxla import _raxla


def _solved(name, A, b, x0, tol, atol, maxiter, M, restart=20, incremental=False):
    steps = None if maxiter is None else int(maxiter)
    return _raxla.iterations.solve(name, A, b, x0, float(tol), float(atol), steps, M, int(restart), incremental)


def cg(A, b, x0=None, *, tol=1e-5, atol=0.0, maxiter=None, M=None):
    """By conjugate gradients, for a Hermitian, positive definite `A`."""
    return _solved("cg", A, b, x0, tol, atol, maxiter, M)


def bicgstab(A, b, x0=None, *, tol=1e-5, atol=0.0, maxiter=None, M=None):
    """By stabilized bi-conjugate gradients."""
    return _solved("bicgstab", A, b, x0, tol, atol, maxiter, M)


def gmres(A, b, x0=None, *, tol=1e-5, atol=0.0, restart=20, maxiter=None, M=None, solve_method="batched"):
    """By generalized minimal residuals; and 0, or -1 if the solution has NaNs."""
    if solve_method not in ("batched", "incremental"):
        raise ValueError(f"invalid solve_method {solve_method}, must be either 'incremental' or 'batched'")
    return _solved("gmres", A, b, x0, tol, atol, maxiter, M, restart, solve_method == "incremental")
