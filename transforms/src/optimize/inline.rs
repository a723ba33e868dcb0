//! Inlining: a call that occurs once is replaced by what it calls.

use raxla_ir::{Primitive, Program, Var, program::ProgramData};
use std::collections::HashMap;

pub(super) fn inline(program: &Program) -> Program {
    let mut calls: HashMap<&Program, usize> = HashMap::new();
    count(program, &mut calls);
    if calls.is_empty() {
        return program.clone();
    }
    let mut data = ProgramData::default();
    let ins: Vec<Var> = program.ins.iter().map(|v| data.fresh(program.aval(*v).clone())).collect();
    data.ins = ins.clone();
    data.outs = splice(program, &ins, &calls, &mut data);
    Program::new(data)
}
fn count<'p>(program: &'p Program, calls: &mut HashMap<&'p Program, usize>) {
    for body in program.eqns.iter().filter_map(|e| e.op.body()) {
        let times = calls.entry(body).or_insert(0);
        *times += 1;
        if *times == 1 {
            count(body, calls);
        }
    }
}
/// Appends a program's equations, applied to `ins`, and returns its outputs.
fn splice(program: &Program, ins: &[Var], calls: &HashMap<&Program, usize>, data: &mut ProgramData) -> Vec<Var> {
    let mut new: Vec<Option<Var>> = vec![None; program.avals.len()];
    program.ins.iter().zip(ins).for_each(|(v, n)| new[v.index()] = Some(*n));
    for (v, value) in &program.consts {
        let n = data.fresh(value.aval().clone());
        data.consts.push((n, value.clone()));
        new[v.index()] = Some(n);
    }
    for eqn in &program.eqns {
        let mut eqn = eqn.clone();
        eqn.ins.iter_mut().for_each(|v| *v = new[v.index()].unwrap_or(*v));
        let outs: Vec<Var> = match eqn.op.body() {
            Some(body) if calls.get(body) == Some(&1) => splice(body, &eqn.ins, calls, data),
            _ => {
                let outs: Vec<Var> = eqn.outs.iter().map(|v| data.fresh(program.aval(*v).clone())).collect();
                let (old, replaced) = (eqn.outs.clone(), outs.iter().copied().collect());
                eqn.outs = replaced;
                data.eqns.push(eqn);
                old.iter().zip(&outs).for_each(|(v, n)| new[v.index()] = Some(*n));
                continue;
            }
        };
        eqn.outs.iter().zip(outs).for_each(|(v, n)| new[v.index()] = Some(n));
    }
    program.outs.iter().map(|v| new[v.index()].unwrap_or(*v)).collect()
}
