"""`raxla.example_libraries.optimizers`: optimizers as triples of functions, `(init, update, get_params)`.

`init(params)` gives a state, `update(step, grads, state)` the next one, and `get_params(state)` the parameters in it.

>>> from raxla.example_libraries import optimizers
>>> init, update, get_params = optimizers.sgd(0.5)
>>> get_params(update(0, {"w": 2.0}, init({"w": 3.0})))
{'w': 2.0}
"""

import collections
import functools
import operator
import typing

from raxla import numpy as jnp, tree_util

OptimizerState = collections.namedtuple("OptimizerState", ["packed_state", "tree_def", "subtree_defs"])
tree_util.register_pytree_node(OptimizerState, lambda s: ((s.packed_state,), s[1:]), lambda trees, packed: OptimizerState(*packed, *trees))

Array = Params = State = typing.Any
Updates = Params
Step = int
InitFn = typing.Callable[[Params], OptimizerState]
UpdateFn = typing.Callable[[Step, Updates, OptimizerState], OptimizerState]
ParamsFn = typing.Callable[[OptimizerState], Params]
Schedule = typing.Callable[[Step], float]


class Optimizer(typing.NamedTuple):
    """The three functions of an optimizer."""

    init_fn: InitFn
    update_fn: UpdateFn
    params_fn: ParamsFn


def _packed(states, tree):
    """States of single arrays as one state."""
    flat = [tree_util.tree_flatten(state) for state in states]
    return OptimizerState(tuple(leaves for leaves, _ in flat), tree, tuple(structure for _, structure in flat))


def _states(state):
    """The state of each array."""
    return [structure.unflatten(leaves) for leaves, structure in zip(state.packed_state, state.subtree_defs)]


def optimizer(opt_maker):
    """Makes what gives an optimizer of single arrays give one of trees of arrays.

    >>> from raxla.example_libraries import optimizers
    >>> descent = optimizers.optimizer(lambda rate: (lambda x: x, lambda i, g, x: x - rate * g, lambda x: x))
    >>> init, update, get_params = descent(1.0)
    >>> get_params(update(0, [1.0, 2.0], init([5.0, 5.0])))
    [4.0, 3.0]
    """

    @functools.wraps(opt_maker)
    def made(*args, **kwargs):
        init, update, get_params = opt_maker(*args, **kwargs)

        def init_tree(params):
            leaves, tree = tree_util.tree_flatten(params)
            return _packed([init(x) for x in leaves], tree)

        def update_tree(step, grads, state):
            leaves, tree = tree_util.tree_flatten(grads)
            if tree != state.tree_def:
                raise TypeError("optimizer update function was passed a gradient tree that did not match the parameter tree structure with "
                                f"which it was initialized: parameter tree {state.tree_def} and grad tree {tree}.")
            after = _packed([update(step, g, of) for g, of in zip(leaves, _states(state))], tree)
            for want, got in zip(state.subtree_defs, after.subtree_defs):
                if want != got:
                    raise TypeError("optimizer update function produced an output structure that did not match its input structure: input "
                                    f"{want} and output {got}.")
            return after

        def params_of(state):
            return state.tree_def.unflatten(get_params(of) for of in _states(state))

        return Optimizer(init_tree, update_tree, params_of)

    return made


def _with_slots(slots, step_size, rule):
    """An optimizer of single arrays that keeps an array and so many more, zeros at first: `rule(i, rate, g, x, *slots)` gives the next."""
    rate = make_schedule(step_size)

    def init(x):
        return (x, *(jnp.zeros_like(x) for _ in range(slots)))

    return init, lambda i, g, state: rule(i, rate(i), g, *state), operator.itemgetter(0)


def _inverse_root(x):
    """1 / √x, and 0 where x is 0."""
    return jnp.where(x > 0, 1.0 / jnp.sqrt(x), 0.0)


def _mixed(share, old, new):
    """The moving average after one more value."""
    return (1.0 - share) * new + share * old


def _unbiased(share, average, i):
    """A moving average that began at zero, without the share that zero still has."""
    return average / (1 - jnp.asarray(share, average.dtype) ** (i + 1))


@optimizer
def sgd(step_size):
    """Steps against the gradient. `step_size` is a number, or a function of the step's number, here and below."""
    rate = make_schedule(step_size)
    return (lambda x: x), (lambda i, g, x: x - rate(i) * g), (lambda x: x)


@optimizer
def momentum(step_size, mass):
    """Steps against a sum of gradients, in which old ones fade by `mass`."""

    def rule(i, rate, g, x, velocity):
        velocity = mass * velocity + g
        return x - rate * velocity, velocity

    return _with_slots(1, step_size, rule)


@optimizer
def nesterov(step_size, mass):
    """`momentum`, looking one step ahead, after Nesterov."""

    def rule(i, rate, g, x, velocity):
        velocity = mass * velocity + g
        return x - rate * (mass * velocity + g), velocity

    return _with_slots(1, step_size, rule)


@optimizer
def adagrad(step_size, momentum=0.9):
    """Steps scaled by the root of the sum of all squared gradients: https://jmlr.org/papers/v12/duchi11a.html."""

    def rule(i, rate, g, x, squares, mean):
        squares = squares + jnp.square(g)
        mean = _mixed(momentum, mean, g * _inverse_root(squares))
        return x - rate * mean, squares, mean

    return _with_slots(2, step_size, rule)


@optimizer
def rmsprop(step_size, gamma=0.9, eps=1e-8):
    """Steps scaled by the root of a moving average of squared gradients."""

    def rule(i, rate, g, x, squares):
        squares = _mixed(gamma, squares, jnp.square(g))
        return x - rate * g / jnp.sqrt(squares + eps), squares

    return _with_slots(1, step_size, rule)


@optimizer
def rmsprop_momentum(step_size, gamma=0.9, eps=1e-8, momentum=0.9):
    """`rmsprop`, with steps added up, in which old ones fade by `momentum`."""

    def rule(i, rate, g, x, squares, step):
        squares = _mixed(gamma, squares, jnp.square(g))
        step = momentum * step + rate * g / jnp.sqrt(squares + eps)
        return x - step, squares, step

    return _with_slots(2, step_size, rule)


@optimizer
def adam(step_size, b1=0.9, b2=0.999, eps=1e-8):
    """Steps by moving averages of gradients and of their squares: https://arxiv.org/abs/1412.6980."""

    def rule(i, rate, g, x, mean, squares):
        mean, squares = _mixed(b1, mean, g), _mixed(b2, squares, jnp.square(g))
        return x - rate * _unbiased(b1, mean, i) / (jnp.sqrt(_unbiased(b2, squares, i)) + eps), mean, squares

    return _with_slots(2, step_size, rule)


@optimizer
def adamax(step_size, b1=0.9, b2=0.999, eps=1e-8):
    """`adam`, with the greatest gradient, fading, in place of the average of squares."""

    def rule(i, rate, g, x, mean, most):
        mean, most = _mixed(b1, mean, g), jnp.maximum(b2 * most, jnp.abs(g))
        return x - rate * _unbiased(b1, mean, i) / (most + eps), mean, most

    return _with_slots(2, step_size, rule)


@optimizer
def sm3(step_size, momentum=0.9):
    """`adagrad` with one sum for each index of each axis in place of one for each element: https://arxiv.org/abs/1901.11150."""
    rate = make_schedule(step_size)

    def init(x):
        shape, x = x.shape, jnp.atleast_1d(x)
        return x, jnp.zeros_like(x), [jnp.zeros(n, dtype=x.dtype) for n in x.shape], shape

    def update(i, g, state):
        x, mean, sums, shape = state
        along = [jnp.expand_dims(s, [a for a in range(g.ndim) if a != axis]) for axis, s in enumerate(sums)]
        squares = functools.reduce(jnp.minimum, along) + jnp.square(g)
        mean = _mixed(momentum, mean, g * _inverse_root(squares))
        sums = [squares.max([a for a in range(x.ndim) if a != axis]) for axis in range(x.ndim)]
        return x - rate(i) * mean, mean, sums, shape

    return init, update, lambda state: state[0].reshape(state[3])


def constant(step_size):
    """The same step size always."""
    return lambda i: step_size


def exponential_decay(step_size, decay_steps, decay_rate):
    """A step size that is multiplied by `decay_rate` in every `decay_steps` steps."""
    return lambda i: step_size * decay_rate ** (i / decay_steps)


def inverse_time_decay(step_size, decay_steps, decay_rate, staircase=False):
    """A step size divided by what grows by `decay_rate` in every `decay_steps` steps; at once, if `staircase`.

    >>> from raxla.example_libraries import optimizers
    >>> optimizers.inverse_time_decay(1.0, 10, 1.0)(10)
    0.5
    """
    if staircase:
        return lambda i: step_size / (1 + decay_rate * jnp.floor(i / decay_steps))
    return lambda i: step_size / (1 + decay_rate * i / decay_steps)


def polynomial_decay(step_size, decay_steps, final_step_size, power=1.0):
    """A step size that goes to `final_step_size` in `decay_steps` steps, and stays there."""

    def schedule(step_num):
        left = 1 - jnp.minimum(step_num, decay_steps) / decay_steps
        return left**power * (step_size - final_step_size) + final_step_size

    return schedule


def piecewise_constant(boundaries, values):
    """A step size of `values[k]` after `k` of the boundaries."""
    boundaries, values = jnp.array(boundaries), jnp.array(values)
    if boundaries.ndim != 1 or values.ndim != 1:
        raise ValueError("boundaries and values must be sequences")
    if len(boundaries) + 1 != len(values):
        raise ValueError("boundaries length must be one shorter than values length")
    return lambda i: values[jnp.sum(i > boundaries)]


def make_schedule(scalar_or_schedule):
    """A number as a schedule; a schedule as it is."""
    if callable(scalar_or_schedule):
        return scalar_or_schedule
    if jnp.ndim(scalar_or_schedule) != 0:
        raise TypeError(type(scalar_or_schedule))
    return constant(scalar_or_schedule)


def l2_norm(tree):
    """The root of the sum of the squares of all elements of a tree of arrays.

    >>> from raxla.example_libraries import optimizers
    >>> float(optimizers.l2_norm({"a": 3.0, "b": 4.0}))
    5.0
    """
    return jnp.sqrt(sum(jnp.vdot(x, x) for x in tree_util.tree_leaves(tree)))


def clip_grads(grad_tree, max_norm):
    """The gradients, made smaller where their norm is above `max_norm`."""
    norm = l2_norm(grad_tree)
    return tree_util.tree_map(lambda g: jnp.where(norm < max_norm, g, g * (max_norm / norm)), grad_tree)


class JoinPoint:
    """A leaf of a tree that holds another tree."""

    def __init__(self, subtree):
        self.subtree = subtree

    def __iter__(self):
        return iter((self.subtree,))


def unpack_optimizer_state(opt_state):
    """The state as a tree like the parameters, with a `JoinPoint` of each array's state: to be stored."""
    return opt_state.tree_def.unflatten(JoinPoint(state) for state in _states(opt_state))


def pack_optimizer_state(marked_pytree):
    """The state of which `unpack_optimizer_state` made the tree."""
    points, tree = tree_util.tree_flatten(marked_pytree)
    assert all(isinstance(point, JoinPoint) for point in points)
    return _packed([point.subtree for point in points], tree)
