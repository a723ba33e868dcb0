//! `eigh[lower, sort_eigenvalues] a`: eigenvalues and eigenvectors of Hermitian matrices.

use super::{matrix::*, *};
use num_complex::Complex64;

parameters! {
    /// The eigendecomposition `a = V diag(w) Vᴴ` of Hermitian matrices, of which one triangle is read.
    ///
    /// Outputs: the eigenvectors in the columns of V, `[…, n, n]`, and the eigenvalues, real, `[…, n]`, in ascending order.
    Eigh {
        /// Whether the lower triangle is read; else the upper one.
        lower: bool,
        /// Whether eigenvalues must ascend; if not, a device may leave them in any order. CPUs always sort.
        sort_eigenvalues: bool,
    }
}
impl Primitive for Eigh {
    described!("eigh");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let (batch, n) = squares(a)?;
        Ok(smallvec![a.strong(), like(a, batch, &[n]).with_dtype(a.dtype.real())])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            let a = a[0].hermitian(self.lower);
            let (v, w) = a.is_finite().then(|| jacobi(a))?;
            Some(vec![v, Matrix::reals(w)])
        }))
    }
    /// First-order perturbation theory: with `P = Vᴴ dA V`, `dw = diag(P)` and `dV = V (F ∘ P)`, `F_ij = 1 / (w_j − w_i)`. Between equal
    /// eigenvalues F is 0: their vectors may turn into each other, and what does not depend on that has this derivative.
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let Some(t) = tangents[0] else { return vec![None; 2] };
        let (v, w) = (outs[0], outs[1]);
        let n = dims(ins[0]).1;
        let p = product(product(adjoint(v), hermitian(t, self.lower)), v);
        let f = inverse_differences(w, n).astype(v.dtype());
        let dv = product(v, f * p);
        let dv = match gauge(v, dv, true) {
            Some(c) => dv + v * along_rows(c, n),
            None => dv,
        };
        let dw = diagonal(if p.dtype().is_complex() { p.real() } else { p });
        vec![Some(dv), Some(dw)]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if module.platform() == Platform::Cpu || outs[0].size() == 0 {
            return kernel(module, "eigh", ins, &[("lower", self.lower)], outs);
        }
        // XLA's own Jacobi method takes: lower, sorted, sweeps, tolerance.
        let epsilon = if outs[1].dtype == DType::F32 { 1e-6 } else { 1e-14 };
        let flag = |yes| if yes { 1 } else { 0 };
        let attributes = format!(
            "call_target_name = \"Eigh\", backend_config = \"{},{},100,{epsilon:e}\"",
            flag(self.lower),
            flag(self.sort_eigenvalues)
        );
        let found = module.op("stablehlo.custom_call", ins, &attributes, &[], outs);
        let vectors = module.emit(&found[..1], |v| {
            let n = dims(v[0]).0;
            let chosen = pivots(v[0]).select(v[0], v[0].full_like(0.0)).sum_axes(-2);
            vec![v[0] * along_rows(conjugate(chosen) / chosen.abs().astype(chosen.dtype()), n)]
        });
        vec![vectors[0].clone(), found[1].clone()]
    }
}
/// `1 / (w_j − w_i)`, and 0 where they are equal.
pub(super) fn inverse_differences(w: Tracer, n: usize) -> Tracer {
    let difference = along_rows(w, n) - along_columns(w, n);
    let equal = difference.equal(difference.full_like(0.0));
    let safe = equal.select(difference.full_like(1.0), difference);
    equal.select(difference.full_like(0.0), safe.full_like(1.0) / safe)
}
/// The unitary `[[c, s], [−s ē, c ē]]` that makes `[[α, γ], [γ̄, β]]` diagonal, as `(c, s, ē)`; `None` if it is diagonal already, to
/// within `tolerance`.
pub(super) fn rotation(alpha: f64, beta: f64, gamma: Complex64, tolerance: f64) -> Option<(f64, f64, Complex64)> {
    let size = gamma.norm();
    if size <= tolerance {
        return None;
    }
    let theta = (beta - alpha) / (2.0 * size);
    let t = 1f64.copysign(theta) / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    Some((c, t * c, gamma.conj() / size))
}
/// Columns `p` and `q` of `a` times the matrix of [`rotation`].
pub(super) fn rotate_columns(a: &mut Matrix, p: usize, q: usize, (c, s, e): (f64, f64, Complex64)) {
    for i in 0..a.rows {
        let (x, y) = (a[(i, p)], a[(i, q)] * e);
        (a[(i, p)], a[(i, q)]) = (x * c - y * s, x * s + y * c);
    }
}
/// Jacobi's method: planes are rotated, one after the other, until all that is beside the diagonal is rounded away.
fn jacobi(mut a: Matrix) -> (Matrix, Vec<f64>) {
    let n = a.rows;
    let (mut v, size) = (Matrix::identity(n), a.norm());
    for _ in 0..60 {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                let r = rotation(a[(p, p)].re, a[(q, q)].re, a[(p, q)], f64::EPSILON * 1e-3 * size);
                if let Some(r) = r {
                    rotated = true;
                    rotate_columns(&mut a, p, q, r);
                    a = a.adjoint();
                    rotate_columns(&mut a, p, q, r);
                    a = a.adjoint();
                    rotate_columns(&mut v, p, q, r);
                }
            }
        }
        if !rotated {
            break;
        }
    }
    let w: Vec<f64> = (0..n).map(|i| a[(i, i)].re).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| w[*i].total_cmp(&w[*j]));
    let mut v = v.select_columns(&order);
    for j in 0..n {
        let turn = phase(&v.below(0, j));
        v.scale_column(j, turn);
    }
    (v, order.into_iter().map(|i| w[i]).collect())
}
impl Registered for Eigh {
    read_by_name!("eigh");
    fn samples() -> Vec<Sample> {
        let of = |lower, shape: &[usize], dtype, seed| {
            Sample::new(Eigh { lower, sort_eigenvalues: true }, &[hermitian_sample(shape, dtype, seed, 0.0)])
        };
        let mut samples: Vec<Sample> = DTYPES.iter().map(|d| of(true, &[3, 3], *d, 1)).collect();
        samples.extend([&[3, 3][..], &[2, 2, 2], &[1, 1], &[0, 0], &[0, 2, 2]].map(|s| of(false, s, DType::F64, 3)));
        // One triangle is not the other's mirror.
        samples.extend(
            [true, false]
                .map(|lower| Sample::new(Eigh { lower, sort_eigenvalues: true }, &[sample(&[3, 3], DType::C128, 6)])),
        );
        samples
    }
}
impl Tracer {
    /// The eigenvectors and eigenvalues `(v, w)` of a stack `[…, n, n]` of Hermitian matrices, as `jax.lax.linalg.eigh`: `a v = v diag(w)`, with w
    /// real and ascending. Of floats and complex numbers of 32 or 64 bits. The first element of each vector that is near its greatest is
    /// positive.
    ///
    /// With `symmetrize_input` the matrix is replaced by `(a + aᴴ) / 2` first; else its lower triangle (`lower`) or upper one is read alone.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let a = Literal::new(&[2, 2], &[1.0f64, 0.0, 0.0, -3.0]);
    /// let program = trace(&[a.aval().clone()], |x| {
    ///     let (v, w) = x[0].eigh(true, true);
    ///     vec![v, w]
    /// });
    /// let outs = eval(&program.program, &[a]).unwrap();
    /// assert_eq!(outs, [Literal::new(&[2, 2], &[0.0f64, 1.0, 1.0, 0.0]), Literal::from(vec![-3.0f64, 1.0])]);
    /// ```
    #[track_caller]
    pub fn eigh(self, lower: bool, symmetrize_input: bool) -> (Tracer, Tracer) {
        or_fail("eigh", self.with_aval(|a| squares(a).map(drop)));
        let a = if symmetrize_input { symmetrized(self) } else { self };
        let outs = bind(Eigh { lower, sort_eigenvalues: true }.into(), &[a]);
        (outs[0], outs[1])
    }
}
