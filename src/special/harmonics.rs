//! Spherical harmonics.

use crate::numpy::Arg;
use raxla_ir::{DType, Tracer};
use raxla_transforms::fori_loop;
use std::f64::consts::PI;

/// The spherical harmonics `Yₙᵐ`, orthonormal on the sphere and with the phase of Condon and Shortley, complex: of degrees `n` from 0 to
/// `n_max`, orders `m` from `-n` to `n`, the colatitude `theta` from 0 to π, and the longitude `phi`. All broadcast, unlike JAX's.
///
/// `√((2n + 1)/4π (n - m)!/(n + m)!) Pₙᵐ(cos θ) exp(imφ)`, by the recurrence of the normalized Legendre functions in `n`; 0 where `m` is
/// beyond `n`.
///
/// ```
/// # use raxla::{constant, show, special};
/// let got = show(|| special::sph_harm_y(constant(vec![0]), constant(vec![0]), constant(vec![0.0f32]), constant(vec![0.0f32]), 1));
/// assert_eq!(got, "[0.2821+0.0i]");
/// ```
///
/// # Panics
/// If `n` or `m` hold no integers.
#[track_caller]
pub fn sph_harm_y(
    n: impl Into<Arg>,
    m: impl Into<Arg>,
    theta: impl Into<Arg>,
    phi: impl Into<Arg>,
    n_max: usize,
) -> Tracer {
    harmonic([n.into(), m.into()], [theta.into(), phi.into()], n_max)
}
#[track_caller]
fn harmonic(orders: [Arg; 2], angles: [Arg; 2], n_max: usize) -> Tracer {
    if let Some(order) = orders.iter().find(|o| !o.aval().dtype.is_integer()) {
        raxla_ir::trace::fail(format!("sph_harm_y: the degree and the order must be integers, got {}", order.aval()));
    }
    let [theta, phi] =
        super::floats("sph_harm_y", angles).map(|a| if a.dtype().bits() < 32 { a.astype(DType::F32) } else { a });
    let [n, m] = orders.map(|o| o.tracer().astype(theta.dtype()));
    let [n, m, theta, phi] = crate::numpy::promotion::promote_shapes("sph_harm_y", [n, m, theta, phi]);
    let (order, cos, sin) = (m.abs(), theta.cos(), theta.sin());
    // √(1 - cos² θ), also of angles below 0 or above π.
    let sin = sin.less(0.0).select(-sin, sin);
    let (one, none) = (theta.full_like(1.0), theta.full_like(0.0));
    // Up to the degree |m| along the diagonal, Pₗˡ = -√(1 + 1/2l) sin θ Pₗ₋₁ˡ⁻¹; from there on Pₗᵐ = a (cos θ Pₗ₋₁ᵐ - b Pₗ₋₂ᵐ), where
    // a² = (4l² - 1)/(l² - m²) and b² = ((l - 1)² - m²)/(4(l - 1)² - 1).
    let step = |l: Tracer, (before, here): (Tracer, Tracer)| {
        let l = one * l.astype(theta.dtype());
        let seed = l.less_equal(order);
        let square = seed.select(none, order * order);
        let less = (l - 1.0) * (l - 1.0);
        let a = ((l * l * 4.0 - 1.0) / (l * l - square)).sqrt();
        let b2 = (less - square) / (less * 4.0 - 1.0);
        let some = b2.greater(0.0);
        let b = some.select(some.select(b2, one).sqrt(), none);
        let next = seed.select(-(1f64 + 0.5f64 / l).sqrt() * sin * here, a * (cos * here - b * before));
        let done = l.greater(n);
        (done.select(before, seed.select(none, here)), done.select(here, next))
    };
    let start = theta.full_like(0.5 / PI.sqrt());
    let (_, legendre) = fori_loop(1, n_max as i64 + 1, step, (none, start));
    let odd = m.less(0.0) & order.remainder(2.0).not_equal(0.0);
    let legendre = order.greater(n).select(none, odd.select(-legendre, legendre));
    let angle = m * phi;
    (legendre * angle.cos()).complex(legendre * angle.sin())
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { special_harmonics:
        "jsp.special.sph_harm_y(a, b, c, d, n_max=4)", "values([0, 1, 1, 2, 3, 4, 4, 4], 'i4'), values([0, 0, 1, -1, 2, -3, 0, 4], 'i4'), f32(8, low=0.1, high=3), f32(8, low=0, high=6)"
            => fn(a, b, c, d) sph_harm_y(a, b, c, d, 4);
        "jsp.special.sph_harm_y(a, b, c, d, n_max=9)", "values([9, 8, 7], 'i4'), values([5, -8, 0], 'i4'), f64(3, low=0.1, high=3), f64(3, low=0, high=6)", x64
            => fn(a, b, c, d) sph_harm_y(a, b, c, d, 9);
    }
}
