//! What an index is made of: integers, slices, new axes, an ellipsis, arrays of integers and masks; and what converts to them.

use crate::{dtype::Element, literal::Literal, trace::Tracer};
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

/// A new axis of size 1: NumPy's `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAxis;
/// As many whole axes as the rest of the index leaves: NumPy's `...`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ellipsis;

/// The elements from `start` to before `stop`, every `step`-th: NumPy's `start:stop:step`.
///
/// Negative bounds count from the end, bounds outside the array are moved to its ends, and with a negative step the elements come in
/// opposite order. Rust's ranges convert to it; [`Step::step`] gives them a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// The first element; by default the first in the direction of the step.
    pub start: Option<isize>,
    /// The element to stop before; by default the end in the direction of the step.
    pub stop: Option<isize>,
    /// The distance of two elements, not 0.
    pub step: isize,
}
impl Default for Slice {
    fn default() -> Slice {
        Slice { start: None, stop: None, step: 1 }
    }
}
impl Slice {
    /// The first element, the step and the number of elements along an axis of a size. At most one element has the step 1.
    pub(super) fn resolve(&self, size: usize) -> Result<(usize, isize, usize), String> {
        let (size, step) = (size as isize, self.step);
        if step == 0 {
            return Err("the step of a slice must not be 0".into());
        }
        let (least, most) = if step > 0 { (0, size) } else { (-1, size - 1) };
        let bound = |b: Option<isize>, default: isize| {
            b.map_or(default, |b| (if b < 0 { b.saturating_add(size) } else { b }).clamp(least, most))
        };
        let (first, last) = if step > 0 { (least, most) } else { (most, least) };
        let (start, stop) = (bound(self.start, first), bound(self.stop, last));
        let span = if step > 0 { stop - start } else { start - stop };
        let len = if span <= 0 { 0 } else { (span as usize).div_ceil(step.unsigned_abs()) };
        Ok((if len == 0 { 0 } else { start as usize }, if len < 2 { 1 } else { step }, len))
    }
}
/// Ranges with a step.
///
/// ```
/// use raxla_ir::indexing::{Slice, Step};
/// assert_eq!((1..5).step(2), Slice { start: Some(1), stop: Some(5), step: 2 });
/// assert_eq!((..).step(-1), Slice { start: None, stop: None, step: -1 });
/// ```
pub trait Step: Into<Slice> {
    /// The range as a [`Slice`], with every `step`-th of its elements; as in NumPy, those of a negative step start at the range's start
    /// and go down to before its end.
    fn step(self, step: isize) -> Slice {
        Slice { step, ..self.into() }
    }
}
impl<T: Into<Slice>> Step for T {}

/// One item of an index. What converts to it: integers, ranges, [`Slice`], [`NewAxis`], [`Ellipsis`], a [`Tracer`] of integers or
/// bools, and arrays that are known while tracing ([`Literal`], vectors, slices and Rust arrays of integers or bools).
#[derive(Clone, Debug)]
pub enum Index {
    /// One element along an axis, which disappears; negative numbers count from the end.
    Integer(i128),
    /// Elements along an axis.
    Slice(Slice),
    /// A new axis of size 1.
    NewAxis,
    /// As many whole axes as the rest of the index leaves.
    Ellipsis,
    /// Integers, known while tracing: elements along an axis. Bools: a mask of as many axes as it has.
    Array(Literal),
    /// Integers, computed by the program: elements along an axis. Bools: a mask, which only updates take.
    Tracer(Tracer),
}
impl From<Slice> for Index {
    fn from(slice: Slice) -> Index {
        Index::Slice(slice)
    }
}
impl From<NewAxis> for Index {
    fn from(_: NewAxis) -> Index {
        Index::NewAxis
    }
}
impl From<Ellipsis> for Index {
    fn from(_: Ellipsis) -> Index {
        Index::Ellipsis
    }
}
impl From<Tracer> for Index {
    fn from(t: Tracer) -> Index {
        Index::Tracer(t)
    }
}
impl From<Literal> for Index {
    fn from(l: Literal) -> Index {
        Index::Array(l)
    }
}
impl From<&Literal> for Index {
    fn from(l: &Literal) -> Index {
        Index::Array(l.clone())
    }
}
impl From<bool> for Index {
    fn from(b: bool) -> Index {
        Index::Array(Literal::scalar(b))
    }
}
impl From<RangeFull> for Slice {
    fn from(_: RangeFull) -> Slice {
        Slice::default()
    }
}
impl From<RangeFull> for Index {
    fn from(_: RangeFull) -> Index {
        Index::Slice(Slice::default())
    }
}
/// The end of a range that includes `last`: after -1 comes the end of the array, not element 0.
fn after(last: isize) -> Option<isize> {
    (last != -1).then(|| last.saturating_add(1))
}
macro_rules! integers { ($($T:ty)*) => { $(
    impl From<$T> for Index {
        fn from(i: $T) -> Index { Index::Integer(i as i128) }
    }
    ranges! { $T:
        Range<$T> |r| Slice { start: Some(r.start as isize), stop: Some(r.end as isize), step: 1 };
        RangeFrom<$T> |r| Slice { start: Some(r.start as isize), stop: None, step: 1 };
        RangeTo<$T> |r| Slice { start: None, stop: Some(r.end as isize), step: 1 };
        RangeInclusive<$T> |r| Slice { start: Some(*r.start() as isize), stop: after(*r.end() as isize), step: 1 };
        RangeToInclusive<$T> |r| Slice { start: None, stop: after(r.end as isize), step: 1 };
    }
)* } }
macro_rules! ranges { ($T:ty: $($Range:ty |$r:ident| $slice:expr;)*) => { $(
    impl From<$Range> for Slice {
        fn from($r: $Range) -> Slice { $slice }
    }
    impl From<$Range> for Index {
        fn from(r: $Range) -> Index { Index::Slice(r.into()) }
    }
)* } }
integers! { i32 i64 isize u32 usize }

macro_rules! arrays { ($($T:ty as $E:ty),*) => { $(
    impl From<Vec<$T>> for Index {
        fn from(all: Vec<$T>) -> Index { all.as_slice().into() }
    }
    impl From<&Vec<$T>> for Index {
        fn from(all: &Vec<$T>) -> Index { all.as_slice().into() }
    }
    impl<const N: usize> From<[$T; N]> for Index {
        fn from(all: [$T; N]) -> Index { all.as_slice().into() }
    }
    impl From<&[$T]> for Index {
        fn from(all: &[$T]) -> Index { Index::Array(array::<$E>(all.iter().map(|i| *i as $E))) }
    }
)* } }
fn array<T: Element>(items: impl Iterator<Item = T>) -> Literal {
    items.collect::<Vec<T>>().into()
}
arrays! { i32 as i32, i64 as i64, isize as i64, u32 as u32, usize as u64, bool as bool }

/// An index: one item; a tuple of up to eight, from the first axis on; or several [`Index`] in a vector or array.
pub trait IndexList {
    /// The items, from the first axis on.
    fn items(self) -> Vec<Index>;
}
impl<T: Into<Index>> IndexList for T {
    fn items(self) -> Vec<Index> {
        vec![self.into()]
    }
}
impl IndexList for Vec<Index> {
    fn items(self) -> Vec<Index> {
        self
    }
}
impl IndexList for &[Index] {
    fn items(self) -> Vec<Index> {
        self.to_vec()
    }
}
impl<const N: usize> IndexList for [Index; N] {
    fn items(self) -> Vec<Index> {
        self.into()
    }
}
macro_rules! tuples { ($(($($T:ident $i:tt)*);)*) => { $(
    impl<$($T: Into<Index>),*> IndexList for ($($T,)*) {
        fn items(self) -> Vec<Index> { vec![$(self.$i.into()),*] }
    }
)* } }
tuples! {
    ();
    (A 0);
    (A 0 B 1);
    (A 0 B 1 C 2);
    (A 0 B 1 C 2 D 3);
    (A 0 B 1 C 2 D 3 E 4);
    (A 0 B 1 C 2 D 3 E 4 F 5);
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6);
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7);
}
