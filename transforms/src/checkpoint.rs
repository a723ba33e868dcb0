//! [`checkpoint`]: a function whose derivative computes values anew instead of keeping them.

use raxla_ir::{
    ShapedArray, Tracer,
    function::{Args, Function, Transformed, Tuple, stage_at},
    primitives::Remat,
    program::Source,
    pytree::{Pytree, flatten, unflatten},
    trace::{bind_at, check_alive},
};
use std::panic::Location;

/// `f`, which in reverse mode keeps only its arguments, and what it captures, and computes everything else again: less memory for more
/// time. The value and all derivatives are those of `f`.
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
    let at: Source = Location::caller().into();
    Transformed::new(move |args: A| {
        let (leaves, tree) = flatten(args);
        check_alive(&leaves, at);
        let avals: Vec<ShapedArray> = leaves.iter().map(|t| t.aval()).collect();
        let staged = stage_at::<A, F::Out>(&f, &tree, &avals, None, at);
        let op = Remat { again: false, program: staged.program };
        unflatten(&staged.tree, bind_at(op.into(), &[leaves, staged.captured].concat(), at))
    })
}
