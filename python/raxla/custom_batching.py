"""Functions with a rule of their own for batches: `jax.custom_batching`."""

from raxla import _raxla, tree_util
from raxla._arguments import Forwarding, bound_arguments, name_of, wraps

__all__ = ["custom_vmap", "sequential_vmap"]


class custom_vmap(Forwarding):
    """A function whose author says what it is over a batch: `f.def_vmap(rule)`.

    `rule(axis_size, in_batched, *args)` takes the arguments with the batch axis in front, wherever `in_batched`, a list of trees of bools,
    says that they have it; and gives the outputs, and a tree of bools that says which of them have it. Reverse mode is an error: put a
    `custom_vjp` around the function.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> @jax.custom_batching.custom_vmap
    ... def f(x, y):
    ...     return x + y
    >>> @f.def_vmap
    ... def rule(axis_size, in_batched, xs, ys):
    ...     return xs * ys, True
    >>> jax.vmap(f)(jnp.arange(3), jnp.arange(1, 4))
    Array([0, 2, 6], dtype=int32)
    """

    def __init__(self, fun):
        wraps(fun, self)
        self.fun, self.vmap_rule, self._rule = fun, None, None

    def def_vmap(self, vmap_rule):
        """Sets the rule, and gives it back."""
        self.vmap_rule, self._rule = vmap_rule, _raxla.VmapRule(vmap_rule)
        return vmap_rule

    def __call__(self, *args, **kwargs):
        args = bound_arguments("custom_vmap", self.fun, args, kwargs)
        if self._rule is None:
            raise AttributeError(f"No batching rule defined for custom_vmap function {name_of(self.fun)} using def_vmap.")
        return _raxla.custom_vmap_call(self.fun, self._rule, args)


def sequential_vmap(f):
    """`f`, which is called for one example of a batch after the other, in a loop.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> jax.vmap(jax.custom_batching.sequential_vmap(lambda x: x + 1))(jnp.arange(3))
    Array([1, 2, 3], dtype=int32)
    """
    from raxla import lax

    f = custom_vmap(f)

    @f.def_vmap
    def rule(axis_size, in_batched, *args):
        leaves, structure = tree_util.tree_flatten(args)
        flags = tree_util.tree_leaves(in_batched)

        def one(mapped):
            mapped = iter(mapped)
            return f(*structure.unflatten(next(mapped) if flag else leaf for leaf, flag in zip(leaves, flags)))

        out = lax.map(one, [leaf for leaf, flag in zip(leaves, flags) if flag])
        return out, tree_util.tree_map(lambda _: True, out)

    return f
