//! Distributions with matrices: orthogonal ones, and normal vectors with given covariances.

use super::{
    key::Key,
    normal,
    parameters::{check_float, float_of},
};
use crate::numpy::{diagonal, linalg, matvec, sign};
use raxla_ir::{DType, Tracer, aval::Dims, operand::broadcast_shapes, trace::fail};

/// Matrices `[…shape, n, m]` uniformly distributed among the orthogonal ones, or, of complex numbers, the unitary ones; as
/// `jax.random.orthogonal`. Without `m` they are square; else their columns, or if there are more of these than rows their rows, are orthonormal.
///
/// The method is that of Mezzadri, *How to generate random matrices from the classical compact groups* (2007).
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let q = jit(|key: Key| random::orthogonal(key, 2, None, &[], DType::F32))(Key::new(0)).to_vec::<f32>()?;
/// assert!((q[0] * q[0] + q[1] * q[1] - 1.0).abs() < 1e-6);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn orthogonal(key: Key, n: usize, m: impl Into<Option<usize>>, shape: &[usize], dtype: DType) -> Tracer {
    let m = m.into().unwrap_or(n);
    let (q, r) = normal(key, &[shape, &[n.max(m), n.min(m)]].concat(), dtype).qr(false);
    let x = q * sign(diagonal(r, 0, -2, -1)).expand_dims(-2);
    if n < m { x.moveaxis(-1, -2) } else { x }
}
/// By which matrix F with `F Fᵀ` equal to the covariances [`multivariate_normal`] multiplies normal vectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CovarianceFactor {
    /// Cholesky's, of positive definite covariances.
    #[default]
    Cholesky,
    /// The eigenvectors times the roots of the eigenvalues. As the signs of eigenvectors are raxla's, so are the vectors.
    Eigh,
    /// The left singular vectors times the roots of the singular values; as above.
    Svd,
}
/// Normally distributed vectors `[…shape, n]` of a mean `[…, n]` and covariances `[…, n, n]`, whose leading axes broadcast to `shape`; as
/// `jax.random.multivariate_normal`.
///
/// ```
/// use raxla::{prelude::*, random::{self, CovarianceFactor, Key}};
/// let f = jit(|key: Key, mean: Tracer, covariance: Tracer| {
///     random::multivariate_normal(key, mean, covariance, CovarianceFactor::Cholesky, &[5], DType::F32)
/// });
/// let x = f(Key::new(0), Array::from(vec![1.0f32, 2.0]), Array::new(&[2, 2], &[1.0f32, 0.5, 0.5, 1.0]));
/// assert_eq!(x.shape(), [5, 2]);
/// ```
#[track_caller]
pub fn multivariate_normal(
    key: Key,
    mean: Tracer,
    cov: Tracer,
    factor: CovarianceFactor,
    shape: &[usize],
    dtype: DType,
) -> Tracer {
    let name = "multivariate_normal";
    check_float(name, dtype);
    let (m, c) = (mean.shape(), cov.shape());
    let (Some((n, means)), [covariances @ .., rows, columns]) = (m.split_last(), &c[..]) else {
        fail(format!("{name}: takes a mean [.., n] and covariances [.., n, n], got {} and {}", mean.aval(), cov.aval()))
    };
    if (rows, columns) != (n, n) {
        fail(format!("{name}: takes covariances [.., {n}, {n}] for the mean {}, got {}", mean.aval(), cov.aval()));
    }
    let fits = |batch: &[usize]| broadcast_shapes(batch, shape).is_ok_and(|s| s[..] == *shape);
    if !fits(means) || !fits(covariances) {
        let both = (mean.aval(), cov.aval());
        fail(format!("{name}: the leading axes of {} and {} must broadcast to {}", both.0, both.1, Dims(shape)));
    }
    float_of(name, &mean);
    let cov = cov.astype(dtype);
    let factor = match factor {
        CovarianceFactor::Cholesky => linalg::cholesky(cov, false, true),
        CovarianceFactor::Eigh => {
            let (w, v) = linalg::eigh(cov, None, true);
            v * w.sqrt().expand_dims(-2)
        }
        CovarianceFactor::Svd => {
            let (u, s, _) = linalg::svd(cov, true, false);
            u * s.sqrt().expand_dims(-2)
        }
    };
    mean.astype(dtype) + matvec(factor, normal(key, &[shape, &[*n]].concat(), dtype))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Implementation, wrap_key_data};

    fn key(words: Tracer) -> Key {
        wrap_key_data(words, Implementation::Threefry2x32)
    }
    fn covariance(a: Tracer) -> Tracer {
        linalg::product(a, linalg::adjoint(a)) + crate::numpy::identity(a.shape()[a.rank() - 1], None)
    }
    // The factors of eigenvectors are known up to signs: what they give of zero covariances beside the diagonal is not.
    crate::oracle::rows! { random_matrices:
        "jax.random.orthogonal(a, 3)", "values([0, 7], 'u4')" => fn(a) orthogonal(key(a), 3, None, &[], DType::F32);
        "jax.random.orthogonal(a, 2, (2,), m=4)", "values([1, 7], 'u4')" => fn(a) orthogonal(key(a), 2, 4, &[2], DType::F32);
        "jax.random.orthogonal(a, 4, m=2)", "values([2, 7], 'u4')" => fn(a) orthogonal(key(a), 4, 2, &[], DType::F32);
        "jax.random.orthogonal(a, 2, dtype='complex64')", "values([3, 7], 'u4')" => fn(a) orthogonal(key(a), 2, None, &[], DType::C64);
        "jax.random.multivariate_normal(a, b, c @ c.T + jnp.eye(3))", "values([0, 1], 'u4'), f32(3), f32(3, 3)"
            => fn(a, b, c) multivariate_normal(key(a), b, covariance(c), CovarianceFactor::Cholesky, &[], DType::F32);
        "jax.random.multivariate_normal(a, b, c @ c.mT + jnp.eye(2), shape=(4, 3))", "values([0, 2], 'u4'), f32(3, 2), f32(3, 2, 2)"
            => fn(a, b, c) multivariate_normal(key(a), b, covariance(c), CovarianceFactor::Cholesky, &[4, 3], DType::F32);
        "(lambda m: jnp.abs(jax.random.multivariate_normal(a, 0 * b, m, method='eigh')))(jnp.diag(b))", "values([0, 3], 'u4'), values([1, 2, 3], 'f4')", values
            => fn(a, b) multivariate_normal(key(a), b * 0.0, crate::numpy::diag(b, 0), CovarianceFactor::Eigh, &[], DType::F32).abs();
        "(lambda m: jnp.abs(jax.random.multivariate_normal(a, 0 * b, m, method='svd')))(jnp.diag(b))", "values([0, 3], 'u4'), values([3, 2, 1], 'f4')", values
            => fn(a, b) multivariate_normal(key(a), b * 0.0, crate::numpy::diag(b, 0), CovarianceFactor::Svd, &[], DType::F32).abs();
    }
}
