//! [`Field`]: the numbers that kernels of linear algebra compute with.

use crate::{call::Item, vectorised};
use faer::{MatMut, MatRef, Par, diag::DiagMut, dyn_stack::MemStack, linalg::evd};
use num_complex::{Complex, Complex64};
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// `f32`, `f64`, and the complex numbers made of them.
pub(crate) trait Field:
    faer::traits::ComplexField
    + Item
    + Copy
    + Default
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
{
    /// The real numbers of the same precision.
    type Part: Field + faer::traits::RealField;
    /// The complex numbers of the same precision.
    type Whole: Field;
    const COMPLEX: bool;
    /// The distance of 1 from the next number.
    const PRECISION: f64;
    /// The least number with all its digits.
    const LEAST: f64;
    fn of(z: Complex64) -> Self;
    fn wide(self) -> Complex64;
    fn conjugate(self) -> Self;
    fn number(x: f64) -> Self {
        Self::of(Complex64::new(x, 0.0))
    }
    fn real(self) -> f64 {
        self.wide().re
    }
    fn finite(self) -> bool {
        self.wide().is_finite()
    }
    /// The eigenvalues of a matrix, and its left and right eigenvectors where there is room for them, as faer gives them.
    fn eigenvalues(
        a: MatRef<Self>,
        left: Option<&mut Vec<Self>>,
        right: Option<&mut Vec<Self>>,
        par: Par,
        stack: &mut MemStack,
    ) -> Option<Vec<Complex64>>;
    /// NaN, in both parts.
    fn missing() -> Self {
        Self::of(Complex64::new(f64::NAN, f64::NAN))
    }
}
macro_rules! fields { ($($Real:ident)*) => { $(
    impl Field for $Real {
        type Part = $Real;
        type Whole = Complex<$Real>;
        const COMPLEX: bool = false;
        const PRECISION: f64 = $Real::EPSILON as f64;
        const LEAST: f64 = $Real::MIN_POSITIVE as f64;
        fn of(z: Complex64) -> $Real {
            z.re as $Real
        }
        fn wide(self) -> Complex64 {
            Complex64::new(self as f64, 0.0)
        }
        fn conjugate(self) -> $Real {
            self
        }
        fn eigenvalues(
            a: MatRef<$Real>,
            left: Option<&mut Vec<$Real>>,
            right: Option<&mut Vec<$Real>>,
            par: Par,
            stack: &mut MemStack,
        ) -> Option<Vec<Complex64>> {
            let n = a.nrows();
            let (mut re, mut im) = (vec![0.0; n], vec![0.0; n]);
            let [left, right] = [left, right].map(|v| v.map(|v| MatMut::from_column_major_slice_mut(v, n, n)));
            let (s_re, s_im) = (DiagMut::from_slice_mut(&mut re), DiagMut::from_slice_mut(&mut im));
            evd::evd_real(a, s_re, s_im, left, right, par, stack, Default::default()).ok()?;
            Some(re.into_iter().zip(im).map(|(re, im)| Complex64::new(re as f64, im as f64)).collect())
        }
    }
    impl Field for Complex<$Real> {
        type Part = $Real;
        type Whole = Complex<$Real>;
        const COMPLEX: bool = true;
        const PRECISION: f64 = $Real::EPSILON as f64;
        const LEAST: f64 = $Real::MIN_POSITIVE as f64;
        fn of(z: Complex64) -> Complex<$Real> {
            Complex::new(z.re as $Real, z.im as $Real)
        }
        fn wide(self) -> Complex64 {
            Complex64::new(self.re as f64, self.im as f64)
        }
        fn conjugate(self) -> Complex<$Real> {
            self.conj()
        }
        fn eigenvalues(
            a: MatRef<Complex<$Real>>,
            left: Option<&mut Vec<Complex<$Real>>>,
            right: Option<&mut Vec<Complex<$Real>>>,
            par: Par,
            stack: &mut MemStack,
        ) -> Option<Vec<Complex64>> {
            let n = a.nrows();
            let mut w = vec![Complex::default(); n];
            let [left, right] = [left, right].map(|v| v.map(|v| MatMut::from_column_major_slice_mut(v, n, n)));
            let s = DiagMut::from_slice_mut(&mut w);
            evd::evd_cplx(a, s, left, right, par, stack, Default::default()).ok()?;
            Some(w.into_iter().map(|z| z.wide()).collect())
        }
    }
)* } }
fields! { f32 f64 }

/// The Euclidean norm, in double precision, without overflow of its squares.
pub(crate) fn norm<T: Field>(items: &[T]) -> f64 {
    let sum: f64 = items.iter().map(|z| z.wide().norm_sqr()).sum();
    if sum > 1e-250 && sum < 1e250 {
        return sum.sqrt();
    }
    let greatest = items.iter().map(|z| z.wide().re.abs().max(z.wide().im.abs())).fold(0.0, f64::max);
    if greatest == 0.0 || !greatest.is_finite() {
        return greatest;
    }
    greatest * items.iter().map(|z| (z.wide() / greatest).norm_sqr()).sum::<f64>().sqrt()
}
/// What turns a vector so that its first element of at least 0.9 times the greatest size is positive.
pub(crate) fn phase<T: Field>(v: &[T]) -> T {
    let greatest = v.iter().map(|z| z.wide().norm_sqr()).fold(0.0, f64::max);
    match v.iter().map(|z| z.wide()).find(|z| z.norm_sqr() >= 0.81 * greatest) {
        Some(z) if z.norm() > 0.0 => T::of(z.conj() / z.norm()),
        _ => T::number(1.0),
    }
}
pub(crate) fn scale<T: Field>(v: &mut [T], by: T) {
    v.iter_mut().for_each(|z| *z = *z * by);
}
/// `vᴴ x`, several sums side by side.
#[inline(always)]
pub(crate) fn dot<T: Field>(v: &[T], x: &[T]) -> T {
    const WIDTH: usize = 16;
    let size = v.len().min(x.len());
    let (v, x) = (v[..size].chunks_exact(WIDTH), x[..size].chunks_exact(WIDTH));
    let (v_rest, x_rest) = (v.remainder().chunks_exact(4), x.remainder().chunks_exact(4));
    let mut sums = [T::default(); WIDTH];
    for (v, x) in v.zip(x) {
        for i in 0..WIDTH {
            sums[i] += v[i].conjugate() * x[i];
        }
    }
    for (v, x) in v_rest.remainder().iter().zip(x_rest.remainder()) {
        sums[WIDTH - 1] += v.conjugate() * *x;
    }
    for (v, x) in v_rest.zip(x_rest) {
        for i in 0..4 {
            sums[i] += v[i].conjugate() * x[i];
        }
    }
    let mut width = WIDTH;
    while width > 1 {
        width /= 2;
        for i in 0..width {
            sums[i] = sums[i] + sums[i + width];
        }
    }
    sums[0]
}
/// `to ← to + x by`.
#[inline(always)]
pub(crate) fn add<T: Field>(to: &mut [T], x: &[T], by: T) {
    for (to, x) in to.iter_mut().zip(x) {
        *to += *x * by;
    }
}
/// Whether all are finite; without an early end, which would keep it from taking several at a time.
pub(crate) fn finite<T: Field>(items: &[T]) -> bool {
    vectorised(
        #[inline(always)]
        || {
            let mut fine = true;
            for z in items {
                fine &= z.finite();
            }
            fine
        },
    )
}
