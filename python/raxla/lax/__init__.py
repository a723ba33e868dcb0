"""`raxla.lax`: the primitives under JAX's names, control flow, and what members of a mapped axis know of each other.

Functions here promote nothing: arrays of several dtypes are an error, and numbers have the default dtypes.

>>> from raxla import lax, numpy as jnp
>>> lax.add(jnp.arange(3), 1)
Array([1, 2, 3], dtype=int32)
"""

import numpy as _np

from raxla import _raxla
from raxla.lax._collectives import (
    all_gather, all_to_all, axis_index, axis_size, pbroadcast, pmax, pmean, pmin, ppermute, pshuffle, psum, psum_scatter, pswapaxes,
)
from raxla.lax._control import (
    associative_scan, composite, cond, fori_loop, map, optimization_barrier, platform_dependent, scan, stop_gradient, switch, while_loop,
)
from raxla.lax._convolutions import (
    conv, conv_dimension_numbers, conv_general_dilated, conv_general_dilated_local, conv_general_dilated_patches, conv_general_permutations,
    conv_general_shape_tuple, conv_shape_tuple, conv_transpose, conv_transpose_shape_tuple, conv_with_general_padding, padtype_to_pads,
    reduce_window, reduce_window_shape_tuple,
)
from raxla.lax._types import (
    ConvDimensionNumbers, ConvGeneralDilatedDimensionNumbers, DotDimensionNumbers, FftType, GatherDimensionNumbers, GatherScatterMode, Precision,
    PrecisionLike, RaggedDotDimensionNumbers, RandomAlgorithm, RoundingMethod, ScatterDimensionNumbers,
)

_rust = _raxla.lax
globals().update({name: getattr(_rust, name) for name in dir(_rust) if not name.startswith("_") and name not in globals()})


def broadcast_shapes(*shapes):
    """The shape that shapes broadcast to.

    >>> from raxla import lax
    >>> lax.broadcast_shapes((3, 1), (1, 2))
    (3, 2)
    """
    return tuple(_np.broadcast_shapes(*shapes))


def dtype(x):
    """The dtype of an array or a number."""
    from raxla import numpy as jnp

    return x.dtype if hasattr(x, "dtype") else jnp.asarray(x).dtype


def rng_uniform(a, b, shape):
    """Random numbers between two others, of a state that the program begins with: the same for each call of a compiled program."""
    from raxla import random

    return random.uniform(random.key(0), shape, minval=a, maxval=b, dtype=dtype(a))


def scatter_apply(operand, scatter_indices, func, dimension_numbers, *, update_shape=(), indices_are_sorted=False, unique_indices=False, mode=None):
    """The array with `func` applied to the elements at computed places, as often as they are named."""
    from raxla import vmap

    count = _rust.scatter_add(_rust.full_like(operand, 0, dtype="int32"), scatter_indices, _rust.full(update_shape, 1, "int32"), dimension_numbers,
                              indices_are_sorted=indices_are_sorted, unique_indices=unique_indices, mode=mode)
    each = lambda x: _rust.reshape(vmap(func)(_rust.reshape(x, (x.size,))), x.shape)
    step = lambda i, x: _rust.select(_rust.gt(count, i), each(x), x)
    return fori_loop(0, _rust.reduce_max(count, range(count.ndim)), step, operand)


def sort(operand, dimension=-1, is_stable=True, num_keys=1):
    """The elements in ascending order along an axis; several arrays are rearranged alike, so that the first `num_keys` of them ascend.

    >>> from raxla import lax, numpy as jnp
    >>> lax.sort((jnp.array([2, 1]), jnp.array([10, 20])))
    (Array([1, 2], dtype=int32), Array([20, 10], dtype=int32))
    """
    del is_stable  # a stable order is one of those allowed
    if isinstance(operand, (tuple, list)):
        return tuple(_rust._sort(operand, dimension, num_keys))
    return _rust._sort((operand,), dimension, num_keys)[0]


def __getattr__(name):
    if name == "linalg":
        from raxla._boundary import imported

        return imported("raxla.lax.linalg")
    raise AttributeError(f"module 'raxla.lax' has no attribute '{name}'")
