//! Tracing: running a Rust function on [`Tracer`]s to record a [`Program`].
//!
//! Each thread has a stack of *frames*, one for each program being recorded. A tracer of an outer frame that is used inside
//! becomes a captured input of the inner program (closure conversion). A *linear* frame keeps only what depends on its own
//! inputs; everything else is recorded in the frame below, which is how [`crate::rewrite::linearize()`] tells the two apart.

use crate::{
    aval::{Shape, ShapedArray},
    dtype::DType,
    literal::Literal,
    primitives::{Op, Outs, Primitive},
    program::{Eqn, Program, ProgramData, Source, Var},
    scope::Scope,
    stack::deeper,
};
use smallvec::SmallVec;
use std::{cell::RefCell, collections::HashMap, marker::PhantomData, panic::Location, thread::ThreadId};

/// A value in the program being traced. A `Copy` handle: it names an array, it holds none.
///
/// It lives on the thread and within the trace that made it; using it after that trace has ended is a *leak*, and panics.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tracer {
    frame: u32,
    var: Var,
    thread_bound: PhantomData<*const ()>,
}
impl Tracer {
    fn new(frame: u32, var: Var) -> Tracer {
        Tracer { frame, var, thread_bound: PhantomData }
    }
}

/// A tracer put away where other threads may see it. Only its own thread gets it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Detached {
    frame: u32,
    var: Var,
    thread: ThreadId,
}
impl Tracer {
    /// The tracer as a value that can be sent anywhere: for bindings to other languages, whose objects belong to no thread.
    pub fn detach(self) -> Detached {
        Detached { frame: self.frame, var: self.var, thread: std::thread::current().id() }
    }
}
impl Detached {
    /// The tracer; `None` on another thread than the one that made it.
    pub fn attach(self) -> Option<Tracer> {
        (self.thread == std::thread::current().id()).then(|| Tracer::new(self.frame, self.var))
    }
}

struct Frame {
    id: u32,
    data: ProgramData,
    captures: Vec<Tracer>,
    captured: HashMap<(u32, Var), Var>,
    linear: bool,
    /// Whether inputs may be added while it is traced.
    open: bool,
    axis: Option<(String, usize)>,
    /// How many names were around it.
    scopes: usize,
}
#[derive(Default)]
struct Stack {
    frames: Vec<Frame>,
    next: u32,
    source: Option<Source>,
    /// The names around this point, outermost first.
    scopes: Vec<Scope>,
    catching: bool,
}
thread_local! { static STACK: RefCell<Stack> = RefCell::default(); }

/// What is wrong with a program that was being traced, and where: the payload that [`catch`] returns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}\n  --> {at}")]
pub struct TraceError {
    /// The operation, and what it got: `add: operands must have one shape, got f32[2] and f32[3]`.
    pub message: String,
    /// The user's line.
    pub at: Source,
}

/// Ends the trace with an error at the user's line: a panic, which [`catch`] turns into an `Err`.
#[track_caller]
pub fn fail(message: impl Into<String>) -> ! {
    fail_at(message.into(), Location::caller().into())
}
/// [`fail`], at a place other than the caller.
pub fn fail_at(message: String, at: Source) -> ! {
    let (catching, at) = STACK.with_borrow(|s| (s.catching, s.source.unwrap_or(at)));
    let error = TraceError { message, at };
    if catching {
        std::panic::resume_unwind(Box::new(error)) // no message on stderr: the caller gets it as a value
    }
    std::panic::panic_any(error.to_string())
}
/// The value; or the end of the trace with `name: error`, at the user's line. (A closure with [`fail`] in it would name its own.)
#[track_caller]
pub fn or_fail<T>(name: &str, result: Result<T, String>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => fail(format!("{name}: {error}")),
    }
}
/// Ends the trace with an error at the given place if one of these values is of a trace that has ended.
pub fn check_alive(tracers: &[Tracer], at: Source) {
    if STACK.with_borrow(|s| tracers.iter().any(|t| s.frame_of(*t).is_none())) {
        fail_at(LEAKED.into(), at)
    }
}
/// Runs `f`; an error of tracing in it comes back as `Err`. Other panics go on.
pub fn catch<R>(f: impl FnOnce() -> R) -> Result<R, TraceError> {
    let before = STACK.with_borrow_mut(|s| std::mem::replace(&mut s.catching, true));
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
    STACK.with_borrow_mut(|s| s.catching = before);
    result.map_err(|payload| match payload.downcast::<TraceError>() {
        Ok(error) => *error,
        Err(other) => std::panic::resume_unwind(other),
    })
}

impl Stack {
    fn frame_of(&self, t: Tracer) -> Option<usize> {
        self.frames.iter().rposition(|f| f.id == t.frame)
    }
    /// The names around this point but for the outermost ones.
    fn scope_within(&self, outer: usize) -> Scope {
        self.scopes.iter().skip(outer).fold(Scope::NONE, |all, inner| all.then(*inner))
    }
    /// Frame `to`'s name for `t`, a value of frame `from`: its own variable, or a captured one.
    fn lift(&mut self, t: Tracer, from: usize, to: usize) -> Var {
        if from == to {
            return t.var;
        }
        if let Some(v) = self.frames[to].captured.get(&(t.frame, t.var)) {
            return *v;
        }
        let aval = self.frames[from].data.aval(t.var).clone();
        let frame = &mut self.frames[to];
        let v = frame.data.fresh(aval);
        frame.captures.push(t);
        frame.captured.insert((t.frame, t.var), v);
        v
    }
}

const LEAKED: &str = "leaked tracer: a value was used after the function that was being traced had returned; return it instead of storing it";
const NO_TRACE: &str =
    "no trace is running: operations on tracers belong inside a function given to jit, grad, vmap, …";

/// A traced function: its program, whose trailing inputs stand for the tracers it captured.
pub struct Traced {
    /// The program.
    pub program: Program,
    /// The values of outer traces that the function used, one for each trailing input of the program.
    pub captured: Vec<Tracer>,
}

/// Traces `f` at the given input types. Captured outer tracers become trailing inputs.
#[track_caller]
pub fn trace(ins: &[ShapedArray], f: impl FnOnce(&[Tracer]) -> Vec<Tracer>) -> Traced {
    trace_frame(ins, false, false, None, f)
}
/// [`trace`] of a function whose inputs are not known before: [`input`] adds one.
///
/// ```
/// use raxla_ir::{DType, ShapedArray, trace::{input, trace_open}};
/// let traced = trace_open(|| {
///     let x = input(ShapedArray::new(&[3], DType::F32));
///     vec![x + input(ShapedArray::new(&[3], DType::F32))]
/// });
/// assert_eq!(traced.program.ins.len(), 2);
/// ```
#[track_caller]
pub fn trace_open(f: impl FnOnce() -> Vec<Tracer>) -> Traced {
    trace_frame(&[], false, true, None, |_| f())
}
/// A new input of the innermost program that [`trace_open`] traces.
///
/// # Panics
/// If there is none.
#[track_caller]
pub fn input(aval: ShapedArray) -> Tracer {
    or_fail("input", aval.check_size());
    let made = STACK.with_borrow_mut(|s| {
        let frame = s.frames.iter_mut().rfind(|f| f.open)?;
        let var = frame.data.fresh(aval);
        frame.data.ins.push(var);
        Some(Tracer::new(frame.id, var))
    });
    made.unwrap_or_else(|| fail(NO_TRACE))
}
/// [`trace`] within a mapped axis that `f` may name in collectives.
#[track_caller]
pub fn trace_in_axis(
    ins: &[ShapedArray],
    axis: Option<(String, usize)>,
    f: impl FnOnce(&[Tracer]) -> Vec<Tracer>,
) -> Traced {
    trace_frame(ins, false, false, axis, f)
}
/// [`trace`] that keeps only what depends on `ins`; the rest is recorded in the current trace, and what crosses is captured.
#[track_caller]
pub fn trace_linear(ins: &[ShapedArray], f: impl FnOnce(&[Tracer]) -> Vec<Tracer>) -> Traced {
    trace_frame(ins, true, false, None, f)
}
#[track_caller]
fn trace_frame(
    ins: &[ShapedArray],
    linear: bool,
    open: bool,
    axis: Option<(String, usize)>,
    f: impl FnOnce(&[Tracer]) -> Vec<Tracer>,
) -> Traced {
    or_fail("trace", ins.iter().try_for_each(ShapedArray::check_size));
    let mut data = ProgramData::default();
    let vars: Vec<Var> = ins.iter().map(|a| data.fresh(a.clone())).collect();
    data.ins = vars.clone();
    let depth = STACK.with_borrow_mut(|s| {
        s.next += 1;
        let (id, scopes) = (s.next, s.scopes.len());
        s.frames.push(Frame { id, data, captures: vec![], captured: HashMap::new(), linear, open, axis, scopes });
        s.frames.len()
    });
    /// An aborted trace must not leave its frame behind, nor a source or names of its own.
    struct Unwind(usize, Option<Source>, usize);
    impl Drop for Unwind {
        fn drop(&mut self) {
            if std::thread::panicking() {
                STACK.with_borrow_mut(|s| {
                    s.frames.truncate(self.0 - 1);
                    s.source = self.1;
                    s.scopes.truncate(self.2);
                })
            }
        }
    }
    let (id, source, scopes) = STACK.with_borrow(|s| (s.frames[depth - 1].id, s.source, s.scopes.len()));
    let guard = Unwind(depth, source, scopes);
    let args: Vec<Tracer> = vars.into_iter().map(|v| Tracer::new(id, v)).collect();
    let outs = deeper(|| f(&args));
    let places = STACK.with_borrow(|s| outs.iter().map(|t| s.frame_of(*t)).collect::<Option<Vec<_>>>());
    let Some(places) = places else { fail(LEAKED) };
    drop(guard);
    STACK.with_borrow_mut(|s| {
        let vars: Vec<Var> = outs.iter().zip(places).map(|(t, from)| s.lift(*t, from, depth - 1)).collect();
        let Frame { mut data, captures, captured, .. } = s.frames.swap_remove(depth - 1);
        data.outs = vars;
        data.ins.extend(captures.iter().map(|t| captured[&(t.frame, t.var)]));
        Traced { program: Program::new(data), captured: captures }
    })
}

/// Records one equation in the innermost trace, and returns its outputs.
///
/// # Panics
/// If the operands do not fit the primitive; the message names the operation, the types and the caller's line.
#[track_caller]
pub fn bind(op: Op, ins: &[Tracer]) -> Outs {
    bind_at(op, ins, Location::caller().into())
}
/// [`bind`], at a place other than the caller. The names around the equation are those of [`named_scope`] and [`with_source`].
pub fn bind_at(op: Op, ins: &[Tracer], at: Source) -> Outs {
    let result = STACK.with_borrow_mut(|s| {
        let places: Option<SmallVec<[usize; 4]>> = ins.iter().map(|t| s.frame_of(*t)).collect();
        let Some(places) = places else { return Err(LEAKED.to_string()) };
        let out_avals = {
            let avals: SmallVec<[&ShapedArray; 4]> =
                ins.iter().zip(&places).map(|(t, p)| s.frames[*p].data.aval(t.var)).collect();
            op.infer(&avals).map_err(|e| format!("{}: {e}", op.name()))?
        };
        let Some(mut target) = s.frames.len().checked_sub(1) else { return Err(NO_TRACE.to_string()) };
        while s.frames[target].linear && target > 0 && !places.contains(&target) {
            target -= 1;
        }
        let scope = s.scope_within(s.frames[target].scopes);
        let source = Source { scope, ..s.source.unwrap_or(at) };
        let ins = ins.iter().zip(places).map(|(t, from)| s.lift(*t, from, target)).collect();
        let frame = &mut s.frames[target];
        let outs: SmallVec<[Var; 2]> = out_avals.into_iter().map(|a| frame.data.fresh(a)).collect();
        let tracers = outs.iter().map(|v| Tracer::new(frame.id, *v)).collect();
        frame.data.eqns.push(Eqn { op, ins, outs, source });
        Ok(tracers)
    });
    result.unwrap_or_else(|message| fail_at(message, at))
}
/// [`bind`] for a primitive of one output.
#[track_caller]
pub fn bind1(op: impl Into<Op>, ins: &[Tracer]) -> Tracer {
    bind(op.into(), ins)[0]
}

/// A constant of the innermost trace.
#[track_caller]
pub fn constant(value: impl Into<Literal>) -> Tracer {
    let value = value.into();
    let made = STACK.with_borrow_mut(|s| {
        let mut target = s.frames.len().checked_sub(1)?;
        while s.frames[target].linear && target > 0 {
            target -= 1;
        }
        let frame = &mut s.frames[target];
        let var = frame.data.fresh(value.aval().clone());
        frame.data.consts.push((var, value));
        Some(Tracer::new(frame.id, var))
    });
    match made {
        Some(tracer) => tracer,
        None => fail(NO_TRACE),
    }
}

/// Runs `f` with every equation attributed to `source` (and errors reported there).
pub fn with_source<R>(source: Source, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<Source>, usize);
    impl Drop for Restore {
        fn drop(&mut self) {
            STACK.with_borrow_mut(|s| {
                s.source = self.0;
                s.scopes.truncate(self.1);
            })
        }
    }
    let _restore = STACK.with_borrow_mut(|s| {
        let before = Restore(s.source, s.scopes.len());
        // An equation of an inlined program knows its place better than the call around it; an unknown place is none.
        if source.is_known() {
            s.source = Some(source);
        }
        if !source.scope.is_none() {
            s.scopes.push(source.scope);
        }
        before
    });
    f()
}
/// Runs `f` with a name for the part of the program that it records. Compiled programs have it in their locations, where profilers
/// find it, as in `jit(train)/model/layer/dot_general`; what derivatives and batches are made of says so: `jvp(model)/layer`.
///
/// ```
/// use raxla_ir::{DType, ShapedArray, stablehlo, trace::{named_scope, trace}};
/// let traced = trace(&[ShapedArray::new(&[], DType::F32)], |x| {
///     vec![named_scope("model", || named_scope("layer", || x[0].sin()).cos())]
/// });
/// let text = stablehlo::lower(&traced.program, "f");
/// assert!(text.contains("\"jit(f)/model/layer/sin\"") && text.contains("\"jit(f)/model/cos\""), "{text}");
/// ```
pub fn named_scope<R>(name: &str, f: impl FnOnce() -> R) -> R {
    with_source(Source { scope: Scope::new(name), ..Source::UNKNOWN }, f)
}
/// [`named_scope`] from here to [`leave_scope`], for languages whose scopes are no functions: how many names were around before.
pub fn enter_scope(name: &str) -> usize {
    STACK.with_borrow_mut(|s| {
        s.scopes.push(Scope::new(name));
        s.scopes.len() - 1
    })
}
/// Ends a scope, by what [`enter_scope`] gave.
pub fn leave_scope(before: usize) {
    STACK.with_borrow_mut(|s| s.scopes.truncate(before));
}
/// Whether a trace is running on this thread.
pub fn tracing() -> bool {
    STACK.with_borrow(|s| !s.frames.is_empty())
}
/// Whether the value lives in a linear trace: it depends, or may depend, on the tangents there.
pub fn is_linear(t: Tracer) -> bool {
    STACK.with_borrow(|s| s.frame_of(t).is_some_and(|i| s.frames[i].linear))
}
/// The size of the mapped axis of that name, innermost first.
pub fn axis_size(name: &str) -> Option<usize> {
    STACK.with_borrow(|s| s.frames.iter().rev().filter_map(|f| f.axis.as_ref()).find(|a| a.0 == name).map(|a| a.1))
}
/// The names of all mapped axes around this point, innermost first.
pub fn axis_names() -> Vec<String> {
    STACK.with_borrow(|s| s.frames.iter().rev().filter_map(|f| f.axis.as_ref()).map(|a| a.0.clone()).collect())
}

/// What a value of a running trace is made of, as far as its own frame tells: a program, and the values that it begins with. Those are
/// inputs of the frame, values of frames around it, and values for which `known` holds. `None` if the trace has ended.
///
/// ```
/// use raxla_ir::{DType, ShapedArray, trace::{trace, slice_of}};
/// trace(&[ShapedArray::new(&[], DType::F32), ShapedArray::new(&[], DType::F32)], |x| {
///     let (y, _) = (x[0].sin() + 1.0, x[1].cos());
///     let slice = slice_of(y, |_| false).unwrap();
///     assert_eq!((slice.program.eqns.len(), slice.captured), (2, vec![x[0]]));
///     vec![y]
/// });
/// ```
pub fn slice_of(t: Tracer, known: impl Fn(Tracer) -> bool) -> Option<Traced> {
    STACK.with_borrow(|s| {
        let frame = &s.frames[s.frame_of(t)?];
        let (data, here) = (&frame.data, |v: Var| Tracer::new(frame.id, v));
        let mut wanted = vec![false; data.avals.len()];
        wanted[t.var.index()] = true;
        let mut eqns = vec![];
        for eqn in data.eqns.iter().rev() {
            let outs = eqn.outs.iter().filter(|v| wanted[v.index()] && !known(here(**v)));
            if outs.count() > 0 {
                eqn.ins.iter().for_each(|v| wanted[v.index()] = true);
                eqns.push(eqn.clone());
            }
        }
        eqns.reverse();
        let mut defined = vec![false; data.avals.len()];
        eqns.iter().flat_map(|e| &e.outs).for_each(|v| defined[v.index()] = true);
        data.consts.iter().for_each(|(v, _)| defined[v.index()] = true);
        let ins: Vec<Var> =
            (0..data.avals.len()).filter(|i| wanted[*i] && !defined[*i]).map(|i| Var(i as u32)).collect();
        let outer: HashMap<Var, Tracer> =
            frame.captured.iter().map(|((f, v), here)| (*here, Tracer::new(*f, *v))).collect();
        let captured = ins.iter().map(|v| outer.get(v).copied().unwrap_or(here(*v))).collect();
        let consts = data.consts.iter().filter(|(v, _)| wanted[v.index()]).cloned().collect();
        let data = ProgramData { ins, consts, eqns, outs: vec![t.var], avals: data.avals.clone() };
        Some(Traced { program: Program::new(data), captured })
    })
}

/// Emits `program` into the current trace, applied to `args`.
pub fn inline(program: &Program, args: &[Tracer]) -> Vec<Tracer> {
    crate::rewrite::replay(program, args, |eqn, ins| bind_at(eqn.op.clone(), ins, eqn.source))
}

impl Tracer {
    /// Looks at the type without copying it.
    #[track_caller]
    pub fn with_aval<R>(self, f: impl FnOnce(&ShapedArray) -> R) -> R {
        let at = Location::caller();
        let result = STACK.with_borrow(|s| s.frame_of(self).map(|i| f(s.frames[i].data.aval(self.var))));
        result.unwrap_or_else(|| fail_at(LEAKED.into(), at.into()))
    }
    /// The shape and dtype.
    #[track_caller]
    pub fn aval(self) -> ShapedArray {
        self.with_aval(ShapedArray::clone)
    }
    /// The size of each axis.
    #[track_caller]
    pub fn shape(self) -> Shape {
        self.with_aval(|a| a.shape.clone())
    }
    /// The number of axes.
    #[track_caller]
    pub fn rank(self) -> usize {
        self.with_aval(ShapedArray::rank)
    }
    /// The element type.
    #[track_caller]
    pub fn dtype(self) -> DType {
        self.with_aval(|a| a.dtype)
    }
    /// The number of elements.
    #[track_caller]
    pub fn size(self) -> usize {
        self.with_aval(ShapedArray::size)
    }
}
impl std::fmt::Debug for Tracer {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match STACK.with_borrow(|s| s.frame_of(*self).map(|i| s.frames[i].data.aval(self.var).clone())) {
            Some(aval) => write!(f, "Tracer({}: {aval})", self.var),
            None => write!(f, "Tracer(leaked)"),
        }
    }
}
