//! raxla.
