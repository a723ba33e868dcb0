//! `RAXLA_DUMP=dir` writes every stage of every compile as text; `RAXLA_LOG=compile` says what was compiled.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

/// Where the stages of one compile go.
pub(crate) struct Dump {
    folder: Option<PathBuf>,
}
impl Dump {
    /// A new folder `0001_name` in the directory that `RAXLA_DUMP` names, if it does.
    pub(crate) fn begin(name: &str) -> Dump {
        static COUNT: AtomicUsize = AtomicUsize::new(1);
        let folder = std::env::var_os("RAXLA_DUMP").filter(|d| !d.is_empty()).map(|directory| {
            let clean: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
            PathBuf::from(directory).join(format!("{:04}_{clean}", COUNT.fetch_add(1, Ordering::Relaxed)))
        });
        Dump { folder }
    }
    /// Writes one stage; a failure is reported, and stops nothing.
    pub(crate) fn stage(&self, file: &str, text: impl FnOnce() -> String) {
        let Some(folder) = &self.folder else { return };
        if let Err(e) = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(folder.join(file), text())) {
            eprintln!("raxla: RAXLA_DUMP: {}: {e}", folder.join(file).display());
        }
    }
}

static LOGS_COMPILES: AtomicBool = AtomicBool::new(false);
/// Sets whether each compile is told, whatever `RAXLA_LOG` asks for.
pub fn log_compiles(on: bool) {
    LOGS_COMPILES.store(on, Ordering::Relaxed);
}
/// Whether a line on each compile is asked for.
pub(crate) fn logs_compiles() -> bool {
    LOGS_COMPILES.load(Ordering::Relaxed)
        || std::env::var("RAXLA_LOG").is_ok_and(|topics| topics.split(',').any(|t| t == "compile"))
}
/// Says that something was compiled, if `RAXLA_LOG` asks for it.
pub(crate) fn log_compile(name: &str, ins: &[raxla_ir::ShapedArray], eqns: usize, took: Duration) {
    if logs_compiles() {
        let types: Vec<String> = ins.iter().map(|a| a.to_string()).collect();
        eprintln!("raxla: compiled {name}({}): {eqns} equations in {:.3} s", types.join(", "), took.as_secs_f64());
    }
}
