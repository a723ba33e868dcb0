//! StableHLO as text: the module that lowering writes into.
//!
//! Every operation is written in MLIR's generic form, `%2 = "stablehlo.add"(%0, %1) : (t, t) -> t`, so that one function prints all.

use crate::{
    aval::ShapedArray,
    dtype::{DType, Kind},
    literal::Literal,
    primitives::Primitive,
    program::{Program, Source},
    rewrite::walk,
    trace::{Tracer, trace, with_source},
};
use indexmap::IndexMap;
use std::fmt::Write;

/// An SSA value and its type.
#[derive(Clone, Debug)]
pub struct Value {
    name: String,
    /// The type.
    pub aval: ShapedArray,
}

/// A StableHLO module being written.
pub struct Module {
    /// The operations of the block that is being written.
    block: String,
    next: u32,
    functions: IndexMap<Program, (String, String)>,
    sources: IndexMap<Source, ()>,
    source: Source,
}

/// The text of a module whose public function `main` is the program.
///
/// ```
/// let program: raxla_ir::Program = "program(%0: f32[2]) {\n %1: f32[2] = sin %0\n return %1 }".parse().unwrap();
/// assert!(raxla_ir::stablehlo::lower(&program, "f").contains("\"stablehlo.sine\"(%arg0)"));
/// ```
pub fn lower(program: &Program, name: &str) -> String {
    lower_donating(program, name, &[])
}
/// [`lower`], with inputs whose memory the outputs may take: those for which `donated` holds.
pub fn lower_donating(program: &Program, name: &str, donated: &[bool]) -> String {
    let mut module = Module {
        block: String::new(),
        next: 0,
        functions: IndexMap::new(),
        sources: IndexMap::new(),
        source: Source::UNKNOWN,
    };
    let main = module.function(program, "main", "public", donated);
    let mut text = format!("module @{} {{\n{main}", identifier(name));
    for (_, body) in module.functions.into_values() {
        text.push_str(&body);
    }
    text.push_str("}\n");
    for (i, source) in module.sources.into_keys().enumerate() {
        let _ = writeln!(text, "#loc{i} = loc({:?}:{}:{})", source.file, source.line, source.column);
    }
    text
}
fn identifier(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    if clean.starts_with(|c: char| c.is_ascii_alphabetic()) { clean } else { format!("f_{clean}") }
}
fn comma<T>(items: impl IntoIterator<Item = T>, text: impl Fn(T) -> String) -> String {
    items.into_iter().map(text).collect::<Vec<_>>().join(", ")
}

impl Module {
    fn function(&mut self, program: &Program, name: &str, visibility: &str, donated: &[bool]) -> String {
        let outer = (std::mem::take(&mut self.block), self.next, self.source);
        self.next = 0;
        let args: Vec<Value> = program
            .ins
            .iter()
            .enumerate()
            .map(|(i, v)| Value { name: format!("%arg{i}"), aval: program.aval(*v).clone() })
            .collect();
        let outs = self.inline(program, &args);
        let types = comma(&outs, |v| v.aval.mlir());
        let _ = writeln!(self.block, "    \"func.return\"({}) : ({types}) -> ()", comma(&outs, |v| v.name.clone()));
        let donor = |i: usize| if donated.get(i) == Some(&true) { " {jax.buffer_donor = true}" } else { "" };
        let ins = comma(args.iter().enumerate(), |(i, v)| format!("{}: {}{}", v.name, v.aval.mlir(), donor(i)));
        let text = format!("  func.func {visibility} @{name}({ins}) -> ({types}) {{\n{}  }}\n", self.block);
        (self.block, self.next, self.source) = outer;
        text
    }
    /// Emits a program's equations in the current block.
    pub fn inline(&mut self, program: &Program, ins: &[Value]) -> Vec<Value> {
        let this = std::cell::RefCell::new(self);
        let done = walk(
            program,
            ins.iter().cloned(),
            |c| this.borrow_mut().constant(c),
            |eqn, ins: &[Value]| {
                let mut module = this.borrow_mut();
                let outer = std::mem::replace(&mut module.source, eqn.source);
                let outs: Vec<ShapedArray> = eqn.outs.iter().map(|v| program.aval(*v).clone()).collect();
                let values = eqn.op.lower(&mut module, ins, &outs);
                module.source = outer;
                Ok::<_, std::convert::Infallible>(values)
            },
        );
        let Ok(outs) = done;
        outs
    }
    /// Emits what a function of tracers records: for primitives that stand for a few others.
    pub fn emit(&mut self, ins: &[Value], f: impl FnOnce(&[Tracer]) -> Vec<Tracer>) -> Vec<Value> {
        let avals: Vec<ShapedArray> = ins.iter().map(|v| v.aval.clone()).collect();
        let traced = with_source(self.source, || trace(&avals, f));
        self.inline(&traced.program, ins)
    }
    /// Emits a call of a program as a private function, written once however often it is called.
    pub fn call(&mut self, name: &str, program: &Program, ins: &[Value]) -> Vec<Value> {
        let outs = program.out_avals();
        if !self.functions.contains_key(program) {
            let name = format!("{}_{}", identifier(name), self.functions.len());
            self.functions.insert(program.clone(), (name.clone(), String::new()));
            let body = self.function(program, &name, "private", &[]);
            self.functions.insert(program.clone(), (name, body));
        }
        let callee = format!("callee = @{}", self.functions[program].0);
        self.op("func.call", ins, &callee, &[], &outs)
    }
    /// Emits one operation. `attributes` and `regions` are MLIR text.
    pub fn op(
        &mut self,
        name: &str,
        ins: &[Value],
        attributes: &str,
        regions: &[String],
        outs: &[ShapedArray],
    ) -> Vec<Value> {
        let first = self.next;
        self.next += 1;
        let results: Vec<Value> = match outs {
            [aval] => vec![Value { name: format!("%{first}"), aval: aval.clone() }],
            _ => {
                outs.iter().enumerate().map(|(i, a)| Value { name: format!("%{first}#{i}"), aval: a.clone() }).collect()
            }
        };
        self.block.push_str("    ");
        match outs.len() {
            0 => {}
            1 => drop(write!(self.block, "%{first} = ")),
            n => drop(write!(self.block, "%{first}:{n} = ")),
        }
        let _ = write!(self.block, "\"{name}\"({})", comma(ins, |v| v.name.clone()));
        if !regions.is_empty() {
            let _ = write!(self.block, " ({})", regions.join(", "));
        }
        if !attributes.is_empty() {
            let _ = write!(self.block, " {{{attributes}}}");
        }
        let types = |avals: Vec<&ShapedArray>| comma(avals, |a| a.mlir());
        let _ = write!(
            self.block,
            " : ({}) -> ({})",
            types(ins.iter().map(|v| &v.aval).collect()),
            types(outs.iter().collect())
        );
        if self.source != Source::UNKNOWN {
            let (index, _) = self.sources.insert_full(self.source, ());
            let _ = write!(self.block, " loc(#loc{index})");
        }
        self.block.push('\n');
        results
    }
    /// Emits an operation of one result.
    pub fn op1(&mut self, name: &str, ins: &[Value], attributes: &str, out: &ShapedArray) -> Value {
        self.op(name, ins, attributes, &[], std::slice::from_ref(out)).remove(0)
    }
    /// A region for [`Module::op`]: one block with arguments of the given types that returns what `body` returns.
    pub fn region(&mut self, args: &[ShapedArray], body: impl FnOnce(&mut Module, &[Value]) -> Vec<Value>) -> String {
        let outer = std::mem::take(&mut self.block);
        let values: Vec<Value> = args
            .iter()
            .map(|aval| {
                self.next += 1;
                Value { name: format!("%a{}", self.next), aval: aval.clone() }
            })
            .collect();
        let outs = body(self, &values);
        let inner = std::mem::replace(&mut self.block, outer);
        format!(
            "{{\n    ^bb0({}):\n{inner}    \"stablehlo.return\"({}) : ({}) -> ()\n    }}",
            comma(&values, |v| format!("{}: {}", v.name, v.aval.mlir())),
            comma(&outs, |v| v.name.clone()),
            comma(&outs, |v| v.aval.mlir()),
        )
    }
    /// Emits a constant.
    pub fn constant(&mut self, value: &Literal) -> Value {
        let attribute = format!("value = {} : {}", dense(value), value.aval().mlir());
        self.op1("stablehlo.constant", &[], &attribute, value.aval())
    }
    /// Emits a conversion to another dtype, if it is another.
    pub fn converted(&mut self, value: &Value, to: &ShapedArray) -> Value {
        if value.aval.dtype == to.dtype {
            value.clone()
        } else {
            self.op1("stablehlo.convert", std::slice::from_ref(value), "", to)
        }
    }
    /// Emits a constant of one repeated number.
    pub fn splat(&mut self, aval: &ShapedArray, value: f64) -> Value {
        let scalar = Literal::full(aval.with_shape(&[]), value);
        let attribute = format!("value = {} : {}", dense(&scalar), aval.mlir());
        self.op1("stablehlo.constant", &[], &attribute, aval)
    }
}

/// MLIR's text for the elements of a constant, exact in every bit.
fn dense(value: &Literal) -> String {
    let (dtype, size, bytes) = (value.dtype(), value.dtype().size(), value.bytes());
    let hex = |bytes: &[u8]| {
        bytes.iter().rev().fold(String::from("0x"), |mut t, b| {
            let _ = write!(t, "{b:02X}");
            t
        })
    };
    let element = |i: usize| -> String {
        let bytes = &bytes[i * size..(i + 1) * size];
        match dtype.kind() {
            Kind::Float if dtype == DType::F4E2M1FN => format!("0x{:X}", bytes[0] & 0xf),
            Kind::Float => hex(bytes),
            Kind::Complex => format!("({}, {})", hex(&bytes[..size / 2]), hex(&bytes[size / 2..])),
            _ => String::new(),
        }
    };
    let n = value.size();
    if n == 0 {
        return "dense<>".into(); // `[]` would say one axis
    }
    let splat = bytes.chunks_exact(size).all(|c| c == &bytes[..size]);
    if dtype.is_inexact() {
        if splat {
            return format!("dense<{}>", element(0));
        }
        if dtype.bits() >= 8 {
            let blob = bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut t, b| {
                let _ = write!(t, "{b:02X}");
                t
            });
            return format!("dense<\"0x{blob}\">");
        }
        return format!("dense<{}>", nested(value.shape(), &mut (0..n).map(element)));
    }
    let text = |x: &i128| if dtype == DType::Bool { (*x != 0).to_string() } else { x.to_string() };
    let ints = value.ints();
    if splat {
        format!("dense<{}>", text(&ints[0]))
    } else {
        format!("dense<{}>", nested(value.shape(), &mut ints.iter().map(text)))
    }
}
fn nested(shape: &[usize], items: &mut dyn Iterator<Item = String>) -> String {
    match shape {
        [] => items.next().unwrap_or_default(),
        [n, rest @ ..] => format!("[{}]", (0..*n).map(|_| nested(rest, items)).collect::<Vec<_>>().join(", ")),
    }
}
