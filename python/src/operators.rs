//! Operators of arrays. (A macro for their rows would be refused: pyo3's slots do not pass through `macro_rules`.)

use crate::{
    array::{Array, ArrayLike, operation, unary},
    session::{lift, run},
};
use pyo3::{prelude::*, types::PyTuple};
use raxla::{
    Tracer,
    numpy::{self as np, Arg},
};

type Object<'py> = Bound<'py, PyAny>;

fn binary<'py>(
    name: &str,
    x: &Object<'py>,
    y: &Object<'py>,
    f: impl FnOnce(Arg, Arg) -> Tracer,
) -> PyResult<Py<PyAny>> {
    let py = x.py();
    let (Some(x), Some(y)) = (ArrayLike::of(x)?, ArrayLike::of(y)?) else { return Ok(py.NotImplemented()) };
    Ok(operation(py, name, || Ok(f(x.input(py), y.input(py))))?.into_any())
}
#[pymethods]
impl Array {
    fn __add__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("add", slf, other, |x, y| np::add(x, y))
    }
    fn __radd__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("add", other, slf, |x, y| np::add(x, y))
    }
    fn __sub__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("subtract", slf, other, |x, y| np::subtract(x, y))
    }
    fn __rsub__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("subtract", other, slf, |x, y| np::subtract(x, y))
    }
    fn __mul__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("multiply", slf, other, |x, y| np::multiply(x, y))
    }
    fn __rmul__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("multiply", other, slf, |x, y| np::multiply(x, y))
    }
    fn __truediv__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("true_divide", slf, other, |x, y| np::true_divide(x, y))
    }
    fn __rtruediv__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("true_divide", other, slf, |x, y| np::true_divide(x, y))
    }
    fn __floordiv__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("floor_divide", slf, other, |x, y| np::floor_divide(x, y))
    }
    fn __rfloordiv__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("floor_divide", other, slf, |x, y| np::floor_divide(x, y))
    }
    fn __mod__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("remainder", slf, other, |x, y| np::remainder(x, y))
    }
    fn __rmod__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("remainder", other, slf, |x, y| np::remainder(x, y))
    }
    fn __matmul__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("matmul", slf, other, |x, y| np::matmul(x, y))
    }
    fn __rmatmul__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("matmul", other, slf, |x, y| np::matmul(x, y))
    }
    fn __and__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("bitwise_and", slf, other, |x, y| np::bitwise_and(x, y))
    }
    fn __rand__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("bitwise_and", other, slf, |x, y| np::bitwise_and(x, y))
    }
    fn __or__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("bitwise_or", slf, other, |x, y| np::bitwise_or(x, y))
    }
    fn __ror__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("bitwise_or", other, slf, |x, y| np::bitwise_or(x, y))
    }
    fn __xor__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("bitwise_xor", slf, other, |x, y| np::bitwise_xor(x, y))
    }
    fn __rxor__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("bitwise_xor", other, slf, |x, y| np::bitwise_xor(x, y))
    }
    fn __lshift__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("left_shift", slf, other, |x, y| np::left_shift(x, y))
    }
    fn __rlshift__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("left_shift", other, slf, |x, y| np::left_shift(x, y))
    }
    fn __rshift__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("right_shift", slf, other, |x, y| np::right_shift(x, y))
    }
    fn __rrshift__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        binary("right_shift", other, slf, |x, y| np::right_shift(x, y))
    }
    // An exponent that is a number of Python's is a constant: `x ** 2` is a square.
    fn __pow__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>, modulo: Option<&Object<'py>>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let (None, Some(y)) = (modulo, ArrayLike::of(other)?) else { return Ok(py.NotImplemented()) };
        Ok(operation(py, "power", || Ok(np::power(lift(slf), y.arg(py))))?.into_any())
    }
    fn __rpow__<'py>(
        slf: &Bound<'py, Array>,
        other: &Object<'py>,
        modulo: Option<&Object<'py>>,
    ) -> PyResult<Py<PyAny>> {
        if modulo.is_some() {
            return Ok(slf.py().NotImplemented());
        }
        binary("power", other, slf, |x, y| np::power(x, y))
    }
    fn __divmod__<'py>(slf: &Bound<'py, Array>, other: &Object<'py>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let Some(y) = ArrayLike::of(other)? else { return Ok(py.NotImplemented()) };
        let (both, ()) =
            run(py, "divmod", || Ok((<[Tracer; 2]>::from(np::divmod(lift(slf), y.input(py))).to_vec(), ())))?;
        Ok(PyTuple::new(py, both)?.into_any().unbind())
    }
    fn __richcmp__<'py>(
        slf: &Bound<'py, Array>,
        other: &Object<'py>,
        op: pyo3::basic::CompareOp,
    ) -> PyResult<Py<PyAny>> {
        use pyo3::basic::CompareOp::*;
        let (name, compare): (_, fn(Arg, Arg) -> Tracer) = match op {
            Lt => ("less", |x, y| np::less(x, y)),
            Le => ("less_equal", |x, y| np::less_equal(x, y)),
            Eq => ("equal", |x, y| np::equal(x, y)),
            Ne => ("not_equal", |x, y| np::not_equal(x, y)),
            Gt => ("greater", |x, y| np::greater(x, y)),
            Ge => ("greater_equal", |x, y| np::greater_equal(x, y)),
        };
        binary(name, slf, other, compare)
    }
    fn __neg__(slf: &Bound<Array>) -> PyResult<Py<Array>> {
        unary(slf, "negative", |x| np::negative(x))
    }
    fn __pos__(slf: &Bound<Array>) -> PyResult<Py<Array>> {
        unary(slf, "positive", |x| np::positive(x))
    }
    fn __abs__(slf: &Bound<Array>) -> PyResult<Py<Array>> {
        unary(slf, "abs", |x| np::abs(x))
    }
    fn __invert__(slf: &Bound<Array>) -> PyResult<Py<Array>> {
        unary(slf, "invert", |x| np::invert(x))
    }
}
