//! Convolutions and correlations of arrays of any number of axes, direct and by Fourier transforms.

use crate::{
    fft::{Norm, fftn, ifftn, irfftn, rfftn},
    numpy::{Arg, ConvolveMode, conj, promotion::promote_dtypes_inexact},
};
use raxla_ir::{
    Tracer,
    aval::resolve_axes,
    primitives::{ConvGeneralDilated, dot_general::Precision},
    trace::{fail, or_fail},
};

/// How a convolution is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConvolveMethod {
    /// By the sums of products themselves.
    #[default]
    Direct,
    /// By Fourier transforms, as [`fftconvolve`]: faster where both operands are large, but only as exact as the greatest element allows.
    Fft,
}
/// How convolutions and correlations work. A [`ConvolveMode`] alone stands for one with the other options' defaults.
#[derive(Clone, Copy, Debug)]
pub struct Convolve {
    /// Which part is wanted.
    pub mode: ConvolveMode,
    /// How it is computed.
    pub method: ConvolveMethod,
    /// How exact the products of [`ConvolveMethod::Direct`] are.
    pub precision: Precision,
}
impl Default for Convolve {
    fn default() -> Self {
        ConvolveMode::Full.into()
    }
}
impl From<ConvolveMode> for Convolve {
    fn from(mode: ConvolveMode) -> Convolve {
        Convolve { mode, method: ConvolveMethod::Direct, precision: Precision::Default }
    }
}
/// Whether the second operand is the larger one, or the end of the trace if neither is.
#[track_caller]
fn second_is_larger(name: &str, x: Tracer, y: Tracer) -> bool {
    let (a, b) = (x.shape(), y.shape());
    let pairs = || a.iter().zip(&b);
    if a.len() != b.len() || !(pairs().all(|(a, b)| a >= b) || pairs().all(|(a, b)| a <= b)) {
        let (x, y) = (x.aval(), y.aval());
        fail(format!("{name}: one operand must be at least as large as the other along every axis, got {x} and {y}"));
    }
    pairs().all(|(a, b)| a <= b)
}
fn flipped(x: Tracer) -> Tracer {
    x.reverse((0..x.rank() as isize).collect::<Vec<_>>())
}
#[track_caller]
fn convolved(name: &str, x: Arg, y: Arg, how: Convolve) -> Tracer {
    if how.method == ConvolveMethod::Fft {
        return by_transforms(name, x, y, how.mode, None);
    }
    let [x, y] = promote_dtypes_inexact(name, [x, y]);
    if x.size() == 0 || y.size() == 0 {
        fail(format!("{name}: takes arrays with elements, got {} and {}", x.aval(), y.aval()));
    }
    let wanted = y.shape();
    let (x, y) = if second_is_larger(name, x, y) { (y, x) } else { (x, y) };
    let sizes = y.shape();
    let mut op = ConvGeneralDilated::new(x.rank(), x.dtype());
    let pad = |i: usize| -> (isize, isize) {
        let (s, o) = (sizes[i] as isize, wanted[i] as isize);
        match how.mode {
            ConvolveMode::Full => (s - 1, s - 1),
            ConvolveMode::Same => (s - 1 - (o - 1) / 2, s - o + (o - 1) / 2),
            ConvolveMode::Valid => (0, 0),
        }
    };
    op.low = (0..sizes.len()).map(|i| pad(i).0).collect();
    op.high = (0..sizes.len()).map(|i| pad(i).1).collect();
    op.precision = how.precision;
    let alone = |x: Tracer| x.reshape(&[&[1, 1], &x.shape()[..]].concat());
    let out = alone(x).convolve(alone(flipped(y)), op);
    out.reshape(&out.shape()[2..])
}
/// The convolution of two arrays of as many axes. As `jax.scipy.signal.convolve`.
///
/// Integers become floats. `how` is a [`ConvolveMode`], or all the options.
///
/// ```
/// # use raxla::{constant, numpy as np, show, signal};
/// let got = show(|| signal::convolve(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![1.0f32, 1.0]), np::ConvolveMode::Full));
/// assert_eq!(got, "[1.0, 3.0, 5.0, 3.0]");
/// ```
///
/// # Panics
/// Inside the trace, if there are no elements, the numbers of axes differ, or neither array is at least as large as the other along every axis.
#[track_caller]
pub fn convolve(in1: impl Into<Arg>, in2: impl Into<Arg>, how: impl Into<Convolve>) -> Tracer {
    convolved("convolve", in1.into(), in2.into(), how.into())
}
/// The cross-correlation of two arrays of as many axes: [`convolve`] with the second one's conjugate, turned round.
///
/// ```
/// # use raxla::{constant, numpy as np, show, signal};
/// let got = show(|| signal::correlate(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![1.0f32, 0.0]), np::ConvolveMode::Full));
/// assert_eq!(got, "[0.0, 1.0, 2.0, 3.0]");
/// ```
#[track_caller]
pub fn correlate(in1: impl Into<Arg>, in2: impl Into<Arg>, how: impl Into<Convolve>) -> Tracer {
    convolved("correlate", in1.into(), flipped(conj(in2)).into(), how.into())
}
#[track_caller]
fn check_matrices(name: &str, x: &Arg, y: &Arg) {
    let (x, y) = (x.aval(), y.aval());
    if x.rank() != 2 || y.rank() != 2 {
        fail(format!("{name}: takes arrays of 2 axes, got {x} and {y}"));
    }
}
/// [`convolve`] of two arrays of two axes.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show, signal};
/// let got = show(|| signal::convolve2d(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(Literal::new(&[1, 2], &[1.0f32, 1.0])), np::ConvolveMode::Full));
/// assert_eq!(got, "[[1.0, 3.0, 2.0], [3.0, 7.0, 4.0]]");
/// ```
#[track_caller]
pub fn convolve2d(in1: impl Into<Arg>, in2: impl Into<Arg>, how: impl Into<Convolve>) -> Tracer {
    let (x, y) = (in1.into(), in2.into());
    check_matrices("convolve2d", &x, &y);
    convolved("convolve2d", x, y, how.into())
}
/// The cross-correlation of two arrays of two axes. Unlike [`correlate`], the `Same` part of one with an even size begins half an element
/// later, as in SciPy.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show, signal};
/// let got = show(|| signal::correlate2d(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(Literal::new(&[1, 2], &[1.0f32, 0.0])), np::ConvolveMode::Full));
/// assert_eq!(got, "[[0.0, 1.0, 2.0], [0.0, 3.0, 4.0]]");
/// ```
#[track_caller]
pub fn correlate2d(in1: impl Into<Arg>, in2: impl Into<Arg>, how: impl Into<Convolve>) -> Tracer {
    let (x, y) = (in1.into(), in2.into());
    check_matrices("correlate2d", &x, &y);
    let (y, how) = (conj(y), how.into());
    if how.mode == ConvolveMode::Same {
        return flipped(convolved("correlate2d", flipped(x.tracer()).into(), y.into(), how));
    }
    convolved("correlate2d", x, flipped(y).into(), how)
}

/// The convolution of two arrays along axes (all by default), by Fourier transforms; along the others the sizes must be equal. As
/// `jax.scipy.signal.fftconvolve`.
///
/// Integers become floats.
///
/// ```
/// # use raxla::{constant, numpy as np, show, signal};
/// let got = show(|| signal::fftconvolve(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![1.0f32, 1.0]), np::ConvolveMode::Full, None));
/// assert_eq!(got, "[1.0, 3.0, 5.0, 3.0]");
/// ```
///
/// # Panics
/// Inside the trace, if there are no elements, the numbers of axes, or the sizes along other axes, differ; for `Valid`, if neither array is at least as large as
/// the other along every axis.
#[track_caller]
pub fn fftconvolve(in1: impl Into<Arg>, in2: impl Into<Arg>, mode: ConvolveMode, axes: Option<&[isize]>) -> Tracer {
    by_transforms("fftconvolve", in1.into(), in2.into(), mode, axes)
}
#[track_caller]
fn by_transforms(name: &str, x: Arg, y: Arg, mode: ConvolveMode, axes: Option<&[isize]>) -> Tracer {
    let [x, y] = promote_dtypes_inexact(name, [x, y]);
    let all: Vec<isize> = (0..x.rank() as isize).collect();
    let axes = or_fail(name, resolve_axes(axes.unwrap_or(&all), x.rank()));
    let (a, b) = (x.shape(), y.shape());
    if a.len() != b.len() || (0..a.len()).any(|i| !axes.contains(&i) && a[i] != b[i]) {
        fail(format!(
            "{name}: operands must have as many axes, and equal sizes along others than {axes:?}, got {} and {}",
            x.aval(),
            y.aval()
        ));
    }
    if axes.iter().any(|i| a[*i] == 0 || b[*i] == 0) {
        fail(format!("{name}: takes arrays with elements, got {} and {}", x.aval(), y.aval()));
    }
    let swap = mode == ConvolveMode::Valid && second_is_larger(name, x, y);
    let (x, y) = if swap { (y, x) } else { (x, y) };
    let (a, b) = (x.shape(), y.shape());
    let lengths: Vec<usize> = axes.iter().map(|i| a[*i] + b[*i] - 1).collect();
    let places: Vec<isize> = axes.iter().map(|i| *i as isize).collect();
    let (there, back) =
        if x.dtype().is_complex() { (fftn as Transform, ifftn as Transform) } else { (rfftn as _, irfftn as _) };
    let full = if axes.iter().all(|i| a[*i] == 1 || b[*i] == 1) {
        x * y
    } else {
        let transform = |x: Tracer| there(x, Some(&lengths), Some(&places), Norm::Backward);
        // Transforms are of 32 bits or more.
        back(transform(x) * transform(y), Some(&lengths), Some(&places), Norm::Backward).astype(x.dtype())
    };
    let (mut starts, mut limits) = (vec![0; full.rank()], full.shape().to_vec());
    for (i, length) in axes.iter().zip(&lengths) {
        let wanted = match mode {
            ConvolveMode::Full => return full,
            ConvolveMode::Same => a[*i],
            ConvolveMode::Valid => a[*i] - b[*i] + 1,
        };
        starts[*i] = (length - wanted) / 2;
        limits[*i] = starts[*i] + wanted;
    }
    full.slice(&starts, &limits, &vec![1; starts.len()])
}
type Transform = fn(Tracer, Option<&[usize]>, Option<&[isize]>, Norm) -> Tracer;

#[cfg(test)]
mod tests {
    use super::*;
    use ConvolveMode::*;

    crate::oracle::rows! { signal_convolution:
        "jsp.signal.convolve(a, b)", "f32(7), f32(3)" => fn(a, b) convolve(a, b, Full);
        "jsp.signal.convolve(a, b, mode='same')", "f32(7), f32(4)" => fn(a, b) convolve(a, b, Same);
        "jsp.signal.convolve(a, b, mode='same')", "f32(4), f32(7)" => fn(a, b) convolve(a, b, Same);
        "jsp.signal.convolve(a, b, mode='valid')", "f32(3), f32(7)" => fn(a, b) convolve(a, b, Valid);
        "jsp.signal.convolve(a, b, mode='same')", "i32(4, 5, 2), f32(2, 3, 2)" => fn(a, b) convolve(a, b, Same);
        "jsp.signal.convolve(a, b)", "c64(4), c64(3)" => fn(a, b) convolve(a, b, Full);
        "jsp.signal.correlate(a, b)", "f32(7), f32(3)" => fn(a, b) correlate(a, b, Full);
        "jsp.signal.correlate(a, b, mode='same')", "f32(7), f32(4)" => fn(a, b) correlate(a, b, Same);
        "jsp.signal.correlate(a, b, mode='valid')", "c64(5), c64(3)" => fn(a, b) correlate(a, b, Valid);
        "jsp.signal.convolve2d(a, b)", "f32(4, 5), f32(2, 3)" => fn(a, b) convolve2d(a, b, Full);
        "jsp.signal.convolve2d(a, b, mode='same')", "f32(4, 5), f32(2, 3)" => fn(a, b) convolve2d(a, b, Same);
        "jsp.signal.correlate2d(a, b)", "f32(4, 5), f32(2, 3)" => fn(a, b) correlate2d(a, b, Full);
        "jsp.signal.correlate2d(a, b)", "f32(2, 3), f32(4, 5)" => fn(a, b) correlate2d(a, b, Full);
        "jsp.signal.correlate2d(a, b, mode='same')", "f32(4, 5), f32(2, 3)" => fn(a, b) correlate2d(a, b, Same);
        "jsp.signal.correlate2d(a, b, mode='same')", "f32(2, 3), f32(4, 5)" => fn(a, b) correlate2d(a, b, Same);
        "jsp.signal.correlate2d(a, b, mode='valid')", "f32(4, 5), f32(2, 3)" => fn(a, b) correlate2d(a, b, Valid);
        "jsp.signal.correlate2d(a, b, mode='valid')", "f32(2, 3), f32(4, 5)" => fn(a, b) correlate2d(a, b, Valid);
        "jsp.signal.fftconvolve(a, b)", "f32(7), f32(3)" => fn(a, b) fftconvolve(a, b, Full, None);
        "jsp.signal.fftconvolve(a, b, mode='same')", "f32(4, 5), f32(3, 2)" => fn(a, b) fftconvolve(a, b, Same, None);
        "jsp.signal.fftconvolve(a, b, mode='valid', axes=1)", "f32(2, 3), f32(2, 6)" => fn(a, b) fftconvolve(a, b, Valid, Some(&[1]));
        "jsp.signal.fftconvolve(a, b)", "c64(4), c64(3)" => fn(a, b) fftconvolve(a, b, Full, None);
        "jsp.signal.fftconvolve(a, b)", "i32(4), f32(1)" => fn(a, b) fftconvolve(a, b, Full, None);
        "jsp.signal.fftconvolve(a.astype('f4'), b.astype('f4')).astype('bfloat16')", "bf16(4), bf16(3)" => fn(a, b) fftconvolve(a, b, Full, None);
        "jsp.signal.convolve(a, b, mode='same', method='fft')", "f32(4, 5), f32(3, 3)", within(10.0) => fn(a, b) {
            convolve(a, b, Convolve { method: ConvolveMethod::Fft, ..Same.into() })
        };
        "jsp.signal.correlate(a, b, method='fft')", "c64(4), c64(3)", within(10.0) => fn(a, b) correlate(a, b, Convolve { method: ConvolveMethod::Fft, ..Convolve::default() });
        "jsp.signal.convolve(a, b, precision='highest')", "f64(5), f64(3)", x64 => fn(a, b) convolve(a, b, Convolve { precision: Precision::Highest, ..Convolve::default() });
        "jsp.signal.convolve(a, b)", "bf16(5), bf16(3)" => fn(a, b) convolve(a, b, Full);
        // JAX's and SciPy's correlate2d forget the conjugate where the second is larger.
        "jnp.asarray(scipy.signal.correlate(a, b, mode='valid'))", "c64(2, 3), c64(4, 5)" => fn(a, b) correlate2d(a, b, Valid);
    }
}
