//! Products of vectors and matrices, several of them at once, and parts of matrices.

use super::{
    super::promotion::{Arg, inexact},
    inv,
};
use crate::numpy::{Path, Product, einsum_with, identity};
use raxla_ir::{DType, Tracer, aval::resolve_axis, trace::fail, trace::or_fail};

pub use crate::numpy::{matmul, matmul_with, matrix_transpose, tensordot, tensordot_with, vecdot};

/// The cross product of vectors of 3 elements along an axis (NumPy: the last); the other axes broadcast.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::cross(constant(vec![1.0f32, 0.0, 0.0]), constant(vec![0.0f32, 1.0, 0.0]), -1)), "[0.0, 0.0, 1.0]");
/// ```
#[track_caller]
pub fn cross(x1: impl Into<Arg>, x2: impl Into<Arg>, axis: isize) -> Tracer {
    let (a, b) = (x1.into().tracer(), x2.into().tracer());
    let size = |x: Tracer| x.shape()[or_fail("cross", resolve_axis(axis, x.rank()))];
    if size(a) != 3 || size(b) != 3 {
        fail(format!("cross: the vectors along axis {axis} must have 3 elements, got {} and {}", a.aval(), b.aval()));
    }
    crate::numpy::cross(a, b, axis)
}
/// All products of an element of the vector `x1` with one of the vector `x2`, as a matrix.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::outer(constant(vec![1.0f32, 2.0]), constant(vec![3.0f32, 4.0]))), "[[3.0, 4.0], [6.0, 8.0]]");
/// ```
#[track_caller]
pub fn outer(x1: impl Into<Arg>, x2: impl Into<Arg>) -> Tracer {
    let (a, b) = (x1.into().tracer(), x2.into().tracer());
    if a.rank() != 1 || b.rank() != 1 {
        fail(format!("outer: takes two vectors, got {} and {}", a.aval(), b.aval()));
    }
    crate::numpy::outer(a, b)
}
/// The elements on the diagonal `offset` places right of the main one, of the matrices in the last two axes.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::diagonal(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0)), "[1.0, 4.0]");
/// ```
#[track_caller]
pub fn diagonal(x: impl Into<Arg>, offset: isize) -> Tracer {
    crate::numpy::diagonal(x, offset, -2, -1)
}
/// The sum of [`diagonal`], in a dtype if one is named.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// assert_eq!(show(|| np::linalg::trace(constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), 0, None)), "5.0");
/// ```
#[track_caller]
pub fn trace(x: impl Into<Arg>, offset: isize, dtype: impl Into<Option<DType>>) -> Tracer {
    let over = crate::numpy::Over::axis(-1);
    crate::numpy::sum(diagonal(x, offset), crate::numpy::Over { dtype: dtype.into(), ..over })
}
/// The product of matrices in the order that takes the fewest multiplications. The first and the last may be vectors, a row and a column.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::linalg::multi_dot(&[constant(vec![1.0f32, 1.0]), constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), constant(vec![1.0f32, -1.0])]));
/// assert_eq!(got, "-2.0");
/// ```
#[track_caller]
pub fn multi_dot(arrays: &[Tracer]) -> Tracer {
    let last = arrays.len().saturating_sub(1);
    let fits = |(i, a): (usize, &Tracer)| a.rank() == 2 || a.rank() == 1 && (i == 0 || i == last);
    let inner = arrays.windows(2).all(|w| w[0].shape().last() == w[1].shape().first());
    if last == 0 || !arrays.iter().enumerate().all(fits) || !inner {
        let names: Vec<String> = arrays.iter().map(|a| a.aval().to_string()).collect();
        fail(format!("multi_dot: takes two matrices or more, of which each fits the next, got {}", names.join(", ")));
    }
    // One letter for each axis that two matrices share; Chinese has enough of them.
    let letter = |i: usize| char::from_u32(0x4e00 + i as u32).unwrap_or('a').to_string();
    let term = |i: usize| match arrays[i].rank() {
        1 if i == 0 => letter(1),
        1 => letter(i),
        _ => letter(i) + &letter(i + 1),
    };
    let terms: Vec<String> = (0..=last).map(term).collect();
    let ends = [(arrays[0].rank() == 2, 0), (arrays[last].rank() == 2, last + 1)];
    let out: String = ends.iter().filter(|e| e.0).map(|e| letter(e.1)).collect();
    einsum_with(&format!("{}->{out}", terms.join(",")), arrays, &Path::Optimal, Product::default())
}
/// The power of square matrices `[…, n, n]` to an integer; of a negative one that of the inverse, in floats.
///
/// ```
/// use raxla::{numpy::linalg, prelude::*};
/// let y = jit(|a: Tracer| linalg::matrix_power(a, 10))(Array::new(&[2, 2], &[1i32, 1, 1, 0]));
/// assert_eq!(y.to_vec::<i32>()?, [89, 55, 55, 34]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn matrix_power(a: impl Into<Arg>, n: i32) -> Tracer {
    let a = a.into().tracer();
    let shape = a.shape();
    if !matches!(shape[..], [.., rows, columns] if rows == columns) {
        fail(format!("matrix_power: takes square matrices, got {}", a.aval()));
    }
    let a = if n < 0 { inv(inexact("matrix_power", a)) } else { a };
    let (mut left, mut power, mut result) = (n.unsigned_abs(), a, None);
    if left == 3 {
        return matmul(matmul(a, a), a);
    }
    while left > 0 {
        if left & 1 > 0 {
            result = Some(result.map_or(power, |r| matmul(r, power)));
        }
        left >>= 1;
        if left > 0 {
            power = matmul(power, power);
        }
    }
    result.unwrap_or_else(|| identity(shape[shape.len() - 1], a.dtype()).broadcast_to(&shape))
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_linalg_products:
        "jnp.linalg.cross(a, b)", "f32(2, 3), f32(3)" => fn(a, b) cross(a, b, -1);
        "jnp.linalg.cross(a, b, axis=0)", "f32(3, 2), i32(3, 2)" => fn(a, b) cross(a, b, 0);
        "jnp.linalg.outer(a, b)", "f32(3), i32(2)" => fn(a, b) outer(a, b);
        "jnp.linalg.diagonal(a, offset=1)", "f32(2, 3, 4)" => fn(a) diagonal(a, 1);
        "jnp.linalg.trace(a)", "f32(2, 3, 4)" => fn(a) trace(a, 0, None);
        "jnp.linalg.trace(a, offset=-1, dtype='float32')", "i8(3, 3)" => fn(a) trace(a, -1, DType::F32);
        "jnp.linalg.matrix_transpose(a)", "f32(2, 3, 4)" => fn(a) matrix_transpose(a);
        "jnp.linalg.matmul(a, b)", "f32(2, 3), f32(3, 2)" => fn(a, b) matmul(a, b);
        "jnp.linalg.tensordot(a, b)", "f32(2, 3, 4), f32(3, 4, 2)" => fn(a, b) tensordot(a, b, 2);
        "jnp.linalg.vecdot(a, b)", "c64(2, 3), c64(3)" => fn(a, b) vecdot(a, b, -1);
        "jnp.linalg.multi_dot([a, b])", "f32(2, 3), f32(3, 4)" => fn(a, b) multi_dot(&[a, b]);
        "jnp.linalg.multi_dot([a, b, c])", "f32(3), f32(3, 4), f32(4, 5)" => fn(a, b, c) multi_dot(&[a, b, c]);
        "jnp.linalg.multi_dot([a, b, c, d])", "f32(2, 5), f32(5, 2), f32(2, 6), f32(6)" => fn(a, b, c, d) multi_dot(&[a, b, c, d]);
        "jnp.linalg.multi_dot([a, b, a])", "f32(3), f32(3, 3)" => fn(a, b) multi_dot(&[a, b, a]);
        "jnp.linalg.matrix_power(a, 0)", "i32(2, 3, 3)" => fn(a) matrix_power(a, 0);
        "jnp.linalg.matrix_power(a, 1)", "f32(3, 3)" => fn(a) matrix_power(a, 1);
        "jnp.linalg.matrix_power(a, 3)", "c64(3, 3)" => fn(a) matrix_power(a, 3);
        "jnp.linalg.matrix_power(a, 6)", "f32(2, 2, 2)" => fn(a) matrix_power(a, 6);
        "jnp.linalg.matrix_power(a, -3)", "f32(2, 2)" => fn(a) matrix_power(a, -3);
        "jnp.linalg.matrix_power(a, -1)", "values([[1, 2], [3, 4]], 'i4')" => fn(a) matrix_power(a, -1);
    }
}
