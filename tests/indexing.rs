//! Indexing as NumPy and JAX do it: every row of `tests/oracle/cases/numpy_indexing.jsonl`, its derivatives and batches; and every error.

mod support;

use raxla::ir::{
    DType, Literal, ShapedArray, Tracer,
    indexing::{At, Ellipsis, Index, IndexMode, NewAxis, Slice, Step},
    trace::{catch, constant, trace},
};
use serde_json::Value;
use std::{panic::Location, path::Path};
use support::{
    Case, batched_program, check_adjoint, check_jvp, check_outputs, each, epsilon, program, run_on_xla, stack,
};

/// A row as data: the indexing as a program of the array, the computed items of the index, and the value.
struct Row {
    case: Case,
    want: Literal,
}
fn literal(text: &Value) -> Literal {
    let (aval, hex) = text.as_str().and_then(|t| t.split_once(':')).expect("a literal");
    let (dtype, dims) = aval.split_once('[').expect("a type");
    let dims = dims.trim_end_matches(']').split(',').filter(|d| !d.is_empty());
    let shape: Vec<usize> = dims.map(|d| d.parse().expect("a size")).collect();
    let byte = |i: usize| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hex");
    let bytes: Vec<u8> = (0..hex.len() / 2).map(byte).collect();
    Literal::from_bytes(ShapedArray::new(&shape, dtype.parse().expect("a dtype")), &bytes).expect("enough bytes")
}
/// One item of an index; `computed` gives the tracers of computed ones.
fn item(item: &Value, computed: &mut dyn Iterator<Item = Tracer>) -> Index {
    if let Some(name) = item.as_str() {
        return if name == "newaxis" { NewAxis.into() } else { Ellipsis.into() };
    }
    let (kind, value) = item.as_object().and_then(|o| o.iter().next()).expect("an item");
    let bound = |i: usize| value[i].as_i64().map(|b| b as isize);
    match kind.as_str() {
        "int" => value.as_i64().expect("an integer").into(),
        "slice" => Slice { start: bound(0), stop: bound(1), step: bound(2).expect("a step") }.into(),
        "array" => literal(value).into(),
        "tracer" => computed.next().expect("a tracer").into(),
        other => panic!("an item of kind {other}"),
    }
}
fn apply(at: At, op: &str, value: Option<Tracer>) -> Tracer {
    let value = || value.expect("a value");
    match op {
        "get" => at.get(),
        "set" => at.set(value()),
        "add" => at.add(value()),
        "subtract" => at.subtract(value()),
        "multiply" => at.multiply(value()),
        "divide" => at.divide(value()),
        "power" => at.power(value()),
        "min" => at.min(value()),
        "max" => at.max(value()),
        "apply" => at.apply(|x| x * 2 + 1),
        other => panic!("the operation {other}"),
    }
}
fn row(line: &str) -> Row {
    let json: Value = serde_json::from_str(line).expect("JSON");
    let items = json["index"].as_array().expect("items");
    let computed: Vec<Literal> = items.iter().filter_map(|i| i.get("tracer")).map(literal).collect();
    let value = Some(&json["value"]).filter(|v| !v.is_null()).map(literal);
    let ins: Vec<Literal> = std::iter::once(literal(&json["x"])).chain(computed.clone()).chain(value.clone()).collect();
    let avals: Vec<ShapedArray> = ins.iter().map(|l| l.aval().clone()).collect();
    let traced = program(&avals, |args| {
        let mut tracers = args[1..=computed.len()].iter().copied();
        let index: Vec<Index> = items.iter().map(|i| item(i, &mut tracers)).collect();
        let mut at = args[0].at(index).wrap_negative_indices(json["wrap_negative_indices"].as_bool().expect("a bool"));
        if let Some(mode) = json["mode"].as_str() {
            at = at.mode(mode.parse::<IndexMode>().expect("a mode"));
        }
        at = match json["fill_value"].as_f64() {
            Some(fill) if args[0].dtype().is_integer() => at.fill_value(fill as i64),
            Some(fill) => at.fill_value(fill),
            None => at,
        };
        vec![apply(at, json["op"].as_str().expect("an operation"), value.as_ref().map(|_| args[args.len() - 1]))]
    });
    let label = json["name"].as_str().expect("a name").to_string();
    Row { case: Case { label, program: traced, ins }, want: literal(&json["outs"][0]) }
}
fn rows() -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/cases/numpy_indexing.jsonl");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let rows: Vec<Row> = text.lines().map(row).collect();
    assert!(rows.len() >= 250, "only {} rows", rows.len());
    rows
}
/// An operation or two, each rounded once; powers of XLA are good to a few units in the last place more.
fn tolerance(dtype: DType) -> f64 {
    16.0 * epsilon(dtype)
}

#[test]
fn interpreted_rows_agree_with_numpy_and_jax() {
    each(rows(), |r| check_outputs(&r.case, "the interpreter", &r.case.eval(), &[r.want.clone()], tolerance));
}
#[test]
fn compiled_rows_agree_with_numpy_and_jax() {
    let rows = rows();
    for chunk in rows.chunks(100) {
        let cases: Vec<Case> = chunk.iter().map(|r| r.case.clone()).collect();
        let outs = run_on_xla(&cases);
        each(chunk.iter().zip(outs), |(r, got)| check_outputs(&r.case, "XLA", &got, &[r.want.clone()], tolerance));
    }
}
/// Reads that break the promise to be in bounds: their values, and derivatives forward, are of what was moved inside; in reverse, as in JAX,
/// cotangents of what is out of bounds are dropped.
const BROKEN: &[&str] = &["/computed outside", "/computed u32", "/known outside", "/promise_in_bounds"];

/// Forward derivatives against differences, reverse ones against forward ones; where they exist.
#[test]
fn rows_have_derivatives() {
    let rows = rows().into_iter().filter(|r| {
        // At NaN there are no differences.
        let finite = r.case.ins.iter().flat_map(|l| l.floats()).chain(r.want.floats()).all(f64::is_finite);
        finite && r.case.ins[0].dtype().is_inexact()
    });
    each(rows, |r| {
        let Case { label, program, ins } = &r.case;
        let active: Vec<bool> = ins.iter().map(|l| l.dtype().is_inexact()).collect();
        check_jvp(label, program, ins, &active);
        if !BROKEN.iter().any(|name| label.ends_with(name)) {
            check_adjoint(label, program, ins, &active);
        }
    });
}
/// A batch of two is the two, each by itself: of the row, and of the row with its inputs in opposite order.
#[test]
fn rows_have_batches() {
    each(rows(), |r| {
        let turned = |l: &Literal| l.gather(l.shape(), None, |i| Some(l.size() - 1 - i));
        let other = Case { ins: r.case.ins.iter().map(turned).collect(), ..r.case.clone() };
        let axes = vec![Some(0); r.case.ins.len()];
        let ins = r.case.ins.iter().zip(&other.ins).map(|(a, b)| stack(&[a.clone(), b.clone()], 0)).collect();
        let batch = Case { program: batched_program(&r.case.program, 2, &axes), ins, label: r.case.label.clone() };
        let want = stack(&[r.case.eval().remove(0), other.eval().remove(0)], 0);
        check_outputs(&batch, "a batch", &batch.eval(), &[want], tolerance);
    });
}

/// Checks what is wrong with an indexing of an `f32[3,4]`, given an `i32[2]`, a `bool[3,4]` and an `f32[2]`: the message, and the line.
#[track_caller]
fn wrong(f: impl Fn([Tracer; 4]) -> Tracer, message: &str) {
    let types: [(&[usize], DType); 4] =
        [(&[3, 4], DType::F32), (&[2], DType::I32), (&[3, 4], DType::Bool), (&[2], DType::F32)];
    let avals = types.map(|(shape, dtype)| ShapedArray::new(shape, dtype));
    let Err(error) = catch(|| trace(&avals, |a| vec![f([a[0], a[1], a[2], a[3]])])) else { panic!("not: {message}") };
    assert_eq!(error.message, message);
    let at = Location::caller();
    // The wrong call stands in one of the lines of this one.
    assert!(error.at.file == at.file() && (at.line()..at.line() + 4).contains(&error.at.line), "{error}, not at {at}");
}
#[test]
fn errors_name_what_was_got_and_the_line() {
    wrong(|[x, _, _, _]| x.index((0, 0, 0)), "at: too many indices: 3 for f32[3,4]");
    wrong(|[x, _, _, _]| x.index((Ellipsis, Ellipsis)), "at: an index has at most one ellipsis, got 2");
    wrong(|[x, _, _, _]| x.index(3), "at: index 3 is out of bounds for axis 0 of f32[3,4]");
    wrong(|[x, _, _, _]| x.at((0, -5)).add(1.0), "at: index -5 is out of bounds for axis 1 of f32[3,4]");
    wrong(
        |[x, _, _, _]| x.at(-1).wrap_negative_indices(false).get(),
        "at: index -1 is out of bounds for axis 0 of f32[3,4]",
    );
    wrong(|[x, _, _, _]| x.index((..).step(0)), "at: the step of a slice must not be 0");
    wrong(|[x, _, _, v]| x.index(v), "at: an index takes integers or bools, got f32[2]");
    wrong(|[x, _, _, _]| x.index(Literal::from(vec![1.0f64])), "at: an index takes integers or bools, got f64[1]");
    wrong(|[x, i, _, _]| x.index((i, [0, 1, 2])), "at: the indices must broadcast together, got [2] and [3]");
    wrong(|[x, _, _, _]| x.index([true, false]), "at: the mask bool[2] does not fit f32[3,4] at axis 0");
    wrong(
        |[x, _, m, _]| x.index(m),
        "at: the mask bool[3,4] is computed, so that the shape of the result is not known; take the indices of its elements with `nonzero(size=…)`, or choose with `select`",
    );
    wrong(|[x, _, m, _]| x.at((m, 0)).set(0.0), "at: too many indices: 3 for f32[3,4]");
    wrong(|[x, _, m, _]| x.at((.., m)).set(0.0), "at: the mask bool[3,4] does not fit f32[3,4]");
    wrong(
        |[x, _, m, v]| x.at(m).set(v),
        "at: the value f32[2] depends on how many elements the computed mask bool[3,4] has; a scalar would do, or `select`",
    );
    wrong(|[x, _, _, v]| x.at(0).set(v), "at: the value f32[2] does not broadcast to the elements [4]");
    wrong(
        |[x, i, _, _]| x.at(0).set(i),
        "at: the value must have the dtype of f32[3,4], got i32[2]; convert one of them with `.astype(…)`",
    );
    wrong(|[_, i, _, _]| i.at(0).divide(2), "at: divide takes floats or complex numbers, got i32[2]");
    wrong(|[_, i, _, _]| i.at(0).fill_value(0.5).get(), "at: the fill value f64[] 0.5 cannot take the dtype i32");
    wrong(
        |[x, _, _, _]| x.at(0).fill_value(Literal::from(vec![0.5f32])).get(),
        "at: the fill value must be a scalar, got f32[1]",
    );
    wrong(
        |[x, _, _, _]| x.at(0).apply(|x| x.sum()),
        "at: the function to apply must keep the type f32[1,4], got f32[]",
    );
    wrong(
        |[_, i, _, _]| constant(Literal::zeros(ShapedArray::new(&[0, 4], DType::F32))).index(i),
        "at: axis 0 of f32[0,4] has no elements",
    );
}
