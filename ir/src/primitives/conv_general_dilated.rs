//! `conv_general_dilated[…] x kernel`: the products of an array with a kernel that moves over it, summed.

use super::{
    dot_general::Precision,
    reduce_window::{Window, dilated, mlir_pairs},
    *,
};
use crate::{aval::Dims, dtype::Kind, rewrite::jvp::zeros};

parameters! {
    /// Sums products of an array and a kernel that moves over it, for all features, as JAX's `conv_general_dilated`.
    ///
    /// The specifications name axes: of the array and the output the batch axis, the feature axis, then the spatial axes; of the kernel
    /// the axis of output features, that of input features, then the spatial axes. The kernel is not turned round.
    ConvGeneralDilated {
        /// The axes of the array.
        lhs_spec: Axes,
        /// The axes of the kernel.
        rhs_spec: Axes,
        /// The axes of the output.
        out_spec: Axes,
        /// How far the kernel moves each time, along each spatial axis.
        strides: Shape,
        /// How far before the array it starts; negative numbers cut away instead.
        low: SmallVec<[isize; 4]>,
        /// How far behind the array it may reach; negative numbers cut away instead.
        high: SmallVec<[isize; 4]>,
        /// The distance between neighbours of the array, in which gaps are zeros.
        lhs_dilation: Shape,
        /// The distance between neighbours of the kernel.
        rhs_dilation: Shape,
        /// Into how many groups the features are divided that do not mix.
        feature_group_count: usize,
        /// Into how many groups the batch is divided, each of which makes its own output features.
        batch_group_count: usize,
        /// How exactly to compute.
        precision: Precision,
        /// The dtype of the output, in which sums are accumulated.
        dtype: DType,
    }
}
/// The first two axes of a specification exchanged.
fn exchanged(spec: &Axes) -> Axes {
    let mut spec = spec.clone();
    spec.swap(0, 1);
    spec
}
fn pick(shape: &[usize], axes: &[usize]) -> Shape {
    axes.iter().map(|a| shape[*a]).collect()
}
/// An axis split in two, the first of the given size.
fn split(x: Tracer, axis: usize, first: usize) -> Tracer {
    let mut shape = x.shape();
    shape[axis] /= first.max(1);
    shape.insert(axis, first);
    x.reshape(&shape)
}
/// Axis `from` merged into an axis, counted without it, as the major part.
fn merge(x: Tracer, from: usize, into: usize) -> Tracer {
    let moved = x.moveaxis(from as isize, into as isize);
    let mut shape = moved.shape();
    let size = shape.remove(into);
    shape[into] *= size;
    moved.reshape(&shape)
}
impl ConvGeneralDilated {
    /// The convolution over so many spatial axes: array `[batch, feature, …]`, kernel `[output feature, input feature, …]`, no padding.
    pub fn new(spatial: usize, dtype: DType) -> ConvGeneralDilated {
        let (axes, ones, none): (Axes, Shape, _) =
            ((0..spatial + 2).collect(), smallvec![1; spatial], smallvec![0; spatial]);
        ConvGeneralDilated {
            lhs_spec: axes.clone(),
            rhs_spec: axes.clone(),
            out_spec: axes,
            strides: ones.clone(),
            low: SmallVec::clone(&none),
            high: none,
            lhs_dilation: ones.clone(),
            rhs_dilation: ones,
            feature_group_count: 1,
            batch_group_count: 1,
            precision: Precision::Default,
            dtype,
        }
    }
    /// The kernel's spatial axes as a window.
    fn window(&self, kernel: &[usize]) -> Window {
        Window {
            sizes: pick(kernel, &self.rhs_spec[2..]),
            strides: self.strides.clone(),
            low: self.low.clone(),
            high: self.high.clone(),
            base_dilation: self.lhs_dilation.clone(),
            window_dilation: self.rhs_dilation.clone(),
        }
    }
    fn check(&self, x: &ShapedArray, kernel: &ShapedArray) -> Result<(), String> {
        let rank = x.rank();
        for (spec, of) in [(&self.lhs_spec, rank), (&self.rhs_spec, kernel.rank()), (&self.out_spec, rank)] {
            if rank < 2 || spec.len() != rank || of != rank {
                return Err(format!(
                    "needs a batch and a feature axis and as many spatial axes for {x} and {kernel}, got {}",
                    Dims(spec)
                ));
            }
            check_axes(spec, rank)?;
        }
        check_product(x, kernel, self.dtype)?;
        let (groups, batches) = (self.feature_group_count, self.batch_group_count);
        let [n, c] = [x.shape[self.lhs_spec[0]], x.shape[self.lhs_spec[1]]];
        let [o, i] = [kernel.shape[self.rhs_spec[0]], kernel.shape[self.rhs_spec[1]]];
        if groups == 0 || batches == 0 || (groups > 1 && batches > 1) {
            return Err(format!(
                "groups must be at least 1, and only features or the batch can have several, got {groups} and {batches}"
            ));
        }
        if c != i * groups || o % groups != 0 {
            return Err(format!("the {c} features of {x} in {groups} groups do not fit the kernel {kernel}"));
        }
        if n % batches != 0 || o % batches != 0 {
            return Err(format!("the batch of {n} in {batches} groups does not fit the kernel {kernel}"));
        }
        Ok(())
    }
    /// Batch, features and spatial sizes of the output.
    fn canonical(&self, x: &ShapedArray, kernel: &ShapedArray) -> Result<Shape, String> {
        let spatial = self.window(&kernel.shape).places(&x.with_shape(&pick(&x.shape, &self.lhs_spec[2..])))?;
        let front = [x.shape[self.lhs_spec[0]] / self.batch_group_count, kernel.shape[self.rhs_spec[0]]];
        Ok(front.into_iter().chain(spatial).collect())
    }
    /// What the spatial sizes of array, kernel and output are, dilated.
    fn spans(&self, x: &[usize], kernel: &[usize], out: &[usize]) -> Vec<[isize; 3]> {
        let sizes = [
            (x, &self.lhs_spec, &self.lhs_dilation),
            (kernel, &self.rhs_spec, &self.rhs_dilation),
            (out, &self.out_spec, &self.strides),
        ];
        (0..self.strides.len()).map(|i| sizes.map(|(shape, spec, by)| dilated(shape[spec[i + 2]], by[i]))).collect()
    }
    /// The cotangent of the array: the output's, with gaps for strides, convolved with the kernel turned round.
    fn transpose_lhs(&self, ct: Tracer, x: &ShapedArray, kernel: Tracer) -> Tracer {
        let groups = self.feature_group_count.max(self.batch_group_count);
        let spans = self.spans(&x.shape, &kernel.shape(), &ct.shape());
        let [out, input] = [self.rhs_spec[0], self.rhs_spec[1]];
        let kernel = if groups > 1 { merge(split(kernel, out, groups), out, input) } else { kernel };
        let low: SmallVec<[isize; 4]> = spans.iter().zip(&self.low).map(|([_, k, _], low)| k - low - 1).collect();
        let op = ConvGeneralDilated {
            lhs_spec: self.out_spec.clone(),
            rhs_spec: exchanged(&self.rhs_spec),
            out_spec: self.lhs_spec.clone(),
            strides: self.lhs_dilation.clone(),
            high: spans.iter().zip(&low).map(|([x, k, o], low)| x + k - 1 - o - low).collect(),
            low,
            lhs_dilation: self.strides.clone(),
            rhs_dilation: self.rhs_dilation.clone(),
            feature_group_count: groups,
            batch_group_count: 1,
            precision: self.precision,
            dtype: ct.dtype(),
        };
        let turned = bind1(Reverse { axes: self.rhs_spec[2..].into() }, &[kernel.astype(ct.dtype())]);
        let back = bind1(op, &[ct, turned]).astype(x.dtype);
        let feature = self.lhs_spec[1];
        if self.batch_group_count == 1 { back } else { merge(split(back, feature, groups), feature, self.lhs_spec[0]) }
    }
    /// The cotangent of the kernel: the array convolved with the output's, where batch and features change places.
    fn transpose_rhs(&self, ct: Tracer, x: Tracer, kernel: &ShapedArray) -> Tracer {
        if ct.size() == 0 {
            return zeros(kernel);
        }
        let spans = self.spans(&x.shape(), &kernel.shape, &ct.shape());
        let op = ConvGeneralDilated {
            lhs_spec: exchanged(&self.lhs_spec),
            rhs_spec: exchanged(&self.out_spec),
            out_spec: exchanged(&self.rhs_spec),
            strides: self.rhs_dilation.clone(),
            low: self.low.clone(),
            high: spans.iter().zip(&self.low).map(|([x, k, o], low)| o - x + k - low - 1).collect(),
            lhs_dilation: self.lhs_dilation.clone(),
            rhs_dilation: self.strides.clone(),
            feature_group_count: self.batch_group_count,
            batch_group_count: self.feature_group_count,
            precision: self.precision,
            dtype: ct.dtype(),
        };
        bind1(op, &[x.astype(ct.dtype()), ct]).astype(kernel.dtype)
    }
}
impl Primitive for ConvGeneralDilated {
    described!("conv_general_dilated");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 2)?;
        self.check(ins[0], ins[1])?;
        let (sizes, mut shape) = (self.canonical(ins[0], ins[1])?, ins[0].shape.clone());
        for (axis, size) in self.out_spec.iter().zip(sizes) {
            shape[*axis] = size;
        }
        Ok(smallvec![ShapedArray { shape, dtype: self.dtype, weak: ins[0].weak && ins[1].weak }])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, kernel) = (ins[0], ins[1]);
        let sizes = self.canonical(x.aval(), kernel.aval())?;
        let arranged =
            |l: &Literal, spec: &Axes| Ok::<_, String>(Transpose { permutation: spec.clone() }.eval(&[l])?.remove(0));
        let (x, kernel) = (arranged(x, &self.lhs_spec)?, arranged(kernel, &self.rhs_spec)?);
        // For each place of the kernel, the spatial place under each of its elements.
        let (space, taps): (usize, usize) = (x.shape()[2..].iter().product(), kernel.shape()[2..].iter().product());
        let mut under = vec![];
        self.window(ins[1].shape()).each(&x.shape()[2..], &sizes[2..], |_, element| under.push(element));
        let (c, o, i) = (x.shape()[1], sizes[1], kernel.shape()[1]);
        let places: usize = sizes[2..].iter().product();
        let terms = |at: usize| {
            let (n, feature, place) = (at / places / o, at / places % o, at % places);
            let batch = feature / (o / self.batch_group_count) * sizes[0] + n;
            let first = feature / (o / self.feature_group_count) * i;
            let under = &under[place * taps..(place + 1) * taps];
            (0..i).flat_map(move |k| {
                let (x, w) = (((batch * c) + first + k) * space, (feature * i + k) * taps);
                under.iter().enumerate().filter_map(move |(tap, s)| s.map(|s| (x + s, w + tap)))
            })
        };
        let aval = ShapedArray::new(&sizes, self.dtype);
        let all = 0..aval.size();
        let out = match self.dtype.kind() {
            Kind::Complex => {
                let (a, b) = (x.complexes(), kernel.complexes());
                Literal::from_complexes(
                    aval,
                    all.map(|at| terms(at).map(|(p, q)| a[p] * b[q]).sum::<num_complex::Complex64>()),
                )
            }
            Kind::Float => {
                let (a, b) = (x.floats(), kernel.floats());
                Literal::from_floats(aval, all.map(|at| terms(at).fold(0.0, |sum, (p, q)| sum + a[p] * b[q])))
            }
            _ => {
                let (a, b) = (x.ints(), kernel.ints());
                Literal::from_ints(
                    aval,
                    all.map(|at| terms(at).fold(0i128, |sum, (p, q)| sum.wrapping_add(a[p].wrapping_mul(b[q])))),
                )
            }
        };
        let mut permutation: Axes = self.out_spec.clone();
        for (from, axis) in self.out_spec.iter().enumerate() {
            permutation[*axis] = from;
        }
        Transpose { permutation }.eval(&[&out])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let left = tangents[0].map(|t| bind1(self.clone(), &[t, ins[1]]));
        let right = tangents[1].map(|t| bind1(self.clone(), &[ins[0], t]));
        vec![add_some(left, right)]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let Some(ct) = cts[0] else { return vec![None, None] };
        match ins {
            [Linear::Unknown(x), Linear::Known(kernel)] => vec![Some(self.transpose_lhs(ct, x, *kernel)), None],
            [Linear::Known(x), Linear::Unknown(kernel)] => vec![None, Some(self.transpose_rhs(ct, *x, kernel))],
            _ => fail("conv_general_dilated: cannot be transposed, since it is not linear in both operands"),
        }
    }
    /// A batch of arrays joins the array's own batch, a batch of kernels the output features, a batch of both the groups.
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let (x, kernel, size) = (ins[0].value, ins[1].value, axis.size);
        let ([n, c], o) = ([self.lhs_spec[0], self.lhs_spec[1]], self.rhs_spec[0]);
        let [out_n, out_o] = [self.out_spec[0], self.out_spec[1]];
        let (groups, batches) = (self.feature_group_count, self.batch_group_count);
        if size == 0 {
            let one =
                |b: &Batched| b.value.with_aval(|a| if b.batched { a.with_shape(&a.shape[1..]) } else { a.clone() });
            let out = or_fail(self.name(), self.infer(&[&one(&ins[0]), &one(&ins[1])])).remove(0);
            return vec![Batched::new(zeros(&out.with_shape(&prepend(0, &out.shape))))];
        }
        let out = match (ins[0].batched, ins[1].batched) {
            (true, true) => {
                let mut op = self.clone();
                let x = if batches > 1 { merge(x, 0, n) } else { merge(x, 0, c) };
                *(if batches > 1 { &mut op.batch_group_count } else { &mut op.feature_group_count }) *= size;
                split(bind1(op, &[x, merge(kernel, 0, o)]), out_o, size).moveaxis(out_o as isize, 0)
            }
            (true, false) => {
                let x =
                    if batches == 1 { merge(x, 0, n) } else { merge(merge(split(x, n + 1, batches), 0, n + 1), n, n) };
                split(bind1(self.clone(), &[x, kernel]), out_n, size).moveaxis(out_n as isize, 0)
            }
            (_, _) if groups == 1 && batches == 1 => {
                split(bind1(self.clone(), &[x, merge(kernel, 0, o)]), out_o, size).moveaxis(out_o as isize, 0)
            }
            (_, _) => {
                // Groups are outermost among the output features.
                let groups = groups.max(batches);
                let kernel = merge(merge(split(kernel, o + 1, groups), 0, o + 1), o, o);
                let out = split(split(bind1(self.clone(), &[x, kernel]), out_o, groups), out_o + 1, size);
                merge(out, out_o, out_o + 1).moveaxis(out_o as isize, 0)
            }
        };
        vec![Batched::new(out)]
    }
    fn least_bits(&self) -> usize {
        8 // XLA refuses fewer.
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let precision = match self.precision {
            Precision::Default => "DEFAULT",
            Precision::High => "HIGH",
            Precision::Highest => "HIGHEST",
        };
        let (x, kernel, out) = (&self.lhs_spec, &self.rhs_spec, &self.out_spec);
        let dims = format!(
            "input_batch_dimension = {}, input_feature_dimension = {}, input_spatial_dimensions = {}, \
             kernel_output_feature_dimension = {}, kernel_input_feature_dimension = {}, kernel_spatial_dimensions = {}, \
             output_batch_dimension = {}, output_feature_dimension = {}, output_spatial_dimensions = {}",
            x[0],
            x[1],
            Dims(&x[2..]),
            kernel[0],
            kernel[1],
            Dims(&kernel[2..]),
            out[0],
            out[1],
            Dims(&out[2..])
        );
        let attributes = format!(
            "dimension_numbers = #stablehlo.conv<raw {dims}>, window_strides = {}, padding = {}, lhs_dilation = {}, rhs_dilation = {}, \
             feature_group_count = {} : i64, batch_group_count = {} : i64, \
             precision_config = [#stablehlo<precision {precision}>, #stablehlo<precision {precision}>]",
            mlir_array(&self.strides),
            mlir_pairs(&self.low, &self.high),
            mlir_array(&self.lhs_dilation),
            mlir_array(&self.rhs_dilation),
            self.feature_group_count,
            self.batch_group_count
        );
        vec![module.op1("stablehlo.convolution", ins, &attributes, &outs[0])]
    }
}
impl Registered for ConvGeneralDilated {
    read_by_name!("conv_general_dilated");
    fn samples() -> Vec<Sample> {
        let array = |shape: &[usize], dtype: DType, seed: i128| {
            let aval = ShapedArray::new(shape, dtype);
            let n = aval.size() as i128;
            Literal::from_floats(aval, (0..n).map(|i| ((i * 7 + seed) % 11 - 5) as f64 / 4.0))
        };
        let mut samples = vec![];
        let mut add = |op: ConvGeneralDilated, x: &[usize], kernel: &[usize]| {
            samples.push(Sample::new(op.clone(), &[array(x, op.dtype, 1), array(kernel, op.dtype, 4)]));
        };
        let (f32, f64) = (DType::F32, DType::F64);
        let op = |spatial: usize, dtype: DType| ConvGeneralDilated::new(spatial, dtype);
        add(op(1, f32), &[2, 2, 5], &[3, 2, 2]);
        add(op(0, f32), &[2, 3], &[4, 3]);
        let all = ConvGeneralDilated {
            strides: smallvec![2, 1],
            low: smallvec![1, 0],
            high: smallvec![-1, 2],
            lhs_dilation: smallvec![1, 2],
            rhs_dilation: smallvec![2, 1],
            ..op(2, f64)
        };
        add(all, &[1, 2, 5, 3], &[2, 2, 2, 2]);
        let last = ConvGeneralDilated {
            lhs_spec: smallvec![0, 2, 1],
            rhs_spec: smallvec![2, 1, 0],
            out_spec: smallvec![0, 2, 1],
            ..op(1, f64)
        };
        add(last, &[2, 4, 2], &[2, 2, 3]);
        add(ConvGeneralDilated { feature_group_count: 2, ..op(1, f64) }, &[1, 4, 4], &[4, 2, 2]);
        add(ConvGeneralDilated { batch_group_count: 2, ..op(1, f64) }, &[4, 2, 3], &[4, 2, 2]);
        add(op(1, f32), &[1, 1, 2], &[1, 1, 3]);
        samples
    }
}
impl Tracer {
    /// The convolution of this array with a kernel.
    ///
    /// ```
    /// use raxla_ir::{DType, Literal, eval::eval, primitives::ConvGeneralDilated, trace::trace};
    /// let (x, kernel) = (Literal::new(&[1, 1, 4], &[1.0f32, 2.0, 4.0, 8.0]), Literal::new(&[1, 1, 2], &[-1.0f32, 1.0]));
    /// let program = trace(&[&x, &kernel].map(|l| l.aval().clone()), |a| {
    ///     vec![a[0].convolve(a[1], ConvGeneralDilated::new(1, DType::F32))]
    /// });
    /// assert_eq!(eval(&program.program, &[x, kernel]).unwrap(), [Literal::new(&[1, 1, 3], &[1.0f32, 2.0, 4.0])]);
    /// ```
    #[track_caller]
    pub fn convolve(self, kernel: Tracer, op: ConvGeneralDilated) -> Tracer {
        bind1(op, &[self, kernel])
    }
}
