//! Densities estimated from samples: a sum of normal distributions, one around each point.

use crate::{
    numpy::{self as np, Arg, Over, promotion::promote_dtypes_inexact},
    random::{self, Key},
    special,
};
use raxla_ir::{
    DType, Pytree, Tracer,
    primitives::{TriangularSolve, iota::arange},
    trace::fail,
};
use std::f64::consts::TAU;

/// How wide the kernels are: the factor of the data's standard deviation.
#[derive(Clone, Debug, Default)]
pub enum Bandwidth {
    /// Scott's rule, `n^(-1/(d + 4))` of `n` effective points in `d` dimensions.
    #[default]
    Scott,
    /// Silverman's rule, `(n (d + 2) / 4)^(-1/(d + 4))`.
    Silverman,
    /// A number.
    Factor(Arg),
}
/// Options of [`GaussianKde::new`].
#[derive(Clone, Debug, Default)]
pub struct Kde {
    /// How wide the kernels are.
    pub bandwidth: Bandwidth,
    /// How much each point counts: a vector.
    pub weights: Option<Arg>,
}
/// A density estimated from points, by normal kernels with a multiple of their covariance: `jax.scipy.stats.gaussian_kde`.
///
/// ```
/// use raxla::{prelude::*, stats::{GaussianKde, Kde}};
/// let f = jit(|points: Tracer, x: Tracer| GaussianKde::new(points, Kde::default()).pdf(x));
/// let y = f(Array::from(vec![-1.0f32, 1.0]), Array::from(vec![0.0f32, 9.0])).to_vec::<f32>()?;
/// assert!(y[0] > 0.1 && y[1] < 1e-6);
/// # Ok::<(), raxla::Error>(())
/// ```
#[derive(Pytree, Clone, Copy, Debug)]
pub struct GaussianKde<T = Tracer> {
    /// The points: a column each, `[d, n]`.
    pub dataset: T,
    /// How much each counts: `[n]`, of sum 1.
    pub weights: T,
    /// The number of points that as many equal weights would have, `1 / Σ w²`.
    pub neff: T,
    /// The covariance of the kernels, `[d, d]`.
    pub covariance: T,
}
impl GaussianKde {
    /// The estimate of a `dataset` of `[d, n]`, or of numbers `[n]`, in a float dtype.
    ///
    /// # Panics
    /// If the dataset is complex, or has fewer than two elements or more than two axes, or the weights are no vector of its length.
    #[track_caller]
    pub fn new(dataset: impl Into<Arg>, how: Kde) -> GaussianKde {
        let mut args = vec![dataset.into()];
        args.extend(how.weights);
        let (dataset, weights) = match <[Arg; 2]>::try_from(args) {
            Ok(both) => {
                let [dataset, weights] = promote_dtypes_inexact("gaussian_kde", both);
                (dataset, Some(weights))
            }
            Err(one) => (np::promotion::inexact("gaussian_kde", one[0].clone()), None),
        };
        let dataset = np::atleast_2d(dataset);
        if dataset.dtype().is_complex() || dataset.rank() > 2 || dataset.size() < 2 {
            fail(format!("gaussian_kde: takes several points of reals, `[d, n]`, got {}", dataset.aval()));
        }
        let (d, n) = (dataset.shape()[0] as f64, dataset.shape()[1]);
        let weights = match weights {
            Some(weights) if weights.shape()[..] != [n] => {
                fail(format!("gaussian_kde: the weights must be a vector of {n} numbers, got {}", weights.aval()))
            }
            Some(weights) => weights / np::sum(weights, ()),
            None => np::full(&[n], 1.0 / n as f64, dataset.dtype()),
        };
        let neff = 1f64 / np::sum(weights.square(), ());
        let power = -1.0 / (d + 4.0);
        let factor = match how.bandwidth {
            Bandwidth::Scott => neff.pow(power),
            Bandwidth::Silverman => (neff * ((d + 2.0) / 4.0)).pow(power),
            Bandwidth::Factor(factor) => factor.tracer().astype(dataset.dtype()),
        };
        let covariance = np::cov(dataset, np::Cov { aweights: Some(weights.into()), ..np::Cov::default() });
        let covariance = np::atleast_2d(covariance) * factor.square();
        GaussianKde { dataset, weights, neff, covariance }
    }
    /// The dimensions of a point.
    fn dimensions(&self) -> usize {
        self.dataset.shape()[0]
    }
    /// Points `[d, m]`, of `[d]` one.
    #[track_caller]
    fn points(&self, x: Arg) -> Tracer {
        let x = np::atleast_2d(x.tracer());
        let (shape, d) = (x.shape(), self.dimensions());
        match shape[..] {
            _ if x.dtype().is_complex() => fail(format!("gaussian_kde: the points must be reals, got {}", x.aval())),
            [k, _] if k == d => x,
            [1, k] if k == d => x.t(),
            _ => fail(format!("gaussian_kde: the points must be of {d} dimensions, `[{d}, m]`, got {}", x.aval())),
        }
    }
    /// The logarithms of the kernels, `[n, m]`.
    #[track_caller]
    fn kernels(&self, x: Arg) -> Tracer {
        let x = self.points(x).astype(self.dataset.dtype());
        let d = self.dimensions();
        let (white, log) = whitened(self.covariance, &[self.dataset, x]);
        let difference = white[0].expand_dims(2) - white[1].expand_dims(1);
        np::sum(difference.square(), 0) * -0.5 - log - 0.5 * d as f64 * TAU.ln()
    }
    /// The density at points `[d, m]`: `[m]`.
    #[track_caller]
    pub fn pdf(&self, x: impl Into<Arg>) -> Tracer {
        np::sum(self.kernels(x.into()).exp() * self.weights.expand_dims(1), 0)
    }
    /// The density: [`GaussianKde::pdf`].
    #[track_caller]
    pub fn evaluate(&self, x: impl Into<Arg>) -> Tracer {
        self.pdf(x)
    }
    /// The logarithm of the density at points `[d, m]`: `[m]`.
    #[track_caller]
    pub fn logpdf(&self, x: impl Into<Arg>) -> Tracer {
        special::logsumexp(self.kernels(x.into()) + self.weights.log().expand_dims(1), 0)
    }
    /// The integral of the product with a normal distribution of a mean `[d]` and a covariance `[d, d]`.
    #[track_caller]
    pub fn integrate_gaussian(&self, mean: impl Into<Arg>, cov: impl Into<Arg>) -> Tracer {
        let (mean, cov): (Arg, Arg) = (mean.into(), cov.into());
        let (mean, cov, d) = (mean.tracer(), np::atleast_2d(cov), self.dimensions());
        if mean.size() != d || cov.shape()[..] != [d, d] {
            let (mean, cov) = (mean.aval(), cov.aval());
            fail(format!("integrate_gaussian: takes a mean and a covariance of {d} dimensions, got {mean} and {cov}"));
        }
        let mean = mean.reshape(&[d, 1]).astype(self.dataset.dtype());
        self.convolved(mean, cov.astype(self.dataset.dtype())).reshape(&[])
    }
    /// The integral of the density from `low` to `high`, of numbers.
    #[track_caller]
    pub fn integrate_box_1d(&self, low: impl Into<Arg>, high: impl Into<Arg>) -> Tracer {
        let limits = [low.into(), high.into()].map(|x: Arg| x.tracer().astype(self.dataset.dtype()));
        if self.dimensions() != 1 || limits.iter().any(|x| x.rank() > 0) {
            let data = self.dataset.aval();
            fail(format!("integrate_box_1d: takes two numbers, and a density of 1 dimension, got that of {data}"));
        }
        let deviation = self.covariance.reshape(&[]).sqrt();
        let [low, high] = limits.map(|x| special::ndtr((x - self.dataset) / deviation));
        np::sum(self.weights * (high - low).reshape(&self.weights.shape()), ())
    }
    /// The integral of the product of two estimates.
    #[track_caller]
    pub fn integrate_kde(&self, other: &GaussianKde) -> Tracer {
        if self.dimensions() != other.dimensions() {
            let (a, b) = (self.dataset.aval(), other.dataset.aval());
            fail(format!("integrate_kde: the estimates must have the same dimensions, got those of {a} and {b}"));
        }
        np::sum(self.convolved(other.dataset, other.covariance) * other.weights, ())
    }
    /// At means `[d, m]`: `Σ w N(x; mean, covariance + cov)` over the points `x`.
    #[track_caller]
    fn convolved(&self, means: Tracer, cov: Tracer) -> Tracer {
        let wide = GaussianKde { covariance: self.covariance + cov, ..*self };
        wide.pdf(means)
    }
    /// Points drawn from the density, `[d, …shape]`.
    #[track_caller]
    pub fn resample(&self, key: Key, shape: &[usize]) -> Tracer {
        let [which, noise] = random::split(key, 2).unpack();
        let (d, n) = (self.dimensions(), self.weights.size());
        let drawn = random::choice(which, arange(n, DType::I32), true, Some(self.weights), 0, shape);
        let normal = random::normal(noise, &[shape, &[d]].concat(), self.dataset.dtype());
        let noise = np::matvec(self.covariance.cholesky(true), normal);
        self.dataset.take(drawn, 1) + noise.moveaxis(-1, 0)
    }
}
/// Points `[d, n]` in units of the covariance, `L⁻¹ x` of its Cholesky factor; and the logarithm of that one's determinant.
#[track_caller]
fn whitened(covariance: Tracer, points: &[Tracer]) -> (Vec<Tracer>, Tracer) {
    let lower = covariance.cholesky(true);
    let op = TriangularSolve { left_side: true, lower: true, ..TriangularSolve::default() };
    let white = points.iter().map(|x| lower.triangular_solve(*x, op.clone())).collect();
    (white, np::sum(np::diagonal(lower, 0, 0, 1).log(), Over::all()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kde(points: Tracer) -> GaussianKde {
        GaussianKde::new(points, Kde::default())
    }
    crate::oracle::rows! { stats_density:
        "jsp.stats.gaussian_kde(a).evaluate(b)", "f32(2, 5), f32(2, 3)", within(4.0) => fn(a, b) kde(a).evaluate(b);
        "jsp.stats.gaussian_kde(a, 'silverman', c).logpdf(b)", "f64(5), f64(3), f64(5, low=0.5)", x64
            => fn(a, b, c) GaussianKde::new(a, Kde { bandwidth: Bandwidth::Silverman, weights: Some(c.into()) }).logpdf(b);
        "jsp.stats.gaussian_kde(a, 0.5).pdf(b)", "i32(6), f32(3)" => fn(a, b) GaussianKde::new(a, Kde { bandwidth: Bandwidth::Factor(0.5.into()), weights: None }).pdf(b);
        "jsp.stats.gaussian_kde(a).integrate_gaussian(b, 0.5)", "f64(5), f64(1)", x64 => fn(a, b) kde(a).integrate_gaussian(b, 0.5);
        "jsp.stats.gaussian_kde(a).integrate_box_1d(-0.5, 1.0)", "f32(5)" => fn(a) kde(a).integrate_box_1d(-0.5, 1.0);
        "jsp.stats.gaussian_kde(a).integrate_kde(jsp.stats.gaussian_kde(b))", "f64(2, 5), f64(2, 4)", x64, within(4.0) => fn(a, b) kde(a).integrate_kde(&kde(b));
        "jsp.stats.gaussian_kde(a).resample(random.key(3), (4,))", "f32(2, 5)", values => fn(a) kde(a).resample(random::key(3), &[4]);
    }
}
