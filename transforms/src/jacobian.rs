//! Whole Jacobians and Hessians: a linear map applied to a basis, all at once.

use raxla_ir::{
    ShapedArray, Tracer,
    function::{Args, Function, Staged, Transformed, Tuple, stage_at},
    primitives::{Primitive, iota::iota},
    program::Source,
    pytree::{Pytree, flatten, unflatten},
    rewrite::{self, BatchAxis, Batched, Linearized, jvp::zeros, transpose},
    trace::{Traced, check_alive, fail_at, trace},
};
use std::panic::Location;

/// The unit arrays of a type, stacked: `[size, shape…]`.
fn basis(aval: &ShapedArray) -> Tracer {
    let n = aval.size();
    let index = |axis| iota(raxla_ir::DType::I32, &[n, n], axis);
    let eye = index(0).equal(index(1)).astype(aval.dtype);
    eye.reshape(&[&[n], &aval.shape[..]].concat())
}
struct Point<A: Args, R: Pytree<Leaf = Tracer>> {
    linearized: Linearized,
    x: ShapedArray,
    tree: R::Tree,
    args: std::marker::PhantomData<A>,
}
fn point<A: Args<Head = Tracer>, R: Pytree<Leaf = Tracer>>(
    name: &str,
    f: &impl Function<A, Out = R>,
    args: A,
    at: Source,
) -> Point<A, R> {
    let (mut leaves, in_tree) = flatten(args);
    check_alive(&leaves, at);
    let x = leaves[0].aval();
    if !x.dtype.is_inexact() {
        fail_at(format!("{name}: only floats have derivatives, but argument 0 is {x}"), at);
    }
    let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
    let Staged { program, captured, tree } = stage_at::<A, R>(f, &in_tree, &avals, None, at);
    leaves.extend(captured);
    let active: Vec<bool> = (0..leaves.len()).map(|i| i == 0).collect();
    Point { linearized: rewrite::linearize(&program, &leaves, &active), x, tree, args: std::marker::PhantomData }
}
/// `out.shape ++ in.shape`.
fn joined(out: &ShapedArray, x: &ShapedArray) -> Vec<usize> {
    [&out.shape[..], &x.shape[..]].concat()
}

/// The Jacobian of `f` in its first argument, an array, by forward mode: best where there are fewer inputs than outputs.
///
/// For every output of shape `s` it holds the derivatives, of shape `s ++ shape of the argument`.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{hessian, jacfwd, jacrev};
/// let x = Literal::from(vec![1.0f32, 2.0]);
/// let program = trace(&[x.aval().clone()], |a| {
///     let square = |x: Tracer| x * x;
///     let cube = |x: Tracer| (x * x * x).sum();
///     vec![jacfwd(square)(a[0]), jacrev(square)(a[0]), hessian(cube)(a[0])]
/// });
/// let matrix = |d: [f32; 4]| Literal::new(&[2, 2], &d);
/// let want = [matrix([2.0, 0.0, 0.0, 4.0]), matrix([2.0, 0.0, 0.0, 4.0]), matrix([6.0, 0.0, 0.0, 12.0])];
/// assert_eq!(eval(&program.program, &[x]).unwrap(), want);
/// ```
#[track_caller]
pub fn jacfwd<'f, A: Args<Head = Tracer> + Tuple<F::Out>, F: Function<A> + 'f>(f: F) -> Transformed<'f, A, F::Out>
where
    F::Out: Pytree<Leaf = Tracer>,
{
    let at = Location::caller().into();
    Transformed::new(move |args: A| {
        let Point { linearized: l, x, tree, .. } = point::<A, F::Out>("jacfwd", &f, args, at);
        if let Some(reason) = l.linear.eqns.iter().find_map(|e| e.op.unlowerable()) {
            fail_at(reason, at);
        }
        let mut ins = vec![Batched::new(basis(&x))];
        ins.extend(l.residuals.iter().map(|value| Batched { value: *value, batched: false }));
        let axis = BatchAxis { size: x.size(), name: None };
        let mut columns = rewrite::batch(&l.linear, &axis, &ins).into_iter();
        let jacobians = l.outs.iter().zip(&l.active).map(|(out, active)| {
            let shape = joined(&out.aval(), &x);
            match if *active { columns.next() } else { None } {
                Some(c) => c.spread(&axis).moveaxis(0, -1).reshape(&shape),
                None => zeros(&out.aval().with_shape(&shape)),
            }
        });
        unflatten(&tree, jacobians.collect::<Vec<_>>())
    })
}
/// The Jacobian of `f` in its first argument, an array, by reverse mode: best where there are fewer outputs than inputs.
///
/// For every float output of shape `s` it holds the derivatives, of shape `s ++ shape of the argument`; for others zeros.
#[track_caller]
pub fn jacrev<'f, A: Args<Head = Tracer> + Tuple<F::Out>, F: Function<A> + 'f>(f: F) -> Transformed<'f, A, F::Out>
where
    F::Out: Pytree<Leaf = Tracer>,
{
    let at = Location::caller().into();
    Transformed::new(move |args: A| {
        let Point { linearized: l, x, tree, .. } = point::<A, F::Out>("jacrev", &f, args, at);
        let actives: Vec<usize> = (0..l.outs.len()).filter(|i| l.active[*i]).collect();
        let jacobians = l.outs.iter().enumerate().map(|(i, out)| {
            let out = out.aval();
            let shape = joined(&out, &x);
            let zero = || zeros(&out.with_shape(&shape));
            let Some(position) = actives.iter().position(|a| *a == i) else { return zero() };
            // The transpose as a program of the cotangent and the residuals, over the basis.
            let avals: Vec<ShapedArray> =
                std::iter::once(out.strong()).chain(l.residuals.iter().map(|r| r.aval())).collect();
            let mut reached = false;
            let Traced { program, .. } = trace(&avals, |args| {
                let ins: Vec<Option<Tracer>> =
                    std::iter::once(None).chain(args[1..].iter().map(|r| Some(*r))).collect();
                let mut cts = vec![None; actives.len()];
                cts[position] = Some(args[0]);
                let row = transpose(&l.linear, &ins, &cts).remove(0);
                reached = row.is_some();
                row.into_iter().collect()
            });
            if !reached {
                return zero();
            }
            let mut ins = vec![Batched::new(basis(&out.strong()))];
            ins.extend(l.residuals.iter().map(|value| Batched { value: *value, batched: false }));
            let axis = BatchAxis { size: out.size(), name: None };
            rewrite::batch(&program, &axis, &ins)[0].spread(&axis).reshape(&shape)
        });
        let jacobians: Vec<Tracer> = jacobians.collect();
        unflatten(&tree, jacobians)
    })
}
/// The matrix of second derivatives of a function that returns a scalar, in its first argument: forward over reverse mode.
///
/// Its shape is that of the argument, twice.
#[track_caller]
pub fn hessian<'f, A, F>(f: F) -> Transformed<'f, A, F::Out>
where
    A: Args<Head = Tracer> + Tuple<F::Out>,
    F: Function<A> + 'f,
    F::Out: Pytree<Leaf = Tracer>,
{
    jacfwd::<A, _>(jacrev(f))
}
