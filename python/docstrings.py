"""Runs the examples in JAX's own docstrings in both packages, and prints those whose results differ: a hunting ground, not a test.

    cargo xtask python && target/python/bin/python python/docstrings.py [part of a name]

Most that differ do so by rounding, by signs of zeros, or by what docs/python.md names.
"""

import contextlib
import doctest
import importlib
import inspect
import io
import json
import os
import pkgutil
import re
import signal
import subprocess
import sys
import tempfile
import types

MODULES = """jax jax.numpy jax.numpy.linalg jax.numpy.fft jax.lax jax.lax.linalg jax.nn jax.nn.initializers jax.random jax.scipy.linalg jax.scipy.special
    jax.scipy.signal jax.scipy.stats jax.scipy.fft jax.scipy.integrate jax.scipy.interpolate jax.scipy.ndimage jax.scipy.optimize jax.scipy.cluster.vq
    jax.scipy.sparse.linalg jax.scipy.spatial.transform jax.tree jax.tree_util jax.ops jax.image jax.debug jax.dtypes jax.custom_derivatives
    jax.custom_batching jax.experimental.ode jax.flatten_util jax.errors jax.dlpack jax.test_util""".split()
SECONDS = 40


def examples(part):
    """The examples of all public names that have this part, by name."""
    found, seen = {}, set()
    for path in MODULES:
        module = importlib.import_module(path)
        for name in ["", *(n for n in dir(module) if not n.startswith("_"))]:
            value = getattr(module, name) if name else module
            if name and isinstance(value, types.ModuleType):
                continue
            members = [n for n in vars(value) if not n.startswith("_")] if inspect.isclass(value) else []
            for label, item in [(name, value), *((f"{name}.{n}", getattr(value, n, None)) for n in members)]:
                text = inspect.getdoc(item) or ""
                if ">>>" in text and text not in seen and part in f"{path}.{label}":
                    seen.add(text)
                    found[f"{path}.{label}"] = [e.source for e in doctest.DocTestParser().get_examples(text)]
    return found


def become_raxla():
    """Makes `import jax` mean raxla."""
    import raxla

    for info in pkgutil.walk_packages(raxla.__path__, "raxla."):
        importlib.import_module(info.name)
    for name in [n for n in sys.modules if n == "jax" or n.startswith("jax.") and not n.startswith("jax._src")]:
        del sys.modules[name]
    for name in [n for n in sys.modules if n == "raxla" or n.startswith("raxla.")]:
        sys.modules["jax" + name[len("raxla") :]] = sys.modules[name]


def results(found):
    """What each example prints or raises."""

    def late(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    prelude = "import functools, jax, jax.numpy as jnp, numpy as np\nfrom functools import partial\nfrom jax import lax"
    for sources in found.values():
        space, outcomes = {}, []
        exec(prelude, space)
        for source in sources:
            printed = io.StringIO()
            signal.alarm(SECONDS)
            try:
                with contextlib.redirect_stdout(printed):
                    exec(compile(source, "<example>", "single"), space)
                outcomes.append(printed.getvalue())
            except Exception as error:
                outcomes.append(f"raises {type(error).__name__}: {error}")
            signal.alarm(0)
        yield outcomes


def main(world=None, target=None, part=""):
    if world:
        found = examples(part)
        if world == "raxla":
            become_raxla()
        with open(target, "w") as file:
            json.dump([list(found), list(found.values()), list(results(found))], file)
        return
    with tempfile.TemporaryDirectory() as folder:
        both = []
        for world in ("jax", "raxla"):
            target = os.path.join(folder, world)
            subprocess.run([sys.executable, os.path.abspath(__file__), world, target, *sys.argv[1:]], check=True, stderr=subprocess.DEVNULL, cwd=folder)
            both.append(json.load(open(target)))
    plain = lambda text: re.sub(r"\s+", " ", re.sub(r"0x[0-9a-f]+", "0x", text)).strip()
    names, sources, theirs = both[0]
    differ = 0
    for name, lines, a, b in zip(names, sources, theirs, both[1][2]):
        for source, x, y in zip(lines, a, b):
            if plain(x) != plain(y) and not (x.startswith("raises") and y.startswith("raises")):
                differ += 1
                print(f"{name}: {source.strip()}\n  JAX:   {plain(x)[:300]}\n  raxla: {plain(y)[:300]}")
    print(f"{sum(map(len, sources))} examples of {len(names)} names, {differ} differ")


if __name__ == "__main__":
    main(*(sys.argv[1:] if sys.argv[1:2] in (["jax"], ["raxla"]) else ()))
