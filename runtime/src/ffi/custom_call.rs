//! XLA's custom calls: the one handler that its FFI gets from raxla, which makes a [`KernelCall`] of XLA's call frame.

use super::{
    api::{Api, slice},
    float_environment::Ieee,
    pjrt::{PJRT_Api, PJRT_Error, PJRT_Extension_Base, PJRT_Extension_Type_FFI},
    xla_ffi::*,
};
use crate::{
    error::Result,
    kernel::{self, Input, KernelCall, Output, Value},
};
use raxla_ir::{DType, Kind, Shape, ShapedArray, stablehlo::KERNEL_TARGET};
use smallvec::SmallVec;
use std::{
    ffi::{CString, c_char, c_void},
    mem::offset_of,
    ptr::{addr_of, null_mut},
    sync::Mutex,
};

// The header of PJRT's extension for the FFI is in no package, so its two structs are written down here.

/// PJRT's extension for XLA's FFI.
#[repr(C)]
struct FfiExtension {
    base: PJRT_Extension_Base,
    type_id_register: Option<unsafe extern "C" fn(*mut c_void) -> *mut PJRT_Error>,
    user_data_add: Option<unsafe extern "C" fn(*mut c_void) -> *mut PJRT_Error>,
    register_handler: Option<unsafe extern "C" fn(*mut RegisterHandlerArgs) -> *mut PJRT_Error>,
}
#[repr(C)]
struct RegisterHandlerArgs {
    struct_size: usize,
    target_name: *const c_char,
    target_name_size: usize,
    handler: *mut c_void,
    platform_name: *const c_char,
    platform_name_size: usize,
    traits: u32,
}

/// Makes the handler known to a plugin of the CPU, once. Plugins without the extension are left as they are.
pub(super) fn register(api: Api) -> Result<()> {
    static DONE: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    let mut done = DONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let plugin = api.table().addr();
    if done.contains(&plugin) {
        return Ok(());
    }
    let Some(register) = extension(api.table()) else { return Ok(()) };
    let (target, platform) = (KERNEL_TARGET, "Host");
    let handler: unsafe extern "C" fn(*mut XLA_FFI_CallFrame) -> *mut XLA_FFI_Error = handle;
    let mut args = RegisterHandlerArgs {
        struct_size: offset_of!(RegisterHandlerArgs, traits) + size_of::<u32>(),
        target_name: target.as_ptr().cast(),
        target_name_size: target.len(),
        handler: handler as *mut c_void,
        platform_name: platform.as_ptr().cast(),
        platform_name_size: platform.len(),
        traits: 0,
    };
    // SAFETY: the struct is what the extension wants; the names are copied, and the handler lives as long as the process.
    unsafe { api.check("FFI_Register_Handler", register(&mut args)) }?;
    done.push(plugin);
    Ok(())
}
/// The extension's function, if the plugin has the extension.
fn extension(table: *const PJRT_Api) -> Option<unsafe extern "C" fn(*mut RegisterHandlerArgs) -> *mut PJRT_Error> {
    // SAFETY: the table and its list of extensions live for ever; an extension of this type that is large enough has the function there.
    unsafe {
        let mut next = (*table).extension_start;
        while let Some(base) = next.as_ref() {
            if base.type_ == PJRT_Extension_Type_FFI && base.struct_size >= size_of::<FfiExtension>() {
                return (*next.cast::<FfiExtension>()).register_handler;
            }
            next = base.next;
        }
    }
    None
}

/// What XLA calls, for every custom call, and when it wants to know which version of the FFI the handler speaks.
///
/// # Safety
/// `frame` must be a call frame of XLA's.
unsafe extern "C" fn handle(frame: *mut XLA_FFI_CallFrame) -> *mut XLA_FFI_Error {
    // SAFETY: XLA keeps the frame, and everything that it points to, alive during the call. Its fields are read one by one: older
    // versions have fewer at the end.
    unsafe {
        if answer_probe(frame) || (*frame).stage != XLA_FFI_ExecutionStage_EXECUTE {
            return null_mut();
        }
        let _ieee = Ieee::enter();
        match call(frame) {
            Ok(()) => null_mut(),
            Err(message) => error((*frame).api, message),
        }
    }
}
/// Answers the question for the handler's version, if that is what the frame is about: it is that of the caller.
///
/// # Safety
/// `frame` must be a call frame of XLA's.
unsafe fn answer_probe(frame: *mut XLA_FFI_CallFrame) -> bool {
    // SAFETY: the list of extensions and what is asked for are alive; the version stands at the start of what is asked for.
    unsafe {
        let mut next = (*frame).extension_start;
        while let Some(base) = next.as_ref() {
            if base.type_ == XLA_FFI_Extension_Metadata {
                let metadata = (*next.cast::<XLA_FFI_Metadata_Extension>()).metadata;
                let version = addr_of!((*(*frame).api).api_version);
                (*metadata).api_version.major_version = (*version).major_version;
                (*metadata).api_version.minor_version = (*version).minor_version;
                (*metadata).traits = 0;
                return true;
            }
            next = base.next;
        }
        false
    }
}
/// # Safety
/// `api` must be XLA's.
#[cold]
unsafe fn error(api: *const XLA_FFI_Api, message: String) -> *mut XLA_FFI_Error {
    let message = CString::new(message.replace('\0', " ")).unwrap_or_default();
    let mut args = XLA_FFI_Error_Create_Args {
        struct_size: size_of::<XLA_FFI_Error_Create_Args>(),
        extension_start: null_mut(),
        message: message.as_ptr(),
        errc: XLA_FFI_Error_Code_INTERNAL,
    };
    // SAFETY: the function is in the table of every version, and copies the message.
    unsafe { (*addr_of!((*api).XLA_FFI_Error_Create)).map_or(null_mut(), |create| create(&mut args)) }
}

/// Runs the kernel on what the frame says, in Rust's terms.
///
/// # Safety
/// `frame` must be a call frame of XLA's, for execution.
unsafe fn call(frame: *const XLA_FFI_CallFrame) -> std::result::Result<(), String> {
    // SAFETY: lists have as many entries as their sizes say. Buffers are dense and row-major, since the module says so, and no two
    // overlap if one of them is written.
    unsafe {
        let (args, rets, attrs) = (addr_of!((*frame).args), addr_of!((*frame).rets), addr_of!((*frame).attrs));
        let args = slice((*args).args, (*args).size as usize).iter().map(|buffer| described(buffer.cast()));
        let args = args.collect::<std::result::Result<SmallVec<[Buffer; 4]>, String>>()?;
        let rets = slice((*rets).rets, (*rets).size as usize).iter().map(|buffer| described(buffer.cast()));
        let rets = rets.collect::<std::result::Result<SmallVec<[Buffer; 4]>, String>>()?;
        // XLA packs several small numbers into a byte; kernels see one in each.
        let wide_args: SmallVec<[Vec<u8>; 4]> =
            args.iter().map(|b| unpacked(&b.aval, slice(b.data, b.length))).collect();
        let mut wide_rets: SmallVec<[Vec<u8>; 4]> =
            rets.iter().map(|b| unpacked(&b.aval, slice(b.data, b.length))).collect();
        let inputs = args.iter().zip(&wide_args).map(|(buffer, wide)| Input {
            aval: buffer.aval.clone(),
            bytes: if is_packed(buffer.aval.dtype) { wide } else { slice(buffer.data, buffer.length) },
        });
        let outputs = rets.iter().zip(&mut wide_rets).map(|(buffer, wide)| {
            let bytes = if is_packed(buffer.aval.dtype) { wide } else { slice_mut(buffer.data, buffer.length) };
            Output::new(buffer.aval.clone(), bytes)
        });
        let size = (*attrs).size as usize;
        let (types, names) = (slice((*attrs).types, size), slice((*attrs).names, size));
        let mut attributes = SmallVec::new();
        for (at, attribute) in slice((*attrs).attrs, size).iter().enumerate() {
            let name = text(names[at])?;
            let value =
                value(types[at], *attribute).ok_or_else(|| format!("attribute `{name}` is of an unknown type"))?;
            attributes.push((name, value));
        }
        kernel::run(&mut KernelCall { inputs: inputs.collect(), outputs: outputs.collect(), attributes })?;
        for (buffer, wide) in rets.iter().zip(&wide_rets).filter(|(buffer, _)| is_packed(buffer.aval.dtype)) {
            pack(buffer.aval.dtype, wide, slice_mut(buffer.data, buffer.length));
        }
        Ok(())
    }
}
/// An array of XLA's: its type, its data, and how many bytes there are.
struct Buffer {
    aval: ShapedArray,
    data: *mut u8,
    length: usize,
}
/// Whether XLA holds several elements in one byte, the first in the lowest bits.
fn is_packed(dtype: DType) -> bool {
    dtype.bits() < 8 && dtype != DType::Bool
}
/// One element in each byte, integers with their sign, for dtypes that are packed; else nothing.
fn unpacked(aval: &ShapedArray, packed: &[u8]) -> Vec<u8> {
    if !is_packed(aval.dtype) {
        return Vec::new();
    }
    let bits = aval.dtype.bits();
    let each = (0..aval.size()).map(|i| {
        let high = packed[i * bits / 8] << (8 - bits - i * bits % 8);
        if aval.dtype.kind() == Kind::Signed { (high as i8 >> (8 - bits)) as u8 } else { high >> (8 - bits) }
    });
    each.collect()
}
fn pack(dtype: DType, wide: &[u8], packed: &mut [u8]) {
    let bits = dtype.bits();
    packed.fill(0);
    for (i, byte) in wide.iter().enumerate() {
        packed[i * bits / 8] |= (byte & ((1 << bits) - 1)) << (i * bits % 8);
    }
}
/// A slice that is written, which may be null if it is empty.
///
/// # Safety
/// `data` must point to `size` bytes that nothing else uses for `'a`, or `size` be 0.
unsafe fn slice_mut<'a>(data: *mut u8, size: usize) -> &'a mut [u8] {
    // SAFETY: as the caller promises.
    if data.is_null() || size == 0 { &mut [] } else { unsafe { std::slice::from_raw_parts_mut(data, size) } }
}
/// What XLA says of a buffer.
///
/// # Safety
/// `buffer` must be a buffer of XLA's.
unsafe fn described(buffer: *const XLA_FFI_Buffer) -> std::result::Result<Buffer, String> {
    // SAFETY: as the caller promises; there are as many dimensions as the rank says.
    let (number, data, dims) =
        unsafe { ((*buffer).dtype, (*buffer).data, slice((*buffer).dims, (*buffer).rank as usize)) };
    let dtype =
        dtype(number).ok_or_else(|| format!("an array is of a type that raxla does not have (number {number})"))?;
    let shape: Shape = dims.iter().map(|size| *size as usize).collect();
    let elements: usize = shape.iter().product();
    let length = if is_packed(dtype) { (elements * dtype.bits()).div_ceil(8) } else { elements * dtype.size() };
    Ok(Buffer { aval: ShapedArray { shape, dtype, weak: false }, data: data.cast(), length })
}
/// The value of an attribute, if it is of a known type.
///
/// # Safety
/// `attribute` must be an attribute of XLA's of this type, alive for `'a`.
unsafe fn value<'a>(kind: XLA_FFI_AttrType, attribute: *const c_void) -> Option<Value<'a>> {
    // SAFETY: what is pointed to is of the type that goes with its kind and dtype.
    unsafe {
        match kind {
            XLA_FFI_AttrType_STRING => text(attribute.cast()).ok().map(Value::Text),
            XLA_FFI_AttrType_SCALAR => {
                let scalar = attribute.cast::<XLA_FFI_Scalar>();
                match (*scalar).dtype {
                    XLA_FFI_DataType_S64 => Some(Value::Int((*scalar).value.cast::<i64>().read_unaligned())),
                    XLA_FFI_DataType_F64 => Some(Value::Float((*scalar).value.cast::<f64>().read_unaligned())),
                    XLA_FFI_DataType_PRED => Some(Value::Bool((*scalar).value.cast::<u8>().read() != 0)),
                    _ => None,
                }
            }
            XLA_FFI_AttrType_ARRAY => {
                let array = attribute.cast::<XLA_FFI_Array>();
                let whole = (*array).dtype == XLA_FFI_DataType_S64 && (*array).data.cast::<i64>().is_aligned();
                whole.then(|| Value::Ints(slice((*array).data.cast(), (*array).size)))
            }
            _ => None,
        }
    }
}
/// # Safety
/// `span` must be a span of bytes that live for `'a`.
unsafe fn text<'a>(span: *const XLA_FFI_ByteSpan) -> std::result::Result<&'a str, String> {
    // SAFETY: as the caller promises.
    let bytes = unsafe { slice((*span).ptr.cast(), (*span).len) };
    std::str::from_utf8(bytes).map_err(|error| format!("an attribute is no text: {error}"))
}

macro_rules! data_types { ($($Name:ident $TYPE:ident,)*) => {
    fn dtype(number: XLA_FFI_DataType) -> Option<DType> {
        match number { $($TYPE => Some(DType::$Name),)* _ => None }
    }
} }
data_types! {
    Bool XLA_FFI_DataType_PRED,
    I2 XLA_FFI_DataType_S2,
    I4 XLA_FFI_DataType_S4,
    I8 XLA_FFI_DataType_S8,
    I16 XLA_FFI_DataType_S16,
    I32 XLA_FFI_DataType_S32,
    I64 XLA_FFI_DataType_S64,
    U2 XLA_FFI_DataType_U2,
    U4 XLA_FFI_DataType_U4,
    U8 XLA_FFI_DataType_U8,
    U16 XLA_FFI_DataType_U16,
    U32 XLA_FFI_DataType_U32,
    U64 XLA_FFI_DataType_U64,
    F4E2M1FN XLA_FFI_DataType_F4E2M1FN,
    F8E3M4 XLA_FFI_DataType_F8E3M4,
    F8E4M3 XLA_FFI_DataType_F8E4M3,
    F8E4M3FN XLA_FFI_DataType_F8E4M3FN,
    F8E4M3B11FNUZ XLA_FFI_DataType_F8E4M3B11FNUZ,
    F8E4M3FNUZ XLA_FFI_DataType_F8E4M3FNUZ,
    F8E5M2 XLA_FFI_DataType_F8E5M2,
    F8E5M2FNUZ XLA_FFI_DataType_F8E5M2FNUZ,
    F8E8M0FNU XLA_FFI_DataType_F8E8M0FNU,
    BF16 XLA_FFI_DataType_BF16,
    F16 XLA_FFI_DataType_F16,
    F32 XLA_FFI_DataType_F32,
    F64 XLA_FFI_DataType_F64,
    C64 XLA_FFI_DataType_C64,
    C128 XLA_FFI_DataType_C128,
}
