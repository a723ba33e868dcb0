//! Dead code elimination.

use raxla_ir::{Program, rewrite::prune};

/// The program without equations whose outputs nothing uses, except those with effects; without outputs of branches, carries of loops
/// and captured values that nothing uses, too.
///
/// ```
/// let p: raxla_ir::Program = "program(%0: f32[]) {\n %1: f32[] = sin %0\n %2: f32[] = cos %0\n return %2 }".parse().unwrap();
/// assert_eq!(raxla_transforms::dce(&p).to_string(), "program(%0: f32[]) {\n  %1: f32[] = cos %0\n  return %1\n}");
/// ```
pub fn dce(program: &Program) -> Program {
    prune(program, &vec![true; program.outs.len()])
}
