"""Derivative rules of the user's own."""

import functools

from raxla import _raxla, tree_util
from raxla._arguments import Forwarding, as_names, as_numbers, bound_arguments, check_callable, name_of, parameters_of, split_static, wraps


def _places(fun, nondiff_argnums, nondiff_argnames):
    positional = [p.name for p in parameters_of(fun)]
    numbers = set(as_numbers(nondiff_argnums)) | {positional.index(n) for n in as_names(nondiff_argnames)}
    return tuple(sorted(numbers))


class SymbolicZero:
    """A tangent that is zero for certain, without data."""

    _symbolic_zero = True

    def __init__(self, aval):
        self.aval = aval

    shape = property(lambda self: tuple(self.aval.shape))
    dtype = property(lambda self: self.aval.dtype)
    ndim = property(lambda self: len(self.shape))
    size = property(lambda self: functools.reduce(lambda a, b: a * b, self.shape, 1))

    def __repr__(self):
        return f"SymbolicZero({self.dtype.name}[{','.join(map(str, self.shape))}])"


def _symbolic_zero(x):
    from raxla._types import ShapeDtypeStruct

    return SymbolicZero(ShapeDtypeStruct(x.shape, x.dtype))


class CustomVJPPrimal:
    """An argument as a forward rule with `symbolic_zeros` takes it: its value, and whether it is differentiated in."""

    def __init__(self, value, perturbed):
        self.value, self.perturbed = value, perturbed

    def __repr__(self):
        return f"CustomVJPPrimal(value={self.value}, perturbed={self.perturbed})"


def custom_vjp_primal_tree_values(tree):
    """The values of a tree of `CustomVJPPrimal`."""

    def value(leaf):
        if type(leaf) is not CustomVJPPrimal:
            raise TypeError(f"unexpected leaf type {type(leaf)}")
        return leaf.value

    return tree_util.tree_map(value, tree)


def zero_from_primal(val, symbolic_zeros=False):
    """The zero tangent of a value."""
    from raxla import dtypes, numpy as jnp

    x = jnp.asarray(val)
    if not jnp.issubdtype(x.dtype, jnp.inexact):
        return dtypes._float0_zeros(x.shape)
    return _symbolic_zero(x) if symbolic_zeros else jnp.zeros_like(x)


class custom_jvp(Forwarding):
    """A function whose derivative its author writes: `f.defjvp(rule)`, where `rule(primals, tangents)` gives the output and its tangent.

    The rule is traced as many times over as derivatives are taken around the call; without any, only the function is.

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
        check_callable(fun)
        wraps(fun, self)  # First, since a function that is such an object has attributes of these names.
        self.fun, self.jvp, self.symbolic_zeros = fun, None, False
        self.nondiff_argnums = _places(fun, nondiff_argnums, nondiff_argnames)

    def defjvp(self, jvp, symbolic_zeros=False):
        """Sets the rule. With `symbolic_zeros`, tangents that are zero for certain come as `SymbolicZero`."""
        self.jvp, self.symbolic_zeros = jvp, symbolic_zeros
        return jvp

    def defjvps(self, *jvps):
        """Sets a rule for each argument: `rule(tangent, output, *primals)`; `None` for zero."""
        if self.nondiff_argnums:
            raise TypeError("Can't use ``defjvps`` with ``nondiff_argnums``.")

        def rule(primals, tangents):
            out = self(*primals)
            parts = [tree_util.tree_map(zero_from_primal, out)]
            parts += [f(t, out, *primals) for f, t in zip(jvps, tangents) if f is not None]
            total = functools.reduce(lambda a, b: tree_util.tree_map(lambda x, y: x + y, a, b), parts)
            return out, total

        self.defjvp(rule)

    def __call__(self, *args, **kwargs):
        if self.jvp is None:
            raise AttributeError(f"No JVP defined for custom_jvp function {name_of(self.fun)} using defjvp.")
        args = bound_arguments("custom_jvp", self.fun, args, kwargs)
        static, dynamic, whole = split_static(self.nondiff_argnums, args)

        def f(*dynamic):
            return self.fun(*whole(dynamic))

        def rule(primals, tangents):
            return self.jvp(*(static[i] for i in sorted(static)), primals, tangents)

        zero = _symbolic_zero if self.symbolic_zeros else None
        return _raxla.custom_jvp_call(wraps(self.fun, f), wraps(self.jvp, rule), dynamic, zero)

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)


class custom_vjp(Forwarding):
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
        check_callable(fun)
        wraps(fun, self)
        self.fun, self.fwd, self.bwd, self.symbolic_zeros = fun, None, None, False
        self.nondiff_argnums = _places(fun, nondiff_argnums, nondiff_argnames)

    def defvjp(self, fwd, bwd, symbolic_zeros=False, optimize_remat=False):
        """Sets the rule. With `symbolic_zeros`, `fwd` takes a `CustomVJPPrimal` for each argument, and cotangents that are zero for
        certain come as `SymbolicZero`.

        `optimize_remat` changes nothing: what `fwd` computes and nobody needs is not computed anyway.
        """
        if symbolic_zeros and optimize_remat:
            raise NotImplementedError("remat optimization for custom_vjp does not support symbolic zeros")
        self.fwd, self.bwd, self.symbolic_zeros = fwd, bwd, symbolic_zeros

    def __call__(self, *args, **kwargs):
        if self.fwd is None or self.bwd is None:
            raise AttributeError(f"No VJP defined for custom_vjp function {name_of(self.fun)} using defvjp.")
        args = bound_arguments("custom_vjp", self.fun, args, kwargs)
        static, dynamic, whole = split_static(self.nondiff_argnums, args)

        def f(*dynamic):
            return self.fun(*whole(dynamic))

        def forward(*dynamic):
            return self.fwd(*whole(dynamic))

        def backward(residuals, ct):
            return self.bwd(*(static[i] for i in sorted(static)), residuals, ct)

        symbolic = (CustomVJPPrimal, _symbolic_zero) if self.symbolic_zeros else None
        return _raxla.custom_vjp_call(wraps(self.fun, f), wraps(self.fwd, forward), wraps(self.bwd, backward), dynamic, symbolic)

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)


def custom_gradient(fun):
    """A function that gives its value and the function from cotangents of the value to those of the arguments.

    >>> import raxla as jax
    >>> square = jax.custom_gradient(lambda x: (x**2, lambda ct: ct * x))
    >>> float(jax.grad(square)(3.0))
    3.0
    """
    check_callable(fun)

    @functools.partial(wraps, fun)
    @custom_vjp
    def value(*args):
        return fun(*args)[0]

    def forward(*args):
        out, rule = fun(*args)
        rule, captured = _raxla.close_call(rule, (out,), True)
        return out, tree_util.Partial(rule, captured)

    def backward(rule, ct):
        found = rule(ct)
        return found if isinstance(found, (tuple, list)) else (found,)

    value.defvjp(forward, backward)

    def custom_gradient_f(*args, **kwargs):
        return value(*bound_arguments("custom_gradient", fun, args, kwargs))

    return wraps(fun, custom_gradient_f)


def linear_call(fun, fun_transpose, residual_args, linear_args):
    """`fun(residual_args, linear_args)`, which is linear in the latter, with a transpose of its own: `fun_transpose(residual_args, ct)`."""
    return _raxla.linear_call(fun, fun_transpose, residual_args, linear_args)


def closure_convert(fun, *example_args):
    """The function, with what it captures and may be differentiated in as further arguments; and these.

    >>> import raxla as jax
    >>> def f(y):
    ...     g, captured = jax.closure_convert(lambda x: x * y, 1.0)
    ...     return g(3.0, *captured), len(captured)
    >>> float(jax.grad(f, has_aux=True)(2.0)[0])
    3.0
    """
    closed, captured = _raxla.close_call(fun, example_args, False)

    def converted(*args_captured):
        n = len(args_captured) - len(captured)
        return closed(args_captured[n:], *args_captured[:n])

    return wraps(fun, converted), list(captured)
