//! [`Key`]: what random numbers are made from; and keys made from keys.

use raxla_ir::{
    DType, Pytree, Tracer,
    aval::Dims,
    primitives::{
        concatenate::concatenate,
        iota::iota,
        rng_bit_generator::{RngAlgorithm, rng_bit_generator},
        threefry2x32::threefry2x32,
    },
    trace::{constant, fail},
};
use raxla_runtime::Array;

/// How a key's bits are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Implementation {
    /// The Threefry-2x32 cipher of the element's position: the same on every device, and under [`vmap`](crate::vmap).
    #[default]
    Threefry2x32,
    /// Splits as Threefry does; bits are those of the device's own generator, faster on some, and other numbers on TPUs.
    Rbg,
    /// Splits and folds by the device's own generator, too: what that is good for as a source of keys, nobody has shown.
    UnsafeRbg,
}
impl Implementation {
    fn words(self) -> usize {
        if self == Implementation::Threefry2x32 { 2 } else { 4 }
    }
}

/// A key, or an array of keys: a pytree of one leaf, `u32` with the words of a key (2, or 4 with [`Implementation::Rbg`]) as the last axis.
///
/// `Key` stands for `Key<Tracer>`, inside a trace; a `Key<Array>` is an argument or a result of a compiled function.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let f = jit(|key: Key| {
///     let [next, now] = random::split(key, 2).unpack();
///     (next, random::uniform(now, 0.0, 1.0, &[], DType::F32))
/// });
/// let (key, a) = f(Key::new(0));
/// let (_, b) = f(key);
/// assert_ne!(a.item::<f32>()?, b.item::<f32>()?);
/// # Ok::<(), raxla::Error>(())
/// ```
#[derive(Pytree, Clone, Copy, Debug)]
pub struct Key<T = Tracer> {
    data: T,
    implementation: Implementation,
}
impl Key<Array> {
    /// The key of a seed, on the first device.
    ///
    /// # Panics
    /// If there is no device.
    #[track_caller]
    pub fn new(seed: u64) -> Key<Array> {
        Key::with_implementation(seed, Implementation::default())
    }
    /// The key of a seed, on the first device, with bits made in a certain way.
    ///
    /// # Panics
    /// If there is no device.
    #[track_caller]
    pub fn with_implementation(seed: u64, implementation: Implementation) -> Key<Array> {
        let words = [(seed >> 32) as u32, seed as u32].repeat(implementation.words() / 2);
        Key { data: Array::from(words), implementation }
    }
}
impl<T> Key<T> {
    /// How its bits are made.
    pub fn implementation(&self) -> Implementation {
        self.implementation
    }
}
impl Key {
    /// The shape of the array of keys; empty for a single one.
    #[track_caller]
    pub fn shape(self) -> Vec<usize> {
        let aval = self.data.aval();
        match aval.shape.split_last() {
            Some((words, shape)) if *words == self.implementation.words() && aval.dtype == DType::U32 => shape.to_vec(),
            _ => fail(format!(
                "key: the data of {:?} keys are u32[…,{}], got {aval}",
                self.implementation,
                self.implementation.words()
            )),
        }
    }
    /// The keys along the first axis, which has so many.
    ///
    /// # Panics
    /// Inside the trace, if there are not `N` keys.
    #[track_caller]
    pub fn unpack<const N: usize>(self) -> [Key; N] {
        let shape = self.shape();
        if shape.first() != Some(&N) {
            fail(format!("unpack: there are no {N} keys in an array of keys of shape {}", Dims(&shape)));
        }
        let data = self.data;
        let rest = data.shape();
        std::array::from_fn(|i| Key { data: data.slice_axis(0, i, i + 1).reshape(&rest[1..]), ..self })
    }
    /// The data of a single key.
    #[track_caller]
    fn single(self, name: &str) -> Tracer {
        let shape = self.shape();
        if !shape.is_empty() {
            fail(format!("{name}: takes a single key, got an array of keys of shape {}; use vmap", Dims(&shape)));
        }
        self.data
    }
    /// The single keys of Threefry that it is made of, one or two.
    fn ciphers(self, data: Tracer) -> Vec<[Tracer; 2]> {
        let word = |i: usize| data.slice_axis(0, i, i + 1).reshape(&[]);
        (0..self.implementation.words() / 2).map(|i| [word(2 * i), word(2 * i + 1)]).collect()
    }
}

/// What a key can be made from: an integer scalar, or a Rust integer, which has the dtype of its type.
///
/// The low 32 bits are the second word of the key, and the high ones of a 64-bit number the first; of a number of 32 bits or fewer that
/// word is 0, even of a negative one. So `-1i32` is the seed `-1` of JAX, `-1i64` that of JAX in its 64-bit mode.
pub trait Seed {
    /// The high word and the low one, for the function of this name.
    fn words(self, name: &str) -> [Tracer; 2];
}
macro_rules! seeds { ($($T:ty: $($wide:literal)?),*) => { $(impl Seed for $T {
    #[track_caller]
    fn words(self, _name: &str) -> [Tracer; 2] {
        let high = 0u32 $(+ (self as u64 >> $wide) as u32)?;
        [constant(high), constant(self as u32)]
    }
})* } }
seeds! { i32:, u32:, i64: 32, u64: 32, usize: 32 }
impl Seed for Tracer {
    #[track_caller]
    fn words(self, name: &str) -> [Tracer; 2] {
        let aval = self.aval();
        if aval.rank() != 0 || !aval.dtype.is_integer() {
            fail(format!("{name}: takes an integer scalar, got {aval}; for several keys use vmap"));
        }
        words_of(self)
    }
}
/// The words of several arrays side by side along a new last axis.
fn side_by_side(words: &[Tracer]) -> Tracer {
    let words: Vec<Tracer> = words.iter().map(|w| w.expand_dims(-1)).collect();
    concatenate(&words, -1)
}

/// The key of a seed; as `jax.random.key`. What a seed may be: [`Seed`].
///
/// Outside of a trace, [`Key::new`] makes one.
///
/// ```
/// use raxla::{prelude::*, random};
/// let data = jit(|seed: Tracer| random::key_data(random::key(seed)))(Array::from((5i64 << 32) + 7));
/// assert_eq!(data.to_vec::<u32>()?, [5, 7]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn key(seed: impl Seed) -> Key {
    key_of(seed, Implementation::default())
}
/// The key of a seed, with bits made in a certain way; as `jax.random.key` with `impl`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Implementation}};
/// let data = jit(|seed: Tracer| random::key_data(random::key_of(seed, Implementation::Rbg)))(Array::from(7i32));
/// assert_eq!(data.to_vec::<u32>()?, [0, 7, 0, 7]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn key_of(seed: impl Seed, implementation: Implementation) -> Key {
    let words = seed.words("key");
    Key { data: side_by_side(&words.repeat(implementation.words() / 2)), implementation }
}
/// The words of keys: `u32` with one more axis than there are of keys.
///
/// ```
/// use raxla::random::{Key, key_data};
/// assert_eq!(key_data(Key::new(7)).to_vec::<u32>()?, [0, 7]);
/// # Ok::<(), raxla::Error>(())
/// ```
pub fn key_data<T>(key: Key<T>) -> T {
    key.data
}
/// The keys of these words; the inverse of [`key_data`].
///
/// ```
/// use raxla::{prelude::*, random::{Implementation, bits, wrap_key_data}};
/// let key = wrap_key_data(Array::from(vec![0u32, 7]), Implementation::Threefry2x32);
/// assert_eq!(jit(|key| bits(key, &[2], DType::U8))(key).to_vec::<u8>()?, [11, 0]);
/// # Ok::<(), raxla::Error>(())
/// ```
pub fn wrap_key_data<T>(data: T, implementation: Implementation) -> Key<T> {
    Key { data, implementation }
}

/// A number of keys, or the shape of an array of them.
pub trait Sizes {
    /// The shape.
    fn sizes(&self) -> &[usize];
}
impl Sizes for usize {
    fn sizes(&self) -> &[usize] {
        std::slice::from_ref(self)
    }
}
impl<const N: usize> Sizes for [usize; N] {
    fn sizes(&self) -> &[usize] {
        self
    }
}
impl Sizes for &[usize] {
    fn sizes(&self) -> &[usize] {
        self
    }
}

/// The two words that the cipher makes of each position in an array of this shape.
fn enciphered(key: [Tracer; 2], shape: &[usize]) -> [Tracer; 2] {
    let size = shape.iter().map(|n| *n as u64).product::<u64>();
    let counter = if size <= 1 << 32 {
        [constant(0u32), iota(DType::U32, &[size as usize], 0)]
    } else {
        words_of(iota(DType::U64, &[size as usize], 0))
    };
    let shaped = |t: Tracer| if t.rank() == 0 { t } else { t.reshape(shape) };
    threefry2x32(key, counter.map(shaped))
}
/// The high and the low words of integers.
fn words_of(x: Tracer) -> [Tracer; 2] {
    let low = x.astype(DType::U32);
    let high = if x.dtype().bits() == 64 { x.shift_right_logical(32).astype(DType::U32) } else { low.full_like(0.0) };
    [high, low]
}

/// New keys from a key: so many, or an array of keys of some shape; as `jax.random.split`. The old key should not be used any more.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let keys = jit(|key: Key| random::split(key, 3))(Key::new(0));
/// let each = jit(vmap(|key: Key| random::uniform(key, 0.0, 1.0, &[2], DType::F32), 0))(keys);
/// assert_eq!(each.shape(), [3, 2]);
/// ```
#[track_caller]
pub fn split(key: Key, shape: impl Sizes) -> Key {
    let (data, shape) = (key.single("split"), shape.sizes());
    let wide = [shape, &[key.implementation.words()]].concat();
    let data = if key.implementation == Implementation::UnsafeRbg {
        let n = shape.iter().product::<usize>();
        let (_, bits) = rng_bit_generator(data, RngAlgorithm::Default, &[10 * n, 4], DType::U32);
        bits.slice(&[0, 0], &[10 * n, 4], &[10, 1]).reshape(&wide)
    } else {
        let words: Vec<Tracer> = key.ciphers(data).into_iter().flat_map(|k| enciphered(k, shape)).collect();
        side_by_side(&words)
    };
    Key { data, ..key }
}
/// A new key from a key and a number, taken modulo 2³²; as `jax.random.fold_in`. Different numbers give different keys.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let step = jit(|key: Key, i: Tracer| random::key_data(random::fold_in(key, i)));
/// assert_eq!(step(Key::new(0), Array::from(1i32)).to_vec::<u32>()?, [928981903, 3453687069]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn fold_in(key: Key, number: impl Seed) -> Key {
    let (data, [_, low]) = (key.single("fold_in"), number.words("fold_in"));
    let counter = [constant(0u32), low];
    let data = if key.implementation == Implementation::UnsafeRbg {
        let state = side_by_side(&counter.repeat(2));
        let (_, bits) = rng_bit_generator(state, RngAlgorithm::Default, &[10, 4], DType::U32);
        data.bitwise_xor(bits.slice_axis(0, 9, 10).reshape(&[4]))
    } else {
        let words: Vec<Tracer> = key.ciphers(data).into_iter().flat_map(|k| threefry2x32(k, counter)).collect();
        side_by_side(&words)
    };
    Key { data, ..key }
}
/// Random bits: `u8`, `u16`, `u32` or `u64`; as `jax.random.bits`.
///
/// ```
/// use raxla::{prelude::*, random::{self, Key}};
/// let bits = jit(|key: Key| random::bits(key, &[2], DType::U32))(Key::new(0));
/// assert_eq!(bits.to_vec::<u32>()?, [4070199207, 4202968722]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn bits(key: Key, shape: &[usize], dtype: DType) -> Tracer {
    let data = key.single("bits");
    if !matches!(dtype, DType::U8 | DType::U16 | DType::U32 | DType::U64) {
        fail(format!("bits: gives u8, u16, u32 or u64, not {dtype}"));
    }
    if key.implementation != Implementation::Threefry2x32 {
        return rng_bit_generator(data, RngAlgorithm::Default, shape, dtype).1;
    }
    let [high, low] = enciphered(key.ciphers(data)[0], shape);
    match dtype {
        DType::U64 => high.astype(dtype).shift_left(32).bitwise_or(low.astype(dtype)),
        _ => high.bitwise_xor(low).astype(dtype),
    }
}
