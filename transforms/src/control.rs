//! Control flow: [`cond`], [`switch`], [`while_loop`], [`fori_loop`], [`scan`] and [`map`].
//!
//! The functions given to them are traced once, whatever is chosen and however often a loop runs, and may use tracers from outside.

use raxla_ir::{
    DType, Program, ShapedArray, Tracer,
    function::{Args, Function, Staged, stage_at},
    operand::Operand,
    primitives::{Cond, Scan as ScanOp, While},
    program::Source,
    pytree::{Pytree, flatten, paths, unflatten},
    rewrite::nested::{closed, with_inputs},
    trace::{bind_at, check_alive, constant, fail_at, inline, with_source},
};
use std::panic::Location;

fn avals(tracers: &[Tracer]) -> Vec<ShapedArray> {
    tracers.iter().map(|t| t.aval().strong()).collect()
}
fn strong(avals: &[ShapedArray]) -> Vec<ShapedArray> {
    avals.iter().map(ShapedArray::strong).collect()
}
/// A program with its captured inputs in front.
fn captures_first(program: &Program, captured: usize) -> Program {
    let (ins, n) = (program.in_avals(), program.ins.len() - captured);
    let avals = [&ins[n..], &ins[..n]].concat();
    with_inputs(program, &avals, &(0..n).map(|i| captured + i).chain(0..captured).collect::<Vec<_>>())
}

/// The value of `then` of the operands where `pred`, a `bool[]`, holds, else of `otherwise`; only the chosen one is evaluated.
///
/// `operands` is a tuple. Both functions must return the same structure and types. Under [`vmap`](crate::vmap()), a predicate that
/// differs within the batch has both evaluated, and each example choose.
///
/// # Panics
/// Inside the trace, if the predicate is no `bool[]`, or the functions return different types.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{cond, grad};
/// let root = |x: Tracer| cond(x.greater(0.0), |x: Tracer| x.sqrt(), |x: Tracer| x * 0.0, (x,));
/// let x = Literal::scalar(4.0f32);
/// let program = trace(&[x.aval().clone()], |a| vec![root(a[0]), root(-a[0]), grad(root)(a[0])]);
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [2.0f32, -0.0, 0.25].map(Literal::scalar));
/// ```
#[track_caller]
pub fn cond<A: Args, R: Pytree<Leaf = Tracer>>(
    pred: Tracer,
    then: impl Function<A, Out = R>,
    otherwise: impl Function<A, Out = R>,
    operands: A,
) -> R {
    let at: Source = Location::caller().into();
    check_alive(&[pred], at);
    let aval = pred.aval();
    if aval.rank() != 0 || aval.dtype != DType::Bool {
        fail_at(format!("cond: the predicate must be bool[], got {aval}"), at);
    }
    let index = with_source(at, || pred.astype(DType::I32));
    choose("cond", &["otherwise", "then"], index, &[&otherwise, &then], operands, at)
}
/// The value of one of several functions of the operands, by number: `index`, an integer scalar, is clamped to the range of numbers.
///
/// `operands` is a tuple. All functions must return the same structure and types.
///
/// # Panics
/// Inside the trace, if the index is no integer scalar, there are no functions, or they return different types.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::switch;
/// let (i, x) = (Literal::scalar(7i32), Literal::scalar(3.0f32));
/// let program = trace(&[i.aval().clone(), x.aval().clone()], |a| {
///     vec![switch(a[0], &[&|x: Tracer| x, &|x: Tracer| x * 2.0, &|x: Tracer| x * x], (a[1],))]
/// });
/// assert_eq!(eval(&program.program, &[i, x]).unwrap(), [Literal::scalar(9.0f32)]);
/// ```
#[track_caller]
pub fn switch<A: Args, R: Pytree<Leaf = Tracer>>(
    index: Tracer,
    branches: &[&dyn Function<A, Out = R>],
    operands: A,
) -> R {
    let at: Source = Location::caller().into();
    check_alive(&[index], at);
    let aval = index.aval();
    if aval.rank() != 0 || !aval.dtype.is_integer() {
        fail_at(format!("switch: the index must be an integer scalar, got {aval}"), at);
    }
    if branches.is_empty() {
        fail_at("switch: needs at least one branch".into(), at);
    }
    // Clamped in its own dtype, where no number is out of range.
    let index = with_source(at, || match aval.dtype {
        DType::I32 => index,
        d if d.bits() < 32 => index.astype(DType::I32),
        d => index
            .minimum(constant(raxla_ir::Literal::full(ShapedArray::new(&[], d), branches.len() as f64 - 1.0)))
            .maximum(constant(raxla_ir::Literal::full(ShapedArray::new(&[], d), 0.0)))
            .astype(DType::I32),
    });
    choose("switch", &[], index, branches, operands, at)
}
fn choose<A: Args, R: Pytree<Leaf = Tracer>>(
    name: &str,
    names: &[&str],
    index: Tracer,
    branches: &[&dyn Function<A, Out = R>],
    operands: A,
    at: Source,
) -> R {
    let (operands, tree) = flatten(operands);
    check_alive(&operands, at);
    let ins = avals(&operands);
    let staged: Vec<Staged<R>> = branches.iter().map(|f| stage_at::<A, R>(*f, &tree, &ins, None, at)).collect();
    let first = &staged[0];
    let called = |i: usize| names.get(i).map_or(format!("branch {i}"), |n| format!("`{n}`"));
    let wanted = strong(&first.program.out_avals());
    for (i, other) in staged.iter().enumerate().skip(1) {
        if other.tree != first.tree {
            let (a, b) = (&first.tree, &other.tree);
            let (first, other) = (called(0), called(i));
            fail_at(
                format!("{name}: all branches must return one structure, but {first} returns {a:?}, {other} {b:?}"),
                at,
            );
        }
        let got = strong(&other.program.out_avals());
        if let Some(k) = (0..wanted.len()).find(|k| wanted[*k] != got[*k]) {
            let (path, first, other) = (&paths::<R>(&first.tree)[k], called(0), called(i));
            fail_at(
                format!(
                    "{name}: all branches must return the same types, but output{path} is {} in {first} and {} in {other}",
                    wanted[k], got[k]
                ),
                at,
            );
        }
    }
    // Every branch takes what any of them captured.
    let mut captured: Vec<Tracer> = vec![];
    for t in staged.iter().flat_map(|s| &s.captured) {
        if !captured.contains(t) {
            captured.push(*t);
        }
    }
    let all: Vec<Tracer> = operands.iter().chain(&captured).copied().collect();
    let all_avals = [ins, captured.iter().map(|t| t.aval()).collect()].concat();
    let n = operands.len();
    let place = |t: &Tracer| n + captured.iter().position(|c| c == t).unwrap_or(0);
    let branches = staged.iter().map(|s| {
        let taken: Vec<usize> = (0..n).chain(s.captured.iter().map(place)).collect();
        with_inputs(&s.program, &all_avals, &taken)
    });
    let op = Cond { branches: branches.collect() };
    unflatten(&first.tree, bind_at(op.into(), &[&[index], &all[..]].concat(), at))
}

/// Checks that a loop's body gives carries of the structure and types that it got.
fn check_carry<C: Pytree<Leaf = Tracer>>(
    name: &str,
    before: (&C::Tree, &[ShapedArray]),
    after: (&C::Tree, &[ShapedArray]),
    at: Source,
) {
    if before.0 != after.0 {
        fail_at(
            format!(
                "{name}: the body must return a carry of the structure that it takes, {:?}, got {:?}",
                before.0, after.0
            ),
            at,
        );
    }
    let (was, is) = (strong(before.1), strong(after.1));
    let wrong: Vec<String> = (0..was.len())
        .filter(|i| was[*i] != is[*i])
        .map(|i| format!("carry{} is {} before the body and {} after it", paths::<C>(before.0)[i], was[i], is[i]))
        .collect();
    if !wrong.is_empty() {
        fail_at(format!("{name}: the body must keep the types of the carry, but {}", wrong.join(", ")), at);
    }
}

/// Applies `body` to `init`, then to what it returned, as long as `condition` of that holds, a `bool[]`.
///
/// Forward mode and `vmap` work; reverse mode does not, since it is not known how many steps there are to keep: use [`scan`], or
/// [`fori_loop`] with static bounds. Under `vmap` with a condition that differs within the batch, the loop runs until all are done.
///
/// # Panics
/// Inside the trace, if the condition is no `bool[]`, or the body returns other types than it takes.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::while_loop;
/// let x = Literal::scalar(3.0f32);
/// let program = trace(&[x.aval().clone()], |a| {
///     vec![while_loop(|x: Tracer| x.less(100.0), |x: Tracer| x * 2.0, a[0])]
/// });
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::scalar(192.0f32)]);
/// ```
#[track_caller]
pub fn while_loop<C: Pytree<Leaf = Tracer>>(
    condition: impl Function<(C,), Out = Tracer>,
    body: impl Function<(C,), Out = C>,
    init: C,
) -> C {
    while_at("while_loop", condition, body, init, Location::caller().into())
}
fn while_at<C: Pytree<Leaf = Tracer>>(
    name: &str,
    condition: impl Function<(C,), Out = Tracer>,
    body: impl Function<(C,), Out = C>,
    init: C,
    at: Source,
) -> C {
    let (init, tree) = flatten((init,));
    check_alive(&init, at);
    let carry = avals(&init);
    let test = stage_at::<(C,), Tracer>(&condition, &tree, &carry, None, at);
    let result = &test.program.out_avals()[0];
    if result.rank() != 0 || result.dtype != DType::Bool {
        fail_at(format!("{name}: the condition must return bool[], got {result}"), at);
    }
    let step = stage_at::<(C,), C>(&body, &tree, &carry, None, at);
    check_carry::<C>(name, (&tree.0, &carry), (&step.tree, &step.program.out_avals()), at);
    let op = While {
        cond_captures: test.captured.len(),
        body_captures: step.captured.len(),
        cond: captures_first(&test.program, test.captured.len()),
        body: captures_first(&step.program, step.captured.len()),
    };
    unflatten(&tree.0, bind_at(op.into(), &[test.captured, step.captured, init].concat(), at))
}

/// A bound of [`fori_loop`]: a Rust integer, which is static, or a scalar, of integers or floats.
pub trait Bound {
    /// The number, if it is static, else the tracer.
    fn bound(self) -> Result<i64, Tracer>;
}
macro_rules! static_bounds { ($($T:ty),*) => { $(impl Bound for $T {
    fn bound(self) -> Result<i64, Tracer> { Ok(self as i64) }
})* } }
static_bounds! { i32, i64, usize }
impl Bound for Tracer {
    fn bound(self) -> Result<i64, Tracer> {
        Err(self)
    }
}

/// Applies `body(i, carry)` for `i` from `lower` up to but not including `upper`, beginning with the carry `init`.
///
/// With two static bounds it is a [`scan`], and has a derivative in reverse mode; `i` is an `i32`. With a tracer as a bound it is a
/// [`while_loop`], and `i` has its dtype.
///
/// # Panics
/// Inside the trace, if a bound is no integer scalar, or the body returns other types than it takes.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::{fori_loop, grad};
/// let power = |x: Tracer| fori_loop(0, 3, |_: Tracer, y: Tracer| y * x, x * 0.0 + 1.0);
/// let x = Literal::scalar(2.0f32);
/// let program = trace(&[x.aval().clone()], |a| vec![power(a[0]), grad(power)(a[0])]);
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [8.0f32, 12.0].map(Literal::scalar));
/// ```
#[track_caller]
pub fn fori_loop<C: Pytree<Leaf = Tracer>>(
    lower: impl Bound,
    upper: impl Bound,
    body: impl Function<(Tracer, C), Out = C>,
    init: C,
) -> C {
    let at: Source = Location::caller().into();
    let (lower, upper) = (lower.bound(), upper.bound());
    if let (Ok(lower), Ok(upper)) = (lower, upper) {
        let dtype = if lower >= i32::MIN.into() && upper <= i32::MAX.into() { DType::I32 } else { DType::I64 };
        let n = usize::try_from(upper.saturating_sub(lower)).unwrap_or(0);
        let indices =
            raxla_ir::Literal::from_ints(ShapedArray::new(&[n], dtype), (0..n as i128).map(|i| i + i128::from(lower)));
        let indices = with_source(at, || constant(indices));
        let step = |carry: C, i: Tracer| (body.apply((i, carry)), None::<Tracer>);
        return scan_at("fori_loop", &Scan::new(), step, init, indices, at).0;
    }
    let bounds: Vec<Tracer> = [lower, upper].into_iter().filter_map(Result::err).collect();
    check_alive(&bounds, at);
    for b in &bounds {
        let (first, aval) = (bounds[0].dtype(), b.aval());
        if aval.rank() != 0 || !(aval.dtype.is_integer() || aval.dtype.is_float()) || aval.dtype != first {
            fail_at(format!("fori_loop: the bounds must be scalars of one dtype, integers or floats, got {aval}"), at);
        }
    }
    let dtype = bounds[0].dtype();
    let tracer = |b: Result<i64, Tracer>| with_source(at, || b.map_or_else(|t| t, |n| n.tracer(dtype, false)));
    let (lower, upper) = (tracer(lower), tracer(upper));
    let more = |(i, _): (Tracer, C)| i.less(upper);
    let step = |(i, carry): (Tracer, C)| (i + 1, body.apply((i, carry)));
    while_at("fori_loop", more, step, (lower, init), at).1
}

/// Applies `body(carry, x)`, which returns `(carry, y)`, to the slices of `xs` along their first axes, handing the carry on; gives the
/// last carry and the stacked `y`s.
///
/// `init`, `xs` and what the body returns are pytrees; `Option<Tracer>` with `None` has no leaves. For the other order of slices, a
/// length without `xs`, or unrolling, see [`Scan`].
///
/// # Panics
/// Inside the trace, if the `xs` have no common first axis, or the body returns another type of carry than it takes.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::scan;
/// let xs = Literal::from(vec![1.0f32, 2.0, 3.0]);
/// let program = trace(&[xs.aval().clone()], |a| {
///     let (total, sums) = scan(|sum: Tracer, x: Tracer| (sum + x, sum + x), a[0].sum() * 0.0, a[0]);
///     vec![total, sums]
/// });
/// assert_eq!(eval(&program.program, &[xs]).unwrap(), [Literal::scalar(6.0f32), Literal::from(vec![1.0f32, 3.0, 6.0])]);
/// ```
#[track_caller]
pub fn scan<C: Pytree<Leaf = Tracer>, X: Pytree<Leaf = Tracer>, Y: Pytree<Leaf = Tracer>>(
    body: impl Function<(C, X), Out = (C, Y)>,
    init: C,
    xs: X,
) -> (C, Y) {
    scan_at("scan", &Scan::new(), body, init, xs, Location::caller().into())
}
/// `f` of each slice of `xs` along their first axes, one after the other, stacked; [`vmap`](crate::vmap()) does all at once.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// let xs = Literal::from(vec![1.0f32, 2.0, 3.0]);
/// let program = trace(&[xs.aval().clone()], |a| vec![raxla_transforms::map(|x: Tracer| x * x, a[0])]);
/// assert_eq!(eval(&program.program, &[xs]).unwrap(), [Literal::from(vec![1.0f32, 4.0, 9.0])]);
/// ```
#[track_caller]
pub fn map<X: Pytree<Leaf = Tracer>, Y: Pytree<Leaf = Tracer>>(f: impl Function<(X,), Out = Y>, xs: X) -> Y {
    let body = |none: Option<Tracer>, x: X| (none, f.apply((x,)));
    scan_at("map", &Scan::new(), body, None::<Tracer>, xs, Location::caller().into()).1
}

/// All that can be said of a [`scan`]: its direction, its length, how far it is unrolled.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::Scan;
/// let x = Literal::scalar(1.0f32);
/// let program = trace(&[x.aval().clone()], |a| {
///     let (_, powers) = Scan::new().length(4).reverse().run(|x: Tracer, _: Option<Tracer>| (x * 2.0, x), a[0], None);
///     vec![powers]
/// });
/// assert_eq!(eval(&program.program, &[x]).unwrap(), [Literal::from(vec![8.0f32, 4.0, 2.0, 1.0])]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scan {
    length: Option<usize>,
    reverse: bool,
    unroll: usize,
}
impl Scan {
    /// A scan from the first slices to the last.
    pub fn new() -> Scan {
        Scan::default()
    }
    /// The number of steps, needed where there are no `xs`.
    pub fn length(self, length: usize) -> Scan {
        Scan { length: Some(length), ..self }
    }
    /// From the last slices to the first; the `y`s stand where their `x`s do.
    pub fn reverse(self) -> Scan {
        Scan { reverse: true, ..self }
    }
    /// Makes one step of the loop of so many of the body, if that divides the length: faster to run, slower to compile.
    pub fn unroll(self, steps: usize) -> Scan {
        Scan { unroll: steps, ..self }
    }
    /// Runs it; as [`scan`].
    #[track_caller]
    pub fn run<C: Pytree<Leaf = Tracer>, X: Pytree<Leaf = Tracer>, Y: Pytree<Leaf = Tracer>>(
        &self,
        body: impl Function<(C, X), Out = (C, Y)>,
        init: C,
        xs: X,
    ) -> (C, Y) {
        scan_at("scan", self, body, init, xs, Location::caller().into())
    }
}
fn scan_at<C: Pytree<Leaf = Tracer>, X: Pytree<Leaf = Tracer>, Y: Pytree<Leaf = Tracer>>(
    name: &str,
    options: &Scan,
    body: impl Function<(C, X), Out = (C, Y)>,
    init: C,
    xs: X,
    at: Source,
) -> (C, Y) {
    let ((init, carry_tree), (xs, x_tree)) = (flatten(init), flatten(xs));
    check_alive(&[&init[..], &xs].concat(), at);
    let (mut length, mut given_by) = (options.length, "length".to_string());
    let mut slices = vec![];
    for (x, path) in avals(&xs).iter().zip(paths::<X>(&x_tree)) {
        let Some(n) = x.shape.first().copied() else {
            fail_at(format!("{name}: the xs must have an axis to run along, but xs{path} is {x}"), at)
        };
        match length {
            Some(wanted) if wanted != n => fail_at(
                format!("{name}: all xs must have one length, got {wanted} ({given_by}) and {n} (xs{path}, {x})"),
                at,
            ),
            None => (length, given_by) = (Some(n), format!("xs{path}, {x}")),
            _ => {}
        }
        slices.push(x.with_shape(&x.shape[1..]));
    }
    let Some(length) = length else { fail_at(format!("{name}: needs xs with at least one array, or a length"), at) };
    let carries = avals(&init);
    let tree = (carry_tree, x_tree);
    let step = stage_at::<(C, X), (C, Y)>(&body, &tree, &[&carries[..], &slices].concat(), None, at);
    let outs = step.program.out_avals();
    // The carry may have another number of leaves than it should; then its structure differs too.
    let after = &outs[..outs.len().min(carries.len())];
    check_carry::<C>(name, (&tree.0, &carries), (&step.tree.0, after), at);
    let captures = step.captured.len();
    let program = captures_first(&step.program, captures);
    let operands = [&step.captured[..], &init].concat();
    let op = ScanOp { length, reverse: options.reverse, captures, carries: carries.len(), body: program };
    let outs = match options.unroll {
        k if k > 1 && length > 0 && length % k == 0 => with_source(at, || unrolled(op, k, &operands, &xs)),
        _ => bind_at(op.into(), &[&operands[..], &xs].concat(), at).to_vec(),
    };
    unflatten(&step.tree, outs)
}
/// A scan with `k` steps made one.
fn unrolled(op: ScanOp, k: usize, operands: &[Tracer], xs: &[Tracer]) -> Vec<Tracer> {
    let (steps, fixed) = (op.length / k, operands.len());
    let grouped: Vec<Tracer> = xs.iter().map(|x| x.reshape(&[&[steps, k], &x.shape()[1..]].concat())).collect();
    let slices = grouped.iter().map(|x| x.with_aval(|a| a.with_shape(&a.shape[1..])));
    let ins: Vec<ShapedArray> = operands.iter().map(|t| t.aval()).chain(slices).collect();
    let body = closed(&ins, |args| {
        let (captures, mut carries) = (&args[..op.captures], args[op.captures..fixed].to_vec());
        let mut rows: Vec<Vec<Tracer>> = vec![vec![]; k];
        for step in 0..k {
            let i = if op.reverse { k - 1 - step } else { step };
            let slices = args[fixed..].iter().map(|x| {
                let shape = x.shape();
                x.slice_axis(0, i, i + 1).reshape(&shape[1..])
            });
            let slices: Vec<Tracer> = slices.collect();
            let mut outs = inline(&op.body, &[captures, &carries, &slices].concat());
            rows[i] = outs.split_off(op.carries);
            carries = outs;
        }
        let ys = (0..rows[0].len()).map(|y| {
            let each: Vec<Tracer> = rows.iter().map(|r| r[y].expand_dims(0)).collect();
            raxla_ir::primitives::concatenate::concatenate(&each, 0)
        });
        carries.into_iter().chain(ys.collect::<Vec<_>>()).collect()
    });
    let carries = op.carries;
    let mut outs =
        bind_at(ScanOp { length: steps, body, ..op }.into(), &[operands, &grouped].concat(), Source::UNKNOWN).to_vec();
    for y in &mut outs[carries..] {
        let shape = y.shape();
        *y = y.reshape(&[&[steps * k], &shape[2..]].concat());
    }
    outs
}
