//! `raxla.scipy.special`: the special functions.

use crate::{
    array::ArrayLike,
    table::{Axes, functions},
};
use pyo3::prelude::*;
use raxla::{numpy::Arg, special};

macro_rules! functions_of_arrays { ($($(#[$doc:meta])* $name:ident($($x:ident),*);)*) => { functions! { register_functions_of_arrays; $(
    $(#[$doc])*
    fn $name($($x: ArrayLike),*) [$($x),*] |py| special::$name($($x.input(py)),*);
)* } } }
functions_of_arrays! {
    /// Euler's beta function.
    beta(a, b);
    /// The regularized incomplete beta function.
    betainc(a, b, x);
    /// The logarithm of the beta function's absolute value.
    betaln(a, b);
    /// Box and Cox's transform.
    boxcox(x, lmbda);
    /// Box and Cox's transform of `1 + x`.
    boxcox1p(x, lmbda);
    /// Dawson's integral.
    dawsn(x);
    /// The derivative of `gammaln`.
    digamma(x);
    /// `-x log x`.
    entr(x);
    /// The error function.
    erf(x);
    /// One less the error function.
    erfc(x);
    /// `erfc` times the exponential of the square.
    erfcx(x);
    /// The inverse of the error function.
    erfinv(x);
    /// The exponential integral E₁.
    exp1(x);
    /// The exponential integral Ei.
    expi(x);
    /// `1 / (1 + e⁻ˣ)`.
    expit(x);
    /// The exponential integrals Eₙ.
    expn(n, x);
    /// Fresnel's integrals of sine and cosine.
    fresnel(x);
    /// The gamma function.
    gamma(x);
    /// The regularized lower incomplete gamma function.
    gammainc(a, x);
    /// The regularized upper incomplete gamma function.
    gammaincc(a, x);
    /// The logarithm of the gamma function's absolute value.
    gammaln(x);
    /// The sign of the gamma function.
    gammasgn(x);
    /// Kummer's function.
    hyp1f1(a, b, x);
    /// Gauss' function.
    hyp2f1(a, b, c, x);
    /// The modified Bessel function of order 0.
    i0(x);
    /// `i0` divided by its exponential.
    i0e(x);
    /// The modified Bessel function of order 1.
    i1(x);
    /// `i1` divided by its exponential.
    i1e(x);
    /// `p log(p / q) - p + q`.
    kl_div(p, q);
    /// The logarithm of the gamma function.
    loggamma(x);
    /// `log(x / (1 - x))`.
    logit(x);
    /// The normal distribution's function.
    ndtr(x);
    /// The inverse of `ndtr`.
    ndtri(p);
    /// Owen's T function.
    owens_t(h, a);
    /// Pochhammer's symbol.
    poch(z, m);
    /// The derivatives of `digamma`.
    polygamma(n, x);
    /// `p log(p / q)`.
    rel_entr(p, q);
    /// The integrals of sine and cosine.
    sici(x);
    /// Spence's function.
    spence(x);
    /// Faddeeva's function.
    wofz(z);
    /// `x log(1 + y)`, 0 where `x` is.
    xlog1py(x, y);
    /// `x log y`, 0 where `x` is.
    xlogy(x, y);
}
functions! { register_functions;
    /// Bernoulli's numbers.
    fn bernoulli(n: usize) [n] |py| {
        let _ = py;
        special::bernoulli(n)
    };
    /// Bessel's functions of the first kind and orders up to `v`.
    fn bessel_jn(z: ArrayLike, v: usize, n_iter: usize) [z, *, v, n_iter = 50] |py| special::bessel_jn(z.arg(py), v, n_iter);
    /// How many ways there are to choose `k` of `N`.
    fn comb(N: ArrayLike, k: ArrayLike, repetition: bool) [N, k, *, repetition = false] |py| special::comb(N.input(py), k.input(py), repetition);
    /// The factorial.
    fn factorial(n: ArrayLike, exact: bool) [n, exact = false] |py| {
        if exact {
            return Err(pyo3::exceptions::PyNotImplementedError::new_err("factorial with exact=True"));
        }
        special::factorial(n.input(py))
    };
    /// The logarithm of the normal distribution's function.
    fn log_ndtr(x: ArrayLike, series_order: usize) [x, series_order = 3] |py| {
        let _ = series_order; // it is exact without a series
        special::log_ndtr(x.input(py))
    };
    /// The logarithm of `softmax`.
    fn log_softmax(x: ArrayLike, axis: Axes) [x, /, *, axis = Axes(None)] |py| special::log_softmax(x.arg(py), axis.over(false));
    /// Exponentials in proportion to their sum.
    fn softmax(x: ArrayLike, axis: Axes) [x, /, *, axis = Axes(None)] |py| special::softmax(x.arg(py), axis.over(false));
    /// The logarithm of the sum of exponentials, and the sign of that sum if `return_sign`.
    fn logsumexp(a: ArrayLike, axis: Axes, b: Option<ArrayLike>, keepdims: bool, return_sign: bool, r#where: Option<ArrayLike>) [a, axis = Axes(None), b = None, keepdims = false, return_sign = false, r#where = None] |py| {
        crate::nn::log_of_sum(py, &a, b.as_ref(), axis.reduction(py, keepdims, &r#where, &None, None), return_sign)
    };
    /// The logarithm of the multivariate gamma function.
    fn multigammaln(a: ArrayLike, d: usize) [a, d] |py| special::multigammaln(a.input(py), d);
    /// Spherical harmonics.
    fn _sph_harm_y(n: ArrayLike, m: ArrayLike, theta: ArrayLike, phi: ArrayLike, n_max: usize) [n, m, theta, phi, n_max] |py| special::sph_harm_y(n.arg(py), m.arg(py), theta.arg(py), phi.arg(py), n_max);
    /// Hurwitz's zeta function; Riemann's without `q`.
    fn zeta(x: ArrayLike, q: Option<ArrayLike>) [x, q = None] |py| special::zeta(x.input(py), q.map_or(Arg::Int(1), |q| q.input(py)));
}
/// Adds all functions to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    register_functions_of_arrays(module)?;
    register_functions(module)
}
