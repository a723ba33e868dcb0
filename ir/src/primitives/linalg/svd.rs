//! `svd[full_matrices, compute_uv] a`: singular values and vectors.

use super::{
    eigh::{rotate_columns, rotation},
    householder,
    matrix::*,
    *,
};

parameters! {
    /// The singular value decomposition `a = U diag(s) Vᴴ` of matrices of any shape `m × n`, with singular values in descending order.
    ///
    /// With `k` for `min(m, n)`, the outputs are U, `[…, m, k]`; s, real, `[…, k]`; and Vᴴ, `[…, k, n]`. With `full_matrices` U is `[…, m, m]` and
    /// Vᴴ is `[…, n, n]`: the further vectors are those by which a QR decomposition completes the others. Without `compute_uv` s is alone.
    Svd {
        /// Whether U and Vᴴ are square.
        full_matrices: bool,
        /// Whether there are U and Vᴴ.
        compute_uv: bool,
    }
}
impl Primitive for Svd {
    described!("svd");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let (batch, m, n) = matrices(a)?;
        let k = m.min(n);
        let s = like(a, batch, &[k]).with_dtype(a.dtype.real());
        if !self.compute_uv {
            return Ok(smallvec![s]);
        }
        let (columns, rows) = if self.full_matrices { (m, n) } else { (k, k) };
        Ok(smallvec![like(a, batch, &[m, columns]), s, like(a, batch, &[rows, n])])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            let a = a[0].is_finite().then_some(&a[0])?;
            let (mut u, s, mut v) = match a.rows >= a.columns {
                true => hestenes(a),
                false => {
                    let (v, s, u) = hestenes(&a.adjoint());
                    (u, s, v)
                }
            };
            for j in 0..s.len() {
                let turn = phase(&v.below(0, j));
                u.scale_column(j, turn);
                v.scale_column(j, turn);
            }
            if !self.compute_uv {
                return Some(vec![Matrix::reals(s)]);
            }
            if self.full_matrices {
                (u, v) = (completed(u), completed(v));
            }
            Some(vec![u, Matrix::reals(s), v.adjoint()])
        }))
    }
    /// With `P = Uᴴ dA V`: `ds = diag(Re P)`, and `dU = U X`, `dV = V Y` where X and Y are skew-Hermitian; beside the diagonal
    /// `X = F ∘ (P S + S Pᴴ)` and `Y = F ∘ (S P + Pᴴ S)` with `F_ij = 1 / (s_j² − s_i²)` (Giles, "An extended collection of matrix derivative results",
    /// 2008), 0 between equal singular values. What a matrix that is not square has outside the thin factors' range is added.
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let Some(t) = tangents[0] else { return vec![None; outs.len()] };
        let (m, n) = dims(ins[0]);
        let k = m.min(n);
        let (u, s, vh) = match outs {
            [u, s, vh] => (u.slice_axis(-1, 0, k), *s, vh.slice_axis(-2, 0, k)),
            _ => ins[0].svd(false),
        };
        let (dtype, v) = (t.dtype(), adjoint(vh));
        let p = product(product(adjoint(u), t), v);
        let ds = diagonal(if dtype.is_complex() { p.real() } else { p });
        if !self.compute_uv {
            return vec![Some(ds)];
        }
        let scales = s.astype(dtype);
        let (row, column) = (along_rows(scales, k), along_columns(scales, k));
        let f = eigh::inverse_differences(s, k);
        let sum = along_rows(s, k) + along_columns(s, k);
        let zero = sum.equal(sum.full_like(0.0));
        let f = (zero.select(f.full_like(0.0), f) / zero.select(sum.full_like(1.0), sum)).astype(dtype);
        let (ps, sp) = (p * row, column * p);
        let mut x = f * (ps + adjoint(ps));
        if dtype.is_complex() {
            let none = column.equal(column.full_like(0.0));
            let safe = none.select(column.full_like(1.0), column);
            let turning = (p - real_part(p)) * eye(&p.shape(), dtype) / safe;
            x = x + none.select(turning.full_like(0.0), turning);
        }
        let mut du = product(u, x);
        let mut dv = product(v, f * (sp + adjoint(sp)));
        if m > n {
            let beyond = product(t, v);
            du = du + (beyond - product(u, product(adjoint(u), beyond))) / along_rows(scales, m);
        }
        if n > m {
            let beyond = product(adjoint(t), u);
            dv = dv + (beyond - product(v, product(vh, beyond))) / along_rows(scales, n);
        }
        if let Some(c) = gauge(v, dv, true) {
            (du, dv) = (du + u * along_rows(c, m), dv + v * along_rows(c, n));
        }
        if self.full_matrices {
            (du, dv) = (completed_tangent(u, du), completed_tangent(v, dv));
        }
        vec![Some(du), Some(ds), Some(adjoint(dv))]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        kernel(module, "svd", ins, &[("full_matrices", self.full_matrices)], outs)
    }
}
/// Hestenes' one-sided Jacobi method, of a matrix with at least as many rows as columns: pairs of columns are rotated until all are
/// orthogonal; their norms are the singular values.
fn hestenes(a: &Matrix) -> (Matrix, Vec<f64>, Matrix) {
    let (mut u, n) = (a.clone(), a.columns);
    let mut v = Matrix::identity(n);
    for _ in 0..60 {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                let (x, y) = (u.below(0, p), u.below(0, q));
                let gamma = x.iter().zip(&y).map(|(x, y)| x.conj() * y).sum();
                let (alpha, beta) = (norm(&x), norm(&y));
                let r = rotation(alpha * alpha, beta * beta, gamma, f64::EPSILON * alpha * beta);
                if let Some(r) = r {
                    rotated = true;
                    rotate_columns(&mut u, p, q, r);
                    rotate_columns(&mut v, p, q, r);
                }
            }
        }
        if !rotated {
            break;
        }
    }
    let s: Vec<f64> = (0..n).map(|j| norm(&u.below(0, j))).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| s[*j].total_cmp(&s[*i]));
    let (mut u, v) = (u.select_columns(&order), v.select_columns(&order));
    let s: Vec<f64> = order.into_iter().map(|j| s[j]).collect();
    // Columns whose norm is rounding have no direction: any that is orthogonal to the others will do.
    let rank = s.iter().filter(|x| **x > 1e-14 * s[0]).count();
    for j in 0..rank {
        u.scale_column(j, (1.0 / s[j]).into());
    }
    if rank < n {
        let all = completed(u.select_columns(&(0..rank).collect::<Vec<_>>()));
        u = all.select_columns(&(0..n).collect::<Vec<_>>());
    }
    (u, s, v)
}
/// Orthonormal columns with those by which Householder's QR decomposition completes them.
fn completed(u: Matrix) -> Matrix {
    let (packed, taus) = householder::factor(&u);
    let q = householder::product(&packed, &taus, u.rows);
    Matrix::from_fn(u.rows, u.rows, |i, j| if j < u.columns { u[(i, j)] } else { q[(i, j)] })
}
/// The tangent of what [`completed`] gives.
fn completed_tangent(u: Tracer, du: Tracer) -> Tracer {
    let (m, n) = dims(u);
    if m == n {
        return du;
    }
    let op = Qr { full_matrices: true };
    let outs = bind(op.clone().into(), &[u]);
    match op.tangent(&[u], &outs, &[Some(du)])[0] {
        Some(dq) => concatenate::concatenate(&[du, dq.slice_axis(-1, n, m)], -1),
        None => du,
    }
}
impl Registered for Svd {
    read_by_name!("svd");
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        for (full_matrices, compute_uv) in [(false, true), (true, true), (false, false)] {
            let op = Svd { full_matrices, compute_uv };
            let of = |shape: &[usize], dtype| Sample::new(op.clone(), &[sample(shape, dtype, 3)]);
            samples.extend(DTYPES.iter().map(|d| of(&[2, 2], *d)));
            let shapes: [&[usize]; 6] = [&[4, 2], &[2, 4], &[2, 3, 2], &[0, 2], &[2, 0], &[0, 2, 2]];
            samples.extend(shapes.iter().map(|s| of(s, DType::F64)));
            samples.extend([&[4, 2], &[2, 3]].iter().map(|s: &&[usize; 2]| of(&s[..], DType::C128)));
        }
        samples
    }
}
impl Tracer {
    /// The thin singular value decomposition `(u, s, vh)` of a stack `[…, m, n]`, as `jax.lax.linalg.svd`; with `full_matrices` u and vh are
    /// square. Of floats and complex numbers of 32 or 64 bits. The first element of each right singular vector that is near its greatest
    /// is positive.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let a = Literal::new(&[2, 2], &[0.0f64, 2.0, 3.0, 0.0]);
    /// let program = trace(&[a.aval().clone()], |x| vec![x[0].svd(false).1]).program;
    /// assert_eq!(eval(&program, &[a]).unwrap(), [Literal::from(vec![3.0f64, 2.0])]);
    /// ```
    #[track_caller]
    pub fn svd(self, full_matrices: bool) -> (Tracer, Tracer, Tracer) {
        let outs = bind(Svd { full_matrices, compute_uv: true }.into(), &[self]);
        (outs[0], outs[1], outs[2])
    }
    /// The singular values of a stack `[…, m, n]`, in descending order, `[…, min(m, n)]`.
    #[track_caller]
    pub fn singular_values(self) -> Tracer {
        bind1(Svd { full_matrices: false, compute_uv: false }, &[self])
    }
}
