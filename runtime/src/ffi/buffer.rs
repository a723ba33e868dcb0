//! [`RawBuffer`]: data on one device, and who may touch them.

use super::{
    api::{call, slice},
    client::RawClient,
    event::RawEvent,
    pjrt::*,
};
use crate::error::{Error, Result};
use raxla_ir::{DType, ShapedArray};
use smallvec::SmallVec;
use std::{
    ptr::NonNull,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

/// Data on one device.
///
/// XLA guards a buffer's data against its own programs: one that reads them delays one that overwrites them. What it cannot see
/// is a reader that copies straight from the memory. `state` guards against that: it counts such readers, or says that the data
/// are gone.
pub(crate) struct RawBuffer {
    buffer: NonNull<PJRT_Buffer>,
    client: Arc<RawClient>,
    device: u32,
    state: AtomicU32,
    /// How many users hold the data's address for as long as they like. Such data are never donated or deleted.
    lent: AtomicU32,
}
// SAFETY: PJRT's functions may be called from any thread, and `state` orders what they cannot see.
unsafe impl Send for RawBuffer {}
// SAFETY: as above.
unsafe impl Sync for RawBuffer {}

/// The state of a buffer whose data were donated or deleted; smaller numbers count readers.
const GONE: u32 = u32::MAX;

impl RawBuffer {
    /// # Safety
    /// `buffer` must be null or a buffer of this client on the device at that index, and become the handle's own.
    #[inline]
    pub(super) unsafe fn new(buffer: *mut PJRT_Buffer, client: Arc<RawClient>, device: u32) -> Result<RawBuffer> {
        match NonNull::new(buffer) {
            Some(buffer) => Ok(RawBuffer { buffer, client, device, state: AtomicU32::new(0), lent: AtomicU32::new(0) }),
            None => Err(Error::plugin("the plugin gave no buffer")),
        }
    }
    #[inline]
    pub(super) fn raw(&self) -> *mut PJRT_Buffer {
        self.buffer.as_ptr()
    }
    #[inline]
    pub(crate) fn client(&self) -> &Arc<RawClient> {
        &self.client
    }
    /// The device, as an index into the client's.
    #[inline]
    pub(crate) fn device(&self) -> u32 {
        self.device
    }
    /// Whether the data were donated or deleted.
    #[inline]
    pub(crate) fn is_gone(&self) -> bool {
        self.state.load(Ordering::Relaxed) == GONE
    }

    /// Marks the data as gone; false if they were gone already, or are lent. Waits for readers that copy right now.
    pub(crate) fn claim(&self) -> bool {
        loop {
            match self.state.compare_exchange_weak(0, GONE, Ordering::SeqCst, Ordering::Relaxed) {
                Ok(_) if self.is_lent() => {
                    self.state.store(0, Ordering::SeqCst);
                    return false;
                }
                Ok(_) => return true,
                Err(GONE) => return false,
                Err(_) => std::thread::yield_now(),
            }
        }
    }
    /// Whether somebody holds the data's address.
    pub(crate) fn is_lent(&self) -> bool {
        self.lent.load(Ordering::SeqCst) > 0
    }
    /// The address of the data and their number of bytes, under the conditions of [`RawBuffer::peek`], for as long as the borrower likes, who
    /// must then call [`RawBuffer::end_loan`]. `None` if they are gone or lie otherwise.
    pub(crate) fn lend(&self, aval: &ShapedArray) -> Result<Option<(usize, usize)>> {
        self.lent.fetch_add(1, Ordering::SeqCst);
        let found = self.peek(aval, |bytes| (bytes.as_ptr() as usize, bytes.len()));
        if !matches!(found, Ok(Some(Some(_)))) {
            self.end_loan();
        }
        found.map(|found| found.flatten())
    }
    /// Says that a borrower forgets the address.
    pub(crate) fn end_loan(&self) {
        self.lent.fetch_sub(1, Ordering::SeqCst);
    }
    /// Takes a claim back, if the data are still there after all; deletes them otherwise.
    pub(crate) fn unclaim(&self) {
        // SAFETY: the buffer is alive as long as this handle.
        let args = unsafe {
            call!(self.client.api(), PJRT_Buffer_IsDeleted, PJRT_Buffer_IsDeleted_Args { buffer: self.raw() })
        };
        if args.is_ok_and(|args| !args.is_deleted) {
            self.state.store(0, Ordering::Release);
        }
    }
    /// Lets the data of a claimed buffer go.
    pub(crate) fn release(&self) -> Result<()> {
        debug_assert!(self.is_gone());
        // SAFETY: the buffer is alive as long as this handle; whoever claimed it has seen that nobody reads.
        unsafe { call!(self.client.api(), PJRT_Buffer_Delete, PJRT_Buffer_Delete_Args { buffer: self.raw() }) }
            .map(|_| ())
    }

    /// An event for the data being there; its error is the error of the program that should have made them.
    pub(crate) fn ready(&self) -> Result<Option<RawEvent>> {
        // SAFETY: the buffer is alive as long as this handle, and the event is ours.
        unsafe {
            let args =
                call!(self.client.api(), PJRT_Buffer_ReadyEvent, PJRT_Buffer_ReadyEvent_Args { buffer: self.raw() })?;
            Ok(RawEvent::new(args.event, &self.client))
        }
    }

    /// Shows the data to `read` where they lie, row by row, if they lie so in the host's memory. They must be ready: wait for
    /// [`RawBuffer::ready`] first. The outer `None` means that they are gone, the inner one that they lie otherwise.
    pub(crate) fn peek<R>(&self, aval: &ShapedArray, read: impl FnOnce(&[u8]) -> R) -> Result<Option<Option<R>>> {
        let len = RawClient::host_bytes(aval);
        if !self.client.on_cpu() || aval.dtype.bits() < 8 && aval.dtype != DType::Bool {
            return Ok(Some(None));
        }
        let Some(_hold) = self.hold() else { return Ok(None) };
        if len == 0 {
            return Ok(Some(Some(read(&[]))));
        }
        if !self.is_row_major(aval.rank())? {
            return Ok(Some(None));
        }
        // SAFETY: the buffer is alive as long as this handle.
        let args = unsafe {
            call!(self.client.api(), PJRT_Buffer_UnsafePointer, PJRT_Buffer_UnsafePointer_Args { buffer: self.raw() })
        }?;
        if args.buffer_pointer == 0 {
            return Ok(Some(None));
        }
        // SAFETY: on the CPU platform the pointer is the host address of the data, `len` bytes of them as they are dense and of the
        // aval's type; every program that makes them is done, and the hold keeps them from being donated or deleted meanwhile.
        let bytes = unsafe { std::slice::from_raw_parts(args.buffer_pointer as *const u8, len) };
        Ok(Some(Some(read(bytes))))
    }

    /// Copies the data to `target`, row by row, as many bytes as a literal of the aval has. They must be ready.
    pub(crate) fn copy_to_host(&self, aval: &ShapedArray, target: &mut [u8]) -> Result<()> {
        assert_eq!(target.len(), RawClient::host_bytes(aval));
        if target.is_empty() {
            return Ok(());
        }
        let minor_to_major: SmallVec<[i64; 8]> = (0..aval.rank() as i64).rev().collect();
        // SAFETY: the layout borrows `minor_to_major`, which outlives the call; `target` has the size that this layout needs, and
        // is neither moved nor read before the event has happened.
        unsafe {
            let mut layout: PJRT_Buffer_MemoryLayout = std::mem::zeroed();
            layout.struct_size = size_of::<PJRT_Buffer_MemoryLayout>();
            layout.type_ = PJRT_Buffer_MemoryLayout_Type_Tiled;
            layout.__bindgen_anon_1.tiled = PJRT_Buffer_MemoryLayout_Tiled {
                struct_size: size_of::<PJRT_Buffer_MemoryLayout_Tiled>(),
                minor_to_major: minor_to_major.as_ptr(),
                minor_to_major_size: minor_to_major.len(),
                ..std::mem::zeroed()
            };
            let args = call!(
                self.client.api(),
                PJRT_Buffer_ToHostBuffer,
                PJRT_Buffer_ToHostBuffer_Args {
                    src: self.raw(),
                    host_layout: &mut layout,
                    dst: target.as_mut_ptr().cast(),
                    dst_size: target.len(),
                }
            )?;
            match RawEvent::new(args.event, &self.client) {
                Some(event) => event.wait(),
                None => Ok(()),
            }
        }
    }

    /// A copy on the device at another index.
    pub(crate) fn copy_to_device(&self, device: u32) -> Result<RawBuffer> {
        let target = self.client.devices()[device as usize].device.as_ptr();
        // SAFETY: the buffer and the device, which is of the same client, are alive; the new buffer is ours.
        unsafe {
            let args = call!(
                self.client.api(),
                PJRT_Buffer_CopyToDevice,
                PJRT_Buffer_CopyToDevice_Args { buffer: self.raw(), dst_device: target }
            )?;
            RawBuffer::new(args.dst_buffer, self.client.clone(), device)
        }
    }

    /// Counts one more reader, unless the data are gone.
    fn hold(&self) -> Option<Hold<'_>> {
        let add = |state: u32| (state < GONE - 1).then(|| state + 1);
        self.state.fetch_update(Ordering::Acquire, Ordering::Relaxed, add).ok().map(|_| Hold(self))
    }
    fn is_row_major(&self, rank: usize) -> Result<bool> {
        if rank < 2 {
            return Ok(true);
        }
        // SAFETY: the buffer is alive as long as this handle, and the layout's list as long as the buffer; which member of the union
        // is set is what `type_` says.
        unsafe {
            let args = call!(
                self.client.api(),
                PJRT_Buffer_GetMemoryLayout,
                PJRT_Buffer_GetMemoryLayout_Args { buffer: self.raw() }
            )?;
            if args.layout.type_ != PJRT_Buffer_MemoryLayout_Type_Tiled {
                return Ok(false);
            }
            let tiled = args.layout.__bindgen_anon_1.tiled;
            let order = slice(tiled.minor_to_major, tiled.minor_to_major_size);
            Ok(tiled.num_tiles == 0 && order.iter().rev().copied().eq(0..rank as i64))
        }
    }
}

/// A reader that copies straight from a buffer's memory.
struct Hold<'a>(&'a RawBuffer);
impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0.state.fetch_sub(1, Ordering::Release);
    }
}

impl Drop for RawBuffer {
    fn drop(&mut self) {
        // SAFETY: the handle owns the buffer, and this is the one place that destroys it. XLA keeps the data until the programs
        // that use them are done.
        let _ =
            unsafe { call!(self.client.api(), PJRT_Buffer_Destroy, PJRT_Buffer_Destroy_Args { buffer: self.raw() }) };
    }
}

macro_rules! buffer_types { ($($Name:ident $TYPE:ident,)*) => {
    pub(super) fn buffer_type(dtype: DType) -> PJRT_Buffer_Type {
        match dtype { $(DType::$Name => $TYPE,)* }
    }
    pub(super) fn dtype(buffer_type: PJRT_Buffer_Type) -> Option<DType> {
        match buffer_type { $($TYPE => Some(DType::$Name),)* _ => None }
    }
} }
buffer_types! {
    Bool PJRT_Buffer_Type_PRED,
    I2 PJRT_Buffer_Type_S2,
    I4 PJRT_Buffer_Type_S4,
    I8 PJRT_Buffer_Type_S8,
    I16 PJRT_Buffer_Type_S16,
    I32 PJRT_Buffer_Type_S32,
    I64 PJRT_Buffer_Type_S64,
    U2 PJRT_Buffer_Type_U2,
    U4 PJRT_Buffer_Type_U4,
    U8 PJRT_Buffer_Type_U8,
    U16 PJRT_Buffer_Type_U16,
    U32 PJRT_Buffer_Type_U32,
    U64 PJRT_Buffer_Type_U64,
    F4E2M1FN PJRT_Buffer_Type_F4E2M1FN,
    F8E3M4 PJRT_Buffer_Type_F8E3M4,
    F8E4M3 PJRT_Buffer_Type_F8E4M3,
    F8E4M3FN PJRT_Buffer_Type_F8E4M3FN,
    F8E4M3B11FNUZ PJRT_Buffer_Type_F8E4M3B11FNUZ,
    F8E4M3FNUZ PJRT_Buffer_Type_F8E4M3FNUZ,
    F8E5M2 PJRT_Buffer_Type_F8E5M2,
    F8E5M2FNUZ PJRT_Buffer_Type_F8E5M2FNUZ,
    F8E8M0FNU PJRT_Buffer_Type_F8E8M0FNU,
    BF16 PJRT_Buffer_Type_BF16,
    F16 PJRT_Buffer_Type_F16,
    F32 PJRT_Buffer_Type_F32,
    F64 PJRT_Buffer_Type_F64,
    C64 PJRT_Buffer_Type_C64,
    C128 PJRT_Buffer_Type_C128,
}
