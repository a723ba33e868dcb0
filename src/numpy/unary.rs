//! Elementwise functions of one array.

use super::promotion::{Arg, inexact, to_inexact};
use raxla_ir::{DType, Literal, ShapedArray, Tracer, dtype::Kind, literal::int_range, trace::constant, trace::fail};
use std::f64::consts::{LN_2, LN_10, PI};

/// Functions of floats and complex numbers, to which other dtypes are converted.
macro_rules! of_inexact { ($($(#[$doc:meta])* $name:ident $(($alias:ident))? = |$x:ident| $body:expr;)*) => { $(
    $(#[$doc])*
    ///
    /// Integers and bools are converted to floats first.
    #[track_caller]
    pub fn $name(x: impl Into<Arg>) -> Tracer {
        let $x = inexact(stringify!($name), x);
        $body
    }
    $(#[doc = concat!("[`", stringify!($name), "`] by its other name.")]
    #[track_caller]
    pub fn $alias(x: impl Into<Arg>) -> Tracer { $name(x) })?
)* } }
of_inexact! {
    /// The exponential `eˣ`.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::exp(constant(vec![0.0f32, 1.0]))), "[1.0, 2.718]");
    /// ```
    exp = |x| x.exp();
    /// `2ˣ`.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::exp2(constant(vec![0.0f32, 3.0]))), "[1.0, 8.0]");
    /// ```
    exp2 = |x| x.exp2();
    /// `eˣ - 1`, accurate near 0.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::expm1(constant(vec![0.0f32, 1.0]))), "[0.0, 1.718]");
    /// ```
    expm1 = |x| x.expm1();
    /// The natural logarithm; NaN of negative numbers.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::log(constant(vec![1.0f32, 2.0]))), "[0.0, 0.6931]");
    /// ```
    log = |x| x.log();
    /// The logarithm to the base 2.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::log2(constant(vec![1.0f32, 8.0]))), "[0.0, 3.0]");
    /// ```
    log2 = |x| x.log() / LN_2;
    /// The logarithm to the base 10.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::log10(constant(vec![1.0f32, 100.0]))), "[0.0, 2.0]");
    /// ```
    log10 = |x| x.log() / LN_10;
    /// `log(1 + x)`, accurate near 0.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::log1p(constant(vec![0.0f32, 1.0]))), "[0.0, 0.6931]");
    /// ```
    log1p = |x| x.log1p();
    /// The square root; NaN of negative numbers.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::sqrt(constant(vec![4, 9]))), "[2.0, 3.0]");
    /// ```
    sqrt = |x| x.sqrt();
    /// The cube root, of negative numbers too.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::cbrt(constant(vec![8.0f32, -27.0]))), "[2.0, -3.0]");
    /// ```
    cbrt = |x| x.cbrt();
    /// The sine of radians.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::sin(constant(vec![0.0f32, 1.0]))), "[0.0, 0.8415]");
    /// ```
    sin = |x| x.sin();
    /// The cosine of radians.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::cos(constant(vec![0.0f32, 1.0]))), "[1.0, 0.54]");
    /// ```
    cos = |x| x.cos();
    /// The tangent of radians.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::tan(constant(vec![0.0f32, 1.0]))), "[0.0, 1.557]");
    /// ```
    tan = |x| x.tan();
    /// The angle in radians whose sine this is.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::asin(constant(vec![0.0f32, 1.0]))), "[0.0, 1.571]");
    /// ```
    asin(arcsin) = |x| x.asin();
    /// The angle in radians whose cosine this is.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::acos(constant(vec![0.0f32, 1.0]))), "[1.571, 0.0]");
    /// ```
    acos(arccos) = |x| x.acos();
    /// The angle in radians whose tangent this is.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::atan(constant(vec![0.0f32, 1.0]))), "[0.0, 0.7854]");
    /// ```
    atan(arctan) = |x| x.atan();
    /// The hyperbolic sine.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::sinh(constant(vec![0.0f32, 1.0]))), "[0.0, 1.175]");
    /// ```
    sinh = |x| x.sinh();
    /// The hyperbolic cosine.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::cosh(constant(vec![0.0f32, 1.0]))), "[1.0, 1.543]");
    /// ```
    cosh = |x| x.cosh();
    /// The hyperbolic tangent.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::tanh(constant(vec![0.0f32, 1.0]))), "[0.0, 0.7616]");
    /// ```
    tanh = |x| x.tanh();
    /// The inverse of the hyperbolic sine.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::asinh(constant(vec![0.0f32, 1.0]))), "[0.0, 0.8814]");
    /// ```
    asinh(arcsinh) = |x| x.asinh();
    /// The inverse of the hyperbolic cosine.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::acosh(constant(vec![1.0f32, 2.0]))), "[0.0, 1.317]");
    /// ```
    acosh(arccosh) = |x| x.acosh();
    /// The inverse of the hyperbolic tangent.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::atanh(constant(vec![0.0f32, 0.5]))), "[0.0, 0.5493]");
    /// ```
    atanh(arctanh) = |x| x.atanh();
    /// Radians of degrees.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::deg2rad(constant(vec![180.0f32]))), "[3.142]");
    /// ```
    deg2rad(radians) = |x| x * (PI / 180.0);
    /// Degrees of radians.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::rad2deg(constant(vec![1.0f32]))), "[57.3]");
    /// ```
    rad2deg(degrees) = |x| x * (180.0 / PI);
    /// `sin(πx) / (πx)`, and 1 at 0, where it has derivatives up to the ninth.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::sinc(constant(vec![0.0f32, 0.5]))), "[1.0, 0.637]");
    /// ```
    sinc = |x| sinc_of(x);
    /// The nearest integer, as a float; halves go to the even one.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::rint(constant(vec![0.5f32, 1.5]))), "[0.0, 2.0]");
    /// ```
    rint = |x| if x.dtype().is_complex() { x.real().round().complex(x.imag().round()) } else { x.round() };
    /// `1 / x`.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::reciprocal(constant(vec![2.0f32, 4.0]))), "[0.5, 0.25]");
    /// ```
    reciprocal = |x| x.full_like(1.0) / x;
    /// The absolute value, as a float.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::fabs(constant(vec![-2, 3]))), "[2.0, 3.0]");
    /// ```
    fabs = |x| x.abs();
    /// Whether it is NaN.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::isnan(constant(vec![1.0f32, f32::NAN]))), "[false, true]");
    /// ```
    isnan = |x| x.not_equal(x);
    /// The modified Bessel function of the first kind and order 0.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::i0(constant(vec![0.0f32, 1.0]))), "[1.0, 1.266]");
    /// ```
    i0 = |x| crate::special::i0(x);
    /// The angle of a complex number in the plane, in radians.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::angle(constant(vec![1.0f32, -1.0]))), "[0.0, 3.142]");
    /// ```
    angle = |x| if x.dtype().is_complex() { x.imag().atan2(x.real()) } else { x.full_like(0.0).atan2(x) };
}
#[track_caller]
fn sinc_of(x: Tracer) -> Tracer {
    // Where x is 0, the quotient is taken of 1, lest its derivative be NaN, and the derivatives are those of the power series.
    let zero = x.equal(0.0);
    let scaled = zero.select(x.full_like(1.0), x) * PI;
    let square = (x * PI).square();
    let series = [72.0, 42.0, 20.0, 6.0].iter().fold(x.full_like(1.0), |sum, n| 1.0 - square * sum / *n);
    zero.select(series, scaled.sin() / scaled)
}

/// `x` as an array, with integers and bools let be.
#[track_caller]
fn array(x: impl Into<Arg>) -> Tracer {
    x.into().tracer()
}
/// The absolute value; of complex numbers the modulus.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::abs(constant(vec![-2, 3]))), "[2, 3]");
/// ```
#[track_caller]
pub fn abs(x: impl Into<Arg>) -> Tracer {
    let x = array(x);
    if matches!(x.dtype().kind(), Kind::Bool | Kind::Unsigned) { x } else { x.abs() }
}
/// [`abs`] by its other name.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::absolute(constant(vec![3.0f32]).complex(constant(vec![4.0f32])))), "[5.0]");
/// ```
#[track_caller]
pub fn absolute(x: impl Into<Arg>) -> Tracer {
    abs(x)
}
/// The number itself.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::positive(constant(vec![1.0f32, -2.0]))), "[1.0, -2.0]");
/// ```
#[track_caller]
pub fn positive(x: impl Into<Arg>) -> Tracer {
    array(x)
}
/// The number with the other sign. Bools have none: see [`logical_not`](super::logical_not).
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::negative(constant(vec![1.0f32, -2.0]))), "[-1.0, 2.0]");
/// ```
#[track_caller]
pub fn negative(x: impl Into<Arg>) -> Tracer {
    array(x).negative()
}
/// -1, 0 or 1, as the number is negative, zero or positive; NaN of NaN. Of complex numbers `z / |z|`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::sign(constant(vec![3.0f32, -2.0, 0.0]))), "[1.0, -1.0, 0.0]");
/// ```
#[track_caller]
pub fn sign(x: impl Into<Arg>) -> Tracer {
    array(x).sign()
}
/// The number times itself.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::square(constant(vec![3.0f32, -2.0]))), "[9.0, 4.0]");
/// ```
#[track_caller]
pub fn square(x: impl Into<Arg>) -> Tracer {
    let x = array(x);
    if x.dtype() == DType::Bool { x } else { x.square() }
}
/// The complex conjugate; real numbers are their own.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::conj(constant(vec![3.0f32]).complex(constant(vec![4.0f32])))), "[3.0-4.0i]");
/// ```
#[track_caller]
pub fn conj(x: impl Into<Arg>) -> Tracer {
    let x = array(x);
    if x.dtype().is_complex() { x.conj() } else { x }
}
/// [`conj`] by its other name.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::conjugate(constant(vec![3.0f32]).complex(constant(vec![4.0f32])))), "[3.0-4.0i]");
/// ```
#[track_caller]
pub fn conjugate(x: impl Into<Arg>) -> Tracer {
    conj(x)
}
/// The real part; real numbers are their own.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::real(constant(vec![3.0f32]).complex(constant(vec![4.0f32])))), "[3.0]");
/// ```
#[track_caller]
pub fn real(x: impl Into<Arg>) -> Tracer {
    let x = array(x);
    if x.dtype().is_complex() { x.real() } else { x }
}
/// The imaginary part, 0 of real numbers.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::imag(constant(vec![3.0f32]).complex(constant(vec![4.0f32])))), "[4.0]");
/// ```
#[track_caller]
pub fn imag(x: impl Into<Arg>) -> Tracer {
    let x = array(x);
    if x.dtype().is_complex() { x.imag() } else { x.full_like(0.0) }
}
/// [`angle`] in degrees.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::angle_deg(constant(vec![1.0f32]).complex(constant(vec![1.0f32])))), "[45.0]");
/// ```
#[track_caller]
pub fn angle_deg(x: impl Into<Arg>) -> Tracer {
    rad2deg(angle(x))
}
/// Of floats `f`; integers are whole already.
#[track_caller]
fn whole(name: &str, x: impl Into<Arg>, f: fn(Tracer) -> Tracer) -> Tracer {
    let x = array(x);
    match x.dtype().kind() {
        Kind::Float => f(x),
        Kind::Complex => fail(format!("{name}: takes real numbers, got {}", x.aval())),
        _ => x,
    }
}
/// The greatest integer not above. Integers and bools stay as they are.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::floor(constant(vec![1.5f32, -1.5]))), "[1.0, -2.0]");
/// ```
#[track_caller]
pub fn floor(x: impl Into<Arg>) -> Tracer {
    whole("floor", x, Tracer::floor)
}
/// The least integer not below. Integers and bools stay as they are.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::ceil(constant(vec![1.5f32, -1.5]))), "[2.0, -1.0]");
/// ```
#[track_caller]
pub fn ceil(x: impl Into<Arg>) -> Tracer {
    whole("ceil", x, Tracer::ceil)
}
/// The integer next towards zero. Integers and bools stay as they are.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::trunc(constant(vec![1.5f32, -1.5]))), "[1.0, -1.0]");
/// ```
#[track_caller]
pub fn trunc(x: impl Into<Arg>) -> Tracer {
    whole("trunc", x, |x| x.less(0.0).select(x.ceil(), x.floor()))
}
/// Rounded to so many decimals (negative: to tens, hundreds, …); halves go to the even digit.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::round(x, 1))(Array::from(vec![0.25f32, 0.35, -1.04]));
/// assert_eq!(y.to_vec::<f32>()?, [0.2, 0.4, -1.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn round(x: impl Into<Arg>, decimals: i32) -> Tracer {
    let x = array(x);
    match x.dtype().kind() {
        Kind::Bool => x.astype(to_inexact(DType::Bool)).round(),
        Kind::Signed | Kind::Unsigned if decimals >= 0 => x,
        Kind::Signed | Kind::Unsigned => {
            fail(format!("round: integers can only be rounded to decimals from 0 on, got {decimals} for {}", x.aval()))
        }
        Kind::Complex => round(x.real(), decimals).complex(round(x.imag(), decimals)),
        Kind::Float if decimals == 0 => x.round(),
        Kind::Float => {
            // In 16 bits the scaled number would overflow or lose its digits.
            let wide = if x.dtype().bits() < 32 { x.astype(DType::F32) } else { x };
            let factor = 10f64.powi(decimals);
            ((wide * factor).round() / factor).with_dtype(x.dtype(), x.aval().weak)
        }
    }
}
/// [`round`] by its other name.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::around(constant(vec![12.34f32]), 1)), "[12.3]");
/// ```
#[track_caller]
pub fn around(x: impl Into<Arg>, decimals: i32) -> Tracer {
    round(x, decimals)
}
/// Whether it is neither infinite nor NaN; true of integers.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::isfinite(constant(vec![1.0f32, f32::NAN, f32::INFINITY]))), "[true, false, false]");
/// ```
#[track_caller]
pub fn isfinite(x: impl Into<Arg>) -> Tracer {
    let x = array(x);
    match x.dtype().kind() {
        Kind::Float => x.is_finite(),
        Kind::Complex => x.real().is_finite() & x.imag().is_finite(),
        _ => constant(true).broadcast_to(&x.shape()),
    }
}
/// Whether it is infinite; of complex numbers, whether a part is.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::isinf(constant(vec![1.0f32, f32::NAN, f32::INFINITY]))), "[false, false, true]");
/// ```
#[track_caller]
pub fn isinf(x: impl Into<Arg>) -> Tracer {
    let x = array(x);
    match x.dtype().kind() {
        Kind::Float => x.abs().equal(f64::INFINITY),
        Kind::Complex => isinf(x.real()) | isinf(x.imag()),
        _ => constant(false).broadcast_to(&x.shape()),
    }
}
/// Whether it is the infinity of this sign.
#[track_caller]
fn is_infinity(name: &str, x: impl Into<Arg>, infinity: f64) -> Tracer {
    let x = array(x);
    match x.dtype().kind() {
        Kind::Float => x.equal(infinity),
        Kind::Complex => fail(format!("{name}: takes real numbers, got {}", x.aval())),
        _ => constant(false).broadcast_to(&x.shape()),
    }
}
/// Whether it is `+∞`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::isposinf(constant(vec![1.0f32, f32::NEG_INFINITY, f32::INFINITY]))), "[false, false, true]");
/// ```
#[track_caller]
pub fn isposinf(x: impl Into<Arg>) -> Tracer {
    is_infinity("isposinf", x, f64::INFINITY)
}
/// Whether it is `-∞`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::isneginf(constant(vec![1.0f32, f32::NEG_INFINITY, f32::INFINITY]))), "[false, true, false]");
/// ```
#[track_caller]
pub fn isneginf(x: impl Into<Arg>) -> Tracer {
    is_infinity("isneginf", x, f64::NEG_INFINITY)
}
/// Whether the imaginary part is not 0.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::iscomplex(constant(vec![1.0f32, 2.0]).complex(constant(vec![0.0f32, 1.0])))), "[false, true]");
/// ```
#[track_caller]
pub fn iscomplex(x: impl Into<Arg>) -> Tracer {
    let x = imag(x);
    x.not_equal(x.full_like(0.0))
}
/// Whether the imaginary part is 0.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::isreal(constant(vec![1.0f32, 2.0]).complex(constant(vec![0.0f32, 1.0])))), "[true, false]");
/// ```
#[track_caller]
pub fn isreal(x: impl Into<Arg>) -> Tracer {
    let x = imag(x);
    x.equal(x.full_like(0.0))
}
/// What [`nan_to_num`] puts in the place of NaN and the infinities; of the latter by default the greatest and least number.
#[derive(Clone, Copy, Debug, Default)]
pub struct NanToNum {
    /// In place of NaN.
    pub nan: f64,
    /// In place of `+∞`.
    pub posinf: Option<f64>,
    /// In place of `-∞`.
    pub neginf: Option<f64>,
}
/// The array with numbers in place of NaN and the infinities.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::nan_to_num(constant(vec![1.0f32, f32::NAN]), np::NanToNum::default())), "[1.0, 0.0]");
/// ```
#[track_caller]
pub fn nan_to_num(x: impl Into<Arg>, with: NanToNum) -> Tracer {
    let x = array(x);
    match x.dtype().kind() {
        Kind::Complex => nan_to_num(x.real(), with).complex(nan_to_num(x.imag(), with)),
        Kind::Float => {
            let greatest = greatest_finite(x.dtype());
            let x = isnan(x).select(x.full_like(with.nan), x);
            let x = x.equal(f64::INFINITY).select(x.full_like(with.posinf.unwrap_or(greatest)), x);
            x.equal(f64::NEG_INFINITY)
                .select(x.full_like(with.neginf.unwrap_or(-greatest)), x)
                .with_dtype(x.dtype(), false)
        }
        _ => x,
    }
}
/// The greatest finite number of a float dtype.
pub(super) fn greatest_finite(dtype: DType) -> f64 {
    match dtype {
        DType::F64 => f64::MAX,
        DType::F32 => f32::MAX as f64,
        DType::F16 => 65504.0,
        DType::BF16 => 3.3895313892515355e38,
        // Of the small ones, that to which all greater numbers would saturate, found by trying.
        other => {
            let all = (0..=255u8).filter_map(|b| Literal::from_bytes(ShapedArray::new(&[], other), &[b]));
            all.map(|l| l.floats()[0]).filter(|x| x.is_finite()).fold(0.0, f64::max)
        }
    }
}
/// The bits of integers, each turned over; of bools, the other one.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::bitwise_not(constant(vec![0, 5]))), "[-1, -6]");
/// ```
#[track_caller]
pub fn bitwise_not(x: impl Into<Arg>) -> Tracer {
    array(x).logical_not()
}
/// [`bitwise_not`] by its other names.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::invert(constant(vec![true, false]))), "[false, true]");
/// ```
#[track_caller]
pub fn invert(x: impl Into<Arg>) -> Tracer {
    bitwise_not(x)
}
/// [`bitwise_not`] by its other names.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::bitwise_invert(constant(vec![0, 5]))), "[-1, -6]");
/// ```
#[track_caller]
pub fn bitwise_invert(x: impl Into<Arg>) -> Tracer {
    bitwise_not(x)
}
/// How many bits of the absolute value are set, as `u8`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::bitwise_count(constant(vec![0, 5]))), "[0, 2]");
/// ```
#[track_caller]
pub fn bitwise_count(x: impl Into<Arg>) -> Tracer {
    let x = array(x);
    match x.dtype().kind() {
        Kind::Bool => x.astype(DType::U8),
        _ => abs(x).population_count().astype(DType::U8),
    }
}
/// Whether it is false, or zero.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::logical_not(constant(vec![0.0f32, 5.0]))), "[true, false]");
/// ```
#[track_caller]
pub fn logical_not(x: impl Into<Arg>) -> Tracer {
    array(x).astype(DType::Bool).logical_not()
}
/// What a float dtype can hold: what [`finfo`] says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finfo {
    /// The size in bits.
    pub bits: usize,
    /// The bits of the fraction.
    pub nmant: usize,
    /// The distance from 1 to the next greater number.
    pub eps: f64,
    /// The greatest finite number.
    pub max: f64,
    /// The least positive number with all digits.
    pub smallest_normal: f64,
    /// The least positive number.
    pub smallest_subnormal: f64,
}
/// What a float dtype can hold; of a complex one, what its parts can.
///
/// ```
/// use raxla::{DType, numpy as np};
/// assert_eq!(np::finfo(DType::F32).eps, f32::EPSILON as f64);
/// ```
#[track_caller]
pub fn finfo(dtype: DType) -> Finfo {
    let real = dtype.real();
    if !real.is_float() {
        fail(format!("finfo: takes a dtype of floats or complex numbers, got {dtype}"));
    }
    let (nmant, smallest_subnormal) = match real {
        DType::F64 => (52, f64::from_bits(1)),
        DType::F32 => (23, 2f64.powi(-149)),
        DType::BF16 => (7, 2f64.powi(-133)),
        DType::F16 => (10, 2f64.powi(-24)),
        // Of the small ones, what all their numbers say.
        small => {
            let all =
                (0..1u32 << small.bits()).filter_map(|b| Literal::from_bytes(ShapedArray::new(&[], small), &[b as u8]));
            let all: Vec<f64> = all.map(|l| l.floats()[0]).filter(|x| x.is_finite() && *x > 0.0).collect();
            let least = |above: f64| all.iter().copied().filter(|x| *x > above).fold(f64::INFINITY, f64::min);
            (-(least(1.0) - 1.0).log2() as usize, least(0.0))
        }
    };
    Finfo {
        bits: real.bits(),
        nmant,
        eps: 2f64.powi(-(nmant as i32)),
        max: greatest_finite(real),
        smallest_normal: smallest_subnormal * 2f64.powi(nmant as i32),
        smallest_subnormal,
    }
}
/// The least and greatest number of an integer dtype: NumPy's `iinfo`.
///
/// ```
/// # use raxla::{DType, numpy as np};
/// assert_eq!(np::iinfo(DType::I8), (-128, 127));
/// ```
///
/// # Panics
/// If it is no integer dtype.
#[track_caller]
pub fn iinfo(dtype: DType) -> (i128, i128) {
    if !dtype.is_integer() {
        fail(format!("iinfo: takes an integer dtype, got {dtype}"));
    }
    int_range(dtype)
}
#[cfg(test)]
mod tests {
    use super::*;

    fn finfo_table() -> Tracer {
        use DType::*;
        let row = |d: DType| {
            let i = finfo(d);
            [i.bits as f64, i.nmant as f64, i.eps, i.max, i.smallest_normal, i.smallest_subnormal]
        };
        let dtypes = [F4E2M1FN, F8E4M3FN, F8E4M3FNUZ, F8E5M2, F8E3M4, BF16, F16, F32, F64];
        constant(Literal::new(&[9, 6], &dtypes.map(row).concat()))
    }
    fn iinfo_table() -> Tracer {
        use DType::*;
        let bounds: Vec<i64> = [I4, I8, U16, I32, U32, I64]
            .into_iter()
            .flat_map(|d| <[i128; 2]>::from(iinfo(d)))
            .map(|i| i as i64)
            .collect();
        constant(Literal::new(&[6, 2], &bounds))
    }
    crate::oracle::rows! { numpy_unary:
        "jnp.exp(a)", "f32(5)" => fn(a) exp(a);
        "jnp.exp(a)", "i32(5)" => fn(a) exp(a);
        "jnp.exp(a)", "c64(5)" => fn(a) exp(a);
        "jnp.exp(a)", "i32(5)", x64 => fn(a) exp(a);
        "jnp.exp2(a)", "f32(5)" => fn(a) exp2(a);
        "jnp.expm1(a)", "bf16(5)" => fn(a) expm1(a);
        "jnp.log(a)", "f32(5, low=0.1)" => fn(a) log(a);
        "jnp.log2(a)", "f32(5, low=0.1)" => fn(a) log2(a);
        "jnp.log10(a)", "f32(5, low=0.1)" => fn(a) log10(a);
        "jnp.log1p(a)", "f32(5, low=-0.9)" => fn(a) log1p(a);
        "jnp.sqrt(a)", "f32(5, low=0.1)" => fn(a) sqrt(a);
        "jnp.sqrt(a)", "boolean(3)" => fn(a) sqrt(a);
        "jnp.cbrt(a)", "f32(5)" => fn(a) cbrt(a);
        "jnp.sin(a)", "f32(5)" => fn(a) sin(a);
        "jnp.cos(a)", "f32(5)" => fn(a) cos(a);
        "jnp.tan(a)", "f32(5, low=-1, high=1)" => fn(a) tan(a);
        "jnp.arcsin(a)", "f32(5, low=-1, high=1)" => fn(a) arcsin(a);
        "jnp.acos(a)", "f32(5, low=-0.9, high=0.9)" => fn(a) acos(a);
        "jnp.arctan(a)", "f32(5)" => fn(a) arctan(a);
        "jnp.sinh(a)", "f32(5)" => fn(a) sinh(a);
        "jnp.cosh(a)", "f32(5)" => fn(a) cosh(a);
        "jnp.tanh(a)", "f32(5)" => fn(a) tanh(a);
        "jnp.arcsinh(a)", "f32(5)" => fn(a) arcsinh(a);
        "jnp.arccosh(a)", "f32(5, low=1.1, high=4)" => fn(a) arccosh(a);
        "jnp.atanh(a)", "f32(5, low=-0.9, high=0.9)" => fn(a) atanh(a);
        "jnp.deg2rad(a)", "f32(5)" => fn(a) deg2rad(a);
        "jnp.degrees(a)", "f32(5)" => fn(a) degrees(a);
        "jnp.i0(a)", "f32(6, low=-9, high=9)" => fn(a) i0(a);
        "jnp.array([[float(x) for x in (i.bits, i.nmant, i.eps, i.max, i.smallest_normal, i.smallest_subnormal)] for i in map(jnp.finfo, ('float4_e2m1fn', 'float8_e4m3fn', 'float8_e4m3fnuz', 'float8_e5m2', 'float8_e3m4', 'bfloat16', 'float16', 'float32', 'float64'))]) + a", "values([0], 'f8')", x64 => fn(a) finfo_table() + a;
        "jnp.array([[jnp.iinfo(d).min, jnp.iinfo(d).max] for d in ('int4', 'int8', 'uint16', 'int32', 'uint32', 'int64')]) + a", "values([0], 'i8')", x64 => fn(a) iinfo_table() + a;
        "jnp.i0(a)", "i32(3)" => fn(a) i0(a);
        "jnp.sinc(a)", "values([0.0, 0.5, -1.25, 2.0], 'f4')" => fn(a) sinc(a);
        "jnp.rint(a)", "values([0.5, 1.5, -2.5, 0.3], 'f4')" => fn(a) rint(a);
        "jnp.rint(a)", "i32(3)" => fn(a) rint(a);
        "jnp.reciprocal(a)", "f32(5, low=0.5)" => fn(a) reciprocal(a);
        "jnp.fabs(a)", "f32(5)" => fn(a) fabs(a);
        "jnp.isnan(a)", "values([0.0, nan, inf], 'f4')" => fn(a) isnan(a);
        "jnp.angle(a)", "c64(5)" => fn(a) angle(a);
        "jnp.angle(a)", "f32(5)", values => fn(a) angle(a);
        "jnp.angle(a, deg=True)", "c64(5)" => fn(a) angle_deg(a);
        "jnp.abs(a)", "i32(5)" => fn(a) abs(a);
        "jnp.abs(a)", "u8(5)" => fn(a) abs(a);
        "jnp.abs(a)", "c64(5)" => fn(a) absolute(a);
        "jnp.positive(a)", "f32(5)" => fn(a) positive(a);
        "jnp.negative(a)", "i32(5)" => fn(a) negative(a);
        "jnp.sign(a)", "values([-2.0, 0.0, 3.0, nan], 'f4')" => fn(a) sign(a);
        "jnp.sign(a)", "i8(5)" => fn(a) sign(a);
        "jnp.square(a)", "c64(5)" => fn(a) square(a);
        "jnp.square(a)", "i32(5)" => fn(a) square(a);
        "jnp.conj(a)", "c64(5)" => fn(a) conj(a);
        "jnp.conjugate(a)", "f32(5)" => fn(a) conjugate(a);
        "jnp.real(a)", "c64(5)" => fn(a) real(a);
        "jnp.imag(a)", "c64(5)" => fn(a) imag(a);
        "jnp.imag(a)", "f32(5)" => fn(a) imag(a);
        "jnp.floor(a)", "f32(5)" => fn(a) floor(a);
        "jnp.floor(a)", "i32(5)" => fn(a) floor(a);
        "jnp.ceil(a)", "bf16(5)" => fn(a) ceil(a);
        "jnp.trunc(a)", "f32(5)" => fn(a) trunc(a);
        "jnp.round(a, 1)", "f32(5)" => fn(a) round(a, 1);
        "jnp.round(a)", "f32(5, high=40)" => fn(a) round(a, 0);
        "jnp.round(a, -1)", "f16(5, high=40)" => fn(a) around(a, -1);
        "jnp.round(a, 2)", "i32(5)" => fn(a) round(a, 2);
        "jnp.round(a, 1)", "c64(3)", values => fn(a) round(a, 1);
        "jnp.isfinite(a)", "values([0.0, nan, inf, -inf], 'f4')" => fn(a) isfinite(a);
        "jnp.isfinite(a)", "i32(2)" => fn(a) isfinite(a);
        "jnp.isinf(a)", "values([0.0, nan, inf, -inf], 'f4')" => fn(a) isinf(a);
        "jnp.isinf(a)", "values([complex(nan, inf), 1, complex(-inf, 2)], 'c8')" => fn(a) isinf(a);
        "jnp.isposinf(a)", "values([0.0, nan, inf, -inf], 'f4')" => fn(a) isposinf(a);
        "jnp.isneginf(a)", "values([0.0, nan, inf, -inf], 'f4')" => fn(a) isneginf(a);
        "jnp.iscomplex(a)", "values([1j, 2, 0], 'c8')" => fn(a) iscomplex(a);
        "jnp.isreal(a)", "values([1j, 2, 0], 'c8')" => fn(a) isreal(a);
        "jnp.nan_to_num(a)", "values([0.5, nan, inf, -inf], 'f4')" => fn(a) nan_to_num(a, NanToNum::default());
        "jnp.nan_to_num(a, nan=1.0, posinf=2.0, neginf=3.0)", "values([0.5, nan, inf, -inf], 'f4')" => fn(a) nan_to_num(a, NanToNum { nan: 1.0, posinf: Some(2.0), neginf: Some(3.0) });
        "jnp.nan_to_num(a)", "values([0.5, nan, inf, -inf], 'f2')" => fn(a) nan_to_num(a, NanToNum::default());
        "jnp.bitwise_not(a)", "i8(5)" => fn(a) bitwise_not(a);
        "jnp.invert(a)", "boolean(5)" => fn(a) invert(a);
        "jnp.bitwise_count(a)", "i32(5)" => fn(a) bitwise_count(a);
        "jnp.logical_not(a)", "f32(5)" => fn(a) logical_not(a);
        // By their other names.
        "(jnp.asin(a), jnp.arccos(a), jnp.atan(a), jnp.asinh(a), jnp.arctanh(a), jnp.acosh(a + 2))", "f32(4, low=-0.9, high=0.9)" => fn(a) (asin(a), arccos(a), atan(a), asinh(a), arctanh(a), acosh(a + 2.0));
        "(jnp.rad2deg(a), jnp.radians(a), jnp.bitwise_invert(b))", "f32(4), i32(4)" => fn(a, b) (rad2deg(a), radians(a), bitwise_invert(b));
    }
}
