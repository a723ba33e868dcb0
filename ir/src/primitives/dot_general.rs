//! `dot_general[…] x y`: products summed over pairs of axes; every matrix product is one.

use super::*;
use crate::{aval::Dims, dtype::Kind, literal::Literal};
use rayon::prelude::*;

/// How exactly a product of `f32` is computed on hardware that has faster, coarser ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precision {
    /// The hardware's fastest.
    #[default]
    Default,
    /// Better than the fastest.
    High,
    /// Full `f32`.
    Highest,
}
impl Param for Precision {
    fn write(&self, w: &mut Writer) {
        w.word(match self {
            Precision::Default => "default",
            Precision::High => "high",
            Precision::Highest => "highest",
        });
    }
    fn read(r: &mut Reader) -> Result<Precision, String> {
        match r.name("a precision")? {
            "default" => Ok(Precision::Default),
            "high" => Ok(Precision::High),
            "highest" => Ok(Precision::Highest),
            other => Err(format!("unknown precision `{other}`")),
        }
    }
}

parameters! {
    /// Multiplies two arrays and sums over pairs of axes.
    ///
    /// The output's axes are the batch axes, then the other axes of the first operand, then those of the second.
    DotGeneral {
        /// The axes of the first operand to sum over.
        lhs_contract: Axes,
        /// The axes of the second operand to sum over, in the same order.
        rhs_contract: Axes,
        /// Axes of the first operand that go in step with those of the second.
        lhs_batch: Axes,
        /// Axes of the second operand that go in step with those of the first.
        rhs_batch: Axes,
        /// How exactly to compute.
        precision: Precision,
        /// The dtype of the output, in which sums are accumulated.
        dtype: DType,
    }
}
impl DotGeneral {
    fn free(rank: usize, contract: &[usize], batch: &[usize]) -> Axes {
        (0..rank).filter(|a| !contract.contains(a) && !batch.contains(a)).collect()
    }
    fn lhs_free(&self, rank: usize) -> Axes {
        DotGeneral::free(rank, &self.lhs_contract, &self.lhs_batch)
    }
    fn rhs_free(&self, rank: usize) -> Axes {
        DotGeneral::free(rank, &self.rhs_contract, &self.rhs_batch)
    }
    fn swapped(&self) -> DotGeneral {
        DotGeneral {
            lhs_contract: self.rhs_contract.clone(),
            rhs_contract: self.lhs_contract.clone(),
            lhs_batch: self.rhs_batch.clone(),
            rhs_batch: self.lhs_batch.clone(),
            ..self.clone()
        }
    }
    /// The cotangent of the first operand. `first` says whether `ct`'s free axes of that operand stand first.
    fn transpose_lhs(&self, ct: Tracer, lhs: &ShapedArray, rhs: Tracer, first: bool) -> Tracer {
        let (batch, rhs_free) = (self.lhs_batch.len(), self.rhs_free(rhs.rank()));
        let lhs_free = self.lhs_free(lhs.rank());
        let skip = if first { lhs_free.len() } else { 0 };
        let product = DotGeneral {
            lhs_contract: (0..rhs_free.len()).map(|i| batch + skip + i).collect(),
            rhs_contract: rhs_free,
            lhs_batch: (0..batch).collect(),
            rhs_batch: self.rhs_batch.clone(),
            precision: self.precision,
            dtype: ct.dtype(),
        };
        let product = bind1(product, &[ct, rhs.astype(ct.dtype())]);
        // The axes of the product are: batch, free of lhs, and the summed ones in rhs' order.
        let mut summed: Vec<usize> = (0..self.rhs_contract.len()).collect();
        summed.sort_by_key(|i| self.rhs_contract[*i]);
        let place =
            self.lhs_batch.iter().copied().chain(lhs_free).chain(summed.into_iter().map(|i| self.lhs_contract[i]));
        let mut permutation: Axes = smallvec![0; lhs.rank()];
        for (from, axis) in place.enumerate() {
            permutation[axis] = from;
        }
        product.transpose_axes(&permutation).astype(lhs.dtype)
    }
}
impl Primitive for DotGeneral {
    described!("dot_general");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 2)?;
        let (x, y) = (ins[0], ins[1]);
        for (a, contract, batch) in [(x, &self.lhs_contract, &self.lhs_batch), (y, &self.rhs_contract, &self.rhs_batch)]
        {
            check_axes(&[&contract[..], &batch[..]].concat(), a.rank()).map_err(|e| format!("{e} ({a})"))?;
        }
        if self.lhs_contract.len() != self.rhs_contract.len() || self.lhs_batch.len() != self.rhs_batch.len() {
            return Err("both operands need as many contracted axes, and as many batch axes".into());
        }
        let pairs =
            |l: &Axes, r: &Axes| l.iter().copied().zip(r.iter().copied()).find(|(l, r)| x.shape[*l] != y.shape[*r]);
        if let Some((l, r)) = pairs(&self.lhs_contract, &self.rhs_contract).or(pairs(&self.lhs_batch, &self.rhs_batch))
        {
            return Err(format!(
                "axis {l} of {x} and axis {r} of {y} must have one size, got {} and {}",
                x.shape[l], y.shape[r]
            ));
        }
        check_product(x, y, self.dtype)?;
        let batch = self.lhs_batch.iter().map(|a| x.shape[*a]);
        let free = self
            .lhs_free(x.rank())
            .into_iter()
            .map(|a| x.shape[a])
            .chain(self.rhs_free(y.rank()).into_iter().map(|a| y.shape[a]));
        Ok(smallvec![ShapedArray { shape: batch.chain(free).collect(), dtype: self.dtype, weak: x.weak && y.weak }])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, y) = (ins[0], ins[1]);
        let out = self.infer(&[x.aval(), y.aval()])?.remove(0);
        // Both as [batch, free, summed].
        let arrange =
            |a: &Literal, batch: &Axes, free: Axes, contract: &Axes| -> Result<(Literal, usize, usize), String> {
                let permutation: Axes = batch.iter().chain(&free).chain(contract).copied().collect();
                let size = |axes: &[usize]| axes.iter().map(|i| a.shape()[*i]).product::<usize>();
                Ok((Transpose { permutation }.eval(&[a])?.remove(0), size(&free), size(contract)))
            };
        let (x, m, k) = arrange(x, &self.lhs_batch, self.lhs_free(x.shape().len()), &self.lhs_contract)?;
        let (y, n, _) = arrange(y, &self.rhs_batch, self.rhs_free(y.shape().len()), &self.rhs_contract)?;
        macro_rules! product {
            ($a:expr, $b:expr, $zero:expr, $add:expr) => {{
                let (a, b) = ($a, $b);
                let element = |o: usize| {
                    let (batch, i, j) = (o / (m * n), o / n % m, o % n);
                    let (a, b) = (&a[(batch * m + i) * k..][..k], &b[(batch * n + j) * k..][..k]);
                    a.iter().zip(b).fold($zero, $add)
                };
                // Threads pay from about a hundred thousand products.
                if out.size() * k < 100_000 {
                    (0..out.size()).map(element).collect::<Vec<_>>()
                } else {
                    (0..out.size()).into_par_iter().map(element).collect()
                }
            }};
        }
        Ok(vec![match out.dtype.kind() {
            Kind::Complex => {
                let items = product!(x.complexes(), y.complexes(), num_complex::Complex64::ZERO, |s, (a, b)| s + a * b);
                Literal::from_complexes(out, items)
            }
            Kind::Float => {
                let items = product!(x.floats(), y.floats(), 0.0, |s, (a, b)| s + a * b);
                Literal::from_floats(out, items)
            }
            _ => {
                let items = product!(x.ints(), y.ints(), 0i128, |s: i128, (a, b): (&i128, &i128)| s
                    .wrapping_add(a.wrapping_mul(*b)));
                Literal::from_ints(out, items)
            }
        }])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let left = tangents[0].map(|t| bind1(self.clone(), &[t, ins[1]]));
        let right = tangents[1].map(|t| bind1(self.clone(), &[ins[0], t]));
        vec![add_some(left, right)]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let Some(ct) = cts[0] else { return vec![None, None] };
        match ins {
            [Linear::Unknown(x), Linear::Known(y)] => vec![Some(self.transpose_lhs(ct, x, *y, true)), None],
            [Linear::Known(x), Linear::Unknown(y)] => vec![None, Some(self.swapped().transpose_lhs(ct, y, *x, false))],
            _ => fail("dot_general: cannot be transposed, since it is not linear in both operands"),
        }
    }
    fn batch(&self, _axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let by = |i: usize| usize::from(ins[i].batched);
        let mut op = DotGeneral {
            lhs_contract: shifted(&self.lhs_contract, by(0)),
            rhs_contract: shifted(&self.rhs_contract, by(1)),
            lhs_batch: shifted(&self.lhs_batch, by(0)),
            rhs_batch: shifted(&self.rhs_batch, by(1)),
            ..self.clone()
        };
        let front = if ins[0].batched && ins[1].batched {
            op.lhs_batch.insert(0, 0);
            op.rhs_batch.insert(0, 0);
            0
        } else if ins[0].batched {
            self.lhs_batch.len()
        } else {
            self.lhs_batch.len() + self.lhs_free(ins[0].value.rank()).len()
        };
        vec![Batched::new(bind1(op, &[ins[0].value, ins[1].value]).moveaxis(front as isize, 0))]
    }
    fn least_bits(&self) -> usize {
        8 // XLA refuses fewer.
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let precision = match self.precision {
            Precision::Default => "DEFAULT",
            Precision::High => "HIGH",
            Precision::Highest => "HIGHEST",
        };
        let attributes = format!(
            "dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = {}, rhs_batching_dimensions = {}, \
             lhs_contracting_dimensions = {}, rhs_contracting_dimensions = {}>, \
             precision_config = [#stablehlo<precision {precision}>, #stablehlo<precision {precision}>]",
            Dims(&self.lhs_batch),
            Dims(&self.rhs_batch),
            Dims(&self.lhs_contract),
            Dims(&self.rhs_contract)
        );
        vec![module.op1("stablehlo.dot_general", ins, &attributes, &outs[0])]
    }
}
impl Registered for DotGeneral {
    read_by_name!("dot_general");
    fn samples() -> Vec<Sample> {
        let array = |shape: &[usize], dtype: DType, seed: i128| {
            let aval = ShapedArray::new(shape, dtype);
            let n = aval.size() as i128;
            match dtype.kind() {
                Kind::Float => Literal::from_floats(aval, (0..n).map(|i| ((i * 7 + seed) % 11 - 5) as f64 / 4.0)),
                Kind::Complex => {
                    let z = |i: i128| {
                        num_complex::Complex64::new(
                            ((i * 7 + seed) % 11 - 5) as f64 / 4.0,
                            ((i * 3 + seed) % 7 - 3) as f64 / 2.0,
                        )
                    };
                    Literal::from_complexes(aval, (0..n).map(z))
                }
                _ => Literal::from_ints(aval, (0..n).map(|i| (i * 7 + seed) % 11 - 5)),
            }
        };
        let mut samples = vec![];
        let mut add = |x: &[usize], y: &[usize], axes: [&[usize]; 4], dtype: DType, out: DType| {
            let [lhs_contract, rhs_contract, lhs_batch, rhs_batch] = axes.map(Axes::from_slice);
            let op = DotGeneral {
                lhs_contract,
                rhs_contract,
                lhs_batch,
                rhs_batch,
                precision: Precision::Default,
                dtype: out,
            };
            samples.push(Sample::new(op, &[array(x, dtype, 1), array(y, dtype, 4)]));
        };
        for d in [DType::F32, DType::F64, DType::C64, DType::I32] {
            add(&[2, 3], &[3, 4], [&[1], &[0], &[], &[]], d, d);
            add(&[2, 3, 4], &[4, 2, 5], [&[2], &[0], &[0], &[1]], d, d);
        }
        let f = DType::F32;
        add(&[3], &[3], [&[0], &[0], &[], &[]], f, f);
        add(&[2], &[3], [&[], &[], &[], &[]], f, f);
        add(&[3, 2, 4], &[4, 5, 3], [&[0, 2], &[2, 0], &[], &[]], f, f);
        add(&[2, 3], &[3, 2], [&[1], &[0], &[0], &[1]], f, f);
        add(&[2, 0], &[0, 3], [&[1], &[0], &[], &[]], f, f);
        add(&[2, 3], &[3, 4], [&[1], &[0], &[], &[]], DType::BF16, f);
        samples
    }
}
impl Tracer {
    /// The product of two arrays as NumPy's `dot`: the last axis of this array is summed with the last but one of `other`, or its
    /// only one. Scalars multiply.
    #[track_caller]
    pub fn dot(self, other: Tracer) -> Tracer {
        let (m, n) = (self.rank(), other.rank());
        if m == 0 || n == 0 {
            return self * other;
        }
        self.contract(other, &[m - 1], &[n.saturating_sub(2)], &[], &[])
    }
    /// The matrix product as NumPy's `matmul`: of stacks of matrices in the last two axes, whose other axes broadcast together; arrays
    /// of one axis stand for a row on the left and a column on the right.
    #[track_caller]
    pub fn matmul(self, other: Tracer) -> Tracer {
        let (m, n) = (self.rank(), other.rank());
        if m == 0 || n == 0 {
            fail(format!("matmul: operands must have at least 1 axis, got {} and {}", self.aval(), other.aval()));
        }
        if m <= 2 && n <= 2 {
            return self.dot(other);
        }
        let (a, b) = (self.shape(), other.shape());
        let split = |s: &Shape| s.len().saturating_sub(2);
        let stack = crate::operand::broadcast_shapes(&a[..split(&a)], &b[..split(&b)]);
        let Ok(stack) = stack else {
            fail(format!("matmul: the leading axes of {} and {} do not broadcast together", self.aval(), other.aval()))
        };
        let spread = |x: Tracer, s: &Shape| x.broadcast_to(&[&stack[..], &s[split(s)..]].concat());
        if n <= 2 {
            return self.contract(other, &[m - 1], &[n.saturating_sub(2)], &[], &[]);
        }
        let batch: Axes = (0..stack.len()).collect();
        if m == 1 {
            let product = other.contract(self, &[n - 2], &[0], &[], &[]);
            return product;
        }
        let (x, y) = (spread(self, &a), spread(other, &b));
        x.contract(y, &[batch.len() + 1], &[batch.len()], &batch, &batch)
    }
    /// Products summed over pairs of axes; `batch` axes go in step. The result has the batch axes, then the other axes of this array,
    /// then those of `other`.
    #[track_caller]
    pub fn contract(
        self,
        other: Tracer,
        lhs: &[usize],
        rhs: &[usize],
        lhs_batch: &[usize],
        rhs_batch: &[usize],
    ) -> Tracer {
        let op = DotGeneral {
            lhs_contract: lhs.into(),
            rhs_contract: rhs.into(),
            lhs_batch: lhs_batch.into(),
            rhs_batch: rhs_batch.into(),
            precision: Precision::Default,
            dtype: self.dtype(),
        };
        bind1(op, &[self, other])
    }
}
