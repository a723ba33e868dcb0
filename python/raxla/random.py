"""`raxla.random`: random numbers, JAX's for the same keys.

Keys are arrays of two 32-bit words, as `jax.random.PRNGKey` makes them; `key` gives the same (JAX's typed keys are not there yet).
"""

from raxla import _raxla, numpy as _np

_rust = _raxla.random
globals().update({name: getattr(_rust, name) for name in dir(_rust) if not name.startswith("_")})


def PRNGKey(seed, *, impl=None):
    """The key of a seed.

    >>> PRNGKey(7)
    Array([0, 7], dtype=uint32)
    """
    if impl not in (None, "threefry2x32"):
        raise NotImplementedError(f"PRNGKey: the implementation {impl} is not there yet")
    if isinstance(seed, int):
        return _rust._key_of_number(seed)
    seed = _np.asarray(seed)
    return _np.stack([_np.zeros((), dtype=_np.uint32), _np.astype(seed, _np.uint32)])


key = PRNGKey


def key_data(keys):
    """The words of a key."""
    return keys


def wrap_key_data(key_bits_array, *, impl=None):
    """A key of its words."""
    del impl
    return key_bits_array


def permutation(key, x, axis=0, independent=False):
    """The rows of an array in another order, or the numbers below one.

    >>> permutation(PRNGKey(0), 3).shape
    (3,)
    """
    rows = _np.arange(x) if isinstance(x, int) else _np.asarray(x)
    return _rust._permutation(key, rows, axis, independent)


def choice(key, a, shape=(), replace=True, p=None, axis=0, mode=None):
    """Rows of an array by chance, or numbers below one."""
    del mode
    rows = _np.arange(a) if isinstance(a, int) else _np.asarray(a)
    return _rust._choice(key, rows, shape, replace, p, axis)
