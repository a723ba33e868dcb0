//! Factors of matrices, and systems solved by them.

use crate::numpy::{
    linalg::{self, QrMode, Transposition, adjoint, lu_solved, matrices, product, squares},
    promotion::{Arg, inexact, promote_dtypes_inexact},
    tril, triu,
};
use raxla_ir::{
    DType, Tracer,
    operand::broadcast_shapes,
    primitives::{TriangularSolve, iota::iota},
    trace::fail,
};
use raxla_transforms::{custom_linear_solve, scan};

/// Cholesky's factor of Hermitian positive definite matrices `[…, n, n]`, of which one triangle is read: with `lower` (SciPy: not) L with
/// `L Lᴴ = a` from the lower one, else U with `Uᴴ U = a` from the upper one. NaN where a matrix is not positive definite.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// assert_eq!(show(|| linalg::cholesky(constant(Literal::new(&[2, 2], &[4.0f32, 2.0, 2.0, 5.0])), true)), "[[2.0, 0.0], [1.0, 2.0]]");
/// ```
#[track_caller]
pub fn cholesky(a: impl Into<Arg>, lower: bool) -> Tracer {
    let a = squares("cholesky", a);
    if lower { a.cholesky(false) } else { adjoint(adjoint(a).cholesky(false)) }
}
/// [`cholesky`] as [`cho_solve`] takes it.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// let got = show(|| linalg::cho_solve(linalg::cho_factor(constant(Literal::new(&[2, 2], &[4.0f32, 2.0, 2.0, 5.0])), true), constant(vec![8.0f32, 12.0])));
/// assert_eq!(got, "[1.0, 2.0]");
/// ```
#[track_caller]
pub fn cho_factor(a: impl Into<Arg>, lower: bool) -> (Tracer, bool) {
    (cholesky(a, lower), lower)
}
/// X with `a X = b`, by Cholesky's factor of `a` and whether it is the lower one; `b` is a vector or matrices, whose leading axes broadcast.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// let got = show(|| linalg::cho_solve(linalg::cho_factor(constant(Literal::new(&[2, 2], &[4.0f32, 2.0, 2.0, 5.0])), true), constant(vec![8.0f32, 12.0])));
/// assert_eq!(got, "[1.0, 2.0]");
/// ```
#[track_caller]
pub fn cho_solve((c, lower): (impl Into<Arg>, bool), b: impl Into<Arg>) -> Tracer {
    let [c, b] = promote_dtypes_inexact("cho_solve", [c.into(), b.into()]);
    by_columns("cho_solve", squares("cho_solve", c), b, |c, b| by_cholesky(c, b, lower))
}
#[track_caller]
fn by_cholesky(c: Tracer, b: Tracer, lower: bool) -> Tracer {
    let op = |turned: bool| TriangularSolve {
        left_side: true,
        lower,
        transpose_a: turned,
        conjugate_a: turned,
        unit_diagonal: false,
    };
    c.triangular_solve(c.triangular_solve(b, op(!lower)), op(lower))
}
/// A solution for matrices of right sides in one stack with the matrices, made one for vectors and stacks that broadcast.
#[track_caller]
fn by_columns(name: &str, a: Tracer, b: Tracer, solution: impl Fn(Tracer, Tracer) -> Tracer) -> Tracer {
    let (sa, vector) = (a.shape(), b.rank() == 1);
    let b = if vector { b.expand_dims(1) } else { b };
    let (sb, n) = (b.shape(), sa[sa.len() - 1]);
    if sb.len() < 2 || sb[sb.len() - 2] != n {
        let what = format!("{name}: the right sides of {} are vectors of {n} or matrices of {n} rows", a.aval());
        fail(format!("{what}, got {}", b.aval()));
    }
    let Ok(stack) = broadcast_shapes(&sa[..sa.len() - 2], &sb[..sb.len() - 2]) else {
        fail(format!("{name}: the leading axes of {} and {} do not broadcast together", a.aval(), b.aval()))
    };
    let wide = |x: Tracer, s: &[usize]| x.broadcast_to(&[&stack[..], &s[s.len() - 2..]].concat());
    let x = solution(wide(a, &sa), wide(b, &sb));
    let shape = x.shape();
    if vector { x.reshape(&shape[..shape.len() - 1]) } else { x }
}
/// The LU decomposition `a = P L U` of matrices `[…, m, n]`: `(P, L, U)`.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// let got = show(|| linalg::lu(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 4.0, 4.0]))));
/// assert_eq!(got, "[[0.0, 1.0], [1.0, 0.0]], [[1.0, 0.0], [0.25, 1.0]], [[4.0, 4.0], [0.0, 1.0]]");
/// ```
#[track_caller]
pub fn lu(a: impl Into<Arg>) -> (Tracer, Tracer, Tracer) {
    let a = matrices("lu", a);
    let (packed, _, permutation) = a.lu();
    let ((m, n), shape) = (linalg::dimensions(a), a.shape());
    let k = m.min(n);
    let square = [&shape[..shape.len() - 2], &[m, m]].concat();
    let p = permutation.expand_dims(-2).equal(iota(DType::I32, &[m, 1], 0)).broadcast_to(&square);
    let l = tril(packed.slice_axis(-1, 0, k), -1) + crate::numpy::eye(m, k, 0, a.dtype());
    (p.astype(a.dtype().real()), l, triu(packed.slice_axis(-2, 0, k), 0))
}
/// [`lu`] with `P L` as one: `(P L, U)`. SciPy's `permute_l=True`.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// let got = show(|| linalg::lu_permuted(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 4.0, 4.0]))));
/// assert_eq!(got, "[[0.25, 1.0], [1.0, 0.0]], [[4.0, 4.0], [0.0, 1.0]]");
/// ```
#[track_caller]
pub fn lu_permuted(a: impl Into<Arg>) -> (Tracer, Tracer) {
    let (p, l, u) = lu(a);
    (product(p.astype(l.dtype()), l), u)
}
/// Both factors in one, `[…, m, n]`, and which row was exchanged with each, `[…, min(m, n)]`, from 0; as [`lu_solve`] takes them.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// assert_eq!(show(|| linalg::lu_factor(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 4.0, 4.0])))), "[[4.0, 4.0], [0.25, 1.0]], [1, 1]");
/// ```
#[track_caller]
pub fn lu_factor(a: impl Into<Arg>) -> (Tracer, Tracer) {
    let (packed, pivots, _) = matrices("lu_factor", a).lu();
    (packed, pivots)
}
/// X with `op(a) X = b`, by the LU decomposition of `a` that [`lu_factor`] gives; `b` is a vector or matrices, whose leading axes broadcast.
///
/// ```
/// # use raxla::{Literal, constant, linalg, linalg::Transposition, show};
/// let got = show(|| linalg::lu_solve(linalg::lu_factor(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 4.0, 4.0]))), constant(vec![5.0f32, 12.0]), Transposition::None));
/// assert_eq!(got, "[1.0, 2.0]");
/// ```
#[track_caller]
pub fn lu_solve((lu, pivots): (Tracer, Tracer), b: impl Into<Arg>, trans: Transposition) -> Tracer {
    let [lu, b] = promote_dtypes_inexact("lu_solve", [lu.into(), b.into()]);
    let permutation = permutation_of(pivots, linalg::dimensions(squares("lu_solve", lu)).0);
    by_columns("lu_solve", lu, b, |lu, b| lu_solved(lu, permutation, b, trans))
}
/// The permutation of `n` rows that exchanging row `i` with row `pivots[i]`, one after the other, makes.
///
/// ```
/// # use raxla::{constant, linalg, show};
/// assert_eq!(show(|| linalg::permutation_of(constant(vec![1i32, 1, 2]), 3)), "[1, 0, 2]");
/// ```
#[track_caller]
pub fn permutation_of(pivots: Tracer, n: usize) -> Tracer {
    let shape = pivots.shape();
    let (stack, steps) = (&shape[..shape.len() - 1], shape[shape.len() - 1]);
    let place = iota(DType::I32, &[stack, &[n]].concat(), stack.len());
    let exchange = |permutation: Tracer, (i, j): (Tracer, Tracer)| {
        let (here, there) = (place.equal(i), place.equal(j.expand_dims(-1)));
        let at = |chosen: Tracer| chosen.select(permutation, 0).sum_axes(-1).expand_dims(-1);
        let (first, second) = (at(here), at(there));
        (here.select(second, there.select(first, permutation)), Vec::<Tracer>::new())
    };
    scan(exchange, place, (iota(DType::I32, &[steps], 0), pivots.moveaxis(-1, 0))).0
}
/// The QR decomposition with pivoting, `(q, r, columns)`: that of the matrix whose columns are those of `a` in the order `columns`, in which
/// R's diagonal descends in size. With `full` Q is square.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// let got = show(|| linalg::qr_pivoted(constant(Literal::new(&[1, 2], &[3.0f32, -4.0])), false));
/// assert_eq!(got, "[[1.0]], [[-4.0, 3.0]], [1, 0]");
/// ```
#[track_caller]
pub fn qr_pivoted(a: impl Into<Arg>, full: bool) -> (Tracer, Tracer, Tracer) {
    let [a] = promote_dtypes_inexact("qr", [a.into()]);
    a.qr_pivoted(full)
}
/// From which side [`qr_multiply`] multiplies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// From the right.
    #[default]
    Right,
    /// From the left.
    Left,
}
/// `c Q` (`Right`) or `Q c` with the Q of the reduced QR decomposition of `a`, conjugated if wanted; and R. A vector is a row or a column.
///
/// ```
/// # use raxla::{Literal, constant, linalg, linalg::Side, show};
/// let got = show(|| linalg::qr_multiply(constant(Literal::new(&[2, 2], &[3.0f32, 0.0, 0.0, -2.0])), constant(vec![1.0f32, 2.0]), Side::Right, false));
/// assert_eq!(got, "[1.0, 2.0], [[3.0, 0.0], [0.0, -2.0]]");
/// ```
#[track_caller]
pub fn qr_multiply(a: impl Into<Arg>, c: impl Into<Arg>, mode: Side, conjugate: bool) -> (Tracer, Tracer) {
    let [a, c] = promote_dtypes_inexact("qr_multiply", [a.into(), c.into()]);
    let (q, r) = linalg::qr(a, QrMode::Reduced);
    (multiplied(q, c, mode, conjugate), r)
}
/// [`qr_multiply`] with the decomposition that [`qr_pivoted`] gives, and the order of the columns.
///
/// ```
/// # use raxla::{Literal, constant, linalg, linalg::Side, show};
/// let got = show(|| linalg::qr_multiply_pivoted(constant(Literal::new(&[1, 2], &[3.0f32, -4.0])), constant(vec![2.0f32]), Side::Right, false));
/// assert_eq!(got, "[2.0], [[-4.0, 3.0]], [1, 0]");
/// ```
#[track_caller]
pub fn qr_multiply_pivoted(
    a: impl Into<Arg>,
    c: impl Into<Arg>,
    mode: Side,
    conjugate: bool,
) -> (Tracer, Tracer, Tracer) {
    let [a, c] = promote_dtypes_inexact("qr_multiply", [a.into(), c.into()]);
    let (q, r, columns) = a.qr_pivoted(false);
    (multiplied(q, c, mode, conjugate), r, columns)
}
#[track_caller]
fn multiplied(q: Tracer, c: Tracer, mode: Side, conjugate: bool) -> Tracer {
    let q = if conjugate { crate::numpy::conj(q) } else { q };
    if mode == Side::Right { product(c, q) } else { product(q, c) }
}
/// What is known of the matrix that [`solve`] takes: SciPy's `assume_a`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assume {
    /// Nothing: `"gen"`, and as JAX has it `"sym"` and `"her"` too.
    #[default]
    General,
    /// It is Hermitian and positive definite, and is solved by Cholesky's factor of this triangle: `"pos"`.
    Positive(linalg::Triangle),
}
/// X with `a X = b`, as [`numpy.linalg`'s](linalg::solve), with more known of `a`. Derivatives use the same factors again.
///
/// ```
/// # use raxla::{Literal, constant, linalg, linalg::Assume, show};
/// let got = show(|| linalg::solve(constant(Literal::new(&[2, 2], &[2.0f32, 1.0, 1.0, 3.0])), constant(vec![3.0f32, 4.0]), Assume::General));
/// assert_eq!(got, "[1.0, 1.0]");
/// ```
#[track_caller]
pub fn solve(a: impl Into<Arg>, b: impl Into<Arg>, assume_a: Assume) -> Tracer {
    let [a, b] = promote_dtypes_inexact("solve", [a.into(), b.into()]);
    let Assume::Positive(triangle) = assume_a else { return linalg::solve(a, b) };
    let lower = triangle == linalg::Triangle::Lower;
    by_columns("solve", squares("solve", a), b, move |a, b| {
        let factor = cholesky(a.stop_gradient(), lower);
        let conj = crate::numpy::conj;
        custom_linear_solve(
            move |x: Tracer| product(a, x),
            b,
            |_: &dyn Fn(Tracer) -> Tracer, b| by_cholesky(factor, b, lower),
            // The transpose of a Hermitian matrix is its conjugate.
            Some(&|_: &dyn Fn(Tracer) -> Tracer, b: Tracer| conj(by_cholesky(factor, conj(b), lower))),
            !a.dtype().is_complex(),
        )
    })
}
/// X with `op(a) X = b`, for triangular matrices `[…, n, n]`, of which one triangle is read (SciPy: the upper), and with `unit_diagonal` not even its
/// diagonal; `b` is a vector or matrices, whose leading axes broadcast.
///
/// ```
/// # use raxla::{Literal, constant, linalg, linalg::Transposition, show};
/// let got = show(|| linalg::solve_triangular(constant(Literal::new(&[2, 2], &[2.0f32, 0.0, 1.0, 4.0])), constant(vec![2.0f32, 5.0]), Transposition::None, true, false));
/// assert_eq!(got, "[1.0, 1.0]");
/// ```
#[track_caller]
pub fn solve_triangular(
    a: impl Into<Arg>,
    b: impl Into<Arg>,
    trans: Transposition,
    lower: bool,
    unit_diagonal: bool,
) -> Tracer {
    let [a, b] = promote_dtypes_inexact("solve_triangular", [a.into(), b.into()]);
    let (transpose_a, conjugate_a) = (trans != Transposition::None, trans == Transposition::Adjoint);
    let op = TriangularSolve { left_side: true, lower, transpose_a, conjugate_a, unit_diagonal };
    by_columns("solve_triangular", squares("solve_triangular", a), b, |a, b| a.triangular_solve(b, op.clone()))
}
/// Of the tridiagonal Hermitian matrix with the diagonal `d`, of which the real parts count, and `e` beside it, the eigenvalues, ascending, and the
/// eigenvectors, in columns; those from `range.0` to `range.1`, if a range is given (SciPy's `select="i"`).
///
/// ```
/// # use raxla::{constant, linalg, show};
/// assert_eq!(show(|| linalg::eigh_tridiagonal(constant(vec![2.0f32, 2.0]), constant(vec![1.0f32]), None).0), "[1.0, 3.0]");
/// ```
#[track_caller]
pub fn eigh_tridiagonal(
    d: impl Into<Arg>,
    e: impl Into<Arg>,
    range: impl Into<Option<(usize, usize)>>,
) -> (Tracer, Tracer) {
    let (d, e) = (inexact("eigh_tridiagonal", d), inexact("eigh_tridiagonal", e));
    if d.rank() != 1 || e.rank() != 1 || d.dtype() != e.dtype() || d.size() != e.size() + usize::from(d.size() > 0) {
        fail(format!("eigh_tridiagonal: takes n and n - 1 numbers of one dtype, got {} and {}", d.aval(), e.aval()));
    }
    let beside =
        if e.size() == 0 { d.full_like(0.0).expand_dims(0) } else { crate::numpy::diag(crate::numpy::conj(e), -1) };
    let (w, v) = linalg::eigh(crate::numpy::diag(d, 0) + beside, None, false);
    match range.into() {
        None => (w, v),
        Some((first, last)) if first <= last && last < d.size() => {
            (w.slice_axis(0, first, last + 1), v.slice_axis(1, first, last + 1))
        }
        Some((first, last)) => {
            fail(format!("eigh_tridiagonal: there are no eigenvalues {first} to {last} of {}", d.size()))
        }
    }
}
/// The upper Hessenberg form of square matrices, with zeros below the first subdiagonal, and the unitary matrix that makes it: `(H, Q)` with
/// `a = Q H Qᴴ`. They have no derivatives.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// assert_eq!(show(|| linalg::hessenberg(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0]))).0), "[[1.0, 2.0], [3.0, 4.0]]");
/// ```
#[track_caller]
pub fn hessenberg(a: impl Into<Arg>) -> (Tracer, Tracer) {
    let a = squares("hessenberg", a);
    let (n, shape) = (linalg::dimensions(a).0, a.shape());
    if n == 0 {
        return (a, a);
    }
    let (packed, taus) = a.hessenberg();
    let q = packed.slice_axis(-2, 1, n).slice_axis(-1, 0, n - 1).householder_product(taus);
    let (mut low, none) = (vec![0; shape.len()], vec![0; shape.len()]);
    (low[shape.len() - 2], low[shape.len() - 1]) = (1, 1);
    let corner = (iota(DType::I32, &[n, 1], 0) + iota(DType::I32, &[1, n], 1)).equal(0).astype(a.dtype());
    (triu(packed, -1), q.pad(0.0, &low, &vec![0; shape.len()], &none) + corner)
}
#[cfg(test)]
mod tests {
    use super::*;
    use linalg::Triangle;

    fn definite(a: Tracer) -> Tracer {
        product(a, adjoint(a)) + crate::numpy::identity(a.shape()[a.rank() - 1], a.dtype()) * 2.0
    }
    fn triangles(a: Tracer) -> Tracer {
        a + crate::numpy::identity(3, None) * 4.0
    }
    crate::oracle::rows! { linalg_factors:
        "jsp.linalg.cholesky(a @ a.T + 2 * jnp.eye(3))", "f32(3, 3)" => fn(a) cholesky(definite(a), false);
        "jsp.linalg.cholesky(a @ a.mT.conj() + 2 * jnp.eye(2), lower=True)", "c64(2, 2, 2)" => fn(a) cholesky(definite(a), true);
        "jsp.linalg.cho_solve(jsp.linalg.cho_factor(a @ a.T + 2 * jnp.eye(3)), b)", "f32(3, 3), f32(3)"
            => fn(a, b) cho_solve(cho_factor(definite(a), false), b);
        "jsp.linalg.cho_solve(jsp.linalg.cho_factor(a @ a.mT.conj() + 2 * jnp.eye(2), lower=True), b)", "c64(2, 2, 2), c64(2, 3)"
            => fn(a, b) cho_solve(cho_factor(definite(a), true), b);
        "jsp.linalg.lu(a)", "f32(3, 3)" => fn(a) lu(a);
        "jsp.linalg.lu(a)", "c64(2, 3)" => fn(a) lu(a);
        "jsp.linalg.lu(a, permute_l=True)", "f32(4, 2)" => fn(a) lu_permuted(a);
        "jsp.linalg.lu_factor(a)", "f32(2, 3, 3)" => fn(a) lu_factor(a);
        "jsp.linalg.lu_solve(jsp.linalg.lu_factor(a), b)", "f32(4, 4), f32(4)" => fn(a, b) lu_solve(lu_factor(a), b, Transposition::None);
        "jsp.linalg.lu_solve(jsp.linalg.lu_factor(a), b, trans=1)", "f32(2, 4, 4), f32(2, 4, 2)" => fn(a, b) lu_solve(lu_factor(a), b, Transposition::Transposed);
        "jsp.linalg.lu_solve(jsp.linalg.lu_factor(a), b, trans=2)", "c64(3, 3), c64(3, 1)" => fn(a, b) lu_solve(lu_factor(a), b, Transposition::Adjoint);
        "jsp.linalg.qr(a, mode='economic')", "f32(4, 3)" => fn(a) linalg::qr(a, QrMode::Reduced);
        "jsp.linalg.qr(a, pivoting=True)", "f32(4, 3)" => fn(a) qr_pivoted(a, true);
        "jsp.linalg.qr(a, mode='economic', pivoting=True)", "c64(2, 3, 4)" => fn(a) qr_pivoted(a, false);
        "jsp.linalg.qr_multiply(a, b)", "f32(4, 3), f32(2, 4)", values => fn(a, b) qr_multiply(a, b, Side::Right, false);
        "jsp.linalg.qr_multiply(a, b, mode='left', conjugate=True)", "c64(3, 3), c64(3)", values => fn(a, b) qr_multiply(a, b, Side::Left, true);
        "jsp.linalg.solve(a, b)", "f32(3, 3), f32(3, 2)" => fn(a, b) solve(a, b, Assume::General);
        "jsp.linalg.solve(a @ a.T + 2 * jnp.eye(3), b, assume_a='pos')", "f32(3, 3), f32(3)" => fn(a, b) solve(definite(a), b, Assume::Positive(Triangle::Upper));
        "jsp.linalg.solve(a @ a.T + 2 * jnp.eye(3), b, assume_a='pos', lower=True)", "f32(3, 3), f32(3, 2)"
            => fn(a, b) solve(definite(a), b, Assume::Positive(Triangle::Lower));
        // By another way: JAX takes a Hermitian matrix for its own transpose.
        "jnp.linalg.solve(a @ a.T.conj() + 2 * jnp.eye(2), b)", "c64(2, 2), c64(2)" => fn(a, b) solve(definite(a), b, Assume::Positive(Triangle::Upper));
        "jsp.linalg.solve_triangular(a + 4 * jnp.eye(3), b)", "f32(3, 3), f32(3)" => fn(a, b) solve_triangular(triangles(a), b, Transposition::None, false, false);
        "jsp.linalg.solve_triangular(a + 4 * jnp.eye(3), b, lower=True, trans='T')", "f32(2, 3, 3), f32(3, 2)"
            => fn(a, b) solve_triangular(triangles(a), b, Transposition::Transposed, true, false);
        "jsp.linalg.solve_triangular(a + 4 * jnp.eye(3), b, trans=2, unit_diagonal=True)", "c64(3, 3), c64(3, 2)"
            => fn(a, b) solve_triangular(a + crate::numpy::identity(3, DType::C64) * 4.0, b, Transposition::Adjoint, false, true);
        "jsp.linalg.eigh_tridiagonal(a, b, eigvals_only=True)", "f32(4), f32(3)", within(10.0) => fn(a, b) eigh_tridiagonal(a, b, None).0; // bisection
        "jsp.linalg.eigh_tridiagonal(a, b, eigvals_only=True, select='i', select_range=(1, 2))", "c64(4), c64(3)", within(10.0)
            => fn(a, b) eigh_tridiagonal(a, b, (1, 2)).0;
        "(lambda h, q: (jnp.abs(h), jnp.abs(q)))(*jsp.linalg.hessenberg(a, calc_q=True))", "f32(4, 4)" => fn(a) { let (h, q) = hessenberg(a); (h.abs(), q.abs()) };
        "jsp.linalg.hessenberg(a)", "f32(2, 2)" => fn(a) hessenberg(a).0;
    }
}
