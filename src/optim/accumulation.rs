//! Transformations that gather updates over steps: momentum, moving averages, accumulation of gradients.

use super::{
    GradientTransformation, Leaves, Schedule, State,
    clipping::all_finite,
    debias, increment, moment, no_steps, period,
    wrappers::{only, when},
};
use raxla_ir::{
    DType, Literal, Tracer,
    trace::{constant, fail},
};

/// Updates with a decaying sum of those before: `trace = decay * trace + update`. With Nesterov's momentum, the sum one step ahead
/// (Sutskever et al. 2013). Kept in `accumulator_dtype`, or the parameters' own dtypes.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::trace(0.9, false, None))), "[1.0, -2.0]");
/// ```
pub fn trace(decay: f64, nesterov: bool, accumulator_dtype: Option<DType>) -> GradientTransformation {
    let name = "trace";
    GradientTransformation::new(
        move |params| State::new(name, [("trace", params.zeros(accumulator_dtype))]),
        move |updates, state, _| {
            let [kept] = state.slots(name);
            let add = |g: Tracer, t: Tracer| g + t.astype(g.dtype()) * decay;
            let sum = updates.zip(kept, add);
            let updates = if nesterov { updates.zip(&sum, add) } else { sum.clone() };
            let sum = sum.zip(kept, |s, t| s.astype(t.dtype()));
            (updates, State::new(name, [("trace", sum)]))
        },
    )
}
/// A moving average of the updates: `ema = decay * ema + (1 - decay) * update`; debiased, it is that of the steps there were.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::ema(0.9, true, None))), "[1.0, -2.0]");
/// ```
pub fn ema(decay: f64, debiased: bool, accumulator_dtype: Option<DType>) -> GradientTransformation {
    let name = "ema";
    GradientTransformation::new(
        move |params| State::new(name, [("count", no_steps()), ("ema", params.zeros(accumulator_dtype))]),
        move |updates, state, _| {
            let [count, kept] = state.slots(name);
            let mean = updates.zip(kept, |g, m| moment(g, m, decay));
            let count = increment(count[0]);
            let updates = if debiased { mean.map(debias(decay, count)) } else { mean.clone() };
            let mean = mean.zip(kept, |m, k| m.astype(k.dtype()));
            (updates, State::new(name, [("count", Leaves::one(count)), ("ema", mean)]))
        },
    )
}
/// `(alpha + beta) * gradient - beta * last gradient`: optimistic gradient descent (Mokhtari et al. 2019).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_optimistic_gradient(1.0, 1.0))), "[1.0, -2.0]");
/// ```
pub fn scale_by_optimistic_gradient(alpha: f64, beta: f64) -> GradientTransformation {
    let name = "scale_by_optimistic_gradient";
    let flag = |value: bool| Leaves::one(constant(Literal::scalar(value)));
    GradientTransformation::new(
        move |params| State::new(name, [("is_initial_step", flag(true)), ("previous_gradient", params.zeros(None))]),
        move |updates, state, _| {
            let [first, last] = state.slots(name);
            let next = updates.zip(last, |g, l| g * (alpha + beta) - first[0].select(g, l) * beta);
            (next, State::new(name, [("is_initial_step", flag(false)), ("previous_gradient", updates.clone())]))
        },
    )
}
/// Sums of `k` updates, given at every `k`-th step; zeros at the others. Unlike [`multi_steps`], whatever stands before it in a chain sees
/// each update.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::apply_every(1))), "[1.0, -2.0]");
/// ```
pub fn apply_every(k: usize) -> GradientTransformation {
    let name = "apply_every";
    GradientTransformation::new(
        move |params| State::new(name, [("count", no_steps()), ("grad_acc", params.zeros(None))]),
        move |updates, state, _| {
            let [count, sum] = state.slots(name);
            let (fresh, last) = (count[0].equal(0), count[0].equal(period(count[0], k) - 1));
            let sum = updates.zip(sum, |g, s| fresh.select(g, s + g));
            let count = Leaves::one(increment(count[0]) % period(count[0], k));
            let updates = sum.map(|s| last.select(s, s.full_like(0.0)));
            (updates, State::new(name, [("count", count), ("grad_acc", sum)]))
        },
    )
}

/// How [`multi_steps_with`] accumulates.
#[derive(Clone, Debug)]
pub struct MultiSteps {
    /// After how many gradients the inner transformation is called: a function of the number of its calls before.
    pub every: Schedule,
    /// Whether it gets their mean, or else their sum.
    pub use_grad_mean: bool,
    /// Whether gradients that hold NaN or infinities are left out, as if they had not been.
    pub skip_not_finite: bool,
    /// The dtype of the sum.
    pub accumulator_dtype: DType,
}
impl Default for MultiSteps {
    fn default() -> MultiSteps {
        MultiSteps {
            every: super::constant_schedule(1.0),
            use_grad_mean: true,
            skip_not_finite: false,
            accumulator_dtype: DType::F32,
        }
    }
}
/// Calls a transformation once in `every` steps, with the mean of the gradients since; the steps between change nothing.
///
/// A batch too large for memory can so be taken in parts.
///
/// ```
/// use raxla::{optim, prelude::*};
/// let opt = optim::multi_steps(optim::sgd(1.0), 2);
/// let both = jit(|a: Tracer, b: Tracer| {
///     let (first, state) = opt.update(a, opt.init(&a), &a);
///     (first, opt.update(b, state, &a).0)
/// });
/// let (first, second) = both(Array::from(1.0f32), Array::from(3.0f32));
/// assert_eq!((first.item::<f32>()?, second.item::<f32>()?), (0.0, -2.0));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn multi_steps(inner: GradientTransformation, every: usize) -> GradientTransformation {
    if every == 0 {
        fail("multi_steps: takes a positive number of steps, got 0");
    }
    multi_steps_with(inner, MultiSteps { every: super::constant_schedule(every as f64), ..MultiSteps::default() })
}
/// [`multi_steps`] with all options.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::multi_steps_with(optim::sgd(0.1), optim::MultiSteps::default()))), "[-0.1, 0.2]");
/// ```
pub fn multi_steps_with(inner: GradientTransformation, options: MultiSteps) -> GradientTransformation {
    let name = "multi_steps";
    let (start, dtype) = (inner.clone(), options.accumulator_dtype);
    GradientTransformation::new(
        move |params| {
            let slots =
                [("mini_step", no_steps()), ("gradient_step", no_steps()), ("acc_grads", params.zeros(Some(dtype)))];
            State::new(name, slots).around(vec![(start.init)(params)])
        },
        move |updates, state, params| {
            let [mini, steps, sum] = state.slots(name);
            let count = options.every.at(steps[0]).astype(DType::I32);
            let taken = options.skip_not_finite.then(|| all_finite(updates));
            let next = updates.zip(sum, |g, s| {
                let g = g.astype(s.dtype());
                let next = match options.use_grad_mean {
                    true => s + (g - s) / (mini[0] + 1).astype(s.dtype()),
                    false => s + g,
                };
                taken.map_or(next, |taken| taken.select(next, s))
            });
            let last = mini[0].equal(count - 1);
            let emit = taken.map_or(last, |taken| taken & last);
            let gathered = next.zip(updates, |s, g| s.astype(g.dtype()));
            let (updates, inside) = when(emit, &inner, &gathered, only(name, state), params);
            let one_more = taken.map_or(mini[0] + 1, |taken| mini[0] + taken.astype(DType::I32));
            let mini = emit.select(0, one_more);
            let steps = emit.select(increment(steps[0]), steps[0]);
            let sum = next.map(|s| emit.select(s.full_like(0.0), s));
            let slots = [("mini_step", Leaves::one(mini)), ("gradient_step", Leaves::one(steps)), ("acc_grads", sum)];
            (updates, State::new(name, slots).around(vec![inside]))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::{tests::descend, *};
    use super::trace;

    crate::oracle::rows! { optim_accumulation:
        "descend(optax.chain(optax.trace(0.9, nesterov=True), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([trace(0.9, true, None), scale(-0.1)]), (a, b));
        // JAX multiplies in 16 bits, raxla in the gradients' 32.
        "descend(optax.chain(optax.trace(0.9, accumulator_dtype='bfloat16'), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values, within(2000.0)
            => fn(a, b) descend(chain([trace(0.9, false, Some(DType::BF16)), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.ema(0.9), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([ema(0.9, true, None), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.ema(0.9, debias=False), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([ema(0.9, false, None), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_optimistic_gradient(0.7, 0.4), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([scale_by_optimistic_gradient(0.7, 0.4), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.apply_every(2), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([apply_every(2), scale(-0.1)]), (a, b));
        "descend(optax.MultiSteps(optax.sgd(0.1, 0.9), 2), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(multi_steps(sgd_with(0.1, 0.9, false), 2), (a, b));
        "descend(optax.MultiSteps(optax.sgd(0.1, 0.9), lambda t: 1 + t, use_grad_mean=False), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(multi_steps_with(sgd_with(0.1, 0.9, false), MultiSteps {
                every: Schedule::new(|t| t + 1.0), use_grad_mean: false, ..MultiSteps::default()
            }), (a, b));
        "descend(optax.MultiSteps(optax.sgd(0.1), 1, should_skip_update_fn=optax.skip_not_finite), (a, b))", "f32(3), values([1, inf], 'f4')", values
            => fn(a, b) descend(multi_steps_with(sgd(0.1), MultiSteps { skip_not_finite: true, ..MultiSteps::default() }), (a, b));
    }
}
