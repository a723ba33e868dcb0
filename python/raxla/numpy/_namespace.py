"""What the array API standard asks a namespace: versions, dtypes, devices, limits."""

import numpy as np

from raxla.dtypes import canonicalize_dtype

VERSION = "2024.12"
_KINDS = {
    "bool": ("bool",),
    "signed integer": ("int8", "int16", "int32", "int64"),
    "unsigned integer": ("uint8", "uint16", "uint32", "uint64"),
    "real floating": ("float32", "float64"),
    "complex floating": ("complex64", "complex128"),
}
_KINDS["integral"] = _KINDS["signed integer"] + _KINDS["unsigned integer"]
_KINDS["numeric"] = _KINDS["integral"] + _KINDS["real floating"] + _KINDS["complex floating"]


class Info:
    """What `__array_namespace_info__` gives."""

    def capabilities(self):
        """What inside of `jit` cannot be, since sizes must be known there; and how many axes there may be."""
        return {"boolean indexing": False, "data-dependent shapes": False, "max dimensions": 64}

    def default_device(self):
        """`None`: arrays are where the programs are that make them."""
        return None

    def devices(self):
        """`None`, and all devices."""
        from raxla import devices

        return [None, *devices()]

    def default_dtypes(self, *, device=None):
        """The dtypes of Python's numbers."""
        del device
        kinds = {"real floating": float, "complex floating": complex, "integral": int, "indexing": int}
        return {kind: canonicalize_dtype(np.dtype(number)) for kind, number in kinds.items()}

    def dtypes(self, *, device=None, kind=None):
        """The dtypes of a kind, or of several, by name."""
        del device
        kinds = ("bool", "numeric") if kind is None else (kind,) if isinstance(kind, str) else kind
        named = [np.dtype(name) for k in kinds for name in _KINDS[k]]
        return {d.name: d for d in named if canonicalize_dtype(d) == d}


def array_namespace(self, *, api_version=None):
    """The namespace of the array API standard: `raxla.numpy`."""
    from raxla import numpy

    if api_version is not None and api_version != VERSION:
        raise ValueError(f"api_version={api_version!r} is not available; available versions are: {[VERSION]}")
    return numpy
