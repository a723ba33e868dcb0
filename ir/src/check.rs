//! The checker: whether a program is well formed and well typed.

use crate::{
    primitives::Primitive,
    program::{Eqn, Program, Var},
    stack::deeper,
};

/// Checks that every variable is defined once and before its uses, that every equation's types are what its primitive infers, and
/// the same of all sub-programs.
///
/// # Errors
/// Says which equation is wrong, and how.
pub fn check(program: &Program) -> Result<(), String> {
    deeper(|| check_here(program))
}
fn check_here(program: &Program) -> Result<(), String> {
    let mut defined = vec![false; program.avals.len()];
    let mut define = |v: &Var| match defined.get_mut(v.index()) {
        None => Err(format!("{v} has no type")),
        Some(d) if *d => Err(format!("{v} is defined twice")),
        Some(d) => {
            *d = true;
            Ok(())
        }
    };
    program.ins.iter().try_for_each(&mut define)?;
    program.ins.iter().try_for_each(|v| program.aval(*v).check_size())?;
    for (v, value) in &program.consts {
        define(v)?;
        if value.aval() != program.aval(*v) {
            return Err(format!("{v}: the constant is {}, its variable {}", value.aval(), program.aval(*v)));
        }
    }
    for eqn in &program.eqns {
        // A variable that stands later, or nowhere, has a greater number than this equation's outputs.
        let limit = eqn.outs.first().map_or(program.avals.len(), |v| v.index());
        if let Some(v) = eqn.ins.iter().find(|v| v.index() >= limit) {
            return Err(format!("{}: operand {v} is not defined before it", eqn.op.name()));
        }
        eqn.outs.iter().try_for_each(&mut define)?;
        check_eqn(program, eqn)?;
    }
    match program.outs.iter().find(|v| v.index() >= program.avals.len()) {
        Some(v) => Err(format!("output {v} is not defined")),
        None => Ok(()),
    }
}
fn check_eqn(program: &Program, eqn: &Eqn) -> Result<(), String> {
    for sub in eqn.op.subprograms() {
        check(sub).map_err(|e| format!("in {}: {e}", eqn.op.name()))?;
    }
    let ins: Vec<_> = eqn.ins.iter().map(|v| program.aval(*v)).collect();
    let inferred = eqn.op.infer(&ins).map_err(|e| format!("{}: {e}", eqn.op.name()))?;
    let stated: Vec<_> = eqn.outs.iter().map(|v| program.aval(*v)).collect();
    if inferred.len() != stated.len()
        || inferred.iter().zip(&stated).any(|(i, s)| i.shape != s.shape || i.dtype != s.dtype)
    {
        return Err(format!("{}: has outputs {inferred:?}, stated as {stated:?}", eqn.op.name()));
    }
    Ok(())
}
