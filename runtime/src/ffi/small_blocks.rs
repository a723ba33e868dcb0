//! Small aligned blocks of memory for XLA's CPU client, from an allocator that is quick at them.
//!
//! That client takes two blocks aligned to 64 bytes for each result of a call: one for the data and one for what tells when they are
//! there. The GNU C library has no fast path for aligned blocks. It cuts each out of a larger one, gives the rest back at once, and then
//! spends up to a quarter of a call of many small results on splitting and merging. mimalloc keeps pages of aligned blocks of one size.
//!
//! So the plugin's calls of a few functions lead here: the slots in which the loader has written their addresses are rewritten (as
//! memory profilers do). Blocks of other sizes still come from the functions that the plugin was linked to, and each block goes back to
//! where it came from, by its address. Nobody but the plugin frees what it gets from these functions: strings and containers, which it
//! shares with the C++ library, ask for no alignment and do not come here.

/// Where the plugin is laid out in another way than this file knows: nothing.
#[cfg(not(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64"))))]
pub(super) fn serve(_address: *const ()) {}
#[cfg(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) use imp::serve;

#[cfg(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod imp {
    use libloading::os::unix::{Library, RTLD_LAZY, RTLD_LOCAL};
    use libmimalloc_sys::{mi_free, mi_is_in_heap_region, mi_malloc_aligned, mi_realloc};
    use std::{
        ffi::{CStr, c_char, c_int, c_void},
        ptr::{NonNull, null_mut},
        sync::{
            OnceLock,
            atomic::{AtomicPtr, Ordering},
        },
    };

    /// Larger blocks are not worth it: what is done with them takes longer than getting them.
    const LARGEST: usize = 4096;
    /// The alignment that XLA asks for.
    const ALIGNMENT: usize = 64;

    /// A new small block, or null if it is not small (or there is no memory).
    fn small(size: usize, alignment: usize) -> *mut c_void {
        if size > LARGEST || alignment > ALIGNMENT || !alignment.is_power_of_two() {
            return null_mut();
        }
        // Of these sizes mimalloc's blocks are aligned anyhow.
        let size = size.max(alignment).next_power_of_two();
        // SAFETY: the alignment is a power of two.
        unsafe { mi_malloc_aligned(size, alignment) }
    }
    /// Whether a block came from [`small`].
    fn is_small(block: *mut c_void) -> bool {
        // SAFETY: any address may be asked about.
        !block.is_null() && unsafe { mi_is_in_heap_region(block) }
    }

    /// `operator new(std::size_t, std::align_val_t)`, and the others of the C++ library that stand behind the plugin's.
    struct Cpp {
        new: unsafe extern "C-unwind" fn(usize, usize) -> *mut c_void,
        new_nothrow: unsafe extern "C-unwind" fn(usize, usize, *const c_void) -> *mut c_void,
        delete: unsafe extern "C-unwind" fn(*mut c_void, usize),
    }
    /// Set before any slot is written.
    static CPP: OnceLock<Cpp> = OnceLock::new();
    impl Cpp {
        fn find() -> Option<Cpp> {
            const RTLD_NOLOAD: c_int = 4;
            // SAFETY: this loads nothing: the library is there because the plugin needs it, and stays as long, which is for ever.
            let library =
                unsafe { Library::open(Some("libstdc++.so.6"), RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD) }.ok()?;
            // SAFETY: the names say the types.
            let found = unsafe {
                Cpp {
                    new: *library.get(b"_ZnwmSt11align_val_t\0").ok()?,
                    new_nothrow: *library.get(b"_ZnwmSt11align_val_tRKSt9nothrow_t\0").ok()?,
                    delete: *library.get(b"_ZdlPvSt11align_val_t\0").ok()?,
                }
            };
            std::mem::forget(library);
            Some(found)
        }
    }
    unsafe extern "C-unwind" fn new(size: usize, alignment: usize) -> *mut c_void {
        let block = small(size, alignment);
        match CPP.get() {
            // SAFETY: as the caller promises.
            Some(cpp) if block.is_null() => unsafe { (cpp.new)(size, alignment) },
            _ => block,
        }
    }
    unsafe extern "C-unwind" fn new_nothrow(size: usize, alignment: usize, tag: *const c_void) -> *mut c_void {
        let block = small(size, alignment);
        match CPP.get() {
            // SAFETY: as the caller promises.
            Some(cpp) if block.is_null() => unsafe { (cpp.new_nothrow)(size, alignment, tag) },
            _ => block,
        }
    }
    unsafe extern "C-unwind" fn delete(block: *mut c_void, alignment: usize) {
        // SAFETY: as the caller promises; a small block came from mimalloc, any other from the C++ library.
        unsafe {
            match CPP.get() {
                _ if is_small(block) => mi_free(block),
                Some(cpp) => (cpp.delete)(block, alignment),
                None => libc::free(block),
            }
        }
    }
    unsafe extern "C-unwind" fn delete_sized(block: *mut c_void, _size: usize, alignment: usize) {
        // SAFETY: as the caller promises.
        unsafe { delete(block, alignment) }
    }
    unsafe extern "C-unwind" fn delete_nothrow(block: *mut c_void, alignment: usize, _tag: *const c_void) {
        // SAFETY: as the caller promises.
        unsafe { delete(block, alignment) }
    }
    unsafe extern "C" fn posix_memalign(out: *mut *mut c_void, alignment: usize, size: usize) -> c_int {
        let block = small(size, alignment);
        // SAFETY: as the caller promises.
        unsafe {
            if block.is_null() {
                return libc::posix_memalign(out, alignment, size);
            }
            out.write(block);
        }
        0
    }
    unsafe extern "C" fn free(block: *mut c_void) {
        // SAFETY: as the caller promises; a small block came from mimalloc, any other from the C library.
        unsafe { if is_small(block) { mi_free(block) } else { libc::free(block) } }
    }
    unsafe extern "C" fn realloc(block: *mut c_void, size: usize) -> *mut c_void {
        // SAFETY: as for `free`.
        unsafe { if is_small(block) { mi_realloc(block, size) } else { libc::realloc(block, size) } }
    }

    /// What a plugin's call of a function of this name leads to. Those that take blocks back come first: so there is never one that would
    /// meet a small block and not know it.
    fn replacements() -> [(&'static CStr, *mut c_void); 11] {
        [
            (c"free", free as *mut c_void),
            (c"realloc", realloc as *mut c_void),
            (c"_ZdlPvSt11align_val_t", delete as *mut c_void),
            (c"_ZdaPvSt11align_val_t", delete as *mut c_void),
            (c"_ZdlPvmSt11align_val_t", delete_sized as *mut c_void),
            (c"_ZdaPvmSt11align_val_t", delete_sized as *mut c_void),
            (c"_ZdlPvSt11align_val_tRKSt9nothrow_t", delete_nothrow as *mut c_void),
            (c"_ZdaPvSt11align_val_tRKSt9nothrow_t", delete_nothrow as *mut c_void),
            (c"_ZnwmSt11align_val_t", new as *mut c_void),
            (c"_ZnwmSt11align_val_tRKSt9nothrow_t", new_nothrow as *mut c_void),
            (c"posix_memalign", posix_memalign as *mut c_void),
        ]
    }
    /// Functions that take blocks and are not replaced: a plugin that uses one is left alone.
    const OTHERS: [&CStr; 3] = [c"malloc_usable_size", c"reallocarray", c"cfree"];

    /// Lets the library that an address lies in have its small aligned blocks from here, if it can be seen how. It must be one that stays
    /// loaded for ever.
    pub(in crate::ffi) fn serve(address: *const ()) {
        let Some(cpp) = Cpp::find() else { return };
        let Some(slots) = Image::around(address as usize).and_then(|image| image.slots()) else { return };
        CPP.get_or_init(|| cpp);
        // If one cannot be written, none after it is.
        let _ = slots.iter().all(Slot::write);
    }

    /// A place where the loader has written a function's address, and what is to stand there.
    struct Slot {
        place: NonNull<AtomicPtr<c_void>>,
        function: *mut c_void,
        /// Whether the loader has made the memory read-only.
        sealed: bool,
    }
    impl Slot {
        /// Whether that went well.
        fn write(&self) -> bool {
            // SAFETY: the slot's pages are the loader's data, mapped for this process alone, of a library that stays. The slot is
            // written at once, as other threads may read it; either function serves them.
            unsafe {
                let size = libc::sysconf(libc::_SC_PAGESIZE) as usize;
                let page = (self.place.as_ptr() as usize & !(size - 1)) as *mut c_void;
                let protect = |mode| libc::mprotect(page, size, mode) == 0;
                if self.sealed && !protect(libc::PROT_READ | libc::PROT_WRITE) {
                    return false;
                }
                self.place.as_ref().store(self.function, Ordering::Release);
                if self.sealed {
                    protect(libc::PROT_READ);
                }
            }
            true
        }
    }

    /// A library as the loader has laid it out.
    struct Image {
        base: usize,
        /// The table that starts with what the loader needs to know.
        dynamic: usize,
        /// What the loader makes read-only when it is done.
        sealed: std::ops::Range<usize>,
        /// For [`Image::around`].
        wanted: usize,
    }
    #[repr(C)]
    struct Entry {
        tag: u64,
        value: u64,
    }
    #[repr(C)]
    struct Relocation {
        offset: u64,
        info: u64,
        addend: i64,
    }
    #[cfg(target_arch = "x86_64")]
    const ADDRESSES: [u32; 3] = [1, 6, 7]; // R_X86_64_64, _GLOB_DAT, _JUMP_SLOT
    #[cfg(target_arch = "aarch64")]
    const ADDRESSES: [u32; 3] = [257, 1025, 1026]; // R_AARCH64_ABS64, _GLOB_DAT, _JUMP_SLOT

    impl Image {
        /// The library that an address lies in.
        fn around(address: usize) -> Option<Image> {
            unsafe extern "C" fn look(info: *mut libc::dl_phdr_info, _: usize, image: *mut c_void) -> c_int {
                // SAFETY: the loader gives what it has loaded, and `image` is the one below.
                let (base, headers, image) = unsafe {
                    let info = &*info;
                    let headers = std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into());
                    (info.dlpi_addr as usize, headers, &mut *image.cast::<Image>())
                };
                let range = |header: &libc::Elf64_Phdr| {
                    let start = base + header.p_vaddr as usize;
                    start..start + header.p_memsz as usize
                };
                let one = |kind| headers.iter().find(|header| header.p_type == kind);
                if !headers.iter().any(|h| h.p_type == libc::PT_LOAD && range(h).contains(&image.wanted)) {
                    return 0;
                }
                image.base = base;
                image.dynamic = one(libc::PT_DYNAMIC).map_or(0, |header| range(header).start);
                image.sealed = one(libc::PT_GNU_RELRO).map_or(0..0, range);
                1
            }
            let mut image = Image { base: 0, dynamic: 0, sealed: 0..0, wanted: address };
            // SAFETY: `look` gets the image for the time of the call.
            unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut image).cast()) };
            (image.dynamic != 0).then_some(image)
        }
        /// The slots to be written, in the order of [`replacements`]; `None` if a function is used in a way that is not known here.
        fn slots(&self) -> Option<Vec<Slot>> {
            const NULL: u64 = 0;
            const PLTRELSZ: u64 = 2;
            const STRTAB: u64 = 5;
            const SYMTAB: u64 = 6;
            const RELA: u64 = 7;
            const RELASZ: u64 = 8;
            const JMPREL: u64 = 23;
            const RELACOUNT: u64 = 0x6fff_fff9;
            let entry = |tag: u64| {
                let mut entry = self.dynamic as *const Entry;
                // SAFETY: the table ends with the entry whose tag is zero.
                unsafe {
                    while (*entry).tag != NULL {
                        if (*entry).tag == tag {
                            return (*entry).value as usize;
                        }
                        entry = entry.add(1);
                    }
                }
                0
            };
            let (names, symbols) = (entry(STRTAB), entry(SYMTAB));
            // The loader of glibc has made addresses of these offsets.
            if names < self.base || symbols < self.base {
                return None;
            }
            let table = |start: usize, bytes: usize, skipped: usize| -> &[Relocation] {
                if start == 0 {
                    return &[];
                }
                let count = bytes / size_of::<Relocation>();
                // SAFETY: the table has that many entries, and is never changed.
                let all = unsafe { std::slice::from_raw_parts(start as *const Relocation, count) };
                &all[skipped.min(count)..]
            };
            // Those that need no name come first, and are many.
            let mut tables =
                [table(entry(RELA), entry(RELASZ), entry(RELACOUNT)), table(entry(JMPREL), entry(PLTRELSZ), 0)];
            if entry(JMPREL) == entry(RELA) {
                tables[1] = &[];
            }
            let replacements = replacements();
            let mut slots: [Vec<Slot>; 11] = Default::default();
            for relocation in tables.into_iter().flatten() {
                let symbol = (relocation.info >> 32) as usize;
                if symbol == 0 {
                    continue;
                }
                // SAFETY: the loader has found the symbol at this place, and its name at that.
                let name = unsafe {
                    let symbol = &*(symbols as *const libc::Elf64_Sym).add(symbol);
                    CStr::from_ptr((names + symbol.st_name as usize) as *const c_char)
                };
                if OTHERS.contains(&name) {
                    return None;
                }
                let Some(i) = replacements.iter().position(|(replaced, _)| *replaced == name) else { continue };
                let place = self.base + relocation.offset as usize;
                let known = ADDRESSES.contains(&(relocation.info as u32)) && relocation.addend == 0;
                let place =
                    NonNull::new(place as *mut AtomicPtr<c_void>).filter(|place| known && place.is_aligned())?;
                slots[i].push(Slot {
                    place,
                    function: replacements[i].1,
                    sealed: self.sealed.contains(&(place.as_ptr() as usize)),
                });
            }
            Some(slots.into_iter().flatten().collect())
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::{Array, Client};

        #[test]
        fn a_block_goes_back_to_where_it_came_from() {
            let get = |alignment: usize, size: usize| {
                let mut block = null_mut();
                // SAFETY: the place is there.
                assert_eq!(unsafe { posix_memalign(&raw mut block, alignment, size) }, 0);
                assert_eq!(block as usize % alignment, 0);
                block
            };
            for (alignment, size, expected) in [
                (64, 0, true),
                (64, 1, true),
                (8, 24, true),
                (64, LARGEST, true),
                (64, LARGEST + 1, false),
                (128, 16, false),
                (4096, 4096, false),
            ] {
                let block = get(alignment, size);
                assert_eq!(is_small(block), expected, "{size} bytes aligned to {alignment}");
                // SAFETY: the block has as many bytes; it grows, keeping them, and is freed once.
                unsafe {
                    std::slice::from_raw_parts_mut(block.cast::<u8>(), size).fill(7);
                    let block = realloc(block, size + 100);
                    assert!(std::slice::from_raw_parts(block.cast::<u8>(), size).iter().all(|byte| *byte == 7));
                    free(block);
                }
            }
            // SAFETY: a block of the C library's, and none at all.
            unsafe {
                free(libc::malloc(24));
                free(null_mut());
                free(realloc(null_mut(), 8));
            }
        }

        /// Ends in the slots of the real plugin.
        #[test]
        fn results_of_the_cpu_lie_in_small_blocks_if_they_are_small() {
            let client = Client::cpu(1).unwrap();
            for (size, expected) in [(1usize, true), (LARGEST / 4, true), (LARGEST / 4 + 1, false), (1 << 20, false)] {
                let text = format!(
                    "func.func public @main(%x: tensor<{size}xf32>) -> tensor<{size}xf32> {{
                       %y = stablehlo.add %x, %x : tensor<{size}xf32>
                       return %y : tensor<{size}xf32>
                     }}"
                );
                let aval = raxla_ir::ShapedArray::new(&[size], raxla_ir::DType::F32);
                let x = raxla_ir::Literal::new(&[size], &vec![1f32; size]);
                let x = Array::from_literal(&x, &client.devices()[0]).unwrap();
                let avals = [aval];
                let double = client.compile(&text, &Default::default(), &avals, &avals).unwrap();
                let y = double.run(&[&x]).unwrap().remove(0);
                let lent = y.lend().unwrap().unwrap();
                assert_eq!(is_small(lent.address() as *mut c_void), expected, "{size} elements");
                assert_eq!(y.to_vec::<f32>().unwrap(), vec![2f32; size]);
            }
        }
    }
}
