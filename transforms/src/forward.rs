//! Forward mode: [`jvp`] and [`linearize`].

use raxla_ir::{
    ShapedArray, Tracer,
    function::{Args, Function, Staged, Transformed, Tuple, stage_at},
    primitives::Primitive,
    program::Source,
    pytree::{Pytree, flatten, paths, unflatten},
    rewrite::{self, Linearized, zeros_like},
    trace::{check_alive, fail_at, inline},
};
use std::panic::Location;

/// Checks that tangents are of the types of their primals; returns those of float leaves.
fn checked_tangents(
    name: &str,
    paths: &[String],
    primals: &[Tracer],
    tangents: &[Tracer],
    at: Source,
) -> Vec<Option<Tracer>> {
    if primals.len() != tangents.len() {
        fail_at(format!("{name}: needs a tangent for each of {} leaves, got {}", primals.len(), tangents.len()), at);
    }
    let each = primals.iter().zip(tangents).zip(paths).map(|((x, t), path)| {
        if x.aval().strong() != t.aval().strong() {
            fail_at(format!("{name}: the tangent of argument{path} must be {}, got {}", x.aval(), t.aval()), at);
        }
        x.dtype().is_inexact().then_some(*t)
    });
    each.collect()
}

/// The value of `f` at `primals`, and its derivative there in the direction of `tangents`.
///
/// Tangents have the structure, shapes and dtypes of the primals. Those of integers and bools are ignored, and those of integer and
/// bool outputs are zeros.
///
/// # Panics
/// Inside the trace, at the caller's line, if a tangent is of another type than its primal.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::jvp;
/// let x = Literal::scalar(2.0f32);
/// let program = trace(&[x.aval().clone(), x.aval().clone()], |a| {
///     let (y, dy) = jvp(|x: Tracer| x * x, (a[0],), (a[1],));
///     vec![y, dy]
/// });
/// let outs = eval(&program.program, &[x, Literal::scalar(1.0f32)]).unwrap();
/// assert_eq!(outs, [Literal::scalar(4.0f32), Literal::scalar(4.0f32)]);
/// ```
#[track_caller]
pub fn jvp<A: Args, F: Function<A>>(f: F, primals: A, tangents: A) -> (F::Out, F::Out)
where
    F::Out: Pytree<Leaf = Tracer>,
{
    let at: Source = Location::caller().into();
    let ((mut primals, tree), (tangents, tangent_tree)) = (flatten(primals), flatten(tangents));
    check_alive(&primals, at);
    check_alive(&tangents, at);
    if tree != tangent_tree {
        fail_at(format!("jvp: primals and tangents must have one structure, got {tree:?} and {tangent_tree:?}"), at);
    }
    let mut tangents = checked_tangents("jvp", &paths::<A>(&tree), &primals, &tangents, at);
    let avals: Vec<ShapedArray> = primals.iter().map(|t| t.aval()).collect();
    let Staged { program, captured, tree } = stage_at::<A, F::Out>(&f, &tree, &avals, None, at);
    tangents.resize(primals.len() + captured.len(), None);
    primals.extend(captured);
    let dual = rewrite::jvp(&program, &primals, &tangents);
    let tangents = dual.tangents.iter().zip(&dual.outs).map(|(t, o)| t.unwrap_or_else(|| zeros_like(*o)));
    let tangents: Vec<Tracer> = tangents.collect();
    (unflatten(&tree, dual.outs), unflatten(&tree, tangents))
}

/// The value of `f` at `primals`, and its derivative there as a function of tangents, which computes nothing again.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::linearize;
/// let x = Literal::scalar(3.0f32);
/// let program = trace(&[x.aval().clone()], |a| {
///     let (y, derivative) = linearize(|x: Tracer| x * x, (a[0],));
///     vec![y, derivative(a[0] * 0.0 + 1.0), derivative(a[0])]
/// });
/// let outs = eval(&program.program, &[x]).unwrap();
/// assert_eq!(outs, [9.0f32, 6.0, 18.0].map(Literal::scalar));
/// ```
#[track_caller]
pub fn linearize<'f, A: Args + Tuple<F::Out>, F: Function<A>>(f: F, primals: A) -> (F::Out, Transformed<'f, A, F::Out>)
where
    F::Out: Pytree<Leaf = Tracer>,
{
    let at: Source = Location::caller().into();
    let (mut primals, in_tree) = flatten(primals);
    check_alive(&primals, at);
    let avals: Vec<ShapedArray> = primals.iter().map(|t| t.aval()).collect();
    let Staged { program, captured, tree } = stage_at::<A, F::Out>(&f, &in_tree, &avals, None, at);
    let mut active: Vec<bool> = avals.iter().map(|a| a.dtype.is_inexact()).collect();
    active.resize(avals.len() + captured.len(), false);
    let count = primals.len();
    primals.extend(captured);
    let Linearized { outs, linear, residuals, active } = rewrite::linearize(&program, &primals, &active);
    primals.truncate(count);
    let (out, like) = (unflatten(&tree, outs.clone()), outs);
    let derivative = move |tangents: A| {
        let (tangents, tangent_tree) = flatten(tangents);
        check_alive(&tangents, at);
        if tangent_tree != in_tree {
            fail_at(format!("linearize: tangents must have the structure {in_tree:?}, got {tangent_tree:?}"), at);
        }
        let tangents = checked_tangents("linearize", &paths::<A>(&in_tree), &primals, &tangents, at);
        if let Some(reason) = linear.eqns.iter().find_map(|e| e.op.unlowerable()) {
            fail_at(reason, at);
        }
        let args: Vec<Tracer> = tangents.into_iter().flatten().chain(residuals.iter().copied()).collect();
        let mut present = inline(&linear, &args).into_iter();
        let all = active
            .iter()
            .zip(&like)
            .map(|(a, o)| if *a { present.next() } else { None }.unwrap_or_else(|| zeros_like(*o)));
        unflatten(&tree, all.collect::<Vec<_>>())
    };
    (out, Transformed::new(derivative))
}
