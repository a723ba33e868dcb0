//! `reshape[shape] x`: the same elements, in row-major order, in another shape.

use super::*;
use crate::aval::Dims;

parameters! {
    /// Gives an array another shape of equal size.
    Reshape {
        /// The shape of the output.
        shape: Shape,
    }
}
impl Primitive for Reshape {
    described!("reshape");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let (a, out) = (one(ins)?, one(ins)?.with_shape(&self.shape));
        if a.size() != out.size() {
            return Err(format!("{a} has {} elements, the shape {} needs {}", a.size(), Dims(&self.shape), out.size()));
        }
        Ok(smallvec![out])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        ins[0].reshaped(&self.shape).map(|l| vec![l]).ok_or_else(|| "sizes differ".into())
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].map(|t| t.reshape(&self.shape))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        vec![cts[0].map(|ct| ct.reshape(&ins[0].aval().shape))]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        vec![Batched::new(ins[0].value.reshape(&prepend(axis.size, &self.shape)))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![module.op1("stablehlo.reshape", ins, "", &outs[0])]
    }
}
impl Registered for Reshape {
    read_by_name!("reshape");
    fn samples() -> Vec<Sample> {
        let x = Literal::new(&[2, 3], &[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let op = |shape: &[usize]| Reshape { shape: shape.into() };
        vec![
            Sample::new(op(&[6]), &[x.clone()]),
            Sample::new(op(&[3, 1, 2]), &[x]),
            Sample::new(op(&[]), &[Literal::new(&[1, 1], &[7i32])]),
            Sample::new(op(&[0, 5]), &[Literal::new::<f64>(&[3, 0], &[])]),
        ]
    }
}
impl Tracer {
    /// The same elements, in row-major order, in another shape of equal size.
    #[track_caller]
    pub fn reshape(self, shape: &[usize]) -> Tracer {
        if self.with_aval(|a| a.shape[..] == *shape) { self } else { bind1(Reshape { shape: shape.into() }, &[self]) }
    }
    /// The elements as one axis.
    #[track_caller]
    pub fn ravel(self) -> Tracer {
        self.reshape(&[self.size()])
    }
    /// The array with a new axis of size 1 at `axis`; negative axes count from the end of the result.
    #[track_caller]
    pub fn expand_dims(self, axis: isize) -> Tracer {
        let mut shape = self.shape();
        match crate::aval::resolve_axis(axis, shape.len() + 1) {
            Ok(at) => shape.insert(at, 1),
            Err(e) => fail(format!("expand_dims: {e}")),
        }
        self.reshape(&shape)
    }
}
