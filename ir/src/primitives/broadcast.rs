//! `broadcast[shape, dims] x`: `x` repeated along new axes; its axis `i` becomes axis `dims[i]` of `shape`.

use super::*;
use crate::{aval::Dims, literal::strides, operand::broadcast_shapes};

parameters! {
    /// Repeats an array along new axes, and along its axes of size 1.
    Broadcast {
        /// The shape of the output.
        shape: Shape,
        /// For each axis of the operand, its axis in the output; strictly increasing.
        dims: Axes,
    }
}
impl Primitive for Broadcast {
    described!("broadcast");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        if a.rank() != self.dims.len() {
            return Err(format!("needs an axis of the output for each axis of {a}, got {}", Dims(&self.dims)));
        }
        check_axes(&self.dims, self.shape.len())?;
        if self.dims.windows(2).any(|w| w[0] >= w[1]) {
            return Err(format!("the axes {} must increase", Dims(&self.dims)));
        }
        for (size, d) in a.shape.iter().zip(&self.dims) {
            if *size != self.shape[*d] && *size != 1 {
                return Err(format!("{a} does not fit {} along axis {d}", Dims(&self.shape)));
            }
        }
        Ok(smallvec![a.with_shape(&self.shape)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (from, to) = (strides(ins[0].shape()), strides(&self.shape));
        Ok(vec![ins[0].gather(&self.shape, None, |i| {
            let along = self.dims.iter().enumerate();
            Some(
                along
                    .map(
                        |(axis, d)| {
                            if ins[0].shape()[axis] == 1 { 0 } else { i / to[*d] % self.shape[*d] * from[axis] }
                        },
                    )
                    .sum(),
            )
        })])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].map(|t| bind1(self.clone(), &[t]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let shape = ins[0].aval().shape;
        let kept = |d: &usize| self.dims.iter().position(|e| e == d).is_some_and(|i| shape[i] == self.shape[*d]);
        let axes: Axes = (0..self.shape.len()).filter(|d| !kept(d)).collect();
        vec![cts[0].map(|ct| {
            let sum = if axes.is_empty() { ct } else { bind1(Reduce { kind: ReduceKind::Sum, axes }, &[ct]) };
            sum.reshape(&shape)
        })]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let op = Broadcast { shape: prepend(axis.size, &self.shape), dims: prepend(0, &shifted(&self.dims, 1)) };
        vec![Batched::new(bind1(op, &[ins[0].value]))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![module.broadcast(&ins[0], &self.dims, &outs[0])]
    }
}
pub(super) use super::reduce::ReduceKind;
impl Registered for Broadcast {
    read_by_name!("broadcast");
    fn samples() -> Vec<Sample> {
        let row = Literal::new(&[3], &[1.0f32, 2.0, 3.0]);
        let op = |shape: &[usize], dims: &[usize]| Broadcast { shape: shape.into(), dims: dims.into() };
        vec![
            Sample::new(op(&[2, 3], &[1]), &[row.clone()]),
            Sample::new(op(&[3, 2], &[0]), &[row]),
            Sample::new(op(&[2, 2], &[]), &[Literal::scalar(1.5f64)]),
            Sample::new(op(&[2, 3, 4], &[0, 2]), &[Literal::new(&[1, 4], &[1i32, 2, 3, 4])]),
            Sample::new(op(&[0, 3], &[1]), &[Literal::new(&[1], &[1.0f32])]),
        ]
    }
}
impl Tracer {
    /// The array repeated along new axes: its axis `i` becomes axis `dims[i]` of `shape`.
    #[track_caller]
    pub fn broadcast(self, shape: &[usize], dims: &[usize]) -> Tracer {
        if self.with_aval(|a| a.shape[..] == *shape) && dims.iter().copied().eq(0..shape.len()) {
            return self;
        }
        bind1(Broadcast { shape: shape.into(), dims: dims.into() }, &[self])
    }
    /// The array broadcast by NumPy's rule to `shape`.
    #[track_caller]
    pub fn broadcast_to(self, shape: &[usize]) -> Tracer {
        let aval = self.aval();
        if broadcast_shapes(&aval.shape, shape).map(|s| s[..] != *shape).unwrap_or(true) {
            fail(format!("broadcast: {aval} does not broadcast to {}", Dims(shape)));
        }
        let dims: Axes = (shape.len() - aval.rank()..shape.len()).collect();
        self.broadcast(shape, &dims)
    }
    /// An array of this one's shape and dtype, filled with `value`.
    #[track_caller]
    pub fn full_like(self, value: f64) -> Tracer {
        let aval = self.aval();
        crate::trace::constant(Literal::full(aval.with_shape(&[]), value)).broadcast(&aval.shape, &[])
    }
}
