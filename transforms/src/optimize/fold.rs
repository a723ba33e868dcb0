//! Constant folding: equations of constants become constants, by the primitive's own `eval`.

use raxla_ir::{Literal, Primitive, Program, ShapedArray, Var};
use std::collections::HashMap;

/// A folded constant may not have more elements than this, unless the equation's operands have more: it would only make the
/// program's text longer.
const LARGEST: usize = 64;

pub(super) fn fold(program: &Program) -> Program {
    let mut data = program.to_data();
    let mut values: HashMap<Var, Literal> = data.consts.iter().cloned().collect();
    let mut kept = Vec::with_capacity(data.eqns.len());
    for eqn in std::mem::take(&mut data.eqns) {
        let ins: Option<Vec<&Literal>> = eqn.ins.iter().map(|v| values.get(v)).collect();
        let folded = ins.filter(|_| eqn.op.foldable()).and_then(|ins| {
            let before: usize = ins.iter().map(|l| l.size()).sum();
            let after: usize = eqn.outs.iter().map(|v| data.avals[v.index()].size()).sum();
            if after > before.max(LARGEST) { None } else { eqn.op.eval(&ins).ok() }
        });
        match folded {
            Some(outs) => {
                for (v, value) in eqn.outs.iter().zip(outs) {
                    let weak = data.avals[v.index()].weak;
                    let value = value.with_weak(weak);
                    debug_assert_eq!(value.aval(), &ShapedArray { weak, ..data.avals[v.index()].clone() });
                    data.consts.push((*v, value.clone()));
                    values.insert(*v, value);
                }
            }
            None => kept.push(eqn),
        }
    }
    data.eqns = kept;
    Program::new(data)
}
