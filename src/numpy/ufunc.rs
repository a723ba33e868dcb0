//! [`Ufunc`]: what a function of two numbers does along axes: reduce, accumulate, outer products, updates at indices.

use super::{
    Take, add, bitwise_and, bitwise_or, bitwise_xor, cumprod, cumsum, expand_dims, logaddexp, logaddexp2, logical_and,
    logical_or, logical_xor, max, maximum, min, minimum, moveaxis, multiply, prod,
    promotion::{Arg, promote_dtypes},
    reductions::Over,
    subtract, sum, take,
};
use raxla_ir::{
    DType, Literal, ShapedArray, Tracer,
    aval::resolve_axis,
    indexing::{At, IndexList, IndexMode},
    primitives::{concatenate::concatenate, iota::iota},
    trace::{constant, fail, or_fail, trace},
};
use raxla_transforms::scan;

/// A function of two numbers, as NumPy's `ufunc`: [`ADD`], [`MULTIPLY`], … or made of a function by [`frompyfunc`].
///
/// Where NumPy has a function for it (`sum` is `ADD.reduce`) that is used; any other function goes from element to element in order, by
/// a `scan`.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| {
///     let newer = np::frompyfunc(&|x, y| x * 0.5 + y, None);
///     (newer.accumulate(x, 0, None), np::ADD.outer(x, x), np::SUBTRACT.at(x, vec![0, 0], 1.0))
/// });
/// let (smooth, sums, less) = f(Array::from(vec![4.0f32, 2.0]));
/// assert_eq!(smooth.to_vec::<f32>()?, [4.0, 4.0]);
/// assert_eq!(sums.to_vec::<f32>()?, [8.0, 6.0, 6.0, 4.0]);
/// assert_eq!(less.to_vec::<f32>()?, [2.0, 2.0]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Ufunc<'f> {
    name: &'static str,
    f: &'f dyn Fn(Tracer, Tracer) -> Tracer,
    identity: Option<f64>,
    reduce: Option<fn(Tracer, Over) -> Tracer>,
    accumulate: Option<fn(Tracer, isize, Option<DType>) -> Tracer>,
    at: Option<fn(At, Tracer) -> Tracer>,
}
/// The [`Ufunc`] of a function of two scalars, and the number that changes nothing, if there is one.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// assert_eq!(show(|| np::frompyfunc(&|x, y| x * 10.0 + y, None).reduce(constant(vec![1.0f32, 2.0, 3.0]), ())), "123.0");
/// ```
pub fn frompyfunc(f: &dyn Fn(Tracer, Tracer) -> Tracer, identity: Option<f64>) -> Ufunc<'_> {
    Ufunc { name: "frompyfunc", f, identity, reduce: None, accumulate: None, at: None }
}

macro_rules! ufuncs { ($($NAME:ident $name:ident $identity:expr, $($field:ident $value:expr),*;)*) => { $(
    #[doc = concat!("[`", stringify!($name), "()`] as a [`Ufunc`].")]
    pub const $NAME: Ufunc<'static> = Ufunc {
        $($field: Some($value),)*
        ..Ufunc { name: stringify!($name), f: &|x, y| $name(x, y), identity: $identity, reduce: None, accumulate: None, at: None }
    };
)* } }
ufuncs! {
    ADD add Some(0.0), reduce |x, over| sum(x, over), accumulate |x, axis, dtype| cumsum(x, axis, dtype), at |at, b| at.add(b);
    BITWISE_AND bitwise_and Some(-1.0),;
    BITWISE_OR bitwise_or Some(0.0),;
    BITWISE_XOR bitwise_xor Some(0.0),;
    LOGADDEXP logaddexp Some(f64::NEG_INFINITY),;
    LOGADDEXP2 logaddexp2 Some(f64::NEG_INFINITY),;
    LOGICAL_AND logical_and Some(1.0), reduce |x, over| super::all(x, over);
    LOGICAL_OR logical_or Some(0.0), reduce |x, over| super::any(x, over);
    LOGICAL_XOR logical_xor Some(0.0),;
    MAXIMUM maximum None, reduce |x, over| max(x, over), at |at, b| at.max(b);
    MINIMUM minimum None, reduce |x, over| min(x, over), at |at, b| at.min(b);
    MULTIPLY multiply Some(1.0), reduce |x, over| prod(x, over), accumulate |x, axis, dtype| cumprod(x, axis, dtype), at |at, b| at.multiply(b);
    SUBTRACT subtract None, at |at, b| at.subtract(b);
}

impl Ufunc<'_> {
    /// The function of two arrays, brought to one dtype and shape.
    #[track_caller]
    pub fn call(&self, x1: impl Into<Arg>, x2: impl Into<Arg>) -> Tracer {
        let [x, y] = super::promotion::promote(self.name, [x1.into(), x2.into()]);
        (self.f)(x, y)
    }
    /// The array in the dtype that values of the function have.
    #[track_caller]
    fn in_own_dtype(&self, x: Tracer, dtype: Option<DType>) -> Tracer {
        let scalar = x.aval().strong().with_shape(&[]);
        let own =
            || trace(&[scalar.clone(), scalar.clone()], |a| vec![(self.f)(a[0], a[1])]).program.out_avals()[0].dtype;
        x.astype(dtype.unwrap_or_else(own))
    }
    /// The function of all elements along axes, the first one with the second, the result with the third, and so on. With an `initial`
    /// value that comes first; masked elements are left out. Elements along several axes are in the order of the flattened array.
    ///
    /// # Panics
    /// If there are no elements and the function has no identity, or a mask and neither identity nor initial value.
    #[track_caller]
    pub fn reduce(&self, a: impl Into<Arg>, over: impl Into<Over>) -> Tracer {
        let (a, over) = (a.into().tracer(), over.into());
        if let Some(reduce) = self.reduce {
            return reduce(a, over);
        }
        let axes = over.resolve(self.name, a.rank());
        let signed: Vec<isize> = axes.iter().map(|a| *a as isize).collect();
        let front: Vec<isize> = (0..axes.len() as isize).collect();
        let shape = a.shape();
        let left: Vec<usize> = (0..shape.len()).filter(|i| !axes.contains(i)).map(|i| shape[i]).collect();
        let n: usize = axes.iter().map(|i| shape[*i]).product();
        let rows = |x: Tracer| moveaxis(x, &signed[..], &front[..]).reshape(&[&[n][..], &left].concat());
        let x = rows(self.in_own_dtype(a, over.dtype));
        let mask = over.mask.map(|mask| rows(mask.broadcast_to(&shape)));
        let given = over.initial.as_ref().map(|initial| initial.in_dtype(x.dtype(), false));
        let first =
            given.or_else(|| self.identity.map(|i| constant(Literal::full(ShapedArray::new(&[], x.dtype()), i))));
        let (first, skipped) = match first {
            Some(first) => (first.broadcast_to(&left), 0),
            None if n == 0 || mask.is_some() => {
                let what = if n == 0 { "no elements" } else { "masked elements" };
                fail(format!("{}: `reduce` of {what} needs an `initial` value", self.name))
            }
            None => (x.slice_axis(0, 0, 1).reshape(&left), 1),
        };
        let rest = |x: Tracer| x.slice_axis(0, skipped, n);
        let step = |sofar: Tracer, (row, mask): (Tracer, Option<Tracer>)| {
            let next = (self.f)(sofar, row).astype(sofar.dtype());
            (mask.map_or(next, |mask| mask.select(next, sofar)), None::<Tracer>)
        };
        let out = scan(step, first, (rest(x), mask.map(rest))).0;
        let kept = (0..shape.len()).map(|i| if axes.contains(&i) { 1 } else { shape[i] });
        if over.keepdims { out.reshape(&kept.collect::<Vec<_>>()) } else { out }
    }
    /// What [`Ufunc::reduce`] has after each element along an axis.
    #[track_caller]
    pub fn accumulate(&self, a: impl Into<Arg>, axis: isize, dtype: impl Into<Option<DType>>) -> Tracer {
        let (a, dtype) = (a.into().tracer(), dtype.into());
        let axis = or_fail(self.name, resolve_axis(axis, a.rank())) as isize;
        if let Some(accumulate) = self.accumulate {
            return accumulate(a, axis, dtype);
        }
        let x = moveaxis(self.in_own_dtype(a, dtype), axis, 0);
        let n = x.shape()[0];
        if n == 0 {
            return moveaxis(x, 0, axis);
        }
        let step = |sofar: Tracer, row: Tracer| {
            let next = (self.f)(sofar, row).astype(sofar.dtype());
            (next, next)
        };
        let (first, rest) = (x.slice_axis(0, 0, 1), x.slice_axis(0, 1, n));
        let others = scan(step, first.reshape(&x.shape()[1..]), rest).1;
        moveaxis(concatenate(&[first, others], 0), 0, axis)
    }
    /// The function of each element of `a` with each of `b`.
    #[track_caller]
    pub fn outer(&self, a: impl Into<Arg>, b: impl Into<Arg>) -> Tracer {
        let [a, b] = promote_dtypes(self.name, [a.into(), b.into()]);
        let new: Vec<isize> = (0..b.rank()).map(|i| (a.rank() + i) as isize).collect();
        let shape = [&a.shape()[..], &b.shape()].concat();
        (self.f)(expand_dims(a, &new[..]).broadcast_to(&shape), b.broadcast_to(&shape))
    }
    /// `a` with the function of itself and `b` at these indices; at an index that occurs several times, several times. Indices out of
    /// bounds do nothing.
    #[track_caller]
    pub fn at(&self, a: impl Into<Arg>, indices: impl IndexList, b: impl Into<Arg>) -> Tracer {
        let [a, b] = promote_dtypes(self.name, [a.into(), b.into()]);
        if let Some(at) = self.at {
            return at(a.at(indices), b);
        }
        let places = iota(DType::I32, &[a.size()], 0).reshape(&a.shape());
        let places = places.at(indices).mode(IndexMode::FillOrDrop).fill_value(i32::MAX).get();
        let values = b.broadcast_to(&places.shape()).ravel();
        let step = |x: Tracer, (place, value): (Tracer, Tracer)| {
            let next = (self.f)(x.at(place).get(), value).astype(x.dtype());
            (x.at(place).mode(IndexMode::FillOrDrop).set(next), None::<Tracer>)
        };
        scan(step, a.ravel(), (places.ravel(), values)).0.reshape(&a.shape())
    }
    /// [`Ufunc::reduce`] along an axis of the elements from each index to before the next one, from the last to the end; where the next
    /// index is not greater, the element at the index.
    #[track_caller]
    pub fn reduceat(
        &self,
        a: impl Into<Arg>,
        indices: impl Into<Arg>,
        axis: isize,
        dtype: impl Into<Option<DType>>,
    ) -> Tracer {
        let (a, indices) = (a.into().tracer(), indices.into().tracer());
        if indices.rank() != 1 || !indices.dtype().is_integer() {
            fail(format!("{}: the indices of `reduceat` are a vector of integers, got {}", self.name, indices.aval()));
        }
        let axis = or_fail(self.name, resolve_axis(axis, a.rank())) as isize;
        let x = moveaxis(self.in_own_dtype(a, dtype.into()), axis, 0);
        let (n, k) = (x.shape()[0], indices.size());
        let starts = indices.astype(DType::I32);
        let end = constant(Literal::from(vec![n as i32]));
        let ends = concatenate(&[starts.slice_axis(0, k.min(1), k), end], 0);
        let wide: Vec<usize> = [&[k][..], &x.shape()[1..]].concat();
        let aligned = |v: Tracer| v.broadcast(&wide, &[0]);
        let step = |sofar: Tracer, (place, row): (Tracer, Tracer)| {
            let inside = starts.less(place.broadcast_to(&[k])) & place.broadcast_to(&[k]).less(ends);
            let next = (self.f)(sofar, row.broadcast_to(&wide)).astype(sofar.dtype());
            (aligned(inside).select(next, sofar), None::<Tracer>)
        };
        let first = take(x, starts, 0, Take::default());
        moveaxis(scan(step, first, (iota(DType::I32, &[n], 0), x)).0, 0, axis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_reduced_is_an_error() {
        let x = ShapedArray::new(&[0], DType::F32);
        let wrong =
            raxla_ir::trace::catch(|| trace(&[x], |a| vec![SUBTRACT.reduce(a[0], ())])).map(|_| ()).unwrap_err();
        assert_eq!(wrong.message, "subtract: `reduce` of no elements needs an `initial` value");
    }
    fn halved(x: Tracer, y: Tracer) -> Tracer {
        x * 0.5 + y
    }
    crate::oracle::rows! { numpy_ufunc:
        "jnp.add.reduce(a, axis=1)", "f32(2, 3)" => fn(a) ADD.reduce(a, 1);
        "jnp.add.reduce(a, axis=0)", "i8(3, 2)" => fn(a) ADD.reduce(a, 0);
        "jnp.multiply.reduce(a, axis=None, keepdims=True)", "f32(2, 3)" => fn(a) MULTIPLY.reduce(a, Over::all().keepdims());
        "jnp.maximum.reduce(a, axis=-1)", "f32(2, 3)" => fn(a) MAXIMUM.reduce(a, -1);
        "jnp.minimum.reduce(a, axis=0)", "i32(4)" => fn(a) MINIMUM.reduce(a, 0);
        "jnp.subtract.reduce(a)", "f32(4, 2)" => fn(a) SUBTRACT.reduce(a, 0);
        "jnp.subtract.reduce(a, axis=1, keepdims=True)", "f32(4, 3)" => fn(a) SUBTRACT.reduce(a, Over::axis(1).keepdims());
        "jnp.subtract.reduce(a, axis=0, initial=2.5)", "f32(3)" => fn(a) SUBTRACT.reduce(a, Over::axis(0).initial(2.5));
        "jnp.logaddexp.reduce(a, axis=None)", "f32(2, 3)" => fn(a) LOGADDEXP.reduce(a, ());
        "jnp.logaddexp.reduce(a, axis=1, where=b, initial=0.5)", "f32(2, 3), bool(2, 3)" => fn(a, b) LOGADDEXP.reduce(a, Over::axis(1).where_(b).initial(0.5));
        "jnp.logaddexp2.reduce(a, axis=0)", "f32(3, 2)" => fn(a) LOGADDEXP2.reduce(a, 0);
        "jnp.bitwise_xor.reduce(a)", "i32(4)" => fn(a) BITWISE_XOR.reduce(a, 0);
        "jnp.bitwise_and.reduce(a)", "i32(4)" => fn(a) BITWISE_AND.reduce(a, 0);
        "jnp.bitwise_or.reduce(a)", "u8(0, 2)" => fn(a) BITWISE_OR.reduce(a, 0);
        "jnp.logical_xor.reduce(a)", "bool(5)" => fn(a) LOGICAL_XOR.reduce(a, 0);
        "jnp.logical_and.reduce(a, axis=1)", "bool(2, 2)" => fn(a) LOGICAL_AND.reduce(a, 1);
        "jnp.logical_or.reduce(a, axis=1)", "f32(2, 2)" => fn(a) LOGICAL_OR.reduce(a, 1);
        "jnp.add.accumulate(a, axis=1)", "f32(2, 3)" => fn(a) ADD.accumulate(a, 1, None);
        "jnp.multiply.accumulate(a)", "f32(3)" => fn(a) MULTIPLY.accumulate(a, 0, None);
        "jnp.subtract.accumulate(a, axis=1)", "f32(2, 3)" => fn(a) SUBTRACT.accumulate(a, 1, None);
        "jnp.maximum.accumulate(a, axis=0)", "f32(4, 2)" => fn(a) MAXIMUM.accumulate(a, 0, None);
        "jnp.add.outer(a, b)", "f32(2), f32(3, 2)" => fn(a, b) ADD.outer(a, b);
        "jnp.logaddexp.outer(a, b)", "f32(2, 1), f32(3)" => fn(a, b) LOGADDEXP.outer(a, b);
        "jnp.subtract.outer(a, b)", "f32(), i32(3)" => fn(a, b) SUBTRACT.outer(a, b);
        "jnp.add.at(a, jnp.array([0, 2, 0]), b, inplace=False)", "f32(3), f32(3)" => fn(a, b) ADD.at(a, vec![0, 2, 0], b);
        "jnp.subtract.at(a, jnp.array([0, 2, 0]), 1.5, inplace=False)", "f32(3, 2)" => fn(a) SUBTRACT.at(a, vec![0, 2, 0], 1.5);
        "jnp.multiply.at(a, jnp.array([1, 1]), b, inplace=False)", "f32(3), f32(2)", values => fn(a, b) MULTIPLY.at(a, vec![1, 1], b);
        "jnp.logaddexp.at(a, jnp.array([1, 0, 1]), b, inplace=False)", "f32(2, 2), f32(3, 2)" => fn(a, b) LOGADDEXP.at(a, vec![1, 0, 1], b);
        "jnp.add.reduceat(a, jnp.array([0, 2, 1, 3]))", "f32(5)" => fn(a) ADD.reduceat(a, Literal::from(vec![0, 2, 1, 3]), 0, None);
        "jnp.subtract.reduceat(a, jnp.array([1, 0]), axis=1)", "f32(2, 4)" => fn(a) SUBTRACT.reduceat(a, Literal::from(vec![1, 0]), 1, None);
        "jnp.frompyfunc(lambda x, y: x * 0.5 + y, 2, 1).reduce(a, axis=1)", "f32(2, 3)" => fn(a) frompyfunc(&halved, None).reduce(a, 1);
        "jnp.frompyfunc(lambda x, y: x * 0.5 + y, 2, 1, identity=1)(a, b)", "f32(2, 1), f32(3)" => fn(a, b) frompyfunc(&halved, Some(1.0)).call(a, b);
    }
}
