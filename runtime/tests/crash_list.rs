//! What crashes or hangs XLA when it gets there, and must be refused before.

mod shared;

use raxla_runtime::{Client, CompileOptions, Error, OptionValue};
use shared::{array, avals, client, compile};

/// Compiling this `main` must fail with a message that has these words in it.
fn check(module: &str, ins: &str, outs: &str, words: &str) {
    match compile(module, ins, outs) {
        Ok(_) => panic!("compiled, but should not have: {module}"),
        Err(error) => assert!(error.to_string().contains(words), "{error}"),
    }
}

/// `main` from one `f32[]` to another by one line that makes `%y`.
fn main_of(line: &str) -> String {
    format!("func.func public @main(%x: tensor<f32>) -> tensor<f32> {{\n{line}\nreturn %y : tensor<f32>\n}}")
}
fn custom_call(target: &str, operands: &str, types: &str) -> String {
    format!(
        "func.func public @main(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {{
           %y = stablehlo.custom_call @{target}({operands}) : ({types}) -> tensor<4x4xf32>
           return %y : tensor<4x4xf32>
         }}"
    )
}

#[test]
fn recursive_call() {
    let call = "%y = func.call @main(%x) : (tensor<f32>) -> tensor<f32>";
    check(&main_of(call), "f32[]", "f32[]", "calls itself");
    let generic = "%y = \"func.call\"(%x) <{callee = @main}> : (tensor<f32>) -> tensor<f32>";
    check(&main_of(generic), "f32[]", "f32[]", "calls itself");
}
#[test]
fn mutually_recursive_calls() {
    let function = |name: &str, callee: &str| {
        format!(
            "func.func private @{name}(%x: tensor<f32>) -> tensor<f32> {{
               %y = call @{callee}(%x) : (tensor<f32>) -> tensor<f32>
               return %y : tensor<f32>
             }}\n"
        )
    };
    let module = function("f", "g") + &function("g", "f") + &function("main", "f");
    check(&module, "f32[]", "f32[]", "calls itself");
}
#[test]
fn composite_of_itself() {
    let line = "%y = stablehlo.composite \"a.b\" %x {decomposition = @main} : (tensor<f32>) -> tensor<f32>";
    check(&main_of(line), "f32[]", "f32[]", "calls itself");
}
#[test]
fn call_of_an_undefined_function() {
    let call = "%y = func.call @f(%x) : (tensor<f32>) -> tensor<f32>";
    check(&main_of(call), "f32[]", "f32[]", "calls @f, which the module does not define");
    let declared = format!("func.func private @f(tensor<f32>) -> tensor<f32>\n{}", main_of(call));
    check(&declared, "f32[]", "f32[]", "calls @f, which the module does not define");
}
#[test]
fn good_calls_are_not_refused() {
    let line = "%y = func.call @\"f-1\"(%x) : (tensor<f32>) -> tensor<f32> loc(\"call @nobody\") // call @nobody";
    let module = format!(
        "module @jit_f {{
           {}
           func.func private @\"f-1\"(%x: tensor<f32> {{mhlo.name = \"a\"}}) -> (tensor<f32>) attributes {{a = [1, 2]}} {{
             %y = stablehlo.add %x, %x : tensor<f32>
             %z = call @g(%y) : (tensor<f32>) -> tensor<f32>
             %w = call @g(%z) : (tensor<f32>) -> tensor<f32>
             return %w : tensor<f32>
           }}
           func.func private @g(%x: tensor<f32>) -> tensor<f32> {{
             return %x : tensor<f32>
           }}
         }}",
        main_of(line)
    );
    compile(&module, "f32[]", "f32[]").unwrap();
}
#[test]
fn custom_calls_without_operands() {
    for target in ["Qr", "Eigh", "LayoutConstraint", "Sharding", "SPMDFullToShardShape", "SPMDShardToFullShape"] {
        check(&custom_call(target, "", ""), "f32[4,4]", "f32[4,4]", "with 0 operands");
    }
    let product = custom_call("ProductOfElementaryHouseholderReflectors", "%x", "tensor<4x4xf32>");
    check(&product, "f32[4,4]", "f32[4,4]", "with 1 operands");
    let generic = "func.func public @main(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
        %y = \"stablehlo.custom_call\"() <{call_target_name = \"Qr\"}> : () -> tensor<4x4xf32>
        return %y : tensor<4x4xf32>
      }";
    check(generic, "f32[4,4]", "f32[4,4]", "with 0 operands");
}
#[test]
fn custom_calls_inside_xla() {
    for target in ["__onednn$matmul", "SliceToDynamic"] {
        check(&custom_call(target, "%x", "tensor<4x4xf32>"), "f32[4,4]", "f32[4,4]", "internal to XLA");
    }
}
#[test]
fn top_k_of_too_many() {
    let top = |call: &str, k: usize| {
        format!(
            "func.func public @main(%x: tensor<4xf32>) -> tensor<{k}xf32> {{
               %y:2 = {call} (tensor<{k}xf32>, tensor<{k}xi32>)
               return %y#0 : tensor<{k}xf32>
             }}"
        )
    };
    let custom = "stablehlo.custom_call @TopK(%x) : (tensor<4xf32>) ->";
    check(&top(custom, 9), "f32[4]", "f32[9]", "custom_call @TopK from sizes");
    check(&top("chlo.top_k(%x, k = 9) : tensor<4xf32> ->", 9), "f32[4]", "f32[9]", "must be at least 9");
    compile(&top("chlo.top_k(%x, k = 3) : tensor<4xf32> ->", 3), "f32[4]", "f32[3]").unwrap();
    let one = "func.func public @main(%x: tensor<4xf32>) -> tensor<4xf32> {
        %y = stablehlo.custom_call @TopK(%x) : (tensor<4xf32>) -> tensor<4xf32>
        return %y : tensor<4xf32>
      }";
    check(one, "f32[4]", "f32[4]", "custom_call @TopK from sizes");
}
#[test]
fn fft_of_another_length() {
    let module = |kind: &str, n: usize| {
        format!(
            "func.func public @main(%x: tensor<2x4xcomplex<f32>>) -> tensor<2x4xcomplex<f32>> {{
               %y = stablehlo.fft %x, type = {kind}, length = [{n}] : (tensor<2x4xcomplex<f32>>) -> tensor<2x4xcomplex<f32>>
               return %y : tensor<2x4xcomplex<f32>>
             }}"
        )
    };
    for (kind, n) in [("FFT", 8), ("IFFT", 8), ("FFT", 2), ("IFFT", 2)] {
        check(&module(kind, n), "c64[2,4]", "c64[2,4]", "the lengths must be the last sizes");
    }
    compile(&module("FFT", 4), "c64[2,4]", "c64[2,4]").unwrap();
    let real = "func.func public @main(%x: tensor<4xf32>) -> tensor<5xcomplex<f32>> {
        %y = stablehlo.fft %x, type = RFFT, length = [8] : (tensor<4xf32>) -> tensor<5xcomplex<f32>>
        return %y : tensor<5xcomplex<f32>>
      }";
    check(real, "f32[4]", "c64[5]", "RFFT");
}
#[test]
fn tokens_as_inputs_or_results() {
    let result = "func.func public @main(%x: tensor<f32>) -> (tensor<f32>, !stablehlo.token) {
        %t = stablehlo.create_token : !stablehlo.token
        return %x, %t : tensor<f32>, !stablehlo.token
      }";
    check(result, "f32[]", "f32[] f32[]", "result 1 is not an array");
    let input = "func.func public @main(%x: tensor<f32>, %t: !stablehlo.token) -> tensor<f32> {
        return %x : tensor<f32>
      }";
    check(input, "f32[] f32[]", "f32[]", "input 1 of main is not an array");
}
#[test]
fn feeds() {
    for line in [
        "%u = \"stablehlo.outfeed\"(%x, %t) {outfeed_config = \"\"} : (tensor<f32>, !stablehlo.token) -> !stablehlo.token",
        "%u:2 = \"stablehlo.infeed\"(%t) {infeed_config = \"\"} : (!stablehlo.token) -> (tensor<f32>, !stablehlo.token)",
    ] {
        let line =
            format!("%t = stablehlo.create_token : !stablehlo.token\n{line}\n%y = stablehlo.add %x, %x : tensor<f32>");
        check(&main_of(&line), "f32[]", "f32[]", "would wait for ever");
    }
}
#[test]
fn deep_nesting() {
    let deep = "[".repeat(100_000) + "1.0" + &"]".repeat(100_000);
    check(&main_of(&format!("%y = stablehlo.constant dense<{deep}> : tensor<f32>")), "f32[]", "f32[]", "nested");
}
#[test]
fn inputs_of_another_type_than_the_module_says() {
    let module = main_of("%y = stablehlo.add %x, %x : tensor<f32>");
    check(&module, "i32[]", "f32[]", "input 0 of main: expected tensor<f32>, as the module says, got tensor<i32>");
    check(&module, "f32[] f32[]", "f32[]", "number of main's inputs: expected 1, got 2");
    check(&module, "f32[]", "f64[]", "compile: results: expected [f64[]], got [f32[]]");
    check(&module, "f32[]", "f32[] f32[]", "compile: results");
    check(&module, "f32[]", "", "compile: results");
}
#[test]
fn no_module_at_all() {
    for text in ["", "\0", "module {", "func.func public @main(", "@main(((", "\"", "@\"", "%"] {
        assert!(compile(text, "", "").is_err(), "{text:?}");
    }
}
#[test]
fn wrong_compile_options() {
    let module = main_of("%y = stablehlo.add %x, %x : tensor<f32>");
    let flag = |name: &str, value| vec![(name.to_owned(), value)];
    let default = CompileOptions::default;
    for (options, words) in [
        (CompileOptions { num_partitions: 0, ..default() }, "from 1 to"),
        (CompileOptions { num_replicas: 1 << 40, ..default() }, "from 1 to"),
        (CompileOptions { num_partitions: 2, device_ids: vec![0], ..default() }, "expected 2, got 1"),
        (CompileOptions { num_partitions: 5, ..default() }, "No matching device found"),
        (CompileOptions::on_device(99), "No matching device found"),
        (CompileOptions::on_device(-1), "distinct ids"),
        (CompileOptions::partitioned(vec![1, 1]), "distinct ids"),
        (
            CompileOptions { xla_flags: flag("xla_no_such_flag", OptionValue::Bool(true)), ..default() },
            "xla_no_such_flag",
        ),
        (
            CompileOptions { xla_flags: flag("xla_cpu_enable_fast_math", OptionValue::Int(3)), ..default() },
            "not a valid bool",
        ),
    ] {
        match client().compile(&module, &options, &avals("f32[]"), &avals("f32[]")) {
            Ok(_) => panic!("compiled with {options:?}"),
            Err(error) => assert!(error.to_string().contains(words), "{options:?}: {error}"),
        }
    }
}
#[test]
fn annotations_of_the_other_partitioner() {
    // Annotations for GSPMD, while raxla always chooses Shardy.
    let module = "module attributes {mhlo.num_partitions = 2 : i32} {
        func.func public @main(%x: tensor<4xf32> {mhlo.sharding = \"{devices=[2]<=[2]}\"}) -> tensor<4xf32> {
          %y = stablehlo.add %x, %x : tensor<4xf32>
          return %y : tensor<4xf32>
        }
      }";
    let options = CompileOptions::partitioned(vec![0, 1]);
    let outcome = client().compile(module, &options, &avals("f32[4]"), &avals("f32[4]"));
    assert!(outcome.unwrap_err().to_string().contains("raxla partitions with Shardy"));
}
#[test]
fn damaged_executables() {
    let module = main_of("%y = stablehlo.add %x, %x : tensor<f32>");
    let bytes = compile(&module, "f32[]", "f32[]").unwrap().serialize().unwrap();
    let load =
        |bytes: &[u8]| client().load_executable(bytes, &CompileOptions::default(), &avals("f32[]"), &avals("f32[]"));
    load(&bytes).unwrap();
    assert!(load(&[]).is_err() && load(b"nothing of the kind").is_err());
    for cut in [1, 8, 40, bytes.len() / 2, bytes.len() - 1] {
        assert!(load(&bytes[..cut]).is_err(), "cut at {cut}");
    }
    for at in (0..bytes.len()).step_by(bytes.len() / 50) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        assert!(load(&damaged).is_err(), "damaged at {at}");
    }
}
#[test]
fn a_client_of_too_many_devices() {
    for count in [1025, 1 << 40, usize::MAX] {
        assert!(matches!(Client::cpu(count), Err(Error::Mismatch { .. })));
    }
}
#[test]
fn deleting_twice_and_using_after() {
    let x = array(&[2], &[1.0f32, 2.0], 0);
    x.delete().unwrap();
    x.delete().unwrap();
    assert!(matches!(x.to_literal(), Err(Error::Donated { .. })));
    assert!(matches!(x.copy_to(&client().devices()[1]), Err(Error::Donated { .. })));
    assert!(matches!(x.is_ready(), Err(Error::Donated { .. })));
}
