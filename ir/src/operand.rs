//! What may stand beside a tracer: another tracer, a literal array, or a Rust number that takes the tracer's dtype.

use crate::{
    aval::{Dims, Shape, ShapedArray},
    dtype::{DType, Kind},
    literal::{Literal, int_range},
    trace::{Tracer, constant, fail, or_fail},
};

/// Anything that can be an operand beside a [`Tracer`].
///
/// Rust numbers are *weak*: they take the dtype of the tracer they meet, so `x * 2.0` keeps `x`'s dtype.
pub trait Operand {
    /// The operand as a tracer; a number takes the dtype `like`, and is weak if that is said.
    fn tracer(self, like: DType, weak: bool) -> Tracer;
    /// The operand as a tracer, where a number takes the dtype of another operand, and is weak if that is.
    #[track_caller]
    fn beside(self, other: Tracer) -> Tracer
    where
        Self: Sized,
    {
        let (dtype, weak) = other.with_aval(|aval| (aval.dtype, aval.weak));
        self.tracer(dtype, weak)
    }
    /// The dtype that the operand has of itself, if it has one.
    fn known_dtype(&self) -> Option<DType> {
        None
    }
}
impl Operand for Tracer {
    fn tracer(self, _like: DType, _weak: bool) -> Tracer {
        self
    }
    #[track_caller]
    fn known_dtype(&self) -> Option<DType> {
        Some(self.dtype())
    }
}
impl Operand for &Literal {
    fn known_dtype(&self) -> Option<DType> {
        Some(Literal::dtype(self))
    }
    #[track_caller]
    fn tracer(self, _like: DType, _weak: bool) -> Tracer {
        constant(self.clone())
    }
}
impl Operand for Literal {
    fn known_dtype(&self) -> Option<DType> {
        Some(Literal::dtype(self))
    }
    #[track_caller]
    fn tracer(self, _like: DType, _weak: bool) -> Tracer {
        constant(self)
    }
}
macro_rules! floats { ($($T:ty),*) => { $(impl Operand for $T {
    #[track_caller]
    fn tracer(self, like: DType, weak: bool) -> Tracer {
        if !like.is_inexact() {
            fail(format!("the number {self:?} cannot take the dtype {like}; convert the array with `.astype(…)` first"));
        }
        constant(Literal::from_floats(ShapedArray { weak, ..ShapedArray::new(&[], like) }, [self as f64]))
    }
})* } }
floats! { f32, f64 }
macro_rules! ints { ($($T:ty),*) => { $(impl Operand for $T {
    #[track_caller]
    fn tracer(self, like: DType, weak: bool) -> Tracer {
        let aval = ShapedArray { weak, ..ShapedArray::new(&[], like) };
        let (low, high) = int_range(like);
        match like.kind() {
            Kind::Float | Kind::Complex => constant(Literal::from_ints(aval, [self as i128])),
            Kind::Signed | Kind::Unsigned if (low..=high).contains(&(self as i128)) => constant(Literal::from_ints(aval, [self as i128])),
            Kind::Bool => fail(format!("the number {self} cannot take the dtype {like}; convert the array with `.astype(…)` first")),
            _ => fail(format!("the number {self} is out of range for the dtype {like}")),
        }
    }
})* } }
ints! { i32, i64, usize }
impl Operand for bool {
    #[track_caller]
    fn tracer(self, _like: DType, _weak: bool) -> Tracer {
        constant(Literal::scalar(self))
    }
    fn known_dtype(&self) -> Option<DType> {
        Some(DType::Bool)
    }
}

/// The shape that arrays of these shapes broadcast to together, by NumPy's rule: aligned at the last axis, sizes are equal or 1.
pub fn broadcast_shapes(a: &[usize], b: &[usize]) -> Result<Shape, String> {
    let rank = a.len().max(b.len());
    let size = |s: &[usize], i: usize| (i + s.len()).checked_sub(rank).map_or(1, |j| s[j]);
    let each = (0..rank).map(|i| match (size(a, i), size(b, i)) {
        (x, y) if x == y => Ok(x),
        (1, y) => Ok(y),
        (x, 1) => Ok(x),
        _ => Err(format!(
            "operands must have one shape, or shapes that broadcast together, got {} and {}",
            Dims(a),
            Dims(b)
        )),
    });
    each.collect()
}
/// Both operands, broadcast to one shape.
#[track_caller]
pub fn broadcast_together(name: &str, a: Tracer, b: Tracer) -> (Tracer, Tracer) {
    let same = a.with_aval(|x| x.rank() == 0) == b.with_aval(|x| x.rank() == 0) && a.shape() == b.shape();
    if same {
        return (a, b);
    }
    match broadcast_shapes(&a.shape(), &b.shape()) {
        Ok(shape) => (a.broadcast_to(&shape), b.broadcast_to(&shape)),
        Err(_) => fail(format!(
            "{name}: operands must have one shape, or shapes that broadcast together, got {} and {}",
            a.aval(),
            b.aval()
        )),
    }
}

/// Three operands, broadcast to one shape.
#[track_caller]
pub fn broadcast_three(name: &str, [a, b, c]: [Tracer; 3]) -> [Tracer; 3] {
    let shape = broadcast_shapes(&a.shape(), &b.shape()).and_then(|s| broadcast_shapes(&s, &c.shape()));
    let shape = or_fail(name, shape);
    [a.broadcast_to(&shape), b.broadcast_to(&shape), c.broadcast_to(&shape)]
}

/// One axis or several, by number; negative numbers count from the end.
pub trait AxisList {
    /// The axes as given.
    fn axes(&self) -> &[isize];
}
impl AxisList for isize {
    fn axes(&self) -> &[isize] {
        std::slice::from_ref(self)
    }
}
impl<const N: usize> AxisList for [isize; N] {
    fn axes(&self) -> &[isize] {
        self
    }
}
impl AxisList for &[isize] {
    fn axes(&self) -> &[isize] {
        self
    }
}
impl AxisList for Vec<isize> {
    fn axes(&self) -> &[isize] {
        self
    }
}
