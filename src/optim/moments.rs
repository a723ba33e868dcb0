//! Transformations that divide updates by moving averages of their moments: Adam and its kin.

use super::{GradientTransformation, Leaves, State, abs_sq, debias, increment, moment, no_steps};
use raxla_ir::{DType, Tracer};

/// What [`scale_by_adam`](super::scale_by_adam()) and those like it take.
#[derive(Clone, Debug)]
pub struct Adam {
    /// How slowly the mean of the gradients moves.
    pub b1: f64,
    /// How slowly the mean of their squares moves.
    pub b2: f64,
    /// Added to the root.
    pub eps: f64,
    /// Added under the root, which makes it differentiable at 0.
    pub eps_root: f64,
    /// The dtype in which the mean of the gradients is kept; the gradients' own if none is given.
    pub mu_dtype: Option<DType>,
    /// Whether the mean looks one gradient ahead (Nesterov's momentum; Dozat 2016).
    pub nesterov: bool,
}
impl Default for Adam {
    fn default() -> Adam {
        Adam { b1: 0.9, b2: 0.999, eps: 1e-8, eps_root: 0.0, mu_dtype: None, nesterov: false }
    }
}
impl Adam {
    /// The debiased mean of the gradients after so many steps.
    fn mean(&self, updates: &Leaves, mu: &Leaves, steps: Tracer) -> Leaves {
        let now = debias(self.b1, steps);
        if !self.nesterov {
            return mu.map(now);
        }
        let next = debias(self.b1, steps + 1);
        mu.zip(updates, |m, g| next(m) * self.b1 + now(g) * (1.0 - self.b1))
    }
    fn init(&self, name: &'static str, params: &Leaves, nu: Leaves) -> State {
        State::new(name, [("count", no_steps()), ("mu", params.zeros(self.mu_dtype)), ("nu", nu)])
    }
    fn state(&self, name: &'static str, count: Tracer, mu: Leaves, nu: Leaves) -> State {
        let mu = match self.mu_dtype {
            Some(dtype) => mu.map(|m| m.astype(dtype)),
            None => mu,
        };
        State::new(name, [("count", Leaves::one(count)), ("mu", mu), ("nu", nu)])
    }
    /// `m / (sqrt(v + eps_root) + eps)`
    fn ratio(&self, m: Tracer, v: Tracer) -> Tracer {
        let v = if self.eps_root == 0.0 { v } else { v + self.eps_root };
        m / (v.sqrt() + self.eps).astype(m.dtype())
    }
    /// A transformation with a mean of gradients and one more, made from `start` by `advance(gradient, mean, old)`, which divides the first
    /// once it is debiased.
    fn transformation(
        self,
        name: &'static str,
        start: f64,
        advance: impl Fn(&Adam, Tracer, Tracer, Tracer) -> Tracer + 'static,
    ) -> GradientTransformation {
        let options = self.clone();
        GradientTransformation::new(
            move |params| self.init(name, params, squares(params, start)),
            move |updates, state, _| {
                let [count, mu, nu] = state.slots(name);
                let mu = updates.zip(mu, |g, m| moment(g, m, options.b1));
                let nu = updates.zip3(&mu, nu, |g, m, v| advance(&options, g, m, v).astype(v.dtype()));
                let count = increment(count[0]);
                let steps = count.astype(DType::F32);
                let debiased = debias(options.b2, steps);
                let ratio = |m, v| options.ratio(m, debiased(v));
                let updates = options.mean(updates, &mu, steps).zip(&nu, ratio);
                (updates, options.state(name, count, mu, nu))
            },
        )
    }
}
/// A number at every place of every leaf, real where the leaves are complex: where squares begin.
#[track_caller]
fn squares(params: &Leaves, value: f64) -> Leaves {
    params.map(|p| super::state::full(&p.shape(), p.dtype().real(), value))
}

/// The mean of the gradients over the root of the mean of their squares, both debiased (Kingma and Ba 2015).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_adam(optim::Adam::default()))), "[1.0, -1.0]");
/// ```
pub fn scale_by_adam(options: Adam) -> GradientTransformation {
    options.transformation("scale_by_adam", 0.0, |o, g, _, v| moment(abs_sq(g), v, o.b2))
}
/// Adam with the squared distance of gradients from their mean in place of their square (Zhuang et al. 2020). Optax's defaults for
/// `eps` and `eps_root`, which is added to the mean at each step, are `1e-16`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_belief(optim::Adam::default()))), "[1.111, -1.111]");
/// ```
pub fn scale_by_belief(options: Adam) -> GradientTransformation {
    let Adam { eps_root, .. } = options;
    let options = Adam { eps_root: 0.0, mu_dtype: None, ..options };
    options.transformation("scale_by_belief", 0.0, move |o, g, m, v| moment(abs_sq(g - m), v, o.b2) + eps_root)
}
/// Adam with squares that change by at most themselves (Zaheer et al. 2018). Both means begin at `initial_accumulator_value` (Optax:
/// `1e-6`); Optax's default for `eps` is `1e-3`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_yogi(optim::Adam::default(), 1e-6))), "[0.9995, -0.9999]");
/// ```
pub fn scale_by_yogi(options: Adam, initial_accumulator_value: f64) -> GradientTransformation {
    let name = "scale_by_yogi";
    let options = Adam { mu_dtype: None, nesterov: false, ..options };
    let advance = |o: &Adam, g: Tracer, _: Tracer, v: Tracer| {
        let square = abs_sq(g);
        v - (v - square).sign() * square * (1.0 - o.b2)
    };
    let transformation = options.transformation(name, initial_accumulator_value, advance);
    GradientTransformation::new(
        move |params| {
            let mu = params.full(initial_accumulator_value, None);
            State::new(name, [("count", no_steps()), ("mu", mu), ("nu", squares(params, initial_accumulator_value))])
        },
        move |updates, state, params| (transformation.update)(updates, state, params),
    )
}
/// Adam with the greatest mean of squares so far (Reddi et al. 2018).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_amsgrad(optim::Adam::default()))), "[1.0, -1.0]");
/// ```
pub fn scale_by_amsgrad(options: Adam) -> GradientTransformation {
    let name = "scale_by_amsgrad";
    let o = options.clone();
    GradientTransformation::new(
        move |params| {
            let (mu, nu) = (params.zeros(options.mu_dtype), squares(params, 0.0));
            State::new(name, [("count", no_steps()), ("mu", mu), ("nu", nu.clone()), ("nu_max", nu)])
        },
        move |updates, state, _| {
            let [count, mu, nu, nu_max] = state.slots(name);
            let mu = updates.zip(mu, |g, m| moment(g, m, o.b1));
            let nu = updates.zip(nu, |g, v| moment(abs_sq(g), v, o.b2));
            let count = increment(count[0]);
            let steps = count.astype(DType::F32);
            let debiased = debias(o.b2, steps);
            let nu_max = nu.zip(nu_max, |v, most| debiased(v).maximum(most));
            let updates = o.mean(updates, &mu, steps).zip(&nu_max, |m, v| o.ratio(m, v));
            let mu = o.mu_dtype.map_or(mu.clone(), |dtype| mu.map(|m| m.astype(dtype)));
            let slots = [("count", Leaves::one(count)), ("mu", mu), ("nu", nu), ("nu_max", nu_max)];
            (updates, State::new(name, slots))
        },
    )
}
/// The mean of the gradients over a decaying maximum of their magnitudes (Kingma and Ba 2015, §7.1).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_adamax(0.9, 0.999, 1e-8))), "[1.0, -1.0]");
/// ```
pub fn scale_by_adamax(b1: f64, b2: f64, eps: f64) -> GradientTransformation {
    let name = "scale_by_adamax";
    let options = Adam { b1, b2, eps, ..Adam::default() };
    let o = options.clone();
    GradientTransformation::new(
        move |params| options.init(name, params, squares(params, 0.0)),
        move |updates, state, _| {
            let [count, mu, nu] = state.slots(name);
            let mu = updates.zip(mu, |g, m| moment(g, m, o.b1));
            let nu = updates.zip(nu, |g, v| (g.abs() + o.eps).maximum(v * o.b2));
            let count = increment(count[0]);
            let updates = o.mean(updates, &mu, count.astype(DType::F32)).zip(&nu, |m, v| m / v.astype(m.dtype()));
            (updates, o.state(name, count, mu, nu))
        },
    )
}
/// Adam that divides only once enough gradients were seen for the division to be stable, when the length of the average exceeds `threshold`
/// (Optax: 5) (Liu et al. 2020).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_radam(optim::Adam::default(), 5.0))), "[1.0, -2.0]");
/// ```
pub fn scale_by_radam(options: Adam, threshold: f64) -> GradientTransformation {
    let name = "scale_by_radam";
    let options = Adam { mu_dtype: None, ..options };
    let o = options.clone();
    GradientTransformation::new(
        move |params| options.init(name, params, squares(params, 0.0)),
        move |updates, state, _| {
            let [count, mu, nu] = state.slots(name);
            let mu = updates.zip(mu, |g, m| moment(g, m, o.b1));
            let nu = updates.zip(nu, |g, v| moment(abs_sq(g), v, o.b2));
            let count = increment(count[0]);
            // ρ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ), the length of the average; that fraction is 2 t / (β₂⁻ᵗ - 1).
            let most = 2.0 / (1.0 - o.b2) - 1.0;
            let steps = count.astype(DType::F32);
            let length = most - steps * 2.0 / (steps * -o.b2.ln()).expm1();
            let rectifier = ((length - 4.0) * (length - 2.0) * most / (length * ((most - 4.0) * (most - 2.0)))).sqrt();
            let divided = length.greater_equal(threshold);
            let debiased = debias(o.b2, steps);
            let updates = o
                .mean(updates, &mu, steps)
                .zip(&nu, |m, v| divided.select(o.ratio(m, debiased(v)) * rectifier.astype(m.dtype()), m));
            (updates, o.state(name, count, mu, nu))
        },
    )
}
/// The sign of a mean of the gradients: a faster mean than the one that is remembered (Chen et al. 2023).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_lion(0.9, 0.99, None))), "[1.0, -1.0]");
/// ```
pub fn scale_by_lion(b1: f64, b2: f64, mu_dtype: Option<DType>) -> GradientTransformation {
    let name = "scale_by_lion";
    GradientTransformation::new(
        move |params| State::new(name, [("count", no_steps()), ("mu", params.zeros(mu_dtype))]),
        move |updates, state, _| {
            let [count, mu] = state.slots(name);
            let next = updates.zip(mu, |g, m| moment(g, m, b2).astype(m.dtype()));
            let count = Leaves::one(increment(count[0]));
            (updates.zip(mu, |g, m| moment(g, m, b1).sign()), State::new(name, [("count", count), ("mu", next)]))
        },
    )
}

/// What [`scale_by_rms`](super::scale_by_rms()) and [`scale_by_stddev`](super::scale_by_stddev()) take.
#[derive(Clone, Debug)]
pub struct Rms {
    /// How slowly the means move.
    pub decay: f64,
    /// Added to the root or under it.
    pub eps: f64,
    /// What the mean of squares begins with.
    pub initial_scale: f64,
    /// Whether `eps` is added under the root.
    pub eps_in_sqrt: bool,
    /// Whether the means are debiased.
    pub bias_correction: bool,
}
impl Default for Rms {
    fn default() -> Rms {
        Rms { decay: 0.9, eps: 1e-8, initial_scale: 0.0, eps_in_sqrt: true, bias_correction: false }
    }
}
impl Rms {
    fn scaled(&self, g: Tracer, square: Tracer) -> Tracer {
        match self.eps_in_sqrt {
            true => g * (square + self.eps).rsqrt().astype(g.dtype()),
            false => g / (square.sqrt() + self.eps).astype(g.dtype()),
        }
    }
    /// What debiases the means, if that is wanted.
    fn debias(&self, count: Tracer) -> Box<dyn Fn(Tracer) -> Tracer> {
        if self.bias_correction { Box::new(debias(self.decay, count)) } else { Box::new(|x| x) }
    }
}
/// Gradients over the root of the mean of their squares (Hinton 2012).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_rms(optim::Rms::default()))), "[3.162, -3.162]");
/// ```
pub fn scale_by_rms(options: Rms) -> GradientTransformation {
    let name = "scale_by_rms";
    let initial = options.initial_scale;
    GradientTransformation::new(
        move |params| State::new(name, [("count", no_steps()), ("nu", squares(params, initial))]),
        move |updates, state, _| {
            let [count, nu] = state.slots(name);
            let nu = updates.zip(nu, |g, v| moment(abs_sq(g), v, options.decay));
            let count = increment(count[0]);
            let debiased = options.debias(count);
            let updates = updates.zip(&nu, |g, v| options.scaled(g, debiased(v)));
            (updates, State::new(name, [("count", Leaves::one(count)), ("nu", nu)]))
        },
    )
}
/// Gradients over their standard deviation (Graves 2013).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_stddev(optim::Rms::default()))), "[3.333, -3.333]");
/// ```
pub fn scale_by_stddev(options: Rms) -> GradientTransformation {
    let name = "scale_by_stddev";
    let initial = options.initial_scale;
    GradientTransformation::new(
        move |params| {
            let nu = squares(params, initial);
            State::new(name, [("count", no_steps()), ("mu", params.zeros(None)), ("nu", nu)])
        },
        move |updates, state, _| {
            let [count, mu, nu] = state.slots(name);
            let mu = updates.zip(mu, |g, m| moment(g, m, options.decay));
            let nu = updates.zip(nu, |g, v| moment(abs_sq(g), v, options.decay));
            let count = increment(count[0]);
            let debiased = options.debias(count);
            let scaled = |g, m, v| options.scaled(g, debiased(v) - abs_sq(debiased(m)));
            let updates = updates.zip3(&mu, &nu, scaled);
            (updates, State::new(name, [("count", Leaves::one(count)), ("mu", mu), ("nu", nu)]))
        },
    )
}
/// Gradients over the root of the sum of their squares, which begins with `initial_accumulator_value` (Optax: 0.1; for `eps`, `1e-7`)
/// (Duchi et al. 2011).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_rss(0.1, 1e-7))), "[0.9535, -0.9877]");
/// ```
pub fn scale_by_rss(initial_accumulator_value: f64, eps: f64) -> GradientTransformation {
    let name = "scale_by_rss";
    GradientTransformation::new(
        move |params| State::new(name, [("sum_of_squares", squares(params, initial_accumulator_value))]),
        move |updates, state, _| {
            let [sum] = state.slots(name);
            let sum = updates.zip(sum, |g, s| abs_sq(g) + s);
            let scaled = |g: Tracer, s: Tracer| g * s.greater(0.0).select((s + eps).rsqrt(), 0.0).astype(g.dtype());
            (updates.zip(&sum, scaled), State::new(name, [("sum_of_squares", sum)]))
        },
    )
}
/// Gradients times the root of the mean square of the last updates over that of the gradients (Zeiler 2012). Optax: `rho` 0.9, `eps` `1e-6`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_adadelta(0.9, 1e-6))), "[0.003162, -0.003162]");
/// ```
pub fn scale_by_adadelta(rho: f64, eps: f64) -> GradientTransformation {
    let name = "scale_by_adadelta";
    GradientTransformation::new(
        move |params| State::new(name, [("e_g", squares(params, 0.0)), ("e_x", squares(params, 0.0))]),
        move |updates, state, _| {
            let [of_gradients, of_updates] = state.slots(name);
            let of_gradients = updates.zip(of_gradients, |g, e| moment(abs_sq(g), e, rho));
            let step = |g: Tracer, e: Tracer, x: Tracer| g * ((x + eps).sqrt() / (e + eps).sqrt()).astype(g.dtype());
            let updates = updates.zip3(&of_gradients, of_updates, step);
            let of_updates = updates.zip(of_updates, |u, e| moment(abs_sq(u), e, rho));
            (updates, State::new(name, [("e_g", of_gradients), ("e_x", of_updates)]))
        },
    )
}
/// The mean of the gradients, each leaf's divided by the root of the mean of its squared norms (Ginsburg et al. 2019). Optax: `b1` 0.9,
/// `b2` 0.25, `eps` `1e-8`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_novograd(0.9, 0.25, 1e-8, 0.0, 0.0))), "[0.4472, -0.8944]");
/// ```
pub fn scale_by_novograd(b1: f64, b2: f64, eps: f64, eps_root: f64, weight_decay: f64) -> GradientTransformation {
    let name = "scale_by_novograd";
    GradientTransformation::new(
        move |params| {
            let nu = params.map(|p| super::state::full(&[], p.dtype().real(), 0.0));
            State::new(name, [("count", no_steps()), ("mu", params.zeros(None)), ("nu", nu)])
        },
        move |updates, state, params| {
            let [count, mu, nu] = state.slots(name);
            let first = count[0].equal(0);
            let nu = updates.zip(nu, |g, v| {
                let square = abs_sq(g).sum();
                first.select(square, moment(square, v, b2))
            });
            let scaled = |g: Tracer, p: Tracer, v: Tracer| {
                g / ((v + eps_root).sqrt() + eps).astype(g.dtype()) + p * weight_decay
            };
            let updates = updates.zip3(params, &nu, scaled).zip(mu, |u, m| first.select(u, m * b1 + u));
            let count = Leaves::one(increment(count[0]));
            (updates.clone(), State::new(name, [("count", count), ("mu", updates), ("nu", nu)]))
        },
    )
}
/// What [`scale_by_adan`](super::scale_by_adan()) takes.
#[derive(Clone, Debug)]
pub struct Adan {
    /// How slowly the mean of the gradients moves.
    pub b1: f64,
    /// How slowly the mean of their differences moves.
    pub b2: f64,
    /// How slowly the mean of the squares moves.
    pub b3: f64,
    /// Added to the root.
    pub eps: f64,
    /// Added under the root.
    pub eps_root: f64,
}
impl Default for Adan {
    fn default() -> Adan {
        Adan { b1: 0.98, b2: 0.92, b3: 0.99, eps: 1e-8, eps_root: 1e-8 }
    }
}
/// Adam with a mean of the differences of gradients that looks ahead (Xie et al. 2022).
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::scale_by_adan(optim::Adan::default()))), "[1.0, -1.0]");
/// ```
pub fn scale_by_adan(options: Adan) -> GradientTransformation {
    let name = "scale_by_adan";
    GradientTransformation::new(
        move |params| {
            let zeros = params.zeros(None);
            let slots = [
                ("m", zeros.clone()),
                ("v", zeros.clone()),
                ("n", squares(params, 0.0)),
                ("g", zeros),
                ("t", no_steps()),
            ];
            State::new(name, slots)
        },
        move |updates, state, _| {
            let Adan { b1, b2, b3, eps, eps_root } = options;
            let [m, v, n, last, count] = state.slots(name);
            let first = count[0].equal(0);
            let change = updates.zip(last, |g, l| first.select(g.full_like(0.0), g - l));
            let m = updates.zip(m, |g, m| moment(g, m, b1));
            let v = change.zip(v, |d, v| moment(d, v, b2));
            let ahead = updates.zip(&change, |g, d| g + d * (1.0 - b2));
            let n = ahead.zip(n, |x, n| moment(abs_sq(x), n, b3));
            let count = increment(count[0]);
            let steps = count.astype(DType::F32);
            let (of_m, of_v, of_n) = (debias(b1, steps), debias(b2, steps), debias(b3, steps));
            let top = m.zip(&v, |m, v| of_m(m) + of_v(v) * (1.0 - b2));
            let scaled = top.zip(&n, |u, n| u / ((of_n(n) + eps_root).sqrt() + eps).astype(u.dtype()));
            (
                scaled,
                State::new(name, [("m", m), ("v", v), ("n", n), ("g", updates.clone()), ("t", Leaves::one(count))]),
            )
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::{tests::descend, *};

    // Only the transformations that no optimizer of `optimizers.rs` shows with these options. Derivatives through five steps are those of
    // a long chain of quotients with roots near 0; one row compares them, with `eps_root`.
    crate::oracle::rows! { optim_moments:
        "descend(optax.chain(optax.scale_by_adam(eps_root=0.1), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([scale_by_adam(Adam { eps_root: 0.1, ..Adam::default() }), scale(-0.1)]), (a, b));
        // Optax's `1 - 0.999` cancels in f32, by one part in 80,000.
        "optax.scale_by_adam(mu_dtype='bfloat16').update((a, b), optax.scale_by_adam(mu_dtype='bfloat16').init((a, b)))", "f32(3), f32(2, 3)", values, within(5.0)
            => fn(a, b) {
                let o = scale_by_adam(Adam { mu_dtype: Some(DType::BF16), ..Adam::default() });
                o.update((a, b), o.init(&(a, b)), &(a, b))
            };
        "optax.scale_by_adam(0.8, 0.99, 1e-3).update((a, b), optax.scale_by_adam().init((a, b)))", "f32(3), bf16(2, 3)", values
            => fn(a, b) {
                let o = scale_by_adam(Adam { b1: 0.8, b2: 0.99, eps: 1e-3, ..Adam::default() });
                o.update((a, b), o.init(&(a, b)), &(a, b))
            };
        "descend(optax.chain(optax.scale_by_rms(bias_correction=True, eps_in_sqrt=False, initial_scale=0.5), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([scale_by_rms(Rms { bias_correction: true, eps_in_sqrt: false, initial_scale: 0.5, ..Rms::default() }), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_stddev(bias_correction=True, eps_in_sqrt=False, initial_scale=9.5), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_stddev(Rms { bias_correction: true, eps_in_sqrt: false, initial_scale: 9.5, ..Rms::default() }), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_yogi(initial_accumulator_value=0.1), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_yogi(Adam { eps: 1e-3, ..Adam::default() }, 0.1), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_adan(), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_adan(Adan { eps_root: 0.0, ..Adan::default() }), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_radam(b2=0.5, nesterov=True, threshold=2.5), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_radam(Adam { b2: 0.5, nesterov: true, ..Adam::default() }, 2.5), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_belief(0.8, 0.99, 1e-3, 1e-4), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_belief(Adam { b1: 0.8, b2: 0.99, eps: 1e-3, eps_root: 1e-4, ..Adam::default() }), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_amsgrad(0.8, 0.99, 1e-3, 1e-4), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_amsgrad(Adam { b1: 0.8, b2: 0.99, eps: 1e-3, eps_root: 1e-4, ..Adam::default() }), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_adamax(0.8, 0.99, 1e-3), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_adamax(0.8, 0.99, 1e-3), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_lion(0.8, 0.95, 'bfloat16'), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_lion(0.8, 0.95, Some(DType::BF16)), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_rss(0.5, 1e-3), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_rss(0.5, 1e-3), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_adadelta(0.8, 1e-3), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_adadelta(0.8, 1e-3), scale(-0.1)]), (a, b));
        "descend(optax.chain(optax.scale_by_novograd(0.8, 0.5, 1e-3, 1e-4, 0.1), optax.scale(-0.1)), (a, b))", "f32(3), f32(2, 3)", values
            => fn(a, b) descend(chain([scale_by_novograd(0.8, 0.5, 1e-3, 1e-4, 0.1), scale(-0.1)]), (a, b));
    }
}
