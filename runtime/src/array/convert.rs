//! Conversions into [`Array`], on the first device of [`Client::global`].

use super::Array;
use crate::client::Client;
use half::{bf16, f16};
use num_complex::{Complex32, Complex64};
use raxla_ir::{Element, Literal};

/// # Panics
/// If there is no device, or its memory does not suffice.
impl From<Literal> for Array {
    #[track_caller]
    fn from(literal: Literal) -> Array {
        Array::from(&literal)
    }
}
/// # Panics
/// If there is no device, or its memory does not suffice.
impl From<&Literal> for Array {
    #[track_caller]
    fn from(literal: &Literal) -> Array {
        match Client::global().and_then(|client| Array::from_literal(literal, &client.devices()[0])) {
            Ok(array) => array,
            Err(error) => panic!("Array::from: {error}"),
        }
    }
}
/// A rank-1 array.
///
/// # Panics
/// If there is no device, or its memory does not suffice.
impl<T: Element> From<Vec<T>> for Array {
    #[track_caller]
    fn from(data: Vec<T>) -> Array {
        Array::from(Literal::from(data))
    }
}
/// A rank-1 array.
///
/// # Panics
/// If there is no device, or its memory does not suffice.
impl<T: Element> From<&[T]> for Array {
    #[track_caller]
    fn from(data: &[T]) -> Array {
        Array::from(Literal::from(data))
    }
}
macro_rules! scalars { ($($T:ty),*) => { $(
    /// A rank-0 array.
    ///
    /// # Panics
    /// If there is no device, or its memory does not suffice.
    impl From<$T> for Array {
        #[track_caller]
        fn from(value: $T) -> Array {
            Array::from(Literal::scalar(value))
        }
    }
)* } }
scalars! { bool, i8, i16, i32, i64, u8, u16, u32, u64, bf16, f16, f32, f64, Complex32, Complex64 }
