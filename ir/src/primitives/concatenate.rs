//! `concatenate[axis] x y …`: arrays one after the other along an axis.

use super::*;
use crate::aval::resolve_axis;

parameters! {
    /// Joins arrays whose shapes differ at most along `axis`.
    Concatenate {
        /// The axis to join along.
        axis: usize,
    }
}
impl Primitive for Concatenate {
    described!("concatenate");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let first = *ins.first().ok_or("takes at least 1 operand, got none")?;
        check_axes(&[self.axis], first.rank())?;
        let mut shape = first.shape.clone();
        shape[self.axis] = 0;
        for a in ins {
            let fits =
                a.rank() == first.rank() && (0..a.rank()).all(|i| i == self.axis || a.shape[i] == first.shape[i]);
            if !fits {
                return Err(format!("shapes must agree except along axis {}, got {first} and {a}", self.axis));
            }
            if a.dtype != first.dtype {
                return Err(format!("operands must have one dtype, got {first} and {a}"));
            }
            shape[self.axis] = shape[self.axis].saturating_add(a.shape[self.axis]);
        }
        Ok(smallvec![ShapedArray { shape, dtype: first.dtype, weak: ins.iter().all(|a| a.weak) }])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let out = self.infer(&ins.iter().map(|l| l.aval()).collect::<Vec<_>>())?.remove(0);
        let outer: usize = out.shape[..self.axis].iter().product();
        Ok(vec![Literal::build(out, |bytes| {
            let mut at = 0;
            for o in 0..outer {
                for l in ins {
                    let run = l.bytes().len() / outer;
                    bytes[at..at + run].copy_from_slice(&l.bytes()[o * run..(o + 1) * run]);
                    at += run;
                }
            }
        })])
    }
    fn tangent(&self, ins: &[Tracer], _outs: &[Tracer], tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        let parts: Vec<Tracer> = ins.iter().zip(tangents).map(|(x, t)| t.unwrap_or_else(|| x.full_like(0.0))).collect();
        vec![Some(bind1(self.clone(), &parts))]
    }
    fn transpose(&self, cts: &[Option<Tracer>], ins: &[Linear]) -> Vec<Option<Tracer>> {
        let mut start = 0;
        let parts = ins.iter().map(|i| {
            let from = start;
            start += i.aval().shape[self.axis];
            cts[0].filter(|_| i.is_unknown()).map(|ct| ct.slice_axis(self.axis as isize, from, start))
        });
        parts.collect()
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(Concatenate { axis: self.axis + 1 }, axis, ins)
    }
    fn least_bits(&self) -> usize {
        8 // XLA aborts at 2 bits.
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        vec![module.op1("stablehlo.concatenate", ins, &format!("dimension = {} : i64", self.axis), &outs[0])]
    }
}
impl Registered for Concatenate {
    read_by_name!("concatenate");
    fn samples() -> Vec<Sample> {
        let part = |r: usize, c: usize| Literal::from_ints(ShapedArray::new(&[r, c], DType::F32), 0..(r * c) as i128);
        vec![
            Sample::new(Concatenate { axis: 0 }, &[part(2, 3), part(1, 3)]),
            Sample::new(Concatenate { axis: 1 }, &[part(2, 3), part(2, 0), part(2, 2)]),
            Sample::new(Concatenate { axis: 0 }, &[Literal::from(vec![1i8, 2])]),
        ]
    }
}
/// Arrays one after the other along an axis (negative: from the end). Their shapes agree along all others.
#[track_caller]
pub fn concatenate(parts: &[Tracer], axis: isize) -> Tracer {
    let Some(first) = parts.first() else { fail("concatenate: takes at least 1 operand, got none") };
    let axis = or_fail("concatenate", resolve_axis(axis, first.rank()));
    bind1(Concatenate { axis }, parts)
}
