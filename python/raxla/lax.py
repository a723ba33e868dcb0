"""`raxla.lax`: control flow, and the primitives under JAX's names."""

from raxla import _raxla, numpy as _np_
from raxla._raxla import fori_loop, while_loop
from raxla.numpy import (
    abs, acos, acosh, add, asin, asinh, atan, atan2, atanh, bitwise_and, bitwise_not, bitwise_or, bitwise_xor, cbrt, ceil, cos, cosh,
    divide as div, equal as eq, exp, exp2, expm1, floor, greater as gt, greater_equal as ge, less as lt, less_equal as le, log, log1p,
    maximum as max, minimum as min, multiply as mul, negative as neg, nextafter, not_equal as ne, power as pow, reciprocal, round, sign,
    sin, sinh, sqrt, square, subtract as sub, tan, tanh,
)


def cond(pred, true_fun, false_fun, *operands, operand=None, linear=None):
    """`true_fun` of the operands where `pred` holds, else `false_fun`; only one of both is computed.

    >>> from raxla import lax
    >>> float(lax.cond(True, lambda x: x + 1, lambda x: x - 1, 1.0))
    2.0
    """
    del linear
    if operand is not None:
        operands = (operand,)
    return _raxla.cond_call(pred, true_fun, false_fun, operands)


def switch(index, branches, *operands, operand=None):
    """One of several functions of the operands, by number."""
    if operand is not None:
        operands = (operand,)
    return _raxla.switch_call(index, list(branches), operands)


def scan(f, init, xs=None, length=None, reverse=False, unroll=1, _split_transpose=False):
    """A loop over the rows of `xs`: `f(carry, x)` gives the next carry and an output.

    >>> from raxla import lax, numpy as jnp
    >>> lax.scan(lambda c, x: (c + x, c), 0.0, jnp.arange(3.0))
    (Array(3., dtype=float32), Array([0., 0., 1.], dtype=float32, weak_type=True))
    """
    del _split_transpose
    unroll = (length or 1) if unroll is True else int(unroll)
    return _raxla.scan_call(f, init, xs, length, reverse, unroll)


def map(f, xs, *, batch_size=None):
    """`f` of each row of `xs`, one after the other."""
    del batch_size
    return scan(lambda _, x: ((), f(x)), (), xs)[1]


def select(pred, on_true, on_false):
    """The elements of one array or the other."""
    return _np_.where(pred, on_true, on_false)


def stop_gradient(x):
    """The value, as one whose derivative is 0."""
    from raxla import tree_util

    return tree_util.tree_map(_np_._rust._stop_gradient, x)


def rsqrt(x):
    """1 over the square root."""
    return _np_._rust._rsqrt(x)
