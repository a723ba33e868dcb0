"""`vmap`: a function over a batch."""

from raxla import _raxla, tree_util
from raxla._arguments import check_callable, wraps


def _check_axes(what, axes):
    for leaf in tree_util.tree_leaves(axes):
        if type(leaf) is not int:
            raise TypeError(f"vmap {what} must be an int, None, or (nested) container with those types as leaves, but got {axes}.")


def _without_axis(fun, args, axes):
    mapped = [i for i, axis in enumerate(axes) if axis is not None]
    if len(mapped) == len(args):
        return fun, args, axes

    def f(*some):
        every = list(args)
        for i, x in zip(mapped, some):
            every[i] = x
        return fun(*every)

    return wraps(fun, f), tuple(args[i] for i in mapped), tuple(axes[i] for i in mapped)


def vmap(fun, in_axes=0, out_axes=0, axis_name=None, axis_size=None, spmd_axis_name=None, sum_match=False):
    """The function over a batch.

    `spmd_axis_name` says over which devices the batch is spread, and `sum_match` how outputs without a batch axis are: on one device
    both change nothing.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.vmap(jnp.dot, in_axes=(0, None))(jnp.eye(2), jnp.array([1.0, 2.0]))
    Array([1., 2.], dtype=float32)
    """
    del spmd_axis_name, sum_match
    check_callable(fun)
    if isinstance(in_axes, list):
        in_axes = tuple(in_axes)
    if not (in_axes is None or type(in_axes) in (int, tuple) or isinstance(in_axes, tuple)):
        raise TypeError("vmap in_axes must be an int, None, or a tuple of entries corresponding to the positional arguments passed to the "
                        f"function, but got {in_axes}.")
    _check_axes("in_axes", in_axes)
    _check_axes("out_axes", out_axes)

    def vmap_f(*args, **kwargs):
        if isinstance(in_axes, tuple) and len(in_axes) != len(args):
            raise ValueError("vmap in_axes must be an int, None, or a tuple of entries corresponding to the positional arguments passed "
                             f"to the function, but got {len(in_axes)=}, {len(args)=}")
        if axis_size is None and not tree_util.tree_leaves((args, kwargs)):
            raise ValueError("vmap wrapped function must be passed at least one argument containing an array or axis_size must be "
                             f"specified, got empty *args={args} and **kwargs={kwargs}")
        axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(args)
        f = fun
        if kwargs:
            names, args = list(kwargs), (*args, *kwargs.values())
            axes += (0,) * len(names)
            n = len(args) - len(names)
            f = wraps(fun, lambda *a: fun(*a[:n], **dict(zip(names, a[n:]))))
        if axis_size is not None or any(axis is not None for axis in axes):
            # What has no axis is no business of the batch, and need not be an array.
            f, args, axes = _without_axis(f, args, axes)
        name = None if axis_name is None else str(axis_name)
        return _raxla.vmap_call(f, args, axes, out_axes, name, axis_size)

    return wraps(fun, vmap_f)
