//! Functions with derivatives of their own: [`custom_jvp`] and [`custom_vjp`]; with a transpose of their own: [`linear_call`].

use raxla_ir::{
    ShapedArray, Tracer,
    function::{Args, Function, Transformed, Tuple},
    primitives::{self, LinearCall},
    program::Source,
    pytree::{Pytree, flatten, unflatten},
    rewrite::{jvp::fill, nested::share_captures},
    trace::{bind_at, check_alive, fail_at, trace},
};
use std::{cell::RefCell, panic::Location};

pub(crate) fn short_name<F>() -> String {
    // Of a closure, the name of the function that it stands in.
    let full = std::any::type_name::<F>();
    let name = full.rsplit("::").find(|part| !part.starts_with("{{closure}}"));
    name.unwrap_or(full).trim_end_matches('>').to_string()
}
/// The structure of what a function returns, once it was traced.
pub(crate) struct Returned<R: Pytree<Leaf = Tracer>> {
    tree: RefCell<Option<R::Tree>>,
    /// Of what, for messages.
    operation: &'static str,
    at: Source,
}
impl<R: Pytree<Leaf = Tracer>> Returned<R> {
    pub(crate) fn new(operation: &'static str, at: Source) -> Returned<R> {
        Returned { tree: RefCell::new(None), operation, at }
    }
    /// The leaves of what the function returned.
    pub(crate) fn leaves(&self, out: R) -> Vec<Tracer> {
        let (outs, tree) = flatten(out);
        *self.tree.borrow_mut() = Some(tree);
        outs
    }
    pub(crate) fn tree(&self) -> R::Tree {
        match self.tree.borrow().clone() {
            Some(tree) => tree,
            None => fail_at(format!("{}: the function was not traced", self.operation), self.at),
        }
    }
    /// The value with other leaves.
    pub(crate) fn with(&self, outs: Vec<Tracer>) -> R {
        unflatten(&self.tree(), outs)
    }
}
/// The leaves that are floats.
fn floats(leaves: Vec<Tracer>) -> Vec<Tracer> {
    leaves.into_iter().filter(|t| t.dtype().is_inexact()).collect()
}

/// `f` with a derivative of its own: `rule` takes the arguments and their tangents, and returns the outputs and theirs.
///
/// Tangents of integers and bools are zeros. The rule must be linear in the tangents, and itself differentiable if higher derivatives
/// are wanted. Reverse mode follows from it by transposition.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{custom_jvp, grad};
/// // The derivative of log(1 + eˣ), without overflow.
/// let softplus = custom_jvp(
///     |x: Tracer| (x.exp() + 1.0).log(),
///     |(x,): (Tracer,), (t,): (Tracer,)| ((x.exp() + 1.0).log(), t * x.logistic()),
/// );
/// let x = Literal::scalar(0.0f32);
/// let program = trace(&[x.aval().clone()], |a| vec![grad(softplus)(a[0])]);
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::scalar(0.5f32)]);
/// ```
#[track_caller]
pub fn custom_jvp<'f, A, F, J>(f: F, rule: J) -> Transformed<'f, A, F::Out>
where
    A: Args + Tuple<F::Out>,
    F: Function<A> + 'f,
    F::Out: Pytree<Leaf = Tracer>,
    J: Fn(A, A) -> (F::Out, F::Out) + 'f,
{
    let at: Source = Location::caller().into();
    Transformed::new(move |args: A| {
        let (leaves, tree) = flatten(args);
        check_alive(&leaves, at);
        let returned = Returned::new("custom_jvp", at);
        let function = |args: &[Tracer]| returned.leaves(f.apply(unflatten(&tree, args.iter().copied())));
        let derivative = |args: &[Tracer], tangents: &[Tracer]| {
            let avals: Vec<ShapedArray> = args.iter().map(|a| a.aval()).collect();
            let tangents = fill(&avals, tangents.iter().copied().map(Some));
            let (out, tangent) = rule(unflatten(&tree, args.iter().copied()), unflatten(&tree, tangents));
            let ((mut outs, out_tree), (tangents, tangent_tree)) = (flatten(out), flatten(tangent));
            if out_tree != tangent_tree {
                fail_at(
                    format!(
                        "custom_jvp: the rule's outputs and tangents must have one structure, got {out_tree:?} and {tangent_tree:?}"
                    ),
                    at,
                );
            }
            let active = outs.iter().zip(tangents).filter(|(o, _)| o.dtype().is_inexact()).map(|(_, t)| t);
            let active: Vec<Tracer> = active.collect();
            outs.extend(active);
            outs
        };
        let outs = primitives::custom_jvp::custom_jvp_at(&short_name::<F>(), &leaves, function, derivative, at);
        returned.with(outs)
    })
}

/// `f` with a reverse-mode derivative of its own: `forward` returns the outputs and residuals, `backward` takes residuals and the
/// cotangents of the outputs, and returns those of the arguments.
///
/// Cotangents of integers and bools are zeros on the way in and ignored on the way out. Forward mode (`jvp`, `jacfwd`) is an error.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{custom_vjp, grad};
/// // The identity, which clips gradients to one.
/// let clip = custom_vjp(|x: Tracer| x, |x: Tracer| (x, x), |_: Tracer, ct: Tracer| (ct.clamp(-1.0, 1.0),));
/// let x = Literal::scalar(3.0f32);
/// let program = trace(&[x.aval().clone()], |a| vec![grad(|x: Tracer| { let y = clip(x); y * y })(a[0])]);
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::scalar(1.0f32)]);
/// ```
#[track_caller]
pub fn custom_vjp<'f, A, F, W, S, B>(f: F, forward: W, backward: B) -> Transformed<'f, A, F::Out>
where
    A: Args + Tuple<F::Out>,
    F: Function<A> + 'f,
    F::Out: Pytree<Leaf = Tracer>,
    W: Function<A, Out = (F::Out, S)> + 'f,
    S: Pytree<Leaf = Tracer>,
    B: Fn(S, F::Out) -> A + 'f,
{
    let at: Source = Location::caller().into();
    Transformed::new(move |args: A| {
        let (leaves, tree) = flatten(args);
        check_alive(&leaves, at);
        let trees: RefCell<Option<(<F::Out as Pytree>::Tree, S::Tree, Vec<ShapedArray>)>> = RefCell::new(None);
        let function = |args: &[Tracer]| flatten(f.apply(unflatten(&tree, args.iter().copied()))).0;
        let forwards = |args: &[Tracer]| {
            let (out, residuals) = forward.apply(unflatten(&tree, args.iter().copied()));
            let ((mut outs, out_tree), (residuals, residual_tree)) = (flatten(out), flatten(residuals));
            *trees.borrow_mut() = Some((out_tree, residual_tree, outs.iter().map(|o| o.aval()).collect()));
            outs.extend(residuals);
            outs
        };
        let backwards = |residuals: &[Tracer], cts: &[Tracer]| {
            let Some((out_tree, residual_tree, avals)) = trees.borrow().clone() else {
                fail_at("custom_vjp: the forward function was not traced".into(), at)
            };
            let cts = fill(&avals, cts.iter().copied().map(Some));
            let (out, ct_tree) =
                flatten(backward(unflatten(&residual_tree, residuals.iter().copied()), unflatten(&out_tree, cts)));
            if ct_tree != tree {
                fail_at(
                    format!(
                        "custom_vjp: the backward function must return a tuple like the arguments, {tree:?}, got {ct_tree:?}"
                    ),
                    at,
                );
            }
            floats(out)
        };
        let (name, sparing) = (short_name::<F>(), primitives::custom_vjp::Sparing::default);
        let outs = primitives::custom_vjp::custom_vjp_at(&name, &leaves, function, forwards, backwards, sparing, at);
        match trees.into_inner() {
            Some((out_tree, ..)) => unflatten(&out_tree, outs),
            None => fail_at("custom_vjp: the forward function was not traced".into(), at),
        }
    })
}

/// `fun(residual_args, linear_args)`, which is linear in the second, with a transpose of its own: `fun_transpose` of the residuals and
/// cotangents of the outputs gives those of the linear arguments. As `jax.custom_derivatives.linear_call`.
///
/// Reverse mode uses `fun_transpose` where it needs the transpose, and `fun` where it needs the transpose of that. Values that the
/// functions capture are residuals too. The derivative in residuals is that of `fun`.
///
/// # Panics
/// Inside the trace, at the caller's line, if linear arguments or outputs are not floats or complex numbers, or `fun_transpose` returns
/// another structure or types than those of the linear arguments.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{grad, linear_call};
/// // Division by a residual is its own transpose.
/// let divide = |x: Tracer, by: Tracer| {
///     linear_call(|by: Tracer, x: Tracer| x / by, |by: Tracer, ct: Tracer| ct / by, by, x)
/// };
/// let x = Literal::scalar(3.0f32);
/// let program = trace(&[x.aval().clone()], |a| {
///     let by = a[0] + 1.0;
///     vec![divide(a[0], by), grad(divide)(a[0], by)]
/// });
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::scalar(0.75f32), Literal::scalar(0.25f32)]);
/// ```
#[track_caller]
pub fn linear_call<R, L, O>(
    fun: impl Fn(R, L) -> O,
    fun_transpose: impl Fn(R, O) -> L,
    residual_args: R,
    linear_args: L,
) -> O
where
    R: Pytree<Leaf = Tracer>,
    L: Pytree<Leaf = Tracer>,
    O: Pytree<Leaf = Tracer>,
{
    let at: Source = Location::caller().into();
    let ((residuals, residual_tree), (linear, linear_tree)) = (flatten(residual_args), flatten(linear_args));
    check_alive(&[&residuals[..], &linear].concat(), at);
    let avals = |leaves: &[Tracer]| -> Vec<ShapedArray> { leaves.iter().map(|t| t.aval().strong()).collect() };
    let (residual_avals, n) = (avals(&residuals), residuals.len());
    let mut out_tree = None;
    let function = trace(&[&residual_avals[..], &avals(&linear)].concat(), |args| {
        let (residuals, linear) = args.split_at(n);
        let out =
            fun(unflatten(&residual_tree, residuals.iter().copied()), unflatten(&linear_tree, linear.iter().copied()));
        let (outs, tree) = flatten(out);
        check_alive(&outs, at);
        out_tree = Some(tree);
        outs
    });
    let Some(out_tree) = out_tree else { fail_at("linear_call: the function was not traced".into(), at) };
    let out_avals: Vec<ShapedArray> = function.program.out_avals().iter().map(ShapedArray::strong).collect();
    let transposed = trace(&[residual_avals, out_avals].concat(), |args| {
        let (residuals, cts) = args.split_at(n);
        let residuals = unflatten(&residual_tree, residuals.iter().copied());
        let (outs, tree) = flatten(fun_transpose(residuals, unflatten(&out_tree, cts.iter().copied())));
        check_alive(&outs, at);
        if tree != linear_tree {
            fail_at(
                format!(
                    "linear_call: the transpose must return a value like the linear arguments, {linear_tree:?}, got {tree:?}"
                ),
                at,
            );
        }
        outs
    });
    let (captured, programs) = share_captures(&[function, transposed]);
    let [function, transposed] = &programs[..] else { fail_at("linear_call: was not traced".into(), at) };
    let residual_count = captured.len() + n;
    let op = LinearCall { residuals: residual_count, function: function.clone(), transposed: transposed.clone() };
    unflatten(&out_tree, bind_at(op.into(), &[captured, residuals, linear].concat(), at))
}
