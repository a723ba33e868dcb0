"""`raxla.scipy`: SciPy's functions on arrays of raxla. The modules load when they are first asked for.

>>> import raxla as jax
>>> float(jax.scipy.special.expit(0.0))
0.5
"""

_MODULES = ("cluster", "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse", "spatial", "special", "stats")


def __getattr__(name):
    if name in _MODULES:
        from raxla._boundary import imported

        return imported(f"raxla.scipy.{name}")
    raise AttributeError(f"module 'raxla.scipy' has no attribute '{name}'")


def __dir__():
    return sorted((*globals(), *_MODULES))
