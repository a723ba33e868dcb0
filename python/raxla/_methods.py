"""The functions of `raxla.numpy` that are methods of arrays."""

from raxla import numpy as jnp
from raxla._raxla import Array, Method

for _name in (
    "all", "any", "argmax", "argmin", "argsort", "clip", "conj", "conjugate", "copy", "cumprod", "cumsum", "diagonal", "dot", "max", "mean",
    "min", "nonzero", "prod", "ptp", "ravel", "repeat", "round", "searchsorted", "sort", "squeeze", "std", "sum", "swapaxes", "take",
    "trace", "var",
):
    setattr(Array, _name, Method(getattr(jnp, _name)))


def reshape(self, *shape, order="C", copy=None):
    """The elements in another shape."""
    return jnp.reshape(self, shape[0] if len(shape) == 1 else shape, order=order, copy=copy)


def transpose(self, *axes):
    """The axes in another order."""
    return jnp.transpose(self, axes[0] if len(axes) == 1 else axes or None)


def flatten(self, order="C"):
    """The elements in one row."""
    return jnp.ravel(self, order)


def view(self, dtype=None):
    """The array; its bits in another dtype are not there yet."""
    if dtype is not None and jnp.dtype(dtype) != self.dtype:
        raise NotImplementedError("view: other dtypes are not there yet")
    return self


Array.reshape, Array.transpose, Array.flatten, Array.view = reshape, transpose, flatten, view
Array.flat = property(lambda self: iter(jnp.ravel(self)))
Array.__module__ = "raxla"
