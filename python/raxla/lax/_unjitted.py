"""Control flow by Python itself, one step after the other: what `disable_jit` makes of it, so that a debugger sees each step."""

from raxla import tree_util
from raxla._config import config
from raxla.errors import ConcretizationTypeError


def wanted(*values):
    """Whether loops and branches on these values are Python's own: not where nothing is known of them."""
    if not config.jax_disable_jit:
        return False
    try:
        for value in tree_util.tree_leaves(values):
            if hasattr(value, "tolist"):
                value.tolist()
    except ConcretizationTypeError:
        return False
    return True


def while_loop(cond_fun, body_fun, init_val):
    value = init_val
    while bool(cond_fun(value)):
        value = body_fun(value)
    return value


def fori_loop(lower, upper, body_fun, init_val):
    value = init_val
    for i in range(int(lower), int(upper)):
        value = body_fun(i, value)
    return value


def scan(f, init, xs, length, reverse):
    from raxla import numpy as jnp

    leaves, structure = tree_util.tree_flatten(xs)
    n = leaves[0].shape[0] if leaves else int(length)
    carry, outs = init, []
    for i in reversed(range(n)) if reverse else range(n):
        carry, out = f(carry, structure.unflatten([leaf[i] for leaf in leaves]))
        outs.append(out)
    if reverse:
        outs.reverse()
    if not outs:
        raise ValueError("zero-length scan is not supported in disable_jit() mode because the output type is unknown.")
    return carry, tree_util.tree_map(lambda *rows: jnp.stack(rows), *outs)
