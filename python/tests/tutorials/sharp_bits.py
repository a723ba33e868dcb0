"""Sharp bits: purity, updates, indices out of bounds, NaNs, dtypes."""


def impure_functions(jax, jnp):
    printed, box = [], [0.0]

    @jax.jit
    def f(x):
        printed.append("traced")
        return x + box[0]

    first = f(4.0), f(5.0)
    box[0] = 10.0
    return first, f(6.0), f(jnp.array([6.0])), printed


def leaking(jax, jnp, raises):
    kept = []

    @jax.jit
    def f(x):
        kept.append(x)
        return x * 2

    out = f(3.0)
    return out, raises(lambda: kept[0] + 1)


def iterators_are_traced_once(jax, jnp, lax):
    iterator = iter(range(10))
    return lax.fori_loop(0, 10, lambda i, x: x + next(iterator), 0), lax.fori_loop(0, 10, lambda i, x: x + jnp.arange(10)[i], 0)


def updates(jax, jnp, raises):
    x = jnp.zeros((3, 3))

    def assign():
        x[1, :] = 1.0

    return raises(assign), x.at[1, :].set(1.0), x.at[::2, 1:].add(7.0), x, x.at[0].multiply(2), (x + 3).at[0, 0].min(1.0), (x + 3).at[:, 1].divide(2), (x + 3).at[2].power(2)


def indices_out_of_bounds(jnp):
    x = jnp.arange(10.0)
    return (x[11], x[jnp.array([-11, 3, 99])], x.at[11].get(mode="fill", fill_value=jnp.nan), x.at[11].set(5.0), x.at[jnp.array([2, 50])].add(1.0, mode="drop"),
            x.at[11].add(1.0, mode="clip"), x.at[-1].set(0.0), x.at[jnp.array([0, 0, 1])].add(1.0))


def inputs_that_are_no_arrays(jnp, raises):
    return raises(jnp.sum, [1, 2, 3]), jnp.sum(jnp.array([1, 2, 3])), raises(jnp.sin, "a"), raises(jnp.array([1, 2]).__getitem__, [0, 1])


def nans_of_where(jax, jnp):
    wrong = lambda x: jnp.where(x > 0.0, jnp.log(x), 0.0)
    right = lambda x: jnp.where(x > 0.0, jnp.log(jnp.where(x > 0, x, 1.0)), 0.0)
    return jax.grad(wrong)(0.0), jax.grad(right)(0.0), jax.grad(right)(2.0), jax.grad(lambda x: jnp.sqrt(x))(0.0), jnp.log(-1.0)


def single_precision(jax, jnp, np):
    x = jnp.array(np.arange(3, dtype=np.float64))
    return x.dtype.name, jnp.zeros(2, dtype=jnp.int32).dtype.name, jnp.arange(3.0).dtype.name, jnp.asarray(np.int64(7)).dtype.name, jnp.float32(1e10) + 1


def promotion(jnp, np):
    return (jnp.int32(1) + 1.5, jnp.bfloat16(1) + 1.5, jnp.arange(3) + np.float32(1), jnp.int8(1) + jnp.uint8(1), jnp.float16(1) + jnp.bfloat16(1), jnp.bool_(True) + 1,
            jnp.uint8(200) + 100, jnp.arange(2, dtype=jnp.int8) / 2, jnp.float32(1) + 1j, jnp.int32(7) // 2, 7 % jnp.int32(-4), -7 // jnp.int32(2))


def overflow_and_division(jnp):
    return (jnp.uint8(255) + jnp.uint8(1), jnp.int8(127) + jnp.int8(1), jnp.int32(1) // jnp.int32(0), jnp.array(1.0) / 0, jnp.array([3e38], dtype=jnp.float32) * 10,
            jnp.array(-2.7).astype(jnp.int32), jnp.array(300.0).astype(jnp.uint8))


def shapes_must_be_known(jax, jnp, raises):
    return [raises(jax.jit(lambda x: x[x > 1]), jnp.arange(3)), raises(jax.jit(lambda x: jnp.nonzero(x)), jnp.arange(3)), raises(jax.jit(lambda n: jnp.arange(n)), 3),
            raises(jax.jit(lambda x, n: x.reshape(n, -1)), jnp.arange(4), 2)], jax.jit(lambda x: jnp.where(x > 1, x, 0))(jnp.arange(3)), jax.jit(lambda x: jnp.nonzero(x, size=2)[0])(jnp.arange(3))


def order_of_evaluation_of_keys(jax):
    key = jax.random.PRNGKey(0)
    a, b = jax.random.split(key)
    return jax.random.uniform(a, (2,)), jax.random.uniform(b, (2,)), jax.random.uniform(a, (2,))
