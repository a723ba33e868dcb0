//! `threefry2x32 k0 k1 x0 x1`: two words of random bits for each pair of counters and pair of keys.

use super::*;
use crate::operand::broadcast_shapes;

/// The Threefry-2x32 block cipher of 20 rounds: the counter (the last two operands) enciphered under the key (the first two).
///
/// All four are `u32` of one shape, and so are both outputs. The cipher is that of Salmon, Moraes, Dror and Shaw, *Parallel random
/// numbers: as easy as 1, 2, 3* (SC 2011); JAX's random numbers are made of it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Threefry2x32;

/// By how many bits the second word is rotated in each of eight rounds, after which the distances repeat.
const ROTATIONS: [u32; 8] = [13, 15, 26, 6, 17, 29, 16, 24];
/// What the two words of the key and their exclusive or with it add up to, bit by bit, is never zero.
const PARITY: u32 = 0x1bd1_1bda;

/// The cipher of one counter.
pub(super) fn encipher(key: [u32; 2], counter: [u32; 2]) -> [u32; 2] {
    let schedule = [key[0], key[1], key[0] ^ key[1] ^ PARITY];
    let [mut x, mut y] = [counter[0].wrapping_add(schedule[0]), counter[1].wrapping_add(schedule[1])];
    for round in 0..20 {
        x = x.wrapping_add(y);
        y = y.rotate_left(ROTATIONS[round % 8]) ^ x;
        if round % 4 == 3 {
            let injected = round / 4 + 1;
            x = x.wrapping_add(schedule[injected % 3]);
            y = y.wrapping_add(schedule[(injected + 1) % 3]).wrapping_add(injected as u32);
        }
    }
    [x, y]
}
impl Primitive for Threefry2x32 {
    fn name(&self) -> &'static str {
        "threefry2x32"
    }
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        arity(ins, 4)?;
        let a = alike(ins)?.strong();
        if a.dtype != DType::U32 {
            return Err(format!("takes u32, got {a}"));
        }
        Ok(smallvec![a.clone(), a])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let words: Vec<Vec<i128>> = ins.iter().map(|l| l.ints()).collect();
        let each = (0..ins[0].size()).map(|i| {
            let word = |k: usize| words[k][i] as u32;
            encipher([word(0), word(1)], [word(2), word(3)])
        });
        let each: Vec<[u32; 2]> = each.collect();
        let out = |k: usize| Literal::from_ints(ins[0].aval().strong(), each.iter().map(|words| words[k].into()));
        Ok(vec![out(0), out(1)])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![None, None]
    }
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        Batched::apply(Threefry2x32, axis, ins)
    }
    /// All rounds one after the other. JAX rolls them into a loop of five steps on the CPU; XLA compiles that no faster by now, and a
    /// million words take 150 ms in place of 2, since the words go through memory at every step.
    fn lower(&self, module: &mut Module, ins: &[Value], _outs: &[ShapedArray]) -> Vec<Value> {
        module.emit(ins, |a| {
            let schedule = [a[0], a[1], a[0].bitwise_xor(a[1]).bitwise_xor(i64::from(PARITY))];
            let [mut x, mut y] = [a[2] + schedule[0], a[3] + schedule[1]];
            for (step, rotations) in ROTATIONS.chunks(4).cycle().take(5).enumerate() {
                for by in rotations.iter().map(|by| i64::from(*by)) {
                    x = x + y;
                    y = y.shift_left(by).bitwise_or(y.shift_right_logical(32 - by)).bitwise_xor(x);
                }
                x = x + schedule[(step + 1) % 3];
                y = y + schedule[(step + 2) % 3] + (step as i64 + 1);
            }
            vec![x, y]
        })
    }
}
impl Registered for Threefry2x32 {
    fn read(name: &str, _reader: &mut Reader) -> Option<Result<Threefry2x32, String>> {
        (name == "threefry2x32").then_some(Ok(Threefry2x32))
    }
    fn samples() -> Vec<Sample> {
        let words = |shape: &[usize], from: u32| -> Literal {
            let n = shape.iter().product::<usize>() as u32;
            let word = |i: u32| (i + from).wrapping_mul(0x9e37_79b9);
            Literal::new(shape, &(0..n).map(word).collect::<Vec<u32>>())
        };
        let sample = |shape: &[usize]| Sample::new(Threefry2x32, &[0, 10, 20, 30].map(|from| words(shape, from)));
        vec![sample(&[]), sample(&[3]), sample(&[2, 3]), sample(&[0])]
    }
}
/// The Threefry-2x32 cipher of pairs of counters under pairs of keys, all `u32`; shapes broadcast together.
///
/// ```
/// use raxla_ir::{Literal, eval::eval, primitives::threefry2x32::threefry2x32, trace::trace};
/// let zero = Literal::scalar(0u32);
/// let program = trace(&[zero.aval().clone()], |a| threefry2x32([a[0], a[0]], [a[0], a[0]]).to_vec()).program;
/// assert_eq!(eval(&program, &[zero]).unwrap(), [0x6b200159u32, 0x99ba4efe].map(Literal::scalar));
/// ```
#[track_caller]
pub fn threefry2x32(key: [Tracer; 2], counter: [Tracer; 2]) -> [Tracer; 2] {
    let operands = [key[0], key[1], counter[0], counter[1]];
    let shape = operands.iter().try_fold(Shape::new(), |shape, t| broadcast_shapes(&shape, &t.shape()));
    let shape = or_fail("threefry2x32", shape);
    let outs = bind(Threefry2x32.into(), &operands.map(|t| t.broadcast_to(&shape)));
    [outs[0], outs[1]]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answers that the authors of the cipher publish with it.
    #[test]
    fn known_answers() {
        let cases = [
            ([0, 0], [0, 0], [0x6b20_0159, 0x99ba_4efe]),
            ([!0, !0], [!0, !0], [0x1cb9_96fc, 0xbb00_2be7]),
            ([0x1319_8a2e, 0x0370_7344], [0x243f_6a88, 0x85a3_08d3], [0xc492_3a9c, 0x483d_f7a0]),
        ];
        for (key, counter, want) in cases {
            assert_eq!(encipher(key, counter), want);
        }
    }
}
