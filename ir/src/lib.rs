//! What a raxla program *is*: dtypes, avals, primitives with all their rules, tracing, pytrees, text form, checker and
//! reference interpreter. Pure: no I/O, no C.

pub mod aval;
pub mod display;
pub mod dtype;
pub mod literal;
mod minifloat;

pub use {
    aval::{Axes, Shape, ShapedArray},
    dtype::{DType, Element, Kind},
    literal::Literal,
};
