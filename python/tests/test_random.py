"""Random numbers, bit for bit where they are integers, and what neural networks are made of."""

import pytest
from both import check

K = "jax.random.PRNGKey(42)"
RANDOM = [
    K, "jax.random.PRNGKey(-1)", f"jax.random.split({K})", f"jax.random.split({K}, 3)", f"jax.random.fold_in({K}, 7)", f"jax.random.bits({K}, (3,))",
    f"jax.random.uniform({K})", f"jax.random.uniform({K}, (2, 3))", f"jax.random.uniform({K}, (3,), minval=-2.0, maxval=5.0)", f"jax.random.normal({K}, (4,))",
    f"jax.random.normal({K}, (3,), dtype=jnp.bfloat16)", f"jax.random.randint({K}, (5,), 0, 10)", f"jax.random.bernoulli({K}, 0.3, (5,))", f"jax.random.bernoulli({K}, shape=(3,))",
    f"jax.random.categorical({K}, jnp.zeros((3, 4)))", f"jax.random.permutation({K}, 5)", f"jax.random.permutation({K}, jnp.arange(6.0).reshape(3, 2))",
    f"jax.random.choice({K}, 10, (4,))", f"jax.random.choice({K}, 10, (4,), replace=False)", f"jax.random.exponential({K}, (3,))", f"jax.random.gumbel({K}, (3,))",
    f"jax.random.laplace({K}, (3,))", f"jax.random.truncated_normal({K}, -1.0, 1.0, (3,))", f"jax.random.gamma({K}, 2.0, (3,))", f"jax.random.beta({K}, 2.0, 3.0, (3,))",
    f"jax.random.poisson({K}, 4.0, (3,))", f"jax.random.rademacher({K}, (4,))", f"jax.vmap(jax.random.normal)(jax.random.split({K}, 3))",
    f"jax.jit(lambda k: jax.random.normal(k, (2,)))({K})", f"jax.random.cauchy({K}, (3,))", f"jax.random.logistic({K}, (3,))", f"jax.random.maxwell({K}, (3,))",
]
X = "jnp.array([-2.0, -0.5, 0.0, 0.5, 3.0])"
ACTIVATIONS = ["relu", "relu6", "sigmoid", "softplus", "log_sigmoid", "soft_sign", "silu", "swish", "mish", "leaky_relu", "hard_tanh", "hard_sigmoid", "hard_silu", "elu", "celu",
               "selu", "gelu", "softmax", "log_softmax", "logsumexp"]


@pytest.mark.parametrize("code", RANDOM)
def test_random_numbers_are_jaxs(code):
    # Gamma's rejection loop multiplies roundings.
    check(code, tolerance=2e-5 if "gamma" in code or "beta" in code else None)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_jaxs(name):
    check(f"jax.nn.{name}({X})")
    check(f"jax.grad(lambda x: jnp.sum(jax.nn.{name}(x) ** 2))({X} + 0.1)", tolerance=1e-5)


@pytest.mark.parametrize("code", ["jax.nn.one_hot(jnp.array([0, 2]), 3)", "jax.nn.glu(jnp.arange(4.0))", "jax.nn.logsumexp(jnp.ones((2, 3)), axis=1, keepdims=True)",
                                  f"jax.nn.softmax({X}, where={X} > 0)", "jax.nn.gelu(jnp.arange(3.0), approximate=False)"])
def test_layers_are_jaxs(code):
    check(code)
