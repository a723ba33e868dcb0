"""`raxla.scipy.special`: the special functions.

>>> from raxla.scipy import special
>>> round(float(special.gamma(5.0)), 3)
24.0
"""

from raxla import _raxla

_rust = _raxla.special
globals().update({name: getattr(_rust, name) for name in dir(_rust) if not name.startswith("_")})


def sph_harm_y(n, m, theta, phi, diff_n=None, n_max=None):
    """Spherical harmonics of degree `n` and order `m`, up to the degree `n_max`."""
    if diff_n is not None:
        raise NotImplementedError("sph_harm_y: diff_n is not implemented")
    if n_max is None:
        from raxla import numpy as jnp

        n_max = int(jnp.max(n))
    return _rust._sph_harm_y(n, m, theta, phi, int(n_max))
