//! What runs along an axis: cumulative sums and products, differences, derivatives and integrals of samples, and phases made continuous.

use super::{
    promotion::{Arg, inexact, meet, promote_dtypes, promote_dtypes_inexact},
    reductions::widened,
};
use raxla_ir::{
    DType, Tracer,
    aval::resolve_axis,
    primitives::{concatenate::concatenate, cumulative::CumulativeKind},
    trace::{fail, or_fail},
};
use std::f64::consts::PI;

/// Sums or products so far; of bools, and if asked of small integers, in the default integer. Without an axis, of the array flattened.
#[track_caller]
fn accumulate(
    kind: CumulativeKind,
    x: Tracer,
    axis: Option<isize>,
    dtype: Option<DType>,
    widen_integers: bool,
) -> Tracer {
    let x = if axis.is_none() || x.rank() == 0 { x.ravel() } else { x };
    let own = if widen_integers || x.dtype() == DType::Bool { widened(x.dtype()) } else { x.dtype() };
    // Bools that are asked for are whether the sum or product of bools is not 0.
    let (x, compute) = match dtype {
        Some(DType::Bool) => (x.astype(DType::Bool), DType::default_int()),
        other => (x, other.unwrap_or(own)),
    };
    let out = x.astype(compute).cumulative(kind, axis.unwrap_or(0), false);
    out.with_dtype(dtype.unwrap_or(compute), false)
}
/// Each element plus all before it along an axis; without one, of the array flattened. Bools are counted in the default integer.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::cumsum(x, None, None))(Array::from(vec![1.0f32, 2.0, 3.0]));
/// assert_eq!(y.to_vec::<f32>()?, [1.0, 3.0, 6.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn cumsum(x: impl Into<Arg>, axis: impl Into<Option<isize>>, dtype: impl Into<Option<DType>>) -> Tracer {
    accumulate(CumulativeKind::Sum, x.into().tracer(), axis.into(), dtype.into(), false)
}
/// Each element times all before it along an axis; without one, of the array flattened.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::cumprod(constant(vec![1.0f32, 2.0, 3.0]), 0, None)), "[1.0, 2.0, 6.0]");
/// ```
#[track_caller]
pub fn cumprod(x: impl Into<Arg>, axis: impl Into<Option<isize>>, dtype: impl Into<Option<DType>>) -> Tracer {
    accumulate(CumulativeKind::Prod, x.into().tracer(), axis.into(), dtype.into(), false)
}
/// Options of [`cumulative_sum`] and [`cumulative_prod`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Cumulative {
    /// The dtype of the result, in which it is computed.
    pub dtype: Option<DType>,
    /// Whether the sum or product of nothing comes first, so that there is one element more.
    pub include_initial: bool,
}
#[track_caller]
fn cumulative(name: &str, kind: CumulativeKind, x: Tracer, axis: Option<isize>, how: Cumulative) -> Tracer {
    let axis = match axis {
        Some(axis) => or_fail(name, resolve_axis(axis, x.rank())) as isize,
        None if x.rank() == 1 => 0,
        None => fail(format!("{name}: only of vectors can the axis be left out, got {}", x.aval())),
    };
    let out = accumulate(kind, x, Some(axis), how.dtype, kind == CumulativeKind::Sum);
    if !how.include_initial {
        return out;
    }
    let mut low = vec![0; out.rank()];
    low[axis as usize] = 1;
    let first = if kind == CumulativeKind::Sum { 0 } else { 1 };
    let none = vec![0; out.rank()];
    let spaces = vec![0; out.rank()];
    if out.dtype() == DType::Bool {
        return out.pad(first == 1, &low, &none, &spaces);
    }
    out.pad(first, &low, &none, &spaces)
}
/// [`cumsum`] of the array API standard: small integers are summed in the default integer, and the axis of a vector alone may be left out.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::cumulative_sum(constant(vec![1.0f32, 2.0, 3.0]), None, np::Cumulative { include_initial: true, ..np::Cumulative::default() }));
/// assert_eq!(got, "[0.0, 1.0, 3.0, 6.0]");
/// ```
#[track_caller]
pub fn cumulative_sum(x: impl Into<Arg>, axis: impl Into<Option<isize>>, how: Cumulative) -> Tracer {
    cumulative("cumulative_sum", CumulativeKind::Sum, x.into().tracer(), axis.into(), how)
}
/// [`cumprod`] of the array API standard: the axis of a vector alone may be left out.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::cumulative_prod(constant(vec![1.0f32, 2.0, 3.0]), None, np::Cumulative::default())), "[1.0, 2.0, 6.0]");
/// ```
#[track_caller]
pub fn cumulative_prod(x: impl Into<Arg>, axis: impl Into<Option<isize>>, how: Cumulative) -> Tracer {
    cumulative("cumulative_prod", CumulativeKind::Prod, x.into().tracer(), axis.into(), how)
}
/// Options of [`diff`].
#[derive(Clone, Debug)]
pub struct Diff {
    /// How often differences are taken.
    pub n: usize,
    /// Along which axis; a negative one counts from the end.
    pub axis: isize,
    /// What is put before the array along the axis: an array, or a number for one element.
    pub prepend: Option<Arg>,
    /// What is put behind the array along the axis.
    pub append: Option<Arg>,
}
impl Default for Diff {
    fn default() -> Diff {
        Diff { n: 1, axis: -1, prepend: None, append: None }
    }
}
/// Each element less the one before it; of bools, whether they differ.
#[track_caller]
fn differences(x: Tracer, axis: usize) -> Tracer {
    let (n, at) = (x.shape()[axis], axis as isize);
    let (later, sooner) = (x.slice_axis(at, n.min(1), n), x.slice_axis(at, 0, n.saturating_sub(1)));
    if x.dtype() == DType::Bool { later.not_equal(sooner) } else { later - sooner }
}
/// Differences of neighbours along an axis, `n` times over: each element less the one before it; of bools, whether they differ.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::diff(x, np::Diff { n: 2, ..Default::default() }))(Array::from(vec![1i32, 4, 9, 16]));
/// assert_eq!(y.to_vec::<i32>()?, [2, 2]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn diff(x: impl Into<Arg>, how: Diff) -> Tracer {
    let x = x.into();
    let aval = x.aval();
    if how.n == 0 {
        return x.tracer();
    }
    let axis = or_fail("diff", resolve_axis(how.axis, aval.rank()));
    let parts: Vec<Arg> = how.prepend.into_iter().chain([x]).chain(how.append).collect();
    let (dtype, weak) = or_fail("diff", meet(&parts.iter().map(Arg::aval).collect::<Vec<_>>()));
    let mut one = aval.shape.clone();
    one[axis] = 1;
    let part = |p: &Arg| {
        let p = p.in_dtype(dtype, weak);
        if p.rank() == 0 { p.broadcast_to(&one) } else { p }
    };
    let parts: Vec<Tracer> = parts.iter().map(part).collect();
    let mut out = if parts.len() == 1 { parts[0] } else { concatenate(&parts, axis as isize) };
    for _ in 0..how.n {
        out = differences(out, axis);
    }
    out
}
/// The differences of neighbours of the array flattened, with further numbers behind (`to_end`) and before (`to_begin`).
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::ediff1d(constant(vec![1.0f32, 4.0, 9.0]), None, Some(0.0.into()))), "[0.0, 3.0, 5.0]");
/// ```
#[track_caller]
pub fn ediff1d(x: impl Into<Arg>, to_end: Option<Arg>, to_begin: Option<Arg>) -> Tracer {
    let x = x.into().tracer().ravel();
    let end = |e: Option<Arg>| e.map(|e| e.in_dtype(x.dtype(), false).ravel());
    let parts: Vec<Tracer> = end(to_begin).into_iter().chain([differences(x, 0)]).chain(end(to_end)).collect();
    if parts.len() == 1 { parts[0] } else { concatenate(&parts, 0) }
}
/// Options of [`gradient`].
#[derive(Clone, Debug)]
pub struct Gradient {
    /// Distances of the samples: none for 1; one for all axes, or one for each axis: a number, or a vector of the samples' places.
    pub spacing: Vec<Arg>,
    /// The axes; all if none are named.
    pub axes: Option<Vec<isize>>,
    /// The order of accuracy at both ends, 1 or 2. (JAX has 1 only.)
    pub edge_order: usize,
}
impl Default for Gradient {
    fn default() -> Gradient {
        Gradient { spacing: vec![], axes: None, edge_order: 1 }
    }
}
/// The derivatives of samples along axes, one array for each: inside by central differences, accurate to the second order (also where the
/// distances differ), at both ends by one-sided ones of the order asked for.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::gradient(x, np::Gradient { spacing: vec![0.5.into()], ..Default::default() })[0]);
/// assert_eq!(f(Array::from(vec![0.0f32, 1.0, 4.0, 9.0])).to_vec::<f32>()?, [2.0, 4.0, 8.0, 10.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If an axis has fewer than `edge_order + 1` elements, or the spacings fit neither one axis nor all.
#[track_caller]
pub fn gradient(f: impl Into<Arg>, how: Gradient) -> Vec<Tracer> {
    let args: Vec<Arg> = [f.into()].into_iter().chain(how.spacing).collect();
    let (dtype, weak) = or_fail("gradient", meet(&args.iter().map(Arg::aval).collect::<Vec<_>>()));
    let dtype = super::promotion::to_inexact(dtype);
    let all: Vec<Tracer> = args.iter().map(|a| a.in_dtype(dtype, weak)).collect();
    let (f, spacing) = (all[0], &all[1..]);
    let axes: Vec<usize> = match &how.axes {
        None => (0..f.rank()).collect(),
        Some(axes) => axes.iter().map(|a| or_fail("gradient", resolve_axis(*a, f.rank()))).collect(),
    };
    if !(1..=2).contains(&how.edge_order) {
        fail(format!("gradient: the order at the edges must be 1 or 2, got {}", how.edge_order));
    }
    if axes.iter().any(|a| f.shape()[*a] <= how.edge_order) {
        fail(format!(
            "gradient: takes at least {} elements along the axes {axes:?}, got {}",
            how.edge_order + 1,
            f.aval()
        ));
    }
    let of = |(i, axis): (usize, &usize)| match spacing {
        [] => slope(f, None, *axis, how.edge_order),
        [h] => slope(f, Some(*h), *axis, how.edge_order),
        each if each.len() == axes.len() => slope(f, Some(each[i]), *axis, how.edge_order),
        each => fail(format!(
            "gradient: takes no spacing, one, or one for each axis, got {} for the axes {axes:?}",
            each.len()
        )),
    };
    axes.iter().enumerate().map(of).collect()
}
/// The derivative along one axis, with samples at distances of 1, at equal distances or at places given.
#[track_caller]
fn slope(f: Tracer, h: Option<Tracer>, axis: usize, edge_order: usize) -> Tracer {
    let (n, at) = (f.shape()[axis], axis as isize);
    let part = |from: usize, to: usize| f.slice_axis(at, from, to);
    let ([a, b], [y, z]) = ([part(0, 1), part(1, 2)], [part(n - 2, n - 1), part(n - 1, n)]);
    let steps = match h {
        Some(h) if h.rank() == 1 => {
            if h.shape()[0] != n {
                fail(format!(
                    "gradient: the places {} must be as many as the samples along axis {axis} of {}",
                    h.aval(),
                    f.aval()
                ));
            }
            let mut shape = vec![1; f.rank()];
            shape[axis] = n - 1;
            Some(differences(h, 0).reshape(&shape))
        }
        Some(h) if h.rank() > 1 => fail(format!("gradient: takes numbers or vectors as spacings, got {}", h.aval())),
        _ => None,
    };
    let Some(steps) = steps else {
        let inner = (part(2, n) - part(0, n - 2)) * 0.5;
        let (first, last) = if edge_order == 1 {
            (b - a, z - y)
        } else {
            (a * -1.5 + b * 2.0 - part(2, 3) * 0.5, part(n - 3, n - 2) * 0.5 - y * 2.0 + z * 1.5)
        };
        let out = concatenate(&[first, inner, last], at);
        return h.map_or(out, |h| out / h);
    };
    // The parabola through three neighbours, d and e apart, has at the middle one the slope (e s + d t) / (d + e), where s and t are the
    // slopes of its two chords; at its ends it is s or t, changed by as much again.
    let step = |from: usize, to: usize| steps.slice_axis(at, from, to);
    let chords = differences(f, axis) / steps;
    let chord = |from: usize, to: usize| chords.slice_axis(at, from, to);
    let (d, e) = (step(0, n - 2), step(1, n - 1));
    let inner = (e * chord(0, n - 2) + d * chord(1, n - 1)) / (d + e);
    let (mut first, mut last) = (chord(0, 1), chord(n - 2, n - 1));
    if edge_order == 2 {
        first = first * 2.0 - inner.slice_axis(at, 0, 1);
        last = last * 2.0 - inner.slice_axis(at, n - 3, n - 2);
    }
    concatenate(&[first, inner, last], at)
}
/// Options of [`trapezoid`].
#[derive(Clone, Debug)]
pub struct Trapezoid {
    /// The samples' places: a vector, or an array of the samples' shape.
    pub x: Option<Arg>,
    /// Their distances, if there are no places: a number, or an array that broadcasts to the intervals.
    pub dx: Arg,
    /// The axis to integrate along; a negative one counts from the end.
    pub axis: isize,
}
impl Default for Trapezoid {
    fn default() -> Trapezoid {
        Trapezoid { x: None, dx: Arg::Float(1.0), axis: -1 }
    }
}
/// The integral of samples along an axis by the trapezoidal rule.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::trapezoid(constant(vec![1.0f32, 2.0, 3.0]), np::Trapezoid::default())), "4.0");
/// ```
#[track_caller]
pub fn trapezoid(y: impl Into<Arg>, how: Trapezoid) -> Tracer {
    let rank = |x: &Arg| x.aval().rank();
    let (y, steps) = match how.x {
        Some(x) => {
            let [y, x] = promote_dtypes_inexact("trapezoid", [y.into(), x]);
            let at = if x.rank() == 1 { 0 } else { or_fail("trapezoid", resolve_axis(how.axis, x.rank())) };
            (y, differences(x, at).moveaxis(at as isize, -1))
        }
        None if rank(&how.dx) == 0 => {
            let y = inexact("trapezoid", y).moveaxis(how.axis, -1);
            let n = y.shape()[y.rank() - 1];
            if n == 0 {
                return super::multiply(how.dx, super::sum(y, -1));
            }
            let ends = (y.slice_axis(-1, 0, 1) + y.slice_axis(-1, n - 1, n)) * 0.5;
            return super::multiply(how.dx, super::sum(y, -1) - ends.reshape(&y.shape()[..y.rank() - 1]));
        }
        None => {
            let y = inexact("trapezoid", y);
            let dx = how.dx.tracer();
            let lead = vec![1; y.rank().saturating_sub(dx.rank())];
            (y, dx.reshape(&[&lead[..], &dx.shape()].concat()).moveaxis(how.axis, -1))
        }
    };
    let y = y.moveaxis(how.axis, -1);
    let n = y.shape()[y.rank() - 1];
    let pairs = y.slice_axis(-1, n.min(1), n) + y.slice_axis(-1, 0, n.saturating_sub(1));
    super::sum(super::multiply(steps, pairs), -1) * 0.5
}
/// Options of [`unwrap`].
#[derive(Clone, Debug)]
pub struct Unwrap {
    /// The jump from which on a phase is moved; half of the period by default.
    pub discont: Option<Arg>,
    /// The axis along which phases follow each other.
    pub axis: isize,
    /// The period, a number; 2π by default.
    pub period: Arg,
}
impl Default for Unwrap {
    fn default() -> Unwrap {
        Unwrap { discont: None, axis: -1, period: Arg::Float(2.0 * PI) }
    }
}
/// Phases moved by whole periods, so that neighbours are no more than half of one apart.
///
/// Of integers with an integer period the phases stay integers.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::unwrap(constant(vec![0.0f32, 3.0, -3.0]), np::Unwrap::default())), "[0.0, 3.0, 3.283]");
/// ```
#[track_caller]
pub fn unwrap(p: impl Into<Arg>, how: Unwrap) -> Tracer {
    let [phase, period] = promote_dtypes("unwrap", [p.into(), how.period.clone()]);
    if phase.dtype().is_complex() {
        fail(format!("unwrap: takes real phases, got {}", phase.aval()));
    }
    let axis = or_fail("unwrap", resolve_axis(how.axis, phase.rank()));
    let n = phase.shape()[axis];
    if n == 0 {
        return phase;
    }
    let whole = phase.dtype().is_integer();
    let half = match &how.period {
        Arg::Int(i) if whole => Arg::Int(i.div_euclid(2)),
        Arg::Float(f) => Arg::Float(f / 2.0),
        _ if whole => super::floor_divide(period, 2).into(),
        _ => (period / 2.0).into(),
    };
    let half = half.in_dtype(phase.dtype(), false);
    let least = how.discont.unwrap_or_else(|| match &how.period {
        Arg::Int(i) => Arg::Float(*i as f64 / 2.0),
        _ if whole => super::divide(period, 2).into(),
        _ => half.into(),
    });
    let steps = differences(phase, axis);
    let turned = super::remainder(steps + half, period) - half;
    // Half a period forward stays one forward.
    let turned = (turned.equal(-half) & steps.greater(0)).select(half.broadcast_to(&turned.shape()), turned);
    let small = super::less(super::abs(steps), least);
    let correction = small.select(steps.full_like(0.0), turned - steps);
    let at = axis as isize;
    let rest = phase.slice_axis(at, 1, n) + correction.cumsum(at);
    concatenate(&[phase.slice_axis(at, 0, 1), rest], at)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_cumulative:
        "jnp.cumsum(a, axis=1)", "f32(3, 4)" => fn(a) cumsum(a, 1, None);
        "jnp.cumsum(a)", "f32(3, 4)" => fn(a) cumsum(a, None, None);
        "jnp.cumsum(a)", "boolean(5)" => fn(a) cumsum(a, None, None);
        "jnp.cumsum(a)", "i8(5)" => fn(a) cumsum(a, None, None);
        "jnp.cumsum(a, dtype='float32')", "i32(5)" => fn(a) cumsum(a, None, DType::F32);
        "jnp.cumsum(a, dtype='bool')", "i32(5, low=-1, high=2)" => fn(a) cumsum(a, None, DType::Bool);
        "jnp.cumsum(a)", "f32()" => fn(a) cumsum(a, None, None);
        "jnp.cumsum(a)", "f32(0)" => fn(a) cumsum(a, None, None);
        "jnp.cumsum(a)", "c64(4)" => fn(a) cumsum(a, None, None);
        "jnp.cumprod(a, axis=0)", "f32(3, 4)" => fn(a) cumprod(a, 0, None);
        "jnp.cumprod(a)", "i32(5)" => fn(a) cumprod(a, None, None);
        "jnp.cumulative_sum(a, axis=-1, include_initial=True)", "f32(3, 4)" => fn(a) cumulative_sum(a, -1, Cumulative { include_initial: true, ..Cumulative::default() });
        "jnp.cumulative_sum(a)", "i8(4)" => fn(a) cumulative_sum(a, None, Cumulative::default());
        "jnp.cumulative_sum(a, dtype='float32')", "u8(4)" => fn(a) cumulative_sum(a, None, Cumulative { dtype: Some(DType::F32), ..Cumulative::default() });
        "jnp.cumulative_prod(a, axis=0, include_initial=True)", "f32(3, 2)" => fn(a) cumulative_prod(a, 0, Cumulative { include_initial: true, ..Cumulative::default() });
        "jnp.diff(a)", "f32(3, 4)" => fn(a) diff(a, Diff::default());
        "jnp.diff(a, n=2, axis=0)", "i32(4, 3)" => fn(a) diff(a, Diff { n: 2, axis: 0, ..Diff::default() });
        "jnp.diff(a)", "boolean(6)" => fn(a) diff(a, Diff::default());
        "jnp.diff(a, prepend=0, append=b)", "f32(2, 3), f32(2, 2)" => fn(a, b) diff(a, Diff { prepend: Some(0.into()), append: Some(b.into()), ..Diff::default() });
        "jnp.diff(a, n=3)", "f32(2)" => fn(a) diff(a, Diff { n: 3, ..Diff::default() });
        "jnp.ediff1d(a)", "f32(2, 3)" => fn(a) ediff1d(a, None, None);
        "jnp.ediff1d(a, to_end=jnp.array([7, 8]), to_begin=b)", "f32(4), f32(1)" => fn(a, b) ediff1d(a, Some(raxla_ir::Literal::from(vec![7, 8]).into()), Some(b.into()));
        "jnp.gradient(a)", "f32(5)" => fn(a) gradient(a, Gradient::default());
        "jnp.gradient(a, 0.5)", "f32(3, 4)" => fn(a) gradient(a, Gradient { spacing: vec![0.5.into()], ..Gradient::default() });
        "jnp.gradient(a, 2, b, axis=(1, 0))", "f32(3, 4), values([0, 0.5, 2], 'f4')" => fn(a, b) gradient(a, Gradient { spacing: vec![2.into(), b.into()], axes: Some(vec![1, 0]), ..Gradient::default() });
        "jnp.gradient(a, axis=-1)", "i32(2, 2)" => fn(a) gradient(a, Gradient { axes: Some(vec![-1]), ..Gradient::default() });
        "jnp.stack([-1.5 * a[0] + 2 * a[1] - 0.5 * a[2], *jnp.gradient(a, 0.5)[1:-1] * 0.5, 0.5 * a[-3] - 2 * a[-2] + 1.5 * a[-1]]) / 0.5", "f32(5)" => fn(a) gradient(a, Gradient { spacing: vec![0.5.into()], edge_order: 2, ..Gradient::default() });
        // Of a parabola the slopes are exact.
        "4 * a - 1", "values([0, 0.5, 2, 3], 'f4')" => fn(a) gradient(a * a * 2.0 - a + 5.0, Gradient { spacing: vec![a.into()], edge_order: 2, ..Gradient::default() });
        "jnp.trapezoid(a)", "f32(3, 4)" => fn(a) trapezoid(a, Trapezoid::default());
        "jnp.trapezoid(a, dx=0.5, axis=0)", "i32(3, 4)" => fn(a) trapezoid(a, Trapezoid { dx: 0.5.into(), axis: 0, ..Trapezoid::default() });
        "jnp.trapezoid(a, b)", "f32(3, 4), f32(4)" => fn(a, b) trapezoid(a, Trapezoid { x: Some(b.into()), ..Trapezoid::default() });
        "jnp.trapezoid(a, b, axis=0)", "f32(3, 4), f32(3, 4)" => fn(a, b) trapezoid(a, Trapezoid { x: Some(b.into()), axis: 0, ..Trapezoid::default() });
        "jnp.trapezoid(a, dx=b)", "f32(2, 4), f32(3)" => fn(a, b) trapezoid(a, Trapezoid { dx: b.into(), ..Trapezoid::default() });
        "jnp.unwrap(a)", "f32(2, 6, low=-9, high=9)" => fn(a) unwrap(a, Unwrap::default());
        "jnp.unwrap(a, discont=4.0, axis=0)", "f32(6, 2, low=-9, high=9)" => fn(a) unwrap(a, Unwrap { discont: Some(4.0.into()), axis: 0, ..Unwrap::default() });
        "jnp.unwrap(a, period=5)", "i32(8)" => fn(a) unwrap(a, Unwrap { period: 5.into(), ..Unwrap::default() });
        "jnp.unwrap(a, period=4)", "values([0, 2, 4, 2, 0, -2, 1, 1], 'i4')" => fn(a) unwrap(a, Unwrap { period: 4.into(), ..Unwrap::default() });
    }
}
