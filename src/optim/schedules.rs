//! Schedules: numbers, such as learning rates, as functions of the number of steps before.

use super::state::full;
use raxla_ir::{DType, Tracer, trace::fail};
use std::{f64::consts::PI, fmt, rc::Rc};

/// A number as a function of the number of steps before.
///
/// ```
/// use raxla::{optim::Schedule, prelude::*};
/// let halved = Schedule::new(|count| 0.1 / (count + 1.0));
/// let y = jit(|count: Tracer| halved.at(count))(Array::from(1i32));
/// assert_eq!(y.item::<f32>()?, 0.05);
/// # Ok::<(), raxla::Error>(())
/// ```
#[derive(Clone)]
pub struct Schedule(Rc<dyn Fn(Tracer) -> Tracer>);
impl Schedule {
    /// A schedule of one's own: a function of the number of steps, as a float scalar.
    pub fn new(f: impl Fn(Tracer) -> Tracer + 'static) -> Schedule {
        Schedule(Rc::new(f))
    }
    /// The number after `count` steps (a scalar, integer or float).
    #[track_caller]
    pub fn at(&self, count: Tracer) -> Tracer {
        (self.0)(if count.dtype().is_float() { count } else { count.astype(DType::default_float()) })
    }
}
impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Schedule")
    }
}

/// The same number at each step.
///
/// ```
/// # use raxla::{constant, optim, show};
/// assert_eq!(show(|| optim::constant_schedule(0.1).at(constant(vec![0, 5]))), "[0.1, 0.1]");
/// ```
pub fn constant_schedule(value: f64) -> Schedule {
    Schedule::new(move |count| full(&count.shape(), count.dtype(), value))
}
/// From `init_value` to `end_value` by a power of the way still to go, in `transition_steps` steps after `transition_begin`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// assert_eq!(show(|| optim::polynomial_schedule(1.0, 0.0, 2.0, 4, 0).at(constant(vec![0, 2, 4]))), "[1.0, 0.25, 0.0]");
/// ```
pub fn polynomial_schedule(
    init_value: f64,
    end_value: f64,
    power: f64,
    transition_steps: usize,
    transition_begin: usize,
) -> Schedule {
    if transition_steps == 0 {
        return constant_schedule(init_value);
    }
    let (begin, steps) = (transition_begin as f64, transition_steps as f64);
    Schedule::new(move |count| {
        let count = if begin == 0.0 { count } else { count - begin };
        // Exactly 0 at the end, where a power of less than 0 would be NaN.
        let left: Tracer = (steps - count.clamp(0.0, steps)) / steps;
        let left = if power == 1.0 { left } else { left.pow(power) };
        left * (init_value - end_value) + end_value
    })
}
/// From `init_value` to `end_value` in equal steps.
///
/// ```
/// # use raxla::{constant, optim, show};
/// assert_eq!(show(|| optim::linear_schedule(1.0, 0.0, 4, 0).at(constant(vec![0, 2, 4]))), "[1.0, 0.5, 0.0]");
/// ```
pub fn linear_schedule(init_value: f64, end_value: f64, transition_steps: usize, transition_begin: usize) -> Schedule {
    polynomial_schedule(init_value, end_value, 1.0, transition_steps, transition_begin)
}
/// A number that is multiplied by a scale at each boundary, a number of steps.
///
/// ```
/// # use raxla::{constant, optim, show};
/// assert_eq!(show(|| optim::piecewise_constant_schedule(1.0, &[(2, 0.5), (4, 0.1)]).at(constant(vec![0, 2, 4]))), "[1.0, 0.5, 0.05]");
/// ```
#[track_caller]
pub fn piecewise_constant_schedule(init_value: f64, boundaries_and_scales: &[(usize, f64)]) -> Schedule {
    let pieces = pieces("piecewise_constant_schedule", init_value, boundaries_and_scales);
    Schedule::new(move |count| {
        let first = full(&count.shape(), count.dtype(), init_value);
        pieces.iter().fold(first, |out, (at, value)| count.greater_equal(*at).select(*value, out))
    })
}
/// The boundaries in order, each with the value from there on.
#[track_caller]
fn pieces(name: &str, init_value: f64, boundaries_and_scales: &[(usize, f64)]) -> Vec<(f64, f64)> {
    if let Some((at, scale)) = boundaries_and_scales.iter().find(|(_, scale)| scale.is_nan() || *scale < 0.0) {
        fail(format!("{name}: scales must not be negative, got {scale} at {at}"));
    }
    let mut sorted = boundaries_and_scales.to_vec();
    sorted.sort_by_key(|piece| piece.0);
    let mut value = init_value;
    let scaled = sorted.into_iter().map(|(at, scale)| {
        value *= scale;
        (at as f64, value)
    });
    scaled.collect()
}
/// How [`exponential_decay`](super::exponential_decay()) goes.
#[derive(Clone, Debug, Default)]
pub struct ExponentialDecay {
    /// After how many steps it begins.
    pub transition_begin: usize,
    /// Whether it falls only at whole multiples of the transition.
    pub staircase: bool,
    /// Where it ends.
    pub end_value: Option<f64>,
}
/// `init_value * decay_rate^(count / transition_steps)`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let got = show(|| optim::exponential_decay(1.0, 2, 0.5, optim::ExponentialDecay::default()).at(constant(vec![0, 2, 4])));
/// assert_eq!(got, "[1.0, 0.5, 0.25]");
/// ```
pub fn exponential_decay(
    init_value: f64,
    transition_steps: usize,
    decay_rate: f64,
    options: ExponentialDecay,
) -> Schedule {
    if transition_steps == 0 || decay_rate == 0.0 {
        return constant_schedule(init_value);
    }
    let ExponentialDecay { transition_begin, staircase, end_value } = options;
    Schedule::new(move |count| {
        let count = if transition_begin == 0 { count } else { count - transition_begin as f64 };
        let turns = count / transition_steps as f64;
        let turns = if staircase { turns.floor() } else { turns };
        let decayed = full(&count.shape(), count.dtype(), decay_rate).pow(turns) * init_value;
        let decayed = count.less_equal(0.0).select(init_value, decayed);
        match end_value {
            Some(end) if decay_rate < 1.0 => decayed.maximum(end),
            Some(end) => decayed.minimum(end),
            None => decayed,
        }
    })
}
/// From `init_value` to `alpha * init_value` along half a cosine, to a power (Loshchilov and Hutter 2017). Optax: `alpha` 0, `exponent` 1.
///
/// ```
/// # use raxla::{constant, optim, show};
/// assert_eq!(show(|| optim::cosine_decay_schedule(1.0, 4, 0.0, 1.0).at(constant(vec![0, 2, 4]))), "[1.0, 0.5, 0.0]");
/// ```
#[track_caller]
pub fn cosine_decay_schedule(init_value: f64, decay_steps: usize, alpha: f64, exponent: f64) -> Schedule {
    if decay_steps == 0 {
        fail("cosine_decay_schedule: takes a positive number of `decay_steps`, got 0");
    }
    let steps = decay_steps as f64;
    Schedule::new(move |count| {
        let cosine = ((count.minimum(steps) * (PI / steps)).cos() + 1.0) * 0.5;
        let cosine = if exponent == 1.0 { cosine } else { cosine.pow(exponent) };
        cosine * ((1.0 - alpha) * init_value) + alpha * init_value
    })
}
/// How the pieces of a schedule are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation {
    /// By straight lines.
    Linear,
    /// By half waves of the cosine.
    Cosine,
}
/// A number that goes from each boundary to the next from its value to that times the next scale.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let got = show(|| optim::piecewise_interpolate_schedule(optim::Interpolation::Linear, 1.0, &[(4, 0.5)]).at(constant(vec![0, 2, 4])));
/// assert_eq!(got, "[1.0, 0.75, 0.5]");
/// ```
#[track_caller]
pub fn piecewise_interpolate_schedule(
    interpolation: Interpolation,
    init_value: f64,
    boundaries_and_scales: &[(usize, f64)],
) -> Schedule {
    let mut ends = vec![(0.0, init_value)];
    ends.extend(pieces("piecewise_interpolate_schedule", init_value, boundaries_and_scales));
    Schedule::new(move |count| {
        let last = ends.last().map_or(init_value, |end| end.1);
        let end = full(&count.shape(), count.dtype(), last);
        // From the last piece to the first, so that the first whose end lies ahead is taken.
        ends.windows(2).rev().fold(end, |out, piece| {
            let ((from, start), (to, end)) = (piece[0], piece[1]);
            let part = (count - from) / (to - from).max(1.0);
            let value = match interpolation {
                Interpolation::Linear => part * (end - start) + start,
                Interpolation::Cosine => ((part * PI).cos() + 1.0) * ((start - end) / 2.0) + end,
            };
            count.less(to).select(value, out)
        })
    })
}
/// What the schedules of one cycle take.
#[derive(Clone, Debug)]
pub struct Onecycle {
    /// The share of the steps that rise.
    pub pct_start: f64,
    /// The share after which the linear one falls to its end.
    pub pct_final: f64,
    /// By how much the peak is above the start.
    pub div_factor: f64,
    /// By how much the start is above the end.
    pub final_div_factor: f64,
}
impl Default for Onecycle {
    fn default() -> Onecycle {
        Onecycle { pct_start: 0.3, pct_final: 0.85, div_factor: 25.0, final_div_factor: 1e4 }
    }
}
/// Up to a peak, down again and on to nearly nothing, by straight lines (Smith and Topin 2018).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let got = show(|| optim::linear_onecycle_schedule(20, 1.0, optim::Onecycle::default()).at(constant(vec![0, 6, 20])));
/// assert_eq!(got, "[0.04, 1.0, 0.0]");
/// ```
#[track_caller]
pub fn linear_onecycle_schedule(transition_steps: usize, peak_value: f64, options: Onecycle) -> Schedule {
    let Onecycle { pct_start, pct_final, div_factor, final_div_factor } = options;
    let at = |share: f64| (share * transition_steps as f64) as usize;
    let pieces =
        [(at(pct_start), div_factor), (at(pct_final), 1.0 / div_factor), (transition_steps, 1.0 / final_div_factor)];
    piecewise_interpolate_schedule(Interpolation::Linear, peak_value / div_factor, &pieces)
}
/// Up to a peak and down to nearly nothing, by half waves of the cosine (Smith and Topin 2018).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let got = show(|| optim::cosine_onecycle_schedule(20, 1.0, optim::Onecycle::default()).at(constant(vec![0, 6, 20])));
/// assert_eq!(got, "[0.04, 1.0, 0.0]");
/// ```
#[track_caller]
pub fn cosine_onecycle_schedule(transition_steps: usize, peak_value: f64, options: Onecycle) -> Schedule {
    let Onecycle { pct_start, div_factor, final_div_factor, .. } = options;
    let rise = (pct_start * transition_steps as f64) as usize;
    let pieces = [(rise, div_factor), (transition_steps, 1.0 / (div_factor * final_div_factor))];
    piecewise_interpolate_schedule(Interpolation::Cosine, peak_value / div_factor, &pieces)
}
/// Schedules one after the other: each counts from its boundary, a number of steps.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let got = show(|| optim::join_schedules([optim::linear_schedule(0.0, 1.0, 4, 0), optim::constant_schedule(1.0)], &[4]).at(constant(vec![0, 2, 9])));
/// assert_eq!(got, "[0.0, 0.5, 1.0]");
/// ```
#[track_caller]
pub fn join_schedules(schedules: impl IntoIterator<Item = Schedule>, boundaries: &[usize]) -> Schedule {
    let (schedules, boundaries): (Vec<Schedule>, Vec<f64>) =
        (schedules.into_iter().collect(), boundaries.iter().map(|at| *at as f64).collect());
    if schedules.len() != boundaries.len() + 1 {
        fail(format!("join_schedules: {} schedules have one boundary less, got {}", schedules.len(), boundaries.len()));
    }
    Schedule::new(move |count| {
        let later = schedules[1..].iter().zip(&boundaries);
        later.fold(schedules[0].at(count), |out, (next, at)| count.less(*at).select(out, next.at(count - *at)))
    })
}
/// From `init_value` up to `peak_value` in `warmup_steps`, and so on.
///
/// ```
/// # use raxla::{constant, optim, show};
/// assert_eq!(show(|| optim::warmup_constant_schedule(0.0, 1.0, 4).at(constant(vec![0, 2, 9]))), "[0.0, 0.5, 1.0]");
/// ```
pub fn warmup_constant_schedule(init_value: f64, peak_value: f64, warmup_steps: usize) -> Schedule {
    linear_schedule(init_value, peak_value, warmup_steps, 0)
}
/// What [`warmup_cosine_decay_schedule`](super::warmup_cosine_decay_schedule()) takes.
#[derive(Clone, Debug)]
pub struct WarmupCosine {
    /// Where it begins.
    pub init_value: f64,
    /// The height after the warm-up.
    pub peak_value: f64,
    /// The length of the warm-up.
    pub warmup_steps: usize,
    /// The length of all, warm-up included.
    pub decay_steps: usize,
    /// Where it ends.
    pub end_value: f64,
    /// The power of the cosine.
    pub exponent: f64,
}
impl Default for WarmupCosine {
    fn default() -> WarmupCosine {
        WarmupCosine {
            init_value: 0.0,
            peak_value: 1.0,
            warmup_steps: 0,
            decay_steps: 1,
            end_value: 0.0,
            exponent: 1.0,
        }
    }
}
/// A linear rise, then [`cosine_decay_schedule`].
///
/// ```
/// # use raxla::{constant, optim, show};
/// let got = show(|| optim::warmup_cosine_decay_schedule(optim::WarmupCosine { init_value: 0.0, peak_value: 1.0, warmup_steps: 4, decay_steps: 8, end_value: 0.0, exponent: 1.0 }).at(constant(vec![2, 4, 6])));
/// assert_eq!(got, "[0.5, 1.0, 0.5]");
/// ```
#[track_caller]
pub fn warmup_cosine_decay_schedule(options: WarmupCosine) -> Schedule {
    let WarmupCosine { init_value, peak_value, warmup_steps, decay_steps, end_value, exponent } = options;
    let alpha = if peak_value == 0.0 { 0.0 } else { end_value / peak_value };
    let rise = linear_schedule(init_value, peak_value, warmup_steps, 0);
    let fall = cosine_decay_schedule(peak_value, decay_steps.saturating_sub(warmup_steps), alpha, exponent);
    join_schedules([rise, fall], &[warmup_steps])
}
/// A linear rise from `init_value` to `peak_value`, then [`exponential_decay`].
///
/// ```
/// # use raxla::{constant, optim, show};
/// let got = show(|| optim::warmup_exponential_decay_schedule(0.0, 1.0, 4, 2, 0.5, optim::ExponentialDecay::default()).at(constant(vec![2, 4, 6])));
/// assert_eq!(got, "[0.5, 1.0, 0.5]");
/// ```
pub fn warmup_exponential_decay_schedule(
    init_value: f64,
    peak_value: f64,
    warmup_steps: usize,
    transition_steps: usize,
    decay_rate: f64,
    options: ExponentialDecay,
) -> Schedule {
    let rise = linear_schedule(init_value, peak_value, warmup_steps, 0);
    join_schedules([rise, exponential_decay(peak_value, transition_steps, decay_rate, options)], &[warmup_steps])
}
/// Cycles of [`warmup_cosine_decay_schedule`] one after the other: gradient descent with warm restarts (Loshchilov and Hutter 2017).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let got = show(|| optim::sgdr_schedule(&[optim::WarmupCosine { init_value: 0.0, peak_value: 1.0, warmup_steps: 2, decay_steps: 4, end_value: 0.0, exponent: 1.0 }]).at(constant(vec![1, 2, 3])));
/// assert_eq!(got, "[0.5, 1.0, 0.5]");
/// ```
#[track_caller]
pub fn sgdr_schedule(cycles: &[WarmupCosine]) -> Schedule {
    let mut ends: Vec<usize> = cycles
        .iter()
        .scan(0, |end, cycle| {
            *end += cycle.decay_steps;
            Some(*end)
        })
        .collect();
    ends.pop();
    join_schedules(cycles.iter().cloned().map(warmup_cosine_decay_schedule), &ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The schedule's values at numbers of steps.
    fn values(schedule: Schedule, counts: Tracer) -> Tracer {
        raxla_transforms::vmap(move |count: Tracer| schedule.at(count), 0)(counts)
    }
    fn cycle(peak_value: f64, warmup_steps: usize, decay_steps: usize) -> WarmupCosine {
        WarmupCosine { init_value: 0.1, peak_value, warmup_steps, decay_steps, end_value: 0.05, exponent: 1.0 }
    }

    crate::oracle::rows! { optim_schedules:
        "jax.vmap(lambda t: optax.constant_schedule(0.1) (t) + 0.0 * t)(a)", "i32(4, low=0)" => fn(a) values(constant_schedule(0.1), a);
        "jax.vmap(optax.polynomial_schedule(1.0, 0.1, 2.5, 7, 2))(a)", "values(range(12), 'i4')" => fn(a) values(polynomial_schedule(1.0, 0.1, 2.5, 7, 2), a);
        "jax.vmap(optax.linear_schedule(1.0, 0.1, 7))(a)", "values(range(12), 'i4')" => fn(a) values(linear_schedule(1.0, 0.1, 7, 0), a);
        "jax.vmap(optax.piecewise_constant_schedule(1.0, {3: 0.5, 6: 0.1}))(a)", "values(range(12), 'i4')"
            => fn(a) values(piecewise_constant_schedule(1.0, &[(3, 0.5), (6, 0.1)]), a);
        "jax.vmap(optax.exponential_decay(1.0, 3, 0.9))(a)", "values(range(12), 'i4')"
            => fn(a) values(exponential_decay(1.0, 3, 0.9, ExponentialDecay::default()), a);
        "jax.vmap(optax.exponential_decay(1.0, 3, 0.5, 2, True, 0.1))(a)", "values(range(16), 'i4')"
            => fn(a) values(exponential_decay(1.0, 3, 0.5, ExponentialDecay { transition_begin: 2, staircase: true, end_value: Some(0.1) }), a);
        "jax.vmap(optax.cosine_decay_schedule(0.3, 8))(a)", "values(range(12), 'i4')" => fn(a) values(cosine_decay_schedule(0.3, 8, 0.0, 1.0), a);
        "jax.vmap(optax.cosine_decay_schedule(0.3, 8, 0.1, 1.5))(a)", "values(range(12), 'i4')" => fn(a) values(cosine_decay_schedule(0.3, 8, 0.1, 1.5), a);
        "jax.vmap(optax.piecewise_interpolate_schedule('linear', 1.0, {3: 0.5, 6: 0.1}))(a)", "values(range(12), 'i4')"
            => fn(a) values(piecewise_interpolate_schedule(Interpolation::Linear, 1.0, &[(3, 0.5), (6, 0.1)]), a);
        "jax.vmap(optax.linear_onecycle_schedule(20, 1.0))(a)", "values(range(22), 'i4')" => fn(a) values(linear_onecycle_schedule(20, 1.0, Onecycle::default()), a);
        "jax.vmap(optax.cosine_onecycle_schedule(20, 1.0))(a)", "values(range(22), 'i4')" => fn(a) values(cosine_onecycle_schedule(20, 1.0, Onecycle::default()), a);
        "jax.vmap(optax.warmup_constant_schedule(0.1, 1.0, 4))(a)", "values(range(7), 'i4')" => fn(a) values(warmup_constant_schedule(0.1, 1.0, 4), a);
        "jax.vmap(optax.warmup_cosine_decay_schedule(0.1, 1.0, 3, 9, 0.05))(a)", "values(range(12), 'i4')" => fn(a) values(warmup_cosine_decay_schedule(cycle(1.0, 3, 9)), a);
        "jax.vmap(optax.warmup_exponential_decay_schedule(0.1, 1.0, 3, 4, 0.5))(a)", "values(range(12), 'i4')"
            => fn(a) values(warmup_exponential_decay_schedule(0.1, 1.0, 3, 4, 0.5, ExponentialDecay::default()), a);
        "jax.vmap(optax.sgdr_schedule([dict(init_value=0.1, peak_value=p, warmup_steps=w, decay_steps=d, end_value=0.05) for p, w, d in ((1.0, 2, 5), (0.5, 1, 6))]))(a)",
            "values(range(14), 'i4')" => fn(a) values(sgdr_schedule(&[cycle(1.0, 2, 5), cycle(0.5, 1, 6)]), a);
        "jax.vmap(optax.join_schedules([lambda t: 1.0 * t, lambda t: 2.0 * t], [3]))(a)", "values(range(6), 'i4')"
            => fn(a) values(join_schedules([Schedule::new(|t| t), Schedule::new(|t| t * 2.0)], &[3]), a);
    }
}
