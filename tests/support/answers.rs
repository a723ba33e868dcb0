//! Answers computed by JAX: reading them, running the programs that must agree with them, and comparing.

#![allow(dead_code)] // each user needs some of it

use raxla::ir::{DType, Literal, Program, ShapedArray, Tracer, program::ProgramData, rewrite, stablehlo};
use raxla::runtime::{Array, Client, CompileOptions};

/// A case as data: a program, its inputs, and JAX's answers (`None`: not compared).
pub struct Case {
    pub name: String,
    pub program: Program,
    pub ins: Vec<Literal>,
    pub outs: Vec<Option<Literal>>,
}

/// The array that `f32[2]:` and the bytes of its elements in hexadecimal stand for.
pub fn literal(text: &str) -> Literal {
    let (aval, hex) = text.split_once(':').expect("a literal");
    let (dtype, dims) = aval.split_once('[').expect("a type");
    let shape: Vec<usize> =
        dims.trim_end_matches(']').split(',').filter(|d| !d.is_empty()).map(|d| d.parse().expect("a size")).collect();
    let bytes: Vec<u8> =
        (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex")).collect();
    Literal::from_bytes(ShapedArray::new(&shape, dtype.parse().expect("a dtype")), &bytes)
        .expect("as many bytes as the type needs")
}
/// The cotangents of the active inputs, zeros included.
pub fn cotangents(program: &Program, primals: &[Tracer], active: &[bool], cts: &[Tracer]) -> Vec<Tracer> {
    let l = rewrite::linearize(program, primals, active);
    let wanted: Vec<Tracer> = primals.iter().zip(active).filter(|p| *p.1).map(|p| *p.0).collect();
    let ins: Vec<Option<Tracer>> =
        vec![None; wanted.len()].into_iter().chain(l.residuals.iter().map(|r| Some(*r))).collect();
    let cts: Vec<Option<Tracer>> = cts.iter().zip(&l.active).filter(|c| *c.1).map(|c| Some(*c.0)).collect();
    let grads = rewrite::transpose(&l.linear, &ins, &cts);
    grads.into_iter().zip(wanted).map(|(g, like)| g.unwrap_or_else(|| rewrite::zeros_like(like))).collect()
}

/// How far a result may be from JAX's, relative to the greatest magnitude among its terms; everything but floats must be equal.
///
/// Of 20,000 results of all tables, in units in the last place of the dtype, the median differs by 0, and otherwise:
///
/// | dtype | allowed | worst | 1 in 100 above | the worst is of |
/// |---|---|---|---|---|
/// | f64 | 900 | 751 | 19 | the derivative of eigenvalues; `exp2`, `sinh`, `cosh` of great arguments 250, whose own rounding counts as often |
/// | c128 | 45 | 14 | 7 | Schur's form |
/// | f32 | 42 | 39 | 16 | five steps of AdamW; XLA's transcendental functions are good to about 8, and JAX rounds between them |
/// | c64 | 25 | 16 | 8 | the gamma function |
/// | f16 | 2 | 1.1 | 0.8 | integer powers, of which JAX rounds each product |
/// | bf16 | 4 | 3.4 | 0.9 | the same, and sums of several functions |
pub fn tolerance(dtype: DType) -> f64 {
    match dtype {
        DType::F64 => 2e-13,
        DType::C128 => 1e-14,
        DType::F32 => 5e-6,
        DType::C64 => 3e-6,
        DType::F16 => 2e-3,
        DType::BF16 => 3e-2,
        _ => 0.0,
    }
}
/// Results below this are zero to XLA, which flushes subnormals; the interpreter keeps them.
pub fn least_normal(dtype: DType) -> f64 {
    match dtype {
        DType::F64 | DType::C128 => f64::MIN_POSITIVE,
        _ => f32::MIN_POSITIVE as f64,
    }
}
/// The first element that differs too much.
pub fn difference(name: &str, got: &Literal, want: &Literal) -> Option<String> {
    difference_within(1.0, name, got, want)
}
/// The first element that differs by more than `factor` times as much as usual.
pub fn difference_within(factor: f64, name: &str, got: &Literal, want: &Literal) -> Option<String> {
    if got.shape() != want.shape() || got.dtype() != want.dtype() {
        return Some(format!("got {}, want {}", got.aval(), want.aval()));
    }
    if !want.dtype().is_inexact() {
        return (got.ints() != want.ints()).then(|| format!("got {:?}, want {:?}", got.ints(), want.ints()));
    }
    let parts = |l: &Literal| -> Vec<f64> {
        l.complexes().iter().flat_map(|z| if l.dtype().is_complex() { vec![z.re, z.im] } else { vec![z.re] }).collect()
    };
    let (g, w) = (parts(got), parts(want));
    let rtol = factor * tolerance(want.dtype());
    // Near their zeros these are as good as XLA's series for them.
    let series = if ["lgamma", "digamma"].iter().any(|f| name.starts_with(f)) { rtol } else { 0.0 };
    let scale = w.iter().filter(|x| x.is_finite()).fold(0f64, |m, x| m.max(x.abs()));
    for (i, (g, w)) in g.iter().zip(&w).enumerate() {
        // Elements of one array may come of cancelling terms as large as its greatest element, if that is no extreme.
        let near = (g - w).abs()
            <= least_normal(want.dtype())
                + series
                + rtol * w.abs().max(if scale < 1e4 { scale.max(1e-3) } else { 0.0 });
        if !(near || g == w || (g.is_nan() && w.is_nan())) {
            return Some(format!("element {i}: got {g:?}, want {w:?}"));
        }
    }
    None
}

/// Several programs side by side as one, so that XLA compiles once.
pub fn side_by_side(cases: &[Case]) -> Program {
    let mut data = ProgramData::default();
    for case in cases {
        let p = &case.program;
        let base = data.avals.len() as u32;
        let shift = |v: &raxla::ir::Var| raxla::ir::Var(v.0 + base);
        data.avals.extend(p.avals.iter().cloned());
        data.ins.extend(p.ins.iter().map(shift));
        data.consts.extend(p.consts.iter().map(|(v, c)| (shift(v), c.clone())));
        data.outs.extend(p.outs.iter().map(shift));
        data.eqns.extend(p.eqns.iter().cloned().map(|mut e| {
            e.ins.iter_mut().for_each(|v| *v = shift(v));
            e.outs.iter_mut().for_each(|v| *v = shift(v));
            e
        }));
    }
    Program::new(data)
}
/// The outputs of all cases, one after the other, by XLA.
pub fn run_on_xla(cases: &[Case]) -> Vec<Literal> {
    let program = side_by_side(cases);
    let client = Client::global().expect("XLA");
    let text = stablehlo::lower(&program, "cases");
    let names = || cases.iter().map(|c| c.name.as_str()).collect::<Vec<_>>();
    let executable = client.compile(&text, &CompileOptions::default(), &program.in_avals(), &program.out_avals());
    let executable = executable.unwrap_or_else(|e| panic!("{:?}: {e}", names()));
    let device = &client.devices()[0];
    let ins: Vec<Array> =
        cases.iter().flat_map(|c| &c.ins).map(|l| Array::from_literal(l, device).expect("an array")).collect();
    let outs = executable.run(&ins.iter().collect::<Vec<_>>()).unwrap_or_else(|e| panic!("{:?}: {e}", names()));
    outs.iter().map(|o| o.to_literal().expect("a result")).collect()
}
