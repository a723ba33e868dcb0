//! `while[cond, body] captures … carries …`: a program applied to its own outputs as long as another one says so.

use super::{call::owned, callback::token_aval, *};
use crate::{
    rewrite::{
        hoist::hoist_at,
        nested::{
            batch_of, chosen, closed, count, fixed_point, jvp_of, parts, scatter, spread, unlowerable, with_inputs,
            without_shows,
        },
        order::in_order,
        prune::{keep_inputs, prune, prune_inside, uses},
        zeros_like,
    },
    trace::inline,
};

parameters! {
    /// Applies `body` to the carries until `cond` of them is false.
    ///
    /// The operands are what `cond` captures, what `body` captures, and the initial carries; the outputs are the last carries. `cond`
    /// takes its captures and the carries, and gives a `bool[]`; `body` takes its captures and the carries, and gives carries.
    While {
        /// How many operands `cond` captures.
        cond_captures: usize,
        /// How many operands after them `body` captures.
        body_captures: usize,
        /// Whether to go on.
        cond: Program,
        /// One step.
        body: Program,
    }
}
impl While {
    /// The captures of `cond`, those of `body`, and the carries.
    fn parts<'a, T>(&self, ins: &'a [T]) -> [&'a [T]; 3] {
        parts(ins, [self.cond_captures, self.body_captures, ins.len() - self.cond_captures - self.body_captures])
    }
    fn carries(&self) -> usize {
        self.body.outs.len()
    }
}
impl Primitive for While {
    described!("while");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, self.cond_captures + self.body_captures + self.carries())?;
        let [cond_captures, body_captures, carries] = self.parts(ins);
        for (name, program, captures) in [("cond", &self.cond, cond_captures), ("body", &self.body, body_captures)] {
            super::call::check_operands(program, &[captures, carries].concat()).map_err(|e| format!("{name}: {e}"))?;
        }
        match &self.cond.out_avals()[..] {
            [p] if p.rank() == 0 && p.dtype == DType::Bool => {}
            other => return Err(format!("cond must give bool[], got {other:?}")),
        }
        let strong: Avals = carries.iter().map(|a| a.strong()).collect();
        let after: Avals = self.body.out_avals().iter().map(ShapedArray::strong).collect();
        if after != strong {
            return Err(format!("body must keep the types of the carries, {strong:?}, got {after:?}"));
        }
        Ok(strong)
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let [cond_captures, body_captures, carries] = self.parts(ins).map(owned);
        let mut carries = carries;
        while crate::eval::eval(&self.cond, &[&cond_captures[..], &carries].concat())?[0].ints()[0] != 0 {
            carries = crate::eval::eval(&self.body, &[&body_captures[..], &carries].concat())?;
        }
        Ok(carries)
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let (b, n) = (self.body_captures, self.carries());
        let active: Vec<bool> = tangents[self.cond_captures..].iter().map(Option::is_some).collect();
        let (derivative, active, present) = fixed_point(active, b..b + n, |flags| jvp_of(&self.body, flags));
        let (captures_active, carries_active) = active.split_at(b);
        let counts = [b, count(captures_active), n, count(carries_active)];
        let [cond_captures, body_captures, carries] = self.parts(ins);
        let with_tangents = |values: &[Tracer], tangents: &[Option<Tracer>], active: &[bool]| -> Vec<Tracer> {
            let all = values.iter().zip(tangents).map(|(v, t)| t.unwrap_or_else(|| zeros_like(*v)));
            let all: Vec<Tracer> = all.zip(active).filter(|t| *t.1).map(|t| t.0).collect();
            all
        };
        let [_, captured_tangents, carry_tangents] = self.parts(tangents);
        let captured_tangents = with_tangents(body_captures, captured_tangents, captures_active);
        let carry_tangents = with_tangents(carries, carry_tangents, carries_active);
        let avals = self.body.in_avals();
        let strong = |active: &[bool], avals: &[ShapedArray]| -> Vec<ShapedArray> {
            chosen(avals, active).iter().map(ShapedArray::strong).collect()
        };
        let (captured_avals, carry_avals) = avals.split_at(b);
        let carry_tangent_avals = strong(carries_active, carry_avals);
        let body_avals =
            [captured_avals, &strong(captures_active, captured_avals), carry_avals, &carry_tangent_avals].concat();
        let body = closed(&body_avals, |args| {
            let [captures, captured_tangents, carries, carry_tangents] = parts(args, counts);
            let outs = inline(&derivative, &[captures, carries, captured_tangents, carry_tangents].concat());
            let (outs, tangents) = outs.split_at(n);
            let after = scatter(&present, tangents);
            let after: Vec<Tracer> = outs.iter().zip(after).map(|(o, t)| t.unwrap_or_else(|| zeros_like(*o))).collect();
            [outs, &chosen(&after, carries_active)].concat()
        });
        let cond_avals = [&self.cond.in_avals()[..], &carry_tangent_avals].concat();
        let taken: Vec<usize> = (0..self.cond.ins.len()).collect();
        let op = While {
            cond_captures: self.cond_captures,
            body_captures: b + captured_tangents.len(),
            cond: with_inputs(&self.cond, &cond_avals, &taken),
            body,
        };
        let operands = [cond_captures, body_captures, &captured_tangents, carries, &carry_tangents].concat();
        let mut outs = bind(op.into(), &operands).to_vec();
        let tangents = scatter(carries_active, &outs.split_off(n));
        Some(Dual { outs, tangents })
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        // The loop runs once for the values, and once more together with its tangents: what it would have to keep has no static size.
        // What it shows, it shows once.
        if !self.only_shows() {
            fail(
                "while_loop: has effects, and no derivative with them: the loop would run twice, for the values and for the \
                 tangents; use scan, or fori_loop with a static trip count",
            );
        }
        let outs = bind(self.clone().into(), ins).to_vec();
        let again = While { cond: without_shows(&self.cond), body: without_shows(&self.body), ..self.clone() };
        again.jvp(ins, tangents).map(|dual| Dual { outs, tangents: dual.tangents })
    }
    fn transpose(&self, _cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        fail(
            "while_loop: has no derivative in reverse mode, since it is not known how many steps there are to keep; \
             use scan, or fori_loop with a static trip count",
        )
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let (c, b, n) = (self.cond_captures, self.body_captures, self.carries());
        let flags: Vec<bool> = ins.iter().map(|i| i.batched).collect();
        let [cond_flags, body_flags, carry_flags] = self.parts(&flags);
        let (_, mut flags, _) =
            fixed_point([body_flags, carry_flags].concat(), b..b + n, |flags| batch_of(&self.body, axis, flags));
        let (mut cond, ends_apart) = batch_of(&self.cond, axis, &[cond_flags, &flags[b..]].concat());
        let ends_apart = ends_apart[0];
        if ends_apart && !self.only_shows() {
            fail(
                "while_loop: has effects, and the examples of the batch end after different numbers of steps; vmap would run \
                 the effects for those that have ended, too. Map with a scan",
            );
        }
        if ends_apart {
            flags[b..].fill(true);
            cond = batch_of(&self.cond, axis, &[cond_flags, &flags[b..]].concat()).0;
        }
        let (over, out_flags) = batch_of(&self.body, axis, &flags);
        let carry_flags = &flags[b..];
        let step = |args: &[Tracer]| spread(&inline(&over, args), &out_flags, carry_flags, axis);
        let op = if ends_apart {
            // Runs until all examples are done; those that are done already keep their carries.
            let (cond_avals, body_avals) = (cond.in_avals(), over.in_avals());
            let body = closed(&[&cond_avals[..c], &body_avals].concat(), |args| {
                let [cond_captures, body_captures, carries] = parts(args, [c, b, n]);
                let going = inline(&cond, &[cond_captures, carries].concat())[0];
                let after = step(&[body_captures, carries].concat());
                let keep =
                    |(new, old): (Tracer, &Tracer)| bind1(Select, &[going.broadcast(&new.shape(), &[0]), new, *old]);
                after.into_iter().zip(carries).map(keep).collect()
            });
            let any = Reduce { kind: reduce::ReduceKind::Max, axes: smallvec![0] };
            let some = closed(&cond_avals, |args| vec![bind1(any, &[inline(&cond, args)[0]])]);
            While { cond_captures: c, body_captures: c + b, cond: some, body }
        } else {
            While { cond, body: closed(&over.in_avals(), step), ..self.clone() }
        };
        let [cond_captures, body_captures, carries] = self.parts(ins);
        let value = |i: &Batched| i.value;
        let init = carries.iter().zip(carry_flags).map(|(i, f)| if *f { i.spread(axis) } else { i.value });
        let again = if ends_apart { cond_captures } else { &[] };
        let captures = cond_captures.iter().chain(again).chain(body_captures).map(value);
        let operands: Vec<Tracer> = captures.chain(init).collect();
        let outs = bind(op.into(), &operands);
        outs.into_iter().zip(carry_flags).map(|(value, batched)| Batched { value, batched: *batched }).collect()
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if outs.is_empty() && !self.effectful() {
            return vec![];
        }
        // The regions refer to captured values from outside.
        let [cond_captures, body_captures, carries] = self.parts(ins);
        let cond = module.region(outs, |m, args| m.inline(&self.cond, &[cond_captures, args].concat()));
        let body = module.region(outs, |m, args| m.inline(&self.body, &[body_captures, args].concat()));
        module.op("stablehlo.while", carries, "", &[cond, body], outs)
    }
    fn in_order(&self, token: Tracer, ins: &[Tracer]) -> (Tracer, Vec<Tracer>) {
        // What the condition does in order, it does in the body, at its end, and once before the loop; the loop itself looks at a carry.
        let (c, b) = (self.cond_captures, self.body_captures);
        let [cond_captures, body_captures, carries] = self.parts(ins);
        let (token, first) = in_order(&self.cond, token, &[cond_captures, carries].concat());
        let (cond_avals, body_avals) = (self.cond.in_avals(), self.body.in_avals());
        let carried = [&[token_aval(), first[0].aval().strong()], &body_avals[b..]].concat();
        let captured = [&cond_avals[..c], &body_avals[..b]].concat();
        let body = closed(&[&captured[..], &carried].concat(), |args| {
            let [cond_captures, body_captures, token, _, carries] = parts(args, [c, b, 1, 1, self.carries()]);
            let (token, after) = in_order(&self.body, token[0], &[body_captures, carries].concat());
            let (token, more) = in_order(&self.cond, token, &[cond_captures, &after].concat());
            [&[token, more[0]], &after[..]].concat()
        });
        let cond = closed(&carried, |args| vec![args[1]]);
        let op = While { cond_captures: 0, body_captures: c + b, cond, body };
        let operands = [cond_captures, body_captures, &[token, first[0]], carries].concat();
        let outs = bind(op.into(), &operands);
        (outs[0], outs[2..].to_vec())
    }
    fn effectful(&self) -> bool {
        self.cond.effectful() || self.body.effectful()
    }
    fn subprograms(&self) -> Vec<&Program> {
        vec![&self.cond, &self.body]
    }
    fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        let (cond, body) = (f(&self.cond), f(&self.body));
        Some(While { cond, body, ..self.clone() }.into())
    }
    fn pruned(&self, ins: usize, used: &[bool]) -> Option<Pruned> {
        if self.effectful() {
            return prune_inside(self, ins, used.len());
        }
        let (c, b, n) = (self.cond_captures, self.body_captures, self.carries());
        let cond = prune(&self.cond, &[true]);
        // A carry stays if it is used after the loop, by the condition, or for another one that stays.
        let mut cond_uses = uses(&cond);
        let wanted = used.iter().zip(&cond_uses[c..]).map(|(u, v)| *u || *v).collect();
        let (body, carries, _) = fixed_point(wanted, 0..n, |wanted| {
            let body = prune(&self.body, wanted);
            let needed = uses(&body).split_off(b);
            (body, needed)
        });
        let mut body_uses = uses(&body);
        cond_uses[c..].copy_from_slice(&carries);
        body_uses[b..].copy_from_slice(&carries);
        let all_used = !cond_uses.contains(&false) && !body_uses.contains(&false);
        if cond == self.cond && body == self.body && all_used {
            return None;
        }
        let op = While {
            cond_captures: count(&cond_uses[..c]),
            body_captures: count(&body_uses[..b]),
            cond: keep_inputs(&cond, &cond_uses),
            body: keep_inputs(&body, &body_uses),
        };
        let ins = [&cond_uses[..c], &body_uses[..b], &carries].concat();
        Some(Pruned { op: op.into(), ins, outs: carries })
    }
    fn hoisted(&self, large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> {
        let c = self.cond_captures;
        let cond = hoist_at(&[(&self.cond, c)], large);
        let body = hoist_at(&[(&self.body, 0)], large);
        if cond.is_none() && body.is_none() {
            return None;
        }
        let (cond, mut values) = cond.unwrap_or((vec![self.cond.clone()], vec![]));
        let (body, more) = body.unwrap_or((vec![self.body.clone()], vec![]));
        let (cond_captures, body_captures) = (c + values.len(), self.body_captures + more.len());
        values.extend(more);
        let op = While { cond_captures, body_captures, cond: cond[0].clone(), body: body[0].clone() };
        Some(Hoisted { op: op.into(), at: c, values })
    }
    fn unlowerable(&self) -> Option<String> {
        unlowerable(&self.cond).or_else(|| unlowerable(&self.body))
    }
}
impl Registered for While {
    read_by_name!("while");
    fn samples() -> Vec<Sample> {
        let of = |cond_captures, body_captures, cond: &str, body: &str| {
            let [cond, body] = [cond, body].map(|p| p.parse().expect("a program"));
            While { cond_captures, body_captures, cond, body }
        };
        // Counts to a captured limit; the second float carry depends on the first one step later.
        let counted = of(
            1,
            1,
            "program(%0: i32[], %1: i32[], %2: f64[2], %3: f64[2]) {\n %4: bool[] = lt %1 %0\n return %4 }",
            "program(%0: f64[2], %1: i32[], %2: f64[2], %3: f64[2]) {
                %4: i32[] = constant 1
                %5: i32[] = add %1 %4
                %6: f64[2] = mul %0 %2
                %7: f64[2] = sin %2
                return %5, %6, %7 }",
        );
        // Ends by a float.
        let doubled = of(
            0,
            0,
            "program(%0: f64[]) {\n %1: f64[] = constant 10.0\n %2: bool[] = lt %0 %1\n return %2 }",
            "program(%0: f64[]) {\n %1: f64[] = mul %0 %0\n return %1 }",
        );
        let vectors: [Literal; 3] = [vec![0.5, -1.5].into(), vec![1.0, 0.25].into(), vec![2.0, 3.0].into()];
        let [a, b, c] = vectors;
        vec![
            Sample::new(counted.clone(), &[3i32.into(), a.clone(), 0i32.into(), b.clone(), c.clone()]),
            Sample::new(counted, &[3i32.into(), a, 5i32.into(), b, c]),
            Sample::new(doubled, &[1.3.into()]),
        ]
    }
}
