"""Public functions whose exceptions show the user's lines and none of the package's own."""

import functools
import importlib
import types

from raxla import _raxla

_MADE = {}


def bounded(function):
    """The function as one whose exceptions show the user's lines only."""
    if not isinstance(function, types.FunctionType):
        return function
    known = _MADE.get(function)
    if known is None:
        known = functools.update_wrapper(_raxla.function(function), function)
        known.__wrapped__ = getattr(function, "__wrapped__", function)
    return known


def load(module, name):
    """A function that was pickled: its module has it as it was written."""
    return bounded(functools.reduce(getattr, name.split("."), importlib.import_module(module)))


def protect(*modules):
    """Does so with all public functions of modules that are written in Python."""
    for module in modules:
        for name, value in list(vars(module).items()):
            if isinstance(value, types.FunctionType) and not name.startswith("_") and value.__module__.startswith("raxla"):
                _MADE[value] = bounded(value)
                setattr(module, name, _MADE[value])


def imported(name):
    """A module that loads when it is first asked for."""
    module = importlib.import_module(name)
    protect(module)
    return module
