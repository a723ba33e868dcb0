//! Bessel functions.

use super::of_floats;
use crate::numpy::Arg;
use raxla_ir::{DType, Tracer};
use raxla_transforms::{Scan, custom_jvp};

of_floats! {
    /// `e^-|x| I₀(x)`, the modified Bessel function of order 0, scaled.
    i0e = |x| x.bessel_i0e();
    /// `e^-|x| I₁(x)`, the modified Bessel function of order 1, scaled.
    i1e = |x| x.bessel_i1e();
    /// The modified Bessel function of the first kind of order 0.
    i0 = |x| order_0(x);
    /// The modified Bessel function of the first kind of order 1.
    i1 = |x| order_1(x);
}
/// Of order 0, whose derivative is `I₁`. That of the formula would be wrong at 0, where `|x|` has none.
#[track_caller]
fn order_0(x: Tracer) -> Tracer {
    custom_jvp(plain_0, |(x,): (Tracer,), (t,): (Tracer,)| (plain_0(x), t * plain_1(x)))(x)
}
/// Of order 1, whose derivative is `I₀ - I₁ / x`, and ½ at 0.
#[track_caller]
fn order_1(x: Tracer) -> Tracer {
    let rule = |(x,): (Tracer,), (t,): (Tracer,)| {
        let (zero, value) = (x.equal(0.0), plain_1(x));
        let quotient = zero.select(x.full_like(0.5), value / zero.select(x.full_like(1.0), x));
        (value, t * (plain_0(x) - quotient))
    };
    custom_jvp(plain_1, rule)(x)
}
fn plain_0(x: Tracer) -> Tracer {
    x.abs().exp() * x.bessel_i0e()
}
fn plain_1(x: Tracer) -> Tracer {
    x.abs().exp() * x.bessel_i1e()
}
/// The Bessel functions of the first kind of orders 0 to `v`, on a new first axis.
///
/// By Miller's recurrence downwards from order `iterations` (JAX: 50), which must be well above `|z|` and `v`. At 0 the values are
/// exact, where JAX's are NaN.
#[track_caller]
pub fn bessel_jn(z: impl Into<Arg>, v: usize, iterations: usize) -> Tracer {
    let [x] = super::floats("bessel_jn", [z.into()]);
    let zero = x.equal(0.0);
    // At 0 the recurrence is run elsewhere.
    let z = zero.select(x.full_like(1.0), x);
    let none = z.full_like(0.0);
    let orders = raxla_ir::primitives::iota::arange(iterations + 1, DType::I32).astype(z.dtype());
    let step = |(above, here, sum): (Tracer, Tracer, Tracer), k: Tracer| {
        let below = (k + 1.0) * 2.0 * here / z - above;
        let even = k.remainder(2.0).equal(0.0);
        ((here, below, sum + even.select(below * 2.0, none)), below)
    };
    let init = (none, z.full_like(1e-16), none);
    let ((.., sum), all) = Scan::new().reverse().run(step, init, orders);
    // 1 = J₀ + 2 J₂ + 2 J₄ + …
    let first = all.slice_axis(0, 0, 1);
    let values = all.slice_axis(0, 0, v + 1) / (sum.expand_dims(0) - first);
    let order = raxla_ir::primitives::iota::iota(DType::I32, &values.shape(), 0);
    let at_zero = order.equal(0).select(values.full_like(1.0), values.full_like(0.0));
    zero.expand_dims(0).select(at_zero, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::oracle::rows! { special_bessel:
        "jsp.special.i0e(a)", "f32(5, low=-9, high=9)" => fn(a) i0e(a);
        "jsp.special.i1e(a)", "f32(5, low=-9, high=9)" => fn(a) i1e(a);
        "jsp.special.i0(a)", "f32(5, low=-9, high=9)" => fn(a) i0(a);
        // JAX's derivative at 0 is not 0.
        "jsp.special.i0(a)", "values([0.0, 1.0], 'f4')", values => fn(a) i0(a);
        "jsp.special.i1(a)", "f32(5, low=-9, high=9)" => fn(a) i1(a);
        "jsp.special.i1(a)", "values([0.0, 1.0], 'f4')" => fn(a) i1(a);
        // JAX's derivative in f32 is NaN for small numbers and wrong for others.
        "jsp.special.bessel_jn(a, v=3)", "f32(2, 3, low=0.5, high=6)", values => fn(a) bessel_jn(a, 3, 50);
        "jsp.special.bessel_jn(a, v=1)", "f64(3, low=0.5, high=6)", x64 => fn(a) bessel_jn(a, 1, 50);
    }
}
