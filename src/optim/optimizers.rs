//! The optimizers: chains of transformations under their names.

use super::scaling::scaled;
use super::*;

/// Stochastic gradient descent: steps against the gradient.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::sgd(0.1))), "[-0.1, 0.2]");
/// ```
pub fn sgd(rate: impl Into<Rate>) -> GradientTransformation {
    scale_by_learning_rate(rate)
}
/// [`sgd`] with momentum (Polyak 1964), Nesterov's if so wanted (Sutskever et al. 2013).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::sgd_with(0.1, 0.9, true))), "[-0.19, 0.38]");
/// ```
pub fn sgd_with(rate: impl Into<Rate>, momentum: f64, nesterov: bool) -> GradientTransformation {
    chain([trace(momentum, nesterov, None), scale_by_learning_rate(rate)])
}
/// [`scale_by_adam`](super::scale_by_adam()) with a learning rate.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adam(0.1))), "[-0.1, 0.1]");
/// ```
pub fn adam(rate: impl Into<Rate>) -> GradientTransformation {
    adam_with(rate, Adam::default())
}
/// [`adam`] with all options.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adam_with(0.1, optim::Adam { b2: 0.99, ..optim::Adam::default() }))), "[-0.1, 0.1]");
/// ```
pub fn adam_with(rate: impl Into<Rate>, options: Adam) -> GradientTransformation {
    chain([scale_by_adam(options), scale_by_learning_rate(rate)])
}
/// [`adam`] with Nesterov's momentum (Dozat 2016).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::nadam(0.1))), "[-0.1474, 0.1474]");
/// ```
pub fn nadam(rate: impl Into<Rate>) -> GradientTransformation {
    adam_with(rate, Adam { nesterov: true, ..Adam::default() })
}
/// [`adam`] with weights that decay apart from the gradients (Loshchilov and Hutter 2019). Optax's default decay is `1e-4`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adamw(0.1, 1e-2))), "[-0.1005, 0.099]");
/// ```
pub fn adamw(rate: impl Into<Rate>, decay: impl Into<WeightDecay>) -> GradientTransformation {
    adamw_with(rate, Adam::default(), decay)
}
/// [`adamw`] with all options.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adamw_with(0.1, optim::Adam::default(), 1e-2))), "[-0.1005, 0.099]");
/// ```
pub fn adamw_with(rate: impl Into<Rate>, options: Adam, decay: impl Into<WeightDecay>) -> GradientTransformation {
    chain([scale_by_adam(options), add_decayed_weights(decay), scale_by_learning_rate(rate)])
}
/// [`adamw`] with Nesterov's momentum.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::nadamw(0.1, 1e-2))), "[-0.1479, 0.1464]");
/// ```
pub fn nadamw(rate: impl Into<Rate>, decay: impl Into<WeightDecay>) -> GradientTransformation {
    adamw_with(rate, Adam { nesterov: true, ..Adam::default() }, decay)
}
/// [`scale_by_amsgrad`](super::scale_by_amsgrad()) with a learning rate.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::amsgrad(0.1))), "[-0.1, 0.1]");
/// ```
pub fn amsgrad(rate: impl Into<Rate>) -> GradientTransformation {
    chain([scale_by_amsgrad(Adam::default()), scale_by_learning_rate(rate)])
}
/// [`scale_by_adamax`](super::scale_by_adamax()) with a learning rate.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adamax(0.1))), "[-0.1, 0.1]");
/// ```
pub fn adamax(rate: impl Into<Rate>) -> GradientTransformation {
    chain([scale_by_adamax(0.9, 0.999, 1e-8), scale_by_learning_rate(rate)])
}
/// [`adamax`] with weights that decay.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adamaxw(0.1, 1e-2))), "[-0.1005, 0.099]");
/// ```
pub fn adamaxw(rate: impl Into<Rate>, decay: impl Into<WeightDecay>) -> GradientTransformation {
    chain([scale_by_adamax(0.9, 0.999, 1e-8), add_decayed_weights(decay), scale_by_learning_rate(rate)])
}
/// [`scale_by_belief`](super::scale_by_belief()) with a learning rate.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adabelief(0.1))), "[-0.1111, 0.1111]");
/// ```
pub fn adabelief(rate: impl Into<Rate>) -> GradientTransformation {
    let options = Adam { eps: 1e-16, eps_root: 1e-16, ..Adam::default() };
    chain([scale_by_belief(options), scale_by_learning_rate(rate)])
}
/// [`scale_by_radam`](super::scale_by_radam()) with a learning rate.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::radam(0.1))), "[-0.1, 0.2]");
/// ```
pub fn radam(rate: impl Into<Rate>) -> GradientTransformation {
    chain([scale_by_radam(Adam::default(), 5.0), scale_by_learning_rate(rate)])
}
/// [`scale_by_yogi`](super::scale_by_yogi()) with a learning rate.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::yogi(0.1))), "[-0.09985, 0.09994]");
/// ```
pub fn yogi(rate: impl Into<Rate>) -> GradientTransformation {
    chain([scale_by_yogi(Adam { eps: 1e-3, ..Adam::default() }, 1e-6), scale_by_learning_rate(rate)])
}
/// [`scale_by_adan`](super::scale_by_adan()) with weights that decay (Optax: 0).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adan(0.1, 0.0))), "[-0.1, 0.1]");
/// ```
pub fn adan(rate: impl Into<Rate>, decay: impl Into<WeightDecay>) -> GradientTransformation {
    chain([scale_by_adan(Adan::default()), add_decayed_weights(decay), scale_by_learning_rate(rate)])
}
/// [`scale_by_rms`](super::scale_by_rms()) with a learning rate.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::rmsprop(0.1))), "[-0.3162, 0.3162]");
/// ```
pub fn rmsprop(rate: impl Into<Rate>) -> GradientTransformation {
    rmsprop_with(rate, Rmsprop::default())
}
/// What [`rmsprop_with`] takes.
#[derive(Clone, Debug, Default)]
pub struct Rmsprop {
    /// How the squares are averaged.
    pub rms: Rms,
    /// Whether gradients are divided by their standard deviation instead.
    pub centered: bool,
    /// The momentum of the updates.
    pub momentum: Option<f64>,
    /// Whether it is Nesterov's.
    pub nesterov: bool,
}
/// [`rmsprop`] with all options.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::rmsprop_with(0.1, optim::Rmsprop { centered: true, ..optim::Rmsprop::default() }))), "[-0.3333, 0.3333]");
/// ```
pub fn rmsprop_with(rate: impl Into<Rate>, options: Rmsprop) -> GradientTransformation {
    let scaling = if options.centered { scale_by_stddev(options.rms) } else { scale_by_rms(options.rms) };
    let momentum = options.momentum.map(|decay| trace(decay, options.nesterov, None));
    chain([scaling, scale_by_learning_rate(rate)].into_iter().chain(momentum))
}
/// [`scale_by_rss`](super::scale_by_rss()) with a learning rate.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adagrad(0.1))), "[-0.09535, 0.09877]");
/// ```
pub fn adagrad(rate: impl Into<Rate>) -> GradientTransformation {
    chain([scale_by_rss(0.1, 1e-7), scale_by_learning_rate(rate)])
}
/// [`scale_by_adadelta`](super::scale_by_adadelta()) with a learning rate and weights that decay (Optax: 0).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adadelta(1.0, 0.0))), "[-0.003162, 0.003162]");
/// ```
pub fn adadelta(rate: impl Into<Rate>, decay: impl Into<WeightDecay>) -> GradientTransformation {
    chain([add_decayed_weights(decay), scale_by_adadelta(0.9, 1e-6), scale_by_learning_rate(rate)])
}
/// What [`adafactor`] takes.
#[derive(Clone, Debug)]
pub struct Adafactor {
    /// The learning rate; none is needed, since updates are in proportion to the parameters.
    pub rate: Option<Rate>,
    /// How second moments are kept.
    pub factored: FactoredRms,
    /// Whether updates are multiplied by the root mean square of the parameters.
    pub multiply_by_parameter_scale: bool,
    /// The greatest root mean square of a leaf's updates.
    pub clipping_threshold: Option<f64>,
    /// The momentum of the updates.
    pub momentum: Option<f64>,
    /// How fast weights decay, not multiplied by the learning rate.
    pub weight_decay: Option<WeightDecay>,
}
impl Default for Adafactor {
    fn default() -> Adafactor {
        Adafactor {
            rate: None,
            factored: FactoredRms::default(),
            multiply_by_parameter_scale: true,
            clipping_threshold: Some(1.0),
            momentum: None,
            weight_decay: None,
        }
    }
}
/// Adam in little memory (Shazeer and Stern 2018).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::adafactor(optim::Adafactor { rate: Some(0.1.into()), ..optim::Adafactor::default() }))), "[-0.07906, 0.07906]");
/// ```
pub fn adafactor(options: Adafactor) -> GradientTransformation {
    let mut parts = vec![scale_by_factored_rms(options.factored)];
    parts.extend(options.clipping_threshold.map(clip_by_block_rms));
    parts.extend(options.rate.map(|rate| scaled(rate, 1.0)));
    parts.extend(options.multiply_by_parameter_scale.then(|| scale_by_param_block_rms(1e-3)));
    parts.extend(options.momentum.map(|decay| ema(decay, false, Some(DType::F32))));
    parts.extend(options.weight_decay.map(add_decayed_weights));
    parts.push(scale(-1.0));
    chain(parts)
}
/// [`adam`] with weights that decay, each leaf's updates in proportion to its norm (You et al. 2020). Optax's default decay is 0.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::lamb(0.1, 0.0))), "[-0.07906, 0.07906]");
/// ```
pub fn lamb(rate: impl Into<Rate>, decay: impl Into<WeightDecay>) -> GradientTransformation {
    let adam = scale_by_adam(Adam { eps: 1e-6, ..Adam::default() });
    let ratio = scale_by_trust_ratio(TrustRatio::default());
    chain([adam, add_decayed_weights(decay), ratio, scale_by_learning_rate(rate)])
}
/// [`sgd_with`] momentum 0.9 and weights that decay (Optax: 0), each leaf's updates in proportion to its norm (You, Gitman and Ginsburg
/// 2017).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::lars(0.1, 0.0))), "[-5e-5, 0.0001]");
/// ```
pub fn lars(rate: impl Into<Rate>, decay: impl Into<WeightDecay>) -> GradientTransformation {
    let ratio = scale_by_trust_ratio(TrustRatio { trust_coefficient: 1e-3, ..TrustRatio::default() });
    chain([add_decayed_weights(decay), ratio, scale_by_learning_rate(rate), trace(0.9, false, None)])
}
/// [`scale_by_lion`](super::scale_by_lion()) with weights that decay. Optax's default decay is `1e-3`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::lion(0.1, 1e-3))), "[-0.1, 0.0999]");
/// ```
pub fn lion(rate: impl Into<Rate>, decay: impl Into<WeightDecay>) -> GradientTransformation {
    chain([scale_by_lion(0.9, 0.99, None), add_decayed_weights(decay), scale_by_learning_rate(rate)])
}
/// [`scale_by_novograd`](super::scale_by_novograd()) with a learning rate and weights that decay (Optax: 0).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::novograd(0.1, 0.0))), "[-0.04472, 0.08944]");
/// ```
pub fn novograd(rate: impl Into<Rate>, weight_decay: f64) -> GradientTransformation {
    chain([scale_by_novograd(0.9, 0.25, 1e-6, 0.0, weight_decay), scale_by_learning_rate(rate)])
}
/// [`scale_by_sm3`](super::scale_by_sm3()) with a learning rate and a momentum (Optax: 0.9).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::sm3(0.1, 0.9))), "[-0.01, 0.01]");
/// ```
pub fn sm3(rate: impl Into<Rate>, momentum: f64) -> GradientTransformation {
    chain([scale_by_sm3(momentum, 1.0, 1e-8), scale_by_learning_rate(rate)])
}
/// Steps of one size, against the signs of the gradients (Bernstein et al. 2018).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::sign_sgd(0.1))), "[-0.1, 0.1]");
/// ```
pub fn sign_sgd(rate: impl Into<Rate>) -> GradientTransformation {
    chain([scale_by_sign(), scale_by_learning_rate(rate)])
}
/// Steps of one size, against the signs of a mean (of decay `beta`; Optax: 0.9) of the gradients (Bernstein et al. 2018).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::signum(0.1, 0.9))), "[-0.1, 0.1]");
/// ```
pub fn signum(rate: impl Into<Rate>, beta: f64) -> GradientTransformation {
    chain([ema(beta, false, None), scale_by_sign(), scale_by_learning_rate(rate)])
}
/// Gradient descent that counts the change of the gradient too (Mokhtari et al. 2019). Optax: `alpha` and `beta` 1.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::optimistic_gradient_descent(0.1, 1.0, 1.0))), "[-0.1, 0.2]");
/// ```
pub fn optimistic_gradient_descent(rate: impl Into<Rate>, alpha: f64, beta: f64) -> GradientTransformation {
    chain([scale_by_optimistic_gradient(alpha, beta), scale_by_learning_rate(rate)])
}
/// Updates in proportion to the norms of leaves, which then cannot grow (Bernstein et al. 2020). Optax: `min_norm` `1e-6`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::fromage(0.1, 1e-6))), "[-0.05223, 0.09454]");
/// ```
pub fn fromage(learning_rate: f64, min_norm: f64) -> GradientTransformation {
    let shrink = 1.0 / (1.0 + learning_rate * learning_rate).sqrt();
    let ratio = scale_by_trust_ratio(TrustRatio { min_norm, ..TrustRatio::default() });
    chain([ratio, scale_by_learning_rate(learning_rate * shrink), add_decayed_weights(shrink - 1.0)])
}

#[cfg(test)]
mod tests {
    use super::super::tests::descend;
    use super::*;

    // `values`: derivatives through five steps are those of a long chain of quotients with roots near 0, and test nothing that the rows of
    // the transformations do not. `within`: Optax's `1 - 0.999^t` cancels in f32, by one part in 30,000.
    crate::oracle::rows! { optim_optimizers:
        "descend(optax.sgd(0.1), (a, b))", "f32(3), f32(2, 3)" => fn(a, b) descend(sgd(0.1), (a, b));
        "descend(optax.sgd(0.1, 0.9), (a, b))", "f32(3), f32(2, 3)" => fn(a, b) descend(sgd_with(0.1, 0.9, false), (a, b));
        "descend(optax.sgd(optax.cosine_decay_schedule(0.3, 8), 0.9, True), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(sgd_with(cosine_decay_schedule(0.3, 8, 0.0, 1.0), 0.9, true), (a, b));
        "descend(optax.adam(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(adam(0.1), (a, b));
        "descend(optax.adam(0.1), (a, b))", "bf16(3), f16(2, 3)", values => fn(a, b) descend(adam(0.1), (a, b));
        "descend(optax.adam(0.1), a)", "values([0.5, -1], 'f8')", values, x64 => fn(a) descend(adam(0.1), a);
        "descend(optax.adam(optax.linear_schedule(0.1, 0.01, 4)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(adam(linear_schedule(0.1, 0.01, 4, 0)), (a, b));
        "descend(optax.nadam(0.1), (a, b))", "f32(3), f32(2, 3)", values, within(5.0) => fn(a, b) descend(nadam(0.1), (a, b));
        "descend(optax.adamw(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(adamw(0.1, 1e-4), (a, b));
        "descend(optax.adamw(0.1, weight_decay=0.1, mask=(False, True)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(adamw(0.1, WeightDecay::on(0.1, Mask::new(|_, t| t.rank() > 1))), (a, b));
        "descend(optax.nadamw(0.1), (a, b))", "f32(3), f32(2, 3)", values, within(20.0) => fn(a, b) descend(nadamw(0.1, 1e-4), (a, b));
        "descend(optax.amsgrad(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(amsgrad(0.1), (a, b));
        "descend(optax.adamax(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(adamax(0.1), (a, b));
        "descend(optax.adamaxw(0.1, weight_decay=0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(adamaxw(0.1, 0.1), (a, b));
        "descend(optax.adabelief(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(adabelief(0.1), (a, b));
        "descend(optax.radam(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(radam(0.1), (a, b));
        "descend(optax.yogi(0.1), (a, b))", "f32(3), f32(2, 3)", values, within(5.0) => fn(a, b) descend(yogi(0.1), (a, b));
        "descend(optax.adan(0.1, weight_decay=0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(adan(0.1, 0.1), (a, b));
        "descend(optax.rmsprop(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(rmsprop(0.1), (a, b));
        "descend(optax.rmsprop(0.1, centered=True, momentum=0.9, nesterov=True), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(rmsprop_with(0.1, Rmsprop { centered: true, momentum: Some(0.9), nesterov: true, ..Rmsprop::default() }), (a, b));
        "descend(optax.adagrad(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(adagrad(0.1), (a, b));
        "descend(optax.adadelta(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(adadelta(0.1, 0.0), (a, b));
        "descend(optax.adafactor(0.1), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(adafactor(Adafactor { rate: Some(0.1.into()), ..Adafactor::default() }), (a, b));
        "descend(optax.adafactor(None, 2, momentum=0.9, weight_decay_rate=0.01), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(adafactor(Adafactor {
                factored: FactoredRms { min_dim_size_to_factor: 2, ..FactoredRms::default() },
                momentum: Some(0.9), weight_decay: Some(0.01.into()), ..Adafactor::default()
            }), (a, b));
        "descend(optax.lamb(0.1, weight_decay=0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(lamb(0.1, 0.1), (a, b));
        "descend(optax.lars(0.1, weight_decay=0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(lars(0.1, 0.1), (a, b));
        "descend(optax.lion(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(lion(0.1, 1e-3), (a, b));
        "descend(optax.novograd(0.1, weight_decay=0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(novograd(0.1, 0.1), (a, b));
        "descend(optax.sm3(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(sm3(0.1, 0.9), (a, b));
        "descend(optax.sign_sgd(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(sign_sgd(0.1), (a, b));
        "descend(optax.signum(0.1), (a, b))", "f32(3), f32(2, 3)", values => fn(a, b) descend(signum(0.1, 0.9), (a, b));
        "descend(optax.optimistic_gradient_descent(0.1), (a, b))", "f32(3), f32(2, 3)" => fn(a, b) descend(optimistic_gradient_descent(0.1, 1.0, 1.0), (a, b));
        "descend(optax.fromage(0.1), (a, b))", "f32(3), f32(2, 3)" => fn(a, b) descend(fromage(0.1, 1e-6), (a, b));
        "(descend(optax.adam(0.1, 0.8, 0.99, 1e-3), (a, b)), descend(optax.adamw(0.1, 0.8, 0.99, 1e-3, weight_decay=0.1), (a, b)))", "f32(3), f32(2, 3)", values
            => fn(a, b) {
                let options = || Adam { b1: 0.8, b2: 0.99, eps: 1e-3, ..Adam::default() };
                (descend(adam_with(0.1, options()), (a, b)), descend(adamw_with(0.1, options(), 0.1), (a, b)))
            };
    }
}
