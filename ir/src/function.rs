//! Functions of pytrees of tracers, of one to eight arguments: what transforms take and return.

use crate::{
    aval::ShapedArray,
    program::{Program, Source},
    pytree::{self, Pytree, flatten},
    trace::{Traced, Tracer, check_alive, trace_in_axis},
};
use std::{panic::Location, rc::Rc};

/// A function that can be traced: a closure, a `fn`, or a transform of one.
pub trait Function<Args> {
    /// What it returns.
    type Out;
    /// Calls it with a tuple of arguments.
    fn apply(&self, args: Args) -> Self::Out;
}
/// The arguments of a function: a tuple of one to eight pytrees.
pub trait Args: Pytree<Leaf = Tracer> {
    /// The first argument.
    type Head: Pytree<Leaf = Tracer>;
    /// The structure of the first argument.
    fn head(tree: &Self::Tree) -> &<Self::Head as Pytree>::Tree;
    /// The number of leaves of each argument.
    fn counts(tree: &Self::Tree) -> Vec<usize>;
}
/// A tuple of arguments, and the `Fn` that takes them one by one.
pub trait Tuple<R>: Sized {
    /// `dyn Fn(A, B, …) -> R`.
    type Fn<'f>: ?Sized;
    /// The function of several arguments for one of a tuple.
    fn spread<'f>(f: impl Fn(Self) -> R + 'f) -> Box<Self::Fn<'f>>;
}
macro_rules! arities { ($($A:ident $i:tt $a:ident $(, $B:ident $j:tt $b:ident)*;)*) => { $(
    impl<F, $A, $($B,)* R> Function<($A, $($B,)*)> for F
    where
        F: Fn($A, $($B),*) -> R,
    {
        type Out = R;
        fn apply(&self, ($a, $($b,)*): ($A, $($B,)*)) -> R { self($a, $($b),*) }
    }
    impl<$A: Pytree<Leaf = Tracer>, $($B: Pytree<Leaf = Tracer>),*> Args for ($A, $($B,)*) {
        type Head = $A;
        fn head(tree: &Self::Tree) -> &$A::Tree { &tree.0 }
        fn counts(tree: &Self::Tree) -> Vec<usize> { vec![pytree::count::<$A>(&tree.$i), $(pytree::count::<$B>(&tree.$j)),*] }
    }
    impl<$A: 'static, $($B: 'static,)* R: 'static> Tuple<R> for ($A, $($B,)*) {
        type Fn<'f> = dyn Fn($A, $($B),*) -> R + 'f;
        fn spread<'f>(f: impl Fn(Self) -> R + 'f) -> Box<Self::Fn<'f>> { Box::new(move |$a, $($b),*| f(($a, $($b,)*))) }
    }
)* } }
arities! {
    A 0 a;
    A 0 a, B 1 b;
    A 0 a, B 1 b, C 2 c;
    A 0 a, B 1 b, C 2 c, D 3 d;
    A 0 a, B 1 b, C 2 c, D 3 d, E 4 e;
    A 0 a, B 1 b, C 2 c, D 3 d, E 4 e, G 5 g;
    A 0 a, B 1 b, C 2 c, D 3 d, E 4 e, G 5 g, H 6 h;
    A 0 a, B 1 b, C 2 c, D 3 d, E 4 e, G 5 g, H 6 h, I 7 i;
}

/// A transformed function. Call it like the function it came from, inside a trace; or give it to `jit` or another transform.
pub struct Transformed<'f, A: Tuple<R>, R> {
    f: Rc<dyn Fn(A) -> R + 'f>,
    call: Box<A::Fn<'f>>,
}
impl<'f, A: Tuple<R> + 'f, R: 'f> Transformed<'f, A, R> {
    /// The transformed function that does what `f` does.
    pub fn new(f: impl Fn(A) -> R + 'f) -> Self {
        let f = Rc::new(f);
        let g = f.clone();
        Transformed { f, call: A::spread(move |a| g(a)) }
    }
}
impl<A: Tuple<R>, R> Function<A> for Transformed<'_, A, R> {
    type Out = R;
    fn apply(&self, args: A) -> R {
        (self.f)(args)
    }
}
impl<'f, A: Tuple<R>, R> std::ops::Deref for Transformed<'f, A, R> {
    type Target = A::Fn<'f>;
    fn deref(&self) -> &A::Fn<'f> {
        &self.call
    }
}

/// A function traced at given types.
pub struct Staged<R: Pytree> {
    /// Its program; trailing inputs stand for captured tracers.
    pub program: Program,
    /// The captured tracers.
    pub captured: Vec<Tracer>,
    /// The structure of what it returns.
    pub tree: R::Tree,
}
/// Traces `f` on fresh tracers of the given types, within a mapped axis if one is given.
#[track_caller]
pub fn stage<A: Args, R: Pytree<Leaf = Tracer>>(
    f: &(impl Function<A, Out = R> + ?Sized),
    tree: &A::Tree,
    avals: &[ShapedArray],
    axis: Option<(String, usize)>,
) -> Staged<R> {
    stage_at(f, tree, avals, axis, Location::caller().into())
}
/// [`stage`], with errors in what `f` returns reported at a place other than the caller.
pub fn stage_at<A: Args, R: Pytree<Leaf = Tracer>>(
    f: &(impl Function<A, Out = R> + ?Sized),
    tree: &A::Tree,
    avals: &[ShapedArray],
    axis: Option<(String, usize)>,
    at: Source,
) -> Staged<R> {
    let mut out_tree = None;
    let Traced { program, captured } = trace_in_axis(avals, axis, |args| {
        let out = f.apply(A::unflatten(tree, &mut args.iter().copied()));
        let (leaves, tree) = flatten(out);
        out_tree = Some(tree);
        check_alive(&leaves, at);
        leaves
    });
    match out_tree {
        Some(tree) => Staged { program, captured, tree },
        None => crate::trace::fail_at("stage: the function was not traced".into(), at),
    }
}
