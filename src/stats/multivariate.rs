//! Distributions of vectors.

use crate::{
    numpy::{
        self as np, Arg, Over,
        promotion::{promote_dtypes, promote_dtypes_inexact},
    },
    special,
};
use raxla_ir::{
    Tracer,
    operand::broadcast_shapes,
    primitives::{TriangularSolve, concatenate::concatenate},
    trace::{fail, or_fail},
};
use std::f64::consts::TAU;

/// Dirichlet's distribution of shares that sum to 1.
pub mod dirichlet {
    use super::*;

    /// The logarithm of the density at shares along the first axis of `x`, of parameters `alpha`, a vector; the last share may be left out.
    /// `-∞` unless the shares are positive and sum to 1, within 1e-6.
    ///
    /// ```
    /// # use raxla::{constant, show, stats::dirichlet};
    /// let (x, alpha) = (|| constant(vec![0.25f32, 0.75]), || constant(vec![2.0f32, 2.0]));
    /// assert_eq!(show(|| dirichlet::logpdf(x(), alpha())), "0.1178");
    /// assert_eq!(show(|| dirichlet::pdf(x(), alpha())), "1.125");
    /// ```
    ///
    /// # Panics
    /// If `alpha` is no vector, or `x` has neither as many shares nor one less.
    #[track_caller]
    pub fn logpdf(x: impl Into<Arg>, alpha: impl Into<Arg>) -> Tracer {
        let [x, alpha] = promote_dtypes_inexact("dirichlet::logpdf", [x.into(), alpha.into()]);
        let (n, k) = (alpha.size(), x.shape().first().copied().unwrap_or(0));
        if alpha.rank() != 1 || x.rank() == 0 || (k != n && k + 1 != n) {
            let (x, alpha) = (x.aval(), alpha.aval());
            fail(format!(
                "dirichlet::logpdf: takes a vector `alpha`, and as many shares or one less, got {alpha} and {x}"
            ));
        }
        let x = if k == n { x } else { concatenate(&[x, 1f64 - np::sum(x, Over::axis(0).keepdims())], 0) };
        let simplex = np::all(x.greater(0.0), 0) & (np::sum(x, 0) - 1.0).abs().less(1e-6);
        let powers = (alpha - 1.0).reshape(&[&[n][..], &vec![1; x.rank() - 1]].concat());
        let log = np::sum(special::xlogy(powers, x), 0) - (np::sum(alpha.lgamma(), ()) - np::sum(alpha, ()).lgamma());
        super::super::within(simplex, log, f64::NEG_INFINITY)
    }
    /// The density: [`logpdf`].
    #[track_caller]
    pub fn pdf(x: impl Into<Arg>, alpha: impl Into<Arg>) -> Tracer {
        logpdf(x, alpha).exp()
    }
}
/// The numbers of outcomes of each kind in `n` trials.
pub mod multinomial {
    use super::*;

    /// The logarithm of the probability of the numbers `x` along the last axis, of the probabilities `p`, and `n` trials; `-∞` unless the
    /// numbers sum to `n`. (JAX's demands it of the sum over all axes.)
    ///
    /// ```
    /// # use raxla::{constant, show, stats::multinomial};
    /// let (x, p) = (|| constant(vec![1, 1]), || constant(vec![0.5f32, 0.5]));
    /// assert_eq!(show(|| multinomial::logpmf(x(), 2, p())), "-0.6931");
    /// assert_eq!(show(|| multinomial::pmf(x(), 2, p())), "0.5");
    /// ```
    ///
    /// # Panics
    /// If `x` or `n` hold no integers.
    #[track_caller]
    pub fn logpmf(x: impl Into<Arg>, n: impl Into<Arg>, p: impl Into<Arg>) -> Tracer {
        let p = np::promotion::inexact("multinomial::logpmf", p);
        let [x, n] = promote_dtypes("multinomial::logpmf", [x.into(), n.into()]);
        if !x.dtype().is_integer() {
            fail(format!("multinomial::logpmf: `x` and `n` must be integers, got {} and {}", x.aval(), n.aval()));
        }
        let all = np::sum(x, -1).equal(n);
        let [x, n] = [x, n].map(|a| a.astype(p.dtype()));
        let log = (n + 1.0).lgamma() + np::sum(special::xlogy(x, p) - (x + 1.0).lgamma(), -1);
        super::super::within(all, log, f64::NEG_INFINITY)
    }
    /// The probability: [`logpmf`].
    #[track_caller]
    pub fn pmf(x: impl Into<Arg>, n: impl Into<Arg>, p: impl Into<Arg>) -> Tracer {
        logpmf(x, n, p).exp()
    }
}
/// The normal distribution of vectors.
pub mod multivariate_normal {
    use super::*;

    /// The logarithm of the density at vectors `x`, along the last axis, of a mean, and covariances: a matrix, or a number that stands for
    /// a multiple of the identity. Leading axes broadcast. If `mean` is a number all are numbers. NaN if a covariance is not positive
    /// definite.
    ///
    /// ```
    /// use raxla::{prelude::*, stats::multivariate_normal};
    /// let f = jit(|x: Tracer, cov: Tracer| multivariate_normal::pdf(x, x, cov));
    /// let y = f(Array::from(vec![1.0f32, 2.0]), Array::new(&[2, 2], &[4.0f32, 0.0, 0.0, 1.0]));
    /// assert!((y.item::<f32>()? - 0.25 / std::f32::consts::PI).abs() < 1e-7);
    /// # Ok::<(), raxla::Error>(())
    /// ```
    ///
    /// # Panics
    /// If the covariances are no matrices of the mean's size.
    #[track_caller]
    pub fn logpdf(x: impl Into<Arg>, mean: impl Into<Arg>, cov: impl Into<Arg>) -> Tracer {
        let args = [x.into(), mean.into(), cov.into()];
        let [x, mean, cov] = promote_dtypes_inexact("multivariate_normal::logpdf", args);
        let difference = np::subtract(x, mean);
        let Some(n) = mean.shape().last().copied() else {
            return np::divide(difference.square(), cov) * -0.5 - (cov.log() + TAU.ln()) * 0.5;
        };
        let half = n as f64 * 0.5;
        if cov.rank() == 0 {
            return np::sum(difference.square(), -1) / cov * -0.5 - (cov.log() + TAU.ln()) * half;
        }
        let shape = cov.shape();
        let batch = shape.len().saturating_sub(2);
        if shape.len() < 2 || shape[batch..] != [n, n] {
            let (mean, cov) = (mean.aval(), cov.aval());
            fail(format!(
                "multivariate_normal::logpdf: the covariances must be matrices of the mean's size, got {mean} and {cov}"
            ));
        }
        let lower = cov.cholesky(true);
        let log = np::sum(np::diagonal(lower, 0, -2, -1).log(), -1);
        let square = np::sum(solved(lower, difference).square(), -1);
        square * -0.5 - log - half * TAU.ln()
    }
    /// `L⁻¹ y` of lower triangular matrices and vectors, whose leading axes broadcast.
    #[track_caller]
    fn solved(lower: Tracer, y: Tracer) -> Tracer {
        let op = TriangularSolve { lower: true, transpose_a: true, ..TriangularSolve::default() };
        let n = lower.shape()[lower.rank() - 1];
        // The vectors as rows of matrices: of one if there is one factor, else of one row each.
        if lower.rank() == 2 {
            return lower.triangular_solve(y.reshape(&[y.size() / n.max(1), n]), op).reshape(&y.shape());
        }
        let batch = or_fail(
            "multivariate_normal::logpdf",
            broadcast_shapes(&lower.shape()[..lower.rank() - 2], &y.shape()[..y.rank() - 1]),
        );
        let factors = lower.broadcast_to(&[&batch[..], &[n, n]].concat());
        let rows = y.expand_dims(-2).broadcast_to(&[&batch[..], &[1, n]].concat());
        factors.triangular_solve(rows, op).reshape(&[&batch[..], &[n]].concat())
    }
    /// The density: [`logpdf`].
    #[track_caller]
    pub fn pdf(x: impl Into<Arg>, mean: impl Into<Arg>, cov: impl Into<Arg>) -> Tracer {
        logpdf(x, mean, cov).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { stats_multivariate:
        // Logarithms and those of gamma functions, of sizes up to 1.5, sum to -0.35: XLA's `lgamma` of f32 makes that 1.7 tolerances, here and in JAX
        // (the interpreter: 0.01).
        "jsp.stats.dirichlet.logpdf(a, b)", "values([0.2, 0.3, 0.5], 'f4'), f32(3, low=0.5, high=3)", within(2.0) => fn(a, b) dirichlet::logpdf(a, b);
        "jsp.stats.dirichlet.pdf(a, b)", "values([[0.2, 0.5, 0.5], [0.3, 0.5, -0.5]], 'f4'), f32(3, low=0.5, high=3)", values => fn(a, b) dirichlet::pdf(a, b);
        "jsp.stats.dirichlet.logpdf(a, b)", "values([[0.2, 0.5, 0.25], [0.3, 0.25, 0.5]], 'f8'), f64(3, low=0.5, high=3)", x64 => fn(a, b) dirichlet::logpdf(a, b);
        "jsp.stats.multinomial.logpmf(a, 5, b)", "values([1, 3, 1], 'i4'), values([0.25, 0.25, 0.5], 'f4')" => fn(a, b) multinomial::logpmf(a, 5, b);
        "jsp.stats.multinomial.pmf(a, 5, b)", "values([1, 3, 2], 'i4'), values([0.25, 0.25, 0.5], 'f4')" => fn(a, b) multinomial::pmf(a, 5, b);
        "jsp.stats.multinomial.pmf(a, 5, b)", "values([0, 3, 2], 'i4'), values([0.0, 0.5, 0.5], 'f4')", values => fn(a, b) multinomial::pmf(a, 5, b);
        "jsp.stats.multivariate_normal.logpdf(a, 0.5, 2.0)", "f32(4)" => fn(a) multivariate_normal::logpdf(a, 0.5, 2.0);
        "jsp.stats.multivariate_normal.logpdf(a, b, c)", "f32(4, 3), f32(3), values(2.5, 'f4')" => fn(a, b, c) multivariate_normal::logpdf(a, b, c);
        "jsp.stats.multivariate_normal.logpdf(a, b, c)", "f32(4, 2), f32(2), values([[2.0, 0.5], [0.5, 1.5]], 'f4')" => fn(a, b, c) multivariate_normal::logpdf(a, b, c);
        "jsp.stats.multivariate_normal.pdf(a, b, c)", "f64(2, 2, 2), f64(2), values([[[2.0, 0.5], [0.5, 1.5]], [[1.0, 0.25], [0.25, 3.0]]], 'f8')", x64 => fn(a, b, c) multivariate_normal::pdf(a, b, c);
        "jsp.stats.multivariate_normal.logpdf(a, b, c)", "f32(2), f32(2), values([[1.0, 2.0], [2.0, 1.0]], 'f4')", values => fn(a, b, c) multivariate_normal::logpdf(a, b, c);
    }
}
