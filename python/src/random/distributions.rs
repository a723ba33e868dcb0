//! Distributions: what the Rust library draws, under JAX's signatures.

use super::{Shape, Sharding, float, inexact, int, key_of, number, parameter, promoted, shape_of, whole, wrong_dtype};
use crate::{array::ArrayLike, dtype::Dtype, table::functions, tree::type_error};
use pyo3::{
    Bound, PyResult, Python,
    exceptions::{PyNotImplementedError, PyValueError},
    types::PyModule,
};
use raxla::{
    DType, Tracer,
    ir::dtype::x64,
    numpy as np,
    random::{self, CovarianceFactor, Implementation, Key},
};

fn key(py: Python, name: &str, array: &ArrayLike, sharding: Sharding) -> PyResult<Key> {
    let Sharding = sharding;
    Ok(key_of(py, name, array)?.0)
}
/// Gumbel numbers by the name of a mode.
fn gumbel_of(mode: Option<&str>) -> PyResult<fn(Key, &[usize], DType) -> Tracer> {
    match mode {
        None | Some("low") => Ok(random::gumbel),
        Some("high") => Ok(random::gumbel_high),
        Some("highest") => Ok(random::gumbel_highest),
        Some(other) => Err(PyValueError::new_err(format!("Must provide valid mode for gumbel got: {other}"))),
    }
}

/// Distributions of no parameters, with the kind of their dtype.
macro_rules! standard { ($($(#[$doc:meta])* $name:ident $kind:ident;)*) => { functions! { register_standard; $(
    $(#[$doc])*
    fn $name(key: ArrayLike, shape: Shape, dtype: Option<Dtype>, out_sharding: Sharding) [key, shape = Shape::default(), dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = $kind(stringify!($name), dtype)?;
        random::$name(self::key(py, stringify!($name), &key, out_sharding)?, &shape.0, dtype)
    };
)* } } }
standard! {
    /// Normal numbers.
    normal inexact;
    /// Numbers of the exponential distribution.
    exponential float;
    /// Numbers of Laplace's distribution.
    laplace float;
    /// Numbers of the logistic distribution.
    logistic float;
    /// Numbers of Cauchy's distribution.
    cauchy float;
    /// Numbers of Maxwell's distribution.
    maxwell float;
}
/// Distributions of one parameter.
macro_rules! single { ($($(#[$doc:meta])* $name:ident $parameter:ident;)*) => { functions! { register_single; $(
    $(#[$doc])*
    fn $name(key: ArrayLike, $parameter: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, out_sharding: Sharding) [key, $parameter, shape = None, dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = float(stringify!($name), dtype)?;
        let (key, p) = (self::key(py, stringify!($name), &key, out_sharding)?, parameter(py, stringify!($name), $parameter, dtype)?);
        random::$name(key, p, &shape_of(shape, &[p]), dtype)
    };
)* } } }
single! {
    /// Numbers of the gamma distribution.
    gamma a;
    /// Logarithms of numbers of the gamma distribution.
    loggamma a;
    /// Numbers of Pareto's distribution.
    pareto b;
    /// Numbers of Rayleigh's distribution.
    rayleigh scale;
    /// Numbers of the chi-square distribution.
    chisquare df;
    /// Numbers of Student's distribution.
    t df;
    /// Numbers of Wald's distribution.
    wald mean;
}
functions! { register_functions;
    /// Random bits.
    fn bits(key: ArrayLike, shape: Shape, dtype: Option<Dtype>, out_sharding: Sharding) [key, shape = Shape::default(), dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = dtype.map_or(if x64() { DType::U64 } else { DType::U32 }, |d| d.0);
        if dtype.kind() != raxla::ir::Kind::Unsigned {
            return Err(wrong_dtype("bits", "an unsigned int", dtype));
        }
        random::bits(self::key(py, "bits", &key, out_sharding)?, &shape.0, dtype)
    };
    /// Numbers between two others.
    fn uniform(key: ArrayLike, shape: Shape, dtype: Option<Dtype>, minval: ArrayLike, maxval: ArrayLike, out_sharding: Sharding) [key, shape = Shape::default(), dtype = None, minval = number(0.0), maxval = number(1.0), *, out_sharding = Sharding] |py| {
        let dtype = float("uniform", dtype)?;
        let (low, high) = (np::astype(minval.input(py), dtype), np::astype(maxval.input(py), dtype));
        random::uniform(self::key(py, "uniform", &key, out_sharding)?, low, high, &shape.0, dtype)
    };
    /// Normal numbers between two others.
    fn truncated_normal(key: ArrayLike, lower: ArrayLike, upper: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, out_sharding: Sharding) [key, lower, upper, shape = None, dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = float("truncated_normal", dtype)?;
        let (low, high) = (np::astype(lower.input(py), dtype), np::astype(upper.input(py), dtype));
        random::truncated_normal(self::key(py, "truncated_normal", &key, out_sharding)?, low, high, &shape_of(shape, &[low, high]), dtype)
    };
    /// Exponentials of normal numbers of a deviation.
    fn lognormal(key: ArrayLike, sigma: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, out_sharding: Sharding) [key, sigma = number(1.0), shape = None, dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = inexact("lognormal", dtype)?;
        let (key, sigma) = (self::key(py, "lognormal", &key, out_sharding)?, parameter(py, "lognormal", sigma, dtype)?);
        random::lognormal(key, sigma, &shape_of(shape, &[sigma]), dtype)
    };
    /// Numbers of Gumbel's distribution.
    fn gumbel(key: ArrayLike, shape: Shape, dtype: Option<Dtype>, mode: Option<&str>, out_sharding: Sharding) [key, shape = Shape::default(), dtype = None, mode = None, *, out_sharding = Sharding] |py| {
        let dtype = float("gumbel", dtype)?;
        gumbel_of(mode)?(self::key(py, "gumbel", &key, out_sharding)?, &shape.0, dtype)
    };
    /// Numbers of Maxwell's distribution to both sides of a place.
    fn double_sided_maxwell(key: ArrayLike, loc: ArrayLike, scale: ArrayLike, shape: Shape, dtype: Option<Dtype>) [key, loc, scale, shape = Shape::default(), dtype = None] |py| {
        let dtype = float("double_sided_maxwell", dtype)?;
        let key = self::key(py, "double_sided_maxwell", &key, Sharding)?;
        let (loc, scale) = (np::astype(loc.input(py), dtype), np::astype(scale.input(py), dtype));
        // The parameters' axes follow those that are asked for; those of the parameters, if none are.
        let own = shape_of(None, &[loc, scale]);
        let first = if shape.0.is_empty() { own.clone() } else { shape.0 };
        random::double_sided_maxwell(key, loc, scale, &[first, own].concat(), dtype)
    };
    /// Numbers of Weibull's distribution.
    fn weibull_min(key: ArrayLike, scale: ArrayLike, concentration: ArrayLike, shape: Shape, dtype: Option<Dtype>) [key, scale, concentration, shape = Shape::default(), dtype = None] |py| {
        let dtype = float("weibull_min", dtype)?;
        // The shape is that of the uniform numbers, which the parameters broadcast.
        let drawn = random::exponential(self::key(py, "weibull_min", &key, Sharding)?, &shape.0, dtype);
        np::multiply(np::power(drawn, np::divide(1.0, concentration.input(py))), scale.input(py))
    };
    /// Numbers of the triangular distribution.
    fn triangular(key: ArrayLike, left: ArrayLike, mode: ArrayLike, right: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, out_sharding: Sharding) [key, left, mode, right, shape = None, dtype = None, *, out_sharding = Sharding] |py| {
        let name = "triangular";
        let dtype = float(name, dtype)?;
        let key = self::key(py, name, &key, out_sharding)?;
        let p = [parameter(py, name, left, dtype)?, parameter(py, name, mode, dtype)?, parameter(py, name, right, dtype)?];
        random::triangular(key, p[0], p[1], p[2], &shape_of(shape, &p), dtype)
    };
    /// Numbers of the beta distribution.
    fn beta(key: ArrayLike, a: ArrayLike, b: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, out_sharding: Sharding) [key, a, b, shape = None, dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = float("beta", dtype)?;
        let key = self::key(py, "beta", &key, out_sharding)?;
        let (a, b) = (parameter(py, "beta", a, dtype)?, parameter(py, "beta", b, dtype)?);
        random::beta(key, a, b, &shape_of(shape, &[a, b]), dtype)
    };
    /// Numbers of Snedecor's distribution.
    fn f(key: ArrayLike, dfnum: ArrayLike, dfden: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, out_sharding: Sharding) [key, dfnum, dfden, shape = None, dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = float("f", dtype)?;
        let key = self::key(py, "f", &key, out_sharding)?;
        let (a, b) = (parameter(py, "f", dfnum, dtype)?, parameter(py, "f", dfden, dtype)?);
        random::f(key, a, b, &shape_of(shape, &[a, b]), dtype)
    };
    /// Vectors of Dirichlet's distribution.
    fn dirichlet(key: ArrayLike, alpha: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, out_sharding: Sharding) [key, alpha, shape = None, dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = float("dirichlet", dtype)?;
        let (key, alpha) = (self::key(py, "dirichlet", &key, out_sharding)?, np::astype(alpha.input(py), dtype));
        let own = alpha.shape();
        let Some((_, batch)) = own.split_last() else {
            return Err(PyValueError::new_err("dirichlet requires alpha.ndim >= 1, got alpha.ndim == 0"));
        };
        random::dirichlet(key, alpha, &shape.map_or(batch.to_vec(), |s| s.0), dtype)
    };
    /// Numbers whose density falls with a power.
    fn generalized_normal(key: ArrayLike, p: ArrayLike, shape: Shape, dtype: Option<Dtype>, out_sharding: Sharding) [key, p, shape = Shape::default(), dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = float("generalized_normal", dtype)?;
        random::generalized_normal(self::key(py, "generalized_normal", &key, out_sharding)?, np::astype(p.input(py), dtype), &shape.0, dtype)
    };
    /// Points of a ball.
    fn ball(key: ArrayLike, d: usize, p: ArrayLike, shape: Shape, dtype: Option<Dtype>, out_sharding: Sharding) [key, d, p = number(2.0), shape = Shape::default(), dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = float("ball", dtype)?;
        random::ball(self::key(py, "ball", &key, out_sharding)?, d, np::astype(p.input(py), dtype), &shape.0, dtype)
    };
    /// Orthogonal matrices.
    fn orthogonal(key: ArrayLike, n: usize, shape: Shape, dtype: Option<Dtype>, m: Option<usize>, out_sharding: Sharding) [key, n, shape = Shape::default(), dtype = None, m = None, *, out_sharding = Sharding] |py| {
        let dtype = inexact("normal", dtype)?;
        random::orthogonal(self::key(py, "orthogonal", &key, out_sharding)?, n, m, &shape.0, dtype)
    };
    /// Normal vectors of a mean and covariances.
    fn multivariate_normal(key: ArrayLike, mean: ArrayLike, cov: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, method: &str, out_sharding: Sharding) [key, mean, cov, shape = None, dtype = None, method = "cholesky", *, out_sharding = Sharding] |py| {
        let key = self::key(py, "multivariate_normal", &key, out_sharding)?;
        let (mean, cov) = (promoted(py, mean), promoted(py, cov));
        let factor = match method {
            "cholesky" => CovarianceFactor::Cholesky,
            "eigh" => CovarianceFactor::Eigh,
            "svd" => CovarianceFactor::Svd,
            _ => return Err(PyValueError::new_err("method must be one of {'svd', 'eigh', 'cholesky'}")),
        };
        let own = np::result_type([mean.into(), cov.into()]);
        let dtype = float("multivariate_normal", Some(dtype.unwrap_or(Dtype(own))))?;
        let (means, covariances) = (mean.shape(), cov.shape());
        let n = means.len().checked_sub(1).ok_or_else(|| PyValueError::new_err("multivariate_normal requires mean.ndim >= 1, got mean.ndim == 0"))?;
        let c = covariances.len().checked_sub(2).ok_or_else(|| PyValueError::new_err(format!("multivariate_normal requires cov.ndim >= 2, got cov.ndim == {}", covariances.len())))?;
        let shape = shape.map_or_else(|| np::broadcast_shapes(&[&means[..n], &covariances[..c]]), |s| s.0);
        random::multivariate_normal(key, mean, cov, factor, &shape, dtype)
    };
    /// Integers from one number to another, which is left out.
    fn randint(key: ArrayLike, shape: Shape, minval: ArrayLike, maxval: ArrayLike, dtype: Option<Dtype>, out_sharding: Sharding) [key, shape, minval, maxval, dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = int(dtype);
        if !dtype.is_integer() {
            return Err(type_error(format!("randint only accepts integer dtypes, got {}", dtype.numpy_name())));
        }
        random::randint(self::key(py, "randint", &key, out_sharding)?, whole(py, minval), whole(py, maxval), &shape.0, dtype)
    };
    /// True with a probability.
    fn bernoulli(key: ArrayLike, p: ArrayLike, shape: Option<Shape>, mode: &str, out_sharding: Sharding) [key, p = number(0.5), shape = None, mode = "low", *, out_sharding = Sharding] |py| {
        let p = p.input(py).tracer();
        let key = self::key(py, "bernoulli", &key, out_sharding)?;
        if !p.dtype().is_float() {
            let message = format!("bernoulli probability `p` must have a floating dtype, got {}.", p.dtype().numpy_name());
            return Err(type_error(message));
        }
        let shape = shape_of(shape, &[p]);
        match mode {
            "low" => random::bernoulli(key, p, &shape),
            "high" => random::bernoulli_high(key, p, &shape),
            mode => return Err(PyValueError::new_err(format!("got mode='{mode}', expected 'high' or 'low'"))),
        }
    };
    /// -1 or 1.
    fn rademacher(key: ArrayLike, shape: Shape, dtype: Option<Dtype>, out_sharding: Sharding) [key, shape = Shape::default(), dtype = None, *, out_sharding = Sharding] |py| {
        let key = self::key(py, "rademacher", &key, out_sharding)?;
        // The numbers that decide are of the default dtype.
        let heads = random::bernoulli(key, np::full(&shape.0, 0.5, Some(DType::default_float())), &shape.0);
        np::astype(np::subtract(np::multiply(np::astype(heads, int(dtype)), 2), 1), int(dtype))
    };
    /// Categories with probabilities in proportion to the exponentials of logits.
    fn categorical(key: ArrayLike, logits: ArrayLike, axis: isize, shape: Option<Shape>, replace: bool, mode: Option<&str>, out_sharding: Sharding) [key, logits, axis = -1, shape = None, replace = true, mode = None, *, out_sharding = Sharding] |py| {
        let (key, logits) = (self::key(py, "categorical", &key, out_sharding)?, logits.tracer(py));
        let rank = logits.rank() as isize;
        let left = (axis + if axis < 0 { rank } else { 0 }) as usize;
        let own: Vec<usize> = logits.shape().iter().enumerate().filter(|(i, _)| *i != left).map(|(_, n)| *n).collect();
        random::categorical_by(gumbel_of(mode)?, key, logits, axis, replace, &shape.map_or(own, |s| s.0), DType::default_int())
    };
    /// Rows in another order.
    fn _permutation(key: ArrayLike, x: ArrayLike, axis: isize, independent: bool) [key, x, axis, independent] |py| {
        random::permutation(self::key(py, "permutation", &key, Sharding)?, x.tracer(py), axis, independent)
    };
    /// Rows by chance.
    fn _choice(key: ArrayLike, a: ArrayLike, shape: Shape, replace: bool, p: Option<ArrayLike>, axis: isize, mode: Option<&str>) [key, a, shape, replace, p, axis, mode] |py| {
        let key = self::key(py, "choice", &key, Sharding)?;
        random::choice_by(gumbel_of(mode)?, key, a.tracer(py), replace, p.map(|p| promoted(py, p)), axis, &shape.0)
    };
    /// Numbers of trials up to a success.
    fn geometric(key: ArrayLike, p: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, out_sharding: Sharding) [key, p, shape = None, dtype = None, *, out_sharding = Sharding] |py| {
        let dtype = int(dtype);
        if !dtype.is_integer() {
            return Err(wrong_dtype("geometric", "an int", dtype));
        }
        let (key, p) = (self::key(py, "geometric", &key, out_sharding)?, promoted(py, p));
        random::geometric(key, p, &shape_of(shape, &[p]), dtype)
    };
    /// Numbers of events.
    fn poisson(key: ArrayLike, lam: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, out_sharding: Sharding) [key, lam, shape = None, dtype = None, *, out_sharding = Sharding] |py| {
        let (key, lam) = (self::key(py, "poisson", &key, out_sharding)?, np::astype(lam.input(py), DType::F32));
        if key.implementation() != Implementation::Threefry2x32 {
            let message = format!("`poisson` is only implemented for the threefry2x32 RNG, not {}", crate::keys::name(key.implementation()));
            return Err(PyNotImplementedError::new_err(message));
        }
        random::poisson(key, lam, &shape_of(shape, &[lam]), int(dtype))
    };
    /// Numbers of successes in trials.
    fn binomial(key: ArrayLike, n: ArrayLike, p: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>) [key, n, p, shape = None, dtype = None] |py| {
        let dtype = float("binomial", dtype)?;
        let (key, p) = (self::key(py, "binomial", &key, Sharding)?, promoted(py, p));
        let n = np::astype(n.input(py), p.dtype());
        random::binomial(key, n, p, &shape_of(shape, &[n, p]), dtype)
    };
    /// Numbers of draws in each of several classes.
    fn multinomial(key: ArrayLike, n: ArrayLike, p: ArrayLike, shape: Option<Shape>, dtype: Option<Dtype>, unroll: Option<pyo3::Py<pyo3::PyAny>>) [key, n, p, *, shape = None, dtype = None, unroll = None] |py| {
        let _ = unroll;
        let (key, n, p) = (self::key(py, "multinomial", &key, Sharding)?, promoted(py, n), promoted(py, p));
        let own = np::result_type([n.into(), p.into()]);
        let (n, p) = (np::astype(n, own), np::astype(p, own));
        let shape = shape.map_or_else(|| p.shape().to_vec(), |s| s.0);
        random::multinomial(key, n, p, &shape, dtype.map_or_else(DType::default_float, |d| d.0))
    };
}
/// Adds all distributions to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    register_standard(module)?;
    register_single(module)?;
    register_functions(module)
}
