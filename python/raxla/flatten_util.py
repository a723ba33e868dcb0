"""`raxla.flatten_util`: trees as one vector.

>>> import raxla as jax
>>> flat, unravel = ravel_pytree({"a": [1.0, 2.0], "b": 3.0})
>>> flat.tolist(), unravel(2 * flat)["b"].item()
([1.0, 2.0, 3.0], 6.0)
"""

from raxla import numpy as jnp, tree_util


def ravel_pytree(pytree):
    """The elements of a tree's leaves in one row, and the function that makes the tree of such a row again."""
    leaves, structure = tree_util.tree_flatten(pytree)
    arrays = [jnp.asarray(leaf) for leaf in leaves]
    dtype = jnp.result_type(*leaves) if leaves else jnp.dtype("float32")
    flat = jnp.concatenate([jnp.ravel(a).astype(dtype) for a in arrays]) if leaves else jnp.zeros(0, dtype=dtype)
    kinds = [(a.shape, a.dtype, a.size) for a in arrays]
    # A row of another dtype makes a tree of that dtype, unless leaves have dtypes of their own.
    alike = all(kind == dtype for _, kind, _ in kinds)

    def unravel(row):
        row = jnp.asarray(row)
        if row.shape != flat.shape:
            raise ValueError(f"unravel function given array of shape {row.shape}, but expected shape {flat.shape}")
        if not alike and row.dtype != dtype:
            raise TypeError(f"unravel function given array of dtype {row.dtype}, but expected dtype {dtype}")
        made, at = [], 0
        for shape, kind, size in kinds:
            part = jnp.reshape(row[at : at + size], shape)
            made.append(part if alike else part.astype(kind))
            at += size
        return structure.unflatten(made)

    return flat, unravel
