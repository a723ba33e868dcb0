//! Linearization: forward mode with the linear part split off in the same pass.
//!
//! The tangents live in a *linear* trace, which keeps only what depends on them; primal equations fall through to the trace
//! below, and the values that cross are the residuals.

use super::jvp::push_forward;
use crate::{
    aval::ShapedArray,
    primitives::Primitive,
    program::Program,
    trace::{Traced, Tracer, trace_linear},
};

/// A program evaluated at a point, and its derivative there as a linear program.
pub struct Linearized {
    /// The outputs.
    pub outs: Vec<Tracer>,
    /// The derivative: tangents of the active inputs, then residuals, to tangents of those outputs for which `active` holds.
    pub linear: Program,
    /// The values for the trailing inputs of `linear`.
    pub residuals: Vec<Tracer>,
    /// Which outputs have a tangent that is not known to be zero.
    pub active: Vec<bool>,
}

/// Applies `program` to `ins` in the current trace, and takes its derivative in the inputs for which `active` holds.
pub fn linearize(program: &Program, ins: &[Tracer], active: &[bool]) -> Linearized {
    let tangent_avals: Vec<ShapedArray> =
        ins.iter().zip(active).filter(|i| *i.1).map(|(t, _)| t.aval().strong()).collect();
    let (mut outs, mut active_outs) = (vec![], vec![]);
    let Traced { program: linear, captured: residuals } = trace_linear(&tangent_avals, |tangents| {
        let mut tangents = tangents.iter();
        let tangents: Vec<Option<Tracer>> =
            active.iter().map(|a| if *a { tangents.next().copied() } else { None }).collect();
        let dual = push_forward(program, ins, &tangents, |op, ins, tangents| op.linearize(ins, tangents));
        outs = dual.outs;
        active_outs = dual.tangents.iter().map(Option::is_some).collect();
        dual.tangents.into_iter().flatten().collect()
    });
    Linearized { outs, linear, residuals, active: active_outs }
}
