"""One check for all tables: an expression means the same in raxla and in JAX."""

import collections
import functools
import importlib
import types

import jax as real_jax
import numpy as np

import raxla

# The oracle compiles thousands of small programs once each; how fast they run does not matter.
real_jax.config.update("jax_disable_most_optimizations", True)


def _world(jax, jnp, lax):
    tree_util = jax.tree_util
    part = lambda name: importlib.import_module(f"{jax.__name__}.{name}")
    for name in ("cluster.vq", "fft", "integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse.linalg", "spatial.transform",
                 "special", "stats"):
        part(f"scipy.{name}")
    return {"jax": jax, "jnp": jnp, "lax": lax, "np": np, "tree_util": tree_util, "functools": functools, "collections": collections,
            "float32": jnp.float32, "jsp": part("scipy"), "image": part("image"), "ops": part("ops"), "ad_checkpoint": part("ad_checkpoint"), "odeint": part("experimental.ode").odeint}


import jax.numpy  # noqa: E402

WORLDS = [_world(raxla, raxla.numpy, raxla.lax), _world(real_jax, real_jax.numpy, real_jax.lax)]


def leaves_of(world, value):
    return world["jax"].tree_util.tree_leaves(value)


def evaluate(world, code):
    """The value of an expression; of several lines, the value of `out`."""
    space = dict(world)
    if "\n" not in code.strip():
        return eval(code, space)
    exec(code, space)
    return space["out"]


def check(code, tolerance=None, weak=True):
    """Both packages give the same: structure, shapes, dtypes, weak types unless `weak` is false, values."""
    check_same(*(evaluate(world, code) for world in WORLDS), tolerance, weak)


def check_same(ours, theirs, tolerance=None, weak=True):
    """A tree of raxla's is JAX's: structure, shapes, dtypes, weak types, values."""
    assert str(raxla.tree_util.tree_structure(ours)) == str(real_jax.tree_util.tree_structure(theirs))
    pairs = list(zip(leaves_of(WORLDS[0], ours), leaves_of(WORLDS[1], theirs), strict=True))
    for a, b in pairs:
        if not hasattr(b, "dtype"):
            assert a == b and type(a) is type(b), (a, b)
            continue
        assert tuple(a.shape) == tuple(b.shape), (a, b)
        if str(b.dtype).startswith("key<"):
            assert str(a.dtype) == str(b.dtype) and repr(a) == repr(b)
            continue
        assert np.dtype(a.dtype) == np.dtype(b.dtype), (a.dtype, b.dtype)
        assert not weak or getattr(a, "weak_type", False) == getattr(b, "weak_type", False), f"weak_type of {a!r} and {b!r}"
        x, y = np.asarray(a), np.asarray(b)
        if x.dtype.kind in "fcV" and x.dtype.names is None:
            x, y = x.astype(np.complex128 if x.dtype.kind == "c" else np.float64), y.astype(np.complex128 if y.dtype.kind == "c" else np.float64)
            # Two roundings of f32; the rows are small.
            near = tolerance or {"bfloat16": 2e-2, "float16": 2e-3}.get(str(np.asarray(b).dtype), 2e-6)
            np.testing.assert_allclose(x, y, rtol=near, atol=near)
        else:
            np.testing.assert_array_equal(x, y)


def error_of(world, code):
    """The class and text of the exception that code ends in."""
    try:
        evaluate(world, code)
    except Exception as error:  # noqa: BLE001
        return error
    raise AssertionError(f"no error: {code}")


def check_error(code, kind, *texts):
    """Both packages raise, and ours is of the class `kind`, names included, and says the texts."""
    ours, theirs = (error_of(world, code) for world in WORLDS)
    assert kind in [c.__name__ for c in type(ours).__mro__], repr(ours)
    assert kind in [c.__name__ for c in type(theirs).__mro__], repr(theirs)
    for text in texts:
        assert text in str(ours), str(ours)


types  # what rows may use
