"""`raxla.numpy`: NumPy's functions on arrays of raxla, with `jax.numpy`'s names, dtypes and promotion."""

import builtins as _builtins

import numpy as _np

from raxla import _raxla
from raxla._raxla import Array as ndarray
from raxla.dtypes import (
    bfloat16, bool_, canonicalize_dtype as _canonicalize, complex64, complex128, complex_, float4_e2m1fn, float8_e3m4, float8_e4m3,
    float8_e4m3b11fnuz, float8_e4m3fn, float8_e4m3fnuz, float8_e5m2, float8_e5m2fnuz, float8_e8m0fnu, float16, float32, float64,
    float_, int2, int4, int8, int16, int32, int64, int_, issubdtype, uint, uint2, uint4, uint8, uint16, uint32, uint64,
)

_rust = _raxla.numpy
globals().update({name: getattr(_rust, name) for name in dir(_rust) if not name.startswith("_")})
std, where_function = _rust._std, _rust._where

newaxis = None
pi, e, inf, nan, euler_gamma = _np.pi, _np.e, _np.inf, _np.nan, _np.euler_gamma
dtype, generic, number = _np.dtype, _np.generic, _np.number
integer, signedinteger, unsignedinteger = _np.integer, _np.signedinteger, _np.unsignedinteger
inexact, floating, complexfloating = _np.inexact, _np.floating, _np.complexfloating
character, flexible, object_ = _np.character, _np.flexible, _np.object_
single, double, csingle, cdouble = float32, float64, complex64, complex128
bool = bool_


def array(object, dtype=None, copy=True, order="K", ndmin=0):
    """An array of numbers, nested lists of them, or anything with `__array__`.

    >>> array([1, 2, 3])
    Array([1, 2, 3], dtype=int32)
    >>> array([[1.0, 2], [3, 4]]).shape
    (2, 2)
    """
    del copy, order
    if isinstance(object, (list, tuple)) and _builtins.any(isinstance(x, ndarray) for x in _flat(object)):
        made = stack([array(x, dtype=dtype) for x in object])  # noqa: F821
        made = made if made._keys else _rust._array(made, made.dtype)
    else:
        if dtype is None and isinstance(object, (list, tuple)):
            object = _np.asarray(object)
            if object.dtype.kind == "O":
                raise TypeError(f"array: the list holds what is no number: {object}")
            if object.dtype == _np.float64 or not object.size:
                dtype = float_
            elif object.dtype == _np.int64:
                dtype = int_
            elif object.dtype == _np.complex128:
                dtype = complex_
        made = _rust._array(object, dtype)
    if made.ndim < ndmin:
        made = reshape(made, (1,) * (ndmin - made.ndim) + made.shape)  # noqa: F821
    return made


def _flat(object):
    for x in object:
        if isinstance(x, (list, tuple)):
            yield from _flat(x)
        else:
            yield x


def asarray(a, dtype=None, order=None, *, copy=None):
    """`array`; numbers of Python's stay weak."""
    del order, copy
    if dtype is None and not isinstance(a, (list, tuple)):
        return _rust._array(a, None)
    return array(a, dtype=dtype)


def _weak(x):
    return x if x.weak_type else _rust._array(x.item(), None) if x.ndim == 0 else x


def where(condition, x=None, y=None, /, *, size=None, fill_value=None):
    """The elements of `x` where the condition holds, else those of `y`; with the condition alone, its indices.

    >>> where(array([True, False]), 1, 2)
    Array([1, 2], dtype=int32, weak_type=True)
    """
    if x is None and y is None:
        return nonzero(condition, size=size, fill_value=fill_value)
    if x is None or y is None:
        raise ValueError("Either both or neither of the x and y arguments should be provided to jax.numpy.where")
    return _rust._where(condition, x, y)


def nonzero(a, *, size=None, fill_value=None):
    """The indices of elements that are not 0. While tracing, `size` says how many there are to be."""
    if size is None:
        size = int(count_nonzero(a))  # noqa: F821
    return _rust._nonzero(a, size, fill_value)


def flatnonzero(a, *, size=None, fill_value=None):
    """`nonzero` of the elements in one row."""
    return nonzero(ravel(a), size=size, fill_value=fill_value)[0]  # noqa: F821


def argwhere(a, *, size=None, fill_value=None):
    """`nonzero` with one row for each element."""
    return stack(nonzero(a, size=size, fill_value=fill_value), axis=-1)  # noqa: F821


def arange(start, stop=None, step=None, dtype=None):
    """Numbers from `start` (0 if one bound is given) to `stop`, which is left out.

    >>> arange(3)
    Array([0, 1, 2], dtype=int32)
    """
    if stop is None:
        start, stop = 0, start
    return _rust._arange(start, stop, 1 if step is None else step, dtype)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    """`num` numbers at equal distances from `start` to `stop`."""
    numbers, step = _rust._linspace(start, stop, int(num), endpoint, dtype, axis)
    return (numbers, step) if retstep else numbers


def indices(dimensions, dtype=None, sparse=False):
    """The number of each element along each axis."""
    if sparse:
        n = len(dimensions)
        shape = lambda i: tuple(d if j == i else 1 for j, d in enumerate(dimensions))
        return tuple(reshape(arange(d, dtype=dtype or int_), shape(i)) for i, d in enumerate(dimensions[:n]))  # noqa: F821
    return _rust._indices(dimensions, dtype or int_)


def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    """Arrays as axes of a grid."""
    del copy
    return _rust._meshgrid(xi, indexing == "ij", sparse)


def broadcast_arrays(*args):
    """Arrays in one shape."""
    return _rust._broadcast_arrays(args)


def broadcast_shapes(*shapes):
    """The shape that shapes broadcast to."""
    return _np.broadcast_shapes(*shapes)


def atleast_1d(*arys):
    """Arrays of at least one axis."""
    made = [_rust._atleast_1d(a) for a in arys]
    return made[0] if len(made) == 1 else made


def atleast_2d(*arys):
    """Arrays of at least two axes."""
    made = [_rust._atleast_2d(a) for a in arys]
    return made[0] if len(made) == 1 else made


def atleast_3d(*arys):
    """Arrays of at least three axes."""
    made = [_rust._atleast_3d(a) for a in arys]
    return made[0] if len(made) == 1 else made


def pad(array, pad_width, mode="constant", **kwargs):
    """The array with more elements around it."""
    rank = ndim(array)
    widths = _np.asarray(pad_width, dtype=int)
    if widths.ndim == 1 and widths.shape[0] == 1:
        widths = widths.reshape(())
    widths = [tuple(map(int, w)) for w in _np.broadcast_to(widths, (rank, 2))]
    value = kwargs.get("constant_values", kwargs.get("end_values"))
    return _rust._pad(array, widths, mode, value, kwargs.get("reflect_type", "even") == "odd")


def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    """The cross product of vectors."""
    if axis is not None:
        axisa = axisb = axisc = axis
    made = _rust._cross(moveaxis(a, axisa, -1), moveaxis(b, axisb, -1), -1)  # noqa: F821
    return made if ndim(made) < _builtins.max(ndim(a), ndim(b)) else moveaxis(made, -1, axisc)  # noqa: F821


def einsum(subscripts, /, *operands, out=None, optimize="auto", precision=None, preferred_element_type=None):
    """Einstein's sums.

    >>> einsum("ij,j->i", eye(2), array([1.0, 2.0]))
    Array([1., 2.], dtype=float32)
    """
    del optimize
    if out is not None:
        raise NotImplementedError("The 'out' argument to jnp.einsum is not supported.")
    return _rust._einsum(subscripts, operands, precision, preferred_element_type)


def ndim(a):
    """The number of axes."""
    return a.ndim if hasattr(a, "ndim") else _np.ndim(a)


def shape(a):
    """The sizes of the axes."""
    return tuple(a.shape) if hasattr(a, "shape") else _np.shape(a)


def size(a, axis=None):
    """The number of elements, or the sizes of axes."""
    sizes = shape(a)
    if axis is None:
        return int(_np.prod(sizes, dtype=int))
    return int(_np.prod([sizes[i] for i in (axis if isinstance(axis, tuple) else (axis,))], dtype=int))


def result_type(*args):
    """The dtype of an operation on these."""
    return _np.dtype(_promoted([a if hasattr(a, "dtype") or isinstance(a, (int, float, complex)) else _np.zeros((), _canonicalize(a)) for a in args]))


def promote_types(a, b):
    """The dtype of arrays of two dtypes together."""
    return result_type(_np.zeros((), _np.dtype(a)), _np.zeros((), _np.dtype(b)))


def _promoted(args):
    total = zeros((0,), dtype=bool_)  # noqa: F821
    for a in args:
        value = a if isinstance(a, (_builtins.bool, int, float, complex)) else zeros((0,), dtype=a.dtype)  # noqa: F821
        total = where(zeros((0,), dtype=bool_), total, value)  # noqa: F821
    return total.dtype


def isscalar(element):
    """Whether it is a number, or an array without axes."""
    return _np.isscalar(element) or (hasattr(element, "ndim") and element.ndim == 0)


def iscomplexobj(x):
    """Whether the dtype is complex."""
    return issubdtype(asarray(x).dtype, _np.complexfloating)


def isrealobj(x):
    """Whether the dtype is not complex."""
    return not iscomplexobj(x)


def finfo(dtype):
    """What floats of a dtype can hold."""
    import ml_dtypes

    return ml_dtypes.finfo(_canonicalize(dtype))


def iinfo(dtype):
    """What integers of a dtype can hold."""
    import ml_dtypes

    return ml_dtypes.iinfo(_np.dtype(dtype))


def fromfunction(function, shape, *, dtype=float, **kwargs):
    """A function of the indices."""
    return function(*indices(shape, dtype=dtype), **kwargs)


def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    """A function of one axis, for each place along the others."""
    from raxla import vmap

    arr = moveaxis(arr, axis, -1)  # noqa: F821
    f = lambda x: func1d(x, *args, **kwargs)
    for _ in range(arr.ndim - 1):
        f = vmap(f)
    out = f(arr)
    rank = out.ndim - (arr.ndim - 1)
    return moveaxis(out, tuple(range(out.ndim - rank, out.ndim)), tuple(range(axis % arr.ndim, axis % arr.ndim + rank))) if rank else out  # noqa: F821


def vectorize(pyfunc, *, excluded=frozenset(), signature=None):
    """A function of scalars as one of arrays that broadcast."""
    from raxla import vmap

    if signature is not None or excluded:
        raise NotImplementedError("vectorize: `signature` and `excluded` are not there yet")

    def vectorized(*args):
        args = broadcast_arrays(*args)
        f = pyfunc
        for _ in range(args[0].ndim):
            f = vmap(f)
        return f(*args)

    return vectorized


row_stack, mat = vstack, None  # noqa: F821
del mat


def __getattr__(name):
    # Modules load when they are first asked for.
    if name in ("linalg", "fft"):
        import importlib

        return importlib.import_module(f"raxla.numpy.{name}")
    raise AttributeError(f"module 'raxla.numpy' has no attribute {name!r}")
