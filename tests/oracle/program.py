"""The text form of raxla's programs: built by operators, run by JAX.

A `Program` is built value by value and printed; `function` reads the text back and runs each equation as the JAX operation of the same
meaning. Only the text is ever run, so a case cannot say one thing and its answer another.
"""

import re

import jax
import ml_dtypes
import numpy as np
from jax import lax

DTYPES = {
    "bool": np.bool_, "i2": ml_dtypes.int2, "i4": ml_dtypes.int4, "i8": np.int8, "i16": np.int16, "i32": np.int32,
    "i64": np.int64, "u2": ml_dtypes.uint2, "u4": ml_dtypes.uint4, "u8": np.uint8, "u16": np.uint16, "u32": np.uint32,
    "u64": np.uint64, "f4e2m1fn": ml_dtypes.float4_e2m1fn, "f8e3m4": ml_dtypes.float8_e3m4,
    "f8e4m3": ml_dtypes.float8_e4m3, "f8e4m3fn": ml_dtypes.float8_e4m3fn,
    "f8e4m3b11fnuz": ml_dtypes.float8_e4m3b11fnuz, "f8e4m3fnuz": ml_dtypes.float8_e4m3fnuz,
    "f8e5m2": ml_dtypes.float8_e5m2, "f8e5m2fnuz": ml_dtypes.float8_e5m2fnuz, "f8e8m0fnu": ml_dtypes.float8_e8m0fnu,
    "bf16": ml_dtypes.bfloat16, "f16": np.float16, "f32": np.float32, "f64": np.float64, "c64": np.complex64,
    "c128": np.complex128,
}
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}
INTEGERS = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"]
FLOATS = ["f16", "bf16", "f32", "f64"]
COMPLEX = ["c64", "c128"]


def dot_general(a, b, lhs_contract, rhs_contract, lhs_batch, rhs_batch, precision, dtype):
    dimensions = ((lhs_contract, rhs_contract), (lhs_batch, rhs_batch))
    return lax.dot_general(a, b, dimensions, precision=precision, preferred_element_type=DTYPES[dtype])


def gather_dimensions(offset_dims, collapsed_slice_dims, operand_batching_dims, start_indices_batching_dims, start_index_map):
    return lax.GatherDimensionNumbers(
        offset_dims=tuple(offset_dims), collapsed_slice_dims=tuple(collapsed_slice_dims), start_index_map=tuple(start_index_map),
        operand_batching_dims=tuple(operand_batching_dims), start_indices_batching_dims=tuple(start_indices_batching_dims))


MODES = {"clip": "clip", "fill_or_drop": "fill", "promise_in_bounds": "promise_in_bounds"}


def gather(x, indices, slice_sizes, mode, fill, indices_are_sorted, unique_indices, **dims):
    fill = fill if fill is None else float(fill.split()[1])
    return lax.gather(x, indices, gather_dimensions(**dims), tuple(slice_sizes), mode=MODES[mode], fill_value=fill,
                      indices_are_sorted=indices_are_sorted, unique_indices=unique_indices)


def scatter(kind):
    def apply(x, indices, updates, mode, indices_are_sorted, unique_indices, **dims):
        dims = lax.ScatterDimensionNumbers(**{key: tuple(value) for key, value in dims.items()})
        mode_of = jax.lax.GatherScatterMode.from_any(MODES[mode])
        return getattr(lax, kind)(x, indices, updates, dims, indices_are_sorted=indices_are_sorted,
                                  unique_indices=unique_indices, mode=mode_of)
    return apply


def reduce_window(combine, unit):
    def apply(x, sizes, strides, low, high, base_dilation, window_dilation):
        return lax.reduce_window(x, unit(x.dtype), combine, sizes, strides, list(zip(low, high)), base_dilation, window_dilation)
    return apply


def least(dtype):
    return np.array(-np.inf if np.issubdtype(dtype, np.floating) else np.iinfo(dtype).min, dtype)


def greatest(dtype):
    return np.array(np.inf if np.issubdtype(dtype, np.floating) else np.iinfo(dtype).max, dtype)


def conv(x, y, lhs_spec, rhs_spec, out_spec, strides, low, high, lhs_dilation, rhs_dilation, feature_group_count, batch_group_count,
         precision, dtype):
    return lax.conv_general_dilated(
        x, y, strides, list(zip(low, high)), lhs_dilation, rhs_dilation,
        lax.ConvDimensionNumbers(tuple(lhs_spec), tuple(rhs_spec), tuple(out_spec)), feature_group_count=feature_group_count,
        batch_group_count=batch_group_count, precision=precision, preferred_element_type=DTYPES[dtype])


UNARY = {
    name: getattr(lax, name)
    for name in "neg abs sign floor ceil exp exp2 expm1 log log1p sqrt rsqrt cbrt logistic sin cos tan asin acos atan sinh cosh tanh "
    "asinh acosh atanh erf erfc erf_inv lgamma digamma square is_finite population_count real imag conj".split()
} | {
    "round_nearest_even": lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN),
    "round_nearest_afz": lambda x: lax.round(x, lax.RoundingMethod.AWAY_FROM_ZERO),
    "not": lax.bitwise_not,
    "count_leading_zeros": lax.clz,
}
COMPARE = {name: getattr(lax, name) for name in "eq ne lt le gt ge".split()}
BITWISE = {"and": lax.bitwise_and, "or": lax.bitwise_or, "xor": lax.bitwise_xor}
SHIFTS = {name: getattr(lax, name) for name in "shift_left shift_right_arithmetic shift_right_logical".split()}
ARITHMETIC = {name: getattr(lax, name) for name in "add sub mul div rem pow max min atan2 nextafter".split()}
OPERATIONS = UNARY | COMPARE | BITWISE | SHIFTS | ARITHMETIC | {
    "complex": lax.complex,
    "select": lax.select,
    "clamp": lax.clamp,
    "convert": lambda x, dtype: lax.convert_element_type(x, DTYPES[dtype]),
    "broadcast": lambda x, shape, dims: lax.broadcast_in_dim(x, shape, dims),
    "reshape": lambda x, shape: lax.reshape(x, shape),
    "transpose": lambda x, permutation: lax.transpose(x, permutation),
    "slice": lambda x, start, limit, strides: lax.slice(x, start, limit, strides),
    "pad": lambda x, value, low, high, interior: lax.pad(x, value, list(zip(low, high, interior))),
    "concatenate": lambda *xs, axis: lax.concatenate(xs, axis),
    "reverse": lambda x, axes: lax.rev(x, axes),
    "iota": lambda shape, dtype, axis: lax.broadcasted_iota(DTYPES[dtype], shape, axis),
    "argmax": lambda x, axis, dtype: lax.argmax(x, axis, DTYPES[dtype]),
    "argmin": lambda x, axis, dtype: lax.argmin(x, axis, DTYPES[dtype]),
    "dot_general": dot_general,
    "dynamic_slice": lambda x, *starts, sizes: lax.dynamic_slice(x, starts, sizes, allow_negative_indices=False),
    "dynamic_update_slice": lambda x, update, *starts: lax.dynamic_update_slice(x, update, starts, allow_negative_indices=False),
    "gather": gather,
    "sort": lambda *xs, axis, num_keys, stable: tuple(lax.sort(xs, dimension=axis, num_keys=num_keys, is_stable=stable)),
    "top_k": lambda x, k, axis: tuple(lax.top_k(x, k, axis=axis)),
    "reduce_window_sum": reduce_window(lax.add, lambda dtype: np.zeros((), dtype)),
    "reduce_window_max": reduce_window(lax.max, least),
    "reduce_window_min": reduce_window(lax.min, greatest),
    "conv_general_dilated": conv,
} | {kind: scatter(kind) for kind in "scatter scatter_add scatter_sub scatter_mul scatter_min scatter_max".split()
} | {
    name: lambda x, axis, reverse, scan=getattr(lax, name): scan(x, axis, reverse)
    for name in "cumsum cumprod cummax cummin cumlogsumexp".split()
} | {f"reduce_{name}": getattr(lax, f"reduce_{name}") for name in "sum prod max min and or xor".split()}
for name in "sum prod max min and or xor".split():
    OPERATIONS[f"reduce_{name}"] = lambda x, axes, reduce=getattr(lax, f"reduce_{name}"): reduce(x, tuple(axes))


def show(value):
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return "[" + ",".join(map(str, value)) + "]" if isinstance(value, (list, tuple)) else str(value)


def aval(x):
    return NAMES[np.dtype(x.dtype)] + show(x.shape)


class Value:
    """A value of a program under construction; operators take values of equal shape, or Python numbers."""

    def __init__(self, program, struct):
        self.program, self.struct, self.shape = program, struct, struct.shape
        self.dtype = NAMES[np.dtype(struct.dtype)]

    def __getattr__(self, name):
        return lambda *others, **params: self.program.apply(name.rstrip("_"), self, *others, **params)

    def meet(self, other):
        return other if isinstance(other, Value) else self.program.fill(other, self.shape, self.dtype)

    def __add__(self, other): return self.program.apply("add", self, self.meet(other))
    def __sub__(self, other): return self.program.apply("sub", self, self.meet(other))
    def __mul__(self, other): return self.program.apply("mul", self, self.meet(other))
    def __truediv__(self, other): return self.program.apply("div", self, self.meet(other))
    def __radd__(self, other): return self.meet(other) + self
    def __rsub__(self, other): return self.meet(other) - self
    def __rmul__(self, other): return self.meet(other) * self
    def __rtruediv__(self, other): return self.meet(other) / self
    def __neg__(self): return self.program.apply("neg", self)

    def sum(self, *axes):
        return self.reduce_sum(axes=list(axes or range(len(self.shape))))

    def along(self, shape, *dims):
        """Broadcast: axis i becomes axis dims[i] of the shape."""
        return self.broadcast(shape=list(shape), dims=list(dims))

    def dot(self, other, left=None, right=0, dtype=None):
        left = len(self.shape) - 1 if left is None else left
        return self.dot_general(other, lhs_contract=[left], rhs_contract=[right], lhs_batch=[], rhs_batch=[],
                                precision="default", dtype=dtype or self.dtype)

    def part(self, *ranges):
        """A slice from pairs (start, limit)."""
        return self.slice(start=[a for a, _ in ranges], limit=[b for _, b in ranges], strides=[1 for _ in ranges])


class Program:
    def __init__(self):
        self.inputs, self.constants, self.equations, self.outs = [], [], [], []

    def input(self, dtype, shape):
        self.inputs.append(Value(self, jax.ShapeDtypeStruct(tuple(shape), DTYPES[dtype])))
        return self.inputs[-1]

    def fill(self, number, shape, dtype):
        """A number in every place of the shape: one more input of rank 0, after all others, and a broadcast."""
        for value, known in self.constants:
            if value.dtype == dtype and known == number:
                break
        else:
            value = Value(self, jax.ShapeDtypeStruct((), DTYPES[dtype]))
            self.constants.append((value, number))
        return value.along(shape) if shape else value

    def apply(self, name, *operands, **params):
        out = jax.eval_shape(lambda *xs: OPERATIONS[name](*xs, **params), *[x.struct for x in operands])
        outs = [Value(self, o) for o in (out if isinstance(out, tuple) else [out])]
        self.equations.append((outs, name, params, operands))
        return tuple(outs) if isinstance(out, tuple) else outs[0]

    def text(self):
        number = {}
        label = lambda value: f"%{number.setdefault(value, len(number))}"
        inputs = self.inputs + [value for value, _ in self.constants]
        lines = ["program(" + ", ".join(f"{label(x)}: {aval(x.struct)}" for x in inputs) + ") {"]
        for outs, name, params, operands in self.equations:
            settings = ", ".join(f"{key}={show(value)}" for key, value in params.items())
            words = [name + (f"[{settings}]" if params else "")] + [label(x) for x in operands]
            lines.append("  " + ", ".join(f"{label(out)}: {aval(out.struct)}" for out in outs) + f" = {' '.join(words)}")
        return "\n".join(lines + [f"  return {', '.join(label(x) for x in self.outs)}", "}"])


EQUATION = re.compile(r"  (%\d+: .*?) = (\w+)(?:\[(.*)\])?((?: %\d+)*)$")
WORDS = {"true": True, "false": False, "none": None}


def read(text):
    if text.startswith("["):
        return [int(n) for n in text[1:-1].split(",") if n]
    return int(text) if re.fullmatch(r"-?\d+", text) else WORDS.get(text, text)


def function(text):
    """The function of JAX arrays, to a tuple of them, that a program's text means."""
    header, *lines, last, _ = text.split("\n")
    inputs = re.findall(r"(%\d+): (\w+\[[\d,]*\])", header)
    equations = [EQUATION.match(line).groups() for line in lines]

    def run(*arrays):
        assert len(arrays) == len(inputs), text
        known = {name: x for (name, _), x in zip(inputs, arrays)}
        for (name, kind) in inputs:
            assert aval(known[name]) == kind, (text, name, aval(known[name]))
        for outs, name, params, operands in equations:
            settings = {key: read(value) for key, value in (p.split("=", 1) for p in (params or "").split(", ") if p)}
            results = OPERATIONS[name](*[known[x] for x in operands.split()], **settings)
            for out, result in zip(outs.split(", "), results if isinstance(results, tuple) else [results], strict=True):
                name, kind = out.split(": ")
                known[name] = result
                assert aval(result) == kind, (text, out, aval(result))
        return tuple(known[name] for name in last.removeprefix("  return ").split(", "))

    return run
