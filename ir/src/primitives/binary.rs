//! Elementwise functions of two arrays of one shape. Each is one row of the table at the end.

use super::{
    complex,
    converge::emit_wide,
    incomplete_gamma::{Wanted, density, lowered},
    quadrature, special, *,
};
use crate::{
    dtype::Kind,
    literal::int_range,
    minifloat::table,
    operand::{Operand, broadcast_together},
};
use half::{bf16, f16};
use num_complex::Complex64;

/// In what the function is linear.
#[derive(Clone, Copy, PartialEq)]
enum Linearity {
    None,
    /// In both operands together, as a sum is.
    Sum,
    /// In either operand while the other is fixed, as a product is.
    Product,
    /// In the first operand, as a quotient is.
    First,
}
#[derive(Clone, Copy)]
struct Accepts(&'static str, fn(DType) -> bool);
const FLOATS: Accepts = Accepts("floats", DType::is_float);
const NUMBERS: Accepts = Accepts("numbers", |d| d != DType::Bool);
const REAL_NUMBERS: Accepts = Accepts("integers, bools and floats", |d| !d.is_complex());
const BITS: Accepts = Accepts("integers and bools", |d| !d.is_inexact());
const INTEGERS: Accepts = Accepts("integers", DType::is_integer);
const PARTS: Accepts = Accepts("f32 and f64", |d| d.complex().is_some());

/// The tangent that a tangent `t` of one operand gives, at `(x, y, out)`. A rule of a function that is linear in that operand uses
/// neither the operand nor `out`, so the same rule serves as its transpose.
type Partial = fn(Tracer, Tracer, Tracer, Tracer) -> Tracer;

struct Row {
    name: &'static str,
    accepts: Accepts,
    float: fn(f64, f64) -> f64,
    complex: Option<fn(Complex64, Complex64) -> Complex64>,
    int: Option<fn(i128, i128, DType) -> i128>,
    partials: Option<[Partial; 2]>,
    linear: Linearity,
    /// The operation in StableHLO or CHLO.
    hlo: &'static str,
    /// How to make it of others in its stead, of f32 and f64.
    made: Option<fn(Tracer, Tracer) -> Tracer>,
    at: &'static [(f64, f64)],
    /// Integers to test with, in place of those derived from `at`.
    ints: &'static [(i128, i128)],
}
const ROW: Row = Row {
    name: "",
    accepts: NUMBERS,
    float: |_, _| f64::NAN,
    complex: None,
    int: None,
    partials: None,
    linear: Linearity::None,
    hlo: "",
    made: None,
    at: &[(0.3, 1.7), (-1.2, 2.5), (2.5, -0.7)],
    ints: &[(7, 2), (100, 3), (5, 5)],
};

/// Points on both sides of the switch between series and continued fraction.
const INCOMPLETE: &[(f64, f64)] = &[(0.7, 0.3), (1.4, 2.6), (3.0, 1.2), (2.5, 6.0)];

impl Binary {
    fn makes_complex(self) -> bool {
        self == Binary::Complex
    }
}
impl Primitive for Binary {
    fn name(&self) -> &'static str {
        self.row().name
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 2)?;
        let (a, row) = (alike(ins)?, self.row());
        if !(row.accepts.1)(a.dtype) {
            return Err(format!("takes {}, got {a}", row.accepts.0));
        }
        let parts = if self.makes_complex() { a.dtype.complex() } else { None };
        Ok(smallvec![a.with_dtype(parts.unwrap_or(a.dtype))])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, y, row) = (ins[0], ins[1], self.row());
        let out = self.infer(&[x.aval(), y.aval()])?.remove(0);
        let dtype = x.dtype();
        Ok(vec![match (dtype.kind(), row.complex, row.int) {
            (Kind::Float, ..) if *self == Binary::Nextafter => {
                Literal::from_floats(out, x.floats().into_iter().zip(y.floats()).map(|(x, y)| next_after(dtype, x, y)))
            }
            (Kind::Float, ..) if self.makes_complex() => Literal::from_complexes(
                out,
                x.floats().into_iter().zip(y.floats()).map(|(re, im)| Complex64::new(re, im)),
            ),
            (Kind::Float, ..) => {
                Literal::from_floats(out, x.floats().into_iter().zip(y.floats()).map(|(x, y)| (row.float)(x, y)))
            }
            (Kind::Complex, Some(f), _) => {
                Literal::from_complexes(out, x.complexes().into_iter().zip(y.complexes()).map(|(x, y)| f(x, y)))
            }
            (_, _, Some(f)) => Literal::from_ints(out, x.ints().into_iter().zip(y.ints()).map(|(x, y)| f(x, y, dtype))),
            _ => return Err(format!("has no value for {}", x.aval())),
        }])
    }
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let Some(partials) = self.row().partials else { return vec![None] };
        let part = |i: usize| tangents[i].map(|t| partials[i](ins[0], ins[1], outs[0], t));
        vec![add_some(part(0), part(1))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let (Some(ct), Some(partials)) = (cts[0], self.row().partials) else { return vec![None, None] };
        if self.makes_complex() {
            return vec![ins[0].is_unknown().then(|| ct.real()), ins[1].is_unknown().then(|| -ct.imag())];
        }
        let unknown = [ins[0].is_unknown(), ins[1].is_unknown()];
        let allowed = match self.row().linear {
            Linearity::None => false,
            Linearity::Sum => true,
            Linearity::Product => unknown != [true, true],
            Linearity::First => unknown == [true, false],
        };
        if !allowed {
            fail(format!("{}: cannot be transposed, since it is not linear in both operands", self.name()));
        }
        let value = |i: usize| ins[i].known().unwrap_or(ct); // a rule of a linear operand does not look at the operand
        (0..2).map(|i| unknown[i].then(|| partials[i](value(0), value(1), ct, ct))).collect()
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![match self.row().made {
            _ if *self == Binary::Div && outs[0].dtype.is_integer() => integer_quotient(module, ins, &outs[0]),
            _ if *self == Binary::Pow && outs[0].dtype.is_integer() => integer_power(module, ins, &outs[0]),
            _ if *self == Binary::Div => {
                let divisor = module.apart(&ins[1]);
                module.op1(self.row().hlo, &[ins[0].clone(), divisor], "", &outs[0])
            }
            Some(f) => emit_wide(module, ins, &outs[0], |args| f(args[0], args[1])),
            None => module.op1(self.row().hlo, ins, "", &outs[0]),
        }]
    }
}

/// The quotient of integers, with its value for the divisor 0 made by hand: XLA simplifies `x / x` to 1, whatever `x` is.
fn integer_quotient(module: &mut Module, ins: &[Value], out: &ShapedArray) -> Value {
    let (zero, one) = (module.splat(out, 0.0), module.splat(out, 1.0));
    let none = Compare::Eq.lower(module, &[ins[1].clone(), zero.clone()], &[out.with_dtype(DType::Bool)]).remove(0);
    let divisor = module.op1("stablehlo.select", &[none.clone(), one, ins[1].clone()], "", out);
    let quotient = module.op1("stablehlo.divide", &[ins[0].clone(), divisor], "", out);
    let ones = module.op1("stablehlo.not", &[zero], "", out);
    module.op1("stablehlo.select", &[none, ones, quotient], "", out)
}

/// The power of integers by squaring, bit by bit of the exponent: XLA's own goes wrong from exponents of 2³⁰ on, and takes unsigned ones
/// with the highest bit for negative. With a negative exponent 1 and -1 stay what they are but for their sign, and all else is 0.
fn integer_power(module: &mut Module, ins: &[Value], out: &ShapedArray) -> Value {
    let [x, exponent] = [&ins[0], &ins[1]].map(Value::clone);
    let signed = out.dtype.kind() == Kind::Signed;
    let (zero, one) = (module.splat(out, 0.0), module.splat(out, 1.0));
    let flags = out.with_dtype(DType::Bool);
    let compare = |module: &mut Module, how: Compare, x: &Value, y: &Value| {
        how.lower(module, &[x.clone(), y.clone()], std::slice::from_ref(&flags)).remove(0)
    };
    let unset = |module: &mut Module, bit: usize| {
        let mask = module.splat(out, (1u64 << bit) as f64);
        let masked = module.op1("stablehlo.and", &[exponent.clone(), mask], "", out);
        compare(module, Compare::Eq, &masked, &zero)
    };
    let power = (0..out.dtype.bits() - signed as usize).rev().fold(one.clone(), |power, bit| {
        let square = module.op1("stablehlo.multiply", &[power.clone(), power], "", out);
        let unset = unset(module, bit);
        let factor = module.op1("stablehlo.select", &[unset, one.clone(), x.clone()], "", out);
        module.op1("stablehlo.multiply", &[square, factor], "", out)
    });
    if !signed {
        return power;
    }
    let minus_one = module.op1("stablehlo.not", &[zero.clone()], "", out);
    let even = unset(module, 0);
    let alternating = module.op1("stablehlo.select", &[even, one.clone(), minus_one.clone()], "", out);
    let is_one = compare(module, Compare::Eq, &x, &one);
    let is_minus_one = compare(module, Compare::Eq, &x, &minus_one);
    let inverse = module.op1("stablehlo.select", &[is_one, one, zero.clone()], "", out);
    let inverse = module.op1("stablehlo.select", &[is_minus_one, alternating, inverse], "", out);
    let negative = compare(module, Compare::Lt, &exponent, &zero);
    module.op1("stablehlo.select", &[negative, inverse, power], "", out)
}

macro_rules! binary { ($($(#[$doc:meta])* $Name:ident $name:ident $method:ident { $($field:ident: $value:expr),* $(,)? })*) => {
    /// An elementwise function of two arrays of one shape.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Binary { $($(#[$doc])* $Name),* }
    impl Binary {
        /// All of them.
        pub const ALL: &[Binary] = &[$(Binary::$Name),*];
        fn row(self) -> &'static Row {
            match self { $(Binary::$Name => { const R: Row = Row { name: stringify!($name), $($field: $value,)* ..ROW }; &R })* }
        }
    }
    impl Tracer {
        $($(#[$doc])*
        ///
        /// Shapes broadcast together.
        #[track_caller] pub fn $method(self, other: impl Operand) -> Tracer { Binary::$Name.of(self, other.beside(self)) })*
    }
} }
impl Binary {
    /// The function of two tracers, broadcast together.
    #[track_caller]
    pub fn of(self, a: Tracer, b: Tracer) -> Tracer {
        let (a, b) = broadcast_together(self.row().name, a, b);
        bind1(self, &[a, b])
    }
}
macro_rules! operators { ($($Trait:ident $method:ident $Name:ident;)*) => { $(
    impl<T: Operand> std::ops::$Trait<T> for Tracer {
        type Output = Tracer;
        #[track_caller]
        fn $method(self, other: T) -> Tracer { Binary::$Name.of(self, other.beside(self)) }
    }
    operators! { @left $Trait $method $Name f32 f64 i32 i64 }
)* };
(@left $Trait:ident $method:ident $Name:ident $($T:ty)*) => { $(
    impl std::ops::$Trait<Tracer> for $T {
        type Output = Tracer;
        #[track_caller]
        fn $method(self, other: Tracer) -> Tracer { Binary::$Name.of(self.beside(other), other) }
    }
)* } }
operators! { Add add Add; Sub sub Sub; Mul mul Mul; Div div Div; Rem rem Rem; }
macro_rules! bit_operators { ($($Trait:ident $method:ident $Name:ident;)*) => { $(
    impl<T: Operand> std::ops::$Trait<T> for Tracer {
        type Output = Tracer;
        #[track_caller]
        fn $method(self, other: T) -> Tracer { Binary::$Name.of(self, other.beside(self)) }
    }
)* } }
bit_operators! { BitAnd bitand And; BitOr bitor Or; BitXor bitxor Xor; }

impl Registered for Binary {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<Binary, String>> {
        Binary::ALL.iter().find(|b| b.row().name == name).map(|b| Ok(*b))
    }
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        for &op in Binary::ALL {
            let row = op.row();
            for dtype in SAMPLE_DTYPES {
                if !(row.accepts.1)(dtype) {
                    continue;
                }
                let operand = |second: bool| {
                    let pick = |p: &(f64, f64)| if second { p.1 } else { p.0 };
                    match dtype.kind() {
                        Kind::Float => {
                            Literal::from_floats(ShapedArray::new(&[row.at.len()], dtype), row.at.iter().map(pick))
                        }
                        Kind::Complex => Literal::from_complexes(
                            ShapedArray::new(&[row.at.len()], dtype),
                            row.at.iter().map(|p| Complex64::new(pick(p), 0.4 - 0.3 * p.0)),
                        ),
                        _ => Literal::from_ints(
                            ShapedArray::new(&[row.ints.len()], dtype),
                            row.ints.iter().map(|p| if second { p.1 } else { p.0 }),
                        ),
                    }
                };
                samples.push(Sample::new(op, &[operand(false), operand(true)]));
            }
        }
        samples
    }
}

fn maximum(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        x + y
    } else if x > y || (x == y && y.is_sign_negative()) {
        x
    } else {
        y
    }
}
/// One where `x` was chosen as `out`, a half where both were.
fn share(x: Tracer, y: Tracer, out: Tracer) -> Tracer {
    let (one, half, zero) = (x.full_like(1.0), x.full_like(0.5), x.full_like(0.0));
    x.equal(out).select(y.equal(out).select(half, one), zero)
}
fn next_after(dtype: DType, x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        return f64::NAN;
    }
    if x == y {
        return y;
    }
    let up = y > x;
    if dtype.bits() < 16 {
        let further = table(dtype).iter().copied().filter(|v| if up { *v > x } else { *v < x });
        return further.reduce(if up { f64::min } else { f64::max }).unwrap_or(y);
    }
    macro_rules! step {
        ($T:ident, $from:expr, $to:expr) => {{
            if x == 0.0 {
                let least = $to($T::from_bits(1));
                return if up { least } else { -least };
            }
            let bits = $from(x).to_bits();
            $to($T::from_bits(if up == (x > 0.0) { bits + 1 } else { bits - 1 }))
        }};
    }
    match dtype {
        DType::F16 => step!(f16, f16::from_f64, f16::to_f64),
        DType::BF16 => step!(bf16, bf16::from_f64, bf16::to_f64),
        DType::F32 => step!(f32, |x| x as f32, |x: f32| x as f64),
        _ => step!(f64, |x| x, |x| x),
    }
}
/// XLA's: by zero it gives all ones, and the least number by -1 gives itself (by wrapping).
fn int_div(x: i128, y: i128, dtype: DType) -> i128 {
    if y != 0 {
        x / y
    } else if dtype.kind() == Kind::Signed {
        -1
    } else {
        int_range(dtype).1
    }
}
pub(super) fn int_pow(x: i128, y: i128, _: DType) -> i128 {
    match (x, y) {
        (1, _) => 1,
        (-1, y) => {
            if y % 2 == 0 {
                1
            } else {
                -1
            }
        }
        (_, y) if y < 0 => 0,
        (x, y) => (0..128).rev().fold(1i128, |power, bit| {
            // Wrapping in 128 bits keeps the low bits right, which are all that the caller keeps.
            let squared = power.wrapping_mul(power);
            if y >> bit & 1 == 1 { squared.wrapping_mul(x) } else { squared }
        }),
    }
}
fn shift(x: i128, by: i128, dtype: DType, f: fn(i128, u32) -> i128, beyond: fn(i128) -> i128) -> i128 {
    if (0..dtype.bits() as i128).contains(&by) { f(x, by as u32) } else { beyond(x) }
}
fn unsigned_bits(x: i128, dtype: DType) -> i128 {
    x & ((1i128 << dtype.bits()) - 1)
}

binary! {
    /// The sum.
    Add add add_to {
        float: |x, y| x + y, complex: Some(|x, y| x + y), int: Some(|x, y, _| x + y),
        partials: Some([|_, _, _, t| t, |_, _, _, t| t]), linear: Linearity::Sum, hlo: "stablehlo.add",
    }
    /// The difference.
    Sub sub subtract {
        float: |x, y| x - y, complex: Some(|x, y| x - y), int: Some(|x, y, _| x - y),
        partials: Some([|_, _, _, t| t, |_, _, _, t| -t]), linear: Linearity::Sum, hlo: "stablehlo.subtract",
    }
    /// The product.
    Mul mul multiply {
        float: |x, y| x * y, complex: Some(|x, y| x * y), int: Some(|x, y, _| x.wrapping_mul(y)),
        partials: Some([|_, y, _, t| t * y, |x, _, _, t| x * t]), linear: Linearity::Product, hlo: "stablehlo.multiply",
    }
    /// The quotient; of integers rounded towards zero, and all ones where the divisor is zero.
    Div div divide {
        float: |x, y| x / y, complex: Some(complex::div), int: Some(int_div),
        partials: Some([|_, y, _, t| t / y, |_, y, out, t| -(t * out / y)]), linear: Linearity::First, hlo: "stablehlo.divide",
    }
    /// The remainder of the division rounded towards zero, with the sign of the dividend.
    Rem rem remainder {
        accepts: Accepts("integers and floats", |d| d.is_integer() || d.is_float()),
        float: |x, y| x % y, int: Some(|x, y, _| if y == 0 { x } else { x % y }),
        partials: Some([|_, _, _, t| t, |x, y, _, t| { let q = x / y; -(t * (q.sign() * q.abs().floor())) }]), hlo: "stablehlo.remainder",
    }
    /// The first to the power of the second.
    ///
    /// Its derivative in the base is 0 where the exponent is 0, and that in the exponent is 0 where the base is 0.
    Pow pow pow {
        float: f64::powf, complex: Some(complex::pow), int: Some(int_pow),
        partials: Some([
            |x, y, _, t| {
                // `y x^(y - 1)`, which stays a function of `y` where that is 0: its derivative there is `1 / x`.
                let flat = x.equal(0) & y.equal(0);
                t * (y * flat.select(x.full_like(1.0), x).pow(y - 1))
            },
            |x, _, out, t| t * (x.equal(0).select(x.full_like(1.0), x).log() * out),
        ]),
        hlo: "stablehlo.power", at: &[(0.3, 1.7), (1.2, -2.5), (2.5, 3.0)],
    }
    /// The greater; NaN if either is NaN. Where they are equal, each has half of the derivative.
    Max max maximum {
        accepts: REAL_NUMBERS, float: maximum, int: Some(|x, y, _| x.max(y)),
        partials: Some([|x, y, out, t| t * share(x, y, out), |x, y, out, t| t * share(y, x, out)]), hlo: "stablehlo.maximum",
    }
    /// The lesser; NaN if either is NaN. Where they are equal, each has half of the derivative.
    Min min minimum {
        accepts: REAL_NUMBERS, float: |x, y| -maximum(-x, -y), int: Some(|x, y, _| x.min(y)),
        partials: Some([|x, y, out, t| t * share(x, y, out), |x, y, out, t| t * share(y, x, out)]), hlo: "stablehlo.minimum",
    }
    /// The angle of the point with ordinate the first and abscissa the second, in radians.
    Atan2 atan2 atan2 {
        accepts: FLOATS, float: f64::atan2,
        partials: Some([|x, y, _, t| t * (y / (x * x + y * y)), |x, y, _, t| t * (-x / (x * x + y * y))]), hlo: "stablehlo.atan2",
    }
    /// The next representable number from the first towards the second.
    Nextafter nextafter nextafter {
        accepts: FLOATS, partials: Some([|_, _, _, _| fail("nextafter: has no derivative"), |_, _, _, _| fail("nextafter: has no derivative")]), hlo: "chlo.next_after" }
    /// The complex number of these real and imaginary parts.
    Complex complex complex {
        accepts: PARTS, partials: Some([|_, _, _, t| t.complex(t.full_like(0.0)), |_, _, _, t| t.full_like(0.0).complex(t)]),
        linear: Linearity::Sum, hlo: "stablehlo.complex",
    }
    /// Bitwise, or logical, and.
    And and bitwise_and { accepts: BITS, int: Some(|x, y, _| x & y), hlo: "stablehlo.and" }
    /// Bitwise, or logical, or.
    Or or bitwise_or { accepts: BITS, int: Some(|x, y, _| x | y), hlo: "stablehlo.or" }
    /// Bitwise, or logical, exclusive or.
    Xor xor bitwise_xor { accepts: BITS, int: Some(|x, y, _| x ^ y), hlo: "stablehlo.xor" }
    /// Bits moved to the left; 0 where the distance is not less than the width.
    ShiftLeft shift_left shift_left {
        accepts: INTEGERS, int: Some(|x, y, d| shift(x, y, d, |x, n| x << n, |_| 0)), hlo: "stablehlo.shift_left", ints: &[(7, 2), (-100, 3), (5, 9)],
    }
    /// Bits moved to the right, the sign bit filling up.
    ShiftRightArithmetic shift_right_arithmetic shift_right_arithmetic {
        accepts: INTEGERS,
        int: Some(|x, y, d| {
            // The top bit fills up in unsigned types, too.
            let signed = if d.kind() == Kind::Unsigned && x >> (d.bits() - 1) & 1 == 1 { x - (1i128 << d.bits()) } else { x };
            shift(signed, y, d, |x, n| x >> n, |x| if x < 0 { -1 } else { 0 })
        }),
        hlo: "stablehlo.shift_right_arithmetic", ints: &[(7, 2), (-100, 3), (-5, 9)],
    }
    /// Bits moved to the right, zeros filling up.
    ShiftRightLogical shift_right_logical shift_right_logical {
        accepts: INTEGERS, int: Some(|x, y, d| shift(unsigned_bits(x, d), y, d, |x, n| x >> n, |_| 0)), hlo: "stablehlo.shift_right_logical",
        ints: &[(7, 2), (-100, 3), (-5, 9)],
    }
    /// Hurwitz' zeta function `∑ (k + q)⁻ˢ` of `s` and `q`.
    Zeta zeta zeta {
        accepts: FLOATS, float: special::zeta,
        partials: Some([|_, _, _, _| fail("zeta: has no derivative in its first operand"), |s, q, _, t| t * (-s * (s + 1.0).zeta(q))]), hlo: "chlo.zeta",
        at: &[(2.0, 1.7), (3.0, 0.4), (4.0, 2.5)],
    }
    /// The derivative of [`Tracer::digamma`] of the order given first, at the second.
    Polygamma polygamma polygamma {
        accepts: FLOATS, float: special::polygamma,
        partials: Some([|_, _, _, _| fail("polygamma: has no derivative in its first operand"), |m, x, _, t| t * (m + 1.0).polygamma(x)]), hlo: "chlo.polygamma",
        at: &[(1.0, 1.7), (2.0, 0.4), (3.0, 2.5)],
    }
    /// The regularized lower incomplete gamma function `∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt / Γ(a)` of `a` and `x`, as JAX's `lax.igamma`.
    ///
    /// It is 1 where `a` is 0 (0 where it is infinite), and NaN where an operand is negative, both are 0, or both are infinite. Its derivative in
    /// `a` is [`Tracer::igamma_grad_a`], that in `x` the density of the gamma distribution.
    Igamma igamma igamma {
        accepts: FLOATS, float: quadrature::igamma, made: Some(|a, x| lowered(a, x, Wanted::Lower)), at: INCOMPLETE,
        partials: Some([|a, x, _, t| t * a.igamma_grad_a(x), |a, x, _, t| t * density(a, x)]),
    }
    /// One minus [`Tracer::igamma`], accurate where that is small.
    Igammac igammac igammac {
        accepts: FLOATS, float: quadrature::igammac, made: Some(|a, x| lowered(a, x, Wanted::Upper)), at: INCOMPLETE,
        partials: Some([|a, x, _, t| -(t * a.igamma_grad_a(x)), |a, x, _, t| -(t * density(a, x))]),
    }
    /// The derivative of [`Tracer::igamma`] in its first operand. It has itself a derivative in the second only.
    IgammaGradA igamma_grad_a igamma_grad_a {
        accepts: FLOATS, float: quadrature::igamma_grad_a, made: Some(|a, x| lowered(a, x, Wanted::Slope)), at: INCOMPLETE,
        partials: Some([
            |_, _, _, _| fail("igamma_grad_a: has no derivative in its first operand"),
            |a, x, _, t| t * (density(a, x) * (x.log() - a.digamma())),
        ]),
    }
    /// How a sample `x` of the gamma distribution with parameter `a` changes with `a` while its rank among the samples stays: minus
    /// [`Tracer::igamma_grad_a`] over the density (Figurnov, Mohamed, Mnih, *Implicit reparameterization gradients*, 2018). It has itself a
    /// derivative in the second operand only.
    RandomGammaGrad random_gamma_grad random_gamma_grad {
        accepts: FLOATS, float: quadrature::random_gamma_grad, made: Some(|a, x| lowered(a, x, Wanted::Sample)), at: INCOMPLETE,
        partials: Some([
            |_, _, _, _| fail("random_gamma_grad: has no derivative in its first operand"),
            |a, x, out, t| t * (a.digamma() - x.log() - out * ((a - 1.0) / x - 1.0)),
        ]),
    }
}
