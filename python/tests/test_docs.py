"""The examples in doc strings run."""

import doctest
import importlib

import pytest

MODULES = ["raxla", "raxla._checkpoint", "raxla._custom", "raxla._derivatives", "raxla._jit", "raxla._types", "raxla._vmap", "raxla.custom_batching", "raxla.example_libraries.optimizers", "raxla.test_util",
           "raxla.example_libraries.stax", "raxla.scipy.interpolate", "raxla.scipy.spatial.transform",
           "raxla.experimental.ode", "raxla.image", "raxla.lax", "raxla.lax._collectives", "raxla.lax._control", "raxla.lax._convolutions", "raxla.lax.linalg", "raxla.nn",
           "raxla.nn.initializers", "raxla.numpy.fft", "raxla.numpy.linalg", "raxla.ops", "raxla.scipy", "raxla.scipy.linalg", "raxla.scipy.optimize", "raxla.scipy.signal",
           "raxla.scipy.sparse.linalg", "raxla.scipy.special", "raxla.scipy.stats", "raxla.scipy.stats._density", "raxla.numpy",
           "raxla.numpy._arguments", "raxla.numpy._creation", "raxla.numpy._dtypes", "raxla.numpy._found", "raxla.numpy._functions", "raxla.random", "raxla.tree_util"]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    module = importlib.import_module(name)
    result = doctest.testmod(module)
    assert result.attempted > 0 and result.failed == 0
