//! Equations with programs inside that give both what depends on some operands and what does not, taken apart by that.

use super::{Pruned, nested::chosen};
use crate::{primitives::Primitive, program::Eqn};

/// An equation that gives some of the outputs of another, in their order.
pub struct Part {
    /// The equation; its variables are the whole's.
    pub eqn: Eqn,
    /// Which operands of the whole it takes.
    pub ins: Vec<bool>,
    /// Which of its outputs are to be taken from it; the others the other part gives.
    pub used: Vec<bool>,
}

/// The part of an equation that needs none of the operands for which `depends` holds, and the part that does; `None` if it is not a
/// mixture, or has effects, which stay together.
pub fn apart(eqn: &Eqn, depends: &[bool]) -> Option<[Part; 2]> {
    if !depends.contains(&true) || eqn.op.subprograms().is_empty() || eqn.op.effectful() {
        return None;
    }
    let n = eqn.outs.len();
    let needs = |i: usize| {
        let only: Vec<bool> = (0..n).map(|j| i == j).collect();
        let pruned = eqn.op.pruned(eqn.ins.len(), &only);
        pruned.is_none_or(|p| p.ins.iter().zip(depends).any(|(needed, depends)| *needed && *depends))
    };
    let dependent: Vec<bool> = (0..n).map(needs).collect();
    if !dependent.contains(&false) {
        return None;
    }
    Some([false, true].map(|part| {
        let used: Vec<bool> = dependent.iter().map(|d| *d == part).collect();
        let whole = || Pruned { op: eqn.op.clone(), ins: vec![true; eqn.ins.len()], outs: vec![true; n] };
        let Pruned { op, ins, outs } = eqn.op.pruned(eqn.ins.len(), &used).unwrap_or_else(whole);
        let eqn = Eqn { op, ins: chosen(&eqn.ins, &ins).into(), outs: chosen(&eqn.outs, &outs).into(), ..eqn.clone() };
        Part { eqn, ins, used: chosen(&used, &outs) }
    }))
}
