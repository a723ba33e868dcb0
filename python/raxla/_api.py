"""`jit`, derivatives, batches: what decorators and their arguments become before Rust takes over."""

import functools
import inspect
import threading

import numpy as np

from raxla import _raxla, dtypes, tree_util
from raxla._raxla import Array


def _wraps(fun, wrapper):
    try:
        functools.update_wrapper(wrapper, fun)
    except (AttributeError, TypeError):
        pass
    return wrapper


def _numbers(spec):
    return () if spec is None else (int(spec),) if np.ndim(spec) == 0 else tuple(int(i) for i in spec)


def _names(spec):
    return () if spec is None else (spec,) if isinstance(spec, str) else tuple(spec)


def _parameters(fun):
    try:
        return [p for p in inspect.signature(fun).parameters.values()]
    except (TypeError, ValueError):
        return []


def jit(fun=None, *, static_argnums=None, static_argnames=None, donate_argnums=None, donate_argnames=None, keep_unused=False,
        device=None, backend=None, inline=False, abstracted_axes=None, compiler_options=None, in_shardings=None, out_shardings=None):
    """The function, compiled by XLA for each kind of arguments.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> @jax.jit
    ... def selu(x, alpha=1.67, lmbda=1.05):
    ...     return lmbda * jnp.where(x > 0, x, alpha * jnp.exp(x) - alpha)
    >>> selu(jnp.array([1.0, -1.0])).shape
    (2,)
    """
    options = dict(locals())
    if fun is None:
        return functools.partial(jit, **{k: v for k, v in options.items() if k != "fun"})
    for name in ("device", "backend", "abstracted_axes", "in_shardings", "out_shardings"):
        if options[name] is not None:
            raise NotImplementedError(f"jit: `{name}` is not there yet")
    if not callable(fun):
        raise TypeError(f"Expected a callable value, got {fun}")
    parameters = _parameters(fun)
    positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    numbers, names = _numbers(static_argnums), _names(static_argnames)
    known = {p.name for p in parameters}
    variadic = any(p.kind is p.VAR_KEYWORD for p in parameters)
    for name in names:
        if known and name not in known and not variadic:
            raise ValueError(f"jit got invalid argname {name!r} in static_argnames. Function does not take these args.")
    # A static argument is static whether it is passed by place or by name.
    numbers += tuple(positional.index(n) for n in names if n in positional and positional.index(n) not in numbers)
    names += tuple(positional[i] for i in numbers if -len(positional) <= i < len(positional) and positional[i] not in names)
    compiled = _raxla.PjitFunction(fun, getattr(fun, "__name__", "jitted"), list(numbers), list(names), list(_numbers(donate_argnums)),
                                   list(_names(donate_argnames)), positional)
    return _wraps(fun, compiled)


class Lowered:
    """A function at given types, ready to compile."""

    def __init__(self, function, args, kwargs):
        self._function, self._args, self._kwargs = function, args, kwargs
        self.program, self._text = function._lower(*args, **kwargs)

    def as_text(self, dialect=None):
        """The StableHLO."""
        del dialect
        return self._text

    def compile(self):
        """The compiled function."""
        return self._function

    def __repr__(self):
        return self.program


def _lower(self, *args, **kwargs):
    """The function at the types of these arguments, before compiling."""
    return Lowered(self, args, kwargs)


_raxla.PjitFunction.lower = _lower


def _argnums(argnums, args):
    single = isinstance(argnums, (int, np.integer))
    numbers = (argnums,) if single else tuple(argnums)
    return single, [int(i) % len(args) if args and i < 0 else int(i) for i in numbers]


def value_and_grad(fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False, reduce_axes=()):
    """A function that gives the value and the gradient.

    >>> import raxla as jax
    >>> value, gradient = jax.value_and_grad(lambda x: x * x)(3.0)
    >>> float(value), float(gradient)
    (9.0, 6.0)
    """
    del reduce_axes
    return _value_and_grad("value_and_grad", fun, argnums, has_aux, holomorphic, allow_int)


def _value_and_grad(name, fun, argnums, has_aux, holomorphic, allow_int):
    def value_and_grad_f(*args, **kwargs):
        single, numbers = _argnums(argnums, args)
        value, grads = _raxla.value_and_grad_call(name, fun, numbers, has_aux, holomorphic, allow_int, args, kwargs)
        return value, grads[0] if single else grads

    return _wraps(fun, value_and_grad_f)


def grad(fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False, reduce_axes=()):
    """A function that gives the gradient of one that gives a scalar.

    >>> import raxla as jax
    >>> float(jax.grad(jax.grad(lambda x: x**3))(2.0))
    12.0
    """
    del reduce_axes
    both = _value_and_grad("grad", fun, argnums, has_aux, holomorphic, allow_int)

    def grad_f(*args, **kwargs):
        value, grads = both(*args, **kwargs)
        return (grads, value[1]) if has_aux else grads

    return _wraps(fun, grad_f)


def vjp(fun, *primals, has_aux=False, reduce_axes=()):
    """The value at a point, and the function from cotangents of the output to those of the arguments.

    >>> import raxla as jax
    >>> y, pull_back = jax.vjp(lambda x, y: x * y, 3.0, 4.0)
    >>> [float(ct) for ct in pull_back(1.0)]
    [4.0, 3.0]
    """
    del reduce_axes
    value, linear, aux = _raxla.linearize_call("vjp", fun, primals, has_aux)
    pull_back = tree_util.Partial(linear.transpose)
    return (value, pull_back, aux) if has_aux else (value, pull_back)


def linearize(fun, *primals, has_aux=False):
    """The value at a point, and the derivative there as a linear function."""
    value, linear, aux = _raxla.linearize_call("linearize", fun, primals, has_aux)

    def push_forward(*tangents):
        return linear.forward(tangents)

    return (value, push_forward, aux) if has_aux else (value, push_forward)


def jvp(fun, primals, tangents, has_aux=False):
    """The value at a point, and the derivative there in a direction.

    >>> import raxla as jax
    >>> y, dy = jax.jvp(lambda x: x**2, (3.0,), (1.0,))
    >>> float(y), float(dy)
    (9.0, 6.0)
    """
    if not isinstance(primals, (tuple, list)) or not isinstance(tangents, (tuple, list)):
        raise TypeError("primal and tangent arguments to jax.jvp must be tuples or lists; found "
                        f"{type(primals).__name__} and {type(tangents).__name__}.")
    value, tangent, aux = _raxla.jvp_call(fun, tuple(primals), tuple(tangents), has_aux)
    return (value, tangent, aux) if has_aux else (value, tangent)


def linear_transpose(fun, *primals):
    """The transpose of a linear function, given arguments or their types."""
    from raxla import numpy as jnp

    zeros = tree_util.tree_map(lambda x: jnp.zeros(np.shape(x) if not hasattr(x, "shape") else x.shape, dtype=_dtype_of(x)), primals)
    return vjp(fun, *zeros)[1]


def _dtype_of(x):
    return x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype


def vmap(fun, in_axes=0, out_axes=0, axis_name=None, axis_size=None, spmd_axis_name=None):
    """The function over a batch.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.vmap(jnp.dot, in_axes=(0, None))(jnp.eye(2), jnp.array([1.0, 2.0]))
    Array([1., 2.], dtype=float32)
    """
    del spmd_axis_name
    if isinstance(in_axes, list):
        in_axes = tuple(in_axes)

    def vmap_f(*args, **kwargs):
        if isinstance(in_axes, tuple) and len(in_axes) != len(args):
            raise ValueError("vmap in_axes must be an int, None, or a tuple of entries corresponding to the positional arguments passed "
                             f"to the function, but got {len(in_axes)=}, {len(args)=}")
        axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(args)
        f = fun
        if kwargs:
            names, args = list(kwargs), (*args, *kwargs.values())
            axes += (0,) * len(names)
            n = len(args) - len(names)
            f = _wraps(fun, lambda *a: fun(*a[:n], **dict(zip(names, a[n:]))))
        name = None if axis_name is None else str(axis_name)
        return _raxla.vmap_call(f, args, axes, out_axes, name, axis_size)

    return _wraps(fun, vmap_f)


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
    return _wraps(fun, f), chosen, single


def _check_jacobian(name, tree, holomorphic, what):
    from raxla import numpy as jnp

    for leaf in tree_util.tree_leaves(tree):
        dtype = jnp.asarray(leaf).dtype
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

    def jacfwd_f(*args, **kwargs):
        f, chosen, single = _differentiated(fun, argnums, args, kwargs)
        _check_jacobian("jacfwd", chosen, holomorphic, "input")
        value, push_forward, *aux = linearize(f, *chosen, has_aux=has_aux)
        _check_jacobian("jacfwd", value, holomorphic, "output")
        basis, sizes = _basis(chosen)
        columns = vmap(push_forward, out_axes=-1)(*basis)
        split = lambda column: _split_columns(column, chosen, sizes, column.ndim - 1)
        jacobian = tree_util.tree_map(lambda c: split(c)[0] if single else split(c), columns)
        return (jacobian, aux[0]) if has_aux else jacobian

    return _wraps(fun, jacfwd_f)


def jacrev(fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False):
    """The Jacobian, row by row.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.jacrev(lambda x: jnp.stack([x[0] * x[1], x[0]]))(jnp.array([2.0, 3.0]))
    Array([[3., 2.],
           [1., 0.]], dtype=float32)
    """
    del allow_int

    def jacrev_f(*args, **kwargs):
        f, chosen, single = _differentiated(fun, argnums, args, kwargs)
        _check_jacobian("jacrev", chosen, holomorphic, "input")
        value, pull_back, *aux = vjp(f, *chosen, has_aux=has_aux)
        _check_jacobian("jacrev", value, holomorphic, "output")
        basis, sizes = _basis(value)
        rows = vmap(pull_back)(basis)
        rows = rows[0] if single else rows
        parts = tree_util.tree_map(lambda row: _split_columns(row, value, sizes, 0), rows)
        jacobian = tree_util.tree_transpose(tree_util.tree_structure(rows), tree_util.tree_structure(value), parts)
        return (jacobian, aux[0]) if has_aux else jacobian

    return _wraps(fun, jacrev_f)


jacobian = jacrev


def hessian(fun, argnums=0, has_aux=False, holomorphic=False):
    """The matrix of second derivatives.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.hessian(lambda x: x[0] * x[1] ** 2)(jnp.array([1.0, 2.0]))
    Array([[0., 4.],
           [4., 2.]], dtype=float32)
    """
    return jacfwd(jacrev(fun, argnums, has_aux, holomorphic), argnums, has_aux, holomorphic)


def checkpoint(fun=None, *, concrete=False, prevent_cse=True, static_argnums=(), policy=None):
    """The function, computed again in the backward pass instead of keeping what that needs."""
    del prevent_cse
    if fun is None:
        return functools.partial(checkpoint, static_argnums=static_argnums, policy=policy)
    if concrete:
        raise NotImplementedError("checkpoint: `concrete` was removed; use static_argnums")
    kind, names = getattr(policy, "_policy", ("nothing_saveable", ()))
    if policy is not None and not hasattr(policy, "_policy"):
        raise NotImplementedError("checkpoint: policies of your own are not there yet; use those of checkpoint_policies")

    def checkpoint_f(*args, **kwargs):
        static = {i % len(args): args[i] for i in _numbers(static_argnums)}
        dynamic = tuple(a for i, a in enumerate(args) if i not in static)

        def f(dynamic, kwargs):
            rest = iter(dynamic)
            return fun(*(static[i] if i in static else next(rest) for i in range(len(args))), **kwargs)

        return _raxla.checkpoint_call(_wraps(fun, f), (dynamic, kwargs), kind, list(names))

    return _wraps(fun, checkpoint_f)


remat = checkpoint


class _Policy:
    def __init__(self, kind, names=()):
        self._policy = (kind, names)


class checkpoint_policies:
    """What `checkpoint` keeps for the backward pass."""

    everything_saveable = _Policy("everything_saveable")
    nothing_saveable = _Policy("nothing_saveable")
    dots_saveable = checkpoint_dots = _Policy("dots_saveable")
    dots_with_no_batch_dims_saveable = checkpoint_dots_with_no_batch_dims = _Policy("dots_with_no_batch_dims_saveable")

    @staticmethod
    def save_only_these_names(*names):
        """Keeps what `checkpoint_name` gave these names."""
        return _Policy("save_only_these_names", names)

    @staticmethod
    def save_any_names_but_these(*names):
        """Keeps what `checkpoint_name` gave any other name."""
        return _Policy("save_any_names_but_these", names)

    @staticmethod
    def save_anything_except_these_names(*names):
        """Keeps everything but these."""
        return _Policy("save_anything_except_these_names", names)


def _bound_arguments(fun, args, kwargs):
    """Arguments by place, with defaults filled in, as rules see them."""
    try:
        bound = inspect.signature(fun).bind(*args, **kwargs)
    except ValueError:
        return args
    bound.apply_defaults()
    if bound.kwargs:
        raise TypeError("custom derivatives: keyword arguments must be given by place")
    return bound.args


class custom_jvp:
    """A function whose derivative its author writes: `f.defjvp(rule)`, where `rule(primals, tangents)` gives the output and its tangent.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> @jax.custom_jvp
    ... def f(x):
    ...     return jnp.sin(x)
    >>> @f.defjvp
    ... def rule(primals, tangents):
    ...     (x,), (t,) = primals, tangents
    ...     return f(x), 2 * t
    >>> float(jax.grad(f)(1.0))
    2.0
    """

    def __init__(self, fun, nondiff_argnums=(), nondiff_argnames=()):
        self.fun, self.jvp = fun, None
        self._local = threading.local()
        names = _names(nondiff_argnames)
        positional = [p.name for p in _parameters(fun)]
        self.nondiff_argnums = _numbers(nondiff_argnums) + tuple(positional.index(n) for n in names)
        _wraps(fun, self)

    @property
    def _depth(self):
        return getattr(self._local, "depth", 0)

    @_depth.setter
    def _depth(self, depth):
        self._local.depth = depth

    def defjvp(self, jvp, symbolic_zeros=False):
        """Sets the rule."""
        if symbolic_zeros:
            raise NotImplementedError("custom_jvp: symbolic_zeros is not there yet")
        self.jvp = jvp
        return jvp

    def defjvps(self, *jvps):
        """Sets a rule for each argument: `rule(tangent, output, *primals)`; `None` for zero."""

        def rule(primals, tangents):
            out = self(*primals)
            parts = [f(t, out, *primals) for f, t in zip(jvps, tangents) if f is not None]
            total = functools.reduce(lambda a, b: tree_util.tree_map(lambda x, y: x + y, a, b), parts)
            return out, total

        self.defjvp(rule)

    # How many derivatives of the function are its rule's. A rule is traced when its function is called, and usually calls the function
    # itself, so without an end there would be none. Derivatives of higher order are those of the function as it is written.
    _ORDERS = 3

    def __call__(self, *args, **kwargs):
        if self.jvp is None:
            raise AttributeError(f"No JVP defined for custom_jvp function {getattr(self, '__name__', self.fun)} using defjvp.")
        args = _bound_arguments(self.fun, args, kwargs)
        static = {i: args[i] for i in self.nondiff_argnums}
        dynamic = tuple(a for i, a in enumerate(args) if i not in static)

        def f(*dynamic):
            rest = iter(dynamic)
            return self.fun(*(static[i] if i in static else next(rest) for i in range(len(args))))

        if self._depth >= self._ORDERS:
            return f(*dynamic)

        def rule(primals, tangents):
            self._depth += 1
            try:
                return self.jvp(*(static[i] for i in sorted(static)), primals, tangents)
            finally:
                self._depth -= 1

        return _raxla.custom_jvp_call(_wraps(self.fun, f), rule, dynamic)

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)


class custom_vjp:
    """A function whose reverse-mode derivative its author writes: `f.defvjp(forward, backward)`.

    `forward(*args)` gives the output and residuals, `backward(residuals, cotangent)` a tuple of cotangents of the arguments.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> @jax.custom_vjp
    ... def f(x):
    ...     return x
    >>> f.defvjp(lambda x: (x, None), lambda _, ct: (3 * ct,))
    >>> float(jax.grad(f)(1.0))
    3.0
    """

    def __init__(self, fun, nondiff_argnums=(), nondiff_argnames=()):
        self.fun, self.fwd, self.bwd = fun, None, None
        names = _names(nondiff_argnames)
        positional = [p.name for p in _parameters(fun)]
        self.nondiff_argnums = _numbers(nondiff_argnums) + tuple(positional.index(n) for n in names)
        _wraps(fun, self)

    def defvjp(self, fwd, bwd, symbolic_zeros=False, optimize_remat=False):
        """Sets the rule."""
        del optimize_remat
        if symbolic_zeros:
            raise NotImplementedError("custom_vjp: symbolic_zeros is not there yet")
        self.fwd, self.bwd = fwd, bwd

    def __call__(self, *args, **kwargs):
        if self.fwd is None:
            raise AttributeError(f"No VJP defined for custom_vjp function {getattr(self, '__name__', self.fun)} using defvjp.")
        args = _bound_arguments(self.fun, args, kwargs)
        static = {i: args[i] for i in self.nondiff_argnums}
        dynamic = tuple(a for i, a in enumerate(args) if i not in static)

        def whole(dynamic):
            rest = iter(dynamic)
            return [static[i] if i in static else next(rest) for i in range(len(args))]

        def backward(residuals, ct):
            return self.bwd(*(static[i] for i in sorted(static)), residuals, ct)

        f = _wraps(self.fun, lambda *dynamic: self.fun(*whole(dynamic)))
        return _raxla.custom_vjp_call(f, lambda *dynamic: self.fwd(*whole(dynamic)), backward, dynamic)

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)


class ShapeDtypeStruct:
    """A shape and a dtype, without data."""

    __slots__ = ("shape", "dtype", "weak_type")

    def __init__(self, shape, dtype, *, sharding=None, weak_type=False):
        del sharding
        self.shape, self.dtype, self.weak_type = tuple(shape), np.dtype(dtype), weak_type

    size = property(lambda self: int(np.prod(self.shape, dtype=int)))
    ndim = property(lambda self: len(self.shape))

    def __len__(self):
        return self.shape[0]

    def __repr__(self):
        weak = ", weak_type=True" if self.weak_type else ""
        return f"ShapeDtypeStruct(shape={self.shape}, dtype={self.dtype.name}{weak})"

    def __eq__(self, other):
        return isinstance(other, ShapeDtypeStruct) and (self.shape, self.dtype, self.weak_type) == (other.shape, other.dtype, other.weak_type)

    def __hash__(self):
        return hash((self.shape, self.dtype, self.weak_type))


def _types(leaves):
    def one(x):
        if hasattr(x, "shape") and hasattr(x, "dtype"):
            return list(x.shape), np.dtype(x.dtype), bool(getattr(x, "weak_type", False))
        from raxla import numpy as jnp

        array = jnp.asarray(x)
        return list(array.shape), array.dtype, array.weak_type

    return [one(x) for x in leaves]


def _staged(fun, args, kwargs):
    leaves, structure = tree_util.tree_flatten(((args, kwargs),))
    f = _wraps(fun, lambda both: fun(*both[0], **both[1]))
    return _raxla.eval_shape_call(f, _types(leaves), structure)


def eval_shape(fun, *args, **kwargs):
    """The shapes and dtypes of what a function gives, without computing it.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.eval_shape(jnp.dot, jax.ShapeDtypeStruct((2, 3), jnp.float32), jax.ShapeDtypeStruct((3,), jnp.float32))
    ShapeDtypeStruct(shape=(2,), dtype=float32)
    """
    types, structure, _ = _staged(fun, args, kwargs)
    return structure.unflatten([ShapeDtypeStruct(shape, dtype, weak_type=weak) for shape, dtype, weak in types])


class Jaxpr(str):
    """The text of a program, which reads back; what JAX calls a jaxpr."""

    def __repr__(self):
        return str(self)


def make_jaxpr(fun, static_argnums=(), axis_env=None, return_shape=False, abstracted_axes=None):
    """A function that gives the program of another, as text.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.make_jaxpr(jnp.sin)(jnp.ones(2))
    program(%0: f32[2]) {
      %1: f32[2] = sin %0
      return %1
    }
    """
    del axis_env, abstracted_axes

    def make(*args, **kwargs):
        static = {i: args[i] for i in _numbers(static_argnums)}

        def f(*dynamic, **kw):
            rest = iter(dynamic)
            return fun(*(static[i] if i in static else next(rest) for i in range(len(args))), **kw)

        types, structure, text = _staged(_wraps(fun, f), tuple(a for i, a in enumerate(args) if i not in static), kwargs)
        if return_shape:
            return Jaxpr(text), structure.unflatten([ShapeDtypeStruct(s, d, weak_type=w) for s, d, w in types])
        return Jaxpr(text)

    return _wraps(fun, make)


def named_call(fun, *, name=None):
    """The function as one equation of the program, under a name."""
    called = jit(fun)
    del name
    return called


def closure_convert(fun, *example_args):
    """The function with what it captures as further arguments: here nothing, since captured arrays are constants."""
    del example_args
    return fun, []


def block_until_ready(x):
    """Waits until all arrays of a tree are there."""
    for leaf in tree_util.tree_leaves(x):
        if hasattr(leaf, "block_until_ready"):
            leaf.block_until_ready()
    return x


def device_get(x):
    """The arrays of a tree as NumPy's."""
    return tree_util.tree_map(lambda leaf: np.asarray(leaf) if isinstance(leaf, Array) else leaf, x)


def device_put(x, device=None, *, src=None, donate=False, may_alias=None):
    """The leaves of a tree as arrays on the device."""
    from raxla import numpy as jnp

    del src, donate, may_alias
    if device is not None:
        raise NotImplementedError("device_put: other devices than the first are not there yet")
    return tree_util.tree_map(jnp.asarray, x)
