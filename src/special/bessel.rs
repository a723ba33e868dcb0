//! Bessel functions.

use super::of_floats;
use crate::numpy::Arg;
use raxla_ir::{Literal, ShapedArray, Tracer, primitives::concatenate::concatenate, trace::constant};
use raxla_transforms::{Scan, custom_jvp};

of_floats! {
    /// `e^-|x| I₀(x)`, the modified Bessel function of order 0, scaled.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::i0e(constant(vec![0.0f32, 1.0]))), "[1.0, 0.466]");
    /// ```
    i0e = |x| x.bessel_i0e();
    /// `e^-|x| I₁(x)`, the modified Bessel function of order 1, scaled.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::i1e(constant(vec![0.0f32, 1.0]))), "[0.0, 0.2079]");
    /// ```
    i1e = |x| x.bessel_i1e();
    /// The modified Bessel function of the first kind of order 0.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::i0(constant(vec![0.0f32, 1.0]))), "[1.0, 1.266]");
    /// ```
    i0 = |x| order_0(x);
    /// The modified Bessel function of the first kind of order 1.
    ///
    /// ```
    /// # use raxla::{constant, show, special};
    /// assert_eq!(show(|| special::i1(constant(vec![0.0f32, 1.0]))), "[0.0, 0.5652]");
    /// ```
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
/// The quotients `rₖ = Jₖ₊₁ / Jₖ = z / (2 (k + 1) - z rₖ₊₁)` and the sums `Sₖ = (1 or 2 or 0) + rₖ Sₖ₊₁` come downwards from order `iterations`
/// (JAX: 50), which must be well above `|z|` and `v`; then `J₀ = 1 / S₀`, since `1 = J₀ + 2 J₂ + 2 J₄ + …`. Nothing overflows, where the plain
/// recurrence, JAX's, is NaN: at 0, and in `f32` below about 5.
///
/// ```
/// # use raxla::{constant, show, special};
/// assert_eq!(show(|| special::bessel_jn(constant(vec![1.0f32]), 2, 50)), "[[0.7652], [0.4401], [0.1149]]");
/// ```
#[track_caller]
pub fn bessel_jn(z: impl Into<Arg>, v: usize, iterations: usize) -> Tracer {
    let [z] = super::floats("bessel_jn", [z.into()]);
    let of_orders = |f: fn(usize) -> f64| {
        let aval = ShapedArray::new(&[iterations + 1], z.dtype());
        constant(Literal::from_floats(aval, (0..=iterations).map(f)))
    };
    let weights = of_orders(|k| if k == 0 { 1.0 } else { 2.0 * (1.0 - (k % 2) as f64) });
    let step = |(quotient, sum): (Tracer, Tracer), (twice, weight): (Tracer, Tracer)| {
        let divisor = twice - z * quotient;
        // Where an order is exactly 0 the next quotient makes up for whatever stands here.
        let quotient = z / divisor.equal(0.0).select(z.full_like(1e-20), divisor);
        let sum = weight + quotient * sum;
        ((quotient, sum), quotient)
    };
    let none = z.full_like(0.0);
    let steps = (of_orders(|k| 2.0 * (k + 1) as f64), weights);
    let ((_, sum), quotients) = Scan::new().reverse().run(step, (none, none), steps);
    let first = (1f64 / sum).expand_dims(0);
    concatenate(&[first, quotients.slice_axis(0, 0, v)], 0).cumprod(0)
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
        // JAX's derivative in f32 is NaN for small numbers and wrong for others; its values are NaN up to 5.
        "jsp.special.bessel_jn(a, v=3)", "f32(2, 3, low=7, high=12)", values => fn(a) bessel_jn(a, 3, 50);
        "jsp.special.bessel_jn(a, v=1)", "f64(3, low=0.5, high=6)", x64 => fn(a) bessel_jn(a, 1, 50);
    }
    /// Where JAX has NaN.
    #[test]
    fn orders_near_zero_are_numbers() {
        use raxla_ir::{DType, eval::eval, trace::trace};
        use raxla_transforms::jvp;
        let at = |x: f64, dtype: DType| {
            let program = trace(&[], |_| {
                let x = constant(Literal::scalar(x)).astype(dtype);
                let (values, slopes) = jvp(|x: Tracer| bessel_jn(x, 2, 50), (x,), (x.full_like(1.0),));
                vec![values.astype(DType::F64), slopes.astype(DType::F64)]
            });
            let outs = eval(&program.program, &[] as &[Literal]).unwrap();
            [outs[0].floats(), outs[1].floats()].concat()
        };
        let rows = [
            (0.0, [1.0, 0.0, 0.0, 0.0, 0.5, 0.0]),
            (1e-12, [1.0, 5e-13, 1.25e-25, -5e-13, 0.5, 2.5e-13]),
            (1e-3, [0.99999975, 4.999999375e-4, 1.2499998958e-7, -4.999999375e-4, 0.4999998125, 2.4999995833e-4]),
            (1.0, [0.7651976866, 0.4400505857, 0.1149034849, -0.4400505857, 0.3251471008, 0.2102436159]),
        ];
        for (x, want) in rows {
            for (dtype, tolerance) in [(DType::F32, 1e-5), (DType::F64, 1e-9)] {
                let near = |(g, w): (&f64, f64)| (g - w).abs() <= tolerance * w.abs() + 1e-30;
                assert!(at(x, dtype).iter().zip(want).all(near), "at {x} in {dtype:?}: {:?}", at(x, dtype));
            }
        }
    }
}
