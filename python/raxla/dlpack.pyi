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

from raxla import Array as Array

def canonicalize_dtype(dtype: _DTypeLike | None, allow_extended_dtype: _b.bool = ...) -> _Any: ...
def from_dlpack(external_array: _Any, device: _Any = ..., copy: _b.bool | None = ...) -> _Any: ...
