//! Transforms composed with each other, on functions as users write them: laws that hold whatever the function is.

mod support;

use raxla_ir::{
    DType, Literal, Program, ShapedArray, Tracer,
    check::check,
    eval::eval,
    primitives::{
        Call,
        collective::{all_gather, all_to_all, axis_index, pmax, pmean, pmin, ppermute, psum, psum_scatter},
        concatenate::concatenate,
    },
    pytree::Axis,
    trace::{bind, catch, constant, trace},
};
use raxla_transforms::{
    Vmap, custom_jvp, custom_vjp, grad, grad_all, grad_aux, hessian, jacfwd, jacrev, jvp, linearize, optimize,
    per_leaf, value_and_grad, value_and_grad_aux, vjp, vmap,
};
use std::collections::BTreeMap;
use support::*;

/// What a function gives at a point, by the interpreter; the program is checked and read back on the way.
fn run(ins: &[Literal], f: impl FnOnce(&[Tracer]) -> Vec<Tracer>) -> Vec<Literal> {
    let p = program(&ins.iter().map(|l| l.aval().clone()).collect::<Vec<_>>(), f);
    check(&p).unwrap_or_else(|e| panic!("{e}\n{p}"));
    assert_eq!(p.to_string().parse::<Program>().as_ref(), Ok(&p));
    let outs = eval(&p, ins).unwrap_or_else(|e| panic!("{e}\n{p}"));
    assert_eq!(eval(&optimize(&p), ins).as_ref(), Ok(&outs), "optimize changes the value of\n{p}");
    outs
}
fn same(label: &str, got: &Literal, want: &Literal, tolerance: f64) {
    if let Some(wrong) = difference(got, want, tolerance) {
        panic!("{label}: {wrong}\ngot    {got:?}\nwanted {want:?}");
    }
}
/// Both in double precision, where the two ways to compute round differently a few times.
const CLOSE: f64 = 1e-12;
fn all_same(label: &str, values: &[Literal]) {
    values[1..].iter().for_each(|v| same(label, v, &values[0], CLOSE));
}
fn vector(values: &[f64]) -> Literal {
    Literal::from(values)
}
/// A matrix of fixed numbers.
fn weights(shape: &[usize], seed: &str) -> Tracer {
    constant(Numbers::of(seed).array(&ShapedArray::new(shape, DType::F64)))
}

/// Functions of four numbers that give one, named; and whether they have a forward mode.
const FUNCTIONS: &[(&str, fn(Tracer) -> Tracer, bool)] = &[
    ("multilayer perceptron", mlp, true),
    ("softmax", |x| (softmax(x) * weights(&[4], "s")).sum(), true),
    ("layer norm", layer_norm, true),
    ("logsumexp", |x| ((x - x.max()).exp().sum()).log() + x.max(), true),
    ("quadratic form", |x| x.dot(weights(&[4, 4], "q")).dot(x), true),
    ("product", |x| x.prod() + (x * x).prod(), true),
    ("product with a zero", |x| (x * Literal::from(vec![1.0, 0.0, 1.0, 1.0])).prod() + (x - 1.0).prod(), true),
    ("custom_jvp inside", |x| softplus()(x * 2.0).sum(), true),
    ("custom_vjp inside", |x| (sine()(x * x) * x).sum(), false),
    ("call inside", |x| called(x).sum(), true),
    ("call twice", |x| (called(called(x)) * x).sum(), true),
    ("outer values captured", |x| vmap(|y: Tracer| (x * y).sum().sin(), 0)(x).sum(), true),
    ("grad inside", |x| (grad(|y: Tracer| (x * y.sin()).sum())(x) * x).sum(), true),
    ("pieces", pieces, true),
    ("division and powers", |x| (x / (x * x + 1.0)).pow(2).sum() + (x * x + 0.5).pow(1.5).mean(), true),
    ("complex inside", |x| (x.complex(x * 2.0) * x.complex(-x)).exp().abs().sum(), true),
];
fn mlp(x: Tracer) -> Tracer {
    let hidden = (weights(&[5, 4], "w1").dot(x) + weights(&[5], "b1")).tanh();
    let out = (weights(&[3, 5], "w2").dot(hidden) + weights(&[3], "b2")).logistic();
    (out * out).mean()
}
fn softmax(x: Tracer) -> Tracer {
    let e = (x - x.max().stop_gradient()).exp();
    e / e.sum()
}
fn layer_norm(x: Tracer) -> Tracer {
    let centred = x - x.mean();
    (centred * ((centred * centred).mean() + 1e-3).rsqrt() * weights(&[4], "l")).sum()
}
fn pieces(x: Tracer) -> Tracer {
    let m = concatenate(&[x.reverse(0), x * x], 0).reshape(&[2, 4]).t();
    let padded = m.pad(0.5, &[1, 0], &[0, 1], &[1, 0]);
    (padded.slice(&[1, 0], &[8, 3], &[2, 1]) * padded.sum_axes(0)).max_axes(1).sum() + padded.min()
}
fn softplus() -> impl Fn(Tracer) -> Tracer {
    let f = custom_jvp(
        |x: Tracer| (x.exp() + 1.0).log(),
        |(x,): (Tracer,), (t,): (Tracer,)| ((x.exp() + 1.0).log(), t * x.logistic()),
    );
    move |x| f(x)
}
fn sine() -> impl Fn(Tracer) -> Tracer {
    let f = custom_vjp(|x: Tracer| x.sin(), |x: Tracer| (x.sin(), x), |x: Tracer, ct: Tracer| (ct * x.cos(),));
    move |x| f(x)
}
/// `sin(x)·x`, as one equation.
fn called(x: Tracer) -> Tracer {
    let program = trace(&[x.aval()], |a| vec![a[0].sin() * a[0], a[0] * 3.0]).program;
    let outs = bind(Call { name: "f".into(), program }.into(), &[x]);
    outs[0] + outs[1]
}
fn points() -> [Literal; 3] {
    [vector(&[0.5, -1.2, 0.8, 0.3]), vector(&[-0.4, 0.9, 1.6, -2.0]), vector(&[1.1, 0.2, -0.7, 0.6])]
}

#[test]
fn derivatives_are_right_and_adjoint() {
    each(FUNCTIONS, |(label, f, _)| {
        for x in points() {
            let p = program(&[x.aval().clone()], |a| vec![f(a[0])]);
            check_jvp(label, &p, std::slice::from_ref(&x), &[true]);
            check_adjoint(label, &p, std::slice::from_ref(&x), &[true]);
            let gradient = program(&[x.aval().clone()], |a| vec![grad(f)(a[0])]);
            check_jvp(&format!("grad of {label}"), &gradient, std::slice::from_ref(&x), &[true]);
            check_adjoint(&format!("grad of {label}"), &gradient, &[x], &[true]);
        }
    });
}
#[test]
fn gradients_per_example() {
    each(FUNCTIONS, |(label, f, _)| {
        let (rows, xs) = (points(), stack(&points(), 0));
        let each = rows.map(|x| run(&[x], |a| vec![grad(f)(a[0])]).remove(0));
        let outs = run(&[xs.clone(), stack(&points(), 1)], |a| {
            vec![
                vmap(grad(f), 0)(a[0]),
                grad(|xs: Tracer| vmap(f, 0)(xs).sum())(a[0]),
                vmap(grad(f), 1)(a[1]),
                vmap(grad(f), -1)(a[1]),
                Vmap::over(0).out_axis(1).of(grad(f))(a[0]).t(),
                Vmap::over(0).axis_name("batch").of(grad(f))(a[0]),
            ]
        });
        all_same(label, &[vec![stack(&each, 0)], outs].concat());
    });
}
#[test]
fn second_derivatives_agree() {
    each(FUNCTIONS, |(label, f, forward)| {
        for x in points() {
            let reverse = run(std::slice::from_ref(&x), |a| vec![jacrev(jacrev(f))(a[0]), jacrev(grad(f))(a[0])]);
            let h = reverse[0].clone();
            let transposed = h.gather(h.shape(), None, |i| Some(i % 4 * 4 + i / 4));
            all_same(label, &[vec![h, transposed], reverse].concat());
            let rows = run(std::slice::from_ref(&x), |a| {
                let row = |i: usize| vjp(grad(f), (a[0],)).1(unit(i)).0.expand_dims(0);
                vec![jacrev(grad(f))(a[0]), concatenate(&(0..4).map(row).collect::<Vec<_>>(), 0)]
            });
            all_same(label, &rows);
            let forward_mode = |x: &Literal| {
                catch(|| {
                    run(std::slice::from_ref(x), |a| {
                        vec![hessian(f)(a[0]), jacfwd(jacfwd(f))(a[0]), jacfwd(grad(f))(a[0])]
                    })
                })
            };
            match forward_mode(&x) {
                Ok(outs) => {
                    assert!(forward, "{label}: has a forward mode");
                    all_same(label, &[rows, outs].concat());
                }
                Err(e) => assert!(!forward && refuses(&e), "{label}: {e}"),
            }
        }
    });
}
fn unit(i: usize) -> Tracer {
    constant(vector(&std::array::from_fn::<f64, 4, _>(|j| if i == j { 1.0 } else { 0.0 })))
}
#[test]
fn jacobians_agree() {
    let functions: &[(&str, fn(Tracer) -> Tracer)] = &[
        ("softmax", softmax),
        ("matrix", |x| weights(&[3, 4], "m").dot(x.sin())),
        ("outer product", |x| x.reshape(&[4, 1]) * x.cos().reshape(&[1, 4])),
        ("constant", |_| weights(&[2, 3], "c")),
        ("call", called),
        ("scalar", |x| x.sum()),
        ("part", |x| x.slice_axis(0, 1, 3) * 2.0),
        ("empty", |x| x.slice_axis(0, 1, 1)),
    ];
    each(functions, |(label, f)| {
        for x in points() {
            let outs = run(std::slice::from_ref(&x), |a| vec![jacfwd(f)(a[0]), jacrev(f)(a[0])]);
            all_same(label, &outs);
            let columns = run(&[x], |a| {
                let column = |i| jvp(f, (a[0],), (unit(i),)).1.expand_dims(-1);
                vec![concatenate(&(0..4).map(column).collect::<Vec<_>>(), -1)]
            });
            all_same(label, &[columns, outs].concat());
        }
    });
}
#[test]
fn third_derivatives() {
    let rows: &[(&str, fn(Tracer) -> Tracer, fn(f64) -> f64)] = &[
        ("sin", |x| x.sin(), |x| -x.cos()),
        ("exp", |x| x.exp(), f64::exp),
        ("x^5 as a power", |x| x.pow(5), |x| 60.0 * x * x),
        ("x^5 as a product", |x| x * x * x * x * x, |x| 60.0 * x * x),
        (
            "tanh",
            |x| x.tanh(),
            |x| {
                let (t, s) = (x.tanh(), 1.0 - x.tanh().powi(2));
                4.0 * t * t * s - 2.0 * s * s
            },
        ),
        ("1/x", |x| 1.0 / x, |x| -6.0 / x.powi(4)),
        ("log", |x| x.log(), |x| 2.0 / x.powi(3)),
        ("sqrt", |x| x.sqrt(), |x| 0.375 * x.powf(-2.5)),
    ];
    each(rows, |(label, f, third)| {
        for x in [0.4, 1.3] {
            let outs = run(&[Literal::scalar(x)], |a| {
                let forward = |g: &dyn Fn(Tracer) -> Tracer, x: Tracer| jvp(g, (x,), (constant(1.0),)).1;
                let thrice = forward(&|x| forward(&|x| forward(f, x), x), a[0]);
                vec![
                    grad(grad(grad(f)))(a[0]),
                    thrice,
                    jacfwd(hessian(f))(a[0]),
                    jvp(grad(grad(f)), (a[0],), (constant(1.0),)).1,
                    grad(|x: Tracer| forward(&|x| grad(f)(x), x))(a[0]),
                ]
            });
            all_same(label, &[vec![Literal::scalar(third(x))], outs].concat());
        }
    });
}
#[test]
fn batch_axes() {
    let f = |x: Tracer, y: Tracer| (x.sin() * y, x.sum() + y);
    let mut numbers = Numbers::of("axes");
    let mut array = |shape: &[usize]| numbers.array(&ShapedArray::new(shape, DType::F64));
    let (x, y) = (array(&[2, 3, 4]), array(&[4, 2]));
    // Over axis 2 of x and 0 of y, then over what are then axis 0 of x and 0 of y: example (i, j) is x[j, :, i] and y[i, j].
    let outs = run(&[x.clone(), y.clone()], |a| {
        let nested = vmap(vmap(f, (0, 0)), (2, 0))(a[0], a[1]);
        let negative = vmap(vmap(f, (-2, -1)), (-1, -2))(a[0], a[1]);
        let loops = (0..4).map(|i| {
            let row = (0..2).map(|j| {
                let x = a[0].slice(&[j, 0, i], &[j + 1, 3, i + 1], &[1, 1, 1]).reshape(&[3]);
                let y = a[1].slice(&[i, j], &[i + 1, j + 1], &[1, 1]).reshape(&[]);
                f(x, y)
            });
            let (first, second): (Vec<Tracer>, Vec<Tracer>) =
                row.map(|o| (o.0.expand_dims(0), o.1.expand_dims(0))).unzip();
            (concatenate(&first, 0).expand_dims(0), concatenate(&second, 0).expand_dims(0))
        });
        let (first, second): (Vec<Tracer>, Vec<Tracer>) = loops.unzip();
        let moved = Vmap::over((2, 0)).out_axis(-1).of(vmap(f, 0))(a[0], a[1]);
        let places = Vmap::over((2, 0))
            .out_axis(per_leaf((Axis(Some(1)), Axis(Some(0)))))
            .of(|x: Tracer, y: Tracer| vmap(f, 0)(x, y))(a[0], a[1]);
        vec![
            concatenate(&first, 0),
            nested.0,
            negative.0,
            moved.0.moveaxis(-1, 0),
            places.0.moveaxis(1, 0),
            concatenate(&second, 0),
            nested.1,
            negative.1,
            moved.1.t(),
            places.1,
        ]
    });
    all_same("first output", &outs[..5]);
    all_same("second output", &outs[5..]);

    // A leaf for itself, and one that is the same for all.
    let outs = run(&[x, y], |a| {
        let axes = per_leaf((Axis(Some(2)), Axis(None)));
        let pairs = Vmap::over((axes, None)).of(|p: (Tracer, Tracer), z: Tracer| p.0 * z + p.1.sum());
        let got = pairs((a[0], a[1]), constant(2.0));
        let want = a[0].moveaxis(2, 0) * 2.0 + a[1].sum();
        let shared = Vmap::over((0, None))
            .out_axis((per_leaf((Axis(Some(0)), Axis(None))),).0)
            .of(|x: Tracer, y: Tracer| (x, y * 2.0));
        let (mapped, unmapped) = shared(a[0], a[1]);
        let spread = vmap(|_: Tracer, y: Tracer| y, (0, None))(a[0], a[1]);
        let sized = Vmap::over(None).axis_size(2).of(|y: Tracer| y)(a[1]);
        vec![got, want, mapped, a[0], unmapped, a[1] * 2.0, spread, a[1].broadcast(&[2, 4, 2], &[1, 2]), sized, spread]
    });
    outs.chunks(2).for_each(|pair| all_same("per leaf", pair));
}

fn vector_of() -> Tracer {
    constant(vec![1.0, 2.0, 3.0])
}
#[test]
fn collectives_of_a_mapped_axis() {
    // The wanted numbers are those of JAX 0.10.2; it has no derivative of pmax.
    let named = |f: fn(Tracer) -> Tracer, x: Tracer| Vmap::over(0).axis_name("i").of(f)(x);
    let rows: &[(&str, fn(Tracer) -> Tracer, [f64; 3])] = &[
        ("grad(psum(x²))", |x| grad(|x: Tracer| psum(x * x, "i"))(x), [6.0, 12.0, 24.0]),
        (
            "grad(pmean(sin x))",
            |x| grad(|x: Tracer| pmean(x.sin(), "i"))(x),
            [0.5403023058681398, -0.4161468365471424, -0.6536436208636119],
        ),
        ("grad(x·psum(x))", |x| grad(|x: Tracer| x * psum(x, "i"))(x), [14.0; 3]),
        ("grad(grad(psum(x³)))", |x| grad(grad(|x: Tracer| psum(x * x * x, "i")))(x), [18.0, 36.0, 72.0]),
        ("x·axis_index", |x| x * axis_index("i").astype(DType::F64), [0.0, 2.0, 8.0]),
        ("x·psum(2)", |x| x * psum(constant(2.0), "i"), [6.0, 12.0, 24.0]),
        ("grad(psum(3)·x)", |x| grad(|x: Tracer| psum(constant(3.0), "i") * x)(x), [9.0; 3]),
        ("all_gather(x)[2 - axis_index]", |x| all_gather(x, "i").take(2 - axis_index("i"), 0), [4.0, 2.0, 1.0]),
        ("grad(all_gather(x)[0] x)", |x| grad(|x: Tracer| all_gather(x, "i").index(0) * x)(x), [8.0, 1.0, 1.0]),
        ("ppermute", |x| ppermute(x, "i", &[(0, 1), (1, 0)]), [2.0, 1.0, 0.0]),
        (
            "grad(ppermute(x)²)",
            |x| grad(|x: Tracer| ppermute(x * x, "i", &[(0, 1), (1, 2), (2, 0)]))(x),
            [2.0, 4.0, 8.0],
        ),
        ("all_to_all", |x| all_to_all(x.broadcast_to(&[3]) * vector_of(), "i", 0, 0).sum(), [7.0, 14.0, 21.0]),
        ("psum_scatter", |x| psum_scatter(x.broadcast_to(&[3]) * vector_of(), "i", 0), [7.0, 14.0, 21.0]),
        ("pmax", |x| pmax(x, "i"), [4.0; 3]),
        ("pmin", |x| x - pmin(x, "i"), [0.0, 1.0, 3.0]),
        ("pmean", |x| x - pmean(x, "i"), [1.0 - 7.0 / 3.0, 2.0 - 7.0 / 3.0, 4.0 - 7.0 / 3.0]),
        (
            "jvp(x·psum(x)) along ones",
            |x| jvp(|x: Tracer| psum(x, "i") * x, (x,), (x.full_like(1.0),)).1,
            [10.0, 13.0, 19.0],
        ),
    ];
    let x = vector(&[1.0, 2.0, 4.0]);
    each(rows, |(label, f, want)| {
        same(label, &run(std::slice::from_ref(&x), |a| vec![named(*f, a[0])])[0], &vector(want), CLOSE);
    });
    let outs = run(&[x], |a| {
        let squares =
            grad(|x: Tracer| Vmap::over(0).axis_name("i").of(|x: Tracer| psum(x, "i") * psum(x, "i"))(x).sum())(a[0]);
        let shares = grad(|x: Tracer| {
            let shares = Vmap::over(0).axis_name("i").of(|x: Tracer| x / psum(x, "i"))(x);
            shares.slice_axis(0, 0, 1).sum()
        })(a[0]);
        vec![squares, shares]
    });
    same("grad of the batch", &outs[0], &vector(&[42.0; 3]), CLOSE);
    same("grad of shares", &outs[1], &vector(&[6.0 / 49.0, -1.0 / 49.0, -1.0 / 49.0]), CLOSE);

    let m = Literal::new(&[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let outs = run(&[m], |a| {
        let index = |name| axis_index(name).astype(DType::F64);
        let f =
            move |x: Tracer| psum(x, "i") * 10.0 + psum(x, "j") + psum(psum(x, "i"), "j") * 100.0 + index("i") * 1000.0;
        let g = |x: Tracer| psum(x * psum(x, "j"), "i");
        let two = |f: &dyn Fn(Tracer) -> Tracer, x: Tracer| {
            Vmap::over(0).axis_name("i").of(|x: Tracer| Vmap::over(0).axis_name("j").of(f)(x))(x)
        };
        vec![two(&f, a[0]), two(&|x| grad(g)(x), a[0])]
    });
    let want = Literal::new(&[2, 3], &[1533.0, 1553.0, 1573.0, 2542.0, 2562.0, 2582.0]);
    same("two names", &outs[0], &want, CLOSE);
    same("grad under two names", &outs[1], &Literal::new(&[2, 3], &[12.0, 12.0, 12.0, 48.0, 48.0, 48.0]), CLOSE);
    // An inner name hides an outer one.
    let outs = run(&[Literal::new(&[2, 3], &[1.0; 6])], |a| {
        let inner = |x: Tracer| Vmap::over(0).axis_name("i").of(|x: Tracer| psum(x, "i"))(x);
        vec![Vmap::over(0).axis_name("i").of(inner)(a[0])]
    });
    same("one name twice", &outs[0], &Literal::new(&[2, 3], &[3.0; 6]), CLOSE);
}

#[test]
fn custom_jvp_under_every_transform() {
    let plain = |x: Tracer| (x.exp() + 1.0).log();
    let outs = run(&[vector(&[0.3, -1.2, 2.0]), Literal::scalar(0.7)], |a| {
        let f = softplus();
        let g = |x: Tracer| f(f(x) * x);
        let h = |x: Tracer| plain(plain(x) * x);
        vec![
            vmap(&f, 0)(a[0]),
            vmap(plain, 0)(a[0]),
            vmap(grad(g), 0)(a[0]),
            vmap(grad(h), 0)(a[0]),
            jvp(g, (a[0],), (a[0] * a[0],)).1,
            jvp(h, (a[0],), (a[0] * a[0],)).1,
            grad(grad(g))(a[1]),
            grad(grad(h))(a[1]),
            jacfwd(jacrev(g))(a[1]),
            jacfwd(jacfwd(h))(a[1]),
            vmap(grad(grad(g)), 0)(a[0]),
            vmap(grad(grad(h)), 0)(a[0]),
            grad(|x: Tracer| vmap(g, 0)(x).sum())(a[0]),
            grad(|x: Tracer| vmap(h, 0)(x).sum())(a[0]),
        ]
    });
    outs.chunks(2).for_each(|pair| all_same("custom_jvp", pair));
    // The derivative is the rule's, not the function's; integers pass through; what is captured may be batched.
    let outs = run(&[vector(&[2.0, 3.0]), Literal::from(vec![5i64, 6])], |a| {
        let f = |y: Tracer| {
            let f = custom_jvp(
                move |x: Tracer, n: Tracer| (x * y, n * 2),
                |(x, n): (Tracer, Tracer), (t, _): (Tracer, Tracer)| ((x, n), (t * 100.0, n)),
            );
            move |x: Tracer, n: Tracer| f(x, n)
        };
        let both = |x: Tracer, n: Tracer| {
            let y = x.stop_gradient();
            let (value, doubled) = f(y)(x, n);
            let slope = grad(|x: Tracer| f(y)(x, n).0)(x);
            (value, doubled, slope)
        };
        let (value, doubled, slope) = vmap(both, 0)(a[0], a[1]);
        vec![value, doubled, slope]
    });
    assert_eq!(outs, [vector(&[4.0, 9.0]), Literal::from(vec![10i64, 12]), vector(&[100.0, 100.0])]);
}

#[test]
fn custom_vjp_under_every_transform() {
    let outs = run(&[vector(&[0.3, -1.2, 2.0]), Literal::scalar(0.7)], |a| {
        let f = sine();
        let g = |x: Tracer| f(f(x) * x);
        let h = |x: Tracer| ((x.sin()) * x).sin();
        vec![
            vmap(g, 0)(a[0]),
            vmap(h, 0)(a[0]),
            vmap(grad(g), 0)(a[0]),
            vmap(grad(h), 0)(a[0]),
            grad(|x: Tracer| vmap(g, 0)(x).sum())(a[0]),
            grad(|x: Tracer| vmap(h, 0)(x).sum())(a[0]),
            jacrev(jacrev(g))(a[1]),
            hessian(h)(a[1]),
            // Reverse mode comes first, and what it makes of the rule has a forward mode.
            hessian(g)(a[1]),
            hessian(h)(a[1]),
            grad(grad(grad(g)))(a[1]),
            grad(grad(grad(h)))(a[1]),
            jacrev(g)(a[0]),
            jacrev(h)(a[0]),
            vmap(jacrev(jacrev(g)), 0)(a[0]),
            vmap(hessian(h), 0)(a[0]),
        ]
    });
    outs.chunks(2).for_each(|pair| all_same("custom_vjp", pair));
    let x = [vector(&[2.0])];
    type Wrong = fn(Tracer) -> Tracer;
    let forward: [Wrong; 4] = [
        |x| jvp(sine(), (x,), (x,)).1,
        |x| jacfwd(sine())(x),
        |x| linearize(sine(), (x,)).1(x),
        |x| grad(|x: Tracer| jvp(sine(), (x,), (x,)).1.sum())(x),
    ];
    for f in forward {
        let error = catch(|| run(&x, |a| vec![f(a[0])])).expect_err("custom_vjp has no forward mode");
        assert!(error.message.contains("for reverse mode only") && error.message.contains("custom_jvp"), "{error}");
        assert_eq!(error.at.file, file!(), "{error}");
    }
    // Two arguments, one an integer; a captured value; a rule unlike the function.
    let outs = run(&[vector(&[2.0, 3.0]), Literal::from(vec![5i64, 6])], |a| {
        let scale = a[0].sum();
        let f = custom_vjp(
            move |x: Tracer, n: Tracer| x * n.astype(DType::F64),
            move |x: Tracer, n: Tracer| (x * n.astype(DType::F64), n),
            move |n: Tracer, ct: Tracer| (ct * scale, n),
        );
        vec![
            grad(|x: Tracer, n: Tracer| f(x, n).sum())(a[0], a[1]),
            vmap(grad(|x: Tracer, n: Tracer| f(x, n)), 0)(a[0], a[1]),
        ]
    });
    assert_eq!(outs, [vector(&[5.0, 5.0]), vector(&[5.0, 5.0])]);
}

#[test]
fn linear_functions_and_calls() {
    let x = points()[0].clone();
    let outs = run(&[x.clone(), points()[1].clone()], |a| {
        let (y, derivative) = linearize(|x: Tracer| called(x) * x.sin(), (a[0],));
        let (_, pushed) = jvp(|x: Tracer| called(x) * x.sin(), (a[0],), (a[1],));
        let again = derivative(a[1] * 2.0) * 0.5;
        let (same, pull) = vjp(|x: Tracer| called(x) * x.sin(), (a[0],));
        let (back,) = pull(a[1]);
        // ⟨J a₁, a₁⟩ both ways.
        vec![derivative(a[1]), pushed, again, y, same, (pushed * a[1]).sum(), (back * a[1]).sum()]
    });
    all_same("linearize", &outs[..3]);
    all_same("value", &outs[3..5]);
    all_same("adjoint", &outs[5..]);
    // A call of several arguments, in some of which it is active or batched, with outputs that do not depend on them.
    let both = |x: Tracer, y: Tracer, n: Tracer| {
        let avals = [x.aval(), y.aval(), n.aval()];
        let program = trace(&avals, |a| vec![a[0] * a[1], a[2] + 1, a[1].sin(), a[0]]).program;
        let o = bind(Call { name: "g".into(), program }.into(), &[x, y, n]).to_vec();
        (o[0] + o[2] * 2.0, o[1], o[3])
    };
    let plain = |x: Tracer, y: Tracer, n: Tracer| (x * y + y.sin() * 2.0, n + 1, x);
    let n = Literal::from(vec![1i32, 2, 3, 4]);
    let outs = run(&[x, points()[1].clone(), n], |a| {
        macro_rules! all {
            ($f:expr) => {{
                let f = $f;
                let (vx, dx) = (vmap(f, 0)(a[0], a[1], a[2]), vmap(f, (0, None, None))(a[0], a[1].sum(), a[2].sum()));
                let gradients = grad_all(|x: Tracer, y: Tracer| f(x, y, a[2]).0.sum())(a[0], a[1]);
                let alone = grad(|y: Tracer| (f(a[0], y, a[2]).0 * a[1]).sum())(a[1]);
                let untouched = grad(|y: Tracer| (f(a[0], y, a[2]).2 * a[1]).sum())(a[1]);
                let (value, tangent) = jvp(|x: Tracer, y: Tracer| f(x, y, a[2]), (a[0], a[1]), (a[1], a[0]));
                [
                    vx.0,
                    vx.1,
                    vx.2,
                    dx.0,
                    dx.1,
                    dx.2,
                    gradients.0,
                    gradients.1,
                    alone,
                    untouched,
                    value.0,
                    tangent.0,
                    tangent.2,
                ]
            }};
        }
        all!(both).into_iter().zip(all!(plain)).flat_map(|(a, b)| [a, b]).collect()
    });
    outs.chunks(2).for_each(|pair| all_same("call", pair));
}

#[test]
fn gradients_of_trees_and_with_other_outputs() {
    type Parameters = (Vec<Tracer>, BTreeMap<String, Tracer>, Option<Tracer>);
    let loss = |(layers, named, extra): Parameters, x: Tracer| {
        let hidden = layers.iter().fold(x, |x, w| (x * *w).tanh());
        let value = (hidden * named["scale"]).sum() + named["offset"].sum() + extra.map_or(x.sum() * 0.0, |e| e * e);
        (value, vec![hidden, x])
    };
    let [a0, a1, a2] = points();
    let outs = run(&[a0, a1, a2, Literal::scalar(0.5)], |a| {
        let named = |s: Tracer, o: Tracer| BTreeMap::from([("scale".to_string(), s), ("offset".to_string(), o)]);
        let parameters = || (vec![a[0], a[1]], named(a[1], a[2]), Some(a[3]));
        let ((layers, maps, extra), aux) = grad_aux(loss)(parameters(), a[2]);
        let ((value, aux_again), (layers_again, ..)) = value_and_grad_aux(loss)(parameters(), a[2]);
        let first = grad(|w: Tracer| loss((vec![w, a[1]], named(a[1], a[2]), Some(a[3])), a[2]).0)(a[0]);
        let (plain_value, scale) =
            value_and_grad(|s: Tracer| loss((vec![a[0], a[1]], named(s, a[2]), Some(a[3])), a[2]).0)(a[1]);
        let hidden = ((a[2] * a[0]).tanh() * a[1]).tanh();
        vec![
            layers[0],
            first,
            maps["scale"],
            scale,
            maps["offset"],
            a[2].full_like(1.0),
            extra.unwrap(),
            a[3] * 2.0,
            aux[0],
            hidden,
            aux_again[1],
            a[2],
            value,
            plain_value,
            layers_again[1],
            layers[1],
        ]
    });
    outs.chunks(2).for_each(|pair| all_same("trees", pair));
}

#[test]
fn gradients_stop_where_they_should() {
    let outs = run(&[vector(&[2.0, -3.0]), Literal::scalar(1.5)], |a| {
        vec![
            grad(|x: Tracer| (x * x.stop_gradient()).sum())(a[0]),
            jvp(|x: Tracer| x.stop_gradient() * 2.0, (a[0],), (a[0],)).1,
            grad(|_: Tracer| a[0].sum())(a[0]),
            grad(|x: Tracer| x.floor().sum() + x.argmax(0).astype(DType::F64))(a[0]),
            // The derivative in the inner argument only; the captured outer one is another variable.
            grad(|x: Tracer| x * grad(|y: Tracer| x * y)(x))(a[1]),
        ]
    });
    let zero = vector(&[0.0, 0.0]);
    let want = [vector(&[2.0, -3.0]), zero.clone(), zero.clone(), zero, Literal::scalar(3.0)];
    outs.iter().zip(&want).for_each(|(got, want)| same("stopped", got, want, 0.0));
}

#[test]
fn xla_agrees_on_composed_transforms() {
    let x = stack(&points(), 0);
    let case = |(label, f, forward): &(&str, fn(Tracer) -> Tracer, bool)| {
        let p = program(&[x.aval().clone()], |a| {
            let second = if *forward { vmap(hessian(f), 0)(a[0]) } else { vmap(jacrev(jacrev(f)), 0)(a[0]) };
            vec![vmap(value_and_grad(f), 0)(a[0]).0, vmap(grad(f), 0)(a[0]), second]
        });
        [("", p.clone()), ("optimized ", optimize(&p))].map(|(how, program)| Case {
            label: format!("{how}{label}"),
            program,
            ins: vec![x.clone()],
        })
    };
    let cases: Vec<Case> = FUNCTIONS.iter().flat_map(case).collect();
    let outs = run_on_xla(&cases);
    // Second derivatives in double precision, of up to some hundred roundings.
    each(cases.iter().zip(outs), |(c, got)| check_outputs(c, "XLA == eval", &got, &c.eval(), |d| 1e3 * epsilon(d)));
}
