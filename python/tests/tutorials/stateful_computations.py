"""State in pure functions: counters, running means, training with momentum, statistics of batches."""

import collections
import functools


def a_counter_that_jit_breaks(jax):
    class Counter:
        def __init__(self):
            self.n = 0

        def count(self):
            self.n += 1
            return self.n

    counter = Counter()
    plain = [counter.count() for _ in range(3)]
    counter = Counter()
    fast = jax.jit(counter.count)
    return plain, [fast() for _ in range(3)]


def a_counter_with_explicit_state(jax):
    count = jax.jit(lambda n: (n + 1, n + 1))
    state, seen = 0, []
    for _ in range(3):
        value, state = count(state)
        seen.append(value)
    return seen, state


def a_line_fitted(jax, jnp, np):
    Params = collections.namedtuple("Params", "weight bias")
    rng = np.random.default_rng(1)
    x = jnp.asarray(rng.normal(size=(20, 1)), dtype=jnp.float32)
    y = 3 * x - 1 + 0.1 * jnp.asarray(rng.normal(size=(20, 1)), dtype=jnp.float32)
    loss = lambda p, x, y: jnp.mean((p.weight * x + p.bias - y) ** 2)

    @jax.jit
    def update(p, x, y):
        return jax.tree.map(lambda p, g: p - 0.1 * g, p, jax.grad(loss)(p, x, y))

    p = Params(jnp.float32(0), jnp.float32(0))
    losses = []
    for _ in range(20):
        losses.append(loss(p, x, y))
        p = update(p, x, y)
    return list(p), losses


def momentum_and_keys_in_a_scan(jax, jnp, lax):
    def step(state, _):
        key, x, v = state
        key, sub = jax.random.split(key)
        v = 0.9 * v - 0.1 * jax.grad(lambda x: jnp.sum((x - 1) ** 2))(x) + 0.01 * jax.random.normal(sub, x.shape)
        return (key, x + v, v), jnp.sum(x)

    return lax.scan(step, (jax.random.PRNGKey(3), jnp.zeros(2), jnp.zeros(2)), None, length=8)


def statistics_of_batches(jax, jnp):
    def normalised(state, x, training):
        mean, var = (jnp.mean(x, 0), jnp.var(x, 0)) if training else (state["mean"], state["var"])
        new = {"mean": 0.9 * state["mean"] + 0.1 * mean, "var": 0.9 * state["var"] + 0.1 * var} if training else state
        return (x - mean) / jnp.sqrt(var + 1e-5), new

    f = jax.jit(normalised, static_argnums=2)
    state = {"mean": jnp.zeros(3), "var": jnp.ones(3)}
    x = jnp.arange(12.0).reshape(4, 3) ** 1.5
    y, state = f(state, x, True)
    z, state = f(state, x, False)
    loss = lambda x: jnp.sum(normalised(state, x, True)[0][0] ** 2)
    return y, z, state, jax.grad(loss)(x)


def the_class_as_a_tree(jax, jnp):
    @jax.tree_util.register_pytree_node_class
    class Average:
        def __init__(self, total=0.0, n=0):
            self.total, self.n = total, n

        def tree_flatten(self):
            return (self.total, self.n), None

        @classmethod
        def tree_unflatten(cls, _, children):
            return cls(*children)

        def add(self, x):
            return Average(self.total + x, self.n + 1)

    add = jax.jit(lambda a, x: a.add(x))
    a = functools.reduce(add, [1.0, 2.0, 6.0], Average())
    return a.total / a.n, jax.vmap(lambda x: Average().add(x).total)(jnp.arange(3.0))
