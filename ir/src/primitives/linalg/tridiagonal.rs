//! `tridiagonal[lower] a`: a real tridiagonal matrix that is unitarily similar to a Hermitian one.

use super::{householder, matrix::*, *};

parameters! {
    /// The reduction `a = Q T Qᴴ` of Hermitian matrices to real tridiagonal form, as LAPACK's `sytrd` and `hetrd` leave it.
    ///
    /// Outputs: the operand, in one triangle of which T and the reflections stand; the diagonal of T, real, `[…, n]`; the diagonal beside it,
    /// real, `[…, n − 1]`; and the factors τ, `[…, n − 1]`.
    Tridiagonal {
        /// Whether the lower triangle is read and written; else the upper one.
        lower: bool,
    }
}
impl Primitive for Tridiagonal {
    described!("tridiagonal");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let (batch, n) = squares(a)?;
        if n == 0 {
            return Err(format!("takes matrices of at least one row, got {a}"));
        }
        let real = |n: usize| like(a, batch, &[n]).with_dtype(a.dtype.real());
        Ok(smallvec![a.strong(), real(n), real(n - 1), like(a, batch, &[n - 1])])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            a[0].hermitian(self.lower).is_finite().then(|| match self.lower {
                true => reduce(&a[0]).to_vec(),
                // The upper triangle is the lower one, seen from the other end.
                false => reduce(&from_the_end(&a[0])).iter().map(from_the_end).collect(),
            })
        }))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        kernel(module, "tridiagonal", ins, &[("lower", self.lower)], outs)
    }
}
fn from_the_end(a: &Matrix) -> Matrix {
    Matrix { items: a.items.iter().rev().copied().collect(), ..*a }
}
/// The reduction by the lower triangle.
fn reduce(a: &Matrix) -> [Matrix; 4] {
    let (n, mut packed, mut t) = (a.rows, a.clone(), a.hermitian(true));
    let (mut beside, mut taus) = (vec![], vec![]);
    for k in 0..n - 1 {
        let mut v = t.below(k + 1, k);
        let (beta, tau) = householder::reflector(&mut v);
        householder::apply_left(&mut t, &v, tau.conj(), k + 1, 0);
        householder::apply_right(&mut t, &v, tau, k + 1);
        householder::store(&mut packed, k + 1, k, beta, &v);
        beside.push(beta);
        taus.push(tau);
    }
    let on: Vec<f64> = (0..n).map(|i| t[(i, i)].re).collect();
    for (i, x) in on.iter().enumerate() {
        packed[(i, i)] = (*x).into();
    }
    [packed, Matrix::reals(on), Matrix::column(beside), Matrix::column(taus)]
}
impl Registered for Tridiagonal {
    read_by_name!("tridiagonal");
    fn samples() -> Vec<Sample> {
        let of = |lower, shape: &[usize], dtype| Sample::new(Tridiagonal { lower }, &[sample(shape, dtype, 3)]);
        let mut samples = vec![];
        for lower in [true, false] {
            samples.extend(DTYPES.iter().map(|d| of(lower, &[4, 4], *d)));
            let shapes: [&[usize]; 4] = [&[2, 3, 3], &[2, 2], &[1, 1], &[0, 2, 2]];
            samples.extend(shapes.iter().map(|s| of(lower, s, DType::F64)));
        }
        samples
    }
}
impl Tracer {
    /// The reduction of a stack `[…, n, n]` of Hermitian matrices, of which one triangle is read, to real tridiagonal form, as
    /// `jax.lax.linalg.tridiagonal`: `(a, d, e, taus)`. Of floats and complex numbers of 32 or 64 bits. It has no derivative.
    #[track_caller]
    pub fn tridiagonal(self, lower: bool) -> (Tracer, Tracer, Tracer, Tracer) {
        let outs = bind(Tridiagonal { lower }.into(), &[self]);
        (outs[0], outs[1], outs[2], outs[3])
    }
}
