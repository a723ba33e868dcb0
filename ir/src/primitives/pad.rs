//! `pad[low, high, interior] x value`: `x` with a value around and between its elements.

use super::*;
use crate::literal::strides;

parameters! {
    /// Puts copies of a scalar before, after and between the elements along each axis.
    Pad {
        /// How many before; negative numbers cut away instead.
        low: SmallVec<[isize; 4]>,
        /// How many after; negative numbers cut away instead.
        high: SmallVec<[isize; 4]>,
        /// How many between neighbours.
        interior: Shape,
    }
}
impl Pad {
    fn shape(&self, from: &[usize]) -> Option<Shape> {
        let size = |a: usize| {
            let between = from[a].saturating_sub(1) as i128 * self.interior[a] as i128;
            self.low[a] as i128 + self.high[a] as i128 + from[a] as i128 + between
        };
        (0..from.len()).map(|a| usize::try_from(size(a)).ok()).collect()
    }
}
impl Primitive for Pad {
    described!("pad");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 2)?;
        let (a, value) = (ins[0], ins[1]);
        if value.rank() != 0 || value.dtype != a.dtype {
            return Err(format!("the value must be a scalar of the dtype of {a}, got {value}"));
        }
        if self.low.len() != a.rank() || self.high.len() != a.rank() || self.interior.len() != a.rank() {
            return Err(format!("needs low, high and interior padding for each axis of {a}"));
        }
        let shape = self.shape(&a.shape).ok_or_else(|| {
            format!(
                "{a} has not as many elements as the negative padding cuts away, or more are added than can be counted"
            )
        })?;
        Ok(smallvec![a.with_shape(&shape)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let from = ins[0].shape();
        let shape = self.shape(from).ok_or("cuts away more than there is")?;
        let (source, to) = (strides(from), strides(&shape));
        Ok(vec![ins[0].gather(&shape, Some(ins[1]), |i| {
            (0..shape.len()).try_fold(0, |sum, a| {
                let at = (i / to[a] % shape[a]) as isize - self.low[a];
                let step = self.interior[a] as isize + 1;
                (at >= 0 && at % step == 0 && at / step < from[a] as isize)
                    .then(|| sum + (at / step) as usize * source[a])
            })
        })])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let zero = |i: usize| tangents[i].unwrap_or_else(|| ins[i].full_like(0.0));
        vec![(tangents[0].is_some() || tangents[1].is_some()).then(|| bind1(self.clone(), &[zero(0), zero(1)]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let Some(ct) = cts[0] else { return vec![None, None] };
        let cut = || {
            // Undo the outer padding, then take every element that came from the operand.
            let outer = Pad {
                low: self.low.iter().map(|l| -l).collect(),
                high: self.high.iter().map(|h| -h).collect(),
                interior: smallvec![0; self.low.len()],
            };
            let inner = ct.pad_with(outer, 0.0);
            let step: Shape = self.interior.iter().map(|i| i + 1).collect();
            inner.slice(&Shape::from_elem(0, step.len()), &inner.shape(), &step)
        };
        let operand = cut();
        vec![ins[0].is_unknown().then_some(operand), ins[1].is_unknown().then(|| ct.sum() - operand.sum())]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let op = Pad { low: prepend(0, &self.low), high: prepend(0, &self.high), interior: prepend(0, &self.interior) };
        if !ins[1].batched {
            return vec![Batched::new(bind1(op, &[ins[0].value, ins[1].value]))];
        }
        // A value for each example: pad a mask, and choose.
        let x = ins[0].spread(axis);
        let zero = crate::trace::constant(Literal::zeros(x.aval().with_shape(&[])));
        let padded = bind1(op.clone(), &[x, zero]);
        let (yes, no) = (crate::trace::constant(true).broadcast(&x.shape(), &[]), crate::trace::constant(false));
        let mask = bind1(op, &[yes, no]);
        vec![Batched::new(bind1(Select, &[mask, padded, ins[1].value.broadcast(&padded.shape(), &[0])]))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let attributes = format!(
            "edge_padding_low = {}, edge_padding_high = {}, interior_padding = {}",
            mlir_array(&self.low),
            mlir_array(&self.high),
            mlir_array(&self.interior)
        );
        vec![module.op1("stablehlo.pad", ins, &attributes, &outs[0])]
    }
}
impl Registered for Pad {
    read_by_name!("pad");
    fn samples() -> Vec<Sample> {
        let x = Literal::from_ints(ShapedArray::new(&[3, 2], DType::F32), 1..7);
        let op = |l: [isize; 2], h: [isize; 2], i: [usize; 2]| Pad {
            low: l[..].into(),
            high: h[..].into(),
            interior: i[..].into(),
        };
        let value = Literal::scalar(-1.0f32);
        vec![
            Sample::new(op([1, 0], [0, 2], [0, 0]), &[x.clone(), value.clone()]),
            Sample::new(op([-1, 1], [2, -1], [1, 2]), &[x.clone(), value.clone()]),
            Sample::new(op([-1, 0], [-1, 0], [0, 1]), &[x, value]),
            Sample::new(op([1, 1], [1, 1], [0, 0]), &[Literal::new(&[1, 2], &[5i8, 6]), Literal::scalar(9i8)]),
            Sample::new(op([0, 1], [1, 1], [0, 0]), &[Literal::new::<f64>(&[2, 0], &[]), Literal::scalar(9.0)]),
        ]
    }
}
impl Tracer {
    pub(crate) fn pad_with(self, pad: Pad, value: f64) -> Tracer {
        let nothing = |p: &[isize]| p.iter().all(|n| *n == 0);
        if nothing(&pad.low) && nothing(&pad.high) && pad.interior.iter().all(|n| *n == 0) {
            return self;
        }
        let value = crate::trace::constant(Literal::full(self.aval().with_shape(&[]), value));
        bind1(pad, &[self, value])
    }
    /// The array with `value` put before, after and between its elements along each axis; negative numbers before or after cut away.
    #[track_caller]
    pub fn pad(self, value: impl crate::operand::Operand, low: &[isize], high: &[isize], interior: &[usize]) -> Tracer {
        let value = value.beside(self);
        bind1(Pad { low: low.into(), high: high.into(), interior: interior.into() }, &[self, value])
    }
}
