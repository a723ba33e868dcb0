//! Slots of a loaded library (an ELF file of 64 bits), in which the loader has written the addresses of functions that the library uses.

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    ptr::NonNull,
    sync::atomic::{AtomicPtr, Ordering},
};

/// Lets what the library that an address lies in calls by these names lead to these functions, unless one is used in a way that is not known here.
///
/// # Safety
/// The functions must be as the library expects of these names, and the library stay loaded for ever.
pub(super) unsafe fn rewrite(address: *const (), functions: &[(&CStr, *mut c_void)]) {
    let slots = Image::around(address as usize).and_then(|image| image.slots(functions));
    slots.iter().flatten().for_each(Slot::write);
}

/// A place where the loader has written a function's address, and what is to stand there.
struct Slot {
    place: NonNull<AtomicPtr<c_void>>,
    function: *mut c_void,
    /// Whether the loader has made the memory read-only.
    sealed: bool,
}
impl Slot {
    fn write(&self) {
        // SAFETY: the slot's pages are the loader's data, mapped for this process alone, of a library that stays. The slot is
        // written at once, as other threads may read it; either function serves them.
        unsafe {
            let size = libc::sysconf(libc::_SC_PAGESIZE) as usize;
            let page = (self.place.as_ptr() as usize & !(size - 1)) as *mut c_void;
            let protect = |mode| libc::mprotect(page, size, mode) == 0;
            if self.sealed && !protect(libc::PROT_READ | libc::PROT_WRITE) {
                return;
            }
            self.place.as_ref().store(self.function, Ordering::Release);
            if self.sealed {
                protect(libc::PROT_READ);
            }
        }
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
    /// The slots to be written; `None` if a function is used in a way that is not known here.
    fn slots(&self, functions: &[(&CStr, *mut c_void)]) -> Option<Vec<Slot>> {
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
        let mut slots = Vec::new();
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
            let Some((_, function)) = functions.iter().find(|(wanted, _)| *wanted == name) else { continue };
            let place = self.base + relocation.offset as usize;
            let known = ADDRESSES.contains(&(relocation.info as u32)) && relocation.addend == 0;
            let place = NonNull::new(place as *mut AtomicPtr<c_void>).filter(|place| known && place.is_aligned())?;
            let sealed = self.sealed.contains(&(place.as_ptr() as usize));
            slots.push(Slot { place, function: *function, sealed });
        }
        Some(slots)
    }
}
