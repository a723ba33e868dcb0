//! [`Literal`]: host data, an array in ordinary memory.

use crate::{
    aval::{Shape, ShapedArray},
    dtype::{DType, Element, Kind},
    minifloat,
    trace::fail,
};
use bytemuck::{Pod, Zeroable};
use half::{bf16, f16};
use num_complex::{Complex32, Complex64};
use std::{
    borrow::Cow,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// 64 bytes at a 64-byte boundary, the alignment that XLA needs to use host memory without copying it.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Block([u8; 64]);

/// An array in host memory: an aval and its elements, row by row, little-endian.
///
/// Cheap to clone: the data is shared. Equality and hash are those of the bytes, so `NaN` equals an identical `NaN` and
/// `0.0` differs from `-0.0`.
///
/// ```
/// use raxla_ir::Literal;
/// let m = Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0]);
/// assert_eq!(m.aval().to_string(), "f32[2,2]");
/// assert_eq!(m.as_slice::<f32>(), Some(&[1.0, 2.0, 3.0, 4.0][..]));
/// assert_eq!(m.as_slice::<i32>(), None);
/// ```
#[derive(Clone)]
pub struct Literal {
    aval: ShapedArray,
    blocks: Arc<Vec<Block>>,
}

impl Literal {
    /// The array of the given shape with the given elements.
    ///
    /// # Panics
    /// If the shape does not have as many elements as `data`.
    #[track_caller]
    pub fn new<T: Element>(shape: &[usize], data: &[T]) -> Literal {
        let aval = ShapedArray::new(shape, T::DTYPE);
        assert_eq!(aval.size(), data.len(), "literal: {aval} needs {} elements, got {}", aval.size(), data.len());
        Literal::copied(aval, bytemuck::cast_slice(data))
    }
    /// A rank-0 array.
    pub fn scalar<T: Element>(value: T) -> Literal {
        Literal::new(&[], &[value])
    }
    /// An array of any dtype from the bytes of its elements, or `None` if there are not exactly as many bytes as the aval needs.
    pub fn from_bytes(aval: ShapedArray, bytes: &[u8]) -> Option<Literal> {
        let need = aval.shape.iter().try_fold(aval.dtype.size(), |n, d| n.checked_mul(*d))?;
        (need == bytes.len()).then(|| Literal::copied(aval, bytes))
    }
    fn copied(aval: ShapedArray, bytes: &[u8]) -> Literal {
        Literal::build(aval, |all| all.copy_from_slice(bytes))
    }
    /// An array whose bytes `fill` writes into a zeroed buffer.
    ///
    /// # Panics
    /// As [`crate::trace::fail`], if there is not enough memory.
    #[track_caller]
    pub fn build(aval: ShapedArray, fill: impl FnOnce(&mut [u8])) -> Literal {
        let len = aval.size().saturating_mul(aval.dtype.size());
        let mut blocks: Vec<Block> = vec![];
        if blocks.try_reserve_exact(len.div_ceil(64)).is_err() {
            fail(format!("literal: {aval} needs {len} bytes, more than there is memory for"));
        }
        blocks.resize(len.div_ceil(64), Block::zeroed());
        fill(&mut bytemuck::cast_slice_mut(&mut blocks)[..len]);
        Literal { aval, blocks: Arc::new(blocks) }
    }
    /// An array filled with zeros.
    pub fn zeros(aval: ShapedArray) -> Literal {
        // Every dtype but the one without a zero spells it as zero bytes.
        if aval.dtype == DType::F8E8M0FNU { Literal::full(aval, 0.0) } else { Literal::build(aval, |_| {}) }
    }
    /// An array filled with `value`, rounded to the aval's dtype.
    pub fn full(aval: ShapedArray, value: f64) -> Literal {
        let n = aval.size();
        match aval.dtype.kind() {
            Kind::Bool | Kind::Signed | Kind::Unsigned => {
                Literal::from_ints(aval, std::iter::repeat_n(value as i128, n))
            }
            _ => Literal::from_floats(aval, std::iter::repeat_n(value, n)),
        }
    }

    /// The type of the array.
    pub fn aval(&self) -> &ShapedArray {
        &self.aval
    }
    /// The size of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.aval.shape
    }
    /// The element type.
    pub fn dtype(&self) -> DType {
        self.aval.dtype
    }
    /// The number of elements.
    pub fn size(&self) -> usize {
        self.aval.size()
    }
    /// The bytes of the elements, row by row; the first lies at a 64-byte boundary.
    pub fn bytes(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.blocks)[..self.size() * self.dtype().size()]
    }
    /// The elements, or `None` if the dtype is not `T`'s.
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        if T::DTYPE != self.dtype() {
            return None;
        }
        bytemuck::checked::try_cast_slice(self.bytes()).ok()
    }
    /// The elements in a `Vec`, or `None` if the dtype is not `T`'s.
    pub fn to_vec<T: Element>(&self) -> Option<Vec<T>> {
        self.as_slice().map(<[T]>::to_vec)
    }
    /// The same data under another shape of equal size, or marked weak or strong.
    pub(crate) fn with_aval(&self, aval: ShapedArray) -> Literal {
        debug_assert!(aval.size() == self.size() && aval.dtype.size() == self.dtype().size());
        Literal { aval, blocks: self.blocks.clone() }
    }
    /// The same array, marked as weakly typed or not.
    pub fn with_weak(&self, weak: bool) -> Literal {
        Literal { aval: ShapedArray { weak, ..self.aval.clone() }, blocks: self.blocks.clone() }
    }
    /// The same elements in another shape of equal size; `None` if the sizes differ.
    pub fn reshaped(&self, shape: &[usize]) -> Option<Literal> {
        let aval = self.aval.with_shape(shape);
        (aval.size() == self.size()).then(|| self.with_aval(aval))
    }

    fn cast<T: Element>(&self) -> Cow<'_, [T]> {
        // The blocks are 64-byte aligned, so this can only fail on a byte that is no bool.
        match bytemuck::checked::try_cast_slice(self.bytes()) {
            Ok(slice) => Cow::Borrowed(slice),
            Err(_) => {
                let fixed: Vec<u8> = self.bytes().iter().map(|b| u8::from(*b != 0)).collect();
                Cow::Owned(bytemuck::checked::cast_slice(&fixed).to_vec())
            }
        }
    }
    /// The elements as integers (bools as 0 and 1); floats are truncated, complex numbers lose their imaginary part.
    pub fn ints(&self) -> Vec<i128> {
        macro_rules! each {
            ($T:ty) => {
                self.cast::<$T>().iter().map(|x| *x as i128).collect()
            };
        }
        let narrow = |bits: u32, signed: bool| {
            let sign = |b: u8| {
                if signed { (((b << (8 - bits)) as i8) >> (8 - bits)) as i128 } else { (b & ((1 << bits) - 1)) as i128 }
            };
            self.bytes().iter().map(|b| sign(*b)).collect()
        };
        match self.dtype() {
            DType::Bool => self.bytes().iter().map(|b| i128::from(*b != 0)).collect(),
            DType::I2 => narrow(2, true),
            DType::I4 => narrow(4, true),
            DType::U2 => narrow(2, false),
            DType::U4 => narrow(4, false),
            DType::I8 => each!(i8),
            DType::I16 => each!(i16),
            DType::I32 => each!(i32),
            DType::I64 => each!(i64),
            DType::U8 => each!(u8),
            DType::U16 => each!(u16),
            DType::U32 => each!(u32),
            DType::U64 => each!(u64),
            _ => self.floats().into_iter().map(|x| x as i128).collect(),
        }
    }
    /// The elements as floats; complex numbers lose their imaginary part.
    pub fn floats(&self) -> Vec<f64> {
        match self.dtype() {
            DType::F64 => self.cast::<f64>().to_vec(),
            DType::F32 => self.cast::<f32>().iter().map(|x| *x as f64).collect(),
            DType::F16 => self.cast::<f16>().iter().map(|x| x.to_f64()).collect(),
            DType::BF16 => self.cast::<bf16>().iter().map(|x| x.to_f64()).collect(),
            DType::C64 => self.cast::<Complex32>().iter().map(|x| x.re as f64).collect(),
            DType::C128 => self.cast::<Complex64>().iter().map(|x| x.re).collect(),
            d if d.is_float() => {
                let table = minifloat::table(d);
                self.bytes().iter().map(|b| table[*b as usize]).collect()
            }
            _ => self.ints().into_iter().map(|x| x as f64).collect(),
        }
    }
    /// The elements as complex numbers.
    pub fn complexes(&self) -> Vec<Complex64> {
        match self.dtype() {
            DType::C64 => self.cast::<Complex32>().iter().map(|x| Complex64::new(x.re as f64, x.im as f64)).collect(),
            DType::C128 => self.cast::<Complex64>().to_vec(),
            _ => self.floats().into_iter().map(|x| Complex64::new(x, 0.0)).collect(),
        }
    }

    fn collect<T: Element>(aval: ShapedArray, items: impl Iterator<Item = T>) -> Literal {
        let (mut items, size) = (items, aval.size());
        let mut n = 0;
        let literal = Literal::build(aval, |bytes| {
            for (slot, item) in bytes.chunks_exact_mut(size_of::<T>()).zip(&mut items) {
                slot.copy_from_slice(bytemuck::bytes_of(&item));
                n += 1;
            }
        });
        assert!(n == size && items.next().is_none(), "literal: wrong number of elements for {}", literal.aval);
        literal
    }
    /// An array of integers or bools; each value wraps around modulo 2 to the number of bits (to bool: non-zero).
    /// For other dtypes each value is rounded.
    pub fn from_ints(aval: ShapedArray, items: impl IntoIterator<Item = i128>) -> Literal {
        Literal::ints_from(aval, &mut items.into_iter())
    }
    // Behind `dyn`, lest these three, which call each other, instantiate one another without end.
    fn ints_from(aval: ShapedArray, items: &mut dyn Iterator<Item = i128>) -> Literal {
        match aval.dtype {
            DType::Bool => Literal::collect(aval, items.map(|x| x != 0)),
            DType::I2 | DType::U2 => Literal::collect_bytes(aval, items.map(|x| x as u8 & 0x3)),
            DType::I4 | DType::U4 => Literal::collect_bytes(aval, items.map(|x| x as u8 & 0xf)),
            DType::I8 => Literal::collect(aval, items.map(|x| x as i8)),
            DType::I16 => Literal::collect(aval, items.map(|x| x as i16)),
            DType::I32 => Literal::collect(aval, items.map(|x| x as i32)),
            DType::I64 => Literal::collect(aval, items.map(|x| x as i64)),
            DType::U8 => Literal::collect(aval, items.map(|x| x as u8)),
            DType::U16 => Literal::collect(aval, items.map(|x| x as u16)),
            DType::U32 => Literal::collect(aval, items.map(|x| x as u32)),
            DType::U64 => Literal::collect(aval, items.map(|x| x as u64)),
            // i128 to f32 rounds once; going through f64 would round twice.
            DType::F32 => Literal::collect(aval, items.map(|x| x as f32)),
            _ => Literal::floats_from(aval, &mut items.map(|x| x as f64)),
        }
    }
    /// An array of floats, each rounded once to the dtype, ties to even. For integer dtypes each value is truncated and saturates,
    /// as XLA converts; NaN becomes 0.
    pub fn from_floats(aval: ShapedArray, items: impl IntoIterator<Item = f64>) -> Literal {
        Literal::floats_from(aval, &mut items.into_iter())
    }
    // Behind `dyn`, lest these three, which call each other, instantiate one another without end.
    fn floats_from(aval: ShapedArray, items: &mut dyn Iterator<Item = f64>) -> Literal {
        match aval.dtype {
            DType::F64 => Literal::collect(aval, items),
            DType::F32 => Literal::collect(aval, items.map(|x| x as f32)),
            DType::F16 => Literal::collect(aval, items.map(f16::from_f64)),
            DType::BF16 => Literal::collect(aval, items.map(bf16::from_f64)),
            d if d.is_float() => {
                let table = minifloat::table(d);
                Literal::collect_bytes(aval, items.map(|x| minifloat::encode(d, table, x)))
            }
            d if d.is_complex() => Literal::complexes_from(aval, &mut items.map(|x| Complex64::new(x, 0.0))),
            DType::Bool => Literal::collect(aval, items.map(|x| x != 0.0)),
            d => {
                let (low, high) = int_range(d);
                Literal::ints_from(aval, &mut items.map(move |x| (x as i128).clamp(low, high)))
            }
        }
    }
    /// An array of complex numbers; for real dtypes the imaginary part is dropped.
    pub fn from_complexes(aval: ShapedArray, items: impl IntoIterator<Item = Complex64>) -> Literal {
        Literal::complexes_from(aval, &mut items.into_iter())
    }
    // Behind `dyn`, lest these three, which call each other, instantiate one another without end.
    fn complexes_from(aval: ShapedArray, items: &mut dyn Iterator<Item = Complex64>) -> Literal {
        match aval.dtype {
            DType::C64 => Literal::collect(aval, items.map(|x| Complex32::new(x.re as f32, x.im as f32))),
            DType::C128 => Literal::collect(aval, items),
            _ => Literal::floats_from(aval, &mut items.map(|x| x.re)),
        }
    }
    fn collect_bytes(aval: ShapedArray, items: impl Iterator<Item = u8>) -> Literal {
        Literal::collect(aval, items)
    }

    /// The array of the given shape whose element at row-major position `i` is this array's element at `source(i)`, or
    /// `fill`'s only element where that is `None`.
    pub fn gather(
        &self,
        shape: &[usize],
        fill: Option<&Literal>,
        mut source: impl FnMut(usize) -> Option<usize>,
    ) -> Literal {
        let (size, bytes) = (self.dtype().size(), self.bytes());
        Literal::build(self.aval.with_shape(shape), |out| {
            for (i, slot) in out.chunks_exact_mut(size).enumerate() {
                match source(i) {
                    Some(j) => slot.copy_from_slice(&bytes[j * size..(j + 1) * size]),
                    None => {
                        if let Some(fill) = fill {
                            slot.copy_from_slice(fill.bytes());
                        }
                    }
                }
            }
        })
    }
}

/// The least and greatest value of an integer dtype (0 and 1 for bool); 0 and 0 of floats and complex numbers.
pub fn int_range(dtype: DType) -> (i128, i128) {
    let bits = dtype.bits() as u32;
    match dtype.kind() {
        Kind::Signed => (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1),
        Kind::Unsigned | Kind::Bool => (0, (1i128 << bits) - 1),
        Kind::Float | Kind::Complex => (0, 0),
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Literal) -> bool {
        self.aval == other.aval && (Arc::ptr_eq(&self.blocks, &other.blocks) || self.bytes() == other.bytes())
    }
}
impl Eq for Literal {}
impl PartialOrd for Literal {
    fn partial_cmp(&self, other: &Literal) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Literal {
    fn cmp(&self, other: &Literal) -> std::cmp::Ordering {
        self.aval.cmp(&other.aval).then_with(|| self.bytes().cmp(other.bytes()))
    }
}
impl Hash for Literal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.aval.hash(state);
        self.bytes().hash(state);
    }
}
impl std::fmt::Debug for Literal {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{} {}", self.aval, crate::display::summary(self))
    }
}
macro_rules! scalars { ($($T:ty),*) => { $(impl From<$T> for Literal { fn from(x: $T) -> Literal { Literal::scalar(x) } })* } }
scalars! { bool, i8, i16, i32, i64, u8, u16, u32, u64, bf16, f16, f32, f64, Complex32, Complex64 }
impl<T: Element> From<Vec<T>> for Literal {
    fn from(data: Vec<T>) -> Literal {
        Literal::new(&[data.len()], &data)
    }
}
impl<T: Element> From<&[T]> for Literal {
    fn from(data: &[T]) -> Literal {
        Literal::new(&[data.len()], data)
    }
}

/// Row-major strides of a shape, in elements.
pub fn strides(shape: &[usize]) -> Shape {
    let mut strides: Shape = smallvec::smallvec![1; shape.len()];
    for i in (1..shape.len()).rev() {
        // Of an array without elements, they may be too large to say.
        strides[i - 1] = strides[i].saturating_mul(shape[i]);
    }
    strides
}
/// Calls `f` with every index of a shape, in row-major order.
pub fn for_each_index(shape: &[usize], mut f: impl FnMut(&[usize])) {
    let mut index: Shape = smallvec::smallvec![0; shape.len()];
    for _ in 0..shape.iter().product() {
        f(&index);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            if index[axis] < shape[axis] {
                break;
            }
            index[axis] = 0;
        }
    }
}
