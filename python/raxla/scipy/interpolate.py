"""`raxla.scipy.interpolate`: functions between the points of a grid."""

import numpy as np

from raxla import numpy as jnp, tree_util
from raxla._raxla import scipy_points as _rust


def _check_method(method):
    if method not in ("linear", "nearest"):
        raise ValueError(f"method {method!r} is not defined")


def _points(points, count):
    """Points with their coordinates along the last axis."""
    if isinstance(points, tuple) and len(points) == 1:
        points = points[0]
    if isinstance(points, tuple):
        return jnp.stack(jnp.broadcast_arrays(*(jnp.asarray(p, dtype=float) for p in points)), -1)
    if isinstance(points, list):
        raise TypeError(f"RegularGridInterpolator requires ndarray or scalar arguments, got {type(points)} at position 0.")
    points = jnp.asarray(points)
    return points.reshape(-1, count) if points.ndim == 1 else points


class RegularGridInterpolator:
    """A function that is known on a grid: `points` has the coordinates of each axis, increasing, and `values` the function's.

    `method` is `"linear"` or `"nearest"`. Outside of the grid it is `fill_value`; with `None` it goes on as at the edge.

    >>> import raxla as jax, raxla.numpy as jnp
    >>> grid = jnp.array([1, 2, 3]), jnp.array([4, 5, 6])
    >>> f = jax.scipy.interpolate.RegularGridInterpolator(grid, jnp.array([[10, 20, 30], [40, 50, 60], [70, 80, 90]]))
    >>> f(jnp.array([[1.5, 4.5], [2.0, 5.5]]))
    Array([30., 55.], dtype=float32)
    """

    def __init__(self, points, values, method="linear", bounds_error=False, fill_value=np.nan):
        _check_method(method)
        self.method, self.bounds_error = method, bounds_error
        if bounds_error:
            raise NotImplementedError("`bounds_error` takes no effect under JIT")
        if isinstance(values, (list, tuple)):
            raise TypeError(f"RegularGridInterpolator requires ndarray or scalar arguments, got {type(values)} at position 0.")
        values = jnp.asarray(values)
        if len(points) > values.ndim:
            raise ValueError(f"there are {len(points)} point arrays, but values has {values.ndim} dimensions")
        self.values = values if jnp.issubdtype(values.dtype, jnp.inexact) else values.astype(jnp.result_type(values, float))
        if fill_value is not None:
            fill_value = jnp.asarray(fill_value)
            if not jnp.can_cast(fill_value.dtype, self.values.dtype, casting="same_kind"):
                raise ValueError("fill_value must be either 'None' or of a type compatible with values")
        self.fill_value = fill_value
        self.grid = tuple(jnp.asarray(p) for p in points)

    def __call__(self, xi, method=None):
        """The function at points, with their coordinates along the last axis, or at a tuple of the coordinates of each axis."""
        method = self.method if method is None else method
        _check_method(method)
        xi = _points(xi, len(self.grid))
        if xi.shape[-1] != len(self.grid):
            raise ValueError(f"the requested sample points xi have dimension {xi.shape[-1]}, but this RegularGridInterpolator has dimension "
                             f"{len(self.grid)}")
        return _rust.regular_grid(self.grid, self.values, xi, method == "linear", self.fill_value)


def _restored(fixed, arrays):
    """As it was, with whatever stands for its arrays."""
    made = object.__new__(RegularGridInterpolator)
    made.method, made.bounds_error = fixed
    made.grid, made.values, made.fill_value = arrays
    return made


tree_util.register_pytree_node(RegularGridInterpolator, lambda f: ((f.grid, f.values, f.fill_value), (f.method, f.bounds_error)), _restored)
