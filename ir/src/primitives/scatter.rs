//! `scatter[…] x indices updates` and its kin: slices put into an array, or combined with it, at computed places.

use super::{
    gather::{GatherDims, GatherMode, bounds, widened},
    *,
};
use crate::{dtype::Kind, rewrite::jvp::zeros};

/// What a scatter does with an element and its update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ScatterKind {
    /// The update replaces the element; of several updates any one does, in the interpreter the last.
    Set,
    /// They are added.
    Add,
    /// The update is subtracted.
    Sub,
    /// They are multiplied.
    Mul,
    /// The lesser one.
    Min,
    /// The greater one.
    Max,
}
impl ScatterKind {
    const ALL: [ScatterKind; 6] =
        [ScatterKind::Set, ScatterKind::Add, ScatterKind::Sub, ScatterKind::Mul, ScatterKind::Min, ScatterKind::Max];
    /// Name, and the binary function of an element and its update; `None` if that is the update.
    fn row(self) -> (&'static str, Option<Binary>) {
        match self {
            ScatterKind::Set => ("scatter", None),
            ScatterKind::Add => ("scatter_add", Some(Binary::Add)),
            ScatterKind::Sub => ("scatter_sub", Some(Binary::Sub)),
            ScatterKind::Mul => ("scatter_mul", Some(Binary::Mul)),
            ScatterKind::Min => ("scatter_min", Some(Binary::Min)),
            ScatterKind::Max => ("scatter_max", Some(Binary::Max)),
        }
    }
}
/// The names of the parameters, in [`GatherDims`]' order; XLA's for a scatter.
const NAMES: [&str; 5] = [
    "update_window_dims",
    "inserted_window_dims",
    "operand_batching_dims",
    "scatter_indices_batching_dims",
    "scatter_dims_to_operand_dims",
];
const MLIR_NAMES: [&str; 5] = [NAMES[0], NAMES[1], "input_batching_dims", NAMES[3], NAMES[4]];

/// Combines slices with an array at the places that index vectors say: what gathers with the same dimension numbers take, it puts.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scatter {
    /// What is done to an element and its update.
    pub kind: ScatterKind,
    /// How the updates stand in the array.
    pub dims: GatherDims,
    /// What happens out of bounds. A window that is partly outside is outside.
    pub mode: GatherMode,
    /// A promise that index vectors ascend.
    pub indices_are_sorted: bool,
    /// A promise that windows do not overlap.
    pub unique_indices: bool,
}
impl Scatter {
    /// The size of the window along each axis of the array.
    fn window(&self, array: &[usize], updates: &[usize]) -> Option<Shape> {
        let windowed = self.dims.window_axes(array.len());
        let size = |axis: usize| match windowed.iter().position(|w| *w == axis) {
            Some(k) => self.dims.offset_dims.get(k).and_then(|u| updates.get(*u)).copied(),
            None => Some(array[axis].min(1)),
        };
        (0..array.len()).map(size).collect()
    }
    fn with(&self, kind: ScatterKind) -> Scatter {
        Scatter { kind, ..self.clone() }
    }
    /// What stands in `x` at the places of the updates, and `fill` for those that are dropped.
    fn gather(&self, x: Tracer, indices: Tracer, updates: &[usize], fill: Option<f64>) -> Tracer {
        let window = self.window(&x.shape(), updates).unwrap_or_default();
        let op = Gather {
            dims: self.dims.clone(),
            slice_sizes: window,
            // A scatter drops where a gather under the same promise would move.
            mode: if self.mode == GatherMode::Clip { GatherMode::Clip } else { GatherMode::FillOrDrop },
            fill: fill.map(|f| Literal::full(x.aval().strong().with_shape(&[]), f)),
            indices_are_sorted: self.indices_are_sorted,
            unique_indices: self.unique_indices,
        };
        bind1(op, &[x, indices])
    }
    /// The derivative of setting where updates may overlap: each element has that of the update that won.
    ///
    /// As JAX finds it: scatter a number for each update, see which arrived, and add those alone.
    fn set_tangent(&self, ins: &[Tracer], tx: Tracer, tu: Tracer) -> Tracer {
        let shape = ins[2].shape();
        let loops = self.dims.loop_axes(shape.len());
        let many: Shape = loops.iter().map(|a| shape[*a]).collect();
        let n: usize = many.iter().product();
        let ids = (iota::arange(n, DType::I32).reshape(&many) + 1).broadcast(&shape, &loops);
        let none = zeros(&ins[0].aval().strong().with_dtype(DType::I32));
        let arrived = bind1(self.clone(), &[none, ins[1], ids]);
        let won = ids.equal(self.gather(arrived, ins[1], &shape, Some(0.0)));
        let kept = arrived.equal(none);
        let tx = bind1(Select, &[kept, tx, tx.full_like(0.0)]);
        let tu = bind1(Select, &[won, tu, tu.full_like(0.0)]);
        bind1(self.with(ScatterKind::Add), &[tx, ins[1], tu])
    }
    /// The derivative of extrema: elements and updates that share the extremum share it. As in JAX.
    fn extremum_tangent(&self, ins: &[Tracer], out: Tracer, tx: Tracer, tu: Tracer) -> Tracer {
        let (x, indices, updates) = (ins[0], ins[1], ins[2]);
        let shape = updates.shape();
        let at = |x: Tracer| self.gather(x, indices, &shape, None);
        let (before, after) = (at(x), at(out));
        let (chosen, kept) = (updates.equal(after), before.equal(after));
        let (nothing, ones) = (updates.full_like(0.0), updates.full_like(1.0));
        let count = |each: Tracer| {
            let add = Scatter { unique_indices: false, ..self.with(ScatterKind::Add) };
            at(bind1(add, &[x.full_like(0.0), indices, each]))
        };
        let (sharing, all) = (count(bind1(Select, &[chosen, ones, nothing])), count(ones));
        let with_old = ones / (sharing + ones);
        let of_update = bind1(Select, &[chosen, bind1(Select, &[kept, with_old, ones / sharing]), nothing]);
        let of_old = (bind1(Select, &[kept, with_old, nothing]) - ones) / all;
        let change = self.gather(tx, indices, &shape, Some(0.0)) * of_old + tu * of_update;
        bind1(self.with(ScatterKind::Add), &[tx, indices, change])
    }
}
impl Primitive for Scatter {
    fn name(&self) -> &'static str {
        self.kind.row().0
    }
    fn print(&self, writer: &mut Writer) {
        self.dims.print(NAMES, writer);
        writer.parameter("mode", &self.mode);
        writer.parameter("indices_are_sorted", &self.indices_are_sorted);
        writer.parameter("unique_indices", &self.unique_indices);
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 3)?;
        let [a, indices, updates] = [ins[0], ins[1], ins[2]];
        if a.dtype != updates.dtype {
            return Err(format!("the array and the updates must have one dtype, got {a} and {updates}"));
        }
        if let Some(combine) = self.kind.row().1 {
            combine.infer(&[a, a])?;
        }
        check_axes(&self.dims.offset_dims, updates.rank())?;
        let window = self.window(&a.shape, &updates.shape);
        let window = window.ok_or_else(|| format!("{updates} lacks axes of the window in {a}"))?;
        let slices = self.dims.check(a, indices, &window)?;
        if slices != updates.shape {
            return Err(format!("the updates must have the shape {}, got {updates}", crate::aval::Dims(&slices)));
        }
        Ok(smallvec![a.clone()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let [x, indices, updates] = [ins[0], ins[1], ins[2]];
        let window = self.window(x.shape(), updates.shape()).ok_or("the updates do not fit")?;
        let places = self.dims.places(x.shape(), &window, indices, updates.shape(), self.mode == GatherMode::Clip);
        let size = x.dtype().size();
        if self.kind == ScatterKind::Set {
            return Ok(vec![Literal::build(x.aval().clone(), |bytes| {
                bytes.copy_from_slice(x.bytes());
                for (place, element) in places.iter().zip(updates.bytes().chunks_exact(size)) {
                    if let Some(p) = place {
                        bytes[p * size..(p + 1) * size].copy_from_slice(element);
                    }
                }
            })]);
        }
        macro_rules! combine {
            ($items:ident, $from:ident, $f:expr) => {{
                let mut all = x.$items();
                for (place, update) in places.iter().zip(updates.$items()) {
                    if let Some(p) = place {
                        all[*p] = $f(all[*p], update);
                    }
                }
                Literal::$from(x.aval().clone(), all)
            }};
        }
        let max = |a: f64, b: f64| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) };
        use ScatterKind::*;
        Ok(vec![match x.dtype().kind() {
            Kind::Float => combine!(floats, from_floats, |a: f64, b: f64| match self.kind {
                Mul => a * b,
                Max => max(a, b),
                Min => -max(-a, -b),
                Sub => a - b,
                _ => a + b,
            }),
            Kind::Complex => combine!(complexes, from_complexes, |a, b| match self.kind {
                Mul => a * b,
                Sub => a - b,
                _ => a + b,
            }),
            _ => combine!(ints, from_ints, |a: i128, b: i128| match self.kind {
                Mul => a.wrapping_mul(b),
                Max => a.max(b),
                Min => a.min(b),
                Sub => a.wrapping_sub(b),
                _ => a.wrapping_add(b),
            }),
        }])
    }
    fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        if tangents[0].is_none() && tangents[2].is_none() {
            return vec![None];
        }
        let (x, indices, updates) = (ins[0], ins[1], ins[2]);
        let zero = |i: usize| tangents[i].unwrap_or_else(|| ins[i].full_like(0.0));
        vec![Some(match self.kind {
            ScatterKind::Set if !self.unique_indices => self.set_tangent(ins, zero(0), zero(2)),
            ScatterKind::Set | ScatterKind::Add | ScatterKind::Sub => bind1(self.clone(), &[zero(0), indices, zero(2)]),
            ScatterKind::Min | ScatterKind::Max => self.extremum_tangent(ins, outs[0], zero(0), zero(2)),
            ScatterKind::Mul => {
                let of_array = tangents[0].map(|t| bind1(self.clone(), &[t, indices, updates]));
                let of_updates = tangents[2].map(|t| {
                    if !self.unique_indices {
                        fail("scatter_mul: has no derivative in the updates, unless they promise unique_indices");
                    }
                    x * bind1(self.with(ScatterKind::Add), &[x.full_like(0.0), indices, t])
                });
                return vec![add_some(of_array, of_updates)];
            }
        })]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let (Some(ct), Some(indices)) = (cts[0], ins[1].known()) else { return vec![None; 3] };
        let updates = ins[2].aval();
        let gathered = || self.gather(ct, indices, &updates.shape, Some(0.0));
        let (of_array, of_updates): (Tracer, &dyn Fn() -> Tracer) = match (self.kind, ins[2].known()) {
            (ScatterKind::Add, _) => (ct, &gathered),
            (ScatterKind::Sub, _) => (ct, &|| -gathered()),
            (ScatterKind::Set, _) if self.unique_indices => {
                (bind1(self.clone(), &[ct, indices, zeros(&updates)]), &gathered)
            }
            (ScatterKind::Mul, Some(updates)) => (bind1(self.clone(), &[ct, indices, updates]), &gathered),
            _ => fail(format!("{}: cannot be transposed, since it is not linear in both operands", self.name())),
        };
        vec![ins[0].is_unknown().then_some(of_array), None, ins[2].is_unknown().then(of_updates)]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let op = Scatter { dims: self.dims.batched(true, ins[1].batched), ..self.clone() };
        vec![Batched::new(bind1(op, &[ins[0].spread(axis), ins[1].value, ins[2].spread(axis)]))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let (x, updates) = (&ins[0], &ins[2]);
        if updates.aval.size() == 0 {
            return vec![x.clone()];
        }
        let indices = module.emit(&ins[1..2], |a| {
            let indices = widened(a[0]);
            let window = self.window(&x.aval.shape, &updates.aval.shape).unwrap_or_default();
            if self.mode != GatherMode::Clip || indices.size() == 0 {
                return vec![indices];
            }
            let upper = bounds(&self.dims, &x.aval.shape, &window, indices);
            vec![bind1(Binary::Max, &[bind1(Binary::Min, &[indices, upper]), indices.full_like(0.0)])]
        });
        let scalar = outs[0].with_shape(&[]);
        let body = module.region(&[scalar.clone(), scalar.clone()], |m, args| match self.kind.row().1 {
            Some(combine) => combine.lower(m, args, std::slice::from_ref(&scalar)),
            None => vec![args[1].clone()],
        });
        let attributes = format!(
            "scatter_dimension_numbers = #stablehlo.scatter<{}>, indices_are_sorted = {}, unique_indices = {}",
            self.dims.mlir(MLIR_NAMES, &ins[1].aval),
            self.indices_are_sorted,
            self.unique_indices
        );
        module.op("stablehlo.scatter", &[x.clone(), indices[0].clone(), updates.clone()], &attributes, &[body], outs)
    }
}
impl Registered for Scatter {
    fn read(name: &str, reader: &mut Reader) -> Option<Result<Scatter, String>> {
        let kind = *ScatterKind::ALL.iter().find(|k| k.row().0 == name)?;
        let mut parameters = || {
            let op = Scatter {
                kind,
                dims: GatherDims::read(NAMES, reader)?,
                mode: reader.parameter("mode")?,
                indices_are_sorted: reader.parameter("indices_are_sorted")?,
                unique_indices: reader.parameter("unique_indices")?,
            };
            reader.end_of_parameters().map(|()| op)
        };
        Some(parameters())
    }
    fn samples() -> Vec<Sample> {
        use GatherMode::*;
        let values = |shape: &[usize], dtype: DType, seed: i128| {
            let aval = ShapedArray::new(shape, dtype);
            let n = aval.size() as i128;
            let number = |i: i128| (i * 7 + seed) % 23 - 9;
            if dtype.is_inexact() {
                Literal::from_floats(aval, (0..n).map(|i| number(i) as f64 / 4.0 + 0.1))
            } else {
                Literal::from_ints(aval, (0..n).map(number))
            }
        };
        let mut samples = vec![];
        for kind in ScatterKind::ALL {
            let op = |axes: [&[usize]; 5], mode: GatherMode, unique: bool| {
                let [
                    offset_dims,
                    collapsed_slice_dims,
                    operand_batching_dims,
                    start_indices_batching_dims,
                    start_index_map,
                ] = axes.map(Axes::from_slice);
                let dims = GatherDims {
                    offset_dims,
                    collapsed_slice_dims,
                    operand_batching_dims,
                    start_indices_batching_dims,
                    start_index_map,
                };
                Scatter { kind, dims, mode, indices_are_sorted: false, unique_indices: unique }
            };
            let mut add = |op: Scatter, dtype: DType, x: &[usize], indices: Literal, updates: &[usize]| {
                samples.push(Sample::new(op, &[values(x, dtype, 3), indices, values(updates, dtype, 11)]));
            };
            let (rows, steps) = ([&[1][..], &[0], &[], &[], &[0]], [&[][..], &[1], &[0], &[0], &[1]]);
            add(op(rows, FillOrDrop, true), DType::F32, &[4, 3], Literal::new(&[3, 1], &[3, 7, 0]), &[3, 3]);
            add(op(rows, Clip, true), DType::F64, &[4, 2], Literal::new(&[2, 1], &[-2i8, 2]), &[2, 2]);
            add(op(rows, PromiseInBounds, true), DType::F32, &[4, 2], Literal::new(&[2, 1], &[1, 3]), &[2, 2]);
            add(op(rows, Clip, false), DType::F64, &[4, 2], Literal::new(&[3, 1], &[0, 9, 3]), &[3, 2]);
            let twice = Literal::new(&[2, 4, 1], &[0, 2, 1, 2, 3, -1, 2, 2]);
            add(op(steps, FillOrDrop, false), DType::F64, &[2, 3], twice, &[2, 4]);
            add(op(rows, FillOrDrop, true), DType::I32, &[4, 2], Literal::new(&[2, 1], &[1u8, 200]), &[2, 2]);
            let windows = [&[0][..], &[0], &[], &[], &[1, 0]];
            let pairs = Literal::new(&[2, 2], &[1, 2, 2, 0]);
            add(op(windows, FillOrDrop, false), DType::F32, &[3, 4], pairs, &[2, 2]);
            add(op(rows, FillOrDrop, false), DType::F32, &[4, 3], Literal::new::<i32>(&[0, 1], &[]), &[0, 3]);
            if !matches!(kind, ScatterKind::Min | ScatterKind::Max) {
                add(op(rows, FillOrDrop, true), DType::C64, &[4, 1], Literal::new(&[2, 1], &[1, 2]), &[2, 1]);
            }
        }
        samples
    }
}
macro_rules! scatters { ($($(#[$doc:meta])* $Kind:ident $name:ident;)*) => { impl Tracer { $(
    $(#[$doc])*
    ///
    /// The vectors in the last axis of `indices` say where each slice of `updates` stands; out of bounds according to `mode`.
    #[track_caller]
    pub fn $name(self, indices: Tracer, updates: Tracer, dims: GatherDims, mode: GatherMode) -> Tracer {
        let op = Scatter { kind: ScatterKind::$Kind, dims, mode, indices_are_sorted: false, unique_indices: false };
        bind1(op, &[self, indices, updates])
    }
)* } } }
scatters! {
    /// The array with slices replaced by updates. Where they overlap, any one of them may stay.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, primitives::gather::{GatherDims, GatherMode}, trace::trace};
    /// let x = Literal::from(vec![1.0f32, 2.0, 3.0]);
    /// let (i, u) = (Literal::new(&[2, 1], &[2i32, 0]), Literal::from(vec![7.0f32, 8.0]));
    /// let program = trace(&[&x, &i, &u].map(|l| l.aval().clone()), |a| {
    ///     let elements = GatherDims { collapsed_slice_dims: [0][..].into(), start_index_map: [0][..].into(), ..Default::default() };
    ///     vec![a[0].scatter(a[1], a[2], elements, GatherMode::FillOrDrop)]
    /// });
    /// assert_eq!(eval(&program.program, &[x, i, u]).unwrap(), [Literal::from(vec![8.0f32, 2.0, 7.0])]);
    /// ```
    Set scatter;
    /// The array with updates added to its slices.
    Add scatter_add;
    /// The array with updates subtracted from its slices.
    Sub scatter_sub;
    /// The array with its slices multiplied by updates.
    Mul scatter_mul;
    /// The array with the lesser of its slices and the updates.
    Min scatter_min;
    /// The array with the greater of its slices and the updates.
    Max scatter_max;
}
