//! `lu a`: the factors of a matrix whose rows are permuted, by Gauss's elimination with partial pivoting.

use super::{matrix::*, *};
use crate::primitives::gather::GatherMode;

/// The LU decomposition `P a = L U` of matrices of any shape `m × n`.
///
/// Outputs: U in the upper triangle and the unit lower triangular L below it, `[…, m, n]`; the pivots, `[…, min(m, n)]`, where pivot `i` says
/// which row was exchanged with row `i`; and the permutation, `[…, m]`, which says for each row of `P a` which row of `a` it is. The last
/// two are `i32`, from 0. Singular matrices have a decomposition, with zeros on U's diagonal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lu;

impl Primitive for Lu {
    fn name(&self) -> &'static str {
        "lu"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let (batch, m, n) = matrices(a)?;
        let ints = |k: usize| like(a, batch, &[k]).with_dtype(DType::I32);
        Ok(smallvec![a.strong(), ints(m.min(n)), ints(m)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval()])?;
        Ok(each_matrix(ins, &[false], &outs, ins[0].shape().len() - 2, |a| {
            let (lu, pivots, permutation) = factor(&a[0]);
            let ints = |v: Vec<usize>| Matrix::reals(v.into_iter().map(|i| i as f64));
            Some(vec![lu, ints(pivots), ints(permutation)])
        }))
    }
    /// `L⁻¹ P dA U⁻¹ = L⁻¹ dL + dU U⁻¹` is the sum of a strictly lower and an upper triangle; `dL = L tril(…, −1)`, `dU = triu(…) U`
    /// (de Hoog, Anderssen and Lukas, 2011). Where `a` is not square, L and U are completed by ones.
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let Some(t) = tangents[0] else { return vec![None; 3] };
        let (m, n) = dims(ins[0]);
        let (lu, k, rank) = (outs[0], m.min(n), ins[0].rank());
        let rows = outs[2].broadcast(&t.shape(), &(0..rank - 1).collect::<Vec<_>>());
        let permuted = t.take_along_axis(rows, -2, GatherMode::PromiseInBounds);
        let completed = |x: Tracer, size: usize| qr::grown(x, size - dims(x).0, size - dims(x).1);
        let l = completed(lower(lu.slice_axis(-1, 0, k), -1), m);
        let l = l + eye(&l.shape(), l.dtype());
        let u = completed(upper(lu.slice_axis(-2, 0, k), 0), n);
        let tail = iota::iota(DType::I32, &u.shape(), rank - 1).greater_equal(k as i32);
        let u = u + tail.select(eye(&u.shape(), u.dtype()), u.full_like(0.0));
        let forward = TriangularSolve { left_side: true, lower: true, unit_diagonal: true, ..Default::default() };
        let inner = permuted.solved_by(l, forward).solved_by(u, TriangularSolve::default());
        vec![Some(product(l, lower(inner, -1)) + product(upper(inner, 0), u)), None, None]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        match module.platform() {
            Platform::Tpu => {
                module.op("stablehlo.custom_call", ins, "call_target_name = \"LuDecomposition\"", &[], outs)
            }
            _ => kernel(module, "lu", ins, &[], outs),
        }
    }
}
impl Tracer {
    /// These right sides, solved by a triangular matrix.
    fn solved_by(self, a: Tracer, op: TriangularSolve) -> Tracer {
        bind1(op, &[a, self])
    }
}
/// Gauss's elimination; of each column the element of greatest `|re| + |im|` is the pivot, the first of equal ones.
pub(super) fn factor(a: &Matrix) -> (Matrix, Vec<usize>, Vec<usize>) {
    let (mut a, mut pivots, mut permutation) = (a.clone(), vec![], (0..a.rows).collect::<Vec<_>>());
    for k in 0..a.rows.min(a.columns) {
        let size = |a: &Matrix, i: usize| a[(i, k)].l1_norm();
        let pivot = (k + 1..a.rows).fold(k, |best, i| if size(&a, i) > size(&a, best) { i } else { best });
        for j in 0..a.columns {
            a.items.swap(k * a.columns + j, pivot * a.columns + j);
        }
        permutation.swap(k, pivot);
        pivots.push(pivot);
        if a[(k, k)] == 0.0.into() {
            continue;
        }
        for i in k + 1..a.rows {
            let factor = a[(i, k)] / a[(k, k)];
            a[(i, k)] = factor;
            for j in k + 1..a.columns {
                let product = factor * a[(k, j)];
                a[(i, j)] -= product;
            }
        }
    }
    (a, pivots, permutation)
}
impl Registered for Lu {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<Lu, String>> {
        (name == "lu").then_some(Ok(Lu))
    }
    fn samples() -> Vec<Sample> {
        let mut samples: Vec<Sample> = DTYPES.iter().map(|d| Sample::new(Lu, &[sample(&[3, 3], *d, 1)])).collect();
        let shapes: [&[usize]; 7] = [&[4, 2], &[2, 4], &[2, 2, 2], &[1, 3], &[0, 2], &[2, 0], &[0, 2, 2]];
        samples.extend(shapes.iter().map(|s| Sample::new(Lu, &[sample(s, DType::F64, 4)])));
        samples.push(Sample::new(Lu, &[sample(&[3, 2], DType::C128, 4)]));
        // Singular: the second step finds no pivot.
        let singular = Literal::new(&[3, 3], &[2.0f32, 4.0, 1.0, 1.0, 2.0, 3.0, 0.5, 1.0, -2.0]);
        samples.push(Sample { derivative: false, ..Sample::new(Lu, &[singular]) });
        samples
    }
}
impl Tracer {
    /// The LU decomposition with partial pivoting of a stack `[…, m, n]`, as `jax.lax.linalg.lu`: `(lu, pivots, permutation)`, where row `i` of
    /// `L U` is row `permutation[i]` of the matrix. Of floats and complex numbers of 32 or 64 bits.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let a = Literal::new(&[2, 2], &[1.0f32, 2.0, 4.0, 4.0]);
    /// let program = trace(&[a.aval().clone()], |x| {
    ///     let (lu, pivots, permutation) = x[0].lu();
    ///     vec![lu, pivots, permutation]
    /// });
    /// let [lu, pivots, permutation] = &eval(&program.program, &[a]).unwrap()[..] else { panic!() };
    /// assert_eq!(lu, &Literal::new(&[2, 2], &[4.0f32, 4.0, 0.25, 1.0]));
    /// assert_eq!((pivots, permutation), (&vec![1i32, 1].into(), &vec![1i32, 0].into()));
    /// ```
    #[track_caller]
    pub fn lu(self) -> (Tracer, Tracer, Tracer) {
        let outs = bind(Lu.into(), &[self]);
        (outs[0], outs[1], outs[2])
    }
}
/// X with `a X = b`, for stacks `[…, n, n]` and `[…, n, k]`, by an LU decomposition. Singular matrices give infinities and NaN.
///
/// ```
/// use raxla_ir::{Literal, eval::eval, primitives::linalg::solve, trace::trace};
/// let (a, b) = (Literal::new(&[2, 2], &[0.0f32, 2.0, 4.0, 4.0]), Literal::new(&[2, 1], &[2.0f32, 8.0]));
/// let program = trace(&[a.aval().clone(), b.aval().clone()], |x| vec![solve(x[0], x[1])]).program;
/// assert_eq!(eval(&program, &[a, b]).unwrap(), [Literal::new(&[2, 1], &[1.0f32, 1.0])]);
/// ```
#[track_caller]
pub fn solve(a: Tracer, b: Tracer) -> Tracer {
    let (lu, _, permutation) = a.lu();
    let rows = permutation.broadcast(&b.shape(), &(0..b.rank() - 1).collect::<Vec<_>>());
    let permuted = b.take_along_axis(rows, -2, GatherMode::PromiseInBounds);
    let op = TriangularSolve { left_side: true, ..Default::default() };
    let forward = TriangularSolve { lower: true, unit_diagonal: true, ..op.clone() };
    permuted.solved_by(lu, forward).solved_by(lu, op)
}
