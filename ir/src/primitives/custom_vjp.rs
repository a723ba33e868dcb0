//! `custom_vjp[…] x …`: a function whose reverse-mode derivative the user gives.

use super::{
    call::{check_operands, owned},
    custom_jvp::{batched_in_first, batched_program, constant_outputs},
    *,
};
use crate::{
    program::Source,
    rewrite::{self, hoist::hoist_applied},
    trace::{Traced, bind_at, fail_at, trace},
};
use std::{cmp::Ordering, hash::Hash, panic::Location, sync::Arc};

/// What a backward function is where some cotangents are zero for certain: told which are not, it gives the program from residuals and these
/// cotangents, with what that captured; or nothing, if there is no such program. It saves work and changes no value, so all are equal.
#[derive(Clone, Default)]
pub struct Sparing(Option<Arc<Spare>>);
type Spare = dyn Fn(&[bool]) -> Option<Traced> + Send + Sync;
impl Sparing {
    /// The backward functions that `of` gives.
    pub fn new(of: impl Fn(&[bool]) -> Option<Traced> + Send + Sync + 'static) -> Sparing {
        Sparing(Some(Arc::new(of)))
    }
    fn get(&self, present: &[bool]) -> Option<Traced> {
        self.0.as_ref()?(present)
    }
    /// Those over a batch, with residuals and cotangents batched.
    fn batched(&self, axis: &BatchAxis) -> Sparing {
        let Some(of) = self.0.clone() else { return Sparing(None) };
        let axis = axis.clone();
        Sparing::new(move |present| {
            let Traced { program, captured } = of(present)?;
            let program = batched_in_first(&program, program.ins.len() - captured.len(), &axis);
            Some(Traced { program, captured })
        })
    }
}
impl PartialEq for Sparing {
    fn eq(&self, _other: &Sparing) -> bool {
        true
    }
}
impl Eq for Sparing {}
impl Hash for Sparing {
    fn hash<H: std::hash::Hasher>(&self, _state: &mut H) {}
}
impl PartialOrd for Sparing {
    fn partial_cmp(&self, other: &Sparing) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Sparing {
    fn cmp(&self, _other: &Sparing) -> Ordering {
        Ordering::Equal
    }
}

parameters! {
    /// Applies a program whose cotangents another program computes from residuals that a third keeps.
    ///
    /// The operands are the arguments, then what `function`, `forward` and `backward` captured.
    CustomVjp {
        /// What the function is called.
        name: String,
        /// How many operands are arguments.
        arguments: usize,
        /// How many operands after them are captures of `function`.
        captures: usize,
        /// How many operands after those are captures of `forward`.
        forward_captures: usize,
        /// From arguments and captures to outputs.
        function: Program,
        /// From arguments and captures of its own to outputs and residuals.
        forward: Program,
        /// From residuals, cotangents of the float outputs, and captures of its own, to cotangents of the float arguments.
        backward: Program,
    }
    without_text {
        /// `backward` where cotangents are zero.
        sparing: Sparing,
    }
}
impl CustomVjp {
    /// Whether the outputs do not depend on what has tangents: that is captured by the rules alone.
    fn is_constant(&self, tangents: &[Option<Tracer>]) -> bool {
        tangents[..self.arguments + self.captures].iter().all(Option::is_none)
    }
}
impl Primitive for CustomVjp {
    described!("custom_vjp");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let least = self.arguments + self.captures + self.forward_captures;
        if ins.len() < least {
            return Err(format!("takes at least {least} operands, got {}", ins.len()));
        }
        check_operands(&self.function, &ins[..self.arguments + self.captures])?;
        Ok(self.function.out_avals().into())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        crate::eval::eval(&self.function, &owned(&ins[..self.arguments + self.captures]))
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        if self.is_constant(tangents) {
            return self.linearize(ins, tangents);
        }
        fail(format!(
            "custom_vjp: `{}` has a derivative for reverse mode only; jvp and jacfwd need one made with custom_jvp",
            self.name
        ))
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let (arguments, captured) = ins.split_at(self.arguments);
        if self.is_constant(tangents) {
            return Some(constant_outputs(self.clone().into(), ins));
        }
        if tangents[self.arguments..].iter().any(Option::is_some) {
            fail(format!(
                "custom_vjp: `{}` cannot be differentiated in a value that it captured; make that value an argument",
                self.name
            ));
        }
        let (forward_captured, backward_captured) = captured[self.captures..].split_at(self.forward_captures);
        let mut outs = rewrite::inline_bodies(&self.forward, &[arguments, forward_captured].concat());
        let residuals = outs.split_off(self.function.outs.len());
        let floats = (0..self.arguments).filter(|i| ins[*i].dtype().is_inexact());
        let tangents: Vec<Tracer> =
            floats.map(|i| tangents[i].unwrap_or_else(|| rewrite::zeros_like(ins[i]))).collect();
        let active: Vec<ShapedArray> = outs.iter().map(|o| o.aval()).filter(|a| a.dtype.is_inexact()).collect();
        let op = CustomVjpLinear {
            name: self.name.clone(),
            residuals: residuals.len(),
            tangents: tangents.len(),
            outs: active,
            backward: self.backward.clone(),
            sparing: self.sparing.clone(),
        };
        let mut out_tangents = bind(op.into(), &[&residuals[..], &tangents, backward_captured].concat()).into_iter();
        let tangents = outs.iter().map(|o| if o.dtype().is_inexact() { out_tangents.next() } else { None }).collect();
        Some(Dual { outs, tangents })
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let values: Vec<Tracer> = ins.iter().map(|i| i.spread(axis)).collect();
        let op = CustomVjp {
            function: batched_program(&self.function, axis),
            forward: batched_program(&self.forward, axis),
            backward: batched_program(&self.backward, axis),
            sparing: self.sparing.batched(axis),
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
        vec![&self.function, &self.forward, &self.backward]
    }
    fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        let (function, forward, backward) = (f(&self.function), f(&self.forward), f(&self.backward));
        Some(CustomVjp { function, forward, backward, ..self.clone() }.into())
    }
    fn hoisted(&self, large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> {
        hoist_applied(&self.function, large, |function| {
            let captures = function.ins.len() - self.arguments;
            CustomVjp { captures, function, ..self.clone() }.into()
        })
    }
}
impl Registered for CustomVjp {
    read_by_name!("custom_vjp");
    fn samples() -> Vec<Sample> {
        let function = "program(%0: f64[2], %1: i32[]) {\n %2: f64[2] = sin %0\n return %2, %1 }";
        let forward =
            "program(%0: f64[2], %1: i32[]) {\n %2: f64[2] = sin %0\n %3: f64[2] = cos %0\n return %2, %1, %3 }";
        let backward = "program(%0: f64[2], %1: f64[2]) {\n %2: f64[2] = mul %0 %1\n return %2 }";
        let [function, forward, backward] = [function, forward, backward].map(|t| t.parse().expect("a program"));
        let op = CustomVjp {
            name: "sine".into(),
            arguments: 2,
            captures: 0,
            forward_captures: 0,
            function,
            forward,
            backward,
            sparing: Sparing::default(),
        };
        vec![Sample::new(op, &[Literal::from(vec![0.5, -1.0]), Literal::scalar(3i32)])]
    }
}

parameters! {
    /// The linear map that a [`CustomVjp`] stands for at a point: known only by its transpose.
    ///
    /// The operands are residuals, tangents of the float arguments, and captures of `backward`.
    CustomVjpLinear {
        /// What the function is called.
        name: String,
        /// How many operands are residuals.
        residuals: usize,
        /// How many operands after them are tangents.
        tangents: usize,
        /// The types of the outputs.
        outs: Vec<ShapedArray>,
        /// The transpose.
        backward: Program,
    }
    without_text {
        /// The transpose where cotangents are zero.
        sparing: Sparing,
    }
}
impl CustomVjpLinear {
    fn only_backwards(&self) -> String {
        format!(
            "`{}` was made with custom_vjp and has a derivative for reverse mode only; forward mode needs one made with custom_jvp",
            self.name
        )
    }
}
impl Primitive for CustomVjpLinear {
    described!("custom_vjp_linear");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        if ins.len() < self.residuals + self.tangents {
            return Err(format!("takes at least {} operands, got {}", self.residuals + self.tangents, ins.len()));
        }
        Ok(self.outs.iter().map(ShapedArray::strong).collect())
    }
    fn eval(&self, _ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        Err(self.only_backwards())
    }
    fn jvp(&self, _ins: &[Tracer], _tangents: &[Option<Tracer>]) -> Option<Dual> {
        fail(format!("custom_vjp: {}", self.only_backwards()))
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let known = |i: usize| ins[i].known().unwrap_or_else(|| fail("custom_vjp: residuals must be known"));
        let residuals = (0..self.residuals).map(known);
        let present: Vec<bool> = cts.iter().map(Option::is_some).collect();
        let spared = if present.contains(&false) { self.sparing.get(&present) } else { None };
        let tangents = if let Some(Traced { program, captured }) = spared {
            let args: Vec<Tracer> = residuals.chain(cts.iter().flatten().copied()).chain(captured).collect();
            rewrite::inline_bodies(&program, &args)
        } else {
            let captured = (self.residuals + self.tangents..ins.len()).map(known);
            let cts = self.outs.iter().zip(cts).map(|(aval, ct)| ct.unwrap_or_else(|| rewrite::jvp::zeros(aval)));
            let args: Vec<Tracer> = residuals.chain(cts).chain(captured).collect();
            rewrite::inline_bodies(&self.backward, &args)
        };
        let mut all = vec![None; ins.len()];
        for (slot, ct) in all[self.residuals..].iter_mut().zip(tangents) {
            *slot = Some(ct);
        }
        all
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let values: Vec<Tracer> = ins.iter().map(|i| i.spread(axis)).collect();
        let op = CustomVjpLinear {
            outs: self.outs.iter().map(|a| a.with_shape(&prepend(axis.size, &a.shape))).collect(),
            backward: batched_program(&self.backward, axis),
            sparing: self.sparing.batched(axis),
            ..self.clone()
        };
        bind(op.into(), &values).into_iter().map(Batched::new).collect()
    }
    fn lower(&self, _module: &mut Module, _ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        fail(format!("custom_vjp: {}", self.only_backwards()))
    }
    fn subprograms(&self) -> Vec<&Program> {
        vec![&self.backward]
    }
    fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        Some(CustomVjpLinear { backward: f(&self.backward), ..self.clone() }.into())
    }
    fn unlowerable(&self) -> Option<String> {
        Some(format!("custom_vjp: {}", self.only_backwards()))
    }
}
impl Registered for CustomVjpLinear {
    read_by_name!("custom_vjp_linear");
    fn samples() -> Vec<Sample> {
        vec![] // it has no value; the samples of `custom_vjp` reach it in reverse mode
    }
}

/// Records a call of a function with a reverse-mode derivative of its own: `forward` returns the outputs and residuals, `backward`
/// takes residuals and the cotangents of the float outputs, and returns the cotangents of the float arguments.
#[track_caller]
pub fn custom_vjp(
    name: &str,
    arguments: &[Tracer],
    function: impl FnOnce(&[Tracer]) -> Vec<Tracer>,
    forward: impl FnOnce(&[Tracer]) -> Vec<Tracer>,
    backward: impl FnOnce(&[Tracer], &[Tracer]) -> Vec<Tracer>,
) -> Vec<Tracer> {
    custom_vjp_at(name, arguments, function, forward, backward, Sparing::default, Location::caller().into())
}
/// [`custom_vjp()`], at a place other than the caller, and with backward functions for zeros, which are asked for when all is traced.
pub fn custom_vjp_at(
    name: &str,
    arguments: &[Tracer],
    function: impl FnOnce(&[Tracer]) -> Vec<Tracer>,
    forward: impl FnOnce(&[Tracer]) -> Vec<Tracer>,
    backward: impl FnOnce(&[Tracer], &[Tracer]) -> Vec<Tracer>,
    sparing: impl FnOnce() -> Sparing,
    at: Source,
) -> Vec<Tracer> {
    let avals: Vec<ShapedArray> = arguments.iter().map(|t| t.aval()).collect();
    let f = trace(&avals, function);
    let fwd = trace(&avals, forward);
    let outs = f.program.out_avals();
    let strong = |avals: &[ShapedArray]| avals.iter().map(ShapedArray::strong).collect::<Vec<_>>();
    let forward_outs = fwd.program.out_avals();
    if forward_outs.len() < outs.len() || strong(&forward_outs[..outs.len()]) != strong(&outs) {
        fail_at(
            format!(
                "custom_vjp: the forward function of `{name}` must return the outputs {outs:?} and then residuals, got {forward_outs:?}"
            ),
            at,
        );
    }
    let residuals = &forward_outs[outs.len()..];
    let float = |avals: &[ShapedArray]| {
        avals.iter().filter(|a| a.dtype.is_inexact()).map(ShapedArray::strong).collect::<Vec<_>>()
    };
    let bwd = trace(&[residuals, &float(&outs)].concat(), |args| {
        let (residuals, cts) = args.split_at(residuals.len());
        backward(residuals, cts)
    });
    if strong(&bwd.program.out_avals()) != float(&avals) {
        let got = bwd.program.out_avals();
        fail_at(
            format!(
                "custom_vjp: the backward function of `{name}` must return the cotangents of the float arguments, {:?}, got {got:?}",
                float(&avals)
            ),
            at,
        );
    }
    let op = CustomVjp {
        name: name.into(),
        arguments: arguments.len(),
        captures: f.captured.len(),
        forward_captures: fwd.captured.len(),
        function: f.program,
        forward: fwd.program,
        backward: bwd.program,
        sparing: sparing(),
    };
    bind_at(op.into(), &[arguments, &f.captured, &fwd.captured, &bwd.captured].concat(), at).to_vec()
}
