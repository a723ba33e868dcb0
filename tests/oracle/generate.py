"""Computes the answers in cases/*.jsonl with JAX, on the CPU.

    python -m venv venv && venv/bin/pip install jax==0.10.2 jaxlib==0.10.2 numpy==2.4.6 ml_dtypes==0.6.0
    venv/bin/python tests/oracle/generate.py [family…]

Deterministic: the numbers of a program come from a seed made of its name. README.md says what a case is. What JAX refuses is
printed at the end and has no case.
"""

import itertools
import json
import os
import pathlib
import sys
import zlib

os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import ml_dtypes
import numpy as np

jax.config.update("jax_enable_x64", True)

import composite
import contraction as contractions
import fft as transforms
import program as language
import reduction as reductions
import special as special_functions
import linalg
from program import (ARITHMETIC, BITWISE, COMPARE, COMPLEX, DTYPES, FLOATS, INTEGERS, NAMES, SHIFTS, UNARY, Program,
                     function, show)

CASES = {}
REFUSED = []
nan, inf = np.nan, np.inf


# Literals and random numbers.

def literal(x):
    if x is None:
        return None
    x = np.asarray(x)
    return f"{NAMES[x.dtype]}{show(x.shape)}:{x.tobytes().hex()}"


def is_inexact(dtype):
    return dtype in FLOATS + COMPLEX


def array(values, dtype):
    with np.errstate(all="ignore"):
        return np.asarray(values).astype(DTYPES[dtype])


def uniform(low, high):
    """A source of numbers between two bounds; complex ones have their imaginary part there too."""
    def source(random, shape, dtype):
        x = random.uniform(low, high, shape)
        return array(x + 1j * random.uniform(low, high, shape) if dtype in COMPLEX else x, dtype)
    return source


def distinct(random, shape, dtype):
    """Numbers of which no two are near each other, nor near an integer or zero."""
    n = int(np.prod(shape))
    x = (random.permutation(n) - n // 2 + random.uniform(0.3, 0.7, n)) * (6.0 / max(n, 6))
    return array(x.reshape(shape), dtype)


def anything(random, shape, dtype):
    """Numbers of moderate size, of any dtype."""
    if dtype == "bool":
        return random.integers(0, 2, shape).astype(bool)
    if not is_inexact(dtype) and dtype[0] in "iu":
        info = ml_dtypes.iinfo(DTYPES[dtype])
        return random.integers(max(info.min, -50), min(info.max, 50), shape, endpoint=True).astype(DTYPES[dtype])
    if dtype == "f8e8m0fnu":
        return array(2.0 ** random.integers(-5, 5, shape), dtype)
    return uniform(-2, 2)(random, shape, dtype)


# The four transforms. Each adds one case, or notes that JAX refused it.

def add(family, name, transform, text, ins, answer, **fields):
    try:
        outs = answer(function(text), [jax.numpy.asarray(x) for x in ins])
    except (TypeError, NotImplementedError, ValueError) as error:
        REFUSED.append(f"{name}: {str(error).splitlines()[0][:110]}")
        return
    case = {"name": name, "transform": transform, "program": text, "ins": [literal(x) for x in ins], **fields}
    case["outs"] = [None if x.dtype == jax.dtypes.float0 else literal(x) for x in outs]
    CASES.setdefault(family, []).append(case)


def evaluate(family, name, text, ins):
    add(family, name, "eval", text, ins, lambda f, xs: f(*xs))


def jvp(family, name, text, ins, tangents):
    active = [i for i, t in enumerate(tangents) if t is not None]

    def answer(f, xs):
        def part(*chosen):
            return f(*[dict(zip(active, chosen)).get(i, x) for i, x in enumerate(xs)])
        primals, outs = jax.jvp(part, [xs[i] for i in active], [jax.numpy.asarray(tangents[i]) for i in active])
        return primals + outs
    add(family, name, "jvp", text, ins, answer, tangents=[literal(t) for t in tangents])


def vjp(family, name, text, ins, cotangents):
    def answer(f, xs):
        _, pull = jax.vjp(f, *xs)
        return [c for c in pull(tuple(map(jax.numpy.asarray, cotangents))) if c.dtype != jax.dtypes.float0]
    add(family, name, "vjp", text, ins, answer, cotangents=[literal(c) for c in cotangents])


def vmap(family, name, text, ins, axes):
    add(family, name, "vmap", text, ins, lambda f, xs: jax.vmap(f, tuple(axes))(*xs), in_axes=axes)


def hvp(family, name, text, ins, tangent):
    def answer(f, xs):
        gradient = jax.grad(lambda x: f(x, *xs[1:])[0])
        return [jax.jvp(gradient, (xs[0],), (jax.numpy.asarray(tangent),))[1]]
    add(family, name, "hvp", text, ins, answer, tangents=[literal(tangent)])


def cover(family, name, build, operands, wanted):
    """Cases of one program under the wanted transforms: words of eval, jvp, vjp, vmap, hvp.

    `operands` are triples of dtype, shape and a source of numbers: a function, or the numbers themselves.
    """
    program = Program()
    try:
        outs = build(program, *[program.input(dtype, shape) for dtype, shape, _ in operands])
    except (TypeError, NotImplementedError, ValueError) as error:
        REFUSED.append(f"{name}: {str(error).splitlines()[0][:110]}")
        return
    program.outs = list(outs) if isinstance(outs, (list, tuple)) else [outs]
    text, random = program.text(), np.random.default_rng(zlib.crc32(name.encode()))
    constants = [array(number, value.dtype) for value, number in program.constants]

    def draw(batched):
        sizes = [(2, *shape) if b else tuple(shape) for (_, shape, _), b in zip(operands, batched)]
        sources = [source if callable(source) else lambda _, size, dtype, x=source: array(x, dtype).reshape(size)
                   for _, _, source in operands]
        return [source(random, size, dtype) for source, size, (dtype, _, _) in zip(sources, sizes, operands)] + constants

    n = len(operands)
    ins = draw([False] * n)
    tangent = lambda i: anything(random, *operands[i][1::-1]) if is_inexact(operands[i][0]) else None
    if "eval" in wanted:
        evaluate(family, f"{name}/eval", text, ins)
    if "jvp" in wanted:
        inexact = [i for i in range(n) if is_inexact(operands[i][0])]
        blank = [None] * len(constants)
        jvp(family, f"{name}/jvp", text, ins, [tangent(i) for i in range(n)] + blank)
        if 1 < len(inexact) <= 3 and operands[0][0] in ["f64", "c128"] and family == "binary":
            for j in inexact:
                jvp(family, f"{name}/jvp/{j}", text, ins, [tangent(i) if i == j else None for i in range(n)] + blank)
    if "vjp" in wanted and all(is_inexact(x.dtype) for x in program.outs):
        vjp(family, f"{name}/vjp", text, ins, [anything(random, x.shape, x.dtype) for x in program.outs])
    if "hvp" in wanted and is_inexact(operands[0][0]) and len(program.outs) == 1 and program.outs[0].shape == ():
        hvp(family, f"{name}/hvp", text, ins, tangent(0))
    if "vmap" in wanted:
        choices = list(itertools.product([True, False], repeat=n))[:-1]
        if family == "composite" and n > 1:
            choices = [choices[0], (True,) + (False,) * (n - 1)]
        for batched in choices:
            axes = [0 if b else None for b in batched] + [None] * len(constants)
            label = "".join("b" if b else "u" for b in batched)
            vmap(family, f"{name}/vmap/{label}", text, draw(batched), axes)


def operation(name, **params):
    return lambda program, *xs: program.apply(name, *xs, **params)


# Elementwise operations.

DOMAIN = {
    "log": (0.1, 4), "sqrt": (0.1, 4), "rsqrt": (0.1, 4), "lgamma": (0.2, 4), "digamma": (0.2, 4), "log1p": (-0.9, 3),
    "asin": (-0.9, 0.9), "acos": (-0.9, 0.9), "atanh": (-0.9, 0.9), "erf_inv": (-0.9, 0.9), "acosh": (1.1, 4), "tan": (-1.4, 1.4),
    "cbrt": (0.1, 4),
}
KINKED = ["abs", "sign", "floor", "ceil", "round_nearest_even", "round_nearest_afz"]


def special(dtype):
    info = ml_dtypes.finfo(DTYPES[dtype])
    tiny, greatest = float(info.tiny), float(info.max)
    return [nan, inf, -inf, 0.0, -0.0, 1, -1, 0.5, -0.5, 2, 1.5, -2.5, -3, 0.9999, -0.9999, 1e-4, -1e-4, 10, -40, 89, -104, 710, -746,
            10000, tiny, -tiny, greatest, -greatest]


def subnormal(dtype):
    info = ml_dtypes.finfo(DTYPES[dtype])
    least, tiny = float(info.smallest_subnormal), float(info.tiny)
    return [least, -least, tiny / 2, -tiny / 2, tiny * 0.75]


def unary():
    for name in UNARY:
        source = uniform(*DOMAIN[name]) if name in DOMAIN else distinct if name in KINKED else uniform(-2.5, 2.5)
        if name in ["not", "population_count", "count_leading_zeros", "neg", "abs", "sign", "square"]:
            for dtype in INTEGERS + ["i4", "u4"] + ["bool"] * (name == "not"):
                cover("unary", f"{name}/{dtype}", operation(name), [(dtype, (3,), anything)], "eval")
                if dtype != "bool":
                    info = ml_dtypes.iinfo(DTYPES[dtype])
                    row = np.array([info.min, info.min + 1, -1, 0, 1, 2, 3, info.max - 1, info.max], object)
                    row = np.array([x for x in row if x >= info.min], object).astype(DTYPES[dtype])
                    cover("unary", f"{name}/{dtype}/special", operation(name), [(dtype, row.shape, row)], "eval")
            if name in ["not", "population_count", "count_leading_zeros"]:
                cover("unary", f"{name}/i32", operation(name), [("i32", (3,), anything)], "vmap jvp")
                continue
        for dtype in [] if name in ["real", "imag", "conj"] else FLOATS:
            wanted = "eval" + " jvp" * (dtype == "f64") + " vjp" * (dtype in ["f32", "f64"]) + " vmap" * (dtype == "f32")
            cover("unary", f"{name}/{dtype}", operation(name), [(dtype, (3,), source)], wanted)
            for kind, row in [("special", special(dtype))] + [("subnormal", subnormal(dtype))] * (dtype in ["f32", "f64"]):
                cover("unary", f"{name}/{dtype}/{kind}", operation(name), [(dtype, (len(row),), row)], "eval")
        if name in ["is_finite", "floor", "ceil", "round_nearest_even", "round_nearest_afz"]:
            continue
        for dtype in COMPLEX:
            wanted = "eval vjp" + " jvp" * (dtype == "c128") + " vmap" * (dtype == "c64" and name in ["real", "imag", "conj", "abs", "exp"])
            source = uniform(-1.5, 1.5)
            cover("unary", f"{name}/{dtype}", operation(name), [(dtype, (3,), source)], wanted)
            row = [0, complex(-0.0, 0), 1, -1, 1j, complex(-2, -0.0), 1e-10 + 1e-10j, 30 + 40j, 1e20 + 1e20j,
                   complex(inf, 0), complex(-inf, 0), complex(0, inf), complex(nan, 0)]
            if dtype == "c128":
                cover("unary", f"{name}/{dtype}/special", operation(name), [(dtype, (len(row),), row)], "eval")
    for name in ["abs", "sign", "sqrt", "rsqrt", "cbrt", "log", "asin", "lgamma"]:
        row = [0.0, -0.0] if name != "asin" else [1.0, -1.0]
        cover("unary", f"{name}/f64/ties", operation(name), [("f64", (2,), row)], "jvp vjp")
    for name in ["abs", "sign", "sqrt", "log"]:
        cover("unary", f"{name}/c128/ties", operation(name), [("c128", (1,), [0])], "jvp vjp")
    for name in ["exp", "logistic", "tanh", "erf", "sqrt", "log"]:
        row = [inf, -inf, nan, 100.0, -100.0, 1000.0, -1000.0]
        cover("unary", f"{name}/f64/far", operation(name), [("f64", (len(row),), row)], "jvp")
    for name in KINKED:
        cover("unary", f"{name}/f64/halves", operation(name), [("f64", (6,), [-1.5, -0.5, 0.5, 1.5, 2.5, 2.0])], "eval jvp")


def crossed(row):
    return np.repeat(row, len(row)), np.tile(row, len(row))


def binary():
    for name in ARITHMETIC:
        left, right = uniform(-3, 3), uniform(0.5, 3)
        if name == "pow":
            left = uniform(0.2, 3)
        if name == "atan2":
            right = uniform(-3, -0.2)
        kinked = name in ["max", "min"]
        for dtype in FLOATS:
            wanted = "eval" + " jvp" * (dtype == "f64") + " vjp" * (dtype in ["f32", "f64"]) + " vmap" * (dtype == "f32")
            cover("binary", f"{name}/{dtype}", operation(name), [(dtype, (3,), left), (dtype, (3,), right)], wanted)
            greatest = float(ml_dtypes.finfo(DTYPES[dtype]).max)
            xs, ys = crossed([nan, inf, -inf, 0.0, -0.0, -2.5, greatest])
            cover("binary", f"{name}/{dtype}/special", operation(name), [(dtype, xs.shape, xs), (dtype, ys.shape, ys)], "eval")
            xs, ys = crossed(subnormal(dtype)[:3] + [1.0, 0.0])
            if dtype in ["f32", "f64"]:
                cover("binary", f"{name}/{dtype}/subnormal", operation(name), [(dtype, xs.shape, xs), (dtype, ys.shape, ys)], "eval")
        if name in ["add", "sub", "mul", "div", "pow"]:
            for dtype in COMPLEX:
                wanted = "eval jvp vjp" + " vmap" * (dtype == "c64")
                pair = [(dtype, (3,), uniform(-2, 2)), (dtype, (3,), uniform(0.5, 2))]
                cover("binary", f"{name}/{dtype}", operation(name), pair, wanted)
                xs, ys = crossed([0, 1, -2j, complex(inf, 0), complex(nan, 1)])
                cover("binary", f"{name}/{dtype}/special", operation(name), [(dtype, xs.shape, xs), (dtype, ys.shape, ys)], "eval")
    for name in ["complex"]:
        for dtype in ["f32", "f64"]:
            wanted = "eval jvp vjp" + " vmap" * (dtype == "f32")
            cover("binary", f"{name}/{dtype}", operation(name), [(dtype, (3,), anything)] * 2, wanted)
            xs, ys = crossed([nan, inf, -0.0, 1])
            cover("binary", f"{name}/{dtype}/special", operation(name), [(dtype, xs.shape, xs), (dtype, ys.shape, ys)], "eval")
    for name in list(ARITHMETIC) + list(BITWISE) + list(SHIFTS):
        if name in ["pow", "atan2", "nextafter"]:
            continue
        for dtype in INTEGERS + ["bool"] * (name in BITWISE or name in ["max", "min"]):
            small = lambda random, shape, dtype: random.integers(0, 8, shape).astype(DTYPES[dtype])
            natural = lambda random, shape, dtype: random.integers(1, 9, shape).astype(DTYPES[dtype])
            right = small if name in SHIFTS else natural if name in ["div", "rem"] else anything
            cover("binary", f"{name}/{dtype}", operation(name), [(dtype, (3,), anything), (dtype, (3,), right)],
                  "eval" + " vmap" * (dtype == "i32"))
            if dtype == "bool":
                continue
            info, bits = ml_dtypes.iinfo(DTYPES[dtype]), ml_dtypes.iinfo(DTYPES[dtype]).bits
            row = [info.min, -7, -1, 0, 3, info.max]
            xs, ys = crossed(np.array([x for x in row if x >= info.min], object))
            if name in SHIFTS:
                amounts = np.array([0, 1, bits - 1, bits, bits + 1, info.max] + [-1] * (info.min < 0), object)
                xs, ys = np.repeat(row := np.array(sorted({int(x) for x in xs}), object), len(amounts)), np.tile(amounts, len(row))
            pair = [(dtype, x.shape, x.astype(DTYPES[dtype])) for x in (xs, ys)]
            cover("binary", f"{name}/{dtype}/special", operation(name), pair, "eval")
    equal = [1.0, -2.0, 0.0, -0.0, 0.0]
    for name in ["max", "min"]:
        for dtype in ["f32", "f64"]:
            pair = [(dtype, (5,), equal), (dtype, (5,), equal[:3] + [0.0, -0.0])]
            cover("binary", f"{name}/{dtype}/ties", operation(name), pair, "eval jvp vjp")
    pair = [("f64", (8,), [0, 0, 0, 0, 2, 1, -1.5, -1.5]), ("f64", (8,), [0, 1, 2, 0.5, 0, 0, 2, 3])]
    cover("binary", "pow/f64/edges", operation("pow"), pair, "eval jvp vjp")
    pair = [("f64", (4,), [0.0, 1.0, 0.0, -0.0]), ("f64", (4,), [0.0, 0.0, 1.0, -1.0])]
    cover("binary", "atan2/f64/edges", operation("atan2"), pair, "eval jvp vjp")
    pair = [("f64", (4,), [5.5, -5.5, 5.5, -5.5]), ("f64", (4,), [2.0, 2.0, -2.0, -2.0])]
    cover("binary", "rem/f64/signs", operation("rem"), pair, "eval jvp vjp")


def compare():
    for name in COMPARE:
        for dtype in ["bool"] + INTEGERS + FLOATS + COMPLEX * (name in ["eq", "ne"]):
            few = lambda random, shape, dtype: random.integers(0, 3, shape).astype(DTYPES[dtype])
            wanted = "eval" + " vmap jvp" * (dtype == "f32")
            cover("compare", f"{name}/{dtype}", operation(name), [(dtype, (3,), few)] * 2, wanted)
        for dtype in FLOATS:
            xs, ys = crossed([nan, inf, -inf, 0.0, -0.0, 1])
            cover("compare", f"{name}/{dtype}/special", operation(name), [(dtype, xs.shape, xs), (dtype, ys.shape, ys)], "eval")
        for dtype in ["i8", "u8", "i64", "u64"]:
            info = ml_dtypes.iinfo(DTYPES[dtype])
            xs, ys = crossed(np.array([info.min, 0, 1, info.max], object))
            pair = [(dtype, x.shape, x.astype(DTYPES[dtype])) for x in (xs, ys)]
            cover("compare", f"{name}/{dtype}/special", operation(name), pair, "eval")


def select():
    for dtype in ["bool"] + INTEGERS + FLOATS + COMPLEX:
        wanted = "eval" + " jvp vjp" * (dtype in ["f32", "f64", "c128"]) + " vmap" * (dtype == "f32")
        triple = [("bool", (3,), anything), (dtype, (3,), anything), (dtype, (3,), anything)]
        cover("select", f"select/{dtype}", operation("select"), triple, wanted)
    triple = [("bool", (2,), [True, False]), ("f64", (2,), [1, nan]), ("f64", (2,), [inf, 2])]
    cover("select", "select/f64/special", operation("select"), triple, "eval jvp vjp")
    for dtype in INTEGERS + FLOATS:
        low, high = (0, 10) if dtype in INTEGERS else (-1, 1)
        bound = lambda b: lambda random, shape, dtype: array(random.uniform(0, 0.5, shape) * (dtype in FLOATS) + b, dtype)
        wanted = "eval" + " jvp vjp" * (dtype in ["f32", "f64"]) + " vmap" * (dtype == "f32")
        triple = [(dtype, (3,), bound(low)), (dtype, (3,), uniform(-3, 3) if dtype in FLOATS else anything), (dtype, (3,), bound(high))]
        cover("select", f"clamp/{dtype}", operation("clamp"), triple, wanted)
    rows = zip(*itertools.product([-1.0, nan], [nan, inf, -inf, 0.0, -0.0, 5], [1.0, nan, -2.0]))
    cover("select", "clamp/f64/special", operation("clamp"), [("f64", (36,), list(row)) for row in rows], "eval")
    triple = [("f64", (5,), [-1, -1, 0, 0, 2]), ("f64", (5,), [-1, 1, 0, 0.5, 1]), ("f64", (5,), [1, 1, 0, 1, 1])]
    cover("select", "clamp/f64/ties", operation("clamp"), triple, "eval jvp vjp")


def convert():
    pairs = [pair for d in DTYPES for pair in [("f32", d), (d, "f32"), ("i32", d), (d, "i32"), (d, "bool")]]
    for source, target in dict.fromkeys(pairs):
        if not (source in COMPLEX and target not in COMPLEX):
            cover("convert", f"convert/{source}/{target}", operation("convert", dtype=target), [(source, (3,), anything)], "eval")
    for source, target in itertools.product(FLOATS + COMPLEX, FLOATS + COMPLEX):
        if not (source in COMPLEX and target not in COMPLEX):
            wanted = "eval jvp vjp" if "f32" not in (source, target) else "jvp vjp"
            cover("convert", f"convert/{source}/{target}", operation("convert", dtype=target), [(source, (4,), anything)], wanted)
    for source, target in [("f32", "bf16"), ("f32", "i32"), ("i32", "f32"), ("f32", "f32")]:
        wanted = "vmap" if is_inexact(target) and is_inexact(source) else "vmap jvp"
        cover("convert", f"convert/{source}/{target}", operation("convert", dtype=target), [(source, (3,), anything)], wanted)
    row = [nan, inf, -inf, -0.0, 0.5, 1.5, 2.5, -1.5, -0.99, 7.5, 8, -9, 127.5, 128, 255.9, 256, -128.9, -129, 32768, 65536, 2147483520,
           2.0**31, -(2.0**31), 2.0**32, 2.0**63, 2.0**64, 1e20, -1e20]
    for source, target in itertools.product(["f16", "bf16", "f32", "f64"], ["i4", "u4", "i8", "u8", "i32", "u32", "i64", "u64", "bool"]):
        cover("convert", f"convert/{source}/{target}/special", operation("convert", dtype=target), [(source, (len(row),), row)], "eval")
    for source, target in itertools.product(["i8", "u8", "i32", "u32", "i64", "u64"], INTEGERS + FLOATS + ["i4", "u4", "bool"]):
        info = ml_dtypes.iinfo(DTYPES[source])
        row = [info.min, info.min + 1, -129, -1, 0, 1, 7, 8, 127, 128, 255, 256, 16777217, 2**53 + 1, info.max - 1, info.max]
        row = np.array([x for x in row if info.min <= x <= info.max], object).astype(DTYPES[source])
        cover("convert", f"convert/{source}/{target}/special", operation("convert", dtype=target), [(source, row.shape, row)], "eval")
    narrow = [d for d in DTYPES if d[:2] in ("f4", "f8")]
    random = np.random.default_rng(1)
    row = [nan, inf, -inf, 0.0, -0.0, 1, 5, 5.1, 6, 7, 15.5, 15.75, 16, 30, 31, 32, 240, 248, 249, 256, 448, 464, 465, 480, 57344, 61440, 61441,
           65536, 2.0**-6, 2.0**-7, 2.0**-9, 2.0**-10, 2.0**-11, 1.5 * 2.0**-10, 2.0**-16, 2.0**-17, 1.5 * 2.0**-17, 2.0**-127, 2.0**127, 1.0625, 1.1875,
           1.125, 1.375, 0.75, 1.75, 2.5, 3.5, 0.25, -0.3]
    row = row + list(random.normal(size=20) * 10.0 ** random.uniform(-4, 4, 20))
    for dtype in narrow + ["f16", "bf16"]:
        for source in ["f32"] + ["f64"] * (dtype in ["f16", "bf16", "f8e4m3fn", "f8e5m2"]):
            cover("convert", f"convert/{source}/{dtype}/special", operation("convert", dtype=dtype), [(source, (len(row),), row)], "eval")
    for dtype in narrow:
        every = np.arange(16 if dtype.startswith("f4") else 256, dtype=np.uint8).view(DTYPES[dtype])
        cover("convert", f"convert/{dtype}/f32/every", operation("convert", dtype="f32"), [(dtype, every.shape, every)], "eval")
    halves = np.array([65504, 65519, 65520, 65536, 1 + 2.0**-11, 1 + 3 * 2.0**-11, 1 + 2.0**-8, 1 + 3 * 2.0**-8, 3.4e38, 3.39e38])
    for target in ["f16", "bf16", "f32"]:
        for source in ["f32", "f64"]:
            cover("convert", f"convert/{source}/{target}/halves", operation("convert", dtype=target), [(source, halves.shape, halves)], "eval")
            row = subnormal(target)
            cover("convert", f"convert/{source}/{target}/subnormal", operation("convert", dtype=target), [(source, (len(row),), row)], "eval")


# Operations on shapes.

SHAPED = [
    ("broadcast", "axis", dict(shape=[2, 3], dims=[1]), [(3,)]),
    ("broadcast", "scalar", dict(shape=[2, 3], dims=[]), [()]),
    ("broadcast", "stretch", dict(shape=[4, 2, 3], dims=[0, 2]), [(1, 3)]),
    ("broadcast", "empty", dict(shape=[0, 3], dims=[1]), [(3,)]),
    ("reshape", "flat", dict(shape=[6]), [(2, 3)]),
    ("reshape", "split", dict(shape=[2, 1, 3]), [(3, 2)]),
    ("reshape", "scalar", dict(shape=[]), [(1, 1)]),
    ("transpose", "matrix", dict(permutation=[1, 0]), [(2, 3)]),
    ("transpose", "cycle", dict(permutation=[2, 0, 1]), [(2, 3, 4)]),
    ("slice", "plain", dict(start=[0, 1], limit=[2, 3], strides=[1, 1]), [(3, 4)]),
    ("slice", "strided", dict(start=[1, 0], limit=[4, 5], strides=[2, 3]), [(4, 5)]),
    ("slice", "empty", dict(start=[1, 0], limit=[1, 3], strides=[1, 1]), [(2, 3)]),
    ("pad", "edges", dict(low=[0, 1], high=[2, 0], interior=[0, 0]), [(2, 3), ()]),
    ("pad", "negative", dict(low=[0, -1], high=[1, 0], interior=[0, 0]), [(2, 3), ()]),
    ("pad", "interior", dict(low=[1, 0], high=[0, -1], interior=[1, 2]), [(2, 3), ()]),
    ("pad", "crossing", dict(low=[-2], high=[1], interior=[2]), [(3,), ()]),
    ("concatenate", "rows", dict(axis=0), [(2, 3), (1, 3)]),
    ("concatenate", "columns", dict(axis=1), [(2, 3), (2, 2)]),
    ("concatenate", "three", dict(axis=0), [(1,), (2,), (3,)]),
    ("concatenate", "empty", dict(axis=0), [(2,), (0,)]),
    ("reverse", "first", dict(axes=[0]), [(3, 2)]),
    ("reverse", "both", dict(axes=[0, 1]), [(2, 3)]),
    ("reverse", "none", dict(axes=[]), [(2, 3)]),
]


def structural():
    for name, label, params, shapes in SHAPED:
        first = next(row for row in SHAPED if row[0] == name)[1] == label
        others = ["bool", "i4", "i8", "i32", "u64", "f8e4m3fn", "f16", "bf16", "c64", "c128"] if first else []
        for dtype in others + ["f32", "f64"]:
            wanted = "eval" * (dtype != "f64" or first) + " jvp vjp" * (dtype in ["f64", "c128"]) + " vmap" * (dtype == "f32")
            operands = [(dtype, shape, anything) for shape in shapes]
            cover("structural", f"{name}/{label}/{dtype}", operation(name, **params), operands, wanted)
    for dtype in INTEGERS + FLOATS + COMPLEX:
        for axis in [0, 1]:
            cover("structural", f"iota/{axis}/{dtype}", operation("iota", shape=[3, 4], dtype=dtype, axis=axis), [], "eval")
    cover("structural", "iota/vector/i32", operation("iota", shape=[5], dtype="i32", axis=0), [], "eval")
    cover("structural", "iota/empty/i32", operation("iota", shape=[0, 2], dtype="i32", axis=1), [], "eval")
    # Batch axes other than the first.
    random = np.random.default_rng(2)
    for name, params, shape, axis in [
        ("transpose", dict(permutation=[1, 0]), (2, 3), 1), ("reshape", dict(shape=[6]), (2, 3), 2), ("reverse", dict(axes=[0]), (2, 3), 1),
        ("reduce_sum", dict(axes=[0]), (2, 3), 2), ("sin", {}, (2, 3), 2), ("slice", dict(start=[1, 0], limit=[2, 3], strides=[1, 2]), (2, 3), 1),
    ]:
        program = Program()
        program.outs = [program.apply(name, program.input("f32", shape), **params)]
        batched = list(shape[:axis]) + [4] + list(shape[axis:])
        vmap("structural", f"{name}/f32/vmap/axis{axis}", program.text(), [anything(random, batched, "f32")], [axis])
    program = Program()
    program.outs = [program.input("f32", (2, 3)) * program.input("f32", (2, 3))]
    pair = [anything(random, shape, "f32") for shape in [(2, 3, 4), (2, 4, 3)]]
    vmap("structural", "mul/f32/vmap/axes21", program.text(), pair, [2, 1])


def reduce():
    axes_of = {"first": [0], "last": [1], "all": [0, 1], "none": []}
    for name in ["reduce_sum", "reduce_prod", "reduce_max", "reduce_min"]:
        for label, axes in axes_of.items():
            build, first = operation(name, axes=axes), label == "first"
            for dtype in (INTEGERS + ["f16", "bf16"] if first else []) + ["f32", "f64"] + COMPLEX * (first and name in ["reduce_sum", "reduce_prod"]):
                wanted = "eval" + " jvp vjp" * (dtype in ["f64", "c128"] or dtype == "f32" and first) + " vmap" * (dtype == "f32")
                source = distinct if is_inexact(dtype) and dtype not in COMPLEX else anything
                cover("reduce", f"{name}/{label}/{dtype}", build, [(dtype, (3, 4), source)], wanted)
        cover("reduce", f"{name}/middle/f64", operation(name, axes=[0, 2]), [("f64", (2, 3, 2), distinct)], "eval jvp vjp")
        for dtype in ["i32", "u8", "i64", "f16", "bf16", "f32", "f64"]:
            cover("reduce", f"{name}/empty/{dtype}", operation(name, axes=[0]), [(dtype, (0, 2), [])], "eval")
        rows = [[nan, 1, 2], [inf, -inf, 1], [inf, 0, 2], [-0.0, 0.0, -0.0], [-0.0, -0.0, -0.0], [1e30, 1e30, -1e30], [inf, inf, 1], [-inf, nan, inf]]
        for dtype in FLOATS:
            cover("reduce", f"{name}/{dtype}/special", operation(name, axes=[1]), [(dtype, (8, 3), rows)], "eval")
    rows = [[1, 1, 0], [2, 2, 2], [0.0, -0.0, -1], [-1, -1, -2]]
    for name in ["reduce_max", "reduce_min"]:
        cover("reduce", f"{name}/f64/ties", operation(name, axes=[1]), [("f64", (4, 3), rows)], "eval jvp vjp")
    rows = [[1, 0, 2], [0, 0, 3], [0, 0, 0], [2, -3, 4]]
    cover("reduce", "reduce_prod/f64/zeros", operation("reduce_prod", axes=[1]), [("f64", (4, 3), rows)], "eval jvp vjp")
    for name in ["reduce_and", "reduce_or", "reduce_xor"]:
        for label, axes in axes_of.items():
            for dtype in ["bool"] + INTEGERS * (label == "first"):
                wanted = "eval" + " vmap" * (dtype == "bool" or dtype == "i32")
                cover("reduce", f"{name}/{label}/{dtype}", operation(name, axes=axes), [(dtype, (3, 4), anything)], wanted)
        cover("reduce", f"{name}/empty/bool", operation(name, axes=[0]), [("bool", (0, 2), [])], "eval")
        cover("reduce", f"{name}/empty/i32", operation(name, axes=[0]), [("i32", (0, 2), [])], "eval")
    for name in ["argmax", "argmin"]:
        for dtype in ["bool"] + INTEGERS + FLOATS:
            wanted = "eval" + " vmap jvp" * (dtype == "f32")
            cover("reduce", f"{name}/first/{dtype}", operation(name, axis=0, dtype="i32"), [(dtype, (3, 4), anything)], wanted)
        cover("reduce", f"{name}/last/f32", operation(name, axis=1, dtype="i64"), [("f32", (3, 4), anything)], "eval vmap")
        cover("reduce", f"{name}/narrow/f32", operation(name, axis=1, dtype="u8"), [("f32", (3, 4), anything)], "eval")
        rows = [[1, 1, 0], [nan, 1, 2], [1, nan, nan], [inf, inf, 1], [-inf, -inf, -inf], [0.0, -0.0, 0.0], [-0.0, 0.0, -0.0], [3, inf, nan]]
        for dtype in FLOATS:
            cover("reduce", f"{name}/{dtype}/special", operation(name, axis=1, dtype="i32"), [(dtype, (8, 3), rows)], "eval")


DOTS = [
    ("matmul", [1], [0], [], [], (2, 3), (3, 4)),
    ("matvec", [1], [0], [], [], (2, 3), (3,)),
    ("inner", [0], [0], [], [], (3,), (3,)),
    ("outer", [], [], [], [], (2,), (3,)),
    ("transposed", [0], [1], [], [], (3, 2), (4, 3)),
    ("batch", [2], [1], [0], [0], (2, 2, 3), (2, 3, 2)),
    ("batch_inside", [2], [0], [1], [1], (3, 2, 4), (4, 2, 2)),
    ("two", [1, 2], [1, 0], [], [], (2, 3, 4), (4, 3)),
    ("two_batches", [3], [2], [0, 1], [1, 0], (2, 3, 1, 2), (3, 2, 2)),
    ("elementwise", [], [], [0], [0], (3,), (3,)),
    ("scalar", [], [], [], [], (), ()),
    ("none_to_sum", [1], [0], [], [], (2, 0), (0, 3)),
]


def dot():
    def build(row, dtype, precision="default"):
        keys = ["lhs_contract", "rhs_contract", "lhs_batch", "rhs_batch"]
        return operation("dot_general", **dict(zip(keys, row[1:5])), precision=precision, dtype=dtype)

    for row in DOTS:
        label, a, b = row[0], *row[5:]
        for dtype in ["f32", "f64", "i32"] + ["c128"] * (label in ["matmul", "batch"]):
            wanted = "eval" + " jvp vjp" * (dtype in ["f64", "c128"] or label == "matmul") + " vmap" * (dtype == "f32")
            cover("dot", f"dot_general/{label}/{dtype}", build(row, dtype), [(dtype, a, anything), (dtype, b, anything)],
                  "eval vmap" if dtype == "i32" and label == "matmul" else "eval" if dtype == "i32" else wanted)
    row = DOTS[0]
    for dtype in INTEGERS + ["f16", "bf16", "c64", "c128"]:
        cover("dot", f"dot_general/{dtype}/same", build(row, dtype), [(dtype, (2, 3), anything), (dtype, (3, 4), anything)], "eval")
    for source, target in [("i8", "i32"), ("u8", "u32"), ("u8", "i32"), ("i16", "i64"), ("f16", "f32"), ("bf16", "f32"), ("f32", "f64"), ("f8e4m3fn", "f32"),
                           ("f8e5m2", "f32"), ("i8", "f32"), ("bf16", "f64"), ("c64", "c128")]:
        wanted = "eval" + " jvp vjp" * is_inexact(source) + " vmap" * (source == "bf16" and target == "f32")
        cover("dot", f"dot_general/{source}/{target}", build(row, target), [(source, (2, 3), anything), (source, (3, 4), anything)], wanted)
    for precision in ["high", "highest"]:
        cover("dot", f"dot_general/{precision}/f32", build(row, "f32", precision), [("f32", (2, 3), anything), ("f32", (3, 4), anything)], "eval")
    rows = [[inf, 0, 1], [nan, 1, 1], [1e30, 1e30, 1]]
    pair = [("f32", (3, 3), rows), ("f32", (3, 1), [[0], [1], [1e20]])]
    cover("dot", "dot_general/f32/special", build(row, "f32"), pair, "eval")


# Elements at computed places.

def whole(low, high):
    """Integers from `low` up to, not including, `high`."""
    return lambda random, shape, dtype: random.integers(low, high, shape).astype(DTYPES[dtype])


# Axes as in GatherDims, the sizes of the window, and the shapes of the array, the indices and the slices.
GATHERS = [
    ("rows", [1], [0], [], [], [0], [1, 3], (5, 3), (4, 1), (4, 3)),
    ("windows", [0, 2], [], [], [], [1, 0], [2, 2], (4, 3), (2, 2), (2, 2, 2)),
    ("elements", [], [0, 1], [], [], [0, 1], [1, 1], (3, 4), (3, 2), (3,)),
    ("steps", [], [1], [0], [0], [1], [1, 1], (2, 4), (2, 3, 1), (2, 3)),
    ("crossed", [1], [2], [0, 1], [1, 0], [2], [1, 1, 1, 2], (2, 3, 4, 2), (3, 2, 1), (3, 2, 2)),
    ("one", [0], [1], [], [], [1], [3, 1], (3, 4), (1,), (3,)),
]
GATHER_NAMES = ["offset_dims", "collapsed_slice_dims", "operand_batching_dims", "start_indices_batching_dims", "start_index_map"]
SCATTER_NAMES = ["update_window_dims", "inserted_window_dims", "operand_batching_dims", "scatter_indices_batching_dims",
                 "scatter_dims_to_operand_dims"]


def indexing():
    for dtype in ["f32", "f64", "i8"]:
        wanted = "eval" + " jvp vjp" * (dtype == "f64") + " vmap" * (dtype == "f32")
        for label, sizes in [("some", [2, 3]), ("all", [4, 5]), ("none", [0, 2])]:
            operands = [(dtype, (4, 5), anything), ("i32", (), whole(-2, 6)), ("i32", (), whole(-2, 6))]
            wanted = wanted if label == "some" else "eval"
            cover("indexing", f"dynamic_slice/{label}/{dtype}", operation("dynamic_slice", sizes=sizes), operands, wanted)
            operands.insert(1, (dtype, tuple(sizes), anything))
            if label != "all":
                cover("indexing", f"dynamic_update_slice/{label}/{dtype}", operation("dynamic_update_slice"), operands, wanted)
    for label, *axes, sizes, array_shape, indices_shape, slices in GATHERS:
        for mode in ["clip", "fill_or_drop", "promise_in_bounds"]:
            span = whole(0, 2) if mode == "promise_in_bounds" else whole(-2, 6)
            first = label == "rows"
            params = dict(zip(GATHER_NAMES, axes), slice_sizes=sizes, mode=mode, fill=None, indices_are_sorted=False, unique_indices=False)
            others = ["f32"] * (mode == "fill_or_drop") + ["bool", "u8", "i32", "c64", "bf16"] * (first and mode == "fill_or_drop")
            for dtype in ["f64"] * (mode != "promise_in_bounds" or first) + others:
                wanted = "eval" + " jvp vjp" * (dtype == "f64") + " vmap" * (dtype == "f32" and label in ["rows", "windows"])
                operands = [(dtype, array_shape, anything), ("i32", indices_shape, span)]
                cover("indexing", f"gather/{label}/{mode}/{dtype}", operation("gather", **params), operands, wanted)
        if label not in ["rows", "steps"]:
            continue
        params = dict(zip(GATHER_NAMES, axes), slice_sizes=sizes, mode="fill_or_drop", fill="f32[] 7.0", indices_are_sorted=False, unique_indices=False)
        cover("indexing", f"gather/{label}/filled/f32", operation("gather", **params), [("f32", array_shape, anything), ("i32", indices_shape, whole(-2, 6))], "eval jvp")
    for kind in ["scatter", "scatter_add", "scatter_sub", "scatter_mul", "scatter_min", "scatter_max"]:
        some = {"scatter_add": ["rows", "windows", "elements", "steps", "crossed"], "scatter_sub": ["rows"]}.get(kind, ["rows", "steps"])
        for label, *axes, sizes, array_shape, indices_shape, slices in GATHERS:
            if label not in some:
                continue
            for mode in ["fill_or_drop"] + ["clip", "promise_in_bounds"] * (label == "rows"):
                # Where XLA says that any update may win, only its choice on a CPU is compared, which is the last.
                unique = kind == "scatter_mul"
                params = dict(zip(SCATTER_NAMES, axes), mode=mode, indices_are_sorted=False, unique_indices=unique)
                if unique:
                    start = {"rows": [[3], [0], [7], [1]], "steps": [[[0], [2], [-1]], [[1], [0], [3]]]}[label]
                    start = [[3], [0], [4], [1]] if label == "rows" and mode != "fill_or_drop" else start
                else:
                    start = whole(0, 2) if mode == "promise_in_bounds" else whole(-2, 6)
                batched = kind in ["scatter", "scatter_add"] and mode == "fill_or_drop" and label in ["rows", "steps"]
                for dtype in ["f64"] + ["f32"] * batched + ["i32", "bf16"] * (label == "rows"):
                    derived = not (kind in ["scatter", "scatter_min", "scatter_max"] and mode == "clip")
                    wanted = "eval" + " jvp vjp" * (dtype == "f64" and derived) + " vmap" * (dtype == "f32")
                    operands = [(dtype, array_shape, anything), ("i32", indices_shape, start), (dtype, slices, anything)]
                    cover("indexing", f"{kind}/{label}/{mode}/{dtype}", operation(kind, **params), operands, wanted)
    for kind in ["scatter_min", "scatter_max"]:
        params = dict(zip(SCATTER_NAMES, GATHERS[2][1:6]), mode="fill_or_drop", indices_are_sorted=False, unique_indices=False)
        operands = [("f64", (2, 2), [[1, 2], [3, 3]]), ("i32", (4, 2), [[0, 0], [0, 0], [1, 1], [1, 0]]), ("f64", (4,), [1, 1, 3, 7])]
        cover("indexing", f"{kind}/f64/ties", operation(kind, **params), operands, "eval jvp vjp")


def order():
    for name in ["cumsum", "cumprod", "cummax", "cummin", "cumlogsumexp"]:
        floats = name == "cumlogsumexp"
        for label, axis, reverse in [("first", 0, False), ("last", 1, True)]:
            for dtype in ["f32", "f64"] + ["bf16", "i8", "i32"] * (label == "first"):
                if floats and not is_inexact(dtype):
                    continue
                wanted = "eval" + " jvp vjp" * (dtype == "f64") + " vmap" * (dtype == "f32")
                cover("order", f"{name}/{label}/{dtype}", operation(name, axis=axis, reverse=reverse), [(dtype, (7, 4), anything)], wanted)
        if name in ["cumsum", "cumprod"]:
            cover("order", f"{name}/c128", operation(name, axis=0, reverse=False), [("c128", (5,), anything)], "eval jvp vjp")
        rows = [[nan, 1, 2, 0], [inf, -inf, 1, 2], [inf, 1, 2, inf], [-inf, -inf, 1, 3], [1, nan, inf, 0]]
        cover("order", f"{name}/f32/special", operation(name, axis=1, reverse=False), [("f32", (5, 4), rows)], "eval")
        rows = [[1, 1, 0, 1, 2, 2, 2], [3, 3, 3, 3, 3, 3, 3], [0, 5, 0, 0, 5, 5, 0]]
        cover("order", f"{name}/f64/ties", operation(name, axis=1, reverse=False), [("f64", (3, 7), rows)], "eval jvp vjp")
        cover("order", f"{name}/f64/ties/reverse", operation(name, axis=1, reverse=True), [("f64", (3, 7), rows)], "eval jvp vjp")
        cover("order", f"{name}/empty/f32", operation(name, axis=0, reverse=False), [("f32", (0, 2), [])], "eval")
    for dtype in ["bool"] + INTEGERS + FLOATS + COMPLEX:
        wanted = "eval" + " jvp vjp" * (dtype in ["f64", "c128"]) + " vmap" * (dtype == "f32")
        for axis in [0, 1]:
            cover("order", f"sort/{axis}/{dtype}", operation("sort", axis=axis, num_keys=1, stable=True), [(dtype, (4, 5), anything)], wanted)
    rows = [nan, 1, -0.0, 0.0, inf, -nan, -inf, -0.0, 1, nan]
    for dtype in FLOATS:
        operands = [(dtype, (10,), rows), ("i32", (10,), list(range(10)))]
        cover("order", f"sort/{dtype}/special", operation("sort", axis=0, num_keys=1, stable=True), operands, "eval")
    rows = [complex(nan, 1), complex(1, nan), complex(1, 2), complex(1, -2), complex(-0.0, 3), complex(0.0, 2), complex(inf, 0)]
    cover("order", "sort/c64/special", operation("sort", axis=0, num_keys=1, stable=True), [("c64", (7,), rows)], "eval")
    few = whole(0, 3)
    for label, keys in [("one", 1), ("two", 2)]:
        for dtype in ["f32", "f64"]:
            operands = [("i32", (3, 6), few), (dtype, (3, 6), anything), ("u8", (3, 6), anything)]
            cover("order", f"sort/{label}/{dtype}", lambda p, *xs, keys=keys: p.apply("sort", *xs, axis=1, num_keys=keys, stable=True), operands,
                  "eval jvp" + " vmap" * (dtype == "f32"))
    for dtype in ["i8", "i32", "u64"] + FLOATS:
        for axis, k in [(0, 2), (1, 3)]:
            build = operation("top_k", k=k, axis=axis)
            wanted = "eval" + " jvp" * (dtype == "f64") + " vmap" * (dtype == "f32")
            cover("order", f"top_k/{axis}/{dtype}", build, [(dtype, (4, 5), anything)], wanted)
    cover("order", "top_k/f64/vjp", lambda p, x: p.apply("top_k", x, k=2, axis=1)[0], [("f64", (4, 5), distinct)], "vjp")
    for dtype in ["f32", "f64"]:
        rows = [nan, 1, 0.0, -0.0, inf, -inf, 0.0, 1, nan]
        cover("order", f"top_k/{dtype}/special", operation("top_k", k=9, axis=0), [(dtype, (9,), rows)], "eval")


# Sizes, strides, low, high, base dilation, window dilation; the shape.
WINDOWS = [
    ("plain", [2, 2], [1, 1], [0, 0], [0, 0], [1, 1], [1, 1], (3, 4)),
    ("strided", [2, 3], [2, 1], [0, 0], [0, 0], [1, 1], [1, 1], (5, 4)),
    ("padded", [3, 2], [2, 3], [1, 0], [1, 2], [1, 1], [1, 1], (4, 5)),
    ("sparse", [1, 2], [3, 1], [0, 0], [0, 0], [1, 1], [1, 1], (5, 2)),
    ("base_dilation", [2, 2], [1, 2], [1, 1], [0, 0], [2, 1], [1, 1], (3, 4)),
    ("window_dilation", [2, 2], [1, 1], [0, 0], [1, 0], [1, 1], [1, 2], (3, 4)),
    ("nowhere", [4, 2], [1, 1], [0, 0], [0, 0], [1, 1], [1, 1], (3, 4)),
]


def windows():
    keys = ["sizes", "strides", "low", "high", "base_dilation", "window_dilation"]
    for name in ["reduce_window_sum", "reduce_window_max", "reduce_window_min"]:
        for label, *window, shape in WINDOWS:
            build = operation(name, **dict(zip(keys, window)))
            for dtype in ["f32", "f64"] + ["i32", "bf16"] * (label == "padded"):
                wanted = "eval" + " jvp vjp" * (dtype == "f64" and label != "nowhere") + " vmap" * (dtype == "f32" and label not in ["strided", "sparse"])
                cover("windows", f"{name}/{label}/{dtype}", build, [(dtype, shape, distinct if is_inexact(dtype) else anything)], wanted)
        build = operation(name, **dict(zip(keys, WINDOWS[0][1:7])))
        rows = [[1, 1, 0, 2], [1, 1, 2, 2], [2, 2, 2, -1]]
        cover("windows", f"{name}/f64/ties", build, [("f64", (3, 4), rows)], "eval jvp vjp")
        rows = [[nan, 1, 0, 2], [inf, -inf, -inf, 2], [2, -inf, -inf, nan]]
        cover("windows", f"{name}/f32/special", build, [("f32", (3, 4), rows)], "eval")
    convolutions()


CONVS = [
    # The three specifications, strides, low, high, dilations of either operand, groups of features and batches; the shapes.
    ("plain", None, None, None, [1, 1], [0, 0], [0, 0], [1, 1], [1, 1], 1, 1, (2, 2, 4, 5), (3, 2, 2, 3)),
    ("padded", None, None, None, [2, 1], [1, 0], [0, 2], [1, 1], [1, 1], 1, 1, (1, 2, 4, 5), (2, 2, 3, 2)),
    ("dilated", None, None, None, [1, 2], [1, 1], [1, 0], [2, 1], [1, 2], 1, 1, (1, 2, 3, 4), (2, 2, 2, 2)),
    ("nhwc", [0, 3, 1, 2], [3, 2, 0, 1], [0, 3, 1, 2], [1, 1], [0, 1], [0, 0], [1, 1], [1, 1], 1, 1, (2, 4, 3, 2), (2, 2, 2, 3)),
    ("features", None, None, None, [1, 2], [0, 0], [1, 0], [1, 1], [1, 1], 2, 1, (2, 4, 3, 4), (4, 2, 2, 2)),
    ("batches", None, None, None, [1, 1], [0, 0], [0, 0], [1, 1], [2, 1], 1, 2, (4, 2, 3, 3), (4, 2, 2, 2)),
    ("line", [0, 1, 2], [0, 1, 2], [0, 1, 2], [2], [1], [1], [1], [1], 1, 1, (2, 3, 6), (4, 3, 3)),
    ("cut", [0, 1, 2], [0, 1, 2], [0, 1, 2], [1], [-1], [-1], [1], [1], 1, 1, (2, 1, 7), (1, 1, 2)),
    ("point", [0, 1], [0, 1], [0, 1], [], [], [], [], [], 1, 1, (3, 2), (4, 2)),
]


def convolutions():
    keys = ["lhs_spec", "rhs_spec", "out_spec", "strides", "low", "high", "lhs_dilation", "rhs_dilation", "feature_group_count", "batch_group_count"]
    for label, *params, left, right in CONVS:
        params = [[0, 1, 2, 3] if p is None else p for p in params]
        for dtype in ["f32", "f64"] + ["c64", "bf16"] * (label == "padded"):
            batched = dtype == "f32" and label not in ["padded", "dilated"]
            wanted = "eval" + " jvp vjp" * (dtype == "f64") + " vmap" * batched
            build = operation("conv_general_dilated", **dict(zip(keys, params)), precision="default", dtype=dtype)
            cover("windows", f"conv/{label}/{dtype}", build, [(dtype, left, anything), (dtype, right, anything)], wanted)


def composites():
    for name, build, operands in composite.programs(anything, uniform, distinct):
        single = name.endswith("/f32") and name != "mixed_precision/f32"
        cover("composite", name, build, operands, "eval vjp" if single else "eval jvp vjp vmap hvp")


def fft():
    transforms.cases(cover, operation, anything)


def reduction():
    reductions.cases(cover, anything, distinct, uniform)


def contraction():
    contractions.cases(cover, operation, anything)


for module in [transforms, reductions, contractions]:
    language.OPERATIONS.update(module.OPERATIONS)


def special_family():
    special_functions.add(cover, uniform, anything)


def linear_algebra():
    linalg.add(cover, operation)


def main():
    families = [unary, binary, compare, select, convert, structural, reduce, dot, indexing, order, windows, composites, fft,
                reduction, contraction, special_family, linear_algebra]
    for family in families:
        if not sys.argv[1:] or family.__name__ in sys.argv[1:]:
            family()
    names = [case["name"] for cases in CASES.values() for case in cases]
    assert len(set(names)) == len(names), {name for name in names if names.count(name) > 1}
    folder = pathlib.Path(__file__).with_name("cases")
    folder.mkdir(exist_ok=True)
    for family, cases in CASES.items():
        (folder / f"{family}.jsonl").write_text("".join(json.dumps(case, separators=(",", ":")) + "\n" for case in cases))
        print(family, len(cases), (folder / f"{family}.jsonl").stat().st_size)
    print(len(names), "cases; refused:", *REFUSED, sep="\n  ")


if __name__ == "__main__":
    main()
