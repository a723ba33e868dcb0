//! Schur's form of matrices, and what follows from it column by column: square roots, functions, Sylvester's equation.

use crate::numpy::{
    self, diagonal, finfo, identity,
    linalg::{adjoint, dimensions, product, squares},
    matrix_transpose,
    promotion::{Arg, promote_dtypes_inexact},
};
use raxla_ir::{
    DType, Tracer,
    operand::broadcast_shapes,
    primitives::{TriangularSolve, iota::iota},
    trace::{fail, or_fail},
};
use raxla_transforms::{custom_jvp, custom_linear_solve, scan};

/// The Schur decomposition `a = Z T Zᴴ` of square matrices `[…, n, n]`, with Z unitary: `(T, Z)`. T is upper triangular; of real matrices, unless
/// `complex` (SciPy's `output`), real with blocks of 2 × 2 for pairs of complex eigenvalues. They have no derivatives.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// assert_eq!(show(|| linalg::schur(constant(Literal::new(&[2, 2], &[2.0f32, 1.0, 0.0, 3.0])), false).0), "[[2.0, 1.0], [0.0, 3.0]]");
/// ```
#[track_caller]
pub fn schur(a: impl Into<Arg>, complex: bool) -> (Tracer, Tracer) {
    let a = squares("schur", a);
    if complex { in_complex(a).schur() } else { a.schur() }
}
fn in_complex(a: Tracer) -> Tracer {
    a.astype(a.dtype().complex().unwrap_or(a.dtype()))
}
/// The complex Schur decomposition that a real one, `(t, z)`, stands for.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// let got = show(|| { let (t, z) = linalg::schur(constant(Literal::new(&[2, 2], &[2.0f32, 1.0, 0.0, 3.0])), false); linalg::rsf2csf(t, z).0 });
/// assert_eq!(got, "[[2.0+0.0i, 1.0+0.0i], [0.0+0.0i, 3.0+0.0i]]");
/// ```
#[track_caller]
pub fn rsf2csf(t: impl Into<Arg>, z: impl Into<Arg>) -> (Tracer, Tracer) {
    let [t, z] = promote_dtypes_inexact("rsf2csf", [t.into(), z.into()]);
    let (t, z) = (squares("rsf2csf", t), squares("rsf2csf", z));
    let (t_shape, z_shape) = (t.shape(), z.shape());
    if t_shape[t.rank() - 1] != z_shape[z.rank() - 1] {
        fail(format!("rsf2csf: takes two matrices of one size, got {} and {}", t.aval(), z.aval()));
    }
    let shape = or_fail("rsf2csf", broadcast_shapes(&t_shape, &z_shape));
    let (t, z) = (t.broadcast_to(&shape), z.broadcast_to(&shape));
    let (t, turn) = in_complex(t).schur();
    (t, product(in_complex(z), turn))
}

/// One column of matrices, chosen at run time.
struct Column(Tracer);
impl Column {
    /// It, of a stack `[…, m, n]`: `[…, m]`.
    fn of(&self, x: Tracer) -> Tracer {
        (x * self.0).sum_axes(-1)
    }
    /// Its element on the diagonal, as a stack of `1 × 1` matrices.
    fn pivot(&self, x: Tracer) -> Tracer {
        (self.of(x) * self.0).sum_axes(-1).expand_dims(-1).expand_dims(-1)
    }
}
/// A stack of matrices, to each column of which the solution of an upper triangular system is added that may depend on the columns before; with
/// `above` to the elements above the diagonal only.
///
/// A pivot of 0 counts as the least number instead: so the solution is 0 if the right side is, and else out of all bounds.
#[track_caller]
fn by_columns(start: Tracer, above: bool, system: impl Fn(Tracer, Column) -> (Tracer, Tracer)) -> Tracer {
    let ((m, n), dtype) = (dimensions(start), start.dtype());
    let one = identity(m, dtype);
    let step = |x: Tracer, j: Tracer| {
        let here = iota(DType::I32, &[n], 0).equal(j).astype(dtype);
        let (mut a, mut b) = system(x, Column(here));
        if above {
            let inside = iota(DType::I32, &[m], 0).less(j);
            a = inside.expand_dims(1).select(a, one.broadcast_to(&a.shape()));
            b = inside.select(b, b.full_like(0.0));
        }
        let least = finfo(dtype).smallest_normal;
        let a = a + (diagonal(a, 0, -2, -1).equal(0.0).astype(dtype) * least).expand_dims(-1) * one;
        let op = TriangularSolve { left_side: true, ..TriangularSolve::default() };
        (x + a.triangular_solve(b.expand_dims(-1), op) * here, Vec::<Tracer>::new())
    };
    scan(step, start, iota(DType::I32, &[n], 0)).0
}
/// The matrices that have this diagonal.
fn of_diagonal(d: Tracer) -> Tracer {
    let n = d.shape()[d.rank() - 1];
    d.expand_dims(-1) * identity(n, d.dtype())
}
/// The principal square root of square matrices `[…, n, n]`: the matrix whose square they are, with no eigenvalue to the left of the imaginary axis;
/// complex. Of singular matrices it may not exist, and is then infinite or NaN.
///
/// By Schur's form (Björck and Hammarling 1983); the derivative solves `X dX + dX X = da`. JAX has none.
///
/// ```
/// use raxla::{linalg, prelude::*};
/// let root = jit(|a: Tracer| linalg::sqrtm(a).real())(Array::new(&[2, 2], &[7.0f64, 10.0, 15.0, 22.0]));
/// let square = jit(|x: Tracer| x.dot(x))(root).to_vec::<f64>()?;
/// assert!(square.iter().zip([7.0, 10.0, 15.0, 22.0]).all(|(x, y)| (x - y).abs() < 1e-12));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn sqrtm(a: impl Into<Arg>) -> Tracer {
    let root = |a: Tracer| {
        let (t, z) = a.schur();
        let roots = by_columns(of_diagonal(diagonal(t, 0, -2, -1).sqrt()), true, |x, column| {
            (x + column.pivot(x) * identity(dimensions(x).0, x.dtype()), column.of(t))
        });
        product(product(z, roots), adjoint(z))
    };
    custom_jvp(root, move |(a,): (Tracer,), (t,): (Tracer,)| {
        let x = root(a);
        (x, sylvester(x, x, t))
    })(in_complex(squares("sqrtm", a)))
}
/// A function of square matrices `[…, n, n]` that is `f` of the eigenvalues, complex numbers `[…, n]`; complex. It takes distinct eigenvalues, or
/// matrices that are normal, and has no derivative.
///
/// By Schur's form and Parlett's recurrence: the function's triangle `F` commutes with that of the matrix.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// let got = show(|| linalg::funm(constant(Literal::new(&[2, 2], &[1.0f32, 0.0, 0.0, 4.0])), |w| w * w));
/// assert_eq!(got, "[[1.0+0.0i, 0.0+0.0i], [0.0+0.0i, 16.0+0.0i]]");
/// ```
#[track_caller]
pub fn funm(a: impl Into<Arg>, f: impl Fn(Tracer) -> Tracer) -> Tracer {
    let (t, z) = in_complex(squares("funm", a)).schur();
    let values = f(diagonal(t, 0, -2, -1)).astype(t.dtype());
    let found = by_columns(of_diagonal(values), true, |x, column| {
        let (own, over) = (column.pivot(t), column.of(t));
        let known = product(x, over.expand_dims(-1)) - over.expand_dims(-1) * column.pivot(x);
        (t - own * identity(dimensions(t).0, t.dtype()), known.reshape(&over.shape()))
    });
    product(product(z, found), adjoint(z))
}
/// X with `a X + X b = c`, for matrices `[…, m, m]`, `[…, n, n]` and `[…, m, n]`: Sylvester's equation. NaN where an eigenvalue of `a` and one of
/// `-b` differ by less than `tol` (JAX: 1e-8).
///
/// By Schur's forms (Bartels and Stewart 1972). Derivatives follow from the equation; JAX has none.
///
/// ```
/// # use raxla::{Literal, constant, linalg, show};
/// let got = show(|| linalg::solve_sylvester(constant(Literal::new(&[2, 2], &[1.0f32, 0.0, 0.0, 2.0])), constant(Literal::new(&[2, 2], &[3.0f32, 0.0, 0.0, 4.0])), constant(Literal::new(&[2, 2], &[4.0f32, 5.0, 5.0, 6.0])), 0.0));
/// assert_eq!(got, "[[1.0, 1.0], [1.0, 1.0]]");
/// ```
#[track_caller]
pub fn solve_sylvester(a: impl Into<Arg>, b: impl Into<Arg>, c: impl Into<Arg>, tol: f64) -> Tracer {
    let name = "solve_sylvester";
    let [a, b, c] = promote_dtypes_inexact(name, [a.into(), b.into(), c.into()]);
    let (a, b) = (squares(name, a), squares(name, b));
    let core = [dimensions(a).0, dimensions(b).0];
    if !c.shape().ends_with(&core) {
        fail(format!("{name}: {} and {} need a right side of {core:?}, got {}", a.aval(), b.aval(), c.aval()));
    }
    let stacks = [a, b, c].map(|x| x.shape()[..x.rank() - 2].to_vec());
    let stack = stacks.iter().try_fold(Default::default(), |all: raxla_ir::aval::Shape, s| broadcast_shapes(&all, s));
    let Ok(stack) = stack else {
        fail(format!("{name}: the leading axes of {}, {} and {} do not broadcast", a.aval(), b.aval(), c.aval()))
    };
    let wide = |x: Tracer| x.broadcast_to(&[&stack[..], &x.shape()[x.rank() - 2..]].concat());
    let (a, b, c) = (wide(a), wide(b), wide(c));
    let x = sylvester(a, b, c);
    if tol <= 0.0 {
        return x;
    }
    let values = |a: Tracer| a.stop_gradient().eigenvalues();
    let sums = values(a).expand_dims(-1) + values(b).expand_dims(-2);
    let close = sums.abs().less(tol).any_axes([-2, -1]);
    close.expand_dims(-1).expand_dims(-1).select(x.full_like(f64::NAN), x)
}
/// [`solve_sylvester`] of stacks that are alike.
#[track_caller]
fn sylvester(a: Tracer, b: Tracer, c: Tracer) -> Tracer {
    let solution = |a: Tracer, b: Tracer, c: Tracer| {
        let dtype = c.dtype();
        let ((r, u), (s, v)) = (in_complex(a.stop_gradient()).schur(), in_complex(b.stop_gradient()).schur());
        let right = product(product(adjoint(u), in_complex(c)), v);
        let y = by_columns(right.full_like(0.0), false, |y, column| {
            let known = product(y, column.of(s).expand_dims(-1));
            let rest = column.of(right) - known.reshape(&known.shape()[..known.rank() - 1]);
            (r + column.pivot(s) * identity(dimensions(r).0, r.dtype()), rest)
        });
        let x = product(product(u, y), adjoint(v));
        if dtype.is_complex() { x } else { numpy::real(x) }
    };
    custom_linear_solve(
        move |x: Tracer| product(a, x) + product(x, b),
        c,
        |_: &dyn Fn(Tracer) -> Tracer, c| solution(a, b, c),
        Some(&|_: &dyn Fn(Tracer) -> Tracer, c: Tracer| solution(matrix_transpose(a), matrix_transpose(b), c)),
        false,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back((t, z): (Tracer, Tracer)) -> Tracer {
        product(product(z, t), adjoint(z))
    }
    // Forms are known up to phases and the order of eigenvalues: what they stand for is compared.
    crate::oracle::rows! { linalg_schur_forms:
        "(lambda t, z: (z @ t @ z.T, z.T @ z))(*jsp.linalg.schur(a))", "f32(4, 4)", values
            => fn(a) { let (t, z) = schur(a, false); (back((t, z)), product(adjoint(z), z)) };
        "(lambda t, z: (z @ t @ z.T.conj(), jnp.tril(t, -1)))(*jsp.linalg.schur(a, output='complex'))", "f32(4, 4)", values
            => fn(a) { let (t, z) = schur(a, true); (back((t, z)), numpy::tril(t, -1)) };
        // JAX rotates in f32.
        "(lambda t, z: (z @ t @ z.T.conj(), jnp.zeros((3, 3), 'complex64')))(*jsp.linalg.rsf2csf(*jsp.linalg.schur(a)))", "f32(3, 3)", values, within(10.0)
            => fn(a) { let (t, z) = schur(a, false); let (t, z) = rsf2csf(t, z); (back((t, z)), numpy::tril(t, -1)) };
        "jsp.linalg.sqrtm(a @ a.T + jnp.eye(3))", "f32(3, 3)", within(3.0) => fn(a) sqrtm(product(a, a.t()) + identity(3, None)); // both compute in f32
        "jsp.linalg.sqrtm(a)", "c64(3, 3)", within(10.0) => fn(a) sqrtm(a);
        "jsp.linalg.sqrtm(a)", "values([[4, 0], [0, 9]], 'f4')" => fn(a) sqrtm(a);
        "jsp.linalg.funm(a, jnp.exp)", "f32(3, 3)", values, within(10.0) => fn(a) funm(a, |w| w.exp());
        "jsp.linalg.solve_sylvester(a, b, c)", "f32(3, 3), f32(2, 2), f32(3, 2)", within(10.0) => fn(a, b, c) solve_sylvester(a, b, c, 1e-8);
        "jsp.linalg.solve_sylvester(a, b, c)", "c64(2, 2), c64(2, 2), c64(2, 2)", within(10.0) => fn(a, b, c) solve_sylvester(a, b, c, 1e-8);
        "jsp.linalg.solve_sylvester(a, -a, b)", "f32(2, 2), f32(2, 2)", values => fn(a, b) solve_sylvester(a, -a, b, 1e-6);
        // The gradient, which JAX has not, by Kronecker's products.
        "(lambda x: x.reshape(2, 2))(jnp.linalg.solve(jnp.kron(a, jnp.eye(2)) + jnp.kron(jnp.eye(2), b.T), c.ravel()))", "f32(2, 2), f32(2, 2), f32(2, 2)", within(10.0)
            => fn(a, b, c) solve_sylvester(a, b, c, 0.0);
        "(lambda s: s)(a + 0j)", "f32(2, 2, low=0.5)", values, within(10.0)
            => fn(a) { let m = product(a, matrix_transpose(a)) + identity(2, None); let x = sqrtm(m); product(x, x) - in_complex(m) + in_complex(a) };
    }
}
