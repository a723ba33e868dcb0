//! `checkpoint` with policies: values and derivatives are those without it, and what is kept is what the policy says, counted in
//! equations and in bytes.

mod support;

use raxla::{Array, jit};
use raxla_ir::{Literal, Op, Primitive, Program, ShapedArray, Tracer, check::check, eval::eval, trace::constant};
use raxla_transforms::{
    CheckpointPolicy, checkpoint, checkpoint_name, checkpoint_with, cond, fori_loop, grad, hessian, jvp, optimize,
    scan, value_and_grad, vmap,
};
use support::*;

type Policies = [(&'static str, CheckpointPolicy<'static>); 10];
fn policies() -> Policies {
    let sines = || CheckpointPolicy::custom(|op: &Op, _: &[ShapedArray]| op.name() == "sin");
    [
        ("nothing", CheckpointPolicy::nothing_saveable()),
        ("everything", CheckpointPolicy::everything_saveable()),
        ("dots", CheckpointPolicy::dots_saveable()),
        ("dots without batch axes", CheckpointPolicy::dots_with_no_batch_dims_saveable()),
        ("only `hidden`", CheckpointPolicy::save_only_these_names(&["hidden"])),
        ("only `first`", CheckpointPolicy::save_only_these_names(&["first", "no such"])),
        ("names but `hidden`", CheckpointPolicy::save_any_names_but_these(&["hidden"])),
        ("anything except `hidden`", CheckpointPolicy::save_anything_except_these_names(&["hidden"])),
        ("sines", sines()),
        ("dots and sines", CheckpointPolicy::save_from_both_policies(CheckpointPolicy::dots_saveable(), sines())),
    ]
}
/// Two layers.
fn layers(w1: Tracer, w2: Tracer, x: Tracer) -> Tracer {
    let first = checkpoint_name(w1.dot(x), "first");
    let hidden = checkpoint_name(first.sin(), "hidden");
    w2.dot(hidden).sin().sum()
}
/// How often an equation of this name stands in the optimized program.
fn occurrences(program: &Program, name: &str) -> usize {
    let text = optimize(program).to_string();
    text.matches(&format!("= {name} ")).count() + text.matches(&format!("= {name}[")).count()
}

/// The derivative in both weights has 2 products and 2 sines forward, 3 products backward; what is not kept comes once more.
#[test]
fn a_policy_keeps_what_it_says_and_nothing_that_is_not_needed() {
    // Products and sines, as many as in `jax.make_jaxpr(jax.value_and_grad(jax.checkpoint(layers, policy=…)))` of JAX 0.10.2; but for
    // `save_anything_except_these_names`, which there keeps everything, whatever the names, and has 2 sines.
    let wanted = [(7, 3), (5, 2), (5, 3), (5, 3), (7, 2), (6, 3), (6, 3), (5, 3), (7, 2), (5, 2)];
    let avals = [&[3, 4][..], &[2, 3], &[4]].map(|s| ShapedArray::new(s, raxla_ir::DType::F64));
    for ((label, policy), wanted) in policies().into_iter().zip(wanted) {
        let f = checkpoint_with(layers, policy);
        let p = program(&avals, |a| {
            let (value, both) = value_and_grad(|w: (Tracer, Tracer)| f(w.0, w.1, a[2]))((a[0], a[1]));
            vec![value, both.0, both.1]
        });
        let got = (occurrences(&p, "dot_general"), occurrences(&p, "sin"));
        assert_eq!(got, wanted, "{label}: products and sines in\n{}", optimize(&p));
    }
}
/// A product gets batch axes only where both operands are batched.
#[test]
fn a_policy_sees_the_batched_program() {
    let avals = [&[5, 3, 4][..], &[5, 2, 3], &[5, 4]].map(|s| ShapedArray::new(s, raxla_ir::DType::F64));
    let one = [&[3, 4][..], &[2, 3], &[5, 4]].map(|s| ShapedArray::new(s, raxla_ir::DType::F64));
    let f = || checkpoint_with(layers, CheckpointPolicy::dots_with_no_batch_dims_saveable());
    let all = program(&avals, |a| {
        let total = |w: (Tracer, Tracer)| vmap(f(), 0)(w.0, w.1, a[2]).sum();
        let (value, both) = value_and_grad(total)((a[0], a[1]));
        vec![value, both.0, both.1]
    });
    let inputs = program(&one, |a| {
        let total = |w: (Tracer, Tracer)| vmap(f(), (None, None, 0))(w.0, w.1, a[2]).sum();
        let (value, both) = value_and_grad(total)((a[0], a[1]));
        vec![value, both.0, both.1]
    });
    assert_eq!((occurrences(&all, "dot_general"), occurrences(&inputs, "dot_general")), (7, 5));
}

/// Functions of a vector of three numbers: with a loop whose steps hold products and names, and a branch.
const FUNCTIONS: [(&str, fn(Tracer) -> Tracer); 3] = [
    ("layers", |x| layers(matrix(), matrix().t(), x) * x.cos().sum()),
    ("loop", |x| {
        let step = |h: Tracer, t: Tracer| {
            let first = checkpoint_name(matrix().dot(h), "first");
            let hidden = checkpoint_name((first * t).sin(), "hidden");
            (hidden + x, hidden.sum())
        };
        let (h, sums) = scan(step, x, constant(vec![0.5, 1.5, -1.0]));
        (h * h).sum() + sums.sin().sum()
    }),
    ("branch", |x| {
        let heavy = |x: Tracer| checkpoint_name(matrix().dot(x), "hidden").sin() * x;
        cond(x.sum().greater(0.0), heavy, |x: Tracer| matrix().t().dot(x.sin()), (x,)).sum()
    }),
];
fn matrix() -> Tracer {
    constant(Literal::new(&[3, 3], &[0.5, -1.0, 0.25, 1.0, 0.75, -0.5, 0.125, 0.3, -0.9]))
}
/// The outputs by the interpreter, with and without the optimizer.
fn run(ins: &[Literal], f: impl FnOnce(&[Tracer]) -> Vec<Tracer>) -> Vec<Literal> {
    let p = program(&ins.iter().map(|l| l.aval().clone()).collect::<Vec<_>>(), f);
    check(&p).unwrap_or_else(|e| panic!("{e}\n{p}"));
    assert_eq!(p.to_string().parse::<Program>().as_ref(), Ok(&p));
    let outs = eval(&p, ins).unwrap_or_else(|e| panic!("{e}\n{p}"));
    let optimized = optimize(&p);
    assert_eq!(eval(&optimized, ins).as_ref(), Ok(&outs), "optimize changes the value of\n{p}");
    outs
}
/// Value and derivatives of all kinds.
fn everything_of(f: &dyn Fn(Tracer) -> Tracer, x: &Literal, xs: &Literal) -> Vec<Literal> {
    run(&[x.clone(), xs.clone()], |a| {
        let f = |x: Tracer| f(x);
        let (y, dy) = jvp(f, (a[0],), (a[0].cos(),));
        let batch = vmap(grad(f), 0)(a[1]);
        let mapped = grad(|b: Tracer| (vmap(f, 0)(b) * 3.0).sum())(a[1]);
        let looped = grad(|x: Tracer| fori_loop(0, 3, |_: Tracer, c: Tracer| c * f(c).sin() + x, x).sum())(a[0]);
        vec![y, dy, grad(f)(a[0]), batch, mapped, looped, hessian(f)(a[0])]
    })
}
#[test]
fn policies_change_no_value_and_no_derivative() {
    let x = Literal::from(vec![0.5, -1.0, 1.25]);
    let xs = Literal::new(&[2, 3], &[0.5, -1.0, 1.25, -2.0, 0.125, -0.75]);
    for (name, f) in FUNCTIONS {
        let want = everything_of(&f, &x, &xs);
        each(policies(), |(label, policy)| {
            let kept = checkpoint_with(f, policy.clone());
            let nested = checkpoint_with(|x: Tracer| kept(x * 1.0), CheckpointPolicy::dots_saveable());
            for (how, f) in [("", &*kept), ("nested ", &*nested)] {
                let got = everything_of(&|x| f(x), &x, &xs);
                for (i, (g, w)) in got.iter().zip(&want).enumerate() {
                    let wrong = difference(g, w, 1e-12);
                    assert!(wrong.is_none(), "{how}{name} with {label}: output {i}: {}", wrong.unwrap_or_default());
                }
            }
        });
    }
}
#[test]
fn xla_computes_the_same_under_policies() {
    let x = Literal::from(vec![0.5, -1.0, 1.25]);
    let mut cases = vec![];
    for (name, f) in FUNCTIONS {
        for (label, policy) in policies() {
            let f = checkpoint_with(f, policy);
            let p = program(&[x.aval().clone()], |a| vec![grad(|x: Tracer| f(x))(a[0])]);
            let case = Case { label: format!("{name} with {label}"), program: optimize(&p), ins: vec![x.clone()] };
            cases.push(case);
        }
    }
    for (case, got) in cases.iter().zip(run_on_xla(&cases)) {
        check_outputs(case, "XLA == eval", &got, &case.eval(), |_| 1e-12);
    }
}

/// Bytes of temporary memory that the compiled gradient of a loop over `n` steps needs.
fn temporaries(n: usize, f: impl Fn(Tracer, usize) -> Tracer) -> f64 {
    let x = Array::from(vec![0.5f32; WIDTH]);
    let compiled = jit(grad(|x: Tracer| f(x, n).sum())).lower((x,)).and_then(|l| l.compile()).unwrap();
    compiled.executable().memory_stats().unwrap().temporaries as f64
}
const WIDTH: usize = 256;
const STEP: fn(Tracer) -> Tracer = |h| h.sin().sin().sin().sin();
fn plain(x: Tracer, n: usize) -> Tracer {
    fori_loop(0, n as i64, |_: Tracer, h: Tracer| STEP(h), x)
}
fn each_step(x: Tracer, n: usize) -> Tracer {
    let step = checkpoint(STEP);
    fori_loop(0, n as i64, |_: Tracer, h: Tracer| step(h), x)
}
/// √n blocks of √n steps, each of which is run again from its beginning.
fn blocks(x: Tracer, n: usize) -> Tracer {
    let block = checkpoint(move |h: Tracer| each_step(h, n.isqrt()));
    fori_loop(0, n.isqrt() as i64, |_: Tracer, h: Tracer| block(h), x)
}
fn named(x: Tracer, n: usize) -> Tracer {
    let step = |h: Tracer| checkpoint_name(h.sin().sin(), "middle").sin().sin();
    let step = checkpoint_with(step, CheckpointPolicy::save_only_these_names(&["middle"]));
    fori_loop(0, n as i64, |_: Tracer, h: Tracer| step(h), x)
}
/// Four numbers per step are kept without a checkpoint, one with it, two with one more value kept, and 2√n in blocks.
#[test]
fn memory_of_a_reverse_loop_grows_as_its_checkpoints_say() {
    let lengths = [64, 256, 1024];
    let of = |f: fn(Tracer, usize) -> Tracer| lengths.map(|n| temporaries(n, f));
    let (plain, each_step, named, blocks) = (of(plain), of(each_step), of(named), of(blocks));
    let all = format!(
        "bytes for {lengths:?} steps: {plain:?} plain, {each_step:?} each step, {named:?} named, {blocks:?} blocks"
    );
    println!("{all}");
    let slice = (4 * WIDTH) as f64;
    let near = |got: f64, want: f64| (got / want - 1.0).abs() < 0.25;
    for (i, n) in lengths.into_iter().enumerate() {
        let n = n as f64;
        assert!(near(plain[i], 4.0 * n * slice), "{all}");
        assert!(near(each_step[i], n * slice), "{all}");
        assert!(near(named[i], 2.0 * n * slice), "{all}");
        assert!(blocks[i] < (2.0 * n.sqrt() + 8.0) * slice * 1.25, "{all}");
    }
    for i in 0..2 {
        assert!(near(each_step[i + 1] / each_step[i], 4.0) && near(plain[i + 1] / plain[i], 4.0), "{all}");
        assert!(blocks[i + 1] / blocks[i] < 2.5, "{all}");
    }
}
