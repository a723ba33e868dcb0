//! `transpose[permutation] x`: the axes in another order.

use super::*;
use crate::{
    aval::{Dims, resolve_axis},
    literal::strides,
};

parameters! {
    /// Reorders axes: axis `i` of the output is axis `permutation[i]` of the operand.
    Transpose {
        /// Every axis of the operand, once.
        permutation: Axes,
    }
}
impl Primitive for Transpose {
    described!("transpose");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        if self.permutation.len() != a.rank() {
            return Err(format!("{} is no permutation of the axes of {a}", Dims(&self.permutation)));
        }
        check_axes(&self.permutation, a.rank())?;
        Ok(smallvec![a.with_shape(&self.permutation.iter().map(|p| a.shape[*p]).collect::<Shape>())])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let shape: Shape = self.permutation.iter().map(|p| ins[0].shape()[*p]).collect();
        let (from, to) = (strides(ins[0].shape()), strides(&shape));
        Ok(vec![ins[0].gather(&shape, None, |i| {
            Some(self.permutation.iter().enumerate().map(|(axis, p)| i / to[axis] % shape[axis] * from[*p]).sum())
        })])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].map(|t| t.transpose_axes(&self.permutation))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        let mut inverse: Axes = self.permutation.clone();
        for (i, p) in self.permutation.iter().enumerate() {
            inverse[*p] = i;
        }
        vec![cts[0].map(|ct| ct.transpose_axes(&inverse))]
    }
    fn batch(&self, _axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        vec![Batched::new(ins[0].value.transpose_axes(&prepend(0, &shifted(&self.permutation, 1))))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![module.op1(
            "stablehlo.transpose",
            ins,
            &format!("permutation = {}", mlir_array(&self.permutation)),
            &outs[0],
        )]
    }
}
impl Registered for Transpose {
    read_by_name!("transpose");
    fn samples() -> Vec<Sample> {
        let cube = Literal::from_ints(ShapedArray::new(&[2, 3, 4], DType::F32), 0..24);
        let op = |p: &[usize]| Transpose { permutation: p.into() };
        vec![
            Sample::new(op(&[1, 0]), &[Literal::new(&[2, 3], &[1i32, 2, 3, 4, 5, 6])]),
            Sample::new(op(&[2, 0, 1]), &[cube.clone()]),
            Sample::new(op(&[0, 2, 1]), &[cube]),
        ]
    }
}
impl Tracer {
    /// The axes in another order: axis `i` of the result is axis `permutation[i]` of this array.
    #[track_caller]
    pub fn transpose_axes(self, permutation: &[usize]) -> Tracer {
        if permutation.iter().copied().eq(0..self.rank()) {
            return self;
        }
        bind1(Transpose { permutation: permutation.into() }, &[self])
    }
    /// The axes in reverse order: the transpose of a matrix.
    #[track_caller]
    pub fn t(self) -> Tracer {
        self.transpose_axes(&(0..self.rank()).rev().collect::<Axes>())
    }
    /// One axis moved to another place; negative axes count from the end.
    #[track_caller]
    pub fn moveaxis(self, source: isize, destination: isize) -> Tracer {
        let rank = self.rank();
        let places = resolve_axis(source, rank).and_then(|s| Ok((s, resolve_axis(destination, rank)?)));
        let (from, to) = or_fail("moveaxis", places);
        let mut order: Axes = (0..rank).filter(|a| *a != from).collect();
        order.insert(to, from);
        self.transpose_axes(&order)
    }
}
