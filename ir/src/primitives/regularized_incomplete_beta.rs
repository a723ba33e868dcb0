//! `regularized_incomplete_beta a b x`: the beta distribution's probability of a sample below `x`, and its derivatives in `a` and `b`.

use super::{
    converge::{Lentz, emit_wide, iterate},
    quadrature, *,
};
use crate::operand::{Operand, broadcast_three};

/// `∫₀ˣ tᵃ⁻¹ (1-t)ᵇ⁻¹ dt / B(a, b)`, elementwise, or its derivative in a parameter. The three operands have one shape.
///
/// The derivative in `x` is the density. The derivatives of the derivatives in parameters are known in `x` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RegularizedIncompleteBeta {
    /// The function.
    Value,
    /// Its derivative in `a`.
    GradA,
    /// Its derivative in `b`.
    GradB,
}
use RegularizedIncompleteBeta::{GradA, GradB, Value as Itself};

/// `ln (1/B(a, b))`.
fn log_scale(a: Tracer, b: Tracer) -> Tracer {
    (a + b).lgamma() - b.lgamma() - a.lgamma()
}
/// The density `xᵃ⁻¹ (1-x)ᵇ⁻¹ / B(a, b)`.
fn density(a: Tracer, b: Tracer, x: Tracer) -> Tracer {
    // The power 0 of 0 is 1.
    let near = (a.equal(1.0) & x.equal(0.0)).select(x.full_like(1.0), x);
    let far = (b.equal(1.0) & x.equal(1.0)).select(x.full_like(0.0), x);
    (log_scale(a, b) + (a - 1.0) * near.log() + (b - 1.0) * (-far).log1p()).exp()
}

impl Primitive for RegularizedIncompleteBeta {
    fn name(&self) -> &'static str {
        match self {
            Itself => "regularized_incomplete_beta",
            GradA => "regularized_incomplete_beta_grad_a",
            GradB => "regularized_incomplete_beta_grad_b",
        }
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 3)?;
        let out = alike(ins)?;
        if !out.dtype.is_float() {
            return Err(format!("takes floats, got {out}"));
        }
        Ok(smallvec![out])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let out = self.infer(&[ins[0].aval(), ins[1].aval(), ins[2].aval()])?.remove(0);
        let f = match self {
            Itself => quadrature::betainc,
            GradA => quadrature::betainc_grad_a,
            GradB => quadrature::betainc_grad_b,
        };
        let operands = ins[0].floats().into_iter().zip(ins[1].floats()).zip(ins[2].floats());
        Ok(vec![Literal::from_floats(out, operands.map(|((a, b), x)| f(a, b, x)))])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let [a, b, x] = [ins[0], ins[1], ins[2]];
        if *self != Itself && (tangents[0].is_some() || tangents[1].is_some()) {
            fail(format!("{}: has no derivative in its first and second operand", self.name()));
        }
        let in_x = tangents[2].map(|t| match self {
            Itself => t * density(a, b, x),
            GradA => t * (density(a, b, x) * (x.log() - a.digamma() + (a + b).digamma())),
            GradB => t * (density(a, b, x) * ((-x).log1p() - b.digamma() + (a + b).digamma())),
        });
        let in_a = tangents[0].map(|t| t * bind1(GradA, ins));
        let in_b = tangents[1].map(|t| t * bind1(GradB, ins));
        vec![add_some(add_some(in_a, in_b), in_x)]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![emit_wide(module, ins, &outs[0], |args| self.lowered(args[0], args[1], args[2]))]
    }
}
impl RegularizedIncompleteBeta {
    /// By the continued fraction DLMF 8.17.22, which converges fast below the mean; above it, of the mirror image.
    fn lowered(self, a: Tracer, b: Tracer, x: Tracer) -> Tracer {
        let infinity = f64::INFINITY;
        let number = |value: f64| a.full_like(value);
        let ordered = a.greater_equal(0.0) & b.greater_equal(0.0) & x.greater_equal(0.0) & x.less_equal(1.0);
        let (a_vanishes, b_vanishes) = (a.equal(0.0) | b.equal(infinity), b.equal(0.0) | a.equal(infinity));
        let (x_is_zero, x_is_one) = (x.equal(0.0), x.equal(1.0));
        let inside = ordered & !(a_vanishes | b_vanishes | x_is_zero | x_is_one);
        let undefined = !ordered | if self == Itself { a_vanishes & b_vanishes } else { a_vanishes | b_vanishes };
        let edge = match self {
            Itself => {
                let one = (x_is_one | (a_vanishes & !x_is_zero)) & !(b_vanishes & !x_is_one);
                one.select(number(1.0), number(0.0))
            }
            _ => number(0.0),
        };
        // Outside, the loop sees tame numbers.
        let [a, b, x] = [(a, 1.0), (b, 1.0), (x, 0.5)].map(|(v, tame)| inside.select(v, v.full_like(tame)));
        let below = x.less((a + 1.0) / (a + b + 2.0));
        let (log_x, log_y) = (x.log(), (-x).log1p());
        // The parameter of the derivative after the reflection.
        let in_first = match self {
            GradB => !below,
            _ => below,
        };
        let mirrored = |on: Tracer, off: Tracer| below.select(on, off);
        let (p, q) = (mirrored(a, b), mirrored(b, a));
        let (x, log_x, log_y) = (mirrored(x, 1.0 - x), mirrored(log_x, log_y), mirrored(log_y, log_x));
        let [h, log_slope] = fraction(p, q, x, in_first, inside, self != Itself);
        let scale = (p + q).lgamma() - q.lgamma() - (p + 1.0).lgamma();
        let value = (scale + p * log_x + q * log_y).exp() * h;
        let result = match self {
            Itself => mirrored(value, 1.0 - value),
            _ => {
                let whole = (p + q).digamma();
                let outer = in_first.select(log_x - (p + 1.0).digamma(), log_y - q.digamma()) + whole;
                let slope = value * (outer + log_slope);
                mirrored(slope, -slope)
            }
        };
        undefined.select(number(f64::NAN), inside.select(result, edge))
    }
}
/// `1/(1 + d₁/(1 + d₂/(1 + …)))` and, if wanted, the derivative of its logarithm in `a`, or in `b`, where
/// `d₂ₘ = m (b-m) x / ((a+2m-1)(a+2m))` and `d₂ₘ₊₁ = -(a+m)(a+b+m) x / ((a+2m)(a+2m+1))`.
fn fraction(a: Tracer, b: Tracer, x: Tracer, in_first: Tracer, going: Tracer, slopes: bool) -> [Tracer; 2] {
    let (zero, one) = (a.full_like(0.0), a.full_like(1.0));
    let odd = |[a, b, x, first]: [Tracer; 4], m: Tracer| {
        let (p, q) = (a + m * 2.0, a + b + m);
        // Divided in turn, so that great parameters do not overflow.
        let d = -((a + m) / p * (q / (p + 1.0)) * x);
        let in_a = 1.0 / (a + m) + 1.0 / q - 1.0 / p - 1.0 / (p + 1.0);
        [d, d * bind1(Select, &[first, in_a, 1.0 / q])]
    };
    let even = |[a, b, x, first]: [Tracer; 4], m: Tracer| {
        let p = a + m * 2.0;
        let d = m / (p - 1.0) * ((b - m) / p) * x;
        [d, bind1(Select, &[first, -d * (1.0 / (p - 1.0) + 1.0 / p), m / (p - 1.0) * (x / p)])]
    };
    let start = Lentz { value: [one, one, one], slope: slopes.then_some([zero, zero, zero]) };
    let start = start.step(odd([a, b, x, in_first], zero), [one, zero]);
    // The first ratio of numerators is none.
    let d = start.value[1];
    let start = Lentz { value: [one, d, d], slope: start.slope.map(|s| [zero, s[1], s[1] / d]) };
    let carries = [vec![zero], start.carries()].concat();
    let out = iterate(going, &[a, b, x, in_first], &carries, 10_000, |captures, carries| {
        let operands = [captures[0], captures[1], captures[2], captures[3]];
        let m = carries[0] + 1.0;
        let before = Lentz::of(&carries[1..]);
        let ones = [m.full_like(1.0), m.full_like(0.0)];
        let after = before.step(even(operands, m), ones);
        let after = after.step(odd(operands, m), ones);
        (after.moved(&before), [vec![m], after.carries()].concat())
    });
    Lentz::of(&out[1..]).result()
}

impl Registered for RegularizedIncompleteBeta {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<RegularizedIncompleteBeta, String>> {
        [Itself, GradA, GradB].into_iter().find(|op| op.name() == name).map(Ok)
    }
    fn samples() -> Vec<Sample> {
        let rows = [[0.7, 2.0, 1.5, 3.0, 0.4, 2.5], [1.3, 0.6, 3.0, 1.0, 0.5, 1.2], [0.2, 0.7, 0.4, 0.5, 0.1, 0.9]];
        let mut samples = vec![];
        for op in [Itself, GradA, GradB] {
            for (shape, dtype) in [
                (&[3][..], DType::F32),
                (&[2, 3], DType::F64),
                (&[3], DType::BF16),
                (&[], DType::F64),
                (&[0, 2], DType::F32),
            ] {
                let aval = ShapedArray::new(shape, dtype);
                let operand = |row: &[f64; 6]| Literal::from_floats(aval.clone(), row[..aval.size()].to_vec());
                samples.push(Sample::new(op, &rows.each_ref().map(operand)));
            }
        }
        samples
    }
}
/// The regularized incomplete beta function: `∫₀ˣ tᵃ⁻¹ (1-t)ᵇ⁻¹ dt / B(a, b)`, as JAX's `lax.betainc`.
///
/// Floats; shapes broadcast together. NaN where a parameter is negative, `x` not within 0 and 1, or both `a` and `b` are 0. It has
/// derivatives in all three operands, those of first order in `a` and `b`.
///
/// ```
/// use raxla_ir::{Literal, eval::eval, primitives::regularized_incomplete_beta::betainc, trace::trace};
/// let x = Literal::from(vec![0.0f64, 0.5, 1.0]);
/// let program = trace(&[x.aval().clone()], |x| vec![betainc(x[0].full_like(1.0), 1.0, x[0])]).program;
/// let outs = eval(&program, &[x.clone()]).unwrap();
/// assert!(outs[0].floats().iter().zip(x.floats()).all(|(p, x)| (p - x).abs() < 1e-13)); // uniform
/// ```
#[track_caller]
pub fn betainc(a: Tracer, b: impl Operand, x: impl Operand) -> Tracer {
    let operands = [a, b.beside(a), x.beside(a)];
    bind1(RegularizedIncompleteBeta::Value, &broadcast_three("regularized_incomplete_beta", operands))
}
