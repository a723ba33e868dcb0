//! What the tests of whole programs share: programs derived from a program, running on XLA, and comparing numbers.

#![allow(dead_code)] // each test file uses some of it

use num_complex::Complex64;
use raxla_ir::{
    DType, Kind, Literal, Primitive, Program, ShapedArray, Tracer,
    eval::eval,
    primitives::Sample,
    pytree::Axis,
    rewrite,
    trace::{TraceError, bind, catch, inline, trace},
};
use raxla_runtime::{Array, Client, CompileOptions};
use raxla_transforms::{Vmap, per_leaf};

/// A program at a point.
#[derive(Clone)]
pub struct Case {
    /// What it is, for messages.
    pub label: String,
    pub program: Program,
    pub ins: Vec<Literal>,
}
impl Case {
    /// The outputs by the interpreter.
    pub fn eval(&self) -> Vec<Literal> {
        eval(&self.program, &self.ins).unwrap_or_else(|e| panic!("{}: {e}\n{}", self.label, self.program))
    }
}

/// Numbers between -1 and 1 that look random and are the same in every run.
pub struct Numbers(u64);
impl Numbers {
    /// A sequence for each text.
    pub fn of(text: &str) -> Numbers {
        Numbers(text.bytes().fold(0xcbf29ce484222325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100000001b3)))
    }
    pub fn number(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
    /// An array of such numbers; of integers up to 3 in size.
    pub fn array(&mut self, aval: &ShapedArray) -> Literal {
        let aval = aval.strong();
        let n = aval.size();
        match aval.dtype.kind() {
            Kind::Complex => {
                Literal::from_complexes(aval, (0..n).map(|_| Complex64::new(self.number(), self.number())))
            }
            Kind::Float => Literal::from_floats(aval, (0..n).map(|_| self.number())),
            _ => Literal::from_ints(aval, (0..n).map(|_| (4.0 * self.number()) as i128)),
        }
    }
}

/// The program of a function that captures nothing.
pub fn program(ins: &[ShapedArray], f: impl FnOnce(&[Tracer]) -> Vec<Tracer>) -> Program {
    let traced = trace(ins, f);
    assert!(traced.captured.is_empty(), "a function traced at the bottom captures nothing");
    traced.program
}
/// The program of one equation.
pub fn one_equation(op: &raxla_ir::Op, ins: &[Literal]) -> Program {
    let avals: Vec<ShapedArray> = ins.iter().map(|l| l.aval().clone()).collect();
    program(&avals, |args| bind(op.clone(), args).to_vec())
}
/// The sample with operands in double precision, if the primitive then gives double precision.
pub fn in_double(sample: &Sample) -> Option<Sample> {
    let double = |l: &Literal| match l.dtype().kind() {
        Kind::Float => Literal::from_floats(l.aval().with_dtype(DType::F64), l.floats()),
        Kind::Complex => Literal::from_complexes(l.aval().with_dtype(DType::C128), l.complexes()),
        _ => l.clone(),
    };
    let ins: Vec<Literal> = sample.ins.iter().map(double).collect();
    let outs = sample.op.infer(&ins.iter().map(Literal::aval).collect::<Vec<_>>()).ok()?;
    let enough = outs.iter().all(|o| !o.dtype.is_inexact() || epsilon(o.dtype) == f64::EPSILON);
    enough.then(|| Sample { ins, ..sample.clone() })
}
fn inexact(avals: &[ShapedArray]) -> Vec<ShapedArray> {
    avals.iter().filter(|a| a.dtype.is_inexact()).map(ShapedArray::strong).collect()
}
/// `avals` for which `active` holds.
fn chosen(avals: &[ShapedArray], active: &[bool]) -> Vec<ShapedArray> {
    avals.iter().zip(active).filter(|a| *a.1).map(|a| a.0.strong()).collect()
}
/// The derivative as a program: from inputs and tangents of the active ones to outputs and tangents of the inexact ones.
pub fn jvp_program(p: &Program, active: &[bool]) -> Result<Program, TraceError> {
    catch(|| {
        program(&[p.in_avals(), chosen(&p.in_avals(), active)].concat(), |args| {
            let (ins, tangents) = args.split_at(p.ins.len());
            let mut tangents = tangents.iter().copied();
            let tangents: Vec<Option<Tracer>> = active.iter().map(|a| a.then(|| tangents.next()).flatten()).collect();
            let dual = rewrite::jvp(p, ins, &tangents);
            let zero = |o: Tracer| rewrite::zeros_like(o);
            let with: Vec<Tracer> = dual
                .outs
                .iter()
                .zip(&dual.tangents)
                .filter(|(o, _)| o.dtype().is_inexact())
                .map(|(o, t)| t.unwrap_or_else(|| zero(*o)))
                .collect();
            dual.outs.into_iter().chain(with).collect()
        })
    })
}
/// The reverse derivative as a program: from inputs and cotangents of the inexact outputs to cotangents of the active inputs.
pub fn vjp_program(p: &Program, active: &[bool]) -> Result<Program, TraceError> {
    catch(|| {
        program(&[p.in_avals(), inexact(&p.out_avals())].concat(), |args| {
            let (ins, cts) = args.split_at(p.ins.len());
            let l = rewrite::linearize(p, ins, active);
            let mut cts = cts.iter().copied();
            let cts = p.out_avals().into_iter().map(|a| a.dtype.is_inexact().then(|| cts.next()).flatten());
            let cts: Vec<Option<Tracer>> = cts.zip(&l.active).filter(|c| *c.1).map(|c| c.0).collect();
            let wanted = chosen(&p.in_avals(), active);
            let known = l.residuals.iter().map(|r| Some(*r));
            let linear_ins: Vec<Option<Tracer>> = vec![None; wanted.len()].into_iter().chain(known).collect();
            let grads = rewrite::transpose(&l.linear, &linear_ins, &cts);
            grads.into_iter().zip(&wanted).map(|(g, a)| g.unwrap_or_else(|| rewrite::jvp::zeros(a))).collect()
        })
    })
}
/// The program over a batch of `size` along the given axis of each input.
pub fn batched_program(p: &Program, size: usize, axes: &[Option<isize>]) -> Program {
    let avals: Vec<ShapedArray> = p.in_avals().iter().zip(axes).map(|(a, axis)| with_axis(a, size, *axis)).collect();
    program(&avals, |args| {
        let over = per_leaf(axes.iter().map(|a| Axis(*a)).collect::<Vec<Axis>>());
        let f = Vmap::over((over,)).axis_size(size).of(|args: Vec<Tracer>| inline(p, &args));
        f(args.to_vec())
    })
}
fn with_axis(aval: &ShapedArray, size: usize, axis: Option<isize>) -> ShapedArray {
    let Some(axis) = axis else { return aval.clone() };
    let mut shape = aval.shape.clone();
    shape.insert(if axis < 0 { (axis + aval.rank() as isize + 1) as usize } else { axis as usize }, size);
    aval.with_shape(&shape)
}
/// Equal arrays, one behind the other along a new axis (negative: from the end).
pub fn stack(parts: &[Literal], axis: isize) -> Literal {
    let aval = with_axis(parts[0].aval(), parts.len(), Some(axis));
    let at = if axis < 0 { (axis + aval.rank() as isize) as usize } else { axis as usize };
    let inner: usize = parts[0].shape()[at..].iter().product::<usize>() * parts[0].dtype().size();
    Literal::build(aval, |bytes| {
        if inner > 0 {
            for (i, run) in bytes.chunks_exact_mut(inner).enumerate() {
                run.copy_from_slice(&parts[i % parts.len()].bytes()[i / parts.len() * inner..][..inner]);
            }
        }
    })
}

/// Why a rule may refuse a derivative: it says so at the user's line.
pub fn refuses(error: &TraceError) -> bool {
    ["has no derivative", "reverse mode only"].iter().any(|why| error.message.contains(why))
}
/// Every non-empty choice among the places where `from` holds: each alone, and all together.
pub fn each_and_all(from: &[bool]) -> Vec<Vec<bool>> {
    let places: Vec<usize> = (0..from.len()).filter(|i| from[*i]).collect();
    let mut all: Vec<Vec<bool>> = places.iter().map(|i| (0..from.len()).map(|j| j == *i).collect()).collect();
    if places.len() > 1 {
        all.push(from.to_vec());
    }
    all
}

/// `Re Σ x·y`: the pairing of tangents with cotangents. It is bilinear, for complex numbers too, as in JAX.
pub fn pairing(xs: &[Literal], ys: &[Literal]) -> (f64, f64) {
    let products = xs.iter().zip(ys).flat_map(|(x, y)| x.complexes().into_iter().zip(y.complexes()));
    products.fold((0.0, 0.0), |(sum, size), (x, y)| (sum + (x * y).re, size + x.norm() * y.norm()))
}
/// The unit roundoff of a dtype.
pub fn epsilon(dtype: DType) -> f64 {
    match dtype.real() {
        DType::F64 => f64::EPSILON,
        DType::F32 => f64::from(f32::EPSILON),
        DType::F16 => 2f64.powi(-10),
        DType::BF16 => 2f64.powi(-7),
        _ => 0.25,
    }
}
/// The coarsest precision among the inexact ones of some types; 0 if none is inexact.
pub fn coarsest<'a>(avals: impl IntoIterator<Item = &'a ShapedArray>) -> f64 {
    avals.into_iter().filter(|a| a.dtype.is_inexact()).map(|a| epsilon(a.dtype)).fold(0.0, f64::max)
}

/// A directional derivative by central differences, `None` where it does not exist: where two step sizes disagree.
pub struct Differences(pub Vec<Vec<Option<Complex64>>>);
/// The derivative of the inexact outputs in direction `along` (`None`: no change). The error is of order `step⁴`.
pub fn differences(p: &Program, ins: &[Literal], along: &[Option<Literal>], step: f64) -> Differences {
    let at = |h: f64| -> Option<Vec<Vec<Complex64>>> {
        let moved: Vec<Literal> = ins
            .iter()
            .zip(along)
            .map(|(x, t)| match t {
                None => x.clone(),
                Some(t) => {
                    let sum = x.complexes().into_iter().zip(t.complexes()).map(|(x, t)| x + h * t);
                    Literal::from_complexes(x.aval().clone(), sum)
                }
            })
            .collect();
        let outs = eval(p, &moved).ok()?;
        Some(outs.iter().filter(|o| o.dtype().is_inexact()).map(Literal::complexes).collect())
    };
    let difference = |h: f64| -> Option<Vec<Vec<Complex64>>> {
        let (up, down) = (at(h)?, at(-h)?);
        let pairs = up.into_iter().zip(down);
        Some(pairs.map(|(u, d)| u.into_iter().zip(d).map(|(u, d)| (u - d) / (2.0 * h)).collect()).collect())
    };
    let (Some(coarse), Some(fine)) = (difference(step), difference(step / 2.0)) else {
        panic!("no value near {ins:?}")
    };
    let agree = |(c, f): (Complex64, Complex64)| {
        let richardson = (4.0 * f - c) / 3.0;
        // Of a smooth function the two differ by `step²` times a third derivative of up to a thousand.
        let agreement = (1e4 * step * step).min(1e-2);
        (richardson.norm().is_finite() && (c - f).norm() <= agreement * richardson.norm().max(1.0))
            .then_some(richardson)
    };
    Differences(coarse.into_iter().zip(fine).map(|(c, f)| c.into_iter().zip(f).map(agree).collect()).collect())
}
/// The step for differences of functions computed with precision `epsilon`, and the tolerance, relative to the larger of 1 and the
/// derivative. The error of the differences is rounding, `epsilon / step`, plus `step⁴` times the fifth derivative, which is up to
/// about 1e4 for the samples near poles; each tolerance is some 30 times their sum.
pub fn step_and_tolerance(precision: f64) -> Option<(f64, f64)> {
    match precision {
        e if e == epsilon(DType::F64) => Some((1e-4, 1e-7)),
        e if e == epsilon(DType::F32) => Some((1.0 / 32.0, 2e-3)),
        _ => None, // 16 bits are too few for differences
    }
}
/// Checks the derivative of a program in the active inputs against central differences. Returns how many numbers it compared.
pub fn check_jvp(label: &str, p: &Program, ins: &[Literal], active: &[bool]) -> usize {
    let derivative = match jvp_program(p, active) {
        Ok(derivative) => derivative,
        Err(e) if refuses(&e) => return 0,
        Err(e) => panic!("{label}: jvp in {active:?}: {e}"),
    };
    let precision = coarsest(p.in_avals().iter().chain(&p.out_avals()));
    let Some((step, tolerance)) = step_and_tolerance(precision) else { return 0 };
    let mut numbers = Numbers::of(&format!("tangents of {label}"));
    let along: Vec<Option<Literal>> = ins.iter().zip(active).map(|(x, a)| a.then(|| numbers.array(x.aval()))).collect();
    let operands: Vec<Literal> = ins.iter().cloned().chain(along.iter().flatten().cloned()).collect();
    let outs = eval(&derivative, &operands).unwrap_or_else(|e| panic!("{label}: jvp: {e}\n{derivative}"));
    let Differences(wanted) = differences(p, ins, &along, step);
    let mut compared = 0;
    for (i, (got, want)) in outs[p.outs.len()..].iter().zip(wanted).enumerate() {
        for (k, (got, want)) in got.complexes().into_iter().zip(want).enumerate() {
            let Some(want) = want else { continue };
            compared += 1;
            let fits = (got - want).norm() <= tolerance * want.norm().max(1.0);
            assert!(
                fits,
                "{label}: jvp in {active:?}: element {k} of inexact output {i} is {got}, central differences give {want}\n\
                 at {ins:?}\nalong {along:?}\n{derivative}"
            );
        }
    }
    compared
}
/// Checks `⟨jvp t, c⟩ == ⟨t, vjp c⟩`. Where there is no forward mode, differences stand for the jvp.
pub fn check_adjoint(label: &str, p: &Program, ins: &[Literal], active: &[bool]) {
    let reverse = match vjp_program(p, active) {
        Ok(reverse) => reverse,
        Err(e) if refuses(&e) => return,
        Err(e) => panic!("{label}: vjp in {active:?}: {e}"),
    };
    let mut numbers = Numbers::of(&format!("tangents of {label}"));
    let along: Vec<Option<Literal>> = ins.iter().zip(active).map(|(x, a)| a.then(|| numbers.array(x.aval()))).collect();
    let tangents: Vec<Literal> = along.iter().flatten().cloned().collect();
    let cts: Vec<Literal> = inexact(&p.out_avals()).iter().map(|a| numbers.array(a)).collect();
    let run = |p: &Program, more: &[Literal]| {
        eval(p, &[ins, more].concat()).unwrap_or_else(|e| panic!("{label}: {active:?}: {e}\n{p}"))
    };
    let grads = run(&reverse, &cts);
    let pushed = match jvp_program(p, active) {
        Ok(forward) => run(&forward, &tangents)[p.outs.len()..].to_vec(),
        Err(e) if refuses(&e) => {
            let Some((step, _)) = step_and_tolerance(coarsest(&p.in_avals())) else { return };
            let Differences(found) = differences(p, ins, &along, step);
            let outs = found.into_iter().zip(inexact(&p.out_avals()));
            outs.map(|(d, a)| Literal::from_complexes(a, d.into_iter().map(|z| z.unwrap_or_default()))).collect()
        }
        Err(e) => panic!("{label}: jvp in {active:?}: {e}"),
    };
    let ((forward, size), (backward, other)) = (pairing(&pushed, &cts), pairing(&tangents, &grads));
    // Each of a few equations rounds once, in either direction; 1e-9 where differences stand for the derivative.
    let precision = coarsest(p.in_avals().iter().chain(&p.out_avals()));
    let tolerance = (64.0 * precision).max(1e-9) * (1.0 + size.max(other));
    let same = (forward - backward).abs() <= tolerance || (forward.is_nan() && backward.is_nan());
    assert!(
        same,
        "{label}: in {active:?}: ⟨jvp t, c⟩ = {forward}, ⟨t, vjp c⟩ = {backward}\nt = {tangents:?}\nc = {cts:?}\n\
         jvp t = {pushed:?}\nvjp c = {grads:?}\n{reverse}"
    );
}

/// The outputs of several programs, compiled by XLA as one: compiling costs more than anything else here.
pub fn run_on_xla(cases: &[Case]) -> Vec<Vec<Literal>> {
    run_together(cases).unwrap_or_else(|error| {
        for case in cases {
            if let Err(e) = run_together(std::slice::from_ref(case)) {
                panic!("{}: XLA: {e}\n{}", case.label, case.program);
            }
        }
        panic!("XLA: {} cases, each of which compiles alone: {error}", cases.len())
    })
}
fn run_together(cases: &[Case]) -> Result<Vec<Vec<Literal>>, String> {
    let avals: Vec<ShapedArray> = cases.iter().flat_map(|c| c.program.in_avals()).collect();
    let all = program(&avals, |args| {
        let mut args = args.iter().copied();
        cases
            .iter()
            .flat_map(|c| inline(&c.program, &args.by_ref().take(c.program.ins.len()).collect::<Vec<_>>()))
            .collect()
    });
    let module = raxla_ir::stablehlo::lower(&all, "cases");
    let client = Client::global().map_err(|e| e.to_string())?;
    let compiled = client.compile(&module, &CompileOptions::default(), &all.in_avals(), &all.out_avals());
    let compiled = compiled.map_err(|e| if cases.len() == 1 { format!("{e}\n{module}") } else { e.to_string() })?;
    let device = &client.devices()[0];
    let ins = cases.iter().flat_map(|c| &c.ins).map(|l| Array::from_literal(l, device)).collect::<Result<Vec<_>, _>>();
    let ins = ins.map_err(|e| e.to_string())?;
    let outs = compiled.run(&ins.iter().collect::<Vec<_>>()).map_err(|e| e.to_string())?;
    let outs = outs.iter().map(Array::to_literal).collect::<Result<Vec<_>, _>>().map_err(|e| e.to_string())?;
    let mut outs = outs.into_iter();
    Ok(cases.iter().map(|c| outs.by_ref().take(c.program.outs.len()).collect()).collect())
}

/// Runs a check on every item, and reports all that fail, not only the first.
pub fn each<T>(items: impl IntoIterator<Item = T>, check: impl Fn(T)) {
    let text = |panic: Box<dyn std::any::Any + Send>| match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(other) => other.downcast::<&str>().map_or("a panic".into(), |text| text.to_string()),
    };
    let run = |item| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(item))).err().map(text);
    let wrong: Vec<String> = items.into_iter().filter_map(run).collect();
    let shown = wrong.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n\n");
    assert!(wrong.is_empty(), "{} failures, the first of them:\n\n{shown}", wrong.len());
}

/// How two arrays of one type differ: `None` if no element differs by more than `tolerance`, relative to the larger of 1 and the
/// wanted number. Integers, bools, infinities and places of NaN must be equal.
pub fn difference(got: &Literal, want: &Literal, tolerance: f64) -> Option<String> {
    if got.aval().strong() != want.aval().strong() {
        return Some(format!("the type is {}, wanted {}", got.aval(), want.aval()));
    }
    if !want.dtype().is_inexact() {
        return (got.ints() != want.ints()).then(|| format!("got {got:?}, wanted {want:?}"));
    }
    let fits = |g: f64, w: f64, size: f64| {
        g == w
            || (g.is_nan() && w.is_nan())
            || (g - w).abs() <= tolerance * if size.is_finite() { size.max(1.0) } else { 1.0 }
    };
    let pairs = got.complexes().into_iter().zip(want.complexes());
    let wrong = pairs.enumerate().find(|(_, (g, w))| !(fits(g.re, w.re, w.norm()) && fits(g.im, w.im, w.norm())));
    wrong.map(|(i, (g, w))| {
        let relative = (g - w).norm() / w.norm().max(1.0);
        format!("element {i} is {g}, wanted {w} (relative error {relative:.1e}, allowed {tolerance:.1e})")
    })
}
/// Checks that the outputs of a case fit those wanted.
pub fn check_outputs(case: &Case, law: &str, got: &[Literal], want: &[Literal], tolerance: impl Fn(DType) -> f64) {
    assert_eq!(got.len(), want.len(), "{}: {law}: number of outputs", case.label);
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        if let Some(wrong) = difference(g, w, tolerance(w.dtype())) {
            panic!("{}: {law}: output {i}: {wrong}\nat {:?}\n{}", case.label, case.ins, case.program);
        }
    }
}
