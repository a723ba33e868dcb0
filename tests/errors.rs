//! Every error that a user can make while tracing: what the message says, and that it names the user's line.

use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    primitives::{
        collective::{axis_index, pmax, pmean, psum},
        concatenate::concatenate,
        iota::iota,
    },
    trace::{TraceError, catch, constant, trace},
};
use raxla_transforms::{
    Vmap, custom_jvp, custom_vjp, grad, grad_all, jacfwd, jacrev, jvp, linearize, value_and_grad, vjp, vmap,
};
use std::cell::Cell;

thread_local! { static LINE: Cell<u32> = const { Cell::new(0) }; }
/// The wrong call: its line is the one that the message must name.
macro_rules! wrong {
    ($call:expr) => {{
        LINE.set(line!());
        let _ = $call;
    }};
}

/// Operands to go wrong with.
#[derive(Clone, Copy)]
struct Args {
    /// `f32[2,3]`
    m: Tracer,
    /// `f32[3]`
    v: Tracer,
    /// `f32[2]`
    u: Tracer,
    /// `f32[]`
    s: Tracer,
    /// `f64[3]`
    d: Tracer,
    /// `i32[3]`
    i: Tracer,
    /// `u8[3]`
    n: Tracer,
    /// `bool[3]`
    b: Tracer,
    /// `c64[3]`
    c: Tracer,
}
fn within_trace(f: impl FnOnce(Args)) -> Result<(), TraceError> {
    use DType::*;
    let types: [(&[usize], DType); 9] = [
        (&[2, 3], F32),
        (&[3], F32),
        (&[2], F32),
        (&[], F32),
        (&[3], F64),
        (&[3], I32),
        (&[3], U8),
        (&[3], Bool),
        (&[3], C64),
    ];
    let avals = types.map(|(shape, dtype)| ShapedArray::new(shape, dtype));
    let result = catch(|| {
        trace(&avals, |a| {
            f(Args { m: a[0], v: a[1], u: a[2], s: a[3], d: a[4], i: a[5], n: a[6], b: a[7], c: a[8] });
            vec![]
        })
    });
    result.map(|_| ())
}
fn check(wanted: &str, f: impl FnOnce(Args)) {
    let error = within_trace(f).expect_err(wanted);
    assert!(error.message.contains(wanted), "got:    {}\nwanted: {wanted}", error.message);
    assert_eq!((error.at.file, error.at.line), (file!(), LINE.get()), "the place of: {}", error.message);
    assert!(error.to_string().ends_with(&format!("\n  --> {}", error.at)), "{error}");
    assert!(!raxla_ir::trace::tracing(), "an error leaves a trace running: {wanted}");
}
fn check_all(rows: &[(&str, fn(Args))]) {
    rows.iter().for_each(|(wanted, f)| check(wanted, f));
}

#[test]
fn elementwise() {
    check_all(&[
        ("add: operands must have one shape, or shapes that broadcast together, got f32[2,3] and f32[2]", |a| {
            wrong!(a.m + a.u)
        }),
        ("mul: operands must have one dtype, got f32[3] and i32[3]", |a| wrong!(a.v * a.i)),
        ("sub: operands must have one dtype, got f32[3] and f64[3]; convert one", |a| wrong!(a.v - a.d)),
        ("div: operands must have one dtype, got f32[3] and f64[3]", |a| wrong!(a.v / a.d)),
        ("rem: takes integers and floats, got c64[3]", |a| wrong!(a.c % a.c)),
        ("add: takes numbers, got bool[3]", |a| wrong!(a.b + a.b)),
        ("and: takes integers and bools, got f32[3]", |a| wrong!(a.v & a.v)),
        ("max: takes integers, bools and floats, got c64[3]", |a| wrong!(a.c.maximum(a.c))),
        ("atan2: takes floats, got i32[3]", |a| wrong!(a.i.atan2(a.i))),
        ("sin: takes floats and complex numbers, got i32[3]", |a| wrong!(a.i.sin())),
        ("neg: takes numbers, got bool[3]", |a| wrong!(-a.b)),
        ("not: takes integers and bools, got f32[3]", |a| wrong!(!a.v)),
        ("abs: takes signed integers, floats and complex numbers, got u8[3]", |a| wrong!(a.n.abs())),
        ("real: takes complex numbers, got f32[3]", |a| wrong!(a.v.real())),
        ("lt: operands must have one shape, or shapes that broadcast together", |a| wrong!(a.m.less(a.u))),
        ("lt: complex numbers have no order, got c64[3]", |a| wrong!(a.c.less(a.c))),
        ("eq: operands must have one dtype, got f32[3] and i32[3]", |a| wrong!(a.v.equal(a.i))),
        ("select: the predicate must be bool, got i32[3]", |a| wrong!(a.i.select(a.v, a.v))),
        ("select: operands must have one dtype, got f32[3] and f64[3]", |a| wrong!(a.b.select(a.v, a.d))),
        ("select: operands must have one shape, or shapes that broadcast", |a| wrong!(a.b.select(a.v, a.u))),
        ("clamp: complex numbers have no order, got c64[3]", |a| wrong!(a.c.clamp(a.c, a.c))),
        ("clamp: operands must have one dtype", |a| wrong!(a.v.clamp(a.d, 1.0))),
        ("clamp: operands must have one shape, or shapes that broadcast", |a| wrong!(a.v.clamp(a.u, 1.0))),
    ]);
}

#[test]
fn numbers() {
    check_all(&[
        ("the number 2.5 cannot take the dtype i32; convert the array with `.astype(…)`", |a| wrong!(a.i * 2.5)),
        ("the number 2.5 cannot take the dtype i32", |a| wrong!(2.5 * a.i)),
        ("the number 1.0 cannot take the dtype bool", |a| wrong!(a.b.equal(1.0))),
        ("the number 300 is out of range for the dtype u8", |a| wrong!(a.n + 300)),
        ("the number -1 is out of range for the dtype u8", |a| wrong!(-1 + a.n)),
        ("the number 3 cannot take the dtype bool", |a| wrong!(a.b.equal(3))),
        ("the number 0.5 cannot take the dtype i32", |a| wrong!(a.i.clamp(0.5, 1))),
        ("the number 3.0 cannot take the dtype i32", |a| wrong!(a.i.mean())),
        ("the number 3.0 cannot take the dtype i32", |a| wrong!(a.i.mean_axes(0))),
    ]);
}

#[test]
fn shapes() {
    check_all(&[
        ("reshape: f32[2,3] has 6 elements, the shape [4] needs 4", |a| wrong!(a.m.reshape(&[4]))),
        ("broadcast: f32[2] does not broadcast to [2,3]", |a| wrong!(a.u.broadcast_to(&[2, 3]))),
        ("broadcast: f32[2,3] does not broadcast to [3]", |a| wrong!(a.m.broadcast_to(&[3]))),
        ("broadcast: f32[2] does not fit [2,3] along axis 1", |a| wrong!(a.u.broadcast(&[2, 3], &[1]))),
        ("broadcast: needs an axis of the output for each axis of f32[2,3]", |a| wrong!(a.m.broadcast(&[2, 3], &[1]))),
        ("reduce_sum: axis 2 is out of bounds for an array of rank 2", |a| wrong!(a.m.sum_axes(2))),
        ("reduce_max: axis -3 is out of bounds for an array of rank 2", |a| wrong!(a.m.max_axes(-3))),
        ("reduce_sum: axis 1 is named twice", |a| wrong!(a.m.sum_axes([1, -1]))),
        ("reduce_sum: axis 5 is out of bounds", |a| wrong!(a.m.mean_axes(5))),
        ("reduce_and: takes integers and bools, got f32[3]", |a| wrong!(a.v.all())),
        ("slice: 0..5 by 1 does not fit axis 0 of f32[3]", |a| wrong!(a.v.slice(&[0], &[5], &[1]))),
        ("slice: 2..1 by 1 does not fit axis 0 of f32[3]", |a| wrong!(a.v.slice_axis(0, 2, 1))),
        ("slice: axis 1 is out of bounds for an array of rank 1", |a| wrong!(a.v.slice_axis(1, 0, 1))),
        ("slice: needs a start, a limit and a stride for each axis of f32[2,3]", |a| {
            wrong!(a.m.slice(&[0], &[1], &[1]))
        }),
        ("concatenate: shapes must agree except along axis 0, got f32[2,3] and f32[3]", |a| {
            wrong!(concatenate(&[a.m, a.v], 0))
        }),
        ("concatenate: operands must have one dtype, got f32[3] and i32[3]", |a| wrong!(concatenate(&[a.v, a.i], 0))),
        ("concatenate: axis 1 is out of bounds for an array of rank 1", |a| wrong!(concatenate(&[a.v, a.v], 1))),
        ("concatenate: takes at least 1 operand, got none", |_| wrong!(concatenate(&[], 0))),
        ("moveaxis: axis 2 is out of bounds for an array of rank 2", |a| wrong!(a.m.moveaxis(2, 0))),
        ("moveaxis: axis -3 is out of bounds for an array of rank 2", |a| wrong!(a.m.moveaxis(0, -3))),
        ("transpose: [0] is no permutation of the axes of f32[2,3]", |a| wrong!(a.m.transpose_axes(&[0]))),
        ("transpose: axis 0 is named twice", |a| wrong!(a.m.transpose_axes(&[0, 0]))),
        ("expand_dims: axis 4 is out of bounds for an array of rank 3", |a| wrong!(a.m.expand_dims(4))),
        ("reverse: axis 1 is out of bounds for an array of rank 1", |a| wrong!(a.v.reverse(1))),
        ("argmax: axis 3 is out of bounds for an array of rank 2", |a| wrong!(a.m.argmax(3))),
        ("argmin: complex numbers have no order, got c64[3]", |a| wrong!(a.c.argmin(0))),
        ("pad: f32[3] has not as many elements as the negative padding cuts away", |a| {
            wrong!(a.v.pad(0.0, &[-4], &[0], &[0]))
        }),
        ("pad: needs low, high and interior padding for each axis of f32[2,3]", |a| {
            wrong!(a.m.pad(0.0, &[1], &[1], &[0]))
        }),
        ("pad: the value must be a scalar of the dtype of f32[3], got f64[3]", |a| {
            wrong!(a.v.pad(a.d, &[1], &[1], &[0]))
        }),
        ("iota: cannot count in bool", |_| wrong!(iota(DType::Bool, &[3], 0))),
        ("iota: axis 1 is out of bounds for an array of rank 1", |_| wrong!(iota(DType::I32, &[3], 1))),
        ("dot_general: axis 1 of f32[2,3] and axis 0 of f32[2,3] must have one size, got 3 and 2", |a| {
            wrong!(a.m.dot(a.m))
        }),
        ("dot_general: axis 1 of f32[2,3] and axis 0 of f32[2] must have one size", |a| wrong!(a.m.matmul(a.u))),
        ("dot_general: operands must have one dtype, got f32[3] and f64[3]", |a| wrong!(a.v.dot(a.d))),
        ("matmul: operands must have at least 1 axis, got f32[] and f32[3]", |a| wrong!(a.s.matmul(a.v))),
        ("matmul: the leading axes of f32[2,1,3] and f32[3,3,1] do not broadcast together", |a| {
            let (x, y) = (a.m.reshape(&[2, 1, 3]), constant(Literal::new(&[3, 3, 1], &[0.5f32; 9])));
            wrong!(x.matmul(y))
        }),
        ("dot_general: axis 3 is out of bounds for an array of rank 1 (f32[3])", |a| {
            wrong!(a.v.contract(a.v, &[3], &[0], &[], &[]))
        }),
    ]);
}

#[test]
fn derivatives() {
    check_all(&[
        ("grad: the function must return a scalar float, got f32[3]; reduce it with `.sum()`", |a| {
            wrong!(grad(|x: Tracer| x * x)(a.v))
        }),
        ("grad: the function must return a scalar float, got i32[]", |a| {
            wrong!(grad(|_: Tracer, i: Tracer| i.sum())(a.v, a.i))
        }),
        ("value_and_grad: the function must return a scalar float, got c64[]", |a| {
            wrong!(value_and_grad(|x: Tracer| x.sum())(a.c))
        }),
        ("grad: only floats have gradients, but argument.0 is i32[3]", |a| wrong!(grad(|x: Tracer| x.sum())(a.i))),
        ("grad: only floats have gradients, but argument.0[1] is i32[3]", |a| {
            wrong!(grad(|x: Vec<Tracer>| x[0].sum())(vec![a.v, a.i]))
        }),
        ("grad_all: only floats have gradients, but argument.1 is i32[3]", |a| {
            wrong!(grad_all(|x: Tracer, _: Tracer| x.sum())(a.v, a.i))
        }),
        ("jvp: the tangent of argument.0 must be f32[3], got f64[3]", |a| wrong!(jvp(|x: Tracer| x, (a.v,), (a.d,)))),
        ("jvp: the tangent of argument.1 must be f32[3], got f32[2]", |a| {
            wrong!(jvp(|x: Tracer, y: Tracer| x + y, (a.v, a.v), (a.v, a.u)))
        }),
        ("jvp: primals and tangents must have one structure", |a| {
            wrong!(jvp(|x: Vec<Tracer>| x[0], (vec![a.v],), (vec![a.v, a.v],)))
        }),
        ("linearize: the tangent of argument.0 must be f32[3], got f32[2]", |a| {
            wrong!(linearize(|x: Tracer| x * x, (a.v,)).1(a.u))
        }),
        ("vjp: the cotangent of output 0 must be f32[3], got f32[2]", |a| {
            wrong!(vjp(|x: Tracer| x * x, (a.v,)).1(a.u))
        }),
        ("vjp: cotangents must have the structure of the outputs", |a| {
            wrong!(vjp(|x: Tracer| vec![x], (a.v,)).1(vec![a.v, a.v]))
        }),
        ("jacfwd: only floats have derivatives, but argument 0 is i32[3]", |a| wrong!(jacfwd(|x: Tracer| x)(a.i))),
        ("jacrev: only floats have derivatives, but argument 0 is i32[3]", |a| wrong!(jacrev(|x: Tracer| x)(a.i))),
        ("nextafter: has no derivative", |a| {
            grad(|x: Tracer| {
                wrong!(x.nextafter(1.0));
                x.nextafter(1.0).sum()
            })(a.v);
        }),
    ]);
}

#[test]
fn batches() {
    check_all(&[
        (
            "vmap: all batch axes must have one size, got 3 (axis 0 of argument.0, f32[3]) and 2 (axis 0 of argument.1, f32[2])",
            |a| wrong!(vmap(|x: Tracer, y: Tracer| x * y, 0)(a.v, a.u)),
        ),
        ("vmap: all batch axes must have one size, got 5 (axis_size) and 3", |a| {
            wrong!(Vmap::over(0).axis_size(5).of(|x: Tracer| x)(a.v))
        }),
        ("vmap: argument.0: axis 1 is out of bounds for an array of rank 1, f32[3]", |a| {
            wrong!(vmap(|x: Tracer| x, 1)(a.v))
        }),
        ("vmap: the function has 1 arguments, in_axes 2", |a| wrong!(vmap(|x: Tracer| x, (0, 0))(a.v))),
        ("vmap: at least one argument must have a batch axis, or the axis a size", |a| {
            wrong!(vmap(|x: Tracer| x, None)(a.v))
        }),
        ("vmap: output 0 differs within the batch, so its out_axis cannot be None", |a| {
            wrong!(Vmap::over(0).out_axis(None).of(|x: Tracer| x)(a.v))
        }),
        ("vmap: output 0: axis 2 is out of bounds for an array of rank 1, f32[3]", |a| {
            wrong!(Vmap::over(0).out_axis(2).of(|x: Tracer| x)(a.v))
        }),
        ("psum: the axis \"i\" is not mapped here: no axis is; give vmap an axis name", |a| wrong!(psum(a.v, "i"))),
        ("pmean: the axis \"i\" is not mapped here: the mapped axes are [\"j\"]", |a| {
            Vmap::over(0).axis_name("j").of(|x: Tracer| {
                wrong!(pmean(x, "i"));
                x
            })(a.v);
        }),
        ("pmax: the axis \"i\" is not mapped here", |a| wrong!(pmax(a.v, "i"))),
        ("axis_index: the axis \"i\" is not mapped here", |_| wrong!(axis_index("i"))),
        ("all_reduce: takes numbers, got bool[]", |a| {
            Vmap::over(0).axis_name("i").of(|x: Tracer| {
                wrong!(psum(x, "i"));
                x
            })(a.b);
        }),
    ]);
}

#[test]
fn custom_derivatives() {
    check_all(&[
        ("must return the outputs and their tangents, [f32[3], f32[3]], got [f32[3], f32[]]", |a| {
            wrong!(custom_jvp(|x: Tracer| x, |(x,): (Tracer,), (t,): (Tracer,)| (x, t.sum()))(a.v))
        }),
        ("custom_jvp: the rule's outputs and tangents must have one structure", |a| {
            let rule = |(x,): (Vec<Tracer>,), (_,): (Vec<Tracer>,)| (x, vec![]);
            wrong!(custom_jvp(|x: Vec<Tracer>| x, rule)(vec![a.v]))
        }),
        ("must return the cotangents of the float arguments, [f32[3]], got [f32[]]", |a| {
            let backward = |_: Tracer, ct: Tracer| (ct.sum(),);
            wrong!(custom_vjp(|x: Tracer| x, |x: Tracer| (x, x), backward)(a.v))
        }),
        ("must return the outputs [f32[3]] and then residuals, got [f32[], f32[3]]", |a| {
            let forward = |x: Tracer| (x.sum(), x);
            wrong!(custom_vjp(|x: Tracer| x, forward, |_: Tracer, ct: Tracer| (ct,))(a.v))
        }),
        ("custom_vjp: the backward function must return a tuple like the arguments", |a| {
            let backward = |_: Tracer, _: Vec<Tracer>| (vec![],);
            wrong!(custom_vjp(|x: Vec<Tracer>| x, |x: Vec<Tracer>| (x.clone(), x[0]), backward)(vec![a.v]))
        }),
        ("cannot be differentiated in a value that it captured; make that value an argument", |a| {
            grad(|y: Tracer| {
                wrong!(custom_jvp(|x: Tracer| x * y, |(x,): (Tracer,), (t,): (Tracer,)| (x * y, t * y))(a.s));
                custom_jvp(|x: Tracer| x * y, |(x,): (Tracer,), (t,): (Tracer,)| (x * y, t * y))(a.s)
            })(a.s);
        }),
        ("has a derivative for reverse mode only; jvp and jacfwd need one made with custom_jvp", |a| {
            LINE.set(line!() + 1);
            let f = custom_vjp(|x: Tracer| x, |x: Tracer| (x, x), |_: Tracer, ct: Tracer| (ct,));
            jvp(f, (a.s,), (a.s,));
        }),
        ("was made with custom_vjp and has a derivative for reverse mode only", |a| {
            let f = custom_vjp(|x: Tracer| x, |x: Tracer| (x, x), |_: Tracer, ct: Tracer| (ct,));
            wrong!(jacfwd(f)(a.s))
        }),
        ("was made with custom_vjp and has a derivative for reverse mode only", |a| {
            let f = custom_vjp(|x: Tracer| x, |x: Tracer| (x, x), |_: Tracer, ct: Tracer| (ct,));
            wrong!(linearize(f, (a.s,)).1(a.s))
        }),
    ]);
}

#[test]
fn leaks() {
    const LEAKED: &str = "leaked tracer: a value was used after the function that was being traced had returned";
    let leaked = Cell::new(None);
    within_trace(|a| leaked.set(Some(a.v))).unwrap();
    let leaked = leaked.get().unwrap();
    check(LEAKED, |a| wrong!(a.v + leaked));
    check(LEAKED, |_| wrong!(leaked + 1.0));
    check(LEAKED, |_| wrong!(1.0 - leaked));
    check(LEAKED, |_| wrong!(leaked.sin()));
    check(LEAKED, |_| wrong!(leaked.shape()));
    check(LEAKED, |_| wrong!(leaked.sum()));
    check(LEAKED, |a| wrong!(a.b.select(a.v, leaked)));
    check(LEAKED, |a| wrong!(a.v.clamp(leaked, 1.0)));
    check(LEAKED, |a| wrong!(concatenate(&[a.v, leaked], 0)));
    check(LEAKED, |a| wrong!(a.v.dot(leaked)));
    check(LEAKED, |_| wrong!(grad(|x: Tracer| x.sum())(leaked)));
    check(LEAKED, |_| wrong!(vmap(|x: Tracer| x, 0)(leaked)));
    check(LEAKED, |a| wrong!(jvp(|x: Tracer| x, (a.v,), (leaked,))));
    check(LEAKED, |a| {
        // Out of a function within this trace.
        let inner = Cell::new(None);
        grad(|x: Tracer| {
            inner.set(Some(x));
            x * x
        })(a.s);
        wrong!(inner.get().unwrap() + 1.0)
    });

    let outside = |wanted: &str, f: &dyn Fn()| {
        let error = catch(f).expect_err(wanted);
        assert!(error.message.contains(wanted), "got:    {}\nwanted: {wanted}", error.message);
        assert_eq!((error.at.file, error.at.line), (file!(), LINE.get()), "the place of: {}", error.message);
    };
    outside(LEAKED, &|| wrong!(leaked + leaked));
    outside(LEAKED, &|| wrong!(leaked.exp()));
    outside("no trace is running", &|| wrong!(constant(1.0f32)));
    outside("no trace is running", &|| wrong!(iota(DType::F32, &[2], 0)));
}

#[test]
fn errors_panic_with_their_text_when_nobody_catches_them() {
    let panic = std::panic::catch_unwind(|| trace(&[], |_| vec![iota(DType::Bool, &[2], 0)])).err().unwrap();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.starts_with("iota: cannot count in bool\n  --> tests/errors.rs:"), "{text}");
    // The next trace on this thread is not disturbed by the one that was aborted.
    assert!(!raxla_ir::trace::tracing());
    assert_eq!(trace(&[], |_| vec![iota(DType::F32, &[2], 0)]).program.eqns.len(), 1);
}
