//! Broyden, Fletcher, Goldfarb and Shanno's method: an `n × n` matrix learns what the inverse of the Hessian is.

use super::{Minimize, Objective, OptimizeResults, State, count, dot};
use crate::numpy::{eye, finfo};
use raxla_ir::Tracer;
use raxla_transforms::while_loop;

/// Algorithm 6.1 of Nocedal and Wright (2006).
#[track_caller]
pub(super) fn bfgs(fun: Objective, x0: Tracer, maxiter: usize, how: Minimize) -> OptimizeResults {
    let init = State::first(fun, x0, how);
    // The first step is then about 1 / |gradient| long.
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
        // Where the first step shows a curvature beside which the identity, which is what is known at first, would leave less than half of
        // the digits, that is scaled: (6.20).
        let curvature = dot(change, change) * rho;
        let steep = s.k.equal(0) & curvature.greater(1.0 / finfo(x0.dtype()).eps.sqrt());
        let known = steep.select(inverse / curvature, inverse);
        let turned = dot(known, change);
        let outer = |x: Tracer, y: Tracer| x.expand_dims(1) * y.expand_dims(0);
        let cross = outer(step, turned);
        let updated = known - rho * (cross + cross.t()) + (rho * rho * dot(change, turned) + rho) * outer(step, step);
        let inverse = rho.is_finite().select(updated, inverse);
        let reason = found.stuck.select(count(3), count(5));
        let status = found.failed().select(reason, count(0));
        (State { status, ..next }, inverse, s.value)
    };
    let unit = eye(x0.shape()[0], None, 0, x0.dtype());
    let (end, inverse, _) = while_loop(go_on, step, (init, unit, before));
    let status = end.k.equal(maxiter).select(count(1), end.status);
    end.results(status, Some(inverse))
}
