"""Densities estimated from points."""

from raxla import _raxla, tree_util


@tree_util.register_pytree_node_class
class gaussian_kde:
    """The density that normal kernels at points, of a multiple of the points' covariance, add up to.

    >>> from raxla import numpy as jnp, scipy
    >>> kde = scipy.stats.gaussian_kde(jnp.array([0.0, 1.0, 2.0]))
    >>> kde(jnp.array([1.0])).shape
    (1,)
    """

    def __init__(self, dataset, bw_method=None, weights=None):
        if bw_method is not None and not isinstance(bw_method, str) and callable(bw_method):
            bw_method = bw_method(self)
        self.dataset, self.weights, self.neff, self.covariance, self.inv_cov = _raxla.stats._kde(dataset, bw_method, weights)

    def tree_flatten(self):
        return (self.neff, self.dataset, self.weights, self.covariance, self.inv_cov), None

    @classmethod
    def tree_unflatten(cls, aux_data, children):
        del aux_data
        kde = object.__new__(cls)
        kde.neff, kde.dataset, kde.weights, kde.covariance, kde.inv_cov = children
        return kde

    @property
    def d(self):
        """The dimensions of a point."""
        return self.dataset.shape[0]

    @property
    def n(self):
        """The number of points."""
        return self.dataset.shape[1]

    def _parts(self):
        return self.dataset, self.weights, self.neff, self.covariance

    def evaluate(self, points):
        """The density at points."""
        return _raxla.stats._kde_pdf(*self._parts(), points)

    __call__ = pdf = lambda self, x: self.evaluate(x)

    def logpdf(self, x):
        """The logarithm of the density at points."""
        return _raxla.stats._kde_logpdf(*self._parts(), x)

    def integrate_gaussian(self, mean, cov):
        """The integral of the density times a normal one."""
        return _raxla.stats._kde_integrate_gaussian(*self._parts(), mean, cov)

    def integrate_box_1d(self, low, high):
        """The integral of the density of one dimension between two bounds."""
        return _raxla.stats._kde_integrate_box_1d(*self._parts(), low, high)

    def integrate_kde(self, other):
        """The integral of the product of two such densities."""
        return _raxla.stats._kde_integrate_kde(*self._parts(), *other._parts())

    def resample(self, key, shape=()):
        """Random points of the density."""
        return _raxla.stats._kde_resample(*self._parts(), key, shape)

    def integrate_box(self, low_bounds, high_bounds, maxpts=None):
        """There is no integral over boxes of several dimensions."""
        del low_bounds, high_bounds, maxpts
        raise NotImplementedError("only 1D box integrations are supported; use `integrate_box_1d`")

    def set_bandwidth(self, bw_method=None):
        """A density does not change; make another."""
        del bw_method
        raise NotImplementedError("dynamically changing the bandwidth method is not supported")
