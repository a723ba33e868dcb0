"""Functions of the host in compiled programs."""

import contextlib
import io


def pure_callbacks(jax, jnp, np):
    def host(x, y):
        return np.asarray(x) * 2 + np.asarray(y)

    def f(x, y):
        return jax.pure_callback(host, jax.ShapeDtypeStruct(x.shape, x.dtype), x, y)

    x = jnp.arange(3.0)
    return f(x, x), jax.jit(f)(x, x + 1), jax.jit(lambda x: f(x, x).sum())(x)


def batches_of_callbacks(jax, jnp, np):
    f = lambda x: jax.pure_callback(lambda x: np.sin(x), jax.ShapeDtypeStruct(x.shape, x.dtype), x, vmap_method="sequential")
    g = lambda x: jax.pure_callback(lambda x: np.asarray(np.sum(x, -1), dtype=np.float32), jax.ShapeDtypeStruct((), jnp.float32), x, vmap_method="expand_dims")
    return jax.vmap(f)(jnp.arange(3.0)), jax.vmap(g)(jnp.arange(6.0).reshape(2, 3)), jax.jit(jax.vmap(f))(jnp.arange(2.0))


def derivatives_of_callbacks(jax, jnp, np, raises):
    sine = lambda x: jax.pure_callback(lambda x: np.sin(x), jax.ShapeDtypeStruct(x.shape, x.dtype), x)

    @jax.custom_jvp
    def f(x):
        return sine(x)

    f.defjvp(lambda p, t: (f(*p), jnp.cos(p[0]) * t[0]))
    return raises(jax.grad(sine), jnp.float32(1)), jax.grad(f)(jnp.float32(1)), jax.jit(jax.value_and_grad(f))(jnp.float32(2))


def a_bessel_function_of_the_host(jax, jnp, np):
    """`jv` of SciPy with its derivative by recursion."""
    import scipy.special

    def jv(v, z):
        v, z = jnp.asarray(v), jnp.asarray(z)
        shape = jnp.broadcast_shapes(v.shape, z.shape)
        return jax.pure_callback(lambda v, z: np.asarray(scipy.special.jv(v, z), dtype=np.float32), jax.ShapeDtypeStruct(shape, jnp.float32), v, z, vmap_method="broadcast_all")

    jv = jax.custom_jvp(jv)

    @jv.defjvp
    def rule(primals, tangents):
        (v, z), (_, dz) = primals, tangents
        first = jnp.where(v == 0, -jv(v + 1, z), (jv(v - 1, z) - jv(v + 1, z)) / 2)
        return jv(v, z), dz * first

    gradient = jax.grad(jv, argnums=1)
    return jv(0.0, 1.5), gradient(0.0, 1.5), jax.jit(gradient)(2.0, 1.5), jax.vmap(gradient, (None, 0))(1.0, jnp.array([0.5, 1.0]))


def prints(jax, jnp):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        @jax.jit
        def f(x):
            jax.debug.print("x is {x} and its double {}", 2 * x, x=x)
            return x + 1

        out = f(jnp.int32(3))
        jax.effects_barrier()
    return out, text.getvalue()


def callbacks_with_effects(jax, jnp, np):
    from importlib import import_module

    io_callback = import_module(f"{jax.__name__}.experimental").io_callback
    seen = []

    @jax.jit
    def f(x):
        io_callback(lambda x: seen.append(float(x)), None, x, ordered=True)
        jax.debug.callback(lambda x: seen.append(-float(x)), x, ordered=True)
        return x * 2

    out = [f(jnp.float32(i)) for i in range(3)]
    jax.effects_barrier()
    # Each kind of effect is in order; JAX says nothing of one beside the other.
    return out, [x for x in seen if x > 0], [x for x in seen if x < 0]
