"""Names and signatures: every public one of `jax.numpy` is there, with the same arguments."""

import inspect
import pathlib
import re

import jax.numpy
import pytest

import raxla
import raxla.numpy

PAGE = (pathlib.Path(__file__).parents[2] / "docs/python.md").read_text()


def table(title):
    """The names that a table of the page has."""
    section = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))


MISSING, DIFFERENT = table("Names that are not there"), table("Arguments that differ")
NAMES = sorted(n for n in dir(jax.numpy) if not n.startswith("_"))


def arguments(function):
    """Names, kinds and defaults."""
    return [(p.name, p.kind.name, repr(p.default)) for p in inspect.signature(function).parameters.values()]


def test_every_name_is_there():
    assert {n for n in NAMES if not hasattr(raxla.numpy, n)} == MISSING


@pytest.mark.parametrize("name", [n for n in NAMES if n not in MISSING and callable(getattr(jax.numpy, n))])
def test_arguments_are_jaxs(name):
    try:
        theirs = arguments(getattr(jax.numpy, name))
    except ValueError:
        return  # classes of NumPy's have no signature
    ours = arguments(getattr(raxla.numpy, name))
    assert (ours == theirs) != (name in DIFFERENT)


@pytest.mark.parametrize("name", NAMES)
def test_functions_say_what_they_are(name):
    function = getattr(raxla.numpy, name, None)
    if inspect.isroutine(function) or isinstance(function, raxla.numpy.ufunc):
        assert function.__doc__


def test_every_attribute_of_arrays_is_there():
    theirs = {n for n in dir(jax.Array) if not n.startswith("_")}
    assert {n for n in theirs if not hasattr(raxla.Array, n)} == table("Attributes of arrays that are not there")
