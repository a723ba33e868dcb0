//! The rules of the house that no compiler checks: who may depend on whom, and what may stand where.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What each crate of the workspace may depend on, as in DESIGN's picture: dependencies point one way.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("ir/derive", &[]),
    ("ir", &["raxla-derive"]),
    ("transforms", &["raxla-ir"]),
    ("runtime/linalg", &[]),
    ("runtime", &["raxla-ir", "raxla-linalg"]),
    ("jit", &["raxla-ir", "raxla-transforms", "raxla-runtime"]),
    ("", &["raxla-ir", "raxla-transforms", "raxla-runtime", "raxla-jit"]),
    ("python", &["raxla"]),
    ("xtask", &["raxla", "raxla-runtime"]),
];
/// Files over 500 lines, and why each is one file. Neither tests nor the examples of documentation are counted.
const LONG: &[(&str, &str)] = &[
    ("runtime/src/ffi/pjrt.rs", "made by bindgen"),
    ("runtime/src/ffi/xla_ffi.rs", "made by bindgen"),
    ("ir/src/text.rs", "printing and reading are each other's inverse and stand side by side"),
];
/// Files that `cargo xtask bindgen` makes.
const MADE: &[&str] = &["runtime/src/ffi/pjrt.rs", "runtime/src/ffi/xla_ffi.rs"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
/// The files of this project with one of these endings, by path from the root.
fn files(endings: &[&str]) -> Vec<(String, String)> {
    fn walk(at: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(at).unwrap().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            match entry.file_type().unwrap().is_dir() {
                true if !name.starts_with('.') && !["target", "node_modules"].contains(&name.as_str()) => {
                    walk(&path, endings, found)
                }
                false if endings.iter().any(|e| name.ends_with(e)) => found.push(path),
                _ => {}
            }
        }
    }
    let mut found = vec![];
    walk(root(), endings, &mut found);
    found.sort();
    let name = |p: &PathBuf| p.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().map(|p| (name(p), fs::read_to_string(p).unwrap())).collect()
}
fn rust() -> Vec<(String, String)> {
    files(&[".rs"])
}
/// The lines of a Rust file that hold code: without comments, documentation and what string literals say.
fn code(text: &str) -> String {
    let mut lines = vec![];
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or("");
        // Every other part between quotation marks is a string; escapes do not occur beside the words looked for.
        lines.push(line.split('"').step_by(2).collect::<Vec<_>>().join("\"\""));
    }
    lines.join("\n")
}
/// Whether a text has a word, not as a part of another.
fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(i, _)| {
        !text[..i].chars().next_back().is_some_and(part) && !text[i + word.len()..].chars().next().is_some_and(part)
    })
}
/// The examples in the documentation of a Rust file.
fn examples(text: &str) -> Vec<String> {
    let docs = text.lines().map(str::trim).filter_map(|l| l.strip_prefix("///").or(l.strip_prefix("//!")));
    let mut found: Vec<String> = vec![];
    let mut inside = false;
    for line in docs {
        if line.trim_start().starts_with("```") {
            inside = !inside;
            if inside {
                found.push(String::new());
            }
        } else if let (true, Some(example)) = (inside, found.last_mut()) {
            example.push_str(line);
            example.push('\n');
        }
    }
    found
}
fn none(rule: &str, offenders: Vec<String>) {
    assert!(offenders.is_empty(), "{rule}:\n  {}", offenders.join("\n  "));
}

#[test]
fn dependencies_point_one_way() {
    let mut wrong = vec![];
    for (path, text) in files(&["Cargo.toml"]) {
        let folder = path.strip_suffix("Cargo.toml").unwrap().trim_end_matches('/');
        let allowed = MAY_DEPEND_ON.iter().find(|m| m.0 == folder).map(|m| m.1);
        let Some(allowed) = allowed else {
            wrong.push(format!("{path}: a crate that MAY_DEPEND_ON does not list"));
            continue;
        };
        let mut section = "";
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(']');
            }
            // Tests may use what they like.
            let counts =
                section == "dependencies" || section == "build-dependencies" || section.contains(".dependencies");
            let name = line.split(['.', '=', ' ']).next().unwrap_or("");
            if counts && section != "workspace.dependencies" && name.starts_with("raxla") && !allowed.contains(&name) {
                wrong.push(format!("{path} depends on {name}"));
            }
        }
    }
    none("dependencies point one way (DESIGN §1)", wrong);
}
#[test]
fn unsafe_code_stands_in_ffi_only() {
    let inside = ["runtime/src/ffi/", "python/src/ffi/"];
    let outside = rust().into_iter().filter(|(path, _)| !inside.iter().any(|folder| path.starts_with(folder)));
    let wrong = outside.filter(|(_, text)| has_word(&code(text), "unsafe")).map(|f| f.0);
    none("`unsafe` stands only under runtime/src/ffi/ and python/src/ffi/", wrong.collect());
}
#[test]
fn only_the_optimizer_names_egg() {
    let outside = files(&[".rs", ".toml"]).into_iter().filter(|(path, _)| {
        !path.starts_with("transforms/src/optimize/") && !path.ends_with("Cargo.toml") && path != "tests/tidy.rs"
    });
    let wrong = outside.filter(|(_, text)| has_word(&code(text), "egg")).map(|f| f.0);
    none("`egg` is named only under transforms/src/optimize/", wrong.collect());
}
#[test]
fn nothing_is_left_undone() {
    let marks = ["todo!", "unimplemented!", "#[ignore", "dbg!"];
    let mut wrong = vec![];
    for (path, text) in rust() {
        let code = code(&text);
        wrong.extend(marks.iter().filter(|m| code.contains(**m)).map(|m| format!("{path} has {m}")));
    }
    none("no test is ignored and nothing is left to do later", wrong);
}
#[test]
fn long_files_say_why() {
    let reasons: BTreeMap<&str, &str> = LONG.iter().copied().collect();
    let mut wrong = vec![];
    for (path, text) in rust() {
        let is_test = path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs");
        let lines = text.lines().count() - examples(&text).iter().map(|e| e.lines().count() + 3).sum::<usize>();
        if !is_test && lines > 500 && !reasons.contains_key(path.as_str()) {
            wrong.push(format!("{path} has {lines} lines"));
        }
    }
    none("a file over 500 lines is a question; answer it in LONG", wrong);
    let gone = LONG.iter().filter(|l| !root().join(l.0).exists()).map(|l| l.0.to_string());
    none("LONG lists files that are gone", gone.collect());
}
#[test]
fn files_open_by_saying_what_they_are() {
    let sources = rust().into_iter().filter(|(path, _)| path.starts_with("src/") || path.contains("/src/"));
    let wrong = sources.filter(|(path, text)| !text.starts_with("//!") && !MADE.contains(&path.as_str())).map(|f| f.0);
    none("every file under src opens with a line of `//!`", wrong.collect());
}
#[test]
fn every_public_function_of_the_array_library_has_an_example() {
    let mut wrong = vec![];
    let mut all = String::new();
    for (path, text) in rust() {
        let library = path.starts_with("src/") && path != "src/oracle.rs";
        if library || ["ir/src", "transforms/src", "jit/src"].iter().any(|folder| path.starts_with(folder)) {
            all += &examples(&text).concat();
        }
        let lines: Vec<&str> = text.lines().collect();
        for (i, line) in lines.iter().enumerate().filter(|_| library) {
            let Some(name) = line.strip_prefix("pub fn ").and_then(|l| l.split(['(', '<']).next()) else { continue };
            let above = lines[..i].iter().rev().take_while(|l| l.starts_with("///") || l.starts_with("#["));
            let doc: String = above.copied().collect();
            // Or one of its module.
            if !doc.contains("```") && !examples(&text).concat().contains(&format!("{name}(")) {
                wrong.push(format!("{path}: {name}"));
            }
        }
    }
    // The names that the pages say are there, also those that macros make.
    for page in ["docs/numpy.md", "docs/scipy.md", "docs/jax.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let lists = text.lines().filter(|l| l.split(' ').all(|word| word.starts_with('`') && word.ends_with('`')));
        let names = lists.flat_map(|l| l.split(' ')).map(|n| n.trim_matches('`'));
        let function = |n: &&str| n.chars().all(|c| c.is_lowercase() || c.is_numeric() || c == '_');
        let called = |n: &str| has_word(&all, n);
        wrong.extend(names.filter(function).filter(|n| !called(n)).map(|n| format!("{page}: {n}")));
    }
    none("every public function of src has an example", wrong);
}
