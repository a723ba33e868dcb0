//! `raxla.scipy.signal`: convolutions and spectra.

use crate::{
    array::ArrayLike,
    numpy::products::Accuracy,
    table::{Axes, functions},
    tree::type_error,
};
use pyo3::{
    Borrowed,
    exceptions::{PyNotImplementedError, PyValueError},
    prelude::*,
    types::PyTuple,
};
use raxla::{
    Precision, Tracer,
    numpy::ConvolveMode,
    signal::{self, Average, Boundary, Convolve, ConvolveMethod, Detrend, Istft, Scaling, Stft, Welch, Window},
};

/// `mode`: which part of a convolution.
pub fn mode(name: &str) -> PyResult<ConvolveMode> {
    match name {
        "full" => Ok(ConvolveMode::Full),
        "same" => Ok(ConvolveMode::Same),
        "valid" => Ok(ConvolveMode::Valid),
        other => Err(PyValueError::new_err(format!("mode must be one of ['full', 'same', 'valid'], got {other}"))),
    }
}
fn how(mode: &str, method: &str, precision: Option<Accuracy>) -> PyResult<Convolve> {
    let method = match method {
        "auto" | "direct" => ConvolveMethod::Direct,
        "fft" => ConvolveMethod::Fft,
        other => {
            return Err(PyValueError::new_err(format!("Got method={other}; expected 'auto', 'direct', or 'fft'.")));
        }
    };
    Ok(Convolve { mode: self::mode(mode)?, method, precision: precision.map_or(Precision::Default, |p| p.0) })
}
fn only_zeros(boundary: &str, fillvalue: f64) -> PyResult<()> {
    if boundary == "fill" && fillvalue == 0.0 {
        return Ok(());
    }
    Err(PyNotImplementedError::new_err("convolve2d() only supports boundary='fill', fillvalue=0"))
}
/// `window`: a name, a name and numbers, a number (of Kaiser's), or the weights.
pub enum Weights {
    Named(Window),
    Array(ArrayLike),
}
impl Weights {
    fn window(&self, py: Python) -> Window {
        match self {
            Weights::Named(window) => window.clone(),
            Weights::Array(array) => Window::Array(array.tracer(py)),
        }
    }
}
impl<'a, 'py> FromPyObject<'a, 'py> for Weights {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Weights> {
        if let Ok(name) = object.extract::<String>() {
            return named(&name, &[]).map(Weights::Named);
        }
        if let Ok(tuple) = object.cast::<PyTuple>() {
            let name: String = tuple.get_item(0)?.extract()?;
            let numbers: Vec<f64> = match tuple.get_item(1).map(|second| second.extract()) {
                Ok(Ok(list)) => list,
                _ => tuple.try_iter()?.skip(1).map(|n| n?.extract()).collect::<PyResult<_>>()?,
            };
            return named(&name, &numbers).map(Weights::Named);
        }
        if object.is_instance_of::<pyo3::types::PyFloat>() {
            return Ok(Weights::Named(Window::Kaiser { beta: object.extract()? }));
        }
        object.extract().map(Weights::Array)
    }
}
fn named(name: &str, numbers: &[f64]) -> PyResult<Window> {
    Ok(match (name, numbers) {
        ("boxcar" | "box" | "ones" | "rect" | "rectangular", []) => Window::Boxcar,
        ("triang" | "tri" | "triangle", []) => Window::Triang,
        ("bartlett" | "bart" | "brt", []) => Window::Bartlett,
        ("barthann" | "brthan" | "bth", []) => Window::Barthann,
        ("parzen" | "parz" | "par", []) => Window::Parzen,
        ("bohman" | "bman" | "bmn", []) => Window::Bohman,
        ("cosine" | "halfcosine", []) => Window::Cosine,
        ("hann" | "han", []) => Window::Hann,
        ("hamming" | "hamm" | "ham", []) => Window::Hamming,
        ("general_hamming", [alpha]) => Window::GeneralHamming { alpha: *alpha },
        ("blackman" | "black" | "blk", []) => Window::Blackman,
        ("blackmanharris" | "blackharr" | "bkh", []) => Window::BlackmanHarris,
        ("nuttall" | "nutl" | "nut", []) => Window::Nuttall,
        ("flattop" | "flat" | "flt", []) => Window::Flattop,
        ("general_cosine" | "general cosine", numbers) => Window::GeneralCosine(numbers.to_vec()),
        ("tukey" | "tuk", [alpha]) => Window::Tukey { alpha: *alpha },
        ("tukey" | "tuk", []) => Window::Tukey { alpha: 0.5 },
        ("kaiser" | "ksr", [beta]) => Window::Kaiser { beta: *beta },
        ("gaussian" | "gauss" | "gss", [std]) => Window::Gaussian { std: *std },
        ("general_gaussian" | "general gaussian" | "general gauss" | "general_gauss" | "ggs", [p, sig]) => {
            Window::GeneralGaussian { p: *p, sig: *sig }
        }
        ("exponential" | "poisson", [tau]) => Window::Exponential { tau: *tau },
        ("exponential" | "poisson", []) => Window::Exponential { tau: 1.0 },
        ("lanczos" | "sinc", []) => Window::Lanczos,
        _ => {
            return Err(PyValueError::new_err(format!("Unknown window type {name} with {} parameters", numbers.len())));
        }
    })
}
/// `detrend`: what is taken from each segment.
pub enum Trend {
    None,
    Constant,
    Linear,
    Function(Py<PyAny>),
}
impl<'a, 'py> FromPyObject<'a, 'py> for Trend {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Trend> {
        if object.is_none() || object.extract::<bool>().is_ok_and(|on| !on) {
            return Ok(Trend::None);
        }
        if object.is_callable() {
            return Ok(Trend::Function(object.to_owned().unbind()));
        }
        match object.extract::<String>().unwrap_or_default().as_str() {
            "constant" => Ok(Trend::Constant),
            "linear" => Ok(Trend::Linear),
            _ => Err(PyValueError::new_err(format!("Trend type must be 'linear' or 'constant', got {}", &*object))),
        }
    }
}
impl Trend {
    /// Runs `f` with what it stands for.
    fn with<R>(&self, py: Python, f: impl FnOnce(Detrend) -> R) -> R {
        match self {
            Trend::None => f(Detrend::None),
            Trend::Constant => f(Detrend::Constant),
            Trend::Linear => f(Detrend::Linear),
            Trend::Function(function) => {
                let single = |t: Tracer| crate::tree::Tree { leaves: vec![t], structure: crate::tree::TreeDef::leaf() };
                let call = |x: Tracer| match &crate::control::call(function.bind(py), "detrend", &[&single(x)]).leaves[..]
                {
                    [one] => *one,
                    _ => raxla::ir::trace::fail("detrend: the function must give one array"),
                };
                f(Detrend::Function(&call))
            }
        }
    }
}
fn scaling(name: &str) -> PyResult<Scaling> {
    match name {
        "density" => Ok(Scaling::Density),
        "spectrum" => Ok(Scaling::Spectrum),
        other => Err(PyValueError::new_err(format!("Unknown scaling: {other}"))),
    }
}
fn average(name: &str) -> PyResult<Average> {
    match name {
        "mean" => Ok(Average::Mean),
        "median" => Ok(Average::Median),
        other => Err(PyValueError::new_err(format!("average must be \"median\" or \"mean\", got {other}"))),
    }
}
/// `boundary`: what stands around a signal.
pub struct Edge(Boundary);
impl<'a, 'py> FromPyObject<'a, 'py> for Edge {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Edge> {
        if object.is_none() {
            return Ok(Edge(Boundary::None));
        }
        Ok(Edge(match object.extract::<String>().unwrap_or_default().as_str() {
            "zeros" => Boundary::Zeros,
            "constant" => Boundary::Constant,
            "even" => Boundary::Even,
            "odd" => Boundary::Odd,
            _ => return Err(PyValueError::new_err(format!("Unknown boundary option '{}'", &*object))),
        }))
    }
}
fn hann() -> Weights {
    Weights::Named(Window::Hann)
}
functions! { register;
    /// The convolution of arrays.
    fn convolve(in1: ArrayLike, in2: ArrayLike, mode: &str, method: &str, precision: Option<Accuracy>) [in1, in2, mode = "full", method = "auto", precision = None] |py| {
        signal::convolve(in1.arg(py), in2.arg(py), how(mode, method, precision)?)
    };
    /// The convolution of matrices.
    fn convolve2d(in1: ArrayLike, in2: ArrayLike, mode: &str, boundary: &str, fillvalue: f64, precision: Option<Accuracy>) [in1, in2, mode = "full", boundary = "fill", fillvalue = 0.0, precision = None] |py| {
        only_zeros(boundary, fillvalue)?;
        signal::convolve2d(in1.arg(py), in2.arg(py), how(mode, "auto", precision)?)
    };
    /// The correlation of arrays.
    fn correlate(in1: ArrayLike, in2: ArrayLike, mode: &str, method: &str, precision: Option<Accuracy>) [in1, in2, mode = "full", method = "auto", precision = None] |py| {
        signal::correlate(in1.arg(py), in2.arg(py), how(mode, method, precision)?)
    };
    /// The correlation of matrices.
    fn correlate2d(in1: ArrayLike, in2: ArrayLike, mode: &str, boundary: &str, fillvalue: f64, precision: Option<Accuracy>) [in1, in2, mode = "full", boundary = "fill", fillvalue = 0.0, precision = None] |py| {
        only_zeros(boundary, fillvalue)?;
        signal::correlate2d(in1.arg(py), in2.arg(py), how(mode, "auto", precision)?)
    };
    /// The convolution by Fourier's transforms.
    fn fftconvolve(in1: ArrayLike, in2: ArrayLike, mode: &str, axes: Axes) [in1, in2, mode = "full", axes = Axes(None)] |py| {
        signal::fftconvolve(in1.arg(py), in2.arg(py), self::mode(mode)?, axes.0.as_deref())
    };
    /// A signal without its mean, or without the nearest line, between breaks.
    fn detrend(data: ArrayLike, axis: isize, r#type: Trend, bp: Axes, overwrite_data: Option<bool>) [data, axis = -1, r#type = Trend::Linear, bp = Axes(Some(vec![0])), overwrite_data = None] |py| {
        let _ = overwrite_data;
        let breaks: Vec<usize> = bp.0.unwrap_or_default().into_iter().map(|b| b as usize).collect();
        match r#type {
            Trend::None | Trend::Function(_) => return Err(type_error("detrend: type must be 'linear' or 'constant'")),
            // Breakpoints are those of lines.
            Trend::Constant => signal::detrend(data.arg(py), axis, raxla::signal::Detrend::Constant, &[]),
            other => other.with(py, |trend| signal::detrend(data.arg(py), axis, trend, &breaks)),
        }
    };
    /// The cross spectrum of two signals, by Welch's method: frequencies and spectrum.
    fn csd(x: ArrayLike, y: ArrayLike, fs: f64, window: Weights, nperseg: Option<usize>, noverlap: Option<usize>, nfft: Option<usize>, detrend: Trend, return_onesided: bool, scaling: &str, axis: isize, average: &str) [x, y, fs = 1.0, window = hann(), nperseg = None, noverlap = None, nfft = None, detrend = Trend::Constant, return_onesided = true, scaling = "density", axis = -1, average = "mean"] |py| {
        let (scaling, average) = (self::scaling(scaling)?, self::average(average)?);
        detrend.with(py, |trend| {
            let how = Welch { fs, window: window.window(py), nperseg, noverlap, nfft, detrend: trend, return_onesided, scaling, axis, average };
            signal::csd(x.arg(py), y.arg(py), how)
        })
    };
    /// The spectrum of a signal, by Welch's method: frequencies and spectrum.
    fn welch(x: ArrayLike, fs: f64, window: Weights, nperseg: Option<usize>, noverlap: Option<usize>, nfft: Option<usize>, detrend: Trend, return_onesided: bool, scaling: &str, axis: isize, average: &str) [x, fs = 1.0, window = hann(), nperseg = None, noverlap = None, nfft = None, detrend = Trend::Constant, return_onesided = true, scaling = "density", axis = -1, average = "mean"] |py| {
        let (scaling, average) = (self::scaling(scaling)?, self::average(average)?);
        detrend.with(py, |trend| {
            let how = Welch { fs, window: window.window(py), nperseg, noverlap, nfft, detrend: trend, return_onesided, scaling, axis, average };
            signal::welch(x.arg(py), how)
        })
    };
    /// Spectra of short times: frequencies, times, transforms.
    fn stft(x: ArrayLike, fs: f64, window: Weights, nperseg: Option<usize>, noverlap: Option<usize>, nfft: Option<usize>, detrend: Trend, return_onesided: bool, boundary: Edge, padded: bool, axis: isize) [x, fs = 1.0, window = hann(), nperseg = Some(256), noverlap = None, nfft = None, detrend = Trend::None, return_onesided = true, boundary = Edge(Boundary::Zeros), padded = true, axis = -1] |py| {
        detrend.with(py, |trend| {
            let how = Stft { fs, window: window.window(py), nperseg, noverlap, nfft, detrend: trend, return_onesided, boundary: boundary.0, padded, axis };
            signal::stft(x.arg(py), how)
        })
    };
    /// The signal of spectra of short times: times and signal.
    fn istft(Zxx: ArrayLike, fs: f64, window: Weights, nperseg: Option<usize>, noverlap: Option<usize>, nfft: Option<usize>, input_onesided: bool, boundary: bool, time_axis: isize, freq_axis: isize) [Zxx, fs = 1.0, window = hann(), nperseg = None, noverlap = None, nfft = None, input_onesided = true, boundary = true, time_axis = -1, freq_axis = -2] |py| {
        let how = Istft { fs, window: window.window(py), nperseg, noverlap, nfft, input_onesided, boundary, time_axis, freq_axis };
        signal::istft(Zxx.arg(py), how)
    };
}
