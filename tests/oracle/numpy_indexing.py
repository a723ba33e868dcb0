"""Computes the answers in cases/numpy_indexing.jsonl with NumPy and JAX, on the CPU.

    venv/bin/python tests/oracle/numpy_indexing.py

A row is an indexing of one array: {name, x, index, op, value, mode, fill_value, wrap_negative_indices, outs}. `index` is a list of items:
{"int": 3}, {"slice": [start, stop, step]}, "newaxis", "ellipsis", {"array": literal} for arrays known while tracing and {"tracer": literal} for
computed ones; masks are bools among either. README.md says what a literal is; `apply` has the function 2x + 1. Where everything is in
bounds the answer is NumPy's, and JAX must agree; else it is JAX's; the mode `wrap` is NumPy's of indices modulo the size. Deterministic.
"""

import json
import os
import pathlib

os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import ml_dtypes
import numpy as np

jax.config.update("jax_enable_x64", True)
from program import NAMES, show

ROWS, DIFFER = [], []
RANDOM = np.random.default_rng(20260)
UFUNC = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "power": np.power, "min": np.minimum,
         "max": np.maximum}
OPERATIONS = ["set", "add", "subtract", "multiply", "divide", "power", "min", "max", "apply"]


def literal(x):
    x = np.asarray(x)
    return f"{NAMES[x.dtype]}{show(x.shape)}:{x.tobytes().hex()}"


class Computed:
    """An array that the program computes."""
    def __init__(self, values, dtype=None):
        values = np.asarray(values)
        self.values = values if values.dtype == bool else values.astype(dtype or np.int32)


def item(i):
    if isinstance(i, Computed):
        return {"tracer": literal(i.values)}
    if isinstance(i, slice):
        return {"slice": [i.start, i.stop, 1 if i.step is None else i.step]}
    if i is None:
        return "newaxis"
    if i is Ellipsis:
        return "ellipsis"
    if isinstance(i, (int, np.integer)) and not isinstance(i, (bool, np.bool_)):
        return {"int": int(i)}
    return {"array": literal(i)}


def plain(index):
    return tuple(i.values if isinstance(i, Computed) else i for i in index)


def once(x, index):
    """Whether no element is named twice."""
    counts = np.zeros(x.shape, np.int64)
    np.add.at(counts, plain(index), 1)
    return (counts < 2).all()


def by_numpy(x, index, op, value):
    index = plain(index)
    if op == "get":
        return x[index]
    out = x.copy()
    if op == "set":
        out[index] = value
    elif op == "apply":
        counts = np.zeros(x.shape, np.int64)
        np.add.at(counts, index, 1)
        for k in range(counts.max(initial=0)):
            out = np.where(counts > k, (2 * out + 1).astype(x.dtype), out)
    else:
        UFUNC[op].at(out, index, value)
    return out


def by_jax(x, index, op, value, mode, fill, wrap):
    at = jax.numpy.asarray(x).at[tuple(jax.numpy.asarray(i.values) if isinstance(i, Computed) and i.values.dtype != bool else
                                      i.values if isinstance(i, Computed) else i for i in index)]
    options = {"mode": mode, "wrap_negative_indices": wrap}
    if op == "get":
        return np.asarray(at.get(fill_value=fill, **options))
    if op == "apply":
        return np.asarray(at.apply(lambda x: 2 * x + 1, **options))
    return np.asarray(getattr(at, op)(value, **options))


def row(name, x, index, op="get", value=None, mode=None, fill=None, wrap=True):
    index = index if isinstance(index, tuple) else (index,)
    if value is not None:
        value = np.asarray(value, x.dtype)
    answer = differs = None
    with np.errstate(all="ignore"):
        if mode == "wrap":
            axes = [k for k, i in enumerate(index) if not isinstance(i, slice)]
            modulo = [np.asarray(plain(index)[k]) % x.shape[k] if k in axes else index[k] for k in range(len(index))]
            answer = by_numpy(x, tuple(modulo), op, value)
        elif wrap:
            try:
                answer = by_numpy(x, index, op, value)
            except IndexError:
                pass
        if mode != "wrap":
            try:
                jaxs = by_jax(x, index, op, value, mode, fill, wrap)
            except (TypeError, IndexError, ValueError, OverflowError) as error:
                if answer is None:
                    raise
                DIFFER.append(f"{name}: JAX refuses: {str(error).splitlines()[0][:90]}")
            else:
                if answer is None:
                    answer = jaxs
                exact = not np.issubdtype(x.dtype, np.inexact) and x.dtype != ml_dtypes.bfloat16
                same = answer.shape == jaxs.shape and answer.dtype == jaxs.dtype and (
                    np.array_equal(answer, jaxs) if exact else
                    np.allclose(answer.astype(np.complex128), jaxs.astype(np.complex128), rtol=1e-2, equal_nan=True))
                if not same:
                    DIFFER.append(f"{name}: JAX has another answer: {jaxs.tolist()} for {answer.tolist()}")
    ROWS.append({"name": f"{len(ROWS)}/{name}", "x": literal(x), "index": [item(i) for i in index], "op": op,
                 "value": None if value is None else literal(value), "mode": mode, "fill_value": None if fill is None else float(fill),
                 "wrap_negative_indices": wrap, "outs": [literal(answer)]})


def array(shape, dtype=np.float32):
    n = int(np.prod(shape))
    if dtype == np.bool_:
        return RANDOM.integers(0, 2, shape).astype(bool)
    values = RANDOM.permutation(np.arange(1, n + 1)).reshape(shape)
    if dtype in (np.complex64, np.complex128):
        values = values + 1j * values[::-1] if values.ndim else values
    return values.astype(dtype)


# By hand: each form alone and beside others.

def by_hand():
    v, m, t = array(5), array((3, 4)), array((2, 3, 4))
    C, i64 = Computed, np.int64
    every = slice(None)
    reads = [
        ("whole", m, ()), ("ellipsis", m, ...), ("integer", m, 1), ("negative", m, -1), ("both", m, (2, -3)),
        ("slice", m, slice(1, 3)), ("from", m, slice(-2, None)), ("to", m, (every, slice(None, -1))), ("past", m, slice(1, 99)),
        ("before", m, slice(-99, 2)), ("empty", m, slice(2, 1)), ("step", v, slice(None, None, 2)), ("backwards", v, slice(None, None, -1)),
        ("by -2", v, slice(None, None, -2)), ("by -2 from", v, slice(3, 0, -2)), ("by -3", m, (slice(2, None, -3), slice(3, 0, -1))),
        ("long step", v, slice(1, None, 9)), ("new", m, None), ("new inside", m, (every, None)), ("new around", m, (None, ..., None)),
        ("new between", m, (0, None, slice(1, 3), None)), ("column", m, (every, 1)), ("last", t, (..., 0)), ("middle", t, (every, 1)),
        ("ends", t, (0, ..., -1)), ("rank 0", array(()), ()), ("rank 0 new", array(()), (None, ...)), ("empty axis", array((0, 3)), (every, 1)),
        ("list", v, np.array([2, 0, -1])), ("progression", v, np.array([1, 2, 3])), ("descent", v, np.array([4, 2, 0])),
        ("one", v, np.array([3])), ("none", v, np.array([], i64)), ("pairs", m, (np.array([0, 2]), np.array([1, -1]))),
        ("grid", m, (np.array([[0], [2]]), np.array([1, 3, 0]))), ("rank 2", v, np.array([[0, 1], [4, -5]])),
        ("rows", m, np.array([2, 2, 0])), ("columns", m, (every, np.array([3, 0, 1]))), ("adjacent", t, (every, np.array([0, 2]), np.array([1, 0]))),
        ("apart", t, (np.array([0, 1]), every, np.array([3, 0]))), ("apart by new", m, (np.array([0, 1]), None, np.array([3, 0]))),
        ("integer and array", t, (1, every, np.array([3, 0]))), ("array and integer", t, (every, np.array([2, 0]), 1)),
        ("apart by ellipsis", m, (np.array([0, 1]), ..., np.array([3, 0]))), ("with slice", t, (np.array([1, 0, 1]), slice(1, None), slice(0, 4, 3))),
        ("with reverse", t, (slice(None, None, -1), np.array([2, 0, 1]), slice(None, None, -2))),
        ("with new", t, (None, np.array([1, 0]), None, slice(1, 3))), ("mask", v, np.array([True, False, True, True, False])),
        ("mask in a row", v, np.array([False, True, True, True, False])), ("mask of none", v, np.zeros(5, bool)),
        ("mask of all", m, np.ones((3, 4), bool)), ("mask of rank 2", m, m > 5), ("mask of rows", m, np.array([True, False, True])),
        ("mask of columns", m, (every, np.array([True, False, True, True]))), ("mask behind", t, (0, t[0] > 3)),
        ("mask and array", m, (np.array([True, False, True]), np.array([1, 2]))), ("mask apart", t, (np.array([True, True]), every, np.array([0, 3]))),
        ("true", m, True), ("false", m, False), ("true and array", m, (True, np.array([0, 2]))), ("true behind", m, (every, True)),
        ("true and integer", m, (0, True)), ("computed", m, C(1)), ("computed last", m, C(-1)), ("computed column", m, (every, C(2))),
        ("computed both", m, (C(2), C(-1))), ("computed and integer", m, (C(2), 1)), ("computed and slice", m, (C(0), slice(1, 3))),
        ("computed and step", m, (C(0), slice(None, None, -2))), ("computed and new", m, (None, C(0), None)),
        ("computed above", v, C(7)), ("computed below", v, C(-9)), ("computed i8", array(200), C(-100, np.int8)), ("computed u8", array(300), C(255, np.uint8)),
        ("computed i64", m, (C(1, i64), C(2, np.uint8))), ("computed list", v, C([3, -1, 0])), ("computed outside", v, C([9, -9, 2])),
        ("computed u32", v, C([4, 9], np.uint32)), ("computed rows", m, C([[1], [-1]])), ("computed columns", m, (every, C([3, 0]))),
        ("computed grid", m, (C([[0], [2]]), C([1, 3, 0]))), ("computed and known", m, (C([0, 2]), np.array([1, -1]))),
        ("computed and known one", m, (C([0, 2]), -1)), ("computed scalar and list", m, (C(1), C([0, 3]))),
        ("computed apart", t, (C([0, 1]), every, C([3, 0]))), ("computed with slices", t, (slice(None, 1), C([2, 0]), slice(1, 4, 2))),
        ("computed with a later slice", t, (C([1, 0]), slice(1, 3))), ("computed i8 list", array(200), C([-100, 100], np.int8)),
        ("computed true", m, (True, C([0, 2]))), ("computed none", m, C(np.zeros((0,)))), ("known outside", v, np.array([9, -9, 2])),
    ]
    for name, x, index in reads:
        row(name, x, index)
    for dtype in [np.float64, ml_dtypes.bfloat16, np.int8, np.int32, np.uint8, np.uint32, np.bool_, np.complex64]:
        x = array((3, 4), dtype)
        outside = (C([0, 7]), slice(1, 3))
        row(f"{np.dtype(dtype)} outside", x, outside, mode="fill")
        row(f"{np.dtype(dtype)}", x, (slice(None, None, 2), C(1)))
        row(f"{np.dtype(dtype)} set", x, (slice(None, None, -2), slice(1, 4, 2)), "set", array((2, 2), dtype))
        if dtype != np.bool_:
            row(f"{np.dtype(dtype)} add", x, (C([1, 1, 9]),), "add", array(4, dtype))
    scalars = [C(7), C(-9), C(-1), 1]
    lists = [C([0, 9, -9, -2]), np.array([9, 0, -9, -2]), (C([9, 1]), C([[0], [-7]])), (C([9, 1]), slice(1, 3))]
    for mode in ["clip", "fill", "promise_in_bounds", "wrap"]:
        for index in scalars + lists + [8, -8]:
            if mode == "promise_in_bounds" and isinstance(index, int) and abs(index) > 3:
                continue
            row(mode, m, index, mode=mode)
            if mode != "promise_in_bounds":
                row(f"{mode} add", m, index, "add", 1, mode={"fill": "drop"}.get(mode, mode))
                row(f"{mode} set", m, index, "set", 50, mode={"fill": "drop"}.get(mode, mode))
    for wrap in [C(-1), C([-1, 1]), np.array([-1, 1]), (C([-1, 2]), C(-2))]:
        row("not from the end", m, wrap, wrap=False, mode="fill")
        row("not from the end add", m, wrap, "add", 5, wrap=False, mode="drop")
        row("not from the end clip", m, wrap, wrap=False, mode="clip")
    row("filled", v, C([0, 9]), mode="fill", fill=-1)
    row("filled i", array(3, np.int32), np.array([0, 9]), mode="fill", fill=-1)
    row("filled one", m, 7, mode="fill", fill=3)


def updates():
    m, t, v = array((3, 4)), array((2, 3, 4)), array(6)
    C, every = Computed, slice(None)
    places = [
        ("whole", m, (), ()), ("backwards", m, (..., slice(None, None, -1)), (4,)), ("integer", m, 1, ()), ("row", m, -1, (4,)),
        ("column", m, (every, 1), (3,)), ("element", m, (2, -1), ()), ("slice", m, slice(1, None), (4,)), ("box", t, (0, slice(1, 3), slice(-3, -1)), (2, 1)),
        ("box backwards", t, (slice(None, None, -1), 1, slice(2, 0, -1)), (2, 2)), ("new", m, (None, 1, None, slice(1, 3)), (1, 1, 2)),
        ("new and list", m, (np.array([2, 0]), None, slice(1, 3)), (2, 1, 2)), ("step", v, slice(None, None, 2), (3,)), ("step of one", v, slice(1, None, 2), ()),
        ("by -2", m, (slice(None, None, -2), slice(1, 3)), (2, 2)), ("grid of steps", m, (slice(0, 3, 2), slice(3, None, -3)), (2, 2)),
        ("step and integer", t, (1, slice(None, None, 2), slice(2, None, -1)), (1, 3)), ("empty", v, slice(3, 2), ()),
        ("list", v, np.array([4, 0, -1]), (3,)), ("progression", v, np.array([4, 2, 0]), (3,)), ("pairs", m, (np.array([0, 2]), np.array([1, -1])), (2,)),
        ("grid", m, (np.array([[0], [2]]), np.array([1, 3, 0])), (2, 3)), ("rows", m, np.array([2, 0]), (2, 4)), ("columns", m, (every, np.array([3, 0])), (3, 2)),
        ("apart", t, (np.array([0, 1]), every, np.array([3, 0])), (2, 3)), ("with step", t, (np.array([1, 0]), slice(None, None, -2), slice(1, 3)), (2, 2, 2)),
        ("mask", v, np.array([True, False, True, True, False, False]), (3,)), ("mask of rank 2", m, m > 5, ()), ("true", m, True, (1, 3, 4)),
        ("false", m, False, ()), ("computed", m, C(1), (4,)), ("computed last", m, (C(-1), slice(1, 3)), ()), ("computed above", v, C(7), ()),
        ("computed both", m, (C(2), C(-1)), ()), ("computed and step", m, (C(0), slice(None, None, -2)), (2,)), ("computed list", v, C([3, -1, 0]), (3,)),
        ("computed outside", v, C([9, -9, 2]), (3,)), ("computed rows", m, C([2, -3]), (2, 4)), ("computed columns", m, (every, C([3, 0])), (3, 2)),
        ("computed apart", t, (C([0, 1]), every, C([3, 0])), (2, 3)), ("computed with step", t, (slice(None, 1), C([2, 0]), slice(3, None, -2)), (1, 2, 2)),
        ("computed mask", m, C(m > 5), ()), ("computed mask of rows", m, C(np.array([True, False, True])), (4,)),
        ("computed mask of columns", m, (every, C(np.array([True, False, True, True]))), (3, 1)), ("computed mask behind", m, (..., C(np.array([True, False, True, True]))), ()),
        ("computed mask value", t, C(t[:, :, 0] > 7), (1, 4)),
    ]
    for place, (name, x, index, shape) in enumerate(places):
        for k, op in enumerate(OPERATIONS):
            value = None if op == "apply" else array(shape) % 7 / 2 if op == "power" else array(shape) - 3.25
            # Two at each place, and of the others every fourth.
            if k < 2 or (place + k) % 4 == 0:
                row(f"{name}/{op}", x, index, op, value)
    repeated = [("repeated", v, np.array([4, 0, 4, 4]), (4,)), ("computed repeated", v, C([4, 0, 4, -2]), (4,)), ("repeated rows", m, C([1, 1]), (2, 4)),
                ("repeated pairs", m, (np.array([0, 0, 2]), np.array([1, -3, 1])), (3,))]
    for name, x, index, shape in repeated:
        for op in ["add", "subtract", "multiply", "min", "max", "divide", "apply"]:
            row(f"{name}/{op}", x, index, op, None if op == "apply" else array(shape) - 2.5)
    for dtype in [np.int32, np.uint8, np.complex64, np.float64, ml_dtypes.bfloat16]:
        x = array((3, 4), dtype)
        for op in ["set", "add", "subtract", "multiply", "power", "apply"]:
            if dtype != ml_dtypes.bfloat16 or op != "power":
                value = None if op == "apply" else array((2,), dtype)
                row(f"{np.dtype(dtype)}/{op}", x, (C(1), slice(0, 4, 2)), op, value)
                row(f"{np.dtype(dtype)} known/{op}", x, (slice(None, None, -2), 1), op, value)


def at_random():
    """Random items on random shapes."""
    def one(size):
        kind = RANDOM.integers(0, 6)
        if kind == 0:
            return int(RANDOM.integers(-size, size))
        if kind == 1:
            return Computed(RANDOM.integers(-size, size))
        if kind < 4:
            bound = lambda: None if RANDOM.integers(0, 3) == 0 else int(RANDOM.integers(-size - 2, size + 2))
            return slice(bound(), bound(), int(RANDOM.choice([1, 1, 1, -1, 2, -2, 3])))
        values = RANDOM.integers(-size, size, [(), (2,), (2,), (3, 1)][RANDOM.integers(0, 4)])
        return Computed(values) if kind == 4 else values
    ops = ["get", "get", "set", "add", "multiply", "max"]
    made = 0
    while made < 120:
        shape = tuple(RANDOM.integers(1, 5, RANDOM.integers(1, 5)))
        if np.prod(shape) > 64:
            continue
        index = [one(size) for size in shape[:RANDOM.integers(0, len(shape) + 1)]]
        for extra in [None, Ellipsis, None]:
            if RANDOM.integers(0, 5) == 0:
                index.insert(RANDOM.integers(0, len(index) + 1) if extra is None else len(index), extra)
        index, op, x = tuple(index), ops[RANDOM.integers(0, len(ops))], array(shape)
        if op == "set" and not once(x, index):
            op = "add"
        value = None if op == "get" else array(x[plain(index)].shape[RANDOM.integers(0, 2):])
        row(f"random {op}", x, index, op, value)
        made += 1


by_hand()
updates()
at_random()
assert len(ROWS) > 250
path = pathlib.Path(__file__).parent / "cases" / "numpy_indexing.jsonl"
path.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in ROWS))
print(f"{len(ROWS)} rows, {path.stat().st_size} bytes")
print("\n".join(DIFFER))
