//! `bitcast_convert[dtype] x`: the same bits, read as another dtype.

use super::*;
use crate::dtype::Kind;

parameters! {
    /// Reads the bits of an array as elements of another dtype. A dtype of fewer bits adds a last axis over the parts of each element, the
    /// lowest bits first; one of more bits takes it away, and its size must be the ratio. Bools and complex numbers stay what they are.
    BitcastConvert {
        /// The dtype of the output.
        dtype: DType,
    }
}
impl Primitive for BitcastConvert {
    described!("bitcast_convert");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let (a, to) = (one(ins)?, self.dtype);
        let closed = |d: DType| matches!(d.kind(), Kind::Bool | Kind::Complex);
        if a.dtype != to && (closed(a.dtype) || closed(to)) {
            return Err(format!("bools and complex numbers have no other reading, got {a} to {to}"));
        }
        let (from_bits, to_bits) = (a.dtype.bits(), to.bits());
        let mut shape = a.shape.clone();
        if from_bits > to_bits {
            shape.push(from_bits / to_bits);
        } else if from_bits < to_bits && shape.pop() != Some(to_bits / from_bits) {
            return Err(format!("takes a last axis of {} to make {to} of {}, got {a}", to_bits / from_bits, a.dtype));
        }
        Ok(smallvec![ShapedArray::new(&shape, to)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, out) = (ins[0], self.infer(&[ins[0].aval()])?.remove(0));
        let (from_bits, to_bits) = (x.dtype().bits(), self.dtype.bits());
        // All bits in a row, the lowest of each element first, are the same before and after.
        let bits = x
            .bytes()
            .chunks_exact(x.dtype().size())
            .flat_map(|element| (0..from_bits).map(move |i| element[i / 8] >> (i % 8) & 1));
        let bits: Vec<u8> = bits.collect();
        Ok(vec![Literal::build(out, |bytes| {
            for (element, bits) in bytes.chunks_exact_mut(self.dtype.size()).zip(bits.chunks_exact(to_bits)) {
                for (i, bit) in bits.iter().enumerate() {
                    element[i / 8] |= bit << (i % 8);
                }
            }
        })])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![None] // as of the steps that bits are
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if ins[0].aval.dtype == self.dtype {
            return ins.to_vec();
        }
        vec![module.op1("stablehlo.bitcast_convert", ins, "", &outs[0])]
    }
}
impl Registered for BitcastConvert {
    read_by_name!("bitcast_convert");
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        let mut add = |x: Literal, dtype: DType| {
            // Between floats the derivative is 0, which the value's is not.
            samples.push(Sample { derivative: false, ..Sample::new(BitcastConvert { dtype }, &[x]) });
        };
        let floats = |shape: &[usize], dtype: DType| {
            let values = [1.0, -2.5, 0.1, 3e4, -0.0, 7.0, 1e-3, -9.0];
            let aval = ShapedArray::new(shape, dtype);
            Literal::from_floats(aval.clone(), values[..aval.size()].to_vec())
        };
        let ints = |shape: &[usize], dtype: DType| {
            let aval = ShapedArray::new(shape, dtype);
            Literal::from_ints(aval.clone(), (0..aval.size() as i128).map(|i| 15_977 * i * i - 77 * i + 5))
        };
        add(floats(&[2, 3], DType::F32), DType::I32);
        add(floats(&[2], DType::F32), DType::U8);
        add(floats(&[4], DType::BF16), DType::U16);
        add(floats(&[2, 2], DType::F16), DType::BF16);
        add(floats(&[], DType::F64), DType::U32);
        add(floats(&[0, 3], DType::F32), DType::I16);
        add(ints(&[3], DType::I32), DType::F32);
        add(ints(&[3, 2], DType::U32), DType::U64);
        add(ints(&[8], DType::U8), DType::I64);
        add(ints(&[2, 2], DType::I8), DType::BF16);
        add(ints(&[4], DType::I8), DType::U8);
        add(ints(&[4], DType::U8), DType::U4);
        add(ints(&[3, 2], DType::I4), DType::I8);
        add(ints(&[2, 3], DType::Bool), DType::Bool);
        samples
    }
}
impl Tracer {
    /// The bits of the array, read as another dtype, as JAX's `lax.bitcast_convert_type`.
    ///
    /// A dtype of half the bits adds a last axis of 2, the lower half first, one of twice the bits takes such an axis away, and so on. Bools
    /// and complex numbers can only stay what they are. The derivative is zero.
    ///
    /// ```
    /// use raxla_ir::{DType, Literal, eval::eval, trace::trace};
    /// let x = Literal::from(vec![1.0f32, -2.0]);
    /// let program = trace(&[x.aval().clone()], |a| vec![a[0].bitcast_convert(DType::U32)]).program;
    /// assert_eq!(eval(&program, &[x]).unwrap(), [Literal::from(vec![0x3f80_0000u32, 0xc000_0000])]);
    /// ```
    #[track_caller]
    pub fn bitcast_convert(self, dtype: DType) -> Tracer {
        bind1(BitcastConvert { dtype }, &[self])
    }
}
