//! Decompositions on the CPU, beside LAPACK's by SciPy in the same run.
//!
//! ```text
//! python -m venv target/jax && target/jax/bin/pip install scipy
//! cargo bench --bench linalg [-- OPERATION…]
//! ```
//!
//! Prints the table of docs/benchmarks/linalg.md: how many times SciPy's time raxla's is, with the arrays on the device and every output
//! waited for. Both sides take turns, and the least time of each counts, since the machine may be busy.

use raxla::ir::{DType, Literal, Program, ShapedArray, Tracer, primitives::linalg, stablehlo, trace::trace};
use raxla_runtime::{Array, Client, CompileOptions};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    time::Instant,
};

const SIZES: [usize; 5] = [64, 128, 256, 512, 1024];
const ROUNDS: usize = 3;
type Operation = fn(Tracer, Tracer) -> Vec<Tracer>;
/// What is measured of a general matrix and a symmetric positive definite one.
const OPERATIONS: [(&str, Operation); 13] = [
    ("cholesky", |_, s| vec![s.cholesky(false)]),
    ("triangular_solve", |a, s| {
        vec![s.triangular_solve(a, linalg::TriangularSolve { left_side: true, lower: true, ..Default::default() })]
    }),
    ("lu", |a, _| vec![a.lu().0]),
    ("qr", |a, _| <[Tracer; 2]>::from(a.qr(false)).to_vec()),
    ("geqrf", |a, _| <[Tracer; 2]>::from(a.geqrf()).to_vec()),
    ("eigh", |_, s| <[Tracer; 2]>::from(s.eigh(true, false)).to_vec()),
    ("svd", |a, _| <[Tracer; 3]>::from(a.svd(false)).to_vec()),
    ("singular_values", |a, _| vec![a.singular_values()]),
    ("eig", |a, _| <[Tracer; 2]>::from(a.eig()).to_vec()),
    ("schur", |a, _| <[Tracer; 2]>::from(a.schur()).to_vec()),
    ("hessenberg", |a, _| <[Tracer; 2]>::from(a.hessenberg()).to_vec()),
    ("tridiagonal", |_, s| <[Tracer; 4]>::from(s.tridiagonal(true)).to_vec()),
    ("tridiagonal_solve", |a, s| {
        let row = |x: Tracer, i: usize| x.slice_axis(0, i, i + 1).ravel();
        vec![linalg::tridiagonal_solve(row(a, 0), row(s, 0) + 10.0, row(a, 2), a)]
    }),
];

/// The two matrices, as the Python side makes them.
fn matrices(n: usize, dtype: DType) -> [Literal; 2] {
    let aval = ShapedArray::new(&[n, n], dtype);
    // SplitMix64: a simple generator's period would make large matrices singular.
    let number = |i: usize| {
        let mut z = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    let symmetric = |k: usize| {
        let (i, j) = (k / n, k % n);
        number(i.min(j) * n + i.max(j)) + if i == j { n as f64 } else { 0.0 }
    };
    [Literal::from_floats(aval.clone(), (0..n * n).map(number)), Literal::from_floats(aval, (0..n * n).map(symmetric))]
}
/// The least time of a call, in seconds, among calls of some tenths of a second.
fn least_time(mut work: impl FnMut()) -> f64 {
    let (start, mut least, mut calls) = (Instant::now(), f64::INFINITY, 0);
    while calls < 3 || start.elapsed().as_secs_f64() < 0.2 {
        let begin = Instant::now();
        work();
        least = least.min(begin.elapsed().as_secs_f64());
        calls += 1;
    }
    least
}

fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/linalg_scipy.py");
    let python = std::env::var("RAXLA_PYTHON").unwrap_or("target/jax/bin/python".into());
    let mut scipy = Command::new(python);
    // OpenBLAS shall choose the kernels of this machine itself.
    scipy.arg(script).env_remove("OPENBLAS_CORETYPE").env_remove("OPENBLAS_L2_SIZE");
    let mut scipy = scipy.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("SciPy");
    let (mut ask, mut answers) =
        (scipy.stdin.take().expect("stdin"), BufReader::new(scipy.stdout.take().expect("stdout")));
    let mut reference = |question: String| -> f64 {
        writeln!(ask, "{question}").expect("a question");
        let mut answer = String::new();
        answers.read_line(&mut answer).expect("an answer");
        answer.trim().parse().expect("seconds")
    };
    let client = Client::global().expect("XLA");
    let device = &client.devices()[0];
    println!("| operation | dtype | {} |", SIZES.map(|n| n.to_string()).join(" | "));
    println!("|---|---|{}", "---|".repeat(SIZES.len()));
    for (name, operation) in OPERATIONS {
        if !chosen.is_empty() && !chosen.iter().any(|c| c == name) {
            continue;
        }
        for dtype in [DType::F64, DType::F32] {
            let mut cells = vec![];
            for n in SIZES {
                let literals = matrices(n, dtype);
                let avals = literals.each_ref().map(|l| l.aval().clone());
                let program: Program = trace(&avals, |x| operation(x[0], x[1])).program;
                let text = stablehlo::lower(&program, name);
                let options = CompileOptions::default();
                let executable = client.compile(&text, &options, &avals, &program.out_avals()).expect("compiles");
                let ins = literals.each_ref().map(|l| Array::from_literal(l, device).expect("an array"));
                let call = || {
                    let outs = executable.run(&[&ins[0], &ins[1]]).expect("runs");
                    outs.iter().for_each(|o| o.block_until_ready().expect("is computed"));
                };
                let (mut ours, mut theirs) = (f64::INFINITY, f64::INFINITY);
                for _ in 0..ROUNDS {
                    ours = ours.min(least_time(call));
                    theirs = theirs.min(reference(format!("{name} {} {n}", dtype.numpy_name())));
                }
                cells.push(format!("{:.2}", ours / theirs));
            }
            println!("| `{name}` | {dtype} | {} |", cells.join(" | "));
        }
    }
    drop(ask);
    scipy.wait().expect("SciPy ends");
}
