//! [`Device`]: a processor with memory that holds arrays and runs programs.

use crate::{
    client::Client,
    ffi::{MemoryStats, RawClient, RawDevice},
};
use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// A processor with memory that holds arrays and runs programs. Prints as `cpu:0`.
#[derive(Clone)]
pub struct Device {
    pub(crate) client: Arc<RawClient>,
    pub(crate) index: u32,
}

impl Device {
    fn raw(&self) -> &RawDevice {
        &self.client.devices()[self.index as usize]
    }
    /// The number that the platform gives to the device; unique among all processes of a client.
    pub fn id(&self) -> i32 {
        self.raw().id
    }
    /// The platform: `cpu`, `cuda`, `tpu`.
    pub fn platform(&self) -> &str {
        self.client.platform()
    }
    /// The make of the device: `cpu`, `NVIDIA H100`.
    pub fn kind(&self) -> &str {
        &self.raw().kind
    }
    /// The process that the device belongs to.
    pub fn process_index(&self) -> i32 {
        self.raw().process_index
    }
    /// The client that the device belongs to.
    pub fn client(&self) -> Client {
        Client::from_raw(self.client.clone())
    }
    /// How much of the device's memory is in use, where the platform says so (the CPU platform does not).
    pub fn memory_stats(&self) -> Option<MemoryStats> {
        self.client.memory_stats(self.index as usize)
    }
}
impl PartialEq for Device {
    fn eq(&self, other: &Device) -> bool {
        self.index == other.index && Arc::ptr_eq(&self.client, &other.client)
    }
}
impl Eq for Device {}
impl Hash for Device {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.index, Arc::as_ptr(&self.client)).hash(state);
    }
}
impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:{}", self.platform(), self.id())
    }
}
impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{self}")
    }
}
