//! How strong the frequencies of signals are: [`welch`], [`csd`], [`periodogram`].

use super::{
    Detrend, Window,
    segments::{Lengths, Segments, signal},
};
use crate::numpy::{Arg, median, promotion::promote_dtypes_inexact};
use raxla_ir::{
    Literal, ShapedArray, Tracer,
    trace::{constant, fail},
};

/// What a spectrum is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scaling {
    /// The power in each unit of frequency: V²/Hz for a signal in V.
    #[default]
    Density,
    /// The power at each frequency: V².
    Spectrum,
}
/// How the spectra of segments become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Average {
    /// The mean.
    #[default]
    Mean,
    /// The median, corrected for what it differs from the mean in noise.
    Median,
}
/// How [`welch`] and [`csd`] work.
#[derive(Clone)]
pub struct Welch<'f> {
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
    /// Whether the spectrum of real signals has only the frequencies that are not negative, each with the power of both.
    pub return_onesided: bool,
    /// What the spectrum is of.
    pub scaling: Scaling,
    /// The axis of time.
    pub axis: isize,
    /// How the spectra of segments become one.
    pub average: Average,
}
impl Default for Welch<'_> {
    fn default() -> Self {
        Welch {
            fs: 1.0,
            window: Window::Hann,
            nperseg: None,
            noverlap: None,
            nfft: None,
            detrend: Detrend::Constant,
            return_onesided: true,
            scaling: Scaling::Density,
            axis: -1,
            average: Average::Mean,
        }
    }
}
/// How [`periodogram`] works.
#[derive(Clone)]
pub struct Periodogram<'f> {
    /// The sampling frequency.
    pub fs: f64,
    /// What the signal is weighed by.
    pub window: Window,
    /// The length of the transform, to which the signal is cut, or filled up with zeros: its own by default.
    pub nfft: Option<usize>,
    /// What is taken from the signal.
    pub detrend: Detrend<'f>,
    /// Whether the spectrum of real signals has only the frequencies that are not negative, each with the power of both.
    pub return_onesided: bool,
    /// What the spectrum is of.
    pub scaling: Scaling,
    /// The axis of time.
    pub axis: isize,
}
impl Default for Periodogram<'_> {
    fn default() -> Self {
        Periodogram {
            fs: 1.0,
            window: Window::Boxcar,
            nfft: None,
            detrend: Detrend::Constant,
            return_onesided: true,
            scaling: Scaling::Density,
            axis: -1,
        }
    }
}

/// The frequencies, and the power of a signal at each: the mean of the spectra of overlapping segments (Welch 1967). As
/// `jax.scipy.signal.welch`, with SciPy's default of 256 samples in a segment.
///
/// The frequencies stand where the axis of time was. Integers become floats, and 16-bit floats `f32`.
///
/// ```
/// # use raxla::{constant, show, signal, signal::Window};
/// let got = show(|| signal::welch(constant(vec![1.0f32, -1.0, 1.0, -1.0]), signal::Welch { window: Window::Boxcar, nperseg: Some(4), ..signal::Welch::default() }));
/// assert_eq!(got, "[0.0, 0.25, 0.5], [0.0, 0.0, 4.0]");
/// ```
///
/// # Panics
/// Inside the trace, if lengths or the window do not fit the signal.
#[track_caller]
pub fn welch(x: impl Into<Arg>, how: Welch) -> (Tracer, Tracer) {
    averaged("welch", x.into(), None, how)
}
/// The frequencies, and the cross spectrum of two signals at each: the mean of the products of the second one's transforms with the
/// conjugates of the first one's, complex. As `jax.scipy.signal.csd`; see [`welch`].
///
/// The shorter signal is filled up with zeros; the other axes broadcast together.
///
/// ```
/// # use raxla::{constant, show, signal, signal::Window};
/// let got = show(|| signal::csd(constant(vec![1.0f32, -1.0, 1.0, -1.0]), constant(vec![2.0f32, -2.0, 2.0, -2.0]), signal::Welch { window: Window::Boxcar, nperseg: Some(4), ..signal::Welch::default() }));
/// assert_eq!(got, "[0.0, 0.25, 0.5], [0.0+0.0i, 0.0+0.0i, 8.0+0.0i]");
/// ```
///
/// # Panics
/// Inside the trace, if the signals have not as many axes, or lengths or the window do not fit them.
#[track_caller]
pub fn csd(x: impl Into<Arg>, y: impl Into<Arg>, how: Welch) -> (Tracer, Tracer) {
    averaged("csd", x.into(), Some(y.into()), how)
}
/// The frequencies, and the power of a signal at each, of one transform of it all. As `scipy.signal.periodogram`; see [`welch`].
///
/// ```
/// # use raxla::{constant, show, signal};
/// let got = show(|| signal::periodogram(constant(vec![1.0f32, -1.0, 1.0, -1.0]), signal::Periodogram::default()));
/// assert_eq!(got, "[0.0, 0.25, 0.5], [0.0, 0.0, 4.0]");
/// ```
///
/// # Panics
/// Inside the trace, if the window does not fit the signal.
#[track_caller]
pub fn periodogram(x: impl Into<Arg>, how: Periodogram) -> (Tracer, Tracer) {
    const NAME: &str = "periodogram";
    let (x, axis) = signal(NAME, x.into(), how.axis);
    let size = x.shape()[x.rank() - 1];
    let nperseg = how.nfft.map_or(size, |n| n.min(size));
    let x = x.slice_axis(-1, 0, nperseg).moveaxis(-1, axis as isize);
    let Periodogram { fs, window, nfft, detrend, return_onesided, scaling, axis } = how;
    let (nperseg, noverlap) = (Some(nperseg), Some(0));
    let average = Average::Mean;
    averaged(
        NAME,
        x.into(),
        None,
        Welch { fs, window, nperseg, noverlap, nfft, detrend, return_onesided, scaling, axis, average },
    )
}
#[track_caller]
fn averaged(name: &'static str, x: Arg, y: Option<Arg>, how: Welch) -> (Tracer, Tracer) {
    let (x, y) = match y {
        None => (x, None),
        Some(y) => {
            let [x, y] = promote_dtypes_inexact(name, [x, y]);
            if x.rank() != y.rank() {
                fail(format!("{name}: signals must have as many axes, got {} and {}", x.aval(), y.aval()));
            }
            (x.into(), Some(y))
        }
    };
    let (x, axis) = signal(name, x, how.axis);
    let y = y.map(|y| signal(name, y.into(), how.axis).0);
    let samples = |x: Tracer| x.shape()[x.rank() - 1];
    let onesided = how.return_onesided && !x.dtype().is_complex();
    let Welch { nperseg, noverlap, nfft, .. } = how;
    let lengths = Lengths { nperseg, noverlap, nfft };
    let segments = Segments::new(name, &how.window, lengths, samples(x), x.dtype(), onesided);
    let size = y.map_or(0, samples).max(samples(x));
    let transforms = |x: Tracer| {
        let (mut high, zeros) = (vec![0; x.rank()], vec![0; x.rank()]);
        high[x.rank() - 1] = (size - samples(x)) as isize;
        let x = if size == samples(x) { x } else { x.pad(0, &zeros, &high, &vec![0; x.rank()]) };
        segments.transforms(x, how.detrend)
    };
    let spectra = match y {
        None => {
            let x = transforms(x);
            x.real().square() + x.imag().square()
        }
        Some(y) => transforms(x).conj() * transforms(y),
    };
    let middle = |x: Tracer| median(x, -2);
    let spectrum = match how.average {
        Average::Mean => spectra.mean_axes(-2),
        Average::Median if spectra.dtype().is_complex() => middle(spectra.real()).complex(middle(spectra.imag())),
        Average::Median => middle(spectra),
    };
    let w = segments.window;
    let power = match how.scaling {
        Scaling::Density => (w * w).sum() * how.fs,
        Scaling::Spectrum => w.sum().square(),
    };
    // Each frequency but 0, and the highest of an even length, stands for its negative too.
    let last = segments.nfft / 2;
    let both = |k: usize| onesided && k > 0 && (k < last || segments.nfft % 2 == 1);
    let bias = if how.average == Average::Median { median_bias(segments.count(size)) } else { 1.0 };
    let count = if onesided { last + 1 } else { segments.nfft };
    let factors = (0..count).map(|k| if both(k) { 2.0 / bias } else { 1.0 / bias });
    let factors = constant(Literal::from_floats(ShapedArray::new(&[count], w.dtype()), factors)) / power;
    let out = spectrum * factors.astype(spectrum.dtype());
    (segments.frequencies(how.fs, x.dtype()), out.moveaxis(-1, axis as isize))
}
/// The median of `n` numbers that are exponentially distributed, as the power of noise is, by their mean (Allen and others 2012, appendix B).
fn median_bias(n: usize) -> f64 {
    (2..n).step_by(2).map(|k| 1.0 / (k as f64 + 1.0) - 1.0 / k as f64).sum::<f64>() + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'f>(nperseg: usize) -> Welch<'f> {
        Welch { nperseg: Some(nperseg), ..Welch::default() }
    }

    // What JAX's window and detrending in this precision lose, the transforms multiply.
    crate::oracle::rows! { signal_spectra:
        "jsp.signal.welch(a)", "f32(30)", within(10.0) => fn(a) welch(a, Welch::default());
        "jsp.signal.welch(a, fs=10.0, nperseg=8)", "f32(30)", within(10.0) => fn(a) welch(a, Welch { fs: 10.0, ..of(8) });
        "jsp.signal.welch(a, nperseg=7, noverlap=5, nfft=9, detrend=False, scaling='spectrum')", "f32(2, 24)", within(10.0) => fn(a) {
            welch(a, Welch { noverlap: Some(5), nfft: Some(9), detrend: Detrend::None, scaling: Scaling::Spectrum, ..of(7) })
        };
        "jsp.signal.welch(a, nperseg=8, noverlap=0, detrend='linear', axis=0)", "f64(19, 2)", x64 => fn(a) {
            welch(a, Welch { noverlap: Some(0), detrend: Detrend::Linear, axis: 0, ..of(8) })
        };
        "jsp.signal.welch(a, nperseg=4, average='median', return_onesided=False)", "f64(24)", x64 => fn(a) {
            welch(a, Welch { average: Average::Median, return_onesided: false, ..of(4) })
        };
        "jsp.signal.welch(a, nperseg=6, detrend=lambda x: x * 2)", "f64(24)", x64 => fn(a) welch(a, Welch { detrend: Detrend::Function(&|x| x * 2.0), ..of(6) });
        "jsp.signal.welch(a, window=b)", "f64(24), f64(6)", x64 => fn(a, b) welch(a, Welch { window: b.into(), ..Welch::default() });
        "jsp.signal.welch(a, window=('kaiser', 3.0), nperseg=6)", "f32(24)", within(10.0) => fn(a) welch(a, Welch { window: Window::Kaiser { beta: 3.0 }, ..of(6) });
        "jsp.signal.welch(a, nperseg=6)", "c64(24)", within(10.0) => fn(a) welch(a, of(6));
        "jsp.signal.welch(a, nperseg=6)", "i32(24)", within(10.0) => fn(a) welch(a, of(6));
        "tuple(jnp.asarray(x) for x in scipy.signal.welch(a))", "f64(600)", x64 => fn(a) welch(a, Welch::default());
        "jsp.signal.csd(a, b, nperseg=6)", "f32(24), f32(24)", within(10.0) => fn(a, b) csd(a, b, of(6));
        "jsp.signal.csd(a, b, nperseg=6, average='median')", "f64(2, 24), f64(1, 19)", x64 => fn(a, b) csd(a, b, Welch { average: Average::Median, ..of(6) });
        "jsp.signal.csd(a, b, nperseg=5, axis=0)", "f64(12, 2), c128(15, 2)", x64 => fn(a, b) csd(a, b, Welch { axis: 0, ..of(5) });
        "tuple(jnp.asarray(x) for x in scipy.signal.periodogram(a, 2.0))", "f64(11)", x64 => fn(a) periodogram(a, Periodogram { fs: 2.0, ..Periodogram::default() });
        "tuple(jnp.asarray(x) for x in scipy.signal.periodogram(a, nfft=8, window='hann', scaling='spectrum', axis=0))", "f64(11, 2)", x64 => fn(a) {
            periodogram(a, Periodogram { nfft: Some(8), window: Window::Hann, scaling: Scaling::Spectrum, axis: 0, ..Periodogram::default() })
        };
        "tuple(jnp.asarray(x) for x in scipy.signal.periodogram(a, nfft=16))", "f64(11)", x64 => fn(a) periodogram(a, Periodogram { nfft: Some(16), ..Periodogram::default() });
    }
}
