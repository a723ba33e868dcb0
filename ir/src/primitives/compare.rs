//! Elementwise comparisons of two arrays of one shape. Each is one row of the table at the end.

use super::*;
use crate::{
    dtype::Kind,
    operand::{Operand, broadcast_together},
};

impl Primitive for Compare {
    fn name(&self) -> &'static str {
        self.row().0
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 2)?;
        let a = alike(ins)?;
        if a.dtype.is_complex() && !matches!(self, Compare::Eq | Compare::Ne) {
            return Err(format!("complex numbers have no order, got {a}"));
        }
        Ok(smallvec![a.with_dtype(DType::Bool).strong()])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, y) = (ins[0], ins[1]);
        let out = self.infer(&[x.aval(), y.aval()])?.remove(0);
        let (_, _, _, holds) = self.row();
        let bits: Vec<i128> = match x.dtype().kind() {
            Kind::Float => x.floats().iter().zip(y.floats()).map(|(x, y)| holds(x.partial_cmp(&y)) as i128).collect(),
            Kind::Complex => {
                let order = |x, y| if x == y { Some(std::cmp::Ordering::Equal) } else { None };
                x.complexes().into_iter().zip(y.complexes()).map(|(x, y)| holds(order(x, y)) as i128).collect()
            }
            _ => x.ints().iter().zip(y.ints()).map(|(x, y)| holds(Some(x.cmp(&y))) as i128).collect(),
        };
        Ok(vec![Literal::from_ints(out, bits)])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![None]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(*self, axis, ins)
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let kind = match ins[0].aval.dtype.kind() {
            Kind::Float | Kind::Complex => "FLOAT",
            Kind::Signed => "SIGNED",
            Kind::Unsigned | Kind::Bool => "UNSIGNED",
        };
        let attributes = format!(
            "comparison_direction = #stablehlo<comparison_direction {}>, compare_type = #stablehlo<comparison_type {kind}>",
            self.row().1
        );
        vec![module.op1("stablehlo.compare", ins, &attributes, &outs[0])]
    }
}
impl Registered for Compare {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<Compare, String>> {
        Compare::ALL.iter().find(|c| c.row().0 == name).map(|c| Ok(*c))
    }
    fn samples() -> Vec<Sample> {
        let (x, y) = ([1.0, 2.0, f64::NAN, -0.0], [2.0, 2.0, 1.0, 0.0]);
        let pair = |d: DType| [x, y].map(|v| Literal::from_floats(ShapedArray::new(&[4], d), v));
        let dtypes = [DType::F32, DType::F64, DType::I32, DType::U8, DType::Bool, DType::C64];
        let fits = |c: Compare, d: DType| !d.is_complex() || matches!(c, Compare::Eq | Compare::Ne);
        let all = Compare::ALL.iter().flat_map(|c| dtypes.iter().map(move |d| (*c, *d)));
        all.filter(|(c, d)| fits(*c, *d)).map(|(c, d)| Sample::new(c, &pair(d))).collect()
    }
}
impl Compare {
    /// The comparison of two tracers, broadcast together.
    #[track_caller]
    pub fn of(self, a: Tracer, b: Tracer) -> Tracer {
        let (a, b) = broadcast_together(self.row().0, a, b);
        bind1(self, &[a, b])
    }
}

macro_rules! compare { ($($(#[$doc:meta])* $Name:ident $name:ident $direction:ident $method:ident $holds:expr;)*) => {
    /// An elementwise comparison. With NaN only `ne` holds.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Compare { $($(#[$doc])* $Name),* }
    impl Compare {
        /// All of them.
        pub const ALL: &[Compare] = &[$(Compare::$Name),*];
        /// Name, direction in StableHLO, method, and whether it holds for an order.
        fn row(self) -> (&'static str, &'static str, &'static str, fn(Option<std::cmp::Ordering>) -> bool) {
            match self { $(Compare::$Name => (stringify!($name), stringify!($direction), stringify!($method), $holds)),* }
        }
    }
    impl Tracer {
        $($(#[$doc])*
        ///
        /// Shapes broadcast together; the result is `bool`.
        #[track_caller] pub fn $method(self, other: impl Operand) -> Tracer { Compare::$Name.of(self, other.beside(self)) })*
    }
} }
compare! {
    /// Whether the elements are equal.
    Eq eq EQ equal |o| o.is_some_and(|o| o.is_eq());
    /// Whether the elements differ.
    Ne ne NE not_equal |o| o.is_none_or(|o| o.is_ne());
    /// Whether the first is less.
    Lt lt LT less |o| o.is_some_and(|o| o.is_lt());
    /// Whether the first is less or equal.
    Le le LE less_equal |o| o.is_some_and(|o| o.is_le());
    /// Whether the first is greater.
    Gt gt GT greater |o| o.is_some_and(|o| o.is_gt());
    /// Whether the first is greater or equal.
    Ge ge GE greater_equal |o| o.is_some_and(|o| o.is_ge());
}
