//! Transposition of linear programs: from cotangents of the outputs to cotangents of the inputs.

use crate::{
    aval::ShapedArray,
    primitives::{Primitive, add_some},
    program::Program,
    trace::{Tracer, bind_at, constant, with_source},
};

/// An operand of a linear equation: a known value, or an unknown of known type.
#[derive(Clone)]
pub enum Linear {
    /// The value does not depend on what the program is linear in.
    Known(Tracer),
    /// The value depends on it, linearly; its cotangent is wanted.
    Unknown(ShapedArray),
}
impl Linear {
    /// Whether the cotangent of this operand is wanted.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Linear::Unknown(_))
    }
    /// The value, if it is known.
    pub fn known(&self) -> Option<Tracer> {
        match self {
            Linear::Known(t) => Some(*t),
            Linear::Unknown(_) => None,
        }
    }
    /// The type.
    pub fn aval(&self) -> ShapedArray {
        match self {
            Linear::Known(t) => t.aval(),
            Linear::Unknown(aval) => aval.clone(),
        }
    }
}

/// The cotangents of the inputs for which `ins` has `None`, in order, in the current trace. The others are known values.
pub fn transpose(program: &Program, ins: &[Option<Tracer>], cts: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
    let mut known: Vec<Option<Tracer>> = vec![None; program.avals.len()];
    for (v, t) in program.ins.iter().zip(ins) {
        known[v.index()] = *t;
    }
    for (v, c) in &program.consts {
        known[v.index()] = Some(constant(c.clone()));
    }
    let mut linear = vec![];
    for eqn in &program.eqns {
        match eqn.ins.iter().map(|v| known[v.index()]).collect::<Option<Vec<_>>>() {
            Some(ins) => {
                for (v, t) in eqn.outs.iter().zip(with_source(eqn.source, || bind_at(eqn.op.clone(), &ins, eqn.source)))
                {
                    known[v.index()] = Some(t);
                }
            }
            None => linear.push(eqn),
        }
    }
    let mut cotangents: Vec<Option<Tracer>> = vec![None; program.avals.len()];
    for (v, ct) in program.outs.iter().zip(cts) {
        cotangents[v.index()] = add_some(cotangents[v.index()], *ct);
    }
    for eqn in linear.into_iter().rev() {
        let cts: Vec<Option<Tracer>> = eqn.outs.iter().map(|v| cotangents[v.index()].take()).collect();
        if cts.iter().all(Option::is_none) {
            continue;
        }
        let operand = |v: &crate::Var| match known[v.index()] {
            Some(t) => Linear::Known(t),
            None => Linear::Unknown(program.aval(*v).clone()),
        };
        let operands: Vec<Linear> = eqn.ins.iter().map(operand).collect();
        with_source(eqn.source, || {
            for (v, ct) in eqn.ins.iter().zip(eqn.op.transpose(&cts, &operands)) {
                if known[v.index()].is_none() {
                    cotangents[v.index()] = add_some(cotangents[v.index()], ct);
                }
            }
        });
    }
    let wanted = program.ins.iter().zip(ins).filter(|i| i.1.is_none());
    wanted.map(|(v, _)| cotangents[v.index()]).collect()
}
