//! `argmax[axis, dtype] x` and `argmin`: where along an axis the greatest or least element stands.

use super::*;
use crate::{aval::resolve_axis, dtype::Kind, literal::strides};
use std::cmp::Ordering;

/// The index of the greatest or least element along an axis: the first one, if several are equal; the first NaN, if there is one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArgExtremum {
    /// Whether the greatest is wanted, rather than the least.
    pub greatest: bool,
    /// The axis, which disappears.
    pub axis: usize,
    /// The integer dtype of the result.
    pub dtype: DType,
}
impl Primitive for ArgExtremum {
    fn name(&self) -> &'static str {
        if self.greatest { "argmax" } else { "argmin" }
    }
    fn print(&self, writer: &mut Writer) {
        writer.parameter("axis", &self.axis);
        writer.parameter("dtype", &self.dtype);
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let a = one(ins)?;
        check_axes(&[self.axis], a.rank())?;
        if a.dtype.is_complex() {
            return Err(format!("complex numbers have no order, got {a}"));
        }
        if !self.dtype.is_integer() {
            return Err(format!("the index must be an integer, got {}", self.dtype));
        }
        if a.shape[self.axis] == 0 {
            return Err(format!("axis {} of {a} is empty", self.axis));
        }
        let mut shape = a.shape.clone();
        shape.remove(self.axis);
        Ok(smallvec![ShapedArray::new(&shape, self.dtype)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let (x, out) = (ins[0], self.infer(&[ins[0].aval()])?.remove(0));
        let (n, step) = (x.shape()[self.axis], strides(x.shape())[self.axis]);
        let floats = if x.dtype().kind() == Kind::Float { x.floats() } else { vec![] };
        let ints = if floats.is_empty() { x.ints() } else { vec![] };
        let better = |i: usize, j: usize| {
            if floats.is_empty() {
                return if self.greatest { ints[i] > ints[j] } else { ints[i] < ints[j] };
            }
            let (a, b) = (floats[i], floats[j]);
            let wanted = if self.greatest { Ordering::Greater } else { Ordering::Less };
            !b.is_nan() && (a.is_nan() || a.partial_cmp(&b) == Some(wanted))
        };
        let size = out.size();
        Ok(vec![Literal::from_ints(
            out,
            (0..size).map(|o| {
                let first = o / step * step * n + o % step;
                (1..n).fold(0, |best, k| if better(first + k * step, first + best * step) { k } else { best }) as i128
            }),
        )])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![None]
    }
    fn batch(&self, _axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        vec![Batched::new(bind1(ArgExtremum { axis: self.axis + 1, ..self.clone() }, &[ins[0].value]))]
    }
    fn least_bits(&self) -> usize {
        16 // XLA starts from infinities, which some of the 8-bit types lack.
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        let x = &ins[0].aval;
        let indices = Iota { shape: x.shape.clone(), dtype: self.dtype, axis: self.axis }
            .lower(module, &[], &[x.with_dtype(self.dtype)])
            .remove(0);
        let kind = if self.greatest { ReduceKind::Max } else { ReduceKind::Min };
        let (worst, zero) = (
            module.constant(&kind.identity(x.dtype)),
            module.constant(&Literal::zeros(ShapedArray::new(&[], self.dtype))),
        );
        let (element, index, bool) =
            (x.with_shape(&[]), ShapedArray::new(&[], self.dtype), ShapedArray::new(&[], DType::Bool));
        let body = module.region(&[element.clone(), index.clone(), element.clone(), index.clone()], |m, args| {
            let [a, i, b, j] = [&args[0], &args[1], &args[2], &args[3]].map(Clone::clone);
            let bools = std::slice::from_ref(&bool);
            let compare = if self.greatest { Compare::Gt } else { Compare::Lt };
            let mut better = compare.lower(m, &[a.clone(), b.clone()], bools).remove(0);
            if x.dtype.is_float() {
                let nan = Compare::Ne.lower(m, &[a.clone(), a.clone()], bools).remove(0);
                better = m.op1("stablehlo.or", &[better, nan], "", &bool);
            }
            // Of equal elements, and of two NaNs, the one with the lesser index.
            let first = Compare::Lt.lower(m, &[i.clone(), j.clone()], bools).remove(0);
            let mut equal = Compare::Eq.lower(m, &[a.clone(), b.clone()], bools).remove(0);
            if x.dtype.is_float() {
                let a_nan = Compare::Ne.lower(m, &[a.clone(), a.clone()], bools).remove(0);
                let b_nan = Compare::Ne.lower(m, &[b.clone(), b.clone()], bools).remove(0);
                let both = m.op1("stablehlo.and", &[a_nan, b_nan.clone()], "", &bool);
                let number = m.op1("stablehlo.not", &[b_nan], "", &bool);
                better = m.op1("stablehlo.and", &[better, number], "", &bool);
                equal = m.op1("stablehlo.or", &[equal, both], "", &bool);
            }
            let tie = m.op1("stablehlo.and", &[equal, first], "", &bool);
            let take = m.op1("stablehlo.or", &[better, tie], "", &bool);
            vec![
                m.op1("stablehlo.select", &[take.clone(), a, b], "", &element),
                m.op1("stablehlo.select", &[take, i, j], "", &index),
            ]
        });
        let pair = [x.with_shape(&outs[0].shape), outs[0].clone()];
        let attribute = format!("dimensions = {}", mlir_array(&[self.axis]));
        let both = module.op("stablehlo.reduce", &[ins[0].clone(), indices, worst, zero], &attribute, &[body], &pair);
        both[1..].to_vec()
    }
}
use super::reduce::ReduceKind;
impl Registered for ArgExtremum {
    fn read(name: &str, reader: &mut Reader) -> Option<Result<ArgExtremum, String>> {
        let greatest = ["argmin", "argmax"].iter().position(|n| *n == name)? == 1;
        let mut parameters = || {
            let (axis, dtype) = (reader.parameter("axis")?, reader.parameter("dtype")?);
            reader.end_of_parameters()?;
            Ok(ArgExtremum { greatest, axis, dtype })
        };
        Some(parameters())
    }
    fn samples() -> Vec<Sample> {
        let x = Literal::new(&[2, 4], &[1.0f32, f64::NAN as f32, 3.0, f32::NAN, -1.0, 5.0, 5.0, -1.0]);
        let least = Literal::from(vec![f32::NEG_INFINITY; 3]);
        let op = |greatest, axis| ArgExtremum { greatest, axis, dtype: DType::I32 };
        let both = |greatest| {
            [
                Sample::new(op(greatest, 1), &[x.clone()]),
                Sample::new(op(greatest, 0), &[x.clone()]),
                Sample::new(op(greatest, 0), &[least.clone()]),
                Sample::new(
                    ArgExtremum { dtype: DType::U8, ..op(greatest, 0) },
                    &[Literal::from(vec![3i8, -128, 127, -128, 127])],
                ),
                Sample::new(op(greatest, 0), &[Literal::from(vec![false, true, false])]),
            ]
        };
        [both(true), both(false)].concat()
    }
}
impl Tracer {
    /// The index (`i32`) of the greatest element along an axis; negative axes count from the end.
    #[track_caller]
    pub fn argmax(self, axis: isize) -> Tracer {
        arg_extremum(self, true, axis)
    }
    /// The index (`i32`) of the least element along an axis; negative axes count from the end.
    #[track_caller]
    pub fn argmin(self, axis: isize) -> Tracer {
        arg_extremum(self, false, axis)
    }
}
#[track_caller]
fn arg_extremum(x: Tracer, greatest: bool, axis: isize) -> Tracer {
    let name = if greatest { "argmax" } else { "argmin" };
    let axis = or_fail(name, resolve_axis(axis, x.rank()));
    bind1(ArgExtremum { greatest, axis, dtype: DType::I32 }, &[x])
}
