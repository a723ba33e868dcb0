//! `pad`: an array with elements around it, constant or made of its own.

use super::joining::repeated_alike;
use super::{
    Linspace, Over, apply_along_axis, isnan, linspace,
    promotion::{Arg, inexact},
};
use raxla_ir::{Literal, Tracer, primitives::concatenate::concatenate as join, trace::fail};

/// How many elements go before and after those along each axis: one number for all, a pair `(before, after)` for all axes, or an array of
/// pairs, one for each.
#[derive(Clone, Debug)]
pub struct PadWidths(Vec<(usize, usize)>);
impl From<usize> for PadWidths {
    fn from(n: usize) -> PadWidths {
        PadWidths(vec![(n, n)])
    }
}
impl From<(usize, usize)> for PadWidths {
    fn from(pair: (usize, usize)) -> PadWidths {
        PadWidths(vec![pair])
    }
}
impl<const N: usize> From<[(usize, usize); N]> for PadWidths {
    fn from(pairs: [(usize, usize); N]) -> PadWidths {
        PadWidths(pairs.to_vec())
    }
}
impl From<&[(usize, usize)]> for PadWidths {
    fn from(pairs: &[(usize, usize)]) -> PadWidths {
        PadWidths(pairs.to_vec())
    }
}
impl PadWidths {
    #[track_caller]
    fn of(&self, what: &str, x: Tracer) -> Vec<(usize, usize)> {
        match (&self.0[..], x.rank()) {
            ([pair], rank) => vec![*pair; rank],
            (pairs, rank) if pairs.len() == rank => pairs.to_vec(),
            (pairs, _) => fail(format!("pad: {what} must have a pair for each axis of {}, got {pairs:?}", x.aval())),
        }
    }
}
/// PadValues before and after the elements along each axis: one for all, a pair for all axes, or a pair for each.
#[derive(Clone, Debug)]
pub struct PadValues(Vec<(Arg, Option<Arg>)>);
macro_rules! alike { ($($T:ty)*) => { $(impl From<$T> for PadValues {
    fn from(value: $T) -> PadValues { PadValues(vec![(value.into(), None)]) }
})* } }
alike! { Arg Tracer Literal bool i32 i64 f32 f64 }
impl<A: Into<Arg>, B: Into<Arg>> From<(A, B)> for PadValues {
    fn from((before, after): (A, B)) -> PadValues {
        PadValues(vec![(before.into(), Some(after.into()))])
    }
}
impl<A: Into<Arg>, B: Into<Arg>, const N: usize> From<[(A, B); N]> for PadValues {
    fn from(pairs: [(A, B); N]) -> PadValues {
        PadValues(pairs.into_iter().map(|(a, b)| (a.into(), Some(b.into()))).collect())
    }
}
impl From<Vec<(Arg, Arg)>> for PadValues {
    fn from(pairs: Vec<(Arg, Arg)>) -> PadValues {
        PadValues(pairs.into_iter().map(|(a, b)| (a, Some(b))).collect())
    }
}
impl PadValues {
    /// The scalars before and after along each axis, in the dtype of the array.
    #[track_caller]
    fn of(&self, x: Tracer) -> Vec<[Tracer; 2]> {
        let rank = x.rank();
        if self.0.len() != 1 && self.0.len() != rank {
            fail(format!("pad: needs values for each axis of {}, got {} pairs", x.aval(), self.0.len()));
        }
        let aval = x.aval();
        let mut pairs = vec![];
        for (before, after) in &self.0 {
            if let Some(array) = [Some(before), after.as_ref()].into_iter().flatten().find(|v| v.aval().rank() > 0) {
                fail(format!("pad: values must be scalars, got {}", array.aval()));
            }
            let before = before.in_dtype(aval.dtype, aval.weak);
            pairs.push([before, after.as_ref().map_or(before, |a| a.in_dtype(aval.dtype, aval.weak))]);
        }
        if let [pair] = pairs[..] { vec![pair; rank] } else { pairs }
    }
}
/// Of a vector padded with zeros: that vector, how many elements were put before and after, and the axis; gives one of the same size.
pub type PadFunction<'f> = &'f dyn Fn(Tracer, (usize, usize), usize) -> Tracer;
/// What [`pad`] puts around an array.
#[derive(Clone)]
pub enum Pad<'f> {
    /// PadValues.
    Constant(PadValues),
    /// The element at the edge.
    Edge,
    /// PadValues in a line from the one given, at the end, to the element at the edge.
    LinearRamp(PadValues),
    /// The greatest of so many elements at the edge, or of all.
    Maximum(Option<PadWidths>),
    /// The mean of so many elements at the edge, or of all.
    Mean(Option<PadWidths>),
    /// The median of so many elements at the edge, or of all.
    Median(Option<PadWidths>),
    /// The least of so many elements at the edge, or of all.
    Minimum(Option<PadWidths>),
    /// The elements in reverse order, without the one at the edge. `odd`: twice the edge less them.
    Reflect {
        /// Whether they are reflected at the point of the edge (NumPy's `reflect_type="odd"`).
        odd: bool,
    },
    /// The elements in reverse order, with the one at the edge. `odd`: twice the edge less them.
    Symmetric {
        /// Whether they are reflected at the point of the edge (NumPy's `reflect_type="odd"`).
        odd: bool,
    },
    /// The elements from the other end.
    Wrap,
    /// Elements that mean nothing; they are zeros.
    Empty,
    /// What a function makes of each vector along each axis in turn, padded with zeros.
    Function(PadFunction<'f>),
}
impl Pad<'_> {
    /// Zeros: NumPy's default.
    pub fn zeros() -> Pad<'static> {
        Pad::Constant(0.into())
    }
}
/// The array with elements around it.
///
/// ```
/// use raxla::{numpy::{self as np, Pad}, prelude::*};
/// let f = jit(|x: Tracer| np::pad(np::pad(x, (0, 2), Pad::Reflect { odd: false }), 1, Pad::Constant((7, 9).into())));
/// assert_eq!(f(Array::from(vec![1i32, 2, 3])).to_vec::<i32>()?, [7, 1, 2, 3, 2, 1, 9]);
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If widths or values do not fit the axes, or there are no elements to take some from.
#[track_caller]
pub fn pad(x: impl Into<Arg>, pad_width: impl Into<PadWidths>, mode: Pad) -> Tracer {
    padded(x.into().tracer(), &pad_width.into(), mode)
}
#[track_caller]
fn padded(x: Tracer, widths: &PadWidths, mode: Pad) -> Tracer {
    if x.rank() == 0 {
        return x;
    }
    let widths = widths.of("the width", x);
    let padded = match mode {
        Pad::Constant(values) => constants(x, &widths, &values),
        Pad::Empty => constants(x, &widths, &0.into()),
        Pad::LinearRamp(values) => ramps(x, &widths, &values),
        Pad::Edge => each_axis(x, &widths, true, |x, axis, (before, after)| {
            let n = x.shape()[axis];
            [edge(x, axis, 0, before), edge(x, axis, n - 1, after)]
        }),
        Pad::Wrap => each_axis(x, &widths, true, |x, axis, (before, after)| {
            let n = x.shape()[axis];
            [cyclic(x, axis, n - before % n, before), cyclic(x, axis, 0, after)]
        }),
        Pad::Reflect { odd } => reflected(x, &widths, false, odd),
        Pad::Symmetric { odd } => reflected(x, &widths, true, odd),
        Pad::Maximum(of) => statistics(x, &widths, of, |x, axis| super::max(x, Over::axis(axis).keepdims())),
        Pad::Minimum(of) => statistics(x, &widths, of, |x, axis| super::min(x, Over::axis(axis).keepdims())),
        Pad::Mean(of) => statistics(x, &widths, of, |x, axis| super::mean(x, Over::axis(axis).keepdims())),
        Pad::Median(of) => statistics(x, &widths, of, middle),
        Pad::Function(f) => {
            let zeros = constants(x, &widths, &0.into());
            (0..x.rank())
                .fold(zeros, |x, axis| apply_along_axis(|v: Tracer| f(v, widths[axis], axis), axis as isize, x))
        }
    };
    padded.with_dtype(padded.dtype(), x.aval().weak)
}
/// Puts what `sides` gives before and after the elements along each axis in turn; `needs` elements to do so.
#[track_caller]
fn each_axis(
    x: Tracer,
    widths: &[(usize, usize)],
    needs: bool,
    sides: impl Fn(Tracer, usize, (usize, usize)) -> [Tracer; 2],
) -> Tracer {
    let mut x = x;
    for (axis, (before, after)) in widths.iter().copied().enumerate() {
        if (before, after) == (0, 0) {
            continue;
        }
        if needs && x.shape()[axis] == 0 {
            fail(format!("pad: axis {axis} of {} has no elements to take some from", x.aval()));
        }
        let [first, last] = sides(x, axis, (before, after));
        let parts = [(before, first), (0, x), (after, last)];
        let parts: Vec<Tracer> =
            parts.into_iter().enumerate().filter(|(i, p)| *i == 1 || p.0 > 0).map(|(_, p)| p.1).collect();
        x = join(&parts, axis as isize);
    }
    x
}
#[track_caller]
fn constants(x: Tracer, widths: &[(usize, usize)], values: &PadValues) -> Tracer {
    let interior = vec![0; widths.len()];
    let sizes = |of: fn(&(usize, usize)) -> usize| widths.iter().map(|w| of(w) as isize).collect::<Vec<_>>();
    let values = values.of(x);
    if values.iter().all(|v| v[0] == v[1] && v[0] == values[0][0]) {
        return x.pad(values[0][0], &sizes(|w| w.0), &sizes(|w| w.1), &interior);
    }
    let mut x = x;
    for (axis, [before, after]) in values.into_iter().enumerate() {
        let only = |n: usize| (0..interior.len()).map(|a| if a == axis { n as isize } else { 0 }).collect::<Vec<_>>();
        let none = only(0);
        if widths[axis].0 > 0 {
            x = x.pad(before, &only(widths[axis].0), &none, &interior);
        }
        if widths[axis].1 > 0 {
            x = x.pad(after, &none, &only(widths[axis].1), &interior);
        }
    }
    x
}
/// One element along an axis, so many times.
#[track_caller]
fn edge(x: Tracer, axis: usize, place: usize, count: usize) -> Tracer {
    repeated_alike(x.slice_axis(axis as isize, place, place + 1), axis, count)
}
/// So many elements from `start` on, the first after the last.
#[track_caller]
fn cyclic(x: Tracer, axis: usize, start: usize, count: usize) -> Tracer {
    let (n, along) = (x.shape()[axis], axis as isize);
    let (mut parts, mut left, mut start) = (vec![], count, start % n);
    while left > 0 {
        let end = n.min(start + left);
        parts.push(if (start, end) == (0, n) { x } else { x.slice_axis(along, start, end) });
        left -= end - start;
        start = 0;
    }
    match parts[..] {
        [] => x.slice_axis(along, 0, 0),
        [one] => one,
        _ => join(&parts, along),
    }
}
#[track_caller]
fn ramps(x: Tracer, widths: &[(usize, usize)], values: &PadValues) -> Tracer {
    let values = values.of(x);
    each_axis(x, widths, true, |x, axis, (before, after)| {
        let (n, along) = (x.shape()[axis], axis as isize);
        let ramp = |from: Tracer, place: usize, count: usize| {
            let edge = super::squeeze(x.slice_axis(along, place, place + 1), along);
            let how = Linspace { endpoint: false, dtype: Some(x.dtype()), axis: along };
            linspace(from, edge, count, how)
        };
        let [first, last] = values[axis];
        [ramp(first, 0, before), ramp(last, n - 1, after).reverse(along)]
    })
}
/// Reflections of what is there at its edges, and of what is there then, until it is enough.
#[track_caller]
fn reflected(x: Tracer, widths: &[(usize, usize)], with_edge: bool, odd: bool) -> Tracer {
    let mut x = x;
    for (axis, (before, after)) in widths.iter().copied().enumerate() {
        if (before, after) == (0, 0) {
            continue;
        }
        let (n, along) = (x.shape()[axis], axis as isize);
        if n == 0 {
            fail(format!("pad: axis {axis} of {} has no elements to reflect", x.aval()));
        }
        // A single element is its own reflection.
        let skipped = usize::from(!with_edge && n > 1);
        for (front, count) in [(true, before), (false, after)] {
            let mut left = count;
            while left > 0 {
                let (now, part) = (x.shape()[axis], left.min(n - skipped));
                let start = if front { skipped } else { now - skipped - part };
                let mut side = x.slice_axis(along, start, start + part).reverse(along);
                if odd {
                    let place = if front { 0 } else { now - 1 };
                    side = x.slice_axis(along, place, place + 1) * 2 - side;
                }
                x = join(&if front { [side, x] } else { [x, side] }, along);
                left -= part;
            }
        }
    }
    x
}
#[track_caller]
fn statistics(
    x: Tracer,
    widths: &[(usize, usize)],
    lengths: Option<PadWidths>,
    statistic: fn(Tracer, isize) -> Tracer,
) -> Tracer {
    let lengths = lengths.map(|l| l.of("the number of elements", x));
    if lengths.iter().flatten().any(|(a, b)| *a == 0 || *b == 0) {
        fail("pad: 0 elements have no value for padding");
    }
    each_axis(x, widths, true, |x, axis, (before, after)| {
        let (n, along, dtype) = (x.shape()[axis], axis as isize, x.dtype());
        let value = |x: Tracer| {
            let value = statistic(x, along);
            let whole = dtype.is_integer() && value.dtype().is_inexact();
            (if whole { value.round() } else { value }).astype(dtype)
        };
        let (first, last) = match &lengths {
            None => {
                let all = value(x);
                (all, all)
            }
            Some(lengths) => {
                let (a, b) = (lengths[axis].0.min(n), lengths[axis].1.min(n));
                (value(x.slice_axis(along, 0, a)), value(x.slice_axis(along, n - b, n)))
            }
        };
        [repeated_alike(first, axis, before), repeated_alike(last, axis, after)]
    })
}
/// The middle element along an axis, or the mean of the two in the middle; NaN if there is one.
#[track_caller]
fn middle(x: Tracer, axis: isize) -> Tracer {
    let n = x.shape()[axis as usize];
    let sorted = inexact("pad", x).sort(axis);
    let at = |i: usize| sorted.slice_axis(axis, i, i + 1);
    let middle = if n % 2 == 1 { at(n / 2) } else { at(n / 2 - 1) * 0.5 + at(n / 2) * 0.5 };
    // NaN comes last.
    isnan(at(n - 1)).select(at(n - 1), middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFLECT: Pad = Pad::Reflect { odd: false };
    const SYMMETRIC: Pad = Pad::Symmetric { odd: false };
    /// The vector with 7 for its padding.
    fn sevens(v: Tracer, (before, after): (usize, usize), axis: usize) -> Tracer {
        let n = v.size();
        v.at(..before).set(7.0).at(n - after..).set(axis as f64)
    }
    crate::oracle::rows! { numpy_padding:
        "jnp.pad(a, 2)", "f32(3)" => fn(a) pad(a, 2, Pad::zeros());
        // JAX has the gradient of the value from a sum of which all but a hundredth cancels.
        "jnp.pad(a, (1, 2), constant_values=b)", "f32(2, 3), f32()", within(10.0) => fn(a, b) pad(a, (1, 2), Pad::Constant(b.into()));
        "jnp.pad(a, ((1, 0), (0, 2)), constant_values=((1, 2), (3, 4)))", "f32(2, 3)" => fn(a) pad(a, [(1, 0), (0, 2)], Pad::Constant([(1, 2), (3, 4)].into()));
        "jnp.pad(a, 1, constant_values=(5, 6))", "i32(2, 2)" => fn(a) pad(a, 1, Pad::Constant((5, 6).into()));
        "jnp.pad(a, (2, 0))", "boolean(2)" => fn(a) pad(a, (2, 0), Pad::Constant(false.into()));
        "jnp.pad(a, 3)", "f32()" => fn(a) pad(a, 3, Pad::zeros());
        "jnp.pad(a, 1)", "bf16(0, 2)" => fn(a) pad(a, 1, Pad::zeros());
        "jnp.pad(a, ((1, 2), (0, 3)), mode='edge')", "f32(2, 3)" => fn(a) pad(a, [(1, 2), (0, 3)], Pad::Edge);
        "jnp.pad(a, (3, 2), mode='linear_ramp', end_values=(5, -4))", "f32(3)" => fn(a) pad(a, (3, 2), Pad::LinearRamp((5, -4).into()));
        "jnp.pad(a, ((2, 0), (1, 2)), mode='linear_ramp')", "f32(2, 2)" => fn(a) pad(a, [(2, 0), (1, 2)], Pad::LinearRamp(0.into()));
        "jnp.pad(a, 2, mode='linear_ramp', end_values=10)", "i32(3)" => fn(a) pad(a, 2, Pad::LinearRamp(10.into()));
        "jnp.pad(a, (1, 2), mode='maximum')", "f32(2, 3)" => fn(a) pad(a, (1, 2), Pad::Maximum(None));
        "jnp.pad(a, (1, 2), mode='minimum', stat_length=2)", "f32(4)" => fn(a) pad(a, (1, 2), Pad::Minimum(Some(2.into())));
        "jnp.pad(a, 1, mode='mean', stat_length=((1, 2), (9, 2)))", "f32(2, 3)" => fn(a) pad(a, 1, Pad::Mean(Some([(1, 2), (9, 2)].into())));
        "jnp.pad(a, 1, mode='mean')", "i32(5)" => fn(a) pad(a, 1, Pad::Mean(None));
        "jnp.pad(a, (2, 1), mode='median')", "f32(4)" => fn(a) pad(a, (2, 1), Pad::Median(None));
        "jnp.pad(a, (2, 1), mode='median', stat_length=3)", "f32(2, 4)" => fn(a) pad(a, (2, 1), Pad::Median(Some(3.into())));
        "jnp.pad(a, 1, mode='median')", "i32(4)" => fn(a) pad(a, 1, Pad::Median(None));
        "jnp.pad(a, (2, 1), mode='reflect')", "f32(3, 4)" => fn(a) pad(a, (2, 1), REFLECT);
        "jnp.pad(a, (5, 7), mode='reflect')", "f32(3)" => fn(a) pad(a, (5, 7), REFLECT);
        "jnp.pad(a, 2, mode='reflect')", "i32(1)" => fn(a) pad(a, 2, REFLECT);
        "jnp.pad(a, (5, 4), mode='reflect', reflect_type='odd')", "f32(3)" => fn(a) pad(a, (5, 4), Pad::Reflect { odd: true });
        "jnp.pad(a, (2, 1), mode='symmetric')", "f32(3, 2)" => fn(a) pad(a, (2, 1), SYMMETRIC);
        "jnp.pad(a, (7, 4), mode='symmetric')", "f32(3)" => fn(a) pad(a, (7, 4), SYMMETRIC);
        "jnp.pad(a, (4, 2), mode='symmetric', reflect_type='odd')", "f32(3)" => fn(a) pad(a, (4, 2), Pad::Symmetric { odd: true });
        "jnp.pad(a, (2, 1), mode='wrap')", "f32(3, 2)" => fn(a) pad(a, (2, 1), Pad::Wrap);
        "jnp.pad(a, (7, 5), mode='wrap')", "f32(3)" => fn(a) pad(a, (7, 5), Pad::Wrap);
        "jnp.pad(a, (1, 2), mode='empty')", "f32(2, 2)" => fn(a) pad(a, (1, 2), Pad::Empty);
        "jnp.pad(a, (2, 1), mode=lambda v, w, axis, kwargs: v.at[:w[0]].set(7).at[v.size - w[1]:].set(axis))", "f32(2, 3)" => fn(a) pad(a, (2, 1), Pad::Function(&sevens));
    }
}
