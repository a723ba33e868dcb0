//! Transformations of transformations: for some of the parameters, under conditions, with slow parameters behind.

use super::{GradientTransformation, Leaves, State, clipping::all_finite, increment, no_steps, period};
use raxla_ir::{
    Literal, ShapedArray, Tracer,
    trace::{constant, fail, or_fail},
};
use raxla_transforms::cond;
use std::{fmt, rc::Rc};

/// Which leaves a transformation is for: a function of a leaf's path, such as `.layers[0].w`, and its type.
#[derive(Clone)]
pub struct Mask(Rc<dyn Fn(&str, &ShapedArray) -> bool>);
impl Mask {
    /// The mask of a function.
    pub fn new(holds: impl Fn(&str, &ShapedArray) -> bool + 'static) -> Mask {
        Mask(Rc::new(holds))
    }
    fn of(&self, leaves: &Leaves) -> Vec<bool> {
        leaves.paths().iter().zip(leaves.iter()).map(|(path, x)| (self.0)(path, &x.aval())).collect()
    }
}
impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Mask")
    }
}
/// A transformation of the leaves that the mask holds for; the updates of all others stay as they are.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::masked(optim::scale(-0.1), optim::Mask::new(|_, aval| aval.rank() == 1)))), "[-0.1, 0.2]");
/// ```
pub fn masked(inner: GradientTransformation, mask: Mask) -> GradientTransformation {
    let name = "masked";
    let (start, holds) = (inner.clone(), mask.clone());
    GradientTransformation::new(
        move |params| State::new(name, []).around(vec![(start.init)(&params.keep(&holds.of(params)))]),
        move |updates, state, params| {
            let [] = state.slots(name);
            let keep = mask.of(updates);
            let (new, inside) = (inner.update)(&updates.keep(&keep), only(name, state), &params.keep(&keep));
            (updates.replace(&keep, new), State::new(name, []).around(vec![inside]))
        },
    )
}
/// The one state inside.
#[track_caller]
pub(super) fn only<'s>(name: &str, state: &'s State) -> &'s State {
    match state.inner() {
        [inside] => inside,
        others => fail(format!("{name}: got a state with {} others inside, not 1", others.len())),
    }
}
/// Several transformations, each for the leaves that `label` (of a leaf's path and type) gives its name. Optax calls it `partition` too.
///
/// ```
/// use raxla::{optim, prelude::*};
/// let opt = optim::multi_transform([("slow", optim::sgd(0.5)), ("fast", optim::sgd(2.0))], |path, _| {
///     if path == ".0" { "slow" } else { "fast" }
/// });
/// let step = jit(|a: Tracer, b: Tracer| opt.update((a, b), opt.init(&(a, b)), &(a, b)).0);
/// let (a, b) = step(Array::from(1.0f32), Array::from(1.0f32));
/// assert_eq!((a.item::<f32>()?, b.item::<f32>()?), (-0.5, -2.0));
/// # Ok::<(), raxla::Error>(())
/// ```
pub fn multi_transform(
    transforms: impl IntoIterator<Item = (&'static str, GradientTransformation)>,
    label: impl Fn(&str, &ShapedArray) -> &'static str + 'static,
) -> GradientTransformation {
    let name = "multi_transform";
    let transforms: Rc<[(&'static str, GradientTransformation)]> = transforms.into_iter().collect();
    let label = Rc::new(label);
    let parts = |transforms: &[(&'static str, GradientTransformation)],
                 label: Rc<dyn Fn(&str, &ShapedArray) -> &'static str>| {
        let part = |(group, inner): &(&'static str, GradientTransformation)| {
            let (group, label) = (*group, label.clone());
            masked(inner.clone(), Mask::new(move |path, aval| label(path, aval) == group))
        };
        super::chain(transforms.iter().map(part))
    };
    let whole = parts(&transforms, label.clone());
    let start = whole.clone();
    GradientTransformation::new(
        move |params| {
            for (path, x) in params.paths().iter().zip(params.iter()) {
                let group = label(path, &x.aval());
                let known = || format!("no transformation is called `{group}`, the label of the leaf `{path}`");
                or_fail(name, transforms.iter().any(|t| t.0 == group).then_some(()).ok_or_else(known));
            }
            (start.init)(params)
        },
        move |updates, state, params| (whole.update)(updates, state, params),
    )
}

/// A transformation that leaves out gradients with NaN or infinities, as if the step had not been, but for more than
/// `max_consecutive_errors` of them one after the other.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::apply_if_finite(optim::sgd(0.1), 2))), "[-0.1, 0.2]");
/// ```
pub fn apply_if_finite(inner: GradientTransformation, max_consecutive_errors: usize) -> GradientTransformation {
    let name = "apply_if_finite";
    let start = inner.clone();
    GradientTransformation::new(
        move |params| {
            let last = Leaves::one(constant(Literal::scalar(true)));
            let slots = [("notfinite_count", no_steps()), ("last_finite", last), ("total_notfinite", no_steps())];
            State::new(name, slots).around(vec![(start.init)(params)])
        },
        move |updates, state, params| {
            let [run, _, total] = state.slots(name);
            let finite = all_finite(updates);
            let run = finite.select(0, increment(run[0]));
            let applied = finite | run.greater(period(run, max_consecutive_errors));
            let (updates, inside) = when(applied, &inner, updates, only(name, state), params);
            let total = finite.select(total[0], increment(total[0]));
            let slots = [("notfinite_count", run), ("last_finite", finite), ("total_notfinite", total)];
            (updates, State::new(name, slots.map(|(slot, x)| (slot, Leaves::one(x)))).around(vec![inside]))
        },
    )
}
/// The update of a transformation where `pred` holds; else zeros, and the state as it was.
pub(super) fn when(
    pred: Tracer,
    inner: &GradientTransformation,
    updates: &Leaves,
    state: &State,
    params: &Leaves,
) -> (Leaves, State) {
    let (outs, state) = cond(
        pred,
        |grads: Vec<Tracer>, values: Vec<Tracer>, state: State| {
            let (new, state) = (inner.update)(&updates.with(grads), &state, &params.with(values));
            (new.into_values(), state)
        },
        |grads: Vec<Tracer>, _: Vec<Tracer>, state: State| {
            (grads.into_iter().map(|g| g.full_like(0.0)).collect(), state)
        },
        (updates.to_vec(), params.to_vec(), state.clone()),
    );
    (updates.with(outs), state)
}

/// Parameters that go `sync_period` steps, and then back to `slow_step_size` of the way (Zhang et al. 2019). With `reset_state`, the inner
/// transformation then begins anew. The slow parameters, those to evaluate with, are the state's `slow`.
///
/// Optax has the pair of both as parameters; here the parameters are the fast ones.
///
/// ```
/// # use raxla::{constant, optim, show};
/// let (p, g) = (|| constant(vec![0.5f32, 1.0]), || constant(vec![1.0f32, -2.0]));
/// let step = |o: optim::GradientTransformation| o.update(g(), o.init(&p()), &p()).0;
/// assert_eq!(show(|| step(optim::lookahead(optim::sgd(0.1), 2, 0.5, false))), "[-0.1, 0.2]");
/// ```
#[track_caller]
pub fn lookahead(
    inner: GradientTransformation,
    sync_period: usize,
    slow_step_size: f64,
    reset_state: bool,
) -> GradientTransformation {
    let name = "lookahead";
    if sync_period == 0 {
        fail("lookahead: takes a positive `sync_period`, got 0");
    }
    let start = inner.clone();
    GradientTransformation::new(
        move |params| {
            let slots = [("steps_since_sync", no_steps()), ("slow", params.clone())];
            State::new(name, slots).around(vec![(start.init)(params)])
        },
        move |updates, state, params| {
            let [steps, slow] = state.slots(name);
            let (updates, mut inside) = (inner.update)(updates, only(name, state), params);
            let sync = steps[0].equal(period(steps[0], sync_period) - 1);
            let synced = updates.zip3(params, slow, |u, p, s| s + (p + u.astype(p.dtype()) - s) * slow_step_size);
            let next = updates.zip3(&synced, params, |u, s, p| sync.select((s - p).astype(u.dtype()), u));
            let slow = synced.zip(slow, |new, old| sync.select(new, old));
            if reset_state {
                inside = inside.zip(&(inner.init)(params), |now, first| sync.select(first, now));
            }
            let steps = Leaves::one((steps[0] + 1) % period(steps[0], sync_period));
            (next, State::new(name, [("steps_since_sync", steps), ("slow", slow)]).around(vec![inside]))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::super::{tests::descend, *};

    crate::oracle::rows! { optim_wrappers:
        "descend(optax.chain(optax.masked(optax.scale(-0.5), (True, False)), optax.scale(0.1)), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(chain([masked(scale(-0.5), Mask::new(|path, _| path == ".0")), scale(0.1)]), (a, b));
        "descend(optax.partition({'a': optax.sgd(0.1, 0.9), 'b': optax.adam(0.1, eps_root=0.1)}, ('a', 'b')), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(multi_transform(
                [("a", sgd_with(0.1, 0.9, false)), ("b", adam_with(0.1, Adam { eps_root: 0.1, ..Adam::default() }))],
                |path, _| if path == ".0" { "a" } else { "b" },
            ), (a, b));
        "descend(optax.apply_if_finite(optax.sgd(0.1, 0.9), 2), (a, b))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(apply_if_finite(sgd_with(0.1, 0.9, false), 2), (a, b));
        "descend(optax.apply_if_finite(optax.sgd(0.1, 0.9), 2), (a, b))", "f32(3), values([1, inf], 'f4')", values
            => fn(a, b) descend(apply_if_finite(sgd_with(0.1, 0.9, false), 2), (a, b));
        "descend(optax.lookahead(optax.sgd(0.1, 0.9), 2, 0.5), optax.LookaheadParams.init_synced((a, b)))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(lookahead(sgd_with(0.1, 0.9, false), 2, 0.5, false), (a, b));
        "descend(optax.lookahead(optax.sgd(0.1, 0.9), 2, 0.5, True), optax.LookaheadParams.init_synced((a, b)))", "f32(3), f32(2, 3)"
            => fn(a, b) descend(lookahead(sgd_with(0.1, 0.9, false), 2, 0.5, true), (a, b));
    }
}
