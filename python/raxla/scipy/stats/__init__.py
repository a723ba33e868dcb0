"""`raxla.scipy.stats`: distributions, each a module of functions, ranks and densities.

>>> from raxla.scipy import stats
>>> float(stats.norm.cdf(0.0))
0.5
"""

import sys as _sys
import types as _types
import typing as _typing

from raxla import _raxla
from raxla.scipy.stats._density import gaussian_kde

_rust = _raxla.stats
for _name in dir(_rust):
    _value = getattr(_rust, _name)
    if isinstance(_value, _types.ModuleType):
        # So that `import raxla.scipy.stats.norm` finds it.
        _sys.modules[f"{__name__}.{_name}"] = _value
        globals()[_name] = _value

rankdata, sem = _rust.rankdata, _rust.sem


class ModeResult(_typing.NamedTuple):
    """The commonest elements, and how often they are there."""

    mode: _raxla.Array
    count: _raxla.Array


def mode(a, axis=0, nan_policy="propagate", keepdims=False):
    """The commonest element along an axis, and how often it is there."""
    return ModeResult(*_rust._mode(a, axis, nan_policy, keepdims))
