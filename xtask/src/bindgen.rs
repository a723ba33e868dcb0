//! `cargo xtask bindgen`: remakes the bindings in `runtime/src/ffi/` from the headers of the PJRT C API and of XLA's FFI.
//!
//! The results are committed, so building raxla needs neither libclang nor this command.

use crate::shell;
use std::path::{Path, PathBuf};

/// A header in C, and what becomes of it.
struct Header {
    /// The package that carries it.
    package: &'static str,
    /// The end of its path there.
    file: &'static str,
    /// Where it comes from, in words.
    #[cfg_attr(not(feature = "bindgen"), expect(dead_code, reason = "only the generator writes it"))]
    origin: &'static str,
    /// The names that are wanted of it.
    #[cfg_attr(not(feature = "bindgen"), expect(dead_code, reason = "only the generator asks for them"))]
    items: &'static str,
    /// The file in Rust.
    #[cfg_attr(not(feature = "bindgen"), expect(dead_code, reason = "only the generator writes it"))]
    target: &'static str,
}
const HEADERS: [Header; 2] = [
    Header {
        package: "xla-cpu-pjrt==0.0.1",
        file: "pjrt_c_api.h",
        origin: "pjrt_c_api.h 0.81",
        items: "PJRT_.*",
        target: "runtime/src/ffi/pjrt.rs",
    },
    Header {
        package: "jaxlib==0.10.2",
        file: "xla/ffi/api/c_api.h",
        origin: "xla/ffi/api/c_api.h 0.3",
        items: "XLA_FFI_.*",
        target: "runtime/src/ffi/xla_ffi.rs",
    },
];
const LIBCLANG: (&str, &str) = ("libclang==18.1.1", "libclang.so");

/// Fetches the headers and libclang, then runs [`generate`] in an xtask that has the generator compiled in, which ordinary ones
/// have not, since it takes minutes.
pub fn run() -> Result<(), String> {
    let folder = shell::root().join("target/bindgen");
    let libclang = fetch(&folder, LIBCLANG)?;
    let include = shell::output(&mut shell::command("gcc", &["-print-file-name=include"]))?;
    let mut arguments = ["run", "--package", "xtask", "--features", "bindgen", "--", "bindgen", &include].to_vec();
    let headers = HEADERS.iter().map(|header| fetch(&folder, (header.package, header.file)));
    let headers = headers.map(|path| Ok(path?.to_string_lossy().into_owned())).collect::<Result<Vec<_>, String>>()?;
    arguments.extend(headers.iter().map(String::as_str));
    shell::run(shell::command("cargo", &arguments).env("LIBCLANG_PATH", libclang.parent().unwrap_or(&libclang)))
}

/// Writes the bindings of the headers at these paths.
#[cfg(feature = "bindgen")]
pub fn generate(include: &str, paths: &[&str]) -> Result<(), String> {
    for (header, path) in HEADERS.iter().zip(paths) {
        let prelude = format!(
            "// Made by `cargo xtask bindgen` from {} of the OpenXLA project (Apache-2.0). Do not edit.",
            header.origin
        );
        let bindings = bindgen::Builder::default()
            .header(*path)
            .clang_arg(format!("-I{include}"))
            .allowlist_item(header.items)
            .blocklist_function(".*")
            .prepend_enum_name(false)
            .generate_comments(false)
            .derive_debug(false)
            .use_core()
            .raw_line(prelude)
            .generate()
            .map_err(|error| format!("bindgen: {error}"))?;
        let target = shell::root().join(header.target);
        bindings.write_to_file(&target).map_err(|error| format!("cannot write {}: {error}", target.display()))?;
        println!("{}", target.display());
    }
    Ok(())
}

/// Says that this xtask cannot.
#[cfg(not(feature = "bindgen"))]
pub fn generate(_include: &str, _paths: &[&str]) -> Result<(), String> {
    Err("this xtask was built without the feature `bindgen`".to_owned())
}

/// The path of a file out of a wheel, which is downloaded first unless it is there.
fn fetch(folder: &Path, (package, file): (&str, &str)) -> Result<PathBuf, String> {
    let into = folder.join(file.replace(['.', '/'], "_"));
    let shown = into.to_string_lossy();
    if find(&into, file).is_none() {
        let download = ["-m", "pip", "download", "--quiet", "--no-deps", package, "-d", &shown];
        shell::run(&mut shell::command("python3", &download))?;
        let unzip = "import glob, sys, zipfile\n\
            for wheel in glob.glob(sys.argv[1] + '/*.whl'): zipfile.ZipFile(wheel).extractall(sys.argv[1])";
        shell::run(&mut shell::command("python3", &["-c", unzip, &shown]))?;
    }
    find(&into, file).ok_or_else(|| format!("{package} has no {file}"))
}

fn find(folder: &Path, file: &str) -> Option<PathBuf> {
    let entries: Vec<PathBuf> = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    let here = entries.iter().find(|path| path.ends_with(file)).cloned();
    here.or_else(|| entries.iter().find_map(|path| find(path, file)))
}
