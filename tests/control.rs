//! Control flow as users write it: loops and branches against what they stand for, written out, under all transforms; on the
//! interpreter and on XLA.

mod support;

use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    eval::eval,
    primitives::{Primitive, concatenate::concatenate},
    trace::{catch, constant, trace},
};
use raxla_transforms::{
    Scan, checkpoint, cond, custom_jvp, fori_loop, grad, hessian, jacfwd, jacrev, jvp, linearize, map, optimize, scan,
    switch, value_and_grad, vmap, while_loop,
};
use std::cell::Cell;
use support::*;

fn same(label: &str, got: &Literal, want: &Literal) {
    if let Some(wrong) = difference(got, want, 1e-12) {
        panic!("{label}: {wrong}\ngot    {got:?}\nwanted {want:?}");
    }
}
fn zero() -> Tracer {
    constant(0.0)
}
/// Both functions of a vector of three numbers, and all their derivatives and batches, agree.
fn check_equal(label: &str, f: fn(Tracer) -> Tracer, g: fn(Tracer) -> Tracer) {
    let x = Literal::from(vec![0.5, -1.0, 1.25]);
    let batch = Literal::new(&[2, 3], &[0.5, -1.0, 1.25, 2.0, 0.125, -0.75]);
    let all = |f: fn(Tracer) -> Tracer| {
        run(&[x.clone(), batch.clone()], |a| {
            let (y, dy) = value_and_grad(f)(a[0]);
            let (y_again, tangent) = jvp(f, (a[0],), (a[0].cos(),));
            let (_, linear) = linearize(f, (a[0],));
            let gradients = vmap(grad(f), 0)(a[1]);
            let mapped = grad(|b: Tracer| (vmap(f, 0)(b) * 3.0).sum())(a[1]);
            let mut outs = vec![y, dy, y_again, tangent, linear(a[0].cos()), vmap(f, 0)(a[1]), gradients, mapped];
            outs.extend([hessian(f)(a[0]), jacfwd(grad(f))(a[0]), jacrev(grad(f))(a[0])]);
            outs
        })
    };
    let names = [
        "value",
        "grad",
        "jvp's value",
        "jvp",
        "linearize",
        "vmap",
        "vmap(grad)",
        "grad(vmap)",
        "hessian",
        "jacfwd(grad)",
        "jacrev(grad)",
    ];
    for ((got, want), name) in all(f).iter().zip(&all(g)).zip(names) {
        same(&format!("{label}: {name}"), got, want);
    }
}
/// Element `i` of a vector.
fn at(x: Tracer, i: usize) -> Tracer {
    x.slice_axis(0, i, i + 1).reshape(&[])
}

#[test]
fn a_scan_is_a_loop_written_out() {
    fn step(c: Tracer, x: Tracer) -> (Tracer, Tracer) {
        let next = (c * x).sin() + x;
        (next, next * c)
    }
    fn unrolled(x: Tracer, order: [usize; 3]) -> Tracer {
        let (mut c, mut ys) = (zero() + 0.5, vec![zero(); 3]);
        for i in order {
            (c, ys[i]) = step(c, at(x, i));
        }
        let ys: Vec<Tracer> = ys.iter().map(|y| y.expand_dims(0)).collect();
        (concatenate(&ys, 0) * x).sum() * c
    }
    fn scanned(x: Tracer, options: &Scan) -> Tracer {
        let (c, ys) = options.run(step, zero() + 0.5, x);
        (ys * x).sum() * c
    }
    check_equal("forwards", |x| scanned(x, &Scan::new()), |x| unrolled(x, [0, 1, 2]));
    check_equal("backwards", |x| scanned(x, &Scan::new().reverse()), |x| unrolled(x, [2, 1, 0]));
    check_equal("unrolled", |x| scanned(x, &Scan::new().unroll(3)), |x| unrolled(x, [0, 1, 2]));
    check_equal("unrolled backwards", |x| scanned(x, &Scan::new().reverse().unroll(3)), |x| unrolled(x, [2, 1, 0]));
    check_equal("not divided", |x| scanned(x, &Scan::new().unroll(2)), |x| unrolled(x, [0, 1, 2]));
    check_equal("map", |x| map(|x: Tracer| x.sin() * x, x).sum(), |x| (x.sin() * x).sum());
}
#[test]
fn a_scan_captures_what_it_uses() {
    // A weight that is used at all steps, and one computed from the argument; the carry is a pair with an integer.
    check_equal(
        "captured",
        |x| {
            let (w, v) = (x.exp(), x.sum());
            let step = |(i, c): (Tracer, Tracer), x: Tracer| ((i + 1, (c * w).sin() * v + x), i);
            let ((_, c), is) = scan(step, (constant(0i32), x), x);
            (c * is.astype(DType::F64)).sum()
        },
        |x| {
            let (w, v) = (x.exp(), x.sum());
            let mut c = x;
            for i in 0..3 {
                c = (c * w).sin() * v + at(x, i);
            }
            (c * Literal::from(vec![0.0, 1.0, 2.0])).sum()
        },
    );
    check_equal(
        "nested",
        |x| {
            let inner = |c: Tracer, y: Tracer| scan(|c: Tracer, x: Tracer| (c + x * y, None::<Tracer>), c, x.sin()).0;
            scan(|c: Tracer, y: Tracer| (inner(c, y).cos(), None::<Tracer>), zero(), x).0
        },
        |x| {
            let mut c = zero();
            for i in 0..3 {
                c = (c + (x.sin() * at(x, i)).sum()).cos();
            }
            c
        },
    );
    // A gradient taken within the loop, and the loop's carry a gradient.
    check_equal(
        "descent",
        |x| fori_loop(0, 2, |_: Tracer, y: Tracer| y - grad(|y: Tracer| (y * y * x).sum())(y) * 0.1, x.cos()).sum(),
        |x| {
            let mut y = x.cos();
            for _ in 0..2 {
                y = y - y * x * 0.2;
            }
            y.sum()
        },
    );
}
#[test]
fn a_static_loop_has_all_derivatives() {
    check_equal(
        "fori_loop",
        |x| fori_loop(1, 4, |i: Tracer, c: Tracer| (c * i.astype(DType::F64)).sin() * x, x).sum(),
        |x| {
            let mut c = x;
            for i in 1..4 {
                c = (c * f64::from(i)).sin() * x;
            }
            c.sum()
        },
    );
    check_equal("no steps", |x| (fori_loop(3, 1, |_: Tracer, c: Tracer| c.sin(), x) * x).sum(), |x| (x * x).sum());
    check_equal(
        "checkpoint",
        |x| fori_loop(0, 3, |_: Tracer, c: Tracer| checkpoint(|c: Tracer| c.sin() * x)(c), x).sum(),
        |x| {
            let mut c = x;
            for _ in 0..3 {
                c = c.sin() * x;
            }
            c.sum()
        },
    );
}
/// A derivative given by a loop over values and tangents together: transposed, the values make a loop of their own.
#[test]
fn a_loop_of_values_and_tangents_can_be_transposed() {
    check_equal(
        "values and tangents",
        |x| {
            let f = |x: Tracer| fori_loop(0, 3, |_: Tracer, y: Tracer| y.sin() * x, x);
            let rule = |(x,): (Tracer,), (t,): (Tracer,)| {
                let step = |_: Tracer, (y, s): (Tracer, Tracer)| (y.sin() * x, y.cos() * x * s + y.sin() * t);
                (f(x), fori_loop(0, 3, step, (x, t)).1)
            };
            custom_jvp(f, rule)(x).sum()
        },
        |x| {
            let mut y = x;
            for _ in 0..3 {
                y = y.sin() * x;
            }
            y.sum()
        },
    );
}
/// The rule's value comes from the loop that carries its tangent; it used to leak from the linear trace.
#[test]
fn a_rule_whose_value_and_tangent_share_a_loop_can_be_transposed() {
    check_equal(
        "one loop",
        |x| {
            let f = |x: Tracer| fori_loop(0, 3, |_: Tracer, y: Tracer| y.sin() * x, x);
            let rule = |(x,): (Tracer,), (t,): (Tracer,)| {
                let step = |_: Tracer, (y, s): (Tracer, Tracer)| (y.sin() * x, y.cos() * x * s + y.sin() * t);
                fori_loop(0, 3, step, (x, t))
            };
            custom_jvp(f, rule)(x).sum()
        },
        |x| {
            let mut y = x;
            for _ in 0..3 {
                y = y.sin() * x;
            }
            y.sum()
        },
    );
}
#[test]
fn branches_are_what_they_choose() {
    check_equal(
        "then",
        |x| cond(x.sum().greater(-10.0), |y: Tracer| (y.sin() * x).sum(), |y: Tracer| y.sum(), (x,)),
        |x| (x.sin() * x).sum(),
    );
    // In a batch, each of the examples takes its own branch; the sums are 0.75 and 1.375.
    check_equal(
        "apart",
        |x| cond(x.sum().greater(1.0), |y: Tracer| (y.sin() * x).sum(), |y: Tracer| (y.exp() * y).sum(), (x,)),
        |x| {
            let (a, b) = ((x.sin() * x).sum(), (x.exp() * x).sum());
            x.sum().greater(1.0).select(a, b)
        },
    );
    check_equal(
        "switch",
        |x| {
            let index = (x.sum() * 1.25).astype(DType::I32);
            let w = x.cos();
            switch(index, &[&|x: Tracer| (x * w).sum(), &|x: Tracer| (x * x * x).sum(), &|_: Tracer| w.sum()], (x,))
        },
        |x| {
            let index = (x.sum() * 1.25).astype(DType::I32);
            let w = x.cos();
            index.less_equal(0).select((x * w).sum(), index.equal(1).select((x * x * x).sum(), w.sum()))
        },
    );
    check_equal(
        "a loop in a branch in a loop",
        |x| {
            let inner = |c: Tracer| fori_loop(0, 2, |_: Tracer, c: Tracer| c * c + x.sum(), c);
            let step = |c: Tracer, x: Tracer| (cond(x.greater(0.0), inner, |c: Tracer| c.sin(), (c * x,)), c);
            let (c, cs) = scan(step, zero() + 1.0, x);
            (cs * x).sum() + c
        },
        |x| {
            let (mut c, mut total) = (zero() + 1.0, zero());
            for i in 0..3 {
                let x_i = at(x, i);
                total = total + c * x_i;
                let y = c * x_i;
                let squared = y * y + x.sum();
                c = x_i.greater(0.0).select(squared * squared + x.sum(), y.sin());
            }
            total + c
        },
    );
}
#[test]
fn an_index_of_any_dtype_is_clamped() {
    let wanted = |i: i128| Literal::scalar([1.0, 2.0, 3.0][i.clamp(0, 2) as usize]);
    for dtype in [DType::I8, DType::U8, DType::I32, DType::U32, DType::I64, DType::U64] {
        for i in [-3, 0, 1, 2, 3, 100, 1 << 33] {
            let index = Literal::from_ints(ShapedArray::new(&[], dtype), [i]);
            let outs = program(&[index.aval().clone()], |a| {
                vec![switch(a[0], &[&|x: Tracer| x, &|x: Tracer| x + 1.0, &|x: Tracer| x + 2.0], (zero() + 1.0,))]
            });
            assert_eq!(eval(&outs, std::slice::from_ref(&index)).unwrap(), [wanted(index.ints()[0])], "{index:?}");
        }
    }
}

/// Doubles until a limit, and counts.
fn doublings(x: Tracer, limit: Tracer) -> (Tracer, Tracer) {
    let (n, x) = while_loop(
        |(_, x): (Tracer, Tracer)| x.less(limit),
        |(n, x): (Tracer, Tracer)| (n + 1, x * 2.0),
        (constant(0i32), x),
    );
    (x, n)
}
#[test]
fn a_while_loop_runs_until_it_is_done() {
    let (x, limit) = (Literal::scalar(3.0), Literal::scalar(20.0));
    let xs = Literal::from(vec![1.0, 30.0, 7.0]);
    let outs = run(&[x, limit, xs], |a| {
        let (y, n) = doublings(a[0], a[1]);
        let (ys, ns) = vmap(doublings, (0, None))(a[2], a[1]);
        let (zs, ms) = vmap(doublings, (None, 0))(a[0], a[2]);
        let ((_, _), (tangent, _)) = jvp(doublings, (a[0], a[1]), (a[0] * 0.0 + 1.0, a[1]));
        let jacobian = jacfwd(|x: Tracer| vmap(|x: Tracer| doublings(x, a[1]).0, 0)(x))(a[2]);
        let (_, linear) = linearize(|x: Tracer| doublings(x, a[1]).0, (a[0],));
        vec![y, n, ys, ns, zs, ms, tangent, jacobian, linear(a[0])]
    });
    let ints = |v: &[i32]| Literal::new(&[v.len()], v);
    let wanted = [
        24.0.into(),
        3i32.into(),
        vec![32.0, 30.0, 28.0].into(),
        ints(&[5, 0, 2]),
        vec![3.0, 48.0, 12.0].into(),
        ints(&[0, 4, 2]),
        8.0.into(),
        Literal::new(&[3, 3], &[32.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 4.0]),
        24.0.into(),
    ];
    outs.iter().zip(&wanted).enumerate().for_each(|(i, (got, want))| same(&format!("output {i}"), got, want));
}
#[test]
fn batched_carries_are_found_by_a_fixed_point() {
    // Only `x` is batched; `a` becomes so after two steps.
    let xs = Literal::from(vec![1.0, 2.0]);
    let outs = run(&[xs], |xs| {
        let looped = vmap(
            |x: Tracer| {
                let step = |(_, b, c): (Tracer, Tracer, Tracer)| (b, c, c + x);
                while_loop(
                    |(a, b, c): (Tracer, Tracer, Tracer)| (a + b + c * 0.0).less(9.0),
                    step,
                    (zero(), zero(), zero() + 1.0),
                )
            },
            0,
        )(xs[0]);
        let scanned = vmap(
            |x: Tracer| {
                fori_loop(
                    0,
                    2,
                    |_: Tracer, (_, b, c): (Tracer, Tracer, Tracer)| (b, c + x, c),
                    (zero(), zero(), zero()),
                )
            },
            0,
        )(xs[0]);
        vec![looped.0, looped.1, looped.2, scanned.0, scanned.1, scanned.2]
    });
    let wanted: [&[f64]; 6] = [&[4.0, 5.0], &[5.0, 7.0], &[6.0, 9.0], &[1.0, 2.0], &[1.0, 2.0], &[0.0, 0.0]];
    outs.iter().zip(wanted).enumerate().for_each(|(i, (o, w))| same(&format!("output {i}"), o, &Literal::from(w)));
}
#[test]
fn a_dynamic_loop_counts_in_its_dtype() {
    for dtype in [DType::I32, DType::U8, DType::I64] {
        let n = Literal::from_ints(ShapedArray::new(&[], dtype), [5]);
        let outs = run(&[n, 1.5.into()], |a| {
            let sum = |n: Tracer, x: Tracer| fori_loop(2, n, |i: Tracer, c: Tracer| c + i.astype(DType::F64) * x, x);
            vec![sum(a[0], a[1]), jvp(|x: Tracer| sum(a[0], x), (a[1],), (a[1],)).1]
        });
        outs.iter().for_each(|o| same("sum", o, &Literal::scalar(15.0)));
    }
}
#[test]
fn residuals_that_no_step_changes_are_not_stacked() {
    let w = ShapedArray::new(&[4, 4], DType::F64);
    let p = program(&[w.clone(), ShapedArray::new(&[4], DType::F64)], |a| {
        let net = |w: Tracer| fori_loop(0, 5, |_: Tracer, h: Tracer| w.sin().dot(h).tanh(), a[1]).sum();
        vec![grad(net)(a[0])]
    });
    let scans: Vec<_> = p.eqns.iter().filter(|e| e.op.name() == "scan").collect();
    assert_eq!(scans.len(), 2, "{p}");
    let stacked = scans[0].outs.iter().map(|v| p.aval(*v)).filter(|a| a.shape.first() == Some(&5));
    assert!(stacked.clone().count() > 0 && stacked.clone().all(|a| a.rank() == 2), "{p}");
}
#[test]
fn a_checkpoint_keeps_only_its_arguments() {
    let p = program(&[ShapedArray::new(&[3], DType::F64)], |a| {
        vec![grad(|x: Tracer| checkpoint(|x: Tracer| x.sin().sin().sin())(x).sum())(a[0])]
    });
    // Three sines forwards, which nothing needs in the end, and two again behind the barrier.
    let again = p.eqns.iter().find(|e| e.op.name() == "remat").unwrap_or_else(|| panic!("{p}"));
    assert_eq!(again.ins.len(), 2, "{p}");
    assert!(raxla_ir::stablehlo::lower(&p, "f").contains("optimization_barrier"), "{p}");
    assert!(optimize(&p).eqns.iter().all(|e| e.op.name() != "sin"), "{}", optimize(&p));
}

thread_local! { static LINE: Cell<u32> = const { Cell::new(0) }; }
/// The wrong call: its line is the one that the message must name.
macro_rules! wrong {
    ($call:expr) => {{
        LINE.set(line!());
        let _ = $call;
    }};
}
/// Given `f32[3]`, `f32[]`, `i32[]` and `bool[]`.
type Wrong = fn(Tracer, Tracer, Tracer, Tracer);
#[test]
fn errors_name_the_function_and_the_line() {
    let rows: &[(&str, Wrong)] = &[
        ("cond: the predicate must be bool[], got f32[]", |_, s, _, _| {
            wrong!(cond(s, |x: Tracer| x, |x: Tracer| x, (s,)))
        }),
        (
            "cond: all branches must return the same types, but output is f32[] in `otherwise` and f32[3] in `then`",
            |v, s, _, b| wrong!(cond(b, |_: Tracer| v, |x: Tracer| x, (s,))),
        ),
        ("cond: all branches must return one structure", |_, s, _, b| {
            wrong!(cond(b, |x: Tracer| vec![x], |x: Tracer| vec![x, x], (s,)))
        }),
        ("switch: the index must be an integer scalar, got f32[]", |_, s, _, _| {
            wrong!(switch(s, &[&|x: Tracer| x], (s,)))
        }),
        (
            "switch: all branches must return the same types, but output[1] is f32[3] in branch 0 and i32[] in branch 1",
            |v, s, i, _| wrong!(switch(i, &[&|x: Tracer| vec![x, v], &|x: Tracer| vec![x, i]], (s,))),
        ),
        ("switch: needs at least one branch", |_, s, i, _| {
            let none: &[&dyn raxla_ir::function::Function<(Tracer,), Out = Tracer>] = &[];
            wrong!(switch(i, none, (s,)))
        }),
        ("while_loop: the condition must return bool[], got f32[]", |_, s, _, _| {
            wrong!(while_loop(|x: Tracer| x, |x: Tracer| x, s))
        }),
        (
            "while_loop: the body must keep the types of the carry, but carry.0[1] is f32[] before the body and f32[3] after it",
            |v, s, _, b| {
                let body = |(x, y): (Vec<Tracer>, Tracer)| (vec![x[0], x[1] + v], y);
                wrong!(while_loop(|_: (Vec<Tracer>, Tracer)| b, body, (vec![v, s], s)))
            },
        ),
        (
            "scan: the body must keep the types of the carry, but carry is f32[] before the body and i32[] after it",
            |v, s, i, _| wrong!(scan(|_: Tracer, x: Tracer| (i, x), s, v)),
        ),
        ("scan: the body must return a carry of the structure that it takes", |v, s, _, _| {
            wrong!(scan(|c: Vec<Tracer>, x: Tracer| (vec![c[0], x], x), vec![s], v))
        }),
        ("scan: the xs must have an axis to run along, but xs.1 is f32[]", |v, s, _, _| {
            wrong!(scan(|c: Tracer, x: (Tracer, Tracer)| (c, x), s, (v, s)))
        }),
        ("scan: all xs must have one length, got 3 (xs[0], f32[3]) and 2 (xs[1], f32[2])", |v, s, _, _| {
            let short = v.slice_axis(0, 0, 2);
            wrong!(scan(|c: Tracer, x: Vec<Tracer>| (c, x), s, vec![v, short]))
        }),
        ("scan: all xs must have one length, got 4 (length) and 3 (xs, f32[3])", |v, s, _, _| {
            wrong!(Scan::new().length(4).run(|c: Tracer, x: Tracer| (c, x), s, v))
        }),
        ("scan: needs xs with at least one array, or a length", |_, s, _, _| {
            wrong!(scan(|c: Tracer, x: Option<Tracer>| (c, x), s, None))
        }),
        (
            "fori_loop: the body must keep the types of the carry, but carry is f32[] before the body and f32[3] after it",
            |v, s, _, _| wrong!(fori_loop(0, 3, |_: Tracer, c: Tracer| c + v, s)),
        ),
        ("fori_loop: the bounds must be scalars of one dtype, integers or floats, got f32[3]", |v, s, _, _| {
            wrong!(fori_loop(0, v, |_: Tracer, c: Tracer| c, s))
        }),
        ("map: the xs must have an axis to run along, but xs is f32[]", |_, s, _, _| wrong!(map(|x: Tracer| x, s))),
        ("while_loop: has no derivative in reverse mode", |_, s, _, _| {
            grad(|x: Tracer| {
                LINE.set(line!() + 1);
                while_loop(|x: Tracer| x.less(3.0), |x: Tracer| x * x, x)
            })(s);
        }),
        ("add: operands must have one dtype, got f32[] and i32[]", |v, s, i, _| {
            scan(
                |c: Tracer, x: Tracer| {
                    wrong!(c + i);
                    (c, x)
                },
                s,
                v,
            );
        }),
    ];
    for (wanted, f) in rows {
        use DType::*;
        let avals = [(&[3][..], F32), (&[], F32), (&[], I32), (&[], Bool)].map(|(s, d)| ShapedArray::new(s, d));
        let error = catch(|| {
            trace(&avals, |a| {
                f(a[0], a[1], a[2], a[3]);
                vec![]
            })
        });
        let error = error.map(|_| ()).expect_err(wanted);
        assert!(error.message.contains(wanted), "got:    {}\nwanted: {wanted}", error.message);
        assert_eq!((error.at.file, error.at.line), (file!(), LINE.get()), "the place of: {}", error.message);
        assert!(!raxla_ir::trace::tracing(), "an error leaves a trace running: {wanted}");
    }
}
