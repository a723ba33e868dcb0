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

from . import cluster as cluster
from . import fft as fft
from . import integrate as integrate
from . import interpolate as interpolate
from . import linalg as linalg
from . import ndimage as ndimage
from . import optimize as optimize
from . import signal as signal
from . import sparse as sparse
from . import spatial as spatial
from . import special as special
from . import stats as stats

