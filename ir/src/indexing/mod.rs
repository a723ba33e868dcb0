//! NumPy's indexing of tracers: `x.index((0, 1..))` reads elements, `x.at((0, 1..)).add(v)` gives an array with elements changed.
//!
//! | item | what it takes | as in NumPy |
//! |---|---|---|
//! | `3`, `-1` | one element of an axis, which disappears | `x[3]`, `x[-1]` |
//! | `1..-1`, `..`, `..=2` | a slice of an axis | `x[1:-1]`, `x[:]`, `x[:3]` |
//! | `(1..).step(2)`, `(..).step(-1)` | a slice with a step ([`Step`], [`Slice`]) | `x[1::2]`, `x[::-1]` |
//! | [`NewAxis`] | a new axis of size 1 | `x[None]` |
//! | [`Ellipsis`] | as many whole axes as are left | `x[...]` |
//! | a [`Tracer`] of integers | elements at places that the program computes | `x[i]` |
//! | `vec![2, 0]`, `[2, 0]`, a [`Literal`] of integers | elements at known places | `x[[2, 0]]` |
//! | `vec![true, false]`, a [`Literal`] of bools | where a known mask holds, of as many axes as it has | `x[mask]` |
//! | a [`Tracer`] of bools | where a computed mask holds; updates only | `x[mask] = 0` |
//!
//! A tuple has an item for each axis, from the first on; axes without one are whole. Arrays and integers broadcast together if there are
//! arrays; their axes stand where they stood, or in front if slices, new axes or an ellipsis stand between them.
//!
//! Each form becomes as few equations as can say it: basic indices that are known a slice, computed scalars a dynamic slice,
//! everything else one gather or scatter. All have derivatives and batches, for they are made of primitives.
//!
//! ```
//! use raxla_ir::{Literal, Tracer, eval::eval, indexing::{Ellipsis, NewAxis, Step}, trace::trace};
//! let show = |f: &dyn Fn(Tracer, Tracer) -> Tracer| {
//!     let (x, i) = (Literal::new(&[2, 3], &[0, 1, 2, 3, 4, 5]), Literal::from(vec![1, -1]));
//!     let program = trace(&[x.aval().clone(), i.aval().clone()], |a| vec![f(a[0], a[1])]).program;
//!     format!("{:?}", eval(&program, &[x, i]).unwrap()[0])
//! };
//! assert_eq!(show(&|x, _| x.index(-1)), "i32[3] [3, 4, 5]");
//! assert_eq!(show(&|x, _| x.index((.., 1))), "i32[2] [1, 4]");
//! assert_eq!(show(&|x, _| x.index((0, 1..))), "i32[2] [1, 2]");
//! assert_eq!(show(&|x, _| x.index((0, ..-1))), "i32[2] [0, 1]");
//! assert_eq!(show(&|x, _| x.index((1, (..).step(-2)))), "i32[2] [5, 3]");
//! assert_eq!(show(&|x, _| x.index((Ellipsis, 0, NewAxis))), "i32[2,1] [[0], [3]]");
//! assert_eq!(show(&|x, i| x.index((0, i))), "i32[2] [1, 2]");
//! assert_eq!(show(&|x, _| x.index((.., [2, 0, 0]))), "i32[2,3] [[2, 0, 0], [5, 3, 3]]");
//! assert_eq!(show(&|x, _| x.index((1, [true, false, true]))), "i32[2] [3, 5]");
//! assert_eq!(show(&|x, i| x.at((0, i)).add(10)), "i32[2,3] [[0, 11, 12], [3, 4, 5]]");
//! assert_eq!(show(&|x, _| x.at(x.greater(2)).set(0)), "i32[2,3] [[0, 1, 2], [0, 0, 0]]");
//! ```

mod item;
mod plan;
mod read;
mod update;
mod vectors;

pub use item::{Ellipsis, Index, IndexList, NewAxis, Slice, Step};

use crate::{
    dtype::Kind,
    literal::{Literal, int_range},
    operand::Operand,
    primitives::{Binary, Select, gather::GatherMode, scatter::ScatterKind},
    trace::{Tracer, bind1, fail, or_fail},
};
use plan::Plan;

/// What happens at indices out of bounds. `"clip"`, `"fill"`, `"drop"`, `"promise_in_bounds"` and `"wrap"` parse as modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IndexMode {
    /// They are moved inside.
    Clip,
    /// Reading gives a fill value, and updates are dropped.
    FillOrDrop,
    /// There are none. If there are, reading moves them inside, and updates may do so or be dropped.
    PromiseInBounds,
    /// They are taken modulo the size of the axis.
    Wrap,
}
impl From<GatherMode> for IndexMode {
    fn from(mode: GatherMode) -> IndexMode {
        match mode {
            GatherMode::Clip => IndexMode::Clip,
            GatherMode::FillOrDrop => IndexMode::FillOrDrop,
            GatherMode::PromiseInBounds => IndexMode::PromiseInBounds,
        }
    }
}
impl std::str::FromStr for IndexMode {
    type Err = String;
    fn from_str(name: &str) -> Result<IndexMode, String> {
        match name {
            "clip" => Ok(IndexMode::Clip),
            "fill" | "drop" => Ok(IndexMode::FillOrDrop),
            "promise_in_bounds" => Ok(IndexMode::PromiseInBounds),
            "wrap" => Ok(IndexMode::Wrap),
            other => Err(format!("unknown mode `{other}`; the modes are clip, fill, drop, promise_in_bounds and wrap")),
        }
    }
}

/// Elements of an array, to be read or changed: what [`Tracer::at`] gives. JAX's `x.at[index]`.
///
/// No method changes the array; those that update return another one. Values are tracers of the array's dtype, literals or Rust numbers, and
/// broadcast to the elements. Where an index names an element several times, all updates are applied, in no particular order; of several
/// that set it any one stays.
#[derive(Clone, Debug)]
#[must_use = "it does nothing without `get`, `set`, …"]
pub struct At {
    array: Tracer,
    items: Vec<Index>,
    mode: Option<IndexMode>,
    fill: Option<Literal>,
    from_end: bool,
    sorted: bool,
    unique: bool,
}
impl Tracer {
    /// The elements of an index, of the kinds in [`crate::indexing`]: `x.at(index).get()`.
    ///
    /// # Panics
    /// Inside the trace, if the index does not fit the array: too many items, known integers out of bounds, indices that do not broadcast
    /// together, masks of another shape or computed ones.
    #[track_caller]
    pub fn index(self, index: impl IndexList) -> Tracer {
        self.at(index).get()
    }
    /// The elements of an index, of the kinds in [`crate::indexing`], to be read or changed.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let x = Literal::from(vec![1.0f32, 2.0, 3.0]);
    /// let program = trace(&[x.aval().clone()], |a| vec![a[0].at(0).set(7.0), a[0].at(1..).multiply(10.0)]).program;
    /// let outs = eval(&program, &[x]).unwrap();
    /// assert_eq!(outs, [vec![7.0f32, 2.0, 3.0].into(), Literal::from(vec![1.0f32, 20.0, 30.0])]);
    /// ```
    #[track_caller]
    pub fn at(self, index: impl IndexList) -> At {
        let items = index.items();
        At { array: self, items, mode: None, fill: None, from_end: true, sorted: false, unique: false }
    }
}
impl At {
    /// What happens at indices out of bounds. Without a mode, known integers out of bounds are errors; of others reading moves them inside,
    /// and updates drop them.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, indexing::IndexMode, trace::trace};
    /// let (x, i) = (Literal::from(vec![1.0f32, 2.0, 3.0]), Literal::scalar(4));
    /// let program = trace(&[x.aval().clone(), i.aval().clone()], |a| {
    ///     let at = a[0].at(a[1]);
    ///     let read = |mode| at.clone().mode(mode).get();
    ///     vec![at.clone().get(), read(IndexMode::Clip), read(IndexMode::Wrap), read(IndexMode::FillOrDrop)]
    /// });
    /// let outs = eval(&program.program, &[x, i]).unwrap();
    /// assert_eq!(outs.iter().map(|o| o.floats()[0]).collect::<Vec<_>>()[..3], [3.0, 3.0, 2.0]);
    /// assert!(outs[3].floats()[0].is_nan());
    /// ```
    pub fn mode(mut self, mode: impl Into<IndexMode>) -> At {
        self.mode = Some(mode.into());
        self
    }
    /// What [`At::get`] gives for indices out of bounds with [`IndexMode::FillOrDrop`]: a scalar that takes the array's dtype. By default
    /// NaN, of signed integers the least, of unsigned ones the greatest, `true`.
    #[track_caller]
    pub fn fill_value(mut self, value: impl Into<Literal>) -> At {
        let (value, aval) = (value.into(), self.array.aval().strong().with_shape(&[]));
        if !value.shape().is_empty() {
            fail(format!("at: the fill value must be a scalar, got {}", value.aval()));
        }
        let (low, high) = int_range(aval.dtype);
        let takes = match (value.dtype().kind(), aval.dtype.kind()) {
            (_, Kind::Complex) | (Kind::Bool, Kind::Bool) => true,
            (Kind::Complex, _) => false,
            (_, Kind::Float) => true,
            (Kind::Float, _) | (_, Kind::Bool) => false,
            (_, Kind::Signed | Kind::Unsigned) => (low..=high).contains(&value.ints()[0]),
        };
        if !takes {
            fail(format!("at: the fill value {value:?} cannot take the dtype {}", aval.dtype));
        }
        self.fill = Some(match value.dtype().kind() {
            Kind::Complex => Literal::from_complexes(aval, value.complexes()),
            Kind::Float => Literal::from_floats(aval, value.floats()),
            _ => Literal::from_ints(aval, value.ints()),
        });
        self
    }
    /// A promise that the index vectors ascend. If they do not, the result means nothing.
    pub fn indices_are_sorted(mut self, sorted: bool) -> At {
        self.sorted = sorted;
        self
    }
    /// A promise that no element is named twice. If one is, the result means nothing.
    ///
    /// Derivatives of [`At::set`] become cheaper, and those of products in the values possible.
    pub fn unique_indices(mut self, unique: bool) -> At {
        self.unique = unique;
        self
    }
    /// Whether negative integers count from the end, as they do by default; otherwise they are out of bounds.
    pub fn wrap_negative_indices(mut self, from_end: bool) -> At {
        self.from_end = from_end;
        self
    }

    #[track_caller]
    fn plan(&self, default: GatherMode) -> Plan {
        or_fail("at", Plan::new(self.array.aval(), &self.items, self.mode, default, self.from_end))
    }
    fn promises(&self) -> (bool, bool) {
        (self.sorted, self.unique)
    }
    #[track_caller]
    fn value(&self, value: impl Operand) -> Tracer {
        let (value, array) = (value.beside(self.array), self.array.aval());
        if value.dtype() != array.dtype {
            fail(format!(
                "at: the value must have the dtype of {array}, got {}; convert one of them with `.astype(…)`",
                value.aval()
            ));
        }
        value
    }
    #[track_caller]
    fn update(self, kind: ScatterKind, value: impl Operand) -> Tracer {
        let (x, value) = (self.array, self.value(value));
        if let Some((mask, Some(value))) = update::masked(x, &self.items, Some(value)) {
            return bind1(Select, &[mask, update::combine(update::binary(kind), x, value), x]);
        }
        update::update(x, &self.plan(GatherMode::FillOrDrop), kind, value, self.promises())
    }
    #[track_caller]
    fn update_by_product(self, op: Binary, value: impl Operand) -> Tracer {
        let (x, value) = (self.array, self.value(value));
        if let Some((mask, Some(value))) = update::masked(x, &self.items, Some(value)) {
            return bind1(Select, &[mask, bind1(op, &[x, value]), x]);
        }
        update::update_by_product(x, &self.plan(GatherMode::FillOrDrop), op, value, self.promises())
    }

    /// The elements: `x[index]`.
    ///
    /// Without a mode, computed indices out of bounds are moved inside, as in JAX.
    #[track_caller]
    pub fn get(self) -> Tracer {
        let plan = self.plan(GatherMode::PromiseInBounds);
        let promises = self.promises();
        read::read(self.array, &plan, self.fill, promises)
    }
    /// The array with the elements replaced: `x[index] = value`.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let (x, i) = (Literal::new(&[2, 2], &[1, 2, 3, 4]), Literal::from(vec![1, 1]));
    /// let program = trace(&[x.aval().clone(), i.aval().clone()], |a| vec![a[0].at((.., 0)).set(a[1])]).program;
    /// assert_eq!(eval(&program, &[x, i]).unwrap(), [Literal::new(&[2, 2], &[1, 2, 1, 4])]);
    /// ```
    #[track_caller]
    pub fn set(self, value: impl Operand) -> Tracer {
        self.update(ScatterKind::Set, value)
    }
    /// The array with the value added to the elements, as often as they are named.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let x = Literal::from(vec![1.0f32, 2.0, 3.0]);
    /// let program = trace(&[x.aval().clone()], |a| vec![a[0].at([0, 2, 2]).add(1.0)]).program;
    /// assert_eq!(eval(&program, &[x]).unwrap(), [Literal::from(vec![2.0f32, 2.0, 5.0])]);
    /// ```
    #[track_caller]
    #[allow(clippy::should_implement_trait)] // it adds at the elements; the result is an array
    pub fn add(self, value: impl Operand) -> Tracer {
        self.update(ScatterKind::Add, value)
    }
    /// The array with the value subtracted from the elements.
    #[track_caller]
    pub fn subtract(self, value: impl Operand) -> Tracer {
        self.update(ScatterKind::Sub, value)
    }
    /// The array with the elements multiplied by the value.
    ///
    /// Has no derivative in values at computed or repeated indices, unless they promise [`At::unique_indices`].
    #[track_caller]
    pub fn multiply(self, value: impl Operand) -> Tracer {
        self.update(ScatterKind::Mul, value)
    }
    /// [`At::multiply`].
    #[track_caller]
    #[allow(clippy::should_implement_trait)] // JAX's other name for it
    pub fn mul(self, value: impl Operand) -> Tracer {
        self.multiply(value)
    }
    /// The array with the elements divided by the value. Floats and complex numbers.
    #[track_caller]
    pub fn divide(self, value: impl Operand) -> Tracer {
        if !self.array.dtype().is_inexact() {
            fail(format!("at: divide takes floats or complex numbers, got {}", self.array.aval()));
        }
        self.update_by_product(Binary::Div, value)
    }
    /// The array with the elements to the power of the value.
    #[track_caller]
    pub fn power(self, value: impl Operand) -> Tracer {
        self.update_by_product(Binary::Pow, value)
    }
    /// The array with the lesser of the elements and the value.
    #[track_caller]
    pub fn min(self, value: impl Operand) -> Tracer {
        self.update(ScatterKind::Min, value)
    }
    /// The array with the greater of the elements and the value.
    #[track_caller]
    pub fn max(self, value: impl Operand) -> Tracer {
        self.update(ScatterKind::Max, value)
    }
    /// The array with `function`, an elementwise one that keeps the dtype, of the elements, as often as they are named.
    ///
    /// It may be given the elements in another shape than the index says, or the whole array.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let x = Literal::from(vec![1.0f32, 2.0, 3.0]);
    /// let program = trace(&[x.aval().clone()], |a| vec![a[0].at([0, 2, 2]).apply(|x| x * 10.0)]).program;
    /// assert_eq!(eval(&program, &[x]).unwrap(), [Literal::from(vec![10.0f32, 2.0, 300.0])]);
    /// ```
    #[track_caller]
    pub fn apply(self, function: impl Fn(Tracer) -> Tracer) -> Tracer {
        let x = self.array;
        if let Some((mask, _)) = update::masked(x, &self.items, None) {
            return bind1(Select, &[mask, update::applied(&function, x), x]);
        }
        update::apply(x, &self.plan(GatherMode::FillOrDrop), &function, self.promises())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{aval::ShapedArray, dtype::DType, primitives::Op, trace::trace};

    /// How many equations an indexing of `f32[6,8]` is, given `i32[]`, `i32[3]` and `i32[3,1]`. Constants that are repeated do not count: JAX's
    /// equations have them as literals, and its StableHLO as the same `broadcast_in_dim`.
    fn equations(f: &dyn Fn([Tracer; 4]) -> Tracer) -> usize {
        let avals = [(&[6, 8][..], DType::F32), (&[], DType::I32), (&[3], DType::I32), (&[3, 1], DType::I32)];
        let avals = avals.map(|(shape, dtype)| ShapedArray::new(shape, dtype));
        let program = trace(&avals, |a| vec![f([a[0], a[1], a[2], a[3]])]).program;
        let constant = |eqn: &crate::Eqn| {
            matches!(eqn.op, Op::Broadcast(_)) && program.consts.iter().any(|(v, _)| *v == eqn.ins[0])
        };
        program.eqns.iter().filter(|e| !constant(e)).count()
    }
    /// The numbers beside them are those of `jax.make_jaxpr` of JAX 0.10.2, with repeated constants left out there too.
    /// Quotients and functions of a box are an equation more than JAX's: they read it, change it and write it, and touch nothing else.
    #[test]
    #[allow(unused_variables)] // no row needs all four
    fn indexings_are_as_few_equations_as_in_jax_or_fewer() {
        let table: &[(&str, usize, usize, &dyn Fn([Tracer; 4]) -> Tracer)] = &[
            ("x[2]", 2, 2, &|[x, i, k, g]| x.index(2)),
            ("x[1:4]", 1, 1, &|[x, i, k, g]| x.index(1..4)),
            ("x[::-2, 1]", 3, 3, &|[x, i, k, g]| x.index(((..).step(-2), 1))),
            ("x[None, :, 2:, None]", 2, 2, &|[x, i, k, g]| x.index((NewAxis, .., 2.., NewAxis))),
            ("x[..., -1]", 2, 2, &|[x, i, k, g]| x.index((Ellipsis, -1))),
            ("x[i]", 5, 8, &|[x, i, k, g]| x.index(i)),
            ("x[:, i]", 5, 8, &|[x, i, k, g]| x.index((.., i))),
            ("x[i, 1:3]", 5, 8, &|[x, i, k, g]| x.index((i, 1..3))),
            ("x[i, ::2]", 6, 10, &|[x, i, k, g]| x.index((i, (..).step(2)))),
            ("x[i, i]", 8, 8, &|[x, i, k, g]| x.index((i, i))),
            ("x[k]", 5, 5, &|[x, i, k, g]| x.index(k)),
            ("x[:, k]", 5, 5, &|[x, i, k, g]| x.index((.., k))),
            ("x[k, k]", 7, 10, &|[x, i, k, g]| x.index((k, k))),
            ("x[g, k]", 7, 12, &|[x, i, k, g]| x.index((g, k))),
            ("x[k, 2]", 6, 8, &|[x, i, k, g]| x.index((k, 2))),
            ("x[i, k]", 7, 11, &|[x, i, k, g]| x.index((i, k))),
            ("x[k, 1:3]", 6, 6, &|[x, i, k, g]| x.index((k, 1..3))),
            ("x[::2, k]", 6, 10, &|[x, i, k, g]| x.index(((..).step(2), k))),
            ("x[[0, 2, 3]]", 1, 4, &|[x, i, k, g]| x.index([0, 2, 3])),
            ("x[mask]", 1, 4, &|[x, i, k, g]| x.index([true, false, true, true, false, false])),
            ("x.at[k].get(fill)", 5, 5, &|[x, i, k, g]| x.at(k).mode(IndexMode::FillOrDrop).get()),
            ("x.at[i].get(fill)", 5, 5, &|[x, i, k, g]| x.at(i).mode(IndexMode::FillOrDrop).get()),
            ("x.at[2].set(1)", 1, 1, &|[x, i, k, g]| x.at(2).set(1.0)),
            ("x.at[1:4, 2:].set(1)", 1, 2, &|[x, i, k, g]| x.at((1..4, 2..)).set(1.0)),
            ("x.at[::2].set(1)", 3, 5, &|[x, i, k, g]| x.at((..).step(2)).set(1.0)),
            ("x.at[::-2].set(x[:3])", 5, 8, &|[x, i, k, g]| x.at((..).step(-2)).set(x.index(..3))),
            ("x.at[::2].add(1)", 2, 5, &|[x, i, k, g]| x.at((..).step(2)).add(1.0)),
            ("x.at[1:4].add(1)", 1, 1, &|[x, i, k, g]| x.at(1..4).add(1.0)),
            ("x.at[...].multiply(2)", 1, 1, &|[x, i, k, g]| x.at(Ellipsis).multiply(2.0)),
            ("x.at[i].set(1)", 5, 5, &|[x, i, k, g]| x.at(i).set(1.0)),
            ("x.at[i].set(1, clip)", 4, 5, &|[x, i, k, g]| x.at(i).mode(IndexMode::Clip).set(1.0)),
            ("x.at[:, i].add(1)", 5, 5, &|[x, i, k, g]| x.at((.., i)).add(1.0)),
            ("x.at[k].add(1)", 5, 5, &|[x, i, k, g]| x.at(k).add(1.0)),
            ("x.at[k, k].max(1)", 7, 10, &|[x, i, k, g]| x.at((k, k)).max(1.0)),
            ("x.at[i, ::2].set(1)", 7, 10, &|[x, i, k, g]| x.at((i, (..).step(2))).set(1.0)),
            ("x.at[k].power(2)", 6, 6, &|[x, i, k, g]| x.at(k).power(2.0)),
        ];
        let count = |(name, _, jax, f): &(&'static str, usize, usize, &dyn Fn([Tracer; 4]) -> Tracer)| {
            let own = equations(*f);
            assert!(own <= *jax, "{name}: {own} equations, JAX has {jax}");
            (*name, own)
        };
        let want: Vec<(&str, usize)> = table.iter().map(|row| (row.0, row.1)).collect();
        assert_eq!(table.iter().map(count).collect::<Vec<_>>(), want);
    }
}
