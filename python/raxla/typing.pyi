"""Made by python/stubs.py."""

from typing import Any, Protocol, TypeAlias

import numpy as np

from raxla import Array

class _HasDtype(Protocol):
    @property
    def dtype(self) -> Any: ...

ArrayLike: TypeAlias = Array | np.ndarray[Any, Any] | np.bool_ | np.number[Any] | bool | int | float | complex
DTypeLike: TypeAlias = str | type[Any] | np.dtype[Any] | _HasDtype
