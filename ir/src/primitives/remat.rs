//! `remat[program] x …`: a program whose derivative computes its values anew instead of keeping them, but for those that a policy keeps.

use super::{
    call::{check_operands, owned},
    *,
};
use crate::{
    rewrite::{
        hoist::hoist_applied,
        nested::{
            Split, apply_batch, apply_jvp, apply_transpose, chosen, closed, linearize_of, scatter, unlowerable,
            without_shows,
        },
        order::in_order_of,
        prune::{keep_inputs, prune, prune_applied, uses},
        saving::{saving, saving_applied},
    },
    trace::inline,
};

parameters! {
    /// Applies a program. Linearized, it keeps its operands, and the values for which the policy holds; what else it needs is computed
    /// again in the linear one, behind an optimization barrier, lest XLA find that it has those values already and keep them.
    Remat {
        /// Whether this is a repetition, which needs the barrier.
        again: bool,
        /// Which values are kept.
        policy: Policy,
        /// The program.
        program: Program,
    }
}
impl Remat {
    fn with(&self, program: Program) -> Op {
        Remat { again: self.again, policy: self.policy.clone(), program }.into()
    }
    fn of(&self, program: Program, ins: &[Tracer]) -> Vec<Tracer> {
        bind(self.with(program), ins).to_vec()
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
        let (Split { forward, linear }, present) = linearize_of(&without_shows(&self.program), &active);
        let n = self.program.outs.len();
        let is_out: Vec<bool> = (0..forward.outs.len()).map(|i| i < n).collect();
        let is_residual: Vec<bool> = is_out.iter().map(|o| !o).collect();
        let Saving { first, again, saved } = saving(&forward, &self.policy);
        // Of what the policy allows to keep, that is kept which the residuals are made of.
        let again = prune(&again, &is_residual);
        let kept = uses(&again).split_off(ins.len());
        let mut outs = match (kept.contains(&true), self.program.effectful()) {
            (false, _) => inline(&self.program, ins),
            (true, false) => inline(&prune(&first, &[&is_out[..], &kept].concat()), ins),
            // What shows values does so once, from the whole program.
            (true, true) => {
                let more = prune(&first, &[&vec![false; n][..], &kept].concat());
                [inline(&self.program, ins), inline(&more, ins)].concat()
            }
        };
        let given = [ins, &outs.split_off(n), &tangents.iter().flatten().copied().collect::<Vec<_>>()].concat();
        let kept_avals = chosen(&saved, &kept);
        let again = keep_inputs(&again, &[&vec![true; ins.len()][..], &kept].concat());
        let tangent_avals = tangents.iter().flatten().map(|t| t.aval().strong());
        let avals: Vec<ShapedArray> = again.in_avals().into_iter().chain(tangent_avals).collect();
        let program = closed(&avals, |args| {
            let (args, tangents) = args.split_at(ins.len() + kept_avals.len());
            inline(&linear, &[tangents, &inline(&again, args)].concat())
        });
        let needed = uses(&program);
        let op = Remat { again: true, policy: self.policy.clone(), program: keep_inputs(&program, &needed) };
        let tangents = scatter(&present, &bind(op.into(), &chosen(&given, &needed)));
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
    fn unlowerable(&self) -> Option<String> {
        unlowerable(&self.program)
    }
}
impl Registered for Remat {
    read_by_name!("remat");
    fn samples() -> Vec<Sample> {
        let text = "program(%0: f64[2], %1: f64[2], %2: i32[]) {
            %3: f64[2] = mul %0 %1
            %4: f64[2] = name[name=\"product\"] %3
            %5: f64[2] = sin %4
            %6: f64[] = dot_general[lhs_contract=[0], rhs_contract=[0], lhs_batch=[], rhs_batch=[],
                precision=default, dtype=f64] %5 %0
            %7: f64[] = cos %6
            %8: i32[] = neg %2
            return %5, %8, %0, %7 }";
        // A product in each step of a loop, of which the stacked values are kept, and in a branch.
        let looped = "program(%0: f64[2,2], %1: f64[2], %2: i32[]) {
            %3: f64[2], %4: f64[3,2] = scan[length=3, reverse=false, captures=1, carries=1,
                body=program(%0: f64[2,2], %1: f64[2]) {
                    %2: f64[2] = dot_general[lhs_contract=[1], rhs_contract=[0], lhs_batch=[], rhs_batch=[],
                        precision=default, dtype=f64] %0 %1
                    %3: f64[2] = tanh %2
                    return %3, %1 }] %0 %1
            %5: f64[2] = cond[branches=[
                program(%0: f64[2], %1: f64[2,2]) {
                    %2: f64[2] = dot_general[lhs_contract=[0], rhs_contract=[0], lhs_batch=[], rhs_batch=[],
                        precision=default, dtype=f64] %1 %0
                    %3: f64[2] = sin %2
                    return %3 },
                program(%0: f64[2], %1: f64[2,2]) {\n %2: f64[2] = cos %0\n return %2 }]] %2 %3 %0
            return %5, %4 }";
        let ins: [Literal; 3] = [vec![0.5, -1.0].into(), vec![2.0, 0.25].into(), 3i32.into()];
        let matrix = Literal::new(&[2, 2], &[0.5, -0.25, 1.0, 0.75]);
        let of = |again: bool, policy: Policy, text: &str| {
            let program: Program = text.parse().expect("a program");
            Remat { again, policy, program }
        };
        let named = || vec!["product".to_string()];
        let policies = [
            Policy::NothingSaveable,
            Policy::EverythingSaveable,
            Policy::DotsSaveable,
            Policy::SaveOnlyTheseNames(named()),
            Policy::SaveAnythingExceptTheseNames(named()),
            Policy::Either(vec![Policy::DotsWithNoBatchDimsSaveable, Policy::SaveAnyNamesButThese(named())]),
        ];
        let mut samples: Vec<Sample> = policies.into_iter().map(|p| Sample::new(of(false, p, text), &ins)).collect();
        samples.push(Sample::new(of(true, Policy::NothingSaveable, text), &ins));
        for branch in [0, 1] {
            let ins = [matrix.clone(), vec![0.5, -1.0].into(), Literal::from(branch)];
            samples.push(Sample::new(of(false, Policy::DotsSaveable, looped), &ins));
        }
        samples
    }
}
