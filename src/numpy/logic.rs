//! Comparisons, logical operations, and equality of whole arrays.

use super::{
    all, isnan,
    promotion::{Arg, promote},
};
use raxla_ir::{DType, Tracer, dtype::Kind, operand::broadcast_shapes, trace::constant};

macro_rules! comparisons { ($($(#[$doc:meta])* $name:ident = $compare:expr;)*) => { $(
    $(#[$doc])*
    ///
    /// Dtypes meet by promotion, shapes broadcast. Complex numbers are ordered by their real parts first, as NumPy does.
    #[track_caller]
    pub fn $name(x1: impl Into<Arg>, x2: impl Into<Arg>) -> Tracer {
        let [x, y] = promote(stringify!($name), [x1.into(), x2.into()]);
        $compare(x, y)
    }
)* } }
comparisons! {
    /// Whether they are equal.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::equal(constant(vec![1.0f32, 2.0]), 2)), "[false, true]");
    /// ```
    equal = |x: Tracer, y: Tracer| x.equal(y);
    /// Whether they differ.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::not_equal(constant(vec![1.0f32, 2.0]), 2)), "[true, false]");
    /// ```
    not_equal = |x: Tracer, y: Tracer| x.not_equal(y);
    /// Whether `x1` is less.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::less(constant(vec![1.0f32, 2.0]), 2)), "[true, false]");
    /// ```
    less = |x, y| in_order(x, y, |x, y| x.less(y));
    /// Whether `x1` is less or equal.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::less_equal(constant(vec![1.0f32, 2.0]), 2)), "[true, true]");
    /// ```
    less_equal = |x, y| in_order(x, y, |x, y| x.less_equal(y));
    /// Whether `x1` is greater.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::greater(constant(vec![1.0f32, 2.0]), 1)), "[false, true]");
    /// ```
    greater = |x, y| in_order(x, y, |x, y| x.greater(y));
    /// Whether `x1` is greater or equal.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::greater_equal(constant(vec![1.0f32, 2.0]), 2)), "[false, true]");
    /// ```
    greater_equal = |x, y| in_order(x, y, |x, y| x.greater_equal(y));
}
#[track_caller]
fn in_order(x: Tracer, y: Tracer, f: fn(Tracer, Tracer) -> Tracer) -> Tracer {
    if !x.dtype().is_complex() {
        return f(x, y);
    }
    let (a, b) = (x.real(), y.real());
    a.equal(b).select(f(x.imag(), y.imag()), f(a, b))
}
macro_rules! logical { ($($(#[$doc:meta])* $name:ident = $op:tt;)*) => { $(
    $(#[$doc])*
    ///
    /// Numbers hold where they are not 0. Shapes broadcast.
    #[track_caller]
    pub fn $name(x1: impl Into<Arg>, x2: impl Into<Arg>) -> Tracer {
        let [x, y] = [x1.into(), x2.into()].map(|x| Arg::Array(x.tracer().astype(DType::Bool)));
        let [x, y] = promote(stringify!($name), [x, y]);
        x $op y
    }
)* } }
logical! {
    /// Whether both hold.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::logical_and(constant(vec![0.0f32, 2.0]), constant(vec![true, true]))), "[false, true]");
    /// ```
    logical_and = &;
    /// Whether either holds.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::logical_or(constant(vec![0.0f32, 2.0]), constant(vec![false, true]))), "[false, true]");
    /// ```
    logical_or = |;
    /// Whether one alone holds.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::logical_xor(constant(vec![0.0f32, 2.0]), constant(vec![true, true]))), "[true, false]");
    /// ```
    logical_xor = ^;
}
/// How near [`isclose`] means.
#[derive(Clone, Copy, Debug)]
pub struct Close {
    /// The tolerance in units of `|b|`.
    pub rtol: f64,
    /// The tolerance by itself.
    pub atol: f64,
    /// Whether NaN is near NaN.
    pub equal_nan: bool,
}
impl Default for Close {
    fn default() -> Close {
        Close { rtol: 1e-5, atol: 1e-8, equal_nan: false }
    }
}
/// Whether `|a - b| ≤ atol + rtol |b|`; infinities are near only themselves.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::isclose(constant(vec![1.0f32, 2.0]), constant(vec![1.000001f32, 2.1]), np::Close::default())), "[true, false]");
/// ```
#[track_caller]
pub fn isclose(a: impl Into<Arg>, b: impl Into<Arg>, how: Close) -> Tracer {
    isclose_within(a, b, how.rtol, how.atol, how.equal_nan)
}
/// [`isclose`], with a tolerance for each element.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let near = || np::isclose_within(1.0, constant(vec![1.1f32, 1.1]), constant(vec![0.0f32, 0.2]), 1e-8, false);
/// assert_eq!(show(near), "[false, true]");
/// ```
#[track_caller]
pub fn isclose_within(
    a: impl Into<Arg>,
    b: impl Into<Arg>,
    rtol: impl Into<Arg>,
    atol: impl Into<Arg>,
    equal_nan: bool,
) -> Tracer {
    let ([a, b], rtol, atol) = (promote("isclose", [a.into(), b.into()]), rtol.into(), atol.into());
    if !a.dtype().is_inexact() {
        if a.dtype() == DType::Bool {
            return a.equal(b);
        }
        // As NumPy has it, in floats; the difference is taken of them, lest it overflow.
        let float = super::promotion::to_inexact(a.dtype());
        return isclose_within(a.astype(float), b.astype(float), rtol, atol, equal_nan);
    }
    let [size, atol] = promote("isclose", [super::multiply(b.abs(), rtol).into(), atol]);
    let near = super::less_equal((a - b).abs(), size + atol);
    let finite = super::isfinite(a) & super::isfinite(b);
    let near = (finite & near) | a.equal(b);
    if equal_nan { near | (isnan(a) & isnan(b)) } else { near }
}
/// Whether all elements are near each other, as [`isclose`] has it.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::allclose(constant(vec![1.0f32, 2.0]), constant(vec![1.000001f32, 2.0]), np::Close::default())), "true");
/// ```
#[track_caller]
pub fn allclose(a: impl Into<Arg>, b: impl Into<Arg>, how: Close) -> Tracer {
    all(isclose(a, b, how), ())
}
/// Whether the arrays have one shape and equal elements.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::array_equal(constant(vec![1.0f32, 2.0]), constant(vec![1.0f32, 2.0]), false)), "true");
/// ```
#[track_caller]
pub fn array_equal(a: impl Into<Arg>, b: impl Into<Arg>, equal_nan: bool) -> Tracer {
    let (a, b) = (a.into(), b.into());
    if a.aval().shape != b.aval().shape {
        return constant(false);
    }
    let [a, b] = promote("array_equal", [a, b]);
    let equal = a.equal(b);
    all(if equal_nan && a.dtype().is_inexact() { equal | (isnan(a) & isnan(b)) } else { equal }, ())
}
/// Whether the arrays broadcast to one shape and have equal elements then.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::array_equiv(constant(vec![1.0f32, 1.0]), constant(vec![1.0f32]))), "true");
/// ```
#[track_caller]
pub fn array_equiv(a: impl Into<Arg>, b: impl Into<Arg>) -> Tracer {
    let (a, b) = (a.into(), b.into());
    if broadcast_shapes(&a.aval().shape, &b.aval().shape).is_err() {
        return constant(false);
    }
    all(equal(a, b), ())
}
/// The elements of `x` where the condition holds, and those of `y` elsewhere: NumPy's `where`.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let y = jit(|x: Tracer| np::where_(x.greater(0.0), x, 0))(Array::from(vec![1.0f32, -2.0]));
/// assert_eq!(y.to_vec::<f32>()?, [1.0, 0.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn where_(condition: impl Into<Arg>, x: impl Into<Arg>, y: impl Into<Arg>) -> Tracer {
    let condition = condition.into().tracer();
    let [x, y] = super::promotion::promote_dtypes("where", [x.into(), y.into()]);
    let [condition, x, y] = super::promotion::promote_shapes("where", [condition.astype(DType::Bool), x, y]);
    condition.select(x, y)
}
/// The elements brought between two bounds, either of which may be absent.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::clip(constant(vec![-1.0f32, 0.5, 2.0]), Some(0.into()), Some(1.into()))), "[0.0, 0.5, 1.0]");
/// ```
#[track_caller]
pub fn clip(x: impl Into<Arg>, low: Option<Arg>, high: Option<Arg>) -> Tracer {
    let mut x = x.into().tracer();
    if x.dtype().is_complex() {
        raxla_ir::trace::fail(format!("clip: takes real numbers, got {}", x.aval()));
    }
    if let Some(low) = low {
        x = super::maximum(low, x);
    }
    match high {
        Some(high) => super::minimum(high, x),
        None => x,
    }
}
/// Whether the dtype is one of a kind: `bool`, `signed integer`, `unsigned integer`, `integral`, `real floating`, `complex floating`, `numeric`.
///
/// ```
/// # use raxla::{DType, numpy as np};
/// assert!(np::isdtype(DType::F32, "real floating"));
/// ```
pub fn isdtype(dtype: DType, kind: &str) -> bool {
    match kind {
        "bool" => dtype == DType::Bool,
        "signed integer" => dtype.kind() == Kind::Signed,
        "unsigned integer" => dtype.kind() == Kind::Unsigned,
        "integral" => dtype.is_integer(),
        "real floating" => dtype.is_float(),
        "complex floating" => dtype.is_complex(),
        "numeric" => dtype != DType::Bool,
        _ => dtype.numpy_name() == kind || dtype.name() == kind,
    }
}
#[cfg(test)]
mod tests {
    use super::*;
    use raxla_ir::Literal;

    fn isdtype_table() -> Tracer {
        use DType::*;
        let kinds =
            ["bool", "signed integer", "unsigned integer", "integral", "real floating", "complex floating", "numeric"];
        let dtypes = [Bool, I4, U8, I32, BF16, F8E5M2, F32, C64];
        let answers: Vec<bool> = dtypes.iter().flat_map(|d| kinds.map(|k| isdtype(*d, k))).collect();
        constant(Literal::new(&[8, 7], &answers))
    }
    crate::oracle::rows! { numpy_logic:
        "jnp.equal(a, b)", "i32(6, low=0, high=2), i32(6, low=0, high=2)" => fn(a, b) equal(a, b);
        "jnp.equal(a, b)", "c64(3), c64(3)" => fn(a, b) equal(a, b);
        "jnp.not_equal(a, 1)", "i32(6, low=0, high=3)" => fn(a) not_equal(a, 1);
        "jnp.less(a, b)", "f32(3, 1), f32(4)" => fn(a, b) less(a, b);
        "jnp.less(a, b)", "values([1+2j, 1+3j, 2], 'c8'), values([1+3j, 1+2j, 1], 'c8')" => fn(a, b) less(a, b);
        "jnp.less_equal(a, b)", "values([1+2j, 1+2j, 2], 'c8'), values([1+3j, 1+2j, 1], 'c8')" => fn(a, b) less_equal(a, b);
        "jnp.less_equal(a, 0.5)", "i32(4)" => fn(a) less_equal(a, 0.5);
        "jnp.greater(a, b)", "f32(4), f32(4)" => fn(a, b) greater(a, b);
        "jnp.greater_equal(a, b)", "i8(4), u8(4)" => fn(a, b) greater_equal(a, b);
        "jnp.logical_and(a, b)", "boolean(4), i32(4, low=0, high=2)" => fn(a, b) logical_and(a, b);
        "jnp.logical_or(a, b)", "boolean(4), f32(4)" => fn(a, b) logical_or(a, b);
        "jnp.logical_xor(a, b)", "boolean(4), boolean(3, 4)" => fn(a, b) logical_xor(a, b);
        "jnp.isclose(a, b)", "values([1, 1, inf, inf, nan], 'f4'), values([1.000001, 1.1, inf, -inf, nan], 'f4')" => fn(a, b) isclose(a, b, Close::default());
        "jnp.isclose(a, a + 0.1, rtol=b, atol=0.0)", "f32(4), values([0, 1, 0.01, 0.3], 'f4')" => fn(a, b) isclose_within(a, a + 0.1, b, 0.0, false);
        "jnp.isclose(a, b, rtol=0.2, equal_nan=True)", "values([1, 1, inf, inf, nan], 'f4'), values([1.000001, 1.1, inf, -inf, nan], 'f4')" => fn(a, b) isclose(a, b, Close { rtol: 0.2, equal_nan: true, ..Close::default() });
        "jnp.array([[jnp.isdtype(d, k) for k in ('bool', 'signed integer', 'unsigned integer', 'integral', 'real floating', 'complex floating', 'numeric')] for d in (jnp.bool_, jnp.int4, jnp.uint8, jnp.int32, jnp.bfloat16, jnp.float8_e5m2, jnp.float32, jnp.complex64)])", "f32(1)" => fn(_a) isdtype_table();
        "jnp.isclose(a, b)", "i32(6, low=0, high=2), i32(6, low=0, high=2)" => fn(a, b) isclose(a, b, Close::default());
        "jnp.allclose(a, a)", "f32(4)" => fn(a) allclose(a, a, Close::default());
        "jnp.array_equal(a, b)", "f32(4), f32(3)" => fn(a, b) array_equal(a, b, false);
        "jnp.array_equal(a, a, equal_nan=True)", "values([nan, 1], 'f4')" => fn(a) array_equal(a, a, true);
        "np.array_equiv(a, b)", "f32(4), f32(3)" => fn(a, b) array_equiv(a, b);
        "jnp.array_equiv(a, b)", "values([[1, 2], [1, 2]], 'f4'), values([1, 2], 'f4')" => fn(a, b) array_equiv(a, b);
        "jnp.where(a, b, c)", "boolean(4), f32(3, 4), f32(3, 1)" => fn(a, b, c) where_(a, b, c);
        "jnp.where(a, b, 1)", "boolean(4), bf16(4)" => fn(a, b) where_(a, b, 1);
        "jnp.where(a, 1, 2.5)", "i32(4, low=0, high=2)" => fn(a) where_(a, 1, 2.5);
        "jnp.clip(a, -1, 1)", "f32(6)" => fn(a) clip(a, Some((-1).into()), Some(1.into()));
        "jnp.clip(a, None, b)", "f32(6), f32(6)" => fn(a, b) clip(a, None, Some(b.into()));
        "jnp.clip(a, 0, 3)", "u8(6)" => fn(a) clip(a, Some(0.into()), Some(3.into()));
    }
}
