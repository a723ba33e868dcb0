"""Control flow: Python's, and that of `lax`."""


def of_python(jax, jnp):
    f = lambda x: 3.0 * x**2 if x < 3 else -4 * x

    def rows(x):
        total = 0.0
        for i in range(x.shape[0]):
            total = total + x[i] * (i + 1)
        return total

    return jax.grad(f)(2.0), jax.grad(f)(4.0), jax.jit(rows)(jnp.array([1.0, 2.0, 3.0])), jax.grad(rows)(jnp.array([1.0, 2.0, 3.0]))


def of_python_under_jit(jax, jnp, raises):
    import functools

    f = lambda x: 3.0 * x**2 if x < 3 else -4 * x
    power = functools.partial(jax.jit, static_argnames="n")(lambda x, n: functools.reduce(lambda a, _: a * x, range(n), 1.0))
    length = jax.jit(lambda x: jnp.ones(x))
    return raises(jax.jit(f), 2.0), jax.jit(f, static_argnums=0)(2.0), power(3.0, n=4), raises(length, 3), raises(jax.jit(lambda x: [1, 2, 3][x]), 1)


def logical_operators(jax, jnp, raises):
    return jnp.logical_and(True, jnp.array([True, False])), raises(lambda: jnp.arange(2) > 0 and jnp.arange(2) > 1), ~jnp.array([True, False]) | True


def cond(jax, jnp, lax):
    f = lambda x: lax.cond(x < 3, lambda x: 3.0 * x**2, lambda x: -4 * x, x)
    none = lambda p: lax.cond(p, lambda: 1.0, lambda: 2.0)
    tree = lambda p, a, b: lax.cond(p, lambda a, b: {"x": a, "y": b}, lambda a, b: {"x": b, "y": a}, a, b)
    operand = lax.cond(True, lambda x: x + 1, lambda x: x - 1, operand=jnp.array([0.0]))
    return (f(2.0), f(4.0), jax.jit(f)(2.0), jax.grad(f)(2.0), jax.grad(f)(4.0), jax.vmap(f)(jnp.arange(5.0)), jax.vmap(jax.grad(f))(jnp.arange(5.0)), none(True), none(False),
            tree(True, 1.0, 2.0), jax.jit(tree)(False, 1.0, 2.0), operand, jax.jvp(f, (2.0,), (1.0,)), jax.hessian(f)(2.0))


def switch(jax, jnp, lax):
    branches = [lambda x: x, lambda x: -x, lambda x: x**2]
    f = lambda i, x: lax.switch(i, branches, x)
    return [f(i, 3.0) for i in (-5, 0, 1, 2, 9)], jax.jit(f)(2, 3.0), jax.grad(f, 1)(2, 3.0), jax.vmap(f, (0, None))(jnp.array([0, 1, 2, 3]), 3.0)


def while_loop(jax, jnp, lax):
    collatz = lambda n: lax.while_loop(lambda c: c[0] != 1, lambda c: (jnp.where(c[0] % 2 == 0, c[0] // 2, 3 * c[0] + 1), c[1] + 1), (n, 0))[1]
    newton = lambda a: lax.while_loop(lambda x: jnp.abs(x * x - a) > 1e-5, lambda x: 0.5 * (x + a / x), a)
    return collatz(27), jax.vmap(collatz)(jnp.arange(1, 8)), newton(2.0), jax.jvp(newton, (2.0,), (1.0,)), jax.jit(newton)(9.0)


def fori_loop(jax, jnp, lax):
    f = lambda x, n: lax.fori_loop(0, n, lambda i, y: y * x + i, 1.0)
    return (f(2.0, 5), jax.jit(f)(2.0, 5), jax.grad(f)(2.0, 5), lax.fori_loop(5, 2, lambda i, x: x + 1, 0), lax.fori_loop(0, 4, lambda i, a: a.at[i].set(i * i), jnp.zeros(4)),
            jax.vmap(f, (0, None))(jnp.arange(3.0), 3), jax.jvp(lambda x: f(x, 3), (2.0,), (1.0,)), lax.fori_loop(0, 6, lambda i, x: x + i, 0, unroll=2))


def scan(jax, jnp, lax):
    cumulative = lambda xs: lax.scan(lambda c, x: (c + x, c + x), 0.0, xs)
    matrices = jnp.arange(12.0).reshape(3, 2, 2) / 10
    product = lambda m: lax.scan(lambda c, a: (c @ a, jnp.trace(c)), jnp.eye(2), m)
    return (cumulative(jnp.arange(4.0)), jax.grad(lambda xs: cumulative(xs)[1][2])(jnp.arange(4.0)), product(matrices), jax.jacrev(lambda m: product(m)[0])(matrices),
            lax.scan(lambda c, x: (c * x, c), 1.0, jnp.arange(1.0, 4.0), reverse=True), lax.scan(lambda c, _: (c + 1, c), 0, None, length=3),
            jax.jit(lambda xs: lax.scan(lambda c, x: (c + x, None), 0.0, xs, unroll=2))(jnp.arange(5.0)), lax.map(lambda x: x * x, jnp.arange(4.0)))


def refused(jax, jnp, lax, raises):
    return [
        raises(lax.cond, True, lambda x: x, lambda x: (x, x), 1.0), raises(lax.cond, True, lambda x: x, lambda x: x.astype(int), jnp.float32(1)), raises(lax.cond, jnp.arange(2), lambda: 1, lambda: 2),
        raises(lax.switch, 0, []), raises(lax.switch, 1.5, [lambda: 1, lambda: 2]), raises(lax.while_loop, lambda x: x, lambda x: x, jnp.arange(3)),
        raises(lax.while_loop, lambda x: x < 3, lambda x: (x, x), 1), raises(lax.scan, lambda c, x: c, 0, jnp.arange(3)), raises(lax.scan, lambda c, x: ((c, c), x), 0, jnp.arange(3)),
        raises(lax.scan, lambda c, x: (c, x), 0, None), raises(lax.scan, lambda c, x: (c, x), 0, (jnp.arange(3), jnp.arange(2))), raises(lax.scan, lambda c, x: (c, x), 0, jnp.arange(3), length=2),
        raises(jax.grad(lambda x: lax.while_loop(lambda y: y < 10.0, lambda y: y * 2, x)), 1.0),
        raises(lax.fori_loop, 0, 3, lambda i, x: (x, x), 1),
    ]


def loops_that_stop_gradients(jax, jnp, lax):
    return jax.grad(lambda x: lax.stop_gradient(x) * x)(3.0), jax.grad(lambda x: lax.scan(lambda c, _: (lax.stop_gradient(c) * x, None), x, None, length=3)[0])(2.0)


def associative_scan(jax, jnp, lax):
    return lax.associative_scan(jnp.add, jnp.arange(5.0)), jax.grad(lambda x: lax.associative_scan(jnp.multiply, x, reverse=True)[0])(jnp.arange(1.0, 5.0))
