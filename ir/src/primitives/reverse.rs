//! `reverse[axes] x`: the elements in opposite order along some axes.

use super::*;
use crate::{aval::resolve_axes, literal::strides, operand::AxisList};

parameters! {
    /// Reverses the order of the elements along each of `axes`.
    Reverse {
        /// The axes to reverse.
        axes: Axes,
    }
}
impl Primitive for Reverse {
    described!("reverse");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        check_axes(&self.axes, a.rank())?;
        Ok(smallvec![a.clone()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let shape = ins[0].shape();
        let steps = strides(shape);
        let along = |i: usize, a: usize| i / steps[a] % shape[a];
        let place = |i: usize, a: usize| if self.axes.contains(&a) { shape[a] - 1 - along(i, a) } else { along(i, a) };
        Ok(vec![ins[0].gather(shape, None, |i| Some((0..shape.len()).map(|a| place(i, a) * steps[a]).sum()))])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].map(|t| bind1(self.clone(), &[t]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        vec![cts[0].map(|ct| bind1(self.clone(), &[ct]))]
    }
    fn batch(&self, _axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        vec![Batched::new(bind1(Reverse { axes: shifted(&self.axes, 1) }, &[ins[0].value]))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![module.op1("stablehlo.reverse", ins, &format!("dimensions = {}", mlir_array(&self.axes)), &outs[0])]
    }
}
impl Registered for Reverse {
    read_by_name!("reverse");
    fn samples() -> Vec<Sample> {
        let x = Literal::from_ints(ShapedArray::new(&[2, 3], DType::F32), 0..6);
        vec![
            Sample::new(Reverse { axes: smallvec![1] }, &[x.clone()]),
            Sample::new(Reverse { axes: smallvec![0, 1] }, &[x]),
            Sample::new(Reverse { axes: smallvec![0] }, &[Literal::from(vec![true, false, false])]),
        ]
    }
}
impl Tracer {
    /// The elements in opposite order along one axis or several; negative axes count from the end.
    #[track_caller]
    pub fn reverse(self, axes: impl AxisList) -> Tracer {
        let axes = or_fail("reverse", resolve_axes(axes.axes(), self.rank()));
        bind1(Reverse { axes }, &[self])
    }
}
