"""raxla: JAX's names over a functional array compiler in Rust.

>>> import raxla as jax, raxla.numpy as jnp
>>> jax.grad(lambda x: jnp.sum(x**2))(jnp.array([1.0, 2.0]))
Array([2., 4.], dtype=float32)
"""

from raxla import _raxla, dtypes, errors, tree, tree_util
from raxla._raxla import Array
from raxla import numpy, lax, nn, random
from raxla._checkpoint import checkpoint, checkpoint_policies, remat
from raxla._custom import closure_convert, custom_jvp, custom_vjp
from raxla._derivatives import grad, hessian, jacfwd, jacobian, jacrev, jvp, linear_transpose, linearize, value_and_grad, vjp
from raxla._jit import block_until_ready, device_get, device_put, jit, named_call
from raxla._types import ShapeDtypeStruct, eval_shape, make_jaxpr
from raxla._vmap import vmap
from raxla import _methods

__version__ = "0.1.0"
float0 = dtypes.float0
