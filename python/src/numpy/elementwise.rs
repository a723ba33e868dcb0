//! Functions of one element, or of two that stand in the same place.

use crate::{
    array::ArrayLike,
    table::{Converted, functions, no_out},
};
use raxla::numpy as np;

/// What `interp` gives beyond an end: a number, or `'extrapolate'`.
pub struct Beyond(Option<ArrayLike>);
impl<'a, 'py> pyo3::FromPyObject<'a, 'py> for Beyond {
    type Error = pyo3::PyErr;
    fn extract(object: pyo3::Borrowed<'a, 'py, pyo3::PyAny>) -> pyo3::PyResult<Beyond> {
        match object.extract::<&str>() {
            Ok("extrapolate") => Ok(Beyond(None)),
            Ok(other) => {
                let message =
                    format!("the only valid string value of `left` or `right` is 'extrapolate', but got: '{other}'");
                Err(pyo3::exceptions::PyValueError::new_err(message))
            }
            Err(_) => object.extract().map(|a| Beyond(Some(a))),
        }
    }
}

functions! { register;
    /// The exponential `eˣ`.
    fn exp(x: ArrayLike) [x, /] |py| np::exp(x.arg(py));
    /// `2ˣ`.
    fn exp2(x: ArrayLike) [x, /] |py| np::exp2(x.arg(py));
    /// `eˣ - 1`, accurate near 0.
    fn expm1(x: ArrayLike) [x, /] |py| np::expm1(x.arg(py));
    /// The natural logarithm; NaN of negative numbers.
    fn log(x: ArrayLike) [x, /] |py| np::log(x.arg(py));
    /// The logarithm to the base 2.
    fn log2(x: ArrayLike) [x, /] |py| np::log2(x.arg(py));
    /// The logarithm to the base 10.
    fn log10(x: ArrayLike) [x, /] |py| np::log10(x.arg(py));
    /// `log(1 + x)`, accurate near 0.
    fn log1p(x: ArrayLike) [x, /] |py| np::log1p(x.arg(py));
    /// The square root; NaN of negative numbers.
    fn sqrt(x: ArrayLike) [x, /] |py| np::sqrt(x.arg(py));
    /// The cube root, of negative numbers too.
    fn cbrt(x: ArrayLike) [x, /] |py| np::cbrt(x.arg(py));
    /// The sine of radians.
    fn sin(x: ArrayLike) [x, /] |py| np::sin(x.arg(py));
    /// The cosine of radians.
    fn cos(x: ArrayLike) [x, /] |py| np::cos(x.arg(py));
    /// The tangent of radians.
    fn tan(x: ArrayLike) [x, /] |py| np::tan(x.arg(py));
    /// The angle in radians whose sine this is.
    fn asin(x: ArrayLike) [x, /] |py| np::asin(x.arg(py));
    /// The angle in radians whose cosine this is.
    fn acos(x: ArrayLike) [x, /] |py| np::acos(x.arg(py));
    /// The angle in radians whose tangent this is.
    fn atan(x: ArrayLike) [x, /] |py| np::atan(x.arg(py));
    /// The angle in radians whose sine this is.
    fn arcsin(x: ArrayLike) [x, /] |py| np::arcsin(x.arg(py));
    /// The angle in radians whose cosine this is.
    fn arccos(x: ArrayLike) [x, /] |py| np::arccos(x.arg(py));
    /// The angle in radians whose tangent this is.
    fn arctan(x: ArrayLike) [x, /] |py| np::arctan(x.arg(py));
    /// The hyperbolic sine.
    fn sinh(x: ArrayLike) [x, /] |py| np::sinh(x.arg(py));
    /// The hyperbolic cosine.
    fn cosh(x: ArrayLike) [x, /] |py| np::cosh(x.arg(py));
    /// The hyperbolic tangent.
    fn tanh(x: ArrayLike) [x, /] |py| np::tanh(x.arg(py));
    /// The inverse of the hyperbolic sine.
    fn asinh(x: ArrayLike) [x, /] |py| np::asinh(x.arg(py));
    /// The inverse of the hyperbolic cosine.
    fn acosh(x: ArrayLike) [x, /] |py| np::acosh(x.arg(py));
    /// The inverse of the hyperbolic tangent.
    fn atanh(x: ArrayLike) [x, /] |py| np::atanh(x.arg(py));
    /// The inverse of the hyperbolic sine.
    fn arcsinh(x: ArrayLike) [x, /] |py| np::arcsinh(x.arg(py));
    /// The inverse of the hyperbolic cosine.
    fn arccosh(x: ArrayLike) [x, /] |py| np::arccosh(x.arg(py));
    /// The inverse of the hyperbolic tangent.
    fn arctanh(x: ArrayLike) [x, /] |py| np::arctanh(x.arg(py));
    /// Radians of degrees.
    fn deg2rad(x: ArrayLike) [x, /] |py| np::deg2rad(x.arg(py));
    /// Radians of degrees.
    fn radians(x: ArrayLike) [x, /] |py| np::radians(x.arg(py));
    /// Degrees of radians.
    fn rad2deg(x: ArrayLike) [x, /] |py| np::rad2deg(x.arg(py));
    /// Degrees of radians.
    fn degrees(x: ArrayLike) [x, /] |py| np::degrees(x.arg(py));
    /// `sin(πx) / (πx)`, and 1 at 0, where the derivative is 0.
    fn sinc(x: ArrayLike) [x, /] |py| np::sinc(x.arg(py));
    /// The nearest integer, as a float; halves go to the even one.
    fn rint(x: ArrayLike) [x, /] |py| np::rint(x.arg(py));
    /// `1 / x`.
    fn reciprocal(x: ArrayLike) [x, /] |py| np::reciprocal(x.arg(py));
    /// The absolute value, as a float.
    fn fabs(x: ArrayLike) [x, /] |py| np::fabs(x.arg(py));
    /// Whether it is NaN.
    fn isnan(x: ArrayLike) [x, /] |py| np::isnan(x.arg(py));
    /// The modified Bessel function of the first kind and order 0.
    fn i0(x: ArrayLike) [x] |py| np::i0(x.arg(py));
    /// The absolute value; of complex numbers the modulus.
    fn abs(x: ArrayLike) [x, /] |py| np::abs(x.arg(py));
    /// `abs` by its other name.
    fn absolute(x: ArrayLike) [x, /] |py| np::absolute(x.arg(py));
    /// The number itself.
    fn positive(x: ArrayLike) [x, /] |py| np::positive(x.arg(py));
    /// The number with the other sign. Bools have none: see `logical_not`.
    fn negative(x: ArrayLike) [x, /] |py| np::negative(x.arg(py));
    /// -1, 0 or 1, as the number is negative, zero or positive; NaN of NaN. Of complex numbers `z / |z|`.
    fn sign(x: ArrayLike) [x, /] |py| np::sign(x.arg(py));
    /// The number times itself.
    fn square(x: ArrayLike) [x, /] |py| np::square(x.arg(py));
    /// The complex conjugate; real numbers are their own.
    fn conj(x: ArrayLike) [x, /] |py| np::conj(x.arg(py));
    /// `conj` by its other name.
    fn conjugate(x: ArrayLike) [x, /] |py| np::conjugate(x.arg(py));
    /// The real part; real numbers are their own.
    fn real(val: ArrayLike) [val, /] |py| np::real(val.arg(py));
    /// The imaginary part, 0 of real numbers.
    fn imag(val: ArrayLike) [val, /] |py| np::imag(val.arg(py));
    /// The greatest integer not above. Integers and bools stay as they are.
    fn floor(x: ArrayLike) [x, /] |py| np::floor(x.arg(py));
    /// The least integer not below. Integers and bools stay as they are.
    fn ceil(x: ArrayLike) [x, /] |py| np::ceil(x.arg(py));
    /// The integer next towards zero. Integers and bools stay as they are.
    fn trunc(x: ArrayLike) [x] |py| np::trunc(x.arg(py));
    /// Whether it is neither infinite nor NaN; true of integers.
    fn isfinite(x: ArrayLike) [x, /] |py| np::isfinite(x.arg(py));
    /// Whether it is infinite; of complex numbers, whether a part is.
    fn isinf(x: ArrayLike) [x, /] |py| np::isinf(x.arg(py));
    /// Whether it is `+∞`.
    fn isposinf(x: ArrayLike, out: Option<pyo3::Py<pyo3::PyAny>>) [x, /, out = None] |py| {
        no_out("isposinf", out)?;
        np::isposinf(x.arg(py))
    };
    /// Whether it is `-∞`.
    fn isneginf(x: ArrayLike, out: Option<pyo3::Py<pyo3::PyAny>>) [x, /, out = None] |py| {
        no_out("isneginf", out)?;
        np::isneginf(x.arg(py))
    };
    /// Whether the imaginary part is not 0.
    fn iscomplex(x: ArrayLike) [x] |py| np::iscomplex(x.arg(py));
    /// Whether the imaginary part is 0.
    fn isreal(x: ArrayLike) [x] |py| np::isreal(x.arg(py));
    /// The bits of integers, each turned over; of bools, the other one.
    fn bitwise_not(x: ArrayLike) [x, /] |py| np::bitwise_not(x.arg(py));
    /// `bitwise_not` by its other names.
    fn invert(x: ArrayLike) [x, /] |py| np::invert(x.arg(py));
    /// `bitwise_not` by its other names.
    fn bitwise_invert(x: ArrayLike) [x, /] |py| np::bitwise_invert(x.arg(py));
    /// How many bits of the absolute value are set, as `u8`.
    fn bitwise_count(x: ArrayLike) [x, /] |py| np::bitwise_count(x.arg(py));
    /// Whether it is false, or zero.
    fn logical_not(x: ArrayLike) [x, /] |py| np::logical_not(x.arg(py));
    /// Whether the sign is set, also of -0 and NaN.
    fn signbit(x: ArrayLike) [x, /] |py| np::signbit(x.arg(py));
    /// The distance to the next number away from 0, with the number's sign; of `f16`, as NumPy has it, to the next greater one. NaN of infinities.
    fn spacing(x: ArrayLike) [x, /] |py| np::spacing(x.arg(py));
    /// The part behind the point and the whole part, both with the number's sign.
    fn modf(x: ArrayLike, out: Option<pyo3::Py<pyo3::PyAny>>) [x, /, out = None] |py| {
        no_out("modf", out)?;
        np::modf(x.arg(py))
    };
    /// The mantissa, from 0.5 to 1 with the sign, and the exponent (`i32`): `x = mantissa × 2^exponent`. Of 0, infinities and NaN the mantissa is
    /// the number itself.
    fn frexp(x: ArrayLike) [x, /] |py| np::frexp(x.arg(py));
    /// The sum; of bools whether either holds.
    fn add(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::add(x1.input(py), x2.input(py));
    /// The difference. Bools have none.
    fn subtract(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::subtract(x1.input(py), x2.input(py));
    /// The product; of bools whether both hold.
    fn multiply(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::multiply(x1.input(py), x2.input(py));
    /// The quotient, of floats or complex numbers; integers are converted first.
    fn divide(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::divide(x1.input(py), x2.input(py));
    /// The quotient, of floats or complex numbers; integers are converted first.
    fn true_divide(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::true_divide(x1.input(py), x2.input(py));
    /// The greatest integer not above the quotient, in the operands' dtype. Of an integer by 0 it is -1.
    fn floor_divide(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::floor_divide(x1.input(py), x2.input(py));
    /// Element by element.
    fn remainder(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::remainder(x1.input(py), x2.input(py));
    /// What `floor_divide` leaves: the remainder with the sign of the divisor.
    fn r#mod(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::r#mod(x1.input(py), x2.input(py));
    /// The remainder of the division rounded towards zero, with the sign of the dividend.
    fn fmod(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::fmod(x1.input(py), x2.input(py));
    /// The greater; NaN if either is NaN. Where they are equal each has half of the derivative.
    fn maximum(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::maximum(x1.input(py), x2.input(py));
    /// The lesser; NaN if either is NaN. Where they are equal each has half of the derivative.
    fn minimum(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::minimum(x1.input(py), x2.input(py));
    /// The greater of those that are not NaN.
    fn fmax(x1: ArrayLike, x2: ArrayLike) [x1, x2] |py| np::fmax(x1.input(py), x2.input(py));
    /// The lesser of those that are not NaN.
    fn fmin(x1: ArrayLike, x2: ArrayLike) [x1, x2] |py| np::fmin(x1.input(py), x2.input(py));
    /// The angle of the point with the ordinate `x1` and the abscissa `x2`, in radians from -π to π.
    fn atan2(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::atan2(x1.input(py), x2.input(py));
    /// The angle of the point with the ordinate `x1` and the abscissa `x2`, in radians from -π to π.
    fn arctan2(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::arctan2(x1.input(py), x2.input(py));
    /// The square root of the sum of squares, without overflow.
    fn hypot(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::hypot(x1.input(py), x2.input(py));
    /// `log(exp(x1) + exp(x2))`, without overflow.
    fn logaddexp(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::logaddexp(x1.input(py), x2.input(py));
    /// `log2(2ˣ¹ + 2ˣ²)`, without overflow.
    fn logaddexp2(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::logaddexp2(x1.input(py), x2.input(py));
    /// The next number that the dtype has from `x1` towards `x2`.
    fn nextafter(x: ArrayLike, y: ArrayLike) [x, y, /] |py| np::nextafter(x.input(py), y.input(py));
    /// 0 of negative `x1`, 1 of positive, `x2` of 0, NaN of NaN.
    fn heaviside(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::heaviside(x1.input(py), x2.input(py));
    /// `x1` to the power of `x2`, always of floats.
    fn float_power(x: ArrayLike, y: ArrayLike) [x, y, /] |py| np::float_power(x.input(py), y.input(py));
    /// The greatest common divisor of two integers; it is not negative.
    fn gcd(x1: ArrayLike, x2: ArrayLike) [x1, x2] |py| np::gcd(x1.input(py), x2.input(py));
    /// The least common multiple of two integers; it is not negative.
    fn lcm(x1: ArrayLike, x2: ArrayLike) [x1, x2] |py| np::lcm(x1.input(py), x2.input(py));
    /// The bits that both have; of bools whether both hold.
    fn bitwise_and(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::bitwise_and(x1.input(py), x2.input(py));
    /// The bits that either has; of bools whether either holds.
    fn bitwise_or(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::bitwise_or(x1.input(py), x2.input(py));
    /// The bits that one has and the other has not; of bools whether one alone holds.
    fn bitwise_xor(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::bitwise_xor(x1.input(py), x2.input(py));
    /// The bits of `x1` moved to the left by `x2`.
    fn left_shift(x: ArrayLike, y: ArrayLike) [x, y, /] |py| np::left_shift(x.input(py), y.input(py));
    /// The bits of `x1` moved to the left by `x2`.
    fn bitwise_left_shift(x: ArrayLike, y: ArrayLike) [x, y, /] |py| np::bitwise_left_shift(x.input(py), y.input(py));
    /// The bits of `x1` moved to the right by `x2`; of signed integers the sign fills up.
    fn right_shift(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::right_shift(x1.input(py), x2.input(py));
    /// The bits of `x1` moved to the right by `x2`; of signed integers the sign fills up.
    fn bitwise_right_shift(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::bitwise_right_shift(x1.input(py), x2.input(py));
    /// Whether they are equal.
    fn equal(x: ArrayLike, y: ArrayLike) [x, y, /] |py| np::equal(x.input(py), y.input(py));
    /// Whether they differ.
    fn not_equal(x: ArrayLike, y: ArrayLike) [x, y, /] |py| np::not_equal(x.input(py), y.input(py));
    /// Whether `x1` is less.
    fn less(x: ArrayLike, y: ArrayLike) [x, y, /] |py| np::less(x.input(py), y.input(py));
    /// Whether `x1` is less or equal.
    fn less_equal(x: ArrayLike, y: ArrayLike) [x, y, /] |py| np::less_equal(x.input(py), y.input(py));
    /// Whether `x1` is greater.
    fn greater(x: ArrayLike, y: ArrayLike) [x, y, /] |py| np::greater(x.input(py), y.input(py));
    /// Whether `x1` is greater or equal.
    fn greater_equal(x: ArrayLike, y: ArrayLike) [x, y, /] |py| np::greater_equal(x.input(py), y.input(py));
    /// Whether both hold.
    fn logical_and(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::logical_and(x1.input(py), x2.input(py));
    /// Whether either holds.
    fn logical_or(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::logical_or(x1.input(py), x2.input(py));
    /// Whether one alone holds.
    fn logical_xor(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::logical_xor(x1.input(py), x2.input(py));
    /// The absolute value of `x1` with the sign of `x2`. Dtypes meet by promotion at floats, shapes broadcast.
    fn copysign(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::copysign(x1.input(py), x2.input(py));
    /// `x1 × 2^x2`, for integers `x2`; without overflow on the way. The derivative is `2^x2` (JAX's is 0).
    fn ldexp(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::ldexp(x1.input(py), x2.input(py));
    /// The floor of the quotient and the remainder with the divisor's sign, together.
    fn divmod(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::divmod(x1.input(py), x2.input(py));
    /// The first to the power of the second.
    fn power(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::power(x1.arg(py), x2.arg(py));
    /// `power` by its other name.
    fn pow(x1: ArrayLike, x2: ArrayLike) [x1, x2, /] |py| np::power(x1.arg(py), x2.arg(py));
    /// Rounded to a number of decimals, halves to even.
    fn round(a: ArrayLike, decimals: i32, out: Option<pyo3::Py<pyo3::PyAny>>) [a, decimals = 0, out = None] |py| {
        no_out("round", out)?;
        np::round(a.arg(py), decimals)
    };
    /// `round` by its other name.
    fn around(a: ArrayLike, decimals: i32, out: Option<pyo3::Py<pyo3::PyAny>>) [a, decimals = 0, out = None] |py| {
        no_out("around", out)?;
        np::round(a.arg(py), decimals)
    };
    /// The angles of complex numbers in the plane.
    fn angle(z: ArrayLike, deg: bool) [z, deg = false] |py| if deg { np::angle_deg(z.arg(py)) } else { np::angle(z.arg(py)) };
    /// NaN and infinities replaced by numbers.
    fn nan_to_num(x: ArrayLike, copy: bool, nan: f64, posinf: Option<f64>, neginf: Option<f64>) [x, copy = true, nan = 0.0, posinf = None, neginf = None] |py| {
        let _ = copy;
        np::nan_to_num(x.arg(py), np::NanToNum { nan, posinf, neginf })
    };
    /// The elements of one array or the other.
    fn _where(condition: ArrayLike, x: ArrayLike, y: ArrayLike) [condition, x, y] |py| np::where_(condition.arg(py), x.input(py), y.input(py));
    /// The elements moved inside of bounds.
    fn clip(arr: Option<ArrayLike>, min: Option<ArrayLike>, max: Option<ArrayLike>) [arr = None, /, min = None, max = None] |py| {
        let arr = arr.ok_or_else(|| pyo3::exceptions::PyValueError::new_err("No input was provided to the clip function."))?;
        np::clip(arr.arg(py), min.map(|x| x.arg(py)), max.map(|x| x.arg(py)))
    };
    /// Whether elements are nearly equal.
    fn isclose(a: ArrayLike, b: ArrayLike, rtol: ArrayLike, atol: ArrayLike, equal_nan: bool) [a, b, rtol = ArrayLike::Number(1e-05.into()), atol = ArrayLike::Number(1e-08.into()), equal_nan = false] |py| {
        np::isclose_within(a.input(py), b.input(py), rtol.arg(py), atol.arg(py), equal_nan)
    };
    /// Whether all elements are nearly equal.
    fn allclose(a: ArrayLike, b: ArrayLike, rtol: ArrayLike, atol: ArrayLike, equal_nan: bool) [a, b, rtol = ArrayLike::Number(1e-05.into()), atol = ArrayLike::Number(1e-08.into()), equal_nan = false] |py| {
        let near = np::isclose_within(a.input(py), b.input(py), rtol.arg(py), atol.arg(py), equal_nan);
        np::all(near, ())
    };
    /// Whether two arrays have one shape and equal elements.
    fn array_equal(a1: Converted, a2: Converted, equal_nan: bool) [a1, a2, equal_nan = false] |py| np::array_equal(a1.0.arg(py), a2.0.arg(py), equal_nan);
    /// Whether two arrays are equal after broadcasting.
    fn array_equiv(a1: Converted, a2: Converted) [a1, a2] |py| np::array_equiv(a1.0.arg(py), a2.0.arg(py));
    /// Linear interpolation between points.
    fn interp(x: ArrayLike, xp: ArrayLike, fp: ArrayLike, left: Option<Beyond>, right: Option<Beyond>, period: Option<ArrayLike>) [x, xp, fp, left = None, right = None, period = None] |py| {
        let beyond = |b: Option<Beyond>| b.map(|b| b.0.map_or(np::Beyond::Extrapolate, |v| np::Beyond::Value(v.arg(py))));
        np::interp(x.arg(py), xp.arg(py), fp.arg(py), np::Interp { left: beyond(left), right: beyond(right), period: period.map(|p| p.arg(py)) })
    };
    /// The value, as one whose derivative is 0.
    fn _stop_gradient(x: ArrayLike) [x] |py| x.tracer(py).stop_gradient();
    /// 1 over the square root.
    fn _rsqrt(x: ArrayLike) [x] |py| x.tracer(py).rsqrt();
}
