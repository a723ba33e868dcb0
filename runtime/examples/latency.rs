//! What the layers cost: `cargo run --release -p raxla-runtime --example latency`.

use raxla_ir::{DType, Literal, ShapedArray};
use raxla_runtime::{Array, Client, CompileOptions};
use std::{hint::black_box, time::Instant};

/// The mean time of a call over some repetitions, in microseconds.
fn round(repetitions: usize, mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    for _ in 0..repetitions {
        call();
    }
    start.elapsed().as_secs_f64() / repetitions as f64 * 1e6
}
/// Prints the least time of a call over several rounds.
fn time(name: &str, mut call: impl FnMut()) {
    let least = (0..50).map(|_| round(500, &mut call)).fold(f64::INFINITY, f64::min);
    println!("{name:44} {least:8.2} µs");
}

fn main() -> raxla_runtime::Result<()> {
    let start = Instant::now();
    let client = Client::global()?;
    println!("{:44} {:8.2} ms", "client", start.elapsed().as_secs_f64() * 1e3);
    let module = "func.func public @main(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
        %z = stablehlo.add %x, %y : tensor<8xf32>
        return %z : tensor<8xf32>
    }";
    let aval = ShapedArray::new(&[8], DType::F32);
    let start = Instant::now();
    let options = CompileOptions::default();
    let add = client.compile(module, &options, &[aval.clone(), aval.clone()], std::slice::from_ref(&aval))?;
    println!("{:44} {:8.2} ms", "compile", start.elapsed().as_secs_f64() * 1e3);
    let literal = Literal::new(&[8], &[1.0f32; 8]);
    let device = &client.devices()[0];
    let (x, y) = (Array::from_literal(&literal, device)?, Array::from_literal(&literal, device)?);

    // In turns, so that what else the machine does disturbs both alike.
    let mut floor = add.raw_execute_for_bench(&[&x, &y])?;
    let (mut raw, mut run) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..200 {
        raw = raw.min(round(500, &mut floor));
        run = run.min(round(500, || drop(black_box(add.run(&[&x, &y])))));
    }
    println!("{:44} {raw:8.2} µs", "PJRT Execute and Buffer_Destroy");
    println!("{:44} {run:8.2} µs, {:.2} times that", "Executable::run", run / raw);
    time("Executable::run and to_literal", || drop(black_box(add.run(&[&x, &y]).map(|z| z[0].to_literal()))));
    time("Array::to_literal, f32[8]", || drop(black_box(x.to_literal())));
    time("Array::to_vec, f32[8]", || drop(black_box(x.to_vec::<f32>())));
    time("Array::from_literal, f32[8]", || drop(black_box(Array::from_literal(&literal, device))));
    for n in [1000, 4 << 10, 16 << 10, 64 << 10, 1 << 20] {
        let large = Literal::new(&[n], &vec![1.0f32; n]);
        let array = Array::from_literal(&large, device)?;
        time(&format!("Array::from_literal, f32[{n}]"), || drop(black_box(Array::from_literal(&large, device))));
        if n <= 64 << 10 {
            time(&format!("Array::to_literal, f32[{n}]"), || drop(black_box(array.to_literal())));
        }
    }
    kernels(&client)?;
    let n = 1 << 22;
    let (large, module) = (ShapedArray::new(&[n], DType::F32), module.replace("8xf32", &format!("{n}xf32")));
    let add = client.compile(&module, &options, &[large.clone(), large.clone()], std::slice::from_ref(&large))?;
    let x = Array::from_literal(&Literal::zeros(large), device)?;
    let run = || add.run(&[&x, &x]).and_then(|z| z[0].block_until_ready());
    let least = (0..20).map(|_| round(5, || drop(black_box(run())))).fold(f64::INFINITY, f64::min);
    println!("{:44} {least:8.2} µs", format!("Executable::run until ready, f32[{n}]"));
    Ok(())
}

/// What the call of a kernel costs within a program: by the difference between loops of one kernel and of two.
fn kernels(client: &Client) -> raxla_runtime::Result<()> {
    let steps = 1000;
    let call = |from: &str, to: &str| {
        format!(
            "{to} = stablehlo.custom_call @raxla_kernel({from}) {{api_version = 4 : i32, backend_config = {{name = \"copy\"}}}}
               : (tensor<8xf32>) -> tensor<8xf32>"
        )
    };
    let module = |calls: &str, last: &str| {
        format!(
            "func.func public @main(%x: tensor<8xf32>) -> tensor<8xf32> {{
               %zero = stablehlo.constant dense<0> : tensor<i32>
               %one = stablehlo.constant dense<1> : tensor<i32>
               %steps = stablehlo.constant dense<{steps}> : tensor<i32>
               %r:2 = stablehlo.while(%i = %zero, %y = %x) : tensor<i32>, tensor<8xf32>
                 cond {{
                   %p = stablehlo.compare LT, %i, %steps : (tensor<i32>, tensor<i32>) -> tensor<i1>
                   stablehlo.return %p : tensor<i1>
                 }} do {{
                   %j = stablehlo.add %i, %one : tensor<i32>
                   {calls}
                   stablehlo.return %j, {last} : tensor<i32>, tensor<8xf32>
                 }}
               return %r#1 : tensor<8xf32>
             }}"
        )
    };
    let (first, second) = (call("%y", "%u"), call("%u", "%v"));
    let x = Array::from_literal(&Literal::new(&[8], &[1.0f32; 8]), &client.devices()[0])?;
    let (mut times, mut programs) = ([f64::INFINITY; 2], Vec::new());
    for text in [module(&first, "%u"), module(&format!("{first}\n{second}"), "%v")] {
        programs.push(client.compile(&text, &CompileOptions::default(), &[x.aval().clone()], &[x.aval().clone()])?);
    }
    for _ in 0..100 {
        for (least, program) in times.iter_mut().zip(&programs) {
            let run = || drop(black_box(program.run(&[&x]).and_then(|y| y[0].block_until_ready())));
            *least = least.min(round(5, run));
        }
    }
    println!("{:44} {:8.2} µs", "a kernel's call in a loop", (times[1] - times[0]) / f64::from(steps));
    Ok(())
}
