"""`raxla.experimental`: what JAX keeps under this name."""

from raxla._callbacks import io_callback
from raxla._config import enable_x64


def disable_x64(new_val=True):
    """With `with`: numbers of no stated dtype have 32 bits."""
    return enable_x64(not new_val)


__all__ = ["disable_x64", "enable_x64", "io_callback"]
