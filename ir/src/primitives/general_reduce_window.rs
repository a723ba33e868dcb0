//! `reduce_window[…, body] x … init …`: several arrays reduced together under each place of a window, by any associative program.

use super::{
    call::owned,
    general_reduce::{
        batch_reduction, check_reduction, combined, fold, is_scalar, joined, jvp_reduction, linearize_reduction,
        monoid, region, sample_arrays, sample_bodies, traced,
    },
    reduce::ReduceKind,
    reduce_window::{Window, sample_windows},
    *,
};
use crate::{
    literal::for_each_index,
    rewrite::nested::{closed, unlowerable},
    trace::constant,
};

/// Reduces as many arrays together as there are initial values, which are scalars, under each place of a window.
///
/// `body` is as in [`GeneralReduce`]. Padding holds the initial values.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GeneralReduceWindow {
    /// The window.
    pub window: Window,
    /// What is done to the elements.
    pub body: Program,
}
impl GeneralReduceWindow {
    fn print_parameters(&self, writer: &mut Writer) {
        self.window.print(writer);
        writer.parameter("body", &self.body);
    }
    fn read_parameters(reader: &mut Reader) -> Result<GeneralReduceWindow, String> {
        let (window, body) = (Window::read(reader)?, reader.parameter("body")?);
        reader.end_of_parameters()?;
        Ok(GeneralReduceWindow { window, body })
    }
    fn padding(&self) -> Pad {
        let w = &self.window;
        Pad { low: w.low.clone(), high: w.high.clone(), interior: w.base_dilation.iter().map(|d| d - 1).collect() }
    }
    /// The reduction as elementwise combinations, which have derivatives: of the elements under each tap of the window, at all places.
    fn unrolled(&self, avals: &[ShapedArray]) -> Program {
        let w = &self.window;
        closed(avals, |ins| {
            let (arrays, inits) = ins.split_at(ins.len() / 2);
            let places = or_fail("reduce_window", w.places(&arrays[0].aval()));
            let m: usize = places.iter().product();
            let pad = self.padding();
            let taps = |(x, init): (&Tracer, &Tracer)| {
                let padded = bind1(pad.clone(), &[*x, *init]);
                let mut all = vec![];
                for_each_index(&w.sizes, |under| {
                    let start: Shape = under.iter().zip(&w.window_dilation).map(|(u, d)| u * d).collect();
                    let span = places.iter().zip(&w.strides).map(|(n, s)| (n - 1) * s + 1);
                    let limit: Shape = start.iter().zip(span).map(|(from, n)| from + n).collect();
                    all.push(padded.slice(&start, &limit, &w.strides).reshape(&[1, m]));
                });
                concatenate::concatenate(&all, 0)
            };
            if m == 0 {
                return inits.iter().map(|i| i.broadcast(&places, &[])).collect();
            }
            let folded = fold(&self.body, arrays.iter().zip(inits).map(taps).collect(), inits);
            folded.into_iter().map(|x| x.reshape(&places)).collect()
        })
    }
}
impl Primitive for GeneralReduceWindow {
    described!("reduce_window");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let arrays = check_reduction(&self.body, ins)?;
        let places = self.window.places(arrays[0])?;
        Ok(arrays.iter().map(|a| a.with_shape(&places).strong()).collect())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&ins.iter().map(|l| l.aval()).collect::<Vec<_>>())?;
        let (arrays, inits) = ins.split_at(outs.len());
        let inits = owned(inits);
        let mut folded = vec![inits.clone(); outs[0].size()];
        let mut result = Ok(());
        self.window.each(arrays[0].shape(), &outs[0].shape, |place, element| {
            let under = match element {
                Some(e) => arrays.iter().map(|x| x.gather(&[], None, |_| Some(e))).collect(),
                None => inits.clone(),
            };
            match combined(&self.body, &folded[place], &under) {
                Ok(both) => folded[place] = both,
                Err(error) => result = Err(error),
            }
        });
        result.map(|()| joined(&outs, &folded))
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let avals: Vec<ShapedArray> = ins.iter().map(|x| x.aval()).collect();
        Some(jvp_reduction(self.clone(), &self.unrolled(&avals), ins, tangents))
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let avals: Vec<ShapedArray> = ins.iter().map(|x| x.aval()).collect();
        Some(linearize_reduction(self.clone(), &self.unrolled(&avals), ins, tangents))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let (arrays, inits) = ins.split_at(self.body.outs.len());
        let mut window = self.window.batched();
        let mut all = ins.to_vec();
        if inits.iter().any(|i| i.batched) {
            // Padding differs within the batch: it becomes part of the arrays.
            let pad = self.padding();
            let pad =
                Pad { low: prepend(0, &pad.low), high: prepend(0, &pad.high), interior: prepend(0, &pad.interior) };
            for (k, (x, init)) in arrays.iter().zip(inits).enumerate() {
                let (x, init) = (x.spread(axis), init.spread(axis));
                let zero = constant(Literal::zeros(ShapedArray::new(&[], x.dtype())));
                let padded = bind1(pad.clone(), &[x, zero]);
                let own = bind1(pad.clone(), &[constant(true).broadcast(&x.shape(), &[]), constant(false)]);
                all[k] = Batched::new(bind1(Select, &[own, padded, init.broadcast(&padded.shape(), &[0])]));
            }
            let none = Window::unit(window.sizes.len());
            window = Window { low: none.low, high: none.high, base_dilation: none.base_dilation, ..window };
        }
        batch_reduction(&self.body, axis, &all, |body, ins| {
            bind(GeneralReduceWindow { window: window.clone(), body }.into(), ins).to_vec()
        })
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if !is_scalar(&self.body) {
            let avals: Vec<ShapedArray> = ins.iter().map(|v| v.aval.clone()).collect();
            return module.inline(&self.unrolled(&avals), ins);
        }
        self.window.emit(module, ins, outs, |m, args| region(m, &self.body, args))
    }
    fn subprograms(&self) -> Vec<&Program> {
        vec![&self.body]
    }
    fn unlowerable(&self) -> Option<String> {
        unlowerable(&self.body)
    }
}
impl Registered for GeneralReduceWindow {
    read_by_name!("reduce_window");
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        for (i, (body, inits)) in sample_bodies().into_iter().enumerate() {
            for (k, (window, shape)) in sample_windows((true, true)).into_iter().enumerate() {
                if i != 0 && k != i + 1 {
                    continue;
                }
                let ins = [sample_arrays(&shape, &inits), inits.clone()].concat();
                samples.push(Sample::new(GeneralReduceWindow { window, body: body.clone() }, &ins));
            }
            let short = GeneralReduceWindow { window: Window::new(&[3], &[1]), body };
            samples.push(Sample::new(short, &[sample_arrays(&[2], &inits), inits.clone()].concat()));
        }
        samples
    }
}
/// Several arrays reduced together under each place of a window, by an associative and commutative function of scalars, as
/// `jax.lax.reduce_window`.
///
/// Arrays, initial values and `computation` are as in [`general_reduce::reduce`]; padding holds the initial values. The sum, maximum or minimum of one
/// array is recognised as such. The derivative of others makes an array of the output's size for each element of the window.
///
/// # Panics
/// Inside the trace, if shapes, dtypes or the window do not fit, or the computation gives other types than it takes.
///
/// ```
/// use raxla_ir::{Literal, eval::eval, trace::{constant, trace}};
/// use raxla_ir::primitives::{general_reduce_window::reduce_window, reduce_window::Window};
/// let x = Literal::from(vec![1.0f32, 5.0, 2.0, 3.0]);
/// let program = trace(&[x.aval().clone()], |a| {
///     reduce_window(a, &[constant(1.0f32)], Window::new(&[2], &[2]), |a, b| vec![a[0] * b[0]])
/// });
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::from(vec![5.0f32, 6.0])]);
/// ```
#[track_caller]
pub fn reduce_window(
    arrays: &[Tracer],
    inits: &[Tracer],
    window: Window,
    computation: impl FnOnce(&[Tracer], &[Tracer]) -> Vec<Tracer>,
) -> Vec<Tracer> {
    let scalars: Vec<ShapedArray> = arrays.iter().map(|a| a.with_aval(|a| a.with_shape(&[]).strong())).collect();
    let general = GeneralReduceWindow { body: traced("reduce_window", &scalars, computation), window };
    let operands = [arrays, inits].concat();
    let avals: Vec<ShapedArray> = operands.iter().map(|x| x.aval()).collect();
    or_fail("reduce_window", general.infer(&avals.iter().collect::<Vec<_>>()));
    match monoid(&general.body) {
        Some(kind @ (ReduceKind::Sum | ReduceKind::Max | ReduceKind::Min)) => {
            let out = bind1(ReduceWindow { kind, window: general.window }, &[arrays[0]]);
            vec![bind1(kind.combine(), &[inits[0].broadcast(&out.shape(), &[]), out])]
        }
        _ => bind(general.into(), &operands).to_vec(),
    }
}
