//! The examples, run as a newcomer runs them.

use std::{
    path::PathBuf,
    process::{Command, Output},
};

/// Runs an example that `cargo test` has built beside this test.
fn run(example: &str, arguments: &[&str]) -> Output {
    let test = std::env::current_exe().expect("this test");
    let folder = test.ancestors().nth(2).expect("the folder of the profile").join("examples");
    let program = folder.join(format!("{example}{}", std::env::consts::EXE_SUFFIX));
    Command::new(&program).args(arguments).output().unwrap_or_else(|e| panic!("{}: {e}", program.display()))
}
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn digits_reaches_its_accuracy() {
    let output = run("digits", &[]);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{err}");
    let number = |after: &str| -> f64 {
        let rest = &out[out.find(after).unwrap_or_else(|| panic!("no `{after}` in {out}")) + after.len()..];
        rest.split_whitespace()
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or_else(|| panic!("no number after `{after}` in {out}"))
    };
    assert!(number("test accuracy:") >= 97.0, "{out}");
    assert!(number("speed:") > 0.0, "{out}");
}
#[test]
fn digits_says_what_is_wrong_with_its_data() {
    let file = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = std::env::temp_dir().join(format!("raxla-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).expect("writes");
        path
    };
    let compressed = |text: &str| {
        use std::io::Write;
        let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("compresses");
        encoder.finish().expect("compresses")
    };
    let rows = |n: usize, row: &str| format!("{row}\n").repeat(n);
    let good = format!("{}3", "1,".repeat(64));
    let cases = [
        (PathBuf::from("/no/such/file"), "No such file"),
        (file("plain", b"rows of numbers, not compressed"), "invalid gzip header"),
        (file("short", &compressed(&rows(1, "1,2,3"))), "line 1: needs 64 intensities and a label"),
        (file("letters", &compressed(&rows(1, "a,b"))), "line 1: invalid float literal"),
        (file("label", &compressed(&rows(1, &format!("{}11", "1,".repeat(64))))), "a label from 0 to 9"),
        (file("few", &compressed(&rows(20, &good))), "has 20 images, at least 640 are needed"),
    ];
    for (path, want) in cases {
        let path = path.to_str().expect("a name");
        let output = run("digits", &[path]);
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{path}: {err}");
        assert!(err.contains(want) && err.contains(path), "{path}: {err}");
        let _ = std::fs::remove_file(path);
    }
}
#[test]
fn the_tour_shows_what_it_says() {
    let output = run("tour", &[]);
    let out = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for part in [
        "third derivative at 1: -0.54030",
        "H v = [ 2.",
        "db = [1. 1. 1.]",
        "vmap(grad(loss)), optimised:\nprogram(",
        "--> examples/tour.rs:",
    ] {
        assert!(out.contains(part), "no `{part}` in\n{out}");
    }
}
