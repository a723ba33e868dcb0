"""`jit`, what it makes, and where arrays are."""

import functools

import numpy as np

from raxla import _raxla, tree_util
from raxla._arguments import as_names, as_numbers, parameters_of, wraps
from raxla._raxla import Array


def jit(fun=None, *, static_argnums=None, static_argnames=None, donate_argnums=None, donate_argnames=None, keep_unused=False,
        device=None, backend=None, inline=False, abstracted_axes=None, compiler_options=None, in_shardings=None, out_shardings=None):
    """The function, compiled by XLA for each kind of arguments.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> @jax.jit
    ... def selu(x, alpha=1.67, lmbda=1.05):
    ...     return lmbda * jnp.where(x > 0, x, alpha * jnp.exp(x) - alpha)
    >>> selu(jnp.array([1.0, -1.0])).shape
    (2,)
    """
    options = dict(locals())
    if fun is None:
        return functools.partial(jit, **{k: v for k, v in options.items() if k != "fun"})
    for name in ("device", "backend", "abstracted_axes", "in_shardings", "out_shardings"):
        if options[name] is not None:
            raise NotImplementedError(f"jit: `{name}` is not there yet")
    if not callable(fun):
        raise TypeError(f"Expected a callable value, got {fun}")
    parameters = parameters_of(fun)
    positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    numbers, names = as_numbers(static_argnums), as_names(static_argnames)
    known = {p.name for p in parameters}
    variadic = any(p.kind is p.VAR_KEYWORD for p in parameters)
    for name in names:
        if known and name not in known and not variadic:
            raise ValueError(f"jit got invalid argname {name!r} in static_argnames. Function does not take these args.")
    # A static argument is static whether it is passed by place or by name.
    numbers += tuple(positional.index(n) for n in names if n in positional and positional.index(n) not in numbers)
    names += tuple(positional[i] for i in numbers if -len(positional) <= i < len(positional) and positional[i] not in names)
    compiled = _raxla.PjitFunction(fun, getattr(fun, "__name__", "jitted"), list(numbers), list(names), list(as_numbers(donate_argnums)),
                                   list(as_names(donate_argnames)), positional)
    return wraps(fun, compiled)


class Lowered:
    """A function at given types, ready to compile."""

    def __init__(self, function, args, kwargs):
        self._function, self._args, self._kwargs = function, args, kwargs
        self.program, self._text = function._lower(*args, **kwargs)

    def as_text(self, dialect=None):
        """The StableHLO."""
        del dialect
        return self._text

    def compile(self):
        """The compiled function."""
        return self._function

    def __repr__(self):
        return self.program


def _lower(self, *args, **kwargs):
    """The function at the types of these arguments, before compiling."""
    return Lowered(self, args, kwargs)


_raxla.PjitFunction.lower = _lower


def named_call(fun, *, name=None):
    """The function as one equation of the program, under a name."""
    called = jit(fun)
    del name
    return called


def block_until_ready(x):
    """Waits until all arrays of a tree are there."""
    for leaf in tree_util.tree_leaves(x):
        if hasattr(leaf, "block_until_ready"):
            leaf.block_until_ready()
    return x


def device_get(x):
    """The arrays of a tree as NumPy's."""
    return tree_util.tree_map(lambda leaf: np.asarray(leaf) if isinstance(leaf, Array) else leaf, x)


def device_put(x, device=None, *, src=None, donate=False, may_alias=None):
    """The leaves of a tree as arrays on the device."""
    from raxla import numpy as jnp

    del src, donate, may_alias
    if device is not None:
        raise NotImplementedError("device_put: other devices than the first are not there yet")
    return tree_util.tree_map(jnp.asarray, x)
