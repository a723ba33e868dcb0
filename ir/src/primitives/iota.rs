//! `iota[shape, dtype, axis]`: each element's index along an axis.

use super::*;
use crate::literal::strides;

parameters! {
    /// An array whose elements count 0, 1, 2, … along one axis.
    Iota {
        /// The shape of the output.
        shape: Shape,
        /// The dtype of the output, not bool.
        dtype: DType,
        /// The axis to count along.
        axis: usize,
    }
}
impl Primitive for Iota {
    described!("iota");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 0)?;
        check_axes(&[self.axis], self.shape.len())?;
        if self.dtype == DType::Bool {
            return Err("cannot count in bool".into());
        }
        Ok(smallvec![ShapedArray::new(&self.shape, self.dtype)])
    }
    fn eval(&self, _ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (out, step) = (ShapedArray::new(&self.shape, self.dtype), strides(&self.shape)[self.axis]);
        let size = out.size();
        Ok(vec![Literal::from_ints(out, (0..size).map(|i| (i / step % self.shape[self.axis]) as i128))])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![None]
    }
    fn batch(&self, _axis: &BatchAxis, _ins: &[Batched]) -> Vec<Batched> {
        vec![Batched { value: bind1(self.clone(), &[]), batched: false }]
    }
    fn lower(&self, module: &mut Module, _ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![module.op1("stablehlo.iota", &[], &format!("iota_dimension = {} : i64", self.axis), &outs[0])]
    }
}
impl Registered for Iota {
    read_by_name!("iota");
    fn samples() -> Vec<Sample> {
        let op = |shape: &[usize], dtype, axis| Iota { shape: shape.into(), dtype, axis };
        [op(&[4], DType::F32, 0), op(&[2, 3], DType::I32, 1), op(&[3, 2], DType::C64, 0), op(&[0], DType::U8, 0)]
            .map(|o| Sample::new(o, &[]))
            .to_vec()
    }
}
/// An array of the given shape whose elements count 0, 1, 2, … along `axis`.
#[track_caller]
pub fn iota(dtype: DType, shape: &[usize], axis: usize) -> Tracer {
    bind1(Iota { shape: shape.into(), dtype, axis }, &[])
}
/// The numbers 0, 1, …, `n - 1`.
#[track_caller]
pub fn arange(n: usize, dtype: DType) -> Tracer {
    iota(dtype, &[n], 0)
}
