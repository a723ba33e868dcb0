//! `call[name, program] x …`: a program as one equation, which a jitted function is inside another.

use super::*;
use crate::{
    rewrite::{self, Linearized},
    trace::{Traced, trace},
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
    fn of(&self, program: Program, ins: &[Tracer]) -> Vec<Tracer> {
        bind(Call { name: self.name.clone(), program }.into(), ins).to_vec()
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
        let active: Vec<Tracer> = tangents.iter().flatten().copied().collect();
        let avals: Vec<ShapedArray> = ins.iter().chain(&active).map(|t| t.aval()).collect();
        let mut present = vec![];
        let Traced { program, .. } = trace(&avals, |args| {
            let (ins, mut active) = (&args[..ins.len()], args[ins.len()..].iter());
            let tangents: Vec<Option<Tracer>> =
                tangents.iter().map(|t| t.and_then(|_| active.next().copied())).collect();
            let dual = rewrite::jvp(&self.program, ins, &tangents);
            present = dual.tangents.iter().map(Option::is_some).collect();
            dual.outs.into_iter().chain(dual.tangents.into_iter().flatten()).collect()
        });
        let mut outs = self.of(program, &[ins, &active].concat());
        let mut tangents = outs.split_off(self.program.outs.len()).into_iter();
        let tangents = present.iter().map(|p| if *p { tangents.next() } else { None }).collect();
        Some(Dual { outs, tangents })
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let avals: Vec<ShapedArray> = ins.iter().map(|t| t.aval()).collect();
        let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
        let mut split: Option<(Program, Vec<bool>)> = None;
        let Traced { program: forward, .. } = trace(&avals, |args| {
            let Linearized { outs, linear, residuals, active } = rewrite::linearize(&self.program, args, &active);
            split = Some((linear, active));
            outs.into_iter().chain(residuals).collect()
        });
        let (linear, present) = split?;
        let mut outs = self.of(forward, ins);
        let residuals = outs.split_off(self.program.outs.len());
        let operands: Vec<Tracer> = tangents.iter().flatten().copied().chain(residuals).collect();
        let mut tangents = self.of(linear, &operands).into_iter();
        let tangents = present.iter().map(|p| if *p { tangents.next() } else { None }).collect();
        Some(Dual { outs, tangents })
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let known: Vec<Tracer> = ins.iter().filter_map(Linear::known).collect();
        let present: Vec<Tracer> = cts.iter().flatten().copied().collect();
        let avals: Vec<ShapedArray> = known.iter().chain(&present).map(|t| t.aval()).collect();
        let mut wanted = vec![];
        let Traced { program, .. } = trace(&avals, |args| {
            let (known, present) = args.split_at(known.len());
            let (mut known, mut present) = (known.iter().copied(), present.iter().copied());
            let ins: Vec<Option<Tracer>> =
                ins.iter().map(|i| if i.is_unknown() { None } else { known.next() }).collect();
            let cts: Vec<Option<Tracer>> = cts.iter().map(|c| c.and_then(|_| present.next())).collect();
            let out = rewrite::transpose(&self.program, &ins, &cts);
            wanted = out.iter().map(Option::is_some).collect();
            out.into_iter().flatten().collect()
        });
        let mut outs = self.of(program, &[known, present].concat()).into_iter();
        let mut wanted = wanted.into_iter();
        ins.iter().map(|i| if i.is_unknown() && wanted.next() == Some(true) { outs.next() } else { None }).collect()
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let values: Vec<Tracer> = ins.iter().map(|i| i.value).collect();
        let mut flags = vec![];
        let Traced { program, .. } = trace(&values.iter().map(|t| t.aval()).collect::<Vec<_>>(), |args| {
            let args: Vec<Batched> =
                args.iter().zip(ins).map(|(value, i)| Batched { value: *value, batched: i.batched }).collect();
            let outs = rewrite::batch(&self.program, axis, &args);
            flags = outs.iter().map(|o| o.batched).collect();
            outs.into_iter().map(|o| o.value).collect()
        });
        self.of(program, &values).into_iter().zip(flags).map(|(value, batched)| Batched { value, batched }).collect()
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
