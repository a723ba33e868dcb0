"""Writes `cases/random.jsonl`: what `jax.random` and `lax.rng_bit_generator` give for given keys and parameters.

    venv/bin/python tests/oracle/random_numbers.py [group…]

writes the groups anew that are named, or all. A line is `{group, name, key, params, options, shape, dtype, values}`: the function; the
words of its key (or a state, or a seed) as a literal; its parameters, literals in the order of raxla's function; what else it is told;
and the answers, literals.
"""

import json
import os
import pathlib
import sys
import zlib

os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from program import DTYPES, aval

jax.config.update("jax_enable_x64", True)
PATH = pathlib.Path(__file__).parent / "cases" / "random.jsonl"
IMPLEMENTATIONS = {"threefry2x32": "threefry2x32", "rbg": "rbg", "unsafe_rbg": "unsafe_rbg"}
FLOATS = ["f32", "f64", "f16", "bf16"]


def literal(x):
    x = np.asarray(x)
    return aval(x) + ":" + np.ascontiguousarray(x).tobytes().hex()


def row(name, key, params, shape, dtype, values, **options):
    values = values if isinstance(values, tuple) else (values,)
    return {"name": name, "key": literal(key), "params": [literal(p) for p in params], "options": options,
            "shape": list(shape), "dtype": dtype, "values": [literal(v) for v in values]}


class Rows:
    """The rows of a group, each with a key of its own."""

    def __init__(self, group):
        self.rows, self.seed = [], zlib.crc32(group.encode()) >> 8

    def key(self, implementation="threefry2x32"):
        key = jax.random.key(self.seed + len(self.rows), impl=implementation)
        return key, jax.random.key_data(key)

    def draw(self, name, shape, dtype, *params, call=None, **options):
        """`jax.random.name(key, *params, shape=shape, dtype=dtype)`, or what `call` makes of a key and the parameters."""
        key, data = self.key()
        params = [np.asarray(p) for p in params]
        function = call or (lambda key, *p: getattr(jax.random, name)(key, *p, shape=tuple(shape), dtype=DTYPES[dtype]))
        # With 64-bit numbers only where there are some, as users have it: dtypes within some functions depend on it.
        sizes = [p.dtype.itemsize for p in params] + [np.dtype(DTYPES[dtype]).itemsize // (2 if dtype in ["c64", "c128"] else 1)]
        with jax.enable_x64(max(sizes) == 8):
            values = jax.jit(function)(key, *[jnp.asarray(p) for p in params])
        self.rows.append(row(name, data, params, shape, dtype, values, **options))


def seeds(rows):
    for seed in [np.int32(0), np.int32(42), np.int32(-1), np.int8(-3), np.uint8(200), np.uint32(2**32 - 1), np.int64(2**40 + 5), np.int64(-7),
                 np.uint64(2**64 - 1)]:
        for implementation in ["threefry2x32"] + ["rbg"] * int(seed == 42):
            made = jax.random.key_data(jax.random.key(jnp.asarray(seed), impl=implementation))
            rows.rows.append(row("key", seed, [], [], "u32", made, implementation=implementation))


def keys(rows):
    for implementation in IMPLEMENTATIONS:
        for shape in [(2,), (5,), (2, 3), (0,), ()]:
            key, data = rows.key(implementation)
            made = jax.random.key_data(jax.random.split(key, shape))
            rows.rows.append(row("split", data, [], shape, "u32", made, implementation=implementation))
        for number in [np.int32(0), np.int32(-1), np.uint32(2**32 - 1), np.int64(2**33 + 3), np.int8(5)]:
            key, data = rows.key(implementation)
            made = jax.random.key_data(jax.random.fold_in(key, jnp.asarray(number)))
            rows.rows.append(row("fold_in", data, [number], [], "u32", made, implementation=implementation))
        for dtype in ["u8", "u16", "u32", "u64"]:
            for shape in [(), (5,), (2, 3), (0, 2), (4, 3)]:
                key, data = rows.key(implementation)
                made = jax.random.bits(key, shape, DTYPES[dtype])
                rows.rows.append(row("bits", data, [], shape, dtype, made, implementation=implementation))
    # Through `vmap`, each key as if alone.
    key, data = rows.key()
    made = jax.vmap(lambda key: jax.random.bits(key, (3,), "uint32"))(jax.random.split(key, 4))
    rows.rows.append(row("bits of several keys", data, [], (3,), "u32", made))


def generators(rows):
    states = [np.array([1, 2], "u8"), np.array([2**64 - 1, 2**64 - 2], "u8"), np.array([7, 0, 2**32 - 1, 2**32 - 1], "u4")]
    shapes = [(), (1,), (5,), (4, 3), (3, 4), (3, 5, 1), (3, 3), (0, 3), (3, 0)]
    turn = 0
    for algorithm in ["default", "three_fry", "philox"]:
        for dtype in ["u8", "u16", "u32", "u64"]:
            for shape in shapes[turn % 2::2] if dtype != "u32" else shapes:
                state = states[turn % 3]
                turn += 1
                kind = {"default": lax.RandomAlgorithm.RNG_DEFAULT, "three_fry": lax.RandomAlgorithm.RNG_THREE_FRY,
                        "philox": lax.RandomAlgorithm.RNG_PHILOX}[algorithm]
                made = (jnp.asarray(state), np.zeros(shape, DTYPES[dtype])) if 0 in shape else lax.rng_bit_generator(
                    jnp.asarray(state), shape, DTYPES[dtype], kind)
                rows.rows.append(row("rng_bit_generator", state, [], shape, dtype, tuple(made), algorithm=algorithm))


def continuous(rows):
    for d in FLOATS:
        real = DTYPES[d]
        f = lambda *xs: np.array(xs if len(xs) > 1 else xs[0], real)
        column = np.array([[0.5], [3.0]], real)
        uniform = lambda shape: lambda key, low, high: jax.random.uniform(key, shape, real, low, high)
        rows.draw("uniform", (9,), d, f(0.0), f(1.0), call=uniform((9,)))
        rows.draw("uniform", (2, 3), d, np.array([[-1.0], [2.0]], real), f(2.0, 3.0, 100.0), call=uniform((2, 3)))
        for name in "normal exponential gumbel laplace logistic cauchy maxwell".split():
            rows.draw(name, (8,), d)
        rows.draw("gumbel_high", (8,), d, call=lambda key: jax.random.gumbel(key, (8,), real, mode="high"))
        rows.draw("truncated_normal", (2, 3), d, f(-1.0, 0.0, 1.5), column)
        rows.draw("lognormal", (2, 3), d, column)
        rows.draw("pareto", (2, 3), d, column)
        rows.draw("rayleigh", (2, 3), d, column)
        rows.draw("wald", (2, 3), d, column)
        rows.draw("weibull_min", (2, 3), d, f(1.0, 2.0, 0.5), column)
        rows.draw("triangular", (2, 3), d, f(-1.0, 0.0, 0.25), np.array([[0.25], [0.5]], real), f(1.0))
        rows.draw("double_sided_maxwell", (5,), d, f(1.0), f(2.0))
    for d in ["c64", "c128"]:
        rows.draw("normal", (5,), d)
    rows.draw("lognormal", (5,), "c64", np.float32(0.5))
    rows.draw("normal", (), "f32")
    rows.draw("normal", (0, 2), "f32")
    rows.draw("normal", (1000,), "f32")
    rows.draw("normal of several keys", (3,), "f32", call=lambda key: jax.vmap(
        lambda key: jax.random.normal(key, (3,), "float32"))(jax.random.split(key, 4)))


def gammas(rows):
    for d in ["f32", "f64"]:
        real = DTYPES[d]
        a = np.array([0.3, 1.0, 2.5, 40.0, 0.01], real)
        rows.draw("gamma", (5,), d, a)
        rows.draw("loggamma", (5,), d, a)
        rows.draw("beta", (2, 3), d, a[:3], np.array([[0.5], [3.0]], real))
        rows.draw("dirichlet", (2,), d, a[:3])
        rows.draw("t", (4,), d, a[1:])
    real = np.float32
    rows.draw("gamma", (2, 4), "f32", real(0.7))
    rows.draw("gamma", (4,), "f16", np.float16(2.5))
    rows.draw("gamma of several keys", (2,), "f32", real(1.5), call=lambda key, a: jax.vmap(
        lambda key: jax.random.gamma(key, a, (2,), "float32"))(jax.random.split(key, 3)))
    rows.draw("dirichlet", (4, 2), "f32", np.array([[1, 2, 3], [0.1, 0.2, 4]], real))
    rows.draw("chisquare", (4,), "f32", np.array([1, 2.5, 10, 0.5], real))
    rows.draw("f", (2, 2), "f32", np.array([[1, 5], [1, 5]], real), np.array([[2, 2], [30, 30]], real))
    rows.draw("generalized_normal", (5,), "f32", real(1.5))
    rows.draw("ball", (3,), "f32", real(2.0), call=lambda key, p: jax.random.ball(key, 4, p, (3,), "float32"), d=4)
    rows.draw("ball", (2,), "f64", np.float64(1.0), call=lambda key, p: jax.random.ball(key, 3, p, (2,), "float64"), d=3)


def derivatives(rows):
    """Gradients of the sum of the samples in the first parameter."""
    for d in ["f32", "f64"]:
        a = np.array([0.3, 1.0, 2.5, 40.0], DTYPES[d])
        both = [("gamma", a), ("loggamma", a)]
        for name, *params in both + [("beta", a, a[::-1]), ("t", a + 1), ("uniform", a, a + 2), ("truncated_normal", -a, a), ("wald", a)] * (d == "f32"):
            shape = (4,)
            sample = lambda key, *p: getattr(jax.random, name)(key, *p, shape=shape, dtype=DTYPES[d])
            if name == "uniform":
                sample = lambda key, low, high: jax.random.uniform(key, shape, DTYPES[d], low, high)
            total = lambda p, key, *more: sample(key, p, *more).sum()
            rows.draw("gradient of " + name, shape, d, *params, call=lambda key, p, *more: jax.grad(total)(p, key, *more))


def discrete(rows):
    bernoulli = lambda shape: lambda key, p: jax.random.bernoulli(key, p, shape)
    for d in FLOATS:
        rows.draw("bernoulli", (2, 3), "bool", np.array([0.1, 0.5, 0.9], DTYPES[d]), call=bernoulli((2, 3)))
        rows.draw("geometric", (2, 3), "i32", np.array([0.1, 0.5, 0.9], DTYPES[d]))
    for d in ["i8", "i32", "i64", "f32", "c64"]:
        rows.draw("rademacher", (6,), d)
    integers = [("i8", -128, 128), ("i8", -5, 100), ("i8", -1000, 1000), ("u8", 0, 256), ("u8", 3, 7), ("i16", -3, 4), ("u16", 0, 65536),
                ("i32", 0, 6), ("i32", -(2**31), 2**31 - 1), ("i32", -(2**31), 2**31), ("i32", 5, 5), ("i32", 5, 2), ("u32", 0, 2**32),
                ("u32", 10, 2**31 + 12345), ("i64", -(2**62), 2**62), ("i64", 3, 1000), ("u64", 0, 2**40 + 1)]
    randint = lambda shape, d: lambda key, low, high: jax.random.randint(key, shape, low, high, DTYPES[d])
    for d, low, high in integers:
        rows.draw("randint", (5,), d, np.int64(low), np.int64(high), call=randint((5,), d))
    rows.draw("randint", (2, 3), "i32", np.array([0, 5, -9], "int32"), np.array([[10], [20]], "int32"), call=randint((2, 3), "i32"))
    rows.draw("randint", (4,), "u32", np.int32(-5), np.int32(7), call=randint((4,), "u32"))
    rows.draw("randint", (4,), "i32", np.uint8(3), np.uint64(2**63), call=randint((4,), "i32"))
    logits = np.log(np.array([[0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1]], np.float32))
    for shape, axis, replace in [((2,), -1, True), ((5, 2), 1, True), ((3, 4), 0, True), ((4,), -2, True), ((3, 2), -1, False),
                                 ((2, 4), 0, False), ((2, 2, 2), 1, False)]:
        call = lambda key, x: jax.random.categorical(key, x, axis, shape, replace).astype("int32")
        rows.draw("categorical", shape, "i32", logits, call=call, axis=axis, replace=replace)
    rows.draw("categorical", (3, 2), "u8", logits[:1], axis=1, replace=True,
              call=lambda key, x: jax.random.categorical(key, x, 1, (3, 2)).astype("uint8"))


def counts(rows):
    lam = np.array([0.0, 0.3, 4.0, 9.99, 10.0, 50.0, 1e4, -1.0, np.nan], np.float32)
    rows.draw("poisson", (9,), "i32", lam)
    rows.draw("poisson", (4,), "i64", np.float64(12.5))
    rows.draw("poisson", (3,), "i8", np.float32(3.0))
    n = np.array([10, 100, 1000, 5, 0, -1, np.nan, 7.9, np.inf], np.float32)
    p = np.array([0.3, 0.4, 0.9, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5], np.float32)
    rows.draw("binomial", (9,), "f32", n, p)
    rows.draw("binomial", (4,), "f32", np.float32(20), np.array([0.0, -0.5, np.nan, 0.75], np.float32))
    rows.draw("binomial", (2, 2), "f64", np.array([3.0, 300.0]), np.array([[0.2], [0.6]]))
    multinomial = lambda shape, d: lambda key, n, p: jax.random.multinomial(key, n, p, shape=shape, dtype=DTYPES[d])
    rows.draw("multinomial", (3, 4), "f32", np.float32(50), np.array([0.1, 0.4, 0.3, 0.2], np.float32), call=multinomial((3, 4), "f32"))
    rows.draw("multinomial", (2, 3), "i32", np.array([5, 500], np.float32), np.array([[1, 0, 0], [0.2, 0.3, 0.5]], np.float32),
              call=multinomial((2, 3), "i32"))


def orders(rows):
    x = np.arange(24, dtype=np.int32).reshape(4, 6)
    permutation = lambda axis, independent: lambda key, x: jax.random.permutation(key, x, axis, independent)
    rows.draw("permutation", (), "i32", np.arange(10, dtype=np.int32), call=permutation(0, False), axis=0, independent=False)
    for axis, independent in [(0, False), (-1, False), (0, True), (1, True)]:
        rows.draw("permutation", (), "i32", x, call=permutation(axis, independent), axis=axis, independent=independent)
    rows.draw("permutation", (), "f32", np.arange(3000, dtype=np.float32), call=permutation(0, False), axis=0, independent=False)
    rows.draw("permutation", (), "i32", x[:1, :1], call=permutation(0, False), axis=0, independent=False)
    p = np.array([0.1, 0.2, 0.3, 0.4], np.float32)
    for shape, replace, weights, axis in [((7,), True, [], 0), ((3,), False, [], 0), ((7,), True, [p], 0), ((3,), False, [p], 0),
                                          ((2, 2), True, [], 1), ((2, 2), False, [], 1), ((2, 3), True, [], -1), ((2,), False, [p], 0)]:
        call = lambda key, x, *p: jax.random.choice(key, x, shape, replace, *p, axis=axis)
        rows.draw("choice", shape, "i32", x, *weights, call=call, axis=axis, replace=replace)
    rows.draw("choice", (6,), "i32", np.arange(4, dtype=np.int32), p, axis=0, replace=True,
              call=lambda key, x, p: jax.random.choice(key, x, (6,), True, p))


def main():
    groups = [seeds, keys, generators, continuous, gammas, derivatives, discrete, counts, orders]
    known = [json.loads(line) for line in PATH.read_text().splitlines()] if PATH.exists() else []
    lines = []
    for group in groups:
        name = group.__name__
        if sys.argv[1:] and name not in sys.argv[1:]:
            lines += [r for r in known if r["group"] == name]
            continue
        rows = Rows(name)
        group(rows)
        lines += [{"group": name} | r for r in rows.rows]
    PATH.write_text("".join(json.dumps(r, separators=(",", ":")) + "\n" for r in lines))
    print(f"{len(lines)} rows, {PATH.stat().st_size} bytes")


if __name__ == "__main__":
    main()
