"""Memory shared with other libraries: NumPy's arrays, memory views, DLPack."""

import gc

import numpy as np
import pytest

import raxla as jax
import raxla.numpy as jnp

DTYPES = ["bool", "int8", "int16", "int32", "uint8", "uint16", "uint32", "float16", "float32", "complex64"]
MORE = ["bfloat16", "float8_e4m3fn", "float8_e5m2"]
SHAPES = [(), (3,), (2, 3), (0, 2), (1, 4, 1)]


def address(x):
    return np.asarray(x).__array_interface__["data"][0]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES + MORE + ["int4"])
def test_numpy_sees_the_same_elements(dtype, shape):
    x = jnp.ones(shape, dtype)
    a = np.asarray(x)
    assert a.shape == shape and a.dtype == x.dtype and not a.flags.writeable and (a == 1).all()
    copy = np.array(x)
    assert copy.flags.writeable and (copy == 1).all()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
def test_memory_views(dtype, shape):
    x = jnp.ones(shape, dtype)
    if dtype in ("float16", "complex64"):  # Python does not read these itself.
        pytest.raises(NotImplementedError, memoryview(jnp.ones(1, dtype)).tolist)
        return
    view = memoryview(x)
    assert view.shape == shape and view.readonly and view.tolist() == np.ones(shape, dtype).tolist()


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
def test_dlpack_both_ways_shares_memory(dtype, shape):
    x = jnp.ones(shape, dtype)
    out = np.from_dlpack(x)
    assert out.dtype == x.dtype and (out == 1).all() and (not out.size or address(x) == out.__array_interface__["data"][0])
    assert x.unsafe_buffer_pointer() == address(out)
    back = jax.dlpack.from_dlpack(out)
    assert back.dtype == x.dtype and back.shape == shape and (not out.size or address(back) == address(x))


@pytest.mark.parametrize("dtype", MORE)
def test_dlpack_of_small_floats(dtype):
    x = jnp.arange(3).astype(dtype)
    assert (jax.dlpack.from_dlpack(x) == x).all() and address(jax.dlpack.from_dlpack(x)) == address(x)


def test_the_versions_of_dlpack():
    x = jnp.arange(3.0)
    assert "dltensor_versioned" in repr(x.__dlpack__(max_version=(1, 1))) and '"dltensor"' in repr(x.__dlpack__())
    assert x.__dlpack_device__() == (1, 0)
    capsule = x.__dlpack__()

    class Once:
        def __dlpack__(self):
            return capsule

    assert jax.dlpack.from_dlpack(Once()).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match="taken out already"):
        jax.dlpack.from_dlpack(Once())
    with pytest.raises(TypeError, match="__dlpack__"):
        jax.dlpack.from_dlpack([1])
    with pytest.raises(BufferError, match="device"):
        x.__dlpack__(dl_device=(2, 0))


def test_arrays_that_lie_otherwise_are_copied():
    a = np.arange(12.0, dtype=np.float32).reshape(3, 4)
    assert jax.dlpack.from_dlpack(a.T).tolist() == a.T.tolist()
    assert jax.dlpack.from_dlpack(a[:, ::2]).tolist() == a[:, ::2].tolist()
    with pytest.raises(ValueError, match="copy=False"):
        jax.dlpack.from_dlpack(a.T, copy=False)


def test_copies_are_copies():
    x = jnp.arange(3.0)
    for copy in (jax.dlpack.from_dlpack(x, copy=True), np.from_dlpack(x, copy=True)):
        assert address(copy) != address(x) and np.asarray(copy).tolist() == [0, 1, 2]


def test_memory_that_xla_copies_is_not_shared():
    bytes_ = np.zeros(4096 + 64, np.uint8)
    start = -bytes_.ctypes.data % 64
    x = bytes_[start:][:4096].view(np.float32)
    assert address(jax.dlpack.from_dlpack(x, copy=False)) == x.ctypes.data
    assert jax.dlpack.from_dlpack(x[1:]).shape == (1023,)
    with pytest.raises(ValueError, match="aligned"):
        jax.dlpack.from_dlpack(x[1:], copy=False)


def test_memory_lives_as_long_as_whoever_shares_it():
    a = np.asarray(jnp.arange(1000.0) + 1)
    b = jax.dlpack.from_dlpack(np.arange(1000, dtype=np.float32))
    gc.collect()
    junk = [jnp.ones(1000) * i for i in range(50)]
    assert a[999] == 1000 and float(b[999]) == 999 and len(junk) == 50


def test_what_somebody_sees_is_not_donated():
    add = jax.jit(lambda x: x + 1, donate_argnums=0)
    x = jnp.arange(3.0)
    seen = np.asarray(x)
    assert add(x).tolist() == [1, 2, 3] and seen.tolist() == [0, 1, 2] and not x.is_deleted()
    del seen
    gc.collect()
    assert add(x).tolist() == [1, 2, 3] and x.is_deleted()


def test_no_memory_of_what_is_traced():
    for f in (lambda x: memoryview(x), lambda x: x.__dlpack__()):
        with pytest.raises((BufferError, TypeError), match="traced"):
            jax.jit(f)(jnp.arange(3.0))
