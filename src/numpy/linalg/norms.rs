//! Norms of vectors and matrices, and condition numbers.

use super::{
    super::promotion::{Arg, inexact},
    decompositions::singular_values,
    inv, matrices, squares,
};
use crate::numpy::{Over, max, min, sum};
use raxla_ir::{
    Tracer,
    aval::{Axes, resolve_axis},
    trace::{fail, or_fail},
};
use raxla_transforms::custom_jvp;

/// Which norm: NumPy's `ord`. Made of a number, or of `()`, which is NumPy's `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum NormOrder {
    /// The root of the sum of squares, of all elements: `None`.
    #[default]
    Euclidean,
    /// The same of matrices: `"fro"`.
    Frobenius,
    /// The sum of the singular values of matrices: `"nuc"`.
    Nuclear,
    /// Of vectors the root `1 / p` of the sum of the powers `|x|ᵖ`, in the limit for `±∞`, and for 0 how many elements are not 0. Of matrices
    /// the greatest (or, of negative numbers, least) sum of absolute values in a column (`±1`) or row (`±∞`), or singular value (`±2`).
    P(f64),
}
impl From<()> for NormOrder {
    fn from(_: ()) -> NormOrder {
        NormOrder::Euclidean
    }
}
impl From<f64> for NormOrder {
    fn from(p: f64) -> NormOrder {
        NormOrder::P(p)
    }
}
impl From<i32> for NormOrder {
    fn from(p: i32) -> NormOrder {
        NormOrder::P(p.into())
    }
}

/// The norm over one axis, of vectors, or over two, of matrices; over all axes, any number of them, the root of the sum of squares.
///
/// At 0 the gradient of the norms that are roots is 0, which is one of the subgradients there (JAX: NaN). Hessians at 0 are NaN for `1 < p < 2`.
///
/// ```
/// use raxla::{numpy::linalg, prelude::*};
/// let f = jit(|x: Tracer| (linalg::norm(x, (), 1), linalg::norm(x, f64::INFINITY, [0, 1])));
/// let (rows, most) = f(Array::new(&[2, 2], &[3.0f32, 4.0, 0.0, -5.0]));
/// assert_eq!((rows.to_vec::<f32>()?, most.item::<f32>()?), (vec![5.0, 5.0], 7.0));
/// let slope = jit(grad(|x: Tracer| linalg::norm(x, (), ())));
/// assert_eq!(slope(Array::from(vec![0.0f32, 0.0])).to_vec::<f32>()?, [0.0, 0.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn norm(x: impl Into<Arg>, ord: impl Into<NormOrder>, over: impl Into<Over>) -> Tracer {
    norm_over(inexact("norm", x), ord.into(), over.into().of_axes_only("norm"))
}
#[track_caller]
fn norm_over(x: Tracer, ord: NormOrder, over: Over) -> Tracer {
    if ord == NormOrder::Euclidean && over.axes.is_none() {
        return root_of_squares(x, over);
    }
    let axes: Axes = match &over.axes {
        None => (0..x.rank()).collect(),
        Some(axes) => axes.iter().map(|a| or_fail("norm", resolve_axis(*a, x.rank()))).collect(),
    };
    match axes[..] {
        [axis] => of_vectors("norm", x, Over { axes: Some(vec![axis as isize]), ..over }, ord),
        [row, column] if row != column => of_matrices(x, [row, column], over, ord),
        _ => fail(format!("norm: goes over one axis of vectors or two of matrices, got {axes:?} of {}", x.aval())),
    }
}
/// The norm of matrices in the last two axes; NumPy's `ord` is `"fro"` by default.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| (np::linalg::matrix_norm(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 2.0, 4.0])), false, ()), np::linalg::matrix_norm(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), false, 1)));
/// assert_eq!(got, "5.0, 6.0");
/// ```
#[track_caller]
pub fn matrix_norm(x: impl Into<Arg>, keepdims: bool, ord: impl Into<NormOrder>) -> Tracer {
    let x = matrices("matrix_norm", x);
    let (over, rank) = (Over::axes(&[-2, -1]), x.rank());
    of_matrices(x, [rank - 2, rank - 1], if keepdims { over.keepdims() } else { over }, ord.into())
}
/// The norm of vectors along one axis, several, or all, as if those were one; NumPy's `ord` is 2 by default. The gradient at 0 is that of
/// [`norm`].
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| (np::linalg::vector_norm(constant(vec![3.0f32, 4.0]), (), 2), np::linalg::vector_norm(constant(vec![3.0f32, 4.0]), (), 1)));
/// assert_eq!(got, "5.0, 7.0");
/// ```
#[track_caller]
pub fn vector_norm(x: impl Into<Arg>, over: impl Into<Over>, ord: impl Into<NormOrder>) -> Tracer {
    of_vectors("vector_norm", inexact("vector_norm", x), over.into().of_axes_only("vector_norm"), ord.into())
}
#[track_caller]
fn of_vectors(name: &str, x: Tracer, over: Over, ord: NormOrder) -> Tracer {
    match ord {
        NormOrder::Euclidean | NormOrder::P(2.0) => root_of_squares(x, over),
        NormOrder::P(f64::INFINITY) => greatest(x.abs(), over),
        NormOrder::P(f64::NEG_INFINITY) => min(x.abs(), over),
        NormOrder::P(0.0) => sum(x.not_equal(0.0), over.dtype(x.dtype().real())),
        NormOrder::P(1.0) => sum(x.abs(), over),
        NormOrder::P(p) => root(sum(x.abs().pow(p), over), p),
        _ => fail(format!("{name}: {ord:?} is a norm of matrices, not of vectors such as those of {}", x.aval())),
    }
}
#[track_caller]
fn of_matrices(x: Tracer, [row, column]: [usize; 2], over: Over, ord: NormOrder) -> Tracer {
    let axes = Some(vec![row as isize, column as isize]);
    let keepdims = over.keepdims;
    // The sums along one axis, then an extremum along the other, whose place may have moved.
    let extremum = |along: usize, other: usize, extremum: fn(Tracer, Over) -> Tracer| {
        let other = if !keepdims && other > along { other - 1 } else { other };
        let of = |axis: usize| Over { axes: Some(vec![axis as isize]), ..over.clone() };
        extremum(sum(x.abs(), of(along)), of(other))
    };
    let singular = || {
        let places = [row as isize, column as isize];
        singular_values(crate::numpy::moveaxis(x, places, [-2, -1]), false)
    };
    let kept = |y: Tracer| if keepdims { crate::numpy::expand_dims(y, [row as isize, column as isize]) } else { y };
    match ord {
        NormOrder::Euclidean | NormOrder::Frobenius => root_of_squares(x, Over { axes, ..over }),
        NormOrder::P(1.0) => extremum(row, column, greatest),
        NormOrder::P(-1.0) => extremum(row, column, min),
        NormOrder::P(f64::INFINITY) => extremum(column, row, greatest),
        NormOrder::P(f64::NEG_INFINITY) => extremum(column, row, min),
        NormOrder::P(2.0) => kept(greatest(singular(), Over::axis(-1))),
        NormOrder::P(-2.0) => kept(min(singular(), Over::axis(-1))),
        NormOrder::Nuclear => kept(sum(singular(), -1)),
        NormOrder::P(p) => fail(format!("norm: matrices have the orders ±1, ±2 and ±∞, not {p}")),
    }
}
/// The greatest of numbers that are not negative: 0 of none.
#[track_caller]
fn greatest(x: Tracer, over: Over) -> Tracer {
    max(x, if x.size() == 0 { over.initial(0.0) } else { over })
}
#[track_caller]
fn root_of_squares(x: Tracer, over: Over) -> Tracer {
    let squares = if x.dtype().is_complex() { (x * x.conj()).real() } else { x.square() };
    root(sum(squares, over), 2.0)
}
/// The root `1 / p` of numbers that are not negative, whose derivatives at 0, where they are infinite, are 0.
#[track_caller]
fn root(x: Tracer, p: f64) -> Tracer {
    let plain = move |x: Tracer| if p == 2.0 { x.sqrt() } else { x.pow(1.0 / p) };
    custom_jvp(plain, move |(x,): (Tracer,), (t,): (Tracer,)| {
        let zero = x.equal(0.0);
        let y = plain(zero.select(1.0, x));
        let value = zero.select(plain(x).stop_gradient(), y);
        (value, zero.select(0.0, t * y / (zero.select(1.0, x) * p)))
    })(x)
}
/// The condition number of matrices `[…, m, n]`: how many times a relative error of the right side may grow in the solution. By the 2-norm, which is
/// NumPy's `None`, the greatest singular value over the least; by other norms, of square matrices, that of the matrix times that of its inverse.
/// Of singular matrices it is infinite.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::cond(constant(Literal::new(&[2, 2], &[3.0f32, 0.0, 0.0, 4.0])), ())), "1.333");
/// ```
#[track_caller]
pub fn cond(x: impl Into<Arg>, p: impl Into<NormOrder>) -> Tracer {
    let x = matrices("cond", x);
    if x.shape().iter().rev().take(2).any(|n| *n == 0) {
        fail(format!("cond: takes matrices with elements, got {}", x.aval()));
    }
    let quotient = |backwards: bool| {
        let s = singular_values(x, false);
        let (shape, k) = (s.shape(), s.shape()[s.rank() - 1]);
        let at = |i: usize| s.slice_axis(-1, i, i + 1).reshape(&shape[..shape.len() - 1]);
        if backwards { at(k - 1) / at(0) } else { at(0) / at(k - 1) }
    };
    let p = p.into();
    let ratio = match p {
        NormOrder::Euclidean | NormOrder::P(2.0) => return quotient(false),
        NormOrder::P(-2.0) => quotient(true),
        _ => matrix_norm(squares("cond", x), false, p) * matrix_norm(inv(x), false, p),
    };
    // Where the inverse is NaN, the matrix is singular, unless NaN stood in it.
    let singular = ratio.not_equal(ratio) & x.equal(x).all_axes([-2, -1]);
    singular.select(f64::INFINITY, ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_linalg_norms:
        "jnp.linalg.norm(a)", "f32(4)" => fn(a) norm(a, (), ());
        "jnp.linalg.norm(a)", "f32(2, 3, 2)" => fn(a) norm(a, (), ());
        "jnp.linalg.norm(a)", "c64(3, 2)" => fn(a) norm(a, (), ());
        "jnp.linalg.norm(a)", "i32(5)" => fn(a) norm(a, (), ());
        "jnp.linalg.norm(a)", "bf16(5)" => fn(a) norm(a, (), ());
        "jnp.linalg.norm(a)", "f32()" => fn(a) norm(a, (), ());
        "jnp.linalg.norm(a)", "f32(0)", values => fn(a) norm(a, (), ()); // JAX's gradient is NaN, of none
        "jnp.where(a == 1, jnp.linalg.norm(a), 0)", "values([0, 0], 'f4')", values => fn(a) crate::numpy::where_(a.equal(1.0), norm(a, (), ()), 0.0);
        "jnp.linalg.norm(a, keepdims=True)", "f32(2, 3)" => fn(a) norm(a, (), Over::all().keepdims());
        "jnp.linalg.norm(a, axis=1)", "f32(3, 4)" => fn(a) norm(a, (), 1);
        "jnp.linalg.norm(a, 3, axis=-1, keepdims=True)", "f32(3, 4)" => fn(a) norm(a, 3, Over::axis(-1).keepdims());
        "jnp.linalg.norm(a, 0.5)", "f32(4, low=0.1)" => fn(a) norm(a, 0.5, ());
        "jnp.linalg.norm(a, -1)", "f32(4)" => fn(a) norm(a, -1, ());
        "jnp.linalg.norm(a, jnp.inf)", "f32(4)" => fn(a) norm(a, f64::INFINITY, ());
        "jnp.linalg.norm(a, -jnp.inf, axis=0)", "c64(4, 2)" => fn(a) norm(a, f64::NEG_INFINITY, 0);
        "jnp.linalg.norm(a, 0)", "values([0, 2, 0, 1], 'f4')" => fn(a) norm(a, 0, ());
        "jnp.linalg.norm(a, 1)", "f32(4)" => fn(a) norm(a, 1, ());
        "jnp.linalg.norm(a, 1)", "f32(3, 4)" => fn(a) norm(a, 1, ());
        "jnp.linalg.norm(a, -1, axis=(1, 0))", "f32(3, 4)" => fn(a) norm(a, -1, [1, 0]);
        "jnp.linalg.norm(a, jnp.inf, axis=(0, 2))", "f32(3, 2, 4)" => fn(a) norm(a, f64::INFINITY, [0, 2]);
        "jnp.linalg.norm(a, -jnp.inf, axis=(2, 0), keepdims=True)", "f32(3, 2, 4)" => fn(a) norm(a, f64::NEG_INFINITY, Over::axes(&[2, 0]).keepdims());
        "jnp.linalg.norm(a, 'fro', axis=(0, 1))", "f32(3, 2, 4)" => fn(a) norm(a, NormOrder::Frobenius, [0, 1]);
        "jnp.linalg.norm(a, 'nuc')", "f32(3, 4)" => fn(a) norm(a, NormOrder::Nuclear, ());
        "jnp.linalg.norm(a, 2, axis=(0, 2), keepdims=True)", "f32(3, 2, 4)" => fn(a) norm(a, 2, Over::axes(&[0, 2]).keepdims());
        "jnp.linalg.norm(a, -2)", "c64(3, 2)" => fn(a) norm(a, -2, ());
        "jnp.linalg.norm(a, 2)", "f32(0, 3)" => fn(a) norm(a, 2, ());
        "jnp.linalg.matrix_norm(a)", "f32(2, 3, 4)" => fn(a) matrix_norm(a, false, NormOrder::Frobenius);
        "jnp.linalg.matrix_norm(a, ord=1, keepdims=True)", "f32(2, 3, 4)" => fn(a) matrix_norm(a, true, 1);
        "jnp.linalg.vector_norm(a)", "f32(2, 3)" => fn(a) vector_norm(a, (), 2);
        "jnp.linalg.vector_norm(a, axis=(0, 2), ord=3)", "f32(2, 3, 2)" => fn(a) vector_norm(a, [0, 2], 3);
        "jnp.linalg.vector_norm(a, axis=0, ord=jnp.inf, keepdims=True)", "f32(2, 3)" => fn(a) vector_norm(a, Over::axis(0).keepdims(), f64::INFINITY);
        "jnp.linalg.cond(a)", "f32(3, 4)" => fn(a) cond(a, ());
        "jnp.linalg.cond(a, -2)", "f32(2, 3, 3)" => fn(a) cond(a, -2);
        "jnp.linalg.cond(a, 1)", "f32(3, 3)" => fn(a) cond(a, 1);
        "jnp.linalg.cond(a, 'fro')", "c64(3, 3)" => fn(a) cond(a, NormOrder::Frobenius);
        "jnp.linalg.cond(a, jnp.inf)", "values([[1, 2], [2, 4]], 'f4')", values => fn(a) cond(a, f64::INFINITY); // of a singular matrix
    }
    #[test]
    fn gradients_at_zero_are_zero_in_every_order() {
        use raxla_ir::{Literal, eval::eval, trace::trace};
        for ord in [NormOrder::Euclidean, 3.into()] {
            let x = Literal::from(vec![0.0f32, 0.0]);
            let program = trace(&[x.aval().clone()], |x| {
                let f = move |x: Tracer| norm(x, ord, ());
                vec![f(x[0]), crate::grad(f)(x[0]), crate::hessian(f)(x[0])]
            });
            let outs = eval(&program.program, &[x]).expect("derivatives");
            assert!(outs.iter().all(|o| o.floats().iter().all(|x| *x == 0.0)), "{ord:?}: {outs:?}");
        }
    }
}
