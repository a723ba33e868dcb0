//! `reduce_precision[exponent_bits, mantissa_bits] x`: floats rounded to a format of fewer bits, in the dtype they have.

use super::*;

parameters! {
    /// Rounds each float to the nearest one with so many bits of exponent and mantissa, ties to even. What is too great becomes infinite,
    /// and what would be subnormal becomes a zero of its sign; NaN stays. The dtype stays.
    ReducePrecision {
        /// The bits of the exponent, at least 1.
        exponent_bits: u32,
        /// The bits of the mantissa without the leading one.
        mantissa_bits: u32,
    }
}
/// The bits of the exponent of a float dtype.
fn exponent_bits(dtype: DType) -> u32 {
    match dtype {
        DType::F64 => 11,
        DType::F32 | DType::BF16 | DType::F8E8M0FNU => 8,
        DType::F16 | DType::F8E5M2 | DType::F8E5M2FNUZ => 5,
        DType::F4E2M1FN => 2,
        DType::F8E3M4 => 3,
        _ => 4,
    }
}
impl ReducePrecision {
    /// A number of a dtype with so many bits of exponent, rounded. If the exponent is not narrower than there, subnormals stay, and have the
    /// same last place as the least normal numbers.
    fn rounded(&self, x: f64, own_exponent_bits: u32) -> f64 {
        if x == 0.0 || !x.is_finite() {
            return x;
        }
        let bias = |bits: u32| (1 << (bits.clamp(1, 11) - 1)) - 1;
        // As an integer multiple of the last place: exact, since the scales are powers of two.
        let exponent = libm::ilogb(x).max(1 - bias(own_exponent_bits));
        let places = self.mantissa_bits.min(52) as i32 - exponent;
        let rounded = libm::scalbn(libm::scalbn(x, places).round_ties_even(), -places);
        let narrower = self.exponent_bits < own_exponent_bits;
        let bias = bias(self.exponent_bits);
        if narrower && rounded.abs() >= 2f64.powi(bias) * 2.0 {
            f64::INFINITY.copysign(x)
        } else if narrower && rounded.abs() < 2f64.powi(1 - bias) {
            0f64.copysign(x)
        } else {
            rounded
        }
    }
}
impl Primitive for ReducePrecision {
    described!("reduce_precision");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        if !a.dtype.is_float() {
            return Err(format!("takes floats, got {a}"));
        }
        if self.exponent_bits < 1 {
            return Err("takes at least 1 exponent bit, got 0".into());
        }
        Ok(smallvec![a.clone()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, own) = (ins[0], exponent_bits(ins[0].dtype()));
        Ok(vec![Literal::from_floats(x.aval().clone(), x.floats().into_iter().map(|v| self.rounded(v, own)))])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        // As JAX: what goes through in either direction has the precision of the value.
        vec![tangents[0].map(|t| bind1(self.clone(), &[t]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        vec![cts[0].map(|ct| bind1(self.clone(), &[ct]))]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let attributes =
            format!("exponent_bits = {} : i32, mantissa_bits = {} : i32", self.exponent_bits, self.mantissa_bits);
        vec![module.op1("stablehlo.reduce_precision", ins, &attributes, &outs[0])]
    }
}
impl Registered for ReducePrecision {
    read_by_name!("reduce_precision");
    fn samples() -> Vec<Sample> {
        // With many bits, since a rounding of few is not linear, and the suite holds transposes against that.
        let values = [0.1, -1.7, 3.3, 1e5, -1e-6, 65504.0];
        let mut samples = vec![];
        for (dtype, exponent_bits, mantissa_bits) in
            [(DType::F64, 11, 52), (DType::F64, 8, 40), (DType::F32, 8, 40), (DType::F32, 5, 40), (DType::BF16, 5, 40)]
        {
            let x = Literal::from_floats(ShapedArray::new(&[2, 3], dtype), values);
            let sample = Sample::new(ReducePrecision { exponent_bits, mantissa_bits }, &[x]);
            samples.push(Sample { derivative: false, ..sample });
        }
        let op = ReducePrecision { exponent_bits: 8, mantissa_bits: 40 };
        samples.push(Sample { derivative: false, ..Sample::new(op.clone(), &[Literal::new::<f32>(&[0, 2], &[])]) });
        samples.push(Sample { derivative: false, ..Sample::new(op, &[0.1f64.into()]) });
        samples
    }
}
impl Tracer {
    /// Each float rounded to a format with so many bits of exponent and mantissa, as JAX's `lax.reduce_precision`; the dtype stays.
    ///
    /// Ties go to even; what is too great becomes infinite, and what would be subnormal zero. Derivatives are rounded in the same way.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let x = Literal::from(vec![1.01f32, 70000.0]);
    /// let program = trace(&[x.aval().clone()], |a| vec![a[0].reduce_precision(5, 2)]).program;
    /// assert_eq!(eval(&program, &[x]).unwrap(), [Literal::from(vec![1.0f32, f32::INFINITY])]);
    /// ```
    #[track_caller]
    pub fn reduce_precision(self, exponent_bits: u32, mantissa_bits: u32) -> Tracer {
        bind1(ReducePrecision { exponent_bits, mantissa_bits }, &[self])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// To the formats of bf16 and f16, it is conversion and back, but for subnormals.
    #[test]
    fn rounds_as_conversion_does() {
        for (exponent_bits, mantissa_bits, dtype) in [(8, 7, DType::BF16), (5, 10, DType::F16)] {
            let op = ReducePrecision { exponent_bits, mantissa_bits };
            for k in 0..4000 {
                let x = (f64::from(k) * 0.37 - 700.0) * 2f64.powi(k % 21 - 12);
                let aval = ShapedArray::new(&[], dtype);
                if x.abs() < 2f64.powi(-14) {
                    continue;
                }
                assert_eq!(op.rounded(x, 11), Literal::from_floats(aval, [x]).floats()[0], "{x} to {dtype}");
            }
        }
        let f16 = ReducePrecision { exponent_bits: 5, mantissa_bits: 10 };
        assert_eq!(f16.rounded(65519.9, 8), 65504.0);
        assert_eq!(f16.rounded(65520.0, 8), f64::INFINITY);
        assert_eq!(f16.rounded(-6e-8, 8), 0.0);
        assert_eq!(f16.rounded(-6e-8, 5), -1.0 / (1 << 24) as f64);
    }
}
