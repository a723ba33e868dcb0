//! `cond[branches] index x …`: one of several programs, chosen by an integer.

use super::{
    call::{check_operands, owned},
    *,
};
use crate::{
    rewrite::order::in_order_of,
    rewrite::{
        hoist::hoist_at,
        nested::{
            Split, batch_of, chosen, jvp_of, linearize_of, scatter, spread, transpose_of, unlowerable, with_inputs,
            with_zeros,
        },
        prune::{keep_inputs, prune, prune_inside, uses},
        saving::saving,
    },
    trace::{constant, inline},
};

parameters! {
    /// Applies the branch that the first operand, an `i32[]`, numbers: below 0 the first, above the last the last.
    ///
    /// All branches take the other operands, and give outputs of the same types.
    Cond {
        /// The programs to choose from.
        branches: Vec<Program>,
    }
}
impl Cond {
    fn of(branches: Vec<Program>, ins: &[Tracer]) -> Vec<Tracer> {
        bind(Cond { branches }.into(), ins).to_vec()
    }
    fn first(&self) -> &Program {
        &self.branches[0]
    }
    fn last(&self) -> i128 {
        self.branches.len() as i128 - 1
    }
}
/// Flags that hold where any of them does.
fn union<'a>(flags: impl IntoIterator<Item = &'a Vec<bool>>) -> Vec<bool> {
    let mut all: Vec<bool> = vec![];
    for f in flags {
        all.resize(f.len(), false);
        all.iter_mut().zip(f).for_each(|(a, b)| *a |= b);
    }
    all
}
/// A place among the joined residuals of all branches for each residual of each: branches share places of the same type.
fn join(residuals: &[Vec<ShapedArray>]) -> (Vec<ShapedArray>, Vec<Vec<usize>>) {
    let mut slots: Vec<ShapedArray> = vec![];
    let mut places = vec![];
    for avals in residuals {
        let mut taken: Vec<usize> = vec![];
        for aval in avals.iter().map(ShapedArray::strong) {
            let slot = (0..slots.len()).find(|i| slots[*i] == aval && !taken.contains(i)).unwrap_or(slots.len());
            if slot == slots.len() {
                slots.push(aval);
            }
            taken.push(slot);
        }
        places.push(taken);
    }
    (slots, places)
}
/// The program with the outputs after those of types `avals` in their places among the slots, and zeros in all other slots.
fn in_places(program: &Program, avals: &[ShapedArray], slots: &[ShapedArray], places: &[usize]) -> Program {
    let n = avals.len();
    let mut sorted: Vec<usize> = places.to_vec();
    sorted.sort_unstable();
    let order = (0..n).chain(sorted.iter().filter_map(|s| places.iter().position(|p| p == s)).map(|i| n + i));
    let mut data = program.to_data();
    data.outs = order.map(|i| program.outs[i]).collect();
    let present: Vec<bool> = (0..n + slots.len()).map(|i| i < n || places.contains(&(i - n))).collect();
    let all = vec![true; present.len()];
    with_zeros(&Program::new(data), &[avals, slots].concat(), &present, &all)
}
impl Primitive for Cond {
    described!("cond");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let (Some((index, operands)), Some(first)) = (ins.split_first(), self.branches.first()) else {
            return Err("needs at least one branch and an index".into());
        };
        if index.rank() != 0 || index.dtype != DType::I32 {
            return Err(format!("the index must be i32[], got {index}"));
        }
        let strong = |p: &Program| p.out_avals().iter().map(ShapedArray::strong).collect::<Avals>();
        for (i, branch) in self.branches.iter().enumerate() {
            check_operands(branch, operands).map_err(|e| format!("branch {i}: {e}"))?;
            if strong(branch) != strong(first) {
                let (want, got) = (first.out_avals(), branch.out_avals());
                return Err(format!("all branches must have one type, branch 0 gives {want:?}, branch {i} {got:?}"));
            }
        }
        Ok(strong(first))
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let index = ins[0].ints()[0].clamp(0, self.last()) as usize;
        crate::eval::eval(&self.branches[index], &owned(&ins[1..]))
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let active: Vec<bool> = tangents[1..].iter().map(Option::is_some).collect();
        let (branches, flags): (Vec<Program>, Vec<Vec<bool>>) =
            self.branches.iter().map(|b| jvp_of(b, &active)).unzip();
        let (wanted, avals) = (union(&flags), self.first().out_avals());
        let n = avals.len();
        let all_of = |flags: &[bool]| [&vec![true; n][..], flags].concat();
        let avals = [&avals[..], &avals].concat();
        let joined = branches.iter().zip(&flags).map(|(b, f)| with_zeros(b, &avals, &all_of(f), &all_of(&wanted)));
        let operands: Vec<Tracer> = ins.iter().copied().chain(tangents.iter().flatten().copied()).collect();
        let mut outs = Cond::of(joined.collect(), &operands);
        let tangents = scatter(&wanted, &outs.split_off(n));
        Some(Dual { outs, tangents })
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let active: Vec<bool> = tangents[1..].iter().map(Option::is_some).collect();
        let (splits, flags): (Vec<Split>, Vec<Vec<bool>>) =
            self.branches.iter().map(|b| linearize_of(b, &active)).unzip();
        let (wanted, avals) = (union(&flags), self.first().out_avals());
        let n = avals.len();
        let residuals: Vec<Vec<ShapedArray>> = splits.iter().map(|s| s.forward.out_avals().split_off(n)).collect();
        let (slots, places) = join(&residuals);
        let tangent_avals: Vec<ShapedArray> =
            chosen(&self.first().in_avals(), &active).iter().map(ShapedArray::strong).collect();
        let (mut forward, mut linear) = (vec![], vec![]);
        for ((split, flags), places) in splits.iter().zip(&flags).zip(&places) {
            forward.push(in_places(&split.forward, &avals, &slots, places));
            let taken: Vec<usize> =
                (0..tangent_avals.len()).chain(places.iter().map(|p| tangent_avals.len() + p)).collect();
            let ins = with_inputs(&split.linear, &[&tangent_avals[..], &slots].concat(), &taken);
            linear.push(with_zeros(&ins, &avals, flags, &wanted));
        }
        let mut outs = Cond::of(forward, ins);
        let residuals = outs.split_off(n);
        let operands: Vec<Tracer> =
            [ins[0]].into_iter().chain(tangents.iter().flatten().copied()).chain(residuals).collect();
        let tangents = if wanted.contains(&true) { Cond::of(linear, &operands) } else { vec![] };
        Some(Dual { outs, tangents: scatter(&wanted, &tangents) })
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let Some(index) = ins[0].known() else { fail("cond: cannot be transposed in its index") };
        let unknown: Vec<bool> = ins[1..].iter().map(Linear::is_unknown).collect();
        let present: Vec<bool> = cts.iter().map(Option::is_some).collect();
        let (branches, flags): (Vec<Program>, Vec<Vec<bool>>) =
            self.branches.iter().map(|b| transpose_of(b, &unknown, &present)).unzip();
        let (wanted, avals) = (union(&flags), chosen(&self.first().in_avals(), &unknown));
        let joined = branches.iter().zip(&flags).map(|(b, f)| with_zeros(b, &avals, f, &wanted)).collect();
        let known = ins[1..].iter().filter_map(Linear::known);
        let operands: Vec<Tracer> = [index].into_iter().chain(known).chain(cts.iter().flatten().copied()).collect();
        let mut outs = scatter(&wanted, &Cond::of(joined, &operands)).into_iter();
        let each = unknown.iter().map(|u| if *u { outs.next().flatten() } else { None });
        [None].into_iter().chain(each).collect()
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let flags: Vec<bool> = ins[1..].iter().map(|i| i.batched).collect();
        let values: Vec<Tracer> = ins.iter().map(|i| i.value).collect();
        let over: Vec<(Program, Vec<bool>)> = self.branches.iter().map(|b| batch_of(b, axis, &flags)).collect();
        if !ins[0].batched {
            let wanted = union(over.iter().map(|o| &o.1));
            let joined = over.iter().map(|(b, f)| {
                crate::rewrite::nested::closed(&b.in_avals(), |args| spread(&inline(b, args), f, &wanted, axis))
            });
            let outs = Cond::of(joined.collect(), &values);
            return outs.into_iter().zip(wanted).map(|(value, batched)| Batched { value, batched }).collect();
        }
        if !self.branches.iter().all(Program::only_shows) {
            fail(
                "cond: a branch has effects, and examples of the batch take different branches; vmap would evaluate all \
                 branches for all examples. Map with a scan",
            );
        }
        // Examples take different branches: all are evaluated, and each example chooses.
        let all = vec![true; self.first().outs.len()];
        let mut outs: Vec<Tracer> = vec![];
        for (i, (branch, flags)) in over.iter().enumerate().rev() {
            // Elsewhere its operands are constants, so that what the branch does to other examples' values has no derivative, NaN neither.
            let number = constant(i as i32).broadcast(&[axis.size], &[]);
            let (low, high) = (i == 0, i as i128 == self.last());
            let own = match (low, high) {
                (true, _) => bind1(Compare::Le, &[values[0], number]),
                (_, true) => bind1(Compare::Ge, &[values[0], number]),
                _ => bind1(Compare::Eq, &[values[0], number]),
            };
            let guarded = ins[1..].iter().map(|x| match x.batched && x.value.dtype().is_inexact() {
                true => bind1(Select, &[own.broadcast(&x.value.shape(), &[0]), x.value, x.value.stop_gradient()]),
                false => x.value,
            });
            let here = spread(&inline(branch, &guarded.collect::<Vec<_>>()), flags, &all, axis);
            if outs.is_empty() {
                outs = here;
                continue;
            }
            let chosen = bind1(Compare::Le, &[values[0], constant(i as i32).broadcast(&[axis.size], &[])]);
            let select = |(x, y): (Tracer, Tracer)| bind1(Select, &[chosen.broadcast(&x.shape(), &[0]), x, y]);
            outs = here.into_iter().zip(outs).map(select).collect();
        }
        outs.into_iter().map(Batched::new).collect()
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if outs.is_empty() && !self.effectful() {
            return vec![];
        }
        let bounds = [0.0, self.last() as f64].map(|x| module.splat(&ins[0].aval, x));
        let [low, high] = bounds;
        let index = module.op1("stablehlo.clamp", &[low, ins[0].clone(), high], "", &ins[0].aval);
        let regions: Vec<String> =
            self.branches.iter().map(|b| module.region(&[], |m, _| m.inline(b, &ins[1..]))).collect();
        module.op("stablehlo.case", &[index], "", &regions, outs)
    }
    fn in_order(&self, token: Tracer, ins: &[Tracer]) -> (Tracer, Vec<Tracer>) {
        let branches = self.branches.iter().map(|b| in_order_of(b, 0)).collect();
        let outs = Cond::of(branches, &[&[ins[0], token], &ins[1..]].concat());
        (outs[0], outs[1..].to_vec())
    }
    fn effectful(&self) -> bool {
        self.branches.iter().any(Program::effectful)
    }
    fn subprograms(&self) -> Vec<&Program> {
        self.branches.iter().collect()
    }
    fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        Some(Cond { branches: self.branches.iter().map(f).collect() }.into())
    }
    fn pruned(&self, ins: usize, used: &[bool]) -> Option<Pruned> {
        if self.effectful() {
            return prune_inside(self, ins, used.len());
        }
        let branches: Vec<Program> = self.branches.iter().map(|b| prune(b, used)).collect();
        let needed = union(&branches.iter().map(uses).collect::<Vec<_>>());
        if branches == self.branches && !needed.contains(&false) {
            return None;
        }
        let branches = branches.iter().map(|b| keep_inputs(b, &needed)).collect();
        Some(Pruned { op: Cond { branches }.into(), ins: [&[true], &needed[..]].concat(), outs: used.to_vec() })
    }
    fn hoisted(&self, large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> {
        let operands = self.first().ins.len();
        let branches: Vec<(&Program, usize)> = self.branches.iter().map(|b| (b, operands)).collect();
        let (branches, values) = hoist_at(&branches, large)?;
        Some(Hoisted { op: Cond { branches }.into(), at: 1 + operands, values })
    }
    fn saving(&self, policy: &Policy) -> Option<Saving<Op>> {
        let each: Vec<Saving<Program>> = self.branches.iter().map(|b| saving(b, policy)).collect();
        let (slots, places) = join(&each.iter().map(|s| s.saved.clone()).collect::<Vec<_>>());
        let (ins, outs) = (self.first().in_avals(), self.first().out_avals());
        let first = each.iter().zip(&places).map(|(s, places)| in_places(&s.first, &outs, &slots, places)).collect();
        let again = each.iter().zip(&places).map(|(s, places)| {
            let taken: Vec<usize> = (0..ins.len()).chain(places.iter().map(|p| ins.len() + p)).collect();
            with_inputs(&s.again, &[&ins[..], &slots].concat(), &taken)
        });
        let (first, again) = (Cond { branches: first }, Cond { branches: again.collect() });
        (!slots.is_empty()).then(|| Saving { first: first.into(), again: again.into(), saved: slots })
    }
    fn unlowerable(&self) -> Option<String> {
        self.branches.iter().find_map(unlowerable)
    }
}
impl Registered for Cond {
    read_by_name!("cond");
    fn samples() -> Vec<Sample> {
        let of =
            |branches: &[&str]| Cond { branches: branches.iter().map(|b| b.parse().expect("a program")).collect() };
        // Residuals of different types and numbers; the second branch does not use one operand, nor the third any.
        let three = of(&[
            "program(%0: f64[2], %1: f64[], %2: i32[]) {
                %3: f64[2] = sin %0
                %4: f64[2] = broadcast[shape=[2], dims=[]] %1
                %5: f64[2] = mul %3 %4
                %6: i32[] = neg %2
                return %5, %1, %6 }",
            "program(%0: f64[2], %1: f64[], %2: i32[]) {
                %3: f64[] = constant 3.0
                %4: f64[] = mul %1 %1
                %5: f64[] = mul %4 %3
                return %0, %5, %2 }",
            "program(%0: f64[2], %1: f64[], %2: i32[]) {
                %3: f64[2] = constant 0.5
                %4: f64[] = constant 2.0
                return %3, %4, %2 }",
        ]);
        let ins = |i: i32| [i.into(), vec![0.5, -1.0].into(), 0.75.into(), 7.into()];
        let single = of(&["program(%0: f32[2]) {\n %1: f32[2] = exp %0\n return %1 }"]);
        // A loop in a branch.
        let nested = of(&[
            "program(%0: f64[3], %1: f64[]) {
                %2: f64[], %3: f64[3] = scan[length=3, reverse=false, captures=0, carries=1,
                    body=program(%0: f64[], %1: f64[]) {\n %2: f64[] = mul %0 %1\n return %2, %0 }] %1 %0
                return %2, %3 }",
            "program(%0: f64[3], %1: f64[]) {\n %2: f64[3] = cos %0\n return %1, %2 }",
        ]);
        let mut samples: Vec<Sample> = (-1..4).map(|i| Sample::new(three.clone(), &ins(i))).collect();
        samples.push(Sample::new(single, &[5i32.into(), vec![0.5f32, -1.0].into()]));
        samples.extend(
            (0..2).map(|i: i32| Sample::new(nested.clone(), &[i.into(), vec![0.5, -1.0, 2.0].into(), 0.75.into()])),
        );
        samples
    }
}
