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

class Precision:
    def __init__(self, value: _Any, names: _Any = ..., *, module: _Any = ..., qualname: _Any = ..., type: _Any = ..., start: _Any = ..., boundary: _Any = ...) -> None: ...
    DEFAULT: _Any
    HIGH: _Any
    HIGHEST: _Any
class ResizeMethod:
    def __init__(self, value: _Any, names: _Any = ..., *, module: _Any = ..., qualname: _Any = ..., type: _Any = ..., start: _Any = ..., boundary: _Any = ...) -> None: ...
    AREA: _Any
    CUBIC: _Any
    CUBIC_PYTORCH: _Any
    LANCZOS3: _Any
    LANCZOS5: _Any
    LINEAR: _Any
    NEAREST: _Any
    @_b.staticmethod
    def from_string(*args: _Any, **kwargs: _Any) -> _Any: ...
def resize(image: _Any, shape: _b.int | _Sequence[_b.int] | None, method: _Any, antialias: _b.bool = ..., precision: _Any = ...) -> _Array: ...
def scale_and_translate(image: _Any, shape: _b.int | _Sequence[_b.int] | None, spatial_dims: _Any, scale: _ArrayLike, translation: _Any, method: _Any, antialias: _b.bool = ..., precision: _Any = ...) -> _Array: ...
