"""`nn`: activations, softmax and its kin, attention, initializers."""

import pytest
from both import check, check_error

X = "jnp.array([-2.0, -0.5, 0.1, 0.5, 3.0])"
M = "jnp.sin(jnp.arange(12.0)).reshape(3, 4)"
MASK = "jnp.array([[1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 1, 1]], dtype=bool)"
ACTIVATIONS = ["relu", "relu6", "sigmoid", "softplus", "log_sigmoid", "soft_sign", "silu", "swish", "mish", "leaky_relu", "hard_tanh", "hard_sigmoid", "hard_silu", "hard_swish", "elu", "celu",
               "selu", "gelu", "identity", "tanh", "squareplus", "sparse_plus", "sparse_sigmoid", "softmax", "log_softmax", "logsumexp", "logmeanexp", "standardize"]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_are_jaxs(name):
    check(f"jax.nn.{name}({X})", 1e-5)
    check(f"jax.grad(lambda x: jnp.sum(jax.nn.{name}(x) ** 2))({X})", tolerance=1e-5)
    # JAX refuses integers in some of these, and gives weak floats for them in others.
    if name in ("softplus", "soft_sign", "mish", "elu", "gelu", "leaky_relu", "softmax", "log_softmax", "logsumexp", "tanh", "squareplus"):
        check(f"jax.nn.{name}(jnp.arange(4))", 1e-5)


Q, K = "jnp.sin(jnp.arange(48.0)).reshape(2, 3, 4, 2)", "jnp.cos(jnp.arange(40.0)).reshape(2, 5, 2, 2)"
ROWS = [
    f"jax.nn.log1mexp({X} + 3)", f"jax.nn.leaky_relu({X}, 0.2)", f"jax.nn.leaky_relu({X}, negative_slope={X})", f"jax.nn.elu({X}, alpha=0.5)", f"jax.nn.celu({X}, {X} + 3)",
    f"jax.nn.squareplus({X}, b=1.0)", f"jax.nn.gelu({X}, approximate=False)", f"jax.nn.glu({M})", f"jax.nn.glu({M}.T, axis=0)", f"jax.nn.relu(jnp.arange(3) - 1)",
    f"jax.nn.softmax({M}, axis=0)", f"jax.nn.softmax({M}, axis=(0, 1))", f"jax.nn.softmax({M}, where={MASK})", f"jax.nn.softmax({M}.astype(jnp.bfloat16))", f"jax.nn.log_softmax({M}, axis=None)",
    f"jax.nn.logsumexp({M}, axis=1)", f"jax.nn.logsumexp({M}, axis=1, b={M}, return_sign=True)", f"jax.nn.logsumexp({M}, keepdims=True)", f"jax.nn.logsumexp({M}, axis=0, where={MASK})",
    f"jax.nn.logsumexp({M}, 0, jnp.abs({M}))", f"jax.nn.logmeanexp({M}, axis=1, where={MASK})", f"jax.nn.logmeanexp({M}, axis=0, keepdims=True)",
    "jax.nn.one_hot(jnp.array([0, 2, 5]), 3)", "jax.nn.one_hot(jnp.array([[0], [2]]), 3, dtype=jnp.int8, axis=0)", "jax.nn.one_hot(1, 2)", "jax.nn.one_hot([0, 1], 3)", "jax.nn.one_hot(jnp.array([1.0, 0.5]), 3)",
    f"jax.nn.standardize({M}, axis=0)", f"jax.nn.standardize({M}, axis=(0, 1), algorithm='stable', epsilon=0.1)", f"jax.nn.standardize({M}, where={MASK})", f"jax.nn.standardize({M}, mean=jnp.ones(4), variance=jnp.ones(4))",
    f"jax.nn.dot_product_attention({Q}, {K}, {K})", f"jax.nn.dot_product_attention({Q}[0], {K}[0], {K}[0], scale=0.7, is_causal=True)",
    f"jax.nn.dot_product_attention({Q}, {K}, {K}, jnp.ones((1, 4, 3, 5)), jnp.ones((2, 1, 3, 5), bool))", f"jax.nn.dot_product_attention({Q}, {K}, {K}, local_window_size=1)",
    f"jax.nn.dot_product_attention({Q}, {K}, {K}, local_window_size=(1, 2), implementation='xla', return_residual=True)",
    f"jax.nn.dot_product_attention({Q}, {K}, {K}, query_seq_lengths=jnp.array([2, 3]), key_value_seq_lengths=jnp.array([4, 1]))",
    f"jax.grad(lambda q, k: jnp.sum(jax.nn.dot_product_attention(q, k, k, is_causal=True) ** 2), (0, 1))({Q}, {K})", f"jax.grad(lambda x: jnp.sum(jax.nn.softmax(x, where={MASK}) ** 2))({M})",
]
KEY = "jax.random.key(3)"
INITIALIZERS = [f"jax.nn.initializers.{made}({key}, (4, 6))" for key in (KEY, "jax.random.PRNGKey(3)") for made in ("zeros", "ones", "glorot_normal()", "he_uniform(dtype=jnp.float32)")] + [
    f"jax.nn.initializers.{made}({KEY}, (4, 6))" for made in
    ("glorot_uniform()", "lecun_normal()", "lecun_uniform()", "he_normal()", "kaiming_normal()", "xavier_uniform()", "normal()", "normal(stddev=2.0)", "uniform(3.0)", "truncated_normal(lower=-1.0)",
     "constant(7)", "constant(1.5, jnp.float16)", "variance_scaling(2.0, 'fan_out', 'normal')", "variance_scaling(1.0, 'fan_geo_avg', 'uniform')")] + [
    f"jax.nn.initializers.he_normal(in_axis=0, out_axis=2, batch_axis=1)({KEY}, (3, 2, 4), jnp.bfloat16)", f"jax.nn.initializers.glorot_normal()({KEY}, (3, 2), jnp.complex64)",
    f"jax.nn.initializers.variance_scaling(1.0, 'fan_avg', 'truncated_normal', in_axis=(0, 1), out_axis=-1)({KEY}, (3, 2, 4))",
    f"jax.nn.initializers.orthogonal()({KEY}, (4, 3))", f"jax.nn.initializers.orthogonal(2.0, column_axis=0)({KEY}, (2, 3))", f"jax.nn.initializers.delta_orthogonal()({KEY}, (3, 3, 4))",
]


@pytest.mark.parametrize("code", ROWS + INITIALIZERS)
def test_layers_are_jaxs(code):
    # Products of random matrices, and their roots.
    check(code, 2e-5)


ERRORS = [
    ("jax.nn.relu('a')", "TypeError"), ("jax.nn.sigmoid([1.0])", "TypeError"), ("jax.nn.softmax(jnp.ones(3), axis=1)", "ValueError"),
    ("jax.nn.standardize(jnp.ones(3), algorithm='slow')", "ValueError"), ("jax.nn.dot_product_attention(jnp.ones((1, 2, 3, 4)), jnp.ones((1, 2, 2, 4)), jnp.ones((1, 2, 2, 4)))", "ValueError"),
    ("jax.nn.dot_product_attention(jnp.ones((1, 2, 2, 4)), jnp.ones((1, 2, 2, 4)), jnp.ones((1, 2, 2, 4)), implementation='mine')", "ValueError"),
    ("jax.nn.initializers.variance_scaling(1.0, 'fan', 'normal')(jax.random.key(0), (2, 2))", "ValueError"), ("jax.nn.initializers.variance_scaling(1.0, 'fan_in', 'cauchy')(jax.random.key(0), (2, 2))", "ValueError"),
    ("jax.nn.initializers.orthogonal()(jax.random.key(0), (2,))", "ValueError"), ("jax.nn.initializers.delta_orthogonal()(jax.random.key(0), (2, 2))", "ValueError"),
]


@pytest.mark.parametrize("row", ERRORS, ids=[r[0] for r in ERRORS])
def test_errors_are_of_jaxs_classes(row):
    code, kind, *texts = row
    check_error(code, kind, *texts)
