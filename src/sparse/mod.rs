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

mod gmres;

pub use gmres::{Gmres, SolveMethod, gmres};

use crate::numpy::{Product, dot_with, promotion::meet};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    primitives::dot_general::Precision,
    pytree::{Pytree, flatten, unflatten},
    trace::{constant, fail, or_fail},
};
use raxla_transforms::{Endomap, custom_linear_solve, vjp, while_loop};

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
/// The square of the norm that the residual is to have.
fn goal(b: &[Tracer], tol: f64, atol: f64, dtype: DType) -> Tracer {
    (vdot_real(b, b, dtype) * (tol * tol)).maximum(atol * atol)
}

/// The solution of `A x = b` for a Hermitian, positive definite `A`, by conjugate gradients. As `jax.scipy.sparse.linalg.cg`.
///
/// `b` is a pytree of floats or complex numbers; `A` gives the same structure, shapes and dtypes.
///
/// ```
/// # use raxla::{Literal, constant, show, sparse};
/// let got = show(|| sparse::cg(constant(Literal::new(&[2, 2], &[2.0f32, 0.0, 0.0, 4.0])), constant(vec![2.0f32, 4.0]), sparse::Iterations::default()));
/// assert_eq!(got, "[1.0, 1.0]");
/// ```
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
/// ```
/// # use raxla::{Literal, constant, show, sparse};
/// let got = show(|| sparse::bicgstab(constant(Literal::new(&[2, 2], &[2.0f32, 1.0, 0.0, 4.0])), constant(vec![3.0f32, 4.0]), sparse::Iterations::default()));
/// assert_eq!(got, "[1.0, 1.0]");
/// ```
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

#[cfg(test)]
/// A matrix with one added that is easily solved.
fn dominant(a: Tracer) -> Tracer {
    a + crate::numpy::eye(a.shape()[0], None, 0, a.dtype()) * 5.0
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
    }
}
