"""Arrays written as indices: `mgrid[…]`, `ogrid[…]`, `r_[…]`, `c_[…]`; and indices kept for later: `s_`, `index_exp`."""

import numpy as np

from raxla import _raxla
from raxla.numpy._creation import arange, array, linspace, meshgrid
from raxla.numpy._dtypes import result_type

_rust = _raxla.numpy


class _Grid:
    def __init__(self, name, sparse):
        self._name, self._sparse = name, sparse

    def __getitem__(self, key):
        if isinstance(key, slice):
            return _range_of(key)
        axes = [_range_of(k) for k in key]
        dtype = result_type(*axes) if axes else None
        grid = meshgrid(*(a.astype(dtype) for a in axes), indexing="ij", sparse=self._sparse)
        if self._sparse:
            return grid
        return _rust.stack(grid) if grid else arange(0)

    def __repr__(self):
        return f"<jnp.{self._name}>"


def _range_of(s):
    start, stop, step = s.start or 0, s.stop, s.step or 1
    if np.iscomplex(step):
        return linspace(start, stop, int(abs(step)))
    return arange(start, stop, step)


class _Joined:
    """What `r_[…]` and `c_[…]` are: slices as ranges, numbers and arrays, joined along an axis."""

    def __init__(self, name, axis, ndmin, trans1d):
        self._name, self._options = name, [axis, ndmin, trans1d]

    def __getitem__(self, key):
        items = key if isinstance(key, tuple) else (key,)
        options, matrix = list(self._options), -1
        if isinstance(items[0], str):
            directive, *items = items
            if directive in ("r", "c"):
                matrix = 0 if directive == "r" else 1
            else:
                words = directive.split(",")[:3]
                try:
                    options[:len(words)] = map(int, words)
                except ValueError as error:
                    raise ValueError(f"could not understand directive {directive!r}") from error
        axis, ndmin, trans1d = options
        made = []
        for item in items:
            if isinstance(item, str):
                raise ValueError("string directive must be placed at the beginning")
            x = _range_of(item) if isinstance(item, slice) else array(item)
            rank = 0 if isinstance(item, slice) else x.ndim
            x = array(x, ndmin=ndmin)
            if trans1d != -1 and ndmin > rank:
                order = tuple(range(ndmin))
                shifts = ndmin - abs(ndmin + trans1d + 1) % ndmin
                x = _rust.transpose(x, order[shifts:] + order[:shifts])
            made.append(x)
        out = _rust.concatenate(made, axis=axis)
        return _rust.expand_dims(out, matrix) if matrix != -1 and out.ndim == 1 else out

    def __len__(self):
        return 0

    def __repr__(self):
        return f"<jnp.{self._name}>"


mgrid, ogrid = _Grid("mgrid", False), _Grid("ogrid", True)
r_, c_ = _Joined("r_", 0, 1, -1), _Joined("c_", -1, 2, 0)
s_, index_exp = np.s_, np.index_exp
