//! `custom_linear_solve[…] captures … b …`: the solution of `A x = b`, found in a way of its own, whose derivative is that of the equation.

use super::*;
use crate::{
    primitives::call::{check_operands, owned},
    rewrite::{
        hoist::hoist_at,
        nested::{batch_of, closed, fixed_point, spread, tangents_through, unlowerable},
        zeros_like,
    },
    trace::inline,
};

parameters! {
    /// Solves `A x = b`, where the program `matvec` is what `A` does to a value.
    ///
    /// The operands are what the programs capture, all of them the same, and the leaves of `b`; the outputs are those of `x`, which have
    /// the same types, and whatever `solve` gives besides.
    LinearSolve {
        /// How many operands are captures.
        captures: usize,
        /// From captures and `x` to `A x`.
        matvec: Program,
        /// From captures and `b` to `x`, and anything else.
        solve: Program,
        /// From captures and `x` to `Aᵀ x`; known if the transposed equation can be solved.
        vecmat: Option<Program>,
        /// From captures and `b` to the solution of `Aᵀ x = b`, and anything else.
        transpose_solve: Option<Program>,
    }
}
impl LinearSolve {
    /// The equation of the transposed matrix.
    fn transposed(&self) -> Option<LinearSolve> {
        Some(LinearSolve {
            captures: self.captures,
            matvec: self.vecmat.clone()?,
            solve: self.transpose_solve.clone()?,
            vecmat: Some(self.matvec.clone()),
            transpose_solve: Some(self.solve.clone()),
        })
    }
    fn programs(&self) -> Vec<&Program> {
        [&self.matvec, &self.solve].into_iter().chain(&self.vecmat).chain(&self.transpose_solve).collect()
    }
    fn with(&self, captures: usize, f: &mut dyn FnMut(&Program) -> Program) -> LinearSolve {
        let (matvec, solve) = (f(&self.matvec), f(&self.solve));
        let (vecmat, transpose_solve) = (self.vecmat.as_ref().map(&mut *f), self.transpose_solve.as_ref().map(&mut *f));
        LinearSolve { captures, matvec, solve, vecmat, transpose_solve }
    }
    /// From `A x = b` follows `A ẋ = ḃ − Ȧ x`.
    fn derivative(&self, ins: &[Tracer], tangents: &[Option<Tracer>], linear: bool) -> Dual {
        let (captured, b) = ins.split_at(self.captures);
        let outs = bind(self.clone().into(), ins).to_vec();
        let at = [captured, &outs[..b.len()]].concat();
        let along = [&tangents[..self.captures], &vec![None; b.len()]].concat();
        let changes = tangents_through(&self.matvec, &at, &along, linear);
        let right = tangents[self.captures..].iter().zip(changes).map(|(b, a)| match (*b, a) {
            (Some(b), Some(a)) => Some(bind1(Binary::Sub, &[b, a])),
            (b, a) => b.or(a.map(|a| bind1(Unary::Neg, &[a]))),
        });
        let right: Vec<Option<Tracer>> = right.collect();
        let mut out_tangents = vec![None; outs.len()];
        if right.iter().any(Option::is_some) {
            let right = right.iter().zip(b).map(|(r, b)| r.unwrap_or_else(|| zeros_like(*b)));
            let found = bind(self.clone().into(), &captured.iter().copied().chain(right).collect::<Vec<_>>());
            out_tangents.iter_mut().zip(found).take(b.len()).for_each(|(slot, t)| *slot = Some(t));
        }
        Dual { outs, tangents: out_tangents }
    }
}
impl Primitive for LinearSolve {
    described!("custom_linear_solve");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let Some(b) = ins.get(self.captures..) else {
            return Err(format!("takes at least {} operands, got {}", self.captures, ins.len()));
        };
        if let Some(b) = b.iter().find(|b| !b.dtype.is_inexact()) {
            return Err(format!("takes floats and complex numbers on the right hand side, got {b}"));
        }
        let want: Vec<ShapedArray> = b.iter().map(|a| a.strong()).collect();
        let given = |p: &Program| p.out_avals().iter().map(ShapedArray::strong).collect::<Vec<_>>();
        for (what, program) in ["matvec", "solve", "vecmat", "transpose_solve"].into_iter().zip(self.programs()) {
            check_operands(program, ins).map_err(|e| format!("{what}: {e}"))?;
            let outs = given(program);
            if outs.get(..want.len()) != Some(&want[..]) {
                return Err(format!(
                    "{what} must give values of the types of the right hand side, {want:?}, got {outs:?}"
                ));
            }
        }
        if self.vecmat.is_some() != self.transpose_solve.is_some() {
            return Err("needs both of vecmat and transpose_solve, or neither".into());
        }
        Ok(given(&self.solve).into())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        crate::eval::eval(&self.solve, &owned(ins))
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        Some(self.derivative(ins, tangents, false))
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        Some(self.derivative(ins, tangents, true))
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let (captured, b) = ins.split_at(self.captures);
        let Some(op) = self.transposed() else {
            fail("custom_linear_solve: has no derivative in reverse mode without `transpose_solve`");
        };
        let Some(captured) = captured.iter().map(Linear::known).collect::<Option<Vec<_>>>() else {
            fail("custom_linear_solve: cannot be transposed, since it is not linear in the matrix");
        };
        let cts = cts.iter().zip(b).map(|(ct, b)| ct.unwrap_or_else(|| crate::rewrite::jvp::zeros(&b.aval().strong())));
        let outs = bind(op.into(), &captured.iter().copied().chain(cts).collect::<Vec<_>>());
        vec![None; self.captures].into_iter().chain(outs.into_iter().take(b.len()).map(Some)).collect()
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        // A leaf is batched in `x` and in `b` alike, in both equations: the least such choice.
        let (flags, range) = (ins.iter().map(|i| i.batched).collect(), self.captures..ins.len());
        let n = range.len();
        let (_, flags, _) = fixed_point(flags, range.clone(), |flags| {
            let any = |a: Vec<bool>, p: &&Program| {
                let outs = batch_of(p, axis, flags).1;
                a.iter().zip(outs).map(|(a, o)| *a || o).collect()
            };
            ((), self.programs().iter().fold(vec![false; n], any))
        });
        let batched = |program: &Program| {
            let (over, outs) = batch_of(program, axis, &flags);
            let wanted = [&flags[range.clone()], &outs[n..]].concat();
            (closed(&over.in_avals(), |args| spread(&inline(&over, args), &outs, &wanted, axis)), wanted)
        };
        let out_flags = batched(&self.solve).1;
        let op = self.with(self.captures, &mut |p| batched(p).0);
        let value = |(i, f): (&Batched, &bool)| if *f { i.spread(axis) } else { i.value };
        let outs = bind(op.into(), &ins.iter().zip(&flags).map(value).collect::<Vec<_>>());
        outs.into_iter().zip(out_flags).map(|(value, batched)| Batched { value, batched }).collect()
    }
    fn lower(&self, module: &mut Module, ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        module.inline(&self.solve, ins)
    }
    fn effectful(&self) -> bool {
        self.solve.effectful()
    }
    fn subprograms(&self) -> Vec<&Program> {
        self.programs()
    }
    fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        Some(self.with(self.captures, f).into())
    }
    fn hoisted(&self, large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> {
        let all: Vec<(&Program, usize)> = self.programs().into_iter().map(|p| (p, self.captures)).collect();
        let (programs, values) = hoist_at(&all, large)?;
        let mut programs = programs.into_iter();
        let op = self.with(self.captures + values.len(), &mut |p| programs.next().unwrap_or_else(|| p.clone()));
        Some(Hoisted { op: op.into(), at: self.captures, values })
    }
    fn unlowerable(&self) -> Option<String> {
        unlowerable(&self.solve)
    }
}
impl Registered for LinearSolve {
    read_by_name!("custom_linear_solve");
    fn samples() -> Vec<Sample> {
        let avals = [ShapedArray::new(&[2, 2], DType::F64), ShapedArray::new(&[2], DType::F64)];
        let times = |a: Tracer, x: Tracer| a.dot(x);
        // Cramer's rule.
        let cramer = |a: Tracer, b: Tracer| {
            let at = |i: usize, j: usize| a.slice(&[i, j], &[i + 1, j + 1], &[1, 1]).reshape(&[1]);
            let of = |i: usize| b.slice(&[i], &[i + 1], &[1]);
            let determinant = at(0, 0) * at(1, 1) - at(0, 1) * at(1, 0);
            let (x, y) = (of(0) * at(1, 1) - of(1) * at(0, 1), at(0, 0) * of(1) - at(1, 0) * of(0));
            concatenate::concatenate(&[x / determinant, y / determinant], 0)
        };
        let of = |f: &dyn Fn(Tracer, Tracer) -> Tracer| closed(&avals, |a| vec![f(a[0], a[1])]);
        let counted = closed(&avals, |a| vec![cramer(a[0], a[1]), crate::trace::constant(2i32)]);
        let general = LinearSolve {
            captures: 1,
            matvec: of(&times),
            solve: counted,
            vecmat: Some(of(&|a, x| times(a.t(), x))),
            transpose_solve: Some(of(&|a, b| cramer(a.t(), b))),
        };
        let forward_only = LinearSolve { solve: of(&cramer), vecmat: None, transpose_solve: None, ..general.clone() };
        // Two leaves, of which the second does not depend on the first; complex numbers; no captures.
        let pair = "program(%0: c128[], %1: c128[], %2: c128[2]) {
            %3: c128[] = mul %0 %1
            %4: c128[2] = add %2 %2
            return %3, %4 }";
        let pair_solved = "program(%0: c128[], %1: c128[], %2: c128[2]) {
            %3: c128[] = div %1 %0
            %4: c128[2] = constant (0.5,0.0)
            %5: c128[2] = mul %2 %4
            return %3, %5 }";
        let [pair, pair_solved]: [Program; 2] = [pair, pair_solved].map(|t| t.parse().expect("a program"));
        let symmetric = LinearSolve {
            captures: 1,
            matvec: pair.clone(),
            solve: pair_solved.clone(),
            vecmat: Some(pair),
            transpose_solve: Some(pair_solved),
        };
        let complex = |shape: &[usize], parts: &[(f64, f64)]| {
            let numbers = parts.iter().map(|p| num_complex::Complex64::new(p.0, p.1));
            Literal::from_complexes(ShapedArray::new(shape, DType::C128), numbers)
        };
        let ins = [Literal::new(&[2, 2], &[2.0, 0.5, -0.25, 3.0]), vec![1.0, -0.5].into()];
        let complex_ins =
            [complex(&[], &[(2.0, 1.0)]), complex(&[], &[(0.5, -1.0)]), complex(&[2], &[(1.0, 0.25), (-0.5, 2.0)])];
        vec![Sample::new(general, &ins), Sample::new(forward_only, &ins), Sample::new(symmetric, &complex_ins)]
    }
}
