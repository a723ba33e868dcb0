"""raxla: JAX's names over a functional array compiler in Rust.

>>> import raxla as jax, raxla.numpy as jnp
>>> jax.grad(lambda x: jnp.sum(x**2))(jnp.array([1.0, 2.0]))
Array([2., 4.], dtype=float32)
"""

from raxla import _raxla, dtypes, errors, tree, tree_util
from raxla._config import (
    check_tracer_leaks, checking_leaks, config, debug_infs, debug_nans, default_device, default_matmul_precision, default_prng_impl,
    disable_jit, enable_custom_prng, enable_x64, explain_cache_misses, log_compiles, numpy_dtype_promotion, numpy_rank_promotion,
    threefry_partitionable,
)
from raxla._raxla import Array
from raxla import numpy, lax, nn, random
from raxla._callbacks import effects_barrier, pure_callback
from raxla._checkpoint import checkpoint, checkpoint_policies, remat
from raxla._custom import closure_convert, custom_gradient, custom_jvp, custom_vjp
from raxla._derivatives import (
    fwd_and_bwd, grad, hessian, jacfwd, jacobian, jacrev, jvp, linear_transpose, linearize, value_and_grad, vjp,
)
from raxla._devices import (
    Device, block_until_ready, default_backend, device_count, device_get, device_put, devices, local_device_count, local_devices,
    process_count, process_index,
)
from raxla._jit import clear_caches, jit
from raxla._raxla import CompileTime as ensure_compile_time_eval
from raxla._scope import named_call, named_scope
from raxla._types import ShapeDtypeStruct, eval_shape, make_jaxpr, typeof
from raxla._vmap import vmap
from raxla.sharding import NamedSharding, PartitionSpec as P
from raxla import _methods, ad_checkpoint, custom_batching, custom_derivatives, debug, dlpack, flatten_util, sharding, stages, typing
from raxla._boundary import protect
import sys

protect(numpy, lax, nn, nn.initializers, random, tree, tree_util, debug, dlpack, flatten_util, ad_checkpoint, custom_batching, custom_derivatives,
        sys.modules[__name__])
del protect, sys

__version__ = "0.1.0"
float0 = dtypes.float0


def __getattr__(name):
    # Modules that few programs need load when they are first asked for.
    if name in ("experimental", "image", "ops", "scipy", "test_util"):
        from raxla._boundary import imported

        return imported(f"raxla.{name}")
    raise AttributeError(f"module 'raxla' has no attribute {name!r}")
