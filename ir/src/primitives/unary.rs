//! Elementwise functions of one array. Each is one row of the table at the end.

use super::{bessel, complex, converge::emit_wide, special, *};
use crate::dtype::Kind;
use num_complex::Complex64;

/// What the output's dtype is.
#[derive(Clone, Copy, PartialEq)]
enum Out {
    Same,
    Bool,
    /// That of the real part.
    Real,
}
/// Which dtypes are accepted, in the words of an error message.
#[derive(Clone, Copy)]
struct Accepts(&'static str, fn(DType) -> bool);
const FLOATS: Accepts = Accepts("floats", DType::is_float);
const INEXACT: Accepts = Accepts("floats and complex numbers", DType::is_inexact);
const SIGNED: Accepts =
    Accepts("signed integers, floats and complex numbers", |d| d.is_inexact() || d.kind() == Kind::Signed);
const NUMBERS: Accepts = Accepts("numbers", |d| d != DType::Bool);
const BITS: Accepts = Accepts("integers and bools", |d| !d.is_inexact());
const INTEGERS: Accepts = Accepts("integers", DType::is_integer);
const COMPLEX: Accepts = Accepts("complex numbers", DType::is_complex);
const ANY: Accepts = Accepts("all dtypes", |_| true);

struct Row {
    name: &'static str,
    accepts: Accepts,
    out: Out,
    float: fn(f64) -> f64,
    complex: Option<fn(Complex64) -> Complex64>,
    int: Option<fn(i128, DType) -> i128>,
    /// The output's tangent at `(x, out)` for the tangent `t`; none where it is zero everywhere.
    tangent: Option<fn(Tracer, Tracer, Tracer) -> Tracer>,
    /// For which dtypes the derivative is zero everywhere although there is a rule.
    flat: fn(DType) -> bool,
    /// The cotangent of the operand, for functions that are linear.
    adjoint: Option<fn(Tracer) -> Tracer>,
    /// The operation in StableHLO or CHLO, or how to make it of others.
    lower: Lower,
    /// Sample points.
    at: &'static [f64],
}
enum Lower {
    Op(&'static str),
    Made(fn(&mut Module, &Value, &ShapedArray) -> Value),
}
const ROW: Row = Row {
    name: "",
    accepts: FLOATS,
    out: Out::Same,
    float: |x| x,
    complex: None,
    int: None,
    tangent: None,
    flat: |_| false,
    adjoint: None,
    lower: Lower::Op(""),
    at: &[0.3, -1.2, 2.5],
};

impl Primitive for Unary {
    fn name(&self) -> &'static str {
        self.row().name
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let (a, row) = (one(ins)?, self.row());
        if !(row.accepts.1)(a.dtype) {
            return Err(format!("takes {}, got {a}", row.accepts.0));
        }
        Ok(smallvec![match row.out {
            Out::Same => a.clone(),
            Out::Bool => a.with_dtype(DType::Bool).strong(),
            Out::Real => a.with_dtype(a.dtype.real()),
        }])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, row) = (ins[0], self.row());
        let out = self.infer(&[x.aval()])?.remove(0);
        let dtype = x.dtype();
        Ok(vec![match (dtype.kind(), row.int, row.complex) {
            (Kind::Complex, _, Some(f)) => Literal::from_complexes(out, x.complexes().into_iter().map(f)),
            (Kind::Float | Kind::Complex, ..) => Literal::from_floats(out, x.floats().into_iter().map(row.float)),
            (_, Some(f), _) => Literal::from_ints(out, x.ints().into_iter().map(|i| f(i, dtype))),
            (_, None, _) => return Err(format!("has no value for {}", x.aval())),
        }])
    }
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let row = self.row();
        let tangent = row.tangent.filter(|_| !(row.flat)(ins[0].dtype()));
        vec![tangent.zip(tangents[0]).map(|(f, t)| f(ins[0], outs[0], t))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        match self.row().adjoint {
            Some(f) => vec![cts[0].map(f)],
            None => fail(format!("{}: cannot be transposed, since it is not linear", self.name())),
        }
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![match &self.row().lower {
            Lower::Op(name) => module.op1(name, ins, "", &outs[0]),
            Lower::Made(f) => f(module, &ins[0], &outs[0]),
        }]
    }
}

macro_rules! unary { ($($(#[$doc:meta])* $Name:ident $name:ident $method:ident { $($field:ident: $value:expr),* $(,)? })*) => {
    /// An elementwise function of one array.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Unary { $($(#[$doc])* $Name),* }
    impl Unary {
        /// All of them.
        pub const ALL: &[Unary] = &[$(Unary::$Name),*];
        fn row(self) -> &'static Row {
            match self { $(Unary::$Name => { const R: Row = Row { name: stringify!($name), $($field: $value,)* ..ROW }; &R })* }
        }
    }
    impl Tracer {
        $($(#[$doc])* #[track_caller] pub fn $method(self) -> Tracer { bind1(Unary::$Name, &[self]) })*
    }
} }

impl Registered for Unary {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<Unary, String>> {
        Unary::ALL.iter().find(|u| u.row().name == name).map(|u| Ok(*u))
    }
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        for &op in Unary::ALL {
            let row = op.row();
            for dtype in SAMPLE_DTYPES {
                if !(row.accepts.1)(dtype) {
                    continue;
                }
                let aval = ShapedArray::new(&[row.at.len()], dtype);
                let sample = Sample::new(
                    op,
                    &[match dtype.kind() {
                        Kind::Float => Literal::from_floats(aval, row.at.iter().copied()),
                        Kind::Complex => {
                            Literal::from_complexes(aval, row.at.iter().map(|x| Complex64::new(*x, 0.4 - 0.3 * x)))
                        }
                        _ => Literal::from_ints(aval, (0..row.at.len() as i128).map(|i| 37 * i * i - 90 * i + 1)),
                    }],
                );
                samples.push(Sample { derivative: op != Unary::StopGradient, ..sample });
            }
        }
        samples
    }
}
impl std::ops::Neg for Tracer {
    type Output = Tracer;
    #[track_caller]
    fn neg(self) -> Tracer {
        bind1(Unary::Neg, &[self])
    }
}
impl std::ops::Not for Tracer {
    type Output = Tracer;
    #[track_caller]
    fn not(self) -> Tracer {
        bind1(Unary::Not, &[self])
    }
}
/// `z / |z|`, and 0 at 0.
fn unit(z: Complex64) -> Complex64 {
    if z.norm() == 0.0 { z } else { z / z.norm() }
}
/// `x` where it is not 0, else 1: a divisor whose quotient is then multiplied by 0.
fn nonzero(x: Tracer) -> Tracer {
    x.equal(0).select(Literal::full(x.aval().with_shape(&[]), 1.0), x)
}

/// Sine, cosine and their hyperbolic forms. Of complex numbers they are made of real ones, since XLA's own lose half of the digits where
/// a part is small: `sin(a + bi) = sin a cosh b + i cos a sinh b`, `sinh(a + bi) = sinh a cos b + i cosh a sin b`, and so on.
fn circular(m: &mut Module, x: &Value, out: &ShapedArray, op: Unary) -> Value {
    let real_name = |op| match op {
        Unary::Sin => "stablehlo.sine",
        Unary::Cos => "stablehlo.cosine",
        Unary::Sinh => "chlo.sinh",
        _ => "chlo.cosh",
    };
    if !out.dtype.is_complex() {
        return m.op1(real_name(op), std::slice::from_ref(x), "", out);
    }
    let part = out.with_dtype(out.dtype.real());
    let [a, b] = ["stablehlo.real", "stablehlo.imag"].map(|name| m.op1(name, std::slice::from_ref(x), "", &part));
    let (re, im, negative) = match op {
        Unary::Sin => ((Unary::Sin, Unary::Cosh), (Unary::Cos, Unary::Sinh), false),
        Unary::Cos => ((Unary::Cos, Unary::Cosh), (Unary::Sin, Unary::Sinh), true),
        Unary::Sinh => ((Unary::Sinh, Unary::Cos), (Unary::Cosh, Unary::Sin), false),
        _ => ((Unary::Cosh, Unary::Cos), (Unary::Sinh, Unary::Sin), false),
    };
    let zero = m.splat(&part, 0.0);
    let bools = [part.with_dtype(DType::Bool)];
    let mut product = |(f, g): (Unary, Unary)| {
        let [f, g] = [(f, &a), (g, &b)].map(|(f, v)| m.op1(real_name(f), std::slice::from_ref(v), "", &part));
        // An exact zero stays one beside an overflow or NaN, where the plain product is NaN.
        let mut equal = |v: &Value, w: &Value| Compare::Eq.lower(m, &[v.clone(), w.clone()], &bools).remove(0);
        let zeros = [equal(&f, &zero), equal(&g, &zero)];
        let is_zero = m.op1("stablehlo.or", &zeros, "", &bools[0]);
        let plain = m.op1("stablehlo.multiply", &[f, g], "", &part);
        m.op1("stablehlo.select", &[is_zero, zero.clone(), plain], "", &part)
    };
    let (re, im) = (product(re), product(im));
    let im = if negative { m.op1("stablehlo.negate", &[im], "", &part) } else { im };
    m.op1("stablehlo.complex", &[re, im], "", out)
}
/// A function with `f(conj z) = conj f(z)`, computed where the imaginary part is not negative: on their branch cuts XLA's do not know the
/// sign of a zero.
fn mirrored(m: &mut Module, x: &Value, out: &ShapedArray, name: &str) -> Value {
    if !out.dtype.is_complex() {
        return m.op1(name, std::slice::from_ref(x), "", out);
    }
    let folded = m.emit(std::slice::from_ref(x), |z| vec![z[0].real().complex(z[0].imag().abs())]).remove(0);
    let value = m.op1(name, &[folded], "", out);
    let unfolded = |z: &[Tracer]| {
        let (y, w) = (z[0].imag(), z[1]);
        let negative = y.less(0.0) | (y.equal(0.0) & Tracer::less(1.0 / y, 0.0));
        vec![negative.select(w.conj(), w)]
    };
    m.emit(&[x.clone(), value], unfolded).remove(0)
}
/// A function of complex numbers that is NaN of NaN, where XLA's has a number as a part.
fn ordered(m: &mut Module, x: &Value, out: &ShapedArray, name: &str) -> Value {
    let value = m.op1(name, std::slice::from_ref(x), "", out);
    if !out.dtype.is_complex() {
        return value;
    }
    let known = |z: &[Tracer]| {
        let known = z[0].equal(z[0]) | z[0].abs().equal(f64::INFINITY);
        let nan = z[1].real().full_like(f64::NAN);
        vec![known.select(z[1], nan.complex(nan))]
    };
    m.emit(&[x.clone(), value], known).remove(0)
}

unary! {
    /// The negative.
    Neg neg negative {
        accepts: NUMBERS, float: |x| -x, complex: Some(|z| -z), int: Some(|x, _| -x),
        tangent: Some(|_, _, t| -t), adjoint: Some(|ct| -ct), lower: Lower::Op("stablehlo.negate"),
    }
    /// The absolute value; of complex numbers the modulus, which is real.
    ///
    /// Its derivative at 0 is 1 (of complex numbers 0).
    Abs abs abs {
        accepts: SIGNED, out: Out::Real, float: f64::abs, complex: Some(|z| z.norm().into()), int: Some(|x, _| x.abs()),
        tangent: Some(|x, y, t| if x.dtype().is_complex() { (t * x.conj() / nonzero(y).astype(x.dtype())).real() } else { x.greater_equal(0).select(t, -t) }),
        lower: Lower::Op("stablehlo.abs"),
    }
    /// -1, 0 or 1 by the sign; of complex numbers the number over its modulus.
    Sign sign sign {
        accepts: NUMBERS, float: |x| if x == 0.0 || x.is_nan() { x } else { x.signum() }, complex: Some(unit), int: Some(|x, _| x.signum()),
        // For z = r·y with |y| = 1, dy = i·y·Im(ȳ dz) / r.
        tangent: Some(|x, y, t| {
            let turn = (t * y.conj()).imag();
            turn.full_like(0.0).complex(turn / nonzero(x.abs())) * y
        }),
        flat: DType::is_float,
        lower: Lower::Made(|m, x, out| {
            if out.dtype.kind() != Kind::Unsigned {
                return m.op1("stablehlo.sign", std::slice::from_ref(x), "", out);
            }
            // XLA has the sign of signed numbers only; of others it is at most 1.
            let one = m.splat(out, 1.0);
            m.op1("stablehlo.minimum", &[x.clone(), one], "", out)
        }),
    }
    /// The greatest integer that is not above.
    Floor floor floor { float: f64::floor, lower: Lower::Op("stablehlo.floor") }
    /// The least integer that is not below.
    Ceil ceil ceil { float: f64::ceil, lower: Lower::Op("stablehlo.ceil") }
    /// The nearest integer, halves to the even one.
    RoundNearestEven round_nearest_even round { float: f64::round_ties_even, lower: Lower::Op("stablehlo.round_nearest_even") }
    /// The nearest integer, halves away from zero.
    RoundNearestAfz round_nearest_afz round_half_away { float: f64::round, lower: Lower::Op("stablehlo.round_nearest_afz") }
    /// `e` to the power of the operand.
    Exp exp exp {
        accepts: INEXACT, float: f64::exp, complex: Some(complex::exp), tangent: Some(|_, y, t| t * y), lower: Lower::Op("stablehlo.exponential"),
    }
    /// 2 to the power of the operand.
    Exp2 exp2 exp2 {
        accepts: INEXACT, float: f64::exp2, complex: Some(complex::exp2),
        tangent: Some(|_, y, t| t * y * std::f64::consts::LN_2),
        lower: Lower::Made(|m, x, out| {
            // In f32 at least: the rounding of ln 2 grows with the exponent.
            let wide = out.with_dtype(if out.dtype.bits() < 32 { DType::F32 } else { out.dtype });
            let x = m.converted(x, &wide);
            if out.dtype.is_complex() {
                // Part by part, since the product of an infinity and a complex number is NaN.
                let scaled = |z: &[Tracer]| vec![(z[0].real() * std::f64::consts::LN_2).complex(z[0].imag() * std::f64::consts::LN_2).exp()];
                return m.emit(&[x], scaled).remove(0);
            }
            let ln2 = m.splat(&wide, std::f64::consts::LN_2);
            let product = m.op1("stablehlo.multiply", &[x, ln2], "", &wide);
            let power = m.op1("stablehlo.exponential", &[product], "", &wide);
            m.converted(&power, out)
        }),
    }
    /// `exp(x) - 1`, accurate near 0.
    Expm1 expm1 expm1 {
        accepts: INEXACT, float: f64::exp_m1,
        complex: Some(complex::expm1),
        tangent: Some(|_, y, t| t * (y + 1.0)), lower: Lower::Op("stablehlo.exponential_minus_one"),
    }
    /// The natural logarithm.
    Log log log {
        accepts: INEXACT, float: f64::ln, complex: Some(complex::log), tangent: Some(|x, _, t| t / x), at: &[0.3, 1.7, 20.0],
        lower: Lower::Op("stablehlo.log"),
    }
    /// `log(1 + x)`, accurate near 0.
    Log1p log1p log1p {
        accepts: INEXACT, float: f64::ln_1p, complex: Some(complex::log1p), tangent: Some(|x, _, t| t / (x + 1.0)), at: &[0.3, -0.7, 20.0],
        lower: Lower::Op("stablehlo.log_plus_one"),
    }
    /// The square root.
    Sqrt sqrt sqrt {
        accepts: INEXACT, float: f64::sqrt, complex: Some(complex::sqrt), tangent: Some(|_, y, t| t * (0.5 / y)), at: &[0.3, 1.7, 20.0],
        lower: Lower::Made(|m, x, out| mirrored(m, x, out, "stablehlo.sqrt")),
    }
    /// One over the square root.
    Rsqrt rsqrt rsqrt {
        accepts: INEXACT, float: |x| 1.0 / x.sqrt(), complex: Some(complex::rsqrt), tangent: Some(|x, y, t| t * (y / x * -0.5)), at: &[0.3, 1.7, 20.0],
        lower: Lower::Op("stablehlo.rsqrt"),
    }
    /// The cube root.
    Cbrt cbrt cbrt { float: f64::cbrt, tangent: Some(|_, y, t| t * (1.0 / 3.0 / (y * y))), lower: Lower::Op("stablehlo.cbrt") }
    /// `1 / (1 + exp(-x))`.
    Logistic logistic logistic {
        accepts: INEXACT, float: |x| 1.0 / (1.0 + (-x).exp()), complex: Some(complex::logistic),
        tangent: Some(|_, y, t| t * (y * (1.0 - y))), lower: Lower::Op("stablehlo.logistic"),
    }
    /// The sine, in radians.
    Sin sin sin { accepts: INEXACT, float: f64::sin, complex: Some(complex::sin), tangent: Some(|x, _, t| t * x.cos()), lower: Lower::Made(|m, x, out| circular(m, x, out, Unary::Sin)) }
    /// The cosine, in radians.
    Cos cos cos { accepts: INEXACT, float: f64::cos, complex: Some(complex::cos), tangent: Some(|x, _, t| -(t * x.sin())), lower: Lower::Made(|m, x, out| circular(m, x, out, Unary::Cos)) }
    /// The tangent, in radians.
    Tan tan tan { accepts: INEXACT, float: f64::tan, complex: Some(complex::tan), tangent: Some(|_, y, t| t * (y * y + 1.0)), lower: Lower::Op("stablehlo.tan") }
    /// The inverse sine.
    Asin asin asin {
        accepts: INEXACT, float: f64::asin, complex: Some(complex::asin), tangent: Some(|x, _, t| t * Tracer::rsqrt(1.0 - x * x)), at: &[0.3, -0.7, 0.9],
        lower: Lower::Made(|m, x, out| mirrored(m, x, out, "chlo.asin")),
    }
    /// The inverse cosine.
    Acos acos acos {
        accepts: INEXACT, float: f64::acos, complex: Some(complex::acos), tangent: Some(|x, _, t| -(t * Tracer::rsqrt(1.0 - x * x))), at: &[0.3, -0.7, 0.9],
        lower: Lower::Made(|m, x, out| mirrored(m, x, out, "chlo.acos")),
    }
    /// The inverse tangent.
    Atan atan atan { accepts: INEXACT, float: f64::atan, complex: Some(complex::atan), tangent: Some(|x, _, t| t / (x * x + 1.0)), lower: Lower::Made(|m, x, out| ordered(m, x, out, "chlo.atan")) }
    /// The hyperbolic sine.
    Sinh sinh sinh { accepts: INEXACT, float: f64::sinh, complex: Some(complex::sinh), tangent: Some(|x, _, t| t * x.cosh()), lower: Lower::Made(|m, x, out| circular(m, x, out, Unary::Sinh)) }
    /// The hyperbolic cosine.
    Cosh cosh cosh { accepts: INEXACT, float: f64::cosh, complex: Some(complex::cosh), tangent: Some(|x, _, t| t * x.sinh()), lower: Lower::Made(|m, x, out| circular(m, x, out, Unary::Cosh)) }
    /// The hyperbolic tangent.
    Tanh tanh tanh { accepts: INEXACT, float: f64::tanh, complex: Some(complex::tanh), tangent: Some(|_, y, t| t * (1.0 - y * y)), lower: Lower::Op("stablehlo.tanh") }
    /// The inverse hyperbolic sine.
    Asinh asinh asinh {
        accepts: INEXACT, float: complex::real_asinh, complex: Some(complex::asinh), tangent: Some(|x, _, t| t * (x * x + 1.0).rsqrt()), lower: Lower::Made(|m, x, out| {
            if !out.dtype.is_complex() {
                return m.op1("chlo.asinh", std::slice::from_ref(x), "", out);
            }
            // asinh z = -i asin iz.
            let turned = m.emit(std::slice::from_ref(x), |z| vec![(-z[0].imag()).complex(z[0].real())]).remove(0);
            let value = mirrored(m, &turned, out, "chlo.asin");
            m.emit(&[value], |w| vec![w[0].imag().complex(-w[0].real())]).remove(0)
        }),
    }
    /// The inverse hyperbolic cosine.
    Acosh acosh acosh {
        accepts: INEXACT, float: complex::real_acosh, complex: Some(complex::acosh), tangent: Some(|x, _, t| t * (x - 1.0).rsqrt() * (x + 1.0).rsqrt()),
        at: &[1.3, 2.7, 9.0], lower: Lower::Made(|m, x, out| mirrored(m, x, out, "chlo.acosh")),
    }
    /// The inverse hyperbolic tangent.
    Atanh atanh atanh {
        accepts: INEXACT, float: f64::atanh, complex: Some(complex::atanh), tangent: Some(|x, _, t| t / (1.0 - x * x)), at: &[0.3, -0.7, 0.9],
        lower: Lower::Made(|m, x, out| ordered(m, x, out, "chlo.atanh")),
    }
    /// The error function, `2/√π ∫₀ˣ exp(-u²) du`.
    Erf erf erf { float: libm::erf, tangent: Some(|x, _, t| t * (-(x * x)).exp() * std::f64::consts::FRAC_2_SQRT_PI), lower: Lower::Op("chlo.erf") }
    /// One minus the error function, accurate where that is small.
    Erfc erfc erfc { float: libm::erfc, tangent: Some(|x, _, t| t * (-(x * x)).exp() * -std::f64::consts::FRAC_2_SQRT_PI), lower: Lower::Op("chlo.erfc") }
    /// The inverse of the error function.
    ErfInv erf_inv erf_inv {
        float: special::erf_inv, tangent: Some(|_, y, t| t * (y * y).exp() * (1.0 / std::f64::consts::FRAC_2_SQRT_PI)), at: &[0.3, -0.7, 0.9],
        lower: Lower::Op("chlo.erf_inv"),
    }
    /// The logarithm of the absolute value of the gamma function.
    Lgamma lgamma lgamma { float: special::lgamma, tangent: Some(|x, _, t| t * x.digamma()), lower: Lower::Op("chlo.lgamma") }
    /// The derivative of [`Tracer::lgamma`].
    Digamma digamma digamma {
        float: special::digamma, tangent: Some(|x, _, t| { t * x.full_like(1.0).polygamma(x) }), at: &[0.3, 1.2, 2.5],
        lower: Lower::Made(|m, x, out| {
            // A pole, like the other whole numbers below.
            let (zero, nan) = (m.splat(out, 0.0), m.splat(out, f64::NAN));
            let value = m.op1("chlo.digamma", std::slice::from_ref(x), "", out);
            let pole = Compare::Eq.lower(m, &[x.clone(), zero], &[out.with_dtype(DType::Bool)]).remove(0);
            m.op1("stablehlo.select", &[pole, nan, value], "", out)
        }),
    }
    /// `exp(-|x|) I₀(x)`, the modified Bessel function of the first kind of order 0, scaled so that it does not overflow.
    BesselI0e bessel_i0e bessel_i0e {
        float: bessel::bessel_i0e, tangent: Some(|x, y, t| t * (x.bessel_i1e() - x.sign() * y)), at: &[0.3, -1.2, 12.5],
        lower: Lower::Made(|m, x, out| emit_wide(m, std::slice::from_ref(x), out, |x| bessel::lowered(x[0], 0))),
    }
    /// `exp(-|x|) I₁(x)`, the modified Bessel function of the first kind of order 1, scaled so that it does not overflow.
    BesselI1e bessel_i1e bessel_i1e {
        float: bessel::bessel_i1e, tangent: Some(bessel::i1e_tangent), at: &[0.3, -1.2, 12.5],
        lower: Lower::Made(|m, x, out| emit_wide(m, std::slice::from_ref(x), out, |x| bessel::lowered(x[0], 1))),
    }
    /// The square.
    Square square square {
        accepts: NUMBERS, float: |x| x * x, complex: Some(|z| z * z), int: Some(|x, _| x.wrapping_mul(x)), tangent: Some(|x, _, t| t * (x * 2.0)),
        lower: Lower::Made(|m, x, out| {
            if out.dtype.is_complex() {
                return m.op1("chlo.square", std::slice::from_ref(x), "", out);
            }
            m.op1("stablehlo.multiply", &[x.clone(), x.clone()], "", out)
        }),
    }
    /// Whether the number is neither infinite nor NaN.
    IsFinite is_finite is_finite { out: Out::Bool, float: |x| f64::from(x.is_finite()), lower: Lower::Op("stablehlo.is_finite") }
    /// Every bit inverted; of bools the negation.
    Not not logical_not {
        accepts: BITS, int: Some(|x, d| if d == DType::Bool { 1 - x } else { !x }), lower: Lower::Op("stablehlo.not"),
    }
    /// The number of bits that are 1.
    PopulationCount population_count population_count {
        accepts: INTEGERS, int: Some(|x, d| (x & ((1i128 << d.bits()) - 1)).count_ones() as i128), lower: Lower::Made(|m, x, out| {
            if out.dtype.bits() >= 8 {
                return m.op1("stablehlo.popcnt", std::slice::from_ref(x), "", out);
            }
            // XLA would count the sign bits of the byte around it.
            let byte = out.with_dtype(DType::U8);
            let (wide, mask) = (m.converted(x, &byte), m.splat(&byte, (1 << out.dtype.bits()) as f64 - 1.0));
            let low = m.op1("stablehlo.and", &[wide, mask], "", &byte);
            let count = m.op1("stablehlo.popcnt", &[low], "", &byte);
            m.converted(&count, out)
        }),
    }
    /// The number of 0 bits above the highest 1.
    CountLeadingZeros count_leading_zeros count_leading_zeros {
        accepts: INTEGERS, int: Some(|x, d| (x & ((1i128 << d.bits()) - 1)).leading_zeros() as i128 - (128 - d.bits() as i128)),
        lower: Lower::Op("stablehlo.count_leading_zeros"),
    }
    /// The real part.
    Real real real {
        accepts: COMPLEX, out: Out::Real, complex: Some(|z| z.re.into()), tangent: Some(|_, _, t| t.real()),
        adjoint: Some(|ct| ct.complex(ct * 0.0)), lower: Lower::Op("stablehlo.real"),
    }
    /// The imaginary part.
    Imag imag imag {
        accepts: COMPLEX, out: Out::Real, complex: Some(|z| z.im.into()), tangent: Some(|_, _, t| t.imag()),
        adjoint: Some(|ct| (ct * 0.0).complex(-ct)), lower: Lower::Op("stablehlo.imag"),
    }
    /// The complex conjugate.
    Conj conj conj {
        accepts: COMPLEX, complex: Some(|z| z.conj()), tangent: Some(|_, _, t| t.conj()), adjoint: Some(|ct| ct.conj()), lower: Lower::Op("chlo.conj"),
    }
    /// The operand itself, with a derivative that is zero.
    StopGradient stop_gradient stop_gradient {
        accepts: ANY, complex: Some(|z| z), int: Some(|x, _| x), lower: Lower::Made(|_, x, _| x.clone()),
    }
}
