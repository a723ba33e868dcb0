//! `vmap`: a function over one more axis.

use raxla_ir::{
    ShapedArray, Tracer,
    aval::resolve_axis,
    function::{Args, Function, Staged, Transformed, Tuple, stage_at},
    program::Source,
    pytree::{Axis, Pytree, flatten, paths, unflatten},
    rewrite::{self, BatchAxis, Batched},
    trace::{check_alive, fail_at},
};
use std::{panic::Location, rc::Rc};

/// Which axis of each leaf of an argument is the batch axis: a number for all leaves, `None` for no axis, or [`per_leaf`].
pub trait LeafAxes: Clone + 'static {
    /// The axis of each of so many leaves, or how many axes there are instead.
    fn expand(&self, leaves: usize) -> Result<Vec<Option<isize>>, usize>;
}
impl LeafAxes for isize {
    fn expand(&self, leaves: usize) -> Result<Vec<Option<isize>>, usize> {
        Ok(vec![Some(*self); leaves])
    }
}
impl LeafAxes for Option<isize> {
    fn expand(&self, leaves: usize) -> Result<Vec<Option<isize>>, usize> {
        Ok(vec![*self; leaves])
    }
}
/// A batch axis for each leaf of an argument; made by [`per_leaf`].
#[derive(Clone, Debug)]
pub struct PerLeaf(Vec<Option<isize>>);
impl LeafAxes for PerLeaf {
    fn expand(&self, leaves: usize) -> Result<Vec<Option<isize>>, usize> {
        if self.0.len() == leaves { Ok(self.0.clone()) } else { Err(self.0.len()) }
    }
}
/// A batch axis for each leaf of an argument, from a tree like the argument with [`Axis`] leaves.
///
/// ```
/// use raxla_ir::{Tracer, pytree::Axis};
/// use raxla_transforms::{per_leaf, vmap};
/// let f = vmap(|p: (Tracer, Tracer)| p.0 * p.1, (per_leaf((Axis(Some(1)), Axis(None))),));
/// ```
pub fn per_leaf<P: Pytree<Leaf = Axis>>(axes: P) -> PerLeaf {
    PerLeaf(flatten(axes).0.into_iter().map(|a| a.0).collect())
}

/// The batch axes of all arguments: a tuple with an entry for each, or one entry for all of them.
pub trait InAxes: Clone + 'static {
    /// The axis of each leaf, given the number of leaves of each argument.
    fn expand(&self, counts: &[usize]) -> Result<Vec<Option<isize>>, String>;
}
fn expand_one(axes: &impl LeafAxes, argument: usize, leaves: usize) -> Result<Vec<Option<isize>>, String> {
    axes.expand(leaves).map_err(|n| format!("argument {argument} has {leaves} leaves, its axes {n}"))
}
macro_rules! for_all { ($($T:ty),*) => { $(impl InAxes for $T {
    fn expand(&self, counts: &[usize]) -> Result<Vec<Option<isize>>, String> {
        Ok(counts.iter().enumerate().map(|(i, n)| expand_one(self, i, *n)).collect::<Result<Vec<_>, _>>()?.concat())
    }
})* } }
for_all! { isize, Option<isize> }
macro_rules! tuples { ($($n:literal: $($T:ident $i:tt)*;)*) => { $(
    impl<$($T: LeafAxes),*> InAxes for ($($T,)*) {
        fn expand(&self, counts: &[usize]) -> Result<Vec<Option<isize>>, String> {
            if counts.len() != $n {
                return Err(format!("the function has {} arguments, in_axes {}", counts.len(), $n));
            }
            Ok([$(expand_one(&self.$i, $i, counts[$i])?),*].concat())
        }
    }
)* } }
tuples! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
    7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
}

/// `f` over a batch: `in_axes` names the batch axis of each argument, `None` for an argument that is the same for the whole batch.
///
/// `in_axes` is a tuple with an entry for each argument, or one entry for all; an entry is a number (negative: from the end), `None`,
/// or [`per_leaf`]. The outputs have the batch axis in front. For other places, a name or a size of the axis, see [`Vmap`].
///
/// # Panics
/// Inside the trace, if the axes do not fit the arguments or their sizes differ; the message names the line where `vmap` was called.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::vmap;
/// let (m, v) = (Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0]), Literal::from(vec![10.0f32, 1.0]));
/// let program = trace(&[m.aval().clone(), v.aval().clone()], |a| {
///     vec![vmap(|row: Tracer, v: Tracer| (row * v).sum(), (0, None))(a[0], a[1])]
/// });
/// assert_eq!(eval(&program.program, &[m, v]).unwrap(), [Literal::from(vec![12.0f32, 34.0])]);
/// ```
#[track_caller]
pub fn vmap<'f, A, F, X>(f: F, in_axes: X) -> Transformed<'f, A, F::Out>
where
    A: Args + Tuple<F::Out>,
    F: Function<A> + 'f,
    F::Out: Pytree<Leaf = Tracer>,
    X: InAxes,
{
    Vmap::over(in_axes).of(f)
}

/// All that can be said of a [`vmap`]: axes in and out, a name, a size.
///
/// ```
/// use raxla_ir::{Tracer, primitives::collective::psum};
/// use raxla_transforms::Vmap;
/// let share = Vmap::over(0).out_axis(-1).axis_name("batch").of(|x: Tracer| x / psum(x, "batch"));
/// ```
#[derive(Clone)]
pub struct Vmap {
    in_axes: Rc<dyn Fn(&[usize]) -> Result<Vec<Option<isize>>, String>>,
    out_axes: Rc<dyn Fn(usize) -> Result<Vec<Option<isize>>, usize>>,
    name: Option<String>,
    size: Option<usize>,
    at: Source,
}
impl Vmap {
    /// Over these axes of the arguments; as for [`vmap`].
    #[track_caller]
    pub fn over(in_axes: impl InAxes) -> Vmap {
        Vmap {
            in_axes: Rc::new(move |counts| in_axes.expand(counts)),
            out_axes: Rc::new(|leaves| Ok(vec![Some(0); leaves])),
            name: None,
            size: None,
            at: Location::caller().into(),
        }
    }
    /// Puts the batch axis of the outputs there; `None` for outputs that are the same for the whole batch.
    pub fn out_axis(mut self, axes: impl LeafAxes) -> Vmap {
        self.out_axes = Rc::new(move |leaves| axes.expand(leaves));
        self
    }
    /// Gives the axis a name, for collectives inside.
    pub fn axis_name(mut self, name: &str) -> Vmap {
        self.name = Some(name.into());
        self
    }
    /// Gives the axis a size, needed where no argument is batched.
    pub fn axis_size(mut self, size: usize) -> Vmap {
        self.size = Some(size);
        self
    }
    /// The function over a batch.
    pub fn of<'f, A, F>(self, f: F) -> Transformed<'f, A, F::Out>
    where
        A: Args + Tuple<F::Out>,
        F: Function<A> + 'f,
        F::Out: Pytree<Leaf = Tracer>,
    {
        Transformed::new(move |args: A| self.call(&f, args))
    }
    fn call<A: Args, R: Pytree<Leaf = Tracer>>(&self, f: &impl Function<A, Out = R>, args: A) -> R {
        let fail = |message: String| -> ! { fail_at(format!("vmap: {message}"), self.at) };
        let (leaves, in_tree) = flatten(args);
        check_alive(&leaves, self.at);
        let counts = A::counts(&in_tree);
        let axes = (self.in_axes)(&counts).unwrap_or_else(|e| fail(e));
        let names = paths::<A>(&in_tree);
        let describe = |i: usize, axis: usize| format!("axis {axis} of argument{}, {}", names[i], leaves[i].aval());
        let (mut size, mut sized_by) = (self.size, "axis_size".to_string());
        let mut ins = vec![];
        for (i, (leaf, axis)) in leaves.iter().zip(&axes).enumerate() {
            let Some(axis) = axis else {
                ins.push(Batched { value: *leaf, batched: false });
                continue;
            };
            let axis = resolve_axis(*axis, leaf.rank())
                .unwrap_or_else(|e| fail(format!("argument{}: {e}, {}", names[i], leaf.aval())));
            let here = leaf.shape()[axis];
            match size {
                Some(n) if n != here => fail(format!(
                    "all batch axes must have one size, got {n} ({sized_by}) and {here} ({})",
                    describe(i, axis)
                )),
                None => (size, sized_by) = (Some(here), describe(i, axis)),
                _ => {}
            }
            ins.push(Batched::new(leaf.moveaxis(axis as isize, 0)));
        }
        let Some(size) = size else { fail("at least one argument must have a batch axis, or the axis a size".into()) };
        let avals: Vec<ShapedArray> = ins
            .iter()
            .map(|i| {
                let aval = i.value.aval();
                if i.batched { aval.with_shape(&aval.shape[1..]) } else { aval }
            })
            .collect();
        let named = self.name.clone().map(|name| (name, size));
        let Staged { program, captured, tree } = stage_at::<A, R>(f, &in_tree, &avals, named, self.at);
        ins.extend(captured.into_iter().map(|value| Batched { value, batched: false }));
        let axis = BatchAxis { size, name: self.name.clone() };
        let outs = rewrite::batch(&program, &axis, &ins);
        let out_axes = (self.out_axes)(outs.len()).unwrap_or_else(|n| {
            fail(format!("the function returns {} arrays, out_axis names axes for {n}", outs.len()))
        });
        let outs = outs.into_iter().zip(out_axes).enumerate().map(|(i, (out, to))| match to {
            None if out.batched => fail(format!("output {i} differs within the batch, so its out_axis cannot be None")),
            None => out.value,
            Some(to) => {
                let value = out.spread(&axis);
                let to = resolve_axis(to, value.rank())
                    .unwrap_or_else(|e| fail(format!("output {i}: {e}, {}", value.aval())));
                value.moveaxis(0, to as isize)
            }
        });
        let outs: Vec<Tracer> = outs.collect();
        unflatten(&tree, outs)
    }
}
