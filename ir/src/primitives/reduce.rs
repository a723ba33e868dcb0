//! `reduce_sum[axes] x` and its kin: one value for all elements along some axes.

use super::*;
use crate::{
    aval::resolve_axes,
    dtype::Kind,
    literal::{int_range, strides},
    operand::AxisList,
};
use num_complex::Complex64;

/// What a reduction does to two elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReduceKind {
    /// Adds; 0 if there are none.
    Sum,
    /// Multiplies; 1 if there are none.
    Prod,
    /// The greatest, NaN if any is; the least value of the dtype if there are none.
    Max,
    /// The least, NaN if any is; the greatest value of the dtype if there are none.
    Min,
    /// Bitwise or logical and.
    And,
    /// Bitwise or logical or.
    Or,
    /// Bitwise or logical exclusive or.
    Xor,
}
impl ReduceKind {
    pub(super) const ALL: [ReduceKind; 7] = [
        ReduceKind::Sum,
        ReduceKind::Prod,
        ReduceKind::Max,
        ReduceKind::Min,
        ReduceKind::And,
        ReduceKind::Or,
        ReduceKind::Xor,
    ];
    /// Name, and the binary function of two elements.
    fn row(self) -> (&'static str, Binary) {
        match self {
            ReduceKind::Sum => ("reduce_sum", Binary::Add),
            ReduceKind::Prod => ("reduce_prod", Binary::Mul),
            ReduceKind::Max => ("reduce_max", Binary::Max),
            ReduceKind::Min => ("reduce_min", Binary::Min),
            ReduceKind::And => ("reduce_and", Binary::And),
            ReduceKind::Or => ("reduce_or", Binary::Or),
            ReduceKind::Xor => ("reduce_xor", Binary::Xor),
        }
    }
    /// The binary function of two elements.
    pub fn combine(self) -> Binary {
        self.row().1
    }
    /// The value that changes nothing, of the given scalar type.
    pub fn identity(self, dtype: DType) -> Literal {
        let aval = ShapedArray::new(&[], dtype);
        let (low, high) = int_range(dtype);
        match self {
            ReduceKind::Sum | ReduceKind::Or | ReduceKind::Xor => Literal::zeros(aval),
            ReduceKind::Prod => Literal::full(aval, 1.0),
            ReduceKind::And => Literal::from_ints(aval, [if dtype == DType::Bool { 1 } else { -1 }]),
            ReduceKind::Max if dtype.is_float() => Literal::from_floats(aval, [f64::NEG_INFINITY]),
            ReduceKind::Min if dtype.is_float() => Literal::from_floats(aval, [f64::INFINITY]),
            ReduceKind::Max => Literal::from_ints(aval, [low]),
            ReduceKind::Min => Literal::from_ints(aval, [high]),
        }
    }
}

/// Reduces an array along some axes, which disappear.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reduce {
    /// What is done to the elements.
    pub kind: ReduceKind,
    /// The axes to reduce.
    pub axes: Axes,
}
impl Reduce {
    fn kept(&self, rank: usize) -> Axes {
        (0..rank).filter(|a| !self.axes.contains(a)).collect()
    }
    /// `out`, whose axes are those that were kept, repeated along those that were reduced.
    fn unreduce(&self, out: Tracer, shape: &[usize]) -> Tracer {
        out.broadcast(shape, &self.kept(shape.len()))
    }
    fn sum(&self, x: Tracer) -> Tracer {
        bind1(Reduce { kind: ReduceKind::Sum, axes: self.axes.clone() }, &[x])
    }
}
impl Primitive for Reduce {
    fn name(&self) -> &'static str {
        self.kind.row().0
    }
    fn print(&self, writer: &mut Writer) {
        writer.parameter("axes", &self.axes);
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        check_axes(&self.axes, a.rank())?;
        self.kind.combine().infer(&[a, a])?;
        Ok(smallvec![a.with_shape(&self.kept(a.rank()).iter().map(|k| a.shape[*k]).collect::<Shape>())])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, out) = (ins[0], self.infer(&[ins[0].aval()])?.remove(0));
        let (from, to, kept) = (strides(x.shape()), strides(&out.shape), self.kept(x.shape().len()));
        let place =
            |i: usize| -> usize { kept.iter().enumerate().map(|(k, a)| i / from[*a] % x.shape()[*a] * to[k]).sum() };
        let unit = self.kind.identity(x.dtype());
        let n = out.size();
        macro_rules! fold {
            ($items:expr, $unit:expr, $f:expr) => {{
                let mut sums = vec![$unit; n];
                for (i, v) in $items.into_iter().enumerate() {
                    let slot = &mut sums[place(i)];
                    *slot = $f(*slot, v);
                }
                sums
            }};
        }
        let max = |a: f64, b: f64| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) };
        Ok(vec![match x.dtype().kind() {
            Kind::Float => Literal::from_floats(
                out,
                fold!(x.floats(), unit.floats()[0], |a: f64, b: f64| match self.kind {
                    ReduceKind::Sum => a + b,
                    ReduceKind::Prod => a * b,
                    ReduceKind::Max => max(a, b),
                    _ => -max(-a, -b),
                }),
            ),
            Kind::Complex => Literal::from_complexes(
                out,
                fold!(x.complexes(), unit.complexes()[0], |a: Complex64, b: Complex64| match self.kind {
                    ReduceKind::Sum => a + b,
                    _ => a * b,
                }),
            ),
            _ => Literal::from_ints(
                out,
                fold!(x.ints(), unit.ints()[0], |a: i128, b: i128| match self.kind {
                    ReduceKind::Sum => a.wrapping_add(b),
                    ReduceKind::Prod => a.wrapping_mul(b),
                    ReduceKind::Max => a.max(b),
                    ReduceKind::Min => a.min(b),
                    ReduceKind::And => a & b,
                    ReduceKind::Or => a | b,
                    ReduceKind::Xor => a ^ b,
                }),
            ),
        }])
    }
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let (x, out) = (ins[0], outs[0]);
        if x.size() == 0 && self.kind != ReduceKind::Sum {
            return vec![None]; // constant, and a share of no elements would be 0 / 0
        }
        vec![tangents[0].and_then(|t| match self.kind {
            ReduceKind::Sum => Some(bind1(self.clone(), &[t])),
            ReduceKind::Prod => Some(product_tangent(self, x, t)),
            // Elements that share the extremum share the derivative.
            ReduceKind::Max | ReduceKind::Min => {
                let chosen = x.equal(self.unreduce(out, &x.shape())).astype(x.dtype());
                Some(self.sum(t * chosen) / self.sum(chosen))
            }
            _ => None,
        })]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        if self.kind != ReduceKind::Sum {
            fail(format!("{}: cannot be transposed, since it is not linear", self.name()));
        }
        vec![cts[0].map(|ct| self.unreduce(ct, &ins[0].aval().shape))]
    }
    fn batch(&self, _axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        vec![Batched::new(bind1(Reduce { kind: self.kind, axes: shifted(&self.axes, 1) }, &[ins[0].value]))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let unit = module.constant(&self.kind.identity(outs[0].dtype));
        let scalar = outs[0].with_shape(&[]);
        let body = module.region(&[scalar.clone(), scalar.clone()], |m, args| {
            self.kind.combine().lower(m, args, std::slice::from_ref(&scalar))
        });
        module.op(
            "stablehlo.reduce",
            &[ins[0].clone(), unit],
            &format!("dimensions = {}", mlir_array(&self.axes)),
            &[body],
            outs,
        )
    }
}
/// The derivative of a product, by halving: `(ab)' = a'b + ab'`. It needs no division, so zeros are no exception.
fn product_tangent(op: &Reduce, x: Tracer, t: Tracer) -> Tracer {
    let shape = x.shape();
    let kept = op.kept(shape.len());
    let order: Axes = op.axes.iter().chain(&kept).copied().collect();
    let rest: usize = kept.iter().map(|k| shape[*k]).product();
    let flat = |v: Tracer| v.transpose_axes(&order).reshape(&[v.size().checked_div(rest).unwrap_or(0), rest]);
    let (mut product, mut tangent) = (flat(x), flat(t));
    let mut n = product.shape()[0];
    while n > 1 {
        let half = n.div_ceil(2);
        let halves = |v: Tracer, unit: f64| {
            let filler =
                Pad { low: smallvec![0, 0], high: smallvec![(2 * half - n) as isize, 0], interior: smallvec![0, 0] };
            let even = v.pad_with(filler, unit);
            (even.slice_axis(0, 0, half), even.slice_axis(0, half, 2 * half))
        };
        let ((p, q), (dp, dq)) = (halves(product, 1.0), halves(tangent, 0.0));
        (product, tangent, n) = (p * q, dp * q + p * dq, half);
    }
    let out: Shape = kept.iter().map(|k| shape[*k]).collect();
    if n == 0 { tangent.sum_axes(0).reshape(&out) } else { tangent.reshape(&out) }
}
impl Registered for Reduce {
    fn read(name: &str, reader: &mut Reader) -> Option<Result<Reduce, String>> {
        let kind = *ReduceKind::ALL.iter().find(|k| k.row().0 == name)?;
        let axes = reader.parameter("axes").and_then(|axes| reader.end_of_parameters().map(|()| axes));
        Some(axes.map(|axes| Reduce { kind, axes }))
    }
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        let values = [0.5, -1.5, 2.0, 0.25, 3.0, -0.75, 1.25, 0.8, -2.5, 1.1, 0.4, 2.2];
        for kind in ReduceKind::ALL {
            let mut add =
                |axes: &[usize], x: Literal| samples.push(Sample::new(Reduce { kind, axes: axes.into() }, &[x]));
            let aval = |d| ShapedArray::new(&[2, 3, 2], d);
            if matches!(kind, ReduceKind::And | ReduceKind::Or | ReduceKind::Xor) {
                add(&[1], Literal::from_ints(aval(DType::Bool), (0..12).map(|i| i % 5 % 2)));
                add(&[0, 2], Literal::from_ints(aval(DType::U8), (0..12).map(|i| 37 * i)));
                continue;
            }
            for dtype in [DType::F32, DType::F64] {
                for axes in [&[0, 1, 2][..], &[1], &[0, 2], &[]] {
                    add(axes, Literal::from_floats(aval(dtype), values));
                }
            }
            add(&[1], Literal::from_ints(aval(DType::I32), (0..12).map(|i| 7 * i % 5 - 2)));
            add(&[0], Literal::zeros(ShapedArray::new(&[0, 2], DType::F32)));
            if matches!(kind, ReduceKind::Sum | ReduceKind::Prod) {
                add(
                    &[1],
                    Literal::from_complexes(aval(DType::C64), values.iter().map(|v| Complex64::new(*v, 0.3 - v))),
                );
            }
        }
        samples
    }
}
macro_rules! reductions { ($($(#[$doc:meta])* $Kind:ident $all:ident $some:ident;)*) => { impl Tracer { $(
    $(#[$doc])*
    #[track_caller]
    pub fn $all(self) -> Tracer {
        bind1(Reduce { kind: ReduceKind::$Kind, axes: (0..self.rank()).collect() }, &[self])
    }
    $(#[$doc])*
    ///
    /// Along one axis or several, which disappear; negative axes count from the end.
    #[track_caller]
    pub fn $some(self, axes: impl AxisList) -> Tracer {
        let axes = or_fail(ReduceKind::$Kind.row().0, resolve_axes(axes.axes(), self.rank()));
        bind1(Reduce { kind: ReduceKind::$Kind, axes }, &[self])
    }
)* } } }
reductions! {
    /// The sum of the elements.
    Sum sum sum_axes;
    /// The product of the elements.
    Prod prod prod_axes;
    /// The greatest element; NaN if any is. Elements that share it share its derivative.
    Max max max_axes;
    /// The least element; NaN if any is. Elements that share it share its derivative.
    Min min min_axes;
    /// Whether all elements hold (of integers: the bitwise and).
    And all all_axes;
    /// Whether any element holds (of integers: the bitwise or).
    Or any any_axes;
}
impl Tracer {
    /// The arithmetic mean of the elements, which are floats or complex numbers.
    #[track_caller]
    pub fn mean(self) -> Tracer {
        let n = self.size() as f64;
        self.sum() / n
    }
    /// The arithmetic mean along one axis or several, which disappear; negative axes count from the end.
    #[track_caller]
    pub fn mean_axes(self, axes: impl AxisList) -> Tracer {
        let sum = self.sum_axes(axes);
        sum / (self.size() as f64 / sum.size().max(1) as f64)
    }
}
