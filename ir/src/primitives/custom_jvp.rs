//! `custom_jvp[…] x …`: a function whose derivative the user gives.

use super::{
    call::{check_operands, owned},
    *,
};
use crate::{
    program::Source,
    rewrite::{self, hoist::hoist_applied, nested::closed},
    trace::{bind_at, fail_at, trace},
};
use std::panic::Location;

parameters! {
    /// Applies a program whose derivative is another program.
    ///
    /// The operands are the arguments, then what `function` captured, then what `derivative` captured.
    CustomJvp {
        /// What the function is called.
        name: String,
        /// How many operands are arguments.
        arguments: usize,
        /// How many operands after them are captures of `function`.
        captures: usize,
        /// From arguments and captures to outputs.
        function: Program,
        /// From arguments, tangents of the float arguments, and captures of its own, to outputs and tangents of the float outputs.
        derivative: Program,
    }
}
impl CustomJvp {
    fn derivative_ins(&self, ins: &[Tracer], tangents: &[Tracer]) -> Vec<Tracer> {
        [&ins[..self.arguments], tangents, &ins[self.arguments + self.captures..]].concat()
    }
}
impl Primitive for CustomJvp {
    described!("custom_jvp");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        if ins.len() < self.arguments + self.captures {
            return Err(format!("takes at least {} operands, got {}", self.arguments + self.captures, ins.len()));
        }
        check_operands(&self.function, &ins[..self.arguments + self.captures])?;
        Ok(self.function.out_avals().into())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        crate::eval::eval(&self.function, &owned(&ins[..self.arguments + self.captures]))
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        if tangents[..self.arguments + self.captures].iter().all(Option::is_none) {
            return Some(constant_outputs(self.clone().into(), ins));
        }
        if tangents[self.arguments..].iter().any(Option::is_some) {
            fail(format!(
                "custom_jvp: `{}` cannot be differentiated in a value that it captured; make that value an argument",
                self.name
            ));
        }
        let floats = (0..self.arguments).filter(|i| ins[*i].dtype().is_inexact());
        let tangents: Vec<Tracer> =
            floats.map(|i| tangents[i].unwrap_or_else(|| rewrite::zeros_like(ins[i]))).collect();
        // Without calls, so that under `linearize` each equation finds its place by what it depends on.
        let mut outs = rewrite::inline_bodies(&self.derivative, &self.derivative_ins(ins, &tangents));
        let mut out_tangents = outs.split_off(self.function.outs.len()).into_iter();
        // A loop in the rule that carries values and tangents together goes with the tangents; then the function gives the values.
        if outs.iter().any(|o| crate::trace::is_linear(*o)) {
            outs = rewrite::inline_bodies(&self.function, &ins[..self.arguments + self.captures]);
        }
        let tangents = outs.iter().map(|o| if o.dtype().is_inexact() { out_tangents.next() } else { None }).collect();
        Some(Dual { outs, tangents })
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let values: Vec<Tracer> = ins.iter().map(|i| i.spread(axis)).collect();
        let op = CustomJvp {
            function: batched_program(&self.function, axis),
            derivative: batched_program(&self.derivative, axis),
            ..self.clone()
        };
        bind(op.into(), &values).into_iter().map(Batched::new).collect()
    }
    fn lower(&self, module: &mut Module, ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        module.inline(&self.function, &ins[..self.arguments + self.captures])
    }
    fn ordered(&self) -> bool {
        self.function.ordered()
    }
    fn in_order(&self, token: Tracer, ins: &[Tracer]) -> (Tracer, Vec<Tracer>) {
        rewrite::order::in_order(&self.function, token, &ins[..self.arguments + self.captures])
    }
    fn effectful(&self) -> bool {
        self.function.effectful()
    }
    fn subprograms(&self) -> Vec<&Program> {
        vec![&self.function, &self.derivative]
    }
    fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        let (function, derivative) = (f(&self.function), f(&self.derivative));
        Some(CustomJvp { function, derivative, ..self.clone() }.into())
    }
    fn hoisted(&self, large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> {
        hoist_applied(&self.function, large, |function| {
            let captures = function.ins.len() - self.arguments;
            CustomJvp { captures, function, ..self.clone() }.into()
        })
    }
}
/// A program over a batch, with every input and output batched.
pub(super) fn batched_program(program: &Program, axis: &BatchAxis) -> Program {
    batched_in_first(program, program.ins.len(), axis)
}
/// A program over a batch, with so many inputs and every output batched.
pub(super) fn batched_in_first(program: &Program, count: usize, axis: &BatchAxis) -> Program {
    let mut avals = program.in_avals();
    avals[..count].iter_mut().for_each(|a| *a = a.with_shape(&prepend(axis.size, &a.shape)));
    closed(&avals, |args| {
        let batched = |(i, value): (usize, &Tracer)| Batched { value: *value, batched: i < count };
        let args: Vec<Batched> = args.iter().enumerate().map(batched).collect();
        rewrite::batch(program, axis, &args).into_iter().map(|o| o.spread(axis)).collect()
    })
}
/// The outputs of an operation that do not depend on what has tangents.
pub(super) fn constant_outputs(op: Op, ins: &[Tracer]) -> Dual {
    let outs = bind(op, ins).to_vec();
    Dual { tangents: vec![None; outs.len()], outs }
}
impl Registered for CustomJvp {
    read_by_name!("custom_jvp");
    fn samples() -> Vec<Sample> {
        let function =
            "program(%0: f64[2], %1: i32[]) {\n %2: f64[2] = sin %0\n return %2, %1 }".parse().expect("a program");
        let derivative = "program(%0: f64[2], %1: i32[], %2: f64[2]) {
            %3: f64[2] = sin %0
            %4: f64[2] = cos %0
            %5: f64[2] = mul %4 %2
            return %3, %1, %5 }";
        let op = CustomJvp {
            name: "sine".into(),
            arguments: 2,
            captures: 0,
            function,
            derivative: derivative.parse().expect("a program"),
        };
        vec![Sample::new(op, &[Literal::from(vec![0.5, -1.0]), Literal::scalar(3i32)])]
    }
}
/// Records a call of a function with a derivative of its own: `function` of `arguments`, and `derivative` of the arguments followed by
/// the tangents of those that are floats, which returns the outputs followed by the tangents of those that are floats.
#[track_caller]
pub fn custom_jvp(
    name: &str,
    arguments: &[Tracer],
    function: impl FnOnce(&[Tracer]) -> Vec<Tracer>,
    derivative: impl FnOnce(&[Tracer], &[Tracer]) -> Vec<Tracer>,
) -> Vec<Tracer> {
    custom_jvp_at(name, arguments, function, derivative, Location::caller().into())
}
/// [`custom_jvp()`], at a place other than the caller.
pub fn custom_jvp_at(
    name: &str,
    arguments: &[Tracer],
    function: impl FnOnce(&[Tracer]) -> Vec<Tracer>,
    derivative: impl FnOnce(&[Tracer], &[Tracer]) -> Vec<Tracer>,
    at: Source,
) -> Vec<Tracer> {
    let avals: Vec<ShapedArray> = arguments.iter().map(|t| t.aval()).collect();
    let f = trace(&avals, function);
    let floats: Vec<ShapedArray> = avals.iter().filter(|a| a.dtype.is_inexact()).map(|a| a.strong()).collect();
    let d = trace(&[avals, floats].concat(), |args| {
        let (primals, tangents) = args.split_at(arguments.len());
        derivative(primals, tangents)
    });
    let outs = f.program.out_avals();
    let wanted: Vec<ShapedArray> =
        outs.iter().chain(outs.iter().filter(|a| a.dtype.is_inexact())).map(|a| a.strong()).collect();
    let got: Vec<ShapedArray> = d.program.out_avals().iter().map(|a| a.strong()).collect();
    if wanted != got {
        fail_at(
            format!(
                "custom_jvp: the derivative of `{name}` must return the outputs and their tangents, {wanted:?}, got {got:?}"
            ),
            at,
        );
    }
    let op = CustomJvp {
        name: name.into(),
        arguments: arguments.len(),
        captures: f.captured.len(),
        function: f.program,
        derivative: d.program,
    };
    bind_at(op.into(), &[arguments, &f.captured, &d.captured].concat(), at).to_vec()
}
