"""`raxla.nn`: what neural networks are made of.

>>> from raxla import numpy as jnp
>>> relu(jnp.array([-1.0, 2.0]))
Array([0., 2.], dtype=float32)
"""

from raxla import _raxla

globals().update({name: getattr(_raxla.nn, name) for name in dir(_raxla.nn) if not name.startswith("_")})


def identity(x):
    """The argument."""
    return x
