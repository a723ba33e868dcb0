//! Discovery in made-up environments, and fetching from made-up wheels.

use super::*;
use std::{fs, io::Write};

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("raxla-plugin-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Discovers the CPU plugin where these files exist and these variables are set; `@` stands for the test's folder.
fn discover(name: &str, files: &[&str], variables: &[(&str, &str)], python: &[&str]) -> String {
    let root = folder(name);
    for file in files {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    let at = |text: &str| text.replace('@', &root.to_string_lossy());
    let variable = |wanted: &str| {
        variables.iter().find(|(variable, _)| *variable == wanted).map(|(_, value)| OsString::from(at(value)))
    };
    let python = || python.iter().map(|folder| PathBuf::from(at(folder))).collect();
    let environment = Environment { own: vec![], device: &|_| false, variable: &variable, python: &python };
    let outcome = match environment.discover(Platform::Cpu) {
        Ok(Found::At(path)) => format!("at {}", path.display()),
        Ok(Found::Fetch(path)) => format!("fetch {}", path.display()),
        Err(error) => error.to_string(),
    };
    fs::remove_dir_all(&root).unwrap();
    outcome.replace(&*root.to_string_lossy(), "@")
}

const CACHED: &str = "plugins/lammps-jax-pjrt-cpu-0.11.2/pjrt_c_api_cpu_plugin.so";
const PACKAGED: &str = "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so";

#[test]
fn looks_in_order() {
    let venv = format!("venv/lib/python3.11/site-packages/{PACKAGED}");
    let conda = format!("conda/lib/python3.12/site-packages/{PACKAGED}");
    let cached = format!("cache/{CACHED}");
    let python = format!("python/{PACKAGED}");
    let all_files = ["named.so", &venv, &conda, &cached, &python];
    let all_variables = [
        ("RAXLA_PJRT_PLUGIN", "@/named.so"),
        ("VIRTUAL_ENV", "@/venv"),
        ("CONDA_PREFIX", "@/conda"),
        ("RAXLA_CACHE", "@/cache"),
        ("HOME", "@/home"),
    ];
    let check = |name, files: &[&str], variables: &[(&str, &str)], expected: &str| {
        assert_eq!(discover(name, files, variables, &["@/python"]), expected, "{name}");
    };
    check("named", &all_files, &all_variables, "at @/named.so");
    check("venv", &all_files, &all_variables[1..], &format!("at @/{venv}"));
    check("conda", &all_files, &all_variables[2..], &format!("at @/{conda}"));
    check("cache", &all_files, &all_variables[3..], &format!("at @/{cached}"));
    check("other cache", &all_files, &all_variables[4..], &format!("at @/{python}"));
    check("python", &[&python], &all_variables[3..], &format!("at @/{python}"));
    check("nothing", &[], &all_variables[3..], &format!("fetch @/{cached}"));
    check("xdg", &[], &[("XDG_CACHE_HOME", "@/xdg"), ("HOME", "@/home")], &format!("fetch @/xdg/raxla/{CACHED}"));
    check("home", &[], &[("HOME", "@/home")], &format!("fetch @/home/.cache/raxla/{CACHED}"));
}

#[test]
fn failures_say_what_to_do() {
    let missing = discover("missing", &[], &[("RAXLA_PJRT_PLUGIN", "@/none.so"), ("HOME", "@")], &[]);
    assert!(missing.contains("RAXLA_PJRT_PLUGIN is @/none.so, and there is no such file"), "{missing}");
    let homeless = discover("homeless", &[], &[], &[]);
    assert!(homeless.contains("set HOME or RAXLA_CACHE"), "{homeless}");
}

#[test]
fn chooses_a_platform() {
    let check = |variables: &[(&str, &str)], expected: Option<Platform>| {
        let variable =
            |wanted: &str| variables.iter().find(|(v, _)| *v == wanted).map(|(_, value)| OsString::from(value));
        let environment = Environment { own: vec![], device: &|_| true, variable: &variable, python: &Vec::new };
        assert_eq!(environment.platform().ok(), expected, "{variables:?}");
    };
    check(&[], Some(Platform::Cpu));
    check(&[("RAXLA_PLATFORM", "cpu")], Some(Platform::Cpu));
    check(&[("RAXLA_PLATFORM", "cuda")], Some(Platform::Cuda13));
    check(&[("RAXLA_PLATFORM", "cuda12")], Some(Platform::Cuda12));
    check(&[("RAXLA_PLATFORM", "tpu")], Some(Platform::Tpu));
    check(&[("RAXLA_PLATFORM", "abacus")], None);
    check(&[("RAXLA_PJRT_PLUGIN", "/a/xla_cuda_plugin.so")], Some(Platform::Cuda13));
    check(&[("RAXLA_PJRT_PLUGIN", "/cuda/cpu.so")], Some(Platform::Cpu));
    check(&[("RAXLA_PLATFORM", "cpu"), ("RAXLA_PJRT_PLUGIN", "/a/xla_cuda_plugin.so")], Some(Platform::Cpu));
}

#[test]
fn only_takes_what_has_the_checksum() {
    let root = folder("wheel");
    let (wheel, library) = (root.join("a.whl"), root.join("a.so"));
    let mut archive = zip::ZipWriter::new(fs::File::create(&wheel).unwrap());
    archive.start_file("a/a.so", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(b"machine code").unwrap();
    archive.finish().unwrap();
    let sum = |path: &Path| fetch::checksum(&mut fs::File::open(path).unwrap()).unwrap();
    let of_wheel: &'static str = Box::leak(sum(&wheel).into_boxed_str());
    let of_other = "another";
    let package = |library, checksums| Package { library, checksums, ..CPU };
    let check = |package: Package, expected: &str| {
        let outcome = fetch::unpack(&package, &wheel, &library).map_or_else(|e| e.to_string(), |_| "taken".to_owned());
        assert!(outcome.contains(expected), "{outcome}");
    };
    check(package("a/a.so", None), "taken");
    assert_eq!(fs::read(&library).unwrap(), b"machine code");
    check(package("a/b.so", None), "is not as expected");
    check(package("a/a.so", Some((of_other, of_other))), "the wheel has SHA-256");
    check(package("a/a.so", Some((of_wheel, of_other))), "the library has SHA-256");
    let of_library: &'static str = Box::leak(sum(&library).into_boxed_str());
    check(package("a/a.so", Some((of_wheel, of_library))), "taken");
    fs::write(&wheel, "no zip").unwrap();
    check(package("a/a.so", None), "is not as expected");
    fs::remove_dir_all(&root).unwrap();
}

#[test]
fn an_accelerator_is_used_if_its_plugin_and_its_device_are_there() {
    let root = std::env::temp_dir().join(format!("raxla-packages-{}", std::process::id()));
    let library = root.join("packages").join(Platform::Cuda13.package().library);
    fs::create_dir_all(library.parent().unwrap()).unwrap();
    fs::write(&library, "").unwrap();
    let rows: [(&str, Option<&str>, Platform); 4] = [
        ("packages", Some("/dev/nvidiactl"), Platform::Cuda13),
        ("packages", None, Platform::Cpu),
        ("packages", Some("/dev/accel0"), Platform::Cpu),
        ("others", Some("/dev/nvidiactl"), Platform::Cpu),
    ];
    for (folder, device, expected) in rows {
        let own = vec![root.join(folder)];
        let environment =
            Environment { own, device: &|path| Some(path) == device, variable: &|_| None, python: &Vec::new };
        assert_eq!(environment.platform().unwrap(), expected, "{folder} {device:?}");
    }
    fs::remove_dir_all(&root).unwrap();
}
