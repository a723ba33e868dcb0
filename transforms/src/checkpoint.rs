//! [`checkpoint`]: a function whose derivative computes values anew instead of keeping them; and policies that say which it keeps.

use raxla_ir::{
    Op, Primitive, Program, ShapedArray, Tracer,
    function::{Args, Function, Transformed, Tuple, stage_at},
    primitives::{Name, Policy, Remat},
    program::{Eqn, Source},
    pytree::{Pytree, flatten, unflatten},
    trace::{bind_at, check_alive},
};
use std::{panic::Location, rc::Rc};

/// `f`, which in reverse mode keeps only its arguments, and what it captures, and computes everything else again: less memory for more
/// time. The value and all derivatives are those of `f`. As `jax.checkpoint`; [`checkpoint_with`] takes a policy.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{checkpoint, grad};
/// let f = checkpoint(|x: Tracer| x.sin().sin());
/// let x = Literal::scalar(0.0f32);
/// let program = trace(&[x.aval().clone()], |a| vec![grad(f)(a[0])]);
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::scalar(1.0f32)]);
/// ```
#[track_caller]
pub fn checkpoint<'f, A, F>(f: F) -> Transformed<'f, A, F::Out>
where
    A: Args + Tuple<F::Out>,
    F: Function<A> + 'f,
    F::Out: Pytree<Leaf = Tracer>,
{
    checkpoint_at(f, CheckpointPolicy::nothing_saveable(), Location::caller().into())
}
/// [`checkpoint`] that keeps the values for which a policy holds, where the derivative needs them, and computes the others again.
///
/// The policy also holds in the loops, branches and functions in `f`: what it keeps in a loop is kept for every step.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{CheckpointPolicy, checkpoint_name, checkpoint_with, grad};
/// // The product is kept; its sine is computed again.
/// let f = |w: Tracer, x: Tracer| checkpoint_name(w.dot(x), "product").sin().sin().sum();
/// let f = checkpoint_with(f, CheckpointPolicy::save_only_these_names(&["product"]));
/// let (w, x) = (Literal::new(&[1, 2], &[1.0f32, 2.0]), Literal::from(vec![2.0f32, -1.0]));
/// let program = trace(&[w.aval().clone(), x.aval().clone()], |a| vec![grad(f)(a[0], a[1])]);
/// assert_eq!(eval(&program.program, &[w, x]).unwrap(), [Literal::new(&[1, 2], &[2.0f32, -1.0])]);
/// ```
#[track_caller]
pub fn checkpoint_with<'f, A, F>(f: F, policy: CheckpointPolicy<'f>) -> Transformed<'f, A, F::Out>
where
    A: Args + Tuple<F::Out>,
    F: Function<A> + 'f,
    F::Out: Pytree<Leaf = Tracer>,
{
    checkpoint_at(f, policy, Location::caller().into())
}
fn checkpoint_at<'f, A, F>(f: F, policy: CheckpointPolicy<'f>, at: Source) -> Transformed<'f, A, F::Out>
where
    A: Args + Tuple<F::Out>,
    F: Function<A> + 'f,
    F::Out: Pytree<Leaf = Tracer>,
{
    Transformed::new(move |args: A| {
        let (leaves, tree) = flatten(args);
        check_alive(&leaves, at);
        let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
        let staged = stage_at::<A, F::Out>(&f, &tree, &avals, None, at);
        let mut kept = policy.kept.clone();
        let mut program = staged.program;
        if let Some(custom) = &policy.custom {
            // A program holds data and no closures: what the closure chooses gets a name, and the names are what is kept.
            let name = format!("chosen at {at}");
            program = named(&program, &**custom, &name);
            kept = Policy::Either(vec![kept, Policy::SaveOnlyTheseNames(vec![name])]);
        }
        let op = Remat { again: false, policy: kept, program };
        unflatten(&staged.tree, bind_at(op.into(), &[leaves, staged.captured].concat(), at))
    })
}
/// The program with a name for all outputs of the equations that are chosen, in its sub-programs too.
fn named(program: &Program, choose: &dyn Fn(&Op, &[ShapedArray]) -> bool, name: &str) -> Program {
    let mut data = program.to_data();
    for mut eqn in std::mem::take(&mut data.eqns) {
        let ins: Vec<ShapedArray> = eqn.ins.iter().map(|v| data.aval(*v).clone()).collect();
        let chosen = choose(&eqn.op, &ins);
        if let Some(op) = eqn.op.map_subprograms(&mut |p| named(p, choose, name)) {
            eqn.op = op;
        }
        if !chosen {
            data.eqns.push(eqn);
            continue;
        }
        // The equation gets new outputs, and the old variables stand for these under their name: whoever used one uses the named one.
        let outs = eqn.outs.clone();
        eqn.outs = outs.iter().map(|v| data.fresh(data.aval(*v).clone())).collect();
        let (unnamed, source) = (eqn.outs.clone(), eqn.source);
        data.eqns.push(eqn);
        data.eqns.extend(outs.into_iter().zip(unnamed).map(|(v, unnamed)| {
            let op = Name { name: name.into() }.into();
            Eqn { op, ins: [unnamed].into_iter().collect(), outs: [v].into_iter().collect(), source }
        }));
    }
    Program::new(data)
}

/// The value, under a name by which policies refer to it, as `jax.ad_checkpoint.checkpoint_name`. All leaves of a pytree get the name.
///
/// It has no effect where no [`checkpoint_with`] is around it.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::checkpoint_name;
/// let x = Literal::scalar(2.0f32);
/// let program = trace(&[x.aval().clone()], |a| vec![checkpoint_name(a[0] * a[0], "square")]);
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::scalar(4.0f32)]);
/// ```
#[track_caller]
pub fn checkpoint_name<T: Pytree<Leaf = Tracer>>(value: T, name: &str) -> T {
    let at: Source = Location::caller().into();
    let (leaves, tree) = flatten(value);
    let named = leaves.into_iter().map(|x| bind_at(Name { name: name.into() }.into(), &[x], at)[0]);
    unflatten(&tree, named.collect::<Vec<_>>())
}

/// Which values a [`checkpoint_with`] keeps; `jax.checkpoint_policies`, with its names.
///
/// ```
/// use raxla_ir::{Op, Primitive, ShapedArray};
/// use raxla_transforms::CheckpointPolicy;
/// let cheap = CheckpointPolicy::custom(|op: &Op, _: &[ShapedArray]| op.name() == "reduce_sum");
/// let policy = CheckpointPolicy::save_from_both_policies(CheckpointPolicy::dots_saveable(), cheap);
/// # let _ = policy;
/// ```
#[derive(Clone)]
pub struct CheckpointPolicy<'f> {
    kept: Policy,
    custom: Option<Rc<dyn Fn(&Op, &[ShapedArray]) -> bool + 'f>>,
}
impl From<Policy> for CheckpointPolicy<'_> {
    fn from(kept: Policy) -> Self {
        CheckpointPolicy { kept, custom: None }
    }
}
fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| n.to_string()).collect()
}
impl<'f> CheckpointPolicy<'f> {
    /// Nothing is kept: as [`checkpoint`].
    pub fn nothing_saveable() -> Self {
        Policy::NothingSaveable.into()
    }
    /// Everything is kept, as if there were no [`checkpoint`].
    pub fn everything_saveable() -> Self {
        Policy::EverythingSaveable.into()
    }
    /// Products of matrices and convolutions are kept.
    pub fn dots_saveable() -> Self {
        Policy::DotsSaveable.into()
    }
    /// Products without batch axes are kept: those with weights, where examples are batched by [`vmap`](crate::vmap()) or by hand.
    pub fn dots_with_no_batch_dims_saveable() -> Self {
        Policy::DotsWithNoBatchDimsSaveable.into()
    }
    /// Values to which [`checkpoint_name`] gave one of these names are kept.
    pub fn save_only_these_names(names: &[&str]) -> Self {
        Policy::SaveOnlyTheseNames(owned(names)).into()
    }
    /// Values to which [`checkpoint_name`] gave another name than these are kept.
    pub fn save_any_names_but_these(names: &[&str]) -> Self {
        Policy::SaveAnyNamesButThese(owned(names)).into()
    }
    /// All values, named or not, are kept, except those of these names.
    pub fn save_anything_except_these_names(names: &[&str]) -> Self {
        Policy::SaveAnythingExceptTheseNames(owned(names)).into()
    }
    /// Values are kept that either policy keeps.
    pub fn save_from_both_policies(a: Self, b: Self) -> Self {
        let custom: Option<Rc<dyn Fn(&Op, &[ShapedArray]) -> bool + 'f>> = match (a.custom, b.custom) {
            (Some(f), Some(g)) => Some(Rc::new(move |op: &Op, ins: &[ShapedArray]| f(op, ins) || g(op, ins))),
            (f, g) => f.or(g),
        };
        CheckpointPolicy { kept: Policy::Either(vec![a.kept, b.kept]), custom }
    }
    /// The outputs of those primitives are kept for which `choose`, given the types of the operands, holds.
    ///
    /// It is asked once, when the function is traced, about the equations that the function itself records, and those of the loops,
    /// branches and functions in it. A value of its choice is kept by an enclosing [`Self::save_any_names_but_these`] too.
    pub fn custom(choose: impl Fn(&Op, &[ShapedArray]) -> bool + 'f) -> Self {
        CheckpointPolicy { kept: Policy::NothingSaveable, custom: Some(Rc::new(choose)) }
    }
}
