"""Functions whose results have as many elements as the data say: of known arrays, or as many as `size`."""

import numpy as np

from raxla import _raxla
from raxla.numpy._creation import arange, array, asarray

_rust = _raxla.numpy


def _index(size, name):
    try:
        return size.__index__()
    except AttributeError:
        raise TypeError(f"jnp.{name}: size must be an integer, got {size!r}") from None


def where(condition, x=None, y=None, /, *, size=None, fill_value=None):
    """The elements of `x` where the condition holds, else those of `y`; with the condition alone, its indices.

    >>> where(array([True, False]), 1, 2)
    Array([1, 2], dtype=int32, weak_type=True)
    """
    if x is None and y is None:
        return nonzero(condition, size=size, fill_value=fill_value)
    if x is None or y is None:
        raise ValueError("Either both or neither of the x and y arguments should be provided to jax.numpy.where")
    if size is not None or fill_value is not None:
        raise ValueError("size and fill_value arguments cannot be used in three-term where function.")
    return _rust._where(condition, x, y)


def nonzero(a, *, size=None, fill_value=None):
    """The indices of elements that are not 0. While tracing, `size` says how many there are to be."""
    size = int(_rust.count_nonzero(a)) if size is None else _index(size, "nonzero")
    if fill_value is None:
        return _rust._nonzero(a, size, None)
    fills = fill_value if isinstance(fill_value, tuple) else (fill_value,) * np.ndim(a)
    if not any(isinstance(fill, _raxla.Array) for fill in fills):
        return _rust._nonzero(a, size, [int(fill) for fill in fills])
    found = arange(size) < _rust.count_nonzero(a)
    return tuple(where(found, places, asarray(fill, places.dtype)) for places, fill in zip(_rust._nonzero(a, size, None), fills))


def flatnonzero(a, *, size=None, fill_value=None):
    """`nonzero` of the elements in one row."""
    return nonzero(_rust.ravel(a), size=size, fill_value=fill_value)[0]


def argwhere(a, *, size=None, fill_value=None):
    """`nonzero` with one row for each element."""
    if _rank(a) == 0:
        return nonzero(_rust._atleast_1d(a), size=size, fill_value=fill_value)[0].reshape(-1, 1)[:, :0]
    return _rust.stack(nonzero(a, size=size, fill_value=fill_value), axis=-1)


def _rank(a):
    return a.ndim if hasattr(a, "ndim") else np.ndim(a)


def compress(condition, a, axis=None, *, size=None, fill_value=0, out=None):
    """The slices along an axis, or the elements of the array flattened, where conditions hold."""
    if out is not None:
        raise NotImplementedError("The 'out' argument to jnp.compress is not supported.")
    condition = asarray(condition)
    if condition.ndim != 1:
        raise ValueError("condition must be a 1D array")
    if size is None:
        condition = _known(condition)
    return _rust._compress(condition, a, axis, size, fill_value)


def extract(condition, arr, *, size=None, fill_value=0):
    """The elements where conditions hold."""
    return compress(_rust.ravel(asarray(condition)), _rust.ravel(arr), size=size, fill_value=fill_value)


def _known(x):
    """The array, or the error that says why its values are not known."""
    _rust._known(x)
    return x


def mask_indices(n, mask_func, k=0, *, size=None):
    """The indices of the elements that a function leaves of a matrix of ones."""
    i, j = nonzero(mask_func(_rust.ones((n, n)), k), size=size)
    return i, j


def trim_zeros(filt, trim="fb", axis=None):
    """The array without zeros at the front or the back."""
    filt = _known(asarray(filt))
    axes = {a % filt.ndim for a in (range(filt.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis)}
    mask, trim = np.asarray(filt) != 0, trim.lower()
    if not axes or not {"f", "b"} & set(trim):
        return filt
    parts = []
    for axis in range(filt.ndim):
        held = np.flatnonzero(mask.any(axis=tuple(i for i in range(filt.ndim) if i != axis)))
        if axis not in axes:
            parts.append(slice(None))
        elif not held.size:
            parts.append(slice(0, 0))
        else:
            parts.append(slice(int(held[0]) if "f" in trim else None, int(held[-1]) + 1 if "b" in trim else None))
    return filt[tuple(parts)]




def _named(name, fields):
    import collections

    made = collections.namedtuple(name, fields)
    made.__module__ = "raxla.numpy"
    made.__doc__ = f"What `{name}` gives."
    return made


_All = _named("unique_all", ("values", "indices", "inverse_indices", "counts"))
_Counts = _named("unique_counts", ("values", "counts"))
_Inverse = _named("unique_inverse", ("values", "inverse_indices"))


def _uniques(ar, axis, equal_nan, size, fill_value):
    """Values, indices, places and counts, as many as there are; or as `size`."""
    ar = asarray(ar)
    if axis is None:
        ar, axis = _rust.ravel(ar), 0
    if size is not None:
        size = _index(size, "unique")
        if ar.shape[axis] == 0 and size and fill_value is None:
            raise ValueError("jnp.unique: for zero-sized input with nonzero size argument, fill_value must be specified")
        return _rust._unique(ar, size, axis, equal_nan, fill_value)
    _known(ar)
    values, indices, inverse, counts = _rust._unique(ar, ar.shape[axis], axis, equal_nan, None)
    size = int(_rust.count_nonzero(counts))
    part = (slice(None),) * (axis % ar.ndim) + (slice(0, size),)
    return values[part], indices[:size], inverse, counts[:size]


def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, size=None, fill_value=None, sorted=True):
    """The elements, or slices along an axis, that differ, in ascending order.

    >>> unique(array([3, 1, 3]))
    Array([1, 3], dtype=int32)
    """
    del sorted
    values, indices, inverse, counts = _uniques(ar, axis, equal_nan, size, fill_value)
    if axis is None and return_inverse:
        inverse = _rust.reshape(inverse, np.shape(ar))
    made = [values] + [x for wanted, x in ((return_index, indices), (return_inverse, inverse), (return_counts, counts)) if wanted]
    return made[0] if len(made) == 1 else tuple(made)


def unique_all(x, /, *, size=None, fill_value=None):
    """The elements that differ, their first places, the place of each element among them, and their counts."""
    values, indices, inverse, counts = _uniques(x, None, False, size, fill_value)
    return _All(values, indices, _rust.reshape(inverse, np.shape(x)), counts)


def unique_counts(x, /, *, size=None, fill_value=None):
    """The elements that differ, and how often each occurs."""
    values, _, _, counts = _uniques(x, None, False, size, fill_value)
    return _Counts(values, counts)


def unique_inverse(x, /, *, size=None, fill_value=None):
    """The elements that differ, and the place of each element among them."""
    values, _, inverse, _ = _uniques(x, None, False, size, fill_value)
    return _Inverse(values, _rust.reshape(inverse, np.shape(x)))


def unique_values(x, /, *, size=None, fill_value=None):
    """The elements that differ."""
    return _uniques(x, None, False, size, fill_value)[0]


def union1d(ar1, ar2, *, size=None, fill_value=None):
    """The elements of either array.

    >>> union1d(array([1, 2]), array([2, 3]))
    Array([1, 2, 3], dtype=int32)
    """
    if size is None:
        return unique(_rust.append(_known(asarray(ar1)), _known(asarray(ar2))))
    return _rust._union1d(ar1, ar2, _index(size, "union1d"), fill_value)


def setdiff1d(ar1, ar2, assume_unique=False, *, size=None, fill_value=None):
    """The elements of the first array that are not in the second."""
    if size is not None:
        return _rust._setdiff1d(ar1, ar2, assume_unique, _index(size, "setdiff1d"), fill_value)
    ar1 = _rust.ravel(_known(asarray(ar1)))
    if not ar1.size:
        return ar1
    if not assume_unique:
        ar1 = unique(ar1)
    return ar1[_rust.isin(ar1, _rust.ravel(ar2), invert=True)]


def intersect1d(ar1, ar2, assume_unique=False, return_indices=False, *, size=None, fill_value=None):
    """The elements that both arrays have."""
    if size is None:
        ar1, ar2 = _known(asarray(ar1)), _known(asarray(ar2))
        most = min(ar1.size, ar2.size)
        made = _rust._intersect1d(ar1, ar2, assume_unique, most, fill_value)
        count = int(_rust.count_nonzero(_rust.less(made[1], ar1.size)))
        made = tuple(x[:count] for x in made)
    else:
        made = _rust._intersect1d(ar1, ar2, assume_unique, _index(size, "intersect1d"), fill_value)
    return made if return_indices else made[0]


def setxor1d(ar1, ar2, assume_unique=False, *, size=None, fill_value=None):
    """The elements that one of the arrays has alone."""
    if size is None:
        ar1, ar2 = _known(asarray(ar1)), _known(asarray(ar2))
        sizes = [x.size if assume_unique else unique(x).size for x in (ar1, ar2)]
        size = sum(sizes) - 2 * intersect1d(ar1, ar2, assume_unique).size
    return _rust._setxor1d(ar1, ar2, assume_unique, _index(size, "setxor1d"), fill_value)
