//! Distributions that have but a location and a scale.

use super::{distribution, is_probability, within};
use crate::{
    numpy::{self as np, Arg},
    special,
};
use raxla_ir::Tracer;
use std::f64::consts::{FRAC_1_PI, PI, TAU};

distribution! {
    /// The normal distribution of mean `loc` and standard deviation `scale`.
    ///
    /// ```
    /// # use raxla::{show, stats::norm};
    /// assert_eq!(show(|| norm::logpdf(1.0, 0.0, 2.0)), "-1.737");
    /// assert_eq!(show(|| norm::pdf(1.0, 0.0, 2.0)), "0.176");
    /// assert_eq!(show(|| norm::cdf(1.0, 0.0, 2.0)), "0.6915");
    /// assert_eq!(show(|| norm::logcdf(1.0, 0.0, 2.0)), "-0.3689");
    /// assert_eq!(show(|| norm::sf(1.0, 0.0, 2.0)), "0.3085");
    /// assert_eq!(show(|| norm::logsf(1.0, 0.0, 2.0)), "-1.176");
    /// assert_eq!(show(|| norm::ppf(0.25, 0.0, 2.0)), "-1.349");
    /// assert_eq!(show(|| norm::isf(0.25, 0.0, 2.0)), "1.349");
    /// ```
    norm(x, loc, scale) {
        logpdf = of { ((scale * scale * TAU).log() + ((x - loc) / scale).square()) * -0.5 };
        pdf = exp logpdf;
        cdf = of { special::ndtr((x - loc) / scale) };
        logcdf = of { special::log_ndtr((x - loc) / scale) };
        sf = of { special::ndtr((loc - x) / scale) };
        logsf = of { special::log_ndtr((loc - x) / scale) };
        ppf = of { special::ndtri(x) * scale + loc };
        isf = of { special::ndtri(1f64 - x) * scale + loc };
    }
}
distribution! {
    /// Cauchy's distribution.
    ///
    /// ```
    /// # use raxla::{show, stats::cauchy};
    /// assert_eq!(show(|| cauchy::logpdf(1.0, 0.0, 1.0)), "-1.838");
    /// assert_eq!(show(|| cauchy::pdf(1.0, 0.0, 1.0)), "0.1592");
    /// assert_eq!(show(|| cauchy::cdf(1.0, 0.0, 1.0)), "0.75");
    /// assert_eq!(show(|| cauchy::logcdf(1.0, 0.0, 1.0)), "-0.2877");
    /// assert_eq!(show(|| cauchy::sf(1.0, 0.0, 1.0)), "0.25");
    /// assert_eq!(show(|| cauchy::logsf(1.0, 0.0, 1.0)), "-1.386");
    /// assert_eq!(show(|| cauchy::ppf(0.25, 0.0, 1.0)), "-1.0");
    /// assert_eq!(show(|| cauchy::isf(0.25, 0.0, 1.0)), "1.0");
    /// ```
    cauchy(x, loc, scale) {
        logpdf = of { -((scale * PI).log() + ((x - loc) / scale).square().log1p()) };
        pdf = exp logpdf;
        cdf = of { ((x - loc) / scale).atan() * FRAC_1_PI + 0.5 };
        logcdf = log cdf;
        sf = of { ((loc - x) / scale).atan() * FRAC_1_PI + 0.5 };
        logsf = log sf;
        ppf = of { ((x - 0.5) * PI).tan() * scale + loc };
        isf = of { ((0.5f64 - x) * PI).tan() * scale + loc };
    }
}
distribution! {
    /// The distribution of Laplace.
    ///
    /// ```
    /// # use raxla::{show, stats::laplace};
    /// assert_eq!(show(|| laplace::logpdf(1.0, 0.0, 2.0)), "-1.886");
    /// assert_eq!(show(|| laplace::pdf(1.0, 0.0, 2.0)), "0.1516");
    /// assert_eq!(show(|| laplace::cdf(1.0, 0.0, 2.0)), "0.6967");
    /// ```
    laplace(x, loc, scale) {
        logpdf = of { -((x - loc).abs() / scale + (scale * 2.0).log()) };
        pdf = exp logpdf;
        cdf = of {
            let z = (x - loc) / scale;
            let half = (-z.abs()).exp() * 0.5;
            z.less_equal(0.0).select(half, 1f64 - half)
        };
    }
}
distribution! {
    /// The logistic distribution.
    ///
    /// ```
    /// # use raxla::{show, stats::logistic};
    /// assert_eq!(show(|| logistic::logpdf(1.0, 0.0, 1.0)), "-1.627");
    /// assert_eq!(show(|| logistic::pdf(1.0, 0.0, 1.0)), "0.1966");
    /// assert_eq!(show(|| logistic::cdf(1.0, 0.0, 1.0)), "0.7311");
    /// assert_eq!(show(|| logistic::sf(1.0, 0.0, 1.0)), "0.2689");
    /// assert_eq!(show(|| logistic::ppf(0.25, 0.0, 1.0)), "-1.099");
    /// assert_eq!(show(|| logistic::isf(0.25, 0.0, 1.0)), "1.099");
    /// ```
    logistic(x, loc, scale) {
        logpdf = of {
            let half = (x - loc) / scale * 0.5;
            np::logaddexp(half, -half) * -2.0 - scale.log()
        };
        pdf = exp logpdf;
        cdf = of { ((x - loc) / scale).logistic() };
        sf = of { ((loc - x) / scale).logistic() };
        ppf = of { special::logit(x) * scale + loc };
        isf = of { loc - special::logit(x) * scale };
    }
}
distribution! {
    /// The uniform distribution from `loc` to `loc + scale`.
    ///
    /// ```
    /// # use raxla::{show, stats::uniform};
    /// assert_eq!(show(|| uniform::logpdf(1.0, 0.0, 4.0)), "-1.386");
    /// assert_eq!(show(|| uniform::pdf(1.0, 0.0, 4.0)), "0.25");
    /// assert_eq!(show(|| uniform::cdf(1.0, 0.0, 4.0)), "0.25");
    /// assert_eq!(show(|| uniform::ppf(0.25, 0.0, 4.0)), "1.0");
    /// ```
    uniform(x, loc, scale) {
        logpdf = of { within(x.greater_equal(loc) & x.less_equal(loc + scale), -scale.log(), f64::NEG_INFINITY) };
        pdf = exp logpdf;
        cdf = of {
            let one = x.full_like(1.0);
            let inside = x.greater(loc + scale).select(one, (x - loc) / scale);
            x.less(loc).select(x.full_like(0.0), inside)
        };
        ppf = of { within(is_probability(x), loc + scale * x, f64::NAN) };
    }
}
distribution! {
    /// The exponential distribution of mean `scale`, from `loc` on.
    ///
    /// ```
    /// # use raxla::{show, stats::expon};
    /// assert_eq!(show(|| expon::logpdf(1.0, 0.0, 2.0)), "-1.193");
    /// assert_eq!(show(|| expon::pdf(1.0, 0.0, 2.0)), "0.3033");
    /// assert_eq!(show(|| expon::cdf(1.0, 0.0, 2.0)), "0.3935");
    /// assert_eq!(show(|| expon::logcdf(1.0, 0.0, 2.0)), "-0.9328");
    /// assert_eq!(show(|| expon::sf(1.0, 0.0, 2.0)), "0.6065");
    /// assert_eq!(show(|| expon::logsf(1.0, 0.0, 2.0)), "-0.5");
    /// assert_eq!(show(|| expon::ppf(0.25, 0.0, 2.0)), "0.5754");
    /// ```
    expon(x, loc, scale) {
        logpdf = of { within(x.greater_equal(loc), (loc - x) / scale - scale.log(), f64::NEG_INFINITY) };
        pdf = exp logpdf;
        cdf = of { within(x.greater_equal(loc), -((loc - x) / scale).expm1(), 0.0) };
        logcdf = of {
            let inside = x.greater_equal(loc);
            let z = inside.select((loc - x) / scale, x.full_like(-1.0));
            within(inside, (-z.expm1()).log(), f64::NEG_INFINITY)
        };
        sf = exp logsf;
        logsf = of { within(x.greater_equal(loc), (loc - x) / scale, 0.0) };
        ppf = of { within(is_probability(x), loc - scale * (-x).log1p(), f64::NAN) };
    }
}
distribution! {
    /// Gumbel's distribution of the least of many numbers.
    ///
    /// ```
    /// # use raxla::{show, stats::gumbel_l};
    /// assert_eq!(show(|| gumbel_l::logpdf(0.5, 0.0, 1.0)), "-1.149");
    /// assert_eq!(show(|| gumbel_l::pdf(0.5, 0.0, 1.0)), "0.317");
    /// assert_eq!(show(|| gumbel_l::cdf(0.5, 0.0, 1.0)), "0.8077");
    /// assert_eq!(show(|| gumbel_l::logcdf(0.5, 0.0, 1.0)), "-0.2136");
    /// assert_eq!(show(|| gumbel_l::sf(0.5, 0.0, 1.0)), "0.1923");
    /// assert_eq!(show(|| gumbel_l::logsf(0.5, 0.0, 1.0)), "-1.649");
    /// assert_eq!(show(|| gumbel_l::ppf(0.25, 0.0, 1.0)), "-1.246");
    /// ```
    gumbel_l(x, loc, scale) {
        logpdf = of {
            let z = (x - loc) / scale;
            within(scale.greater(0.0), z - z.exp() - scale.log(), f64::NAN)
        };
        pdf = exp logpdf;
        cdf = exp logcdf;
        logcdf = of { within(scale.greater(0.0), (-(-((x - loc) / scale).exp()).expm1()).log(), f64::NAN) };
        sf = exp logsf;
        logsf = of { within(scale.greater(0.0), -((x - loc) / scale).exp(), f64::NAN) };
        ppf = of { within(x.greater(0.0) & x.less(1.0), loc + scale * (-(-x).log1p()).log(), f64::NAN) };
    }
}
distribution! {
    /// Gumbel's distribution of the greatest of many numbers.
    ///
    /// ```
    /// # use raxla::{show, stats::gumbel_r};
    /// assert_eq!(show(|| gumbel_r::logpdf(0.5, 0.0, 1.0)), "-1.107");
    /// assert_eq!(show(|| gumbel_r::pdf(0.5, 0.0, 1.0)), "0.3307");
    /// assert_eq!(show(|| gumbel_r::cdf(0.5, 0.0, 1.0)), "0.5452");
    /// assert_eq!(show(|| gumbel_r::logcdf(0.5, 0.0, 1.0)), "-0.6065");
    /// assert_eq!(show(|| gumbel_r::sf(0.5, 0.0, 1.0)), "0.4548");
    /// assert_eq!(show(|| gumbel_r::logsf(0.5, 0.0, 1.0)), "-0.788");
    /// assert_eq!(show(|| gumbel_r::ppf(0.25, 0.0, 1.0)), "-0.3266");
    /// ```
    gumbel_r(x, loc, scale) {
        logpdf = of {
            let z = (loc - x) / scale;
            within(scale.greater(0.0), z - z.exp() - scale.log(), f64::NAN)
        };
        pdf = exp logpdf;
        cdf = exp logcdf;
        logcdf = of { within(scale.greater(0.0), -((loc - x) / scale).exp(), f64::NAN) };
        sf = of { within(scale.greater(0.0), -(-((loc - x) / scale).exp()).expm1(), f64::NAN) };
        logsf = log sf;
        ppf = of { within(x.greater(0.0) & x.less(1.0), loc - scale * (-x.log()).log(), f64::NAN) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { stats_located:
        "jsp.stats.norm.logpdf(a, b, c)", "f32(4), f32(3, 1), f32(4, low=0.5)" => fn(a, b, c) norm::logpdf(a, b, c);
        "jsp.stats.norm.pdf(a)", "i32(4)" => fn(a) norm::pdf(a, 0, 1);
        "jsp.stats.norm.cdf(a, 0.5, 2)", "f32(4)" => fn(a) norm::cdf(a, 0.5, 2);
        "jsp.stats.norm.logcdf(a, 0.5, 2)", "f32(4)" => fn(a) norm::logcdf(a, 0.5, 2);
        "jsp.stats.norm.sf(a, 0.5, 2)", "f32(4)" => fn(a) norm::sf(a, 0.5, 2);
        "jsp.stats.norm.logsf(a, 0.5, 2)", "f32(4)" => fn(a) norm::logsf(a, 0.5, 2);
        "jsp.stats.norm.ppf(a, 0.5, 2)", "f32(4, low=0.1, high=0.9)" => fn(a) norm::ppf(a, 0.5, 2);
        "jsp.stats.norm.isf(a, 0.5, 2)", "f32(4, low=0.1, high=0.9)" => fn(a) norm::isf(a, 0.5, 2);
        "jsp.stats.cauchy.logpdf(a, 0.5, 2)", "f32(4)" => fn(a) cauchy::logpdf(a, 0.5, 2);
        "jsp.stats.cauchy.pdf(a, 0.5, 2)", "f32(4)" => fn(a) cauchy::pdf(a, 0.5, 2);
        "jsp.stats.cauchy.logcdf(a, 0.5, 2)", "f32(4)" => fn(a) cauchy::logcdf(a, 0.5, 2);
        "jsp.stats.cauchy.logsf(a, 0.5, 2)", "f32(4)" => fn(a) cauchy::logsf(a, 0.5, 2);
        "jsp.stats.cauchy.ppf(a, 0.5, 2)", "f32(4, low=0.1, high=0.9)" => fn(a) cauchy::ppf(a, 0.5, 2);
        "jsp.stats.cauchy.isf(a, 0.5, 2)", "f32(4, low=0.1, high=0.9)" => fn(a) cauchy::isf(a, 0.5, 2);
        "jsp.stats.cauchy.cdf(a, 0.5, 2)", "f32(4)" => fn(a) cauchy::cdf(a, 0.5, 2);
        "jsp.stats.cauchy.sf(a, 0.5, 2)", "f32(4)" => fn(a) cauchy::sf(a, 0.5, 2);
        "jsp.stats.laplace.pdf(a, 0.5, 2)", "f32(4)" => fn(a) laplace::pdf(a, 0.5, 2);
        "jsp.stats.laplace.cdf(a, 0.5, 2)", "f32(4)" => fn(a) laplace::cdf(a, 0.5, 2);
        "jsp.stats.laplace.logpdf(a, 0.5, 2)", "f32(4)" => fn(a) laplace::logpdf(a, 0.5, 2);
        "jsp.stats.logistic.pdf(a, 0.5, 2)", "f32(4)" => fn(a) logistic::pdf(a, 0.5, 2);
        "jsp.stats.logistic.cdf(a, 0.5, 2)", "f32(4)" => fn(a) logistic::cdf(a, 0.5, 2);
        "jsp.stats.logistic.sf(a, 0.5, 2)", "f32(4)" => fn(a) logistic::sf(a, 0.5, 2);
        "jsp.stats.logistic.ppf(a, 0.5, 2)", "f32(4, low=0.1, high=0.9)" => fn(a) logistic::ppf(a, 0.5, 2);
        "jsp.stats.logistic.isf(a, 0.5, 2)", "f32(4, low=0.1, high=0.9)" => fn(a) logistic::isf(a, 0.5, 2);
        "jsp.stats.logistic.logpdf(a, 0.5, 2)", "f32(4)" => fn(a) logistic::logpdf(a, 0.5, 2);
        "jsp.stats.uniform.pdf(a, 0.5, 2)", "values([0.0, 1.0, 3.0], 'f4')" => fn(a) uniform::pdf(a, 0.5, 2);
        "jsp.stats.uniform.cdf(a, 0.5, 2)", "values([0.0, 1.0, 3.0], 'f4')" => fn(a) uniform::cdf(a, 0.5, 2);
        "jsp.stats.uniform.ppf(a, 0.5, 2)", "values([0.0, 0.3, 3.0], 'f4')" => fn(a) uniform::ppf(a, 0.5, 2);
        "jsp.stats.uniform.logpdf(a, 0.5, 2)", "values([0.0, 1.0, 3.0], 'f4')" => fn(a) uniform::logpdf(a, 0.5, 2);
        "jsp.stats.expon.pdf(a, 0.5, 2)", "values([0.0, 1.0, 3.0], 'f4')" => fn(a) expon::pdf(a, 0.5, 2);
        "jsp.stats.expon.cdf(a, 0.5, 2)", "values([0.0, 1.0, 3.0], 'f4')" => fn(a) expon::cdf(a, 0.5, 2);
        "jsp.stats.expon.logcdf(a, 0.5, 2)", "values([1.0, 3.0], 'f4')" => fn(a) expon::logcdf(a, 0.5, 2);
        "jsp.stats.expon.sf(a, 0.5, 2)", "values([0.0, 1.0, 3.0], 'f4')" => fn(a) expon::sf(a, 0.5, 2);
        "jsp.stats.expon.ppf(a, 0.5, 2)", "values([0.0, 0.5], 'f4')" => fn(a) expon::ppf(a, 0.5, 2);
        "jsp.stats.expon.logpdf(a, 0.5, 2)", "values([0.0, 1.0, 3.0], 'f4')" => fn(a) expon::logpdf(a, 0.5, 2);
        "jsp.stats.expon.logsf(a, 0.5, 2)", "values([0.0, 1.0, 3.0], 'f4')" => fn(a) expon::logsf(a, 0.5, 2);
        "jsp.stats.gumbel_l.pdf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_l::pdf(a, 0.5, 2);
        "jsp.stats.gumbel_l.cdf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_l::cdf(a, 0.5, 2);
        "jsp.stats.gumbel_l.sf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_l::sf(a, 0.5, 2);
        "jsp.stats.gumbel_l.ppf(a, 0.5, 2)", "f32(4, low=0.1, high=0.9)" => fn(a) gumbel_l::ppf(a, 0.5, 2);
        "jsp.stats.gumbel_l.logpdf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_l::logpdf(a, 0.5, 2);
        "jsp.stats.gumbel_l.logcdf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_l::logcdf(a, 0.5, 2);
        "jsp.stats.gumbel_l.logsf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_l::logsf(a, 0.5, 2);
        "jsp.stats.gumbel_r.pdf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_r::pdf(a, 0.5, 2);
        "jsp.stats.gumbel_r.cdf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_r::cdf(a, 0.5, 2);
        "jsp.stats.gumbel_r.logsf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_r::logsf(a, 0.5, 2);
        "jsp.stats.gumbel_r.ppf(a, 0.5, 2)", "f32(4, low=0.1, high=0.9)" => fn(a) gumbel_r::ppf(a, 0.5, 2);
        "jsp.stats.gumbel_r.logpdf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_r::logpdf(a, 0.5, 2);
        "jsp.stats.gumbel_r.logcdf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_r::logcdf(a, 0.5, 2);
        "jsp.stats.gumbel_r.sf(a, 0.5, 2)", "f32(4)" => fn(a) gumbel_r::sf(a, 0.5, 2);
    }
}
