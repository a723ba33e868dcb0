//! Developer commands: `cargo xtask <command>`.

mod array_api;
mod bindgen;
mod fuzz;
mod plugin;
mod python;
mod shell;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

  test                           every check of the project, in order; stops at the first that fails
  fuzz [--programs N] [--minutes M] [--seed S] [--xla N] [--choices N,N,…]
                                 random programs, each held to every law; stops after so many (10000), or minutes
  plugin [cpu|cuda12|cuda13|tpu] find XLA's compiler for a platform, fetching it if need be, and print its path
  python [PROFILE]               the Python package's wheel (of the profile `release`), built and installed in target/python
  python-stubs                   remake the stubs of the package that is installed there, for type checkers
  array-api SUITE [FILE…]        the array API standard's tests, a checkout, on the package in target/python
  bindgen                        remake the bindings in runtime/src/ffi from the headers of the PJRT C API and XLA's FFI

Exit codes: 0 all is well, 1 a command failed, 2 the command line is wrong.";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments[..] {
        ["test"] => test::run(),
        ["fuzz", ref options @ ..] => fuzz::run(options),
        ["plugin"] => plugin::run("cpu"),
        ["plugin", platform] => plugin::run(platform),
        ["python"] => python::install("release"),
        ["python", profile] => python::install(profile),
        ["python-stubs"] => python::stubs(),
        ["array-api", suite, ref files @ ..] => array_api::run(suite, files),
        ["bindgen"] => bindgen::run(),
        ["bindgen", include, ref headers @ ..] => bindgen::generate(include, headers),
        ["help" | "-h" | "--help"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
