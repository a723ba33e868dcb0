//! Matrices made of vectors: with equal diagonals, from blocks, and companions of polynomials.

use crate::numpy::{
    self, atleast_1d,
    promotion::{Arg, inexact, meet, promote_dtypes},
};
use raxla_ir::{
    Literal, Tracer,
    operand::broadcast_shapes,
    primitives::concatenate::concatenate,
    trace::{constant, fail, or_fail},
};

/// Matrices along the diagonal of a greater one, with zeros around them. Numbers are `1 × 1`, vectors rows; dtypes are promoted.
///
/// ```
/// use raxla::{linalg, prelude::*};
/// let y = jit(|a: Tracer| linalg::block_diag(&[a, a]))(Array::from(vec![1i32, 2]));
/// assert_eq!(y.to_vec::<i32>()?, [1, 2, 0, 0, 0, 0, 1, 2]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn block_diag(arrays: &[Tracer]) -> Tracer {
    if let Some(a) = arrays.iter().find(|a| a.rank() > 2) {
        fail(format!("block_diag: takes matrices, got {}", a.aval()));
    }
    if arrays.is_empty() {
        return numpy::zeros(&[1, 0], None);
    }
    let (dtype, _) = or_fail("block_diag", meet(&arrays.iter().map(|a| a.aval()).collect::<Vec<_>>()));
    let blocks: Vec<Tracer> = arrays.iter().map(|a| numpy::atleast_2d(a.astype(dtype))).collect();
    let (all, mut left) = (blocks.iter().map(|b| b.shape()[1]).sum::<usize>(), 0);
    let rows = blocks.into_iter().map(|b| {
        let columns = b.shape()[1];
        let row = b.pad(0, &[0, left as isize], &[0, (all - left - columns) as isize], &[0, 0]);
        left += columns;
        row
    });
    concatenate(&rows.collect::<Vec<_>>(), 0)
}
/// Rows of `n` elements from a vector in the last axis, `m` of them: the first begins at `start`, and each further one element later (`later`) or
/// earlier.
///
/// The vector is written `m` times and more, one after the other, and cut into pieces one longer or shorter than it.
#[track_caller]
fn shifted_rows(v: Tracer, m: usize, n: usize, start: usize, later: bool) -> Tracer {
    let shape = v.shape();
    let (stack, size) = (&shape[..shape.len() - 1], shape[shape.len() - 1]);
    if m == 1 {
        return v.slice_axis(-1, start, start + n).expand_dims(-2);
    }
    let (length, copies) = if later { (size + 1, m + 1) } else { (size - 1, m) };
    let dims: Vec<usize> = (0..stack.len()).chain([stack.len() + 1]).collect();
    let flat = v.broadcast(&[stack, &[copies, size]].concat(), &dims).reshape(&[stack, &[copies * size]].concat());
    let rows = flat.slice_axis(-1, start, start + m * length).reshape(&[stack, &[m, length]].concat());
    rows.slice_axis(-1, 0, n)
}
/// Two stacks of vectors of one dtype, with leading axes broadcast.
#[track_caller]
fn vectors(name: &str, a: Arg, b: Arg) -> [Tracer; 2] {
    let [a, b] = promote_dtypes(name, [a, b]).map(atleast_1d);
    let (sa, sb) = (a.shape(), b.shape());
    let Ok(stack) = broadcast_shapes(&sa[..sa.len() - 1], &sb[..sb.len() - 1]) else {
        fail(format!("{name}: the leading axes of {} and {} do not broadcast together", a.aval(), b.aval()))
    };
    [(a, sa), (b, sb)].map(|(x, s)| x.broadcast_to(&[&stack[..], &s[s.len() - 1..]].concat()))
}
fn length(x: Tracer) -> usize {
    x.shape().last().copied().unwrap_or(0)
}
/// Toeplitz's matrix, equal along diagonals, with the first column `c` and the first row `r`, whose first element is not read; by default the conjugate
/// of `c`. Of stacks of vectors in the last axes stacks of matrices.
///
/// ```
/// # use raxla::{constant, linalg, show};
/// assert_eq!(show(|| linalg::toeplitz(constant(vec![1, 2, 3]), None)), "[[1, 2, 3], [2, 1, 2], [3, 2, 1]]");
/// ```
#[track_caller]
pub fn toeplitz(c: impl Into<Arg>, r: Option<Arg>) -> Tracer {
    let c = c.into().tracer();
    let r = r.unwrap_or_else(|| numpy::conj(c).into());
    let [c, r] = vectors("toeplitz", c.into(), r);
    let (m, n, last) = (length(c), length(r), c.rank() as isize - 1);
    if m * n == 0 {
        return numpy::zeros(&[&c.shape()[..], &[n]].concat(), c.dtype());
    }
    let line = concatenate(&[c.reverse(last), r.slice_axis(last, 1, n)], last);
    shifted_rows(line, m, n, m - 1, false)
}
/// Hankel's matrix, equal along the diagonals that rise, with the first column `c` and the last row `r`, whose first element is not read; by default
/// zeros.
///
/// ```
/// # use raxla::{constant, linalg, show};
/// assert_eq!(show(|| linalg::hankel(constant(vec![1, 2, 3]), None)), "[[1, 2, 3], [2, 3, 0], [3, 0, 0]]");
/// ```
#[track_caller]
pub fn hankel(c: impl Into<Arg>, r: Option<Arg>) -> Tracer {
    let c = c.into().tracer();
    let r = r.unwrap_or_else(|| c.full_like(0.0).into());
    let [c, r] = vectors("hankel", c.into(), r);
    let (m, n, last) = (length(c), length(r), c.rank() as isize - 1);
    if m * n == 0 {
        return numpy::zeros(&[&c.shape()[..], &[n]].concat(), c.dtype());
    }
    shifted_rows(concatenate(&[c, r.slice_axis(last, 1, n)], last), m, n, 0, true)
}
/// The matrix with the first column `c`, of which each further column is the one before turned down by one.
///
/// ```
/// # use raxla::{constant, linalg, show};
/// assert_eq!(show(|| linalg::circulant(constant(vec![1, 2, 3]))), "[[1, 3, 2], [2, 1, 3], [3, 2, 1]]");
/// ```
#[track_caller]
pub fn circulant(c: impl Into<Arg>) -> Tracer {
    let c = atleast_1d(c.into().tracer());
    let (n, last) = (length(c), c.rank() as isize - 1);
    if n == 0 {
        return numpy::zeros(&[&c.shape()[..], &[0]].concat(), c.dtype());
    }
    let turned = c.reverse(last);
    shifted_rows(concatenate(&[turned, turned.slice_axis(last, 0, n - 1)], last), n, n, n - 1, false)
}
/// Leslie's matrix of a population: the fecundities `f` in the first row, the rates of survival `s`, one fewer, below the diagonal.
///
/// ```
/// # use raxla::{constant, linalg, show};
/// assert_eq!(show(|| linalg::leslie(constant(vec![0.5f32, 2.0]), constant(vec![0.25f32]))), "[[0.5, 2.0], [0.25, 0.0]]");
/// ```
#[track_caller]
pub fn leslie(f: impl Into<Arg>, s: impl Into<Arg>) -> Tracer {
    let [f, s] = vectors("leslie", f.into(), s.into());
    let n = length(f);
    if n < 2 || length(s) + 1 != n {
        fail(format!("leslie: takes n numbers and n - 1, with n of 2 at least, got {} and {}", f.aval(), s.aval()));
    }
    let (high, rank) = ([vec![0; s.rank()], vec![1]].concat(), s.rank() + 1);
    let below = s.expand_dims(-1) * numpy::identity(n - 1, s.dtype());
    concatenate(&[f.expand_dims(-2), below.pad(0, &vec![0; rank], &high, &vec![0; rank])], -2)
}
/// The companion matrix of a polynomial, that of the highest power first, whose eigenvalues are its roots.
///
/// ```
/// # use raxla::{constant, linalg, show};
/// assert_eq!(show(|| linalg::companion(constant(vec![1.0f32, -3.0, 2.0]))), "[[3.0, -2.0], [1.0, 0.0]]");
/// ```
#[track_caller]
pub fn companion(a: impl Into<Arg>) -> Tracer {
    let a = atleast_1d(inexact("companion", a));
    let n = length(a);
    if n < 2 {
        fail(format!("companion: takes 2 coefficients at least, got {}", a.aval()));
    }
    let row = (-a.slice_axis(-1, 1, n) / a.slice_axis(-1, 0, 1)).expand_dims(-2);
    let shape = row.shape();
    let below = numpy::eye(n - 2, n - 1, 0, a.dtype());
    concatenate(&[row, below.broadcast_to(&[&shape[..shape.len() - 2], &[n - 2, n - 1]].concat())], -2)
}
/// Fiedler's matrix of the distances `|a_i − a_j|`.
///
/// ```
/// # use raxla::{constant, linalg, show};
/// assert_eq!(show(|| linalg::fiedler(constant(vec![1.0f32, 4.0, 6.0]))), "[[0.0, 3.0, 5.0], [3.0, 0.0, 2.0], [5.0, 2.0, 0.0]]");
/// ```
#[track_caller]
pub fn fiedler(a: impl Into<Arg>) -> Tracer {
    let a = atleast_1d(a.into().tracer());
    numpy::abs(numpy::subtract(a.expand_dims(-1), a.expand_dims(-2)))
}
/// Fiedler's companion matrix of a polynomial, of five diagonals, whose eigenvalues are its roots.
///
/// ```
/// # use raxla::{constant, linalg, show};
/// assert_eq!(show(|| linalg::fiedler_companion(constant(vec![1.0f32, -3.0, 2.0]))), "[[3.0, -2.0], [1.0, 0.0]]");
/// ```
#[track_caller]
pub fn fiedler_companion(a: impl Into<Arg>) -> Tracer {
    let a = atleast_1d(inexact("fiedler_companion", a));
    let Some(n) = length(a).checked_sub(1) else {
        fail(format!("fiedler_companion: takes 1 coefficient at least, got {}", a.aval()))
    };
    let stack = a.shape()[..a.rank() - 1].to_vec();
    if n == 0 {
        return numpy::zeros(&[&stack[..], &[0, 0]].concat(), a.dtype());
    }
    // The coefficients, divided and turned, then a one and a zero, of which each element is one.
    let scaled = -a.slice_axis(-1, 1, n + 1) / a.slice_axis(-1, 0, 1);
    let ends = concatenate(&[numpy::ones(&[1], a.dtype()), numpy::zeros(&[1], a.dtype())], 0);
    let all = concatenate(&[scaled, ends.broadcast_to(&[&stack[..], &[2]].concat())], -1);
    let element = |at: usize| {
        let (i, j) = (at / n, at % n);
        match (i % 2 == 0, j as isize - i as isize) {
            _ if at == 0 => 0,
            (true, 1) => i + 1,
            (true, -1) => i,
            (true, 2) | (false, -2) => n,
            (false, -1) if i == 1 => n,
            _ => n + 1,
        }
    };
    let places = Literal::new(&[n, n], &(0..n * n).map(|at| element(at) as i32).collect::<Vec<_>>());
    all.take(constant(places), -1)
}
/// The matrix whose product with a vector of `n` elements is its convolution with `a`, of as many elements as [`convolve`](numpy::convolve) gives
/// in this mode.
///
/// ```
/// # use raxla::{constant, linalg, numpy as np, show};
/// assert_eq!(show(|| linalg::convolution_matrix(constant(vec![1, 2]), 2, np::ConvolveMode::Full)), "[[1, 0], [2, 1], [0, 2]]");
/// ```
#[track_caller]
pub fn convolution_matrix(a: impl Into<Arg>, n: usize, mode: numpy::ConvolveMode) -> Tracer {
    let a = a.into().tracer();
    let m = length(a);
    if n == 0 || m == 0 {
        fail(format!("convolution_matrix: takes vectors of 1 element at least, got {} and {n}", a.aval()));
    }
    let (first, rows) = match mode {
        numpy::ConvolveMode::Full => (0, m + n - 1),
        numpy::ConvolveMode::Same => ((m.min(n) - 1) / 2, m.max(n)),
        numpy::ConvolveMode::Valid => (m.min(n) - 1, m.max(n) - m.min(n) + 1),
    };
    // Element (i, j) is a[first + i − j]: the vector backwards between zeros.
    let rank = a.rank();
    let (mut low, mut high) = (vec![0; rank], vec![0; rank]);
    (low[rank - 1], high[rank - 1]) = (n as isize - 1, n as isize - 1);
    let line = a.reverse(rank as isize - 1).pad(0, &low, &high, &vec![0; rank]);
    shifted_rows(line, rows, n, m + n - 2 - first, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numpy::ConvolveMode;

    crate::oracle::rows! { linalg_structured:
        "jsp.linalg.block_diag(a, b, c)", "f32(2, 3), i32(2), f32()" => fn(a, b, c) block_diag(&[a, b, c]);
        "jsp.linalg.block_diag()", "" => fn() block_diag(&[]);
        "jsp.linalg.block_diag(a, b)", "f32(0, 2), f32(1, 1)" => fn(a, b) block_diag(&[a, b]);
        "jsp.linalg.toeplitz(a)", "f32(4)" => fn(a) toeplitz(a, None);
        "jsp.linalg.toeplitz(a)", "c64(3)" => fn(a) toeplitz(a, None);
        "jsp.linalg.toeplitz(a, b)", "f32(3), f32(5)" => fn(a, b) toeplitz(a, Some(b.into()));
        "jsp.linalg.toeplitz(a, b)", "f32(5), i32(2)" => fn(a, b) toeplitz(a, Some(b.into()));
        "jsp.linalg.toeplitz(a, b)", "f32(2, 3), f32(2, 4)" => fn(a, b) toeplitz(a, Some(b.into()));
        "jsp.linalg.toeplitz(a, b)", "f32(1), f32(4)" => fn(a, b) toeplitz(a, Some(b.into()));
        "jsp.linalg.toeplitz(a, b)", "f32(0), f32(4)" => fn(a, b) toeplitz(a, Some(b.into()));
        "jsp.linalg.hankel(a)", "f32(4)" => fn(a) hankel(a, None);
        "jsp.linalg.hankel(a, b)", "i32(3), i32(5)" => fn(a, b) hankel(a, Some(b.into()));
        "jsp.linalg.hankel(a, b)", "f32(2, 5), f32(3)" => fn(a, b) hankel(a, Some(b.into()));
        "jsp.linalg.hankel(a, b)", "f32(1), f32(2)" => fn(a, b) hankel(a, Some(b.into()));
        "jsp.linalg.circulant(a)", "f32(4)" => fn(a) circulant(a);
        "jsp.linalg.circulant(a)", "i32(2, 3)" => fn(a) circulant(a);
        "jsp.linalg.circulant(a)", "f32(1)" => fn(a) circulant(a);
        "jsp.linalg.leslie(a, b)", "f32(4), f32(3)" => fn(a, b) leslie(a, b);
        "jsp.linalg.leslie(a, b)", "f32(2, 3), i32(2, 2)" => fn(a, b) leslie(a, b);
        "jsp.linalg.companion(a)", "f32(4, low=0.5)" => fn(a) companion(a);
        "jsp.linalg.companion(a)", "i32(2, 3, low=1)" => fn(a) companion(a);
        "jsp.linalg.companion(a)", "f32(2, low=0.5)" => fn(a) companion(a);
        "jsp.linalg.fiedler(a)", "f32(4)" => fn(a) fiedler(a);
        "jsp.linalg.fiedler(a)", "i32(2, 3)" => fn(a) fiedler(a);
        "jsp.linalg.fiedler_companion(a)", "f32(6, low=0.5)" => fn(a) fiedler_companion(a);
        "jsp.linalg.fiedler_companion(a)", "f32(2, 5, low=0.5)" => fn(a) fiedler_companion(a);
        "jsp.linalg.fiedler_companion(a)", "f32(2, low=0.5)" => fn(a) fiedler_companion(a);
        "jsp.linalg.fiedler_companion(a)", "f32(1)" => fn(a) fiedler_companion(a);
        "jsp.linalg.convolution_matrix(a, 4)", "f32(3)" => fn(a) convolution_matrix(a, 4, ConvolveMode::Full);
        "jsp.linalg.convolution_matrix(a, 2, mode='same')", "f32(5)" => fn(a) convolution_matrix(a, 2, ConvolveMode::Same);
        "jsp.linalg.convolution_matrix(a, 6, mode='same')", "f32(3)" => fn(a) convolution_matrix(a, 6, ConvolveMode::Same);
        "jsp.linalg.convolution_matrix(a, 2, mode='valid')", "f32(2, 5)" => fn(a) convolution_matrix(a, 2, ConvolveMode::Valid);
        "jsp.linalg.convolution_matrix(a, 5, mode='valid')", "i32(2)" => fn(a) convolution_matrix(a, 5, ConvolveMode::Valid);
    }
}
