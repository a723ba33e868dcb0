//! One result for each element, or for the elements of several arrays at one place.

use super::{Absent, Kinds, Word, alike, check, one, several};
use crate::{array::ArrayLike, dtype::Dtype, table::functions, tree::type_error};
use pyo3::{exceptions::PyValueError, prelude::*};
use raxla::{
    DType, Tracer, lax,
    numpy::{astype, promotion::inexact},
};

macro_rules! unary { ($($(#[$doc:meta])* $name:ident $kinds:ident;)*) => { functions! { register_unary; $(
    $(#[$doc])*
    fn $name(x: ArrayLike) [x] |py| lax::$name(one(py, stringify!($name), &x, Kinds::$kinds));
)* } } }
unary! {
    /// The absolute value; of complex numbers the modulus.
    abs LENGTH;
    /// The angle in radians whose cosine this is.
    acos INEXACT;
    /// The inverse of the hyperbolic cosine.
    acosh INEXACT;
    /// The angle in radians whose sine this is.
    asin INEXACT;
    /// The inverse of the hyperbolic sine.
    asinh INEXACT;
    /// The angle in radians whose tangent this is.
    atan INEXACT;
    /// The inverse of the hyperbolic tangent.
    atanh INEXACT;
    /// The modified Bessel function of the first kind and order 0, divided by its exponential.
    bessel_i0e FLOAT;
    /// The modified Bessel function of the first kind and order 1, divided by its exponential.
    bessel_i1e FLOAT;
    /// The bits, each turned over; of bools, the other one.
    bitwise_not BITS;
    /// The least integer not below.
    ceil FLOAT;
    /// How many bits before the first that is set.
    clz INTEGER;
    /// The hyperbolic cosine.
    cosh INEXACT;
    /// The derivative of `lgamma`.
    digamma FLOAT;
    /// The error function.
    erf FLOAT;
    /// The inverse of the error function.
    erf_inv FLOAT;
    /// One less the error function.
    erfc FLOAT;
    /// The greatest integer not above.
    floor FLOAT;
    /// The imaginary part.
    imag COMPLEX;
    /// Whether it is neither infinite nor NaN.
    is_finite FLOAT;
    /// The logarithm of the gamma function's absolute value.
    lgamma FLOAT;
    /// The number with the other sign.
    neg NUMBER;
    /// How many bits are set.
    population_count INTEGER;
    /// The real part.
    real COMPLEX;
    /// `1 / x`.
    reciprocal INEXACT;
    /// -1, 0 or 1, as the number is negative, zero or positive; of complex numbers `z / |z|`.
    sign NUMBER;
    /// The hyperbolic sine.
    sinh INEXACT;
    /// The number times itself.
    square NUMBER;
}
macro_rules! unary_accurate { ($($(#[$doc:meta])* $name:ident;)*) => { functions! { register_accurate; $(
    $(#[$doc])*
    fn $name(x: ArrayLike, accuracy: Option<Absent>) [x, *, accuracy = None] |py| {
        let _ = accuracy;
        lax::$name(one(py, stringify!($name), &x, Kinds::INEXACT))
    };
)* } } }
unary_accurate! {
    /// The cube root, of negative numbers too.
    cbrt;
    /// The cosine of radians.
    cos;
    /// The exponential `eˣ`.
    exp;
    /// `2ˣ`.
    exp2;
    /// `eˣ - 1`, accurate near 0.
    expm1;
    /// The natural logarithm.
    log;
    /// `log(1 + x)`, accurate near 0.
    log1p;
    /// `1 / (1 + e⁻ˣ)`.
    logistic;
    /// One over the square root.
    rsqrt;
    /// The sine of radians.
    sin;
    /// The square root.
    sqrt;
    /// The tangent of radians.
    tan;
    /// The hyperbolic tangent.
    tanh;
}
macro_rules! binary { ($($(#[$doc:meta])* $name:ident($x:ident, $y:ident) $kinds:ident;)*) => { functions! { register_binary; $(
    $(#[$doc])*
    fn $name($x: ArrayLike, $y: ArrayLike) [$x, $y] |py| {
        let [a, b] = several(py, stringify!($name), [&$x, &$y], Kinds::$kinds);
        lax::$name(a, b)
    };
)* } } }
binary! {
    /// The sum.
    add(x, y) NUMBER;
    /// The angle of the point `(y, x)`.
    atan2(x, y) INEXACT;
    /// Bits that are set in both.
    bitwise_and(x, y) BITS;
    /// Bits that are set in either.
    bitwise_or(x, y) BITS;
    /// Bits that are set in one alone.
    bitwise_xor(x, y) BITS;
    /// The complex number of two parts.
    complex(x, y) FLOAT;
    /// The quotient; of integers without what is behind the point.
    div(x, y) NUMBER;
    /// Whether they are equal.
    eq(x, y) ANY;
    /// Whether the first is not less.
    ge(x, y) ORDERED;
    /// Whether the first is greater.
    gt(x, y) ORDERED;
    /// The regularized lower incomplete gamma function.
    igamma(a, x) FLOAT;
    /// Its derivative in the first operand.
    igamma_grad_a(a, x) FLOAT;
    /// The regularized upper incomplete gamma function.
    igammac(a, x) FLOAT;
    /// Whether the first is not greater.
    le(x, y) ORDERED;
    /// Whether the first is less.
    lt(x, y) ORDERED;
    /// The greater one; of complex numbers by real, then by imaginary parts.
    max(x, y) ANY;
    /// The lesser one; of complex numbers by real, then by imaginary parts.
    min(x, y) ANY;
    /// Whether they differ.
    ne(x, y) ANY;
    /// The next float in the direction of another.
    nextafter(x1, x2) FLOAT;
    /// The derivatives of `digamma`.
    polygamma(m, x) FLOAT;
    /// The derivative of a gamma variate in its parameter.
    random_gamma_grad(a, x) FLOAT;
    /// The remainder, with the sign of the first operand.
    rem(x, y) NUMBER;
    /// Bits moved up.
    shift_left(x, y) INTEGER;
    /// Bits moved down, with copies of the sign.
    shift_right_arithmetic(x, y) INTEGER;
    /// Bits moved down, with zeros.
    shift_right_logical(x, y) INTEGER;
    /// The difference.
    sub(x, y) NUMBER;
    /// Hurwitz's zeta function.
    zeta(x, q) FLOAT;
}
/// Refuses bounds and conditions that are neither scalars nor of the operand's shape.
fn scalar_or_same(name: &str, x: Tracer, operand: Tracer) {
    if x.rank() > 0 && x.shape() != operand.shape() {
        raxla::ir::trace::fail(format!(
            "{name}: {} is neither a scalar nor of the shape of {}",
            x.aval(),
            operand.aval()
        ));
    }
}
fn choose(name: &str, which: Tracer, cases: &[Tracer]) -> Tracer {
    check(name, which, Kinds::BITS);
    alike(name, cases);
    let Some(first) = cases.first() else { raxla::ir::trace::fail(format!("{name}: takes at least one case")) };
    scalar_or_same(name, which, *first);
    cases.iter().for_each(|case| {
        if case.shape() != first.shape() {
            raxla::ir::trace::fail(format!(
                "{name}: cases must have one shape, got {} and {}",
                first.aval(),
                case.aval()
            ));
        }
    });
    if cases.len() == 1 { *first } else { lax::select_n(which.broadcast_to(&first.shape()), cases) }
}
functions! { register_functions;
    /// The product; in another dtype, if it is given.
    fn mul(x: ArrayLike, y: ArrayLike, out_dtype: Option<Dtype>) [x, y, *, out_dtype = None] |py| {
        let [x, y] = several(py, "mul", [&x, &y], Kinds::NUMBER);
        match out_dtype {
            Some(dtype) => lax::mul(astype(x, dtype.0), astype(y, dtype.0)),
            None => lax::mul(x, y),
        }
    };
    /// The upper halves of the bits of the product of two integers.
    fn mulhi(x: ArrayLike, y: ArrayLike) [x, y, /] |py| {
        let [x, y] = several(py, "mulhi", [&x, &y], Kinds::INTEGER);
        lax::mulhi(x, y)
    };
    /// The power. The exponent may be an integer.
    fn pow(x: ArrayLike, y: ArrayLike) [x, y] |py| {
        let x = one(py, "pow", &x, Kinds::INEXACT);
        let y = y.arg(py).tracer();
        check("pow", y, Kinds::NUMBER);
        let y = if y.dtype().is_integer() { y.with_dtype(x.dtype(), y.aval().weak) } else { y };
        alike("pow", &[x, y]);
        lax::pow(x, y)
    };
    /// The power with a known whole exponent.
    fn integer_pow(x: ArrayLike, y: i32) [x, y] |py| {
        let x = one(py, "integer_pow", &x, Kinds::NUMBER);
        if y < 0 && x.dtype().is_integer() {
            raxla::ir::trace::fail(format!("integer_pow: integers have no powers below 0, got {} and {y}", x.aval()));
        }
        lax::integer_pow(x, y)
    };
    /// The complex conjugate, a complex number of floats too.
    fn conj(x: ArrayLike) [x] |py| {
        let x = one(py, "conj", &x, Kinds::INEXACT);
        let complex = match x.dtype() {
            DType::F64 => DType::C128,
            _ => DType::C64,
        };
        lax::conj(if x.dtype().is_complex() { x } else { x.with_dtype(complex, x.aval().weak) })
    };
    /// The nearest integer, as a float.
    fn round(x: ArrayLike, rounding_method: Option<usize>) [x, rounding_method = None] |py| {
        let method = match rounding_method {
            None | Some(0) => lax::RoundingMethod::AwayFromZero,
            Some(1) => lax::RoundingMethod::ToNearestEven,
            Some(other) => return Err(type_error(format!("round: no such rounding method: {other}"))),
        };
        lax::round(one(py, "round", &x, Kinds::FLOAT), method)
    };
    /// `x` brought between two bounds.
    fn clamp(min: ArrayLike, x: ArrayLike, max: ArrayLike) [min, x, max] |py| {
        let [min, x, max] = several(py, "clamp", [&min, &x, &max], Kinds::ORDERED);
        scalar_or_same("clamp", min, x);
        scalar_or_same("clamp", max, x);
        lax::clamp(min, x, max)
    };
    /// The elements of one array where the condition holds, and those of the other elsewhere.
    fn select(pred: ArrayLike, on_true: ArrayLike, on_false: ArrayLike) [pred, on_true, on_false] |py| {
        choose("select", pred.tracer(py), &[on_false.tracer(py), on_true.tracer(py)])
    };
    /// The elements of the case that `which` names at each place.
    fn select_n(which: ArrayLike, cases: Vec<ArrayLike>) [which, *cases] |py| {
        choose("select_n", which.tracer(py), &cases.iter().map(|c| c.tracer(py)).collect::<Vec<_>>())
    };
    /// The regularized incomplete beta function.
    fn betainc(a: ArrayLike, b: ArrayLike, x: ArrayLike) [a, b, x] |py| {
        let [a, b, x] = several(py, "betainc", [&a, &b, &x], Kinds::FLOAT);
        lax::betainc(a, b, x)
    };
    /// The same numbers in another dtype.
    fn convert_element_type(operand: crate::table::Filling, new_dtype: Dtype) [operand, new_dtype] |py| {
        astype(operand.within(py, Some(new_dtype.0))?, new_dtype.0)
    };
    /// The same bits in another dtype.
    fn bitcast_convert_type(operand: ArrayLike, new_dtype: Dtype) [operand, new_dtype] |py| lax::bitcast_convert_type(operand.tracer(py), new_dtype.0);
    /// Rounded to fewer bits, in the same dtype.
    fn reduce_precision(operand: ArrayLike, exponent_bits: u32, mantissa_bits: u32) [operand, exponent_bits, mantissa_bits] |py| {
        lax::reduce_precision(one(py, "reduce_precision", &operand, Kinds::FLOAT), exponent_bits, mantissa_bits)
    };
    /// Values behind a barrier for XLA's optimiser.
    fn _optimization_barrier(xs: crate::table::Arrays) [xs] |py| crate::table::Out::Tuple(lax::optimization_barrier(&xs.tracers(py)));
    /// The value, as one whose derivative is 0.
    fn _stop_gradient(x: ArrayLike) [x] |py| lax::stop_gradient(x.tracer(py));
    /// A Fourier transform over the last axes.
    fn fft(x: ArrayLike, fft_type: Word, fft_lengths: super::Naturals) [x, fft_type, fft_lengths] |py| {
        use raxla::ir::primitives::fft::FftKind;
        let kind = match fft_type.0.trim_start_matches("ffttype.") {
            "fft" => FftKind::Fft,
            "ifft" => FftKind::Ifft,
            "rfft" => FftKind::Rfft,
            "irfft" => FftKind::Irfft,
            other => return Err(type_error(format!("fft: fft_type must be FFT, IFFT, RFFT or IRFFT, got {other}"))),
        };
        let x = inexact("fft", x.arg(py));
        let x = match kind {
            FftKind::Rfft if x.dtype().is_complex() => return Err(PyValueError::new_err("fft: RFFT takes real numbers")),
            FftKind::Rfft => x,
            _ if x.dtype().is_complex() => x,
            _ => astype(x, if x.dtype() == DType::F64 { DType::C128 } else { DType::C64 }),
        };
        // Over no axes, the numbers as they are.
        if fft_lengths.0.is_empty() { x } else { lax::fft(x, kind, &fft_lengths.0) }
    };
}
/// Adds all to a module.
pub fn register(module: &Bound<PyModule>) -> PyResult<()> {
    register_unary(module)?;
    register_accurate(module)?;
    register_binary(module)?;
    register_functions(module)
}
