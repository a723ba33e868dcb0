//! NumPy's functions, as `jax.numpy` has them, on tracers: names, axis rules, dtypes and edge cases are theirs.
//!
//! Arguments that NumPy takes as "array_like" are `impl Into<`[`Arg`]`>`: tracers, literals, bare numbers. Arrays of several dtypes meet by
//! [type promotion](promotion), unlike in the operators of [`Tracer`](crate::Tracer), which demand one dtype. Shapes are static: functions whose
//! output depends on the data take a `size`.
//!
//! Options follow one pattern: required arguments stand in NumPy's order; a function with one or two options takes them as arguments
//! (`None` is the default); one with more takes a struct of them with a `Default`. Reductions take [`Over`]: `0`, `()`, `[0, 1]` or
//! `Over::axis(0).keepdims()`.
//!
//! ```
//! use raxla::{numpy as np, prelude::*};
//! let f = jit(|x: Tracer| np::std(x, np::Over::axis(0).keepdims()));
//! let y = f(Array::new(&[2, 2], &[1.0f32, 2.0, 3.0, 6.0]));
//! assert_eq!((y.shape(), y.to_vec::<f32>()?), (&[1, 2][..], vec![1.0, 2.0]));
//! # Ok::<(), raxla::Error>(())
//! ```
//!
//! Some functions have a second name:
//!
//! ```
//! use raxla::{constant, numpy as np, show};
//! let x = || constant(vec![1.0f32]);
//! assert_eq!(show(|| [np::arcsin(x()), np::arccos(x()), np::arctan(x())]), show(|| [np::asin(x()), np::acos(x()), np::atan(x())]));
//! assert_eq!(show(|| [np::arcsinh(x()), np::arccosh(x()), np::arctanh(x())]), show(|| [np::asinh(x()), np::acosh(x()), np::atanh(x())]));
//! assert_eq!(show(|| [np::degrees(x()), np::radians(x())]), show(|| [np::rad2deg(x()), np::deg2rad(x())]));
//! assert_eq!(show(|| [np::true_divide(x(), 2), np::arctan2(x(), 2)]), show(|| [np::divide(x(), 2), np::atan2(x(), 2)]));
//! let n = || constant(vec![5]);
//! assert_eq!(show(|| [np::bitwise_left_shift(n(), 1), np::bitwise_right_shift(n(), 1)]), show(|| [np::left_shift(n(), 1), np::right_shift(n(), 1)]));
//! ```

mod binary;
mod bits;
mod contraction;
mod convolution;
mod creation;
mod cumulative;
mod editing;
mod einsum;
mod fitting;
mod histograms;
mod indexing;
mod interpolation;
mod joining;
pub mod linalg;
mod locating;
mod logic;
mod manipulation;
mod mapping;
mod nan_reductions;
mod padding;
mod polynomial;
pub mod promotion;
mod quantiles;
mod reductions;
mod sets;
mod sorting;
mod statistics;
mod ufunc;
mod unary;

pub use binary::*;
pub use bits::*;
pub use contraction::*;
pub use convolution::*;
pub use creation::*;
pub use cumulative::*;
pub use editing::*;
pub use einsum::{Path, einsum, einsum_path, einsum_with};
pub use fitting::*;
pub use histograms::*;
pub use indexing::*;
pub use interpolation::*;
pub use joining::*;
pub use locating::*;
pub use logic::*;
pub use manipulation::*;
pub use mapping::*;
pub use nan_reductions::*;
pub use padding::*;
pub use polynomial::*;
pub use promotion::{Arg, promote_types, result_type};
pub use quantiles::*;
pub use reductions::*;
pub use sets::*;
pub use sorting::*;
pub use statistics::*;
pub use ufunc::*;
pub use unary::*;
