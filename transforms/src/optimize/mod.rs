//! The optimiser: a program of equal meaning that costs less.
//!
//! One pass over the equations, in order, each replaced by what is already there: the equations of a call that occurs once, the value
//! of an equation of constants, an earlier equal equation. Then what nothing uses goes. The same is done to the bodies of loops and
//! branches.

mod common;
mod fold;
mod inline;

use crate::dce;
use raxla_ir::{Primitive, Program, check::check, stack::deeper};
use std::collections::HashMap;

/// A program of equal meaning: calls that occur once stand open, equations of small constants are evaluated, equal equations are
/// one, and unused ones are gone. Deterministic.
///
/// ```
/// let text = "program(%0: f32[]) {
///     %1: f32[] = constant 2.0
///     %2: f32[] = constant 3.0
///     %3: f32[] = mul %1 %2
///     %4: f32[] = add %0 %3
///     %5: f32[] = add %0 %3
///     %6: f32[] = mul %4 %5
///     return %6 }";
/// let optimized = raxla_transforms::optimize(&text.parse().unwrap());
/// let want = "program(%0: f32[]) {\n  %1: f32[] = constant 6.0\n  %2: f32[] = add %0 %1\n  %3: f32[] = mul %2 %2\n  return %3\n}";
/// assert_eq!(optimized.to_string(), want);
/// ```
pub fn optimize(program: &Program) -> Program {
    let passes: [(&str, fn(&Program) -> Program); 5] = [
        ("inline", inline::inline),
        ("dce", dce),
        ("fold", |p| everywhere(p, fold::fold, &mut HashMap::new())),
        ("common", |p| everywhere(p, common::common, &mut HashMap::new())),
        ("dce", dce),
    ];
    let mut program = program.clone();
    for (name, pass) in passes {
        let next = pass(&program);
        if cfg!(debug_assertions)
            && let Err(e) = check(&next)
        {
            raxla_ir::trace::fail(format!("optimize: the pass {name} made a wrong program: {e}\n{next}"));
        }
        program = next;
    }
    program
}
/// A pass over a program and its sub-programs, innermost first, each done once.
fn everywhere(program: &Program, pass: fn(&Program) -> Program, done: &mut HashMap<Program, Program>) -> Program {
    if let Some(known) = done.get(program) {
        return known.clone();
    }
    let mut data = program.to_data();
    let mut changed = false;
    for eqn in &mut data.eqns {
        if let Some(op) = eqn.op.map_subprograms(&mut |p| deeper(|| everywhere(p, pass, done))) {
            changed |= op != eqn.op;
            eqn.op = op;
        }
    }
    let made = pass(&if changed { Program::new(data) } else { program.clone() });
    done.insert(program.clone(), made.clone());
    made
}
