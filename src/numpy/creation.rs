//! Arrays made of nothing but shapes and numbers: constants, ranges, grids, diagonal and triangular matrices.

use super::promotion::{Arg, promote_inexact};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::{Shape, resolve_axis},
    primitives::{concatenate::concatenate, iota::iota},
    trace::{constant, fail, or_fail},
};

/// An array filled with a value: of the dtype given, or else of the value's own.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| x + np::full(&[2], 1.5, None))(Array::from(vec![1.0f32, 2.0]));
/// assert_eq!(y.to_vec::<f32>()?, [2.5, 3.5]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn full(shape: &[usize], value: impl Into<Arg>, dtype: impl Into<Option<DType>>) -> Tracer {
    let value = value.into();
    let (aval, dtype) = (value.aval(), dtype.into());
    value.in_dtype(dtype.unwrap_or(aval.dtype), dtype.is_none() && aval.weak).broadcast_to(shape)
}
/// An array of zeros; `f32` if no dtype is given (`f64` under `with_x64`).
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::zeros(&[2], None)), "[0.0, 0.0]");
/// ```
#[track_caller]
pub fn zeros(shape: &[usize], dtype: impl Into<Option<DType>>) -> Tracer {
    full(shape, 0.0, dtype.into().unwrap_or_else(DType::default_float))
}
/// An array of ones; `f32` if no dtype is given (`f64` under `with_x64`).
///
/// ```
/// # use raxla::{DType, numpy as np, show};
/// assert_eq!(show(|| np::ones(&[2], DType::I32)), "[1, 1]");
/// ```
#[track_caller]
pub fn ones(shape: &[usize], dtype: impl Into<Option<DType>>) -> Tracer {
    full(shape, 1.0, dtype.into().unwrap_or_else(DType::default_float))
}
/// An array whose elements mean nothing; they are zeros.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::empty(&[2], None)), "[0.0, 0.0]");
/// ```
#[track_caller]
pub fn empty(shape: &[usize], dtype: impl Into<Option<DType>>) -> Tracer {
    zeros(shape, dtype)
}
/// An array of the shape of another, and of its dtype unless one is given, filled with a value.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::full_like(constant(vec![1.0f32, 2.0]), 7, None)), "[7.0, 7.0]");
/// ```
#[track_caller]
pub fn full_like(x: impl Into<Arg>, value: impl Into<Arg>, dtype: impl Into<Option<DType>>) -> Tracer {
    let (aval, dtype) = (x.into().aval(), dtype.into());
    value.into().in_dtype(dtype.unwrap_or(aval.dtype), dtype.is_none() && aval.weak).broadcast_to(&aval.shape)
}
/// Zeros in the shape of another array.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::zeros_like(constant(vec![1.0f32, 2.0]), None)), "[0.0, 0.0]");
/// ```
#[track_caller]
pub fn zeros_like(x: impl Into<Arg>, dtype: impl Into<Option<DType>>) -> Tracer {
    full_like(x, 0.0, dtype)
}
/// Ones in the shape of another array.
///
/// ```
/// # use raxla::{DType, constant, numpy as np, show};
/// assert_eq!(show(|| np::ones_like(constant(vec![1.0f32, 2.0]), DType::I32)), "[1, 1]");
/// ```
#[track_caller]
pub fn ones_like(x: impl Into<Arg>, dtype: impl Into<Option<DType>>) -> Tracer {
    full_like(x, 1.0, dtype)
}
/// Elements that mean nothing, in the shape of another array.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::empty_like(constant(vec![1.0f32, 2.0]), None)), "[0.0, 0.0]");
/// ```
#[track_caller]
pub fn empty_like(x: impl Into<Arg>, dtype: impl Into<Option<DType>>) -> Tracer {
    zeros_like(x, dtype)
}
/// The numbers from `start` to `stop`, which is not among them, by `step`. Integers if all three are, unless a dtype is given.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| x + np::arange(0, 3, 1, None))(Array::from(10i32));
/// assert_eq!(y.to_vec::<i32>()?, [10, 11, 12]);
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If the numbers are not bare ones, since the size must be known, or if `step` is 0.
#[track_caller]
pub fn arange(
    start: impl Into<Arg>,
    stop: impl Into<Arg>,
    step: impl Into<Arg>,
    dtype: impl Into<Option<DType>>,
) -> Tracer {
    let args = [start.into(), stop.into(), step.into()];
    let number = |a: &Arg| match a {
        Arg::Int(i) => *i as f64,
        Arg::Float(f) => *f,
        other => fail(format!("arange: takes bare numbers, since the size must be known, got {}", other.aval())),
    };
    let [first, end, by] = args.each_ref().map(number);
    if by == 0.0 {
        fail("arange: the step must not be 0");
    }
    let whole = args.iter().all(|a| matches!(a, Arg::Int(_)));
    let dtype = dtype.into().unwrap_or_else(if whole { DType::default_int } else { DType::default_float });
    let n = ((end - first) / by).ceil().max(0.0) as usize;
    if (first, by) == (0.0, 1.0) {
        return iota(dtype, &[n], 0);
    }
    // On the host, in f64, as NumPy has it: summed in f32 the last numbers would be off.
    constant(Literal::from_floats(ShapedArray::new(&[n], dtype), (0..n).map(|i| first + i as f64 * by)))
}
/// How [`linspace`], [`logspace`] and [`geomspace`] divide.
#[derive(Clone, Copy, Debug)]
pub struct Linspace {
    /// Whether the end is among the numbers.
    pub endpoint: bool,
    /// The dtype of the numbers; floats by default.
    pub dtype: Option<DType>,
    /// The axis that the numbers go along, where start or end are arrays.
    pub axis: isize,
}
impl Default for Linspace {
    fn default() -> Linspace {
        Linspace { endpoint: true, dtype: None, axis: 0 }
    }
}
/// So many numbers at equal distances from `start` to `stop`.
///
/// ```
/// # use raxla::{numpy as np, numpy::Linspace, show};
/// assert_eq!(show(|| np::linspace(0, 1, 5, Linspace::default())), "[0.0, 0.25, 0.5, 0.75, 1.0]");
/// ```
#[track_caller]
pub fn linspace(start: impl Into<Arg>, stop: impl Into<Arg>, n: usize, how: Linspace) -> Tracer {
    let [start, stop] = promote_inexact("linspace", [start.into(), stop.into()]);
    let dtype = how.dtype.unwrap_or(start.dtype());
    let out = line(start, stop, n, how.endpoint);
    let out = if dtype.is_integer() { out.floor() } else { out };
    out.astype(dtype).moveaxis(0, how.axis)
}
/// [`linspace`], and the distance of the numbers.
///
/// ```
/// # use raxla::{numpy as np, numpy::Linspace, show};
/// assert_eq!(show(|| np::linspace_step(0, 1, 5, Linspace::default())), "[0.0, 0.25, 0.5, 0.75, 1.0], 0.25");
/// ```
#[track_caller]
pub fn linspace_step(start: impl Into<Arg>, stop: impl Into<Arg>, n: usize, how: Linspace) -> (Tracer, Tracer) {
    let [start, stop] = promote_inexact("linspace", [start.into(), stop.into()]);
    let parts = if how.endpoint { n as f64 - 1.0 } else { n as f64 };
    let step = if parts > 0.0 { (stop - start) / parts } else { full(&[], f64::NAN, start.dtype()) };
    (linspace(start, stop, n, how), step.strong())
}
/// The numbers along axis 0.
#[track_caller]
fn line(start: Tracer, stop: Tracer, n: usize, endpoint: bool) -> Tracer {
    let shape: Vec<usize> = [n].into_iter().chain(start.shape()).collect();
    let parts = if endpoint { n.saturating_sub(1) } else { n };
    let (first, last) = (start.expand_dims(0), stop.expand_dims(0));
    if parts == 0 {
        return first.broadcast_to(&shape);
    }
    let along: Vec<usize> =
        [if endpoint { parts } else { n }].into_iter().chain(start.shape().iter().map(|_| 1)).collect();
    let real = start.dtype().real();
    // Exact where the numbers are whole; by parts of the whole where products of large numbers overflow.
    let place = iota(real, &along, 0).astype(start.dtype());
    let exact = (first * (parts as f64 - place) + last * place) / parts as f64;
    let part = place / parts as f64;
    let inner = super::isfinite(exact).select(exact, first * (1.0 - part) + last * part);
    // The end itself, without rounding.
    if endpoint { concatenate(&[inner, last], 0) } else { inner }
}
/// So many powers of `base`, with exponents at equal distances from `start` to `stop`.
///
/// ```
/// # use raxla::{numpy as np, numpy::Linspace, show};
/// assert_eq!(show(|| np::logspace(0, 2, 3, 10.0, Linspace::default())), "[1.0, 10.0, 100.0]");
/// ```
#[track_caller]
pub fn logspace(start: impl Into<Arg>, stop: impl Into<Arg>, n: usize, base: impl Into<Arg>, how: Linspace) -> Tracer {
    let [start, stop] = promote_inexact("logspace", [start.into(), stop.into()]);
    let dtype = how.dtype.unwrap_or(start.dtype());
    let exponents = linspace(start, stop, n, Linspace { dtype: None, ..how });
    let [base, exponents] = promote_inexact("logspace", [base.into(), exponents.into()]);
    base.pow(exponents).astype(dtype)
}
/// So many numbers from `start` to `stop`, each the same multiple of the one before. Both must have one sign, and not be 0.
///
/// ```
/// # use raxla::{numpy as np, numpy::Linspace, show};
/// assert_eq!(show(|| np::geomspace(1, 100, 3, Linspace::default())), "[1.0, 10.0, 100.0]");
/// ```
#[track_caller]
pub fn geomspace(start: impl Into<Arg>, stop: impl Into<Arg>, n: usize, how: Linspace) -> Tracer {
    let [start, stop] = promote_inexact("geomspace", [start.into(), stop.into()]);
    let dtype = how.dtype.unwrap_or(start.dtype());
    let sign = start.sign();
    let (first, last) = ((start / sign).log() / std::f64::consts::LN_10, (stop / sign).log() / std::f64::consts::LN_10);
    let inner = line(first, last, n, how.endpoint);
    let powers = sign.expand_dims(0) * inner.full_like(10.0).pow(inner);
    // The ends themselves, without rounding.
    let mut parts = vec![];
    if n > 0 {
        parts.push(start.expand_dims(0));
    }
    if n > 1 {
        let middle = if how.endpoint { n - 1 } else { n };
        parts.push(powers.slice_axis(0, 1, middle));
        if how.endpoint {
            parts.push(stop.expand_dims(0));
        }
    }
    let out = if parts.is_empty() { powers } else { concatenate(&parts, 0) };
    out.astype(dtype).moveaxis(0, how.axis)
}
/// Whether the place is `k` places right of the main diagonal of an `n × m` matrix, or as the comparison says.
#[track_caller]
fn diagonal_mask(n: usize, m: usize, k: impl Into<Arg>, compare: fn(Tracer, Tracer) -> Tracer) -> Tracer {
    let int = DType::I32;
    let rows = iota(int, &[n, m], 0);
    let rows = match k.into() {
        Arg::Int(0) => rows,
        // Farther away than the corners all diagonals are alike.
        Arg::Int(k) => rows + k.clamp(-(n as i64), m as i64),
        k if !k.aval().dtype.is_integer() => {
            fail(format!("the number of a diagonal must be an integer, got {}", k.aval()))
        }
        k => rows + k.in_dtype(int, false).broadcast_to(&[n, m]),
    };
    compare(rows, iota(int, &[n, m], 1))
}
/// An `n × m` matrix with ones on the diagonal `k` places right of the main one, and zeros elsewhere.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| x * np::eye(2, None, 0, None))(Array::from(3.0f32));
/// assert_eq!(y.to_vec::<f32>()?, [3.0, 0.0, 0.0, 3.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn eye(n: usize, m: impl Into<Option<usize>>, k: impl Into<Arg>, dtype: impl Into<Option<DType>>) -> Tracer {
    let dtype = dtype.into().unwrap_or_else(DType::default_float);
    diagonal_mask(n, m.into().unwrap_or(n), k, |i, j| i.equal(j)).astype(dtype)
}
/// The `n × n` identity matrix.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::identity(2, None)), "[[1.0, 0.0], [0.0, 1.0]]");
/// ```
#[track_caller]
pub fn identity(n: usize, dtype: impl Into<Option<DType>>) -> Tracer {
    eye(n, None, 0, dtype)
}
/// An `n × m` matrix with ones at and below the diagonal `k` places right of the main one, and zeros above.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::tri(2, 3, 0, None)), "[[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]");
/// ```
#[track_caller]
pub fn tri(n: usize, m: impl Into<Option<usize>>, k: impl Into<Arg>, dtype: impl Into<Option<DType>>) -> Tracer {
    let dtype = dtype.into().unwrap_or_else(DType::default_float);
    diagonal_mask(n, m.into().unwrap_or(n), k, |i, j| i.greater_equal(j)).astype(dtype)
}
#[track_caller]
fn triangle(name: &str, x: Tracer, k: isize, lower: bool) -> Tracer {
    let shape = x.shape();
    let [.., n, m] = shape[..] else { fail(format!("{name}: takes arrays of rank 2 and more, got {}", x.aval())) };
    let mask = if lower {
        diagonal_mask(n, m, k, |i, j| i.greater_equal(j))
    } else {
        diagonal_mask(n, m, k - 1, |i, j| i.less(j))
    };
    mask.broadcast_to(&shape).select(x, x.full_like(0.0))
}
/// The matrix (or matrices, in the last two axes) with zeros above the diagonal `k` places right of the main one.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::tril(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[[1.0, 0.0], [3.0, 4.0]]");
/// ```
#[track_caller]
pub fn tril(x: impl Into<Arg>, k: isize) -> Tracer {
    triangle("tril", x.into().tracer(), k, true)
}
/// The matrix (or matrices, in the last two axes) with zeros below the diagonal `k` places right of the main one.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::triu(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[[1.0, 2.0], [0.0, 4.0]]");
/// ```
#[track_caller]
pub fn triu(x: impl Into<Arg>, k: isize) -> Tracer {
    triangle("triu", x.into().tracer(), k, false)
}
/// Rows and columns of the places for which `holds`, in order.
#[track_caller]
fn places(n: usize, m: usize, holds: impl Fn(isize, isize) -> bool) -> (Tracer, Tracer) {
    let all = || (0..n as isize).flat_map(|i| (0..m as isize).map(move |j| (i, j))).filter(|(i, j)| holds(*i, *j));
    let side = |of: fn((isize, isize)) -> isize| {
        let items: Vec<i128> = all().map(|p| of(p) as i128).collect();
        constant(Literal::from_ints(ShapedArray::new(&[items.len()], DType::default_int()), items))
    };
    (side(|p| p.0), side(|p| p.1))
}
/// Rows and columns of the lower triangle of an `n × m` matrix, up to `k` places right of the main diagonal.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::tril_indices(2, 0, None)), "[0, 1, 1], [0, 0, 1]");
/// ```
#[track_caller]
pub fn tril_indices(n: usize, k: isize, m: impl Into<Option<usize>>) -> (Tracer, Tracer) {
    places(n, m.into().unwrap_or(n), |i, j| j <= i + k)
}
/// Rows and columns of the upper triangle of an `n × m` matrix, from `k` places right of the main diagonal.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::triu_indices(2, 0, None)), "[0, 0, 1], [0, 1, 1]");
/// ```
#[track_caller]
pub fn triu_indices(n: usize, k: isize, m: impl Into<Option<usize>>) -> (Tracer, Tracer) {
    places(n, m.into().unwrap_or(n), |i, j| j >= i + k)
}
/// The indices of the main diagonal of an array of `ndim` axes of size `n`.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::diag_indices(2, 2)), "[0, 1], [0, 1]");
/// ```
#[track_caller]
pub fn diag_indices(n: usize, ndim: usize) -> Vec<Tracer> {
    vec![iota(DType::default_int(), &[n], 0); ndim]
}
/// The elements on the diagonal `offset` places right of the main one, of the matrices in two axes; a new last axis holds them.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::diagonal(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0, 0, 1)), "[1.0, 4.0]");
/// ```
#[track_caller]
pub fn diagonal(x: impl Into<Arg>, offset: isize, axis1: isize, axis2: isize) -> Tracer {
    let x = x.into().tracer();
    let axes = [axis1, axis2].map(|a| or_fail("diagonal", resolve_axis(a, x.rank())));
    if axes[0] == axes[1] {
        fail(format!("diagonal: the two axes must differ, got {axis1} and {axis2} of {}", x.aval()));
    }
    let rest: Vec<usize> = (0..x.rank()).filter(|a| !axes.contains(a)).chain(axes).collect();
    let x = x.transpose_axes(&rest);
    let (shape, r) = (x.shape(), x.rank());
    let (n, m) = (shape[r - 2] as isize, shape[r - 1] as isize);
    let (row, column) = ((-offset).max(0), offset.max(0));
    let size = (n - row).min(m - column).max(0);
    // Flattened, a diagonal is every (m + 1)st element.
    let first = if size == 0 { 0 } else { (row * m + column) as usize };
    let flat: Shape = shape[..r - 2].iter().copied().chain([(n * m) as usize]).collect();
    let mut start = Shape::from_elem(0, r - 1);
    let mut strides = Shape::from_elem(1, r - 1);
    let mut limit = flat.clone();
    start[r - 2] = first;
    strides[r - 2] = (m + 1) as usize;
    limit[r - 2] = if size == 0 { 0 } else { first + (size - 1) as usize * (m + 1) as usize + 1 };
    x.reshape(&flat).slice(&start, &limit, &strides)
}
/// The matrix with the vector on its diagonal `k` places right of the main one; or, of a matrix, that [`diagonal`].
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| (np::diag(constant(vec![1.0f32, 2.0]), 0), np::diag(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 1)));
/// assert_eq!(got, "[[1.0, 0.0], [0.0, 2.0]], [2.0]");
/// ```
#[track_caller]
pub fn diag(v: impl Into<Arg>, k: isize) -> Tracer {
    let v = v.into().tracer();
    match v.rank() {
        1 => {
            let n = v.size() + k.unsigned_abs();
            // After each element n zeros, so that the next stands one row below and one column to the right.
            let spread = v.pad(0, &[0], &[n as isize], &[n]);
            let lead = if k >= 0 { k } else { -k * n as isize };
            let flat = spread.pad(0, &[lead], &[(n * n) as isize - lead - spread.size() as isize], &[0]);
            flat.reshape(&[n, n])
        }
        2 => diagonal(v, k, 0, 1),
        _ => fail(format!("diag: takes arrays of rank 1 and 2, got {}", v.aval())),
    }
}
/// [`diag`] of the array flattened.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::diagflat(constant(vec![1.0f32, 2.0]), 0)), "[[1.0, 0.0], [0.0, 2.0]]");
/// ```
#[track_caller]
pub fn diagflat(v: impl Into<Arg>, k: isize) -> Tracer {
    diag(v.into().tracer().ravel(), k)
}
/// The sum of the diagonal `offset` places right of the main one, of the matrices in two axes.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::trace(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0, 0, 1)), "5.0");
/// ```
#[track_caller]
pub fn trace(x: impl Into<Arg>, offset: isize, axis1: isize, axis2: isize) -> Tracer {
    super::sum(diagonal(x, offset, axis1, axis2), -1)
}
/// The matrix whose columns are the powers of a vector, `n` of them, falling unless `increasing`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::vander(constant(vec![2.0f32, 3.0]), 3, false)), "[[4.0, 2.0, 1.0], [9.0, 3.0, 1.0]]");
/// ```
#[track_caller]
pub fn vander(x: impl Into<Arg>, n: impl Into<Option<usize>>, increasing: bool) -> Tracer {
    let x = x.into().tracer();
    if x.rank() != 1 {
        fail(format!("vander: takes a vector, got {}", x.aval()));
    }
    let n = n.into().unwrap_or(x.size());
    let powers = iota(x.dtype(), &[n], 0);
    let powers = if increasing { powers } else { (n as i64 - 1) - powers };
    super::power(x.expand_dims(1), powers)
}
/// For vectors of sizes n₁, n₂, …, arrays of the shape `[n₁, n₂, …]` in each of which one varies along its own axis.
///
/// `matrix` indexing is that; otherwise the first two axes change places (NumPy's default, `indexing="xy"`). `sparse` leaves the other
/// axes with size 1.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::meshgrid(&[constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0])], false, false));
/// assert_eq!(got, "[[1.0, 2.0], [1.0, 2.0]], [[3.0, 3.0], [4.0, 4.0]]");
/// ```
#[track_caller]
pub fn meshgrid(xs: &[Tracer], matrix: bool, sparse: bool) -> Vec<Tracer> {
    if let Some(x) = xs.iter().find(|x| x.rank() > 1) {
        fail(format!("meshgrid: takes vectors, got {}", x.aval()));
    }
    let mut sizes: Shape = xs.iter().map(|x| x.size()).collect();
    let swap = !matrix && xs.len() > 1;
    if swap {
        sizes.swap(0, 1);
    }
    let one = |(i, x): (usize, &Tracer)| {
        let axis = if swap && i < 2 { 1 - i } else { i };
        let mut shape = Shape::from_elem(1, sizes.len());
        shape[axis] = x.size();
        let column = x.reshape(&shape);
        if sparse { column } else { column.broadcast_to(&sizes) }
    };
    xs.iter().enumerate().map(one).collect()
}
/// The indices of an array of a shape: one array for each axis, stacked along a new first axis.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::indices(&[2, 2], None)), "[[[0, 0], [1, 1]], [[0, 1], [0, 1]]]");
/// ```
#[track_caller]
pub fn indices(dimensions: &[usize], dtype: impl Into<Option<DType>>) -> Tracer {
    let dtype = dtype.into().unwrap_or_else(DType::default_int);
    let each: Vec<Tracer> = (0..dimensions.len()).map(|i| iota(dtype, dimensions, i).expand_dims(0)).collect();
    if each.is_empty() { zeros(&[0], dtype) } else { concatenate(&each, 0) }
}
/// What a function gives for the indices of an array of a shape, all together.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::fromfunction(&[2, 2], None, |i| i[0] * 10.0 + i[1])), "[[0.0, 1.0], [10.0, 11.0]]");
/// ```
#[track_caller]
pub fn fromfunction(shape: &[usize], dtype: impl Into<Option<DType>>, f: impl FnOnce(&[Tracer]) -> Tracer) -> Tracer {
    let dtype = dtype.into().unwrap_or_else(DType::default_float);
    f(&(0..shape.len()).map(|i| iota(dtype, shape, i)).collect::<Vec<_>>())
}
macro_rules! windows { ($($(#[$doc:meta])* $name:ident = |$t:ident| $body:expr;)*) => { $(
    $(#[$doc])*
    ///
    /// A symmetric window of `m` numbers, for weighing the samples of a signal.
    #[track_caller]
    pub fn $name(m: usize) -> Tracer {
        if m <= 1 {
            return ones(&[m], None);
        }
        // From 0 to 1 over the window.
        let $t = iota(DType::default_float(), &[m], 0) / (m as f64 - 1.0);
        $body
    }
)* } }
windows! {
    /// Bartlett's window: a triangle that is 0 at its ends.
    ///
    /// ```
    /// # use raxla::{numpy as np, show};
    /// assert_eq!(show(|| np::bartlett(5)), "[0.0, 0.5, 1.0, 0.5, 0.0]");
    /// ```
    bartlett = |t| 1.0 - (t * 2.0 - 1.0).abs();
    /// Blackman's window, of two cosines.
    ///
    /// ```
    /// # use raxla::{numpy as np, show};
    /// assert_eq!(show(|| np::blackman(3)), "[0.0, 1.0, 0.0]");
    /// ```
    blackman = |t| 0.42 - (t * TAU).cos() * 0.5 + (t * (2.0 * TAU)).cos() * 0.08;
    /// Hamming's window, a raised cosine.
    ///
    /// ```
    /// # use raxla::{numpy as np, show};
    /// assert_eq!(show(|| np::hamming(3)), "[0.08, 1.0, 0.08]");
    /// ```
    hamming = |t| 0.54 - (t * TAU).cos() * 0.46;
    /// Hann's window, a cosine that is 0 at its ends.
    ///
    /// ```
    /// # use raxla::{numpy as np, show};
    /// assert_eq!(show(|| np::hanning(3)), "[0.0, 1.0, 0.0]");
    /// ```
    hanning = |t| (1.0 - (t * TAU).cos()) * 0.5;
}
/// Kaiser's window of `m` numbers with the shape `beta`, a number: 0 is a rectangle, 5 is like Hamming's, 8.6 like Blackman's.
///
/// ```
/// # use raxla::{numpy as np, show};
/// assert_eq!(show(|| np::kaiser(3, 0.0)), "[1.0, 1.0, 1.0]");
/// ```
#[track_caller]
pub fn kaiser(m: usize, beta: impl Into<Arg>) -> Tracer {
    let dtype = DType::default_float();
    if m <= 1 {
        return ones(&[m], dtype);
    }
    let beta = beta.into().in_dtype(dtype, false);
    let middle = (m as f64 - 1.0) / 2.0;
    let height = |i: usize| (1.0 - ((i as f64 - middle) / middle).powi(2)).sqrt();
    let heights = constant(Literal::from_floats(ShapedArray::new(&[m], dtype), (0..m).map(height)));
    super::i0(beta * heights) / super::i0(beta)
}
const TAU: f64 = std::f64::consts::TAU;
#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_creation:
        "jnp.full((2, 3), 1.5) + a", "f32(3)" => fn(a) full(&[2, 3], 1.5, None) + a;
        "jnp.full((2,), 3, dtype='float32')", "f32(1)" => fn(_a) full(&[2], 3, DType::F32);
        "jnp.zeros((2, 0))", "f32(1)" => fn(_a) zeros(&[2, 0], None);
        "(jnp.empty((2, 3)), jnp.empty_like(a, dtype='int32'))", "f32(2)" => fn(a) (empty(&[2, 3], None), empty_like(a, DType::I32));
        "jnp.ones(3, dtype='int8')", "f32(1)" => fn(_a) ones(&[3], DType::I8);
        "jnp.ones(3)", "f32(1)", x64 => fn(_a) ones(&[3], None);
        "jnp.zeros_like(a)", "i32(3)" => fn(a) zeros_like(a, None);
        "jnp.ones_like(a, dtype='bool')", "i32(3)" => fn(a) ones_like(a, DType::Bool);
        "jnp.full_like(a, 2.5)", "i32(3)" => fn(a) full_like(a, 2.5, None);
        "jnp.arange(5)", "f32(1)" => fn(_a) arange(0, 5, 1, None);
        "jnp.arange(2, 11, 3)", "f32(1)" => fn(_a) arange(2, 11, 3, None);
        "jnp.arange(0.0, 1.0, 0.1)", "f32(1)" => fn(_a) arange(0.0, 1.0, 0.1, None);
        "jnp.arange(5, 0, -2, dtype='bfloat16')", "f32(1)" => fn(_a) arange(5, 0, -2, DType::BF16);
        "jnp.linspace(0, 1, 7)", "f32(1)" => fn(_a) linspace(0, 1, 7, Linspace::default());
        "jnp.linspace(a, b, 5, axis=1)", "f32(3), f32(3)" => fn(a, b) linspace(a, b, 5, Linspace { axis: 1, ..Linspace::default() });
        "jnp.linspace(a, 2.0, 4, endpoint=False)", "f32(3)" => fn(a) linspace(a, 2.0, 4, Linspace { endpoint: false, ..Linspace::default() });
        "jnp.linspace(0, 10, 4, dtype='int32')", "f32(1)" => fn(_a) linspace(0, 10, 4, Linspace { dtype: Some(DType::I32), ..Linspace::default() });
        "jnp.linspace(a, 5.0, 4, retstep=True)", "f32(2)" => fn(a) linspace_step(a, 5.0, 4, Linspace::default());
        "jnp.linspace(a, 5.0, 1)", "f32(2)" => fn(a) linspace(a, 5.0, 1, Linspace::default());
        "jnp.logspace(0, 2, 5)", "f32(1)" => fn(_a) logspace(0, 2, 5, 10.0, Linspace::default());
        "jnp.linspace(0, 25, 6)", "f32(1)" => fn(_a) linspace(0, 25, 6, Linspace::default());
        "jnp.linspace(a, 3e38, 4)", "f32(3)" => fn(a) linspace(a, 3e38, 4, Linspace::default());
        "jnp.logspace(0, 2, 3, base=a)", "values([1.5, 2.0, 3.0], 'f4')" => fn(a) logspace(0, 2, 3, a, Linspace::default());
        "jnp.logspace(a, 2, 5, base=2)", "f32(3)" => fn(a) logspace(a, 2, 5, 2.0, Linspace::default());
        "jnp.geomspace(a, 1000.0, 5)", "f32(2, low=1)" => fn(a) geomspace(a, 1000.0, 5, Linspace::default());
        "jnp.geomspace(-1.0, -81.0, 4, endpoint=False)", "f32(1)" => fn(_a) geomspace(-1.0, -81.0, 4, Linspace { endpoint: false, ..Linspace::default() });
        "jnp.eye(3)", "f32(1)" => fn(_a) eye(3, None, 0, None);
        "jnp.eye(3, 4, k=-1, dtype='int32')", "f32(1)" => fn(_a) eye(3, 4, -1, DType::I32);
        "jnp.identity(2)", "f32(1)" => fn(_a) identity(2, None);
        "jnp.tri(3, 4, 1)", "f32(1)" => fn(_a) tri(3, 4, 1, None);
        "jnp.tril(a)", "f32(3, 4)" => fn(a) tril(a, 0);
        "jnp.tril(a, 1)", "f32(2, 3, 4)" => fn(a) tril(a, 1);
        "jnp.triu(a, -1)", "i32(4, 3)" => fn(a) triu(a, -1);
        "jnp.tril_indices(3, -1, 4)", "f32(1)" => fn(_a) tril_indices(3, -1, 4);
        "jnp.triu_indices(3)", "f32(1)" => fn(_a) triu_indices(3, 0, None);
        "jnp.diag_indices(3)", "f32(1)" => fn(_a) diag_indices(3, 2);
        "jnp.diagonal(a)", "f32(3, 4)" => fn(a) diagonal(a, 0, 0, 1);
        "jnp.diagonal(a, 1, 0, 2)", "f32(3, 2, 4)" => fn(a) diagonal(a, 1, 0, 2);
        "jnp.diagonal(a, -2)", "f32(4, 3)" => fn(a) diagonal(a, -2, 0, 1);
        "jnp.diagonal(a, 5)", "f32(4, 3)" => fn(a) diagonal(a, 5, 0, 1);
        "jnp.diag(a)", "f32(3)" => fn(a) diag(a, 0);
        "jnp.diag(a, 2)", "f32(3)" => fn(a) diag(a, 2);
        "jnp.diag(a, -1)", "i32(3)" => fn(a) diag(a, -1);
        "jnp.diag(a, 1)", "f32(3, 3)" => fn(a) diag(a, 1);
        "jnp.diagflat(a)", "f32(2, 2)" => fn(a) diagflat(a, 0);
        "jnp.trace(a)", "f32(3, 4)" => fn(a) trace(a, 0, 0, 1);
        "jnp.trace(a, 1)", "i8(3, 4)" => fn(a) trace(a, 1, 0, 1);
        "jnp.vander(a)", "f32(3)" => fn(a) vander(a, None, false);
        "jnp.vander(a, 4, increasing=True)", "i32(3)" => fn(a) vander(a, 4, true);
        "jnp.meshgrid(a, b)", "f32(3), f32(2)" => fn(a, b) meshgrid(&[a, b], false, false);
        "jnp.meshgrid(a, b, c, indexing='ij', sparse=True)", "f32(3), f32(2), f32(4)" => fn(a, b, c) meshgrid(&[a, b, c], true, true);
        "jnp.indices((2, 3))", "f32(1)" => fn(_a) indices(&[2, 3], None);
        "jnp.fromfunction(lambda i, j: i * 2 + j, (2, 3))", "f32(1)" => fn(_a) fromfunction(&[2, 3], None, |i| i[0] * 2.0 + i[1]);
        "jnp.bartlett(5)", "f32(1)" => fn(_a) bartlett(5);
        "jnp.blackman(6)", "f32(1)" => fn(_a) blackman(6);
        // The derivative is what is left of terms a hundred times as large.
        "jnp.kaiser(6, a)", "values(8.6, 'f4')", within(10.0) => fn(a) kaiser(6, a);
        "jnp.kaiser(1, 3.0)", "f32(1)" => fn(_a) kaiser(1, 3.0);
        "jnp.hamming(5)", "f32(1)" => fn(_a) hamming(5);
        "jnp.hanning(6)", "f32(1)" => fn(_a) hanning(6);
        "jnp.hanning(1)", "f32(1)" => fn(_a) hanning(1);
    }
}
