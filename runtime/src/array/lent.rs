//! Arrays whose memory others read, or that lie in memory of others.

use super::Array;
use crate::{Device, HostMemory, error::Result, placement::Placement};
use raxla_ir::{DType, ShapedArray};
use std::sync::Arc;

/// The memory of an array, for others to read as long as this lives. The array is not donated or deleted meanwhile.
pub struct Lent {
    array: Array,
    address: usize,
    bytes: usize,
}
impl Lent {
    /// The address of the first byte.
    pub fn address(&self) -> usize {
        self.address
    }
    /// The number of bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
    /// The array.
    pub fn array(&self) -> &Array {
        &self.array
    }
}
impl Drop for Lent {
    fn drop(&mut self) {
        self.array.buffers()[0].end_loan();
    }
}
impl Array {
    /// The array's memory, if that is the host's and holds the elements row by row. Waits for the data.
    ///
    /// # Errors
    /// As [`Array::block_until_ready`].
    pub fn lend(&self) -> Result<Option<Lent>> {
        self.block_until_ready()?;
        if self.buffers().len() != 1 || *self.placement() != Placement::Whole {
            return Ok(None);
        }
        let lent = self.buffers()[0].lend(self.aval())?;
        Ok(lent.map(|(address, bytes)| Lent { array: self.clone(), address, bytes }))
    }
    /// An array in memory of somebody else's, which it shares if it is aligned to 64 bytes and the device's is the host's, and copies
    /// otherwise.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) if the type needs another number of bytes, or has dtypes of fewer than 8 bits.
    pub fn from_memory(aval: ShapedArray, memory: impl HostMemory, device: &Device) -> Result<Array> {
        if aval.dtype.bits() < 8 && aval.dtype != DType::Bool {
            return Err(crate::Error::mismatch("from_memory", "a dtype of at least 8 bits", aval));
        }
        let buffer = device.client.borrow(&aval, memory, device.index)?;
        Ok(Array::from_buffer(Arc::new((aval, Placement::Whole)), buffer))
    }
}
