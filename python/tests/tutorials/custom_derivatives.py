"""Derivative rules of one's own: when, and how."""


def log1pexp(jax, jnp):
    @jax.custom_jvp
    def log1pexp(x):
        return jnp.log(1.0 + jnp.exp(x))

    plain = jax.grad(lambda x: jnp.log(1.0 + jnp.exp(x)))

    @log1pexp.defjvp
    def rule(primals, tangents):
        (x,), (t,) = primals, tangents
        return log1pexp(x), (1 - 1 / (1 + jnp.exp(x))) * t

    xs = jnp.array([-3.0, 0.0, 100.0])
    return (plain(100.0), jax.grad(log1pexp)(100.0), jax.jit(jax.grad(log1pexp))(100.0), jax.vmap(jax.jit(jax.grad(log1pexp)))(xs),
            jax.grad(jax.grad(log1pexp))(1.0), jax.jacfwd(log1pexp)(xs), jax.hessian(lambda x: log1pexp(x).sum())(xs[:2]))


def a_convention_at_the_edge(jax, jnp):
    f = jax.custom_jvp(lambda x: x / (1 + jnp.sqrt(x)))

    @f.defjvp
    def rule(primals, tangents):
        (x,), (t,) = primals, tangents
        return f(x), ((jnp.sqrt(x) + 2) / (2 * (jnp.sqrt(x) + 1) ** 2)) * t

    return jax.grad(f)(0.0), jax.grad(f)(4.0)


def gradient_clipping(jax, jnp):
    @jax.custom_vjp
    def clip_gradient(low, high, x):
        return x

    clip_gradient.defvjp(lambda low, high, x: (x, (low, high)), lambda res, g: (None, None, jnp.clip(g, res[0], res[1])))
    f = lambda x: jnp.sin(clip_gradient(-0.75, 0.75, x))
    t = jnp.linspace(0, 10, 9)
    return jax.vmap(f)(t), jax.vmap(jax.grad(f))(t), jax.vmap(jax.vmap(jax.grad(f)))(t.reshape(3, 3)), jax.jit(jax.grad(f))(0.0)


def debugging_the_backward_pass(jax, jnp, np):
    seen = []

    @jax.custom_vjp
    def watch(x):
        return x

    def backward(_, g):
        seen.append((g.shape, str(g.dtype)))
        return (g,)

    watch.defvjp(lambda x: (x, None), backward)
    out = jax.grad(lambda x: watch(x) * jnp.sum(jnp.ones(3) * x))(2.0)
    return out, seen


def fixed_point(jax, jnp, tolerance=1e-4):
    """Implicit differentiation of iterated maps."""
    import functools

    @functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
    def fixed_point(f, a, guess):
        def going_on(carry):
            before, x = carry
            return jnp.abs(before - x) > 1e-6

        def step(carry):
            _, x = carry
            return x, f(a, x)

        return jax.lax.while_loop(going_on, step, (guess, f(a, guess)))[1]

    def forward(f, a, guess):
        star = fixed_point(f, a, guess)
        return star, (a, star)

    def backward(f, residuals, star_bar):
        a, star = residuals
        _, pull_back = jax.vjp(lambda a: f(a, star), a)
        (a_bar,) = pull_back(fixed_point(functools.partial(reverse, f), (a, star, star_bar), star_bar))
        return a_bar, jnp.zeros_like(star)

    def reverse(f, packed, u):
        a, star, star_bar = packed
        _, pull_back = jax.vjp(lambda x: f(a, x), star)
        return star_bar + pull_back(u)[0]

    fixed_point.defvjp(forward, backward)

    def root(a):
        return fixed_point(lambda a, x: 0.5 * (x + a / x), a, a)

    return root(2.0), jax.grad(root)(2.0), jax.grad(jax.grad(root))(2.0), jax.vmap(jax.grad(root))(jnp.array([1.0, 4.0, 9.0])), jax.jit(jax.grad(root))(3.0)


def functions_as_arguments(jax, jnp):
    import functools

    @functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
    def app(f, x):
        return f(x)

    @app.defjvp
    def app_jvp(f, primals, tangents):
        (x,), (t,) = primals, tangents
        return f(x), 2.0 * t

    @functools.partial(jax.custom_vjp, nondiff_argnums=(0, 2))
    def pull(f, x, n):
        return f(x) * n

    pull.defvjp(lambda f, x, n: (pull(f, x, n), x), lambda f, n, x, g: (5.0 * g * n,))

    @functools.partial(jax.custom_jvp, nondiff_argnames=("g", "k"))
    def both(g, x, k):
        return g(x) * k

    both.defjvp(lambda g, k, p, t: (g(*p) * k, 3.0 * k * t[0]))
    named = jax.custom_vjp(lambda x, mode="double": x * 2 if mode == "double" else x, nondiff_argnames=["mode"])
    named.defvjp(lambda x, mode: (named(x, mode), None), lambda mode, res, g: (g * 100,))
    return (app(lambda x: x**3, 3.0), jax.grad(app, argnums=1)(lambda x: x**3, 3.0), jax.grad(pull, 1)(jnp.sin, 1.0, 7),
            jax.grad(both, 1)(jnp.sin, 1.0, 4), jax.grad(lambda x: named(x, mode="single"))(1.0), named(1.0))


def rules_for_each_argument(jax, jnp):
    @jax.custom_jvp
    def f(x, y):
        return jnp.sin(x) * y

    f.defjvps(lambda x_dot, out, x, y: jnp.cos(x) * x_dot * y, lambda y_dot, out, x, y: out + 0 * y_dot)
    g = jax.custom_jvp(lambda x, y: (x * y, x))
    g.defjvps(None, lambda y_dot, out, x, y: (out[0] * y_dot, 0 * y_dot))
    return jax.jvp(f, (2.0, 3.0), (1.0, 0.0)), jax.jvp(f, (2.0, 3.0), (0.0, 1.0)), jax.jvp(g, (2.0, 3.0), (1.0, 1.0))


def trees(jax, jnp):
    import collections

    Point = collections.namedtuple("Point", ["x", "y"])

    @jax.custom_jvp
    def f(p):
        return {"a": p.x**2, "b": (jnp.sin(p.x), jnp.cos(p.y))}

    @f.defjvp
    def f_jvp(primals, tangents):
        (p,), (d,) = primals, tangents
        return f(p), {"a": 2 * p.x * d.x, "b": (jnp.cos(p.x) * d.x, -jnp.sin(p.y) * d.y)}

    @jax.custom_vjp
    def g(p):
        return f(p)

    g.defvjp(lambda p: (g(p), p), lambda p, ct: (Point(2 * p.x * ct["a"], -jnp.sin(p.y) * ct["b"][1]),))
    gradient = lambda f: list(jax.grad(lambda p: f(p)["a"] + f(p)["b"][1])(Point(1.0, 2.0)))
    return f(Point(1.0, 2.0)), gradient(f), gradient(g)


def side_effects_once_for_each_transform(jax, jnp):
    """The function's own code runs when nothing is differentiated, the rule's when something is."""
    calls = []

    @jax.custom_vjp
    def f(x):
        calls.append("function")
        return jnp.sin(x)

    def forward(x):
        calls.append("forward")
        return jnp.sin(x), jnp.cos(x)

    def backward(c, g):
        calls.append("backward")
        return (c * g,)

    f.defvjp(forward, backward)
    out = f(3.0)
    plain = list(calls)
    gradient = jax.grad(f)(3.0)
    return out, gradient, plain


def control_flow_in_rules(jax, jnp):
    @jax.custom_jvp
    def f(x):
        return jnp.where(x > 0, jnp.sin(x), jnp.cos(x))

    @f.defjvp
    def rule(primals, tangents):
        (x,), (t,) = primals, tangents
        return f(x), 2.0 * t if x > 0 else 3.0 * t

    return jax.grad(f)(1.0), jax.grad(f)(-1.0)


def jvp_of_custom_vjp(jax, jnp, raises):
    f = jax.custom_vjp(lambda x: jnp.sin(x))
    f.defvjp(lambda x: (f(x), jnp.cos(x)), lambda c, g: (c * g,))
    unset = jax.custom_vjp(lambda x: x)
    unset_jvp = jax.custom_jvp(lambda x: x)
    few = jax.custom_vjp(lambda x, y: x)
    few.defvjp(lambda x, y: (x, None), lambda res, g: (g,))
    single = jax.custom_vjp(lambda x: x)
    single.defvjp(lambda x: x, lambda res, g: (g,))
    shaped = jax.custom_vjp(lambda x: x)
    shaped.defvjp(lambda x: (x, None), lambda res, g: (jnp.ones(3),))
    wrong = jax.custom_jvp(lambda x: x)
    wrong.defjvp(lambda p, t: p[0])
    mismatched = jax.custom_jvp(lambda x: x)
    mismatched.defjvp(lambda p, t: (p[0], jnp.ones(3)))
    structured = jax.custom_jvp(lambda x: x)
    structured.defjvp(lambda p, t: (p[0], (t[0], t[0])))
    return [raises(jax.jvp, f, (1.0,), (1.0,)), raises(jax.jacfwd(f), 1.0), raises(unset, 1.0), raises(unset_jvp, 1.0), raises(jax.grad(few), 1.0, 2.0),
            raises(jax.grad(single), 1.0), raises(jax.grad(shaped), 1.0), raises(jax.grad(wrong), 1.0), raises(jax.grad(mismatched), 1.0),
            raises(jax.grad(structured), 1.0), raises(f, 1.0, 2.0), raises(f, y=1.0), raises(jax.jit(jax.grad(wrong)), 1.0)]


def closures(jax, jnp, raises):
    """Rules may use what surrounds them, but not to be differentiated in it where it is the function's."""
    def outer(x, y):
        f = jax.custom_vjp(lambda x: x * y)
        f.defvjp(lambda x: (x * y, x), lambda x, g: (g * 10.0,))
        return f(x)

    def outer_jvp(x, y):
        f = jax.custom_jvp(lambda x: x * y)
        f.defjvp(lambda p, t: (f(*p), t[0] * y * 7.0))
        return f(x)

    return (jax.grad(outer)(2.0, 3.0), jax.grad(outer_jvp)(2.0, 3.0), jax.vmap(jax.grad(outer_jvp))(jnp.arange(2.0), jnp.arange(2.0)),
            jax.jit(jax.grad(outer))(2.0, 3.0), raises(jax.grad(outer, argnums=1), 2.0, 3.0), raises(jax.grad(outer_jvp, argnums=1), 2.0, 3.0))


def custom_gradient(jax, jnp):
    @jax.custom_gradient
    def f(x):
        return x**2, lambda g: (g * x,)

    @jax.custom_gradient
    def g(x, y):
        return {"product": x * y}, lambda ct: (ct["product"] * y, 0.5 * ct["product"] * x)

    @jax.custom_gradient
    def one(x):
        return jnp.sin(x), lambda ct: 7.0 * ct

    gradient = jax.grad(lambda x, y: g(x, y)["product"], (0, 1))
    return f(3.0), jax.grad(f)(3.0), gradient(3.0, 4.0), jax.grad(one)(1.0), jax.vmap(jax.grad(f))(jnp.arange(3.0)), jax.jit(jax.grad(jax.grad(f)))(2.0)


def symbolic_zeros(jax, jnp):
    seen = []

    @jax.custom_jvp
    def f(x, y):
        return x * y

    def rule(primals, tangents):
        (x, y), (t, u) = primals, tangents
        seen.append([type(v).__name__ if type(v).__name__ == "SymbolicZero" else "tangent" for v in (t, u)])
        out = x * y
        zero = jax.custom_derivatives.SymbolicZero
        total = jnp.zeros_like(out)
        for v, w in ((t, y), (u, x)):
            if type(v) is not zero:
                total = total + v * w * 2
        return out, total

    f.defjvp(rule, symbolic_zeros=True)

    @jax.custom_vjp
    def g(x, y):
        return x * y, x

    def forward(x, y):
        seen.append((x.perturbed, y.perturbed))
        return g(x.value, y.value), (x.value, y.value)

    def backward(residuals, cts):
        x, y = residuals
        return cts[0] * y, cts[0] * x

    g.defvjp(forward, backward, symbolic_zeros=True)
    out = jax.jvp(lambda x: f(x, 3.0), (2.0,), (1.0,)), jax.grad(f, 1)(2.0, 3.0), jax.grad(lambda x: g(x, 3.0)[0])(2.0)
    return out, ["tangent", "SymbolicZero"] in seen, ["SymbolicZero", "tangent"] in seen, (True, False) in seen


def higher_orders(jax, jnp):
    """A rule counts in derivatives of any order."""
    f = jax.custom_jvp(lambda x: x * 1.0)
    f.defjvp(lambda p, t: (f(*p), 2 * f(*p) * t[0]))
    out, d = [], f
    for _ in range(5):
        d = jax.grad(d)
        out.append(d(1.0))
    return out


def methods(jax, jnp):
    class Scale:
        def __init__(self, by):
            self.by = by

    jax.tree_util.register_pytree_node(Scale, lambda s: ((s.by,), None), lambda _, c: Scale(*c))

    @jax.custom_vjp
    def apply(scale, x):
        return scale.by * x

    apply.defvjp(lambda s, x: (s.by * x, (s, x)), lambda res, g: (Scale(g * res[1] * 2), g * res[0].by))
    return jax.grad(lambda b: apply(Scale(b), 3.0))(2.0), jax.grad(lambda x: apply(Scale(2.0), x))(5.0)


def linear_calls(jax, jnp):
    from functools import partial

    divide = partial(jax.custom_derivatives.linear_call, lambda res, x: x / res, lambda res, ct: ct / res)
    f = lambda d, x: x + divide(d, x)
    transposed = jax.linear_transpose(partial(f, jnp.float32(3.0)), jnp.float32(1.0))
    two, four = jnp.float32(2.0), jnp.float32(4.0)
    return f(two, four), jax.grad(f, 1)(two, four), transposed(jnp.float32(1.0))
