//! Settings that hold for the whole process, which plugins read when a client is made.

use std::sync::{Mutex, Once};

/// Prepares the process for a CPU client of that many devices.
pub(crate) fn prepare_for_cpu(devices: usize) {
    /// The number of threads that was set here, not by the user; 0 before anything was set.
    static THREADS: Mutex<usize> = Mutex::new(0);
    static ONCE: Once = Once::new();
    let mut threads = THREADS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    ONCE.call_once(|| {
        large_allocations_stay();
        // XLA remarks on every option and on every partitioned module, which is of no use to anybody. Errors stay.
        set_if_absent("TF_CPP_MIN_LOG_LEVEL", "2");
    });
    // A collective takes a thread of XLA's pool for each device until the last device joins. With fewer threads than this several
    // collectives in flight block each other for ever.
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let wanted = cores.max(4 * devices);
    if devices > 1 && wanted > *threads && (*threads > 0 || std::env::var_os(POOL).is_none()) {
        set(POOL, &wanted.to_string());
        *threads = wanted;
    }
}
/// The number of threads in the pool of XLA's CPU client.
const POOL: &str = "PJRT_NPROC";

fn set_if_absent(name: &str, value: &str) {
    if std::env::var_os(name).is_none() {
        set(name, value);
    }
}
fn set(name: &str, value: &str) {
    // SAFETY: Rust's own accesses to the environment take turns by a lock. What remains is C code that reads the environment on
    // another thread at this very moment; this runs only before a client is made, which programs do early and once.
    unsafe { std::env::set_var(name, value) };
}

/// Makes the allocator keep large blocks instead of giving them back to the system and clearing fresh pages for the next result: a
/// factor of up to four for programs that are bound by memory.
fn large_allocations_stay() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        use std::ffi::c_int;
        // SAFETY: glibc declares it so; it takes numbers, and answers 0 to those that it does not like.
        unsafe extern "C" {
            safe fn mallopt(parameter: c_int, value: c_int) -> c_int;
        }
        const M_TRIM_THRESHOLD: c_int = -1;
        const M_MMAP_THRESHOLD: c_int = -3;
        // Older versions refuse more than 32 MiB for the first.
        if mallopt(M_MMAP_THRESHOLD, 1 << 30) == 0 {
            mallopt(M_MMAP_THRESHOLD, 32 << 20);
        }
        mallopt(M_TRIM_THRESHOLD, 1 << 30);
    }
}
