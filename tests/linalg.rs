//! Linear algebra on matrices larger than the samples, by what decompositions promise; and its lowering for other platforms.

mod support;

use raxla_ir::{
    DType, Literal, Platform, Program, ShapedArray, Tracer,
    eval::eval,
    primitives::{Eig, TriangularSolve, iota::iota, linalg},
    stablehlo,
    trace::catch,
};
use raxla_runtime::{Array, Client, CompileOptions};
use support::*;

fn adjoint(x: Tracer) -> Tracer {
    let x = x.moveaxis(-1, -2);
    if x.dtype().is_complex() { x.conj() } else { x }
}
/// The greatest size of an element.
fn size(x: Tracer) -> Tracer {
    if x.size() == 0 { x.abs().sum() } else { x.abs().max() }
}
/// How far columns are from orthonormal.
fn skew(q: Tracer) -> Tracer {
    size(adjoint(q).matmul(q) - eye(q.shape()[1], q.dtype()))
}
fn eye(n: usize, dtype: DType) -> Tracer {
    iota(DType::I32, &[n, n], 0).equal(iota(DType::I32, &[n, n], 1)).astype(dtype)
}
/// Columns times the numbers of a vector.
fn scaled(columns: Tracer, by: Tracer) -> Tracer {
    columns * by.astype(columns.dtype()).expand_dims(0).broadcast_to(&columns.shape())
}
/// The part of a matrix with `column - row < k`.
fn below(x: Tracer, k: i32) -> Tracer {
    let (row, column) = (iota(DType::I32, &x.shape(), 0), iota(DType::I32, &x.shape(), 1));
    column.less(row + k).select(x, 0.0)
}

/// Everything that must be zero up to rounding.
fn residuals(a: Tracer) -> Vec<Tracer> {
    let (m, n) = (a.shape()[0], a.shape()[1]);
    let mut all = vec![];
    let (lu, _, permutation) = a.lu();
    let k = m.min(n);
    let l = below(lu.slice_axis(-1, 0, k), 0);
    let l = l + iota(DType::I32, &[m, k], 0).equal(iota(DType::I32, &[m, k], 1)).astype(a.dtype());
    let u = lu.slice_axis(-2, 0, k);
    all.push(size(l.matmul(u - below(u, 0)) - a.take(permutation, 0)));
    for full in [false, true] {
        let (q, r) = a.qr(full);
        all.extend([size(q.matmul(r) - a), skew(q), size(below(r, 0))]);
        let (u, s, vh) = a.svd(full);
        let back = scaled(u.slice_axis(-1, 0, k), s).matmul(vh.slice_axis(-2, 0, k));
        all.extend([size(back - a), skew(u), skew(adjoint(vh)), size(s - a.singular_values())]);
    }
    if m != n {
        return all;
    }
    let hermitian = (a + adjoint(a)) * 0.5;
    for lower in [true, false] {
        let (v, w) = hermitian.eigh(lower, false);
        all.extend([size(scaled(v, w).matmul(adjoint(v)) - hermitian), skew(v)]);
    }
    let definite = a.matmul(adjoint(a)) + eye(n, a.dtype());
    let l = definite.cholesky(true);
    all.extend([size(l.matmul(adjoint(l)) - definite), size(l - (l - below(l, 1)) - below(l, 1))]);
    let (t, z) = a.schur();
    let corner = if a.dtype().is_complex() { 0 } else { -1 };
    all.extend([size(z.matmul(t).matmul(adjoint(z)) - a), skew(z), size(below(t, corner))]);
    let op = Eig { compute_left_eigenvectors: true, compute_right_eigenvectors: true };
    let outs = raxla_ir::trace::bind(op.into(), &[a]);
    let (w, u, v, a) = (outs[0], outs[1], outs[2], a.astype(outs[0].dtype()));
    all.extend([size(a.matmul(v) - scaled(v, w)), size(adjoint(a).matmul(u) - scaled(u, w.conj()))]);
    let op = TriangularSolve { left_side: true, lower: true, ..TriangularSolve::default() };
    all.push(size(l.matmul(l.triangular_solve(hermitian, op)) - hermitian));
    all
}
#[test]
fn decompositions_hold_on_larger_matrices() {
    for dtype in [DType::F32, DType::F64, DType::C64, DType::C128] {
        for shape in [[1, 1], [7, 7], [40, 40], [90, 90], [70, 40], [40, 70]] {
            let aval = ShapedArray::new(&shape, dtype);
            let label = format!("residuals of {aval}");
            let a = Numbers::of(&label).array(&aval);
            let p = program(&[aval], |a| residuals(a[0]));
            let outs = run_on_xla(&[Case { label: label.clone(), program: p, ins: vec![a] }]).remove(0);
            let n = shape[0].max(shape[1]) as f64;
            for (i, out) in outs.iter().enumerate() {
                let (got, allowed) = (out.floats()[0], 20.0 * n * epsilon(dtype));
                assert!(got <= allowed, "{label}: number {i} is {got:e}, allowed {allowed:e}");
            }
        }
    }
}

/// XLA's own forms of what it has, which other platforms compile, are compiled for the CPU here.
#[test]
fn other_platforms_compute_the_same() {
    type Function = fn(Tracer) -> Vec<Tracer>;
    let functions: [(&str, Function); 5] = [
        ("cholesky", |a| vec![(a.matmul(adjoint(a)) + eye(3, a.dtype())).cholesky(true)]),
        ("triangular_solve", |a| {
            let op =
                TriangularSolve { lower: true, transpose_a: true, conjugate_a: true, ..TriangularSolve::default() };
            vec![(a + eye(3, a.dtype()) * 3.0).triangular_solve(a, op)]
        }),
        ("qr", |a| <[Tracer; 2]>::from(a.qr(true)).to_vec()),
        ("qr", |a| <[Tracer; 2]>::from(a.slice_axis(1, 0, 2).qr(true)).to_vec()),
        ("eigh", |a| <[Tracer; 2]>::from(a.eigh(true, true)).to_vec()),
    ];
    let client = Client::global().unwrap();
    for dtype in [DType::F32, DType::F64, DType::C128] {
        for (name, f) in functions {
            let aval = ShapedArray::new(&[3, 3], dtype);
            let a = Numbers::of(name).array(&aval);
            let p: Program = program(&[aval], |a| f(a[0]));
            let text = stablehlo::lower_for(&p, name, &[], Platform::Gpu);
            assert!(!text.contains(stablehlo::KERNEL_TARGET), "{name}: {text}");
            let executable = client.compile(&text, &CompileOptions::default(), &p.in_avals(), &p.out_avals()).unwrap();
            let x = Array::from_literal(&a, &client.devices()[0]).unwrap();
            let outs: Vec<Literal> = executable.run(&[&x]).unwrap().iter().map(|o| o.to_literal().unwrap()).collect();
            let case = Case { label: format!("{name} of {dtype}"), program: p, ins: vec![a] };
            // XLA's Jacobi method ends at a tolerance of its own.
            let want = eval(&case.program, &case.ins).unwrap();
            check_outputs(&case, "other platforms", &outs, &want, |d| if d.real() == DType::F32 { 2e-4 } else { 1e-9 });
        }
    }
}
#[test]
fn what_other_platforms_cannot_compute_says_so() {
    let p = program(&[ShapedArray::new(&[2, 2], DType::F32)], |a| vec![linalg::solve(a[0], a[0].svd(false).0)]);
    let error = catch(|| stablehlo::lower_for(&p, "f", &[], Platform::Gpu)).unwrap_err();
    assert!(error.message.contains("on Gpu") && error.at.to_string().contains("tests/linalg.rs"), "{error}");
}
