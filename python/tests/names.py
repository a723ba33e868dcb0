"""Names of JAX's modules that raxla has not, and why; and parameters that differ."""

_SHARDS = "programs run on one device each, until there are meshes"
_BLOCKS = "no products of blocks that have scales of their own"
_ALGORITHM = "no choice of algorithms beyond `Precision`"
_EFFECTS = "effects are ordered without the program's help"
_REFS = "no references that programs change"
_PROCESSES = "one process"
_TRANSFERS = "transfers are not guarded"
_CHECKS = "no such checks of JAX's own insides"
_LEAKED = "what JAX's module imports, not what it is for"
_INSIDE = "a step of the function that the module is for"
_YET = "not there yet"

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
    "jax": {
        **dict.fromkeys(("Ref", "ds", "empty_ref", "free_ref", "freeze", "new_ref"), _REFS),
        **dict.fromkeys((
            "Shard", "auto_pcast", "make_array_from_callback", "make_array_from_process_local_data", "make_array_from_single_device_arrays", "make_mesh", "memory",
            "pmap", "remove_size_one_mesh_axis_from_type", "reshard", "set_mesh", "shard_map", "smap",
        ), _SHARDS),
        **dict.fromkeys(("host_count", "host_id", "host_ids", "process_indices"), _PROCESSES),
        **dict.fromkeys((
            "thread_guard", "transfer_guard", "transfer_guard_device_to_device", "transfer_guard_device_to_host", "transfer_guard_host_to_device",
        ), _TRANSFERS),
        **dict.fromkeys(("array_garbage_collection_guard", "enable_checks", "no_execution", "no_tracing", "debug_key_reuse"), _CHECKS),
        **dict.fromkeys((
            "ad", "allow_f16_reductions", "copy_to_host_async", "jax2tf_associative_scan_reductions", "legacy_prng_key", "live_arrays", "make_user_context",
            "print_environment_info", "softmax_custom_jvp",
        ), _YET),
    },
    "jax.ad_checkpoint": dict.fromkeys(("Offloadable", "Recompute", "Saveable"), "policies say yes or no"),
    "jax.custom_batching": {}, "jax.custom_derivatives": {},
    "jax.debug": {
        "DebugEffect": _EFFECTS, "OrderedDebugEffect": _EFFECTS, "breakpoint": _YET, "inspect_array_sharding": _SHARDS, "visualize_array_sharding": _SHARDS,
        "visualize_sharding": _SHARDS,
    },
    "jax.dlpack": {"is_supported_dtype": _YET},
    "jax.dtypes": {},
    "jax.errors": {
        "InconclusiveDimensionOperation": "shapes are numbers", "JaxprTypeError": "programs are checked in Rust",
    },
    "jax.flatten_util": {}, "jax.test_util": {}, "jax.numpy": {}, "jax.random": {}, "jax.scipy": {}, "jax.tree": {}, "jax.tree_util": {}, "jax.typing": {},
    "jax.sharding": dict.fromkeys((
        "AbstractDevice", "AxisType", "ManualAxisType", "Mesh", "SingleDeviceSharding", "auto_axes", "explicit_axes", "get_abstract_mesh", "get_mesh",
        "make_single_device_sharding", "reshard", "set_mesh", "use_abstract_mesh",
    ), _SHARDS),
    "jax.stages": {"ArgInfo": _YET, "CompilerOptions": _YET},
    "jax.scipy.cluster.vq": {}, "jax.scipy.interpolate": {}, "jax.scipy.spatial.transform": {},
    "jax.example_libraries.optimizers": dict.fromkeys((
        "Any", "Callable", "NamedTuple", "annotations", "map", "namedtuple", "partial", "safe_map", "safe_zip", "unzip2", "zip",
    ), _LEAKED),
    "jax.example_libraries.stax": {},
    "jax.experimental": {"EArray": _YET, "cur_qdd": _REFS, "primal_tangent_dtype": _YET},
    "jax.experimental.ode": {
        **dict.fromkeys((
            "Callable", "map", "partial", "promote_dtypes_inexact", "ravel_pytree", "safe_map", "safe_zip", "tree_leaves", "tree_map", "zip",
        ), _LEAKED),
        **dict.fromkeys((
            "abs2", "fit_4th_order_polynomial", "initial_step_size", "interp_fit_dopri", "mean_error_ratio", "optimal_step_size", "ravel_first_arg",
            "ravel_first_arg_", "runge_kutta_step",
        ), _INSIDE),
    },
    **{f"jax.scipy.stats.{name}": {} for name in (
        "bernoulli", "beta", "betabinom", "binom", "cauchy", "chi2", "dirichlet", "expon", "gennorm", "geom", "gumbel_l", "gumbel_r", "laplace", "logistic",
        "multinomial", "multivariate_normal", "nbinom", "pareto", "t", "truncnorm", "uniform", "vonmises", "wrapcauchy",
    )},
}
# Public modules of which there is nothing, and why.
MODULES = {
    "jax.api_util": "JAX's insides", "jax.core": "JAX's insides", "jax.extend": "JAX's insides", "jax.interpreters": "JAX's insides", "jax.lib": "JAX's insides",
    "jax.version": "`__version__` has it", "jax.cloud_tpu_init": "no TPUs of a cloud", "jax.collect_profile": _YET, "jax.distributed": _PROCESSES, "jax.export": _YET, "jax.ffi": _YET,
    "jax.monitoring": _YET, "jax.profiler": _YET, "jax.ref": _REFS, "jax.tools": _YET,
    **{f"jax.experimental.{name}": reason for names, reason in (
        ("buffer_callback checkify custom_partitioning compilation_cache compute_on control_deps jet pallas pjit profiler random rnn roofline serialize_executable "
         "sparse source_mapper topologies transfer xla_metadata scheduling_groups hijax fused mosaic key_reuse", _YET),
        ("array_serialization colocated_python layout mesh_utils multihost_utils shard_alike shard_map", _SHARDS), ("jax2tf", "no TensorFlow"),
    ) for name in names.split()},
}
PARAMETERS = {
    "jax": {"checking_leaks": "a state, as the others are", "remat": "JAX's other name of `checkpoint` lacks `static_argnames`"},
    "jax.debug": {"log": "what JAX's own calls pass", "print": "what JAX's own calls pass"},
    "jax.dtypes": {"issubdtype": "as in `jax.numpy`", "result_type": "weak types are not told"},
    "jax.lax": {"all_gather": "`to` says how meshes vary", "random_gamma_grad": "its operands have names"},
}
