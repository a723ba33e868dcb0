//! The pipeline as users meet it: `jit` on arrays, with everything around it.

use raxla::{Compiled, Error, prelude::*, transforms::Vmap};
use std::collections::BTreeMap;

#[derive(Pytree, Clone, Debug)]
struct Affine<T = Tracer> {
    w: T,
    b: T,
}
fn floats(a: &Array) -> Vec<f32> {
    a.to_vec().expect("f32")
}
fn row(x: [f32; 3]) -> Array {
    Array::from(x.to_vec())
}

#[test]
fn jit_anywhere_changes_nothing() {
    let f = |x: Tracer| (x.sin() * x).sum();
    let x = row([0.3, -1.0, 2.0]);
    let plain = floats(&jit(grad(f))(x.clone()));
    let inside = floats(&jit(grad(jit(f)))(x.clone()));
    let nested = floats(&jit(jit(grad(jit(jit(f)))))(x.clone()));
    assert_eq!(plain, inside);
    assert_eq!(plain, nested);

    let cube = |x: Tracer| x * x * x;
    let want = [6.0 * 0.3f32, -6.0, 12.0];
    for second in [
        floats(&jit(vmap(grad(grad(jit(cube))), 0))(x.clone())),
        floats(&jit(vmap(jit(grad(jit(grad(cube)))), 0))(x.clone())),
    ] {
        second.iter().zip(want).for_each(|(g, w)| assert!((g - w).abs() < 1e-5, "{second:?}"));
    }
}
#[test]
fn a_jitted_function_that_is_called_twice_is_lowered_once() {
    let layer = jit(|x: Tracer| (x.sin() + x.cos()).tanh());
    let apply = |x: Tracer| raxla::ir::function::Function::apply(&layer, (x,));
    let twice = jit(|x: Tracer| apply(apply(x)));
    let lowered = twice.lower((row([0.1, 0.2, 0.3]),)).expect("lowers");
    assert_eq!(lowered.as_text().matches("stablehlo.sine").count(), 1, "{}", lowered.as_text());
    assert_eq!(lowered.equations(), 2 + 2 * 4);
    let (x, y) = (row([0.1, 0.2, 0.3]), twice(row([0.1, 0.2, 0.3])));
    let f = |x: f32| (x.sin() + x.cos()).tanh();
    floats(&x).iter().zip(floats(&y)).for_each(|(x, y)| assert!((f(f(*x)) - y).abs() < 1e-6));
}
#[test]
fn new_types_and_structures_compile_anew() {
    let total = jit(|xs: Vec<Tracer>| xs.into_iter().reduce(|a, b| a + b).map_or_else(|| constant(0f32), |s| s.sum()));
    assert_eq!(total(vec![row([1.0, 2.0, 3.0])]).item::<f32>().expect("a number"), 6.0);
    assert_eq!(total(vec![row([1.0, 2.0, 3.0]); 4]).item::<f32>().expect("a number"), 24.0);
    assert_eq!(total(vec![Array::from(vec![1i32, 2])]).item::<i32>().expect("a number"), 3);
    assert_eq!(total(vec![]).item::<f32>().expect("a number"), 0.0);
    assert_eq!(total(vec![row([1.0, 2.0, 4.0])]).item::<f32>().expect("a number"), 7.0);
}
#[test]
fn trees_of_all_kinds_go_in_and_come_out() {
    type Tree<T> = (Affine<T>, BTreeMap<String, [T; 2]>, Option<Box<T>>);
    let f = jit(|(a, m, o): Tree<Tracer>, x: Tracer| -> Tree<Tracer> {
        (
            Affine { w: a.w * x, b: a.b },
            m.into_iter().map(|(k, [p, q])| (k, [q, p])).collect(),
            o.map(|o| Box::new(-*o)),
        )
    });
    let tree = (
        Affine { w: row([1.0, 2.0, 3.0]), b: Array::from(1i32) },
        BTreeMap::from([("k".to_string(), [Array::from(1f32), Array::from(2f32)])]),
        Some(Box::new(Array::from(5f64))),
    );
    let (a, m, o) = f(tree, Array::from(2f32));
    assert_eq!((floats(&a.w), a.b.item::<i32>().expect("a number")), (vec![2.0, 4.0, 6.0], 1));
    assert_eq!(m["k"][0].item::<f32>().expect("a number"), 2.0);
    assert_eq!(o.expect("is there").item::<f64>().expect("a number"), -5.0);
}
#[test]
fn what_is_moved_in_is_donated_and_what_is_kept_is_not() {
    let step = jit(|x: Tracer| x + 1.0).donate(&[0]);
    let x = Array::from(vec![1f32; 1024]);
    let kept = x.clone();
    let y = step(x);
    assert!(!kept.is_donated(), "a clone that is still held must stay valid");
    assert_eq!(floats(&kept), [1f32; 1024]);
    assert_eq!(floats(&y), [2f32; 1024]);
    assert_eq!(floats(&step(step(y))), [4f32; 1024]);
    let text = step.lower((kept,)).expect("lowers").as_text().to_string();
    assert!(text.contains("jax.buffer_donor = true"), "{text}");
}
#[test]
fn large_constants_are_passed_and_not_printed() {
    let big = Literal::new(&[20_000], &(0..20_000).map(|i| i as f32).collect::<Vec<_>>());
    let f = jit(move |x: Tracer| constant(big.clone()).sum() + x);
    let lowered = f.lower((Array::from(1f32),)).expect("lowers");
    assert!(lowered.as_text().len() < 2000, "{}", lowered.as_text().len());
    assert_eq!(f(Array::from(1f32)).item::<f32>().expect("a number"), 199_990_000.0 + 1.0);
}
#[test]
fn empty_constants_of_several_axes_compile() {
    let f = jit(|x: Tracer| constant(Literal::new::<f32>(&[0, 2], &[])).sum() + x);
    assert_eq!(f(Array::from(1f32)).item::<f32>().expect("a number"), 1.0);
    let g = jit(|x: Tracer| concatenate(&[constant(Literal::new::<f32>(&[0, 2], &[])), x], 0));
    assert_eq!(g(Array::new(&[1, 2], &[1f32, 2.0])).shape(), [1, 2]);
}
#[test]
fn compiled_programs_check_what_they_are_given() {
    let f = jit(|x: Tracer| x * 2.0);
    let compiled: Compiled<(Tracer,), Tracer> =
        f.lower((row([1.0, 2.0, 3.0]),)).and_then(|l| l.compile()).expect("compiles");
    assert_eq!(floats(&compiled.call((row([1.0, 2.0, 3.0]),)).expect("runs")), [2.0, 4.0, 6.0]);
    let error = compiled.call((Array::from(1i32),)).expect_err("another type");
    assert_eq!(error.to_string(), "run: argument 0: expected f32[3], got i32[]");
    assert!(compiled.executable().memory_stats().is_some());
    assert!(!compiled.executable().serialize().expect("serializes").is_empty());
}
#[test]
fn programs_of_every_stage_can_be_looked_at() {
    let f = jit(|x: Tracer| x.sin() * 2.0 + x.sin());
    let x = row([0.0; 3]);
    let program = f.program((x.clone(),)).expect("traces");
    assert_eq!(program.to_string().parse(), Ok(program.clone()));
    assert_eq!(program.to_string().matches("= sin").count(), 2);
    let lowered = f.lower((x,)).expect("lowers");
    assert_eq!(lowered.program(), &program);
    assert_eq!(lowered.optimized().to_string().matches("= sin").count(), 1);
    assert!(lowered.as_text().contains(&format!("loc(\"{}\":", file!())), "{}", lowered.as_text());
}
#[test]
fn every_stage_is_dumped_where_asked() {
    // In a process of its own, since the variable is the process's.
    let folder = std::env::temp_dir().join(format!("raxla-dump-{}", std::process::id()));
    let exe = std::env::current_exe().expect("this test");
    let status = std::process::Command::new(exe)
        .args(["--exact", "jit_anywhere_changes_nothing"])
        .env("RAXLA_DUMP", &folder)
        .env("RAXLA_LOG", "compile")
        .output()
        .expect("runs");
    assert!(status.status.success());
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .expect("the folder")
        .flat_map(|e| std::fs::read_dir(e.expect("an entry").path()).expect("a folder"))
        .map(|f| f.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    files.dedup();
    std::fs::remove_dir_all(&folder).expect("removes");
    assert_eq!(files, ["1_traced.txt", "2_optimized.txt", "3_stablehlo.mlir"]);
}
#[test]
fn compiled_functions_are_shared_between_threads() {
    let compiled = jit(|x: Tracer| (x * x).sum()).lower((row([0.0; 3]),)).and_then(|l| l.compile()).expect("compiles");
    let executable = compiled.executable();
    std::thread::scope(|scope| {
        for t in 0..4 {
            scope.spawn(move || {
                for i in 0..50 {
                    let x = row([t as f32, i as f32, 1.0]);
                    let want = (t * t + i * i + 1) as f32;
                    assert_eq!(executable.run(&[&x]).expect("runs")[0].item::<f32>().expect("a number"), want);
                }
            });
        }
    });
}

/// Every error of a call: what it says, and that it names the user's line.
#[test]
fn errors_of_calls() {
    let at = |line: u32| format!("{}:{line}:", file!());
    fn check<T>(result: Result<T, Error>, parts: &[&str]) {
        let text = result.err().expect("an error").to_string();
        parts.iter().for_each(|p| assert!(text.contains(p), "`{p}` is not in `{text}`"));
    }
    let two = || Array::from(vec![1f32, 2.0]);
    let (sum, line) = (jit(|x: Tracer, y: Tracer| x + y), line!());
    check(sum.try_call((two(), row([0.0; 3]))), &["add:", "f32[2]", "f32[3]", &at(line)]);
    check(sum.try_call((two(), Array::from(vec![1i32, 2]))), &["add:", "one dtype", "i32[2]", &at(line)]);
    let (gradient, line) = (jit(grad(|x: Tracer| x * 2.0)), line!());
    check(gradient.try_call((two(),)), &["grad: the function must return a scalar float, got f32[2]", &at(line)]);
    let (mapped, line) = (jit(vmap(|x: Tracer, y: Tracer| x * y, 0)), line!());
    check(
        mapped.try_call((two(), row([0.0; 3]))),
        &["vmap: all batch axes must have one size, got 2", "f32[3]", &at(line)],
    );
    let (named, line) = (jit(|x: Tracer| psum(x, "batch")), line!());
    check(named.try_call((two(),)), &["psum: the axis \"batch\" is not mapped here", &at(line)]);
    let one_way = custom_vjp(|x: Tracer| x, |x: Tracer| (x, x), |_: Tracer, ct: Tracer| (ct,));
    check(jit(jacfwd(|x: Tracer| one_way(x))).try_call((two(),)), &["made with custom_vjp", "reverse mode only"]);

    let client = raxla::Client::cpu(2).expect("two devices");
    let on = |i: usize| Array::from_literal(&Literal::from(vec![1f32, 2.0]), &client.devices()[i]).expect("an array");
    let line = line!() + 1;
    let apart = jit(|x: Tracer, y: Tracer| x + y);
    check(apart.try_call((on(0), on(1))), &["jit: all arguments must be on one device", "cpu:0", "cpu:1", &at(line)]);
    // Either device alone is fine, one after the other.
    assert_eq!(floats(&apart(on(1), on(1))), [2.0, 4.0]);
    assert_eq!(apart(on(0), on(0)).device(), client.devices()[0]);

    let leaked = std::cell::Cell::new(None);
    let keep = jit(|x: Tracer| {
        leaked.set(Some(x));
        x
    });
    keep(two());
    let (user, line) = (jit(|x: Tracer| x + leaked.get().expect("kept")), line!());
    check(user.try_call((two(),)), &["leaked tracer", &at(line)]);

    let captured = jit(|x: Tracer| {
        let inner = jit(|y: Tracer| x + y);
        inner(Array::from(1f32));
        x
    });
    check(captured.try_call((two(),)), &["captured a tracer", "pass the value as an argument"]);
}
#[test]
#[should_panic(expected = "add: operands must have one shape")]
fn a_plain_call_panics() {
    jit(|x: Tracer, y: Tracer| x + y)(Array::from(vec![1f32, 2.0]), row([0.0; 3]));
}
#[test]
fn a_failed_call_leaves_nothing_behind() {
    let f = jit(|x: Tracer, y: Tracer| grad(|x: Tracer| (x * y).sum())(x));
    let (x, y) = (row([1.0, 2.0, 3.0]), row([4.0, 5.0, 6.0]));
    assert!(f.try_call((x.clone(), Array::from(vec![1f32, 2.0]))).is_err());
    assert_eq!(floats(&f(x, y)), [4.0, 5.0, 6.0]);
}
#[test]
fn named_axes_work_under_jit() {
    let share = jit(Vmap::over(0).axis_name("i").of(|x: Tracer| x / psum(x, "i")));
    assert_eq!(floats(&share(row([1.0, 2.0, 5.0]))), [0.125, 0.25, 0.625]);
}
