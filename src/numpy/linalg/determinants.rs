//! Determinants, and their logarithms.

use super::{super::promotion::Arg, adjoint, identities, product, squares};
use crate::numpy::{diagonal, matrix_transpose};
use raxla_ir::{Tracer, primitives::iota::iota};
use raxla_transforms::{cond, custom_jvp};

/// The determinants `[…]` of square matrices `[…, n, n]`; 1 of matrices without elements.
///
/// The gradient is that of a polynomial, and is right at singular matrices of every kind: `d det(a) = tr(adj(a) da)`, where `adj` is the
/// transposed matrix of cofactors. JAX's is 0 where a pivot before the last is. Up to 3 × 3 so are all higher derivatives; those of larger
/// matrices exist where they are regular.
///
/// ```
/// use raxla::{numpy::linalg, prelude::*};
/// let f = jit(grad(|a: Tracer| linalg::det(a)));
/// let a = Array::new(&[2, 2], &[0.0f32, 0.0, 0.0, 5.0]);
/// assert_eq!(f(a).to_vec::<f32>()?, [5.0, 0.0, 0.0, 0.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn det(a: impl Into<Arg>) -> Tracer {
    let a = squares("det", a);
    let at = |i: usize, j: usize| element(a, i, j);
    match a.shape().last() {
        Some(1) => at(0, 0),
        Some(2) => two_by_two(a),
        Some(3) => {
            // By the first row, so that no product occurs twice.
            let minor = |i: usize, j: usize| at(1, i) * at(2, j) - at(1, j) * at(2, i);
            at(0, 0) * minor(1, 2) - at(0, 1) * minor(0, 2) + at(0, 2) * minor(0, 1)
        }
        _ => custom_jvp(by_logarithm, |(a,): (Tracer,), (t,): (Tracer,)| {
            let change = (matrix_transpose(adjugate(a)) * t).sum_axes([-2, -1]);
            (by_logarithm(a), change)
        })(a),
    }
}
/// Elements of a stack of matrices.
#[track_caller]
fn element(a: Tracer, i: usize, j: usize) -> Tracer {
    let shape = a.shape();
    a.slice_axis(-2, i, i + 1).slice_axis(-1, j, j + 1).reshape(&shape[..shape.len() - 2])
}
#[track_caller]
fn two_by_two(a: Tracer) -> Tracer {
    element(a, 0, 0) * element(a, 1, 1) - element(a, 0, 1) * element(a, 1, 0)
}
/// The determinant by its logarithm, whose sum does not overflow where products of some of the pivots would.
#[track_caller]
fn by_logarithm(a: Tracer) -> Tracer {
    let (sign, log) = from_pivots(a);
    sign * log.exp().astype(sign.dtype())
}
/// The sign and the logarithm of the absolute value, from the pivots of an LU decomposition.
#[track_caller]
fn from_pivots(a: Tracer) -> (Tracer, Tracer) {
    let (lu, pivots, _) = a.lu();
    let on_diagonal = diagonal(lu, 0, -2, -1);
    (signs(on_diagonal.sign(), pivots), on_diagonal.abs().log().sum_axes(-1))
}
/// The product of the signs, each turned where rows were exchanged.
#[track_caller]
fn signs(signs: Tracer, pivots: Tracer) -> Tracer {
    let exchanged = pivots.not_equal(iota(pivots.dtype(), &pivots.shape(), pivots.rank() - 1));
    exchanged.select(-signs, signs).prod_axes(-1)
}
/// The transposed matrices of cofactors. Of regular matrices `det(a) a⁻¹`, whose error does not grow with the condition, since the pivots that
/// make it large stand in both; of singular ones, by their singular values, `a = u diag(s) vᴴ`, whose product but for one each is taken:
/// `det(u vᴴ) v diag(∏_{j ≠ i} s_j) uᴴ`.
#[track_caller]
fn adjugate(a: Tracer) -> Tracer {
    let on_diagonal = diagonal(a.lu().0, 0, -2, -1);
    let regular = |a: Tracer| {
        let one = identities(&a.shape(), a.dtype());
        by_logarithm(a).expand_dims(-1).expand_dims(-1) * super::solve(a, one)
    };
    let singular = |a: Tracer| {
        let (u, s, vh) = a.svd(true);
        let n = s.shape()[s.rank() - 1];
        let square = [&s.shape()[..], &[n]].concat();
        let others = identities(&square, s.dtype()).not_equal(0.0).select(1.0, s.expand_dims(-2).broadcast_to(&square));
        let scaled = adjoint(vh) * others.prod_axes(-1).expand_dims(-2).astype(a.dtype());
        by_logarithm(product(u, vh)).expand_dims(-1).expand_dims(-1) * product(scaled, adjoint(u))
    };
    cond(on_diagonal.equal(0.0).any(), singular, regular, (a,))
}
/// The signs of the determinants of square matrices `[…, n, n]` and the logarithms of their absolute values, both `[…]`. Of singular matrices 0
/// and -∞. Of complex matrices the sign is the number of absolute value 1 by which the determinant differs from its own.
///
/// The gradient of the logarithm at a singular matrix is infinite, and so given as infinities or NaN; that of the sign is 0 but for complex
/// matrices.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::slogdet(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])))), "-1.0, 0.6931");
/// ```
#[track_caller]
pub fn slogdet(a: impl Into<Arg>) -> (Tracer, Tracer) {
    let a = squares("slogdet", a);
    match a.shape().last() {
        Some(1) => of_number(element(a, 0, 0)),
        Some(2) => of_number(two_by_two(a)),
        _ => custom_jvp(from_pivots, |(a,): (Tracer,), (t,): (Tracer,)| {
            let (sign, log) = from_pivots(a);
            let inverse = super::solve(a, identities(&a.shape(), a.dtype()));
            let change = (matrix_transpose(inverse) * t).sum_axes([-2, -1]);
            match a.dtype().is_complex() {
                true => ((sign, log), (sign * change.imag().full_like(0.0).complex(change.imag()), change.real())),
                false => ((sign, log), (change.full_like(0.0), change)),
            }
        })(a),
    }
}
#[track_caller]
fn of_number(z: Tracer) -> (Tracer, Tracer) {
    (z.sign(), z.abs().log())
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_linalg_determinants:
        "jnp.linalg.det(a)", "f32(1, 1)" => fn(a) det(a);
        "jnp.linalg.det(a)", "f32(4, 2, 2)" => fn(a) det(a);
        "jnp.linalg.det(a)", "f32(3, 3)" => fn(a) det(a);
        "jnp.linalg.det(a)", "c64(3, 3)" => fn(a) det(a);
        "jnp.linalg.det(a)", "f32(4, 4)" => fn(a) det(a);
        "jnp.linalg.det(a)", "f32(2, 5, 5)" => fn(a) det(a);
        "jnp.linalg.det(a)", "c64(4, 4)" => fn(a) det(a);
        "jnp.linalg.det(a)", "f32(5, 5)", x64 => fn(a) det(a);
        "jnp.linalg.det(a)", "i32(4, 4)" => fn(a) det(a);
        "jnp.linalg.det(a)", "bf16(2, 2)" => fn(a) det(a);
        "jnp.linalg.det(a)", "f32(0, 0)", values => fn(a) det(a);
        // The gradient of the product of the elements on the diagonal beside a 0 there.
        "(lambda d: (0.0, jax.grad(jnp.prod)(d)))(jnp.concatenate([jnp.zeros(1), a]))", "f32(3)", values
            => fn(a) {
                let d = crate::concatenate(&[crate::numpy::zeros(&[1], None), a], 0);
                let (value, slope) = crate::value_and_grad(|d: Tracer| det(crate::numpy::diag(d, 0)))(d);
                (value, slope)
            };
        "jnp.linalg.slogdet(a)", "f32(1, 1)" => fn(a) slogdet(a);
        "jnp.linalg.slogdet(a)", "f32(3, 2, 2)" => fn(a) slogdet(a);
        "jnp.linalg.slogdet(a)", "c64(2, 2)" => fn(a) slogdet(a);
        "jnp.linalg.slogdet(a)", "f32(4, 4)" => fn(a) slogdet(a);
        "jnp.linalg.slogdet(a)", "f32(2, 3, 3)" => fn(a) slogdet(a);
        "jnp.linalg.slogdet(a)", "c64(2, 4, 4)" => fn(a) slogdet(a);
        "jnp.linalg.slogdet(a)", "values([[1, 2, 3], [2, 4, 6], [1, 0, 1]], 'f4')", values => fn(a) slogdet(a);
        "jnp.linalg.slogdet(a)", "f32(0, 0)", values => fn(a) slogdet(a);
    }
    #[test]
    fn gradients_at_singular_matrices_are_those_of_the_polynomial() {
        use raxla_ir::{Literal, eval::eval, trace::trace};
        // A chain, of rank n - 1 with zeros only on its diagonal: the one cofactor that is not 0 is that of its corner.
        let chain: Vec<f32> = (0..25).map(|i| if i / 5 + 1 == i % 5 { 2.0 } else { 0.0 }).collect();
        let corner: Vec<f32> = (0..25).map(|i| if i == 20 { 16.0 } else { 0.0 }).collect();
        // Of rank n - 2 all are 0.
        let flat: Vec<f32> = (0..25).map(|i| if i / 5 == i % 5 && i < 13 { 1.0 } else { 0.0 }).collect();
        for (a, want) in [(chain, corner), (flat, vec![0.0; 25])] {
            let a = Literal::new(&[5, 5], &a);
            let program = trace(&[a.aval().clone()], |x| vec![crate::grad(|a: Tracer| det(a))(x[0])]).program;
            let got = eval(&program, &[a]).expect("a gradient")[0].floats();
            assert!(got.iter().zip(&want).all(|(g, w)| (g - f64::from(*w)).abs() < 1e-5), "{got:?}");
        }
    }
}
