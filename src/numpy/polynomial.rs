//! Polynomials as vectors of coefficients, that of the highest power first.

use super::{
    ConvolveMode, convolve,
    promotion::{Arg, inexact, promote_dtypes, promote_dtypes_inexact},
};
use raxla_ir::{
    Literal, ShapedArray, Tracer,
    operand::broadcast_shapes,
    primitives::concatenate::concatenate,
    trace::{constant, fail, or_fail},
};
use raxla_transforms::{Scan, scan};

#[track_caller]
fn check_vectors(name: &str, all: &[Tracer]) {
    if all.iter().any(|p| p.rank() != 1) {
        let names: Vec<String> = all.iter().map(|p| p.aval().to_string()).collect();
        fail(format!("{name}: takes vectors of coefficients, got {}", names.join(" and ")));
    }
}
/// The value of the polynomial at each element of `x`, by Horner's rule. Several polynomials may stand side by side in `p`, with the powers
/// along the first axis; the other axes broadcast with `x`.
///
/// ```
/// use raxla::{Literal, numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::polyval(Literal::from(vec![2.0f32, 0.0, 1.0]), x));
/// assert_eq!(f(Array::from(vec![1.0f32, 3.0])).to_vec::<f32>()?, [3.0, 19.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn polyval(p: impl Into<Arg>, x: impl Into<Arg>) -> Tracer {
    let [p, x] = promote_dtypes("polyval", [p.into(), x.into()]);
    let Some((n, rest)) = p.shape().split_first().map(|(n, rest)| (*n, rest.to_vec())) else {
        fail(format!("polyval: the coefficients must have an axis, got {}", p.aval()))
    };
    let shape = or_fail("polyval", broadcast_shapes(&rest, &x.shape()));
    let x = x.broadcast_to(&shape);
    let zero = super::zeros(&shape, p.dtype());
    let step = |y: Tracer, p: Tracer| (y * x + p.broadcast_to(&x.shape()), Vec::<Tracer>::new());
    Scan::new().unroll(n.clamp(1, 16)).run(step, zero, p).0
}
/// A polynomial with zeros before it, so that it has `n` coefficients.
#[track_caller]
fn lengthened(p: Tracer, n: usize) -> Tracer {
    if p.size() == n { p } else { p.pad(0, &[(n - p.size()) as isize], &[0], &[0]) }
}
/// The sum of polynomials, with the powers along the first axis.
#[track_caller]
fn sum(name: &str, a: Tracer, b: Tracer) -> Tracer {
    if a.rank() == 0 || b.rank() == 0 {
        fail(format!("{name}: takes arrays of coefficients, got {} and {}", a.aval(), b.aval()));
    }
    let (long, short) = if b.shape()[0] <= a.shape()[0] { (a, b) } else { (b, a) };
    let (mut shape, mut missing) = (long.shape(), vec![0; long.rank()]);
    missing[0] = (shape[0] - short.shape()[0]) as isize;
    shape[0] = short.shape()[0];
    super::add(long, short.broadcast_to(&shape).pad(0, &missing, &vec![0; long.rank()], &vec![0; long.rank()]))
}
/// The sum of two polynomials. Several may stand side by side, with the powers along the first axis.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::polyadd(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![1.0f32]))), "[1.0, 2.0, 4.0]");
/// ```
#[track_caller]
pub fn polyadd(a1: impl Into<Arg>, a2: impl Into<Arg>) -> Tracer {
    let [a, b] = promote_dtypes("polyadd", [a1.into(), a2.into()]);
    sum("polyadd", a, b)
}
/// The difference of two polynomials. Several may stand side by side, with the powers along the first axis.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::polysub(constant(vec![1.0f32, 2.0, 3.0]), constant(vec![1.0f32]))), "[1.0, 2.0, 2.0]");
/// ```
#[track_caller]
pub fn polysub(a1: impl Into<Arg>, a2: impl Into<Arg>) -> Tracer {
    let [a, b] = promote_dtypes("polysub", [a1.into(), a2.into()]);
    sum("polysub", a, super::negative(b))
}
/// The product of two polynomials. An empty one is 0. Zeros in front stay, since shapes do not depend on data.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::polymul(constant(vec![1.0f32, 2.0]), constant(vec![1.0f32, 3.0]))), "[1.0, 5.0, 6.0]");
/// ```
#[track_caller]
pub fn polymul(a1: impl Into<Arg>, a2: impl Into<Arg>) -> Tracer {
    let [a, b] = promote_dtypes_inexact("polymul", [a1.into(), a2.into()]);
    check_vectors("polymul", &[a, b]);
    convolve(lengthened(a, a.size().max(1)), lengthened(b, b.size().max(1)), ConvolveMode::Full)
}
/// The quotient and the remainder of two polynomials, by long division. The remainder has as many coefficients as the dividend, zeros first;
/// the divisor's first coefficient must not be 0.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let (q, r) = jit(|u: Tracer, v: Tracer| np::polydiv(u, v))(
///     Array::from(vec![2.0f32, 5.0, 3.0]),
///     Array::from(vec![1.0f32, 1.0]),
/// );
/// assert_eq!((q.to_vec::<f32>()?, r.to_vec::<f32>()?), (vec![2.0, 3.0], vec![0.0, 0.0, 0.0]));
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn polydiv(u: impl Into<Arg>, v: impl Into<Arg>) -> (Tracer, Tracer) {
    let [u, v] = promote_dtypes_inexact("polydiv", [u.into(), v.into()]);
    check_vectors("polydiv", &[u, v]);
    let (m, n) = (u.size(), v.size());
    if n == 0 || m == 0 {
        fail(format!("polydiv: the polynomials must have coefficients, got {} and {}", u.aval(), v.aval()));
    }
    if m < n {
        return (super::zeros(&[1], u.dtype()), u);
    }
    // The first coefficient that is left gives one of the quotient; the next one of the dividend comes into sight.
    let inverse = v.slice_axis(0, 0, 1).reshape(&[]).full_like(1.0) / v.slice_axis(0, 0, 1).reshape(&[]);
    let tail = v.slice_axis(0, 1, n);
    let step = |left: Tracer, next: Tracer| {
        let left = concatenate(&[left, next.reshape(&[1])], 0);
        let d = left.slice_axis(0, 0, 1) * inverse;
        (left.slice_axis(0, 1, n) - d * tail, d.reshape(&[]))
    };
    let (rest, quotient) = scan(step, u.slice_axis(0, 0, n - 1), u.slice_axis(0, n - 1, m));
    (quotient, lengthened(rest, m))
}
/// For the powers from `m` to `n - 1`, falling, the product `k (k - 1) … (k - m + 1)`.
#[track_caller]
fn falling(like: Tracer, n: usize, m: usize, all: bool) -> Tracer {
    let of = |k: usize| (0..m).map(|j| if k > j { (k - j) as f64 } else { 1.0 }).product::<f64>();
    let powers = (if all { 0 } else { m.min(n) })..n;
    let items: Vec<f64> = powers.rev().map(of).collect();
    constant(Literal::from_floats(ShapedArray::new(&[items.len()], like.dtype()), items))
}
/// The `m`-th derivative of a polynomial.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::polyder(constant(vec![1.0f32, 2.0, 3.0]), 1)), "[2.0, 2.0]");
/// ```
#[track_caller]
pub fn polyder(p: impl Into<Arg>, m: usize) -> Tracer {
    let p = inexact("polyder", p);
    check_vectors("polyder", &[p]);
    let n = p.size();
    if m == 0 { p } else { p.slice_axis(0, 0, n.saturating_sub(m)) * falling(p, n, m, false) }
}
/// The integral of a polynomial, `m` times over, with the constants of integration `k`: a number for all, or one for each time, first to last.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::polyint(constant(vec![2.0f32, 2.0]), 1, 5.0)), "[1.0, 2.0, 5.0]");
/// ```
#[track_caller]
pub fn polyint(p: impl Into<Arg>, m: usize, k: impl Into<Arg>) -> Tracer {
    let [p, k] = promote_dtypes_inexact("polyint", [p.into(), k.into()]);
    check_vectors("polyint", &[p]);
    if m == 0 {
        return p;
    }
    if k.rank() > 1 || k.rank() == 1 && k.size() != 1 && k.size() != m {
        fail(format!("polyint: takes 1 constant or {m}, got {}", k.aval()));
    }
    let all = concatenate(&[p, k.broadcast_to(&[m])], 0);
    all / falling(p, all.size(), m, true)
}
/// The polynomial with these roots, a vector, and the first coefficient 1.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::poly(constant(vec![1.0f32, 2.0]))), "[1.0, -3.0, 2.0]");
/// ```
#[track_caller]
pub fn poly(roots: impl Into<Arg>) -> Tracer {
    let roots = inexact("poly", roots);
    let roots = if roots.rank() == 0 { roots.reshape(&[1]) } else { roots };
    check_vectors("poly", &[roots]);
    let n = roots.size();
    if n == 0 {
        return constant(Literal::full(roots.aval().with_shape(&[]), 1.0));
    }
    let one = super::ones(&[1], roots.dtype()).pad(0, &[0], &[n as isize], &[0]);
    // Times (x - root): from each coefficient the root times the one before it is taken.
    let step = |p: Tracer, root: Tracer| (p - root * p.pad(0, &[1], &[-1], &[0]), Vec::<Tracer>::new());
    scan(step, one, roots).0
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_polynomial:
        "jnp.polyval(a, b)", "f32(4), f32(2, 3)" => fn(a, b) polyval(a, b);
        "jnp.polyval(a, b)", "i32(4), i32(3)" => fn(a, b) polyval(a, b);
        "jnp.polyval(a, 2.0)", "i32(3)" => fn(a) polyval(a, 2.0);
        "jnp.polyval(a, b)", "c64(3), f32(2)" => fn(a, b) polyval(a, b);
        "jnp.polyval(a, b)", "f32(3, 2), f32(4, 2)" => fn(a, b) polyval(a, b);
        "jnp.polyval(a, b)", "f32(0), f32(2)", values => fn(a, b) polyval(a, b);
        "jnp.polyadd(a, b)", "f32(4), f32(2)" => fn(a, b) polyadd(a, b);
        "jnp.polyadd(a, b)", "i32(2), f32(4)" => fn(a, b) polyadd(a, b);
        "jnp.polyadd(a, b)", "f32(1, 3), f32(2, 3)" => fn(a, b) polyadd(a, b);
        "jnp.polysub(a, b)", "f32(2, 3), f32(1)" => fn(a, b) polysub(a, b);
        "jnp.polysub(a, b)", "f32(2), f32(4)" => fn(a, b) polysub(a, b);
        "jnp.polysub(a, b)", "i32(3), i32(3)" => fn(a, b) polysub(a, b);
        "jnp.polymul(a, b)", "f32(4), f32(2)" => fn(a, b) polymul(a, b);
        "jnp.polymul(a, b)", "i32(2), i32(3)" => fn(a, b) polymul(a, b);
        "jnp.polydiv(a, b)", "f32(5), values([1.5, -0.5, 2.0], 'f4')" => fn(a, b) polydiv(a, b);
        "jnp.polydiv(a, b)", "f32(3), values([1.5], 'f4')" => fn(a, b) polydiv(a, b);
        "jnp.polydiv(a, b)", "f32(2), values([1.5, -0.5, 2.0], 'f4')" => fn(a, b) polydiv(a, b);
        "jnp.polyder(a)", "f32(5)" => fn(a) polyder(a, 1);
        "jnp.polyder(a, 2)", "i32(5)" => fn(a) polyder(a, 2);
        "jnp.polyint(a)", "f32(4)" => fn(a) polyint(a, 1, 0);
        "jnp.polyint(a, 3, b)", "f32(4), f32(3)" => fn(a, b) polyint(a, 3, b);
        "jnp.polyint(a, 2, 5)", "i32(4)" => fn(a) polyint(a, 2, 5);
        "jnp.poly(a)", "f32(4)" => fn(a) poly(a);
        "jnp.poly(a)", "c64(3)" => fn(a) poly(a);
        "jnp.poly(a)", "f32(0)" => fn(a) poly(a);
        "jnp.poly(a)", "i32()" => fn(a) poly(a);
    }
}
