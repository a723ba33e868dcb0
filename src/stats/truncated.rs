//! The normal distribution, cut off.

use super::{distribution, within};
use crate::{numpy::Arg, special};
use raxla_ir::Tracer;

/// The logarithm of the probability of a standard normal number to be between `a` and `b`: of what lies right of 0 by its mirror image, of
/// both sides by what is left outside.
#[track_caller]
fn log_mass(a: Tracer, b: Tracer) -> Tracer {
    let right = a.greater(0.0);
    let both = a.less_equal(0.0) & b.greater(0.0);
    let (low, high) = (right.select(-b, a), right.select(-a, b));
    // Elsewhere than where the difference is taken, of any two.
    let high = special::log_ndtr(both.select(a.full_like(0.0), high));
    let low = special::log_ndtr(both.select(a.full_like(-1.0), low));
    let tail = high + (-(low - high).exp()).log1p();
    let outside = |x: Tracer, other: f64| special::ndtr(both.select(x, x.full_like(other)));
    both.select((-outside(a, -1.0) - outside(-b, -1.0)).log1p(), tail)
}
/// The logarithm of the probability not to be above `z`.
#[track_caller]
fn log_below(z: Tracer, a: Tracer, b: Tracer) -> Tracer {
    let inside = z.greater(a) & z.less(b);
    let z = inside.select(z, (a.maximum(-1e3) + b.minimum(1e3)) * 0.5);
    let whole = log_mass(a, b);
    let below = log_mass(a, z) - whole;
    // Close to all of it, by the rest.
    let most = below.greater(-0.1);
    let rest = most.select(log_mass(z, b) - whole, z.full_like(-1.0));
    most.select((-rest.exp()).log1p(), below)
}
distribution! {
    /// The normal distribution of mean `loc` and standard deviation `scale`, cut off at `loc + a scale` and `loc + b scale`; NaN unless
    /// `a < b`.
    ///
    /// ```
    /// # use raxla::{show, stats::truncnorm};
    /// assert_eq!(show(|| truncnorm::logpdf(0.5, -1.0, 2.0, 0.0, 1.0)), "-0.8438");
    /// assert_eq!(show(|| truncnorm::pdf(0.5, -1.0, 2.0, 0.0, 1.0)), "0.4301");
    /// assert_eq!(show(|| truncnorm::cdf(0.5, -1.0, 2.0, 0.0, 1.0)), "0.6509");
    /// assert_eq!(show(|| truncnorm::logcdf(0.5, -1.0, 2.0, 0.0, 1.0)), "-0.4294");
    /// assert_eq!(show(|| truncnorm::sf(0.5, -1.0, 2.0, 0.0, 1.0)), "0.3491");
    /// assert_eq!(show(|| truncnorm::logsf(0.5, -1.0, 2.0, 0.0, 1.0)), "-1.052");
    /// ```
    truncnorm(x, a, b, loc, scale) {
        logpdf = of {
            let z = (x - loc) / scale;
            let log = crate::stats::norm::logpdf(x, loc, scale) - log_mass(a, b);
            within(a.less(b), within(z.greater_equal(a) & z.less_equal(b), log, f64::NEG_INFINITY), f64::NAN)
        };
        pdf = exp logpdf;
        cdf = exp logcdf;
        logcdf = of {
            let z = (x - loc) / scale;
            let log = within(z.greater(a), log_below(z, a, b), f64::NEG_INFINITY);
            within(a.less(b), within(z.less(b), log, 0.0), f64::NAN)
        };
        sf = exp logsf;
        logsf = of { logcdf(-x, -b, -a, -loc, scale) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { stats_truncated:
        "jsp.stats.truncnorm.logpdf(a, -1.0, b, 0.5, 2.0)", "f32(6), f32(6, low=0.5, high=3)" => fn(a, b) truncnorm::logpdf(a, -1.0, b, 0.5, 2.0);
        "jsp.stats.truncnorm.pdf(a, b, 4.0)", "f32(6, low=1, high=4), f32(6, low=0.5, high=3)" => fn(a, b) truncnorm::pdf(a, b, 4.0, 0, 1);
        "jsp.stats.truncnorm.logcdf(a, -1.5, 2.5)", "f32(8, low=-1.4, high=2.4)" => fn(a) truncnorm::logcdf(a, -1.5, 2.5, 0, 1);
        "jsp.stats.truncnorm.cdf(a, -1.5, 2.5)", "values([-2.0, -1.5, 0.0, 2.5, 3.0], 'f4')", values => fn(a) truncnorm::cdf(a, -1.5, 2.5, 0, 1);
        "jsp.stats.truncnorm.logcdf(a, 0.5, 2.5)", "f32(8, low=0.6, high=2.4)" => fn(a) truncnorm::logcdf(a, 0.5, 2.5, 0, 1);
        "jsp.stats.truncnorm.cdf(a, 3.0, 2.5)", "f32(2)", values => fn(a) truncnorm::cdf(a, 3.0, 2.5, 0, 1);
        "jsp.stats.truncnorm.logsf(a, -1.5, 2.5, 0.5, 2.0)", "f32(8, low=-2, high=5)" => fn(a) truncnorm::logsf(a, -1.5, 2.5, 0.5, 2.0);
        "jsp.stats.truncnorm.sf(a, -3.0, -2.0)", "f64(4, low=-2.9, high=-2.1)", x64 => fn(a) truncnorm::sf(a, -3.0, -2.0, 0, 1);
    }
}
