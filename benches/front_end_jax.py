"""What `front_end.rs` measures, in JAX: run both in turn on one machine and compare.

    python -m venv target/jax && target/jax/bin/pip install jax==0.10.2
    target/jax/bin/python benches/front_end_jax.py
"""

import statistics
import time

import jax
import jax.numpy as jnp


def measure(name, work, calls, rounds=21):
    """Prints the median over rounds of the time of one call, in microseconds."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(calls):
            work()
        times.append((time.perf_counter() - start) / calls)
    print(f"{name:40} {statistics.median(times) * 1e6:12.2f} us")


def chain(x):
    for _ in range(2500):
        x = jnp.tanh(jnp.sin(x) * x + x)
    return x


x = jnp.ones(8, jnp.float32)
add = jax.jit(lambda x: x + 1.0)
measure("x + 1, f32[8]", lambda: add(x), 2000)
many = [x] * 100
add_many = jax.jit(lambda xs: [x + 1.0 for x in xs])
measure("100 inputs and outputs", lambda: add_many(many), 100)
measure("trace a chain of 10,000 equations", lambda: jax.make_jaxpr(lambda x: chain(x))(x), 1, 3)
measure("trace its gradient", lambda: jax.make_jaxpr(jax.grad(lambda x: chain(x).sum()))(x), 1, 3)
lowered = jax.jit(lambda x: chain(x)).trace(x)
measure("lower it", lambda: jax.jit(lambda x: chain(x)).trace(x).lower().as_text(), 1, 3)
