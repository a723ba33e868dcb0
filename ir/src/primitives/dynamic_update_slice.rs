//! `dynamic_update_slice x update i j …`: `x` with a box of elements replaced.

use super::{
    dynamic_slice::{as_vector, check_box, clamped, whole_box, with_zero},
    gather::GatherMode,
    scatter::ScatterKind,
    *,
};
use crate::literal::{for_each_index, strides};

/// Puts an array in the place of a box of another that starts at the given indices, one scalar for each axis.
///
/// A box that would reach outside the array is moved inside.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DynamicUpdateSlice;

impl Primitive for DynamicUpdateSlice {
    fn name(&self) -> &'static str {
        "dynamic_update_slice"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let [a, update, starts @ ..] = ins else {
            return Err(format!("takes an array, an update and a start for each axis, got {} operands", ins.len()));
        };
        if a.dtype != update.dtype {
            return Err(format!("the array and the update must have one dtype, got {a} and {update}"));
        }
        check_box(a, &update.shape, starts)?;
        Ok(smallvec![(*a).clone()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, update, size) = (ins[0], ins[1], ins[0].dtype().size());
        let (start, to) = (clamped(&ins[2..], x.shape(), update.shape()), strides(x.shape()));
        Ok(vec![Literal::build(x.aval().clone(), |bytes| {
            bytes.copy_from_slice(x.bytes());
            let mut elements = update.bytes().chunks_exact(size);
            for_each_index(update.shape(), |index| {
                let at: usize = (0..index.len()).map(|a| (start[a] + index[a]) * to[a]).sum();
                if let Some(element) = elements.next() {
                    bytes[at * size..(at + 1) * size].copy_from_slice(element);
                }
            });
        })])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let zero = |i: usize| tangents[i].unwrap_or_else(|| ins[i].full_like(0.0));
        vec![Some(bind1(*self, &[&[zero(0), zero(1)], &ins[2..]].concat()))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let (mut out, update) = (vec![None; ins.len()], ins[1].aval());
        let starts: Vec<Tracer> = ins[2..].iter().filter_map(Linear::known).collect();
        if let Some(ct) = cts[0] {
            let zeros = || crate::rewrite::jvp::zeros(&update);
            out[0] = ins[0].is_unknown().then(|| bind1(*self, &[&[ct, zeros()], &starts[..]].concat()));
            out[1] = ins[1].is_unknown().then(|| ct.dynamic_slice(&starts, &update.shape));
        }
        out
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let starts = &ins[2..];
        if starts.iter().all(|s| !s.batched) {
            let arrays = [ins[0].spread(axis), ins[1].spread(axis)];
            return vec![Batched::new(bind1(*self, &[&arrays, &with_zero(starts)[..]].concat()))];
        }
        let scatter = Scatter {
            kind: ScatterKind::Set,
            dims: whole_box(starts.len()),
            mode: GatherMode::Clip,
            indices_are_sorted: true,
            unique_indices: true,
        };
        scatter.batch(axis, &[ins[0], as_vector(axis, starts), ins[1]])
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![module.op1("stablehlo.dynamic_update_slice", ins, "", &outs[0])]
    }
}
impl Registered for DynamicUpdateSlice {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<DynamicUpdateSlice, String>> {
        (name == "dynamic_update_slice").then_some(Ok(DynamicUpdateSlice))
    }
    fn samples() -> Vec<Sample> {
        let array = |shape: &[usize], from: i128| {
            let aval = ShapedArray::new(shape, DType::F32);
            let n = aval.size() as i128;
            Literal::from_ints(aval, from..from + n)
        };
        let at = |update: Literal, i: i32, j: i32| [array(&[4, 5], 0), update, i.into(), j.into()];
        vec![
            Sample::new(DynamicUpdateSlice, &at(array(&[2, 3], 30), 1, 2)),
            Sample::new(DynamicUpdateSlice, &at(array(&[1, 4], 30), 9, -1)),
            Sample::new(DynamicUpdateSlice, &at(array(&[4, 0], 30), 0, 1)),
            Sample::new(DynamicUpdateSlice, &[Literal::from(vec![1i8, 2, 3]), Literal::from(vec![7i8]), 1u8.into()]),
            Sample::new(DynamicUpdateSlice, &[Literal::scalar(2.0f64), Literal::scalar(3.0f64)]),
        ]
    }
}
impl Tracer {
    /// The array with `update` in the place of the box that starts at `starts`, one integer scalar for each axis. A box that would reach
    /// outside the array is moved inside.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let (x, i) = (Literal::from(vec![1.0f32, 2.0, 3.0]), Literal::scalar(1i32));
    /// let program = trace(&[x.aval().clone(), i.aval().clone()], |a| {
    ///     let update = a[0].slice(&[0], &[1], &[1]) * 10.0;
    ///     vec![a[0].dynamic_update_slice(update, &[a[1]])]
    /// });
    /// assert_eq!(eval(&program.program, &[x, i]).unwrap(), [Literal::from(vec![1.0f32, 10.0, 3.0])]);
    /// ```
    #[track_caller]
    pub fn dynamic_update_slice(self, update: Tracer, starts: &[Tracer]) -> Tracer {
        bind1(DynamicUpdateSlice, &[&[self, update], starts].concat())
    }
}
