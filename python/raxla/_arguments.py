"""What decorators share: the names, numbers and signatures of arguments."""

import functools
import inspect


def wraps(fun, wrapper):
    try:
        functools.update_wrapper(wrapper, fun)
    except (AttributeError, TypeError):
        pass
    return wrapper


def as_numbers(spec):
    return () if spec is None else (int(spec),) if np.ndim(spec) == 0 else tuple(int(i) for i in spec)


def as_names(spec):
    return () if spec is None else (spec,) if isinstance(spec, str) else tuple(spec)


def parameters_of(fun):
    try:
        return [p for p in inspect.signature(fun).parameters.values()]
    except (TypeError, ValueError):
        return []


def bound_arguments(fun, args, kwargs):
    """Arguments by place, with defaults filled in, as rules see them."""
    try:
        bound = inspect.signature(fun).bind(*args, **kwargs)
    except ValueError:
        return args
    bound.apply_defaults()
    if bound.kwargs:
        raise TypeError("custom derivatives: keyword arguments must be given by place")
    return bound.args
