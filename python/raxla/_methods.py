"""The functions of `raxla.numpy` that are methods of arrays."""

import numpy as np

from raxla import _raxla, numpy as jnp
from raxla._raxla import Array, Method
from raxla._types import typeof
from raxla.numpy._namespace import array_namespace

for _name in (
    "all", "any", "argmax", "argmin", "argpartition", "argsort", "choose", "clip", "conj", "conjugate", "copy", "cumprod", "cumsum", "diagonal",
    "dot", "max", "mean", "min", "nonzero", "prod", "ptp", "ravel", "repeat", "round", "searchsorted", "sort", "squeeze", "std", "sum", "swapaxes",
    "take", "trace", "var",
):
    setattr(Array, _name, Method(getattr(jnp, _name)))


def astype(self, dtype, copy=False, device=None):
    """The array in another dtype."""
    return jnp.astype(self, dtype, copy=copy, device=device)


def reshape(self, *args, order="C", copy=None, out_sharding=None):
    """The elements in another shape."""
    return jnp.reshape(self, args[0] if len(args) == 1 else args, order=order, copy=copy, out_sharding=out_sharding)


def transpose(self, *args):
    """The axes in another order."""
    return jnp.transpose(self, args[0] if len(args) == 1 else args or None)


def flatten(self, order="C", *, out_sharding=None):
    """The elements in one row."""
    return jnp.ravel(self, order, out_sharding=out_sharding)


def compress(self, condition, axis=None, *, out=None, size=None, fill_value=0):
    """The slices along an axis where conditions hold."""
    return jnp.compress(condition, self, axis, out=out, size=size, fill_value=fill_value)


def view(self, dtype=None, type=None):
    """The bits along the last axis, read as another dtype."""
    if type is not None:
        raise NotImplementedError("`type` argument of array.view() is not supported.")
    return self if dtype is None else _raxla.numpy._view(self, dtype)


def byteswap(self):
    """The elements with their bytes in reverse."""
    if jnp.iscomplexobj(self):
        return byteswap(self.view(np.finfo(self.dtype).dtype)).view(self.dtype)
    if self.dtype.itemsize == 1:
        return self
    parts = jnp.atleast_1d(self).view("uint8").reshape(-1, self.dtype.itemsize)
    return jnp.flip(parts, 1).reshape(-1).view(self.dtype).reshape(self.shape)


def to_device(self, device, *, stream=None):
    """The array on a device."""
    if stream is not None:
        raise NotImplementedError("stream argument of array.to_device()")
    return _raxla.copy_to_device(self, device)


def addressable_data(self, index):
    """The part of the array that is on a device: all of it, on one."""
    if index:
        raise IndexError(f"the array has one part, got {index}")
    return self


def copy_to_host_async(self):
    """Does nothing: data are copied when they are asked for."""


def contains(self, element):
    """Whether an element of the vector is equal to a number."""
    if element is None or isinstance(element, str):
        raise TypeError(f"Array.__contains__: unsupported operand type {type(element)}.")
    if self.ndim != 1 or np.ndim(element):
        raise ValueError(f"Array.__contains__: looks for a scalar in a vector, got shapes {np.shape(element)} and {self.shape}.")
    return bool((self == element).any())


def tobytes(self, order="C"):
    """The bytes of the elements."""
    return np.asarray(self).tobytes(order)


def reverse(self):
    """The rows, the last one first."""
    return iter(self[::-1])


for _function in (astype, reshape, transpose, flatten, compress, view, byteswap, to_device, addressable_data, copy_to_host_async, tobytes):
    setattr(Array, _function.__name__, _function)
Array.__contains__, Array.__reversed__, Array.__array_namespace__ = contains, reverse, array_namespace
Array.flat = property(lambda self: iter(jnp.ravel(self)), doc="The elements, one after the other.")
Array.is_fully_addressable = property(lambda self: True, doc="Whether all data are on devices of this process.")
Array.is_fully_replicated = property(lambda self: True, doc="Whether each device that has data has all.")
Array.aval = property(typeof, doc="The shape, the dtype and whether it is weak.")
Array.__module__ = "raxla"
