//! Collectives over a named axis: what `vmap` with an axis name, and later meshes of devices, give meaning to.

use super::{reduce::ReduceKind, *};
use crate::trace::{axis_names, axis_size as mapped_size};

impl Param for ReduceKind {
    fn write(&self, w: &mut Writer) {
        w.word(self.combine().name());
    }
    fn read(r: &mut Reader) -> Result<ReduceKind, String> {
        let word = r.name("a reduction")?;
        let kinds = [ReduceKind::Sum, ReduceKind::Max, ReduceKind::Min];
        kinds
            .into_iter()
            .find(|k| k.combine().name() == word)
            .ok_or_else(|| format!("no collective reduces by `{word}`"))
    }
}

parameters! {
    /// Reduces over all members of a named axis, elementwise; every member gets the result.
    AllReduce {
        /// Sum, maximum or minimum.
        kind: ReduceKind,
        /// The axis.
        axis: String,
    }
}
fn unbound(axis: &str) -> String {
    format!("the axis \"{axis}\" is not mapped here")
}
impl Primitive for AllReduce {
    described!("all_reduce");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        self.kind.combine().infer(&[a, a])
    }
    fn eval(&self, _ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        Err(unbound(&self.axis))
    }
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let sum = |x: Tracer| bind1(AllReduce { kind: ReduceKind::Sum, axis: self.axis.clone() }, &[x]);
        vec![tangents[0].map(|t| {
            if self.kind == ReduceKind::Sum {
                return sum(t);
            }
            let chosen = ins[0].equal(outs[0]).astype(ins[0].dtype());
            sum(t * chosen) / sum(chosen)
        })]
    }
    fn transpose(&self, cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        if self.kind != ReduceKind::Sum {
            fail(format!("{}: cannot be transposed, since it is not linear", self.name()));
        }
        vec![cts[0].map(|ct| bind1(self.clone(), &[ct]))]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let value = ins[0].value;
        if axis.name.as_ref() != Some(&self.axis) {
            return vec![Batched { value: bind1(self.clone(), &[value]), batched: ins[0].batched }];
        }
        let value = match (ins[0].batched, self.kind) {
            (true, _) => bind1(Reduce { kind: self.kind, axes: smallvec![0] }, &[value]),
            (false, ReduceKind::Sum) => {
                value * crate::trace::constant(Literal::full(value.aval().with_shape(&[]), axis.size as f64))
            }
            (false, _) => value,
        };
        vec![Batched { value, batched: false }]
    }
    fn lower(&self, _module: &mut Module, _ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        fail(format!("all_reduce: {}", unbound(&self.axis)))
    }
    fn names_axis(&self, name: &str) -> bool {
        self.axis == name
    }
    fn unlowerable(&self) -> Option<String> {
        Some(format!("all_reduce: {}", unbound(&self.axis)))
    }
}
impl Registered for AllReduce {
    read_by_name!("all_reduce");
    fn samples() -> Vec<Sample> {
        vec![] // it has a value only under a mapped axis; see tests/composition.rs
    }
}

parameters! {
    /// Which member of a named axis this is, as an `i32`.
    AxisIndex {
        /// The axis.
        axis: String,
    }
}
impl Primitive for AxisIndex {
    described!("axis_index");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 0)?;
        Ok(smallvec![ShapedArray::new(&[], DType::I32)])
    }
    fn eval(&self, _ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        Err(unbound(&self.axis))
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![None]
    }
    fn batch(&self, axis: &BatchAxis, _ins: &[Batched]) -> Vec<Batched> {
        if axis.name.as_ref() == Some(&self.axis) {
            return vec![Batched::new(super::iota::arange(axis.size, DType::I32))];
        }
        vec![Batched { value: bind1(self.clone(), &[]), batched: false }]
    }
    fn lower(&self, _module: &mut Module, _ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        fail(format!("axis_index: {}", unbound(&self.axis)))
    }
    fn names_axis(&self, name: &str) -> bool {
        self.axis == name
    }
    fn unlowerable(&self) -> Option<String> {
        Some(format!("axis_index: {}", unbound(&self.axis)))
    }
}
impl Registered for AxisIndex {
    read_by_name!("axis_index");
    fn samples() -> Vec<Sample> {
        vec![]
    }
}

parameters! {
    /// The arrays of all members of a named axis, side by side along a new axis 0; every member gets them.
    AllGather {
        /// The axis.
        axis: String,
        /// How many members it has.
        size: usize,
    }
}
impl Primitive for AllGather {
    described!("all_gather");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        let shape: Shape = std::iter::once(self.size).chain(a.shape.iter().copied()).collect();
        Ok(smallvec![a.with_shape(&shape)])
    }
    fn eval(&self, _ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        Err(unbound(&self.axis))
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].map(|t| bind1(self.clone(), &[t]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], _ins: &[Linear]) -> Vec<Option<Tracer>> {
        // Each member's array stands in a row of what all members have; it gets the sum of what they say of that row.
        vec![cts[0].map(|ct| member(psum(ct, &self.axis), 0, &self.axis))]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let Batched { value, batched } = ins[0];
        if axis.name.as_ref() != Some(&self.axis) {
            let all = bind1(self.clone(), &[value]);
            return vec![Batched { value: if batched { all.moveaxis(0, 1) } else { all }, batched }];
        }
        let shape = [&[self.size], &value.shape()[..]].concat();
        vec![Batched { value: if batched { value } else { value.broadcast_to(&shape) }, batched: false }]
    }
    fn lower(&self, _module: &mut Module, _ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        fail(format!("all_gather: {}", unbound(&self.axis)))
    }
    fn names_axis(&self, name: &str) -> bool {
        self.axis == name
    }
    fn unlowerable(&self) -> Option<String> {
        Some(format!("all_gather: {}", unbound(&self.axis)))
    }
}
impl Registered for AllGather {
    read_by_name!("all_gather");
    fn samples() -> Vec<Sample> {
        vec![] // as of `all_reduce`
    }
}
/// The part of an array with this member's number along an axis, which disappears.
fn member(x: Tracer, along: usize, axis: &str) -> Tracer {
    let mut sizes = x.shape();
    sizes[along] = 1;
    let (me, zero) = (axis_index(axis), crate::trace::constant(0i32));
    let starts: Vec<Tracer> = (0..x.rank()).map(|i| if i == along { me } else { zero }).collect();
    let part = x.dynamic_slice(&starts, &sizes);
    sizes.remove(along);
    part.reshape(&sizes)
}

#[track_caller]
fn checked_axis_size(name: &str, axis: &str) -> usize {
    let Some(size) = mapped_size(axis) else {
        let bound = axis_names();
        let hint = if bound.is_empty() {
            "no axis is; give vmap an axis name".into()
        } else {
            format!("the mapped axes are {bound:?}")
        };
        fail(format!("{name}: {}: {hint}", unbound(axis)))
    };
    size
}
macro_rules! collectives { ($($(#[$doc:meta])* $name:ident $Kind:ident;)*) => { $(
    $(#[$doc])*
    #[track_caller]
    pub fn $name(x: Tracer, axis: &str) -> Tracer {
        checked_axis_size(stringify!($name), axis);
        bind1(AllReduce { kind: ReduceKind::$Kind, axis: axis.into() }, &[x])
    }
)* } }
collectives! {
    /// The sum over all members of a mapped axis.
    psum Sum;
    /// The elementwise maximum over all members of a mapped axis.
    pmax Max;
    /// The elementwise minimum over all members of a mapped axis.
    pmin Min;
}
/// The mean over all members of a mapped axis.
#[track_caller]
pub fn pmean(x: Tracer, axis: &str) -> Tracer {
    let n = checked_axis_size("pmean", axis);
    psum(x, axis) / n
}
/// Which member of a mapped axis this is, as an `i32`.
#[track_caller]
pub fn axis_index(axis: &str) -> Tracer {
    checked_axis_size("axis_index", axis);
    bind1(AxisIndex { axis: axis.into() }, &[])
}
/// How many members a mapped axis has.
#[track_caller]
pub fn axis_size(axis: &str) -> usize {
    checked_axis_size("axis_size", axis)
}
/// The arrays of all members of a mapped axis, side by side along a new axis 0.
#[track_caller]
pub fn all_gather(x: Tracer, axis: &str) -> Tracer {
    let size = checked_axis_size("all_gather", axis);
    bind1(AllGather { axis: axis.into(), size }, &[x])
}
/// The array of another member of a mapped axis: of the one that the pair `(source, destination)` names, zeros if there is none.
#[track_caller]
pub fn ppermute(x: Tracer, axis: &str, pairs: &[(usize, usize)]) -> Tracer {
    let size = checked_axis_size("ppermute", axis);
    let mut sources = vec![None; size];
    for (source, destination) in pairs {
        match sources.get_mut(*destination) {
            Some(place @ None) if *source < size => *place = Some(*source),
            _ => fail(format!(
                "ppermute: {pairs:?} are no pairs of sources and different destinations among {size} members"
            )),
        }
    }
    // One row more, of zeros, is the source of those who have none.
    let all = bind1(AllGather { axis: axis.into(), size }, &[x]);
    let mut one = all.shape();
    one[0] = 1;
    let zero = crate::trace::constant(Literal::zeros(x.aval().with_shape(&[]).strong())).broadcast(&one, &[]);
    let rows = super::concatenate::concatenate(&[all, zero], 0);
    let table: Vec<i32> = sources.iter().map(|s| s.unwrap_or(size) as i32).collect();
    rows.take(member(crate::trace::constant(table), 0, axis), 0)
}
/// What all members of a mapped axis have for this one: part `i` of member `j` along the axis `split` becomes part `j` of member `i` along
/// the new axis `concat`; `split`, whose size is the number of members, disappears.
#[track_caller]
pub fn all_to_all(x: Tracer, axis: &str, split: usize, concat: usize) -> Tracer {
    let size = checked_axis_size("all_to_all", axis);
    if split >= x.rank() || concat >= x.rank() || x.shape()[split] != size {
        fail(format!(
            "all_to_all: axis {split} of {} must have the size of the mapped axis, {size}, and {concat} be an axis",
            x.aval()
        ));
    }
    let all = bind1(AllGather { axis: axis.into(), size }, &[x]);
    member(all, split + 1, axis).moveaxis(0, concat as isize)
}
/// This member's part, along an axis that disappears, of the sum over all members of a mapped axis.
#[track_caller]
pub fn psum_scatter(x: Tracer, axis: &str, along: usize) -> Tracer {
    let size = checked_axis_size("psum_scatter", axis);
    if along >= x.rank() || x.shape()[along] != size {
        fail(format!("psum_scatter: axis {along} of {} must have the size of the mapped axis, {size}", x.aval()));
    }
    member(psum(x, axis), along, axis)
}
