//! Attention: means of values, weighted by how well their keys fit the queries.

use super::{logsumexp, softmax};
use raxla_ir::{
    DType, Tracer,
    primitives::{DotGeneral, dot_general::Precision, iota::iota},
    trace::{bind1, fail},
};

/// What [`dot_product_attention`] may be given.
#[derive(Clone, Debug, Default)]
pub struct Attention {
    /// Added to the scores; broadcasts to `[B, N, T, S]`.
    pub bias: Option<Tracer>,
    /// Bools: which keys each query sees; broadcasts to `[B, N, T, S]`.
    pub mask: Option<Tracer>,
    /// What the scores are multiplied by; `1 / sqrt(H)` if nothing is said.
    pub scale: Option<f64>,
    /// Whether a query sees no keys after its own place.
    pub is_causal: bool,
    /// How many queries count, `i32[B]`; the results of the others are 0.
    pub query_seq_lengths: Option<Tracer>,
    /// How many keys and values count, `i32[B]`.
    pub key_value_seq_lengths: Option<Tracer>,
    /// How many places before and after its own a query sees.
    pub local_window_size: Option<(usize, usize)>,
}
/// Scores for keys that are not seen: so low that they weigh nothing, but finite, so that a query that sees no key gets the mean of all.
const UNSEEN: f64 = -0.7 * f32::MAX as f64;

/// `softmax(query · key * scale + bias) · value`: attention with several heads (Vaswani et al. 2017).
///
/// Queries are `[B, T, N, H]` (batch, places, heads, features), keys and values `[B, S, K, H]`; without the batch, rank 3. The number `N` of
/// query heads is a multiple of `K`: `N / K` heads share a key (Shazeer 2019, Ainslie et al. 2023). Scores of 16-bit floats are
/// computed in `f32`.
///
/// A query that sees no key gets the mean of all values, as in JAX.
///
/// # Panics
/// Inside the trace, if shapes or dtypes do not fit.
///
/// ```
/// use raxla::prelude::*;
/// let attend = jit(|q: Tracer, k: Tracer, v: Tracer| {
///     nn::dot_product_attention(q, k, v, nn::Attention { is_causal: true, ..Default::default() })
/// });
/// let (q, v) = (Array::new(&[2, 1, 1], &[1.0f32, 1.0]), Array::new(&[2, 1, 1], &[3.0f32, 5.0]));
/// assert_eq!(attend(q.clone(), q, v).to_vec::<f32>()?, [3.0, 4.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn dot_product_attention(query: Tracer, key: Tracer, value: Tracer, options: Attention) -> Tracer {
    attend(query, key, value, options).0
}
/// [`dot_product_attention`], and the logarithm of the sum of exponentials of each query's scores: `[B, T, N]`, in the keys' dtype. The logarithms count
/// as constants in derivatives, as in JAX.
///
/// ```
/// # use raxla::{DType, Literal, ShapedArray, constant, nn, show};
/// let zero = || constant(Literal::zeros(ShapedArray::new(&[1, 1, 1, 1], DType::F32)));
/// let attend = || nn::dot_product_attention_with_residual(zero(), zero(), zero(), nn::Attention::default());
/// assert_eq!(show(attend), "[[[[0.0]]]], [[[0.0]]]");
/// ```
#[track_caller]
pub fn dot_product_attention_with_residual(
    query: Tracer,
    key: Tracer,
    value: Tracer,
    options: Attention,
) -> (Tracer, Tracer) {
    let (mean, scores) = attend(query, key, value, options);
    let residual = logsumexp(scores, -1).transpose_axes(&[0, 2, 1]).astype(key.dtype());
    let shape = query.shape();
    (mean, residual.reshape(&shape[..shape.len() - 1]).stop_gradient())
}
/// The means, and the scores.
#[track_caller]
fn attend(query: Tracer, key: Tracer, value: Tracer, options: Attention) -> (Tracer, Tracer) {
    let name = "dot_product_attention";
    let shape = query.shape();
    let [q, k, v] = [query, key, value].map(four);
    let (qs, ks) = (q.shape(), k.shape());
    let [b, t, n, h] = qs[..] else { fail(format!("{name}: takes arrays of rank 3 or 4, got {}", query.aval())) };
    let [_, s, heads, _] = ks[..] else { fail(format!("{name}: takes arrays of rank 3 or 4, got {}", key.aval())) };
    let fits = ks[0] == b && ks[3] == h && k.aval() == v.aval() && q.dtype() == k.dtype();
    if !fits || !q.dtype().is_float() || heads == 0 || n % heads != 0 {
        fail(format!(
            "{name}: takes floats, queries [B, T, N, H], keys and values [B, S, K, H] with N a multiple of K, got {}, {} and {}",
            query.aval(),
            key.aval(),
            value.aval()
        ));
    }
    let groups = n / heads;
    let wide = if q.dtype().bits() < 32 { DType::F32 } else { q.dtype() };
    // Grouped heads share their keys: [B, K, T, G, S], and from it [B, N, T, S].
    let product = DotGeneral {
        lhs_contract: [4].as_slice().into(),
        rhs_contract: [3].as_slice().into(),
        lhs_batch: [0, 2].as_slice().into(),
        rhs_batch: [0, 2].as_slice().into(),
        precision: Precision::Default,
        dtype: wide,
    };
    let scores = bind1(product, &[q.reshape(&[b, t, heads, groups, h]), k]);
    let scores = scores.transpose_axes(&[0, 1, 3, 2, 4]).reshape(&[b, n, t, s]);
    let mut scores = scores * options.scale.unwrap_or(1.0 / (h as f64).sqrt());
    if let Some(bias) = options.bias {
        scores = scores + four(bias).astype(wide);
    }
    if let Some(seen) = seen(name, &options, [b, t, s]) {
        scores = seen.select(scores, scores.full_like(UNSEEN));
    }
    let weights = softmax(scores, -1).astype(k.dtype()).reshape(&[b, heads, groups, t, s]);
    let mean =
        weights.contract(v, &[4], &[1], &[0, 1], &[0, 2]).transpose_axes(&[0, 3, 1, 2, 4]).reshape(&[b, t, n, h]);
    let counted = options.query_seq_lengths.map(|length| {
        let counts = iota(DType::I32, &[b, t], 1).less(lengths(name, length, b));
        counts.reshape(&[b, t, 1, 1]).select(mean, mean.full_like(0.0))
    });
    (counted.unwrap_or(mean).reshape(&shape), scores)
}
/// With axes of size 1 in front, up to rank 4.
#[track_caller]
fn four(x: Tracer) -> Tracer {
    let shape = x.shape();
    x.reshape(&[&[1, 1, 1, 1][..4usize.saturating_sub(shape.len())], &shape[..]].concat())
}
/// The lengths of a batch, as a column.
#[track_caller]
fn lengths(name: &str, x: Tracer, b: usize) -> Tracer {
    let aval = x.aval();
    if aval.shape[..] != [b] || !aval.dtype.is_integer() {
        fail(format!("{name}: lengths must be integers, one for each of {b} in the batch, got {aval}"));
    }
    x.astype(DType::I32).reshape(&[b, 1])
}
/// Which keys each query sees, in a shape that broadcasts to `[B, N, T, S]`; all, if none are hidden.
#[track_caller]
fn seen(name: &str, options: &Attention, [b, t, s]: [usize; 3]) -> Option<Tracer> {
    let place = |axis: usize| iota(DType::I32, &[1, 1, t, s], axis + 2);
    let mut parts = vec![];
    if let Some(mask) = options.mask {
        if mask.dtype() != DType::Bool {
            fail(format!("{name}: the mask must hold bools, got {}", mask.aval()));
        }
        parts.push(four(mask));
    }
    if options.is_causal {
        parts.push(place(0).greater_equal(place(1)));
    }
    if let Some((before, after)) = options.local_window_size {
        parts.push(place(0).less_equal(place(1) + before) & place(0).greater_equal(place(1) - after));
    }
    if let Some(length) = options.query_seq_lengths {
        parts.push(iota(DType::I32, &[b, t], 1).less(lengths(name, length, b)).reshape(&[b, 1, t, 1]));
    }
    if let Some(length) = options.key_value_seq_lengths {
        parts.push(iota(DType::I32, &[b, s], 1).less(lengths(name, length, b)).reshape(&[b, 1, 1, s]));
    }
    parts.into_iter().reduce(|a, b| a & b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn default() -> Attention {
        Attention::default()
    }
    crate::oracle::rows! { nn_attention:
        "jax.nn.dot_product_attention(a, b, c)", "f32(2, 3, 2, 4), f32(2, 5, 2, 4), f32(2, 5, 2, 4)" => fn(a, b, c) dot_product_attention(a, b, c, default());
        "jax.nn.dot_product_attention(a, b, c, is_causal=True, scale=0.7)", "f32(3, 2, 4), f32(3, 2, 4), f32(3, 2, 4)"
            => fn(a, b, c) dot_product_attention(a, b, c, Attention { is_causal: true, scale: Some(0.7), ..default() });
        "jax.nn.dot_product_attention(a, b, c, bias=d, mask=e)", "f32(2, 3, 4, 2), f32(2, 5, 2, 2), f32(2, 5, 2, 2), f32(1, 4, 3, 5), boolean(2, 1, 3, 5)"
            => fn(a, b, c, d, e) dot_product_attention(a, b, c, Attention { bias: Some(d), mask: Some(e), ..default() });
        "jax.nn.dot_product_attention(a, b, c, local_window_size=(1, 2))", "f32(1, 5, 1, 2), f32(1, 5, 1, 2), f32(1, 5, 1, 2)"
            => fn(a, b, c) dot_product_attention(a, b, c, Attention { local_window_size: Some((1, 2)), ..default() });
        "jax.nn.dot_product_attention(a, b, c, query_seq_lengths=d, key_value_seq_lengths=e)",
            "f32(2, 3, 2, 2), f32(2, 4, 2, 2), f32(2, 4, 2, 2), values([2, 3], 'i4'), values([4, 1], 'i4')"
            => fn(a, b, c, d, e) dot_product_attention(a, b, c, Attention { query_seq_lengths: Some(d), key_value_seq_lengths: Some(e), ..default() });
        "jax.nn.dot_product_attention(a, b, c, is_causal=True, return_residual=True)", "f32(2, 3, 4, 2), f32(2, 5, 2, 2), f32(2, 5, 2, 2)"
            => fn(a, b, c) dot_product_attention_with_residual(a, b, c, Attention { is_causal: true, ..default() });
        "jax.nn.dot_product_attention(a, b, c, is_causal=True)", "bf16(1, 3, 2, 4), bf16(1, 3, 1, 4), bf16(1, 3, 1, 4)"
            => fn(a, b, c) dot_product_attention(a, b, c, Attention { is_causal: true, ..default() });
    }
}
