//! [`HostMemory`]: memory of others that arrays may lie in.

use super::{buffer::RawBuffer, client::RawClient};
use crate::error::{Error, Result};
use raxla_ir::ShapedArray;
use std::sync::Arc;

/// Memory of somebody else's that an array may lie in without being copied.
///
/// # Safety
/// From the address on there must be as many bytes, which stay there unchanged as long as the value lives.
pub unsafe trait HostMemory: Send + 'static {
    /// The address of the first byte.
    fn address(&self) -> usize;
    /// The number of bytes.
    fn bytes(&self) -> usize;
}

impl RawClient {
    /// Puts memory of somebody else's on the device at an index.
    pub(crate) fn borrow(
        self: &Arc<RawClient>,
        aval: &ShapedArray,
        memory: impl HostMemory,
        device: u32,
    ) -> Result<RawBuffer> {
        let (need, has) = (RawClient::host_bytes(aval), memory.bytes());
        if need != has {
            return Err(Error::mismatch(format!("bytes of {aval}"), need, has));
        }
        let data = if need == 0 { std::ptr::dangling() } else { memory.address() as *const u8 };
        // SAFETY: the trait's implementer promises that the bytes stay as they are, and there are as many as the type needs.
        unsafe { self.place(aval, data, memory, device) }
    }
}
