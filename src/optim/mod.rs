//! Gradient transformations, optimizers and schedules, in the design of Optax, whose numbers they give.
//!
//! An optimizer is a value with two functions: `init` makes its [`State`] of the parameters, `update` makes of gradients what is to be
//! added to the parameters. Parameters, gradients and states are pytrees, so a whole step is one compiled function:
//!
//! ```
//! use raxla::{optim, prelude::*};
//!
//! let opt = optim::adam(0.1);
//! let loss = |w: Tracer| ((w - 3.0) * (w - 3.0)).sum();
//! let mut w = Array::from(vec![0.0f32, 1.0]);
//! let mut state = jit(|w: Tracer| opt.init(&w))(w.clone());
//! let step = jit(|w: Tracer, state: optim::State| {
//!     let (updates, state) = opt.update(grad(loss)(w), state, &w);
//!     (optim::apply_updates(w, updates), state)
//! })
//! .donate(&[0, 1]);
//! for _ in 0..200 {
//!     (w, state) = step(w, state);
//! }
//! assert!(w.to_vec::<f32>()?.iter().all(|w| (w - 3.0).abs() < 1e-2));
//! # Ok::<(), raxla::Error>(())
//! ```
//!
//! Transformations are put together with [`chain`]; the optimizers are such chains. A learning rate is a number or a [`Schedule`]:
//! `optim::sgd(0.1)`, `optim::sgd(optim::cosine_decay_schedule(0.1, 1000, 0.0, 1.0))`.
//!
//! Differences from Optax: `update` always takes the parameters; masks are functions of a leaf's path and type ([`Mask`]);
//! [`lookahead`] keeps the slow parameters in its state; corrections of bias are computed as `-expm1(t log β)`, which does not cancel.

mod accumulation;
mod clipping;
mod factored;
mod moments;
mod noise;
mod optimizers;
mod scaling;
mod schedules;
mod state;
mod wrappers;

pub use {
    accumulation::*,
    clipping::*,
    factored::*,
    moments::*,
    noise::*,
    optimizers::*,
    scaling::*,
    schedules::*,
    state::{Leaves, State, StateTree},
    wrappers::*,
};

use raxla_ir::{
    DType, Literal, Tracer,
    program::Source,
    pytree::{Pytree, flatten, unflatten, zip_with},
    trace::{constant, fail, with_source},
};
use std::{panic::Location, rc::Rc};

/// A gradient transformation: how gradients become updates, and what is remembered between steps.
///
/// Cheap to clone. Made by the functions of [`optim`](self), or from two functions of [`Leaves`] by [`GradientTransformation::new`].
#[derive(Clone)]
pub struct GradientTransformation {
    init: Rc<dyn Fn(&Leaves) -> State>,
    update: Rc<dyn Fn(&Leaves, &State, &Leaves) -> (Leaves, State)>,
}
impl GradientTransformation {
    /// A transformation of one's own: `init` takes the parameters, `update` the gradients, the state and the parameters.
    ///
    /// ```
    /// use raxla::{optim::{self, GradientTransformation, Leaves, State}, prelude::*};
    /// // Adds a tenth of the last gradient.
    /// let echo = GradientTransformation::new(
    ///     |params| State::new("echo", [("last", params.zeros(None))]),
    ///     |grads, state, _| {
    ///         let [last] = state.slots("echo");
    ///         (grads.zip(last, |g, l| g + l * 0.1), State::new("echo", [("last", grads.clone())]))
    ///     },
    /// );
    /// let opt = optim::chain([echo, optim::scale(-1.0)]);
    /// let step = jit(|g: Tracer| opt.update(g, opt.init(&g), &g).0);
    /// assert_eq!(step(Array::from(2.0f32)).item::<f32>()?, -2.0);
    /// # Ok::<(), raxla::Error>(())
    /// ```
    pub fn new(
        init: impl Fn(&Leaves) -> State + 'static,
        update: impl Fn(&Leaves, &State, &Leaves) -> (Leaves, State) + 'static,
    ) -> GradientTransformation {
        GradientTransformation { init: Rc::new(init), update: Rc::new(update) }
    }
    /// A transformation that remembers nothing; `update` takes the gradients and the parameters.
    pub fn stateless(
        name: &'static str,
        update: impl Fn(&Leaves, &Leaves) -> Leaves + 'static,
    ) -> GradientTransformation {
        GradientTransformation::new(
            move |_| State::new(name, []),
            move |updates, state, params| {
                let [] = state.slots(name);
                (update(updates, params), state.clone())
            },
        )
    }
    /// The state before the first step. Outside of a trace: `jit(|p: Params| opt.init(&p))(params)`.
    #[track_caller]
    pub fn init<P: Pytree<Leaf = Tracer> + Clone>(&self, params: &P) -> State {
        let params = Leaves::of(params.clone()).0;
        self.init_leaves(&params, Location::caller().into())
    }
    fn init_leaves(&self, params: &Leaves, at: Source) -> State {
        with_source(at, || (self.init)(params))
    }
    /// What is to be added to the parameters ([`apply_updates`]), and the next state.
    ///
    /// # Panics
    /// Inside the trace, if gradients and parameters differ in structure, or the state is another transformation's.
    #[track_caller]
    pub fn update<P: Pytree<Leaf = Tracer> + Clone>(&self, grads: P, state: State, params: &P) -> (P, State) {
        let ((grads, tree), (params, other)) = (Leaves::of(grads), Leaves::of(params.clone()));
        if tree != other {
            fail(format!("optim: gradients and parameters differ in structure: {tree:?} and {other:?}"));
        }
        let (updates, state) = self.update_leaves(&grads, &state, &params, Location::caller().into());
        (unflatten(&tree, updates.into_values()), state)
    }
    fn update_leaves(&self, grads: &Leaves, state: &State, params: &Leaves, at: Source) -> (Leaves, State) {
        with_source(at, || (self.update)(grads, state, params))
    }
}

/// Transformations one after the other: each takes the updates of the one before.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::chain([optim::clip(0.7), optim::scale(-0.1)]))), "[-0.07, 0.07]");
/// ```
#[track_caller]
pub fn chain(parts: impl IntoIterator<Item = GradientTransformation>) -> GradientTransformation {
    let parts: Rc<[GradientTransformation]> = parts.into_iter().collect();
    let all = parts.clone();
    GradientTransformation::new(
        move |params| State::new("chain", []).around(all.iter().map(|part| (part.init)(params)).collect()),
        move |updates, state, params| {
            let [] = state.slots("chain");
            if state.inner().len() != parts.len() {
                fail(format!("chain: got a state of {} parts for {}", state.inner().len(), parts.len()));
            }
            let mut updates = updates.clone();
            let mut states = vec![];
            for (part, state) in parts.iter().zip(state.inner()) {
                let (next, state) = (part.update)(&updates, state, params);
                updates = next;
                states.push(state);
            }
            (updates, State::new("chain", []).around(states))
        },
    )
}
/// The transformation that changes nothing.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::identity())), "[1.0, -2.0]");
/// ```
pub fn identity() -> GradientTransformation {
    GradientTransformation::stateless("identity", |updates, _| updates.clone())
}
/// The transformation that keeps the parameters as they are.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::set_to_zero())), "[0.0, 0.0]");
/// ```
pub fn set_to_zero() -> GradientTransformation {
    GradientTransformation::stateless("set_to_zero", |updates, _| updates.zeros(None))
}

/// The parameters with the updates added, in the parameters' dtypes.
///
/// ```
/// # use raxla::{constant, optim, show};
/// assert_eq!(show(|| optim::apply_updates(constant(vec![1.0f32, 2.0]), constant(vec![-0.1f32, 0.1]))), "[0.9, 2.1]");
/// ```
#[track_caller]
pub fn apply_updates<P: Pytree<Leaf = Tracer>>(params: P, updates: P) -> P {
    let (params, tree) = flatten(params);
    let (updates, other) = flatten(updates);
    if tree != other {
        fail(format!("apply_updates: parameters and updates differ in structure: {tree:?} and {other:?}"));
    }
    unflatten(&tree, params.into_iter().zip(updates).map(|(p, u)| add(p, u)))
}
#[track_caller]
fn add(p: Tracer, u: Tracer) -> Tracer {
    if p.dtype() == u.dtype() {
        return p + u;
    }
    let [wide, u] = crate::numpy::promotion::promote_dtypes("apply_updates", [p.into(), u.into()]);
    (wide + u).astype(p.dtype())
}
/// `step_size * new + (1 - step_size) * old`: parameters that follow others slowly (Polyak averaging).
///
/// ```
/// # use raxla::{constant, optim, show};
/// assert_eq!(show(|| optim::incremental_update(constant(vec![1.0f32, 2.0]), constant(vec![0.0f32, 0.0]), 0.1)), "[0.1, 0.2]");
/// ```
#[track_caller]
pub fn incremental_update<P: Pytree<Leaf = Tracer, With<Tracer> = P>>(new: P, old: P, step_size: f64) -> P {
    zip_with(new, old, |new: Tracer, old: Tracer| new * step_size + old * (1.0 - step_size))
}
/// `new` where `steps` (an integer scalar) is a multiple of `update_period`, else `old`.
///
/// ```
/// # use raxla::{constant, optim, show};
/// assert_eq!(show(|| optim::periodic_update(constant(vec![1.0f32, 2.0]), constant(vec![0.0f32, 0.0]), constant(4), 2)), "[1.0, 2.0]");
/// ```
#[track_caller]
pub fn periodic_update<P: Pytree<Leaf = Tracer, With<Tracer> = P>>(
    new: P,
    old: P,
    steps: Tracer,
    update_period: usize,
) -> P {
    let now = (steps % period(steps, update_period)).equal(0);
    zip_with(new, old, |new: Tracer, old: Tracer| now.select(new, old))
}
/// The Euclidean norm of all leaves together, as a scalar.
///
/// ```
/// # use raxla::{constant, optim, show};
/// assert_eq!(show(|| optim::global_norm((constant(vec![3.0f32, 0.0]), constant(vec![4.0f32])))), "5.0");
/// ```
#[track_caller]
pub fn global_norm<P: Pytree<Leaf = Tracer>>(tree: P) -> Tracer {
    let leaves = Leaves::of(tree).0;
    norm_squared(&leaves).sqrt()
}

// ---- what transformations are made of ------------------------------------------------------------------------------------------

/// The sum of the squares of all leaves, in the dtype at which theirs meet.
#[track_caller]
fn norm_squared(leaves: &Leaves) -> Tracer {
    let each = leaves.iter().map(|x| crate::numpy::sum(abs_sq(*x), ()));
    let sum = each.reduce(|a, b| {
        let [a, b] = crate::numpy::promotion::promote_dtypes("global_norm", [a.into(), b.into()]);
        a + b
    });
    sum.unwrap_or_else(|| constant(Literal::scalar(0f32)))
}
/// `|x|²`, real.
#[track_caller]
fn abs_sq(x: Tracer) -> Tracer {
    if x.dtype().is_complex() { (x * x.conj()).real() } else { x.square() }
}
/// A number of steps before the first.
#[track_caller]
fn no_steps() -> Leaves {
    Leaves::one(constant(Literal::scalar(0i32)))
}
/// One step more; a number of steps that cannot grow stays.
#[track_caller]
fn increment(count: Tracer) -> Tracer {
    count.minimum(i32::MAX - 1) + 1
}
#[track_caller]
fn period(like: Tracer, period: usize) -> Tracer {
    constant(Literal::from_ints(raxla_ir::ShapedArray::new(&[], like.dtype()), [period as i128]))
}
/// `decay * old + (1 - decay) * new`, in the dtype of `new`.
#[track_caller]
fn moment(new: Tracer, old: Tracer, decay: f64) -> Tracer {
    new * (1.0 - decay) + old.astype(new.dtype()) * decay
}
/// `x / (1 - decay^steps)`: an average that began at zero, made one of the steps there were. The powers of each dtype are computed
/// once.
fn debias(decay: f64, steps: Tracer) -> impl Fn(Tracer) -> Tracer {
    let known = std::cell::RefCell::new(Vec::<(DType, Tracer)>::new());
    move |x| {
        let dtype = if x.dtype().real() == DType::F64 { DType::F64 } else { DType::F32 };
        let found = known.borrow().iter().find(|k| k.0 == dtype).map(|k| k.1);
        let bias = found.unwrap_or_else(|| {
            let bias = -(steps.astype(dtype) * decay.ln()).expm1();
            known.borrow_mut().push((dtype, bias));
            bias
        });
        x / bias.astype(x.dtype())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parameters after each of five steps down a landscape with waves. As `descend` in `tests/oracle/library.py`.
    pub(super) fn descend<P: Pytree<Leaf = Tracer, With<Tracer> = P> + Clone>(
        opt: GradientTransformation,
        mut params: P,
    ) -> Vec<P> {
        let mut state = opt.init(&params);
        let mut path = vec![];
        for _ in 0..5 {
            let grads = raxla_ir::pytree::map(params.clone(), |p: Tracer| p + (p * 3.0).sin());
            let updates;
            (updates, state) = opt.update(grads, state, &params);
            params = apply_updates(params, updates);
            path.push(params.clone());
        }
        path
    }

    #[test]
    fn a_state_goes_through_scan() {
        let w = Literal::from(vec![0.5f32, -1.0]);
        let program = raxla_ir::trace::trace(&[w.aval().clone()], |a| {
            let opt = adam(0.1);
            let step = |(w, state): (Tracer, State), _: Option<Tracer>| {
                let (updates, state) = opt.update(w + (w * 3.0).sin(), state, &w);
                ((apply_updates(w, updates), state), None::<Tracer>)
            };
            let carried = (a[0], opt.init(&a[0]));
            let ((scanned, state), _) = raxla_transforms::Scan::new().length(5).run(step, carried, None);
            let count = state.get("count").map_or(scanned, |count| count[0]);
            vec![scanned, descend(adam(0.1), a[0])[4], count]
        });
        let outs = raxla_ir::eval::eval(&program.program, &[w]).expect("values");
        assert_eq!(outs[0], outs[1]);
        assert_eq!(outs[2], Literal::scalar(5i32));
    }
    #[test]
    fn what_does_not_fit_is_said() {
        let error = |f: &dyn Fn(Tracer)| {
            let types = [raxla_ir::ShapedArray::new(&[2], DType::F32)];
            let traced = raxla_ir::trace::catch(|| {
                raxla_ir::trace::trace(&types, |a| {
                    f(a[0]);
                    vec![]
                });
            });
            traced.expect_err("an error").message
        };
        assert_eq!(
            error(&|w| drop(scale_by_adam(Adam::default()).update(w, scale(1.0).init(&w), &w))),
            "scale_by_adam: got the state of `scale`; make it by `init` of the same transformation"
        );
        assert_eq!(
            error(&|w| drop(sgd(1.0).update(vec![w], sgd(1.0).init(&w), &vec![w, w]))),
            "optim: gradients and parameters differ in structure: [()] and [(), ()]"
        );
        assert_eq!(
            error(&|w| drop(multi_transform([("a", sgd(1.0))], |_, _| "b").init(&vec![w]))),
            "multi_transform: no transformation is called `b`, the label of the leaf `[0]`"
        );
    }

    crate::oracle::rows! { optim:
        "optax.global_norm((a, b))", "f32(3), f32(2, 3)" => fn(a, b) global_norm((a, b));
        // XLA does not round the squares to 16 bits.
        "optax.global_norm((a, b))", "bf16(3), f32(2, 3)", within(500.0) => fn(a, b) global_norm((a, b));
        "optax.apply_updates((a, b), (b, a))", "f32(3), bf16(3)" => fn(a, b) apply_updates((a, b), (b, a));
        "optax.incremental_update((a, b), (b, a), 0.3)", "f32(3), f32(3)" => fn(a, b) incremental_update((a, b), (b, a), 0.3);
        "optax.periodic_update(a, b, c, 3)", "f32(3), f32(3), i32(low=6, high=7)", values => fn(a, b, c) periodic_update(a, b, c, 3);
        "optax.periodic_update(a, b, c, 3)", "f32(3), f32(3), i32(low=7, high=8)", values => fn(a, b, c) periodic_update(a, b, c, 3);
        "descend(optax.chain(optax.identity(), optax.set_to_zero()), a)", "f32(3)" => fn(a) descend(chain([identity(), set_to_zero()]), a);
    }
}
