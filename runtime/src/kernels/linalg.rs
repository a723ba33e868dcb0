//! The kernels of linear algebra: calls of the crate `raxla_linalg`.

use crate::kernel::{Input, Kernel, KernelCall, Output, Value};
use raxla_ir::DType;
use raxla_linalg::{Call, Items, ItemsMut};

macro_rules! kernels { ($($name:ident)*) => {
    /// The kernels by the names of their primitives.
    pub(super) const KERNELS: &[(&str, Kernel)] =
        &[$((stringify!($name), |call: &mut KernelCall| run(call, raxla_linalg::$name))),*];
} }
kernels! {
    cholesky triangular_solve tridiagonal_solve lu geqrf householder_product qr column_pivots hessenberg tridiagonal eigh eig svd schur
}
fn run(call: &mut KernelCall, kernel: fn(&mut Call) -> Result<(), String>) -> Result<(), String> {
    let KernelCall { inputs, outputs, attributes } = call;
    let flag = |name: &str| match attributes.iter().find(|(key, _)| *key == name) {
        Some((_, Value::Bool(yes))) => Ok(*yes),
        other => Err(format!("attribute `{name}` must be a bool, got {other:?}")),
    };
    let inputs = inputs.iter().map(|input| Ok((&input.aval().shape[..], items(input)?)));
    let inputs = inputs.collect::<Result<_, String>>()?;
    let outputs = outputs.iter_mut().map(items_mut).collect::<Result<_, String>>()?;
    kernel(&mut Call { inputs, outputs, flag: &flag })
}
fn items<'a>(input: &Input<'a>) -> Result<Items<'a>, String> {
    let items = match input.aval().dtype {
        DType::F32 => input.as_slice().map(Items::F32),
        DType::F64 => input.as_slice().map(Items::F64),
        DType::C64 => input.as_slice().map(Items::C64),
        DType::C128 => input.as_slice().map(Items::C128),
        _ => None,
    };
    items.ok_or_else(|| format!("takes f32, f64, c64 or c128, got {}", input.aval()))
}
fn items_mut<'b>(output: &'b mut Output) -> Result<ItemsMut<'b>, String> {
    let aval = output.aval().clone();
    let items = match aval.dtype {
        DType::F32 => output.as_mut_slice().map(ItemsMut::F32),
        DType::F64 => output.as_mut_slice().map(ItemsMut::F64),
        DType::C64 => output.as_mut_slice().map(ItemsMut::C64),
        DType::C128 => output.as_mut_slice().map(ItemsMut::C128),
        DType::I32 => output.as_mut_slice().map(ItemsMut::I32),
        _ => None,
    };
    items.ok_or_else(|| format!("gives f32, f64, c64, c128 or i32, not {aval}"))
}
