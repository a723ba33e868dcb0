"""Functions of Python that programs call while they run."""

import functools

import numpy as np

from raxla import _raxla, tree_util
from raxla._raxla import Array, effects_barrier  # noqa: F401


def pure_callback(callback, result_shape_dtypes, *args, sharding=None, vmap_method=None, **kwargs):
    """Calls a function of Python that has no effects, wherever the program runs.

    `result_shape_dtypes` is a tree of what has a shape and a dtype, like the tree that the function returns.

    >>> import numpy as np, raxla as jax, raxla.numpy as jnp
    >>> f = lambda x: jax.pure_callback(lambda x: np.sort(np.asarray(x)), x, x)
    >>> jax.jit(f)(jnp.array([2.0, 1.0]))
    Array([1., 2.], dtype=float32)
    """
    if sharding is not None:
        raise NotImplementedError("pure_callback: `sharding` is not there yet")
    return _raxla.pure_callback_call(callback, result_shape_dtypes, (args, kwargs), vmap_method)


def io_callback(callback, result_shape_dtypes, *args, sharding=None, ordered=False, **kwargs):
    """Calls a function of Python that may do anything, once for each time that the program gets there."""
    if sharding is not None:
        raise NotImplementedError("io_callback: `sharding` is not there yet")
    return _raxla.io_callback_call(callback, result_shape_dtypes, (args, kwargs), ordered)


def _is_array(leaf):
    return isinstance(leaf, (Array, np.ndarray, np.generic, bool, int, float, complex))


def _show(callback, args, kwargs, ordered):
    """Calls a function with values as they come; leaves that are no arrays are the function's own."""
    leaves, structure = tree_util.tree_flatten((args, kwargs))
    arrays = [leaf for leaf in leaves if _is_array(leaf)]

    @functools.wraps(callback)
    def shown(*values):
        rest = iter(values)
        args, kwargs = structure.unflatten([next(rest) if _is_array(leaf) else leaf for leaf in leaves])
        callback(*args, **kwargs)
        return ()

    _raxla.debug_callback_call(shown, (tuple(arrays), {}), ordered)


def _now_or_later(name, call, first, args, kwargs):
    """Calls with the arguments, or without any gives the function that is yet to be called with them."""
    if first is not None:
        return call(first, *args, **kwargs)
    if args or kwargs:
        raise TypeError(f"debug_{name} received unexpected arguments in the two-call form: {args=} {kwargs=}")
    return call


def debug_callback(callback=None, *args, ordered=False, partitioned=False, **kwargs):
    """Shows values to a function of Python, each time that the program gets there."""
    del partitioned

    def call(callback, /, *args, **kwargs):
        if not callable(callback):
            raise TypeError(f"first argument to jax.debug.callback must be callable, but got {callback!r}")
        _show(callback, args, kwargs, ordered)

    return _now_or_later("callback", call, callback, args, kwargs)


def debug_print(fmt=None, *args, ordered=False, partitioned=False, skip_format_check=False, **kwargs):
    """Prints a line each time that the program gets there, with values in the places of `{}` and `{name}`.

    >>> import raxla as jax
    >>> _ = jax.jit(lambda x: jax.debug.print("x is {x}", x=x))(1)
    >>> jax.effects_barrier()
    x is 1
    """
    del partitioned

    def call(fmt, /, *args, **kwargs):
        if not skip_format_check:
            _check_format(fmt, args, kwargs)
        # NumPy's options belong to a thread, and the program may call from another.
        options = np.get_printoptions()

        def show(*args, **kwargs):
            with np.printoptions(**options):
                print(fmt.format(*args, **kwargs))

        _show(show, args, kwargs, ordered)

    return _now_or_later("print", call, fmt, args, kwargs)


def debug_log(fmt, *args, ordered=False, **kwargs):
    """`debug_print` to the logger `raxla.debug`."""
    import logging

    _check_format(fmt, args, kwargs)
    _show(lambda *a, **k: logging.getLogger("raxla.debug").info(fmt.format(*a, **k)), args, kwargs, ordered)


def _check_format(fmt, args, kwargs):
    import string

    class Checked(string.Formatter):
        def format_field(self, value, spec):
            return ""

        def check_unused_args(self, used, args, kwargs):
            unused = [i for i in range(len(args)) if i not in used] + [k for k in kwargs if k not in used]
            if unused:
                raise ValueError(f"Unused arguments to `jax.debug.print`: {unused} in {fmt!r}")

    Checked().vformat(fmt, args, kwargs)
