//! Golden programs: what transforms make of a few functions, as text under `tests/golden/`. `RAXLA_UPDATE=1` writes it anew.

mod support;

use raxla_ir::{
    Program, ShapedArray, Tracer,
    primitives::{Call, collective::psum},
    trace::{bind, trace},
};
use raxla_transforms::{Vmap, custom_jvp, custom_vjp, grad, hessian, jacfwd, jvp, optimize, vmap};
use std::{fs, path::Path};

fn avals(texts: &[&str]) -> Vec<ShapedArray> {
    let program = |text: &&str| format!("program(%0: {text}) {{ return %0 }}").parse::<Program>().unwrap().in_avals();
    texts.iter().flat_map(program).collect()
}
/// Compares the programs with the file of that name.
fn check(name: &str, ins: &[&str], stages: &[(&str, &dyn Fn(&[Tracer]) -> Vec<Tracer>)]) {
    let mut text = String::new();
    for (stage, f) in stages {
        let program = support::program(&avals(ins), f);
        assert_eq!(program.to_string().parse::<Program>().as_ref(), Ok(&program), "{name}: {stage}");
        text.push_str(&format!("# {stage}\n{program}\n\n# {stage}, optimized\n{}\n\n", optimize(&program)));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.txt"));
    if std::env::var_os("RAXLA_UPDATE").is_some_and(|v| v == "1") {
        fs::write(&path, &text).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    let differs = text.lines().zip(stored.lines()).position(|(a, b)| a != b);
    let line = differs.unwrap_or(text.lines().count().min(stored.lines().count())) + 1;
    assert!(
        text == stored,
        "{} differs from line {line} on; RAXLA_UPDATE=1 cargo test --test golden writes it anew. Now it is\n{text}",
        path.display()
    );
}

fn mlp(w: Tracer, v: Tracer, x: Tracer) -> Tracer {
    let out = x.dot(w).tanh().dot(v);
    (out * out).mean()
}
#[test]
fn multilayer_perceptron() {
    check(
        "mlp",
        &["f32[3,4]", "f32[4]", "f32[8,3]"],
        &[
            ("loss", &|a| vec![mlp(a[0], a[1], a[2])]),
            ("grad", &|a| vec![grad(mlp)(a[0], a[1], a[2])]),
            ("vmap(grad) over examples", &|a| {
                let loss = |w: Tracer, v: Tracer, x: Tracer| mlp(w, v, x.expand_dims(0));
                vec![vmap(grad(loss), (None, None, 0))(a[0], a[1], a[2])]
            }),
        ],
    );
}
#[test]
fn second_derivatives() {
    let f = |x: Tracer| (x.sin() * x).sum();
    check(
        "second",
        &["f64[2]"],
        &[
            ("value", &|a| vec![f(a[0])]),
            ("hessian", &|a| vec![hessian(f)(a[0])]),
            ("jvp of grad", &|a| vec![jvp(grad(f), (a[0],), (a[0],)).1]),
            ("jacfwd", &|a| vec![jacfwd(|x: Tracer| x * x)(a[0])]),
        ],
    );
}
#[test]
fn calls() {
    fn twice(x: Tracer) -> Tracer {
        let program = trace(&[x.aval()], |a| vec![a[0].exp() * a[0]]).program;
        let f = |x: Tracer| bind(Call { name: "f".into(), program: program.clone() }.into(), &[x])[0];
        f(f(x))
    }
    check(
        "call",
        &["f32[2]"],
        &[
            ("value", &|a| vec![twice(a[0])]),
            ("grad", &|a| vec![grad(|x: Tracer| twice(x).sum())(a[0])]),
            ("vmap", &|a| vec![vmap(twice, 0)(a[0])]),
        ],
    );
}
#[test]
fn custom_rules() {
    fn softplus(x: Tracer) -> Tracer {
        let f = |x: Tracer| (x.exp() + 1.0).log();
        custom_jvp(f, move |(x,): (Tracer,), (t,): (Tracer,)| (f(x), t * x.logistic()))(x)
    }
    fn clip(x: Tracer) -> Tracer {
        custom_vjp(|x: Tracer| x, |x: Tracer| (x, x), |_: Tracer, ct: Tracer| (ct.clamp(-1.0, 1.0),))(x)
    }
    check(
        "custom",
        &["f32[2]"],
        &[
            ("custom_jvp", &|a| vec![softplus(a[0])]),
            ("grad of custom_jvp", &|a| vec![grad(|x: Tracer| softplus(x).sum())(a[0])]),
            ("custom_vjp", &|a| vec![clip(a[0])]),
            ("grad of custom_vjp", &|a| vec![grad(|x: Tracer| (clip(x) * 3.0).sum())(a[0])]),
        ],
    );
}
#[test]
fn collectives() {
    check(
        "collectives",
        &["f32[4]"],
        &[
            ("shares", &|a| vec![Vmap::over(0).axis_name("i").of(|x: Tracer| x / psum(x, "i"))(a[0])]),
            ("grad of psum", &|a| vec![Vmap::over(0).axis_name("i").of(grad(|x: Tracer| psum(x * x, "i")))(a[0])]),
        ],
    );
}
