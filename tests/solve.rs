//! Solutions of equations with derivatives of their own, against numbers that JAX 0.10.2 computed in double precision; the JAX
//! expressions stand beside them.

mod support;

use raxla_ir::{
    Literal, Tracer,
    trace::{catch, constant},
};
use raxla_transforms::{
    custom_linear_solve, custom_linear_solve_aux, custom_root, custom_root_aux, fori_loop, grad, grad_all, hessian,
    jacfwd, jacrev, jvp, linear_call, linearize, vjp, vmap, while_loop,
};
use support::*;

/// The outputs are the wanted numbers, to the digits that two ways of solving an equation share.
fn equals(names: &[&str], outs: &[Literal], wanted: &[&[f64]]) {
    assert_eq!(outs.len(), wanted.len());
    for ((name, out), want) in names.iter().zip(outs).zip(wanted) {
        let got = out.floats();
        let far = got.iter().zip(*want).any(|(g, w)| (g - w).abs() > 1e-12 * w.abs().max(1.0));
        assert!(got.len() == want.len() && !far, "{name}: got {got:?}, wanted {want:?}");
    }
}

fn ones(like: Tracer) -> Tracer {
    constant(Literal::full(like.aval(), 1.0))
}
/// `A = jnp.array([[4., 1., .5], [-1., 3., .25], [.5, -.75, 2.]])`, `b = jnp.array([1., -2., .5])`.
fn equation() -> [Literal; 2] {
    let a = Literal::new(&[3, 3], &[4.0, 1.0, 0.5, -1.0, 3.0, 0.25, 0.5, -0.75, 2.0]);
    [a, vec![1.0, -2.0, 0.5].into()]
}
/// Gauss–Seidel's method, in a loop that could not be differentiated in reverse.
fn gauss_seidel(a: Tracer, b: Tracer) -> Tracer {
    let sweep = |x: Tracer| {
        let mut x = x;
        for i in 0..3 {
            let row = a.slice_axis(0, i, i + 1).reshape(&[3]);
            let residual = b.slice_axis(0, i, i + 1).reshape(&[]) - row.dot(x);
            let change = residual / row.slice_axis(0, i, i + 1).reshape(&[]);
            let here = constant(Literal::from((0..3).map(|j| if i == j { 1.0 } else { 0.0 }).collect::<Vec<f64>>()));
            x = x + here * change;
        }
        x
    };
    let step = |(x, n): (Tracer, Tracer)| (sweep(x), n + 1);
    while_loop(|(_, n): (Tracer, Tracer)| n.less(60), step, (b * 0.0, constant(0i32))).0
}
/// `lax.custom_linear_solve(lambda x: a @ x, b, lambda mv, r: jnp.linalg.solve(a, r), lambda vm, r: jnp.linalg.solve(a.T, r))`.
fn solution(a: Tracer, b: Tracer) -> Tracer {
    let solve = |_: &dyn Fn(Tracer) -> Tracer, b: Tracer| gauss_seidel(a, b);
    let transpose_solve = |_: &dyn Fn(Tracer) -> Tracer, b: Tracer| gauss_seidel(a.t(), b);
    custom_linear_solve(|x: Tracer| a.dot(x), b, solve, Some(&transpose_solve), false)
}
/// `f = lambda a, b: (w * jnp.sin(solution(a, b))).sum()` with `w = jnp.array([.3, -1.1, .7])`.
fn weighted(a: Tracer, b: Tracer) -> Tracer {
    (constant(vec![0.3, -1.1, 0.7]) * solution(a, b).sin()).sum()
}
#[test]
fn linear_solutions_have_jax_derivatives() {
    let outs = run(&equation(), |x| {
        let (a, b) = (x[0], x[1]);
        let (da, db) = grad_all(weighted)(a, b);
        let tangent = jvp(weighted, (a, b), (a.cos(), b.sin())).1;
        let (_, linear) = linearize(weighted, (a, b));
        let second = hessian(|b: Tracer| weighted(a, b))(b);
        let twice = hessian(|a: Tracer| weighted(a, b))(a).sum_axes([0, 1]);
        vec![weighted(a, b), da, db, tangent, linear(a.cos(), b.sin()), second, twice]
    });
    let names = [
        "f",
        "grad(f, 0)",
        "grad(f, 1)",
        "jvp along (cos A, sin b)",
        "linearize",
        "hessian(f, 1)",
        "hessian(f)(A, b).sum((0, 1))",
    ];
    let tangent: &[f64] = &[0.4865199834929587];
    equals(
        &names,
        &outs,
        &[
            &[0.6397635762303332],
            &[
                0.012044442244190604,
                -0.01649723604355804,
                -0.0014599323932352264,
                0.08156514226985045,
                -0.11171952819991637,
                -0.009886683911497036,
                -0.14925808658404577,
                0.2044383488969354,
                0.01809188928291466,
            ],
            &[-0.030950566736586763, -0.2095976989237369, 0.3835480527977903],
            tangent,
            tangent,
            &[
                -0.009773000967816978,
                -0.01084970481027734,
                0.0033323884634450258,
                -0.010849704810277342,
                -0.04814465306355264,
                0.01091019060788489,
                0.0033323884634450258,
                0.010910190607884888,
                0.005899093641247173,
            ],
            &[
                0.017737977667998034,
                -0.02164388614978764,
                0.0014334125206079107,
                0.02608359217173556,
                -0.01776880401537319,
                0.021105667519524765,
                0.012941759193634272,
                -0.05058773815667188,
                -0.045976062687594625,
            ],
        ],
    );
}
#[test]
fn linear_solutions_have_jax_batches() {
    let [a, b] = equation();
    let outs = run(&[a, b], |x| {
        let (a, b) = (x[0], x[1]);
        let stacked = |x: Tracer, y: Tracer| {
            raxla_ir::primitives::concatenate::concatenate(&[x.expand_dims(0), y.expand_dims(0)], 0)
        };
        let right = vmap(|b: Tracer| grad(|a: Tracer| weighted(a, b))(a), 0)(stacked(b, b * 2.0 + 1.0));
        let left = vmap(|a: Tracer| grad(|b: Tracer| weighted(a, b))(b), 0)(stacked(a, a.t()));
        vec![right.slice_axis(0, 1, 2), left.slice_axis(0, 1, 2)]
    });
    let names =
        ["vmap(grad(f), (None, 0))(A, stack([b, 2b + 1]))[1]", "vmap(grad(f, 1), (0, None))(stack([A, A.T]), b)[1]"];
    equals(
        &names,
        &outs,
        &[
            &[
                0.032398217481770325,
                -0.027769900698660276,
                0.018513267132440184,
                0.1500470006779007,
                -0.12861171486677203,
                0.08574114324451468,
                -0.2956150890341069,
                0.2533843620292345,
                -0.16892290801948964,
            ],
            &[0.11938387584927611, -0.2776602700619212, 0.19920687087623137],
        ],
    );
}
#[test]
fn a_symmetric_equation_of_a_pytree_with_something_besides() {
    // `(2 + s) x = b` for a vector and a number at once; how often it was looked at comes besides.
    let f = |s: Tracer, b: Tracer| {
        let solve = |matvec: &dyn Fn((Tracer, Tracer)) -> (Tracer, Tracer), (u, v): (Tracer, Tracer)| {
            let of_one = matvec((u * 0.0 + 1.0, v * 0.0 + 1.0));
            ((u / of_one.0, v / of_one.1), constant(1i32))
        };
        let b = (b, b.sum());
        let ((x, y), looks) =
            custom_linear_solve_aux(|(x, y): (Tracer, Tracer)| (x * (s + 2.0), y * s), b, solve, None, true);
        ((x * x).sum() + y.sin(), looks)
    };
    let outs = run(&[1.5.into(), vec![0.5, -0.25].into()], |x| {
        let value = |s: Tracer, b: Tracer| f(s, b).0;
        let plain = |s: Tracer, b: Tracer| ((b / (s + 2.0)) * (b / (s + 2.0))).sum() + (b.sum() / s).sin();
        let mut outs = vec![f(x[0], x[1]).1];
        for both in [grad_all(value)(x[0], x[1]), grad_all(plain)(x[0], x[1])] {
            outs.extend([both.0, both.1]);
        }
        outs.extend([hessian(|b: Tracer| value(x[0], b))(x[1]), hessian(|b: Tracer| plain(x[0], b))(x[1])]);
        outs
    });
    assert_eq!(outs[0], Literal::scalar(1i32));
    for (got, want) in [(1, 3), (2, 4), (5, 6)] {
        assert_eq!(difference(&outs[got], &outs[want], 1e-12), None);
    }
}
#[test]
fn wrong_equations_are_reported() {
    let says = |want: &str, f: &dyn Fn(Tracer) -> Tracer| {
        let error = catch(|| program(&[Literal::from(vec![1.0, 2.0]).aval().clone()], |a| vec![f(a[0])]));
        let message = error.err().map(|e| e.to_string()).unwrap_or_default();
        assert!(message.contains(want) && message.contains(file!()), "`{message}` lacks `{want}`");
    };
    let divide = |_: &dyn Fn(Tracer) -> Tracer, b: Tracer| b / 2.0;
    let identity = |_: &dyn Fn(Tracer) -> Tracer, b: Tracer| b;
    says("custom_linear_solve: matvec must return f64[2] at x, got f64[]", &|b| {
        custom_linear_solve(|x: Tracer| x.sum(), b, divide, None, true)
    });
    says("custom_linear_solve: takes floats and complex numbers as b, got i32[2] at x", &|b| {
        custom_linear_solve(|x: Tracer| x, b.astype(raxla_ir::DType::I32), identity, None, true)
    });
    says("custom_linear_solve: has no derivative in reverse mode without `transpose_solve`", &|b| {
        grad(|b: Tracer| custom_linear_solve(|x: Tracer| x * 2.0, b, divide, None, false).sum())(b)
    });
    says("custom_root: f must return f64[2] at x, got f64[1,2]", &|b| {
        custom_root(|x: Tracer| x.expand_dims(0), b, identity, identity)
    });
    says(
        "linear_call: the transpose must give values of the types of the linear operands, [f64[2]], got [f64[]]",
        &|b| linear_call(|_: Option<Tracer>, x: Tracer| x, |_: Option<Tracer>, x: Tracer| x.sum(), None, b),
    );
}

/// `lax.custom_root(lambda x: x**3 - a, jnp.ones_like(a), newton, lambda g, y: y / g(jnp.ones_like(y)))`.
fn cube_root(a: Tracer) -> Tracer {
    let newton =
        |f: &dyn Fn(Tracer) -> Tracer, x: Tracer| fori_loop(0, 60, |_: Tracer, x: Tracer| x - f(x) / (x * x * 3.0), x);
    custom_root(
        |x: Tracer| x * x * x - a,
        a * 0.0 + 1.0,
        newton,
        |g: &dyn Fn(Tracer) -> Tracer, y: Tracer| y / g(ones(y)),
    )
}
#[test]
fn roots_have_jax_derivatives() {
    let outs = run(&[vec![2.0, 5.0].into()], |x| {
        let a = x[0];
        // `h = lambda a: (jnp.array([1.5, -.5]) * root(a)).sum()`
        let h = |a: Tracer| (constant(vec![1.5, -0.5]) * cube_root(a)).sum();
        vec![cube_root(a), jacrev(cube_root)(a), jacfwd(cube_root)(a), grad(h)(a), hessian(h)(a), vmap(cube_root, 0)(a)]
    });
    let (root, jacobian): (&[f64], &[f64]) =
        (&[1.2599210498948732, 1.709975946676697], &[0.2099868416491455, 0.0, 0.0, 0.11399839644511311]);
    equals(
        &["root", "jacrev(root)", "jacfwd(root)", "grad(h)", "hessian(h)", "vmap(root)"],
        &outs,
        &[
            root,
            jacobian,
            jacobian,
            &[0.31498026247371824, -0.05699919822255656],
            &[-0.10499342082457272, 0.0, 0.0, 0.007599893096340872],
            root,
        ],
    );
}
/// `custom_root(lambda t: (t[0] + .1*sin(t[1]) - c[0], t[1]**2 - t[0] - c[1]), (1., 1.), newton, dense)`, both solvers by the
/// Jacobian, whose columns are the directions of the axes pushed forward.
fn pair_root(c: Tracer) -> (Tracer, Tracer) {
    type Pair = (Tracer, Tracer);
    let (c0, c1) = (c.slice_axis(0, 0, 1).reshape(&[]), c.slice_axis(0, 1, 2).reshape(&[]));
    let f = move |t: Pair| (t.0 + t.1.sin() * 0.1 - c0, t.1 * t.1 - t.0 - c1);
    let dense = |g: &dyn Fn(Pair) -> Pair, y: Pair| {
        let (zero, one) = (constant(0.0), constant(1.0));
        let ((a, b), (c, d)) = (g((one, zero)), g((zero, one)));
        let determinant = a * d - b * c;
        ((y.0 * d - y.1 * c) / determinant, (y.1 * a - y.0 * b) / determinant)
    };
    let newton = |f: &dyn Fn(Pair) -> Pair, t: Pair| {
        let step = |_: Tracer, t: Pair| {
            let (value, slope) = linearize(|t: Pair| f(t), (t,));
            let d = dense(&|t: Pair| slope(t), value);
            (t.0 - d.0, t.1 - d.1)
        };
        fori_loop(0, 30, step, t)
    };
    custom_root(f, (constant(1.0), constant(1.0)), newton, dense)
}
#[test]
fn roots_of_pytrees_have_jax_derivatives() {
    let outs = run(&[vec![0.5, 1.5].into()], |x| {
        let (u, v) = pair_root(x[0]);
        let rows = [jacrev(|c: Tracer| pair_root(c).0)(x[0]), jacrev(|c: Tracer| pair_root(c).1)(x[0])];
        let product = |c: Tracer| {
            let (u, v) = pair_root(c);
            u * v
        };
        vec![u, v, rows[0], rows[1], hessian(product)(x[0])]
    });
    equals(
        &["x[0]", "x[1]", "jacrev of x[0]", "jacrev of x[1]", "hessian of x[0]*x[1]"],
        &outs,
        &[
            &[0.40183233794893525],
            &[1.379069373870994],
            &[0.9931385969394733, -0.006861403060526686],
            &[0.36007564802623815, 0.36007564802623815],
            &[0.6994180843931239, 0.3393424363668857, 0.33934243636688577, -0.020733211659352394],
        ],
    );
}
#[test]
fn a_root_inside_loops_and_batches_of_a_function_with_a_loop() {
    // `x` with `x + s·sin(sin(x)) = a`, whose `f` is a loop, solved by iteration until it stays.
    let root = |a: Tracer, s: Tracer| {
        let f = |x: Tracer| x + s * fori_loop(0, 2, |_: Tracer, c: Tracer| c.sin(), x) - a;
        let iterate = |f: &dyn Fn(Tracer) -> Tracer, x: Tracer| {
            let step = |(x, n): (Tracer, Tracer)| (x - f(x) * 0.75, n + 1);
            while_loop(|(x, n): (Tracer, Tracer)| f(x).abs().greater(1e-14) & n.less(200), step, (x, constant(0i32)))
        };
        let (x, steps) = custom_root_aux(f, a, iterate, |g: &dyn Fn(Tracer) -> Tracer, y: Tracer| y / g(ones(y)));
        (x, steps)
    };
    let outs = run(&[0.75.into(), 0.5.into()], |x| {
        let value = |a: Tracer, s: Tracer| root(a, s).0;
        let (a, s) = (x[0], x[1]);
        let (y, pull) = vjp(value, (a, s));
        let (da, ds) = pull(a * 0.0 + 1.0);
        // dx/da = 1/(1 + s·cos(sin x)·cos x), dx/ds = −sin(sin x) times that.
        let slope = (a * 0.0 + 1.0) / (s * y.sin().cos() * y.cos() + 1.0);
        let stacked = vmap(value, (0, None))(a.expand_dims(0) + constant(vec![0.0, 0.25]), s);
        let residual = stacked + s * stacked.sin().sin() - a - constant(vec![0.0, 0.25]);
        let looped = grad(|a: Tracer| fori_loop(0, 3, |_: Tracer, c: Tracer| value(c, s) + a, a))(a);
        let step = 1e-5;
        let along = |a: Tracer| fori_loop(0, 3, |_: Tracer, c: Tracer| value(c, s) + a, a);
        let difference = (along(a + step) - along(a - step)) / (2.0 * step);
        vec![da - slope, ds + slope * y.sin().sin(), residual, (looped - difference) * 1e-4]
    });
    for out in &outs {
        assert!(out.floats().iter().all(|x| x.abs() < 1e-12), "{out:?}");
    }
}

#[test]
fn a_linear_call_uses_its_transpose() {
    // A transpose that is wrong on purpose, by a factor of 3, shows where it is used; captured values are residuals.
    let f = |r: Tracer, x: Tracer| {
        let twice = r * 2.0;
        linear_call(
            move |r: Tracer, x: Tracer| (x * r.sin(), x.sum() * twice.sum()),
            move |r: Tracer, (u, v): (Tracer, Tracer)| (u * r.sin() + v * twice.sum()) * 3.0,
            r,
            x,
        )
    };
    let right = |r: Tracer, x: Tracer| (x * r.sin(), x.sum() * (r * 2.0).sum());
    let outs = run(&[vec![0.5, -1.5].into(), vec![1.0, 2.0].into()], |a| {
        let (r, x) = (a[0], a[1]);
        let total = |f: &dyn Fn(Tracer, Tracer) -> (Tracer, Tracer), r: Tracer, x: Tracer| {
            let (u, v) = f(r, x);
            (u * u.cos()).sum() + v.sin()
        };
        let in_x = grad(|x: Tracer| total(&f, r, x))(x);
        let in_x_right = grad(|x: Tracer| total(&right, r, x))(x);
        let in_r = grad(|r: Tracer| total(&f, r, x))(r);
        let in_r_right = grad(|r: Tracer| total(&right, r, x))(r);
        let forward = jvp(|r: Tracer, x: Tracer| total(&f, r, x), (r, x), (x, r)).1;
        let forward_right = jvp(|r: Tracer, x: Tracer| total(&right, r, x), (r, x), (x, r)).1;
        // The transpose of the transpose is the function, and in reverse over reverse both factors of 3 appear.
        let again = jacfwd(grad(|x: Tracer| total(&f, r, x)))(x);
        let again_right = jacfwd(grad(|x: Tracer| total(&right, r, x)))(x);
        vec![in_x, in_x_right * 3.0, in_r, in_r_right, forward, forward_right, again, again_right * 3.0]
    });
    for pair in outs.chunks(2) {
        assert_eq!(difference(&pair[0], &pair[1], 1e-12), None);
    }
}
