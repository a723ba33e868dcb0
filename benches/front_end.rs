//! What users wait for before XLA computes: calls of compiled functions, and tracing.
//!
//! ```text
//! cargo bench --bench front_end
//! ```
//!
//! Each figure stands beside what it is measured against in the same run: the raw PJRT call for calls, the number of equations for
//! tracing.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use raxla::{
    ir::{ShapedArray, function::stage, stablehlo},
    prelude::*,
};
use std::hint::black_box;

/// `x + 1` on `f32[8]`: the raw PJRT execute, the runtime's `run`, and the jitted call.
fn calls(c: &mut Criterion) {
    let x = Array::from(vec![1f32; 8]);
    let f = jit(|x: Tracer| x + 1.0);
    let compiled = f.lower((x.clone(),)).and_then(|l| l.compile()).expect("compiles");
    let executable = compiled.executable();
    let mut group = c.benchmark_group("x + 1, f32[8]");
    let mut raw = executable.raw_execute_for_bench(&[&x]).expect("prepares");
    group.bench_function("raw PJRT execute", |b| b.iter(&mut raw));
    group.bench_function("runtime", |b| b.iter(|| black_box(executable.run(&[&x]).expect("runs"))));
    group.bench_function("jit", |b| b.iter(|| black_box(f(x.clone()))));
    group.finish();

    let many = vec![x.clone(); 100];
    let f = jit(|xs: Vec<Tracer>| xs.into_iter().map(|x| x + 1.0).collect::<Vec<_>>());
    let compiled = f.lower((many.clone(),)).and_then(|l| l.compile()).expect("compiles");
    let refs: Vec<&Array> = many.iter().collect();
    let mut group = c.benchmark_group("100 inputs and outputs");
    let mut raw = compiled.executable().raw_execute_for_bench(&refs).expect("prepares");
    group.bench_function("raw PJRT execute", |b| b.iter(&mut raw));
    group.bench_function("jit", |b| b.iter(|| black_box(f(many.clone()))));
    group.finish();
}

/// How many times the raw PJRT execute a jitted call costs: both in turn, so that a busy machine slows both, and the median ratio.
fn ratio(_: &mut Criterion) {
    const ROUNDS: usize = 301;
    const CALLS: usize = 1000;
    let x = Array::from(vec![1f32; 8]);
    let f = jit(|x: Tracer| x + 1.0);
    let compiled = f.lower((x.clone(),)).and_then(|l| l.compile()).expect("compiles");
    let mut raw = compiled.executable().raw_execute_for_bench(&[&x]).expect("prepares");
    let time = |work: &mut dyn FnMut()| {
        let start = std::time::Instant::now();
        (0..CALLS).for_each(|_| work());
        start.elapsed().as_secs_f64() / CALLS as f64
    };
    let mut ratios: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let floor = time(&mut raw);
            time(&mut || drop(black_box(f(x.clone())))) / floor
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("x + 1, f32[8]: jit / raw PJRT execute = {:.2} (median of {ROUNDS} rounds)", ratios[ROUNDS / 2]);
}

/// Tracing, differentiating, optimising and lowering: time for each equation.
fn tracing(c: &mut Criterion) {
    const LENGTH: usize = 10_000;
    let chain = |x: Tracer| (0..LENGTH / 4).fold(x, |x, _| (x.sin() * x + x).tanh());
    let aval = ShapedArray::new(&[8], DType::F32);
    let trace = || stage::<(Tracer,), Tracer>(&chain, &((),), std::slice::from_ref(&aval), None).program;
    let program = trace();
    assert_eq!(program.eqns.len(), LENGTH);
    let mut group = c.benchmark_group("chain of 10,000 equations");
    group.sample_size(20).throughput(Throughput::Elements(LENGTH as u64));
    group.bench_function("trace", |b| b.iter_batched(|| (), |()| black_box(trace()), BatchSize::PerIteration));
    let gradient = |x: Tracer| grad(|x: Tracer| chain(x).sum())(x);
    group.bench_function("trace its gradient", |b| {
        b.iter(|| black_box(stage::<(Tracer,), Tracer>(&gradient, &((),), std::slice::from_ref(&aval), None).program));
    });
    group.bench_function("optimise", |b| b.iter(|| black_box(raxla::transforms::optimize(&program))));
    group.bench_function("lower", |b| b.iter(|| black_box(stablehlo::lower(&program, "chain"))));
    group.finish();
}

criterion_group!(benches, calls, ratio, tracing);
criterion_main!(benches);
