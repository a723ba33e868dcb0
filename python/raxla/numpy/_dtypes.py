"""Questions about dtypes: where they meet, what they hold, of which kinds they are."""

import ml_dtypes
import numpy as np

from raxla import _raxla
from raxla._raxla import Array
from raxla.dtypes import KeyTy, TypePromotionError, _of, canonicalize_dtype, issubdtype

_rust = _raxla.numpy
_NUMBERS = (bool, int, float, complex)


def _is_number(a):
    """Whether it is a type of Python's numbers itself; scalar types are equal to those of their dtypes."""
    return any(a is t for t in _NUMBERS)


def _typed(a):
    """An argument of `result_type` as a dtype, or as a number of Python's, which is weak."""
    if a is None:
        return np.dtype(float)
    if isinstance(a, _NUMBERS) and not hasattr(a, "dtype"):
        return type(a)
    if isinstance(a, type):
        return a if _is_number(a) else np.dtype(a)
    if isinstance(a, Array):
        return (a.dtype, a.weak_type)
    if hasattr(a, "dtype") and not isinstance(a, np.dtype):
        return np.dtype(a.dtype)
    if isinstance(a, (list, tuple)):
        raise TypeError(f"result_type: takes arrays, numbers and dtypes, got {a}")
    return np.dtype(a)


def result_type(*args):
    """The dtype of an operation on these.

    >>> result_type(np.int8, 1.5)
    dtype('float32')
    """
    if not args:
        raise ValueError("at least one array or dtype is required")
    kinds = {kind for a in args if isinstance(kind := getattr(a, "dtype", a), KeyTy)}
    if kinds:
        if len(kinds) > 1 or not all(getattr(a, "dtype", a) in kinds for a in args):
            raise TypePromotionError(f"{args} have no dtype together")
        return kinds.pop()
    return canonicalize_dtype(_raxla.result_type([_typed(a) for a in args], True))


def promote_types(a, b):
    """The dtype of arrays of two dtypes together.

    >>> promote_types('int32', 'float16')
    dtype('float16')
    """
    a, b = (t if _is_number(t) else np.dtype(t) for t in (a, b))
    return _raxla.result_type([a, b], _is_number(a) or _is_number(b))


def can_cast(from_, to, casting="safe"):
    """Whether numbers of a dtype can be those of another: NumPy's function, which knows `ml_dtypes`.

    >>> can_cast('int32', 'int64')
    True
    """
    to = np.dtype(to)
    from_ = _of(from_)
    return np.can_cast(from_, to, casting)


_KINDS = {
    "bool": (np.bool_,), "signed integer": (np.signedinteger,), "unsigned integer": (np.unsignedinteger,), "integral": (np.integer,),
    "real floating": (np.floating,), "complex floating": (np.complexfloating,), "numeric": (np.number,),
}


def isdtype(dtype, kind):
    """Whether a dtype is of a kind of the array API standard, is another one, or either of several.

    >>> isdtype(np.float32, "real floating")
    True
    """
    dtype = np.dtype(dtype)
    for k in kind if isinstance(kind, tuple) else (kind,):
        if isinstance(k, str) and k in _KINDS:
            if any(issubdtype(dtype, c) for c in _KINDS[k]):
                return True
        elif isinstance(k, str):
            try:
                found = np.dtype(k)
            except TypeError:
                raise ValueError(f"Unrecognized kind {k!r}") from None
            if found == dtype:
                return True
        else:
            try:
                found = np.dtype(k)
            except TypeError:
                raise TypeError(f"Expected kind to be a dtype, string, or tuple; got kind={kind!r}") from None
            if found == dtype:
                return True
    return False


class finfo:
    """What floats of a dtype can hold.

    >>> float(finfo(np.float32).eps)
    1.1920928955078125e-07
    """

    def __new__(cls, dtype):
        return ml_dtypes.finfo(_of(dtype))


class iinfo:
    """What integers of a dtype can hold.

    >>> iinfo(np.int8).max
    127
    """

    def __new__(cls, int_type):
        return ml_dtypes.iinfo(_of(int_type))


def isscalar(element):
    """Whether it is a number, or an array without axes."""
    if np.isscalar(element):
        return True
    return hasattr(element, "ndim") and element.ndim == 0 and (isinstance(element, (Array, np.ndarray, np.generic)) or hasattr(element, "__jax_array__"))


def iscomplexobj(x):
    """Whether the dtype is complex."""
    if x is None:
        return False
    if hasattr(x, "dtype"):
        return issubdtype(x.dtype, np.complexfloating)
    from raxla.numpy._creation import asarray

    return issubdtype(asarray(x).dtype, np.complexfloating)


def isrealobj(x):
    """Whether the dtype is not complex."""
    return not iscomplexobj(x)


def iterable(y):
    """Whether it can be gone through: NumPy's function."""
    return np.iterable(y)
