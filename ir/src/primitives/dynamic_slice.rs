//! `dynamic_slice[sizes] x i j …`: a box of elements whose place is computed.

use super::{
    concatenate::concatenate,
    gather::{GatherDims, GatherMode},
    *,
};
use crate::literal::strides;

parameters! {
    /// Takes a box of the given sizes that starts at the given indices, one scalar for each axis.
    ///
    /// A box that would reach outside the array is moved inside.
    DynamicSlice {
        /// The size of the box along each axis.
        sizes: Shape,
    }
}
/// Checks the start of a box of `sizes` in `a`: an integer scalar for each axis, all of one dtype.
pub(super) fn check_box(a: &ShapedArray, sizes: &[usize], starts: &[&ShapedArray]) -> Result<(), String> {
    if sizes.len() != a.rank() || starts.len() != a.rank() {
        return Err(format!("needs a size and a start for each axis of {a}, got {} and {}", sizes.len(), starts.len()));
    }
    if let Some(axis) = (0..sizes.len()).find(|i| sizes[*i] > a.shape[*i]) {
        return Err(format!("a box of size {} does not fit axis {axis} of {a}", sizes[axis]));
    }
    match starts.iter().find(|s| s.rank() != 0 || !s.dtype.is_integer() || s.dtype != starts[0].dtype) {
        Some(s) => Err(format!("the starts must be integer scalars of one dtype, got {s}")),
        None => Ok(()),
    }
}
/// The start of a box of `sizes` in an array of `shape`, moved so that the box lies inside.
pub(super) fn clamped(starts: &[&Literal], shape: &[usize], sizes: &[usize]) -> Shape {
    let bounds = shape.iter().zip(sizes).map(|(n, size)| (n - size) as i128);
    starts.iter().zip(bounds).map(|(s, bound)| s.ints()[0].clamp(0, bound) as usize).collect()
}
/// The starts of a box as the one index vector of a gather or scatter of the whole box.
pub(super) fn as_vector(axis: &BatchAxis, starts: &[Batched]) -> Batched {
    let batched = starts.iter().any(|s| s.batched);
    let column = |s: &Batched| if batched { s.spread(axis).reshape(&[axis.size, 1]) } else { s.value.reshape(&[1]) };
    let columns: Vec<Tracer> = starts.iter().map(column).collect();
    Batched { value: concatenate(&columns, -1), batched }
}
/// The dimension numbers of a gather or scatter of one whole box.
pub(super) fn whole_box(rank: usize) -> GatherDims {
    GatherDims { offset_dims: (0..rank).collect(), start_index_map: (0..rank).collect(), ..GatherDims::default() }
}
/// `starts` with a zero in front: the box over a batch, at one place for all.
pub(super) fn with_zero(starts: &[Batched]) -> Vec<Tracer> {
    let dtype = starts.first().map_or(DType::I32, |s| s.value.dtype());
    let zero = crate::trace::constant(Literal::zeros(ShapedArray::new(&[], dtype)));
    std::iter::once(zero).chain(starts.iter().map(|s| s.value)).collect()
}

impl Primitive for DynamicSlice {
    described!("dynamic_slice");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let (a, starts) = ins.split_first().ok_or("takes an array and a start for each axis, got nothing")?;
        check_box(a, &self.sizes, starts)?;
        Ok(smallvec![a.with_shape(&self.sizes)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, sizes) = (ins[0], &self.sizes);
        let start = clamped(&ins[1..], x.shape(), sizes);
        let (from, to) = (strides(x.shape()), strides(sizes));
        Ok(vec![x.gather(sizes, None, |i| {
            Some((0..sizes.len()).map(|a| (start[a] + i / to[a] % sizes[a]) * from[a]).sum())
        })])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].map(|t| bind1(self.clone(), &[&[t], &ins[1..]].concat()))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let starts: Vec<Tracer> = ins[1..].iter().filter_map(Linear::known).collect();
        let zeros = |ct: Tracer| [&[crate::rewrite::jvp::zeros(&ins[0].aval()), ct], &starts[..]].concat();
        let mut out = vec![None; ins.len()];
        out[0] = cts[0].map(|ct| bind1(DynamicUpdateSlice, &zeros(ct)));
        out
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let (x, starts) = (ins[0], &ins[1..]);
        if starts.iter().all(|s| !s.batched) {
            let op = DynamicSlice { sizes: prepend(axis.size, &self.sizes) };
            return vec![Batched::new(bind1(op, &[&[x.value], &with_zero(starts)[..]].concat()))];
        }
        let gather = Gather {
            dims: whole_box(self.sizes.len()),
            slice_sizes: self.sizes.clone(),
            mode: GatherMode::Clip,
            fill: None,
            indices_are_sorted: true,
            unique_indices: true,
        };
        gather.batch(axis, &[x, as_vector(axis, starts)])
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let attribute = format!("slice_sizes = {}", mlir_array(&self.sizes));
        vec![module.op1("stablehlo.dynamic_slice", ins, &attribute, &outs[0])]
    }
}
impl Registered for DynamicSlice {
    read_by_name!("dynamic_slice");
    fn samples() -> Vec<Sample> {
        let x = Literal::from_ints(ShapedArray::new(&[4, 5], DType::F32), 0..20);
        let at = |i: i32, j: i32| [x.clone(), i.into(), j.into()];
        let op = |sizes: &[usize]| DynamicSlice { sizes: sizes.into() };
        vec![
            Sample::new(op(&[2, 3]), &at(1, 2)),
            Sample::new(op(&[2, 5]), &at(3, -1)),
            Sample::new(op(&[0, 1]), &at(9, 4)),
            Sample::new(op(&[1]), &[Literal::from(vec![1i8, 2, 3]), 1u8.into()]),
            Sample::new(op(&[]), &[Literal::scalar(2.0f64)]),
        ]
    }
}
impl Tracer {
    /// A box of the given sizes that starts at `starts`, one integer scalar for each axis. A box that would reach outside the array is moved
    /// inside.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let (x, i) = (Literal::from(vec![1.0f32, 2.0, 3.0, 4.0]), Literal::scalar(3i32));
    /// let program = trace(&[x.aval().clone(), i.aval().clone()], |a| vec![a[0].dynamic_slice(&[a[1]], &[2])]).program;
    /// assert_eq!(eval(&program, &[x, i]).unwrap(), [Literal::from(vec![3.0f32, 4.0])]);
    /// ```
    #[track_caller]
    pub fn dynamic_slice(self, starts: &[Tracer], sizes: &[usize]) -> Tracer {
        bind1(DynamicSlice { sizes: sizes.into() }, &[&[self], starts].concat())
    }
}
