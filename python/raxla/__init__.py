"""raxla: JAX's names over a functional array compiler in Rust.

>>> import raxla as jax, raxla.numpy as jnp
>>> jax.grad(lambda x: jnp.sum(x**2))(jnp.array([1.0, 2.0]))
Array([2., 4.], dtype=float32)
"""

from raxla import _raxla, dtypes, errors, tree, tree_util
from raxla._raxla import Array
from raxla import numpy, lax, nn, random
from raxla._api import (
    ShapeDtypeStruct, block_until_ready, checkpoint, checkpoint_policies, closure_convert, custom_jvp, custom_vjp, device_get, device_put,
    eval_shape, grad, hessian, jacfwd, jacobian, jacrev, jit, jvp, linear_transpose, linearize, make_jaxpr, named_call, remat,
    value_and_grad, vjp, vmap,
)
from raxla import _methods

__version__ = "0.1.0"
float0 = dtypes.float0
