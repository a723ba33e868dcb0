"""`raxla.scipy.ndimage`: arrays between their elements."""

from raxla._raxla import ndimage as _rust


def map_coordinates(input, coordinates, order, mode="constant", cval=0.0):  # noqa: A002 (SciPy's name)
    """An array's values at any coordinates: one array, or nested list, of them for each axis.

    >>> from raxla import numpy as jnp
    >>> map_coordinates(jnp.arange(4.0), [[0.5, 2.0]], order=1)
    Array([0.5, 2. ], dtype=float32)
    """
    from raxla import numpy as jnp

    coordinates = [jnp.asarray(c) if isinstance(c, (list, tuple)) else c for c in coordinates]
    return _rust.map_coordinates(input, coordinates, order, mode, cval)
