//! Signals, as `jax.scipy.signal` has them: [`convolve`], [`correlate`], [`fftconvolve`]; [`detrend`]; spectra by [`welch`], [`csd`] and
//! [`periodogram`], and in time by [`stft`] and [`istft`]; [`get_window`].
//!
//! ```
//! use raxla::{prelude::*, signal::{self, ConvolveMode}};
//! let smooth = jit(|x: Tracer| signal::convolve(x, constant(vec![0.5f32, 0.5]), ConvolveMode::Valid));
//! assert_eq!(smooth(Array::from(vec![1.0f32, 3.0, 5.0])).to_vec::<f32>()?, [2.0, 4.0]);
//! # Ok::<(), raxla::Error>(())
//! ```

mod convolution;
mod detrend;
mod segments;
mod short_time;
mod spectra;
mod windows;

pub use crate::numpy::ConvolveMode;
pub use convolution::{Convolve, ConvolveMethod, convolve, convolve2d, correlate, correlate2d, fftconvolve};
pub use detrend::{Detrend, detrend};
pub use short_time::{Boundary, Istft, Stft, istft, stft};
pub use spectra::{Average, Periodogram, Scaling, Welch, csd, periodogram, welch};
pub use windows::{Window, get_window};
