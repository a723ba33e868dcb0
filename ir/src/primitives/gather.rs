//! `gather[…] x indices`: slices of an array at computed places, side by side.

use super::*;
use crate::{
    aval::{Dims, resolve_axis},
    dtype::Kind,
    literal::{for_each_index, int_range, strides},
    trace::constant,
};

/// What happens at indices that are out of bounds: JAX's `GatherScatterMode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GatherMode {
    /// They are moved inside.
    Clip,
    /// They gather a fill value, and scatter nothing.
    #[default]
    FillOrDrop,
    /// There are none. If there are, a gather moves them inside and a scatter drops them.
    PromiseInBounds,
}
impl Param for GatherMode {
    fn write(&self, w: &mut Writer) {
        w.word(match self {
            GatherMode::Clip => "clip",
            GatherMode::FillOrDrop => "fill_or_drop",
            GatherMode::PromiseInBounds => "promise_in_bounds",
        });
    }
    fn read(r: &mut Reader) -> Result<GatherMode, String> {
        match r.name("a mode")? {
            "clip" => Ok(GatherMode::Clip),
            "fill_or_drop" => Ok(GatherMode::FillOrDrop),
            "promise_in_bounds" => Ok(GatherMode::PromiseInBounds),
            other => Err(format!("unknown mode `{other}`")),
        }
    }
}

/// How windows stand in an array: the dimension numbers of a gather from it, or of a scatter into it.
///
/// The last axis of the indices holds index vectors. The *slices* (a gather's output, a scatter's updates) have the other axes of the
/// indices and the axes of the window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GatherDims {
    /// The axes of the slices that run through the window, ascending.
    pub offset_dims: Axes,
    /// The axes of the array that the slices lack, ascending; the window has size 1 along them.
    pub collapsed_slice_dims: Axes,
    /// The axes of the array that go in step with axes of the indices, ascending; the window has size 1 along them.
    pub operand_batching_dims: Axes,
    /// Those axes of the indices, in the same order.
    pub start_indices_batching_dims: Axes,
    /// The axis of the array that each element of an index vector counts along.
    pub start_index_map: Axes,
}
impl GatherDims {
    /// The names of the parameters of a gather.
    pub(super) const GATHER: [&str; 5] = [
        "offset_dims",
        "collapsed_slice_dims",
        "operand_batching_dims",
        "start_indices_batching_dims",
        "start_index_map",
    ];

    fn fields(&self) -> [&Axes; 5] {
        let d = self;
        [
            &d.offset_dims,
            &d.collapsed_slice_dims,
            &d.operand_batching_dims,
            &d.start_indices_batching_dims,
            &d.start_index_map,
        ]
    }
    pub(super) fn print(&self, names: [&str; 5], writer: &mut Writer) {
        for (name, axes) in names.iter().zip(self.fields()) {
            writer.parameter(name, axes);
        }
    }
    pub(super) fn read(names: [&str; 5], reader: &mut Reader) -> Result<GatherDims, String> {
        Ok(GatherDims {
            offset_dims: reader.parameter(names[0])?,
            collapsed_slice_dims: reader.parameter(names[1])?,
            operand_batching_dims: reader.parameter(names[2])?,
            start_indices_batching_dims: reader.parameter(names[3])?,
            start_index_map: reader.parameter(names[4])?,
        })
    }
    /// MLIR's text, with its own names for the same five.
    pub(super) fn mlir(&self, names: [&str; 5], indices: &ShapedArray) -> String {
        let fields = names.iter().zip(self.fields()).map(|(name, axes)| format!("{name} = {}", Dims(axes)));
        format!("{}, index_vector_dim = {}", fields.collect::<Vec<_>>().join(", "), indices.rank() - 1)
    }
    /// The axes of the array along which the slices run through the window.
    pub(super) fn window_axes(&self, rank: usize) -> Axes {
        (0..rank)
            .filter(|a| !self.collapsed_slice_dims.contains(a) && !self.operand_batching_dims.contains(a))
            .collect()
    }
    /// The axes of the slices that are axes of the indices.
    pub(super) fn loop_axes(&self, slices_rank: usize) -> Axes {
        (0..slices_rank).filter(|a| !self.offset_dims.contains(a)).collect()
    }
    /// Checks everything but the shape of the slices, which is returned.
    pub(super) fn check(&self, a: &ShapedArray, indices: &ShapedArray, window: &[usize]) -> Result<Shape, String> {
        if !indices.dtype.is_integer() || indices.rank() == 0 {
            return Err(format!("the indices must be integers with an axis of index vectors, got {indices}"));
        }
        let loops = indices.rank() - 1;
        let windowed = self.window_axes(a.rank());
        let rank = windowed.len() + loops;
        for (axes, rank) in [
            (&self.offset_dims, rank),
            (&self.collapsed_slice_dims, a.rank()),
            (&self.operand_batching_dims, a.rank()),
            (&self.start_indices_batching_dims, loops),
            (&self.start_index_map, a.rank()),
        ] {
            check_axes(axes, rank)?;
        }
        if [&self.offset_dims, &self.collapsed_slice_dims, &self.operand_batching_dims].iter().any(|d| !d.is_sorted()) {
            return Err("offset, collapsed and batching axes of the array must ascend".into());
        }
        let batching = &self.operand_batching_dims;
        if batching.iter().any(|b| self.collapsed_slice_dims.contains(b) || self.start_index_map.contains(b)) {
            return Err("a batching axis can neither be collapsed nor indexed".into());
        }
        if window.len() != a.rank() || self.offset_dims.len() != windowed.len() {
            return Err(format!(
                "each axis of {a} needs a size of the window, {}, and be an offset axis, collapsed or batching",
                Dims(window)
            ));
        }
        if self.start_index_map.len() != indices.shape[loops] {
            return Err(format!("index vectors of {indices} must have {} elements", self.start_index_map.len()));
        }
        if batching.len() != self.start_indices_batching_dims.len() {
            return Err("the array and the indices need as many batching axes".into());
        }
        for (x, i) in batching.iter().zip(&self.start_indices_batching_dims) {
            if a.shape[*x] != indices.shape[*i] {
                return Err(format!("batching axis {x} of {a} and {i} of {indices} must have one size"));
            }
        }
        for (axis, size) in window.iter().copied().enumerate() {
            let flat = !windowed.contains(&axis);
            if (indices.size() > 0 && size > a.shape[axis]) || (flat && size > 1) {
                return Err(format!("a window of size {size} does not fit axis {axis} of {a}"));
            }
        }
        let (mut sizes, mut rest) = (windowed.iter().map(|w| window[*w]), indices.shape[..loops].iter().copied());
        let size = |axis: usize| if self.offset_dims.contains(&axis) { sizes.next() } else { rest.next() };
        (0..rank).map(size).collect::<Option<Shape>>().ok_or_else(|| "the axes do not add up".into())
    }
    /// For each element of the slices its place in the array; `None` where the window is not inside, unless it is `moved`. An array without
    /// elements has no places.
    pub(super) fn places(
        &self,
        array: &[usize],
        window: &[usize],
        indices: &Literal,
        slices: &[usize],
        moved: bool,
    ) -> Vec<Option<usize>> {
        if array.contains(&0) {
            return vec![None; slices.iter().product()];
        }
        let (from, vectors, at) = (strides(array), strides(indices.shape()), indices.ints());
        let (loops, windowed) = (self.loop_axes(slices.len()), self.window_axes(array.len()));
        let mut places = vec![];
        for_each_index(slices, |index| {
            let vector: usize = loops.iter().zip(&vectors).map(|(a, stride)| index[*a] * stride).sum();
            let (mut place, mut inside) = (0, true);
            for (k, axis) in self.start_index_map.iter().enumerate() {
                let (start, bound) = (at[vector + k], (array[*axis] - window[*axis]) as i128);
                inside &= (0..=bound).contains(&start);
                place += start.clamp(0, bound) as usize * from[*axis];
            }
            for (axis, i) in self.operand_batching_dims.iter().zip(&self.start_indices_batching_dims) {
                place += index[loops[*i]] * from[*axis];
            }
            for (offset, axis) in self.offset_dims.iter().zip(&windowed) {
                place += index[*offset] * from[*axis];
            }
            places.push((inside || moved).then_some(place));
        });
        places
    }
    /// The dimension numbers over a batch, for an array and indices of which some are batched, in front.
    pub(super) fn batched(&self, array: bool, indices: bool) -> GatherDims {
        let by = usize::from(array);
        let mut dims = GatherDims {
            offset_dims: shifted(&self.offset_dims, 1),
            collapsed_slice_dims: shifted(&self.collapsed_slice_dims, by),
            operand_batching_dims: shifted(&self.operand_batching_dims, by),
            start_indices_batching_dims: shifted(&self.start_indices_batching_dims, usize::from(indices)),
            start_index_map: shifted(&self.start_index_map, by),
        };
        match (array, indices) {
            (true, true) => {
                dims.operand_batching_dims.insert(0, 0);
                dims.start_indices_batching_dims.insert(0, 0);
            }
            (true, false) => dims.offset_dims.insert(0, 0),
            _ => {}
        }
        dims
    }
}
/// Signed indices that hold every index of an array: XLA compares bounds in the dtype of the indices.
pub(super) fn widened(indices: Tracer) -> Tracer {
    match indices.dtype() {
        DType::U64 => {
            let greatest = Literal::from_ints(ShapedArray::new(&[], DType::U64), [i64::MAX as i128]);
            let greatest = constant(greatest).broadcast(&indices.shape(), &[]);
            bind1(Binary::Min, &[indices, greatest]).astype(DType::I64)
        }
        DType::U32 | DType::I64 => indices.astype(DType::I64),
        _ => indices.astype(DType::I32),
    }
}
/// The greatest start of a window along each axis that index vectors count along, for each element of the widened indices.
pub(super) fn bounds(dims: &GatherDims, array: &[usize], window: &[usize], indices: Tracer) -> Tracer {
    let each = dims.start_index_map.iter().map(|a| array[*a].saturating_sub(window[*a]) as i128);
    let aval = ShapedArray::new(&[dims.start_index_map.len()], indices.dtype());
    constant(Literal::from_ints(aval, each)).broadcast(&indices.shape(), &[indices.rank() - 1])
}

/// Takes slices of one size at the places that index vectors say.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gather {
    /// How the slices stand in the array and in the output.
    pub dims: GatherDims,
    /// The size of the window along each axis of the array.
    pub slice_sizes: Shape,
    /// What happens out of bounds.
    pub mode: GatherMode,
    /// The value out of bounds with [`GatherMode::FillOrDrop`]; by default NaN, the least signed integer, the greatest unsigned one, `true`.
    pub fill: Option<Literal>,
    /// A promise that index vectors ascend.
    pub indices_are_sorted: bool,
    /// A promise that slices do not overlap, which serves the transpose.
    pub unique_indices: bool,
}
impl Gather {
    /// What [`Gather::fill`] is by default.
    pub(crate) fn default_fill(dtype: DType) -> Literal {
        let aval = ShapedArray::new(&[], dtype);
        match dtype.kind() {
            Kind::Float | Kind::Complex => Literal::full(aval, f64::NAN),
            Kind::Signed => Literal::from_ints(aval, [int_range(dtype).0]),
            Kind::Unsigned | Kind::Bool => Literal::from_ints(aval, [int_range(dtype).1]),
        }
    }
    fn fill_of(&self, dtype: DType) -> Literal {
        self.fill.clone().unwrap_or_else(|| Gather::default_fill(dtype))
    }
    /// The gather that takes it that all is in bounds, masked.
    fn masked(&self, x: Tracer, indices: Tracer) -> Tracer {
        let indices = widened(indices);
        let upper = bounds(&self.dims, &x.shape(), &self.slice_sizes, indices);
        let inside = bind1(Binary::And, &[indices.greater_equal(indices.full_like(0.0)), indices.less_equal(upper)])
            .all_axes(-1);
        let slices = bind1(Gather { mode: GatherMode::PromiseInBounds, fill: None, ..self.clone() }, &[x, indices]);
        let shape = slices.shape();
        let mask = inside.broadcast(&shape, &self.dims.loop_axes(shape.len()));
        bind1(Select, &[mask, slices, constant(self.fill_of(x.dtype())).broadcast(&shape, &[])])
    }
}
impl Primitive for Gather {
    fn name(&self) -> &'static str {
        "gather"
    }
    fn print(&self, writer: &mut Writer) {
        self.dims.print(GatherDims::GATHER, writer);
        writer.parameter("slice_sizes", &self.slice_sizes);
        writer.parameter("mode", &self.mode);
        writer.parameter("fill", &self.fill);
        writer.parameter("indices_are_sorted", &self.indices_are_sorted);
        writer.parameter("unique_indices", &self.unique_indices);
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 2)?;
        let a = ins[0];
        if let Some(fill) = self.fill.as_ref().filter(|f| f.dtype() != a.dtype || !f.shape().is_empty()) {
            return Err(format!("the fill value must be a scalar of the dtype of {a}, got {}", fill.aval()));
        }
        Ok(smallvec![a.with_shape(&self.dims.check(a, ins[1], &self.slice_sizes)?)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, shape) = (ins[0], self.dims.check(ins[0].aval(), ins[1].aval(), &self.slice_sizes)?);
        let moved = self.mode != GatherMode::FillOrDrop;
        let places = self.dims.places(x.shape(), &self.slice_sizes, ins[1], &shape, moved);
        Ok(vec![x.gather(&shape, Some(&self.fill_of(x.dtype())), |i| places[i])])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let zero = Literal::zeros(ins[0].aval().strong().with_shape(&[]));
        vec![tangents[0].map(|t| bind1(Gather { fill: Some(zero), ..self.clone() }, &[t, ins[1]]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let (Some(ct), Some(indices)) = (cts[0], ins[1].known()) else { return vec![None, None] };
        let scatter = Scatter {
            kind: scatter::ScatterKind::Add,
            dims: self.dims.clone(),
            // What was moved inside without a promise broken has no meaning, so that all out of bounds is moved or all dropped.
            mode: self.mode,
            indices_are_sorted: self.indices_are_sorted,
            unique_indices: self.unique_indices,
        };
        vec![Some(bind1(scatter, &[crate::rewrite::jvp::zeros(&ins[0].aval()), indices, ct])), None]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let (array, indices) = (ins[0].batched, ins[1].batched);
        let mut op = Gather { dims: self.dims.batched(array, indices), ..self.clone() };
        if array {
            let size = if indices { axis.size.min(1) } else { axis.size };
            op.slice_sizes.insert(0, size);
        } else {
            // One array indexed by several: sorted and unique no longer.
            (op.indices_are_sorted, op.unique_indices) = (false, false);
        }
        vec![Batched::new(bind1(op, &[ins[0].value, ins[1].value]))]
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if outs[0].size() == 0 {
            return vec![module.splat(&outs[0], 0.0)];
        }
        if self.mode == GatherMode::FillOrDrop {
            return module.emit(ins, |a| vec![self.masked(a[0], a[1])]);
        }
        let indices = module.emit(&ins[1..], |a| vec![widened(a[0])]);
        let attributes = format!(
            "dimension_numbers = #stablehlo.gather<{}>, slice_sizes = {}, indices_are_sorted = {}",
            self.dims.mlir(GatherDims::GATHER, &ins[1].aval),
            mlir_array(&self.slice_sizes),
            self.indices_are_sorted
        );
        vec![module.op1("stablehlo.gather", &[ins[0].clone(), indices[0].clone()], &attributes, &outs[0])]
    }
}
impl Registered for Gather {
    fn read(name: &str, reader: &mut Reader) -> Option<Result<Gather, String>> {
        let mut parameters = || {
            let op = Gather {
                dims: GatherDims::read(GatherDims::GATHER, reader)?,
                slice_sizes: reader.parameter("slice_sizes")?,
                mode: reader.parameter("mode")?,
                fill: reader.parameter("fill")?,
                indices_are_sorted: reader.parameter("indices_are_sorted")?,
                unique_indices: reader.parameter("unique_indices")?,
            };
            reader.end_of_parameters().map(|()| op)
        };
        (name == "gather").then(&mut parameters)
    }
    fn samples() -> Vec<Sample> {
        use GatherMode::*;
        let mut samples = vec![];
        let mut add = |op: Gather, dtype: DType, shape: &[usize], indices: Literal| {
            let aval = ShapedArray::new(shape, dtype);
            let n = aval.size() as i128;
            samples.push(Sample::new(op, &[Literal::from_ints(aval, 1..=n), indices]));
        };
        let op = |axes: [&[usize]; 5], sizes: &[usize], mode: GatherMode| {
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
            Gather {
                dims,
                slice_sizes: sizes.into(),
                mode,
                fill: None,
                indices_are_sorted: false,
                unique_indices: false,
            }
        };
        for mode in [Clip, FillOrDrop, PromiseInBounds] {
            let outside = |i: i32| if mode == PromiseInBounds { 1 } else { i };
            // Rows; windows that start at pairs; elements in step with a batch.
            add(
                op([&[1], &[0], &[], &[], &[0]], &[1, 3], mode),
                DType::F32,
                &[4, 3],
                Literal::new(&[3, 1], &[3, outside(7), 0]),
            );
            let pairs = Literal::new(&[2, 2], &[1, 1, outside(2), outside(-1)]);
            add(op([&[0, 2], &[], &[], &[], &[1, 0]], &[2, 2], mode), DType::F32, &[4, 3], pairs);
            let steps = Literal::new(&[2, 3, 1], &[0, 2, 1, outside(3), outside(-1), 2]);
            add(op([&[], &[1], &[0], &[0], &[1]], &[1, 1], mode), DType::F64, &[2, 3], steps);
        }
        for dtype in [DType::I32, DType::U8, DType::Bool, DType::C64] {
            add(op([&[], &[0], &[], &[], &[0]], &[1], FillOrDrop), dtype, &[3], Literal::new(&[2, 1], &[2i8, -7]));
        }
        let filled = Gather { fill: Some(Literal::scalar(7i32)), ..op([&[], &[0], &[], &[], &[0]], &[1], FillOrDrop) };
        add(filled, DType::I32, &[3], Literal::new(&[2, 1], &[2u64, u64::MAX]));
        let sorted =
            Gather { indices_are_sorted: true, unique_indices: true, ..op([&[0], &[], &[], &[], &[0]], &[2], Clip) };
        add(sorted, DType::F32, &[3], Literal::new(&[1], &[1]));
        add(
            op([&[1], &[0], &[], &[], &[0]], &[1, 2], FillOrDrop),
            DType::F32,
            &[3, 2],
            Literal::new::<i32>(&[0, 1], &[]),
        );
        samples
    }
}
impl Tracer {
    /// Slices of this array at the places that the vectors in the last axis of `indices` say; out of bounds according to `mode`.
    #[track_caller]
    pub fn gather(self, indices: Tracer, dims: GatherDims, slice_sizes: &[usize], mode: GatherMode) -> Tracer {
        let (slice_sizes, fill) = (slice_sizes.into(), None);
        bind1(
            Gather { dims, slice_sizes, mode, fill, indices_are_sorted: false, unique_indices: false },
            &[self, indices],
        )
    }
    /// The elements at `indices` along an axis (negative: from the end); the axes of the indices stand in its place. Indices out of bounds
    /// give NaN, of integers the least, of unsigned ones the greatest, and negative indices are out of bounds.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let (x, i) = (Literal::from(vec![1.0f32, 2.0, 3.0]), Literal::from(vec![2i32, 0, 0]));
    /// let program = trace(&[x.aval().clone(), i.aval().clone()], |a| vec![a[0].take(a[1], 0)]).program;
    /// assert_eq!(eval(&program, &[x, i]).unwrap(), [Literal::from(vec![3.0f32, 1.0, 1.0])]);
    /// ```
    #[track_caller]
    pub fn take(self, indices: Tracer, axis: isize) -> Tracer {
        let mut sizes = self.shape();
        let axis = or_fail("take", resolve_axis(axis, sizes.len()));
        sizes[axis] = 1;
        let loops = axis..axis + indices.rank();
        let dims = GatherDims {
            offset_dims: (0..sizes.len() - 1 + indices.rank()).filter(|a| !loops.contains(a)).collect(),
            collapsed_slice_dims: smallvec![axis],
            start_index_map: smallvec![axis],
            ..GatherDims::default()
        };
        self.gather(indices.expand_dims(-1), dims, &sizes, GatherMode::FillOrDrop)
    }
    /// The elements that `indices`, an array of the same shape but for the size of `axis` (negative: from the end), names along that axis.
    #[track_caller]
    pub fn take_along_axis(self, indices: Tracer, axis: isize, mode: GatherMode) -> Tracer {
        let rank = self.rank();
        let axis = or_fail("take_along_axis", resolve_axis(axis, rank));
        let rest: Axes = (0..rank).filter(|a| *a != axis).collect();
        let dims = GatherDims {
            collapsed_slice_dims: smallvec![axis],
            operand_batching_dims: rest.clone(),
            start_indices_batching_dims: rest,
            start_index_map: smallvec![axis],
            ..GatherDims::default()
        };
        self.gather(indices.expand_dims(-1), dims, &Shape::from_elem(1, rank), mode)
    }
}
