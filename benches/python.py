"""What a call costs from Python, beside JAX in the same process.

    cargo xtask python && target/python/bin/python benches/python.py

Prints how many times JAX's time raxla's is: the least of many rounds, in which both take turns.
"""

import time

import jax
import jax.numpy

import raxla
import raxla.numpy

WORLDS = [(raxla, raxla.numpy), (jax, jax.numpy)]


def flat(world, jnp, n):
    args = [jnp.ones(8) + i for i in range(n)]
    f = world.jit(lambda *xs: [x + 1 for x in xs])
    return lambda: f(*args)


def nested(world, jnp, n):
    tree = {f"k{i}": jnp.ones(8) + i for i in range(n)}
    f = world.jit(lambda t: {k: x + 1 for k, x in t.items()})
    return lambda: f(tree)


def donated(world, jnp):
    f = world.jit(lambda x: x + 1, donate_argnums=0)
    state = [jnp.ones(8)]

    def call():
        state[0] = f(state[0])
        return state[0]

    return call


def eager(expression):
    def case(world, jnp):
        x = jnp.arange(8.0)
        return lambda: expression(jnp, x)

    return case


def loss(jnp):
    return lambda w, x: jnp.mean(jnp.tanh(x @ w) ** 2)


def gradient(world, jnp):
    f, w, x = world.grad(loss(jnp)), jnp.ones((4, 4)), jnp.ones((8, 4))
    return lambda: f(w, x)


def batch(world, jnp):
    f, w, x = world.vmap(loss(jnp), (None, 0)), jnp.ones((4, 4)), jnp.ones((8, 2, 4))
    return lambda: f(w, x)


# What is measured, and how much of JAX's time is asked for at most.
CASES = [
    ("jit, 1 argument", lambda w, j: flat(w, j, 1), 0.6),
    ("jit, 10 arguments", lambda w, j: flat(w, j, 10), 0.6),
    ("jit, 100 arguments", lambda w, j: flat(w, j, 100), 0.6),
    ("jit, 1000 arguments", lambda w, j: flat(w, j, 1000), 0.6),
    ("jit, dict of 10", lambda w, j: nested(w, j, 10), 0.6),
    ("jit, dict of 100", lambda w, j: nested(w, j, 100), 0.6),
    ("jit, donated", donated, 0.6),
    ("x + 1", eager(lambda jnp, x: x + 1), 0.5),
    ("x[2]", eager(lambda jnp, x: x[2]), 0.5),
    ("x.at[2].set(1.0)", eager(lambda jnp, x: x.at[2].set(1.0)), 0.5),
    ("x.reshape(2, 4)", eager(lambda jnp, x: x.reshape(2, 4)), 0.5),
    ("concatenate", eager(lambda jnp, x: jnp.concatenate([x, x])), 0.5),
    ("grad, not jitted", gradient, 0.1),
    ("vmap, not jitted", batch, 0.1),
]


def least(call, seconds=0.05):
    """The least time of a call among as many as fit."""
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        out = call()
        best = min(best, time.perf_counter() - start)
        raxla.block_until_ready(out)
        jax.block_until_ready(out)
    return best


def main():
    print("| call | raxla, µs | JAX, µs | ratio | asked |\n|---|---|---|---|---|")
    for name, case, asked in CASES:
        calls = [case(*world) for world in WORLDS]
        for call in calls:
            call()
        times = [min(t) for t in zip(*[[least(call) for call in calls] for _ in range(8)])]
        ours, theirs = (t * 1e6 for t in times)
        print(f"| {name} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} | {asked} |", flush=True)


if __name__ == "__main__":
    main()
