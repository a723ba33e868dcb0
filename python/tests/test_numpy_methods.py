"""Methods and attributes of arrays: rows that mean the same in raxla and in JAX; and errors of `raxla.numpy`."""

import pytest
from both import check, check_error

X = "jnp.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])"
ROWS = [
    f"{X}.argpartition(1)", "jnp.array([1, 0]).choose([jnp.array([1, 2]), jnp.array([3, 4])])", f"{X}.compress(jnp.array([True, False]), axis=0)",
    f"{X}.view(jnp.int32)", f"{X}.view('int16')", "jnp.arange(8, dtype=jnp.uint8).view('uint32')", "jnp.array([1 + 2j]).view(jnp.float32)", "jnp.arange(4.0).view(jnp.complex64)",
    "jnp.array([True]).view(jnp.uint8)", "jnp.float32(1).view(jnp.int32)", "jnp.arange(3).byteswap()", "jnp.array([1 + 2j]).byteswap()", "jnp.int16(1).byteswap()",
    f"{X}.reshape(3, -1, order='F')", f"{X}.flatten('F')", f"{X}.astype('int8', copy=True)", f"{X}.transpose((1, 0))", f"{X}.to_device({X}.device)", "3 in jnp.arange(4)", "9 in jnp.arange(4)", "jnp.arange(3).tobytes()", f"{X}.tobytes('F')", f"list(reversed({X}))",
    f"{X}.nonzero(size=3, fill_value=0)", f"{X}.std(correction=1)", f"{X}.ravel().sort().searchsorted(1.0, side='right')",
    f"{X}.itemsize", f"{X}.nbytes", f"{X}.is_fully_addressable", f"{X}.is_fully_replicated", f"{X}.addressable_data(0)", f"{X}.copy_to_host_async()", f"{X}.round(decimals=1)", f"{X}.take(jnp.array([0]), axis=1)",
    f"{X}.__array_namespace__().__name__.split('.')[-1]", "jnp.__array_api_version__", "jnp.__array_namespace_info__().capabilities()", "jnp.__array_namespace_info__().default_dtypes()",
    "jnp.__array_namespace_info__().dtypes(kind='real floating')", "jnp.__array_namespace_info__().dtypes()", f"np.from_dlpack({X})", f"jnp.from_dlpack(np.array({X}))", "jnp.zeros(2, device=jax.devices()[0])",
    "jnp.full_like(jnp.arange(2), 3, device=jax.devices()[0])", "jnp.arange(2, device=jax.devices()[0])", "jnp.fft.fftfreq(4, device=jax.devices()[0])", "jnp.fft.rfftfreq(4, device=jax.devices()[0])", "jnp.asarray([1.0], device=jax.devices()[0])",
]
ERRORS = [
    ("jax.jit(jnp.unique)(jnp.arange(3))", "ConcretizationTypeError"), ("jax.jit(jnp.nonzero)(jnp.arange(3))", "ConcretizationTypeError"), ("jax.jit(lambda x: jnp.union1d(x, x))(jnp.arange(3))", "ConcretizationTypeError"),
    ("jax.jit(jnp.trim_zeros)(jnp.arange(3))", "ConcretizationTypeError"), ("jax.jit(jnp.bincount)(jnp.arange(3))", "ConcretizationTypeError"), ("jax.jit(lambda x: jnp.delete(x, x))(jnp.arange(3))", "ConcretizationTypeError"),
    ("jax.jit(lambda x: jnp.extract(x > 0, x))(jnp.arange(3))", "ConcretizationTypeError"), ("jax.jit(lambda x: jnp.choose(x, [x, x]))(jnp.arange(2))", "ConcretizationTypeError"),
    ("jnp.where(jnp.arange(2), x=1)", "TypeError"), ("jnp.where(jnp.arange(2), 1, 2, size=3)", "ValueError", "three-term"), ("jnp.sum(jnp.arange(2), out=jnp.arange(2))", "NotImplementedError", "out"),
    ("jnp.add(1, 2, where=True)", "NotImplementedError", "where"), ("jnp.put(jnp.arange(3), 0, 1)", "ValueError", "inplace=False"), ("jnp.fill_diagonal(jnp.eye(2), 1)", "NotImplementedError", "inplace=False"),
    ("jnp.add.at(jnp.arange(3), 0, 1)", "NotImplementedError", "inplace=False"), ("jnp.negative.reduce(jnp.arange(3))", "ValueError", "binary"), ("jnp.maximum.reduce(jnp.arange(3), where=jnp.array([True, False, True]))", "ValueError", "identity"),
    ("jnp.pad(jnp.arange(3), 1, mode='odd')", "NotImplementedError", "mode"), ("jnp.pad(jnp.arange(3), 1, mode='edge', constant_values=1)", "ValueError", "unsupported keyword"), ("jnp.pad(jnp.arange(3), -1)", "ValueError", "negative"),
    ("jnp.pad(jnp.arange(3), 1.5)", "TypeError", "integral"), ("jnp.pad(jnp.arange(3), ((1, 2, 3),))", "ValueError"), ("jnp.array([1, None])", "ValueError", "None"), ("jnp.array(2**40)", "OverflowError"), ("jnp.array([2**40])", "OverflowError"),
    ("jnp.array(['a'])", "TypeError"), ("jnp.fromfile('x')", "NotImplementedError"), ("jnp.histogram(jnp.arange(3), bins='auto')", "TypeError"), ("jnp.meshgrid(jnp.arange(2), indexing='zz')", "ValueError", "indexing"),
    ("jnp.ix_(jnp.eye(2))", "ValueError", "1-dimensional"), ("jnp.ravel_multi_index((jnp.array([5]),), (3,))", "ValueError", "invalid entry"), ("jnp.choose(jnp.array([5]), [jnp.array([1])])", "ValueError", "invalid entry"),
    ("jnp.einsum('ij,jk', jnp.eye(2), jnp.eye(2), out=1)", "NotImplementedError", "out"), ("jnp.vectorize(lambda x: x, excluded={-1})(1)", "ValueError", "negative"), ("jnp.vectorize(lambda x: x, signature='bad')(1)", "ValueError"),
    ("jnp.piecewise(jnp.arange(2), [True], [1, 2, 3])", "ValueError", "functions are expected"), ("jnp.r_['x', 1]", "ValueError", "directive"), ("jnp.isdtype(jnp.float32, 'odd')", "ValueError", "kind"), ("jnp.clip()", "ValueError", "No input"),
    ("jnp.gradient(jnp.arange(3.0), edge_order=2)", "NotImplementedError", "edge_order"), ("jnp.std(jnp.arange(3), ddof=1, correction=1)", "ValueError", "simultaneously"), ("jnp.eye(2).view(jnp.complex128)[0].foo", "AttributeError"),
    ("jnp.arange(3).__array_namespace__(api_version='1')", "ValueError", "api_version"), ("jnp.unique(jnp.array([], dtype=int), size=2)", "ValueError", "fill_value"),
    ("jnp.array(-1, dtype='uint8')", "OverflowError"), ("jnp.int8(200)", "OverflowError"), ("jnp.array([300], dtype='uint8')", "OverflowError"), ("jnp.array(2**31, dtype='int32')", "OverflowError"),
    ("jnp.arange(4)[jnp.array([True, False])]", "IndexError"), ("jnp.ones((2, 0))[:, 0]", "IndexError"), ("jnp.ones((3, 3))[[0, 1]]", "TypeError", "non-tuple"),
    ("jnp.linalg.pinv(jnp.eye(2), rtol=0.1, rcond=0.1)", "ValueError"), ("jnp.linalg.matrix_rank(jnp.eye(2), rtol=0.1, tol=0.1)", "ValueError"), ("jnp.linalg.norm(jnp.eye(2), 'inf')", "ValueError"),
    ("jnp.sum(jnp.arange(3.0), where=jnp.array([0, 1, 1]))", "ValueError", "boolean"), ("jnp.mean(jnp.arange(3.0), where=jnp.array([0, 1, 1]))", "ValueError", "boolean"), ("1 in jnp.array(1)", "ValueError"), ("1 in jnp.ones((2, 2))", "ValueError"), ("jnp.arange(2) in jnp.arange(2)", "ValueError"), ("'a' in jnp.arange(2)", "TypeError"), ("None in jnp.arange(2)", "TypeError"),
    ("jnp.size(jnp.eye(2), (0, -2))", "ValueError", "repeated axis"), ("jnp.arange(1j, 3j)", "ValueError"), ("jnp.take(jnp.ones((2, 0)), jnp.array([0]), axis=1)", "IndexError"), ("jax.jit(lambda k: jnp.eye(3, k=k))(1.0)", "ValueError"),
    ("jnp.size(jnp.eye(2), 5)", "ValueError", "axis"), ("jnp.result_type()", "ValueError"), ("jnp.promote_types('float8_e5m2', 'float32')", "ValueError"), ("jnp.int32(1).view(jnp.int16)", "ValueError"),
]


@pytest.mark.parametrize("code", ROWS)
def test_methods_are_jaxs(code):
    check(code)


@pytest.mark.parametrize("row", ERRORS, ids=[r[0] for r in ERRORS])
def test_errors_are_of_jaxs_classes(row):
    code, kind, *texts = row
    check_error(code, kind, *texts)
