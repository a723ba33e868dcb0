//! `optimization_barrier x …`: the operands themselves, beyond which XLA moves nothing and finds no values that it has already.

use super::*;

parameters! {
    /// The operands. Their tangents stand behind a barrier, too.
    OptimizationBarrier {}
}
/// Those values that are there, behind a barrier of their own.
fn behind(values: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
    let present: Vec<Tracer> = values.iter().flatten().copied().collect();
    let mut outs = optimization_barrier(&present).into_iter();
    values.iter().map(|value| value.and_then(|_| outs.next())).collect()
}
impl Primitive for OptimizationBarrier {
    described!("optimization_barrier");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        Ok(ins.iter().map(|a| (*a).clone()).collect())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        Ok(ins.iter().map(|x| (*x).clone()).collect())
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        behind(tangents)
    }
    fn transpose(&self, cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        behind(cts)
    }
    fn batch(&self, _axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let values = optimization_barrier(&ins.iter().map(|x| x.value).collect::<Vec<_>>());
        values.into_iter().zip(ins).map(|(value, x)| Batched { value, batched: x.batched }).collect()
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        module.op("stablehlo.optimization_barrier", ins, "", &[], outs)
    }
}
impl Registered for OptimizationBarrier {
    read_by_name!("optimization_barrier");
    fn samples() -> Vec<Sample> {
        let x = Literal::new(&[2, 2], &[0.5, -1.0, 2.0, 0.25]);
        let sample = |ins: &[Literal]| Sample::new(OptimizationBarrier {}, ins);
        vec![sample(std::slice::from_ref(&x)), sample(&[x, Literal::scalar(1.5f32)]), sample(&[vec![1i32, -2].into()])]
    }
}

/// The values, behind a barrier for XLA's optimiser: all are computed before any of them is used.
#[track_caller]
pub fn optimization_barrier(values: &[Tracer]) -> Vec<Tracer> {
    if values.is_empty() { vec![] } else { bind(OptimizationBarrier {}.into(), values).to_vec() }
}
