//! `schur[compute_schur_vectors] a`: a triangular matrix that is unitarily similar.

use super::{matrix::*, *};

parameters! {
    /// The Schur decomposition `a = Z T Zᴴ` of square matrices, with unitary Z.
    ///
    /// Of complex matrices T is upper triangular. Of real ones it is real, and has a block `[[x, y], [z, x]]`, `y z < 0`, on its diagonal for each
    /// pair of complex eigenvalues. The eigenvalues come in the order in which the algorithm finds them. Outputs: T, and Z if wanted.
    Schur {
        /// Whether there is Z.
        compute_schur_vectors: bool,
    }
}
impl Primitive for Schur {
    described!("schur");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        squares(a)?;
        Ok(std::iter::repeat_n(a.strong(), 1 + usize::from(self.compute_schur_vectors)).collect())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            let real = !ins[0].dtype().is_complex();
            let (t, z) = a[0].is_finite().then(|| schur_form::schur(&a[0], real)).flatten()?;
            Some(vec![t, z])
        }))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        kernel(module, "schur", ins, &[], outs)
    }
}
impl Registered for Schur {
    read_by_name!("schur");
    fn samples() -> Vec<Sample> {
        let op = |compute_schur_vectors| Schur { compute_schur_vectors };
        // Those of which there is but one decomposition, whatever the algorithm.
        let triangular = |shape: &[usize], dtype| {
            let x = sample(shape, dtype, 2);
            let (n, zero) = (shape[shape.len() - 1], Literal::zeros(ShapedArray::new(&[], dtype)));
            x.gather(shape, Some(&zero), |i| (i / n % n <= i % n).then_some(i))
        };
        let mut samples: Vec<Sample> =
            DTYPES.iter().map(|d| Sample::new(op(true), &[triangular(&[3, 3], *d)])).collect();
        samples.push(Sample::new(op(false), &[triangular(&[2, 2, 2], DType::F64)]));
        samples.push(Sample::new(op(true), &[Literal::new(&[2, 2], &[1.0f64, 3.0, -2.0, 1.5])]));
        samples.push(Sample::new(op(true), &[Literal::new(&[1, 1], &[-2.0f32])]));
        samples.push(Sample::new(op(true), &[Literal::new::<f32>(&[0, 0], &[])]));
        samples.push(Sample::new(op(true), &[Literal::new(&[2, 2], &[1.0f32, f32::NAN, 0.0, 1.0])]));
        samples
    }
}
impl Tracer {
    /// The Schur decomposition `(t, z)` of a stack `[…, n, n]`, as `jax.lax.linalg.schur`: `a = z t zᴴ`. Of floats, whose `t` is real with 2 × 2
    /// blocks for pairs of complex eigenvalues, and complex numbers of 32 or 64 bits. It has no derivative.
    #[track_caller]
    pub fn schur(self) -> (Tracer, Tracer) {
        let outs = bind(Schur { compute_schur_vectors: true }.into(), &[self]);
        (outs[0], outs[1])
    }
}
