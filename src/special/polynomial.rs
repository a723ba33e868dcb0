//! Polynomials with constant coefficients, by Horner's rule.

use raxla_ir::{Literal, ShapedArray, Tracer, trace::constant};

/// The polynomial of these coefficients, from the highest down to the constant one, at `x`.
///
/// As a scan, so that the program does not grow with the degree.
#[track_caller]
pub(super) fn polynomial(x: Tracer, coefficients: &[f64]) -> Tracer {
    let rest = &coefficients[1..];
    let rest = constant(Literal::from_floats(ShapedArray::new(&[rest.len()], x.dtype()), rest.iter().copied()));
    let step = move |sum: Tracer, c: Tracer| (sum * x + c, None::<Tracer>);
    let first = constant(Literal::full(ShapedArray::new(&[], x.dtype()), coefficients[0])).broadcast_to(&x.shape());
    raxla_transforms::scan(step, first, rest).0
}
/// The polynomial in `x` whose coefficient of `xᵏ` is `c(k)`, of degree `degree`.
#[track_caller]
pub(super) fn series(x: Tracer, degree: usize, c: impl Fn(usize) -> f64) -> Tracer {
    polynomial(x, &(0..=degree).rev().map(c).collect::<Vec<_>>())
}
