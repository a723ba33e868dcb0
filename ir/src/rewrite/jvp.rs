//! Forward mode: a program's outputs together with their tangents.

use super::{replay, walk};
use crate::{
    aval::ShapedArray,
    literal::Literal,
    primitives::Primitive,
    program::Program,
    trace::{Tracer, bind_at, constant, with_source},
};

/// Outputs with their tangents; `None` is zero.
pub struct Dual {
    /// The outputs.
    pub outs: Vec<Tracer>,
    /// The tangent of each output.
    pub tangents: Vec<Option<Tracer>>,
}

/// Applies `program` to `ins` with `tangents` in the current trace.
pub fn jvp(program: &Program, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Dual {
    push_forward(program, ins, tangents, |op, ins, tangents| op.jvp(ins, tangents))
}

/// The loop of [`jvp`] and [`super::linearize`], which differ in the method that goes first.
pub(super) fn push_forward(
    program: &Program,
    ins: &[Tracer],
    tangents: &[Option<Tracer>],
    together: impl Fn(&crate::Op, &[Tracer], &[Option<Tracer>]) -> Option<Dual>,
) -> Dual {
    if tangents.iter().all(Option::is_none) {
        let outs = replay(program, ins, |eqn, ins| bind_at(eqn.op.clone(), ins, eqn.source));
        return Dual { tangents: vec![None; outs.len()], outs };
    }
    let args = ins.iter().copied().zip(tangents.iter().copied());
    let duals = walk(
        program,
        args,
        |c| (constant(c.clone()), None),
        |eqn, pairs: &[(Tracer, Option<Tracer>)]| {
            with_source(eqn.source.under("jvp"), || {
                let (ins, tangents): (Vec<Tracer>, Vec<Option<Tracer>>) = pairs.iter().copied().unzip();
                if tangents.iter().all(Option::is_none) {
                    let outs = bind_at(eqn.op.clone(), &ins, eqn.source);
                    return Ok::<_, std::convert::Infallible>(outs.into_iter().map(|o| (o, None)).collect::<Vec<_>>());
                }
                let dual = together(&eqn.op, &ins, &tangents).unwrap_or_else(|| {
                    let outs = bind_at(eqn.op.clone(), &ins, eqn.source).to_vec();
                    let tangents = eqn.op.tangent(&ins, &outs, &tangents);
                    Dual { outs, tangents }
                });
                Ok(dual.outs.into_iter().zip(dual.tangents).collect())
            })
        },
    );
    let Ok(duals) = duals;
    let (outs, tangents) = duals.into_iter().unzip();
    Dual { outs, tangents }
}

/// A zero of `like`'s type: the tangent that `None` stands for.
pub fn zeros_like(like: Tracer) -> Tracer {
    zeros(&like.aval())
}
/// A zero of the given type, as a broadcast scalar.
pub fn zeros(aval: &ShapedArray) -> Tracer {
    constant(Literal::zeros(aval.with_shape(&[]))).broadcast(&aval.shape, &[])
}
/// Values of these types: those of floats as they are given one after the other, `None` for zeros; the others are zeros.
pub fn fill(avals: &[ShapedArray], floats: impl IntoIterator<Item = Option<Tracer>>) -> Vec<Tracer> {
    let mut floats = floats.into_iter();
    let mut given = |aval: &ShapedArray| if aval.dtype.is_inexact() { floats.next().flatten() } else { None };
    avals.iter().map(|aval| given(aval).unwrap_or_else(|| zeros(aval))).collect()
}
