//! All prefixes of arrays combined by an associative function.

use super::*;

/// All prefixes of several arrays combined by an associative function, along an axis (`reverse`: all suffixes): the algorithm of JAX's
/// `associative_scan`, which combines neighbours, scans half as many, and fills in the others.
///
/// The arrays have one size along the axis. `combine` gets as many arrays on each side, with the earlier elements on its left
/// (`reverse`: the later ones), and is called some `2 log₂ n` times.
///
/// # Panics
/// Inside the trace, if there is no such axis.
///
/// ```
/// use raxla_ir::{Literal, eval::eval, primitives::associative_scan::associative_scan, trace::trace};
/// let x = Literal::from(vec![1.0f32, 2.0, 3.0]);
/// let program = trace(&[x.aval().clone()], |a| associative_scan(&|l, r| vec![l[0] * r[0]], a, 0, false)).program;
/// assert_eq!(eval(&program, &[x]).unwrap(), [Literal::from(vec![1.0f32, 2.0, 6.0])]);
/// ```
#[track_caller]
pub fn associative_scan(
    combine: &dyn Fn(&[Tracer], &[Tracer]) -> Vec<Tracer>,
    x: &[Tracer],
    axis: usize,
    reverse: bool,
) -> Vec<Tracer> {
    if reverse {
        let turned = |x: &[Tracer]| -> Vec<Tracer> {
            x.iter().map(|x| bind1(Reverse { axes: smallvec![axis] }, &[*x])).collect()
        };
        return turned(&associative_scan(combine, &turned(x), axis, false));
    }
    let Some(first) = x.first() else { return vec![] };
    let shape = first.shape();
    or_fail("associative_scan", check_axes(&[axis], shape.len()));
    let n = shape[axis];
    if n < 2 {
        return x.to_vec();
    }
    let part = |x: &[Tracer], from: usize, to: usize, step: usize| -> Vec<Tracer> {
        x.iter().map(|x| every(*x, axis, from, to, step)).collect()
    };
    let odd = associative_scan(combine, &combine(&part(x, 0, n - 1, 2), &part(x, 1, n, 2)), axis, false);
    let before = part(&odd, 0, (n - 1) / 2, 1);
    let rest = if n > 2 { combine(&before, &part(x, 2, n, 2)) } else { vec![] };
    let interleaved = |k: usize| {
        let first = every(x[k], axis, 0, 1, 1);
        let even = if n > 2 { concatenate::concatenate(&[first, rest[k]], axis as isize) } else { first };
        // Of an odd number, the last pair is half empty.
        let odd = if n % 2 == 1 { concatenate::concatenate(&[odd[k], first], axis as isize) } else { odd[k] };
        let beside = (axis + 1) as isize;
        let pairs = concatenate::concatenate(&[even.expand_dims(beside), odd.expand_dims(beside)], beside);
        let mut shape = even.shape();
        shape[axis] *= 2;
        pairs.reshape(&shape).slice_axis(axis as isize, 0, n)
    };
    (0..x.len()).map(interleaved).collect()
}
/// The elements along an axis from one to another, in steps.
pub(super) fn every(x: Tracer, axis: usize, from: usize, to: usize, step: usize) -> Tracer {
    let mut limit = x.shape();
    let mut start = Shape::from_elem(0, limit.len());
    let mut strides = Shape::from_elem(1, limit.len());
    (start[axis], limit[axis], strides[axis]) = (from, to, step);
    x.slice(&start, &limit, &strides)
}
