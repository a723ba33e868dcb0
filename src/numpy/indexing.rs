//! Elements by their indices: reading them, putting others in their place, and choosing among arrays.

use super::{
    creation::full,
    editing::{along_axis, cycled},
    joining::counting,
    promotion::{Arg, meet, promote_shapes},
    remainder, stack,
};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::{Axes, Shape, resolve_axis},
    dtype::Kind,
    indexing::{Index, IndexMode},
    operand::broadcast_shapes,
    primitives::{
        Scatter,
        gather::{Gather, GatherDims, GatherMode},
        scatter::ScatterKind,
        sort::sort,
    },
    trace::{bind1, fail, or_fail},
};

/// How [`take`] and [`take_along_axis`] read.
#[derive(Clone, Debug, Default)]
pub struct Take {
    /// What happens at indices out of bounds. By default they give [`fill_value`](Take::fill_value), and negative ones count from the end.
    pub mode: Option<IndexMode>,
    /// What indices out of bounds give with [`IndexMode::FillOrDrop`]: by default NaN, of signed integers the least, of unsigned ones the
    /// greatest, `true`.
    pub fill_value: Option<Literal>,
    /// Whether negative indices count from the end. [`take_along_axis`] does so by default, but with [`IndexMode::PromiseInBounds`];
    /// [`take`] if the mode is [`IndexMode::FillOrDrop`].
    pub wrap_negative_indices: Option<bool>,
    /// A promise that no index occurs twice.
    pub unique_indices: bool,
    /// A promise that the indices ascend.
    pub indices_are_sorted: bool,
}
impl Take {
    /// Indices out of bounds are moved inside; negative ones are out of bounds for [`take`].
    pub fn clip() -> Take {
        Take { mode: Some(IndexMode::Clip), ..Take::default() }
    }
    /// Indices are taken modulo the size of the axis.
    pub fn wrap() -> Take {
        Take { mode: Some(IndexMode::Wrap), ..Take::default() }
    }
    /// Indices out of bounds give a value.
    pub fn fill(value: impl Into<Literal>) -> Take {
        Take { fill_value: Some(value.into()), ..Take::default() }
    }
}
/// The elements at indices along an axis, or of the array flattened; the axes of the indices stand in its place.
///
/// ```
/// use raxla::{numpy::{self as np, Take}, prelude::*};
/// let f = jit(|x: Tracer, i: Tracer| np::take(x, i, None, Take::fill(0)));
/// let y = f(Array::from(vec![1i32, 2, 3]), Array::from(vec![-1i32, 0, 9]));
/// assert_eq!(y.to_vec::<i32>()?, [3, 1, 0]);
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If the axis is empty and there are indices.
#[track_caller]
pub fn take(x: impl Into<Arg>, indices: impl Into<Arg>, axis: impl Into<Option<isize>>, how: Take) -> Tracer {
    taken(x.into().tracer(), indices.into(), axis.into(), how)
}
#[track_caller]
fn taken(x: Tracer, indices: Arg, axis: Option<isize>, how: Take) -> Tracer {
    let Some(axis) = axis else { return taken(x.ravel(), indices, Some(0), how) };
    let at = or_fail("take", resolve_axis(axis, x.rank()));
    let aval = indices.aval();
    if x.shape()[at] == 0 && aval.size() > 0 {
        fail(format!("take: axis {at} of {} has no elements to take", x.aval()));
    }
    let item = match indices {
        _ if !aval.dtype.is_integer() => fail(format!("take: indices must be integers, got {aval}")),
        Arg::Array(t) => Index::Tracer(t),
        Arg::Literal(l) => Index::Array(l),
        number => Index::Tracer(number.tracer()),
    };
    let mode = how.mode.unwrap_or(IndexMode::FillOrDrop);
    let mut elements = x
        .at(along_axis(at, item))
        .mode(mode)
        .wrap_negative_indices(how.wrap_negative_indices.unwrap_or(mode == IndexMode::FillOrDrop));
    if let Some(value) = how.fill_value {
        elements = elements.fill_value(value);
    }
    elements.unique_indices(how.unique_indices).indices_are_sorted(how.indices_are_sorted).get()
}
/// Indices in a dtype that holds the sizes of most axes.
#[track_caller]
fn widened(indices: Tracer) -> Tracer {
    if indices.dtype().bits() < 32 { indices.astype(DType::I32) } else { indices }
}
/// Indices in a dtype that holds the size of the axis, and, where negative, counted from the end.
#[track_caller]
fn from_end(indices: Tracer, size: usize) -> Tracer {
    if indices.dtype().kind() == Kind::Unsigned {
        return indices;
    }
    let wide = widened(indices);
    wide.less(0).select(wide + size as i64, wide)
}
/// Indices along the axis, as the mode has it, and the mode that is left to the gather or scatter.
#[track_caller]
fn moded(name: &str, indices: Tracer, size: usize, mode: Option<IndexMode>, wrap: bool) -> (Tracer, GatherMode) {
    if !indices.dtype().is_integer() {
        fail(format!("{name}: indices must be integers, got {}", indices.aval()));
    }
    let counted = |indices: Tracer| if wrap { from_end(indices, size) } else { indices };
    match mode.unwrap_or(IndexMode::FillOrDrop) {
        IndexMode::FillOrDrop => (counted(indices), GatherMode::FillOrDrop),
        IndexMode::Clip => (counted(indices), GatherMode::Clip),
        IndexMode::Wrap => (remainder(widened(indices), size), GatherMode::PromiseInBounds),
        IndexMode::PromiseInBounds => (counted(indices), GatherMode::PromiseInBounds),
    }
}
/// The elements that an array of indices names along an axis, each in its own line of the array: what `argsort`, `argmax` with `keepdims`
/// and their kin give serves as indices. The shapes broadcast along the other axes. Without an axis, of the array flattened.
///
/// Negative indices count from the end, unless the mode is [`IndexMode::PromiseInBounds`] and [`Take`] does not say so. Of an empty axis
/// all indices give 0.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, numpy::Take, show};
/// let got = show(|| np::take_along_axis(constant(Literal::new(&[2, 2], &[3.0f32, 1.0, 2.0, 4.0])), constant(Literal::new(&[2, 2], &[1, 0, 0, 1])), 1, Take::default()));
/// assert_eq!(got, "[[1.0, 3.0], [2.0, 4.0]]");
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn take_along_axis(
    x: impl Into<Arg>,
    indices: impl Into<Arg>,
    axis: impl Into<Option<isize>>,
    how: Take,
) -> Tracer {
    taken_along(x.into().tracer(), indices.into().tracer(), axis.into(), how)
}
#[track_caller]
fn taken_along(x: Tracer, indices: Tracer, axis: Option<isize>, how: Take) -> Tracer {
    let Some(axis) = axis else { return taken_along(x.ravel(), indices, Some(0), how) };
    let (shape, named) = (x.shape(), indices.shape());
    let at = or_fail("take_along_axis", resolve_axis(axis, shape.len()));
    let fits = |(i, (n, m)): (usize, (&usize, &usize))| i == at || n == m || *n == 1 || *m == 1;
    if shape.len() != named.len() || !shape.iter().zip(&named).enumerate().all(fits) {
        let both = (x.aval(), indices.aval());
        fail(format!("take_along_axis: shapes must agree but for axis {at}, got {} and {}", both.0, both.1));
    }
    if shape[at] == 0 {
        let mut all = or_fail("take_along_axis", broadcast_shapes(&one_at(&shape, at), &one_at(&named, at)));
        all[at] = named[at];
        return full(&all, 0, x.dtype());
    }
    let wrap = how.wrap_negative_indices.unwrap_or(how.mode != Some(IndexMode::PromiseInBounds));
    let (indices, mode) = moded("take_along_axis", indices, shape[at], how.mode, wrap);
    // Along an axis where the indices do not vary, whole slices; where the array does not, it has no axis.
    let (mut dims, mut sizes) = (GatherDims::default(), Shape::new());
    let (mut kept, mut loops) = (Shape::new(), Shape::new());
    for (i, (n, m)) in shape.iter().zip(&named).enumerate() {
        if i == at {
            dims.collapsed_slice_dims.push(kept.len());
            dims.start_index_map.push(kept.len());
        } else if *m == 1 {
            dims.offset_dims.push(i);
        } else if *n == 1 {
            loops.push(*m);
            continue;
        } else {
            dims.operand_batching_dims.push(kept.len());
            dims.start_indices_batching_dims.push(loops.len());
        }
        sizes.push(if i != at && *m == 1 { *n } else { (*n).min(1) });
        kept.push(*n);
        if i == at || *m != 1 {
            loops.push(*m);
        }
    }
    loops.push(1);
    let fill = how.fill_value.filter(|_| mode == GatherMode::FillOrDrop);
    let op = Gather {
        dims,
        slice_sizes: sizes,
        mode,
        fill: fill.map(|l| number(&l, x.dtype())),
        indices_are_sorted: how.indices_are_sorted,
        unique_indices: how.unique_indices,
    };
    bind1(op, &[x.reshape(&kept), indices.reshape(&loops)])
}
/// The shape, with one element along an axis.
fn one_at(shape: &[usize], at: usize) -> Shape {
    shape.iter().enumerate().map(|(i, n)| if i == at { 1 } else { *n }).collect()
}
/// The number in a dtype.
fn number(x: &Literal, dtype: DType) -> Literal {
    let aval = ShapedArray::new(&[], dtype);
    match x.dtype().kind() {
        Kind::Complex => Literal::from_complexes(aval, x.complexes()),
        Kind::Float => Literal::from_floats(aval, x.floats()),
        _ => Literal::from_ints(aval, x.ints()),
    }
}
/// The array with values at indices of the array flattened; too few values are taken over and over.
///
/// Without a mode, negative indices count from the end and those out of bounds are dropped (JAX says so, but moves them inside); with
/// [`IndexMode::Clip`] they are moved inside.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::put(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![0, 2]), constant(vec![7.0f32, 9.0]), None));
/// assert_eq!(got, "[7.0, 2.0, 9.0]");
/// ```
#[track_caller]
pub fn put(
    x: impl Into<Arg>,
    indices: impl Into<Arg>,
    values: impl Into<Arg>,
    mode: impl Into<Option<IndexMode>>,
) -> Tracer {
    let (x, indices, mode) = (x.into().tracer(), indices.into().tracer().ravel(), mode.into());
    let values = values.into().in_dtype(x.dtype(), false).ravel();
    if x.size() == 0 || indices.size() == 0 || values.size() == 0 {
        return x;
    }
    let values = cycled("put", values, indices.size());
    let mode = mode.unwrap_or(IndexMode::FillOrDrop);
    let places = x.ravel().at(indices).mode(mode).wrap_negative_indices(mode == IndexMode::FillOrDrop);
    places.set(values).reshape(&x.shape())
}
/// The array with values at the indices named along an axis, each in its own line of the array, as [`take_along_axis`] reads them.
/// Without a mode, indices out of bounds are dropped.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::put_along_axis(constant(Literal::new(&[2, 2], &[3.0f32, 1.0, 2.0, 4.0])), constant(Literal::new(&[2, 1], &[1, 0])), 0.0, 1, None));
/// assert_eq!(got, "[[3.0, 0.0], [0.0, 4.0]]");
/// ```
#[track_caller]
pub fn put_along_axis(
    x: impl Into<Arg>,
    indices: impl Into<Arg>,
    values: impl Into<Arg>,
    axis: impl Into<Option<isize>>,
    mode: impl Into<Option<IndexMode>>,
) -> Tracer {
    let (x, indices) = (x.into().tracer(), indices.into().tracer());
    let values = values.into().in_dtype(x.dtype(), false);
    match axis.into() {
        None => put_along(x.ravel(), indices, values, 0, mode.into()).reshape(&x.shape()),
        Some(axis) => put_along(x, indices, values, axis, mode.into()),
    }
}
#[track_caller]
fn put_along(x: Tracer, indices: Tracer, values: Tracer, axis: isize, mode: Option<IndexMode>) -> Tracer {
    let (rank, named) = (x.rank(), indices.shape());
    let at = or_fail("put_along_axis", resolve_axis(axis, rank));
    let mut whole = x.shape();
    let size = whole[at];
    whole[at] = named.get(at).copied().unwrap_or(0);
    if named.len() != rank || broadcast_shapes(&named, &whole).map_or(true, |s| s != whole) {
        let both = (x.aval(), indices.aval());
        fail(format!("put_along_axis: shapes must agree but for axis {at}, got {} and {}", both.0, both.1));
    }
    let values = values.broadcast_to(&named).broadcast_to(&whole);
    let (indices, mode) = moded("put_along_axis", indices.broadcast_to(&whole), size, mode, true);
    let rest: Axes = (0..rank).filter(|a| *a != at).collect();
    let dims = GatherDims {
        offset_dims: Axes::new(),
        collapsed_slice_dims: Axes::from_elem(at, 1),
        operand_batching_dims: rest.clone(),
        start_indices_batching_dims: rest,
        start_index_map: Axes::from_elem(at, 1),
    };
    let op = Scatter { kind: ScatterKind::Set, dims, mode, indices_are_sorted: false, unique_indices: false };
    bind1(op, &[x, indices.expand_dims(-1), values])
}
/// The array with values where a mask of its size holds: the first value at the first such place, and so on, over and over.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::place(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![true, false, true]), constant(vec![7.0f32, 9.0])));
/// assert_eq!(got, "[7.0, 2.0, 9.0]");
/// ```
///
/// # Panics
/// If the mask has another size, or there are no values.
#[track_caller]
pub fn place(x: impl Into<Arg>, mask: impl Into<Arg>, values: impl Into<Arg>) -> Tracer {
    let (x, mask) = (x.into().tracer(), mask.into().tracer());
    let values = values.into().in_dtype(x.dtype(), false).ravel();
    if x.size() != mask.size() || values.size() == 0 {
        fail(format!(
            "place: needs a mask for {} and some values, got {} and {}",
            x.aval(),
            mask.aval(),
            values.aval()
        ));
    }
    let mask = mask.astype(DType::Bool).ravel();
    let before = mask.astype(DType::I32).cumsum(0) - 1;
    let which =
        values.at(remainder(before, values.size())).mode(IndexMode::PromiseInBounds).wrap_negative_indices(false);
    mask.select(which.get(), x.ravel()).reshape(&x.shape())
}
/// At each place the element of the array that the index there names among several; all broadcast together.
///
/// Indices out of bounds are moved inside, or with [`IndexMode::Wrap`] taken modulo the number of arrays. NumPy's `mode="raise"` is none
/// for computed indices.
///
/// ```
/// # use raxla::{IndexMode, constant, numpy as np, show};
/// let got = show(|| np::choose(constant(vec![0, 1]), [constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0])], IndexMode::Clip));
/// assert_eq!(got, "[1.0, 4.0]");
/// ```
#[track_caller]
pub fn choose(index: impl Into<Arg>, choices: impl IntoIterator<Item: Into<Arg>>, mode: IndexMode) -> Tracer {
    chosen(index.into().tracer(), choices.into_iter().map(Into::into).collect(), mode)
}
#[track_caller]
fn chosen(index: Tracer, choices: Vec<Arg>, mode: IndexMode) -> Tracer {
    if !index.dtype().is_integer() {
        fail(format!("choose: the index must be of integers, got {}", index.aval()));
    }
    let last = choices.len() as i64 - 1;
    let all: Result<Shape, String> =
        choices.iter().try_fold(index.shape(), |all, c| broadcast_shapes(&all, &c.aval().shape));
    let shape = or_fail("choose", all);
    let (dtype, weak) = or_fail("choose", meet(&choices.iter().map(Arg::aval).collect::<Vec<_>>()));
    let index = match mode {
        IndexMode::Wrap => remainder(index, last + 1),
        IndexMode::Clip => index.clamp(0, last),
        _ => fail("choose: the mode must be Clip or Wrap"),
    };
    let arrays: Vec<Tracer> = choices.into_iter().map(|c| c.in_dtype(dtype, weak).broadcast_to(&shape)).collect();
    let index = index.broadcast_to(&shape).expand_dims(0);
    stack(arrays, 0, None).take_along_axis(index, 0, GatherMode::PromiseInBounds).reshape(&shape)
}
/// At each place the element of the choice whose condition holds there, of several the first, or the default. All broadcast together.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::select(&[constant(vec![true, false, false]), constant(vec![true, true, false])], &[constant(vec![1.0f32, 2.0, 3.0]), constant(vec![4.0f32, 5.0, 6.0])], 0));
/// assert_eq!(got, "[1.0, 5.0, 0.0]");
/// ```
///
/// # Panics
/// Unless there are as many choices as conditions, and at least one.
#[track_caller]
pub fn select(conditions: &[Tracer], choices: &[Tracer], default: impl Into<Arg>) -> Tracer {
    selected(conditions, choices, default.into())
}
#[track_caller]
fn selected(conditions: &[Tracer], choices: &[Tracer], default: Arg) -> Tracer {
    if conditions.len() != choices.len() || conditions.is_empty() {
        let (n, m) = (conditions.len(), choices.len());
        fail(format!("select: needs as many choices as conditions, and some, got {m} and {n}"));
    }
    let avals: Vec<_> = choices.iter().map(|c| c.aval()).chain([default.aval()]).collect();
    let (dtype, weak) = or_fail("select", meet(&avals));
    let pairs = conditions.iter().zip(choices).rev();
    pairs.fold(default.in_dtype(dtype, weak), |rest, (condition, choice)| {
        let parts = [condition.astype(DType::Bool), choice.with_dtype(dtype, weak), rest];
        let [condition, choice, rest] = promote_shapes("select", parts);
        condition.select(choice, rest)
    })
}
/// The slices along an axis, or the elements of the array flattened, where a vector of conditions holds; what is beyond its end does not.
///
/// Of a condition that the program computes `size` must be given. The result has that many, of which those that are left over are
/// `fill_value`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::compress(constant(vec![false, true, true]), constant(vec![1.0f32, 2.0, 3.0]), None, 2, 0)), "[2.0, 3.0]");
/// ```
#[track_caller]
pub fn compress(
    condition: impl Into<Arg>,
    x: impl Into<Arg>,
    axis: impl Into<Option<isize>>,
    size: impl Into<Option<usize>>,
    fill_value: impl Into<Arg>,
) -> Tracer {
    compressed("compress", condition.into(), x.into().tracer(), axis.into(), size.into(), fill_value.into())
}
/// The elements where an array of conditions holds, as [`compress`] has it.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::extract(constant(vec![false, true, true]), constant(vec![1.0f32, 2.0, 3.0]), 2, 0)), "[2.0, 3.0]");
/// ```
#[track_caller]
pub fn extract(
    condition: impl Into<Arg>,
    x: impl Into<Arg>,
    size: impl Into<Option<usize>>,
    fill_value: impl Into<Arg>,
) -> Tracer {
    let condition = match condition.into() {
        Arg::Literal(l) => Arg::Literal(l.reshaped(&[l.size()]).unwrap_or(l)),
        other => other.tracer().ravel().into(),
    };
    compressed("extract", condition, x.into().tracer(), None, size.into(), fill_value.into())
}
#[track_caller]
fn compressed(name: &str, condition: Arg, x: Tracer, axis: Option<isize>, size: Option<usize>, fill: Arg) -> Tracer {
    let Some(axis) = axis else { return compressed(name, condition, x.ravel(), Some(0), size, fill) };
    let at = or_fail(name, resolve_axis(axis, x.rank()));
    let (aval, size_of_axis) = (condition.aval(), x.shape()[at]);
    if aval.rank() != 1 {
        fail(format!("{name}: the condition must be a vector, got {aval}"));
    }
    let size = match (&condition, size) {
        (Arg::Literal(l), None) => {
            let held: Vec<i64> = l.complexes().iter().zip(0..).filter(|c| c.0.norm() != 0.0).map(|c| c.1).collect();
            if held.last().is_some_and(|i| *i >= size_of_axis as i64) {
                fail(format!("{name}: the condition holds beyond the end of axis {at} of {}", x.aval()));
            }
            return x.index(along_axis(at, held));
        }
        (_, None) => fail(format!("{name}: a condition that the program computes needs a `size`")),
        (_, Some(size)) if size > size_of_axis => {
            fail(format!("{name}: the size must be at most that of axis {at} of {}, got {size}", x.aval()))
        }
        (_, Some(size)) => size,
    };
    let n = aval.size().min(size_of_axis);
    let condition = condition.tracer().astype(DType::Bool);
    let condition = if n < aval.size() { condition.slice_axis(0, 0, n) } else { condition };
    // Sorted by whether it fails, what holds comes first, in order.
    let sorted = sort(&[!condition, counting(n)], 0, 1);
    let size = size.min(n);
    let [fails, places] = [sorted[0], sorted[1]].map(|t| if size < n { t.slice_axis(0, 0, size) } else { t });
    let found = x.at(along_axis(at, places)).mode(IndexMode::PromiseInBounds).wrap_negative_indices(false);
    let found = found.unique_indices(true).get();
    fails.broadcast(&found.shape(), &[at]).select(fill.in_dtype(x.dtype(), false).broadcast_to(&found.shape()), found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vmap;

    const CLIP: IndexMode = IndexMode::Clip;
    const WRAP: IndexMode = IndexMode::Wrap;
    fn mask() -> Literal {
        Literal::from(vec![true, false, true])
    }
    crate::oracle::rows! { numpy_indexing:
        "jnp.take(a, b, axis=1)", "f32(2, 3), values([[2, -1], [0, 5]], 'i4')" => fn(a, b) take(a, b, 1, Take::default());
        "jnp.take(a, b)", "f32(2, 3), i32(4, low=0, high=6)" => fn(a, b) take(a, b, None, Take::default());
        "jnp.take(a, b, axis=0, mode='clip')", "f32(3, 2), values([-5, 1, 7], 'i4')" => fn(a, b) take(a, b, 0, Take::clip());
        "jnp.take(a, b, axis=0, mode='wrap')", "f32(3, 2), values([-5, 1, 7], 'i4')" => fn(a, b) take(a, b, 0, Take::wrap());
        "jnp.take(a, b, axis=-1, fill_value=7)", "f32(3, 2), values([-3, 1, 2], 'i4')" => fn(a, b) take(a, b, -1, Take::fill(7));
        "jnp.take(a, b, axis=0)", "i32(3, 2), values([-4, 1, 3], 'i8')" => fn(a, b) take(a, b, 0, Take::default());
        "jnp.take(a, b, axis=0)", "f32(3, 2), i32(low=0, high=3)" => fn(a, b) take(a, b, 0, Take::default());
        "jnp.take(a, 1, axis=0)", "f32(3, 2)" => fn(a) take(a, 1, 0, Take::default());
        "jnp.take(a, np.array([0, 2]), axis=0)", "f32(3, 2)" => fn(a) take(a, Literal::from(vec![0, 2]), 0, Take::default());
        "jnp.take(a, b, axis=0, unique_indices=True, indices_are_sorted=True)", "f32(3, 2), values([0, 2], 'i4')" => fn(a, b) take(a, b, 0, Take { unique_indices: true, indices_are_sorted: true, ..Take::default() });
        "jnp.take(a, b, axis=0)", "f32(0, 2), values([], 'i4')" => fn(a, b) take(a, b, 0, Take::default());
        "jnp.take_along_axis(a, b, axis=1)", "f32(3, 4), i32(3, 2, low=-4, high=4)" => fn(a, b) take_along_axis(a, b, 1, Take::default());
        "jnp.take_along_axis(a, b, axis=1)", "f32(3, 4), values([[0, 9, -9]], 'i4')" => fn(a, b) take_along_axis(a, b, 1, Take::default());
        "jnp.take_along_axis(a, b, axis=0)", "f32(3, 1, 2), i32(2, 4, 2, low=0, high=3)" => fn(a, b) take_along_axis(a, b, 0, Take::default());
        "jnp.take_along_axis(a, b, axis=1)", "f32(1, 4), i32(3, 2, low=-4, high=4)" => fn(a, b) take_along_axis(a, b, 1, Take::default());
        "jnp.take_along_axis(a, b, axis=None)", "f32(3, 4), i32(2, low=0, high=12)" => fn(a, b) take_along_axis(a, b, None, Take::default());
        "jnp.take_along_axis(a, b, axis=0, mode='clip')", "f32(3), values([-2, 5], 'i4')" => fn(a, b) take_along_axis(a, b, 0, Take::clip());
        "jnp.take_along_axis(a, b, axis=0, fill_value=2)", "i32(3), values([-2, 5], 'i8')" => fn(a, b) take_along_axis(a, b, 0, Take::fill(2));
        "jnp.take_along_axis(a, b, axis=0, mode='promise_in_bounds')", "f32(3, 2), values([[1, 0], [2, 2]], 'u1')" => fn(a, b) take_along_axis(a, b, 0, Take { mode: Some(IndexMode::PromiseInBounds), ..Take::default() });
        "jnp.take_along_axis(a, b, axis=0, mode='promise_in_bounds')", "f32(3), values([1, 0], 'i8')" => fn(a, b) take_along_axis(a, b, 0, Take::wrap());
        "jax.vmap(lambda a, b: jnp.take_along_axis(a, b, axis=1))(a, b)", "f32(2, 3, 4), i32(2, 1, 2, low=-4, high=4)" => fn(a, b) vmap(|a: Tracer, b: Tracer| take_along_axis(a, b, 1, Take::default()), 0)(a, b);
        "jnp.put(a, b, c, inplace=False)", "f32(2, 3), values([0, -1, 3], 'i4'), f32(2)" => fn(a, b, c) put(a, b, c, None);
        "jnp.put(a, b, c, mode='clip', inplace=False)", "f32(2, 3), values([-3, 7], 'i4'), f32(3)" => fn(a, b, c) put(a, b, c, CLIP);
        "jnp.put(a, b, 5, mode='wrap', inplace=False)", "i32(2, 3), values([-3, 7], 'i4')" => fn(a, b) put(a, b, 5, WRAP);
        "jnp.put_along_axis(a, b, c, axis=1, inplace=False)", "f32(2, 4), values([[0, -1], [2, 9]], 'i4'), f32(2, 2)" => fn(a, b, c) put_along_axis(a, b, c, 1, None);
        "jnp.put_along_axis(a, b, 3, axis=0, inplace=False)", "f32(3, 2), values([[1, 0]], 'i4')" => fn(a, b) put_along_axis(a, b, 3, 0, None);
        "jnp.put_along_axis(a, b, c, axis=None, inplace=False)", "f32(2, 2), values([3, 0], 'i4'), f32(2)" => fn(a, b, c) put_along_axis(a, b, c, None, None);
        "jnp.place(a, b, c, inplace=False)", "f32(2, 3), boolean(2, 3), f32(2)" => fn(a, b, c) place(a, b, c);
        "jnp.place(a, b, 1.5, inplace=False)", "f32(4), i32(4, low=0, high=2)" => fn(a, b) place(a, b, 1.5);
        "jnp.choose(a, [b, c, 7.0], mode='clip')", "i32(2, 3, low=-1, high=5), f32(3), f32(2, 1)" => fn(a, b, c) choose(a, [Arg::from(b), c.into(), 7.0.into()], CLIP);
        "jnp.choose(a, [b, c], mode='wrap')", "i32(3, low=-3, high=5), i32(3), f32()" => fn(a, b, c) choose(a, [b, c], WRAP);
        "jnp.select([a > 0, a > -1], [a, b])", "f32(6), f32(6)" => fn(a, b) select(&[a.greater(0.0), a.greater(-1.0)], &[a, b], 0);
        "jnp.select([a > 0], [b], 2.5)", "f32(2, 3), i32(3)" => fn(a, b) select(&[a.greater(0.0)], &[b], 2.5);
        "jnp.compress(a, b, axis=1, size=2)", "values([0, 1, 1], 'i4'), f32(2, 3)" => fn(a, b) compress(a, b, 1, 2, 0);
        "jnp.compress(a, b, axis=0, size=3, fill_value=7)", "values([1, 0, 1], '?'), f32(4, 2)" => fn(a, b) compress(a, b, 0, 3, 7);
        "jnp.compress(a, b, size=4, fill_value=7)", "boolean(6), i32(2, 2)" => fn(a, b) compress(a, b, None, 4, 7);
        "jnp.compress(np.array([True, False, True]), a, axis=0)", "f32(4, 2)" => fn(a) compress(mask(), a, 0, None, 0);
        "jnp.extract(a > 0, a, size=5, fill_value=-1)", "f32(3, 3)" => fn(a) extract(a.greater(0.0), a, 5, -1);
    }
}
