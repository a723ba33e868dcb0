"""`raxla.scipy.cluster.vq`: the nearest codes of observations."""

from raxla._raxla import scipy_points as _rust

vq = _rust.vq
