"""Optimisers of optax on a small network, in whatever `jax` is; writes the parameters that each ends in to a file of NumPy's.

`test_optax.py` runs it twice, with JAX and with raxla in JAX's place.
"""

import sys

import jax
import jax.numpy as jnp
import numpy as np
import optax

STEPS = 12
ROWS = {
    "sgd": lambda: optax.sgd(0.05),
    "momentum": lambda: optax.sgd(0.05, momentum=0.9),
    "nesterov": lambda: optax.sgd(0.05, momentum=0.9, nesterov=True),
    "adam": lambda: optax.adam(0.05),
    "adamw": lambda: optax.adamw(0.05, weight_decay=0.01),
    "nadam": lambda: optax.nadam(0.05),
    "amsgrad": lambda: optax.amsgrad(0.05),
    "adamax": lambda: optax.adamax(0.05),
    "radam": lambda: optax.radam(0.05),
    "adabelief": lambda: optax.adabelief(0.05),
    "lion": lambda: optax.lion(0.01),
    "rmsprop": lambda: optax.rmsprop(0.02, centered=True, momentum=0.5),
    "adagrad": lambda: optax.adagrad(0.1),
    "adadelta": lambda: optax.adadelta(1.0),
    "adafactor": lambda: optax.adafactor(0.05, min_dim_size_to_factor=2),
    "lamb": lambda: optax.lamb(0.05),
    "lars": lambda: optax.lars(0.05),
    "novograd": lambda: optax.novograd(0.05),
    "yogi": lambda: optax.yogi(0.05),
    "sm3": lambda: optax.sm3(0.05),
    "fromage": lambda: optax.fromage(0.05),
    "rprop": lambda: optax.rprop(0.01),
    "sign_sgd": lambda: optax.sign_sgd(0.01),
    "noisy_sgd": lambda: optax.noisy_sgd(0.05, key=0),
    "prodigy": lambda: optax.contrib.prodigy(1.0),
    "cosine schedule": lambda: optax.adam(optax.cosine_decay_schedule(0.1, 10)),
    "warm-up schedule": lambda: optax.sgd(optax.warmup_cosine_decay_schedule(0.0, 0.1, 4, 12)),
    "exponential and piecewise schedules": lambda: optax.chain(
        optax.scale_by_schedule(optax.exponential_decay(1.0, 3, 0.5, staircase=True)),
        optax.scale_by_learning_rate(optax.piecewise_constant_schedule(0.1, {4: 0.5, 8: 0.1}))),
    "clipped by the global norm": lambda: optax.chain(optax.clip_by_global_norm(0.1), optax.adam(0.05)),
    "clipped and centred": lambda: optax.chain(optax.clip(0.05), optax.centralize(), optax.sgd(0.1)),
    "masked": lambda: optax.chain(
        optax.masked(optax.adam(0.05), {"w": [True, False], "b": [False, True]}), optax.masked(optax.set_to_zero(), {"w": [False, True], "b": [True, False]})),
    "multi_transform": lambda: optax.multi_transform({"w": optax.adam(0.05), "b": optax.sgd(0.1)}, {"w": "w", "b": "b"}),
    "apply_if_finite": lambda: optax.apply_if_finite(optax.adam(0.05), 3),
    "accumulated gradients": lambda: optax.MultiSteps(optax.adam(0.05), every_k_schedule=3),
    "injected hyperparameters": lambda: optax.inject_hyperparams(optax.adam)(learning_rate=optax.linear_schedule(0.1, 0.0, 12)),
    "moving average": lambda: optax.chain(optax.ema(0.9), optax.scale(-0.05)),
    "reduced on plateau": lambda: optax.chain(optax.sgd(0.05), optax.contrib.reduce_on_plateau(patience=2)),
}


def data():
    random = np.random.default_rng(0)
    x = random.normal(size=(16, 3)).astype(np.float32)
    y = np.sin(x.sum(1, keepdims=True)).astype(np.float32)
    params = {"w": [random.normal(size=(3, 4)).astype(np.float32), random.normal(size=(4, 1)).astype(np.float32)], "b": [np.zeros(4, np.float32), np.zeros(1, np.float32)]}
    return jnp.asarray(x), jnp.asarray(y), jax.tree.map(jnp.asarray, params)


def loss(params, x, y):
    hidden = jnp.tanh(x @ params["w"][0] + params["b"][0])
    return jnp.mean(optax.l2_loss(hidden @ params["w"][1] + params["b"][1], y)) + 0.1 * jnp.mean(optax.huber_loss(hidden))


def trained(make):
    optimiser = make()
    x, y, params = data()
    state = optimiser.init(params)

    @jax.jit
    def step(params, state):
        value, grads = jax.value_and_grad(loss)(params, x, y)
        updates, state = optimiser.update(grads, state, params, **({"value": value} if make is ROWS["reduced on plateau"] else {}))
        return optax.apply_updates(params, updates), state, value

    losses = []
    for _ in range(STEPS):
        params, state, value = step(params, state)
        losses.append(value)
    return jax.tree.leaves(params) + [jnp.stack(losses)]


def lookahead():
    x, y, params = data()
    params = optax.LookaheadParams.init_synced(params)
    optimiser = optax.lookahead(optax.sgd(0.1), sync_period=4, slow_step_size=0.5)
    state = optimiser.init(params)
    for _ in range(STEPS):
        updates, state = optimiser.update(jax.grad(loss)(params.fast, x, y), state, params)
        params = optax.apply_updates(params, updates)
    return jax.tree.leaves(params)


def line_searches():
    x, y, params = data()
    optimiser = optax.lbfgs()
    f = lambda p: loss(p, x, y)
    value_and_grad = optax.value_and_grad_from_state(f)
    state = optimiser.init(params)

    @jax.jit
    def step(params, state):
        value, grads = value_and_grad(params, state=state)
        updates, state = optimiser.update(grads, state, params, value=value, grad=grads, value_fn=f)
        return optax.apply_updates(params, updates), state

    for _ in range(5):
        params, state = step(params, state)
    return jax.tree.leaves(params)


def losses():
    logits, labels = jnp.linspace(-2.0, 2.0, 12).reshape(4, 3), jnp.array([0, 2, 1, 1])
    both = jnp.linspace(0.0, 1.0, 12).reshape(4, 3)
    return [optax.softmax_cross_entropy_with_integer_labels(logits, labels), optax.sigmoid_binary_cross_entropy(logits, both), optax.cosine_similarity(logits, both),
            optax.softmax_cross_entropy(logits, both), optax.hinge_loss(logits, both), optax.log_cosh(logits, both), optax.smooth_labels(both, 0.1),
            optax.losses.kl_divergence(jax.nn.log_softmax(logits), both), optax.global_norm({"a": logits, "b": [both]}), optax.projections.projection_simplex(logits[0]),
            jax.grad(lambda l: jnp.sum(optax.safe_norm(l, 0.1)))(logits * 0), optax.ctc_loss(logits[None].repeat(2, 0), jnp.zeros((2, 4)), jnp.array([[1, 2], [2, 1]]), jnp.zeros((2, 2)))]


if __name__ == "__main__":
    out = {name: trained(make) for name, make in ROWS.items()}
    out |= {"lookahead": lookahead(), "lbfgs": line_searches(), "losses": losses()}
    np.savez(sys.argv[1], **{f"{name} {i}": np.asarray(x) for name, xs in out.items() for i, x in enumerate(xs)})
