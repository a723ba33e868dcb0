"""Computes with JAX, on the CPU, what the rows of tests in src/ must equal; see src/oracle.rs.

    python -m venv venv && venv/bin/pip install jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6 ml_dtypes==0.6.0 scipy optax
    venv/bin/python tests/oracle/library.py [name…]

A row is an expression of the inputs a, b, c, …, and how to make them: functions of this file named for dtypes, with a shape, and
`low` and `high` bounds (`f32(3, 4)`, `f32(5, low=0)`, `i32(4, high=7)`), or `values([…], "f4")`. Deterministic: the numbers come from
a seed made of the row's text. Writes library/<name>.jsonl.
"""

import json
import os
import pathlib
import re
import sys
import zlib

os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from program import DTYPES, NAMES, show

HERE = pathlib.Path(__file__).parent
SOURCES = HERE.parent.parent / "src"
TABLE = re.compile(r"rows! \{ (\w+):(.*?)\n    \}", re.S)
ROW = re.compile(r'^\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"((?:,\s*\w+(?:\([^)]*\))?)*)\s*=>', re.M)


def literal(x):
    x = np.asarray(x)
    return f"{NAMES[x.dtype]}{show(x.shape)}:{x.tobytes().hex()}"


def sources(random):
    """The functions that make inputs."""
    def source(dtype):
        def make(*shape, low=None, high=None):
            if dtype == "bool":
                return random.integers(0, 2, shape).astype(bool)
            if dtype[0] in "iu":
                low, high = (-9 if dtype[0] == "i" else 0) if low is None else low, 10 if high is None else high
                return random.integers(low, high, shape).astype(DTYPES[dtype])
            low, high = -2.0 if low is None else low, 2.0 if high is None else high
            x = random.uniform(low, high, shape)
            return np.asarray(x + 1j * random.uniform(low, high, shape) if dtype[0] == "c" else x).astype(DTYPES[dtype])
        return make
    known = {name: source(name) for name in DTYPES}
    return known | {"boolean": source("bool"), "values": lambda x, dtype: np.asarray(x, np.dtype(dtype)),
                    "np": np, "jnp": jnp, "random": random, "nan": np.nan, "inf": np.inf}


def descend(optimizer, params):
    """The parameters after each of five steps down a landscape with waves; as `descend` in src/optim/mod.rs."""
    import optax
    state, path = optimizer.init(params), []
    for _ in range(5):
        gradients = jax.tree.map(lambda p: p + jnp.sin(3 * p), getattr(params, "fast", params))
        updates, state = optimizer.update(gradients, state, params)
        params = optax.apply_updates(params, updates)
        path.append(getattr(params, "fast", params))
    return path


def modules():
    """What expressions may name."""
    import jax.scipy as jsp
    names = {"jax": jax, "jnp": jnp, "np": np, "lax": jax.lax, "nn": jax.nn, "jsp": jsp, "ml_dtypes": ml_dtypes,
             "nan": np.nan, "inf": np.inf, "random": jax.random, "descend": descend}
    for name in ("optax", "scipy"):
        try:
            names[name] = __import__(name)
        except ImportError:
            pass
    return names


def equations(jaxpr):
    """The equations of a jaxpr, those of its sub-programs included; a call is not one itself."""
    total = 0
    for eqn in jaxpr.eqns:
        inner = [j for p in eqn.params.values() for j in (p if isinstance(p, (tuple, list)) else [p])]
        inner = [getattr(j, "jaxpr", j) for j in inner if hasattr(j, "eqns") or hasattr(getattr(j, "jaxpr", None), "eqns")]
        call = eqn.primitive.name in ("pjit", "jit", "closed_call", "custom_jvp_call", "custom_vjp_call", "core_call")
        total += (0 if call and inner else 1) + sum(map(equations, inner))
    return total


def answer(expression, inputs, x64):
    random = np.random.default_rng(zlib.crc32((expression + inputs).encode()))
    made = eval(f"({inputs},)", sources(random)) if inputs else ()
    letters = "abcdefghij"[: len(made)]
    environment = modules()
    function = eval(f"lambda {', '.join(letters)}: ({expression})", environment)
    flat = lambda *xs: tuple(jnp.asarray(x) for x in jax.tree_util.tree_leaves(function(*xs)))
    made = [jnp.asarray(x) for x in made]
    outs = flat(*made)
    row = {"row": f"{expression} | {inputs} | {str(x64).lower()}", "ins": [literal(x) for x in made],
           "outs": [literal(x) for x in outs], "gradients": None}
    try:
        row["equations"] = equations(jax.make_jaxpr(flat)(*made).jaxpr)
    except Exception:
        row["equations"] = 0
    inexact = [jnp.issubdtype(x.dtype, jnp.inexact) for x in made]
    if any(inexact) and any(jnp.issubdtype(x.dtype, jnp.inexact) for x in outs):
        cotangents = []
        for x in outs:
            if jnp.issubdtype(x.dtype, jnp.inexact):
                c = random.uniform(-1, 1, x.shape)
                cotangents.append(np.asarray(c + 1j * random.uniform(-1, 1, x.shape) if jnp.iscomplexobj(x) else c).astype(x.dtype))
            else:
                cotangents.append(np.zeros(x.shape, jax.dtypes.float0))
        try:
            _, pull = jax.vjp(flat, *made)
            gradients = pull(tuple(jnp.asarray(c) if c.dtype != jax.dtypes.float0 else c for c in cotangents))
            row["cotangents"] = [literal(c) for c in cotangents if c.dtype != jax.dtypes.float0]
            row["gradients"] = [literal(g) for g, i in zip(gradients, inexact) if i]
        except Exception as error:
            print(f"no gradient: {expression}: {str(error).splitlines()[0][:100]}")
    return row


def main(wanted):
    (HERE / "library").mkdir(exist_ok=True)
    for path in sorted(SOURCES.rglob("*.rs")):
        for name, table in TABLE.findall(path.read_text()):
            if path.name == "oracle.rs" or wanted and name not in wanted:
                continue
            lines, rows = [], ROW.findall(table)
            for expression, inputs, flags in rows:
                expression, inputs = (t.replace('\\"', '"') for t in (expression, inputs))
                x64 = "x64" in flags
                with jax.enable_x64(x64):
                    try:
                        lines.append(json.dumps(answer(expression, inputs, x64)))
                    except Exception as error:
                        print(f"no answer: {expression}: {str(error).splitlines()[0][:200]}")
            (HERE / "library" / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
            print(f"{name}: {len(rows)} rows")


main(sys.argv[1:])
