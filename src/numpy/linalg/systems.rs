//! Systems of linear equations, and inverses, by LU decompositions.

use super::{
    super::promotion::{Arg, inexact, promote_dtypes_inexact},
    dimensions, identities, product, squares,
};
use crate::numpy::{Take, take_along_axis};
use raxla_ir::{
    DType, Tracer,
    aval::{Axes, Shape, resolve_axes},
    indexing::IndexMode,
    operand::broadcast_shapes,
    primitives::{TriangularSolve, iota::iota, sort::sort},
    trace::{fail, or_fail},
};
use raxla_transforms::custom_linear_solve;

/// X with `a X = b`, for square matrices `[…, n, n]` and right sides: a vector `[n]`, or matrices `[…, n, k]` whose leading axes broadcast.
/// Of singular matrices infinities and NaN.
///
/// By an LU decomposition, which derivatives use again: `a dX = db − da X`.
///
/// ```
/// use raxla::{numpy::linalg, prelude::*};
/// let f = jit(|a: Tracer, b: Tracer| linalg::solve(a, b));
/// let x = f(Array::new(&[2, 2], &[0.0f32, 2.0, 4.0, 0.0]), Array::from(vec![2.0f32, 8.0]));
/// assert_eq!(x.to_vec::<f32>()?, [2.0, 1.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn solve(a: impl Into<Arg>, b: impl Into<Arg>) -> Tracer {
    let [a, b] = promote_dtypes_inexact("solve", [a.into(), b.into()]);
    let a = squares("solve", a);
    let (n, rank) = (dimensions(a).0, b.rank());
    let rows = if rank == 1 { b.size() } else { b.shape().iter().rev().nth(1).copied().unwrap_or(0) };
    if rank == 0 || rows != n {
        fail(format!(
            "solve: the right sides of {} are vectors of {n} or matrices of {n} rows, got {}",
            a.aval(),
            b.aval()
        ));
    }
    if rank == 1 {
        let x = of_columns(a, b.reshape(&[n, 1]));
        let shape = x.shape();
        return x.reshape(&shape[..shape.len() - 1]);
    }
    if a.rank() > 2 || rank == 2 {
        return of_columns(a, b);
    }
    // One matrix for all: the right sides stand side by side.
    let first = b.moveaxis(-2, 0);
    let shape = first.shape();
    of_columns(a, first.reshape(&[n, shape[1..].iter().product()])).reshape(&shape).moveaxis(0, -2)
}
/// [`solve`] for matrices of right sides.
#[track_caller]
fn of_columns(a: Tracer, b: Tracer) -> Tracer {
    let (sa, sb) = (a.shape(), b.shape());
    let stack = broadcast_shapes(&sa[..sa.len() - 2], &sb[..sb.len() - 2]);
    let stack = stack.unwrap_or_else(|_| {
        fail(format!("solve: the leading axes of {} and {} do not broadcast together", a.aval(), b.aval()))
    });
    let b = b.broadcast_to(&[&stack[..], &sb[sb.len() - 2..]].concat());
    let (lu, permutation) = factored(a);
    let solution = |trans| move |_: &dyn Fn(Tracer) -> Tracer, b: Tracer| lu_solved(lu, permutation, b, trans);
    custom_linear_solve(
        move |x: Tracer| product(a, x),
        b,
        solution(Transposition::None),
        Some(&solution(Transposition::Transposed)),
        false,
    )
}
/// The LU decomposition as a constant of differentiation: both factors in one, and the permutation of the rows.
#[track_caller]
fn factored(a: Tracer) -> (Tracer, Tracer) {
    let (lu, _, permutation) = a.stop_gradient().lu();
    (lu, permutation)
}
/// Which matrix of a system stands before the unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transposition {
    /// The one given.
    #[default]
    None,
    /// Its transpose.
    Transposed,
    /// Its conjugate transpose.
    Adjoint,
}
/// X with `op(a) X = b`, where row `i` of `L U` is row `permutation[i]` of `a`; the leading axes of the factors broadcast to those of `b`.
#[track_caller]
pub(crate) fn lu_solved(lu: Tracer, permutation: Tracer, b: Tracer, trans: Transposition) -> Tracer {
    let (shape, n) = (b.shape(), dimensions(lu).0);
    let stack = &shape[..shape.len() - 2];
    let lu = lu.broadcast_to(&[stack, &[n, n]].concat());
    let permutation = permutation.broadcast_to(&[stack, &[n]].concat());
    let (transpose_a, conjugate_a) = (trans != Transposition::None, trans == Transposition::Adjoint);
    let upper = TriangularSolve { left_side: true, transpose_a, conjugate_a, ..TriangularSolve::default() };
    let unit_lower = TriangularSolve { lower: true, unit_diagonal: true, ..upper.clone() };
    let permuted = |x: Tracer, rows: Tracer| {
        let how = Take { mode: Some(IndexMode::PromiseInBounds), unique_indices: true, ..Take::default() };
        if x.size() == 0 { x } else { take_along_axis(x, rows.expand_dims(-1), -2, how) }
    };
    if !transpose_a {
        return lu.triangular_solve(lu.triangular_solve(permuted(b, permutation), unit_lower), upper);
    }
    let places = iota(DType::I32, &permutation.shape(), permutation.rank() - 1);
    let inverse = sort(&[permutation, places], -1, 1)[1];
    permuted(lu.triangular_solve(lu.triangular_solve(b, upper), unit_lower), inverse)
}
/// The inverses of square matrices `[…, n, n]`. Of singular ones infinities and NaN.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::inv(constant(Literal::new(&[2, 2], &[2.0f32, 0.0, 0.0, 4.0])))), "[[0.5, 0.0], [0.0, 0.25]]");
/// ```
#[track_caller]
pub fn inv(a: impl Into<Arg>) -> Tracer {
    let a = squares("inv", a);
    solve(a, identities(&a.shape(), a.dtype()))
}
/// The inverse of an array as a map of arrays: what [`tensordot`](super::tensordot) over `ind` axes with `a` undoes. The first `ind` axes of `a`
/// have as many elements as the others, which come first in the result.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::tensorinv(constant(Literal::new(&[2, 2], &[2.0f32, 0.0, 0.0, 4.0])), 1)), "[[0.5, 0.0], [0.0, 0.25]]");
/// ```
#[track_caller]
pub fn tensorinv(a: impl Into<Arg>, ind: usize) -> Tracer {
    let a = inexact("tensorinv", a);
    let shape = a.shape();
    if ind == 0 || ind > shape.len() {
        fail(format!("tensorinv: `ind` must be from 1 to the rank of {}, got {ind}", a.aval()));
    }
    let (first, rest) = shape.split_at(ind);
    let (m, n) = (first.iter().product::<usize>(), rest.iter().product::<usize>());
    if m != n {
        fail(format!("tensorinv: the first {ind} axes of {} must have as many elements as the others", a.aval()));
    }
    inv(a.reshape(&[m, n])).reshape(&[rest, first].concat())
}
/// X with `tensordot(a, X, X.rank()) = b`. The axes of `a` begin with those of `b`, or do so once those named have been moved to the end.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::linalg::tensorsolve(constant(Literal::new(&[2, 2], &[2.0f32, 0.0, 0.0, 4.0])), constant(vec![2.0f32, 4.0]), None));
/// assert_eq!(got, "[1.0, 1.0]");
/// ```
#[track_caller]
pub fn tensorsolve(a: impl Into<Arg>, b: impl Into<Arg>, axes: Option<&[isize]>) -> Tracer {
    let [a, b] = promote_dtypes_inexact("tensorsolve", [a.into(), b.into()]);
    let last: Axes = or_fail("tensorsolve", resolve_axes(axes.unwrap_or_default(), a.rank()));
    let order: Vec<usize> = (0..a.rank()).filter(|i| !last.contains(i)).chain(last.iter().copied()).collect();
    let a = if axes.is_some() { a.transpose_axes(&order) } else { a };
    let (shape, n) = (a.shape(), b.size());
    let out: Shape = shape.iter().skip(b.rank()).copied().collect();
    if !shape.starts_with(&b.shape()) || out.iter().product::<usize>() != n {
        let expected = "begin with those of the right side, and the others have as many elements";
        fail(format!("tensorsolve: the axes of {} must {expected}, got {}", a.aval(), b.aval()));
    }
    solve(a.reshape(&[n, n]), b.ravel()).reshape(&out)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_linalg_systems:
        "jnp.linalg.solve(a, b)", "f32(3, 3), f32(3)" => fn(a, b) solve(a, b);
        "jnp.linalg.solve(a, b)", "f32(3, 3), f32(3, 2)" => fn(a, b) solve(a, b);
        "jnp.linalg.solve(a, b)", "c64(3, 3), c64(3, 2)" => fn(a, b) solve(a, b);
        "jnp.linalg.solve(a, b)", "f32(2, 3, 3), f32(3)" => fn(a, b) solve(a, b);
        "jnp.linalg.solve(a, b)", "f32(2, 3, 3), f32(2, 3, 2)" => fn(a, b) solve(a, b);
        "jnp.linalg.solve(a, b)", "f32(3, 3), f32(2, 3, 2)" => fn(a, b) solve(a, b);
        "jnp.linalg.solve(a, b)", "f32(2, 1, 3, 3), f32(4, 3, 1)" => fn(a, b) solve(a, b);
        "jnp.linalg.solve(a, b)", "i32(2, 2), f32(2)" => fn(a, b) solve(a, b);
        "jnp.linalg.solve(a, b)", "f32(3, 3), c64(3)" => fn(a, b) solve(a, b);
        "jnp.linalg.solve(a, b)", "f64(3, 3), f64(3)", x64 => fn(a, b) solve(a, b);
        "jnp.linalg.solve(a, b)", "f32(0, 0), f32(0, 2)" => fn(a, b) solve(a, b);
        "jnp.linalg.inv(a)", "f32(3, 3)" => fn(a) inv(a);
        "jnp.linalg.inv(a)", "c64(2, 2, 2)" => fn(a) inv(a);
        "jnp.linalg.inv(a)", "i32(2, 2)" => fn(a) inv(a);
        "jnp.linalg.tensorinv(a)", "f32(2, 3, 6)" => fn(a) tensorinv(a, 2);
        "jnp.linalg.tensorinv(a, ind=1)", "f32(4, 2, 2)" => fn(a) tensorinv(a, 1);
        "jnp.linalg.tensorsolve(a, b)", "f32(2, 2, 4), f32(2, 2)" => fn(a, b) tensorsolve(a, b, None);
        "jnp.linalg.tensorsolve(a, b)", "f32(2, 3, 6), f32(2, 3)" => fn(a, b) tensorsolve(a, b, None);
        "jnp.linalg.tensorsolve(a, b, axes=(0,))", "f32(4, 2, 2), f32(2, 2)" => fn(a, b) tensorsolve(a, b, Some(&[0]));
    }
}
