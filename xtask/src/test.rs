//! `cargo xtask test`: every check of the project, in order.

use crate::shell;
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

/// Runs the checks and stops at the first that fails. The last line says how many tests passed and failed.
pub fn run() -> Result<(), String> {
    step("formatting", shell::command("cargo", &["fmt", "--all", "--check"]))?;
    step("formatting of the primitives", rustfmt_of_primitives()?)?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--features", "raxla/ndarray", "--", "-D", "warnings"];
    step("clippy", shell::command("cargo", &clippy))?;
    let counts = tests();
    let mut documentation = shell::command("cargo", &["doc", "--workspace", "--no-deps"]);
    documentation.env("RUSTDOCFLAGS", "-Dwarnings");
    let outcome = counts.as_ref().map_err(Clone::clone).and_then(|counts| match counts.failed {
        0 => step("documentation", documentation),
        failed => Err(format!("{failed} tests failed")),
    });
    if let Ok(Counts { passed, failed }) = counts {
        println!("{passed} passed, {failed} failed");
    }
    outcome
}

/// `cargo fmt` does not see these files, since a macro declares them as modules.
fn rustfmt_of_primitives() -> Result<std::process::Command, String> {
    let folder = "ir/src/primitives";
    let mut command = shell::command("rustfmt", &["--check", "--edition", "2024"]);
    for entry in std::fs::read_dir(folder).map_err(|error| format!("{folder}: {error}"))? {
        let path = entry.map_err(|error| format!("{folder}: {error}"))?.path();
        // A folder's own file declares the others in it.
        command.arg(if path.is_dir() { path.join("mod.rs") } else { path });
    }
    Ok(command)
}

fn step(name: &str, mut command: std::process::Command) -> Result<(), String> {
    eprintln!("xtask: {name}: {}", shell::shown(&command));
    shell::run(&mut command).map_err(|error| format!("{name}: {error}"))
}

/// What the lines `test result: …` add up to.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    passed: usize,
    failed: usize,
}

impl Counts {
    /// Adds what a line of `cargo test`'s output reports; other lines are ignored.
    fn add(&mut self, line: &str) {
        let Some(rest) = line.trim().strip_prefix("test result: ") else { return };
        let words: Vec<&str> = rest.split([' ', ';']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<usize>() else { continue };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                _ => {}
            }
        }
    }
}

/// Runs every test, also those after a failing one, and passes the output through as it comes.
fn tests() -> Result<Counts, String> {
    let mut command =
        shell::command("cargo", &["test", "--workspace", "--features", "raxla/ndarray", "--no-fail-fast"]);
    let line = shell::shown(&command);
    eprintln!("xtask: tests: {line}");
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("cannot start {line}: {error}"))?;
    let mut counts = Counts::default();
    for text in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).split(b'\n')) {
        let text = text.map_err(|error| format!("cannot read the output of {line}: {error}"))?;
        let text = String::from_utf8_lossy(&text);
        println!("{text}");
        counts.add(&text);
    }
    let status = child.wait().map_err(|error| format!("{line}: {error}"))?;
    match (status.success(), counts.failed) {
        // It did not build, or a test binary died before it could report.
        (false, 0) => Err(format!("tests: {line} failed ({status})")),
        _ => Ok(counts),
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn counts_add_up() {
        let mut counts = Counts::default();
        for line in [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.01s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "all doctests ran in 1.12s; merged doctests compilation took 1.10s",
        ] {
            counts.add(line);
        }
        assert_eq!(counts, Counts { passed: 4, failed: 2 });
    }
}
