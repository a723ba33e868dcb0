"""`checkpoint`: what the backward pass keeps, and what it computes again."""

import functools

from raxla import _raxla
from raxla._arguments import as_names, as_numbers, bound_arguments, check_callable, parameters_of, split_static, wraps


def checkpoint(fun=None, *, prevent_cse=True, policy=None, static_argnums=(), static_argnames=(), concrete=False):
    """The function, computed again in the backward pass instead of keeping what that needs.

    `policy` says what is kept all the same: one of `checkpoint_policies`, or a function of an operation (which has a `name`), the types
    of its operands, and its parameters by name.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> float(jax.grad(jax.checkpoint(lambda x: jnp.exp(2 * x)))(0.0))
    2.0
    """
    if concrete:
        raise NotImplementedError("checkpoint: the option `concrete` was removed; use `static_argnums`")
    if not isinstance(prevent_cse, (bool, tuple)):
        raise TypeError(f"prevent_cse must be a bool or tuple of bools, got {type(prevent_cse)=}")
    if fun is None:
        return functools.partial(checkpoint, prevent_cse=prevent_cse, policy=policy, static_argnums=static_argnums, static_argnames=static_argnames)
    check_callable(fun)
    policy = checkpoint_policies.nothing_saveable if policy is None else policy
    if not callable(policy):
        raise TypeError(f"checkpoint: the policy must be a function, got {policy}")
    names = as_names(static_argnames)
    positional = [p.name for p in parameters_of(fun)]
    numbers = as_numbers(static_argnums)
    numbers += tuple(positional.index(n) for n in names if n in positional and positional.index(n) not in numbers)

    def checkpoint_f(*args, **kwargs):
        wrong = [i for i in as_numbers(static_argnums) if not -len(args) <= i < len(args)]
        if wrong:
            raise ValueError(f"checkpoint: static_argnums must be places of arguments, got {static_argnums} for {len(args)} arguments")
        static, dynamic, whole = split_static([i for i in numbers if i < len(args)], args)
        for value in static.values():
            hash(value)
        fixed = {k: v for k, v in kwargs.items() if k in names}
        kwargs = {k: v for k, v in kwargs.items() if k not in names}

        def f(dynamic, kwargs):
            return fun(*whole(dynamic), **kwargs, **fixed)

        return _raxla.checkpoint_call(wraps(fun, f), (dynamic, kwargs), policy)

    return wraps(fun, checkpoint_f)


remat = checkpoint


class Operation:
    """An operation that a policy is asked about."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


def _ask(policy, name, types, value_name):
    from raxla._types import ShapeDtypeStruct

    avals = [ShapeDtypeStruct(shape, dtype, weak_type=weak) for shape, dtype, weak in types]
    params = {} if value_name is None else {"name": value_name}
    return policy(Operation(name), *avals, **params)


class _Policy:
    """A policy that Rust knows, which is also a function as policies are."""

    def __init__(self, kind, holds, names=()):
        self._policy, self._holds = (kind, list(names)), holds

    def __call__(self, operation, *avals, **params):
        return self._holds(operation, avals, params.get("name") if operation.name == "name" else None)


class _Offload(_Policy):
    """A policy that moves what it keeps, where there are two memories."""


class _Either:
    """Keeps what either policy keeps."""

    def __init__(self, a, b):
        self._either = (a, b)

    def __call__(self, operation, *avals, **params):
        both = [policy(operation, *avals, **params) for policy in self._either]
        if not all(isinstance(b, bool) for b in both):
            raise ValueError(f"The return value of the policies should be a boolean. Got: {both[0]} and {both[1]}.")
        return any(both)


_DOTS = ("dot_general", "conv_general_dilated", "conv")


class checkpoint_policies:
    """What `checkpoint` keeps for the backward pass."""

    everything_saveable = _Policy("everything_saveable", lambda *_: True)
    nothing_saveable = _Policy("nothing_saveable", lambda *_: False)
    dots_saveable = checkpoint_dots = _Policy("dots_saveable", lambda operation, *_: operation.name in _DOTS)
    dots_with_no_batch_dims_saveable = checkpoint_dots_with_no_batch_dims = _Policy(
        "dots_with_no_batch_dims_saveable", lambda operation, avals, _: operation.name in _DOTS and all(a.ndim < 3 for a in avals))

    @staticmethod
    def save_only_these_names(*names):
        """Keeps what `checkpoint_name` gave these names."""
        return _Policy("save_only_these_names", lambda _, __, name: name in names, names)

    @staticmethod
    def save_any_names_but_these(*names):
        """Keeps what `checkpoint_name` gave any other name."""
        return _Policy("save_any_names_but_these", lambda _, __, name: name is not None and name not in names, names)

    @staticmethod
    def save_anything_except_these_names(*names):
        """Keeps everything but these."""
        return _Policy("save_anything_except_these_names", lambda _, __, name: name not in names, names)

    @staticmethod
    def save_from_both_policies(policy_1, policy_2):
        """Keeps what either policy keeps."""
        if isinstance(policy_1, _Offload) or isinstance(policy_2, _Offload):
            raise ValueError("The return value of the policies should be a boolean, and a policy that offloads gives none. "
                             "Please write a custom policy function directly, rather than using this helper function.")
        return _Either(policy_1, policy_2)

    @staticmethod
    def save_and_offload_only_these_names(*, names_which_can_be_saved, names_which_can_be_offloaded, offload_src, offload_dst):
        """Keeps what `checkpoint_name` gave these names; those to be offloaded in the memory that `offload_dst` names.

        On the CPU that is the memory of the device, so that both are kept where they are.

        >>> import raxla as jax, raxla.numpy as jnp
        >>> policy = jax.checkpoint_policies.save_and_offload_only_these_names(
        ...     names_which_can_be_saved=["a"], names_which_can_be_offloaded=["b"], offload_src="device", offload_dst="pinned_host")
        >>> f = jax.checkpoint(lambda x: jnp.sin(jax.ad_checkpoint.checkpoint_name(jnp.sin(x), "b")), policy=policy)
        >>> jax.ad_checkpoint.print_saved_residuals(f, 1.0)
        float32[]
        float32[]
        """
        del offload_src, offload_dst
        saved, offloaded = set(names_which_can_be_saved), set(names_which_can_be_offloaded)
        if saved & offloaded:
            raise ValueError(
                "The names should be exclusive and should not intersect in `names_which_can_be_saved` and `names_which_can_be_offloaded`. "
                f"Got names_which_can_be_saved={saved}, names_which_can_be_offloaded={offloaded} and the intersection={saved & offloaded}")
        names = saved | offloaded
        return _Offload("save_only_these_names", lambda _, __, name: name in names, sorted(names))

    @staticmethod
    def offload_dot_with_no_batch_dims(offload_src, offload_dst):
        """Keeps what `dots_with_no_batch_dims_saveable` keeps in the memory that `offload_dst` names: on the CPU that of the device.

        >>> import raxla as jax, raxla.numpy as jnp
        >>> policy = jax.checkpoint_policies.offload_dot_with_no_batch_dims("device", "pinned_host")
        >>> float(jax.grad(jax.checkpoint(lambda x: jnp.dot(x, x) ** 2, policy=policy))(jnp.ones(1))[0])
        4.0
        """
        del offload_src, offload_dst
        dots = checkpoint_policies.dots_with_no_batch_dims_saveable
        return _Offload(*dots._policy[:1], dots._holds)


def checkpoint_name(x, name):
    """The value, under a name by which policies know it."""
    return _raxla.checkpoint_name(x, name)


def print_saved_residuals(f, *args, **kwargs):
    """Prints the types of what the backward pass of a function keeps."""
    from raxla._derivatives import linearize
    from raxla import tree_util

    leaves, structure = tree_util.tree_flatten((args, kwargs))

    def flat(*leaves):
        args, kwargs = structure.unflatten(leaves)
        return f(*args, **kwargs)

    for residual in tree_util.tree_leaves(linearize(flat, *leaves)[1]):
        print(f"{residual.dtype.name}[{','.join(map(str, residual.shape))}]")
