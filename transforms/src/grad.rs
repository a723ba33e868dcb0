//! Reverse mode: [`vjp`], [`grad`] and [`value_and_grad`]: linearize, then transpose.

use raxla_ir::{DType, Literal};
use raxla_ir::{
    ShapedArray, Tracer,
    function::{Args, Function, Staged, Transformed, Tuple, stage_at},
    program::Source,
    pytree::{Pytree, flatten, paths, unflatten},
    rewrite::{self, Linearized, jvp::zeros, transpose},
    trace::{check_alive, constant, fail_at},
};
use std::panic::Location;

/// A linearized program's cotangents: of the `n` active inputs, for those of the outputs for which `active` holds.
fn pull_back(l: &Linearized, n: usize, cts: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
    let ins: Vec<Option<Tracer>> = vec![None; n].into_iter().chain(l.residuals.iter().map(|r| Some(*r))).collect();
    let cts: Vec<Option<Tracer>> = cts.iter().zip(&l.active).filter(|c| *c.1).map(|c| *c.0).collect();
    transpose(&l.linear, &ins, &cts)
}

/// The value of `f` at `primals`, and its derivative there as a function from cotangents of the outputs to cotangents of the
/// arguments.
///
/// Cotangents of integer and bool outputs are ignored, those of integer and bool arguments are zeros.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::vjp;
/// let x = Literal::scalar(3.0f32);
/// let program = trace(&[x.aval().clone()], |a| {
///     let (y, pull_back) = vjp(|x: Tracer, y: Tracer| x * y, (a[0], a[0] + 1.0));
///     let (dx, dy) = pull_back(a[0] * 0.0 + 10.0);
///     vec![y, dx, dy]
/// });
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [12.0f32, 40.0, 30.0].map(Literal::scalar));
/// ```
#[track_caller]
pub fn vjp<'f, A: Args, F: Function<A>>(f: F, primals: A) -> (F::Out, Transformed<'f, (F::Out,), A>)
where
    F::Out: Pytree<Leaf = Tracer>,
{
    let at: Source = Location::caller().into();
    let (mut args, in_tree) = flatten(primals);
    check_alive(&args, at);
    let avals: Vec<ShapedArray> = args.iter().map(|t| t.aval()).collect();
    let Staged { program, captured, tree } = stage_at::<A, F::Out>(&f, &in_tree, &avals, None, at);
    let mut active: Vec<bool> = avals.iter().map(|a| a.dtype.is_inexact()).collect();
    active.resize(avals.len() + captured.len(), false);
    args.extend(captured);
    let linearized = rewrite::linearize(&program, &args, &active);
    let out = unflatten(&tree, linearized.outs.clone());
    let pull = move |(cts,): (F::Out,)| {
        let (cts, ct_tree) = flatten(cts);
        check_alive(&cts, at);
        if ct_tree != tree {
            fail_at(format!("vjp: cotangents must have the structure of the outputs, {tree:?}, got {ct_tree:?}"), at);
        }
        for (i, (ct, out)) in cts.iter().zip(&linearized.outs).enumerate() {
            if ct.aval().strong() != out.aval().strong() {
                fail_at(format!("vjp: the cotangent of output {i} must be {}, got {}", out.aval(), ct.aval()), at);
            }
        }
        let cts: Vec<Option<Tracer>> = cts.into_iter().map(Some).collect();
        let count = active.iter().filter(|a| **a).count();
        let mut grads = pull_back(&linearized, count, &cts).into_iter();
        let all = avals
            .iter()
            .map(|a| if a.dtype.is_inexact() { grads.next().flatten() } else { None }.unwrap_or_else(|| zeros(a)));
        unflatten(&in_tree, all.collect::<Vec<_>>())
    };
    (out, Transformed::new(pull))
}

/// What `grad` and its kin share: outputs, structure of the outputs, and gradients of the first `n` leaves.
fn gradients<A: Args, R: Pytree<Leaf = Tracer>>(
    name: &str,
    f: &impl Function<A, Out = R>,
    args: A,
    wanted: impl Fn(&A::Tree) -> usize,
    at: Source,
) -> (Vec<Tracer>, R::Tree, Vec<Tracer>, A::Tree) {
    let (mut leaves, in_tree) = flatten(args);
    check_alive(&leaves, at);
    let n = wanted(&in_tree);
    for (leaf, path) in leaves[..n].iter().zip(paths::<A>(&in_tree)) {
        if !leaf.dtype().is_inexact() {
            fail_at(
                format!(
                    "{name}: only floats have gradients, but argument{path} is {}; make it another argument, or a static field",
                    leaf.aval()
                ),
                at,
            );
        }
    }
    let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
    let Staged { program, captured, tree } = stage_at::<A, R>(f, &in_tree, &avals, None, at);
    let value = program.outs.first().map(|v| program.aval(*v).clone());
    match &value {
        Some(v) if v.rank() == 0 && v.dtype.is_float() => {}
        Some(v) => fail_at(
            format!(
                "{name}: the function must return a scalar float, got {v}; reduce it with `.sum()` or `.mean()`, or use vjp or jacrev"
            ),
            at,
        ),
        None => fail_at(format!("{name}: the function must return a scalar float, but returns no array"), at),
    }
    leaves.extend(captured);
    let active: Vec<bool> = (0..leaves.len()).map(|i| i < n).collect();
    let linearized = rewrite::linearize(&program, &leaves, &active);
    let one = constant(Literal::full(ShapedArray::new(&[], value.map_or(DType::F32, |v| v.dtype)), 1.0));
    let mut cts = vec![None; linearized.outs.len()];
    cts[0] = Some(one);
    let grads = pull_back(&linearized, n, &cts);
    let grads = grads.into_iter().zip(&avals).map(|(g, a)| g.unwrap_or_else(|| zeros(a))).collect();
    (linearized.outs, tree, grads, in_tree)
}
fn head_count<A: Args>(tree: &A::Tree) -> usize {
    A::counts(tree)[0]
}

/// The gradient of a function that returns a scalar float, in its first argument: a tree like that argument.
///
/// # Panics
/// Inside the trace, if the output is no scalar float or the first argument holds integers or bools; the message names the line where
/// `grad` was called.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::grad;
/// let x = Literal::scalar(3.0f32);
/// let program = trace(&[x.aval().clone()], |a| {
///     let df = grad(|x: Tracer| x * x * x);
///     let ddf = grad(grad(|x: Tracer| x * x * x));
///     vec![df(a[0]), ddf(a[0])]
/// });
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [27.0f32, 18.0].map(Literal::scalar));
/// ```
#[track_caller]
pub fn grad<'f, A: Args + Tuple<A::Head>, F: Function<A, Out = Tracer> + 'f>(f: F) -> Transformed<'f, A, A::Head> {
    let at = Location::caller().into();
    Transformed::new(move |args: A| {
        let (_, _, grads, tree) = gradients("grad", &f, args, head_count::<A>, at);
        unflatten(A::head(&tree), grads)
    })
}
/// The gradients of a function that returns a scalar float, in all of its arguments: a tuple like them.
#[track_caller]
pub fn grad_all<'f, A: Args + Tuple<A>, F: Function<A, Out = Tracer> + 'f>(f: F) -> Transformed<'f, A, A> {
    let at = Location::caller().into();
    Transformed::new(move |args: A| {
        let all = |tree: &A::Tree| raxla_ir::pytree::count::<A>(tree);
        let (_, _, grads, tree) = gradients("grad_all", &f, args, all, at);
        unflatten(&tree, grads)
    })
}
/// The gradient in the first argument of a function that returns a scalar float and something else, and that something else.
#[track_caller]
pub fn grad_aux<'f, A, X, F>(f: F) -> Transformed<'f, A, (A::Head, X)>
where
    A: Args + Tuple<(A::Head, X)>,
    X: Pytree<Leaf = Tracer>,
    F: Function<A, Out = (Tracer, X)> + 'f,
{
    let at = Location::caller().into();
    Transformed::new(move |args: A| {
        let (outs, out_tree, grads, tree) = gradients("grad_aux", &f, args, head_count::<A>, at);
        let (_, aux): (Tracer, X) = unflatten(&out_tree, outs);
        (unflatten(A::head(&tree), grads), aux)
    })
}
/// The value of a function that returns a scalar float, and its gradient in its first argument.
#[track_caller]
pub fn value_and_grad<'f, A, F>(f: F) -> Transformed<'f, A, (Tracer, A::Head)>
where
    A: Args + Tuple<(Tracer, A::Head)>,
    F: Function<A, Out = Tracer> + 'f,
{
    let at = Location::caller().into();
    Transformed::new(move |args: A| {
        let (outs, _, grads, tree) = gradients("value_and_grad", &f, args, head_count::<A>, at);
        (outs[0], unflatten(A::head(&tree), grads))
    })
}
/// The value of a function that returns a scalar float and something else, and the float's gradient in the first argument.
#[track_caller]
pub fn value_and_grad_aux<'f, A, X, F>(f: F) -> Transformed<'f, A, ((Tracer, X), A::Head)>
where
    A: Args + Tuple<((Tracer, X), A::Head)>,
    X: Pytree<Leaf = Tracer>,
    F: Function<A, Out = (Tracer, X)> + 'f,
{
    let at = Location::caller().into();
    Transformed::new(move |args: A| {
        let (outs, out_tree, grads, tree) = gradients("value_and_grad_aux", &f, args, head_count::<A>, at);
        (unflatten(&out_tree, outs), unflatten(A::head(&tree), grads))
    })
}
