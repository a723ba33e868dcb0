//! `select pred x y`: elements of `x` where `pred` holds, else of `y`.

use super::*;
use crate::operand::{Operand, broadcast_three};

/// Chooses elementwise between two arrays by an array of bools. All three have one shape.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Select;

impl Primitive for Select {
    fn name(&self) -> &'static str {
        "select"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 3)?;
        if ins[0].dtype != DType::Bool {
            return Err(format!("the predicate must be bool, got {}", ins[0]));
        }
        let out = alike(&ins[1..])?;
        if ins[0].shape != out.shape {
            return Err(format!("operands must have one shape, got {} and {out}", ins[0]));
        }
        Ok(smallvec![out])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (pred, size) = (ins[0].bytes(), ins[1].dtype().size());
        Ok(vec![Literal::build(ins[2].aval().clone(), |out| {
            for (i, slot) in out.chunks_exact_mut(size).enumerate() {
                let from = if pred[i] != 0 { ins[1] } else { ins[2] };
                slot.copy_from_slice(&from.bytes()[i * size..(i + 1) * size]);
            }
        })])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let zero = |t: Option<Tracer>, like: Tracer| t.unwrap_or_else(|| like.full_like(0.0));
        vec![
            (tangents[1].is_some() || tangents[2].is_some())
                .then(|| bind1(Select, &[ins[0], zero(tangents[1], ins[1]), zero(tangents[2], ins[2])])),
        ]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let (Some(ct), Some(pred)) = (cts[0], ins[0].known()) else { return vec![None; 3] };
        let zero = ct.full_like(0.0);
        vec![
            None,
            ins[1].is_unknown().then(|| bind1(Select, &[pred, ct, zero])),
            ins[2].is_unknown().then(|| bind1(Select, &[pred, zero, ct])),
        ]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![module.op1("stablehlo.select", ins, "", &outs[0])]
    }
}
impl Registered for Select {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<Select, String>> {
        (name == "select").then_some(Ok(Select))
    }
    fn samples() -> Vec<Sample> {
        let pred = Literal::new(&[3], &[true, false, true]);
        vec![
            Sample::new(Select, &[pred.clone(), vec![1.0f32, 2.0, 3.0].into(), vec![-1.0f32, -2.0, -3.0].into()]),
            Sample::new(Select, &[pred, vec![1i8, 2, 3].into(), vec![-1i8, -2, -3].into()]),
        ]
    }
}
impl Tracer {
    /// `on_true` where this array of bools holds, else `on_false`. Shapes broadcast together.
    #[track_caller]
    pub fn select(self, on_true: impl Operand, on_false: impl Operand) -> Tracer {
        let like = on_true.known_dtype().or(on_false.known_dtype()).unwrap_or(DType::F32);
        let operands = [self, on_true.tracer(like, false), on_false.tracer(like, false)];
        bind1(Select, &broadcast_three("select", operands))
    }
}
