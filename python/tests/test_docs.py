"""The examples in doc strings run."""

import doctest
import importlib

import pytest

MODULES = ["raxla", "raxla._api", "raxla.lax", "raxla.nn", "raxla.numpy", "raxla.random", "raxla.tree_util"]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0
