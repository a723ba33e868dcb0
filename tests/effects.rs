//! Effects: prints and callbacks, in everything that programs are made of, on the interpreter and on XLA.

use raxla::{
    Array, DType, Literal, ShapedArray, Tracer, VmapMethod, cond, custom_jvp, debug_callback, debug_callback_ordered,
    debug_print, debug_print_ordered, effects_barrier, fori_loop, grad, io_callback,
    ir::{Program, eval::eval, function::Function, trace::catch, trace::trace},
    jit, jvp, pure_callback, scan, switch,
    transforms::{checkpoint, optimize},
    vmap, while_loop,
};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// What callbacks saw, as text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);
impl Log {
    fn write(&self, name: &'static str) -> impl Fn(&[Literal]) -> Result<(), String> + Clone + Send + Sync + 'static {
        let log = self.clone();
        move |x| {
            let values: Vec<String> = x.iter().map(ToString::to_string).collect();
            log.0.lock().unwrap().push(format!("{name} {}", values.join(" ")).trim_end().to_owned());
            Ok(())
        }
    }
    /// What was written since the last time, when all is done.
    fn take(&self) -> Vec<String> {
        // It tells of failures in other tests, which run at the same time, too.
        let _ = effects_barrier();
        std::mem::take(&mut self.0.lock().unwrap())
    }
    fn sorted(&self) -> Vec<String> {
        let mut all = self.take();
        all.sort();
        all
    }
}
fn scalar(dtype: DType) -> ShapedArray {
    ShapedArray::new(&[], dtype)
}
/// The program of a function of scalars, which prints.
fn program(avals: &[ShapedArray], f: impl FnOnce(&[Tracer]) -> Vec<Tracer>) -> Program {
    trace(avals, f).program
}
fn refusal(f: impl FnOnce(&[Tracer]) -> Vec<Tracer>) -> String {
    let Err(error) = catch(|| trace(&[ShapedArray::new(&[3], DType::F32)], f)) else { panic!("was not refused") };
    error.message
}
/// A function of the host: twice its argument.
fn twice(x: &[Literal]) -> Result<Vec<Literal>, String> {
    Ok(vec![Literal::from_floats(x[0].aval().clone(), x[0].floats().iter().map(|x| 2.0 * x))])
}

#[test]
fn prints_go_to_the_printer() {
    let lines = Arc::new(Mutex::new(vec![]));
    let shared = lines.clone();
    raxla::ir::callback::set_printer(move |line| shared.lock().unwrap().push(line.to_owned()));
    let f = jit(|x: Tracer| {
        debug_print_ordered("x = {}", &[x]);
        debug_print_ordered("{{twice}} {y}, {x}", &[("x", x), ("y", x * 2.0)]);
        debug_print_ordered("done", &[] as &[Tracer; 0]);
        x
    });
    f(Array::from(vec![1.5f32, -2.0]));
    let _ = effects_barrier();
    let wanted = ["x = [ 1.5 -2. ]", "{twice} [ 3. -4.], [ 1.5 -2. ]", "done"];
    assert_eq!(*lines.lock().unwrap(), wanted);
    assert!(
        refusal(|a| {
            debug_print("{} {}", a);
            vec![]
        })
        .contains("has a place for value 1")
    );
    assert!(
        refusal(|a| {
            debug_print("{y}", &[("x", a[0])]);
            vec![]
        })
        .contains("a place is")
    );
}

/// Ordered effects in every kind of sub-program; gives the order on the interpreter, checked against XLA and the optimiser.
#[test]
fn ordered_effects_keep_the_programs_order() {
    let log = Log::default();
    let write = |name| {
        let f = log.write(name);
        move |x: &[Tracer]| debug_callback_ordered(f.clone(), x)
    };
    let (a, b, c, d, e, g) = (write("a"), write("b"), write("c"), write("d"), write("e"), write("g"));
    let noted = |x: Tracer| {
        c(&[x]);
        x * 2.0
    };
    let inner = jit(&noted);
    let f = |n: Tracer, x: Tracer| {
        a(&[x]);
        let (sum, _) = scan(
            |sum: Tracer, i: Tracer| {
                b(&[i, sum]);
                (sum + inner.apply((x,)), None::<Tracer>)
            },
            x * 0.0,
            raxla::arange(3, DType::I32),
        );
        d(&[]);
        let last = while_loop(
            |(i, _): (Tracer, Tracer)| {
                e(&[i]);
                i.less(n)
            },
            |(i, y): (Tracer, Tracer)| {
                g(&[y]);
                (i + 1, y + 1.0)
            },
            (raxla::numpy::zeros_like(n, None), sum),
        )
        .1;
        let chosen = cond(
            last.greater(0.0),
            |y: Tracer| {
                a(&[y]);
                y
            },
            |y: Tracer| y * 3.0,
            (last,),
        );
        let custom = custom_jvp(
            |y: Tracer| {
                b(&[y]);
                y
            },
            |(y,): (Tracer,), (t,): (Tracer,)| (y, t),
        )(chosen);
        let kept = checkpoint(|y: Tracer| {
            d(&[y]);
            y
        })(custom);
        switch(
            n,
            &[&|y: Tracer| y, &|y: Tracer| {
                g(&[y]);
                y * 2.0
            }],
            (kept,),
        )
    };
    let (n, x) = (2i32, 1.0f32);
    let p = program(&[scalar(DType::I32), scalar(DType::F32)], |args| vec![f(args[0], args[1])]);
    let ins = [n.into(), x.into()];
    let value = eval(&p, &ins).unwrap();
    let wanted = log.take();
    assert_eq!(wanted.len(), 1 + 6 + 1 + 5 + 4, "{wanted:?}");
    assert_eq!(wanted[..4], ["a 1.0", "b 0 0.0", "c 1.0", "b 1 2.0"]);
    assert_eq!(eval(&optimize(&p), &ins).unwrap(), value);
    assert_eq!(log.take(), wanted, "optimize");
    assert_eq!(eval(&raxla::ir::rewrite::order::threaded(&p), &ins).unwrap(), value);
    assert_eq!(log.take(), wanted, "threaded");
    let compiled = jit(f);
    for _ in 0..3 {
        let out = compiled(Array::from(n), Array::from(x));
        assert_eq!(out.to_literal().unwrap(), value[0]);
        assert_eq!(log.take(), wanted, "XLA");
    }
}
#[test]
fn ordered_effects_of_several_runs_keep_their_order() {
    let log = Log::default();
    let write = log.write("run");
    let f = jit(move |i: Tracer, x: Tracer| {
        let y = fori_loop(0, 50, |_: Tracer, x: Tracer| x.dot(x) * 0.01, x);
        debug_callback_ordered(write.clone(), &[i + (y.sum() * 0.0).astype(DType::I32)]);
        y
    });
    let x = Array::new(&[64, 64], &[0.1f32; 4096]);
    for i in 0..20 {
        f(Array::from(i), x.clone());
    }
    let wanted: Vec<String> = (0..20).map(|i| format!("run {i}")).collect();
    assert_eq!(log.take(), wanted);
}

#[test]
fn free_effects_happen_once_each_time() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let count = |x: &[Literal]| {
        CALLS.fetch_add(1, Relaxed);
        Ok(vec![x[0].clone()])
    };
    let f = jit(move |x: Tracer| {
        // Equal, and partly unused.
        let outs = x.aval();
        let callback = raxla::ir::callback::Callback::new("count", count);
        let op = raxla::ir::primitives::IoCallback {
            callback,
            outs: vec![outs],
            order: raxla::ir::primitives::callback::Order::Free,
        };
        let once = || raxla::ir::trace::bind(op.clone().into(), &[x])[0];
        let (y, _unused) = (once(), once());
        let (z, _) = scan(
            |c: Tracer, _: Tracer| {
                once();
                (c, None::<Tracer>)
            },
            y,
            raxla::arange(5, DType::I32),
        );
        fori_loop(
            0,
            2,
            |_: Tracer, c: Tracer| {
                once();
                c
            },
            z,
        )
    });
    for _ in 0..4 {
        f(Array::from(1.0f32)).block_until_ready().unwrap();
    }
    let _ = effects_barrier();
    assert_eq!(CALLS.load(Relaxed), 4 * 9);
}

#[test]
fn effects_without_results() {
    let log = Log::default();
    let (a, b) = (log.write("a"), log.write("b"));
    let f = jit(move |x: Tracer| {
        debug_callback(a.clone(), &[x]);
        cond(
            x.greater(0.0),
            |x: Tracer| {
                debug_callback(b.clone(), &[x]);
                None::<Tracer>
            },
            |_: Tracer| None,
            (x,),
        );
        let step = |none: Option<Tracer>, i: Tracer| {
            debug_callback(b.clone(), &[i]);
            (none, None::<Tracer>)
        };
        scan(step, None::<Tracer>, raxla::arange(2, DType::I32));
        None::<Tracer>
    });
    f(Array::from(1.0f32));
    assert_eq!(log.sorted(), ["a 1.0", "b 0", "b 1", "b 1.0"]);
    f(Array::from(-1.0f32));
    assert_eq!(log.sorted(), ["a -1.0", "b 0", "b 1"]);
}

#[test]
fn derivatives_show_what_the_function_computes() {
    let log = Log::default();
    let a = log.write("a");
    let show = move |x: Tracer| debug_callback_ordered(a.clone(), &[x]);
    let f = |x: Tracer| {
        show(x);
        let (y, _) = scan(
            |c: Tracer, i: Tracer| {
                show(c * i);
                (c * x, None::<Tracer>)
            },
            x,
            raxla::arange(2, DType::F32),
        );
        let z = cond(
            y.greater(0.0),
            |y: Tracer| {
                show(y);
                y * y
            },
            |y: Tracer| y,
            (y,),
        );
        checkpoint(|z: Tracer| {
            show(z);
            z.sin()
        })(z)
    };
    let plain = jit(&f);
    plain(Array::from(2.0f32));
    let wanted = log.take();
    assert_eq!(wanted, ["a 2.0", "a 0.0", "a 4.0", "a 8.0", "a 64.0"]);
    let derivative = jit(grad(f));
    derivative(Array::from(2.0f32)).block_until_ready().unwrap();
    assert_eq!(log.take(), wanted, "grad");
    let forward = jit(|x: Tracer| jvp(&f, (x,), (x,)).1);
    forward(Array::from(2.0f32)).block_until_ready().unwrap();
    assert_eq!(log.take(), wanted, "jvp");

    // Linearized, a while loop runs twice; what it shows, it shows once.
    let looped = |x: Tracer| {
        while_loop(
            |y: Tracer| y.less(10.0),
            |y: Tracer| {
                show(y);
                y * x
            },
            x,
        )
    };
    let linear = jit(|x: Tracer| raxla::linearize(&looped, (x,)).1.apply((x,)));
    linear(Array::from(2.0f32)).block_until_ready().unwrap();
    assert_eq!(log.take(), ["a 2.0", "a 4.0", "a 8.0"]);
}

#[test]
fn vmap_calls_for_each_example() {
    let log = Log::default();
    let a = log.write("a");
    let f = jit(vmap(
        move |x: Tracer, y: Tracer| {
            debug_callback(a.clone(), &[x, y]);
            x
        },
        (0, None),
    ));
    f(Array::from(vec![1.0f32, 2.0, 3.0]), Array::from(7i32));
    assert_eq!(log.sorted(), ["a 1.0 7", "a 2.0 7", "a 3.0 7"]);
    let double = |x: Tracer| io_callback(twice, &[x.aval()], &[x], false)[0];
    let out = jit(vmap(double, 0))(Array::from(vec![1.0f32, 2.0, 3.0]));
    assert_eq!(out.to_vec::<f32>().unwrap(), [2.0, 4.0, 6.0]);

    let ordered = refusal(|a| vec![vmap(|x: Tracer| io_callback(twice, &[x.aval()], &[x], true)[0], 0)(a[0])]);
    assert!(ordered.contains("io_callback: calls that are ordered cannot be mapped by vmap"), "{ordered}");
    let branches = |x: Tracer| cond(x.greater(0.0), double, |x: Tracer| x, (x,));
    let why = refusal(|a| vec![vmap(branches, 0)(a[0])]);
    assert!(why.contains("cond: a branch has effects"), "{why}");
    let loops = |x: Tracer| while_loop(|x: Tracer| x.less(3.0), double, x);
    let why = refusal(|a| vec![vmap(loops, 0)(a[0])]);
    assert!(why.contains("while_loop: has effects"), "{why}");
}

#[test]
fn pure_callbacks_are_mapped_by_their_method() {
    let shapes = Log::default();
    for (method, wanted) in [
        (VmapMethod::Sequential, vec!["f32[] f32[]"; 3]),
        (VmapMethod::ExpandDims, vec!["f32[3] f32[1]"]),
        (VmapMethod::BroadcastAll, vec!["f32[3] f32[3]"]),
    ] {
        let log = shapes.clone();
        let f = move |x: &[Literal]| {
            log.0.lock().unwrap().push(format!("{} {}", x[0].aval(), x[1].aval()));
            let sums = x[0].floats().into_iter().zip(x[1].floats().into_iter().cycle()).map(|(x, y)| x + y);
            Ok(vec![Literal::from_floats(x[0].aval().clone(), sums)])
        };
        let sum =
            jit(vmap(move |x: Tracer, y: Tracer| pure_callback(f.clone(), &[x.aval()], &[x, y], method)[0], (0, None)));
        let out = sum(Array::from(vec![1.0f32, 2.0, 3.0]), Array::from(10.0f32));
        assert_eq!(out.to_vec::<f32>().unwrap(), [11.0, 12.0, 13.0]);
        assert_eq!(shapes.take(), wanted);
    }
}

#[test]
fn derivatives_of_callbacks() {
    let double = |x: Tracer| pure_callback(twice, &[x.aval()], &[x], VmapMethod::ExpandDims)[0];
    let why = refusal(|a| vec![grad(|x: Tracer| double(x).sum())(a[0])]);
    assert!(why.starts_with("pure_callback: has no derivative") && why.contains("custom_jvp"), "{why}");
    let why = refusal(|a| vec![grad(|x: Tracer| io_callback(twice, &[x.aval()], &[x], false)[0].sum())(a[0])]);
    assert!(why.starts_with("io_callback: has no derivative"), "{why}");
    // Where no tangent gets there, there is nothing to refuse.
    let stopped = |x: Tracer| (x * io_callback(twice, &[x.aval()], &[x.stop_gradient()], false)[0]).sum();
    let slope = jit(grad(stopped))(Array::from(vec![1.0f32, 3.0]));
    assert_eq!(slope.to_vec::<f32>().unwrap(), [2.0, 6.0]);
    let ruled = |x: Tracer| custom_jvp(double, move |(x,): (Tracer,), (t,): (Tracer,)| (double(x), t * 2.0))(x);
    let slope = jit(vmap(grad(ruled), 0))(Array::from(vec![1.0f32, 3.0]));
    assert_eq!(slope.to_vec::<f32>().unwrap(), [2.0, 2.0]);
}

#[test]
fn failures_are_the_calls() {
    let f = jit(|x: Tracer| {
        let check = |x: &[Literal]| match x[0].floats()[0] {
            x if x < 0.0 => Err(format!("{x} is negative")),
            x if x > 10.0 => panic!("{x} is large"),
            _ => Ok(vec![x[0].clone()]),
        };
        io_callback(check, &[x.aval()], &[x], false)[0] + 1.0
    });
    let run = |x: f32| {
        f.try_call((Array::from(x),))
            .map_err(|e| e.to_string())
            .and_then(|y| y.to_vec::<f32>().map_err(|e| e.to_string()))
    };
    for _ in 0..3 {
        assert_eq!(run(1.0), Ok(vec![2.0]));
        let error = run(-1.0).unwrap_err();
        assert!(error.contains("callback: `failures_are_the_calls`: ") && error.contains("-1 is negative"), "{error}");
        let error = run(11.0).unwrap_err();
        assert!(error.contains("panicked: 11 is large"), "{error}");
    }
    let _ = effects_barrier();
    // A callback that gives something else than was said.
    let wrong = jit(|x: Tracer| io_callback(twice, &[scalar(DType::I32)], &[x], false)[0]);
    let error =
        wrong.try_call((Array::from(1.0f32),)).and_then(|y| Ok(y.block_until_ready()?)).unwrap_err().to_string();
    assert!(error.contains("must give [i32[]]") && error.contains("gave [f32[]]"), "{error}");
}

#[test]
fn callbacks_may_run_programs() {
    let f = jit(|x: Tracer| {
        let inner = |x: &[Literal]| {
            let square = jit(|x: Tracer| {
                debug_callback_ordered(|_| Ok(()), &[x]);
                x * x
            });
            let array = Array::from(x[0].floats()[0] as f32);
            Ok(vec![square.try_call((array,)).and_then(|y| Ok(y.to_literal()?)).map_err(|e| e.to_string())?])
        };
        io_callback(inner, &[x.aval()], &[x], true)[0]
    });
    assert_eq!(f(Array::from(3.0f32)).to_vec::<f32>().unwrap(), [9.0]);
    let _ = effects_barrier();
    let waits = jit(|x: Tracer| {
        let inner = |x: &[Literal]| effects_barrier().map(|()| x.to_vec()).map_err(|e| e.to_string());
        io_callback(inner, &[x.aval()], &[x], true)[0]
    });
    let error =
        waits.try_call((Array::from(3.0f32),)).and_then(|y| Ok(y.block_until_ready()?)).unwrap_err().to_string();
    assert!(error.contains("a callback cannot wait"), "{error}");
}

#[test]
fn callbacks_run_programs_while_many_of_their_own_wait() {
    let log = Log::default();
    let write = log.write("half");
    let shown = Arc::new(move |x: &[Literal]| {
        let half = jit(|x: Tracer| x / 2.0f32)
            .try_call((Array::from(x[0].floats()[0] as f32),))
            .and_then(|y| Ok(y.to_literal()?));
        write(&[half.map_err(|e| e.to_string())?])
    });
    // Arrays so large that XLA computes with them in a thread of its own.
    let f = jit(move |x: Tracer| {
        let shown = shown.clone();
        fori_loop(
            0,
            3,
            move |_, x: Tracer| {
                let shown = shown.clone();
                debug_callback(move |x| shown(x), &[x.sum()]);
                x + 1.0f32
            },
            x,
        )
    });
    let mut x = Array::new(&[2048], &[0.0f32; 2048]);
    for _ in 0..20 {
        x = f(x);
    }
    assert_eq!(x.to_vec::<f32>().unwrap(), [60.0; 2048]);
    let mut halves: Vec<String> = (0..60).map(|i| format!("half {}", Literal::from(1024.0 * i as f32))).collect();
    halves.sort();
    assert_eq!(log.sorted(), halves);
}

#[test]
fn text_reads_back_while_the_callback_lives() {
    let p = program(&[scalar(DType::F32)], |a| io_callback(twice, &[a[0].aval()], a, true));
    let text = p.to_string();
    assert!(text.contains("io_callback[callback=twice#"), "{text}");
    assert_eq!(text.parse::<Program>().as_ref(), Ok(&p));
    drop(p);
    let error = text.parse::<Program>().unwrap_err();
    assert!(error.contains("is not alive in this process"), "{error}");
}

#[test]
fn programs_that_call_back_stay_in_their_process() {
    let f = jit(|x: Tracer| io_callback(twice, &[x.aval()], &[x], false)[0]);
    let compiled = f.lower_types((scalar(DType::F32),)).unwrap().compile().unwrap();
    let error = compiled.executable().serialize().unwrap_err().to_string();
    assert!(error.contains("one that calls functions of this process"), "{error}");
}
#[test]
fn functions_live_as_long_as_their_programs() {
    struct Guard(Arc<AtomicUsize>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.fetch_add(1, Relaxed);
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let guard = Guard(dropped.clone());
    let p = program(&[scalar(DType::F32)], move |a| {
        io_callback(
            move |x| {
                let _ = &guard;
                Ok(x.to_vec())
            },
            &[a[0].aval()],
            a,
            true,
        )
    });
    assert_eq!(eval(&p, &[1.0f32.into()]).unwrap(), [1.0f32.into()]);
    assert_eq!(dropped.load(Relaxed), 0);
    drop(p);
    assert_eq!(dropped.load(Relaxed), 1);
}
