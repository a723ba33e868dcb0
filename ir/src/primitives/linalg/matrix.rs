//! Matrices of the reference interpreter: small, dense, of complex numbers in double precision, whatever the dtype.

use crate::{
    aval::ShapedArray,
    literal::{Literal, strides},
    primitives::Avals,
};
use num_complex::Complex64;
use std::ops::{Index, IndexMut};

/// A matrix, row by row. Those of real arrays have imaginary parts of zero, which the algorithms keep.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matrix {
    pub rows: usize,
    pub columns: usize,
    pub items: Vec<Complex64>,
}
impl Index<(usize, usize)> for Matrix {
    type Output = Complex64;
    fn index(&self, (i, j): (usize, usize)) -> &Complex64 {
        &self.items[i * self.columns + j]
    }
}
impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut Complex64 {
        &mut self.items[i * self.columns + j]
    }
}
impl Matrix {
    pub fn from_fn(rows: usize, columns: usize, f: impl Fn(usize, usize) -> Complex64) -> Matrix {
        let items = (0..rows * columns).map(|k| f(k / columns, k % columns)).collect();
        Matrix { rows, columns, items }
    }
    pub fn zeros(rows: usize, columns: usize) -> Matrix {
        Matrix::from_fn(rows, columns, |_, _| Complex64::ZERO)
    }
    pub fn identity(n: usize) -> Matrix {
        Matrix::from_fn(n, n, |i, j| if i == j { Complex64::ONE } else { Complex64::ZERO })
    }
    /// One column.
    pub fn column(items: impl IntoIterator<Item = Complex64>) -> Matrix {
        let items: Vec<Complex64> = items.into_iter().collect();
        Matrix { rows: items.len(), columns: 1, items }
    }
    pub fn reals(items: impl IntoIterator<Item = f64>) -> Matrix {
        Matrix::column(items.into_iter().map(|x| Complex64::new(x, 0.0)))
    }
    pub fn is_finite(&self) -> bool {
        self.items.iter().all(|z| z.is_finite())
    }
    /// The conjugate transpose.
    pub fn adjoint(&self) -> Matrix {
        Matrix::from_fn(self.columns, self.rows, |i, j| self[(j, i)].conj())
    }
    pub fn times(&self, other: &Matrix) -> Matrix {
        Matrix::from_fn(self.rows, other.columns, |i, j| {
            (0..self.columns).fold(Complex64::ZERO, |s, k| s + self[(i, k)] * other[(k, j)])
        })
    }
    /// The elements of a column from row `from` on.
    pub fn below(&self, from: usize, j: usize) -> Vec<Complex64> {
        (from..self.rows).map(|i| self[(i, j)]).collect()
    }
    /// The columns in another order, or some of them.
    pub fn select_columns(&self, order: &[usize]) -> Matrix {
        Matrix::from_fn(self.rows, order.len(), |i, j| self[(i, order[j])])
    }
    pub fn scale_column(&mut self, j: usize, by: Complex64) {
        for i in 0..self.rows {
            self[(i, j)] *= by;
        }
    }
    /// The upper triangle, with zeros below.
    pub fn upper(&self) -> Matrix {
        Matrix::from_fn(self.rows, self.columns, |i, j| if i <= j { self[(i, j)] } else { Complex64::ZERO })
    }
    /// The Hermitian matrix of which one triangle is given; the imaginary part of the diagonal is not read.
    pub fn hermitian(&self, lower: bool) -> Matrix {
        Matrix::from_fn(self.rows, self.columns, |i, j| match i == j {
            true => self[(i, i)].re.into(),
            false if (i > j) == lower => self[(i, j)],
            false => self[(j, i)].conj(),
        })
    }
    pub fn norm(&self) -> f64 {
        norm(&self.items)
    }
}
/// The Euclidean norm, without overflow of its squares.
pub(super) fn norm(items: &[Complex64]) -> f64 {
    let greatest = items.iter().map(|z| z.re.abs().max(z.im.abs())).fold(0.0, f64::max);
    if greatest == 0.0 || !greatest.is_finite() {
        return greatest;
    }
    greatest * items.iter().map(|z| (z / greatest).norm_sqr()).sum::<f64>().sqrt()
}
/// What turns a vector so that its first element of at least 0.9 times the greatest size is positive: the sign, or phase, by which
/// eigenvectors and singular vectors are made unique. (The greatest itself would be chosen by rounding where two are equal.)
pub(super) fn phase(v: &[Complex64]) -> Complex64 {
    let greatest = v.iter().map(|z| z.norm()).fold(0.0, f64::max);
    match v.iter().find(|z| z.norm() >= 0.9 * greatest) {
        Some(z) if z.norm() > 0.0 => z.conj() / z.norm(),
        _ => Complex64::ONE,
    }
}

/// Applies `f` to each matrix of a batch. An operand's last two axes are a matrix; if `vectors` holds for it, its last axis is one
/// column. Where `f` gives `None` the outputs are NaN, integers 0.
pub(super) fn each_matrix(
    ins: &[&Literal],
    vectors: &[bool],
    outs: &Avals,
    batch_rank: usize,
    f: impl Fn(&[Matrix]) -> Option<Vec<Matrix>>,
) -> Vec<Literal> {
    let core = |aval: &ShapedArray| aval.shape[batch_rank..].to_vec();
    let size = |aval: &ShapedArray| core(aval).iter().product::<usize>();
    let count: usize = ins[0].shape()[..batch_rank].iter().product();
    let items: Vec<Vec<Complex64>> = ins.iter().map(|l| l.complexes()).collect();
    let mut results: Vec<Vec<Complex64>> = vec![vec![]; outs.len()];
    for b in 0..count {
        let matrices: Vec<Matrix> = (0..ins.len())
            .map(|i| {
                let (shape, n) = (core(ins[i].aval()), size(ins[i].aval()));
                let columns = if vectors[i] { 1 } else { shape[1] };
                Matrix { rows: shape[0], columns, items: items[i][b * n..][..n].to_vec() }
            })
            .collect();
        let values = f(&matrices);
        for (o, (result, aval)) in results.iter_mut().zip(outs).enumerate() {
            match &values {
                Some(values) => result.extend(&values[o].items),
                None if aval.dtype.is_inexact() => {
                    let im = if aval.dtype.is_complex() { f64::NAN } else { 0.0 };
                    result.extend(std::iter::repeat_n(Complex64::new(f64::NAN, im), size(aval)))
                }
                None => result.extend(std::iter::repeat_n(Complex64::ZERO, size(aval))),
            }
        }
    }
    debug_assert!(outs.iter().all(|o| strides(&o.shape).len() >= batch_rank));
    let literal = |(aval, items): (&ShapedArray, Vec<Complex64>)| match aval.dtype.is_inexact() {
        true => Literal::from_complexes(aval.clone(), items),
        false => Literal::from_ints(aval.clone(), items.into_iter().map(|z| z.re as i128)),
    };
    outs.iter().zip(results).map(literal).collect()
}
