"""`scipy`'s special functions, distributions, signals, minima and linear systems; `image`, `ops`, `odeint`."""

import pytest
from both import check, check_error

X = "jnp.array([0.3, 1.5, 2.5])"
P = "jnp.array([0.2, 0.5, 0.9])"
ONE = ["digamma", "entr", "erf", "erfc", "erfcx", "exp1", "expi", "expit", "gamma", "gammaln", "gammasgn", "i0", "i0e", "i1", "i1e", "loggamma", "ndtr", "log_ndtr", "spence", "dawsn", "factorial"]
INVERSE = ["erfinv", "logit", "ndtri"]
TWO = ["beta", "betaln", "boxcox", "boxcox1p", "gammainc", "gammaincc", "kl_div", "rel_entr", "xlog1py", "xlogy", "zeta", "poch", "owens_t"]


def _differentiable(name):
    # The slope of `spence` is NaN in JAX at 1.5: `test_slopes_where_jax_has_none`.
    return name not in ("gammasgn", "zeta", "spence")


@pytest.mark.parametrize("name", ONE + INVERSE)
def test_special_functions_of_one_number(name):
    argument = P if name in INVERSE else X
    check(f"jsp.special.{name}({argument})", 2e-5)
    if _differentiable(name):
        check(f"jax.grad(lambda x: jnp.sum(jsp.special.{name}(x)))({argument})", 1e-4)


def test_slopes_where_jax_has_none():
    import numpy as np

    import raxla as jax
    import raxla.numpy as jnp

    x = np.array([0.3, 1.5, 2.5], np.float32)
    slope = jax.grad(lambda x: jnp.sum(jax.scipy.special.spence(x)))(jnp.asarray(x))
    np.testing.assert_allclose(slope, np.log(x) / (1 - x), rtol=1e-5)
    # In f32 JAX's recurrence overflows below 5.
    np.testing.assert_allclose(jax.scipy.special.bessel_jn(jnp.float32(0.3), v=2), [0.9776262, 0.1483188, 0.0111659], rtol=1e-5)


@pytest.mark.parametrize("name", TWO)
def test_special_functions_of_two_numbers(name):
    check(f"jsp.special.{name}({X} + 1, {X})", 2e-5)
    if _differentiable(name):
        check(f"jax.grad(lambda x: jnp.sum(jsp.special.{name}({X} + 1, x)))({X})", 1e-4)


SPECIAL = [
    f"jsp.special.betainc({X}, {X}, {P})", "jsp.special.bernoulli(4)", "jsp.special.bessel_jn(jnp.array([6.0, 7.5, 9.0]), v=2)", "jsp.special.comb(5, 2)", f"jsp.special.comb({X} + 3, 2.0, repetition=False)", f"jsp.special.expn(2, {X})", f"jsp.special.fresnel({X})", f"jsp.special.hyp1f1(1.0, 2.0, {P})",
    f"jsp.special.hyp2f1(1.0, 2.0, 3.0, {P} / 2)", f"jsp.special.log_softmax({X})", f"jsp.special.softmax({X}, axis=0)", f"jsp.special.logsumexp({X}, b={P}, return_sign=True)", f"jsp.special.multigammaln({X} + 2, 2)", f"jsp.special.polygamma(1, {X})", f"jsp.special.sici({X})", f"jsp.special.wofz({X} + 1j)",
    "jsp.special.sph_harm_y(jnp.array([1]), jnp.array([1]), jnp.array([0.5]), jnp.array([0.3]), n_max=2)",
]
DISTRIBUTIONS = {
    "bernoulli": (("logpmf", "pmf", "cdf"), "jnp.arange(2), 0.3"), "beta": (("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"), f"{P}, 2.0, 3.0"), "betabinom": (("pmf", "logpmf"), "jnp.arange(3), 5, 2.0, 3.0"), "binom": (("pmf", "logpmf"), "jnp.arange(3), 5, 0.3"),
    "cauchy": (("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"), X), "chi2": (("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"), f"{X}, 3.0"), "dirichlet": (("pdf", "logpdf"), "jnp.array([0.2, 0.3, 0.5]), jnp.array([1.0, 2.0, 3.0])"), "expon": (("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"), f"{X}, 0.1, 2.0"),
    "gamma": (("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"), f"{X}, 2.0, scale=0.5"), "gennorm": (("pdf", "logpdf", "cdf"), f"{X}, 1.5"), "geom": (("pmf", "logpmf"), "jnp.arange(1, 4), 0.3"), "gumbel_l": (("pdf", "logpdf", "cdf", "sf"), X), "gumbel_r": (("pdf", "logpdf", "cdf", "sf"), X),
    "laplace": (("pdf", "logpdf", "cdf"), f"{X}, loc=1.0"), "logistic": (("pdf", "logpdf", "cdf", "sf"), f"{X}, 1.0, 2.0"), "multinomial": (("pmf", "logpmf"), "jnp.array([1, 2]), 3, jnp.array([0.4, 0.6])"), "multivariate_normal": (("pdf", "logpdf"), "jnp.ones(2), jnp.zeros(2), jnp.eye(2) * 2"),
    "nbinom": (("pmf", "logpmf"), "jnp.arange(3), 4, 0.3"), "norm": (("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf"), f"{X}, 1, 2"), "pareto": (("pdf", "logpdf", "cdf", "sf"), f"{X} + 1, 2.0"), "poisson": (("pmf", "logpmf", "cdf"), "jnp.arange(3), 1.5"), "t": (("pdf", "logpdf"), f"{X}, 3.0"),
    "truncnorm": (("pdf", "logpdf", "cdf", "sf"), f"{P}, -1.0, 2.0"), "uniform": (("pdf", "logpdf", "cdf"), P), "vonmises": (("pdf", "logpdf"), f"{X}, 2.0"), "wrapcauchy": (("pdf", "logpdf"), f"{X}, 0.5"),
}
STATS = [f"jsp.stats.{name}.{f}({arguments})" for name, (functions, arguments) in DISTRIBUTIONS.items() for f in functions] + [
    f"jsp.stats.{name}.ppf({P})" for name in ("norm", "expon", "cauchy", "logistic", "gumbel_r", "uniform")] + [
    f"jsp.stats.norm.isf({P})", f"jsp.stats.norm.logpdf(1.0)", f"jax.grad(lambda x: jnp.sum(jsp.stats.norm.logpdf(x, 1.0, 2.0)))({X})", f"jax.grad(lambda a: jnp.sum(jsp.stats.gamma.logpdf({X}, a)))(2.0)", "tuple(jsp.stats.mode(jnp.array([1, 2, 2, 3])))",
    "jsp.stats.rankdata(jnp.array([0, 2, 3, 2]))", "jsp.stats.rankdata(jnp.zeros((0, 3, 2)), axis=0).shape", "jsp.stats.binom.logpmf(0, 0, 0.8), jsp.stats.binom.logpmf(5, 5, 1.0)", "jsp.stats.rankdata(jnp.array([0, 2, 3, 2]), method='dense')", "jsp.stats.sem(jnp.arange(6.0).reshape(3, 2))", "jsp.stats.gaussian_kde(jnp.array([0.0, 1.0, 2.5]))(jnp.array([0.5, 1.0]))",
    "jsp.stats.gaussian_kde(jnp.array([0.0, 1.0, 2.5]), bw_method='silverman').logpdf(jnp.array([0.5]))", "jsp.stats.gaussian_kde(jnp.array([0.0, 1.0, 2.5]), 0.5).integrate_box_1d(0.0, 1.0)",
]
S = "jnp.sin(jnp.arange(64.0) ** 1.3)"
M, N = "jnp.sin(jnp.arange(12.0)).reshape(3, 4)", "jnp.cos(jnp.arange(4.0)).reshape(2, 2)"
SIGNAL = [f"jsp.signal.{f}({X}, jnp.arange(4.0), mode='{mode}')" for f in ("convolve", "correlate", "fftconvolve") for mode in ("full", "same", "valid") if (f, mode) != ("fftconvolve", "valid")] + [
    f"jsp.signal.convolve2d({M}, {N})", f"jsp.signal.correlate2d({M}, {N}, mode='valid')", f"jsp.signal.convolve({M}, {N}, method='fft')", f"jsp.signal.detrend({S})", f"jsp.signal.detrend({S}, type='constant', bp=[20])", f"jsp.signal.welch({S}, nperseg=16)",
    f"jsp.signal.welch({S}, fs=10.0, window='hamming', nperseg=16, scaling='spectrum', average='median')", f"jsp.signal.csd({S}, {S} ** 2, nperseg=16)", f"jsp.signal.stft({S}, nperseg=16)", f"jsp.signal.istft(jsp.signal.stft({S}, nperseg=16)[2], nperseg=16)", f"jsp.signal.welch({S}, window=jnp.ones(16), nperseg=16, detrend=False)",
    f"jax.grad(lambda x: jnp.sum(jsp.signal.convolve(x, jnp.arange(4.0)) ** 2))({X})",
]
F, A = "lambda x: jnp.sum((x - jnp.arange(3.0)) ** 2) + jnp.sum(x ** 4)", "jnp.array([[4.0, 1.0], [1.0, 3.0]])"
SOLVED = [
    f"jsp.optimize.minimize({F}, jnp.zeros(3), method='BFGS').x", f"jsp.optimize.minimize({F}, jnp.zeros(3), method='l-bfgs-experimental-do-not-rely-on-this').x", f"jsp.optimize.minimize(lambda x, a: jnp.sum((x - a) ** 2), jnp.zeros(2), (2.0,), method='BFGS', options={{'maxiter': 5}}).fun",
    f"jsp.sparse.linalg.cg({A}, jnp.array([1.0, 2.0]))", f"jsp.sparse.linalg.cg(lambda x: {{'a': 2 * x['a']}}, {{'a': jnp.ones(2)}}, M=lambda x: {{'a': x['a'] / 2}})", f"jsp.sparse.linalg.bicgstab({A}, jnp.array([1.0, 2.0]), tol=1e-6)[0]", f"jsp.sparse.linalg.gmres(lambda x: {A} @ x, jnp.array([1.0, 2.0]), jnp.ones(2))[0]",
    f"jsp.sparse.linalg.gmres({A}, jnp.array([1.0, 2.0]), solve_method='incremental', restart=2)[0]", f"jax.grad(lambda b: jnp.sum(jsp.sparse.linalg.cg({A}, b)[0] ** 2))(jnp.array([1.0, 2.0]))", "jsp.integrate.trapezoid(jnp.arange(4.0))",
    *(f"jsp.sparse.linalg.{f}({A}, jnp.array([1.0, 2.0]), M={m})[0]" for f in ("cg", "bicgstab") for m in ("np.eye(2, dtype='float32')", "jnp.eye(2) / 4")),
    "class Twice:\n    shape = (2, 2)\n    def __matmul__(self, x):\n        return 2 * x\nout = jsp.sparse.linalg.cg(Twice(), jnp.arange(2.0))",
    "jsp.ndimage.map_coordinates(jnp.arange(3.0), [[0.5, 1.0]], order=1)",
    f"jsp.ndimage.map_coordinates({M}, [jnp.array([0.5, 1.0]), jnp.array([1.5, 9.0])], order=1)", f"jsp.ndimage.map_coordinates({M}, (jnp.array([0.5, -1.0]), jnp.array([1.5, 4.0])), 0, mode='wrap')", f"jax.grad(lambda m: jnp.sum(jsp.ndimage.map_coordinates(m, [jnp.array([0.5]), jnp.array([1.5])], order=1)))({M})",
    "odeint(lambda y, t: [y[1], -y[0]], jnp.array([1.0, 2.0]), jnp.array([0.0, 0.5]), rtol=1e-5)", "odeint(lambda y, t: jnp.stack([y[1], -y[0]]), [1.0, 2.0], jnp.array([0.0, 0.5]), rtol=1e-5)",
    "odeint(lambda y, t: -y, jnp.array([1.0, 2.0]), jnp.array([0.0, 0.5, 1.0]))", "odeint(lambda y, t, a: {'v': -a * y['v']}, {'v': jnp.float32(1)}, jnp.array([0.0, 1.0]), 2.0, rtol=1e-5)", "jax.grad(lambda a: odeint(lambda y, t, a: -a * y, 1.0, jnp.array([0.0, 1.0]), a)[1])(jnp.float32(2.0))",
    # A derivative in reverse mode of that in reverse mode.
    *(f"jax.grad(jax.{f}(lambda a: odeint(lambda y, t: -a * y, jnp.float32(1), jnp.array([0.0, 1.0]))[1]))(jnp.float32(2.0))" for f in ("grad", "jacrev")),
] + [f"image.resize({M}, (5, 6), '{m}')" for m in ("nearest", "linear", "cubic", "lanczos3", "lanczos5")] + [
    f"image.resize({M}, (2, 2), image.ResizeMethod.LINEAR, antialias=False)", f"image.scale_and_translate({M}, (5, 4), (0,), jnp.array([1.5]), jnp.array([0.25]), 'linear')", f"jax.grad(lambda m: jnp.sum(image.resize(m, (2, 3), 'linear') ** 2))({M})",
    "ops.segment_sum(jnp.arange(5.0), jnp.array([0, 0, 1, 1, 4]))", "ops.segment_prod(jnp.arange(5), jnp.array([0, 0, 1, 1, 2]), num_segments=4)", "ops.segment_max(jnp.arange(5.0), jnp.array([0, 0, 1, 1, 3]))", "ops.segment_min(jnp.arange(5), jnp.array([0, 0, 1, 1, 3]), num_segments=5)",
    "ops.segment_sum(jnp.ones((4, 2)), jnp.array([1, 0, 1, 0]), indices_are_sorted=False)", "jax.grad(lambda x: jnp.sum(ops.segment_sum(x, jnp.array([0, 0, 1])) ** 2))(jnp.arange(3.0))", "ops.segment_max(jnp.array([True, False]), jnp.array([0, 2]))",
]


@pytest.mark.parametrize("code", SPECIAL + STATS + SIGNAL + SOLVED)
def test_functions_are_jaxs(code):
    # Series, transforms and iterations end where they are near enough.
    # Distributions of whole numbers, and of bare ones, have a dtype here; in JAX they are weak.
    whole = any(name in code for name in ("comb(5", "binom.pmf", "binom.logpmf", "poisson.pmf", "poisson.logpmf", "norm.logpdf(1.0)"))
    check(code, 1e-3 if "optimize" in code else 1e-4, weak=not whole)


def test_a_steep_bowl_has_its_minimum_found():
    import raxla.numpy as jnp
    from raxla.scipy.optimize import minimize

    # JAX ends beside it, with an error.
    found = minimize(lambda x: jnp.mean((1e4 * x) ** 2), jnp.ones(2), method="BFGS")
    assert bool(found.success) and float(jnp.abs(found.x).max()) < 1e-6


ERRORS = [
    ("jsp.signal.convolve(jnp.ones(3), jnp.ones(2), mode='most')", "ValueError"), ("jsp.signal.convolve2d(jnp.ones((2, 2)), jnp.ones((2, 2)), boundary='wrap')", "NotImplementedError"), ("jsp.optimize.minimize(lambda x: x, jnp.zeros(2), method='Newton')", "ValueError"),
    ("jsp.optimize.minimize(lambda x: jnp.sum(x), jnp.zeros(2), 3.0, method='BFGS')", "TypeError"), ("jsp.sparse.linalg.cg('a', jnp.ones(2))", "TypeError"), ("jsp.ndimage.map_coordinates(jnp.ones(3), [jnp.ones(1)], order=2)", "NotImplementedError"), ("image.resize(jnp.ones((2, 2)), (3, 3), 'best')", "ValueError"),
    ("jsp.stats.rankdata(jnp.ones(3), method='most')", "ValueError"), ("ops.segment_sum(jnp.ones(2), jnp.array([0, 1]), num_segments=-1)", "ValueError"), ("jsp.special.factorial(3, exact=True)", "NotImplementedError"),
]


@pytest.mark.parametrize("row", ERRORS, ids=[r[0] for r in ERRORS])
def test_errors_are_of_jaxs_classes(row):
    code, kind, *texts = row
    check_error(code, kind, *texts)
