//! Batching: a program over one more axis.

use super::walk;
use crate::{
    primitives::{Op, Primitive},
    program::Program,
    trace::{Tracer, bind, bind_at, constant, with_source},
};

/// The axis that [`batch`] maps over.
#[derive(Clone, Debug)]
pub struct BatchAxis {
    /// Its size.
    pub size: usize,
    /// The name by which collectives refer to it.
    pub name: Option<String>,
}

/// A value that may carry the batch axis, always in front.
#[derive(Clone, Copy, Debug)]
pub struct Batched {
    /// The value.
    pub value: Tracer,
    /// Whether its axis 0 is the batch axis; if not, it is the same for the whole batch.
    pub batched: bool,
}
impl Batched {
    /// A value with the batch axis in front.
    pub fn new(value: Tracer) -> Batched {
        Batched { value, batched: true }
    }
    /// The value with the batch axis, made by broadcasting if need be.
    pub fn spread(self, axis: &BatchAxis) -> Tracer {
        if self.batched {
            return self.value;
        }
        let shape = self.value.shape();
        let dims: Vec<usize> = (1..=shape.len()).collect();
        self.value.broadcast(&[&[axis.size], &shape[..]].concat(), &dims)
    }
    /// Applies a primitive that works on batched operands as on any others, to operands that all get the batch axis.
    pub fn apply(op: impl Into<Op>, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let spread: Vec<Tracer> = ins.iter().map(|i| i.spread(axis)).collect();
        bind(op.into(), &spread).into_iter().map(Batched::new).collect()
    }
}

/// Applies `program` in the current trace to values that may carry the batch axis.
pub fn batch(program: &Program, axis: &BatchAxis, args: &[Batched]) -> Vec<Batched> {
    let unbatched = |value| Batched { value, batched: false };
    let done = walk(
        program,
        args.iter().copied(),
        |c| unbatched(constant(c.clone())),
        |eqn, ins: &[Batched]| {
            with_source(eqn.source.under("vmap"), || {
                // A collective over this very axis acts even on values that are the same for the whole batch.
                let named = axis.name.as_deref().is_some_and(|name| eqn.op.names_axis(name));
                Ok::<_, std::convert::Infallible>(if named || ins.iter().any(|i| i.batched) {
                    eqn.op.batch(axis, ins)
                } else {
                    let ins: Vec<Tracer> = ins.iter().map(|i| i.value).collect();
                    bind_at(eqn.op.clone(), &ins, eqn.source).into_iter().map(unbatched).collect()
                })
            })
        },
    );
    let Ok(outs) = done;
    outs
}
