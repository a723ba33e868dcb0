//! `top_k[k, axis] x`: the greatest elements along an axis, and where they stand.

use super::{gather::GatherMode, *};
use crate::{aval::resolve_axis, dtype::Kind, literal::strides};

parameters! {
    /// Takes the `k` greatest elements along an axis, in descending order, and their positions (`i32`).
    ///
    /// NaN counts as the greatest, and `0.0` as greater than `-0.0`; of equal elements the first comes first.
    TopK {
        /// How many.
        k: usize,
        /// The axis along which to look.
        axis: usize,
    }
}
impl Primitive for TopK {
    described!("top_k");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        check_axes(&[self.axis], a.rank())?;
        if a.dtype.is_complex() {
            return Err(format!("complex numbers have no order, got {a}"));
        }
        let mut shape = a.shape.clone();
        if self.k > shape[self.axis] {
            return Err(format!("axis {} of {a} has not {} elements", self.axis, self.k));
        }
        shape[self.axis] = self.k;
        Ok(smallvec![a.with_shape(&shape), ShapedArray::new(&shape, DType::I32)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, outs) = (ins[0], self.infer(&[ins[0].aval()])?);
        let (n, step) = (x.shape()[self.axis], strides(x.shape())[self.axis]);
        // Floats as integers of the same order.
        let keys: Vec<i128> = match x.dtype().kind() {
            Kind::Float => {
                let order = |x: f64| {
                    if x.is_nan() {
                        i64::MAX
                    } else {
                        (x.to_bits() as i64) ^ ((x.to_bits() as i64 >> 63) as u64 >> 1) as i64
                    }
                };
                x.floats().into_iter().map(|x| order(x) as i128).collect()
            }
            _ => x.ints(),
        };
        let mut from = vec![0; outs[0].size()];
        let mut places = from.clone();
        for line in 0..x.size().checked_div(n).unwrap_or(0) {
            let (outer, inner) = (line / step, line % step);
            let mut order: Vec<usize> = (0..n).collect();
            order.sort_by_key(|k| std::cmp::Reverse(keys[(outer * n + k) * step + inner]));
            for (k, place) in order.into_iter().take(self.k).enumerate() {
                let at = (outer * self.k + k) * step + inner;
                (from[at], places[at]) = ((outer * n + place) * step + inner, place);
            }
        }
        let values = x.gather(&outs[0].shape, None, |i| Some(from[i]));
        Ok(vec![values, Literal::from_ints(outs[1].clone(), places.into_iter().map(|p| p as i128))])
    }
    fn tangent(&self, _ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let along = |t: Tracer| t.take_along_axis(outs[1], self.axis as isize, GatherMode::PromiseInBounds);
        vec![tangents[0].map(along), None]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(TopK { k: self.k, axis: self.axis + 1 }, axis, ins)
    }
    fn least_bits(&self) -> usize {
        16 // XLA compares the bits of floats as if zero and NaN were where IEEE has them.
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if outs[0].size() == 0 {
            return outs.iter().map(|o| module.splat(o, 0.0)).collect();
        }
        // CHLO looks along the last axis only.
        let swap =
            |m: &mut Module, v: &Value| m.emit(std::slice::from_ref(v), |a| vec![swapped(a[0], self.axis)]).remove(0);
        let x = swap(module, &ins[0]);
        let mut shape = x.aval.shape.clone();
        shape.pop();
        shape.push(self.k);
        let avals = [outs[0].with_shape(&shape), outs[1].with_shape(&shape)];
        let found = module.op("chlo.top_k", &[x], &format!("k = {} : i64", self.k), &[], &avals);
        found.iter().map(|v| swap(module, v)).collect()
    }
}
/// An axis exchanged with the last one.
fn swapped(x: Tracer, axis: usize) -> Tracer {
    let mut order: Axes = (0..x.rank()).collect();
    let last = order.len() - 1;
    order.swap(axis, last);
    x.transpose_axes(&order)
}
impl Registered for TopK {
    read_by_name!("top_k");
    fn samples() -> Vec<Sample> {
        let op = |k, axis| TopK { k, axis };
        let x = Literal::new(&[2, 3], &[3.0f32, -1.5, 2.25, 0.5, 4.0, -2.75]);
        // Where elements are equal, differences know no order.
        let ties = Literal::from(vec![1.0f32, f32::NAN, 5.0, 1.0, f32::NEG_INFINITY]);
        vec![
            Sample { derivative: false, ..Sample::new(op(4, 0), &[ties]) },
            Sample::new(op(2, 1), std::slice::from_ref(&x)),
            Sample::new(op(1, 0), std::slice::from_ref(&x)),
            Sample::new(op(0, 1), &[x]),
            Sample::new(op(3, 0), &[Literal::from(vec![2i32, 7, 2, 7, -1])]),
        ]
    }
}
impl Tracer {
    /// The `k` greatest elements along an axis (negative: from the end), in descending order, and their positions (`i32`). NaN counts as
    /// the greatest; of equal elements the first comes first.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let x = Literal::from(vec![3.0f32, 1.0, 5.0]);
    /// let program = trace(&[x.aval().clone()], |a| {
    ///     let (values, indices) = a[0].top_k(2, -1);
    ///     vec![values, indices]
    /// });
    /// assert_eq!(eval(&program.program, &[x]).unwrap(), [vec![5.0f32, 3.0].into(), Literal::from(vec![2i32, 0])]);
    /// ```
    #[track_caller]
    pub fn top_k(self, k: usize, axis: isize) -> (Tracer, Tracer) {
        let axis = or_fail("top_k", resolve_axis(axis, self.rank()));
        let outs = bind(TopK { k, axis }.into(), &[self]);
        (outs[0], outs[1])
    }
}
