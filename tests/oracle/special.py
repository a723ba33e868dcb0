"""Special functions, powers by whole numbers, bits and roundings, complex numbers at their edges, and narrow dtypes."""

import itertools

import ml_dtypes
import numpy as np
from jax import lax

import program
from program import COMPLEX, DTYPES, FLOATS, INTEGERS

nan, inf = np.nan, np.inf
NARROW_FLOATS = ["f4e2m1fn", "f8e3m4", "f8e4m3", "f8e4m3fn", "f8e4m3b11fnuz", "f8e4m3fnuz", "f8e5m2", "f8e5m2fnuz"]
NARROW_INTEGERS = ["i2", "u2", "i4", "u4"]

program.OPERATIONS.update({
    "igamma": lax.igamma,
    "igammac": lax.igammac,
    "igamma_grad_a": lax.igamma_grad_a,
    "random_gamma_grad": lax.random_gamma_grad,
    "regularized_incomplete_beta": lax.betainc,
    "bessel_i0e": lax.bessel_i0e,
    "bessel_i1e": lax.bessel_i1e,
    "zeta": lax.zeta,
    "polygamma": lax.polygamma,
    "integer_pow": lambda x, y: lax.integer_pow(x, y),
    "reduce_precision": lambda x, exponent_bits, mantissa_bits: lax.reduce_precision(x, exponent_bits, mantissa_bits),
    "bitcast_convert": lambda x, dtype: lax.bitcast_convert_type(x, DTYPES[dtype]),
})


def every(dtype):
    """All numbers of a dtype of at most 8 bits."""
    bits = ml_dtypes.finfo(DTYPES[dtype]).bits
    return np.arange(2**bits, dtype=np.uint8).view(DTYPES[dtype])


def add(cover, uniform, anything):
    """Adds all cases by `cover` and the sources of numbers of generate.py."""
    def of(family):
        def case(name, label, operands, wanted, **params):
            def build(p, *xs):
                return p.apply(name, *xs, **params)
            cover(family, f"{name}/{label}", build, operands, wanted)
        return case

    gamma_and_beta(of("special"), cover, uniform)
    one_operand(of("special"), cover, uniform)
    powers(of("bits"), uniform, anything)
    bits(of("bits"), anything)
    complex_edges(of("complex"))
    narrow(of("narrow"), anything)


def gamma_and_beta(case, cover, uniform):
    for name in ["igamma", "igammac", "igamma_grad_a", "random_gamma_grad"]:
        slope = name in ["igamma_grad_a", "random_gamma_grad"]
        for label, source, other in [("small", uniform(0.1, 2), uniform(0.1, 3)), ("great", uniform(3, 9), uniform(2, 12))]:
            for dtype in FLOATS:
                wanted = "eval" + (" jvp vjp" * (dtype == "f64") + " vjp vmap" * (dtype == "f32")) * (not slope)
                case(name, f"{label}/{dtype}", [(dtype, (4,), source), (dtype, (4,), other)], wanted)
        case(name, "matrix/f64", [("f64", (2, 3), uniform(1, 30)), ("f64", (2, 3), uniform(1, 30))], "eval")
        if slope:
            case(name, "vmap/f32", [("f32", (2,), uniform(0.5, 3)), ("f32", (2,), uniform(0.5, 3))], "vmap")
        row = list(itertools.product([1.0, 0.5, 3.0, -1.0, nan], [0.0, -0.0, inf, -1.0, nan]))
        for dtype in ["f32", "f64"]:
            case(name, f"{dtype}/special", [(dtype, (len(row),), list(column)) for column in zip(*row)], "eval")
        # Beyond where JAX has values: a parameter of 0 or infinity.
        row = list(itertools.product([0.0, inf], [0.0, 0.3, 2.0, inf]))
        case(name, "f64/edges", [("f64", (len(row),), list(column)) for column in zip(*row)], "eval")
        row = [(1.0, 1.0), (2.0, 2.0), (0.3, 0.3), (1.0, 0.999999), (1.0, 1.000001), (4.0, 4.0), (2.0, 1e-8), (1.5, 40.0)]
        case(name, "f64/switch", [("f64", (len(row),), list(column)) for column in zip(*row)], "eval" + " jvp vjp" * (not slope))
    for label, x, parameters in [("below", uniform(0.05, 0.3), uniform(1, 4)), ("above", uniform(0.6, 0.95), uniform(0.2, 2))]:
        for dtype in FLOATS:
            wanted = "eval" + " vmap" * (dtype == "f32")
            case("regularized_incomplete_beta", f"{label}/{dtype}",
                 [(dtype, (3,), parameters), (dtype, (3,), parameters), (dtype, (3,), x)], wanted)
        for dtype in ["f32", "f64"]:
            # JAX has the derivative in the last operand only, so the parameters depend on nothing.
            def build(p, x):
                return p.fill(1.7, x.shape, dtype).regularized_incomplete_beta(p.fill(2.6, x.shape, dtype), x)
            cover("special", f"regularized_incomplete_beta/{label}/x/{dtype}", build, [(dtype, (3,), x)],
                  "eval" + " jvp vmap" * (dtype == "f64"))
    triple = [("f64", (2, 3), uniform(0.5, 20)), ("f64", (2, 3), uniform(0.5, 20)), ("f64", (2, 3), uniform(0.1, 0.9))]
    case("regularized_incomplete_beta", "matrix/f64", triple, "eval")
    row = list(itertools.product([0.0, 1.0, 2.5, inf], [0.0, 1.0, 2.5, inf], [0.0, 0.3, 1.0]))
    row += [(nan, 1, 0.5), (1, nan, 0.5), (1, 1, nan), (-1, 1, 0.5), (1, -1, 0.5), (1, 1, -0.1), (1, 1, 1.1), (1, 1, -0.0)]
    for dtype in ["f32", "f64"]:
        case("regularized_incomplete_beta", f"{dtype}/special", [(dtype, (len(row),), list(column)) for column in zip(*row)], "eval")
    for name, shape, left, right in [("igamma", (), uniform(0.5, 3), uniform(0.5, 3)), ("igammac", (), uniform(0.5, 3), uniform(0.5, 3))]:
        # The second derivative in x, given a.
        def build(p, x, a, name=name):
            return p.apply(name, a, x * x)
        cover("special", f"{name}/x/f64", build, [("f64", shape, right), ("f64", shape, left)], "eval vjp hvp")


def one_operand(case, cover, uniform):
    for name in ["bessel_i0e", "bessel_i1e"]:
        for label, source in [("near", uniform(-3, 3)), ("far", uniform(5, 30))]:
            for dtype in FLOATS:
                wanted = "eval" + " jvp vjp" * (dtype == "f64") + " vjp vmap" * (dtype == "f32")
                case(name, f"{label}/{dtype}", [(dtype, (4,), source)], wanted)
        row = [nan, inf, -inf, 0.0, -0.0, 8.0, -8.0, 1e-8, 7.99, 8.01, 100.0, -700.0, 1e4, 60000.0]
        for dtype in FLOATS:
            case(name, f"{dtype}/special", [(dtype, (len(row),), row)], "eval")
        case(name, "f64/edges", [("f64", (4,), [0.0, 1e-3, 8.0, -20.0])], "jvp vjp")
        # A scalar function of a scalar, twice.
        cover("special", f"{name}/scalar/f64", lambda p, x, name=name: p.apply(name, x * x), [("f64", (), uniform(0.5, 2))], "eval hvp")
    for dtype in FLOATS:
        wanted = "eval" + " vmap" * (dtype == "f32")
        case("zeta", dtype, [(dtype, (4,), uniform(1.5, 4)), (dtype, (4,), uniform(0.5, 3))], wanted)
        def orders(random, shape, dtype):
            return np.resize([0, 1, 2, 3], shape).astype(DTYPES[dtype])
        case("polygamma", dtype, [(dtype, (4,), orders), (dtype, (4,), uniform(0.5, 3))], wanted)
    case("zeta", "f64/special", [("f64", (6,), [1.0, 0.5, 2.0, 2.0, 2.0, nan]), ("f64", (6,), [2.0, 2.0, 0.0, -1.0, nan, 1.0])], "eval")
    case("polygamma", "f64/special", [("f64", (5,), [1.0, 2.0, nan, 1.0, 1.0]), ("f64", (5,), [0.0, -1.0, 1.0, nan, inf])], "eval")
    for order in [0.0, 1.0, 2.0]:
        # JAX refuses a derivative in the order.
        def build(p, x, order=order):
            return p.fill(order, x.shape, "f64").polygamma(x)
        cover("special", f"polygamma/{int(order)}/x/f64", build, [("f64", (3,), uniform(0.5, 3))], "eval jvp vjp vmap")


def powers(case, uniform, anything):
    for y in [-3, -2, -1, 0, 1, 2, 3, 4, 7, 13]:
        for dtype in FLOATS + COMPLEX:
            wanted = "eval" + " jvp vjp" * (dtype in ["f64", "c128"]) + " vjp vmap" * (dtype == "f32" and y in [-2, 3])
            case("integer_pow", f"{y}/{dtype}", [(dtype, (3,), uniform(0.5, 1.5))], wanted, y=y)
        row = [nan, inf, -inf, 0.0, -0.0, 1, -1, -2, 0.5, 1e30, -1e30]
        case("integer_pow", f"{y}/f64/special", [("f64", (len(row),), row)], "eval" + " jvp" * (y in [0, 1, 2, 3]), y=y)
        if y >= 0:
            for dtype in ["i8", "u8", "i32", "u32", "i64"]:
                case("integer_pow", f"{y}/{dtype}", [(dtype, (4,), anything)], "eval" + " vmap" * (dtype == "i32" and y == 3), y=y)


def bits(case, anything):
    row = [nan, inf, -inf, 0.0, -0.0, 1.0, 1.0625, -1.1875, 3.3, 65504.0, 65519.0, 65520.0, 3.38e38, 3.4e38, 6.2e-5, 6.1e-5, -5e-5, 1e-30,
           0.1, -0.3, 240.0, 248.0, 449.0, 470.0, 2.0**-14, 2.0**-15, 2.0**-126]
    for exponent, mantissa in [(5, 10), (8, 7), (5, 2), (4, 3), (8, 23), (11, 52), (3, 0), (8, 0), (6, 12), (2, 1), (11, 20), (8, 40)]:
        params = dict(exponent_bits=exponent, mantissa_bits=mantissa)
        label = f"{exponent}/{mantissa}"
        for dtype in ["f16", "bf16", "f32", "f64"]:
            case("reduce_precision", f"{label}/{dtype}/special", [(dtype, (len(row),), row)], "eval", **params)
    for dtype in FLOATS:
        params = dict(exponent_bits=5, mantissa_bits=4)
        wanted = "eval jvp vjp" + " vmap" * (dtype == "f32")
        case("reduce_precision", f"5/4/{dtype}", [(dtype, (2, 3), anything)], wanted, **params)
    width = {dtype: ml_dtypes.finfo(DTYPES[dtype]).bits for dtype in NARROW_FLOATS + FLOATS}
    width |= {dtype: ml_dtypes.iinfo(DTYPES[dtype]).bits for dtype in INTEGERS + NARROW_INTEGERS}
    for source, target in itertools.product(width, width):
        # Each pair of widths in a few dtypes.
        common = ["i8", "u8", "i32", "u32", "f32", "f64", "f16", "bf16", "u64", "i4", "u4", "u16", "f8e4m3fn"]
        if source == target or source not in common or target not in common or (source[0] == target[0] and source[0] in "f" and source != "f32"):
            continue
        ratio = max(width[target] // width[source], 1)
        shape = (2, ratio) if ratio > 1 else (2,)
        numbers = "eval" + " vmap" * ((source, target) in [("f32", "u32"), ("f32", "u8"), ("u8", "f32")]) + " jvp" * ((source, target) == ("f32", "u32"))
        case("bitcast_convert", f"{source}/{target}", [(source, shape, anything)], numbers, dtype=target)
    case("bitcast_convert", "f64/f32", [("f64", (2,), anything)], "jvp vjp", dtype="f32")
    case("bitcast_convert", "f32/f64", [("f32", (3, 2), anything)], "jvp vjp", dtype="f64")
    row = np.array([0x7f800000, 0x7fc00000, 0x80000000, 1, 0xff800000], np.uint32)
    case("bitcast_convert", "u32/f32/special", [("u32", (5,), row)], "eval", dtype="f32")
    row = [nan, inf, -inf, -0.0, 1e-30]
    case("bitcast_convert", "f32/i32/special", [("f32", (4,), row[1:])], "eval", dtype="i32")


INEXACT = ("neg abs sign exp exp2 expm1 log log1p sqrt rsqrt logistic sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh square "
           "real imag conj").split()


def complex_edges(case):
    parts = [0.0, -0.0, 1.0, -2.0, inf, -inf, nan]
    grid = [complex(x, y) for x in parts for y in parts]
    finite = [complex(x, y) for x in [0.0, 1.0, -2.0, 0.5] for y in [-0.0, 0.0]]
    tiny = [complex(x, y) for x in [1e-9, -1e-9, 0.3] for y in [1e-9, -1e-9]]
    near_one = [complex(1 + x, y) for x in [1e-3, -1e-3] for y in [1e-3, -1e-3]]
    for name in INEXACT:
        for dtype in COMPLEX:
            case(name, f"{dtype}/parts/special", [(dtype, (len(grid),), grid)], "eval")
            case(name, f"{dtype}/cuts", [(dtype, (len(finite),), finite)], "eval")
        case(name, "c128/tiny", [("c128", (len(tiny),), tiny)], "eval")
        case(name, "c128/near_one", [("c128", (len(near_one),), near_one)], "eval")
    few = [complex(0, 0), complex(1, -1), complex(inf, 0), complex(0, -inf), complex(nan, 0), complex(-2, 0.5)]
    for name in ["add", "sub", "mul", "div", "pow"]:
        xs, ys = np.repeat(few, len(few)), np.tile(few, len(few))
        case(name, "c128/parts/special", [("c128", xs.shape, xs), ("c128", ys.shape, ys)], "eval")


def narrow(case, anything):
    for dtype in NARROW_FLOATS:
        numbers = every(dtype)
        for name in ["neg", "abs", "sign", "floor", "exp", "tanh", "sqrt", "is_finite"]:
            case(name, f"{dtype}/every/special", [(dtype, numbers.shape, numbers)], "eval")
        for name in ["add", "sub", "mul", "div", "max", "min"]:
            case(name, f"{dtype}/narrow", [(dtype, (8,), anything), (dtype, (8,), anything)], "eval")
        for name in ["eq", "lt", "ge"]:
            case(name, f"{dtype}/narrow", [(dtype, (8,), anything), (dtype, (8,), anything)], "eval")
    for dtype in NARROW_INTEGERS:
        info = ml_dtypes.iinfo(DTYPES[dtype])
        row = np.arange(info.min, info.max + 1)
        xs, ys = np.repeat(row, len(row)), np.tile(row, len(row))
        for name in "add sub mul max min and or xor eq ne lt le gt ge".split():
            case(name, f"{dtype}/every", [(dtype, xs.shape, xs.astype(DTYPES[dtype])), (dtype, ys.shape, ys.astype(DTYPES[dtype]))], "eval")
        for name in ["not", "neg", "sign", "abs", "count_leading_zeros", "population_count"]:
            case(name, f"{dtype}/every", [(dtype, row.shape, row.astype(DTYPES[dtype]))], "eval")
        for name in ["shift_left", "shift_right_arithmetic", "shift_right_logical"]:
            amounts = [(x, y) for x in row for y in range(info.bits)]
            pair = [(dtype, (len(amounts),), np.array(column).astype(DTYPES[dtype])) for column in zip(*amounts)]
            case(name, f"{dtype}/every", pair, "eval")
