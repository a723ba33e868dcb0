//! What a function gives, as text: for examples, and to look at things.

use num_complex::Complex64;
use raxla_ir::{
    DType, Literal, Tracer,
    dtype::Kind,
    eval::eval,
    pytree::{Pytree, flatten},
    trace::{fail, trace},
};

/// The arrays that a function without arguments gives, as text, by the reference interpreter: slow, and without a device. Floats have four
/// digits, as far as the greatest of their array has them.
///
/// ```
/// use raxla::{constant, show};
/// let x = || constant(vec![1.0f32, 2.0, 4.0]);
/// assert_eq!(show(|| x().sqrt()), "[1.0, 1.414, 2.0]");
/// assert_eq!(show(|| (x().sum(), x().greater(1.5))), "7.0, [false, true, true]");
/// ```
///
/// # Panics
/// Where the function does, and where the interpreter has no value.
#[track_caller]
pub fn show<P: Pytree<Leaf = Tracer>>(f: impl FnOnce() -> P) -> String {
    let program = trace(&[], |_| flatten(f()).0).program;
    match eval(&program, &[]) {
        Ok(values) => values.iter().map(text).collect::<Vec<_>>().join(", "),
        Err(e) => fail(format!("show: {e}")),
    }
}
fn text(x: &Literal) -> String {
    let numbers: Vec<String> = match x.dtype().kind() {
        Kind::Bool => x.ints().iter().map(|i| (*i != 0).to_string()).collect(),
        Kind::Signed | Kind::Unsigned => x.ints().iter().map(i128::to_string).collect(),
        Kind::Float | Kind::Complex => {
            let numbers = x.complexes();
            let parts = numbers.iter().flat_map(|z| [z.re.abs(), z.im.abs()]).filter(|x| x.is_finite());
            let unit = unit(parts.fold(0.0, f64::max));
            numbers.iter().map(|z| number(*z, unit, x.dtype())).collect()
        }
    };
    nested(&numbers, x.shape())
}
/// The fourth digit's place of a number.
fn unit(greatest: f64) -> f64 {
    if greatest > 0.0 { 10f64.powi(3 - greatest.log10().floor() as i32) } else { 1.0 }
}
fn number(z: Complex64, unit: f64, dtype: DType) -> String {
    // The sum with 0 is no negative zero.
    let rounded = |x: f64| if x.is_finite() { (x * unit).round() / unit + 0.0 } else { x };
    let (re, im) = (rounded(z.re), rounded(z.im));
    if dtype.is_complex() {
        format!("{re:?}{}{:?}i", if im < 0.0 { "-" } else { "+" }, im.abs())
    } else {
        format!("{re:?}")
    }
}
fn nested(numbers: &[String], shape: &[usize]) -> String {
    let Some((n, inner)) = shape.split_first() else { return numbers[0].clone() };
    let size: usize = inner.iter().product();
    let parts: Vec<String> = (0..*n).map(|i| nested(&numbers[i * size..][..size], inner)).collect();
    format!("[{}]", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use raxla_ir::trace::constant;

    #[test]
    fn arrays_are_nested_and_rounded() {
        let rows: &[(Literal, &str)] = &[
            (Literal::new(&[2, 2], &[1.0f32, -0.00001, f32::NAN, 1234.56]), "[[1.0, 0.0], [NaN, 1235.0]]"),
            (Literal::new(&[1, 0], &[] as &[f32]), "[[]]"),
            (Literal::scalar(2.0f64 / 3.0), "0.6667"),
            (
                Literal::from(vec![Complex64::new(0.5, -2.0), Complex64::new(f64::INFINITY, 0.0)]),
                "[0.5-2.0i, inf+0.0i]",
            ),
            (Literal::from(vec![7u8, 0]), "[7, 0]"),
        ];
        for (x, want) in rows {
            assert_eq!(show(|| constant(x.clone())), *want);
        }
    }
}
