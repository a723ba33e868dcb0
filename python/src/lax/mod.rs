//! `raxla.lax`: the primitives under JAX's names. Operands are of one dtype: nothing is promoted, and numbers have the default dtypes.

mod collectives;
mod combining;
mod elementwise;
mod places;
mod products;
mod shapes;
mod solve;

use crate::{array::ArrayLike, border::exception, tree::type_error};
use pyo3::{Borrowed, FromPyObject, prelude::*};
use raxla::{
    DType, Tracer,
    ir::{dtype::Kind, trace::fail},
};

/// Kinds of dtypes that an operand may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Kinds(u8);
impl Kinds {
    /// Floats.
    pub const FLOAT: Kinds = Kinds(1);
    /// Complex numbers.
    pub const COMPLEX: Kinds = Kinds(2);
    /// Integers with a sign.
    pub const SIGNED: Kinds = Kinds(4);
    /// Integers without one.
    pub const UNSIGNED: Kinds = Kinds(8);
    /// Truth values.
    pub const BOOL: Kinds = Kinds(16);
    /// Integers.
    pub const INTEGER: Kinds = Kinds(4 | 8);
    /// Floats and complex numbers.
    pub const INEXACT: Kinds = Kinds(1 | 2);
    /// Everything but truth values.
    pub const NUMBER: Kinds = Kinds(15);
    /// Integers and truth values.
    pub const BITS: Kinds = Kinds(4 | 8 | 16);
    /// What has an order.
    pub const ORDERED: Kinds = Kinds(1 | 4 | 8 | 16);
    /// Everything that has an absolute value.
    pub const LENGTH: Kinds = Kinds(1 | 2 | 4);
    /// Everything.
    pub const ANY: Kinds = Kinds(31);

    fn of(dtype: DType) -> Kinds {
        match dtype.kind() {
            Kind::Bool => Kinds::BOOL,
            Kind::Signed => Kinds::SIGNED,
            Kind::Unsigned => Kinds::UNSIGNED,
            Kind::Float => Kinds::FLOAT,
            Kind::Complex => Kinds::COMPLEX,
        }
    }
    fn words(self) -> String {
        let all = [
            (Kinds::FLOAT, "floats"),
            (Kinds::COMPLEX, "complex numbers"),
            (Kinds::SIGNED, "signed integers"),
            (Kinds::UNSIGNED, "unsigned integers"),
            (Kinds::BOOL, "bools"),
        ];
        all.iter().filter(|(k, _)| self.0 & k.0 != 0).map(|(_, word)| *word).collect::<Vec<_>>().join(", ")
    }
}
/// An operand, of one of these kinds.
pub fn one(py: Python, name: &str, x: &ArrayLike, kinds: Kinds) -> Tracer {
    let x = x.input(py).tracer();
    check(name, x, kinds);
    x
}
fn check(name: &str, x: Tracer, kinds: Kinds) {
    if Kinds::of(x.dtype()).0 & kinds.0 == 0 {
        fail(format!("{name}: takes {}, got {}", kinds.words(), x.aval()));
    }
}
/// Operands of one dtype, each of one of these kinds; and of one rank, but for scalars.
pub fn several<const N: usize>(py: Python, name: &str, xs: [&ArrayLike; N], kinds: Kinds) -> [Tracer; N] {
    let xs = xs.map(|x| one(py, name, x, kinds));
    alike(name, &xs);
    xs
}
/// Refuses operands of several dtypes or, but for scalars, several ranks.
pub fn alike(name: &str, xs: &[Tracer]) {
    let shown = || xs.iter().map(|x| x.aval().to_string()).collect::<Vec<_>>().join(", ");
    if xs.windows(2).any(|pair| pair[0].dtype() != pair[1].dtype()) {
        fail(format!("{name}: operands must have one dtype, got {}; raxla.numpy has functions that promote", shown()));
    }
    let mut ranks = xs.iter().map(|x| x.rank()).filter(|rank| *rank > 0);
    if let Some(first) = ranks.next()
        && ranks.any(|rank| rank != first)
    {
        fail(format!("{name}: operands must have one number of axes, or be scalars, got {}", shown()));
    }
}

/// The number of an axis, which does not count from the end.
#[derive(Clone, Copy, Debug)]
pub struct Axis(pub usize);
impl<'a, 'py> FromPyObject<'a, 'py> for Axis {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Axis> {
        let axis: isize =
            object.extract().map_err(|_| type_error(format!("an axis must be an integer, got {}", &*object)))?;
        let negative = || {
            exception(
                object.py(),
                "TraceError",
                format!("axis {axis} is out of bounds: here axes do not count from the end"),
            )
        };
        usize::try_from(axis).map(Axis).map_err(|_| negative())
    }
}
/// Numbers of axes.
pub fn axes(axes: &[Axis]) -> Vec<usize> {
    axes.iter().map(|a| a.0).collect()
}
/// Numbers that must not be negative: sizes, places.
#[derive(Clone, Debug)]
pub struct Naturals(pub Vec<usize>);
impl<'a, 'py> FromPyObject<'a, 'py> for Naturals {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Naturals> {
        let wrong = || {
            exception(
                object.py(),
                "TraceError",
                format!("takes a sequence of integers that are not negative, got {}", &*object),
            )
        };
        let numbers: Vec<isize> =
            object.try_iter().and_then(|items| items.map(|i| i?.extract()).collect()).map_err(|_| wrong())?;
        numbers.iter().map(|n| usize::try_from(*n).map_err(|_| wrong())).collect::<PyResult<_>>().map(Naturals)
    }
}
/// What no choice is offered of: `accuracy`, shardings.
pub struct Absent;
impl<'a, 'py> FromPyObject<'a, 'py> for Absent {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Absent> {
        if object.is_none() {
            return Ok(Absent);
        }
        Err(pyo3::exceptions::PyNotImplementedError::new_err(format!("takes None here, got {}", &*object)))
    }
}
/// One of several words: a string, or a member of an enum by that name.
pub struct Word(pub String);
impl<'a, 'py> FromPyObject<'a, 'py> for Word {
    type Error = PyErr;
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Word> {
        let name: String = match object.getattr("name") {
            Ok(name) => name.extract()?,
            Err(_) => object.extract()?,
        };
        Ok(Word(name.to_lowercase()))
    }
}

/// Adds all functions to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    elementwise::register(module)?;
    shapes::register(module)?;
    places::register(module)?;
    combining::register(module)?;
    products::register(module)?;
    collectives::register(module)?;
    solve::register(module)
}
