"""What a call costs from Python, beside JAX in a process of its own.

    cargo xtask python && target/python/bin/python benches/python.py

Prints how many times JAX's time raxla's is: the least of many rounds, in which both take turns, each in a process of its own (in one
process either would run with what the other changed: the allocator's settings, for one).
"""

import subprocess
import sys
import time


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


def least(world, call, seconds=0.05):
    """The least time of a call among as many as fit."""
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        out = call()
        best = min(best, time.perf_counter() - start)
        world.block_until_ready(out)
    return best


def serve(name):
    """One of both: answers each number of a case with the least time of a round of it."""
    if name == "raxla":
        import raxla as world, raxla.numpy as jnp
    else:
        import jax as world, jax.numpy as jnp
    calls = {}
    for line in sys.stdin:
        number = int(line)
        if number not in calls:
            calls[number] = CASES[number][1](world, jnp)
            calls[number]()
        print(least(world, calls[number]), flush=True)


class Side:
    """The process of one of both."""

    def __init__(self, name):
        self.process = subprocess.Popen([sys.executable, __file__, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def round(self, number):
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def main(rounds=12):
    sides = [Side("raxla"), Side("jax")]
    print("| call | raxla, µs | JAX, µs | ratio | asked |\n|---|---|---|---|---|")
    for number, (name, _, asked) in enumerate(CASES):
        times = [min(t) for t in zip(*[[side.round(number) for side in sides] for _ in range(rounds)])]
        ours, theirs = (t * 1e6 for t in times)
        print(f"| {name} | {ours:.1f} | {theirs:.1f} | {ours / theirs:.2f} | {asked} |", flush=True)


if __name__ == "__main__":
    serve(sys.argv[1]) if len(sys.argv) > 1 else main()
