//! Laws on random programs: well-typed ones over all primitives, of arrays small and empty, with numbers that stay tame.
//!
//! A program is made from a list of numbers, each a choice, so proptest shrinks a failing program by shrinking the list.

mod support;

use proptest::{
    collection::vec,
    prelude::any,
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use raxla_ir::{
    DType, Kind, Literal, Op, Primitive, Program, ShapedArray, Tracer,
    check::check,
    eval::eval,
    primitives::{
        Binary, Call, Compare, Reduce, Sample, Unary, concatenate::concatenate, iota::iota, reduce::ReduceKind,
    },
    trace::{bind, bind1, constant, trace},
};
use raxla_transforms::optimize;
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    fmt::Debug,
};
use support::*;

/// What random programs do not hold: what has no derivative, hides it, or has no value for numbers between 0 and 1; complex numbers; and
/// functions with rules of their own, which `composition.rs` tests.
const LEFT_OUT: &[&str] = &[
    "nextafter",
    "zeta",
    "polygamma",
    "igamma_grad_a",
    "random_gamma_grad",
    "regularized_incomplete_beta_grad_a",
    "regularized_incomplete_beta_grad_b",
    "reduce_precision",
    "bitcast_convert",
    "stop_gradient",
    "acosh",
    "complex",
    "real",
    "imag",
    "conj",
    "custom_jvp",
    "custom_vjp",
    "custom",
    // What they do is no value.
    "debug_print",
    "debug_callback",
    "pure_callback",
    "io_callback",
];

/// Choices, from a list; zero when the list is used up.
struct Choices<'a>(std::slice::Iter<'a, u32>);
impl Choices<'_> {
    fn below(&mut self, n: usize) -> usize {
        self.0.next().copied().unwrap_or(0) as usize % n.max(1)
    }
    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
    fn left(&self) -> bool {
        !self.0.as_slice().is_empty()
    }
}

const SHAPES: [&[usize]; 9] = [&[], &[2], &[3], &[2, 3], &[3, 2], &[1, 2], &[0], &[2, 0], &[2, 2, 2]];

/// The program that a list of choices makes, at a point. With `double` its floats are all `f64`.
fn generate(choices: &[u32], double: bool) -> Case {
    let mut c = Choices(choices.iter());
    let floats = if double { [DType::F64; 2] } else { [DType::F32, DType::F64] };
    let dtypes = [floats[0], floats[1], floats[0], DType::I32, DType::Bool];
    let mut numbers = Numbers::of(&format!("{choices:?}"));
    let avals: Vec<ShapedArray> = (0..3).map(|_| ShapedArray::new(c.of(&SHAPES), c.of(&dtypes))).collect();
    let ins: Vec<Literal> = avals.iter().map(|a| numbers.array(a)).collect();
    let p = program(&avals, |args| {
        let mut values = args.to_vec();
        while c.left() && values.len() < 18 {
            let value = step(&mut c, &values, &floats);
            values.push(value);
        }
        values[values.len().saturating_sub(3)..].to_vec()
    });
    Case { label: format!("{choices:?}"), program: p, ins }
}
/// One more value. Floats stay within about -2 and 2.
fn step(c: &mut Choices, values: &[Tracer], floats: &[DType; 2]) -> Tracer {
    let x = c.of(values);
    match c.below(4) {
        0 => rearrange(c, values, x),
        1 => combine(c, values, x, floats),
        2 => sampled(c, x, floats),
        _ => elementwise(c, values, x),
    }
}
/// Primitives whose operands in a sample may be moved a little without meeting a tie, a kink or a rule that does not exist.
const MOVABLE: &[&str] = &[
    "scan",
    "cond",
    "remat",
    "gather",
    "scatter_add",
    "cumsum",
    "cumlogsumexp",
    "conv_general_dilated",
    "dynamic_slice",
    "dynamic_update_slice",
    "reduce_window_sum",
];
/// An equation of a sample, any primitive's, whose floats a value of the program moves a little where that is allowed.
fn sampled(c: &mut Choices, x: Tracer, floats: &[DType; 2]) -> Tracer {
    let usual = |d: DType| if d.is_float() { floats.contains(&d) } else { d == DType::I32 || d == DType::Bool };
    let finite = |l: &Literal| l.complexes().iter().all(|z| z.is_finite());
    // Those whose operands and values are finite: a gather fills with NaN, which is no number to differentiate at.
    let all_finite = |s: &Sample| {
        let outs = s.op.eval(&s.ins.iter().collect::<Vec<_>>());
        s.ins.iter().chain(&outs.unwrap_or_default()).all(finite)
    };
    thread_local! { static SAMPLES: std::cell::OnceCell<Vec<Sample>> = const { std::cell::OnceCell::new() }; }
    let fits = |s: &Sample| !LEFT_OUT.contains(&s.op.name()) && s.ins.iter().all(|l| usual(l.dtype()));
    let samples: Vec<Sample> = SAMPLES.with(|all| {
        let all = all.get_or_init(|| Op::samples().into_iter().filter(all_finite).collect());
        all.iter().filter(|s| fits(s)).cloned().collect()
    });
    // Names first, lest the primitives with many samples crowd out the others.
    let names: BTreeSet<&str> = samples.iter().map(|s| s.op.name()).collect();
    let name = c.of(&names.into_iter().collect::<Vec<_>>());
    let samples: Vec<&Sample> = samples.iter().filter(|s| s.op.name() == name).collect();
    let sample = c.of(&samples);
    let moved = |l: &Literal| {
        let value = constant(l.clone());
        let moves = MOVABLE.contains(&name) && sample.derivative && l.dtype().is_float();
        if moves && x.dtype() == l.dtype() && x.size() > 0 { value + x.mean().tanh() * 0.01 } else { value }
    };
    let outs = bind(sample.op.clone(), &sample.ins.iter().map(moved).collect::<Vec<_>>());
    outs.into_iter().find(|o| usual(o.dtype()) && o.rank() <= 3).map_or(x, Clamped::clamped)
}
/// A value of the same type as `x`, perhaps itself.
fn like(c: &mut Choices, values: &[Tracer], x: Tracer) -> Tracer {
    let alike: Vec<Tracer> = values.iter().copied().filter(|v| v.aval() == x.aval()).collect();
    c.of(&alike)
}
/// Numbers between 0.1 and 0.9, where nearly all functions have a value.
fn tame(x: Tracer) -> Tracer {
    x.tanh() * 0.4 + 0.5
}
fn elementwise(c: &mut Choices, values: &[Tracer], x: Tracer) -> Tracer {
    let y = like(c, values, x);
    let kept = |name: &str| !LEFT_OUT.contains(&name);
    let aval = x.aval();
    let scaled = |v: Tracer| if v.dtype().is_float() { (v * 0.25).tanh() * 2.0 } else { v };
    let prepared = |v: Tracer| if v.dtype().is_float() { tame(v) } else { v };
    match c.below(4) {
        0 | 1 => {
            let fits = |u: &&Unary| kept(u.name()) && u.infer(&[&aval]).is_ok();
            let all: Vec<Unary> = Unary::ALL.iter().filter(fits).copied().collect();
            scaled(bind1(c.of(&all), &[prepared(x)]))
        }
        2 => {
            let fits = |b: &&Binary| kept(b.name()) && b.infer(&[&aval, &aval]).is_ok();
            let all: Vec<Binary> = Binary::ALL.iter().filter(fits).copied().collect();
            let op = c.of(&all);
            if x.dtype().is_float() && c.below(2) == 0 {
                return scaled(bind1(op, &[tame(x), tame(y)]));
            }
            match op {
                Binary::Add | Binary::Sub | Binary::Mul | Binary::Max | Binary::Min => scaled(bind1(op, &[x, y])),
                _ => scaled(bind1(op, &[prepared(x), prepared(y)])),
            }
        }
        _ => match c.below(3) {
            0 => bind1(c.of(Compare::ALL), &[x, y]),
            1 if x.dtype().is_float() => x.clamp(-0.5, 0.5),
            1 if x.dtype() == DType::I32 => x.clamp(-1, 2),
            _ => {
                let mut masks = values.iter().copied().filter(|v| v.dtype() == DType::Bool && v.shape() == x.shape());
                let mask = masks.next_back().unwrap_or_else(|| x.less(y));
                mask.select(x, y)
            }
        },
    }
}
fn rearrange(c: &mut Choices, values: &[Tracer], x: Tracer) -> Tracer {
    let (shape, rank) = (x.shape(), x.rank());
    let axis = c.below(rank.max(1));
    match c.below(8) {
        0 => x.t(),
        1 if rank > 0 => x.reverse(axis as isize),
        2 if rank > 0 && shape[axis] > 0 => {
            let start = c.below(shape[axis]);
            let limit = start + c.below(shape[axis] - start + 1);
            let (mut low, mut high, mut strides) = (vec![0; rank], shape.to_vec(), vec![1; rank]);
            (low[axis], high[axis], strides[axis]) = (start, limit, 1 + c.below(2));
            x.slice(&low, &high, &strides)
        }
        3 if rank > 0 => {
            let (mut low, mut high, mut interior) = (vec![0; rank], vec![0; rank], vec![0; rank]);
            let cut = isize::from(shape[axis] > 0);
            (low[axis], high[axis], interior[axis]) = (c.below(3) as isize - cut, c.below(2) as isize, c.below(2));
            let value = match x.dtype().kind() {
                Kind::Float => constant(Literal::full(x.aval().with_shape(&[]).strong(), 0.25)),
                _ => constant(Literal::zeros(x.aval().with_shape(&[]).strong())),
            };
            x.pad(value, &low, &high, &interior)
        }
        4 if rank > 0 => concatenate(&[x, like(c, values, x), x], axis as isize),
        5 if rank < 3 => {
            let at = c.below(rank + 1);
            let (mut shape, mut dims) = (shape.to_vec(), (0..rank).collect::<Vec<_>>());
            shape.insert(at, c.below(3));
            dims.iter_mut().filter(|d| **d >= at).for_each(|d| *d += 1);
            x.broadcast(&shape, &dims)
        }
        6 => x.ravel(),
        _ => x.expand_dims(axis as isize),
    }
}
fn combine(c: &mut Choices, values: &[Tracer], x: Tracer, floats: &[DType; 2]) -> Tracer {
    let (shape, rank, dtype) = (x.shape(), x.rank(), x.dtype());
    let axis = c.below(rank.max(1));
    let float = dtype.is_float();
    match c.below(7) {
        0 if rank > 0 && float => x.sum_axes(axis as isize) * (1.0 / (shape[axis] + 1) as f64),
        0 if rank > 0 && dtype == DType::I32 => x.sum_axes(axis as isize),
        1 if rank > 0 && shape[axis] > 0 && dtype != DType::Bool => match c.below(3) {
            0 => x.max_axes(axis as isize),
            1 => x.min_axes(axis as isize),
            _ => (if float { tame(x) } else { x }).prod_axes(axis as isize),
        },
        2 if rank > 0 && !float => {
            let kind = c.of(&[ReduceKind::And, ReduceKind::Or, ReduceKind::Xor]);
            bind1(Reduce { kind, axes: [axis].into_iter().collect() }, &[x])
        }
        3 if rank > 0 && shape[axis] > 0 => [Tracer::argmax, Tracer::argmin][c.below(2)](x, axis as isize),
        4 => {
            let to = c.of(&[floats[0], floats[1], DType::I32, DType::Bool]);
            if float { (x * 3.3).astype(to) } else { x.astype(to) }.clamped()
        }
        5 if rank > 0 && dtype != DType::Bool => {
            let fits = |v: &&Tracer| v.dtype() == dtype && v.rank() > 0 && v.shape()[0] == shape[rank - 1];
            let others: Vec<Tracer> = values.iter().filter(fits).copied().collect();
            let y = if others.is_empty() { x.t() } else { c.of(&others) };
            if y.shape()[0] != shape[rank - 1] || rank + y.rank() > 5 {
                return iota(DType::I32, &shape, axis);
            }
            let product = x.contract(y, &[rank - 1], &[0], &[], &[]);
            product.clamped()
        }
        _ => {
            let y = like(c, values, x);
            let body = trace(&[x.aval(), y.aval()], |a| vec![elementwise(c, a, a[0]), a[1]]).program;
            let outs = bind(Call { name: "f".into(), program: body }.into(), &[x, y]);
            outs[0]
        }
    }
}
trait Clamped {
    fn clamped(self) -> Tracer;
}
impl Clamped for Tracer {
    /// Floats pressed smoothly into -2 … 2; others as they are.
    fn clamped(self) -> Tracer {
        if self.dtype().is_float() { (self * 0.5).tanh() * 2.0 } else { self }
    }
}

/// Runs a law on so many random lists of choices, the same in every run, and shrinks the first that breaks it.
fn check_law<S: Strategy<Value: Debug>>(cases: u32, choices: S, law: impl Fn(&S::Value)) {
    check_and_shrink(cases, 400, choices, law);
}
/// [`check_law`], with so many attempts to shrink.
fn check_and_shrink<S: Strategy<Value: Debug>>(cases: u32, attempts: u32, choices: S, law: impl Fn(&S::Value)) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: attempts, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let run = |choices: S::Value| {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| law(&choices)));
        result.map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            TestCaseError::fail(text.or(panic.downcast_ref::<&str>().map(|t| t.to_string())).unwrap_or_default())
        })
    };
    match runner.run(&choices, run) {
        Ok(()) => {}
        Err(TestError::Fail(why, choices)) => panic!("{why}\nfor the choices {choices:?}"),
        Err(TestError::Abort(why)) => panic!("gave up: {why}"),
    }
}
fn choices() -> impl Strategy<Value = Vec<u32>> {
    vec(any::<u32>(), 8..70)
}
fn inexact(case: &Case) -> Vec<bool> {
    case.ins.iter().map(|l| l.dtype().is_inexact()).collect()
}

#[test]
fn programs_hold_all_primitives() {
    let seen = RefCell::new(BTreeSet::new());
    check_law(1000, choices(), |choices| {
        let p = generate(choices, false).program;
        seen.borrow_mut().extend(p.eqns.iter().map(|e| e.op.name()));
    });
    let all: BTreeSet<&str> = Op::samples().iter().map(|s| s.op.name()).filter(|n| !LEFT_OUT.contains(n)).collect();
    let missing: Vec<&&str> = all.iter().filter(|n| !seen.borrow().contains(**n)).collect();
    assert!(missing.is_empty(), "no random program holds {missing:?}");
}
#[test]
fn programs_check_and_read_back() {
    check_law(1000, choices(), |choices| {
        let Case { program: p, .. } = generate(choices, false);
        check(&p).unwrap_or_else(|e| panic!("{e}\n{p}"));
        assert_eq!(p.to_string().parse::<Program>().as_ref(), Ok(&p));
    });
}
#[test]
fn optimize_keeps_the_value() {
    check_law(1000, choices(), |choices| {
        let case = generate(choices, false);
        let optimized = Case { program: optimize(&case.program), ..case.clone() };
        // Bit by bit: what is folded is computed by the same interpreter.
        check_outputs(&optimized, "optimize", &optimized.eval(), &case.eval(), |_| 0.0);
    });
}
#[test]
fn xla_computes_what_the_interpreter_does() {
    // Each attempt to shrink compiles a module, so there are few.
    check_and_shrink(3, 10, vec(choices(), 20..21), |lists| {
        let cases: Vec<Case> = lists.iter().map(|c| generate(c, false)).collect();
        for (case, got) in cases.iter().zip(run_on_xla(&cases)) {
            // Up to some 50 roundings, each of which later steps may magnify a little; doubles may come of floats.
            check_outputs(case, "XLA == eval", &got, &case.eval(), |dtype| 500.0 * epsilon(dtype.min(DType::F32)));
        }
    });
}
#[test]
fn jvp_is_the_central_difference() {
    let compared = Cell::new(0);
    check_law(1000, choices(), |choices| {
        let case = generate(choices, true);
        for active in each_and_all(&inexact(&case)) {
            compared.set(compared.get() + check_jvp(&case.label, &case.program, &case.ins, &active));
        }
    });
    // Were everything skipped, the test would say nothing.
    assert!(compared.get() > 1000, "only {} numbers were compared", compared.get());
}
#[test]
fn the_transpose_is_adjoint_to_the_jvp() {
    check_law(1000, choices(), |choices| {
        let case = generate(choices, true);
        for active in each_and_all(&inexact(&case)) {
            check_adjoint(&case.label, &case.program, &case.ins, &active);
        }
    });
}
#[test]
fn a_batch_is_a_loop_over_its_slices() {
    check_law(1000, choices(), |choices| {
        let case = generate(choices, false);
        let (n, mut numbers) = (case.ins.len(), Numbers::of(&case.label));
        let which = 1 + choices[0] as usize % ((1 << n) - 1);
        let axis = if choices[1] % 2 == 0 { 0 } else { -1 };
        let axes: Vec<Option<isize>> = (0..n).map(|i| (which >> i & 1 == 1).then_some(axis)).collect();
        let slices: Vec<Vec<Literal>> = (0..3)
            .map(|_| {
                let each = case.ins.iter().zip(&axes);
                each.map(|(l, a)| if a.is_some() { numbers.array(l.aval()) } else { l.clone() }).collect()
            })
            .collect();
        let ins = (0..n).map(|i| match axes[i] {
            Some(axis) => stack(&slices.iter().map(|s| s[i].clone()).collect::<Vec<_>>(), axis),
            None => case.ins[i].clone(),
        });
        let batched = Case {
            label: format!("batch {axes:?} of {}", case.label),
            program: batched_program(&case.program, 3, &axes),
            ins: ins.collect(),
        };
        check(&batched.program).unwrap_or_else(|e| panic!("{e}\n{}", batched.program));
        let each: Vec<Vec<Literal>> = slices.iter().map(|s| eval(&case.program, s).unwrap()).collect();
        let wanted =
            (0..case.program.outs.len()).map(|o| stack(&each.iter().map(|e| e[o].clone()).collect::<Vec<_>>(), 0));
        // Bit by bit: the interpreter adds up in the same order in a batch.
        check_outputs(&batched, "batch == loop", &batched.eval(), &wanted.collect::<Vec<_>>(), |_| 0.0);
    });
}
