"""Trees: what `tree_util` makes of them, and what it says of those that do not fit, in JAX's words."""

import pytest
from both import WORLDS, error_of, evaluate

CLASSES = """
import copy, dataclasses, pickle
from collections import OrderedDict, defaultdict, namedtuple
T = jax.tree_util
P = namedtuple("P", "x y")
class C:
    def __init__(self, *a): self.a = a
    def tree_flatten(self): return self.a, "aux"
    @classmethod
    def tree_unflatten(cls, aux, children): return cls(*children)
    def __repr__(self): return f"C{self.a}"
class D(C):
    def tree_flatten_with_keys(self): return [(T.GetAttrKey("p"), self.a[0]), (T.SequenceKey(1), self.a[1])], None
@dataclasses.dataclass
class M:
    a: object
    b: int = dataclasses.field(metadata=dict(static=True), default=1)
@dataclasses.dataclass(frozen=True)
class S:
    v: int = 0
T.register_pytree_node_class(C), T.register_pytree_with_keys_class(D), T.register_dataclass(M), T.register_static(S)
t = {"a": [1, (2, None)], "b": P(3, C(4, 5))}
td = T.tree_structure(t)
structure = T.tree_structure
"""
ROWS = [
    # Structures.
    "td", "structure(())", "structure([]), structure({}), structure(1), structure(None), structure((1,)), structure(P(1, 2))", "structure(OrderedDict(b=1, a=2))", "structure(defaultdict(list, b=1))",
    "structure(M(1))", "structure(D(1, 2))", "structure(S())", "structure(T.Partial(print, 1, x=2))", "td.num_leaves, td.num_nodes, td.children()", "td == structure(t), td != structure(1), td == 1, hash(td) == hash(structure(t))",
    "structure(OrderedDict(a=1, b=2)) == structure(OrderedDict(b=1, a=2)), structure(defaultdict(list, b=1)) == structure(defaultdict(int, b=1))", "structure(S(1)) == structure(S(1)), structure(S(1)) == structure(S(2))",
    "structure(M(1, 2)) == structure(M(1, 3)), structure(M(5, 2)) == structure(M(1, 2))", "td.compose(structure([0, 0]))", "structure([1, 1]).walk(lambda c, d: (c, d), lambda x: x * 10, [1, 2])", "structure({'a': 1, 'b': [2]}).walk(lambda c, d: (c, d), lambda x: x, [1, 2])",
    "[s.node_data() for s in (structure(1), structure(None), structure([1]), structure({'b': 1, 'a': 2}), structure(OrderedDict(b=1)), structure(defaultdict(list, b=1)), structure((1,)))]", "structure(C(1)).node_data()[1], structure(P(1, 2)).node_data()[1]",
    "structure([1, {'a': 2}]).from_iterable_tree([5, (6,)])", "T.PyTreeDef.from_node_data_and_children(T.default_registry, structure({'a': 1, 'b': 2}).node_data(), [structure(1), structure([1])])",
    "[pickle.loads(pickle.dumps(structure(x))) for x in ([1, {'a': (2, None)}], OrderedDict(b=1), defaultdict(list, b=1), 3)]", "copy.deepcopy(td), copy.copy(td)", "T.treedef_children(td), T.treedef_children(structure(1))",
    "T.treedef_is_leaf(structure(1)), T.treedef_is_leaf(structure(None)), T.treedef_is_leaf(structure([1]))", "T.treedef_tuple([td, structure(1)]), T.treedef_tuple([])",
    # Leaves.
    "T.tree_leaves({'b': 1, 'a': 2}), T.tree_leaves(OrderedDict(b=1, a=2)), T.tree_leaves({2: 1, 1: 2}), T.tree_leaves(t)", "T.tree_flatten(t)", "T.tree_flatten(tree=[1], is_leaf=None)", "T.tree_leaves([1, [2]], lambda x: isinstance(x, list) and len(x) == 1)",
    "T.tree_leaves([None, 1], is_leaf=lambda x: x is None), T.tree_leaves([None, 1])", "T.tree_unflatten(td, range(5))", "T.tree_unflatten(treedef=structure(1), leaves=iter([1]))", "td.flatten_up_to(t)", "structure([0, 0]).flatten_up_to([(1, 2), None])",
    "T.all_leaves([1, 2]), T.all_leaves([1, [2]]), T.all_leaves([None]), T.all_leaves([()]), T.all_leaves([(1,)], is_leaf=lambda x: True), T.all_leaves([])", "T.all_leaves([(1,), 2], is_leaf=lambda x: isinstance(x, tuple))",
    "[T.is_tree_node(c) for c in (list, int, C, P, type(None), OrderedDict, defaultdict, dict, tuple, S)]", "[T.flatten_one_level(x) for x in ([1, [2]], {'b': 1, 'a': 2}, C(1, 2), OrderedDict(b=1, a=2), defaultdict(list, b=1), None)]",
    "T.flatten_one_level(P(1, 2))[0], T.flatten_one_level((1, 2))[1]", "[T.flatten_one_level_with_keys(x) for x in ([1, [2]], {'b': 1, 'a': 2}, None)]", "list(T.flatten_one_level_with_keys(M(1))[0])",
    "T.default_registry.flatten([1, [2]]), T.default_registry.flatten_one_level(1), T.default_registry.flatten_one_level([1, 2])",
    # Maps and reductions.
    "T.tree_map(lambda x: x + 1, t)", "T.tree_map(lambda x, y: x + y, (1, None), (1, None))", "T.tree_map(lambda x, y: (x, y), [1, 2], [(3, 4), {'a': 5}])", "T.tree_map(lambda x: x, None)", "T.tree_map(lambda x: x + 1, defaultdict(list, b=1))",
    "T.tree_map(lambda x, y: (x, y), [None, 1], [2, 3], is_leaf=lambda x: x is None)", "T.tree_map(f=lambda x: x, tree=[1])", "T.tree_map(lambda x: x * 2, M(1, 3))", "T.tree_map(lambda x: x * 2, S(3))", "jax.tree.map(lambda x, y, z: x + y + z, [1], [2], [3])",
    "T.tree_all([True, False]), T.tree_all([]), T.tree_all([None, True]), T.tree_all(tree=[1]), T.tree_all([()], is_leaf=lambda x: x == ())", "T.tree_reduce(lambda a, b: a + b, [1, [2, 3]]), T.tree_reduce(lambda a, b: a + [b], [1, [2, 3]], []), T.tree_reduce(max, [], 5)",
    "T.tree_reduce(lambda a, b: a + b, [[1], [2]], is_leaf=lambda x: isinstance(x, list) and not isinstance(x[0], list))", "[T.tree_reduce_associative(lambda a, b: f'({a}{b})', list('abcdefg'[:n])) for n in range(1, 8)]",
    "T.tree_reduce_associative(max, [], identity='i'), T.tree_reduce_associative(max, ['a'], identity='i')", "T.tree_transpose(structure([0, 0]), structure({'a': 0, 'b': 0}), [{'a': 1, 'b': 2}, {'a': 3, 'b': 4}])",
    "T.tree_transpose(structure([0, 0]), None, [{'a': 1, 'b': 2}, {'a': 3, 'b': 4}])", "T.tree_broadcast(1, [1, 2]), T.tree_broadcast([1, 2], [(3, 4), 5]), T.tree_broadcast(None, None), jax.tree.broadcast(1, (1, 2))", "T.tree_broadcast([1, 2], [(3, 4), 5], is_leaf=lambda x: isinstance(x, tuple))",
    # Paths.
    "T.tree_flatten_with_path(t)", "[T.tree_leaves_with_path(x) for x in (OrderedDict(b=1, a=2), M(1), D(1, 2), T.Partial(print, 1, x=2), S(), defaultdict(list, b=1), 5, None)]", "[T.keystr(p) for p, _ in T.tree_leaves_with_path(t)]",
    "[T.keystr(p, simple=True) for p, _ in T.tree_leaves_with_path(t)]", "[T.keystr(p, simple=True, separator='/') for p, _ in T.tree_leaves_with_path(t)]", "[T.keystr(p, separator='|') for p, _ in T.tree_leaves_with_path(t)]", "T.keystr(()), T.keystr(('a', 1)), T.keystr(('a', 1), simple=True)",
    "T.SequenceKey(1), T.DictKey('a'), T.GetAttrKey('n'), T.FlattenedIndexKey(3)", "[str(k) for k in (T.SequenceKey(1), T.DictKey('a'), T.GetAttrKey('n'), T.FlattenedIndexKey(3))]", "T.SequenceKey(idx=1).idx, T.DictKey(key=1).key, T.GetAttrKey(name='a').name, T.FlattenedIndexKey(key=1).key",
    "T.SequenceKey(1) == T.SequenceKey(1), T.SequenceKey(1) == T.SequenceKey(2), T.SequenceKey(1) == T.FlattenedIndexKey(1), hash(T.DictKey('a')) == hash(T.DictKey('a')), T.DictKey.__match_args__", "pickle.loads(pickle.dumps(T.DictKey('a')))", "T.KeyPath",
    "T.tree_flatten_with_path([1, (2,)], is_leaf=lambda x: isinstance(x, tuple))", "T.tree_flatten_with_path([1, (2,)], is_leaf=lambda p, x: len(p) == 1, is_leaf_takes_path=True)", "T.tree_leaves_with_path([[1], 2], lambda p, x: len(p) == 1, True)",
    "T.tree_map_with_path(lambda p, x, y: (T.keystr(p), x, y), {'a': [1, 2]}, {'a': [3, 4]})", "T.tree_map_with_path(lambda p, x: (T.keystr(p), x), {'a': [1, 2]}, is_leaf=lambda p, x: len(p) == 1, is_leaf_takes_path=True)",
    # Registered classes.
    "T.Partial(print, 1, x=2)", "T.Partial(T.Partial(lambda *a: a, 1), 2)(3), T.Partial(lambda *a, **k: (a, k), 1, x=2)(3, y=4)", "T.Partial(functools.partial(print, 1), 2)", "T.tree_map(lambda x: x * 2, T.Partial(lambda *a: a, 1, 2))()",
    "structure(T.Partial(print, 1)) == structure(T.Partial(print, 2)), structure(T.Partial(print)) == structure(T.Partial(len))", "structure(T.Partial(functools.partial(print, 1), 2)).num_leaves",
    "@T.register_dataclass\n@dataclasses.dataclass\nclass Q:\n    w: float\n    n: int = jax.tree.static(default=3)\nout = structure(Q(1.0)), T.tree_map(lambda x: 2 * x, Q(1.0, 7))",
    "class R:\n    def __init__(self, u): self.u = u\nT.register_pytree_node(R, lambda r: ((r.u,), None), lambda _, c: R(*c), lambda r: (((T.GetAttrKey('u'), r.u),), None))\nout = structure(R(1)), T.tree_leaves_with_path(R([1]))",
    "class R:\n    def __init__(self, u): self.u = u\nT.register_pytree_with_keys(R, lambda r: (((T.DictKey('u'), r.u),), 'd'), lambda _, c: R(*c))\nout = structure(R(1)), T.tree_leaves_with_path(R([1]))",
    "Q = dataclasses.make_dataclass('Q', ['a', 'b'])\nT.register_dataclass(Q, ['a'], ['b'])\nout = structure(Q(1, 2))", "Q = dataclasses.make_dataclass('Q', ['a', ('b', int, 4)])\nT.register_dataclass(Q, ['a'], [], drop_fields=['b'])\nout = T.tree_map(lambda x: x, Q(1, 9))",
]
# Errors with JAX's text.
TOLD = [
    "T.tree_map(lambda x, y: x, [1, 2], [3])", "T.tree_map(lambda x, y: x, [1, 2], (3, 4))", "T.tree_map(lambda x, y: x, {'a': 1}, {'b': 1})", "T.tree_map(lambda x, y: x, C(1, 2), C(1))", "T.tree_map(lambda x, y: x, (1, None), (1, 2))",
    "T.tree_map(lambda x, y: x, OrderedDict(a=1), {'a': 1})", "T.tree_map(lambda x, y: x, OrderedDict(a=1, b=2), OrderedDict(b=1, a=2))", "T.tree_map(lambda x, y: x, {'a': 1, 'b': 2}, {'b': 1})", "T.tree_map(lambda x, y: x, M(1, 2), M(1, 3))",
    "T.tree_broadcast([1, 2], [1])", "T.tree_broadcast({'a': [1, (2, 3)]}, {'a': [1, 2]})", "T.tree_broadcast([None], [1])", "T.tree_map_with_path(lambda p, x, y: x, {'a': [1, 2]}, {'a': [3]})", "T.tree_unflatten(td, [1])", "T.tree_unflatten(td, range(9))",
    "td.flatten_up_to([1])", "T.tree_reduce_associative(max, [])", "T.tree_reduce(max, [])", "T.tree_transpose(structure([0, 0]), structure({'a': 0}), [{'a': 1, 'b': 2}, {'a': 3, 'b': 4}])", "T.tree_leaves({'b': 1, 1: 2})", "T.flatten_one_level(1)",
    "T.flatten_one_level_with_keys(1)", "T.tree_leaves([1, 2], is_leaf=lambda x: 'yes')", "T.register_dataclass(int)", "T.register_dataclass(dataclasses.make_dataclass('Q', ['a', 'b']), ['a'], ['c'])", "T.register_dataclass(dataclasses.make_dataclass('Q', ['a']), ['a'])",
]
# Errors of JAX's class.
ERRORS = [
    ("T.tree_map(1, [1])", "TypeError"), ("T.tree_unflatten(1, [1])", "AttributeError"), ("T.tree_leaves([1], is_leaf=lambda x: 1 / 0)", "ZeroDivisionError"), ("T.tree_leaves([1], is_leaf=3)", "TypeError"), ("td < td", "TypeError"),
    ("T.register_pytree_node(list, lambda x: (x, None), lambda _, c: c)", "ValueError"), ("T.register_static(S)", "ValueError"), ("T.register_dataclass(M)", "ValueError"),
    ("T.register_pytree_node(type('N', (), {}), None, None)", "TypeError"), ("T.tree_map(lambda x, y: x + y, [1], [[1]])", "TypeError"), ("jax.jit(lambda x: x)([object()])", "TypeError"),
]


def value(world, code):
    out = CLASSES + (code if "\n" in code else f"out = {code}")
    return evaluate(world, out)


@pytest.mark.parametrize("code", ROWS)
def test_trees_are_jaxs(code):
    ours, theirs = (repr(value(world, code)) for world in WORLDS)
    assert ours == theirs


@pytest.mark.parametrize("code", TOLD)
def test_errors_say_what_jax_says(code):
    ours, theirs = (error_of(world, CLASSES + f"out = {code}") for world in WORLDS)
    assert str(ours) == str(theirs) and type(theirs).__name__ in [c.__name__ for c in type(ours).__mro__]


@pytest.mark.parametrize("code, kind", ERRORS)
def test_errors_are_of_jaxs_classes(code, kind):
    for world in WORLDS:
        assert kind in [c.__name__ for c in type(error_of(world, CLASSES + f"out = {code}")).__mro__]


def test_every_name_of_jax_is_there():
    import jax

    import raxla

    for ours, theirs in ((raxla.tree_util, jax.tree_util), (raxla.tree, jax.tree)):
        assert not {n for n in dir(theirs) if not n.startswith("_")} - set(dir(ours))
