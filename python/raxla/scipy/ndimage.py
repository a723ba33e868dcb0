"""`raxla.scipy.ndimage`: arrays between their elements."""

from raxla._raxla import ndimage as _rust

map_coordinates = _rust.map_coordinates
