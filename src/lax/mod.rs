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
//!
//! What each function of one or two arrays gives, and those along axes:
//!
//! ```
//! use raxla::{GatherDims, GatherMode::FillOrDrop, Vmap, constant, lax, show, Tracer};
//! let x = || constant(vec![0.25f32, 1.0]);
//! assert_eq!(show(|| lax::abs(x())), "[0.25, 1.0]");
//! assert_eq!(show(|| lax::acos(x())), "[1.318, 0.0]");
//! assert_eq!(show(|| lax::asin(x())), "[0.253, 1.571]");
//! assert_eq!(show(|| lax::asinh(x())), "[0.2475, 0.8814]");
//! assert_eq!(show(|| lax::atan(x())), "[0.245, 0.7854]");
//! assert_eq!(show(|| lax::bessel_i0e(x())), "[0.791, 0.4658]");
//! assert_eq!(show(|| lax::bessel_i1e(x())), "[0.0981, 0.2079]");
//! assert_eq!(show(|| lax::cbrt(x())), "[0.63, 1.0]");
//! assert_eq!(show(|| lax::ceil(x())), "[1.0, 1.0]");
//! assert_eq!(show(|| lax::cos(x())), "[0.9689, 0.5403]");
//! assert_eq!(show(|| lax::cosh(x())), "[1.031, 1.543]");
//! assert_eq!(show(|| lax::digamma(x())), "[-4.227, -0.577]");
//! assert_eq!(show(|| lax::erf(x())), "[0.2763, 0.8427]");
//! assert_eq!(show(|| lax::erfc(x())), "[0.7237, 0.1573]");
//! assert_eq!(show(|| lax::exp(x())), "[1.284, 2.718]");
//! assert_eq!(show(|| lax::exp2(x())), "[1.189, 2.0]");
//! assert_eq!(show(|| lax::expm1(x())), "[0.284, 1.718]");
//! assert_eq!(show(|| lax::floor(x())), "[0.0, 1.0]");
//! assert_eq!(show(|| lax::is_finite(x())), "[true, true]");
//! assert_eq!(show(|| lax::lgamma(x())), "[1.288, 0.0]");
//! assert_eq!(show(|| lax::log(x())), "[-1.386, 0.0]");
//! assert_eq!(show(|| lax::log1p(x())), "[0.2231, 0.6931]");
//! assert_eq!(show(|| lax::logistic(x())), "[0.5622, 0.7311]");
//! assert_eq!(show(|| lax::neg(x())), "[-0.25, -1.0]");
//! assert_eq!(show(|| lax::rsqrt(x())), "[2.0, 1.0]");
//! assert_eq!(show(|| lax::sign(x())), "[1.0, 1.0]");
//! assert_eq!(show(|| lax::sin(x())), "[0.2474, 0.8415]");
//! assert_eq!(show(|| lax::sinh(x())), "[0.253, 1.175]");
//! assert_eq!(show(|| lax::sqrt(x())), "[0.5, 1.0]");
//! assert_eq!(show(|| lax::square(x())), "[0.063, 1.0]");
//! assert_eq!(show(|| lax::stop_gradient(x())), "[0.25, 1.0]");
//! assert_eq!(show(|| lax::tan(x())), "[0.255, 1.557]");
//! assert_eq!(show(|| lax::tanh(x())), "[0.2449, 0.7616]");
//! assert_eq!(show(|| lax::acosh(x() + 1.0)), "[0.693, 1.317]");
//! assert_eq!(show(|| lax::atanh(x() * 0.5)), "[0.1257, 0.5493]");
//! assert_eq!(show(|| lax::erf_inv(x() * 0.5)), "[0.1112, 0.4769]");
//! let n = || constant(vec![5, 8]);
//! assert_eq!(show(|| lax::bitwise_not(n())), "[-6, -9]");
//! assert_eq!(show(|| lax::clz(n())), "[29, 28]");
//! assert_eq!(show(|| lax::population_count(n())), "[2, 1]");
//! let z = || lax::complex(x(), x());
//! assert_eq!(show(|| lax::conj(z())), "[0.25-0.25i, 1.0-1.0i]");
//! assert_eq!(show(|| lax::imag(z())), "[0.25, 1.0]");
//! assert_eq!(show(|| lax::real(z())), "[0.25, 1.0]");
//! // Of two:
//! let y = || constant(vec![3.0f32, 1.0]);
//! assert_eq!(show(|| lax::add(x(), y())), "[3.25, 2.0]");
//! assert_eq!(show(|| lax::atan2(x(), y())), "[0.0831, 0.7854]");
//! assert_eq!(show(|| lax::div(x(), y())), "[0.083, 1.0]");
//! assert_eq!(show(|| lax::eq(x(), y())), "[false, true]");
//! assert_eq!(show(|| lax::ge(x(), y())), "[false, true]");
//! assert_eq!(show(|| lax::gt(x(), y())), "[false, false]");
//! assert_eq!(show(|| lax::igamma(x(), y())), "[0.995, 0.6321]");
//! assert_eq!(show(|| lax::igamma_grad_a(x(), y())), "[-0.0278, -0.4317]");
//! assert_eq!(show(|| lax::igammac(x(), y())), "[0.005, 0.3679]");
//! assert_eq!(show(|| lax::le(x(), y())), "[true, true]");
//! assert_eq!(show(|| lax::lt(x(), y())), "[true, false]");
//! assert_eq!(show(|| lax::max(x(), y())), "[3.0, 1.0]");
//! assert_eq!(show(|| lax::min(x(), y())), "[0.25, 1.0]");
//! assert_eq!(show(|| lax::mul(x(), y())), "[0.75, 1.0]");
//! assert_eq!(show(|| lax::ne(x(), y())), "[true, false]");
//! assert_eq!(show(|| lax::nextafter(x(), y())), "[0.25, 1.0]");
//! assert_eq!(show(|| lax::pow(x(), y())), "[0.016, 1.0]");
//! assert_eq!(show(|| lax::random_gamma_grad(x(), y())), "[4.622, 1.174]");
//! assert_eq!(show(|| lax::rem(x(), y())), "[0.25, 0.0]");
//! assert_eq!(show(|| lax::sub(x(), y())), "[-2.75, 0.0]");
//! assert_eq!(show(|| lax::dot(x(), y())), "1.75");
//! assert_eq!(show(|| lax::polygamma(constant(1.0f32), constant(2.0f32))), "0.6449");
//! assert_eq!(show(|| lax::zeta(constant(2.0f32), constant(1.0f32))), "1.645");
//! assert_eq!(show(|| lax::bitwise_and(n(), constant(vec![3, 1]))), "[1, 0]");
//! assert_eq!(show(|| lax::bitwise_or(n(), constant(vec![3, 1]))), "[7, 9]");
//! assert_eq!(show(|| lax::bitwise_xor(n(), constant(vec![3, 1]))), "[6, 9]");
//! assert_eq!(show(|| lax::shift_left(n(), constant(vec![3, 1]))), "[40, 16]");
//! assert_eq!(show(|| lax::shift_right_arithmetic(n(), constant(vec![3, 1]))), "[0, 4]");
//! assert_eq!(show(|| lax::shift_right_logical(n(), constant(vec![3, 1]))), "[0, 4]");
//! assert_eq!(show(|| lax::batch_matmul(lax::full(&[2, 1, 2], 1.0, n().dtype()), lax::full(&[2, 2, 1], 3.0, n().dtype()))), "[[[6]], [[6]]]");
//! // Along axes:
//! let x = || constant(vec![1.0f32, 3.0, 2.0]);
//! assert_eq!(show(|| lax::reduce_sum(x(), &[0])), "6.0");
//! assert_eq!(show(|| lax::reduce_prod(x(), &[0])), "6.0");
//! assert_eq!(show(|| lax::reduce_max(x(), &[0])), "3.0");
//! assert_eq!(show(|| lax::reduce_min(x(), &[0])), "1.0");
//! let n = || constant(vec![6, 3]);
//! assert_eq!(show(|| lax::reduce_and(n(), &[0])), "2");
//! assert_eq!(show(|| lax::reduce_or(n(), &[0])), "7");
//! assert_eq!(show(|| lax::reduce_xor(n(), &[0])), "5");
//! assert_eq!(show(|| lax::cumsum(x(), 0, false)), "[1.0, 4.0, 6.0]");
//! assert_eq!(show(|| lax::cumprod(x(), 0, false)), "[1.0, 3.0, 6.0]");
//! assert_eq!(show(|| lax::cummax(x(), 0, false)), "[1.0, 3.0, 3.0]");
//! assert_eq!(show(|| lax::cummin(x(), 0, false)), "[1.0, 1.0, 1.0]");
//! assert_eq!(show(|| lax::cumlogsumexp(x(), 0, false)), "[1.0, 3.127, 3.408]");
//! // At places:
//! let dims = || GatherDims {
//!     collapsed_slice_dims: [0].into_iter().collect(),
//!     start_index_map: [0].into_iter().collect(),
//!     ..GatherDims::default()
//! };
//! let at = || constant(vec![2, 9]).expand_dims(1);
//! assert_eq!(show(|| lax::scatter(x(), at(), constant(vec![5.0f32, 7.0]), dims(), FillOrDrop)), "[1.0, 3.0, 5.0]");
//! assert_eq!(show(|| lax::scatter_add(x(), at(), constant(vec![5.0f32, 7.0]), dims(), FillOrDrop)), "[1.0, 3.0, 7.0]");
//! assert_eq!(show(|| lax::scatter_sub(x(), at(), constant(vec![5.0f32, 7.0]), dims(), FillOrDrop)), "[1.0, 3.0, -3.0]");
//! assert_eq!(show(|| lax::scatter_mul(x(), at(), constant(vec![5.0f32, 7.0]), dims(), FillOrDrop)), "[1.0, 3.0, 10.0]");
//! assert_eq!(show(|| lax::scatter_min(x(), at(), constant(vec![5.0f32, 7.0]), dims(), FillOrDrop)), "[1.0, 3.0, 2.0]");
//! assert_eq!(show(|| lax::scatter_max(x(), at(), constant(vec![5.0f32, 7.0]), dims(), FillOrDrop)), "[1.0, 3.0, 5.0]");
//! // Over the members of a mapped axis:
//! let each = |x: Tracer| (lax::pmax(x, "i"), lax::pmin(x, "i"), lax::pmean(x, "i"), lax::axis_index("i"));
//! let got = show(|| Vmap::over(0).axis_name("i").of(each)(x()));
//! assert_eq!(got, "[3.0, 3.0, 3.0], [1.0, 1.0, 1.0], [2.0, 2.0, 2.0], [0, 1, 2]");
//! let turned = |x: Tracer| lax::ppermute(x, "i", &[(0, 1), (1, 2), (2, 0)]) * lax::axis_size("i") as f64;
//! assert_eq!(show(|| Vmap::over(0).axis_name("i").of(turned)(x())), "[6.0, 3.0, 9.0]");
//! assert_eq!(show(|| lax::optimization_barrier(&[x()])), "[1.0, 3.0, 2.0]");
//! ```

mod combining;
mod control;
mod elementwise;
mod places;
mod shapes;

pub use combining::*;
pub use control::*;
pub use elementwise::*;
pub use places::*;
pub use raxla_ir::primitives::{
    approx_top_k::Approximation, collective::all_gather, collective::all_to_all, collective::axis_index,
    collective::axis_size, collective::pmax, collective::pmean, collective::pmin, collective::ppermute,
    collective::psum, collective::psum_scatter, concatenate::concatenate, conv_general_dilated::ConvGeneralDilated,
    general_reduce::reduce, general_reduce_window::reduce_window, optimization_barrier::optimization_barrier,
    ragged_dot::RaggedDims, regularized_incomplete_beta::betainc, rng_bit_generator::RngAlgorithm,
    rng_bit_generator::rng_bit_generator, sort::sort,
};
pub use shapes::*;
