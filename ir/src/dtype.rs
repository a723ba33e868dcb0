//! Element types: [`DType`] as a value, [`Element`] for the Rust types that have one.

use half::{bf16, f16};
use num_complex::{Complex32, Complex64};
use std::{
    cell::Cell,
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

/// What kind of number a dtype holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `bool`.
    Bool,
    /// Two's complement integers.
    Signed,
    /// Natural numbers modulo a power of two.
    Unsigned,
    /// Floating point, from 4 to 64 bits.
    Float,
    /// Pairs of floats.
    Complex,
}

macro_rules! dtypes { ($($Name:ident $text:literal $Kind:ident $bits:literal $mlir:literal $npy:literal;)*) => {
    /// The element type of an array.
    ///
    /// The text form (`f32`, `bool`, `f8e4m3fn`, …) is what programs print and [`str::parse`] reads.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum DType { $(#[doc = concat!("`", $text, "`")] $Name),* }

    impl DType {
        /// Every dtype.
        pub const ALL: &[DType] = &[$(DType::$Name),*];
        /// The name in programs and messages: `f32`.
        pub fn name(self) -> &'static str { match self { $(DType::$Name => $text),* } }
        /// The kind of number.
        pub fn kind(self) -> Kind { match self { $(DType::$Name => Kind::$Kind),* } }
        /// Bits that the number needs; see [`DType::size`] for the bytes it occupies in host memory.
        pub fn bits(self) -> usize { match self { $(DType::$Name => $bits),* } }
        /// The name in MLIR: `ui8`, `complex<f32>`.
        pub fn mlir(self) -> &'static str { match self { $(DType::$Name => $mlir),* } }
        /// The name that NumPy (with `ml_dtypes`) gives: `float32`.
        pub fn numpy_name(self) -> &'static str { match self { $(DType::$Name => $npy),* } }
    }
} }
dtypes! {
    Bool "bool" Bool 1 "i1" "bool";
    I2 "i2" Signed 2 "i2" "int2";
    I4 "i4" Signed 4 "i4" "int4";
    I8 "i8" Signed 8 "i8" "int8";
    I16 "i16" Signed 16 "i16" "int16";
    I32 "i32" Signed 32 "i32" "int32";
    I64 "i64" Signed 64 "i64" "int64";
    U2 "u2" Unsigned 2 "ui2" "uint2";
    U4 "u4" Unsigned 4 "ui4" "uint4";
    U8 "u8" Unsigned 8 "ui8" "uint8";
    U16 "u16" Unsigned 16 "ui16" "uint16";
    U32 "u32" Unsigned 32 "ui32" "uint32";
    U64 "u64" Unsigned 64 "ui64" "uint64";
    F4E2M1FN "f4e2m1fn" Float 4 "f4E2M1FN" "float4_e2m1fn";
    F8E3M4 "f8e3m4" Float 8 "f8E3M4" "float8_e3m4";
    F8E4M3 "f8e4m3" Float 8 "f8E4M3" "float8_e4m3";
    F8E4M3FN "f8e4m3fn" Float 8 "f8E4M3FN" "float8_e4m3fn";
    F8E4M3B11FNUZ "f8e4m3b11fnuz" Float 8 "f8E4M3B11FNUZ" "float8_e4m3b11fnuz";
    F8E4M3FNUZ "f8e4m3fnuz" Float 8 "f8E4M3FNUZ" "float8_e4m3fnuz";
    F8E5M2 "f8e5m2" Float 8 "f8E5M2" "float8_e5m2";
    F8E5M2FNUZ "f8e5m2fnuz" Float 8 "f8E5M2FNUZ" "float8_e5m2fnuz";
    F8E8M0FNU "f8e8m0fnu" Float 8 "f8E8M0FNU" "float8_e8m0fnu";
    BF16 "bf16" Float 16 "bf16" "bfloat16";
    F16 "f16" Float 16 "f16" "float16";
    F32 "f32" Float 32 "f32" "float32";
    F64 "f64" Float 64 "f64" "float64";
    C64 "c64" Complex 64 "complex<f32>" "complex64";
    C128 "c128" Complex 128 "complex<f64>" "complex128";
}

impl DType {
    /// Bytes of one element in host memory. Types of fewer than 8 bits occupy one byte each.
    pub fn size(self) -> usize {
        self.bits().div_ceil(8)
    }
    /// Whether this is a floating-point type.
    pub fn is_float(self) -> bool {
        self.kind() == Kind::Float
    }
    /// Whether this is a complex type.
    pub fn is_complex(self) -> bool {
        self.kind() == Kind::Complex
    }
    /// Float or complex: the types that derivatives exist for.
    pub fn is_inexact(self) -> bool {
        self.is_float() || self.is_complex()
    }
    /// Signed or unsigned integer (not bool).
    pub fn is_integer(self) -> bool {
        matches!(self.kind(), Kind::Signed | Kind::Unsigned)
    }
    /// The type of the real part: `f32` for `c64`, `f64` for `c128`, the type itself otherwise.
    pub fn real(self) -> DType {
        match self {
            DType::C64 => DType::F32,
            DType::C128 => DType::F64,
            other => other,
        }
    }
    /// The complex type whose parts have this type, if there is one.
    pub fn complex(self) -> Option<DType> {
        match self {
            DType::F32 => Some(DType::C64),
            DType::F64 => Some(DType::C128),
            _ => None,
        }
    }
}
/// What holds where no thread says otherwise.
static X64: AtomicBool = AtomicBool::new(false);
thread_local! {
    static X64_HERE: Cell<Option<bool>> = const { Cell::new(None) };
}
/// Whether numbers of no stated dtype have 64 bits on this thread, as with JAX's `jax_enable_x64`; they have 32 unless [`with_x64`] or
/// [`set_x64`] says so.
///
/// Stated dtypes are kept either way: an `f64` array stays one.
pub fn x64() -> bool {
    X64_HERE.get().unwrap_or_else(|| X64.load(Ordering::Relaxed))
}
/// Sets what holds on all threads, but for what runs in [`with_x64`].
pub fn set_x64(on: bool) {
    X64.store(on, Ordering::Relaxed);
}
/// Runs `f` with the default dtypes of 64 bits, or of 32.
///
/// ```
/// use raxla_ir::{DType, dtype::with_x64};
/// assert_eq!(DType::default_float(), DType::F32);
/// assert_eq!(with_x64(true, DType::default_float), DType::F64);
/// ```
pub fn with_x64<R>(on: bool, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<bool>);
    impl Drop for Restore {
        fn drop(&mut self) {
            X64_HERE.set(self.0);
        }
    }
    let _restore = Restore(x64_here(Some(on)));
    f()
}
/// Sets what holds on this thread, `None` for what holds on all; gives what was set before. For callers that have no one function to
/// run, as Python's `with` has none; others take [`with_x64`].
pub fn x64_here(on: Option<bool>) -> Option<bool> {
    X64_HERE.replace(on)
}
impl DType {
    /// The float that numbers are if nothing else is said: `f32`, or `f64` under [`with_x64`].
    pub fn default_float() -> DType {
        if x64() { DType::F64 } else { DType::F32 }
    }
    /// The integer that numbers are if nothing else is said: `i32`, or `i64` under [`with_x64`].
    pub fn default_int() -> DType {
        if x64() { DType::I64 } else { DType::I32 }
    }
    /// The complex type that numbers are if nothing else is said: `c64`, or `c128` under [`with_x64`].
    pub fn default_complex() -> DType {
        if x64() { DType::C128 } else { DType::C64 }
    }
}
impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.name())
    }
}
impl fmt::Debug for DType {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.pad(self.name())
    }
}
impl std::str::FromStr for DType {
    type Err = String;
    fn from_str(s: &str) -> Result<DType, String> {
        let found = DType::ALL.iter().find(|d| d.name() == s || d.numpy_name() == s);
        found.copied().ok_or_else(|| format!("unknown dtype `{s}`"))
    }
}

/// A Rust type that arrays can hold: `bool`, the integers of 8 to 64 bits, `f16`, `bf16`, `f32`, `f64`, `Complex<f32>`,
/// `Complex<f64>`. Arrays of other dtypes are made from bytes, or by conversion.
pub trait Element:
    bytemuck::CheckedBitPattern + bytemuck::NoUninit + PartialEq + fmt::Debug + Send + Sync + 'static
{
    /// The dtype of arrays of this type.
    const DTYPE: DType;
}
macro_rules! elements { ($($T:ty = $D:ident),* $(,)?) => { $(impl Element for $T { const DTYPE: DType = DType::$D; })* } }
elements! {
    bool = Bool, i8 = I8, i16 = I16, i32 = I32, i64 = I64, u8 = U8, u16 = U16, u32 = U32, u64 = U64,
    bf16 = BF16, f16 = F16, f32 = F32, f64 = F64, Complex32 = C64, Complex64 = C128,
}
