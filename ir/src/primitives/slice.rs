//! `slice[start, limit, strides] x`: a box of elements, every so many along each axis.

use super::*;
use crate::{aval::resolve_axis, literal::strides};

parameters! {
    /// Takes the elements at `start`, `start + stride`, … below `limit` along each axis.
    Slice {
        /// The first index along each axis.
        start: Shape,
        /// The index to stop before, at most the size.
        limit: Shape,
        /// The step, at least 1.
        strides: Shape,
    }
}
impl Slice {
    fn shape(&self) -> Shape {
        let along = self.start.iter().zip(&self.limit).zip(&self.strides);
        along.map(|((s, l), t)| (l - s).div_ceil(*t)).collect()
    }
}
impl Primitive for Slice {
    described!("slice");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        if [&self.start, &self.limit, &self.strides].iter().any(|p| p.len() != a.rank()) {
            return Err(format!("needs a start, a limit and a stride for each axis of {a}"));
        }
        for axis in 0..a.rank() {
            let (start, limit, stride) = (self.start[axis], self.limit[axis], self.strides[axis]);
            if start > limit || limit > a.shape[axis] || stride == 0 {
                return Err(format!("{start}..{limit} by {stride} does not fit axis {axis} of {a}"));
            }
        }
        Ok(smallvec![a.with_shape(&self.shape())])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let shape = self.shape();
        let (from, to) = (strides(ins[0].shape()), strides(&shape));
        Ok(vec![ins[0].gather(&shape, None, |i| {
            Some((0..shape.len()).map(|a| (self.start[a] + i / to[a] % shape[a] * self.strides[a]) * from[a]).sum())
        })])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].map(|t| bind1(self.clone(), &[t]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let (from, shape) = (ins[0].aval().shape, self.shape());
        let reach =
            |a: usize| if shape[a] == 0 { self.start[a] } else { self.start[a] + (shape[a] - 1) * self.strides[a] + 1 };
        let pad = Pad {
            low: self.start.iter().map(|s| *s as isize).collect(),
            high: (0..from.len()).map(|a| from[a] as isize - reach(a) as isize).collect(),
            interior: self.strides.iter().map(|s| s - 1).collect(),
        };
        vec![cts[0].map(|ct| ct.pad_with(pad, 0.0))]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let op = Slice {
            start: prepend(0, &self.start),
            limit: prepend(axis.size, &self.limit),
            strides: prepend(1, &self.strides),
        };
        vec![Batched::new(bind1(op, &[ins[0].value]))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let attributes = format!(
            "start_indices = {}, limit_indices = {}, strides = {}",
            mlir_array(&self.start),
            mlir_array(&self.limit),
            mlir_array(&self.strides)
        );
        vec![module.op1("stablehlo.slice", ins, &attributes, &outs[0])]
    }
}
impl Registered for Slice {
    read_by_name!("slice");
    fn samples() -> Vec<Sample> {
        let x = Literal::from_ints(ShapedArray::new(&[4, 5], DType::F32), 0..20);
        let op = |s: [usize; 2], l: [usize; 2], t: [usize; 2]| Slice {
            start: s[..].into(),
            limit: l[..].into(),
            strides: t[..].into(),
        };
        vec![
            Sample::new(op([1, 0], [3, 5], [1, 2]), &[x.clone()]),
            Sample::new(op([0, 4], [4, 5], [3, 1]), &[x.clone()]),
            Sample::new(op([2, 1], [2, 3], [1, 1]), &[x]),
        ]
    }
}
impl Tracer {
    /// The elements from `start` up to, not including, `limit`, every `strides`-th, along each axis.
    #[track_caller]
    pub fn slice(self, start: &[usize], limit: &[usize], strides: &[usize]) -> Tracer {
        bind1(Slice { start: start.into(), limit: limit.into(), strides: strides.into() }, &[self])
    }
    /// The elements from `start` up to, not including, `limit` along one axis; negative axes count from the end.
    #[track_caller]
    pub fn slice_axis(self, axis: isize, start: usize, limit: usize) -> Tracer {
        let shape = self.shape();
        let axis = or_fail("slice", resolve_axis(axis, shape.len()));
        let (mut starts, mut limits): (Shape, Shape) = (smallvec![0; shape.len()], shape.clone());
        (starts[axis], limits[axis]) = (start, limit);
        self.slice(&starts, &limits, &Shape::from_elem(1, shape.len()))
    }
}
