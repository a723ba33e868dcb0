"""Names for parts of programs."""

import contextlib

from raxla import _raxla


@contextlib.contextmanager
def _named_scope(name):
    before = _raxla.enter_scope(name)
    try:
        yield name
    finally:
        _raxla.leave_scope(before)


def named_scope(name):
    """With `with` or as a decorator: a name for a part of a program, for profilers. `as_text` shows it with each operation.

    Programs that differ in names alone share one executable, which has the names of the first.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> @jax.jit
    ... def f(x):
    ...     with jax.named_scope("layer"):
    ...         return jnp.sin(x)
    >>> "jit(f)/layer/sin" in f.lower(1.0).as_text(debug_info=True)
    True
    """
    if not isinstance(name, str):
        raise TypeError("named_scope name argument must be a string.")
    return _named_scope(name)


def named_call(fun, *, name=None):
    """The function, whose operations have its name in the program, or the given one.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> "mean_of_squares/sqrt" in jax.jit(jax.named_call(lambda x: jnp.sqrt(x), name="mean_of_squares")).lower(1.0).as_text()
    True
    """
    return named_scope(fun.__name__ if name is None else name)(fun)
