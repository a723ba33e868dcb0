//! `approx_top_k[…] x`: the greatest or least elements along an axis, of which some may be missed, and where they stand.

use super::{gather::GatherMode, *};
use crate::aval::resolve_axis;

parameters! {
    /// Takes about the `k` greatest (or least) elements along an axis, the best first, and their positions (`i32`).
    ///
    /// The parameters say how many may be missed, on hardware that gains by it. Here the elements are exact, as in [`TopK`]: NaN counts
    /// as the best, and of equal elements the first comes first.
    ApproxTopK {
        /// How many.
        k: usize,
        /// The axis along which to look.
        axis: usize,
        /// Whether the greatest are wanted, rather than the least.
        greatest: bool,
        /// The share of the `k` best elements that is found in the mean, an `f32[]`.
        recall_target: Literal,
        /// How many elements there are in all, where the operand is a part of them.
        input_size: Option<usize>,
        /// Whether to give `k` elements, rather than all candidates that the search leaves.
        aggregate: bool,
    }
}
impl ApproxTopK {
    /// How many candidates the search of XLA leaves of `n` elements of an array with so many axes, as its `ApproxTopKReductionOutputSize`:
    /// each of the `2^r` parts that are laid over each other keeps one element for each place of a tile, and places collide so rarely that
    /// the recall is met (Chern et al., "TPU-KNN: K Nearest Neighbor Search at Peak FLOP/s", 2022).
    /// Where that pads the axis, the padding is left out.
    fn candidates(&self, n: usize, rank: usize) -> usize {
        let (tile, recall) = (if rank == 1 { 1024 } else { 128 }, self.recall_target.floats()[0]);
        if self.aggregate {
            return self.k;
        }
        if n <= tile {
            return n;
        }
        if self.k == 1 {
            return tile;
        }
        let all = self.input_size.unwrap_or(n);
        let places = (((1.0 - self.k as f64) / recall.ln()) as usize).max(tile).min(all);
        match (all / places).checked_ilog2() {
            Some(halvings) if recall < 1.0 && halvings > 0 => {
                let halvings = halvings.min((n / tile).next_power_of_two().ilog2());
                (n.div_ceil(tile).div_ceil(1 << halvings) * tile).min(n)
            }
            _ => n,
        }
    }
    fn exact(&self, x: Tracer) -> Vec<Tracer> {
        let k = self.candidates(x.shape()[self.axis], x.rank());
        let found = bind(TopK { k, axis: self.axis }.into(), &[if self.greatest { x } else { -x }]);
        vec![if self.greatest { found[0] } else { -found[0] }, found[1]]
    }
}
impl Primitive for ApproxTopK {
    described!("approx_top_k");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        check_axes(&[self.axis], a.rank())?;
        let n = a.shape[self.axis];
        if !a.dtype.is_float() {
            return Err(format!("takes floats, got {a}"));
        }
        if self.k == 0 || self.k > n {
            return Err(format!("k must be from 1 to the size of axis {} of {a}, got {}", self.axis, self.k));
        }
        let recall = &self.recall_target;
        if recall.aval() != &ShapedArray::new(&[], DType::F32) || !(0.0..=1.0).contains(&recall.floats()[0]) {
            return Err(format!("the recall target must be an f32 from 0 to 1, got {recall:?}"));
        }
        if self.input_size.is_some_and(|all| all < n) {
            return Err(format!(
                "the input size must be at least {n}, that of axis {} of {a}, got {:?}",
                self.axis, self.input_size
            ));
        }
        let mut shape = a.shape.clone();
        shape[self.axis] = self.candidates(n, a.rank());
        Ok(smallvec![a.with_shape(&shape), ShapedArray::new(&shape, DType::I32)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, outs) = (ins[0], self.infer(&[ins[0].aval()])?);
        let turned = |x: &Literal| Literal::from_floats(x.aval().clone(), x.floats().into_iter().map(|x| -x));
        let keys = if self.greatest { x.clone() } else { turned(x) };
        let mut found = TopK { k: outs[0].shape[self.axis], axis: self.axis }.eval(&[&keys])?;
        if !self.greatest {
            found[0] = turned(&found[0]);
        }
        Ok(found)
    }
    fn tangent(&self, _ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let along = |t: Tracer| t.take_along_axis(outs[1], self.axis as isize, GatherMode::PromiseInBounds);
        vec![tangents[0].map(along), None]
    }
    /// The number of axes decides how many candidates there are, so that an array of one axis must take the candidates of that.
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let (x, mut op) = (ins[0].value, ApproxTopK { axis: self.axis + 1, ..self.clone() });
        let (n, rank) = (x.shape()[op.axis], x.rank());
        let wanted = self.candidates(n, rank - 1);
        if op.candidates(n, rank) != wanted {
            (op.k, op.aggregate) = (wanted, true);
        }
        Batched::apply(op, axis, ins)
    }
    fn least_bits(&self) -> usize {
        16 // As for `top_k`.
    }
    fn lower(&self, module: &mut Module, ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        module.emit(ins, |a| self.exact(a[0]))
    }
}
impl Registered for ApproxTopK {
    read_by_name!("approx_top_k");
    fn samples() -> Vec<Sample> {
        let op = |k, axis, greatest| ApproxTopK {
            k,
            axis,
            greatest,
            recall_target: 0.75f32.into(),
            input_size: None,
            aggregate: true,
        };
        let x = Literal::new(&[2, 3], &[3.0f32, -1.5, 2.25, 0.5, 4.0, -2.75]);
        let many = Literal::from_floats(ShapedArray::new(&[300], DType::F64), (0..300).map(|i| (i * 77 % 300) as f64));
        let many = many.reshaped(&[1, 300]).unwrap_or(many);
        let all = |k, input_size| ApproxTopK { aggregate: false, input_size, ..op(k, 1, true) };
        vec![
            Sample::new(op(2, 1, true), std::slice::from_ref(&x)),
            Sample::new(op(1, 0, false), std::slice::from_ref(&x)),
            Sample::new(op(3, 0, false), &[Literal::from(vec![1.0f64, 0.5, 7.0, -2.0])]),
            Sample::new(all(1, Some(1000)), std::slice::from_ref(&many)),
            Sample::new(all(2, Some(1000)), &[many]),
        ]
    }
}
/// How a search for extremes may be approximate, as the arguments of `jax.lax.approx_max_k`.
#[derive(Clone, Copy, Debug)]
pub struct Approximation {
    /// The share of the `k` best elements that is found in the mean, from 0 to 1.
    pub recall_target: f32,
    /// How many elements there are in all, where the array is a part of them.
    pub reduction_input_size_override: Option<usize>,
    /// Whether to give `k` elements, rather than all candidates that the search leaves.
    pub aggregate_to_topk: bool,
}
impl Default for Approximation {
    /// JAX's defaults: 95 %, the size of the axis, and `k` elements.
    fn default() -> Approximation {
        Approximation { recall_target: 0.95, reduction_input_size_override: None, aggregate_to_topk: true }
    }
}
impl Tracer {
    /// About the `k` greatest elements along an axis (negative: from the end), in descending order, and their positions (`i32`), as
    /// `jax.lax.approx_max_k`. They are exact so far, on every device. NaN counts as the greatest; of equal elements the first comes first.
    ///
    /// # Panics
    /// Inside the trace, if the array has no such axis, its dtype is no float, or `k` is not from 1 to the size of the axis.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, primitives::approx_top_k::Approximation, trace::trace};
    /// let x = Literal::from(vec![3.0f32, 1.0, 5.0]);
    /// let program = trace(&[x.aval().clone()], |a| {
    ///     let (values, indices) = a[0].approx_max_k(2, -1, Approximation::default());
    ///     vec![values, indices]
    /// });
    /// assert_eq!(eval(&program.program, &[x]).unwrap(), [vec![5.0f32, 3.0].into(), Literal::from(vec![2i32, 0])]);
    /// ```
    #[track_caller]
    pub fn approx_max_k(self, k: usize, axis: isize, how: Approximation) -> (Tracer, Tracer) {
        self.approx_top_k(k, axis, how, true)
    }
    /// About the `k` least elements along an axis (negative: from the end), in ascending order, and their positions (`i32`), as
    /// `jax.lax.approx_min_k`. They are exact so far, on every device. NaN counts as the least; of equal elements the first comes first.
    ///
    /// # Panics
    /// As [`Tracer::approx_max_k`].
    #[track_caller]
    pub fn approx_min_k(self, k: usize, axis: isize, how: Approximation) -> (Tracer, Tracer) {
        self.approx_top_k(k, axis, how, false)
    }
    #[track_caller]
    fn approx_top_k(self, k: usize, axis: isize, how: Approximation, greatest: bool) -> (Tracer, Tracer) {
        let op = ApproxTopK {
            k,
            axis: or_fail("approx_top_k", resolve_axis(axis, self.rank())),
            greatest,
            recall_target: how.recall_target.into(),
            input_size: how.reduction_input_size_override,
            aggregate: how.aggregate_to_topk,
        };
        let outs = bind(op.into(), &[self]);
        (outs[0], outs[1])
    }
}
