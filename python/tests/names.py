"""Names of JAX's modules that raxla has not, and why; and parameters that differ."""

_SHARDS = "programs run on one device each, until there are meshes"
_BLOCKS = "no products of blocks that have scales of their own"
_ALGORITHM = "no choice of algorithms beyond `Precision`"
_EFFECTS = "effects are ordered without the program's help"

MISSING = {
    "jax.lax": {
        "AccuracyMode": _ALGORITHM, "DotAlgorithm": _ALGORITHM, "DotAlgorithmPreset": _ALGORITHM, "Tolerance": _ALGORITHM, "after_all": _EFFECTS,
        "create_token": _EFFECTS, "dce_sink": "nothing without an effect is kept", "pcast": _SHARDS, "precv": _SHARDS, "psend": _SHARDS,
        "ragged_all_to_all": _SHARDS, "scaled_dot": _BLOCKS, "with_sharding_constraint": _SHARDS,
    },
    "jax.nn": {"get_scaled_dot_general_config": _BLOCKS, "scaled_dot_general": _BLOCKS, "scaled_matmul": _BLOCKS},
    "jax.nn.initializers": {},
    "jax.numpy.linalg": {}, "jax.numpy.fft": {}, "jax.lax.linalg": {"qdwh": "its matrix is `scipy.linalg.polar`'s"}, "jax.image": {}, "jax.ops": {}, "jax.scipy.fft": {}, "jax.scipy.integrate": {},
    "jax.scipy.linalg": {}, "jax.scipy.ndimage": {}, "jax.scipy.optimize": {}, "jax.scipy.signal": {}, "jax.scipy.sparse.linalg": {}, "jax.scipy.special": {}, "jax.scipy.stats": {}, "jax.scipy.stats.norm": {},
    "jax.scipy.stats.gamma": {}, "jax.scipy.stats.poisson": {},
}
PARAMETERS = {
    "jax.lax": {"all_gather": "`to` says how meshes vary", "random_gamma_grad": "its operands have names"},
}
