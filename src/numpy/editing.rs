//! Arrays with elements taken out, put in between, or as many as another shape wants.

use super::{joining::counting, moveaxis, promotion::Arg, ravel, tile};
use raxla_ir::{
    DType, Literal, Tracer,
    aval::resolve_axis,
    eval::eval,
    indexing::{Index, IndexMode, Step},
    literal::strides,
    operand::broadcast_shapes,
    primitives::{concatenate::concatenate as join, sort::sort},
    trace::{fail, or_fail, trace, with_source},
};
use std::panic::Location;

/// The index of elements along an axis, the axes before it whole.
pub(super) fn along_axis(axis: usize, item: impl Into<Index>) -> Vec<Index> {
    (0..axis).map(|_| Index::from(..)).chain([item.into()]).collect()
}
/// The places that a known index names in an axis of size `n`, and whether it is a single integer.
#[track_caller]
fn places(name: &str, n: usize, index: &Index) -> (Vec<usize>, bool) {
    if matches!(index, Index::NewAxis | Index::Ellipsis) {
        fail(format!("{name}: takes an integer, a slice, or an array of integers or bools"));
    }
    // The elements that the index reads from the places themselves.
    let all = Literal::from((0..n as i64).collect::<Vec<_>>());
    let read = || trace(&[all.aval().clone()], |x| vec![x[0].index(index.clone())]).program;
    let program = with_source(Location::caller().into(), read);
    let named = or_fail(name, eval(&program, &[all])).remove(0);
    if named.shape().len() > 1 && name != "delete" {
        fail(format!("{name}: takes at most one axis of indices, got {}", named.aval()));
    }
    (named.ints().into_iter().map(|i| i as usize).collect(), named.shape().is_empty())
}
/// The array without the elements that an index names along an axis, or in the array flattened.
///
/// The index is an integer, a range, an array of integers or bools; or a tracer of integers that all differ, which makes the size known.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::insert(np::delete(x, 0, None), -1, 9, None));
/// assert_eq!(f(Array::from(vec![1i32, 2, 3])).to_vec::<i32>()?, [2, 9, 3]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn delete(x: impl Into<Arg>, index: impl Into<Index>, axis: impl Into<Option<isize>>) -> Tracer {
    deleted(x.into().tracer(), index.into(), axis.into())
}
#[track_caller]
fn deleted(x: Tracer, index: Index, axis: Option<isize>) -> Tracer {
    let Some(axis) = axis else { return deleted(x.ravel(), index, Some(0)) };
    let at = or_fail("delete", resolve_axis(axis, x.rank()));
    let n = x.shape()[at];
    if let Index::Tracer(t) = index {
        if !t.dtype().is_integer() {
            fail(format!("delete: computed indices must be integers, got {}", t.aval()));
        }
        return deleted_by_tracer(x, t.ravel(), at, n);
    }
    let (mut gone, _) = places("delete", n, &index);
    gone.sort_unstable();
    gone.dedup();
    let (Some(first), Some(last)) = (gone.first(), gone.last()) else { return x };
    let axis = at as isize;
    if last - first + 1 != gone.len() {
        let kept: Vec<i64> = (0..n).filter(|i| gone.binary_search(i).is_err()).map(|i| i as i64).collect();
        return x.index(along_axis(at, kept));
    }
    match (*first, last + 1) {
        (0, end) => x.slice_axis(axis, end, n),
        (start, end) if end == n => x.slice_axis(axis, 0, start),
        (start, end) => join(&[x.slice_axis(axis, 0, start), x.slice_axis(axis, end, n)], axis),
    }
}
/// Sorted by whether they go, the elements that stay come first, in order.
#[track_caller]
fn deleted_by_tracer(x: Tracer, gone: Tracer, at: usize, n: usize) -> Tracer {
    let places = counting(n);
    let goes = places.full_like(0.0).at(gone).set(1);
    let kept = sort(&[goes, places], 0, 1)[1].slice_axis(0, 0, n.saturating_sub(gone.size()));
    x.at(along_axis(at, kept)).mode(IndexMode::PromiseInBounds).wrap_negative_indices(false).unique_indices(true).get()
}
/// The array with values put before the elements that an index names along an axis, or in the array flattened.
///
/// The index is an integer, before whose element all values go; or a range, an array or a tracer of integers, each of which gets a value.
/// Values are converted to the array's dtype.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::insert(constant(vec![1.0f32, 2.0, 3.0]), 1, 9.0, None)), "[1.0, 9.0, 2.0, 3.0]");
/// ```
#[track_caller]
pub fn insert(
    x: impl Into<Arg>,
    index: impl Into<Index>,
    values: impl Into<Arg>,
    axis: impl Into<Option<isize>>,
) -> Tracer {
    inserted(x.into().tracer(), index.into(), values.into(), axis.into())
}
#[track_caller]
fn inserted(x: Tracer, index: Index, values: Arg, axis: Option<isize>) -> Tracer {
    let Some(axis) = axis else { return inserted(x.ravel(), index, values, Some(0)) };
    let at = or_fail("insert", resolve_axis(axis, x.rank()));
    let (shape, n) = (x.shape(), x.shape()[at]);
    let values = values.in_dtype(x.dtype(), x.aval().weak);
    let missing = x.rank().saturating_sub(values.rank());
    let values = values.reshape(&[&vec![1; missing], &values.shape()[..]].concat());
    // The places of the values: one behind the last element is one too.
    let (known, single, count) = match &index {
        Index::Tracer(t) if t.dtype().is_integer() && t.rank() < 2 => (None, t.rank() == 0, t.size()),
        Index::Tracer(t) => fail(format!("insert: takes an integer or a vector of them, got {}", t.aval())),
        // A negative integer counts from the end, before which it stands; a positive one may be the end.
        Index::Integer(i) if (0..=n as i128).contains(i) => (Some(vec![*i as usize]), true, 1),
        Index::Array(l) if l.dtype().is_integer() && l.shape().len() < 2 => {
            let place = |i: i128| if i < 0 { i + n as i128 } else { i };
            let all: Vec<i128> = l.ints().into_iter().map(place).collect();
            if let Some(wrong) = all.iter().find(|i| !(0..=n as i128).contains(i)) {
                fail(format!("insert: index {wrong} is out of bounds for axis {at} of {}", x.aval()));
            }
            (Some(all.iter().map(|i| *i as usize).collect::<Vec<_>>()), l.shape().is_empty(), l.size())
        }
        other => {
            let (places, single) = places("insert", n, other);
            let count = places.len();
            (Some(places), single, count)
        }
    };
    let values = if single { moveaxis(values, 0, at as isize) } else { values };
    let count = if count == 1 { values.shape()[at] } else { count };
    let mut wanted = shape.clone();
    wanted[at] = count;
    if broadcast_shapes(&values.shape(), &wanted).map_or(true, |s| s != wanted) {
        fail(format!("insert: the values {} do not fit between the elements of {}", values.aval(), x.aval()));
    }
    let values = values.broadcast_to(&wanted);
    match known {
        Some(places) => inserted_at(x, values, &places, at),
        None => match index {
            Index::Tracer(t) => inserted_by_tracer(x, values, t.ravel().broadcast_to(&[count]), at),
            _ => x,
        },
    }
}
#[track_caller]
fn inserted_at(x: Tracer, values: Tracer, places: &[usize], at: usize) -> Tracer {
    let (n, count, axis) = (x.shape()[at], values.shape()[at], at as isize);
    if let [place] = places {
        let parts = [x.slice_axis(axis, 0, *place), values, x.slice_axis(axis, *place, n)];
        return join(&parts, axis);
    }
    // Values before elements, in the order of their places and then their own.
    let mut order: Vec<(usize, usize)> = places.iter().copied().zip(n..n + count).collect();
    order.extend((0..n).map(|i| (i, n + count + i)));
    order.sort_unstable();
    let source = |(_, i): (usize, usize)| if i >= n + count { i - n - count } else { i } as i64;
    let order: Vec<i64> = order.into_iter().map(source).collect();
    join(&[x, values], axis).index(along_axis(at, order))
}
/// Both sorted by twice their places, elements one further, so that the values that go before an element come before it.
#[track_caller]
fn inserted_by_tracer(x: Tracer, values: Tracer, places: Tracer, at: usize) -> Tracer {
    let (n, int) = (x.shape()[at] as i64, DType::default_int());
    let places = places.astype(int);
    let places = places.less(0).select(places + n, places).clamp(0, n);
    let both = join(&[places * 2, counting(n as usize) * 2 + 1], 0);
    let order = sort(&[both, counting(both.size())], 0, 1)[1];
    let at_order = join(&[values, x], at as isize).at(along_axis(at, order));
    at_order.mode(IndexMode::PromiseInBounds).wrap_negative_indices(false).unique_indices(true).get()
}
/// The elements in another shape of any size: repeated from the first on if they are too few, the rest left out if too many.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::resize(constant(vec![1.0f32, 2.0]), &[3])), "[1.0, 2.0, 1.0]");
/// ```
#[track_caller]
pub fn resize(x: impl Into<Arg>, new_shape: &[usize]) -> Tracer {
    let flat = ravel(x, None);
    let (n, size) = (flat.size(), new_shape.iter().product::<usize>());
    if n == 0 {
        return flat.full_like(0.0).pad(0, &[0], &[size as isize], &[0]).reshape(new_shape);
    }
    let repeated = if size > n { tile(flat, &[size.div_ceil(n)]) } else { flat };
    (if repeated.size() == size { repeated } else { repeated.slice_axis(0, 0, size) }).reshape(new_shape)
}
/// The vector repeated, or cut off, to a size.
#[track_caller]
pub(super) fn cycled(name: &str, values: Tracer, size: usize) -> Tracer {
    if values.size() == 0 && size > 0 {
        fail(format!("{name}: there are no values to take"));
    }
    resize(values, &[size])
}
/// The array with a value, or the elements of an array over and over, on its main diagonal. With `wrap`, the diagonal of a matrix of more
/// rows than columns begins anew after a row.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::fill_diagonal(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0, false)), "[[0.0, 2.0], [3.0, 0.0]]");
/// ```
///
/// # Panics
/// If the array has fewer than two axes, or more than two that differ in size.
#[track_caller]
pub fn fill_diagonal(x: impl Into<Arg>, value: impl Into<Arg>, wrap: bool) -> Tracer {
    let x = x.into().tracer();
    let (value, shape) = (value.into().in_dtype(x.dtype(), false), x.shape());
    if shape.len() < 2 || (shape.len() > 2 && shape.iter().any(|n| *n != shape[0])) {
        fail(format!("fill_diagonal: takes matrices, and arrays of more axes of one size, got {}", x.aval()));
    }
    // In the array flattened, a diagonal is every so manyth element.
    let step = strides(&shape).iter().sum::<usize>();
    let end = if wrap || shape.len() > 2 { x.size() } else { x.size().min(shape[1] * shape[1]) };
    let count = end.div_ceil(step.max(1));
    let value = if value.rank() == 0 { value } else { cycled("fill_diagonal", value, count) };
    x.ravel().at((..end).step(step as isize)).set(value).reshape(&shape)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_editing:
        "jnp.delete(a, 1)", "f32(2, 2)" => fn(a) delete(a, 1, None);
        "jnp.delete(a, -1, axis=1)", "f32(2, 3)" => fn(a) delete(a, -1, 1);
        "jnp.delete(a, slice(0, 2), axis=0)", "f32(3, 2)" => fn(a) delete(a, 0..2, 0);
        "jnp.delete(a, slice(None, None, -2))", "f32(5)" => fn(a) delete(a, (..).step(-2), None);
        "jnp.delete(a, np.array([0, -1, 0]), axis=1)", "f32(2, 4)" => fn(a) delete(a, [0, -1, 0], 1);
        "jnp.delete(a, np.array([True, False, True]))", "i32(3)" => fn(a) delete(a, [true, false, true], None);
        "jnp.delete(a, np.array([], dtype='int32'))", "f32(3)" => fn(a) delete(a, Vec::<i32>::new(), None);
        "jnp.delete(a, b, axis=1, assume_unique_indices=True)", "f32(2, 5), values([-1, 2], 'i4')" => fn(a, b) delete(a, b, 1);
        "jnp.insert(a, 1, b)", "f32(4), f32()" => fn(a, b) insert(a, 1, b, None);
        "jnp.insert(a, 2, b, axis=1)", "f32(2, 3), f32(2)" => fn(a, b) insert(a, 2, b, 1);
        "jnp.insert(a, 0, b, axis=0)", "f32(2, 3), f32(2, 3)" => fn(a, b) insert(a, 0, b, 0);
        "jnp.insert(a, 3, 7.5)", "i32(3)" => fn(a) insert(a, 3, 7.5, None);
        "jnp.insert(a, np.array([1]), b, axis=1)", "f32(2, 3), f32(2, 2)" => fn(a, b) insert(a, [1], b, 1);
        "jnp.insert(a, np.array([2, 0, 2]), b)", "f32(3), f32(3)" => fn(a, b) insert(a, [2, 0, 2], b, None);
        "jnp.insert(a, np.array([-1, 3]), b, axis=1)", "f32(2, 3), f32()" => fn(a, b) insert(a, [-1, 3], b, 1);
        "jnp.insert(a, slice(0, 2), b)", "f32(3), f32(2)" => fn(a, b) insert(a, 0..2, b, None);
        "jnp.insert(a, b, c)", "f32(3), values([2, 0, -1], 'i4'), f32(3)" => fn(a, b, c) insert(a, b, c, None);
        "jnp.insert(a, b, c, axis=1)", "f32(2, 3), values(1, 'i4'), f32(2)" => fn(a, b, c) insert(a, b, c, 1);
        "jnp.resize(a, (3, 2))", "f32(2, 2)" => fn(a) resize(a, &[3, 2]);
        "jnp.resize(a, (3,))", "f32(2, 2)" => fn(a) resize(a, &[3]);
        "jnp.resize(a, (2, 2))", "i32(0)" => fn(a) resize(a, &[2, 2]);
        "jnp.fill_diagonal(a, b, inplace=False)", "f32(3, 3), f32()" => fn(a, b) fill_diagonal(a, b, false);
        "jnp.fill_diagonal(a, b, inplace=False)", "f32(4, 2), f32(3)" => fn(a, b) fill_diagonal(a, b, false);
        "jnp.fill_diagonal(a, 5, inplace=False)", "f32(2, 2, 2)" => fn(a) fill_diagonal(a, 5, false);
        "jnp.fill_diagonal(a, b, inplace=False)", "i32(2, 4), i32(1)" => fn(a, b) fill_diagonal(a, b, false);
        "(lambda c: (np.fill_diagonal(c, 5, wrap=True), c)[1])(np.array(a))", "i32(7, 3)" => fn(a) fill_diagonal(a, 5, true);
    }
}
