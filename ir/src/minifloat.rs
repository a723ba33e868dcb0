//! Floats of 4 and 8 bits, described by the values of their bit patterns.
//!
//! The formats are those of the OCP 8-bit and Microscaling specifications, and their `fnuz` variants: `fn` has no
//! infinities, `uz` no negative zero, `u` no sign; `b11` names an unusual exponent bias.

use crate::dtype::DType;
use std::sync::OnceLock;

struct Format {
    signed: bool,
    mantissa: u32,
    exponent: u32,
    bias: i32,
    infinities: bool,
    /// The one bit pattern that is NaN, `fnuz`-style; otherwise NaNs lie at the top of the exponent range.
    nan_at_negative_zero: bool,
    has_nan: bool,
}

fn format(dtype: DType) -> Format {
    let (signed, exponent, mantissa, bias, infinities, uz, has_nan) = match dtype {
        DType::F4E2M1FN => (true, 2, 1, 1, false, false, false),
        DType::F8E3M4 => (true, 3, 4, 3, true, false, true),
        DType::F8E4M3 => (true, 4, 3, 7, true, false, true),
        DType::F8E4M3FN => (true, 4, 3, 7, false, false, true),
        DType::F8E4M3B11FNUZ => (true, 4, 3, 11, false, true, true),
        DType::F8E4M3FNUZ => (true, 4, 3, 8, false, true, true),
        DType::F8E5M2 => (true, 5, 2, 15, true, false, true),
        DType::F8E5M2FNUZ => (true, 5, 2, 16, false, true, true),
        _ => (false, 8, 0, 127, false, false, true),
    };
    Format { signed, mantissa, exponent, bias, infinities, nan_at_negative_zero: uz, has_nan }
}

fn decode(f: &Format, bits: u32) -> f64 {
    let (m_bits, e_bits) = (f.mantissa, f.exponent);
    let negative = f.signed && bits >> (m_bits + e_bits) & 1 == 1;
    let (e, m) = (bits >> m_bits & ((1 << e_bits) - 1), bits & ((1 << m_bits) - 1));
    let (e_max, m_max) = ((1 << e_bits) - 1, (1 << m_bits) - 1);
    let sign = if negative { -1.0 } else { 1.0 };
    if f.nan_at_negative_zero {
        if negative && e == 0 && m == 0 {
            return f64::NAN;
        }
    } else if f.infinities && e == e_max {
        return if m == 0 { sign * f64::INFINITY } else { f64::NAN };
    } else if f.has_nan && e == e_max && m == m_max {
        return f64::NAN;
    }
    let fraction = m as f64 / (1u32 << m_bits) as f64;
    // Without a sign there is no zero and there are no subnormals: every pattern is a power of two.
    if e == 0 && f.signed {
        sign * fraction * 2f64.powi(1 - f.bias)
    } else {
        sign * (1.0 + fraction) * 2f64.powi(e as i32 - f.bias)
    }
}

/// The value of each of the 256 bit patterns of a dtype of at most 8 bits.
pub(crate) fn table(dtype: DType) -> &'static [f64; 256] {
    static TABLES: [OnceLock<[f64; 256]>; 32] = [const { OnceLock::new() }; 32];
    TABLES[dtype as usize].get_or_init(|| {
        let (f, mask) = (format(dtype), if dtype.bits() == 4 { 0xf } else { 0xff });
        std::array::from_fn(|bits| decode(&f, bits as u32 & mask))
    })
}

/// The bit pattern nearest to `x`, ties to the even pattern. What is out of range becomes an infinity where the format has
/// them, else NaN, else (4 bits) the greatest value.
pub(crate) fn encode(dtype: DType, table: &[f64; 256], x: f64) -> u8 {
    let (f, patterns) = (format(dtype), 1u32 << dtype.bits());
    let nan = (0..patterns).find(|b| table[*b as usize].is_nan());
    // A 4-bit zero stands in where the format has no NaN, as ml_dtypes has it.
    let sign_bit = if f.signed { 1u32 << (dtype.bits() - 1) } else { 0 };
    if x.is_nan() {
        return nan.unwrap_or(sign_bit) as u8;
    }
    let sign = if x.is_sign_negative() && f.signed { sign_bit } else { 0 };
    // Without signs there is no zero either.
    if x <= 0.0 && !f.signed {
        return nan.unwrap_or(0) as u8;
    }
    let a = x.abs();
    let positives = 0..if f.signed { sign_bit } else { patterns };
    let finite = positives.filter(|b| table[*b as usize].is_finite());
    let greatest = finite.clone().max_by(|b, c| table[*b as usize].total_cmp(&table[*c as usize])).unwrap_or(0);
    let top = table[greatest as usize];
    // Beyond the middle between the greatest value and the next one that more exponent bits would give, it overflows.
    let ulp = top - table[greatest as usize - 1];
    let overflows =
        if f.has_nan { a > top + ulp / 2.0 || (a == top + ulp / 2.0 && greatest % 2 == 1) } else { a > top };
    if overflows {
        if !f.has_nan {
            return (sign | greatest) as u8;
        }
        let infinite = (0..patterns).find(|b| table[*b as usize].is_infinite());
        return match infinite {
            Some(b) => (sign | b) as u8,
            None if f.nan_at_negative_zero => sign_bit as u8,
            None => (sign | nan.unwrap_or(greatest)) as u8,
        };
    }
    let best = finite.min_by(|b, c| {
        let distance = |b: u32| (table[b as usize] - a).abs();
        // Without a mantissa a tie goes up, as `ml_dtypes` has it.
        let tie = if f.mantissa == 0 { c.cmp(b) } else { (b % 2).cmp(&(c % 2)) };
        distance(*b).total_cmp(&distance(*c)).then(tie)
    });
    let best = best.unwrap_or(0);
    if best == 0 && f.nan_at_negative_zero { 0 } else { (sign | best) as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_encodes_to_itself() {
        for &d in DType::ALL.iter().filter(|d| d.is_float() && d.bits() <= 8) {
            let t = table(d);
            for bits in 0..1usize << d.bits() {
                let back = encode(d, t, t[bits]);
                assert!(
                    t[back as usize].to_bits() == t[bits].to_bits() || t[bits].is_nan() && t[back as usize].is_nan(),
                    "{d} {bits}: {}",
                    t[bits]
                );
            }
        }
    }
    #[test]
    fn published_extremes() {
        let greatest = |d| table(d).iter().copied().filter(|x| x.is_finite()).fold(0.0, f64::max);
        let rows = [
            (DType::F8E4M3FN, 448.0),
            (DType::F8E5M2, 57344.0),
            (DType::F8E4M3FNUZ, 240.0),
            (DType::F8E5M2FNUZ, 57344.0),
            (DType::F8E4M3, 240.0),
            (DType::F8E3M4, 15.5),
            (DType::F8E4M3B11FNUZ, 30.0),
            (DType::F4E2M1FN, 6.0),
        ];
        for (d, want) in rows {
            assert_eq!(greatest(d), want, "{d}");
        }
    }
}
