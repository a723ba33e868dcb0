//! `sort[axis, num_keys, stable] x y …`: arrays rearranged along an axis so that the first of them ascend.

use super::{gather::GatherMode, *};
use crate::{aval::resolve_axis, dtype::Kind, literal::strides};
use std::cmp::Ordering;

parameters! {
    /// Rearranges arrays of one shape alike along an axis, so that the first `num_keys` of them ascend lexicographically.
    ///
    /// NaN comes last, zeros of either sign are equal, and complex numbers go by their real parts, then their imaginary parts.
    Sort {
        /// The axis along which to sort.
        axis: usize,
        /// How many operands are compared; the others are moved along.
        num_keys: usize,
        /// Whether elements that are equal keep their order.
        stable: bool,
    }
}
/// Elements as keys whose order is that of the sort.
fn keys(x: &Literal) -> Vec<(Key, Key)> {
    let float = |x: f64| Key(0, x);
    match x.dtype().kind() {
        Kind::Float => x.floats().into_iter().map(|x| (float(x), float(0.0))).collect(),
        Kind::Complex => x.complexes().into_iter().map(|z| (float(z.re), float(z.im))).collect(),
        _ => x.ints().into_iter().map(|x| (Key(x, 0.0), float(0.0))).collect(),
    }
}
#[derive(Clone, Copy)]
struct Key(i128, f64);
impl Key {
    fn compare(self, other: Key) -> Ordering {
        let floats = self.1.partial_cmp(&other.1);
        self.0.cmp(&other.0).then(floats.unwrap_or_else(|| self.1.is_nan().cmp(&other.1.is_nan())))
    }
}
impl Primitive for Sort {
    described!("sort");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let first = *ins.first().ok_or("takes at least 1 operand, got none")?;
        check_axes(&[self.axis], first.rank())?;
        if let Some(other) = ins.iter().find(|a| a.shape != first.shape) {
            return Err(format!("operands must have one shape, got {first} and {other}"));
        }
        if self.num_keys == 0 || self.num_keys > ins.len() {
            return Err(format!("needs 1 to {} keys, got {}", ins.len(), self.num_keys));
        }
        Ok(ins.iter().map(|a| (*a).clone()).collect())
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let keys: Vec<Vec<(Key, Key)>> = ins[..self.num_keys].iter().map(|x| keys(x)).collect();
        let shape = ins[0].shape();
        let (n, step) = (shape[self.axis], strides(shape)[self.axis]);
        let mut from: Vec<usize> = (0..ins[0].size()).collect();
        for first in (0..from.len()).filter(|i| i / step % n.max(1) == 0) {
            let mut line: Vec<usize> = (0..n).map(|k| first + k * step).collect();
            line.sort_by(|i, j| {
                let each = keys.iter().map(|k| k[*i].0.compare(k[*j].0).then(k[*i].1.compare(k[*j].1)));
                each.fold(Ordering::Equal, Ordering::then)
            });
            for (k, i) in line.into_iter().enumerate() {
                from[first + k * step] = i;
            }
        }
        Ok(ins.iter().map(|x| x.gather(shape, None, |i| Some(from[i]))).collect())
    }
    /// Tangents are gathered along the order, which sorting the positions as well gives.
    fn jvp(&self, ins: &[Tracer], tangents: &[Option<Tracer>]) -> Option<Dual> {
        let positions = iota::iota(DType::I32, &ins[0].shape(), self.axis);
        let mut outs = bind(self.clone().into(), &[ins, &[positions]].concat()).to_vec();
        let order = outs.pop()?;
        let along = |t: Tracer| t.take_along_axis(order, self.axis as isize, GatherMode::PromiseInBounds);
        Some(Dual { outs, tangents: tangents.iter().map(|t| t.map(along)).collect() })
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(Sort { axis: self.axis + 1, ..self.clone() }, axis, ins)
    }
    fn least_bits(&self) -> usize {
        16 // XLA compares the bits of floats as if zero and NaN were where IEEE has them.
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let pairs: Vec<ShapedArray> = ins.iter().flat_map(|v| vec![v.aval.with_shape(&[]); 2]).collect();
        let body = module.region(&pairs, |m, args| {
            let pairs: Vec<[Value; 2]> =
                args.chunks(2).take(self.num_keys).flat_map(|pair| comparable(m, pair)).collect();
            let bool = ShapedArray::new(&[], DType::Bool);
            // From the last key to the first: less, or equal and less in the keys after it.
            let mut less: Option<Value> = None;
            for pair in pairs.iter().rev() {
                let first = compared(m, "LT", pair);
                less = Some(match less {
                    None => first,
                    Some(rest) => {
                        let tie = compared(m, "EQ", pair);
                        let later = m.op1("stablehlo.and", &[tie, rest], "", &bool);
                        m.op1("stablehlo.or", &[first, later], "", &bool)
                    }
                });
            }
            less.into_iter().collect()
        });
        let attributes = format!("dimension = {} : i64, is_stable = {}", self.axis, self.stable);
        module.op("stablehlo.sort", ins, &attributes, &[body], outs)
    }
}
/// A pair of elements as pairs that XLA's total order compares as this sort does: one zero, one NaN; a complex number as its parts.
fn comparable(m: &mut Module, pair: &[Value]) -> Vec<[Value; 2]> {
    let dtype = pair[0].aval.dtype;
    let canonical = |x: Tracer| {
        let x = bind1(Select, &[x.equal(x.full_like(0.0)), x.full_like(0.0), x]);
        bind1(Select, &[x.not_equal(x), x.full_like(f64::NAN), x])
    };
    let each = pair.iter().map(|v| match dtype.kind() {
        Kind::Float => m.emit(std::slice::from_ref(v), |a| vec![canonical(a[0])]),
        Kind::Complex => m.emit(std::slice::from_ref(v), |a| vec![canonical(a[0].real()), canonical(a[0].imag())]),
        _ => vec![v.clone()],
    });
    let [x, y] = <[Vec<Value>; 2]>::try_from(each.collect::<Vec<_>>()).unwrap_or_default();
    x.into_iter().zip(y).map(|(x, y)| [x, y]).collect()
}
fn compared(m: &mut Module, direction: &str, pair: &[Value; 2]) -> Value {
    let order = match pair[0].aval.dtype.kind() {
        Kind::Float => "TOTALORDER",
        Kind::Signed => "SIGNED",
        _ => "UNSIGNED",
    };
    let attributes = format!(
        "comparison_direction = #stablehlo<comparison_direction {direction}>, compare_type = #stablehlo<comparison_type {order}>"
    );
    m.op1("stablehlo.compare", pair, &attributes, &ShapedArray::new(&[], DType::Bool))
}
impl Registered for Sort {
    read_by_name!("sort");
    fn samples() -> Vec<Sample> {
        let op = |axis, num_keys, stable| Sort { axis, num_keys, stable };
        let x = Literal::new(&[2, 3], &[3.0f32, -1.5, 2.25, 0.5, 4.0, -2.75]);
        let special = Literal::from(vec![f32::NAN, 1.0, -0.0, f32::INFINITY, 0.0, -f32::NAN, f32::NEG_INFINITY]);
        let places = Literal::from(vec![0i32, 1, 2, 3, 4, 5, 6]);
        let complex = Literal::from_complexes(
            ShapedArray::new(&[4], DType::C64),
            [(1.0, 2.0), (1.0, -2.0), (-3.0, 0.5), (0.25, 1.0)].map(|(re, im)| num_complex::Complex64::new(re, im)),
        );
        let ties = Literal::new(&[2, 4], &[2i32, 1, 2, 1, 0, 0, 0, -1]);
        let second = Literal::new(&[2, 4], &[0.5f64, 3.0, 0.25, -1.0, 5.0, 2.0, 4.0, 1.0]);
        // Where elements are equal, differences know no order.
        let tied = Sample { derivative: false, ..Sample::new(op(0, 1, true), &[special, places]) };
        vec![
            tied,
            Sample::new(op(1, 1, true), std::slice::from_ref(&x)),
            Sample::new(op(0, 1, false), std::slice::from_ref(&x)),
            Sample::new(op(0, 1, true), &[complex]),
            Sample::new(op(1, 2, false), &[ties.clone(), second.clone()]),
            Sample::new(op(1, 1, true), &[ties, second]),
            Sample::new(op(0, 1, true), &[Literal::from(vec![true, false, true])]),
            Sample::new(op(0, 1, true), &[Literal::from(vec![200u8, 3, 100])]),
            Sample::new(op(1, 1, true), &[Literal::new::<f32>(&[2, 0], &[])]),
        ]
    }
}
/// Arrays of one shape rearranged alike along an axis (negative: from the end), so that the first `num_keys` of them ascend; equal
/// elements keep their order.
#[track_caller]
pub fn sort(operands: &[Tracer], axis: isize, num_keys: usize) -> Vec<Tracer> {
    let Some(first) = operands.first() else { fail("sort: takes at least 1 operand, got none") };
    let axis = or_fail("sort", resolve_axis(axis, first.rank()));
    bind(Sort { axis, num_keys, stable: true }.into(), operands).to_vec()
}
impl Tracer {
    /// The elements in ascending order along an axis (negative: from the end); NaN last.
    ///
    /// ```
    /// use raxla_ir::{Literal, eval::eval, trace::trace};
    /// let x = Literal::from(vec![3.0f32, 1.0, 2.0]);
    /// let program = trace(&[x.aval().clone()], |a| vec![a[0].sort(0), a[0].argsort(0)]).program;
    /// assert_eq!(eval(&program, &[x]).unwrap(), [vec![1.0f32, 2.0, 3.0].into(), Literal::from(vec![1i32, 2, 0])]);
    /// ```
    #[track_caller]
    pub fn sort(self, axis: isize) -> Tracer {
        sort(&[self], axis, 1)[0]
    }
    /// The positions (`i32`) that [`Tracer::sort`] takes its elements from; of equal elements the first comes first.
    #[track_caller]
    pub fn argsort(self, axis: isize) -> Tracer {
        let along = or_fail("argsort", resolve_axis(axis, self.rank()));
        sort(&[self, iota::iota(DType::I32, &self.shape(), along)], axis, 1)[1]
    }
}
