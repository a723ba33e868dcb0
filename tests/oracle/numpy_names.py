"""Which public names of jax.numpy, jax.scipy and other parts of JAX raxla has: writes docs/numpy.md, docs/scipy.md, docs/jax.md, and
tests/numpy_names.rs, which checks that they are exported.

    venv/bin/python tests/oracle/numpy_names.py

Names come from JAX, what is exported from the sources. What stands under another name, differs, or is left out, and why, is said here and
nowhere else.
"""

import os
import pathlib
import re

os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import jax.image
import jax.nn.initializers
import jax.numpy as jnp
import jax.random
import jax.scipy as jsp
import jax.scipy.fft
import jax.scipy.ndimage
import jax.scipy.optimize
import jax.scipy.signal

ROOT = pathlib.Path(__file__).parent.parent.parent

# The modules of a page: JAX's, the Rust path, the sources.
NUMPY = [
    ("jax.numpy", jnp, "raxla::numpy", "src/numpy"),
    ("jax.numpy.linalg", jnp.linalg, "raxla::numpy::linalg", "src/numpy/linalg"),
    ("jax.numpy.fft", jnp.fft, "raxla::fft", "src/fft"),
]
SCIPY = [
    ("jax.scipy.linalg", jsp.linalg, "raxla::linalg", "src/linalg"),
    ("jax.scipy.special", jsp.special, "raxla::special", "src/special"),
    ("jax.scipy.stats", jsp.stats, "raxla::stats", "src/stats"),
    ("jax.scipy.signal", jsp.signal, "raxla::signal", "src/signal"),
    ("jax.scipy.fft", jsp.fft, "raxla::fft", "src/fft"),
    ("jax.scipy.ndimage", jsp.ndimage, "raxla::ndimage", "src/ndimage"),
    ("jax.scipy.optimize", jsp.optimize, "raxla::optimize", "src/optimize"),
]
JAX = [
    ("jax.image", jax.image, "raxla::image", "src/image"),
    ("jax.nn", jax.nn, "raxla::nn", "src/nn"),
    ("jax.nn.initializers", jax.nn.initializers, "raxla::nn::initializers", "src/nn/initializers"),
    ("jax.random", jax.random, "raxla::random", "src/random"),
    ("jax.lax", jax.lax, "raxla::lax", "src/lax"),
]
DISTRIBUTIONS = sorted(name for name in vars(jsp.stats) if type(vars(jsp.stats)[name]) is type(jsp) and not name.startswith("_"))
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
    "roots": "always as with `strip_zeros=False`, in ascending order",
    "polyfit": "`polyfit_full` is `full=True`, `polyfit_covariance` is `cov=True`",
    "ufunc": "the struct `Ufunc`: `ADD`, `MULTIPLY`, … have `reduce`, `accumulate`, `outer`, `at` and `reduceat`",
    "frompyfunc": "makes a `Ufunc` of a function of two numbers; `vectorize` lifts any other",
}
# The same of `jax.numpy.linalg`.
LINALG = {
    "svd": "`svdvals` is `compute_uv=False`; no `subset_by_index`",
    "qr": '`mode="r"` is the second result of `QrMode::Reduced`',
    "eig": "eigenvalues ascend", "eigvals": "eigenvalues ascend",
    "matrix_rank": "`tol` is absolute, as JAX's `rtol` is, too",
    "lstsq": "no `numpy_resid`, for shapes are static",
}
DIFFERENT_IN_SCIPY = {
    "bessel_jn": "`iterations` is `n_iter`", "comb": "`repetition` is a plain argument",
    "logsumexp": "axes, `keepdims` and `where` stand in `Over`; `logsumexp_with` takes `b` and returns the sign, too",
    "softmax": "axes stand in `Over`, as for `numpy::sum`", "log_softmax": "axes stand in `Over`, as for `numpy::sum`",
    "sph_harm_y": "`n_max` is not optional; arguments broadcast; no `diff_n`, as in JAX",
    "hyp1f1": "exact for negative and large `x` where JAX's is not", "hyp2f1": "exact for `x` below 0 where JAX's is not",
    "gaussian_kde": "the struct `GaussianKde`; weights and bandwidth stand in `Kde`",
    "mode": "a pair of values and counts; NaNs propagate", "rankdata": "the methods are the enum `Ties`; NaNs propagate",
    "sem": "axes stand in `Over`, `nan_policy` is the enum `NanPolicy`",
}
# Names of `jax.numpy` that are left out, and why.
LEFT_OUT = {
    "ComplexWarning": "nothing drops imaginary parts silently", "character": "arrays hold numbers only", "flexible": "arrays hold numbers only",
    "object_": "arrays hold numbers only", "iterable": "a question about Python objects", "from_dlpack": "no exchange of device memory yet",
    "savez": "one array a file: `Array::save_npy`", "trim_zeros": "the shape would depend on data",
    "int1": "no such dtype", "uint1": "no such dtype", "float6_e2m3fn": "no such dtype", "float6_e3m2fn": "no such dtype",
}
# What differs in the parts of JAX that are modules of their own.
SIGNAL = {
    "correlate2d": "keeps the conjugate where the second operand is the larger one",
    **{name: "256 samples a segment by default, as SciPy has it" for name in ("csd", "welch", "stft")},
    "istft": "honours `noverlap=0` and odd `nperseg`",
}
COSINE = {name: "no `type`, which JAX has the value 2 of only" for name in ("dct", "idct", "dctn", "idctn")}
OPTIMIZE = {"minimize": "`method` and options stand in `Minimize`, `args` are what the function captures; a search of a step ends at its best place"}
NN = {"tanh": "`Tracer::tanh`, `lax::tanh`, `numpy::tanh`", "dot_product_attention": "options stand in `Attention`"}
INITIALIZERS = {
    "variance_scaling": "the struct `VarianceScaling`, too, with its `axes`",
    "Initializer": "a function of a key, a shape and a dtype: `Fn(Key, &[usize], DType) -> Tracer`",
}
RANDOM = {
    "PRNGKey": "`key`", "key_impl": "`Key::implementation`", "gumbel": '`gumbel_high` is `mode="high"`, `gumbel_highest` is `mode="highest"`',
    "multivariate_normal": "`method` is `CovarianceFactor`",
    "double_sided_maxwell": "the shape is that of the samples; JAX's lacks the axes of the parameters",
    "random_gamma_p": "`Tracer::random_gamma_grad` has its derivative",
}
CONVOLUTIONS = "the fields of `ConvGeneralDilated`"
LAX = {
    "DotDimensionNumbers": "two pairs of lists of axes", "FftType": "`ir::primitives::fft::FftKind`",
    **{name: CONVOLUTIONS for name in (
        "ConvDimensionNumbers", "ConvGeneralDilatedDimensionNumbers", "conv_dimension_numbers", "conv", "conv_with_general_padding",
        "conv_transpose", "conv_general_permutations", "padtype_to_pads")},
    "GatherDimensionNumbers": "`GatherDims`", "ScatterDimensionNumbers": "`GatherDims`, for a scatter's are a gather's", "GatherScatterMode": "`GatherMode`",
    "Precision": "`raxla::Precision`", "PrecisionLike": "`raxla::Precision`",
    "RaggedDotDimensionNumbers": "`RaggedDims`", "ragged_dot_general": "`Tracer::ragged_dot_general`", "RandomAlgorithm": "`RngAlgorithm`",
    "broadcast_like": "`x.broadcast_to(&y.shape())`", "dtype": "`x.dtype()`", "empty": "`numpy::empty`", "shape_as_value": "`x.shape()`",
    "dynamic_slice": "negative places count as 0", "scatter_apply": "`x.at(…).apply(f)`", "rng_uniform": "`random::uniform`",
    "erf_inv": "alike; `special::erfinv` promotes", "conv_general_dilated_patches": "`conv_general_dilated` with an identity as the kernel",
    "reduce_precision": "bits of the exponent and the mantissa, as numbers", "top_k": "`axis` stands last, and is not optional",
    "slice": "strides are an `Option`", "round": "`RoundingMethod` is not optional",
    "reduce_window": "of any function; `reduce_window_of` of a sum, product or extremum",
    "stage": "`raxla::constant`",
    "all_gather": "along a new axis 0", "all_to_all": "`tiled` is a reshape", "psum_scatter": "`tiled` is a reshape",
}
MESH = "programs run on one device each, until there are meshes"
# What is left out of them, and why.
LEFT_OUT_OF = {
    "jax.nn": {name: "no products of blocks that have scales of their own" for name in ("get_scaled_dot_general_config", "scaled_dot_general", "scaled_matmul")},
    "jax.random": {"clone": "using a key twice is no error here", "key_dtype": "a key is a struct, `Key`"},
    "jax.lax": {
        **{name: MESH for name in (
            "pbroadcast", "pcast", "precv", "psend", "pshuffle", "pswapaxes", "ragged_all_to_all", "with_sharding_constraint")},
        **{name: "effects are ordered without the program's help" for name in ("after_all", "create_token")},
        **{name: "no choice of algorithms beyond `Precision`" for name in ("AccuracyMode", "DotAlgorithm", "DotAlgorithmPreset", "Tolerance")},
        **{name: "shapes are what tracing finds: `x.shape()`" for name in (
            "conv_general_shape_tuple", "conv_shape_tuple", "conv_transpose_shape_tuple", "reduce_window_shape_tuple")},
        "composite": "no names for parts of a program in StableHLO", "conv_general_dilated_local": "no kernels that differ from place to place",
        "dce_sink": "nothing without an effect is kept",
        "platform_dependent": "a program is compiled for the platform it is traced for",
        "scaled_dot": "no products of blocks that have scales of their own",
    },
}
IN_PARTS = {
    jnp: DIFFERENT, jnp.linalg: LINALG, jsp.special: DIFFERENT_IN_SCIPY, jsp.stats: DIFFERENT_IN_SCIPY, jsp.signal: SIGNAL, jsp.fft: COSINE,
    jsp.optimize: OPTIMIZE, jax.nn: NN, jax.nn.initializers: INITIALIZERS, jax.random: RANDOM, jax.lax: LAX,
}


def public(module):
    """Public names; but for modules in modules, and JAX's primitives (`sin_p`), which no user calls."""
    names = [n for n in dir(module) if not n.startswith("_")]
    if module in (jnp, jnp.linalg, jnp.fft, jsp.linalg, jsp.special, jsp.stats):
        return names
    return [n for n in names if not isinstance(getattr(module, n), type(jax)) and not (module is jax.lax and n.endswith("_p"))]


def exports(place):
    """The names that the sources at a place export: functions, and rows of tables that macros make functions of."""
    path = ROOT / place
    if path.with_suffix(".rs").is_file():
        files = {path.with_suffix(".rs"): None}
    elif (path / "mod.rs").is_file():
        text = (path / "mod.rs").read_text()
        uses = re.findall(r"^pub use (?!raxla_)(\w+)::(\*|\w+|\{[^}]*\});", text, re.M)
        for group in re.findall(r"^pub use \{(.*?)\};", text, re.S | re.M):
            uses += re.findall(r"(\w+)::(\*|\w+|\{[^}]*\})", group)
        files = {path / f"{module}.rs": None if what == "*" else set(re.findall(r"\w+", what)) for module, what in uses}
    else:
        return set()
    passed = re.findall(r"^pub use crate::[\w:]+::\{([^}]*)\};", (path / "mod.rs").read_text(), re.M) if path.is_dir() else []
    names = {name for some in passed for name in re.findall(r"\w+", some)}
    if path.is_dir():
        text = (path / "mod.rs").read_text()
        names |= set(re.findall(r"^pub (?:fn|struct|enum) (\w+)", text, re.M))
        # What other crates of the workspace have; of a path the last word.
        for group in re.findall(r"^pub use raxla_[\w:]+::\{([^}]*)\};", text, re.M):
            names |= {item.strip().split("::")[-1] for item in group.split(",") if item.strip()}
    for file, only in files.items():
        text = file.read_text().split("#[cfg(test)]")[0]
        found = set(re.findall(r"^pub (?:fn|struct|enum) (?:r#)?(\w+)", text, re.M))
        # What another module of the crate has, and this one passes on.
        passed = re.findall(r"^pub use crate::[\w:]+::\{([^}]*)\};", text, re.M)
        found |= {name for names in passed for name in re.findall(r"\w+", names)}
        for table in re.findall(r"^\w+! \{(.*?)^\}", text, re.S | re.M):
            rows = [row for line in table.splitlines() if not line.strip().startswith("//") for row in line.split(";")]
            heads = [row.split("=")[0].replace("r#", "") for row in rows]
            # The head of a row is words alone, and a number: the function's name, other names of it, and what the macro needs to know.
            found |= {name for head in heads if re.fullmatch(r"[\w ,()]*(\d+\.\d+)?[\w ,()]*", head) for name in re.findall(r"\w+", head)}
        names |= found if only is None else found & only
    return names


def distributions(place):
    """The functions of the distributions that the sources at a place define: modules, and tables of functions by `distribution!`."""
    found = {}
    for file in sorted((ROOT / place).glob("*.rs")):
        text = file.read_text().split("#[cfg(test)]")[0]
        for table in re.findall(r"^distribution! \{(.*?)^\}", text, re.S | re.M):
            name = re.search(r"^    (\w+)\(", table, re.M).group(1)
            found[name] = re.findall(r"^        (\w+)(?:\([\w, ]*\))? = ", table, re.M)
        for name, body in re.findall(r"^pub mod (\w+) \{(.*?)^\}", text, re.S | re.M):
            found[name] = re.findall(r"^    pub fn (\w+)", body, re.M)
    return found


def listed(names, width=140):
    """Names as code, in lines."""
    lines = [""]
    for name in names:
        if len(lines[-1]) + len(name) > width:
            lines.append("")
        lines[-1] += f"`{name}` "
    return "\n".join(line.strip() for line in lines)


def described(title, module, rust, place, different):
    """The section of a module, and the names to check."""
    found, numpy = exports(place) - set(DISTRIBUTIONS if module is jsp.stats else []), module is jnp
    names, left_out = public(module), LEFT_OUT if numpy else LEFT_OUT_OF.get(title, {})
    left = lambda n: n in left_out
    assert not [n for n in names if n in different and left(n)]
    done = [n for n in names if n in found and n not in different and not left(n)]
    # What differs in a function that is not there yet is not there yet.
    there = lambda n: n in found or "`" in different[n] or n in ("euler_gamma", "fft", "linalg", "DotDimensionNumbers")
    elsewhere = [n for n in names if n in different and there(n)]
    out = [n for n in names if left(n)]
    functions = distributions(place) if module is jsp.stats else {}
    lists = {n: [f for f in dir(getattr(module, n)) if not f.startswith("_")] for n in DISTRIBUTIONS} if functions else {}
    whole = [n for n in lists if set(lists[n]) <= set(functions.get(n, []))]
    missing = [n for n in names if n not in done and n not in elsewhere and n not in out and n not in whole]
    checks = [(rust, [n for n in names if n in found and n not in out and n not in ("mod", "where")])]
    checks += [(f"{rust}::{n}", lists[n]) for n in whole]
    text = (f"## `{title}`\n\nOf {len(names)} names {len(done) + len(whole)} are there alike, in `{rust}`; {len(elsewhere)} differ, {len(out)} are "
            f"left out, {len(missing)} are not there yet.\n\n{listed(done)}\n")
    if whole:
        text += ("\nOf the distributions all functions are there; `loc` and `scale` have no defaults.\n\n| distribution | functions |\n|---|---|\n"
                 + "".join(f"| `{n}` | {' '.join(f'`{f}`' for f in lists[n])} |\n" for n in whole))
    for what, of, why in (("differs", elsewhere, different), ("left out", out, left_out)):
        if of:
            text += f"\n| {what} | {'how' if what == 'differs' else 'why'} |\n|---|---|\n" + "".join(f"| `{n}` | {why[n]} |\n" for n in of)
    if missing:
        text += f"\nNot there yet:\n\n{listed(missing)}\n"
    return text, checks


def page(path, heading, what, modules):
    """Writes a page; the names to check."""
    sections = [described(*module, IN_PARTS.get(module[1], {})) for module in modules]
    head = (f"# {heading}\n\nThe public names of {what} {jax.__version__}, and what raxla has of them. Arguments are {heading.split(chr(39))[0]}'s, in "
            f"its order; options that are many stand in a struct.\n`tests/oracle/numpy_names.py` writes this page, `tests/numpy_names.rs` checks it.\n")
    (ROOT / path).write_text("\n".join([head, *(text for text, _ in sections)]))
    return [check for _, checks in sections for check in checks if check[1]]


def main():
    pages = {"docs/numpy.md": page("docs/numpy.md", "NumPy's functions", "`jax.numpy`", NUMPY),
             "docs/scipy.md": page("docs/scipy.md", "SciPy's functions", "parts of `jax.scipy`", SCIPY),
             "docs/jax.md": page("docs/jax.md", "JAX's functions", "parts of JAX that are not NumPy's or SciPy's, version", JAX)}
    # `raxla::fft` stands on two pages.
    listname = lambda path, rust: "_".join([*([path[5:-3]] if rust == "raxla::fft" else []), *rust.split("::")[1:]]).upper()
    lines = ["//! That what docs/numpy.md, docs/scipy.md and docs/jax.md say is there is exported, which the compiler sees.",
             "//! Made by `tests/oracle/numpy_names.py`.", "",
             "/// Imports the names, and lists them.", "macro_rules! exported {",
             "    ($($($module:ident)::+, $list:ident: $($name:ident)*;)*) => { $(",
             "        const $list: &[&str] = {", "            #[allow(unused_imports)]", "            use $($module)::+::{$($name),*};",
             "            &[$(stringify!($name)),*]", "        };", "    )* };", "}", "exported! {"]
    for path, rust, names in ((path, *check) for path, checks in pages.items() for check in checks):
        lines.append(f"    {rust}, {listname(path, rust)}:")
        line = "       "
        for name in [*names[:-1], names[-1] + ";"]:
            if len(line) + len(name) > 110:
                lines.append(line)
                line = "       "
            line += " " + name
        lines.append(line)
    lines += ["}", "", "#[test]", "fn the_pages_name_what_is_exported() {", "    let pages: [(&str, &[&[&str]]); 3] = ["]
    for path, checks in pages.items():
        names = [listname(path, rust) for rust, _ in checks]
        line = f'        (include_str!("../{path}"), &[{", ".join(names)}]),'
        if len(line) <= 120:
            lines.append(line)
        else:
            lines += ["        (", f'            include_str!("../{path}"),', "            &[", *(f"                {n}," for n in names), "            ],", "        ),"]
    lines += ["    ];", "    for (page, lists) in pages {",
              "        let missing = lists.concat().into_iter().filter(|name| !page.contains(&format!(\"`{name}`\")));",
              "        let missing: Vec<_> = missing.collect();",
              '        assert!(missing.is_empty(), "{missing:?}: tests/oracle/numpy_names.py writes the pages anew");', "    }", "}"]
    (ROOT / "tests/numpy_names.rs").write_text("\n".join(lines) + "\n")


main()
