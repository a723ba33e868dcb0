//! Updating an index: static boxes are a dynamic update slice, slices with gaps a pad, everything else is one scatter.

use super::{
    Index,
    plan::{Entry, Out, Plan},
    read::{backwards, read, read_box, starts, steps},
    vectors::Vectors,
};
use crate::{
    aval::{Axes, Dims, Shape, ShapedArray},
    dtype::DType,
    literal::Literal,
    operand::broadcast_shapes,
    primitives::{Binary, Pad, Scatter, Select, While, scatter::ScatterKind},
    rewrite::nested::with_inputs,
    trace::{Traced, Tracer, bind, bind1, constant, fail, trace, with_source},
};
use num_complex::Complex64;
use std::panic::Location;

/// What an update does where it meets an element; `None` replaces it.
pub(super) fn binary(kind: ScatterKind) -> Option<Binary> {
    match kind {
        ScatterKind::Set => None,
        ScatterKind::Add => Some(Binary::Add),
        ScatterKind::Sub => Some(Binary::Sub),
        ScatterKind::Mul => Some(Binary::Mul),
        ScatterKind::Min => Some(Binary::Min),
        ScatterKind::Max => Some(Binary::Max),
    }
}
#[track_caller]
pub(super) fn combine(op: Option<Binary>, x: Tracer, value: Tracer) -> Tracer {
    op.map_or(value, |op| bind1(op, &[x, value]))
}

/// The array with the elements of an index combined with a value that broadcasts to them.
#[track_caller]
pub(super) fn update(x: Tracer, plan: &Plan, kind: ScatterKind, value: Tracer, promises: (bool, bool)) -> Tracer {
    let shape = plan.shape();
    check_fits(value, &shape);
    if plan.dropped || shape.contains(&0) {
        return x;
    }
    if plan.is_whole() {
        return combine(binary(kind), x, boxed(plan, value));
    }
    if kind == ScatterKind::Set && plan.is_box() && !plan.strided() {
        return write_box(x, plan, boxed(plan, value));
    }
    let gaps = plan.strided() && plan.is_static();
    if gaps && matches!(kind, ScatterKind::Set | ScatterKind::Add | ScatterKind::Sub) {
        return pad_box(x, plan, kind, boxed(plan, value));
    }
    let Vectors { dims, mode, sorted, unique, indices, .. } = Vectors::of(plan, false);
    let mut place = 0;
    let (mut places, mut backwards, mut sizes) = (vec![], vec![], Shape::new());
    for (out, size) in plan.outs().iter().zip(&shape) {
        if let Out::New = out {
            places.push(None);
            continue;
        }
        // A loop runs in the direction of its slice; a window does not.
        if matches!(out, Out::Slice { step: -1, .. }) {
            backwards.push(place);
        }
        places.push(Some(place));
        sizes.push(*size);
        place += 1;
    }
    let updates = fit(value, &places, &sizes, &backwards);
    let (indices_are_sorted, unique_indices) = (sorted || promises.0, unique || promises.1);
    bind1(Scatter { kind, dims, mode, indices_are_sorted, unique_indices }, &[x, indices, updates])
}
/// Checks that the value broadcasts to the elements.
#[track_caller]
fn check_fits(value: Tracer, shape: &[usize]) {
    if broadcast_shapes(&value.shape(), shape).map_or(true, |s| s[..] != *shape) {
        fail(format!("at: the value {} does not broadcast to the elements {}", value.aval(), Dims(shape)));
    }
}
/// A value for a result whose axes stand at the given `places` in an array of `sizes`, where those of `backwards` run backwards.
#[track_caller]
fn fit(value: Tracer, places: &[Option<usize>], sizes: &[usize], backwards: &[usize]) -> Tracer {
    let shape = value.shape();
    let first = places.len() - shape.len();
    let kept = |i: &usize| places[first + i].map(|place| (shape[*i], place));
    let (own, dims): (Vec<usize>, Vec<usize>) = (0..shape.len()).filter_map(|i| kept(&i)).unzip();
    let mut value = value.reshape(&own);
    let turned = |i: &usize| own[*i] > 1 && backwards.contains(&dims[*i]);
    let turned: Vec<isize> = (0..own.len()).filter(turned).map(|i| i as isize).collect();
    if !turned.is_empty() {
        value = value.reverse(turned);
    }
    value.broadcast(sizes, &dims)
}
/// A value for the elements of an index without arrays, along all axes of the array.
#[track_caller]
fn boxed(plan: &Plan, value: Tracer) -> Tracer {
    let mut sizes = Shape::from_elem(1, plan.aval.rank());
    let mut places = vec![];
    for entry in &plan.entries {
        match entry {
            Entry::New => places.push(None),
            Entry::Slice { axis, len, .. } => {
                sizes[*axis] = *len;
                places.push(Some(*axis));
            }
            Entry::At { .. } => {}
        }
    }
    fit(value, &places, &sizes, &backwards(plan))
}
/// The array with a box without gaps replaced.
#[track_caller]
fn write_box(x: Tracer, plan: &Plan, value: Tracer) -> Tracer {
    if plan.is_whole() { value } else { x.dynamic_update_slice(value, &starts(plan)) }
}
/// The array with a static box with gaps replaced, added to or subtracted from. XLA would run a scatter as a loop on the CPU.
#[track_caller]
fn pad_box(x: Tracer, plan: &Plan, kind: ScatterKind, value: Tracer) -> Tracer {
    let (start, sizes) = plan.bounds();
    let rest = |axis: usize| (plan.aval.shape[axis] - start[axis] - sizes[axis]) as isize;
    let pad = Pad {
        low: start.iter().map(|s| *s as isize).collect(),
        high: (0..start.len()).map(rest).collect(),
        interior: steps(plan).iter().map(|s| s - 1).collect(),
    };
    let scalar = plan.aval.strong().with_shape(&[]);
    let around = match kind {
        // x + -0 and x - 0 are x for zeros of both signs.
        ScatterKind::Add => Literal::from_complexes(scalar, [Complex64::new(-0.0, -0.0)]),
        _ => Literal::zeros(scalar),
    };
    let padded = bind1(pad.clone(), &[value, constant(around)]);
    if let Some(op) = binary(kind) {
        return bind1(op, &[x, padded]);
    }
    let inside = constant(true).broadcast(&value.shape(), &[]);
    let mask = bind1(pad, &[inside, constant(false)]);
    bind1(Select, &[mask, padded, x])
}

/// The array with `op` of the elements of an index and a value that broadcasts to them: of the elements alone where they are a box, else
/// of all elements and a product of the values, which is 1 elsewhere. As in JAX, values of repeated elements multiply.
#[track_caller]
pub(super) fn update_by_product(x: Tracer, plan: &Plan, op: Binary, value: Tracer, promises: (bool, bool)) -> Tracer {
    check_fits(value, &plan.shape());
    if plan.dropped || plan.shape().contains(&0) {
        return x;
    }
    if plan.is_box() && !plan.strided() {
        return write_box(x, plan, bind1(op, &[read_box(x, plan), boxed(plan, value)]));
    }
    let product = update(x.full_like(1.0), plan, ScatterKind::Mul, value, promises);
    bind1(op, &[x, product])
}
/// The array with `f` of the elements of an index, as often as the index names them.
#[track_caller]
pub(super) fn apply(x: Tracer, plan: &Plan, f: &dyn Fn(Tracer) -> Tracer, promises: (bool, bool)) -> Tracer {
    if plan.dropped || plan.shape().contains(&0) {
        return x;
    }
    if plan.is_box() && !plan.strided() {
        return write_box(x, plan, applied(f, read_box(x, plan)));
    }
    if promises.1 || !plan.arrays() {
        let value = applied(f, read(x, plan, None, promises));
        return update(x, plan, ScatterKind::Set, value, (promises.0, true));
    }
    // Count how often each element is named, and apply `f` to those that are still to be done until there are none.
    let counts = x.aval().strong().with_dtype(DType::I32);
    let one = constant(Literal::full(counts.with_shape(&[]), 1.0));
    let none = constant(Literal::zeros(counts.with_shape(&[]))).broadcast(&counts.shape, &[]);
    let left = update(none, plan, ScatterKind::Add, one, promises);
    let carries = [counts, x.aval().strong()];
    let at = Location::caller().into();
    let cond = trace(&carries, |a| vec![a[0].greater(0).any()]).program;
    let Traced { program, captured } = trace(&carries, |a| {
        let y = f(a[1]);
        with_source(at, || {
            check_type(a[1], y);
            vec![a[0] - 1, bind1(Select, &[a[0].greater(0), y, a[1]])]
        })
    });
    let (n, of) = (captured.len(), program.in_avals());
    let avals: Vec<ShapedArray> = of[2..].iter().chain(&of[..2]).cloned().collect();
    let taken: Vec<usize> = (n..n + 2).chain(0..n).collect();
    let body = with_inputs(&program, &avals, &taken);
    bind(While { cond_captures: 0, body_captures: n, cond, body }.into(), &[&captured[..], &[left, x]].concat())[1]
}
#[track_caller]
pub(super) fn applied(f: &dyn Fn(Tracer) -> Tracer, x: Tracer) -> Tracer {
    let y = f(x);
    check_type(x, y);
    y
}
#[track_caller]
fn check_type(x: Tracer, y: Tracer) {
    if y.aval().strong() != x.aval().strong() {
        fail(format!("at: the function to apply must keep the type {}, got {}", x.aval(), y.aval()));
    }
}

/// If the index has a mask that is computed: the mask and the value, broadcast to the array. The value must not depend on how many elements
/// the mask has, and whole axes are all that may stand beside it.
#[track_caller]
pub(super) fn masked(x: Tracer, items: &[Index], value: Option<Tracer>) -> Option<(Tracer, Option<Tracer>)> {
    let masks = items.iter().enumerate().filter_map(|(i, item)| match item {
        Index::Tracer(t) if t.dtype() == DType::Bool => Some((i, *t)),
        _ => None,
    });
    let [(at, mask)] = masks.collect::<Vec<_>>()[..] else { return None };
    let slice = |i: &Index| matches!(i, Index::Slice(s) if *s == super::Slice::default());
    let whole = |(k, i): (usize, &Index)| k == at || slice(i) || matches!(i, Index::Ellipsis);
    if !items.iter().enumerate().all(whole) {
        return None;
    }
    let (all, own) = (x.shape(), mask.shape());
    let before = items[..at].iter().filter(|i| slice(i)).count();
    let rest = all.len().checked_sub(own.len() + items.iter().filter(|i| slice(i)).count());
    let ellipsis = items[..at].iter().any(|i| matches!(i, Index::Ellipsis));
    let axis = rest.map_or(usize::MAX, |rest| before + if ellipsis { rest } else { 0 });
    if axis == usize::MAX || all[axis..axis + own.len()] != own[..] {
        fail(format!("at: the mask {} does not fit {}", mask.aval(), x.aval()));
    }
    let dims: Axes = (axis..axis + own.len()).collect();
    let mask_of_all = mask.broadcast(&all, &dims);
    let Some(value) = value else { return Some((mask_of_all, None)) };
    // The result would have the axes of the mask as one, of which a value can have but one element.
    let (mut spread, after) = (value.shape(), all.len() - axis - own.len());
    if let Some(one) = spread.len().checked_sub(after + 1) {
        if spread[one] != 1 {
            let (value, mask) = (value.aval(), mask.aval());
            fail(format!(
                "at: the value {value} depends on how many elements the computed mask {mask} has; a scalar would do, or `select`"
            ));
        }
        spread.remove(one);
        spread.insert_many(one, std::iter::repeat_n(1, own.len()));
    }
    let value = value.reshape(&spread);
    check_fits(value, &all);
    Some((mask_of_all, Some(value.broadcast_to(&all))))
}
