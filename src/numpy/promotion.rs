//! Type promotion: the dtype at which arrays and numbers of several dtypes meet, by JAX's lattice.
//!
//! Bare Rust numbers, and arrays made of them alone, are *weak*: they give way to the dtypes of arrays. The dtypes form a lattice,
//! and operands meet at the least dtype above all of theirs:
//!
//! ```text
//! bool ─ int* ┬ u8 ─ u16 ─ u32 ─ u64 ─┐
//!             └ i8 ─ i16 ─ i32 ─ i64 ─┴ float* ┬ bf16 ┬ f32 ┬ f64 ─ c128
//!   (u8 < i16, u16 < i32, u32 < i64)           ├ f16 ─┘     └ c64 ─┘
//!                                              └ complex* ─ c64
//! ```
//!
//! Functions of one's own promote their arguments by the same means:
//!
//! ```
//! use raxla::{DType, ShapedArray, constant, numpy::promotion::*, show};
//! let (n, x) = (|| constant(vec![1, 2]), || constant(0.5f32));
//! assert_eq!(to_inexact(DType::I32), DType::F32);
//! assert_eq!(meet(&[ShapedArray::new(&[], DType::I32), ShapedArray::new(&[], DType::BF16)]), Ok((DType::BF16, false)));
//! assert_eq!(show(|| promote_dtypes("f", [n().into(), x().into()])), "[1.0, 2.0], 0.5");
//! assert_eq!(show(|| promote_dtypes_inexact("f", [n().into(), 3.into()])), "[1.0, 2.0], 3.0");
//! assert_eq!(show(|| promote_shapes("f", [n(), constant(7)])), "[1, 2], [7, 7]");
//! assert_eq!(show(|| promote("f", [n().into(), x().into()])), "[1.0, 2.0], [0.5, 0.5]");
//! assert_eq!(show(|| promote_inexact("f", [n().into(), 3.into()])), "[1.0, 2.0], [3.0, 3.0]");
//! assert_eq!(show(|| inexact("f", n())), "[1.0, 2.0]");
//! ```
//!
//! (`int*`, `float*`, `complex*` are the weak ones.) Floats of eight and fewer bits meet nothing but themselves and weak numbers.

use num_complex::Complex64;
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::Shape,
    dtype::{Kind, x64},
    operand::broadcast_shapes,
    trace::{constant, fail, or_fail},
};
use std::{
    cell::Cell,
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

/// What functions of NumPy's kind take for an array: a tracer, a literal, or a bare number, which is weak.
#[derive(Clone, Debug)]
pub enum Arg {
    /// An array in a program.
    Array(Tracer),
    /// An array of the host.
    Literal(Literal),
    /// `true` or `false`; of the dtype `bool`.
    Bool(bool),
    /// A weak integer.
    Int(i64),
    /// A weak float.
    Float(f64),
    /// A weak complex number.
    Complex(Complex64),
}
macro_rules! args { ($($T:ty: $Kind:ident $(as $as:ty)?),* $(,)?) => { $(impl From<$T> for Arg {
    fn from(x: $T) -> Arg { Arg::$Kind(x $(as $as)?) }
})* } }
args! {
    Tracer: Array, Literal: Literal, bool: Bool, i64: Int, i32: Int as i64, usize: Int as i64, isize: Int as i64, u32: Int as i64, f64: Float, f32: Float as f64,
    Complex64: Complex,
}
impl From<&Literal> for Arg {
    fn from(x: &Literal) -> Arg {
        Arg::Literal(x.clone())
    }
}
impl Arg {
    /// The type; that of a bare number is weak.
    #[track_caller]
    pub fn aval(&self) -> ShapedArray {
        let weak = |dtype| ShapedArray { shape: Shape::new(), dtype, weak: true };
        match self {
            Arg::Array(t) => t.aval(),
            Arg::Literal(l) => l.aval().clone(),
            Arg::Bool(_) => ShapedArray::new(&[], DType::Bool),
            Arg::Int(_) => weak(DType::default_int()),
            Arg::Float(_) => weak(DType::default_float()),
            Arg::Complex(_) => weak(DType::default_complex()),
        }
    }
    /// The array, with a bare number in its own weak dtype.
    #[track_caller]
    pub fn tracer(&self) -> Tracer {
        match self {
            Arg::Array(t) => *t,
            Arg::Literal(l) => constant(l.clone()),
            number => constant(number.literal(number.aval())),
        }
    }
    /// The array in a dtype; a bare number is rounded to it at once, not through its default.
    #[track_caller]
    pub fn in_dtype(&self, dtype: DType, weak: bool) -> Tracer {
        match self {
            Arg::Array(_) | Arg::Literal(_) => self.tracer().with_dtype(dtype, weak),
            number => constant(number.literal(ShapedArray { weak, ..ShapedArray::new(&[], dtype) })),
        }
    }
    fn literal(&self, aval: ShapedArray) -> Literal {
        match self {
            Arg::Bool(b) => Literal::from_ints(aval, [i128::from(*b)]),
            Arg::Int(i) => Literal::from_ints(aval, [i128::from(*i)]),
            Arg::Float(f) => Literal::from_floats(aval, [*f]),
            Arg::Complex(z) => Literal::from_complexes(aval, [*z]),
            Arg::Array(_) | Arg::Literal(_) => Literal::zeros(aval),
        }
    }
}

/// A point of the lattice: a dtype, or a weak kind.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Point {
    Of(DType),
    Weak(Kind),
}
const WEAK_INT: Point = Point::Weak(Kind::Signed);
const WEAK_FLOAT: Point = Point::Weak(Kind::Float);
const WEAK_COMPLEX: Point = Point::Weak(Kind::Complex);

/// The points right above another.
fn above(point: Point) -> &'static [Point] {
    use DType::*;
    use Point::Of;
    match point {
        Of(Bool) => &[WEAK_INT],
        WEAK_INT => &[Of(U8), Of(U2), Of(U4), Of(I8), Of(I2), Of(I4)],
        Of(U8) => &[Of(I16), Of(U16)],
        Of(U16) => &[Of(I32), Of(U32)],
        Of(U32) => &[Of(I64), Of(U64)],
        Of(I8) => &[Of(I16)],
        Of(I16) => &[Of(I32)],
        Of(I32) => &[Of(I64)],
        Of(U64) | Of(I64) => &[WEAK_FLOAT],
        WEAK_FLOAT => &[
            Of(F4E2M1FN),
            Of(F8E3M4),
            Of(F8E4M3),
            Of(F8E4M3FN),
            Of(F8E4M3B11FNUZ),
            Of(F8E4M3FNUZ),
            Of(F8E5M2),
            Of(F8E5M2FNUZ),
            Of(F8E8M0FNU),
            Of(BF16),
            Of(F16),
            WEAK_COMPLEX,
        ],
        Of(BF16) | Of(F16) => &[Of(F32)],
        Of(F32) => &[Of(F64), Of(C64)],
        WEAK_COMPLEX => &[Of(C64)],
        Of(F64) | Of(C64) => &[Of(C128)],
        _ => &[],
    }
}
/// Whether `high` is `low` or above it.
fn reaches(low: Point, high: Point) -> bool {
    low == high || above(low).iter().any(|p| reaches(*p, high))
}
fn every_point() -> impl Iterator<Item = Point> {
    // From the bottom up, so that the first point above all operands is the least.
    let weak = [WEAK_INT, WEAK_FLOAT, WEAK_COMPLEX];
    weak.into_iter().chain(DType::ALL.iter().map(|d| Point::Of(*d)))
}
fn point(aval: &ShapedArray) -> Point {
    match aval.dtype.kind() {
        Kind::Bool => Point::Of(DType::Bool),
        Kind::Signed | Kind::Unsigned if aval.weak => WEAK_INT,
        kind if aval.weak => Point::Weak(kind),
        _ => Point::Of(aval.dtype),
    }
}
/// The least point that is above two others, if there is one.
fn least_above(a: Point, b: Point) -> Option<Point> {
    // Asked for every operation of two dtypes, and found by walking the lattice many times over.
    static TABLE: LazyLock<HashMap<(Point, Point), Option<Point>>> = LazyLock::new(|| {
        let meeting = |a: Point, b: Point| {
            let upper: Vec<Point> = every_point().filter(|high| reaches(a, *high) && reaches(b, *high)).collect();
            upper.iter().find(|p| upper.iter().all(|q| reaches(**p, *q))).copied()
        };
        every_point().flat_map(|a| every_point().map(move |b| ((a, b), meeting(a, b)))).collect()
    });
    TABLE.get(&(a, b)).copied().flatten()
}
/// What operands may differ in; both are allowed unless [`set_promotion`] says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promotion {
    /// Whether arrays must have one dtype. Weak numbers may still give way.
    pub one_dtype: bool,
    /// Whether arrays must have one rank, or be scalars.
    pub one_rank: bool,
}
static EVERYWHERE: RwLock<Promotion> = RwLock::new(Promotion { one_dtype: false, one_rank: false });
thread_local! { static HERE: Cell<Option<Promotion>> = const { Cell::new(None) }; }
/// What holds on this thread.
///
/// ```
/// # use raxla::numpy::promotion::{Promotion, promotion, promotion_here};
/// promotion_here(Some(Promotion { one_dtype: true, ..Promotion::default() }));
/// assert!(promotion().one_dtype);
/// promotion_here(None);
/// assert!(!promotion().one_dtype);
/// ```
pub fn promotion() -> Promotion {
    HERE.get().unwrap_or_else(|| *EVERYWHERE.read().unwrap_or_else(PoisonError::into_inner))
}
/// Sets what holds on all threads that have nothing of their own.
///
/// ```
/// # use raxla::numpy::promotion::{Promotion, promotion, set_promotion};
/// set_promotion(Promotion { one_rank: true, ..Promotion::default() });
/// assert!(promotion().one_rank);
/// set_promotion(Promotion::default());
/// ```
pub fn set_promotion(promotion: Promotion) {
    *EVERYWHERE.write().unwrap_or_else(PoisonError::into_inner) = promotion;
}
/// Sets what holds on this thread, `None` for what holds on all.
///
/// ```
/// # use raxla::numpy::promotion::{Promotion, promotion, promotion_here};
/// promotion_here(Some(Promotion { one_dtype: true, ..Promotion::default() }));
/// assert!(promotion().one_dtype);
/// promotion_here(None);
/// assert!(!promotion().one_dtype);
/// ```
pub fn promotion_here(promotion: Option<Promotion>) {
    HERE.set(promotion);
}
/// Whether types meet without an array's dtype being changed.
fn meets_strictly(points: &[Point]) -> bool {
    let mut strong = points.iter().filter(|p| matches!(p, Point::Of(_)));
    match strong.next() {
        None => true,
        Some(first) => strong.all(|p| p == first) && points.iter().all(|p| p == first || reaches(*p, *first)),
    }
}
/// The dtype at which types meet, and whether it is weak.
///
/// # Errors
/// If there is none: `f8e5m2` and `f32`, say; or if [`promotion`] wants one dtype and there are several.
pub fn meet(avals: &[ShapedArray]) -> Result<(DType, bool), String> {
    let Some(first) = avals.first() else { return Err("takes at least 1 operand, got none".into()) };
    // Most calls are of one dtype.
    if avals.iter().all(|a| a.dtype == first.dtype && a.weak == first.weak) {
        return Ok((first.dtype, first.weak));
    }
    let points: Vec<Point> = avals.iter().map(point).collect();
    let names = || avals.iter().map(|a| a.to_string()).collect::<Vec<_>>().join(", ");
    if promotion().one_dtype && !meets_strictly(&points) {
        return Err(format!("operands must have one dtype, got {}; convert one of them with `.astype(…)`", names()));
    }
    let least =
        points[1..].iter().try_fold(points[0], |all, p| if *p == all { Some(all) } else { least_above(all, *p) });
    match least {
        None => Err(format!("there is no dtype at which {} meet; convert one of them with `.astype(…)`", names())),
        Some(Point::Weak(Kind::Float)) if avals.iter().any(|a| a.dtype.bits() == 64 && !a.weak) => {
            Ok((DType::F64, true))
        }
        Some(Point::Weak(Kind::Float)) => Ok((DType::default_float(), true)),
        Some(Point::Weak(Kind::Complex)) => Ok((DType::default_complex(), true)),
        Some(Point::Weak(_)) => Ok((DType::default_int(), true)),
        Some(Point::Of(dtype)) => Ok((narrowed(dtype, avals), false)),
    }
}
/// 64 bits come into being only where an operand has them, or under `with_x64`: `i32` and `u32` meet at `i32`.
fn narrowed(dtype: DType, avals: &[ShapedArray]) -> DType {
    let wide = |d: DType| d.real().bits() == 64;
    if x64() || !wide(dtype) || avals.iter().any(|a| wide(a.dtype) && !a.weak) {
        return dtype;
    }
    match dtype {
        DType::I64 => DType::I32,
        DType::U64 => DType::U32,
        DType::F64 => DType::F32,
        DType::C128 => DType::C64,
        other => other,
    }
}
/// The float or complex dtype that a function of reals gives for one of this dtype: itself if it is one, `f64` for integers of 64 bits,
/// `f32` for others.
pub fn to_inexact(dtype: DType) -> DType {
    match dtype {
        d if d.is_inexact() => d,
        DType::I64 | DType::U64 => DType::F64,
        _ => DType::F32,
    }
}
/// The operands in the dtype at which they meet.
#[track_caller]
pub fn promote_dtypes<const N: usize>(name: &str, args: [Arg; N]) -> [Tracer; N] {
    let (dtype, weak) = or_fail(name, meet(&args.each_ref().map(Arg::aval)));
    args.map(|a| a.in_dtype(dtype, weak))
}
/// [`promote_dtypes`], at floats or complex numbers.
#[track_caller]
pub fn promote_dtypes_inexact<const N: usize>(name: &str, args: [Arg; N]) -> [Tracer; N] {
    let (dtype, weak) = or_fail(name, meet(&args.each_ref().map(Arg::aval)));
    args.map(|a| a.in_dtype(to_inexact(dtype), weak))
}
/// The operands in one shape, by NumPy's rule.
#[track_caller]
pub fn promote_shapes<const N: usize>(name: &str, args: [Tracer; N]) -> [Tracer; N] {
    let shapes = args.map(|a| a.shape());
    if shapes.windows(2).all(|w| w[0] == w[1]) {
        return args;
    }
    let ranks = || shapes.iter().map(|s| s.len()).filter(|rank| *rank > 0);
    if promotion().one_rank && ranks().max() != ranks().min() {
        let names = args.map(|a| a.aval().to_string()).join(" and ");
        fail(format!("{name}: operands must have one rank, or none, got {names}; reshape one of them"));
    }
    let shape = shapes.iter().try_fold(Shape::new(), |all, s| broadcast_shapes(&all, s));
    match shape {
        Ok(shape) => args.map(|a| if a.shape() == shape { a } else { a.broadcast_to(&shape) }),
        Err(_) => {
            let names = args.map(|a| a.aval().to_string()).join(" and ");
            fail(format!("{name}: operands must have shapes that broadcast together, got {names}"))
        }
    }
}
/// The operands in one dtype and one shape: what functions of several arrays begin with.
#[track_caller]
pub fn promote<const N: usize>(name: &str, args: [Arg; N]) -> [Tracer; N] {
    promote_shapes(name, promote_dtypes(name, args))
}
/// [`promote`], at floats or complex numbers.
#[track_caller]
pub fn promote_inexact<const N: usize>(name: &str, args: [Arg; N]) -> [Tracer; N] {
    promote_shapes(name, promote_dtypes_inexact(name, args))
}
/// An array of floats or complex numbers of an argument of any dtype.
#[track_caller]
pub fn inexact(name: &str, x: impl Into<Arg>) -> Tracer {
    let [x] = promote_dtypes_inexact(name, [x.into()]);
    x
}

/// The dtype of several dtypes' arrays together.
///
/// ```
/// use raxla::{DType, numpy};
/// assert_eq!(numpy::promote_types(DType::I8, DType::U8), DType::I16);
/// assert_eq!(numpy::promote_types(DType::I32, DType::BF16), DType::BF16);
/// assert_eq!(numpy::promote_types(DType::F16, DType::BF16), DType::F32);
/// ```
#[track_caller]
pub fn promote_types(a: DType, b: DType) -> DType {
    or_fail("promote_types", meet(&[ShapedArray::new(&[], a), ShapedArray::new(&[], b)])).0
}
/// The dtype that an operation on these operands has, weak numbers giving way.
///
/// ```
/// use raxla::{prelude::*, numpy};
/// let program = jit(|x: Tracer| {
///     assert_eq!(numpy::result_type([x.into(), 1.into()]), DType::BF16);
///     x
/// });
/// program.lower_types((raxla::ShapedArray::new(&[], DType::BF16),)).unwrap();
/// ```
#[track_caller]
pub fn result_type<const N: usize>(args: [Arg; N]) -> DType {
    or_fail("result_type", meet(&args.each_ref().map(Arg::aval))).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong(dtype: DType) -> ShapedArray {
        ShapedArray::new(&[], dtype)
    }
    fn weak(dtype: DType) -> ShapedArray {
        ShapedArray { weak: true, ..strong(dtype) }
    }
    #[test]
    fn every_two_points_that_meet_meet_at_one() {
        for a in DType::ALL {
            for b in DType::ALL {
                let (ab, ba) = (meet(&[strong(*a), strong(*b)]), meet(&[strong(*b), strong(*a)]));
                assert_eq!(ab.is_ok(), ba.is_ok(), "{a} {b}");
                if let (Ok(ab), Ok(ba)) = (ab, ba) {
                    assert_eq!(ab, ba, "{a} {b}");
                }
            }
        }
    }
    #[test]
    fn weak_numbers_give_way() {
        use DType::*;
        let rows = [
            (weak(I32), strong(U8), U8, false),
            (weak(F32), strong(I32), F32, true),
            (weak(F32), strong(BF16), BF16, false),
            (weak(C64), strong(F64), C128, false),
            (weak(I32), strong(Bool), I32, true),
            (strong(I32), strong(U32), I32, false),
            (strong(I64), strong(U32), I64, false),
            (strong(U64), strong(I64), F64, true),
        ];
        for (a, b, dtype, is_weak) in rows {
            assert_eq!(meet(&[a.clone(), b.clone()]), Ok((dtype, is_weak)), "{a} {b}");
        }
    }
    fn promotions() -> Tracer {
        use DType::*;
        let dtypes = [Bool, U8, U16, U32, I8, I16, I32, BF16, F16, F32, C64];
        let place = |d: DType| dtypes.iter().position(|e| *e == d).map_or(-1, |i| i as i32);
        let table: Vec<i32> = dtypes.iter().flat_map(|a| dtypes.map(|b| place(promote_types(*a, b)))).collect();
        constant(Literal::new(&[11, 11], &table))
    }
    crate::oracle::rows! { numpy_promotion:
        "(lambda D: jnp.array([[D.index(str(jnp.promote_types(p, q))) for q in D] for p in D], 'i4'))(['bool', 'uint8', 'uint16', 'uint32', 'int8', 'int16', 'int32', 'bfloat16', 'float16', 'float32', 'complex64'])", "f32(1)"
            => fn(_a) promotions();
        "[jnp.zeros((), jnp.result_type(*x)) for x in ((a, 1), (b, 1.5), (b, 1j), (b, True), (a, b, c))]", "bf16(2), i8(2), u8(2)"
            => fn(a, b, c) {
                let i = num_complex::Complex64::i();
                let of = |dtype| constant(Literal::zeros(ShapedArray::new(&[], dtype)));
                let (a, b, c) = (Arg::Array(a), Arg::Array(b), Arg::Array(c));
                let two = [[a.clone(), 1.into()], [b.clone(), 1.5.into()], [b.clone(), i.into()], [b.clone(), true.into()]];
                two.into_iter().map(|x| of(result_type(x))).chain([of(result_type([a, b, c]))]).collect::<Vec<_>>()
            };
    }
}
