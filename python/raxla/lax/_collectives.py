"""What the members of a mapped axis know of each other. The axis has its name from `vmap(…, axis_name=…)`.

>>> import raxla as jax, raxla.numpy as jnp
>>> jax.vmap(lambda x: x / jax.lax.psum(x, "i"), axis_name="i")(jnp.array([1.0, 3.0]))
Array([0.25, 0.75], dtype=float32)
"""

import math

from raxla import _raxla, tree_util

_rust = _raxla.lax


def _names(axis_name):
    return tuple(str(n) for n in axis_name) if isinstance(axis_name, (tuple, list)) else (str(axis_name),)


def _one_name(name, axis_name):
    names = _names(axis_name)
    if len(names) != 1:
        raise NotImplementedError(f"{name}: takes one mapped axis, got {axis_name}")
    return names[0]


def _no_groups(axis_index_groups):
    if axis_index_groups is not None:
        raise NotImplementedError("axis_index_groups are not supported in collectives over axes of vmap")


def _of_each_leaf(f, x, axis_name, axis_index_groups):
    _no_groups(axis_index_groups)

    def over_all(leaf):
        for name in _names(axis_name):
            leaf = f(leaf, name)
        return leaf

    return tree_util.tree_map(over_all, x)


def psum(x, axis_name, *, axis_index_groups=None):
    """The sum over all members of a mapped axis, of trees too. Of a number it is that many times the number, at once."""

    def summed(leaf, name):
        if isinstance(leaf, (int, float, complex)) and not isinstance(leaf, bool):
            return leaf * axis_size(name)
        if getattr(leaf, "dtype", None) == bool or isinstance(leaf, bool):
            leaf = _rust.convert_element_type(leaf, "int32")
        return _rust._psum(leaf, name)

    return _of_each_leaf(summed, x, axis_name, axis_index_groups)


def pmean(x, axis_name, *, axis_index_groups=None):
    """The mean over all members of a mapped axis."""
    n = axis_size(axis_name)
    return tree_util.tree_map(lambda s: s / n, psum(x, axis_name, axis_index_groups=axis_index_groups))


def pmax(x, axis_name, *, axis_index_groups=None):
    """The greatest of all members of a mapped axis, element by element."""
    return _of_each_leaf(_rust._pmax, x, axis_name, axis_index_groups)


def pmin(x, axis_name, *, axis_index_groups=None):
    """The least of all members of a mapped axis, element by element."""
    return _of_each_leaf(_rust._pmin, x, axis_name, axis_index_groups)


def axis_size(axis_name):
    """How many members a mapped axis has; of several axes together."""
    return math.prod(_rust._axis_size(name) for name in _names(axis_name))


def axis_index(axis_name):
    """Which member of a mapped axis this is; of several axes, counted with the last one fastest."""
    first, *rest = _names(axis_name)
    index = _rust._axis_index(first)
    for name in rest:
        index = index * axis_size(name) + _rust._axis_index(name)
    return index


def all_gather(x, axis_name, *, axis_index_groups=None, axis=0, tiled=False):
    """The arrays of all members of a mapped axis, along a new axis; or behind each other along one that is there (`tiled`)."""
    _no_groups(axis_index_groups)

    def gathered(leaf):
        rank = leaf.ndim + (not tiled)
        at = axis + rank if axis < 0 else axis
        names = _names(axis_name)
        for name in reversed(names):
            leaf = _rust._all_gather(leaf, name)
        k = len(names)
        sizes = leaf.shape[k:]
        leaf = _rust.reshape(leaf, (math.prod(leaf.shape[:k]), *sizes))
        leaf = _rust.transpose(leaf, (*range(1, at + 1), 0, *range(at + 1, leaf.ndim)))
        return _rust.reshape(leaf, (*sizes[:at], leaf.shape[at] * sizes[at], *sizes[at + 1 :])) if tiled else leaf

    return tree_util.tree_map(gathered, x)


def ppermute(x, axis_name, perm):
    """The array of another member of a mapped axis, by pairs of sources and destinations; zeros for who is no destination."""
    name = _one_name("ppermute", axis_name)
    return tree_util.tree_map(lambda leaf: _rust._ppermute(leaf, name, [tuple(pair) for pair in perm]), x)


def pshuffle(x, axis_name, perm):
    """The array of the member that `perm` names in this one's place."""
    if sorted(perm) != list(range(axis_size(axis_name))):
        raise ValueError(f"pshuffle: perm must name each member once, got {perm}")
    return ppermute(x, axis_name, list(zip(perm, range(len(perm)))))


def pbroadcast(x, axis_name, source):
    """The array of one member of a mapped axis."""
    return tree_util.tree_map(lambda leaf: _rust._all_gather(leaf, _one_name("pbroadcast", axis_name))[source], x)


def _divided(leaf, axis, n):
    """The axis as two, of which the first has `n` places."""
    if leaf.shape[axis] % n:
        raise ValueError(f"axis {axis} of {leaf.shape} cannot be divided into {n} parts")
    return _rust.reshape(leaf, (*leaf.shape[:axis], n, leaf.shape[axis] // n, *leaf.shape[axis + 1 :]))


def all_to_all(x, axis_name, split_axis, concat_axis, *, axis_index_groups=None, tiled=False):
    """Parts along `split_axis`, one for each member of a mapped axis, given to them; what they give stands along `concat_axis`."""
    _no_groups(axis_index_groups)
    name = _one_name("all_to_all", axis_name)
    n = axis_size(name)

    def exchanged(leaf):
        split = split_axis + leaf.ndim if split_axis < 0 else split_axis
        concat = concat_axis + leaf.ndim if concat_axis < 0 else concat_axis
        if not tiled:
            if leaf.shape[split] != n:
                raise ValueError(f"all_to_all requires the size of the mapped axis axis_name to equal x.shape[split_axis], but they are {n} and {leaf.shape[split]} respectively.")
            return _rust._all_to_all(leaf, name, split, concat)
        # The axis of members comes to stand in front of the one that it is merged with.
        leaf = _rust._all_to_all(_divided(leaf, split, n), name, split, concat)
        sizes = leaf.shape
        return _rust.reshape(leaf, (*sizes[:concat], sizes[concat] * sizes[concat + 1], *sizes[concat + 2 :]))

    return tree_util.tree_map(exchanged, x)


def pswapaxes(x, axis_name, axis, *, axis_index_groups=None):
    """An axis exchanged with a mapped axis of its size."""
    return all_to_all(x, axis_name, axis, axis, axis_index_groups=axis_index_groups)


def psum_scatter(x, axis_name, *, scatter_dimension=0, axis_index_groups=None, tiled=False):
    """This member's part of the sum over all members of a mapped axis, along an axis that disappears, or is divided (`tiled`)."""
    _no_groups(axis_index_groups)
    name = _one_name("psum_scatter", axis_name)
    part = lambda leaf: _rust._psum_scatter(_divided(leaf, scatter_dimension, axis_size(name)) if tiled else leaf, name, scatter_dimension)
    return tree_util.tree_map(part, x)
