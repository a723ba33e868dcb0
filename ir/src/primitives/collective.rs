//! Collectives over a named axis: what `vmap` with an axis name, and later meshes of devices, give meaning to.

use super::{reduce::ReduceKind, *};
use crate::trace::{axis_names, axis_size};

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

#[track_caller]
fn checked_axis_size(name: &str, axis: &str) -> usize {
    let Some(size) = axis_size(axis) else {
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
