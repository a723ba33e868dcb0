"""The kernels of `python/tests/kernels.py` at larger sizes, compiled, beside JAX; both in processes of their own that take turns.

    cargo xtask python && target/python/bin/python benches/kernels.py [names]

Prints a table: the least of the rounds, in single precision, and the time until the first result, which is tracing and compiling.
"""

import pathlib
import subprocess
import sys
import time

TESTS = pathlib.Path(__file__).parents[1] / "python" / "tests"
ROUNDS = 25


def serve(package):
    """Times what is asked for, line by line."""
    sys.path[:0] = [str(TESTS), str(TESTS.parent)]
    import importlib

    import kernels
    import numpy as np

    jax = importlib.import_module(package)
    importlib.import_module(f"{package}.numpy")
    rows = {row.name: row for row in kernels.ROWS}
    name, f, arguments = None, None, None
    for line in sys.stdin:
        wanted = line.strip()
        if wanted != name:
            name, row = wanted, rows[wanted]
            single = {"float64": "float32", "complex128": "complex64", "int64": "int32"}
            arguments = [np.asarray(a, dtype=single.get(a.dtype.name, a.dtype.name)) for a in row.arguments(row.large)]
            arguments = jax.device_put(arguments)
            f = kernels.compiled(jax, row)
        start = time.perf_counter()
        jax.block_until_ready(f(*arguments))
        print(time.perf_counter() - start, flush=True)


def main(names):
    sys.path.insert(0, str(TESTS))
    import kernels

    worlds = {p: subprocess.Popen([sys.executable, __file__, "--serve", p], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for p in ("raxla", "jax")}

    def ask(package, name):
        process = worlds[package]
        process.stdin.write(name + "\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    print("| kernel | size | raxla, ms | JAX, ms | ratio | raxla, first, ms | JAX, first, ms |\n|---|---|---|---|---|---|---|")
    for row in kernels.ROWS:
        if names and row.name not in names:
            continue
        first = {p: ask(p, row.name) for p in worlds}
        best = {p: float("inf") for p in worlds}
        for i in range(ROUNDS):
            for package in sorted(worlds, reverse=i % 2 == 1):
                best[package] = min(best[package], ask(package, row.name))
        ours, theirs = (1e3 * best[p] for p in ("raxla", "jax"))
        print(f"| {row.name} | {row.large} | {ours:.3f} | {theirs:.3f} | {ours / theirs:.2f} | {1e3 * first['raxla']:.0f} | {1e3 * first['jax']:.0f} |", flush=True)
    for process in worlds.values():
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    serve(sys.argv[2]) if sys.argv[1:2] == ["--serve"] else main(sys.argv[1:])
