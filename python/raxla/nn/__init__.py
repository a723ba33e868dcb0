"""`raxla.nn`: what neural networks are made of.

>>> from raxla import nn, numpy as jnp
>>> nn.relu(jnp.array([-1.0, 2.0]))
Array([0., 2.], dtype=float32)
>>> nn.softmax(jnp.zeros(4))
Array([0.25, 0.25, 0.25, 0.25], dtype=float32)
"""

from raxla import _raxla
from raxla.nn import initializers

globals().update({name: getattr(_raxla.nn, name) for name in dir(_raxla.nn) if not name.startswith("_")})
