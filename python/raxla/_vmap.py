"""`vmap`: a function over a batch."""

from raxla import _raxla
from raxla._arguments import wraps


def vmap(fun, in_axes=0, out_axes=0, axis_name=None, axis_size=None, spmd_axis_name=None):
    """The function over a batch.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.vmap(jnp.dot, in_axes=(0, None))(jnp.eye(2), jnp.array([1.0, 2.0]))
    Array([1., 2.], dtype=float32)
    """
    del spmd_axis_name
    if isinstance(in_axes, list):
        in_axes = tuple(in_axes)

    def vmap_f(*args, **kwargs):
        if isinstance(in_axes, tuple) and len(in_axes) != len(args):
            raise ValueError("vmap in_axes must be an int, None, or a tuple of entries corresponding to the positional arguments passed "
                             f"to the function, but got {len(in_axes)=}, {len(args)=}")
        axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(args)
        f = fun
        if kwargs:
            names, args = list(kwargs), (*args, *kwargs.values())
            axes += (0,) * len(names)
            n = len(args) - len(names)
            f = wraps(fun, lambda *a: fun(*a[:n], **dict(zip(names, a[n:]))))
        name = None if axis_name is None else str(axis_name)
        return _raxla.vmap_call(f, args, axes, out_axes, name, axis_size)

    return wraps(fun, vmap_f)
