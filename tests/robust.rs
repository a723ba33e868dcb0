//! What no input may do: end the process, or end otherwise than in a value or an error that says what is wrong.

mod support;

use raxla::{Array, Tracer, jit};
use raxla_ir::{
    DType, Literal, Op, Program, ShapedArray,
    check::check,
    eval::eval,
    primitives::{Call, Cond, concatenate::concatenate, iota::iota},
    trace::{bind, catch, constant, trace},
};
use raxla_transforms::optimize;
use support::*;

/// What must be in the error of tracing a function of an `f32[2]`.
fn check_refused(rows: &[(&str, fn(Tracer) -> Tracer)]) {
    for (wanted, f) in rows {
        let error = jit(*f).try_call((Array::from(vec![1.0f32, 2.0]),)).map(|_| ()).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "got:    {error}\nwanted: {wanted}");
    }
}
const HUGE: usize = 1 << 62;
const WIDE: usize = 1 << 31;

#[test]
fn arrays_whose_bytes_cannot_be_counted_are_refused() {
    check_refused(&[
        ("broadcast: f32[2147483648,2147483648] needs 18446744073709551616 bytes, more than", |x| {
            x.sum().broadcast(&[WIDE, WIDE], &[])
        }),
        ("iota: i32[4611686018427387904] needs 18446744073709551616 bytes", |x| {
            x + iota(DType::I32, &[HUGE], 0).sum().astype(DType::F32)
        }),
        // An array without elements, whose axes cannot be counted either.
        ("broadcast: f32[4611686018427387904,4611686018427387904,0] needs", |x| {
            x.sum().broadcast(&[HUGE, HUGE, 0], &[])
        }),
        // Modulo 2^64 this has as many elements as the operand's slice, none.
        ("reshape: f32[0] has 0 elements, the shape", |x| x.slice(&[0], &[0], &[1]).reshape(&[1 << 32, 1 << 32])),
        ("pad: f32[9223372036854775807] needs", |x| x.pad(0.0, &[isize::MAX - 2], &[0], &[0])),
        ("pad: f32[2] has not as many elements", |x| x.pad(0.0, &[isize::MAX], &[isize::MAX], &[usize::MAX])),
        ("concatenate: f32[9223372036854775808] needs", |x| {
            let long = x.sum().broadcast(&[1 << 60], &[]);
            concatenate(&[long; 8], 0)
        }),
    ]);
    let error = catch(|| trace(&[ShapedArray::new(&[HUGE, 2], DType::I8)], |a| a.to_vec())).map(|_| ()).unwrap_err();
    assert!(error.message.starts_with("trace: i8[4611686018427387904,2] needs"), "{error}");
    let text = "program(%0: f64[4611686018427387904,4611686018427387904]) {\n return %0 }";
    assert!(text.parse::<Program>().unwrap_err().contains("needs"));
}
#[test]
fn arrays_larger_than_memory_are_refused_by_the_interpreter() {
    let large = ShapedArray::new(&[1 << 45], DType::F64);
    let text = "program() {\n %0: f64[35184372088832] = iota[shape=[35184372088832], dtype=f64, axis=0]\n return %0 }";
    let error = eval(&text.parse().unwrap(), &[]).unwrap_err();
    assert!(
        error.contains("f64[35184372088832] needs 281474976710656 bytes, more than there is memory for"),
        "{error}"
    );
    for make in [Literal::zeros, |aval| Literal::full(aval, 1.5), |aval| Literal::from_ints(aval, std::iter::repeat(3))]
    {
        let error = catch(|| make(large.clone())).unwrap_err();
        assert!(error.message.contains("f64[35184372088832] needs"), "{error}");
    }
    let text = "program() {\n %0: f64[35184372088832] = constant 1.0\n return %0 }";
    assert!(text.parse::<Program>().unwrap_err().contains("more than a constant in a text may hold"));
}
#[test]
fn eight_axes_go_through_functions_of_shapes() {
    let x = Array::from_literal(
        &Literal::from_floats(ShapedArray::new(&[2, 1, 3, 1, 2, 1, 2, 1], DType::F32), (0..24).map(f64::from)),
        &raxla::Client::global().unwrap().devices()[0],
    )
    .unwrap();
    let rows: &[fn(Tracer) -> Tracer] = &[
        |x| x.t(),
        |x| x.sum_axes([0, 2, -2]),
        |x| x.contract(x, &[2, 4], &[2, 4], &[0, 6], &[0, 6]),
        |x| x.argmax(2),
        |x| x.pad(0.0, &[1; 8], &[0; 8], &[1; 8]),
        |x| x.ravel(),
    ];
    for f in rows {
        let got = jit(*f).try_call((x.clone(),)).unwrap().to_literal().unwrap();
        let p = trace(&[x.aval().clone()], |a| vec![f(a[0])]).program;
        assert_eq!(difference(&got, &eval(&p, &[x.to_literal().unwrap()]).unwrap()[0], 1e-6), None, "{p}");
    }
}

/// Programs of one equation, of the program before, to a depth.
fn nested(depth: usize, around: &dyn Fn(Program) -> (Op, bool)) -> Program {
    let mut p: Program = "program(%0: f32[]) {\n %1: f32[] = sin %0\n return %1 }".parse().unwrap();
    for _ in 0..depth {
        let (op, with_index) = around(p);
        p = program(&[ShapedArray::new(&[], DType::F32)], |a| {
            let ins = if with_index { vec![constant(0i32), a[0]] } else { a.to_vec() };
            bind(op, &ins).to_vec()
        });
    }
    p
}
/// What can be done to a program ends, on a thread of the usual 2 MiB of stack.
fn check_deep(p: Program) {
    let text = p.to_string();
    let read: Program = text.parse().unwrap();
    assert_eq!(read, p);
    check(&p).unwrap();
    let x = Literal::scalar(0.5f32);
    let want = eval(&p, std::slice::from_ref(&x)).unwrap();
    let optimized = optimize(&p);
    assert_eq!(eval(&optimized, std::slice::from_ref(&x)).unwrap(), want);
    let (forward, reverse) = (jvp_program(&p, &[true]).unwrap(), vjp_program(&p, &[true]).unwrap());
    let more = [x.clone(), Literal::scalar(1.0f32)];
    assert_eq!(eval(&forward, &more).unwrap()[1], eval(&reverse, &more).unwrap()[0]);
    let batched = batched_program(&p, 2, &[Some(0)]);
    let xs = Literal::from(vec![0.5f32, 0.5]);
    assert_eq!(eval(&batched, &[xs]).unwrap()[0].floats()[1], want[0].floats()[0]);
    drop((read, forward, reverse, batched, optimized));
}
#[test]
fn calls_nest_a_thousand_deep() {
    check_deep(nested(1000, &|program| (Call { name: "f".into(), program }.into(), false)));
}
#[test]
fn branches_nest_a_thousand_deep() {
    let leaf = || "program(%0: f32[]) {\n return %0 }".parse().unwrap();
    check_deep(nested(1000, &|p| (Cond { branches: vec![p, leaf()] }.into(), true)));
}

#[test]
fn indices_out_of_range_are_clamped_dropped_or_filled() {
    let x = Array::from(vec![1.0f32, 2.0, 3.0]);
    for i in [i32::MIN, -4, -1, 3, i32::MAX] {
        let index = Array::from(vec![i, 1]);
        let f = |x: Tracer, i: Tracer| {
            let first = i.slice(&[0], &[1], &[1]).reshape(&[]);
            let slice = x.dynamic_slice(&[first], &[2]);
            (slice, x.dynamic_update_slice(slice * 2.0, &[first]))
        };
        let f = jit(f);
        let (slice, updated) = f.try_call((x.clone(), index.clone())).unwrap();
        let ins = [x.to_literal().unwrap(), index.to_literal().unwrap()];
        let p = f.program((x.clone(), index)).unwrap();
        assert_eq!(eval(&p, &ins).unwrap(), [slice.to_literal().unwrap(), updated.to_literal().unwrap()], "at {i}");
    }
}
