//! Signals, as `jax.scipy.signal` has them: [`convolve`], [`correlate`], [`fftconvolve`].
//!
//! ```
//! use raxla::{prelude::*, signal::{self, Mode}};
//! let smooth = jit(|x: Tracer| signal::convolve(x, constant(vec![0.5f32, 0.5]), Mode::Valid));
//! assert_eq!(smooth(Array::from(vec![1.0f32, 3.0, 5.0])).to_vec::<f32>()?, [2.0, 4.0]);
//! # Ok::<(), raxla::Error>(())
//! ```

mod convolution;

pub use convolution::{Mode, convolve, convolve2d, correlate, correlate2d, fftconvolve};
