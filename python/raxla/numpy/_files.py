"""Files of arrays, and how arrays print: NumPy's functions, which know raxla's dtypes by `ml_dtypes`."""

import os

import numpy as np

from raxla.numpy._creation import asarray


def save(file, arr, allow_pickle=True):
    """Writes an array to a file of NumPy's form."""
    return np.save(file, np.asarray(arr), allow_pickle=allow_pickle)


def savez(file, *args, allow_pickle=True, **kwds):
    """Writes several arrays to one file."""
    given = {name: np.asarray(a) for name, a in kwds.items()}
    return np.savez(file, *(np.asarray(a) for a in args), allow_pickle=allow_pickle, **given)


def load(file, *args, **kwargs):
    """The array of a file; of several arrays, a mapping by name."""
    made = np.load(os.fspath(file) if isinstance(file, os.PathLike) else file, *args, **kwargs)
    if not isinstance(made, np.ndarray):
        return made
    if made.dtype.kind == "V" and made.dtype.names is None and made.dtype.itemsize == 2:
        import ml_dtypes

        made = made.view(ml_dtypes.bfloat16)  # NumPy's files know no `bfloat16`
    return asarray(made)


def array_repr(arr, max_line_width=None, precision=None, suppress_small=None):
    """How an array prints in a session of Python."""
    return np.array_repr(arr, max_line_width, precision, suppress_small)


def array_str(a, max_line_width=None, precision=None, suppress_small=None):
    """How the elements of an array print."""
    return np.array_str(a, max_line_width, precision, suppress_small)


def get_printoptions():
    """The options of printing."""
    return np.get_printoptions()


def set_printoptions(*args, **kwargs):
    """Sets options of printing."""
    return np.set_printoptions(*args, **kwargs)


def printoptions(*args, **kwargs):
    """Options of printing, as long as a `with` lasts."""
    return np.printoptions(*args, **kwargs)
