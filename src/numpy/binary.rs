//! Arithmetic of two arrays, element by element.

use super::{
    greater, isnan, less,
    promotion::{Arg, promote, promote_inexact},
};
use raxla_ir::{DType, Tracer, dtype::Kind, trace::fail};
use raxla_transforms::{custom_jvp, while_loop};

/// Functions of two arrays, brought to one dtype and shape by `$promote`.
macro_rules! of_two { ($($(#[$doc:meta])* $promote:ident $name:ident $(($($alias:ident),+))? = |$x:ident, $y:ident| $body:expr;)*) => { $(
    $(#[$doc])*
    ///
    /// Dtypes meet by promotion, shapes broadcast.
    #[track_caller]
    pub fn $name(x1: impl Into<Arg>, x2: impl Into<Arg>) -> Tracer {
        let [$x, $y] = $promote(stringify!($name), [x1.into(), x2.into()]);
        $body
    }
    $($(#[doc = concat!("[`", stringify!($name), "`] by its other name.")]
    #[track_caller]
    pub fn $alias(x1: impl Into<Arg>, x2: impl Into<Arg>) -> Tracer { $name(x1, x2) })+)?
)* } }
of_two! {
    /// The sum; of bools whether either holds.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::add(constant(vec![1, 2]), 0.5)), "[1.5, 2.5]");
    /// ```
    promote add = |x, y| if is_bool(x) { x | y } else { x + y };
    /// The difference. Bools have none.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::subtract(constant(vec![1, 2]), 3)), "[-2, -1]");
    /// ```
    promote subtract = |x, y| if is_bool(x) {
        fail(format!("subtract: takes numbers, got {} and {}; of bools use `bitwise_xor`", x.aval(), y.aval()))
    } else { x - y };
    /// The product; of bools whether both hold.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::multiply(constant(vec![1.0f32, 2.0]), constant(vec![3, 4]))), "[3.0, 8.0]");
    /// ```
    promote multiply = |x, y| if is_bool(x) { x & y } else { x * y };
    /// The quotient, of floats or complex numbers; integers are converted first.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::divide(constant(vec![1, 2]), 2)), "[0.5, 1.0]");
    /// ```
    promote_inexact divide(true_divide) = |x, y| x / y;
    /// The greatest integer not above the quotient, in the operands' dtype. Of an integer by 0 it is -1.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::floor_divide(constant(vec![7, -7]), 3)), "[2, -3]");
    /// ```
    promote floor_divide = |x, y| floor_quotient(x, y);
    /// What [`floor_divide`] leaves: the remainder with the sign of the divisor.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::remainder(constant(vec![7, -7]), 3)), "[1, 2]");
    /// ```
    promote remainder(r#mod) = |x, y| python_remainder(x, y);
    /// The remainder of the division rounded towards zero, with the sign of the dividend.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::fmod(constant(vec![7, -7]), 3)), "[1, -1]");
    /// ```
    promote fmod = |x, y| x.remainder(without_zeros(y));
    /// The greater; NaN if either is NaN. Where they are equal each has half of the derivative.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::maximum(constant(vec![1.0f32, 5.0]), 3.0)), "[3.0, 5.0]");
    /// ```
    promote maximum = |x, y| greatest(x, y);
    /// The lesser; NaN if either is NaN. Where they are equal each has half of the derivative.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::minimum(constant(vec![1.0f32, 5.0]), 3.0)), "[1.0, 3.0]");
    /// ```
    promote minimum = |x, y| least(x, y);
    /// The greater of those that are not NaN.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::fmax(constant(vec![1.0f32, f32::NAN]), 3.0)), "[3.0, 3.0]");
    /// ```
    promote fmax = |x, y| { let first = greater(x, y); (if x.dtype().is_inexact() { first | isnan(y) } else { first }).select(x, y) };
    /// The lesser of those that are not NaN.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::fmin(constant(vec![1.0f32, f32::NAN]), 3.0)), "[1.0, 3.0]");
    /// ```
    promote fmin = |x, y| { let first = less(x, y); (if x.dtype().is_inexact() { first | isnan(y) } else { first }).select(x, y) };
    /// The angle of the point with the ordinate `x1` and the abscissa `x2`, in radians from -π to π.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::atan2(constant(vec![1.0f32, -1.0]), -1.0)), "[2.356, -2.356]");
    /// ```
    promote_inexact atan2(arctan2) = |x, y| x.atan2(y);
    /// The square root of the sum of squares, without overflow.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::hypot(constant(vec![3.0f32, 5.0]), constant(vec![4.0f32, 12.0]))), "[5.0, 13.0]");
    /// ```
    promote_inexact hypot = |x, y| hypotenuse(x, y);
    /// `log(exp(x1) + exp(x2))`, without overflow.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::logaddexp(constant(vec![0.0f32, 1000.0]), constant(vec![0.0f32, 1000.0]))), "[1.0, 1001.0]");
    /// ```
    promote_inexact logaddexp = |x, y| log_sum(x, y, false);
    /// `log2(2ˣ¹ + 2ˣ²)`, without overflow.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::logaddexp2(constant(vec![0.0f32, 1000.0]), constant(vec![0.0f32, 1000.0]))), "[1.0, 1001.0]");
    /// ```
    promote_inexact logaddexp2 = |x, y| log_sum(x, y, true);
    /// The next number that the dtype has from `x1` towards `x2`.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::nextafter(constant(vec![1.0f32]), 2.0) - 1.0), "[1.192e-7]");
    /// ```
    promote_inexact nextafter = |x, y| x.nextafter(y);
    /// 0 of negative `x1`, 1 of positive, `x2` of 0, NaN of NaN.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::heaviside(constant(vec![-1.0f32, 0.0, 2.0]), 0.5)), "[0.0, 0.5, 1.0]");
    /// ```
    promote_inexact heaviside = |x, y| {
        let side = x.greater(0.0).select(x.full_like(1.0), x.full_like(0.0));
        isnan(x).select(x, x.equal(0.0).select(y, side))
    };
    /// `x1` to the power of `x2`, always of floats.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::float_power(constant(vec![2, 4]), -1)), "[0.5, 0.25]");
    /// ```
    promote_inexact float_power = |x, y| x.pow(y);
    /// The greatest common divisor of two integers; it is not negative.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::gcd(constant(vec![12, 18]), 8)), "[4, 2]");
    /// ```
    promote gcd = |x, y| common_divisor("gcd", x, y);
    /// The least common multiple of two integers; it is not negative.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::lcm(constant(vec![12, 18]), 8)), "[24, 72]");
    /// ```
    promote lcm = |x, y| {
        let divisor = common_divisor("lcm", x, y);
        let none = divisor.equal(0);
        let product = magnitude(x) / none.select(divisor.full_like(1.0), divisor) * magnitude(y);
        none.select(x.full_like(0.0), product)
    };
    /// The bits that both have; of bools whether both hold.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::bitwise_and(constant(vec![6, 5]), 3)), "[2, 1]");
    /// ```
    promote bitwise_and = |x, y| x & y;
    /// The bits that either has; of bools whether either holds.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::bitwise_or(constant(vec![6, 5]), 3)), "[7, 7]");
    /// ```
    promote bitwise_or = |x, y| x | y;
    /// The bits that one has and the other has not; of bools whether one alone holds.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::bitwise_xor(constant(vec![6, 5]), 3)), "[5, 6]");
    /// ```
    promote bitwise_xor = |x, y| x ^ y;
    /// The bits of `x1` moved to the left by `x2`.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::left_shift(constant(vec![1, 3]), 2)), "[4, 12]");
    /// ```
    promote left_shift(bitwise_left_shift) = |x, y| x.shift_left(y);
    /// The bits of `x1` moved to the right by `x2`; of signed integers the sign fills up.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::right_shift(constant(vec![8, -8]), 2)), "[2, -2]");
    /// ```
    promote right_shift(bitwise_right_shift) = |x, y| if x.dtype().kind() == Kind::Unsigned { x.shift_right_logical(y) } else { x.shift_right_arithmetic(y) };
}
fn is_bool(x: Tracer) -> bool {
    x.dtype() == DType::Bool
}
#[track_caller]
fn magnitude(x: Tracer) -> Tracer {
    if x.dtype().kind() == Kind::Unsigned { x } else { x.abs() }
}
/// Divisors; integers by 1 instead of 0, so that they leave 0.
#[track_caller]
fn without_zeros(y: Tracer) -> Tracer {
    if y.dtype().is_integer() { y.equal(0).select(y.full_like(1.0), y) } else { y }
}
/// The remainder with the divisor's sign.
#[track_caller]
fn python_remainder(x: Tracer, y: Tracer) -> Tracer {
    if !(x.dtype().is_integer() || x.dtype().is_float()) {
        fail(format!("remainder: takes integers or floats, got {}", x.aval()));
    }
    let y = without_zeros(y);
    let rest = x.remainder(y);
    if x.dtype().kind() == Kind::Unsigned {
        return rest;
    }
    let other_sign = rest.less(0).not_equal(y.less(0)) & rest.not_equal(0);
    other_sign.select(rest + y, rest)
}
#[track_caller]
fn floor_quotient(x: Tracer, y: Tracer) -> Tracer {
    match x.dtype().kind() {
        Kind::Unsigned => x / y,
        Kind::Signed => {
            let quotient = x / y;
            let below = x.sign().not_equal(y.sign()) & x.remainder(y).not_equal(0);
            below.select(quotient - 1, quotient)
        }
        Kind::Float => {
            let rest = x.remainder(y);
            // By 0 the rest is NaN, but the quotient infinite.
            let quotient = y.equal(0.0).select(x, x - rest) / y;
            let below = rest.not_equal(0) & y.sign().not_equal(rest.sign());
            below.select(quotient - 1.0, quotient).round_half_away()
        }
        Kind::Bool => x.astype(DType::I8) / y.astype(DType::I8),
        Kind::Complex => fail(format!("floor_divide: takes real numbers, got {}", x.aval())),
    }
}
/// The floor of the quotient and the remainder with the divisor's sign, together.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let (q, r) = jit(|x: Tracer| np::divmod(x, 3))(Array::from(vec![7i32, -7]));
/// assert_eq!((q.to_vec::<i32>()?, r.to_vec::<i32>()?), (vec![2, -3], vec![1, 2]));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn divmod(x1: impl Into<Arg>, x2: impl Into<Arg>) -> (Tracer, Tracer) {
    let [x, y] = promote("divmod", [x1.into(), x2.into()]);
    (floor_quotient(x, y), python_remainder(x, y))
}
/// `x1` to the power of `x2`. Of integers it is an integer; `x2` must then not be negative.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::power(x, 3))(Array::from(vec![2i32, -3]));
/// assert_eq!(y.to_vec::<i32>()?, [8, -27]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn power(x1: impl Into<Arg>, x2: impl Into<Arg>) -> Tracer {
    let (x1, x2) = (x1.into(), x2.into());
    if let (Arg::Int(n), false) = (&x2, x1.aval().dtype == DType::Bool) {
        let x = x1.tracer();
        match *n {
            1 => return x,
            2 => return x.square(),
            n if n < 0 && x.dtype().is_integer() => {
                fail(format!("power: integers have no negative powers, got {} to the power of {n}", x.aval()))
            }
            _ => {}
        }
    }
    let [x, y] = promote("power", [x1, x2]);
    if is_bool(x) { x | y.logical_not() } else { x.pow(y) }
}
/// [`power`] by its other name.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::pow(constant(vec![2, 3]), 2)), "[4, 9]");
/// ```
#[track_caller]
pub fn pow(x1: impl Into<Arg>, x2: impl Into<Arg>) -> Tracer {
    power(x1, x2)
}
/// The greater; of complex numbers by the real parts, and where they are equal by the imaginary ones.
#[track_caller]
fn greatest(x: Tracer, y: Tracer) -> Tracer {
    if x.dtype().is_complex() { (isnan(x) | greater(x, y)).select(x, y) } else { x.maximum(y) }
}
/// The lesser, in the same order.
#[track_caller]
fn least(x: Tracer, y: Tracer) -> Tracer {
    if x.dtype().is_complex() { (isnan(x) | less(x, y)).select(x, y) } else { x.minimum(y) }
}
#[track_caller]
fn hypotenuse(x: Tracer, y: Tracer) -> Tracer {
    if x.dtype().is_complex() {
        fail(format!("hypot: takes real numbers, got {}", x.aval()));
    }
    let (x, y) = (x.abs(), y.abs());
    let infinite = x.equal(f64::INFINITY) | y.equal(f64::INFINITY);
    let (long, short) = (x.maximum(y), x.minimum(y));
    let zero = long.equal(0.0);
    let ratio = short / zero.select(long.full_like(1.0), long);
    let length = zero.select(long, long * (ratio.square() + 1.0).sqrt());
    infinite.select(length.full_like(f64::INFINITY), length)
}
/// The logarithm of the sum of two exponentials, to the base e or 2, with its derivative as a rule of its own: written out, that of an
/// infinite operand would be NaN.
#[track_caller]
fn log_sum(a: Tracer, b: Tracer, binary: bool) -> Tracer {
    let value = move |a: Tracer, b: Tracer| {
        let difference = a - b;
        let small = if a.dtype().is_complex() { less(a, b).select(difference, -difference) } else { -difference.abs() };
        let small = if binary { small.exp2().log1p() / std::f64::consts::LN_2 } else { small.exp().log1p() };
        // Infinities of one sign have no difference.
        isnan(difference).select(a + b, greatest(a, b) + small)
    };
    let finite = |x: Tracer| x.equal(f64::INFINITY).select(x.full_like(0.0), x);
    let rule = move |(a, b): (Tracer, Tracer), (ta, tb): (Tracer, Tracer)| {
        let out = value(a, b);
        let part = |x: Tracer, t: Tracer| {
            let log = finite(x) - finite(out);
            t * if binary { log.exp2() } else { log.exp() }
        };
        (out, part(a, ta) + part(b, tb))
    };
    custom_jvp(value, rule)(a, b)
}
/// By Euclid's algorithm, all elements together.
#[track_caller]
fn common_divisor(name: &str, x: Tracer, y: Tracer) -> Tracer {
    if !x.dtype().is_integer() {
        fail(format!("{name}: takes integers, got {} and {}", x.aval(), y.aval()));
    }
    let step = |(a, b): (Tracer, Tracer)| {
        let done = b.equal(0);
        let rest = a.remainder(done.select(b.full_like(1.0), b));
        (done.select(a, b), done.select(b, rest))
    };
    let weak = x.aval().weak;
    let more = |(_, b): (Tracer, Tracer)| b.not_equal(0).any();
    let divisor = while_loop(more, step, (magnitude(x), magnitude(y))).0;
    divisor.with_dtype(divisor.dtype(), weak)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_binary:
        "jnp.add(a, b)", "f32(3, 4), f32(4)" => fn(a, b) add(a, b);
        "jnp.add(a, b)", "i32(3), f32(3)" => fn(a, b) add(a, b);
        "jnp.add(a, 2.5)", "i32(3)" => fn(a) add(a, 2.5);
        "jnp.add(a, 2)", "bf16(3)" => fn(a) add(a, 2);
        "jnp.add(a, b)", "boolean(4), boolean(4)" => fn(a, b) add(a, b);
        "jnp.add(a, b)", "i8(3), u8(3)" => fn(a, b) add(a, b);
        "jnp.add(a, b)", "i32(3), u32(3)" => fn(a, b) add(a, b);
        "jnp.add(a, b)", "i32(3), u32(3)", x64 => fn(a, b) add(a, b);
        "jnp.add(a, b)", "f16(3), bf16(3)" => fn(a, b) add(a, b);
        "jnp.add(a, 1j)", "f32(3)" => fn(a) add(a, num_complex::Complex64::i());
        "jnp.subtract(a, b)", "f32(3, 1), f32(4)" => fn(a, b) subtract(a, b);
        "jnp.multiply(a, b)", "c64(3), f32(3)" => fn(a, b) multiply(a, b);
        "jnp.multiply(a, b)", "boolean(4), boolean(4)" => fn(a, b) multiply(a, b);
        "jnp.divide(a, b)", "f32(4), f32(4, low=0.5)" => fn(a, b) divide(a, b);
        "jnp.true_divide(a, b)", "i32(4), i32(4, low=1)" => fn(a, b) true_divide(a, b);
        "jnp.floor_divide(a, b)", "values([7, -7, 7, -7, 5], 'i4'), values([2, 2, -2, -2, 0], 'i4')" => fn(a, b) floor_divide(a, b);
        "jnp.floor_divide(a, b)", "values([7.5, -7.5, 7.0, -1.0], 'f4'), values([2, 2, -2, 3], 'f4')" => fn(a, b) floor_divide(a, b);
        "jnp.floor_divide(a, b)", "values([2, -2, 2, 0, inf], 'f4'), values([0, 0, -0.0, 0, 2], 'f4')", values => fn(a, b) floor_divide(a, b);
        "jnp.floor_divide(a, b)", "u8(4), u8(4, low=1)" => fn(a, b) floor_divide(a, b);
        "jnp.remainder(a, b)", "values([7, -7, 7, -7, 5], 'i4'), values([2, 2, -2, -2, 3], 'i4')" => fn(a, b) remainder(a, b);
        "jnp.mod(a, b)", "values([7.5, -7.5, 7.0, -1.0], 'f4'), values([2, 2, -2, 3], 'f4')" => fn(a, b) r#mod(a, b);
        "jnp.fmod(a, b)", "values([7, -7, 7, -7, 5], 'i4'), values([2, 2, -2, -2, 3], 'i4')" => fn(a, b) fmod(a, b);
        "jnp.fmod(a, b)", "f32(4), f32(4, low=0.5)" => fn(a, b) fmod(a, b);
        "jnp.divmod(a, b)", "values([7, -7, 7, -7, 5], 'i4'), values([2, 2, -2, -2, 3], 'i4')" => fn(a, b) divmod(a, b);
        "jnp.divmod(a, b)", "f32(4), f32(4, low=0.5)" => fn(a, b) divmod(a, b);
        "jnp.maximum(a, b)", "f32(4), f32(4)" => fn(a, b) maximum(a, b);
        "jnp.minimum(a, b)", "i32(4), i32(4)" => fn(a, b) minimum(a, b);
        "jnp.maximum(a, b)", "values([nan, 1, 2], 'f4'), values([1, nan, 2], 'f4')", values => fn(a, b) maximum(a, b);
        "jnp.fmax(a, b)", "values([nan, 1, 2], 'f4'), values([1, nan, 3], 'f4')" => fn(a, b) fmax(a, b);
        "jnp.fmin(a, b)", "values([nan, 1, 2], 'f4'), values([1, nan, 3], 'f4')" => fn(a, b) fmin(a, b);
        "jnp.arctan2(a, b)", "f32(4), f32(4)" => fn(a, b) arctan2(a, b);
        "jnp.atan2(a, b)", "bf16(4), bf16(4)" => fn(a, b) atan2(a, b);
        "jnp.hypot(a, b)", "f32(4), f32(4)" => fn(a, b) hypot(a, b);
        "jnp.hypot(a, b)", "values([3e38, inf, 0, nan], 'f4'), values([4e37, nan, 0, 1], 'f4')", values => fn(a, b) hypot(a, b);
        "jnp.logaddexp(a, b)", "f32(4), f32(4)" => fn(a, b) logaddexp(a, b);
        "jnp.logaddexp(a, b)", "values([-inf, inf, 1000, -inf], 'f4'), values([-inf, inf, 1000, 2], 'f4')" => fn(a, b) logaddexp(a, b);
        "jnp.logaddexp2(a, b)", "f32(4), f32(4)" => fn(a, b) logaddexp2(a, b);
        "jnp.nextafter(a, b)", "f32(4), f32(4)", values => fn(a, b) nextafter(a, b);
        "jnp.heaviside(a, b)", "values([-1.5, 0, 2, nan], 'f4'), f32(4)" => fn(a, b) heaviside(a, b);
        "jnp.float_power(a, b)", "i32(4, low=1), i32(4, low=0, high=3)" => fn(a, b) float_power(a, b);
        "jnp.gcd(a, b)", "values([12, -18, 0, 7, 0], 'i4'), values([8, 27, 5, 0, 0], 'i4')" => fn(a, b) gcd(a, b);
        "jnp.lcm(a, b)", "values([12, -18, 0, 7, 0], 'i4'), values([8, 27, 5, 0, 0], 'i4')" => fn(a, b) lcm(a, b);
        "jnp.bitwise_and(a, b)", "i32(4), i32(4)" => fn(a, b) bitwise_and(a, b);
        "jnp.bitwise_or(a, b)", "boolean(4), boolean(4)" => fn(a, b) bitwise_or(a, b);
        "jnp.bitwise_xor(a, b)", "u8(4), u8(4)" => fn(a, b) bitwise_xor(a, b);
        "jnp.left_shift(a, b)", "i32(4), i32(4, low=0, high=5)" => fn(a, b) left_shift(a, b);
        "jnp.bitwise_left_shift(a, b)", "u8(4), u8(4, low=0, high=5)" => fn(a, b) bitwise_left_shift(a, b);
        "jnp.right_shift(a, b)", "i32(4), i32(4, low=0, high=5)" => fn(a, b) right_shift(a, b);
        "jnp.right_shift(a, b)", "u32(4), u32(4, low=0, high=5)" => fn(a, b) bitwise_right_shift(a, b);
        "jnp.power(a, b)", "f32(4, low=0.2), f32(4)" => fn(a, b) power(a, b);
        "jnp.power(a, 2)", "f32(4)" => fn(a) power(a, 2);
        "jnp.power(a, 3)", "i32(4)" => fn(a) power(a, 3);
        "jnp.power(a, b)", "i32(4, low=-3, high=3), i32(4, low=0, high=4)" => fn(a, b) pow(a, b);
        "jnp.power(a, 0.5)", "f32(4, low=0.2)" => fn(a) power(a, 0.5);
        "jnp.power(2.0, a)", "i32(4)" => fn(a) power(2.0, a);
    }
}
