"""Functions of functions, and ufuncs: `vectorize`, `piecewise`, `apply_along_axis`, `add.reduce`."""

import functools
import re

import numpy as np

from raxla import _raxla
from raxla.numpy._creation import asarray

_rust = _raxla.numpy


class ufunc:
    """A function of each element, with what a function of two does along axes: `reduce`, `accumulate`, `outer`, `at`, `reduceat`.

    >>> ufunc(lambda x, y: 2 * x + y, 2, 1).reduce(asarray(np.arange(3)))
    Array(4, dtype=int32)
    """

    def __init__(self, func, /, nin, nout, *, name=None, nargs=None, identity=None, call=None, reduce=None, accumulate=None, at=None, reduceat=None):
        self.__name__ = name or func.__name__
        self.__doc__ = func.__doc__
        own = {"reduce": reduce, "accumulate": accumulate, "at": at, "reduceat": reduceat}
        self.__props = (func, nin.__index__(), nout.__index__(), (nargs or nin).__index__(), identity, call, own)

    _func = property(lambda self: self.__props[0])
    nin = property(lambda self: self.__props[1], doc="How many arrays it takes.")
    nout = property(lambda self: self.__props[2], doc="How many arrays it gives.")
    nargs = property(lambda self: self.__props[3], doc="How many arguments it has.")
    identity = property(lambda self: self.__props[4], doc="What changes nothing.")

    def __hash__(self):
        return hash((*self.__props[:5], self.__name__))

    def __eq__(self, other):
        return isinstance(other, ufunc) and (self.__props[:5], self.__name__) == (other.__props[:5], other.__name__)

    def __repr__(self):
        return f"<jnp.ufunc '{self.__name__}'>"

    @functools.cached_property
    def _vectorized(self):
        from raxla import jit

        return jit(vectorize(self._func))

    @property
    def _rule(self):
        """How the library knows it: by name, or by what it does with two scalars."""
        return self.__name__ if getattr(_rust, self.__name__, None) is self.__props[5] and self.__props[5] is not None else vectorize(self._func)

    def __call__(self, *args, out=None, where=None):
        """The function of each element."""
        if out is not None:
            raise NotImplementedError(f"out argument of {self}")
        if where is not None:
            raise NotImplementedError(f"where argument of {self}")
        return (self.__props[5] or self._vectorized)(*args)

    def _must_be_binary(self, what, out=None):
        if self.nin != 2:
            raise ValueError(f"{what} only supported for binary ufuncs")
        if self.nout != 1:
            raise ValueError(f"{what} only supported for functions returning a single value")
        if out is not None:
            raise NotImplementedError(f"out argument of {self.__name__}.{what}()")

    def reduce(self, a, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=None):
        """The function of all elements along an axis, the first with the second, the result with the third, and so on."""
        self._must_be_binary("reduce", out)
        if where is not None:
            if self.identity is None and initial is None:
                raise ValueError(f"reduction operation {self.__name__!r} does not have an identity, so to use a where mask one has to specify 'initial'.")
            if asarray(where).dtype != bool:
                raise ValueError(f"where argument must have dtype=bool; got dtype={asarray(where).dtype}")
        if own := self.__props[6]["reduce"]:
            return own(a, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)
        if isinstance(axis, tuple) and not isinstance(self._rule, str):
            raise NotImplementedError("tuple of axes")
        identity = None if self.identity is None else float(self.identity)
        return _rust._ufunc_reduce(self._rule, identity, a, axis, dtype, keepdims, initial, where)

    def accumulate(self, a, axis=0, dtype=None, out=None):
        """What `reduce` has after each element."""
        self._must_be_binary("accumulate", out)
        if axis is None or isinstance(axis, tuple):
            raise ValueError("accumulate does not allow multiple axes")
        if own := self.__props[6]["accumulate"]:
            return own(a, axis=axis, dtype=dtype)
        return _rust._ufunc_accumulate(self._rule, a, axis, dtype)

    def at(self, a, indices, b=None, *, inplace=True):
        """The array with the function of its elements and others at these places."""
        if inplace:
            raise NotImplementedError("Because JAX arrays are immutable, jnp.ufunc.at() cannot operate inplace like np.ufunc.at(). Instead, you can pass inplace=False and capture the result; e.g. >>> arr = jnp.add.at(arr, ind, val, inplace=False)")
        if own := self.__props[6]["at"]:
            return own(a, indices) if b is None else own(a, indices, b)
        if b is None:
            a = asarray(a)
            return a.at[indices].set(self(a[indices]))
        return _rust._ufunc_at(self._rule, a, indices, b)

    def reduceat(self, a, indices, axis=0, dtype=None, out=None):
        """`reduce` of the elements from each index to the next."""
        self._must_be_binary("reduceat", out)
        if axis is None or isinstance(axis, (tuple, list)):
            raise ValueError("reduceat requires a single integer axis.")
        if own := self.__props[6]["reduceat"]:
            return own(a, indices, axis=axis, dtype=dtype)
        return _rust._ufunc_reduceat(self._rule, a, indices, axis, dtype)

    def outer(self, A, B, /):
        """The function of each element of one array with each of the other."""
        self._must_be_binary("outer")
        return _rust._ufunc_outer(self._rule, A, B)


def frompyfunc(func, /, nin, nout, *, identity=None):
    """The `ufunc` of a function of scalars."""
    return ufunc(func, nin, nout, identity=identity)


_IDENTITIES = {
    "add": 0, "bitwise_and": -1, "bitwise_or": 0, "bitwise_xor": 0, "logaddexp": -np.inf, "logaddexp2": -np.inf, "logical_and": True,
    "logical_or": False, "logical_xor": False, "maximum": None, "minimum": None, "multiply": 1, "subtract": None,
}
UFUNCS = {name: ufunc(getattr(_rust, name), 2, 1, name=name, identity=i, call=getattr(_rust, name)) for name, i in _IDENTITIES.items()}
UFUNCS["negative"] = ufunc(_rust.negative, 1, 1, name="negative", call=_rust.negative)


def vectorize(pyfunc, *, excluded=frozenset(), signature=None):
    """A function of scalars, or of arrays with the axes of a signature, as one of arrays that broadcast.

    >>> vectorize(lambda x, y: x @ y, signature="(n),(n)->()")(np.ones((2, 3)), np.ones(3))
    Array([3., 3.], dtype=float32)
    """
    excluded = {excluded} if isinstance(excluded, (str, int)) else set(excluded)
    if any(not isinstance(e, (str, int)) for e in excluded):
        raise TypeError(f"jax.numpy.vectorize can only exclude integer or string arguments, but excluded={excluded!r}")
    if any(isinstance(e, int) and e < 0 for e in excluded):
        raise ValueError(f"excluded={excluded!r} contains negative numbers")

    @functools.wraps(pyfunc)
    def vectorized(*args, **kwargs):
        mapped = [i for i, a in enumerate(args) if i not in excluded and a is not None]
        names = [k for k in kwargs if k not in excluded and kwargs[k] is not None]

        def of_mapped(*arrays):
            given, named = list(args), dict(kwargs)
            for i, a in zip(mapped, arrays):
                given[i] = a
            return pyfunc(*given, **named)

        del names
        arrays = [asarray(args[i]) for i in mapped]
        if any(a._keys for a in arrays):
            return _vectorized_over_keys(of_mapped, signature, arrays)
        return _rust._vectorized(of_mapped, signature, arrays)

    return vectorized


def _vectorized_over_keys(f, signature, arrays):
    """`vectorize` where some arrays are keys: of their words, which are one more axis of the signature."""
    from raxla import random

    implementations = [a._keys for a in arrays]
    inputs, outputs = (signature or ",".join("()" for _ in arrays) + "->()").split("->")
    parts = re.findall(r"\(([^)]*)\)", inputs)
    words = lambda i, part: ",".join(filter(None, (part, f"words{i}")))
    inputs = ",".join(f"({words(i, part) if of else part})" for i, (part, of) in enumerate(zip(parts, implementations)))

    def of_words(*given):
        return f(*(random.wrap_key_data(x, impl=of) if of else x for x, of in zip(given, implementations)))

    return _rust._vectorized(of_words, f"{inputs}->{outputs}", [random.key_data(a) if a._keys else a for a in arrays])


def piecewise(x, condlist, funclist, *args, **kw):
    """What functions of each element give, each where its condition holds.

    >>> piecewise(asarray([-1.0, 2.0]), [asarray([True, False])], [lambda x: -x, 0.0])
    Array([1., 0.], dtype=float32)
    """
    count, given = len(condlist), len(funclist)
    if given not in (count, count + 1):
        raise ValueError(f"with {count} condition(s), either {count} or {count + 1} functions are expected; got {given}")

    def call(f):
        return (lambda x: f(x, *args, **kw)) if callable(f) else (lambda x: asarray(f))

    conditions = [asarray(c, dtype=bool) for c in condlist]
    return _rust._piecewise(x, conditions, [call(f) for f in funclist])


def apply_along_axis(func1d, axis, arr, *args, **kwargs):
    """A function of one axis, for each place along the others.

    >>> apply_along_axis(lambda x: x.sum(), 0, np.ones((2, 3)))
    Array([2., 2., 2.], dtype=float32)
    """
    from raxla import vmap

    arr = asarray(arr)
    if not -arr.ndim <= axis < arr.ndim:
        raise ValueError(f"axis {axis} is out of bounds for array of dimension {arr.ndim}")
    axis %= arr.ndim
    f = lambda x: func1d(x, *args, **kwargs)
    for i in range(1, arr.ndim - axis):
        f = vmap(f, in_axes=i, out_axes=-1)
    for _ in range(axis):
        f = vmap(f)
    return f(arr)


def apply_over_axes(func, a, axes):
    """The array after a function of an array and an axis, for each axis in turn."""
    a = asarray(a)
    for axis in axes:
        made = func(a, axis)
        if made.ndim == a.ndim:
            a = made
        elif made.ndim == a.ndim - 1:
            a = _rust.expand_dims(made, axis)
        else:
            raise ValueError("function is not returning an array of the correct shape")
    return a
