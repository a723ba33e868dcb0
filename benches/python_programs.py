"""What a program costs before it runs: tracing a transformer's train step, and a fresh process to its first jitted result, beside JAX.

    cargo xtask python && target/python/bin/python benches/python_programs.py

Each figure is the least of several processes, in which both take turns.
"""

import json
import subprocess
import sys
import time

LAYERS, WIDTH, HEADS, LENGTH, BATCH, VOCABULARY = 12, 64, 4, 32, 2, 256


def transformer(jax, jnp):
    """A train step of a transformer, layers unrolled, with Adam; its arguments."""

    def matrix(rows, columns, seed):
        numbers = jnp.sin(jnp.arange(rows * columns, dtype=jnp.float32) * (seed + 1.5))
        return numbers.reshape(rows, columns) * (rows**-0.5)

    def layer(i):
        return {"qkv": matrix(WIDTH, 3 * WIDTH, i), "out": matrix(WIDTH, WIDTH, i + 0.1), "up": matrix(WIDTH, 4 * WIDTH, i + 0.2),
                "down": matrix(4 * WIDTH, WIDTH, i + 0.3), "norm1": jnp.ones(WIDTH), "norm2": jnp.ones(WIDTH), "bias": jnp.zeros(4 * WIDTH)}

    params = {"embed": matrix(VOCABULARY, WIDTH, 1), "place": matrix(LENGTH, WIDTH, 2), "norm": jnp.ones(WIDTH), "layers": [layer(i) for i in range(LAYERS)]}

    def norm(x, scale):
        mean = x.mean(-1, keepdims=True)
        return (x - mean) / jnp.sqrt(jnp.mean((x - mean) ** 2, -1, keepdims=True) + 1e-5) * scale

    def attend(p, x):
        b, t, _ = x.shape
        q, k, v = [a.reshape(b, t, HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3) for a in jnp.split(x @ p["qkv"], 3, axis=-1)]
        scores = jnp.einsum("bhqd,bhkd->bhqk", q, k) * (WIDTH // HEADS) ** -0.5
        scores = jnp.where(jnp.tril(jnp.ones((t, t), bool)), scores, -1e9)
        mixed = jnp.einsum("bhqk,bhkd->bhqd", jax.nn.softmax(scores), v)
        return mixed.transpose(0, 2, 1, 3).reshape(b, t, WIDTH) @ p["out"]

    def loss(params, tokens):
        x = params["embed"][tokens] + params["place"]
        for p in params["layers"]:
            x = x + attend(p, norm(x, p["norm1"]))
            x = x + jax.nn.gelu(norm(x, p["norm2"]) @ p["up"] + p["bias"]) @ p["down"]
        logits = norm(x, params["norm"]) @ params["embed"].T
        logp = jax.nn.log_softmax(logits[:, :-1])
        return -jnp.mean(jnp.take_along_axis(logp, tokens[:, 1:, None], axis=-1))

    def step(params, m, v, n, tokens):
        value, grads = jax.value_and_grad(loss)(params, tokens)
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        scale = jnp.sqrt(1 - 0.999**n) / (1 - 0.9**n)
        params = jax.tree.map(lambda p, m, v: p - 1e-3 * scale * m / (jnp.sqrt(v) + 1e-8), params, m, v)
        return params, m, v, n + 1, value

    zeros = jax.tree.map(jnp.zeros_like, params)
    tokens = jnp.arange(BATCH * LENGTH).reshape(BATCH, LENGTH) % VOCABULARY
    return step, (params, zeros, zeros, jnp.float32(1), tokens)


def trace(jax, jnp):
    """The second trace in a process, so that both have loaded what they load once."""
    step, args = transformer(jax, jnp)
    jax.jit(lambda *a: step(*a)).trace(*args)
    start = time.perf_counter()
    traced = jax.jit(step).trace(*args)
    seconds = time.perf_counter() - start
    return {"trace": seconds, "lines": str(traced.jaxpr).count("\n")}


def first(jax, jnp):
    """The first jitted result: the caller measures the process."""
    x = jnp.arange(8, dtype=jnp.float32)
    result = float(jax.jit(lambda x: jnp.sum(jnp.sin(x) ** 2))(x))
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return {"result": result, "peak": peak / 1024}


def serve(name, what):
    if name == "raxla":
        import raxla as jax
        import raxla.numpy as jnp
    else:
        import jax
        import jax.numpy as jnp
    print(json.dumps({"trace": trace, "first": first}[what](jax, jnp)))


def run(name, what):
    start = time.perf_counter()
    done = subprocess.run([sys.executable, __file__, name, what], capture_output=True, text=True, check=True)
    return {**json.loads(done.stdout), "seconds": time.perf_counter() - start}


def main():
    print("| what | raxla | JAX | ratio | asked |\n|---|---|---|---|---|")
    for what, rounds, figures in [
        ("first", 7, [("fresh process to the first jitted result, s", "seconds", 0.4), ("its peak memory, MiB", "peak", 0.7)]),
        ("trace", 3, [(f"trace of a train step of {LAYERS} layers, s", "trace", 0.1)]),
    ]:
        runs = [[run(name, what) for name in ("raxla", "jax")] for _ in range(rounds)]
        for title, key, asked in figures:
            ours, theirs = (min(r[side][key] for r in runs) for side in (0, 1))
            print(f"| {title} | {ours:.3f} | {theirs:.3f} | {ours / theirs:.2f} | {asked} |", flush=True)


if __name__ == "__main__":
    serve(*sys.argv[1:]) if len(sys.argv) > 1 else main()
