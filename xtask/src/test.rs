//! `cargo xtask test`: every check of the project, in order.

use crate::{python, shell};
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
    time::Instant,
};

/// Runs the checks and stops at the first that fails. The last line says how many tests passed and failed.
pub fn run() -> Result<(), String> {
    step("formatting", shell::command("cargo", &["fmt", "--all", "--check"]))?;
    step("formatting of the primitives", rustfmt_of_primitives()?)?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--features", "raxla/ndarray", "--", "-D", "warnings"];
    step("clippy", shell::command("cargo", &clippy))?;
    let counts = tests().and_then(|mut counts| {
        eprintln!("xtask: the Python package");
        let begun = Instant::now();
        python::install("dev")?;
        eprintln!("xtask: the Python package took {:.0?}", begun.elapsed());
        counted(python::tests(), &mut counts)?;
        Ok(counts)
    });
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
    let begun = Instant::now();
    let done = shell::run(&mut command).map_err(|error| format!("{name}: {error}"));
    eprintln!("xtask: {name} took {:.0?}", begun.elapsed());
    done
}

/// What the lines `test result: …` of `cargo test`, and the last of `pytest -q`, add up to.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    passed: usize,
    failed: usize,
}

impl Counts {
    /// Adds what a line of the tests' output reports; other lines are ignored.
    fn add(&mut self, line: &str) {
        let line = line.trim();
        let of_pytest = line
            .split_once(" in ")
            .filter(|(_, time)| time.contains('s') && time.starts_with(|c: char| c.is_ascii_digit()));
        let rest = match (line.strip_prefix("test result: "), of_pytest) {
            (Some(rest), _) | (None, Some((rest, _))) => rest,
            _ => return,
        };
        let words: Vec<&str> = rest.split([' ', ';', ',']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<usize>() else { continue };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" | "error" | "errors" => self.failed += count,
                _ => {}
            }
        }
    }
}

/// Runs every test, also those after a failing one.
fn tests() -> Result<Counts, String> {
    let mut counts = Counts::default();
    let command = shell::command("cargo", &["test", "--workspace", "--features", "raxla/ndarray", "--no-fail-fast"]);
    counted(command, &mut counts)?;
    Ok(counts)
}
/// Runs a command, passes its output through as it comes, and adds the tests that it reports.
fn counted(mut command: std::process::Command, counts: &mut Counts) -> Result<(), String> {
    let line = shell::shown(&command);
    eprintln!("xtask: tests: {line}");
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| format!("cannot start {line}: {error}"))?;
    let failed = counts.failed;
    for text in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).split(b'\n')) {
        let text = text.map_err(|error| format!("cannot read the output of {line}: {error}"))?;
        let text = String::from_utf8_lossy(&text);
        println!("{text}");
        counts.add(&text);
    }
    eprintln!("xtask: tests took {:.0?}", begun.elapsed());
    let status = child.wait().map_err(|error| format!("{line}: {error}"))?;
    // It did not build, or a test binary died before it could report.
    if !status.success() && counts.failed == failed {
        return Err(format!("tests: {line} failed ({status})"));
    }
    Ok(())
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
            "1 failed, 12 passed, 2 errors in 3.41s",
            "5 passed in 0.12s",
        ] {
            counts.add(line);
        }
        assert_eq!(counts, Counts { passed: 21, failed: 5 });
    }
}
