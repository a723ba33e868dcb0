//! How arrays print: [`Literal`]'s `Display` is NumPy's `str(array)`, and [`summary`] is a short form on one line.
//!
//! The rules are those of NumPy 2.4's `arrayprint.py` with its default options: 8 digits, 75 columns, arrays of more than
//! 1000 elements shown by the 3 first and 3 last of each axis. Types that NumPy knows only through `ml_dtypes` (bf16, floats
//! of 8 bits, integers of 4 and of 2) print there unaligned, floats with 6 significant digits, and so here.

use crate::{
    dtype::{DType, Kind},
    literal::Literal,
    minifloat,
};
use half::{bf16, f16};
use num_complex::Complex64;
use std::fmt;

const PRECISION: usize = 8;
const WIDTH: usize = 75;
const THRESHOLD: usize = 1000;
const EDGE: usize = 3;

/// Prints what NumPy's `str` prints for the same array.
///
/// ```
/// use raxla_ir::Literal;
/// assert_eq!(Literal::from(vec![1.0f32, 2.5, f32::NAN]).to_string(), "[1.  2.5 nan]");
/// assert_eq!(Literal::new(&[2, 2], &[1, -20, 3, 4]).to_string(), "[[  1 -20]\n [  3   4]]");
/// assert_eq!(Literal::scalar(0.1f32).to_string(), "0.1");
/// ```
impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.shape().is_empty() {
            return f.write_str(&scalar(self));
        }
        if self.size() == 0 {
            return f.write_str("[]");
        }
        let summarised = self.size() > THRESHOLD;
        f.write_str(&layout(self.shape(), summarised, &mut words(&corners(self)).into_iter(), " ", WIDTH))
    }
}

/// The elements that are shown, in order, in one axis.
fn corners(literal: &Literal) -> Literal {
    if literal.size() <= THRESHOLD {
        return literal.reshaped(&[literal.size()]).unwrap_or_else(|| literal.clone());
    }
    let mut offsets = vec![0];
    for &d in literal.shape() {
        let shown = (0..d).filter(|i| d <= 2 * EDGE || *i < EDGE || *i >= d - EDGE);
        let shown: Vec<usize> = shown.collect();
        offsets = offsets.iter().flat_map(|o| shown.iter().map(move |i| o * d + i)).collect();
    }
    literal.gather(&[offsets.len()], None, |i| Some(offsets[i]))
}

/// Brackets, line breaks and dots around the words of the elements.
fn layout(
    shape: &[usize],
    summarised: bool,
    words: &mut dyn Iterator<Item = String>,
    indent: &str,
    width: usize,
) -> String {
    let (len, inner) = (shape[0], &shape[1..]);
    let dots = summarised && len > 2 * EDGE;
    let shown = if dots { 2 * EDGE + 1 } else { len };
    let (mut text, mut line) = (String::new(), String::from(indent));
    for i in 0..shown {
        let is_dots = dots && i == EDGE;
        if inner.is_empty() {
            let word = if is_dots { "...".into() } else { words.next().unwrap_or_default() };
            if line.len() > indent.len() && line.len() + word.len() + 1 > width {
                text += line.trim_end();
                text.push('\n');
                line = indent.into();
            }
            line += &word;
            if i + 1 < shown {
                line.push(' ');
            }
        } else {
            text += indent;
            if is_dots {
                text += "...";
            } else {
                text += &layout(inner, summarised, words, &format!("{indent} "), width.saturating_sub(1));
            }
            if i + 1 < shown {
                text += &"\n".repeat(inner.len());
            }
        }
    }
    if inner.is_empty() {
        text += &line;
    }
    format!("[{}]", &text[indent.len()..])
}

/// Whether NumPy itself has the dtype, and so aligns its columns.
fn is_native(dtype: DType) -> bool {
    dtype.bits() >= 8 && (!dtype.is_float() || dtype.bits() > 16 || dtype == DType::F16) || dtype == DType::Bool
}

/// Each element as it stands in a row, padded to align with the others.
fn words(row: &Literal) -> Vec<String> {
    let dtype = row.dtype();
    match dtype.kind() {
        Kind::Bool => row.ints().iter().map(|x| if *x != 0 { " True".into() } else { "False".into() }).collect(),
        Kind::Signed | Kind::Unsigned => {
            let words: Vec<String> = row.ints().iter().map(i128::to_string).collect();
            let width = if is_native(dtype) { words.iter().map(String::len).max().unwrap_or(0) } else { 0 };
            words.iter().map(|w| format!("{w:>width$}")).collect()
        }
        Kind::Float if is_native(dtype) => FloatFormat::new(dtype, &row.floats(), false).words(),
        Kind::Float => row.floats().into_iter().map(general).collect(),
        Kind::Complex => {
            let part = |of: fn(&Complex64) -> f64, plus| {
                FloatFormat::new(dtype.real(), &row.complexes().iter().map(of).collect::<Vec<_>>(), plus).words()
            };
            let pairs = part(|z| z.re, false).into_iter().zip(part(|z| z.im, true));
            pairs
                .map(|(re, im)| format!("{re}{}j{}", im.trim_end(), " ".repeat(im.len() - im.trim_end().len())))
                .collect()
        }
    }
}

/// How the floats of one array are written, so that they align.
struct FloatFormat<'a> {
    dtype: DType,
    values: &'a [f64],
    /// Whether positive numbers have a sign.
    plus: bool,
    scientific: bool,
    /// Columns before the point, sign included.
    left: usize,
    /// Digits after the point.
    fraction: usize,
    /// Digits of the exponent.
    exponent: usize,
}

impl<'a> FloatFormat<'a> {
    fn new(dtype: DType, values: &'a [f64], plus: bool) -> FloatFormat<'a> {
        let finite = || values.iter().copied().filter(|x| x.is_finite());
        let sizes = || finite().map(f64::abs).filter(|x| *x != 0.0);
        let (greatest, least) = (sizes().fold(0.0, f64::max), sizes().fold(f64::INFINITY, f64::min));
        // NumPy compares and divides in the array's own dtype.
        let scientific = greatest > 0.0
            && (greatest >= cutoff(dtype, 1e8)
                || least < round(dtype, 1e-4)
                || round(dtype, greatest / least) > 1000.0);
        let mut format = FloatFormat { dtype, values, plus, scientific, left: 0, fraction: 0, exponent: 0 };
        for x in finite() {
            let (whole, fraction, exponent) = format.parts(x, None);
            format.left = format.left.max(whole.len());
            format.fraction = format.fraction.max(fraction.len());
            format.exponent = format.exponent.max(exponent.len().saturating_sub(1));
        }
        if finite().count() < values.len() {
            let room = format.width() - format.left;
            let negative = plus || values.contains(&f64::NEG_INFINITY);
            format.left = format.left.max((3 + usize::from(negative)).saturating_sub(room));
        }
        format
    }
    /// Columns of one element.
    fn width(&self) -> usize {
        self.left + 1 + self.fraction + if self.scientific { self.exponent + 2 } else { 0 }
    }
    /// What stands before the point, after it, and in the exponent. The fraction is the shortest that reads back but of at most 8
    /// digits, or has as many digits as asked.
    fn parts(&self, x: f64, digits: Option<usize>) -> (String, String, String) {
        let split = |text: String| {
            let (number, exponent) = text.split_once('e').unwrap_or((&text, ""));
            let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
            (whole.to_string(), fraction.to_string(), exponent.to_string())
        };
        let mut parts = split(decimal(self.dtype, x, self.scientific));
        let n = digits.unwrap_or(parts.1.len().min(PRECISION));
        if parts.1.len() != n {
            parts = split(if self.scientific { format!("{x:.n$e}") } else { format!("{x:.n$}") });
            if digits.is_none() {
                parts.1.truncate(parts.1.trim_end_matches('0').len());
            }
        }
        if self.plus && !parts.0.starts_with('-') {
            parts.0.insert(0, '+');
        }
        if self.scientific {
            parts.2 = exponent(&parts.2, self.exponent.max(2));
        }
        parts
    }
    fn word(&self, x: f64) -> String {
        if !x.is_finite() {
            let plus = if self.plus && x != f64::NEG_INFINITY { "+" } else { "" };
            return format!("{:>1$}", format!("{plus}{}", not_finite(x)), self.width());
        }
        let (left, right) = (self.left, self.fraction);
        if self.scientific {
            let (whole, fraction, exponent) = self.parts(x, Some(right));
            format!("{whole:>left$}.{fraction}e{exponent}")
        } else {
            let (whole, fraction, _) = self.parts(x, None);
            format!("{whole:>left$}.{fraction:<right$}")
        }
    }
    fn words(&self) -> Vec<String> {
        self.values.iter().map(|x| self.word(*x)).collect()
    }
}

fn not_finite(x: f64) -> &'static str {
    match x {
        f64::INFINITY => "inf",
        f64::NEG_INFINITY => "-inf",
        _ => "nan",
    }
}

/// Rust's exponent (`-5`) as C writes it (`-05`), with at least so many digits.
fn exponent(text: &str, digits: usize) -> String {
    match text.strip_prefix('-') {
        Some(text) => format!("-{text:0>digits$}"),
        None => format!("+{text:0>digits$}"),
    }
}

/// Where exponents begin: at `most`, or earlier for a dtype that holds fewer whole digits.
fn cutoff(dtype: DType, most: f64) -> f64 {
    match dtype {
        DType::F16 => 1e3,
        DType::F32 => 1e6,
        _ => most,
    }
}

/// The value of a real dtype nearest to `x`.
fn round(dtype: DType, x: f64) -> f64 {
    match dtype {
        DType::F64 => x,
        DType::F32 => x as f32 as f64,
        DType::F16 => f16::from_f64(x).to_f64(),
        DType::BF16 => bf16::from_f64(x).to_f64(),
        _ => {
            let table = minifloat::table(dtype);
            table[minifloat::encode(dtype, table, x) as usize]
        }
    }
}

/// The double whose shortest decimal is the shortest one that reads back as `x` in the given dtype: 0.1 for the `f32` that is
/// 0.10000000149.
fn shortest(dtype: DType, x: f64) -> f64 {
    let read = |text: String| text.parse().unwrap_or(x);
    match dtype {
        _ if !x.is_finite() => x,
        DType::F64 => x,
        DType::F32 => read(format!("{:e}", x as f32)),
        // At a power of two the doubles that round to `x` reach further up than down: the decimal nearest to `x` may miss where
        // the next one above does not.
        _ => (0..17)
            .flat_map(|n| [x, x * (1.0 + 0.6 * 0.1f64.powi(n))].map(|y| read(format!("{y:.0$e}", n as usize))))
            .find(|y| round(dtype, *y) == x)
            .unwrap_or(x),
    }
}

/// The shortest decimal that reads back as `x`, with or without an exponent. Of two that are equally near it is the even one, as NumPy
/// has it; Rust takes the greater.
fn decimal(dtype: DType, x: f64, scientific: bool) -> String {
    let near = shortest(dtype, x);
    let text = if scientific { format!("{near:e}") } else { near.to_string() };
    let number = text.split('e').next().unwrap_or(&text);
    let digits = number.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let even = if scientific { format!("{x:.digits$e}") } else { format!("{x:.digits$}") };
    if even.parse().is_ok_and(|y| round(dtype, y) == x) { even } else { text }
}

/// `x` as C's `%g` and C++ streams write it, with 6 significant digits.
fn general(x: f64) -> String {
    if !x.is_finite() {
        return not_finite(x).into();
    }
    let trim = |number: &str| {
        let trimmed = number.contains('.').then(|| number.trim_end_matches('0').trim_end_matches('.'));
        trimmed.unwrap_or(number).to_string()
    };
    let text = format!("{x:.5e}");
    let (number, power) = text.split_once('e').unwrap_or((&text, "0"));
    match power.parse::<i32>().unwrap_or(0) {
        p @ -4..6 => trim(&format!("{x:.*}", (5 - p) as usize)),
        _ => format!("{}e{}", trim(number), exponent(power, 2)),
    }
}

/// A rank-0 array as NumPy's scalars print.
fn scalar(literal: &Literal) -> String {
    let dtype = literal.dtype();
    let real = |x: f64, point: &str| {
        if !x.is_finite() {
            not_finite(x).into()
        } else if x == 0.0 || (1e-4..cutoff(dtype.real(), 1e16)).contains(&x.abs()) {
            let text = decimal(dtype.real(), x, false);
            if text.contains('.') { text } else { text + point }
        } else {
            let text = decimal(dtype.real(), x, true);
            let (number, power) = text.split_once('e').unwrap_or((&text, "0"));
            format!("{number}e{}", exponent(power, 2))
        }
    };
    match dtype.kind() {
        Kind::Bool => if literal.ints()[0] != 0 { "True" } else { "False" }.into(),
        Kind::Signed | Kind::Unsigned => literal.ints()[0].to_string(),
        Kind::Float if is_native(dtype) => real(literal.floats()[0], ".0"),
        Kind::Float => general(literal.floats()[0]),
        Kind::Complex => {
            let z = literal.complexes()[0];
            let im = real(z.im, "");
            if z.re == 0.0 && z.re.is_sign_positive() {
                format!("{im}j")
            } else {
                format!("({}{}{im}j)", real(z.re, ""), if im.starts_with('-') { "" } else { "+" })
            }
        }
    }
}

/// A short form on one line, for messages and program listings: all elements of a small array, nested by shape, else the first three
/// and the last. Each number is the shortest that reads back exactly in the dtype.
///
/// ```
/// use raxla_ir::{Literal, display::summary};
/// assert_eq!(summary(&Literal::scalar(0.1f32)), "0.1");
/// assert_eq!(summary(&Literal::new(&[2, 2], &[1.0, 2.0, 3.0, 4.0])), "[[1.0, 2.0], [3.0, 4.0]]");
/// assert_eq!(summary(&Literal::from((0..100).collect::<Vec<i32>>())), "[0, 1, 2, ..., 99]");
/// ```
pub fn summary(literal: &Literal) -> String {
    fn nest(shape: &[usize], words: &[String]) -> String {
        match shape {
            [] => words[0].clone(),
            [_, inner @ ..] => {
                let rows = words.chunks(inner.iter().product());
                format!("[{}]", rows.map(|row| nest(inner, row)).collect::<Vec<_>>().join(", "))
            }
        }
    }
    let size = literal.size();
    match size {
        0 => "[]".into(),
        1..=8 => nest(literal.shape(), &exact(literal)),
        _ => {
            let ends = exact(&literal.gather(&[4], None, |i| Some(if i < 3 { i } else { size - 1 })));
            format!("[{}, ..., {}]", ends[..3].join(", "), ends[3])
        }
    }
}

/// Each element as a number that reads back exactly: `true`, `-3`, `0.1`, `nan`, `1.0-2.0j`.
fn exact(literal: &Literal) -> Vec<String> {
    let dtype = literal.dtype();
    let real = |x: f64| if x.is_finite() { format!("{:?}", shortest(dtype.real(), x)) } else { not_finite(x).into() };
    match dtype.kind() {
        Kind::Bool => literal.ints().iter().map(|x| (*x != 0).to_string()).collect(),
        Kind::Signed | Kind::Unsigned => literal.ints().iter().map(i128::to_string).collect(),
        Kind::Float => literal.floats().into_iter().map(real).collect(),
        Kind::Complex => {
            let join = |z: &Complex64| {
                let im = real(z.im);
                format!("{}{}{im}j", real(z.re), if im.starts_with('-') { "" } else { "+" })
            };
            literal.complexes().iter().map(join).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aval::ShapedArray;

    /// `f32[2,3]:<hex of the bytes>`.
    fn literal(text: &str) -> Literal {
        let (aval, hex) = text.split_once(':').unwrap();
        let (dtype, dims) = aval.strip_suffix(']').unwrap().split_once('[').unwrap();
        let shape: Vec<usize> = dims.split(',').filter(|d| !d.is_empty()).map(|d| d.parse().unwrap()).collect();
        let bytes: Vec<u8> =
            (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect();
        Literal::from_bytes(ShapedArray::new(&shape, dtype.parse().unwrap()), &bytes).unwrap()
    }

    /// What NumPy prints, written by `display_cases.py`: a line `=== literal`, then the lines that it prints.
    #[test]
    fn prints_as_numpy() {
        let cases = include_str!("display_cases.txt");
        let mut wrong = Vec::new();
        for case in cases.split("=== ").skip(1) {
            let (input, want) = case.split_once('\n').unwrap();
            let (got, want) = (literal(input).to_string(), want.strip_suffix('\n').unwrap());
            if got != want {
                wrong.push(format!("{:.60}\nwant\n{want}\ngot\n{got}\n", input));
            }
        }
        assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn summaries() {
        #[track_caller]
        fn check(literal: impl Into<Literal>, want: &str) {
            assert_eq!(summary(&literal.into()), want);
        }
        check(1.0f32, "1.0");
        check(0.1f32, "0.1");
        check(f16::from_f32(0.1), "0.1");
        check(bf16::from_f32(3.140625), "3.14");
        check(1e-30, "1e-30");
        check(-0.0, "-0.0");
        check(3, "3");
        check(u64::MAX, "18446744073709551615");
        check(true, "true");
        check(Complex64::new(1.0, -2.5), "1.0-2.5j");
        check(Complex64::new(f64::NAN, f64::INFINITY), "nan+infj");
        check(vec![1.0f32, 2.5, f32::NAN], "[1.0, 2.5, nan]");
        check(Literal::new::<f32>(&[0], &[]), "[]");
        check(Literal::new::<f32>(&[3, 0], &[]), "[]");
        check(Literal::new(&[2, 2], &[1.0, 2.0, 3.0, 4.0]), "[[1.0, 2.0], [3.0, 4.0]]");
        check(Literal::new(&[2, 1, 2], &[true, false, true, true]), "[[[true, false]], [[true, true]]]");
        check((0..8).collect::<Vec<i32>>(), "[0, 1, 2, 3, 4, 5, 6, 7]");
        check(Literal::new(&[3, 3], &[0, 1, 2, 3, 4, 5, 6, 7, 8]), "[0, 1, 2, ..., 8]");
    }
}
