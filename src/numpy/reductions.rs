//! Reductions: sums, products, extrema, means, variances, and whether all or any hold.

use super::{
    binary::{maximum, minimum},
    promotion::{Arg, inexact, to_inexact},
};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::{Axes, resolve_axes},
    dtype::Kind,
    literal::int_range,
    trace::{constant, fail, or_fail},
};

/// What a reduction goes over, and how: NumPy's `axis`, `keepdims`, `where`, `initial` and `dtype`.
///
/// Made of one axis (`0`, `-1`), several (`[0, 1]`), or none named, which means all: `()`.
#[derive(Clone, Debug, Default)]
pub struct Over {
    pub(crate) axes: Option<Vec<isize>>,
    pub(crate) keepdims: bool,
    pub(crate) mask: Option<Tracer>,
    pub(crate) initial: Option<Arg>,
    pub(crate) dtype: Option<DType>,
}
impl Over {
    /// All axes.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::all(constant(vec![true, false]), ())), "false");
    /// ```
    pub fn all() -> Over {
        Over::default()
    }
    /// One axis; a negative one counts from the end.
    pub fn axis(axis: isize) -> Over {
        Over { axes: Some(vec![axis]), ..Over::default() }
    }
    /// Several axes; negative ones count from the end.
    pub fn axes(axes: &[isize]) -> Over {
        Over { axes: Some(axes.to_vec()), ..Over::default() }
    }
    /// Keeps the axes that are reduced, with size 1.
    pub fn keepdims(self) -> Over {
        Over { keepdims: true, ..self }
    }
    /// Only the elements where `mask` (of bools, broadcast to the array) holds.
    pub fn where_(self, mask: Tracer) -> Over {
        Over { mask: Some(mask), ..self }
    }
    /// The value to begin with.
    pub fn initial(self, initial: impl Into<Arg>) -> Over {
        Over { initial: Some(initial.into()), ..self }
    }
    /// The dtype of the result, in which sums and products are computed.
    pub fn dtype(self, dtype: DType) -> Over {
        Over { dtype: Some(dtype), ..self }
    }
    #[track_caller]
    pub(super) fn resolve(&self, name: &str, rank: usize) -> Axes {
        match &self.axes {
            None => (0..rank).collect(),
            Some(axes) => or_fail(name, resolve_axes(axes, rank)),
        }
    }
    /// For functions that have axes and `keepdims` only.
    #[track_caller]
    pub(super) fn of_axes_only(self, name: &str) -> Over {
        let given =
            [("where_", self.mask.is_some()), ("initial", self.initial.is_some()), ("dtype", self.dtype.is_some())];
        match given.iter().find(|g| g.1) {
            Some((option, _)) => fail(format!("{name}: takes axes and `keepdims`, but no `{option}`")),
            None => self,
        }
    }
}
impl From<()> for Over {
    fn from(_: ()) -> Over {
        Over::all()
    }
}
impl From<isize> for Over {
    fn from(axis: isize) -> Over {
        Over::axis(axis)
    }
}
impl<const N: usize> From<[isize; N]> for Over {
    fn from(axes: [isize; N]) -> Over {
        Over::axes(&axes)
    }
}
impl From<&[isize]> for Over {
    fn from(axes: &[isize]) -> Over {
        Over::axes(axes)
    }
}
impl From<Option<isize>> for Over {
    fn from(axis: Option<isize>) -> Over {
        Over { axes: axis.map(|a| vec![a]), ..Over::default() }
    }
}

/// The shape that is left, with the reduced axes as ones if they are kept.
fn shape_left(shape: &[usize], axes: &[usize], keepdims: bool) -> Vec<usize> {
    let sizes = shape.iter().enumerate().filter(|(i, _)| keepdims || !axes.contains(i));
    sizes.map(|(i, n)| if axes.contains(&i) { 1 } else { *n }).collect()
}
fn signed(axes: &[usize]) -> Vec<isize> {
    axes.iter().map(|a| *a as isize).collect()
}
/// `x`, and `identity` where the mask does not hold.
#[track_caller]
fn masked(name: &str, x: Tracer, over: &Over, identity: f64) -> Tracer {
    match over.mask {
        None => x,
        Some(mask) if mask.dtype() != DType::Bool => {
            fail(format!("{name}: `where_` must hold bools, got {}", mask.aval()))
        }
        Some(mask) => mask.select(x, x.full_like(identity)),
    }
}
/// One reduction: `compute` is the dtype to compute in, `identity` what masked elements become.
#[track_caller]
fn reduce(
    name: &str,
    x: Tracer,
    over: &Over,
    compute: DType,
    identity: f64,
    reduction: fn(Tracer, Vec<isize>) -> Tracer,
    combine: fn(Tracer, Tracer) -> Tracer,
) -> Tracer {
    let axes = over.resolve(name, x.rank());
    let wide = masked(name, x.astype(compute), over, identity);
    let mut out = reduction(wide, signed(&axes));
    if let Some(initial) = &over.initial {
        out = combine(out, initial.in_dtype(compute, false).broadcast_to(&out.shape()));
    }
    out.reshape(&shape_left(&wide.shape(), &axes, over.keepdims)).with_dtype(compute, false)
}
/// The dtype that sums and products of small integers and bools have: the default integer, of their sign.
pub(super) fn widened(dtype: DType) -> DType {
    let default = DType::default_int();
    match dtype.kind() {
        Kind::Bool => default,
        Kind::Signed if dtype.bits() < default.bits() => default,
        Kind::Unsigned if dtype.bits() < default.bits() => {
            if default == DType::I64 {
                DType::U64
            } else {
                DType::U32
            }
        }
        _ => dtype,
    }
}
/// Floats of 16 and fewer bits are summed in `f32`.
pub(super) fn accumulator(dtype: DType) -> DType {
    if dtype.is_float() && dtype.bits() < 32 { DType::F32 } else { dtype }
}

/// The sum of the elements. Small integers and bools are summed in the default integer, 16-bit floats in `f32`.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::sum(x, 0))(Array::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0]));
/// assert_eq!(y.to_vec::<f32>()?, [4.0, 6.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn sum(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    let (x, over) = (x.into().tracer(), over.into());
    let dtype = over.dtype.unwrap_or_else(|| widened(x.dtype()));
    reduce("sum", x, &over, accumulator(dtype), 0.0, |x, axes| x.sum_axes(axes), |a, b| a + b).astype(dtype)
}
/// The product of the elements; dtypes as for [`sum`].
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::prod(x, ()))(Array::from(vec![2i32, 3, 4]));
/// assert_eq!(y.item::<i32>()?, 24);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn prod(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    let (x, over) = (x.into().tracer(), over.into());
    let dtype = over.dtype.unwrap_or_else(|| widened(x.dtype()));
    reduce("prod", x, &over, accumulator(dtype), 1.0, |x, axes| x.prod_axes(axes), |a, b| a * b).astype(dtype)
}
/// Checks that an extremum has elements, or a value to begin with.
#[track_caller]
fn check_extremum(name: &str, x: Tracer, over: &Over) {
    let axes = over.resolve(name, x.rank());
    if over.initial.is_some() {
        return;
    }
    if over.mask.is_some() {
        fail(format!("{name}: with `where_` it needs an `initial` value, since no element may hold"));
    }
    if axes.iter().any(|a| x.shape()[*a] == 0) {
        fail(format!("{name}: {} has no elements along the axes {axes:?}, and there is no `initial` value", x.aval()));
    }
}
/// The least (`below`) or greatest number of a dtype.
fn bound(dtype: DType, below: bool) -> f64 {
    match dtype.kind() {
        Kind::Bool => f64::from(u8::from(!below)),
        Kind::Float | Kind::Complex if below => f64::NEG_INFINITY,
        Kind::Float | Kind::Complex => f64::INFINITY,
        _ if below => int_range(dtype).0 as f64,
        _ => int_range(dtype).1 as f64,
    }
}
/// The greatest or least element along axes; of complex numbers by the real parts, and where they are equal by the imaginary ones.
#[track_caller]
fn extremum(x: Tracer, axes: Vec<isize>, greatest: bool) -> Tracer {
    let of = |x: Tracer| if greatest { x.max_axes(axes.clone()) } else { x.min_axes(axes.clone()) };
    if !x.dtype().is_complex() {
        return of(x);
    }
    let (real, imaginary) = (x.real(), x.imag());
    let first = of(real);
    let mut one = x.shape();
    axes.iter().for_each(|a| one[*a as usize] = 1);
    let chosen = real.equal(first.reshape(&one).broadcast_to(&x.shape()));
    first.complex(of(chosen.select(imaginary, imaginary.full_like(bound(real.dtype(), greatest)))))
}
/// The greatest element; NaN if any is.
///
/// Elements that share it share its derivative.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::max(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[3.0, 4.0]");
/// ```
///
/// # Panics
/// If there are no elements, or `where_` is given, without `initial`.
#[track_caller]
pub fn max(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    let (x, over) = (x.into().tracer(), over.into());
    check_extremum("max", x, &over);
    let dtype = x.dtype();
    reduce("max", x, &over, dtype, bound(dtype, true), |x, axes| extremum(x, axes, true), |a, b| maximum(a, b))
}
/// The least element; NaN if any is.
///
/// Elements that share it share its derivative.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::min(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[1.0, 2.0]");
/// ```
///
/// # Panics
/// If there are no elements, or `where_` is given, without `initial`.
#[track_caller]
pub fn min(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    let (x, over) = (x.into().tracer(), over.into());
    check_extremum("min", x, &over);
    let dtype = x.dtype();
    reduce("min", x, &over, dtype, bound(dtype, false), |x, axes| extremum(x, axes, false), |a, b| minimum(a, b))
}
/// [`max`] by its other name.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::amax(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[3.0, 4.0]");
/// ```
#[track_caller]
pub fn amax(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    max(x, over)
}
/// [`min`] by its other name.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::amin(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[1.0, 2.0]");
/// ```
#[track_caller]
pub fn amin(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    min(x, over)
}
/// Whether all elements are true, or not zero.
#[track_caller]
pub fn all(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    let over = over.into();
    reduce("all", x.into().tracer(), &over, DType::Bool, 1.0, |x, axes| x.all_axes(axes), |a, b| a & b)
}
/// Whether any element is true, or not zero.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::any(constant(vec![true, false]), ())), "true");
/// ```
#[track_caller]
pub fn any(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    let over = over.into();
    reduce("any", x.into().tracer(), &over, DType::Bool, 0.0, |x, axes| x.any_axes(axes), |a, b| a | b)
}
/// How many elements are not zero.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::count_nonzero(constant(vec![0.0f32, 2.0, 3.0]), ())), "2");
/// ```
#[track_caller]
pub fn count_nonzero(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    let x = x.into().tracer();
    sum(x.astype(DType::Bool), over)
}
/// How many elements are averaged less `ddof`, and NaN where that is not positive: a number, or, where there is a mask, an array.
#[track_caller]
fn count(name: &str, x: Tracer, over: &Over, dtype: DType, ddof: f64) -> Tracer {
    match over.mask {
        Some(mask) => {
            let mask = mask.broadcast_to(&x.shape());
            let n = sum(mask, Over { mask: None, initial: None, dtype: Some(dtype), ..over.clone() });
            if ddof == 0.0 {
                return n;
            }
            let n = n - ddof;
            n.greater(0.0).select(n, n.full_like(f64::NAN))
        }
        None => {
            let axes = over.resolve(name, x.rank());
            let n = axes.iter().map(|a| x.shape()[*a]).product::<usize>() as f64 - ddof;
            constant(Literal::full(ShapedArray::new(&[], dtype), if n > 0.0 || ddof == 0.0 { n } else { f64::NAN }))
        }
    }
}
/// The arithmetic mean. Integers give floats; 16-bit floats are averaged in `f32`. Of no elements it is NaN.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::mean(x, ()))(Array::from(vec![1i32, 2]));
/// assert_eq!(y.item::<f32>()?, 1.5);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn mean(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    let (x, over) = (x.into().tracer(), over.into());
    let dtype = over.dtype.unwrap_or_else(|| to_inexact(x.dtype()));
    let compute = if dtype.is_inexact() { accumulator(dtype) } else { to_inexact(dtype) };
    let total = sum(x, Over { dtype: Some(compute), ..over.clone() });
    (total / count("mean", x, &over, compute, 0.0)).astype(dtype)
}
/// The variance: the mean of the squared distances from the mean.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::var(constant(vec![1.0f32, 2.0, 3.0]), ())), "0.6667");
/// ```
#[track_caller]
pub fn var(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    var_with(x, over, 0.0)
}
/// Options of [`var_with`], [`std_with`] and those that leave NaN out; a number is the `ddof`.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// What is taken from the number of elements, by which the sum is divided. Where that is not positive, the variance is NaN.
    pub ddof: f64,
    /// The mean, if it is known; it broadcasts to the array.
    pub mean: Option<Arg>,
}
impl From<f64> for Spread {
    fn from(ddof: f64) -> Spread {
        Spread { ddof, mean: None }
    }
}
/// [`var`] with NumPy's `ddof` and `mean`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::var_with(constant(vec![1.0f32, 2.0, 3.0]), (), 1.0)), "1.0");
/// ```
#[track_caller]
pub fn var_with(x: impl Into<Arg>, over: impl Into<Over>, how: impl Into<Spread>) -> Tracer {
    let (over, Spread { ddof, mean: center }) = (over.into(), how.into());
    let x = inexact("var", x);
    let dtype = over.dtype.unwrap_or_else(|| x.dtype().real());
    let compute = accumulator(if x.dtype().is_complex() { x.dtype() } else { dtype });
    let x = x.astype(compute);
    let center = match center {
        Some(mean) => mean.in_dtype(compute, false).broadcast_to(&x.shape()),
        None => mean(x, Over { keepdims: true, dtype: Some(compute), initial: None, ..over.clone() }),
    };
    let distance = x - center;
    let squares = if compute.is_complex() { (distance * distance.conj()).real() } else { distance * distance };
    let total = sum(squares, Over { dtype: Some(compute.real()), ..over.clone() });
    (total / count("var", x, &over, compute.real(), ddof)).astype(dtype)
}
/// The standard deviation: the square root of [`var`].
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::std(constant(vec![1.0f32, 3.0]), ())), "1.0");
/// ```
#[track_caller]
pub fn std(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    std_with(x, over, 0.0)
}
/// [`std()`] with NumPy's `ddof` and `mean`, as in [`var_with`].
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::std_with(constant(vec![1.0f32, 3.0]), (), 1.0)), "1.414");
/// ```
#[track_caller]
pub fn std_with(x: impl Into<Arg>, over: impl Into<Over>, how: impl Into<Spread>) -> Tracer {
    var_with(x, over, how).sqrt()
}
/// The distance from the least to the greatest element ("peak to peak").
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::ptp(constant(vec![1.0f32, 5.0, 3.0]), ())), "4.0");
/// ```
#[track_caller]
pub fn ptp(x: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
    let (x, over) = (x.into().tracer(), over.into());
    max(x, over.clone()) - min(x, over)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_reductions:
        "jnp.sum(a, axis=0)", "f32(3, 4)" => fn(a) sum(a, 0);
        "jnp.sum(a)", "f32(3, 4)" => fn(a) sum(a, ());
        "jnp.sum(a, axis=(0, 2), keepdims=True)", "f32(2, 3, 4)" => fn(a) sum(a, Over::axes(&[0, 2]).keepdims());
        "jnp.sum(a, axis=-1, where=b, initial=2.0)", "f32(3, 4), boolean(3, 4)" => fn(a, b) sum(a, Over::axis(-1).where_(b).initial(2.0));
        "jnp.sum(a)", "i8(5)" => fn(a) sum(a, ());
        "jnp.var(a, axis=1, ddof=1, mean=b)", "f32(3, 4), f32(3, 1)" => fn(a, b) var_with(a, 1, Spread { ddof: 1.0, mean: Some(b.into()) });
        "jnp.std(a, mean=1.5)", "i32(4)" => fn(a) std_with(a, (), Spread { ddof: 0.0, mean: Some(1.5.into()) });
        "jnp.sum(a)", "u8(5)" => fn(a) sum(a, ());
        "jnp.sum(a, dtype='float32')", "i32(5)" => fn(a) sum(a, Over::all().dtype(DType::F32));
        "jnp.sum(a)", "boolean(5)" => fn(a) sum(a, ());
        "jnp.sum(a)", "i32(4)", x64 => fn(a) sum(a, ());
        "jnp.sum(a)", "f32(0)" => fn(a) sum(a, ());
        "jnp.sum(a, axis=0)", "bf16(4, 3)" => fn(a) sum(a, 0);
        "jnp.prod(a, axis=1)", "f32(3, 4)" => fn(a) prod(a, 1);
        "jnp.max(a, axis=1)", "f32(3, 4)" => fn(a) max(a, 1);
        "jnp.max(a, initial=0.5, where=b)", "f32(3, 4), boolean(3, 4)" => fn(a, b) max(a, Over::all().initial(0.5).where_(b));
        "jnp.max(a)", "i32(6)" => fn(a) max(a, ());
        "jnp.max(a)", "boolean(6)" => fn(a) max(a, ());
        "jnp.min(a, axis=0, keepdims=True)", "f32(3, 4)" => fn(a) min(a, Over::axis(0).keepdims());
        "jnp.amax(a, axis=0)", "f32(3, 4)" => fn(a) amax(a, 0);
        "jnp.amin(a)", "i8(6)" => fn(a) amin(a, ());
        "jnp.all(a)", "i32(6, low=0, high=3)" => fn(a) all(a, ());
        "jnp.any(a, axis=0)", "i32(2, 3, low=0, high=2)" => fn(a) any(a, 0);
        "jnp.count_nonzero(a, axis=0)", "i32(4, 3, low=0, high=2)" => fn(a) count_nonzero(a, 0);
        "jnp.mean(a, axis=0)", "f32(3, 4)" => fn(a) mean(a, 0);
        "jnp.mean(a)", "i32(3, 4)" => fn(a) mean(a, ());
        "jnp.mean(a, where=b)", "f32(3, 4), boolean(3, 4)" => fn(a, b) mean(a, Over::all().where_(b));
        "jnp.mean(a)", "bf16(12)" => fn(a) mean(a, ());
        "jnp.mean(a)", "c64(4)" => fn(a) mean(a, ());
        "jnp.var(a, axis=1)", "f32(3, 4)" => fn(a) var(a, 1);
        "jnp.var(a, axis=1, ddof=1, keepdims=True)", "f32(3, 4)" => fn(a) var_with(a, Over::axis(1).keepdims(), 1.0);
        "jnp.var(a)", "c64(4)" => fn(a) var(a, ());
        "jnp.std(a, axis=1)", "f32(3, 4)" => fn(a) std(a, 1);
        "jnp.std(a)", "i32(6)" => fn(a) std(a, ());
        "jnp.std(a, axis=1, ddof=1)", "f32(3, 4)" => fn(a) std_with(a, 1, 1.0);
        "jnp.ptp(a, axis=1)", "f32(3, 4)" => fn(a) ptp(a, 1);
    }
}
