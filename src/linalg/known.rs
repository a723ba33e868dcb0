//! Matrices known by name and size: Hilbert's, Pascal's, Hadamard's, Helmert's, and that of Fourier's transform.
//!
//! They are constants, computed in 64 bits and rounded once.

use num_complex::Complex64;
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    trace::{constant, fail},
};

/// The matrix of these elements.
#[track_caller]
fn matrix(shape: [usize; 2], dtype: DType, element: impl Fn(usize, usize) -> f64) -> Tracer {
    let elements = (0..shape[0] * shape[1]).map(|at| element(at / shape[1], at % shape[1]));
    constant(Literal::from_floats(ShapedArray::new(&shape, dtype), elements))
}
fn sign(n: usize) -> f64 {
    if n.is_multiple_of(2) { 1.0 } else { -1.0 }
}
/// How many ways there are to choose `k` of `n`; exact below 2⁵³.
fn binomial(n: usize, k: usize) -> f64 {
    if k > n {
        return 0.0;
    }
    let k = k.min(n - k);
    (0..k).fold(1.0, |product, i| (product * (n - i) as f64 / (i + 1) as f64).round())
}
/// Hilbert's matrix `1 / (i + j + 1)`, whose condition number grows fast; of default floats.
///
/// ```
/// # use raxla::{linalg, show};
/// assert_eq!(show(|| linalg::hilbert(2)), "[[1.0, 0.5], [0.5, 0.333]]");
/// ```
#[track_caller]
pub fn hilbert(n: usize) -> Tracer {
    matrix([n, n], DType::default_float(), |i, j| 1.0 / (i + j + 1) as f64)
}
/// The inverse of [`hilbert`], which is of integers; in default floats.
///
/// ```
/// # use raxla::{linalg, show};
/// assert_eq!(show(|| linalg::invhilbert(2)), "[[4.0, -6.0], [-6.0, 12.0]]");
/// ```
#[track_caller]
pub fn invhilbert(n: usize) -> Tracer {
    matrix([n, n], DType::default_float(), |i, j| {
        let s = i + j;
        let choices = binomial(n + i, n - j - 1) * binomial(n + j, n - i - 1) * binomial(s, i).powi(2);
        sign(s) * (s + 1) as f64 * choices
    })
}
/// Which of Pascal's matrices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pascal {
    /// The lower triangle times its transpose: element `(i, j)` is the number of ways to choose `i` of `i + j`.
    #[default]
    Symmetric,
    /// The number of ways to choose `j` of `i`.
    Lower,
    /// The transpose of that.
    Upper,
}
/// Pascal's matrix of `n` rows, in `f32`, as JAX's.
///
/// ```
/// # use raxla::{linalg, linalg::Pascal, show};
/// assert_eq!(show(|| linalg::pascal(3, Pascal::Symmetric)), "[[1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [1.0, 3.0, 6.0]]");
/// ```
#[track_caller]
pub fn pascal(n: usize, kind: Pascal) -> Tracer {
    matrix([n, n], DType::F32, |i, j| match kind {
        Pascal::Symmetric => binomial(i + j, i),
        Pascal::Lower => binomial(i, j),
        Pascal::Upper => binomial(j, i),
    })
}
/// The inverse of [`pascal`], in default floats.
///
/// ```
/// # use raxla::{linalg, linalg::Pascal, show};
/// assert_eq!(show(|| linalg::invpascal(3, Pascal::Lower)), "[[1.0, 0.0, 0.0], [-1.0, 1.0, 0.0], [1.0, -2.0, 1.0]]");
/// ```
#[track_caller]
pub fn invpascal(n: usize, kind: Pascal) -> Tracer {
    matrix([n, n], DType::default_float(), |i, j| match kind {
        Pascal::Lower => sign(i + j) * binomial(i, j),
        Pascal::Upper => sign(i + j) * binomial(j, i),
        Pascal::Symmetric => sign(i + j) * (i.max(j)..n).map(|k| binomial(k, i) * binomial(k, j)).sum::<f64>(),
    })
}
/// Helmert's matrix of `n` columns, of default floats: `n - 1` orthonormal rows, each of which compares an element with all before it; with
/// `full`, the row of equal elements comes first.
///
/// ```
/// # use raxla::{linalg, show};
/// assert_eq!(show(|| linalg::helmert(2, true)), "[[0.7071, 0.7071], [0.7071, -0.7071]]");
/// ```
#[track_caller]
pub fn helmert(n: usize, full: bool) -> Tracer {
    if n == 0 {
        fail("helmert: the matrix must have a column");
    }
    let skipped = usize::from(!full);
    matrix([n - skipped, n], DType::default_float(), |i, j| {
        let (i, root) = (i + skipped, |x: usize| (x as f64).sqrt());
        match i {
            0 => 1.0 / root(n),
            _ if j < i => 1.0 / root(i * (i + 1)),
            _ if j == i => -(i as f64) / root(i * (i + 1)),
            _ => 0.0,
        }
    })
}
/// Hadamard's matrix of ±1 with orthogonal rows, by Sylvester's doubling: `n` must be a power of 2. Default integers if no dtype is given.
///
/// ```
/// # use raxla::{linalg, show};
/// assert_eq!(show(|| linalg::hadamard(2, None)), "[[1, 1], [1, -1]]");
/// ```
#[track_caller]
pub fn hadamard(n: usize, dtype: impl Into<Option<DType>>) -> Tracer {
    if !n.is_power_of_two() {
        fail(format!("hadamard: the size must be a power of 2, got {n}"));
    }
    let dtype = dtype.into().unwrap_or_else(DType::default_int);
    matrix([n, n], DType::F64, |i, j| sign((i & j).count_ones() as usize)).astype(dtype)
}
/// What [`dft`] is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DftScale {
    /// 1.
    #[default]
    None,
    /// The root of the size, which makes it unitary: `"sqrtn"`.
    Root,
    /// The size: `"n"`.
    Size,
}
/// The matrix of Fourier's transform of `n` numbers, `exp(−2πi j k / n)`; default complex numbers if no dtype is given.
///
/// ```
/// # use raxla::{linalg, linalg::DftScale, show};
/// assert_eq!(show(|| linalg::dft(2, DftScale::None, None)), "[[1.0+0.0i, 1.0+0.0i], [1.0+0.0i, -1.0+0.0i]]");
/// ```
#[track_caller]
pub fn dft(n: usize, scale: DftScale, dtype: impl Into<Option<DType>>) -> Tracer {
    let dtype = dtype.into().unwrap_or_else(DType::default_complex);
    if !dtype.is_complex() {
        fail(format!("dft: the dtype must be one of complex numbers, got {dtype}"));
    }
    let size = match scale {
        DftScale::None => 1.0,
        DftScale::Root => 1.0 / (n as f64).sqrt(),
        DftScale::Size => 1.0 / n as f64,
    };
    let turn =
        |at: usize| Complex64::from_polar(size, -std::f64::consts::TAU * ((at / n) * (at % n) % n) as f64 / n as f64);
    constant(Literal::from_complexes(ShapedArray::new(&[n, n], dtype), (0..n * n).map(turn)))
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { linalg_known:
        "jsp.linalg.hilbert(4)", "" => fn() hilbert(4);
        "jsp.linalg.hilbert(3)", "", x64 => fn() hilbert(3);
        "jsp.linalg.invhilbert(4)", "", within(10.0) => fn() invhilbert(4); // JAX's binomials are of logarithms
        "jsp.linalg.pascal(4)", "" => fn() pascal(4, Pascal::Symmetric);
        "jsp.linalg.pascal(5, kind='lower')", "" => fn() pascal(5, Pascal::Lower);
        "jsp.linalg.pascal(5, kind='upper')", "" => fn() pascal(5, Pascal::Upper);
        "jsp.linalg.invpascal(4)", "" => fn() invpascal(4, Pascal::Symmetric);
        "jsp.linalg.invpascal(4, kind='lower')", "" => fn() invpascal(4, Pascal::Lower);
        "jsp.linalg.invpascal(4, kind='upper')", "" => fn() invpascal(4, Pascal::Upper);
        "jsp.linalg.helmert(4)", "" => fn() helmert(4, false);
        "jsp.linalg.helmert(4, full=True)", "" => fn() helmert(4, true);
        "jsp.linalg.helmert(1)", "" => fn() helmert(1, false);
        "jsp.linalg.hadamard(4)", "" => fn() hadamard(4, None);
        "jsp.linalg.hadamard(8, dtype='float32')", "" => fn() hadamard(8, DType::F32);
        "jsp.linalg.dft(4)", "" => fn() dft(4, DftScale::None, None);
        "jsp.linalg.dft(5, scale='sqrtn')", "" => fn() dft(5, DftScale::Root, None);
        "jsp.linalg.dft(3, scale='n')", "" => fn() dft(3, DftScale::Size, None);
    }
}
