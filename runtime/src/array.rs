//! [`Array`]: data on devices.

mod convert;
mod lent;
#[cfg(feature = "ndarray")]
mod nd;
pub mod npy;

pub use lent::Lent;

use crate::{
    client::Client,
    device::Device,
    error::{Error, Result},
    ffi::{RawBuffer, RawEvent},
    placement::Placement,
};
use raxla_ir::{DType, Element, Literal, ShapedArray, aval::Dims};
use smallvec::{SmallVec, smallvec};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Data on devices: an array of numbers that programs take and return. Never changes; clones share the data.
///
/// A result of [`Executable::run`](crate::Executable::run) may still be in the making; whoever reads it waits, and gets the error if
/// making it failed.
///
/// ```
/// use raxla_runtime::Array;
/// let m = Array::new(&[2, 3], &[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// assert_eq!(format!("{m:?}"), "Array(f32[2,3], cpu:0)");
/// assert_eq!(m.shape(), [2, 3]);
/// assert_eq!(m.to_vec::<f32>()?, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// assert_eq!(Array::from(7i32).item::<i32>()?, 7);
/// # Ok::<(), raxla_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct Array(Arc<Inner>);

struct Inner {
    ty: Arc<(ShapedArray, Placement)>,
    /// One for each device.
    buffers: SmallVec<[RawBuffer; 1]>,
    /// Whether it was seen that the data are there.
    ready: AtomicBool,
}

raxla_ir::leaf! { Array }

impl Array {
    /// The array of the given shape and elements, on the first device of [`Client::global`].
    ///
    /// # Panics
    /// If the shape has not as many elements as `data`, or there is no such device; see [`Array::try_new`].
    #[track_caller]
    pub fn new<T: Element>(shape: &[usize], data: &[T]) -> Array {
        match Array::try_new(shape, data) {
            Ok(array) => array,
            Err(error) => panic!("Array::new: {error}"),
        }
    }
    /// The array of the given shape and elements, on the first device of [`Client::global`].
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the shape has not as many elements as `data`; what [`Client::global`] returns.
    pub fn try_new<T: Element>(shape: &[usize], data: &[T]) -> Result<Array> {
        let aval = ShapedArray::new(shape, T::DTYPE);
        let size = shape.iter().try_fold(1usize, |size, axis| size.checked_mul(*axis));
        if size != Some(data.len()) {
            return Err(Error::mismatch(format!("{} elements", data.len()), aval, Dims(&[data.len()])));
        }
        Array::from_literal(&Literal::new(shape, data), &Client::global()?.devices()[0])
    }
    /// Host data, on a device. Where the device's memory is the host's, they are not copied but shared (dtypes of fewer
    /// than 8 bits aside).
    ///
    /// # Errors
    /// [`Error::Xla`] if there is not enough memory.
    pub fn from_literal(literal: &Literal, device: &Device) -> Result<Array> {
        let buffer = device.client.buffer(literal, device.index)?;
        Ok(Array::from_buffer(Arc::new((literal.aval().clone(), Placement::Whole)), buffer))
    }
    /// Host data, on several devices of one client, laid out as `placement` says.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if there are no devices, they differ in their clients, or the placement does not fit the literal or the devices.
    pub fn from_literal_placed(literal: &Literal, placement: &Placement, devices: &[Device]) -> Result<Array> {
        let aval = literal.aval();
        let what = || format!("placing {aval} on {devices:?}");
        let Some(first) = devices.first() else {
            return Err(Error::mismatch(what(), "at least one device", "none"));
        };
        if devices.iter().any(|device| !Arc::ptr_eq(&device.client, &first.client)) {
            return Err(Error::mismatch(what(), "devices of one client", "devices of several"));
        }
        if let Some(fault) = placement.fault(aval, devices.len()) {
            return Err(Error::mismatch(what(), "a placement that fits", fault));
        }
        let buffer = |(position, device): (usize, &Device)| match placement {
            Placement::Whole => device.client.buffer(literal, device.index),
            Placement::Sharded(shards) => device.client.buffer(&shards[position].cut(literal), device.index),
        };
        let buffers = devices.iter().enumerate().map(buffer).collect::<Result<_>>()?;
        Ok(Array::from_buffers(Arc::new((aval.clone(), placement.clone())), buffers))
    }
    #[inline]
    pub(crate) fn from_buffer(ty: Arc<(ShapedArray, Placement)>, buffer: RawBuffer) -> Array {
        Array(Arc::new(Inner { ty, buffers: smallvec![buffer], ready: AtomicBool::new(false) }))
    }
    pub(crate) fn from_buffers(ty: Arc<(ShapedArray, Placement)>, buffers: SmallVec<[RawBuffer; 1]>) -> Array {
        Array(Arc::new(Inner { ty, buffers, ready: AtomicBool::new(false) }))
    }
    #[inline]
    pub(crate) fn buffers(&self) -> &[RawBuffer] {
        &self.0.buffers
    }
    /// Whether both are clones of one array.
    pub fn is_same(&self, other: &Array) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether nothing else holds this array: whoever has it may give its data away.
    pub fn is_unique(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    /// The type: shape and dtype of the whole array.
    #[inline]
    pub fn aval(&self) -> &ShapedArray {
        &self.0.ty.0
    }
    /// The size of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.aval().shape
    }
    /// The element type.
    pub fn dtype(&self) -> DType {
        self.aval().dtype
    }
    /// How the array lies on its devices.
    #[inline]
    pub fn placement(&self) -> &Placement {
        &self.0.ty.1
    }
    /// The first of the array's devices; usually there is one.
    pub fn device(&self) -> Device {
        let buffer = &self.buffers()[0];
        Device { client: buffer.client().clone(), index: buffer.device() }
    }
    /// Whether the first of the array's devices is this one; cheaper than asking which it is.
    #[inline]
    pub fn is_on(&self, device: &Device) -> bool {
        let buffer = &self.buffers()[0];
        buffer.device() == device.index && Arc::ptr_eq(buffer.client(), &device.client)
    }
    /// The array's devices.
    pub fn devices(&self) -> Vec<Device> {
        let device = |buffer: &RawBuffer| Device { client: buffer.client().clone(), index: buffer.device() };
        self.buffers().iter().map(device).collect()
    }

    /// Whether the data are there, so that reading would not wait; also true if making them failed.
    ///
    /// # Errors
    /// [`Error::Donated`] if the data are gone.
    pub fn is_ready(&self) -> Result<bool> {
        if self.0.ready.load(Ordering::Acquire) && !self.is_donated() {
            return Ok(true);
        }
        for buffer in self.buffers() {
            self.check_there(buffer, "is_ready")?;
            if let Some(event) = buffer.ready()?
                && !event.is_ready()?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }
    /// Waits until the data are there.
    ///
    /// # Errors
    /// What went wrong in the program that should have made them; [`Error::Donated`] if they are gone.
    pub fn block_until_ready(&self) -> Result<()> {
        if self.is_donated() {
            return Err(self.donated("block_until_ready"));
        }
        if self.0.ready.load(Ordering::Acquire) {
            return Ok(());
        }
        for buffer in self.buffers() {
            let waited = buffer.ready().and_then(|event| event.map_or(Ok(()), wait));
            // If another thread gave the data away meanwhile, that is what XLA complains of.
            waited.map_err(|error| if buffer.is_gone() { self.donated("block_until_ready") } else { error })?;
        }
        self.0.ready.store(true, Ordering::Release);
        Ok(())
    }
    /// Whether the data are gone: given away to [`Executable::run_donating`](crate::Executable::run_donating), or deleted.
    pub fn is_donated(&self) -> bool {
        self.buffers().iter().any(RawBuffer::is_gone)
    }
    /// Frees the data now, for all clones, instead of with the last of them. Programs that use them already are not disturbed.
    pub fn delete(&self) -> Result<()> {
        self.buffers().iter().filter(|buffer| buffer.claim()).try_for_each(RawBuffer::release)
    }

    /// The data on the host. Waits for them.
    ///
    /// # Errors
    /// As [`Array::block_until_ready`].
    pub fn to_literal(&self) -> Result<Literal> {
        self.block_until_ready()?;
        match self.placement() {
            Placement::Whole => self.read(0, self.aval()),
            Placement::Sharded(shards) => {
                let local = self.placement().local(self.aval());
                let parts =
                    (0..shards.len()).map(|position| self.read(position, &local)).collect::<Result<Vec<Literal>>>()?;
                Ok(crate::placement::assemble(self.aval(), shards, &parts))
            }
        }
    }
    /// What one of the devices holds, on the host. Waits for it.
    ///
    /// # Errors
    /// As [`Array::block_until_ready`]; [`Error::Mismatch`] if there is no such device.
    pub fn shard_to_literal(&self, position: usize) -> Result<Literal> {
        self.block_until_ready()?;
        if position >= self.buffers().len() {
            let devices = format!("one of {} devices", self.buffers().len());
            return Err(Error::mismatch("shard_to_literal", devices, position));
        }
        self.read(position, &self.placement().local(self.aval()))
    }
    fn read(&self, position: usize, aval: &ShapedArray) -> Result<Literal> {
        let buffer = &self.buffers()[position];
        let direct = buffer.peek(aval, |bytes| Literal::build(aval.clone(), |target| target.copy_from_slice(bytes)))?;
        match direct {
            Some(Some(literal)) => Ok(literal),
            Some(None) => {
                let mut outcome = Ok(());
                let literal = Literal::build(aval.clone(), |target| outcome = buffer.copy_to_host(aval, target));
                outcome.map(|()| literal)
            }
            None => Err(self.donated("read")),
        }
    }
    /// The elements, row by row. Waits for them.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if the dtype is not `T`'s; else as [`Array::block_until_ready`].
    pub fn to_vec<T: Element>(&self) -> Result<Vec<T>> {
        self.check_dtype::<T>("to_vec")?;
        if *self.placement() == Placement::Whole {
            self.block_until_ready()?;
            let read = |bytes: &[u8]| bytemuck::checked::try_cast_slice(bytes).ok().map(<[T]>::to_vec);
            match self.buffers()[0].peek(self.aval(), read)? {
                Some(Some(Some(elements))) => return Ok(elements),
                Some(_) => {}
                None => return Err(self.donated("to_vec")),
            }
        }
        let literal = self.to_literal()?;
        literal.to_vec().ok_or_else(|| Error::mismatch("to_vec", T::DTYPE, "bytes that are none"))
    }
    /// The element of an array that has one, of any rank. Waits for it.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if there are more or fewer elements or the dtype is not `T`'s; else as [`Array::block_until_ready`].
    pub fn item<T: Element>(&self) -> Result<T> {
        self.check_dtype::<T>("item")?;
        match self.to_vec::<T>()?.pop() {
            Some(element) if self.aval().size() == 1 => Ok(element),
            _ => Err(Error::mismatch("item", "an array with one element", self.aval())),
        }
    }
    /// The same array on another device; without copying if it is there already.
    ///
    /// # Errors
    /// [`Error::Donated`] if the data are gone; what copying reports.
    pub fn copy_to(&self, device: &Device) -> Result<Array> {
        let buffer = &self.buffers()[0];
        self.check_there(buffer, "copy_to")?;
        let whole = *self.placement() == Placement::Whole;
        let one_client = Arc::ptr_eq(buffer.client(), &device.client);
        if whole && one_client && self.buffers().len() == 1 && buffer.device() == device.index {
            return Ok(self.clone());
        }
        if whole && one_client {
            let copy = buffer.copy_to_device(device.index)?;
            return Ok(Array::from_buffer(self.0.ty.clone(), copy));
        }
        Array::from_literal(&self.to_literal()?, device)
    }

    fn check_dtype<T: Element>(&self, what: &str) -> Result<()> {
        if self.dtype() == T::DTYPE { Ok(()) } else { Err(Error::mismatch(what, T::DTYPE, self.aval())) }
    }
    fn check_there(&self, buffer: &RawBuffer, what: &str) -> Result<()> {
        if buffer.is_gone() { Err(self.donated(what)) } else { Ok(()) }
    }
    #[cold]
    fn donated(&self, what: &str) -> Error {
        Error::Donated { what: what.to_owned(), aval: self.aval().clone() }
    }
}

/// Waits for an event, so that the wait can be interrupted.
fn wait(event: RawEvent) -> Result<()> {
    if !crate::interrupt::possible() || event.is_ready()? {
        return event.wait();
    }
    let happened = std::sync::mpsc::channel::<()>();
    event.keep_until(happened.0)?;
    crate::interrupt::receive("wait", &happened.1)?;
    event.wait()
}

impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let devices: Vec<String> = self.devices().iter().map(Device::to_string).collect();
        let gone = if self.is_donated() { ", donated" } else { "" };
        write!(f, "Array({}, {}{gone})", self.aval(), devices.join(" "))
    }
}
/// Waits for the data, and prints them as NumPy does.
impl fmt::Display for Array {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.to_literal() {
            Ok(literal) => write!(f, "{literal}"),
            Err(error) => write!(f, "{self:?} <{error}>"),
        }
    }
}
