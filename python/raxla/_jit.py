"""`jit`, and the stages of what it makes: traced, lowered, compiled."""

import functools

from raxla import _raxla, tree_util
from raxla._arguments import as_names, as_numbers, check_callable, parameters_of, wraps
from raxla._types import Jaxpr, ShapeDtypeStruct


def jit(fun=None, /, *, in_shardings=None, out_shardings=None, static_argnums=None, static_argnames=None, donate_argnums=None,
        donate_argnames=None, keep_unused=False, device=None, backend=None, inline=False, compiler_options=None):
    """The function, compiled by XLA for each kind of arguments.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> @jax.jit
    ... def selu(x, alpha=1.67, lmbda=1.05):
    ...     return lmbda * jnp.where(x > 0, x, alpha * jnp.exp(x) - alpha)
    >>> selu(jnp.array([1.0, -1.0])).shape
    (2,)

    `compiler_options` are flags of XLA's by name, for this function alone. Under `grad`, `vmap` and the like they hold for the whole
    program that the outermost of these compiles; within another `jit` they are an error.

    >>> float(jax.jit(lambda x: x + 1, compiler_options={"xla_cpu_enable_fast_math": True})(1.0))
    2.0
    """
    del keep_unused  # Arguments that are not used cost nothing here either way.
    refused = {"in_shardings": in_shardings, "out_shardings": out_shardings, "device": device}
    for name, value in refused.items():
        if value is not None:
            raise NotImplementedError(f"jit: `{name}` is not there yet")
    if backend is not None:
        _raxla.devices(backend)
    options = {"static_argnums": static_argnums, "static_argnames": static_argnames, "donate_argnums": donate_argnums,
               "donate_argnames": donate_argnames, "inline": inline, "compiler_options": compiler_options}
    if fun is None:
        return functools.partial(jit, **options)
    return _jitted(fun, getattr(fun, "__name__", "jitted"), **options)


def _jitted(fun, label, *, static_argnums=None, static_argnames=None, donate_argnums=None, donate_argnames=None, inline=False,
            compiler_options=None):
    check_callable(fun)
    parameters = parameters_of(fun)
    positional = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    numbers, names = as_numbers(static_argnums), as_names(static_argnames)
    donated, donated_names = as_numbers(donate_argnums), as_names(donate_argnames)
    for what, some in ("static_argnums", numbers), ("donate_argnums", donated):
        _check_numbers(what, some, parameters, positional)
    for what, some in ("static_argnames", names), ("donate_argnames", donated_names):
        _check_names(what, some, parameters)
    donated = tuple(i + len(positional) if i < 0 else i for i in donated)
    # A static argument is static whether it is passed by place or by name.
    numbers += tuple(positional.index(n) for n in names if n in positional and positional.index(n) not in numbers)
    names += tuple(positional[i] for i in numbers if -len(positional) <= i < len(positional) and positional[i] not in names)
    both = set(names) & {*donated_names, *(positional[i] for i in donated if i < len(positional))}
    if both or set(numbers) & set(donated):
        raise ValueError(f"static and donated arguments cannot intersect, but {sorted(both) or sorted(set(numbers) & set(donated))} are both")
    compiled = _raxla.PjitFunction(fun, label, inline, list(numbers), list(names), list(donated), list(donated_names), positional,
                                   _flags(compiler_options))
    return wraps(fun, compiled)


def _check_numbers(what, numbers, parameters, positional):
    n = len(positional)
    variadic = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    if parameters and not variadic and any(not -n <= i < n for i in numbers):
        raise ValueError(f"Jitted function has {what}={numbers}, but only accepts {n} positional arguments.")


def _check_names(what, names, parameters):
    by_place = {p.name for p in parameters if p.kind is p.POSITIONAL_ONLY}
    by_name = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}
    variadic = any(p.kind is p.VAR_KEYWORD for p in parameters)
    wrong = [n for n in names if n in by_place or n not in by_name and not variadic]
    if parameters and wrong:
        raise ValueError(f"Jitted function has invalid argnames {wrong} in {what}. Function does not take these args.")


def _flags(options):
    return [] if options is None else list(options.items())


def _structs(info):
    types, structure = info
    return structure.unflatten([ShapeDtypeStruct(shape, dtype, weak_type=weak) for shape, dtype, weak in types])


class _Stage:
    def __init__(self, staged):
        self._staged = staged

    @property
    def out_info(self):
        """The shapes and dtypes of the results."""
        return _structs(self._staged.out_info())

    @property
    def args_info(self):
        """The shapes and dtypes of the arguments: `(args, kwargs)`."""
        info = _structs(self._staged.in_info())
        return info if len(info) == 2 else (*info, {})

    @property
    def in_tree(self):
        """The structure of the arguments."""
        return tree_util.tree_structure(self.args_info)

    @property
    def out_tree(self):
        """The structure of the results."""
        return self._staged.out_info()[1]


class Traced(_Stage):
    """A function, traced at given types."""

    @property
    def jaxpr(self):
        """The program."""
        return Jaxpr(self._staged.text())

    def lower(self):
        """The function as StableHLO."""
        return Lowered(self._staged)


class Lowered(_Stage):
    """A function at given types, ready to compile."""

    def as_text(self, dialect=None, *, debug_info=False):
        """The StableHLO."""
        del debug_info  # Places are always in it.
        if dialect not in (None, "stablehlo"):
            raise NotImplementedError(f"as_text: the dialect {dialect!r} is not there")
        return self._staged.stablehlo()

    def compile(self, compiler_options=None):
        """The compiled function; `compiler_options` are flags of XLA's by name."""
        return Compiled(self._staged, self._staged.compile(_flags(compiler_options)))


class Compiled(_Stage):
    """A compiled function, for arguments of the types that it was compiled for, without those that are static."""

    def __init__(self, staged, executable):
        super().__init__(staged)
        self._executable = executable

    def __call__(self, *args, **kwargs):
        return self._executable(*args, **kwargs)

    def as_text(self):
        """The program as it was after raxla's optimiser; XLA's own form is not to be had through the PJRT C API."""
        return self._executable.optimized()

    def memory_analysis(self):
        """Bytes that it needs, where XLA tells."""
        sizes = self._executable.memory()
        return None if sizes is None else CompiledMemoryStats(*sizes)


class CompiledMemoryStats:
    """Bytes that a compiled function needs."""

    def __init__(self, code, arguments, outputs, aliased, temporaries):
        self.generated_code_size_in_bytes, self.argument_size_in_bytes, self.output_size_in_bytes = code, arguments, outputs
        self.alias_size_in_bytes, self.temp_size_in_bytes = aliased, temporaries

    def __repr__(self):
        return "CompiledMemoryStats(" + ", ".join(f"{k}={v}" for k, v in vars(self).items()) + ")"


def _trace(self, *args, **kwargs):
    """The function, traced at the types of these arguments, which may be `ShapeDtypeStruct`s."""
    return Traced(_raxla.stage(self, args, kwargs))


def _lower(self, *args, **kwargs):
    """The function at the types of these arguments, before compiling."""
    return _trace(self, *args, **kwargs).lower()


def _eval_shape(self, *args, **kwargs):
    """The shapes and dtypes of the results."""
    return _trace(self, *args, **kwargs).out_info


_raxla.PjitFunction.trace, _raxla.PjitFunction.lower, _raxla.PjitFunction.eval_shape = _trace, _lower, _eval_shape


def clear_caches():
    """Forgets compiled programs of single operations; those of functions go with the functions, or by `f.clear_cache()`."""
    _raxla.clear_eager()
