"""`raxla.scipy.integrate`: integrals of samples."""

from raxla.numpy import trapezoid
