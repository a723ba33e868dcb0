"""`raxla.ops`: sums, products and extrema of segments.

>>> from raxla import numpy as jnp, ops
>>> ops.segment_sum(jnp.arange(4), jnp.array([0, 0, 1, 2]))
Array([1, 2, 3], dtype=int32)
"""


def _segments(method, start, data, segment_ids, num_segments, indices_are_sorted, unique_indices, bucket_size, mode, out_sharding):
    from raxla import numpy as jnp

    if out_sharding is not None:
        raise NotImplementedError("segments: shardings are not there yet")
    data, segment_ids = jnp.asarray(data), jnp.asarray(segment_ids)
    if num_segments is None:
        num_segments = int(jnp.max(segment_ids)) + 1
    num_segments = int(num_segments)
    if num_segments < 0:
        raise ValueError("num_segments must be non-negative.")
    # Buckets are an order of summation, which XLA chooses here.
    del bucket_size
    out = jnp.full((num_segments, *data.shape[segment_ids.ndim :]), start(data.dtype), dtype=data.dtype)
    options = {"indices_are_sorted": indices_are_sorted, "unique_indices": unique_indices, "mode": mode}
    return getattr(out.at[segment_ids], method)(data, wrap_negative_indices=False, **options)


def _least(dtype):
    from raxla import numpy as jnp

    return False if dtype == bool else -jnp.inf if jnp.issubdtype(dtype, jnp.inexact) else jnp.iinfo(dtype).min


def _greatest(dtype):
    from raxla import numpy as jnp

    return True if dtype == bool else jnp.inf if jnp.issubdtype(dtype, jnp.inexact) else jnp.iinfo(dtype).max


def segment_sum(data, segment_ids, num_segments=None, indices_are_sorted=False, unique_indices=False, bucket_size=None, mode=None, out_sharding=None):
    """The sum of the elements of each segment."""
    return _segments("add", lambda _: 0, data, segment_ids, num_segments, indices_are_sorted, unique_indices, bucket_size, mode, out_sharding)


def segment_prod(data, segment_ids, num_segments=None, indices_are_sorted=False, unique_indices=False, bucket_size=None, mode=None, out_sharding=None):
    """The product of the elements of each segment."""
    return _segments("multiply", lambda _: 1, data, segment_ids, num_segments, indices_are_sorted, unique_indices, bucket_size, mode, out_sharding)


def segment_max(data, segment_ids, num_segments=None, indices_are_sorted=False, unique_indices=False, bucket_size=None, mode=None, out_sharding=None):
    """The greatest element of each segment."""
    return _segments("max", _least, data, segment_ids, num_segments, indices_are_sorted, unique_indices, bucket_size, mode, out_sharding)


def segment_min(data, segment_ids, num_segments=None, indices_are_sorted=False, unique_indices=False, bucket_size=None, mode=None, out_sharding=None):
    """The least element of each segment."""
    return _segments("min", _greatest, data, segment_ids, num_segments, indices_are_sorted, unique_indices, bucket_size, mode, out_sharding)
