//! Order: a program whose ordered effects depend on each other, since what XLA runs has no other order.
//!
//! A token, a `u8[]` whose value nobody looks at, goes into each effect and comes out of it; through loops it is carried.

use super::{nested::closed, replay};
use crate::{
    literal::Literal,
    primitives::{Primitive, callback::token_aval},
    program::Program,
    trace::{Tracer, bind_at, constant},
};
use std::cell::Cell;

/// The program with its ordered effects threaded; itself if there are none.
///
/// ```
/// use raxla_ir::{Program, rewrite::order::threaded};
/// let program: Program = "program(%0: i32[]) {
///   do debug_print[format=\"{}\", order=ordered] %0
///   do debug_print[format=\"{}!\", order=ordered] %0
///   return %0
/// }".parse().unwrap();
/// let text = threaded(&program).to_string();
/// assert!(text.contains("%2: u8[] = debug_print[format=\"{}\", order=threaded] %1 %0"), "{text}");
/// assert!(text.contains("%3: u8[] = debug_print[format=\"{}!\", order=threaded] %2 %0"), "{text}");
/// ```
pub fn threaded(program: &Program) -> Program {
    if !program.ordered() {
        return program.clone();
    }
    closed(&program.in_avals(), |args| in_order(program, constant(Literal::zeros(token_aval())), args).1)
}
/// Applies `program` in the current trace, with its ordered effects after the token; gives the token after them, and the outputs.
pub fn in_order(program: &Program, token: Tracer, args: &[Tracer]) -> (Tracer, Vec<Tracer>) {
    let token = Cell::new(token);
    let outs = replay(program, args, |eqn, ins| {
        if !eqn.op.ordered() {
            return bind_at(eqn.op.clone(), ins, eqn.source);
        }
        let (next, outs) = match eqn.op.body() {
            Some(body) => in_order(body, token.get(), ins),
            None => eqn.op.in_order(token.get(), ins),
        };
        token.set(next);
        outs.into()
    });
    (token.get(), outs)
}
/// The same of a program as a whole: it takes the token after `before` other inputs, and gives it before all outputs.
pub fn in_order_of(program: &Program, before: usize) -> Program {
    let mut avals = program.in_avals();
    avals.insert(before, token_aval());
    closed(&avals, |args| {
        let others = [&args[..before], &args[before + 1..]].concat();
        let (token, outs) = in_order(program, args[before], &others);
        [&[token][..], &outs].concat()
    })
}
