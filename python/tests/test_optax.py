"""optax, as it is, on raxla: all optimisers end in the parameters in which they end on JAX."""

import pathlib
import subprocess
import sys

import numpy as np
import optimisers
import pytest

HERE = pathlib.Path(__file__).parent


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("optax")
    found = {}
    for world in ("jax", "raxla"):
        file = folder / f"{world}.npz"
        command = [sys.executable, HERE / "shim.py", world, HERE / "optimisers.py", file]
        done = subprocess.run(command, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, done.stderr
        found[world] = dict(np.load(file))
    return found


@pytest.mark.parametrize("name", [*optimisers.ROWS, "lookahead", "lbfgs", "losses"])
def test_optimisers_end_where_they_do_on_jax(results, name):
    ours, theirs = ({k: v for k, v in results[world].items() if k.rsplit(" ", 1)[0] == name} for world in ("raxla", "jax"))
    assert ours.keys() == theirs.keys() and ours
    for key, value in ours.items():
        assert value.dtype == theirs[key].dtype
        # A dozen steps, each of which goes on with the roundings of those before.
        np.testing.assert_allclose(value, theirs[key], rtol=2e-4, atol=2e-5, err_msg=key)
