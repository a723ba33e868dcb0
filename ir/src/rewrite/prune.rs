//! Pruning: a program without what nothing uses, inside loops and branches too.

use super::nested::chosen;
use crate::{
    primitives::{Op, Primitive},
    program::{Eqn, Program},
    stack::deeper,
};

/// What is left of an equation of which only some outputs are used.
pub struct Pruned {
    /// The primitive of the operands and outputs that stay.
    pub op: Op,
    /// Which operands stay.
    pub ins: Vec<bool>,
    /// Which outputs stay: those used at least.
    pub outs: Vec<bool>,
}

/// The program with the outputs for which `wanted` holds, and no equation that only others need, except those with effects. Its inputs
/// stay; [`uses`] tells which of them have become idle.
pub fn prune(program: &Program, wanted: &[bool]) -> Program {
    deeper(|| prune_here(program, wanted))
}
fn prune_here(program: &Program, wanted: &[bool]) -> Program {
    let mut data = program.to_data();
    data.outs = chosen(&data.outs, wanted);
    let mut live = vec![false; data.avals.len()];
    data.outs.iter().for_each(|v| live[v.index()] = true);
    let (mut kept, mut changed) = (Vec::with_capacity(data.eqns.len()), wanted.contains(&false));
    for mut eqn in std::mem::take(&mut data.eqns).into_iter().rev() {
        let used: Vec<bool> = eqn.outs.iter().map(|v| live[v.index()]).collect();
        if !eqn.op.effectful() && !used.contains(&true) {
            changed = true;
            continue;
        }
        if let Some(Pruned { op, ins, outs }) = eqn.op.pruned(eqn.ins.len(), &used) {
            eqn = Eqn { op, ins: chosen(&eqn.ins, &ins).into(), outs: chosen(&eqn.outs, &outs).into(), ..eqn };
            changed = true;
        }
        eqn.ins.iter().for_each(|v| live[v.index()] = true);
        kept.push(eqn);
    }
    if !changed && data.consts.iter().all(|(v, _)| live[v.index()]) {
        return program.clone();
    }
    kept.reverse();
    data.eqns = kept;
    Program::new(data)
}
/// [`Pruned`] of a primitive of which all `ins` operands and `outs` outputs stay: only its sub-programs lose what they do not use.
pub fn prune_inside(primitive: &(impl Primitive + ?Sized), ins: usize, outs: usize) -> Option<Pruned> {
    let mut changed = false;
    let op = primitive.map_subprograms(&mut |p| {
        let pruned = prune(p, &vec![true; p.outs.len()]);
        changed |= pruned != *p;
        pruned
    })?;
    changed.then(|| Pruned { op, ins: vec![true; ins], outs: vec![true; outs] })
}
/// For each input, whether an equation or output uses it.
pub fn uses(program: &Program) -> Vec<bool> {
    let used = program.used();
    program.ins.iter().map(|v| used[v.index()]).collect()
}
/// The program without the inputs for which `keep` does not hold, which nothing uses.
pub fn keep_inputs(program: &Program, keep: &[bool]) -> Program {
    if !keep.contains(&false) {
        return program.clone();
    }
    let mut data = program.to_data();
    data.ins = chosen(&data.ins, keep);
    Program::new(data)
}
/// [`Pruned`] of a primitive that applies a program to its operands: `of` makes it of another program.
pub fn prune_applied(program: &Program, used: &[bool], of: impl Fn(Program) -> Op) -> Option<Pruned> {
    let pruned = prune(program, used);
    let ins = uses(&pruned);
    if pruned == *program && !ins.contains(&false) {
        return None;
    }
    Some(Pruned { op: of(keep_inputs(&pruned, &ins)), ins, outs: used.to_vec() })
}
