"""Trees: what they are, how they are mapped, and nodes of one's own."""

import collections
import dataclasses


def what_trees_are(jax, jnp):
    examples = [[1, "a", object], (1, (2, 3), ()), [1, {"k1": 2, "k2": (3, 4)}, 5], {"a": 2, "b": (2, 3)}, jnp.array([1, 2, 3])]
    return [(len(jax.tree.leaves(e)), str(jax.tree.structure(e)).replace(" ", "")) for e in examples]


def mapping(jax):
    lists = [[1, 2, 3], [1, 2], [1, 2, 3, 4]]
    other = [["a", "b", "c"], ["d", "e"], ["f", "g", "h", "i"]]
    return jax.tree.map(lambda x: x * 2, lists), jax.tree.map(lambda x, y: y * x, lists, other)


def mismatches(jax, raises):
    return [raises(jax.tree.map, lambda x, y: x, [1, 2], [1, 2, 3]), raises(jax.tree.map, lambda x, y: x, {"a": 1}, {"b": 1}),
            raises(jax.tree.map, lambda x, y: x, (1, 2), [1, 2]), raises(jax.tree.unflatten, jax.tree.structure([0, 0]), [1])]


def a_network(jax, jnp, np):
    rng = np.random.default_rng(0)
    widths = [1, 16, 1]
    params = [dict(weights=jnp.asarray(rng.normal(size=(n, m)) * np.sqrt(2 / n), dtype=jnp.float32), biases=jnp.ones(m)) for n, m in zip(widths[:-1], widths[1:])]

    def forward(params, x):
        *hidden, last = params
        for layer in hidden:
            x = jnp.maximum(x @ layer["weights"] + layer["biases"], 0)
        return x @ last["weights"] + last["biases"]

    @jax.jit
    def update(params, x, y):
        grads = jax.grad(lambda p: jnp.mean((forward(p, x) - y) ** 2))(params)
        return jax.tree.map(lambda p, g: p - 0.001 * g, params, grads)

    x = jnp.asarray(rng.normal(size=(8, 1)), dtype=jnp.float32)
    for _ in range(5):
        params = update(params, x, x**2)
    return jax.tree.map(lambda p: p.shape, params), params


def nodes_of_ones_own(jax, jnp):
    class Special:
        def __init__(self, x, y):
            self.x, self.y = x, y

    jax.tree_util.register_pytree_node(Special, lambda s: ([s.x, s.y], None), lambda _, c: Special(*c))

    class Keyed:
        def __init__(self, a, b):
            self.a, self.b = a, b

    key = jax.tree_util.GetAttrKey
    jax.tree_util.register_pytree_with_keys(Keyed, lambda k: (((key("a"), k.a), (key("b"), k.b)), "aux"), lambda _, c: Keyed(*c))
    plain = jax.tree.map(lambda x: x + 1, Special(0, [1, 2]))
    paths = [(jax.tree_util.keystr(p), v) for p, v in jax.tree_util.tree_leaves_with_path({"k": Keyed(1, [2, 3])})]
    gradient = jax.grad(lambda s: s.x * s.y[0])(Special(2.0, [3.0]))
    return plain.x, plain.y, paths, gradient.x, gradient.y


def named_tuples_and_dataclasses(jax, jnp):
    Metrics = collections.namedtuple("Metrics", "loss accuracy")

    @jax.tree_util.register_dataclass
    @dataclasses.dataclass
    class Params:
        w: object
        b: object
        name: str = dataclasses.field(metadata=dict(static=True), default="layer")

    @jax.jit
    def step(p, x):
        return Params(p.w * x, p.b + x, p.name + "!"), Metrics(p.w + p.b, x)

    out, metrics = step(Params(1.0, 2.0), 3.0)
    return dataclasses.astuple(out), list(metrics), list(jax.tree.map(lambda x: x * 2, Metrics(1, 2)))


def nodes_and_leaves(jax, jnp):
    shapes = {"a": (2, 3), "b": (4,)}
    return (jax.tree.map(lambda s: jnp.ones(s), shapes, is_leaf=lambda x: isinstance(x, tuple)), jax.tree.leaves([None, 1, None]),
            jax.tree.leaves([None, 1, None], is_leaf=lambda x: x is None) == [None, 1, None], jax.tree.all([True, (True, True)]), jax.tree.reduce(lambda a, b: a + b, [[1, 2], 3], 10))


def transposing(jax):
    steps = [{"t": 1, "obs": (3, 4)}, {"t": 2, "obs": (5, 6)}]
    stacked = jax.tree.map(lambda *xs: list(xs), *steps)
    return stacked, jax.tree.transpose(jax.tree.structure([0] * 2), jax.tree.structure(steps[0]), steps)


def key_paths(jax):
    Pair = collections.namedtuple("Pair", "a b")
    tree = [1, {"k1": 2, "k2": (3, 4)}, Pair(5, 6)]
    flat, structure = jax.tree_util.tree_flatten_with_path(tree)
    return ([(jax.tree_util.keystr(p), jax.tree_util.keystr(p, simple=True, separator="/"), v) for p, v in flat], jax.tree.unflatten(structure, [v for _, v in flat])[1],
            jax.tree_util.tree_map_with_path(lambda p, x: f"{jax.tree_util.keystr(p)}={x}", tree[1]))


def partials(jax, jnp):
    f = jax.tree_util.Partial(jnp.multiply, jnp.float32(3))
    return jax.jit(lambda f, x: f(x))(f, 2.0), jax.grad(lambda f: f(2.0))(f).args, jax.vmap(lambda f, x: f(x), (0, None))(jax.tree_util.Partial(jnp.add, jnp.arange(3)), 1)


def broadcasting_prefixes(jax):
    return jax.tree.broadcast({"a": 1, "b": 2}, {"a": [0, 0], "b": (0,)})
