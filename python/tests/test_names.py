"""Modules have all of JAX's public names, with its parameters, but for those that `names.py` gives a reason for."""

import importlib
import importlib.util
import inspect
import pkgutil

import jax

import names
import pytest


def _public(module):
    primitive = lambda n: n.endswith("_p") and not callable(getattr(module, n))
    return [n for n in dir(module) if not n.startswith("_") and not primitive(n) and not inspect.ismodule(getattr(module, n))]


def _parameters(function):
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    return [(p.name, p.kind) for p in parameters]


def _ours(name):
    return importlib.import_module(name.replace("jax", "raxla", 1))


@pytest.mark.parametrize("name", names.MISSING)
def test_every_name_is_there_or_has_a_reason(name):
    theirs = set(_public(importlib.import_module(name)))
    left_out = set(names.MISSING[name])
    ours = {n for n in theirs if hasattr(_ours(name), n)}
    assert theirs - ours == left_out
    assert left_out <= theirs


@pytest.mark.parametrize("name", names.MISSING)
def test_parameters_are_jaxs(name):
    theirs, ours = importlib.import_module(name), _ours(name)
    differ = {}
    for n in _public(theirs):
        want = _parameters(getattr(theirs, n)) if callable(getattr(theirs, n)) and hasattr(ours, n) and not inspect.isclass(getattr(theirs, n)) else None
        if want is not None and want != _parameters(getattr(ours, n)):
            differ[n] = (want, _parameters(getattr(ours, n)))
    known = names.PARAMETERS.get(name, {})
    assert {n: d for n, d in differ.items() if n not in known} == {}
    assert set(known) <= set(differ)


def _found(package):
    """The public modules of a package of JAX's, at any depth outside of `jax.experimental`, which names those below it only."""
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if info.name.rpartition(".")[2].startswith("_"):
            continue
        yield info.name
        below = info.name in names.MODULES or info.name.startswith("jax.experimental.")
        if info.ispkg and not below:
            yield from _found(importlib.import_module(info.name))


# Packages that hold nothing but modules.
ONLY_MODULES = {"jax.scipy.cluster", "jax.scipy.spatial", "jax.scipy.sparse", "jax.example_libraries"}


def test_every_public_module_is_walked_or_has_a_reason():
    found = {"jax", *_found(jax)}
    assert found - ONLY_MODULES == set(names.MISSING) | set(names.MODULES)


@pytest.mark.parametrize("name", names.MODULES)
def test_modules_that_are_not_there_are_not(name):
    ours = name.replace("jax", "raxla", 1)
    assert importlib.util.find_spec(ours.rpartition(".")[0]) is not None
    assert importlib.util.find_spec(ours) is None


@pytest.mark.parametrize("name", sorted(ONLY_MODULES))
def test_packages_that_hold_modules_are_there(name):
    assert not [n for n in _public(importlib.import_module(name)) if n != "annotations"]
    _ours(name)
