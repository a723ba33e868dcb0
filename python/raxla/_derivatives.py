"""Derivatives: gradients, products with Jacobians, and Jacobians."""

import operator

import numpy as np

from raxla import _raxla, dtypes, tree_util
from raxla._arguments import check_callable, check_reduce_axes, wraps
from raxla._jit import jit
from raxla._types import types_of
from raxla._vmap import vmap


def _argnums(argnums, args):
    single = not isinstance(argnums, (tuple, list, range, set)) and np.ndim(argnums) == 0
    numbers = [operator.index(i) for i in ((argnums,) if single else argnums)]
    if any(i < -len(args) for i in numbers):
        raise ValueError(f"{argnums=} must be places of arguments, but the call has {len(args)} positional arguments.")
    least = max(numbers, default=-1) + 1
    if least > len(args):
        raise TypeError(f"differentiating with respect to {argnums=} requires at least {least} positional arguments to be passed by the "
                        f"caller, but got only {len(args)} positional arguments.")
    return single, [i % len(args) for i in numbers]


def value_and_grad(fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False, reduce_axes=()):
    """A function that gives the value and the gradient.

    >>> import raxla as jax
    >>> value, gradient = jax.value_and_grad(lambda x: x * x)(3.0)
    >>> float(value), float(gradient)
    (9.0, 6.0)
    """
    check_reduce_axes("grad", reduce_axes)
    return _value_and_grad("value_and_grad", fun, argnums, has_aux, holomorphic, allow_int)


def _value_and_grad(name, fun, argnums, has_aux, holomorphic, allow_int):
    check_callable(fun)

    def value_and_grad_f(*args, **kwargs):
        single, numbers = _argnums(argnums, args)
        value, grads = _raxla.value_and_grad_call(name, fun, numbers, has_aux, holomorphic, allow_int, args, kwargs)
        return value, grads[0] if single else grads

    return wraps(fun, value_and_grad_f)


def grad(fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False, reduce_axes=()):
    """A function that gives the gradient of one that gives a scalar.

    >>> import raxla as jax
    >>> float(jax.grad(jax.grad(lambda x: x**3))(2.0))
    12.0
    """
    check_reduce_axes("grad", reduce_axes)
    both = _value_and_grad("grad", fun, argnums, has_aux, holomorphic, allow_int)

    def grad_f(*args, **kwargs):
        value, grads = both(*args, **kwargs)
        return (grads, value[1]) if has_aux else grads

    return wraps(fun, grad_f)


def vjp(fun, *primals, has_aux=False, reduce_axes=()):
    """The value at a point, and the function from cotangents of the output to those of the arguments.

    >>> import raxla as jax
    >>> y, pull_back = jax.vjp(lambda x, y: x * y, 3.0, 4.0)
    >>> [float(ct) for ct in pull_back(1.0)]
    [4.0, 3.0]
    """
    check_reduce_axes("vjp", reduce_axes)
    check_callable(fun)
    value, linear, residuals, aux = _raxla.linearize_call("vjp", fun, primals, has_aux)
    pull_back = tree_util.Partial(linear, residuals)
    return (value, pull_back, aux) if has_aux else (value, pull_back)


def linearize(fun, *primals, has_aux=False):
    """The value at a point, and the derivative there as a linear function.

    >>> import raxla as jax
    >>> y, push_forward = jax.linearize(lambda x: x**2, 3.0)
    >>> float(push_forward(10.0))
    60.0
    """
    check_callable(fun)
    value, linear, residuals, aux = _raxla.linearize_call("linearize", fun, primals, has_aux)
    push_forward = tree_util.Partial(linear, residuals)
    return (value, push_forward, aux) if has_aux else (value, push_forward)


def fwd_and_bwd(fun, argnums, has_aux=False, jitted=True):
    """The two halves of a derivative: a function that gives the value and the pullback, and one of the pullback and a cotangent.

    >>> import raxla as jax
    >>> forward, backward = jax.fwd_and_bwd(lambda x, y: x * y, argnums=1)
    >>> value, pull_back = forward(3.0, 4.0)
    >>> float(backward(pull_back, 1.0))
    3.0
    """
    check_callable(fun)

    def forward(*args, **kwargs):
        f, chosen, _ = _differentiated(fun, argnums, args, kwargs)
        value, pull_back, *aux = vjp(f, *chosen, has_aux=has_aux)
        return (value, pull_back, *aux)

    def backward(pull_back, ct):
        found = pull_back(ct)
        return found[0] if np.ndim(argnums) == 0 else found

    return (jit(forward), jit(backward)) if jitted else (forward, backward)


def jvp(fun, primals, tangents, has_aux=False):
    """The value at a point, and the derivative there in a direction.

    >>> import raxla as jax
    >>> y, dy = jax.jvp(lambda x: x**2, (3.0,), (1.0,))
    >>> float(y), float(dy)
    (9.0, 6.0)
    """
    check_callable(fun)
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise TypeError("primal and tangent arguments to jax.jvp must be tuples or lists; found "
                        f"{type(primals).__name__} and {type(tangents).__name__}.")
    value, tangent, aux = _raxla.jvp_call(fun, tuple(primals), tuple(tangents), has_aux)
    return (value, tangent, aux) if has_aux else (value, tangent)


def linear_transpose(fun, *primals, reduce_axes=()):
    """The transpose of a linear function, given arguments or their types.

    >>> import raxla as jax
    >>> [float(ct) for ct in jax.linear_transpose(lambda x, y: 2 * x - y, 0.0, 0.0)(1.0)]
    [2.0, -1.0]
    """
    check_reduce_axes("transpose", reduce_axes)
    check_callable(fun)
    leaves, structure = tree_util.tree_flatten(primals)
    linear, captured = _raxla.transpose_call(fun, types_of(leaves), structure)
    return tree_util.Partial(linear, captured)


def _dtype_of(x):
    return x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype


def _basis(tree):
    """For each leaf of a tree, the tree's unit vectors along a new first axis."""
    from raxla import numpy as jnp

    leaves, treedef = tree_util.tree_flatten(tree)
    sizes = [jnp.size(x) for x in leaves]
    total, at, made = sum(sizes), 0, []
    for leaf, n in zip(leaves, sizes):
        made.append(jnp.reshape(jnp.eye(total, n, k=-at, dtype=_dtype_of(leaf)), (total, *jnp.shape(leaf))))
        at += n
    return treedef.unflatten(made), sizes


def _split_columns(jacobian, like, sizes, axis):
    """The unit vectors' axis of an array as the axes of the leaves of a tree."""
    from raxla import numpy as jnp

    leaves, treedef = tree_util.tree_flatten(like)
    at, made = 0, []
    for leaf, n in zip(leaves, sizes):
        index = (slice(None),) * axis + (slice(at, at + n),)
        made.append(jnp.reshape(jacobian[index], (*jacobian.shape[:axis], *jnp.shape(leaf), *jacobian.shape[axis + 1 :])))
        at += n
    return treedef.unflatten(made)


def _differentiated(fun, argnums, args, kwargs):
    single, numbers = _argnums(argnums, args)

    def f(*chosen):
        all_args = list(args)
        for i, x in zip(numbers, chosen):
            all_args[i] = x
        return fun(*all_args, **kwargs)

    chosen = tuple(args[i] for i in numbers)
    return wraps(fun, f), chosen, single


def _check_jacobian(name, tree, holomorphic, what, kind=np.floating):
    from raxla import numpy as jnp

    for leaf in tree_util.tree_leaves(tree):
        dtype = jnp.asarray(leaf).dtype
        if kind is np.inexact and not holomorphic:
            if not dtypes.issubdtype(dtype, np.inexact):
                raise TypeError(f"{name} requires real- or complex-valued inputs (input dtype that is a sub-dtype of np.inexact), but got "
                                f"{dtype.name}. If you want to use Boolean- or integer-valued inputs, use vjp or set allow_int to True.")
            continue
        if holomorphic and not dtypes.issubdtype(dtype, np.complexfloating):
            raise TypeError(f"{name} with holomorphic=True requires {what}s with complex dtype, but got {dtype.name}.")
        if not holomorphic and not dtypes.issubdtype(dtype, np.floating):
            raise TypeError(f"{name} requires real-valued {what}s ({what} dtype that is a sub-dtype of np.floating), but got {dtype.name}. "
                            "For holomorphic differentiation, pass holomorphic=True.")


def jacfwd(fun, argnums=0, has_aux=False, holomorphic=False):
    """The Jacobian, column by column.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.jacfwd(lambda x: x**2)(jnp.array([1.0, 2.0]))
    Array([[2., 0.],
           [0., 4.]], dtype=float32)
    """

    from raxla import numpy as jnp

    check_callable(fun)

    def jacfwd_f(*args, **kwargs):
        f, chosen, single = _differentiated(fun, argnums, args, kwargs)
        _check_jacobian("jacfwd", chosen, holomorphic, "input")
        value, push_forward, *aux = linearize(f, *chosen, has_aux=has_aux)
        _check_jacobian("jacfwd", value, holomorphic, "output")
        basis, sizes = _basis(chosen)
        columns = vmap(push_forward, out_axes=-1)(*basis)

        def split(column, y):
            parts = _split_columns(column, chosen, sizes, column.ndim - 1)
            parts = tree_util.tree_map(_raxla.numpy._weak, parts) if jnp.asarray(y).weak_type else parts
            return parts[0] if single else parts

        jacobian = tree_util.tree_map(split, columns, value)
        return (jacobian, aux[0]) if has_aux else jacobian

    return wraps(fun, jacfwd_f)


def jacrev(fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False):
    """The Jacobian, row by row.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.jacrev(lambda x: jnp.stack([x[0] * x[1], x[0]]))(jnp.array([2.0, 3.0]))
    Array([[3., 2.],
           [1., 0.]], dtype=float32)
    """
    from raxla import numpy as jnp

    check_callable(fun)

    def jacrev_f(*args, **kwargs):
        f, chosen, single = _differentiated(fun, argnums, args, kwargs)
        if holomorphic or not allow_int:
            _check_jacobian("jacrev", chosen, holomorphic, "input", np.inexact)
        value, pull_back, *aux = vjp(f, *chosen, has_aux=has_aux)
        _check_jacobian("jacrev", value, holomorphic, "output")
        basis, sizes = _basis(value)
        rows = vmap(pull_back)(basis)

        def split(row, x):
            if row.dtype == dtypes.float0:
                return tree_util.tree_map(lambda y: jnp.zeros(np.shape(y) + np.shape(x), _dtype_of(x)), value)
            parts = _split_columns(row, value, sizes, 0)
            return tree_util.tree_map(_raxla.numpy._weak, parts) if jnp.ndim(x) == 0 and jnp.asarray(x).weak_type else parts

        rows, like = (rows[0], chosen[0]) if single else (rows, chosen)
        parts = tree_util.tree_map(split, rows, like)
        jacobian = tree_util.tree_transpose(tree_util.tree_structure(rows), tree_util.tree_structure(value), parts)
        return (jacobian, aux[0]) if has_aux else jacobian

    return wraps(fun, jacrev_f)


jacobian = jacrev


def hessian(fun, argnums=0, has_aux=False, holomorphic=False):
    """The matrix of second derivatives.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.hessian(lambda x: x[0] * x[1] ** 2)(jnp.array([1.0, 2.0]))
    Array([[0., 4.],
           [4., 2.]], dtype=float32)
    """
    return jacfwd(jacrev(fun, argnums, has_aux, holomorphic), argnums, has_aux, holomorphic)
