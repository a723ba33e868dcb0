"""`raxla.numpy.fft`: Fourier's transforms.

>>> from raxla import numpy as jnp
>>> jnp.fft.rfft(jnp.ones(4)).real
Array([4., 0., 0.], dtype=float32)
"""

from raxla import _raxla

globals().update({name: getattr(_raxla.fft, name) for name in dir(_raxla.fft) if not name.startswith("_")})
