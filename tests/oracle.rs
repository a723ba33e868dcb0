//! Agreement with JAX: every case of `tests/oracle/cases`, on the interpreter and on XLA.

#[path = "support/answers.rs"]
mod answers;

use answers::{Case, cotangents, difference, literal, run_on_xla};
use raxla::ir::{
    Literal, Program, ShapedArray, Tracer,
    eval::eval,
    rewrite::{self, BatchAxis, Batched},
    trace::{Traced, inline, trace},
};
use serde_json::Value;
use std::path::Path;

fn literals(case: &Value, key: &str) -> Vec<Option<Literal>> {
    case[key].as_array().map(|a| a.iter().map(|l| l.as_str().map(literal)).collect()).unwrap_or_default()
}

/// The program that computes a case's answers.
fn transformed(case: &Value) -> Case {
    let name = case["name"].as_str().expect("a name").to_string();
    let program: Program =
        case["program"].as_str().expect("a program").parse().unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut ins: Vec<Literal> = literals(case, "ins").into_iter().flatten().collect();
    let (n, outs) = (ins.len(), literals(case, "outs"));
    let inexact = |t: &Tracer| t.dtype().is_inexact();
    let traced = |ins: &[Literal], f: &dyn Fn(&[Tracer]) -> Vec<Tracer>| -> Program {
        let avals: Vec<ShapedArray> = ins.iter().map(|l| l.aval().clone()).collect();
        let Traced { program, .. } = trace(&avals, |args| f(args));
        program
    };
    let program = match case["transform"].as_str() {
        Some("eval") => traced(&ins, &|args| inline(&program, args)),
        Some("jvp") => {
            let tangents = literals(case, "tangents");
            ins.extend(tangents.iter().flatten().cloned());
            traced(&ins, &|args| {
                let (primals, mut active) = (&args[..n], args[n..].iter().copied());
                let tangents: Vec<Option<Tracer>> =
                    tangents.iter().map(|t| t.as_ref().and_then(|_| active.next())).collect();
                let dual = rewrite::jvp(&program, primals, &tangents);
                let tangents =
                    dual.tangents.iter().zip(&dual.outs).map(|(t, o)| t.unwrap_or_else(|| rewrite::zeros_like(*o)));
                let tangents: Vec<Tracer> = tangents.collect();
                [dual.outs, tangents].concat()
            })
        }
        Some("vjp") => {
            ins.extend(literals(case, "cotangents").into_iter().flatten());
            traced(&ins, &|args| {
                let (primals, cts) = args.split_at(n);
                cotangents(&program, primals, &primals.iter().map(inexact).collect::<Vec<_>>(), cts)
            })
        }
        Some("hvp") => {
            ins.extend(literals(case, "tangents").into_iter().flatten());
            let gradient = traced(&ins[..n], &|args| {
                let one = raxla::constant(Literal::full(program.aval(program.outs[0]).clone(), 1.0));
                cotangents(&program, args, &(0..n).map(|i| i == 0).collect::<Vec<_>>(), &[one])
            });
            traced(&ins, &|args| {
                let tangents: Vec<Option<Tracer>> = (0..n).map(|i| (i == 0).then(|| args[n])).collect();
                let dual = rewrite::jvp(&gradient, &args[..n], &tangents);
                vec![dual.tangents[0].unwrap_or_else(|| rewrite::zeros_like(dual.outs[0]))]
            })
        }
        Some("vmap") => {
            let axes: Vec<Option<u64>> = case["in_axes"].as_array().expect("axes").iter().map(Value::as_u64).collect();
            let sizes = ins.iter().zip(&axes).filter_map(|(l, a)| a.map(|a| l.shape()[a as usize]));
            let axis = BatchAxis { size: sizes.into_iter().next().expect("a batch axis"), name: None };
            traced(&ins, &|args| {
                let args = args.iter().zip(&axes).map(|(t, a)| match a {
                    Some(a) => Batched::new(t.moveaxis(*a as isize, 0)),
                    None => Batched { value: *t, batched: false },
                });
                let args: Vec<Batched> = args.collect();
                rewrite::batch(&program, &axis, &args).into_iter().map(|o| o.spread(&axis)).collect()
            })
        }
        other => panic!("{name}: unknown transform {other:?}"),
    };
    Case { name, program, ins, outs }
}
/// Where raxla differs from JAX on purpose, and why.
const BETTER: &[(&str, &str)] = &[
    (
        "igamma/f64/edges",
        "of a parameter 0 the gamma distribution lies at 0, of an infinite one at infinity; JAX has NaN",
    ),
    ("igammac/f64/edges", "the same"),
    ("polygamma/f64/special", "0 at infinity; XLA has NaN (interpreter only)"),
    ("igamma_grad_a/f64/edges", "0 where the function is constant; JAX has NaN"),
    ("igamma_grad_a/f32/special", "the same"),
    ("igamma_grad_a/f64/special", "the same"),
    (
        "bessel_i1e/near/f32/vjp",
        "good to the last digits; JAX's series of f32 is not, and its difference to x / 2 is divided by x",
    ),
    ("exp/f8e3m4/every", "rounded once; XLA rounds to f16 and then again (interpreter only)"),
    ("exp/f8e5m2/every", "the same"),
    ("exp/f8e5m2fnuz/every", "the same"),
    ("sqrt/f8e3m4/every", "the same"),
    ("pow/f64/edges", "the derivative of x to the power of 0 is 0 at x = 0 as everywhere; JAX has NaN"),
    ("exp2/bf16/special", "computed in f32; JAX rounds ln 2 to bf16 and is 11 % off at exp2(-40)"),
    ("exp2/f16/special", "the same"),
    ("clamp/f64/ties", "where the bounds cross, the upper one is the result and has its derivative; JAX has 0"),
    ("sign/c64", "z / |z| turns with z; JAX has the derivative 0"),
    ("sign/c128", "the same"),
    ("population_count/i4", "counts 4 bits; JAX counts the sign bits of the byte around them"),
    (
        "acosh/c64",
        "the derivative on the branch of the function; JAX has the other sign where the real part is negative",
    ),
    ("acosh/c128", "the same"),
    (
        "sin/c128/special",
        "an exact zero stays one beside an infinity or NaN, as the C standard's annex G has it; JAX has NaN",
    ),
    ("cos/c128/special", "the same"),
    ("exp2/c128/special", "2 to the power of infinity is infinite; JAX has NaN"),
    ("sqrt/c128/special", "on the branch cut the sign of a zero counts, as in NumPy; JAX takes it for positive"),
    ("asin/c128/special", "the same"),
    ("acos/c128/special", "the same"),
    ("atan/c128/special", "NaN of NaN; JAX has a number as one of the parts"),
    ("atanh/c128/special", "the same"),
    ("sinh/c128/special", "all digits where a part is small; JAX has half of them"),
    ("cosh/c128/special", "the same"),
    (
        "f32/f8e8m0fnu/special",
        "2⁻¹²⁷ is representable in f8e8m0fnu; XLA flushes it to 0, which is not (interpreter only)",
    ),
];
/// Complex functions whose values at infinities, NaN and zeros of either sign are those of the C standard's annex G, and JAX's are not: in the
/// cases of these kinds; on the interpreter only, where the operation is XLA's own; and how they differ.
const ANNEX_G: &[(&[&str], &[&str], bool, &str)] = &[
    (&["sqrt", "asin", "acos"], &["parts", "cuts"], false, "on the branch cut the sign of a zero counts"),
    (&["asinh"], &["parts", "cuts"], false, "the same"),
    (&["sin", "cos", "sinh", "cosh"], &["parts"], false, "an exact zero stays one beside an infinity or NaN"),
    (&["exp2"], &["parts"], false, "2 to the power of infinity is infinite"),
    (&["atan", "atanh"], &["parts"], false, "NaN of NaN, where JAX has a number as one of the parts"),
    (&["abs", "log", "log1p"], &["parts"], true, "infinite of an infinity and NaN, where XLA has NaN"),
    (&["exp", "expm1"], &["parts"], true, "the modulus is known of an infinite real part and no angle; XLA has NaN"),
    (&["logistic", "pow"], &["parts"], true, "made of such exponentials"),
];
/// Whether a case is one where the C standard is followed in JAX's stead.
fn follows_annex_g(name: &str, interpreter: bool) -> bool {
    let mut words = name.split('/');
    let function = words.next().unwrap_or_default();
    let kinds: Vec<&str> = words.collect();
    let fits = |row: &(&[&str], &[&str], bool, &str)| {
        row.0.contains(&function) && row.1.iter().any(|k| kinds.contains(k)) && (interpreter || !row.2)
    };
    ANNEX_G.iter().any(fits)
}
fn check_family(family: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/cases").join(format!("{family}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let cases: Vec<Case> = text.lines().map(|l| transformed(&serde_json::from_str(l).expect("JSON"))).collect();
    assert!(cases.len() > 50, "{family}: only {} cases", cases.len());
    let mut wrong = vec![];
    let mut compare = |by: &str, case: &Case, got: &[Literal]| {
        assert_eq!(got.len(), case.outs.len(), "{}: number of outputs", case.name);
        for (i, (g, w)) in got.iter().zip(&case.outs).enumerate() {
            if BETTER.iter().any(|(name, _)| case.name.contains(name))
                || follows_annex_g(&case.name, by == "interpreter")
            {
                continue;
            }
            if let Some(d) = w.as_ref().and_then(|w| difference(&case.name, g, w)) {
                wrong.push(format!("{by}: {} output {i}: {d}", case.name));
            }
        }
    };
    for case in &cases {
        // The interpreter keeps subnormals, which XLA's CPU compiler flushes to zero.
        if !case.name.contains("subnormal") {
            compare(
                "interpreter",
                case,
                &eval(&case.program, &case.ins).unwrap_or_else(|e| panic!("{}: {e}", case.name)),
            );
        }
    }
    for chunk in cases.chunks(60) {
        let outs = run_on_xla(chunk);
        let mut outs = &outs[..];
        for case in chunk {
            let (mine, rest) = outs.split_at(case.outs.len());
            compare("XLA", case, mine);
            outs = rest;
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases differ:\n{}", wrong.len(), 2 * cases.len(), wrong.join("\n"));
}

macro_rules! families { ($($name:ident)*) => { $(#[test] fn $name() { check_family(stringify!($name)) })* } }
families! {
    binary bits compare complex composite contraction convert dot fft indexing narrow order reduce reduction select special structural
    unary windows
}
