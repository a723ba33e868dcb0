"""JAX's tutorials as programs: each means the same in raxla and in JAX.

A program is a function of a module of `tutorials/`. It asks for what it uses by the names of its parameters (`jax`, `jnp`, `lax`, `np`,
`raises`), and gives a tree of results.
"""

import importlib
import inspect
import pathlib

import pytest
from both import WORLDS, check_same


class Raised:
    """The class of an exception; equal to one that it is a kind of, by name."""

    def __init__(self, error):
        self.names = [c.__name__ for c in type(error).__mro__]
        self.text = repr(error)

    def __eq__(self, other):
        return other.names[0] in self.names

    def __repr__(self):
        return self.text


def raises(f, *args, **kwargs):
    """The exception that a call ends in."""
    try:
        out = f(*args, **kwargs)
    except Exception as error:  # noqa: BLE001
        return Raised(error)
    raise AssertionError(f"no exception, but {out}")


def programs():
    for path in sorted((pathlib.Path(__file__).parent / "tutorials").glob("[a-z]*.py")):
        module = importlib.import_module(f"tutorials.{path.stem}")
        for name, f in vars(module).items():
            if inspect.isfunction(f) and f.__module__ == module.__name__ and not name.startswith("_"):
                yield pytest.param(f, id=f"{path.stem}-{name}")


def run(f, world):
    given = {**world, "raises": raises}
    out = f(*(given[name] for name in inspect.signature(f).parameters if name in given))
    # JAX computes at once, so that a number that passes through stays one of Python's.
    number = lambda x: world["jnp"].asarray(x) if isinstance(x, (bool, int, float, complex)) else x
    return world["jax"].tree_util.tree_map(number, out)


@pytest.mark.parametrize("f", programs())
def test_tutorials_are_jaxs(f):
    tolerance = inspect.signature(f).parameters.get("tolerance")
    check_same(run(f, WORLDS[0]), run(f, WORLDS[1]), tolerance and tolerance.default)
