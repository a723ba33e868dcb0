"""Gradients, Jacobians, Hessians, products with them, complex derivatives."""


def _logistic(jnp):
    inputs = jnp.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
    targets = jnp.array([True, True, False, True])

    def predict(w, b):
        return 0.5 * (jnp.tanh((inputs @ w + b) / 2) + 1)

    def loss(w, b):
        p = predict(w, b)
        return -jnp.sum(jnp.log(p * targets + (1 - p) * (1 - targets)))

    return inputs, predict, loss, jnp.array([0.2, -0.4, 0.7]), 0.1


def gradients_of_tanh(jax, jnp):
    first = jax.grad(jnp.tanh)
    second = jax.grad(first)
    return first(2.0), second(2.0), jax.grad(second)(2.0)


def argnums(jax, jnp):
    _, _, loss, w, b = _logistic(jnp)
    return jax.grad(loss, argnums=0)(w, b), jax.grad(loss)(w, b), jax.grad(loss, 1)(w, b), jax.grad(loss, (0, 1))(w, b), jax.grad(loss, -1)(w, b)


def lists_tuples_and_dicts(jax, jnp):
    _, _, loss, w, b = _logistic(jnp)
    return jax.grad(lambda p: loss(p["w"], p["b"][0]))({"w": w, "b": [b]})


def value_and_grad(jax, jnp):
    _, _, loss, w, b = _logistic(jnp)
    return jax.value_and_grad(loss, (0, 1))(w, b)


def against_differences(jax, jnp):
    _, _, loss, w, b = _logistic(jnp)
    step = 1e-2
    central = (loss(w, b + step) - loss(w, b - step)) / (2 * step)
    return jnp.abs(central - jax.grad(loss, 1)(w, b)) < 1e-3


def hessian_vector_products(jax, jnp):
    def f(x):
        return jnp.sum(jnp.sin(x) * x[::-1] ** 2)

    x, v = jnp.array([0.3, -1.2, 2.0]), jnp.array([1.0, 0.5, -2.0])
    reverse_over_reverse = jax.grad(lambda x: jnp.vdot(jax.grad(f)(x), v))(x)
    forward_over_reverse = jax.jvp(jax.grad(f), (x,), (v,))[1]
    reverse_over_forward = jax.grad(lambda x: jax.jvp(f, (x,), (v,))[1])(x)
    _, push = jax.linearize(jax.grad(f), x)
    full = jnp.tensordot(jax.hessian(f)(x), v, 1)
    return reverse_over_reverse, forward_over_reverse, reverse_over_forward, push(v), full


def hessian_of_a_tensor(jax, jnp):
    a, b = jnp.reshape(jnp.arange(6.0), (2, 3)) / 5, jnp.linspace(-1.0, 1.0, 6).reshape(2, 3)
    return jax.jvp(jax.grad(lambda x: jnp.sum(jnp.tanh(x) ** 2)), (a,), (b,))


def jacobians(jax, jnp):
    _, predict, _, w, b = _logistic(jnp)
    f = lambda w: predict(w, b)
    return jax.jacfwd(f)(w), jax.jacrev(f)(w)


def jacobians_of_trees(jax, jnp):
    _, predict, _, w, b = _logistic(jnp)
    f = lambda p: {"probability": predict(p["w"], p["b"]), "sum": jnp.sum(p["w"])}
    params = {"w": w, "b": jnp.float32(b)}
    return jax.jacfwd(f)(params), jax.jacrev(f)(params)


def hessians(jax, jnp):
    _, predict, loss, w, b = _logistic(jnp)
    twice = jax.jacfwd(jax.jacrev(lambda w: predict(w, b)))(w)
    return twice, jax.hessian(loss)(w, b), jax.jacrev(jax.jacfwd(loss, 0), 0)(w, b), jax.hessian(loss, (0, 1))(w, jnp.float32(b))


def jvp_along_each_direction(jax, jnp):
    _, predict, _, w, b = _logistic(jnp)
    y, u = jax.jvp(lambda w: predict(w, b), (w,), (jnp.array([1.0, 2.0, -1.0]),))
    rows = jax.vmap(lambda d: jax.jvp(lambda w: predict(w, b), (w,), (d,))[1])(jnp.eye(3))
    return y, u, rows


def vjp_of_each_basis_vector(jax, jnp):
    _, predict, _, w, b = _logistic(jnp)
    y, pull_back = jax.vjp(lambda w: predict(w, b), w)
    return y, pull_back(jnp.ones(4)), jax.vmap(pull_back)(jnp.eye(4)), jax.vmap(pull_back, in_axes=1, out_axes=1)(jnp.eye(4))


def vmap_beside_a_loop(jax, jnp):
    _, predict, _, w, b = _logistic(jnp)
    m = jnp.linspace(-1.0, 1.0, 20).reshape(5, 4)
    _, pull_back = jax.vjp(lambda w: predict(w, b), w)
    looped = jnp.vstack([pull_back(row)[0] for row in m])
    (batched,) = jax.vmap(pull_back)(m)
    tangents = jnp.linspace(0.0, 1.0, 6).reshape(2, 3)
    push = lambda t: jax.jvp(lambda w: predict(w, b), (w,), (t,))[1]
    return looped, batched, jnp.stack([push(t) for t in tangents]), jax.vmap(push)(tangents)


def gradients_of_a_batch(jax, jnp):
    inputs, _, _, w, b = _logistic(jnp)
    loss = lambda w, x: jnp.log1p(jnp.exp(-(x @ w + b)))
    return jax.vmap(jax.grad(loss), in_axes=(None, 0))(w, inputs)


def complex_functions(jax, jnp):
    def f(z):
        return jnp.cos(jnp.real(z)) * jnp.sinh(jnp.imag(z)) + 1j * jnp.real(z) ** 2

    z = 0.7 - 1.3j
    _, pull_back = jax.vjp(f, z)
    return jax.jvp(f, (z,), (1.0 + 0.5j,)), pull_back(jnp.complex64(1.0)), pull_back(jnp.complex64(1j))


def holomorphic_functions(jax, jnp):
    f = lambda z: jnp.sin(z) * jnp.exp(-z)
    z = jnp.complex64(0.3 + 2j)
    return jax.grad(f, holomorphic=True)(z), jax.jacfwd(f, holomorphic=True)(z), jax.jacrev(f, holomorphic=True)(z), jax.hessian(f, holomorphic=True)(z)


def not_holomorphic_functions(jax, jnp):
    f = lambda z: jnp.conjugate(z)
    return jax.grad(f, holomorphic=True)(3.0 + 4j), jax.grad(lambda z: jnp.abs(z) ** 2)(jnp.complex64(3.0 + 4j))


def gradients_through_linear_algebra(jax, jnp, tolerance=1e-4):
    a = jnp.array([[5.0, 2.0 + 3j, 5j], [2.0 - 3j, 7.0, 1.0 + 7j], [-5j, 1.0 - 7j, 12.0]])
    return jax.vjp(jnp.linalg.inv, a)[1](jnp.ones((3, 3), dtype=jnp.complex64))


def refused(jax, jnp, raises):
    return [
        raises(jax.grad(lambda x: x), jnp.arange(3.0)),
        raises(jax.grad(lambda x: x * 1.0), 3),
        raises(jax.grad(lambda x: x * 1j), 3.0),
        raises(jax.grad(lambda z: z * z), 3.0 + 1j),
        raises(jax.grad(lambda z: z * z, holomorphic=True), 3.0),
        raises(jax.jacfwd(lambda z: z), 1j),
        raises(jax.jacrev(lambda z: z), 1),
        raises(jax.grad(lambda x: x, argnums=1), 3.0),
        raises(jax.grad(lambda x, y: x, argnums=(0, 2)), 3.0, 2.0),
        raises(jax.grad(lambda x: x, argnums=-2), 3.0),
        raises(jax.grad(lambda x: (x, x)), 3.0),
        raises(jax.grad(lambda x: x, has_aux=True), 3.0),
        raises(jax.grad, lambda x: x, reduce_axes=("i",)),
        raises(jax.vjp, lambda x: x, 3.0, reduce_axes=("i",)),
        raises(jax.jvp, lambda x: x, 3.0, 1.0),
        raises(jax.jvp, lambda x: x, (3.0,), (1,)),
        raises(jax.jvp, lambda x: x, (3.0,), (jnp.ones(2),)),
        raises(jax.jvp, lambda x, y: x, (3.0, 2.0), (1.0,)),
        raises(jax.vjp(lambda x: x, 3.0)[1], jnp.ones(2)),
        raises(jax.vjp(lambda x: x, 3.0)[1], (1.0,)),
        raises(jax.vjp(lambda x: (x, x), 3.0)[1], 1.0),
        raises(jax.vjp(lambda x: x, 3.0)[1], 1.0, 2.0),
        raises(jax.linearize(lambda x: x, 3.0)[1], jnp.ones(2)),
        raises(jax.linearize(lambda x: x, 3.0)[1], 1.0, 2.0),
        raises(jax.linearize(lambda x: x, 3.0)[1], jnp.int32(1)),
        raises(jax.grad, 3),
        raises(jax.jacfwd, 3),
        raises(jax.vmap, 3),
        raises(jax.vjp, 3, 1.0),
    ]


def integers(jax, jnp, np):
    """What is no float has tangents of `float0`."""
    f = lambda x, n: x * n
    zero = np.zeros((), dtype=jax.float0)
    value, pull_back = jax.vjp(f, 2.0, 3)
    return jax.grad(f, (0, 1), allow_int=True)(2.0, 3), jax.jvp(f, (2.0, 3), (1.0, zero)), value, pull_back(1.0), jax.jvp(lambda n: n * 2, (3,), (zero,))


def auxiliary_values(jax, jnp):
    f = lambda x, y: (jnp.sum(x * y), {"product": x * y, "n": x.shape[0]})
    x, y = jnp.arange(3.0), jnp.ones(3)
    value, pull_back, aux = jax.vjp(f, x, y, has_aux=True)
    out, push, more = jax.linearize(f, x, y, has_aux=True)
    g = lambda x: (x**2, x.sum())
    return (jax.grad(f, has_aux=True)(x, y), jax.value_and_grad(f, (0, 1), has_aux=True)(x, y), pull_back(value), aux, push(x, y), more,
            jax.jvp(f, (x, y), (y, x), has_aux=True), jax.jacfwd(g, has_aux=True)(x), jax.jacrev(g, has_aux=True)(x),
            jax.hessian(lambda x: (jnp.sum(x**3), x), has_aux=True)(x))


def forward_and_backward(jax, jnp):
    """`fwd_and_bwd`: the two halves of a derivative, each compiled."""
    f = lambda x, y: jnp.sin(x) * y
    forward, backward = jax.fwd_and_bwd(f, argnums=(0, 1))
    out, residuals = forward(jnp.float32(1.0), jnp.float32(2.0))
    return out, backward(residuals, jnp.float32(1.0))
