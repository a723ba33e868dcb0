"""`checkpoint`: what the backward pass keeps, and what it computes again."""

import functools

from raxla import _raxla
from raxla._arguments import as_numbers, wraps


def checkpoint(fun=None, *, concrete=False, prevent_cse=True, static_argnums=(), policy=None):
    """The function, computed again in the backward pass instead of keeping what that needs.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> float(jax.grad(jax.checkpoint(lambda x: jnp.exp(2 * x)))(0.0))
    2.0
    """
    del prevent_cse
    if fun is None:
        return functools.partial(checkpoint, static_argnums=static_argnums, policy=policy)
    if concrete:
        raise NotImplementedError("checkpoint: `concrete` was removed; use static_argnums")
    kind, names = getattr(policy, "_policy", ("nothing_saveable", ()))
    if policy is not None and not hasattr(policy, "_policy"):
        raise NotImplementedError("checkpoint: policies of your own are not there yet; use those of checkpoint_policies")

    def checkpoint_f(*args, **kwargs):
        static = {i % len(args): args[i] for i in as_numbers(static_argnums)}
        dynamic = tuple(a for i, a in enumerate(args) if i not in static)

        def f(dynamic, kwargs):
            rest = iter(dynamic)
            return fun(*(static[i] if i in static else next(rest) for i in range(len(args))), **kwargs)

        return _raxla.checkpoint_call(wraps(fun, f), (dynamic, kwargs), kind, list(names))

    return wraps(fun, checkpoint_f)


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
