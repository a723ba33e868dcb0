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

from raxla import custom_jvp as custom_jvp
from raxla import custom_vjp as custom_vjp

class CustomVJPPrimal:
    def __init__(self, value: _Any, perturbed: _Any) -> None: ...
class SymbolicZero:
    def __init__(self, aval: _Any) -> None: ...
    dtype: _Any
    ndim: _Any
    shape: _Any
    size: _Any
def closure_convert(fun: _Callable[..., _Any], *example_args: _Any) -> _Any: ...
def custom_gradient(fun: _Callable[..., _Any]) -> _Any: ...
def custom_vjp_primal_tree_values(tree: _Any) -> _Any: ...
def linear_call(fun: _Callable[..., _Any], fun_transpose: _Any, residual_args: _Any, linear_args: _Any) -> _Any: ...
def zero_from_primal(val: _Any, symbolic_zeros: _b.bool = ...) -> _Any: ...
