"""`raxla.stages`: a function on its way from Python to machine code."""

from raxla._jit import Compiled, Lowered, Traced
from raxla._raxla import PjitFunction as Wrapped

__all__ = ["Compiled", "Lowered", "Traced", "Wrapped"]
