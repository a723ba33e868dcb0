//! `rng_bit_generator[algorithm, shape, dtype] state`: a state's random bits, and the state after them.

use super::{scan::Scan, threefry2x32::encipher, *};
use crate::rewrite::nested::closed;

/// How bits are made from a state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RngAlgorithm {
    /// The platform's own choice: Philox on CPUs and GPUs, as in the interpreter; TPUs have another.
    #[default]
    Default,
    /// Threefry-2x32 of 20 rounds.
    ThreeFry,
    /// Philox-4x32 of 10 rounds.
    Philox,
}
impl Param for RngAlgorithm {
    fn write(&self, w: &mut Writer) {
        w.word(match self {
            RngAlgorithm::Default => "default",
            RngAlgorithm::ThreeFry => "three_fry",
            RngAlgorithm::Philox => "philox",
        });
    }
    fn read(r: &mut Reader) -> Result<RngAlgorithm, String> {
        match r.name("an algorithm")? {
            "default" => Ok(RngAlgorithm::Default),
            "three_fry" => Ok(RngAlgorithm::ThreeFry),
            "philox" => Ok(RngAlgorithm::Philox),
            other => Err(format!("unknown algorithm `{other}`")),
        }
    }
}

parameters! {
    /// XLA's `RngBitGenerator`: the state after, and an array of random bits, unsigned integers of 8 to 64 bits.
    ///
    /// A state is `u64[2]`, key and counter; `u32[4]`, the same with the low words first; or, for Philox, `u64[3]` with the low half of
    /// the counter first. Numbers of 8 and 16 bits are those of 32 without their upper bits.
    RngBitGenerator {
        /// How the bits are made.
        algorithm: RngAlgorithm,
        /// The shape of the array of bits.
        shape: Shape,
        /// Its dtype.
        dtype: DType,
    }
}

/// Philox-4x32 of 10 rounds, of the same paper as Threefry.
fn philox(mut key: [u32; 2], counter: u128) -> [u32; 4] {
    let mut x = [0, 32, 64, 96].map(|at| (counter >> at) as u32);
    for _ in 0..10 {
        let [a, b] = [u64::from(x[0]) * 0xd251_1f53, u64::from(x[2]) * 0xcd9e_8d57];
        x = [(b >> 32) as u32 ^ x[1] ^ key[0], b as u32, (a >> 32) as u32 ^ x[3] ^ key[1], a as u32];
        key = [key[0].wrapping_add(0x9e37_79b9), key[1].wrapping_add(0xbb67_ae85)];
    }
    x
}
/// The low word and the high one.
fn words(x: u64) -> [u32; 2] {
    [x as u32, (x >> 32) as u32]
}
fn number(words: [u32; 2]) -> u64 {
    u64::from(words[0]) | u64::from(words[1]) << 32
}
impl RngBitGenerator {
    /// The state after, and the numbers, of which only the low bits are kept.
    fn generate(&self, state: &[u64]) -> (Vec<u64>, Vec<u64>) {
        let (size, wide) = (self.shape.iter().product::<usize>(), self.dtype.bits() == 64);
        let key = words(state[0]);
        if self.algorithm != RngAlgorithm::ThreeFry {
            let [low, high] = if state.len() == 3 { [state[1], state[2]] } else { [state[1], state[0]] };
            let counter = u128::from(low) | u128::from(high) << 64;
            let word = |i: usize| philox(key, counter.wrapping_add(i as u128 / 4))[i % 4];
            let bits = (0..size).map(|i| if wide { number([word(2 * i), word(2 * i + 1)]) } else { word(i).into() });
            let after = counter.wrapping_add((if wide { 2 * size } else { size }).div_ceil(4) as u128);
            let after = [state[0], after as u64, (after >> 64) as u64];
            return (after[..state.len()].to_vec(), bits.collect());
        }
        let block = |i: usize| encipher(key, words(state[1].wrapping_add(i as u64)));
        let after = |used: usize| vec![state[0], state[1].wrapping_add(used as u64)];
        if wide {
            return (after(size), (0..size).map(|i| number(block(i))).collect());
        }
        // Both words of a block stand side by side along the first axis of even size, or else along the longest.
        let even = self.shape.iter().position(|n| n % 2 == 0);
        let longest = || (0..self.shape.len()).rev().max_by_key(|a| self.shape[*a]);
        let Some(axis) = even.or_else(longest) else { return (after(1), vec![block(0)[0].into()]) };
        let (n, inner) = (self.shape[axis], self.shape[axis + 1..].iter().product::<usize>());
        let half = n.div_ceil(2);
        let bits = (0..size).map(|i| {
            let (outer, along, rest) = (i / (n * inner), i / inner % n, i % inner);
            block((outer * half + along / 2) * inner + rest)[along % 2].into()
        });
        (after(size.checked_div(n).unwrap_or(0) * half), bits.collect())
    }
}
impl Primitive for RngBitGenerator {
    described!("rng_bit_generator");
    fn infer(&self, ins: &[&ShapedArray]) -> Result<Avals, String> {
        let state = one(ins)?;
        let fits = match (state.dtype, &state.shape[..]) {
            (DType::U64, [2]) | (DType::U32, [4]) => true,
            (DType::U64, [3]) => self.algorithm == RngAlgorithm::Philox,
            _ => false,
        };
        if !fits {
            return Err(format!("takes a state u64[2] or u32[4], or u64[3] with Philox, got {state}"));
        }
        if !matches!(self.dtype, DType::U8 | DType::U16 | DType::U32 | DType::U64) {
            return Err(format!("gives u8, u16, u32 or u64, not {}", self.dtype));
        }
        Ok(smallvec![state.strong(), ShapedArray::new(&self.shape, self.dtype)])
    }
    fn eval(&self, ins: &[&Literal]) -> Result<Vec<Literal>, String> {
        let state = ins[0].ints();
        let narrow = ins[0].dtype() == DType::U32;
        let state: Vec<u64> = match narrow {
            true => state.chunks(2).map(|w| number([w[0] as u32, w[1] as u32])).collect(),
            false => state.iter().map(|s| *s as u64).collect(),
        };
        let (after, bits) = self.generate(&state);
        let after: Vec<i128> = match narrow {
            true => after.into_iter().flat_map(words).map(i128::from).collect(),
            false => after.into_iter().map(i128::from).collect(),
        };
        let bits = bits.into_iter().map(i128::from);
        Ok(vec![
            Literal::from_ints(ins[0].aval().strong(), after),
            Literal::from_ints(ShapedArray::new(&self.shape, self.dtype), bits),
        ])
    }
    fn tangent(&self, _ins: &[Tracer], _outs: &[Tracer], _tangents: &[Option<Tracer>]) -> Vec<Option<Tracer>> {
        vec![None, None]
    }
    /// A loop over the states. JAX makes a larger array from the first one alone, so that the numbers of its `vmap` are not those of
    /// each state.
    fn batch(&self, axis: &BatchAxis, ins: &[Batched]) -> Vec<Batched> {
        let states = ins[0].value;
        let state = states.with_aval(|a| a.with_shape(&a.shape[1..]));
        let body = closed(&[state], |args| bind(self.clone().into(), args).to_vec());
        let each = Scan { length: axis.size, reverse: false, captures: 0, carries: 0, body };
        bind(each.into(), &[states]).into_iter().map(Batched::new).collect()
    }
    fn lower(&self, module: &mut Module, ins: &[Value], outs: &[ShapedArray]) -> Vec<Value> {
        if outs[1].size() == 0 {
            return vec![ins[0].clone(), module.splat(&outs[1], 0.0)];
        }
        let (pairs, wide) = (outs[0].with_shape(&[2, 2]), ShapedArray::new(&[2], DType::U64));
        let narrow = outs[0].dtype == DType::U32;
        let bitcast = "stablehlo.bitcast_convert";
        let state = if narrow {
            let pairs = module.op1("stablehlo.reshape", ins, "", &pairs);
            module.op1(bitcast, &[pairs], "", &wide)
        } else {
            ins[0].clone()
        };
        let algorithm = match self.algorithm {
            RngAlgorithm::Default => "DEFAULT",
            RngAlgorithm::ThreeFry => "THREE_FRY",
            RngAlgorithm::Philox => "PHILOX",
        };
        let attribute = format!("rng_algorithm = #stablehlo<rng_algorithm {algorithm}>");
        let types = [state.aval.clone(), outs[1].clone()];
        let mut made = module.op("stablehlo.rng_bit_generator", &[state], &attribute, &[], &types);
        if narrow {
            let after = module.op1(bitcast, &made[..1], "", &pairs);
            made[0] = module.op1("stablehlo.reshape", &[after], "", &outs[0]);
        }
        made
    }
}
impl Registered for RngBitGenerator {
    read_by_name!("rng_bit_generator");
    fn samples() -> Vec<Sample> {
        use RngAlgorithm::{Default, Philox, ThreeFry};
        let wide = Literal::from(vec![0x0123_4567_89ab_cdefu64, u64::MAX - 1]);
        let long = Literal::from(vec![3u64, u64::MAX, 7]);
        let narrow = Literal::from(vec![1u32, 2, 3, u32::MAX]);
        let sample = |algorithm, shape: &[usize], dtype, state: &Literal| {
            Sample::new(RngBitGenerator { algorithm, shape: shape.into(), dtype }, std::slice::from_ref(state))
        };
        vec![
            sample(ThreeFry, &[3, 4], DType::U32, &wide),
            sample(ThreeFry, &[3, 5, 1], DType::U32, &narrow),
            sample(ThreeFry, &[], DType::U16, &wide),
            sample(ThreeFry, &[5], DType::U8, &wide),
            sample(ThreeFry, &[2, 3], DType::U64, &wide),
            sample(Philox, &[2, 3], DType::U32, &wide),
            sample(Philox, &[7], DType::U64, &long),
            sample(Philox, &[3], DType::U8, &narrow),
            sample(Default, &[], DType::U32, &narrow),
            sample(Default, &[5], DType::U16, &wide),
            sample(Philox, &[0, 3], DType::U32, &long),
            sample(ThreeFry, &[3, 0], DType::U32, &wide),
        ]
    }
}
/// Random bits of the given shape and dtype (unsigned, of 8 to 64 bits) from a state, and the state after; as JAX's `lax.rng_bit_generator`.
///
/// The state is `u32[4]` or `u64[2]`, with Philox also `u64[3]`. Most programs want keys instead, which can be split.
///
/// ```
/// use raxla_ir::{DType, Literal, eval::eval, trace::trace};
/// use raxla_ir::primitives::rng_bit_generator::{RngAlgorithm, rng_bit_generator};
/// let state = Literal::from(vec![1u64, 2]);
/// let program = trace(&[state.aval().clone()], |a| {
///     let (after, bits) = rng_bit_generator(a[0], RngAlgorithm::ThreeFry, &[4], DType::U32);
///     vec![after, bits]
/// });
/// assert_eq!(eval(&program.program, &[state]).unwrap()[0], Literal::from(vec![1u64, 4]));
/// ```
#[track_caller]
pub fn rng_bit_generator(state: Tracer, algorithm: RngAlgorithm, shape: &[usize], dtype: DType) -> (Tracer, Tracer) {
    let outs = bind(RngBitGenerator { algorithm, shape: shape.into(), dtype }.into(), &[state]);
    (outs[0], outs[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answers that the authors of the cipher publish with it.
    #[test]
    fn known_answers() {
        let word = |words: [u32; 4]| words.iter().rev().fold(0u128, |n, w| n << 32 | u128::from(*w));
        let cases = [
            ([0, 0], 0, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            ([!0, !0], !0, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
            (
                [0xa409_3822, 0x299f_31d0],
                word([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344]),
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1],
            ),
        ];
        for (key, counter, want) in cases {
            assert_eq!(philox(key, counter), want);
        }
    }
}
