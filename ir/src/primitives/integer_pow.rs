//! `integer_pow[y] x`: a power whose exponent is a number known when tracing.

use super::{binary::int_pow, *};
use crate::dtype::Kind;
use num_complex::Complex64;

parameters! {
    /// The array to the power of `y`, elementwise. Integers take no negative exponents, and wrap around.
    IntegerPow {
        /// The exponent.
        y: i32,
    }
}
impl Primitive for IntegerPow {
    described!("integer_pow");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        if a.dtype == DType::Bool {
            return Err(format!("takes numbers, got {a}"));
        }
        if self.y < 0 && !a.dtype.is_inexact() {
            return Err(format!("integers have no negative powers, got the exponent {} and {a}", self.y));
        }
        Ok(smallvec![a.clone()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, y) = (ins[0], self.y);
        let (aval, dtype) = (x.aval().clone(), x.dtype());
        // By squaring, as XLA multiplies, since infinities and NaN depend on the order.
        let complex = |z: Complex64| {
            let power = (0..32).rev().fold(None, |power: Option<Complex64>, bit| {
                let squared = power.map(|p| p * p);
                if y.unsigned_abs() >> bit & 1 == 1 { Some(squared.map_or(z, |s| s * z)) } else { squared }
            });
            let power = power.unwrap_or(Complex64::new(1.0, 0.0));
            if y < 0 { super::complex::div(Complex64::new(1.0, 0.0), power) } else { power }
        };
        Ok(vec![match dtype.kind() {
            Kind::Complex => Literal::from_complexes(aval, x.complexes().into_iter().map(complex)),
            Kind::Float => Literal::from_floats(aval, x.floats().into_iter().map(|x| x.powf(f64::from(y)))),
            _ => Literal::from_ints(aval, x.ints().into_iter().map(|x| int_pow(x, i128::from(y), dtype))),
        }])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![match self.y {
            0 => None,
            1 => tangents[0],
            y => tangents[0].map(|t| t * (ins[0].powi(y.saturating_sub(1)) * f64::from(y))),
        }]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    /// Squares of squares, multiplied where the exponent has a 1, as JAX multiplies.
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let out = &outs[0];
        let multiply =
            |m: &mut Module, a: &Value, b: &Value| m.op1("stablehlo.multiply", &[a.clone(), b.clone()], "", out);
        let (mut rest, mut square, mut power) = (self.y.unsigned_abs(), ins[0].clone(), None);
        while rest > 0 {
            if rest & 1 == 1 {
                power = Some(power.map_or_else(|| square.clone(), |p| multiply(module, &p, &square)));
            }
            rest >>= 1;
            if rest > 0 {
                square = multiply(module, &square, &square);
            }
        }
        let power = power.unwrap_or_else(|| module.splat(out, 1.0));
        if self.y >= 0 {
            return vec![power];
        }
        let unit = module.splat(out, 1.0);
        vec![module.op1("stablehlo.divide", &[unit, power], "", out)]
    }
}
impl Registered for IntegerPow {
    read_by_name!("integer_pow");
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        for y in [-3, -1, 0, 1, 2, 3, 6, 11] {
            for dtype in SAMPLE_DTYPES.into_iter().filter(|d| *d != DType::Bool && (y >= 0 || d.is_inexact())) {
                let aval = ShapedArray::new(&[3], dtype);
                let x = match dtype.kind() {
                    Kind::Complex => Literal::from_complexes(
                        aval,
                        [(0.3, 1.1), (-1.2, 0.4), (0.8, -0.5)].map(|(x, y)| Complex64::new(x, y)),
                    ),
                    Kind::Float => Literal::from_floats(aval, [0.7, -1.3, 1.6]),
                    _ => Literal::from_ints(aval, [3, 7, 0]),
                };
                samples.push(Sample::new(IntegerPow { y }, &[x]));
            }
        }
        samples.push(Sample::new(IntegerPow { y: 2 }, &[Literal::new::<f32>(&[0, 2], &[])]));
        samples.push(Sample::new(IntegerPow { y: -2 }, &[1.5f64.into()]));
        samples
    }
}
impl Tracer {
    /// The array to the power of a number known when tracing, elementwise, as JAX's `lax.integer_pow`.
    ///
    /// Numbers of any dtype but bool; integers wrap around, and take no negative exponents.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let x = Literal::from(vec![1.0f32, -2.0, 4.0]);
    /// let program = trace(&[x.aval().clone()], |a| vec![a[0].powi(-2)]).program;
    /// assert_eq!(eval(&program, &[x]).unwrap(), [Literal::from(vec![1.0f32, 0.25, 0.0625])]);
    /// ```
    #[track_caller]
    pub fn powi(self, y: i32) -> Tracer {
        bind1(IntegerPow { y }, &[self])
    }
}
