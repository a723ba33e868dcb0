//! Transposition of linear programs: from cotangents of the outputs to cotangents of the inputs.

use super::apart::{Part, apart};
use crate::{
    aval::ShapedArray,
    primitives::{Primitive, add_some},
    program::{Eqn, Program, Var},
    trace::{Tracer, bind_at, constant, with_source},
};
use std::borrow::Cow;

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
    let mut linear: Vec<Cow<Eqn>> = vec![];
    for eqn in &program.eqns {
        let unknown: Vec<bool> = eqn.ins.iter().map(|v| known[v.index()].is_none()).collect();
        let (knowing, depending) = match apart(eqn, &unknown) {
            Some([Part { eqn, used, .. }, rest]) => (Some((Cow::Owned(eqn), used)), Some(Cow::Owned(rest.eqn))),
            None if unknown.contains(&true) => (None, Some(Cow::Borrowed(eqn))),
            None => (Some((Cow::Borrowed(eqn), vec![true; eqn.outs.len()])), None),
        };
        if let Some((eqn, used)) = knowing {
            let ins: Vec<Tracer> = eqn.ins.iter().filter_map(|v| known[v.index()]).collect();
            let outs = with_source(eqn.source, || bind_at(eqn.op.clone(), &ins, eqn.source));
            eqn.outs.iter().zip(outs).zip(used).filter(|o| o.1).for_each(|((v, t), _)| known[v.index()] = Some(t));
        }
        linear.extend(depending);
    }
    let mut cotangents: Vec<Option<Tracer>> = vec![None; program.avals.len()];
    for (v, ct) in program.outs.iter().zip(cts) {
        cotangents[v.index()] = add_some(cotangents[v.index()], *ct);
    }
    for eqn in linear.into_iter().rev() {
        let ct = |v: &Var| if known[v.index()].is_some() { None } else { cotangents[v.index()].take() };
        let cts: Vec<Option<Tracer>> = eqn.outs.iter().map(ct).collect();
        if cts.iter().all(Option::is_none) {
            continue;
        }
        let operand = |v: &Var| match known[v.index()] {
            Some(t) => Linear::Known(t),
            None => Linear::Unknown(program.aval(*v).clone()),
        };
        let operands: Vec<Linear> = eqn.ins.iter().map(operand).collect();
        with_source(eqn.source.under("transpose"), || {
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
