"""Dtypes: scalar types as `jax.numpy` has them, promotion, and questions about dtypes."""

import functools

import ml_dtypes
import numpy as np

from raxla import _raxla
from raxla.errors import TypePromotionError  # noqa: F401

float0 = np.dtype([("float0", np.void, 0)])


def _float0_zeros(shape):
    return np.zeros(shape, dtype=float0)


class _ScalarMeta(type):
    """The class of scalar types: called, they make arrays; compared, they are their dtypes."""

    dtype: np.dtype

    def __hash__(cls):
        return hash(cls.dtype.type)

    def __eq__(cls, other):
        if cls is other:
            return True
        try:
            return cls.dtype == np.dtype(other)
        except (TypeError, ValueError):
            return False

    def __call__(cls, x):
        from raxla import numpy as jnp

        return jnp.array(x, dtype=cls.dtype)

    def __instancecheck__(cls, instance):
        return isinstance(instance, cls.dtype.type)

    def __repr__(cls):
        return f"<class 'raxla.numpy.{cls.__name__}'>"


def _scalar(name, kind=None):
    dtype = np.dtype(getattr(ml_dtypes, kind or name, kind or name))
    return _ScalarMeta(name, (object,), {"dtype": dtype, "__module__": "raxla.numpy"})


bool_ = _scalar("bool_", "bool")
int1, int2, int4 = _scalar("int1"), _scalar("int2"), _scalar("int4")
uint1, uint2, uint4 = _scalar("uint1"), _scalar("uint2"), _scalar("uint4")
int8, int16, int32, int64 = _scalar("int8"), _scalar("int16"), _scalar("int32"), _scalar("int64")
uint8, uint16, uint32, uint64 = _scalar("uint8"), _scalar("uint16"), _scalar("uint32"), _scalar("uint64")
bfloat16, float16, float32, float64 = _scalar("bfloat16"), _scalar("float16"), _scalar("float32"), _scalar("float64")
float4_e2m1fn = _scalar("float4_e2m1fn")
float6_e2m3fn, float6_e3m2fn = _scalar("float6_e2m3fn"), _scalar("float6_e3m2fn")
float8_e3m4, float8_e4m3, float8_e4m3fn = _scalar("float8_e3m4"), _scalar("float8_e4m3"), _scalar("float8_e4m3fn")
float8_e4m3b11fnuz, float8_e4m3fnuz = _scalar("float8_e4m3b11fnuz"), _scalar("float8_e4m3fnuz")
float8_e5m2, float8_e5m2fnuz, float8_e8m0fnu = _scalar("float8_e5m2"), _scalar("float8_e5m2fnuz"), _scalar("float8_e8m0fnu")
complex64, complex128 = _scalar("complex64"), _scalar("complex128")
float_, int_, uint, complex_ = float64, int64, uint64, complex128

class extended(np.generic):
    """The kind of dtypes that NumPy has not."""


class prng_key(extended):
    """The kind of dtypes of random keys."""


class KeyTy:
    """A dtype of random keys."""

    __slots__ = ("_implementation",)
    type = prng_key
    kind = "V"

    def __init__(self, implementation):
        self._implementation = implementation

    name = property(lambda self: f"key<{_TAGS[self._implementation][0]}>")
    itemsize = property(lambda self: _TAGS[self._implementation][1])

    def __repr__(self):
        return self.name

    def __eq__(self, other):
        return isinstance(other, KeyTy) and self._implementation == other._implementation

    def __hash__(self):
        return hash((KeyTy, self._implementation))

    def __reduce__(self):
        return _key_dtype, (self._implementation,)


# How the dtypes of keys are written, and the bytes of a key.
_TAGS = {"threefry2x32": ("fry", 8), "rbg": ("rbg", 16), "unsafe_rbg": ("urbg", 16)}


@functools.cache
def _key_dtype(implementation):
    return KeyTy(implementation)


_NARROW = {"int64": "int32", "uint64": "uint32", "float64": "float32", "complex128": "complex64"}


def canonicalize_dtype(dtype, allow_extended_dtype=False):
    """The dtype that arrays have where this one is asked for."""
    if allow_extended_dtype and isinstance(dtype, KeyTy):
        return dtype
    dtype = np.dtype(dtype)
    return dtype if _raxla.x64() else np.dtype(_NARROW.get(dtype.name, dtype))


_PARENTS = {
    "b": (np.bool_, np.generic),
    "i": (np.signedinteger, np.integer, np.number, np.generic),
    "u": (np.unsignedinteger, np.integer, np.number, np.generic),
    "f": (np.floating, np.inexact, np.number, np.generic),
    "c": (np.complexfloating, np.inexact, np.number, np.generic),
}


def _kind(dtype):
    name = dtype.name
    if name.startswith(("bfloat", "float")) and name != "float0":
        return "f"
    return {"int": "i", "uin": "u", "boo": "b", "com": "c"}.get(name[:3], dtype.kind)


def issubdtype(arg1, arg2):
    """Whether a dtype is of a kind, or is another dtype; floats of `ml_dtypes` are floats."""
    if isinstance(arg1, type) and issubclass(arg1, np.generic) and arg1 in {p for ps in _PARENTS.values() for p in ps}:
        return np.issubdtype(arg1, arg2)
    extended_kind = isinstance(arg2, type) and issubclass(arg2, extended)
    if isinstance(arg1, KeyTy):
        return issubclass(prng_key, arg2) if isinstance(arg2, type) and not isinstance(arg2, _ScalarMeta) else arg1 == arg2
    if isinstance(arg1, type) and issubclass(arg1, extended):
        return issubclass(arg1, arg2)
    if extended_kind or isinstance(arg2, KeyTy):
        return False
    dtype = _of(arg1)
    if isinstance(arg2, type) and not isinstance(arg2, _ScalarMeta) and issubclass(arg2, np.generic):
        return dtype.type is arg2 or arg2 in _PARENTS.get(_kind(dtype), ())
    return dtype == _of(arg2)


def itemsize_bits(dtype):
    """How many bits of memory an element has that stands alone; those of `bool` have 8.

    >>> itemsize_bits("int4"), itemsize_bits("complex64")
    (4, 64)
    """
    if dtype is None:
        raise ValueError("dtype cannot be None.")
    if isinstance(dtype, KeyTy):
        raise ValueError(f"unexpected input: dtype={dtype}")
    dtype = _of(dtype)
    if _kind(dtype) in "iu":
        return ml_dtypes.iinfo(dtype).bits
    if _kind(dtype) == "f":
        return ml_dtypes.finfo(dtype).bits
    return 8 * dtype.itemsize


def scalar_type_of(x):
    """Python's type of numbers of a dtype, or of a value's.

    >>> scalar_type_of("bfloat16")
    <class 'float'>
    """
    return {"b": bool, "i": int, "u": int, "f": float, "c": complex}[_kind(_of(x) if isinstance(x, (str, type)) or hasattr(x, "dtype") else np.result_type(x))]


def _of(x):
    """The dtype that is meant: NumPy's scalar types have an attribute `dtype` that is none."""
    return np.dtype(x if isinstance(x, type) else getattr(x, "dtype", x))


def __getattr__(name):
    # What `raxla.numpy` has, which begins with this module.
    if name in ("finfo", "iinfo", "result_type"):
        from raxla import numpy as jnp

        return getattr(jnp, name)
    raise AttributeError(f"module 'raxla.dtypes' has no attribute {name!r}")
