"""`raxla.scipy.sparse`: linear systems known by products alone."""

from raxla.scipy.sparse import linalg
