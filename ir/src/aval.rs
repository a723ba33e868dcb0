//! [`ShapedArray`]: the type of a value in a program.

use crate::dtype::DType;
use smallvec::SmallVec;
use std::fmt;

/// Sizes of axes, outermost first; no allocation up to rank 4.
pub type Shape = SmallVec<[usize; 4]>;
/// Axes of an array, as non-negative numbers.
pub type Axes = SmallVec<[usize; 4]>;

/// The type of a value in a program: its shape and dtype, never its data. The field's name for it is *aval*.
///
/// Prints as `f32[2,3]`, with a star (`f32*[]`) when weak.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapedArray {
    /// The size of each axis.
    pub shape: Shape,
    /// The type of each element.
    pub dtype: DType,
    /// Whether the dtype came from a bare literal, and so gives way in Python's type promotion.
    pub weak: bool,
}

impl ShapedArray {
    /// The aval of the given shape and dtype, not weak.
    pub fn new(shape: &[usize], dtype: DType) -> ShapedArray {
        ShapedArray { shape: Shape::from_slice(shape), dtype, weak: false }
    }
    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }
    /// The number of elements.
    pub fn size(&self) -> usize {
        // Of a type that `check_size` refuses, the most that can be said.
        self.shape.iter().fold(1, |n, d| n.saturating_mul(*d))
    }
    /// Whether its bytes can be counted, with axes of size 0 taken as 1, so that those along each axis can.
    ///
    /// # Errors
    /// Says how many bytes the array needs.
    pub fn check_size(&self) -> Result<(), String> {
        const MOST: u128 = isize::MAX as u128;
        let bytes = self.shape.iter().fold(self.dtype.size() as u128, |n, d| n.saturating_mul((*d).max(1) as u128));
        if bytes <= MOST {
            return Ok(());
        }
        let needs = if bytes == u128::MAX { "2^128".into() } else { bytes.to_string() };
        Err(format!("{self} needs {needs} bytes, more than the {MOST} that any array can have"))
    }
    /// The same aval with another dtype.
    pub fn with_dtype(&self, dtype: DType) -> ShapedArray {
        ShapedArray { dtype, ..self.clone() }
    }
    /// The same aval with another shape.
    pub fn with_shape(&self, shape: &[usize]) -> ShapedArray {
        ShapedArray { shape: Shape::from_slice(shape), ..*self }
    }
    /// The same shape and dtype, not weak.
    pub fn strong(&self) -> ShapedArray {
        ShapedArray { weak: false, ..self.clone() }
    }
    /// The type in MLIR: `tensor<2x3xf32>`.
    pub fn mlir(&self) -> String {
        let mut text = String::from("tensor<");
        for d in &self.shape {
            text.push_str(&d.to_string());
            text.push('x');
        }
        text + self.dtype.mlir() + ">"
    }
}
impl fmt::Display for ShapedArray {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}{}{}", self.dtype, if self.weak { "*" } else { "" }, Dims(&self.shape))
    }
}
impl fmt::Debug for ShapedArray {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Prints sizes or axes as `[2,3]`.
pub struct Dims<'a>(pub &'a [usize]);
impl fmt::Display for Dims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("[")?;
        for (i, d) in self.0.iter().enumerate() {
            write!(f, "{}{d}", if i > 0 { "," } else { "" })?;
        }
        f.write_str("]")
    }
}

/// The axis that `axis` names in an array of `rank` axes; negative axes count from the end.
pub fn resolve_axis(axis: isize, rank: usize) -> Result<usize, String> {
    let resolved = if axis < 0 { axis + rank as isize } else { axis };
    if (0..rank as isize).contains(&resolved) {
        Ok(resolved as usize)
    } else {
        Err(format!("axis {axis} is out of bounds for an array of rank {rank}"))
    }
}

/// [`resolve_axis`] for several axes, which must differ; the result is sorted.
pub fn resolve_axes(axes: &[isize], rank: usize) -> Result<Axes, String> {
    let mut resolved = axes.iter().map(|a| resolve_axis(*a, rank)).collect::<Result<Axes, _>>()?;
    resolved.sort_unstable();
    match resolved.windows(2).find(|w| w[0] == w[1]) {
        Some(w) => Err(format!("axis {} is named twice", w[0])),
        None => Ok(resolved),
    }
}
