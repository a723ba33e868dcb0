//! What the test binaries of this crate share: a client with four devices, and short ways to write avals and arrays.
#![allow(dead_code)] // Each binary uses a part.

use raxla_ir::{DType, Element, Literal, ShapedArray};
use raxla_runtime::{Array, Client, CompileOptions, Error, Executable};
use std::sync::OnceLock;

/// A client with four devices.
pub fn client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| Client::cpu(4).unwrap())
}
/// An array on one of the client's devices.
pub fn array<T: Element>(shape: &[usize], data: &[T], device: usize) -> Array {
    Array::from_literal(&Literal::new(shape, data), &client().devices()[device]).unwrap()
}
/// Avals separated by blanks: `f32[2,3] i32[]`.
pub fn avals(text: &str) -> Vec<ShapedArray> {
    let aval = |text: &str| {
        let (dtype, dims) = text.trim_end_matches(']').split_once('[').unwrap();
        let shape: Vec<usize> = dims.split(',').filter(|d| !d.is_empty()).map(|d| d.parse().unwrap()).collect();
        ShapedArray::new(&shape, dtype.parse::<DType>().unwrap())
    };
    text.split_whitespace().map(aval).collect()
}
/// Compiles a module for the client's first device.
pub fn compile(module: &str, ins: &str, outs: &str) -> Result<Executable, Error> {
    client().compile(module, &CompileOptions::default(), &avals(ins), &avals(outs))
}
