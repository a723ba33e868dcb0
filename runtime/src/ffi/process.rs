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

/// Lets go of the pages of a library's code that its start has touched and nothing else needs: of XLA's some 50 MiB, a third of what a small
/// program takes in all. What is needed again is read again, from the system's cache.
#[cfg(target_os = "linux")]
pub(crate) fn forget_start_of(library: &std::path::Path) {
    use std::ffi::{c_int, c_void};
    // SAFETY: the C library declares it so.
    unsafe extern "C" {
        fn madvise(start: *mut c_void, bytes: usize, advice: c_int) -> c_int;
    }
    const MADV_DONTNEED: c_int = 4;
    let (Ok(path), Some(false)) = (library.canonicalize(), has_text_relocations(library)) else { return };
    let Ok(maps) = std::fs::read_to_string("/proc/self/maps") else { return };
    for line in maps.lines().filter(|line| line.as_bytes().ends_with(path.as_os_str().as_encoded_bytes())) {
        let mut words = line.split_whitespace();
        let (Some(range), Some("r-xp")) = (words.next(), words.next()) else { continue };
        let ends = range.split_once('-').map(|(a, b)| (usize::from_str_radix(a, 16), usize::from_str_radix(b, 16)));
        let Some((Ok(start), Ok(end))) = ends else { continue };
        // SAFETY: this is a mapping of a file's code, which is not writable and which the loader did not change, as there are no
        // relocations in it. So its pages are the file's, and come back from there when they are next touched.
        unsafe { madvise(start as *mut c_void, end - start, MADV_DONTNEED) };
    }
}
/// On other systems nothing.
#[cfg(not(target_os = "linux"))]
pub(crate) fn forget_start_of(_library: &std::path::Path) {}

/// Whether the loader writes into the code of a library (an ELF file of 64 bits): `DT_TEXTREL`, or `DF_TEXTREL` of `DT_FLAGS`.
#[cfg(target_os = "linux")]
fn has_text_relocations(library: &std::path::Path) -> Option<bool> {
    use std::{fs::File, os::unix::fs::FileExt};
    let file = File::open(library).ok()?;
    let read = |at: u64, len: usize| {
        let mut bytes = vec![0; len];
        file.read_exact_at(&mut bytes, at).ok().map(|()| bytes)
    };
    let u16_at = |b: &[u8], at: usize| Some(u16::from_le_bytes(b.get(at..at + 2)?.try_into().ok()?));
    let u32_at = |b: &[u8], at: usize| Some(u32::from_le_bytes(b.get(at..at + 4)?.try_into().ok()?));
    let u64_at = |b: &[u8], at: usize| Some(u64::from_le_bytes(b.get(at..at + 8)?.try_into().ok()?));
    let header = read(0, 64)?;
    if !header.starts_with(&[0x7f, b'E', b'L', b'F', 2, 1]) {
        return None;
    }
    let (table, size, count) = (u64_at(&header, 32)?, u16_at(&header, 54)? as usize, u16_at(&header, 56)? as usize);
    let programs = read(table, size * count)?;
    const PT_DYNAMIC: u32 = 2;
    let dynamic = programs.chunks_exact(size.max(56)).find(|p| u32_at(p, 0) == Some(PT_DYNAMIC))?;
    let entries = read(u64_at(dynamic, 8)?, usize::try_from(u64_at(dynamic, 32)?).ok()?)?;
    const DT_TEXTREL: u64 = 22;
    const DT_FLAGS: u64 = 30;
    const DF_TEXTREL: u64 = 4;
    let writes = |e: &[u8]| match (u64_at(e, 0), u64_at(e, 8)) {
        (Some(DT_TEXTREL), _) => true,
        (Some(DT_FLAGS), Some(flags)) => flags & DF_TEXTREL != 0,
        _ => false,
    };
    Some(entries.chunks_exact(16).any(writes))
}
