//! The optimizer in the bodies of loops, branches and functions: what nothing uses goes, what is computed twice is computed once, and
//! large constants leave them.

use raxla::{Array, jit};
use raxla_ir::{Literal, Program, Tracer, check::check, eval::eval, trace::constant};
use raxla_transforms::{cond, dce, fori_loop, optimize, scan, while_loop};

fn parse(text: &str) -> Program {
    text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"))
}
/// The pass gives the wanted program, which gives the same values.
fn becomes(pass: fn(&Program) -> Program, before: &str, after: &str, ins: &[Literal]) {
    let (before, after) = (parse(before), parse(after));
    let got = pass(&before);
    check(&got).unwrap_or_else(|e| panic!("{e}\n{got}"));
    assert_eq!(got, after, "got\n{got}\nwanted\n{after}");
    assert_eq!(pass(&got), got, "the pass does more the second time");
    assert_eq!(eval(&before, ins), eval(&got, ins));
}

#[test]
fn dce_drops_carries_outputs_and_operands_of_a_scan() {
    // The second carry feeds only itself and a `y` that nothing uses; the third feeds the first.
    becomes(
        dce,
        "program(%0: f32[], %1: f32[], %2: f32[3], %3: f32[3]) {
            %4: f32[], %5: f32[], %6: f32[], %7: f32[3], %8: f32[3] =
                scan[length=3, reverse=false, captures=2, carries=3, body=program(
                    %0: f32[], %1: f32[], %2: f32[], %3: f32[], %4: f32[], %5: f32[], %6: f32[]) {
                %7: f32[] = add %2 %4
                %8: f32[] = mul %3 %1
                %9: f32[] = mul %4 %5
                %10: f32[] = sin %6
                %11: f32[] = cos %5
                return %7, %8, %9, %10, %11 }] %0 %1 %0 %1 %0 %2 %3
            return %4, %8 }",
        "program(%0: f32[], %1: f32[], %2: f32[3], %3: f32[3]) {
            %4: f32[], %5: f32[], %6: f32[3] =
                scan[length=3, reverse=false, captures=0, carries=2, body=program(%0: f32[], %1: f32[], %2: f32[]) {
                %3: f32[] = add %0 %1
                %4: f32[] = mul %1 %2
                %5: f32[] = cos %2
                return %3, %4, %5 }] %0 %0 %2
            return %4, %6 }",
        &[0.5f32.into(), 2.0f32.into(), vec![1.0f32, 2.0, 3.0].into(), vec![4.0f32, 5.0, 6.0].into()],
    );
}
#[test]
fn dce_drops_carries_of_a_while_that_its_condition_does_not_need() {
    becomes(
        dce,
        "program(%0: i32[], %1: f32[], %2: f32[]) {
            %3: i32[], %4: f32[], %5: f32[] = while[cond_captures=1, body_captures=1,
                cond=program(%0: i32[], %1: i32[], %2: f32[], %3: f32[]) {\n %4: bool[] = lt %1 %0\n return %4 },
                body=program(%0: f32[], %1: i32[], %2: f32[], %3: f32[]) {
                    %4: i32[] = constant 1
                    %5: i32[] = add %1 %4
                    %6: f32[] = mul %2 %0
                    %7: f32[] = sin %3
                    return %5, %6, %7 }] %0 %1 %0 %1 %2
            return %5 }",
        "program(%0: i32[], %1: f32[], %2: f32[]) {
            %3: i32[], %4: f32[] = while[cond_captures=1, body_captures=0,
                cond=program(%0: i32[], %1: i32[], %2: f32[]) {\n %3: bool[] = lt %1 %0\n return %3 },
                body=program(%0: i32[], %1: f32[]) {
                    %2: i32[] = constant 1
                    %3: i32[] = add %0 %2
                    %4: f32[] = sin %1
                    return %3, %4 }] %0 %0 %2
            return %4 }",
        &[3i32.into(), 2.0f32.into(), 0.5f32.into()],
    );
}
#[test]
fn dce_drops_outputs_and_operands_of_branches_and_calls() {
    becomes(
        dce,
        "program(%0: i32[], %1: f32[], %2: f32[]) {
            %3: f32[], %4: f32[] = cond[branches=[
                program(%0: f32[], %1: f32[]) {\n %2: f32[] = sin %0\n return %0, %2 },
                program(%0: f32[], %1: f32[]) {\n %2: f32[] = cos %1\n %3: f32[] = exp %0\n return %2, %3 }]] %0 %1 %2
            %5: f32[], %6: f32[] = call[name=\"f\", program=program(%0: f32[], %1: f32[]) {
                %2: f32[] = sin %0
                %3: f32[] = cos %1
                return %2, %3 }] %4 %2
            return %5 }",
        "program(%0: i32[], %1: f32[], %2: f32[]) {
            %3: f32[] = cond[branches=[
                program(%0: f32[]) {\n %1: f32[] = sin %0\n return %1 },
                program(%0: f32[]) {\n %1: f32[] = exp %0\n return %1 }]] %0 %1
            %4: f32[] = call[name=\"f\", program=program(%0: f32[]) {\n %1: f32[] = sin %0\n return %1 }] %3
            return %4 }",
        &[1i32.into(), 2.0f32.into(), 0.5f32.into()],
    );
}
#[test]
fn bodies_are_optimized() {
    // A call inside, an equation of constants, and one that stands twice, two loops deep.
    becomes(
        optimize,
        "program(%0: f32[]) {
            %1: f32[] = scan[length=2, reverse=false, captures=0, carries=1, body=program(%0: f32[]) {
                %1: f32[] = scan[length=2, reverse=false, captures=0, carries=1, body=program(%0: f32[]) {
                    %1: f32[] = constant 2.0
                    %2: f32[] = constant 3.0
                    %3: f32[] = mul %1 %2
                    %4: f32[] = call[name=\"f\", program=program(%0: f32[], %1: f32[]) {
                        %2: f32[] = add %0 %1\n return %2 }] %0 %3
                    %5: f32[] = add %0 %3
                    %6: f32[] = mul %4 %5
                    %7: f32[] = sin %6
                    return %6 }] %0
                return %1 }] %0
            return %1 }",
        "program(%0: f32[]) {
            %1: f32[] = scan[length=2, reverse=false, captures=0, carries=1, body=program(%0: f32[]) {
                %1: f32[] = scan[length=2, reverse=false, captures=0, carries=1, body=program(%0: f32[]) {
                    %1: f32[] = constant 6.0
                    %2: f32[] = add %0 %1
                    %3: f32[] = mul %2 %2
                    return %3 }] %0
                return %1 }] %0
            return %1 }",
        &[0.5f32.into()],
    );
}
#[test]
fn large_constants_leave_the_bodies_of_loops_and_branches() {
    const N: usize = 20_000;
    let ramp = || constant(Literal::new(&[N], &(0..N).map(|i| i as f32 / N as f32).collect::<Vec<_>>()));
    let other = || constant(Literal::new(&[N], &(0..N).map(|i| 1.0 - i as f32 / N as f32).collect::<Vec<_>>()));
    let f = move |x: Tracer| {
        let looped = fori_loop(0, 3, |_: Tracer, c: Tracer| c * 0.5 + ramp(), x);
        let (last, _) =
            scan(|c: Tracer, t: Tracer| (c + ramp() * t, None::<Tracer>), looped, constant(vec![1.0f32, 2.0]));
        let chosen = cond(x.sum().greater(0.0), |x: Tracer| x + other(), |x: Tracer| x - ramp(), (last,));
        while_loop(|c: Tracer| (c * other()).max().less(50.0), |c: Tracer| c * 2.0 + ramp(), chosen)
    };
    let x = Array::from(vec![0.25f32; N]);
    let f = jit(f);
    let lowered = f.lower((x.clone(),)).unwrap();
    assert!(lowered.as_text().len() < 20_000, "the text has {} bytes", lowered.as_text().len());
    let want = eval(&f.program((x.clone(),)).unwrap(), &[Literal::from(vec![0.25f32; N])]).unwrap();
    let (got, want) = (f(x).to_vec::<f32>().unwrap(), want[0].floats());
    let far = got.iter().zip(&want).find(|(g, w)| (f64::from(**g) - **w).abs() > 1e-4 * w.abs().max(1.0));
    assert!(far.is_none(), "{far:?}");
}
