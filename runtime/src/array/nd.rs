//! Conversions between [`Array`] and [`ndarray::ArrayD`].

use super::Array;
use crate::error::{Error, Result};
use ndarray::{ArrayBase, ArrayD, Data, Dimension, IxDyn};
use raxla_ir::Element;

impl Array {
    /// The elements of an `ndarray` array of any rank and memory order, on the first device of
    /// [`Client::global`](crate::Client::global).
    ///
    /// # Errors
    /// As [`Array::try_new`].
    pub fn from_ndarray<T: Element, S: Data<Elem = T>, D: Dimension>(source: &ArrayBase<S, D>) -> Result<Array> {
        match source.as_slice() {
            Some(elements) => Array::try_new(source.shape(), elements),
            None => Array::try_new(source.shape(), &source.iter().copied().collect::<Vec<T>>()),
        }
    }
    /// The elements as an `ndarray` array. Waits for them.
    ///
    /// # Errors
    /// As [`Array::to_vec`].
    pub fn to_ndarray<T: Element>(&self) -> Result<ArrayD<T>> {
        let elements = self.to_vec::<T>()?;
        ArrayD::from_shape_vec(IxDyn(self.shape()), elements).map_err(|e| Error::mismatch("to_ndarray", self.aval(), e))
    }
}
/// # Errors
/// As [`Array::to_ndarray`].
impl<T: Element> TryFrom<&Array> for ArrayD<T> {
    type Error = Error;
    fn try_from(array: &Array) -> Result<ArrayD<T>> {
        array.to_ndarray()
    }
}
/// # Errors
/// As [`Array::from_ndarray`].
impl<T: Element> TryFrom<&ArrayD<T>> for Array {
    type Error = Error;
    fn try_from(source: &ArrayD<T>) -> Result<Array> {
        Array::from_ndarray(source)
    }
}
