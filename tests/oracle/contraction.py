"""Ragged products, and products that are accumulated in another dtype than their operands'."""

import numpy as np
from jax import lax
from program import DTYPES


def ragged_dot(x, y, sizes, summed, precision, dtype):
    b = y.ndim - (2 if summed else 3)
    extra = x.ndim - 2 - b
    front, last = list(range(b)), x.ndim - 1
    if summed:
        dims = lax.RaggedDotDimensionNumbers((([last], [b]), (front, front)), [last], [])
        out = lax.ragged_dot_general(x, y, sizes, dims, precision, DTYPES[dtype])
        return lax.transpose(out, [*range(1, b + 1), 0, b + 1, b + 2])
    dims = lax.RaggedDotDimensionNumbers((([last], [b + 1]), (front, front)), [b + extra], [b])
    return lax.ragged_dot_general(x, y, sizes, dims, precision, DTYPES[dtype])


OPERATIONS = {"ragged_dot": ragged_dot}

# Whether sums are divided, the shapes, the sizes of the groups.
RAGGED = [
    ("rows", False, (5, 2), (3, 2, 3), [2, 0, 3]),
    ("fewer", False, (6, 3), (2, 3, 2), [1, 3]),
    ("single", False, (3, 2), (1, 2, 2), [3]),
    ("batch", False, (2, 3, 2), (2, 2, 2, 3), [[1, 2], [0, 3]]),
    ("shared", False, (2, 3, 2), (2, 2, 3), [[1, 2], [0, 2]]),
    ("sums", True, (2, 5), (5, 3), [2, 0, 3]),
    ("shorter", True, (3, 4), (4, 2), [1, 2]),
    ("stacked", True, (2, 2, 3), (2, 3, 2), [[1, 2], [0, 3]]),
]
MIXED = [("bf16", "f32"), ("f16", "f32"), ("f8e4m3fn", "f32"), ("f8e5m2", "f32"), ("f32", "f64"), ("i8", "i32"), ("bf16", "f64")]


def few(random, shape, dtype):
    """Small multiples of a quarter, exact in the narrowest dtypes but for the smallest."""
    x = random.integers(-6, 7, shape)
    return np.asarray(x if dtype[0] in "iu" else x / 4).astype(DTYPES[dtype])


def cases(cover, operation, anything):
    def ragged(summed, dtype, precision="default"):
        return operation("ragged_dot", summed=summed, precision=precision, dtype=dtype)

    for label, summed, x, y, sizes in RAGGED:
        sizes = np.array(sizes)
        groups = ("i32", sizes.shape, sizes)
        for dtype in ["f32", "f64", "c128", "i32"]:
            wanted = "eval" + " jvp vjp" * (dtype in ["f64", "c128"])
            cover("contraction", f"ragged_dot/{label}/{dtype}", ragged(summed, dtype), [(dtype, x, anything), (dtype, y, anything), groups], wanted)
        # In a batch the sizes are the same for all, lest they be too large for some.
        spread = lambda random, shape, dtype, sizes=sizes: np.broadcast_to(sizes, shape).astype(np.int32)
        cover("contraction", f"ragged_dot/{label}/batched/f32", ragged(summed, "f32"), [("f32", x, anything), ("f32", y, anything), ("i32", sizes.shape, spread)], "vmap")
    for source, target in MIXED:
        groups = ("i32", (3,), [2, 0, 3])
        wanted = "eval" + " jvp vjp" * (source[0] != "i")
        cover("contraction", f"ragged_dot/{source}/{target}", ragged(False, target), [(source, (5, 2), few), (source, (3, 2, 3), few), groups], wanted)

    def loss(program, x, y, sizes):
        return program.apply("ragged_dot", x, y, sizes, summed=False, precision="default", dtype="f64").tanh().sum()

    cover("contraction", "ragged_dot/loss/f64", loss, [("f64", (5, 2), anything), ("f64", (3, 2, 3), anything), ("i32", (3,), [2, 0, 2])], "eval jvp vjp hvp")

    dot = dict(lhs_contract=[2], rhs_contract=[1], lhs_batch=[0], rhs_batch=[0])
    conv = dict(lhs_spec=[0, 1, 2], rhs_spec=[0, 1, 2], out_spec=[0, 1, 2], strides=[2], low=[1], high=[0], lhs_dilation=[1], rhs_dilation=[1])
    for source, target in MIXED:
        for precision in ["default", "highest"] if target == "f32" else ["default"]:
            wanted = "eval" + " jvp vjp" * (source[0] != "i") + " vmap" * (precision == "default")
            build = operation("dot_general", **dot, precision=precision, dtype=target)
            cover("contraction", f"dot_general/{source}/{target}/{precision}", build, [(source, (2, 2, 3), few), (source, (2, 3, 2), few)], wanted)
            for label, groups, kernel in [("plain", 1, (2, 2, 3)), ("grouped", 2, (2, 1, 3))]:
                build = operation("conv_general_dilated", **conv, feature_group_count=groups, batch_group_count=1, precision=precision, dtype=target)
                part = wanted.replace(" vmap", "") if label == "grouped" or source in ["f8e5m2", "f64"] else wanted
                cover("contraction", f"conv/{label}/{source}/{target}/{precision}", build, [(source, (1, 2, 6), few), (source, kernel, few)], part)
