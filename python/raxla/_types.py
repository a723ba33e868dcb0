"""Types of values: functions at types instead of values."""

import numpy as np

from raxla import _raxla, tree_util
from raxla._arguments import as_numbers, check_callable, split_static, wraps
from raxla.dtypes import KeyTy
from raxla.sharding import AbstractMesh, NamedSharding, PartitionSpec


class ShapeDtypeStruct:
    """A shape and a dtype, without data."""

    __slots__ = ("shape", "dtype", "weak_type")

    def __init__(self, shape, dtype, *, sharding=None, weak_type=False):
        del sharding
        if dtype is None:
            raise ValueError("ShapeDtypeStruct: dtype must be specified.")
        self.shape, self.dtype, self.weak_type = tuple(shape), dtype if isinstance(dtype, KeyTy) else np.dtype(dtype), weak_type

    @staticmethod
    def like(x):
        """The type of an array, a number or another such object."""
        ((shape, dtype, weak),) = types_of([x])
        return ShapeDtypeStruct(shape, dtype, weak_type=weak)

    def update(self, **changes):
        """A copy with some of `shape`, `dtype`, `weak_type` exchanged."""
        return ShapeDtypeStruct(**{"shape": self.shape, "dtype": self.dtype, "weak_type": self.weak_type, **changes})

    size = property(lambda self: int(np.prod(self.shape, dtype=int)))
    ndim = property(lambda self: len(self.shape))

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __repr__(self):
        weak = ", weak_type=True" if self.weak_type else ""
        return f"ShapeDtypeStruct(shape={self.shape}, dtype={self.dtype.name}{weak})"

    def __eq__(self, other):
        return isinstance(other, ShapeDtypeStruct) and (self.shape, self.dtype, self.weak_type) == (other.shape, other.dtype, other.weak_type)

    def __hash__(self):
        return hash((self.shape, self.dtype, self.weak_type))


class ShapedArray(ShapeDtypeStruct):
    """The type of an array, as `typeof` gives it.

    >>> import raxla as jax
    >>> jax.typeof(jax.numpy.ones((2, 3)))
    ShapedArray(float32[2,3])
    """

    __slots__ = ()

    sharding = property(lambda self: NamedSharding(AbstractMesh(), PartitionSpec(*[None] * self.ndim)))

    def str_short(self, short_dtypes=False):
        """`float32[2,3]`, or `f32[2,3]`."""
        name = self.dtype.name
        if short_dtypes:
            name = name.replace("bfloat", "bf").replace("float", "f").replace("uint", "u").replace("int", "i").replace("complex", "c")
        return f"{name}[{','.join(map(str, self.shape))}]"

    def __repr__(self):
        weak = ", weak_type=True" if self.weak_type else ""
        return f"ShapedArray({self.str_short()}{weak})"


def typeof(x):
    """The type of an array or number."""
    ((shape, dtype, weak),) = types_of([x])
    return ShapedArray(shape, dtype, weak_type=weak)


def types_of(leaves):
    """The shape, dtype and weakness of each array, number or type."""

    def one(x):
        if hasattr(x, "shape") and hasattr(x, "dtype"):
            return list(x.shape), x.dtype if isinstance(x.dtype, KeyTy) else np.dtype(x.dtype), bool(getattr(x, "weak_type", False))
        from raxla import numpy as jnp

        array = jnp.asarray(x)
        return list(array.shape), array.dtype, array.weak_type

    return [one(x) for x in leaves]


def _staged(fun, args, kwargs, axes=()):
    leaves, structure = tree_util.tree_flatten(((args, kwargs),))
    f = wraps(fun, lambda both: fun(*both[0], **both[1]))
    return _raxla.eval_shape_call(f, types_of(leaves), structure, list(axes))


def eval_shape(fun, *args, **kwargs):
    """The shapes and dtypes of what a function gives, without computing it.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.eval_shape(jnp.dot, jax.ShapeDtypeStruct((2, 3), jnp.float32), jax.ShapeDtypeStruct((3,), jnp.float32))
    ShapeDtypeStruct(shape=(2,), dtype=float32)
    """
    check_callable(fun)
    types, structure, _ = _staged(fun, args, kwargs)
    return structure.unflatten([ShapeDtypeStruct(shape, dtype, weak_type=weak) for shape, dtype, weak in types])


class Jaxpr(str):
    """The text of a program, which reads back; what JAX calls a jaxpr."""

    def __repr__(self):
        return str(self)


def make_jaxpr(fun, static_argnums=(), axis_env=None, return_shape=False):
    """A function that gives the program of another, as text.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.make_jaxpr(jnp.sin)(jnp.ones(2))
    program(%0: f32[2]) {
      %1: f32[2] = sin %0
      return %1
    }

    `axis_env` gives names and sizes of mapped axes around it, which collectives may name.

    >>> jax.make_jaxpr(lambda x: jax.lax.psum(x, "i"), axis_env=[("i", 4)])(1.0)
    program(%0: f32*[]) {
      %1: f32*[] = all_reduce[kind=add, axis="i"] %0
      return %1
    }
    """
    axes = [(name, size) for name, size in axis_env or ()]
    check_callable(fun)

    def make(*args, **kwargs):
        _, dynamic, whole = split_static(as_numbers(static_argnums), args)

        def f(*dynamic, **kw):
            return fun(*whole(dynamic), **kw)

        types, structure, text = _staged(wraps(fun, f), dynamic, kwargs, axes)
        if return_shape:
            return Jaxpr(text), structure.unflatten([ShapeDtypeStruct(s, d, weak_type=w) for s, d, w in types])
        return Jaxpr(text)

    return wraps(fun, make)
