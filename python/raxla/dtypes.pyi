"""Made by python/stubs.py."""

import builtins as _b
import functools as _functools
from collections.abc import Callable as _Callable, Hashable as _Hashable, Iterator as _Iterator, Sequence as _Sequence
from typing import Any as _Any, Concatenate as _Concatenate, Generic as _Generic, ParamSpec as _ParamSpec, TypeVar as _TypeVar, overload as _overload

import numpy as _np

from raxla import Array as _Array, tree_util as _tree
from raxla.typing import ArrayLike as _ArrayLike, DTypeLike as _DTypeLike

_P = _ParamSpec("_P")
_Q = _ParamSpec("_Q")
_R = _TypeVar("_R")
_S = _TypeVar("_S")
_C = _TypeVar("_C", bound=_Callable[..., _Any])
_T = _TypeVar("_T", bound=type)

import raxla.errors

class _ScalarMeta:
    @property
    def dtype(self) -> _np.dtype[_Any]: ...
    def __call__(self, x: _Any = ...) -> _Array: ...
class KeyTy:
    def __init__(self, implementation: _Any) -> None: ...
    itemsize: _Any
    kind: _Any
    name: _Any
    type: _Any
class TypePromotionError(raxla.errors.TraceError): ...
bfloat16: _ScalarMeta
bool_: _ScalarMeta
def canonicalize_dtype(dtype: _DTypeLike | None, allow_extended_dtype: _b.bool = ...) -> _Any: ...
complex128: _ScalarMeta
complex64: _ScalarMeta
complex_: _ScalarMeta
extended: _b.type[_Any]
float0: _Any
float16: _ScalarMeta
float32: _ScalarMeta
float4_e2m1fn: _ScalarMeta
float64: _ScalarMeta
float6_e2m3fn: _ScalarMeta
float6_e3m2fn: _ScalarMeta
float8_e3m4: _ScalarMeta
float8_e4m3: _ScalarMeta
float8_e4m3b11fnuz: _ScalarMeta
float8_e4m3fn: _ScalarMeta
float8_e4m3fnuz: _ScalarMeta
float8_e5m2: _ScalarMeta
float8_e5m2fnuz: _ScalarMeta
float8_e8m0fnu: _ScalarMeta
float_: _ScalarMeta
int1: _ScalarMeta
int16: _ScalarMeta
int2: _ScalarMeta
int32: _ScalarMeta
int4: _ScalarMeta
int64: _ScalarMeta
int8: _ScalarMeta
int_: _ScalarMeta
def issubdtype(arg1: _Any, arg2: _Any) -> _b.bool: ...
def itemsize_bits(dtype: _DTypeLike | None) -> _Any: ...
prng_key: _b.type[_Any]
def scalar_type_of(x: _Any) -> _Any: ...
uint: _ScalarMeta
uint1: _ScalarMeta
uint16: _ScalarMeta
uint2: _ScalarMeta
uint32: _ScalarMeta
uint4: _ScalarMeta
uint64: _ScalarMeta
uint8: _ScalarMeta
