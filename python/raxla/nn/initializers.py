"""Numbers for weights to begin with: functions of a key, a shape and a dtype, and functions that make such functions.

>>> import raxla as jax
>>> jax.nn.initializers.ones(jax.random.key(0), (2,))
Array([1., 1.], dtype=float32)
>>> jax.nn.initializers.he_normal()(jax.random.key(0), (3, 2)).shape
(3, 2)
"""

import typing

from raxla import _raxla

_rust = _raxla.nn


@typing.runtime_checkable
class Initializer(typing.Protocol):
    """A function of a key, a shape and a dtype that gives an array."""

    def __call__(self, key, shape, dtype=None, out_sharding=None):
        raise NotImplementedError


def _no_sharding(out_sharding):
    if out_sharding is not None:
        raise NotImplementedError("initializers: shardings are not there yet")


def zeros(key, shape, dtype=None, out_sharding=None):
    """Zeros."""
    return constant(0)(key, shape, dtype, out_sharding)


def ones(key, shape, dtype=None, out_sharding=None):
    """Ones."""
    return constant(1)(key, shape, dtype, out_sharding)


def constant(value, dtype=None):
    """The same number at each place."""

    def init(key, shape, dtype=dtype, out_sharding=None):
        _no_sharding(out_sharding)
        from raxla import numpy as jnp

        return jnp.full(shape, value, dtype=dtype or jnp.float_)

    return init


def _made(name, default, *options):
    """The initializer of a function of Rust's, with these options."""
    sample = getattr(_rust, name)

    def init(key, shape, dtype=default, out_sharding=None):
        _no_sharding(out_sharding)
        return sample(key, shape, dtype, *options)

    return init


def uniform(scale=1e-2, dtype=None):
    """Numbers evenly distributed from 0 to `scale`."""
    return _made("_uniform", dtype, scale)


def normal(stddev=1e-2, dtype=None):
    """Normal numbers of a standard deviation."""
    return _made("_normal", dtype, stddev)


def truncated_normal(stddev=1e-2, dtype=None, lower=-2.0, upper=2.0):
    """Normal numbers between two others, times a standard deviation."""
    return _made("_truncated_normal", dtype, stddev, lower, upper)


def variance_scaling(scale, mode, distribution, in_axis=-2, out_axis=-1, batch_axis=(), dtype=None):
    """Numbers whose variance falls with the number of inputs or outputs, so that layers keep the scale of what passes them."""
    return _made("_variance_scaling", dtype, scale, mode, distribution, in_axis, out_axis, batch_axis)


def glorot_uniform(in_axis=-2, out_axis=-1, batch_axis=(), dtype=None):
    """Evenly distributed numbers of variance `2 / (inputs + outputs)`."""
    return variance_scaling(1.0, "fan_avg", "uniform", in_axis, out_axis, batch_axis, dtype)


def glorot_normal(in_axis=-2, out_axis=-1, batch_axis=(), dtype=None):
    """Normal numbers of variance `2 / (inputs + outputs)`."""
    return variance_scaling(1.0, "fan_avg", "truncated_normal", in_axis, out_axis, batch_axis, dtype)


def lecun_uniform(in_axis=-2, out_axis=-1, batch_axis=(), dtype=None):
    """Evenly distributed numbers of variance `1 / inputs`."""
    return variance_scaling(1.0, "fan_in", "uniform", in_axis, out_axis, batch_axis, dtype)


def lecun_normal(in_axis=-2, out_axis=-1, batch_axis=(), dtype=None):
    """Normal numbers of variance `1 / inputs`."""
    return variance_scaling(1.0, "fan_in", "truncated_normal", in_axis, out_axis, batch_axis, dtype)


def he_uniform(in_axis=-2, out_axis=-1, batch_axis=(), dtype=None):
    """Evenly distributed numbers of variance `2 / inputs`."""
    return variance_scaling(2.0, "fan_in", "uniform", in_axis, out_axis, batch_axis, dtype)


def he_normal(in_axis=-2, out_axis=-1, batch_axis=(), dtype=None):
    """Normal numbers of variance `2 / inputs`."""
    return variance_scaling(2.0, "fan_in", "truncated_normal", in_axis, out_axis, batch_axis, dtype)


xavier_uniform, xavier_normal = glorot_uniform, glorot_normal
kaiming_uniform, kaiming_normal = he_uniform, he_normal


def orthogonal(scale=1.0, column_axis=-1, dtype=None):
    """Orthogonal matrices times a number."""
    return _made("_orthogonal", dtype, scale, column_axis)


def delta_orthogonal(scale=1.0, column_axis=-1, dtype=None):
    """Kernels of convolutions that are orthogonal matrices at their middle, zeros elsewhere."""
    return _made("_delta_orthogonal", dtype, scale, column_axis)
