//! `select_and_scatter_add source x` and `select_and_gather_add t x`: the derivatives of a window's maximum, backward and forward.

use super::{
    reduce::ReduceKind,
    reduce_window::{Window, sample_array, sample_windows},
    *,
};
use crate::{dtype::Kind, trace::constant};

/// For each window the first element that is the extremum: its place, `None` if it is padding, which counts as the worst value.
fn selected(window: &Window, greatest: bool, x: &Literal, places: &[usize]) -> Vec<Option<usize>> {
    let (kind, keys) = (kind(greatest), if x.dtype().kind() == Kind::Float { x.floats() } else { vec![] });
    let worst = kind.identity(x.dtype()).floats()[0];
    let mut best: Vec<(f64, Option<usize>)> = vec![(worst, None); places.iter().product()];
    window.each(x.shape(), places, |place, element| {
        let (old, new) = (best[place].0, element.map_or(worst, |e| keys[e]));
        // As XLA compares: a NaN loses against whatever comes after it.
        if !(if greatest { old >= new } else { old <= new }) {
            best[place] = (new, element);
        }
    });
    best.into_iter().map(|b| b.1).collect()
}
fn kind(greatest: bool) -> ReduceKind {
    if greatest { ReduceKind::Max } else { ReduceKind::Min }
}
fn check(source: &ShapedArray, x: &ShapedArray) -> Result<(), String> {
    if !x.dtype.is_float() || source.dtype != x.dtype {
        return Err(format!("takes two arrays of one float dtype, got {source} and {x}"));
    }
    Ok(())
}
fn keep(m: &mut Module, greatest: bool, a: &Value, b: &Value) -> Value {
    let compare = if greatest { Compare::Ge } else { Compare::Le };
    compare.lower(m, &[a.clone(), b.clone()], &[ShapedArray::new(&[], DType::Bool)]).remove(0)
}

macro_rules! selects { ($($(#[$doc:meta])* $Name:ident;)*) => { $(
    $(#[$doc])*
    #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub struct $Name {
        /// Whether the greatest element is selected, rather than the least.
        pub greatest: bool,
        /// The window.
        pub window: Window,
    }
    impl $Name {
        fn print_parameters(&self, writer: &mut Writer) {
            writer.parameter("greatest", &self.greatest);
            self.window.print(writer);
        }
        fn read_parameters(reader: &mut Reader) -> Result<$Name, String> {
            let (greatest, window) = (reader.parameter("greatest")?, Window::read(reader)?);
            reader.end_of_parameters()?;
            Ok($Name { greatest, window })
        }
    }
)* } }
selects! {
    /// Takes from the first operand what stands where the second has the extremum of each window; 0 where that is padding.
    SelectAndGatherAdd;
    /// Adds each element of the first operand to where the second has the extremum of that window. Neither has gaps.
    SelectAndScatterAdd;
}

impl Primitive for SelectAndGatherAdd {
    described!("select_and_gather_add");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 2)?;
        check(ins[0], ins[1])?;
        if ins[0].shape != ins[1].shape {
            return Err(format!("operands must have one shape, got {} and {}", ins[0], ins[1]));
        }
        Ok(smallvec![ins[0].with_shape(&self.window.places(ins[1])?)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let shape = self.window.places(ins[1].aval())?;
        let from = selected(&self.window, self.greatest, ins[1], &shape);
        let zero = Literal::zeros(ins[0].aval().with_shape(&[]));
        Ok(vec![ins[0].gather(&shape, Some(&zero), |i| from[i])])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].map(|t| bind1(self.clone(), &[t, ins[1]]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let (Some(ct), Some(x)) = (cts[0], ins[1].known()) else { return vec![None, None] };
        let (base, gaps) = self.window.has_gaps();
        if gaps {
            fail("reduce_window: the maximum under a window with gaps has no derivative in reverse mode");
        }
        let step = &self.window.base_dilation;
        let worst = constant(kind(self.greatest).identity(x.dtype()));
        let none: SmallVec<[isize; 4]> = smallvec![0; step.len()];
        let spread = Pad { low: none.clone(), high: none, interior: step.iter().map(|s| s - 1).collect() };
        let x = if base { bind1(spread, &[x, worst]) } else { x };
        let window = Window { base_dilation: Shape::from_elem(1, step.len()), ..self.window.clone() };
        let back = bind1(SelectAndScatterAdd { greatest: self.greatest, window }, &[ct, x]);
        vec![Some(if base { back.slice(&Shape::from_elem(0, step.len()), &back.shape(), step) } else { back }), None]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(SelectAndGatherAdd { greatest: self.greatest, window: self.window.batched() }, axis, ins)
    }
    fn least_bits(&self) -> usize {
        16 // It starts from infinities, which some of the 8-bit types lack.
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let scalar = outs[0].with_shape(&[]);
        let inits =
            [kind(self.greatest).identity(scalar.dtype), Literal::zeros(scalar.clone())].map(|l| module.constant(&l));
        let operands = [ins[1].clone(), ins[0].clone(), inits[0].clone(), inits[1].clone()];
        let both = [outs[0].clone(), outs[0].clone()];
        let found = self.window.emit(module, &operands, &both, |m, args| {
            let first = keep(m, self.greatest, &args[0], &args[2]);
            let pick = |m: &mut Module, i: usize| {
                m.op1("stablehlo.select", &[first.clone(), args[i].clone(), args[i + 2].clone()], "", &scalar)
            };
            vec![pick(m, 0), pick(m, 1)]
        });
        found[1..].to_vec()
    }
}
impl Primitive for SelectAndScatterAdd {
    described!("select_and_scatter_add");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 2)?;
        check(ins[0], ins[1])?;
        let places = self.window.places(ins[1])?;
        if self.window.has_gaps() != (false, false) {
            return Err("neither the array nor the window may have gaps".into());
        }
        if ins[0].shape != places {
            return Err(format!("the source needs the shape {}, got {}", crate::aval::Dims(&places), ins[0]));
        }
        Ok(smallvec![ins[1].clone()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let mut sums = vec![0.0; ins[1].size()];
        let to = selected(&self.window, self.greatest, ins[1], ins[0].shape());
        for (to, x) in to.into_iter().zip(ins[0].floats()) {
            if let Some(to) = to {
                sums[to] += x;
            }
        }
        Ok(vec![Literal::from_floats(ins[1].aval().clone(), sums)])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![tangents[0].map(|t| bind1(self.clone(), &[t, ins[1]]))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let (Some(ct), Some(x)) = (cts[0], ins[1].known()) else { return vec![None, None] };
        let gather = SelectAndGatherAdd { greatest: self.greatest, window: self.window.clone() };
        vec![Some(bind1(gather, &[ct, x])), None]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(SelectAndScatterAdd { greatest: self.greatest, window: self.window.batched() }, axis, ins)
    }
    fn least_bits(&self) -> usize {
        16 // As above, and XLA rounds each partial sum.
    }
    /// Padding is written out, as JAX does: XLA's compilers for CPU and GPU do not take it here.
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if ins[0].aval.size() == 0 {
            return vec![module.splat(&outs[0], 0.0)];
        }
        let (w, scalar) = (&self.window, outs[0].with_shape(&[]));
        let x = module.emit(&ins[1..], |a| {
            let pad = Pad { low: w.low.clone(), high: w.high.clone(), interior: smallvec![0; w.low.len()] };
            vec![bind1(pad, &[a[0], constant(kind(self.greatest).identity(scalar.dtype))])]
        });
        let zero = module.constant(&Literal::zeros(scalar.clone()));
        let pair = [scalar.clone(), scalar.clone()];
        let select = module.region(&pair, |m, args| vec![keep(m, self.greatest, &args[0], &args[1])]);
        let scatter = module.region(&pair, |m, args| vec![m.op1("stablehlo.add", args, "", &scalar)]);
        let none: SmallVec<[isize; 4]> = smallvec![0; w.low.len()];
        let attributes = format!(
            "window_dimensions = {}, window_strides = {}, padding = {}",
            mlir_array(&w.sizes),
            mlir_array(&w.strides),
            super::reduce_window::mlir_pairs(&none, &none)
        );
        let operands = [x[0].clone(), ins[0].clone(), zero];
        let sums = module.op(
            "stablehlo.select_and_scatter",
            &operands,
            &attributes,
            &[select, scatter],
            std::slice::from_ref(&x[0].aval),
        );
        let cut = Pad {
            low: w.low.iter().map(|l| -l).collect(),
            high: w.high.iter().map(|h| -h).collect(),
            interior: smallvec![0; w.low.len()],
        };
        module.emit(&sums, |a| vec![a[0].pad_with(cut, 0.0)])
    }
}
impl Registered for SelectAndGatherAdd {
    read_by_name!("select_and_gather_add");
    fn samples() -> Vec<Sample> {
        let sample = |greatest: bool, (window, shape): (Window, [usize; 2])| {
            let op = SelectAndGatherAdd { greatest, window };
            Sample::new(op, &[sample_array(&shape, DType::F32, 8), sample_array(&shape, DType::F32, 3)])
        };
        let each = |greatest: bool| sample_windows((true, false)).into_iter().map(move |w| sample(greatest, w));
        each(true).chain(each(false)).collect()
    }
}
impl Registered for SelectAndScatterAdd {
    read_by_name!("select_and_scatter_add");
    fn samples() -> Vec<Sample> {
        let sample = |greatest: bool, (window, shape): (Window, [usize; 2])| {
            let x = sample_array(&shape, DType::F32, 3);
            let source = window.places(x.aval()).map(|s| sample_array(&s, DType::F32, 8)).ok()?;
            Some(Sample::new(SelectAndScatterAdd { greatest, window }, &[source, x]))
        };
        let each = |greatest: bool| sample_windows((false, false)).into_iter().filter_map(move |w| sample(greatest, w));
        each(true).chain(each(false)).collect()
    }
}
