//! Functions of vectors or scalars as functions of arrays: along an axis, over axes, by a signature, or piece by piece.

use super::{moveaxis, promotion::Arg};
use raxla_ir::{
    Tracer,
    aval::{Shape, resolve_axis},
    operand::broadcast_shapes,
    program::Source,
    trace::{fail, fail_at, or_fail},
};
use raxla_transforms::{Vmap, vmap};
use std::{collections::HashMap, panic::Location};

/// What a function gives of each vector along an axis; the axes of its result stand in the place of that axis.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|x: Tracer| np::apply_along_axis(|v: Tracer| np::flip(v, 0) * v.sum(), 0, x));
/// let y = f(Array::new(&[2, 2], &[1i32, 2, 3, 4]));
/// assert_eq!(y.to_vec::<i32>()?, [12, 24, 4, 12]);
/// # Ok::<(), raxla::Error>(())
/// ```
#[track_caller]
pub fn apply_along_axis(f: impl Fn(Tracer) -> Tracer, axis: isize, x: impl Into<Arg>) -> Tracer {
    along_axis(&f, axis, x.into().tracer())
}
#[track_caller]
fn along_axis(f: &dyn Fn(Tracer) -> Tracer, axis: isize, x: Tracer) -> Tracer {
    let (rank, axis) = (x.rank(), or_fail("apply_along_axis", resolve_axis(axis, x.rank())));
    if rank == 1 {
        return f(x);
    }
    let mut shape = x.shape();
    let n = shape.remove(axis);
    let vectors = x.moveaxis(axis as isize, -1).reshape(&[shape.iter().product(), n]);
    let out = vmap(|v: Tracer| f(v), 0)(vectors);
    let inner = out.shape()[1..].to_vec();
    let out = out.reshape(&[&shape[..], &inner].concat());
    // From behind all other axes to where the axis was.
    let source: Vec<isize> = (0..inner.len()).map(|i| (rank - 1 + i) as isize).collect();
    let destination: Vec<isize> = (0..inner.len()).map(|i| (axis + i) as isize).collect();
    moveaxis(out, source, destination)
}
/// The array after a function of an array and an axis, like [`super::sum`], for each axis in turn; axes that it takes away stay with size 1.
///
/// ```
/// # use raxla::{Literal, constant, numpy as np, show};
/// let got = show(|| np::apply_over_axes(|x, axis| np::sum(x, np::Over::axis(axis).keepdims()), constant(Literal::new(&[2, 2], &[1.0f32, 2.0, 3.0, 4.0])), &[0, 1]));
/// assert_eq!(got, "[[10.0]]");
/// ```
#[track_caller]
pub fn apply_over_axes(f: impl Fn(Tracer, isize) -> Tracer, x: impl Into<Arg>, axes: &[isize]) -> Tracer {
    let x = x.into().tracer();
    let axes =
        or_fail("apply_over_axes", axes.iter().map(|a| resolve_axis(*a, x.rank())).collect::<Result<Vec<_>, _>>());
    let mut x = x;
    for axis in axes {
        let out = f(x, axis as isize);
        x = match x.rank() as isize - out.rank() as isize {
            0 => out,
            1 => out.expand_dims(axis as isize),
            _ => fail(format!("apply_over_axes: the function made {} of {}", out.aval(), x.aval())),
        };
    }
    x
}
/// What functions of each element give, each where its condition holds: where several hold, the last. Zeros where none does, unless
/// there is one more function. All get the whole array.
///
/// The result has the dtype of `x`.
///
/// ```
/// # use raxla::{constant, numpy as np, show};
/// let got = show(|| np::piecewise(constant(vec![-1.0f32, 2.0]), &[constant(vec![true, false])], &[&|x| -x, &|x| x * 10.0]));
/// assert_eq!(got, "[1.0, 20.0]");
/// ```
#[track_caller]
pub fn piecewise(x: impl Into<Arg>, conditions: &[Tracer], functions: &[&dyn Fn(Tracer) -> Tracer]) -> Tracer {
    let x = x.into().tracer();
    if functions.len() != conditions.len() && functions.len() != conditions.len() + 1 {
        let (n, m) = (conditions.len(), functions.len());
        fail(format!("piecewise: of {n} conditions takes {n} or {} functions, got {m}", n + 1));
    }
    let strong = |y: Tracer| y.with_dtype(x.dtype(), false).broadcast_to(&x.shape());
    let value = |f: &dyn Fn(Tracer) -> Tracer| strong(f(x));
    let otherwise = functions.get(conditions.len()).map_or_else(|| strong(x.full_like(0.0)), |f| value(*f));
    conditions.iter().zip(functions).fold(otherwise, |out, (condition, f)| {
        condition.astype(raxla_ir::DType::Bool).broadcast_to(&x.shape()).select(value(*f), out)
    })
}

/// The names of the last axes of each argument or result.
type CoreAxes = Vec<Vec<String>>;
/// The function of arrays that applies a function of scalars, or of what a signature says, to all of them, their shapes broadcast.
///
/// The signature `(n,m),(m)->(n)` says of which last axes each argument and each result is; the function gets arrays of those alone, and
/// axes of one name must have one size. Without one it gets scalars. What is not to be mapped over the function may capture.
///
/// ```
/// use raxla::{numpy as np, prelude::*};
/// let f = jit(|a: Tracer, x: Tracer| {
///     let times = np::vectorize(|v: &[Tracer]| vec![v[0].dot(v[1])], Some("(n,m),(m)->(n)"));
///     times(&[a, x])[0]
/// });
/// let y = f(Array::new(&[1, 2], &[1.0f32, 2.0]), Array::new(&[3, 2], &[1.0f32, 0.0, 0.0, 1.0, 1.0, 1.0]));
/// assert_eq!((y.shape(), y.to_vec::<f32>()?), (&[3, 1][..], vec![1.0, 2.0, 3.0]));
/// # Ok::<(), raxla::Error>(())
/// ```
///
/// # Panics
/// If the signature is none, or arrays do not fit it.
#[track_caller]
pub fn vectorize<'f>(
    f: impl Fn(&[Tracer]) -> Vec<Tracer> + 'f,
    signature: Option<&str>,
) -> impl Fn(&[Tracer]) -> Vec<Tracer> + 'f {
    let signature = signature.map(|s| (s.to_string(), or_fail("vectorize", parse(s))));
    // A closure does not know its caller; errors stand where the function was made.
    let at = Location::caller().into();
    move |args: &[Tracer]| vectorized(&f, signature.as_ref(), args, at)
}
fn parse(signature: &str) -> Result<(CoreAxes, CoreAxes), String> {
    let wrong = || format!("`{signature}` is no signature like `(n,m),(m)->(n)`");
    let side = |text: &str| -> Result<CoreAxes, String> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).ok_or_else(wrong)?;
        inner.split("),(").map(|axes| names(axes).ok_or_else(wrong)).collect()
    };
    let (ins, outs) = signature.split_once("->").ok_or_else(wrong)?;
    Ok((side(ins)?, side(outs)?))
}
fn names(axes: &str) -> Option<Vec<String>> {
    let word = |w: &str| {
        w.starts_with(|c: char| c.is_alphabetic() || c == '_') && w.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let all = axes.split(',').filter(|_| !axes.is_empty());
    all.map(|w| word(w).then(|| w.to_string())).collect()
}
fn vectorized(
    f: &dyn Fn(&[Tracer]) -> Vec<Tracer>,
    signature: Option<&(String, (CoreAxes, CoreAxes))>,
    args: &[Tracer],
    at: Source,
) -> Vec<Tracer> {
    let wrong = |message: String| -> ! { fail_at(format!("vectorize: {message}"), at) };
    let scalars = vec![vec![]; args.len()];
    let (text, ins, outs) = match signature {
        Some((text, (ins, outs))) => (&text[..], ins, Some(outs)),
        None => ("()", &scalars, None),
    };
    if ins.len() != args.len() {
        wrong(format!("the signature {text} takes {} arrays, got {}", ins.len(), args.len()));
    }
    let mut sizes = HashMap::new();
    let (mut loops, mut all) = (vec![], Shape::new());
    for (x, core) in args.iter().zip(ins) {
        let shape = x.shape();
        let Some(outer) = shape.len().checked_sub(core.len()) else {
            wrong(format!("{} lacks axes of the signature {text}", x.aval()))
        };
        check_core(&mut sizes, core, &shape[outer..], text).unwrap_or_else(|e| wrong(e));
        all = match broadcast_shapes(&all, &shape[..outer]) {
            Ok(shape) => shape,
            Err(e) => wrong(format!("{e}, the last axes of the signature {text} left out")),
        };
        loops.push(shape[..outer].to_vec());
    }
    // Arrays lack the axes that do not vary; each of the others, from the first on, is one level of mapping.
    let varies: Vec<Vec<bool>> = (0..all.len())
        .map(|level| {
            loops.iter().map(|l| (level + l.len()).checked_sub(all.len()).is_some_and(|i| l[i] != 1)).collect()
        })
        .collect();
    let squeezed: Vec<Tracer> = args
        .iter()
        .zip(&loops)
        .map(|(x, outer)| {
            let shape = x.shape();
            let kept = outer.iter().filter(|n| **n != 1).chain(&shape[outer.len()..]);
            x.reshape(&kept.copied().collect::<Shape>())
        })
        .collect();
    let levels: Vec<&Vec<bool>> = varies.iter().filter(|v| v.iter().any(|x| *x)).collect();
    let results = mapped(f, &levels, &squeezed);
    if let Some(outs) = outs {
        if results.len() != outs.len() {
            fail(format!(
                "vectorize: the signature {text} gives {} arrays, the function {}",
                outs.len(),
                results.len()
            ));
        }
        for (result, core) in results.iter().zip(outs) {
            let inner = result.shape()[levels.len()..].to_vec();
            if inner.len() != core.len() {
                wrong(format!("of the signature {text}, the function gave an array of rank {}", inner.len()));
            }
            check_core(&mut sizes, core, &inner, text).unwrap_or_else(|e| wrong(e));
        }
    }
    let of = |result: Tracer| result.reshape(&[&all[..], &result.shape()[levels.len()..]].concat());
    results.into_iter().map(of).collect()
}
/// Checks that axes of one name have one size.
fn check_core(
    sizes: &mut HashMap<String, usize>,
    names: &[String],
    shape: &[usize],
    signature: &str,
) -> Result<(), String> {
    for (name, size) in names.iter().zip(shape) {
        let known = *sizes.entry(name.clone()).or_insert(*size);
        if known != *size {
            return Err(format!("axis {name} of the signature {signature} has size {known} and {size}"));
        }
    }
    Ok(())
}
fn mapped(f: &dyn Fn(&[Tracer]) -> Vec<Tracer>, levels: &[&Vec<bool>], args: &[Tracer]) -> Vec<Tracer> {
    let Some((level, rest)) = levels.split_first() else { return f(args) };
    // What does not vary here is captured; the inner function sees all in their places.
    let varying: Vec<Tracer> = args.iter().zip(*level).filter(|p| *p.1).map(|p| *p.0).collect();
    let inner = |some: Vec<Tracer>| {
        let mut some = some.into_iter();
        let all: Vec<Tracer> =
            args.iter().zip(*level).map(|(x, v)| if *v { some.next().unwrap_or(*x) } else { *x }).collect();
        mapped(f, rest, &all)
    };
    Vmap::over(0).of(inner)(varying)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numpy as np;

    crate::oracle::rows! { numpy_mapping:
        "jnp.apply_along_axis(lambda v: v[::-1] * v.sum(), 1, a)", "f32(2, 3, 2)" => fn(a) apply_along_axis(|v| np::flip(v, 0) * v.sum(), 1, a);
        "jnp.apply_along_axis(jnp.sum, 0, a)", "f32(2, 3)" => fn(a) apply_along_axis(|v| v.sum(), 0, a);
        "jnp.apply_along_axis(jnp.sum, 0, a)", "f32(3, 0)" => fn(a) apply_along_axis(|v| v.sum(), 0, a);
        "jnp.apply_along_axis(jnp.diag, -2, a)", "f32(2, 2, 3)" => fn(a) apply_along_axis(|v| np::diag(v, 0), -2, a);
        "jnp.apply_along_axis(jnp.cumsum, 0, a)", "i32(4)" => fn(a) apply_along_axis(|v| v.cumsum(0), 0, a);
        "jnp.apply_over_axes(jnp.sum, a, [0, -1])", "f32(2, 3, 4)" => fn(a) apply_over_axes(|x, axis| np::sum(x, axis), a, &[0, -1]);
        "jnp.apply_over_axes(jnp.cumsum, a, [1])", "i32(2, 3)" => fn(a) apply_over_axes(|x, axis| x.cumsum(axis), a, &[1]);
        "jnp.piecewise(a, [a < 0, a > 1], [lambda x: -x, lambda x: x ** 2])", "f32(6)" => fn(a) piecewise(a, &[a.less(0.0), a.greater(1.0)], &[&|x| -x, &|x| x * x]);
        "jnp.piecewise(a, [a < 0, a < 1], [1, 2, lambda x: x + 3])", "f32(2, 3)" => fn(a) piecewise(a, &[a.less(0.0), a.less(1.0)], &[&|x| x.full_like(1.0), &|x| x.full_like(2.0), &|x| x + 3.0]);
        "jnp.piecewise(a, [a < 0], [2.5, lambda x: x])", "i32(5)" => fn(a) piecewise(a, &[a.less(0)], &[&|x| x.full_like(2.5), &|x| x]);
        "jnp.vectorize(lambda x, y: x * y + 1)(a, b)", "f32(3, 1), f32(2)" => fn(a, b) vectorize(|v| vec![v[0] * v[1] + 1.0], None)(&[a, b]);
        "jnp.vectorize(lambda x, y: x @ y, signature='(n,m),(m)->(n)')(a, b)", "f32(2, 1, 2, 3), f32(4, 3)" => fn(a, b) vectorize(|v| vec![v[0].dot(v[1])], Some("(n,m),(m)->(n)"))(&[a, b]);
        "jnp.vectorize(lambda x: (x.sum(), x[:2]), signature='(n)->(),(k)')(a)", "f32(3, 4)" => fn(a) vectorize(|v| vec![v[0].sum(), v[0].slice_axis(0, 0, 2)], Some("(n) -> (), (k)"))(&[a]);
        "jnp.vectorize(lambda x, y: x - y, signature='(n),()->(n)')(a, b)", "f32(1, 3), f32(1, 1)" => fn(a, b) vectorize(|v| vec![v[0] - v[1]], Some("(n),()->(n)"))(&[a, b]);
        "jnp.vectorize(lambda x, y: x + y)(a, b)", "f32(), f32()" => fn(a, b) vectorize(|v| vec![v[0] + v[1]], None)(&[a, b]);
    }
    #[test]
    fn signatures_parse() {
        let axes =
            |lists: &[&[&str]]| lists.iter().map(|l| l.iter().map(|s| s.to_string()).collect()).collect::<CoreAxes>();
        assert_eq!(parse("(n,m),(m)->(n)"), Ok((axes(&[&["n", "m"], &["m"]]), axes(&[&["n"]]))));
        assert_eq!(parse("(),()->()"), Ok((axes(&[&[], &[]]), axes(&[&[]]))));
        for wrong in ["", "(n)", "n->n", "(n->()", "(2)->()", "(n,)->()"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
