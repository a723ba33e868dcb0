//! The laws that every program keeps, each a check of a program at a point.

#![allow(dead_code)] // each user needs some of it

use crate::{programs::Purpose, support::*};
use raxla_ir::{DType, Literal, Primitive, Program, check::check, eval::eval, rewrite};
use raxla_transforms::optimize;

/// A law of single programs.
pub struct Law {
    /// What it says.
    pub name: &'static str,
    /// The programs that it is about.
    pub purpose: Purpose,
    /// Panics if the program at this point breaks it.
    pub check: fn(&Case),
}
/// All laws that the interpreter can judge alone.
pub const LAWS: &[Law] = &[
    Law { name: "check holds, and the text reads back", purpose: Purpose::Value, check: reads_back },
    Law { name: "optimize keeps the value", purpose: Purpose::Value, check: is_kept_by_optimize },
    Law { name: "a batch is a loop", purpose: Purpose::Value, check: is_batched },
    Law {
        name: "jvp is the difference",
        purpose: Purpose::Derivative,
        check: |case| {
            let _ = differs_as_its_jvp(case);
        },
    },
    Law { name: "the transpose is adjoint", purpose: Purpose::Derivative, check: has_an_adjoint },
    Law { name: "derivatives check and read back", purpose: Purpose::Derivative, check: has_well_typed_derivatives },
];

/// The program is well typed, and its text reads back.
pub fn reads_back(case: &Case) {
    let p = &case.program;
    check(p).unwrap_or_else(|e| panic!("{e}\n{p}"));
    assert_eq!(p.to_string().parse::<Program>().as_ref(), Ok(p));
}
/// The optimised program has the same value.
pub fn is_kept_by_optimize(case: &Case) {
    let optimized = Case { program: optimize(&case.program), ..case.clone() };
    // Bit by bit: what is folded is computed by the same interpreter.
    check_outputs(&optimized, "optimize", &optimized.eval(), &case.eval(), |_| 0.0);
}
/// Over a batch of three, in some of the inputs and along some axis, the program does what it does to each slice.
pub fn is_batched(case: &Case) {
    let n = case.ins.len();
    if n == 0 {
        return;
    }
    let mut numbers = Numbers::of(&case.label);
    let mut below = |n: usize| ((numbers.number() + 1.0) / 2.0 * n as f64) as usize;
    let (which, axis) = (1 + below((1 << n) - 1), [0, -1][below(2)]);
    check_batch(case, &(0..n).map(|i| (which >> i & 1 == 1).then_some(axis)).collect::<Vec<_>>());
}
/// The law of batches for the given axis of each input.
pub fn check_batch(case: &Case, axes: &[Option<isize>]) {
    let (batched, slices) = batch_of(case, axes);
    check(&batched.program).unwrap_or_else(|e| panic!("{e}\n{}", batched.program));
    let each: Vec<Vec<Literal>> = slices.iter().map(|s| eval(&case.program, s).unwrap()).collect();
    let wanted = (0..case.program.outs.len()).map(|o| stack(&each.iter().map(|e| e[o].clone()).collect::<Vec<_>>(), 0));
    // Bit by bit: the interpreter adds up in the same order in a batch.
    check_outputs(&batched, "batch == loop", &batched.eval(), &wanted.collect::<Vec<_>>(), |_| 0.0);
}
/// The program over a batch of three points, and these.
pub fn batch_of(case: &Case, axes: &[Option<isize>]) -> (Case, Vec<Vec<Literal>>) {
    let mut numbers = Numbers::of(&case.label);
    let slices: Vec<Vec<Literal>> = (0..3)
        .map(|_| {
            let each = case.ins.iter().zip(axes);
            each.map(|(l, a)| if a.is_some() { numbers.array(l.aval()) } else { l.clone() }).collect()
        })
        .collect();
    let ins = (0..axes.len()).map(|i| match axes[i] {
        Some(axis) => stack(&slices.iter().map(|s| s[i].clone()).collect::<Vec<_>>(), axis),
        None => case.ins[i].clone(),
    });
    let batched = Case {
        label: format!("batch {axes:?} of {}", case.label),
        program: batched_program(&case.program, 3, axes),
        ins: ins.collect(),
    };
    (batched, slices)
}
fn active(case: &Case) -> Vec<bool> {
    case.ins.iter().map(|l| l.dtype().is_inexact()).collect()
}
/// The derivative in each input and in all is that of the value. Returns how many numbers were compared.
pub fn differs_as_its_jvp(case: &Case) -> usize {
    each_and_all(&active(case)).iter().map(|a| check_jvp(&case.label, &case.program, &case.ins, a)).sum()
}
/// The reverse derivative in each input and in all is the adjoint of the forward one.
pub fn has_an_adjoint(case: &Case) {
    for active in each_and_all(&active(case)) {
        check_adjoint(&case.label, &case.program, &case.ins, &active);
    }
}
/// The derivatives are well typed, their text reads back, and `optimize` keeps their values.
pub fn has_well_typed_derivatives(case: &Case) {
    for derivative in derivatives_of(case) {
        reads_back(&derivative);
        is_kept_by_optimize(&derivative);
    }
}
/// The derivatives in all inputs together, forward and reverse, at the case's point, where there are such.
pub fn derivatives_of(case: &Case) -> Vec<Case> {
    let active = active(case);
    if !active.contains(&true) {
        return vec![];
    }
    let mut numbers = Numbers::of(&format!("tangents of {}", case.label));
    let found = [("jvp", jvp_program(&case.program, &active)), ("vjp", vjp_program(&case.program, &active))];
    let derivatives = found.into_iter().filter_map(|(name, derivative)| match derivative {
        Ok(program) => {
            let more = program.in_avals()[case.ins.len()..].iter().map(|a| numbers.array(a)).collect::<Vec<_>>();
            let label = format!("{name} of {}", case.label);
            Some(Case { label, program, ins: [&case.ins[..], &more].concat() })
        }
        Err(e) if refuses(&e) => None,
        Err(e) => panic!("{name} of {}: {e}", case.label),
    });
    derivatives.collect()
}

/// Checks that XLA computes what the interpreter does. Returns how many of the cases have a value that rounding decides, and differ.
///
/// Where they differ by more than a few roundings, the interpreter runs again with every result of an equation changed by about one
/// rounding, to see how much the value of the program depends on these.
pub fn check_on_xla(cases: &[Case]) -> usize {
    let together = cases.iter().zip(run_on_xla(cases));
    together.filter(|(case, got)| !agrees(case, got)).count()
}
/// The coarsest precision in a program and in those within it.
fn precision_of(p: &Program) -> f64 {
    let inside = p.eqns.iter().flat_map(|eqn| eqn.op.subprograms()).map(precision_of);
    inside.fold(coarsest(&p.avals), f64::max)
}
fn agrees(case: &Case, got: &[Literal]) -> bool {
    let want = case.eval();
    let precision = precision_of(&case.program);
    // Some 50 roundings, each of which later steps may magnify a little; of 16 bits that would be everything.
    let tolerance = if precision > epsilon(DType::F32) { 8.0 } else { 500.0 } * precision;
    let differs = |got: &[Literal], allowed: &[f64]| {
        let each = got.iter().zip(&want).zip(allowed);
        each.clone().position(|((g, w), a)| difference(g, w, *a).is_some())
    };
    if differs(got, &vec![tolerance; want.len()]).is_none() {
        return true;
    }
    let mut allowed = vec![tolerance; want.len()];
    for k in 0..8 {
        for (allowed, (shaken, want)) in allowed.iter_mut().zip(shaken(case, k).iter().zip(&want)) {
            let parts = |l: &Literal| l.complexes().into_iter().zip(want.complexes()).collect::<Vec<_>>();
            let spread = parts(shaken).into_iter().map(|(s, w)| (s - w).norm() / w.norm().max(1.0));
            let spread = spread.fold(0.0, |m, d| if d.is_nan() || d > m { d } else { m });
            *allowed = if spread.is_nan() { f64::INFINITY } else { allowed.max(8.0 * spread) };
        }
    }
    let decided = |(i, l): (usize, &Literal)| l.dtype().is_inexact() || allowed[i] == tolerance;
    if let Some(i) = differs(got, &allowed)
        && decided((i, &want[i]))
    {
        let why = difference(&got[i], &want[i], allowed[i]).unwrap_or_default();
        panic!("XLA == eval: output {i}: {why}\n{}", case_text(case));
    }
    false
}
/// The outputs, where every equation's floats are off by about one rounding of XLA's.
fn shaken(case: &Case, seed: usize) -> Vec<Literal> {
    let mut numbers = Numbers::of(&format!("{seed} {}", case.label));
    let outs = rewrite::walk(&case.program, case.ins.iter().cloned(), Literal::clone, |eqn, ins: &[Literal]| {
        let outs = eqn.op.eval(&ins.iter().collect::<Vec<_>>())?;
        let mut shake = |l: Literal| {
            if !l.dtype().is_inexact() {
                return l;
            }
            // XLA's functions of floats are good to about eight units; 16 bits are computed in more.
            let size = epsilon(l.dtype()) * if epsilon(l.dtype()) > epsilon(DType::F32) { 1.0 } else { 8.0 };
            let moved = l.complexes().into_iter().map(|z| z * (1.0 + size * numbers.number()));
            Literal::from_complexes(l.aval().clone(), moved.collect::<Vec<_>>())
        };
        Ok::<_, String>(outs.into_iter().map(&mut shake).collect::<Vec<_>>())
    });
    outs.unwrap_or_else(|e| panic!("{}: {e}", case.label))
}

/// A case as text: a program without inputs that gives its inputs, an empty line, and the program. [`case_of`] reads it.
pub fn case_text(case: &Case) -> String {
    let point = program(&[], |_| case.ins.iter().map(|l| raxla_ir::trace::constant(l.clone())).collect());
    format!("{point}\n\n{}", case.program)
}
/// The case that a text describes.
pub fn case_of(label: &str, text: &str) -> Case {
    let (point, program) = text.split_once("\n\n").expect("a point, an empty line, and a program");
    let read = |text: &str| text.parse::<Program>().unwrap_or_else(|e| panic!("{label}: {e}"));
    let ins = eval(&read(point), &[]).unwrap_or_else(|e| panic!("{label}: {e}"));
    Case { label: label.into(), program: read(program), ins }
}
