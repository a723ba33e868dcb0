//! Convolutions and correlations of vectors.

use super::{
    contraction::Product,
    promotion::{Arg, promote_dtypes, promote_dtypes_inexact},
};
use raxla_ir::{Tracer, primitives::ConvGeneralDilated, trace::fail};

/// Which part of a convolution is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConvolveMode {
    /// All of it, `m + n - 1` elements.
    Full,
    /// The middle, as many elements as the longer vector has; in [`signal`](crate::signal) as many as the first operand has.
    Same,
    /// The elements to which every element of the shorter vector contributes.
    Valid,
}
/// The sums of products of `x` with the shorter `kernel` moved along it.
#[track_caller]
fn slide(x: Tracer, kernel: Tracer, mode: ConvolveMode, how: Product) -> Tracer {
    let n = kernel.size();
    let (low, high) = match mode {
        ConvolveMode::Full => (n - 1, n - 1),
        ConvolveMode::Same => (n / 2, n - n / 2 - 1),
        ConvolveMode::Valid => (0, 0),
    };
    let mut op = ConvGeneralDilated::new(1, how.dtype.unwrap_or(x.dtype()));
    (op.low[0], op.high[0], op.precision) = (low as isize, high as isize, how.precision);
    let out = x.reshape(&[1, 1, x.size()]).convolve(kernel.reshape(&[1, 1, n]), op);
    out.ravel()
}
#[track_caller]
fn vectors(name: &str, a: Arg, v: Arg, how: Product) -> [Tracer; 2] {
    let all = if how.dtype.is_none() { promote_dtypes_inexact(name, [a, v]) } else { promote_dtypes(name, [a, v]) };
    if all.iter().any(|x| x.rank() != 1 || x.size() == 0) {
        fail(format!("{name}: takes two vectors that are not empty, got {} and {}", all[0].aval(), all[1].aval()));
    }
    all
}
/// The convolution of two vectors: the coefficients of the product of the polynomials that have these. Integers give floats.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::convolve(x, x, np::ConvolveMode::Full))(Array::from(vec![1.0f32, 2.0, 3.0]));
/// assert_eq!(y.to_vec::<f32>()?, [1.0, 4.0, 10.0, 12.0, 9.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn convolve(a: impl Into<Arg>, v: impl Into<Arg>, mode: ConvolveMode) -> Tracer {
    convolve_with(a, v, mode, Product::default())
}
/// [`convolve`], computed in a stated way.
///
/// ```
/// # use raxla::{constant, numpy as np, numpy::Product, show};
/// let got = show(|| np::convolve_with(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![1.0f32, 1.0]), np::ConvolveMode::Same, Product::default()));
/// assert_eq!(got, "[1.0, 3.0, 5.0]");
/// ```
#[track_caller]
pub fn convolve_with(a: impl Into<Arg>, v: impl Into<Arg>, mode: ConvolveMode, how: Product) -> Tracer {
    let [a, v] = vectors("convolve", a.into(), v.into(), how);
    let (long, short) = if a.size() < v.size() { (v, a) } else { (a, v) };
    slide(long, short.reverse([0]), mode, how)
}
/// The correlation of two vectors: the sums of products of `a` with `v`, conjugated, moved along it. NumPy's default mode is
/// [`ConvolveMode::Valid`]. Integers give floats.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::correlate(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![1.0f32, 0.0]), np::ConvolveMode::Valid));
/// assert_eq!(got, "[1.0, 2.0]");
/// ```
#[track_caller]
pub fn correlate(a: impl Into<Arg>, v: impl Into<Arg>, mode: ConvolveMode) -> Tracer {
    correlate_with(a, v, mode, Product::default())
}
/// [`correlate`], computed in a stated way.
///
/// ```
/// # use raxla::{constant, numpy as np, numpy::Product, show};
/// let got = show(|| np::correlate_with(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![1.0f32, 0.0]), np::ConvolveMode::Full, Product::default()));
/// assert_eq!(got, "[0.0, 1.0, 2.0, 3.0]");
/// ```
#[track_caller]
pub fn correlate_with(a: impl Into<Arg>, v: impl Into<Arg>, mode: ConvolveMode, how: Product) -> Tracer {
    let [a, v] = vectors("correlate", a.into(), v.into(), how);
    let v = super::conj(v);
    if a.size() < v.size() { slide(v, a, mode, how).reverse([0]) } else { slide(a, v, mode, how) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raxla_ir::DType;

    crate::oracle::rows! { numpy_convolution:
        "jnp.convolve(a, b)", "f32(5), f32(3)" => fn(a, b) convolve(a, b, ConvolveMode::Full);
        "jnp.convolve(a, b, mode='same')", "f32(3), f32(6)" => fn(a, b) convolve(a, b, ConvolveMode::Same);
        "jnp.convolve(a, b, mode='valid')", "i32(5), f32(3)" => fn(a, b) convolve(a, b, ConvolveMode::Valid);
        "jnp.convolve(a, b, preferred_element_type='float32')", "bf16(5), bf16(3)" => fn(a, b) convolve_with(a, b, ConvolveMode::Full, Product { dtype: Some(DType::F32), ..Product::default() });
        "jnp.correlate(a, b, preferred_element_type='float32')", "bf16(5), bf16(3)" => fn(a, b) correlate_with(a, b, ConvolveMode::Valid, Product { dtype: Some(DType::F32), ..Product::default() });
        "jnp.convolve(a, b)", "c64(4), c64(2)" => fn(a, b) convolve(a, b, ConvolveMode::Full);
        "jnp.correlate(a, b)", "f32(5), f32(3)" => fn(a, b) correlate(a, b, ConvolveMode::Valid);
        "jnp.correlate(a, b, mode='same')", "f32(3), f32(4)" => fn(a, b) correlate(a, b, ConvolveMode::Same);
        "jnp.correlate(a, b, mode='full')", "c64(2), c64(4)" => fn(a, b) correlate(a, b, ConvolveMode::Full);
        "jnp.correlate(a, b, mode='full')", "i32(4), i32(2)" => fn(a, b) correlate(a, b, ConvolveMode::Full);
    }
}
