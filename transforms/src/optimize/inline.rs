//! Inlining: a call that occurs once is replaced by what it calls, in the bodies of loops and branches too.

use raxla_ir::{Primitive, Program, Var, program::ProgramData, scope::Scope, stack::deeper};
use std::collections::{HashMap, HashSet};

pub(super) fn inline(program: &Program) -> Program {
    let (mut calls, mut seen) = (HashMap::new(), HashSet::new());
    count(program, &mut calls, &mut seen);
    if calls.is_empty() {
        return program.clone();
    }
    rebuilt(program, &calls, &mut HashMap::new())
}
/// How often each program is called, in sub-programs too, each of which counts once however often it occurs.
fn count<'p>(program: &'p Program, calls: &mut HashMap<&'p Program, usize>, seen: &mut HashSet<&'p Program>) {
    for eqn in &program.eqns {
        if let Some(body) = eqn.op.body() {
            *calls.entry(body).or_insert(0) += 1;
        }
        for sub in eqn.op.subprograms() {
            if seen.insert(sub) {
                deeper(|| count(sub, calls, seen));
            }
        }
    }
}
fn rebuilt(program: &Program, calls: &HashMap<&Program, usize>, done: &mut HashMap<Program, Program>) -> Program {
    if let Some(known) = done.get(program) {
        return known.clone();
    }
    let mut data = ProgramData::default();
    let ins: Vec<Var> = program.ins.iter().map(|v| data.fresh(program.aval(*v).clone())).collect();
    data.ins = ins.clone();
    data.outs = splice(program, &ins, Scope::NONE, calls, &mut data, done);
    let made = Program::new(data);
    done.insert(program.clone(), made.clone());
    made
}
/// Appends a program's equations, applied to `ins` under the names of what calls it, and returns its outputs.
fn splice(
    program: &Program,
    ins: &[Var],
    around: Scope,
    calls: &HashMap<&Program, usize>,
    data: &mut ProgramData,
    done: &mut HashMap<Program, Program>,
) -> Vec<Var> {
    let mut new: Vec<Option<Var>> = vec![None; program.avals.len()];
    program.ins.iter().zip(ins).for_each(|(v, n)| new[v.index()] = Some(*n));
    for (v, value) in &program.consts {
        let n = data.fresh(value.aval().clone());
        data.consts.push((n, value.clone()));
        new[v.index()] = Some(n);
    }
    for eqn in &program.eqns {
        let mut eqn = eqn.clone();
        eqn.source = eqn.source.inside(around);
        eqn.ins.iter_mut().for_each(|v| *v = new[v.index()].unwrap_or(*v));
        let outs: Vec<Var> = match eqn.op.body() {
            Some(body) if calls.get(body) == Some(&1) => {
                deeper(|| splice(body, &eqn.ins, eqn.source.scope, calls, data, done))
            }
            _ => {
                if let Some(op) = eqn.op.map_subprograms(&mut |p| deeper(|| rebuilt(p, calls, done))) {
                    eqn.op = op;
                }
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
