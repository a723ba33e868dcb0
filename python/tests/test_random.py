"""Random numbers, bit for bit where they are integers; and what neural networks are made of."""

import pytest
from both import check, check_error

K = "jax.random.key(42)"
R = "jax.random"
A = "jnp.array([0.5, 1.0, 3.0])"
# Distributions, each with all options.
DRAWN = [
    f"{R}.bits({K}, (3,))", f"{R}.bits({K}, (2, 2), 'uint8')", f"{R}.bits({K}, (3,), dtype=jnp.uint16)", f"{R}.uniform({K})", f"{R}.uniform({K}, (2, 3))",
    f"{R}.uniform({K}, (3,), minval=-2.0, maxval=5.0)", f"{R}.uniform({K}, (2, 3), jnp.float16, {A}, 9)", f"{R}.uniform({K}, (3,), 'bfloat16')",
    f"{R}.normal({K})", f"{R}.normal({K}, (4,))", f"{R}.normal({K}, 3)", f"{R}.normal({K}, (3,), dtype=jnp.bfloat16)", f"{R}.normal({K}, (3,), 'complex64')",
    f"{R}.truncated_normal({K}, -1.0, 1.0, (3,))", f"{R}.truncated_normal({K}, -{A}, {A})", f"{R}.exponential({K}, (3,))", f"{R}.exponential({K}, (3,), 'float16')",
    f"{R}.laplace({K}, (3,))", f"{R}.logistic({K}, (3,))", f"{R}.cauchy({K}, (3,))", f"{R}.maxwell({K}, (3,))", f"{R}.gumbel({K}, (3,))",
    f"{R}.gumbel({K}, (3,), mode='high')", f"{R}.gumbel({K}, (50,), mode='highest')", f"{R}.gumbel({K}, (3,), 'bfloat16', mode='highest')",
    f"{R}.rademacher({K}, (4,))", f"{R}.rademacher({K}, (4,), jnp.int8)", f"{R}.rademacher({K}, (4,), float)", f"{R}.lognormal({K})", f"{R}.lognormal({K}, {A})",
    f"{R}.lognormal({K}, 0.5, (2, 2))", f"{R}.pareto({K}, {A})", f"{R}.pareto({K}, 2.0, (3,))", f"{R}.rayleigh({K}, {A})", f"{R}.rayleigh({K}, {A}, (2, 3))",
    f"{R}.weibull_min({K}, 2.0, 3.0, (3,))", f"{R}.weibull_min({K}, {A}, 2.0)", f"{R}.weibull_min({K}, 1.0, {A}, (2, 1))",
    f"{R}.triangular({K}, 0.0, 0.5, {A})", f"{R}.triangular({K}, -1, 0, 1, (4,))", f"{R}.wald({K}, {A})", f"{R}.wald({K}, 2.0, (4,))",
    f"{R}.double_sided_maxwell({K}, 0.0, 1.0, (4,))", f"{R}.double_sided_maxwell({K}, {A}, 2.0)", f"{R}.double_sided_maxwell({K}, {A}, 2.0, (2,))",
    f"{R}.generalized_normal({K}, 1.5, (3,))", f"{R}.ball({K}, 3)", f"{R}.ball({K}, 2, 1.0, (3,))", f"{R}.orthogonal({K}, 3)", f"{R}.orthogonal({K}, 2, (2,), m=3)",
    f"{R}.randint({K}, (5,), 0, 10)", f"{R}.randint({K}, (5,), -3, jnp.array(300), 'int8')", f"{R}.randint({K}, (2, 3), jnp.arange(3), 9, jnp.uint8)",
    f"{R}.randint({K}, (3,), 1.5, 7.5)", f"{R}.randint({K}, (3,), 5, 5, 'uint32')", f"{R}.bernoulli({K})", f"{R}.bernoulli({K}, 0.3, (5,))",
    f"{R}.bernoulli({K}, shape=(3,))", f"{R}.bernoulli({K}, {A} / 4, mode='high')", f"{R}.categorical({K}, jnp.zeros((3, 4)))",
    f"{R}.categorical({K}, jnp.zeros((3, 4)), axis=0)", f"{R}.categorical({K}, {A}, shape=(2, 4))", f"{R}.categorical({K}, {A}, shape=(2,), replace=False)",
    f"{R}.categorical({K}, {A}, shape=(5,), mode='high')", f"{R}.permutation({K}, 5)", f"{R}.permutation({K}, jnp.arange(6.0).reshape(3, 2))",
    f"{R}.permutation({K}, jnp.arange(6).reshape(3, 2), 1)", f"{R}.permutation({K}, jnp.arange(6).reshape(3, 2), axis=-1, independent=True)",
    f"{R}.choice({K}, 10, (4,))", f"{R}.choice({K}, 10, (4,), replace=False)", f"{R}.choice({K}, 3, (2, 2), p={A} / 4.5)",
    f"{R}.choice({K}, {A}, (2,), False, {A} / 4.5)", f"{R}.choice({K}, jnp.eye(3), (2,), axis=1)", f"{R}.choice({K}, 3, (2,), False, {A} / 4.5, mode='high')",
    f"{R}.geometric({K}, {A} / 4)", f"{R}.geometric({K}, 0.1, (4,), 'int16')", f"{R}.poisson({K}, 4.0, (3,))", f"{R}.poisson({K}, jnp.array([0.0, 2.0, 20.0]))",
    f"{R}.poisson({K}, 3, (2,), jnp.int16)", f"{R}.binomial({K}, 20, 0.3, (4,))", f"{R}.binomial({K}, jnp.array([5.0, 100.0]), 0.7)",
    f"{R}.multinomial({K}, 10, jnp.array([0.2, 0.3, 0.5]))", f"{R}.multinomial({K}, jnp.array([[4.0], [9.0]])[:, 0], jnp.array([0.2, 0.8]), shape=(2, 2))",
]
# Rejection loops multiply roundings.
ROUNDED = [
    f"{R}.gamma({K}, 2.0, (3,))", f"{R}.gamma({K}, {A})", f"{R}.loggamma({K}, {A})", f"{R}.loggamma({K}, 0.1, (2, 2))", f"{R}.beta({K}, 2.0, 3.0, (3,))",
    f"{R}.beta({K}, {A}, 2)", f"{R}.dirichlet({K}, {A})", f"{R}.dirichlet({K}, {A}, (2,))", f"{R}.chisquare({K}, {A})", f"{R}.chisquare({K}, 3, (2,))",
    f"{R}.f({K}, {A}, 4.0)", f"{R}.f({K}, 3, 4, (2,))", f"{R}.t({K}, {A})", f"{R}.t({K}, 3, (2,))",
    f"{R}.multivariate_normal({K}, {A}, jnp.eye(3))", f"{R}.multivariate_normal({K}, {A}, 2 * jnp.eye(3), (2,), method='cholesky')",
    f"jnp.abs({R}.multivariate_normal({K}, jnp.zeros(2), jnp.diag(jnp.array([1.0, 2.0])), (2,), method='eigh'))",
    f"jnp.abs({R}.multivariate_normal({K}, jnp.zeros(2), jnp.diag(jnp.array([2.0, 1.0])), (2,), method='svd'))",
]
ERRORS = [
    (f"{R}.normal(3)", "TypeError", "invalid PRNG key data"), (f"{R}.normal(jnp.arange(2))", "TypeError", "uint32"), (f"{R}.bits(jnp.zeros(3, 'uint32'))", "TypeError", "(2,)"),
    (f"{R}.normal({R}.split({K}))", "ValueError", "single key", "(2,)"), (f"{R}.normal({K}, dtype=int)", "ValueError", "dtype argument to `normal`"),
    (f"{R}.bits({K}, dtype=int)", "ValueError", "unsigned"), (f"{R}.randint({K}, (), 0, 1, float)", "TypeError", "integer"),
    (f"{R}.uniform({K}, (2,), minval={A})", "TypeError"), (f"{R}.gumbel({K}, mode='no')", "ValueError", "mode"), (f"{R}.bernoulli({K}, 1)", "TypeError", "floating"),
    (f"{R}.bernoulli({K}, mode='no')", "ValueError"), (f"{R}.choice({K}, 3, 2)", "TypeError"), (f"{R}.choice({K}, 3, (5,), False)", "ValueError"),
    (f"{R}.permutation({K}, 1.5)", "TypeError"), (f"{R}.multivariate_normal({K}, 1.0, jnp.eye(3))", "ValueError", "ndim"),
    (f"{R}.multivariate_normal({K}, {A}, jnp.eye(3), method='lu')", "ValueError", "method"), (f"{R}.poisson({R}.key(0, impl='rbg'), 1.0)", "NotImplementedError"),
    (f"{R}.beta({K}, 1j, 1.0)", "ValueError", "beta"), (f"{R}.binomial({K}, 1, 0.5, dtype=int)", "ValueError"), (f"{R}.categorical({K}, {A}, shape=(9,), replace=False)", "ValueError"),
]
X = "jnp.array([-2.0, -0.5, 0.0, 0.5, 3.0])"
ACTIVATIONS = ["relu", "relu6", "sigmoid", "softplus", "log_sigmoid", "soft_sign", "silu", "swish", "mish", "leaky_relu", "hard_tanh", "hard_sigmoid", "hard_silu", "elu", "celu",
               "selu", "gelu", "softmax", "log_softmax", "logsumexp"]


@pytest.mark.parametrize("code", DRAWN)
def test_random_numbers_are_jaxs(code):
    # Sums of products of 16-bit numbers may be contracted; products of rows and columns are.
    check(code, tolerance=2e-5 if "orthogonal" in code or "ball" in code or "generalized" in code else None)


@pytest.mark.parametrize("code", ROUNDED)
def test_random_numbers_of_loops_are_jaxs(code):
    check(code, tolerance=5e-5)


@pytest.mark.parametrize("row", ERRORS, ids=[r[0] for r in ERRORS])
def test_errors_are_jaxs(row):
    code, kind, *texts = row
    check_error(code, kind, *texts)


def test_every_name_of_jax_is_there():
    import jax

    import raxla

    # JAX's primitive of gamma's rejection loop is no function of users'.
    missing = {n for n in dir(jax.random) if not n.startswith("_")} - set(dir(raxla.random)) - {"random_gamma_p"}
    assert not missing


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_jaxs(name):
    check(f"jax.nn.{name}({X})")
    check(f"jax.grad(lambda x: jnp.sum(jax.nn.{name}(x) ** 2))({X} + 0.1)", tolerance=1e-5)


@pytest.mark.parametrize("code", ["jax.nn.one_hot(jnp.array([0, 2]), 3)", "jax.nn.glu(jnp.arange(4.0))", "jax.nn.logsumexp(jnp.ones((2, 3)), axis=1, keepdims=True)",
                                  f"jax.nn.softmax({X}, where={X} > 0)", "jax.nn.gelu(jnp.arange(3.0), approximate=False)"])
def test_layers_are_jaxs(code):
    check(code)
