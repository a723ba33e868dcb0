"""Pytrees: nested tuples, lists, dicts, named tuples, `None`, and registered classes."""

import dataclasses
import functools
from typing import Any

from raxla._raxla import (
    PyTreeDef,
    node_keys as _node_keys,
    register_pytree_node as _register,
    tree_flatten,
    tree_map,
    treedef_tuple,
)

__all__ = [
    "DictKey", "FlattenedIndexKey", "GetAttrKey", "Partial", "PyTreeDef", "SequenceKey", "all_leaves", "build_tree", "keystr",
    "register_dataclass", "register_pytree_node", "register_pytree_node_class", "register_pytree_with_keys",
    "register_pytree_with_keys_class", "register_static", "tree_all", "tree_broadcast", "tree_flatten", "tree_flatten_with_path",
    "tree_leaves", "tree_leaves_with_path", "tree_map", "tree_map_with_path", "tree_reduce", "tree_reduce_associative",
    "tree_structure", "tree_transpose", "tree_unflatten", "treedef_children", "treedef_is_leaf", "treedef_tuple",
]


@dataclasses.dataclass(frozen=True)
class SequenceKey:
    """The place of a child in a tuple or list."""

    idx: int

    def __str__(self):
        return f"[{self.idx!r}]"


@dataclasses.dataclass(frozen=True)
class DictKey:
    """The key of a child in a dict."""

    key: Any

    def __str__(self):
        return f"[{self.key!r}]"


@dataclasses.dataclass(frozen=True)
class GetAttrKey:
    """The attribute that a child is."""

    name: str

    def __str__(self):
        return f".{self.name}"


@dataclasses.dataclass(frozen=True)
class FlattenedIndexKey:
    """The number of a child of a class registered without keys."""

    key: int

    def __str__(self):
        return f"[<flat index {self.key}>]"


_KEYS = {"sequence": SequenceKey, "dict": DictKey, "attribute": GetAttrKey, "flat": FlattenedIndexKey}


def tree_unflatten(treedef, leaves):
    """The tree of a structure and its leaves.

    >>> leaves, treedef = tree_flatten({"a": 1, "b": (2, 3)})
    >>> tree_unflatten(treedef, [10 * x for x in leaves])
    {'a': 10, 'b': (20, 30)}
    """
    return treedef.unflatten(leaves)


def tree_leaves(tree, is_leaf=None):
    """The leaves of a tree.

    >>> tree_leaves({"b": 2, "a": [1, None]})
    [1, 2]
    """
    return tree_flatten(tree, is_leaf)[0]


def tree_structure(tree, is_leaf=None):
    """The structure of a tree.

    >>> tree_structure((1, [2, 3]))
    PyTreeDef((*, [*, *]))
    """
    return tree_flatten(tree, is_leaf)[1]


def tree_all(tree, *, is_leaf=None):
    """Whether all leaves hold."""
    return all(tree_leaves(tree, is_leaf))


_MISSING = object()


def tree_reduce(function, tree, initializer=_MISSING, is_leaf=None):
    """The leaves brought together, from the first on."""
    leaves = tree_leaves(tree, is_leaf)
    return functools.reduce(function, leaves) if initializer is _MISSING else functools.reduce(function, leaves, initializer)


def tree_reduce_associative(operation, tree, *, identity=_MISSING, is_leaf=None):
    """The leaves brought together in pairs, in the form of a balanced tree."""
    leaves = tree_leaves(tree, is_leaf)
    if not leaves:
        if identity is _MISSING:
            raise ValueError("tree_reduce_associative: an empty tree has no value without `identity`")
        return identity
    while len(leaves) > 1:
        pairs = [operation(a, b) for a, b in zip(leaves[::2], leaves[1::2])]
        leaves = pairs + leaves[len(leaves) - len(leaves) % 2 :]
    return leaves[0]


def tree_transpose(outer_treedef, inner_treedef, pytree_to_transpose):
    """A tree of trees as a tree of trees the other way round."""
    flat, treedef = tree_flatten(pytree_to_transpose)
    if inner_treedef is None:
        inner_treedef = tree_structure(outer_treedef.flatten_up_to(pytree_to_transpose)[0])
    n, m = inner_treedef.num_leaves, outer_treedef.num_leaves
    if treedef.num_leaves != n * m:
        raise TypeError(f"tree_transpose: expected {m} × {n} leaves, got {treedef}")
    rows = [flat[i * n : (i + 1) * n] for i in range(m)]
    return inner_treedef.unflatten([outer_treedef.unflatten(column) for column in zip(*rows)])


def tree_broadcast(prefix_tree, full_tree, is_leaf=None):
    """A prefix of a tree with each leaf repeated for the leaves below it."""
    parts, treedef = tree_flatten(prefix_tree, is_leaf)
    subtrees = treedef.flatten_up_to(full_tree)
    leaves = [leaf for leaf, sub in zip(parts, subtrees) for _ in tree_leaves(sub, is_leaf)]
    return tree_structure(full_tree, is_leaf).unflatten(leaves)


def treedef_children(treedef):
    """The structures of the children."""
    return treedef.children()


def treedef_is_leaf(treedef):
    """Whether it is the structure of a leaf."""
    return treedef.num_nodes == 1 and treedef.num_leaves == 1


def all_leaves(iterable, is_leaf=None):
    """Whether none of these is a tree with children."""
    return all(len(leaves) == 1 and leaves[0] is x for x in iterable for leaves in [tree_leaves(x, is_leaf)])


def build_tree(treedef, xs):
    """A tree of the structure of nested sequences."""
    return treedef.unflatten(tree_leaves(xs))


def _with_path(path, tree, is_leaf):
    node = None if is_leaf is not None and is_leaf(tree) else _node_keys(tree)
    if node is None:
        yield path, tree
        return
    kind, keys, children = node
    make = _KEYS.get(kind, lambda key: key)
    for key, child in zip(keys, children):
        yield from _with_path((*path, make(key)), child, is_leaf)


def tree_leaves_with_path(tree, is_leaf=None):
    """The leaves with their paths.

    >>> [(keystr(path), leaf) for path, leaf in tree_leaves_with_path({"w": [1, 2]})]
    [("['w'][0]", 1), ("['w'][1]", 2)]
    """
    return list(_with_path((), tree, is_leaf))


def tree_flatten_with_path(tree, is_leaf=None):
    """The leaves with their paths, and the structure."""
    return tree_leaves_with_path(tree, is_leaf), tree_structure(tree, is_leaf)


def tree_map_with_path(f, tree, *rest, is_leaf=None):
    """`f` applied to paths and leaves."""
    pairs, treedef = tree_flatten_with_path(tree, is_leaf)
    others = [treedef.flatten_up_to(r) for r in rest]
    return treedef.unflatten(f(path, leaf, *more) for (path, leaf), *more in zip(pairs, *others))


def keystr(keys, *, simple=False, separator=""):
    """A path as text."""
    if not simple:
        return separator.join(map(str, keys))
    return separator.join(str(getattr(k, "key", getattr(k, "idx", getattr(k, "name", k)))) for k in keys)


def register_pytree_node(nodetype, flatten_func, unflatten_func, flatten_with_keys_func=None):
    """Makes a class a kind of tree: `flatten_func` gives children and static data, `unflatten_func(data, children)` an object."""
    _register(nodetype, flatten_func, unflatten_func, flatten_with_keys_func)


def register_pytree_with_keys(nodetype, flatten_with_keys, unflatten_func, flatten_func=None):
    """`register_pytree_node` with keys of the children."""

    def flatten(tree):
        pairs, data = flatten_with_keys(tree)
        return [child for _, child in pairs], data

    _register(nodetype, flatten_func or flatten, unflatten_func, flatten_with_keys)


def register_pytree_node_class(cls):
    """A class with the methods `tree_flatten` and `tree_unflatten` as a kind of tree; a decorator."""
    _register(cls, lambda x: x.tree_flatten(), cls.tree_unflatten, None)
    return cls


def register_pytree_with_keys_class(cls):
    """A class with the methods `tree_flatten_with_keys` and `tree_unflatten` as a kind of tree; a decorator."""
    flatten = (lambda x: x.tree_flatten()) if hasattr(cls, "tree_flatten") else None
    register_pytree_with_keys(cls, lambda x: x.tree_flatten_with_keys(), cls.tree_unflatten, flatten)
    return cls


def register_dataclass(nodetype, data_fields=None, meta_fields=None, drop_fields=()):
    """A dataclass as a kind of tree; fields in `meta_fields`, or with the metadata `static`, are part of its structure."""
    if data_fields is None or meta_fields is None:
        fields = [f for f in dataclasses.fields(nodetype) if f.init and f.name not in drop_fields]
        meta_fields = [f.name for f in fields if f.metadata.get("static", False)]
        data_fields = [f.name for f in fields if f.name not in meta_fields]
    data_fields, meta_fields = tuple(data_fields), tuple(meta_fields)

    def flatten(x):
        return tuple(getattr(x, n) for n in data_fields), tuple(getattr(x, n) for n in meta_fields)

    def flatten_with_keys(x):
        return tuple((GetAttrKey(n), getattr(x, n)) for n in data_fields), tuple(getattr(x, n) for n in meta_fields)

    def unflatten(meta, data):
        return nodetype(**dict(zip(data_fields, data)), **dict(zip(meta_fields, meta)))

    _register(nodetype, flatten, unflatten, flatten_with_keys)
    return nodetype


def register_static(cls):
    """A class whose objects are structure, with no leaves; a decorator."""
    _register(cls, lambda x: ((), x), lambda x, _: x, None)
    return cls


@register_pytree_node_class
class Partial(functools.partial):
    """`functools.partial` as a tree: the function is structure, the arguments are children."""

    def tree_flatten(self):
        return (self.args, self.keywords), self.func

    @classmethod
    def tree_unflatten(cls, func, children):
        return cls(func, *children[0], **children[1])
