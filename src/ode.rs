//! Ordinary differential equations: [`odeint`], as `jax.experimental.ode` has it.
//!
//! ```
//! use raxla::{ode::{Odeint, odeint}, prelude::*};
//! // y′ = −ry, at the times 0 and 1.
//! let decay = |r: Tracer| {
//!     let t = constant(vec![0.0f32, 1.0]);
//!     odeint(|y: Tracer, _t: Tracer, r: Tracer| -(y * r), constant(1.0f32), t, r, Odeint::default())
//! };
//! let y = jit(decay)(Array::from(2.0f32)).to_vec::<f32>()?;
//! assert!((y[1] - (-2f32).exp()).abs() < 1e-5);
//! # Ok::<(), raxla::Error>(())
//! ```

use crate::numpy::promotion::meet;
use raxla_ir::{
    DType, Literal, Program, ShapedArray, Tracer,
    function::stage,
    primitives::concatenate::concatenate,
    pytree::{Pytree, flatten, unflatten},
    trace::{constant, fail, inline, or_fail},
};
use raxla_transforms::{custom_vjp, fori_loop, scan, vjp, while_loop};

/// How [`odeint`] chooses its steps.
#[derive(Clone, Copy, Debug)]
pub struct Odeint {
    /// The error of a step is at most this part of the solution,
    pub rtol: f64,
    /// and this, together.
    pub atol: f64,
    /// The greatest number of steps between two times of `t`; then the solution is extrapolated. Any number by default.
    pub mxstep: Option<usize>,
    /// The greatest step.
    pub hmax: f64,
    /// How many times reverse mode may be applied. Each makes the program for the derivative longer.
    pub derivatives: usize,
}
impl Default for Odeint {
    fn default() -> Self {
        Odeint { rtol: 1.4e-8, atol: 1.4e-8, mxstep: None, hmax: f64::INFINITY, derivatives: 1 }
    }
}

/// The solution of `y′ = func(y, t, args)` with `y(t[0]) = y0`, at the times `t`, which increase: `y0` with a new first axis.
///
/// By Dormand and Prince's method of orders 5 and 4 (1980), with steps as long as the error allows and the solution between them by a
/// polynomial of degree 4. `y0` and `args` are pytrees; `y0` is of floats or complex numbers, `t` a vector of floats.
///
/// The derivative in reverse mode (in `y0`, `t`, `args` and what `func` captures) integrates the adjoint equation backwards with the same
/// tolerances, in memory that does not grow with the number of steps. It can be taken [`Odeint::derivatives`] times. There is none in
/// forward mode.
///
/// ```
/// # use raxla::{Tracer, constant, ode, show};
/// let got = show(|| ode::odeint(|y: Tracer, _, k: Tracer| -y * k, constant(vec![1.0f32]), constant(vec![0.0f32, 1.0]), constant(vec![2.0f32]), ode::Odeint::default()));
/// assert_eq!(got, "[[1.0], [0.135]]");
/// ```
///
/// # Panics
/// Inside the trace, if `t` is no vector of floats with an element, or `func` gives another structure or types than `y0`'s.
#[track_caller]
pub fn odeint<Y: Pytree<Leaf = Tracer>, A: Pytree<Leaf = Tracer>>(
    func: impl Fn(Y, Tracer, A) -> Y,
    y0: Y,
    t: Tracer,
    args: A,
    how: Odeint,
) -> Y {
    let ta = t.aval();
    if ta.rank() != 1 || ta.size() == 0 || !ta.dtype.is_float() {
        fail(format!("odeint: takes a vector of floats as t, got {ta}"));
    }
    let ((y0, y_tree), (mut args, args_tree)) = (flatten(y0), flatten(args));
    let avals = |leaves: &[Tracer]| -> Vec<ShapedArray> { leaves.iter().map(|x| x.aval().strong()).collect() };
    let (y_avals, args_avals) = (avals(&y0), avals(&args));
    if let Some(a) = y_avals.iter().find(|a| !a.dtype.is_inexact()) {
        fail(format!("odeint: takes floats and complex numbers as y0, got {a}"));
    }
    let ins = [&y_avals[..], &[ShapedArray::new(&[], ta.dtype)], &args_avals].concat();
    let staged = stage::<(Y, Tracer, A), Y>(&func, &(y_tree.clone(), (), args_tree), &ins, None);
    let got: Vec<ShapedArray> = staged.program.out_avals().iter().map(ShapedArray::strong).collect();
    if staged.tree != y_tree || got != y_avals {
        fail(format!("odeint: the function must return what it takes as y, {y_avals:?}, got {got:?}"));
    }
    args.extend(staged.captured);
    unflatten(&y_tree, solved(&staged.program, &y0, t, args, how))
}
/// The solution for a function of the leaves of `y`, of `t` and of arguments.
#[track_caller]
fn solved(program: &Program, y0: &[Tracer], t: Tracer, args: Vec<Tracer>, how: Odeint) -> Vec<Tracer> {
    let vector = Raveled::of(y0);
    let slope = |y: Tracer, t: Tracer, args: &[Tracer]| {
        vector.ravel(&inline(program, &[&vector.unravel(y)[..], &[t], args].concat()))
    };
    let ins = [&[vector.ravel(y0), t], &args[..]].concat();
    vector.unravel(differentiable(&slope, ins, how))
}
/// The slope at a vector and a time, with arguments.
type SlopeOf<'a> = &'a dyn Fn(Tracer, Tracer, &[Tracer]) -> Tracer;
/// The solution for a vector, times and arguments, with as many derivatives in them as are asked for.
#[track_caller]
fn differentiable(slope: SlopeOf, ins: Vec<Tracer>, how: Odeint) -> Tracer {
    type Leaves = Vec<Tracer>;
    let forward = |ins: Leaves| integrate(&|y, t| slope(y, t, &ins[2..]), ins[0], ins[1], how);
    let Some(derivatives) = how.derivatives.checked_sub(1) else { return forward(ins) };
    let how = Odeint { derivatives, ..how };
    let kept = |ins: Leaves| {
        let ys = differentiable(slope, ins.clone(), how);
        (ys, [&[ys], &ins[1..]].concat())
    };
    let backward = |kept: Leaves, cts: Tracer| (adjoint(slope, kept[0], kept[1], &kept[2..], cts, how),);
    custom_vjp(forward, kept, backward)(ins)
}

/// Several arrays as one vector of the dtype at which they meet.
struct Raveled {
    avals: Vec<ShapedArray>,
    dtype: DType,
}
impl Raveled {
    #[track_caller]
    fn of(leaves: &[Tracer]) -> Raveled {
        let avals: Vec<ShapedArray> = leaves.iter().map(|x| x.aval().strong()).collect();
        let (dtype, _) = or_fail("odeint", meet(&avals));
        Raveled { avals, dtype }
    }
    fn ravel(&self, leaves: &[Tracer]) -> Tracer {
        let parts: Vec<Tracer> = leaves.iter().map(|x| x.astype(self.dtype).ravel()).collect();
        if let [one] = parts[..] { one } else { concatenate(&parts, 0) }
    }
    /// The arrays again, with the axes that stand before the vector.
    fn unravel(&self, x: Tracer) -> Vec<Tracer> {
        let (mut start, before) = (0, x.rank() - 1);
        let mut leaves = vec![];
        for aval in &self.avals {
            let part = x.slice_axis(-1, start, start + aval.size());
            let part = if part.dtype().is_complex() && !aval.dtype.is_complex() { part.real() } else { part };
            leaves.push(part.astype(aval.dtype).reshape(&[&x.shape()[..before], &aval.shape].concat()));
            start += aval.size();
        }
        leaves
    }
}
type Slope<'a> = &'a dyn Fn(Tracer, Tracer) -> Tracer;

fn scalar(value: f64, dtype: DType) -> Tracer {
    constant(Literal::full(ShapedArray::new(&[], dtype), value))
}
fn table<const N: usize>(rows: &[[f64; N]], dtype: DType) -> Tracer {
    constant(Literal::from_floats(ShapedArray::new(&[rows.len(), N], dtype), rows.iter().flatten().copied()))
}
fn norm(x: Tracer) -> Tracer {
    x.abs().square().sum().sqrt()
}
/// The coefficients of Dormand and Prince's stages, of their times, and of the error.
const STAGES: [[f64; 7]; 7] = [
    [0.0; 7],
    [1.0 / 5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0, 0.0],
    [19372.0 / 6561.0, -25360.0 / 2187.0, 64448.0 / 6561.0, -212.0 / 729.0, 0.0, 0.0, 0.0],
    [9017.0 / 3168.0, -355.0 / 33.0, 46732.0 / 5247.0, 49.0 / 176.0, -5103.0 / 18656.0, 0.0, 0.0],
    LAST,
];
const LAST: [f64; 7] = [35.0 / 384.0, 0.0, 500.0 / 1113.0, 125.0 / 192.0, -2187.0 / 6784.0, 11.0 / 84.0, 0.0];
const TIMES: [f64; 7] = [0.0, 1.0 / 5.0, 3.0 / 10.0, 4.0 / 5.0, 8.0 / 9.0, 1.0, 1.0];
const ERROR: [f64; 7] = [
    35.0 / 384.0 - 1951.0 / 21600.0,
    0.0,
    500.0 / 1113.0 - 22642.0 / 50085.0,
    125.0 / 192.0 - 451.0 / 720.0,
    -2187.0 / 6784.0 + 12231.0 / 42400.0,
    11.0 / 84.0 - 649.0 / 6300.0,
    -1.0 / 60.0,
];
/// The coefficients of the solution in the middle of a step (Shampine 1986).
const MIDDLE: [f64; 7] = [
    6025192743.0 / 30085553152.0 / 2.0,
    0.0,
    51252292925.0 / 65400821598.0 / 2.0,
    -2691868925.0 / 45128329728.0 / 2.0,
    187940372067.0 / 1594534317056.0 / 2.0,
    -1776094331.0 / 19743644256.0 / 2.0,
    11237099.0 / 235043384.0 / 2.0,
];

/// Where an integration is.
#[derive(Pytree, Clone)]
struct State<T = Tracer> {
    steps: T,
    y: T,
    slope: T,
    t: T,
    dt: T,
    before: T,
    /// The coefficients of the solution in the last step, in rows, of falling powers of the part of it that has passed.
    polynomial: T,
}
/// The solution at the times, in rows.
fn integrate(slope: Slope, y0: Tracer, ts: Tracer, how: Odeint) -> Tracer {
    let (dtype, time) = (y0.dtype(), ts.dtype());
    let n = ts.shape()[0];
    let t0 = ts.index(0);
    let first = y0.expand_dims(0);
    if n == 1 {
        return first;
    }
    let step = |s: &State| {
        let wide = s.dt.astype(dtype);
        let (stages, times) = (table(&STAGES, dtype), table(&[TIMES], time).reshape(&[7]));
        let stage = |i: Tracer, k: Tracer| {
            let y = s.y + wide * stages.index(i).dot(k);
            k.at(i).set(slope(y, s.t + s.dt * times.index(i)))
        };
        let zeros = constant(Literal::zeros(ShapedArray::new(&[7, y0.shape()[0]], dtype)));
        let k = fori_loop(1, 7, stage, zeros.at(0).set(s.slope));
        let sums = table(&[LAST, ERROR, MIDDLE], dtype).dot(k) * wide;
        let (y, error, middle) = (s.y + sums.index(0), sums.index(1), s.y + sums.index(2));
        let tolerance = s.y.abs().maximum(y.abs()) * how.rtol + how.atol;
        let ratio = (error.abs() / tolerance).square().mean().sqrt().astype(time);
        // Through both ends and the middle, with the slopes at the ends.
        let (begin, end) = (s.slope * wide, k.index(6) * wide);
        let polynomial = [
            (end - begin) * 2.0 - (s.y + y) * 8.0 + middle * 16.0,
            begin * 5.0 - end * 3.0 + s.y * 18.0 + y * 14.0 - middle * 32.0,
            end - begin * 4.0 - s.y * 11.0 - y * 5.0 + middle * 16.0,
            begin,
            s.y,
        ];
        let polynomial = concatenate(&polynomial.map(|c| c.expand_dims(0)), 0);
        let least = ratio.less(1).select(ratio.full_like(1.0), ratio.full_like(0.2));
        let factor = (ratio.pow(-0.2) * 0.9).maximum(least).minimum(10.0);
        let factor = ratio.equal(0).select(ratio.full_like(10.0), factor);
        let dt = (s.dt * factor).clamp(0.0, how.hmax);
        let good = ratio.less_equal(1);
        let of = |new: Tracer, old: Tracer| good.select(new, old);
        State {
            steps: s.steps + 1,
            y: of(y, s.y),
            slope: of(k.index(6), s.slope),
            t: of(s.t + s.dt, s.t),
            dt,
            before: of(s.t, s.before),
            polynomial: of(polynomial, s.polynomial),
        }
    };
    let to = |s: State, target: Tracer| {
        let go_on = |s: State| {
            let more = s.t.less(target) & s.dt.greater(0);
            how.mxstep.map_or(more, |most| more & s.steps.less(most))
        };
        let fresh = State { steps: constant(Literal::scalar(0i32)), ..s };
        let s = while_loop(go_on, |s: State| step(&s), fresh);
        let part = ((target - s.before) / (s.t - s.before)).astype(dtype);
        let y = (1..5).fold(s.polynomial.index(0), |y, i| y * part + s.polynomial.index(i));
        (s, y)
    };
    let f0 = slope(y0, t0);
    let dt = first_step(slope, t0, y0, f0, how).clamp(0.0, how.hmax);
    let polynomial = first.broadcast_to(&[5, y0.shape()[0]]);
    let init = State { steps: constant(Literal::scalar(0i32)), y: y0, slope: f0, t: t0, dt, before: t0, polynomial };
    let (_, ys) = scan(to, init, ts.slice_axis(0, 1, n));
    concatenate(&[first, ys], 0)
}
/// A first step: section II.4 of Hairer, Nørsett and Wanner (1993).
fn first_step(slope: Slope, t0: Tracer, y0: Tracer, f0: Tracer, how: Odeint) -> Tracer {
    let (dtype, time) = (y0.dtype(), t0.dtype());
    let scale = (y0.abs() * how.rtol + how.atol).astype(dtype);
    let (d0, d1) = (norm(y0 / scale).astype(time), norm(f0 / scale).astype(time));
    let tiny = d0.less(1e-5) | d1.less(1e-5);
    let h0 = tiny.select(scalar(1e-6, time), d0 * 0.01 / d1);
    let f1 = slope(y0 + f0 * h0.astype(dtype), t0 + h0);
    let d2 = norm((f1 - f0) / scale).astype(time) / h0;
    let flat = d1.less_equal(1e-15) & d2.less_equal(1e-15);
    let h1 = flat.select((h0 * 1e-3).maximum(1e-6), (0.01f64 / d1.maximum(d2)).pow(0.2));
    h1.minimum(h0 * 100.0)
}
/// The cotangents of the first value, the times and the arguments: with the adjoint `a` of `y`, `a′ = −(∂f/∂y)ᵀ a`, integrated
/// backwards from each time to the one before, where its cotangent is added; and those of the arguments, `−∫ (∂f/∂args)ᵀ a dt`.
fn adjoint(slope: SlopeOf, ys: Tracer, ts: Tracer, args: &[Tracer], cts: Tracer, how: Odeint) -> Vec<Tracer> {
    let n = ts.shape()[0];
    let active: Vec<bool> = args.iter().map(|a| a.dtype().is_inexact()).collect();
    let inexact = |args: &[Tracer]| args.iter().copied().filter(|a| a.dtype().is_inexact()).collect::<Vec<_>>();
    let zeros: Vec<Tracer> = inexact(args).iter().map(|a| a.full_like(0.0)).collect();
    let filled = |args: &[Tracer], known: &[Tracer]| -> Vec<Tracer> {
        let mut known = known.iter();
        let next = |(a, active): (&Tracer, &bool)| if *active { known.next().copied() } else { None }.unwrap_or(*a);
        args.iter().zip(&active).map(next).collect()
    };
    // y, its adjoint, the cotangent of the first time, those of arguments.
    let augmented = |y: Tracer, ct: Tracer, t: Tracer, rest: &[Tracer]| [&[y, ct, t], rest].concat();
    let zero = scalar(0.0, ts.dtype());
    let vector = Raveled::of(&augmented(ys.index(0), ys.index(0), zero, &zeros));
    let backwards = |state: Tracer, minus_t: Tracer, args: &[Tracer]| {
        let leaves = vector.unravel(state);
        let (y, ct) = (leaves[0], leaves[1]);
        let f = |y: Tracer, t: Tracer, known: Vec<Tracer>| slope(y, t, &filled(args, &known));
        let (velocity, pull) = vjp(f, (y, -minus_t.astype(ts.dtype()), inexact(args)));
        let (y_ct, t_ct, args_ct) = pull(ct);
        vector.ravel(&augmented(-velocity, y_ct, t_ct, &args_ct))
    };
    let real = |x: Tracer| if x.dtype().is_complex() { x.real() } else { x };
    let earlier = |(ct, t0_ct, args_ct): (Tracer, Tracer, Vec<Tracer>), (y, g, g_before, t, t_before): Moment| {
        let t_ct = real((slope(y, t, args) * g).sum()).astype(ts.dtype());
        let state = vector.ravel(&augmented(y, ct, t0_ct - t_ct, &args_ct));
        let span = concatenate(&[-t.expand_dims(0), -t_before.expand_dims(0)], 0);
        let solution = differentiable(&backwards, [&[state, span], args].concat(), how);
        let leaves = vector.unravel(solution.index(1));
        ((leaves[1] + g_before, leaves[2], leaves[3..].to_vec()), t_ct)
    };
    let (later, before) =
        (|x: Tracer| x.slice_axis(0, 1, n).reverse(0), |x: Tracer| x.slice_axis(0, 0, n - 1).reverse(0));
    let moments = (later(ys), later(cts), before(cts), later(ts), before(ts));
    let ((ct, t0_ct, args_ct), t_cts) = scan(earlier, (cts.index(n as i64 - 1), zero, zeros.clone()), moments);
    let t_cts = concatenate(&[t0_ct.expand_dims(0), t_cts.reverse(0)], 0);
    [&[ct, t_cts], &filled(args, &args_ct)[..]].concat()
}
/// The solution and its cotangent at a time, the cotangent at the time before, and both times.
type Moment = (Tracer, Tracer, Tracer, Tracer, Tracer);

#[cfg(test)]
mod tests {
    use super::*;

    const LOOSE: Odeint = Odeint { rtol: 1e-4, atol: 1e-4, mxstep: None, hmax: f64::INFINITY, derivatives: 1 };

    // In f32 the default tolerances are below the rounding of a step, whose number and so whose errors depend on every bit of the function.
    crate::oracle::rows! { ode_odeint:
        "__import__('jax.experimental.ode', fromlist=['odeint']).odeint(lambda y, t, r: -r * y, a, b, c)", "f64(3), np.array([0.0, 0.5, 1.25, 2.0]), f64(low=0)", x64, within(100.0) => fn(a, b, c) {
            odeint(|y: Tracer, _t: Tracer, r: Tracer| -(r * y), a, b, c, Odeint::default())
        };
        "__import__('jax.experimental.ode', fromlist=['odeint']).odeint(lambda y, t, c: (y[1] * jnp.cos(t), -c * jnp.sin(y[0])), (a, b), jnp.linspace(0.0, 2.0, 3), c)", "f64(2), f64(2), f64(low=0)", x64, within(1000.0) => fn(a, b, c) {
            let t = crate::numpy::linspace(0.0, 2.0, 3, crate::numpy::Linspace::default());
            odeint(|(y, v): (Tracer, Tracer), t: Tracer, c: Tracer| (v * t.cos(), -(c * y.sin())), (a, b), t, c, Odeint::default())
        };
        "__import__('jax.experimental.ode', fromlist=['odeint']).odeint(lambda y, t: c * jnp.sin(y) + t, a, b, rtol=1e-4, atol=1e-4, hmax=0.125)", "f32(3), np.array([0.0, 0.5, 1.0], 'f4'), f32(3)", within(100.0) => fn(a, b, c) {
            odeint(|y: Tracer, t: Tracer, _: Vec<Tracer>| c * y.sin() + t, a, b, vec![], Odeint { hmax: 0.125, ..LOOSE })
        };
        "jax.grad(lambda c: __import__('jax.experimental.ode', fromlist=['odeint']).odeint(lambda y, t: -c * y, b, jnp.array([0.0, 1.0]))[1])(a)", "f64(low=0), f64()", x64, within(1000.0) => fn(a, b) {
            let how = Odeint { derivatives: 2, ..Odeint::default() };
            let end = |c: Tracer| odeint(|y: Tracer, _t: Tracer, _: Vec<Tracer>| -(c * y), b, constant(vec![0.0, 1.0]), vec![], how).index(1);
            raxla_transforms::vjp(end, (a,)).1(constant(1.0)).0
        };
        "__import__('jax.experimental.ode', fromlist=['odeint']).odeint(lambda y, t: 1j * y, a, b)", "c128(2), np.array([0.0, 1.0])", x64, within(1000.0) => fn(a, b) {
            odeint(|y: Tracer, _t: Tracer, _: Vec<Tracer>| y * crate::numpy::full(&[], num_complex::Complex64::new(0.0, 1.0), DType::C128), a, b, vec![], Odeint::default())
        };
    }
}
