//! The conformance suite: every primitive's rules against each other, on its own samples. It names no primitive.

mod support;

use num_complex::Complex64;
use raxla_ir::{
    DType, Kind, Literal, Op, Primitive, Program, ShapedArray, check::check, eval::eval, primitives::Sample,
};
use raxla_transforms::optimize;
use std::{cell::Cell, collections::BTreeSet, sync::OnceLock};
use support::*;

/// A sample as a program of one equation.
struct Subject {
    case: Case,
    op: Op,
    /// Whether the derivative is that of the value, and not hidden on purpose.
    derivative: bool,
}
impl Subject {
    fn floats(&self) -> Vec<bool> {
        self.case.ins.iter().map(|l| l.dtype().is_inexact()).collect()
    }
}
fn subject(sample: &Sample) -> Subject {
    let avals: Vec<&ShapedArray> = sample.ins.iter().map(Literal::aval).collect();
    let label = format!("{} of {avals:?}", sample.op);
    let program = one_equation(&sample.op, &sample.ins);
    let case = Case { label, program, ins: sample.ins.clone() };
    Subject { case, op: sample.op.clone(), derivative: sample.derivative }
}
fn subjects() -> &'static [Subject] {
    static SUBJECTS: OnceLock<Vec<Subject>> = OnceLock::new();
    SUBJECTS.get_or_init(|| Op::samples().iter().map(subject).collect())
}
/// The samples in the best precision that their primitives take.
fn precise_subjects() -> Vec<Subject> {
    Op::samples().iter().map(|s| subject(&in_double(s).unwrap_or_else(|| s.clone()))).collect()
}

const BATCH: usize = 3;
/// Other numbers of the same type, for which the primitive has a value too: the same ones in another order, or one number changed.
fn variant(l: &Literal, k: usize) -> Literal {
    let n = l.size();
    if n > 1 {
        return l.gather(l.shape(), None, |i| Some((i + k) % n));
    }
    match l.dtype().kind() {
        Kind::Float | Kind::Complex => {
            Literal::from_complexes(l.aval().clone(), l.complexes().into_iter().map(|z| z * (1.0 + k as f64 / 4.0)))
        }
        _ => Literal::from_ints(l.aval().clone(), l.ints().into_iter().map(|i| i + k as i128)),
    }
}
/// A program over a batch, and what each of its slices is.
struct BatchCase {
    case: Case,
    slices: Vec<Vec<Literal>>,
    program: Program,
}
fn batches_of(case: &Case) -> Vec<BatchCase> {
    let n = case.ins.len();
    let mut all = vec![];
    for choice in 1..1usize << n {
        for axis in [0, -1] {
            let axes: Vec<Option<isize>> = (0..n).map(|i| (choice >> i & 1 == 1).then_some(axis)).collect();
            let slice = |k: usize| -> Vec<Literal> {
                case.ins.iter().zip(&axes).map(|(l, a)| if a.is_some() { variant(l, k) } else { l.clone() }).collect()
            };
            let slices: Vec<Vec<Literal>> = (0..BATCH).map(slice).collect();
            let stacked = (0..n).map(|i| match axes[i] {
                Some(axis) => stack(&slices.iter().map(|s| s[i].clone()).collect::<Vec<_>>(), axis),
                None => case.ins[i].clone(),
            });
            let ins: Vec<Literal> = stacked.collect();
            let batched = Case {
                label: format!("batch {axes:?} of {}", case.label),
                program: batched_program(&case.program, BATCH, &axes),
                ins,
            };
            all.push(BatchCase { case: batched, slices, program: case.program.clone() });
        }
    }
    all
}
/// The derivatives of a sample, forward and reverse, in each operand and in all.
fn derivatives_of(subject: &Subject) -> [Vec<Case>; 2] {
    let (mut forward, mut reverse) = (vec![], vec![]);
    let Case { label, program, ins } = &subject.case;
    for active in each_and_all(&subject.floats()) {
        let mut numbers = Numbers::of(label);
        let mut add =
            |name: &str, to: &mut Vec<Case>, derivative: Result<Program, raxla_ir::trace::TraceError>| match derivative
            {
                Ok(derivative) => {
                    let more = derivative.in_avals()[ins.len()..].iter().map(|a| numbers.array(a)).collect::<Vec<_>>();
                    let label = format!("{name} in {active:?} of {label}");
                    to.push(Case { label, program: derivative, ins: [&ins[..], &more].concat() });
                }
                Err(e) => assert!(refuses(&e), "{name} in {active:?} of {label}: {e}"),
            };
        add("jvp", &mut forward, jvp_program(program, &active));
        add("vjp", &mut reverse, vjp_program(program, &active));
    }
    [forward, reverse]
}
struct Cases {
    values: Vec<Case>,
    forward: Vec<Case>,
    reverse: Vec<Case>,
    batches: Vec<Case>,
}
fn cases() -> &'static Cases {
    static CASES: OnceLock<Cases> = OnceLock::new();
    CASES.get_or_init(|| {
        let mut cases = Cases { values: vec![], forward: vec![], reverse: vec![], batches: vec![] };
        for subject in subjects() {
            let [forward, reverse] = derivatives_of(subject);
            cases.values.push(subject.case.clone());
            cases.forward.extend(forward);
            cases.reverse.extend(reverse);
            cases.batches.extend(batches_of(&subject.case).into_iter().map(|b| b.case));
        }
        cases
    })
}
fn all_cases() -> impl Iterator<Item = &'static Case> {
    let Cases { values, forward, reverse, batches } = cases();
    values.iter().chain(forward).chain(reverse).chain(batches)
}

#[test]
fn jvp_is_the_central_difference() {
    let compared = Cell::new(0);
    each(precise_subjects().iter().filter(|s| s.derivative), |subject| {
        for active in each_and_all(&subject.floats()) {
            let n = check_jvp(&subject.case.label, &subject.case.program, &subject.case.ins, &active);
            compared.set(compared.get() + n);
        }
    });
    // Were everything skipped, the test would say nothing.
    assert!(compared.get() > 500, "only {} numbers were compared", compared.get());
}

#[test]
fn the_second_derivative_is_the_central_difference_of_the_first() {
    let compared = Cell::new(0);
    each(precise_subjects().iter().filter(|s| s.derivative), |subject| {
        let [forward, _] = derivatives_of(subject);
        for case in forward {
            let active: Vec<bool> = case.ins.iter().map(|l| l.dtype().is_inexact()).collect();
            compared.set(compared.get() + check_jvp(&case.label, &case.program, &case.ins, &active));
        }
    });
    assert!(compared.get() > 500, "only {} numbers were compared", compared.get());
}

#[test]
fn the_transpose_is_adjoint_to_the_jvp() {
    each(subjects().iter().chain(&precise_subjects()), |subject| {
        for active in each_and_all(&subject.floats()) {
            check_adjoint(&subject.case.label, &subject.case.program, &subject.case.ins, &active);
        }
    });
}

#[test]
fn holomorphic_derivatives_are_complex_linear() {
    // The jvp along i·t is i times the jvp along t, or its conjugate's, or (of real outputs) whatever: what is linear over the complex
    // numbers is so for all primitives from complex to complex operands but those that conjugate, which are conjugate-linear.
    each(precise_subjects(), |subject| {
        let Case { label, program, ins } = &subject.case;
        let complex = |l: &Literal| l.dtype() == DType::C128;
        if !subject.derivative
            || ins.is_empty()
            || !ins.iter().all(complex)
            || program.out_avals()[0].dtype != DType::C128
        {
            return;
        }
        let active = vec![true; ins.len()];
        let Ok(derivative) = jvp_program(program, &active) else { return };
        let mut numbers = Numbers::of(label);
        let t: Vec<Literal> = ins.iter().map(|x| numbers.array(x.aval())).collect();
        let turned =
            t.iter().map(|t| Literal::from_complexes(t.aval().clone(), t.complexes().iter().map(|z| z * Complex64::I)));
        let turned: Vec<Literal> = turned.collect();
        let along = |t: &[Literal]| eval(&derivative, &[&ins[..], t].concat()).unwrap()[program.outs.len()].complexes();
        let plain = along(&t);
        let linear = |factor: Complex64| {
            plain.iter().zip(along(&turned)).all(|(a, b)| (a * factor - b).norm() <= 1e-9 * a.norm().max(1.0))
        };
        let is_real = derivative_is_only_real_linear(&subject.op, program, ins);
        assert!(
            linear(Complex64::I) || linear(-Complex64::I) || is_real,
            "{label}: {plain:?} and {:?}",
            along(&turned)
        );
    });
}
/// Whether central differences say that the function itself is not holomorphic.
fn derivative_is_only_real_linear(op: &Op, program: &Program, ins: &[Literal]) -> bool {
    let mut numbers = Numbers::of(op.name());
    let t: Vec<Literal> = ins.iter().map(|x| numbers.array(x.aval())).collect();
    let turn = |t: &Literal| Literal::from_complexes(t.aval().clone(), t.complexes().iter().map(|z| z * Complex64::I));
    let along = |t: Vec<Literal>| differences(program, ins, &t.into_iter().map(Some).collect::<Vec<_>>(), 1e-4).0;
    let (a, b) = (along(t.clone()), along(t.iter().map(turn).collect()));
    let mut pairs = a.iter().flatten().zip(b.iter().flatten());
    pairs.any(|(a, b)| a.zip(*b).is_some_and(|(a, b)| (a * Complex64::I - b).norm() > 1e-5 * a.norm().max(1.0)))
}

#[test]
fn a_batch_is_a_loop_over_its_slices() {
    each(subjects(), |subject| {
        for BatchCase { case, slices, program } in batches_of(&subject.case) {
            let each: Vec<Vec<Literal>> = slices.iter().map(|s| eval(&program, s).unwrap()).collect();
            let wanted =
                (0..program.outs.len()).map(|o| stack(&each.iter().map(|e| e[o].clone()).collect::<Vec<_>>(), 0));
            // Bit by bit: the interpreter adds up in the same order in a batch.
            check_outputs(&case, "batch == loop", &case.eval(), &wanted.collect::<Vec<_>>(), |_| 0.0);
        }
    });
}

#[test]
fn programs_are_well_typed_and_their_text_reads_back() {
    each(all_cases(), |case| {
        check(&case.program).unwrap_or_else(|e| panic!("{}: {e}\n{}", case.label, case.program));
        let text = case.program.to_string();
        match text.parse::<Program>() {
            Ok(read) => assert!(read == case.program, "{}: reads back as\n{read}\nwas\n{text}", case.label),
            Err(e) => panic!("{}: {e}\n{text}", case.label),
        }
    });
}

#[test]
fn optimize_keeps_the_value() {
    each(all_cases(), |case| {
        let optimized = Case { program: optimize(&case.program), ..case.clone() };
        check(&optimized.program).unwrap_or_else(|e| panic!("{}: {e}\n{}", case.label, optimized.program));
        // Bit by bit: what is folded is computed by the same interpreter.
        check_outputs(&optimized, "optimize", &optimized.eval(), &case.eval(), |_| 0.0);
    });
}

/// What XLA may differ by from the interpreter, which computes in double precision and rounds once per primitive: XLA's own
/// approximations of special functions are some 10 units in the last place off, in each of few equations.
fn xla_tolerance(dtype: DType) -> f64 {
    16.0 * epsilon(dtype)
}
/// Solutions and factors of matrices are computed in another order by the kernels, and amplify roundings by the matrix's condition.
const CONDITIONED: &[&str] =
    &["triangular_solve", "tridiagonal", "cholesky", "lu", "qr", "householder", "eig", "svd", "schur", "hessenberg"];
fn check_on_xla(cases: &[Case]) {
    // Compiling takes most of the time, and more than in proportion to the size of the module.
    let outs: Vec<Vec<Literal>> = cases.chunks(100).flat_map(run_on_xla).collect();
    each(cases.iter().zip(outs), |(case, got)| {
        let slack = if CONDITIONED.iter().any(|name| case.label.contains(name)) { 8.0 } else { 1.0 };
        check_outputs(case, "XLA == eval", &got, &case.eval(), |dtype| slack * xla_tolerance(dtype))
    });
}
#[test]
fn xla_computes_what_the_interpreter_does() {
    check_on_xla(&cases().values);
}
/// The same numbers, as far as another dtype has them. An infinity that it lacks becomes 1, as it would else be a NaN with a sign.
fn in_dtype(l: &Literal, dtype: DType) -> Literal {
    let aval = l.aval().with_dtype(dtype);
    let infinite = |d| Literal::from_floats(ShapedArray::new(&[], d), [f64::INFINITY]).floats()[0].is_infinite();
    if l.dtype().is_float() && dtype.is_float() && !infinite(dtype) {
        let finite = |x: f64| if x.is_infinite() { 1.0 } else { x };
        return Literal::from_floats(aval, l.floats().into_iter().map(finite));
    }
    let inexact = l.dtype().is_inexact();
    match dtype.kind() {
        Kind::Float | Kind::Complex if inexact => Literal::from_complexes(aval, l.complexes()),
        Kind::Float | Kind::Complex => Literal::from_complexes(aval, l.ints().iter().map(|i| (*i as f64).into())),
        Kind::Bool if inexact => Literal::from_ints(aval, l.complexes().iter().map(|z| i128::from(z.norm() >= 0.5))),
        Kind::Bool => Literal::from_ints(aval, l.ints().iter().map(|i| i128::from(*i != 0))),
        _ if inexact => Literal::from_ints(aval, l.complexes().iter().map(|z| z.re.round() as i128)),
        _ => Literal::from_ints(aval, l.ints()),
    }
}
/// For each primitive and all dtypes that its operands can have, a sample: one of the dtypes of another sample exchanged.
fn samples_in_every_dtype() -> Vec<Case> {
    let mut seen = BTreeSet::new();
    let mut cases = vec![];
    for Sample { op, ins, .. } in Op::samples() {
        // What a user's function gives does not follow the dtypes that it is called with.
        if op.effectful() || op.unlowerable().is_some() || op.name().contains("callback") || op.name() == "custom" {
            continue;
        }
        let own: BTreeSet<DType> = ins.iter().map(Literal::dtype).collect();
        for (from, to) in own.into_iter().flat_map(|from| DType::ALL.iter().map(move |to| (from, *to))) {
            let exchanged = |l: &Literal| if l.dtype() == from { in_dtype(l, to) } else { l.clone() };
            let ins: Vec<Literal> = ins.iter().map(exchanged).collect();
            let avals: Vec<&ShapedArray> = ins.iter().map(Literal::aval).collect();
            let dtypes: Vec<DType> = avals.iter().map(|a| a.dtype).collect();
            if op.infer(&avals).is_ok() && seen.insert((op.name(), dtypes)) {
                cases.push(Case { label: format!("{op} of {avals:?}"), program: one_equation(&op, &ins), ins });
            }
        }
    }
    cases
}
#[test]
fn xla_computes_what_the_interpreter_does_in_every_dtype() {
    let cases = samples_in_every_dtype();
    for dtype in DType::ALL {
        let count = cases.iter().filter(|c| c.ins.iter().any(|l| l.dtype() == *dtype)).count();
        assert!(count >= 20, "{dtype:?} occurs in {count} cases only");
    }
    // Types of fewer than 16 bits are computed in wider ones and rounded twice, so that the result may be the number beside.
    let unit = |dtype: DType| match dtype {
        DType::F8E8M0FNU => 1.0,
        DType::F4E2M1FN => 0.5,
        DType::F8E5M2 | DType::F8E5M2FNUZ => 0.25,
        DType::F8E3M4 => 0.0625,
        d if d.is_float() && d.bits() == 8 => 0.125,
        other => xla_tolerance(other),
    };
    let outs: Vec<Vec<Literal>> = cases.chunks(100).flat_map(run_on_xla).collect();
    each(cases.iter().zip(outs), |(case, got)| {
        let slack = if CONDITIONED.iter().any(|name| case.label.contains(name)) { 8.0 } else { 1.0 };
        check_outputs(case, "XLA == eval", &got, &case.eval(), |dtype| slack * unit(dtype))
    });
}
#[test]
fn xla_computes_the_interpreters_derivatives() {
    // In all operands at once, forward and reverse: the derivatives in each alone are parts of them.
    let whole = subjects().iter().flat_map(|subject| {
        let cases = derivatives_of(subject).into_iter().filter_map(|mut cases| cases.pop());
        // Where there is no derivative, as of a singular matrix's decomposition, there is nothing to agree on.
        let exists = |case: &Case| case.eval().iter().all(|l| l.complexes().iter().all(|z| z.is_finite()));
        cases.filter(move |case| subject.derivative || exists(case))
    });
    check_on_xla(&whole.collect::<Vec<_>>());
}
#[test]
fn xla_computes_the_interpreters_batches() {
    let mut some = vec![];
    for subject in subjects() {
        // Along axis 0, of the first operand and of all; unless that is the same primitive on larger operands.
        let along_zero = batches_of(&subject.case).into_iter().map(|b| b.case).step_by(2);
        let all = along_zero.collect::<Vec<_>>();
        let picked = all.iter().take(1).chain(all.iter().skip(1).last());
        some.extend(picked.filter(|c| c.program.eqns.iter().any(|e| e.op != subject.op)).cloned());
    }
    check_on_xla(&some);
}
