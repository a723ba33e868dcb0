//! The primitives under the names that `jax.lax` gives them.
//!
//! These are strict: operands have one dtype and, but for scalars, one shape; nothing is promoted (see [`crate::numpy`] for that). Each stands for
//! the method or function that its documentation names, where the rules are said. Control flow, reductions by a function and solutions of
//! equations are here too.
//!
//! ```
//! use raxla::{lax, prelude::*};
//! let f = jit(|x: Tracer| lax::dynamic_slice_in_dim(lax::rsqrt(x), lax::full(&[], 1, DType::I32), 2, 0));
//! assert_eq!(f(Array::from(vec![1.0f32, 4.0, 16.0])).to_vec::<f32>()?, [0.5, 0.25]);
//! # Ok::<(), raxla::Error>(())
//! ```

mod combining;
mod elementwise;
mod places;
mod shapes;

pub use combining::*;
pub use elementwise::*;
pub use places::*;
pub use raxla_ir::primitives::{
    approx_top_k::Approximation, collective::all_gather, collective::all_to_all, collective::axis_index,
    collective::axis_size, collective::pmax, collective::pmean, collective::pmin, collective::ppermute,
    collective::psum, collective::psum_scatter, concatenate::concatenate, conv_general_dilated::ConvGeneralDilated,
    general_reduce::reduce, general_reduce_window::reduce_window, optimization_barrier::optimization_barrier, ragged_dot::RaggedDims,
    regularized_incomplete_beta::betainc, rng_bit_generator::RngAlgorithm, rng_bit_generator::rng_bit_generator,
    sort::sort,
};
pub use raxla_transforms::{
    associative_scan, cond, custom_linear_solve, custom_root, fori_loop, map, scan, switch, while_loop,
};
pub use shapes::*;
