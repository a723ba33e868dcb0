//! Programs that callbacks run on the CPU: they run in a client of their own.
//!
//! XLA's CPU client starts the programs of a device in the order in which they were launched, as the C API knows one stream only, and has at
//! most 32 of them under way. A program that a callback launches would thus wait for the program that waits for the callback. So it runs
//! beside: in a second client of the plugin, which runs whatever is launched at once, in the thread that launches it. Arguments and results are
//! copied from one client to the other.

use crate::{
    array::Array,
    device::Device,
    error::Result,
    executable::{Executable, Outputs},
    ffi::RawClient,
};
use raxla_ir::callback;
use std::sync::OnceLock;

/// An executable as it is in the client beside its own, once a callback has run it.
#[derive(Default)]
pub(crate) struct Beside(OnceLock<Executable>);

/// Whether a program of this client, launched now, might wait for one that waits for this thread.
pub(crate) fn is_needed(client: &RawClient) -> bool {
    callback::inside() && client.on_cpu() && !client.is_beside()
}
/// Runs a program on arguments that were checked, and waits for its end.
#[cold]
pub(crate) fn run(executable: &Executable, beside: &Beside, arguments: &[&Array]) -> Result<Outputs> {
    let own = executable.devices();
    let twin = match beside.0.get() {
        Some(twin) => twin,
        None => {
            let twin = executable.in_client(own[0].client.beside()?)?;
            beside.0.get_or_init(|| twin)
        }
    };
    let there: Vec<Array> = arguments.iter().map(|array| moved(array, &twin.devices())).collect::<Result<_>>()?;
    let results = twin.run(&there.iter().collect::<Vec<&Array>>())?;
    results.iter().map(|array| moved(array, &own)).collect()
}
fn moved(array: &Array, devices: &[Device]) -> Result<Array> {
    Array::from_literal_placed(&array.to_literal()?, array.placement(), devices)
}
