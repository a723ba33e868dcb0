"""Arrays of Python's objects, of ranges, of files and buffers."""

import builtins
import functools
import inspect

import numpy as np

from raxla import _raxla
from raxla._raxla import Array
from raxla.dtypes import KeyTy, bool_, canonicalize_dtype, complex_, float_, int_

_rust = _raxla.numpy
_IMPURE = "jnp.{0} is not implemented, since what it reads may change between tracing and running; use jnp.asarray(np.{0}(…))"


def _placed(made, device, out_sharding=None):
    """The array, on a device if one is asked for."""
    if out_sharding is not None:
        raise NotImplementedError("shardings are not there yet")
    return made if device is None else _raxla.copy_to_device(made, device)


def array(object, dtype=None, *args, copy=True, order="K", ndmin=0, device=None, out_sharding=None):
    """An array of numbers, nested lists of them, or anything with `__array__`.

    >>> array([1, 2, 3])
    Array([1, 2, 3], dtype=int32)
    >>> array([[1.0, 2], [3, 4]]).shape
    (2, 2)
    """
    if isinstance(dtype, KeyTy):
        made = array(object, copy=copy, order=order, ndmin=ndmin, device=device, out_sharding=out_sharding)
        if made.dtype != dtype:
            raise TypeError(f"Cannot convert {made.dtype} to {dtype}.")
        return made
    if args:
        raise TypeError(f"array() takes from 1 to 2 positional arguments but {2 + len(args)} were given")
    if order not in (None, "K", "A", "C"):
        raise NotImplementedError("Only implemented for order='K'")
    if hasattr(object, "__jax_array__") and not isinstance(object, Array):
        object = object.__jax_array__()
    if isinstance(object, (list, tuple)):
        made = _of_list(object, dtype)
    elif object is None:
        raise ValueError("None is not a valid value for jnp.array")
    elif isinstance(object, (memoryview, bytearray, bytes)) and not hasattr(object, "__array__"):
        made = _rust._array(np.array(memoryview(object)), dtype)
    elif isinstance(object, int) and dtype is None and not isinstance(object, bool):
        made = _rust._array(_checked(object), None)
    elif type(object) is int:
        made = _rust._array(_whole(object, dtype), dtype)
    elif not hasattr(object, "__array__") and hasattr(object, "__buffer__"):
        made = _rust._array(np.asarray(memoryview(object)), dtype)
    else:
        made = _rust._array(object, dtype)
    if made is object and copy:
        # Nobody sees that arrays share memory, but for one that is donated later.
        made = _rust.copy(made)
    if made.ndim < ndmin:
        made = _rust.reshape(made, (1,) * (ndmin - made.ndim) + made.shape)
    return _placed(made, device, out_sharding)


def _checked(number):
    bounds = np.iinfo(canonicalize_dtype(np.int64))
    if not bounds.min <= number <= bounds.max:
        raise OverflowError(f"Python int {number} too large to convert to {bounds.dtype}")
    return number


def _whole(numbers, dtype):
    """Python's integers in a dtype, at once: their own might be too narrow for them, or that one too narrow to hold them, which is an error."""
    dtype = canonicalize_dtype(dtype)
    return np.asarray(numbers, dtype) if dtype.kind in "iufc" else numbers


def _of_list(items, dtype):
    leaves = [_plain(x) for x in _flat(items)]
    if any(x is None for x in leaves):
        raise ValueError("None is not a valid value for jnp.array")
    if any(isinstance(x, Array) for x in leaves):
        if dtype is None and all(getattr(x, "_keys", None) is None for x in leaves):
            from raxla.numpy._dtypes import result_type

            dtype = result_type(*leaves)
        return _rust.stack([array(x, dtype=dtype) for x in items])
    if dtype is not None and leaves and all(type(x) is int for x in leaves):
        items = _whole(items, dtype)
    made = np.asarray(items if isinstance(items, np.ndarray) else _each(items, _plain))
    if made.dtype.kind == "O":
        if all(isinstance(x, int) for x in leaves):
            if dtype is None or np.dtype(dtype).kind not in "fc":
                raise OverflowError("Python int too large to convert to an array of integers")
            made = made.astype(np.float64)
        else:
            raise TypeError(f"array: the list holds what is no number: {items}")
    if made.dtype.kind in "USmM":
        raise TypeError(f"array: dtype {made.dtype} is not one that arrays have")
    if dtype is None:
        if not made.size:
            dtype = float_
        elif all(isinstance(x, (bool, int, float, complex)) and not hasattr(x, "dtype") for x in leaves):
            dtype = {"b": bool_, "i": int_, "u": int_, "f": float_, "c": complex_}[made.dtype.kind]
            if dtype is int_:
                for x in leaves:
                    _checked(x)
        else:
            from raxla.numpy._dtypes import result_type

            dtype = result_type(*leaves)
    return _rust._array(made, dtype)


def _plain(x):
    return x.__jax_array__() if hasattr(x, "__jax_array__") and not isinstance(x, Array) else x


def _flat(items):
    for x in items:
        if isinstance(x, (list, tuple)):
            yield from _flat(x)
        else:
            yield x


def _each(items, f):
    return [_each(x, f) if isinstance(x, (list, tuple)) else f(x) for x in items]


def asarray(a, dtype=None, order=None, *, copy=None, device=None, out_sharding=None):
    """`array`; numbers of Python's stay weak.

    >>> asarray(1.0).weak_type
    True
    """
    if type(a) is Array and dtype is None and order is None and not copy and device is None and out_sharding is None:
        return a
    return array(a, dtype=dtype, copy=bool(copy), order=order, device=device, out_sharding=out_sharding)


def frombuffer(buffer, dtype=float, count=-1, offset=0):
    """The numbers that bytes are."""
    return asarray(np.frombuffer(buffer=buffer, dtype=dtype, count=count, offset=offset))


def fromiter(*args, **kwargs):
    """An iterator's numbers: what may change while it is read is NumPy's business."""
    raise NotImplementedError(_IMPURE.format("fromiter"))


def fromstring(string, dtype=float, count=-1, *, sep):
    """The numbers that a string lists."""
    return asarray(np.fromstring(string=string, dtype=dtype, count=count, sep=sep))


def fromfile(*args, **kwargs):
    """A file's numbers: what may change while it is read is NumPy's business."""
    raise NotImplementedError(_IMPURE.format("fromfile"))


def from_dlpack(x, /, *, device=None, copy=None):
    """An array of what another package holds.

    >>> from_dlpack(np.arange(3, dtype=np.int32))
    Array([0, 1, 2], dtype=int32)
    """
    from raxla import dlpack

    return dlpack.from_dlpack(x, device=device, copy=copy)


def arange(start, stop=None, step=None, dtype=None, *, device=None, out_sharding=None):
    """Numbers from `start` (0 if one bound is given) to `stop`, which is left out.

    >>> arange(3)
    Array([0, 1, 2], dtype=int32)
    """
    if any(np.iscomplexobj(x) for x in (start, stop, step)):
        raise ValueError("jnp.arange: takes real numbers")
    if stop is None:
        start, stop = 0, start
    if any(isinstance(x, np.generic) for x in (start, stop, step)):
        # Numbers of NumPy decide on the dtype, but are known.
        from raxla.numpy import result_type

        dtype = result_type(*(x for x in (start, stop, step) if x is not None)) if dtype is None else dtype
        start, stop, step = (x.item() if isinstance(x, np.generic) else x for x in (start, stop, step))
    return _placed(_rust._arange(start, stop, 1 if step is None else step, dtype), device, out_sharding)


def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, *, device=None):
    """`num` numbers at equal distances from `start` to `stop`.

    >>> linspace(0, 1, 3)
    Array([0. , 0.5, 1. ], dtype=float32)
    """
    numbers, step = _rust._linspace(start, stop, num.__index__(), endpoint, dtype, axis)
    numbers = _placed(numbers, device)
    return (numbers, step) if retstep else numbers


def indices(dimensions, dtype=None, sparse=False):
    """The number of each element along each axis."""
    if sparse:
        n = len(dimensions)

        def shape(i):
            return tuple(d if j == i else 1 for j, d in enumerate(dimensions))

        return tuple(_rust.reshape(arange(d, dtype=dtype or int_), shape(i)) for i, d in enumerate(dimensions[:n]))
    return _rust._indices(dimensions, dtype or int_)


def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    """Arrays as axes of a grid."""
    if not copy:
        raise ValueError("jnp.meshgrid only supports copy=True")
    if indexing not in ("xy", "ij"):
        raise ValueError(f"Valid values for indexing are 'xy' and 'ij', got {indexing}")
    return _rust._meshgrid(xi, indexing == "ij", sparse) if xi else []


def fromfunction(function, shape, *, dtype=float, **kwargs):
    """A function of the indices.

    >>> fromfunction(lambda i, j: i + j, (2, 2), dtype=int)
    Array([[0, 1],
           [1, 2]], dtype=int32)
    """
    from raxla import vmap

    shape = tuple(int(n) for n in shape)
    f = lambda *places: function(*places, **kwargs)
    for i in builtins.range(len(shape)):
        axes = [None] * len(shape)
        axes[-1 - i] = 0
        f = vmap(f, in_axes=tuple(axes))
    return f(*(arange(n, dtype=dtype) for n in shape))


def like_types(function):
    """A function of an array's shape and dtype as one that also takes what has these and no data."""

    bound = inspect.signature(function).bind

    @functools.wraps(function)
    def like(*args, **kwargs):
        call = bound(*args, **kwargs).arguments
        name = next(iter(call))
        given = call[name]
        if not isinstance(given, (Array, np.ndarray, np.generic)) and hasattr(given, "shape") and hasattr(given, "dtype"):
            for of in ("dtype", "shape"):
                call[of] = getattr(given, of) if call.get(of) is None else call[of]
            call[name] = 0
        return function(**call)

    return like


def of_keys(function):
    """A function of a shape, a dtype and perhaps a value as one that also makes arrays of random keys, whose words have the value."""

    bound = inspect.signature(function).bind

    @functools.wraps(function)
    def made(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except TypeError:
            call = bound(*args, **kwargs).arguments
            dtype = call.get("dtype")
            if not isinstance(dtype, KeyTy):
                raise
        from raxla.random import wrap_key_data

        if getattr(call.get("fill_value"), "dtype", None) == dtype:
            return function(**(call | {"dtype": None}))
        sizes = call["shape"] if isinstance(call["shape"], (list, tuple)) else [call["shape"]]
        return wrap_key_data(function(**(call | {"dtype": np.uint32, "shape": (*sizes, dtype.itemsize // 4)})), dtype=dtype)

    return made
