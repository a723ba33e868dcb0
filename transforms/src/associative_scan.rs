//! [`associative_scan`]: all prefixes of pytrees of arrays, combined by an associative function.

use raxla_ir::{
    Tracer,
    aval::resolve_axis,
    function::Function,
    primitives::associative_scan::associative_scan as scan_leaves,
    program::Source,
    pytree::{Pytree, flatten, paths, unflatten},
    trace::{check_alive, fail_at, with_source},
};
use std::panic::Location;

/// All prefixes (`reverse`: suffixes) of `elems` along an axis, combined by an associative function, as `jax.lax.associative_scan`.
///
/// Element `i` of the result is `combine(…combine(combine(x₀, x₁), x₂)…, xᵢ)`, with the brackets set otherwise, so that it takes
/// `2 log₂ n` steps of whole arrays. `combine` gets the elements of two slices of one length, and combines them pairwise: the first
/// argument holds the earlier ones (with `reverse` the later ones). `elems` is a pytree whose arrays all have one size along the axis;
/// a negative axis counts from the end of each.
///
/// # Panics
/// Inside the trace, if an array has no such axis, sizes differ, or `combine` returns another structure, shape or dtype than it takes.
///
/// ```
/// use raxla_ir::{Literal, Tracer, eval::eval, trace::trace};
/// use raxla_transforms::associative_scan;
/// // y ↦ a y + b after y ↦ a' y + b': the states of a linear recurrence.
/// let after = |(a, b): (Tracer, Tracer), (c, d): (Tracer, Tracer)| (a * c, b * c + d);
/// let (a, b) = (Literal::from(vec![2.0f32, 3.0, 0.5]), Literal::from(vec![1.0f32, 1.0, 1.0]));
/// let program = trace(&[a.aval().clone(), b.aval().clone()], |x| {
///     vec![associative_scan(after, (x[0], x[1]), false, 0).1]
/// });
/// assert_eq!(eval(&program.program, &[a, b]).unwrap(), [Literal::from(vec![1.0f32, 4.0, 3.0])]);
/// ```
#[track_caller]
pub fn associative_scan<X: Pytree<Leaf = Tracer>>(
    combine: impl Function<(X, X), Out = X>,
    elems: X,
    reverse: bool,
    axis: isize,
) -> X {
    let at: Source = Location::caller().into();
    let (leaves, tree) = flatten(elems);
    check_alive(&leaves, at);
    let names = paths::<X>(&tree);
    // Along axis 0, where that is one axis of all arrays.
    let mut moved: Vec<Tracer> = vec![];
    for (x, path) in leaves.iter().zip(&names) {
        let aval = x.aval();
        let place = resolve_axis(axis, aval.rank())
            .unwrap_or_else(|e| fail_at(format!("associative_scan: elems{path} is {aval}: {e}"), at));
        if let Some(first) = moved.first().map(|m| m.shape()[0]).filter(|n| *n != aval.shape[place]) {
            fail_at(
                format!(
                    "associative_scan: all elems must have one size along axis {axis}, got {first} and elems{path}, {aval}"
                ),
                at,
            );
        }
        moved.push(with_source(at, || x.moveaxis(place as isize, 0)));
    }
    let back = |x: Tracer, like: &Tracer| {
        let rank = like.rank() as isize;
        x.moveaxis(0, if axis < 0 { axis + rank } else { axis })
    };
    let step = |a: &[Tracer], b: &[Tracer]| -> Vec<Tracer> {
        let there = |x: &[Tracer]| -> X {
            unflatten(&tree, x.iter().zip(&leaves).map(|(x, like)| back(*x, like)).collect::<Vec<_>>())
        };
        let (outs, out_tree) = flatten(combine.apply((there(a), there(b))));
        check_alive(&outs, at);
        if out_tree != tree {
            fail_at(
                format!(
                    "associative_scan: combine must return the structure that it takes, {tree:?}, got {out_tree:?}"
                ),
                at,
            );
        }
        let each = outs.iter().zip(a).zip(&names).map(|((out, a), path)| {
            let rank = a.rank() as isize;
            let (want, got) = (back(*a, a).aval().strong(), out.aval().strong());
            if want != got {
                fail_at(
                    format!(
                        "associative_scan: combine must keep types, but elems{path} is {want} before and {got} after it"
                    ),
                    at,
                );
            }
            out.moveaxis(if axis < 0 { axis + rank } else { axis }, 0)
        });
        each.collect()
    };
    let scanned = scan_leaves(&step, &moved, 0, reverse);
    unflatten(&tree, scanned.into_iter().zip(&leaves).map(|(x, like)| back(x, like)).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use raxla_ir::{DType, Literal, ShapedArray, eval::eval, trace::catch, trace::trace};

    #[test]
    fn sums_along_any_axis_are_cumulative_sums() {
        for n in 0..8 {
            let aval = ShapedArray::new(&[2, n, 3], DType::F32);
            let x = Literal::from_ints(aval.clone(), (0..6 * n as i128).map(|i| i * 7 % 5));
            let program = trace(&[aval], |a| {
                let add = |x: Tracer, y: Tracer| x + y;
                let any = |x: Tracer, y: Tracer| x | y;
                let large = a[0].greater(3.0);
                let seen = associative_scan(any, large, false, 1).astype(DType::I32);
                let most = large.astype(DType::I32).cummax(1);
                let each = [associative_scan(add, a[0], false, 1), associative_scan(add, a[0], true, -2)];
                let sums =
                    [false, true].map(|r| a[0].cumulative(raxla_ir::primitives::cumulative::CumulativeKind::Sum, 1, r));
                vec![each[0], each[1], seen, sums[0], sums[1], most]
            });
            let outs = eval(&program.program, &[x]).expect("a value");
            assert_eq!(outs[..3], outs[3..], "{n}");
        }
    }
    #[test]
    fn what_does_not_fit_is_named() {
        let [a, b] = [&[2, 3][..], &[2, 4]].map(|s| ShapedArray::new(s, DType::F32));
        let message = |f: &dyn Fn(Tracer, Tracer)| {
            let done = catch(|| {
                trace(&[a.clone(), b.clone()], |x| {
                    f(x[0], x[1]);
                    vec![]
                });
            });
            done.err().map(|e| e.message)
        };
        let first = |x: (Tracer, Tracer), _: (Tracer, Tracer)| x;
        let sizes = message(&|x, y| _ = associative_scan(first, (x, y), false, 1));
        assert_eq!(
            sizes.as_deref(),
            Some("associative_scan: all elems must have one size along axis 1, got 3 and elems.1, f32[2,4]")
        );
        let types = message(&|x, _| _ = associative_scan(|a: Tracer, _: Tracer| a.astype(DType::I32), x, false, 1));
        assert_eq!(
            types.as_deref(),
            Some("associative_scan: combine must keep types, but elems is f32[2,1] before and i32[2,1] after it")
        );
    }
}
