//! [`RawClient`]: a plugin at work, with its devices.

use super::{
    api::{Api, call, slice, string},
    buffer::RawBuffer,
    event::RawEvent,
    executable::RawExecutable,
    pjrt::*,
};
use crate::error::{Error, Result};
use raxla_ir::{Literal, ShapedArray};
use smallvec::SmallVec;
use std::{
    collections::VecDeque,
    ptr::{NonNull, null_mut},
    sync::{Arc, Mutex, MutexGuard, OnceLock},
};

/// A plugin at work, with its devices. Buffers, executables and events hold an `Arc` of it.
pub(crate) struct RawClient {
    api: Api,
    client: NonNull<PJRT_Client>,
    devices: Vec<RawDevice>,
    on_cpu: bool,
    platform: String,
    platform_version: String,
    build: String,
    /// The last launches on several devices that may not be done yet.
    launches: Mutex<VecDeque<RawEvent>>,
    /// Held while a program is launched on several devices.
    launching: Mutex<()>,
    options: Vec<(String, OptionValue)>,
    beside: OnceLock<Arc<RawClient>>,
}
// SAFETY: PJRT's functions may be called from any thread.
unsafe impl Send for RawClient {}
// SAFETY: as above.
unsafe impl Sync for RawClient {}

/// A device that this process can use. It lives as long as its client.
pub(crate) struct RawDevice {
    pub(super) device: NonNull<PJRT_Device>,
    pub(crate) id: i32,
    pub(crate) kind: String,
    pub(crate) process_index: i32,
}

/// Bytes of a device's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryStats {
    /// In use now.
    pub bytes_in_use: i64,
    /// The most that were in use at one time.
    pub peak_bytes_in_use: Option<i64>,
    /// All that may be used.
    pub bytes_limit: Option<i64>,
}

/// The value of a named option.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// Text.
    String(String),
    /// An integer.
    Int(i64),
    /// A number.
    Float(f32),
    /// Yes or no.
    Bool(bool),
}
macro_rules! option_values {
    ($($from:ty: $variant:ident,)*) => {$(
        impl From<$from> for OptionValue {
            fn from(value: $from) -> OptionValue {
                OptionValue::$variant(value.into())
            }
        }
    )*};
}
option_values! { &str: String, String: String, i32: Int, i64: Int, f32: Float, bool: Bool, }

impl RawClient {
    /// Starts a client with the given create options. `build` says which build of the plugin it is.
    pub(crate) fn create(api: Api, options: &[(String, OptionValue)], build: String) -> Result<Arc<RawClient>> {
        let named: Vec<PJRT_NamedValue> = options.iter().map(named_value).collect();
        // SAFETY: the options borrow from `options`, which outlives the call.
        let args = unsafe {
            call!(
                api,
                PJRT_Client_Create,
                PJRT_Client_Create_Args { create_options: named.as_ptr(), num_options: named.len() }
            )
        }?;
        let client = NonNull::new(args.client).ok_or_else(|| Error::plugin("the plugin made no client"))?;
        // From here on, dropping `raw` destroys the client.
        let mut raw = RawClient {
            api,
            client,
            devices: Vec::new(),
            on_cpu: false,
            platform: String::new(),
            platform_version: String::new(),
            build,
            launches: Mutex::default(),
            launching: Mutex::default(),
            options: options.to_vec(),
            beside: OnceLock::new(),
        };
        let client = client.as_ptr();
        // SAFETY: the client is alive, its strings live as long, and they are copied.
        unsafe {
            let name = call!(api, PJRT_Client_PlatformName, PJRT_Client_PlatformName_Args { client: client })?;
            raw.platform = string(name.platform_name, name.platform_name_size);
            let version = call!(api, PJRT_Client_PlatformVersion, PJRT_Client_PlatformVersion_Args { client: client })?;
            raw.platform_version = string(version.platform_version, version.platform_version_size);
        }
        raw.on_cpu = raw.platform == "cpu";
        if raw.on_cpu {
            super::custom_call::register(api)?;
        }
        // SAFETY: the client is alive, and so are its devices; the list is read at once.
        let devices = unsafe {
            let args =
                call!(api, PJRT_Client_AddressableDevices, PJRT_Client_AddressableDevices_Args { client: client })?;
            slice(args.addressable_devices, args.num_addressable_devices)
        };
        for device in devices.iter().filter_map(|device| NonNull::new(*device)) {
            // SAFETY: devices and their descriptions live as long as the client; the string is copied.
            raw.devices.push(unsafe { describe(api, device) }?);
        }
        if raw.devices.is_empty() {
            return Err(Error::plugin(format!("platform {} has no device that this process can use", raw.platform)));
        }
        Ok(Arc::new(raw))
    }

    /// Another client of the CPU with as many devices, in which programs run in the threads that launch them.
    pub(crate) fn beside(&self) -> Result<&Arc<RawClient>> {
        if let Some(client) = self.beside.get() {
            return Ok(client);
        }
        let mut options = self.options.clone();
        options.push((ASYNCHRONOUS.to_owned(), OptionValue::Bool(false)));
        let client = RawClient::create(self.api, &options, self.build.clone())?;
        Ok(self.beside.get_or_init(|| client))
    }
    /// Whether this is such a client.
    pub(crate) fn is_beside(&self) -> bool {
        self.options.last().is_some_and(|(name, value)| name == ASYNCHRONOUS && *value == OptionValue::Bool(false))
    }

    pub(crate) fn api(&self) -> Api {
        self.api
    }
    pub(super) fn raw(&self) -> *mut PJRT_Client {
        self.client.as_ptr()
    }
    pub(crate) fn platform(&self) -> &str {
        &self.platform
    }
    pub(crate) fn platform_version(&self) -> &str {
        &self.platform_version
    }
    /// Which build of the plugin this is.
    pub(crate) fn build(&self) -> &str {
        &self.build
    }
    /// Whether the memory of the devices is the host's.
    pub(crate) fn on_cpu(&self) -> bool {
        self.on_cpu
    }
    pub(crate) fn devices(&self) -> &[RawDevice] {
        &self.devices
    }
    pub(super) fn device_index(&self, device: *mut PJRT_Device) -> Option<u32> {
        self.devices.iter().position(|known| known.device.as_ptr() == device).map(|index| index as u32)
    }

    /// Memory statistics of the device at an index, where the platform has them.
    pub(crate) fn memory_stats(&self, device: usize) -> Option<MemoryStats> {
        let device = self.devices.get(device)?.device.as_ptr();
        // SAFETY: the device lives as long as the client.
        let args = unsafe { call!(self.api, PJRT_Device_MemoryStats, PJRT_Device_MemoryStats_Args { device: device }) }
            .ok()?;
        Some(MemoryStats {
            bytes_in_use: args.bytes_in_use,
            peak_bytes_in_use: args.peak_bytes_in_use_is_set.then_some(args.peak_bytes_in_use),
            bytes_limit: args.bytes_limit_is_set.then_some(args.bytes_limit),
        })
    }

    /// Puts a literal on the device at an index. Memory that the device can use as it is, is shared and kept alive.
    pub(crate) fn buffer(self: &Arc<RawClient>, literal: &Literal, device: u32) -> Result<RawBuffer> {
        // SAFETY: a literal is dense, has as many bytes as its type needs, is not written to, ever, and its bytes stay where they are as
        // long as a clone lives; one without elements has a dangling but non-null pointer.
        unsafe { self.place(literal.aval(), literal.bytes().as_ptr(), literal.clone(), device) }
    }
    /// Puts host memory on the device at an index. Memory that the device can use as it is, is shared.
    ///
    /// # Safety
    /// `data` must be the elements of an array of this type, row by row, which stay there unchanged as long as `owner` lives.
    pub(crate) unsafe fn place<T: Send + 'static>(
        self: &Arc<RawClient>,
        aval: &ShapedArray,
        data: *const u8,
        owner: T,
        device: u32,
    ) -> Result<RawBuffer> {
        let dims: SmallVec<[i64; 8]> = aval.shape.iter().map(|size| *size as i64).collect();
        let raw_device = self.devices[device as usize].device.as_ptr();
        // SAFETY: `data` has as many bytes as the type and the dimensions need, without strides. It is not written to and stays alive
        // until `done`.
        let args = unsafe {
            call!(
                self.api,
                PJRT_Client_BufferFromHostBuffer,
                PJRT_Client_BufferFromHostBuffer_Args {
                    client: self.raw(),
                    data: data.cast(),
                    type_: super::buffer::buffer_type(aval.dtype),
                    dims: dims.as_ptr(),
                    num_dims: dims.len(),
                    host_buffer_semantics: PJRT_HostBufferSemantics_kImmutableZeroCopy,
                    device: raw_device,
                }
            )
        }?;
        // SAFETY: the event is new and ours.
        let done = unsafe { RawEvent::new(args.done_with_host_buffer, self) };
        if let Some(done) = done {
            done.keep_until(owner)?;
        }
        // SAFETY: the buffer is new and ours, and on that device.
        unsafe { RawBuffer::new(args.buffer, self.clone(), device) }
    }

    /// Compiles a module.
    pub(crate) fn compile(self: &Arc<RawClient>, mlir: &str, options: &[u8]) -> Result<RawExecutable> {
        let format = "mlir";
        // MLIR's lexer reads until it sees a zero, whatever the size says.
        let mut code = Vec::with_capacity(mlir.len() + 1);
        code.extend_from_slice(mlir.as_bytes());
        code.push(0);
        let program = PJRT_Program {
            struct_size: size_of::<PJRT_Program>(),
            extension_start: null_mut(),
            code: code.as_mut_ptr().cast(),
            code_size: mlir.len(),
            format: format.as_ptr().cast(),
            format_size: format.len(),
        };
        // SAFETY: the client is alive; the program and the options are for the duration of the call.
        let args = unsafe {
            call!(
                self.api,
                PJRT_Client_Compile,
                PJRT_Client_Compile_Args {
                    client: self.raw(),
                    program: &program,
                    compile_options: options.as_ptr().cast(),
                    compile_options_size: options.len(),
                }
            )
        }?;
        // SAFETY: the executable is new and ours.
        unsafe { RawExecutable::new(args.executable, self) }
    }

    /// Loads a serialized executable.
    pub(crate) fn deserialize(self: &Arc<RawClient>, bytes: &[u8]) -> Result<RawExecutable> {
        // SAFETY: the client is alive; the bytes are for the duration of the call.
        let args = unsafe {
            call!(
                self.api,
                PJRT_Executable_DeserializeAndLoad,
                PJRT_Executable_DeserializeAndLoad_Args {
                    client: self.raw(),
                    serialized_executable: bytes.as_ptr().cast(),
                    serialized_executable_size: bytes.len(),
                }
            )
        }?;
        // SAFETY: the executable is new and ours.
        unsafe { RawExecutable::new(args.loaded_executable, self) }
    }

    /// Whoever launches a program on several devices holds this meanwhile: launches by two threads must reach all devices in one order, or
    /// their collectives wait for each other.
    pub(crate) fn launching(&self) -> MutexGuard<'_, ()> {
        self.launching.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
    /// Notes that a program was launched on several devices, by the event of one of its results; waits for the oldest if there are too
    /// many. Collectives that wait for each other's threads would otherwise block for ever, and XLA then ends the process.
    pub(crate) fn launched(&self, event: RawEvent) {
        let oldest = {
            let mut launches = self.launches.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            launches.push_back(event.without_client());
            if launches.len() > MOST_LAUNCHES { launches.pop_front() } else { None }
        };
        if let Some(oldest) = oldest {
            // Its error is reported by its results.
            let _ = oldest.wait();
        }
    }

    /// How many bytes an array has on the host.
    pub(crate) fn host_bytes(aval: &ShapedArray) -> usize {
        aval.size() * aval.dtype.size()
    }
}

/// The CPU plugin's option for programs to run in threads of their own.
const ASYNCHRONOUS: &str = "asynchronous";
/// How many launches on several devices may be under way.
const MOST_LAUNCHES: usize = 16;

impl Drop for RawClient {
    fn drop(&mut self) {
        self.launches.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner()).clear();
        let client = self.client.as_ptr();
        // SAFETY: whatever was made by this client held it alive, so nothing of it is left; this is the one place that destroys it.
        let _ = unsafe { call!(self.api, PJRT_Client_Destroy, PJRT_Client_Destroy_Args { client: client }) };
    }
}

/// # Safety
/// The device must belong to a live client.
unsafe fn describe(api: Api, device: NonNull<PJRT_Device>) -> Result<RawDevice> {
    // SAFETY: the device is alive, so is its description; the string is copied.
    unsafe {
        let raw = device.as_ptr();
        let args = call!(api, PJRT_Device_GetDescription, PJRT_Device_GetDescription_Args { device: raw })?;
        let description = args.device_description;
        let id =
            call!(api, PJRT_DeviceDescription_Id, PJRT_DeviceDescription_Id_Args { device_description: description })?;
        let process = call!(
            api,
            PJRT_DeviceDescription_ProcessIndex,
            PJRT_DeviceDescription_ProcessIndex_Args { device_description: description }
        )?;
        let kind = call!(
            api,
            PJRT_DeviceDescription_Kind,
            PJRT_DeviceDescription_Kind_Args { device_description: description }
        )?;
        let kind = string(kind.device_kind, kind.device_kind_size);
        Ok(RawDevice { device, id: id.id, kind, process_index: process.process_index })
    }
}

/// An option in C's terms; it borrows from its argument without saying so, hence only lives within `create`.
fn named_value((name, value): &(String, OptionValue)) -> PJRT_NamedValue {
    let (type_, union, value_size) = match value {
        OptionValue::String(text) => {
            (PJRT_NamedValue_kString, PJRT_NamedValue__bindgen_ty_1 { string_value: text.as_ptr().cast() }, text.len())
        }
        OptionValue::Int(number) => (PJRT_NamedValue_kInt64, PJRT_NamedValue__bindgen_ty_1 { int64_value: *number }, 1),
        OptionValue::Float(number) => {
            (PJRT_NamedValue_kFloat, PJRT_NamedValue__bindgen_ty_1 { float_value: *number }, 1)
        }
        OptionValue::Bool(yes) => (PJRT_NamedValue_kBool, PJRT_NamedValue__bindgen_ty_1 { bool_value: *yes }, 1),
    };
    PJRT_NamedValue {
        struct_size: size_of::<PJRT_NamedValue>(),
        extension_start: null_mut(),
        name: name.as_ptr().cast(),
        name_size: name.len(),
        type_,
        __bindgen_anon_1: union,
        value_size,
    }
}
