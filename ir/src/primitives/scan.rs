//! `scan[length, reverse, body] captures … carries … xs …`: a program applied once for each slice of some arrays, with values that
//! each step hands to the next.

use super::{
    call::{check_operands, owned},
    *,
};
use crate::{
    program::Var,
    rewrite::{
        hoist::hoist_at,
        jvp::zeros,
        nested::{
            Split, batch_of, chosen, closed, count, depends, fixed_point, jvp_of, linearize_of, part,
            part_with_effects, parts, scatter, spread, unlowerable,
        },
        order::in_order_of,
        prune::{keep_inputs, prune, prune_inside, uses},
        saving::saving_applied,
        transpose as transpose_program,
    },
    trace::inline,
};

parameters! {
    /// Applies `body` to the captures, the carries, and slice `i` of each of the `xs`, for `i` from 0, or to 0, in `length` steps.
    ///
    /// The operands are captures (the same for all steps), initial carries, and `xs`, with the axis of steps in front; the outputs are
    /// the last carries, and the `ys` of all steps, stacked at the places of their `xs`.
    Scan {
        /// The number of steps.
        length: usize,
        /// Whether to begin with the last slices.
        reverse: bool,
        /// How many operands are captures.
        captures: usize,
        /// How many operands after them are carries.
        carries: usize,
        /// One step: from captures, carries and `x`s to carries and `y`s.
        body: Program,
    }
}
impl Scan {
    /// Captures, carries and `xs`.
    fn parts<'a, T>(&self, ins: &'a [T]) -> [&'a [T]; 3] {
        parts(ins, [self.captures, self.carries, self.body.ins.len() - self.captures - self.carries])
    }
    fn carry_range(&self) -> std::ops::Range<usize> {
        self.captures..self.captures + self.carries
    }
}
/// A primitive over a batch, one example after the other.
pub fn one_by_one(op: Op, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
    // The examples' slices come after what they share.
    let (shared, slices): (Vec<usize>, Vec<usize>) = (0..ins.len()).partition(|i| !ins[*i].batched);
    let places: Vec<usize> = shared.iter().chain(&slices).copied().collect();
    let slice =
        |i: &usize| ins[*i].value.with_aval(|a| if ins[*i].batched { a.with_shape(&a.shape[1..]) } else { a.clone() });
    let body = closed(&places.iter().map(slice).collect::<Vec<_>>(), |args| {
        let mut operands = args.to_vec();
        places.iter().zip(args).for_each(|(to, arg)| operands[*to] = *arg);
        bind(op, &operands).to_vec()
    });
    let op = Scan { length: axis.size, reverse: false, captures: shared.len(), carries: 0, body };
    let operands: Vec<Tracer> = places.iter().map(|i| ins[*i].value).collect();
    bind(op.into(), &operands).into_iter().map(Batched::new).collect()
}
/// Slice `i` along axis 0.
fn row(l: &Literal, i: usize) -> Literal {
    let aval = l.aval().with_shape(&l.shape()[1..]);
    let size = aval.size() * aval.dtype.size();
    Literal::build(aval, |out| out.copy_from_slice(&l.bytes()[i * size..(i + 1) * size]))
}
/// Values, or zeros of the given types, for those of which `active` holds.
fn tangents_of(values: &[Option<Tracer>], avals: &[ShapedArray], active: &[bool]) -> Vec<Tracer> {
    let each = values.iter().zip(avals).zip(active).filter(|v| *v.1);
    each.map(|((t, aval), _)| t.unwrap_or_else(|| zeros(&aval.strong()))).collect()
}
impl Primitive for Scan {
    described!("scan");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, self.body.ins.len())?;
        if self.captures + self.carries > ins.len() || self.carries > self.body.outs.len() {
            return Err(format!("{} captures and {} carries are too many", self.captures, self.carries));
        }
        let [captures, carries, xs] = self.parts(ins);
        if let Some(x) = xs.iter().find(|x| x.shape.first() != Some(&self.length)) {
            return Err(format!("axis 0 of the xs must have size {}, got {x}", self.length));
        }
        let slices: Vec<ShapedArray> = xs.iter().map(|x| x.with_shape(&x.shape[1..])).collect();
        let slices: Vec<&ShapedArray> = slices.iter().collect();
        check_operands(&self.body, &[captures, carries, &slices].concat()).map_err(|e| format!("body: {e}"))?;
        let before: Vec<ShapedArray> = carries.iter().map(|a| a.strong()).collect();
        let mut outs: Vec<ShapedArray> = self.body.out_avals().iter().map(ShapedArray::strong).collect();
        if outs[..self.carries] != before {
            return Err(format!(
                "body must keep the types of the carries, {before:?}, got {:?}",
                &outs[..self.carries]
            ));
        }
        for y in &mut outs[self.carries..] {
            *y = y.with_shape(&prepend(self.length, &y.shape));
        }
        Ok(outs.into())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let [captures, carries, xs] = self.parts(ins);
        let (captures, mut carries) = (owned(captures), owned(carries));
        let mut steps: Vec<Vec<Literal>> = vec![vec![]; self.length];
        for step in 0..self.length {
            let i = if self.reverse { self.length - 1 - step } else { step };
            let slices: Vec<Literal> = xs.iter().map(|x| row(x, i)).collect();
            carries = crate::eval::eval(&self.body, &[&captures[..], &carries, &slices].concat())?;
            steps[i] = carries.split_off(self.carries);
        }
        let ys = self.body.out_avals().split_off(self.carries).into_iter().enumerate().map(|(k, y)| {
            Literal::build(y.with_shape(&prepend(self.length, &y.shape)), |out| {
                let size = y.size() * y.dtype.size();
                steps.iter().enumerate().for_each(|(i, s)| out[i * size..(i + 1) * size].copy_from_slice(s[k].bytes()));
            })
        });
        Ok(carries.into_iter().chain(ys).collect())
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
        let (derivative, active, present) = fixed_point(active, self.carry_range(), |flags| jvp_of(&self.body, flags));
        let avals: Vec<ShapedArray> = ins.iter().map(|t| t.aval()).collect();
        let (body_avals, actives) = (self.body.in_avals(), self.parts(&active));
        let (tangents, primals) = (self.parts(tangents), self.parts(ins));
        let (mut operands, mut lengths, mut new_avals) = (vec![], vec![], vec![]);
        for k in 0..3 {
            let body_avals = self.parts(&body_avals)[k];
            let tangents = tangents_of(tangents[k], self.parts(&avals)[k], actives[k]);
            let tangent_avals = chosen(body_avals, actives[k]).into_iter().map(|a| a.strong());
            new_avals.extend(body_avals.iter().cloned().chain(tangent_avals));
            lengths.extend([primals[k].len(), tangents.len()]);
            operands.extend([primals[k], &tangents].concat());
        }
        let body = closed(&new_avals, |args| {
            let [c, ct, k, kt, x, xt] = parts(args, std::array::from_fn(|i| lengths[i]));
            let outs = inline(&derivative, &[c, k, x, ct, kt, xt].concat());
            let (outs, out_tangents) = outs.split_at(self.body.outs.len());
            let out_tangents = scatter(&present, out_tangents);
            let (carry_tangents, y_tangents) = out_tangents.split_at(self.carries);
            let carry_tangents = tangents_of(carry_tangents, self.parts(&body_avals)[1], actives[1]);
            let y_tangents: Vec<Tracer> = y_tangents.iter().flatten().copied().collect();
            let (carries, ys) = outs.split_at(self.carries);
            [carries, &carry_tangents, ys, &y_tangents].concat()
        });
        let op = Scan { captures: lengths[0] + lengths[1], carries: lengths[2] + lengths[3], body, ..self.clone() };
        let outs = bind(op.into(), &operands);
        let ys = self.body.outs.len() - self.carries;
        let [carries, carry_tangents, ys, y_tangents] =
            parts(&outs, [lengths[2], lengths[3], ys, outs.len() - lengths[2] - lengths[3] - ys]);
        let mut tangents = scatter(actives[1], carry_tangents);
        tangents.extend(scatter(&present[self.carries..], y_tangents));
        Some(Dual { outs: [carries, ys].concat(), tangents })
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
        let (Split { forward, linear }, active, present) =
            fixed_point(active, self.carry_range(), |flags| linearize_of(&self.body, flags));
        let n = self.body.outs.len();
        // A residual that no step changes is computed once, outside of the loops; one that is a slice of the xs is there already.
        // All others are stacked.
        let (residuals, first_x) = (&forward.outs[n..], self.captures + self.carries);
        let changing = depends(&forward, &(0..ins.len()).map(|i| i >= self.captures).collect::<Vec<_>>());
        let fixed: Vec<bool> = residuals.iter().map(|v| !changing[v.index()]).collect();
        let slice_of = |v: &Var| forward.ins[first_x..].iter().position(|x| x == v).map(|i| ins[first_x + i]);
        let stacked: Vec<Var> =
            residuals.iter().filter(|v| changing[v.index()] && slice_of(v).is_none()).copied().collect();
        let body = part_with_effects(&forward, &forward.ins, &[&forward.outs[..n], &stacked].concat());
        let mut outs = bind(Scan { body, ..self.clone() }.into(), ins).to_vec();
        let mut stacks = outs.split_off(n).into_iter();
        let once = part(&forward, &forward.ins[..self.captures], &chosen(residuals, &fixed));
        let once = inline(&once, &ins[..self.captures]);
        let changed = residuals.iter().filter(|v| changing[v.index()]);
        let changed: Vec<Tracer> = changed.filter_map(|v| slice_of(v).or_else(|| stacks.next())).collect();

        let avals: Vec<ShapedArray> = ins.iter().map(|t| t.aval()).collect();
        let (actives, body_avals) = (self.parts(&active), self.body.in_avals());
        let of = |k: usize| tangents_of(self.parts(tangents)[k], self.parts(&avals)[k], actives[k]);
        let [captures, carries, xs] = [of(0), of(1), of(2)];
        let strong = |k: usize| -> Vec<ShapedArray> {
            chosen(self.parts(&body_avals)[k], actives[k]).iter().map(ShapedArray::strong).collect()
        };
        let residual_avals = forward.out_avals().split_off(n);
        let varies: Vec<bool> = fixed.iter().map(|f| !f).collect();
        let (fixed_avals, changing_avals) = (chosen(&residual_avals, &fixed), chosen(&residual_avals, &varies));
        let linear_avals = [&strong(0)[..], &fixed_avals, &strong(1), &strong(2), &changing_avals].concat();
        let lengths = [captures.len(), once.len(), carries.len(), xs.len(), changed.len()];
        let body = closed(&linear_avals, |args| {
            let [captures, once, carries, xs, changed] = parts(args, lengths);
            let (mut once, mut changed) = (once.iter(), changed.iter());
            let residuals = fixed.iter().filter_map(|f| if *f { once.next() } else { changed.next() });
            let residuals: Vec<Tracer> = residuals.copied().collect();
            let outs = scatter(&present, &inline(&linear, &[captures, carries, xs, &residuals].concat()));
            let after = tangents_of(&outs[..self.carries], self.parts(&body_avals)[1], actives[1]);
            after.into_iter().chain(outs[self.carries..].iter().flatten().copied()).collect()
        });
        let (captured, carried) = (lengths[0] + lengths[1], lengths[2]);
        let op = Scan { captures: captured, carries: carried, body, ..self.clone() };
        let out_tangents = bind(op.into(), &[captures, once, carries, xs, changed].concat());
        let mut tangents = scatter(actives[1], &out_tangents[..carried]);
        tangents.extend(scatter(&present[self.carries..], &out_tangents[carried..]));
        Some(Dual { outs, tangents })
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        // A carry is linear if it begins so, or some step makes it so.
        let unknown: Vec<bool> = ins.iter().map(Linear::is_unknown).collect();
        let (_, unknown, _) = fixed_point(unknown, self.carry_range(), |flags| {
            let on = depends(&self.body, flags);
            ((), self.body.outs.iter().map(|v| on[v.index()]).collect())
        });
        let known: Vec<bool> = unknown.iter().map(|u| !u).collect();
        let values: Vec<Option<Tracer>> = ins.iter().map(Linear::known).collect();
        let of = |k: usize| -> Vec<Tracer> {
            let each = self.parts(&values)[k].iter().zip(self.parts(&known)[k]);
            each.filter(|v| *v.1).filter_map(|v| *v.0).collect()
        };
        let [known_captures, known_carries, known_xs] = [of(0), of(1), of(2)];
        let [linear_captures, linear_carries, linear_xs] = self.parts(&unknown);
        // Carries that are not linear take part in a loop of their own, which keeps the value of each step.
        let mut kept = vec![];
        if !known_carries.is_empty() {
            let inputs = chosen(&self.body.ins, &known);
            let before = chosen(&self.body.ins[self.carry_range()], self.parts(&known)[1]);
            let after = chosen(&self.body.outs[..self.carries], self.parts(&known)[1]);
            let body = part(&self.body, &inputs, &[after, before].concat());
            let (captures, carries) = (known_captures.len(), known_carries.len());
            let op = Scan { captures, carries, body, ..self.clone() };
            let operands = [&known_captures[..], &known_carries, &known_xs].concat();
            kept = bind(op.into(), &operands).to_vec().split_off(carries);
        }
        let (carry_cts, y_cts) = cts.split_at(self.carries);
        let avals: Vec<ShapedArray> = ins.iter().map(|i| i.aval().strong()).collect();
        let carry_cts = tangents_of(carry_cts, self.parts(&avals)[1], linear_carries);
        let none = vec![None; self.captures];
        let sums = tangents_of(&none, self.parts(&avals)[0], linear_captures);
        let (y_present, y_cts): (Vec<bool>, Vec<Tracer>) =
            (y_cts.iter().map(Option::is_some).collect(), y_cts.iter().flatten().copied().collect());

        let operands = [&known_captures[..], &carry_cts, &sums, &y_cts, &kept, &known_xs];
        let lengths = operands.map(<[Tracer]>::len);
        let slice = |t: &Tracer| t.with_aval(|a| a.with_shape(&a.shape[1..]));
        let whole = operands[..3].iter().flat_map(|o| o.iter().map(|t| t.aval()));
        let slices = operands[3..].iter().flat_map(|o| o.iter().map(slice));
        let body = closed(&whole.chain(slices).collect::<Vec<_>>(), |args| {
            let [captures, carry_cts, sums, y_cts, kept, xs] = parts(args, lengths);
            let values = scatter(&known, &[captures, kept, xs].concat());
            let mut cts = scatter(linear_carries, carry_cts);
            cts.extend(scatter(&y_present, y_cts));
            let found = transpose_program(&self.body, &values, &cts);
            let wanted = chosen(&self.body.in_avals(), &unknown);
            let [captures, carries, xs] =
                parts(&found, [count(linear_captures), count(linear_carries), count(linear_xs)]);
            let [_, carry_avals, x_avals] =
                parts(&wanted, [count(linear_captures), count(linear_carries), count(linear_xs)]);
            let sums = sums.iter().zip(captures).filter_map(|(s, c)| add_some(Some(*s), *c));
            let all = |cts: &[Option<Tracer>], avals: &[ShapedArray]| tangents_of(cts, avals, &vec![true; cts.len()]);
            let (carries, xs) = (all(carries, carry_avals), all(xs, x_avals));
            carries.into_iter().chain(sums).chain(xs).collect()
        });
        let op = Scan {
            reverse: !self.reverse,
            captures: lengths[0],
            carries: lengths[1] + lengths[2],
            body,
            length: self.length,
        };
        let outs = bind(op.into(), &operands.concat());
        let [carries, captures, xs] = parts(&outs, [lengths[1], lengths[2], count(linear_xs)]);
        let found = [scatter(linear_captures, captures), scatter(linear_carries, carries), scatter(linear_xs, xs)];
        found.concat().into_iter().zip(ins).map(|(ct, i)| ct.filter(|_| i.is_unknown())).collect()
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let flags: Vec<bool> = ins.iter().map(|i| i.batched).collect();
        let (over, flags, mut out_flags) =
            fixed_point(flags, self.carry_range(), |flags| batch_of(&self.body, axis, flags));
        let mut wanted = out_flags.clone();
        wanted[..self.carries].copy_from_slice(&flags[self.carry_range()]);
        let body = closed(&over.in_avals(), |args| spread(&inline(&over, args), &out_flags, &wanted, axis));
        out_flags = wanted;
        let [captures, carries, xs] = self.parts(ins);
        let init = carries.iter().zip(&flags[self.carry_range()]);
        let init = init.map(|(i, f)| if *f { i.spread(axis) } else { i.value });
        let xs = xs.iter().map(|x| if x.batched { x.value.moveaxis(1, 0) } else { x.value });
        let operands: Vec<Tracer> = captures.iter().map(|c| c.value).chain(init).chain(xs).collect();
        let outs = bind(Scan { body, ..self.clone() }.into(), &operands);
        let each = outs.into_iter().zip(out_flags).enumerate();
        each.map(|(i, (value, batched))| Batched {
            value: if batched && i >= self.carries { value.moveaxis(0, 1) } else { value },
            batched,
        })
        .collect()
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let [captures, carries, xs] = self.parts(ins);
        let buffers = outs[self.carries..].iter().map(|y| {
            let scalar = module.constant(&Literal::zeros(y.with_shape(&[])));
            Broadcast { shape: y.shape.clone(), dims: smallvec![] }.lower(module, &[scalar], std::slice::from_ref(y))
        });
        let buffers: Vec<Value> = buffers.collect::<Vec<_>>().concat();
        if self.length == 0 || (outs.is_empty() && !self.effectful()) {
            return carries.iter().cloned().chain(buffers).collect();
        }
        let counter = ShapedArray::new(&[], DType::I32);
        let all: Vec<ShapedArray> = std::iter::once(&counter).chain(outs).cloned().collect();
        let zero = module.splat(&counter, 0.0);
        let init: Vec<Value> = std::iter::once(zero.clone()).chain(carries.iter().cloned()).chain(buffers).collect();
        let cond = module.region(&all, |m, args| {
            let limit = m.splat(&counter, self.length as f64);
            Compare::Lt.lower(m, &[args[0].clone(), limit], &[counter.with_dtype(DType::Bool)])
        });
        let body = module.region(&all, |m, args| {
            let [step, carries, buffers] = parts(args, [1, self.carries, outs.len() - self.carries]);
            let step = &step[0];
            let index = if self.reverse {
                let last = m.splat(&counter, self.length as f64 - 1.0);
                m.op1("stablehlo.subtract", &[last, step.clone()], "", &counter)
            } else {
                step.clone()
            };
            let indices = |rank: usize| -> Vec<Value> {
                (0..rank).map(|axis| if axis == 0 { index.clone() } else { zero.clone() }).collect()
            };
            let slices = xs.iter().map(|x| {
                let shape = prepend(1, &x.aval.shape[1..]);
                let operands = [&[x.clone()][..], &indices(shape.len())].concat();
                let sizes = format!("slice_sizes = {}", mlir_array(&shape));
                let slice = m.op1("stablehlo.dynamic_slice", &operands, &sizes, &x.aval.with_shape(&shape));
                m.op1("stablehlo.reshape", &[slice], "", &x.aval.with_shape(&shape[1..]))
            });
            let slices: Vec<Value> = slices.collect();
            let mut made = m.inline(&self.body, &[captures, carries, &slices].concat());
            let ys = made.split_off(self.carries);
            for (y, buffer) in ys.into_iter().zip(buffers) {
                let row = m.op1(
                    "stablehlo.reshape",
                    std::slice::from_ref(&y),
                    "",
                    &y.aval.with_shape(&prepend(1, &y.aval.shape)),
                );
                let operands = [&[buffer.clone(), row][..], &indices(buffer.aval.rank())].concat();
                made.push(m.op1("stablehlo.dynamic_update_slice", &operands, "", &buffer.aval));
            }
            let one = m.splat(&counter, 1.0);
            let next = m.op1("stablehlo.add", &[step.clone(), one], "", &counter);
            std::iter::once(next).chain(made).collect()
        });
        module.op("stablehlo.while", &init, "", &[cond, body], &all).split_off(1)
    }
    fn in_order(&self, token: Tracer, ins: &[Tracer]) -> (Tracer, Vec<Tracer>) {
        let [captures, carries, xs] = self.parts(ins);
        let body = in_order_of(&self.body, self.captures);
        let op = Scan { carries: self.carries + 1, body, ..self.clone() };
        let outs = bind(op.into(), &[captures, &[token], carries, xs].concat());
        (outs[0], outs[1..].to_vec())
    }
    fn effectful(&self) -> bool {
        self.body.effectful()
    }
    fn subprograms(&self) -> Vec<&Program> {
        vec![&self.body]
    }
    fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        Some(Scan { body: f(&self.body), ..self.clone() }.into())
    }
    fn pruned(&self, ins: usize, used: &[bool]) -> Option<Pruned> {
        if self.effectful() {
            return prune_inside(self, ins, used.len());
        }
        // A carry stays if it is used after the loop, or for one that stays or a `y` that is used.
        let (body, outs, _) = fixed_point(used.to_vec(), 0..self.carries, |wanted| {
            let body = prune(&self.body, wanted);
            let needed = uses(&body)[self.carry_range()].to_vec();
            (body, needed)
        });
        let mut ins = uses(&body);
        ins[self.carry_range()].copy_from_slice(&outs[..self.carries]);
        if body == self.body && !ins.contains(&false) {
            return None;
        }
        let (captures, carries) = (count(&ins[..self.captures]), count(&outs[..self.carries]));
        let op = Scan { captures, carries, body: keep_inputs(&body, &ins), ..self.clone() };
        Some(Pruned { op: op.into(), ins, outs })
    }
    fn hoisted(&self, large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> {
        let (body, values) = hoist_at(&[(&self.body, self.captures)], large)?;
        let op = Scan { captures: self.captures + values.len(), body: body[0].clone(), ..self.clone() };
        Some(Hoisted { op: op.into(), at: self.captures, values })
    }
    fn saving(&self, policy: &Policy) -> Option<Saving<Op>> {
        // What is kept of a step is one more of its `y`s, and one more of its `x`s.
        let mut saving = saving_applied(&self.body, policy, |body| Scan { body, ..self.clone() }.into())?;
        saving.saved.iter_mut().for_each(|a| *a = a.with_shape(&prepend(self.length, &a.shape)));
        Some(saving)
    }
    fn unlowerable(&self) -> Option<String> {
        unlowerable(&self.body)
    }
}
impl Registered for Scan {
    read_by_name!("scan");
    fn samples() -> Vec<Sample> {
        let of = |length, reverse, captures, carries, body: &str| {
            let body = body.parse().expect("a program");
            Scan { length, reverse, captures, carries, body }
        };
        // A captured weight, an integer carry that the ys show, a float carry; residuals that no step changes.
        let recurrent = "program(%0: f64[2,2], %1: f64[], %2: i32[], %3: f64[2], %4: f64[2]) {
            %5: i32[] = constant 1
            %6: i32[] = add %2 %5
            %7: f64[2] = dot_general[lhs_contract=[1], rhs_contract=[0], lhs_batch=[], rhs_batch=[],
                precision=default, dtype=f64] %0 %3
            %8: f64[] = sin %1
            %9: f64[2] = broadcast[shape=[2], dims=[]] %8
            %10: f64[2] = mul %9 %4
            %11: f64[2] = add %7 %10
            %12: f64[2] = tanh %11
            %13: f64[2] = mul %12 %4
            return %6, %12, %13, %2 }";
        // The second carry gets its tangent from the first, one step later; nothing comes out at each step.
        let delayed = "program(%0: f64[], %1: f64[], %2: f64[]) {
            %3: f64[] = mul %0 %2
            return %3, %0 }";
        let nested = "program(%0: f64[3], %1: f64[], %2: f64[]) {
            %3: f64[], %4: f64[3] = scan[length=3, reverse=true, captures=1, carries=1,
                body=program(%0: f64[], %1: f64[], %2: f64[]) {
                    %3: f64[] = mul %1 %2
                    %4: f64[] = add %3 %0
                    return %4, %3 }] %2 %1 %0
            return %3, %4 }";
        let w = Literal::new(&[2, 2], &[0.5, -0.25, 1.0, 0.75]);
        let xs = Literal::new(&[3, 2], &[0.5, 1.0, -1.0, 0.25, 2.0, -0.5]);
        let recurrent_ins = |xs: &Literal| [w.clone(), 0.5.into(), 3i32.into(), vec![1.0, -1.0].into(), xs.clone()];
        vec![
            Sample::new(of(3, false, 2, 2, recurrent), &recurrent_ins(&xs)),
            Sample::new(of(3, true, 2, 2, recurrent), &recurrent_ins(&xs)),
            Sample::new(of(0, false, 2, 2, recurrent), &recurrent_ins(&Literal::new::<f64>(&[0, 2], &[]))),
            Sample::new(of(3, false, 0, 2, delayed), &[0.5.into(), 2.0.into(), vec![0.5, -1.0, 3.0].into()]),
            Sample::new(of(2, false, 1, 1, nested), &[vec![0.5, -1.0, 3.0].into(), 1.5.into(), vec![0.5, 0.25].into()]),
            Sample::new(
                of(2, false, 0, 1, "program(%0: f32[]) {\n %1: f32[] = sin %0\n return %1, %0 }"),
                &[0.5f32.into()],
            ),
        ]
    }
}
