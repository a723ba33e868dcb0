//! `geqrf a`, `qr[full_matrices] a` and `column_pivots a`: QR decompositions, as reflections and as matrices, and the order of columns in
//! those with pivoting.

use super::{householder, matrix::*, *};
use crate::primitives::gather::GatherMode;

/// The QR decomposition as LAPACK's `geqrf` leaves it: R in the upper triangle of the first output, reflections below it, and their factors
/// τ, `[…, min(m, n)]`. [`HouseholderProduct`] makes Q of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Geqrf;

impl Primitive for Geqrf {
    fn name(&self) -> &'static str {
        "geqrf"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let (batch, m, n) = matrices(a)?;
        Ok(smallvec![a.strong(), like(a, batch, &[m.min(n)])])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            let (packed, taus) = a[0].is_finite().then(|| householder::factor(&a[0]))?;
            Some(vec![packed, Matrix::column(taus)])
        }))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if module.platform() == Platform::Cpu {
            return kernel(module, "geqrf", ins, &[], outs);
        }
        module.op("stablehlo.custom_call", ins, "call_target_name = \"Qr\"", &[], outs)
    }
}

parameters! {
    /// The QR decomposition of matrices of any shape `m × n`: Q with orthonormal columns, and R, upper triangular.
    ///
    /// With `k` for `min(m, n)`: Q is `[…, m, k]` and R is `[…, k, n]`, or, with `full_matrices`, `[…, m, m]` and `[…, m, n]`. The diagonal of R
    /// is real; the signs are those that LAPACK's reflections give.
    Qr {
        /// Whether Q is square.
        full_matrices: bool,
    }
}
impl Primitive for Qr {
    described!("qr");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let (batch, m, n) = matrices(a)?;
        let k = if self.full_matrices { m } else { m.min(n) };
        Ok(smallvec![like(a, batch, &[m, k]), like(a, batch, &[k, n])])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            let (packed, taus) = a[0].is_finite().then(|| householder::factor(&a[0]))?;
            let k = if self.full_matrices { packed.rows } else { taus.len() };
            let r = packed.upper();
            Some(vec![householder::product(&packed, &taus, k), Matrix::from_fn(k, r.columns, |i, j| r[(i, j)])])
        }))
    }
    /// Of the square or thin decomposition: with `C = Qᴴ dA R⁻¹`, `dQ = dA R⁻¹ + Q (Ω − C)` and `dR = (C − Ω) R`, where Ω is skew-Hermitian, equal to
    /// C below the diagonal and to its imaginary part on it (Townsend, "Differentiating the QR decomposition"). What columns a wide
    /// matrix has beyond the square follow from `R = Qᴴ A`.
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let Some(t) = tangents[0] else { return vec![None; 2] };
        let (m, n) = dims(ins[0]);
        let k = m.min(n);
        let (q, r) = (outs[0].slice_axis(-1, 0, k), outs[1].slice_axis(-2, 0, k).slice_axis(-1, 0, k));
        let scaled = bind1(TriangularSolve::default(), &[r, t.slice_axis(-1, 0, k)]);
        let c = product(adjoint(q), scaled);
        let below = lower(c, -1);
        let on_diagonal = c * eye(&c.shape(), c.dtype());
        let omega = below - adjoint(below) + on_diagonal - real_part(on_diagonal);
        let dq = scaled + product(q, omega - c);
        let dr = product(c - omega, r);
        if m < n {
            let rest = |x: Tracer| x.slice_axis(-1, k, n);
            let tail = product(adjoint(dq), rest(ins[0])) + product(adjoint(q), rest(t));
            return vec![Some(dq), Some(concatenate::concatenate(&[dr, tail], -1))];
        }
        if !self.full_matrices || m == n {
            return vec![Some(dq), Some(dr)];
        }
        let complement = outs[0].slice_axis(-1, n, m);
        let dr = grown(dr, m - n, 0);
        vec![Some(concatenate::concatenate(&[dq, complement_tangent(q, complement, dq)], -1)), Some(dr)]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if module.platform() == Platform::Cpu {
            return kernel(module, "qr", ins, &[("full_matrices", self.full_matrices)], outs);
        }
        let full = self.full_matrices;
        module.emit(ins, |a| {
            let (q, r) = from_reflections(a[0], full);
            vec![q, r]
        })
    }
}
/// The order of columns, `i32` from 0, in which each is the longest of what is left of them without their parts along those before: that of
/// LAPACK's `geqp3`. The QR decomposition with pivoting is that of the columns in this order. Matrices that are not finite keep theirs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnPivots;

impl Primitive for ColumnPivots {
    fn name(&self) -> &'static str {
        "column_pivots"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let (batch, _, n) = matrices(a)?;
        Ok(smallvec![like(a, batch, &[n]).with_dtype(DType::I32)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            let order = if a[0].is_finite() { householder::column_pivots(&a[0]) } else { (0..a[0].columns).collect() };
            Some(vec![Matrix::reals(order.into_iter().map(|i| i as f64))])
        }))
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![None]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        kernel(module, "column_pivots", ins, &[], outs)
    }
}
/// The decomposition by [`Geqrf`] and [`HouseholderProduct`].
fn from_reflections(a: Tracer, full: bool) -> (Tracer, Tracer) {
    let (m, n) = dims(a);
    let k = if full { m } else { m.min(n) };
    let (packed, taus) = a.geqrf();
    let wide = if k > n { grown(packed, 0, k - n) } else { packed.slice_axis(-1, 0, k) };
    (wide.householder_product(taus), upper(packed.slice_axis(-2, 0, k), 0))
}
/// Matrices with rows and columns of zeros added.
pub(super) fn grown(x: Tracer, rows: usize, columns: usize) -> Tracer {
    let rank = x.rank();
    let mut high = vec![0; rank];
    (high[rank - 2], high[rank - 1]) = (rows as isize, columns as isize);
    x.pad(0.0, &vec![0; rank], &high, &vec![0; rank])
}
/// The tangent of the columns that complete `q` (`m × n`) to the unitary `[q, rest]`, as LAPACK's reflections complete it: with the square
/// top `Q₁` of `q`, its rest `Q₂` and `Z = Q₂ (Q₁ − I)⁻¹` it is `dq Zᴴ − (q + rest Z) (dQ₂ − Z dQ₁)ᴴ` (Roberts and Roberts, arXiv:2409.13374).
pub(super) fn complement_tangent(q: Tracer, rest: Tracer, dq: Tracer) -> Tracer {
    let (m, n) = dims(q);
    let (top, bottom) = (|x: Tracer| x.slice_axis(-2, 0, n), |x: Tracer| x.slice_axis(-2, n, m));
    let one = eye(&top(q).shape(), q.dtype());
    let z_adjoint = solve(adjoint(top(q) - one), adjoint(bottom(q)));
    let z = adjoint(z_adjoint);
    product(dq, z_adjoint) - product(q + product(rest, z), adjoint(bottom(dq) - product(z, top(dq))))
}
impl Registered for Geqrf {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<Geqrf, String>> {
        (name == "geqrf").then_some(Ok(Geqrf))
    }
    fn samples() -> Vec<Sample> {
        let mut samples: Vec<Sample> = DTYPES.iter().map(|d| Sample::new(Geqrf, &[sample(&[3, 3], *d, 1)])).collect();
        let shapes: [&[usize]; 6] = [&[4, 2], &[2, 4], &[2, 3, 2], &[0, 2], &[2, 0], &[0, 2, 2]];
        samples.extend(shapes.iter().map(|s| Sample::new(Geqrf, &[sample(s, DType::F64, 4)])));
        samples.extend([[2, 3], [1, 3]].map(|s| Sample::new(Geqrf, &[sample(&s, DType::C128, 4)])));
        samples
    }
}
impl Registered for ColumnPivots {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<ColumnPivots, String>> {
        (name == "column_pivots").then_some(Ok(ColumnPivots))
    }
    fn samples() -> Vec<Sample> {
        let of = |shape: &[usize], dtype| Sample::new(ColumnPivots, &[sample(shape, dtype, 1)]);
        let mut samples: Vec<Sample> = DTYPES.iter().map(|d| of(&[3, 3], *d)).collect();
        let shapes: [&[usize]; 6] = [&[4, 2], &[2, 4], &[2, 3, 2], &[0, 2], &[2, 0], &[0, 2, 2]];
        samples.extend(shapes.iter().map(|s| of(s, DType::F64)));
        samples
    }
}
impl Registered for Qr {
    read_by_name!("qr");
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        for full_matrices in [false, true] {
            let of = |shape: &[usize], dtype| Sample::new(Qr { full_matrices }, &[sample(shape, dtype, 2)]);
            samples.extend(DTYPES.iter().map(|d| of(&[3, 3], *d)));
            let shapes: [&[usize]; 6] = [&[4, 2], &[2, 4], &[2, 3, 2], &[0, 2], &[2, 0], &[0, 2, 2]];
            samples.extend(shapes.iter().map(|s| of(s, DType::F64)));
            samples.extend([[4, 2], [2, 3], [3, 1]].map(|s| of(&s, DType::C128)));
        }
        samples
    }
}
impl Tracer {
    /// The QR decomposition of a stack `[…, m, n]` as reflections, as `jax.lax.linalg.geqrf`: `(a, taus)`. It has no derivative; [`Tracer::qr`]'s
    /// has.
    #[track_caller]
    pub fn geqrf(self) -> (Tracer, Tracer) {
        let outs = bind(Geqrf.into(), &[self]);
        (outs[0], outs[1])
    }
    /// The QR decomposition `(q, r)` of a stack `[…, m, n]`, as `jax.lax.linalg.qr`; with `full_matrices` Q is square. Of floats and complex
    /// numbers of 32 or 64 bits. The diagonal of R is real, and of the signs that LAPACK gives it.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let a = Literal::new(&[2, 1], &[3.0f32, 4.0]);
    /// let program = trace(&[a.aval().clone()], |x| {
    ///     let (q, r) = x[0].qr(false);
    ///     vec![q, r]
    /// });
    /// let outs = eval(&program.program, &[a]).unwrap();
    /// assert_eq!(outs, [Literal::new(&[2, 1], &[-0.6f32, -0.8]), Literal::new(&[1, 1], &[-5.0f32])]);
    /// ```
    #[track_caller]
    pub fn qr(self, full_matrices: bool) -> (Tracer, Tracer) {
        let outs = bind(Qr { full_matrices }.into(), &[self]);
        (outs[0], outs[1])
    }
    /// The QR decomposition with pivoting, `(q, r, columns)`: [`Tracer::qr`] of the matrix whose columns are those of this one in an order
    /// in which R's diagonal descends in size, that of LAPACK's `geqp3`.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let a = Literal::new(&[1, 3], &[1.0f32, -4.0, 2.0]);
    /// let program = trace(&[a.aval().clone()], |x| {
    ///     let (q, r, columns) = x[0].qr_pivoted(false);
    ///     vec![r, columns]
    /// });
    /// let outs = eval(&program.program, &[a]).unwrap();
    /// assert_eq!(outs, [Literal::new(&[1, 3], &[-4.0f32, 1.0, 2.0]), Literal::new(&[3], &[1, 0, 2])]);
    /// ```
    #[track_caller]
    pub fn qr_pivoted(self, full_matrices: bool) -> (Tracer, Tracer, Tracer) {
        let columns = bind1(ColumnPivots, &[self]);
        let rank = self.rank();
        let axes: Vec<usize> = (0..rank).filter(|axis| axis + 2 != rank).collect();
        let places = columns.broadcast(&self.shape(), &axes);
        let (q, r) = self.take_along_axis(places, -1, GatherMode::PromiseInBounds).qr(full_matrices);
        (q, r, columns)
    }
}
