"""Convolutions and windows: layouts and paddings in words, worked out into numbers."""

import math

import numpy as np

from raxla import _raxla
from raxla.lax._types import ConvDimensionNumbers, Precision

_rust = _raxla.lax


def padtype_to_pads(in_shape, window_shape, window_strides, padding):
    """The numbers of a padding in words: `VALID`, `SAME` or `SAME_LOWER`.

    >>> padtype_to_pads((4, 5), (2, 3), (1, 2), "SAME")
    [(0, 1), (1, 1)]
    """
    name = getattr(padding, "name", padding)
    if not isinstance(name, str):
        raise TypeError(f"Unknown padding type: {padding}.")
    if name.upper() not in ("VALID", "SAME", "SAME_LOWER"):
        raise RuntimeError(f"Unrecognized padding type: expected 'VALID', 'SAME', or 'SAME_LOWER', got {padding}.")
    if name.upper() == "VALID":
        return [(0, 0)] * len(in_shape)
    pads = []
    for n, window, stride in zip(in_shape, window_shape, window_strides):
        # As many places as steps fit into the axis.
        total = max((-(-n // stride) - 1) * stride + window - n, 0)
        less, more = total // 2, total - total // 2
        pads.append((less, more) if name.upper() == "SAME" else (more, less))
    return pads


def _pads(padding, in_shape, window_shape, strides):
    return padtype_to_pads(in_shape, window_shape, strides, padding) if isinstance(padding, str) else [tuple(map(int, p)) for p in padding]


def _dilated(n, distance):
    return 0 if n == 0 else 1 + (n - 1) * distance


def _places(n, window, stride):
    return max(0, (n - window) // stride + 1)


def _spec(letters, first, second, space):
    """The axes in order: both special ones, then those of space in the order of another layout's letters."""
    return tuple(letters.index(c) for c in (first, second, *space))


def conv_general_permutations(dimension_numbers):
    """The axes of both operands and the output of a layout in letters, as `("NHWC", "HWIO", "NHWC")`."""
    lhs, rhs, out = dimension_numbers
    for spec, special in ((lhs, "NC"), (rhs, "OI"), (out, "NC")):
        if any(spec.count(c) != 1 for c in special):
            raise TypeError(f"convolution dimension_numbers must contain {special[0]} and {special[1]} exactly once, got {spec}.")
        if len(set(spec)) != len(spec):
            raise TypeError(f"convolution dimension_numbers cannot have duplicate characters, got {spec}.")
    if not set(lhs) - set("NC") == set(rhs) - set("OI") == set(out) - set("NC"):
        raise TypeError(f"convolution dimension_numbers elements must each have the same set of spatial characters, got {dimension_numbers}.")
    space = [c for c in rhs if c not in "OI"]
    return _spec(lhs, "N", "C", space), _spec(rhs, "O", "I", space), _spec(out, "N", "C", space)


def conv_dimension_numbers(lhs_shape, rhs_shape, dimension_numbers):
    """The layout of a convolution, in axes."""
    if isinstance(dimension_numbers, ConvDimensionNumbers):
        return dimension_numbers
    if len(lhs_shape) != len(rhs_shape):
        raise TypeError(f"convolution requires lhs and rhs ndim to be equal, got {len(lhs_shape)} and {len(rhs_shape)}.")
    if dimension_numbers is None:
        axes = tuple(range(len(lhs_shape)))
        return ConvDimensionNumbers(axes, axes, axes)
    if isinstance(dimension_numbers, (list, tuple)):
        if len(dimension_numbers) != 3:
            raise TypeError(f"convolution dimension_numbers list/tuple must be length 3, got {len(dimension_numbers)}.")
        if not all(isinstance(spec, str) for spec in dimension_numbers):
            raise TypeError(f"convolution dimension_numbers elements must be strings, got {[type(d) for d in dimension_numbers]}.")
        for spec in dimension_numbers:
            if len(spec) != len(lhs_shape):
                raise TypeError(f"convolution dimension_numbers must have a letter for each axis, got {spec} for {len(lhs_shape)} axes.")
        return ConvDimensionNumbers(*conv_general_permutations(dimension_numbers))
    raise TypeError(f"convolution dimension_numbers must be tuple/list or None, got {type(dimension_numbers)}.")


def conv_general_dilated(lhs, rhs, window_strides, padding, lhs_dilation=None, rhs_dilation=None, dimension_numbers=None, feature_group_count=1,
                         batch_group_count=1, precision=None, preferred_element_type=None, out_sharding=None):
    """A convolution with strides, padding, dilations and groups.

    >>> from raxla import lax, numpy as jnp
    >>> lax.conv_general_dilated(jnp.ones((1, 1, 4)), jnp.ones((1, 1, 2)), (1,), "SAME")
    Array([[[2., 2., 2., 1.]]], dtype=float32)
    """
    if out_sharding is not None:
        raise NotImplementedError("conv_general_dilated: shardings are not there yet")
    layout = conv_dimension_numbers(np.shape(lhs), np.shape(rhs), dimension_numbers)
    ones = (1,) * (len(layout.lhs_spec) - 2)
    lhs_dilation, rhs_dilation = tuple(lhs_dilation or ones), tuple(rhs_dilation or ones)
    if isinstance(padding, str):
        space = [_dilated(lhs.shape[a], d) for a, d in zip(layout.lhs_spec[2:], lhs_dilation)]
        window = [_dilated(rhs.shape[a], d) for a, d in zip(layout.rhs_spec[2:], rhs_dilation)]
        padding = padtype_to_pads(space, window, window_strides, padding)
    pads = [tuple(map(int, p)) for p in padding]
    if not len(ones) == len(pads) == len(tuple(window_strides)) == len(lhs_dilation) == len(rhs_dilation):
        raise ValueError(f"conv_general_dilated: strides, padding and dilations must have an entry for each of {len(ones)} axes of space, got "
                         f"{window_strides}, {pads}, {lhs_dilation} and {rhs_dilation}")
    return _rust._conv(lhs, rhs, window_strides, pads, lhs_dilation, rhs_dilation, tuple(tuple(s) for s in layout), feature_group_count,
                       batch_group_count, precision, preferred_element_type)


def conv(lhs, rhs, window_strides, padding, precision=None, preferred_element_type=None):
    """A convolution of `[batch, feature, …]` with `[output feature, feature, …]`."""
    return conv_general_dilated(lhs, rhs, window_strides, padding, precision=precision, preferred_element_type=preferred_element_type)


def conv_with_general_padding(lhs, rhs, window_strides, padding, lhs_dilation, rhs_dilation, precision=None, preferred_element_type=None):
    """`conv` with dilations, and padding in numbers."""
    return conv_general_dilated(lhs, rhs, window_strides, padding, lhs_dilation, rhs_dilation, precision=precision,
                                preferred_element_type=preferred_element_type)


def _transposed_pads(window, stride, padding):
    """The padding of a convolution that undoes one of this padding, stride and window."""
    if padding == "SAME":
        total = window + stride - 2
        low = window - 1 if stride > window - 1 else -(-total // 2)
    elif padding == "VALID":
        total, low = window + stride - 2 + max(window - stride, 0), window - 1
    elif isinstance(padding, tuple):
        low, high = (window - p - 1 for p in padding)
        total = low + high
    else:
        raise ValueError(f"Invalid padding mode: {padding}")
    return low, total - low


_LETTERS = {2: "", 3: "H", 4: "HW", 5: "HWD"}


def conv_transpose(lhs, rhs, strides, padding, rhs_dilation=None, dimension_numbers=None, transpose_kernel=False, precision=None,
                   preferred_element_type=None, use_consistent_padding=False):
    """A convolution with gaps between the elements: the shape of what a convolution with these strides takes, of what it gives."""
    rank = np.ndim(lhs)
    if dimension_numbers is None:
        if rank not in _LETTERS:
            raise ValueError(f"conv_transpose: there is no default layout for {rank} axes")
        space = _LETTERS[rank]
        dimension_numbers = (f"N{space}C", f"{space}IO", f"N{space}C")
    layout = conv_dimension_numbers(lhs.shape, rhs.shape, dimension_numbers)
    ones = (1,) * (rank - 2)
    rhs_dilation = tuple(rhs_dilation or ones)
    if use_consistent_padding or isinstance(padding, str):
        each = [padding] * len(ones) if isinstance(padding, str) else [tuple(p) for p in padding]
        windows = [_dilated(rhs.shape[a], d) for a, d in zip(layout.rhs_spec[2:], rhs_dilation)]
        padding = [_transposed_pads(*entry) for entry in zip(windows, strides, each)]
    if transpose_kernel:
        rhs = _rust.rev(rhs, layout.rhs_spec[2:])
        order = list(range(rank))
        a, b = layout.rhs_spec[:2]
        order[a], order[b] = b, a
        rhs = _rust.transpose(rhs, order)
    return conv_general_dilated(lhs, rhs, ones, padding, strides, rhs_dilation, layout, precision=precision,
                                preferred_element_type=preferred_element_type)


def conv_general_dilated_patches(lhs, filter_shape, window_strides, padding, lhs_dilation=None, rhs_dilation=None, dimension_numbers=None,
                                 precision=None, preferred_element_type=None):
    """The elements under each place of a window, along the axis of features."""
    filter_shape = tuple(filter_shape)
    layout = conv_dimension_numbers(lhs.shape, (1, 1, *filter_shape), dimension_numbers)
    size, features = math.prod(filter_shape), lhs.shape[layout.lhs_spec[1]]
    # One kernel for each place of the window, which picks the element there.
    from raxla import numpy as jnp

    kernels = _rust.reshape(_rust.broadcast(jnp.eye(size, dtype=lhs.dtype), (features,)), (features * size, 1, *filter_shape))
    kernels = jnp.moveaxis(kernels, (0, 1), (layout.rhs_spec[0], layout.rhs_spec[1]))
    precision = None if precision is None else (precision, Precision.DEFAULT)
    return conv_general_dilated(lhs, kernels, window_strides, padding, lhs_dilation, rhs_dilation, layout, feature_group_count=features,
                                precision=precision, preferred_element_type=preferred_element_type)


def conv_general_dilated_local(lhs, rhs, window_strides, padding, filter_shape, lhs_dilation=None, rhs_dilation=None, dimension_numbers=None,
                               precision=None):
    """A convolution with a kernel of its own at each place; their elements stand along the kernel's axis of input features."""
    layout = conv_dimension_numbers(lhs.shape, (1, 1, *filter_shape), dimension_numbers)
    patches = conv_general_dilated_patches(lhs, filter_shape, window_strides, padding, lhs_dilation, rhs_dilation, layout, precision)
    # Axes of space in the order in which they stand in the output.
    pairs = sorted(zip(layout.out_spec[2:], layout.rhs_spec[2:]))
    numbers = (([layout.out_spec[1]], [layout.rhs_spec[1]]), ([a for a, _ in pairs], [b for _, b in pairs]))
    out = _rust.dot_general(patches, rhs, numbers, precision)
    from raxla import numpy as jnp

    return jnp.moveaxis(out, (-2, -1), (layout.out_spec[0], layout.out_spec[1]))


def conv_shape_tuple(lhs_shape, rhs_shape, strides, pads, batch_group_count=1):
    """The shape of a convolution of `[batch, feature, …]` with `[output feature, feature, …]`."""
    pads = _pads(pads, lhs_shape[2:], rhs_shape[2:], strides)
    if len(pads) != len(lhs_shape) - 2:
        raise TypeError(f"Wrong number of explicit pads for convolution: expected {len(lhs_shape) - 2}, got {len(pads)}.")
    padded = [n + low + high for n, (low, high) in zip(lhs_shape[2:], pads)]
    if any(n < 0 for n in padded):
        raise ValueError(f"Negative padding is larger than the size of the corresponding dimension: got padding={pads} for lhs_shape[2:]={lhs_shape[2:]}")
    return (lhs_shape[0] // batch_group_count, rhs_shape[0], *map(_places, padded, rhs_shape[2:], strides))


def _in_layout(shape, axes):
    out = [0] * len(shape)
    for n, axis in zip(shape, axes):
        out[axis] = n
    return tuple(out)


def conv_general_shape_tuple(lhs_shape, rhs_shape, window_strides, padding, dimension_numbers):
    """The shape of a convolution in a layout."""
    lhs, rhs, out = conv_general_permutations(dimension_numbers)
    return _in_layout(conv_shape_tuple([lhs_shape[a] for a in lhs], [rhs_shape[a] for a in rhs], window_strides, padding), out)


def conv_transpose_shape_tuple(lhs_shape, rhs_shape, window_strides, padding, dimension_numbers):
    """The shape of a transposed convolution in a layout."""
    lhs, rhs, out = conv_general_permutations(dimension_numbers)
    sizes, kernel = [lhs_shape[a] for a in lhs], [rhs_shape[a] for a in rhs]
    if isinstance(padding, str):
        padding = [_transposed_pads(k, s, padding) for k, s in zip(kernel[2:], window_strides)]
    space = [(n - 1) * s - k + 2 + sum(p) for n, k, s, p in zip(sizes[2:], kernel[2:], window_strides, padding)]
    return _in_layout((sizes[0], kernel[0], *space), out)


def reduce_window_shape_tuple(operand_shape, window_dimensions, window_strides, padding, base_dilation=None, window_dilation=None):
    """The shape of what `reduce_window` gives."""
    if base_dilation is not None:
        operand_shape = [_dilated(n, d) for n, d in zip(operand_shape, base_dilation)]
    if window_dilation is not None:
        window_dimensions = [_dilated(n, d) for n, d in zip(window_dimensions, window_dilation)]
    padded = [n + low + high for n, (low, high) in zip(operand_shape, padding, strict=True)]
    return tuple(map(_places, padded, window_dimensions, window_strides))


def reduce_window(operand, init_value, computation, window_dimensions, window_strides=None, padding="VALID", base_dilation=None, window_dilation=None):
    """Arrays reduced together under each place of a window, by a function of scalars.

    >>> from raxla import lax, numpy as jnp
    >>> lax.reduce_window(jnp.arange(5.0), 0.0, lax.add, (2,))
    Array([1., 3., 5., 7.], dtype=float32)
    """
    from raxla import tree_util

    window_dimensions = tuple(window_dimensions)
    ones = (1,) * len(window_dimensions)
    strides, base, window = (tuple(given or ones) for given in (window_strides, base_dilation, window_dilation))
    if isinstance(padding, str):
        space = [_dilated(n, d) for n, d in zip(tree_util.tree_leaves(operand)[0].shape, base)]
        padding = padtype_to_pads(space, [_dilated(n, d) for n, d in zip(window_dimensions, window)], strides, padding)
    return _rust._reduce_window(operand, init_value, computation, window_dimensions, strides, [tuple(p) for p in padding], base, window)
