//! `cargo xtask bindgen`: remakes `runtime/src/ffi/pjrt.rs` from the header of the PJRT C API.
//!
//! The result is committed, so building raxla needs neither libclang nor this command.

use crate::shell;
use std::path::{Path, PathBuf};

/// The packages that carry the header and libclang, and the files taken out of them.
const HEADER: (&str, &str) = ("xla-cpu-pjrt==0.0.1", "pjrt_c_api.h");
const LIBCLANG: (&str, &str) = ("libclang==18.1.1", "libclang.so");

/// Fetches the header and libclang, then runs [`generate`] in an xtask that has the generator compiled in, which ordinary ones
/// have not, since it takes minutes.
pub fn run() -> Result<(), String> {
    let folder = shell::root().join("target/bindgen");
    let header = fetch(&folder, HEADER)?;
    let libclang = fetch(&folder, LIBCLANG)?;
    let include = shell::output(&mut shell::command("gcc", &["-print-file-name=include"]))?;
    let header = header.to_string_lossy();
    let arguments = ["run", "--package", "xtask", "--features", "bindgen", "--", "bindgen", &header, &include];
    shell::run(shell::command("cargo", &arguments).env("LIBCLANG_PATH", libclang.parent().unwrap_or(&libclang)))
}

/// Writes the bindings.
#[cfg(feature = "bindgen")]
pub fn generate(header: &str, include: &str) -> Result<(), String> {
    let prelude =
        "// Made by `cargo xtask bindgen` from pjrt_c_api.h 0.81 of the OpenXLA project (Apache-2.0). Do not edit.";
    let bindings = bindgen::Builder::default()
        .header(header)
        .clang_arg(format!("-I{include}"))
        .allowlist_item("PJRT_.*")
        .blocklist_function(".*")
        .prepend_enum_name(false)
        .generate_comments(false)
        .derive_debug(false)
        .use_core()
        .raw_line(prelude)
        .generate()
        .map_err(|error| format!("bindgen: {error}"))?;
    let target = shell::root().join("runtime/src/ffi/pjrt.rs");
    bindings.write_to_file(&target).map_err(|error| format!("cannot write {}: {error}", target.display()))?;
    println!("{}", target.display());
    Ok(())
}

/// Says that this xtask cannot.
#[cfg(not(feature = "bindgen"))]
pub fn generate(_header: &str, _include: &str) -> Result<(), String> {
    Err("this xtask was built without the feature `bindgen`".to_owned())
}

/// The path of a file out of a wheel, which is downloaded first unless it is there.
fn fetch(folder: &Path, (package, file): (&str, &str)) -> Result<PathBuf, String> {
    let into = folder.join(file.replace('.', "_"));
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
