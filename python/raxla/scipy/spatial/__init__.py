"""`raxla.scipy.spatial`: rotations."""

from raxla.scipy.spatial import transform as transform
