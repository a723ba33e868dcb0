//! `cholesky a`: the lower triangular L with `L Lᴴ = a`.

use super::{matrix::*, *};

/// The Cholesky factor of Hermitian positive definite matrices, of which the lower triangle is read.
///
/// The upper triangle of the result is zero. Of a matrix that is not positive definite the lower triangle is NaN.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cholesky;

impl Primitive for Cholesky {
    fn name(&self) -> &'static str {
        "cholesky"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        squares(a)?;
        Ok(smallvec![a.strong()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        let nan = num_complex::Complex64::new(f64::NAN, f64::NAN);
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            let n = a[0].rows;
            let failed = || Matrix::from_fn(n, n, |i, j| if i >= j { nan } else { 0.0.into() });
            Some(vec![factor(&a[0].hermitian(true)).unwrap_or_else(failed)])
        }))
    }
    /// With `dA = dL Lᴴ + L dLᴴ`: `L⁻¹ dA L⁻ᴴ` is a triangle plus its adjoint, so `dL = L φ(L⁻¹ dA L⁻ᴴ)`, where φ takes the lower triangle
    /// and half of the diagonal (Murray, arXiv:1602.07527).
    fn tangent(&self, _ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let l = outs[0];
        let derivative = |t: Tracer| {
            let solve = |left_side, transpose_a, b| {
                let op = TriangularSolve {
                    left_side,
                    lower: true,
                    transpose_a,
                    conjugate_a: transpose_a,
                    unit_diagonal: false,
                };
                bind1(op, &[l, b])
            };
            let inner = solve(true, false, solve(false, true, hermitian(t, true)));
            product(l, lower(inner, 0) - inner * eye(&inner.shape(), inner.dtype()) * 0.5)
        };
        vec![tangents[0].map(derivative)]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if module.platform() == Platform::Cpu {
            return kernel(module, "cholesky", ins, &[], outs);
        }
        let l = module.op1("stablehlo.cholesky", ins, "lower = true", &outs[0]);
        module.emit(&[l], |a| vec![lower(a[0], 0)])
    }
}
/// Cholesky and Banachiewicz: row by row; `None` if a pivot is not positive.
fn factor(a: &Matrix) -> Option<Matrix> {
    let mut l = Matrix::zeros(a.rows, a.rows);
    for i in 0..a.rows {
        for j in 0..=i {
            let rest = (0..j).fold(a[(i, j)], |s, k| s - l[(i, k)] * l[(j, k)].conj());
            l[(i, j)] = match i == j {
                true if rest.re > 0.0 && rest.re.is_finite() => rest.re.sqrt().into(),
                true => return None,
                false => rest / l[(j, j)].re,
            };
        }
    }
    Some(l)
}
impl Registered for Cholesky {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<Cholesky, String>> {
        (name == "cholesky").then_some(Ok(Cholesky))
    }
    fn samples() -> Vec<Sample> {
        let mut samples: Vec<Sample> =
            DTYPES.iter().map(|d| Sample::new(Cholesky, &[hermitian_sample(&[3, 3], *d, 1, 6.0)])).collect();
        samples.push(Sample::new(Cholesky, &[hermitian_sample(&[2, 2, 2], DType::F64, 3, 6.0)]));
        samples.push(Sample::new(Cholesky, &[Literal::new(&[1, 1], &[4.0f32])]));
        samples.push(Sample::new(Cholesky, &[Literal::new::<f32>(&[0, 0], &[])]));
        samples.push(Sample::new(Cholesky, &[Literal::new::<f32>(&[0, 2, 2], &[])]));
        // Not positive definite.
        samples.push(Sample {
            derivative: false,
            ..Sample::new(Cholesky, &[Literal::new(&[2, 2], &[1.0f32, 0.0, 2.0, 1.0])])
        });
        samples
    }
}
impl Tracer {
    /// The Cholesky factor of a stack `[…, n, n]` of Hermitian positive definite matrices: the lower triangular L with `L Lᴴ` equal to
    /// the matrix, as `jax.lax.linalg.cholesky`. Of floats and complex numbers of 32 or 64 bits. NaN where a matrix is not positive
    /// definite.
    ///
    /// With `symmetrize_input` the matrix is replaced by `(a + aᴴ) / 2` first, so that its derivative is Hermitian; else the lower
    /// triangle is read alone.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let a = Literal::new(&[2, 2], &[4.0f64, 2.0, 2.0, 5.0]);
    /// let program = trace(&[a.aval().clone()], |x| vec![x[0].cholesky(true)]).program;
    /// assert_eq!(eval(&program, &[a]).unwrap(), [Literal::new(&[2, 2], &[2.0f64, 0.0, 1.0, 2.0])]);
    /// ```
    #[track_caller]
    pub fn cholesky(self, symmetrize_input: bool) -> Tracer {
        or_fail("cholesky", self.with_aval(|a| squares(a).map(drop)));
        bind1(Cholesky, &[if symmetrize_input { symmetrized(self) } else { self }])
    }
}
