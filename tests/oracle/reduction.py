"""Reductions by any associative program, whole and under windows; approximate searches for extremes."""

import numpy as np
from jax import lax
from jax import numpy as jnp


def of(kinds, equations, outs):
    """A body on one line, as raxla writes it but for spaces, which the reader of parameters needs."""
    n = len(kinds)
    inputs = ",".join(f"%{i}:{kind}[]" for i, kind in enumerate(kinds))
    lines = " ".join(f"%{n + i}:{kind}[] = {text}" for i, (kind, text) in enumerate(equations))
    return f"program({inputs}) {{ {lines} return {','.join(f'%{o}' for o in outs)} }}"


def logaddexp(a, b):
    d = lax.sub(a, b)
    # Infinities of one sign have no difference.
    return lax.select(lax.ne(d, d), lax.add(a, b), lax.add(lax.max(a, b), lax.log1p(lax.exp(lax.neg(lax.abs(d))))))


def best(a, i, b, j):
    return lax.max(a, b), lax.select(lax.eq(a, b), lax.min(i, j), lax.select(lax.gt(a, b), i, j))


def bodies(dtype):
    """Names, bodies in both languages, the dtypes of the arrays, and their neutral elements."""
    f = dtype
    yield "compound", of([f, f], [(f, "mul %0 %1"), (f, "add %0 %1"), (f, "add %2 %3")], [4]), lambda a, b: lax.add(lax.mul(a, b), lax.add(a, b)), [f], ["zero"]
    yield ("logaddexp", of([f, f], [(f, "max %0 %1"), (f, "sub %0 %1"), (f, "abs %3"), (f, "neg %4"), (f, "exp %5"), (f, "log1p %6"), (f, "add %2 %7"), (f, "add %0 %1"), ("bool", "ne %3 %3"), (f, "select %10 %9 %8")], [11]),
           logaddexp, [f], ["least"])
    yield ("rotation", of([f] * 4, [(f, "mul %0 %2"), (f, "mul %1 %3"), (f, "sub %4 %5"), (f, "mul %0 %3"), (f, "mul %1 %2"), (f, "add %7 %8")], [6, 9]),
           lambda a, b, c, d: (lax.sub(lax.mul(a, c), lax.mul(b, d)), lax.add(lax.mul(a, d), lax.mul(b, c))), [f, f], ["one", "zero"])
    yield ("best", of([f, "i32"] * 2, [("bool", "gt %0 %2"), ("bool", "eq %0 %2"), (f, "max %0 %2"), ("i32", "min %1 %3"), ("i32", "select %4 %1 %3"), ("i32", "select %5 %7 %8")],
                      [6, 9]), best, [f, "i32"], ["least", "zero"])
    yield "sum", of([f, f], [(f, "add %0 %1")], [2]), lax.add, [f], ["zero"]
    yield "product", of([f, f], [(f, "mul %0 %1")], [2]), lax.mul, [f], ["one"]


BODIES = {text: (run, kinds) for dtype in ["f32", "f64"] for _, text, run, kinds, _ in bodies(dtype)}


def two_lists(text):
    run, kinds = BODIES[text]
    n = len(kinds)
    # JAX gives trees of the operands' structure.
    return (lambda a, b: run(a, b)) if n == 1 else (lambda a, b: tuple(run(*a, *b))), n


def reduce(*operands, axes, body):
    run, n = two_lists(body)
    arrays, inits = operands[:n], operands[n:]
    return lax.reduce(arrays[0], inits[0], run, tuple(axes)) if n == 1 else tuple(lax.reduce(arrays, inits, run, tuple(axes)))


def reduce_window(*operands, sizes, strides, low, high, base_dilation, window_dilation, body):
    run, n = two_lists(body)
    arrays, inits = operands[:n], operands[n:]
    settings = [sizes, strides, list(zip(low, high)), base_dilation, window_dilation]
    return lax.reduce_window(arrays[0], inits[0], run, *settings) if n == 1 else tuple(lax.reduce_window(arrays, inits, run, *settings))


def approx_top_k(x, k, axis, greatest, recall_target, input_size, aggregate):
    run = lax.approx_max_k if greatest else lax.approx_min_k
    return tuple(run(x, k, axis, float(recall_target.split()[1]), -1 if input_size is None else input_size, aggregate))


OPERATIONS = {"reduce": reduce, "reduce_window": reduce_window, "approx_top_k": approx_top_k}


def neutral(program, name, dtype):
    """A scalar that nothing is differentiated in, since JAX takes no tangents of initial values."""
    zero = program.apply("iota", shape=[1], dtype=dtype, axis=0).reshape(shape=[])
    return {"zero": lambda: zero, "one": lambda: zero.cos(), "least": lambda: zero.log()}[name]()


def applied(operation, text, kinds, units, **params):
    def build(program, *xs):
        return program.apply(operation, *xs, *[neutral(program, u, k) for u, k in zip(units, kinds)], **params, body=text)
    return build


WINDOWS = [
    ("plain", [2, 2], [1, 1], [0, 0], [0, 0], [1, 1], [1, 1]),
    ("padded", [3, 2], [2, 1], [1, 0], [1, 1], [1, 1], [1, 1]),
    ("dilated", [2, 2], [1, 2], [1, 0], [0, 2], [2, 1], [1, 2]),
]
KEYS = ["sizes", "strides", "low", "high", "base_dilation", "window_dilation"]


def cases(cover, anything, distinct, uniform):
    numbers = lambda random, shape, dtype: (distinct if dtype[0] == "f" else anything)(random, shape, dtype)
    for dtype in ["f32", "f64"]:
        for name, text, _, kinds, units in bodies(dtype):
            differentiable = dtype == "f64" and name != "best"
            for label, shape, axes in [("all", (2, 3), [0, 1]), ("rows", (3, 5), [1]), ("inner", (2, 4, 2), [1]), ("none", (3,), []), ("empty", (2, 0), [1])]:
                if dtype == "f32" and label in ["inner", "none"]:
                    continue
                build = applied("reduce", text, kinds, units, axes=axes)
                wanted = "eval" + " jvp vjp hvp" * (differentiable and label != "empty") + " vmap" * (label in ["all", "rows"] and len(kinds) == 1)
                cover("reduction", f"reduce/{name}/{label}/{dtype}", build, [(k, shape, numbers) for k in kinds], wanted)
            for label, *window in WINDOWS if dtype == "f64" else WINDOWS[:1]:
                build = applied("reduce_window", text, kinds, units, **dict(zip(KEYS, window)))
                wanted = "eval" + " jvp vjp" * differentiable + " vmap" * (label == "plain" and dtype == "f32" and len(kinds) == 1)
                cover("reduction", f"reduce_window/{name}/{label}/{dtype}", build, [(k, (3, 4), numbers) for k in kinds], wanted)
    nan, inf = np.nan, np.inf
    for name, text, _, kinds, units in bodies("f64"):
        if name in ["logaddexp", "sum"]:
            rows = [[1, nan, 2], [inf, 1, 0], [-inf, -inf, -inf], [-0.0, 0.0, -0.0]]
            cover("reduction", f"reduce/{name}/special/f64", applied("reduce", text, kinds, units, axes=[1]), [("f64", (4, 3), rows)], "eval")

    def search(k, axis, greatest, recall=0.95, size=None, aggregate=True):
        return lambda program, x: program.apply(
            "approx_top_k", x, k=k, axis=axis, greatest=greatest, recall_target=f"f32[] {recall}", input_size=size, aggregate=aggregate)

    values = lambda build: lambda program, x: build(program, x)[0]
    for greatest in [True, False]:
        side = "greatest" if greatest else "least"
        for dtype in ["f16", "bf16", "f32", "f64"]:
            for label, shape, k, axis in [("line", (7,), 3, 0), ("rows", (3, 5), 2, 1), ("columns", (4, 3), 1, 0)]:
                build = search(k, axis, greatest)
                cover("reduction", f"approx_top_k/{side}/{label}/{dtype}", build, [(dtype, shape, distinct)],
                      "eval" + " vmap" * (dtype == "f32"))
                if dtype == "f64":
                    cover("reduction", f"approx_top_k/{side}/{label}/values/f64", values(build), [(dtype, shape, distinct)], "jvp vjp")
        for label, shape, k, recall, size in [("one", (1, 300), 1, 0.95, 1000), ("few", (1, 300), 3, 0.75, 4000), ("sure", (1, 200), 2, 1.0, None)]:
            build = search(k, len(shape) - 1, greatest, recall, size, False)
            cover("reduction", f"approx_top_k/{side}/candidates/{label}/f32", build, [("f32", shape, distinct)], "eval")
