//! Small blocks of memory for XLA's CPU client, out of a cache of those that it gave back.
//!
//! For each result of a call that client takes eight small blocks, two of them aligned to 64 bytes. The GNU C library keeps seven blocks of
//! a size at hand and no aligned ones: it cuts those out of larger ones and merges the pieces again. In a call of a hundred small results
//! that was a quarter of the time.
//!
//! So the plugin's calls of the functions that allocate and free lead here: the slots in which the loader has written their addresses are
//! rewritten (as memory profilers do). What the plugin frees is kept, up to a limit, for the next block of its size on the same thread. Every
//! block comes from the function that the plugin was linked to, and can go back to it at any time. So it does not matter who frees a block
//! in the end: the C++ library, which shares strings with the plugin, or a profiler that has rewritten the slots again.

/// Where the plugin is laid out in another way than this file knows: nothing.
#[cfg(not(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64"))))]
pub(super) fn serve(_address: *const ()) {}
#[cfg(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) use imp::serve;

#[cfg(all(target_os = "linux", target_env = "gnu", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod imp {
    use crate::ffi::slots;
    use libloading::os::unix::{Library, RTLD_LAZY, RTLD_LOCAL};
    use std::{
        cell::Cell,
        ffi::{CStr, c_int, c_void},
        ptr::{NonNull, null_mut},
        sync::OnceLock,
    };

    /// Larger blocks are not worth it: what is done with them takes longer than getting them.
    const LARGEST: usize = 1024;
    /// The alignment that XLA asks for.
    const ALIGNMENT: usize = 64;
    /// At most so many bytes are kept in blocks of one size.
    const KEPT: usize = 512 << 10;

    /// Where a block came from, which is where it goes back to.
    #[derive(Clone, Copy, PartialEq)]
    enum Source {
        /// `operator new`.
        New,
        /// `operator new` with an alignment.
        AlignedNew,
        /// `posix_memalign`.
        Aligned,
    }
    const SOURCES: [Source; 3] = [Source::New, Source::AlignedNew, Source::Aligned];
    impl Source {
        /// The sizes of one stack's blocks differ by less than this; the first stack's are smaller by the second number.
        #[inline(always)]
        fn steps(self) -> (usize, usize) {
            // The C library's blocks have sizes of 24, 40, 56 and so on.
            if self == Source::New { (16, 8) } else { (ALIGNMENT, 0) }
        }
        /// The stack whose blocks have at least this size.
        #[inline(always)]
        fn stack_for(self, size: usize) -> usize {
            let (step, less) = self.steps();
            (size + less).div_ceil(step)
        }
        /// The stack that a block of this size belongs to, as each of it has the size that the stack stands for.
        #[inline(always)]
        fn stack_of(self, size: usize) -> usize {
            let (step, less) = self.steps();
            (size + less) / step
        }
        /// The bytes to ask for when there is no block at hand: what fits the stack that it will come back to.
        #[inline(always)]
        fn asked(self, size: usize) -> usize {
            let (step, less) = self.steps();
            if size <= LARGEST { (self.stack_for(size) * step).saturating_sub(less) } else { size }
        }
        /// # Safety
        /// The block must come from this source and be of no more use.
        unsafe fn give_back(self, block: *mut c_void) {
            // SAFETY: as the caller promises.
            unsafe {
                match (self, CPP.get()) {
                    (Source::New, Some(cpp)) => (cpp.delete)(block),
                    (Source::AlignedNew, Some(cpp)) => (cpp.delete_aligned)(block, ALIGNMENT),
                    _ => libc::free(block),
                }
            }
        }
    }

    /// Blocks of one size, each of which begins with the address of the next.
    struct Stack {
        first: Cell<*mut c_void>,
        count: Cell<usize>,
    }
    impl Stack {
        const fn new() -> Stack {
            Stack { first: Cell::new(null_mut()), count: Cell::new(0) }
        }
        fn pop(&self) -> *mut c_void {
            let block = self.first.get();
            if !block.is_null() {
                // SAFETY: blocks in a stack are nobody else's, and begin so.
                self.first.set(unsafe { block.cast::<*mut c_void>().read() });
                self.count.set(self.count.get() - 1);
            }
            block
        }
        /// # Safety
        /// The block must have room for an address and be of no more use.
        unsafe fn push(&self, block: *mut c_void) {
            // SAFETY: as the caller promises.
            unsafe { block.cast::<*mut c_void>().write(self.first.get()) };
            self.first.set(block);
            self.count.set(self.count.get() + 1);
        }
    }
    /// What a thread keeps at hand.
    struct Cache {
        stacks: [[Stack; STACKS]; SOURCES.len()],
        state: Cell<State>,
    }
    const STACKS: usize = LARGEST / 16 + 3;
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        /// Nothing was ever kept.
        New,
        /// What is kept is given back at the thread's end.
        Open,
        /// The thread ends: nothing is kept any more.
        Closed,
    }
    thread_local! {
        // (A value with a destructor would take longer to reach.)
        static CACHE: Cache = const {
            let stacks = [const { [const { Stack::new() }; STACKS] }; SOURCES.len()];
            Cache { stacks, state: Cell::new(State::New) }
        };
        static END: End = const { End };
    }
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            CACHE.with(Cache::close);
        }
    }
    impl Cache {
        #[cold]
        fn open(&self) -> bool {
            if self.state.get() == State::New {
                self.state.set(State::Open);
                if END.try_with(|_| ()).is_err() {
                    self.state.set(State::Closed);
                }
            }
            self.state.get() == State::Open
        }
        fn close(&self) {
            self.state.set(State::Closed);
            for source in SOURCES {
                for stack in &self.stacks[source as usize] {
                    while let Some(block) = NonNull::new(stack.pop()) {
                        // SAFETY: it came from this source.
                        unsafe { source.give_back(block.as_ptr()) };
                    }
                }
            }
        }
    }
    /// A block of at least this size that is at hand, or null.
    #[inline(always)] // so that there is no division
    fn take(source: Source, size: usize) -> *mut c_void {
        if size > LARGEST {
            return null_mut();
        }
        CACHE.with(|cache| {
            // Now and then a block is a little larger than was asked for.
            let stacks = &cache.stacks[source as usize][source.stack_for(size)..];
            let block = stacks[0].pop();
            if block.is_null() { stacks[1].pop() } else { block }
        })
    }
    /// Keeps a block at hand, or gives it back.
    ///
    /// # Safety
    /// The block must come from this source and be of no more use.
    #[inline(always)] // as above
    unsafe fn put(source: Source, block: *mut c_void) {
        if block.is_null() {
            return;
        }
        // SAFETY: as the caller promises.
        let size = unsafe { libc::malloc_usable_size(block) };
        let keep = |cache: &Cache| {
            let aligned = source == Source::New || (block as usize).is_multiple_of(ALIGNMENT);
            let stack = cache.stacks[source as usize].get(source.stack_of(size));
            let fits = aligned && size >= size_of::<usize>() && source.stack_of(size) <= source.stack_for(LARGEST) + 1;
            let Some(stack) = stack.filter(|_| fits) else { return false };
            let kept = stack.count.get() * size < KEPT && (cache.state.get() == State::Open || cache.open());
            if kept {
                // SAFETY: as the caller promises; there is room.
                unsafe { stack.push(block) };
            }
            kept
        };
        if !CACHE.with(keep) {
            // SAFETY: as the caller promises.
            unsafe { source.give_back(block) };
        }
    }

    /// The functions of the C++ library that the plugin was linked to: `operator new` and `operator delete`.
    struct Cpp {
        new: unsafe extern "C-unwind" fn(usize) -> *mut c_void,
        new_nothrow: unsafe extern "C-unwind" fn(usize, *const c_void) -> *mut c_void,
        new_aligned: unsafe extern "C-unwind" fn(usize, usize) -> *mut c_void,
        new_aligned_nothrow: unsafe extern "C-unwind" fn(usize, usize, *const c_void) -> *mut c_void,
        delete: unsafe extern "C-unwind" fn(*mut c_void),
        delete_aligned: unsafe extern "C-unwind" fn(*mut c_void, usize),
    }
    /// Set before any slot is written.
    static CPP: OnceLock<Cpp> = OnceLock::new();
    impl Cpp {
        fn find() -> Option<Cpp> {
            const RTLD_NOLOAD: c_int = 4;
            // SAFETY: this loads nothing: the library is there because the plugin needs it, and stays as long, which is for ever.
            let library =
                unsafe { Library::open(Some("libstdc++.so.6"), RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD) }.ok()?;
            let everywhere = Library::this();
            // Those that stand for the whole process come first, as for the plugin.
            macro_rules! function {
                ($name:literal) => {
                    // SAFETY: the names say the types.
                    unsafe { everywhere.get($name).or_else(|_| library.get($name)).map(|symbol| *symbol).ok()? }
                };
            }
            let found = Cpp {
                new: function!(b"_Znwm\0"),
                new_nothrow: function!(b"_ZnwmRKSt9nothrow_t\0"),
                new_aligned: function!(b"_ZnwmSt11align_val_t\0"),
                new_aligned_nothrow: function!(b"_ZnwmSt11align_val_tRKSt9nothrow_t\0"),
                delete: function!(b"_ZdlPv\0"),
                delete_aligned: function!(b"_ZdlPvSt11align_val_t\0"),
            };
            std::mem::forget(library);
            Some(found)
        }
    }
    /// A block at hand; else one from the C++ library, of the size that it is asked for then.
    #[inline(always)]
    fn take_or(source: Source, size: usize, new: impl FnOnce(&Cpp, usize) -> *mut c_void) -> *mut c_void {
        let block = take(source, size);
        match CPP.get() {
            Some(cpp) if block.is_null() => new(cpp, source.asked(size)),
            _ => block,
        }
    }
    // SAFETY of all of these: as their callers promise, who mean the functions of the C and C++ libraries.
    unsafe extern "C-unwind" fn new(size: usize) -> *mut c_void {
        // SAFETY: as above.
        take_or(Source::New, size, |cpp, size| unsafe { (cpp.new)(size) })
    }
    unsafe extern "C-unwind" fn new_nothrow(size: usize, tag: *const c_void) -> *mut c_void {
        // SAFETY: as above.
        take_or(Source::New, size, |cpp, size| unsafe { (cpp.new_nothrow)(size, tag) })
    }
    unsafe extern "C-unwind" fn new_aligned(size: usize, alignment: usize) -> *mut c_void {
        if alignment > ALIGNMENT {
            // SAFETY: as above.
            return CPP.get().map_or(null_mut(), |cpp| unsafe { (cpp.new_aligned)(size, alignment) });
        }
        // SAFETY: as above.
        take_or(Source::AlignedNew, size, |cpp, size| unsafe { (cpp.new_aligned)(size, ALIGNMENT) })
    }
    unsafe extern "C-unwind" fn new_aligned_nothrow(size: usize, alignment: usize, tag: *const c_void) -> *mut c_void {
        if alignment > ALIGNMENT {
            // SAFETY: as above.
            return CPP.get().map_or(null_mut(), |cpp| unsafe { (cpp.new_aligned_nothrow)(size, alignment, tag) });
        }
        // SAFETY: as above.
        take_or(Source::AlignedNew, size, |cpp, size| unsafe { (cpp.new_aligned_nothrow)(size, ALIGNMENT, tag) })
    }
    unsafe extern "C-unwind" fn delete(block: *mut c_void) {
        // SAFETY: as above.
        unsafe { put(Source::New, block) }
    }
    unsafe extern "C-unwind" fn delete_aligned(block: *mut c_void) {
        // SAFETY: as above.
        unsafe { put(Source::AlignedNew, block) }
    }
    unsafe extern "C-unwind" fn posix_memalign(out: *mut *mut c_void, alignment: usize, size: usize) -> c_int {
        let small = alignment == ALIGNMENT;
        let block = if small { take(Source::Aligned, size) } else { null_mut() };
        // SAFETY: as above.
        unsafe {
            if block.is_null() {
                return libc::posix_memalign(out, alignment, if small { Source::Aligned.asked(size) } else { size });
            }
            out.write(block);
        }
        0
    }
    unsafe extern "C-unwind" fn free(block: *mut c_void) {
        // SAFETY: as above; whatever `free` takes may be given out again as if it came from `posix_memalign`, if it is aligned so.
        unsafe { put(Source::Aligned, block) }
    }

    /// What a plugin's call of a function of this name leads to. (What else is passed to those that free is of no interest to them.)
    fn replacements() -> [(&'static CStr, *mut c_void); 17] {
        [
            (c"free", free as *mut c_void),
            (c"_ZdlPv", delete as *mut c_void),
            (c"_ZdaPv", delete as *mut c_void),
            (c"_ZdlPvm", delete as *mut c_void),
            (c"_ZdaPvm", delete as *mut c_void),
            (c"_ZdlPvRKSt9nothrow_t", delete as *mut c_void),
            (c"_ZdlPvSt11align_val_t", delete_aligned as *mut c_void),
            (c"_ZdaPvSt11align_val_t", delete_aligned as *mut c_void),
            (c"_ZdlPvmSt11align_val_t", delete_aligned as *mut c_void),
            (c"_ZdaPvmSt11align_val_t", delete_aligned as *mut c_void),
            (c"_ZdlPvSt11align_val_tRKSt9nothrow_t", delete_aligned as *mut c_void),
            (c"_Znwm", new as *mut c_void),
            (c"_Znam", new as *mut c_void),
            (c"_ZnwmRKSt9nothrow_t", new_nothrow as *mut c_void),
            (c"_ZnwmSt11align_val_t", new_aligned as *mut c_void),
            (c"_ZnwmSt11align_val_tRKSt9nothrow_t", new_aligned_nothrow as *mut c_void),
            (c"posix_memalign", posix_memalign as *mut c_void),
        ]
    }

    /// Lets the library that an address lies in have its small blocks from here, if it can be seen how. It must be one that stays loaded for
    /// ever.
    pub(in crate::ffi) fn serve(address: *const ()) {
        if let Some(cpp) = Cpp::find() {
            CPP.get_or_init(|| cpp);
            // SAFETY: each of these does what its name promises.
            unsafe { slots::rewrite(address, &replacements()) };
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::{Array, Client};

        /// How many blocks this thread keeps of a source.
        fn kept(source: Source) -> usize {
            CACHE.with(|cache| cache.stacks[source as usize].iter().map(|stack| stack.count.get()).sum())
        }
        /// A new block, filled.
        fn made(source: Source, alignment: usize, size: usize) -> *mut c_void {
            let mut block = null_mut();
            // SAFETY: the place for the block is there, and the block has this size.
            unsafe {
                match source {
                    Source::New => block = new(size),
                    Source::AlignedNew => block = new_aligned(size, alignment),
                    Source::Aligned => assert_eq!(posix_memalign(&raw mut block, alignment, size), 0),
                }
                block.cast::<u8>().write_bytes(7, size);
            }
            assert!(source == Source::New || (block as usize).is_multiple_of(alignment));
            block
        }
        /// Frees a block, which nobody must use after that.
        fn freed(source: Source, block: *mut c_void) {
            // SAFETY: it came from there, and is freed once.
            unsafe {
                match source {
                    Source::New => delete(block),
                    Source::AlignedNew => delete_aligned(block),
                    Source::Aligned => free(block),
                }
            }
        }
        fn is_at_hand(source: Source, block: *mut c_void) -> bool {
            CACHE.with(|cache| cache.stacks[source as usize].iter().any(|stack| stack.first.get() == block))
        }
        /// After this, `operator new` has something behind it.
        fn client() -> Client {
            Client::cpu(1).unwrap()
        }

        #[test]
        fn blocks_that_were_freed_are_the_next_of_their_size() {
            client();
            for size in [0, 1, 8, 9, 24, 25, 63, 64, 65, 100, 272, 1000, LARGEST] {
                for source in SOURCES {
                    let (a, b) = (made(source, 64, size), made(source, 64, size));
                    let before = kept(source);
                    freed(source, a);
                    assert!(is_at_hand(source, a) && !is_at_hand(source, b), "{size}");
                    freed(source, b);
                    assert_eq!(kept(source), before + 2, "{size}");
                    // (Not always these: a block may be a little larger than was asked for.)
                    let (a, b) = (made(source, 64, size), made(source, 64, size));
                    assert_eq!(kept(source), before, "{size}");
                    freed(source, a);
                    // Blocks may go back to where they came from behind this file's back.
                    // SAFETY: it is freed once.
                    unsafe { source.give_back(b) };
                }
            }
        }

        #[test]
        fn other_blocks_go_back_at_once() {
            client();
            let others = [(64, LARGEST + 128), (64, 1 << 20), (128, 1500), (4096, 4096), (1 << 16, 1 << 16)];
            for (alignment, size) in others {
                for source in SOURCES {
                    let block = made(source, alignment, size);
                    freed(source, block);
                    assert!(!is_at_hand(source, block), "{size} bytes aligned to {alignment}");
                }
            }
            // Blocks that are aligned more or less than those at hand.
            for alignment in [8, 16, 32, 128, 4096] {
                for source in [Source::AlignedNew, Source::Aligned] {
                    freed(source, made(source, 64, 100));
                    let block = made(source, alignment, 100);
                    freed(source, block);
                    assert_eq!(made(source, 64, 100) as usize % 64, 0);
                }
            }
            SOURCES.iter().for_each(|source| freed(*source, null_mut()));
            // SAFETY: blocks of the C library's, freed once.
            unsafe {
                free(libc::malloc(24));
                free(libc::strdup(c"a string".as_ptr()).cast());
            }
            let tag = 0u8;
            let tag = (&raw const tag).cast();
            // SAFETY: blocks are freed once, and none is no block.
            unsafe {
                delete(new_nothrow(100, tag));
                delete_aligned(new_aligned_nothrow(100, 64, tag));
                delete_aligned(new_aligned_nothrow(100, 256, tag));
                assert!(new_nothrow(usize::MAX / 2, tag).is_null());
            }
        }

        #[test]
        fn a_thread_keeps_no_more_than_the_limit_and_takes_what_others_made() {
            client();
            let many = || (0..10_000).map(|_| made(Source::New, 8, 100) as usize).collect::<Vec<usize>>();
            let free_all = |blocks: Vec<usize>| {
                blocks.iter().for_each(|block| freed(Source::New, *block as *mut c_void));
                kept(Source::New)
            };
            let here = std::thread::spawn(move || free_all(many())).join().unwrap();
            let blocks = many();
            let there = std::thread::spawn(move || free_all(blocks)).join().unwrap();
            for kept in [here, there] {
                assert!((KEPT / 120..=KEPT / 100 + 1).contains(&kept), "{kept}");
            }
        }

        /// Ends in the slots of the real plugin.
        #[test]
        fn the_plugin_takes_its_small_blocks_from_here() {
            let client = client();
            for (size, small) in [(1usize, true), (LARGEST / 4, true), (LARGEST / 2, false), (1 << 20, false)] {
                let text = format!(
                    "func.func public @main(%x: tensor<{size}xf32>) -> tensor<{size}xf32> {{
                       %y = stablehlo.add %x, %x : tensor<{size}xf32>
                       return %y : tensor<{size}xf32>
                     }}"
                );
                let avals = [raxla_ir::ShapedArray::new(&[size], raxla_ir::DType::F32)];
                let x = raxla_ir::Literal::new(&[size], &vec![1f32; size]);
                let x = Array::from_literal(&x, &client.devices()[0]).unwrap();
                let double = client.compile(&text, &Default::default(), &avals, &avals).unwrap();
                let address = {
                    let y = double.run(&[&x]).unwrap().remove(0);
                    assert_eq!(y.to_vec::<f32>().unwrap(), vec![2f32; size]);
                    y.lend().unwrap().unwrap().address() as *mut c_void
                };
                assert_eq!(is_at_hand(Source::Aligned, address), small, "{size} elements");
                assert!(kept(Source::New) > 0 && kept(Source::AlignedNew) > 0);
            }
        }
    }
}
