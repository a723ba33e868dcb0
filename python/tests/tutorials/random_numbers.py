"""Random numbers from keys."""


def keys(jax, jnp):
    key = jax.random.PRNGKey(42)
    a, b, c = jax.random.split(key, 3)
    return key, a, b, c, jax.random.fold_in(key, 7), jax.random.split(key, (2, 2)).shape


def the_same_key_gives_the_same_numbers(jax, jnp):
    key = jax.random.PRNGKey(0)
    return jax.random.normal(key, (3,)), jax.random.normal(key, (3,)), jnp.stack([jax.random.normal(k) for k in jax.random.split(key, 3)])


def one_draw_is_not_many(jax, jnp):
    key = jax.random.PRNGKey(42)
    return jax.random.normal(key, (3,)), jax.vmap(jax.random.normal)(jax.random.split(key, 3))


def distributions(jax, jnp):
    key = jax.random.PRNGKey(5)
    r = jax.random
    return (r.uniform(key, (3,), minval=-1, maxval=2), r.randint(key, (4,), 0, 10), r.bernoulli(key, 0.3, (5,)), r.permutation(key, 6), r.choice(key, jnp.arange(9), (3,), replace=False),
            r.categorical(key, jnp.log(jnp.array([0.2, 0.8])), shape=(5,)), r.exponential(key, (2,)), r.gamma(key, 2.0, (2,)), r.truncated_normal(key, -1, 1, (3,)), r.laplace(key, (2,)), r.poisson(key, 3.0, (3,)))


def inside_transforms(jax, jnp, lax):
    key = jax.random.PRNGKey(1)
    noisy = lambda key, x: jnp.sum(x * jax.random.normal(key, x.shape))
    walk = lambda key: lax.scan(lambda c, k: (c + jax.random.normal(k), c), 0.0, jax.random.split(key, 5))
    reparametrised = lambda mu, s: jnp.mean((mu + s * jax.random.normal(key, (8,))) ** 2)
    return jax.grad(noisy, 1)(key, jnp.ones(3)), jax.jit(noisy)(key, jnp.ones(3)), walk(key), jax.grad(reparametrised, (0, 1))(1.0, 2.0), jax.vmap(walk)(jax.random.split(key, 2))


def shuffles(jax, jnp):
    x = jnp.arange(12).reshape(4, 3)
    key = jax.random.PRNGKey(2)
    return jax.random.permutation(key, x), jax.random.permutation(key, x, axis=1), jax.random.permutation(key, x, independent=True)
