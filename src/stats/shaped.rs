//! Distributions of reals that have parameters of shape.

use super::{distribution, is_probability, within};
use crate::{numpy::Arg, special};
use raxla_ir::Tracer;
use std::f64::consts::{PI, TAU};

/// `(x - loc) / scale` where that is positive, elsewhere 1; and where.
#[track_caller]
fn positive(x: Tracer, loc: Tracer, scale: Tracer) -> (Tracer, Tracer) {
    let inside = x.greater_equal(loc);
    (inside.select((x - loc) / scale, x.full_like(1.0)), inside)
}
distribution! {
    /// The beta distribution, of `loc` to `loc + scale`.
    ///
    /// ```
    /// # use raxla::{show, stats::beta};
    /// assert_eq!(show(|| beta::logpdf(0.25, 2.0, 3.0, 0.0, 1.0)), "0.5232");
    /// assert_eq!(show(|| beta::pdf(0.25, 2.0, 3.0, 0.0, 1.0)), "1.688");
    /// assert_eq!(show(|| beta::cdf(0.25, 2.0, 3.0, 0.0, 1.0)), "0.2617");
    /// assert_eq!(show(|| beta::logcdf(0.25, 2.0, 3.0, 0.0, 1.0)), "-1.34");
    /// assert_eq!(show(|| beta::sf(0.25, 2.0, 3.0, 0.0, 1.0)), "0.7383");
    /// assert_eq!(show(|| beta::logsf(0.25, 2.0, 3.0, 0.0, 1.0)), "-0.3034");
    /// ```
    beta(x, a, b, loc, scale) {
        logpdf = of {
            let inside = x.greater_equal(loc) & x.less_equal(loc + scale);
            let y = inside.select((x - loc) / scale, x.full_like(0.5));
            let log = special::xlogy(a - 1.0, y) + special::xlog1py(b - 1.0, -y) - special::betaln(a, b) - scale.log();
            let legal = a.greater(0.0) & b.greater(0.0) & scale.greater(0.0);
            within(legal, within(inside, log, f64::NEG_INFINITY), f64::NAN)
        };
        pdf = exp logpdf;
        cdf = of { special::betainc(a, b, ((x - loc) / scale).clamp(0.0, 1.0)) };
        logcdf = log cdf;
        sf = of { special::betainc(b, a, 1f64 - ((x - loc) / scale).clamp(0.0, 1.0)) };
        logsf = log sf;
    }
}
distribution! {
    /// The distribution of the sum of the squares of `df` normal numbers.
    ///
    /// ```
    /// # use raxla::{show, stats::chi2};
    /// assert_eq!(show(|| chi2::logpdf(1.0, 2.0, 0.0, 1.0)), "-1.193");
    /// assert_eq!(show(|| chi2::pdf(1.0, 2.0, 0.0, 1.0)), "0.3033");
    /// assert_eq!(show(|| chi2::cdf(1.0, 2.0, 0.0, 1.0)), "0.3935");
    /// assert_eq!(show(|| chi2::logcdf(1.0, 2.0, 0.0, 1.0)), "-0.9328");
    /// assert_eq!(show(|| chi2::sf(1.0, 2.0, 0.0, 1.0)), "0.6065");
    /// assert_eq!(show(|| chi2::logsf(1.0, 2.0, 0.0, 1.0)), "-0.5");
    /// ```
    chi2(x, df, loc, scale) {
        logpdf = of {
            let (y, inside) = positive(x, loc, scale);
            let half = df * 0.5;
            let log = special::xlogy(half - 1.0, y) - y * 0.5 - half.lgamma() - half * 2f64.ln() - scale.log();
            within(inside, log, f64::NEG_INFINITY)
        };
        pdf = exp logpdf;
        cdf = of { special::gammainc(df * 0.5, ((x - loc) / (scale * 2.0)).maximum(0.0)) };
        logcdf = log cdf;
        sf = of { special::gammaincc(df * 0.5, ((x - loc) / (scale * 2.0)).maximum(0.0)) };
        logsf = log sf;
    }
}
distribution! {
    /// The gamma distribution of shape `a`.
    ///
    /// ```
    /// # use raxla::{show, stats::gamma};
    /// assert_eq!(show(|| gamma::logpdf(1.0, 2.0, 0.0, 1.0)), "-1.0");
    /// assert_eq!(show(|| gamma::pdf(1.0, 2.0, 0.0, 1.0)), "0.3679");
    /// assert_eq!(show(|| gamma::cdf(1.0, 2.0, 0.0, 1.0)), "0.2642");
    /// assert_eq!(show(|| gamma::logcdf(1.0, 2.0, 0.0, 1.0)), "-1.331");
    /// assert_eq!(show(|| gamma::sf(1.0, 2.0, 0.0, 1.0)), "0.7358");
    /// assert_eq!(show(|| gamma::logsf(1.0, 2.0, 0.0, 1.0)), "-0.3069");
    /// ```
    gamma(x, a, loc, scale) {
        logpdf = of {
            let (y, inside) = positive(x, loc, scale);
            within(inside, special::xlogy(a - 1.0, y) - y - (a.lgamma() + scale.log()), f64::NEG_INFINITY)
        };
        pdf = exp logpdf;
        cdf = of { special::gammainc(a, ((x - loc) / scale).maximum(0.0)) };
        logcdf = log cdf;
        sf = of { special::gammaincc(a, ((x - loc) / scale).maximum(0.0)) };
        logsf = log sf;
    }
}
distribution! {
    /// The generalized normal distribution, of density proportional to `exp(-|x|ᵝ)`.
    ///
    /// ```
    /// # use raxla::{show, stats::gennorm};
    /// assert_eq!(show(|| gennorm::logpdf(0.5, 2.0)), "-0.8224");
    /// assert_eq!(show(|| gennorm::pdf(0.5, 2.0)), "0.4394");
    /// assert_eq!(show(|| gennorm::cdf(0.5, 2.0)), "0.7602");
    /// ```
    gennorm(x, beta) {
        logpdf = of { (beta * 0.5).log() - (1f64 / beta).lgamma() - x.abs().pow(beta) };
        pdf = exp logpdf;
        cdf = of { (x.sign() * special::gammainc(1f64 / beta, x.abs().pow(beta)) + 1.0) * 0.5 };
    }
}
distribution! {
    /// Pareto's distribution of shape `b`, from `loc + scale` on.
    ///
    /// ```
    /// # use raxla::{show, stats::pareto};
    /// assert_eq!(show(|| pareto::logpdf(2.0, 3.0, 0.0, 1.0)), "-1.674");
    /// assert_eq!(show(|| pareto::pdf(2.0, 3.0, 0.0, 1.0)), "0.1875");
    /// assert_eq!(show(|| pareto::cdf(2.0, 3.0, 0.0, 1.0)), "0.875");
    /// assert_eq!(show(|| pareto::logcdf(2.0, 3.0, 0.0, 1.0)), "-0.1335");
    /// assert_eq!(show(|| pareto::sf(2.0, 3.0, 0.0, 1.0)), "0.125");
    /// assert_eq!(show(|| pareto::logsf(2.0, 3.0, 0.0, 1.0)), "-2.079");
    /// assert_eq!(show(|| pareto::ppf(0.25, 3.0, 0.0, 1.0)), "1.101");
    /// ```
    pareto(x, b, loc, scale) {
        logpdf = of {
            let inside = x.greater_equal(loc + scale);
            let y = inside.select((x - loc) / scale, x.full_like(1.0));
            within(inside, -((scale / b).log() + (b + 1.0) * y.log()), f64::NEG_INFINITY)
        };
        pdf = exp logpdf;
        cdf = of {
            let inside = x.greater_equal(loc + scale);
            within(inside, 1f64 - inside.select((x - loc) / scale, x.full_like(1.0)).pow(-b), 0.0)
        };
        logcdf = log cdf;
        sf = exp logsf;
        logsf = of {
            let inside = x.greater_equal(loc + scale);
            within(inside, -b * inside.select((x - loc) / scale, x.full_like(1.0)).log(), 0.0)
        };
        ppf = of { within(is_probability(x), loc + scale * (1f64 - x).pow(-1f64 / b), f64::NAN) };
    }
}
distribution! {
    /// Student's distribution of `df` degrees of freedom.
    ///
    /// ```
    /// # use raxla::{show, stats::t};
    /// assert_eq!(show(|| t::logpdf(1.0, 3.0, 0.0, 1.0)), "-1.576");
    /// assert_eq!(show(|| t::pdf(1.0, 3.0, 0.0, 1.0)), "0.2067");
    /// ```
    t(x, df, loc, scale) {
        logpdf = of {
            let half = df * 0.5;
            let norm = half.lgamma() + (scale * scale * df * PI).log() * 0.5 - (half + 0.5).lgamma();
            -(norm + (half + 0.5) * (((x - loc) / scale).square() / df).log1p())
        };
        pdf = exp logpdf;
    }
}
distribution! {
    /// The distribution of von Mises on the circle, of concentration `kappa`; NaN unless that is positive.
    ///
    /// ```
    /// # use raxla::{show, stats::vonmises};
    /// assert_eq!(show(|| vonmises::logpdf(0.5, 2.0)), "-0.9067");
    /// assert_eq!(show(|| vonmises::pdf(0.5, 2.0)), "0.4039");
    /// ```
    vonmises(x, kappa) {
        logpdf = of {
            within(kappa.greater(0.0), kappa * (x.cos() - 1.0) - (kappa.bessel_i0e() * TAU).log(), f64::NAN)
        };
        pdf = exp logpdf;
    }
}
distribution! {
    /// Cauchy's distribution wrapped around the circle, from 0 to 2π; NaN unless `c` is between 0 and 1.
    ///
    /// ```
    /// # use raxla::{show, stats::wrapcauchy};
    /// assert_eq!(show(|| wrapcauchy::logpdf(0.5, 0.5)), "-1.138");
    /// assert_eq!(show(|| wrapcauchy::pdf(0.5, 0.5)), "0.3205");
    /// ```
    wrapcauchy(x, c) {
        logpdf = of {
            let square = c * c;
            let log = (1f64 - square).log() - TAU.ln() - (square + 1.0 - c * 2.0 * x.cos()).log();
            let inside = x.greater_equal(0.0) & x.less_equal(TAU);
            within(c.greater(0.0) & c.less(1.0), within(inside, log, f64::NEG_INFINITY), f64::NAN)
        };
        pdf = exp logpdf;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { stats_shaped:
        "jsp.stats.beta.logpdf(a, b, 3.0)", "f32(5, low=0.1, high=0.9), f32(5, low=0.5, high=3)" => fn(a, b) beta::logpdf(a, b, 3.0, 0, 1);
        "jsp.stats.beta.pdf(a, 2.0, 3.0, 0.5, 2.0)", "values([0.0, 1.0, 9.0], 'f4')", values => fn(a) beta::pdf(a, 2.0, 3.0, 0.5, 2.0);
        "jsp.stats.beta.logcdf(a, 2.0, 3.0)", "f32(4, low=0.1, high=0.9)" => fn(a) beta::logcdf(a, 2.0, 3.0, 0, 1);
        "jsp.stats.beta.logsf(a, 2.0, 3.0)", "f32(4, low=0.1, high=0.9)" => fn(a) beta::logsf(a, 2.0, 3.0, 0, 1);
        "jsp.stats.beta.cdf(a, 2.0, 3.0, 0.5, 2.0)", "f32(5, low=0.6, high=2.4)" => fn(a) beta::cdf(a, 2.0, 3.0, 0.5, 2.0);
        "jsp.stats.beta.sf(a, 2.0, 3.0, 0.5, 2.0)", "f32(5, low=0.6, high=2.4)" => fn(a) beta::sf(a, 2.0, 3.0, 0.5, 2.0);
        "jsp.stats.chi2.pdf(a, b)", "f32(5, low=0.1, high=6), f32(5, low=0.5, high=3)" => fn(a, b) chi2::pdf(a, b, 0, 1);
        "jsp.stats.chi2.logcdf(a, 3.0)", "f32(4, low=0.1, high=6)" => fn(a) chi2::logcdf(a, 3.0, 0, 1);
        "jsp.stats.chi2.logsf(a, 3.0)", "f32(4, low=0.1, high=6)" => fn(a) chi2::logsf(a, 3.0, 0, 1);
        "jsp.stats.chi2.logpdf(a, b)", "f32(5, low=0.1, high=6), f32(5, low=0.5, high=3)" => fn(a, b) chi2::logpdf(a, b, 0, 1);
        "jsp.stats.chi2.cdf(a, 3.0, 0.5, 2.0)", "f32(4, low=0.6, high=6)" => fn(a) chi2::cdf(a, 3.0, 0.5, 2.0);
        "jsp.stats.chi2.sf(a, 3.0, 0.5, 2.0)", "f32(4, low=0.6, high=6)" => fn(a) chi2::sf(a, 3.0, 0.5, 2.0);
        "jsp.stats.gamma.pdf(a, b)", "f32(5, low=-0.5, high=6), f32(5, low=0.5, high=3)" => fn(a, b) gamma::pdf(a, b, 0, 1);
        "jsp.stats.gamma.logcdf(a, 3.0)", "f32(4, low=0.1, high=6)" => fn(a) gamma::logcdf(a, 3.0, 0, 1);
        "jsp.stats.gamma.logsf(a, 3.0)", "f32(4, low=0.1, high=6)" => fn(a) gamma::logsf(a, 3.0, 0, 1);
        "jsp.stats.gamma.logpdf(a, b)", "f32(5, low=0.1, high=6), f32(5, low=0.5, high=3)" => fn(a, b) gamma::logpdf(a, b, 0, 1);
        "jsp.stats.gamma.cdf(a, 3.0, 0.5, 2.0)", "f32(4, low=0.6, high=6)" => fn(a) gamma::cdf(a, 3.0, 0.5, 2.0);
        "jsp.stats.gamma.sf(a, 3.0, 0.5, 2.0)", "f32(4, low=0.6, high=6)" => fn(a) gamma::sf(a, 3.0, 0.5, 2.0);
        "jsp.stats.gennorm.pdf(a, b)", "f32(4), f32(4, low=0.8, high=3)" => fn(a, b) gennorm::pdf(a, b);
        "jsp.stats.gennorm.cdf(a, b)", "f32(4), f32(4, low=0.8, high=3)" => fn(a, b) gennorm::cdf(a, b);
        "jsp.stats.gennorm.logpdf(a, b)", "f32(4), f32(4, low=0.8, high=3)" => fn(a, b) gennorm::logpdf(a, b);
        "jsp.stats.pareto.pdf(a, b)", "f32(5, low=1.1, high=6), f32(5, low=0.5, high=3)" => fn(a, b) pareto::pdf(a, b, 0, 1);
        "jsp.stats.pareto.logcdf(a, b)", "f32(5, low=1.1, high=6), f32(5, low=0.5, high=3)" => fn(a, b) pareto::logcdf(a, b, 0, 1);
        "jsp.stats.pareto.sf(a, b)", "f32(5, low=0.5, high=6), f32(5, low=0.5, high=3)" => fn(a, b) pareto::sf(a, b, 0, 1);
        "jsp.stats.pareto.ppf(a, b)", "f32(5, low=0.1, high=0.9), f32(5, low=0.5, high=3)" => fn(a, b) pareto::ppf(a, b, 0, 1);
        "jsp.stats.pareto.logpdf(a, b)", "f32(5, low=1.1, high=6), f32(5, low=0.5, high=3)" => fn(a, b) pareto::logpdf(a, b, 0, 1);
        "jsp.stats.pareto.cdf(a, b)", "f32(5, low=1.1, high=6), f32(5, low=0.5, high=3)" => fn(a, b) pareto::cdf(a, b, 0, 1);
        "jsp.stats.pareto.logsf(a, b)", "f32(5, low=1.1, high=6), f32(5, low=0.5, high=3)" => fn(a, b) pareto::logsf(a, b, 0, 1);
        "jsp.stats.t.pdf(a, b, 0.5, 2)", "f32(5), f32(5, low=0.5, high=3)" => fn(a, b) t::pdf(a, b, 0.5, 2);
        "jsp.stats.t.logpdf(a, b, 0.5, 2)", "f32(5), f32(5, low=0.5, high=3)" => fn(a, b) t::logpdf(a, b, 0.5, 2);
        "jsp.stats.vonmises.pdf(a, b)", "f32(5), f32(5, low=0.5, high=3)" => fn(a, b) vonmises::pdf(a, b);
        "jsp.stats.vonmises.logpdf(a, b)", "f32(5), f32(5, low=0.5, high=3)" => fn(a, b) vonmises::logpdf(a, b);
        "jsp.stats.wrapcauchy.pdf(a, b)", "f32(5, low=0.1, high=6), f32(5, low=0.2, high=0.8)" => fn(a, b) wrapcauchy::pdf(a, b);
        "jsp.stats.wrapcauchy.logpdf(a, b)", "f32(5, low=0.1, high=6), f32(5, low=0.2, high=0.8)" => fn(a, b) wrapcauchy::logpdf(a, b);
    }
}
