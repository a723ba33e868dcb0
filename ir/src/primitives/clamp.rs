//! `clamp low x high`: `x`, but at least `low` and at most `high`.

use super::*;
use crate::operand::{Operand, broadcast_three};

/// Limits an array elementwise. All three operands have one shape; where `low > high` the result is `high`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Clamp;

impl Primitive for Clamp {
    fn name(&self) -> &'static str {
        "clamp"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 3)?;
        let out = alike(ins)?;
        if out.dtype.is_complex() {
            return Err(format!("complex numbers have no order, got {out}"));
        }
        Ok(smallvec![out])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let less = bind_eval(Binary::Max, ins[0], ins[1])?;
        bind_eval(Binary::Min, &less, ins[2]).map(|l| vec![l])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let [low, x, high] = [ins[0], ins[1], ins[2]];
        let chosen = |pred: Tracer, t: Option<Tracer>| t.map(|t| pred.select(t, t.full_like(0.0)));
        // As in JAX, a bound has the derivative only where it is strictly active, and x only strictly between the bounds. Unlike
        // there, `high` has it also where the bounds cross, since it is the result there.
        let below = chosen(low.greater(x) & low.less(high), tangents[0]);
        let inside = chosen(x.greater(low) & x.less(high), tangents[1]);
        let above = chosen(high.less(x) | high.less(low), tangents[2]);
        vec![add_some(add_some(below, inside), above)]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![module.op1("stablehlo.clamp", ins, "", &outs[0])]
    }
}
fn bind_eval(op: Binary, a: &Literal, b: &Literal) -> Result<Literal, String> {
    Ok(op.eval(&[a, b])?.remove(0))
}
impl Registered for Clamp {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<Clamp, String>> {
        (name == "clamp").then_some(Ok(Clamp))
    }
    fn samples() -> Vec<Sample> {
        let rows = [vec![-1.0, -1.0, 0.0, 2.0], vec![-2.0, 0.5, 1.5, 0.25], vec![1.0, 1.0, 1.0, 1.0]];
        let operands = |d: DType| rows.clone().map(|r| Literal::from_floats(ShapedArray::new(&[4], d), r));
        [DType::F32, DType::F64, DType::I32].map(|d| Sample::new(Clamp, &operands(d))).to_vec()
    }
}
impl Tracer {
    /// The array, but at least `low` and at most `high`. Shapes broadcast together.
    #[track_caller]
    pub fn clamp(self, low: impl Operand, high: impl Operand) -> Tracer {
        let operands = [low.beside(self), self, high.beside(self)];
        bind1(Clamp, &broadcast_three("clamp", operands))
    }
}
