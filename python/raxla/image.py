"""`raxla.image`: images in other sizes.

>>> from raxla import image, numpy as jnp
>>> image.resize(jnp.arange(4.0).reshape(2, 2), (4, 4), "nearest").shape
(4, 4)
"""

import enum

from raxla import _raxla
from raxla.lax import Precision

_rust = _raxla.image


class ResizeMethod(enum.Enum):
    """How values between pixels are found."""

    NEAREST = 0
    LINEAR = 1
    LANCZOS3 = 2
    LANCZOS5 = 3
    CUBIC = 4
    CUBIC_PYTORCH = 5
    AREA = 6

    @staticmethod
    def from_string(s):
        """The method of a name."""
        names = {"linear": "LINEAR", "bilinear": "LINEAR", "trilinear": "LINEAR", "triangle": "LINEAR", "cubic": "CUBIC", "bicubic": "CUBIC", "tricubic": "CUBIC",
                 "nearest": "NEAREST", "lanczos3": "LANCZOS3", "lanczos5": "LANCZOS5", "cubic-pytorch": "CUBIC_PYTORCH", "bicubic-pytorch": "CUBIC_PYTORCH", "area": "AREA"}
        if s not in names:
            raise ValueError(f'Unknown resize method "{s}"')
        return ResizeMethod[names[s]]


def resize(image, shape, method, antialias=True, precision=Precision.HIGHEST):
    """An image in another size."""
    return _rust.resize(image, shape, method, antialias, precision)


def scale_and_translate(image, shape, spatial_dims, scale, translation, method, antialias=True, precision=Precision.HIGHEST):
    """An image scaled and moved, in its axes of space."""
    return _rust.scale_and_translate(image, shape, spatial_dims, scale, translation, method, antialias, precision)
