"""`raxla.scipy.cluster`: clusters of points."""

from raxla.scipy.cluster import vq as vq
