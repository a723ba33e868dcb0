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

use crate::numpy::{Product, dot_with, eye};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    primitives::{concatenate::concatenate, dot_general::Precision},
    pytree::{Pytree, flatten, unflatten},
    trace::{constant, fail},
};
use raxla_transforms::{fori_loop, value_and_grad, while_loop};

/// What [`minimize`] found.
#[derive(Pytree, Clone, Debug)]
pub struct OptimizeResults<T = Tracer> {
    /// The place.
    pub x: T,
    /// Whether the gradient there is as small as was asked for.
    pub success: T,
    /// Why it ended, an `i32`. 0: success; 1: `maxiter` reached; of BFGS 3 and 5, of L-BFGS 5: no step along the direction meets the
    /// conditions of Wolfe; of L-BFGS 4: the value decreased by less than `ftol`.
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
    /// It has succeeded where every element of the gradient is less.
    pub gtol: f64,
    /// The least decrease of the value in a step, for L-BFGS.
    pub ftol: f64,
    /// The number of steps kept, for L-BFGS.
    pub maxcor: usize,
    /// The greatest number of doublings of a step: 10 for BFGS, 20 for L-BFGS by default.
    pub maxls: Option<usize>,
}
impl Default for Minimize {
    fn default() -> Self {
        Minimize {
            method: Method::Bfgs,
            maxiter: None,
            gtol: 1e-5,
            ftol: 2.220446049250313e-9,
            maxcor: 10,
            maxls: None,
        }
    }
}

/// A place where `fun` is least, near `x0`, a vector of floats.
///
/// Steps meet the strong conditions of Wolfe. It runs in a `while_loop`, which has no derivative in reverse mode: for the derivative of
/// a minimum with respect to what `fun` captures see [`custom_root`](crate::custom_root) of the gradient.
///
/// # Panics
/// Inside the trace, if `x0` is no vector of floats, or `fun` gives something else than a scalar of its dtype.
#[track_caller]
pub fn minimize(fun: impl Fn(Tracer) -> Tracer, x0: Tracer, how: Minimize) -> OptimizeResults {
    let aval = x0.aval();
    if aval.rank() != 1 || !aval.dtype.is_float() {
        fail(format!("minimize: takes a vector of floats as x0, got {aval}"));
    }
    let want = ShapedArray::new(&[], aval.dtype);
    let checked = |x: Tracer| {
        let y = fun(x);
        if y.aval().strong() != want {
            fail(format!("minimize: the function must return {want}, got {}", y.aval()));
        }
        y
    };
    let maxiter = how.maxiter.unwrap_or(200 * aval.size());
    match how.method {
        Method::Bfgs => bfgs(&checked, x0, maxiter, how),
        Method::Lbfgs => lbfgs(&checked, x0, maxiter, how),
    }
}

type Objective<'a> = &'a dyn Fn(Tracer) -> Tracer;
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
fn no() -> Tracer {
    constant(Literal::scalar(false))
}
fn choose<P: Pytree<Leaf = Tracer>>(condition: Tracer, yes: P, no: P) -> P {
    let ((yes, tree), (no, _)) = (flatten(yes), flatten(no));
    unflatten(&tree, yes.into_iter().zip(no).map(|(y, n)| condition.select(y, n)).collect::<Vec<_>>())
}
fn evaluated(fun: Objective, x: Tracer) -> (Tracer, Tracer) {
    value_and_grad(|x: Tracer| fun(x))(x)
}

/// A step `a` along the direction, and the value `φ(a)` and slope `φ′(a)` there.
type Place = [Tracer; 3];

/// The search of a step along a direction: algorithm 3.5 of Nocedal and Wright.
#[derive(Pytree, Clone)]
struct Search<T = Tracer> {
    i: T,
    last: [T; 3],
    star: [T; 3],
    gradient: T,
    evaluations: T,
    done: T,
    failed: T,
}
/// The narrowing of an interval that holds a step as wanted: algorithm 3.6.
#[derive(Pytree, Clone)]
struct Zoom<T = Tracer> {
    j: T,
    low: [T; 3],
    high: [T; 3],
    /// A third place and its value, for the cubic.
    third: [T; 2],
    star: [T; 3],
    gradient: T,
    done: T,
    failed: T,
}
/// The function along a line.
struct Line<'a> {
    fun: Objective<'a>,
    x: Tracer,
    direction: Tracer,
    start: Place,
}
impl Line<'_> {
    fn at(&self, a: Tracer) -> (Place, Tracer) {
        let (value, gradient) = evaluated(self.fun, self.x + a * self.direction);
        ([a, value, dot(gradient, self.direction)], gradient)
    }
    /// Whether the value at a step is too great: the first condition of Wolfe, not met.
    fn too_great(&self, [a, value, _]: Place) -> Tracer {
        let [_, value0, slope0] = self.start;
        value.greater(value0 + a * slope0 * 1e-4)
    }
    /// Whether the slope is flat enough: the second condition.
    fn flat(&self, [_, _, slope]: Place) -> Tracer {
        slope.abs().less_equal(self.start[2] * -0.9)
    }
    fn search(&self, gradient: Tracer, first: Tracer, most: usize) -> Search {
        let init = Search {
            i: count(1),
            last: self.start,
            star: self.start,
            gradient,
            evaluations: count(0),
            done: no(),
            failed: no(),
        };
        let go_on = |s: Search| s.done.logical_not() & s.failed.logical_not() & s.i.less_equal(most);
        let step = |s: Search| {
            let (place, gradient) = self.at(s.i.equal(1).select(first, s.last[0] * 2.0));
            let beyond = self.too_great(place) | (place[1].greater_equal(s.last[1]) & s.i.greater(1));
            let found = self.flat(place) & beyond.logical_not();
            let rising = place[2].greater_equal(0) & beyond.logical_not() & found.logical_not();
            // The interval's better end is the last place if this one is beyond a minimum, else this one.
            let (low, high) = choose(beyond, (s.last, place), (place, s.last));
            let inside = self.zoom(low, high, gradient, beyond | rising);
            let (star, gradient) = choose(found, (place, gradient), (inside.star, inside.gradient));
            let ended = beyond | rising | found;
            let (star, gradient) = choose(ended, (star, gradient), (s.star, s.gradient));
            Search {
                i: s.i + 1,
                last: place,
                star,
                gradient,
                evaluations: s.evaluations + 1 + inside.j,
                done: ended,
                failed: (beyond | rising) & inside.failed,
            }
        };
        while_loop(go_on, step, init)
    }
    fn zoom(&self, low: Place, high: Place, gradient: Tracer, wanted: Tracer) -> Zoom {
        let dtype = low[0].dtype();
        let least = if dtype == DType::F64 { 1e-10 } else { 1e-5 };
        let third = [(low[0] + high[0]) * 0.5, (low[1] + high[1]) * 0.5];
        let init = Zoom { j: count(0), low, high, third, star: low, gradient, done: no(), failed: no() };
        let go_on = |z: Zoom| wanted & z.done.logical_not() & z.failed.logical_not();
        let step = |z: Zoom| {
            let ([a, b], width) = ([z.low[0], z.high[0]], (z.high[0] - z.low[0]).abs());
            let (left, right) = (a.minimum(b), a.maximum(b));
            let within = |x: Tracer, margin: f64| x.greater(left + width * margin) & x.less(right - width * margin);
            let (cubic, quadratic) = (cubic(z.low, z.high, z.third), quadratic(z.low, z.high));
            let next = within(quadratic, 0.1).select(quadratic, (a + b) * 0.5);
            let next = (z.j.greater(0) & within(cubic, 0.2)).select(cubic, next);
            let (place, gradient) = self.at(next);
            let to_high = self.too_great(place) | place[1].greater_equal(z.low[1]);
            let found = self.flat(place) & to_high.logical_not();
            let turned = (place[2] * (b - a)).greater_equal(0) & to_high.logical_not() & found.logical_not();
            let [high, low] = [z.high, z.low];
            let third = choose(to_high | turned, [high[0], high[1]], [low[0], low[1]]);
            let (star, gradient) = choose(found, (place, gradient), (z.star, z.gradient));
            let j = z.j + 1;
            Zoom {
                high: choose(to_high, place, choose(turned, low, high)),
                low: choose(to_high, low, place),
                third,
                star,
                gradient,
                done: found,
                failed: found.logical_not() & (width.less_equal(least) | j.greater_equal(30)),
                j,
            }
        };
        while_loop(go_on, step, init)
    }
}
/// Where the cubic through three places, with a slope at the first, is least; NaN if nowhere.
fn cubic([a, fa, slope]: Place, [b, fb, _]: Place, [c, fc]: [Tracer; 2]) -> Tracer {
    let (db, dc) = (b - a, c - a);
    let (rb, rc) = (fb - fa - slope * db, fc - fa - slope * dc);
    let divisor = (db * dc).square() * (db - dc);
    let third = (dc * dc * rb - db * db * rc) / divisor;
    let second = (db * db * db * rc - dc * dc * dc * rb) / divisor;
    a + ((second * second - third * slope * 3.0).sqrt() - second) / (third * 3.0)
}
/// Where the parabola through two places, with a slope at the first, is flat.
fn quadratic([a, fa, slope]: Place, [b, fb, _]: Place) -> Tracer {
    let width = b - a;
    let second = (fb - fa - slope * width) / (width * width);
    a - slope / (second * 2.0)
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
fn begun(fun: Objective, x: Tracer, how: Minimize) -> State {
    let (value, gradient) = evaluated(fun, x);
    State { k: count(0), x, value, gradient, evaluations: count(1), converged: small(gradient, how), status: count(0) }
}
fn small(gradient: Tracer, how: Minimize) -> Tracer {
    gradient.abs().less(how.gtol).all()
}
impl State {
    /// The next state, by a search along a direction; with the step, the change of the gradient, and the search.
    fn next(
        &self,
        fun: Objective,
        direction: Tracer,
        first: Tracer,
        most: usize,
        how: Minimize,
    ) -> (State, [Tracer; 2], Search) {
        let zero = number(0.0, self.value.dtype());
        let start = [zero, self.value, dot(self.gradient, direction)];
        let line = Line { fun, x: self.x, direction, start };
        let found = line.search(self.gradient, first, most);
        let step = found.star[0] * direction;
        let next = State {
            k: self.k + 1,
            x: self.x + step,
            value: found.star[1],
            gradient: found.gradient,
            evaluations: self.evaluations + found.evaluations,
            converged: small(found.gradient, how),
            status: self.status,
        };
        (next, [step, found.gradient - self.gradient], found)
    }
    fn results(self, status: Tracer, hess_inv: Option<Tracer>) -> OptimizeResults {
        OptimizeResults {
            x: self.x,
            success: self.converged & status.equal(0),
            status,
            fun: self.value,
            jac: self.gradient,
            hess_inv,
            nfev: self.evaluations,
            njev: self.evaluations,
            nit: self.k,
        }
    }
}
#[track_caller]
fn bfgs(fun: Objective, x0: Tracer, maxiter: usize, how: Minimize) -> OptimizeResults {
    let (n, dtype) = (x0.shape()[0], x0.dtype());
    let init = begun(fun, x0, how);
    let before = init.value + dot(init.gradient, init.gradient).sqrt() * 0.5;
    let go_on = |(s, _, _): (State, Tracer, Tracer)| s.converged.logical_not() & s.status.equal(0) & s.k.less(maxiter);
    let step = |(s, inverse, before): (State, Tracer, Tracer)| {
        let direction = -dot(inverse, s.gradient);
        // As far as gives the decrease of the step before, by the slope here, but no farther than the whole direction.
        let first = (s.value - before) * 2.02 / dot(s.gradient, direction);
        let first = first.greater(1).select(first.full_like(1.0), first);
        let (next, [step, change], found) = s.next(fun, direction, first, how.maxls.unwrap_or(10), how);
        // (I − ρ s yᵀ) H (I − ρ y sᵀ) + ρ s sᵀ, multiplied out.
        let rho = 1.0f64 / dot(change, step);
        let turned = dot(inverse, change);
        let outer = |x: Tracer, y: Tracer| x.expand_dims(1) * y.expand_dims(0);
        let cross = outer(step, turned);
        let updated = inverse - rho * (cross + cross.t()) + (rho * rho * dot(change, turned) + rho) * outer(step, step);
        let inverse = rho.is_finite().select(updated, inverse);
        let zoom_failed = found.failed.select(count(3), count(5));
        let status = (found.failed | found.done.logical_not()).select(zoom_failed, count(0));
        (State { status, ..next }, inverse, s.value)
    };
    let (end, inverse, _) = while_loop(go_on, step, (init, eye(n, None, 0, dtype), before));
    let failed = end.k.equal(maxiter).select(count(1), end.status);
    let status = end.converged.select(count(0), failed);
    end.results(status, Some(inverse))
}
#[track_caller]
fn lbfgs(fun: Objective, x0: Tracer, maxiter: usize, how: Minimize) -> OptimizeResults {
    let (n, dtype, kept) = (x0.shape()[0], x0.dtype(), how.maxcor);
    if kept == 0 {
        fail("minimize: maxcor must be at least 1, got 0");
    }
    /// Steps, changes of the gradient, and the inverses of their products, the last ones last; the scale of the inverse Hessian.
    type History = [Tracer; 4];
    let go_on = |(s, _): (State, History)| s.converged.logical_not() & s.status.equal(0);
    let step = |(s, [steps, changes, inverses, scale]): (State, History)| {
        // Places that are not filled yet are zeros, and do nothing.
        let back = |j: Tracer, (q, along): (Tracer, Tracer)| {
            let i = -j + (kept as i32 - 1);
            let a = inverses.index(i) * dot(steps.index(i), q);
            (q - a * changes.index(i), along.at(i).set(a))
        };
        let (q, along) = fori_loop(0, kept, back, (-s.gradient, inverses.full_like(0.0)));
        let forth = |i: Tracer, q: Tracer| {
            let b = inverses.index(i) * dot(changes.index(i), q);
            q + (along.index(i) - b) * steps.index(i)
        };
        let direction = fori_loop(0, kept, forth, scale * q);
        let most = how.maxls.unwrap_or(20);
        let (next, [step, change], found) = s.next(fun, direction, number(1.0, dtype), most, how);
        let product = dot(change, step);
        let pushed = |all: Tracer, new: Tracer| concatenate(&[all.slice_axis(0, 1, kept), new.expand_dims(0)], 0);
        let history = [
            pushed(steps, step),
            pushed(changes, change),
            pushed(inverses, 1.0f64 / product),
            product / dot(change, change),
        ];
        let status = (s.value - next.value).less(how.ftol).select(count(4), count(0));
        let status = s.k.greater_equal(maxiter).select(count(1), status);
        let status = (found.failed | found.done.logical_not()).select(count(5), status);
        let status = next.converged.select(count(0), status);
        (State { status, ..next }, history)
    };
    let zeros = |shape: &[usize]| constant(Literal::zeros(ShapedArray::new(shape, dtype)));
    let history = [zeros(&[kept, n]), zeros(&[kept, n]), zeros(&[kept]), number(1.0, dtype)];
    let (end, _) = while_loop(go_on, step, (begun(fun, x0, how), history));
    let status = end.status;
    end.results(status, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numpy;

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
        "(lambda r: (r.x, r.success, r.status))(__import__('jax.scipy.optimize', fromlist=['minimize']).minimize(lambda x: jnp.sum((a - x) ** 2), jnp.zeros(3), method='BFGS'))", "f32(3)", values, within(10.0) => fn(a) {
            found(minimize(|x| (a - x).square().sum(), a.full_like(0.0), Minimize::default()))
        };
        "(lambda r: (jnp.round(r.x, 4), r.success, r.status))(__import__('jax.scipy.optimize', fromlist=['minimize']).minimize(lambda x: jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), a, method='BFGS'))", "f64(3, low=0)", x64, values => fn(a) {
            let (x, success, status) = found(minimize(rosenbrock, a, Minimize::default()));
            (numpy::round(x, 4), success, status)
        };
        "(lambda r: (jnp.round(r.x, 4), r.success, r.status))(__import__('jax.scipy.optimize', fromlist=['minimize']).minimize(lambda x: jnp.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2), a, method='l-bfgs-experimental-do-not-rely-on-this'))", "f64(3, low=0)", x64, values => fn(a) {
            let (x, success, status) = found(minimize(rosenbrock, a, by(Method::Lbfgs)));
            (numpy::round(x, 4), success, status)
        };
        "(lambda r: (r.x, r.fun, r.status, r.nit))(__import__('jax.scipy.optimize', fromlist=['minimize']).minimize(lambda x: jnp.sum((a - x) ** 4), jnp.zeros(3), method='BFGS', options={'maxiter': 2}))", "f64(3)", x64, values, within(10.0) => fn(a) {
            let r = minimize(|x| (a - x).powi(4).sum(), a.full_like(0.0), Minimize { maxiter: Some(2), ..Minimize::default() });
            (r.x, r.fun, r.status, r.nit)
        };
    }
}
