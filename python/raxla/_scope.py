"""Names for parts of programs."""

import contextlib


@contextlib.contextmanager
def _named_scope(name):
    yield name


def named_scope(name):
    """With `with` or as a decorator: a name for a part of a program. Programs say the line of each operation instead.

    >>> import raxla as jax
    >>> with jax.named_scope("layer"):
    ...     pass
    """
    if not isinstance(name, str):
        raise TypeError("named_scope name argument must be a string.")
    return _named_scope(name)
