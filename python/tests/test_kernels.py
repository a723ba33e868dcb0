"""Kernels, compiled: raxla's are NumPy's and JAX's, in double precision."""

import jax as real_jax
import kernels
import numpy as np
import pytest

import raxla

import jax.numpy  # noqa: E402, F401


@pytest.mark.parametrize("row", kernels.ROWS, ids=[row.name for row in kernels.ROWS])
def test_kernels_are_numpys_and_jaxs(row):
    arguments = row.arguments(row.small)
    wanted = row.reference(*arguments)
    for jax in (raxla, real_jax):
        with jax.enable_x64(True):
            out = kernels.compiled(jax, row)(*arguments)
            ours, theirs = jax.tree_util.tree_leaves(out), real_jax.tree_util.tree_leaves(wanted)
            for a, b in zip(ours, theirs, strict=True):
                assert np.asarray(a).dtype.itemsize == np.asarray(b).dtype.itemsize
                # Sums are taken in other orders.
                np.testing.assert_allclose(np.asarray(a), b, rtol=1e-9, atol=1e-11, err_msg=jax.__name__)
