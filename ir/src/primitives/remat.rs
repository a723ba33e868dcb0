//! `remat[program] x …`: a program whose derivative computes its values anew instead of keeping them.

use super::{
    call::{check_operands, owned},
    *,
};
use crate::{
    rewrite::{
        Linearized, linearize,
        nested::{apply_batch, apply_jvp, apply_transpose, closed, scatter, unlowerable, without_shows},
        order::in_order_of,
    },
    trace::inline,
};

parameters! {
    /// Applies a program. Linearized, it keeps only its operands; the program stands again in the linear one, behind an optimization
    /// barrier, lest XLA find that it has those values already and keep them.
    Remat {
        /// Whether this is a repetition, which needs the barrier.
        again: bool,
        /// The program.
        program: Program,
    }
}
impl Remat {
    fn of(&self, program: Program, ins: &[Tracer]) -> Vec<Tracer> {
        bind(Remat { program, ..self.clone() }.into(), ins).to_vec()
    }
}
impl Primitive for Remat {
    described!("remat");
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
        if !self.only_shows() {
            fail("checkpoint: has effects, and no derivative with them: it would repeat them");
        }
        let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
        let outs = inline(&self.program, ins);
        let given: Vec<Tracer> = tangents.iter().flatten().copied().collect();
        let avals: Vec<ShapedArray> =
            ins.iter().map(|t| t.aval()).chain(given.iter().map(|t| t.aval().strong())).collect();
        let mut present = vec![];
        let again = closed(&avals, |args| {
            let (args, tangents) = args.split_at(ins.len());
            let Linearized { linear, residuals, active, .. } = linearize(&without_shows(&self.program), args, &active);
            present = active;
            inline(&linear, &[tangents, &residuals].concat())
        });
        let tangents = scatter(&present, &Remat { again: true, ..self.clone() }.of(again, &[ins, &given].concat()));
        Some(Dual { outs, tangents })
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        apply_transpose(&self.program, cts, ins, |program, ins| self.of(program, ins))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        apply_batch(&self.program, axis, ins, |program, ins| self.of(program, ins))
    }
    fn lower(&self, module: &mut Module, ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        if !self.again || ins.is_empty() {
            return module.inline(&self.program, ins);
        }
        let avals: Vec<ShapedArray> = ins.iter().map(|v| v.aval.clone()).collect();
        let behind = module.op("stablehlo.optimization_barrier", ins, "", &[], &avals);
        module.inline(&self.program, &behind)
    }
    fn in_order(&self, token: Tracer, ins: &[Tracer]) -> (Tracer, Vec<Tracer>) {
        let outs = self.of(in_order_of(&self.program, 0), &[&[token], ins].concat());
        (outs[0], outs[1..].to_vec())
    }
    fn effectful(&self) -> bool {
        self.program.effectful()
    }
    fn subprograms(&self) -> Vec<&Program> {
        vec![&self.program]
    }
    fn unlowerable(&self) -> Option<String> {
        unlowerable(&self.program)
    }
}
impl Registered for Remat {
    read_by_name!("remat");
    fn samples() -> Vec<Sample> {
        let text = "program(%0: f64[2], %1: f64[2], %2: i32[]) {
            %3: f64[2] = mul %0 %1
            %4: f64[2] = sin %3
            %5: i32[] = neg %2
            return %4, %5, %0 }";
        let ins = [vec![0.5, -1.0].into(), vec![2.0, 0.25].into(), 3i32.into()];
        let program: Program = text.parse().expect("a program");
        [false, true].map(|again| Sample::new(Remat { again, program: program.clone() }, &ins)).into()
    }
}
