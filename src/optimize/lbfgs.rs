//! The method of [`bfgs`](super::bfgs) with the last steps kept in place of the matrix.

use super::{Minimize, Objective, OptimizeResults, State, count, dot, number};
use raxla_ir::{
    Literal, ShapedArray, Tracer,
    primitives::concatenate::concatenate,
    trace::{constant, fail},
};
use raxla_transforms::{fori_loop, while_loop};

/// Steps, changes of the gradient, and the inverses of their products, the last ones last; the scale of the inverse Hessian.
type History = [Tracer; 4];

/// Algorithm 7.5 of Nocedal and Wright.
#[track_caller]
pub(super) fn lbfgs(fun: Objective, x0: Tracer, maxiter: usize, how: Minimize) -> OptimizeResults {
    let (n, dtype, kept) = (x0.shape()[0], x0.dtype(), how.maxcor);
    if kept == 0 {
        fail("minimize: maxcor must be at least 1, got 0");
    }
    let go_on = |(s, _): (State, History)| s.converged.logical_not() & s.status.equal(0);
    let step = |(s, history): (State, History)| {
        let [steps, changes, inverses, _] = history;
        let direction = newton(s.gradient, kept, history);
        let (next, [step, change], found) = s.next(fun, direction, number(1.0, dtype), how.maxls.unwrap_or(20), how);
        let product = dot(change, step);
        let pushed = |all: Tracer, new: Tracer| concatenate(&[all.slice_axis(0, 1, kept), new.expand_dims(0)], 0);
        let history = [
            pushed(steps, step),
            pushed(changes, change),
            pushed(inverses, 1.0f64 / product),
            product / dot(change, change),
        ];
        let mut status = (s.value - next.value).less(how.ftol).select(count(4), count(0));
        let mut unless = |condition: Option<Tracer>, reason: i32| {
            if let Some(condition) = condition {
                status = condition.select(count(reason), status);
            }
        };
        let reached = |most: Option<usize>| most.map(|most| next.evaluations.greater_equal(most));
        unless(reached(how.maxgrad), 3);
        unless(reached(how.maxfun), 2);
        unless(Some(next.k.greater_equal(maxiter)), 1);
        unless(Some(found.failed()), 5);
        (State { status, ..next }, history)
    };
    let zeros = |shape: &[usize]| constant(Literal::zeros(ShapedArray::new(shape, dtype)));
    let history = [zeros(&[kept, n]), zeros(&[kept, n]), zeros(&[kept]), number(1.0, dtype)];
    let (end, _) = while_loop(go_on, step, (State::first(fun, x0, how), history));
    let status = end.status;
    end.results(status, None)
}
/// The direction in which the inverse Hessian, as the history has it, takes the gradient: algorithm 7.4. Places that are not filled yet are
/// zeros, and do nothing.
fn newton(gradient: Tracer, kept: usize, [steps, changes, inverses, scale]: History) -> Tracer {
    let back = |j: Tracer, (q, along): (Tracer, Tracer)| {
        let i = -j + (kept as i32 - 1);
        let a = inverses.index(i) * dot(steps.index(i), q);
        (q - a * changes.index(i), along.at(i).set(a))
    };
    let (q, along) = fori_loop(0, kept, back, (-gradient, inverses.full_like(0.0)));
    let forth = |i: Tracer, q: Tracer| {
        let b = inverses.index(i) * dot(changes.index(i), q);
        q + (along.index(i) - b) * steps.index(i)
    };
    fori_loop(0, kept, forth, scale * q)
}
