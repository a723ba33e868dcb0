"""`raxla.test_util`: derivatives beside differences of values.

>>> import raxla.numpy as jnp
>>> check_grads(lambda x: jnp.sin(x) * x, (jnp.float32(0.5),), order=2)
"""

import functools

import numpy as np

from raxla import float0, jvp, numpy as jnp, tree_util, vjp

_STEP = 1e-4
# How far a derivative may be from the difference, for each dtype of lower precision than float64.
_DERIVATIVES = {"float32": 2e-3, "complex64": 1e-3, "float16": 1e-2, "bfloat16": 0.1}
# How far the two values of one function may be apart.
_VALUES = {"float32": 1e-6, "complex64": 1e-6, "float16": 1e-3, "bfloat16": 1e-2, "float64": 1e-15, "complex128": 1e-15}


def _leaf_direction(random, x):
    """A random direction for a leaf; that of whole numbers is none."""
    if not _is_number(x):
        return x
    kind = jnp.result_type(x)
    part = lambda: random.standard_normal(np.shape(x))
    if jnp.issubdtype(kind, jnp.complexfloating):
        return jnp.asarray(part() + 1j * part(), dtype=kind)
    return jnp.asarray(part(), dtype=kind) if jnp.issubdtype(kind, jnp.floating) else np.zeros(np.shape(x), float0)


def _direction(random, tree):
    return tree_util.tree_map(lambda x: _leaf_direction(random, x), tree)


def _is_number(x):
    return getattr(x, "dtype", None) != float0


def _moved(x, direction, factor):
    return x + factor * direction if _is_number(direction) else x


def _dot(x, y):
    """The sum of the products of two trees' elements, each product as real numbers in a plane."""
    pairs = zip(tree_util.tree_leaves(x), tree_util.tree_leaves(y))
    wide = lambda a: np.asarray(a, dtype=np.complex128 if np.iscomplexobj(a) else np.float64)
    return sum(np.sum(wide(a) * wide(b)).real for a, b in pairs if _is_number(a) and _is_number(b))


def _chosen(given, dtypes, usual):
    """The tolerance for numbers of these dtypes: one for all, or by dtype."""
    if isinstance(given, dict):
        given = {str(np.dtype(kind)): tolerance for kind, tolerance in given.items()}
        return max(given.get(str(kind), usual) for kind in dtypes)
    return usual if given is None else given


def _close(got, wanted, atol, rtol, usual, what):
    got, wanted = tree_util.tree_leaves(got), tree_util.tree_leaves(wanted)
    assert len(got) == len(wanted), f"{what}: {len(got)} leaves, expected {len(wanted)}"
    for a, b in zip(got, wanted):
        a, b = np.asarray(a), np.asarray(b)
        if a.dtype == float0:
            continue
        least = max(usual.get(str(x.dtype), 1e-5 if usual is _DERIVATIVES else 0) for x in (a, b))
        wide = lambda x: x.astype(np.complex128 if np.iscomplexobj(x) else np.float64)
        np.testing.assert_allclose(wide(a), wide(b), atol=_chosen(atol, (a.dtype, b.dtype), least), rtol=_chosen(rtol, (a.dtype, b.dtype), least), err_msg=what)


def _difference(f, args, direction, eps):
    """The derivative of a function in a direction, as a difference."""
    step = lambda factor: f(*tree_util.tree_map(lambda x, t: _moved(x, t, factor), args, direction))
    inexact = lambda a: _is_number(a) and jnp.issubdtype(jnp.result_type(a), jnp.inexact)
    each = lambda a, b: (a - b) * (0.5 / eps) if inexact(a) else _leaf_direction(None, a)
    return tree_util.tree_map(each, step(eps), step(-eps))


def check_jvp(f, f_jvp, args, atol=None, rtol=None, eps=_STEP, err_msg=""):
    """Raises AssertionError unless `f_jvp(args, tangents)` gives the value of `f` and, in a random direction, the difference of its values."""
    args = tuple(args)
    direction = _direction(np.random.RandomState(0), args)
    value, derivative = f_jvp(args, direction)
    where = f"{err_msg}: " if err_msg else ""
    _close(value, f(*args), None, None, _VALUES, f"{where}the value that the JVP gives")
    _close(derivative, _difference(f, args, direction, eps), atol, rtol, _DERIVATIVES, f"{where}the tangent that the JVP gives")


def check_vjp(f, f_vjp, args, atol=None, rtol=None, eps=_STEP, err_msg=""):
    """Raises AssertionError unless `f_vjp(*args)` gives the value of `f` and a function whose cotangents agree with the difference of its values in
    random directions."""
    args = tuple(args)
    random = np.random.RandomState(0)
    value, pull = f_vjp(*args)
    where = f"{err_msg}: " if err_msg else ""
    _close(value, f(*args), None, None, _VALUES, f"{where}the value that the VJP gives")
    direction = _direction(random, args)
    difference = _difference(f, args, direction, eps)
    weights = _direction(random, value)
    kinds = [jnp.result_type(x) for x in tree_util.tree_leaves((args, value)) if _is_number(x)]
    coarse = max((_DERIVATIVES.get(str(kind), 1e-5) for kind in kinds if jnp.issubdtype(kind, jnp.inexact)), default=0)
    got, wanted = _dot(direction, pull(weights)), _dot(difference, weights)
    pick = lambda given: _chosen(given, kinds, coarse)
    np.testing.assert_allclose(got, wanted, atol=pick(atol), rtol=pick(rtol), err_msg=f"{where}the cotangents that the VJP gives")


def check_grads(f, args, order, modes=("fwd", "rev"), atol=None, rtol=None, eps=None):
    """Raises AssertionError unless the derivatives of `f` at `args`, up to an order, agree with differences of values in random directions.

    `modes` names those that are checked: "fwd" and "rev"."""
    eps = _STEP if eps is None else eps
    modes = [modes] if isinstance(modes, str) else list(modes)

    def check(f, args, order, modes, where):
        for mode in modes:
            name = f"{where} {mode}".strip()
            if mode == "fwd":
                forward = functools.partial(jvp, f)
                check_jvp(f, forward, args, atol, rtol, eps, f"{name} of order {order}")
                if order > 1:
                    direction = _direction(np.random.RandomState(0), tuple(args))
                    check(lambda *xs: forward(xs, direction)[1], args, order - 1, modes, name)
            elif mode == "rev":
                reverse = functools.partial(vjp, f)
                check_vjp(f, reverse, args, atol, rtol, eps, f"{name} of order {order}")
                if order > 1:
                    weights = _direction(np.random.RandomState(0), f(*args))
                    check(lambda *xs: reverse(*xs)[1](weights), args, order - 1, modes, name)
            else:
                raise ValueError(f"check_grads: a mode is 'fwd' or 'rev', got {mode!r}")

    check(f, tuple(args), order, modes, "")
