"""`raxla.numpy`: NumPy's functions on arrays of raxla, with `jax.numpy`'s names, dtypes and promotion.

>>> import raxla.numpy as jnp
>>> jnp.arange(3) + 1.5
Array([1.5, 2.5, 3.5], dtype=float32, weak_type=True)
"""

import numpy as _np

from raxla import _raxla
from raxla._raxla import Array as ndarray
from raxla.dtypes import (
    bfloat16, bool_, complex64, complex128, complex_, float4_e2m1fn, float6_e2m3fn, float6_e3m2fn, float8_e3m4, float8_e4m3, float8_e4m3b11fnuz,
    float8_e4m3fn, float8_e4m3fnuz, float8_e5m2, float8_e5m2fnuz, float8_e8m0fnu, float16, float32, float64, float_, int1, int2, int4, int8, int16,
    int32, int64, int_, issubdtype, uint, uint1, uint2, uint4, uint8, uint16, uint32, uint64,
)

_rust = _raxla.numpy
globals().update({name: getattr(_rust, name) for name in dir(_rust) if not name.startswith("_")})
std = _rust._std

from raxla.numpy._creation import (
    arange, array, asarray, from_dlpack, frombuffer, fromfile, fromfunction, fromiter, fromstring, indices, linspace, meshgrid,
    like_types as _like_types, of_keys as _of_keys,
)
from raxla.numpy._grids import c_, index_exp, mgrid, ogrid, r_, s_
from raxla.numpy._dtypes import can_cast, finfo, iinfo, iscomplexobj, isdtype, isrealobj, isscalar, iterable, promote_types, result_type
from raxla.numpy._found import (
    argwhere, compress, extract, flatnonzero, intersect1d, mask_indices, nonzero, setdiff1d, setxor1d, trim_zeros, union1d, unique, unique_all,
    unique_counts, unique_inverse, unique_values, where,
)
from raxla.numpy._functions import UFUNCS as _UFUNCS, apply_along_axis, apply_over_axes, frompyfunc, piecewise, ufunc, vectorize
from raxla.numpy._files import array_repr, array_str, get_printoptions, load, printoptions, save, savez, set_printoptions
from raxla.numpy._arguments import (
    allclose, atleast_1d, atleast_2d, atleast_3d, block, broadcast_arrays, broadcast_shapes, choose, cross, einsum, einsum_path, gradient, histogram2d,
    histogramdd, isclose, ix_, ndim, pad, poly, polydiv, polyfit, polymul, ravel_multi_index, roots, shape, size,
)

globals().update(_UFUNCS)
zeros_like, ones_like, empty_like, full_like = (_like_types(f) for f in (_rust.zeros_like, _rust.ones_like, _rust.empty_like, _rust.full_like))
zeros, ones, empty, full = (_of_keys(f) for f in (_rust.zeros, _rust.ones, _rust.empty, _rust.full))

newaxis = None
pi, e, inf, nan, euler_gamma = _np.pi, _np.e, _np.inf, _np.nan, _np.euler_gamma
dtype, generic, number = _np.dtype, _np.generic, _np.number
integer, signedinteger, unsignedinteger = _np.integer, _np.signedinteger, _np.unsignedinteger
inexact, floating, complexfloating = _np.inexact, _np.floating, _np.complexfloating
character, flexible, object_ = _np.character, _np.flexible, _np.object_
ComplexWarning = _np.exceptions.ComplexWarning
single, double, csingle, cdouble = float32, float64, complex64, complex128
bool = bool_
from raxla.numpy._namespace import Info as __array_namespace_info__, VERSION as __array_api_version__


def __getattr__(name):
    # Modules load when they are first asked for.
    if name in ("linalg", "fft"):
        from raxla._boundary import imported

        return imported(f"raxla.numpy.{name}")
    raise AttributeError(f"module 'raxla.numpy' has no attribute {name!r}")
