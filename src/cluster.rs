//! Clusters of points, as `jax.scipy.cluster` has them: [`vq`].

use crate::numpy::{
    Arg, Take, argmin,
    linalg::{NormOrder, norm},
    promotion::promote_dtypes_inexact,
    squeeze, take_along_axis,
};
use raxla_ir::{Tracer, trace::fail};

/// For each observation, a row of `obs`, the index of the nearest code, a row of `code_book`, and how far it is. Of vectors, each number is
/// an observation or a code. As `jax.scipy.cluster.vq.vq`.
///
/// # Panics
/// Inside the trace, if the ranks differ, or are not 1 or 2, or the rows are of different lengths.
///
/// ```
/// use raxla::{cluster::vq, constant, show};
/// let got = show(|| vq(constant(vec![1.0f32, 4.5, 9.0]), constant(vec![0.0f32, 5.0])));
/// assert_eq!(got, "[0, 1, 1], [1.0, 0.5, 4.0]");
/// ```
#[track_caller]
pub fn vq(obs: impl Into<Arg>, code_book: impl Into<Arg>) -> (Tracer, Tracer) {
    let [obs, codes] = promote_dtypes_inexact("vq", [obs.into(), code_book.into()]);
    let (obs, codes) = match (obs.rank(), codes.rank()) {
        (1, 1) => (obs.expand_dims(-1), codes.expand_dims(-1)),
        (2, 2) => (obs, codes),
        (a, b) if a != b => fail(format!(
            "vq: Observation and code_book should have the same rank, got {} and {}",
            obs.aval(),
            codes.aval()
        )),
        _ => fail(format!("vq: ndim different than 1 or 2 are not supported, got {} and {}", obs.aval(), codes.aval())),
    };
    let distances = norm(obs.expand_dims(1) - codes.expand_dims(0), NormOrder::Euclidean, -1);
    let code = argmin(distances, -1, false);
    (code, squeeze(take_along_axis(distances, code.expand_dims(-1), -1, Take::default()), -1))
}
