//! The reference interpreter: slow, plain, and what everything else is tested against.
//!
//! Floating-point arithmetic is done in `f64` and rounded once per primitive; integers wrap as XLA's do.

use crate::{literal::Literal, primitives::Primitive, program::Program, rewrite::walk, trace::catch};

/// The outputs of a program at the given inputs.
///
/// # Errors
/// If the inputs do not fit, a primitive has no value here (a collective outside its mapped axis), or a value does not fit in memory.
///
/// ```
/// use raxla_ir::{Literal, Program, eval::eval};
/// let double: Program = "program(%0: f32[]) {\n %1: f32[] = add %0 %0\n return %1 }".parse().unwrap();
/// assert_eq!(eval(&double, &[Literal::scalar(2.0f32)]).unwrap(), [Literal::scalar(4.0f32)]);
/// ```
pub fn eval(program: &Program, ins: &[Literal]) -> Result<Vec<Literal>, String> {
    if ins.len() != program.ins.len() {
        return Err(format!("the program takes {} inputs, got {}", program.ins.len(), ins.len()));
    }
    for (i, (v, value)) in program.ins.iter().zip(ins).enumerate() {
        let (want, got) = (program.aval(*v), value.aval());
        if want.shape != got.shape || want.dtype != got.dtype {
            return Err(format!("input {i} is {want}, got {got}"));
        }
    }
    // What the interpreter makes may be too large for memory.
    catch(|| run(program, ins)).map_err(|e| e.message)?
}
fn run(program: &Program, ins: &[Literal]) -> Result<Vec<Literal>, String> {
    walk(program, ins.iter().cloned(), Literal::clone, |eqn, ins: &[Literal]| {
        let ins: Vec<&Literal> = ins.iter().collect();
        let outs = eqn.op.eval(&ins).map_err(|e| format!("{}: {e}\n  --> {}", eqn.op.name(), eqn.source))?;
        debug_assert!(
            outs.iter()
                .zip(&eqn.outs)
                .all(|(o, v)| o.shape() == &program.aval(*v).shape[..] && o.dtype() == program.aval(*v).dtype),
            "{}: eval and infer disagree",
            eqn.op
        );
        Ok(outs)
    })
}
