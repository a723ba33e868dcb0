//! Weighted averages, covariances and correlations.

use super::{
    mean,
    promotion::{Arg, inexact, meet, promote_dtypes_inexact, to_inexact},
    reductions::Over,
    sum,
};
use raxla_ir::{
    DType, Literal, Tracer, aval::resolve_axis, primitives::concatenate::concatenate, trace::constant, trace::fail,
    trace::or_fail,
};

/// The mean with weights, which have the array's shape, or that of the axes named, in their order. Without weights it is [`mean`].
///
/// ```
/// use raxla::{Literal, numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::average(x, (), Some(Literal::from(vec![3.0f32, 1.0]).into())));
/// assert_eq!(f(Array::from(vec![1.0f32, 5.0])).item::<f32>()?, 2.0);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn average(x: impl Into<Arg>, over: impl Into<Over>, weights: Option<Arg>) -> Tracer {
    weighted(x.into(), over.into(), weights).0
}
/// [`average`], and the sum of the weights, in the same shape: NumPy's `returned=True`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::average_and_weight(constant(vec![1.0f32, 4.0]), (), Some(constant(vec![3.0f32, 1.0]).into()))), "1.75, 4.0");
/// ```
#[track_caller]
pub fn average_and_weight(x: impl Into<Arg>, over: impl Into<Over>, weights: Option<Arg>) -> (Tracer, Tracer) {
    let (average, weight) = weighted(x.into(), over.into(), weights);
    (average, weight.broadcast_to(&average.shape()))
}
#[track_caller]
fn weighted(x: Arg, over: Over, weights: Option<Arg>) -> (Tracer, Tracer) {
    let over = over.of_axes_only("average");
    let Some(weights) = weights else {
        let x = inexact("average", x);
        let axes = over.resolve("average", x.rank());
        let n = axes.iter().map(|a| x.shape()[*a]).product::<usize>();
        let average = mean(x, over);
        return (average, constant(Literal::full(average.aval().with_shape(&[]), n as f64)));
    };
    let [x, w] = promote_dtypes_inexact("average", [x, weights]);
    let shape = x.shape();
    let resolved = |axes: &Vec<isize>| axes.iter().map(|a| or_fail("average", resolve_axis(*a, shape.len()))).collect();
    let axes: Vec<usize> = over.axes.as_ref().map(resolved).unwrap_or_default();
    let w = if w.shape() == shape {
        w
    } else {
        if over.axes.is_none() || w.shape()[..] != axes.iter().map(|a| shape[*a]).collect::<Vec<_>>() {
            fail(format!("average: the weights {} must have the shape of {} or of the axes named", w.aval(), x.aval()));
        }
        let mut order: Vec<usize> = (0..axes.len()).collect();
        order.sort_by_key(|i| axes[*i]);
        let ones: Vec<usize> = (0..shape.len()).map(|a| if axes.contains(&a) { shape[a] } else { 1 }).collect();
        w.transpose_axes(&order).reshape(&ones)
    };
    let weight = sum(w, over.clone());
    (super::divide(sum(super::multiply(x, w), over), weight), weight)
}
/// Options of [`cov`].
#[derive(Clone, Debug)]
pub struct Cov {
    /// Further variables, of the same observations.
    pub y: Option<Arg>,
    /// Whether each row is a variable; otherwise each column is.
    pub rowvar: bool,
    /// Whether to divide by the number of observations rather than by one less.
    pub bias: bool,
    /// What to take from the number of observations, whatever `bias` says.
    pub ddof: Option<i64>,
    /// How often each observation was made: a vector of integers.
    pub fweights: Option<Arg>,
    /// How much each observation counts: a vector.
    pub aweights: Option<Arg>,
    /// The dtype to compute in, one of floats or complex numbers.
    pub dtype: Option<DType>,
}
impl Default for Cov {
    fn default() -> Cov {
        Cov { y: None, rowvar: true, bias: false, ddof: None, fweights: None, aweights: None, dtype: None }
    }
}
/// An array of at most two axes with a variable in each row.
#[track_caller]
fn variables(name: &str, x: Tracer, rowvar: bool) -> Tracer {
    match x.rank() {
        0 | 1 => x.reshape(&[1, x.size()]),
        2 if rowvar => x,
        2 => x.t(),
        _ => fail(format!("{name}: takes arrays of at most 2 axes, got {}", x.aval())),
    }
}
/// The covariances of variables, each a row of observations: `Σ w (xᵢ - x̄ᵢ) (xⱼ - x̄ⱼ)* / (Σ w - ddof)`. Of one variable it is a number.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::cov(x, np::Cov::default()));
/// let y = f(Array::new(&[2, 3], &[0.0f32, 1.0, 2.0, 2.0, 1.0, 0.0]));
/// assert_eq!(y.to_vec::<f32>()?, [1.0, -1.0, -1.0, 1.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If an array has more than 2 axes, or the weights are not as many as the observations.
#[track_caller]
pub fn cov(m: impl Into<Arg>, how: Cov) -> Tracer {
    let all: Vec<Arg> = [m.into()].into_iter().chain(how.y).collect();
    let (dtype, _) = or_fail("cov", meet(&all.iter().map(Arg::aval).collect::<Vec<_>>()));
    let dtype = how.dtype.unwrap_or(to_inexact(dtype));
    if !dtype.is_inexact() {
        fail(format!("cov: the dtype must be one of floats or complex numbers, got {dtype}"));
    }
    let rows: Vec<Tracer> = all.iter().map(|x| variables("cov", x.in_dtype(dtype, false), how.rowvar)).collect();
    let x = if rows.len() == 1 { rows[0] } else { concatenate(&rows, 0) };
    let (k, n) = (x.shape()[0], x.shape()[1]);
    let left: &[usize] = if k == 1 { &[] } else { &[k, k] };
    if n == 0 {
        return constant(Literal::full(x.aval().with_shape(&[]), f64::NAN)).broadcast_to(left);
    }
    let ddof = how.ddof.unwrap_or(if how.bias { 0 } else { 1 }) as f64;
    let weights = |what: &str, w: &Option<Arg>| {
        w.as_ref().map(|w| {
            let w = super::abs(w.tracer());
            if w.shape()[..] != [n] || what == "fweights" && !w.dtype().is_integer() {
                let kind = if what == "fweights" { "integers" } else { "numbers" };
                fail(format!("cov: `{what}` must be a vector of {n} {kind}, got {}", w.aval()));
            }
            w.astype(dtype)
        })
    };
    let (frequency, importance) = (weights("fweights", &how.fweights), weights("aweights", &how.aweights));
    let w = match (frequency, importance) {
        (Some(f), Some(a)) => Some(f * a),
        (f, a) => f.or(a),
    };
    let Some(w) = w else {
        let x = x - mean(x, Over::axis(1).keepdims());
        return (super::dot(x, super::conj(x).t()) / (n as f64 - ddof)).reshape(left);
    };
    let total = sum(w, ());
    let x = x - sum(x * w, Over::axis(1).keepdims()) / total;
    let divisor = match importance {
        _ if ddof == 0.0 => total,
        None => total - ddof,
        Some(a) => total - sum(w * a, ()) * ddof / total,
    };
    (super::dot(x, super::conj(x * w).t()) / divisor).reshape(left)
}
/// Options of [`corrcoef`].
#[derive(Clone, Debug)]
pub struct Corrcoef {
    /// Further variables, of the same observations.
    pub y: Option<Arg>,
    /// Whether each row is a variable; otherwise each column is.
    pub rowvar: bool,
    /// The dtype to compute in, one of floats or complex numbers.
    pub dtype: Option<DType>,
}
impl Default for Corrcoef {
    fn default() -> Corrcoef {
        Corrcoef { y: None, rowvar: true, dtype: None }
    }
}
/// The correlations of variables, each a row of observations: the covariances divided by both standard deviations, from -1 to 1.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::corrcoef(constant(Literal::new(&[2, 3], &[1.0f32, 2.0, 3.0, 3.0, 2.0, 1.0])), np::Corrcoef::default()));
/// assert_eq!(got, "[[1.0, -1.0], [-1.0, 1.0]]");
/// ```
#[track_caller]
pub fn corrcoef(x: impl Into<Arg>, how: Corrcoef) -> Tracer {
    let c = cov(x, Cov { y: how.y, rowvar: how.rowvar, dtype: how.dtype, ..Cov::default() });
    if c.rank() == 0 {
        return super::divide(c, c);
    }
    let deviation = super::real(super::diag(c, 0)).sqrt().astype(c.dtype());
    let c = c / deviation.expand_dims(1) / deviation.expand_dims(0);
    let bounded = |part: Tracer| part.maximum(-1.0).minimum(1.0);
    if c.dtype().is_complex() { bounded(c.real()).complex(bounded(c.imag())) } else { bounded(c) }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { numpy_statistics:
        "jnp.average(a)", "f32(3, 4)" => fn(a) average(a, (), None);
        "jnp.average(a, axis=0, keepdims=True)", "i32(3, 4)" => fn(a) average(a, Over::axis(0).keepdims(), None);
        "jnp.average(a, weights=b)", "f32(3, 4), f32(3, 4, low=0.1)" => fn(a, b) average(a, (), Some(b.into()));
        "jnp.average(a, axis=1, weights=b)", "f32(3, 4), f32(4, low=0.1)" => fn(a, b) average(a, 1, Some(b.into()));
        "jnp.average(a, axis=(2, 0), weights=b, keepdims=True)", "f32(2, 3, 4), f32(4, 2, low=0.1)" => fn(a, b) average(a, Over::axes(&[2, 0]).keepdims(), Some(b.into()));
        "jnp.average(a, axis=0, weights=b, returned=True)", "i32(3, 4), f32(3, low=0.1)" => fn(a, b) average_and_weight(a, 0, Some(b.into()));
        "jnp.average(a, axis=0, returned=True)", "f32(3, 4)" => fn(a) average_and_weight(a, 0, None);
        "jnp.cov(a)", "f32(3, 5)" => fn(a) cov(a, Cov::default());
        "jnp.cov(a)", "f32(5)" => fn(a) cov(a, Cov::default());
        "jnp.cov(a)", "i32(2, 5)" => fn(a) cov(a, Cov::default());
        "jnp.cov(a)", "c64(2, 5)" => fn(a) cov(a, Cov::default());
        "jnp.cov(a)", "f32(2, 0)" => fn(a) cov(a, Cov::default());
        "jnp.cov(a, b, rowvar=False, bias=True)", "f32(5, 2), f32(5, 1)" => fn(a, b) cov(a, Cov { y: Some(b.into()), rowvar: false, bias: true, ..Cov::default() });
        "jnp.cov(a, fweights=b, aweights=c)", "f32(2, 5), i32(5, low=1, high=4), f32(5, low=0.1)" => fn(a, b, c) cov(a, Cov { fweights: Some(b.into()), aweights: Some(c.into()), ..Cov::default() });
        "jnp.cov(a, aweights=b, ddof=0)", "f32(2, 5), f32(5, low=0.1)" => fn(a, b) cov(a, Cov { aweights: Some(b.into()), ddof: Some(0), ..Cov::default() });
        "jnp.cov(a, fweights=b, ddof=2)", "f32(2, 5), i32(5, low=1, high=4)" => fn(a, b) cov(a, Cov { fweights: Some(b.into()), ddof: Some(2), ..Cov::default() });
        "jnp.corrcoef(a)", "f32(3, 5)" => fn(a) corrcoef(a, Corrcoef::default());
        // JAX's gradient is what is left of rounding; it is 0.
        "jnp.corrcoef(a)", "f32(5)", values => fn(a) corrcoef(a, Corrcoef::default());
        "jnp.corrcoef(a)", "c64(2, 5)" => fn(a) corrcoef(a, Corrcoef::default());
        "jnp.corrcoef(a, b, rowvar=False)", "f32(5, 2), f32(5, 2)" => fn(a, b) corrcoef(a, Corrcoef { y: Some(b.into()), rowvar: false, ..Corrcoef::default() });
    }
}
