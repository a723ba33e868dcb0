"""`raxla.scipy.signal`: convolutions and spectra.

>>> from raxla import scipy, numpy as jnp
>>> scipy.signal.convolve(jnp.array([1.0, 2.0]), jnp.array([1.0, 1.0]))
Array([1., 3., 2.], dtype=float32)
"""

from raxla import _raxla

globals().update({name: getattr(_raxla.signal, name) for name in dir(_raxla.signal) if not name.startswith("_")})
