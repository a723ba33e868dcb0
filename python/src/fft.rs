//! `raxla.numpy.fft` and `raxla.scipy.fft`: transforms of Fourier and of cosines.

use crate::{
    array::ArrayLike,
    device::Device,
    dtype::Dtype,
    table::{Axes, Out, Sizes, functions},
    tree::type_error,
};
use pyo3::{Borrowed, exceptions::PyValueError, prelude::*};
use raxla::fft::{self as transform, Norm};

/// `norm`: which of a transform and its inverse is divided by the length.
pub struct Scaled(Norm);
impl<'a, 'py> FromPyObject<'a, 'py> for Scaled {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Scaled> {
        let name: String =
            object.extract().map_err(|_| type_error(format!("norm must be a string or None, got {}", &*object)))?;
        Ok(Scaled(match name.as_str() {
            "backward" => Norm::Backward,
            "ortho" => Norm::Ortho,
            "forward" => Norm::Forward,
            other => {
                return Err(PyValueError::new_err(format!(
                    "norm must be \"backward\", \"ortho\" or \"forward\", got {other}"
                )));
            }
        }))
    }
}
fn norm(norm: Option<Scaled>) -> Norm {
    norm.map_or(Norm::Backward, |n| n.0)
}
fn sizes(s: Option<Sizes>) -> PyResult<Option<Vec<usize>>> {
    s.map(|s| s.shape()).transpose()
}
/// A length that must not be 0.
fn length(n: Option<isize>) -> PyResult<Option<usize>> {
    match n {
        Some(n) if n < 1 => {
            Err(PyValueError::new_err(format!("the length of a transform must be at least 1, got {n}")))
        }
        other => Ok(other.map(|n| n as usize)),
    }
}
fn pair(axes: Axes) -> PyResult<Option<[isize; 2]>> {
    match axes.0.as_deref() {
        None => Ok(None),
        Some([a, b]) => Ok(Some([*a, *b])),
        Some(other) => Err(PyValueError::new_err(format!("takes two axes, got {other:?}"))),
    }
}
macro_rules! transforms { ($($(#[$doc:meta])* $one:ident $many:ident $two:ident;)*) => { functions! { register_transforms; $(
    $(#[$doc])*
    fn $one(a: ArrayLike, n: Option<isize>, axis: isize, norm: Option<Scaled>) [a, n = None, axis = -1, norm = None] |py| {
        transform::$one(a.arg(py), length(n)?, axis, self::norm(norm))
    };
    $(#[$doc])*
    fn $many(a: ArrayLike, s: Option<Sizes>, axes: Axes, norm: Option<Scaled>) [a, s = None, axes = Axes(None), norm = None] |py| {
        transform::$many(a.arg(py), sizes(s)?.as_deref(), axes.0.as_deref(), self::norm(norm))
    };
    $(#[$doc])*
    fn $two(a: ArrayLike, s: Option<Sizes>, axes: Axes, norm: Option<Scaled>) [a, s = None, axes = Axes(Some(vec![-2, -1])), norm = None] |py| {
        transform::$two(a.arg(py), sizes(s)?.as_deref(), pair(axes)?, self::norm(norm))
    };
)* } } }
transforms! {
    /// Fourier's transform.
    fft fftn fft2;
    /// The inverse of Fourier's transform.
    ifft ifftn ifft2;
    /// Fourier's transform of real numbers, of which half is enough.
    rfft rfftn rfft2;
    /// The inverse of the transform of real numbers.
    irfft irfftn irfft2;
}
functions! { register_functions;
    /// The transform of what has a real spectrum.
    fn hfft(a: ArrayLike, n: Option<isize>, axis: isize, norm: Option<Scaled>) [a, n = None, axis = -1, norm = None] |py| transform::hfft(a.arg(py), length(n)?, axis, self::norm(norm));
    /// The inverse of `hfft`.
    fn ihfft(a: ArrayLike, n: Option<isize>, axis: isize, norm: Option<Scaled>) [a, n = None, axis = -1, norm = None] |py| transform::ihfft(a.arg(py), length(n)?, axis, self::norm(norm));
    /// The frequencies of a transform.
    fn fftfreq(n: usize, d: f64, dtype: Option<Dtype>, device: Option<Device>) [n, d = 1.0, *, dtype = None, device = None] |py| {
        let _ = py;
        Out::On(device, transform::fftfreq(n, d, crate::table::dtype(dtype)))
    };
    /// The frequencies of a transform of real numbers.
    fn rfftfreq(n: usize, d: f64, dtype: Option<Dtype>, device: Option<Device>) [n, d = 1.0, *, dtype = None, device = None] |py| {
        let _ = py;
        Out::On(device, transform::rfftfreq(n, d, crate::table::dtype(dtype)))
    };
    /// The frequency 0 brought to the middle.
    fn fftshift(x: ArrayLike, axes: Axes) [x, axes = Axes(None)] |py| transform::fftshift(x.arg(py), axes.0.as_deref());
    /// The inverse of `fftshift`.
    fn ifftshift(x: ArrayLike, axes: Axes) [x, axes = Axes(None)] |py| transform::ifftshift(x.arg(py), axes.0.as_deref());
}
fn second(kind: usize) -> PyResult<()> {
    match kind {
        2 => Ok(()),
        _ => Err(pyo3::exceptions::PyNotImplementedError::new_err("Only DCT type 2 is implemented.")),
    }
}
functions! { register_scipy;
    /// The transform of cosines.
    fn dct(x: ArrayLike, r#type: usize, n: Option<isize>, axis: isize, norm: Option<Scaled>) [x, r#type = 2, n = None, axis = -1, norm = None] |py| {
        second(r#type)?;
        transform::dct(x.arg(py), length(n)?, axis, self::norm(norm))
    };
    /// The inverse of `dct`.
    fn idct(x: ArrayLike, r#type: usize, n: Option<isize>, axis: isize, norm: Option<Scaled>) [x, r#type = 2, n = None, axis = -1, norm = None] |py| {
        second(r#type)?;
        transform::idct(x.arg(py), length(n)?, axis, self::norm(norm))
    };
    /// The transform of cosines over several axes.
    fn dctn(x: ArrayLike, r#type: usize, s: Option<Sizes>, axes: Axes, norm: Option<Scaled>) [x, r#type = 2, s = None, axes = Axes(None), norm = None] |py| {
        second(r#type)?;
        transform::dctn(x.arg(py), sizes(s)?.as_deref(), axes.0.as_deref(), self::norm(norm))
    };
    /// The inverse of `dctn`.
    fn idctn(x: ArrayLike, r#type: usize, s: Option<Sizes>, axes: Axes, norm: Option<Scaled>) [x, r#type = 2, s = None, axes = Axes(None), norm = None] |py| {
        second(r#type)?;
        transform::idctn(x.arg(py), sizes(s)?.as_deref(), axes.0.as_deref(), self::norm(norm))
    };
}
/// Adds the transforms of Fourier to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    register_transforms(module)?;
    register_functions(module)
}
