//! [`RawEvent`]: something that will have happened.

use super::{
    api::{Api, call},
    client::RawClient,
    pjrt::*,
};
use crate::error::Result;
use std::{ffi::c_void, ptr::NonNull, sync::Arc};

/// Something that will have happened: a buffer's data being there, host memory being needed no more.
pub(crate) struct RawEvent {
    event: NonNull<PJRT_Event>,
    api: Api,
    /// None for those that the client itself keeps.
    _client: Option<Arc<RawClient>>,
}
// SAFETY: PJRT's functions may be called from any thread.
unsafe impl Send for RawEvent {}
// SAFETY: as above.
unsafe impl Sync for RawEvent {}

impl RawEvent {
    /// # Safety
    /// `event` must be null or an event of this client, which becomes the handle's own.
    pub(super) unsafe fn new(event: *mut PJRT_Event, client: &Arc<RawClient>) -> Option<RawEvent> {
        NonNull::new(event).map(|event| RawEvent { event, api: client.api(), _client: Some(client.clone()) })
    }
    /// The event as the client itself may keep it, which it drops before itself.
    pub(super) fn without_client(mut self) -> RawEvent {
        self._client = None;
        self
    }
    /// Waits until it has happened, and returns the error if it failed.
    pub(crate) fn wait(&self) -> Result<()> {
        let event = self.event.as_ptr();
        // SAFETY: the event is alive as long as this handle.
        unsafe { call!(self.api, PJRT_Event_Await, PJRT_Event_Await_Args { event: event }) }.map(|_| ())
    }
    /// Whether it has happened, or failed.
    pub(crate) fn is_ready(&self) -> Result<bool> {
        let event = self.event.as_ptr();
        // SAFETY: the event is alive as long as this handle.
        let args = unsafe { call!(self.api, PJRT_Event_IsReady, PJRT_Event_IsReady_Args { event: event }) }?;
        Ok(args.is_ready)
    }
    /// Keeps a value alive until the event has happened. It may be dropped on one of XLA's threads, and a little later than
    /// when [`RawEvent::wait`] returns.
    pub(crate) fn keep_until<T: Send + 'static>(&self, value: T) -> Result<()> {
        struct Kept<T> {
            value: T,
            api: Api,
        }
        extern "C" fn release<T>(error: *mut PJRT_Error, kept: *mut c_void) {
            // SAFETY: this is the box that was leaked below; the callback runs once.
            let kept = unsafe { Box::from_raw(kept.cast::<Kept<T>>()) };
            // SAFETY: the callback owns its error. What failed is reported by the buffer as well.
            let _ = unsafe { kept.api.check("PJRT_Event_OnReady", error) };
            drop(kept.value);
        }
        let kept = Box::into_raw(Box::new(Kept { value, api: self.api }));
        let event = self.event.as_ptr();
        // SAFETY: the event is alive; the callback takes ownership of `kept` and may run on any thread, as `T: Send` allows. If
        // registering fails the box is leaked, since nobody knows whether the callback will still run.
        unsafe {
            call!(
                self.api,
                PJRT_Event_OnReady,
                PJRT_Event_OnReady_Args { event: event, callback: Some(release::<T>), user_arg: kept.cast() }
            )
        }
        .map(|_| ())
    }
}

impl Drop for RawEvent {
    fn drop(&mut self) {
        let event = self.event.as_ptr();
        // SAFETY: the handle owns the event, and this is the one place that destroys it.
        let _ = unsafe { call!(self.api, PJRT_Event_Destroy, PJRT_Event_Destroy_Args { event: event }) };
    }
}
