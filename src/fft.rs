//! Fourier transforms, as `jax.numpy.fft` has them, and the cosine transform of `jax.scipy.fft`.
//!
//! Lengths other than an axis' size cut it, or fill it up with zeros. Real numbers become complex ones where the transform needs them.
//!
//! ```
//! use raxla::{fft::{self, Norm}, prelude::*};
//! let spectrum = jit(|x: Tracer| fft::rfft(x, None, -1, Norm::Backward).abs());
//! assert_eq!(spectrum(Array::from(vec![1.0f32, -1.0, 1.0, -1.0])).to_vec::<f32>()?, [0.0, 0.0, 4.0]);
//! # Ok::<(), raxla::Error>(())
//! ```

use crate::numpy::{Arg, promotion::inexact};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::{Axes, resolve_axis},
    primitives::{concatenate::concatenate, fft::FftKind, iota::iota},
    trace::{constant, fail, or_fail},
};

/// Which of a transform and its inverse is divided by the number of elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Norm {
    /// The inverse.
    #[default]
    Backward,
    /// Both, by the square root.
    Ortho,
    /// The transform.
    Forward,
}
impl Norm {
    /// The norm that the inverse transform has where this one has this.
    fn swapped(self) -> Norm {
        match self {
            Norm::Backward => Norm::Forward,
            Norm::Ortho => Norm::Ortho,
            Norm::Forward => Norm::Backward,
        }
    }
    /// The factor on XLA's transform of `n` elements, which divides the inverse.
    fn factor(self, kind: FftKind, n: f64) -> Option<f64> {
        match (self, matches!(kind, FftKind::Fft | FftKind::Rfft)) {
            (Norm::Backward, _) => None,
            (Norm::Ortho, true) => Some(1.0 / n.sqrt()),
            (Norm::Ortho, false) => Some(n.sqrt()),
            (Norm::Forward, true) => Some(1.0 / n),
            (Norm::Forward, false) => Some(n),
        }
    }
}
/// The array with an axis cut or filled up to a size.
#[track_caller]
fn resized(x: Tracer, axis: usize, n: usize) -> Tracer {
    let size = x.shape()[axis];
    if size == n {
        return x;
    }
    let mut high = vec![0; x.rank()];
    high[axis] = n as isize - size as isize;
    x.pad(0, &vec![0; x.rank()], &high, &vec![0; x.rank()])
}
/// A transform over several axes, the last of which is the real one in transforms of real numbers.
#[track_caller]
fn transform(name: &str, kind: FftKind, x: Tracer, lengths: Option<&[usize]>, axes: &[isize], norm: Norm) -> Tracer {
    let axes: Axes = axes.iter().map(|a| or_fail(name, resolve_axis(*a, x.rank()))).collect();
    if let Some(i) = (0..axes.len()).find(|i| axes[..*i].contains(&axes[*i])) {
        fail(format!("{name}: axis {} is named twice", axes[i]));
    }
    if lengths.is_some_and(|l| l.len() != axes.len()) {
        fail(format!("{name}: {} lengths for {} axes", lengths.map_or(0, <[usize]>::len), axes.len()));
    }
    if kind == FftKind::Rfft && x.dtype().is_complex() {
        fail(format!("{name}: takes real numbers, got {}", x.aval()));
    }
    let Some(last) = axes.len().checked_sub(1) else { return x };
    let x = if kind == FftKind::Rfft { x } else { complex(x) };
    let size = |i: usize| match (lengths, kind) {
        (Some(lengths), _) => lengths[i],
        (None, FftKind::Irfft) if i == last => 2 * x.shape()[axes[i]].saturating_sub(1),
        (None, _) => x.shape()[axes[i]],
    };
    let sizes: Vec<usize> = (0..=last).map(size).collect();
    if let Some(i) = sizes.iter().position(|n| *n == 0) {
        fail(format!("{name}: cannot transform to the length 0 along axis {} of {}", axes[i], x.aval()));
    }
    let mut x = x;
    for (i, axis) in axes.iter().enumerate() {
        x = resized(x, *axis, if kind == FftKind::Irfft && i == last { sizes[i] / 2 + 1 } else { sizes[i] });
    }
    // The transformed axes go last, in their order; those of complex transforms may be done three at a time.
    let order: Vec<usize> = (0..x.rank()).filter(|a| !axes.contains(a)).chain(axes.iter().copied()).collect();
    let mut y = x.transpose_axes(&order);
    let complex_kind = if matches!(kind, FftKind::Irfft | FftKind::Ifft) { FftKind::Ifft } else { FftKind::Fft };
    let groups = sizes.chunks(3).count();
    if groups == 1 {
        y = y.fft(kind, &sizes);
    } else {
        let rank = y.rank();
        let lead = rank - sizes.len();
        let one = |y: Tracer, i: usize, kind: FftKind| {
            y.moveaxis((lead + i) as isize, -1).fft(kind, &[sizes[i]]).moveaxis(-1, (lead + i) as isize)
        };
        if kind == FftKind::Rfft {
            y = one(y, last, kind);
        }
        let rest = if matches!(kind, FftKind::Rfft | FftKind::Irfft) { last } else { last + 1 };
        for i in 0..rest {
            y = one(y, i, complex_kind);
        }
        if kind == FftKind::Irfft {
            y = one(y, last, kind);
        }
    }
    let mut back = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, axis)| back[*axis] = place);
    let y = y.transpose_axes(&back);
    match norm.factor(kind, sizes.iter().map(|n| *n as f64).product()) {
        Some(factor) => y * factor,
        None => y,
    }
}
#[track_caller]
fn complex(x: Tracer) -> Tracer {
    match x.dtype() {
        d if d.is_complex() => x,
        DType::F64 => x.astype(DType::C128),
        _ => x.astype(DType::C64),
    }
}
/// Integers become floats, and 16-bit floats `f32`.
#[track_caller]
fn operand(name: &str, x: impl Into<Arg>) -> Tracer {
    let x = inexact(name, x);
    if x.dtype().bits() < 32 { x.astype(DType::F32) } else { x }
}

macro_rules! one_axis { ($($(#[$doc:meta])* $name:ident $Kind:ident;)*) => { $(
    $(#[$doc])*
    ///
    /// Along one axis, of which `n` elements are transformed.
    #[track_caller]
    pub fn $name(x: impl Into<Arg>, n: impl Into<Option<usize>>, axis: isize, norm: Norm) -> Tracer {
        let x = operand(stringify!($name), x);
        transform(stringify!($name), FftKind::$Kind, x, n.into().as_ref().map(std::slice::from_ref), &[axis], norm)
    }
)* } }
one_axis! {
    /// The discrete Fourier transform.
    ///
    /// ```
    /// # use raxla::{constant, fft, fft::Norm, show};
    /// let got = show(|| fft::fft(constant(vec![1.0f32, 2.0, 3.0, 4.0]), None, -1, Norm::Backward));
    /// assert_eq!(got, "[10.0+0.0i, -2.0+2.0i, -2.0+0.0i, -2.0-2.0i]");
    /// ```
    fft Fft;
    /// The inverse of [`fft()`].
    ///
    /// ```
    /// # use raxla::{constant, fft, fft::Norm, show};
    /// let got = show(|| fft::ifft(constant(vec![4.0f32, 0.0, 0.0, 0.0]), None, -1, Norm::Backward));
    /// assert_eq!(got, "[1.0+0.0i, 1.0+0.0i, 1.0+0.0i, 1.0+0.0i]");
    /// ```
    ifft Ifft;
    /// The discrete Fourier transform of real numbers: the first `n / 2 + 1` coefficients, of which the others are conjugates.
    ///
    /// ```
    /// # use raxla::{constant, fft, fft::Norm, show};
    /// assert_eq!(show(|| fft::rfft(constant(vec![1.0f32, 2.0, 3.0, 4.0]), None, -1, Norm::Backward)), "[10.0+0.0i, -2.0+2.0i, -2.0+0.0i]");
    /// ```
    rfft Rfft;
    /// The inverse of [`rfft`], to `n` real numbers (`2 (size - 1)` by default).
    ///
    /// ```
    /// # use raxla::{constant, fft, fft::Norm, show};
    /// assert_eq!(show(|| fft::irfft(constant(vec![4.0f32, 0.0, 0.0]), None, -1, Norm::Backward)), "[1.0, 1.0, 1.0, 1.0]");
    /// ```
    irfft Irfft;
}
macro_rules! several_axes { ($($(#[$doc:meta])* $name:ident $two:ident $Kind:ident;)*) => { $(
    $(#[$doc])*
    ///
    /// Over several axes (all by default; the last ones if only lengths are given), of which so many elements are transformed.
    #[track_caller]
    pub fn $name(x: impl Into<Arg>, lengths: Option<&[usize]>, axes: Option<&[isize]>, norm: Norm) -> Tracer {
        let x = operand(stringify!($name), x);
        let n = lengths.map_or(x.rank(), <[usize]>::len) as isize;
        let default: Vec<isize> = (-n..0).collect();
        transform(stringify!($name), FftKind::$Kind, x, lengths, axes.unwrap_or(&default), norm)
    }
    #[doc = concat!("[`", stringify!($name), "`] over two axes, by default the last two.")]
    #[track_caller]
    pub fn $two(x: impl Into<Arg>, lengths: Option<&[usize]>, axes: Option<[isize; 2]>, norm: Norm) -> Tracer {
        $name(x, lengths, Some(&axes.unwrap_or([-2, -1])), norm)
    }
)* } }
several_axes! {
    /// The discrete Fourier transform.
    ///
    /// ```
    /// # use raxla::{Literal, constant, fft, fft::Norm, show};
    /// let got = show(|| (fft::fftn(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), None, None, Norm::Backward), fft::fft2(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), None, None, Norm::Ortho)));
    /// assert_eq!(got, "[[10.0+0.0i, -2.0+0.0i], [-4.0+0.0i, 0.0+0.0i]], [[5.0+0.0i, -1.0+0.0i], [-2.0+0.0i, 0.0+0.0i]]");
    /// ```
    fftn fft2 Fft;
    /// The inverse of [`fftn`].
    ///
    /// ```
    /// # use raxla::{Literal, constant, fft, fft::Norm, show};
    /// let got = show(|| (fft::ifftn(constant(Literal::new(&[2, 2], &[4.0f32, 0.0, 0.0, 0.0])), None, None, Norm::Backward), fft::ifft2(constant(Literal::new(&[2, 2], &[4.0f32, 0.0, 0.0, 0.0])), None, None, Norm::Forward)));
    /// assert_eq!(got, "[[1.0+0.0i, 1.0+0.0i], [1.0+0.0i, 1.0+0.0i]], [[4.0+0.0i, 4.0+0.0i], [4.0+0.0i, 4.0+0.0i]]");
    /// ```
    ifftn ifft2 Ifft;
    /// The discrete Fourier transform of real numbers; the last axis keeps the first half of the coefficients, as in [`rfft`].
    ///
    /// ```
    /// # use raxla::{Literal, constant, fft, fft::Norm, show};
    /// let got = show(|| (fft::rfftn(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), None, None, Norm::Backward), fft::rfft2(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), None, None, Norm::Ortho)));
    /// assert_eq!(got, "[[10.0+0.0i, -2.0+0.0i], [-4.0+0.0i, 0.0+0.0i]], [[5.0+0.0i, -1.0+0.0i], [-2.0+0.0i, 0.0+0.0i]]");
    /// ```
    rfftn rfft2 Rfft;
    /// The inverse of [`rfftn`], to real numbers.
    ///
    /// ```
    /// # use raxla::{Literal, constant, fft, fft::Norm, show};
    /// let got = show(|| (fft::irfftn(constant(Literal::new(&[2, 2], &[4.0f32, 0.0, 0.0, 0.0])), None, None, Norm::Backward), fft::irfft2(constant(Literal::new(&[2, 2], &[4.0f32, 0.0, 0.0, 0.0])), None, None, Norm::Forward)));
    /// assert_eq!(got, "[[1.0, 1.0], [1.0, 1.0]], [[4.0, 4.0], [4.0, 4.0]]");
    /// ```
    irfftn irfft2 Irfft;
}
/// The transform of numbers of which the second half, left out, are the conjugates of the first: `n` real numbers.
///
/// ```
/// # use raxla::{constant, fft, fft::Norm, show};
/// assert_eq!(show(|| fft::hfft(constant(vec![1.0f32, 2.0, 3.0]), None, -1, Norm::Backward)), "[8.0, -2.0, 0.0, -2.0]");
/// ```
#[track_caller]
pub fn hfft(x: impl Into<Arg>, n: impl Into<Option<usize>>, axis: isize, norm: Norm) -> Tracer {
    irfft(crate::numpy::conj(operand("hfft", x)), n, axis, norm.swapped())
}
/// The inverse of [`hfft`].
///
/// ```
/// # use raxla::{constant, fft, fft::Norm, show};
/// assert_eq!(show(|| fft::ihfft(constant(vec![4.0f32, 0.0, 0.0, 0.0]), None, -1, Norm::Backward)), "[1.0+0.0i, 1.0+0.0i, 1.0+0.0i]");
/// ```
#[track_caller]
pub fn ihfft(x: impl Into<Arg>, n: impl Into<Option<usize>>, axis: isize, norm: Norm) -> Tracer {
    rfft(x, n, axis, norm.swapped()).conj()
}
fn frequencies(counts: impl Iterator<Item = f64>, n: usize, spacing: f64, dtype: Option<DType>) -> Tracer {
    let values: Vec<f64> = counts.map(|k| k / (n as f64 * spacing)).collect();
    let aval = ShapedArray::new(&[values.len()], dtype.unwrap_or_else(DType::default_float));
    constant(Literal::from_floats(aval, values))
}
/// The frequencies of the coefficients of [`fft()`] of `n` samples `spacing` apart, in cycles per unit.
///
/// ```
/// # use raxla::{fft, show};
/// assert_eq!(show(|| fft::fftfreq(4, 0.5, None)), "[0.0, 0.5, -1.0, -0.5]");
/// ```
#[track_caller]
pub fn fftfreq(n: usize, spacing: f64, dtype: impl Into<Option<DType>>) -> Tracer {
    let half = n.div_ceil(2);
    let signed = (0..n).map(|k| if k < half { k as f64 } else { k as f64 - n as f64 });
    frequencies(signed, n, spacing, dtype.into())
}
/// The frequencies of the coefficients of [`rfft`] of `n` samples `spacing` apart, in cycles per unit.
///
/// ```
/// # use raxla::{fft, show};
/// assert_eq!(show(|| fft::rfftfreq(4, 0.5, None)), "[0.0, 0.5, 1.0]");
/// ```
#[track_caller]
pub fn rfftfreq(n: usize, spacing: f64, dtype: impl Into<Option<DType>>) -> Tracer {
    frequencies((0..n / 2 + 1).map(|k| k as f64), n, spacing, dtype.into())
}
/// The array turned along axes (all by default), by `by` of their sizes.
#[track_caller]
fn turned(name: &str, x: Tracer, axes: Option<&[isize]>, by: fn(usize) -> usize) -> Tracer {
    let all: Vec<isize> = (0..x.rank() as isize).collect();
    axes.unwrap_or(&all).iter().fold(x, |x, axis| {
        let n = x.shape()[or_fail(name, resolve_axis(*axis, x.rank()))];
        crate::numpy::roll(x, by(n) as i64, *axis)
    })
}
/// Moves the coefficient of frequency 0 to the middle, along axes (all by default).
///
/// ```
/// # use raxla::{constant, fft, show};
/// assert_eq!(show(|| fft::fftshift(constant(vec![0.0f32, 1.0, 2.0, -2.0, -1.0]), None)), "[-2.0, -1.0, 0.0, 1.0, 2.0]");
/// ```
#[track_caller]
pub fn fftshift(x: impl Into<Arg>, axes: Option<&[isize]>) -> Tracer {
    turned("fftshift", x.into().tracer(), axes, |n| n / 2)
}
/// The inverse of [`fftshift`].
///
/// ```
/// # use raxla::{constant, fft, show};
/// assert_eq!(show(|| fft::ifftshift(constant(vec![-2.0f32, -1.0, 0.0, 1.0, 2.0]), None)), "[0.0, 1.0, 2.0, -2.0, -1.0]");
/// ```
#[track_caller]
pub fn ifftshift(x: impl Into<Arg>, axes: Option<&[isize]>) -> Tracer {
    turned("ifftshift", x.into().tracer(), axes, |n| n - n / 2)
}

/// `exp(sign πik / 2n)` for k = 0, 1, …, n - 1: half a turn over twice the length.
#[track_caller]
fn quarter_turns(n: usize, dtype: DType, sign: f64) -> Tracer {
    let angle = iota(dtype, &[n], 0) * (sign * std::f64::consts::PI / (2.0 * n as f64));
    angle.cos().complex(angle.sin())
}
/// The factors of the orthonormal cosine transform: that of the first coefficient is √2 less.
fn orthonormal(n: usize, dtype: DType) -> Tracer {
    let scale = |k: usize| if k == 0 { (1.0 / (4.0 * n as f64)).sqrt() } else { (1.0 / (2.0 * n as f64)).sqrt() };
    constant(Literal::from_floats(ShapedArray::new(&[n], dtype), (0..n).map(scale)))
}
/// The discrete cosine transform of the second type, `2 Σ x[n] cos(πk (2n + 1) / 2N)`, along an axis. Of complex numbers, that of both parts.
///
/// By one Fourier transform of the same length (Makhoul 1980).
///
/// ```
/// # use raxla::{constant, fft, fft::Norm, show};
/// assert_eq!(show(|| fft::dct(constant(vec![1.0f32, 2.0, 3.0]), None, -1, Norm::Backward)), "[12.0, -3.46, 0.0]");
/// ```
#[track_caller]
pub fn dct(x: impl Into<Arg>, n: impl Into<Option<usize>>, axis: isize, norm: Norm) -> Tracer {
    let (x, n) = (operand("dct", x), n.into());
    if x.dtype().is_complex() {
        return dct(x.real(), n, axis, norm).complex(dct(x.imag(), n, axis, norm));
    }
    let x = cosine_operand("dct", x, n, axis);
    let n = x.shape()[x.rank() - 1];
    let part = |start: usize| {
        let (mut starts, mut strides) = (vec![0; x.rank()], vec![1; x.rank()]);
        (starts[x.rank() - 1], strides[x.rank() - 1]) = (start.min(n), 2);
        x.slice(&starts, &x.shape(), &strides)
    };
    let folded = concatenate(&[part(0), part(1).reverse(-1)], -1);
    let turned = complex(folded).fft(FftKind::Fft, &[n]) * quarter_turns(n, x.dtype(), -1.0).broadcast_to(&x.shape());
    let out = turned.real() * 2.0;
    let out = match norm {
        Norm::Backward => out,
        Norm::Ortho => out * orthonormal(n, x.dtype()),
        Norm::Forward => out / (2.0 * n as f64),
    };
    out.moveaxis(-1, axis)
}
/// The inverse of [`dct`], along an axis.
///
/// ```
/// # use raxla::{constant, fft, fft::Norm, show};
/// assert_eq!(show(|| fft::idct(constant(vec![12.0f32, -3.4641016, 0.0]), None, -1, Norm::Backward)), "[1.0, 2.0, 3.0]");
/// ```
#[track_caller]
pub fn idct(x: impl Into<Arg>, n: impl Into<Option<usize>>, axis: isize, norm: Norm) -> Tracer {
    let (x, n) = (operand("idct", x), n.into());
    if x.dtype().is_complex() {
        return idct(x.real(), n, axis, norm).complex(idct(x.imag(), n, axis, norm));
    }
    let x = cosine_operand("idct", x, n, axis);
    let (n, rank) = (x.shape()[x.rank() - 1], x.rank());
    let x = match norm {
        Norm::Backward => x,
        Norm::Ortho => x / orthonormal(n, x.dtype()),
        Norm::Forward => x * (2.0 * n as f64),
    };
    // V[k] = ½ exp(πik / 2N) (X[k] - i X[N - k]), with X[N] = 0, is the transform of the numbers folded as in `dct`.
    let mut low = vec![0; rank];
    low[rank - 1] = 1;
    let mut high = vec![0; rank];
    high[rank - 1] = -1;
    let mirrored = x.reverse(-1).pad(0, &low, &high, &vec![0; rank]);
    let half = x.complex(-mirrored) * quarter_turns(n, x.dtype(), 1.0).broadcast_to(&x.shape()) * 0.5;
    let folded = half.fft(FftKind::Ifft, &[n]).real();
    let (first, second) =
        (folded.slice_axis(-1, 0, n.div_ceil(2)), folded.slice_axis(-1, n.div_ceil(2), n).reverse(-1));
    // Interleaved again: each with zeros between, and added.
    let spread = |y: Tracer, offset: isize| {
        let (mut low, mut high, mut between) = (vec![0; rank], vec![0; rank], vec![0; rank]);
        let size = y.shape()[rank - 1] as isize;
        let wide = (2 * size - 1).max(0);
        (low[rank - 1], high[rank - 1], between[rank - 1]) = (offset, n as isize - offset - wide, 1);
        y.pad(0, &low, &high, &between)
    };
    let out = if n > 1 { spread(first, 0) + spread(second, 1) } else { folded };
    out.moveaxis(-1, axis)
}
/// Floats, with the axis cut or filled up to its length, and last.
#[track_caller]
fn cosine_operand(name: &str, x: Tracer, n: Option<usize>, axis: isize) -> Tracer {
    let place = or_fail(name, resolve_axis(axis, x.rank()));
    let n = n.unwrap_or(x.shape()[place]);
    if n == 0 {
        fail(format!("{name}: cannot transform to the length 0 along axis {axis} of {}", x.aval()));
    }
    resized(x, place, n).moveaxis(axis, -1)
}
macro_rules! cosine_of_several { ($($(#[$doc:meta])* $name:ident $one:ident;)*) => { $(
    $(#[$doc])*
    #[track_caller]
    pub fn $name(x: impl Into<Arg>, lengths: Option<&[usize]>, axes: Option<&[isize]>, norm: Norm) -> Tracer {
        let x = operand(stringify!($name), x);
        let n = lengths.map_or(x.rank(), <[usize]>::len) as isize;
        let default: Vec<isize> = (-n..0).collect();
        let axes = axes.unwrap_or(&default);
        axes.iter().enumerate().fold(x, |x, (i, axis)| $one(x, lengths.map(|l| l[i]), *axis, norm))
    }
)* } }
cosine_of_several! {
    /// [`dct`] over several axes (all by default).
    ///
    /// ```
    /// # use raxla::{Literal, constant, fft, fft::Norm, show};
    /// let got = show(|| fft::dctn(constant(Literal::new(&[2, 2], &[1.0f32, 1.0, 1.0, 1.0])), None, None, Norm::Backward));
    /// assert_eq!(got, "[[16.0, 0.0], [0.0, 0.0]]");
    /// ```
    dctn dct;
    /// [`idct`] over several axes (all by default).
    ///
    /// ```
    /// # use raxla::{Literal, constant, fft, fft::Norm, show};
    /// let got = show(|| fft::idctn(constant(Literal::new(&[2, 2], &[16.0f32, 0.0, 0.0, 0.0])), None, None, Norm::Backward));
    /// assert_eq!(got, "[[1.0, 1.0], [1.0, 1.0]]");
    /// ```
    idctn idct;
}

#[cfg(test)]
mod tests {
    use super::*;
    use Norm::*;

    crate::oracle::rows! { fourier:
        "jnp.fft.fft(a)", "f32(6)" => fn(a) fft(a, None, -1, Backward);
        "jnp.fft.fft(a, norm='ortho')", "c64(5)" => fn(a) fft(a, None, -1, Ortho);
        "jnp.fft.fft(a, n=4, axis=0)", "c64(6, 2)" => fn(a) fft(a, 4, 0, Backward);
        "jnp.fft.fft(a, n=8)", "i32(6)" => fn(a) fft(a, 8, -1, Backward);
        "jnp.fft.ifft(a)", "c64(2, 5)" => fn(a) ifft(a, None, -1, Backward);
        "jnp.fft.ifft(a, norm='forward')", "c64(5)" => fn(a) ifft(a, None, -1, Forward);
        "jnp.fft.rfft(a)", "f32(3, 6)" => fn(a) rfft(a, None, -1, Backward);
        "jnp.fft.rfft(a, n=5, axis=0)", "f32(3, 2)" => fn(a) rfft(a, 5, 0, Backward);
        "jnp.fft.irfft(a)", "c64(4)" => fn(a) irfft(a, None, -1, Backward);
        "jnp.fft.irfft(a, n=5, norm='ortho')", "c64(4)" => fn(a) irfft(a, 5, -1, Ortho);
        "jnp.fft.hfft(a)", "c64(4)" => fn(a) hfft(a, None, -1, Backward);
        "jnp.fft.ihfft(a)", "f32(6)" => fn(a) ihfft(a, None, -1, Backward);
        "jnp.fft.fft2(a)", "f32(3, 4)" => fn(a) fft2(a, None, None, Backward);
        "jnp.fft.ifft2(a, axes=(0, 1))", "c64(3, 4, 2)" => fn(a) ifft2(a, None, Some([0, 1]), Backward);
        "jnp.fft.fftn(a)", "c64(3, 2, 4)" => fn(a) fftn(a, None, None, Backward);
        "jnp.fft.fftn(a, s=(2, 5))", "c64(3, 4)" => fn(a) fftn(a, Some(&[2, 5]), None, Backward);
        "jnp.fft.ifftn(a)", "c64(3, 4)" => fn(a) ifftn(a, None, None, Backward);
        "jnp.fft.rfftn(a)", "f32(3, 4)" => fn(a) rfftn(a, None, None, Backward);
        "jnp.fft.rfft2(a)", "f32(2, 3, 4)" => fn(a) rfft2(a, None, None, Backward);
        "jnp.fft.irfftn(a)", "c64(3, 4)" => fn(a) irfftn(a, None, None, Backward);
        "jnp.fft.irfft2(a, s=(3, 5))", "c64(3, 4)" => fn(a) irfft2(a, Some(&[3, 5]), None, Backward);
        "jnp.asarray(np.fft.fftn(a))", "c64(2, 2, 3, 2)", values => fn(a) fftn(a, None, None, Backward).astype(DType::C64);
        "jnp.fft.fftfreq(5, 0.1)", "f32(1)" => fn(_a) fftfreq(5, 0.1, None);
        "jnp.fft.rfftfreq(6)", "f32(1)" => fn(_a) rfftfreq(6, 1.0, None);
        "jnp.fft.fftshift(a)", "f32(5)" => fn(a) fftshift(a, None);
        "jnp.fft.ifftshift(a, axes=1)", "f32(2, 5)" => fn(a) ifftshift(a, Some(&[1]));
        "jsp.fft.dct(a)", "f32(2, 5)" => fn(a) dct(a, None, -1, Backward);
        "jsp.fft.dct(a, axis=0, norm='ortho')", "f32(4, 2)" => fn(a) dct(a, None, 0, Ortho);
        "jsp.fft.idct(a)", "f32(2, 5)" => fn(a) idct(a, None, -1, Backward);
        "jsp.fft.idct(a, norm='ortho')", "f32(6)" => fn(a) idct(a, None, -1, Ortho);
        "jsp.fft.dctn(a)", "f32(3, 4)" => fn(a) dctn(a, None, None, Backward);
        "jsp.fft.dct(a), jsp.fft.idct(a, norm='ortho')", "c64(2, 5)" => fn(a) (dct(a, None, -1, Backward), idct(a, None, -1, Ortho));
        "jsp.fft.idctn(a, norm='ortho')", "f32(3, 4)" => fn(a) idctn(a, None, None, Ortho);
    }
}
