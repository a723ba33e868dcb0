//! Saving: a program in two, one that also gives the values that a policy keeps, and one that takes them instead of computing them.

use crate::{
    aval::ShapedArray,
    primitives::{Op, Policy, Primitive},
    program::{Eqn, Program, Var},
};

/// Two of a kind, programs or primitives, that share what a policy keeps.
pub struct Saving<P> {
    /// From inputs to outputs and kept values.
    pub first: P,
    /// From inputs and kept values to outputs.
    pub again: P,
    /// The types of the kept values.
    pub saved: Vec<ShapedArray>,
}

/// Both programs. Primitives with sub-programs that the policy does not keep as wholes are entered by their own rule.
pub fn saving(program: &Program, policy: &Policy) -> Saving<Program> {
    let (mut first, mut again) = (program.to_data(), program.to_data());
    (first.eqns, again.eqns) = (vec![], vec![]);
    let (mut given, mut taken): (Vec<Var>, Vec<Var>) = (vec![], vec![]);
    let mut names: Vec<Vec<&str>> = vec![vec![]; program.avals.len()];
    for (eqn, name) in program.eqns.iter().filter_map(|e| Policy::name_of(&e.op).map(|name| (e, name))) {
        eqn.ins.iter().for_each(|v| names[v.index()].push(name));
    }
    for eqn in &program.eqns {
        let names: Vec<&str> = eqn.outs.iter().flat_map(|v| names[v.index()].iter().copied()).collect();
        if !eqn.op.effectful() && policy.saves(&eqn.op, &names) {
            given.extend(&eqn.outs);
            taken.extend(&eqn.outs);
            first.eqns.push(eqn.clone());
            continue;
        }
        let Some(Saving { first: op, again: op_again, saved }) = eqn.op.saving(policy) else {
            first.eqns.push(eqn.clone());
            again.eqns.push(eqn.clone());
            continue;
        };
        let more: Vec<Var> = saved.iter().map(|a| first.fresh(a.clone())).collect();
        let outs = eqn.outs.iter().chain(&more).copied().collect();
        given.extend(more);
        first.eqns.push(Eqn { op, outs, ..eqn.clone() });
        let more: Vec<Var> = saved.into_iter().map(|a| again.fresh(a)).collect();
        let ins = eqn.ins.iter().chain(&more).copied().collect();
        taken.extend(more);
        again.eqns.push(Eqn { op: op_again, ins, ..eqn.clone() });
    }
    let saved = given.iter().map(|v| first.aval(*v).clone()).collect();
    first.outs.extend(given);
    again.ins.extend(taken);
    Saving { first: Program::new(first), again: Program::new(again), saved }
}
/// Both primitives, of one that applies a program to its operands: `of` makes it of another program.
pub fn saving_applied(program: &Program, policy: &Policy, of: impl Fn(Program) -> Op) -> Option<Saving<Op>> {
    let Saving { first, again, saved } = saving(program, policy);
    (!saved.is_empty()).then(|| Saving { first: of(first), again: of(again), saved })
}
