//! Rows of tests: what a function gives, beside the Python expression whose value, computed by JAX, it must equal.
//!
//! ```text
//! crate::oracle::rows! { numpy_reductions:
//!     "jnp.sum(a, axis=0)", "f32(3, 4)" => fn(a) sum(a, 0);
//! }
//! ```
//!
//! `tests/oracle/library.py` finds the rows in the sources, makes the inputs (`f32(3, 4)`: that script says what there is), and writes JAX's
//! values, gradients and number of equations to `tests/oracle/library/<name>.jsonl`. The flags that may follow the inputs:
//! `values` (the gradient is not compared), `x64` (64-bit defaults), `within(f)` (tolerances are `f` times the usual; say why).

#[path = "../tests/support/answers.rs"]
mod answers;

use answers::{Case, cotangents, difference_within, literal, run_on_xla};
use raxla_ir::{
    Literal, Primitive, Program, ShapedArray, Tracer,
    dtype::with_x64,
    eval::eval,
    pytree::{Pytree, flatten},
    trace::{inline, trace},
};
use serde_json::Value;
use std::{collections::HashMap, path::Path};

/// One row.
pub struct Row {
    pub expression: &'static str,
    pub inputs: &'static str,
    pub flags: &'static [(&'static str, f64)],
    pub function: fn(&[Tracer]) -> Vec<Tracer>,
}
/// The leaves of what a row's function returns.
pub fn leaves<P: Pytree<Leaf = Tracer>>(out: P) -> Vec<Tracer> {
    flatten(out).0
}

/// Declares a test of rows.
macro_rules! rows {
    ($file:ident: $($expression:literal, $inputs:literal $(, $flag:ident $(($factor:literal))?)* => fn($($arg:ident),*) $body:expr;)*) => {
        #[test]
        fn $file() {
            let rows = vec![$($crate::oracle::Row {
                expression: $expression,
                inputs: $inputs,
                flags: &[$((stringify!($flag), 0.0 $(+ $factor)?)),*],
                function: |args| match args {
                    [$($arg),*] => {
                        $(let $arg = *$arg;)*
                        $crate::oracle::leaves($body)
                    }
                    _ => panic!("{}: the row takes another number of inputs", $expression),
                },
            }),*];
            $crate::oracle::check(stringify!($file), rows);
        }
    };
}
pub(crate) use rows;

/// The equations of a program, those of its sub-programs included. The broadcast of a bare number is none: JAX's operations do that
/// themselves.
fn equations(program: &Program) -> usize {
    let number = |e: &raxla_ir::Eqn| {
        e.op.name() == "broadcast" && program.consts.iter().any(|c| c.0 == e.ins[0] && c.1.shape().is_empty())
    };
    // Of a function with a derivative of its own, which comes first, the rule does not count.
    let custom = |e: &raxla_ir::Eqn| e.op.name().starts_with("custom");
    let one = |e: &raxla_ir::Eqn| usize::from(e.op.body().is_none() && !custom(e) && !number(e));
    let inner = |e: &raxla_ir::Eqn| {
        let programs = e.op.subprograms();
        let n = if custom(e) { 1 } else { programs.len() };
        programs[..n].iter().map(|p| equations(p)).sum::<usize>()
    };
    program.eqns.iter().map(|e| one(e) + inner(e)).sum()
}

/// Compares every row's values, gradients and number of equations with JAX's.
pub fn check(file: &str, rows: Vec<Row>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/library").join(format!("{file}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let answers: HashMap<String, Value> = text
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).expect("JSON"))
        .map(|v| (v["row"].as_str().expect("a row").to_string(), v))
        .collect();
    let mut wrong = vec![];
    let (mut cases, mut factors, mut ours, mut theirs) = (vec![], vec![], 0, 0);
    for row in &rows {
        let key = format!("{} | {} | {}", row.expression, row.inputs, row.flags.iter().any(|f| f.0 == "x64"));
        let Some(answer) = answers.get(&key) else {
            wrong.push(format!("{key}: no answer; run tests/oracle/library.py {file}"));
            continue;
        };
        let case = std::panic::catch_unwind(|| case(row, &key, answer));
        let Ok((case, count)) = case else {
            wrong.push(format!("{key}: panicked"));
            continue;
        };
        let want = answer["equations"].as_u64().unwrap_or(0) as usize;
        if std::env::var_os("RAXLA_EQUATIONS").is_some() {
            println!("{count:4} {want:4}  {}", row.expression);
        }
        ours += count;
        theirs += want;
        cases.push(case);
        factors.push(row.flags.iter().find(|f| f.0 == "within").map_or(1.0, |f| f.1));
    }
    let mut compare = |by: &str, case: &Case, factor: f64, got: &[Literal]| {
        if got.len() != case.outs.len() {
            wrong.push(format!("{by}: {}: {} outputs, not {}", case.name, got.len(), case.outs.len()));
            return;
        }
        for (i, (g, w)) in got.iter().zip(&case.outs).enumerate() {
            if let Some(d) = w.as_ref().and_then(|w| difference_within(factor, &case.name, g, w)) {
                wrong.push(format!("{by}: {} output {i}: {d}", case.name));
            }
        }
    };
    for (case, factor) in cases.iter().zip(&factors) {
        match eval(&case.program, &case.ins) {
            Ok(got) => compare("interpreter", case, *factor, &got),
            Err(e) => panic!("{}: {e}", case.name),
        }
    }
    for (chunk, factors) in cases.chunks(50).zip(factors.chunks(50)) {
        let outs = run_on_xla(chunk);
        let mut outs = &outs[..];
        for (case, factor) in chunk.iter().zip(factors) {
            let (mine, rest) = outs.split_at(case.program.outs.len());
            compare("XLA", case, *factor, mine);
            outs = rest;
        }
    }
    if ours > theirs {
        wrong.push(format!("{ours} equations, where JAX has {theirs}; RAXLA_EQUATIONS=1 lists them"));
    }
    assert!(wrong.is_empty(), "{file}, {} rows:\n{}", rows.len(), wrong.join("\n"));
}
/// The program of a row's values and gradients, JAX's answers to it, and the number of equations of the values alone.
fn case(row: &Row, key: &str, answer: &Value) -> (Case, usize) {
    let flag = |name: &str| row.flags.iter().any(|f| f.0 == name);
    let literals = |name: &str| -> Vec<Literal> {
        answer[name].as_array().into_iter().flatten().filter_map(Value::as_str).map(literal).collect()
    };
    with_x64(flag("x64"), || {
        let mut ins = literals("ins");
        let n = ins.len();
        let avals: Vec<ShapedArray> = ins.iter().map(|l| l.aval().clone()).collect();
        let program = trace(&avals, row.function).program;
        let count = equations(&program);
        let mut outs: Vec<Option<Literal>> = literals("outs").into_iter().map(Some).collect();
        if flag("values") || answer["gradients"].is_null() {
            return (Case { name: key.to_string(), program, ins, outs }, count);
        }
        ins.extend(literals("cotangents"));
        outs.extend(literals("gradients").into_iter().map(Some));
        let inexact: Vec<bool> = avals.iter().map(|a| a.dtype.is_inexact()).collect();
        let all: Vec<ShapedArray> = ins.iter().map(|l| l.aval().clone()).collect();
        let both = trace(&all, |args| {
            let (primals, cts) = args.split_at(n);
            let mut outs = inline(&program, primals);
            let mut cts = cts.iter();
            // Outputs without derivatives have no cotangent.
            let cts: Vec<Tracer> = outs
                .iter()
                .map(|o| if o.dtype().is_inexact() { cts.next().copied().unwrap_or(*o) } else { *o })
                .collect();
            outs.extend(cotangents(&program, primals, &inexact, &cts));
            outs
        });
        (Case { name: key.to_string(), program: both.program, ins, outs }, count)
    })
}
