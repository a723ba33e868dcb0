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

from raxla import numpy as jnp
from raxla import tree_util as tree_util

def check_grads(f: _Callable[..., _Any], args: _Any, order: _b.int | _b.str | None, modes: _Any = ..., atol: _Any = ..., rtol: _Any = ..., eps: _Any = ...) -> _Any: ...
def check_jvp(f: _Callable[..., _Any], f_jvp: _Any, args: _Any, atol: _Any = ..., rtol: _Any = ..., eps: _Any = ..., err_msg: _b.str = ...) -> _Any: ...
def check_vjp(f: _Callable[..., _Any], f_vjp: _Any, args: _Any, atol: _Any = ..., rtol: _Any = ..., eps: _Any = ..., err_msg: _b.str = ...) -> _Any: ...
float0: _Any
def jvp(fun: _Callable[..., _Any], primals: _Any, tangents: _Any, has_aux: _b.bool = ...) -> _Any: ...
def vjp(fun: _Callable[..., _Any], *primals: _Any, has_aux: _b.bool = ..., reduce_axes: _Any = ...) -> _Any: ...
