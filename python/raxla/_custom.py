"""Derivative rules of the user's own."""

import functools
import threading

from raxla import _raxla, tree_util
from raxla._arguments import as_names, as_numbers, bound_arguments, parameters_of, wraps


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
        names = as_names(nondiff_argnames)
        positional = [p.name for p in parameters_of(fun)]
        self.nondiff_argnums = as_numbers(nondiff_argnums) + tuple(positional.index(n) for n in names)
        wraps(fun, self)

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
        args = bound_arguments(self.fun, args, kwargs)
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

        return _raxla.custom_jvp_call(wraps(self.fun, f), rule, dynamic)

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
        names = as_names(nondiff_argnames)
        positional = [p.name for p in parameters_of(fun)]
        self.nondiff_argnums = as_numbers(nondiff_argnums) + tuple(positional.index(n) for n in names)
        wraps(fun, self)

    def defvjp(self, fwd, bwd, symbolic_zeros=False, optimize_remat=False):
        """Sets the rule."""
        del optimize_remat
        if symbolic_zeros:
            raise NotImplementedError("custom_vjp: symbolic_zeros is not there yet")
        self.fwd, self.bwd = fwd, bwd

    def __call__(self, *args, **kwargs):
        if self.fwd is None:
            raise AttributeError(f"No VJP defined for custom_vjp function {getattr(self, '__name__', self.fun)} using defvjp.")
        args = bound_arguments(self.fun, args, kwargs)
        static = {i: args[i] for i in self.nondiff_argnums}
        dynamic = tuple(a for i, a in enumerate(args) if i not in static)

        def whole(dynamic):
            rest = iter(dynamic)
            return [static[i] if i in static else next(rest) for i in range(len(args))]

        def backward(residuals, ct):
            return self.bwd(*(static[i] for i in sorted(static)), residuals, ct)

        f = wraps(self.fun, lambda *dynamic: self.fun(*whole(dynamic)))
        return _raxla.custom_vjp_call(f, lambda *dynamic: self.fwd(*whole(dynamic)), backward, dynamic)

    def __get__(self, instance, owner=None):
        return self if instance is None else functools.partial(self, instance)


def closure_convert(fun, *example_args):
    """The function with what it captures as further arguments: here nothing, since captured arrays are constants."""
    del example_args
    return fun, []
