"""`raxla.dlpack`: arrays of other libraries, without copying."""

import numpy as np

from raxla import _raxla
from raxla._raxla import Array
from raxla.dtypes import canonicalize_dtype


def _copied(array):
    """A copy of an array that NumPy can see: data that come from NumPy are always copied."""
    return _raxla.numpy._array(np.asarray(array), None)


def from_dlpack(external_array, device=None, copy=None):
    """An array of raxla in the memory of another library's.

    >>> import numpy as np
    >>> from_dlpack(np.arange(3, dtype=np.float32))
    Array([0., 1., 2.], dtype=float32)
    """
    from raxla._devices import device_put

    if not hasattr(external_array, "__dlpack__"):
        raise TypeError(f"from_dlpack: {type(external_array).__name__} has no method __dlpack__")
    try:
        capsule = external_array.__dlpack__(max_version=(1, 0))
    except TypeError:
        capsule = external_array.__dlpack__()
    array = _raxla.dlpack_import(capsule, copy is False)
    if array is None:
        if copy is False:
            raise ValueError("from_dlpack: the array does not lie row by row, so that it has to be copied, but copy=False")
        array = _raxla.numpy._array(np.ascontiguousarray(np.from_dlpack(external_array)), None)
    narrow = canonicalize_dtype(array.dtype)
    if narrow != array.dtype:
        array = _raxla.numpy._array(array, narrow)
    elif copy:
        array = _copied(array)
    return array if device is None else device_put(array, device)


def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
    """A capsule of the array's memory, for another library's `from_dlpack`."""
    del stream
    if dl_device not in (None, (1, 0)):
        raise BufferError(f"the array is on the CPU; it cannot be shared on device {dl_device}")
    if copy:
        self = _copied(self)
    return _raxla.dlpack_export(self, max_version is not None and tuple(max_version) >= (1, 0))


def __dlpack_device__(self):
    """The kind and the number of the array's device: a CPU."""
    return (1, 0)


Array.__dlpack__, Array.__dlpack_device__ = __dlpack__, __dlpack_device__
