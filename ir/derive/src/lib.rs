//! `#[derive(Pytree)]`.
