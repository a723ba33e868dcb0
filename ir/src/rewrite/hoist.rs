//! Hoisting: large constants, wherever they stand, made inputs of the program.

use super::nested::with_inputs;
use crate::{
    aval::ShapedArray,
    literal::Literal,
    primitives::{Op, Primitive},
    program::{Program, Var},
    stack::deeper,
};

/// A primitive that takes what were constants of its sub-programs as operands.
pub struct Hoisted {
    /// The primitive of more operands.
    pub op: Op,
    /// Where the first of the new operands stands.
    pub at: usize,
    /// The new operands.
    pub values: Vec<Literal>,
}

/// The program that takes its constants for which `large` holds, and those of its sub-programs, as inputs, after its own; and their
/// values.
pub fn hoist(program: &Program, large: &dyn Fn(&Literal) -> bool) -> (Program, Vec<Literal>) {
    deeper(|| hoist_here(program, large))
}
fn hoist_here(program: &Program, large: &dyn Fn(&Literal) -> bool) -> (Program, Vec<Literal>) {
    let mut data = program.to_data();
    let (mut found, small): (Vec<(Var, Literal)>, Vec<_>) =
        std::mem::take(&mut data.consts).into_iter().partition(|(_, value)| large(value));
    data.consts = small;
    let mut eqns = std::mem::take(&mut data.eqns);
    for eqn in &mut eqns {
        let Some(Hoisted { op, at, values }) = eqn.op.hoisted(large) else { continue };
        let more = values.into_iter().map(|value| {
            let known = found.iter().find(|f| f.1 == value).map(|f| f.0);
            known.unwrap_or_else(|| {
                let v = data.fresh(value.aval().clone());
                found.push((v, value));
                v
            })
        });
        eqn.ins.insert_many(at, more.collect::<Vec<_>>());
        eqn.op = op;
    }
    if found.is_empty() {
        return (program.clone(), vec![]);
    }
    data.eqns = eqns;
    data.ins.extend(found.iter().map(|f| f.0));
    (Program::new(data), found.into_iter().map(|f| f.1).collect())
}
/// The same of several programs that get the same new inputs, each at its own place among its inputs; `None` if there are none.
pub fn hoist_at(
    programs: &[(&Program, usize)],
    large: &dyn Fn(&Literal) -> bool,
) -> Option<(Vec<Program>, Vec<Literal>)> {
    let hoisted: Vec<(Program, Vec<Literal>)> = programs.iter().map(|p| hoist(p.0, large)).collect();
    let mut values: Vec<Literal> = vec![];
    for value in hoisted.iter().flat_map(|h| &h.1) {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    if values.is_empty() {
        return None;
    }
    let more: Vec<ShapedArray> = values.iter().map(|v| v.aval().clone()).collect();
    let all = hoisted.iter().zip(programs).map(|((hoisted, own), (program, at))| {
        let ins = program.in_avals();
        let avals = [&ins[..*at], &more, &ins[*at..]].concat();
        let new = own.iter().filter_map(|value| values.iter().position(|v| v == value)).map(|i| at + i);
        let taken: Vec<usize> = (0..*at).chain((*at..ins.len()).map(|i| i + more.len())).chain(new).collect();
        with_inputs(hoisted, &avals, &taken)
    });
    Some((all.collect(), values))
}
/// [`Hoisted`] of a primitive that applies one program to its operands, with new ones last: `of` makes it of another program.
pub fn hoist_applied(
    program: &Program,
    large: &dyn Fn(&Literal) -> bool,
    of: impl Fn(Program) -> Op,
) -> Option<Hoisted> {
    let (hoisted, values) = hoist(program, large);
    (!values.is_empty()).then(|| Hoisted { op: of(hoisted), at: program.ins.len(), values })
}
