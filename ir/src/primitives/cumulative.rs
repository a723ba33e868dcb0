//! `cumsum[axis, reverse] x` and its kin: each element combined with all before it along an axis.

use super::{associative_scan::associative_scan, reduce::ReduceKind, reduce_window::Window, *};
use crate::{aval::resolve_axis, dtype::Kind, literal::strides};

/// What a cumulative operation does to two elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CumulativeKind {
    /// Adds.
    Sum,
    /// Multiplies.
    Prod,
    /// The greater; NaN if either is.
    Max,
    /// The lesser; NaN if either is.
    Min,
    /// The logarithm of the sum of the exponentials.
    LogSumExp,
}
impl CumulativeKind {
    const ALL: [CumulativeKind; 5] = [
        CumulativeKind::Sum,
        CumulativeKind::Prod,
        CumulativeKind::Max,
        CumulativeKind::Min,
        CumulativeKind::LogSumExp,
    ];
    /// Name, and the reduction; `None` is that of the exponentials.
    fn row(self) -> (&'static str, Option<ReduceKind>) {
        match self {
            CumulativeKind::Sum => ("cumsum", Some(ReduceKind::Sum)),
            CumulativeKind::Prod => ("cumprod", Some(ReduceKind::Prod)),
            CumulativeKind::Max => ("cummax", Some(ReduceKind::Max)),
            CumulativeKind::Min => ("cummin", Some(ReduceKind::Min)),
            CumulativeKind::LogSumExp => ("cumlogsumexp", None),
        }
    }
    fn combine(self, a: Tracer, b: Tracer) -> Tracer {
        match self.row().1 {
            Some(kind) => bind1(kind.combine(), &[a, b]),
            None => {
                let difference = a - b;
                let sum = a.maximum(b) + (-difference.abs()).exp().log1p();
                // Infinities of one sign have no difference.
                bind1(Select, &[difference.not_equal(difference), a + b, sum])
            }
        }
    }
}

/// Combines each element with all before it (`reverse`: after it) along an axis, itself included.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cumulative {
    /// What is done to the elements.
    pub kind: CumulativeKind,
    /// The axis to go along.
    pub axis: usize,
    /// Whether to go from the last element to the first.
    pub reverse: bool,
}
impl Primitive for Cumulative {
    fn name(&self) -> &'static str {
        self.kind.row().0
    }
    fn print(&self, writer: &mut Writer) {
        writer.parameter("axis", &self.axis);
        writer.parameter("reverse", &self.reverse);
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        check_axes(&[self.axis], a.rank())?;
        match self.kind.row().1 {
            _ if a.dtype == DType::Bool => return Err(format!("takes numbers, got {a}")),
            Some(kind) => drop(kind.combine().infer(&[a, a])?),
            None if !a.dtype.is_float() => return Err(format!("takes floats, got {a}")),
            None => {}
        }
        Ok(smallvec![a.clone()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let x = ins[0];
        let (n, step) = (x.shape()[self.axis], strides(x.shape())[self.axis]);
        macro_rules! scan {
            ($items:ident, $from:ident, $f:expr) => {{
                let mut all = x.$items();
                for line in 0..all.len().checked_div(n).unwrap_or(0) {
                    let place =
                        |k: usize| (line / step * n + if self.reverse { n - 1 - k } else { k }) * step + line % step;
                    for k in 1..n {
                        all[place(k)] = $f(all[place(k - 1)], all[place(k)]);
                    }
                }
                Literal::$from(x.aval().clone(), all)
            }};
        }
        let max = |a: f64, b: f64| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) };
        use CumulativeKind::*;
        Ok(vec![match x.dtype().kind() {
            Kind::Float => scan!(floats, from_floats, |a: f64, b: f64| match self.kind {
                Sum => a + b,
                Prod => a * b,
                Max => max(a, b),
                Min => -max(-a, -b),
                LogSumExp if (a - b).is_nan() => a + b,
                LogSumExp => max(a, b) + (-(a - b).abs()).exp().ln_1p(),
            }),
            Kind::Complex => scan!(complexes, from_complexes, |a, b| if self.kind == Sum { a + b } else { a * b }),
            _ => scan!(ints, from_ints, |a: i128, b: i128| match self.kind {
                Prod => a.wrapping_mul(b),
                Max => a.max(b),
                Min => a.min(b),
                _ => a.wrapping_add(b),
            }),
        }])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let (x, Some(t)) = (ins[0], tangents[0]) else { return vec![None] };
        let pair = |combine: &dyn Fn(&[Tracer], &[Tracer]) -> Vec<Tracer>| {
            vec![associative_scan(combine, &[x, t], self.axis, self.reverse)[1]]
        };
        let finite = |x: Tracer| bind1(Select, &[x.equal(x.full_like(f64::INFINITY)), x.full_like(0.0), x]);
        let part = |out: Tracer, x: Tracer, t: Tracer| t * (finite(x) - finite(out)).exp();
        // The same tree of combinations as JAX's, since it decides who shares an extremum with whom.
        let tangents = match self.kind {
            CumulativeKind::Sum => vec![bind1(self.clone(), &[t])],
            CumulativeKind::Prod => pair(&|a, b| vec![a[0] * b[0], a[1] * b[0] + a[0] * b[1]]),
            CumulativeKind::LogSumExp => pair(&|a, b| {
                let out = self.kind.combine(a[0], b[0]);
                vec![out, part(out, a[0], a[1]) + part(out, b[0], b[1])]
            }),
            CumulativeKind::Max | CumulativeKind::Min => pair(&|a, b| {
                let out = self.kind.combine(a[0], b[0]);
                let chosen = |x: Tracer| out.equal(x).astype(out.dtype());
                let both = a[0].equal(b[0]);
                let share = bind1(Select, &[both, out.full_like(0.5), out.full_like(1.0)]);
                vec![out, (a[1] * chosen(a[0]) + b[1] * chosen(b[0])) * share]
            }),
        };
        tangents.into_iter().map(Some).collect()
    }
    fn transpose(&self, cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        if self.kind != CumulativeKind::Sum {
            fail(format!("{}: cannot be transposed, since it is not linear", self.name()));
        }
        vec![cts[0].map(|ct| bind1(Cumulative { reverse: !self.reverse, ..self.clone() }, &[ct]))]
    }
    fn batch(&self, _axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        vec![Batched::new(bind1(Cumulative { axis: self.axis + 1, ..self.clone() }, &[ins[0].value]))]
    }
    /// One `reduce_window` over a window as long as the axis, as JAX does: XLA turns it into a tree of short ones, while the steps of an
    /// associative scan, written out, are some ten operations for each doubling of the axis that XLA must compile.
    fn least_bits(&self) -> usize {
        16 // They start from infinities, which some of the 8-bit types lack.
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let (shape, dtype) = (&outs[0].shape, outs[0].dtype);
        let n = shape[self.axis];
        if outs[0].size() == 0 {
            return ins.to_vec();
        }
        let mut window = Window::unit(shape.len());
        window.sizes[self.axis] = n;
        let pad = if self.reverse { &mut window.high } else { &mut window.low };
        pad[self.axis] = n as isize - 1;
        let unit = module.constant(&self.kind.row().1.unwrap_or(ReduceKind::Max).identity(dtype));
        window.emit(module, &[ins[0].clone(), unit], outs, |m, args| {
            m.emit(args, |a| vec![self.kind.combine(a[0], a[1])])
        })
    }
}
impl Registered for Cumulative {
    fn read(name: &str, reader: &mut Reader) -> Option<Result<Cumulative, String>> {
        let kind = *CumulativeKind::ALL.iter().find(|k| k.row().0 == name)?;
        let mut parameters = || {
            let (axis, reverse) = (reader.parameter("axis")?, reader.parameter("reverse")?);
            reader.end_of_parameters()?;
            Ok(Cumulative { kind, axis, reverse })
        };
        Some(parameters())
    }
    fn samples() -> Vec<Sample> {
        let values = [0.5, -1.5, 2.0, 0.25, 3.0, -0.75, 1.25, 0.8, -2.5, 1.1, 0.4, 2.2, -0.3, 1.6];
        let mut samples = vec![];
        for kind in CumulativeKind::ALL {
            let op = |axis, reverse| Cumulative { kind, axis, reverse };
            let floats = |shape: &[usize], dtype| Literal::from_floats(ShapedArray::new(shape, dtype), values);
            samples.push(Sample::new(op(1, false), &[floats(&[2, 7], DType::F32)]));
            samples.push(Sample::new(op(0, true), &[floats(&[7, 2], DType::F64)]));
            samples.push(Sample::new(op(1, true), &[floats(&[7, 2, 1], DType::F64)]));
            samples.push(Sample::new(op(0, false), &[Literal::new::<f32>(&[0, 2], &[])]));
            if kind != CumulativeKind::LogSumExp {
                samples.push(Sample::new(op(0, false), &[Literal::from(vec![3i32, -1, 4, 4, -5, 9])]));
            }
            if matches!(kind, CumulativeKind::Sum | CumulativeKind::Prod) {
                let z = values.iter().map(|v| num_complex::Complex64::new(*v, 0.3 - v));
                samples.push(Sample::new(
                    op(0, true),
                    &[Literal::from_complexes(ShapedArray::new(&[7, 2], DType::C64), z)],
                ));
            }
        }
        samples
    }
}
macro_rules! cumulatives { ($($(#[$doc:meta])* $Kind:ident $name:ident;)*) => { impl Tracer { $(
    $(#[$doc])*
    ///
    /// Along an axis; a negative one counts from the end.
    #[track_caller]
    pub fn $name(self, axis: isize) -> Tracer {
        self.cumulative(CumulativeKind::$Kind, axis, false)
    }
)* } } }
cumulatives! {
    /// Each element plus all before it.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let x = Literal::from(vec![1.0f32, 2.0, 3.0]);
    /// let program = trace(&[x.aval().clone()], |a| vec![a[0].cumsum(0)]).program;
    /// assert_eq!(eval(&program, &[x]).unwrap(), [Literal::from(vec![1.0f32, 3.0, 6.0])]);
    /// ```
    Sum cumsum;
    /// Each element times all before it.
    Prod cumprod;
    /// The greatest among each element and all before it; NaN after a NaN.
    Max cummax;
    /// The least among each element and all before it; NaN after a NaN.
    Min cummin;
    /// The logarithm of the sum of the exponentials of each element and all before it.
    LogSumExp cumlogsumexp;
}
impl Tracer {
    /// Each element combined with all before it (`reverse`: after it) along an axis; a negative one counts from the end.
    #[track_caller]
    pub fn cumulative(self, kind: CumulativeKind, axis: isize, reverse: bool) -> Tracer {
        let axis = or_fail(kind.row().0, resolve_axis(axis, self.rank()));
        bind1(Cumulative { kind, axis, reverse }, &[self])
    }
}
