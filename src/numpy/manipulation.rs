//! The shape of an array and the order of its elements: reshaping, axes moved, added and dropped, broadcasting, reversal, rotation.

use super::{promotion::Arg, remainder};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::{Axes, Dims, Shape, resolve_axes, resolve_axis},
    operand::{self, AxisList},
    primitives::concatenate::concatenate,
    trace::{constant, fail, or_fail},
};

/// The axes that a function goes along: one (`0`, `-1`), several (`[0, 1]`), or none named (`()` or `None`), which means its default.
#[derive(Clone, Debug, Default)]
pub struct Along(pub(super) Option<Vec<isize>>);
impl From<()> for Along {
    fn from(_: ()) -> Along {
        Along(None)
    }
}
impl From<isize> for Along {
    fn from(axis: isize) -> Along {
        Along(Some(vec![axis]))
    }
}
impl From<Option<isize>> for Along {
    fn from(axis: Option<isize>) -> Along {
        Along(axis.map(|a| vec![a]))
    }
}
impl<const N: usize> From<[isize; N]> for Along {
    fn from(axes: [isize; N]) -> Along {
        Along(Some(axes.to_vec()))
    }
}
impl From<&[isize]> for Along {
    fn from(axes: &[isize]) -> Along {
        Along(Some(axes.to_vec()))
    }
}
/// In which order the elements of an array are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The last axis runs fastest, as in C.
    #[default]
    C,
    /// The first axis runs fastest, as in Fortran.
    F,
}

/// The array in another shape of the same size; one size may be -1, which means what is left.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::moveaxis(np::reshape(x, &[2, -1], None), 0, 1))(Array::from(vec![1i32, 2, 3, 4]));
/// assert_eq!((y.shape(), y.to_vec::<i32>()?), (&[2, 2][..], vec![1, 3, 2, 4]));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn reshape(x: impl Into<Arg>, shape: &[isize], order: impl Into<Option<Order>>) -> Tracer {
    reshaped(x.into().tracer(), shape, order.into().unwrap_or_default())
}
#[track_caller]
fn reshaped(x: Tracer, shape: &[isize], order: Order) -> Tracer {
    let known: isize = shape.iter().filter(|n| **n != -1).product();
    let (size, unknown) = (x.size() as isize, shape.iter().filter(|n| **n == -1).count());
    let wrong = shape.iter().any(|n| *n < -1) || unknown > 1;
    let fits = if unknown == 0 { known == size } else { known > 0 && size % known == 0 };
    if wrong || !fits {
        fail(format!("reshape: {} has no shape {shape:?}", x.aval()));
    }
    let shape: Shape = shape.iter().map(|n| if *n == -1 { size / known } else { *n } as usize).collect();
    match order {
        Order::C => x.reshape(&shape),
        Order::F => x.t().reshape(&shape.iter().rev().copied().collect::<Shape>()).t(),
    }
}
/// The elements in one axis.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::ravel(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), None)), "[1.0, 2.0, 3.0, 4.0]");
/// ```
#[track_caller]
pub fn ravel(x: impl Into<Arg>, order: impl Into<Option<Order>>) -> Tracer {
    reshaped(x.into().tracer(), &[-1; 1], order.into().unwrap_or_default())
}
/// The array with its axes in another order: axis `i` of the result is axis `axes[i]`. Without axes, they are reversed.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::transpose(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), ())), "[[1.0, 3.0], [2.0, 4.0]]");
/// ```
#[track_caller]
pub fn transpose(x: impl Into<Arg>, axes: impl Into<Along>) -> Tracer {
    permuted("transpose", x.into().tracer(), axes.into())
}
#[track_caller]
fn permuted(name: &str, x: Tracer, axes: Along) -> Tracer {
    let Some(axes) = axes.0 else { return x.t() };
    let rank = x.rank();
    if axes.len() != rank || resolve_axes(&axes, rank).is_err() {
        fail(format!("{name}: the axes must be those of {}, each once, got {axes:?}", x.aval()));
    }
    x.transpose_axes(&each_axis(name, &axes, rank))
}
/// The axes in the order given.
#[track_caller]
pub(super) fn each_axis(name: &str, axes: &[isize], rank: usize) -> Axes {
    or_fail(name, axes.iter().map(|a| resolve_axis(*a, rank)).collect())
}
/// [`transpose`] with axes, as the array API standard calls it.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::permute_dims(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), &[1, 0])), "[[1.0, 3.0], [2.0, 4.0]]");
/// ```
#[track_caller]
pub fn permute_dims(x: impl Into<Arg>, axes: &[isize]) -> Tracer {
    permuted("permute_dims", x.into().tracer(), axes.into())
}
/// The matrix (or matrices) with its last two axes exchanged.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::matrix_transpose(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])))), "[[1.0, 3.0], [2.0, 4.0]]");
/// ```
#[track_caller]
pub fn matrix_transpose(x: impl Into<Arg>) -> Tracer {
    let x = x.into().tracer();
    if x.rank() < 2 {
        fail(format!("matrix_transpose: takes arrays of rank 2 and more, got {}", x.aval()));
    }
    swapaxes(x, -2, -1)
}
/// The array with axes moved to other places; those not named keep their order.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::moveaxis(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0, -1)), "[[1.0, 3.0], [2.0, 4.0]]");
/// ```
#[track_caller]
pub fn moveaxis(x: impl Into<Arg>, source: impl AxisList, destination: impl AxisList) -> Tracer {
    moved(x.into().tracer(), source.axes(), destination.axes())
}
#[track_caller]
fn moved(x: Tracer, source: &[isize], destination: &[isize]) -> Tracer {
    let rank = x.rank();
    if source.len() != destination.len() {
        fail(format!("moveaxis: needs as many destinations as axes, got {source:?} and {destination:?}"));
    }
    or_fail("moveaxis", resolve_axes(source, rank).and_then(|_| resolve_axes(destination, rank)));
    let (from, to) = (each_axis("moveaxis", source, rank), each_axis("moveaxis", destination, rank));
    let mut order: Axes = (0..rank).filter(|a| !from.contains(a)).collect();
    let mut pairs: Vec<(usize, usize)> = to.into_iter().zip(from).collect();
    pairs.sort_unstable();
    pairs.into_iter().for_each(|(place, axis)| order.insert(place, axis));
    x.transpose_axes(&order)
}
/// The array with two axes exchanged.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::swapaxes(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0, 1)), "[[1.0, 3.0], [2.0, 4.0]]");
/// ```
#[track_caller]
pub fn swapaxes(x: impl Into<Arg>, axis1: isize, axis2: isize) -> Tracer {
    let x = x.into().tracer();
    let pair = each_axis("swapaxes", &[axis1, axis2], x.rank());
    let mut order: Axes = (0..x.rank()).collect();
    order.swap(pair[0], pair[1]);
    x.transpose_axes(&order)
}
/// The array with an axis moved before the one at `start`; [`moveaxis`] is easier to read.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::rollaxis(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 1, 0)), "[[1.0, 3.0], [2.0, 4.0]]");
/// ```
#[track_caller]
pub fn rollaxis(x: impl Into<Arg>, axis: isize, start: isize) -> Tracer {
    let x = x.into().tracer();
    let rank = x.rank() as isize;
    let from = or_fail("rollaxis", resolve_axis(axis, x.rank())) as isize;
    if !(-rank..=rank).contains(&start) {
        fail(format!("rollaxis: the start must be from {} to {rank}, got {start}", -rank));
    }
    let before = if start < 0 { start + rank } else { start };
    moved(x, &[from], &[if from < before { before - 1 } else { before }])
}
/// The array with new axes of size 1 that stand at the places named in the result.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::expand_dims(constant(vec![1.0f32, 2.0]), 1)), "[[1.0], [2.0]]");
/// ```
#[track_caller]
pub fn expand_dims(x: impl Into<Arg>, axis: impl AxisList) -> Tracer {
    expanded(x.into().tracer(), axis.axes())
}
#[track_caller]
fn expanded(x: Tracer, axes: &[isize]) -> Tracer {
    let mut shape = x.shape();
    let places = or_fail("expand_dims", resolve_axes(axes, shape.len() + axes.len()));
    places.into_iter().for_each(|a| shape.insert(a, 1));
    x.reshape(&shape)
}
/// The array without the axes named, which must have size 1; if none is, without all that have.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::squeeze(constant(Literal::new(&[1, 2], &[1.0f32, 2.0])), ())), "[1.0, 2.0]");
/// ```
#[track_caller]
pub fn squeeze(x: impl Into<Arg>, axis: impl Into<Along>) -> Tracer {
    squeezed(x.into().tracer(), axis.into())
}
#[track_caller]
fn squeezed(x: Tracer, axis: Along) -> Tracer {
    let shape = x.shape();
    let axes = match axis.0 {
        None => (0..shape.len()).filter(|a| shape[*a] == 1).collect(),
        Some(axes) => or_fail("squeeze", resolve_axes(&axes, shape.len())),
    };
    if let Some(axis) = axes.iter().find(|a| shape[**a] != 1) {
        fail(format!("squeeze: axis {axis} of {} has not size 1", x.aval()));
    }
    x.reshape(&(0..shape.len()).filter(|a| !axes.contains(a)).map(|a| shape[a]).collect::<Shape>())
}
/// The array repeated along new axes in front and along those of size 1, so that it has a shape.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::broadcast_to(constant(vec![1.0f32, 2.0]), &[2, 2])), "[[1.0, 2.0], [1.0, 2.0]]");
/// ```
#[track_caller]
pub fn broadcast_to(x: impl Into<Arg>, shape: &[usize]) -> Tracer {
    x.into().tracer().broadcast_to(shape)
}
/// The arrays, each repeated so that all have one shape. They keep their dtypes.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::broadcast_arrays(&[constant(Literal::new(&[2, 1], &[1.0f32, 2.0])), constant(vec![3.0f32, 4.0])]));
/// assert_eq!(got, "[[1.0, 1.0], [2.0, 2.0]], [[3.0, 4.0], [3.0, 4.0]]");
/// ```
#[track_caller]
pub fn broadcast_arrays(xs: &[Tracer]) -> Vec<Tracer> {
    let shapes: Vec<Shape> = xs.iter().map(|x| x.shape()).collect();
    let shape = broadcast_shapes(&shapes.iter().map(|s| &s[..]).collect::<Vec<_>>());
    xs.iter().map(|x| x.broadcast_to(&shape)).collect()
}
/// The shape that arrays of several shapes broadcast to.
///
/// ```
/// assert_eq!(raxla::numpy::broadcast_shapes(&[&[3, 1], &[4]]), [3, 4]);
/// ```
#[track_caller]
pub fn broadcast_shapes(shapes: &[&[usize]]) -> Vec<usize> {
    match shapes.iter().try_fold(Shape::new(), |all, s| operand::broadcast_shapes(&all, s)) {
        Ok(shape) => shape.to_vec(),
        Err(_) => {
            let names: Vec<String> = shapes.iter().map(|s| Dims(s).to_string()).collect();
            fail(format!("broadcast_shapes: shapes must broadcast together, got {}", names.join(" and ")))
        }
    }
}
/// The elements in reverse order along the axes named; if none is, along all.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::flip(constant(vec![1.0f32, 2.0, 3.0]), ())), "[3.0, 2.0, 1.0]");
/// ```
#[track_caller]
pub fn flip(x: impl Into<Arg>, axis: impl Into<Along>) -> Tracer {
    let (x, axis) = (x.into().tracer(), axis.into());
    let axes = axis.0.unwrap_or_else(|| (0..x.rank() as isize).collect());
    if axes.is_empty() { x } else { x.reverse(axes) }
}
/// The elements in reverse order along axis 1.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::fliplr(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])))), "[[2.0, 1.0], [4.0, 3.0]]");
/// ```
#[track_caller]
pub fn fliplr(x: impl Into<Arg>) -> Tracer {
    flip(x, 1)
}
/// The elements in reverse order along axis 0.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::flipud(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])))), "[[3.0, 4.0], [1.0, 2.0]]");
/// ```
#[track_caller]
pub fn flipud(x: impl Into<Arg>) -> Tracer {
    flip(x, 0)
}
/// The array turned `k` times by 90 degrees, from the first of two axes towards the second.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::rot90(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 1, (0, 1))), "[[2.0, 4.0], [1.0, 3.0]]");
/// ```
#[track_caller]
pub fn rot90(x: impl Into<Arg>, k: isize, axes: (isize, isize)) -> Tracer {
    let x = x.into().tracer();
    let pair = or_fail("rot90", resolve_axes(&[axes.0, axes.1], x.rank()).map(|_| [axes.0, axes.1]));
    match k.rem_euclid(4) {
        0 => x,
        1 => swapaxes(x.reverse(pair[1]), pair[0], pair[1]),
        2 => x.reverse(pair),
        _ => swapaxes(x, pair[0], pair[1]).reverse(pair[1]),
    }
}
/// The elements moved along axes, what leaves at one end coming back at the other; without an axis, those of the array flattened.
///
/// A shift is a number; a literal of several, one for each axis; or a tracer, which the program computes.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::roll(constant(vec![1.0f32, 2.0, 3.0]), 1, ())), "[3.0, 1.0, 2.0]");
/// ```
#[track_caller]
pub fn roll(x: impl Into<Arg>, shift: impl Into<Arg>, axis: impl Into<Along>) -> Tracer {
    rolled(x.into().tracer(), shift.into(), axis.into())
}
#[track_caller]
fn rolled(x: Tracer, shift: Arg, axis: Along) -> Tracer {
    let Some(axes) = axis.0 else {
        return rolled(x.ravel(), shift, Along::from(0)).reshape(&x.shape());
    };
    let (axes, aval) = (each_axis("roll", &axes, x.rank()), shift.aval());
    if !aval.dtype.is_integer() || aval.rank() > 1 {
        fail(format!("roll: the shift must be an integer, or a vector of them, got {aval}"));
    }
    let n = operand::broadcast_shapes(&aval.shape, &[axes.len()]);
    let n = or_fail("roll", n.map_err(|_| format!("got {} axes, and shifts {aval}", axes.len())))[0];
    let axes = (0..n).map(|i| axes[if axes.len() == 1 { 0 } else { i }]);
    let each = |i: usize| if aval.size() == 1 { 0 } else { i };
    let known: Option<Vec<i128>> = match &shift {
        Arg::Int(i) => Some(vec![i128::from(*i)]),
        Arg::Literal(l) => Some(l.ints()),
        _ => None,
    };
    axes.enumerate().fold(x, |x, (i, axis)| match &known {
        Some(shifts) => rolled_by(x, shifts[each(i)], axis),
        None => rolled_by_tracer(x, shift.tracer().ravel().slice_axis(0, each(i), each(i) + 1).reshape(&[]), axis),
    })
}
#[track_caller]
fn rolled_by(x: Tracer, shift: i128, axis: usize) -> Tracer {
    let n = x.shape()[axis];
    if n == 0 {
        return x;
    }
    let cut = (-shift).rem_euclid(n as i128) as usize;
    if cut == 0 {
        return x;
    }
    let axis = axis as isize;
    concatenate(&[x.slice_axis(axis, cut, n), x.slice_axis(axis, 0, cut)], axis)
}
/// A window of the array twice.
#[track_caller]
fn rolled_by_tracer(x: Tracer, shift: Tracer, axis: usize) -> Tracer {
    let shape = x.shape();
    let n = shape[axis] as i64;
    let start = n - remainder(shift.astype(DType::I32), n.max(1));
    let zero = constant(Literal::zeros(ShapedArray::new(&[], DType::I32)));
    let starts: Vec<Tracer> = (0..shape.len()).map(|a| if a == axis { start } else { zero }).collect();
    concatenate(&[x, x], axis as isize).dynamic_slice(&starts, &shape)
}
/// The array, with one axis if it has none.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::atleast_1d(5.0)), "[5.0]");
/// ```
#[track_caller]
pub fn atleast_1d(x: impl Into<Arg>) -> Tracer {
    let x = x.into().tracer();
    if x.rank() == 0 { x.reshape(&[1]) } else { x }
}
/// The array, with two axes if it has fewer; a vector becomes a row.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::atleast_2d(constant(vec![1.0f32, 2.0]))), "[[1.0, 2.0]]");
/// ```
#[track_caller]
pub fn atleast_2d(x: impl Into<Arg>) -> Tracer {
    let x = x.into().tracer();
    if x.rank() < 2 { x.reshape(&[1, x.size()]) } else { x }
}
/// The array, with three axes if it has fewer: a vector of size n gets the shape `[1, n, 1]`, an m × n matrix `[m, n, 1]`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::atleast_3d(constant(vec![1.0f32, 2.0]))), "[[[1.0], [2.0]]]");
/// ```
#[track_caller]
pub fn atleast_3d(x: impl Into<Arg>) -> Tracer {
    let x = x.into().tracer();
    match x.shape()[..] {
        [] => x.reshape(&[1, 1, 1]),
        [n] => x.reshape(&[1, n, 1]),
        [m, n] => x.reshape(&[m, n, 1]),
        _ => x,
    }
}
/// The array itself: values in programs never change.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::copy(constant(vec![1.0f32, 2.0]))), "[1.0, 2.0]");
/// ```
#[track_caller]
pub fn copy(x: impl Into<Arg>) -> Tracer {
    x.into().tracer()
}
/// The array in another dtype; of complex numbers a real dtype takes the real parts.
///
/// ```
/// # use raxla::{DType, constant, numpy as np, show};
/// assert_eq!(show(|| np::astype(constant(vec![1.5f32, 2.5]), DType::I32)), "[1, 2]");
/// ```
#[track_caller]
pub fn astype(x: impl Into<Arg>, dtype: DType) -> Tracer {
    x.into().in_dtype(dtype, false)
}
/// The number of axes.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| [np::ndim(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])))].map(|n| constant(n as i32))), "2");
/// ```
#[track_caller]
pub fn ndim(x: impl Into<Arg>) -> usize {
    x.into().aval().rank()
}
/// The size of each axis.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::zeros(&np::shape(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0]))), None)), "[[0.0, 0.0], [0.0, 0.0]]");
/// ```
#[track_caller]
pub fn shape(x: impl Into<Arg>) -> Vec<usize> {
    x.into().aval().shape.to_vec()
}
/// The number of elements: along the axes named, or of all.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| [np::size(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), ())].map(|n| constant(n as i32))), "4");
/// ```
#[track_caller]
pub fn size(x: impl Into<Arg>, axis: impl Into<Along>) -> usize {
    let aval = x.into().aval();
    match axis.into().0 {
        None => aval.size(),
        Some(axes) => or_fail("size", resolve_axes(&axes, aval.rank())).into_iter().map(|a| aval.shape[a]).product(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raxla_ir::trace::{self, catch};

    fn pair() -> Literal {
        Literal::from(vec![1, -2])
    }
    crate::oracle::rows! { numpy_manipulation:
        "jnp.reshape(a, (2, -1))", "f32(3, 4)" => fn(a) reshape(a, &[2, -1], None);
        "jnp.reshape(a, (4, 3), order='F')", "f32(3, 2, 2)" => fn(a) reshape(a, &[4, 3], Order::F);
        "jnp.reshape(a, ())", "i32(1)" => fn(a) reshape(a, &[], None);
        "jnp.reshape(a, (0, 2))", "bf16(3, 0)" => fn(a) reshape(a, &[0, 2], None);
        "jnp.ravel(a)", "f32(3, 2)" => fn(a) ravel(a, None);
        "jnp.ravel(a)", "f32(2, 0)" => fn(a) ravel(a, Order::C);
        "jnp.ravel(a, order='F')", "i8(3, 2)" => fn(a) ravel(a, Order::F);
        "jnp.transpose(a)", "f32(3, 2, 4)" => fn(a) transpose(a, ());
        "jnp.transpose(a, (1, -1, 0))", "f32(3, 2, 4)" => fn(a) transpose(a, [1, -1, 0]);
        "jnp.permute_dims(a, (1, 0))", "boolean(3, 2)" => fn(a) permute_dims(a, &[1, 0]);
        "jnp.matrix_transpose(a)", "c64(2, 3, 2)" => fn(a) matrix_transpose(a);
        "jnp.moveaxis(a, 0, -1)", "f32(3, 2, 4)" => fn(a) moveaxis(a, 0, -1);
        "jnp.moveaxis(a, (0, 1), (-1, 0))", "f32(3, 2, 4, 1)" => fn(a) moveaxis(a, [0, 1], [-1, 0]);
        "jnp.swapaxes(a, 0, -1)", "f32(3, 2, 4)" => fn(a) swapaxes(a, 0, -1);
        "jnp.rollaxis(a, 2)", "f32(3, 2, 4)" => fn(a) rollaxis(a, 2, 0);
        "jnp.rollaxis(a, 0, 3)", "f32(3, 2, 4)" => fn(a) rollaxis(a, 0, 3);
        "jnp.rollaxis(a, 0, -1)", "f32(3, 2, 4)" => fn(a) rollaxis(a, 0, -1);
        "jnp.array([jnp.ndim(a), *jnp.shape(a), jnp.size(a), jnp.size(a, 1), *jnp.broadcast_shapes((3, 1), (4,), ())], 'i4')", "f32(3, 2)" => fn(a) {
            let all = [vec![ndim(a)], shape(a), vec![size(a, ()), size(a, 1)], broadcast_shapes(&[&[3, 1], &[4], &[]])].concat();
            constant(Literal::from(all.into_iter().map(|n| n as i32).collect::<Vec<_>>()))
        };
        "jnp.expand_dims(a, 1)", "f32(3, 2)" => fn(a) expand_dims(a, 1);
        "jnp.expand_dims(a, (0, -1))", "f32(3, 2)" => fn(a) expand_dims(a, [0, -1]);
        "jnp.squeeze(a)", "f32(1, 3, 1)" => fn(a) squeeze(a, ());
        "jnp.squeeze(a, -1)", "f32(1, 3, 1)" => fn(a) squeeze(a, -1);
        "jnp.squeeze(a, (0, 2))", "u8(1, 3, 1)" => fn(a) squeeze(a, [0, 2]);
        "jnp.broadcast_to(a, (2, 3, 4))", "f32(3, 1)" => fn(a) broadcast_to(a, &[2, 3, 4]);
        "jnp.broadcast_arrays(a, b)", "f32(3, 1), i32(4)" => fn(a, b) broadcast_arrays(&[a, b]);
        "jnp.flip(a)", "f32(3, 2)" => fn(a) flip(a, ());
        "jnp.flip(a, (0, 2))", "f32(3, 2, 2)" => fn(a) flip(a, [0, 2]);
        "jnp.flip(a)", "f32()" => fn(a) flip(a, None);
        "jnp.fliplr(a)", "f32(2, 3)" => fn(a) fliplr(a);
        "jnp.flipud(a)", "bf16(3, 2)" => fn(a) flipud(a);
        "jnp.rot90(a)", "f32(3, 2)" => fn(a) rot90(a, 1, (0, 1));
        "jnp.rot90(a, 2)", "f32(3, 2)" => fn(a) rot90(a, 2, (0, 1));
        "jnp.rot90(a, -1, (1, 2))", "f32(2, 3, 2)" => fn(a) rot90(a, -1, (1, 2));
        "jnp.roll(a, 2)", "f32(3, 2)" => fn(a) roll(a, 2, ());
        "jnp.roll(a, -5, axis=1)", "f32(2, 3)" => fn(a) roll(a, -5, 1);
        "jnp.roll(a, (1, -2), axis=(0, 1))", "f32(2, 3)" => fn(a) roll(a, pair(), [0, 1]);
        "jnp.roll(a, 1, axis=(0, 1))", "f32(2, 3)" => fn(a) roll(a, 1, [0, 1]);
        "jnp.roll(a, (1, -2), axis=1)", "f32(2, 4)" => fn(a) roll(a, pair(), 1);
        "jnp.roll(a, 1)", "f32(0)" => fn(a) roll(a, 1, ());
        "jnp.roll(a, b, axis=1)", "f32(2, 3), i32()" => fn(a, b) roll(a, b, 1);
        "jnp.roll(a, b)", "f32(2, 3), i32()" => fn(a, b) roll(a, b, ());
        "jnp.roll(a, b, axis=(0, 1))", "f32(2, 3), i32(2)" => fn(a, b) roll(a, b, [0, 1]);
        "jnp.atleast_1d(a)", "f32()" => fn(a) atleast_1d(a);
        "jnp.atleast_2d(a)", "f32(3)" => fn(a) atleast_2d(a);
        "jnp.atleast_2d(a)", "f32()" => fn(a) atleast_2d(a);
        "jnp.atleast_3d(a)", "f32()" => fn(a) atleast_3d(a);
        "jnp.atleast_3d(a)", "f32(3)" => fn(a) atleast_3d(a);
        "jnp.atleast_3d(a)", "i32(3, 2)" => fn(a) atleast_3d(a);
        "jnp.copy(a)", "f32(3)" => fn(a) copy(a);
        "jnp.astype(a, 'int8')", "f32(3)" => fn(a) astype(a, DType::I8);
        "jnp.astype(a, 'bool')", "i32(6, low=0, high=2)" => fn(a) astype(a, DType::Bool);
    }
    #[test]
    fn types_are_known_without_data() {
        crate::jit(|x: Tracer| {
            assert_eq!((ndim(x), shape(x), size(x, ()), size(x, 1), size(x, [0, -1])), (2, vec![2, 3], 6, 3, 6));
            x
        })
        .lower_types((ShapedArray::new(&[2, 3], DType::F32),))
        .unwrap();
    }
    #[test]
    fn errors_name_the_operation_at_the_users_line() {
        use crate::numpy::*;
        type Wrong = fn(Tracer) -> Tracer;
        let rows: [(&str, Wrong); 15] = [
            ("concatenate: arrays must have one shape but for axis 0", |x| concatenate([x, x.t()], 0, None)),
            ("concat: takes at least 1 operand, got none", |_| concat(Vec::<Tracer>::new(), 0)),
            ("block: takes at least 1 operand, got none", |_| block(Vec::<Tracer>::new())),
            ("split: axis 1 of f32[2,3] does not divide into 2 equal parts", |x| split(x, 2, 1)[0]),
            ("repeat: counts that the program computes need a `total_repeat_length`", |x| {
                repeat(x, x.astype(DType::I32).index((0, ..)), 1, None)
            }),
            ("at: ", |x| delete(x, 7, None)),
            ("insert: index 9 is out of bounds for axis 0 of f32[6]", |x| insert(x, [9], 0, None)),
            ("pad: the width must have a pair for each axis", |x| pad(x, [(1, 1); 3], Pad::Edge)),
            ("take: axis 0 of f32[0,3] has no elements to take", |x| {
                take(x.slice_axis(0, 0, 0), 0, 0, Take::default())
            }),
            ("take_along_axis: shapes must agree but for axis 0", |x| {
                take_along_axis(x, x.t().astype(DType::I32), 0, Take::default())
            }),
            ("compress: a condition that the program computes needs a `size`", |x| compress(x.index(0), x, 1, None, 0)),
            ("nonzero: takes arrays with axes", |x| nonzero(x.sum(), 1, None)[0]),
            ("searchsorted: the sorted array must be a vector", |x| searchsorted(x, 1, SearchSorted::default())),
            ("unique: f32[0] has no elements for 2 values", |x| {
                unique(x.ravel().slice_axis(0, 0, 0), 2, Unique::default())
            }),
            ("vectorize: axis n of the signature (n),(n)->() has size 3 and 2", |x| {
                vectorize(|v| v.to_vec(), Some("(n),(n)->()"))(&[x, x.t()])[0]
            }),
        ];
        for (message, wrong) in rows {
            let traced = catch(|| trace::trace(&[ShapedArray::new(&[2, 3], DType::F32)], |x| vec![wrong(x[0])]));
            let error = traced.err().expect(message);
            assert!(error.message.starts_with(message), "{error}");
            assert!(error.at.to_string().contains("manipulation.rs"), "{error}");
        }
    }
}
