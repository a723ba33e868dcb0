"""`raxla.typing`: what annotations say."""

from typing import Any, Union

import numpy as np

from raxla._raxla import Array

ArrayLike = Union[Array, np.ndarray, np.bool_, np.number, bool, int, float, complex]
DTypeLike = Union[str, type[Any], np.dtype]
