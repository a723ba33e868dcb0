//! What neural networks are made of, as `jax.nn` has it: activations, the softmax family, attention.
//!
//! ```
//! use raxla::prelude::*;
//! let layer = jit(|x: Tracer, w: Tracer| nn::softmax(nn::gelu(x.dot(w), true), -1));
//! let y = layer(Array::new(&[1, 2], &[1.0f32, 2.0]), Array::new(&[2, 2], &[0.0f32; 4]));
//! assert_eq!(y.to_vec::<f32>()?, [0.5, 0.5]);
//! # Ok::<(), raxla::Error>(())
//! ```

mod activations;
mod attention;
mod one_hot;
mod softmax;
mod standardize;

pub use {activations::*, attention::*, one_hot::*, softmax::*, standardize::*};
