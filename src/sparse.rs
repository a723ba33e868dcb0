//! Solutions of linear systems of which only the products `A x` are known, as `jax.scipy.sparse.linalg` has them: [`cg`], [`bicgstab`],
//! [`gmres`].
//!
//! Derivatives follow from the equation `A x = b` (by [`custom_linear_solve`]), by another solution of a system with `A` or its
//! transpose; they are as exact as that one.
//!
//! ```
//! use raxla::{prelude::*, sparse::{Iterations, cg}};
//! // −u″ = b, by second differences.
//! let laplacian = |u: Tracer| u * 2.0 - u.pad(0.0, &[-1], &[1], &[0]) - u.pad(0.0, &[1], &[-1], &[0]);
//! let solve = jit(move |b: Tracer| cg(laplacian, b, Iterations::default()));
//! let u = solve(Array::from(vec![0.0f32, 1.0, 0.0])).to_vec::<f32>()?;
//! assert!(u.iter().zip([0.5, 1.0, 0.5]).all(|(u, v)| (u - v).abs() < 1e-5));
//! # Ok::<(), raxla::Error>(())
//! ```

use crate::numpy::{Product, dot_with, promotion::meet};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    primitives::{dot_general::Precision, iota::iota},
    pytree::{Pytree, flatten, unflatten},
    trace::{constant, fail, or_fail},
};
use raxla_transforms::{Endomap, custom_linear_solve, fori_loop, vjp, while_loop};

/// What stands for the matrix: a function of pytrees of one structure and types, or a square matrix.
pub trait LinearOperator<X> {
    /// The product with a value.
    fn product(&self, x: X) -> X;
}
impl<X, F: Fn(X) -> X> LinearOperator<X> for F {
    fn product(&self, x: X) -> X {
        self(x)
    }
}
impl LinearOperator<Tracer> for Tracer {
    #[track_caller]
    fn product(&self, x: Tracer) -> Tracer {
        if self.rank() != 2 || self.shape()[0] != self.shape()[1] {
            fail(format!("linear operator: must be a function or a square matrix, got {}", self.aval()));
        }
        dot_with(*self, x, HIGHEST)
    }
}
const HIGHEST: Product = Product { precision: Precision::Highest, dtype: None };

/// How [`cg`] and [`bicgstab`] iterate.
#[derive(Clone)]
pub struct Iterations<'m, X = Tracer> {
    /// Where to begin; at zeros by default.
    pub x0: Option<X>,
    /// They end when the norm of `b − A x` is at most `tol` times that of `b`,
    pub tol: f64,
    /// or at most this,
    pub atol: f64,
    /// or after this number of steps: ten times the size of `b` by default.
    pub maxiter: Option<usize>,
    /// The preconditioner: a linear function near to the inverse of `A`.
    pub m: Option<Endomap<'m, X>>,
}
impl<X> Default for Iterations<'_, X> {
    fn default() -> Self {
        Iterations { x0: None, tol: 1e-5, atol: 0.0, maxiter: None, m: None }
    }
}
/// When [`gmres`] leaves a Krylov space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SolveMethod {
    /// When the space has the dimension `restart`, or holds the solution.
    #[default]
    Batched,
    /// Also when the residual is small enough, which is looked at in every step.
    Incremental,
}
/// How [`gmres`] iterates.
#[derive(Clone)]
pub struct Gmres<'m, X = Tracer> {
    /// Where to begin; at zeros by default.
    pub x0: Option<X>,
    /// They end when the norm of `M (b − A x)` is at most `tol` times the norm of `b`,
    pub tol: f64,
    /// or at most this,
    pub atol: f64,
    /// The greatest dimension of a Krylov space.
    pub restart: usize,
    /// or after this number of Krylov spaces: ten times the size of `b` by default.
    pub maxiter: Option<usize>,
    /// The preconditioner: a linear function near to the inverse of `A`.
    pub m: Option<Endomap<'m, X>>,
    /// When a Krylov space is left.
    pub solve_method: SolveMethod,
}
impl<X> Default for Gmres<'_, X> {
    fn default() -> Self {
        Gmres {
            x0: None,
            tol: 1e-5,
            atol: 0.0,
            restart: 20,
            maxiter: None,
            m: None,
            solve_method: SolveMethod::default(),
        }
    }
}

/// The leaves of a value, each of one axis.
type Leaves = Vec<Tracer>;
type Operator<'a> = Endomap<'a, Leaves>;

/// A system in terms of leaves of one axis.
struct System<'a> {
    name: &'static str,
    product: Operator<'a>,
    b: Leaves,
    x0: Option<Leaves>,
    tol: f64,
    atol: f64,
    maxiter: usize,
    m: Option<Operator<'a>>,
}
impl System<'_> {
    /// The dtype at which the leaves meet, in which the coefficients are.
    #[track_caller]
    fn dtype(&self) -> DType {
        let avals: Vec<ShapedArray> = self.b.iter().map(|x| x.aval()).collect();
        or_fail(self.name, meet(&avals)).0
    }
    /// The solution by a function of the product, the right-hand side, where to begin and the preconditioner.
    #[track_caller]
    fn solution(self, symmetric: bool, solve: impl Fn(Operator, Leaves, Leaves, Option<Operator>) -> Leaves) -> Leaves {
        let zeros = |b: &Leaves| -> Leaves { b.iter().map(|b| b.full_like(0.0)).collect() };
        let (m, x0) = (self.m, self.x0);
        let forward = |a: Operator, b: Leaves| {
            let x0 = x0.clone().unwrap_or_else(|| zeros(&b));
            solve(a, b, x0, m)
        };
        // The transposed system has another solution, far from x0, and the preconditioner's transpose.
        let backward = |a: Operator, b: Leaves| {
            let Some(m) = m else { return solve(a, b.clone(), zeros(&b), None) };
            let (_, transposed) = vjp(|x: Leaves| m(x), (zeros(&b),));
            let transposed = |x: Leaves| transposed(x).0;
            solve(a, b.clone(), zeros(&b), Some(&transposed))
        };
        custom_linear_solve(self.product, self.b, forward, Some(&backward), symmetric)
    }
}
/// The system of a public function's arguments, solved by `solve`.
#[track_caller]
fn with_system<X: Pytree<Leaf = Tracer>>(
    name: &'static str,
    a: &dyn LinearOperator<X>,
    b: X,
    how: Iterations<X>,
    solve: impl FnOnce(System) -> Leaves,
) -> X {
    let (b, tree) = flatten(b);
    let avals: Vec<ShapedArray> = b.iter().map(|x| x.aval()).collect();
    let value = |leaves: Leaves| -> X {
        unflatten(&tree, leaves.into_iter().zip(&avals).map(|(x, a)| x.reshape(&a.shape)).collect::<Vec<_>>())
    };
    let leaves = |what: &str, x: X| -> Leaves {
        let (x, got) = flatten(x);
        if got != tree {
            fail(format!("{name}: {what} must have the structure of b, {tree:?}, got {got:?}"));
        }
        if let Some((x, a)) = x.iter().zip(&avals).find(|(x, a)| x.aval().strong() != a.strong()) {
            fail(format!("{name}: {what} must have the shapes and dtypes of b: {a}, got {}", x.aval()));
        }
        x.into_iter().map(Tracer::ravel).collect()
    };
    let product = |x: Leaves| leaves("A x", a.product(value(x)));
    let m = how.m;
    let m = m.map(|m| move |x: Leaves| leaves("M x", m(value(x))));
    let maxiter = how.maxiter.unwrap_or(10 * avals.iter().map(ShapedArray::size).sum::<usize>());
    let x0 = how.x0.map(|x0| leaves("x0", x0));
    let b = b.into_iter().map(Tracer::ravel).collect();
    let m = m.as_ref().map(|m| m as Operator);
    value(solve(System { name, product: &product, b, x0, tol: how.tol, atol: how.atol, maxiter, m }))
}

/// The sum of the products `conj(x) y`.
fn vdot(x: &[Tracer], y: &[Tracer], dtype: DType) -> Tracer {
    let products = x.iter().zip(y).map(|(x, y)| {
        let x = if x.dtype().is_complex() { x.conj() } else { *x };
        dot_with(x, *y, HIGHEST).astype(dtype)
    });
    products.reduce(|a, b| a + b).unwrap_or_else(|| constant(Literal::zeros(ShapedArray::new(&[], dtype))))
}
/// The same, real: where it is known to be, or the imaginary part does not matter.
fn vdot_real(x: &[Tracer], y: &[Tracer], dtype: DType) -> Tracer {
    let product = vdot(x, y, dtype);
    if dtype.is_complex() { product.real() } else { product }
}
/// `x + scale y`.
fn moved(x: &[Tracer], scale: Tracer, y: &[Tracer]) -> Leaves {
    x.iter().zip(y).map(|(x, y)| *x + scale.astype(x.dtype()) * *y).collect()
}
fn minus(x: &[Tracer], y: &[Tracer]) -> Leaves {
    x.iter().zip(y).map(|(x, y)| *x - *y).collect()
}
/// A number of the carry of a loop.
fn scalar(value: f64, dtype: DType) -> Tracer {
    constant(Literal::full(ShapedArray::new(&[], dtype), value))
}
/// The distance from 1 to the next number.
fn rounding(dtype: DType) -> f64 {
    match dtype {
        DType::F64 => f64::EPSILON,
        DType::F32 => f32::EPSILON.into(),
        DType::F16 => 2f64.powi(-10),
        _ => 2f64.powi(-7),
    }
}
/// The square of the norm that the residual is to have.
fn goal(b: &[Tracer], tol: f64, atol: f64, dtype: DType) -> Tracer {
    (vdot_real(b, b, dtype) * (tol * tol)).maximum(atol * atol)
}

/// The solution of `A x = b` for a Hermitian, positive definite `A`, by conjugate gradients. As `jax.scipy.sparse.linalg.cg`.
///
/// `b` is a pytree of floats or complex numbers; `A` gives the same structure, shapes and dtypes.
///
/// # Panics
/// Inside the trace, if `A`, the preconditioner or `x0` have another structure or types than `b`.
#[track_caller]
pub fn cg<X: Pytree<Leaf = Tracer>>(a: impl LinearOperator<X>, b: X, how: Iterations<X>) -> X {
    with_system("cg", &a, b, how, cg_leaves)
}
#[track_caller]
fn cg_leaves(system: System) -> Leaves {
    let (dtype, tol, atol, maxiter) = (system.dtype(), system.tol, system.atol, system.maxiter);
    // A real Hermitian matrix is its own transpose.
    system.solution(!dtype.is_complex(), |a, b, x0, m| {
        let goal = goal(&b, tol, atol, dtype);
        let conditioned = |r: &Leaves| m.map_or_else(|| r.clone(), |m| m(r.clone()));
        let r = minus(&b, &a(x0.clone()));
        let p = conditioned(&r);
        let gamma = vdot_real(&r, &p, dtype);
        let go_on = |(_, r, gamma, _, k): (Leaves, Leaves, Tracer, Leaves, Tracer)| {
            let squared = if m.is_none() { gamma } else { vdot_real(&r, &r, dtype) };
            squared.greater(goal) & k.less(maxiter)
        };
        let step = |(x, r, gamma, p, k): (Leaves, Leaves, Tracer, Leaves, Tracer)| {
            let product = a(p.clone());
            let alpha = gamma / vdot_real(&p, &product, dtype);
            let (x, r) = (moved(&x, alpha, &p), moved(&r, -alpha, &product));
            let z = conditioned(&r);
            let next = vdot_real(&r, &z, dtype);
            (x, r, next, moved(&z, next / gamma, &p), k + 1)
        };
        while_loop(go_on, step, (x0, r, gamma, p, scalar(0.0, DType::I32))).0
    })
}

/// The solution of `A x = b` by the stabilized bi-conjugate gradients of van der Vorst (1992). As `jax.scipy.sparse.linalg.bicgstab`.
///
/// `b` is a pytree of floats or complex numbers; `A` gives the same structure, shapes and dtypes.
///
/// # Panics
/// Inside the trace, if `A`, the preconditioner or `x0` have another structure or types than `b`.
#[track_caller]
pub fn bicgstab<X: Pytree<Leaf = Tracer>>(a: impl LinearOperator<X>, b: X, how: Iterations<X>) -> X {
    with_system("bicgstab", &a, b, how, bicgstab_leaves)
}
#[track_caller]
fn bicgstab_leaves(system: System) -> Leaves {
    /// x, residual, p, q; α, ω, ρ; the number of steps, or less than 0 when the process has broken down.
    type Carry = ([Leaves; 4], [Tracer; 3], Tracer);
    let (dtype, tol, atol, maxiter) = (system.dtype(), system.tol, system.atol, system.maxiter);
    system.solution(false, |a, b, x0, m| {
        let goal = goal(&b, tol, atol, dtype);
        let conditioned = |r: &Leaves| m.map_or_else(|| r.clone(), |m| m(r.clone()));
        let r0 = minus(&b, &a(x0.clone()));
        let go_on =
            |([_, r, ..], _, k): Carry| vdot_real(&r, &r, dtype).greater(goal) & k.less(maxiter) & k.greater_equal(0);
        let step = |([x, r, p, q], [alpha, omega, rho], k): Carry| {
            let next = vdot(&r0, &r, dtype);
            let p = moved(&r, next / rho * alpha / omega, &moved(&p, -omega, &q));
            let p_hat = conditioned(&p);
            let q = a(p_hat.clone());
            let alpha = next / vdot(&r0, &q, dtype);
            let s = moved(&r, -alpha, &q);
            let near = vdot_real(&s, &s, dtype).less(goal);
            let s_hat = conditioned(&s);
            let t = a(s_hat.clone());
            let omega = vdot(&t, &s, dtype) / vdot(&t, &t, dtype);
            // Near enough after the first half of a step, the second would divide by almost nothing.
            let last = near.select(omega.full_like(0.0), omega);
            let last = |x: &[Tracer], y: &[Tracer], sign: f64| {
                let there = moved(x, last * sign, y);
                x.iter().zip(there).map(|(x, y)| near.select(*x, y)).collect::<Leaves>()
            };
            let (x, r) = (last(&moved(&x, alpha, &p_hat), &s_hat, 1.0), last(&s, &t, -1.0));
            let stuck = (omega.equal(0) & near.logical_not()) | alpha.equal(0) | next.equal(0);
            ([x, r, p, q], [alpha, omega, next], stuck.select(-1, k + 1))
        };
        let one = scalar(1.0, dtype);
        let init: Carry = ([x0, r0.clone(), r0.clone(), r0.clone()], [one; 3], scalar(0.0, DType::I32));
        let ([x, ..], ..) = while_loop(go_on, step, init);
        x
    })
}

/// The solution of `A x = b` by generalized minimal residuals (Saad and Schultz 1986), and 0, or -1 if it has NaNs. As
/// `jax.scipy.sparse.linalg.gmres`.
///
/// `b` is a pytree of floats or complex numbers; `A` gives the same structure, shapes and dtypes. Each Krylov space of at most `restart`
/// dimensions begins at the solution in the one before.
///
/// # Panics
/// Inside the trace, if `A`, the preconditioner or `x0` have another structure or types than `b`.
#[track_caller]
pub fn gmres<X: Pytree<Leaf = Tracer>>(a: impl LinearOperator<X>, b: X, how: Gmres<X>) -> (X, Tracer) {
    let (restart, method) = (how.restart, how.solve_method);
    let iterations = Iterations { x0: how.x0, tol: how.tol, atol: how.atol, maxiter: how.maxiter, m: how.m };
    let mut info = None;
    let x = with_system("gmres", &a, b, iterations, |system| {
        let x = gmres_leaves(system, restart, method);
        let nan = x.iter().map(|x| x.not_equal(*x).any()).reduce(|a, b| a | b);
        info = Some(nan.map_or_else(|| scalar(0.0, DType::I32), |nan| -nan.astype(DType::I32)));
        x
    });
    (x, info.unwrap_or_else(|| fail("gmres: was not traced")))
}
#[track_caller]
fn gmres_leaves(system: System, restart: usize, method: SolveMethod) -> Leaves {
    if restart == 0 {
        fail("gmres: restart must be at least 1, got 0");
    }
    let (dtype, tol, atol, maxiter) = (system.dtype(), system.tol, system.atol, system.maxiter);
    let restart = restart.min(system.b.iter().map(|b| b.size()).sum());
    system.solution(false, |a, b, x0, m| {
        let norm = |x: &[Tracer]| vdot_real(x, x, dtype).sqrt();
        let conditioned = |r: Leaves| m.map_or_else(|| r.clone(), |m| m(r.clone()));
        let residual = |x: &Leaves| conditioned(minus(&b, &a(x.clone())));
        let size = norm(&b);
        let goal = (size * tol).maximum(atol);
        let enough = norm(&conditioned(b.clone())) * (goal / size).minimum(1.0);
        let space = Krylov { product: &|x| conditioned(a(x)), dtype, restart, method, enough };
        let r = residual(&x0);
        let length = norm(&r);
        let go_on = |(_, k, _, length): (Leaves, Tracer, Leaves, Tracer)| k.less(maxiter) & length.greater(goal);
        let step = |(x, k, r, length): (Leaves, Tracer, Leaves, Tracer)| {
            let x = moved(&x, scalar(1.0, dtype), &space.nearest(&r, length));
            let r = residual(&x);
            let length = norm(&r);
            (x, k + 1, r, length)
        };
        while_loop(go_on, step, (x0, scalar(0.0, DType::I32), r, length)).0
    })
}
/// The spaces spanned by `r`, `B r`, `B² r`, …, where `B` is a product.
struct Krylov<'a> {
    product: Operator<'a>,
    dtype: DType,
    restart: usize,
    method: SolveMethod,
    /// The residual at which the incremental method leaves a space.
    enough: Tracer,
}
/// What the process of Arnoldi has found after some steps.
#[derive(Pytree, Clone)]
struct Arnoldi<T = Tracer> {
    /// The number of steps.
    k: T,
    /// The orthonormal basis of the space, in rows, for each leaf.
    basis: Vec<T>,
    /// The Hessenberg matrix `H` of `B basis = basis H`, made triangular: its columns, in rows.
    triangle: T,
    /// The rotations that make it so, as one unitary matrix.
    rotation: T,
    /// The norm of the least residual in the space.
    residual: T,
    /// Whether the space holds the solution.
    complete: T,
}
impl Krylov<'_> {
    /// The `x` in the space for which `B x` is nearest to `r`, of norm `length`.
    fn nearest(&self, r: &Leaves, length: Tracer) -> Leaves {
        let n = self.restart;
        let unit = |n: usize| {
            let ones = (0..n * n).map(|i| f64::from(u8::from(i % (n + 1) == 0)));
            constant(Literal::from_floats(ShapedArray::new(&[n, n], self.dtype), ones))
        };
        let first =
            |r: &Tracer| (*r / length.astype(r.dtype())).expand_dims(0).pad(0, &[0, 0], &[n as isize, 0], &[0, 0]);
        let init = Arnoldi {
            k: scalar(0.0, DType::I32),
            basis: r.iter().map(first).collect(),
            triangle: unit(n + 1).slice_axis(0, 0, n),
            rotation: unit(n + 1),
            residual: length,
            complete: constant(Literal::scalar(false)),
        };
        let go_on = |s: Arnoldi| {
            let more = s.k.less(n) & s.complete.logical_not();
            if self.method == SolveMethod::Incremental { more & s.residual.greater(self.enough) } else { more }
        };
        let found = while_loop(go_on, |s: Arnoldi| self.step(s, length), init);
        // H y = (length, 0, …), rotated, in the dimensions that were reached.
        let goal = found.rotation.slice(&[0, 0], &[n, 1], &[1, 1]).reshape(&[n]) * length.astype(self.dtype);
        let goal = iota(DType::I32, &[n], 0).less(found.k).select(goal, goal.full_like(0.0));
        let triangle = found.triangle.slice_axis(1, 0, n).t();
        let back = |i: Tracer, y: Tracer| {
            let i = -i + (n as i32 - 1);
            let row = triangle.index(i);
            let (rest, diagonal) = (goal.index(i) - dot_with(row, y, HIGHEST), row.index(i));
            // What a singular matrix does not reach is left.
            let singular = diagonal.equal(0);
            let divisor = singular.select(diagonal.full_like(1.0), diagonal);
            y.at(i).set(singular.select(rest.full_like(0.0), rest / divisor))
        };
        let y = fori_loop(0, n, back, goal.full_like(0.0));
        found.basis.iter().map(|v| dot_with(y, v.slice_axis(0, 0, n), HIGHEST).astype(v.dtype())).collect()
    }
    fn step(&self, Arnoldi { k, basis, triangle, rotation, .. }: Arnoldi, length: Tracer) -> Arnoldi {
        let (dtype, real) = (self.dtype, self.dtype.real());
        let mut v = (self.product)(basis.iter().map(|b| b.index(k)).collect());
        let before = vdot_real(&v, &v, dtype).sqrt();
        // Orthogonal to all rows. Done twice, it is as good as it can be in this precision (Giraud and Langou 2005).
        let mut column = rotation.index(0).full_like(0.0);
        for _ in 0..2 {
            let conj = |b: &Tracer| if b.dtype().is_complex() { b.conj() } else { *b };
            let along = basis.iter().zip(&v).map(|(b, v)| dot_with(conj(b), *v, HIGHEST).astype(dtype));
            let Some(along) = along.reduce(|a, b| a + b) else { break };
            column = column + along;
            v = v.iter().zip(&basis).map(|(v, b)| *v - dot_with(along, *b, HIGHEST).astype(v.dtype())).collect();
        }
        let after = vdot_real(&v, &v, dtype).sqrt();
        let complete = after.less_equal(before * rounding(real));
        let after = complete.select(after.full_like(0.0), after);
        let safe = complete.select(after.full_like(1.0), after);
        let basis = basis.iter().zip(&v).map(|(b, v)| {
            let next = complete.select(v.full_like(0.0), *v / safe.astype(v.dtype()));
            b.at(k + 1).set(next)
        });
        let basis = basis.collect();
        // The rotation [[conj a, b], [−b, a]] / √(|a|² + b²) takes (a, b) to (√(|a|² + b²), 0).
        let column = dot_with(rotation, column, HIGHEST);
        let (a, b) = (column.index(k), after);
        let conj = |x: Tracer| if dtype.is_complex() { x.conj() } else { x };
        let hypotenuse = (vdot_real(&[a], &[a], dtype) + b * b).sqrt();
        let none = hypotenuse.equal(0);
        let divisor = none.select(hypotenuse.full_like(1.0), hypotenuse).astype(dtype);
        let cosine = none.select(a.full_like(1.0), a / divisor);
        let sine = b.astype(dtype) / divisor;
        let (upper, lower) = (rotation.index(k), rotation.index(k + 1));
        let rotation = rotation.at(k).set(conj(cosine) * upper + sine * lower);
        let rotation = rotation.at(k + 1).set(cosine * lower - sine * upper);
        let triangle = triangle.at(k).set(column.at(k).set(hypotenuse.astype(dtype)).at(k + 1).set(0));
        let residual = rotation.index((k + 1, 0)).abs() * length;
        Arnoldi { k: k + 1, basis, triangle, rotation, residual, complete }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A positive definite matrix made of any.
    fn positive(a: Tracer) -> Tracer {
        let n = a.shape()[0];
        dot_with(a, a.t(), HIGHEST) + crate::numpy::eye(n, None, 0, a.dtype()) * 2.0
    }
    fn near<'m, X>(maxiter: impl Into<Option<usize>>) -> Iterations<'m, X> {
        Iterations { tol: 1e-7, maxiter: maxiter.into(), ..Iterations::default() }
    }
    fn spaces<'m, X>(restart: usize, solve_method: SolveMethod) -> Gmres<'m, X> {
        Gmres { tol: 1e-7, restart, solve_method, ..Gmres::default() }
    }
    fn dominant(a: Tracer) -> Tracer {
        a + crate::numpy::eye(a.shape()[0], None, 0, a.dtype()) * 5.0
    }

    // Iterations end anywhere within the tolerance, not where JAX's do.
    crate::oracle::rows! { sparse_linalg:
        "jsp.sparse.linalg.cg(a @ a.T + 2 * jnp.eye(4), b, tol=1e-7)[0]", "f32(4, 4), f32(4)", within(10.0) => fn(a, b) cg(positive(a), b, near(None));
        "jsp.sparse.linalg.cg(a @ a.T + 2 * jnp.eye(4), b, tol=1e-7, maxiter=2)[0]", "f32(4, 4), f32(4)", values, within(10.0) => fn(a, b) cg(positive(a), b, near(2));
        "jsp.sparse.linalg.cg(a @ a.T + 2 * jnp.eye(4), b, x0=c, tol=1e-12)[0]", "f64(4, 4), f64(4), f64(4)", x64, values, within(10.0) => fn(a, b, c) {
            cg(positive(a), b, Iterations { x0: Some(c), tol: 1e-12, ..Iterations::default() })
        };
        "jsp.sparse.linalg.cg(lambda x: a * x, b, M=lambda x: x / a, tol=1e-7)[0]", "f32(5, low=1, high=4), f32(5)", within(10.0) => fn(a, b) {
            cg(|x: Tracer| a * x, b, Iterations { m: Some(&|x: Tracer| x / a), ..near(None) })
        };
        "jsp.sparse.linalg.cg(lambda x: {'u': a * x['u'] + x['v'].sum(), 'v': b * x['v'] + x['u'].sum()}, {'u': a, 'v': b}, tol=1e-7)[0]", "f32(3, low=6, high=9), f32(2, 2, low=6, high=9)", within(10.0) => fn(a, b) {
            cg(|(u, v): (Tracer, Tracer)| (a * u + v.sum(), b * v + u.sum()), (a, b), near(None))
        };
        "jsp.sparse.linalg.cg((lambda m: m @ m.conj().T + 2 * jnp.eye(3))(a), b, tol=1e-7)[0]", "c64(3, 3), c64(3)", within(30.0) => fn(a, b) {
            cg(dot_with(a, a.conj().t(), HIGHEST) + crate::numpy::eye(3, None, 0, DType::C64) * 2.0, b, near(None))
        };
        "jsp.sparse.linalg.bicgstab(a + 5 * jnp.eye(4), b, tol=1e-7)[0]", "f32(4, 4), f32(4)", within(30.0) => fn(a, b) bicgstab(dominant(a), b, near(None));
        "jsp.sparse.linalg.bicgstab(a + 5 * jnp.eye(4), b, tol=1e-7, maxiter=1)[0]", "f32(4, 4), f32(4)", values, within(10.0) => fn(a, b) bicgstab(dominant(a), b, near(1));
        "jnp.linalg.solve(a + 5 * jnp.eye(4), b)", "f64(4, 4), f64(4)", x64, within(100.0) => fn(a, b) {
            let m = |x: Tracer| x / 5.0;
            bicgstab(dominant(a), b, Iterations { tol: 1e-15, m: Some(&m), ..Iterations::default() })
        };
        "jsp.sparse.linalg.bicgstab(a + 5 * jnp.eye(3), b, tol=1e-7)[0]", "c64(3, 3), c64(3)", within(30.0) => fn(a, b) bicgstab(dominant(a), b, near(None));
        "jsp.sparse.linalg.gmres(a + 5 * jnp.eye(4), b, tol=1e-7)", "f32(4, 4), f32(4)", within(10.0) => fn(a, b) gmres(dominant(a), b, spaces(20, SolveMethod::Batched));
        "jsp.sparse.linalg.gmres(a + 5 * jnp.eye(6), b, tol=1e-7, restart=3)[0]", "f32(6, 6), f32(6)", within(10.0) => fn(a, b) gmres(dominant(a), b, spaces(3, SolveMethod::Batched)).0;
        "jsp.sparse.linalg.gmres(a + 5 * jnp.eye(6), b, tol=1e-7, restart=2, maxiter=1)[0]", "f32(6, 6), f32(6)", values, within(10.0) => fn(a, b) {
            gmres(dominant(a), b, Gmres { maxiter: Some(1), ..spaces(2, SolveMethod::Batched) }).0
        };
        "jsp.sparse.linalg.gmres(a + 5 * jnp.eye(6), b, tol=1e-7, restart=4, solve_method='incremental')[0]", "f32(6, 6), f32(6)", within(10.0) => fn(a, b) gmres(dominant(a), b, spaces(4, SolveMethod::Incremental)).0;
        "jnp.linalg.solve(a, b)", "f64(4, 4), f64(4)", x64, within(1000.0) => fn(a, b) {
            let m = |x: Tracer| x / 5.0;
            gmres(a, b, Gmres { tol: 1e-15, m: Some(&m), ..Gmres::default() }).0
        };
        "jnp.linalg.solve(a, b)", "c64(3, 3), c64(3)", within(100.0) => fn(a, b) gmres(a, b, spaces(3, SolveMethod::Incremental)).0;
        "jsp.sparse.linalg.gmres(lambda x: (a * x[0] + x[1].sum(), b * x[1] - x[0].sum()), (a, b), tol=1e-7)[0]", "f32(3, low=4, high=6), f32(2, 2, low=4, high=6)", within(10.0) => fn(a, b) {
            gmres(|(u, v): (Tracer, Tracer)| (a * u + v.sum(), b * v - u.sum()), (a, b), spaces(20, SolveMethod::Batched)).0
        };
    }
}
