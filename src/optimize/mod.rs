//! Minima of functions, as `jax.scipy.optimize` has them: [`minimize`].
//!
//! ```
//! use raxla::{optimize::{Minimize, OptimizeResults, minimize}, prelude::*};
//! let rosenbrock = |x: Tracer| {
//!     let (x, y) = (x.index(0), x.index(1));
//!     (x - 1.0).powi(2) + (y - x * x).powi(2) * 100.0
//! };
//! let found: OptimizeResults<Array> = jit(move |x: Tracer| minimize(rosenbrock, x, Minimize::default()))(Array::from(vec![-1.0f32, 1.5]));
//! assert!(found.x.to_vec::<f32>()?.iter().all(|x| (x - 1.0).abs() < 1e-2));
//! # Ok::<(), raxla::Error>(())
//! ```

mod bfgs;
mod lbfgs;
mod line_search;

use crate::numpy::{Product, dot_with};
use bfgs::bfgs;
use lbfgs::lbfgs;
use line_search::{Line, Search};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    primitives::{concatenate::concatenate, dot_general::Precision},
    pytree::Pytree,
    trace::{constant, fail},
};
use raxla_transforms::value_and_grad;

/// What [`minimize`] found.
#[derive(Pytree, Clone, Debug)]
pub struct OptimizeResults<T = Tracer> {
    /// The place.
    pub x: T,
    /// Whether the gradient there is as small as was asked for.
    pub success: T,
    /// Why it ended, an `i32`. 0: success; 1: `maxiter` reached; of BFGS 3 and 5, of L-BFGS 5: no step along the direction meets the
    /// conditions of Wolfe; of L-BFGS 2 and 3: `maxfun` and `maxgrad` reached, 4: the value decreased by less than `ftol`.
    pub status: T,
    /// The value.
    pub fun: T,
    /// The gradient.
    pub jac: T,
    /// What the inverse of the Hessian is taken for; of BFGS only.
    pub hess_inv: Option<T>,
    /// How often the function was evaluated, an `i32`.
    pub nfev: T,
    /// How often the gradient was evaluated, an `i32`.
    pub njev: T,
    /// The number of steps, an `i32`.
    pub nit: T,
}
/// The algorithms of [`minimize`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Broyden, Fletcher, Goldfarb and Shanno's (Nocedal and Wright 2006, algorithm 6.1): an `n × n` matrix is kept.
    #[default]
    Bfgs,
    /// The same with the last steps kept in place of the matrix (algorithm 7.5).
    Lbfgs,
}
/// How [`minimize`] works.
#[derive(Clone, Copy, Debug)]
pub struct Minimize {
    /// The algorithm.
    pub method: Method,
    /// The greatest number of steps; 200 for each element of `x0` by default.
    pub maxiter: Option<usize>,
    /// It has succeeded where the norm of the gradient is less.
    pub gtol: f64,
    /// The order of that norm: infinity, the greatest absolute element, by default.
    pub norm: f64,
    /// The least decrease of the value in a step, for L-BFGS.
    pub ftol: f64,
    /// The number of steps kept, for L-BFGS.
    pub maxcor: usize,
    /// After so many evaluations of the function L-BFGS ends; any number by default.
    pub maxfun: Option<usize>,
    /// After so many evaluations of the gradient L-BFGS ends; any number by default.
    pub maxgrad: Option<usize>,
    /// The greatest number of steps that a search tries, each twice the one before: 10 for BFGS, 20 for L-BFGS by default.
    pub maxls: Option<usize>,
}
impl Default for Minimize {
    fn default() -> Self {
        Minimize {
            method: Method::Bfgs,
            maxiter: None,
            gtol: 1e-5,
            norm: f64::INFINITY,
            ftol: 2.220446049250313e-9,
            maxcor: 10,
            maxfun: None,
            maxgrad: None,
            maxls: None,
        }
    }
}

/// A place where `fun` is least, near `x0`, a vector of floats; of complex numbers for [`Method::Lbfgs`], by their real and imaginary parts
/// (Sorber, Van Barel and De Lathauwer 2012).
///
/// As `jax.scipy.optimize.minimize`. Steps meet the strong conditions of Wolfe; where none does, it ends at the best place of the search.
/// It runs in a `while_loop`, which has no derivative in reverse mode: for that of a minimum with respect to what `fun` captures see
/// [`custom_root`](crate::custom_root) of the gradient.
///
/// ```
/// # use raxla::{constant, optimize, show};
/// let got = show(|| optimize::minimize(|x| ((x - 3.0) * (x - 3.0)).sum(), constant(vec![0.0f32, 1.0]), optimize::Minimize::default()).x);
/// assert_eq!(got, "[3.0, 3.0]");
/// ```
///
/// # Panics
/// Inside the trace, if `x0` is no such vector, or `fun` gives something else than a real scalar of its precision.
#[track_caller]
pub fn minimize(fun: impl Fn(Tracer) -> Tracer, x0: Tracer, how: Minimize) -> OptimizeResults {
    let aval = x0.aval();
    let complex = aval.dtype.is_complex();
    if aval.rank() != 1 || !(aval.dtype.is_float() || complex && how.method == Method::Lbfgs) {
        fail(format!("minimize: takes a vector of floats as x0 (of complex numbers for Lbfgs alone), got {aval}"));
    }
    let want = ShapedArray::new(&[], aval.dtype.real());
    let checked = |x: Tracer| {
        let y = fun(x);
        if y.aval().strong() != want {
            fail(format!("minimize: the function must return {want}, got {}", y.aval()));
        }
        y
    };
    let maxiter = how.maxiter.unwrap_or(200 * aval.size());
    if complex {
        // The inner product of such vectors is the real part of that of the complex ones.
        let parts = concatenate(&[x0.real(), x0.imag()], 0);
        let joined = |z: Tracer| half(z, 0).complex(half(z, 1));
        let found = lbfgs(Objective { fun: &|z| checked(joined(z)), complex }, parts, maxiter, how);
        return OptimizeResults { x: joined(found.x), jac: joined(found.jac).conj(), ..found };
    }
    let fun = Objective { fun: &checked, complex };
    match how.method {
        Method::Bfgs => bfgs(fun, x0, maxiter, how),
        Method::Lbfgs => lbfgs(fun, x0, maxiter, how),
    }
}

/// A function of a vector of floats.
#[derive(Clone, Copy)]
struct Objective<'a> {
    fun: &'a dyn Fn(Tracer) -> Tracer,
    /// Whether the vector is one of complex numbers: of their real parts, and then their imaginary parts.
    complex: bool,
}
/// The first or the second half of a vector.
fn half(x: Tracer, which: usize) -> Tracer {
    let n = x.shape()[0] / 2;
    x.slice_axis(0, which * n, (which + 1) * n)
}
const HIGHEST: Product = Product { precision: Precision::Highest, dtype: None };
fn dot(x: Tracer, y: Tracer) -> Tracer {
    dot_with(x, y, HIGHEST)
}
fn number(value: f64, dtype: DType) -> Tracer {
    constant(Literal::full(ShapedArray::new(&[], dtype), value))
}
fn count(value: i32) -> Tracer {
    constant(Literal::scalar(value))
}
fn evaluated(fun: Objective, x: Tracer) -> (Tracer, Tracer) {
    value_and_grad(|x: Tracer| (fun.fun)(x))(x)
}

/// Where an algorithm is.
#[derive(Pytree, Clone)]
struct State<T = Tracer> {
    k: T,
    x: T,
    value: T,
    gradient: T,
    evaluations: T,
    converged: T,
    /// Not 0 when it has failed.
    status: T,
}
/// Whether the gradient is as small as is asked for.
fn small(fun: Objective, gradient: Tracer, how: Minimize) -> Tracer {
    let sizes = if fun.complex { half(gradient, 0).complex(half(gradient, 1)).abs() } else { gradient.abs() };
    match how.norm {
        f64::INFINITY => sizes.less(how.gtol).all(),
        2.0 => dot(gradient, gradient).sqrt().less(how.gtol),
        p => sizes.pow(p).sum().pow(1.0 / p).less(how.gtol),
    }
}
impl State {
    fn first(fun: Objective, x: Tracer, how: Minimize) -> State {
        let (value, gradient) = evaluated(fun, x);
        let converged = small(fun, gradient, how);
        State { k: count(0), x, value, gradient, evaluations: count(1), converged, status: count(0) }
    }
    /// The next state, by a search along a direction; with the step, the change of the gradient, and the search.
    fn next(
        &self,
        fun: Objective,
        direction: Tracer,
        first: Tracer,
        most: usize,
        how: Minimize,
    ) -> (State, [Tracer; 2], Search) {
        let found = Line::new(fun, self.x, self.value, self.gradient, direction).search(first, most);
        let star = found.star;
        let step = star.step * direction;
        let next = State {
            k: self.k + 1,
            x: self.x + step,
            value: star.value,
            gradient: star.gradient,
            evaluations: self.evaluations + found.evaluations,
            converged: small(fun, star.gradient, how),
            status: self.status,
        };
        (next, [step, star.gradient - self.gradient], found)
    }
    fn results(self, status: Tracer, hess_inv: Option<Tracer>) -> OptimizeResults {
        OptimizeResults {
            x: self.x,
            success: self.converged,
            status: self.converged.select(count(0), status),
            fun: self.value,
            jac: self.gradient,
            hess_inv,
            nfev: self.evaluations,
            njev: self.evaluations,
            nit: self.k,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numpy;
    use raxla_ir::{
        eval::eval,
        pytree::{flatten, unflatten},
        trace::{catch, trace},
    };

    fn rosenbrock(x: Tracer) -> Tracer {
        let n = x.shape()[0];
        let (first, second) = (x.slice_axis(0, 0, n - 1), x.slice_axis(0, 1, n));
        ((second - first * first).powi(2) * 100.0 + (1.0f64 - first).powi(2)).sum()
    }
    fn found(r: OptimizeResults) -> (Tracer, Tracer, Tracer) {
        (r.x, r.success, r.status)
    }
    fn by(method: Method) -> Minimize {
        Minimize { method, ..Minimize::default() }
    }

    // The values of a loop, which has no derivative. Where a minimum is found depends on every rounding; in f64 to 1e-5.
    crate::oracle::rows! { optimize_minimize:
        "(lambda r: (r.x, r.success, r.status.astype('i4')))(jsp.optimize.minimize(lambda x: jnp.sum((a - x) ** 2), jnp.zeros(3), method='BFGS'))", "f32(3)", values, within(10.0) => fn(a) {
            found(minimize(|x| (a - x).square().sum(), a.full_like(0.0), Minimize::default()))
        };
        "(lambda r: (jnp.round(r.x, 4), r.success, r.status.astype('i4')))(jsp.optimize.minimize(lambda x: jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), a, method='BFGS'))", "f64(3, low=0)", x64, values => fn(a) {
            let (x, success, status) = found(minimize(rosenbrock, a, Minimize::default()));
            (numpy::round(x, 4), success, status)
        };
        "(lambda r: (jnp.round(r.x, 4), r.success, r.status.astype('i4')))(jsp.optimize.minimize(lambda x: jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), a, method='l-bfgs-experimental-do-not-rely-on-this'))", "f64(3, low=0)", x64, values => fn(a) {
            let (x, success, status) = found(minimize(rosenbrock, a, by(Method::Lbfgs)));
            (numpy::round(x, 4), success, status)
        };
        // The minimum, where JAX's search gives up: it calls an interval too narrow if its better end is the farther one.
        "(jnp.ones_like(a), jnp.asarray(True), jnp.asarray(0, 'i4'))", "f64(4, low=0)", x64, values => fn(a) {
            let (x, success, status) = found(minimize(rosenbrock, a, Minimize { maxcor: 3, norm: 2.0, ftol: 0.0, ..by(Method::Lbfgs) }));
            (numpy::round(x, 4), success, status)
        };
        "(lambda r: (r.x, r.fun, r.jac, r.hess_inv, r.status.astype('i4'), r.nit.astype('i4'), r.nfev.astype('i4')))(jsp.optimize.minimize(lambda x: jnp.sum((a - x) ** 4), jnp.zeros(3), method='BFGS', options={'maxiter': 2}))", "f64(3)", x64, values, within(10.0) => fn(a) {
            let r = minimize(|x| (a - x).powi(4).sum(), a.full_like(0.0), Minimize { maxiter: Some(2), ..Minimize::default() });
            (r.x, r.fun, r.jac, r.hess_inv, r.status, r.nit, r.nfev)
        };
        // JAX counts the steps before the last.
        "(lambda r: (r.x, r.fun, r.status.astype('i4'), r.nit.astype('i4')))(jsp.optimize.minimize(lambda x: jnp.sum((a - x) ** 4), jnp.zeros(3), method='l-bfgs-experimental-do-not-rely-on-this', options={'maxiter': 2}))", "f64(3)", x64, values, within(10.0) => fn(a) {
            let r = minimize(|x| (a - x).powi(4).sum(), a.full_like(0.0), Minimize { maxiter: Some(3), ..by(Method::Lbfgs) });
            (r.x, r.fun, r.status, r.nit)
        };
        "(lambda r: (r.status.astype('i4'), r.success))(jsp.optimize.minimize(lambda x: jnp.sum((a - x) ** 4), jnp.zeros(3), method='l-bfgs-experimental-do-not-rely-on-this', options={'maxfun': 1}))", "f64(3)", x64, values => fn(a) {
            let r = minimize(|x| (a - x).powi(4).sum(), a.full_like(0.0), Minimize { maxfun: Some(1), ..by(Method::Lbfgs) });
            (r.status, r.success)
        };
        "(lambda r: (jnp.round(r.x, 3), r.success))(jsp.optimize.minimize(lambda x: jnp.sum((a - x) ** 2), a, method='BFGS', options={'norm': 3}))", "f32(3)", values => fn(a) {
            // It begins at the minimum.
            let r = minimize(|x| (a - x).square().sum(), a, Minimize { norm: 3.0, ..Minimize::default() });
            (numpy::round(r.x, 3), r.success)
        };
        // JAX counts the steps before the last.
        "(lambda r: (r.x, r.fun, r.jac, r.nit.astype('i4')))(jsp.optimize.minimize(lambda z: jnp.sum(jnp.abs(z - a) ** 4) + jnp.sum(jnp.real(z) ** 2), b, method='l-bfgs-experimental-do-not-rely-on-this', options={'maxiter': 2}))", "c128(3), c128(3)", x64, values, within(10.0) => fn(a, b) {
            let f = |z: Tracer| (z - a).abs().powi(4).sum() + z.real().square().sum();
            let r = minimize(f, b, Minimize { maxiter: Some(3), ..by(Method::Lbfgs) });
            (r.x, r.fun, r.jac, r.nit)
        };
        // The roots of `a`, where JAX's search gives up as above.
        "(jnp.round(a, 3), jnp.asarray(True))", "c128(3, low=0.5)", x64, values => fn(a) {
            let r = minimize(|z: Tracer| (z * z - a).abs().square().sum(), a, by(Method::Lbfgs));
            (numpy::round(r.x * r.x, 3), r.success)
        };
    }

    /// Runs a minimization in the interpreter.
    fn solved(f: impl Fn(Tracer) -> Tracer, x0: Vec<f32>, how: Minimize) -> OptimizeResults<Literal> {
        let x0 = Literal::from(x0);
        let mut tree = None;
        let program = trace(&[x0.aval().clone()], |args| {
            let (leaves, shape) = flatten(minimize(&f, args[0], how));
            tree = Some(shape);
            leaves
        });
        let outs = eval(&program.program, &[x0]).expect("a value");
        unflatten(&tree.expect("traced"), outs)
    }
    #[test]
    fn places_without_a_value_are_stepped_back_from() {
        // The first step, to -3, leaves the domain of the logarithm.
        for method in [Method::Bfgs, Method::Lbfgs] {
            let f = |x: Tracer| (x * 4.0 - x.log()).sum();
            let found = solved(f, vec![1.0], by(method));
            assert_eq!(found.success, Literal::scalar(true), "{method:?}: {found:?}");
            let x = found.x.floats()[0];
            assert!((x - 0.25).abs() < 1e-4, "{method:?}: {x}");
        }
    }
    #[test]
    fn a_function_without_a_minimum_fails() {
        for (method, status) in [(Method::Bfgs, 5), (Method::Lbfgs, 5)] {
            let found = solved(|x| -x.sum(), vec![1.0, 2.0], by(method));
            assert_eq!((found.success, found.status), (Literal::scalar(false), Literal::scalar(status)), "{method:?}");
            assert!(found.fun.floats()[0] < -100.0, "{method:?}");
        }
    }
    #[test]
    fn wrong_uses_are_named() {
        let message = |f: fn(Tracer) -> Tracer, x0: &[usize], how: Minimize| {
            let x0 = ShapedArray::new(x0, DType::F32);
            catch(|| trace(&[x0], |args| flatten(minimize(f, args[0], how)).0)).err().map(|e| e.to_string())
        };
        let has = |m: Option<String>, part: &str| assert!(m.as_ref().is_some_and(|m| m.contains(part)), "{m:?}");
        has(
            message(|x| x.sum(), &[2, 2], Minimize::default()),
            "takes a vector of floats as x0 (of complex numbers for Lbfgs alone), got f32[2,2]",
        );
        let complex = ShapedArray::new(&[2], DType::C64);
        let bfgs = catch(|| trace(&[complex], |a| flatten(minimize(|z| z.abs().sum(), a[0], Minimize::default())).0));
        has(bfgs.err().map(|e| e.to_string()), "(of complex numbers for Lbfgs alone), got c64[2]");
        has(message(|x| x, &[2], Minimize::default()), "must return f32[], got f32[2]");
        has(message(|x| x.sum(), &[2], Minimize { maxcor: 0, ..by(Method::Lbfgs) }), "maxcor must be at least 1");
    }
}
