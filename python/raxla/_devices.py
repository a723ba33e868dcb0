"""Devices, and moving data to them and away."""

import os
import sys

import numpy as np

from raxla import _raxla, tree_util
from raxla._raxla import Array, Device, default_backend, devices  # noqa: F401

os.register_at_fork(after_in_child=_raxla.after_fork_in_child)
_raxla.set_packages([folder for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))])


def local_devices(process_index=None, backend=None, host_id=None):
    """The devices of this process: all."""
    if (process_index or host_id or 0) != 0:
        raise ValueError(f"Unknown process_index {process_index or host_id}")
    return devices(backend)


def device_count(backend=None):
    """The number of devices."""
    return len(devices(backend))


local_device_count = device_count


def process_count(backend=None):
    """The number of processes: 1."""
    devices(backend)
    return 1


def process_index(backend=None):
    """The number of this process: 0."""
    devices(backend)
    return 0


def block_until_ready(x):
    """Waits until all arrays of a tree are there."""
    for leaf in tree_util.tree_leaves(x):
        if hasattr(leaf, "block_until_ready"):
            leaf.block_until_ready()
    return x


def device_get(x):
    """The arrays of a tree as NumPy's."""
    return tree_util.tree_map(lambda leaf: np.asarray(leaf) if isinstance(leaf, Array) and leaf._keys is None else leaf, x)


def device_put(x, device=None, *, src=None, donate=False, may_alias=None):
    """The leaves of a tree as arrays on a device.

    >>> import raxla as jax
    >>> jax.device_put([1.0, 2], jax.devices()[0])
    [Array(1., dtype=float32, weak_type=True), Array(2, dtype=int32, weak_type=True)]
    """
    from raxla import numpy as jnp

    del src
    if device is not None and not isinstance(device, Device):
        raise NotImplementedError(f"device_put: a device, or None, got {device!r}; shardings are not there yet")

    def put(leaf):
        array = jnp.asarray(leaf)
        moved = array if device is None else _raxla.copy_to_device(array, device)
        if moved is leaf and may_alias is False:
            moved = jnp.copy(leaf)
        if donate and moved is not array and isinstance(leaf, Array):
            leaf.delete()
        return moved

    return tree_util.tree_map(put, x)
