//! Solutions by generalized minimal residuals: [`gmres`].

use super::{
    HIGHEST, Iterations, Leaves, LinearOperator, Operator, System, minus, moved, scalar, vdot_real, with_system,
};
use crate::numpy::dot_with;
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    primitives::iota::iota,
    pytree::Pytree,
    trace::{constant, fail},
};
use raxla_transforms::{Endomap, fori_loop, while_loop};

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

/// The distance from 1 to the next number.
fn rounding(dtype: DType) -> f64 {
    match dtype {
        DType::F64 => f64::EPSILON,
        DType::F32 => f32::EPSILON.into(),
        DType::F16 => 2f64.powi(-10),
        _ => 2f64.powi(-7),
    }
}
/// The solution of `A x = b` by generalized minimal residuals (Saad and Schultz 1986), and 0, or -1 if it has NaNs. As
/// `jax.scipy.sparse.linalg.gmres`.
///
/// `b` is a pytree of floats or complex numbers; `A` gives the same structure, shapes and dtypes. Each Krylov space of at most `restart`
/// dimensions begins at the solution in the one before.
///
/// ```
/// # use raxla::{Literal, constant, show, sparse};
/// let got = show(|| sparse::gmres(constant(Literal::new(&[2, 2], &[2.0f32, 0.0, 0.0, 4.0])), constant(vec![2.0f32, 4.0]), sparse::Gmres::default()).0);
/// assert_eq!(got, "[1.0, 1.0]");
/// ```
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
    use super::super::dominant;
    use super::*;

    fn spaces<'m, X>(restart: usize, solve_method: SolveMethod) -> Gmres<'m, X> {
        Gmres { tol: 1e-7, restart, solve_method, ..Gmres::default() }
    }

    // Iterations end anywhere within the tolerance, not where JAX's do.
    crate::oracle::rows! { sparse_gmres:
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
