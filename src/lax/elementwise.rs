//! One result for each element, or for the elements of several arrays at one place.

use raxla_ir::{DType, Tracer, trace::fail};

macro_rules! unary { ($($name:ident = $method:ident;)*) => { $(
    #[doc = concat!("[`Tracer::", stringify!($method), "`].")]
    #[track_caller]
    pub fn $name(x: Tracer) -> Tracer { x.$method() }
)* } }
unary! {
    abs = abs; acos = acos; acosh = acosh; asin = asin; asinh = asinh; atan = atan; atanh = atanh; bessel_i0e = bessel_i0e; bessel_i1e = bessel_i1e;
    bitwise_not = logical_not; cbrt = cbrt; ceil = ceil; clz = count_leading_zeros; conj = conj; cos = cos; cosh = cosh; digamma = digamma; erf = erf;
    erf_inv = erf_inv; erfc = erfc; exp = exp; exp2 = exp2; expm1 = expm1; floor = floor; imag = imag; is_finite = is_finite; lgamma = lgamma; log = log;
    log1p = log1p; logistic = logistic; neg = negative; population_count = population_count; real = real; rsqrt = rsqrt; sign = sign; sin = sin;
    sinh = sinh; sqrt = sqrt; square = square; stop_gradient = stop_gradient; tan = tan; tanh = tanh;
}
macro_rules! binary { ($($name:ident = $method:ident;)*) => { $(
    #[doc = concat!("[`Tracer::", stringify!($method), "`].")]
    #[track_caller]
    pub fn $name(x: Tracer, y: Tracer) -> Tracer { x.$method(y) }
)* } }
binary! {
    add = add_to; atan2 = atan2; bitwise_and = bitwise_and; bitwise_or = bitwise_or; bitwise_xor = bitwise_xor; complex = complex; div = divide; eq = equal;
    ge = greater_equal; gt = greater; igamma = igamma; igamma_grad_a = igamma_grad_a; igammac = igammac; le = less_equal; lt = less; max = maximum;
    min = minimum; mul = multiply; ne = not_equal; nextafter = nextafter; polygamma = polygamma; pow = pow; random_gamma_grad = random_gamma_grad;
    rem = remainder; shift_left = shift_left; shift_right_arithmetic = shift_right_arithmetic; shift_right_logical = shift_right_logical; sub = subtract;
    zeta = zeta; dot = dot; batch_matmul = matmul;
}
/// [`Tracer::clamp`]: `x` brought between two bounds.
///
/// ```
/// # use raxla::{constant, lax, show};
/// let got = show(|| lax::clamp(constant(vec![0.0f32, 0.0, 0.0]), constant(vec![-1.0f32, 0.5, 2.0]), constant(vec![1.0f32, 1.0, 1.0])));
/// assert_eq!(got, "[0.0, 0.5, 1.0]");
/// ```
#[track_caller]
pub fn clamp(min: Tracer, x: Tracer, max: Tracer) -> Tracer {
    x.clamp(min, max)
}
/// [`Tracer::select`]: the elements of one array where the condition holds, and those of the other elsewhere.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::select(constant(vec![true, false]), constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0]))), "[1.0, 4.0]");
/// ```
#[track_caller]
pub fn select(pred: Tracer, on_true: Tracer, on_false: Tracer) -> Tracer {
    pred.select(on_true, on_false)
}
/// The elements of the case that `which` (bools, or integers from 0) names at each place.
///
/// ```
/// # use raxla::{constant, lax, show};
/// let got = show(|| lax::select_n(constant(vec![0, 2, 1]), &[constant(vec![1.0f32, 2.0, 3.0]), constant(vec![4.0f32, 5.0, 6.0]), constant(vec![7.0f32, 8.0, 9.0])]));
/// assert_eq!(got, "[1.0, 8.0, 6.0]");
/// ```
#[track_caller]
pub fn select_n(which: Tracer, cases: &[Tracer]) -> Tracer {
    let Some((last, rest)) = cases.split_last() else { fail("select_n: takes at least 1 case, got none") };
    if which.dtype() == DType::Bool {
        return match cases {
            [off, on] => which.select(*on, *off),
            _ => fail(format!("select_n: bools choose between 2 cases, got {}", cases.len())),
        };
    }
    // Indices out of range count as the nearest, as in JAX.
    let numbered = rest.iter().enumerate().rev();
    numbered.fold(*last, |out, (i, case)| which.less_equal(i as i64).select(*case, out))
}
/// [`Tracer::astype`]: the same numbers in another dtype.
///
/// ```
/// # use raxla::{DType, constant, lax, show};
/// assert_eq!(show(|| lax::convert_element_type(constant(vec![1.5f32, -2.5]), DType::I32)), "[1, -2]");
/// ```
#[track_caller]
pub fn convert_element_type(x: Tracer, dtype: DType) -> Tracer {
    x.astype(dtype)
}
/// [`Tracer::bitcast_convert`]: the same bits in another dtype.
///
/// ```
/// # use raxla::{DType, constant, lax, show};
/// assert_eq!(show(|| lax::bitcast_convert_type(constant(vec![1.0f32, 2.0]), DType::I32)), "[1065353216, 1073741824]");
/// ```
#[track_caller]
pub fn bitcast_convert_type(x: Tracer, dtype: DType) -> Tracer {
    x.bitcast_convert(dtype)
}
/// [`Tracer::reduce_precision`]: rounded to fewer bits, in the same dtype.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::reduce_precision(constant(vec![3.14159f32]), 5, 3)), "[3.25]");
/// ```
#[track_caller]
pub fn reduce_precision(x: Tracer, exponent_bits: u32, mantissa_bits: u32) -> Tracer {
    x.reduce_precision(exponent_bits, mantissa_bits)
}
/// [`Tracer::powi`]: the power with a known whole exponent.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::integer_pow(constant(vec![2.0f32, 3.0]), -2)), "[0.25, 0.1111]");
/// ```
#[track_caller]
pub fn integer_pow(x: Tracer, y: i32) -> Tracer {
    x.powi(y)
}
/// `1 / x`.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::reciprocal(constant(vec![2.0f32, 4.0]))), "[0.5, 0.25]");
/// ```
#[track_caller]
pub fn reciprocal(x: Tracer) -> Tracer {
    x.powi(-1)
}
/// How [`round`] treats halves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoundingMethod {
    /// Away from zero.
    #[default]
    AwayFromZero,
    /// To the even neighbour.
    ToNearestEven,
}
/// The nearest integer, as a float.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::round(constant(vec![0.5f32, 1.5]), lax::RoundingMethod::ToNearestEven)), "[0.0, 2.0]");
/// ```
#[track_caller]
pub fn round(x: Tracer, method: RoundingMethod) -> Tracer {
    match method {
        RoundingMethod::AwayFromZero => x.round_half_away(),
        RoundingMethod::ToNearestEven => x.round(),
    }
}
/// The product of two integers' upper halves: the bits that the product in their dtype loses.
///
/// ```
/// # use raxla::{constant, lax, show};
/// assert_eq!(show(|| lax::mulhi(constant(vec![1073741824]), constant(vec![8]))), "[2]");
/// ```
#[track_caller]
pub fn mulhi(x: Tracer, y: Tracer) -> Tracer {
    let (wide, bits) = match x.dtype() {
        DType::I8 => (DType::I16, 8),
        DType::I16 => (DType::I32, 16),
        DType::I32 => (DType::I64, 32),
        DType::U8 => (DType::U16, 8),
        DType::U16 => (DType::U32, 16),
        DType::U32 => (DType::U64, 32),
        _ => fail(format!("mulhi: takes integers of 8 to 32 bits, got {}", x.aval())),
    };
    let product = x.astype(wide) * y.astype(wide);
    product.shift_right_arithmetic(bits).astype(x.dtype())
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { lax_elementwise:
        "lax.select_n(a, b, c)", "boolean(4), f32(4), f32(4)" => fn(a, b, c) select_n(a, &[b, c]);
        "lax.select_n(a, b, c, -b)", "i32(4, low=0, high=3), f32(4), f32(4)" => fn(a, b, c) select_n(a, &[b, c, -b]);
        "lax.reciprocal(a)", "f32(4, low=0.5)" => fn(a) reciprocal(a);
        "lax.round(a)", "values([0.5, 1.5, -0.5], 'f4')" => fn(a) round(a, RoundingMethod::AwayFromZero);
        "(lax.sin(a), lax.cos(a), lax.tan(a), lax.asin(a), lax.acos(a), lax.atan(a), lax.sinh(a), lax.cosh(a), lax.tanh(a), lax.asinh(a), lax.acosh(a + 1), lax.atanh(a))", "f32(4, low=0.2, high=0.9)"
            => fn(a) (vec![sin(a), cos(a), tan(a), asin(a), acos(a), atan(a)], vec![sinh(a), cosh(a), tanh(a), asinh(a), acosh(a + 1.0), atanh(a)]);
        "(lax.exp(a), lax.exp2(a), lax.expm1(a), lax.log(a), lax.log1p(a), lax.logistic(a), lax.sqrt(a), lax.rsqrt(a), lax.cbrt(a), lax.square(a))", "f32(4, low=0.2, high=2)"
            => fn(a) vec![exp(a), exp2(a), expm1(a), log(a), log1p(a), logistic(a), sqrt(a), rsqrt(a), cbrt(a), square(a)];
        "(lax.bessel_i0e(a), lax.bessel_i1e(a), lax.digamma(a), lax.lgamma(a), lax.erf(a), lax.erfc(a), lax.erf_inv(a))", "f32(4, low=0.2, high=0.9)"
            => fn(a) vec![bessel_i0e(a), bessel_i1e(a), digamma(a), lgamma(a), erf(a), erfc(a), erf_inv(a)];
        "(lax.abs(a), lax.neg(a), lax.sign(a), lax.ceil(a), lax.floor(a), lax.stop_gradient(a), lax.is_finite(1 / a))", "values([-1.5, 0.0, 2.5], 'f4')", values
            => fn(a) vec![abs(a), neg(a), sign(a), ceil(a), floor(a), stop_gradient(a), is_finite(1f64 / a)];
        "(lax.stop_gradient(a) * a, lax.abs(a), lax.neg(a))", "f32(3)" => fn(a) (stop_gradient(a) * a, abs(a), neg(a));
        "(lax.real(a), lax.imag(a), lax.conj(a), lax.complex(b, b * b))", "c64(3), f32(3)" => fn(a, b) (real(a), imag(a), conj(a), complex(b, b * b));
        "(lax.bitwise_not(a), lax.clz(a), lax.population_count(a))", "i32(4)" => fn(a) (bitwise_not(a), clz(a), population_count(a));
        "(lax.add(a, b), lax.sub(a, b), lax.mul(a, b), lax.div(a, b), lax.rem(a, b), lax.pow(b, a), lax.max(a, b), lax.min(a, b), lax.atan2(a, b))", "f32(4), f32(4, low=0.5, high=2)"
            => fn(a, b) vec![add(a, b), sub(a, b), mul(a, b), div(a, b), rem(a, b), pow(b, a), max(a, b), min(a, b), atan2(a, b)];
        "(lax.eq(a, b), lax.ne(a, b), lax.ge(a, b), lax.gt(a, b), lax.le(a, b), lax.lt(a, b))", "i32(6, low=0, high=3), i32(6, low=0, high=3)" => fn(a, b) vec![eq(a, b), ne(a, b), ge(a, b), gt(a, b), le(a, b), lt(a, b)];
        "(lax.bitwise_and(a, b), lax.bitwise_or(a, b), lax.bitwise_xor(a, b), lax.shift_left(a, b), lax.shift_right_arithmetic(a, b), lax.shift_right_logical(a, b))", "i32(4), i32(4, low=0, high=5)"
            => fn(a, b) vec![bitwise_and(a, b), bitwise_or(a, b), bitwise_xor(a, b), shift_left(a, b), shift_right_arithmetic(a, b), shift_right_logical(a, b)];
        // JAX has no derivatives of these, or not in both operands.
        "(lax.nextafter(a, b), lax.igamma(a, b), lax.igammac(a, b), lax.igamma_grad_a(a, b), lax.random_gamma_grad(a, b), lax.zeta(a + 1, b), lax.polygamma(jnp.full_like(a, 2), b))", "f32(4, low=0.5, high=2), f32(4, low=0.5, high=2)", values
            => fn(a, b) vec![nextafter(a, b), igamma(a, b), igammac(a, b), igamma_grad_a(a, b), random_gamma_grad(a, b), zeta(a + 1.0, b), polygamma(a.full_like(2.0), b)];
        "lax.betainc(a, b, c)", "f32(4, low=0.5, high=2), f32(4, low=0.5, high=2), f32(4, low=0.1, high=0.9)" => fn(a, b, c) super::super::betainc(a, b, c);
        "lax.clamp(a, b, c)", "f32(4, high=0), f32(4), f32(4, low=0)" => fn(a, b, c) clamp(a, b, c);
        "lax.select(a, b, c)", "boolean(4), f32(4), f32(4)" => fn(a, b, c) select(a, b, c);
        "(lax.convert_element_type(a, 'bfloat16'), lax.bitcast_convert_type(a, 'int32'))", "f32(4)" => fn(a) (convert_element_type(a, DType::BF16), bitcast_convert_type(a, DType::I32));
        "(lax.reduce_precision(a, 5, 3), lax.integer_pow(a, -3))", "f32(4, low=0.5)" => fn(a) (reduce_precision(a, 5, 3), integer_pow(a, -3));
        "lax.round(a, lax.RoundingMethod.TO_NEAREST_EVEN)", "values([0.5, 1.5, -0.5], 'f4')" => fn(a) round(a, RoundingMethod::ToNearestEven);
        "(lax.mulhi(a, a), lax.mulhi(b, b))", "values([2**31 - 1, -2**30, 7], 'i4'), values([255, 16, 3], 'u1')" => fn(a, b) (mulhi(a, a), mulhi(b, b));
    }
}
