//! `cargo xtask fuzz`: random programs, as many as there is time for.

use crate::shell;

/// Runs `tests/fuzz.rs` with these options: with the checks of debug builds, so that an overflow counts as a find.
pub fn run(options: &[&str]) -> Result<(), String> {
    let arguments = ["test", "--package", "raxla", "--test", "fuzz", "--"];
    shell::run(&mut shell::command("cargo", &[&arguments[..], options].concat()))
}
