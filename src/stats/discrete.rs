//! Distributions of whole numbers.

use super::{distribution, is_probability, strong, within};
use crate::{numpy::Arg, special};
use raxla_ir::{Tracer, primitives::iota};
use std::f64::consts::TAU;

distribution! {
    /// One trial of probability `p`: 1 for success, 0 for failure.
    ///
    /// ```
    /// # use raxla::{show, stats::bernoulli};
    /// assert_eq!(show(|| bernoulli::logpmf(1, 0.25, 0)), "-1.386");
    /// assert_eq!(show(|| bernoulli::pmf(1, 0.25, 0)), "0.25");
    /// assert_eq!(show(|| bernoulli::cdf(1, 0.25)), "1.0");
    /// assert_eq!(show(|| bernoulli::ppf(0.25, 0.25)), "0.0");
    /// ```
    bernoulli(k, p, loc) {
        logpmf = of {
            let x = k - loc;
            let log = special::xlogy(x, p) + special::xlog1py(1f64 - x, -p);
            strong(within(x.greater_equal(0.0) & x.less_equal(1.0), log, f64::NEG_INFINITY))
        };
        pmf = exp logpmf;
        cdf(k, p) = of {
            let step = k.less(0.0).select(k.full_like(0.0), k.less(1.0).select(1f64 - p, k.full_like(1.0)));
            strong(within(is_probability(p) & k.equal(k), step, f64::NAN))
        };
        ppf(k, p) = of {
            let result = k.less_equal(1f64 - p).select(k.full_like(0.0), k.full_like(1.0));
            within(is_probability(p) & is_probability(k), result, f64::NAN)
        };
    }
}
distribution! {
    /// The number of successes in `n` trials of a probability that is itself a number of the beta distribution of `a` and `b`.
    ///
    /// ```
    /// # use raxla::{show, stats::betabinom};
    /// assert_eq!(show(|| betabinom::logpmf(1, 3, 2.0, 2.0, 0)), "-1.204");
    /// assert_eq!(show(|| betabinom::pmf(1, 3, 2.0, 2.0, 0)), "0.3");
    /// ```
    betabinom(k, n, a, b, loc) {
        logpmf = of {
            let y = k.floor() - loc;
            let ways = -(n.log1p() + special::betaln(n - y + 1.0, y + 1.0));
            let log = ways + special::betaln(y + a, n - y + b) - special::betaln(a, b);
            let log = within((y.equal(0.0) & n.equal(0.0)).logical_not(), log, 0.0);
            let log = within(y.greater_equal(-loc) & y.less_equal(n) & (y + a).greater(0.0), log, f64::NEG_INFINITY);
            within(n.greater_equal(0.0) & a.greater(0.0) & b.greater(0.0), log, f64::NAN)
        };
        pmf = exp logpmf;
    }
}
distribution! {
    /// The number of successes in `n` trials of probability `p`.
    ///
    /// ```
    /// # use raxla::{show, stats::binom};
    /// assert_eq!(show(|| binom::logpmf(1, 3, 0.5, 0)), "-0.9808");
    /// assert_eq!(show(|| binom::pmf(1, 3, 0.5, 0)), "0.375");
    /// ```
    binom(k, n, p, loc) {
        logpmf = of {
            let possible = k.greater_equal(loc) & k.less(loc + n + 1.0);
            let y = possible.select(k - loc, k.full_like(0.0));
            let ways = (n + 1.0).lgamma() - ((y + 1.0).lgamma() + (n - y + 1.0).lgamma());
            let chance = special::xlogy(y, p) + special::xlog1py(n - y, -p);
            // Of the one way for no success, and of what is certain, the rounding errors of `lgamma` are all that is left.
            let ways = (y.equal(0) | chance.equal(0)).select(ways.full_like(0.0), ways);
            within(possible, ways + chance, f64::NEG_INFINITY)
        };
        pmf = exp logpmf;
    }
}
distribution! {
    /// The number of trials of probability `p` up to the first success.
    ///
    /// ```
    /// # use raxla::{show, stats::geom};
    /// assert_eq!(show(|| geom::logpmf(2, 0.5, 0)), "-1.386");
    /// assert_eq!(show(|| geom::pmf(2, 0.5, 0)), "0.25");
    /// ```
    geom(k, p, loc) {
        logpmf = of {
            let x = k - loc;
            strong(within(x.greater(0.0), special::xlog1py(x - 1.0, -p) + p.log(), f64::NEG_INFINITY))
        };
        pmf = exp logpmf;
    }
}
distribution! {
    /// The number of failures before the `n`-th success, in trials of probability `p`.
    ///
    /// ```
    /// # use raxla::{show, stats::nbinom};
    /// assert_eq!(show(|| nbinom::logpmf(1, 3, 0.5, 0)), "-1.674");
    /// assert_eq!(show(|| nbinom::pmf(1, 3, 0.5, 0)), "0.1875");
    /// ```
    nbinom(k, n, p, loc) {
        logpmf = of {
            let y = k - loc;
            let ways = (y + n).lgamma() - n.lgamma() - (y + 1.0).lgamma();
            let log = ways + (special::xlogy(n, p) + special::xlogy(y, 1f64 - p));
            within(k.greater_equal(loc), log, f64::NEG_INFINITY)
        };
        pmf = exp logpmf;
    }
}
distribution! {
    /// Poisson's distribution of mean `mu`.
    ///
    /// ```
    /// # use raxla::{show, stats::poisson};
    /// assert_eq!(show(|| poisson::logpmf(1, 2.0, 0)), "-1.307");
    /// assert_eq!(show(|| poisson::pmf(1, 2.0, 0)), "0.2707");
    /// assert_eq!(show(|| poisson::cdf(1, 2.0, 0)), "0.406");
    /// assert_eq!(show(|| poisson::entropy(2.0, 0)), "1.705");
    /// ```
    poisson(k, mu, loc) {
        logpmf = of {
            let x = k - loc;
            let log = special::xlogy(x, mu) - (x + 1.0).lgamma() - mu;
            within(x.greater_equal(0.0) & k.equal(k.round()), log, f64::NEG_INFINITY)
        };
        pmf = exp logpmf;
        cdf = of {
            let x = k - loc;
            let inside = x.greater_equal(0.0);
            strong(within(inside, special::gammaincc(inside.select(x.floor() + 1.0, x.full_like(1.0)), mu), 0.0))
        };
        entropy(mu, loc) = of {
            // In one shape with the mean, and else of no effect.
            let _ = loc;
            // Of all numbers up to 15 deviations above the greatest mean; beyond by the asymptotic series.
            let large = mu.greater_equal(100.0);
            let some = mu.greater(0.0) & large.logical_not();
            let mean = some.select(mu, mu.full_like(1.0)).expand_dims(-1);
            let numbers = iota::arange(250, mu.dtype());
            let log = numbers * mean.log() - (numbers + 1.0).lgamma() - mean;
            let sum = -(log.exp() * log).sum_axes(-1);
            let inverse = 1f64 / large.select(mu, mu.full_like(100.0));
            let series = inverse * (inverse * (inverse * (19.0 / 360.0) + 1.0 / 24.0) + 1.0 / 12.0);
            let asymptotic = (inverse.log() - (TAU.ln() + 1.0)) * -0.5 - series;
            let value = large.select(asymptotic, within(some, sum, 0.0));
            within(mu.greater_equal(0.0), value, f64::NAN)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { stats_discrete:
        "jsp.stats.bernoulli.logpmf(a, b)", "values([0, 1, 2, -1], 'i4'), f32(4, low=0.2, high=0.8)" => fn(a, b) bernoulli::logpmf(a, b, 0);
        "jsp.stats.bernoulli.pmf(a, b)", "values([0, 1, 2, -1], 'i4'), f32(4, low=0.2, high=0.8)" => fn(a, b) bernoulli::pmf(a, b, 0);
        "jsp.stats.bernoulli.cdf(a, b)", "values([0.0, 0.5, 1.0, -1.0, nan], 'f4'), f32(5, low=0.2, high=0.8)" => fn(a, b) bernoulli::cdf(a, b);
        "jsp.stats.bernoulli.ppf(a, b)", "values([0.0, 0.5, 1.0, -1.0, nan], 'f4'), f32(5, low=0.2, high=0.8)" => fn(a, b) bernoulli::ppf(a, b);
        "jsp.stats.betabinom.logpmf(a, 5, b, 2.0)", "i32(5, low=-1, high=7), f32(5, low=0.5, high=3)" => fn(a, b) betabinom::logpmf(a, 5, b, 2.0, 0);
        "jsp.stats.binom.logpmf(a, 5, b)", "i32(6, low=0, high=6), f32(6, low=0.2, high=0.8)" => fn(a, b) binom::logpmf(a, 5, b, 0);
        "jsp.stats.binom.logpmf(a, b, 0.8)", "values([0, 0, 2], 'i4'), values([0, 3, 2], 'i4')" => fn(a, b) binom::logpmf(a, b, 0.8, 0);
        "jsp.stats.binom.pmf(a, 5, b, 1)", "i32(6, low=-1, high=8), f32(6, low=0.2, high=0.8)" => fn(a, b) binom::pmf(a, 5, b, 1);
        "jsp.stats.geom.pmf(a, b)", "i32(6, low=0, high=6), f32(6, low=0.2, high=0.8)" => fn(a, b) geom::pmf(a, b, 0);
        "jsp.stats.nbinom.pmf(a, 3, b)", "i32(6, low=0, high=6), f32(6, low=0.2, high=0.8)" => fn(a, b) nbinom::pmf(a, 3, b, 0);
        "jsp.stats.poisson.pmf(a, b)", "i32(6, low=-1, high=6), f32(6, low=0.2, high=4)" => fn(a, b) poisson::pmf(a, b, 0);
        // JAX's derivative is NaN. Both sum 250 terms.
        "jsp.stats.poisson.entropy(a)", "f32(6, low=0.2, high=90)", values, within(4.0) => fn(a) poisson::entropy(a, 0);
        "jsp.stats.poisson.entropy(a)", "values([0.0, 120.0, 1000.0, 9.5], 'f4')", values, within(10.0) => fn(a) poisson::entropy(a, 0);
        "jsp.stats.poisson.logpmf(a, b, 1)", "values([0.5, 1.0, 2.0, 0.0], 'f4'), f32(4, low=0.2, high=4)" => fn(a, b) poisson::logpmf(a, b, 1);
        "jsp.stats.betabinom.pmf(a, 5, b, 2.0, 1)", "i32(5, low=0, high=7), f32(5, low=0.5, high=3)" => fn(a, b) betabinom::pmf(a, 5, b, 2.0, 1);
        "jsp.stats.geom.logpmf(a, b, 1)", "i32(6, low=0, high=6), f32(6, low=0.2, high=0.8)" => fn(a, b) geom::logpmf(a, b, 1);
        "jsp.stats.nbinom.logpmf(a, 2.5, b, -1)", "i32(6, low=-2, high=6), f32(6, low=0.2, high=0.8)" => fn(a, b) nbinom::logpmf(a, 2.5, b, -1);
        "jsp.stats.binom.logpmf(a, b, 0.3)", "bf16(4, low=0, high=2), bf16(4, low=3, high=5)" => fn(a, b) binom::logpmf(a, b, 0.3, 0);
        "jsp.stats.poisson.cdf(a, b)", "i32(6, low=-1, high=6), f32(6, low=0.2, high=4)" => fn(a, b) poisson::cdf(a, b, 0);
    }
}
