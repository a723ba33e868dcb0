//! Spectra that change in time, and signals made of them: [`stft`], [`istft`].

use super::{
    Detrend, Window,
    segments::{Lengths, Segments, signal},
};
use crate::{
    fft::{Norm, ifft, irfft},
    numpy::{self, Arg, Pad, promotion::inexact},
};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::resolve_axis,
    trace::{constant, fail, or_fail},
};

/// What stands before and behind a signal `a b c d`, as far as half a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Boundary {
    /// Nothing: the first segment begins where the signal does.
    None,
    /// Zeros.
    #[default]
    Zeros,
    /// `a a | a b c d | d d`.
    Constant,
    /// `c b | a b c d | c b`.
    Even,
    /// `2a−c 2a−b | a b c d | 2d−c 2d−b`.
    Odd,
}
/// How [`stft`] works.
#[derive(Clone)]
pub struct Stft<'f> {
    /// The sampling frequency.
    pub fs: f64,
    /// What the segments are weighed by.
    pub window: Window,
    /// The samples of a segment: 256, or all if there are fewer, by default; of a window that is an array, its length.
    pub nperseg: Option<usize>,
    /// By how many samples segments overlap: half of them by default.
    pub noverlap: Option<usize>,
    /// The length of the transforms, with zeros behind a segment if it is more: that of a segment by default.
    pub nfft: Option<usize>,
    /// What is taken from each segment.
    pub detrend: Detrend<'f>,
    /// Whether the spectra of real signals have only the frequencies that are not negative.
    pub return_onesided: bool,
    /// What stands before and behind the signal.
    pub boundary: Boundary,
    /// Whether zeros are put behind the signal until segments hold all of it.
    pub padded: bool,
    /// The axis of time.
    pub axis: isize,
}
impl Default for Stft<'_> {
    fn default() -> Self {
        Stft {
            fs: 1.0,
            window: Window::Hann,
            nperseg: None,
            noverlap: None,
            nfft: None,
            detrend: Detrend::None,
            return_onesided: true,
            boundary: Boundary::Zeros,
            padded: true,
            axis: -1,
        }
    }
}
/// How [`istft`] works. Lengths must be those of [`stft`].
#[derive(Clone)]
pub struct Istft {
    /// The sampling frequency.
    pub fs: f64,
    /// What the segments were weighed by.
    pub window: Window,
    /// The samples of a segment: as many as make so many frequencies, an even number if they are one-sided, by default.
    pub nperseg: Option<usize>,
    /// By how many samples segments overlap: half of them by default.
    pub noverlap: Option<usize>,
    /// The length of the transforms: that which makes so many frequencies by default.
    pub nfft: Option<usize>,
    /// Whether the spectra have only the frequencies that are not negative.
    pub input_onesided: bool,
    /// Whether half a segment before and behind the signal is no part of it.
    pub boundary: bool,
    /// The axis of time.
    pub time_axis: isize,
    /// The axis of the frequencies.
    pub freq_axis: isize,
}
impl Default for Istft {
    fn default() -> Self {
        Istft {
            fs: 1.0,
            window: Window::Hann,
            nperseg: None,
            noverlap: None,
            nfft: None,
            input_onesided: true,
            boundary: true,
            time_axis: -1,
            freq_axis: -2,
        }
    }
}
fn vector(dtype: DType, values: impl ExactSizeIterator<Item = f64>) -> Tracer {
    constant(Literal::from_floats(ShapedArray::new(&[values.len()], dtype), values))
}

/// The frequencies, the times of the middles of the segments, and the spectra of the segments: the short-time Fourier transform. As
/// `jax.scipy.signal.stft`.
///
/// The frequencies stand where the axis of time was, and the times are the last axis. Integers become floats, and 16-bit floats `f32`.
/// A wave `A sin` has the amplitude `A / 2`.
///
/// # Panics
/// Inside the trace, if lengths or the window do not fit the signal.
///
/// ```
/// use raxla::{prelude::*, signal::{Istft, Stft, istft, stft}};
/// let there_and_back = jit(|x: Tracer| {
///     let (_frequencies, _times, z) = stft(x, Stft { nperseg: Some(4), ..Stft::default() });
///     istft(z, Istft::default()).1
/// });
/// let x = [1.0f32, 2.0, 3.0, 2.0, 1.0, 0.0, 1.0, 2.0];
/// let y = there_and_back(Array::from(x.to_vec())).to_vec::<f32>()?;
/// assert!(x.iter().zip(&y).all(|(x, y)| (x - y).abs() < 1e-5));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn stft(x: impl Into<Arg>, how: Stft) -> (Tracer, Tracer, Tracer) {
    short_time(x.into(), how)
}
#[track_caller]
fn short_time(x: Arg, how: Stft) -> (Tracer, Tracer, Tracer) {
    let (x, axis) = signal("stft", x, how.axis);
    let (last, dtype) = (x.rank() - 1, x.dtype());
    let Stft { nperseg, noverlap, nfft, .. } = how;
    let onesided = how.return_onesided && !dtype.is_complex();
    let lengths = Lengths { nperseg, noverlap, nfft };
    let mut segments = Segments::new("stft", &how.window, lengths, x.shape()[last], dtype, onesided);
    segments.window = segments.window / segments.window.sum().abs();
    let Segments { nperseg, step, .. } = segments;
    let put = |x: Tracer, before: usize, after: usize, mode: Pad| {
        let mut widths = vec![(0, 0); x.rank()];
        widths[last] = (before, after);
        if before + after == 0 { x } else { numpy::pad(x, &widths[..], mode) }
    };
    let around = |mode: Pad| put(x, nperseg / 2, nperseg / 2, mode);
    let x = match how.boundary {
        Boundary::None => x,
        Boundary::Zeros => around(Pad::zeros()),
        Boundary::Constant => around(Pad::Edge),
        Boundary::Even => around(Pad::Reflect { odd: false }),
        Boundary::Odd => around(Pad::Reflect { odd: true }),
    };
    let rest = (x.shape()[last] - nperseg) % step;
    let x = if how.padded && rest > 0 { put(x, 0, step - rest, Pad::zeros()) } else { x };
    let spectra = segments.transforms(x, how.detrend).moveaxis(-1, axis as isize);
    let first = if how.boundary == Boundary::None { nperseg as f64 / 2.0 } else { 0.0 };
    let times = (0..segments.count(x.shape()[last])).map(|i| (first + (i * step) as f64) / how.fs);
    (segments.frequencies(how.fs, dtype), vector(dtype.real(), times), spectra)
}
/// The times, and the signal of which these are the spectra of segments: the inverse of [`stft`], by the least squares of Griffin and Lim
/// (1984). As `jax.scipy.signal.istft`.
///
/// Samples on which all windows are 0 are 0.
///
/// ```
/// # use raxla::{DType, numpy as np, show, signal};
/// let got = show(|| { let z = signal::stft(np::ones(&[8], DType::F32), signal::Stft { nperseg: Some(4), ..signal::Stft::default() }).2; signal::istft(z, signal::Istft { nperseg: Some(4), ..signal::Istft::default() }).1 });
/// assert_eq!(got, "[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]");
/// ```
///
/// # Panics
/// Inside the trace, if lengths or the window do not fit the spectra.
#[track_caller]
pub fn istft(zxx: impl Into<Arg>, how: Istft) -> (Tracer, Tracer) {
    inverse(zxx.into(), how)
}
#[track_caller]
fn inverse(z: Arg, how: Istft) -> (Tracer, Tracer) {
    const NAME: &str = "istft";
    let z = inexact(NAME, z);
    let axis = |axis: isize| or_fail(NAME, resolve_axis(axis, z.rank()));
    if z.rank() < 2 {
        fail(format!("{NAME}: takes an array with axes of frequencies and of time, got {}", z.aval()));
    }
    let (time, frequency) = (axis(how.time_axis), axis(how.freq_axis));
    if time == frequency {
        fail(format!("{NAME}: the axes of time and of frequencies must differ, got {time} for both"));
    }
    let n = z.shape()[frequency];
    let dtype = if z.dtype().real() == DType::F64 { DType::F64 } else { DType::F32 };
    let even = if how.input_onesided { 2 * n.saturating_sub(1) } else { n };
    let nperseg = match (&how.window, how.nperseg) {
        (_, Some(n)) => n,
        (Window::Array(w), None) => w.size(),
        _ => even,
    };
    if nperseg == 0 {
        fail(format!("{NAME}: segments must have samples; of {} they have none", z.aval()));
    }
    let odd = how.input_onesided && nperseg == even + 1;
    let nfft = how.nfft.unwrap_or(even + usize::from(odd));
    let lengths = Lengths { nperseg: how.nperseg, noverlap: how.noverlap, nfft: Some(nfft) };
    let segments = Segments::settled(NAME, &how.window, nperseg, lengths, dtype, how.input_onesided);
    let order: Vec<usize> = (0..z.rank()).filter(|a| ![time, frequency].contains(a)).chain([time, frequency]).collect();
    let z = z.transpose_axes(&order);
    let back: fn(Tracer, usize, isize, Norm) -> Tracer = if how.input_onesided { irfft } else { ifft };
    let cut = back(z, nfft, -1, Norm::Backward).slice_axis(-1, 0, nperseg);
    let (w, count) = (segments.window, z.shape()[z.rank() - 2]);
    let weighed = cut * (w * w.sum()).astype(cut.dtype()).broadcast_to(&cut.shape());
    let squares = segments.overlap_add((w * w).broadcast_to(&[count, nperseg]));
    let some = squares.greater(1e-10);
    let divisor = some.select(squares, squares.full_like(1.0));
    let whole = segments.overlap_add(weighed);
    let whole = whole / divisor.astype(whole.dtype()).broadcast_to(&whole.shape());
    let half = if how.boundary { nperseg / 2 } else { 0 };
    let size = divisor.size() - half;
    let signal = whole.slice_axis(-1, half, size).moveaxis(-1, time as isize - isize::from(frequency < time));
    (vector(dtype, (0..size - half).map(|i| i as f64 / how.fs)), signal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'f>(nperseg: usize) -> Stft<'f> {
        Stft { nperseg: Some(nperseg), ..Stft::default() }
    }

    // JAX's window in this precision is as far from the true one.
    crate::oracle::rows! { signal_short_time:
        "jsp.signal.stft(a, nperseg=6)", "f32(21)", within(10.0) => fn(a) stft(a, of(6));
        "jsp.signal.stft(a)", "f32(12)", within(10.0) => fn(a) stft(a, Stft::default());
        "jsp.signal.stft(a, fs=4.0, nperseg=7, noverlap=5, nfft=8, boundary='even', axis=0)", "f64(15, 2)", x64 => fn(a) {
            stft(a, Stft { fs: 4.0, noverlap: Some(5), nfft: Some(8), boundary: Boundary::Even, axis: 0, ..of(7) })
        };
        "jsp.signal.stft(a, nperseg=5, boundary='odd', padded=False)", "f64(2, 13)", x64 => fn(a) stft(a, Stft { boundary: Boundary::Odd, padded: false, ..of(5) });
        "jsp.signal.stft(a, nperseg=5, boundary='constant', return_onesided=False)", "f64(13)", x64 => fn(a) {
            stft(a, Stft { boundary: Boundary::Constant, return_onesided: false, ..of(5) })
        };
        "jsp.signal.stft(a, nperseg=6, boundary=None, detrend='linear', window='blackman')", "f64(13)", x64 => fn(a) {
            stft(a, Stft { boundary: Boundary::None, detrend: Detrend::Linear, window: Window::Blackman, ..of(6) })
        };
        "jsp.signal.stft(a, nperseg=4, noverlap=0, window=b)", "f64(13), f64(4)", x64 => fn(a, b) stft(a, Stft { noverlap: Some(0), window: b.into(), ..of(4) });
        "jsp.signal.stft(a, nperseg=4)", "c64(9)", within(10.0) => fn(a) stft(a, of(4));
        "jsp.signal.istft(a)[1]", "c64(4, 5)", within(10.0) => fn(a) istft(a, Istft::default()).1;
        "jsp.signal.istft(a, fs=2.0)", "c128(4, 5)", x64 => fn(a) istft(a, Istft { fs: 2.0, ..Istft::default() });
        "jsp.signal.istft(a, noverlap=4, boundary=False, window='hamming')[1]", "c128(2, 4, 5)", x64 => fn(a) {
            istft(a, Istft { noverlap: Some(4), boundary: false, window: Window::Hamming, ..Istft::default() }).1
        };
        "jsp.signal.istft(a, input_onesided=False, time_axis=0, freq_axis=2)[1]", "c128(5, 2, 6)", x64 => fn(a) {
            istft(a, Istft { input_onesided: false, time_axis: 0, freq_axis: 2, ..Istft::default() }).1
        };
        "jsp.signal.istft(a, time_axis=1, freq_axis=0)[1]", "f64(4, 6, 2)", x64 => fn(a) istft(a, Istft { time_axis: 1, freq_axis: 0, ..Istft::default() }).1;
        "jsp.signal.istft(a, window=b)[1]", "c128(4, 5), f64(6, low=1)", x64 => fn(a, b) istft(a, Istft { window: b.into(), ..Istft::default() }).1;
        // Of an odd number of samples, and without overlap, SciPy is right.
        "jnp.asarray(scipy.signal.istft(a, nperseg=7)[1])", "c128(4, 5)", x64 => fn(a) istft(a, Istft { nperseg: Some(7), ..Istft::default() }).1;
        "jnp.asarray(scipy.signal.istft(a, noverlap=0, window='boxcar')[1])", "c128(4, 5)", x64 => fn(a) {
            istft(a, Istft { noverlap: Some(0), window: Window::Boxcar, ..Istft::default() }).1
        };
    }
}
