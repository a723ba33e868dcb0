//! The drivers applied to whole programs: from a program, and what is known of its inputs, to the rewritten program. What the rules
//! of primitives with sub-programs (`cond`, `while`, `scan`) are made of.

use super::{BatchAxis, Batched, Dual, Linear, Linearized, batch, jvp, jvp::zeros, linearize, transpose};
use crate::{
    aval::ShapedArray,
    primitives::{Primitive, prepend},
    program::{Program, Var},
    trace::{Traced, Tracer, fail, inline, trace},
};
use std::{cell::Cell, ops::Range};

/// The program of a function that uses nothing but its arguments.
pub fn closed(ins: &[ShapedArray], f: impl FnOnce(&[Tracer]) -> Vec<Tracer>) -> Program {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            CLOSED.set(CLOSED.get() - 1);
        }
    }
    CLOSED.set(CLOSED.get() + 1);
    let _leave = Leave;
    let Traced { program, captured } = trace(ins, f);
    if !captured.is_empty() {
        fail(
            "a rule of custom_vmap uses a value of a function that is being traced, but stands inside a loop, a branch or a jitted \
             function, where it has only its arguments; make that value an argument",
        );
    }
    program
}
thread_local! { static CLOSED: Cell<usize> = const { Cell::new(0) }; }
/// Whether what is traced may use nothing but arguments and constants: it becomes the body of a loop, a branch or a call.
pub fn inside_closed() -> bool {
    CLOSED.get() > 0
}
/// The values in the places for which `present` holds.
pub fn scatter(present: &[bool], values: &[Tracer]) -> Vec<Option<Tracer>> {
    let mut values = values.iter();
    present.iter().map(|p| if *p { values.next().copied() } else { None }).collect()
}
/// The items for which `keep` holds.
pub fn chosen<T: Clone>(items: &[T], keep: &[bool]) -> Vec<T> {
    items.iter().zip(keep).filter(|i| *i.1).map(|i| i.0.clone()).collect()
}
/// How many of them hold.
pub fn count(flags: &[bool]) -> usize {
    flags.iter().filter(|f| **f).count()
}
/// Consecutive parts of the given lengths.
pub fn parts<const N: usize, T>(mut all: &[T], lengths: [usize; N]) -> [&[T]; N] {
    lengths.map(|n| {
        let (part, rest) = all.split_at(n);
        all = rest;
        part
    })
}

/// The derivative as a program: from inputs, and tangents of the active ones, to outputs, and tangents of those for which the flags
/// that are returned hold.
pub fn jvp_of(program: &Program, active: &[bool]) -> (Program, Vec<bool>) {
    let ins = program.in_avals();
    let tangents: Vec<ShapedArray> = chosen(&ins, active).iter().map(ShapedArray::strong).collect();
    let mut present = vec![];
    let derivative = closed(&[&ins[..], &tangents].concat(), |args| {
        let (args, tangents) = args.split_at(ins.len());
        let dual = jvp(program, args, &scatter(active, tangents));
        present = dual.tangents.iter().map(Option::is_some).collect();
        dual.outs.into_iter().chain(dual.tangents.into_iter().flatten()).collect()
    });
    (derivative, present)
}

/// A program whose derivative has been split off.
pub struct Split {
    /// From inputs to outputs and residuals.
    pub forward: Program,
    /// From tangents of the active inputs and residuals to tangents of the active outputs.
    pub linear: Program,
}
/// The program split into outputs with residuals and a linear program, and which outputs are active.
pub fn linearize_of(program: &Program, active: &[bool]) -> (Split, Vec<bool>) {
    let mut split: Option<(Program, Vec<bool>)> = None;
    let forward = closed(&program.in_avals(), |args| {
        let Linearized { outs, linear, residuals, active } = linearize(program, args, active);
        split = Some((linear, active));
        outs.into_iter().chain(residuals).collect()
    });
    let (linear, active) = split.unwrap_or_else(|| fail("linearize: the program was not traced"));
    (Split { forward, linear }, active)
}

/// The tangents of a program's outputs at given inputs, in a form that can be transposed if `linear`.
pub fn tangents_through(
    program: &Program,
    ins: &[Tracer],
    tangents: &[Option<Tracer>],
    linear: bool,
) -> Vec<Option<Tracer>> {
    if !linear {
        return jvp(program, ins, tangents).tangents;
    }
    let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
    let Linearized { linear, residuals, active, .. } = linearize(program, ins, &active);
    let given: Vec<Tracer> = tangents.iter().flatten().copied().chain(residuals).collect();
    scatter(&active, &inline(&linear, &given))
}

/// The transpose as a program: from the known inputs, and the cotangents that are present, to cotangents of the unknown inputs for
/// which the flags that are returned hold.
pub fn transpose_of(program: &Program, unknown: &[bool], present: &[bool]) -> (Program, Vec<bool>) {
    let known: Vec<bool> = unknown.iter().map(|u| !u).collect();
    let known_avals = chosen(&program.in_avals(), &known);
    let ct_avals: Vec<ShapedArray> = chosen(&program.out_avals(), present).iter().map(ShapedArray::strong).collect();
    let mut wanted = vec![];
    let transposed = closed(&[&known_avals[..], &ct_avals].concat(), |args| {
        let (args, cts) = args.split_at(known_avals.len());
        let out = transpose(program, &scatter(&known, args), &scatter(present, cts));
        wanted = out.iter().map(Option::is_some).collect();
        out.into_iter().flatten().collect()
    });
    (transposed, wanted)
}

/// The program over a batch, with the batch axis on the inputs for which `batched` holds, and on which outputs it is.
pub fn batch_of(program: &Program, axis: &BatchAxis, batched: &[bool]) -> (Program, Vec<bool>) {
    let wide = |(a, b): (&ShapedArray, &bool)| if *b { a.with_shape(&prepend(axis.size, &a.shape)) } else { a.clone() };
    let avals: Vec<ShapedArray> = program.in_avals().iter().zip(batched).map(wide).collect();
    let mut flags = vec![];
    let over = closed(&avals, |args| {
        let args: Vec<Batched> =
            args.iter().zip(batched).map(|(value, b)| Batched { value: *value, batched: *b }).collect();
        let outs = batch(program, axis, &args);
        flags = outs.iter().map(|o| o.batched).collect();
        outs.into_iter().map(|o| o.value).collect()
    });
    (over, flags)
}
/// The outputs with the batch axis wherever `wanted` holds, given where they have it.
pub fn spread(outs: &[Tracer], batched: &[bool], wanted: &[bool], axis: &BatchAxis) -> Vec<Tracer> {
    let each = outs.iter().zip(batched).zip(wanted);
    each.map(|((value, b), w)| if *w { Batched { value: *value, batched: *b }.spread(axis) } else { *value }).collect()
}

/// The least flags, of the inputs of a loop's body, that hold wherever they hold at first, and for each carry that is flagged among
/// the outputs of the body. `run` gives something, and the flags of the outputs: carries first.
pub fn fixed_point<T>(
    mut flags: Vec<bool>,
    carries: Range<usize>,
    run: impl Fn(&[bool]) -> (T, Vec<bool>),
) -> (T, Vec<bool>, Vec<bool>) {
    loop {
        let (made, outs) = run(&flags);
        let mut grew = false;
        for (i, out) in carries.clone().zip(&outs) {
            grew |= *out && !flags[i];
            flags[i] |= out;
        }
        if !grew {
            return (made, flags, outs);
        }
    }
}

/// For every variable, whether it depends on the inputs for which `flags` holds.
pub fn depends(program: &Program, flags: &[bool]) -> Vec<bool> {
    let mut on = vec![false; program.avals.len()];
    program.ins.iter().zip(flags).for_each(|(v, f)| on[v.index()] = *f);
    for eqn in &program.eqns {
        let any = eqn.ins.iter().any(|v| on[v.index()]);
        eqn.outs.iter().for_each(|v| on[v.index()] = any);
    }
    on
}
/// The part of a program that makes the given outputs, which need no inputs but those; without effects.
pub fn part(program: &Program, ins: &[Var], outs: &[Var]) -> Program {
    part_of(program, ins, outs, false)
}
/// The same, with all effects.
pub fn part_with_effects(program: &Program, ins: &[Var], outs: &[Var]) -> Program {
    part_of(program, ins, outs, true)
}
fn part_of(program: &Program, ins: &[Var], outs: &[Var], effects: bool) -> Program {
    let mut data = program.to_data();
    let mut live = vec![false; data.avals.len()];
    outs.iter().for_each(|v| live[v.index()] = true);
    let mut keep = vec![false; data.eqns.len()];
    for (kept, eqn) in keep.iter_mut().zip(&data.eqns).rev() {
        *kept = eqn.outs.iter().any(|v| live[v.index()]) || (effects && eqn.op.effectful());
        if *kept {
            eqn.ins.iter().for_each(|v| live[v.index()] = true);
        }
    }
    let mut keep = keep.into_iter();
    data.eqns.retain(|_| keep.next() == Some(true));
    (data.ins, data.outs) = (ins.to_vec(), outs.to_vec());
    Program::new(data)
}
/// The program without the equations that only show values: what is left to repeat of it.
pub fn without_shows(program: &Program) -> Program {
    let mut data = program.to_data();
    data.eqns.retain(|e| !(e.op.effectful() && e.op.only_shows() && e.outs.is_empty()));
    Program::new(data)
}
/// The program with inputs of the given types, of which it takes the chosen ones in the given order and ignores the others.
pub fn with_inputs(program: &Program, avals: &[ShapedArray], taken: &[usize]) -> Program {
    let mut data = program.to_data();
    let mut ins: Vec<Option<Var>> = vec![None; avals.len()];
    taken.iter().zip(&program.ins).for_each(|(to, v)| ins[*to] = Some(*v));
    data.ins = ins.into_iter().zip(avals).map(|(v, a)| v.unwrap_or_else(|| data.fresh(a.clone()))).collect();
    Program::new(data)
}
/// What all of these captured, and the programs that take all of it, in front of their own inputs.
pub fn share_captures(traced: &[Traced]) -> (Vec<Tracer>, Vec<Program>) {
    let mut captured: Vec<Tracer> = vec![];
    for t in traced.iter().flat_map(|t| &t.captured) {
        if !captured.contains(t) {
            captured.push(*t);
        }
    }
    let in_front: Vec<ShapedArray> = captured.iter().map(|t| t.aval()).collect();
    let programs = traced.iter().map(|t| {
        let own = t.program.ins.len() - t.captured.len();
        let avals = [&in_front[..], &t.program.in_avals()[..own]].concat();
        let place = |c: &Tracer| captured.iter().position(|o| o == c).unwrap_or(0);
        let taken: Vec<usize> = (0..own).map(|i| captured.len() + i).chain(t.captured.iter().map(place)).collect();
        with_inputs(&t.program, &avals, &taken)
    });
    let programs = programs.collect();
    (captured, programs)
}
/// The program with outputs wherever `wanted` holds: its own where `present` does, in order, and else zeros of the given types.
pub fn with_zeros(program: &Program, avals: &[ShapedArray], present: &[bool], wanted: &[bool]) -> Program {
    if present == wanted {
        return program.clone();
    }
    closed(&program.in_avals(), |args| {
        let outs = scatter(present, &inline(program, args));
        let all = outs.into_iter().zip(avals).zip(wanted);
        all.filter(|(_, w)| **w).map(|((o, a), _)| o.unwrap_or_else(|| zeros(&a.strong()))).collect()
    })
}
/// Why the program cannot be lowered, if it cannot.
pub fn unlowerable(program: &Program) -> Option<String> {
    program.eqns.iter().find_map(|e| match e.op.body() {
        Some(body) => unlowerable(body),
        None => e.op.unlowerable(),
    })
}

/// Forward mode of a primitive that applies a program: `of` records it with another program.
pub fn apply_jvp(
    program: &Program,
    ins: &[Tracer],
    tangents: &[Option<Tracer>],
    of: impl Fn(Program, &[Tracer]) -> Vec<Tracer>,
) -> Dual {
    let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
    let (derivative, present) = jvp_of(program, &active);
    let operands: Vec<Tracer> = ins.iter().copied().chain(tangents.iter().flatten().copied()).collect();
    let mut outs = of(derivative, &operands);
    let tangents = scatter(&present, &outs.split_off(program.outs.len()));
    Dual { outs, tangents }
}
/// The transpose of a primitive that applies a linear program: `of` records it with another program.
pub fn apply_transpose(
    program: &Program,
    cts: &[Option<Tracer>],
    ins: &[Linear],
    of: impl Fn(Program, &[Tracer]) -> Vec<Tracer>,
) -> Vec<Option<Tracer>> {
    let unknown: Vec<bool> = ins.iter().map(Linear::is_unknown).collect();
    let present: Vec<bool> = cts.iter().map(Option::is_some).collect();
    let (transposed, wanted) = transpose_of(program, &unknown, &present);
    let operands: Vec<Tracer> = ins.iter().filter_map(Linear::known).chain(cts.iter().flatten().copied()).collect();
    let mut found = scatter(&wanted, &of(transposed, &operands)).into_iter();
    unknown.iter().map(|u| if *u { found.next().flatten() } else { None }).collect()
}
/// A primitive that applies a program, over a batch: `of` records it with another program.
pub fn apply_batch(
    program: &Program,
    axis: &BatchAxis,
    ins: &[Batched],
    of: impl Fn(Program, &[Tracer]) -> Vec<Tracer>,
) -> Vec<Batched> {
    let flags: Vec<bool> = ins.iter().map(|i| i.batched).collect();
    let (over, flags) = batch_of(program, axis, &flags);
    let outs = of(over, &ins.iter().map(|i| i.value).collect::<Vec<_>>());
    outs.into_iter().zip(flags).map(|(value, batched)| Batched { value, batched }).collect()
}
