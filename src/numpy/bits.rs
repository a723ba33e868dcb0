//! What numbers are made of: signs, mantissas and exponents of floats, and bits packed into bytes.

use super::promotion::{Arg, inexact, promote_inexact, promote_shapes};
use raxla_ir::{DType, Literal, ShapedArray, Tracer, aval::resolve_axis, dtype::Kind, trace::constant, trace::fail};
use raxla_transforms::custom_jvp;

/// A float dtype of IEEE's kind as its bits: a sign, a biased exponent, a fraction.
#[derive(Clone, Copy)]
struct Layout {
    float: DType,
    bits: DType,
    fraction: i64,
    bias: i64,
}
impl Layout {
    #[track_caller]
    fn of(name: &str, x: Tracer) -> Layout {
        let (bits, fraction, bias) = match x.dtype() {
            DType::F16 => (DType::I16, 10, 15),
            DType::BF16 => (DType::I16, 7, 127),
            DType::F32 => (DType::I32, 23, 127),
            DType::F64 => (DType::I64, 52, 1023),
            _ => fail(format!("{name}: takes real numbers of 16 to 64 bits, got {}", x.aval())),
        };
        Layout { float: x.dtype(), bits, fraction, bias }
    }
    /// The biased exponent of infinities and NaN.
    fn special(self) -> i64 {
        2 * self.bias + 1
    }
    #[track_caller]
    fn fraction_of(self, bits: Tracer) -> Tracer {
        bits & ((1i64 << self.fraction) - 1)
    }
    /// The biased exponent.
    #[track_caller]
    fn exponent_of(self, bits: Tracer) -> Tracer {
        bits.shift_right_logical(self.fraction) & self.special()
    }
    /// The power of two with an exponent, of integers of this layout's width, that a normal number has.
    #[track_caller]
    fn power_of_two(self, exponent: Tracer) -> Tracer {
        (exponent + self.bias).shift_left(self.fraction).bitcast_convert(self.float)
    }
}
/// Whether the sign is set, also of -0 and NaN.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::signbit(constant(vec![-0.0f32, 1.0]))), "[true, false]");
/// ```
#[track_caller]
pub fn signbit(x: impl Into<Arg>) -> Tracer {
    let x = x.into().tracer();
    match x.dtype().kind() {
        Kind::Signed => x.less(0),
        Kind::Float => x.bitcast_convert(Layout::of("signbit", x).bits).less(0),
        Kind::Complex => fail(format!("signbit: takes real numbers, got {}", x.aval())),
        _ => constant(false).broadcast_to(&x.shape()),
    }
}
/// The absolute value of `x1` with the sign of `x2`. Dtypes meet by promotion at floats, shapes broadcast.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::copysign(constant(vec![1.0f32, 2.0]), -1.0)), "[-1.0, -2.0]");
/// ```
#[track_caller]
pub fn copysign(x1: impl Into<Arg>, x2: impl Into<Arg>) -> Tracer {
    let [x, y] = promote_inexact("copysign", [x1.into(), x2.into()]);
    let negative = signbit(y);
    negative.select(-x.abs(), x.abs())
}
/// The mantissa, from 0.5 to 1 with the sign, and the exponent (`i32`): `x = mantissa × 2^exponent`. Of 0, infinities and NaN the mantissa is
/// the number itself and the exponent 0. Subnormal numbers have theirs, on every device.
///
/// The derivative of the mantissa is `2^-exponent` (JAX's is 0).
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let (m, e) = jit(|x: Tracer| np::frexp(x))(Array::from(vec![6.0f32, -0.25]));
/// assert_eq!((m.to_vec::<f32>()?, e.to_vec::<i32>()?), (vec![0.75, -0.5], vec![3, -1]));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn frexp(x: impl Into<Arg>) -> (Tracer, Tracer) {
    let x = inexact("frexp", x);
    let layout = Layout::of("frexp", x);
    let parts = move |x: Tracer| {
        let bits = x.bitcast_convert(layout.bits);
        let (exponent, fraction) = (layout.exponent_of(bits), layout.fraction_of(bits));
        let none = fraction.equal(0) & exponent.equal(0) | exponent.equal(layout.special());
        // Of a subnormal number the fraction moves up, until its first bit stands where that of normal ones is understood.
        let subnormal = exponent.equal(0);
        let width = layout.bits.bits() as i64;
        let up = fraction.count_leading_zeros() - (width - 1 - layout.fraction);
        let up = subnormal.select(up, up.full_like(0.0));
        let fraction = layout.fraction_of(fraction.shift_left(up));
        let exponent = subnormal.select(1 - up, exponent) - (layout.bias - 1);
        // A sign and a fraction under the exponent of 0.5.
        let sign = bits & (-1i64 << (width - 1));
        let mantissa = (sign | fraction | ((layout.bias - 1) << layout.fraction)).bitcast_convert(layout.float);
        (none.select(x, mantissa), none.select(exponent.full_like(0.0), exponent).astype(DType::I32))
    };
    // Bits have no derivative; the mantissa is given that of the number scaled.
    let rule = move |(x, m): (Tracer, Tracer), (t, _): (Tracer, Tracer)| (m, ldexp(t, -parts(x).1));
    let (mantissa, exponent) = parts(x);
    (custom_jvp(|_: Tracer, m: Tracer| m, rule)(x, mantissa), exponent)
}
/// `x1 × 2^x2`, for integers `x2`; without overflow on the way. The derivative is `2^x2` (JAX's is 0).
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::ldexp(constant(vec![0.5f32, 3.0]), 2)), "[2.0, 12.0]");
/// ```
#[track_caller]
pub fn ldexp(x1: impl Into<Arg>, x2: impl Into<Arg>) -> Tracer {
    let (x, n) = (inexact("ldexp", x1), x2.into().tracer());
    if !matches!(n.dtype().kind(), Kind::Signed | Kind::Unsigned | Kind::Bool) {
        fail(format!("ldexp: takes integers as exponents, got {} and {}", x.aval(), n.aval()));
    }
    let layout = Layout::of("ldexp", x);
    // From the least number to the greatest are fewer than three times the exponents that powers of two may have.
    let most = 3 * (layout.bias - 1);
    let wide = if n.dtype().bits() < layout.bits.bits() { n.astype(layout.bits) } else { n };
    let n = wide.clamp(if n.dtype().kind() == Kind::Signed { -most } else { 0 }, most).astype(layout.bits);
    let third = n / 3;
    let [x, third, last] = promote_shapes("ldexp", [x, third, n - third * 2]);
    let step = layout.power_of_two(third);
    x * step * step * layout.power_of_two(last)
}
/// The part behind the point and the whole part, both with the number's sign.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::modf(constant(vec![1.5f32, -2.25]))), "[0.5, -0.25], [1.0, -2.0]");
/// ```
#[track_caller]
pub fn modf(x: impl Into<Arg>) -> (Tracer, Tracer) {
    let x = inexact("modf", x);
    if x.dtype().is_complex() {
        fail(format!("modf: takes real numbers, got {}", x.aval()));
    }
    let whole = x.greater_equal(0.0).select(x.floor(), x.ceil());
    (x - whole, whole)
}
/// The distance to the next number away from 0, with the number's sign; of `f16`, as NumPy has it, to the next greater one. NaN of infinities.
///
/// It is exact also where it is subnormal. Its derivative is 0.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::spacing(constant(vec![1024.0f32]))), "[0.0001221]");
/// ```
#[track_caller]
pub fn spacing(x: impl Into<Arg>) -> Tracer {
    let x = inexact("spacing", x);
    let layout = Layout::of("spacing", x);
    let bits = x.bitcast_convert(layout.bits);
    let mut exponent = layout.exponent_of(bits);
    let special = exponent.equal(layout.special());
    let width = layout.bits.bits() as i64;
    let mut sign = bits & (-1i64 << (width - 1));
    if layout.float == DType::F16 {
        // Upward from a negative power of two, numbers stand twice as near.
        let nearer = bits.less(0) & layout.fraction_of(bits).equal(0);
        exponent = nearer.select(exponent - 1, exponent);
        sign = sign.full_like(0.0);
    }
    let place = exponent.maximum(1) - layout.fraction;
    let one = place.full_like(1.0);
    let subnormal = one.shift_left(place + (layout.fraction - 1));
    let normal = place.shift_left(layout.fraction);
    let size = (place.greater(0).select(normal, subnormal) | sign).bitcast_convert(layout.float);
    special.select(size.full_like(f64::NAN), size)
}

/// Which bit of a byte comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BitOrder {
    /// The one worth 128.
    #[default]
    Big,
    /// The one worth 1.
    Little,
}
/// The bits' worths, or their masks.
#[track_caller]
fn worths(order: BitOrder) -> Tracer {
    let bit = |i: u32| 1i128 << if order == BitOrder::Big { 7 - i } else { i };
    constant(Literal::from_ints(ShapedArray::new(&[8], DType::U8), (0..8).map(bit)))
}
/// The array with an axis last, all in one if none is named, and where the axis was.
#[track_caller]
fn with_axis_last(name: &str, x: Tracer, axis: Option<isize>) -> (Tracer, isize) {
    let Some(axis) = axis else { return (x.ravel(), 0) };
    let axis = raxla_ir::trace::or_fail(name, resolve_axis(axis, x.rank())) as isize;
    (x.moveaxis(axis, -1), axis)
}
/// Eight integers or bools each, along an axis or of the array flattened, as the bits of one byte: whether they are not 0. Zeros fill the last.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::packbits(x, None, np::BitOrder::Big))(Array::from(vec![1i32, 0, 0, 0, 0, 0, 0, 1, 1]));
/// assert_eq!(y.to_vec::<u8>()?, [129, 128]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn packbits(x: impl Into<Arg>, axis: impl Into<Option<isize>>, order: BitOrder) -> Tracer {
    let x = x.into().tracer();
    if x.dtype().is_inexact() {
        fail(format!("packbits: takes integers or bools, got {}", x.aval()));
    }
    let (x, axis) = with_axis_last("packbits", x.astype(DType::Bool).astype(DType::U8), axis.into());
    let (mut shape, rank) = (x.shape().to_vec(), x.rank());
    let rest = shape[rank - 1].next_multiple_of(8) - shape[rank - 1];
    let mut high = vec![0; rank];
    high[rank - 1] = rest as isize;
    let x = if rest == 0 { x } else { x.pad(0, &vec![0; rank], &high, &vec![0; rank]) };
    shape[rank - 1] = shape[rank - 1].div_ceil(8);
    shape.push(8);
    (x.reshape(&shape) * worths(order)).sum_axes([-1]).moveaxis(-1, axis)
}
/// Options of [`unpackbits`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Unpackbits {
    /// The axis along which bytes become bits; without one the array is flattened.
    pub axis: Option<isize>,
    /// How many bits there are: more are zeros, fewer are cut off, and a negative number says how many.
    pub count: Option<isize>,
    /// Which bit of a byte comes first.
    pub order: BitOrder,
}
/// The bits of bytes, `u8`, as zeros and ones.
///
/// ```
/// # use raxla::{DType, constant, numpy as np, show};
/// assert_eq!(show(|| np::unpackbits(constant(vec![5]).astype(DType::U8), np::Unpackbits::default())), "[0, 0, 0, 0, 0, 1, 0, 1]");
/// ```
#[track_caller]
pub fn unpackbits(x: impl Into<Arg>, how: Unpackbits) -> Tracer {
    let x = x.into().tracer();
    if x.dtype() != DType::U8 {
        fail(format!("unpackbits: takes bytes, u8, got {}", x.aval()));
    }
    let (x, axis) = with_axis_last("unpackbits", x, how.axis);
    let (mut shape, rank) = (x.shape().to_vec(), x.rank());
    shape[rank - 1] *= 8;
    let bits = (x.expand_dims(-1) & worths(how.order)).not_equal(0).astype(DType::U8).reshape(&shape);
    let n = shape[rank - 1] as isize;
    let count = how.count.map_or(n, |c| if c < 0 { (n + c).max(0) } else { c });
    let mut high = vec![0; rank];
    high[rank - 1] = count - n;
    let bits = if count == n { bits } else { bits.pad(0, &vec![0; rank], &high, &vec![0; rank]) };
    bits.moveaxis(-1, axis)
}

/// The bits along the last axis, read as another dtype, as NumPy's `ndarray.view`: of narrower elements there are more, of wider ones fewer. Complex
/// numbers are their real and imaginary parts in turn, bools the bytes 0 and 1. The derivative is zero but between real and complex numbers.
///
/// # Panics
/// If the bits make no whole number of elements, or a scalar those of another width.
///
/// ```
/// # use raxla::{DType, constant, numpy as np, show};
/// assert_eq!(show(|| np::view(constant(vec![1.0f32]), DType::I32)), "[1065353216]");
/// ```
#[track_caller]
pub fn view(x: impl Into<Arg>, dtype: DType) -> Tracer {
    viewed(x.into().tracer(), dtype)
}
#[track_caller]
fn viewed(x: Tracer, dtype: DType) -> Tracer {
    let (own, width) = (x.dtype(), |d: DType| if d == DType::Bool { 8 } else { d.bits() });
    let (from, to) = (width(own), width(dtype));
    if own == dtype {
        return x;
    }
    if x.rank() == 0 {
        if from != to {
            fail(format!("view: a scalar can only be viewed as one of the same width, got {} and {dtype}", x.aval()));
        }
        return viewed(x.reshape(&[1]), dtype).reshape(&[]);
    }
    let (mut shape, last) = (x.shape().to_vec(), x.rank() - 1);
    if shape[last] * from % to != 0 {
        fail(format!("view: the last axis of {} does not hold a whole number of {dtype}", x.aval()));
    }
    match (own.kind(), dtype.kind()) {
        (Kind::Bool, _) => viewed(x.astype(DType::U8), dtype),
        (_, Kind::Bool) => viewed(x, DType::U8).astype(DType::Bool),
        (Kind::Complex, _) => {
            let parts = raxla_ir::primitives::concatenate::concatenate(
                &[x.real().expand_dims(-1), x.imag().expand_dims(-1)],
                -1,
            );
            shape[last] *= 2;
            viewed(parts.reshape(&shape), dtype)
        }
        (_, Kind::Complex) => {
            let parts = viewed(x, dtype.real());
            shape[last] = parts.shape()[last] / 2;
            let pairs = parts.reshape(&[&shape[..], &[2]].concat());
            let part = |i: usize| pairs.slice_axis(-1, i, i + 1).reshape(&shape);
            part(0).complex(part(1))
        }
        _ if from < to => {
            shape[last] /= to / from;
            x.reshape(&[&shape[..], &[to / from]].concat()).bitcast_convert(dtype)
        }
        _ => {
            shape[last] *= from / to;
            x.bitcast_convert(dtype).reshape(&shape)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_bits:
        "a.view('int32')", "f32(2, 3)" => fn(a) view(a, DType::I32);
        "a.view('int16')", "f32(2, 3)" => fn(a) view(a, DType::I16);
        "a.view('uint32')", "u8(2, 8)" => fn(a) view(a, DType::U32);
        "a.view('uint8')", "boolean(3)" => fn(a) view(a, DType::U8);
        "a.view('float32')", "c64(3)", values => fn(a) view(a, DType::F32);
        "a.view('complex64')", "f32(2, 4)", values => fn(a) view(a, DType::C64);
        "a.view('int32')", "f32()" => fn(a) view(a, DType::I32);
        "jnp.signbit(a)", "values([1, -1, 0.0, -0.0, inf, -inf, nan], 'f4')" => fn(a) signbit(a);
        "jnp.signbit(a)", "bf16(4)" => fn(a) signbit(a);
        "jnp.signbit(a)", "f64(4)", x64 => fn(a) signbit(a);
        "jnp.signbit(a)", "i32(4)" => fn(a) signbit(a);
        "jnp.signbit(a)", "boolean(4)" => fn(a) signbit(a);
        "jnp.copysign(a, b)", "f32(2, 4), values([1, -1, -0.0, 0.0], 'f4')" => fn(a, b) copysign(a, b);
        "jnp.copysign(a, -1)", "i32(4)" => fn(a) copysign(a, -1);
        // JAX's gradients of mantissas and of scaled numbers are 0; see the next rows.
        "jnp.frexp(a)", "values([6, -0.25, 0, -0.0, inf, -inf, 3e38, 1.2e-38, 1], 'f4')", values => fn(a) frexp(a);
        "jnp.frexp(a)", "values([6, -0.25, 0, 65504, 6.2e-5, nan], 'f2')", values => fn(a) frexp(a);
        "jnp.frexp(a)", "bf16(5)", values => fn(a) frexp(a);
        "jnp.frexp(a)", "values([6, -0.25, 1.7e308, 2.3e-308], 'f8')", values, x64 => fn(a) frexp(a);
        "jnp.frexp(a)", "i32(5)" => fn(a) frexp(a);
        "a * jnp.exp2(-jnp.frexp(a)[1].astype('float32'))", "f32(6)" => fn(a) frexp(a).0;
        "jnp.ldexp(a, b)", "values([0.75, -1, 0, inf, 1, 1, 1.5], 'f4'), values([3, -2, 5, -3, 127, -126, 300], 'i4')", values => fn(a, b) ldexp(a, b);
        "jnp.ldexp(a, b)", "values([0.75, -1, 1, 1], 'f2'), values([3, -2, 15, -14], 'i4')", values => fn(a, b) ldexp(a, b);
        "jnp.ldexp(a, b)", "i32(4), i32(4)" => fn(a, b) ldexp(a, b);
        "a * 2.0 ** b", "f32(2, 4), i32(4)" => fn(a, b) ldexp(a, b);
        // A large number may become a small one.
        "a + 0 * b", "values([1, 1.5], 'f4'), values([-240, -230], 'i4')" => fn(a, b) ldexp(ldexp(a * 2f64.powi(120), b), -120 - b);
        "jnp.modf(a)", "values([1.5, -2.25, 3, -0.5, 7e9], 'f4')" => fn(a) modf(a);
        "jnp.modf(a)", "i32(4)" => fn(a) modf(a);
        "jnp.spacing(a)", "values([1, -1, 1.5, 1e30, -3e-20, inf, nan, 0], 'f4')" => fn(a) spacing(a);
        "jnp.spacing(a)", "values([1, -1, -1.5, 2048, 60000], 'f2')" => fn(a) spacing(a);
        "jnp.spacing(a)", "bf16(4)" => fn(a) spacing(a);
        "jnp.spacing(a)", "values([1, -1e300, 0.3], 'f8')", x64 => fn(a) spacing(a);
        "jnp.zeros(3)", "f32(3)" => fn(a) spacing(a) * 0.0;
        "jnp.packbits(a)", "i32(11, low=0, high=2)" => fn(a) packbits(a, None, BitOrder::Big);
        "jnp.packbits(a, axis=0, bitorder='little')", "boolean(10, 3)" => fn(a) packbits(a, 0, BitOrder::Little);
        "jnp.packbits(a, axis=1)", "u8(2, 8, low=0, high=2)" => fn(a) packbits(a, 1, BitOrder::Big);
        "jnp.unpackbits(a)", "u8(2, 3, high=255)" => fn(a) unpackbits(a, Unpackbits::default());
        "jnp.unpackbits(a, axis=0, count=12, bitorder='little')", "u8(2, 3, high=255)" => fn(a) unpackbits(a, Unpackbits { axis: Some(0), count: Some(12), order: BitOrder::Little });
        "jnp.unpackbits(a, count=20)", "u8(2, high=255)" => fn(a) unpackbits(a, Unpackbits { count: Some(20), ..Unpackbits::default() });
        "jnp.unpackbits(a, count=-3)", "u8(2, high=255)" => fn(a) unpackbits(a, Unpackbits { count: Some(-3), ..Unpackbits::default() });
    }
}
