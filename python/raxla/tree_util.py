"""Pytrees: nested tuples, lists, dicts, named tuples, `None`, and registered classes."""

import collections
import dataclasses
import functools
from collections.abc import Hashable
from typing import Any, TypeVar

from raxla._prefix import raise_prefix_error as _raise_prefix_error
from raxla._raxla import (
    PyTreeDef,
    is_tree_node,
    one_level as _one_level,
    register_pytree_node as _register_node,
    tree_flatten,
    tree_flatten_with_path,
    tree_map,
    treedef_tuple,
)

__all__ = [
    "DictKey", "FlattenedIndexKey", "GetAttrKey", "KeyEntry", "KeyPath", "Partial", "PyTreeDef", "SequenceKey", "all_leaves",
    "build_tree", "default_registry", "flatten_one_level", "flatten_one_level_with_keys", "is_tree_node", "keystr",
    "register_dataclass", "register_pytree_node", "register_pytree_node_class", "register_pytree_with_keys",
    "register_pytree_with_keys_class", "register_static", "tree_all", "tree_broadcast", "tree_flatten", "tree_flatten_with_path",
    "tree_leaves", "tree_leaves_with_path", "tree_map", "tree_map_with_path", "tree_reduce", "tree_reduce_associative",
    "tree_structure", "tree_transpose", "tree_unflatten", "treedef_children", "treedef_is_leaf", "treedef_tuple",
]

KeyEntry = TypeVar("KeyEntry", bound=Hashable)
KeyPath = tuple[KeyEntry, ...]


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
    """The leaves brought together in the form of a balanced tree.

    >>> tree_reduce_associative(lambda a, b: f"({a}{b})", ["a", "b", "c"])
    '(a(bc))'
    """
    leaves = tree_leaves(tree, is_leaf)
    if not leaves:
        if identity is _MISSING:
            raise TypeError("Must specify identity for parallel reduction of empty sequence.")
        return identity

    def join(part):
        half = len(part) // 2
        return part[0] if len(part) == 1 else operation(join(part[:half]), join(part[half:]))

    return join(leaves)


def tree_transpose(outer_treedef, inner_treedef, pytree_to_transpose):
    """A tree of trees as a tree of trees the other way round.

    >>> tree_transpose(tree_structure([0, 0]), tree_structure({"a": 0}), [{"a": 1}, {"a": 2}])
    {'a': [1, 2]}
    """
    flat, treedef = tree_flatten(pytree_to_transpose)
    if inner_treedef is None:
        inner_treedef = tree_structure(outer_treedef.flatten_up_to(pytree_to_transpose)[0])
    n, m = inner_treedef.num_leaves, outer_treedef.num_leaves
    if treedef.num_leaves != n * m:
        raise TypeError(f"Mismatch\n{treedef}\n != \n{outer_treedef.compose(inner_treedef)}")
    rows = [flat[i * n : (i + 1) * n] for i in range(m)]
    return inner_treedef.unflatten([outer_treedef.unflatten(column) for column in zip(*rows)])


def tree_broadcast(prefix_tree, full_tree, is_leaf=None):
    """A prefix of a tree with each leaf repeated for the leaves below it.

    >>> tree_broadcast((1, 2), ([5, 6], 7))
    ([1, 1], 2)
    """
    parts, treedef = tree_flatten(prefix_tree, is_leaf)
    try:
        subtrees = treedef.flatten_up_to(full_tree)
    except ValueError:
        _raise_prefix_error("broadcast_prefix prefix_tree", prefix_tree, full_tree, is_leaf)
        raise
    leaves = [leaf for leaf, sub in zip(parts, subtrees) for _ in tree_leaves(sub)]
    return tree_structure(full_tree).unflatten(leaves)


def treedef_children(treedef):
    """The structures of the children."""
    return treedef.children()


def treedef_is_leaf(treedef):
    """Whether it is the structure of a leaf, or of `None`."""
    return treedef.num_nodes == 1


def all_leaves(iterable, is_leaf=None):
    """Whether none of these is a tree with children."""
    if is_leaf is None:
        return all(_one_level(x) is None for x in iterable)
    objects = list(iterable)
    return objects == tree_leaves(objects, is_leaf)


def build_tree(treedef, xs):
    """A tree of the structure of nested sequences."""
    return treedef.from_iterable_tree(xs)


def _level(tree):
    node = _one_level(tree)
    if node is None:
        raise ValueError(f"can't tree-flatten type: {type(tree)}")
    return node


def flatten_one_level(tree):
    """The children of a node, and what else it consists of.

    >>> flatten_one_level({"b": [1], "a": 2})
    ((2, [1]), ('a', 'b'))
    """
    children, _, data = _level(tree)
    in_list = isinstance(tree, (list, collections.OrderedDict, collections.defaultdict)) or hasattr(tree, "_fields")
    return (list if in_list else tuple)(children), data


def flatten_one_level_with_keys(tree):
    """The children of a node with their keys, and what else it consists of."""
    children, keys, data = _level(tree)
    return tuple(zip(keys, children)), data


def tree_leaves_with_path(tree, is_leaf=None, is_leaf_takes_path=False):
    """The leaves with their paths.

    >>> [(keystr(path), leaf) for path, leaf in tree_leaves_with_path({"w": [1, 2]})]
    [("['w'][0]", 1), ("['w'][1]", 2)]
    """
    return tree_flatten_with_path(tree, is_leaf, is_leaf_takes_path)[0]


def tree_map_with_path(f, tree, *rest, is_leaf=None, is_leaf_takes_path=False):
    """`f` applied to paths and leaves.

    >>> tree_map_with_path(lambda path, x: keystr(path) + str(x), [1, {"a": 2}])
    ['[0]1', {'a': "[1]['a']2"}]
    """
    pairs, treedef = tree_flatten_with_path(tree, is_leaf, is_leaf_takes_path)
    others = []
    for other in rest:
        try:
            others.append(treedef.flatten_up_to(other))
        except ValueError:
            _raise_prefix_error("tree_map_with_path tree", tree, other, None if is_leaf_takes_path else is_leaf)
            raise
    return treedef.unflatten(f(path, leaf, *more) for (path, leaf), *more in zip(pairs, *others))


def keystr(keys, *, simple=False, separator=""):
    """A path as text."""
    if not simple:
        return separator.join(map(str, keys))
    return separator.join(str(getattr(k, "key", getattr(k, "idx", getattr(k, "name", k)))) for k in keys)


def _register(nodetype, flatten, unflatten, with_keys, kind=""):
    if not isinstance(nodetype, type):
        raise TypeError(f"a kind of tree must be a class, got {nodetype!r}")
    if not callable(flatten) or not callable(unflatten):
        raise TypeError(f"the functions that take {nodetype} apart and make it again must be callable, got {flatten} and {unflatten}")
    try:
        if nodetype in (list, tuple, dict, type(None)):
            raise ValueError
        _register_node(nodetype, flatten, unflatten, with_keys)
    except ValueError:
        raise ValueError(f"Duplicate custom {kind}PyTreeDef type registration for {nodetype}.") from None


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
    """A dataclass as a kind of tree; fields in `meta_fields`, or with the metadata `static`, are part of its structure.

    >>> @register_dataclass
    ... @dataclasses.dataclass
    ... class Model:
    ...     w: float
    ...     name: str = dataclasses.field(metadata=dict(static=True))
    >>> tree_map(lambda x: 2 * x, Model(1.5, "m"))
    Model(w=3.0, name='m')
    """
    if (data_fields is None) != (meta_fields is None):
        raise TypeError("register_dataclass: data_fields and meta_fields must both be specified when either is specified. "
                        f"Got data_fields={data_fields} meta_fields={meta_fields}.")
    if data_fields is None:
        if not dataclasses.is_dataclass(nodetype):
            raise TypeError("register_dataclass: data_fields and meta_fields are required when nodetype is not a dataclass. "
                            f"Got nodetype={nodetype}.")
        fields = [f for f in dataclasses.fields(nodetype) if f.init]
        meta_fields = [f.name for f in fields if f.metadata.get("static", False)]
        data_fields = [f.name for f in fields if f.name not in meta_fields]
    data_fields, meta_fields = tuple(data_fields), tuple(meta_fields)
    if both := set(data_fields) & set(meta_fields):
        raise ValueError(f"data_fields and meta_fields must not overlap. Overlapping fields: {both}.")
    if dataclasses.is_dataclass(nodetype):
        wanted = {f.name for f in dataclasses.fields(nodetype) if f.init} - set(drop_fields)
        given = set(data_fields) | set(meta_fields)
        if given != wanted:
            missing, unexpected = wanted - given, given - wanted
            message = "data_fields and meta_fields must include all dataclass fields with ``init=True`` and only them."
            message += f" Missing fields: {missing}. Add them to drop_fields to suppress this error." if missing else ""
            raise ValueError(message + (f" Unexpected fields: {unexpected}." if unexpected else ""))

    def flatten(x):
        return [getattr(x, n) for n in data_fields], tuple(getattr(x, n) for n in meta_fields)

    def flatten_with_keys(x):
        return [(GetAttrKey(n), getattr(x, n)) for n in data_fields], tuple(getattr(x, n) for n in meta_fields)

    def unflatten(meta, data):
        return nodetype(**dict(zip(data_fields, data)), **dict(zip(meta_fields, meta)))

    _register(nodetype, flatten, unflatten, flatten_with_keys, "dataclass ")
    return nodetype


def register_static(cls):
    """A class whose objects are structure, with no leaves; a decorator."""
    _register(cls, lambda x: ((), x), lambda x, _: x, None)
    return cls


class _PyTreeRegistry:
    """The classes that are kinds of trees: there is one registry."""

    flatten = staticmethod(tree_flatten)
    flatten_with_path = staticmethod(tree_flatten_with_path)
    register_node = staticmethod(register_pytree_node)
    register_dataclass_node = staticmethod(register_dataclass)
    is_node = staticmethod(is_tree_node)

    def flatten_one_level(self, tree):
        """`flatten_one_level`; `None` for a leaf."""
        return None if _one_level(tree) is None else flatten_one_level(tree)

    def flatten_one_level_with_keys(self, tree):
        """`flatten_one_level_with_keys`; `None` for a leaf."""
        return None if _one_level(tree) is None else flatten_one_level_with_keys(tree)


default_registry = _PyTreeRegistry()


class _HashableCallableShim:
    """A partial function as one with arguments of its own: these are no children."""

    def __init__(self, fun):
        self.fun = fun

    def __call__(self, *args, **kwargs):
        return self.fun(*args, **kwargs)

    def __hash__(self):
        return hash(self.fun)

    def __eq__(self, other):
        return isinstance(other, _HashableCallableShim) and self.fun == other.fun

    def __repr__(self):
        return f"_HashableCallableShim({self.fun!r})"


@register_pytree_node_class
class Partial(functools.partial):
    """`functools.partial` as a tree: the function is structure, the arguments are children.

    >>> tree_map(lambda x: 10 * x, Partial(max, 1, 2))(3)
    20
    """

    def __new__(cls, func, *args, **kw):
        if isinstance(func, functools.partial):
            func = _HashableCallableShim(func)
        return super().__new__(cls, func, *args, **kw)

    def tree_flatten(self):
        return (self.args, self.keywords), self.func

    @classmethod
    def tree_unflatten(cls, func, children):
        return cls(func, *children[0], **children[1])
