//! Functions with a rule of their own for batches: [`custom_vmap`], [`sequential_vmap`].

use crate::{
    control::map,
    custom::{Returned, short_name},
};
use raxla_ir::{
    Tracer,
    function::{Args, Function, Transformed, Tuple},
    primitives::{self, custom_vmap::BatchRule},
    program::Source,
    pytree::{Pytree, flatten, unflatten},
    rewrite::Batched,
    trace::{check_alive, fail},
};
use std::{cell::RefCell, panic::Location, sync::Arc};

/// `f` with a rule of its own for batches: where `vmap` meets the function, `rule` takes the size of the batch, a flag for each leaf of the
/// arguments that says whether it has the batch axis, in front, and the arguments; and returns the outputs, and such a flag for each.
///
/// `jvp` of the function is mapped by the derivative of the rule. Reverse mode is an error, since the rule says nothing of it: put a
/// [`custom_vjp`](crate::custom_vjp) around the function. The rule may be called at any time, on any thread, so it captures no tracers.
///
/// # Panics
/// Inside the trace, if the rule gives other outputs than the function, or the function captures a value that has the batch axis.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{custom_vmap, vmap};
/// // The sum of a row; and, of many rows, one product with a column of ones.
/// let sum = custom_vmap(
///     |x: Tracer| x.sum(),
///     |_, batched: &[bool], (x,): (Tracer,)| {
///         assert_eq!(batched, [true]);
///         (x.matmul(x.index(0) * 0.0 + 1.0), vec![true])
///     },
/// );
/// let x = Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0]);
/// let program = trace(&[x.aval().clone()], |a| vec![vmap(sum, 0)(a[0])]);
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::from(vec![3.0f32, 7.0])]);
/// assert!(program.program.to_string().contains("dot_general"));
/// ```
#[track_caller]
pub fn custom_vmap<'f, A, F, R>(f: F, rule: R) -> Transformed<'f, A, F::Out>
where
    A: Args + Tuple<F::Out>,
    F: Function<A> + 'f,
    F::Out: Pytree<Leaf = Tracer>,
    R: Fn(usize, &[bool], A) -> (F::Out, Vec<bool>) + Send + Sync + 'static,
{
    let at: Source = Location::caller().into();
    let rule = Arc::new(rule);
    // Calls of one structure have one rule, so that their programs are equal.
    let rules: RefCell<Vec<(A::Tree, <F::Out as Pytree>::Tree, BatchRule)>> = RefCell::default();
    Transformed::new(move |args: A| {
        let (leaves, tree) = flatten(args);
        check_alive(&leaves, at);
        let returned = Returned::new("custom_vmap", at);
        let function = |args: &[Tracer]| returned.leaves(f.apply(unflatten(&tree, args.iter().copied())));
        let batch_rule = || {
            let out_tree = returned.tree();
            let known = rules.borrow().iter().find(|(i, o, _)| *i == tree && *o == out_tree).map(|r| r.2.clone());
            known.unwrap_or_else(|| {
                let (name, count, in_tree, wanted) = (short_name::<F>(), leaves.len(), tree.clone(), out_tree.clone());
                let rule = rule.clone();
                let made = BatchRule::new(&name.clone(), move |axis, ins| {
                    let (flags, values) = arguments_of(&name, ins, count);
                    let (out, out_flags) = rule(axis.size, &flags, unflatten(&in_tree, values));
                    let (outs, tree) = flatten(out);
                    if tree != wanted || outs.len() != out_flags.len() {
                        fail(format!(
                            "custom_vmap: the rule of `{name}` must return a value like the function's, {wanted:?}, and a flag for each leaf \
                             of it; got {tree:?} and {} flags",
                            out_flags.len()
                        ));
                    }
                    outs.into_iter().zip(out_flags).map(|(value, batched)| Batched { value, batched }).collect()
                });
                rules.borrow_mut().push((tree.clone(), out_tree, made.clone()));
                made
            })
        };
        let outs = primitives::custom_vmap::custom_vmap_at(&leaves, function, batch_rule, at);
        returned.with(outs)
    })
}
/// The operands of a function with a rule for batches that are its arguments, of which there are so many: whether they have the batch axis,
/// and their values. What the function captured follows them.
pub fn arguments_of(name: &str, ins: &[Batched], count: usize) -> (Vec<bool>, Vec<Tracer>) {
    let (arguments, captured) = ins.split_at(count.min(ins.len()));
    if captured.iter().any(|c| c.batched) {
        fail(format!(
            "custom_vmap: `{name}` cannot be mapped in a value that it captured; make that value an argument"
        ));
    }
    arguments.iter().map(|i| (i.batched, i.value)).unzip()
}
/// `f`, which a batch is mapped over by one call after the other, in a loop: for what has no other rule for batches.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{sequential_vmap, vmap};
/// let square = sequential_vmap(|x: Tracer| x * x);
/// let x = Literal::from(vec![1.0f32, 2.0, 3.0]);
/// let program = trace(&[x.aval().clone()], |a| vec![vmap(square, 0)(a[0])]);
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::from(vec![1.0f32, 4.0, 9.0])]);
/// assert!(program.program.to_string().contains("scan"));
/// ```
#[track_caller]
pub fn sequential_vmap<'f, A, F>(f: F) -> Transformed<'f, A, F::Out>
where
    A: Args + Tuple<F::Out>,
    F: Function<A> + Clone + Send + Sync + 'static,
    F::Out: Pytree<Leaf = Tracer>,
{
    let one = f.clone();
    custom_vmap(f, move |_, batched: &[bool], args: A| {
        let (leaves, tree) = flatten(args);
        let of = |flag: bool| leaves.iter().zip(batched).filter(move |l| *l.1 == flag).map(|l| *l.0);
        let shared: Vec<Tracer> = of(false).collect();
        let each = |mapped: Vec<Tracer>| {
            let (mut shared, mut mapped) = (shared.iter(), mapped.iter());
            let all = batched.iter().filter_map(|b| if *b { mapped.next() } else { shared.next() }.copied());
            // The call is itself mapped by a loop, if a batch is mapped over it again.
            sequential_vmap(one.clone()).apply(unflatten(&tree, all))
        };
        let (outs, tree) = flatten(map(each, of(true).collect::<Vec<_>>()));
        let count = outs.len();
        (unflatten(&tree, outs), vec![true; count])
    })
}
