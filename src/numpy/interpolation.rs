//! Interpolation on a line.

use super::{
    histograms::edges_passed,
    promotion::{Arg, inexact, promote_dtypes_inexact},
};
use raxla_ir::{
    DType, Tracer,
    primitives::{concatenate::concatenate, sort::sort},
    trace::fail,
};

/// What [`interp`] gives beyond an end.
#[derive(Clone, Debug)]
pub enum Beyond {
    /// This number.
    Value(Arg),
    /// The line through the last two points, drawn further.
    Extrapolate,
}
/// Options of [`interp`].
#[derive(Clone, Debug, Default)]
pub struct Interp {
    /// What it is left of the first point; that point's ordinate by default.
    pub left: Option<Beyond>,
    /// What it is right of the last point; that point's ordinate by default.
    pub right: Option<Beyond>,
    /// The period of the abscissas, which then need not ascend; there are no ends then.
    pub period: Option<Arg>,
}
/// The piecewise linear function through the points `(xp, fp)`, whose abscissas ascend, at `x`.
///
/// Where two abscissas are equal, or nearly so, it is the ordinate of the first.
///
/// ```
/// use raxla::{Literal, numpy as np, prelude::*};
/// let (xp, fp) = (Literal::from(vec![0.0f32, 1.0, 3.0]), Literal::from(vec![0.0f32, 2.0, 6.0]));
/// let f = jit(move |x: Tracer| np::interp(x, &xp, &fp, np::Interp::default()));
/// assert_eq!(f(Array::from(vec![-1.0f32, 0.5, 2.0, 9.0])).to_vec::<f32>()?, [0.0, 1.0, 4.0, 6.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If `xp` and `fp` are no vectors of one size, or `x` or `xp` are complex.
#[track_caller]
pub fn interp(x: impl Into<Arg>, xp: impl Into<Arg>, fp: impl Into<Arg>, how: Interp) -> Tracer {
    let [mut x, mut xp] = promote_dtypes_inexact("interp", [x.into(), xp.into()]);
    let mut fp = inexact("interp", fp);
    if xp.rank() != 1 || xp.shape() != fp.shape() || xp.size() == 0 {
        fail(format!("interp: the points must be two vectors of one size, got {} and {}", xp.aval(), fp.aval()));
    }
    if x.dtype().is_complex() {
        fail(format!("interp: takes real abscissas, got {} and {}", x.aval(), xp.aval()));
    }
    if let Some(period) = &how.period {
        let period = super::abs(period.in_dtype(x.dtype(), false));
        if period.rank() != 0 {
            fail(format!("interp: the period must be a number, got {}", period.aval()));
        }
        (x, xp) = (super::remainder(x, period), super::remainder(xp, period));
        let sorted = sort(&[xp, fp], 0, 1);
        let n = xp.size();
        let ends = |v: Tracer| (v.slice_axis(0, 0, 1), v.slice_axis(0, n - 1, n));
        let ((x_first, x_last), (f_first, f_last)) = (ends(sorted[0]), ends(sorted[1]));
        xp = concatenate(&[x_last - period, sorted[0], x_first + period], 0);
        fp = concatenate(&[f_last, sorted[1], f_first], 0);
    }
    let n = xp.size();
    let right = edges_passed(xp, x).clamp(1, n.max(2) as i32 - 1);
    let (left, right) = (right - 1, if n == 1 { right - 1 } else { right });
    let (x0, f0) = (xp.take(left, 0), fp.take(left, 0));
    let (width, height) = (xp.take(right, 0) - x0, fp.take(right, 0) - f0);
    // The square of the distance from 1 to the next number.
    let least = match x.dtype() {
        DType::F64 => 2f64.powi(-104),
        DType::F16 => 2f64.powi(-20),
        DType::BF16 => 2f64.powi(-14),
        _ => 2f64.powi(-46),
    };
    let equal = width.abs().less_equal(least);
    let part = (x - x0) / equal.select(width.full_like(1.0), width);
    let mut out = super::where_(equal, f0, super::add(f0, super::multiply(part, height)));
    if how.period.is_some() {
        return out;
    }
    let point = |v: Tracer, i: usize| v.slice_axis(0, i, i + 1).reshape(&[]);
    let sides = [(how.left, 0, Tracer::less as fn(Tracer, Tracer) -> Tracer), (how.right, n - 1, Tracer::greater)];
    for (beyond, end, outside) in sides {
        let value = match beyond {
            Some(Beyond::Extrapolate) => continue,
            Some(Beyond::Value(value)) => value,
            None => point(fp, end).into(),
        };
        out = super::where_(outside(x, point(xp, end)), value, out);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_interpolation:
        "jnp.interp(a, b, c)", "f32(3, 4), values([-1.5, -0.5, 0.25, 1.0], 'f4'), f32(4)" => fn(a, b, c) interp(a, b, c, Interp::default());
        "jnp.interp(a, b, c, left=-7, right='extrapolate')", "f32(9), values([-1.5, -0.5, 0.25, 1.0], 'f4'), f32(4)" => fn(a, b, c) interp(a, b, c, Interp { left: Some(Beyond::Value((-7).into())), right: Some(Beyond::Extrapolate), ..Interp::default() });
        "jnp.interp(a, b, c, left='extrapolate', right=2.5)", "f32(9), values([-1.5, -0.5, 0.25, 1.0], 'f4'), f32(4)" => fn(a, b, c) interp(a, b, c, Interp { left: Some(Beyond::Extrapolate), right: Some(Beyond::Value(2.5.into())), ..Interp::default() });
        "jnp.interp(a, b, c, period=3.0)", "f32(9, low=-9, high=9), f32(4), f32(4)" => fn(a, b, c) interp(a, b, c, Interp { period: Some(3.0.into()), ..Interp::default() });
        "jnp.interp(a, b, c)", "values([0, 1, 1.5, 2, 3, nan], 'f4'), values([0, 1, 1, 2], 'f4'), values([5, 6, 7, 8], 'f4')" => fn(a, b, c) interp(a, b, c, Interp::default());
        "jnp.interp(a, b, c)", "i32(4), i32(1), c64(1)" => fn(a, b, c) interp(a, b, c, Interp::default());
        "jnp.interp(a, b, c)", "f32(), values([-3, 0, 3], 'f4'), i32(3)" => fn(a, b, c) interp(a, b, c, Interp::default());
    }
}
