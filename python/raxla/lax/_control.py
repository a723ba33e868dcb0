"""Control flow: branches, loops, and functions that stand in their place."""

from raxla import _raxla, tree_util
from raxla.lax import _unjitted

associative_scan = _raxla.lax.associative_scan
_NONE_GIVEN = object()


def _chosen(name, fun):
    if not callable(fun):
        raise TypeError(f"lax.{name}: branches must be callable, got {fun}")
    return fun


def cond(pred, true_fun, false_fun, *operands, operand=_NONE_GIVEN):
    """`true_fun` of the operands where `pred` holds, else `false_fun`; only one of both is computed.

    >>> from raxla import lax
    >>> float(lax.cond(True, lambda x: x + 1, lambda x: x - 1, 1.0))
    2.0
    """
    if not callable(true_fun) and callable(false_fun) and len(operands) == 2 and callable(operands[1]):
        # The old form: an operand and a function for each branch.
        on_true, on_false = false_fun, operands[1]
        return _raxla.cond_call(pred, lambda x, _: on_true(x), lambda _, x: on_false(x), (true_fun, operands[0]))
    if operand is not _NONE_GIVEN:
        if operands:
            raise TypeError(f"if 'operand' keyword is passed then no positional operands can be passed, got operand={operand} and positional operands {operands}")
        operands = (operand,)
    if _unjitted.wanted(pred):
        return (true_fun if bool(pred) else false_fun)(*operands)
    return _raxla.cond_call(pred, _chosen("cond", true_fun), _chosen("cond", false_fun), operands)


def switch(index, branches, *operands, operand=_NONE_GIVEN):
    """One of several functions of the operands, by number; numbers out of range count as the nearest."""
    if operand is not _NONE_GIVEN:
        operands = (operand,)
    branches = [_chosen("switch", f) for f in branches]
    if not branches:
        raise ValueError("Empty branch sequence")
    if _unjitted.wanted(index):
        return branches[min(max(int(index), 0), len(branches) - 1)](*operands)
    return _raxla.switch_call(index, branches, operands)


def while_loop(cond_fun, body_fun, init_val):
    """The value after so many steps of `body_fun` that `cond_fun` holds no more.

    >>> from raxla import lax
    >>> int(lax.while_loop(lambda x: x < 100, lambda x: x * 2, 1))
    128
    """
    if _unjitted.wanted(init_val):
        return _unjitted.while_loop(cond_fun, body_fun, init_val)
    return _raxla.while_loop(cond_fun, body_fun, init_val)


def fori_loop(lower, upper, body_fun, init_val, *, unroll=None):
    """The value after `body_fun(i, value)` for each `i` from `lower` to `upper`, which is left out.

    >>> from raxla import lax
    >>> int(lax.fori_loop(0, 5, lambda i, x: x + i, 0))
    10
    """
    if _unjitted.wanted(lower, upper):
        return _unjitted.fori_loop(lower, upper, body_fun, init_val)
    return _raxla.fori_loop(lower, upper, body_fun, init_val, unroll=unroll)


def scan(f, init, xs=None, length=None, reverse=False, unroll=1, _split_transpose=False):
    """A loop over the rows of `xs`: `f(carry, x)` gives the next carry and an output.

    >>> from raxla import lax, numpy as jnp
    >>> lax.scan(lambda c, x: (c + x, c), 0.0, jnp.arange(3.0))
    (Array(3., dtype=float32), Array([0., 0., 1.], dtype=float32, weak_type=True))
    """
    del _split_transpose
    _chosen("scan", f)
    if unroll is True:
        sizes = [x.shape[0] for x in tree_util.tree_leaves(xs)]
        unroll = sizes[0] if sizes else length
    if _unjitted.wanted():
        return _unjitted.scan(f, init, xs, length, reverse)
    return _raxla.scan_call(f, init, xs, None if length is None else int(length), reverse, int(unroll) or 1)


def map(f, xs, *, batch_size=None):
    """`f` of each row of `xs`, one after the other; or of so many at a time.

    >>> from raxla import lax, numpy as jnp
    >>> lax.map(lambda x: x**2, jnp.arange(3), batch_size=2)
    Array([0, 1, 4], dtype=int32)
    """
    if batch_size is None:
        return scan(lambda _, x: ((), f(x)), (), xs)[1]
    from raxla import lax, vmap

    n = tree_util.tree_leaves(xs)[0].shape[0]
    whole = n - n % batch_size
    blocks = tree_util.tree_map(lambda x: lax.reshape(x[:whole], (whole // batch_size, batch_size, *x.shape[1:])), xs)
    rest = lambda: vmap(f)(tree_util.tree_map(lambda x: x[whole:], xs))
    if not whole:
        return rest()
    out = scan(lambda _, x: ((), vmap(f)(x)), (), blocks)[1]
    out = tree_util.tree_map(lambda x: lax.reshape(x, (whole, *x.shape[2:])), out)
    if whole == n:
        return out
    return tree_util.tree_map(lambda a, b: lax.concatenate((a, b), 0), out, rest())


def stop_gradient(x):
    """The value, as one whose derivative is 0.

    >>> import raxla as jax
    >>> float(jax.grad(lambda x: x * jax.lax.stop_gradient(x))(3.0))
    3.0
    """
    return tree_util.tree_map(_raxla.lax._stop_gradient, x)


def optimization_barrier(operand, /):
    """The value, a tree too, beyond which XLA moves nothing: all leaves are computed before any of them is used."""
    leaves, treedef = tree_util.tree_flatten(operand)
    return treedef.unflatten(_raxla.lax._optimization_barrier(leaves))


def platform_dependent(*args, default=None, **per_platform):
    """The function of the arguments that is given for the platform programs run on, or else `default`."""
    platform = _raxla.default_backend()
    kinds = {"cuda": ("cuda", "gpu"), "rocm": ("rocm", "gpu")}.get(platform, (platform,))
    fun = next((per_platform[k] for k in kinds if k in per_platform), default)
    if fun is None:
        raise NotImplementedError(f"platform_dependent: there is no function for the platform {platform}, and no default")
    return fun(*args)


def composite(decomposition, name, version=0):
    """The function itself: programs of raxla keep no names for parts of them."""
    del name, version
    return decomposition


