"""`raxla.random`: random numbers, JAX's for the same keys.

A key is an array of dtype `key<fry>`, as `key` makes it; the raw words that `PRNGKey` makes serve as well.
"""

import operator as _operator

import numpy as _numpy

from raxla import _raxla, dtypes as _dtypes, numpy as _np
from raxla._config import config as _config

_rust = _raxla.random
globals().update({name: getattr(_rust, name) for name in dir(_rust) if not name.startswith("_")})


def _implementation(impl, dtype=None, name="key"):
    if dtype is not None:
        if impl is not None:
            raise ValueError(f"Cannot specify both `impl` and `dtype` arguments to jax.random.{name}")
        impl = dtype
    if impl is None:
        return _config.read("jax_default_prng_impl")
    if isinstance(impl, _dtypes.KeyTy):
        return impl._implementation
    if not isinstance(impl, str):
        raise TypeError(f"unrecognized type {type(impl)} for specifying PRNG implementation.")
    _rust._check_implementation(impl)
    return impl


def _key(name, seed, implementation, typed):
    if getattr(seed, "_keys", None) is not None:
        raise TypeError(f"{name} accepts a scalar seed, but was given a PRNG key.")
    if isinstance(seed, int):
        return _rust._key_of_number(seed, implementation, typed)
    seed = _np.asarray(seed)
    if seed.ndim:
        raise TypeError(f"{name} accepts a scalar seed, but was given an array of shape {seed.shape} != (). Use jax.vmap for batching")
    if not _dtypes.issubdtype(seed.dtype, _numpy.integer):
        raise TypeError(f"PRNG key seed must be an integer; got {seed.dtype.name}")
    return _rust._key_of_array(seed, implementation, typed)


def key(seed, *, impl=None, dtype=None):
    """The key of a seed.

    >>> key(7)
    Array((), dtype=key<fry>) overlaying:
    [0 7]
    """
    return _key("key", seed, _implementation(impl, dtype), True)


def PRNGKey(seed, *, impl=None):
    """The key of a seed as an array of words.

    >>> PRNGKey(7)
    Array([0, 7], dtype=uint32)
    """
    return _key("PRNGKey", seed, _implementation(impl), _config.read("jax_enable_custom_prng"))


def wrap_key_data(key_bits_array, *, impl=None, dtype=None):
    """The keys of an array of words.

    >>> wrap_key_data(PRNGKey(7)).shape
    ()
    """
    implementation = _implementation(impl, dtype, "wrap_key_data")
    if getattr(key_bits_array, "_keys", None) is not None:
        raise TypeError("JAX encountered invalid PRNG key data: expected an array of words, got one of keys")
    return _rust._wrap(key_bits_array, implementation)


def key_impl(keys):
    """What makes the bits of keys: `key` takes it as `impl`."""
    return _rust._implementation(keys)


def key_dtype(impl_spec=None):
    """The dtype of keys."""
    return _dtypes._key_dtype(_implementation(impl_spec))


def permutation(key, x, axis=0, independent=False, *, out_sharding=None):
    """The rows of an array in another order, or the numbers below one.

    >>> permutation(PRNGKey(0), 3).shape
    (3,)
    """
    if out_sharding is not None:
        raise NotImplementedError("permutation: `out_sharding` is not there yet")
    return _rust._permutation(key, _rows("permutation", x), axis, independent)


def _rows(name, x):
    """An array of one axis at least; for a number, the numbers below it."""
    if isinstance(x, (list, tuple)):
        raise TypeError(f"{name} requires ndarray or scalar arguments, got {type(x)}")
    if _numpy.ndim(x):
        return x
    if not _dtypes.issubdtype(_np.asarray(x).dtype, _numpy.integer):
        raise TypeError("x must be an integer or at least 1-dimensional")
    return _np.arange(_operator.index(x))


def choice(key, a, shape=(), replace=True, p=None, axis=0, mode=None):
    """Rows of an array by chance, or numbers below one.

    >>> choice(PRNGKey(0), 3, (2, 2)).shape
    (2, 2)
    """
    if not isinstance(shape, (list, tuple)):
        raise TypeError(f"shape argument of jax.random.choice must be a sequence, got {shape}")
    return _rust._choice(key, _rows("choice", a), shape, replace, p, axis, mode)
