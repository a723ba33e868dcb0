//! `tridiagonal_solve dl d du b`: X with `a X = b`, where only three diagonals of `a` are not zero.

use super::{matrix::*, *};

/// Solves systems of equations whose matrices are tridiagonal.
///
/// The operands are the diagonal below the main one, `[…, n]`, whose first element is not read; the main one, `[…, n]`; the one above it, `[…, n]`,
/// whose last element is not read; and the right sides, `[…, n, k]`. Of a singular matrix the solutions are NaN.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TridiagonalSolve;

impl Primitive for TridiagonalSolve {
    fn name(&self) -> &'static str {
        "tridiagonal_solve"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 4)?;
        let (batch, n, _) = matrices(ins[3])?;
        let diagonals = [batch, &[n]].concat();
        match ins[..3].iter().find(|a| a.shape[..] != diagonals[..] || a.dtype != ins[3].dtype) {
            Some(a) => Err(format!("needs three diagonals {} for {}, got {a}", ins[3].with_shape(&diagonals), ins[3])),
            None => Ok(smallvec![ins[3].strong()]),
        }
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&ins.iter().map(|l| l.aval()).collect::<Vec<_>>())?;
        Ok(each_matrix(ins, &[true, true, true, false], &outs, ins[1].shape().len() - 1, |m| {
            let n = m[1].rows;
            let a = Matrix::from_fn(n, n, |i, j| match i as isize - j as isize {
                1 => m[0][(i, 0)],
                0 => m[1][(i, 0)],
                -1 => m[2][(i, 0)],
                _ => 0.0.into(),
            });
            let (lu, _, permutation) = super::lu::factor(&a);
            if (0..n).any(|i| lu[(i, i)] == 0.0.into()) {
                return None;
            }
            let mut x = Matrix::from_fn(n, m[3].columns, |i, j| m[3][(permutation[i], j)]);
            for j in 0..x.columns {
                for i in 0..n {
                    x[(i, j)] = (0..i).fold(x[(i, j)], |s, k| s - lu[(i, k)] * x[(k, j)]);
                }
                for i in (0..n).rev() {
                    x[(i, j)] = (i + 1..n).fold(x[(i, j)], |s, k| s - lu[(i, k)] * x[(k, j)]) / lu[(i, i)];
                }
            }
            Some(vec![x])
        }))
    }
    /// `d(a⁻¹ b) = a⁻¹ (db − da X)`.
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let (x, k, n) = (outs[0], dims(outs[0]).1, dims(outs[0]).0);
        // Row i of `x` moved to row i + 1 or i − 1.
        let moved = |by: isize| {
            let (mut low, mut high) = (vec![0; x.rank()], vec![0; x.rank()]);
            (low[x.rank() - 2], high[x.rank() - 2]) = (by, -by);
            x.pad(0.0, &low, &high, &vec![0; x.rank()])
        };
        let mut side = tangents[3];
        for (t, by) in tangents[..3].iter().zip([1, 0, -1]) {
            let by = if n == 0 { 0 } else { by };
            side = add_some(side, t.map(|t| -(along_columns(t, k) * if by == 0 { x } else { moved(by) })));
        }
        vec![side.map(|side| bind1(*self, &[ins[0], ins[1], ins[2], side]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        match (cts[0], ins) {
            (None, _) => vec![None; 4],
            (Some(ct), [Linear::Known(dl), Linear::Known(d), Linear::Known(du), Linear::Unknown(_)]) => {
                // Row i of the diagonal below stands in row i; in the transposed matrix it stands above, in row i − 1.
                let moved = |x: Tracer, by: isize| {
                    let (mut low, mut high) = (vec![0; x.rank()], vec![0; x.rank()]);
                    let by = if x.size() == 0 { 0 } else { by };
                    (low[x.rank() - 1], high[x.rank() - 1]) = (by, -by);
                    x.pad(0.0, &low, &high, &vec![0; x.rank()])
                };
                vec![None, None, None, Some(bind1(*self, &[moved(*du, 1), *d, moved(*dl, -1), ct]))]
            }
            _ => fail("tridiagonal_solve: cannot be transposed, since it is linear in its last operand only"),
        }
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        if ins[..3].iter().any(|i| i.batched) {
            return Batched::apply(*self, axis, ins);
        }
        // One matrix for all: more columns of one system.
        let place = ins[3].value.rank() - 2;
        let moved = ins[3].value.moveaxis(0, place as isize);
        let mut wide = moved.shape();
        wide[place] *= wide.remove(place + 1);
        let solved = bind1(*self, &[ins[0].value, ins[1].value, ins[2].value, moved.reshape(&wide)]);
        vec![Batched::new(solved.reshape(&moved.shape()).moveaxis(place as isize, 0))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        kernel(module, "tridiagonal_solve", ins, &[], outs)
    }
}
impl Registered for TridiagonalSolve {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<TridiagonalSolve, String>> {
        (name == "tridiagonal_solve").then_some(Ok(TridiagonalSolve))
    }
    fn samples() -> Vec<Sample> {
        let of = |b: &[usize], dtype| {
            let d = &b[..b.len() - 1];
            Sample::new(
                TridiagonalSolve,
                &[sample(d, dtype, 1), sample(d, dtype, 4), sample(d, dtype, 9), sample(b, dtype, 2)],
            )
        };
        let mut samples: Vec<Sample> = DTYPES.iter().map(|d| of(&[4, 2], *d)).collect();
        let shapes: [&[usize]; 6] = [&[2, 3, 1], &[2, 2], &[1, 2], &[0, 2], &[2, 0], &[0, 2, 1]];
        samples.extend(shapes.iter().map(|s| of(s, DType::F64)));
        // A zero on the diagonal needs a pivot; a matrix of zeros has no solution.
        let pivot = [[0.0f32, 3.0], [0.0, 2.0], [1.0, 0.0], [5.0, -1.0]].map(|d| Literal::from(d.to_vec()));
        let ins: Vec<Literal> = pivot[..3].iter().cloned().chain(pivot[3].reshaped(&[2, 1])).collect();
        samples.push(Sample::new(TridiagonalSolve, &ins));
        let zero = Literal::from(vec![0.0f32; 2]);
        let side: Vec<Literal> = pivot[3].reshaped(&[2, 1]).into_iter().collect();
        let singular = [&[zero.clone(), zero.clone(), zero][..], &side].concat();
        samples.push(Sample { derivative: false, ..Sample::new(TridiagonalSolve, &singular) });
        samples
    }
}
/// X with `a X = b`, where `a` has `dl` below its diagonal `d` and `du` above it, as `jax.lax.linalg.tridiagonal_solve`. The diagonals are `[…, n]` (the
/// first element of `dl` and the last of `du` are not read), `b` is `[…, n, k]`; all of one dtype, floats or complex numbers of 32 or 64 bits.
///
/// ```
/// use raxla_ir::{Literal, eval::eval, primitives::linalg::tridiagonal_solve, trace::trace};
/// let [dl, d, du] = [[0.0f32, 1.0], [2.0, 3.0], [4.0, 0.0]].map(|d| Literal::from(d.to_vec()));
/// let b = Literal::new(&[2, 1], &[10.0f32, 7.0]);
/// let avals = [&dl, &d, &du, &b].map(|x| x.aval().clone());
/// let program = trace(&avals, |x| vec![tridiagonal_solve(x[0], x[1], x[2], x[3])]).program;
/// assert_eq!(eval(&program, &[dl, d, du, b]).unwrap(), [Literal::new(&[2, 1], &[1.0f32, 2.0])]);
/// ```
#[track_caller]
pub fn tridiagonal_solve(dl: Tracer, d: Tracer, du: Tracer, b: Tracer) -> Tracer {
    bind1(TridiagonalSolve, &[dl, d, du, b])
}
