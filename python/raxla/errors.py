"""The exceptions of the package, with JAX's class names."""


class TraceError(TypeError, ValueError):
    """The program is wrong: shapes, dtypes, axes. JAX raises a TypeError or a ValueError in these places; this is both."""


class JAXIndexError(TraceError, IndexError):
    """A known index is out of bounds, or there are more of them than axes."""


class TypePromotionError(TraceError):
    """Arrays of several dtypes meet at none: those of few bits, or any with `jax_numpy_dtype_promotion` at "strict"."""


class InvalidInputError(TypeError):
    """A leaf of an argument is no array and no number."""


class JAXTypeError(TypeError):
    """What traced values cannot be used for."""


class ConcretizationTypeError(JAXTypeError):
    """A value was asked for that only the running program knows."""


class TracerArrayConversionError(ConcretizationTypeError):
    """NumPy asked for the elements of a traced array."""


class TracerIntegerConversionError(ConcretizationTypeError):
    """Python asked a traced array for an integer."""


class TracerBoolConversionError(ConcretizationTypeError):
    """Python asked whether a traced array holds."""


class NonConcreteBooleanIndexError(JAXTypeError, IndexError):
    """A mask that is being traced was used as an index: how many elements it chooses is not known."""


class UnexpectedTracerError(JAXTypeError):
    """A traced array was used after its trace had ended, or on another thread."""


class NonHashableStaticArgumentError(ValueError):
    """A static argument has no hash, so that no program can be looked up by it."""


class KeyReuseError(RuntimeError):
    """A random key was used twice."""


class JaxRuntimeError(RuntimeError):
    """XLA reported an error."""


class DeletedError(RuntimeError):
    """The data of an array were given away or deleted."""
