//! Products summed over axes: dot products, matrix products, outer products, and [`tensordot`].

use super::promotion::{Arg, promote_dtypes};
use raxla_ir::{
    DType, Tracer,
    aval::{Axes, resolve_axis},
    operand::broadcast_shapes,
    primitives::{DotGeneral, dot_general::Precision},
    trace::{bind_at, fail, or_fail},
};
use std::panic::Location;

/// How a product is computed: JAX's `precision` and `preferred_element_type`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Product {
    /// How exactly, on hardware that has faster, coarser ways.
    pub precision: Precision,
    /// The dtype of the result, in which sums are accumulated; that of the operands by default.
    pub dtype: Option<DType>,
}

/// Products summed over pairs of axes, of operands of one dtype. Bools are multiplied and added as such.
#[track_caller]
pub(super) fn contract(
    x: Tracer,
    y: Tracer,
    [lhs_contract, rhs_contract, lhs_batch, rhs_batch]: [&[usize]; 4],
    how: Product,
) -> Tracer {
    let dtype = x.dtype();
    if dtype == DType::Bool {
        let axes = [lhs_contract, rhs_contract, lhs_batch, rhs_batch];
        let count = contract(x.astype(DType::I32), y.astype(DType::I32), axes, Product { dtype: None, ..how });
        return count.astype(how.dtype.unwrap_or(DType::Bool));
    }
    let op = DotGeneral {
        lhs_contract: lhs_contract.into(),
        rhs_contract: rhs_contract.into(),
        lhs_batch: lhs_batch.into(),
        rhs_batch: rhs_batch.into(),
        precision: how.precision,
        dtype: how.dtype.unwrap_or(dtype),
    };
    bind_at(op.into(), &[x, y], Location::caller().into())[0]
}
macro_rules! products { ($($(#[$doc:meta])* $name:ident $with:ident;)*) => { $(
    $(#[$doc])*
    #[track_caller]
    pub fn $name(a: impl Into<Arg>, b: impl Into<Arg>) -> Tracer { $with(a, b, Product::default()) }
)* } }
products! {
    /// The dot product: of vectors the sum of products; else the last axis of `a` is summed with the last but one of `b`. Scalars multiply.
    ///
    /// ```
    /// # use raxla::{Literal, constant, numpy as np, show};
    /// assert_eq!(show(|| np::dot(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, 1.0]))), "[3.0, 7.0]");
    /// ```
    dot dot_with;
    /// The matrix product of matrices in the last two axes, whose other axes broadcast. A vector is a row on the left and a column on the
    /// right, and its axis disappears.
    ///
    /// ```
    /// use raxla::{numpy as np, prelude::*};
    /// let y = jit(|x: Tracer| np::matmul(x, x))(Array::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0]));
    /// assert_eq!(y.to_vec::<f32>()?, [7.0, 10.0, 15.0, 22.0]);
    /// # Ok::<(), raxla::Error>(())
    /// ```
    matmul matmul_with;
    /// The sums of products along the last axes of both.
    ///
    /// ```
    /// # use raxla::{Literal, constant, numpy as np, show};
    /// assert_eq!(show(|| np::inner(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, 1.0]))), "[3.0, 7.0]");
    /// ```
    inner inner_with;
    /// The sum of the products of all elements, those of `a` conjugated.
    ///
    /// ```
    /// # use raxla::{constant, numpy as np, show};
    /// assert_eq!(show(|| np::vdot(constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0]))), "11.0");
    /// ```
    vdot vdot_with;
    /// Products of matrices in the last two axes of `a` with vectors in the last axis of `b`.
    ///
    /// ```
    /// # use raxla::{Literal, constant, numpy as np, show};
    /// assert_eq!(show(|| np::matvec(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, 1.0]))), "[3.0, 7.0]");
    /// ```
    matvec matvec_with;
    /// Products of conjugated vectors in the last axis of `a` with matrices in the last two axes of `b`.
    ///
    /// ```
    /// # use raxla::{Literal, constant, numpy as np, show};
    /// assert_eq!(show(|| np::vecmat(constant(vec![1.0f32, 1.0]), constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])))), "[4.0, 6.0]");
    /// ```
    vecmat vecmat_with;
}
/// [`dot`], computed in a stated way.
///
/// ```
/// # use raxla::{DType, constant, numpy as np, numpy::Product, show};
/// let got = show(|| np::dot_with(constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0]), Product { dtype: Some(DType::F64), ..Product::default() }));
/// assert_eq!(got, "11.0");
/// ```
#[track_caller]
pub fn dot_with(a: impl Into<Arg>, b: impl Into<Arg>, how: Product) -> Tracer {
    let [a, b] = promote_dtypes("dot", [a.into(), b.into()]);
    let (m, n) = (a.rank(), b.rank());
    if m == 0 || n == 0 {
        return super::multiply(a, b);
    }
    contract(a, b, [&[m - 1], &[n.saturating_sub(2)], &[], &[]], how)
}
/// [`matmul`], computed in a stated way.
///
/// ```
/// # use raxla::{Literal, Precision, constant, numpy as np, numpy::Product, show};
/// let got = show(|| np::matmul_with(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, 1.0]), Product { precision: Precision::Highest, ..Product::default() }));
/// assert_eq!(got, "[3.0, 7.0]");
/// ```
#[track_caller]
pub fn matmul_with(a: impl Into<Arg>, b: impl Into<Arg>, how: Product) -> Tracer {
    let [a, b] = promote_dtypes("matmul", [a.into(), b.into()]);
    let (m, n) = (a.rank(), b.rank());
    if m == 0 || n == 0 {
        fail(format!("matmul: operands must have at least 1 axis, got {} and {}", a.aval(), b.aval()));
    }
    if m <= 2 && n <= 2 {
        return contract(a, b, [&[m - 1], &[n.saturating_sub(2)], &[], &[]], how);
    }
    stacked("matmul", a, b, m.min(2), n.min(2), (m.min(2) - 1, n.min(2).saturating_sub(2)), how)
}
/// Products of stacks: the last `m` axes of `a` and `n` of `b` are the matrices or vectors, of which one axis each, counted from where they
/// begin, is summed over; the axes before broadcast.
#[track_caller]
fn stacked(name: &str, a: Tracer, b: Tracer, m: usize, n: usize, summed: (usize, usize), how: Product) -> Tracer {
    let (sa, sb) = (a.shape(), b.shape());
    let (la, lb) = (sa.len() - m, sb.len() - n);
    let Ok(stack) = broadcast_shapes(&sa[..la], &sb[..lb]) else {
        fail(format!("{name}: the leading axes of {} and {} do not broadcast together", a.aval(), b.aval()))
    };
    // Axes that only one operand has, or in which the other has size 1, need not be repeated: they are free ones.
    let rank = stack.len();
    let (mut x_shape, mut y_shape, mut x_axes, mut y_axes) = (vec![], vec![], vec![], vec![]);
    for axis in 0..rank {
        let size = |s: &[usize], lead: usize| (axis + lead).checked_sub(rank).map(|i| s[i]);
        let (x, y) = (size(&sa, la), size(&sb, lb));
        let (has_x, has_y) = (x.is_some_and(|d| d == stack[axis]), y.is_some_and(|d| d == stack[axis]));
        if has_x && (stack[axis] != 1 || !has_y || x.is_some()) {
            x_axes.push(axis);
            x_shape.push(stack[axis]);
        }
        if has_y && !(stack[axis] == 1 && x_axes.last() == Some(&axis)) {
            y_axes.push(axis);
            y_shape.push(stack[axis]);
        }
    }
    let x = a.reshape(&[&x_shape[..], &sa[la..]].concat());
    let y = b.reshape(&[&y_shape[..], &sb[lb..]].concat());
    let shared: Vec<usize> = x_axes.iter().copied().filter(|axis| y_axes.contains(axis)).collect();
    let place = |axes: &[usize]| -> Axes { shared.iter().filter_map(|s| axes.iter().position(|a| a == s)).collect() };
    let (bx, by) = (place(&x_axes), place(&y_axes));
    let axes: [&[usize]; 4] = [&[x_axes.len() + summed.0], &[y_axes.len() + summed.1], &bx, &by];
    let out = contract(x, y, axes, how);
    // The axes of the result: shared ones, those of x alone, x's matrix, those of y alone, y's matrix.
    let alone = |axes: &[usize]| -> Vec<usize> { axes.iter().copied().filter(|a| !shared.contains(a)).collect() };
    let (only_x, only_y) = (alone(&x_axes), alone(&y_axes));
    let mut labels: Vec<usize> = shared.clone();
    labels.extend(&only_x);
    labels.extend((0..m - 1).map(|i| rank + i));
    labels.extend(&only_y);
    labels.extend((0..n - 1).map(|i| rank + m + i));
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by_key(|i| labels[*i]);
    out.transpose_axes(&order)
}
/// [`inner`], computed in a stated way.
///
/// ```
/// # use raxla::{constant, numpy as np, numpy::Product, show};
/// assert_eq!(show(|| np::inner_with(constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0]), Product::default())), "11.0");
/// ```
#[track_caller]
pub fn inner_with(a: impl Into<Arg>, b: impl Into<Arg>, how: Product) -> Tracer {
    let [a, b] = promote_dtypes("inner", [a.into(), b.into()]);
    if a.rank() == 0 || b.rank() == 0 {
        return super::multiply(a, b);
    }
    contract(a, b, [&[a.rank() - 1], &[b.rank() - 1], &[], &[]], how)
}
/// [`vdot`], computed in a stated way.
///
/// ```
/// # use raxla::{constant, numpy as np, numpy::Product, show};
/// assert_eq!(show(|| np::vdot_with(constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0]), Product::default())), "11.0");
/// ```
#[track_caller]
pub fn vdot_with(a: impl Into<Arg>, b: impl Into<Arg>, how: Product) -> Tracer {
    dot_with(super::conj(a).ravel(), b.into().tracer().ravel(), how)
}
/// [`matvec`], computed in a stated way.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, numpy::Product, show};
/// let got = show(|| np::matvec_with(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, 1.0]), Product::default()));
/// assert_eq!(got, "[3.0, 7.0]");
/// ```
#[track_caller]
pub fn matvec_with(a: impl Into<Arg>, b: impl Into<Arg>, how: Product) -> Tracer {
    let [a, b] = promote_dtypes("matvec", [a.into(), b.into()]);
    if a.rank() < 2 || b.rank() < 1 {
        fail(format!("matvec: takes matrices and vectors, got {} and {}", a.aval(), b.aval()));
    }
    stacked("matvec", a, b, 2, 1, (1, 0), how)
}
/// [`vecmat`], computed in a stated way.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, numpy::Product, show};
/// let got = show(|| np::vecmat_with(constant(vec![1.0f32, 1.0]), constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), Product::default()));
/// assert_eq!(got, "[4.0, 6.0]");
/// ```
#[track_caller]
pub fn vecmat_with(a: impl Into<Arg>, b: impl Into<Arg>, how: Product) -> Tracer {
    let [a, b] = promote_dtypes("vecmat", [a.into(), b.into()]);
    if a.rank() < 1 || b.rank() < 2 {
        fail(format!("vecmat: takes vectors and matrices, got {} and {}", a.aval(), b.aval()));
    }
    stacked("vecmat", super::conj(a), b, 1, 2, (0, 0), how)
}
/// The sums of products of conjugated vectors in an axis of `a` with vectors in the same axis of `b`; the other axes broadcast.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::vecdot(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, 1.0]), -1));
/// assert_eq!(got, "[3.0, 7.0]");
/// ```
#[track_caller]
pub fn vecdot(a: impl Into<Arg>, b: impl Into<Arg>, axis: isize) -> Tracer {
    vecdot_with(a, b, axis, Product::default())
}
/// [`vecdot`], computed in a stated way.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let (a, b) = (|| constant(vec![1.0f32, 2.0]), || constant(vec![3.0f32, 4.0]));
/// assert_eq!(show(|| np::vecdot_with(a(), b(), -1, np::Product::default())), "11.0");
/// ```
#[track_caller]
pub fn vecdot_with(a: impl Into<Arg>, b: impl Into<Arg>, axis: isize, how: Product) -> Tracer {
    let [a, b] = promote_dtypes("vecdot", [a.into(), b.into()]);
    if a.rank() == 0 || b.rank() == 0 {
        fail(format!("vecdot: operands must have at least 1 axis, got {} and {}", a.aval(), b.aval()));
    }
    let (a, b) = (super::conj(a).moveaxis(axis, -1), b.moveaxis(axis, -1));
    stacked("vecdot", a, b, 1, 1, (0, 0), how)
}
/// All products of an element of `a` with one of `b`, both flattened, as a matrix.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::outer(constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0]))), "[[3.0, 4.0], [6.0, 8.0]]");
/// ```
#[track_caller]
pub fn outer(a: impl Into<Arg>, b: impl Into<Arg>) -> Tracer {
    let [a, b] = promote_dtypes("outer", [a.into(), b.into()]);
    super::multiply(a.ravel().expand_dims(1), b.ravel().expand_dims(0))
}
/// Which axes [`tensordot`] sums over.
#[derive(Clone, Debug)]
pub enum TensordotAxes {
    /// The last so many of `a` with the first so many of `b`.
    Last(usize),
    /// These of `a` with these of `b`; negative ones count from the end.
    Pairs(Vec<isize>, Vec<isize>),
}
impl From<usize> for TensordotAxes {
    fn from(n: usize) -> TensordotAxes {
        TensordotAxes::Last(n)
    }
}
impl<const N: usize> From<([isize; N], [isize; N])> for TensordotAxes {
    fn from((a, b): ([isize; N], [isize; N])) -> TensordotAxes {
        TensordotAxes::Pairs(a.to_vec(), b.to_vec())
    }
}
/// Products summed over several pairs of axes; what is left are the other axes of `a`, then those of `b`.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| (np::tensordot(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, 1.0]), 1), np::tensordot(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, 1.0]), ([0], [0]))));
/// assert_eq!(got, "[3.0, 7.0], [4.0, 6.0]");
/// ```
#[track_caller]
pub fn tensordot(a: impl Into<Arg>, b: impl Into<Arg>, axes: impl Into<TensordotAxes>) -> Tracer {
    tensordot_with(a, b, axes, Product::default())
}
/// [`tensordot`], computed in a stated way.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, numpy::Product, show};
/// let got = show(|| np::tensordot_with(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, 1.0]), 1, Product::default()));
/// assert_eq!(got, "[3.0, 7.0]");
/// ```
#[track_caller]
pub fn tensordot_with(a: impl Into<Arg>, b: impl Into<Arg>, axes: impl Into<TensordotAxes>, how: Product) -> Tracer {
    let [a, b] = promote_dtypes("tensordot", [a.into(), b.into()]);
    let resolve =
        |axes: &[isize], rank| -> Axes { axes.iter().map(|x| or_fail("tensordot", resolve_axis(*x, rank))).collect() };
    let (x, y): (Axes, Axes) = match axes.into() {
        TensordotAxes::Last(n) if n <= a.rank() && n <= b.rank() => {
            ((a.rank() - n..a.rank()).collect(), (0..n).collect())
        }
        TensordotAxes::Last(n) => fail(format!("tensordot: cannot sum over {n} axes of {} and {}", a.aval(), b.aval())),
        TensordotAxes::Pairs(x, y) => (resolve(&x, a.rank()), resolve(&y, b.rank())),
    };
    contract(a, b, [&x, &y, &[], &[]], how)
}
/// Kronecker's product: each element of `a` times all of `b`, as blocks.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::kron(constant(vec![1.0f32, 10.0]), constant(vec![1.0f32, 2.0]))), "[1.0, 2.0, 10.0, 20.0]");
/// ```
#[track_caller]
pub fn kron(a: impl Into<Arg>, b: impl Into<Arg>) -> Tracer {
    let [a, b] = promote_dtypes("kron", [a.into(), b.into()]);
    let rank = a.rank().max(b.rank());
    let full = |x: Tracer| [vec![1; rank - x.rank()], x.shape().to_vec()].concat();
    let (sa, sb) = (full(a), full(b));
    let interleave = |s: &[usize], first: bool| -> Vec<usize> {
        s.iter().flat_map(|n| if first { [*n, 1] } else { [1, *n] }).collect()
    };
    let product = super::multiply(a.reshape(&interleave(&sa, true)), b.reshape(&interleave(&sb, false)));
    product.reshape(&sa.iter().zip(&sb).map(|(m, n)| m * n).collect::<Vec<_>>())
}
/// The cross product of vectors of 2 or 3 elements in the last axis; of two with 2 elements it is a number.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::cross(constant(vec![1.0f32, 0.0, 0.0]), constant(vec![0.0f32, 1.0, 0.0]), -1)), "[0.0, 0.0, 1.0]");
/// ```
#[track_caller]
pub fn cross(a: impl Into<Arg>, b: impl Into<Arg>, axis: isize) -> Tracer {
    let [a, b] = promote_dtypes("cross", [a.into(), b.into()]).map(|x| x.strong().moveaxis(axis, -1));
    let size = |x: Tracer| x.shape().last().copied().unwrap_or(0);
    let (m, n) = (size(a), size(b));
    if !(2..=3).contains(&m) || !(2..=3).contains(&n) {
        fail(format!("cross: the vectors must have 2 or 3 elements, got {} and {}", a.aval(), b.aval()));
    }
    let at = |x: Tracer, i: usize| x.slice_axis(-1, i, i + 1);
    if m == 2 && n == 2 {
        let z = at(a, 0) * at(b, 1) - at(a, 1) * at(b, 0);
        let shape = z.shape();
        return z.reshape(&shape[..shape.len() - 1]);
    }
    // A third element that is missing is 0.
    let third = |x: Tracer, n: usize| {
        let pad = |k: isize| [vec![0; x.rank() - 1], vec![k]].concat();
        if n == 3 { x } else { x.pad(0, &pad(0), &pad(1), &vec![0; x.rank()]) }
    };
    let (a, b) = (third(a, m), third(b, n));
    let turned = |x: Tracer, by: usize| {
        let last = x.rank() as isize - 1;
        raxla_ir::primitives::concatenate::concatenate(&[x.slice_axis(last, by, 3), x.slice_axis(last, 0, by)], last)
    };
    (turned(a, 1) * turned(b, 2) - turned(a, 2) * turned(b, 1)).moveaxis(-1, axis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide() -> Product {
        Product { dtype: Some(DType::F32), ..Product::default() }
    }
    crate::oracle::rows! { numpy_contraction:
        "jnp.dot(a, b)", "f32(3), f32(3)" => fn(a, b) dot(a, b);
        "jnp.dot(a, b)", "f32(2, 3), f32(3, 4)" => fn(a, b) dot(a, b);
        "jnp.dot(a, b)", "f32(2, 3), f32(5, 3, 4)" => fn(a, b) dot(a, b);
        "jnp.dot(a, 2.0)", "f32(2, 3)" => fn(a) dot(a, 2.0);
        "jnp.dot(a, b)", "i32(2, 3), f32(3)" => fn(a, b) dot(a, b);
        "jnp.dot(a, b)", "boolean(2, 3), boolean(3)" => fn(a, b) dot(a, b);
        "jnp.dot(a, b, preferred_element_type='float32')", "bf16(2, 3), bf16(3)" => fn(a, b) dot_with(a, b, wide());
        "jnp.matmul(a, b, preferred_element_type='float32')", "bf16(2, 2, 3), bf16(3, 2)" => fn(a, b) matmul_with(a, b, wide());
        "jnp.inner(a, b, preferred_element_type='float32')", "bf16(2, 3), bf16(3)" => fn(a, b) inner_with(a, b, wide());
        "jnp.vdot(a, b, preferred_element_type='float32')", "bf16(2, 3), bf16(2, 3)" => fn(a, b) vdot_with(a, b, wide());
        "jnp.tensordot(a, b, 1, preferred_element_type='float32')", "bf16(2, 3), bf16(3, 2)" => fn(a, b) tensordot_with(a, b, 1, wide());
        // Exactly what the functions without options are: JAX takes none for these two.
        "(jnp.matvec(a, b), jnp.vecmat(b, a))", "f32(3, 3), f32(3)" => fn(a, b) (matvec_with(a, b, Product::default()), vecmat_with(b, a, Product::default()));
        "jnp.matmul(a, b)", "f32(3), f32(3, 2)" => fn(a, b) matmul(a, b);
        "jnp.matmul(a, b)", "f32(5, 2, 3), f32(5, 3, 4)" => fn(a, b) matmul(a, b);
        "jnp.matmul(a, b)", "f32(2, 3), f32(5, 3, 4)" => fn(a, b) matmul(a, b);
        "jnp.matmul(a, b)", "f32(6, 1, 2, 3), f32(5, 3, 4)" => fn(a, b) matmul(a, b);
        "jnp.matmul(a, b)", "f32(6, 5, 2, 3), f32(1, 3, 4)" => fn(a, b) matmul(a, b);
        "jnp.matmul(a, b)", "f32(1, 2, 3), f32(1, 3, 4)" => fn(a, b) matmul(a, b);
        "jnp.matmul(a, b)", "f32(3), f32(5, 3, 4)" => fn(a, b) matmul(a, b);
        "jnp.matmul(a, b)", "f32(5, 4, 3), f32(3)" => fn(a, b) matmul(a, b);
        "jnp.matmul(a, b)", "c64(2, 3), f32(3, 2)" => fn(a, b) matmul(a, b);
        "jnp.inner(a, b)", "f32(2, 3), f32(4, 3)" => fn(a, b) inner(a, b);
        "jnp.inner(a, 2)", "f32(2, 3)" => fn(a) inner(a, 2);
        "jnp.vdot(a, b)", "c64(2, 3), c64(6)" => fn(a, b) vdot(a, b);
        "jnp.matvec(a, b)", "f32(5, 2, 3), f32(3)" => fn(a, b) matvec(a, b);
        "jnp.matvec(a, b)", "f32(5, 2, 3), f32(5, 3)" => fn(a, b) matvec(a, b);
        "jnp.vecmat(a, b)", "c64(5, 2), c64(5, 2, 3)" => fn(a, b) vecmat(a, b);
        "jnp.vecdot(a, b)", "c64(5, 2), c64(2)" => fn(a, b) vecdot(a, b, -1);
        "jnp.vecdot(a, b, axis=0)", "f32(3, 2), f32(3, 2)" => fn(a, b) vecdot(a, b, 0);
        "jnp.outer(a, b)", "f32(3), f32(2, 2)" => fn(a, b) outer(a, b);
        "jnp.tensordot(a, b)", "f32(2, 3, 4), f32(3, 4, 5)" => fn(a, b) tensordot(a, b, 2);
        "jnp.tensordot(a, b, axes=([0, -1], [1, 0]))", "f32(2, 3, 4), f32(4, 2, 5)" => fn(a, b) tensordot(a, b, ([0, -1], [1, 0]));
        "jnp.tensordot(a, b, axes=0)", "f32(2), f32(3)" => fn(a, b) tensordot(a, b, 0);
        "jnp.kron(a, b)", "f32(2, 3), f32(3, 2)" => fn(a, b) kron(a, b);
        "jnp.kron(a, b)", "f32(2), f32(3, 2)" => fn(a, b) kron(a, b);
        "jnp.cross(a, b)", "f32(4, 3), f32(3)" => fn(a, b) cross(a, b, -1);
        "jnp.cross(a, b)", "f32(2), f32(2)" => fn(a, b) cross(a, b, -1);
        "jnp.cross(a, b)", "f32(3), f32(2)" => fn(a, b) cross(a, b, -1);
    }
}
