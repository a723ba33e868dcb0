//! Where XLA comes from: finding a PJRT plugin on this machine, or fetching one.
//!
//! [`find`] looks, in this order, at
//! 1. the environment variable `RAXLA_PJRT_PLUGIN`, the path of a library;
//! 2. Python packages that carry a plugin, of the Python that this process runs in, or in the active virtual or conda environment;
//! 3. the cache: `$RAXLA_CACHE`, else `$XDG_CACHE_HOME/raxla`, else `~/.cache/raxla`;
//! 4. Python packages of `python3`;
//! 5. the Python package index, from which `pip` fetches a pinned version into the cache, once. What it fetched must have the
//!    checksum that is written down here.

mod fetch;

use crate::{
    error::{Error, Result},
    ffi,
};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError, RwLock},
};

/// A kind of processor that there is a plugin for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Platform {
    /// The CPU.
    Cpu,
    /// NVIDIA GPUs with CUDA 12.
    Cuda12,
    /// NVIDIA GPUs with CUDA 13.
    Cuda13,
    /// Google TPUs.
    Tpu,
}

impl Platform {
    /// Every platform.
    pub const ALL: [Platform; 4] = [Platform::Cpu, Platform::Cuda12, Platform::Cuda13, Platform::Tpu];

    /// The name that `RAXLA_PLATFORM` and `cargo xtask plugin` know it by.
    pub fn name(self) -> &'static str {
        self.package().platform
    }
    /// The platform with a name; `cuda` is the newest CUDA.
    ///
    /// # Errors
    /// [`Error::Plugin`] if there is none.
    pub fn named(name: &str) -> Result<Platform> {
        let name = if name == "cuda" { "cuda13" } else { name };
        Platform::ALL.into_iter().find(|platform| platform.name() == name).ok_or_else(|| {
            Error::plugin(format!(
                "there is no platform `{name}`: RAXLA_PLATFORM may be cpu, cuda, cuda12, cuda13 or tpu"
            ))
        })
    }
    /// What `RAXLA_PLATFORM` says; without it the platform that the name of `RAXLA_PJRT_PLUGIN`'s file tells, and the CPU as a rule.
    ///
    /// # Errors
    /// [`Error::Plugin`] if `RAXLA_PLATFORM` names none.
    pub fn chosen() -> Result<Platform> {
        Environment::of_process().platform()
    }
    /// What programs for this platform are lowered for.
    pub fn target(self) -> raxla_ir::Platform {
        match self {
            Platform::Cpu => raxla_ir::Platform::Cpu,
            Platform::Cuda12 | Platform::Cuda13 => raxla_ir::Platform::Gpu,
            Platform::Tpu => raxla_ir::Platform::Tpu,
        }
    }
    fn package(self) -> &'static Package {
        match self {
            Platform::Cpu => &CPU,
            Platform::Cuda12 => &CUDA12,
            Platform::Cuda13 => &CUDA13,
            Platform::Tpu => &TPU,
        }
    }
}

/// The Python package that carries a plugin.
struct Package {
    platform: &'static str,
    /// What is fetched, in words for people.
    title: &'static str,
    distribution: &'static str,
    version: &'static str,
    /// The library's path in the wheel, and in `site-packages`.
    library: &'static str,
    /// SHA-256 of the wheel for x86-64 and of the library in it.
    checksums: Option<(&'static str, &'static str)>,
    megabytes: u32,
}

const CPU: Package = Package {
    platform: "cpu",
    title: "XLA's CPU compiler",
    distribution: "lammps-jax-pjrt-cpu",
    version: "0.11.2",
    library: "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
    checksums: Some((
        "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
        "ad1309ac822b1b24d51b7f9947c7c9fa9ef5d67f390584cbc3d1fa2428fed9c2",
    )),
    megabytes: 63,
};
// The CUDA plugins need the `nvidia-*` packages too (see `CUDA_LIBRARIES`), which their RPATH expects in the same site-packages:
// `pip install raxla[cuda13]` brings both; fetching the plugin alone serves where they are installed already.
const CUDA12: Package = Package {
    platform: "cuda12",
    title: "XLA's compiler for CUDA 12",
    distribution: "jax-cuda12-pjrt",
    version: "0.10.2",
    library: "jax_plugins/xla_cuda12/xla_cuda_plugin.so",
    checksums: Some((
        "806d1fd29038b6acf5a2b289dd62192abea977ee26aef60ea295b1d28a23acf8",
        "bb8f2dbb4eed2c5d3a128d919f651069f803dac809719c7cda8254aba20bfdce",
    )),
    megabytes: 174,
};
const CUDA13: Package = Package {
    platform: "cuda13",
    title: "XLA's compiler for CUDA 13",
    distribution: "jax-cuda13-pjrt",
    version: "0.10.2",
    library: "jax_plugins/xla_cuda13/xla_cuda_plugin.so",
    checksums: Some((
        "a97e9cabe0e21d8dbcc70bd909ca1c34cd546d3ce2d94b4cd907a8d4f6179f6a",
        "4443b8c89bd43923dcb895efc95058c65682de1724ec5a66854a96d4731e4228",
    )),
    megabytes: 124,
};
// Without checksums: its wheels differ by Python version, and nobody has run raxla on a TPU yet. pip still checks the index's.
const TPU: Package = Package {
    platform: "tpu",
    title: "XLA's compiler for TPUs",
    distribution: "libtpu",
    version: "0.0.52",
    library: "libtpu/libtpu.so",
    checksums: None,
    megabytes: 130,
};

/// What the CUDA 13 plugin links to; CUDA 12's are the same but for the numbers. Each can load only after those before it.
const CUDA_LIBRARIES: &[&str] = &[
    "libcudart.so",
    "libnvrtc.so",
    "libcublasLt.so",
    "libcublas.so",
    "libnccl.so",
    "libcupti.so",
    "libnvJitLink.so",
    "libcusparse.so",
    "libcusolver.so",
    "libcufft.so",
    "libnvshmem_host.so",
    "libcudnn.so",
];

/// The plugin for a platform, which is fetched if there is none on this machine. See the [module](self) for where it looks.
///
/// # Errors
/// [`Error::Plugin`] if there is none and it cannot be fetched; the message says what to do.
pub fn find(platform: Platform) -> Result<PathBuf> {
    // Two threads that start clients at once need not fetch twice.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock();
    let environment = Environment::of_process();
    let path = match environment.discover(platform)? {
        Found::At(path) => path,
        Found::Fetch(target) => fetch::fetch(platform.package(), &target)?,
    };
    if matches!(platform, Platform::Cuda12 | Platform::Cuda13) {
        environment.preload_cuda(&path);
    }
    Ok(path)
}

/// Says where the Python that this process runs in has its packages: these folders are looked at first, and if one of them has the plugin of
/// an accelerator that this machine has, that is the platform unless `RAXLA_PLATFORM` names another.
pub fn set_packages(folders: Vec<PathBuf>) {
    *PACKAGES.write().unwrap_or_else(PoisonError::into_inner) = folders;
}
static PACKAGES: RwLock<Vec<PathBuf>> = RwLock::new(Vec::new());

/// What discovery depends on, besides files.
struct Environment<'a> {
    /// The packages of the Python that this process runs in.
    own: Vec<PathBuf>,
    /// Whether a file is there that tells of a device.
    device: &'a dyn Fn(&str) -> bool,
    variable: &'a dyn Fn(&str) -> Option<OsString>,
    /// The `site-packages` of `python3`. Slow, since that starts a process.
    python: &'a dyn Fn() -> Vec<PathBuf>,
}

/// Where a plugin is, or is to be.
#[derive(Debug, PartialEq)]
enum Found {
    At(PathBuf),
    Fetch(PathBuf),
}

impl Environment<'_> {
    fn of_process() -> Environment<'static> {
        Environment {
            own: PACKAGES.read().unwrap_or_else(PoisonError::into_inner).clone(),
            device: &|path| Path::new(path).exists(),
            variable: &|name| std::env::var_os(name).filter(|value| !value.is_empty()),
            python: &python_folders,
        }
    }
    fn path(&self, variable: &str) -> Option<PathBuf> {
        (self.variable)(variable).map(PathBuf::from)
    }
    fn platform(&self) -> Result<Platform> {
        if let Some(name) = (self.variable)("RAXLA_PLATFORM") {
            return Platform::named(&name.to_string_lossy());
        }
        let path = self.path("RAXLA_PJRT_PLUGIN").unwrap_or_default();
        let file = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        Ok(match () {
            () if file.contains("cuda") => Platform::Cuda13,
            () if file.contains("tpu") => Platform::Tpu,
            () => self.accelerator().unwrap_or(Platform::Cpu),
        })
    }
    /// The accelerator that this process's Python has a plugin for, and the machine a device.
    fn accelerator(&self) -> Option<Platform> {
        let devices = |platform| match platform {
            Platform::Cuda13 | Platform::Cuda12 => &["/dev/nvidiactl", "/dev/dxg"][..],
            _ => &["/dev/accel0", "/dev/vfio/0"][..],
        };
        let has = |platform: &Platform| {
            self.own.iter().any(|folder| folder.join(platform.package().library).is_file())
                && devices(*platform).iter().any(|file| (self.device)(file))
        };
        [Platform::Cuda13, Platform::Cuda12, Platform::Tpu].into_iter().find(has)
    }
    fn discover(&self, platform: Platform) -> Result<Found> {
        if let Some(path) = self.path("RAXLA_PJRT_PLUGIN") {
            if path.is_file() {
                return Ok(Found::At(path));
            }
            return Err(Error::plugin(format!(
                "RAXLA_PJRT_PLUGIN is {}, and there is no such file. Name a PJRT plugin, or unset it to have one found",
                path.display()
            )));
        }
        let package = platform.package();
        let installed = |folders: Vec<PathBuf>| {
            folders.into_iter().map(|folder| folder.join(package.library)).find(|path| path.is_file())
        };
        if let Some(path) = installed(self.active_folders()) {
            return Ok(Found::At(path));
        }
        let cached = self.cache().map(|cache| {
            let file = Path::new(package.library).file_name().unwrap_or_default();
            cache.join("plugins").join(format!("{}-{}", package.distribution, package.version)).join(file)
        });
        if let Some(path) = cached.iter().find(|path| path.is_file()) {
            return Ok(Found::At(path.clone()));
        }
        if let Some(path) = installed((self.python)()) {
            return Ok(Found::At(path));
        }
        cached.map(Found::Fetch).ok_or_else(|| {
            Error::plugin(
                "there is no place to keep it: set HOME or RAXLA_CACHE to a folder, or RAXLA_PJRT_PLUGIN to a plugin",
            )
        })
    }
    /// raxla's folder for what can be made again.
    fn cache(&self) -> Option<PathBuf> {
        let under = |variable: &str, below: &str| self.path(variable).map(|folder| folder.join(below));
        self.path("RAXLA_CACHE").or_else(|| under("XDG_CACHE_HOME", "raxla")).or_else(|| under("HOME", ".cache/raxla"))
    }
    /// The `site-packages` of this process's Python, and of active virtual and conda environments.
    fn active_folders(&self) -> Vec<PathBuf> {
        let mut folders = self.own.clone();
        let roots = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(|variable| self.path(variable));
        for library in roots.map(|root| root.join("lib")) {
            let entries = std::fs::read_dir(&library).into_iter().flatten().flatten().map(|entry| entry.path());
            let python = |path: &PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("python3"));
            let mut here: Vec<PathBuf> = entries.filter(python).map(|path| path.join("site-packages")).collect();
            here.sort();
            folders.extend(here);
        }
        folders
    }
    /// Loads the CUDA libraries of `nvidia-*` packages for a plugin that lies elsewhere. Best effort: libraries that the system's
    /// loader knows need no help, and of those that are nowhere the plugin itself complains.
    fn preload_cuda(&self, plugin: &Path) {
        let mut folders = self.active_folders();
        if folders.iter().any(|folder| plugin.starts_with(folder)) {
            return;
        }
        folders.extend((self.python)());
        let sub = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let libraries: Vec<PathBuf> = folders
            .iter()
            .flat_map(|folder| sub(&folder.join("nvidia")).collect::<Vec<_>>())
            .flat_map(|package| sub(&package.join("lib")).collect::<Vec<_>>())
            .collect();
        for name in CUDA_LIBRARIES {
            let file = |path: &&PathBuf| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(name));
            libraries.iter().filter(file).for_each(|path| ffi::preload(path));
        }
    }
}

/// The `site-packages` of `python3`, none if there is no Python.
fn python_folders() -> Vec<PathBuf> {
    let program = "import site; print('\\n'.join(site.getsitepackages() + [site.getusersitepackages()]))";
    let output = Command::new("python3").args(["-c", program]).stderr(Stdio::null()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests;
