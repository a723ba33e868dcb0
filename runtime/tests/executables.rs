//! Compiling and running: what goes in, what comes out, and what is refused.

use raxla_ir::{DType, ShapedArray};
use raxla_runtime::{Array, Client, CompileOptions, Error, Executable};
use std::sync::OnceLock;

/// A client with four devices, shared by the tests of this file.
fn client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| Client::cpu(4).unwrap())
}
fn array<T: raxla_ir::Element>(shape: &[usize], data: &[T], device: usize) -> Array {
    Array::from_literal(&raxla_ir::Literal::new(shape, data), &client().devices()[device]).unwrap()
}
fn avals(text: &str) -> Vec<ShapedArray> {
    let aval = |text: &str| {
        let (dtype, dims) = text.trim_end_matches(']').split_once('[').unwrap();
        let shape: Vec<usize> = dims.split(',').filter(|d| !d.is_empty()).map(|d| d.parse().unwrap()).collect();
        ShapedArray::new(&shape, dtype.parse::<DType>().unwrap())
    };
    text.split_whitespace().map(aval).collect()
}
fn compile(module: &str, options: &CompileOptions, ins: &str, outs: &str) -> Result<Executable, Error> {
    client().compile(module, options, &avals(ins), &avals(outs))
}

const ADD: &str = "func.func public @main(%x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2xf32> {
    %z = stablehlo.add %x, %y : tensor<2xf32>
    return %z : tensor<2xf32>
}";
const REUSE: &str =
    "func.func public @main(%x: tensor<2xf32> {tf.aliasing_output = 0 : i32}, %y: tensor<2xf32>) -> tensor<2xf32> {
    %z = stablehlo.add %x, %y : tensor<2xf32>
    return %z : tensor<2xf32>
}";

fn add() -> Executable {
    compile(ADD, &CompileOptions::default(), "f32[2] f32[2]", "f32[2]").unwrap()
}

#[test]
fn runs() {
    let (x, y) = (array(&[2], &[1.0f32, 2.0], 0), array(&[2], &[10.0f32, 20.0], 0));
    let z = add().run(&[&x, &y]).unwrap();
    assert_eq!(z[0].to_vec::<f32>().unwrap(), [11.0, 22.0]);
    assert_eq!(add().run(&[&x, &x]).unwrap()[0].to_vec::<f32>().unwrap(), [2.0, 4.0]);
}

#[test]
fn donated_arrays_are_gone() {
    for module in [REUSE, ADD] {
        let add = compile(module, &CompileOptions::default(), "f32[2] f32[2]", "f32[2]").unwrap();
        let (x, y) = (array(&[2], &[1.0f32, 2.0], 0), array(&[2], &[10.0f32, 20.0], 0));
        let clone = x.clone();
        // Not donated: the program must not overwrite it even if it could.
        let kept = add.run(&[&x, &y]).unwrap();
        assert_eq!(x.to_vec::<f32>().unwrap(), [1.0, 2.0]);
        let twice = add.run_donating(&[&x, &x], &[true, false]).unwrap_err();
        assert!(matches!(twice, Error::Mismatch { .. }), "{twice}");
        let z = add.run_donating(&[&x, &y], &[true, false]).unwrap();
        assert_eq!(z[0].to_vec::<f32>().unwrap(), [11.0, 22.0]);
        assert_eq!(kept[0].to_vec::<f32>().unwrap(), [11.0, 22.0]);
        assert!(x.is_donated() && clone.is_donated() && !y.is_donated());
        assert!(matches!(clone.to_vec::<f32>(), Err(Error::Donated { .. })));
        assert!(matches!(clone.block_until_ready(), Err(Error::Donated { .. })));
        assert!(matches!(add.run(&[&y, &clone]), Err(Error::Donated { what, .. }) if what == "run: argument 1"));
        let again = add.run_donating(&[&y, &clone], &[true, false]).unwrap_err();
        assert!(matches!(again, Error::Donated { .. }) && !y.is_donated());
    }
}
