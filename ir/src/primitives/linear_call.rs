//! `linear_call[residuals, function, transposed] r … x …`: a function that is linear in some operands, and whose transpose the user gives.

use super::*;
use crate::{
    primitives::call::{check_operands, owned},
    rewrite::{
        hoist::hoist_at,
        jvp::zeros,
        nested::{batch_of, closed, fixed_point, spread, tangents_through, unlowerable},
    },
    trace::inline,
};

parameters! {
    /// Applies a program that is linear in all but the first operands.
    LinearCall {
        /// How many operands are residuals, in which it need not be linear.
        residuals: usize,
        /// From residuals and linear operands to outputs.
        function: Program,
        /// From residuals and cotangents of the outputs to those of the linear operands.
        transposed: Program,
    }
}
impl LinearCall {
    fn derivative(&self, ins: &[Tracer], tangents: &[Option<Tracer>], linear: bool) -> Dual {
        let outs = bind(self.clone().into(), ins).to_vec();
        let (residuals, operands) = ins.split_at(self.residuals);
        let (residual_tangents, along) = tangents.split_at(self.residuals);
        let mut out_tangents = vec![None; outs.len()];
        if along.iter().any(Option::is_some) {
            let along = along.iter().zip(operands).map(|(t, x)| t.unwrap_or_else(|| crate::rewrite::zeros_like(*x)));
            let found = bind(self.clone().into(), &residuals.iter().copied().chain(along).collect::<Vec<_>>());
            out_tangents = found.into_iter().map(Some).collect();
        }
        if residual_tangents.iter().any(Option::is_some) {
            let along = [residual_tangents, &vec![None; operands.len()]].concat();
            let more = tangents_through(&self.function, ins, &along, linear);
            out_tangents = out_tangents.into_iter().zip(more).map(|(a, b)| add_some(a, b)).collect();
        }
        Dual { outs, tangents: out_tangents }
    }
}
impl Primitive for LinearCall {
    described!("linear_call");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        check_operands(&self.function, ins).map_err(|e| format!("function: {e}"))?;
        let Some((residuals, operands)) = ins.split_at_checked(self.residuals) else {
            return Err(format!("takes at least {} operands, got {}", self.residuals, ins.len()));
        };
        let outs: Vec<ShapedArray> = self.function.out_avals().iter().map(ShapedArray::strong).collect();
        if let Some(other) = operands.iter().copied().chain(&outs).find(|a| !a.dtype.is_inexact()) {
            return Err(format!("takes floats and complex numbers to such, got {other}"));
        }
        let cts: Vec<&ShapedArray> = outs.iter().collect();
        check_operands(&self.transposed, &[residuals, &cts].concat()).map_err(|e| format!("transposed: {e}"))?;
        let want: Vec<ShapedArray> = operands.iter().map(|a| a.strong()).collect();
        let got: Vec<ShapedArray> = self.transposed.out_avals().iter().map(ShapedArray::strong).collect();
        if want != got {
            return Err(format!(
                "the transpose must give values of the types of the linear operands, {want:?}, got {got:?}"
            ));
        }
        Ok(outs.into())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        crate::eval::eval(&self.function, &owned(ins))
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        Some(self.derivative(ins, tangents, false))
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        Some(self.derivative(ins, tangents, true))
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let Some(residuals) = ins[..self.residuals].iter().map(Linear::known).collect::<Option<Vec<_>>>() else {
            fail("linear_call: cannot be transposed in a residual, in which it need not be linear");
        };
        let avals = self.function.out_avals();
        let cts = cts.iter().zip(avals).map(|(ct, a)| ct.unwrap_or_else(|| zeros(&a.strong())));
        let operands: Vec<Tracer> = residuals.into_iter().chain(cts).collect();
        let (function, transposed) = (self.transposed.clone(), self.function.clone());
        let found = bind(LinearCall { residuals: self.residuals, function, transposed }.into(), &operands);
        vec![None; self.residuals].into_iter().chain(found.into_iter().map(Some)).collect()
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        // An operand and its cotangent are batched alike, and so are an output and its own: the least such choice.
        let flags: Vec<bool> = ins.iter().map(|i| i.batched).collect();
        let (fixed, operands) = (&flags[..self.residuals], self.residuals..flags.len());
        let (out_flags, flags, _) = fixed_point(flags.clone(), operands.clone(), |flags| {
            let outs = batch_of(&self.function, axis, flags).1;
            let back = batch_of(&self.transposed, axis, &[fixed, &outs].concat()).1;
            (outs, back)
        });
        let batched = |program: &Program, ins: &[bool], outs: &[bool]| {
            let (over, flags) = batch_of(program, axis, ins);
            closed(&over.in_avals(), |args| spread(&inline(&over, args), &flags, outs, axis))
        };
        let function = batched(&self.function, &flags, &out_flags);
        let transposed = batched(&self.transposed, &[fixed, &out_flags].concat(), &flags[operands]);
        let op = LinearCall { residuals: self.residuals, function, transposed };
        let value = |(i, f): (&Batched, &bool)| if *f { i.spread(axis) } else { i.value };
        let outs = bind(op.into(), &ins.iter().zip(&flags).map(value).collect::<Vec<_>>());
        outs.into_iter().zip(out_flags).map(|(value, batched)| Batched { value, batched }).collect()
    }
    fn lower(&self, module: &mut Module, ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        module.inline(&self.function, ins)
    }
    fn effectful(&self) -> bool {
        self.function.effectful()
    }
    fn subprograms(&self) -> Vec<&Program> {
        vec![&self.function, &self.transposed]
    }
    fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        let (function, transposed) = (f(&self.function), f(&self.transposed));
        Some(LinearCall { function, transposed, ..self.clone() }.into())
    }
    fn hoisted(&self, large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> {
        let n = self.residuals;
        let (programs, values) = hoist_at(&[(&self.function, n), (&self.transposed, n)], large)?;
        let (function, transposed) = (programs[0].clone(), programs[1].clone());
        Some(Hoisted { op: LinearCall { residuals: n + values.len(), function, transposed }.into(), at: n, values })
    }
    fn unlowerable(&self) -> Option<String> {
        unlowerable(&self.function)
    }
}
impl Registered for LinearCall {
    read_by_name!("linear_call");
    fn samples() -> Vec<Sample> {
        // Linear operands of two types to outputs of two others, with a residual in which it is not linear, and one of integers.
        let function = "program(%0: f64[], %1: i32[], %2: f64[2], %3: f64[]) {
            %4: f64[] = sin %0
            %5: f64[2] = broadcast[shape=[2], dims=[]] %4
            %6: f64[2] = mul %2 %5
            %7: f64[2] = broadcast[shape=[2], dims=[]] %3
            %8: f64[2] = add %6 %7
            %9: f64[] = mul %3 %0
            return %9, %8 }";
        let transposed = "program(%0: f64[], %1: i32[], %2: f64[], %3: f64[2]) {
            %4: f64[] = sin %0
            %5: f64[2] = broadcast[shape=[2], dims=[]] %4
            %6: f64[2] = mul %3 %5
            %7: f64[] = reduce_sum[axes=[0]] %3
            %8: f64[] = mul %2 %0
            %9: f64[] = add %7 %8
            return %6, %9 }";
        let halved = "program(%0: f32[0]) {\n %1: f32[0] = constant 0.5\n %2: f32[0] = mul %0 %1\n return %2 }";
        let [function, transposed, halved]: [Program; 3] =
            [function, transposed, halved].map(|t| t.parse().expect("a program"));
        let ins = [0.5.into(), 3i32.into(), vec![1.0, -2.0].into(), 0.75.into()];
        vec![
            Sample::new(LinearCall { residuals: 2, function, transposed }, &ins),
            Sample::new(
                LinearCall { residuals: 0, function: halved.clone(), transposed: halved },
                &[Literal::new::<f32>(&[0], &[])],
            ),
        ]
    }
}
