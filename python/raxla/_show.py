"""How arrays print, and how they are pickled."""

import numpy as np


def show(array):
    """`Array([1., 2.], dtype=float32)`."""
    if array._keys is not None:
        from raxla import random

        return f"Array({array.shape}, dtype={array.dtype}) overlaying:\n{np.asarray(random.key_data(array))}"
    values = np.asarray(array)
    rest = f"dtype={values.dtype.name}" + (", weak_type=True" if array.weak_type else "")
    text = np.array2string(values, separator=", ", prefix="Array(", suffix=f", {rest})") if values.size else "[]"
    if not values.size:
        rest = f"shape={values.shape}, {rest}"
    line = f"Array({text}, {rest})"
    last = line.rsplit("\n", 1)[-1]
    if len(last) > np.get_printoptions()["linewidth"] and "\n" in line:
        return f"Array({text},\n      {rest})"
    return line


def rebuild(values, weak_type, keys=None):
    """The array that was pickled."""
    from raxla import numpy as jnp, random

    array = jnp.asarray(values)
    if keys is not None:
        return random.wrap_key_data(array, impl=keys)
    return jnp._rust._weak(array) if weak_type else array
