//! Arrays as sets, of as many elements as the size says.

use crate::{
    array::ArrayLike,
    numpy::samples::given,
    table::{Out, choice, functions},
};
use raxla::numpy as np;

fn uniques(made: np::Uniques) -> Out {
    Out::Tuple(vec![made.values, made.indices, made.inverse_indices, made.counts])
}

functions! { register;
    /// The elements that differ, where each stands first, the place of each element among them, and counts.
    fn _unique(ar: ArrayLike, size: usize, axis: Option<isize>, equal_nan: bool, fill_value: Option<ArrayLike>) [ar, size, axis, equal_nan, fill_value] |py| {
        uniques(np::unique_with(ar.arg(py), size, np::Unique { axis, equal_nan, fill_value: given(py, fill_value) }))
    };
    /// Whether each element is among others.
    fn isin(element: ArrayLike, test_elements: ArrayLike, assume_unique: bool, invert: bool, method: &str) [element, test_elements, assume_unique = false, invert = false, *, method = "auto"] |py| {
        let _ = assume_unique;
        let methods = [("auto", None), ("compare_all", Some(np::IsIn::CompareAll)), ("binary_search", Some(np::IsIn::BinarySearch)), ("sort", Some(np::IsIn::BinarySearch))];
        np::isin(element.arg(py), test_elements.arg(py), invert, choice("isin: method", method, &methods)?)
    };
    /// The elements of either array, so many.
    fn _union1d(ar1: ArrayLike, ar2: ArrayLike, size: usize, fill_value: Option<ArrayLike>) [ar1, ar2, size, fill_value] |py| {
        np::union1d(ar1.arg(py), ar2.arg(py), size, given(py, fill_value))
    };
    /// The elements of the first array alone, so many.
    fn _setdiff1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: bool, size: usize, fill_value: Option<ArrayLike>) [ar1, ar2, assume_unique, size, fill_value] |py| {
        np::setdiff1d(ar1.arg(py), ar2.arg(py), assume_unique, size, given(py, fill_value))
    };
    /// The elements of one of the arrays alone, so many.
    fn _setxor1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: bool, size: usize, fill_value: Option<ArrayLike>) [ar1, ar2, assume_unique, size, fill_value] |py| {
        np::setxor1d(ar1.arg(py), ar2.arg(py), assume_unique, size, given(py, fill_value))
    };
    /// The elements of both arrays, so many, and where they stand.
    fn _intersect1d(ar1: ArrayLike, ar2: ArrayLike, assume_unique: bool, size: usize, fill_value: Option<ArrayLike>) [ar1, ar2, assume_unique, size, fill_value] |py| {
        np::intersect1d_indices(ar1.arg(py), ar2.arg(py), assume_unique, size, given(py, fill_value))
    };
}
