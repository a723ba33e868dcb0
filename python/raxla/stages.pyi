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

class Compiled:
    def __init__(self, staged: _Any, executable: _Any) -> None: ...
    def __call__(self, *args: _Any, **kwargs: _Any) -> _Any: ...
    args_info: _Any
    def as_text(self) -> _Any: ...
    in_tree: _Any
    def memory_analysis(self) -> _Any: ...
    out_info: _Any
    out_tree: _Any
class Lowered:
    def __init__(self, staged: _Any) -> None: ...
    args_info: _Any
    def as_text(self, dialect: _Any = ..., *, debug_info: _b.bool = ...) -> _Any: ...
    def compile(self, compiler_options: _Any = ...) -> _Any: ...
    in_tree: _Any
    out_info: _Any
    out_tree: _Any
class Traced:
    def __init__(self, staged: _Any) -> None: ...
    args_info: _Any
    in_tree: _Any
    jaxpr: _Any
    def lower(self) -> _Any: ...
    out_info: _Any
    out_tree: _Any
class Wrapped:
    def __init__(self, fun: _Callable[..., _Any], name: _b.str | None, inline: _Any, static_argnums: _Any, static_argnames: _Any, donate_argnums: _Any, donate_argnames: _Any, parameters: _Any, flags: _Any) -> None: ...
    def __call__(self, *args: _Any, **kwargs: _Any) -> _Any: ...
    def clear_cache(self) -> _Any: ...
    def eval_shape(self, *args: _Any, **kwargs: _Any) -> _Any: ...
    def lower(self, *args: _Any, **kwargs: _Any) -> _Any: ...
    def trace(self, *args: _Any, **kwargs: _Any) -> _Any: ...
