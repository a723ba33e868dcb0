//! `triangular_solve[…] a b`: X with `op(a) X = b` or `X op(a) = b`, for triangular `a`.

use super::{matrix::*, *};

parameters! {
    /// Solves systems of equations whose matrices are triangular, by substitution.
    ///
    /// Only one triangle of `a` is read, and with `unit_diagonal` not even its diagonal. A zero on the diagonal gives infinities and NaN.
    TriangularSolve {
        /// Whether the unknown stands to the right of the matrix, `op(a) X = b`; else `X op(a) = b`.
        left_side: bool,
        /// Whether `a` is lower triangular; else upper.
        lower: bool,
        /// Whether `op` transposes.
        transpose_a: bool,
        /// Whether `op` conjugates.
        conjugate_a: bool,
        /// Whether the diagonal is taken to be all ones.
        unit_diagonal: bool,
    }
}
impl TriangularSolve {
    /// `op` of a matrix that takes the place of `a`.
    fn applied(&self, a: Tracer) -> Tracer {
        let a = if self.transpose_a { transposed(a) } else { a };
        if self.conjugate_a { conjugate(a) } else { a }
    }
}
impl Primitive for TriangularSolve {
    described!("triangular_solve");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 2)?;
        let (batch, n) = squares(ins[0])?;
        let (others, rows, columns) = matrices(ins[1])?;
        if ins[0].dtype != ins[1].dtype {
            return Err(format!("operands must have one dtype, got {} and {}", ins[0], ins[1]));
        }
        if batch != others || n != if self.left_side { rows } else { columns } {
            let side = if self.left_side { "rows" } else { "columns" };
            return Err(format!("the {side} of {} and those of {} must be as many, in equal stacks", ins[1], ins[0]));
        }
        Ok(smallvec![ins[1].strong()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&[ins[0].aval(), ins[1].aval()])?;
        Ok(each_matrix(ins, &[false; 2], &outs, ins[0].shape().len() - 2, |m| {
            let n = m[0].rows;
            let element = |i: usize, j: usize| {
                let (r, c) = if self.transpose_a { (j, i) } else { (i, j) };
                let z = match r == c {
                    true if self.unit_diagonal => 1.0.into(),
                    false if (r > c) != self.lower => 0.0.into(),
                    _ => m[0][(r, c)],
                };
                if self.conjugate_a { z.conj() } else { z }
            };
            let a = Matrix::from_fn(n, n, element);
            // X op(a) = b is op(a)ᵀ Xᵀ = bᵀ.
            let turn = |x: &Matrix| Matrix::from_fn(x.columns, x.rows, |i, j| x[(j, i)]);
            Some(vec![match self.left_side {
                true => substitute(&a, m[1].clone(), self.lower != self.transpose_a),
                false => turn(&substitute(&turn(&a), turn(&m[1]), self.lower == self.transpose_a)),
            }])
        }))
    }
    /// `d(op(a)⁻¹ b) = op(a)⁻¹ (db − op(da) X)`.
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let from_a = tangents[0].map(|t| {
            let k = isize::from(self.unit_diagonal);
            let part = self.applied(if self.lower { lower(t, -k) } else { upper(t, k) });
            -if self.left_side { product(part, outs[0]) } else { product(outs[0], part) }
        });
        vec![add_some(from_a, tangents[1]).map(|b| bind1(self.clone(), &[ins[0], b]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        match (cts[0], ins) {
            (None, _) => vec![None, None],
            (Some(ct), [Linear::Known(a), Linear::Unknown(_)]) => {
                let op = TriangularSolve { transpose_a: !self.transpose_a, ..self.clone() };
                vec![None, Some(bind1(op, &[*a, ct]))]
            }
            _ => fail("triangular_solve: cannot be transposed, since it is linear in its second operand only"),
        }
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let (a, b) = (ins[0], ins[1]);
        if a.batched {
            return Batched::apply(self.clone(), axis, ins);
        }
        // One matrix for all: more columns, or rows, of one system.
        let place = b.value.rank() - if self.left_side { 2 } else { 3 };
        let moved = b.value.moveaxis(0, place as isize);
        let mut wide = moved.shape();
        wide[place] *= wide.remove(place + 1);
        let solved = bind1(self.clone(), &[a.value, moved.reshape(&wide)]).reshape(&moved.shape());
        vec![Batched::new(solved.moveaxis(place as isize, 0))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if module.platform() == Platform::Cpu {
            let parameters = [
                ("left_side", self.left_side),
                ("lower", self.lower),
                ("transpose_a", self.transpose_a),
                ("conjugate_a", self.conjugate_a),
                ("unit_diagonal", self.unit_diagonal),
            ];
            return kernel(module, "triangular_solve", ins, &parameters, outs);
        }
        let ins = match self.conjugate_a && !self.transpose_a {
            true => vec![module.emit(&ins[..1], |a| vec![conjugate(a[0])]).remove(0), ins[1].clone()],
            false => ins.to_vec(),
        };
        let transpose = match (self.transpose_a, self.conjugate_a) {
            (false, _) => "NO_TRANSPOSE",
            (true, false) => "TRANSPOSE",
            (true, true) => "ADJOINT",
        };
        let attributes = format!(
            "left_side = {}, lower = {}, unit_diagonal = {}, transpose_a = #stablehlo<transpose {transpose}>",
            self.left_side, self.lower, self.unit_diagonal
        );
        vec![module.op1("stablehlo.triangular_solve", &ins, &attributes, &outs[0])]
    }
}
/// X with `a X = b` by substitution, from the first row on if `forward`.
fn substitute(a: &Matrix, mut x: Matrix, forward: bool) -> Matrix {
    let n = a.rows;
    for j in 0..x.columns {
        for step in 0..n {
            let i = if forward { step } else { n - 1 - step };
            let known = if forward { 0..i } else { i + 1..n };
            let rest = known.fold(x[(i, j)], |s, k| s - a[(i, k)] * x[(k, j)]);
            x[(i, j)] = if a[(i, i)] == 1.0.into() { rest } else { rest / a[(i, i)] };
        }
    }
    x
}
impl Registered for TriangularSolve {
    read_by_name!("triangular_solve");
    fn samples() -> Vec<Sample> {
        let op = |flags: usize| TriangularSolve {
            left_side: flags & 1 > 0,
            lower: flags & 2 > 0,
            transpose_a: flags & 4 > 0,
            conjugate_a: flags & 8 > 0,
            unit_diagonal: flags & 16 > 0,
        };
        let mut samples = vec![];
        let mut add = |flags, a: &[usize], b: &[usize], dtype| {
            samples.push(Sample::new(op(flags), &[hermitian_sample(a, dtype, 2, 4.0), sample(b, dtype, 5)]));
        };
        for flags in 0..32 {
            let dtype = if flags & 8 > 0 { DType::C128 } else { DType::F64 };
            let b = if flags & 1 > 0 { [3, 2] } else { [2, 3] };
            add(flags, &[3, 3], &b, dtype);
        }
        add(3, &[3, 3], &[3, 2], DType::F32);
        add(2, &[2, 2], &[4, 2], DType::C64);
        add(3, &[2, 2, 2], &[2, 2, 1], DType::F64);
        add(3, &[0, 0], &[0, 2], DType::F32);
        add(3, &[2, 2], &[2, 0], DType::F32);
        samples
    }
}
impl Tracer {
    /// Solves `op(a) X = b` (`left_side`) or `X op(a) = b` for X, where `a` is this stack `[…, n, n]` of triangular matrices, and `op`
    /// transposes or conjugates, as `jax.lax.linalg.triangular_solve`. `b` is `[…, n, k]` (left) or `[…, k, n]`, of the same leading axes and
    /// dtype: floats or complex numbers of 32 or 64 bits.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, primitives::TriangularSolve, trace::trace};
    /// let (a, b) = (Literal::new(&[2, 2], &[2.0f32, 0.0, 1.0, 4.0]), Literal::new(&[2, 1], &[2.0f32, 9.0]));
    /// let op = TriangularSolve { left_side: true, lower: true, ..TriangularSolve::default() };
    /// let program = trace(&[a.aval().clone(), b.aval().clone()], |x| vec![x[0].triangular_solve(x[1], op)]).program;
    /// assert_eq!(eval(&program, &[a, b]).unwrap(), [Literal::new(&[2, 1], &[1.0f32, 2.0])]);
    /// ```
    #[track_caller]
    pub fn triangular_solve(self, b: Tracer, op: TriangularSolve) -> Tracer {
        bind1(op, &[self, b])
    }
}
impl Default for TriangularSolve {
    /// `X a = b` with upper triangular `a`.
    fn default() -> TriangularSolve {
        TriangularSolve { left_side: false, lower: false, transpose_a: false, conjugate_a: false, unit_diagonal: false }
    }
}
