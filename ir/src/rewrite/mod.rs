//! The drivers that rewrite a program by its primitives' rules: loops that know no primitive by name.
//!
//! They stand here, below the transforms, because primitives with sub-programs (`call`, control flow) need them in their own rules.

pub mod apart;
pub mod batch;
pub mod hoist;
pub mod jvp;
pub mod linearize;
pub mod nested;
pub mod order;
pub mod prune;
pub mod saving;
pub mod transpose;

pub use {
    batch::{BatchAxis, Batched, batch},
    hoist::{Hoisted, hoist},
    jvp::{Dual, jvp, zeros_like},
    linearize::{Linearized, linearize},
    prune::{Pruned, prune},
    saving::{Saving, saving},
    transpose::{Linear, transpose},
};

use crate::{
    literal::Literal,
    primitives::{Outs, Primitive},
    program::{Eqn, Program},
    stack::deeper,
    trace::{Tracer, bind_at, constant, is_linear, with_source},
};
use apart::{Part, apart};
use nested::chosen;
use smallvec::SmallVec;

/// Runs through a program with values of any kind: `lift` makes one of a constant, `step` makes an equation's outputs of its inputs.
pub fn walk<V: Clone, O: IntoIterator<Item = V>, E>(
    program: &Program,
    args: impl IntoIterator<Item = V>,
    lift: impl FnMut(&Literal) -> V,
    step: impl FnMut(&Eqn, &[V]) -> Result<O, E>,
) -> Result<Vec<V>, E> {
    deeper(|| walk_here(program, args, lift, step))
}
fn walk_here<V: Clone, O: IntoIterator<Item = V>, E>(
    program: &Program,
    args: impl IntoIterator<Item = V>,
    mut lift: impl FnMut(&Literal) -> V,
    mut step: impl FnMut(&Eqn, &[V]) -> Result<O, E>,
) -> Result<Vec<V>, E> {
    let mut values: Vec<Option<V>> = vec![None; program.avals.len()];
    for (v, a) in program.ins.iter().zip(args) {
        values[v.index()] = Some(a);
    }
    for (v, c) in &program.consts {
        values[v.index()] = Some(lift(c));
    }
    let get = |values: &[Option<V>], v: crate::Var| {
        values[v.index()].clone().expect("a checked program defines before it uses")
    };
    for eqn in &program.eqns {
        let ins: SmallVec<[V; 4]> = eqn.ins.iter().map(|v| get(&values, *v)).collect();
        for (v, out) in eqn.outs.iter().zip(step(eqn, &ins)?) {
            values[v.index()] = Some(out);
        }
    }
    Ok(program.outs.iter().map(|v| get(&values, *v)).collect())
}

/// Emits a program into the current trace, each equation by `step`.
pub fn replay(program: &Program, args: &[Tracer], mut step: impl FnMut(&Eqn, &[Tracer]) -> Outs) -> Vec<Tracer> {
    let done = walk(program, args.iter().copied(), constant_of, |eqn, ins| {
        with_source(eqn.source, || Ok::<_, std::convert::Infallible>(step(eqn, ins)))
    });
    match done {
        Ok(outs) => outs,
    }
}
/// Emits a program into the current trace, so that under `linearize` each equation finds its place by what it depends on: calls are replaced
/// by what they call, and an equation with other programs inside gives what does not depend on tangents from an equation of its own.
pub fn inline_bodies(program: &Program, args: &[Tracer]) -> Vec<Tracer> {
    replay(program, args, |eqn, ins| match eqn.op.body() {
        Some(body) => inline_bodies(body, ins).into(),
        None => by_tangents(eqn, ins).unwrap_or_else(|| bind_at(eqn.op.clone(), ins, eqn.source)),
    })
}
/// The outputs of an equation by two: one of those that do not depend on tangents, and one of the rest; `None` if it is not a mixture.
fn by_tangents(eqn: &Eqn, ins: &[Tracer]) -> Option<Outs> {
    let parts = apart(eqn, &ins.iter().map(|x| is_linear(*x)).collect::<Vec<_>>())?;
    let mut outs = vec![None; eqn.outs.len()];
    for Part { eqn: part, ins: taken, used } in parts {
        let mut places = eqn.outs.iter().zip(&mut outs);
        for ((v, out), used) in part.outs.iter().zip(bind_at(part.op, &chosen(ins, &taken), eqn.source)).zip(used) {
            let place = places.find(|p| p.0 == v);
            if let (Some((_, place)), true) = (place, used) {
                *place = Some(out);
            }
        }
    }
    outs.into_iter().collect()
}
fn constant_of(value: &Literal) -> Tracer {
    constant(value.clone())
}
