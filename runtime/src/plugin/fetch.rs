//! Fetching a plugin: `pip download`, check, unzip, check, and only then move into place.

use super::Package;
use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::{
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// Fetches a package's library to `target`. It appears there complete or not at all, also if two processes do this at once.
pub(super) fn fetch(package: &Package, target: &Path) -> Result<PathBuf> {
    let start = Instant::now();
    let folder = target.parent().unwrap_or(target);
    let temporary = folder.with_extension(format!("part-{}", std::process::id()));
    fs::create_dir_all(&temporary).map_err(|error| cannot_keep(folder, error))?;
    eprintln!("raxla: fetching {} ({} MB, once) …", package.title, package.megabytes);
    let outcome = download(package, &temporary)
        .and_then(|wheel| unpack(package, &wheel, &temporary.join("library")))
        .and_then(|library| place(&library, target));
    let _ = fs::remove_dir_all(&temporary);
    outcome?;
    eprintln!("raxla: done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(target.to_owned())
}

/// The wheel, as pip fetches it.
fn download(package: &Package, folder: &Path) -> Result<PathBuf> {
    let requirement = format!("{}=={}", package.distribution, package.version);
    let instead = format!(
        "Install it by hand (pip install --no-deps {requirement}), or set RAXLA_PJRT_PLUGIN to the path of a PJRT plugin"
    );
    // No dependencies: the CPU plugin's package lists jax, which the library does not need.
    let pip = Command::new("python3")
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"])
        .arg(&requirement)
        .arg("--dest")
        .arg(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            Error::plugin(format!("cannot fetch {requirement}: python3 did not start ({error}). {instead}"))
        })?;
    if !pip.status.success() {
        let said = String::from_utf8_lossy(&pip.stderr);
        let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("nothing").trim();
        return Err(Error::plugin(format!("cannot fetch {requirement}: pip says: {last}. {instead}")));
    }
    let entries = fs::read_dir(folder).map_err(|error| cannot_keep(folder, error))?;
    let wheel = entries.flatten().map(|entry| entry.path()).find(|path| path.extension().is_some_and(|e| e == "whl"));
    wheel.ok_or_else(|| Error::plugin(format!("pip fetched no wheel of {requirement}. {instead}")))
}

/// Takes the library out of a wheel, if both are what they should be.
pub(super) fn unpack(package: &Package, wheel: &Path, library: &Path) -> Result<PathBuf> {
    let bad = |error: &dyn std::fmt::Display| {
        Error::plugin(format!("{} {} is not as expected: {error}", package.distribution, package.version))
    };
    let mut file = fs::File::open(wheel).map_err(|error| cannot_keep(wheel, error))?;
    if let Some((expected, _)) = package.checksums {
        check("the wheel", &checksum(&mut file).map_err(|error| bad(&error))?, expected)
            .map_err(|error| bad(&error))?;
    }
    let mut archive = zip::ZipArchive::new(file).map_err(|error| bad(&error))?;
    let mut entry = archive.by_name(package.library).map_err(|error| bad(&error))?;
    let mut output = fs::File::create(library).map_err(|error| cannot_keep(library, error))?;
    let (mut hash, mut block) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        let n = entry.read(&mut block).map_err(|error| bad(&error))?;
        if n == 0 {
            break;
        }
        hash.update(&block[..n]);
        output.write_all(&block[..n]).map_err(|error| cannot_keep(library, error))?;
    }
    output.sync_all().map_err(|error| cannot_keep(library, error))?;
    if let Some((_, expected)) = package.checksums {
        check("the library", &hexadecimal(&hash.finalize()), expected).map_err(|error| bad(&error))?;
    }
    Ok(library.to_owned())
}

/// Moves a finished library into its place.
fn place(library: &Path, target: &Path) -> Result<()> {
    let folder = target.parent().unwrap_or(target);
    fs::create_dir_all(folder).map_err(|error| cannot_keep(folder, error))?;
    fs::rename(library, target).map_err(|error| cannot_keep(target, error))
}

fn check(what: &str, got: &str, expected: &str) -> std::result::Result<(), String> {
    if got == expected {
        return Ok(());
    }
    Err(format!("{what} has SHA-256 {got}, not {expected}. It was not kept; the download was damaged or tampered with"))
}

/// SHA-256 in hexadecimal.
pub(super) fn checksum(reader: &mut impl Read) -> std::io::Result<String> {
    let (mut hash, mut block) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match reader.read(&mut block)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            n => hash.update(&block[..n]),
        }
    }
}
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cannot_keep(path: &Path, error: std::io::Error) -> Error {
    Error::plugin(format!(
        "cannot write {}: {error}. Set RAXLA_CACHE to a folder that can be written, or RAXLA_PJRT_PLUGIN to a plugin",
        path.display()
    ))
}
