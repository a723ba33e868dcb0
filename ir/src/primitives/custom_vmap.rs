//! `custom_vmap[…] x …`: a function that the user maps over a batch.

use super::{
    call::{check_operands, owned},
    custom_jvp::batched_program,
    *,
};
use crate::{
    callback::known_by_number,
    program::Source,
    rewrite::{
        self,
        hoist::hoist_applied,
        nested::{closed, jvp_of},
    },
    trace::{Traced, bind_at, trace},
};

known_by_number! {
    /// What a function is over a batch: takes the axis and the operands of the function, and gives its outputs. Two are equal if one is a
    /// clone of the other.
    BatchRule("batch rule"): dyn Fn(&BatchAxis, &[Batched]) -> Vec<Batched> + Send + Sync
}
impl BatchRule {
    /// A rule of this name, of which all but letters, digits and underscores is dropped.
    pub fn new(name: &str, rule: impl Fn(&BatchAxis, &[Batched]) -> Vec<Batched> + Send + Sync + 'static) -> BatchRule {
        BatchRule::of(name, Box::new(rule))
    }
    /// The outputs of the rule of a derivative, given in which operands derivatives have been taken, the latest last: operands are those of
    /// the function before, followed by tangents; outputs are those before, followed by the tangents of floats.
    fn call(&self, derivatives: &[Vec<bool>], axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let Some((active, before)) = derivatives.split_last() else { return self.function()(axis, ins) };
        let (primals, tangents) = ins.split_at(active.len());
        let mut given = tangents.iter();
        let tangents: Vec<Option<Batched>> =
            active.iter().map(|a| if *a { given.next().copied() } else { None }).collect();
        let (mut values, mut flags) = (vec![], vec![]);
        for (x, t) in primals.iter().zip(&tangents) {
            let batched = x.batched || t.is_some_and(|t| t.batched);
            values.push(if batched { x.spread(axis) } else { x.value });
            flags.push(batched);
        }
        let mut tangents: Vec<Option<Tracer>> = tangents
            .into_iter()
            .zip(&flags)
            .map(|(t, batched)| t.map(|t| if *batched { t.spread(axis) } else { t.value }))
            .collect();
        let avals: Vec<ShapedArray> = values.iter().map(|x| x.aval()).collect();
        let mut out_flags = vec![];
        let Traced { program, captured } = trace(&avals, |args| {
            let args: Vec<Batched> =
                args.iter().zip(&flags).map(|(value, batched)| Batched { value: *value, batched: *batched }).collect();
            let outs = self.call(before, axis, &args);
            out_flags = outs.iter().map(|o| o.batched).collect();
            outs.into_iter().map(|o| o.value).collect()
        });
        tangents.resize(values.len() + captured.len(), None);
        values.extend(captured);
        let dual = rewrite::jvp(&program, &values, &tangents);
        let batched = |(value, batched): (Tracer, &bool)| Batched { value, batched: *batched };
        let mut outs: Vec<Batched> = dual.outs.iter().copied().zip(&out_flags).map(batched).collect();
        let floats = dual.outs.iter().zip(dual.tangents).zip(&out_flags).filter(|((o, _), _)| o.dtype().is_inexact());
        outs.extend(floats.map(|((o, t), flag)| batched((t.unwrap_or_else(|| rewrite::zeros_like(*o)), flag))));
        outs
    }
}

parameters! {
    /// Applies a program that is another over a batch.
    CustomVmap {
        /// What it is over a batch.
        rule: BatchRule,
        /// In which operands derivatives have been taken, the latest last.
        derivatives: Vec<Vec<bool>>,
        /// From operands to outputs.
        function: Program,
    }
}
impl Primitive for CustomVmap {
    described!("custom_vmap");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        check_operands(&self.function, ins)?;
        Ok(self.function.out_avals().into())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        crate::eval::eval(&self.function, &owned(ins))
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
        let (derivative, present) = jvp_of(&self.function, &active);
        let floats: Vec<bool> = self.function.out_avals().iter().map(|a| a.dtype.is_inexact()).collect();
        let function = closed(&derivative.in_avals(), |args| {
            let mut outs = crate::trace::inline(&derivative, args);
            let mut found = outs.split_off(floats.len()).into_iter();
            let all = present.iter().zip(&outs).map(|(p, o)| {
                let tangent = if *p { found.next() } else { None };
                tangent.unwrap_or_else(|| rewrite::zeros_like(*o))
            });
            let tangents: Vec<Tracer> = all.zip(&floats).filter(|t| *t.1).map(|t| t.0).collect();
            outs.extend(tangents);
            outs
        });
        let derivatives = self.derivatives.iter().cloned().chain([active]).collect();
        let op = CustomVmap { rule: self.rule.clone(), derivatives, function };
        let operands: Vec<Tracer> = ins.iter().copied().chain(tangents.iter().flatten().copied()).collect();
        let mut outs = bind(op.into(), &operands).to_vec();
        let found = outs.split_off(floats.len());
        Some(Dual { outs, tangents: rewrite::nested::scatter(&floats, &found) })
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        // The rule of the derivative gives values and tangents together, so the values are computed by themselves.
        let outs = bind(self.clone().into(), ins).to_vec();
        Some(Dual { outs, ..self.jvp(ins, tangents)? })
    }
    fn transpose(&self, _cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        fail(format!(
            "custom_vmap: `{}` does not support reverse-mode autodiff, since its rule says nothing of it; put a custom_vjp around it",
            self.rule.name()
        ))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let outs = self.rule.call(&self.derivatives, axis, ins);
        let wanted = self.function.out_avals();
        let fits = |(o, a): (&Batched, &ShapedArray)| {
            let got = o.value.aval();
            let shape = if o.batched { prepend(axis.size, &a.shape) } else { a.shape.clone() };
            got.dtype == a.dtype && got.shape == shape
        };
        if outs.len() != wanted.len() || !outs.iter().zip(&wanted).all(fits) {
            let got: Vec<String> =
                outs.iter().map(|o| format!("{}{}", if o.batched { "batched " } else { "" }, o.value.aval())).collect();
            fail(format!(
                "custom_vmap: over a batch of {}, the rule of `{}` must give what the function gives, {wanted:?}, with one more axis in \
                 front where it says that it is batched; got [{}]",
                axis.size,
                self.rule.name(),
                got.join(", ")
            ));
        }
        outs
    }
    fn lower(&self, module: &mut Module, ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        module.inline(&self.function, ins)
    }
    fn ordered(&self) -> bool {
        self.function.ordered()
    }
    fn in_order(&self, token: Tracer, ins: &[Tracer]) -> (Tracer, Vec<Tracer>) {
        rewrite::order::in_order(&self.function, token, ins)
    }
    fn effectful(&self) -> bool {
        self.function.effectful()
    }
    fn subprograms(&self) -> Vec<&Program> {
        vec![&self.function]
    }
    fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        Some(CustomVmap { function: f(&self.function), ..self.clone() }.into())
    }
    fn hoisted(&self, large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> {
        hoist_applied(&self.function, large, |function| CustomVmap { function, ..self.clone() }.into())
    }
}
impl Registered for CustomVmap {
    read_by_name!("custom_vmap");
    fn samples() -> Vec<Sample> {
        let text = "program(%0: i32[2], %1: i32[2]) {\n %2: i32[2] = mul %0 %1\n return %2, %0 }";
        let function: Program = text.parse().expect("a program");
        // The rule says of all operands what the function says of one, so that the suite can compare.
        let of = function.clone();
        let rule = BatchRule::new("product", move |axis, ins| {
            let spread: Vec<Tracer> = ins.iter().map(|i| i.spread(axis)).collect();
            let outs = crate::trace::inline(&batched_program(&of, axis), &spread);
            outs.into_iter().map(Batched::new).collect()
        });
        let op = CustomVmap { rule, derivatives: vec![], function };
        vec![Sample::new(op, &[Literal::from(vec![3i32, -1]), Literal::from(vec![2i32, 5])])]
    }
}
/// Records a call of a function with a rule of its own for batches: `function` of the operands and of what it captured, which follow them.
pub fn custom_vmap_at(
    arguments: &[Tracer],
    function: impl FnOnce(&[Tracer]) -> Vec<Tracer>,
    rule: impl FnOnce() -> BatchRule,
    at: Source,
) -> Vec<Tracer> {
    let avals: Vec<ShapedArray> = arguments.iter().map(|t| t.aval()).collect();
    let Traced { program, captured } = trace(&avals, function);
    let op = CustomVmap { rule: rule(), derivatives: vec![], function: program };
    bind_at(op.into(), &[arguments, &captured].concat(), at).to_vec()
}
