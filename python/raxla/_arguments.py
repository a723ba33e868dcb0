"""What decorators share: the names, numbers and signatures of arguments."""

import functools
import inspect
import operator

import numpy as np

from raxla._boundary import bounded


def wraps(fun, wrapper):
    """The wrapper, with the name, signature and doc of the function."""
    try:
        functools.update_wrapper(wrapper, fun)
    except (AttributeError, TypeError):
        pass
    return bounded(wrapper)


class Forwarding:
    """A function with a rule, of which attributes are looked up in the function if that is such a one too."""

    def __getattr__(self, name):
        fun = self.__dict__.get("fun")
        if isinstance(fun, Forwarding):
            return getattr(fun, name)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def as_numbers(spec):
    """One number or several, as a tuple."""
    return () if spec is None else (operator.index(spec),) if np.ndim(spec) == 0 else tuple(operator.index(i) for i in spec)


def as_names(spec):
    """One name or several, as a tuple."""
    return () if spec is None else (spec,) if isinstance(spec, str) else tuple(spec)


def parameters_of(fun):
    """The parameters of a function, if they are known."""
    try:
        return [p for p in inspect.signature(fun).parameters.values()]
    except (TypeError, ValueError):
        return []


def name_of(fun):
    """What a function is called in messages."""
    return getattr(fun, "__name__", repr(fun))


def check_callable(fun):
    """Refuses what is no function, or one that gives values one after the other."""
    if isinstance(fun, staticmethod):
        raise TypeError(f"staticmethod arguments are not supported, got {fun}")
    if not callable(fun):
        raise TypeError(f"Expected a callable value, got {fun}")
    if inspect.isgeneratorfunction(fun):
        raise TypeError(f"Expected a function, got a generator function: {fun}")


def check_reduce_axes(name, reduce_axes):
    """Refuses an option that JAX no longer has."""
    if reduce_axes:
        raise NotImplementedError(f"reduce_axes argument to {name} is deprecated")


def bound_arguments(what, fun, args, kwargs):
    """Arguments by place, with defaults filled in, as rules see them."""
    try:
        signature = inspect.signature(fun)
    except (TypeError, ValueError):
        return args
    try:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        # (Those that a `functools.partial` has filled in are none of the caller's.)
        named = [name for name in bound.kwargs if name in kwargs]
        if named:
            raise TypeError(f"keyword arguments that cannot be given by place: {', '.join(named)}")
    except TypeError as error:
        raise TypeError(f"The input arguments to the {what}-decorated function {name_of(fun)} could not be resolved to positional-only "
                        f"arguments. Binding failed with the error:\n{error}") from error
    return bound.args


def split_static(numbers, args):
    """The arguments of some places, by place; the others; and the function that puts both together."""
    places = {i % len(args) if args else i for i in numbers}
    static = {i: a for i, a in enumerate(args) if i in places}
    dynamic = tuple(a for i, a in enumerate(args) if i not in places)

    def whole(dynamic):
        rest = iter(dynamic)
        return [static[i] if i in static else next(rest) for i in range(len(args))]

    return static, dynamic, whole
