//! Kernels in Rust, called from compiled programs.

mod shared;

use raxla_ir::{DType, Literal, ShapedArray};
use raxla_runtime::{Array, CompileOptions, Error, kernel, kernel::Value};
use shared::{array, client, compile};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// `main` from some types to others by one call of a kernel with these attributes.
fn call_of(attributes: &str, more: &str, ins: &[ShapedArray], outs: &[ShapedArray]) -> String {
    let list = |avals: &[ShapedArray], text: &dyn Fn(usize, String) -> String| {
        avals.iter().enumerate().map(|(i, aval)| text(i, aval.mlir())).collect::<Vec<_>>().join(", ")
    };
    let types = |avals| list(avals, &|_, mlir| mlir);
    let results = if outs.is_empty() { String::new() } else { format!("%y:{} = ", outs.len()) };
    format!(
        "func.func public @main({}) -> ({}) {{
           {results}\"stablehlo.custom_call\"({}) {{call_target_name = \"raxla_kernel\", api_version = 4 : i32{more},
             backend_config = {{{attributes}}}}} : ({}) -> ({})
           \"func.return\"({}) : ({}) -> ()
         }}",
        list(ins, &|i, mlir| format!("%x{i}: {mlir}")),
        types(outs),
        list(ins, &|i, _| format!("%x{i}")),
        types(ins),
        types(outs),
        list(outs, &|i, _| format!("%y#{i}")),
        types(outs),
    )
}
fn run(module: &str, ins: &[Literal], outs: &[ShapedArray]) -> Result<Vec<Literal>, Error> {
    let avals: Vec<ShapedArray> = ins.iter().map(|l| l.aval().clone()).collect();
    let executable = client().compile(module, &CompileOptions::default(), &avals, outs)?;
    let arrays: Vec<Array> =
        ins.iter().map(|l| Array::from_literal(l, &client().devices()[0])).collect::<Result<_, _>>()?;
    let outs = executable.run(&arrays.iter().collect::<Vec<_>>())?;
    outs.iter().map(Array::to_literal).collect()
}
fn call(attributes: &str, ins: &[Literal], outs: &[ShapedArray]) -> Result<Vec<Literal>, Error> {
    let avals: Vec<ShapedArray> = ins.iter().map(|l| l.aval().clone()).collect();
    run(&call_of(attributes, "", &avals, outs), ins, outs)
}

#[test]
fn every_dtype_and_shape_goes_through() {
    for dtype in DType::ALL {
        for shape in [&[][..], &[3], &[0], &[2, 0, 3], &[2, 3, 5]] {
            let aval = ShapedArray::new(shape, *dtype);
            let n = aval.size();
            let x = Literal::from_floats(aval.clone(), (0..n).map(|i| [1.0, 0.0, 0.5, -1.0, 2.0][i % 5]));
            let y = call("name = \"copy\"", &[x.clone()], &[aval.clone()]);
            assert_eq!(y.unwrap_or_else(|error| panic!("{aval}: {error}"))[0], x);
        }
    }
}

#[test]
fn kernels_see_bytes_as_the_host_does() {
    kernel::register("tests.sees", |call| {
        let input = &call.inputs()[0];
        let text = format!("{} {:?}", input.aval(), input.bytes());
        Err(text)
    })
    .unwrap();
    // XLA itself packs the small ones.
    for (dtype, values, bytes) in [
        (DType::I4, [1, -2, 7], "[1, 254, 7]"),
        (DType::U4, [1, 2, 15], "[1, 2, 15]"),
        (DType::I2, [1, -2, 0], "[1, 254, 0]"),
        (DType::U2, [1, 2, 3], "[1, 2, 3]"),
        (DType::F4E2M1FN, [1, -2, 4], "[2, 12, 6]"),
        (DType::Bool, [1, 0, 1], "[1, 0, 1]"),
        (DType::I16, [1, -2, 7], "[1, 0, 254, 255, 7, 0]"),
    ] {
        let aval = ShapedArray::new(&[3], dtype);
        let x = Literal::from_floats(aval.clone(), values.map(f64::from));
        let error = call("name = \"tests.sees\"", &[x], &[aval]).unwrap_err().to_string();
        assert!(error.contains(&format!("tests.sees: {dtype}[3] {bytes}")), "{error}");
    }
}

#[test]
fn attributes_of_every_kind() {
    kernel::register("tests.attributes", |call| {
        assert_eq!(call.int("n")?, -7);
        assert_eq!(call.float("x")?, 0.1);
        assert!(call.flag("yes")? && !call.flag("no")?);
        assert_eq!(call.text("words")?, "a \"b\"\\\n\u{e9}");
        assert_eq!(call.ints("axes")?, [1, 2, -3]);
        assert_eq!(call.ints("none")?, [] as [i64; 0]);
        assert_eq!(call.attribute("nothing"), None);
        assert_eq!(call.attribute("yes"), Some(Value::Bool(true)));
        assert_eq!(call.float("n").unwrap_err(), "attribute `n` must be Float, got Some(Int(-7))");
        assert_eq!(call.input::<i32>(0).unwrap_err(), "input 0 must be of i32, got f32[2]");
        assert_eq!(call.input::<i32>(1).unwrap_err(), "there is no input 1: there are 1");
        call.output::<i32>(0)?.copy_from_slice(&[1, 2, 3]);
        Ok(())
    })
    .unwrap();
    // The text is what `Module::kernel` writes, by its own test.
    let attributes = "name = \"tests.attributes\", n = -7 : i64, x = 0x3FB999999999999A : f64, yes = true, no = false, \
         words = \"a \\22b\\22\\5C\\0A\\C3\\A9\", axes = array<i64: 1, 2, -3>, none = array<i64>";
    let x = Literal::from(vec![1.0f32, 2.0]);
    let y = call(attributes, &[x], &[ShapedArray::new(&[3], DType::I32)]).unwrap();
    assert_eq!(y[0], Literal::from(vec![1i32, 2, 3]));
}

#[test]
fn layouts_are_row_major_whatever_is_around() {
    // XLA likes to turn the layout of a transpose's operand instead of moving data.
    let module = "func.func public @main(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
        %t = stablehlo.transpose %x, dims = [1, 0] : (tensor<2x3xf32>) -> tensor<3x2xf32>
        %y = \"stablehlo.custom_call\"(%t) {call_target_name = \"raxla_kernel\", api_version = 4 : i32,
          backend_config = {name = \"copy\"}, operand_layouts = [dense<[1, 0]> : tensor<2xindex>],
          result_layouts = [dense<[1, 0]> : tensor<2xindex>]} : (tensor<3x2xf32>) -> tensor<3x2xf32>
        %z = stablehlo.transpose %y, dims = [1, 0] : (tensor<3x2xf32>) -> tensor<2x3xf32>
        return %z : tensor<2x3xf32>
      }";
    let x = Literal::new(&[2, 3], &[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(run(module, &[x.clone()], &[x.aval().clone()]).unwrap()[0], x);
}

#[test]
fn errors_and_panics_are_the_runs() {
    kernel::register("tests.fails", |call| Err(format!("no {}", call.text("what")?))).unwrap();
    kernel::register("tests.panics", |call| {
        let x = call.input::<f32>(0)?;
        let index = x.len() + 1;
        call.output::<f32>(0)?[0] = x[index];
        Ok(())
    })
    .unwrap();
    let x = Literal::from(vec![1.0f32]);
    let aval = x.aval().clone();
    for _ in 0..3 {
        let error = call("name = \"tests.fails\", what = \"luck\"", &[x.clone()], &[aval.clone()]).unwrap_err();
        assert!(error.to_string().contains("tests.fails: no luck"), "{error}");
        let error = call("name = \"tests.panics\"", &[x.clone()], &[aval.clone()]).unwrap_err();
        assert!(error.to_string().contains("tests.panics: panicked: index out of bounds"), "{error}");
        let y = call("name = \"copy\"", &[x.clone()], &[aval.clone()]).unwrap();
        assert_eq!(y[0], x, "the client lives on");
    }
}

#[test]
fn calls_that_name_no_kernel_are_refused() {
    let refused = |attributes: &str, more: &str, words: &str| {
        let aval = [ShapedArray::new(&[2], DType::F32)];
        let module = call_of(attributes, more, &aval, &aval);
        let error = compile(&module, "f32[2]", "f32[2]").unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    refused("name = \"tests.nobody\"", "", "no kernel is registered as `tests.nobody`");
    refused("n = 1 : i64", "", "has no attribute `name`");
    let alias = ", output_operand_aliases = [#stablehlo.output_operand_alias<output_tuple_indices = [], \
        operand_index = 0, operand_tuple_indices = []>]";
    refused("name = \"copy\"", alias, "outputs cannot be its inputs");
    let module = "func.func public @main(%x: tensor<f32>) -> tensor<f32> {
        %y = stablehlo.custom_call @nobody(%x) {api_version = 4 : i32} : (tensor<f32>) -> tensor<f32>
        return %y : tensor<f32>
      }";
    let error = compile(module, "f32[]", "f32[]").unwrap_err().to_string();
    assert!(error.contains("nobody"), "{error}");
    assert!(kernel::register("copy", |_| Ok(())).is_err());
}

#[test]
fn effects_happen_once_for_each_run() {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    kernel::register("tests.counts", |_| {
        CALLS.fetch_add(1, Relaxed);
        Ok(())
    })
    .unwrap();
    let module = call_of("name = \"tests.counts\"", ", has_side_effect = true", &[], &[]);
    let executable = client().compile(&module, &CompileOptions::default(), &[], &[]).unwrap();
    let before = CALLS.load(Relaxed);
    for _ in 0..5 {
        executable.run(&[]).unwrap();
    }
    // There is no result to wait for.
    for _ in 0..1000 {
        if CALLS.load(Relaxed) == before + 5 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("{} calls in 5 runs", CALLS.load(Relaxed) - before);
}

#[test]
fn calls_inside_a_loop() {
    kernel::register("tests.increments", |call| {
        let x = call.input::<i32>(0)?[0];
        call.output::<i32>(0)?[0] = x + 1;
        Ok(())
    })
    .unwrap();
    let module = "func.func public @main(%n: tensor<i32>) -> tensor<i32> {
        %zero = stablehlo.constant dense<0> : tensor<i32>
        %y:2 = stablehlo.while(%i = %zero, %m = %n) : tensor<i32>, tensor<i32>
          cond {
            %p = stablehlo.compare LT, %i, %m : (tensor<i32>, tensor<i32>) -> tensor<i1>
            stablehlo.return %p : tensor<i1>
          } do {
            %j = stablehlo.custom_call @raxla_kernel(%i) {
              api_version = 4 : i32, backend_config = {name = \"tests.increments\"}
            } : (tensor<i32>) -> tensor<i32>
            stablehlo.return %j, %m : tensor<i32>, tensor<i32>
          }
        return %y#0 : tensor<i32>
      }";
    let loops = compile(module, "i32[]", "i32[]").unwrap();
    let n = array(&[], &[10_000i32], 0);
    assert_eq!(loops.run(&[&n]).unwrap()[0].to_vec::<i32>().unwrap(), [10_000]);
    assert_eq!(run(module, &[5i32.into()], &[ShapedArray::new(&[], DType::I32)]).unwrap()[0], 5i32.into());
}
