//! Long-lived programs: `cargo bench --bench endurance -- [calls]`. Calls jitted functions a million times, with and without callbacks, and
//! compiles more shapes than the cache keeps; prints how the process's memory grows.

use raxla::{Array, Tracer, debug_callback, effects_barrier, jit};
use std::time::Instant;

/// The resident memory of the process, in MiB; 0 where the system does not say.
fn resident() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split_whitespace().nth(1)?.parse::<f64>().ok());
    pages.unwrap_or(0.0) * 4096.0 / f64::from(1 << 20)
}
/// Does something many times; what the first half takes is not counted as growth: the caches keep 1024
/// executables, and hold them by then.
fn watch(name: &str, times: usize, mut step: impl FnMut(usize)) {
    let start = Instant::now();
    let mut warm = 0.0;
    for i in 0..times {
        if i == times / 2 {
            warm = resident();
        }
        step(i);
    }
    effects_barrier().expect("no callback fails");
    let (now, took) = (resident(), start.elapsed().as_secs_f64());
    println!("{name:36} {times:9} times, {:8.2} µs each: {warm:7.1} MiB → {now:7.1} MiB", took / times as f64 * 1e6);
}

fn main() {
    let calls = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(1_000_000);
    let x = Array::from(vec![1.0f32; 8]);

    let add = jit(|x: Tracer| x + 1.0);
    watch("a call", calls, |_| drop(add(x.clone())));
    let show = jit(|x: Tracer| {
        debug_callback(|_| Ok(()), &[x]);
        x + 1.0
    });
    watch("a call with a callback", calls, |_| drop(show(x.clone())));
    watch("a call that waits", calls / 10, |_| drop(add(x.clone()).to_vec::<f32>()));
    watch("a compile of another shape", calls / 250, |i| drop(add(Array::from(vec![1.0f32; i + 9]))));
    watch("a function of its own, compiled", calls / 250, |i| {
        let f = jit(move |x: Tracer| x * (i as f64));
        drop(f(x.clone()));
    });
}
