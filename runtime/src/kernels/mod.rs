//! raxla's own kernels, in one table.

mod callback;
mod linalg;

use crate::kernel::{Kernel, KernelCall};

/// The kernels by name.
pub(crate) fn all() -> impl Iterator<Item = &'static (&'static str, Kernel)> {
    const GENERAL: &[(&str, Kernel)] =
        &[("callback", callback::callback), ("copy", copy), ("debug_print", callback::debug_print)];
    [GENERAL, linalg::KERNELS].into_iter().flatten()
}

/// Each output is the input at its position, bit by bit.
fn copy(call: &mut KernelCall) -> Result<(), String> {
    let inputs: Vec<&[u8]> = call.inputs().iter().map(|input| input.bytes()).collect();
    if inputs.len() != call.outputs().len() {
        return Err(format!(
            "takes as many inputs as there are outputs, got {} and {}",
            inputs.len(),
            call.outputs().len()
        ));
    }
    for (output, input) in call.outputs().iter_mut().zip(inputs) {
        if output.bytes().len() != input.len() {
            return Err(format!("cannot write {} from {} bytes", output.aval(), input.len()));
        }
        output.bytes().copy_from_slice(input);
    }
    Ok(())
}
