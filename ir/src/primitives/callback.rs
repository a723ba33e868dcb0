//! Programs that talk to the host while they run: `debug_print[format]`, `debug_callback`, `pure_callback`, `io_callback`.
//!
//! XLA does not keep the order of operations that have effects. Those that must happen in the program's order are threaded before
//! lowering (`rewrite/order.rs`): each takes a token, a `u8[]`, as one more operand, and gives one as one more output.

use super::*;
use crate::{
    callback::{self, Callback},
    stablehlo::Attribute,
};

/// When an effect may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Order {
    /// At any time.
    Free,
    /// After all ordered ones that stand before it in the program.
    Ordered,
    /// When the token, its first operand, is there; the first output is the token for the next.
    Threaded,
}
/// How [`PureCallback`] is mapped over a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum VmapMethod {
    /// One call for each example, one after the other.
    Sequential,
    /// One call for the batch: operands that are the same for all examples get a leading axis of size 1.
    ExpandDims,
    /// One call for the batch: operands that are the same for all examples are repeated.
    BroadcastAll,
    /// An error: nobody said how.
    Refuse,
}
macro_rules! words { ($($T:ident: $($Name:ident $word:literal),+;)+) => { $(
    impl Param for $T {
        fn write(&self, writer: &mut Writer) {
            writer.word(match self { $($T::$Name => $word),+ });
        }
        fn read(reader: &mut Reader) -> Result<$T, String> {
            match reader.name(stringify!($T))? {
                $($word => Ok($T::$Name),)+
                other => Err(format!("`{other}` is no {}", stringify!($T))),
            }
        }
    }
)+ } }
words! {
    Order: Free "free", Ordered "ordered", Threaded "threaded";
    VmapMethod: Sequential "sequential", ExpandDims "expand_dims", BroadcastAll "broadcast_all", Refuse "refuse";
}

parameters! {
    /// Prints a line with the values of its operands. See [`callback::print`] for the format.
    DebugPrint {
        /// The line, with `{}` where values go.
        format: String,
        /// When.
        order: Order,
    }
}
parameters! {
    /// Shows its operands to a function of the host.
    DebugCallback {
        /// The function.
        callback: Callback,
        /// When.
        order: Order,
    }
}
parameters! {
    /// A function of the host that gives the same outputs whenever it gets the same operands, and does nothing else; so it may be called
    /// more often or less often than the program says.
    PureCallback {
        /// The function.
        callback: Callback,
        /// The types of its outputs.
        outs: Vec<ShapedArray>,
        /// What it is over a batch.
        vmap_method: VmapMethod,
    }
}
parameters! {
    /// A function of the host that may do anything: called once for each time that the program gets there.
    IoCallback {
        /// The function.
        callback: Callback,
        /// The types of its outputs.
        outs: Vec<ShapedArray>,
        /// When.
        order: Order,
    }
}

/// The type of tokens.
pub fn token_aval() -> ShapedArray {
    ShapedArray::new(&[], DType::U8)
}
fn is_token(aval: &ShapedArray) -> bool {
    aval.rank() == 0 && aval.dtype == DType::U8
}

/// What the primitives of this file have in common: all their rules follow from it.
trait HostCall: Clone + Into<Op> {
    fn order(&self) -> Order;
    fn ordered_as(&self, order: Order) -> Self;
    fn results(&self) -> Avals;
    fn host(&self, ins: &[Literal]) -> Result<Vec<Literal>, String>;
    /// The kernel that does it, with its parameters.
    fn kernel(&self) -> (&'static str, (&'static str, Attribute));

    fn threaded(&self) -> bool {
        self.order() == Order::Threaded
    }
    fn infer_call(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        if !self.threaded() {
            return Ok(self.results());
        }
        match ins.first() {
            Some(token) if is_token(token) => Ok([token_aval()].into_iter().chain(self.results()).collect()),
            other => Err(format!("operand 0 must be the token, u8[], got {other:?}")),
        }
    }
    fn eval_call(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (token, ins) = ins.split_at(usize::from(self.threaded()));
        let outs = self.host(&super::call::owned(ins))?;
        check_results(&self.results(), &outs)?;
        Ok(token.iter().map(|token| (*token).clone()).chain(outs).collect())
    }
    fn lower_call(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray], side_effect: bool) -> Vec<Value> {
        let (name, parameter) = self.kernel();
        module.kernel(name, ins, &[parameter, ("threaded", Attribute::Bool(self.threaded()))], side_effect, outs)
    }
    fn thread(&self, token: Tracer, ins: &[Tracer]) -> (Tracer, Vec<Tracer>) {
        let outs = bind(self.ordered_as(Order::Threaded).into(), &[&[token], ins].concat());
        (outs[0], outs[1..].to_vec())
    }
    /// One call for each example; `ordered` says whether those that are ordered may be, in the order of the examples.
    fn one_by_one(&self, name: &str, ordered: bool, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        if self.threaded() || self.order() == Order::Ordered && !ordered {
            fail(format!(
                "{name}: calls that are ordered cannot be mapped by vmap, which has no order among examples; make it \
                 unordered, or map with a scan"
            ));
        }
        scan::one_by_one(self.clone().into(), axis, ins)
    }
}
/// Checks what a function of the host gave.
pub fn check_results(wanted: &[ShapedArray], got: &[Literal]) -> Result<(), String> {
    let same = |(w, g): (&ShapedArray, &Literal)| w.shape == g.aval().shape && w.dtype == g.dtype();
    if wanted.len() == got.len() && wanted.iter().zip(got).all(same) {
        return Ok(());
    }
    let got: Vec<&ShapedArray> = got.iter().map(Literal::aval).collect();
    Err(format!("the function must give {wanted:?}, as was said of it, but gave {got:?}"))
}

macro_rules! orders {
    ($Name:ident) => {
        fn order(&self) -> Order {
            self.order
        }
        fn ordered_as(&self, order: Order) -> $Name {
            $Name { order, ..self.clone() }
        }
    };
}
macro_rules! calls_back {
    () => {
        fn host(&self, ins: &[Literal]) -> Result<Vec<Literal>, String> {
            self.callback.call(ins)
        }
        fn kernel(&self) -> (&'static str, (&'static str, Attribute)) {
            ("callback", ("id", Attribute::Int(self.callback.id() as i64)))
        }
    };
}
impl HostCall for DebugPrint {
    orders!(DebugPrint);
    fn results(&self) -> Avals {
        Avals::new()
    }
    fn host(&self, ins: &[Literal]) -> Result<Vec<Literal>, String> {
        callback::print(&self.format, ins).map(|()| vec![])
    }
    fn kernel(&self) -> (&'static str, (&'static str, Attribute)) {
        ("debug_print", ("format", Attribute::Text(self.format.clone())))
    }
}
impl HostCall for DebugCallback {
    orders!(DebugCallback);
    calls_back!();
    fn results(&self) -> Avals {
        Avals::new()
    }
}
impl HostCall for PureCallback {
    calls_back!();
    fn order(&self) -> Order {
        Order::Free
    }
    fn ordered_as(&self, _order: Order) -> PureCallback {
        self.clone()
    }
    fn results(&self) -> Avals {
        self.outs.iter().cloned().collect()
    }
}
impl HostCall for IoCallback {
    orders!(IoCallback);
    calls_back!();
    fn results(&self) -> Avals {
        self.outs.iter().cloned().collect()
    }
}

/// The rules that follow from [`HostCall`].
macro_rules! host_call {
    ($name:literal, side_effect: $side_effect:literal) => {
        described!($name);
        fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
            self.eval_call(ins)
        }
        fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
            self.lower_call(module, ins, outs, $side_effect)
        }
        fn effectful(&self) -> bool {
            $side_effect
        }
        fn foldable(&self) -> bool {
            false // It is called when the program runs, not when it is compiled.
        }
        fn ordered(&self) -> bool {
            self.order() == Order::Ordered
        }
        fn in_order(&self, token: Tracer, ins: &[Tracer]) -> (Tracer, Vec<Tracer>) {
            self.thread(token, ins)
        }
    };
}
/// The rules of those that only show their operands: derivatives pass them by.
macro_rules! shows {
    ($name:literal) => {
        fn tangent(&self, _ins: &[Tracer], outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
            vec![None; outs.len()]
        }
        fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
            self.one_by_one($name, true, axis, ins)
        }
    };
}
impl Primitive for DebugPrint {
    host_call!("debug_print", side_effect: true);
    shows!("debug_print");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        callback::fill(&self.format, ins.len() - usize::from(self.threaded() && !ins.is_empty()), |_| String::new())?;
        self.infer_call(ins)
    }
}
impl Primitive for DebugCallback {
    host_call!("debug_callback", side_effect: true);
    shows!("debug_callback");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        self.infer_call(ins)
    }
}
impl Primitive for PureCallback {
    host_call!("pure_callback", side_effect: false);
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        self.infer_call(ins)
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        fail(format!(
            "pure_callback: has no derivative, since nothing is known of `{}`; give it one with custom_jvp or custom_vjp",
            self.callback.name()
        ))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let operand = |i: &Batched| match self.vmap_method {
            VmapMethod::ExpandDims if !i.batched => i.value.expand_dims(0),
            _ => i.spread(axis),
        };
        match self.vmap_method {
            VmapMethod::Sequential => return self.one_by_one("pure_callback", true, axis, ins),
            VmapMethod::Refuse => fail(format!(
                "pure_callback: `{}` is under vmap, and no vmap_method says how to call it there",
                self.callback.name()
            )),
            VmapMethod::ExpandDims | VmapMethod::BroadcastAll => {}
        }
        let outs = self.outs.iter().map(|a| a.with_shape(&prepend(axis.size, &a.shape))).collect();
        let op = PureCallback { outs, ..self.clone() };
        bind(op.into(), &ins.iter().map(operand).collect::<Vec<_>>()).into_iter().map(Batched::new).collect()
    }
}
impl Primitive for IoCallback {
    host_call!("io_callback", side_effect: true);
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        self.infer_call(ins)
    }
    fn only_shows(&self) -> bool {
        false
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        fail(format!(
            "io_callback: has no derivative: `{}` may do anything with its operands; use debug_callback to show values, or \
             stop_gradient on the operands",
            self.callback.name()
        ))
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        self.one_by_one("io_callback", false, axis, ins)
    }
}

/// A function for samples: the negatives of its operands, which are integers.
fn negatives() -> Callback {
    Callback::new("negatives", |x| {
        Ok(x.iter().map(|x| Literal::from_ints(x.aval().clone(), x.ints().iter().map(|i| -i))).collect())
    })
}
fn sample_operands() -> [Literal; 2] {
    [vec![1i32, -2].into(), 7i32.into()]
}
fn sample_avals() -> Vec<ShapedArray> {
    sample_operands().iter().map(|x| x.aval().clone()).collect()
}
impl Registered for DebugPrint {
    read_by_name!("debug_print");
    fn samples() -> Vec<Sample> {
        let format = || "sample {1} of \"{0}\"".to_owned();
        vec![Sample::new(DebugPrint { format: format(), order: Order::Free }, &sample_operands())]
    }
}
impl Registered for DebugCallback {
    read_by_name!("debug_callback");
    fn samples() -> Vec<Sample> {
        let callback = Callback::new("nothing", |_| Ok(vec![]));
        vec![Sample::new(DebugCallback { callback, order: Order::Free }, &sample_operands())]
    }
}
impl Registered for PureCallback {
    read_by_name!("pure_callback");
    fn samples() -> Vec<Sample> {
        let op = |vmap_method| PureCallback { callback: negatives(), outs: sample_avals(), vmap_method };
        // What is mapped in one call must give as large outputs for operands that are not batched.
        let methods = [VmapMethod::Sequential, VmapMethod::BroadcastAll];
        let mut samples: Vec<Sample> = methods.map(|m| Sample::new(op(m), &sample_operands())).into();
        let one = PureCallback { outs: sample_avals()[..1].to_vec(), ..op(VmapMethod::ExpandDims) };
        samples.push(Sample::new(one, &sample_operands()[..1]));
        samples
    }
}
impl Registered for IoCallback {
    read_by_name!("io_callback");
    fn samples() -> Vec<Sample> {
        let op = IoCallback { callback: negatives(), outs: sample_avals(), order: Order::Free };
        vec![Sample::new(op, &sample_operands())]
    }
}
