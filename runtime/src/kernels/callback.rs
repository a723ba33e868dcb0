//! The kernels that call functions of the host, and print.

use crate::kernel::KernelCall;
use raxla_ir::{
    Literal, ShapedArray,
    callback::{self, Callback},
    primitives::callback::check_results,
};

/// Calls the callback with the number `id`.
pub(super) fn callback(call: &mut KernelCall) -> Result<(), String> {
    let id = call.int("id")?;
    let callback =
        Callback::alive(id as u64).ok_or_else(|| format!("the callback with number {id} is no longer alive"))?;
    let outs = callback.call(&operands(call)?)?;
    let results = results(call)?;
    let wanted: Vec<ShapedArray> = results.iter().map(|output| output.aval().clone()).collect();
    check_results(&wanted, &outs).map_err(|message| format!("`{}`: {message}", callback.name()))?;
    results.iter_mut().zip(&outs).try_for_each(|(result, out)| result.write(out))
}
/// Prints the operands in the places of `format`.
pub(super) fn debug_print(call: &mut KernelCall) -> Result<(), String> {
    let format = call.text("format")?;
    callback::print(format, &operands(call)?)?;
    results(call).map(drop)
}

/// The inputs without the token.
fn operands(call: &KernelCall) -> Result<Vec<Literal>, String> {
    let skipped = usize::from(call.flag("threaded")?);
    Ok(call.inputs().iter().skip(skipped).map(|input| input.to_literal()).collect())
}
/// The outputs without the token, which is written.
fn results<'c, 'a>(call: &'c mut KernelCall<'a>) -> Result<&'c mut [crate::kernel::Output<'a>], String> {
    if !call.flag("threaded")? {
        return Ok(call.outputs());
    }
    let (token, results) = call.outputs().split_first_mut().ok_or("there is no token to write")?;
    token.bytes().fill(0);
    Ok(results)
}
