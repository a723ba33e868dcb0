"""Automatic vectorization: `vmap` beside loops and by hand."""


def _convolve(jnp):
    def convolve(x, w):
        return jnp.stack([jnp.dot(x[i - 1 : i + 2], w) for i in range(1, len(x) - 1)])

    return convolve


def one_signal_and_many(jax, jnp):
    convolve = _convolve(jnp)
    x, w = jnp.arange(5.0), jnp.array([2.0, 3.0, 4.0])
    xs, ws = jnp.stack([x, 2 * x]), jnp.stack([w, -w])
    by_hand = jnp.stack([convolve(a, b) for a, b in zip(xs, ws)])
    return convolve(x, w), by_hand, jax.vmap(convolve)(xs, ws)


def other_axes(jax, jnp):
    convolve = _convolve(jnp)
    x, w = jnp.arange(5.0), jnp.array([2.0, 3.0, 4.0])
    xs, ws = jnp.stack([x, 2 * x]), jnp.stack([w, -w])
    columns = jax.vmap(convolve, in_axes=1, out_axes=1)(xs.T, ws.T)
    shared = jax.vmap(convolve, in_axes=[0, None])(xs, w)
    last = jax.vmap(convolve, in_axes=(-1, None), out_axes=-1)(xs.T, w)
    return columns, shared, last


def with_jit_both_ways(jax, jnp):
    convolve = _convolve(jnp)
    xs, w = jnp.arange(10.0).reshape(2, 5), jnp.array([2.0, 3.0, 4.0])
    return jax.jit(jax.vmap(convolve, in_axes=(0, None)))(xs, w), jax.vmap(jax.jit(convolve), in_axes=(0, None))(xs, w)


def trees_of_axes(jax, jnp):
    f = lambda d, t: {"sum": d["a"] + d["b"][0], "t": t[1] * 2}
    d = {"a": jnp.arange(6.0).reshape(2, 3), "b": [jnp.arange(3.0)]}
    t = (jnp.ones(3), jnp.arange(3))
    return (jax.vmap(f, in_axes=({"a": 1, "b": 0}, 0), out_axes={"sum": 1, "t": 0})(d, t),
            jax.vmap(f, in_axes=({"a": 1, "b": [0]}, (None, 0)), out_axes=({"sum": -1, "t": 0}))(d, t),
            jax.vmap(f, in_axes=({"a": 1, "b": None}, None), out_axes={"sum": 0, "t": None})({"a": d["a"], "b": [1.0]}, (1.0, 2.0)))


def keywords_are_batched_along_the_first_axis(jax, jnp):
    return jax.vmap(lambda x, y: x * y)(jnp.arange(3.0), y=jnp.arange(3.0))


def sizes(jax, jnp):
    return jax.vmap(lambda: jnp.float32(7), axis_size=3)(), jax.vmap(lambda x: x, in_axes=None, axis_size=2)(jnp.arange(3)), jax.vmap(lambda x: 5.0, out_axes=None)(jnp.arange(3))


def in_all_directions(jax, jnp):
    a, b = jnp.arange(6.0).reshape(2, 3), jnp.arange(12.0).reshape(4, 3)
    dots = jax.vmap(jax.vmap(jnp.vdot, (None, 0)), (0, None))
    nested = jax.vmap(jax.vmap(jax.vmap(lambda x, y: x * y, (0, None)), (None, 0)), (1, 1))
    return dots(a, b), nested(a, b)


def per_example_gradients(jax, jnp):
    w, x, y = jnp.array([1.0, -1.0]), jnp.arange(6.0).reshape(3, 2), jnp.array([0.0, 1.0, 2.0])
    loss = lambda w, x, y: (jnp.tanh(x @ w) - y) ** 2
    return jax.jit(jax.vmap(jax.value_and_grad(loss), (None, 0, 0)))(w, x, y)


def control_flow(jax, jnp, lax):
    steps = lambda n: lax.while_loop(lambda c: c[0] < n, lambda c: (c[0] + 1, c[1] * 2), (0, 1))
    pick = lambda i, x: lax.switch(i, [lambda x: x, lambda x: -x, lambda x: x * 10], x)
    scan = lambda c, xs: lax.scan(lambda c, x: (c + x, c * x), c, xs)
    return (jax.vmap(steps)(jnp.array([1, 5, 3])), jax.vmap(pick)(jnp.array([0, 2, 1]), jnp.array([1.0, 2.0, 3.0])),
            jax.vmap(scan, (0, None))(jnp.arange(2.0), jnp.arange(4.0)), jax.vmap(scan, (None, 1), (0, 1))(1.0, jnp.arange(6.0).reshape(3, 2)))


def indexing(jax, jnp):
    table, rows = jnp.arange(12.0).reshape(3, 4), jnp.array([2, 0])
    return (jax.vmap(lambda i: table[i])(rows), jax.vmap(lambda r, i: r[i])(table[:2], jnp.array([3, 1])),
            jax.vmap(lambda r, i: r.at[i].set(-1.0))(table[:2], jnp.array([3, 1])), jax.vmap(lambda i: table.at[i, i].add(5.0))(rows))


def refused(jax, jnp, raises):
    x, y = jnp.ones(2), jnp.ones(3)
    return [
        raises(jax.vmap, lambda x: x, in_axes="a"), raises(jax.vmap, lambda x: x, in_axes=2.0), raises(jax.vmap, lambda x: x, out_axes="a"),
        raises(jax.vmap, lambda x: x, in_axes=(0.5,)), raises(jax.vmap(lambda x: x, in_axes=None), x), raises(jax.vmap(lambda x: x, in_axes=1), x),
        raises(jax.vmap(lambda x: x, out_axes=None), x), raises(jax.vmap(lambda x: x)), raises(jax.vmap(lambda x: x, axis_size=3), x),
        raises(jax.vmap(lambda x: x, in_axes=(0, 0)), x), raises(jax.vmap(lambda x: x, in_axes=({"a": 0},)), {"b": x}),
        raises(jax.vmap(lambda x: x, out_axes=3), x), raises(jax.vmap(lambda x, k=2: x * k), x, k=3), raises(jax.vmap(lambda x: "s"), x),
        raises(jax.vmap(lambda x: x), "s"), raises(jax.vmap(lambda x, y: x), x, y), raises(jax.vmap(lambda x: (x, x), out_axes=(0, 0, 0)), x),
        raises(jax.vmap(lambda x: x), 1.0),
    ]
