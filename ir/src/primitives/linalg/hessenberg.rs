//! `hessenberg a`: a unitarily similar matrix with zeros below the subdiagonal.

use super::{householder, matrix::*, *};

/// The reduction `a = Q H Qᴴ` of square matrices to upper Hessenberg form as LAPACK's `gehrd` leaves it: H in the upper triangle and the diagonal
/// below it, reflections below that, and their factors τ, `[…, n − 1]`. The reflections act on the rows from the second on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hessenberg;

impl Primitive for Hessenberg {
    fn name(&self) -> &'static str {
        "hessenberg"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let (batch, n) = squares(a)?;
        Ok(smallvec![a.strong(), like(a, batch, &[n.saturating_sub(1)])])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            let (packed, taus) = a[0].is_finite().then(|| householder::hessenberg(&a[0]))?;
            Some(vec![packed, Matrix::column(taus)])
        }))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        kernel(module, "hessenberg", ins, &[], outs)
    }
}
impl Registered for Hessenberg {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<Hessenberg, String>> {
        (name == "hessenberg").then_some(Ok(Hessenberg))
    }
    fn samples() -> Vec<Sample> {
        let of = |shape: &[usize], dtype| Sample::new(Hessenberg, &[sample(shape, dtype, 3)]);
        let mut samples: Vec<Sample> = DTYPES.iter().map(|d| of(&[4, 4], *d)).collect();
        let shapes: [&[usize]; 5] = [&[2, 3, 3], &[2, 2], &[1, 1], &[0, 0], &[0, 2, 2]];
        samples.extend(shapes.iter().map(|s| of(s, DType::F64)));
        samples
    }
}
impl Tracer {
    /// The reduction of a stack `[…, n, n]` to Hessenberg form, `(a, taus)`, as `jax.lax.linalg.hessenberg`. Of floats and complex numbers of
    /// 32 or 64 bits. It has no derivative.
    #[track_caller]
    pub fn hessenberg(self) -> (Tracer, Tracer) {
        let outs = bind(Hessenberg.into(), &[self]);
        (outs[0], outs[1])
    }
}
