"""Writes display_cases.txt: arrays as NumPy prints them.

    python -m venv venv && venv/bin/pip install numpy==2.4.6 ml_dtypes==0.6.0
    venv/bin/python ir/src/display_cases.py
"""

import pathlib

import ml_dtypes
import numpy as np

NAMES = {
    "bool": bool, "i2": ml_dtypes.int2, "i4": ml_dtypes.int4, "i8": np.int8, "i16": np.int16, "i32": np.int32,
    "i64": np.int64, "u2": ml_dtypes.uint2, "u4": ml_dtypes.uint4, "u8": np.uint8, "u16": np.uint16, "u32": np.uint32,
    "u64": np.uint64, "f4e2m1fn": ml_dtypes.float4_e2m1fn, "f8e3m4": ml_dtypes.float8_e3m4,
    "f8e4m3": ml_dtypes.float8_e4m3, "f8e4m3fn": ml_dtypes.float8_e4m3fn,
    "f8e4m3b11fnuz": ml_dtypes.float8_e4m3b11fnuz, "f8e4m3fnuz": ml_dtypes.float8_e4m3fnuz,
    "f8e5m2": ml_dtypes.float8_e5m2, "f8e5m2fnuz": ml_dtypes.float8_e5m2fnuz, "f8e8m0fnu": ml_dtypes.float8_e8m0fnu,
    "bf16": ml_dtypes.bfloat16, "f16": np.float16, "f32": np.float32, "f64": np.float64, "c64": np.complex64,
    "c128": np.complex128,
}
nan, inf = np.nan, np.inf
random = np.random.default_rng(0)
lines = []


def case(dtype, values, shape=None):
    array = np.asarray(values).astype(NAMES[dtype])
    array = array if shape is None else array.reshape(shape)
    dims = ",".join(map(str, array.shape))
    lines.append(f"=== {dtype}[{dims}]:{array.tobytes().hex()}\n{str(array)}\n")


np.seterr(all="ignore")
FLOATS = [
    [1, 2, 3], [1, 2.5, -3], [0.1, 0.2, 0.3], [0.0], [-0.0, 0.0], [1 / 3, 2 / 3], [1e-3, 1], [1e-4, 0.01], [9.9e-5, 1],
    [1, 1000], [1, 1001], [999.5, 1.5], [1e6], [999999], [1e8], [99999999], [1e7, 1e6], [6e4, 123.456], [3.14159265358979],
    [1e-5, 0.1, 2.0], [nan, 1, 2], [inf, 1.5], [-inf, 1.5], [nan], [inf], [-inf], [nan, -inf, inf], [nan, 1e-7, 3], [-inf, 1e9],
    [1234.5678, 0.001], [0.1, 1e5], [5e-8, 6e-8], [1e-7] * 3, [123456.789], [0.5, -0.25, 100], [nan, 100.25], [16777216, 1 / 7],
]
for dtype in ["f16", "f32", "f64"]:
    for values in FLOATS:
        case(dtype, values)
    case(dtype, np.finfo(NAMES[dtype]).max)
    case(dtype, [np.finfo(NAMES[dtype]).max, np.finfo(NAMES[dtype]).tiny, np.finfo(NAMES[dtype]).smallest_subnormal])
    for value in [0, -0.0, 1, 0.1, 1 / 3, 1e-4, 9.99e-5, 1e-5, 65504, 1e15, 1e16, 1.5e17, -2.5, nan, inf, -inf, 123456.789]:
        case(dtype, value)
    case(dtype, random.normal(size=(3, 4)))
    case(dtype, random.normal(size=(3, 4)) * 10.0 ** random.integers(-4, 5, (3, 4)))
    case(dtype, random.uniform(0, 1, 40))
    case(dtype, random.uniform(0, 1, (2, 20)))
    case(dtype, random.uniform(0, 1, (2, 3, 4)))
case("f32", random.normal(size=(2, 2, 2, 2)))
case("f64", [1e300, 1e-300, 1e5])
case("f64", [1e-100, nan, -inf])
# Ties between two shortest decimals, and powers of two, where the nearest decimal does not read back.
case("f32", [1534.40625, 2.0**-12])
case("f32", 1534.40625)
case("f64", 2.0**50 + 0.25)
case("f64", 2.0**50 + 0.75)
case("f16", 2.0 ** -np.arange(25))
case("f16", 2.0**-6)
case("f64", np.linspace(0, 1, 10))
case("f32", np.linspace(-1, 1, 1001))
case("f16", np.linspace(0, 1, 1000))
case("f16", np.arange(1001))
case("f32", [[1, 2]] * 3, (3, 2, 1))
for dtype in ["c64", "c128"]:
    for value in [0, 1, 1j, -1j, 1 + 2j, 1.5 - 2.5j, complex(-0.0, 1), complex(0, -0.0), complex(nan, inf), complex(0, nan),
                  1e-5 + 1e20j, complex(-inf, -inf), 0.1 + 1 / 3 * 1j]:
        case(dtype, value)
    for values in [[1 + 2j, 3 - 4j], [0.1 + 1j, -2.25 + 1000.5j], [1e-5 + 1j, 1], [complex(nan, 1), 2 + 3j], [complex(1, inf)],
                   [complex(inf, -inf), 1j], [1e10 + 1j, 2 - 1e-9j], [complex(0, nan), complex(nan, 12.125)]]:
        case(dtype, values)
    case(dtype, random.normal(size=(3, 3)) + 1j * random.normal(size=(3, 3)))
for dtype in NAMES:
    if dtype[0] in "iu":
        info = ml_dtypes.iinfo(NAMES[dtype])
        case(dtype, np.array([info.min, 0, 1, info.max], object).astype(NAMES[dtype]))
        case(dtype, 1)
        case(dtype, np.arange(6) % 2, (2, 3))
case("i32", [], (0,))
case("f32", [], (2, 0))
case("bool", [], (0, 3))
case("bool", True)
case("bool", False)
case("bool", [True, False])
case("bool", [True, True], (2, 1))
case("bool", random.integers(0, 2, (5, 20)))
case("i32", -np.arange(30))
case("i64", np.arange(24) * 1000 - 5000, (2, 3, 4))
case("i8", np.arange(16) - 8, (2, 2, 2, 2))
case("u8", np.arange(1000))
case("u8", np.arange(1001))
case("u8", np.arange(1002), (2, 501))
case("u8", np.arange(1008), (7, 144))
case("i16", np.arange(1008) - 500, (7, 12, 12))
case("i8", np.arange(1080), (2, 9, 5, 12))
case("bool", np.arange(1100) % 3, (1100, 1))
case("u8", np.arange(1100), (1, 1100))
case("u64", [2**64 - 1] * 5)
for dtype in NAMES:
    if dtype[:2] in ("f4", "f8"):
        size = 16 if dtype == "f4e2m1fn" else 256
        case(dtype, np.arange(size, dtype=np.uint8).view(NAMES[dtype]))
        case(dtype, 1.5)
case("bf16", [1, 2.5, 1e10, 3.14159, -1e-30, 0.1, nan, -inf, inf, -0.0, 65280, 1e5, 123456, 1e6, 1e7, 3e38, 1e-4, 1e-5])
case("bf16", random.normal(size=(3, 4)))
case("bf16", 0.1)
case("bf16", 100000)
case("bf16", nan)
pathlib.Path(__file__).with_name("display_cases.txt").write_text("".join(lines))
print(len(lines), "cases")
