//! The text form of programs, which reads back.
//!
//! ```text
//! program(%0: f32[2,3], %1: f32[3]) {
//!   %2: f32[] = constant 1.0
//!   %3: f32[2,3] = broadcast[shape=[2,3], dims=[1]] %1
//!   %4: f32[2,3] = mul %0 %3
//!   return %4
//! }
//! ```
//!
//! Parameters that are programs stand in place, indented. White space separates and is otherwise free.

use crate::{
    aval::{Shape, ShapedArray},
    dtype::{DType, Kind},
    literal::{Literal, int_range},
    primitives::{Op, Primitive},
    program::{Eqn, Program, ProgramData, Source, Var},
    stack::deeper,
};
use num_complex::Complex64;
use smallvec::SmallVec;
use std::{collections::HashMap, fmt::Write, sync::Arc};

/// The program's text.
pub(crate) fn print(program: &Program) -> String {
    let mut writer = Writer::new();
    program.write(&mut writer);
    writer.finish()
}
/// The program that a text describes.
pub(crate) fn parse(text: &str) -> Result<Program, String> {
    let mut reader = Reader { text, at: 0 };
    let program = Program::read(&mut reader).and_then(|p| {
        reader.space();
        if reader.at < text.len() { Err("expected the end of the text".into()) } else { Ok(p) }
    });
    let program = program.map_err(|e: String| format!("line {}: {e}", 1 + text[..reader.at].matches('\n').count()))?;
    crate::check::check(&program)?;
    Ok(program)
}

/// Writes programs, primitives and their parameters.
pub struct Writer {
    text: String,
    indent: usize,
    first_parameter: bool,
}
impl Writer {
    pub(crate) fn new() -> Writer {
        Writer { text: String::new(), indent: 0, first_parameter: true }
    }
    pub(crate) fn finish(self) -> String {
        self.text
    }
    fn line(&mut self) {
        self.text.push('\n');
        self.text.extend(std::iter::repeat_n("  ", self.indent));
    }
    /// `name[key=value, …]`.
    pub(crate) fn op(&mut self, op: &Op) {
        self.text.push_str(op.name());
        let outer = std::mem::replace(&mut self.first_parameter, true);
        op.print(self);
        if !self.first_parameter {
            self.text.push(']');
        }
        self.first_parameter = outer;
    }
    /// One parameter of the primitive that is being written.
    pub fn parameter(&mut self, key: &str, value: &impl Param) {
        let _ = write!(self.text, "{}{key}=", if self.first_parameter { "[" } else { ", " });
        self.first_parameter = false;
        value.write(self);
    }
}

impl Writer {
    /// A bare word.
    pub fn word(&mut self, word: &str) {
        self.text.push_str(word);
    }
}

/// Reads what [`Writer`] writes.
pub struct Reader<'a> {
    text: &'a str,
    at: usize,
}
impl<'a> Reader<'a> {
    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }
    pub(crate) fn eat(&mut self, token: &str) -> bool {
        self.space();
        let found = self.text[self.at..].starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }
    pub(crate) fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.eat(token) { Ok(()) } else { Err(format!("expected `{token}`, found `{}`", self.rest())) }
    }
    fn rest(&self) -> &'a str {
        let rest = self.text[self.at..].trim_start();
        &rest[..rest.char_indices().nth(20).map_or(rest.len(), |c| c.0)]
    }
    /// The longest run of characters that `accept` takes.
    fn word(&mut self, what: &str, accept: impl Fn(char) -> bool) -> Result<&'a str, String> {
        self.space();
        let rest = &self.text[self.at..];
        let end = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        if end == 0 {
            return Err(format!("expected {what}, found `{}`", self.rest()));
        }
        self.at += end;
        Ok(&rest[..end])
    }
    /// A word of letters, digits and underscores.
    pub fn name(&mut self, what: &str) -> Result<&'a str, String> {
        self.word(what, |c| c.is_alphanumeric() || c == '_')
    }
    fn list<T>(
        &mut self,
        open: &str,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        self.expect(open)?;
        let mut items = vec![];
        while !self.eat(close) {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }
    /// The next parameter, which must have this key.
    pub fn parameter<T: Param>(&mut self, key: &str) -> Result<T, String> {
        if !self.eat("[") {
            self.expect(",")?;
        }
        self.expect(key)?;
        self.expect("=")?;
        T::read(self)
    }
    /// The end of the parameters.
    pub fn end_of_parameters(&mut self) -> Result<(), String> {
        self.expect("]")
    }
    /// The end of so many parameters; without any there are no brackets.
    pub fn end_of(&mut self, parameters: usize) -> Result<(), String> {
        if parameters == 0 { Ok(()) } else { self.end_of_parameters() }
    }
    /// Whether a variable follows that does not open the next equation, as `%6` in `… %5 %6: f32[] = …` does.
    fn operand_follows(&mut self) -> bool {
        self.space();
        let after = self.text[self.at..].strip_prefix('%').map(|t| t.trim_start_matches(|c: char| c.is_ascii_digit()));
        after.is_some_and(|t| !t.trim_start().starts_with(':'))
    }
    fn aval(&mut self) -> Result<ShapedArray, String> {
        let dtype: DType = self.name("a dtype")?.parse()?;
        let weak = self.eat("*");
        Ok(ShapedArray { shape: Shape::read(self)?, dtype, weak })
    }
}

/// A type of parameter of primitives.
pub trait Param: Sized {
    /// Writes the value.
    fn write(&self, writer: &mut Writer);
    /// Reads it back.
    fn read(reader: &mut Reader) -> Result<Self, String>;
}
macro_rules! number_params { ($($T:ty),*) => { $(impl Param for $T {
    fn write(&self, w: &mut Writer) { let _ = write!(w.text, "{self}"); }
    fn read(r: &mut Reader) -> Result<Self, String> {
        let word = r.word("a number", |c| c.is_ascii_digit() || c == '-')?;
        word.parse().map_err(|e| format!("`{word}`: {e}"))
    }
})* } }
number_params! { usize, isize, i64, u64, u32, i32 }
impl Param for bool {
    fn write(&self, w: &mut Writer) {
        let _ = write!(w.text, "{self}");
    }
    fn read(r: &mut Reader) -> Result<bool, String> {
        if r.eat("true") { Ok(true) } else { r.expect("false").map(|()| false) }
    }
}
impl Param for DType {
    fn write(&self, w: &mut Writer) {
        w.text.push_str(self.name());
    }
    fn read(r: &mut Reader) -> Result<DType, String> {
        r.name("a dtype")?.parse()
    }
}
impl Param for ShapedArray {
    fn write(&self, w: &mut Writer) {
        let _ = write!(w.text, "{self}");
    }
    fn read(r: &mut Reader) -> Result<ShapedArray, String> {
        r.aval()
    }
}
impl Param for Literal {
    fn write(&self, w: &mut Writer) {
        let _ = write!(w.text, "{} {}", self.aval(), constant_text(self));
    }
    fn read(r: &mut Reader) -> Result<Literal, String> {
        let aval = r.aval()?;
        read_constant(r, aval)
    }
}
impl Param for String {
    fn write(&self, w: &mut Writer) {
        let _ = write!(w.text, "{self:?}");
    }
    fn read(r: &mut Reader) -> Result<String, String> {
        r.expect("\"")?;
        let rest = &r.text[r.at..];
        let (mut out, mut escaped) = (String::new(), false);
        for (i, c) in rest.char_indices() {
            match c {
                _ if escaped => {
                    out.push(if c == 'n' { '\n' } else { c });
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    r.at += i + 1;
                    return Ok(out);
                }
                c => out.push(c),
            }
        }
        Err("the string never ends".into())
    }
}
impl<T: Param> Param for Option<T> {
    fn write(&self, w: &mut Writer) {
        match self {
            Some(x) => x.write(w),
            None => w.text.push_str("none"),
        }
    }
    fn read(r: &mut Reader) -> Result<Option<T>, String> {
        if r.eat("none") { Ok(None) } else { T::read(r).map(Some) }
    }
}
fn write_list<'a, T: Param + 'a>(w: &mut Writer, items: impl Iterator<Item = &'a T>) {
    w.text.push('[');
    for (i, x) in items.enumerate() {
        if i > 0 {
            w.text.push(',');
        }
        x.write(w);
    }
    w.text.push(']');
}
impl<T: Param> Param for Vec<T> {
    fn write(&self, w: &mut Writer) {
        write_list(w, self.iter());
    }
    fn read(r: &mut Reader) -> Result<Vec<T>, String> {
        r.list("[", "]", T::read)
    }
}
impl<T: Param, const N: usize> Param for SmallVec<[T; N]> {
    fn write(&self, w: &mut Writer) {
        write_list(w, self.iter());
    }
    fn read(r: &mut Reader) -> Result<Self, String> {
        r.list("[", "]", T::read).map(SmallVec::from_vec)
    }
}
impl<T: Param> Param for Arc<T> {
    fn write(&self, w: &mut Writer) {
        T::write(self, w);
    }
    fn read(r: &mut Reader) -> Result<Self, String> {
        T::read(r).map(Arc::new)
    }
}

impl Param for Program {
    fn write(&self, w: &mut Writer) {
        deeper(|| write_program(self, w));
    }
    fn read(r: &mut Reader) -> Result<Program, String> {
        deeper(|| read_program(r))
    }
}
fn write_program(program: &Program, w: &mut Writer) {
    let outer = std::mem::replace(&mut w.first_parameter, true);
    w.text.push_str("program(");
    for (i, v) in program.ins.iter().enumerate() {
        let _ = write!(w.text, "{}{v}: {}", if i > 0 { ", " } else { "" }, program.aval(*v));
    }
    w.text.push_str(") {");
    w.indent += 1;
    for (v, value) in &program.consts {
        w.line();
        let _ = write!(w.text, "{v}: {} = constant {}", value.aval(), constant_text(value));
    }
    for eqn in &program.eqns {
        w.line();
        for (i, v) in eqn.outs.iter().enumerate() {
            let _ = write!(w.text, "{}{v}: {}", if i > 0 { ", " } else { "" }, program.aval(*v));
        }
        w.text.push_str(if eqn.outs.is_empty() { "do " } else { " = " });
        w.op(&eqn.op);
        for v in &eqn.ins {
            let _ = write!(w.text, " {v}");
        }
    }
    w.line();
    w.text.push_str("return");
    for (i, v) in program.outs.iter().enumerate() {
        let _ = write!(w.text, "{} {v}", if i > 0 { "," } else { "" });
    }
    w.indent -= 1;
    w.line();
    w.text.push('}');
    w.first_parameter = outer;
}
fn read_program(r: &mut Reader) -> Result<Program, String> {
    let (mut data, mut vars) = (ProgramData::default(), HashMap::new());
    fn number(r: &mut Reader) -> Result<u32, String> {
        r.expect("%")?;
        u32::read(r)
    }
    fn define(r: &mut Reader, data: &mut ProgramData, vars: &mut HashMap<u32, Var>) -> Result<Var, String> {
        let n = number(r)?;
        r.expect(":")?;
        let v = data.fresh(r.aval()?);
        if vars.insert(n, v).is_some() {
            return Err(format!("%{n} is defined twice"));
        }
        Ok(v)
    }
    let lookup = |vars: &HashMap<u32, Var>, n: u32| vars.get(&n).copied().ok_or_else(|| format!("%{n} is not defined"));
    r.expect("program")?;
    data.ins = r.list("(", ")", |r| define(r, &mut data, &mut vars))?;
    r.expect("{")?;
    loop {
        if r.eat("return") {
            break;
        }
        let mut outs = SmallVec::new();
        if !r.eat("do ") {
            outs.push(define(r, &mut data, &mut vars)?);
            while r.eat(",") {
                outs.push(define(r, &mut data, &mut vars)?);
            }
            r.expect("=")?;
        }
        let name = r.name("a primitive")?;
        if name == "constant" && outs.len() == 1 {
            let value = read_constant(r, data.aval(outs[0]).clone())?;
            data.consts.push((outs[0], value));
            continue;
        }
        let op = Op::read(name, r)?;
        let mut ins = SmallVec::new();
        while r.operand_follows() {
            ins.push(lookup(&vars, number(r)?)?);
        }
        data.eqns.push(Eqn { op, ins, outs, source: Source::UNKNOWN });
    }
    if !r.eat("}") {
        loop {
            let n = number(r)?;
            data.outs.push(lookup(&vars, n)?);
            if r.eat("}") {
                break;
            }
            r.expect(",")?;
        }
    }
    Ok(Program::new(data))
}
/// One element, in the shortest form that reads back; `None` if only its bytes do.
fn element_text(value: &Literal) -> Option<String> {
    let float = |x: f64, single: bool| match x {
        x if x.is_nan() => "nan".into(),
        x if x.is_infinite() => {
            if x > 0.0 {
                "inf".to_string()
            } else {
                "-inf".into()
            }
        }
        x if single => format!("{:?}", x as f32),
        x => format!("{x:?}"),
    };
    let dtype = value.dtype();
    let text = match dtype.kind() {
        Kind::Bool => (value.ints()[0] != 0).to_string(),
        Kind::Signed | Kind::Unsigned => value.ints()[0].to_string(),
        Kind::Float => float(value.floats()[0], dtype.bits() <= 32),
        Kind::Complex => {
            let (z, single) = (value.complexes()[0], dtype == DType::C64);
            format!("({},{})", float(z.re, single), float(z.im, single))
        }
    };
    let mut reader = Reader { text: &text, at: 0 };
    (read_element(&mut reader, value.aval()).as_ref() == Ok(value)).then_some(text)
}
fn read_element(r: &mut Reader, aval: &ShapedArray) -> Result<Literal, String> {
    let aval = aval.with_shape(&[]);
    let number = |r: &mut Reader| {
        let word = r.word("a number", |c| c.is_alphanumeric() || "+-.".contains(c))?;
        word.parse::<f64>().map_err(|e| format!("`{word}`: {e}"))
    };
    Ok(match aval.dtype.kind() {
        Kind::Bool => Literal::from_ints(aval, [bool::read(r)? as i128]),
        Kind::Signed | Kind::Unsigned => {
            let word = r.word("an integer", |c| c.is_ascii_digit() || c == '-')?;
            let x: i128 = word.parse().map_err(|e| format!("`{word}`: {e}"))?;
            let (low, high) = int_range(aval.dtype);
            if !(low..=high).contains(&x) {
                return Err(format!("{x} is out of range for {}", aval.dtype));
            }
            Literal::from_ints(aval, [x])
        }
        Kind::Float => Literal::from_floats(aval, [number(r)?]),
        Kind::Complex => {
            r.expect("(")?;
            let re = number(r)?;
            r.expect(",")?;
            let im = number(r)?;
            r.expect(")")?;
            Literal::from_complexes(aval, [Complex64::new(re, im)])
        }
    })
}
/// Bytes that one element in a text may become, lest a few characters take all memory.
const LARGEST_SPLAT: usize = 1 << 31;
/// Elements above which a constant is written as its bytes.
const READABLE: usize = 16;
fn constant_text(value: &Literal) -> String {
    let size = value.dtype().size();
    let element = |i: usize| {
        let bytes = &value.bytes()[i * size..(i + 1) * size];
        Literal::from_bytes(value.aval().with_shape(&[]), bytes).and_then(|e| element_text(&e))
    };
    let n = value.size();
    if n > 0 && value.bytes().chunks_exact(size).all(|c| c == &value.bytes()[..size]) {
        if let Some(text) = element(0) {
            return text;
        }
    } else if n <= READABLE
        && let Some(texts) = (0..n).map(element).collect::<Option<Vec<_>>>()
    {
        return format!("[{}]", texts.join(", "));
    }
    let mut text = String::from("0x");
    for b in value.bytes() {
        let _ = write!(text, "{b:02x}");
    }
    text
}
fn read_constant(r: &mut Reader, aval: ShapedArray) -> Result<Literal, String> {
    let join = |items: Vec<Literal>| {
        let bytes: Vec<u8> = items.iter().flat_map(|l| l.bytes().to_vec()).collect();
        let n = items.len();
        Literal::from_bytes(aval.clone(), &bytes)
            .ok_or_else(|| format!("{aval} needs {} elements, got {n}", aval.size()))
    };
    if r.eat("0x") {
        let hex = if aval.size() == 0 { "" } else { r.word("bytes in hexadecimal", |c| c.is_ascii_hexdigit())? };
        let bytes: Option<Vec<u8>> =
            hex.as_bytes().chunks(2).map(|c| u8::from_str_radix(std::str::from_utf8(c).ok()?, 16).ok()).collect();
        let literal = bytes.and_then(|b| Literal::from_bytes(aval.clone(), &b));
        return literal
            .ok_or_else(|| format!("{aval} needs {} bytes, got {}", aval.size() * aval.dtype.size(), hex.len() / 2));
    }
    r.space();
    if r.text[r.at..].starts_with('[') {
        let items = r.list("[", "]", |r| read_element(r, &aval))?;
        return join(items);
    }
    let splat = read_element(r, &aval)?;
    if aval.size().saturating_mul(aval.dtype.size()) > LARGEST_SPLAT {
        return Err(format!("{aval} is more than a constant in a text may hold, {LARGEST_SPLAT} bytes"));
    }
    Ok(splat.gather(&aval.shape, None, |_| Some(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::Sample;

    fn check_round_trip(text: &str) {
        let program: Program = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(program.to_string(), text);
        assert_eq!(program.to_string().parse::<Program>().as_ref(), Ok(&program));
    }
    #[test]
    fn programs_read_back() {
        for text in [
            "program() {\n  return\n}",
            "program(%0: f32*[]) {\n  return %0, %0\n}",
            "program(%0: f32[2]) {\n  %1: f32[2] = constant [1.0, nan]\n  %2: f32[2] = add %0 %1\n  return %2\n}",
            "program() {\n  %0: c64[2] = constant (1.5,-inf)\n  return %0\n}",
            "program() {\n  %0: f32[1] = constant 0x010080ff\n  return %0\n}",
            "program() {\n  %0: i4[3] = constant [-8, 0, 7]\n  return %0\n}",
            "program() {\n  %0: f32[0] = constant []\n  return %0\n}",
        ] {
            check_round_trip(text);
        }
    }
    #[test]
    fn every_sample_reads_back() {
        for Sample { op, .. } in Op::samples() {
            let text = op.to_string();
            let mut reader = Reader { text: &text, at: 0 };
            let name = reader.name("a primitive").unwrap();
            assert_eq!(Op::read(name, &mut reader).as_ref(), Ok(&op), "{text}");
        }
    }
    #[test]
    fn errors_name_the_line() {
        let rows = [
            ("program() {\n  %0: f32[] = sine %0\n", "line 2: unknown primitive `sine`"),
            ("program() {\n  return %7\n}", "line 2: %7 is not defined"),
            ("program(%0: f33[]) {}", "line 1: unknown dtype `f33`"),
            ("program() {\n  %0: i8[] = constant 128\n  return %0\n}", "line 2: 128 is out of range for i8"),
        ];
        for (text, want) in rows {
            let got = text.parse::<Program>().unwrap_err();
            assert!(got.starts_with(want), "{got}");
        }
    }
}
