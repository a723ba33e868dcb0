//! What lowerings by series and continued fractions are made of: a loop until every element has converged, in f32 at least.

use super::*;
use crate::rewrite::nested::{closed, parts};

/// Emits a function of tracers, applied in f32 where the operands are narrower.
pub(super) fn emit_wide(
    module: &mut Module,
    ins: &[Value],
    out: &ShapedArray,
    f: impl FnOnce(&[Tracer]) -> Tracer,
) -> Value {
    let wide = if out.dtype.bits() < 32 { DType::F32 } else { out.dtype };
    module
        .emit(ins, |args| vec![f(&args.iter().map(|a| a.astype(wide)).collect::<Vec<_>>()).astype(out.dtype)])
        .remove(0)
}
/// The last carries of a loop over whole arrays. `step` takes captures and carries and says which elements go on, and their carries;
/// an element keeps its carries once it has stopped, so that it does not depend on the others. At most `limit` steps.
pub(super) fn iterate(
    going: Tracer,
    captures: &[Tracer],
    carries: &[Tracer],
    limit: i32,
    step: impl FnOnce(&[Tracer], &[Tracer]) -> (Tracer, Vec<Tracer>),
) -> Vec<Tracer> {
    let count = crate::trace::constant(0i32);
    let carries = [&[going, count], carries].concat();
    let avals = |values: &[Tracer]| -> Vec<ShapedArray> { values.iter().map(|v| v.aval().strong()).collect() };
    let axes = (0..going.rank()).collect();
    let cond = closed(&avals(&carries), |carries| {
        let any = bind1(Reduce { kind: reduce::ReduceKind::Or, axes }, &[carries[0]]);
        vec![any & carries[1].less(limit)]
    });
    let body = closed(&avals(&[captures, &carries].concat()), |args| {
        let [captures, head, carries] = parts(args, [captures.len(), 2, carries.len() - 2]);
        let (on, after) = step(captures, carries);
        let kept = after.into_iter().zip(carries).map(|(new, old)| bind1(Select, &[head[0], new, *old]));
        [head[0] & on, head[1] + 1].into_iter().chain(kept).collect()
    });
    let op = While { cond_captures: 0, body_captures: captures.len(), cond, body };
    bind(op.into(), &[captures, &carries].concat())[2..].to_vec()
}
/// The unit roundoff of f32 or f64.
pub(super) fn epsilon(dtype: DType) -> f64 {
    if dtype == DType::F64 { f64::EPSILON } else { f64::from(f32::EPSILON) }
}

/// A continued fraction `1 / (b + …)` and, if wanted, the derivative of its logarithm, by Lentz's method (Thompson and Barnett, *Coulomb
/// and Bessel functions of complex arguments and order*, 1986).
pub(super) struct Lentz {
    /// The ratio of successive numerators, the inverse ratio of successive denominators, and the value so far.
    pub value: [Tracer; 3],
    /// The derivatives of the ratios, and that of the logarithm of the value.
    pub slope: Option<[Tracer; 3]>,
}
impl Lentz {
    pub(super) fn carries(&self) -> Vec<Tracer> {
        self.value.into_iter().chain(self.slope.into_iter().flatten()).collect()
    }
    pub(super) fn of(carries: &[Tracer]) -> Lentz {
        let three = |i: usize| [carries[i], carries[i + 1], carries[i + 2]];
        Lentz { value: three(0), slope: (carries.len() > 3).then(|| three(3)) }
    }
    /// After one more term `a / (b + …)`; each of `a` and `b` is a value and its derivative.
    pub(super) fn step(&self, a: [Tracer; 2], b: [Tracer; 2]) -> Lentz {
        let [c, d, h] = self.value;
        // A divisor of 0 becomes a number so small that it makes no difference.
        let guarded = |x: Tracer| x.abs().less(1e-30).select(x.full_like(1e-30), x);
        let new_c = guarded(b[0] + a[0] / c);
        let new_d: Tracer = 1.0 / guarded(b[0] + a[0] * d);
        let slope = self.slope.map(|[c_slope, d_slope, log_slope]| {
            let c_slope = b[1] + (a[1] - a[0] / c * c_slope) / c;
            let d_slope = -(new_d * new_d) * (b[1] + a[1] * d + a[0] * d_slope);
            [c_slope, d_slope, log_slope + c_slope / new_c + d_slope / new_d]
        });
        Lentz { value: [new_c, new_d, h * new_c * new_d], slope }
    }
    /// Where the value, or the derivative that is wanted, has changed noticeably since `before`.
    pub(super) fn moved(&self, before: &Lentz) -> Tracer {
        let e = epsilon(self.value[2].dtype());
        let moved = |new: Tracer, old: Tracer| (new - old).abs().greater(new.abs() * e);
        let value = moved(self.value[2], before.value[2]);
        self.slope.zip(before.slope).map_or(value, |(new, old)| value | moved(new[2], old[2]))
    }
    /// The value, and the derivative of its logarithm, 0 if that is not wanted.
    pub(super) fn result(&self) -> [Tracer; 2] {
        let h = self.value[2];
        [h, self.slope.map_or_else(|| h.full_like(0.0), |s| s[2])]
    }
}
