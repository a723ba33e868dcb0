//! Reading an index: static basic ones are a slice, computed scalars a dynamic slice, everything else is one gather.

use super::{
    plan::{Entry, Out, Plan},
    vectors::{Vectors, dtype, normal},
};
use crate::{
    aval::{Axes, Shape, ShapedArray},
    literal::Literal,
    primitives::{Gather, gather::GatherMode},
    trace::{Tracer, bind1, constant},
};
use smallvec::smallvec;

/// The elements of an index. `fill` stands for those out of bounds.
#[track_caller]
pub(super) fn read(x: Tracer, plan: &Plan, fill: Option<Literal>, promises: (bool, bool)) -> Tracer {
    let shape = plan.shape();
    if shape.contains(&0) {
        return constant(Literal::zeros(plan.aval.with_shape(&shape)));
    }
    if plan.dropped {
        let fill = fill.unwrap_or_else(|| Gather::default_fill(plan.aval.dtype));
        return constant(fill).broadcast(&shape, &[]);
    }
    if plan.is_static() {
        let (start, sizes) = plan.bounds();
        let limit: Shape = start.iter().zip(&sizes).map(|(s, n)| s + n).collect();
        let whole = plan.aval.shape[..] == sizes[..] && !plan.strided();
        let y = if whole { x } else { x.slice(&start, &limit, &steps(plan)) };
        return reversed(plan, y).reshape(&shape);
    }
    if plan.is_box() {
        return reversed(plan, thinned(plan, read_box(x, plan))).reshape(&shape);
    }
    let vectors = Vectors::of(plan, true);
    let gather = Gather {
        dims: vectors.dims,
        slice_sizes: vectors.window,
        mode: vectors.mode,
        fill: fill.filter(|_| vectors.mode == GatherMode::FillOrDrop),
        indices_are_sorted: vectors.sorted || promises.0,
        unique_indices: vectors.unique || promises.1,
    };
    let y = bind1(gather, &[x, vectors.indices]);
    // What remains are the gaps and the directions of slices, which are axes of the result here.
    let outs = plan.outs().into_iter().filter(|o| !matches!(o, Out::New));
    let (mut strides, mut backwards): (Shape, Vec<isize>) = (smallvec![], vec![]);
    for (place, out) in outs.enumerate() {
        let step = if let Out::Slice { step, .. } = out { step } else { 1 };
        strides.push(step.unsigned_abs());
        backwards.extend((step < 0).then_some(place as isize));
    }
    reverse(thin(y, &strides), backwards).reshape(&shape)
}
/// The box around the elements of an index without arrays, along all axes of the array.
#[track_caller]
pub(super) fn read_box(x: Tracer, plan: &Plan) -> Tracer {
    let (start, sizes) = plan.bounds();
    if plan.computed() {
        return x.dynamic_slice(&starts(plan), &sizes);
    }
    if sizes == plan.aval.shape {
        return x;
    }
    let limit: Shape = start.iter().zip(&sizes).map(|(s, n)| s + n).collect();
    x.slice(&start, &limit, &Shape::from_elem(1, start.len()))
}
/// Where that box starts, a scalar for each axis of the array.
#[track_caller]
pub(super) fn starts(plan: &Plan) -> Vec<Tracer> {
    let dtype = dtype(plan, plan.integers(), plan.aval.rank() > 1);
    let (start, _) = plan.bounds();
    let mut all = vec![];
    for (axis, known) in start.iter().enumerate() {
        let computed = plan.integers().find(|i| i.0 == axis).and_then(|i| i.1.computed());
        all.push(match computed {
            Some(i) => normal(plan, i.astype(dtype), &[plan.aval.shape[axis]]),
            None => constant(Literal::from_ints(ShapedArray::new(&[], dtype), [*known as i128])),
        });
    }
    all
}
/// The step of the slice along each axis of the array, without its direction.
pub(super) fn steps(plan: &Plan) -> Shape {
    let mut steps = Shape::from_elem(1, plan.aval.rank());
    for entry in &plan.entries {
        if let Entry::Slice { axis, step, .. } = entry {
            steps[*axis] = step.unsigned_abs();
        }
    }
    steps
}
/// The axes of the array whose slices run backwards.
pub(super) fn backwards(plan: &Plan) -> Axes {
    let axis = |e: &Entry| match e {
        Entry::Slice { axis, step, .. } if *step < 0 => Some(*axis),
        _ => None,
    };
    plan.entries.iter().filter_map(axis).collect()
}
#[track_caller]
fn reversed(plan: &Plan, y: Tracer) -> Tracer {
    reverse(y, backwards(plan).iter().map(|a| *a as isize).collect())
}
#[track_caller]
fn thinned(plan: &Plan, y: Tracer) -> Tracer {
    thin(y, &steps(plan))
}
#[track_caller]
fn reverse(y: Tracer, axes: Vec<isize>) -> Tracer {
    if axes.is_empty() { y } else { y.reverse(axes) }
}
/// Every so many elements along each axis.
#[track_caller]
fn thin(y: Tracer, strides: &[usize]) -> Tracer {
    if strides.iter().all(|s| *s == 1) {
        return y;
    }
    y.slice(&Shape::from_elem(0, strides.len()), &y.shape(), strides)
}
