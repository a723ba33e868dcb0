"""The examples in doc strings run."""

import doctest
import importlib

import pytest

MODULES = ["raxla", "raxla._checkpoint", "raxla._custom", "raxla._derivatives", "raxla._jit", "raxla._types", "raxla._vmap",
           "raxla.lax", "raxla.nn", "raxla.numpy", "raxla.random", "raxla.tree_util"]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0
