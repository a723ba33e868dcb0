//! What a raxla program *is*: dtypes, avals, primitives with all their rules, tracing, pytrees, text form, checker and
//! reference interpreter. Pure: no I/O, no C.

// The code that `#[derive(Pytree)]` makes names the crate as its users do.
#[cfg(test)]
extern crate self as raxla;

pub mod aval;
pub mod callback;
pub mod check;
pub mod display;
pub mod dtype;
pub mod eval;
pub mod function;
pub mod indexing;
pub mod literal;
mod minifloat;
pub mod operand;
pub mod primitives;
pub mod program;
pub mod pytree;
pub mod rewrite;
pub mod scope;
pub mod stablehlo;
pub mod stack;
pub mod text;
pub mod trace;

pub use {
    aval::{Axes, Shape, ShapedArray},
    dtype::{DType, Element, Kind},
    literal::Literal,
    operand::Operand,
    primitives::{Op, Primitive},
    program::{Eqn, Program, Source, Var},
    pytree::{Leaf, Pytree},
    stablehlo::Platform,
    trace::Tracer,
};
