"""Which of jax.numpy's public names raxla has: writes docs/numpy.md, and tests/numpy_names.rs, which checks that they are exported.

    venv/bin/python tests/oracle/numpy_names.py

Names come from JAX, what is exported from the sources. What stands under another name, differs, or is left out, and why, is said here and
nowhere else.
"""

import os
import pathlib
import re

os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import jax.numpy as jnp

ROOT = pathlib.Path(__file__).parent.parent.parent

# The modules: JAX's, the Rust path, the sources.
MODULES = [
    ("jax.numpy", jnp, "raxla::numpy", "src/numpy"),
    ("jax.numpy.linalg", jnp.linalg, "raxla::numpy::linalg", "src/numpy/linalg"),
    ("jax.numpy.fft", jnp.fft, "raxla::fft", "src/fft"),
]
DTYPES = {
    "bool_": "Bool", "bool": "Bool", "bfloat16": "BF16", "float16": "F16", "float32": "F32", "float64": "F64", "single": "F32", "double": "F64",
    "complex64": "C64", "complex128": "C128", "csingle": "C64", "cdouble": "C128", "float4_e2m1fn": "F4E2M1FN",
    **{f"{k}int{n}": f"{k.upper() or 'I'}{n}" for k in ("", "u") for n in (2, 4, 8, 16, 32, 64)},
    **{f"float8_{f}": f"F8{f.upper()}" for f in ("e3m4", "e4m3", "e4m3b11fnuz", "e4m3fn", "e4m3fnuz", "e5m2", "e5m2fnuz", "e8m0fnu")},
}
SIZED = "takes the size of the result, since shapes are static"
# Names that differ, and how.
DIFFERENT = {
    **{name: f"`DType::{ours}`" for name, ours in DTYPES.items()},
    "float_": "`DType::default_float()`", "int_": "`DType::default_int()`", "complex_": "`DType::default_complex()`",
    "uint": "`DType::U32`, or `U64`",
    **{name: "`dtype.kind()`, `dtype.is_float()`, …" for name in (
        "complexfloating", "floating", "generic", "inexact", "integer", "number", "signedinteger", "unsignedinteger", "issubdtype")},
    "dtype": "`DType`",
    "can_cast": "`promote_types(from, to) == to`",
    "iscomplexobj": "`x.dtype().is_complex()`", "isrealobj": "`!x.dtype().is_complex()`", "isscalar": "`x.rank() == 0`",
    "ndarray": "`Tracer` in functions, `Array` outside, `Literal` for constants",
    "array": "`Array::new`, `Array::from` outside; `Literal::new`, `constant` in functions",
    "asarray": "`Arg::tracer`, which every function applies to its arguments",
    "array_repr": "`{:?}` of `Literal`", "array_str": "`{}` of `Literal`",
    "get_printoptions": "formats are Rust's: `{:.3}`", "set_printoptions": "formats are Rust's: `{:.3}`", "printoptions": "formats are Rust's: `{:.3}`",
    "frombuffer": "`Array::new` of a slice", "fromiter": "`Array::from` of a `Vec`", "fromstring": "`Array::from` of a `Vec`",
    "fromfile": "`Array::load_npy`, or `Array::new` of what Rust reads", "load": "`Array::load_npy`", "save": "`Array::save_npy`",
    "newaxis": "`NewAxis`", "s_": "tuples of ranges: `x.index((.., 1..3))`", "index_exp": "tuples of ranges: `x.index((.., 1..3))`",
    "c_": "`column_stack`", "r_": "`concatenate`, `arange`, `linspace`",
    "mgrid": "`indices`, `meshgrid`", "ogrid": "`meshgrid` with `sparse`",
    "pi": "`std::f64::consts::PI`", "e": "`std::f64::consts::E`", "inf": "`f64::INFINITY`", "nan": "`f64::NAN`", "euler_gamma": "the number 0.5772156649015329",
    "where": "`where_`, for `where` is a word of Rust", "mod": "`r#mod`, or `remainder`",
    "linalg": "the module; see below", "fft": "the module `raxla::fft`; see below",
    "gradient": "always a list; has `edge_order`, which JAX has not",
    "bincount": "the `length` may be left out only of literals", "polydiv": "no `trim_leading_zeros`, for shapes are static",
    "polymul": "no `trim_leading_zeros`, for shapes are static", "poly": "takes roots, not matrices",
    "histogram2d": "takes two vectors and a list of bins", "average": "`average_and_weight` is `returned=True`",
    "linspace": "`linspace_step` is `retstep=True`", "angle": "`angle_deg` is `deg=True`",
    **{name: SIZED for name in (
        "argwhere", "flatnonzero", "nonzero", "extract", "compress", "unique", "unique_all", "unique_counts", "unique_inverse", "unique_values",
        "union1d", "intersect1d", "setdiff1d", "setxor1d")},
    "ufunc": "functions on arrays are Rust functions; `vectorize` lifts one of numbers", "frompyfunc": "`vectorize`",
}
# Names that are left out, and why.
LEFT_OUT = {
    "ComplexWarning": "nothing drops imaginary parts silently", "character": "arrays hold numbers only", "flexible": "arrays hold numbers only",
    "object_": "arrays hold numbers only", "iterable": "a question about Python objects", "from_dlpack": "no exchange of device memory yet",
    "savez": "one array a file: `Array::save_npy`", "trim_zeros": "the shape would depend on data",
    "int1": "no such dtype", "uint1": "no such dtype", "float6_e2m3fn": "no such dtype", "float6_e3m2fn": "no such dtype",
}


def exports(place):
    """The names that the sources at a place export: functions, and rows of tables that macros make functions of."""
    path = ROOT / place
    if path.with_suffix(".rs").is_file():
        files = {path.with_suffix(".rs"): None}
    elif (path / "mod.rs").is_file():
        uses = re.findall(r"^pub use (\w+)::(\*|\w+|\{[^}]*\});", (path / "mod.rs").read_text(), re.M)
        files = {path / f"{module}.rs": None if what == "*" else set(re.findall(r"\w+", what)) for module, what in uses}
    else:
        return set()
    names = set()
    for file, only in files.items():
        text = file.read_text().split("#[cfg(test)]")[0]
        found = set(re.findall(r"^pub fn (?:r#)?(\w+)", text, re.M))
        for table in re.findall(r"^\w+! \{(.*?)^\}", text, re.S | re.M):
            heads = [re.split(r"[=;]", line)[0].replace("r#", "") for line in table.splitlines() if not line.strip().startswith("//")]
            # The head of a row is words alone: the function's name, other names of it, and what the macro needs to know.
            found |= {name for head in heads if re.fullmatch(r"[\w ,()]*[\d. ]*", head) for name in re.findall(r"\w+", head)}
        names |= found if only is None else found & only
    return names


def listed(names, width=140):
    """Names as code, in lines."""
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) > width:
            lines.append("")
        lines[-1] += f"`{name}` "
    return "\n".join(line.strip() for line in lines)


def main():
    text, checks = [], []
    for title, module, rust, place in MODULES:
        found = exports(place)
        names = [n for n in dir(module) if not n.startswith("_")]
        differs = (lambda n: n in DIFFERENT) if module is jnp else (lambda n: False)
        left = (lambda n: n in LEFT_OUT) if module is jnp else (lambda n: False)
        assert not [n for n in names if differs(n) and left(n)]
        done = [n for n in names if n in found and not differs(n) and not left(n)]
        # What differs in a function that is not there yet is not there yet.
        elsewhere = [n for n in names if differs(n) and (n in found or "`" in DIFFERENT[n] or n in ("euler_gamma", "fft", "linalg"))]
        out = [n for n in names if left(n)]
        missing = [n for n in names if n not in done and n not in elsewhere and n not in out]
        checks.append((rust, [n for n in names if n in found and n not in out and n not in ("mod", "where")]))
        text.append(f"## `{title}`\n\nOf {len(names)} names {len(done)} are there alike, in `{rust}`; {len(elsewhere)} differ, {len(out)} are left "
                    f"out, {len(missing)} are not there yet.\n\n{listed(done)}\n")
        for what, of, why in (("differs", elsewhere, DIFFERENT), ("left out", out, LEFT_OUT)):
            if of:
                text.append(f"| {what} | {'how' if what == 'differs' else 'why'} |\n|---|---|\n" + "".join(f"| `{n}` | {why[n]} |\n" for n in of))
        if missing:
            text.append(f"Not there yet:\n\n{listed(missing)}\n")
    head = (f"# NumPy's functions\n\nThe public names of `jax.numpy` {jax.__version__}, and what raxla has of them. Arguments are NumPy's, in its "
            "order; options that are many stand in a struct.\n`tests/oracle/numpy_names.py` writes this page, `tests/numpy_names.rs` checks it.\n")
    (ROOT / "docs/numpy.md").write_text("\n".join([head, *text]))
    lines = ["//! That what docs/numpy.md says is there is exported, which the compiler sees. Made by `tests/oracle/numpy_names.py`.", "",
             "/// Imports the names, and lists them.", "macro_rules! exported {",
             "    ($($($module:ident)::+, $list:ident: $($name:ident)*;)*) => { $(",
             "        const $list: &[&str] = {", "            #[allow(unused_imports)]", "            use $($module)::+::{$($name),*};",
             "            &[$(stringify!($name)),*]", "        };", "    )* };", "}", "exported! {"]
    kept = [(rust, names) for rust, names in checks if names]
    for rust, names in kept:
        lines.append(f"    {rust}, {rust.split('::')[-1].upper()}:")
        line = "       "
        for name in [*names[:-1], names[-1] + ";"]:
            if len(line) + len(name) > 110:
                lines.append(line)
                line = "       "
            line += " " + name
        lines.append(line)
    lists = ", ".join(rust.split("::")[-1].upper() for rust, _ in kept)
    lines += ["}", "", "#[test]", "fn the_page_of_numpy_names_what_is_exported() {",
              '    let page = include_str!("../docs/numpy.md");',
              f"    let missing = [{lists}].concat().into_iter().filter(|name| !page.contains(&format!(\"`{{name}}`\")));",
              "    let missing: Vec<_> = missing.collect();",
              '    assert!(missing.is_empty(), "{missing:?}: tests/oracle/numpy_names.py writes docs/numpy.md anew");',
              "}"]
    (ROOT / "tests/numpy_names.rs").write_text("\n".join(lines) + "\n")


main()
