"""Makes the stubs, `.pyi`, of the package's modules by looking at them: `cargo xtask python-stubs`.

What the package says of itself are names, parameters and defaults. Types come from tables: of parameters by their names, of what functions
give by theirs, and of transforms in words of their own.
"""

import functools
import importlib
import inspect
import pathlib
import pkgutil
import re
import types

import numpy as np

import raxla

ROOT = pathlib.Path(__file__).parent / "raxla"
ARRAY, SEQUENCE, FUNCTION = "_ArrayLike", "_Sequence", "_Callable[..., _Any]"
AXES = "_b.int | _Sequence[_b.int] | None"

# Types of parameters by name, wherever they stand.
PARAMETERS = {
    "dtype": "_DTypeLike | None", "out_dtype": "_DTypeLike | None", "new_dtype": "_DTypeLike", "preferred_element_type": "_DTypeLike | None",
    "param_dtype": "_DTypeLike | None", "shape": "_b.int | _Sequence[_b.int] | None", "newshape": "_b.int | _Sequence[_b.int]", "axis": AXES, "axes": "_Any",
    "keepdims": "_b.bool", "is_leaf": "_Callable[..., _b.bool] | None", "axis_name": "_Any", "argnums": "_b.int | _Sequence[_b.int]", "tree": "_Any",
    "num": "_b.int | _Sequence[_b.int]", "prng_impl": "_Any", "impl": "_Any", "out": "None", "device": "_Any", "sharding": "_Any",
    "out_sharding": "_Any", "precision": "_Any", "name": "_b.str | None", "copy": "_b.bool | None", "order": "_b.int | _b.str | None", "treedef": "_tree.PyTreeDef",
    "outer_treedef": "_tree.PyTreeDef", "inner_treedef": "_tree.PyTreeDef | None", "where": "_ArrayLike | None", "initial": "_ArrayLike | None",
    "fill_value": "_ArrayLike | None", "num_classes": "_b.int", "N": "_b.int", "M": "_b.int | None", "n": "_Any",
    "size": "_b.int | None", "length": "_b.int | None", "unroll": "_b.int | _b.bool", "mode": "_Any", "new_val": "_Any", "axis1": "_b.int", "axis2": "_b.int", "num_leaves": "_b.int", "ndigits": "_b.int | None",
}
FUNCTIONS = {"func1d", "f", "fun", "func", "function", "body_fun", "cond_fun", "true_fun", "false_fun", "f_node", "f_leaf", "callback", "pyfunc", "solve", "matvec"}
# In these modules functions give an array.
ARRAYS = re.compile(r"raxla\.(numpy|lax|nn|random|scipy|image)(\.|$)")
# Parameters that are arrays there; of trees of arrays, and of much else, nothing is said.
NAMED = set("""
    x y z a b v x1 x2 arr ary m key logits mean cov alpha p lam df dfnum dfden scale loc concentration left right lower upper sigma condition
    a1 a2 lhs rhs labels targets minval maxval repeats indices values
""".split())
# Functions of trees.
TREES = set("""
    psum pmean pmax pmin ppermute all_gather all_to_all pshuffle pbroadcast psum_scatter pswapaxes stop_gradient optimization_barrier pvary pcast
    cond switch scan while_loop fori_loop map associative_scan custom_root custom_linear_solve array asarray from_dlpack fromiter preduce
""".split())
# What functions give, where it is no array, by name.
RETURNS = {
    "shape": "_b.tuple[_b.int, ...]", "ndim": "_b.int", "size": "_b.int", "iscomplexobj": "_b.bool", "isrealobj": "_b.bool", "isscalar": "_b.bool", "result_type": "_Any",
    "promote_types": "_Any", "can_cast": "_b.bool", "issubdtype": "_b.bool", "isdtype": "_b.bool", "broadcast_shapes": "_b.tuple[_b.int, ...]", "keystr": "_b.str",
    "tree_structure": "_tree.PyTreeDef", "structure": "_tree.PyTreeDef", "tree_leaves": "_b.list[_Any]", "leaves": "_b.list[_Any]", "tree_all": "_b.bool",
    "treedef_tuple": "_tree.PyTreeDef", "treedef_children": "_b.list[_tree.PyTreeDef]", "treedef_is_leaf": "_b.bool", "all_leaves": "_b.bool",
    "tree_flatten": "_b.tuple[_b.list[_Any], _tree.PyTreeDef]", "flatten": "_b.tuple[_b.list[_Any], _tree.PyTreeDef]", "is_tree_node": "_b.bool",
    "key_impl": "_b.str", "key_dtype": "_Any", "einsum_path": "_Any", "iterable": "_b.bool", "axis_size": "_b.int", "stack": "_Array", "concatenate": "_Array", "array_repr": "_b.str", "array_str": "_b.str",
    "device_count": "_b.int", "local_device_count": "_b.int", "process_index": "_b.int", "process_count": "_b.int", "default_backend": "_b.str",
}
# Functions of modules of arrays that give tuples, lists, trees, or what their arguments make them give.
MIXED = set("""
    array_split atleast_1d atleast_2d atleast_3d average broadcast_arrays cond custom_linear_solve custom_root custom_vjp deprecated dsplit divmod eig eigh
    svd qr slogdet lu lu_factor lu_solve schur hessenberg fori_loop frexp gradient hsplit histogram histogram2d histogramdd indices ix_ lstsq linspace load
    map mask_indices meshgrid modf nonzero polydiv polyfit printoptions reduce_window scan sort sort_key_val split switch top_k triu_indices
    tril_indices triu_indices_from tril_indices_from diag_indices diag_indices_from unique unique_all unique_counts unique_inverse unstack
    unravel_index vectorize vsplit where while_loop associative_scan polar optimization_barrier while reduce fromiter finfo iinfo get_printoptions
    set_printoptions psum pmean pmax pmin all_gather ppermute save savez psum_scatter pbroadcast pshuffle pswapaxes all_to_all apply_over_axes ufunc
    stop_gradient conv_dimension_numbers reduce_window_shape_tuple shape_as_value stage identity fromfunction dot_dimension_numbers
    minimize expm_frechet qr_multiply funm cg gmres bicgstab welch csd stft istft cho_factor rsf2csf tridiagonal mode
    approx_max_k approx_min_k conv_transpose_shape_tuple conv_general_permutations conv_general_shape_tuple conv_shape_tuple padtype_to_pads
    intersect1d logsumexp frompyfunc piecewise apply_along_axis rng_bit_generator dtype eigh_tridiagonal platform_dependent composite map_
""".split())
LISTS = {"unstack": "_b.tuple[_Array, ...]", "meshgrid": "_b.list[_Array]", "array_split": "_b.list[_Array]", "nonzero": "_b.tuple[_Array, ...]",
         "broadcast_arrays": "_b.list[_Array]"}
NUMPY_SPLIT = "_b.list[_Array]"

TRANSFORM = "_Callable[_P, _R]"
# Transforms keep the parameters of their functions.
TYPED = {
    "raxla.jit": """
@_overload
def jit(fun: _Callable[_P, _R], {rest}) -> PjitFunction[_P, _R]: ...
@_overload
def jit(fun: None = ..., {rest}) -> _Callable[[_Callable[_P, _R]], PjitFunction[_P, _R]]: ...
""",
    "raxla.checkpoint": """
@_overload
def {name}(fun: _Callable[_P, _R], {rest}) -> _Callable[_P, _R]: ...
@_overload
def {name}(fun: None = ..., {rest}) -> _Callable[[_Callable[_P, _R]], _Callable[_P, _R]]: ...
""",
    "raxla.vmap": "def vmap(fun: _Callable[_P, _R], {rest}) -> _Callable[_P, _R]: ...\n",
    "raxla.value_and_grad": "def value_and_grad(fun: _Callable[_P, _R], {rest}) -> _Callable[_P, _b.tuple[_R, _Any]]: ...\n",
}
TYPED["raxla.custom_batching.sequential_vmap"] = "def sequential_vmap(f: _Callable[_P, _R]) -> custom_vmap[_P, _R]: ...\n"
TYPED["raxla.remat"] = TYPED["raxla.checkpoint"]
for _name in ("grad", "jacfwd", "jacrev", "jacobian", "hessian"):
    TYPED[f"raxla.{_name}"] = f"def {_name}(fun: _Callable[_P, _Any], {{rest}}) -> _Callable[_P, _Any]: ...\n"
# Functions that are objects, and methods where they stand in a class.
CALLED = """
class {name}(_Generic[_P, _R]):
    __wrapped__: _Callable[_P, _R]
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R: ...
    def __get__(self: {name}[_Concatenate[_S, _Q], _R], obj: _S, owner: _Any = ...) -> {name}[_Q, _R]: ...
"""
JIT = CALLED.format(name="PjitFunction") + """\
    def lower(self, *args: _Any, **kwargs: _Any) -> _Any: ...
    def trace(self, *args: _Any, **kwargs: _Any) -> _Any: ...
    def eval_shape(self, *args: _Any, **kwargs: _Any) -> _Any: ...
    def clear_cache(self) -> None: ...
"""
CUSTOM = CALLED + """\
    def __init__(self, fun: _Callable[_P, _R], nondiff_argnums: _Sequence[_b.int] = ..., nondiff_argnames: _Sequence[_b.str] = ...) -> None: ...
"""
CLASSES = {
    "custom_jvp": CUSTOM.format(name="custom_jvp") + """    def defjvp(self, jvp: _C, symbolic_zeros: _b.bool = ...) -> _C: ...
    def defjvps(self, *jvps: _Callable[..., _Any] | None) -> None: ...
""",
    "custom_vjp": CUSTOM.format(name="custom_vjp") + """    def defvjp(self, fwd: _Callable[..., _Any], bwd: _Callable[..., _Any], symbolic_zeros: _b.bool = ..., optimize_remat: _b.bool = ...) -> None: ...
""",
    "custom_vmap": """
class custom_vmap(_Generic[_P, _R]):
    fun: _Callable[_P, _R]
    vmap_rule: _Callable[..., _Any] | None
    def __init__(self, fun: _Callable[_P, _R]) -> None: ...
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R: ...
    def def_vmap(self, vmap_rule: _C) -> _C: ...
""",
    "Partial": """
class Partial(_functools.partial[_Any]): ...
""",
}
# Decorators of classes and functions give these back.
SAME = {"register_dataclass", "register_static", "register_pytree_node_class", "register_pytree_with_keys_class"}
HEAD = '''"""Made by python/stubs.py."""

import builtins as _b
import functools as _functools
from collections.abc import Callable as _Callable, Hashable as _Hashable, Iterator as _Iterator, Sequence as _Sequence
from typing import Any as _Any, Concatenate as _Concatenate, Generic as _Generic, ParamSpec as _ParamSpec, TypeVar as _TypeVar, overload as _overload

import numpy as _np

from raxla import Array as _Array, tree_util as _tree
from raxla.typing import ArrayLike as _ArrayLike, DTypeLike as _DTypeLike

_P = _ParamSpec("_P")
_Q = _ParamSpec("_Q")
_R = _TypeVar("_R")
_S = _TypeVar("_S")
_C = _TypeVar("_C", bound=_Callable[..., _Any])
_T = _TypeVar("_T", bound=type)

'''
TYPING = '''"""Made by python/stubs.py."""

from typing import Any, Protocol, TypeAlias

import numpy as np

from raxla import Array

class _HasDtype(Protocol):
    @property
    def dtype(self) -> Any: ...

ArrayLike: TypeAlias = Array | np.ndarray[Any, Any] | np.bool_ | np.number[Any] | bool | int | float | complex
DTypeLike: TypeAlias = str | type[Any] | np.dtype[Any] | _HasDtype
'''
SCALAR = """
class _ScalarMeta:
    @property
    def dtype(self) -> _np.dtype[_Any]: ...
    def __call__(self, x: _Any = ...) -> _Array: ...
"""
# Python asks for these.
SPECIAL = {"__len__": "_b.int", "__bool__": "_b.bool", "__float__": "_b.float", "__int__": "_b.int", "__complex__": "_b.complex", "__index__": "_b.int"}
PROPERTIES = {"shape": "_b.tuple[_b.int, ...]", "dtype": "_Any", "ndim": "_b.int", "size": "_b.int", "itemsize": "_b.int", "nbytes": "_b.int", "weak_type": "_b.bool",
              "T": "_Array", "mT": "_Array", "real": "_Array", "imag": "_Array"}
OPERATORS = "add sub mul truediv floordiv mod matmul pow and or xor lshift rshift".split()


def array_stub():
    """The class of arrays."""
    cls, lines = raxla.Array, ["class Array:"]
    for name in OPERATORS:
        for form in (f"__{name}__", f"__r{name}__"):
            if hasattr(cls, form):
                lines.append(f"    def {form}(self, other: _Any) -> Array: ...")
    lines += [f"    def __{name}__(self) -> Array: ..." for name in ("neg", "pos", "abs", "invert")]
    lines += [f"    def __{name}__(self, other: _Any) -> Array: ..." + ("  # type: ignore[override]" if name in ("eq", "ne") else "") for name in "lt le gt ge eq ne".split()]
    lines += [f"    def {name}(self) -> {kind}: ..." for name, kind in SPECIAL.items()]
    lines += ["    def __getitem__(self, index: _Any) -> Array: ...", "    def __iter__(self) -> _Iterator[Array]: ...", "    def __array__(self, dtype: _Any = ..., copy: _Any = ...) -> _np.ndarray[_Any, _Any]: ..."]
    lines += ["    def __divmod__(self, other: _Any) -> _b.tuple[Array, Array]: ...", "    def __round__(self, ndigits: _Any = ...) -> _Any: ..."]
    for name in sorted(n for n in dir(cls) if not n.startswith("_")):
        member = inspect.getattr_static(cls, name)
        if isinstance(member, (property, types.GetSetDescriptorType)) or not callable(getattr(cls, name)):
            kind = PROPERTIES.get(name, "_Any").replace("_Array", "Array")
            lines += ["    @property", f"    def {name}(self) -> {kind}: ..."]
        else:
            gives = {"item": "_Any", "tolist": "_Any", "is_ready": "_b.bool", "is_deleted": "_b.bool", "delete": "None", "nonzero": "_b.tuple[Array, ...]",
                     "devices": "_b.set[_Any]", "addressable_data": "Array"}.get(name, "Array")
            lines.append(f"    def {name}({parameters('raxla.numpy', name, getattr(cls, name), method=True)}) -> {gives}: ...")
    return "\n".join(lines) + "\n"


def kind_of(module, of, parameter):
    """The type of a parameter of a function."""
    name, default = parameter.name, parameter.default
    if name in PARAMETERS:
        kind = PARAMETERS[name]
    elif isinstance(default, (bool, str)) and not isinstance(default, type(...)):
        kind = f"_b.{type(default).__name__}"
    elif name in FUNCTIONS or name.endswith("_fun") or name.endswith("_func"):
        kind = FUNCTION
    elif ARRAYS.match(module) and name in NAMED and of not in TREES:
        kind = ARRAY
    else:
        kind = "_Any"
    if default is None and kind != "_Any" and "None" not in kind:
        kind += " | None"
    return kind


def parameters(module, name, function, method=False, skip=0):
    """The parameters of a function, in a stub's words; all there may be if it does not say."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return "self, *args: _Any, **kwargs: _Any" if method else "*args: _Any, **kwargs: _Any"
    parts, star, slash, given = ["self"] if method else [], False, None, list(signature.parameters.values())
    if method:
        given = given[1:]
    for i, p in enumerate(given):
        if p.kind is p.POSITIONAL_ONLY:
            slash = len(parts) + 1
        if p.kind is p.KEYWORD_ONLY and not star:
            star = True
            parts.append("*")
        kind = kind_of(module, name, p)
        if p.kind is p.VAR_POSITIONAL:
            star = True
            parts.append(f"*{p.name}: _Any")
        elif p.kind is p.VAR_KEYWORD:
            parts.append(f"**{p.name}: _Any")
        else:
            parts.append(f"{p.name}: {kind}" + ("" if p.default is p.empty else " = ..."))
    if slash:
        parts.insert(slash, "/")
    return ", ".join(parts[skip:])


def function_stub(module, name, function):
    """A function."""
    text = parameters(module, name, function)
    template = TYPED.get(f"{module}.{name}")
    if template:
        return template.format(name=name, rest=parameters(module, name, function, skip=1)).replace(", )", ")").lstrip("\n")
    if name in SAME:
        return f"def {name}(" + ("cls: _T" if name != "register_dataclass" else re.sub(r"nodetype: [^,]+", "nodetype: _T", text)) + ") -> _T: ...\n"
    if name in LISTS and ARRAYS.match(module):
        gives = LISTS[name]
    elif name == "split":
        gives = NUMPY_SPLIT if module == "raxla.numpy" else "_Array" if module == "raxla.random" else "_Any"
    elif name == "where" and module == "raxla.numpy":
        gives = "_Any"
    elif name in RETURNS and not (name == "flatten" and module != "raxla.tree"):
        gives = RETURNS[name]
    elif ARRAYS.match(module) and name not in MIXED and not module.endswith("initializers"):
        gives = "_Array"
    else:
        gives = "_Any"
    return f"def {name}({text}) -> {gives}: ...\n"


def class_stub(module, name, cls):
    """A class: its methods and properties."""
    if cls is raxla.Array:
        return array_stub()
    if name in CLASSES:
        return CLASSES[name].lstrip("\n")
    if issubclass(cls, np.generic):
        return f"{name}: _b.type[_Any]\n"
    bases = [b for b in cls.__bases__ if b is not object and b.__module__ in ("builtins", "numpy") or public_home(b)]
    shown = ", ".join({"builtins": "_b.tuple[_Any, ...]" if b is tuple else f"_b.{b.__name__}", "numpy": f"_np.{b.__name__}[_Any]" if b is np.ndarray else f"_np.{b.__name__}"}.get(b.__module__, (public_home(b) or "_Any").removeprefix("raxla." if module == "raxla" else "\0"))
                      if public_home(b) != f"{module}.{b.__name__}" else b.__name__ for b in bases)
    lines = [f"class {name}({shown}):" if shown else f"class {name}:"]
    if name == "Jaxpr":
        lines = [f"class {name}(_b.str):"]
    own = {n: m for base in reversed(cls.__mro__) for n, m in vars(base).items() if base.__module__.startswith("raxla") or base is cls}
    if not issubclass(cls, (BaseException, str, tuple)):
        lines.append(f"    def __init__({parameters(module, name, cls).join(['self, ', '']) if inspect_safe(cls) else 'self, *args: _Any, **kwargs: _Any'}) -> None: ...")
    for n, m in sorted(own.items()):
        if n.startswith("_") and n not in ("__call__", "__enter__", "__exit__", "__getitem__", "__len__"):
            continue
        if isinstance(m, (staticmethod, classmethod)):
            lines.append(f"    @_b.staticmethod\n    def {n}(*args: _Any, **kwargs: _Any) -> _Any: ...")
        elif callable(m) and not isinstance(m, type):
            lines.append(f"    def {n}({parameters(module, n, m, method=True)}) -> _Any: ...")
        else:
            lines.append(f"    {n}: {PARAMETERS.get(n, '_Any') if n.startswith('num_') else '_Any'}")
    return "\n".join(lines if len(lines) > 1 else [lines[0] + " ..."]) + "\n"


def inspect_safe(cls):
    try:
        inspect.signature(cls)
        return True
    except (TypeError, ValueError):
        return False


@functools.cache
def modules():
    """The public modules of the package by name."""
    found = {"raxla": raxla}
    for info in pkgutil.walk_packages(raxla.__path__, "raxla."):
        if not any(part.startswith("_") for part in info.name.split(".")):
            found[info.name] = importlib.import_module(info.name)
    return found


@functools.cache
def homes():
    """Of each class of the package, the public module that its stub stands in, and its name there."""
    found = {}
    for module in sorted(modules(), key=lambda m: (m != "raxla.dtypes", m != "raxla.tree_util", m.count("."), m)):
        for name, value in sorted(vars(modules()[module]).items()):
            if isinstance(value, type) and not name.startswith("_") and (value.__module__ or "").startswith("raxla") and not isinstance(value, raxla.dtypes._ScalarMeta):
                if value is raxla.Array:
                    found[value] = ("raxla", "Array")
                found.setdefault(value, (module, name))
    return found


def public_home(cls):
    home = homes().get(cls)
    return ".".join(home) if home else None


def names_of(module):
    """The public names of a module."""
    value = modules()[module]
    names = [n for n in (getattr(value, "__all__", None) or dir(value)) if not n.startswith("_")] + (["__version__"] if module == "raxla" else [])
    return sorted(set(names))


def stub(module):
    """The text of a module's stub."""
    if module == "raxla.typing":
        return TYPING
    body, imports = [], set()
    if module == "raxla":
        body.append(JIT.lstrip("\n"))
        imports |= {f"from . import {m.split('.')[1]} as {m.split('.')[1]}" for m in modules() if m.count(".") == 1}
    if module == "raxla.dtypes":
        body.append(SCALAR.lstrip("\n"))
    for name in names_of(module):
        value = getattr(modules()[module], name)
        if isinstance(value, types.ModuleType):
            full = value.__name__
            if full in modules() and full.startswith(module + "."):
                imports.add(f"from . import {name} as {name}")
            elif full in modules():
                imports.add(f"from {full.rpartition('.')[0]} import {full.rpartition('.')[2]} as {name}")
        elif isinstance(value, raxla.dtypes._ScalarMeta):
            if module != "raxla.dtypes":
                imports.add(f"from raxla.dtypes import {value.__name__} as {name}")
            else:
                body.append(f"{name}: _ScalarMeta\n")
        elif isinstance(value, type):
            home = homes().get(value)
            if home == (module, name):
                others = [homes()[b][0] for b in value.__bases__ if b in homes()]
                imports |= {f"import {other}" for other in others if module != "raxla" and other not in ("raxla", module)}
                body.append(class_stub(module, name, value))
            elif home and home[0] == module:
                body.append(f"{name} = {home[1]}\n")
            elif home:
                imports.add(f"from {home[0]} import {home[1]} as {name}")
            elif value.__module__ == "numpy":
                body.append(f"{name} = _np.{value.__name__}\n")
            else:
                body.append(f"{name}: _Any\n")
        elif name in CLASSES or isinstance(value, (types.FunctionType, types.BuiltinFunctionType, raxla._raxla.function)):
            body.append(function_stub(module, name, value))
        elif isinstance(value, (bool, int, float, complex, str)):
            body.append(f"{name}: _b.{type(value).__name__}\n")
        elif type(value).__module__ in ("typing", "types") and not callable(getattr(value, "__get__", None)):
            body.append(f"{name}: _Any\n")
        elif value is None:
            body.append(f"{name}: None\n")
        elif isinstance(value, functools.partial) or (callable(value) and ARRAYS.match(module)):
            body.append(function_stub(module, name, value))
        else:
            body.append(f"{name}: _Any\n")
    head = HEAD
    if module in ("raxla", "raxla.tree_util"):
        head = head.replace("from raxla import Array as _Array, tree_util as _tree\n", {
            "raxla": "from raxla import tree_util as _tree\n", "raxla.tree_util": "import raxla.tree_util as _tree\nfrom raxla import Array as _Array\n"}[module])
    text = "".join(body)
    if module == "raxla":
        text = re.sub(r"\b_Array\b", "Array", text)
    text = re.sub(r"\b_tree\.", "", text) if module == "raxla.tree_util" else text
    return head + "\n".join(sorted(imports)) + ("\n\n" if imports else "") + text


def path_of(module):
    """Where a module's stub stands."""
    parts = module.split(".")[1:]
    package = hasattr(modules()[module], "__path__")
    return ROOT.joinpath(*parts, "__init__.pyi") if package else ROOT.joinpath(*parts).with_suffix(".pyi")


def stubs():
    """The text of every stub by its path."""
    return {path_of(module): stub(module) for module in modules()}


if __name__ == "__main__":
    for path, text in stubs().items():
        path.write_text(text)
