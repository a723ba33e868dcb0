//! `reduce[axes, body] x … init …`: several arrays reduced together along some axes, by any associative program.

use super::{
    associative_scan::every,
    call::{check_operands, owned},
    reduce::ReduceKind,
    *,
};
use crate::{
    aval::resolve_axes,
    literal::strides,
    operand::AxisList,
    rewrite::{
        inline_bodies,
        nested::{Split, batch_of, closed, jvp_of, linearize_of, scatter, spread, unlowerable},
    },
    trace::{Traced, constant, inline, trace},
};

parameters! {
    /// Reduces as many arrays together as there are initial values, which are scalars, along some axes.
    ///
    /// `body` takes one scalar of each array, then one more of each, and gives their combination. It is associative and commutative, and
    /// the initial values are neutral: in which order XLA combines, and how often it uses them, is not said.
    GeneralReduce {
        /// The axes to reduce.
        axes: Axes,
        /// What is done to the elements.
        body: Program,
    }
}
/// Checks operands, which are arrays of one shape and then an initial value for each, and gives the arrays.
pub(super) fn check_reduction<'a>(body: &Program, ins: &'a [&'a ShapedArray]) -> Result<&'a [&'a ShapedArray], String> {
    let k = body.outs.len();
    if k == 0 || ins.len() != 2 * k {
        return Err(format!("takes arrays and as many initial values, {k} for this body, got {} operands", ins.len()));
    }
    let (arrays, inits) = ins.split_at(k);
    if let Some(other) = arrays.iter().find(|a| a.shape != arrays[0].shape) {
        return Err(format!("arrays must have one shape, got {} and {other}", arrays[0]));
    }
    for (a, init) in arrays.iter().zip(inits) {
        if init.rank() != 0 || init.dtype != a.dtype {
            return Err(format!("the initial value of {a} must be {}, got {init}", a.with_shape(&[]).strong()));
        }
    }
    check_operands(body, &[inits, inits].concat()).map_err(|e| format!("body: {e}"))?;
    let (want, got) = (inits.iter().map(|a| a.strong()), body.out_avals());
    if !want.clone().eq(got.iter().map(ShapedArray::strong)) {
        return Err(format!("body must keep the types of its scalars, {:?}, got {got:?}", want.collect::<Vec<_>>()));
    }
    if body.effectful() {
        return Err("body must have no effects".into());
    }
    Ok(arrays)
}
/// The combination of scalars that stand at two places, where `a` and `b` hold them.
pub(super) fn combined(body: &Program, a: &[Literal], b: &[Literal]) -> Result<Vec<Literal>, String> {
    crate::eval::eval(body, &[a, b].concat())
}
/// The combination, element by element, of arrays of one shape.
fn combine(body: &Program, a: &[Tracer], b: &[Tracer]) -> Vec<Tracer> {
    let (size, shape) = (a[0].size(), a[0].shape());
    if size == 0 {
        return a.to_vec();
    }
    let axis = BatchAxis { size, name: None };
    let (over, flags) = batch_of(body, &axis, &vec![true; body.ins.len()]);
    let flat: Vec<Tracer> = a.iter().chain(b).map(|x| x.ravel()).collect();
    let outs = spread(&inline(&over, &flat), &flags, &vec![true; flags.len()], &axis);
    outs.into_iter().map(|x| x.reshape(&shape)).collect()
}
/// Arrays `[n, m]` reduced to `[m]` by combining neighbours until one is left, and that with the initial values.
pub(super) fn fold(body: &Program, mut x: Vec<Tracer>, inits: &[Tracer]) -> Vec<Tracer> {
    let shape = x[0].shape();
    let (mut n, m) = (shape[0], shape[1]);
    let first: Vec<Tracer> = inits.iter().map(|i| i.broadcast(&[m], &[])).collect();
    if n == 0 {
        return first;
    }
    while n > 1 {
        let part = |from: usize| -> Vec<Tracer> { x.iter().map(|x| every(*x, 0, from, n / 2 * 2, 2)).collect() };
        let pairs = combine(body, &part(0), &part(1));
        let odd = |(pair, x): (&Tracer, &Tracer)| concatenate::concatenate(&[*pair, every(*x, 0, n - 1, n, 1)], 0);
        x = if n % 2 == 0 { pairs } else { pairs.iter().zip(&x).map(odd).collect() };
        n = n.div_ceil(2);
    }
    let last: Vec<Tracer> = x.into_iter().map(|x| x.reshape(&[m])).collect();
    combine(body, &first, &last)
}
/// Whether XLA can take the program as what a reduction does: it is of scalars, and without control flow.
pub(super) fn is_scalar(body: &Program) -> bool {
    let plain = |e: &crate::program::Eqn| e.op.body().map_or(e.op.subprograms().is_empty(), is_scalar);
    body.avals.iter().all(|a| a.rank() == 0) && body.eqns.iter().all(plain)
}
/// The region of a reduction in StableHLO.
pub(super) fn region(module: &mut Module, body: &Program, args: &[Value]) -> Vec<Value> {
    module.emit(args, |a| inline_bodies(body, a))
}
/// The program with a neutral element added: a flag in front of the scalars on each side says whether they are there.
fn with_neutral(body: &Program) -> Program {
    let n = body.outs.len();
    let scalars = body.in_avals();
    let flag = ShapedArray::new(&[], DType::Bool);
    let avals = [&[flag.clone()], &scalars[..n], &[flag], &scalars[n..]].concat();
    closed(&avals, |args| {
        let (a, b) = args.split_at(n + 1);
        let both = inline(body, &[&a[1..], &b[1..]].concat());
        let pick = |i: usize| {
            let left = bind1(Select, &[b[0], both[i], a[i + 1]]);
            bind1(Select, &[a[0], left, b[i + 1]])
        };
        let either = bind1(Binary::Or, &[a[0], b[0]]);
        [either].into_iter().chain((0..n).map(pick)).collect()
    })
}
/// Reductions over a batch. XLA has one initial value for all elements: those that are batched are combined with what is reduced
/// without them. `unit` reduces with other arrays, bodies and initial values, where the arrays have the batch axis.
pub(super) fn batch_reduction(
    body: &Program,
    axis: &BatchAxis,
    ins: &[Batched],
    unit: impl Fn(Program, &[Tracer]) -> Vec<Tracer>,
) -> Vec<Batched> {
    let (arrays, inits) = ins.split_at(body.outs.len());
    let mut arrays: Vec<Tracer> = arrays.iter().map(|x| x.spread(axis)).collect();
    if inits.iter().all(|i| !i.batched) {
        arrays.extend(inits.iter().map(|i| i.value));
        return unit(body.clone(), &arrays).into_iter().map(Batched::new).collect();
    }
    let there = constant(true).broadcast(&arrays[0].shape(), &[]);
    let zeros: Vec<Tracer> =
        arrays.iter().map(|x| constant(Literal::zeros(ShapedArray::new(&[], x.dtype())))).collect();
    let operands = [&[there], &arrays[..], &[constant(false)], &zeros].concat();
    let outs = unit(with_neutral(body), &operands);
    let (found, outs) = (outs[0], &outs[1..]);
    let shape = found.shape();
    let first = inits.iter().map(|i| {
        let value = i.spread(axis);
        value.broadcast(&shape, &[0])
    });
    let first: Vec<Tracer> = first.collect();
    let all = combine(body, &first, outs);
    let pick = |(all, first): (Tracer, Tracer)| Batched::new(bind1(Select, &[found, all, first]));
    all.into_iter().zip(first).map(pick).collect()
}
/// Forward mode of a reduction, given the program that makes it of elementwise combinations.
pub(super) fn jvp_reduction(
    op: impl Into<Op>,
    unrolled: &Program,
    ins: &[Tracer],
    tangents: &[Option<Tracer>],
) -> Dual {
    let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
    let (derivative, present) = jvp_of(unrolled, &active);
    let operands: Vec<Tracer> = ins.iter().copied().chain(tangents.iter().flatten().copied()).collect();
    let made = inline(&derivative, &operands).split_off(unrolled.outs.len());
    Dual { outs: bind(op.into(), ins).to_vec(), tangents: scatter(&present, &made) }
}
/// [`jvp_reduction`], with the tangents in a form that can be transposed.
pub(super) fn linearize_reduction(
    op: impl Into<Op>,
    unrolled: &Program,
    ins: &[Tracer],
    tangents: &[Option<Tracer>],
) -> Dual {
    let active: Vec<bool> = tangents.iter().map(Option::is_some).collect();
    let (Split { forward, linear }, present) = linearize_of(unrolled, &active);
    let residuals = inline(&forward, ins).split_off(unrolled.outs.len());
    let operands: Vec<Tracer> = tangents.iter().flatten().copied().chain(residuals).collect();
    let made = inline(&linear, &operands);
    Dual { outs: bind(op.into(), ins).to_vec(), tangents: scatter(&present, &made) }
}
/// The program of a function of two lists of scalars of the given types.
#[track_caller]
pub(super) fn traced(
    name: &str,
    scalars: &[ShapedArray],
    computation: impl FnOnce(&[Tracer], &[Tracer]) -> Vec<Tracer>,
) -> Program {
    let n = scalars.len();
    let Traced { program, captured } = trace(&[scalars, scalars].concat(), |args| computation(&args[..n], &args[n..]));
    if let Some(outside) = captured.first() {
        fail(format!(
            "{name}: the computation may use nothing but its arguments, but uses {} from outside",
            outside.aval()
        ));
    }
    program
}
/// The reduction that a program of two scalars is, if it is one of those.
pub(super) fn monoid(body: &Program) -> Option<ReduceKind> {
    let [eqn] = &body.eqns[..] else { return None };
    let Op::Binary(op) = &eqn.op else { return None };
    let [a, b] = body.ins[..] else { return None };
    let both = eqn.ins[..] == [a, b] || eqn.ins[..] == [b, a];
    ReduceKind::ALL.into_iter().find(|k| k.combine() == *op && both && body.outs[..] == eqn.outs[..])
}
impl GeneralReduce {
    fn kept(&self, rank: usize) -> Axes {
        (0..rank).filter(|a| !self.axes.contains(a)).collect()
    }
    /// The reduction as elementwise combinations, which have derivatives.
    fn unrolled(&self, avals: &[ShapedArray]) -> Program {
        closed(avals, |ins| {
            let (arrays, inits) = ins.split_at(ins.len() / 2);
            let shape = arrays[0].shape();
            let kept = self.kept(shape.len());
            let out: Shape = kept.iter().map(|a| shape[*a]).collect();
            let order: Axes = self.axes.iter().chain(&kept).copied().collect();
            let n = self.axes.iter().map(|a| shape[*a]).product();
            let flat = |x: &Tracer| x.transpose_axes(&order).reshape(&[n, out.iter().product()]);
            let all = fold(&self.body, arrays.iter().map(flat).collect(), inits);
            all.into_iter().map(|x| x.reshape(&out)).collect()
        })
    }
}
fn avals(ins: &[Tracer]) -> Vec<ShapedArray> {
    ins.iter().map(|x| x.aval()).collect()
}
impl Primitive for GeneralReduce {
    described!("reduce");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let arrays = check_reduction(&self.body, ins)?;
        check_axes(&self.axes, arrays[0].rank())?;
        let shape: Shape = self.kept(arrays[0].rank()).iter().map(|k| arrays[0].shape[*k]).collect();
        Ok(arrays.iter().map(|a| a.with_shape(&shape).strong()).collect())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let outs = self.infer(&ins.iter().map(|l| l.aval()).collect::<Vec<_>>())?;
        let (arrays, inits) = ins.split_at(outs.len());
        let shape = arrays[0].shape();
        let (from, to, kept) = (strides(shape), strides(&outs[0].shape), self.kept(shape.len()));
        let mut folded = vec![owned(inits); outs[0].size()];
        for i in 0..arrays[0].size() {
            let place: usize = kept.iter().enumerate().map(|(k, a)| i / from[*a] % shape[*a] * to[k]).sum();
            let elements: Vec<Literal> = arrays.iter().map(|x| x.gather(&[], None, |_| Some(i))).collect();
            folded[place] = combined(&self.body, &folded[place], &elements)?;
        }
        Ok(joined(&outs, &folded))
    }
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        Some(jvp_reduction(self.clone(), &self.unrolled(&avals(ins)), ins, tangents))
    }
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        Some(linearize_reduction(self.clone(), &self.unrolled(&avals(ins)), ins, tangents))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let axes = shifted(&self.axes, 1);
        batch_reduction(&self.body, axis, ins, |body, ins| {
            bind(GeneralReduce { axes: axes.clone(), body }.into(), ins).to_vec()
        })
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if !is_scalar(&self.body) {
            let avals: Vec<ShapedArray> = ins.iter().map(|v| v.aval.clone()).collect();
            return module.inline(&self.unrolled(&avals), ins);
        }
        let scalars: Vec<ShapedArray> = outs.iter().chain(outs).map(|o| o.with_shape(&[])).collect();
        let body = module.region(&scalars, |m, args| region(m, &self.body, args));
        module.op("stablehlo.reduce", ins, &format!("dimensions = {}", mlir_array(&self.axes)), &[body], outs)
    }
    fn subprograms(&self) -> Vec<&Program> {
        vec![&self.body]
    }
    fn unlowerable(&self) -> Option<String> {
        unlowerable(&self.body)
    }
}
/// Arrays of the given types, from the scalars of each at every place.
pub(super) fn joined(outs: &[ShapedArray], places: &[Vec<Literal>]) -> Vec<Literal> {
    let array = |(k, out): (usize, &ShapedArray)| {
        let size = out.dtype.size();
        Literal::build(out.clone(), |bytes| {
            for (slot, place) in bytes.chunks_exact_mut(size).zip(places) {
                slot.copy_from_slice(place[k].bytes());
            }
        })
    };
    outs.iter().enumerate().map(array).collect()
}
/// Bodies to test with, their initial values, and the dtypes of the arrays. They are associative and commutative.
pub(super) fn sample_bodies() -> Vec<(Program, Vec<Literal>)> {
    let of = |text: &str, inits: &[Literal]| (text.parse().expect("a program"), inits.to_vec());
    vec![
        // (1 + x)(1 + y) - 1.
        of(
            "program(%0: f64[], %1: f64[]) {
                %2: f64[] = mul %0 %1
                %3: f64[] = add %0 %1
                %4: f64[] = add %2 %3
                return %4 }",
            &[0.0.into()],
        ),
        // The product of complex numbers, by their parts.
        of(
            "program(%0: f64[], %1: f64[], %2: f64[], %3: f64[]) {
                %4: f64[] = mul %0 %2
                %5: f64[] = mul %1 %3
                %6: f64[] = sub %4 %5
                %7: f64[] = mul %0 %3
                %8: f64[] = mul %1 %2
                %9: f64[] = add %7 %8
                return %6, %9 }",
            &[1.0.into(), 0.0.into()],
        ),
        // The greatest, and the least of the numbers that come with it.
        of(
            "program(%0: f64[], %1: i32[], %2: f64[], %3: i32[]) {
                %4: bool[] = gt %0 %2
                %5: bool[] = eq %0 %2
                %6: f64[] = max %0 %2
                %7: i32[] = min %1 %3
                %8: i32[] = select %4 %1 %3
                %9: i32[] = select %5 %7 %8
                return %6, %9 }",
            &[f64::NEG_INFINITY.into(), i32::MAX.into()],
        ),
        // Bits on which an even number of them differ from all ones.
        of(
            "program(%0: u8[], %1: u8[]) {
                %2: u8[] = xor %0 %1
                %3: u8[] = not %2
                return %3 }",
            &[255u8.into()],
        ),
    ]
}
/// Arrays of a shape for the initial values of a sample.
pub(super) fn sample_arrays(shape: &[usize], inits: &[Literal]) -> Vec<Literal> {
    let array = |(k, init): (usize, &Literal)| {
        let aval = init.aval().with_shape(shape);
        // Few bits, so that the order of combination does not show.
        let number = |i: usize| ((i * 7 + 3 * k) % 12) as f64 / 4.0 - 1.5;
        let whole = |i: usize| ((i * 37 + k) % 100) as i128;
        match aval.dtype.is_float() {
            true => Literal::from_floats(aval.clone(), (0..aval.size()).map(number)),
            false => Literal::from_ints(aval.clone(), (0..aval.size()).map(whole)),
        }
    };
    inits.iter().enumerate().map(array).collect()
}
impl Registered for GeneralReduce {
    read_by_name!("reduce");
    fn samples() -> Vec<Sample> {
        let mut samples = vec![];
        for (i, (body, inits)) in sample_bodies().into_iter().enumerate() {
            for (axes, shape) in
                [(&[0, 1, 2][..], &[2, 3, 2][..]), (&[1], &[2, 3]), (&[], &[2]), (&[], &[]), (&[0], &[0, 2])]
            {
                if i > 1 && shape.len() != 2 {
                    continue;
                }
                let ins = [sample_arrays(shape, &inits), inits.clone()].concat();
                samples.push(Sample::new(GeneralReduce { axes: axes.into(), body: body.clone() }, &ins));
            }
        }
        samples
    }
}
/// Several arrays reduced together along some axes, by an associative and commutative function of scalars, as `jax.lax.reduce`.
///
/// The arrays have one shape; each has an initial value of its dtype and rank 0, which must be neutral: XLA may use it any number of
/// times, and combine in any order. `computation` is called once, with one scalar of each array and then one more of each, and gives as
/// many; it may use nothing but its arguments. Negative axes count from the end; the axes disappear. A sum, product, maximum, minimum or
/// bitwise reduction of one array is recognised as such. The derivative combines pairs until one is left.
///
/// # Panics
/// Inside the trace, if shapes or dtypes do not fit, or the computation gives other types than it takes.
///
/// ```
/// use raxla_ir::{Literal, eval::eval, primitives::general_reduce::reduce, trace::{constant, trace}};
/// let x = Literal::from(vec![0.5f32, 1.0, 3.0]);
/// let program = trace(&[x.aval().clone()], |a| {
///     reduce(a, &[constant(0.0f32)], 0, |a, b| vec![a[0] + b[0] + a[0] * b[0]])
/// });
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::scalar(11.0f32)]);
/// ```
#[track_caller]
pub fn reduce(
    arrays: &[Tracer],
    inits: &[Tracer],
    axes: impl AxisList,
    computation: impl FnOnce(&[Tracer], &[Tracer]) -> Vec<Tracer>,
) -> Vec<Tracer> {
    let Some(first) = arrays.first() else { fail("reduce: needs at least one array") };
    let axes = or_fail("reduce", resolve_axes(axes.axes(), first.rank()));
    let scalars: Vec<ShapedArray> = arrays.iter().map(|a| a.with_aval(|a| a.with_shape(&[]).strong())).collect();
    let body = traced("reduce", &scalars, computation);
    let general = GeneralReduce { axes: axes.clone(), body };
    let operands = [arrays, inits].concat();
    let found = avals(&operands);
    or_fail("reduce", general.infer(&found.iter().collect::<Vec<_>>()));
    match monoid(&general.body) {
        Some(kind) => {
            let out = bind1(Reduce { kind, axes }, &[*first]);
            vec![bind1(kind.combine(), &[inits[0].broadcast(&out.shape(), &[]), out])]
        }
        None => bind(general.into(), &operands).to_vec(),
    }
}
