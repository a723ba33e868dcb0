//! The primitives: what a program can do to arrays. Adding one: write its file here, then add its name to the list below.
//!
//! A structural primitive is one file with its documentation, parameters, all rules and samples. An elementwise primitive is one
//! row of a table ([`unary`], [`binary`], [`compare`]). Drivers never mention a primitive by name: they call the methods of
//! [`Primitive`].

use crate::{
    aval::{Axes, Shape, ShapedArray},
    dtype::DType,
    literal::Literal,
    program::Program,
    rewrite::{BatchAxis, Batched, Dual, Hoisted, Linear, Pruned, Saving, prune::prune_inside},
    stablehlo::{Module, Value},
    text::{Param, Reader, Writer},
    trace::{Tracer, bind, bind1, fail, or_fail},
};
use smallvec::{SmallVec, smallvec};
use std::fmt;

/// Output types of an equation.
pub type Avals = SmallVec<[ShapedArray; 1]>;
/// Outputs of an equation.
pub type Outs = SmallVec<[Tracer; 2]>;

/// Everything the system needs to know about one primitive.
///
/// `ins` and `outs` always have the number of operands that `infer` accepted. Operands of one primitive never broadcast:
/// where several arrays meet, their shapes are equal.
pub trait Primitive {
    /// The name in programs and messages.
    fn name(&self) -> &'static str;
    /// The output types, or why the operands do not fit.
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String>;
    /// The value: the reference semantics every other rule is tested against.
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String>;
    /// The output tangents at given outputs. `None` is a tangent known to be zero; at least one of `tangents` is `Some`.
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        fail(format!("{}: has no derivative", self.name()))
    }
    /// Outputs and tangents together, for primitives that must compute them in one go (those with sub-programs).
    fn jvp(&self, _ins: &[Tracer], _tangents: &[Option<Tracer>]) -> Option<Dual> {
        None
    }
    /// Like [`Primitive::jvp`], with the tangents in a form that can be transposed.
    fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        self.jvp(ins, tangents)
    }
    /// The cotangents of the operands in which the equation is linear (the [`Linear::Unknown`] ones), given those of the outputs;
    /// `None` is zero.
    fn transpose(&self, _cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let linear: Vec<usize> = ins.iter().enumerate().filter(|i| i.1.is_unknown()).map(|i| i.0).collect();
        fail(format!("{}: cannot be transposed, since it is not linear in operands {linear:?}", self.name()))
    }
    /// The primitive over a batch: operands that are batched have one more axis, in front.
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched>;
    /// Emits StableHLO.
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value>;
    /// Whether it does anything besides returning its outputs, so that it must stay even if nothing uses them.
    fn effectful(&self) -> bool {
        false
    }
    /// Whether all its effects only show values, so that they may be left out of a repetition, and happen for values that are not used.
    fn only_shows(&self) -> bool {
        self.subprograms().iter().all(|p| p.only_shows())
    }
    /// Whether it has effects that must happen in the program's order.
    fn ordered(&self) -> bool {
        self.subprograms().iter().any(|p| p.ordered())
    }
    /// Applies it with its ordered effects after a token; gives the token after them, and the outputs (see [`crate::rewrite::order`]).
    fn in_order(&self, _token: Tracer, _ins: &[Tracer]) -> (Tracer, Vec<Tracer>) {
        fail(format!("{}: cannot hold effects that are ordered", self.name()))
    }
    /// Whether it may be evaluated when the program is compiled, if its operands are constants.
    fn foldable(&self) -> bool {
        !self.effectful() && self.subprograms().is_empty()
    }
    /// The programs among the parameters.
    fn subprograms(&self) -> Vec<&Program> {
        vec![]
    }
    /// The same with each program among the parameters replaced by one of the same types; `None` if there are none.
    fn map_subprograms(&self, _f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> {
        None
    }
    /// What is left of an equation of so many operands where only the outputs for which `used` holds are used; `None` if all stays as it is.
    fn pruned(&self, ins: usize, used: &[bool]) -> Option<Pruned> {
        prune_inside(self, ins, used.len())
    }
    /// The same with the constants of sub-programs for which `large` holds as operands; `None` if there are none.
    fn hoisted(&self, _large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> {
        None
    }
    /// The same with values inside that a policy keeps as further outputs, and with these as further operands; `None` if there are none.
    fn saving(&self, _policy: &Policy) -> Option<Saving<Op>> {
        None
    }
    /// Whether it refers to the mapped axis of this name, itself or in a sub-program.
    fn names_axis(&self, name: &str) -> bool {
        self.subprograms().iter().any(|p| p.eqns.iter().any(|e| e.op.names_axis(name)))
    }
    /// The program that it is merely a name for, which may stand in its place.
    fn body(&self) -> Option<&Program> {
        None
    }
    /// Why it cannot be lowered, if it cannot.
    fn unlowerable(&self) -> Option<String> {
        None
    }
    /// How many bits an element must have for XLA to compute it well: smaller ones are widened to others that have the same values.
    fn least_bits(&self) -> usize {
        0
    }
    /// Writes the parameters, as in `slice[start=[0], limit=[2], strides=[1]]`.
    fn print(&self, _writer: &mut Writer) {}
}

/// Operands on which the conformance suite checks all rules of a primitive.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The primitive.
    pub op: Op,
    /// The operands.
    pub ins: Vec<Literal>,
    /// Whether the derivative is that of the value, as it is unless the primitive exists to hide it.
    pub derivative: bool,
}
impl Sample {
    /// A sample.
    pub fn new(op: impl Into<Op>, ins: &[Literal]) -> Sample {
        Sample { op: op.into(), ins: ins.to_vec(), derivative: true }
    }
}

/// The static side of [`Primitive`]: how the text form finds it, and its samples.
pub trait Registered: Sized {
    /// Reads the primitive of this name and its parameters; `None` if the name is another's.
    fn read(name: &str, reader: &mut Reader) -> Option<Result<Self, String>>;
    /// Operands to test the rules on.
    fn samples() -> Vec<Sample>;
}

pub mod associative_scan;
mod bessel;
mod complex;
mod converge;
mod incomplete_gamma;
pub mod policy;
mod quadrature;
mod special;

pub use policy::Policy;

macro_rules! primitives { ($($file:ident: $($Name:ident),+;)*) => {
    $(pub mod $file;)*
    $($(#[doc(no_inline)] pub use $file::$Name;)+)*

    /// A primitive with its parameters.
    #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
    #[allow(missing_docs)] // each variant is documented at its struct
    pub enum Op { $($($Name($Name)),+),* }

    impl Op {
        fn rules(&self) -> &dyn Primitive { match self { $($(Op::$Name(p) => p),+),* } }
        /// Reads a primitive and its parameters.
        pub fn read(name: &str, reader: &mut Reader) -> Result<Op, String> {
            $($(if let Some(p) = $Name::read(name, reader) { return p.map(Op::$Name); })+)*
            Err(format!("unknown primitive `{name}`"))
        }
        /// The samples of all primitives.
        pub fn samples() -> Vec<Sample> {
            let mut all = vec![];
            $($(all.extend($Name::samples());)+)*
            all
        }
    }
    impl Primitive for Op {
        fn name(&self) -> &'static str { self.rules().name() }
        fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
            let outs = match self { $($(Op::$Name(p) => p.infer(ins)),+),* }?;
            outs.iter().try_for_each(ShapedArray::check_size)?;
            Ok(outs)
        }
        fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> { self.rules().eval(ins) }
        fn tangent(&self, ins: &[Tracer], outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> { self.rules().tangent(ins, outs, tangents) }
        fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> { self.rules().jvp(ins, tangents) }
        fn linearize(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> { self.rules().linearize(ins, tangents) }
        fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> { self.rules().transpose(cts, ins) }
        fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> { self.rules().batch(axis, ins) }
        fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> { self.rules().lower(module, ins, outs) }
        fn effectful(&self) -> bool { self.rules().effectful() }
        fn only_shows(&self) -> bool { self.rules().only_shows() }
        fn ordered(&self) -> bool { self.rules().ordered() }
        fn in_order(&self, token: Tracer, ins: &[Tracer]) -> (Tracer, Vec<Tracer>) { self.rules().in_order(token, ins) }
        fn foldable(&self) -> bool { self.rules().foldable() }
        fn subprograms(&self) -> Vec<&Program> { self.rules().subprograms() }
        fn map_subprograms(&self, f: &mut dyn FnMut(&Program) -> Program) -> Option<Op> { self.rules().map_subprograms(f) }
        fn pruned(&self, ins: usize, used: &[bool]) -> Option<Pruned> { self.rules().pruned(ins, used) }
        fn hoisted(&self, large: &dyn Fn(&Literal) -> bool) -> Option<Hoisted> { self.rules().hoisted(large) }
        fn saving(&self, policy: &Policy) -> Option<Saving<Op>> { self.rules().saving(policy) }
        fn names_axis(&self, name: &str) -> bool { self.rules().names_axis(name) }
        fn body(&self) -> Option<&Program> { self.rules().body() }
        fn unlowerable(&self) -> Option<String> { self.rules().unlowerable() }
        fn least_bits(&self) -> usize { self.rules().least_bits() }
        fn print(&self, writer: &mut Writer) { self.rules().print(writer) }
    }
    $($(impl From<$Name> for Op { fn from(p: $Name) -> Op { Op::$Name(p) } })+)*
} }

/// Declares the parameters of a primitive: a struct whose fields print and read back.
macro_rules! parameters { (
    $(#[$doc:meta])* $Name:ident { $($(#[$field_doc:meta])* $field:ident: $T:ty),* $(,)? }
    $(without_text { $($(#[$mute_doc:meta])* $mute:ident: $M:ty),* $(,)? })?
) => {
    $(#[$doc])*
    #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub struct $Name { $($(#[$field_doc])* pub $field: $T,)* $($($(#[$mute_doc])* pub $mute: $M,)*)? }
    impl $Name {
        fn print_parameters(&self, writer: &mut crate::text::Writer) {
            $(writer.parameter(stringify!($field), &self.$field);)*
            let _ = writer;
        }
        fn read_parameters(reader: &mut crate::text::Reader) -> Result<$Name, String> {
            $(let $field: $T = reader.parameter(stringify!($field))?;)*
            reader.end_of(<[&str]>::len(&[$(stringify!($field)),*]))?;
            Ok($Name { $($field,)* $($($mute: Default::default(),)*)? })
        }
    }
} }

/// The [`Primitive`] methods that every struct of [`parameters!`] has alike.
macro_rules! described {
    ($name:literal) => {
        fn name(&self) -> &'static str {
            $name
        }
        fn print(&self, writer: &mut crate::text::Writer) {
            self.print_parameters(writer)
        }
    };
}

/// The [`Registered::read`] of a struct of [`parameters!`].
macro_rules! read_by_name {
    ($name:literal) => {
        fn read(name: &str, reader: &mut crate::text::Reader) -> Option<Result<Self, String>> {
            (name == $name).then(|| Self::read_parameters(reader))
        }
    };
}

primitives! {
    unary: Unary;
    binary: Binary;
    compare: Compare;
    select: Select;
    clamp: Clamp;
    regularized_incomplete_beta: RegularizedIncompleteBeta;
    integer_pow: IntegerPow;
    reduce_precision: ReducePrecision;
    bitcast_convert: BitcastConvert;
    convert: Convert;
    broadcast: Broadcast;
    reshape: Reshape;
    transpose: Transpose;
    slice: Slice;
    pad: Pad;
    concatenate: Concatenate;
    reverse: Reverse;
    iota: Iota;
    reduce: Reduce;
    general_reduce: GeneralReduce;
    arg_extremum: ArgExtremum;
    dot_general: DotGeneral;
    ragged_dot: RaggedDot;
    dynamic_slice: DynamicSlice;
    dynamic_update_slice: DynamicUpdateSlice;
    gather: Gather;
    scatter: Scatter;
    sort: Sort;
    top_k: TopK;
    approx_top_k: ApproxTopK;
    cumulative: Cumulative;
    reduce_window: ReduceWindow;
    general_reduce_window: GeneralReduceWindow;
    select_and_scatter_add: SelectAndGatherAdd, SelectAndScatterAdd;
    conv_general_dilated: ConvGeneralDilated;
    fft: Fft;
    linalg: Cholesky, TriangularSolve, Lu, Geqrf, HouseholderProduct, Qr, ColumnPivots, Eigh, Eig, Svd, Schur, Hessenberg, Tridiagonal, TridiagonalSolve;
    call: Call;
    custom_jvp: CustomJvp;
    custom_vjp: CustomVjp, CustomVjpLinear;
    custom_vmap: CustomVmap;
    cond: Cond;
    while_loop: While;
    scan: Scan;
    remat: Remat;
    checkpoint_name: Name;
    optimization_barrier: OptimizationBarrier;
    custom_linear_solve: LinearSolve;
    linear_call: LinearCall;
    collective: AllReduce, AxisIndex, AllGather;
    callback: DebugPrint, DebugCallback, PureCallback, IoCallback;
    custom: Custom;
    threefry2x32: Threefry2x32;
    rng_bit_generator: RngBitGenerator;
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut writer = Writer::new();
        writer.op(self);
        f.write_str(&writer.finish())
    }
}
impl fmt::Debug for Op {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The one operand, or an error that says how many there were.
pub(crate) fn one<'a>(ins: &[&'a ShapedArray]) -> Result<&'a ShapedArray, String> {
    match ins {
        [a] => Ok(a),
        _ => Err(format!("takes 1 operand, got {}", ins.len())),
    }
}
/// Checks the number of operands.
pub(crate) fn arity(ins: &[&ShapedArray], n: usize) -> Result<(), String> {
    if ins.len() == n { Ok(()) } else { Err(format!("takes {n} operands, got {}", ins.len())) }
}
/// The common shape and dtype of the operands; weak if all are.
pub(crate) fn alike(ins: &[&ShapedArray]) -> Result<ShapedArray, String> {
    let first = *ins.first().ok_or("takes at least 1 operand, got none")?;
    if let Some(other) = ins.iter().find(|a| a.shape != first.shape) {
        return Err(format!("operands must have one shape, got {first} and {other}"));
    }
    if let Some(other) = ins.iter().find(|a| a.dtype != first.dtype) {
        return Err(format!(
            "operands must have one dtype, got {first} and {other}; convert one of them with `.astype(…)`"
        ));
    }
    Ok(ShapedArray { weak: ins.iter().all(|a| a.weak), ..first.clone() })
}
/// Checks that products of two arrays can be summed in the dtype `out`.
pub(crate) fn check_product(x: &ShapedArray, y: &ShapedArray, out: DType) -> Result<(), String> {
    if x.dtype != y.dtype {
        return Err(format!("operands must have one dtype, got {x} and {y}; convert one of them with `.astype(…)`"));
    }
    let loses = (x.dtype.is_inexact() && !out.is_inexact()) || (x.dtype.is_complex() && !out.is_complex());
    if x.dtype == DType::Bool || out == DType::Bool || loses {
        return Err(format!("cannot give {out} from {x} and {y}"));
    }
    Ok(())
}
/// The dtypes that the samples of elementwise primitives are made in, as far as they are accepted.
const SAMPLE_DTYPES: [DType; 9] =
    [DType::F32, DType::F64, DType::BF16, DType::C64, DType::C128, DType::I32, DType::I8, DType::U8, DType::Bool];
/// Checks that axes are in range and differ.
pub(crate) fn check_axes(axes: &[usize], rank: usize) -> Result<(), String> {
    for (i, a) in axes.iter().enumerate() {
        if *a >= rank {
            return Err(format!("axis {a} is out of bounds for an array of rank {rank}"));
        }
        if axes[..i].contains(a) {
            return Err(format!("axis {a} is named twice"));
        }
    }
    Ok(())
}
/// The sum of two tangents or cotangents that may be zero.
pub(crate) fn add_some(a: Option<Tracer>, b: Option<Tracer>) -> Option<Tracer> {
    match (a, b) {
        (Some(a), Some(b)) => Some(bind1(Binary::Add, &[a, b])),
        (a, b) => a.or(b),
    }
}
/// Axes with `by` added to each: what becomes of them under new leading axes.
pub(crate) fn shifted(axes: &[usize], by: usize) -> Axes {
    axes.iter().map(|a| a + by).collect()
}
/// `[0, 1, …] ++ axes + 1`-style: `first` in front of `rest`.
pub(crate) fn prepend<T: Copy>(first: T, rest: &[T]) -> SmallVec<[T; 4]>
where
    [T; 4]: smallvec::Array<Item = T>,
{
    std::iter::once(first).chain(rest.iter().copied()).collect()
}
/// MLIR's `array<i64: 0, 1>`.
pub(crate) fn mlir_array<T: fmt::Display>(items: &[T]) -> String {
    match items {
        [] => "array<i64>".into(),
        _ => format!("array<i64: {}>", items.iter().map(|i| i.to_string()).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every primitive's samples are well typed, and evaluate to what `infer` says.
    #[test]
    fn samples_evaluate_to_the_inferred_types() {
        for Sample { op, ins, .. } in Op::samples() {
            let avals: Vec<&ShapedArray> = ins.iter().map(|l| l.aval()).collect();
            let inferred = op.infer(&avals).unwrap_or_else(|e| panic!("{op} of {avals:?}: {e}"));
            let outs = op.eval(&ins.iter().collect::<Vec<_>>()).unwrap_or_else(|e| panic!("{op} of {avals:?}: {e}"));
            assert_eq!(
                outs.iter().map(|o| o.aval().strong()).collect::<Vec<_>>(),
                inferred.iter().map(|a| a.strong()).collect::<Vec<_>>(),
                "{op} of {avals:?}"
            );
        }
    }
}
