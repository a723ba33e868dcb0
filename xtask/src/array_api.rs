//! The array API standard's own tests, run on the Python package. What fails must stand in `docs/conformance.md`, with its reason.

use crate::{python, shell};
use std::{collections::BTreeSet, path::Path};

/// The page that names the tests that fail, each in a row of its table that begins with the test's name.
const PAGE: &str = "docs/conformance.md";

/// Runs the suite, a checkout with its submodule, on all its files or on those named; says how many tests pass.
pub fn run(suite: &str, files: &[&str]) -> Result<(), String> {
    let requirements = Path::new(suite).join("requirements.txt");
    let install = ["install", "--quiet", "--disable-pip-version-check", "-r", &requirements.display().to_string()];
    shell::run(&mut shell::command(&python::program("pip"), &install))?;
    let all = ["array_api_tests"];
    let files = if files.is_empty() { &all[..] } else { files };
    let options = [
        "-m",
        "pytest",
        "-q",
        "--color=no",
        "--tb=no",
        "-rA",
        "--max-examples",
        "5",
        "--disable-deadline",
        "--derandomize",
    ];
    let mut command = shell::command(&python::program("python"), &[&options[..], files].concat());
    command.current_dir(suite).envs([("ARRAY_API_TESTS_MODULE", "raxla.numpy"), ("JAX_ENABLE_X64", "1")]);
    // Pytest fails where a test does, so that its exit code says nothing here.
    let output = command.output().map_err(|error| format!("cannot start {}: {error}", shell::shown(&command)))?;
    let report = String::from_utf8_lossy(&output.stdout);
    let page = std::fs::read_to_string(shell::root().join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let (passed, failed) = (tests(&report, "PASSED"), tests(&report, "FAILED"));
    let broken = tests(&report, "ERROR");
    if passed.is_empty() {
        return Err(format!("no test passed:\n{report}{}", String::from_utf8_lossy(&output.stderr)));
    }
    let known = known(&page);
    println!("array API: {} pass, {} fail, {} broke", passed.len(), failed.len(), broken.len());
    let new: Vec<&str> = failed.union(&broken).filter(|t| !known.contains(*t)).copied().collect();
    for test in known.intersection(&passed) {
        println!("passes by now, though {PAGE} says not: {test}");
    }
    match new[..] {
        [] => Ok(()),
        _ => Err(format!("{} tests fail that {PAGE} does not name:\n{}", new.len(), new.join("\n"))),
    }
}
/// The tests that pytest's summary has in lines of a kind.
fn tests<'a>(report: &'a str, kind: &str) -> BTreeSet<&'a str> {
    let named = |line: &'a str| {
        let name = line.strip_prefix(kind)?.strip_prefix(' ')?;
        Some(name.split(" - ").next().unwrap_or(name))
    };
    report.lines().filter_map(named).collect()
}
/// The tests that rows of the page name.
fn known(page: &str) -> BTreeSet<&str> {
    page.lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .filter(|name| name.starts_with("array_api_tests/"))
        .collect()
}

#[cfg(test)]
mod tests_of_reports {
    use super::*;

    #[test]
    fn reports_and_pages_are_read() {
        let report = "PASSED a.py::test_x\nFAILED a.py::test_y[1] - ValueError: no - way\nERROR a.py::test_z\n3 passed";
        assert_eq!(tests(report, "PASSED"), BTreeSet::from(["a.py::test_x"]));
        assert_eq!(tests(report, "FAILED"), BTreeSet::from(["a.py::test_y[1]"]));
        let page = "text\n| `array_api_tests/a.py::test_y[1]` | why |\n| `other` | why |\n";
        assert_eq!(known(page), BTreeSet::from(["array_api_tests/a.py::test_y[1]"]));
    }
}
