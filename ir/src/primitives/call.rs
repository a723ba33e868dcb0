//! `call[name, program] x …`: a program as one equation, which a jitted function is inside another.

use super::*;
use crate::rewrite::{
    hoist::hoist_applied,
    nested::{Split, apply_batch, apply_jvp, apply_transpose, linearize_of, scatter},
    prune::prune_applied,
    saving::saving_applied,
};

parameters! {
    /// Applies a program.
    Call {
        /// What the function is called.
        name: String,
        /// The program.
        program: Program,
    }
}
impl Call {
    fn with(&self, program: Program) -> Op {
        Call { name: self.name.clone(), program }.into()
    }
    fn of(&self, program: Program, ins: &[Tracer]) -> Vec<Tracer> {
        bind(self.with(program), ins).to_vec()
    }
}
/// Checks operands against a program's inputs.
pub(super) fn check_operands(program: &Program, ins: &[&ShapedArray]) -> Result<(), String> {
    arity(ins, program.ins.len())?;
    for (i, (v, a)) in program.ins.iter().zip(ins).enumerate() {
        let want = program.aval(*v);
        if want.shape != a.shape || want.dtype != a.dtype {
            return Err(format!("operand {i} must be {want}, got {a}"));
        }
    }
    Ok(())
}
/// The owned values of literals, for [`crate::eval::eval`].
pub(super) fn owned(ins: &[&Literal]) -> Vec<Literal> {
    ins.iter().map(|l| (*l).clone()).collect()
}
impl Primitive for Call {
    described!("call");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        check_operands(&self.program, ins)?;
        Ok(self.program.out_avals().into())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        crate::eval::eval(&self.program, &owned(ins))
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        Some(apply_jvp(&self.program, ins, tangents, |program, ins| self.of(program, ins)))
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
        let (Split { forward, linear }, present) = linearize_of(&self.program, &active);
        let mut outs = self.of(forward, ins);
        let residuals = outs.split_off(self.program.outs.len());
        let operands: Vec<Tracer> = tangents.iter().flatten().copied().chain(residuals).collect();
        let tangents = scatter(&present, &self.of(linear, &operands));
        Some(Dual { outs, tangents })
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        apply_transpose(&self.program, cts, ins, |program, ins| self.of(program, ins))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        apply_batch(&self.program, axis, ins, |program, ins| self.of(program, ins))
    }
    fn lower(&self, module: &mut Module, ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        module.call(&self.name, &self.program, ins)
    }
    fn effectful(&self) -> bool {
        self.program.effectful()
    }
    fn subprograms(&self) -> Vec<&Program> {
        vec![&self.program]
    }
    fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        Some(self.with(f(&self.program)))
    }
    fn pruned(&self, _ins: usize, used: &[bool]) -> Option<Pruned> {
        prune_applied(&self.program, used, |program| self.with(program))
    }
    fn hoisted(&self, large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> {
        hoist_applied(&self.program, large, |program| self.with(program))
    }
    fn saving(&self, policy: &Policy) -> Option<Saving<Op>> {
        saving_applied(&self.program, policy, |program| self.with(program))
    }
    fn body(&self) -> Option<&Program> {
        Some(&self.program)
    }
}
impl Registered for Call {
    read_by_name!("call");
    fn samples() -> Vec<Sample> {
        let text = "program(%0: f32[2], %1: f32[2], %2: i32[2]) {
            %3: f32[2] = mul %0 %1
            %4: f32[2] = sin %3
            %5: i32[2] = neg %2
            return %4, %5, %0 }";
        let program = text.parse().expect("a program");
        let ins = [Literal::from(vec![0.5f32, -1.0]), Literal::from(vec![2.0f32, 0.25]), Literal::from(vec![1i32, 2])];
        vec![Sample::new(Call { name: "f".into(), program }, &ins)]
    }
}
