"""`raxla.debug`: a look at values while a program runs."""

from raxla._callbacks import debug_callback as callback, debug_log as log, debug_print as print  # noqa: A004, F401

__all__ = ["callback", "log", "print"]
