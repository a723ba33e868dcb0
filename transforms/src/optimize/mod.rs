//! The optimiser: a program of equal meaning that costs less.
//!
//! One pass over the equations, in order, each replaced by what is already there: the equations of a call that occurs once, the value
//! of an equation of constants, an earlier equal equation. Then what nothing uses goes.

mod common;
mod fold;
mod inline;

use crate::dce;
use raxla_ir::{Program, check::check};

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
    let passes: [(&str, fn(&Program) -> Program); 4] =
        [("inline", inline::inline), ("dce", dce), ("fold", fold::fold), ("common", common::common)];
    let mut program = program.clone();
    for (name, pass) in passes.into_iter().chain([("dce", dce as fn(&Program) -> Program)]) {
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
