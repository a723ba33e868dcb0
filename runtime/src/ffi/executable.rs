//! [`RawExecutable`]: a compiled program on its devices.

use super::{
    api::{call, slice, string},
    buffer::{RawBuffer, dtype},
    client::RawClient,
    event::RawEvent,
    pjrt::*,
};
use crate::error::{Error, Result};
use raxla_ir::{Shape, ShapedArray};
use smallvec::SmallVec;
use std::{
    ptr::{NonNull, null_mut},
    sync::Arc,
};

/// A compiled program on its devices.
pub(crate) struct RawExecutable {
    client: Arc<RawClient>,
    loaded: NonNull<PJRT_LoadedExecutable>,
    executable: NonNull<PJRT_Executable>,
    /// Indices into the client's devices, in the order of the argument lists.
    devices: SmallVec<[u32; 1]>,
    num_outputs: usize,
}
// SAFETY: PJRT's functions may be called from any thread.
unsafe impl Send for RawExecutable {}
// SAFETY: as above.
unsafe impl Sync for RawExecutable {}

/// Bytes that a compiled program needs on a device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CompiledMemoryStats {
    /// Of the machine code.
    pub generated_code: i64,
    /// Of the arguments.
    pub arguments: i64,
    /// Of the results.
    pub outputs: i64,
    /// Of results that take over the memory of donated arguments; counted in `arguments` and `outputs` too.
    pub aliased: i64,
    /// Of values in between.
    pub temporaries: i64,
    /// At most at one time, of all the above; 0 where the plugin does not say.
    pub peak: i64,
}

impl RawExecutable {
    /// # Safety
    /// `loaded` must be null or an executable of this client, and become the handle's own.
    pub(super) unsafe fn new(loaded: *mut PJRT_LoadedExecutable, client: &Arc<RawClient>) -> Result<RawExecutable> {
        let api = client.api();
        let loaded = NonNull::new(loaded).ok_or_else(|| Error::plugin("the plugin gave no executable"))?;
        // SAFETY: the executable is alive.
        let args = unsafe {
            call!(
                api,
                PJRT_LoadedExecutable_GetExecutable,
                PJRT_LoadedExecutable_GetExecutable_Args { loaded_executable: loaded.as_ptr() }
            )
        }?;
        let executable = NonNull::new(args.executable).ok_or_else(|| Error::plugin("the plugin gave no executable"))?;
        let mut raw =
            RawExecutable { client: client.clone(), loaded, executable, devices: SmallVec::new(), num_outputs: 0 };
        // SAFETY: the executable is alive, and so is the list of its devices, which is read at once.
        let devices = unsafe {
            let args = call!(
                api,
                PJRT_LoadedExecutable_AddressableDevices,
                PJRT_LoadedExecutable_AddressableDevices_Args { executable: loaded.as_ptr() }
            )?;
            slice(args.addressable_devices, args.num_addressable_devices)
        };
        for device in devices {
            let index =
                client.device_index(*device).ok_or_else(|| Error::plugin("an executable on unknown devices"))?;
            raw.devices.push(index);
        }
        let executable = raw.executable.as_ptr();
        // SAFETY: the executable is alive.
        raw.num_outputs = unsafe {
            call!(api, PJRT_Executable_NumOutputs, PJRT_Executable_NumOutputs_Args { executable: executable })
        }?
        .num_outputs;
        Ok(raw)
    }

    pub(crate) fn client(&self) -> &Arc<RawClient> {
        &self.client
    }
    /// Indices into the client's devices, in the order of the argument lists.
    pub(crate) fn devices(&self) -> &[u32] {
        &self.devices
    }
    pub(crate) fn num_outputs(&self) -> usize {
        self.num_outputs
    }

    /// Runs the program. `arguments` are the buffers of the first device, then those of the second, and so on; so are the
    /// results, which are given to `result` one by one. Arguments whose positions are not in `kept` may be overwritten if the program was compiled so: they must have been
    /// claimed. `completion` gets an event for each device, of the end of the run.
    #[inline]
    pub(crate) fn execute<'a>(
        &self,
        arguments: impl Iterator<Item = &'a RawBuffer>,
        num_args: usize,
        kept: &[i64],
        completion: Option<&mut Vec<RawEvent>>,
        mut result: impl FnMut(RawBuffer),
    ) -> Result<()> {
        let num_devices = self.devices.len();
        let mut pointers: SmallVec<[*mut PJRT_Buffer; 16]> = SmallVec::with_capacity(num_args * num_devices);
        arguments.for_each(|buffer| pointers.push(buffer.raw()));
        assert_eq!(pointers.len(), num_args * num_devices);
        let mut outputs: SmallVec<[*mut PJRT_Buffer; 8]> =
            smallvec::smallvec![null_mut(); self.num_outputs * num_devices];
        let (first_argument, first_output) = (pointers.as_ptr(), outputs.as_mut_ptr());
        let mut argument_lists: SmallVec<[*const *mut PJRT_Buffer; 4]> = SmallVec::new();
        let mut output_lists: SmallVec<[*mut *mut PJRT_Buffer; 4]> = SmallVec::new();
        for device in 0..num_devices {
            argument_lists.push(first_argument.wrapping_add(device * num_args));
            output_lists.push(first_output.wrapping_add(device * self.num_outputs));
        }
        // SAFETY: zero bytes are a value of this struct of numbers and nullable pointers.
        let mut options: PJRT_ExecuteOptions = unsafe { std::mem::zeroed() };
        options.struct_size = size_of::<PJRT_ExecuteOptions>();
        options.non_donatable_input_indices = kept.as_ptr();
        options.num_non_donatable_input_indices = kept.len();
        let mut events: SmallVec<[*mut PJRT_Event; 1]> = SmallVec::new();
        if completion.is_some() {
            events.resize(num_devices, null_mut());
        }
        let device_complete_events = if events.is_empty() { null_mut() } else { events.as_mut_ptr() };
        // SAFETY: the executable is alive, and the buffers are for the duration of the call, after which XLA holds what it still
        // needs. Each list has as many entries as there are arguments and results, and there is one per device. Of the wrong
        // number of arguments, of their sizes and of deleted ones XLA complains in an error.
        unsafe {
            call!(
                self.client.api(),
                PJRT_LoadedExecutable_Execute,
                PJRT_LoadedExecutable_Execute_Args {
                    executable: self.loaded.as_ptr(),
                    options: &mut options,
                    argument_lists: argument_lists.as_ptr(),
                    num_devices: num_devices,
                    num_args: num_args,
                    output_lists: output_lists.as_ptr(),
                    device_complete_events: device_complete_events,
                }
            )
        }?;
        if let Some(completion) = completion {
            // SAFETY: the events are new and ours.
            completion.extend(events.iter().filter_map(|event| unsafe { RawEvent::new(*event, &self.client) }));
        }
        let mut outcome = Ok(());
        for (position, raw) in outputs.iter().enumerate() {
            let device = self.devices[position / self.num_outputs];
            // SAFETY: the buffer is new and ours, on this device.
            match unsafe { RawBuffer::new(*raw, self.client.clone(), device) } {
                Ok(buffer) => result(buffer),
                Err(error) => outcome = Err(error),
            }
        }
        outcome
    }

    /// Execute and nothing else, on one device, for comparison: all that can be prepared is, and the results are destroyed at once.
    pub(crate) fn floor<'a>(&'a self, arguments: Vec<&'a RawBuffer>, kept: &'a [i64]) -> impl FnMut() + 'a {
        assert_eq!(self.devices.len(), 1);
        let api = self.client.api();
        let pointers: Vec<*mut PJRT_Buffer> = arguments.iter().map(|buffer| buffer.raw()).collect();
        let mut outputs: Vec<*mut PJRT_Buffer> = vec![null_mut(); self.num_outputs];
        move || {
            let _alive = &arguments;
            let (argument_list, output_list) = (pointers.as_ptr(), outputs.as_mut_ptr());
            // SAFETY: as in `execute`; each result is destroyed once.
            unsafe {
                let mut options: PJRT_ExecuteOptions = std::mem::zeroed();
                options.struct_size = size_of::<PJRT_ExecuteOptions>();
                options.non_donatable_input_indices = kept.as_ptr();
                options.num_non_donatable_input_indices = kept.len();
                let outcome = call!(
                    api,
                    PJRT_LoadedExecutable_Execute,
                    PJRT_LoadedExecutable_Execute_Args {
                        executable: self.loaded.as_ptr(),
                        options: &mut options,
                        argument_lists: &argument_list,
                        num_devices: 1,
                        num_args: pointers.len(),
                        output_lists: &output_list,
                    }
                );
                if outcome.is_ok() {
                    for output in &outputs {
                        let _ = call!(api, PJRT_Buffer_Destroy, PJRT_Buffer_Destroy_Args { buffer: *output });
                    }
                }
            }
        }
    }

    /// The types of the results, on one device.
    pub(crate) fn output_avals(&self) -> Result<Vec<ShapedArray>> {
        let executable = self.executable.as_ptr();
        // SAFETY: the executable is alive, and its lists live as long; they are read at once.
        let (types, ranks, mut dims) = unsafe {
            let types = call!(
                self.client.api(),
                PJRT_Executable_OutputElementTypes,
                PJRT_Executable_OutputElementTypes_Args { executable: executable }
            )?;
            let dims = call!(
                self.client.api(),
                PJRT_Executable_OutputDimensions,
                PJRT_Executable_OutputDimensions_Args { executable: executable }
            )?;
            let ranks = slice(dims.dim_sizes, dims.num_outputs);
            let sizes = slice(dims.dims, ranks.iter().sum());
            (slice(types.output_types, types.num_output_types), ranks, sizes)
        };
        let mut avals = Vec::new();
        for (buffer_type, rank) in types.iter().zip(ranks) {
            let (these, rest) = dims.split_at(*rank);
            dims = rest;
            let dtype =
                dtype(*buffer_type).ok_or_else(|| Error::refused(format!("result {} is not an array", avals.len())))?;
            let shape: Shape = these.iter().map(|size| *size as usize).collect();
            avals.push(ShapedArray::new(&shape, dtype));
        }
        Ok(avals)
    }

    /// The executable as bytes, which only this plugin on this kind of machine can load.
    pub(crate) fn serialize(&self) -> Result<Vec<u8>> {
        let executable = self.executable.as_ptr();
        // SAFETY: the executable is alive; the bytes live until their deleter is called, once, after they were copied.
        unsafe {
            let args = call!(
                self.client.api(),
                PJRT_Executable_Serialize,
                PJRT_Executable_Serialize_Args { executable: executable }
            )?;
            let bytes = slice(args.serialized_bytes.cast::<u8>(), args.serialized_bytes_size).to_vec();
            if let Some(delete) = args.serialized_executable_deleter {
                delete(args.serialized_executable);
            }
            Ok(bytes)
        }
    }

    pub(crate) fn memory_stats(&self) -> Result<CompiledMemoryStats> {
        let executable = self.executable.as_ptr();
        // SAFETY: the executable is alive.
        let args = unsafe {
            call!(
                self.client.api(),
                PJRT_Executable_GetCompiledMemoryStats,
                PJRT_Executable_GetCompiledMemoryStats_Args { executable: executable }
            )
        }?;
        Ok(CompiledMemoryStats {
            generated_code: args.generated_code_size_in_bytes,
            arguments: args.argument_size_in_bytes,
            outputs: args.output_size_in_bytes,
            aliased: args.alias_size_in_bytes,
            temporaries: args.temp_size_in_bytes,
            peak: args.peak_memory_in_bytes,
        })
    }

    /// XLA's own estimate of the program's work, by name, such as `flops`; few plugins have it.
    pub(crate) fn cost_analysis(&self) -> Result<Vec<(String, f64)>> {
        let executable = self.executable.as_ptr();
        // SAFETY: the executable is alive, its properties live as long, and are copied; which member of a union is set is what
        // `type_` says.
        unsafe {
            let args = call!(
                self.client.api(),
                PJRT_Executable_GetCostAnalysis,
                PJRT_Executable_GetCostAnalysis_Args { executable: executable }
            )?;
            let properties = slice(args.properties, args.num_properties).iter();
            let value = |property: &PJRT_NamedValue| match property.type_ {
                PJRT_NamedValue_kFloat => Some(property.__bindgen_anon_1.float_value as f64),
                PJRT_NamedValue_kInt64 => Some(property.__bindgen_anon_1.int64_value as f64),
                _ => None,
            };
            Ok(properties.filter_map(|p| Some((string(p.name, p.name_size), value(p)?))).collect())
        }
    }
}

impl Drop for RawExecutable {
    fn drop(&mut self) {
        let (api, executable, loaded) = (self.client.api(), self.executable.as_ptr(), self.loaded.as_ptr());
        // SAFETY: the handle owns both, and this is the one place that destroys them. Programs that still run keep their code.
        unsafe {
            let _ = call!(api, PJRT_Executable_Destroy, PJRT_Executable_Destroy_Args { executable: executable });
            let _ =
                call!(api, PJRT_LoadedExecutable_Destroy, PJRT_LoadedExecutable_Destroy_Args { executable: loaded });
        }
    }
}
