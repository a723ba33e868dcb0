//! [`Api`]: a loaded plugin's table of functions, and how they are called.

use super::pjrt::*;
use crate::error::{Code, Error, Result};
use std::{
    ffi::{c_char, c_int},
    mem::{offset_of, zeroed},
    path::Path,
    ptr::{NonNull, addr_of},
};

/// A plugin's table of functions. The library stays loaded until the process ends, so this can be copied freely.
#[derive(Clone, Copy)]
pub(crate) struct Api {
    table: NonNull<PJRT_Api>,
}
// SAFETY: the table is never written after the plugin was initialised, and PJRT's functions may be called from any thread.
unsafe impl Send for Api {}
// SAFETY: as above.
unsafe impl Sync for Api {}

/// Calls a function of the API: zeroes its argument struct, sets the size and the named fields, and yields the struct, with
/// the fields that the plugin wrote, or the plugin's error. To be used in an `unsafe` block that says why the fields are valid.
macro_rules! call {
    ($api:expr, $function:ident, $Args:ident { $($field:ident : $value:expr),* $(,)? }) => {{
        let api: $crate::ffi::api::Api = $api;
        // Zero bytes are a value of every argument struct: numbers, nullable pointers, optional functions.
        let mut args: $Args = ::std::mem::zeroed();
        args.struct_size = ::std::mem::size_of::<$Args>();
        $(args.$field = $value;)*
        match $crate::ffi::api::slot!(api, $function) {
            Some(function) => api.check(stringify!($function), function(&mut args)).map(|()| args),
            None => Err(api.lacks(stringify!($function))),
        }
    }};
}
/// The function in a slot of the table, if the plugin's table reaches that far.
macro_rules! slot {
    ($api:expr, $function:ident) => {{
        let table = $api.table();
        if ::std::mem::offset_of!($crate::ffi::pjrt::PJRT_Api, $function) + size_of::<usize>() <= $api.size() {
            (*table).$function
        } else {
            None
        }
    }};
}
pub(super) use {call, slot};

impl Api {
    /// Loads a plugin's library, for ever, and initialises it.
    pub(crate) fn load(path: &Path) -> Result<Api> {
        let shown = path.display();
        // SAFETY: loading runs the library's initialisers. That it is a PJRT plugin, whose initialisers are harmless, is what the
        // user says by naming it; a plugin that raxla fetches has a known checksum.
        let library = unsafe { libloading::Library::new(path) }
            .map_err(|error| Error::plugin(format!("cannot load {shown}: {error}")))?;
        let library: &'static libloading::Library = Box::leak(Box::new(library));
        // SAFETY: this symbol has this type in every library that exports it.
        let get = unsafe { library.get::<unsafe extern "C" fn() -> *mut PJRT_Api>(b"GetPjrtApi\0") };
        let get =
            get.map_err(|_| Error::plugin(format!("{shown} is a library but not a PJRT plugin (no GetPjrtApi)")))?;
        // SAFETY: GetPjrtApi has no arguments and no preconditions.
        let table = NonNull::new(unsafe { get() }).ok_or_else(|| Error::plugin(format!("{shown} gave no PJRT_Api")))?;
        let api = Api { table };
        let (major, minor) = api.version();
        if major != PJRT_API_MAJOR as c_int || minor < OLDEST_MINOR {
            return Err(Error::plugin(format!(
                "{shown} speaks version {major}.{minor} of the PJRT C API; raxla needs {PJRT_API_MAJOR}.{OLDEST_MINOR} or later"
            )));
        }
        // SAFETY: the struct has no fields to fill in.
        unsafe { call!(api, PJRT_Plugin_Initialize, PJRT_Plugin_Initialize_Args {}) }?;
        Ok(api)
    }

    /// Gives the plugin small aligned blocks of memory from an allocator that is quick at them; see [`small_blocks`](super::small_blocks).
    pub(crate) fn serve_small_blocks(self) {
        super::small_blocks::serve(self.table.as_ptr().cast());
    }

    /// The version of the PJRT C API that the plugin was built with.
    pub(crate) fn version(self) -> (c_int, c_int) {
        // SAFETY: these fields lie at the start of the table, which every version has.
        unsafe {
            let version = addr_of!((*self.table.as_ptr()).pjrt_api_version);
            ((*version).major_version, (*version).minor_version)
        }
    }

    pub(super) fn table(self) -> *const PJRT_Api {
        self.table.as_ptr()
    }
    /// How many bytes of the table there are.
    pub(super) fn size(self) -> usize {
        // SAFETY: the size is the first field of the table.
        unsafe { addr_of!((*self.table.as_ptr()).struct_size).read() }
    }
    #[cold]
    pub(super) fn lacks(self, operation: &'static str) -> Error {
        let (major, minor) = self.version();
        Error::Unsupported { operation: operation.trim_start_matches("PJRT_"), version: format!("{major}.{minor}") }
    }

    /// Turns a PJRT error, if there is one, into an owned error, and destroys it.
    ///
    /// # Safety
    /// `error` must be null or an error that this plugin returned and that nobody destroyed.
    #[inline]
    pub(super) unsafe fn check(self, operation: &'static str, error: *mut PJRT_Error) -> Result<()> {
        if error.is_null() {
            return Ok(());
        }
        // SAFETY: as the caller promises.
        Err(unsafe { self.take_error(operation, error) })
    }

    /// # Safety
    /// `error` must be an error that this plugin returned and that nobody destroyed.
    #[cold]
    unsafe fn take_error(self, operation: &'static str, error: *mut PJRT_Error) -> Error {
        const _: () = assert!(offset_of!(PJRT_Api, PJRT_Error_GetCode) < offset_of!(PJRT_Api, PJRT_Plugin_Initialize));
        let mut message =
            PJRT_Error_Message_Args { struct_size: size_of::<PJRT_Error_Message_Args>(), error, ..zero() };
        let mut code = PJRT_Error_GetCode_Args { struct_size: size_of::<PJRT_Error_GetCode_Args>(), error, ..zero() };
        let mut destroy =
            PJRT_Error_Destroy_Args { struct_size: size_of::<PJRT_Error_Destroy_Args>(), error, ..zero() };
        // SAFETY: the three functions are in the table of every version; the error is alive until the last call, and the message
        // is copied before that.
        unsafe {
            if let Some(function) = (*self.table()).PJRT_Error_Message {
                function(&mut message);
            }
            if let Some(function) = (*self.table()).PJRT_Error_GetCode {
                let nested = function(&mut code);
                debug_assert!(nested.is_null());
            }
            let text = string(message.message, message.message_size);
            if let Some(function) = (*self.table()).PJRT_Error_Destroy {
                function(&mut destroy);
            }
            let operation = operation.trim_start_matches("PJRT_");
            Error::Xla { operation, code: Code::from_number(code.code), message: text.trim_end().to_owned() }
        }
    }
}

/// The oldest PJRT C API that has every call which raxla cannot do without.
const OLDEST_MINOR: c_int = 54;

fn zero<T: Zero>() -> T {
    // SAFETY: `Zero` is implemented only for structs of numbers and pointers.
    unsafe { zeroed() }
}
/// # Safety
/// Zero bytes must be a value of the type.
unsafe trait Zero {}
// SAFETY: a size and pointers.
unsafe impl Zero for PJRT_Error_Message_Args {}
// SAFETY: a size, pointers and an integer.
unsafe impl Zero for PJRT_Error_GetCode_Args {}
// SAFETY: a size and pointers.
unsafe impl Zero for PJRT_Error_Destroy_Args {}

/// A copy of a string of the C API, which may be null if it is empty.
///
/// # Safety
/// `data` must point to `size` bytes, or `size` be 0.
pub(super) unsafe fn string(data: *const c_char, size: usize) -> String {
    if data.is_null() || size == 0 {
        return String::new();
    }
    // SAFETY: as the caller promises.
    let bytes = unsafe { std::slice::from_raw_parts(data.cast::<u8>(), size) };
    String::from_utf8_lossy(bytes).into_owned()
}

/// A slice of the C API, which may be null if it is empty.
///
/// # Safety
/// `data` must point to `size` values that live for `'a`, or `size` be 0.
pub(super) unsafe fn slice<'a, T>(data: *const T, size: usize) -> &'a [T] {
    // SAFETY: as the caller promises.
    if data.is_null() || size == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data, size) } }
}

/// Loads a library that a plugin needs, for ever, so that its symbols are there for those loaded later. Fails silently: what is missing
/// is reported by whoever needs it.
pub(crate) fn preload(path: &Path) {
    #[cfg(unix)]
    {
        use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
        // SAFETY: loading runs the library's initialisers; it comes from a Python package that the user installed for this purpose,
        // and is what the plugin would load itself.
        if let Ok(library) = unsafe { Library::open(Some(path), RTLD_NOW | RTLD_GLOBAL) } {
            std::mem::forget(library);
        }
    }
}
