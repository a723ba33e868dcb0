//! Random numbers: those of JAX for the same keys, as `tests/oracle/cases/random.jsonl` has them; on the interpreter and on XLA.

mod support;

use raxla::{
    ir::primitives::rng_bit_generator::{RngAlgorithm, rng_bit_generator},
    prelude::*,
    random::{self, Implementation, Key, fold_in, key_data, key_of, split, wrap_key_data},
};
use raxla_ir::{ShapedArray, trace::catch};
use serde_json::Value;
use support::Case;

fn literal(text: &Value) -> Literal {
    let (aval, hex) = text.as_str().and_then(|t| t.split_once(':')).expect("a literal");
    let (dtype, dims) = aval.split_once('[').expect("a type");
    let shape: Vec<usize> =
        dims.trim_end_matches(']').split(',').filter(|d| !d.is_empty()).map(|d| d.parse().expect("a size")).collect();
    let byte = |i: usize| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex");
    let bytes: Vec<u8> = (0..hex.len() / 2).map(byte).collect();
    Literal::from_bytes(ShapedArray::new(&shape, dtype.parse().expect("a dtype")), &bytes).expect("as many bytes")
}
fn literals(list: &Value) -> Vec<Literal> {
    list.as_array().expect("a list").iter().map(literal).collect()
}
fn implementation(name: &str) -> Implementation {
    match name {
        "rbg" => Implementation::Rbg,
        "unsafe_rbg" => Implementation::UnsafeRbg,
        _ => Implementation::Threefry2x32,
    }
}

/// What a row asks for, of the words of its key and its parameters.
fn draw(row: &Value, words: Tracer, p: &[Tracer]) -> Vec<Tracer> {
    if let Some(of) = row["name"].as_str().and_then(|name| name.strip_prefix("gradient of ")) {
        let mut row = row.clone();
        row["name"] = of.into();
        return vec![grad(|x: Tracer| draw(&row, words, &[&[x], &p[1..]].concat())[0].sum())(p[0])];
    }
    let options = &row["options"];
    let (axis, replace) = (options["axis"].as_i64().unwrap_or(0) as isize, options["replace"] == true);
    let made = implementation(options["implementation"].as_str().unwrap_or(""));
    let shape: Vec<usize> =
        row["shape"].as_array().expect("a shape").iter().map(|n| n.as_u64().expect("a size") as usize).collect();
    let (shape, dtype) = (&shape[..], row["dtype"].as_str().and_then(|d| d.parse().ok()).expect("a dtype"));
    let key = wrap_key_data(words, made);
    let each = |n: usize, f: &dyn Fn(Key) -> Tracer| vmap(f, 0)(split(key, n));
    vec![match row["name"].as_str().expect("a name") {
        "key" => key_data(key_of(words, made)),
        "split" => key_data(split(key, shape)),
        "fold_in" => key_data(fold_in(key, p[0])),
        "bits" => random::bits(key, shape, dtype),
        "bits of several keys" => each(4, &|key| random::bits(key, shape, dtype)),
        "rng_bit_generator" => {
            let algorithm = match options["algorithm"].as_str() {
                Some("three_fry") => RngAlgorithm::ThreeFry,
                Some("philox") => RngAlgorithm::Philox,
                _ => RngAlgorithm::Default,
            };
            let (after, bits) = rng_bit_generator(words, algorithm, shape, dtype);
            return vec![after, bits];
        }
        "uniform" => random::uniform(key, p[0], p[1], shape, dtype),
        "normal" => random::normal(key, shape, dtype),
        "normal of several keys" => each(4, &|key| random::normal(key, shape, dtype)),
        "exponential" => random::exponential(key, shape, dtype),
        "gumbel" => random::gumbel(key, shape, dtype),
        "gumbel_high" => random::gumbel_high(key, shape, dtype),
        "laplace" => random::laplace(key, shape, dtype),
        "logistic" => random::logistic(key, shape, dtype),
        "cauchy" => random::cauchy(key, shape, dtype),
        "maxwell" => random::maxwell(key, shape, dtype),
        "truncated_normal" => random::truncated_normal(key, p[0], p[1], shape, dtype),
        "lognormal" => random::lognormal(key, p[0], shape, dtype),
        "pareto" => random::pareto(key, p[0], shape, dtype),
        "rayleigh" => random::rayleigh(key, p[0], shape, dtype),
        "wald" => random::wald(key, p[0], shape, dtype),
        "weibull_min" => random::weibull_min(key, p[0], p[1], shape, dtype),
        "triangular" => random::triangular(key, p[0], p[1], p[2], shape, dtype),
        "double_sided_maxwell" => random::double_sided_maxwell(key, p[0], p[1], shape, dtype),
        "gamma" => random::gamma(key, p[0], shape, dtype),
        "gamma of several keys" => each(3, &|key| random::gamma(key, p[0], shape, dtype)),
        "loggamma" => random::loggamma(key, p[0], shape, dtype),
        "beta" => random::beta(key, p[0], p[1], shape, dtype),
        "dirichlet" => random::dirichlet(key, p[0], shape, dtype),
        "chisquare" => random::chisquare(key, p[0], shape, dtype),
        "f" => random::f(key, p[0], p[1], shape, dtype),
        "t" => random::t(key, p[0], shape, dtype),
        "generalized_normal" => random::generalized_normal(key, p[0], shape, dtype),
        "ball" => random::ball(key, options["d"].as_u64().expect("d") as usize, p[0], shape, dtype),
        "bernoulli" => random::bernoulli(key, p[0], shape),
        "geometric" => random::geometric(key, p[0], shape, dtype),
        "rademacher" => random::rademacher(key, shape, dtype),
        "randint" => random::randint(key, p[0], p[1], shape, dtype),
        "categorical" => random::categorical(key, p[0], axis, replace, shape, dtype),
        "poisson" => random::poisson(key, p[0], shape, dtype),
        "binomial" => random::binomial(key, p[0], p[1], shape, dtype),
        "multinomial" => random::multinomial(key, p[0], p[1], shape, dtype),
        "permutation" => random::permutation(key, p[0], axis, options["independent"] == true),
        "choice" => random::choice(key, p[0], replace, p.get(1).copied(), axis, shape),
        other => panic!("no function {other}"),
    }]
}

/// How far a number may be from JAX's, relative to the greatest in its array: a few units in the last place for roundings that differ,
/// since XLA contracts a product and a sum to one rounding where it likes, and the interpreter computes in f64 and rounds once. What
/// is no float must be equal. Of 16-bit floats the interpreter rounds after every step and XLA keeps more digits in between, which shows
/// where terms cancel: in f16 Wald's distribution has 0.5 % of it.
fn tolerance(dtype: DType) -> f64 {
    match dtype {
        DType::F64 | DType::C128 => 2e-13,
        DType::F32 | DType::C64 => 5e-6,
        DType::F16 => 1e-2,
        DType::BF16 => 3e-2,
        _ => 0.0,
    }
}
fn difference(got: &Literal, want: &Literal) -> Option<String> {
    if got.aval() != want.aval() {
        return Some(format!("got {}, want {}", got.aval(), want.aval()));
    }
    if !want.dtype().is_inexact() {
        return (got != want).then(|| format!("got {:?}, want {:?}", got.ints(), want.ints()));
    }
    let finite = want.complexes().into_iter().map(|z| z.norm()).filter(|x| x.is_finite());
    let scale = finite.fold(1e-3, f64::max);
    let near =
        |g: f64, w: f64| g == w || (g.is_nan() && w.is_nan()) || (g - w).abs() <= tolerance(want.dtype()) * scale;
    let pairs = got.complexes().into_iter().zip(want.complexes());
    let wrong = pairs.enumerate().find(|(_, (g, w))| !(near(g.re, w.re) && near(g.im, w.im)));
    wrong.map(|(i, (g, w))| format!("element {i}: got {g}, want {w}"))
}

fn check_group(group: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/cases/random.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let rows: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect();
    let rows: Vec<Value> = rows.into_iter().filter(|r| r["group"] == group).collect();
    assert!(rows.len() > 5, "{group}: only {} rows", rows.len());
    let case = |row: &Value| {
        let ins: Vec<Literal> = std::iter::once(literal(&row["key"])).chain(literals(&row["params"])).collect();
        let avals: Vec<ShapedArray> = ins.iter().map(|l| l.aval().clone()).collect();
        let label = format!("{} {} {}", row["name"], row["dtype"], row["shape"]);
        Case { label, program: support::program(&avals, |a| draw(row, a[0], &a[1..])), ins }
    };
    let cases: Vec<Case> = rows.iter().map(case).collect();
    let mut wrong = vec![];
    let mut compare = |by: &str, case: &Case, row: &Value, got: &[Literal]| {
        let want = literals(&row["values"]);
        assert_eq!(got.len(), want.len(), "{}", case.label);
        let differences = got.iter().zip(&want).filter_map(|(g, w)| difference(g, w));
        wrong.extend(differences.map(|d| format!("{by}: {}: {d}", case.label)));
    };
    for (case, row) in cases.iter().zip(&rows) {
        compare("interpreter", case, row, &case.eval());
    }
    for (cases, rows) in cases.chunks(25).zip(rows.chunks(25)) {
        for ((case, row), got) in cases.iter().zip(rows).zip(support::run_on_xla(cases)) {
            compare("XLA", case, row, &got);
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), 2 * cases.len(), wrong.join("\n"));
}
macro_rules! groups { ($($name:ident)*) => { $(#[test] fn $name() { check_group(stringify!($name)) })* } }
groups! { seeds keys generators continuous gammas derivatives discrete counts orders }

#[test]
fn keys_go_through_jit_vmap_and_scan() {
    let draw = |key: Key| random::uniform(key, 0.0, 1.0, &[2], DType::F32);
    let keys: Key<Array> = jit(|key: Key| split(key, 3))(Key::new(7));
    assert_eq!(keys.implementation(), Implementation::Threefry2x32);
    let batch = jit(vmap(draw, 0))(keys.clone());
    let steps =
        jit(|keys: Key| scan(|n: Tracer, key: Key| (n, draw(key)), arange(1, DType::I32), keys).1)(keys.clone());
    let alone = jit(|keys: Key| {
        let each: [Key; 3] = keys.unpack();
        concatenate(&each.map(draw), 0)
    })(keys);
    let alone = alone.to_vec::<f32>().unwrap();
    assert_eq!(batch.to_vec::<f32>().unwrap(), alone);
    assert_eq!(steps.to_vec::<f32>().unwrap(), alone);
}
#[test]
fn seeds_of_the_host_are_those_of_a_trace() {
    for implementation in [Implementation::Threefry2x32, Implementation::Rbg] {
        for seed in [0u64, 42, 1 << 40, u64::MAX] {
            let host = key_data(Key::with_implementation(seed, implementation)).to_vec::<u32>().unwrap();
            let traced = jit(|like: Tracer| (key_data(key_of(seed, implementation)), like))(Array::from(0i32)).0;
            assert_eq!(host, traced.to_vec::<u32>().unwrap());
        }
    }
    let words =
        |f: &dyn Fn() -> Key| jit(|like: Tracer| (key_data(f()), like))(Array::from(0i32)).0.to_vec::<u32>().unwrap();
    assert_eq!(words(&|| random::key(-1)), [0, u32::MAX]);
    assert_eq!(words(&|| random::key(-1i64)), [u32::MAX; 2]);
}
#[test]
fn draws_within_a_step_of_training_have_derivatives() {
    // The reparametrized gradient of a mean of normal numbers.
    let f = |key: Key, scale: Tracer| (random::normal(key, &[4], DType::F32) * scale).sum();
    let g = jit(|key: Key, scale: Tracer| (grad(move |s: Tracer| f(key, s))(scale), f(key, scale)))(
        Key::new(3),
        Array::from(2.0f32),
    );
    let [gradient, value] = [g.0, g.1].map(|x| x.item::<f32>().unwrap());
    assert!((gradient * 2.0 - value).abs() < 1e-5);
    let g = jit(|key: Key, low: Tracer| grad(move |l: Tracer| random::uniform(key, l, 3.0, &[], DType::F32))(low));
    let u = jit(|key: Key| random::uniform(key, 0.0, 1.0, &[], DType::F32))(Key::new(3)).item::<f32>().unwrap();
    assert!((g(Key::new(3), Array::from(1.0f32)).item::<f32>().unwrap() - (1.0 - u)).abs() < 1e-6);
}
#[test]
fn errors_name_the_function_and_what_it_got() {
    let f32s = |shape: &[usize]| ShapedArray::new(shape, DType::F32);
    let keys = ShapedArray::new(&[3, 2], DType::U32);
    let key = ShapedArray::new(&[2], DType::U32);
    let of = |data: Tracer| wrap_key_data(data, Implementation::Threefry2x32);
    type Wrong<'a> = (&'a str, ShapedArray, &'a dyn Fn(Tracer) -> Tracer);
    let cases: &[Wrong] = &[
        ("bits: takes a single key, got an array of keys of shape [3]; use vmap", keys.clone(), &|k| {
            random::normal(of(k), &[], DType::F32)
        }),
        ("the data of Threefry2x32 keys are u32[…,2], got f32[2]", f32s(&[2]), &|k| {
            random::normal(of(k), &[], DType::F32)
        }),
        ("uniform: samples are f16, bf16, f32 or f64, not i32", key.clone(), &|k| {
            random::uniform(of(k), 0.0, 1.0, &[], DType::I32)
        }),
        ("bits: gives u8, u16, u32 or u64, not i32", key.clone(), &|k| random::bits(of(k), &[], DType::I32)),
        ("pareto: parameters must broadcast to the shape [2] of the samples, got f32[3]", key.clone(), &|k| {
            random::pareto(of(k), constant(Literal::from(vec![1.0f32; 3])), &[2], DType::F32)
        }),
        ("randint: the bounds are integers, got f32", key.clone(), &|k| {
            random::randint(of(k), constant(Literal::scalar(0.0f32)), 5, &[2], DType::I32)
        }),
        ("choice: there are no 4 to choose along axis 0 of i32[3] without taking one twice", key.clone(), &|k| {
            random::choice(of(k), arange(3, DType::I32), false, None, 0, &[4])
        }),
        ("unpack: there are no 2 keys in an array of keys of shape [3]", keys, &|k| key_data(of(k).unpack::<2>()[0])),
        ("key: takes an integer scalar, got f32[2]; for several keys use vmap", f32s(&[2]), &|x| {
            key_data(random::key(x))
        }),
        ("categorical: the shape must end with that of the logits without axis 1, got [3] for f32[4,2]", key, &|k| {
            let logits = constant(Literal::new(&[4, 2], &[0.0f32; 8]));
            random::categorical(of(k), logits, -1, true, &[3], DType::I32)
        }),
    ];
    for (want, aval, f) in cases {
        let error = catch(|| support::program(std::slice::from_ref(aval), |a| vec![f(a[0])])).expect_err(want);
        assert!(error.message.contains(want), "got `{}`, want `{want}`", error.message);
        assert!(error.at.file.ends_with("tests/random.rs"), "{want}: blames {:?}", error.at);
    }
}
