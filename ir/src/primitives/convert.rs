//! `convert[dtype] x`: the same numbers in another dtype.

use super::*;
use crate::dtype::Kind;

/// Converts each element: floats are rounded to even, floats to integers truncated and saturated (NaN to 0), integers wrapped,
/// anything but zero becomes `true`, imaginary parts are dropped.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Convert {
    /// The dtype of the output.
    pub dtype: DType,
    /// Whether the output is weak: a number still, which gives way in type promotion. The text says so only if it is.
    pub weak: bool,
}
impl Primitive for Convert {
    fn name(&self) -> &'static str {
        "convert"
    }
    fn print(&self, writer: &mut Writer) {
        writer.parameter("dtype", &self.dtype);
        if self.weak {
            writer.parameter("weak", &true);
        }
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        Ok(smallvec![ShapedArray { weak: self.weak, ..one(ins)?.with_dtype(self.dtype) }])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, out) = (ins[0], ShapedArray { weak: self.weak, ..ins[0].aval().with_dtype(self.dtype) });
        Ok(vec![match x.dtype().kind() {
            Kind::Complex if self.dtype == DType::Bool => {
                Literal::from_ints(out, x.complexes().into_iter().map(|z| (z.re != 0.0 || z.im != 0.0) as i128))
            }
            Kind::Complex => Literal::from_complexes(out, x.complexes()),
            Kind::Float => Literal::from_floats(out, x.floats()),
            _ => Literal::from_ints(out, x.ints()),
        }])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].filter(|_| self.dtype.is_inexact()).map(|t| t.astype(self.dtype))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        vec![cts[0].map(|ct| ct.astype(ins[0].aval().dtype))]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(self.clone(), axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let from = ins[0].aval.dtype;
        if from.is_complex() && !self.dtype.is_complex() && self.dtype != DType::Bool {
            let part = ins[0].aval.with_dtype(from.real());
            let real = module.op1("stablehlo.real", ins, "", &part);
            return vec![module.op1("stablehlo.convert", &[real], "", &outs[0])];
        }
        if self.dtype == DType::Bool && from != DType::Bool {
            let zero = module.splat(&ins[0].aval, 0.0);
            return Compare::Ne.lower(module, &[ins[0].clone(), zero], outs);
        }
        vec![module.op1("stablehlo.convert", ins, "", &outs[0])]
    }
}
impl Registered for Convert {
    fn read(name: &str, reader: &mut Reader) -> Option<Result<Convert, String>> {
        let parameters = || {
            let dtype = reader.parameter("dtype")?;
            let weak = !reader.eat("]");
            if weak {
                reader.parameter::<bool>("weak")?;
                reader.end_of_parameters()?;
            }
            Ok(Convert { dtype, weak })
        };
        (name == "convert").then(parameters)
    }
    fn samples() -> Vec<Sample> {
        let dtypes = [
            DType::F32,
            DType::F64,
            DType::F16,
            DType::BF16,
            DType::I8,
            DType::I32,
            DType::U8,
            DType::Bool,
            DType::C64,
            DType::C128,
        ];
        let mut samples = vec![];
        for from in dtypes {
            let x = Literal::from_floats(ShapedArray::new(&[4], from), [0.0, 1.0, 2.5, 100.0]);
            samples.extend(dtypes.map(|dtype| Sample::new(Convert { dtype, weak: false }, std::slice::from_ref(&x))));
        }
        samples.push(Sample::new(Convert { dtype: DType::F32, weak: true }, &[Literal::from(vec![1i32, 2])]));
        samples
    }
}
impl Tracer {
    /// The same numbers in a dtype, weak or not: a weak array gives way to others in type promotion.
    #[track_caller]
    pub fn with_dtype(self, dtype: DType, weak: bool) -> Tracer {
        let same = self.with_aval(|a| a.dtype == dtype && a.weak == weak);
        if same { self } else { bind1(Convert { dtype, weak }, &[self]) }
    }
    /// The same value with a dtype that does not give way to that of others.
    pub fn strong(self) -> Tracer {
        self.with_dtype(self.dtype(), false)
    }
    /// The same numbers in another dtype; the array itself if it has that dtype already.
    #[track_caller]
    pub fn astype(self, dtype: DType) -> Tracer {
        if self.dtype() == dtype { self } else { bind1(Convert { dtype, weak: false }, &[self]) }
    }
}
