//! Dead code elimination.

use raxla_ir::{Primitive, Program};

/// The program without equations whose outputs nothing uses, except those with effects.
///
/// ```
/// let p: raxla_ir::Program = "program(%0: f32[]) {\n %1: f32[] = sin %0\n %2: f32[] = cos %0\n return %2 }".parse().unwrap();
/// assert_eq!(raxla_transforms::dce(&p).to_string(), "program(%0: f32[]) {\n  %1: f32[] = cos %0\n  return %1\n}");
/// ```
pub fn dce(program: &Program) -> Program {
    let mut data = program.to_data();
    let mut live = vec![false; data.avals.len()];
    data.outs.iter().for_each(|v| live[v.index()] = true);
    let mut keep = vec![false; data.eqns.len()];
    for (kept, eqn) in keep.iter_mut().zip(&data.eqns).rev() {
        *kept = eqn.op.effectful() || eqn.outs.iter().any(|v| live[v.index()]);
        if *kept {
            eqn.ins.iter().for_each(|v| live[v.index()] = true);
        }
    }
    if keep.iter().all(|k| *k) && data.consts.iter().all(|(v, _)| live[v.index()]) {
        return program.clone();
    }
    let mut keep = keep.into_iter();
    data.eqns.retain(|_| keep.next() == Some(true));
    Program::new(data)
}
