//! Data on devices over the PJRT C API.
