//! Transformations that scale updates, by numbers, schedules, norms, and those that add to them.

use super::{GradientTransformation, Leaves, Mask, Schedule, State, abs_sq, increment, masked, no_steps};
use crate::numpy;
use raxla_ir::Tracer;

/// How large steps are: a number, or a [`Schedule`].
#[derive(Clone, Debug)]
pub enum Rate {
    /// The same at each step.
    Fixed(f64),
    /// A function of the number of steps before.
    Schedule(Schedule),
}
impl From<f64> for Rate {
    fn from(rate: f64) -> Rate {
        Rate::Fixed(rate)
    }
}
impl From<Schedule> for Rate {
    fn from(schedule: Schedule) -> Rate {
        Rate::Schedule(schedule)
    }
}
impl From<&Schedule> for Rate {
    fn from(schedule: &Schedule) -> Rate {
        Rate::Schedule(schedule.clone())
    }
}

/// Updates times a number.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale(-0.1))), "[-0.1, 0.2]");
/// ```
pub fn scale(step_size: f64) -> GradientTransformation {
    GradientTransformation::stateless("scale", move |updates, _| updates.map(|g| g * step_size))
}
/// Updates times a schedule of the number of steps before.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_schedule(optim::constant_schedule(-0.1)))), "[-0.1, 0.2]");
/// ```
pub fn scale_by_schedule(schedule: Schedule) -> GradientTransformation {
    let name = "scale_by_schedule";
    GradientTransformation::new(
        move |_| State::new(name, [("count", no_steps())]),
        move |updates, state, _| {
            let [count] = state.slots(name);
            let rate = schedule.at(count[0]);
            let updates = updates.map(|g| g * rate.astype(g.dtype()));
            (updates, State::new(name, [("count", Leaves::one(increment(count[0])))]))
        },
    )
}
/// Updates times the negative learning rate: the last part of most optimizers.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_learning_rate(0.1))), "[-0.1, 0.2]");
/// ```
pub fn scale_by_learning_rate(rate: impl Into<Rate>) -> GradientTransformation {
    scaled(rate.into(), -1.0)
}
/// Updates times `sign` times a rate.
pub(super) fn scaled(rate: Rate, sign: f64) -> GradientTransformation {
    match rate {
        Rate::Fixed(rate) => scale(sign * rate),
        Rate::Schedule(schedule) if sign == 1.0 => scale_by_schedule(schedule),
        Rate::Schedule(schedule) => scale_by_schedule(Schedule::new(move |count| schedule.at(count) * sign)),
    }
}
/// The sign of each update.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_sign())), "[1.0, -1.0]");
/// ```
pub fn scale_by_sign() -> GradientTransformation {
    GradientTransformation::stateless("scale_by_sign", |updates, _| updates.map(Tracer::sign))
}

/// The Euclidean norm of a leaf, at least `min_norm`; without a derivative where it is held there.
#[track_caller]
fn safe_norm(x: Tracer, min_norm: f64) -> Tracer {
    held(numpy::sum(abs_sq(x), ()), min_norm)
}
/// The root of a mean or sum of squares, at least `min`.
#[track_caller]
fn held(square: Tracer, min: f64) -> Tracer {
    // Where the root is held, the argument of the one that is differentiated is 1, lest its derivative be NaN.
    let low = square.less_equal(min * min);
    low.select(square.full_like(min), low.select(square.full_like(1.0), square).sqrt())
}
/// How [`scale_by_trust_ratio`] scales.
#[derive(Clone, Debug)]
pub struct TrustRatio {
    /// The least norm of parameters and updates.
    pub min_norm: f64,
    /// What the ratio is multiplied by.
    pub trust_coefficient: f64,
    /// Added to the norm of the updates.
    pub eps: f64,
}
impl Default for TrustRatio {
    fn default() -> TrustRatio {
        TrustRatio { min_norm: 0.0, trust_coefficient: 1.0, eps: 0.0 }
    }
}
/// The updates of each leaf times the norm of its parameters over the norm of its updates; as they are where either is 0
/// (You, Gitman and Ginsburg 2017).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_trust_ratio(optim::TrustRatio::default()))), "[0.5, -1.0]");
/// ```
pub fn scale_by_trust_ratio(options: TrustRatio) -> GradientTransformation {
    let TrustRatio { min_norm, trust_coefficient, eps } = options;
    GradientTransformation::stateless("scale_by_trust_ratio", move |updates, params| {
        updates.zip(params, |u, p| {
            let (of_params, of_update) = (safe_norm(p, min_norm), safe_norm(u, min_norm));
            let ratio = of_params * trust_coefficient / (of_update + eps);
            let zero = of_params.equal(0.0) | of_update.equal(0.0);
            u * zero.select(1.0, ratio).astype(u.dtype())
        })
    })
}
/// The updates of each leaf times the norm of its parameters, at least `min_scale` (Optax: `1e-3`).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_param_block_norm(1e-3))), "[1.118, -2.236]");
/// ```
pub fn scale_by_param_block_norm(min_scale: f64) -> GradientTransformation {
    GradientTransformation::stateless("scale_by_param_block_norm", move |updates, params| {
        updates.zip(params, |u, p| u * safe_norm(p, min_scale).astype(u.dtype()))
    })
}
/// The updates of each leaf times the root mean square of its parameters, at least `min_scale` (Optax: `1e-3`).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_param_block_rms(1e-3))), "[0.791, -1.581]");
/// ```
pub fn scale_by_param_block_rms(min_scale: f64) -> GradientTransformation {
    GradientTransformation::stateless("scale_by_param_block_rms", move |updates, params| {
        updates.zip(params, |u, p| u * held(numpy::mean(abs_sq(p), ()), min_scale).astype(u.dtype()))
    })
}
/// Each update less the mean over all axes but the first, for leaves of rank 2 and more (Yong et al. 2020).
///
/// ```
/// # use raxla::{Literal, Tracer, constant, optim, show};
/// let step = |o: optim::GradientTransformation, g: Tracer| o.update(g, o.init(&g), &g).0;
/// assert_eq!(show(|| step(optim::centralize(), constant(Literal::new(&[2, 2], &[1.0f32, 3.0, 2.0, 8.0])))), "[[-1.0, 1.0], [-3.0, 3.0]]");
/// ```
pub fn centralize() -> GradientTransformation {
    GradientTransformation::stateless("centralize", |updates, _| {
        updates.map(|g| match g.rank() {
            0 | 1 => g,
            rank => {
                let axes: Vec<isize> = (1..rank as isize).collect();
                g - numpy::mean(g, numpy::Over::axes(&axes).keepdims())
            }
        })
    })
}
/// Updates divided by their norm over all leaves, times `scale_factor`; `eps` (Optax: `1e-6`) is added to the norm.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::normalize_by_update_norm(1.0, 1e-6))), "[0.4472, -0.8944]");
/// ```
pub fn normalize_by_update_norm(scale_factor: f64, eps: f64) -> GradientTransformation {
    GradientTransformation::stateless("normalize_by_update_norm", move |updates, _| {
        let norm = (super::norm_squared(updates).sqrt() + eps) / scale_factor;
        updates.map(|g| g / norm.astype(g.dtype()))
    })
}

/// How strongly weights are drawn to zero, and which: made of a number, a schedule, or one of them [`on`](WeightDecay::on) a mask.
#[derive(Clone, Debug)]
pub struct WeightDecay {
    rate: Rate,
    mask: Option<Mask>,
}
impl From<f64> for WeightDecay {
    fn from(rate: f64) -> WeightDecay {
        WeightDecay { rate: rate.into(), mask: None }
    }
}
impl From<Schedule> for WeightDecay {
    fn from(rate: Schedule) -> WeightDecay {
        WeightDecay { rate: rate.into(), mask: None }
    }
}
impl WeightDecay {
    /// Only on the leaves that the mask holds for.
    ///
    /// ```
    /// use raxla::optim::{self, Mask, WeightDecay};
    /// let opt = optim::adamw(1e-3, WeightDecay::on(1e-4, Mask::new(|_, aval| aval.rank() > 1)));
    /// ```
    pub fn on(rate: impl Into<Rate>, mask: Mask) -> WeightDecay {
        WeightDecay { rate: rate.into(), mask: Some(mask) }
    }
}
/// Adds the parameters times a rate to the updates (Loshchilov and Hutter 2019).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::add_decayed_weights(0.1))), "[1.05, -1.9]");
/// ```
pub fn add_decayed_weights(decay: impl Into<WeightDecay>) -> GradientTransformation {
    let name = "add_decayed_weights";
    let WeightDecay { rate, mask } = decay.into();
    let decayed = match rate {
        Rate::Fixed(0.0) => super::identity(),
        Rate::Fixed(rate) => GradientTransformation::stateless(name, move |updates, params| {
            updates.zip(params, |g, p| g + (p * rate).astype(g.dtype()))
        }),
        Rate::Schedule(schedule) => GradientTransformation::new(
            move |_| State::new(name, [("count", no_steps())]),
            move |updates, state, params| {
                let [count] = state.slots(name);
                let rate = schedule.at(count[0]);
                let updates = updates.zip(params, |g, p| g + (p * rate.astype(p.dtype())).astype(g.dtype()));
                (updates, State::new(name, [("count", Leaves::one(increment(count[0])))]))
            },
        ),
    };
    match mask {
        Some(mask) => masked(decayed, mask),
        None => decayed,
    }
}
/// Keeps parameters from becoming negative: where an update would make one so, it makes it 0.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::keep_params_nonnegative())), "[1.0, -1.0]");
/// ```
pub fn keep_params_nonnegative() -> GradientTransformation {
    GradientTransformation::stateless("keep_params_nonnegative", |updates, params| {
        updates.zip(params, |u, p| (p + u).less(0.0).select(-p, u))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{tests::descend, *};

    crate::oracle::rows! { optim_scaling:
        "descend(optax.scale(-0.1), (a, b))", "f32(3), f32(2, 3)" => fn(a, b) descend(scale(-0.1), (a, b));
        "descend(optax.scale_by_learning_rate(0.1), (a, b))", "f32(3), f32(2, 3)" => fn(a, b) descend(scale_by_learning_rate(0.1), (a, b));
        "descend(optax.scale_by_schedule(lambda t: -0.1 / (1 + t)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(scale_by_schedule(Schedule::new(|t| -0.1 / (t + 1.0))), (a, b));
        // The derivative of `sign` at these points is no test.
        "descend(optax.chain(optax.scale_by_sign(), optax.scale(-0.1)), (a, b))", "f32(3), bf16(2, 3)", values
            => fn(a, b) descend(chain([scale_by_sign(), scale(-0.1)]), (a, b));
        // JAX's derivative of a norm at 0 is NaN.
        "descend(optax.chain(optax.scale_by_trust_ratio(), optax.scale(-0.1)), (a, b, 0 * a))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_trust_ratio(TrustRatio::default()), scale(-0.1)]), (a, b, a * 0.0));
        "descend(optax.chain(optax.scale_by_trust_ratio(0.5, 0.1, 0.2), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([scale_by_trust_ratio(TrustRatio { min_norm: 0.5, trust_coefficient: 0.1, eps: 0.2 }), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_param_block_norm(), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([scale_by_param_block_norm(1e-3), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_param_block_rms(), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([scale_by_param_block_rms(1e-3), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.centralize(), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3, 2)"
            => fn(a, b) descend(chain([centralize(), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.normalize_by_update_norm(2.0), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([normalize_by_update_norm(2.0, 1e-6), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.add_decayed_weights(0.3, mask=(False, True)), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([add_decayed_weights(WeightDecay::on(0.3, Mask::new(|_, t| t.rank() > 1))), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.add_decayed_weights(lambda t: 0.1 * t), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([add_decayed_weights(Schedule::new(|t| t * 0.1)), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale(-0.5), optax.keep_params_nonnegative()), (a, b))", "f32(3, low=0), f32(2, 3, low=0)"
            => fn(a, b) descend(chain([scale(-0.5), keep_params_nonnegative()]), (a, b));
    }
}
