"""`jit`: what is traced, when, and what must be static."""

import functools


def how_functions_are_traced(jax, jnp):
    def log2(x):
        assert not isinstance(x, float)
        return jnp.log(x) / jnp.log(2.0)

    return jax.jit(log2)(3.0), jax.make_jaxpr(log2)(3.0) is not None


def programs_know_shapes_only(jax, jnp):
    f = jax.jit(lambda x: x if x.ndim == 1 and x.shape[0] > 2 else jnp.sum(x))
    return f(jnp.arange(3)), f(jnp.arange(2)), f(jnp.ones((2, 2)))


def jit_of_branches(jax, jnp, raises):
    f = lambda x: x if x > 0 else 2 * x

    def g(x, n):
        i = 0
        while i < n:
            i += 1
        return x + i

    inner = jax.jit(lambda x: x + 1)

    def outer(x, n):
        i = 0
        while i < n:
            x, i = inner(x), i + 1
        return x

    static = [jax.jit(g, static_argnames=["n"]), jax.jit(g, static_argnums=1), functools.partial(jax.jit, static_argnames=("n",))(g)]
    return raises(jax.jit(f), 10.0), raises(jax.jit(g), 10, 20), outer(10, 3), [s(10, 20) for s in static], [s(10, n=5) for s in static]


def caching(jax, jnp):
    traces = []

    @functools.partial(jax.jit, static_argnames=("n", "flag"))
    def f(x, n, *, flag=False):
        traces.append((x.shape, n, flag))
        return x * n if flag else x + n

    x = jnp.arange(3.0)
    out = [f(x, 1), f(x, 1), f(x + 1, 1), f(x, n=1), f(x, 2), f(x, 2, flag=True), f(jnp.arange(2.0), 2), f(x.astype(int), 2)]
    return out, traces


def static_arguments(jax, jnp, raises):
    class Config:
        def __init__(self, scale):
            self.scale = scale

        def __hash__(self):
            return hash(self.scale)

        def __eq__(self, other):
            return isinstance(other, Config) and self.scale == other.scale

    f = jax.jit(lambda x, c: x * c.scale, static_argnums=1)
    g = jax.jit(lambda *args: sum(args[1:]) * args[0], static_argnums=(0, -1))
    h = jax.jit(lambda fun, x: fun(x), static_argnums=0)
    return (f(2.0, Config(3)), f(2.0, Config(4)), raises(f, 2.0, [3]), g(2, 3.0, 4.0), h(jnp.sin, 1.0), h(jnp.cos, 1.0), raises(jax.jit(lambda x: x, static_argnums=0), [1]),
            raises(jax.jit, lambda x: x, static_argnames="y"), raises(jax.jit(lambda x, s: x), 1.0, "text"), raises(jax.jit, 3))


def methods(jax, jnp):
    class Counter:
        def __init__(self, by):
            self.by = by

        @functools.partial(jax.jit, static_argnums=0)
        def add(self, x):
            return x + self.by

    return Counter(1).add(2.0), Counter(5).add(2.0)


def structures_in_and_out(jax, jnp):
    f = jax.jit(lambda a, *rest, k=None, **more: {"a": a, "rest": rest, "k": k, "more": more})
    return f(1, 2, (3, None), k=[4], z={"y": 5}), jax.jit(lambda: (1, None, "x"[:0] or 2))(), jax.jit(lambda x: None)(1)


def nested(jax, jnp):
    f = jax.jit(lambda x: jnp.sin(x) * 2)
    g = jax.jit(lambda x: f(x) + f(x + 1))
    return g(1.0), jax.grad(g)(1.0), jax.vmap(g)(jnp.arange(2.0)), jax.jacfwd(g)(1.0), jax.hessian(g)(1.0), jax.jit(jax.jit(jax.jit(f)))(1.0)


def captured_arrays(jax, jnp):
    w = jnp.arange(3.0)
    f = jax.jit(lambda x: x * w)
    before = f(2.0)
    w = w + 1
    return before, f(2.0), f(jnp.float32(3.0))


def donation_and_lowering(jax, jnp):
    f = jax.jit(lambda x, y: x + y, donate_argnums=0)
    x = jnp.arange(3.0)
    out = f(x, 1.0)
    lowered = jax.jit(lambda x: x * 2).lower(jax.ShapeDtypeStruct((2,), jnp.float32))
    return out, "stablehlo" in lowered.as_text(), lowered.compile()(jnp.ones(2))


def shapes_without_values(jax, jnp):
    f = lambda a, b: {"product": a @ b, "sum": jnp.sum(a, axis=0), "n": 3}
    a = jax.ShapeDtypeStruct((2, 3), jnp.float32)
    out = jax.eval_shape(f, a, jnp.ones((3, 4), dtype=jnp.bfloat16))
    grads = jax.eval_shape(jax.grad(lambda p: jnp.sum(p["w"] ** 2)), {"w": a})
    s = jax.ShapeDtypeStruct((2,), "int32", weak_type=False)
    return [(k, v.shape, v.dtype.name) for k, v in sorted(out.items())], grads["w"].shape, repr(s), s == jax.ShapeDtypeStruct((2,), jnp.int32), hash(s) == hash(s), s.ndim, s.size


def jaxprs(jax, jnp):
    text, shape = jax.make_jaxpr(lambda x, n: {"y": x * n}, static_argnums=1, return_shape=True)(jnp.ones(3), 2)
    return "mul" in str(text), shape["y"].shape, shape["y"].dtype.name
