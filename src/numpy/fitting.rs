//! Roots of polynomials, and polynomials that fit data.

use super::{
    eye, finfo, linalg, outer,
    promotion::{Arg, inexact, promote_dtypes_inexact},
    roll, vander, where_,
};
use num_complex::Complex64;
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    primitives::{concatenate::concatenate, iota::iota, sort::sort},
    trace::{constant, fail},
};

/// The roots of the polynomial with these coefficients, that of the highest power first: complex numbers, ascending by their real, then
/// their imaginary parts. For each zero before the other coefficients there is one root less, and NaN at the end instead, since shapes do not
/// depend on data; JAX does so with `strip_zeros=False`.
///
/// They are the eigenvalues of the companion matrix.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let x = jit(|p: Tracer| np::real(np::roots(p)))(Array::from(vec![1.0f32, -3.0, 2.0]));
/// assert!(x.to_vec::<f32>()?.iter().zip([1.0, 2.0]).all(|(x, y)| (x - y).abs() < 1e-5));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn roots(p: impl Into<Arg>) -> Tracer {
    let p = inexact("roots", p);
    if p.rank() > 1 {
        fail(format!("roots: takes a vector of coefficients, got {}", p.aval()));
    }
    let n = p.size().saturating_sub(1);
    if n == 0 {
        let dtype = p.dtype().complex().unwrap_or(p.dtype());
        return constant(Literal::zeros(ShapedArray::new(&[0], dtype)));
    }
    // The zeros before the first coefficient that is none go to the end; a polynomial of zeros alone has no roots either.
    let some = p.not_equal(0.0);
    let zeros = where_(some.any(), some.argmax(0), n as i32);
    let p = where_(some.any(), roll(p, -zeros, 0), p.full_like(1.0));
    let row = -p.slice_axis(0, 1, n + 1) / p.slice_axis(0, 0, 1);
    // What the zeros add is cut off from the companion matrix, and so has the eigenvalue 0 exactly.
    let inside = iota(DType::I32, &[n, 1], 0).less(n as i32 - zeros);
    let below = inside.astype(p.dtype()) * eye(n, n, -1, p.dtype());
    let companion = concatenate(&[row.reshape(&[1, n]), below.slice_axis(0, 1, n)], 0);
    let found = companion.eigenvalues();
    let least_last = sort(&[-found.abs(), found], 0, 1)[1];
    let kept = iota(DType::I32, &[n], 0).less(n as i32 - zeros);
    let nan = Complex64::new(f64::NAN, f64::NAN);
    where_(kept, least_last, Arg::Complex(nan)).sort(0)
}

/// How [`polyfit`] fits.
#[derive(Clone, Debug, Default)]
pub struct Polyfit {
    /// Up to which fraction of the greatest singular value others count as 0; by default the number of points times the distance from 1 to the
    /// next float.
    pub rcond: Option<f64>,
    /// By what the distances are multiplied: one over the standard deviation of each point, say.
    pub weights: Option<Tracer>,
}
/// The polynomial of degree `deg` for which the squared distances from points are least: its coefficients, that of the highest power first. `x` is a
/// vector, `y` a vector or a matrix with one column for each polynomial.
///
/// ```
/// use raxla::{numpy::{self as np, Polyfit}, prelude::*};
/// let f = jit(|x: Tracer, y: Tracer| np::polyfit(x, y, 1, Polyfit::default()));
/// let line = f(Array::from(vec![0.0f32, 1.0, 2.0]), Array::from(vec![1.0f32, 3.0, 5.0])).to_vec::<f32>()?;
/// assert!((line[0] - 2.0).abs() < 1e-4 && (line[1] - 1.0).abs() < 1e-4);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn polyfit(x: impl Into<Arg>, y: impl Into<Arg>, deg: usize, how: Polyfit) -> Tracer {
    fitted(x.into(), y.into(), deg, &how).coefficients
}
/// [`polyfit`] with the squared distances, the rank and singular values of the scaled matrix of powers, and `rcond`: NumPy's `full=True`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::polyfit_full(constant(vec![0.0f32, 1.0, 2.0]), constant(vec![1.0f32, 3.0, 5.0]), 1, np::Polyfit::default()).2);
/// assert_eq!(got, "2");
/// ```
#[track_caller]
pub fn polyfit_full(
    x: impl Into<Arg>,
    y: impl Into<Arg>,
    deg: usize,
    how: Polyfit,
) -> (Tracer, Tracer, Tracer, Tracer, Tracer) {
    let Fit { coefficients, residuals, rank, singular_values, rcond, .. } = fitted(x.into(), y.into(), deg, &how);
    (coefficients, residuals, rank, singular_values, constant(rcond as f32).astype(DType::default_float()))
}
/// [`polyfit`] with the covariances of the coefficients, `[deg + 1, deg + 1]` and one more axis if `y` is a matrix: NumPy's `cov=True`. They are those
/// of points whose variance is that of the distances; or, if `unscaled`, of points with the variance 1, NumPy's `cov="unscaled"`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::polyfit_covariance(constant(vec![0.0f32, 1.0, 2.0]), constant(vec![1.0f32, 3.0, 5.0]), 1, np::Polyfit::default(), true).1);
/// assert_eq!(got, "[[0.5, -0.5], [-0.5, 0.8333]]");
/// ```
#[track_caller]
pub fn polyfit_covariance(
    x: impl Into<Arg>,
    y: impl Into<Arg>,
    deg: usize,
    how: Polyfit,
    unscaled: bool,
) -> (Tracer, Tracer) {
    let Fit { coefficients, residuals, powers, scale, .. } = fitted(x.into(), y.into(), deg, &how);
    let points = powers.shape()[0];
    let base = linalg::inv(linalg::product(powers.t(), powers)) / outer(scale, scale);
    if !unscaled && points <= deg + 1 {
        fail(format!("polyfit_covariance: {points} points say nothing about the variance of {} coefficients", deg + 1));
    }
    let factor = if unscaled { residuals.full_like(1.0) } else { residuals / (points - deg - 1) as f64 };
    match coefficients.rank() {
        1 => (coefficients, base * factor),
        _ if unscaled => (coefficients, base.expand_dims(2)),
        _ => (coefficients, base.expand_dims(2) * factor),
    }
}
struct Fit {
    coefficients: Tracer,
    residuals: Tracer,
    rank: Tracer,
    singular_values: Tracer,
    rcond: f64,
    powers: Tracer,
    scale: Tracer,
}
#[track_caller]
fn fitted(x: Arg, y: Arg, deg: usize, how: &Polyfit) -> Fit {
    let [x, y] = promote_dtypes_inexact("polyfit", [x, y]);
    let fits = x.rank() == 1 && x.size() > 0 && (1..=2).contains(&y.rank()) && x.size() == y.shape()[0];
    if !fits {
        fail(format!(
            "polyfit: takes a vector and a vector or matrix of as many rows, got {} and {}",
            x.aval(),
            y.aval()
        ));
    }
    let rcond = how.rcond.unwrap_or(x.size() as f64 * finfo(x.dtype()).eps);
    let (mut powers, mut y) = (vander(x, deg + 1, false), y);
    if let Some(w) = how.weights {
        if w.shape() != x.shape() {
            fail(format!("polyfit: the weights of {} must be as many, got {}", x.aval(), w.aval()));
        }
        let w = w.astype(x.dtype());
        powers = powers * w.expand_dims(1);
        y = if y.rank() == 2 { y * w.expand_dims(1) } else { y * w };
    }
    // Columns of norm 1 have the least condition number, but for a factor.
    let scale = powers.square().sum_axes(0).sqrt();
    let powers = powers / scale;
    let (c, residuals, rank, singular_values) = linalg::lstsq(powers, y, rcond);
    let coefficients = c / if c.rank() == 2 { scale.expand_dims(1) } else { scale };
    Fit { coefficients, residuals, rank, singular_values, rcond, powers, scale }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Roots are compared in raxla's order.
    crate::oracle::rows! { numpy_fitting:
        "jnp.sort(jnp.roots(a, strip_zeros=False))", "f32(4)" => fn(a) roots(a);
        "jnp.sort(jnp.roots(a, strip_zeros=False))", "c64(3)" => fn(a) roots(a);
        "jnp.sort(jnp.roots(a, strip_zeros=False))", "i32(3)" => fn(a) roots(a);
        "jnp.sort(jnp.roots(a, strip_zeros=False))", "values([0, 0, 2, -1, 3], 'f4')", values => fn(a) roots(a); // of NaN there is no gradient
        "jnp.sort(jnp.roots(a, strip_zeros=False))", "values([0, 2, -1, 0], 'f4')", values => fn(a) roots(a);
        "jnp.sort(jnp.roots(a, strip_zeros=False))", "values([0, 0, 0], 'f4')", values => fn(a) roots(a);
        "jnp.roots(a, strip_zeros=False)", "f32(1)" => fn(a) roots(a);
        "jnp.polyfit(a, b, 2)", "f32(6), f32(6)" => fn(a, b) polyfit(a, b, 2, Polyfit::default());
        "jnp.polyfit(a, b, 1)", "f32(5), f32(5, 2)" => fn(a, b) polyfit(a, b, 1, Polyfit::default());
        "jnp.polyfit(a, b, 2, w=c)", "f32(6), f32(6), f32(6, low=0.5)" => fn(a, b, c) polyfit(a, b, 2, Polyfit { weights: Some(c), ..Polyfit::default() });
        // Cotangents cancel as far as the fit is good: against f64 the gradient in the weights is off by 0.8 tolerances here, and by 1.1 in JAX.
        "jnp.polyfit(a, b, 2, w=c)", "f32(6), f32(6, 2), f32(6, low=0.5)", within(3.0) => fn(a, b, c) polyfit(a, b, 2, Polyfit { weights: Some(c), ..Polyfit::default() });
        // JAX differentiates singular vectors, and not that which a lower rank leaves out.
        "jnp.polyfit(a, b, 2, rcond=0.3)", "f32(6), f32(6)", values
            => fn(a, b) polyfit(a, b, 2, Polyfit { rcond: Some(0.3), ..Polyfit::default() });
        "jnp.polyfit(a, b, 2, full=True)", "f32(6), f32(6)" => fn(a, b) polyfit_full(a, b, 2, Polyfit::default());
        "jnp.polyfit(a, b, 1, cov=True)", "f32(6), f32(6)" => fn(a, b) polyfit_covariance(a, b, 1, Polyfit::default(), false);
        "jnp.polyfit(a, b, 1, cov=True)", "f32(6), f32(6, 2)" => fn(a, b) polyfit_covariance(a, b, 1, Polyfit::default(), false);
        "jnp.polyfit(a, b, 1, cov='unscaled')", "f32(6), f32(6)" => fn(a, b) polyfit_covariance(a, b, 1, Polyfit::default(), true);
    }
}
