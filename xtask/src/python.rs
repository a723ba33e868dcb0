//! The Python package: its wheel, built once, in a virtual environment of the tests' own, beside JAX, its oracle.

use crate::shell;
use std::path::PathBuf;

fn environment() -> PathBuf {
    shell::root().join("target/python")
}
/// A program of the environment.
pub fn program(name: &str) -> String {
    environment().join("bin").join(name).display().to_string()
}

/// Makes the environment if there is none, builds the wheel and installs it.
pub fn install(profile: &str) -> Result<(), String> {
    if !environment().join("bin/python").exists() {
        shell::run(&mut shell::command("python3", &["-m", "venv", &environment().display().to_string()]))?;
    }
    let pip = program("pip");
    let quiet = ["install", "--quiet", "--disable-pip-version-check"];
    shell::run(&mut shell::command(&pip, &[&quiet[..], &["-r", "python/tests/requirements.txt"]].concat()))?;
    let wheels = shell::root().join("target/wheels");
    if wheels.exists() {
        std::fs::remove_dir_all(&wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    }
    let build =
        ["build", "-m", "python/Cargo.toml", "--profile", profile, "-i", &program("python"), "--out", "target/wheels"];
    shell::run(&mut shell::command(&program("maturin"), &build))?;
    let wheel = std::fs::read_dir(&wheels).ok().and_then(|mut all| all.next()?.ok());
    let wheel = wheel.ok_or("maturin left no wheel")?.path().display().to_string();
    shell::run(&mut shell::command(&pip, &[&quiet[..], &["--force-reinstall", "--no-deps", &wheel]].concat()))
}
/// Makes its stubs of the package that is installed.
pub fn stubs() -> Result<(), String> {
    shell::run(&mut shell::command(&program("python"), &["python/stubs.py"]))
}
/// The command that runs its tests, doc strings included.
pub fn tests() -> std::process::Command {
    let mut command =
        shell::command(&program("python"), &["-m", "pytest", "-q", "--color=no", "-n", "2", "python/tests"]);
    command.env("JAX_PLATFORMS", "cpu");
    command
}
