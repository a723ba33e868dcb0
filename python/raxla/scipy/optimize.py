"""`raxla.scipy.optimize`: minima.

>>> from raxla import numpy as jnp, scipy
>>> found = scipy.optimize.minimize(lambda x: jnp.sum((x - 1) ** 2), jnp.zeros(2), method="BFGS")
>>> bool(found.success)
True
"""

import typing

from raxla import _raxla


class OptimizeResults(typing.NamedTuple):
    """What `minimize` found: the place, whether and why it ended, value, gradient, inverse of the Hessian, and counts."""

    x: _raxla.Array
    success: typing.Union[bool, _raxla.Array]
    status: typing.Union[int, _raxla.Array]
    fun: _raxla.Array
    jac: _raxla.Array
    hess_inv: typing.Optional[_raxla.Array]
    nfev: typing.Union[int, _raxla.Array]
    njev: typing.Union[int, _raxla.Array]
    nit: typing.Union[int, _raxla.Array]


_OPTIONS = {"bfgs": ("maxiter", "norm", "gtol", "line_search_maxiter"),
            "l-bfgs-experimental-do-not-rely-on-this": ("maxiter", "norm", "maxcor", "ftol", "gtol", "maxfun", "maxgrad", "maxls")}


def minimize(fun, x0, args=(), *, method, tol=None, options=None):
    """A place near `x0` where `fun(x, *args)` is least."""
    del tol
    if not isinstance(args, tuple):
        raise TypeError(f"args argument to jax.scipy.optimize.minimize must be a tuple, got {args}")
    options, kind = dict(options or {}), method.lower()
    if kind not in _OPTIONS:
        raise ValueError(f"Method {method} not recognized")
    unknown = set(options) - set(_OPTIONS[kind])
    if unknown:
        raise TypeError(f"minimize: {method} has no options {sorted(unknown)}")
    whole = lambda name, default=None: None if options.get(name, default) is None else int(options.get(name, default))
    limits = [whole("maxfun"), whole("maxgrad"), whole("line_search_maxiter" if kind == "bfgs" else "maxls")]
    found = _raxla.iterations.minimize(lambda x: fun(x, *args), x0, kind, whole("maxiter"), float(options.get("norm", float("inf"))),
                                       float(options.get("gtol", 1e-5)), float(options.get("ftol", 2.220446049250313e-09)), whole("maxcor", 10), limits)
    if kind != "bfgs":
        found = [*found[:5], None, *found[5:]]
    return OptimizeResults(*found)
