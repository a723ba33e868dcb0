"""Arrays, tracing, and the transforms at a glance."""


def arrays(jax, jnp, np):
    x = jnp.linspace(0, 10, 11)
    return 2 * jnp.sin(x) * jnp.cos(x), jnp.add(1, 1.0), jnp.arange(3).dtype.name, isinstance(x, jax.Array), np.asarray(x)


def arrays_do_not_change(jnp, raises):
    x = jnp.arange(5)

    def assign():
        x[0] = 10

    return x.at[0].set(10), x, raises(assign)


def selu(jax, jnp):
    def selu(x, alpha=1.67, lmbda=1.05):
        return lmbda * jnp.where(x > 0, x, alpha * jnp.exp(x) - alpha)

    x = jnp.arange(5.0) - 2
    return selu(x), jax.jit(selu)(x), jax.jit(selu)(x, alpha=2.0), jax.jit(selu)(x, lmbda=1)


def a_logistic_derivative(jax, jnp):
    sum_logistic = lambda x: jnp.sum(1.0 / (1.0 + jnp.exp(-x)))
    x = jnp.arange(3.0)
    step = 1e-3
    differences = jnp.array([(sum_logistic(x + step * v) - sum_logistic(x - step * v)) / (2 * step) for v in jnp.eye(3)])
    return jax.grad(sum_logistic)(x), jnp.max(jnp.abs(differences - jax.grad(sum_logistic)(x))) < 1e-3, jax.grad(jax.jit(jax.grad(jax.jit(jax.grad(sum_logistic)))))(1.0)


def jacobian_and_hessian(jax, jnp):
    x = jnp.arange(3.0)
    hessian = lambda f: jax.jit(jax.jacfwd(jax.jacrev(f)))
    return jax.jacobian(jnp.exp)(x), hessian(lambda x: jnp.sum(1.0 / (1.0 + jnp.exp(-x))))(x)


def batches_of_products(jax, jnp):
    mat, batch = jnp.arange(12.0).reshape(3, 4) / 10, jnp.arange(8.0).reshape(2, 4)
    apply = lambda v: jnp.dot(mat, v)
    naive = jnp.stack([apply(v) for v in batch])
    return naive, jax.jit(lambda b: jnp.dot(b, mat.T))(batch), jax.jit(jax.vmap(apply))(batch)


def what_a_trace_sees(jax, jnp):
    seen = []

    @jax.jit
    def f(x, y):
        seen.append((x.shape, x.dtype.name, y.shape, y.dtype.name))
        return jnp.dot(x + 1, y + 1)

    x, y = jnp.arange(12.0).reshape(3, 4), jnp.arange(4.0)
    out = f(x, y), f(x * 2, y), f(x[:2], y)
    return out, seen


def static_and_traced(jax, jnp, np, raises):
    import functools

    @jax.jit
    def numpy_shape(x):
        return x.reshape(np.prod(x.shape))

    @functools.partial(jax.jit, static_argnums=(1,))
    def negated(x, neg):
        return -x if neg else x

    branch = jax.jit(lambda x, neg: -x if neg else x)
    unique = jax.jit(lambda x: x[x < 0])
    return numpy_shape(jnp.ones((2, 3))), negated(1, True), raises(branch, 1, True), raises(unique, jnp.arange(3) - 1)


def random_keys(jax, jnp):
    key = jax.random.PRNGKey(43)
    first, again = jax.random.normal(key), jax.random.normal(key)
    samples = []
    for _ in range(3):
        key, subkey = jax.random.split(key)
        samples.append(jax.random.normal(subkey))
    return first, again, samples, jax.random.normal(jax.random.PRNGKey(0), (3,)), [jax.random.uniform(k) for k in jax.random.split(key, 2)]


def debugging(jax, jnp):
    text = str(jax.make_jaxpr(lambda x: jnp.sin(x) * 2)(1.0))
    lowered = jax.jit(lambda x: jnp.sin(x) * 2).lower(jnp.float32(1)).as_text()
    return "sin" in text and "mul" in text, "stablehlo.sine" in lowered


def many_devices_and_one(jax, jnp):
    x = jnp.arange(8.0)
    return jax.device_get(jax.device_put(x)), jax.block_until_ready({"x": x, "n": 3})
