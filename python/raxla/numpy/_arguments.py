"""Functions whose arguments come in several forms: `pad`, `einsum`, `histogramdd`, polynomials."""

import builtins

import numpy as np

from raxla import _raxla
from raxla.numpy._creation import asarray
from raxla.numpy._found import _known, trim_zeros

_rust = _raxla.numpy


def broadcast_arrays(*args):
    """Arrays in one shape."""
    return _rust._broadcast_arrays(args)


def broadcast_shapes(*shapes):
    """The shape that shapes broadcast to.

    >>> broadcast_shapes((2, 1), (3,))
    (2, 3)
    """
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(f"Incompatible shapes for broadcasting: shapes={list(shapes)}") from None


def atleast_1d(*arys):
    """Arrays of at least one axis."""
    return _each(_rust._atleast_1d, arys)


def atleast_2d(*arys):
    """Arrays of at least two axes."""
    return _each(_rust._atleast_2d, arys)


def atleast_3d(*arys):
    """Arrays of at least three axes."""
    return _each(_rust._atleast_3d, arys)


def _each(f, arrays):
    made = [f(a) for a in arrays]
    return made[0] if len(made) == 1 else made


def _pairs(value, rank, name):
    """A number, a pair, or a pair for each axis, as a pair for each axis."""
    if np.ndim(value) == 0:
        return [(value, value)] * rank
    items = list(value)
    if len(items) == 1 and np.ndim(items[0]) == 0:
        return [(items[0], items[0])] * rank
    if all(np.ndim(i) == 0 for i in items):
        if len(items) == 2:
            return [tuple(items)] * rank
    else:
        pairs = [tuple(i) if len(i) == 2 else (i[0], i[0]) for i in items if len(i) in (1, 2)]
        if len(pairs) == len(items) and len(items) in (1, rank):
            return pairs * rank if len(items) == 1 else pairs
    raise ValueError(f"jnp.pad: {name} with {rank=} has unsupported shape {np.shape(value)}. Valid shapes are ({rank}, 2), (1, 2), (2,), (1,), or ().")


_OPTIONS = {
    "empty": (), "edge": (), "wrap": (), "constant": ("constant_values",), "linear_ramp": ("end_values",), "maximum": ("stat_length",),
    "mean": ("stat_length",), "median": ("stat_length",), "minimum": ("stat_length",), "reflect": ("reflect_type",), "symmetric": ("reflect_type",),
}


def pad(array, pad_width, mode="constant", **kwargs):
    """The array with more elements around it.

    >>> pad(np.array([1, 2, 3], np.int32), (0, 2), mode="reflect")
    Array([1, 2, 3, 2, 1], dtype=int32)
    """
    if isinstance(array, (list, tuple)) or array is None:
        raise TypeError(f"pad requires ndarray or scalar arguments, got {type(array)}")
    rank = array.ndim if hasattr(array, "ndim") else np.ndim(array)
    widths = _pairs(pad_width, rank, "pad_width")
    if not all(hasattr(w, "__index__") and np.asarray(w).dtype.kind in "iu" for pair in widths for w in pair):
        raise TypeError("`pad_width` must be of integral type.")
    widths = [(a.__index__(), b.__index__()) for a, b in widths]
    if any(w < 0 for pair in widths for w in pair):
        raise ValueError("index can't contain negative values")
    if callable(mode):
        return _rust._pad_function(array, widths, lambda x, w, axis, options: mode(x, w, axis, options), kwargs)
    if mode not in _OPTIONS:
        raise NotImplementedError(f"Unimplemented padding mode '{mode}' for np.pad.")
    if wrong := set(kwargs) - set(_OPTIONS[mode]):
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {wrong}")
    values = kwargs.get("constant_values", kwargs.get("end_values", 0))
    near = kwargs.get("stat_length")
    if near is not None:
        near = [(a.__index__(), b.__index__()) for a, b in _pairs(near, rank, "stat_length")]
    odd = kwargs.get("reflect_type", "even")
    if odd not in ("even", "odd"):
        raise ValueError("reflect_type must be 'even' or 'odd'")
    return _rust._pad(array, widths, mode, _pairs(values, rank, "values"), near, odd == "odd")


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The cross product of vectors."""
    if axis is not None:
        axisa = axisb = axisc = axis
    made = _rust._cross(_rust.moveaxis(a, axisa, -1), _rust.moveaxis(b, axisb, -1), -1)
    return made if made.ndim < builtins.max(np.ndim(a), np.ndim(b)) else _rust.moveaxis(made, -1, axisc)


def _subscripts(subscripts, operands):
    """Subscripts and operands, of a call in either form."""
    if isinstance(subscripts, str):
        return subscripts, operands
    items = (subscripts, *operands)
    letters = lambda axes: "".join("..." if a is Ellipsis else chr((65 if a < 26 else 71) + a) for a in axes)
    arrays, lists = items[:len(items) // 2 * 2:2], items[1::2]
    out = "->" + letters(items[-1]) if len(items) % 2 else ""
    return ",".join(map(letters, lists)) + out, arrays


def _path(optimize):
    """`optimize`; of a stated order, its pairs."""
    if isinstance(optimize, (bool, str)):
        return optimize
    pairs = [tuple(sorted(step)) for step in optimize if not isinstance(step, str) and len(step) > 1]
    if any(len(pair) != 2 for pair in pairs):
        raise NotImplementedError("jax.numpy.einsum does not support simultaneous contraction of 3 or more operands.")
    return pairs


def einsum(subscripts, /, *operands, out=None, optimize="auto", precision=None, preferred_element_type=None, _dot_general=None, out_sharding=None):
    """Einstein's sums.

    >>> einsum("ij,j->i", np.eye(2, dtype=np.float32), np.array([1.0, 2.0], np.float32))
    Array([1., 2.], dtype=float32)
    """
    if out is not None:
        raise NotImplementedError("The 'out' argument to jnp.einsum is not supported.")
    if _dot_general is not None or out_sharding is not None:
        raise NotImplementedError("jnp.einsum: there is one way to multiply, and one device")
    subscripts, operands = _subscripts(subscripts, operands)
    return _rust._einsum(subscripts, operands, _path(optimize), precision, preferred_element_type)


def einsum_path(subscripts, /, *operands, optimize="auto"):
    """The order in which `einsum` multiplies its operands, and a text that says so.

    >>> einsum_path("ij,jk,k->i", np.ones((9, 9)), np.ones((9, 9)), np.ones(9))[0]
    [(1, 2), (0, 1)]
    """
    subscripts, operands = _subscripts(subscripts, operands)
    if len(operands) == 1:
        return [(0,)], f"{subscripts}: one operand"
    pairs = _rust._einsum_path(subscripts, [np.shape(x) for x in operands], _path(optimize))
    text = f"{subscripts}: operands in turn, products last: " + ", ".join(f"{i} × {j}" for i, j in pairs)
    return pairs, text


def isclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether elements are nearly equal; tolerances are numbers or arrays.

    >>> import raxla.numpy as jnp
    >>> isclose(1.0, 1.1, rtol=jnp.array([0.0, 0.2])).tolist()
    [False, True]
    """
    return _rust.isclose(a, b, rtol, atol, equal_nan)


def allclose(a, b, rtol=1e-05, atol=1e-08, equal_nan=False):
    """Whether all elements are nearly equal; tolerances are numbers or arrays.

    >>> bool(allclose(1.0, 1.1, rtol=0.2))
    True
    """
    return _rust.allclose(a, b, rtol, atol, equal_nan)


def choose(a, choices, out=None, mode="raise"):
    """At each place the element of the array that the index there names.

    >>> choose(np.array([1, 0]), [np.array([1, 2]), np.array([3, 4])])
    Array([3, 2], dtype=int32)
    """
    if out is not None:
        raise NotImplementedError("The 'out' argument to jnp.choose is not supported.")
    if mode == "raise":
        places = _known(asarray(a))
        if places.size and not 0 <= int(places.min()) <= int(places.max()) < len(choices):
            raise ValueError("invalid entry in choice array")
        mode = "clip"
    return _rust._choose(a, choices, mode)


def block(arrays):
    """An array put together from blocks in nested lists.

    >>> block([[np.ones((1, 1)), np.zeros((1, 2))]]).shape
    (1, 3)
    """
    return _rust._block(arrays)


def ix_(*args):
    """Vectors of indices that as an index name all combinations."""
    for a in args:
        if np.ndim(a) != 1:
            raise ValueError(f"Arguments to jax.numpy.ix_ must be 1-dimensional, got shape {np.shape(a)}")
        if asarray(a).dtype == bool:
            raise NotImplementedError("Boolean arguments to jax.numpy.ix_ are not implemented")
    return _rust._ix(args)


def ravel_multi_index(multi_index, dims, mode="raise", order="C", *, dtype=None):
    """Indices along axes as indices of the array flattened."""
    dims = tuple(d.__index__() for d in dims)
    if mode == "raise":
        for index, n in zip(multi_index, dims):
            index = _known(asarray(index))
            if index.size and not 0 <= int(index.min()) <= int(index.max()) < n:
                raise ValueError("invalid entry in coordinates array")
    return _rust._ravel_multi_index(multi_index, dims, "raise" if mode == "ignore" else mode, order, dtype)


def gradient(f, *varargs, axis=None, edge_order=None):
    """The derivatives of samples along axes.

    >>> gradient(np.array([0.0, 1.0, 4.0], np.float32))
    Array([1., 2., 3.], dtype=float32)
    """
    if edge_order is not None:
        raise NotImplementedError("The 'edge_order' argument to jnp.gradient is not supported.")
    made = _rust._gradient(f, list(varargs), axis, 1)
    return made[0] if len(made) == 1 else made


def histogram2d(x, y, bins=10, range=None, weights=None, density=None):
    """How many pairs each bin holds, and the edges of both."""
    if np.ndim(bins) and len(bins) not in (1, 2):
        bins = [asarray(bins)] * 2
    sample = _rust.stack([asarray(x), asarray(y)], axis=-1)
    counts, (first, second) = histogramdd(sample, bins, range, weights, density)
    return counts, first, second


def histogramdd(sample, bins=10, range=None, weights=None, density=None):
    """How many points, each a row, each bin holds, and the edges along each axis."""
    sample = asarray(sample)
    n, rank = sample.shape
    if weights is not None and np.shape(weights) != (n,):
        raise ValueError("should have one weight for each sample.")
    if range is not None and (len(range) != rank or any(r is not None and np.shape(r)[0] != 2 for r in range)):
        raise ValueError(f"For sample.shape={(n, rank)}, range must be a sequence of {rank} pairs or Nones; got {range=}")
    bins = [bins] * rank if np.ndim(bins) == 0 and not isinstance(bins, (list, tuple)) else list(bins)
    if len(bins) != rank:
        raise ValueError("should be a bin for each dimension.")
    ranges = [None if r is None else (r[0], r[1]) for r in range or ()]
    counts, *edges = _rust._histogramdd(sample, bins, ranges, weights, density)
    return counts, list(edges)


def poly(seq_of_zeros):
    """The polynomial with these roots, or with the eigenvalues of a matrix.

    >>> poly(np.array([1.0, 2.0], np.float32))
    Array([ 1., -3.,  2.], dtype=float32)
    """
    zeros = _rust._atleast_1d(seq_of_zeros)
    if zeros.ndim == 2 and zeros.shape[0] == zeros.shape[1] != 0:
        from raxla.numpy import linalg

        zeros = linalg.eigvals(zeros)
    if zeros.ndim != 1:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    return _rust._poly(zeros)


def polymul(a1, a2, *, trim_leading_zeros=False):
    """The product of polynomials."""
    if trim_leading_zeros and (len(a1) > 1 or len(a2) > 1):
        a1, a2 = trim_zeros(a1, trim="f"), trim_zeros(a2, trim="f")
    return _rust._polymul(a1, a2)


def polydiv(u, v, *, trim_leading_zeros=False):
    """The quotient and the rest of polynomials."""
    quotient, rest = _rust._polydiv(u, v)
    if trim_leading_zeros:
        held = np.flatnonzero(np.abs(np.asarray(_known(rest))) > np.sqrt(np.finfo(rest.dtype).eps))
        rest = rest[int(held[0]) if held.size else rest.size:]
    return quotient, rest


def roots(p, *, strip_zeros=True):
    """The roots of a polynomial, ascending; without `strip_zeros`, leading zeros give NaN at the end.

    >>> roots(np.array([1.0, -3.0, 2.0], np.float32)).shape
    (2,)
    """
    p = _rust._atleast_1d(p)
    if p.ndim != 1:
        raise ValueError("Input must be a rank-1 array.")
    if strip_zeros and p.size > 1:
        held = np.flatnonzero(np.asarray(_known(p)))
        p = p[int(held[0]) if held.size else p.size:]
    return _rust._roots(p)


def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False):
    """The polynomial of a degree nearest to points: its coefficients, and what else is asked for.

    >>> polyfit(np.arange(3.0), np.array([1.0, 3.0, 5.0]), 1).round(3)
    Array([2., 1.], dtype=float32)
    """
    if deg < 0:
        raise ValueError("expected deg >= 0")
    what = "full" if full else "unscaled" if isinstance(cov, str) and cov == "unscaled" else "cov" if cov else ""
    return _rust._polyfit(x, y, deg, rcond, w, what)


def ndim(a):
    """The number of axes."""
    return a.ndim if hasattr(a, "ndim") else np.ndim(a)


def shape(a):
    """The sizes of the axes."""
    return tuple(a.shape) if hasattr(a, "shape") else np.shape(a)


def size(a, axis=None):
    """The number of elements, or of those along axes."""
    sizes = shape(a)
    if axis is None:
        return int(np.prod(sizes, dtype=int))
    axes = [i.__index__() for i in (axis if isinstance(axis, (tuple, list)) else (axis,))]
    if any(not -len(sizes) <= i < len(sizes) for i in axes):
        raise ValueError(f"axis {axis} is out of bounds for array of dimension {len(sizes)}")
    if len({i % len(sizes) for i in axes}) != len(axes):
        raise ValueError(f"repeated axis: {axis}")
    return int(np.prod([sizes[i] for i in axes], dtype=int))
