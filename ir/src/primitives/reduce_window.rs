//! `reduce_window_sum[…] x` and its kin: one value for the elements under each place of a window that moves over an array.

use super::{reduce::ReduceKind, *};
use crate::{
    dtype::Kind,
    literal::{for_each_index, strides},
};

/// A window that moves over an array, one entry for each axis.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Window {
    /// Elements under the window.
    pub sizes: Shape,
    /// How far it moves each time.
    pub strides: Shape,
    /// How far before the array it starts.
    pub low: SmallVec<[isize; 4]>,
    /// How far behind the array it may reach.
    pub high: SmallVec<[isize; 4]>,
    /// The distance between neighbours of the array, in which gaps are padding.
    pub base_dilation: Shape,
    /// The distance between neighbours under the window.
    pub window_dilation: Shape,
}
/// The size of an axis of `n` elements at a distance from each other.
pub(super) fn dilated(n: usize, distance: usize) -> isize {
    if n == 0 { 0 } else { isize::try_from(distance.saturating_mul(n - 1)).unwrap_or(isize::MAX).saturating_add(1) }
}
impl Window {
    /// The window of one element over an array of that rank.
    pub fn unit(rank: usize) -> Window {
        let (ones, zeros) = (Shape::from_elem(1, rank), SmallVec::from_elem(0, rank));
        Window {
            sizes: ones.clone(),
            strides: ones.clone(),
            low: zeros.clone(),
            high: zeros,
            base_dilation: ones.clone(),
            window_dilation: ones,
        }
    }
    /// A window of the given sizes that moves by the given strides, inside the array only.
    pub fn new(sizes: &[usize], strides: &[usize]) -> Window {
        Window { sizes: sizes.into(), strides: strides.into(), ..Window::unit(sizes.len()) }
    }
    pub(super) fn print(&self, writer: &mut Writer) {
        writer.parameter("sizes", &self.sizes);
        writer.parameter("strides", &self.strides);
        writer.parameter("low", &self.low);
        writer.parameter("high", &self.high);
        writer.parameter("base_dilation", &self.base_dilation);
        writer.parameter("window_dilation", &self.window_dilation);
    }
    pub(super) fn read(reader: &mut Reader) -> Result<Window, String> {
        Ok(Window {
            sizes: reader.parameter("sizes")?,
            strides: reader.parameter("strides")?,
            low: reader.parameter("low")?,
            high: reader.parameter("high")?,
            base_dilation: reader.parameter("base_dilation")?,
            window_dilation: reader.parameter("window_dilation")?,
        })
    }
    /// How many places there are along each axis, or why the window does not fit.
    pub(super) fn places(&self, a: &ShapedArray) -> Result<Shape, String> {
        let lens = [&self.sizes, &self.strides, &self.base_dilation, &self.window_dilation].map(|s| s.len());
        if lens.iter().chain(&[self.low.len(), self.high.len()]).any(|n| *n != a.rank()) {
            return Err(format!("needs a window size, stride, padding and dilation for each axis of {a}"));
        }
        if [&self.sizes, &self.strides, &self.base_dilation, &self.window_dilation].iter().any(|s| s.contains(&0)) {
            return Err("window sizes, strides and dilations must be at least 1".into());
        }
        let place = |i: usize| {
            // Out of range only for sizes that no array has.
            let room =
                dilated(a.shape[i], self.base_dilation[i]).saturating_add(self.low[i]).saturating_add(self.high[i]);
            let free = room.saturating_sub(dilated(self.sizes[i], self.window_dilation[i]));
            if free < 0 { 0 } else { free as usize / self.strides[i] + 1 }
        };
        Ok((0..a.rank()).map(place).collect())
    }
    /// Calls `f` with the number of each place and, for each element under the window there, its place in the array; `None` is padding.
    pub(super) fn each(&self, array: &[usize], places: &[usize], mut f: impl FnMut(usize, Option<usize>)) {
        let (from, mut place) = (strides(array), 0);
        for_each_index(places, |at| {
            for_each_index(&self.sizes, |under| {
                let element = (0..array.len()).try_fold(0, |sum, i| {
                    let x = (at[i] * self.strides[i] + under[i] * self.window_dilation[i]) as isize - self.low[i];
                    let step = self.base_dilation[i] as isize;
                    (x >= 0 && x % step == 0 && x / step < array[i] as isize)
                        .then(|| sum + (x / step) as usize * from[i])
                });
                f(place, element);
            });
            place += 1;
        });
    }
    /// Whether neither the array nor the window has gaps.
    pub(super) fn has_gaps(&self) -> (bool, bool) {
        let gaps = |s: &Shape| s.iter().any(|d| *d != 1);
        (gaps(&self.base_dilation), gaps(&self.window_dilation))
    }
    /// The window over a batch.
    pub(super) fn batched(&self) -> Window {
        Window {
            sizes: prepend(1, &self.sizes),
            strides: prepend(1, &self.strides),
            low: prepend(0, &self.low),
            high: prepend(0, &self.high),
            base_dilation: prepend(1, &self.base_dilation),
            window_dilation: prepend(1, &self.window_dilation),
        }
    }
    /// MLIR's text for the padding.
    pub(super) fn mlir_padding(&self) -> String {
        mlir_pairs(&self.low, &self.high)
    }
    /// Emits a `reduce_window`: of arrays, then initial values.
    pub(super) fn emit(
        &self,
        module: &mut Module,
        ins: &[Value],
        outs: &[ShapedArray],
        body: impl FnOnce(&mut Module, &[Value]) -> Vec<Value>,
    ) -> Vec<Value> {
        let scalars: Vec<ShapedArray> = outs.iter().chain(outs).map(|o| o.with_shape(&[])).collect();
        let body = module.region(&scalars, body);
        let attributes = format!(
            "window_dimensions = {}, window_strides = {}, base_dilations = {}, window_dilations = {}, padding = {}",
            mlir_array(&self.sizes),
            mlir_array(&self.strides),
            mlir_array(&self.base_dilation),
            mlir_array(&self.window_dilation),
            self.mlir_padding()
        );
        module.op("stablehlo.reduce_window", ins, &attributes, &[body], outs)
    }
}
/// MLIR's `dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>`.
pub(super) fn mlir_pairs(low: &[isize], high: &[isize]) -> String {
    let pairs: Vec<String> = low.iter().zip(high).map(|(l, h)| format!("[{l}, {h}]")).collect();
    match pairs.len() {
        0 => "dense<> : tensor<0x2xi64>".into(),
        n => format!("dense<[{}]> : tensor<{n}x2xi64>", pairs.join(", ")),
    }
}

/// Reduces the elements under each place of a window. Padding changes nothing.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReduceWindow {
    /// What is done to the elements: a sum, a maximum or a minimum.
    pub kind: ReduceKind,
    /// The window.
    pub window: Window,
}
const KINDS: [(ReduceKind, &str); 3] = [
    (ReduceKind::Sum, "reduce_window_sum"),
    (ReduceKind::Max, "reduce_window_max"),
    (ReduceKind::Min, "reduce_window_min"),
];
impl Primitive for ReduceWindow {
    fn name(&self) -> &'static str {
        KINDS.iter().find(|k| k.0 == self.kind).map_or("reduce_window", |k| k.1)
    }
    fn print(&self, writer: &mut Writer) {
        self.window.print(writer);
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        if !KINDS.iter().any(|k| k.0 == self.kind) {
            return Err(format!("takes a sum, maximum or minimum, not {:?}", self.kind));
        }
        self.kind.combine().infer(&[a, a])?;
        Ok(smallvec![a.with_shape(&self.window.places(a)?)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, out) = (ins[0], self.infer(&[ins[0].aval()])?.remove(0));
        // Some of the small floats lack infinities.
        let unit = self.kind.identity(if x.dtype().is_float() { DType::F64 } else { x.dtype() });
        macro_rules! fold {
            ($items:ident, $from:ident, $f:expr) => {{
                let (all, mut folded) = (x.$items(), vec![unit.$items()[0]; out.size()]);
                self.window.each(x.shape(), &out.shape, |place, element| {
                    if let Some(e) = element {
                        folded[place] = $f(folded[place], all[e]);
                    }
                });
                Literal::$from(out.clone(), folded)
            }};
        }
        let max = |a: f64, b: f64| if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) };
        Ok(vec![match x.dtype().kind() {
            Kind::Float => fold!(floats, from_floats, |a: f64, b: f64| match self.kind {
                ReduceKind::Sum => a + b,
                ReduceKind::Max => max(a, b),
                _ => -max(-a, -b),
            }),
            Kind::Complex => fold!(complexes, from_complexes, |a, b| a + b),
            _ => fold!(ints, from_ints, |a: i128, b: i128| match self.kind {
                ReduceKind::Sum => a.wrapping_add(b),
                ReduceKind::Max => a.max(b),
                _ => a.min(b),
            }),
        }])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let pooled = |t: Tracer| match self.kind {
            ReduceKind::Sum => bind1(self.clone(), &[t]),
            kind => bind1(
                SelectAndGatherAdd { greatest: kind == ReduceKind::Max, window: self.window.clone() },
                &[t, ins[0]],
            ),
        };
        vec![tangents[0].map(pooled)]
    }
    /// Each element goes back to all windows that it was under: a sum over the windows, turned round, with strides and dilations exchanged.
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        if self.kind != ReduceKind::Sum {
            fail(format!("{}: cannot be transposed, since it is not linear", self.name()));
        }
        let (Some(ct), w, x) = (cts[0], &self.window, ins[0].aval()) else { return vec![None] };
        let out = ct.shape();
        let span = |i: usize| dilated(w.sizes[i], w.window_dilation[i]);
        let low: SmallVec<[isize; 4]> = (0..x.rank()).map(|i| span(i) - w.low[i] - 1).collect();
        let room = |i: usize| dilated(x.shape[i], w.base_dilation[i]) + span(i) - 1 - dilated(out[i], w.strides[i]);
        let pad = Pad {
            high: (0..x.rank()).map(|i| room(i) - low[i]).collect(),
            low,
            interior: w.strides.iter().map(|s| s - 1).collect(),
        };
        let back = Window {
            strides: w.base_dilation.clone(),
            window_dilation: w.window_dilation.clone(),
            ..Window::new(&w.sizes, &w.base_dilation)
        };
        vec![Some(bind1(ReduceWindow { kind: self.kind, window: back }, &[ct.pad_with(pad, 0.0)]))]
    }
    fn batch(&self, _axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        vec![Batched::new(bind1(ReduceWindow { kind: self.kind, window: self.window.batched() }, &[ins[0].value]))]
    }
    fn least_bits(&self) -> usize {
        16 // XLA rounds each partial sum.
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let unit = module.constant(&self.kind.identity(outs[0].dtype));
        let scalar = outs[0].with_shape(&[]);
        self.window.emit(module, &[ins[0].clone(), unit], outs, |m, args| {
            self.kind.combine().lower(m, args, std::slice::from_ref(&scalar))
        })
    }
}
/// Windows to test with, and arrays that they fit; `gaps` says whether arrays and windows may have them.
pub(super) fn sample_windows(gaps: (bool, bool)) -> Vec<(Window, [usize; 2])> {
    let mut all = vec![
        (Window::new(&[2, 2], &[1, 1]), [3, 4]),
        (Window::new(&[2, 3], &[2, 1]), [4, 3]),
        (Window { low: smallvec![1, 0], high: smallvec![1, 2], ..Window::new(&[3, 2], &[2, 3]) }, [3, 4]),
        (Window::new(&[1, 2], &[3, 1]), [5, 2]),
    ];
    if gaps.0 {
        all.push((
            Window { base_dilation: smallvec![2, 1], low: smallvec![1, 1], ..Window::new(&[2, 2], &[1, 2]) },
            [3, 4],
        ));
    }
    if gaps.1 {
        all.push((Window { window_dilation: smallvec![1, 2], ..Window::new(&[2, 2], &[1, 1]) }, [3, 4]));
    }
    all
}
/// Distinct numbers.
pub(super) fn sample_array(shape: &[usize], dtype: DType, seed: i128) -> Literal {
    let aval = ShapedArray::new(shape, dtype);
    let n = aval.size() as i128;
    Literal::from_floats(aval, (0..n).map(|i| ((i * 7 + seed) % 23) as f64 - 9.5))
}
impl Registered for ReduceWindow {
    fn read(name: &str, reader: &mut Reader) -> Option<Result<ReduceWindow, String>> {
        let kind = KINDS.iter().find(|k| k.1 == name)?.0;
        let window = Window::read(reader).and_then(|w| reader.end_of_parameters().map(|()| w));
        Some(window.map(|window| ReduceWindow { kind, window }))
    }
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        for (kind, _) in KINDS {
            for (window, shape) in sample_windows((true, kind == ReduceKind::Sum)) {
                samples.push(Sample::new(ReduceWindow { kind, window }, &[sample_array(&shape, DType::F32, 3)]));
            }
            let line = ReduceWindow { kind, window: Window::new(&[3], &[2]) };
            samples.push(Sample::new(line.clone(), &[Literal::from(vec![3i32, -1, 4, 1, -5, 9])]));
            samples
                .push(Sample::new(line.clone(), &[Literal::from(vec![1.0f64, f64::NAN, 0.5, 2.0, 3.0, -1.0, -2.0])]));
            samples.push(Sample::new(line, &[Literal::from(vec![1.0f64, 2.0])]));
        }
        let complex = ReduceWindow { kind: ReduceKind::Sum, window: Window::new(&[2], &[1]) };
        samples.push(Sample::new(complex, &[sample_array(&[4], DType::C64, 1)]));
        samples
    }
}
impl Tracer {
    /// The sum, maximum or minimum of the elements under each place of a window; padding changes nothing.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, primitives::{reduce::ReduceKind, reduce_window::Window}, trace::trace};
    /// let x = Literal::from(vec![1.0f32, 5.0, 2.0, 3.0]);
    /// let program = trace(&[x.aval().clone()], |a| vec![a[0].reduce_window(ReduceKind::Max, Window::new(&[2], &[2]))]).program;
    /// assert_eq!(eval(&program, &[x]).unwrap(), [Literal::from(vec![5.0f32, 3.0])]);
    /// ```
    #[track_caller]
    pub fn reduce_window(self, kind: ReduceKind, window: Window) -> Tracer {
        bind1(ReduceWindow { kind, window }, &[self])
    }
}
