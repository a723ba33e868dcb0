"""Values: arrays, operators, promotion, indexing, functions of numpy."""

import pytest
from both import check

X = "jnp.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])"
ROWS = [
    "jnp.array([1, 2, 3])", "jnp.array([1.0, 2])", "jnp.array(3)", "jnp.asarray(3)", "jnp.array(2.5)", "jnp.asarray(2.5)", "jnp.array(True)",
    "jnp.array([[1, 2], [3, 4]], dtype=jnp.float32)", "jnp.array([1j])", "jnp.array([])", "jnp.array(np.arange(3))",
    "jnp.array(np.arange(3.0))", "jnp.array(np.float32(2))", "jnp.array([jnp.array(1), jnp.array(2)])", "jnp.array([1, 2], dtype='bfloat16')",
    "jnp.array(5, ndmin=2)", "jnp.float32(3)", "jnp.int8(4)", "jnp.zeros((2, 3))", "jnp.zeros(3, int)", "jnp.ones((2,), dtype=bool)",
    "jnp.full((2,), 7)", "jnp.full((2,), 7.0, dtype=jnp.int32)", "jnp.arange(5)", "jnp.arange(1, 4)", "jnp.arange(0, 1, 0.25)", "jnp.arange(3.0)",
    "jnp.linspace(0, 1, 5)", "jnp.linspace(0, 1, 5, retstep=True)", "jnp.eye(3)", "jnp.eye(2, 3, k=1)", "jnp.tri(3)",
    # Promotion, weak types.
    "jnp.array([1, 2]) + 1", "jnp.array([1, 2]) + 1.5", "jnp.array([1.0], dtype=jnp.bfloat16) * 2.5", "jnp.array([1], dtype=jnp.int8) + 1",
    "jnp.array([1], dtype=jnp.int8) + jnp.array([1], dtype=jnp.uint8)", "jnp.array([True]) + 1", "jnp.asarray(1) + jnp.asarray(2.0)",
    "jnp.array([1], dtype=jnp.uint32) + jnp.array([1], dtype=jnp.int32)", "1 + jnp.arange(2)", "2.0 / jnp.arange(1, 3)", "jnp.arange(3) / 2",
    "jnp.arange(3) // 2", "jnp.arange(3) % 2", "-jnp.arange(3)", "abs(-jnp.arange(3))", "jnp.arange(3) ** 2", "2 ** jnp.arange(3)",
    "jnp.arange(3.0) ** 0.5", "jnp.arange(4) & 1", "jnp.arange(4) | 1", "jnp.arange(4) ^ 1", "jnp.arange(4) << 1", "jnp.arange(4) >> 1",
    "~jnp.arange(3)", "jnp.arange(3) < 2", "jnp.arange(3) == 1", "jnp.arange(3) != jnp.array([0, 5, 2])", "divmod(jnp.arange(5), 2)",
    "np.arange(3.0, dtype=np.float32) + jnp.arange(3)", "jnp.arange(3) + np.float32(1)", "jnp.eye(2) @ jnp.arange(2.0)", "1j * jnp.arange(2)",
    # Indexing.
    f"{X}[0]", f"{X}[-1, 1:]", f"{X}[:, ::2]", f"{X}[..., 0]", f"{X}[None].shape", f"{X}[jnp.array([0, 0, 1])]", f"{X}[{X} > 0]",
    f"{X}[jnp.array([0, 1]), jnp.array([2, 0])]", f"{X}[::-1]", f"{X}[np.array([1])]", f"{X}[jnp.array(1)]", f"[float(x) for x in {X}[0]]",
    f"{X}.at[0].set(9)", f"{X}.at[:, 1].add(1.0)", f"{X}.at[0, 0].multiply(5)", f"{X}.at[jnp.array([0, 0])].add(1.0)", f"{X}.at[1].min(0.0)",
    f"{X}.at[1].max(0.0)", f"{X}.at[0].get()", f"{X}.at[5].get(mode='fill', fill_value=-1.0)", f"{X}.at[0].divide(2.0)", f"{X}.at[0].power(2.0)",
    f"{X}.at[{X} < 0].set(0.0)", f"{X}.at[0].apply(jnp.sin)", "jnp.arange(4).at[1].set(2.7)",
    # Attributes and methods.
    f"{X}.T", f"{X}.mT", f"{X}.shape", f"{X}.ndim", f"{X}.size", f"{X}.nbytes", f"{X}.dtype.name", f"{X}.reshape(3, 2)", f"{X}.reshape((-1,))",
    f"{X}.sum()", f"{X}.sum(axis=0)", f"{X}.mean(1, keepdims=True)", f"{X}.astype(jnp.int32)", f"{X}.transpose(1, 0)", f"{X}.flatten()",
    f"{X}.ravel()", f"{X}.max()", f"{X}.argmax()", f"{X}.item(2)", "jnp.ones((1, 1)).item()", "bool(jnp.ones((1, 1)))", f"{X}.on_device_size_in_bytes()", f"{X}.tolist()", "jnp.array(2.5).item()", "float(jnp.array(2.5))", "int(jnp.array(7))",
    "bool(jnp.array(True))", "len(jnp.arange(3))", "list(range(10))[jnp.array(2)]", "jnp.array(1.5).__format__('.3f')", "(1j * jnp.arange(2)).imag",
    f"{X}.std(ddof=1)", f"{X}.var()", f"{X}.clip(-1, 1)", f"{X}.cumsum(1)", f"{X}.sort(0)", f"{X}.any()", f"{X}.all(0)", f"{X}.repeat(2, 1)",
    f"{X}.squeeze()", f"{X}.dot(jnp.ones(3))", f"{X}.take(jnp.array([0, 5]))", f"round({X}, 1)",
    # Functions.
    f"jnp.sum({X}, axis=(0, 1))", f"jnp.sum({X}, where={X} > 0)", f"jnp.sum({X}, initial=10.0)", "jnp.sum(jnp.array([True, True]))",
    f"jnp.prod({X}, 0)", f"jnp.max({X}, 1)", f"jnp.min({X})", "jnp.nansum(jnp.array([1.0, jnp.nan]))", f"jnp.median({X})", f"jnp.average({X}, 0)",
    f"jnp.cumsum({X})", f"jnp.sort({X})", f"jnp.argsort({X}, axis=0)", f"jnp.argmin({X}, 1)", f"jnp.count_nonzero({X})", f"jnp.diff({X})",
    f"jnp.where({X} > 0, {X}, 0)", "jnp.where(jnp.array([True, False]))", "jnp.nonzero(jnp.array([0, 3, 4]), size=3)", f"jnp.clip({X}, -1.0, 2.0)",
    f"jnp.concatenate([{X}, {X}])", f"jnp.concatenate([{X}, {X}], axis=1)", f"jnp.stack([{X}, {X}], axis=-1).shape", f"jnp.vstack([{X}, {X}]).shape",
    f"jnp.hstack([{X}, {X}]).shape", f"jnp.split({X}, 3, axis=1)", f"jnp.split({X}, [1], axis=1)", f"jnp.tile({X}, (1, 2))", "jnp.repeat(jnp.arange(3), 2)",
    f"jnp.expand_dims({X}, 0).shape", f"jnp.moveaxis({X}, 0, 1)", f"jnp.swapaxes({X}, 0, 1)", f"jnp.flip({X}, 1)", f"jnp.roll({X}, 1)", f"jnp.rot90({X})",
    f"jnp.broadcast_to(jnp.arange(3), (2, 3))", f"jnp.take({X}, jnp.array([0, 1]), axis=1)", f"jnp.tril({X})", f"jnp.triu({X}, 1)", "jnp.diag(jnp.arange(2.0))",
    f"jnp.trace({X})", f"jnp.pad({X}, 1).shape", f"jnp.pad({X}, ((0, 1), (1, 0)), constant_values=7.0)", f"jnp.pad({X}, 1, mode='edge')",
    f"jnp.einsum('ij,kj->ik', {X}, {X})", f"jnp.dot({X}, jnp.arange(3.0))", f"jnp.tensordot({X}, {X}, axes=[[1], [1]])", "jnp.outer(jnp.arange(2), jnp.arange(3))",
    "jnp.kron(jnp.eye(2), jnp.ones((1, 2)))", "jnp.cross(jnp.array([1.0, 0, 0]), jnp.array([0, 1.0, 0]))", "jnp.meshgrid(jnp.arange(2), jnp.arange(3))",
    "jnp.searchsorted(jnp.array([1, 3, 5]), 4)", "jnp.interp(jnp.array(1.5), jnp.array([1.0, 2.0]), jnp.array([10.0, 20.0]))",
    "jnp.isclose(1.0, 1.0 + 1e-9)", "jnp.isclose(jnp.arange(3.0), jnp.arange(3.0) + 0.1, rtol=jnp.array([0.0, 0.2, 0.04]))", "jnp.isclose(1.0, 1.1, atol=jnp.float32(0.2), rtol=0)",
    "jnp.isclose(jnp.arange(3), jnp.arange(3) + 1, rtol=jnp.array([0.1, 0.5, 1e-5]), atol=np.array([0.0, 0.0, 2.0]))", "jnp.isclose(jnp.bfloat16(1), jnp.bfloat16(1.01), rtol=jnp.array(0.1))",
    "jnp.allclose(jnp.arange(3.0), jnp.arange(3.0) + 0.1, atol=jnp.array([0.2, 0.2, 0.0]))", "jnp.allclose(jnp.arange(3.0), jnp.arange(3.0) + 0.1, rtol=0.0, atol=np.full(3, 0.2))", "jax.jit(jnp.isclose)(1.0, 1.1, 0.2, 0.0)", "jnp.allclose(jnp.arange(3), jnp.arange(3))", "jnp.array_equal(jnp.arange(3), jnp.arange(3))", "jnp.sinc(jnp.array([0.5]))",
    "jnp.exp(1)", "jnp.sin(1.0)", "jnp.sqrt(2)", "jnp.log1p(jnp.arange(3))", "jnp.maximum(1, jnp.arange(3))", "jnp.hypot(jnp.array([3.0]), 4.0)", "jnp.gcd(jnp.array([12]), 18)",
    "jnp.floor(jnp.array([1.5, -1.5]))", "jnp.round(jnp.array([1.25, 2.5]), 1)", "jnp.sign(-3)", "jnp.isnan(jnp.array([1.0, jnp.nan]))", "jnp.logaddexp(1.0, 2.0)",
    "jnp.bitwise_count(jnp.array([7, 8]))", "jnp.broadcast_shapes((2, 1), (3,))", "jnp.result_type(jnp.int8, jnp.uint8)", "jnp.promote_types('int32', 'float16')",
    "jnp.issubdtype(jnp.bfloat16, jnp.floating)", "jnp.finfo(jnp.float32).eps", "jnp.iinfo(jnp.int8).max", "jnp.atleast_2d(jnp.arange(2))",
    "jnp.apply_along_axis(jnp.cumsum, 0, jnp.ones((2, 3)))", "jnp.vander(jnp.arange(3.0))", "jnp.geomspace(1, 8, 4)", "jnp.unstack(jnp.eye(2))",
    "jnp.eye(2).at[jnp.array([0, 1]), jnp.array([0, 1])].set(jnp.array([5.0, 6.0]))", "jnp.select([jnp.array([True, False])], [jnp.array([1, 2])], 9)",
]


@pytest.mark.parametrize("code", ROWS)
def test_values_are_jaxs(code):
    check(code)


def test_repr_is_jaxs():
    from both import WORLDS, evaluate

    rows = ["jnp.arange(3)", "jnp.array([1.0, 2.5])", "jnp.asarray(1)", "jnp.eye(3)", "jnp.array(True)", "jnp.zeros((0, 2))", "jnp.array([1], dtype=jnp.bfloat16)"]
    for row in rows:
        ours, theirs = (repr(evaluate(world, row)) for world in WORLDS)
        assert ours == theirs


def test_arrays_are_pickled_and_copied():
    import copy
    import pickle

    import numpy as np

    import raxla.numpy as jnp

    x = jnp.arange(3.0)
    for y in (pickle.loads(pickle.dumps(x)), copy.deepcopy(x), copy.copy(x)):
        np.testing.assert_array_equal(np.asarray(x), np.asarray(y))
        assert y.dtype == x.dtype
    assert pickle.loads(pickle.dumps(jnp.asarray(1.0))).weak_type
