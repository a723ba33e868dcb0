"""`jax.custom_batching`: functions with a rule of their own for batches."""

import pytest
from both import check, check_error

HEAD = "from importlib import import_module\nbatching = import_module(jax.__name__ + '.custom_batching')\n"
# A function whose rule says something else, so that it is seen which of them ran.
F = HEAD + "f = batching.custom_vmap(lambda x: jnp.sin(x))\nf.def_vmap(lambda n, b, x: (jnp.cos(x) + n, b[0]))\n"
G = HEAD + "seen = []\n@batching.custom_vmap\ndef g(x, y=2.0):\n    return x * y\n@g.def_vmap\ndef rule(n, b, x, y):\n    seen.append((n, b))\n    return x * y + 1, any(b)\n"
T = (HEAD + "@batching.custom_vmap\ndef k(d, e):\n    return {'s': d['a'] + d['b'][0], 't': (e,)}\n"
     "@k.def_vmap\ndef rule(n, b, d, e):\n    return {'s': d['a'] * 2, 't': (e,)}, {'s': b[0]['a'], 't': (b[1],)}\n")
S = HEAD + "s = batching.sequential_vmap(lambda x, y: (jnp.sin(x) + y, {'a': y}))\n"
X = "x = jnp.arange(3.0)\n"
ROWS = [
    F + "out = f(1.0), f(jnp.arange(2)), jax.jit(f)(2.0)",
    F + X + "out = jax.vmap(f)(x), jax.jit(jax.vmap(f))(x), jax.vmap(jax.jit(f))(x), jax.vmap(lambda _: f(2.0))(x)",
    F + "x = jnp.ones((2, 3))\nout = jax.vmap(jax.vmap(f))(x), jax.vmap(f, 1)(x), jax.vmap(f, 1, 1)(x), jax.vmap(f, axis_size=2)(x)",
    F + X + "out = jax.vmap(lambda x: lax.scan(lambda c, _: (f(c), c), x, None, 3))(x)",
    F + X + "out = jax.vmap(lambda x: lax.cond(x < 1, f, jnp.cos, x))(x), jax.vmap(lambda x: lax.while_loop(lambda c: c < 0.5, f, x))(x)",
    F + X + "out = jax.jvp(f, (1.0,), (2.0,)), jax.jacfwd(f)(1.0), jax.jacfwd(jax.jacfwd(f))(1.0)",
    F + X + "out = jax.vmap(lambda x: jax.jvp(f, (x,), (1.0,)))(x), jax.jvp(jax.vmap(f), (x,), (x,)), jax.vmap(jax.jacfwd(f))(x)",
    F + X + "out = jax.vmap(jax.jacfwd(jax.jacfwd(f)))(x), jax.jvp(lambda y: jax.vmap(lambda t: jax.jvp(f, (y,), (t,))[1])(x), (1.0,), (2.0,))",
    F + X + "out = jax.grad(lambda x: jax.vmap(f)(x).sum())(x), jax.hessian(lambda x: jax.vmap(f)(x).sum())(x)",
    F + X + "out = f.__name__, f.fun(1.0), callable(f.vmap_rule)",
    G + X + "out = jax.vmap(g)(x, x), jax.vmap(g, (0, None))(x, 3.0), jax.vmap(lambda x: g(x))(x), jax.vmap(lambda x: g(y=x, x=3.0))(x), seen",
    G + "x = jnp.ones((2, 3))\nout = jax.vmap(jax.vmap(g, (0, None)), (None, 0))(x[0], x[:, 0]), seen",
    G + X + "out = jax.vmap(g, (0, None))(x[:, None], jnp.arange(2.0)), jax.vmap(g, (None, 0))(2, x), seen",
    T + X + "out = jax.vmap(k, in_axes=({'a': 0, 'b': None}, None))({'a': x, 'b': [1.0]}, 2)",
    T + X + "out = jax.vmap(k)({'a': x, 'b': [x]}, x), k({'a': x, 'b': [1.0]}, x)",
    # What functions and rules capture.
    HEAD + X + "w = jnp.array([1.0, 2.0, 3.0])\nh = batching.custom_vmap(lambda y: y * w.sum())\nh.def_vmap(lambda n, b, y: (y * w[0], True))\n"
    "out = h(2.0), jax.vmap(h)(x), jax.vmap(jax.jit(h))(x), jax.vmap(lambda y: lax.map(h, jnp.stack([y, y])))(x), jax.jit(jax.vmap(h))(x)",
    HEAD + X + "def c(w):\n    h = batching.custom_vmap(lambda y: w * y)\n    h.def_vmap(lambda n, b, y: (w * w * y, True))\n    return jax.vmap(h)(x)\n"
    "out = c(2.0), jax.jit(c)(2.0), jax.jvp(c, (2.0,), (1.0,)), jax.grad(lambda w: c(w).sum())(2.0)",
    # Rules with Python's control flow on known values, and with transforms inside.
    HEAD + X + "h = batching.custom_vmap(lambda y: y)\nh.def_vmap(lambda n, b, y: (y * 10 if y.sum() > 1 else y, True))\nout = jax.vmap(h)(x), jax.vmap(h)(-x)",
    HEAD + X + "h = batching.custom_vmap(lambda y: jnp.sin(y))\nh.def_vmap(lambda n, b, y: (jax.vmap(jax.grad(jnp.sin))(y), True))\nout = jax.vmap(h)(x)",
    # Reverse mode by a custom_vjp around it.
    HEAD + X + "f = jax.custom_vjp(batching.custom_vmap(lambda x, y: jnp.sin(x) * y))\nf.def_vmap(lambda n, b, x, y: (jnp.cos(x) * y, True))\n"
    "f.defvjp(lambda x, y: (f(x, y), (x, y)), lambda r, ct: (ct * r[1], ct))\nout = jax.vmap(f)(jnp.arange(3.0), jnp.ones(3)), jax.grad(f)(1.0, 2.0)",
    HEAD + X + "h = batching.custom_vmap(lambda x, y: jnp.sin(x) * y)\nh.def_vmap(lambda n, b, x, y: (jnp.cos(x) * y, True))\nv = jax.custom_vjp(h)\n"
    "v.defvjp(lambda x, y: (h(x, y), (x, y)), lambda r, g: (jnp.cos(r[0]) * g * r[1], jnp.sin(r[0]) * g))\n"
    "out = jax.vmap(v)(x, x), jax.grad(v)(0.5, 2.0), jax.vmap(jax.grad(v))(x, x)",
    # Rules that count, in integers and bools, and that give other weak types.
    HEAD + "h = batching.custom_vmap(lambda x: (x > 1, x + 1))\nh.def_vmap(lambda n, b, x: ((x > 0, x + n), (True, True)))\nout = jax.vmap(h)(jnp.arange(3))",
    HEAD + X + "h = batching.custom_vmap(lambda x: 1.0)\nh.def_vmap(lambda n, b, x: (2.0, False))\nout = jax.vmap(h)(x)",
    S + X + "out = jax.vmap(s, (0, None))(x, 1.0), jax.vmap(s)(x, x)",
    S + X + "out = jax.vmap(jax.vmap(s, (0, None)), (None, 0))(x, x), jax.jit(jax.vmap(s))(x, x), jax.jvp(lambda x: jax.vmap(s)(x, x), (x,), (x,))",
]


@pytest.mark.parametrize("code", ROWS)
def test_batching_is_jaxs(code):
    # What `lax.map` stacks has a dtype of its own here.
    check(code, weak="batching.sequential_vmap" not in code)


def _rule(rule, call="jax.vmap(h)(jnp.arange(3.0))"):
    return HEAD + f"h = batching.custom_vmap(lambda x: x)\nh.def_vmap({rule})\nout = {call}"


ERRORS = [
    (HEAD + "out = batching.custom_vmap(lambda x: x)(1.0)", "AttributeError", "No batching rule defined for custom_vmap function <lambda> using def_vmap."),
    (_rule("lambda n, b, x: (x, (True,))"), "ValueError", "structure of output value and output batching specification", "do not match"),
    (_rule("lambda n, b, x: (x, None)"), "ValueError", "structure of output value and output batching specification", "do not match"),
    (_rule("lambda n, b, x: (x, b)"), "ValueError", "structure of output value and output batching specification", "do not match"),
    (_rule("lambda n, b, x: ((x,), (True,))"), "ValueError", "does not match that of original custom-vmapped function"),
    (_rule("lambda n, b, x: 1 / 0"), "ZeroDivisionError"),
    (_rule("lambda n, b, x: (x, True)", "h('a')"), "TypeError"),
    (_rule("lambda n, b, x: (x, True)", "h(1.0, z=2)"), "TypeError", "The input arguments to the custom_vmap-decorated function", "could not be resolved"),
    (_rule("lambda n, b, x: (x, True)", "jax.grad(h)(1.0)"), "ValueError", "does not support reverse-mode autodiff"),
    (_rule("lambda n, b, x: (x, True)", "jax.vjp(h, 1.0)[1](1.0)"), "ValueError", "does not support reverse-mode autodiff"),
]


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row[0][-50:])
def test_errors_are_jaxs(row):
    check_error(*row)


def test_a_rule_that_gives_other_types_is_told_so():
    """JAX goes on with what the rule gave; in a program that was traced before, that cannot be."""
    import raxla as jax
    import raxla.numpy as jnp

    for rule in (lambda n, b, x: (x[:2], True), lambda n, b, x: (x.astype(int), True), lambda n, b, x: (x.sum(), True), lambda n, b, x: (x, False)):
        h = jax.custom_batching.custom_vmap(lambda x: x)
        h.def_vmap(rule)
        with pytest.raises(ValueError, match="the rule of `lambda` must give what the function gives"):
            jax.vmap(h)(jnp.arange(3.0))


def test_a_captured_value_has_no_batch_axis():
    import raxla as jax
    import raxla.numpy as jnp

    def capturing(x):
        h = jax.custom_batching.custom_vmap(lambda y: x * y)
        h.def_vmap(lambda n, b, y: (y, True))
        return h(x)

    with pytest.raises(TypeError, match="cannot be mapped in a value that it captured; make that value an argument"):
        jax.vmap(capturing)(jnp.arange(3.0))
