//! Common subexpressions: equal equations become one.

use raxla_ir::{Literal, Op, Primitive, Program, Var};
use std::collections::HashMap;

pub(super) fn common(program: &Program) -> Program {
    let mut data = program.to_data();
    let mut same: Vec<Var> = (0..data.avals.len() as u32).map(Var).collect();
    let mut constants: HashMap<Literal, Var> = HashMap::new();
    data.consts.retain(|(v, value)| {
        let first = *constants.entry(value.clone()).or_insert(*v);
        same[v.index()] = first;
        first == *v
    });
    let mut seen: HashMap<(Op, Vec<Var>), Vec<Var>> = HashMap::new();
    let mut kept = Vec::with_capacity(data.eqns.len());
    for mut eqn in std::mem::take(&mut data.eqns) {
        eqn.ins.iter_mut().for_each(|v| *v = same[v.index()]);
        if !eqn.op.effectful() {
            let key = (eqn.op.clone(), eqn.ins.to_vec());
            if let Some(first) = seen.get(&key) {
                eqn.outs.iter().zip(first).for_each(|(v, f)| same[v.index()] = *f);
                continue;
            }
            seen.insert(key, eqn.outs.to_vec());
        }
        kept.push(eqn);
    }
    data.eqns = kept;
    data.outs.iter_mut().for_each(|v| *v = same[v.index()]);
    Program::new(data)
}
