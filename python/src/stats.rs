//! `raxla.scipy.stats`: distributions, each a module of functions, ranks and densities.

use crate::{
    array::ArrayLike,
    lax::Absent,
    table::{Axes, Out, Sizes, functions},
};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyModule};
use raxla::{
    numpy::Arg,
    stats::{self, Bandwidth, GaussianKde, Kde, NanPolicy, Ties},
};

/// A default of a parameter.
fn number(n: i64) -> ArrayLike {
    ArrayLike::Number(Arg::Int(n))
}
macro_rules! distributions { ($($module:ident { $($(#[$doc:meta])* $name:ident($($x:ident $(= $default:literal)?),*);)* })*) => {
    $(mod $module {
        use super::*;
        functions! { register; $(
            $(#[$doc])*
            fn $name($($x: ArrayLike),*) [$($x $(= number($default))?),*] |py| stats::$module::$name($($x.input(py)),*);
        )* }
    })*
    fn register_distributions(module: &Bound<PyModule>) -> PyResult<()> {
        $(crate::submodule(module, stringify!($module), $module::register)?;)*
        Ok(())
    }
} }
distributions! {
    bernoulli {
        /// The probability of a number not above the point.
        cdf(k, p);
        /// The logarithm of the probability of a number.
        logpmf(k, p, loc = 0);
        /// The probability of a number.
        pmf(k, p, loc = 0);
        /// The inverse of `cdf`.
        ppf(q, p);
    }
    beta {
        /// The probability of a number not above the point.
        cdf(x, a, b, loc = 0, scale = 1);
        /// The logarithm of `cdf`.
        logcdf(x, a, b, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, a, b, loc = 0, scale = 1);
        /// The logarithm of `sf`.
        logsf(x, a, b, loc = 0, scale = 1);
        /// The density.
        pdf(x, a, b, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, a, b, loc = 0, scale = 1);
    }
    betabinom {
        /// The logarithm of the probability of a number.
        logpmf(k, n, a, b, loc = 0);
        /// The probability of a number.
        pmf(k, n, a, b, loc = 0);
    }
    binom {
        /// The logarithm of the probability of a number.
        logpmf(k, n, p, loc = 0);
        /// The probability of a number.
        pmf(k, n, p, loc = 0);
    }
    cauchy {
        /// The probability of a number not above the point.
        cdf(x, loc = 0, scale = 1);
        /// The inverse of `sf`.
        isf(q, loc = 0, scale = 1);
        /// The logarithm of `cdf`.
        logcdf(x, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, loc = 0, scale = 1);
        /// The logarithm of `sf`.
        logsf(x, loc = 0, scale = 1);
        /// The density.
        pdf(x, loc = 0, scale = 1);
        /// The inverse of `cdf`.
        ppf(q, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, loc = 0, scale = 1);
    }
    chi2 {
        /// The probability of a number not above the point.
        cdf(x, df, loc = 0, scale = 1);
        /// The logarithm of `cdf`.
        logcdf(x, df, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, df, loc = 0, scale = 1);
        /// The logarithm of `sf`.
        logsf(x, df, loc = 0, scale = 1);
        /// The density.
        pdf(x, df, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, df, loc = 0, scale = 1);
    }
    dirichlet {
        /// The logarithm of the density.
        logpdf(x, alpha);
        /// The density.
        pdf(x, alpha);
    }
    expon {
        /// The probability of a number not above the point.
        cdf(x, loc = 0, scale = 1);
        /// The logarithm of `cdf`.
        logcdf(x, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, loc = 0, scale = 1);
        /// The logarithm of `sf`.
        logsf(x, loc = 0, scale = 1);
        /// The density.
        pdf(x, loc = 0, scale = 1);
        /// The inverse of `cdf`.
        ppf(q, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, loc = 0, scale = 1);
    }
    gamma {
        /// The probability of a number not above the point.
        cdf(x, a, loc = 0, scale = 1);
        /// The logarithm of `cdf`.
        logcdf(x, a, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, a, loc = 0, scale = 1);
        /// The logarithm of `sf`.
        logsf(x, a, loc = 0, scale = 1);
        /// The density.
        pdf(x, a, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, a, loc = 0, scale = 1);
    }
    gennorm {
        /// The probability of a number not above the point.
        cdf(x, beta);
        /// The logarithm of the density.
        logpdf(x, beta);
        /// The density.
        pdf(x, beta);
    }
    geom {
        /// The logarithm of the probability of a number.
        logpmf(k, p, loc = 0);
        /// The probability of a number.
        pmf(k, p, loc = 0);
    }
    gumbel_l {
        /// The probability of a number not above the point.
        cdf(x, loc = 0, scale = 1);
        /// The logarithm of `cdf`.
        logcdf(x, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, loc = 0, scale = 1);
        /// The logarithm of `sf`.
        logsf(x, loc = 0, scale = 1);
        /// The density.
        pdf(x, loc = 0, scale = 1);
        /// The inverse of `cdf`.
        ppf(p, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, loc = 0, scale = 1);
    }
    gumbel_r {
        /// The probability of a number not above the point.
        cdf(x, loc = 0, scale = 1);
        /// The logarithm of `cdf`.
        logcdf(x, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, loc = 0, scale = 1);
        /// The logarithm of `sf`.
        logsf(x, loc = 0, scale = 1);
        /// The density.
        pdf(x, loc = 0, scale = 1);
        /// The inverse of `cdf`.
        ppf(p, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, loc = 0, scale = 1);
    }
    laplace {
        /// The probability of a number not above the point.
        cdf(x, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, loc = 0, scale = 1);
        /// The density.
        pdf(x, loc = 0, scale = 1);
    }
    logistic {
        /// The probability of a number not above the point.
        cdf(x, loc = 0, scale = 1);
        /// The inverse of `sf`.
        isf(x, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, loc = 0, scale = 1);
        /// The density.
        pdf(x, loc = 0, scale = 1);
        /// The inverse of `cdf`.
        ppf(x, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, loc = 0, scale = 1);
    }
    multinomial {
        /// The logarithm of the probability of a number.
        logpmf(x, n, p);
        /// The probability of a number.
        pmf(x, n, p);
    }
    nbinom {
        /// The logarithm of the probability of a number.
        logpmf(k, n, p, loc = 0);
        /// The probability of a number.
        pmf(k, n, p, loc = 0);
    }
    norm {
        /// The probability of a number not above the point.
        cdf(x, loc = 0, scale = 1);
        /// The inverse of `sf`.
        isf(q, loc = 0, scale = 1);
        /// The logarithm of `cdf`.
        logcdf(x, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, loc = 0, scale = 1);
        /// The logarithm of `sf`.
        logsf(x, loc = 0, scale = 1);
        /// The density.
        pdf(x, loc = 0, scale = 1);
        /// The inverse of `cdf`.
        ppf(q, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, loc = 0, scale = 1);
    }
    pareto {
        /// The probability of a number not above the point.
        cdf(x, b, loc = 0, scale = 1);
        /// The logarithm of `cdf`.
        logcdf(x, b, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, b, loc = 0, scale = 1);
        /// The logarithm of `sf`.
        logsf(x, b, loc = 0, scale = 1);
        /// The density.
        pdf(x, b, loc = 0, scale = 1);
        /// The inverse of `cdf`.
        ppf(q, b, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, b, loc = 0, scale = 1);
    }
    poisson {
        /// The probability of a number not above the point.
        cdf(k, mu, loc = 0);
        /// The mean of minus the logarithm of the probability.
        entropy(mu, loc = 0);
        /// The logarithm of the probability of a number.
        logpmf(k, mu, loc = 0);
        /// The probability of a number.
        pmf(k, mu, loc = 0);
    }
    t {
        /// The logarithm of the density.
        logpdf(x, df, loc = 0, scale = 1);
        /// The density.
        pdf(x, df, loc = 0, scale = 1);
    }
    truncnorm {
        /// The probability of a number not above the point.
        cdf(x, a, b, loc = 0, scale = 1);
        /// The logarithm of `cdf`.
        logcdf(x, a, b, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, a, b, loc = 0, scale = 1);
        /// The logarithm of `sf`.
        logsf(x, a, b, loc = 0, scale = 1);
        /// The density.
        pdf(x, a, b, loc = 0, scale = 1);
        /// The probability of a number above the point.
        sf(x, a, b, loc = 0, scale = 1);
    }
    uniform {
        /// The probability of a number not above the point.
        cdf(x, loc = 0, scale = 1);
        /// The logarithm of the density.
        logpdf(x, loc = 0, scale = 1);
        /// The density.
        pdf(x, loc = 0, scale = 1);
        /// The inverse of `cdf`.
        ppf(q, loc = 0, scale = 1);
    }
    vonmises {
        /// The logarithm of the density.
        logpdf(x, kappa);
        /// The density.
        pdf(x, kappa);
    }
    wrapcauchy {
        /// The logarithm of the density.
        logpdf(x, c);
        /// The density.
        pdf(x, c);
    }
}
mod multivariate_normal {
    use super::*;
    functions! { register;
        /// The logarithm of the density.
        fn logpdf(x: ArrayLike, mean: ArrayLike, cov: ArrayLike, allow_singular: Option<Absent>) [x, mean, cov, allow_singular = None] |py| {
            let _ = allow_singular;
            stats::multivariate_normal::logpdf(x.arg(py), mean.arg(py), cov.arg(py))
        };
        /// The density.
        fn pdf(x: ArrayLike, mean: ArrayLike, cov: ArrayLike) [x, mean, cov] |py| stats::multivariate_normal::pdf(x.arg(py), mean.arg(py), cov.arg(py));
    }
}
fn one_axis(axis: Axes) -> PyResult<Option<isize>> {
    match axis.0.as_deref() {
        None => Ok(None),
        Some([axis]) => Ok(Some(*axis)),
        Some(axes) => Err(PyValueError::new_err(format!("takes one axis, got {axes:?}"))),
    }
}
fn check_policy(policy: &str) -> PyResult<NanPolicy> {
    match policy {
        "propagate" => Ok(NanPolicy::Propagate),
        "omit" => Ok(NanPolicy::Omit),
        "raise" => Err(pyo3::exceptions::PyNotImplementedError::new_err(
            "nan_policy 'raise' is not supported: programs do not fail on values",
        )),
        other => Err(PyValueError::new_err(format!(
            "nan_policy must be one of {{'propagate', 'omit', 'raise'}}, got {other}"
        ))),
    }
}
fn propagates(policy: &str) -> PyResult<()> {
    match check_policy(policy)? {
        NanPolicy::Propagate => Ok(()),
        NanPolicy::Omit => {
            Err(pyo3::exceptions::PyNotImplementedError::new_err("nan_policy 'omit' is not supported here"))
        }
    }
}
functions! { register_functions;
    /// The commonest element along an axis, and how often it is there.
    fn _mode(a: ArrayLike, axis: Axes, nan_policy: &str, keepdims: bool) [a, axis, nan_policy, keepdims] |py| {
        propagates(nan_policy)?;
        stats::mode(a.arg(py), one_axis(axis)?, keepdims)
    };
    /// The rank of each element.
    fn rankdata(a: ArrayLike, method: &str, axis: Axes, nan_policy: &str) [a, method = "average", *, axis = Axes(None), nan_policy = "propagate"] |py| {
        propagates(nan_policy)?;
        let method = match method {
            "average" => Ties::Average,
            "min" => Ties::Min,
            "max" => Ties::Max,
            "dense" => Ties::Dense,
            "ordinal" => Ties::Ordinal,
            other => return Err(PyValueError::new_err(format!("unknown method '{other}'"))),
        };
        stats::rankdata(a.arg(py), method, one_axis(axis)?)
    };
    /// The standard error of the mean.
    fn sem(a: ArrayLike, axis: Axes, ddof: f64, nan_policy: &str, keepdims: bool) [a, axis = Axes(Some(vec![0])), ddof = 1.0, nan_policy = "propagate", *, keepdims = false] |py| {
        stats::sem(a.arg(py), axis.over(keepdims), ddof, check_policy(nan_policy)?)
    };
}
/// `bw_method`: a rule's name, or a number.
pub enum Rule {
    Scott,
    Silverman,
    Factor(ArrayLike),
}
impl<'a, 'py> pyo3::FromPyObject<'a, 'py> for Rule {
    type Error = PyErr;
    fn extract(object: pyo3::Borrowed<'a, 'py, PyAny>) -> PyResult<Rule> {
        match object.extract::<String>().as_deref() {
            Ok("scott") => Ok(Rule::Scott),
            Ok("silverman") => Ok(Rule::Silverman),
            Ok(_) => Err(PyValueError::new_err("`bw_method` should be 'scott', 'silverman', a scalar, or a callable.")),
            Err(_) => object.extract().map(Rule::Factor),
        }
    }
}
/// An estimate of its fields.
fn estimate(py: Python, [dataset, weights, neff, covariance]: [ArrayLike; 4]) -> GaussianKde {
    let [dataset, weights, neff, covariance] = [dataset, weights, neff, covariance].map(|x| x.tracer(py));
    GaussianKde { dataset, weights, neff, covariance }
}
functions! { register_density;
    /// The fields of an estimate, and the inverse of its covariance.
    fn _kde(dataset: ArrayLike, bw_method: Option<Rule>, weights: Option<ArrayLike>) [dataset, bw_method, weights] |py| {
        let bandwidth = match bw_method {
            None | Some(Rule::Scott) => Bandwidth::Scott,
            Some(Rule::Silverman) => Bandwidth::Silverman,
            Some(Rule::Factor(factor)) => Bandwidth::Factor(factor.arg(py)),
        };
        let kde = GaussianKde::new(dataset.arg(py), Kde { bandwidth, weights: weights.map(|w| w.arg(py)) });
        Out::Tuple(vec![kde.dataset, kde.weights, kde.neff, kde.covariance, raxla::numpy::linalg::inv(kde.covariance)])
    };
    /// The density at points.
    fn _kde_pdf(dataset: ArrayLike, weights: ArrayLike, neff: ArrayLike, covariance: ArrayLike, x: ArrayLike) [dataset, weights, neff, covariance, x] |py| estimate(py, [dataset, weights, neff, covariance]).pdf(x.arg(py));
    /// The logarithm of the density at points.
    fn _kde_logpdf(dataset: ArrayLike, weights: ArrayLike, neff: ArrayLike, covariance: ArrayLike, x: ArrayLike) [dataset, weights, neff, covariance, x] |py| estimate(py, [dataset, weights, neff, covariance]).logpdf(x.arg(py));
    /// The integral of the density times a normal one.
    fn _kde_integrate_gaussian(dataset: ArrayLike, weights: ArrayLike, neff: ArrayLike, covariance: ArrayLike, mean: ArrayLike, cov: ArrayLike) [dataset, weights, neff, covariance, mean, cov] |py| {
        estimate(py, [dataset, weights, neff, covariance]).integrate_gaussian(mean.arg(py), cov.arg(py))
    };
    /// The integral of the density between two bounds.
    fn _kde_integrate_box_1d(dataset: ArrayLike, weights: ArrayLike, neff: ArrayLike, covariance: ArrayLike, low: ArrayLike, high: ArrayLike) [dataset, weights, neff, covariance, low, high] |py| {
        estimate(py, [dataset, weights, neff, covariance]).integrate_box_1d(low.arg(py), high.arg(py))
    };
    /// The integral of the product of two densities.
    fn _kde_integrate_kde(dataset: ArrayLike, weights: ArrayLike, neff: ArrayLike, covariance: ArrayLike, dataset2: ArrayLike, weights2: ArrayLike, neff2: ArrayLike, covariance2: ArrayLike) [dataset, weights, neff, covariance, dataset2, weights2, neff2, covariance2] |py| {
        estimate(py, [dataset, weights, neff, covariance]).integrate_kde(&estimate(py, [dataset2, weights2, neff2, covariance2]))
    };
    /// Random points.
    fn _kde_resample(dataset: ArrayLike, weights: ArrayLike, neff: ArrayLike, covariance: ArrayLike, key: ArrayLike, shape: Sizes) [dataset, weights, neff, covariance, key, shape] |py| {
        let key = crate::random::key_of(py, "gaussian_kde.resample", &key)?.0;
        estimate(py, [dataset, weights, neff, covariance]).resample(key, &shape.shape()?)
    };
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    register_distributions(module)?;
    crate::submodule(module, "multivariate_normal", multivariate_normal::register)?;
    register_density(module)?;
    register_functions(module)
}
